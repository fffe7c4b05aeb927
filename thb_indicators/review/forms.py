"""From what a decision form sends to a decision, and back to the form when something in it does not hold."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import zip_longest
from typing import Any, NamedTuple, cast, get_args

from starlette.datastructures import FormData

from thb_indicators.errors import InputError
from thb_indicators.records import Field
from thb_indicators.review.decision import Correction, Decision, Verdict, find_words
from thb_indicators.review.visit import text_of, texts_of
from thb_indicators.spans import Span

MOST_ROWS = 20


class Row(NamedTuple):
    """One line of the form for an indicator that was missed, as it was typed."""

    indicator: str = ""
    field: str = "text"
    words: str = ""
    start: str = ""
    end: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing was chosen or typed."""
        return not (self.indicator or self.words.strip())


class DecisionForm(NamedTuple):
    """What a decision form holds, whether it makes a decision or not: nothing that was typed is lost."""

    reason: str = ""
    notes: str = ""
    wrong: tuple[str, ...] = ()
    rows: tuple[Row, ...] = (Row(),)

    def with_a_row(self) -> DecisionForm:
        """Return the form with one more line."""
        return self._replace(rows=(*self.rows, Row())[:MOST_ROWS])


def read_form(form: FormData) -> DecisionForm:
    """Return what was sent."""
    columns = [texts_of(form, f"missed_{name}")[:MOST_ROWS] for name in Row._fields]
    rows = tuple(Row(*values) for values in zip_longest(*columns, fillvalue=""))
    return DecisionForm(
        text_of(form, "reason"), _lines(text_of(form, "notes")), tuple(texts_of(form, "wrong")), rows or (Row(),)
    )


def to_decision(form: DecisionForm, line: Mapping[str, Any], indicators: Mapping[str, object]) -> Decision:
    """Return the decision that a form makes.

    Parameters
    ----------
    line
        The ad's result line, with its text.
    indicators
        The catalogue.

    Raises
    ------
    InputError
        When no reason is chosen, or a missed indicator has no name, no words, or words that are not in the ad.
    """
    verdict, _, reason = form.reason.partition(".")
    if not reason:
        raise InputError("choose a decision")
    corrections = [Correction(name, "fired_wrongly") for name in dict.fromkeys(form.wrong)]
    for row in form.rows:
        if row.empty:
            continue
        if row.indicator not in indicators:
            raise InputError("choose which indicator was missed")
        field = cast(Field, row.field)
        if row.field not in get_args(Field):
            raise InputError("choose where the missed words stand: in the text or the title")
        corrections.append(Correction(row.indicator, "missed", field, _place(row, (line.get("ad") or {}).get(field) or "")))
    return Decision(cast(Verdict, verdict), reason, form.notes.strip(), tuple(corrections))


def _place(row: Row, said: str) -> Span | None:
    if row.start.isascii() and row.start.isdigit() and row.end.isascii() and row.end.isdigit():
        return Span(int(row.start[:9]), int(row.end[:9]))
    words = _lines(row.words)
    if words.strip():
        return find_words(said, words if words in said else words.strip())
    return None


def _lines(text: str) -> str:
    """Return text with the line ends that were typed; browsers send every one as CR LF."""
    return text.replace("\r\n", "\n")
