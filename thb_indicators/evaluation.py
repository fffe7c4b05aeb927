"""Honest figures: splits that keep copies together, ranking at the reviewers' capacity, calibration, and baselines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from scipy.special import expit
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.pipeline import make_pipeline

from thb_indicators.errors import InputError

Array = np.ndarray[Any, Any]
BOOTSTRAPS = 200
BINS = 10
TEST_SHARE = 0.3


class Interval(msgspec.Struct, frozen=True):
    """A figure with its 95 % bootstrap interval; whole groups are drawn."""

    value: float
    low: float
    high: float


class Capacity(msgspec.Struct, frozen=True):
    """What reviewers meet who can read so many ads; ties at the edge count by their expected share."""

    ads: int
    precision: float
    recall: float
    threshold: float


class Figures(msgspec.Struct, frozen=True):
    """How well one way of scoring ranks the test ads."""

    name: str
    average_precision: Interval
    capacities: tuple[Capacity, ...]
    brier: float | None = None
    reliability: tuple[tuple[float, float, int], ...] = ()
    """Mean score, share of positives, and ads of each bin."""


class Report(msgspec.Struct, frozen=True):
    """An evaluation: how the corpus was split, and how each way of scoring fared on the test ads."""

    train: int
    test: int
    groups: int
    positives: float
    split: str
    figures: tuple[Figures, ...]
    slices: dict[str, dict[str, tuple[int, float, float | None]]]
    """By language and domain: ads, share of positives, average precision of the model (None without both classes)."""
    learning_curve: tuple[tuple[int, float], ...] = ()


def split(
    labels: Array, groups: Array | None, times: Sequence[str | None] | None = None, *, by_time: bool = False, seed: int = 0
) -> tuple[Array, Array, str]:
    """Split a corpus into train and test rows that share no group.

    Parameters
    ----------
    labels
        0 or 1 for each ad.
    groups
        Who posted each ad; None lets ads stand on their own, which only makes sense when none is a copy of another.
    times
        ISO dates, for a split by time.
    by_time
        Test on the latest ads; groups that reach into the test are left out of training.

    Returns
    -------
    tuple
        Row numbers to train on, row numbers to test on, and how they were chosen in words.

    Raises
    ------
    InputError
        When a side would be empty or lack a class.
    """
    count = len(labels)
    own = groups if groups is not None else np.arange(count)
    if by_time:
        if times is None or any(not time for time in times):
            raise InputError("a split by time needs a time for every ad")
        order = np.argsort(np.array(times, dtype=str), kind="stable")
        test = np.sort(order[int(count * (1 - TEST_SHARE)) :])
        train = np.setdiff1d(np.arange(count), test)
        train = train[~np.isin(own[train], own[test])]
        how = "the latest ads; advertisers who reach into them are left out of training"
    else:
        names = np.unique(own)
        rng = np.random.default_rng(seed)
        chosen = rng.permutation(names)[: max(1, round(len(names) * TEST_SHARE))]
        inside = np.isin(own, chosen)
        train, test = np.flatnonzero(~inside), np.flatnonzero(inside)
        how = "whole groups, drawn at random" if groups is not None else "single ads, drawn at random"
    for side, rows in (("training", train), ("test", test)):
        if len(np.unique(labels[rows])) < 2:
            raise InputError(f"the {side} side of the split lacks a class: more groups of both labels are needed")
    return train, test, how


def at_capacity(labels: Array, scores: Array, ads: int) -> Capacity:
    """Return precision and recall of the `ads` highest scores; equal scores at the edge count by their expected share.

    Examples
    --------
    >>> at_capacity(np.array([1, 0, 1, 0]), np.array([3.0, 2.0, 2.0, 1.0]), 2)
    Capacity(ads=2, precision=0.75, recall=0.75, threshold=2.0)
    """
    taken = min(ads, len(labels))
    threshold = float(np.sort(scores)[::-1][taken - 1])
    above, edge = scores > threshold, scores == threshold
    places = taken - int(above.sum())
    hits = float(labels[above].sum()) + places * float(labels[edge].mean())
    return Capacity(ads, hits / taken, hits / max(1, int(labels.sum())), threshold)


def average_precision(labels: Array, scores: Array, groups: Array, seed: int = 0) -> Interval:
    """Return average precision with its bootstrap interval over groups."""
    rng = np.random.default_rng(seed)
    names, inverse = np.unique(groups, return_inverse=True)
    rows = [np.flatnonzero(inverse == at) for at in range(len(names))]
    drawn = []
    for _ in range(BOOTSTRAPS):
        sample = np.concatenate([rows[at] for at in rng.integers(0, len(names), len(names))])
        if labels[sample].any():
            drawn.append(average_precision_score(labels[sample], scores[sample]))
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Interval(float(average_precision_score(labels, scores)), float(low), float(high))


def figures(name: str, labels: Array, scores: Array, groups: Array, *, calibrated: bool) -> Figures:
    """Return how well log-odds rank, and, where they claim to be probabilities, how true they are."""
    capacities = tuple(at_capacity(labels, scores, max(1, round(len(labels) * share))) for share in (0.02, 0.05, 0.1, 0.2, 0.3))
    interval = average_precision(labels, scores, groups)
    if not calibrated:
        return Figures(name, interval, capacities)
    probabilities = expit(scores)
    order = np.argsort(probabilities, kind="stable")
    bins = [rows for rows in np.array_split(order, BINS) if len(rows)]
    reliability = tuple((float(probabilities[rows].mean()), float(labels[rows].mean()), len(rows)) for rows in bins)
    return Figures(name, interval, capacities, float(np.mean((probabilities - labels) ** 2)), reliability)


def slices(
    labels: Array, scores: Array, keys: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, tuple[int, float, float | None]]]:
    """Return ads, share of positives and average precision by each value of some keys."""
    found: dict[str, dict[str, tuple[int, float, float | None]]] = {}
    for key, values in keys.items():
        named = np.array(values, dtype=object)
        found[key] = {}
        for value in sorted(set(values)):
            rows = np.flatnonzero(named == value)
            own = labels[rows]
            both = 0 < own.sum() < len(own)
            precision = float(average_precision_score(own, scores[rows])) if both else None
            found[key][value] = (len(rows), float(own.mean()), precision)
    return found


def textbook() -> Any:
    """Return the text baseline: TF-IDF of words and pairs of words, and logistic regression."""
    return make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression(max_iter=2000))


def learning_curve(
    fit: Callable[[Array], Array], train: Array, labels: Array, groups: Array, test_labels: Array, sizes: Sequence[int]
) -> tuple[tuple[int, float], ...]:
    """Return average precision on the test ads for growing parts of the training ads; whole groups are added."""
    rng = np.random.default_rng(0)
    names = rng.permutation(np.unique(groups[train]))
    place = {name: at for at, name in enumerate(names)}
    order = train[np.argsort([place[group] for group in groups[train]], kind="stable")]
    curve = []
    for size in sizes:
        part = order[:size]
        if size <= len(order) and len(np.unique(labels[part])) == 2:
            curve.append((size, float(average_precision_score(test_labels, fit(part)))))
    return tuple(curve)
