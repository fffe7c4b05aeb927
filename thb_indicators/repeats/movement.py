"""When and where the ads of one advertiser stand: the busiest stretch of days, towns that are one place, stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from thb_indicators.repeats.places import Gazetteer
from thb_indicators.repeats.records import Facts, Place

APART_KM = 25.0
"""Towns nearer than this are one place: platforms post an ad to the towns around it."""


class Window(NamedTuple):
    """The stretch of days with the most different values, and the ads in it."""

    different: int
    ads: tuple[Facts, ...]


def busiest(ads: Iterable[Facts], value: Callable[[Facts], object], days: float, least: int = 1) -> Window:
    """Return the window of some days in which `value` takes the most different values; None is no value.

    With fewer values than `least` in all, the window is empty: most advertisers have one town, one name and one account.
    """
    valued = [(ad, found) for ad in ads if (found := value(ad)) is not None]
    if len({found for _, found in valued}) < least:
        return Window(0, ())
    dated = sorted(((ad, found) for ad, found in valued if ad.day is not None), key=lambda one: (one[0].day, one[0].ad))
    always = [ad for ad, _ in valued if ad.day is None]
    counts = Counter(found for ad, found in valued if ad.day is None)
    best = Window(len(counts), tuple(always))
    low = 0
    for high, (ad, found) in enumerate(dated):
        counts[found] += 1
        while (ad.day or 0.0) - (dated[low][0].day or 0.0) > days:
            gone = dated[low][1]
            counts[gone] -= 1
            if not counts[gone]:
                del counts[gone]
            low += 1
        if len(counts) > best.different or (len(counts) == best.different and len(always) + high + 1 - low > len(best.ads)):
            best = Window(len(counts), tuple(always + [ad for ad, _ in dated[low : high + 1]]))
    return best


def town(ad: Facts) -> Place | None:
    """Return the place of an ad where it is a town."""
    return ad.place if ad.place.city else None


def towns_apart(ads: Sequence[Facts]) -> dict[str, Place]:
    """Return the town of each ad, towns near each other taken as one."""
    centers: list[Place] = []
    found: dict[str, Place] = {}
    for ad in sorted(ads, key=lambda ad: ad.ad):
        if ad.place.city:
            near = next((c for c in centers if _sametown(c, ad.place)), None)
            if near is None:
                centers.append(ad.place)
                near = ad.place
            found[ad.ad] = near
    return found


def _sametown(a: Place, b: Place) -> bool:
    """Whether two places are one, or near; a town whose country is open is the same as any of its name."""
    return _named_alike(a, b) or (None not in (a.country, b.country) and distance_km(a, b) < APART_KM)


def _named_alike(a: Place, b: Place) -> bool:
    return a == b or (a.city == b.city and None in (a.country, b.country))


def distance_km(a: Place, b: Place) -> float:
    """Return how far apart two towns are; infinitely where one is not known."""
    distance = Gazetteer.load().distance_km(a, b)
    return float("inf") if distance is None else distance


def stays(ads: Iterable[Facts]) -> list[tuple[Place, float, list[Facts]]]:
    """Return where an advertiser was, one stay after the other: the place, its days until the next one, its ads.

    Nothing is returned when ads of two places stand on one day, or places alternate within it: then the advertiser has
    several places at once, and does not travel.
    """
    dated = sorted((ad for ad in ads if ad.day is not None and ad.place.city), key=lambda ad: (ad.day, ad.ad))
    runs: list[tuple[Place, float, list[Facts]]] = []
    for ad in dated:
        if runs and _named_alike(runs[-1][0], ad.place):
            runs[-1][2].append(ad)
        else:
            runs.append((ad.place, ad.day or 0.0, [ad]))
    found = []
    for (place, since, there), (_, until, _) in pairwise(runs):
        if until - since < 1.0:
            return []
        found.append((place, until - since, there))
    if runs:
        place, since, there = runs[-1]
        found.append((place, max(1.0, (there[-1].day or 0.0) - since), there))
    return found
