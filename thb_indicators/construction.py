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

import msgspec

from thb_indicators.alphabet import STOP, Alphabet, Coded, Literal, Row
from thb_indicators.measures import CURRENCIES, number_value
from thb_indicators.normalize import normalize

DEFAULT_GAP = 3
MAX_GAP = 12
DEFAULT_APART = 8
MAX_PARTS = 3
MEASURE_WORDS = 4
"""Words of the longest amount: a currency before it, its number, and a currency of two words after it."""
MAX_PLACES = 6
"""Places of one part looked at in one clause."""

_PART = re.compile(
    r"(?P<row>\([^()\[\]]*\))|(?P<optional>\[[^()\[\]]*\])|(?P<concept>\{(?!(?:number|money)\})[a-z][a-z_0-9]*\})"
    r"|(?P<measure>\{(?:number|money)(?:[<>=][^}]*)?\})|(?P<gap>\.\.[0-9]*)|(?P<mark>[()\[\]|])|(?P<word>[^\s()\[\]{}|]+)"
    r"|(?P<bad>[{}])"
)
_CONCEPT = re.compile(r"\{([a-z][a-z_0-9]*)\}")
_NO_WORDS = re.compile(r"[{}()\[\]]|(?<![^\s|])\.\.")
_PLAIN = re.compile(r"[a-z0-9]+(?: [a-z0-9]+)*\*?")
_AND = re.compile(r"\s&([0-9]*)\s")
_BOUNDS = re.compile(r"(?:>=(?P<low>[0-9.]+)|<=(?P<high>[0-9.]+)|=(?P<from>[0-9.]+)-(?P<to>[0-9.]+))?$")


class ConstructionError(ValueError):
    """A construction is written wrongly; the message says how."""


class Element(msgspec.Struct, frozen=True, gc=False):
    """One part of a construction: a row of alternatives, or a gap, a number or an amount."""

    literals: Row
    """The alternatives; none in a gap or a measure."""
    optional: bool
    longest: int
    """Words of its longest form."""
    measure: str = ""
    """``number`` or ``money``."""

    def regex(self, alphabet: Alphabet) -> str:
        """Return the element as a regular expression on the characters of words."""
        if self.literals:
            return alphabet.row(self.literals) + "?" * self.optional
        if self.measure == "money":
            currency = alphabet.row(CURRENCIES)
            return f"({currency}?{alphabet.measure('money')}{currency}?)"
        return f"({alphabet.measure('number')})" if self.measure else f"[^{STOP}]{{0,{self.longest}}}?"


class Concepts(dict[str, list[str]]):
    """A language's concepts by name, which remembers the rows that were read with them.

    Parsing the shipped lexicon meets most rows several times.
    """

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[str, frozenset[Literal]] = {}


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
        self.elements: tuple[Element, ...]
        self.bounds: tuple[tuple[float, float], ...] = ()
        """The lowest and the highest value of each of its measures."""
        self.parts: tuple[Construction, ...] = ()
        """What may stand in any order; none when it is one row of elements."""
        self.apart = 0
        """Words between two of its parts, at most."""
        parts = _AND.split(source) if "&" in source else [source]
        if len(parts) > 1:
            if len(parts) > 2 * MAX_PARTS - 1:
                raise ConstructionError(f"at most {MAX_PARTS} parts can stand together")
            self.parts = tuple(Construction(part, concepts) for part in parts[::2])
            self.apart = max(int(gap or DEFAULT_APART) for gap in parts[1::2])
            self.elements = tuple(element for part in self.parts for element in part.elements)
            return
        self.elements, self.bounds = _parse(source, concepts)
        if not self.needed:
            raise ConstructionError("it holds no word that must be there")

    @property
    def needed(self) -> set[Row]:
        """The rows of alternatives that must be there."""
        return {element.literals for element in self.elements if element.literals and not element.optional}

    @property
    def rows(self) -> set[Row]:
        """All rows of alternatives, those of its amounts included."""
        return {CURRENCIES if element.measure else element.literals for element in self.elements}

    @property
    def literals(self) -> Row | None:
        """The words themselves when the construction is nothing but one row of alternatives."""
        if len(self.elements) == 1:
            literals = self.elements[0].literals
            return None if any("*" in words for words, _ in literals) else literals
        return None

    @property
    def longest(self) -> int:
        """Words of its longest form."""
        return sum(element.longest for element in self.elements) + (self.apart + 1) * max(0, len(self.parts) - 1)

    @cached_property
    def _own(self) -> tuple[Alphabet, Finder]:
        alphabet = Alphabet(self.rows)
        return alphabet, Finder(self, alphabet)

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield every place in normalized text where the construction stands and its numbers are within bounds."""
        alphabet, finder = self._own
        return finder.find(alphabet.code(text))


class Finder:
    """A construction as it is looked for, in texts that are coded with one alphabet.

    Examples
    --------
    >>> construction = Construction("keep|hold ..2 passport*", {})
    >>> alphabet = Alphabet(construction.rows)
    >>> list(Finder(construction, alphabet).find(alphabet.code(" we keep your passports ")))
    [(4, 23)]
    """

    __slots__ = ("_apart", "_bounds", "_parts", "_regex")

    def __init__(self, construction: Construction, alphabet: Alphabet) -> None:
        self._bounds = construction.bounds
        self._apart = construction.apart
        self._parts = [Finder(part, alphabet) for part in construction.parts]
        elements = () if self._parts else construction.elements
        self._regex = re.compile("".join(element.regex(alphabet) for element in elements))

    def may_stand_in(self, codes: str, low: int, high: int) -> bool:
        """Whether a closer look pays: it does wherever the construction stands."""
        regex = self._parts[0]._regex if self._parts else self._regex
        return regex.search(codes, low, high) is not None

    def find(self, coded: Coded, low: int = 0, high: int | None = None) -> Iterator[tuple[int, int]]:
        """Yield every place in the text from its word `low` to its word `high`."""
        stop = len(coded.codes) if high is None else high
        if self._parts:
            yield from self._find_together(coded, low, stop)
            return
        starts = coded.starts
        for found in self._regex.finditer(coded.codes, low, stop):
            if not self._bounds or self._within_bounds(found, coded.words):
                yield starts[found.start()], starts[found.end()] - 1

    def _find_together(self, coded: Coded, low: int, high: int) -> Iterator[tuple[int, int]]:
        """Yield the tightest place where all parts stand near each other in a clause, if there is one."""
        while low < high:
            stop = coded.codes.find(STOP, low, high)
            end = high if stop < 0 else stop
            places = [list(islice(part.find(coded, low, end), MAX_PLACES)) for part in self._parts]
            together = [sorted(chosen) for chosen in product(*places)]
            near = [chosen for chosen in together if self._is_near(coded.text, chosen)]
            if near:
                best = min(near, key=lambda chosen: (chosen[-1][1] - chosen[0][0], chosen))
                yield best[0][0], best[-1][1]
            low = end + 1

    def _is_near(self, text: str, chosen: list[tuple[int, int]]) -> bool:
        return all(
            end < following and text.count(" ", end, following) <= self._apart + 1
            for (_, end), (following, _) in pairwise(chosen)
        )

    def _within_bounds(self, found: re.Match[str], words: list[str]) -> bool:
        amounts = (words[slice(*found.span(number))] for number in range(1, len(self._bounds) + 1))
        return all(
            low <= number_value(" ".join(amount)) <= high for (low, high), amount in zip(self._bounds, amounts, strict=True)
        )


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
        elif kind in ("row", "optional"):
            elements.append(_element(text[1:-1], concepts, kind == "optional"))
        elif kind in ("word", "concept"):
            while end + 1 < len(parts) and parts[end][1] == "|":
                end += 2
            if end == i + 1 and kind == "word":
                end = _end_of_phrase(parts, i)
            elements.append(_element(" ".join(part for _, part in parts[i:end]), concepts, False))
        elif text in "([":
            raise ConstructionError(f"`{text}` is never closed, or holds another bracket")
        else:
            raise ConstructionError(f"`{text}` stands where a word was expected")
        i = end
    return tuple(elements), tuple(bounds)


def _element(alternatives: str, concepts: Mapping[str, list[str]], optional: bool) -> Element:
    rows = concepts.rows if isinstance(concepts, Concepts) else {}
    literals = rows.get(alternatives)
    if literals is None:
        literals = rows[alternatives] = frozenset(_alternatives(alternatives, concepts))
    return Element(literals, optional, _longest(literals))


@lru_cache(maxsize=20_000)
def _longest(literals: frozenset[Literal]) -> int:
    return max(words.count(" ") for words, _ in literals) + 1


def _gap(text: str) -> Element:
    words = int(text[2:] or DEFAULT_GAP)
    if not 0 < words <= MAX_GAP:
        raise ConstructionError(f"a gap spans 1 to {MAX_GAP} words, not {words}")
    return Element(frozenset(), False, words)


def _measure(text: str) -> tuple[Element, tuple[float, float]]:
    name = "money" if text.startswith("{money") else "number"
    bounds = _BOUNDS.match(text[1 + len(name) : -1])
    if bounds is None:
        raise ConstructionError(f"`{text}` is no comparison; write {{number>=12}}, {{number<=5}} or {{number=12-18}}")
    low = float(bounds["low"] or bounds["from"] or 0)
    high = float(bounds["high"] or bounds["to"] or "inf")
    return Element(frozenset(), False, MEASURE_WORDS, name), (low, high)


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


@lru_cache(maxsize=100_000)
def literal(word: str) -> Literal:
    """Normalize one entry of a concept or one word of a construction.

    Examples
    --------
    >>> literal("Identity-Card*")
    ('identity card', True)
    """
    if not word:
        raise ConstructionError("an alternative is empty")
    star = word.endswith("*")
    if _PLAIN.fullmatch(word):
        return word.removesuffix("*"), star
    parts = [normalize(part).text.strip() for part in re.split(r"\*(?=\s|$)", word)]
    words = "* ".join(part for part in parts if part)
    if not words or "*" in word.rstrip("*").replace("* ", " ") or " . " in f" {words} ":
        raise ConstructionError(f"`{word}` is no word to look for; `*` stands only at the end of a word")
    return words, star


def _alternatives(alternatives: str, concepts: Mapping[str, list[str]]) -> Iterator[Literal]:
    """Return the words of alternatives with `|` between."""
    if not _NO_WORDS.search(alternatives):
        return map(literal, map(str.strip, alternatives.split("|")))
    return (one for alternative in alternatives.split("|") for one in _alternative(alternative.strip(), concepts))


def _alternative(words: str, concepts: Mapping[str, list[str]]) -> Iterable[Literal]:
    if concept := _CONCEPT.fullmatch(words):
        return concept_literals(concept[1], concepts)
    if _NO_WORDS.search(words):
        raise ConstructionError("an alternative is either words or one {concept}")
    return [literal(words)]


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
