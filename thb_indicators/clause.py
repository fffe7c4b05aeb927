"""What one clause says. Nothing in it depends on the rest of the ad, so what was read once is remembered.

Constructions and context cues never cross the end of a clause. Ads repeat each other, so most clauses of a batch have been
read before. What depends on the whole ad (its kind, quotation marks, whether it is about the subject) is decided in
`thb_indicators.detect`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple

import regex

from thb_indicators.construction import Construction
from thb_indicators.context import Cue, cue_constructions, denied, denied_inside, reported
from thb_indicators.lexicon import DomainCue, Lexicon, Pattern, Regex, Tokens
from thb_indicators.matching import Matcher, Rule, Scan
from thb_indicators.records import Assertion, Domain

Languages = tuple[str, ...]
FIRST = "first"
"""What every ad is asked for: cues of its kind, awareness, and child-safety wording. The other kinds are the domains."""
KINDS: Mapping[Domain, tuple[str, ...]] = {
    "services": ("services", "any", "cross_ad"),
    "recruitment": ("recruitment", "any", "cross_ad"),
}
"""The catalogue's domains whose patterns are looked for in each kind of ad."""
REMEMBERED = 50_000
"""Clauses whose readings are kept; then all are forgotten, which costs less than keeping count of their use."""
REGEX_SECONDS = 0.05


class Said(NamedTuple):
    """A pattern's match at ``clause[start:end]``, with what the clause itself says of it."""

    pattern: Pattern
    start: int
    end: int
    assertion: Assertion
    cue: str
    plain: bool
    """Whether it is a phrase of the lexicon, word for word."""


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


class Clause(NamedTuple):
    """Everything that was read in one clause, for one kind of ad."""

    said: tuple[Said, ...] = ()
    points: tuple[Point, ...] = ()
    told: tuple[Told, ...] = ()
    skipped: tuple[str, ...] = ()


class _Read(NamedTuple):
    """A clause as each language looked at it, and what was read in it for the kinds of ad that were asked for."""

    scans: list[tuple[str, Scan]]
    kinds: dict[str, Clause]


class _Way(NamedTuple):
    """A pattern's regex or token pattern, to be tried where its anchor stands."""

    pattern: Pattern
    way: Regex | Tokens


class _Awareness(NamedTuple):
    """Wording of texts about the subject."""


class _Phrase(NamedTuple):
    """A pattern's plain phrase."""

    pattern: Pattern


class ClauseReader:
    """Reads clauses with one lexicon.

    Parameters
    ----------
    lexicon
        The patterns and cues to read with.

    Examples
    --------
    >>> reader = ClauseReader(Lexicon.load())
    >>> said = reader.read(("en",), "recruitment", " we never keep your passport here ").said
    >>> {(one.pattern.indicator, one.assertion, one.cue) for one in said if one.pattern.indicator == "document_handover"}
    {('document_handover', 'negated', 'never')}
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._targets: list[Any] = []
        self._rules: dict[str, list[Rule]] = {}
        self._cue_rules: dict[str, list[Rule]] = {}
        self._beside: dict[str, dict[str, tuple[Construction, ...]]] = {}
        self._matchers: dict[str, Matcher] = {}
        self._cue_matchers: dict[str, Matcher] = {}
        self._words: dict[str, frozenset[str]] = {}
        self._remembered: dict[tuple[Languages, str], _Read] = {}
        for pattern in lexicon.patterns:
            if pattern.status != "deprecated":
                self._add_pattern(pattern)
        for cue in lexicon.domain_cues:
            self._add(cue.language, (FIRST,), cue.construction, cue)
        for language, cues in lexicon.cues.items():
            for construction in cues.awareness:
                self._add(language, (FIRST,), construction, _Awareness())
            for kind, construction in cue_constructions(cues):
                self._cue_rules.setdefault(language, []).append(Rule(len(self._targets), construction))
                self._targets.append(kind)
        self.languages = tuple(sorted(self._rules))

    def _add(self, language: str, kinds: tuple[str, ...], construction: Construction, target: Any) -> None:
        self._rules.setdefault(language, []).append(Rule(len(self._targets), construction, kinds))
        self._targets.append(target)

    def _add_pattern(self, pattern: Pattern) -> None:
        info = self._lexicon.catalogue[pattern.indicator]
        alarm = info.role == "escalate_child_safety"
        kinds = (FIRST,) if alarm else tuple(kind for kind, domains in KINDS.items() if info.domain in domains)
        for construction in pattern.constructions:
            target = pattern if construction.literals is None else _Phrase(pattern)
            self._add(pattern.language, kinds, construction, target)
        ways: list[Regex | Tokens] = [*pattern.regexes, *pattern.tokens]
        for way in ways:
            self._add(pattern.language, kinds, way.anchors, _Way(pattern, way))
        named = self._beside.setdefault(pattern.language, {})
        if pattern.innocent:
            named[_innocent(pattern)] = pattern.innocent
        if pattern.near is not None:
            named[_company(pattern)] = (pattern.near.any,)

    def read(self, languages: Languages, kind: str, clause: str) -> Clause:
        """Read one clause for one kind of ad.

        Parameters
        ----------
        languages
            Whose patterns are looked for.
        kind
            ``"first"``, ``"services"`` or ``"recruitment"``.
        clause
            Normalized text that begins and ends with the space around its words.
        """
        key = (languages, clause)
        read = self._remembered.get(key)
        if read is None:
            if len(self._remembered) >= REMEMBERED:
                self._remembered.clear()
            read = self._remembered[key] = _Read([(one, self._matcher(one).scan(clause)) for one in languages], {})
        known = read.kinds.get(kind)
        if known is None:
            parts = [self._read(language, kind, scan) for language, scan in read.scans]
            known = read.kinds[kind] = Clause(*(tuple(chain.from_iterable(same)) for same in zip(*parts, strict=True)))
        return known

    def forget(self) -> None:
        """Drop every remembered clause."""
        self._remembered.clear()

    def _matcher(self, language: str) -> Matcher:
        """Return what looks for the patterns of a language, built when an ad first needs it."""
        if language not in self._matchers:
            rules, beside = self._rules[language], self._beside.get(language, {})
            self._matchers[language] = Matcher(rules, self._lexicon.frequency(language), beside)
        return self._matchers[language]

    def _read(self, language: str, kind: str, scan: Scan) -> Clause:
        matcher = self._matcher(language)
        text = scan.text
        found = matcher.found(scan, kind)
        skipped = [] if scan.complete else [f"{kind} patterns ({language}) beyond the limits of one clause"]
        if not found:
            return Clause(skipped=tuple(skipped))
        raw: list[tuple[Pattern, int, int, bool]] = []
        points: list[Point] = []
        told: list[Told] = []
        ways: dict[int, _Way] = {}
        for rule, start, end in found:
            match self._targets[rule]:
                case _Phrase(pattern):
                    raw.append((pattern, start, end, True))
                case Pattern() as pattern:
                    raw.append((pattern, start, end, False))
                case DomainCue() as cue:
                    points.append(Point(rule, cue.domain, cue.points, start))
                case _Way() as way:
                    ways[rule] = way
                case _Awareness():
                    told.append(Told(rule, start, end))
        for way in ways.values():
            raw += self._costly(way, text, skipped)
        cues = self._cues(language, text) if raw else []
        said = tuple(self._said(one, matcher, scan, cues) for one in _apart(raw))
        return Clause(said, tuple(points), tuple(told), tuple(skipped))

    def _cues(self, language: str, text: str) -> list[Cue]:
        matcher = self._cue_matchers.get(language)
        if matcher is None:
            matcher = self._cue_matchers[language] = Matcher(self._cue_rules.get(language, []))
        return [Cue(start, end, self._targets[rule]) for rule, start, end in matcher.found(matcher.scan(text))]

    def _said(self, one: tuple[Pattern, int, int, bool], matcher: Matcher, scan: Scan, cues: list[Cue]) -> Said:
        pattern, start, end, plain = one
        assertion, cue = self._standing(pattern, start, end, matcher, scan, cues)
        return Said(pattern, start, end, assertion, cue, plain)

    def _standing(
        self, pattern: Pattern, start: int, end: int, matcher: Matcher, scan: Scan, cues: list[Cue]
    ) -> tuple[Assertion, str]:
        """Return whether the clause lets a match count, and the wording that decided it."""
        text = scan.text
        if pattern.near is not None and not _has_company(
            text, start, end, matcher.beside(scan, _company(pattern)), pattern.near.within
        ):
            return "innocent_reading", "stands without the company it needs"
        if cues and "negated" in pattern.unless:
            cue = denied(text, start, end, cues) or denied_inside(text, start, end, cues, self._own_words(pattern))
            if cue:
                return "negated", cue
        if cues and "quoted" in pattern.unless:
            cue = reported(text, start, cues)
            if cue:
                return "quoted", cue
        if pattern.innocent:
            for low, high in matcher.beside(scan, _innocent(pattern)):
                return "innocent_reading", text[low:high]
        return "affirmed", ""

    def _own_words(self, pattern: Pattern) -> frozenset[str]:
        """Return every word that stands in a pattern's constructions."""
        if pattern.id not in self._words:
            rows = [element.literals for one in pattern.constructions for element in one.elements]
            self._words[pattern.id] = frozenset(
                word for row in rows for words, _ in row for word in words.replace("*", "").split(" ")
            )
        return self._words[pattern.id]

    @cached_property
    def _spacy(self) -> Callable[[_Way, str], list[tuple[int, int]]]:
        import spacy  # imported where used: it alone takes longer than the rest of the library
        from spacy.matcher import Matcher as TokenMatcher
        from spacy.tokens import Doc

        vocab = spacy.blank("xx").vocab

        def places(way: _Way, text: str) -> list[tuple[int, int]]:
            words = text.split()
            matcher = TokenMatcher(vocab)
            assert isinstance(way.way, Tokens)
            matcher.add(way.pattern.id, [list(way.way.spec)], greedy="LONGEST")
            starts = [at + 1 for at, char in enumerate(text[:-1]) if char == " "]
            spans = [(first, last) for _, first, last in matcher(Doc(vocab, words=words))]
            return [(starts[first], starts[last - 1] + len(words[last - 1])) for first, last in spans]

        return places

    def _costly(self, way: _Way, text: str, skipped: list[str]) -> Iterator[tuple[Pattern, int, int, bool]]:
        """Try a regex or a spaCy token pattern, whose anchor was seen."""
        if isinstance(way.way, Tokens):
            yield from ((way.pattern, start, end, False) for start, end in self._spacy(way, text))
            return
        try:
            for found in regex.finditer(way.way.source, text, timeout=REGEX_SECONDS):
                start, end = found.span()
                if end > start:
                    yield way.pattern, start + (text[start] == " "), end, False
        except TimeoutError:
            skipped.append(f"pattern {way.pattern.id}: its regex ran longer than {REGEX_SECONDS} s")


def _apart(raw: list[tuple[Pattern, int, int, bool]]) -> list[tuple[Pattern, int, int, bool]]:
    """Keep the longest of a pattern's overlapping matches."""
    raw.sort(key=lambda one: (one[0].id, one[1], -one[2]))
    kept: list[tuple[Pattern, int, int, bool]] = []
    for one in raw:
        if not kept or kept[-1][0] is not one[0] or one[1] >= kept[-1][2]:
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
