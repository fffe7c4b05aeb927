"""A sieve for constructions: which of thousands may stand in a clause, going by its words.

Every word, and every pair of neighbors that is part of a phrase, knows as the bits of one number the constructions it can
stand for. A few operations on such numbers leave the constructions of which each of the rarest elements has a word in the
clause; those of which every other element has one too are worth trying.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from itertools import accumulate, product
from operator import add, or_
from typing import NamedTuple

from thb_indicators.alphabet import Alphabet, Literal, Row, terms
from thb_indicators.construction import Construction

ASKED = 2
"""Elements of a construction, the rarest, that are asked for with bits; the others are asked for one by one."""
MAX_PAIRS = 100
"""Pairs of characters that a pair of terms may stand for; beyond, one of the two is asked for alone."""
_PAIR_RARER = 0.1
"""How much less often than the rarer of two words both are met side by side."""
STRETCH = 40
"""Words that any construction spans at most, or more where one is longer; a clause of over twice as many is sifted in parts."""


_Rarest = tuple[float, tuple[str, ...]]
"""A word, or a pair of neighbors, with how often it is met."""


def signs_of(codes: str) -> set[str]:
    """Return the words and the pairs of neighbors of a clause, as characters.

    Examples
    --------
    >>> sorted(signs_of("abc"))
    ['a', 'ab', 'b', 'bc', 'c']
    """
    signs = set(codes)
    signs.update(map(add, codes, codes[1:]))
    return signs


class Telling(NamedTuple):
    """What shows that an element may stand in a clause: the rarest word, or pair of words, of each alternative."""

    often: float
    """How often one of them is met."""
    signs: frozenset[str]


class Rarity:
    """How often the words of an alphabet are met, and so which of them tell most.

    Parameters
    ----------
    alphabet
        The words.
    frequency
        How often words are met, by any measure.
    """

    def __init__(self, alphabet: Alphabet, frequency: Mapping[str, int]) -> None:
        self._alphabet = alphabet
        # a word never met may still be met, and the more so the more words begin with a stem
        counts = (frequency.get(word, 0) + 0.1 for word in alphabet.words)
        self._until = list(accumulate(counts, initial=0.0))
        self._numbers = float(sum(often for word, often in frequency.items() if word.isdigit()))
        self._known: dict[Row | str, Telling] = {}
        self._rarest: dict[Literal, _Rarest] = {}
        self._signs: dict[_Rarest, list[str]] = {}

    def rarest_first(self, construction: Construction) -> list[Telling]:
        """Return what tells of each element that must be there."""
        needed = {one.measure or one.literals for one in construction.elements if not one.optional}
        return sorted((self._of(one) for one in needed if one), key=lambda telling: (telling.often, sorted(telling.signs)))

    def _of(self, element: Row | str) -> Telling:
        known = self._known.get(element)
        if known is None:
            if isinstance(element, str):
                known = Telling(self._numbers, frozenset(self._alphabet.measured(element)))
            else:
                rarest = set(map(self._rarest_of, element))
                known = Telling(sum(often for often, _ in rarest), frozenset().union(*map(self._signs_of, rarest)))
            self._known[element] = known
        return known

    def _rarest_of(self, literal: Literal) -> _Rarest:
        """Return the rarest word, or pair of words, of a literal, with how often it is met."""
        rarest = self._rarest.get(literal)
        if rarest is None:
            rarest = self._rarest[literal] = min(self._choices(terms(literal)))
        return rarest

    def _choices(self, words: list[str]) -> Iterator[_Rarest]:
        """Yield the words and the pairs of neighbors of a literal, with how often each is met."""
        numbers = list(map(self._alphabet.numbers, words))
        often = [self._until[some.stop] - self._until[some.start] for some in numbers]
        yield from ((count, (word,)) for count, word in zip(often, words, strict=True))
        for at in range(len(words) - 1):
            if len(numbers[at]) * len(numbers[at + 1]) <= MAX_PAIRS:
                yield _PAIR_RARER * min(often[at : at + 2]), (words[at], words[at + 1])

    def _signs_of(self, rarest: _Rarest) -> list[str]:
        signs = self._signs.get(rarest)
        if signs is None:
            signs = self._signs[rarest] = list(map("".join, product(*map(self._alphabet.characters, rarest[1]))))
        return signs


class Sieve:
    """Tells which of some constructions are worth trying on a clause.

    Parameters
    ----------
    constructions
        The constructions.
    alphabet
        The words of all of them.
    rarity
        Which of their rows tell most.

    Examples
    --------
    >>> one, other = Construction("keep|hold ..2 passport*", {}), Construction("passport photo*", {})
    >>> alphabet = Alphabet(one.rows | other.rows)
    >>> sieve = Sieve([one, other], alphabet, Rarity(alphabet, {}))
    >>> codes = alphabet.code(" we keep your passports ").codes
    >>> sieve.worth_trying(codes, signs_of(codes))
    [(0, 0, 4)]
    """

    def __init__(self, constructions: Sequence[Construction], alphabet: Alphabet, rarity: Rarity) -> None:
        self._stretch = max([STRETCH, *(one.longest for one in constructions)])
        telling = dict(enumerate(map(rarity.rarest_first, constructions)))
        # what is often met gets the low bits, so that most words have short numbers
        self._order = sorted(telling, key=lambda number: -telling[number][0].often)
        asked: list[dict[frozenset[str], int]] = [{} for _ in range(ASKED)]
        self._unasked = [0] * ASKED
        for place, number in enumerate(self._order):
            for nth in range(ASKED):
                if nth < len(telling[number]):
                    signs = telling[number][nth].signs
                    asked[nth][signs] = asked[nth].get(signs, 0) | 1 << place
                else:
                    self._unasked[nth] |= 1 << place
        self._bits = [_by_sign(some) for some in asked]
        self._others = [tuple(one.signs for one in telling[number][ASKED:]) for number in self._order]

    def worth_trying(self, codes: str, signs: set[str]) -> list[tuple[int, int, int]]:
        """Return the numbers of the constructions worth trying on a clause with such signs, and from which word to which."""
        length = self._stretch
        if len(codes) <= 2 * length:
            return [(number, 0, len(codes)) for number in self._through(signs)]
        around: dict[int, tuple[int, int]] = {}
        for low in range(0, len(codes) - length, length):
            high = min(low + 2 * length, len(codes))
            for number in self._through(signs_of(codes[low:high])):
                around[number] = (around.get(number, (low, high))[0], high)
        return [(number, *where) for number, where in around.items()]

    def _through(self, signs: set[str]) -> list[int]:
        left = -1
        for unasked, bits in zip(self._unasked, self._bits, strict=True):
            left &= reduce(or_, filter(None, map(bits.get, signs)), unasked)
            if not left:
                return []
        numbers = []
        while left:
            place = left.bit_length() - 1
            left ^= 1 << place
            if not any(map(signs.isdisjoint, self._others[place])):
                numbers.append(self._order[place])
        return numbers


def _by_sign(asked: Mapping[frozenset[str], int]) -> dict[str, int]:
    """Return the constructions that each sign tells of, as bits."""
    bits: dict[str, int] = {}
    for signs, constructions in asked.items():
        for sign in signs:
            bits[sign] = bits.get(sign, 0) | constructions
    return bits
