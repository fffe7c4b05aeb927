"""Explanation: from what was seen to what it adds, indicator by indicator, exactly."""

from __future__ import annotations

from collections.abc import Mapping

from thb_indicators.errors import InputError
from thb_indicators.model import Model
from thb_indicators.records import Assertion, Contribution, Document, Finding, IndicatorInfo, Match, Signal

_STANDING: tuple[Assertion, ...] = ("affirmed", "innocent_reading", "negated", "quoted", "out_of_domain")


def findings(document: Document, model: Model, catalogue: Mapping[str, IndicatorInfo]) -> tuple[Finding, ...]:
    """Gather a document's matches and signals by indicator, with what each adds to the log-odds.

    Presence counts, not the number of matches, so what an indicator adds does not depend on any other.

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
    for signal in document.signals:
        if signal.indicator not in catalogue:
            raise InputError(f"ad {document.ad.id!r}: no indicator {signal.indicator!r} that a signal could report")
        signals.setdefault(signal.indicator, []).append(signal)
    seen: dict[str, Assertion] = {}
    for name in (*matches, *signals):
        asserted = {match.assertion for match in matches.get(name, ())}
        seen[name] = "affirmed" if name in signals else next(a for a in _STANDING if a in asserted)
    weights = {name: model.weight(catalogue[name]) for name, assertion in seen.items() if assertion == "affirmed"}
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


def present(document: Document) -> set[str]:
    """Return the indicators that count in a document: affirmed in its text, or reported by a signal."""
    affirmed = {match.indicator for match in document.matches if match.assertion == "affirmed"}
    return affirmed | {signal.indicator for signal in document.signals}


def contributions(document: Document, found: tuple[Finding, ...], model: Model) -> tuple[Contribution, ...]:
    """Return what adds to the log-odds; with the baseline, the sum is the log-odds of the assessment.

    Indicators come first, in the order of the findings; then the terms of a model that has learned some, the strongest first.
    """
    indicators = [
        Contribution(f.id, f.log_odds, tuple(m for m in f.matches if m.assertion == "affirmed")) for f in found if f.log_odds
    ]
    if model.terms is None:
        return tuple(indicators)
    added = model.terms.contributions(document.text)
    ordered = sorted(added.items(), key=lambda item: (-abs(item[1]), item[0]))
    return (*indicators, *(Contribution(f"term:{term}", log_odds) for term, log_odds in ordered))
