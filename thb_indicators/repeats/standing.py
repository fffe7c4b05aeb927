"""What a capitalized word can be: a name, or a word, a place, a day, a nationality."""

from __future__ import annotations

import re
from functools import lru_cache

from thb_indicators.kinds import STEM, read_leanings
from thb_indicators.lexicon import LEANINGS
from thb_indicators.repeats.frames import load_frames
from thb_indicators.repeats.names import fold, load_names
from thb_indicators.resources import data_path
from thb_indicators.terms import protected

NEVER, WORD, TOWN, FREE = range(4)
"""No name at all, a name only in the surest frames, one that a well-known town bears, any name."""

_STEM = 6
_LONGEST = 20
_WORD = re.compile(r"[^\W\d_]{2,}")
_PROTECTED = ("nationality", "ethnicity", "religion", "gender", "age")
_GERMAN_NOUN = re.compile(r"(?:ung|heit|keit|schaft|tion|esse|stelle|büro|team|bedarf|fragen)$")


@lru_cache(maxsize=100_000)
def standing(word: str, language: str | None) -> tuple[int, str]:
    """Return what a capitalized word can be, and the word folded.

    Examples
    --------
    >>> standing("Tamsin", "en"), standing("Monday", "en")
    ((3, 'tamsin'), (0, 'monday'))
    """
    name = fold(word.removesuffix("'s").removesuffix("’s"))
    names = load_names()
    if (
        len(name) > _LONGEST
        or not name.replace(" ", "").isalpha()
        or name != name.lower()
        or not load_frames(language).no_names.isdisjoint((name, *name.split(" ")))
        or "calendar" in names.words.get(name, ())
        or _is_protected(name)
    ):
        return NEVER, name
    if name in _vocabulary(language) or name in names.countries:
        return WORD, name
    return TOWN if any(names.town(number).well_known for number in names.towns.get(name, ())) else FREE, name


def has_known_stem(name: str, language: str | None) -> bool:
    """Whether a folded word begins like one that the lexicons of a language write in lower case."""
    return len(name) > _STEM and name[:_STEM] in _vocabulary_stems(language)


def is_german_noun(word: str) -> bool:
    """Whether a word is a noun by its ending or its beginning, in a language where a noun has a capital as a name has."""
    return bool(_GERMAN_NOUN.search(word)) or has_known_stem(fold(word), "de")


def is_in_ads(name: str, language: str | None) -> bool:
    """Whether a folded word begins like one that ads of a language are known to have; no name is, but for a few."""
    return name[:STEM] in _stems_of_ads(language or "")


@lru_cache(maxsize=32)
def _stems_of_ads(language: str) -> frozenset[str]:
    path = data_path("lexicons", language, LEANINGS)
    return frozenset(map(fold, read_leanings(path, LEANINGS).weights)) if language and path.is_file() else frozenset()


@lru_cache(maxsize=1)
def _protected() -> tuple[frozenset[str], tuple[str, ...]]:
    words = frozenset().union(*(protected().kinds[kind] for kind in _PROTECTED))
    return frozenset(fold(word) for word in words if "*" not in word), tuple(
        sorted(fold(word) for word in words if "*" in word)
    )


def _is_protected(name: str) -> bool:
    words, stems = _protected()
    return name in words or name.startswith(stems)


@lru_cache(maxsize=32)
def _vocabulary(language: str | None) -> frozenset[str]:
    """Return the words that the lexicons of a language write in lower case: they are no names in its ads."""
    folder = data_path("lexicons", language or "")
    files = sorted(folder.glob("*.yaml" if language and folder.is_dir() else "*/*.yaml"))
    words = {word for file in files for word in _WORD.findall(file.read_text("utf-8"))}
    return frozenset(fold(word) for word in words if word.islower())


@lru_cache(maxsize=32)
def _vocabulary_stems(language: str | None) -> frozenset[str]:
    return frozenset(word[:_STEM] for word in _vocabulary(language) if len(word) >= _STEM)
