"""The kind of an ad, as its words lean: a linear model beside the cues of a lexicon.

A cue says surely what few words say, and ads that avoid the usual words have none. So every word of an ad leans it a little to
one kind or another, by weights that were learned from labeled synthetic ads (multinomial logistic regression on which words
are there; ``tools/kinds.py`` has the training). Protected words and names of places have no weight.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from thb_indicators.errors import LexiconError, Problem
from thb_indicators.patterns import DomainName
from thb_indicators.terms import protected

STEM = 6
"""Letters of a word that count: what follows is mostly its ending."""
SHORTEST = 2


class Leanings(NamedTuple):
    """How far the words of a language lean an ad to a kind, as log-odds against its being of neither."""

    weights: Mapping[str, tuple[float, float]]
    """By stem, for services and for recruitment; the stem ``""`` is in every ad."""

    def of(self, text: str) -> dict[DomainName, float]:
        """Return how far a normalized text leans to each kind; `other` is 0, and the others are measured against it.

        Examples
        --------
        >>> Leanings({"": (-1.0, -0.5), "pickin": (-0.25, 2.0)}).of(" picking apples ")
        {'services': -1.25, 'recruitment': 1.5, 'other': 0.0}
        """
        weights = self.weights
        found = [weights[stem] for stem in stems(text) if stem in weights]
        services, recruitment = weights[""]
        return {
            "services": services + sum(one for one, _ in found),
            "recruitment": recruitment + sum(other for _, other in found),
            "other": 0.0,
        }


def stems(text: str) -> set[str]:
    """Return the stems of a normalized text's words, without protected words and names of places.

    Examples
    --------
    >>> sorted(stems(" apple pickers wanted in leeds , 40 hours "))
    ['apple', 'hours', 'in', 'picker', 'wanted']
    """
    found = set(map(_stem, set(text.split())))
    found.discard("")
    return found


@lru_cache(maxsize=100_000)
def _stem(word: str) -> str:
    """Return the stem of a word, or '' where it must not count."""
    guarded = protected()
    left_out = len(word) < SHORTEST or not word.isalpha() or word in guarded.words or word in guarded.places
    return "" if left_out or word.startswith(guarded.stems) else word[:STEM]


def read_leanings(path: Path, shown: str) -> Leanings:
    """Read the weights that ``tools/kinds.py`` wrote: tab-separated, after a comment, in hundredths.

    Raises
    ------
    LexiconError
        When a line is no stem with two numbers, or the stem ``""`` is missing.
    """
    weights: dict[str, tuple[float, float]] = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if line.startswith("#"):
            continue
        try:
            stem, services, recruitment = line.split("\t")
            weights[stem] = (int(services) / 100, int(recruitment) / 100)
        except ValueError:
            hint = "a line reads stem, services, recruitment, with tabs between; `tools/kinds.py` writes the file"
            raise LexiconError([Problem(shown, number, "this is no stem with two whole numbers", hint)]) from None
    if "" not in weights:
        raise LexiconError([Problem(shown, 1, "the stem '' is missing, which stands for every ad", "run `tools/kinds.py`")])
    return Leanings(weights)


def written(leanings: Leanings, comment: Iterable[str]) -> str:
    """Return weights as `read_leanings` reads them."""
    rows = (f"{stem}\t{round(100 * one)}\t{round(100 * other)}" for stem, (one, other) in sorted(leanings.weights.items()))
    return "\n".join([*(f"# {line}" for line in comment), *rows, ""])
