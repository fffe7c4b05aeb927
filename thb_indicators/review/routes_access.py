"""Pages of coming in: first-run set-up, signing in and out, one's own settings."""

from __future__ import annotations

import hmac
import sqlite3
from typing import get_args

from fastapi import APIRouter, Request
from fastapi.responses import Response

from thb_indicators.errors import InputError
from thb_indicators.review import access, people
from thb_indicators.review.store import writing
from thb_indicators.review.visit import COOKIE, Database, Refused, Sent, SignedIn, answer, desk_of, go, local, text_of

router = APIRouter()


def _outside(request: Request, db: sqlite3.Connection, name: str, /, status: int = 200, **values: object) -> Response:
    """Answer with a page for someone who is not signed in; its form carries the token of a session that opens nothing."""
    session = request.cookies.get(COOKIE) or access.new_token()
    response = answer(request, name, status, token=access.form_token(db, session), **values)
    return _with_cookie(request, response, session)


def _with_cookie(request: Request, response: Response, session: str) -> Response:
    response.set_cookie(COOKIE, session, httponly=True, samesite="strict", secure=desk_of(request).secure, path="/")
    return response


def _come_in(request: Request, db: sqlite3.Connection, person: people.Person, there: str) -> Response:
    """Begin a new session; whatever the cookie held before opens nothing (no session fixation)."""
    access.end_session(db, request.cookies.get(COOKIE, ""))
    session = access.begin_session(db, person, desk_of(request).clock())
    return _with_cookie(request, go(local(there)), session)


@router.get("/login")
def login(request: Request, db: Database, next: str = "/") -> Response:
    """Show the sign-in page."""
    return _outside(request, db, "login", there=local(next), problem="", name="", ready=people.has_administrator(db))


@router.post("/login")
def sign_in(request: Request, db: Database, form: Sent) -> Response:
    """Sign in."""
    name, there = text_of(form, "name"), local(text_of(form, "next"))
    address = request.client.host if request.client else ""
    try:
        person = people.sign_in(db, name, text_of(form, "password"), address, desk_of(request).clock())
        problem, status = "The name or the password is not right.", 401
    except people.TooManyTriesError as error:
        person, problem, status = None, f"{str(error)[:1].upper()}{str(error)[1:]}.", 429
    if person is None:
        return _outside(request, db, "login", status, there=there, problem=problem, name=name[:60], ready=True)
    return _come_in(request, db, person, there)


@router.post("/logout")
def sign_out(visit: SignedIn, form: Sent) -> Response:
    """Sign out."""
    access.end_session(visit.db, visit.session)
    response = go("/login", "ended")
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict", secure=visit.desk.secure)
    return response


def _setup_open(request: Request, db: sqlite3.Connection, token: str) -> None:
    expected = request.app.state.setup_token
    if not expected or people.has_administrator(db) or not hmac.compare_digest(expected.encode(), token.encode()):
        raise Refused(404, "There is no such page.")


@router.get("/setup")
def setup(request: Request, db: Database, key: str = "") -> Response:
    """Show the set-up page to whoever holds the token that stands on the terminal."""
    _setup_open(request, db, key)
    return _outside(request, db, "setup", key=key, problem="", name="", shortest=people.SHORTEST)


@router.post("/setup")
def set_up(request: Request, db: Database, form: Sent) -> Response:
    """Make the first administrator; the token is used up by it."""
    key, name = text_of(form, "key"), text_of(form, "name")
    _setup_open(request, db, key)
    try:
        password = _twice(text_of(form, "password"), text_of(form, "again"))
        with writing(db):
            _setup_open(request, db, key)
            person = people.add_person(db, name, password, name, desk_of(request).clock(), administrator=True)
    except InputError as error:
        return _outside(request, db, "setup", 422, key=key, problem=str(error), name=name, shortest=people.SHORTEST)
    request.app.state.setup_token = ""
    return _come_in(request, db, person, "/")


def _twice(password: str, again: str) -> str:
    if password != again:
        raise InputError("the two passwords differ; type the same one twice")
    return password


@router.get("/me")
def me(visit: SignedIn) -> Response:
    """Show one's own settings."""
    return visit.page("me", problem="", shortest=people.SHORTEST)


@router.post("/me")
def change_me(visit: SignedIn, form: Sent) -> Response:
    """Keep how texts are shown, and when to remind of a break."""
    gate, every = text_of(form, "gate"), text_of(form, "break_every")
    if gate not in get_args(people.Gate) or not (every.isascii() and every.isdigit() and 1 <= int(every[:5]) <= 500):
        return visit.page("me", 422, problem="choose one of the three, and a number from 1 to 500", shortest=people.SHORTEST)
    visit.db.execute("UPDATE people SET gate = ?, break_every = ? WHERE id = ?", (gate, int(every), visit.person.id))
    return go("/me", "kept")


@router.post("/me/password")
def change_password(visit: SignedIn, form: Sent) -> Response:
    """Change one's own password; every session ends but this one, which begins anew."""
    address = visit.request.client.host if visit.request.client else ""
    try:
        if people.sign_in(visit.db, visit.person.name, text_of(form, "old"), address, visit.now) is None:
            raise InputError("the old password is not right")
        password = _twice(text_of(form, "password"), text_of(form, "again"))
        with writing(visit.db):
            people.set_password(visit.db, visit.person, password, visit.person.name, visit.now)
    except InputError as error:
        return visit.page("me", 422, problem=str(error), shortest=people.SHORTEST)
    return _come_in(visit.request, visit.db, visit.person, "/me")
