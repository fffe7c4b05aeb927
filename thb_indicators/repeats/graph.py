"""Which ads of a batch are tied, and by what: contacts, accounts, wording. From the ties come clusters and advertisers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from thb_indicators.repeats import crossad
from thb_indicators.repeats.pairs import NEAR_TEXT, Pairs, components, text_pairs
from thb_indicators.repeats.records import OverShared
from thb_indicators.repeats.signatures import SAME_TEXT
from thb_indicators.repeats.store import Store

LARGEST = 2_000
"""Ads of a cluster from which links by text alone must be stronger: chains of weak ones join what has nothing in common."""


class Group(NamedTuple):
    """The ads that share one contact or account."""

    key: str
    ads: tuple[int, ...]


class Graph:
    """Which ads are tied, by what."""

    def __init__(self, groups: list[Group], pairs: Pairs, shares: NDArray[np.float32], size: int) -> None:
        self._groups = groups
        self._of_ad: dict[int, list[int]] = defaultdict(list)
        for number, group in enumerate(groups):
            for i in group.ads:
                self._of_ad[i].append(number)
        self._text = pairs
        self._shares = shares
        self.over_shared: tuple[OverShared, ...] = ()
        self.usual = crossad.Rate()
        chained = np.array([pair for group in groups for pair in pairwise(group.ads)], dtype=np.int64).reshape(-1, 2)
        self._actor = components(chained, size)
        text = np.stack([pairs >> np.uint64(32), pairs & np.uint64(0xFFFFFFFF)], axis=1).astype(np.int64)
        names = components(np.concatenate([chained, text]), size)
        sizes = np.bincount(names, minlength=1) if size else np.zeros(1, np.int64)
        if size and sizes.max() > LARGEST:
            strong = (shares >= NEAR_TEXT) | (sizes[names[text[:, 0]]] <= LARGEST)
            names = components(np.concatenate([chained, text[strong]]), size)
        self.clusters = _members(names)

    @classmethod
    def of(cls, store: Store, shared_by: int) -> Graph:
        """Tie the ads of a batch; a contact or account in more ads than `shared_by` ties nothing."""
        groups, over = _shared(store, shared_by)
        pairs, shares = text_pairs(store.bands, store.low_bits, store.shingles)
        graph = cls(groups, pairs, shares, len(store.offsets))
        graph.over_shared = over
        graph.usual = crossad.rate(
            np.bincount(np.unique(graph._actor, return_inverse=True)[1]).tolist() if store.offsets else []
        )
        return graph

    def groups(self, members: Iterable[int]) -> list[Group]:
        """Return the contacts and accounts that tie some ads."""
        return [self._groups[number] for number in sorted({n for i in members for n in self._of_ad.get(int(i), ())})]

    def actors(self, rows: Sequence[int]) -> list[list[int]]:
        """Return the ads of a cluster by advertiser, as far as contacts and accounts tell."""
        by_name: dict[int, list[int]] = defaultdict(list)
        for i in rows:
            by_name[int(self._actor[i])].append(i)
        return sorted(by_name.values())

    def text_pairs(self, members: NDArray[np.int64], least: float = SAME_TEXT) -> Iterator[tuple[int, int]]:
        """Yield the pairs of some ads whose texts were compared and are versions of one."""
        for i in map(int, members):
            low, high = np.searchsorted(self._text, np.array([i << 32, (i + 1) << 32], dtype=np.uint64))
            for at in range(low, high):
                if self._shares[at] >= least:
                    yield i, int(self._text[at] & np.uint64(0xFFFFFFFF))


def _shared(store: Store, shared_by: int) -> tuple[list[Group], tuple[OverShared, ...]]:
    """Return who shares a contact or an account, and what is shared by too many."""
    by_key: dict[str, list[int]] = defaultdict(list)
    shown: dict[str, tuple[str, str]] = {}
    for i in store.raw_contacts:
        for contact in store.contacts(i):
            by_key[contact.key].append(i)
            shown[contact.key] = (contact.kind, contact.shown)
    for i, name in store.accounts.items():
        by_key[name].append(i)
    groups, over = [], []
    for key, ads in by_key.items():
        if len(ads) > shared_by:
            kind, form = shown.get(key, ("account", ""))
            over.append(OverShared(kind, form, len(ads)))
        elif len(ads) > 1:
            groups.append(Group(key, tuple(sorted(set(ads)))))
    groups.sort(key=lambda group: group.ads)
    return groups, tuple(sorted(over, key=lambda one: -one.ads))


def _members(names: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Return the rows of every component of two ads or more, in the order of their first ads."""
    order = np.argsort(names, kind="stable")
    cuts = np.flatnonzero(np.diff(names[order])) + 1
    return sorted((part for part in np.split(order, cuts) if len(part) > 1), key=lambda part: int(part[0]))
