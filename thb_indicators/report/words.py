"""The plain words every view uses."""

from __future__ import annotations

from thb_indicators.records import Assertion, Role, Route

ROUTE_WORDS: dict[Route, str] = {
    "child_safety": "Child safety: to the trained team, now",
    "review": "For review",
    "sample": "Random sample: measures what is missed",
    "insufficient": "Too little to go on",
    "none": "No review asked for",
}
"""Routes in the order of their urgency."""
ROLE_WORDS: dict[Role, str] = {
    "core": "core indicator",
    "supporting": "supporting indicator",
    "context_only": "background only, not scored",
    "not_scored": "documented, not scored",
    "escalate_child_safety": "child safety",
    "counter": "speaks for an ordinary ad",
}
ASSERTION_WORDS: dict[Assertion, str] = {
    "affirmed": "counts",
    "negated": "denied in the text, does not count",
    "quoted": "quoted or warned of, does not count",
    "innocent_reading": "an ordinary reading fits, does not count",
    "out_of_domain": "another kind of ad, does not count",
}
EVIDENCE_WORDS = {
    "E3": "tested against known outcomes",
    "E2": "measured in a study or case, not tested against outcomes",
    "E1": "practice knowledge, untested",
    "E0": "weakly sourced",
    "E-": "tested and found not predictive",
    "n/a": "not an indicator of risk",
}
LABEL_WORDS = {
    "ordinary_repetition": "Reads as ordinary repetition of one ad",
    "boilerplate": "Reads as shared boilerplate of different advertisers",
    "spam": "Reads as spam",
    "directory": "Reads as a directory or an agency's listing",
}
CONTACT_WORDS = {
    "phone": "phone number",
    "email": "e-mail address",
    "handle": "handle",
    "messaging": "messaging link",
    "url": "web address",
}
LANGUAGE_WORDS = {
    "bg": "Bulgarian", "de": "German", "en": "English", "es": "Spanish", "fr": "French", "hu": "Hungarian", "it": "Italian",
    "nl": "Dutch", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "uk": "Ukrainian",
}  # fmt: skip


def strength(log_odds: float) -> str:
    """Return how much a step speaks, for readers who know no statistics.

    Examples
    --------
    >>> strength(1.6), strength(0.4), strength(0.0), strength(-0.8)
    ('raises the score strongly', 'raises the score a little', 'does not move the score', 'lowers the score')
    """
    if log_odds <= 0:
        return "lowers the score" if log_odds < 0 else "does not move the score"
    return f"raises the score{' strongly' if log_odds >= 1.25 else '' if log_odds >= 0.6 else ' a little'}"
