"""One look at a clause: an automaton finds its phrases, a sieve says which constructions are worth trying.

Plain phrases go into one Aho-Corasick automaton per language; all other constructions go through a `Sieve`. So an ordinary
clause costs one pass, a few operations on large numbers, and little else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from thb_indicators.alphabet import Alphabet, Coded, Literal
from thb_indicators.construction import Construction, Finder
from thb_indicators.measures import CURRENCIES
from thb_indicators.sieve import Rarity, Sieve, signs_of

MAX_HITS = 20_000
"""Phrases looked at in one clause; beyond, the reading is incomplete and says so."""
MAX_WORK = 1_000_000
"""Words that constructions may be tried on in one clause; beyond, the reading is incomplete and says so."""


Found = tuple[int, int, int]
"""A rule's number and its construction's place, ``text[start:end]`` of the normalized text."""


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
    """A clause as a matcher sees it: its text, its words as characters, and the phrases in it."""

    __slots__ = ("coded", "complete", "hits", "text")

    def __init__(self, text: str, coded: Coded, hits: list[tuple[int, int, int]]) -> None:
        self.text = text
        self.coded = coded
        self.hits = hits[:MAX_HITS]
        self.complete = len(hits) <= MAX_HITS
        """False once a limit was hit."""

    @property
    def signs(self) -> set[str]:
        """Its words and pairs of words; made anew, since keeping them would take more memory than all the rest."""
        return signs_of(self.coded.codes)


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
    [(7, 4, 23)]
    """

    def __init__(
        self,
        rules: Sequence[Rule],
        frequency: Mapping[str, int] | None = None,
        beside: Mapping[str, Sequence[Construction]] | None = None,
    ) -> None:
        companions = [one for constructions in (beside or {}).values() for one in constructions]
        constructions = [*(rule.construction for rule in rules), *companions]
        self._alphabet = Alphabet({CURRENCIES}.union(*(one.rows for one in constructions)))
        self._finders: dict[str, Finder] = {}
        rarity = Rarity(self._alphabet, frequency or {})
        entries: dict[str, list[Rule]] = {}
        self._tried: dict[str, list[Rule]] = {}
        for rule in rules:
            for literal in sorted(rule.construction.literals or ()):
                entries.setdefault(entry_of(literal), []).append(rule)
            for kind in rule.kinds if rule.construction.literals is None else ():
                self._tried.setdefault(kind, []).append(rule)
        self._phrases = list(entries.values())
        self._automaton = AhoCorasick(list(entries)) if entries else None
        self._sieves = {
            kind: Sieve([rule.construction for rule in some], self._alphabet, rarity) for kind, some in self._tried.items()
        }
        self._beside: dict[str, tuple[frozenset[str], list[tuple[frozenset[str], Construction]]]] = {}
        for name, some in (beside or {}).items():
            each = [(rarity.rarest_first(one)[0].signs, one) for one in some]
            self._beside[name] = (frozenset().union(*(signs for signs, _ in each)), each)
        self.only_foreign = all(map(_needs_foreign, constructions))
        """Whether nothing of it stands in a text of plain ASCII."""

    def scan(self, text: str) -> Scan:
        """Look at a clause, which begins and ends with the space around its words."""
        hits = self._automaton.find_matches_as_indexes(text, overlapping=True) if self._automaton else []
        return Scan(text, self._alphabet.code(text), hits)

    def found(self, scan: Scan, kind: str = "") -> list[Found]:
        """Return the places of the rules of a kind."""
        text, coded = scan.text, scan.coded
        found = []
        for entry, start, end in scan.hits:
            for rule in self._phrases[entry]:
                if kind in rule.kinds:
                    found.append((rule.number, start + 1, end - 1 if text[end - 1] == " " else text.find(" ", end)))
        sieve = self._sieves.get(kind)
        if sieve is None:
            return found
        rules, codes = self._tried[kind], coded.codes
        work = 0
        for place, low, high in sieve.worth_trying(codes, scan.signs):
            work += high - low
            if work > MAX_WORK:
                scan.complete = False
                break
            rule = rules[place]
            finder = self._finder(rule.construction)
            if finder.may_stand_in(codes, low, high):
                found += [(rule.number, *where) for where in finder.find(coded, low, high)]
        return found

    def beside(self, scan: Scan, name: str, here: set[str]) -> Iterator[tuple[int, int]]:
        """Yield the places of the constructions called `name`, in the order in which they were given.

        `here` are the signs of the clause, made once for all names.
        """
        any_sign, each = self._beside[name]
        if not any_sign.isdisjoint(here):
            for signs, construction in each:
                if not signs.isdisjoint(here):
                    yield from self._finder(construction).find(scan.coded)

    def _finder(self, construction: Construction) -> Finder:
        """Return what looks for a construction, made when it is first needed."""
        finder = self._finders.get(construction.source)
        if finder is None:
            finder = self._finders[construction.source] = Finder(construction, self._alphabet)
        return finder


def _needs_foreign(construction: Construction) -> bool:
    """Whether a construction stands in no text of plain ASCII."""
    return any(not any(words.isascii() for words, _ in row) for row in construction.needed)
