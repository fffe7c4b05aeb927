"""One pass over a normalized text: an automaton finds every word that matters, constructions are tried where it pays.

Every construction is entered by the rarest of its rows of alternatives. All those words, and all plain phrases, go into one
Aho-Corasick automaton per language. Where one stands, the construction is tried on that clause alone, and only if every other
row has a word there too. So an ordinary ad costs one pass and little else.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from thb_indicators.construction import Construction, Literal, clauses

MAX_HITS = 20_000
"""Automaton hits looked at in one ad; beyond, the reading is incomplete and says so."""
MAX_WORK = 4_000_000
"""Characters that constructions may be tried on in one ad; beyond, the reading is incomplete and says so."""
_REMEMBERED = 50_000


class Found(NamedTuple):
    """A rule's construction at ``text[start:end]`` of the normalized text."""

    rule: int
    start: int
    end: int


class Rule(NamedTuple):
    """A construction to look for, under a number, in a group that is asked for together."""

    number: int
    construction: Construction
    group: str = ""


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
    """What one pass over a text met: phrases, and the clauses where constructions may stand."""

    __slots__ = ("bounds", "complete", "found", "masks", "phrases", "text", "touched", "work")

    def __init__(self, text: str) -> None:
        self.text = text
        self.bounds = list(clauses(text, 0, len(text)))
        self.phrases: dict[str, list[Found]] = {}
        self.touched: dict[str, dict[tuple[int, int], list[int]]] = {}
        self.found: dict[str, list[Found]] = {}
        self.masks: dict[int, int] = {}
        self.complete = True
        self.work = 0


class Matcher:
    """Finds the constructions of numbered rules in normalized text.

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
    >>> matcher.find(matcher.scan(" we keep your passports . "))
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
        phrases: list[list[tuple[str, int]]] = []
        touches: list[list[tuple[str, int]]] = []
        plans: dict[tuple[str, int], list[_Plan]] = {}

        def entry(literal: Literal) -> int:
            number = self._entries.setdefault(entry_of(literal), len(self._entries))
            if number == len(touches):
                touches.append([])
                phrases.append([])
            return number

        for number, construction, group in rules:
            if construction.literals is not None:
                for literal in sorted(construction.literals):
                    phrases[entry(literal)].append((group, number))
                continue
            anchor, *others = self._rarest_first(construction)
            key = (group, self._row(anchor))
            if key not in plans:
                plans[key] = []
                for place in sorted({entry(literal) for literal in anchor}):
                    touches[place].append(key)
            need = 0
            for other in others:
                need |= 1 << self._row(other)
            plans[key].append(_Plan(number, construction, need, *construction.reach(anchor)))
        self._automaton = AhoCorasick(list(self._entries)) if self._entries else None
        self._at = [(tuple(t), tuple(p)) for t, p in zip(touches, phrases, strict=True)]
        self._plans = {key: tuple(tried) for key, tried in plans.items()}
        self._beside = {
            name: tuple(_Plan(0, one, sum(1 << self._row(row) for row in self._needed(one))) for one in constructions)
            for name, constructions in (beside or {}).items()
        }

    def _rarest_first(self, construction: Construction) -> list[frozenset[Literal]]:
        return sorted(self._needed(construction), key=lambda row: (sum(map(self._often, row)), sorted(row)))

    @staticmethod
    def _needed(construction: Construction) -> set[frozenset[Literal]]:
        return {element.literals for element in construction.elements if not element.optional}

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
        """Pass over a normalized text once."""
        scan = Scan(text)
        if self._automaton is None:
            return scan
        hits: Sequence[tuple[int, int, int]] = self._automaton.find_matches_as_indexes(text, overlapping=True)
        if len(hits) > MAX_HITS:
            scan.complete = False
            hits = hits[:MAX_HITS]
        bounds, places = scan.bounds, self._at
        touched, phrases = scan.touched, scan.phrases
        clause, (clause_start, clause_end) = 0, bounds[0]
        for number, start, end in hits:
            touches, rules = places[number]
            if touches:
                if not clause_start <= start < clause_end:
                    clause = bisect_right(bounds, (start, len(text) + 1)) - 1
                    clause_start, clause_end = bounds[clause]
                for group, row in touches:
                    places_of = touched.get(group)
                    if places_of is None:
                        places_of = touched[group] = {}
                    if (clause, row) in places_of:
                        places_of[clause, row].append(start)
                    else:
                        places_of[clause, row] = [start]
            if rules:
                stop = end - 1 if text[end - 1] == " " else text.find(" ", end)
                for group, rule in rules:
                    if group in phrases:
                        phrases[group].append(Found(rule, start + 1, stop))
                    else:
                        phrases[group] = [Found(rule, start + 1, stop)]
        return scan

    def find(self, scan: Scan, group: str = "") -> list[Found]:
        """Return what a scan's text holds of one group of rules; sets ``scan.complete`` to False when a limit is hit."""
        found = scan.found.get(group)
        if found is not None:
            return found
        found = scan.found[group] = list(scan.phrases.get(group, ()))
        masks, all_plans = scan.masks, self._plans
        for (clause, row), starts in scan.touched.get(group, {}).items():
            mask = masks[clause] if clause in masks else self._mask(scan, clause)
            for plan in all_plans[group, row]:
                if plan[2] & mask == plan[2]:
                    self._try(scan, clause, starts, plan, found)
        return found

    def _try(self, scan: Scan, clause: int, starts: list[int], plan: _Plan, found: list[Found]) -> None:
        """Try a construction in one clause, only as far around the words that led to it as it can reach."""
        low, high = scan.bounds[clause]
        begins_here = not plan.before and plan.construction.is_one
        low = _words_back(scan.text, starts[0], plan.before, low)
        high = _words_on(scan.text, starts[-1], plan.after, high)
        scan.work += high - low
        if scan.work > MAX_WORK:
            scan.complete = False
            return
        one = plan.construction
        for place in one.find_from(scan.text, starts, high) if begins_here else one.find(scan.text, low, high):
            found.append(Found(plan.rule, *place))

    def _mask(self, scan: Scan, clause: int) -> int:
        """Return the rows that have a word in a clause, as bits."""
        low, high = scan.bounds[clause]
        mask = 0
        for word in scan.text[low:high].split():
            mask |= self._rows_of(word)
        scan.masks[clause] = mask
        return mask

    def beside(self, scan: Scan, name: str, at: int) -> Iterator[tuple[int, int]]:
        """Yield the places of the constructions called `name` in the clause around `at`."""
        clause = bisect_right(scan.bounds, (at, len(scan.text) + 1)) - 1
        mask = scan.masks[clause] if clause in scan.masks else self._mask(scan, clause)
        low, high = scan.bounds[clause]
        for plan in self._beside.get(name, ()):
            if plan.need & mask == plan.need:
                yield from plan.construction.find(scan.text, low, high)


def _words_back(text: str, at: int, words: int, low: int) -> int:
    """Return the space so many words before the space at `at`, but not before `low`."""
    for _ in range(words):
        if at <= low:
            return low
        at = text.rfind(" ", low, at)
    return max(at, low)


def _words_on(text: str, at: int, words: int, high: int) -> int:
    """Return the end of the space so many words after the space at `at`, but not after `high`."""
    for _ in range(words):
        at = text.find(" ", at + 1, high)
        if at < 0:
            return high
    return at + 1
