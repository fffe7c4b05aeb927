"""The desk as a web application: its frame. The pages are in `routes_access`, `routes_reading` and `routes_desk`."""

from __future__ import annotations

import random
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware

from thb_indicators.catalogue import read_catalogue
from thb_indicators.errors import ThbError
from thb_indicators.resources import data_path
from thb_indicators.review import routes_access, routes_desk, routes_reading
from thb_indicators.review.access import HEADERS
from thb_indicators.review.decision import ConflictError, MissingError
from thb_indicators.review.store import open_store
from thb_indicators.review.visit import Desk, Refused, SignInNeeded, answer, stylesheet

MOST_BYTES = 256_000
"""The most that a form may send."""


def create_app(
    path: str | Path,
    *,
    setup_token: str = "",
    secure: bool = False,
    hosts: Sequence[str] = ("127.0.0.1", "localhost", "[::1]"),
    clock: Callable[[], float] = time.time,
    draw: random.Random | None = None,
) -> FastAPI:
    """Return the desk's application for one database.

    Parameters
    ----------
    path
        The review database; made when there is none.
    setup_token
        Lets its holder make the first administrator, once; without one nobody can.
    secure
        Connections are encrypted: cookies are sent over such ones alone.
    hosts
        The names the desk answers to, so that no other site's name can be pointed at it.
    clock, draw
        Where time and chance come from.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     create_app(f"{folder}/desk.db").title
    'Review desk'
    """
    open_store(path).close()
    app = FastAPI(title="Review desk", docs_url=None, redoc_url=None, openapi_url=None)
    catalogue = read_catalogue(data_path("lexicons"))
    app.state.desk = Desk(Path(path), secure, clock, draw or random.SystemRandom(), catalogue)
    app.state.setup_token = setup_token
    for routes in (routes_access, routes_reading, routes_desk):
        app.include_router(routes.router)
    _static(app)
    _errors(app)
    app.middleware("http")(_guarded)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hosts))
    app.middleware("http")(_with_headers)  # the last one added is the first to see a request: no answer goes out without
    return app


async def _with_headers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await call_next(request)
    response.headers.update(HEADERS)
    if request.app.state.desk.secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.url.path.startswith("/static/"):
        response.headers["Cache-Control"] = "private, max-age=300"
    return response


async def _guarded(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Refuse what is too large to be a form before any of it is read."""
    if request.method == "POST":
        length = request.headers.get("content-length", "")
        if not length.isdigit():
            return PlainTextResponse("Say how long the form is.", 411)
        if int(length) > MOST_BYTES:
            return PlainTextResponse("Too much for a form.", 413)
    return await call_next(request)


def _static(app: FastAPI) -> None:
    style = stylesheet()
    script = (Path(__file__).parent / "static" / "select.js").read_text(encoding="utf-8")

    @app.get("/static/style.css")
    async def style_sheet() -> Response:
        return Response(style, media_type="text/css")

    @app.get("/static/select.js")
    async def select_script() -> Response:
        return Response(script, media_type="text/javascript")


def _errors(app: FastAPI) -> None:
    """Answer every error with a page in plain words."""

    def told(request: Request, status: int, words: str) -> Response:
        return answer(request, "message", status, words=words)

    @app.exception_handler(SignInNeeded)
    def sign_in_needed(request: Request, _: Exception) -> Response:
        there = request.url.path if request.method == "GET" else "/"
        return RedirectResponse(f"/login?next={quote(there)}" if there != "/" else "/login", status_code=303)

    @app.exception_handler(Refused)
    def refused(request: Request, error: Exception) -> Response:
        return told(request, error.status if isinstance(error, Refused) else 400, str(error))

    @app.exception_handler(ThbError)
    def not_possible(request: Request, error: Exception) -> Response:
        status = 409 if isinstance(error, ConflictError) else 404 if isinstance(error, MissingError) else 422
        words = str(error)
        return told(request, status, f"{words[:1].upper()}{words[1:]}.")

    @app.exception_handler(RequestValidationError)
    def no_such_address(request: Request, _: Exception) -> Response:
        return told(request, 404, "There is no such page.")

    @app.exception_handler(HTTPException)
    def by_status(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        return told(
            request,
            status,
            {404: "There is no such page.", 405: "This page takes no forms."}.get(status, "This cannot be done."),
        )
