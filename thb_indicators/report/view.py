"""What every view shares: the text cut into marked pieces, masked where it must be, and harmless wherever it is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from thb_indicators.records import Assertion, Assessment, Field, Finding, Match

ROUTE_WORDS = {
    "child_safety": "Child safety: to the trained team, now",
    "review": "For review",
    "sample": "Random sample: measures what is missed",
    "insufficient": "Too little to go on",
    "none": "No review asked for",
}
ASSERTION_WORDS: dict[Assertion, str] = {
    "affirmed": "counts",
    "negated": "denied in the text, does not count",
    "quoted": "quoted or warned of, does not count",
    "innocent_reading": "an ordinary reading fits, does not count",
    "out_of_domain": "another kind of ad, does not count",
}
EVIDENCE_WORDS = {
    "E3": "tested against known outcomes",
    "E2": "measured in a study or case, not tested against outcomes",
    "E1": "practice knowledge, untested",
    "E0": "weakly sourced",
    "E-": "tested and found not predictive",
    "n/a": "not an indicator of risk",
}
TERM = "term:"
MOST_TERMS = 8
"""Terms of a trained model that are shown by name; the others stand as one step."""
# Control and bidirectional characters that could move the cursor, hide text, or turn it around.
_HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class Piece(NamedTuple):
    """A run of text, and the matches that cover it."""

    text: str
    matches: tuple[Match, ...]


def harmless(text: str) -> str:
    r"""Return `text` with every control and direction-changing character made visible; lengths stay.

    Examples
    --------
    >>> harmless("a\x1b[31mb")
    'a�[31mb'
    """
    return _HARMFUL.sub("\ufffd", text)


def pieces(assessment: Assessment, field: Field, *, reveal: bool = False) -> Iterator[Piece]:
    """Yield a field cut at the bounds of every match, in order; masked matches are dotted out."""
    text = harmless(assessment.ad.field(field))
    matches = [match for match in assessment.document.matches if match.field == field]
    if not reveal:
        for match in matches:
            if match.masked:
                start, end = match.span
                text = text[:start] + "•" * (end - start) + text[end:]
    bounds = sorted({0, len(text), *(at for match in matches for at in match.span)})
    for start, end in pairwise(bounds):
        covering = tuple(m for m in matches if m.span.start <= start and end <= m.span.end)
        yield Piece(text[start:end], covering)


def surface(match: Match, *, reveal: bool = False) -> str:
    """Return a match's wording as it may be shown."""
    return "•" * len(match.surface) if match.masked and not reveal else harmless(match.surface)


def wordings(finding: Finding, *, reveal: bool = False) -> list[str]:
    """Return what counts for a finding, each wording once, without those that are part of a longer one."""
    shown = {surface(m, reveal=reveal) for m in finding.matches if m.assertion == "affirmed"}
    return sorted(one for one in shown if not any(one != other and one in other for other in shown))


def steps(assessment: Assessment) -> list[tuple[str, float]]:
    """Return what leads from the baseline to the log-odds: each indicator, the strongest terms, and the other terms as one."""
    titles = {finding.id: finding.info.title for finding in assessment.indicators}
    added = [(titles[c.feature], c.log_odds) for c in assessment.contributions if c.feature in titles]
    terms = [(f"words “{harmless(c.feature.removeprefix(TERM))}”", c.log_odds) for c in assessment.contributions
             if c.feature.startswith(TERM)]  # fmt: skip
    rest = terms[MOST_TERMS:]
    other = [(f"{len(rest)} other words", sum(log_odds for _, log_odds in rest))] if rest else []
    return added + terms[:MOST_TERMS] + other
