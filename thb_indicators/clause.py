"""What one clause says. Nothing in it depends on the rest of the ad, so what was read once is remembered.

Constructions and context cues never cross the end of a clause. Ads repeat each other, so most clauses of a batch have been
read before. What depends on the whole ad (its kind, quotation marks, whether it is about the subject) is decided in
`thb_indicators.detect`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

import regex

from thb_indicators.construction import Construction
from thb_indicators.context import Cue, cue_constructions, denied, denied_inside, reported
from thb_indicators.lexicon import Lexicon
from thb_indicators.matching import Matcher, Rule, Scan
from thb_indicators.patterns import DomainCue, Pattern, Regex, Tokens
from thb_indicators.records import Assertion, Domain
from thb_indicators.tokens import find_tokens

Languages = tuple[str, ...]
FIRST = "first"
"""What every ad is asked for: cues of its kind, awareness, and child-safety wording. The other kinds are the domains."""
KINDS: Mapping[Domain, tuple[str, ...]] = {
    "services": ("services", "any", "cross_ad"),
    "recruitment": ("recruitment", "any", "cross_ad"),
}
"""The catalogue's domains whose patterns are looked for in each kind of ad."""
REMEMBERED = 25_000
"""Clauses read lately whose readings are kept, and as many read before them: those not met again are forgotten all at once."""
REGEX_SECONDS = 0.05


class Heard(NamedTuple):
    """A pattern's match at ``clause[start:end]``."""

    pattern: Pattern
    start: int
    end: int
    plain: bool
    """Whether it is a phrase of the lexicon, word for word."""


class Said(NamedTuple):
    """A match, with what the clause itself says of it."""

    pattern: Pattern
    start: int
    end: int
    assertion: Assertion
    cue: str
    plain: bool


class Point(NamedTuple):
    """A cue of the kind of ad, at ``clause[start:]``, under the number of its rule."""

    rule: int
    domain: str
    points: int
    start: int


class Told(NamedTuple):
    """Wording of texts about the subject, under the number of its rule."""

    rule: int
    start: int
    end: int


class _Way(NamedTuple):
    """A pattern's regex or token pattern, to be tried where its anchor stands."""

    pattern: Pattern
    way: Regex | Tokens


class _Awareness(NamedTuple):
    """Wording of texts about the subject."""


class _Phrase(NamedTuple):
    """A pattern's plain phrase."""

    pattern: Pattern


class Clause:
    """One clause. What it says is looked for when it is asked for, and then kept."""

    __slots__ = ("_affirmed", "_heard", "_languages", "_said", "points", "skipped", "told")

    def __init__(self, languages: Iterable[_Language], text: str) -> None:
        self._languages = [(language, language.matcher.scan(text)) for language in languages]
        self._heard: dict[str, list[list[Heard]]] = {}
        self._said: dict[str, list[Said]] = {}
        self._affirmed: dict[str, frozenset[str]] = {}
        self.points: list[Point] = []
        self.told: list[Told] = []
        self.skipped: list[str] = []
        """What limits kept from being looked at."""
        self.heard(FIRST)

    def heard(self, kind: str) -> list[list[Heard]]:
        """Return the matches for one kind of ad, in each language, before their context is looked at."""
        heard = self._heard.get(kind)
        if heard is None:
            heard = self._heard[kind] = [language.hear(scan, kind, self) for language, scan in self._languages]
        return heard

    def said(self, kind: str) -> list[Said]:
        """Return the matches for one kind of ad, with what the clause says of them."""
        said = self._said.get(kind)
        if said is None:
            said = self._said[kind] = []
            for (language, scan), heard in zip(self._languages, self.heard(kind), strict=True):
                if heard:
                    said += language.say(scan, heard)
        return said

    def affirmed(self, kind: str) -> frozenset[str]:
        """Return the indicators that the clause affirms, for one kind of ad."""
        affirmed = self._affirmed.get(kind)
        if affirmed is None:
            found = (one.pattern.indicator for one in self.said(kind) if one.assertion == "affirmed")
            affirmed = self._affirmed[kind] = frozenset(found)
        return affirmed


class ClauseReader:
    """Reads clauses with one lexicon.

    Parameters
    ----------
    lexicon
        The patterns and cues to read with.

    Examples
    --------
    >>> reader = ClauseReader(Lexicon.load())
    >>> said = reader.read(("en",), " we never keep your passport here ").said("recruitment")
    >>> {(one.pattern.indicator, one.assertion, one.cue) for one in said if one.pattern.indicator == "document_handover"}
    {('document_handover', 'negated', 'never')}
    """

    def __init__(self, lexicon: Lexicon) -> None:
        named = {one.language for one in lexicon.patterns} | {one.language for one in lexicon.domain_cues} | lexicon.cues.keys()
        self._languages = {language: _Language(lexicon, language) for language in sorted(named)}
        self.languages = tuple(name for name, language in self._languages.items() if language.rules)
        self._lately: dict[tuple[Languages, str], Clause] = {}
        self._before: dict[tuple[Languages, str], Clause] = {}

    def read(self, languages: Languages, clause: str) -> Clause:
        """Read one clause.

        Parameters
        ----------
        languages
            Whose patterns are looked for.
        clause
            Normalized text that begins and ends with the space around its words.
        """
        key = (languages, clause)
        known = self._lately.get(key)
        if known is None:
            if len(self._lately) >= REMEMBERED:
                self._lately, self._before = {}, self._lately
            known = self._before.pop(key, None)
            if known is None:
                known = self._first_read(languages, clause)
            self._lately[key] = known
        return known

    def _first_read(self, languages: Languages, clause: str) -> Clause:
        asked = [self._languages[name] for name in languages]
        if clause.isascii():
            asked = [language for language in asked if not language.matcher.only_foreign]
        return Clause(asked, clause)

    def forget(self) -> None:
        """Drop every remembered clause."""
        self._lately.clear()
        self._before.clear()


class _Language:
    """The patterns and cues of one language."""

    def __init__(self, lexicon: Lexicon, language: str) -> None:
        self._lexicon = lexicon
        self._name = language
        self._targets: list[Any] = []
        self._beside: dict[str, tuple[Construction, ...]] = {}
        self._own_words: dict[str, frozenset[str]] = {}
        self._regexes: dict[str, regex.Pattern[str]] = {}
        self.rules: list[Rule] = []
        for pattern in lexicon.patterns:
            if pattern.language == language and pattern.status != "deprecated":
                self._add_pattern(pattern)
        for cue in lexicon.domain_cues:
            if cue.language == language:
                self._add((FIRST,), cue.construction, cue)
        for construction in lexicon.cues[language].awareness if language in lexicon.cues else ():
            self._add((FIRST,), construction, _Awareness())

    def _add(self, kinds: tuple[str, ...], construction: Construction, target: Any) -> None:
        self.rules.append(Rule(len(self._targets), construction, kinds))
        self._targets.append(target)

    def _add_pattern(self, pattern: Pattern) -> None:
        info = self._lexicon.catalogue[pattern.indicator]
        alarm = info.role == "escalate_child_safety"
        kinds = (FIRST,) if alarm else tuple(kind for kind, domains in KINDS.items() if info.domain in domains)
        for construction in pattern.constructions:
            self._add(kinds, construction, pattern if construction.literals is None else _Phrase(pattern))
        ways: list[Regex | Tokens] = [*pattern.regexes, *pattern.tokens]
        for way in ways:
            self._add(kinds, way.anchors, _Way(pattern, way))
        if pattern.innocent:
            self._beside[_innocent(pattern)] = pattern.innocent
        if pattern.near is not None:
            self._beside[_company(pattern)] = (pattern.near.any,)

    @cached_property
    def matcher(self) -> Matcher:
        """What looks for the patterns, built when an ad first needs it."""
        return Matcher(self.rules, self._lexicon.frequency(self._name), self._beside)

    @cached_property
    def _cues(self) -> tuple[Matcher, list[Any]]:
        """What looks for the context cues, and the kind of each rule."""
        found = list(cue_constructions(self._lexicon.cues[self._name])) if self._name in self._lexicon.cues else []
        return Matcher([Rule(number, one) for number, (_, one) in enumerate(found)]), [kind for kind, _ in found]

    def hear(self, scan: Scan, kind: str, clause: Clause) -> list[Heard]:
        """Return the matches of the patterns for one kind of ad; cues of the kind of ad are noted with the clause."""
        found = self.matcher.found(scan, kind)
        if not scan.complete:
            clause.skipped.append(f"{kind} patterns ({self._name}) beyond the limits of one clause")
        if not found:
            return []
        heard: list[Heard] = []
        ways: dict[int, _Way] = {}
        for rule, start, end in found:
            match self._targets[rule]:
                case _Phrase(pattern):
                    heard.append(Heard(pattern, start, end, True))
                case Pattern() as pattern:
                    heard.append(Heard(pattern, start, end, False))
                case DomainCue() as cue:
                    clause.points.append(Point(rule, cue.domain, cue.points, start))
                case _Way() as way:
                    ways[rule] = way
                case _Awareness():
                    clause.told.append(Told(rule, start, end))
        for way in ways.values():
            heard += self._costly(way, scan.text, clause.skipped)
        return _apart(heard) if len(heard) > 1 else heard

    def say(self, scan: Scan, heard: Iterable[Heard]) -> Iterator[Said]:
        """Yield matches with what their clause says of them."""
        matcher, kinds = self._cues
        cues = [Cue(start, end, kinds[rule]) for rule, start, end in matcher.found(matcher.scan(scan.text))]
        signs = scan.signs
        for pattern, start, end, plain in heard:
            assertion, cue = self._standing(pattern, start, end, scan, signs, cues)
            yield Said(pattern, start, end, assertion, cue, plain)

    def _standing(
        self, pattern: Pattern, start: int, end: int, scan: Scan, signs: set[str], cues: list[Cue]
    ) -> tuple[Assertion, str]:
        """Return whether the clause lets a match count, and the wording that decided it."""
        text = scan.text
        if pattern.near is not None and not _has_company(
            text, start, end, self.matcher.beside(scan, _company(pattern), signs), pattern.near.within
        ):
            return "innocent_reading", "stands without the company it needs"
        if cues and "negated" in pattern.unless:
            cue = denied(text, start, end, cues) or denied_inside(text, start, end, cues, self._words_of(pattern))
            if cue:
                return "negated", cue
        if cues and "quoted" in pattern.unless:
            cue = reported(text, start, cues)
            if cue:
                return "quoted", cue
        if pattern.innocent:
            for low, high in self.matcher.beside(scan, _innocent(pattern), signs):
                return "innocent_reading", text[low:high]
        return "affirmed", ""

    def _words_of(self, pattern: Pattern) -> frozenset[str]:
        """Return every word that stands in a pattern's constructions."""
        if pattern.id not in self._own_words:
            rows = [element.literals for one in pattern.constructions for element in one.elements]
            self._own_words[pattern.id] = frozenset(
                word for row in rows for words, _ in row for word in words.replace("*", "").split(" ")
            )
        return self._own_words[pattern.id]

    def _costly(self, way: _Way, text: str, skipped: list[str]) -> Iterator[Heard]:
        """Try a regex or a spaCy token pattern, whose anchor was seen."""
        if isinstance(way.way, Tokens):
            yield from (Heard(way.pattern, start, end, False) for start, end in find_tokens(way.way, text))
            return
        source = way.way.source
        if source not in self._regexes:
            self._regexes[source] = regex.compile(source)
        try:
            for found in self._regexes[source].finditer(text, timeout=REGEX_SECONDS):
                start, end = found.span()
                if end > start:
                    yield Heard(way.pattern, start + (text[start] == " "), end, False)
        except TimeoutError:
            skipped.append(f"pattern {way.pattern.id}: its regex ran longer than {REGEX_SECONDS} s")


def _apart(heard: list[Heard]) -> list[Heard]:
    """Keep the longest of a pattern's overlapping matches."""
    heard.sort(key=lambda one: (one.pattern.id, one.start, -one.end))
    kept: list[Heard] = []
    for one in heard:
        if not kept or kept[-1].pattern is not one.pattern or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def _innocent(pattern: Pattern) -> str:
    return f"{pattern.id}/innocent"


def _company(pattern: Pattern) -> str:
    return f"{pattern.id}/company"


def _has_company(text: str, start: int, end: int, company: Iterable[tuple[int, int]], within: int) -> bool:
    """Whether one of `company` stands at most so many words away from a match, and not inside it."""
    return any(
        text.count(" ", high, start) <= within + 1 if high <= start else text.count(" ", end, low) <= within + 1
        for low, high in company
        if high <= start or low >= end
    )
