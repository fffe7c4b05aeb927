"""The decision log: append only, each entry chained to the one before it.

An entry's digest is SHA-256 over the previous digest and the entry as canonical JSON, so that no entry can be changed, taken
out, or put in without every later digest changing (Haber and Stornetta 1991, How to time-stamp a digital document). Someone who
may write the whole file can also write a whole new chain: note the newest digest elsewhere, and hand it to `verify`.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec

START = "0" * 64
"""What stands before the first entry."""


class Entry(NamedTuple):
    """One line of the log: what happened, and its digest."""

    seq: int
    kind: str
    at: str
    by: str
    what: dict[str, Any]
    digest: str


class Fault(NamedTuple):
    """Something in the log that does not hold."""

    seq: int
    problem: str


def stamp(now: float) -> str:
    """Return a time as the log writes it.

    Examples
    --------
    >>> stamp(0)
    '1970-01-01T00:00:00.000Z'
    """
    return datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def canonical(value: Any) -> str:
    """Return the one way to write a value as JSON: sorted keys, no spaces.

    Examples
    --------
    >>> canonical({"b": 1, "a": "é"})
    '{"a":"é","b":1}'
    """
    return msgspec.json.encode(value, order="sorted").decode()


def chained(previous: str, entry: str) -> str:
    """Return the digest of an entry that follows another.

    Examples
    --------
    >>> chained(START, '{"seq":1}')[:12]
    'a453da815121'
    """
    return hashlib.sha256(f"{previous}\n{entry}".encode()).hexdigest()


def head(db: sqlite3.Connection) -> tuple[int, str]:
    """Return the number and digest of the newest entry."""
    row = db.execute("SELECT seq, digest FROM log ORDER BY seq DESC LIMIT 1").fetchone()
    return (row[0], row[1]) if row else (0, START)


def append(db: sqlite3.Connection, kind: str, by: str, now: float, what: Mapping[str, Any]) -> int:
    """Add an entry, inside the caller's transaction, and return its number.

    Parameters
    ----------
    kind
        What happened: ``decision``, ``settled``, ``revealed``, ``import`` …
    by
        The name of the person who did it.
    what
        The rest of it. Digests of what the person saw, never an ad's text.
    """
    last, previous = head(db)
    entry = canonical({**what, "seq": last + 1, "kind": kind, "at": stamp(now), "by": by})
    db.execute("INSERT INTO log VALUES (?, ?, ?)", (last + 1, entry, chained(previous, entry)))
    return last + 1


def entry(seq: int, text: str, digest: str) -> Entry:
    """Return a row of the log as an entry."""
    what = msgspec.json.decode(text, type=dict[str, Any])
    kind, at, by, _ = (str(what.pop(key, "")) for key in ("kind", "at", "by", "seq"))
    return Entry(seq, kind, at, by, what, digest)


def entries(db: sqlite3.Connection, *, before: int | None = None, limit: int = -1) -> Iterator[Entry]:
    """Yield entries, the newest first."""
    rows = db.execute("SELECT seq, entry, digest FROM log WHERE seq < ? ORDER BY seq DESC LIMIT ?", (before or 2**62, limit))
    for row in rows:
        yield entry(*row)


def verify(db: sqlite3.Connection, noted: str | None = None) -> list[Fault]:
    """Return every place where the log does not hold; nothing when it holds.

    Parameters
    ----------
    noted
        A digest that was noted elsewhere, which must still stand in the chain.
    """
    faults: list[Fault] = []
    expected, previous, found = 1, START, noted is None
    for seq, text, digest in db.execute("SELECT seq, entry, digest FROM log ORDER BY seq"):
        if seq != expected:
            gap = str(expected) if seq == expected + 1 else f"{expected} to {seq - 1}"
            faults.append(Fault(expected, f"missing: {gap}"))
        elif chained(previous, text) != digest:
            faults.append(Fault(seq, "does not follow from the entry before it: this entry or its digest was changed"))
        if not _numbered(text, seq):
            faults.append(Fault(seq, "carries another number than its own"))
        expected, previous, found = seq + 1, digest, found or digest == noted
    kept = db.execute("SELECT max(seq) FROM readings").fetchone()[0] or 0
    if kept >= expected:
        faults.append(Fault(expected, f"missing at the end: {expected} to {kept}"))
    if not found:
        faults.append(Fault(expected, "the noted digest is not in the log: its end was cut off, or all of it written anew"))
    return faults + _readings(db)


def _numbered(text: str, seq: int) -> bool:
    try:
        return msgspec.json.decode(text, type=dict[str, Any]).get("seq") == seq
    except msgspec.MsgspecError:
        return False


def _readings(db: sqlite3.Connection) -> list[Fault]:
    """Compare the readings that the desk works with to the log they come from."""
    told: dict[int, tuple[Any, ...]] = {}
    for seq, text in db.execute("SELECT seq, entry FROM log ORDER BY seq"):
        try:
            entry = msgspec.json.decode(text, type=dict[str, Any])
        except msgspec.MsgspecError:
            continue
        if entry.get("kind") in ("decision", "settled"):
            told[seq] = (entry.get("ad"), entry.get("by"), entry.get("verdict"), entry.get("reason"))
        elif entry.get("kind") == "reopened":
            told = {at: what for at, what in told.items() if what[0] != entry.get("ad")}
    kept = {
        seq: tuple(rest)
        for seq, *rest in db.execute(
            "SELECT seq, number, people.name, verdict, reason FROM readings JOIN people ON people.id = readings.reader"
        )
    }
    return [
        Fault(seq, "the reading kept for this entry is not what the log says" if seq in kept and seq in told
              else "a reading that the log does not have" if seq in kept else "the reading of this entry is gone")
        for seq in sorted(told.keys() | kept.keys()) if told.get(seq) != kept.get(seq)
    ]  # fmt: skip
