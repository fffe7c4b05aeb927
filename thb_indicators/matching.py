"""One pass over a clause: an automaton finds every word that matters, constructions are tried where it pays.

Every construction is entered by the rarest of its rows of alternatives. All those words, and all plain phrases, go into one
Aho-Corasick automaton per language and kind of ad. Where one stands, the construction is tried, and only if every other row
has a word in the clause too. So an ordinary clause costs one pass and little else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from thb_indicators.construction import Construction, Literal

MAX_HITS = 20_000
"""Automaton hits looked at in one clause; beyond, the reading is incomplete and says so."""
MAX_WORK = 4_000_000
"""Characters that constructions may be tried on in one clause; beyond, the reading is incomplete and says so."""
_REMEMBERED = 50_000


class Found(NamedTuple):
    """A rule's construction at ``text[start:end]`` of the normalized text."""

    rule: int
    start: int
    end: int


class Rule(NamedTuple):
    """A construction to look for, under a number."""

    number: int
    construction: Construction


class _Plan(NamedTuple):
    rule: int
    construction: Construction
    need: int
    """The other rows, as bits; all must have a word in the clause."""
    before: int = 0
    """Words that the construction may reach back from the word that led to it, and on from there."""
    after: int = 0


def entry_of(literal: Literal) -> str:
    """Return what the automaton looks for; the spaces stand for the bounds of words."""
    words, star = literal
    beginning, inner, _ = words.partition("*")
    return f" {beginning}" if star or inner else f" {words} "


class Scan:
    """What one pass over a clause found."""

    __slots__ = ("complete", "found", "mask", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.found: list[Found] = []
        self.mask: int | None = None
        """The rows that have a word in the clause, as bits; read when first needed."""
        self.complete = True


class Matcher:
    """Finds the constructions of numbered rules in the normalized text of a clause.

    Parameters
    ----------
    rules
        The constructions; a number may stand in several rules.
    frequency
        How often words are met, by any measure; decides which row of a construction is the rarest.
    beside
        Named constructions that are only looked for beside something already found; see `Matcher.beside`.

    Examples
    --------
    >>> matcher = Matcher([Rule(7, Construction("keep ..2 passport*", {}))])
    >>> matcher.scan(" we keep your passports ").found
    [Found(rule=7, start=4, end=23)]
    """

    def __init__(
        self,
        rules: Iterable[Rule],
        frequency: Mapping[str, int] | None = None,
        beside: Mapping[str, Sequence[Construction]] | None = None,
    ) -> None:
        self._frequency = frequency or {}
        self._entries: dict[str, int] = {}
        self._rows: dict[frozenset[Literal], int] = {}
        self._exact: dict[str, int] = {}
        self._stems: dict[str, int] = {}
        self._known: dict[str, int] = {}
        self._how_often: dict[Literal, float] = {}
        phrases: list[list[int]] = []
        plans: list[list[tuple[int, int]]] = []
        self._plans: list[_Plan] = []

        def entry(literal: Literal) -> int:
            number = self._entries.setdefault(entry_of(literal), len(self._entries))
            if number == len(plans):
                plans.append([])
                phrases.append([])
            return number

        for number, construction in rules:
            if construction.literals is not None:
                for literal in sorted(construction.literals):
                    phrases[entry(literal)].append(number)
                continue
            anchor, *others = self._rarest_first(construction)
            need = 0
            for other in others:
                need |= 1 << self._row(other)
            for place in sorted({entry(literal) for literal in anchor}):
                plans[place].append((need, len(self._plans)))
            self._plans.append(_Plan(number, construction, need, *construction.reach(anchor)))
        self._automaton = AhoCorasick(list(self._entries)) if self._entries else None
        self._only_foreign = not any(entry.isascii() for entry in self._entries)
        self._at = [(tuple(t), tuple(p)) for t, p in zip(plans, phrases, strict=True)]
        self._beside = {
            name: tuple(_Plan(0, one, sum(1 << self._row(row) for row in one.needed)) for one in constructions)
            for name, constructions in (beside or {}).items()
        }

    def _rarest_first(self, construction: Construction) -> list[frozenset[Literal]]:
        return sorted(construction.needed, key=lambda row: (sum(map(self._often, row)), sorted(row)))

    def _often(self, literal: Literal) -> float:
        """Return how often a literal is met: a phrase as often as its rarest word, and a beginning more than a word."""
        if literal in self._how_often:
            return self._how_often[literal]
        words, star = literal
        parts = words.replace("*", "").split(" ")
        rarest = min(self._frequency.get(part, 0) for part in parts) + (0.2 if len(parts) == 1 else 0.05)
        often = rarest + (4.0 / len(parts[0]) if star else 0.0)
        self._how_often[literal] = often
        return often

    def _row(self, literals: frozenset[Literal]) -> int:
        """Return a row's number; the rarest word of each of its literals shows that the row may stand in a clause."""
        if literals not in self._rows:
            self._rows[literals] = len(self._rows)
            bit = 1 << self._rows[literals]
            for words, star in literals:
                parts = f"{words}*".split(" ") if star else words.split(" ")
                telling = min(parts, key=lambda part: (self._frequency.get(part, 0), -len(part), part))
                shown, known = telling.rstrip("*"), self._stems if telling.endswith("*") else self._exact
                known[shown] = known.get(shown, 0) | bit
        return self._rows[literals]

    def _rows_of(self, word: str) -> int:
        """Return the rows that a word shows, as bits."""
        rows = self._known.get(word)
        if rows is None:
            rows = self._exact.get(word, 0)
            for end in range(1, len(word) + 1):
                rows |= self._stems.get(word[:end], 0)
            if len(self._known) < _REMEMBERED:
                self._known[word] = rows
        return rows

    def scan(self, text: str) -> Scan:
        """Pass over a clause, which begins and ends with the space around its words."""
        scan = Scan(text)
        if self._automaton is None or (self._only_foreign and text.isascii()):
            return scan
        hits: Sequence[tuple[int, int, int]] = self._automaton.find_matches_as_indexes(text, overlapping=True)
        if len(hits) > MAX_HITS:
            scan.complete = False
            hits = hits[:MAX_HITS]
        places, found = self._at, scan.found
        tried: dict[int, list[int]] = {}
        mask = -1
        for number, start, end in hits:
            plans, rules = places[number]
            if plans:
                if mask < 0:
                    mask = self._mask(scan)
                for need, plan in plans:
                    if need & mask == need:
                        if plan in tried:
                            tried[plan].append(start)
                        else:
                            tried[plan] = [start]
            if rules:
                stop = end - 1 if text[end - 1] == " " else text.find(" ", end)
                for rule in rules:
                    found.append(Found(rule, start + 1, stop))
        if tried:
            self._try_all(scan, tried)
        return scan

    def _try_all(self, scan: Scan, tried: Mapping[int, list[int]]) -> None:
        """Try constructions where a word of theirs stands, and every other row has a word too."""
        text, found = scan.text, scan.found
        work = 0
        for plan, starts in tried.items():
            rule, construction, _, before, after = self._plans[plan]
            # only as far around the words that led to it as it can reach
            low = _words_back(text, starts[0], before) if before else starts[0]
            high = _words_on(text, starts[-1], after)
            work += high - low
            if work > MAX_WORK:
                scan.complete = False
                return
            at_once = not before and construction.is_one
            for place in construction.find_from(text, starts, high) if at_once else construction.find(text, low, high):
                found.append(Found(rule, *place))

    def _mask(self, scan: Scan) -> int:
        if scan.mask is None:
            mask, known = 0, self._known
            for word in scan.text.split():
                mask |= known[word] if word in known else self._rows_of(word)
            scan.mask = mask
        return scan.mask

    def beside(self, scan: Scan, name: str) -> Iterator[tuple[int, int]]:
        """Yield the places of the constructions called `name`."""
        mask = self._mask(scan)
        for plan in self._beside.get(name, ()):
            if plan.need & mask == plan.need:
                yield from plan.construction.find(scan.text)


def _words_back(text: str, at: int, words: int) -> int:
    """Return the space so many words before the space at `at`, or the first one."""
    for _ in range(words):
        if at <= 0:
            return 0
        at = text.rfind(" ", 0, at)
    return max(at, 0)


def _words_on(text: str, at: int, words: int) -> int:
    """Return the end of the space so many words after the space at `at`, or the end."""
    for _ in range(words):
        at = text.find(" ", at + 1)
        if at < 0:
            return len(text)
    return at + 1
