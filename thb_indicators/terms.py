"""Words as features: n-grams of the normalized text without protected words, names of places, and contacts.

What is left out leaves no gap: with or without a nationality, a name or a telephone number the terms are the same, so no
weight that is learned for them can depend on it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import msgspec

from thb_indicators.normalize import normalize
from thb_indicators.resources import data_path
from thb_indicators.spelled import DIGIT_WORDS
from thb_indicators.yamlsource import read_yaml

LONGEST_NUMBER = 4
"""Digits from which a number may be part of a contact, and is left out; shorter ones are read as so many ``#``."""
LONGEST_PLACE = 3
SEPARATORS = frozenset({".", ","})


class Protected(NamedTuple):
    """Words that must never move a score."""

    words: frozenset[str]
    stems: tuple[str, ...]
    places: frozenset[str]
    swaps: Mapping[str, tuple[str, ...]]
    """By kind, words that an audit puts in each other's place."""
    kinds: Mapping[str, frozenset[str]]
    """By kind, the words and stems (with their `*`)."""


class Term(NamedTuple):
    """An n-gram and where its first and last words stand: ``text[start:end]`` of the normalized text."""

    words: str
    start: int
    end: int


@lru_cache(maxsize=1)
def protected() -> Protected:
    """Load the protected words and the names of places that ship with the lexicon."""
    path = data_path("lexicons", "protected.yaml")
    kinds = read_yaml(path, path.name)["kinds"]
    by_kind = {kind: frozenset(_plain(word) for word in entry["words"].split()) for kind, entry in kinds.items()}
    every = frozenset().union(*by_kind.values())
    lines = data_path("lexicons", "places.tsv").read_text("utf-8").splitlines()
    places = frozenset(_plain(line.split("\t")[0]) for line in lines if not line.startswith("#"))
    return Protected(
        frozenset(word for word in every if not word.endswith("*")),
        tuple(sorted(word.rstrip("*") for word in every if word.endswith("*"))),
        places,
        {kind: tuple(entry["swaps"]) for kind, entry in kinds.items()},
        by_kind,
    )


def _plain(word: str) -> str:
    return normalize(word.rstrip("*")).text.strip() + "*" * word.endswith("*")


@lru_cache(maxsize=100_000)
def _kept(word: str) -> str:
    """Return a word as a feature sees it, or '' when it is left out."""
    guarded = protected()
    if any(char.isdigit() for char in word):
        digits = sum(char.isdigit() for char in word)
        return "" if digits > LONGEST_NUMBER or "@" in word else "".join("#" if c.isdigit() else c for c in word)
    if "@" in word or word in guarded.words or word in DIGIT_WORDS or word.startswith(guarded.stems):
        return ""
    return word


@lru_cache(maxsize=1)
def _first_words() -> Mapping[str, tuple[str, ...]]:
    """Return the names of places by their first word, the longest first."""
    by_first: dict[str, list[str]] = {}
    for place in protected().places:
        by_first.setdefault(place.split(" ")[0], []).append(place)
    return {first: tuple(sorted(names, key=lambda name: (-len(name), name))) for first, names in by_first.items()}


def located(text: str) -> Iterator[Term]:
    """Yield the one- and two-word terms of a normalized text, with their places.

    Examples
    --------
    >>> [term.words for term in located(" we pay 900 weekly in lisbon . call 07700900123 . ")]
    ['we', 'pay', 'we pay', '###', 'pay ###', 'weekly', '### weekly', 'in', 'weekly in', 'call']
    """
    before: Term | None = None
    for kept in _kept_words(text):
        if kept.words in SEPARATORS:
            before = None
            continue
        yield kept
        if before is not None:
            yield Term(f"{before.words} {kept.words}", before.start, kept.end)
        before = kept


def _kept_words(text: str) -> Iterator[Term]:
    places = _first_words()
    words = text.split()
    at, skip = 1, 0
    for i, word in enumerate(words):
        start, at = at, at + len(word) + 1
        if skip:
            skip -= 1
        elif word in SEPARATORS:
            yield Term(word, start, start + 1)
        elif (names := places.get(word)) and (length := _place_length(words, i, names)):
            skip = length - 1
        elif kept := _kept(word):
            yield Term(kept, start, start + len(word))


def _place_length(words: list[str], at: int, names: tuple[str, ...]) -> int:
    following = " ".join(words[at : at + LONGEST_PLACE])
    for name in names:
        if following == name or following.startswith(name + " "):
            return name.count(" ") + 1
    return 0


def terms(text: str) -> list[str]:
    """Return the one- and two-word terms of a normalized text, in order.

    Examples
    --------
    >>> terms(" thai massage , ask for maria . ") == terms(" italian massage , ask for . ")
    True
    """
    words = [kept.words for kept in _kept_words(text)]
    pairs = [f"{a} {b}" for a, b in pairwise(words) if a not in SEPARATORS and b not in SEPARATORS]
    return [word for word in words if word not in SEPARATORS] + pairs


class TermWeights(msgspec.Struct, frozen=True):
    """What the terms of a trained model add: TF-IDF (sublinear, unit length) times a weight each.

    Parameters
    ----------
    known
        By term, its inverse document frequency and its weight.
    """

    known: dict[str, tuple[float, float]]

    def values(self, text: str) -> dict[str, float]:
        """Return the features of a normalized text: the TF-IDF value of each known term."""
        known = self.known
        counts = Counter(term for term in terms(text) if term in known)
        values = {term: (1.0 + math.log(count)) * known[term][0] for term, count in sorted(counts.items())}
        length = math.sqrt(sum(value * value for value in values.values()))
        return {term: value / length for term, value in values.items()} if length else {}

    def contributions(self, text: str) -> dict[str, float]:
        """Return what each term of a normalized text adds to the log-odds."""
        added = {term: value * self.known[term][1] for term, value in self.values(text).items()}
        return {term: log_odds for term, log_odds in added.items() if log_odds}
