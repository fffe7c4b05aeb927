"""One look at a clause: an automaton finds its phrases, a sieve says which constructions are worth trying.

Plain phrases go into one Aho-Corasick automaton per language; all other constructions go through a `Sieve`. So an ordinary
clause costs one pass, a few operations on large numbers, and little else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from thb_indicators.alphabet import Alphabet, Coded, Literal
from thb_indicators.construction import Construction
from thb_indicators.measures import CURRENCIES
from thb_indicators.sieve import Rarity, Sieve, Stretch, worth_trying

MAX_HITS = 20_000
"""Phrases looked at in one clause; beyond, the reading is incomplete and says so."""
MAX_WORK = 1_000_000
"""Words that constructions may be tried on in one clause; beyond, the reading is incomplete and says so."""


class Found(NamedTuple):
    """A rule's construction at ``text[start:end]`` of the normalized text."""

    rule: int
    start: int
    end: int


class Rule(NamedTuple):
    """A construction to look for under a number, in some kinds of ad."""

    number: int
    construction: Construction
    kinds: tuple[str, ...] = ("",)


def entry_of(literal: Literal) -> str:
    """Return what the automaton looks for; the spaces stand for the bounds of words."""
    words, star = literal
    return f" {words}" if star else f" {words} "


class Scan:
    """One look at a clause: its phrases, and which constructions are worth trying on it."""

    __slots__ = ("coded", "complete", "hits", "near", "stretches", "text")

    def __init__(self, text: str, coded: Coded, hits: list[tuple[int, int, int]], stretches: list[Stretch]) -> None:
        self.text = text
        self.coded = coded
        self.hits = hits[:MAX_HITS]
        self.stretches = stretches
        self.near: int | None = None
        """The companions worth trying, as bits; looked for when first needed."""
        self.complete = len(hits) <= MAX_HITS
        """False once a limit was hit."""


class Matcher:
    """Finds the constructions of numbered rules in the normalized text of a clause.

    Parameters
    ----------
    rules
        The constructions; a number may stand in several rules.
    frequency
        How often words are met, by any measure; decides which rows of a construction are the rarest.
    beside
        Named constructions that are only looked for beside something already found; see `Matcher.beside`.

    Examples
    --------
    >>> matcher = Matcher([Rule(7, Construction("keep ..2 passport*", {}))])
    >>> matcher.found(matcher.scan(" we keep your passports "))
    [Found(rule=7, start=4, end=23)]
    """

    def __init__(
        self,
        rules: Sequence[Rule],
        frequency: Mapping[str, int] | None = None,
        beside: Mapping[str, Sequence[Construction]] | None = None,
    ) -> None:
        companions = {one.source: one for constructions in (beside or {}).values() for one in constructions}
        constructions = [*(rule.construction for rule in rules), *companions.values()]
        self._alphabet = Alphabet({CURRENCIES}.union(*(one.rows for one in constructions)))
        rarity = Rarity(self._alphabet, frequency or {})
        self._rules = [rule for rule in rules if rule.construction.literals is None]
        self._rules.sort(key=lambda rule: -min(rarity.of(row).often for row in rule.construction.needed))
        self._sieve = Sieve([rule.construction for rule in self._rules], self._alphabet, rarity)
        self._of_kind: dict[str, int] = {}
        for number, rule in enumerate(self._rules):
            for kind in rule.kinds:
                self._of_kind[kind] = self._of_kind.get(kind, 0) | 1 << number
        self._companions = Sieve(list(companions.values()), self._alphabet, rarity)
        places = {source: number for number, source in enumerate(companions)}
        self._named: dict[str, tuple[int, list[int]]] = {}
        for name, some in (beside or {}).items():
            numbers = [places[one.source] for one in some]
            self._named[name] = (reduce(or_, (1 << number for number in numbers), 0), numbers)
        entries: dict[str, list[Rule]] = {}
        for rule in rules:
            for literal in sorted(rule.construction.literals or ()):
                entries.setdefault(entry_of(literal), []).append(rule)
        self._phrases = list(entries.values())
        self._automaton = AhoCorasick(list(entries)) if entries else None
        self._only_foreign = all(map(_needs_foreign, constructions))

    def scan(self, text: str) -> Scan:
        """Look at a clause, which begins and ends with the space around its words."""
        if self._only_foreign and text.isascii():
            return Scan(text, Coded(text, [], ""), [], [])
        hits = self._automaton.find_matches_as_indexes(text, overlapping=True) if self._automaton else []
        coded = self._alphabet.code(text)
        return Scan(text, coded, hits, self._sieve.stretches(coded.codes))

    def found(self, scan: Scan, kind: str = "") -> list[Found]:
        """Return the places of the rules of a kind."""
        text, coded = scan.text, scan.coded
        found = []
        for entry, start, end in scan.hits:
            for rule in self._phrases[entry]:
                if kind in rule.kinds:
                    found.append(Found(rule.number, start + 1, end - 1 if text[end - 1] == " " else text.find(" ", end)))
        work = 0
        for place, low, high in worth_trying(scan.stretches, self._of_kind.get(kind, 0)):
            work += high - low
            if work > MAX_WORK:
                scan.complete = False
                break
            finder = self._sieve.finder(place)
            if finder.may_stand_in(coded.codes, low, high):
                number = self._rules[place].number
                found += [Found(number, *where) for where in finder.find(coded, low, high)]
        return found

    def beside(self, scan: Scan, name: str) -> Iterator[tuple[int, int]]:
        """Yield the places of the constructions called `name`, in the order in which they were given."""
        if scan.near is None:
            scan.near = self._companions.through(scan.coded.codes)
        bits, places = self._named.get(name, (0, ()))
        if bits & scan.near:
            for place in places:
                if scan.near >> place & 1:
                    yield from self._companions.finder(place).find(scan.coded)


def _needs_foreign(construction: Construction) -> bool:
    """Whether a construction stands in no text of plain ASCII."""
    return any(not any(words.isascii() for words, _ in row) for row in construction.needed)
