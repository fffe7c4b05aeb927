"""Kinds of work that an ad offers, and whether it amends an earlier offer, in the languages of the lexicon."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from ahocorasick_rs import AhoCorasick

from thb_indicators.normalize import Normalized, normalize
from thb_indicators.resources import data_path
from thb_indicators.yamlsource import read_yaml


def roles(normalized: Normalized) -> tuple[str, ...]:
    """Return the kinds of work that a text names, in the order of the alphabet.

    Examples
    --------
    >>> roles(normalize("Wanted: waitress or cleaner, start now"))
    ('cleaning', 'waiting')
    """
    text = normalized.text
    found = _beginnings().find_matches_as_indexes(text, overlapping=True)
    words = {text[start + 1 : text.index(" ", start + 1)] for _, start, _ in found}
    return tuple(sorted({kind for word in words if (kind := _kind(word))}))


def amends(normalized: Normalized) -> bool:
    """Whether a text says that its offer takes the place of an earlier one.

    Examples
    --------
    >>> [amends(normalize(text)) for text in ("Update: the bar is full, the work is in Larnaca now", "Waitress wanted")]
    [True, False]
    """
    return bool(_amendments().find_matches_as_indexes(normalized.text))


@lru_cache(maxsize=1)
def _amendments() -> AhoCorasick:
    path = data_path("lexicons", "roles.yaml")
    phrases = (phrase.strip() for phrase in read_yaml(path, path.name)["amended"].split("|"))
    return AhoCorasick([f" {normalize(p.removesuffix('*')).text.strip()}{'' if p.endswith('*') else ' '}" for p in phrases])


@lru_cache(maxsize=50_000)
def _kind(word: str) -> str:
    """Return the kind of work that a word names, or ''."""
    words, stems = _known()
    return words.get(word) or next((stems[word[:n]] for n in range(len(word), 2, -1) if word[:n] in stems), "")


@lru_cache(maxsize=1)
def _beginnings() -> AhoCorasick:
    """Return what finds the beginning of every word that may name a kind of work."""
    words, stems = _known()
    return AhoCorasick([f" {beginning}" for beginning in (*words, *stems)])


@lru_cache(maxsize=1)
def _known() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return the kind of work of whole words, and of beginnings of words."""
    path = data_path("lexicons", "roles.yaml")
    kinds = read_yaml(path, path.name)["kinds"]
    named = [(word, kind) for kind, entry in kinds.items() for word in entry["words"].split()]
    words = {normalize(word).text.strip(): kind for word, kind in named if not word.endswith("*")}
    return words, {normalize(word[:-1]).text.strip(): kind for word, kind in named if word.endswith("*")}
