"""What people decided, as data: lines for ``thb-indicators train``, and tasks for Label Studio. Both read back exactly.

Neither holds a reviewer's name or notes. Neither holds ads whose text was not kept.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import msgspec

from thb_indicators.errors import InputError
from thb_indicators.records import KEPT_FIELDS, Ad, Field
from thb_indicators.review.decision import VERDICTS, Verdict
from thb_indicators.spans import Span

LABELS: dict[str, int] = {"refer": 1, "no_concern": 0, "spam_or_scam": 0}
"""What a verdict teaches: 1, a person should read such an ad. The other verdicts teach nothing and are left out of training."""
MarkKind = Literal["confirmed", "fired_wrongly", "missed"]


class Mark(msgspec.Struct, frozen=True, order=True):
    """One place in an ad, and what the readers made of it. `field` is empty where an indicator has no single place."""

    indicator: str
    kind: MarkKind
    field: Field | Literal[""] = ""
    start: int = 0
    end: int = 0


class Judged(msgspec.Struct, frozen=True):
    """One decided ad.

    Parameters
    ----------
    verdict, reason
        The last word: the one reading, two that agree, or what a third person settled.
    group
        Who posted it, as far as is known: its cluster, or its account. An honest split keeps a group together.
    readings
        How many people read it.
    marks
        Indicators that stood, fell, or were missed, with their places.
    """

    ad: Ad
    verdict: Verdict
    reason: str
    group: str | None
    readings: int
    decided_at: float
    marks: tuple[Mark, ...] = ()

    @property
    def label(self) -> int | None:
        """1, 0, or None where the verdict teaches nothing."""
        return LABELS.get(self.verdict)


def judged(db: sqlite3.Connection) -> Iterator[Judged]:
    """Yield every decided ad whose text was kept, in the order they came."""
    clusters: dict[str, str] = dict(db.execute("SELECT ad_id, min(cluster) FROM members GROUP BY ad_id"))
    for number, text in db.execute("SELECT number, line FROM ads WHERE state = 'done' ORDER BY number"):
        line = msgspec.json.decode(text, type=dict[str, Any])
        kept = line.get("ad")
        if not kept:
            continue
        ad = msgspec.convert(
            {**{k: kept.get(k) for k in KEPT_FIELDS if kept.get(k) is not None}, "id": line["ad_id"],
             "language": line.get("language"), "basis": line.get("basis")}, Ad,
        )  # fmt: skip
        readings = db.execute(
            "SELECT seq, verdict, reason, at FROM readings WHERE number = ? ORDER BY turn", (number,)
        ).fetchall()
        seq, verdict, reason, at = readings[-1]
        group = clusters.get(ad.id) or (f"account {ad.account}" if ad.account else None)
        yield Judged(ad, verdict, reason, group, len(readings), at, tuple(_marks(db, seq, line)))


def _marks(db: sqlite3.Connection, seq: int, line: Mapping[str, Any]) -> Iterator[Mark]:
    """Yield the marks of the reading that decided."""
    rows = db.execute(
        "SELECT indicator, kind, field, start, stop FROM marks WHERE seq = ? AND kind <> 'shown'", (seq,)
    ).fetchall()
    wrong = {indicator for indicator, kind, *_ in rows if kind == "fired_wrongly"}
    found: set[Mark] = set()
    for one in line["indicators"]:
        if one["assertion"] == "affirmed":
            kind: MarkKind = "fired_wrongly" if one["id"] in wrong else "confirmed"
            places = [(m["field"], m["start"], m["end"]) for m in one["matches"] if m["assertion"] == "affirmed"]
            found |= {Mark(one["id"], kind, *place) for place in places or [("", 0, 0)]}
    for indicator, kind, field, start, stop in rows:
        if kind == "missed":
            found.add(Mark(indicator, "missed", field or "", start or 0, stop or 0))
    yield from sorted(found)


def to_training(one: Judged) -> dict[str, Any]:
    """Return a line for ``thb-indicators train``; `from_training` reads it back.

    Raises
    ------
    InputError
        When the verdict teaches nothing.

    Examples
    --------
    >>> line = to_training(Judged(Ad("a1", "We keep your passport.", basis="synthetic"), "refer", "one_strong", None, 1, 0.0))
    >>> line["label"], line["text"]
    (1, 'We keep your passport.')
    """
    if one.label is None:
        raise InputError(f"ad {one.ad.id!r}: the verdict {one.verdict!r} is no label")
    ad = {key: value for key, value in msgspec.to_builtins(one.ad).items() if value not in (None, "", ())}
    ad.pop("signals", None)
    return {**ad, "text": one.ad.text, "label": one.label, "group": one.group, **_rest(one)}


def from_training(line: Mapping[str, Any]) -> Judged:
    """Return what a line of `to_training` was made of.

    Raises
    ------
    InputError
        When it is no such line.
    """
    return _made({key: line[key] for key in Ad.__struct_fields__ if key in line}, line)


def _rest(one: Judged) -> dict[str, Any]:
    rest: dict[str, Any] = msgspec.to_builtins(one)
    return {key: rest[key] for key in ("verdict", "reason", "readings", "decided_at", "marks")}


def _made(ad: dict[str, Any], line: Mapping[str, Any]) -> Judged:
    rest = {key: line[key] for key in Judged.__struct_fields__ if key in line and key != "ad"}
    try:
        return msgspec.convert({**rest, "group": line.get("group"), "ad": ad}, Judged)
    except msgspec.ValidationError as error:
        raise InputError(f"not a line of the review desk: {error}") from error


def to_label_studio(one: Judged) -> dict[str, Any]:
    """Return a task in Label Studio's JSON format, its offsets in code points; `from_label_studio` reads it back.

    `label_studio_config` is the labeling interface it fits. An indicator without a place, and what Label Studio has no field
    for, stand in ``data`` and in ``meta``.

    Examples
    --------
    >>> mark = Mark("document_handover", "confirmed", "text", 0, 21)
    >>> ad = Ad("a1", "We keep your passport.", basis="synthetic")
    >>> task = to_label_studio(Judged(ad, "refer", "one_strong", None, 1, 0.0, (mark,)))
    >>> task["annotations"][0]["result"][0]["value"]
    {'start': 0, 'end': 21, 'text': 'We keep your passport', 'labels': ['document_handover']}
    """
    ad: dict[str, Any] = {key: value for key, value in msgspec.to_builtins(one.ad).items() if key != "signals"}
    result: list[dict[str, Any]] = []
    placeless = []
    for number, mark in enumerate(one.marks):
        if not mark.field:
            placeless.append({"indicator": mark.indicator, "kind": mark.kind})
            continue
        span = Span(mark.start, mark.end)
        value = {"start": mark.start, "end": mark.end, "text": span.of(one.ad.field(mark.field)), "labels": [mark.indicator]}
        name = f"indicator-{mark.field}"
        region = {"id": f"m{number}", "from_name": name, "to_name": mark.field, "type": "labels", "value": value}
        kind = {"choices": [mark.kind]}
        result += [region, {**region, "from_name": f"{mark.field}-kind", "type": "choices",
                            "value": {key: value[key] for key in ("start", "end", "text")} | kind}]  # fmt: skip
    for name, choice in (("verdict", one.verdict), ("reason", one.reason)):
        result.append({"id": name, "from_name": name, "to_name": "text", "type": "choices", "value": {"choices": [choice]}})
    beside = {"group": one.group, "readings": one.readings, "decided_at": one.decided_at, "placeless": placeless}
    return {"data": ad, "annotations": [{"result": result, "was_cancelled": False}], "meta": beside}


def from_label_studio(task: Mapping[str, Any]) -> Judged:
    """Return what a task was made of, or what people made of it in Label Studio.

    Raises
    ------
    InputError
        When it is no such task, or its offsets do not fit the text.
    """
    try:
        result, meta = task["annotations"][0]["result"], task.get("meta") or {}
        chosen = {one["from_name"]: one["value"]["choices"][0] for one in result if one["from_name"] in ("verdict", "reason")}
        kinds = {one["id"]: one["value"]["choices"][0] for one in result if one["from_name"].endswith("-kind")}
        marks = []
        for one in result:
            if one["type"] == "labels":
                field, value = one["to_name"], one["value"]
                said = task["data"][field][value["start"] : value["end"]]
                if said != value.get("text", said):
                    raise InputError(f"{value['text']!r} does not stand at {value['start']}–{value['end']} of the {field}")
                marks += [
                    Mark(label, kinds.get(one["id"], "missed"), field, value["start"], value["end"])
                    for label in value["labels"]
                ]
        marks += [Mark(one["indicator"], one["kind"]) for one in meta.get("placeless", ())]
        line = {**chosen, "marks": [msgspec.to_builtins(mark) for mark in sorted(marks)]}
        line |= {"readings": meta.get("readings", 1), "decided_at": meta.get("decided_at", 0.0), "group": meta.get("group")}
        return _made({key: value for key, value in task["data"].items() if value is not None}, line)
    except (KeyError, IndexError, TypeError) as error:
        raise InputError(f"not a task of the review desk: {error!r}") from error


def training_lines(db: sqlite3.Connection) -> Iterator[bytes]:
    """Yield the lines of every decided ad that teaches something."""
    for one in judged(db):
        if one.label is not None:
            yield msgspec.json.encode(to_training(one)) + b"\n"


def label_studio_tasks(db: sqlite3.Connection) -> bytes:
    """Return the tasks of every decided ad, as one JSON array."""
    return msgspec.json.encode([to_label_studio(one) for one in judged(db)])


def label_studio_config(indicators: Mapping[str, str]) -> str:
    """Return the labeling interface, as Label Studio's XML, for tasks of `to_label_studio`.

    Parameters
    ----------
    indicators
        Ids and titles.

    Examples
    --------
    >>> "document_handover" in label_studio_config({"document_handover": "Papers handed over"})
    True
    """
    from xml.sax.saxutils import quoteattr  # writes attributes; nothing is parsed

    def choices(values: Mapping[str, str]) -> str:
        return "".join(f"<Choice value={quoteattr(value)} hint={quoteattr(hint)}/>" for value, hint in values.items())

    fields = []
    for field in ("title", "text"):
        labels = "".join(f"<Label value={quoteattr(name)} hint={quoteattr(title)}/>" for name, title in indicators.items())
        kinds = choices({"confirmed": "It stands", "fired_wrongly": "It should not have counted", "missed": "It was missed"})
        fields.append(
            f'<Labels name="indicator-{field}" toName="{field}">{labels}</Labels><Text name="{field}" value="${field}"/>'
            f'<Choices name="{field}-kind" toName="{field}" perRegion="true">{kinds}</Choices>'
        )
    verdicts = choices({name: words for name, (words, _) in VERDICTS.items()})
    reasons = choices({name: words for _, known in VERDICTS.values() for name, words in known.items()})
    return (
        f'<View>{"".join(fields)}<Choices name="verdict" toName="text">{verdicts}</Choices>'
        f'<Choices name="reason" toName="text">{reasons}</Choices></View>'
    )
