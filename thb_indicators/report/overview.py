"""What a report says before it goes ad by ad: how many, of what kind, from where, and which to read first."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from thb_indicators.records import Route
from thb_indicators.report.view import AdView
from thb_indicators.report.words import ROUTE_WORDS

MOST_ADS = 1000
"""Ads that one page shows in full; all are counted."""
_URGENCY: dict[Route, int] = {"child_safety": 0, "review": 1}
_TO_A_PERSON = ("child_safety", "review", "sample")


class Tally(NamedTuple):
    """How many ads have something in common; `share` is of the largest tally beside it."""

    name: str
    ads: int
    share: float


class Overview(NamedTuple):
    """The figures of a whole report, and the ads it shows, the most pressing first."""

    ads: int
    routes: tuple[Tally, ...]
    indicators: tuple[Tally, ...]
    languages: tuple[Tally, ...]
    countries: tuple[Tally, ...]
    worth_showing: int
    shown: tuple[AdView, ...]


def overview(views: Iterable[AdView], most: int = MOST_ADS) -> Overview:
    """Count what ads have in common, and pick those to show: something was seen in them, ties them, or sends them to a person.

    Parameters
    ----------
    views
        Taken one by one; no more than `most` are held.
    most
        Ads to show.

    Examples
    --------
    >>> overview([]).ads
    0
    """
    routes: Counter[Route] = Counter()
    indicators: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    countries: Counter[str] = Counter()
    worth = 0

    def worth_showing() -> Iterator[AdView]:
        nonlocal worth
        for view in views:
            routes[view.route] += 1
            indicators.update(view.names)
            languages[view.language_words] += 1
            countries[view.country or "not known"] += 1
            if view.counted or view.uncounted or view.links or view.route in _TO_A_PERSON:
                worth += 1
                yield view

    shown = heapq.nsmallest(most, worth_showing(), key=lambda view: (_URGENCY.get(view.route, 2), -view.score))
    return Overview(
        ads=routes.total(),
        routes=tuple(Tally(ROUTE_WORDS[route], routes[route], 1.0) for route in ROUTE_WORDS if routes[route]),
        indicators=_tallies(indicators),
        languages=_tallies(languages),
        countries=_tallies(countries),
        worth_showing=worth,
        shown=tuple(shown),
    )


def _tallies(counts: Counter[str]) -> tuple[Tally, ...]:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Tally(name, ads, ads / ordered[0][1]) for name, ads in ordered)
