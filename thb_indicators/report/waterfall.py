"""How a score comes about, step by step, from the baseline to the log-odds."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from thb_indicators.report.line import ResultLine
from thb_indicators.report.mask import harmless

TERM = "term:"
MOST_TERMS = 8
"""Terms of a trained model that are shown by name; the others stand as one step."""


class Bar(NamedTuple):
    """One step of the waterfall: `at` and `width` are shares of its whole breadth."""

    name: str
    value: float
    at: float
    width: float


def steps(read: ResultLine) -> list[tuple[str, float]]:
    """Return what leads from the baseline to the log-odds: each indicator, the strongest terms, and the other terms as one."""
    titles = {one.id: harmless(one.title) for one in read.indicators}
    terms = [step for step in read.contributions if step.feature.startswith(TERM)]
    named = [(f"words “{harmless(step.feature.removeprefix(TERM))}”", step.log_odds) for step in terms[:MOST_TERMS]]
    rest = terms[MOST_TERMS:]
    other = [(f"{len(rest)} other words", sum(step.log_odds for step in rest))] if rest else []
    added = [
        (titles.get(s.feature, harmless(s.feature)), s.log_odds) for s in read.contributions if not s.feature.startswith(TERM)
    ]
    return added + named + other


def waterfall(read: ResultLine) -> tuple[Bar, ...]:
    """Return the bars from the baseline to the log-odds, laid out between the lowest and the highest level."""
    taken = steps(read)
    levels = [read.baseline]
    for _, value in taken:
        levels.append(levels[-1] + value)
    low, high = min(0.0, *levels), max(0.0, *levels)
    breadth = (high - low) or 1.0

    def bar(name: str, start: float, end: float) -> Bar:
        return Bar(name, end - start, (min(start, end) - low) / breadth, abs(end - start) / breadth)

    return (
        bar("Baseline: where every ad starts", 0.0, read.baseline),
        *(bar(name, start, end) for (name, _), (start, end) in zip(taken, pairwise(levels), strict=True)),
        bar("Together (log-odds)", 0.0, read.log_odds),
    )
