"""Words as features: n-grams of the normalized text without protected words, names of places, and contacts.

What is left out leaves no gap: with or without a nationality, a name or a telephone number the terms are the same, so no
weight that is learned for them can depend on it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
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
REMEMBERED = 100_000
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
    pairs: Mapping[str, Mapping[str, tuple[str, ...]]]
    """By kind, the counterparts of words that no other word can stand for."""

    def guards(self, word: str) -> bool:
        """Whether a normalized word is a protected one."""
        return word in self.words or word.startswith(self.stems)


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
        {kind: tuple(entry.get("swaps", ())) for kind, entry in kinds.items()},
        by_kind,
        {kind: _counterparts(entry.get("pairs", ())) for kind, entry in kinds.items()},
    )


def _counterparts(pairs: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for one, other in map(str.split, pairs):
        found[one] = (*found.get(one, ()), other)
        found[other] = (*found.get(other, ()), one)
    return found


def _plain(word: str) -> str:
    return normalize(word.rstrip("*")).text.strip() + "*" * word.endswith("*")


class _Kept(dict[str, str]):
    """By word, how a feature sees it: '' when it is left out. Bounded, as words of ads have no end."""

    def __missing__(self, word: str) -> str:
        if len(self) >= REMEMBERED:
            self.clear()
        self[word] = kept = _kept(word)
        return kept


_seen = _Kept()


def _kept(word: str) -> str:
    guarded = protected()
    if word in SEPARATORS:
        return word
    if any(char.isdigit() for char in word):
        digits = sum(char.isdigit() for char in word)
        left_out = digits > LONGEST_NUMBER or "@" in word or word in guarded.places
        return "" if left_out else "".join("#" if c.isdigit() else c for c in word)
    left_out = "@" in word or word in guarded.places or word in DIGIT_WORDS or guarded.guards(word)
    return "" if left_out else word


@lru_cache(maxsize=1)
def _longer_places() -> Mapping[str, Mapping[str, list[list[str]]]]:
    """Return the names of places that have several words by their first and second word, the longest first."""
    names: dict[str, dict[str, list[list[str]]]] = {}
    for place in sorted(protected().places, key=lambda name: (-len(name), name)):
        words = place.split(" ")
        if 1 < len(words) <= LONGEST_PLACE:
            names.setdefault(words[0], {}).setdefault(words[1], []).append(words)
    return names


def _kept_words(words: list[str]) -> list[str]:
    """Return words as a feature sees them: '' for each that is left out."""
    kept = list(map(_seen.__getitem__, words))
    names = _longer_places()
    after = 0
    for at in [at for at, word in enumerate(words[:-1]) if word in names]:
        if at >= after and (second := words[at + 1]) in names[words[at]]:
            length = next((len(n) for n in names[words[at]][second] if words[at : at + len(n)] == n), 0)
            after = at + length
            kept[at:after] = [""] * length
    return kept


def located(text: str) -> Iterator[Term]:
    """Yield the one- and two-word terms of a normalized text, with their places.

    Examples
    --------
    >>> [term.words for term in located(" we pay 900 weekly in lisbon . call 07700900123 . ")]
    ['we', 'pay', 'we pay', '###', 'pay ###', 'weekly', '### weekly', 'in', 'weekly in', 'call']
    """
    before: Term | None = None
    after = 0
    words = text.split()
    for word, kept in zip(words, _kept_words(words), strict=True):
        start, after = after + 1, after + 1 + len(word)
        if kept in SEPARATORS:
            before = None
        elif kept:
            term = Term(kept, start, after)
            yield term
            if before is not None:
                yield Term(f"{before.words} {kept}", before.start, after)
            before = term


def terms(text: str) -> list[str]:
    """Return the one- and two-word terms of a normalized text, in order.

    Examples
    --------
    >>> terms(" thai massage , ask for maria . ") == terms(" italian massage , ask for . ")
    True
    """
    words = list(filter(None, _kept_words(text.split())))
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
