"""How many ads an advertiser usually has, so that many can be told from few."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple


class Rate(NamedTuple):
    """How many ads an advertiser of these sites usually has in 30 days: the median, and the median deviation from it."""

    usual: float = 1.0
    spread: float = 0.0

    def z(self, ads: int) -> float:
        """Return the robust z-score (Iglewicz and Hoaglin 1993), with a deviation of one ad at least."""
        return (ads - self.usual) / (1.4826 * max(self.spread, 1.0))


def rate(counts: Sequence[int]) -> Rate:
    """Return the usual number of ads of an advertiser.

    Examples
    --------
    >>> rate([1, 1, 1, 2, 40])
    Rate(usual=1, spread=0)
    """
    return rate_of(Counter(counts))


def rate_of(advertisers: Mapping[int, int]) -> Rate:
    """Return the usual number of ads of an advertiser, from how many advertisers have each number of ads.

    Examples
    --------
    >>> rate_of({1: 3, 2: 1, 40: 1})
    Rate(usual=1, spread=0)
    """
    if not advertisers:
        return Rate()
    middle = _median(advertisers)
    spread: Counter[float] = Counter()
    for ads, count in advertisers.items():
        spread[abs(ads - middle)] += count
    return Rate(middle, _median(spread))


def _median(counted: Mapping[int, int] | Mapping[float, int]) -> float:
    ordered = sorted(counted.items())
    reached = list(accumulate(count for _, count in ordered))
    low, high = (ordered[bisect_right(reached, at)][0] for at in ((reached[-1] - 1) // 2, reached[-1] // 2))
    return low if low == high else (low + high) / 2
