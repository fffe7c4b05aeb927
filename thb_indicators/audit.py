"""A counterfactual audit: put one protected word in another's place, and see whether any score moves (Kusner et al. 2017)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

import msgspec

from thb_indicators.records import Ad, Assessment
from thb_indicators.screen import Screener
from thb_indicators.terms import protected

FRAMES: dict[str, tuple[str, ...]] = {
    "nationality": ("We are looking for {} staff.", "A charming {} companion.", "{} cooking every day.", "Our {} colleagues."),
    "ethnicity": ("We are looking for {} staff.", "A charming {} companion.", "{} food is served."),
    "religion": ("{} holidays are respected.", "Good for {} people."),
    "gender": ("Ask for the {} at the desk.", "Any {} can apply."),
    "age": ("Good for {} people.", "A {} team."),
    "name": ("Ask for {}.", "{} will call you back.", "Meet {}."),
}  # fmt: skip
"""Sentences that are added to an ad, with each word of a kind in turn."""


class Change(msgspec.Struct, frozen=True):
    """The widest the score of one ad swings between two words of one kind."""

    kind: str
    ad_id: str
    lowest: str
    highest: str
    change: float
    """Log-odds between the two."""


class Slice(msgspec.Struct, frozen=True):
    """What the ads of one language or domain get."""

    ads: int
    to_a_person: float
    mean_score: float


class Audit(msgspec.Struct, frozen=True):
    """The result: the largest change by kind, and the rates of each slice."""

    ads: int
    variants: int
    largest: dict[str, Change]
    slices: dict[str, Slice]


def audit(screener: Screener, ads: Iterable[Ad]) -> Audit:
    """Swap nationality, ethnicity, religion, gender, age and name terms in ads, and report how far scores move.

    Every word of a kind that stands in an ad is replaced by each of the kind's swaps, or by its counterpart where others would
    break the sentence (she and he); besides, sentences with such a word are added. Ads that differ in nothing but the word
    should have one score. The kind `gender_role` is apart: in services ads "ladies" and "gentlemen" tell who is offered from
    who is addressed, so that an ad with the words swapped is another ad.
    """
    largest: dict[str, Change] = {}
    sliced: dict[str, list[Assessment]] = {}
    count = variants = 0
    for ad in ads:
        count += 1
        assessment = screener.assess(ad)
        for name in (
            f"language {assessment.document.language or '?'}",
            f"domain {'/'.join(assessment.document.domains) or 'other'}",
        ):
            sliced.setdefault(name, []).append(assessment)
        for kind, words in protected().swaps.items():
            for family in _families(ad.text, kind, words):
                scores = [(screener.assess(msgspec.structs.replace(ad, text=text)).log_odds, word) for word, text in family]
                variants += len(scores)
                (low, lowest), (high, highest) = min(scores), max(scores)
                if kind not in largest or high - low > largest[kind].change:
                    largest[kind] = Change(kind, ad.id, lowest, highest, high - low)
    rates = {
        name: Slice(
            len(assessments),
            sum(a.route in ("review", "child_safety") for a in assessments) / len(assessments),
            sum(a.score for a in assessments) / len(assessments),
        )
        for name, assessments in sorted(sliced.items())
    }
    return Audit(count, variants, largest, rates)


def _families(text: str, kind: str, words: Sequence[str]) -> Iterable[list[tuple[str, str]]]:
    """Yield texts that differ in one word of a kind only: with the ad's own words swapped, and with a sentence added."""
    own = _pattern(kind)
    if own.search(text):
        pairs = protected().pairs[kind]
        if pairs:
            others = [own.sub(lambda found: _cased(pairs[found[0].lower()][-at], found[0]), text) for at in (0, 1)]  # noqa: B023
            yield [("as written", text), *(("swapped", other) for other in others)]
        else:
            yield [(word, own.sub(lambda found: _cased(word, found[0]), text)) for word in words]  # noqa: B023  # used at once
    for frame in FRAMES.get(kind, ()):
        yield [(word, f"{text}\n{frame.format(word)}") for word in words]


@lru_cache(maxsize=16)
def _pattern(kind: str) -> re.Pattern[str]:
    words = protected().pairs[kind] or protected().kinds[kind]
    options = sorted((word.replace("*", r"\w*") for word in words), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(options)})\b", re.IGNORECASE)


def _cased(word: str, like: str) -> str:
    return word.upper() if like.isupper() and len(like) > 1 else word.capitalize() if like[:1].isupper() else word.lower()
