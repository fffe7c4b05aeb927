"""The template that several ads share and the slots in which they differ, after InfoShield's display.

InfoShield (Lee et al. 2021, "InfoShield: Generalizable Information-Theoretic Human-Trafficking Detection") explains a
cluster by its constant text, its slots and insertions. Here each ad is aligned to the one that shares most with the others.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import chain, compress, count, pairwise
from operator import ne

from thb_indicators.normalize import normalize
from thb_indicators.repeats.records import Slot, Template
from thb_indicators.spans import Span

MOST_ADS = 50
"""Ads that a template is made from; more would show nothing more."""
_WORD = re.compile(r"\S+")


class _Words:
    """The words of a text, folded for comparison, with where they start and end."""

    def __init__(self, text: str) -> None:
        self.spans = list(map(re.Match.span, _WORD.finditer(text)))
        self.folded = list(map(_folded, text.split()))


@lru_cache(maxsize=50_000)
def _folded(word: str) -> str:
    return normalize(word).text.strip(" .,")


def shared_template(texts: Mapping[str, str]) -> Template | None:
    """Return what some texts share, in order, and where they differ.

    Parameters
    ----------
    texts
        By ad id; two at least. The first `MOST_ADS` are looked at.

    Returns
    -------
    Template or None
        None when no word is shared by all.

    Examples
    --------
    >>> texts = {"1": "Quiet room in Leeds, ask for Ann", "2": "Quiet room in York, ask for Lou"}
    >>> made = shared_template(texts)
    >>> made.constant
    ('Quiet room in', None, 'ask for', None)
    >>> [{ad: span.of(texts[ad]) for ad, span in slot.spans.items()} for slot in made.slots]
    [{'1': 'Leeds,', '2': 'York,'}, {'1': 'Ann', '2': 'Lou'}]
    """
    ids = list(texts)[:MOST_ADS]
    words = {one: _Words(texts[one]) for one in ids}
    base = _middle(ids, words)
    places = {one: _aligned(words[base], words[one]) for one in ids}
    common = sorted(set.intersection(*map(set, places.values())))
    if len(ids) < 2 or not common:
        return None
    runs = _runs(common, places)
    constant: list[str | None] = []
    slots: list[Slot] = []
    spans: dict[str, list[Span]] = {one: [] for one in ids}
    ends = dict.fromkeys(ids, 0)
    for run in [*runs, []]:
        slot = {one: span for one in ids if (span := _between(words[one], ends[one], places[one][run[0]] if run else None))}
        if slot:
            constant.append(None)
            slots.append(Slot(slot))
        if run:
            first, last = run[0], run[-1]
            constant.append(_span(words[base], first, last).of(texts[base]))
            for one in ids:
                spans[one].append(_span(words[one], places[one][first], places[one][last]))
                ends[one] = places[one][last] + 1
    return Template(tuple(ids), tuple(constant), tuple(slots), {one: tuple(found) for one, found in spans.items()})


def _middle(ids: Sequence[str], words: Mapping[str, _Words]) -> str:
    """Return the ad whose words most others have as well."""
    different = {one: set(words[one].folded) for one in ids}
    holds = Counter(chain.from_iterable(different.values()))
    return max(ids, key=lambda one: (sum(map(holds.__getitem__, different[one])) / (1 + len(words[one].folded)), one))


def _aligned(base: _Words, other: _Words) -> dict[int, int]:
    """Return which word of `other` stands for which word of `base`."""
    a, b = base.folded, other.folded
    shorter = min(len(a), len(b))
    # most versions of a text begin and end alike: the matcher, which takes far longer, gets what is between
    begun = next(compress(count(), map(ne, a, b)), shorter)
    ended = min(next(compress(count(), map(ne, reversed(a), reversed(b))), shorter), shorter - begun)
    between = SequenceMatcher(None, a[begun : len(a) - ended], b[begun : len(b) - ended], autojunk=False)
    return {
        **{i: i for i in range(begun)},
        **{begun + i + k: begun + j + k for i, j, size in between.get_matching_blocks() for k in range(size)},
        **{len(a) - i: len(b) - i for i in range(ended, 0, -1)},
    }


def _runs(common: list[int], places: Mapping[str, Mapping[int, int]]) -> list[list[int]]:
    """Return runs of base words that stand side by side in every ad."""
    begins = {0}
    for place in places.values():
        begins.update(at for at, (i, j) in enumerate(pairwise(map(place.__getitem__, common)), start=1) if j != i + 1)
    return [common[low:high] for low, high in pairwise([*sorted(begins), len(common)])]


def _between(words: _Words, low: int, high: int | None) -> Span | None:
    end = len(words.spans) if high is None else high
    return _span(words, low, end - 1) if low < end else None


def _span(words: _Words, first: int, last: int) -> Span:
    return Span(words.spans[first][0], words.spans[last][1])
