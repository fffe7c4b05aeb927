"""Sessions, form tokens, and where the desk may listen."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
import sqlite3
from pathlib import Path

from thb_indicators.errors import InputError
from thb_indicators.review.people import Person, find_person
from thb_indicators.review.store import setting

IDLE, LONGEST = 60 * 60.0, 12 * 60 * 60.0
"""Seconds after which a session ends: without use, and in any case."""
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
"""What every answer of the desk carries: nothing from elsewhere runs, loads, frames or is kept."""


def new_token() -> str:
    """Return a token nobody can guess (256 bits)."""
    return secrets.token_urlsafe(32)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def begin_session(db: sqlite3.Connection, person: Person, now: float) -> str:
    """Return the token of a new session. The database keeps its digest alone, so a copy of the file opens no session."""
    token = new_token()
    db.execute("DELETE FROM sessions WHERE seen < ? OR began < ?", (now - IDLE, now - LONGEST))
    db.execute("INSERT INTO sessions VALUES (?, ?, ?, ?)", (_digest(token), person.id, now, now))
    return token


def end_session(db: sqlite3.Connection, token: str) -> None:
    """End a session."""
    db.execute("DELETE FROM sessions WHERE token = ?", (_digest(token),))


def person_of(db: sqlite3.Connection, token: str, now: float) -> Person | None:
    """Return who a session belongs to, while it lasts."""
    row = db.execute("SELECT person, began, seen FROM sessions WHERE token = ?", (_digest(token),)).fetchone()
    if row is None or row[2] < now - IDLE or row[1] < now - LONGEST:
        return None
    if row[2] < now - 60:  # once a minute is enough: a page that is only looked at writes nothing
        db.execute("UPDATE sessions SET seen = ? WHERE token = ?", (now, _digest(token)))
    return find_person(db, int(row[0]))


def form_token(db: sqlite3.Connection, session: str) -> str:
    """Return what every form of one session carries, so that no other page can send it (OWASP: HMAC-based token)."""
    return hmac.new(setting(db, "secret").encode(), session.encode(), hashlib.sha256).hexdigest()


def form_token_holds(db: sqlite3.Connection, session: str, given: str) -> bool:
    """Whether a form's token belongs to the session that sends it."""
    return bool(session) and hmac.compare_digest(form_token(db, session).encode(), given.encode())


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address.

    Examples
    --------
    >>> is_loopback("127.0.0.1"), is_loopback("0.0.0.0"), is_loopback("example.org")
    (True, False, False)
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def check_listening(host: str, certificate: Path | None, key: Path | None) -> bool:
    """Return whether connections are encrypted; refuse to be reached from elsewhere when they are not.

    Raises
    ------
    InputError
        When another machine could reach the desk without TLS, or a file of the pair is missing.
    """
    if (certificate is None) != (key is None):
        raise InputError("give --tls-certificate and --tls-key together")
    for file in (certificate, key):
        if file is not None and not file.is_file():
            raise InputError(f"{file}: there is no such file")
    if certificate is None and not is_loopback(host):
        raise InputError(
            f"{host} can be reached from other machines: passwords and ads would travel unencrypted. Give --tls-certificate "
            "and --tls-key, or leave --host at 127.0.0.1"
        )
    return certificate is not None
