"""Words as characters: every word that a lexicon knows gets one character, and a text becomes a short string of them.

A row of alternatives is then a class of characters, a gap is a few of any, and a construction is a small regular expression
that is tried on one character per word: many times faster than on the letters.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from itertools import accumulate, groupby

import regex

from thb_indicators.measures import MONEY, NUMBER

Literal = tuple[str, bool]
"""Words with single spaces between, a `*` after each that stands for a beginning, but for the last: the flag says so of it."""
Row = frozenset[Literal]

STOP = "."
"""Stands for the end of a clause."""
_FIRST = 0x10000
"""Beyond the characters for which `re` makes a map of 65,536 places of every class: it compiles in half the time."""
_REMEMBERED = 20_000
_MEASURES = {"number": regex.compile(NUMBER), "money": regex.compile(MONEY)}
_DIGIT = re.compile("[0-9]")


class Coded:
    """A normalized text as one character per word. Many are remembered, so that what is rarely asked for is made again."""

    __slots__ = ("_starts", "codes", "text")

    def __init__(self, text: str, codes: str) -> None:
        self.text = text
        self.codes = codes
        self._starts: list[int] = []

    @property
    def words(self) -> list[str]:
        """The words of the text."""
        return self.text.split()

    @property
    def starts(self) -> list[int]:
        """Where each word begins in the text, and where the next one would."""
        if not self._starts:
            self._starts = list(accumulate((len(word) + 1 for word in self.words), initial=1))
        return self._starts


def terms(literal: Literal) -> list[str]:
    """Return the words of a literal, each beginning of a word with a `*` after it.

    Examples
    --------
    >>> terms(("prepar* document", True))
    ['prepar*', 'document*']
    """
    words, star = literal
    return f"{words}*".split(" ") if star else words.split(" ")


class Alphabet:
    """The characters of the words in some rows of alternatives.

    Words that no term tells apart share one character: all unknown ones, and all that begin with the same longest stem;
    those that are numbers or amounts stand apart from those that are not. In order of their words, so that a stem is a range.

    Parameters
    ----------
    rows
        The rows of alternatives.

    Examples
    --------
    >>> alphabet = Alphabet([frozenset({("id card", False), ("passport", True)})])
    >>> pattern = re.compile(alphabet.row(frozenset({("id card", False), ("passport", True)})))
    >>> [pattern.search(alphabet.code(text).codes) is not None for text in (" my passports ", " my id ", " my id card ")]
    [True, False, True]
    """

    def __init__(self, rows: Iterable[Row]) -> None:
        known = {term for row in rows for literal in row for term in terms(literal)}
        self._stems = {"", *(term[:-1] for term in known if term.endswith("*"))}
        self._longest = max(map(len, self._stems))
        entries = [(term, False, "") for term in known if not term.endswith("*")]
        entries += [(stem, True, kind) for stem in self._stems for kind in _possible_kinds(stem)]
        entries.sort()
        self.words = [word for word, _, _ in entries]
        """What each character stands for: a word, or words that begin so."""
        self._exact: dict[str, str] = {}
        self._classes: dict[tuple[str, str], str] = {}
        self._measured: dict[str, list[int]] = {name: [] for name in _MEASURES}
        for number, (word, is_stem, kind) in enumerate(entries):
            if is_stem:
                self._classes[word, kind] = _character(number)
            else:
                self._exact[word] = _character(number)
                kind = _kind(word)
            for name in kind.split():
                self._measured[name].append(number)
        self._codes = _Codes(self)
        self._rows: dict[Row, str] = {}

    def code(self, text: str) -> Coded:
        """Return a normalized text as one character per word."""
        return Coded(text, "".join(map(self._codes.__getitem__, text.split())))

    def character(self, word: str) -> str:
        """Return the character that stands for a word."""
        known = self._exact.get(word)
        if known is not None:
            return known
        if word == STOP:
            return STOP
        stems = self._stems
        stem = next(word[:end] for end in range(min(len(word), self._longest), -1, -1) if word[:end] in stems)
        return self._classes[stem, _kind(word)]

    def numbers(self, term: str) -> range:
        """Return the numbers of all characters that a term stands for."""
        low = bisect_left(self.words, term.rstrip("*"))
        if not term.endswith("*"):
            return range(low, low + 1)
        stem = term[:-1]
        return range(low, bisect_left(self.words, stem[:-1] + chr(ord(stem[-1]) + 1), low))

    def characters(self, term: str) -> list[str]:
        """Return all characters that a term stands for."""
        return list(map(_character, self.numbers(term)))

    def measured(self, name: str) -> list[str]:
        """Return the characters of all words that are a ``number`` or an amount of ``money``."""
        return list(map(_character, self._measured[name]))

    def row(self, row: Row) -> str:
        """Return a row of alternatives as a regular expression."""
        known = self._rows.get(row)
        if known is None:
            # Of two alternatives in the same place the longer wins, unless it begins with the whole word that the other does.
            ordered = sorted((" ".join(terms(literal)) for literal in row), reverse=True)
            known = self._rows[row] = f"(?:{self._alternatives([tuple(words.split(' ')) for words in ordered])})"
        return known

    def measure(self, name: str) -> str:
        """Return the words that are a ``number`` or an amount of ``money`` as a regular expression."""
        return _class(self._measured[name])

    def _alternatives(self, options: Iterable[tuple[str, ...]]) -> str:
        """Return alternatives, the first of them preferred, with their common beginnings shared."""
        parts = []
        for ends, run in groupby(options, key=lambda option: not option):
            if ends:
                parts.append("")
                continue
            tails: dict[int, list[tuple[str, ...]]] = {}
            for first, *rest in run:
                for number in self.numbers(first):
                    tails.setdefault(number, []).append(tuple(rest))
            shared: dict[tuple[tuple[str, ...], ...], list[int]] = {}
            for number, after in tails.items():
                shared.setdefault(tuple(after), []).append(number)
            for after_all, numbers in shared.items():
                rest_of = "" if not any(after_all) else f"(?:{self._alternatives(after_all)})"
                parts.append(_class(numbers) + rest_of)
        return "|".join(parts)


class _Codes(dict[str, str]):
    """The character of every word that was met; bounded, since texts hold any number of words."""

    def __init__(self, alphabet: Alphabet) -> None:
        super().__init__()
        self._alphabet = alphabet

    def __missing__(self, word: str) -> str:
        character = self._alphabet.character(word)
        if len(self) < _REMEMBERED:
            self[word] = character
        return character


def _kind(word: str) -> str:
    """Return the names of the measures that a word is."""
    if not _DIGIT.search(word):
        return ""
    return " ".join(name for name, measure in _MEASURES.items() if measure.fullmatch(word))


def _possible_kinds(stem: str) -> set[str]:
    """Return what words that begin so may be."""
    names = [name for name, measure in _MEASURES.items() if measure.fullmatch(stem, partial=True)]
    return {"", *names, " ".join(names)}


def _character(number: int) -> str:
    return chr(_FIRST + number)


def _class(numbers: Iterable[int]) -> str:
    """Return a class of characters; their neighbors are joined to ranges."""
    ranges: list[list[int]] = []
    for number in sorted(numbers):
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return "[" + "".join(_character(a) if a == b else f"{_character(a)}-{_character(b)}" for a, b in ranges) + "]"
