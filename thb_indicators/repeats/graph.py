"""Which ads of a batch belong together: tied by contacts, accounts or wording."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from thb_indicators.repeats.pairs import NEAR_TEXT, components, text_pairs
from thb_indicators.repeats.rates import Rate, rate
from thb_indicators.repeats.records import OverShared
from thb_indicators.repeats.store import Store

LARGEST = 2_000
"""Ads of a cluster from which links by text alone must be stronger: chains of weak ones join what has nothing in common."""


class Graph(NamedTuple):
    """The clusters of a batch (rows of two ads or more), what was shared by too many, and the usual output of advertisers."""

    clusters: list[NDArray[np.int64]]
    over_shared: tuple[OverShared, ...]
    over_shared_keys: frozenset[str]
    usual: Rate


def connect(store: Store, shared_by: int) -> Graph:
    """Tie the ads of a batch together; a contact or account in more ads than `shared_by` ties nothing."""
    size = len(store.offsets)
    by_key, shown = _by_key(store)
    over = {key for key, ads in by_key.items() if len(ads) > shared_by}
    chained = [pair for key, ads in by_key.items() if key not in over for pair in pairwise(ads)]
    tied = np.array(chained, dtype=np.int64).reshape(-1, 2)
    listed = sorted((OverShared(*shown[key], len(by_key[key])) for key in over), key=lambda one: (-one.ads, one.shown))
    output = np.bincount(components(tied, size)).tolist() if size else []
    pairs, shares = text_pairs(store.bands, store.low_bits, store.shingles)
    text = np.stack([pairs >> np.uint64(32), pairs & np.uint64(0xFFFFFFFF)], axis=1).astype(np.int64)
    names = components(np.concatenate([tied, text]), size)
    sizes = np.bincount(names, minlength=1)
    if sizes.max() > LARGEST:
        strong = (shares >= NEAR_TEXT) | (sizes[names[text[:, 0]]] <= LARGEST)
        names = components(np.concatenate([tied, text[strong]]), size)
    return Graph(_members(names), tuple(listed), frozenset(over), rate(output))


def _by_key(store: Store) -> tuple[dict[str, list[int]], dict[str, tuple[str, str]]]:
    """Return the ads of every contact and account, and how each is shown."""
    by_key: dict[str, list[int]] = defaultdict(list)
    shown: dict[str, tuple[str, str]] = {}
    for i in store.raw_contacts:
        for contact in store.contacts(i):
            by_key[contact.key].append(i)
            shown[contact.key] = (contact.kind, contact.shown)
    for i, name in store.accounts.items():
        by_key[name].append(i)
        shown[name] = ("account", "")
    return by_key, shown


def _members(names: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Return the rows of every component of two ads or more, in the order of their first ads."""
    order = np.argsort(names, kind="stable")
    cuts = np.flatnonzero(np.diff(names[order])) + 1
    return sorted((part for part in np.split(order, cuts) if len(part) > 1), key=lambda part: int(part[0]))
