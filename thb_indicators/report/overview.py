"""What a report says before it goes ad by ad: how many, of what kind, from where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from thb_indicators.report.view import AdView
from thb_indicators.report.words import ROUTE_WORDS


class Tally(NamedTuple):
    """How many ads have something in common; `share` is of the largest tally beside it."""

    name: str
    ads: int
    share: float


class Overview(NamedTuple):
    """The figures of a whole report."""

    ads: int
    routes: tuple[Tally, ...]
    indicators: tuple[Tally, ...]
    languages: tuple[Tally, ...]
    countries: tuple[Tally, ...]


def overview(views: Sequence[AdView]) -> Overview:
    """Count what the ads of a report have in common.

    Examples
    --------
    >>> overview([]).ads
    0
    """
    routes = Counter(view.route_words for view in views)
    order = list(ROUTE_WORDS.values())
    return Overview(
        ads=len(views),
        routes=tuple(sorted(_tallies(routes.elements()), key=lambda tally: order.index(tally.name))),
        indicators=_tallies(name for view in views for name in view.names),
        languages=_tallies(view.language_words for view in views),
        countries=_tallies(view.country or "not known" for view in views),
    )


def _tallies(names: Iterable[str]) -> tuple[Tally, ...]:
    counts = sorted(Counter(names).items(), key=lambda item: (-item[1], item[0]))
    return tuple(Tally(name, ads, ads / counts[0][1]) for name, ads in counts)
