"""Explanation: from what was seen to what it adds, indicator by indicator, exactly."""

from __future__ import annotations

from collections.abc import Mapping

from thb_indicators.errors import InputError
from thb_indicators.model import Model
from thb_indicators.records import Assertion, Contribution, Document, Finding, IndicatorInfo, Match, Signal

_STANDING: tuple[Assertion, ...] = ("affirmed", "innocent_reading", "negated", "quoted", "out_of_domain")


def findings(document: Document, model: Model, catalogue: Mapping[str, IndicatorInfo]) -> tuple[Finding, ...]:
    """Gather a document's matches and signals by indicator, with what each adds to the log-odds.

    Presence counts, not the number of matches. Counter-indicators take away at most what supporting indicators add:
    they never cancel a core one.

    Returns
    -------
    tuple of Finding
        Those that count first, the strongest first; then what was seen but does not count.

    Raises
    ------
    InputError
        When a signal names an indicator that the catalogue does not have.
    """
    matches: dict[str, list[Match]] = {}
    for match in document.matches:
        matches.setdefault(match.indicator, []).append(match)
    signals: dict[str, list[Signal]] = {}
    for signal in document.ad.signals:
        if signal.indicator not in catalogue:
            raise InputError(f"ad {document.ad.id!r}: no indicator {signal.indicator!r} that a signal could report")
        signals.setdefault(signal.indicator, []).append(signal)
    seen: dict[str, Assertion] = {}
    for name in (*matches, *signals):
        asserted = {match.assertion for match in matches.get(name, ())}
        seen[name] = "affirmed" if name in signals else next(a for a in _STANDING if a in asserted)
    present = [name for name, assertion in seen.items() if assertion == "affirmed"]
    weights = {name: model.weight(catalogue[name]) for name in present}
    weights.update(_held(weights, catalogue))
    found = [
        Finding(
            catalogue[name],
            assertion,
            weights.get(name, 0.0),
            tuple(matches.get(name, ())),
            tuple(signals.get(name, ())),
        )
        for name, assertion in seen.items()
    ]
    return tuple(sorted(found, key=lambda f: (f.assertion != "affirmed", -f.log_odds, f.id)))


def _held(weights: Mapping[str, float], catalogue: Mapping[str, IndicatorInfo]) -> dict[str, float]:
    """Return the counter-indicators' weights, scaled so that together they take at most what supporting ones add."""
    counters = {name: weight for name, weight in weights.items() if catalogue[name].role == "counter"}
    supporting = sum(weight for name, weight in weights.items() if catalogue[name].role == "supporting")
    total = -sum(counters.values())
    if total <= supporting:
        return counters
    share = supporting / total
    return {name: weight * share for name, weight in counters.items()}


def contributions(found: tuple[Finding, ...]) -> tuple[Contribution, ...]:
    """Return what adds to the log-odds; with the baseline, the sum is the log-odds of the assessment."""
    return tuple(
        Contribution(f.id, f.log_odds, tuple(m for m in f.matches if m.assertion == "affirmed")) for f in found if f.log_odds
    )
