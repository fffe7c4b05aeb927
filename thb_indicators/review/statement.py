"""A draft statement of reasons with the fields of Article 17(3) of the Digital Services Act (Regulation (EU) 2022/2065).

The desk drafts, it never sends: a platform that restricts an ad owes its advertiser such a statement, and only a named person
can complete one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

import msgspec

from thb_indicators.errors import InputError
from thb_indicators.review import log
from thb_indicators.review.decision import VERDICTS, Stored
from thb_indicators.review.people import Person

FIELDS: dict[str, tuple[str, str]] = {
    "restriction": ("Art. 17(3)(a)", "What was decided about the ad: removal, disabled access, demotion, suspension …"),
    "scope": ("Art. 17(3)(a)", "Where it applies (territory), and for how long"),
    "facts": ("Art. 17(3)(b)", "Facts and circumstances relied on, and whether a notice or an own investigation led to them"),
    "automated_means": ("Art. 17(3)(c)", "Use of automated means in detecting the content, and in the decision"),
    "legal_ground": ("Art. 17(3)(d)", "If the content is held to be illegal: the law, and why it applies"),
    "contractual_ground": ("Art. 17(3)(e)", "If it breaks the terms and conditions: the term, and why it applies"),
    "redress": ("Art. 17(3)(f)", "How to contest it: internal complaint, out-of-court settlement, court"),
}
"""What a statement says, with its source and the question it answers."""
_EITHER = ("legal_ground", "contractual_ground")


class Statement(msgspec.Struct, frozen=True):
    """A statement of reasons; a draft until a named person has completed it."""

    ad_id: str
    text_sha256: str
    fields: dict[str, str]
    completed_by: str | None = None
    completed_at: str | None = None
    human_review: str = "required"

    @property
    def status(self) -> str:
        """``"draft"`` or ``"completed"``."""
        return "completed" if self.completed_by else "draft"


def draft(db: sqlite3.Connection, ad: Stored) -> Statement:
    """Return what the desk can say by itself, for a person to complete: what was seen, read and decided.

    What was decided about the ad, on which ground, and how to contest it, the desk does not know and leaves empty.
    """
    readings = db.execute("SELECT verdict, reason FROM readings WHERE number = ? ORDER BY turn", (ad.number,)).fetchall()
    seen = [one["title"] for one in ad.line["indicators"] if one["assertion"] == "affirmed"]
    people = f"{len(readings)} {'person' if len(readings) == 1 else 'people'}"
    facts = f"The ad was read by {people}."
    for verdict, reason in readings[-1:]:
        facts += f" Verdict: {VERDICTS[verdict][0].lower()}; {VERDICTS[verdict][1][reason].lower()}."
    if seen:
        facts += f" Indicators shown to them: {'; '.join(seen)}."
    automated = (
        "Software looked for published indicators in the wording and proposed the ad for reading "
        f"(policy {ad.line['policy']}, model {ad.line['model_version']}). It took no decision; people did."
    )
    empty = dict.fromkeys(FIELDS, "")
    return Statement(ad.ad_id, ad.line["text_sha256"], {**empty, "facts": facts, "automated_means": automated})


def kept(db: sqlite3.Connection, number: int) -> Statement | None:
    """Return the statement that was completed for an ad."""
    row = db.execute("SELECT line FROM statements WHERE number = ?", (number,)).fetchone()
    return msgspec.json.decode(row[0], type=Statement) if row else None


def complete(
    db: sqlite3.Connection, person: Person, ad: Stored, given: Mapping[str, str], signed: str, now: float
) -> Statement:
    """Keep a statement under a person's name, inside the caller's transaction. Nothing is sent.

    Parameters
    ----------
    given
        Every field of `FIELDS`; one of the two grounds may be empty.
    signed
        The person's name as they typed it: completing takes a person, not a click.

    Raises
    ------
    InputError
        When the ad is not decided, a field is empty, or the name is not theirs.
    """
    if ad.state != "done":
        raise InputError("the ad is not decided yet")
    if signed.strip().casefold() != person.name.casefold():
        raise InputError(f"type your own name, {person.name}, to complete the statement")
    fields = {name: given.get(name, "").strip()[:10_000] for name in FIELDS}
    empty = [name for name, value in fields.items() if not value and name not in _EITHER]
    if not any(fields[name] for name in _EITHER):
        empty.append("legal_ground or contractual_ground")
    if empty:
        raise InputError(f"still empty: {', '.join(name.replace('_', ' ') for name in empty)}")
    statement = Statement(ad.ad_id, ad.line["text_sha256"], fields, person.name, log.stamp(now))
    line = log.canonical(statement)
    seq = log.append(
        db, "statement", person.name, now, {"ad": ad.number, "ad_id": ad.ad_id, "statement": msgspec.to_builtins(fields)}
    )
    db.execute("INSERT OR REPLACE INTO statements VALUES (?, ?, ?)", (ad.number, seq, line))
    return statement


def to_json(statement: Statement) -> dict[str, Any]:
    """Return a statement as plain data, with its sources."""
    line: dict[str, Any] = msgspec.to_builtins(statement)
    line["fields"] = {name: {"source": FIELDS[name][0], "text": text} for name, text in statement.fields.items()}
    return {"schema": "thb-statement/1", "status": statement.status, **line}
