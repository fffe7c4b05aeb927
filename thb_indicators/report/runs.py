"""A field of an ad cut into runs of text, each with its labels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from thb_indicators.report.line import SeenIndicator, SeenMatch
from thb_indicators.report.mask import harmless
from thb_indicators.spans import Span

BACKGROUND = ("context_only", "not_scored")
CONTACT = "contact"
"""The label of a masked contact in which nothing else was seen."""


class Run(NamedTuple):
    """A run of text under the same labels. `start` is its place in the original field, in code points."""

    start: int
    text: str
    labels: tuple[str, ...]
    counts: bool
    masked: bool


class Mark(NamedTuple):
    """A part of a field that has a label."""

    start: int
    end: int
    label: str
    counts: bool
    masked: bool


def field_runs(
    text: str, inside: Sequence[tuple[SeenIndicator, SeenMatch]], contacts: Sequence[Span], *, reveal: bool
) -> Iterator[Run]:
    """Cut a field at the bounds of every match and contact; neighbors that share a label are one run."""
    marks = sorted([*_marks(inside, reveal=reveal), *(Mark(*span, CONTACT, False, True) for span in contacts)])
    bounds = sorted({0, len(text), *(mark.start for mark in marks), *(mark.end for mark in marks)})
    waiting = iter(marks)
    following = next(waiting, None)
    active: list[Mark] = []
    last: Run | None = None
    for start, end in pairwise(bounds):
        active = [mark for mark in active if mark.end > start]
        while following is not None and following.start <= start:
            active.append(following)
            following = next(waiting, None)
        run = _run(start, text[start:end], active)
        if last is not None and _one_run(last, run):
            labels = tuple(sorted({*last.labels, *run.labels}))
            last = last._replace(text=last.text + run.text, labels=labels)
            continue
        if last is not None:
            yield last
        last = run
    if last is not None:
        yield last


def _marks(inside: Sequence[tuple[SeenIndicator, SeenMatch]], *, reveal: bool) -> Iterator[Mark]:
    """Yield the marks of matches; one that does not count is left out where the same indicator counts in the same place."""
    counting: dict[str, list[SeenMatch]] = {}
    for one, match in inside:
        if match.assertion == "affirmed":
            counting.setdefault(one.id, []).append(match)
    for one, match in inside:
        affirmed = match.assertion == "affirmed"
        if not affirmed and any(a.start < match.end and match.start < a.end for a in counting.get(one.id, ())):
            continue
        background = one.role in BACKGROUND
        note = ", not counted" if not affirmed else ", background" if background else ""
        masked = match.masked and not reveal
        yield Mark(match.start, match.end, f"{harmless(one.title)}{note}", affirmed and not background, masked)


def _run(start: int, text: str, active: Sequence[Mark]) -> Run:
    labels = {mark.label for mark in active}
    named = labels - {CONTACT} or labels
    return Run(start, text, tuple(sorted(named)), any(mark.counts for mark in active), any(mark.masked for mark in active))


def _one_run(last: Run, run: Run) -> bool:
    shared = not {*last.labels}.isdisjoint(run.labels) or last.labels == run.labels
    return shared and (last.counts, last.masked) == (run.counts, run.masked)
