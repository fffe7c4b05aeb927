"""What every request of the desk goes through: the database, who asks, the form's token, and the page that answers."""

from __future__ import annotations

import random
import re
import sqlite3
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path as FilePath
from typing import Annotated, Any, NamedTuple
from urllib.parse import quote

import jinja2
from fastapi import Depends, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import FormData

from thb_indicators.records import IndicatorInfo
from thb_indicators.report.html import environment
from thb_indicators.report.mask import harmless
from thb_indicators.review import access, log
from thb_indicators.review.people import Person
from thb_indicators.review.store import connect

COOKIE = "session"
_LOCAL = re.compile(r"/(?:[A-Za-z0-9_.-]+/?)*(?:\?[A-Za-z0-9_=&.-]*)?")
NOTICES = {
    "decided": "Kept. Thank you.",
    "passed": "Handed on to someone else.",
    "kept": "Kept.",
    "reopened": "Put back. The log keeps what had been decided.",
    "ended": "You are signed out.",
}
"""What a page says after a form was sent; the address carries the name alone."""


class Desk(NamedTuple):
    """What the running desk knows: where its file is, and what does not change while it runs."""

    path: FilePath
    secure: bool
    clock: Callable[[], float]
    draw: random.Random
    catalogue: dict[str, IndicatorInfo]


class SignInNeeded(Exception):  # noqa: N818  # a turn of the way, not an error
    """Nobody is signed in."""


class Refused(Exception):  # noqa: N818  # its words are the page
    """What was asked is not given; `status` is the answer's HTTP status."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


class Visit(NamedTuple):
    """One request of someone who is signed in."""

    request: Request
    desk: Desk
    db: sqlite3.Connection
    person: Person
    session: str
    now: float

    def page(self, name: str, /, status: int = 200, **values: Any) -> HTMLResponse:
        """Answer with a page."""
        token = access.form_token(self.db, self.session)
        return answer(self.request, name, status, person=self.person, token=token, now=self.now, **values)


def desk_of(request: Request) -> Desk:
    """Return the running desk."""
    desk: Desk = request.app.state.desk
    return desk


def database(request: Request) -> Iterator[sqlite3.Connection]:
    """Open the database for one request."""
    db = connect(desk_of(request).path)
    try:
        yield db
    finally:
        db.close()


Database = Annotated[sqlite3.Connection, Depends(database)]


def signed_in(request: Request, db: Database) -> Visit:
    """Return the visit of someone who is signed in; anyone else is led to the sign-in page."""
    desk = desk_of(request)
    now = desk.clock()
    session = request.cookies.get(COOKIE, "")
    person = access.person_of(db, session, now) if session else None
    if person is None:
        raise SignInNeeded
    return Visit(request, desk, db, person, session, now)


def administrator(visit: Annotated[Visit, Depends(signed_in)]) -> Visit:
    """Return the visit of an administrator."""
    if not visit.person.administrator:
        raise Refused(403, "Only an administrator can do this.")
    return visit


async def sent(request: Request) -> FormData:
    """Return what a form sends."""
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise Refused(415, "This is not a form of the desk.")
    return await request.form()


def sent_by(request: Request, db: Database, form: Annotated[FormData, Depends(sent)]) -> FormData:
    """Return what a form sends, once it is sure that it is the desk's own form in the sender's own session."""
    session = request.cookies.get(COOKIE, "")
    if _foreign(request) or not access.form_token_holds(db, session, text_of(form, "token")):
        raise Refused(403, "This form is not of your session. Go back, load the page again, and send it once more.")
    return form


def _foreign(request: Request) -> bool:
    """Whether the browser says that another site's page sends this."""
    origin = request.headers.get("origin")
    if origin:
        scheme = "https" if desk_of(request).secure else "http"
        return origin != f"{scheme}://{request.headers.get('host', '')}"
    return request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none")


SignedIn = Annotated[Visit, Depends(signed_in)]
Administrator = Annotated[Visit, Depends(administrator)]
Sent = Annotated[FormData, Depends(sent_by)]
Number = Annotated[int, Path(ge=1, le=2**53)]
Place = Annotated[int | None, Query(ge=0, le=2**53)]


def text_of(form: FormData, name: str) -> str:
    """Return one text of a form; empty when it is not there."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def texts_of(form: FormData, name: str) -> list[str]:
    """Return all texts of one name."""
    return [value for value in form.getlist(name) if isinstance(value, str)]


def local(path: str) -> str:
    r"""Return a path of this desk, or the front page for anything that could lead elsewhere.

    Examples
    --------
    >>> local("/read/5"), local("//example.com"), local("https://example.com"), local(r"/\example.com")
    ('/read/5', '/', '/', '/')
    """
    return path if _LOCAL.fullmatch(path) else "/"


def go(path: str, notice: str = "") -> RedirectResponse:
    """Lead on to a page of the desk, after a form."""
    return RedirectResponse(f"{path}?notice={quote(notice)}" if notice else path, status_code=303)


@lru_cache(maxsize=1)
def _pages() -> jinja2.Environment:
    own = jinja2.PackageLoader("thb_indicators.review", "templates")
    pages = environment(own).overlay(finalize=lambda value: harmless(value) if type(value) is str else value)
    pages.filters["when"] = lambda at: log.stamp(at)[:16].replace("T", " ") + " UTC"
    return pages


def answer(request: Request, name: str, /, status: int = 200, **values: Any) -> HTMLResponse:
    """Answer with a page that needs nobody to be signed in."""
    notice = NOTICES.get(request.query_params.get("notice", ""), "")
    given = {"person": None, "token": "", "notice": notice, "path": request.url.path, **values}
    return HTMLResponse(_pages().get_template(f"{name}.html.j2").render(given), status)


def stylesheet() -> str:
    """Return the desk's style: the report's, and what forms need."""
    return _pages().get_template("_style.css.j2").render() + _pages().get_template("desk.css.j2").render()
