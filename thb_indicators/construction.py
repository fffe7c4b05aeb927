"""Constructions: how a sentence says something, written so that a reviewer can read it.

A construction is a row of elements; the words between the lines of a lexicon file:

=====================  ==============================================================================
``passport``           this word
``passport*``          any word that begins so: passport, passports
``keep|hold``          one of these words
``(id card|papers)``   one of these, each of one or more words
``[your|the]``         the same, but it may be missing
``{id_document}``      one of the concept's entries (``concepts:`` in the language's files)
``..`` or ``..6``      up to 3 (or 6) words in between, within the same clause
``{number}``           a number; ``{number>=12}``, ``{number<=5}``, ``{number=12-18}`` compare it
``{money}``            an amount with or without a currency, ``{money>=5000}`` likewise
``A & B``              two or three constructions in any order, each at most 8 (``&12``: 12) words from the next
=====================  ==============================================================================

Words are written as people write them; they are normalized like the text they are matched on (case, accents, hyphens,
apostrophes). No element crosses the end of a clause.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from itertools import islice, pairwise, product

from thb_indicators.normalize import normalize

DEFAULT_GAP = 3
MAX_GAP = 12
DEFAULT_APART = 8
MAX_PARTS = 3
MEASURE_WORDS = 4
"""Words of the longest amount: a currency before it, its number, and a currency of two words after it."""
MAX_PLACES = 6
"""Places of one part looked at in one clause."""

Literal = tuple[str, bool]
"""Words with single spaces between, a `*` after each that stands for a beginning, but for the last: the flag says so of it."""

_PART = re.compile(
    r"(?P<concept>\{(?!(?:number|money)\})[a-z][a-z_0-9]*\})|(?P<measure>\{(?:number|money)(?:[<>=][^}]*)?\})|(?P<gap>\.\.[0-9]*)"
    r"|(?P<mark>[()\[\]|])|(?P<word>[^\s()\[\]{}|]+)|(?P<bad>[{}])"
)
_AND = re.compile(r"\s&([0-9]*)\s")
_BOUNDS = re.compile(r"(?:>=(?P<low>[0-9.]+)|<=(?P<high>[0-9.]+)|=(?P<from>[0-9.]+)-(?P<to>[0-9.]+))?$")
_CURRENCY = (
    "euros?|eur|dollars?|usd|us dollars?|pounds?|gbp|quid|lei|ron|leva|lev|bgn|лева|лв|forint[^ ]*|huf|ft|uah|"
    "гривен[^ ]*|гривень|грн|rubles?|руб[^ ]*|евро|euro|євро|долар[^ ]*|доллар[^ ]*|dolar[^ ]*|dolares|reais|real|"
    "pesos?|francs?|chf|zloty|pln|mxn|brl|aed|dirhams?|[$€£¥₴₽]"
)
_NUMBER = "[0-9][0-9']*(?:k|к)?"
_MEASURES = {
    "number": f" [+]?{_NUMBER}[+%]?",
    "money": f" (?:(?:{_CURRENCY}) ?)?[$€£¥₴₽]?{_NUMBER}[$€£¥₴₽]?(?:[+]|eur|usd|gbp)?(?: (?:{_CURRENCY})(?= ))?",
}


class ConstructionError(ValueError):
    """A construction is written wrongly; the message says how."""


class Element:
    """One row of alternatives in a construction."""

    __slots__ = ("literals", "optional")

    def __init__(self, literals: frozenset[Literal], optional: bool) -> None:
        self.literals = literals
        self.optional = optional

    @property
    def regex(self) -> str:
        """The alternatives as a regular expression on normalized text, the longer ones before their beginnings."""
        return f"(?:{_row_regex(self.literals)})?" if self.optional else _row_regex(self.literals)


@lru_cache(maxsize=20_000)
def _row_regex(literals: frozenset[Literal]) -> str:
    words = sorted(f"{words}*" if star else words for words, star in literals)
    return f" (?:{_trie(words)})"


def _trie(words: Iterable[str]) -> str:
    """Return a regex of all words that shares their common beginnings: many times faster than a plain alternation.

    A word's ``*`` stands for any ending; without one it must be followed by a space.
    """
    groups: dict[str, list[str]] = {}
    for word in words:
        groups.setdefault(word[:1], []).append(word[1:])
    options = []
    for first, rests in sorted(groups.items(), reverse=True):
        if first == "":
            options.append("(?= )")
        elif first == "*":
            options.append("[^ ]*" + (_trie(rests) if rests != [""] else ""))
        else:
            while len({rest[:1] for rest in rests}) == 1 and rests[0] and rests[0][0] != "*":
                first += rests[0][0]
                rests = [rest[1:] for rest in rests]
            inner = _trie(rests)
            options.append(re.escape(first).replace("\\ ", " ") + (f"(?:{inner})" if len(rests) > 1 else inner))
    return "|".join(options)


class Construction:
    """A compiled construction.

    Parameters
    ----------
    source
        The construction as it stands in the lexicon.
    concepts
        The language's concepts, each with its entries.

    Raises
    ------
    ConstructionError
        When it cannot be read, names an unknown concept, or holds no word to look for.

    Examples
    --------
    >>> c = Construction("keep|hold ..2 {id}", {"id": ["passport*", "id card"]})
    >>> text = " we hold all your passports here . "
    >>> [text[start:end] for start, end in c.find(text)]
    ['hold all your passports']
    """

    def __init__(self, source: str, concepts: Mapping[str, list[str]]) -> None:
        self.source = source
        self.elements: list[Element] = []
        self._bounds: list[tuple[float, float]] = []
        self._regex_parts: list[str | Element] = []
        self._parts: tuple[Construction, ...] = ()
        self._apart = 0
        self._lengths: list[tuple[frozenset[Literal] | None, int]] = []
        """Of every element, gap and measure in order: its row, if it has one, and its longest length in words."""
        parts = _AND.split(source)
        if len(parts) > 1:
            if len(parts) > 2 * MAX_PARTS - 1:
                raise ConstructionError(f"at most {MAX_PARTS} parts can stand together")
            self._parts = tuple(Construction(part, concepts) for part in parts[::2])
            self._apart = max(int(gap or DEFAULT_APART) for gap in parts[1::2])
            self.elements = [element for part in self._parts for element in part.elements]
            return
        self._parse(concepts)
        if not any(not element.optional for element in self.elements):
            raise ConstructionError("it holds no word that must be there")

    @property
    def literals(self) -> frozenset[Literal] | None:
        """The words themselves when the construction is nothing but one row of alternatives."""
        if not self._parts and len(self._regex_parts) == 1 and not self._bounds and not self.elements[0].optional:
            literals = self.elements[0].literals
            return None if any("*" in words for words, _ in literals) else literals
        return None

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The construction as a regular expression on normalized text."""
        parts = [part if isinstance(part, str) else part.regex for part in self._regex_parts]
        return re.compile("".join(parts) + "(?= )")

    def find(self, text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
        """Yield every place in normalized text where the construction stands and its numbers are within bounds."""
        stop = len(text) if end is None else end
        if self._parts:
            yield from self._find_together(text, start, stop)
            return
        for found in self.regex.finditer(text, start, stop):
            if not self._bounds or self._within_bounds(found):
                yield found.start() + 1, found.end()

    def find_from(self, text: str, starts: Iterable[int], end: int) -> Iterator[tuple[int, int]]:
        """Yield the places that begin at one of `starts`, each the space before a first word; they never overlap."""
        after = -1
        for start in starts:
            found = self.regex.match(text, start, end) if start >= after else None
            if found is not None and (not self._bounds or self._within_bounds(found)):
                after = found.end()
                yield start + 1, after

    def _find_together(self, text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield the tightest place where all parts stand near each other in a clause, if there is one."""
        for low, high in clauses(text, start, end):
            places = [list(islice(part.find(text, low, high), MAX_PLACES)) for part in self._parts]
            together = [sorted(chosen) for chosen in product(*places)]
            near = [chosen for chosen in together if self._is_near(text, chosen)]
            if near:
                best = min(near, key=lambda chosen: (chosen[-1][1] - chosen[0][0], chosen))
                yield best[0][0], best[-1][1]

    def _is_near(self, text: str, chosen: list[tuple[int, int]]) -> bool:
        return all(
            end < following and text.count(" ", end, following) <= self._apart + 1
            for (_, end), (following, _) in pairwise(chosen)
        )

    @property
    def is_one(self) -> bool:
        """Whether it is one row of elements, not several parts in any order."""
        return not self._parts

    def reach(self, row: frozenset[Literal]) -> tuple[int, int]:
        """Return how many words the construction may reach back from the first word of `row`, and on from there."""
        if self._parts:
            lengths = [length for part in self._parts for _, length in part._lengths]
            total = sum(lengths) + (self._apart + 1) * (len(self._parts) - 1)
            return total, total
        total = sum(length for _, length in self._lengths)
        places = [i for i, (literals, _) in enumerate(self._lengths) if literals == row]
        before = sum(length for _, length in self._lengths[: places[-1]])
        return before, total - sum(length for _, length in self._lengths[: places[0]])

    def _within_bounds(self, found: re.Match[str]) -> bool:
        return all(low <= number_value(found[f"n{i}"]) <= high for i, (low, high) in enumerate(self._bounds))

    def _parse(self, concepts: Mapping[str, list[str]]) -> None:
        parts = [(m.lastgroup or "", m[0]) for m in _PART.finditer(self.source)]
        i = 0
        while i < len(parts):
            kind, text = parts[i]
            if kind == "gap":
                self._gap(text)
                i += 1
            elif kind == "measure":
                self._measure(text)
                i += 1
            elif kind == "mark" and text in "([":
                close = next((j for j in range(i, len(parts)) if parts[j][1] in (")", "]")), None)
                if close is None:
                    raise ConstructionError(f"`{text}` is never closed")
                self._element(_alternatives(parts[i + 1 : close], concepts), text == "[")
                i = close + 1
            elif kind in ("word", "concept"):
                end = i + 1
                while end + 1 < len(parts) and parts[end][1] == "|":
                    end += 2
                if end == i + 1 and kind == "word":
                    end = _end_of_phrase(parts, i)
                self._element(_alternatives(parts[i:end], concepts), False)
                i = end
            else:
                raise ConstructionError(f"`{text}` stands where a word was expected")

    def _element(self, literals: frozenset[Literal], optional: bool) -> None:
        element = Element(literals, optional)
        self.elements.append(element)
        self._lengths.append((literals, max(words.count(" ") for words, _ in literals) + 1))
        self._regex_parts.append(element)

    def _gap(self, text: str) -> None:
        words = int(text[2:] or DEFAULT_GAP)
        if not 0 < words <= MAX_GAP:
            raise ConstructionError(f"a gap spans 1 to {MAX_GAP} words, not {words}")
        self._lengths.append((None, words))
        self._regex_parts.append(f"(?: [^ .]+){{0,{words}}}?")

    def _measure(self, text: str) -> None:
        name = "money" if text.startswith("{money") else "number"
        bounds = _BOUNDS.match(text[1 + len(name) : -1])
        if bounds is None:
            raise ConstructionError(f"`{text}` is no comparison; write {{number>=12}}, {{number<=5}} or {{number=12-18}}")
        low = float(bounds["low"] or bounds["from"] or 0)
        high = float(bounds["high"] or bounds["to"] or "inf")
        self._lengths.append((None, MEASURE_WORDS))
        self._regex_parts.append(f"(?P<n{len(self._bounds)}>{_MEASURES[name]})(?= )")
        self._bounds.append((low, high))


def clauses(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the bounds of the clauses: each begins at the space before its first word and ends after its last."""
    low = start
    while (stop := text.find(" . ", low, end)) >= 0:
        yield low, stop + 1
        low = stop + 2
    yield low, end


def _end_of_phrase(parts: list[tuple[str, str]], start: int) -> int:
    """Return where the row of plain words ends that starts at `start`; it is looked for as one phrase."""
    end = start + 1
    while end < len(parts) and parts[end][0] == "word" and not parts[end - 1][1].endswith("*"):
        if end + 1 < len(parts) and parts[end + 1][1] == "|":
            break
        end += 1
    return end


def number_value(text: str) -> float:
    """Return the amount in normalized text: a separator before three digits groups, any other is a decimal point.

    Examples
    --------
    >>> number_value(" $15'000"), number_value("12'5"), number_value("3k euros")
    (15000.0, 12.5, 3000.0)
    """
    found = re.search(r"([0-9][0-9']*)(k|к)?", text)
    if found is None:
        return 0.0
    groups = found[1].rstrip("'").split("'")
    if len(groups) > 1 and len(groups[-1]) != 3:
        value = float("".join(groups[:-1]) + "." + groups[-1]) if groups[-1] else float("".join(groups))
    else:
        value = float("".join(groups))
    return value * 1000 if found[2] else value


@lru_cache(maxsize=100_000)
def literal(word: str) -> Literal:
    """Normalize one entry of a concept or one word of a construction.

    Examples
    --------
    >>> literal("Identity-Card*")
    ('identity card', True)
    """
    star = word.endswith("*")
    parts = [normalize(part).text.strip() for part in re.split(r"\*(?=\s|$)", word)]
    words = "* ".join(part for part in parts if part)
    if not words or "*" in word.rstrip("*").replace("* ", " ") or " . " in f" {words} ":
        raise ConstructionError(f"`{word}` is no word to look for; `*` stands only at the end of a word")
    return words, star


def _alternatives(parts: list[tuple[str, str]], concepts: Mapping[str, list[str]]) -> frozenset[Literal]:
    options: list[list[tuple[str, str]]] = [[]]
    for kind, text in parts:
        if text == "|" and kind == "mark":
            options.append([])
        else:
            options[-1].append((kind, text))
    literals: set[Literal] = set()
    for option in options:
        if not option:
            raise ConstructionError("an alternative is empty")
        if [kind for kind, _ in option] == ["concept"]:
            literals |= concept_literals(option[0][1][1:-1], concepts)
        elif all(kind == "word" for kind, _ in option):
            literals.add(literal(" ".join(text for _, text in option)))
        else:
            raise ConstructionError("an alternative is either words or one {concept}")
    return frozenset(literals)


def concept_literals(name: str, concepts: Mapping[str, list[str]], within: tuple[str, ...] = ()) -> frozenset[Literal]:
    """Return every entry of a concept, those of the concepts it names included."""
    if name not in concepts:
        raise ConstructionError(f"there is no concept {{{name}}}")
    if name in within:
        raise ConstructionError(f"the concept {{{name}}} contains itself")
    literals: set[Literal] = set()
    for entry in concepts[name]:
        if entry.startswith("{") and entry.endswith("}"):
            literals |= concept_literals(entry[1:-1], concepts, (*within, name))
        else:
            literals.add(literal(entry))
    return frozenset(literals)
