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
    by_key = _by_key(store)
    over = {key for key, ads in by_key.items() if len(ads) > shared_by}
    chained = [pair for key, ads in by_key.items() if key not in over for pair in pairwise(ads)]
    tied = np.array(chained, dtype=np.int64).reshape(-1, 2)
    listed = sorted((_shown(key, by_key[key], store) for key in over), key=lambda one: (-one.ads, one.shown))
    output = np.bincount(components(tied, size)).tolist() if size else []
    pairs, shares = text_pairs(store.bands, store.low_bits, store.shingles)
    text = np.stack([pairs >> np.uint64(32), pairs & np.uint64(0xFFFFFFFF)], axis=1).astype(np.int64)
    names = components(np.concatenate([tied, text]), size)
    sizes = np.bincount(names, minlength=1)
    if sizes.max() > LARGEST:
        strong = (shares >= NEAR_TEXT) | (sizes[names[text[:, 0]]] <= LARGEST)
        names = components(np.concatenate([tied, text[strong]]), size)
    return Graph(_members(names), tuple(listed), frozenset(over), rate(output))


def _by_key(store: Store) -> dict[str, list[int]]:
    """Return the ads of every contact and account."""
    by_key: dict[str, list[int]] = defaultdict(list)
    for i, keys in store.keys.items():
        for key in keys:
            by_key[key].append(i)
    for i, name in store.accounts.items():
        by_key[name].append(i)
    return by_key


def _shown(key: str, ads: list[int], store: Store) -> OverShared:
    """Return a contact or account that too many ads share, as it is listed."""
    contact = next((one for one in store.contacts(ads[0]) if one.key == key), None)
    return OverShared(contact.kind, contact.shown, len(ads)) if contact else OverShared("account", "", len(ads))


def _members(names: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Return the rows of every component of two ads or more, in the order of their first ads."""
    shared = np.flatnonzero(np.bincount(names)[names] > 1) if len(names) else names
    order = shared[np.argsort(names[shared], kind="stable")]
    cuts = np.flatnonzero(np.diff(names[order])) + 1
    return sorted((part for part in np.split(order, cuts) if len(part)), key=lambda part: int(part[0]))
