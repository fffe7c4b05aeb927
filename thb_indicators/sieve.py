"""A sieve for constructions: which of thousands may stand in a clause, going by its words.

Every word knows, as the bits of one number, the constructions it can stand for. A few operations on such numbers leave the
constructions of which each of the rarest rows of alternatives has a word in the clause; only these are worth trying.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from itertools import accumulate
from operator import or_
from typing import NamedTuple

from thb_indicators.alphabet import Alphabet, Row, terms
from thb_indicators.construction import Construction, Finder

ROWS_ASKED = 3
"""Rows of a construction, the rarest, that are asked for."""
STRETCH = 40
"""Words that any construction spans at most, or more where one is longer; a clause of over twice as many is sifted in parts."""


class Telling(NamedTuple):
    """What shows that a row of alternatives may stand in a clause: the rarest word of each of them."""

    often: float
    """How often one of these words is met."""
    characters: frozenset[str]


class Stretch(NamedTuple):
    """A part of a clause, from word to word, with the constructions that are worth trying there as bits."""

    low: int
    high: int
    constructions: int


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
        # a word never met is still met now and then, and one that only begins with a stem more often than that
        counts = (frequency.get(word, 0) + 0.1 for word in alphabet.words)
        self._until = list(accumulate(counts, initial=0.0))
        self._rows: dict[Row, Telling] = {}

    def of(self, row: Row) -> Telling:
        """Return what tells of a row."""
        known = self._rows.get(row)
        if known is None:
            rarest = {min(terms(literal), key=lambda term: (self._often(term), term)) for literal in row}
            characters = frozenset(one for term in rarest for one in self._alphabet.characters(term))
            known = self._rows[row] = Telling(sum(map(self._often, rarest)), characters)
        return known

    def _often(self, term: str) -> float:
        numbers = self._alphabet.numbers(term)
        return self._until[numbers.stop] - self._until[numbers.start]


class Sieve:
    """Tells which constructions may stand in a clause; they go by their places in the order they were given in.

    Parameters
    ----------
    constructions
        The constructions. The earlier ones cost less, so those that are often met come first.
    alphabet
        The words of all of them.
    rarity
        Which of their rows tell most.

    Examples
    --------
    >>> one, other = Construction("keep|hold ..2 passport*", {}), Construction("passport photo*", {})
    >>> alphabet = Alphabet(one.rows | other.rows)
    >>> sieve = Sieve([one, other], alphabet, Rarity(alphabet, {}))
    >>> bin(sieve.through(alphabet.code(" we keep your passports ").codes))
    '0b1'
    """

    def __init__(self, constructions: Sequence[Construction], alphabet: Alphabet, rarity: Rarity) -> None:
        self._constructions = constructions
        self._alphabet = alphabet
        self._finders: dict[int, Finder] = {}
        self._stretch = max([STRETCH, *(one.longest for one in constructions)])
        asked: list[dict[Row, int]] = [{} for _ in range(ROWS_ASKED)]
        self._unasked = [0] * ROWS_ASKED
        for number, construction in enumerate(constructions):
            rows = sorted(construction.needed, key=lambda row: (rarity.of(row).often, sorted(row)))[:ROWS_ASKED]
            for place in range(ROWS_ASKED):
                if place < len(rows):
                    asked[place][rows[place]] = asked[place].get(rows[place], 0) | 1 << number
                else:
                    self._unasked[place] |= 1 << number
        self._bits = [_by_character(rows, alphabet, rarity) for rows in asked]

    def finder(self, number: int) -> Finder:
        """Return what looks for a construction, made when it is first needed."""
        finder = self._finders.get(number)
        if finder is None:
            finder = self._finders[number] = Finder(self._constructions[number], self._alphabet)
        return finder

    def through(self, codes: str) -> int:
        """Return the constructions worth trying, as bits."""
        left = -1
        for unasked, bits in zip(self._unasked, self._bits, strict=True):
            left &= reduce(or_, map(bits.__getitem__, codes), unasked)
            if not left:
                break
        return left

    def stretches(self, codes: str) -> list[Stretch]:
        """Return the parts of a clause, with what is worth trying in each."""
        length = self._stretch
        if len(codes) <= 2 * length:
            return [Stretch(0, len(codes), self.through(codes))]
        parts = ((low, min(low + 2 * length, len(codes))) for low in range(0, len(codes) - length, length))
        return [Stretch(low, high, self.through(codes[low:high])) for low, high in parts]


def _by_character(rows: Mapping[Row, int], alphabet: Alphabet, rarity: Rarity) -> dict[str, int]:
    """Return the constructions that each character tells of."""
    bits = dict.fromkeys(alphabet.all_characters, 0)
    for row, constructions in rows.items():
        for character in rarity.of(row).characters:
            bits[character] |= constructions
    return bits


def worth_trying(stretches: Sequence[Stretch], asked: int) -> Iterator[tuple[int, int, int]]:
    """Yield which of the constructions `asked` for are worth trying, and from which word to which.

    Examples
    --------
    >>> list(worth_trying([Stretch(0, 80, 0b110), Stretch(40, 90, 0b011)], 0b101))
    [(2, 0, 80), (0, 40, 90)]
    """
    if len(stretches) == 1:
        low, high, bits = stretches[0]
        bits &= asked
        while bits:
            number = bits.bit_length() - 1
            yield number, low, high
            bits ^= 1 << number
        return
    around: dict[int, tuple[int, int]] = {}
    for one in stretches:
        for number, low, high in worth_trying([one], asked):
            around[number] = (around.get(number, (low, high))[0], high)
    for number in sorted(around, reverse=True):
        yield number, *around[number]
