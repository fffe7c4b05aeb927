"""Indicators of form: disguised words, disguised contacts, and runs of emoji.

They are read from what normalization undid and from the contacts that were found, so they need no pattern.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Protocol

from thb_indicators.contacts import Reach
from thb_indicators.folding import EMOJI
from thb_indicators.normalize import Normalized
from thb_indicators.records import Ad, Assertion, Domain, Field, Match
from thb_indicators.spans import Span

EMOJI_RUN = 4
"""Different emoji in one unbroken run from which they are taken to stand for words."""
MOST = 20
"""Disguised words reported per field; more would say the same."""
_RUN = re.compile(f"(?: [{EMOJI}]){{{EMOJI_RUN},}}(?= )")


class Fields(Protocol):
    """What this module needs of a reading: the ad, and its fields normalized."""

    ad: Ad
    title: Normalized | None
    text: Normalized


def matches(reading: Fields, reach: Iterable[tuple[Field, Reach]], domains: tuple[Domain, ...]) -> list[Match]:
    """Return the matches of form in both fields of an ad.

    Indicators of form count in services and recruitment ads alike, and in no other; emoji runs count in services ads.
    """
    found: list[Match] = []
    either: Assertion = "affirmed" if domains else "out_of_domain"
    for field, contacts in reach:
        original = reading.ad.field(field)
        for span in contacts.obscured:
            found.append(
                Match(
                    "obscured_contact", "code.obscured_contact.disguised", field, span, span.of(original), either, masked=True
                )
            )
        normalized = reading.title if field == "title" else reading.text
        if normalized is None:
            continue
        apart = [trick for trick in normalized.tricks if not _inside(trick.span, contacts.obscured)]
        for trick in apart[:MOST]:
            pattern = f"code.text_obfuscation.{trick.kind}"
            found.append(Match("text_obfuscation", pattern, field, trick.span, trick.span.of(original), either))
        if not original.isascii():
            services: Assertion = "affirmed" if "services" in domains else "out_of_domain"
            for span in _emoji_runs(normalized):
                pattern = "code.emoji_substitution_sequence.run"
                found.append(Match("emoji_substitution_sequence", pattern, field, span, span.of(original), services))
    return found


def _inside(span: Span, others: Iterable[Span]) -> bool:
    return any(other.start <= span.start and span.end <= other.end for other in others)


def _emoji_runs(normalized: Normalized) -> Iterator[Span]:
    for run in _RUN.finditer(normalized.text):
        if len(set(run[0].split())) >= EMOJI_RUN:
            yield normalized.span(run.start() + 1, run.end())
