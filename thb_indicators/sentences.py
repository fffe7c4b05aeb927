"""Whether the words of a sentence are those in which an indicator is said, as linear models lean them.

A pattern asks for a few words of a sentence, and the others may speak of something else. So all words of a sentence, and
its neighboring words in pairs, lean it a little to or away from each indicator, by weights that were learned from sentences of
labeled synthetic ads and the examples of the patterns (logistic regression; ``tools/sentences.py`` has the training). They add
nothing that no pattern found. All protected words and names of places are one word here, so that none of them weighs otherwise
than the next, and personal names are none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from thb_indicators.errors import LexiconError, Problem
from thb_indicators.kinds import stem
from thb_indicators.terms import protected

_NUMBER, _GUARDED = "0", "%"


class SentenceLeanings:
    """How far the words of a language lean a sentence to each indicator.

    Parameters
    ----------
    weights
        By indicator and feature (a stem, or two with a space between), as log-odds; the feature ``""`` is in every sentence.
    """

    __slots__ = ("weights",)

    def __init__(self, weights: Mapping[str, Mapping[str, float]]) -> None:
        self.weights = weights

    def of(self, indicator: str, sentence: str) -> float:
        """Return how far a normalized sentence leans to an indicator, as log-odds.

        Examples
        --------
        >>> leanings = SentenceLeanings({"debt": {"": -2.0, "deposi": 1.0, "your deposi": 1.5, "flat": -3.0}})
        >>> leanings.of("debt", " your deposit "), leanings.of("debt", " deposit for the flat ")
        (0.5, -4.0)
        """
        weights = self.weights[indicator]
        return weights[""] + sum(weights.get(one, 0.0) for one in set(features(sentence)))

    def away(self, indicator: str, sentence: str, count: int, common: Set[str] = frozenset()) -> list[str]:
        """Return the words of a normalized sentence that lean it most away from an indicator, in reading order.

        Examples
        --------
        >>> leanings = SentenceLeanings({"debt": {"": -1.0, "deposi": 1.0, "flat": -3.0, "for": -0.5}})
        >>> leanings.away("debt", " deposit , for the flat ", 3, {"for"})
        ['flat']
        """
        weights = self.weights[indicator]
        leans = {word: weights.get(_token(word), 0.0) for word in sentence.split() if _token(word) and word not in common}
        most = sorted((word for word, weight in leans.items() if weight < 0), key=lambda word: (leans[word], word))[:count]
        return [word for word in leans if word in most]


NO_SENTENCE_LEANINGS = SentenceLeanings({})
"""Of a language with too few labeled ads to learn from."""


def features(sentence: str) -> Iterator[str]:
    """Yield the stems of a normalized sentence, and its neighboring stems in pairs.

    Any number is one word, and any protected word or name of a place another; personal names are none.

    Examples
    --------
    >>> list(features(" pay 200 euro , in leeds "))
    ['pay', '0', 'euro', 'in', '%', 'pay 0', '0 euro', 'in %']
    """
    tokens = [_token(word) for word in sentence.split()]
    yield from filter(None, tokens)
    yield from (f"{one} {other}" for one, other in pairwise(tokens) if one and other)


@lru_cache(maxsize=50_000)
def _token(word: str) -> str:
    guarded = protected()
    if word in guarded.kinds["name"]:
        return ""  # a town may bear a name too, and names must weigh alike
    if word in guarded.places or guarded.guards(word):
        return _GUARDED
    return stem(word) or (_NUMBER if any(map(str.isdigit, word)) else "")


def read_sentences(path: Path, shown: str) -> SentenceLeanings:
    """Read the weights that ``tools/sentences.py`` wrote.

    A line names an indicator, and those below give features and their weights in tenths, with a tab between.

    Raises
    ------
    LexiconError
        When a line is neither of the two, or an indicator has no weight for every sentence.
    """
    weights: dict[str, dict[str, float]] = {}
    told: dict[str, float] | None = None
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if line.startswith("#"):
            continue
        feature, tab, tenths = line.partition("\t")
        if not tab:
            told = weights[feature] = {}
            continue
        try:
            if told is None:
                raise ValueError
            told[feature] = int(tenths) / 10
        except ValueError:
            hint = "a line is an indicator, or a feature, a tab and a whole number; `tools/sentences.py` writes the file"
            raise LexiconError([Problem(shown, number, "this is no feature with its weight", hint)]) from None
    for indicator, one in weights.items():
        if "" not in one:
            raise LexiconError([Problem(shown, 1, f"{indicator} has no weight for every sentence", "run `tools/sentences.py`")])
    return SentenceLeanings(weights)


def written(leanings: SentenceLeanings, comment: Iterable[str]) -> str:
    """Return weights as `read_sentences` reads them."""
    lines = [f"# {line}" for line in comment]
    for indicator, weights in sorted(leanings.weights.items()):
        lines += [indicator, *(f"{feature}\t{round(10 * weight)}" for feature, weight in sorted(weights.items()))]
    return "\n".join([*lines, ""])
