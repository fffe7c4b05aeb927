"""Which texts of a batch are versions of one: candidates by equal bands, then an exact comparison."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from thb_indicators.repeats.signatures import HASHES, SAME_TEXT, Shingles, similarities

NEAR_TEXT = 0.5
"""Similarity from which ads count as of one text."""
THREADS = 2
"""More gain little: the candidates of one band are few beside the memory that sorting them takes."""
_FILTERED_AT_ONCE, _COMPARED_AT_ONCE = 20_000, 5_000
_SHORT_OF = 0.12
"""How far the share of equal 8-bit hashes may stay behind the least similarity for a pair to be compared exactly."""

Pairs = NDArray[np.uint64]


def short_keys(keys: NDArray[np.uint64]) -> NDArray[np.uint32]:
    """Return band keys in 32 bits, which is enough within one band of a batch: every candidate is compared anyway."""
    return (keys >> np.uint64(6)).astype(np.uint32)


def text_pairs(
    keys: NDArray[np.uint32], low_bits: NDArray[np.uint8], shingles: Shingles, least: float = SAME_TEXT
) -> tuple[Pairs, NDArray[np.float64]]:
    """Return the pairs of texts that are versions of one, and how much each shares.

    In every band, ads with an equal key are candidates: each with the first of them and with the one before. Candidates whose
    8-bit hashes agree often enough are compared exactly.

    Parameters
    ----------
    least
        The similarity from which pairs are wanted; a higher one leaves less to compare.

    Returns
    -------
    pairs, shares
        Pairs as ``left << 32 | right`` with left < right, in order; the similarity of each.
    """
    with ThreadPoolExecutor(THREADS) as pool:  # numpy lets go of the interpreter while it sorts and compares
        found = list(pool.map(lambda band: _likely(_candidates(keys[:, band]), low_bits, least), range(keys.shape[1])))
        pairs = np.unique(np.concatenate(found)) if found else np.zeros(0, np.uint64)
        compared = pool.map(lambda part: similarities(shingles, *ends(part)), _parts(pairs, _COMPARED_AT_ONCE))
        shares = np.concatenate([np.zeros(0), *compared])
    return pairs[shares >= least], shares[shares >= least]


def _parts(pairs: Pairs, size: int) -> list[Pairs]:
    return [pairs[at : at + size] for at in range(0, len(pairs), size)]


def _candidates(keys: NDArray[np.uint32]) -> Pairs:
    # Key and row sorted as one number take a fifth of the time of a stable sort by key, with the same order.
    packed = np.sort((keys.astype(np.uint64) << np.uint64(32)) | np.arange(len(keys), dtype=np.uint64))
    ordered, order = ends(packed)
    new = np.concatenate([[True], ordered[1:] != ordered[:-1]])
    starts = np.flatnonzero(new)
    leader = order[np.repeat(starts, np.diff(np.append(starts, len(keys))))]
    follows = ~new & (ordered != 0)
    at = np.flatnonzero(follows)
    later = at[leader[at] != order[at - 1]]
    return np.concatenate([_pairs(leader[at], order[at]), _pairs(order[later - 1], order[later])])


def _pairs(one: NDArray[np.int64], other: NDArray[np.int64]) -> Pairs:
    low, high = np.minimum(one, other).astype(np.uint64), np.maximum(one, other).astype(np.uint64)
    return (low << np.uint64(32)) | high


def ends(pairs: Pairs) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows of the left and of the right texts of some pairs."""
    return (pairs >> np.uint64(32)).astype(np.int64), (pairs & np.uint64(0xFFFFFFFF)).astype(np.int64)


def _likely(pairs: Pairs, low_bits: NDArray[np.uint8], least: float) -> Pairs:
    kept = [pairs[:0]]
    for part in _parts(pairs, _FILTERED_AT_ONCE):
        left, right = ends(part)
        kept.append(part[likely(low_bits.take(left, axis=0), low_bits.take(right, axis=0), least)])
    return np.concatenate(kept)


def likely(left: NDArray[np.uint8], right: NDArray[np.uint8], least: float = SAME_TEXT) -> NDArray[np.bool_]:
    """Tell of which pairs the 8-bit hashes, a row each, agree often enough for an exact comparison."""
    equal = (left == right).sum(axis=1, dtype=np.uint8)  # HASHES is below 256
    enough: NDArray[np.bool_] = equal >= (least - _SHORT_OF) * HASHES
    return enough


def components(edges: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Return the number of each node's connected component."""
    graph = coo_array((np.ones(len(edges), np.int8), (edges[:, 0], edges[:, 1])), shape=(size, size))
    names: NDArray[np.int64] = connected_components(graph, directed=False)[1]
    return names


def joined(size: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """Return, for each of some things, the first of those that pairs connect it with.

    Examples
    --------
    >>> joined(5, [(1, 3), (3, 4)])
    [0, 1, 2, 1, 1]
    """
    first = list(range(size))

    def root(i: int) -> int:
        while first[i] != i:
            first[i] = first[first[i]]
            i = first[i]
        return i

    for one, other in pairs:
        low, high = sorted((root(one), root(other)))
        first[high] = low
    return [root(i) for i in range(size)]
