"""How far two readers agree beyond chance, and how often an indicator is overturned."""

from __future__ import annotations

import math
import sqlite3
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from itertools import permutations
from typing import NamedTuple

_Z = 1.959963984540054


class Agreement(NamedTuple):
    """Agreement of blind double readings."""

    pairs: int
    same: int
    alpha: float | None


class Overturn(NamedTuple):
    """How an indicator fared: times shown as counting, found wrong, and missed; a 95 % interval of the rate of overturns."""

    indicator: str
    shown: int
    wrong: int
    missed: int
    low: float
    high: float

    @property
    def rate(self) -> float | None:
        """Share of readings in which it counted and a reader said that it should not have."""
        return self.wrong / self.shown if self.shown else None


def alpha(units: Iterable[Sequence[Hashable | None]]) -> float | None:
    r"""Return Krippendorff's alpha for nominal data; missing values are None.

    ``alpha = 1 - (n - 1) * sum(o_ck, c != k) / sum(n_c * n_k, c != k)`` over the coincidence matrix ``o``, in which a unit with
    ``m`` values adds ``1 / (m - 1)`` for each ordered pair of them (Krippendorff 2011, Computing Krippendorff's
    Alpha-Reliability, section C).

    Parameters
    ----------
    units
        The values that the readers gave to each unit.

    Returns
    -------
    float or None
        1 for full agreement, 0 for what chance gives; None when nothing was read twice, or all values are the same.

    Examples
    --------
    >>> round(alpha(zip("aabbdcccedda", "babbbccceddd")), 3)
    0.692
    """
    weights: dict[tuple[Hashable, Hashable], list[float]] = {}
    for unit in units:
        values = [value for value in unit if value is not None]
        for pair in permutations(values, 2):
            weights.setdefault(pair, []).append(1.0 / (len(values) - 1))
    coincidences = {pair: math.fsum(parts) for pair, parts in weights.items()}
    totals: dict[Hashable, float] = {}
    for (value, _), weight in coincidences.items():
        totals[value] = totals.get(value, 0.0) + weight
    n = math.fsum(totals.values())
    expected = n * n - math.fsum(count * count for count in totals.values())
    if len(totals) < 2 or expected <= 0:
        return None
    observed = math.fsum(weight for (one, other), weight in coincidences.items() if one != other)
    return 1.0 - (n - 1.0) * observed / expected


def wilson(count: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927, Probable inference).

    Examples
    --------
    >>> [round(bound, 3) for bound in wilson(1, 10)]
    [0.018, 0.404]
    """
    if not of:
        return 0.0, 1.0
    share, square = count / of, _Z * _Z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = _Z / (1 + square / of) * math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    return max(0.0, middle - half), min(1.0, middle + half)


def agreement(db: sqlite3.Connection) -> Agreement:
    """Return how far first and second readings agree on the verdict; settled differences do not count as readings."""
    tally = db.execute(
        "SELECT one.verdict, two.verdict, count(*) FROM readings AS one JOIN readings AS two USING (number) "
        "WHERE one.turn = 1 AND two.turn = 2 GROUP BY 1, 2"
    ).fetchall()
    units = [(first, second) for first, second, count in tally for _ in range(count)]
    return Agreement(len(units), sum(first == second for first, second in units), alpha(units))


def overturns(db: sqlite3.Connection) -> list[Overturn]:
    """Return every indicator that was shown or missed, the most overturned first."""
    by: dict[str, Counter[str]] = {}
    for indicator, kind, count in db.execute("SELECT indicator, kind, count(*) FROM marks GROUP BY 1, 2"):
        by.setdefault(indicator, Counter())[kind] = count
    found = [
        Overturn(name, kinds["shown"], kinds["fired_wrongly"], kinds["missed"], *wilson(kinds["fired_wrongly"], kinds["shown"]))
        for name, kinds in by.items()
    ]
    return sorted(found, key=lambda one: (-(one.rate or 0.0), -one.missed, one.indicator))
