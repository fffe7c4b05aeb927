"""Triage: why an ad goes to a person, and how soon. A policy is a small record, written into every result."""

from __future__ import annotations

import hashlib

import msgspec

from thb_indicators.errors import InputError
from thb_indicators.records import Document, Finding, Route


class TriagePolicy(msgspec.Struct, frozen=True):
    """When an ad is put before a person.

    The default follows the published counts: one indicator is the norm in ordinary ads (58.3 % of 17,362 in GIOMMONI2021;
    98.4 % of 430 work-abroad ads have at least one, VOLODKO2020), so no indicator reaches ``review`` alone.

    Parameters
    ----------
    name
        Written into every result; change it when you change a number.
    indicators
        Distinct scored indicators that make ``review``.
    with_core
        The same when at least one of them is core.
    sample_rate
        Share of the other ads that goes to ``sample``, so that misses are measured. The choice depends on the ad alone.
    enough_words
        With fewer words and no contact, an ad is ``insufficient``: a low score is no clearance.
    score
        An ad with at least this score is reviewed too; ``None`` leaves the score out.

    Raises
    ------
    InputError
        When `sample_rate` is no share.

    Examples
    --------
    >>> TriagePolicy().name
    'default/1'
    """

    name: str = "default/1"
    indicators: int = 3
    with_core: int = 2
    sample_rate: float = 0.02
    enough_words: int = 6
    score: float | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.sample_rate <= 1:
            raise InputError(f"the sample rate is a share of the quiet ads, from 0 to 1 (0.05 is 5 %), not {self.sample_rate}")

    def decide(self, document: Document, found: tuple[Finding, ...], score: float) -> tuple[Route, str]:
        """Return the route of an ad, and the reason in one sentence."""
        present = [f for f in found if f.assertion == "affirmed"]
        if any(f.info.role == "escalate_child_safety" for f in present):
            return "child_safety", "wording that published sources link to child safety"
        core = [f for f in present if f.info.role == "core"]
        scored = core + [f for f in present if f.info.role == "supporting"]
        counters = [f for f in present if f.info.role == "counter" and f.log_odds < 0]
        if core and len(scored) >= self.with_core:
            others = len(scored) - 1
            return "review", f"a core indicator ({core[0].info.title}) with {others} other{'s' if others > 1 else ''}"
        if len(scored) >= self.indicators and not counters:
            return "review", f"{len(scored)} distinct indicators"
        if self.score is not None and score >= self.score:
            return "review", f"a score of {self.score} or more"
        if document.skipped:
            return "insufficient", f"not read in full: {'; '.join(document.skipped)}"
        if document.words < self.enough_words and not document.has_contact:
            return "insufficient", "too little text to say anything"
        if _share(document) < self.sample_rate:
            return "sample", "drawn at random to measure what is missed"
        if len(scored) >= self.indicators:
            return "none", f"{len(scored)} supporting indicators, held back by {counters[0].info.title}"
        return "none", "fewer indicators than the policy asks for"


def _share(document: Document) -> float:
    """Return a number in [0, 1) that depends on the ad alone, so that a sample can be drawn again."""
    key = f"sample\0{document.ad.id}\0{document.ad.text}".encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.sha256(key).digest()[:7], "big") / 2.0**56
