"""Clusters of repeated ads, as a reviewer sees them: over time, over places, and in the text they share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice, pairwise
from typing import Any, NamedTuple

from thb_indicators.records import IndicatorInfo
from thb_indicators.report.line import KeptCluster, KeptMeasure, KeptSlot, KeptTemplate
from thb_indicators.report.mask import Mask, harmless
from thb_indicators.report.words import LABEL_WORDS

MOST_FILLINGS = 50
"""Ads that a slot is filled from."""
MOST_PLACES = 12
"""Places that have a row of their own; the others share one."""


class Measure(NamedTuple):
    """One cross-ad indicator that a cluster reached."""

    title: str
    value: str
    threshold: str
    note: str
    why: str
    innocent: tuple[str, ...]


class Part(NamedTuple):
    """A part of a shared text: words that stay, or a slot and what stands in it."""

    words: str
    slot: int
    fillings: tuple[str, ...]


class Posted(NamedTuple):
    """When and where an ad was posted, and its text with what is masked in it."""

    day: date | None
    place: str
    text: str = ""
    masked: tuple[str, ...] = ()


class Strip(NamedTuple):
    """The ads of one place over time: `at` are the shares of the cluster's time span at which they were posted."""

    place: str
    ads: int
    when: str
    at: tuple[float, ...]


class ClusterView(NamedTuple):
    """A cluster of repeated ads. Every text in it may be shown: masked, and harmless once escaped."""

    id: str
    ads: tuple[str, ...]
    actors: tuple[tuple[str, ...], ...]
    label: str
    facts: tuple[tuple[str, str], ...]
    timeline: Strip
    strips: tuple[Strip, ...]
    measures: tuple[Measure, ...]
    template: tuple[Part, ...]


def day_of(posted_at: str | None) -> date | None:
    """Return the day of an ISO 8601 date or time; None where there is none.

    Examples
    --------
    >>> day_of("2026-03-01T10:00:00Z"), day_of("soon")
    (datetime.date(2026, 3, 1), None)
    """
    try:
        return datetime.fromisoformat(posted_at).date() if posted_at else None
    except ValueError:
        return None


def posted(ad: Mapping[str, Any], masked: Iterable[str] = ()) -> Posted:
    """Return when and where an ad was posted, as far as its fields say.

    Parameters
    ----------
    ad
        What a result line keeps as ``"ad"``.
    masked
        What is masked in it, from `thb_indicators.report.view.masked_wordings`.

    Examples
    --------
    >>> posted({"text": "Farm work.", "city": "Ghent", "country": "BE", "posted_at": "2026-03-01"})[:2]
    (datetime.date(2026, 3, 1), 'Ghent, BE')
    """
    place = ", ".join(filter(None, (ad.get("city"), ad.get("country"))))
    return Posted(day_of(ad.get("posted_at")), place, ad.get("text") or "", tuple(masked))


def cluster_view(
    cluster: KeptCluster,
    posted: Mapping[str, Posted],
    catalogue: Mapping[str, IndicatorInfo],
    *,
    reveal: bool = False,
) -> ClusterView:
    """Return the view of one cluster.

    Parameters
    ----------
    cluster
        The line.
    posted
        When and where its ads were posted, as far as that is known.
    catalogue
        What the cross-ad indicators mean.
    reveal
        Show contacts in the shared text.

    Examples
    --------
    >>> seen = {"a": Posted(date(2026, 3, 1), "Ghent"), "b": Posted(date(2026, 3, 11), "Lille")}
    >>> view = cluster_view(KeptCluster("c1", ("a", "b")), seen, {})
    >>> view.timeline.at, [strip.place for strip in view.strips]
    ((0.0, 1.0), ['Ghent', 'Lille'])
    """
    known = [posted[ad] for ad in cluster.ads if ad in posted]
    mask = Mask((wording for one in known for wording in one.masked), reveal=reveal)
    days = sorted(one.day for one in known if one.day is not None)
    return ClusterView(
        id=harmless(str(cluster.cluster)),
        ads=tuple(map(harmless, cluster.ads)),
        actors=tuple(tuple(map(harmless, actor)) for actor in cluster.actors),
        label=LABEL_WORDS.get(cluster.label or "", ""),
        facts=tuple(_facts(cluster, mask)),
        timeline=_strip("All places", [*days, *[None] * (len(cluster.ads) - len(days))], days),
        strips=tuple(_strips(known, days, mask)),
        measures=tuple(_measure(one, catalogue.get(one.id), mask) for one in cluster.indicators),
        template=tuple(_parts(cluster.template, posted, mask)) if cluster.template else (),
    )


def _facts(cluster: KeptCluster, mask: Mask) -> Iterator[tuple[str, str]]:
    facts = cluster.facts
    yield "Ads", str(len(cluster.ads))
    if cluster.actors:
        yield "Advertisers, as far as contacts and accounts tell", str(len(cluster.actors))
    if facts.accounts:
        yield "Accounts", str(facts.accounts)
    if facts.personas:
        yield "Personas presented", str(facts.personas)
    if facts.countries:
        yield "Countries", ", ".join(map(harmless, facts.countries))
    if facts.first and facts.last:
        yield "First and last posted", harmless(" to ".join(dict.fromkeys((facts.first[:10], facts.last[:10]))))
    if facts.cities:
        yield "Places", ", ".join(map(mask.of, facts.cities))


def _strips(known: Sequence[Posted], days: Sequence[date], mask: Mask) -> Iterator[Strip]:
    """Yield a strip for each place, in the order in which ads reached it."""
    counts = Counter(one.place for one in known if one.place)
    own = {place for place, _ in counts.most_common(MOST_PLACES if len(counts) <= MOST_PLACES else MOST_PLACES - 1)}
    at: dict[str, list[date | None]] = {}
    for one in sorted(known, key=lambda one: (one.day or date.max, one.place)):
        if one.place:
            name = mask.of(one.place) if one.place in own else f"{len(counts) - len(own)} other places"
            at.setdefault(name, []).append(one.day)
    for place, there in at.items():
        yield _strip(place, there, days)


def _strip(place: str, there: Sequence[date | None], days: Sequence[date]) -> Strip:
    dated = sorted({day for day in there if day is not None})
    span = (days[-1] - days[0]).days if days else 0
    when = " to ".join(dict.fromkeys((str(dated[0]), str(dated[-1])))) if dated else "not known"
    return Strip(place, len(there), when, tuple((day - days[0]).days / span if span else 0.5 for day in dated))


def _measure(one: KeptMeasure, info: IndicatorInfo | None, mask: Mask) -> Measure:
    return Measure(
        info.title if info else harmless(one.id),
        f"{one.value:g}",
        f"{one.threshold:g}",
        mask.of(one.note),
        info.why if info else "",
        info.innocent_readings if info else (),
    )


def _parts(template: KeptTemplate, posted: Mapping[str, Posted], mask: Mask) -> Iterator[Part]:
    """Yield the words that stay and the slots, in the order of the text."""
    cuts = [-1, *(at for at, word in enumerate(template.constant) if word is None), len(template.constant)]
    for slot, (before, after) in enumerate(pairwise(cuts)):
        words = " ".join(word for word in template.constant[before + 1 : after] if word)
        if slot:
            fillings = template.slots[slot - 1] if slot <= len(template.slots) else ()
            yield Part("", slot, tuple(dict.fromkeys(_texts(fillings, posted, mask))))
        if words:
            yield Part(mask.of(words), 0, ())


def _texts(slot: KeptSlot | tuple[str, ...], posted: Mapping[str, Posted], mask: Mask) -> Iterator[str]:
    """Yield what stands in a slot, cut from the masked texts, so that no part of a contact is left over."""
    if isinstance(slot, KeptSlot):
        for ad, (start, end) in islice(slot.spans.items(), MOST_FILLINGS):
            if ad in posted and 0 <= start < end:
                yield mask.of(posted[ad].text)[start:end]
    else:
        yield from map(mask.of, slot)
