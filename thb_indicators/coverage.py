"""What a lexicon sees in a corpus: how often each part of it fires, what fires together, and where two parts disagree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import combinations

import msgspec

from thb_indicators.lexicon import Lexicon
from thb_indicators.records import Document, Match

SUPPORT = 2
"""Ads that two patterns or indicators must share before they are reported as a pair."""


class Use(msgspec.Struct, frozen=True):
    """How often one pattern or indicator fires."""

    id: str
    ads: int
    """Ads in which it is affirmed."""
    share: float
    held_back: int
    """Ads in which it is seen but nowhere affirmed: negated, quoted, in an innocent reading, or out of its domain."""


class Overlap(msgspec.Struct, frozen=True):
    """Two patterns or two indicators that fire in the same ads."""

    first: str
    second: str
    ads: int
    same_words: int
    """Ads in which both fire on words they share."""
    jaccard: float
    """Ads in which both fire, of those in which either does (Jaccard 1901): 1.0 where neither ever fires alone."""


class Conflict(msgspec.Struct, frozen=True):
    """Two patterns that read the very same words differently."""

    kind: str
    """``two indicators``, or the two readings, such as ``affirmed, innocent_reading``."""
    first: str
    second: str
    ads: int
    ad_id: str
    """The first ad in which it is so."""


class Coverage(msgspec.Struct, frozen=True):
    """What a lexicon sees in a corpus. Everything is counted in ads, and listed the most frequent or closest first."""

    ads: int
    with_any: int
    """Ads in which an indicator is affirmed."""
    indicators: tuple[Use, ...]
    patterns: tuple[Use, ...]
    never: Mapping[str, tuple[str, ...]]
    """By language, the patterns of the lexicon that are nowhere affirmed."""
    indicator_overlaps: tuple[Overlap, ...]
    pattern_overlaps: tuple[Overlap, ...]
    conflicts: tuple[Conflict, ...]


def coverage(documents: Iterable[Document], lexicon: Lexicon) -> Coverage:
    """Return what a lexicon sees in a corpus.

    Parameters
    ----------
    documents
        What was seen in the ads; they are read one by one and not kept.
    lexicon
        The lexicon they were read with.

    Examples
    --------
    >>> from thb_indicators import Ad, Lexicon
    >>> from thb_indicators.detect import Detector
    >>> lexicon = Lexicon.load()
    >>> ads = [Ad("1", "Job abroad. We keep your passport.", basis="synthetic"), Ad("2", "Old chairs.", basis="synthetic")]
    >>> found = coverage(map(Detector(lexicon).read, ads), lexicon)
    >>> [(use.id, use.share) for use in found.indicators]
    [('document_handover', 0.5)]
    """
    ads = with_any = 0
    indicators, patterns = _Tally(), _Tally()
    conflicts: Counter[tuple[str, str, str]] = Counter()
    first_ad: dict[tuple[str, str, str], str] = {}
    for document in documents:
        ads += 1
        with_any += indicators.add((match.indicator, match) for match in document.matches)
        patterns.add((match.pattern, match) for match in document.matches)
        for conflict in _conflicts(document.matches):
            conflicts[conflict] += 1
            first_ad.setdefault(conflict, document.ad.id)
    never: dict[str, tuple[str, ...]] = {}
    for pattern in lexicon.patterns:
        if not patterns.affirmed[pattern.id]:
            never[pattern.language] = (*never.get(pattern.language, ()), pattern.id)
    return Coverage(
        ads, with_any, indicators.uses(ads), patterns.uses(ads), never, indicators.overlaps(), patterns.overlaps(),
        tuple(
            Conflict(*conflict, count, first_ad[conflict])
            for conflict, count in sorted(conflicts.items(), key=lambda item: (-item[1], item[0]))
        ),
    )  # fmt: skip


class _Tally:
    """Counts, in ads, of names and of pairs of names."""

    def __init__(self) -> None:
        self.affirmed: Counter[str] = Counter()
        self._held_back: Counter[str] = Counter()
        self._pairs: Counter[tuple[str, str]] = Counter()
        self._same_words: Counter[tuple[str, str]] = Counter()

    def add(self, named: Iterable[tuple[str, Match]]) -> bool:
        """Count the matches of one ad; return whether any is affirmed."""
        places: dict[str, list[Match]] = {}
        seen = set()
        for name, match in named:
            seen.add(name)
            if match.assertion == "affirmed":
                places.setdefault(name, []).append(match)
        self.affirmed.update(places.keys())
        self._held_back.update(seen - places.keys())
        for first, second in combinations(sorted(places), 2):
            self._pairs[first, second] += 1
            self._same_words[first, second] += any(_share_words(a, b) for a in places[first] for b in places[second])
        return bool(places)

    def uses(self, ads: int) -> tuple[Use, ...]:
        names = sorted({*self.affirmed, *self._held_back}, key=lambda name: (-self.affirmed[name], name))
        return tuple(Use(name, self.affirmed[name], self.affirmed[name] / ads, self._held_back[name]) for name in names)

    def overlaps(self) -> tuple[Overlap, ...]:
        found = [
            Overlap(first, second, both, self._same_words[first, second],
                    both / (self.affirmed[first] + self.affirmed[second] - both))
            for (first, second), both in self._pairs.items()
            if both >= SUPPORT
        ]  # fmt: skip
        return tuple(sorted(found, key=lambda one: (-one.jaccard, -one.ads, one.first, one.second)))


def _share_words(a: Match, b: Match) -> bool:
    return a.field == b.field and a.span.start < b.span.end and b.span.start < a.span.end


def _conflicts(matches: Iterable[Match]) -> set[tuple[str, str, str]]:
    """Return the pairs of patterns that read the very same words differently: kind, first, second."""
    found = set()
    by_place: dict[tuple[str, int, int], list[Match]] = {}
    for match in matches:
        by_place.setdefault((match.field, *match.span), []).append(match)
    for place in by_place.values():
        for a, b in combinations(sorted(place, key=lambda match: (match.assertion != "affirmed", match.pattern)), 2):
            if a.assertion != "affirmed":
                continue
            if b.assertion != "affirmed":
                found.add((f"{a.assertion}, {b.assertion}", a.pattern, b.pattern))
            elif a.indicator != b.indicator:
                found.add(("two indicators", a.pattern, b.pattern))
    return found
