"""The kind of an ad, and whether it reads like one of concern, as its words lean: linear models beside the lexicon.

A cue says surely what few words say, and ads that avoid the usual words have none. So every word of an ad leans it a little to
one kind or another, and to ads that their writers labeled as ones of concern or as ordinary ones, by weights that were learned
from labeled synthetic ads (logistic regression on which words are there; ``tools/kinds.py`` has the training). Protected words
and names of places have no weight.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Set
from pathlib import Path
from typing import NamedTuple

from thb_indicators.errors import LexiconError, Problem
from thb_indicators.terms import protected

STEM = 6
"""Letters of a word that count: what follows is mostly its ending."""
SHORTEST = 2
REMEMBERED = 100_000
"""Words whose weights are remembered."""
_LEET = str.maketrans("013457@$", "oieastas")
"""What stands for letters in a word: one that no pattern knows is still spelled so, but leans its ad all the same."""


class Lean(NamedTuple):
    """How far the words of one ad lean it, as log-odds."""

    services: float
    """To services, against its being of other things."""
    recruitment: float
    """To recruitment, against its being of other things."""
    concern: float
    """To ads of concern, against ordinary ones."""


class Leanings:
    """How far the words of a language lean an ad.

    Parameters
    ----------
    weights
        By stem; the stem ``""`` is in every ad. Hundredths count.
    """

    __slots__ = ("_columns", "_every_ad", "_rows", "weights")

    def __init__(self, weights: Mapping[str, Lean]) -> None:
        self.weights = weights
        rows = [*weights.values(), Lean(0.0, 0.0, 0.0)]
        # whole numbers side by side: a sum of them is exact in any order, and found in few reads of memory
        self._columns = [array("i", [round(100 * one) for one in column]) for column in zip(*rows, strict=True)]
        number = {stem: place for place, stem in enumerate(weights)}
        self._every_ad = number.pop("")
        self._rows = _Rows(number, otherwise=len(weights))

    def of(self, text: str) -> Lean:
        """Return how far a normalized text leans.

        Examples
        --------
        >>> Leanings({"": Lean(-1.0, -0.5, 0.0), "pickin": Lean(-0.25, 2.0, 0.5)}).of(" picking apples ")
        Lean(services=-1.25, recruitment=1.5, concern=0.5)
        """
        rows = {self._every_ad, *map(self._rows.__getitem__, text.split())}
        return Lean(*(sum(map(column.__getitem__, rows)) / 100 for column in self._columns))

    def most_ordinary(self, text: str, count: int, common: Set[str] = frozenset()) -> list[str]:
        """Return the words of a normalized text that lean it the most to ordinary ads, in reading order, without common ones.

        Examples
        --------
        >>> leanings = Leanings({"": Lean(0, 0, 0), "contra": Lean(0, 0, -1.0), "and": Lean(0, 0, -0.5)})
        >>> leanings.most_ordinary(" picking apples , and a contract ", 3, {"and"})
        ['contract']
        """
        concern = self._columns[-1]
        words = (word for word in dict.fromkeys(text.split()) if word not in common)
        telling = {word: lean for word in words if (lean := concern[self._rows[word]]) < 0}
        most = sorted(telling, key=lambda word: (telling[word], word))[:count]
        return [word for word in telling if word in most]


class _Rows(dict[str, int]):
    """The rows of the words met lately, by word; forgotten all at once when there are many."""

    def __init__(self, numbers: Mapping[str, int], otherwise: int) -> None:
        super().__init__()
        self._numbers = numbers
        self._otherwise = otherwise

    def __missing__(self, word: str) -> int:
        if len(self) >= REMEMBERED:
            self.clear()
        row = self[word] = self._numbers.get(stem(word), self._otherwise)
        return row


NO_LEANINGS = Leanings({"": Lean(0.0, 0.0, 0.0)})
"""Of an ad that goes by its cues alone."""


def stems(text: str) -> set[str]:
    """Return the stems of a normalized text's words, without protected words and names of places.

    Examples
    --------
    >>> sorted(stems(" apple pickers wanted in leeds , 40 hours "))
    ['apple', 'hours', 'in', 'picker', 'wanted']
    """
    found = set(map(stem, set(text.split())))
    found.discard("")
    return found


def stem(word: str) -> str:
    """Return the stem of a word, or '' where it must not count."""
    guarded = protected()
    if not word.isalpha() and 2 * sum(map(str.isalpha, word)) >= len(word):
        word = word.translate(_LEET)
    left_out = len(word) < SHORTEST or not word.isalpha() or word in guarded.places or guarded.guards(word)
    return "" if left_out else word[:STEM]


def read_leanings(path: Path, shown: str) -> Leanings:
    """Read the weights that ``tools/kinds.py`` wrote: tab-separated, after a comment, in hundredths.

    Raises
    ------
    LexiconError
        When a line is no stem with three numbers, or the stem ``""`` is missing.
    """
    weights: dict[str, Lean] = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if line.startswith("#"):
            continue
        try:
            begins, services, recruitment, concern = line.split("\t")
            weights[begins] = Lean(int(services) / 100, int(recruitment) / 100, int(concern) / 100)
        except ValueError:
            hint = "a line reads stem, services, recruitment, concern, with tabs between; `tools/kinds.py` writes the file"
            raise LexiconError([Problem(shown, number, "this is no stem with three whole numbers", hint)]) from None
    if "" not in weights:
        raise LexiconError([Problem(shown, 1, "the stem '' is missing, which stands for every ad", "run `tools/kinds.py`")])
    return Leanings(weights)


def written(leanings: Leanings, comment: Iterable[str]) -> str:
    """Return weights as `read_leanings` reads them."""
    rows = ("\t".join([stem, *(str(round(100 * one)) for one in lean)]) for stem, lean in sorted(leanings.weights.items()))
    return "\n".join([*(f"# {line}" for line in comment), *rows, ""])
