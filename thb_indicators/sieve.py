"""A sieve for constructions: which of thousands may stand in a clause, going by its words.

Every word knows, as the bits of one number, the constructions it can stand for. A few operations on such numbers leave the
constructions of which each of the rarest rows of alternatives has a word in the clause; only these are worth trying.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from itertools import accumulate
from operator import or_
from typing import NamedTuple

from thb_indicators.alphabet import Alphabet, Row, terms
from thb_indicators.construction import Construction

ROWS_ASKED = 3
"""Rows of a construction, the rarest, that are asked for."""
STRETCH = 40
"""Words that any construction spans at most, or more where one is longer; a clause of over twice as many is sifted in parts."""


class Telling(NamedTuple):
    """What shows that a row of alternatives may stand in a clause: the rarest word of each of them."""

    often: float
    """How often one of these words is met."""
    characters: frozenset[str]


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

    def rarest_first(self, construction: Construction) -> list[Row]:
        """Return the rows that a construction needs."""
        return sorted(construction.needed, key=lambda row: (self.of(row).often, sorted(row)))

    def _often(self, term: str) -> float:
        numbers = self._alphabet.numbers(term)
        return self._until[numbers.stop] - self._until[numbers.start]


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
    >>> sieve.worth_trying(alphabet.code(" we keep your passports ").codes)
    [(0, 0, 4)]
    """

    def __init__(self, constructions: Sequence[Construction], alphabet: Alphabet, rarity: Rarity) -> None:
        self._stretch = max([STRETCH, *(one.longest for one in constructions)])
        rows = {number: rarity.rarest_first(one)[:ROWS_ASKED] for number, one in enumerate(constructions)}
        # what is often met gets the low bits, so that most words have short numbers
        self._order = sorted(rows, key=lambda number: -rarity.of(rows[number][0]).often)
        asked: list[dict[Row, int]] = [{} for _ in range(ROWS_ASKED)]
        self._unasked = [0] * ROWS_ASKED
        for place, number in enumerate(self._order):
            for nth in range(ROWS_ASKED):
                if nth < len(rows[number]):
                    row = rows[number][nth]
                    asked[nth][row] = asked[nth].get(row, 0) | 1 << place
                else:
                    self._unasked[nth] |= 1 << place
        self._bits = [_by_character(some, rarity) for some in asked]

    def worth_trying(self, codes: str) -> list[tuple[int, int, int]]:
        """Return the numbers of the constructions worth trying on a clause, and from which word to which."""
        length = self._stretch
        if len(codes) <= 2 * length:
            return [(number, 0, len(codes)) for number in self._through(codes)]
        around: dict[int, tuple[int, int]] = {}
        for low in range(0, len(codes) - length, length):
            high = min(low + 2 * length, len(codes))
            for number in self._through(codes[low:high]):
                around[number] = (around.get(number, (low, high))[0], high)
        return [(number, *where) for number, where in around.items()]

    def _through(self, codes: str) -> list[int]:
        left = -1
        for unasked, bits in zip(self._unasked, self._bits, strict=True):
            left &= reduce(or_, filter(None, map(bits.get, codes)), unasked)
            if not left:
                return []
        numbers = []
        while left:
            place = left.bit_length() - 1
            left ^= 1 << place
            numbers.append(self._order[place])
        return numbers


def _by_character(rows: Mapping[Row, int], rarity: Rarity) -> dict[str, int]:
    """Return the constructions that each character tells of, as bits."""
    bits: dict[str, int] = {}
    for row, constructions in rows.items():
        for character in rarity.of(row).characters:
            bits[character] = bits.get(character, 0) | constructions
    return bits
