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
from functools import lru_cache
from itertools import count, islice, pairwise, product

import msgspec

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


class Element(msgspec.Struct, frozen=True, gc=False):
    """One part of a construction: a row of alternatives, or a gap, a number or an amount."""

    literals: frozenset[Literal]
    """The alternatives; none in a gap or a measure."""
    optional: bool
    longest: int
    """Words of its longest form."""
    between: str = ""
    """The regular expression of a gap or a measure."""

    @property
    def regex(self) -> str:
        """The element as a regular expression on normalized text."""
        row = self.between or _row_regex(self.literals)
        return f"(?:{row})?" if self.optional else row


class Concepts(dict[str, list[str]]):
    """A language's concepts by name, which remembers the rows that were read with them.

    Parsing the shipped lexicon meets most rows several times.
    """

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[str, frozenset[Literal]] = {}


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

    __slots__ = ("_apart", "_bounds", "_parts", "_regex", "elements", "source")

    def __init__(self, source: str, concepts: Mapping[str, list[str]]) -> None:
        self.source = source
        self.elements: tuple[Element, ...]
        self._bounds: tuple[tuple[float, float], ...] = ()
        self._parts: tuple[Construction, ...] = ()
        self._apart = 0
        self._regex: re.Pattern[str] | None = None
        parts = _AND.split(source) if "&" in source else [source]
        if len(parts) > 1:
            if len(parts) > 2 * MAX_PARTS - 1:
                raise ConstructionError(f"at most {MAX_PARTS} parts can stand together")
            self._parts = tuple(Construction(part, concepts) for part in parts[::2])
            self._apart = max(int(gap or DEFAULT_APART) for gap in parts[1::2])
            self.elements = tuple(element for part in self._parts for element in part.elements)
            return
        self.elements, self._bounds = _parse(source, concepts)
        if not self.needed:
            raise ConstructionError("it holds no word that must be there")

    @property
    def needed(self) -> set[frozenset[Literal]]:
        """The rows of alternatives that must be there."""
        return {element.literals for element in self.elements if element.literals and not element.optional}

    @property
    def literals(self) -> frozenset[Literal] | None:
        """The words themselves when the construction is nothing but one row of alternatives."""
        if len(self.elements) == 1:
            literals = self.elements[0].literals
            return None if any("*" in words for words, _ in literals) else literals
        return None

    @property
    def regex(self) -> re.Pattern[str]:
        """The construction as a regular expression on normalized text, compiled when first needed."""
        if self._regex is None:
            parts = [element.regex for element in self.elements]
            measures = count()
            named = [re.sub("<n>", lambda _: f"<n{next(measures)}>", part) if "<n>" in part else part for part in parts]
            self._regex = re.compile("".join(named) + "(?= )")
        return self._regex

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
        total = sum(element.longest for element in self.elements)
        if self._parts:
            total += (self._apart + 1) * (len(self._parts) - 1)
            return total, total
        places = [i for i, element in enumerate(self.elements) if element.literals == row]
        before = sum(element.longest for element in self.elements[: places[-1]])
        return before, total - sum(element.longest for element in self.elements[: places[0]])

    def _within_bounds(self, found: re.Match[str]) -> bool:
        return all(low <= number_value(found[f"n{i}"]) <= high for i, (low, high) in enumerate(self._bounds))


def _parse(source: str, concepts: Mapping[str, list[str]]) -> tuple[tuple[Element, ...], tuple[tuple[float, float], ...]]:
    """Return the elements of a construction without `&`, and the bounds of its measures."""
    parts = [(m.lastgroup or "", m[0]) for m in _PART.finditer(source)]
    elements: list[Element] = []
    bounds: list[tuple[float, float]] = []
    i = 0
    while i < len(parts):
        kind, text = parts[i]
        end = i + 1
        if kind == "gap":
            elements.append(_gap(text))
        elif kind == "measure":
            element, bound = _measure(text)
            elements.append(element)
            bounds.append(bound)
        elif kind == "mark" and text in "([":
            close = next((j for j in range(i, len(parts)) if parts[j][1] in (")", "]")), None)
            if close is None:
                raise ConstructionError(f"`{text}` is never closed")
            elements.append(_element(parts[i + 1 : close], concepts, text == "["))
            end = close + 1
        elif kind in ("word", "concept"):
            while end + 1 < len(parts) and parts[end][1] == "|":
                end += 2
            if end == i + 1 and kind == "word":
                end = _end_of_phrase(parts, i)
            elements.append(_element(parts[i:end], concepts, False))
        else:
            raise ConstructionError(f"`{text}` stands where a word was expected")
        i = end
    return tuple(elements), tuple(bounds)


def _element(parts: list[tuple[str, str]], concepts: Mapping[str, list[str]], optional: bool) -> Element:
    rows = concepts.rows if isinstance(concepts, Concepts) else {}
    key = " ".join(text for _, text in parts)
    literals = rows.get(key)
    if literals is None:
        literals = rows[key] = _alternatives(parts, concepts)
    return Element(literals, optional, _longest(literals))


@lru_cache(maxsize=20_000)
def _longest(literals: frozenset[Literal]) -> int:
    return max(words.count(" ") for words, _ in literals) + 1


def _gap(text: str) -> Element:
    words = int(text[2:] or DEFAULT_GAP)
    if not 0 < words <= MAX_GAP:
        raise ConstructionError(f"a gap spans 1 to {MAX_GAP} words, not {words}")
    return Element(frozenset(), False, words, f"(?: [^ .]+){{0,{words}}}?")


def _measure(text: str) -> tuple[Element, tuple[float, float]]:
    name = "money" if text.startswith("{money") else "number"
    bounds = _BOUNDS.match(text[1 + len(name) : -1])
    if bounds is None:
        raise ConstructionError(f"`{text}` is no comparison; write {{number>=12}}, {{number<=5}} or {{number=12-18}}")
    low = float(bounds["low"] or bounds["from"] or 0)
    high = float(bounds["high"] or bounds["to"] or "inf")
    return Element(frozenset(), False, MEASURE_WORDS, f"(?P<n>{_MEASURES[name]})(?= )"), (low, high)


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
