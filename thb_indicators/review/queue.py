"""Who reads what next: child safety first, then by score with ageing, random samples mixed in, one reader at a time.

An ad's rank is ``score - arrival / AGEING``. All ads age alike, so the order by score plus time waited is the order by this
number, which never changes: an index serves it, and after ``AGEING`` days no new ad can come before an old one.
"""

from __future__ import annotations

import random
import sqlite3
from typing import NamedTuple

import msgspec

from thb_indicators.review import log
from thb_indicators.review.decision import ConflictError
from thb_indicators.review.people import Person
from thb_indicators.review.store import setting

DAY = 86_400.0
AGEING = 14.0
"""Days of waiting that weigh as much as the whole range of scores."""
LOCK = 20 * 60.0
"""Seconds for which an ad belongs to one reader; opening or working on its page begins them anew."""
ROUTES = ("child_safety", "review", "sample", "insufficient")
"""The routes that wait for a person, in the order they are shown."""


class Today(NamedTuple):
    """What one person has read today, and what the day holds for them."""

    read: int
    child_safety: int
    capacity: int

    @property
    def full(self) -> bool:
        """Whether the day's share is read."""
        return self.read >= self.capacity


class Counts(NamedTuple):
    """What waits on the desk."""

    waiting: dict[str, int]
    differing: int
    done: int
    oldest: float | None


def rank(score: float, arrived: float) -> float:
    """Return what an ad is ordered by, the largest first.

    Examples
    --------
    >>> rank(0.2, 0.0) > rank(0.9, 10 * DAY)
    True
    """
    return score - arrived / (AGEING * DAY)


def today(db: sqlite3.Connection, person: Person, now: float) -> Today:
    """Count what a person has read since midnight (UTC)."""
    read, child_safety = db.execute(
        "SELECT count(*), coalesce(sum(route = 'child_safety'), 0) FROM readings JOIN ads USING (number) "
        "WHERE reader = ? AND at >= ?", (person.id, now - now % DAY),
    ).fetchone()  # fmt: skip
    return Today(read, child_safety, int(setting(db, "capacity")))


def counts(db: sqlite3.Connection) -> Counts:
    """Count what waits, by route."""
    by: dict[tuple[str, str], int] = {
        (route, state): count for route, state, count in db.execute("SELECT route, state, ads FROM tally")
    }
    waiting = {route: by.get((route, "open"), 0) + by.get((route, "second"), 0) for route in ROUTES}
    oldest = db.execute(
        "SELECT arrived FROM ads INDEXED BY ads_oldest WHERE state IN ('open', 'second') ORDER BY arrived LIMIT 1"
    ).fetchone()
    states = {state: sum(n for (_, s), n in by.items() if s == state) for state in ("differing", "done")}
    return Counts(waiting, states["differing"], states["done"], oldest[0] if oldest else None)


def current(db: sqlite3.Connection, person: Person, now: float) -> int | None:
    """Return the ad that a person is reading now."""
    row = db.execute("SELECT number FROM locks WHERE reader = ? AND until > ?", (person.id, now)).fetchone()
    return int(row[0]) if row else None


def claim(db: sqlite3.Connection, person: Person, now: float, draw: random.Random, *, beyond: bool = False) -> int | None:
    """Give a person the next ad to read, inside the caller's transaction, and lock it for them.

    Parameters
    ----------
    draw
        Decides when a random sample comes next, so that nobody can tell one by its place.
    beyond
        Go on after the day's capacity. Child safety has no capacity.

    Returns
    -------
    int or None
        The ad they hold already, or the next one; None when nothing waits for them.
    """
    held = current(db, person, now)
    if held is not None:
        return held
    number = _best(db, person, now, ("child_safety",))
    if number is None and (beyond or not today(db, person, now).full):
        sample_next = draw.random() < float(setting(db, "sample_share"))
        lanes = (("sample",), ("review", "insufficient")) if sample_next else (("review", "insufficient"), ("sample",))
        number = next((found for lane in lanes if (found := _best(db, person, now, lane)) is not None), None)
    if number is not None:
        _lock(db, person, number, now)
    return number


def claim_difference(db: sqlite3.Connection, person: Person, now: float) -> int | None:
    """Give a third person an ad on which two blind readings differ, the oldest first."""
    held = current(db, person, now)
    if held is not None:
        return held
    row = db.execute(f"SELECT number FROM ads WHERE state = 'differing' AND {_FREE} ORDER BY rank DESC LIMIT 1",
                     {"now": now, "me": person.id}).fetchone()  # fmt: skip
    if row is None:
        return None
    _lock(db, person, row[0], now)
    return int(row[0])


def take(db: sqlite3.Connection, person: Person, number: int, now: float) -> None:
    """Lock one ad that a person chose from the list, inside the caller's transaction.

    Raises
    ------
    ConflictError
        When it does not wait, someone else reads it, or this person has read it.
    """
    free = db.execute(f"SELECT 1 FROM ads WHERE number = :number AND state IN ('open', 'second', 'differing') AND {_UNREAD}",
                      {"number": number, "now": now, "me": person.id}).fetchone()  # fmt: skip
    if free is None:
        raise ConflictError("this ad does not wait for you: it is decided, you have read it, or someone else is reading it")
    _lock(db, person, number, now)


def release(db: sqlite3.Connection, person: Person, number: int, now: float) -> None:
    """Hand an ad on to someone else, inside the caller's transaction: it does not come back to this person by itself."""
    held = db.execute("DELETE FROM locks WHERE number = ? AND reader = ?", (number, person.id)).rowcount
    if held:
        db.execute("INSERT OR IGNORE INTO passed VALUES (?, ?)", (number, person.id))
        log.append(db, "passed_on", person.name, now, {"ad": number})


def open_up(db: sqlite3.Connection, person: Person, number: int, now: float, what: str) -> None:
    """Note, inside the caller's transaction, that a reader had a gated text shown or masked wording revealed.

    Parameters
    ----------
    what
        ``"shown"`` or ``"revealed"``; the latter is a log entry too.
    """
    column = {"shown": "shown", "revealed": "revealed"}[what]
    held = db.execute(f"UPDATE locks SET {column} = 1 WHERE number = ? AND reader = ?", (number, person.id)).rowcount
    if not held:
        raise ConflictError("the time for this ad ran out; take it again")
    if what == "revealed":
        log.append(db, "revealed", person.name, now, {"ad": number})


def holds(db: sqlite3.Connection, person: Person, number: int, now: float) -> tuple[bool, bool] | None:
    """Return what is opened up of an ad that a person holds (shown, revealed); None when they do not hold it."""
    row = db.execute(
        "SELECT shown, revealed FROM locks WHERE number = ? AND reader = ? AND until > ?", (number, person.id, now)
    ).fetchone()
    return (bool(row[0]), bool(row[1])) if row else None


def renew(db: sqlite3.Connection, person: Person, number: int, now: float) -> None:
    """Begin a lock's time anew, once half of it is over: a page that is only looked at writes nothing."""
    row = db.execute("SELECT until FROM locks WHERE number = ? AND reader = ?", (number, person.id)).fetchone()
    if row and row[0] < now + LOCK / 2:
        db.execute("UPDATE locks SET until = ? WHERE number = ? AND reader = ?", (now + LOCK, number, person.id))


_UNREAD = (
    "number NOT IN (SELECT number FROM locks WHERE until > :now AND reader <> :me) "
    "AND NOT EXISTS (SELECT 1 FROM readings WHERE readings.number = ads.number AND reader = :me)"
)
_FREE = f"{_UNREAD} AND NOT EXISTS (SELECT 1 FROM passed WHERE passed.number = ads.number AND reader = :me)"


def _best(db: sqlite3.Connection, person: Person, now: float, routes: tuple[str, ...]) -> int | None:
    query = (
        f"SELECT rank, number FROM ads WHERE route = :route AND state IN ('open', 'second') AND {_FREE} "
        "ORDER BY rank DESC, number LIMIT 1"
    )
    found = [db.execute(query, {"route": route, "now": now, "me": person.id}).fetchone() for route in routes]
    return max((row for row in found if row), default=(0, None), key=lambda row: (row[0], -row[1]))[1]


def _lock(db: sqlite3.Connection, person: Person, number: int, now: float) -> None:
    db.execute("DELETE FROM locks WHERE number = ? OR reader = ?", (number, person.id))
    db.execute("INSERT INTO locks (number, reader, until) VALUES (?, ?, ?)", (number, person.id, now + LOCK))


class Listed(msgspec.Struct, frozen=True):
    """One row of the list of ads."""

    number: int
    ad_id: str
    route: str
    score: float
    state: str
    arrived: float


def listed(db: sqlite3.Connection, state: str, after: tuple[float, int] | None = None, limit: int = 50) -> list[Listed]:
    """List ads of one state by rank, from a place on."""
    bound = "AND rank <= :rank AND (rank < :rank OR number > :number)" if after else ""
    at, number = after or (0.0, 0)
    rows = db.execute(
        f"SELECT number, ad_id, route, score, state, arrived FROM ads WHERE state = :state {bound} "
        "ORDER BY rank DESC, number LIMIT :limit",
        {"state": state, "rank": at, "number": number, "limit": limit},
    )
    return [Listed(*row) for row in rows]
