"""What a reviewer decides about one ad, and how it is kept. Nothing here acts on an ad or contacts anyone."""

from __future__ import annotations

import sqlite3
from typing import Any, Literal, NamedTuple, get_args

import msgspec

from thb_indicators.errors import InputError, ThbError
from thb_indicators.records import Field
from thb_indicators.review import log
from thb_indicators.review.people import Person
from thb_indicators.spans import Span

Verdict = Literal["refer", "no_concern", "insufficient", "spam_or_scam", "other"]
VERDICTS: dict[Verdict, tuple[str, dict[str, str]]] = {
    "refer": (
        "Refer",
        {
            "several_indicators": "Several indicators speak together",
            "one_strong": "One indicator is strong on its own",
            "other_ads": "Other ads of the same advertiser",
            "child_safety": "Wording that concerns child safety",
        },
    ),
    "no_concern": (
        "No concern",
        {
            "ordinary_reading": "An ordinary reading fits",
            "other_kind": "Another kind of ad",
            "quoted": "The ad quotes it or warns of it",
        },
    ),
    "insufficient": (
        "Insufficient",
        {"too_little": "Too little text", "unreadable": "In a language, or a state, I cannot read"},
    ),
    "spam_or_scam": ("Spam or scam", {"spam": "Spam, the same for everyone", "scam": "A scam after money or data"}),
    "other": ("Other", {"see_notes": "Something else: say what in the notes"}),
}
"""The verdicts with their words, and the reasons that each can have."""
MOST_NOTES = 4_000


class ConflictError(ThbError):
    """What someone wants to write no longer fits what is there: another person reads the ad, or has decided it."""


class MissingError(InputError):
    """There is no such ad on the desk."""


class Correction(msgspec.Struct, frozen=True):
    """One indicator that a reviewer puts right.

    Parameters
    ----------
    kind
        ``"fired_wrongly"``: it counted, and should not have. ``"missed"``: it is in the ad, and did not count.
    field, span
        Where a missed one stands, in the original field; None when it is not one place.
    """

    indicator: str
    kind: Literal["fired_wrongly", "missed"]
    field: Field | None = None
    span: Span | None = None


class Decision(msgspec.Struct, frozen=True):
    """A verdict with its reason, notes, and corrections.

    Examples
    --------
    >>> Decision("refer", "one_strong").verdict
    'refer'
    >>> Decision("refer", "too_little")
    Traceback (most recent call last):
    ...
    thb_indicators.errors.InputError: 'too_little' is no reason for 'refer'
    """

    verdict: Verdict
    reason: str
    notes: str = ""
    corrections: tuple[Correction, ...] = ()

    def __post_init__(self) -> None:
        if self.verdict not in get_args(Verdict):
            raise InputError(f"{self.verdict!r} is no verdict")
        if self.reason not in VERDICTS[self.verdict][1]:
            raise InputError(f"{self.reason!r} is no reason for {self.verdict!r}")
        if self.verdict == "other" and not self.notes.strip():
            raise InputError("the reason stands in the notes: write them")
        if len(self.notes) > MOST_NOTES:
            raise InputError(f"the notes are longer than {MOST_NOTES} characters")


class Stored(NamedTuple):
    """One ad of the desk, with its result line."""

    number: int
    ad_id: str
    assessment_sha256: str
    state: str
    arrived: float
    line: dict[str, Any]


def stored(db: sqlite3.Connection, number: int) -> Stored:
    """Return one ad.

    Raises
    ------
    MissingError
        When there is none of this number.
    """
    row = db.execute("SELECT ad_id, assessment_sha256, state, arrived, line FROM ads WHERE number = ?", (number,)).fetchone()
    if row is None:
        raise MissingError(f"there is no ad number {number}")
    name, digest, state, arrived, line = row
    return Stored(number, name, digest, state, arrived, msgspec.json.decode(line))


def affirmed(line: dict[str, Any]) -> list[str]:
    """Return the indicators that were shown as counting."""
    return [found["id"] for found in line["indicators"] if found["assertion"] == "affirmed"]


def record(db: sqlite3.Connection, person: Person, number: int, decision: Decision, now: float) -> int:
    """Keep a decision, inside the caller's transaction, and return the number of its log entry.

    The first of two blind readings opens the second; two that agree are done; two that differ wait for a third person.

    Raises
    ------
    ConflictError
        When someone else reads the ad now, it has been decided, or this person has read it already.
    InputError
        When a correction does not fit the ad.
    """
    ad = stored(db, number)
    lock = db.execute("SELECT reader, until, shown, revealed FROM locks WHERE number = ?", (number,)).fetchone()
    if lock and lock[0] != person.id and lock[1] > now:
        raise ConflictError("someone else is reading this ad now")
    if db.execute("SELECT 1 FROM readings WHERE number = ? AND reader = ?", (number, person.id)).fetchone():
        raise ConflictError("you have decided this ad already")
    turns = {"open": 1, "second": 2, "differing": 3}
    if ad.state not in turns:
        raise ConflictError("this ad has been decided")
    _check(ad, decision)
    turn = turns[ad.state]
    mine = lock and lock[0] == person.id
    entry = {
        "ad": number,
        "ad_id": ad.ad_id,
        "turn": turn,
        **msgspec.to_builtins(decision),
        "saw": {
            "text_sha256": ad.line["text_sha256"],
            "assessment_sha256": ad.assessment_sha256,
            "lexicon_digest": ad.line["lexicon_digest"],
            "model_version": ad.line["model_version"],
            "policy": ad.line["policy"],
            "revealed": bool(mine and lock[3]),
        },
    }
    seq = log.append(db, "settled" if turn == 3 else "decision", person.name, now, entry)
    db.execute(
        "INSERT INTO readings VALUES (?, ?, ?, ?, ?, ?, ?)",
        (seq, number, person.id, turn, decision.verdict, decision.reason, now),
    )
    marks = [(seq, indicator, "shown", None, None, None) for indicator in affirmed(ad.line)]
    for one in decision.corrections:
        start, stop = one.span or (None, None)
        marks.append((seq, one.indicator, one.kind, one.field, start, stop))  # type: ignore[arg-type]  # None where no place
    db.executemany("INSERT INTO marks VALUES (?, ?, ?, ?, ?, ?)", marks)
    db.execute("UPDATE ads SET state = ? WHERE number = ?", (_next_state(db, number, turn), number))
    db.execute("DELETE FROM locks WHERE number = ?", (number,))
    return seq


def _next_state(db: sqlite3.Connection, number: int, turn: int) -> str:
    if turn == 1:
        return "second" if db.execute("SELECT second FROM ads WHERE number = ?", (number,)).fetchone()[0] else "done"
    verdicts = {row[0] for row in db.execute("SELECT verdict FROM readings WHERE number = ?", (number,))}
    return "differing" if turn == 2 and len(verdicts) > 1 else "done"


def _check(ad: Stored, decision: Decision) -> None:
    shown = affirmed(ad.line)
    texts = ad.line.get("ad") or {}
    for one in decision.corrections:
        if one.kind == "fired_wrongly" and one.indicator not in shown:
            raise InputError(f"{one.indicator!r} did not count in this ad, so it cannot have fired wrongly")
        if one.span is not None:
            field = texts.get(one.field or "") or ""
            if not 0 <= one.span.start < one.span.end <= len(field):
                raise InputError(f"{one.span.start}–{one.span.end} is no place in the ad's {one.field}")


def reopen(db: sqlite3.Connection, person: Person, number: int, why: str, now: float) -> int:
    """Put a decided ad back, inside the caller's transaction; the log keeps what had been decided.

    Raises
    ------
    ConflictError
        When the ad is not decided, or this person is neither its reader nor an administrator.
    InputError
        When no reason is given.
    """
    ad = stored(db, number)
    if ad.state not in ("done", "differing", "second"):
        raise ConflictError("this ad is not decided")
    readers = {row[0] for row in db.execute("SELECT reader FROM readings WHERE number = ?", (number,))}
    if person.id not in readers and not person.administrator:
        raise ConflictError("only who decided it, or an administrator, can put it back")
    if not why.strip():
        raise InputError("say why it is put back")
    seq = log.append(db, "reopened", person.name, now, {"ad": number, "ad_id": ad.ad_id, "why": why.strip()[:MOST_NOTES]})
    db.execute("DELETE FROM readings WHERE number = ?", (number,))
    db.execute("UPDATE ads SET state = 'open' WHERE number = ?", (number,))
    return seq


def find_words(field: str, words: str, start: int | None = None) -> Span:
    """Return the place of some words in a field, in code points of the original.

    Parameters
    ----------
    start
        Where they begin, when they were selected in the browser.

    Raises
    ------
    InputError
        When they are not there, or there twice.

    Examples
    --------
    >>> find_words("We keep it. You keep it.", "keep it", 16)
    Span(start=16, end=23)
    >>> find_words("We keep it.", "we keep")
    Traceback (most recent call last):
    ...
    thb_indicators.errors.InputError: the words “we keep” are not in the ad; copy them from its text
    """
    if start is not None and field[start : start + len(words)] == words:
        return Span(start, start + len(words))
    count = field.count(words) if words else 0
    if count == 1:
        at = field.index(words)
        return Span(at, at + len(words))
    if count:
        raise InputError(f"the words “{words}” stand {count} times in the ad; give more of the sentence")
    raise InputError(f"the words “{words}” are not in the ad; copy them from its text")
