"""The records that a lexicon is made of: patterns, cues of the kind of ad, context cues, and the vocabulary of all of them."""

from __future__ import annotations

import datetime
from typing import Any, Literal

import msgspec

from thb_indicators.construction import Construction
from thb_indicators.records import Assertion

Status = Literal["experimental", "test", "stable", "deprecated"]
DomainName = Literal["services", "recruitment", "other"]
STRONG, WEAK = 2, 1
"""Points that a domain cue adds; an ad belongs to a domain from 2 points on (see `thb_indicators.context`)."""


class Regex(msgspec.Struct, frozen=True):
    """A regular expression (`regex` library) on normalized text, tried only where an anchor stands."""

    source: str
    anchors: Construction


class Tokens(msgspec.Struct, frozen=True):
    """A spaCy token pattern, tried only in ads where an anchor stands."""

    spec: tuple[dict[str, Any], ...]
    anchors: Construction


class Near(msgspec.Struct, frozen=True):
    """Company that a pattern must keep: one of `any`, at most `within` words away, in the same clause."""

    any: Construction
    within: int = 6


class Pattern(msgspec.Struct, frozen=True):
    """One entry of a lexicon: ways of saying one thing that points to one indicator."""

    id: str
    indicator: str
    language: str
    constructions: tuple[Construction, ...]
    regexes: tuple[Regex, ...]
    tokens: tuple[Tokens, ...]
    near: Near | None
    innocent: tuple[Construction, ...]
    unless: frozenset[Assertion]
    references: tuple[str, ...]
    fires: tuple[str, ...]
    silent: tuple[str, ...]
    added: datetime.date
    review_by: datetime.date
    status: Status = "experimental"
    verified: bool = True
    masked: bool = False
    note: str = ""
    related: tuple[str, ...] = ()
    file: str = ""
    line: int = 0

    def is_stale(self, today: datetime.date) -> bool:
        """Whether the pattern is past the date by which a person should have looked at it again."""
        return today > self.review_by


class DomainCue(msgspec.Struct, frozen=True):
    """Wording that shows what kind of ad this is."""

    language: str
    domain: DomainName
    points: int
    construction: Construction


class Cues(msgspec.Struct, frozen=True):
    """The context cues of one language; see `thb_indicators.context` for what each kind does."""

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    pseudo: tuple[str, ...] = ()
    stop: tuple[str, ...] = ()
    quoting: tuple[str, ...] = ()
    awareness: tuple[Construction, ...] = ()
    stopwords: frozenset[str] = frozenset()


SHORTEST_STEM, LONGEST_ENDING = 4, 3
_REMEMBERED = 50_000


class Vocabulary:
    """Says whether a word, or the beginning of it, stands in any pattern or cue; remembers what it was asked.

    A beginning may have a short ending and no more: with any, "never close" without its space would be one word.
    """

    def __init__(self, words: frozenset[str], stems: frozenset[str]) -> None:
        self._words = words
        self._stems = stems
        self._said: dict[str, bool] = {}

    def __call__(self, word: str) -> bool:
        """Say whether `word` means something to the lexicon."""
        said = self._said.get(word)
        if said is None:
            ends = range(max(SHORTEST_STEM, len(word) - LONGEST_ENDING), len(word) + 1)
            said = word in self._words or any(word[:end] in self._stems for end in ends)
            if len(self._said) < _REMEMBERED:
                self._said[word] = said
        return said
