"""The names of towns and countries: how they are compared, and the tables that ship with the library."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from thb_indicators.resources import data_path

_LETTERS = {"ß": "ss", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "ı": "i"}
_LATIN = re.compile("[A-Za-z]")


class Town(NamedTuple):
    """A town: its GeoNames name, its country, and degrees rounded to a tenth (about 11 km)."""

    name: str
    country: str
    latitude: float
    longitude: float
    well_known: bool
    """Whether it has 100,000 people or more, or a name of its own in other languages."""


class Names(NamedTuple):
    """The names of a gazetteer, folded, and what they stand for."""

    towns: Mapping[str, tuple[int, ...]]
    """By name, the numbers of the towns that bear it."""
    countries: Mapping[str, frozenset[str]]
    """By name, the countries; the name of a state of the US is one of the US."""
    longest: Mapping[str, int]
    """By the first word of a name, and by its first two, how many words the longest of these names has."""
    words: Mapping[str, frozenset[str]]
    """By name, the languages that it is an ordinary word of; `calendar` for months and days."""
    english: frozenset[str]
    """The names of countries in English: these are a country's, whatever towns are called so abroad."""
    codes: Mapping[str, str]
    """By ISO 3166-1 code of two or three letters, the one of two."""
    states: frozenset[str]
    """The letters of the states of the US."""
    rows: list[str]
    """By number of the town, its row."""
    isos: list[str]
    """By number of the town, its country."""

    def town(self, number: int) -> Town:
        """Return a town by its number."""
        name, country, latitude, longitude, size, others = self.rows[number].split("\t")
        return Town(name, country, float(latitude), float(longitude), bool(size) or _LATIN.search(others) is not None)


def _folded(char: str) -> str:
    plain = "".join(
        c for c in unicodedata.normalize("NFKD", _LETTERS.get(char.lower(), char.lower())) if not unicodedata.combining(c)
    )
    return plain if plain.isalnum() or not plain else " "


# Letters of the living scripts of Europe, and punctuation; what lies beyond stays as it is.
_FOLDED = str.maketrans({char: _folded(char) for char in map(chr, (*range(0x590), *range(0x1E00, 0x2070)))})
_FOLDED_FILE = {**_FOLDED, **{ord(char): char for char in "\t\n|"}}


@lru_cache(maxsize=100_000)
def fold(name: str) -> str:
    """Return a name in lower case, without accents, its words parted by single spaces.

    Examples
    --------
    >>> fold("Cluj-Napoca"), fold("München"), fold("L'Aia")
    ('cluj napoca', 'munchen', 'l aia')
    """
    return " ".join(name.translate(_FOLDED).split())


def fold_table(text: str) -> str:
    """Return the lines of a table with every cell folded, and every name of a cell with ``|``; in one go, as it is large."""
    text = re.sub("  +", " ", text.translate(_FOLDED_FILE))
    for mark in "\t\n|":
        text = text.replace(f" {mark}", mark).replace(f"{mark} ", mark)
    return text


@lru_cache(maxsize=1)
def load_names() -> Names:
    """Load the tables that ``tools/gazetteer.py`` wrote."""
    text = _read("towns.tsv")
    isos = []
    towns: dict[str, tuple[int, ...]] = {}
    for number, row in enumerate(fold_table(text).splitlines()):
        name, iso, _, _, _, others = row.split("\t")
        isos.append(iso.upper())
        towns[name] = (*towns.get(name, ()), number)
        for other in others.split("|") if others else ():
            towns[other] = (*towns.get(other, ()), number)
    countries: dict[str, set[str]] = {}
    codes = dict[str, str]()
    states = set[str]()
    english = set[str]()
    for iso, iso3, *listed in _rows("countries.tsv"):
        english |= set(map(fold, listed[0].split("|")))
        for name in "|".join(filter(None, listed)).split("|"):
            countries.setdefault(fold(name), set()).add(iso[:2])
        if iso3:
            codes |= {iso: iso, iso3: iso}
        else:
            states.add(iso[3:])
    codes["UK"] = "GB"
    longest: dict[str, int] = {}
    for name in (*towns, *countries):
        first, *more = name.split(" ")
        for begun in (first, f"{first} {more[0]}") if more else (first,):
            longest[begun] = max(longest.get(begun, 1), 1 + len(more))
    words = {fold(name): frozenset(languages.split(" ")) for name, languages in _rows("words.tsv")}
    return Names(
        towns,
        {name: frozenset(isos) for name, isos in countries.items()},
        longest,
        words,
        frozenset(english),
        codes,
        frozenset(states),
        text.splitlines(),
        isos,
    )


def _read(file: str) -> str:
    """Return the rows of a file of the gazetteer, without the comment that they begin with."""
    lines = data_path("lexicons", "gazetteer", file).read_text("utf-8")
    return lines[re.match("(?:#.*\n)*", lines).end() :]  # type: ignore[union-attr]  # it matches everywhere


def _rows(file: str) -> Iterator[list[str]]:
    return (line.split("\t") for line in _read(file).splitlines())
