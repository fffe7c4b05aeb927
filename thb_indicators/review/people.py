"""The people of the desk: named reviewers and administrators, and their passwords."""

from __future__ import annotations

import sqlite3
from functools import lru_cache
from typing import Literal, NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from thb_indicators.errors import InputError, ThbError
from thb_indicators.review import log

SHORTEST = 12
"""Characters of a password; long and free of rules, after NIST SP 800-63B."""
LONGEST = 200
TRIES, WINDOW = 5, 15 * 60.0
"""Failed sign-ins of one name within so many seconds, after which it has to wait; an address has `ADDRESS_TRIES`."""
ADDRESS_TRIES = 30
Gate = Literal["shown", "blurred", "hidden"]


class TooManyTriesError(ThbError):
    """Too many failed sign-ins: come back later."""


class Person(NamedTuple):
    """Someone who may use the desk."""

    id: int
    name: str
    administrator: bool
    gate: Gate = "blurred"
    break_every: int = 25


_COLUMNS = "id, name, administrator, gate, break_every"


@lru_cache(maxsize=1)
def _hasher() -> PasswordHasher:
    return PasswordHasher()  # argon2id with the parameters of RFC 9106, section 4, second choice


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _hasher().hash("nobody has this password")


def check_name(name: str) -> str:
    """Return a person's name as it is kept.

    Raises
    ------
    InputError
        When it is empty, long, or holds what does not print.
    """
    name = " ".join(name.split())
    if not 1 <= len(name) <= 60 or not name.isprintable():
        raise InputError("a name has 1 to 60 characters, all of them printable")
    return name


def check_password(password: str, name: str) -> None:
    """Refuse a password that is short, endless, or the name.

    Raises
    ------
    InputError
        With what to do.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise InputError(f"a password has {SHORTEST} to {LONGEST} characters; a few words make a good one")
    if name.casefold() in password.casefold() or len(set(password)) < 5:
        raise InputError("this password is easy to guess: it holds the name, or a few characters again and again")


def add_person(db: sqlite3.Connection, name: str, password: str, by: str, now: float, *, administrator: bool = False) -> Person:
    """Add a person, inside the caller's transaction.

    Raises
    ------
    InputError
        When the name is taken, or the name or password cannot be used.
    """
    name = check_name(name)
    check_password(password, name)
    if db.execute("SELECT 1 FROM people WHERE name = ?", (name,)).fetchone():
        raise InputError(f"there is a person named {name!r} already")
    number = db.execute(
        "INSERT INTO people (name, password, administrator) VALUES (?, ?, ?)", (name, _hasher().hash(password), administrator)
    ).lastrowid
    log.append(db, "person_added", by, now, {"name": name, "administrator": administrator})
    return Person(int(number or 0), name, administrator)


def set_password(db: sqlite3.Connection, person: Person, password: str, by: str, now: float) -> None:
    """Change a password, inside the caller's transaction, and end every session of that person."""
    check_password(password, person.name)
    db.execute("UPDATE people SET password = ? WHERE id = ?", (_hasher().hash(password), person.id))
    db.execute("DELETE FROM sessions WHERE person = ?", (person.id,))
    log.append(db, "password_changed", by, now, {"name": person.name})


def set_active(db: sqlite3.Connection, person: Person, by: Person, now: float, *, active: bool) -> None:
    """Let a person in again, or shut them out, inside the caller's transaction.

    Raises
    ------
    InputError
        When someone shuts themselves out: an administrator must remain.
    """
    if person.id == by.id:
        raise InputError("you cannot shut yourself out; ask another administrator")
    db.execute("UPDATE people SET active = ? WHERE id = ?", (active, person.id))
    db.execute("DELETE FROM sessions WHERE person = ?", (person.id,))
    db.execute("DELETE FROM locks WHERE reader = ?", (person.id,))
    log.append(db, "person_let_in" if active else "person_shut_out", by.name, now, {"name": person.name})


def find_person(db: sqlite3.Connection, key: str | int) -> Person | None:
    """Return an active person by name or number."""
    column = "id" if isinstance(key, int) else "name"
    row = db.execute(f"SELECT {_COLUMNS} FROM people WHERE {column} = ? AND active", (key,)).fetchone()
    return Person(row[0], row[1], bool(row[2]), row[3], row[4]) if row else None


def everyone(db: sqlite3.Connection) -> list[tuple[Person, bool, int]]:
    """Return all people by name, whether they may come in, and how many ads they have read."""
    rows = db.execute(
        f"SELECT {_COLUMNS}, active, (SELECT count(*) FROM readings WHERE reader = people.id) FROM people ORDER BY name"
    )
    return [(Person(row[0], row[1], bool(row[2]), row[3], row[4]), bool(row[5]), row[6]) for row in rows]


def has_administrator(db: sqlite3.Connection) -> bool:
    """Whether anyone can manage the desk yet."""
    return db.execute("SELECT 1 FROM people WHERE administrator AND active").fetchone() is not None


def sign_in(db: sqlite3.Connection, name: str, password: str, address: str, now: float) -> Person | None:
    """Return the person whose name and password these are, or None.

    A try is counted before the password is looked at, so that many at once do not slip through; an unknown name takes as long
    as a wrong password.

    Raises
    ------
    TooManyTriesError
        After `TRIES` failures of this name, or `ADDRESS_TRIES` from this address.
    """
    keys = (f"name:{name.casefold()[:60]}", f"address:{address}")
    db.execute("BEGIN IMMEDIATE")
    try:
        db.execute("DELETE FROM attempts WHERE at < ?", (now - WINDOW,))
        tried = [db.execute("SELECT count(*) FROM attempts WHERE key = ?", (key,)).fetchone()[0] for key in keys]
        full = tried[0] >= TRIES or tried[1] >= ADDRESS_TRIES
        if not full:
            db.executemany("INSERT INTO attempts VALUES (?, ?)", [(key, now) for key in keys])
    finally:
        db.execute("COMMIT")
    if full:
        raise TooManyTriesError(f"too many tries; wait {int(WINDOW // 60)} minutes")
    person = find_person(db, name)
    hashed = db.execute("SELECT password FROM people WHERE id = ?", (person.id,)).fetchone()[0] if person else _nobody()
    try:
        _hasher().verify(hashed, password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return None
    if person is not None:
        db.execute("DELETE FROM attempts WHERE key = ? OR (key = ? AND at = ?)", (*keys, now))
    return person
