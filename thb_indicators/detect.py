"""Detection: one reading of an ad. Everything else (features, score, explanation) is read from its `Document`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

import regex

from thb_indicators import contacts, evasion
from thb_indicators.construction import Construction
from thb_indicators.context import (
    ENOUGH_AWARENESS,
    ENOUGH_POINTS,
    Cue,
    answered_no,
    cue_constructions,
    denied,
    denied_inside,
    domains,
    in_quotes,
    reported,
)
from thb_indicators.lexicon import Lexicon, Pattern, Regex, Tokens
from thb_indicators.matching import Found, Matcher, Rule, Scan
from thb_indicators.normalize import Normalized, normalize
from thb_indicators.records import Ad, Assertion, Document, Domain, Field, Match, Span

MAX_CHARACTERS = 20_000
"""Characters of title and text that are read; beyond, the assessment is incomplete and goes to a person."""
MAX_MATCHES = 100
"""Matches of one pattern that are looked at in one ad; more of the same say nothing more."""
REGEX_SECONDS = 0.05
FORM_INDICATORS = frozenset({"text_obfuscation", "obscured_contact"})
"""Indicators of form, not of content: they count in both domains."""
ALARM, DOMAIN, AWARENESS, CUE = "alarm", "domain", "awareness", "cue"
"""Groups of rules that every ad is asked for; the others are the catalogue's domains."""
PATTERNS, FIRST = ("services", "recruitment", "any", "cross_ad"), "first"
"""Each of the catalogue's domains has an automaton of its own, and the groups above share one."""
CLEARLY_OTHER = 3
"""Points of goods, rooms and the like from which an ad is not searched for signs of recruitment."""
CLEARLY_WRITTEN_IN = 5
"""An ad is written in the language it declares (or English) when one in so many of its words is a common word of it."""
SEVERAL = 2
SHORT = 6
"""Up to this many words, child-safety wording counts without any sign of what kind of ad it is."""
_SIDES: Mapping[str, tuple[Domain, ...]] = {
    "services": ("services",),
    "recruitment": ("recruitment",),
    "cross_ad": ("services", "recruitment"),
    "any": ("services", "recruitment"),
}


class Reading:
    """The fields of one ad, normalized and joined, with the way back to each."""

    __slots__ = ("ad", "skipped", "text", "title", "title_length")

    def __init__(self, ad: Ad, lexicon: Lexicon) -> None:
        title, body = ad.title, ad.text
        self.skipped: list[str] = []
        if len(title) + len(body) > MAX_CHARACTERS:
            title = title[:MAX_CHARACTERS]
            body = body[: MAX_CHARACTERS - len(title)]
            self.skipped.append(f"text after {MAX_CHARACTERS} characters")
        self.ad = ad
        self.title: Normalized | None = normalize(title, lexicon.knows) if title else None
        text = normalize(body, lexicon.knows)
        self.text = text
        self.title_length = len(self.title.text) + 1 if self.title else 0

    @property
    def fields(self) -> list[tuple[Field, Normalized]]:
        """The fields that are there, in reading order."""
        text: tuple[Field, Normalized] = ("text", self.text)
        return [("title", self.title), text] if self.title else [text]

    @property
    def joined(self) -> str:
        """Both fields as one normalized text, with the end of a clause between them."""
        return f"{self.title.text}.{self.text.text}" if self.title else self.text.text

    def place(self, start: int, end: int) -> tuple[Field, Span]:
        """Return the field and the span in it of ``joined[start:end]``."""
        if self.title is not None and start < self.title_length:
            return "title", self.title.span(start, min(end, self.title_length - 1))
        return "text", self.text.span(start - self.title_length, end - self.title_length)


class _Raw(NamedTuple):
    """A pattern's match before its context was looked at."""

    pattern: Pattern
    start: int
    end: int


class _Way(NamedTuple):
    """A pattern's regex or token pattern, to be tried where its anchor stands."""

    pattern: Pattern
    way: Regex | Tokens


class _Matchers:
    """The automata by language and kind, each built when an ad first needs it."""

    def __init__(
        self,
        lexicon: Lexicon,
        rules: Mapping[tuple[str, str], list[Rule]],
        beside: Mapping[tuple[str, str], dict[str, tuple[Construction, ...]]],
    ) -> None:
        self._lexicon = lexicon
        self._rules = rules
        self._beside = beside
        self._built: dict[tuple[str, str], Matcher] = {}

    def get(self, key: tuple[str, str]) -> Matcher | None:
        """Return the automaton of a language and kind, or None where the lexicon has no such rules."""
        matcher = self._built.get(key)
        if matcher is None and key in self._rules:
            matcher = Matcher(self._rules[key], self._lexicon.frequency(key[0]), self._beside.get(key))
            self._built[key] = matcher
        return matcher


class _Look:
    """One ad's scans, made when a group of rules is first asked for."""

    __slots__ = ("_matchers", "_scans", "languages", "skipped", "text")

    def __init__(self, text: str, languages: list[str], matchers: _Matchers) -> None:
        self.text = text
        self.languages = languages
        self.skipped: list[str] = []
        self._matchers = matchers
        self._scans: dict[tuple[str, str], Scan] = {}

    def _scan(self, language: str, group: str) -> tuple[Matcher, Scan] | None:
        key = (language, _kind(group))
        matcher = self._matchers.get(key)
        if matcher is None:
            return None
        scan = self._scans.get(key)
        if scan is None:
            scan = self._scans[key] = matcher.scan(self.text)
        return matcher, scan

    def find(self, language: str, group: str) -> list[Found]:
        """Return what stands in the ad of one group."""
        pair = self._scan(language, group)
        return pair[0].find(pair[1], group) if pair else []

    def phrases(self, language: str, group: str) -> list[Found]:
        """Return only the plain phrases of one group."""
        pair = self._scan(language, group)
        return pair[1].phrases.get(group, []) if pair else []

    def beside(self, group: str, language: str, name: str, at: int) -> Iterator[tuple[int, int]]:
        """Yield the places of named constructions in the clause around `at`."""
        pair = self._scan(language, group)
        return pair[0].beside(pair[1], name, at) if pair else iter(())

    def incomplete(self) -> list[tuple[str, str]]:
        """Return the scans that hit a limit."""
        return [key for key, scan in self._scans.items() if not scan.complete]


class Detector:
    """Reads ads with one lexicon.

    Parameters
    ----------
    lexicon
        The patterns, cues and catalogue to read with.

    Examples
    --------
    >>> detector = Detector(Lexicon.load())
    >>> ad = Ad("a1", "Job abroad, good salary. We keep your passport in the office.", basis="synthetic")
    >>> max((m.surface for m in detector.read(ad).matches if m.indicator == "document_handover"), key=len)
    'We keep your passport in the office'
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        rules: dict[tuple[str, str], list[Rule]] = {}
        beside: dict[tuple[str, str], dict[str, tuple[Construction, ...]]] = {}
        self._targets: list[Any] = []

        def rule(language: str, construction: Construction, group: str, target: Any) -> None:
            rules.setdefault((language, _kind(group)), []).append(Rule(len(self._targets), construction, group))
            self._targets.append(target)

        for pattern in lexicon.patterns:
            if pattern.status == "deprecated":
                continue
            group = self._group(pattern)
            for construction in pattern.constructions:
                rule(pattern.language, construction, group, pattern)
            ways: list[Regex | Tokens] = [*pattern.regexes, *pattern.tokens]
            for way in ways:
                rule(pattern.language, way.anchors, group, _Way(pattern, way))
            if pattern.innocent:
                beside.setdefault((pattern.language, _kind(group)), {})[_innocent(pattern)] = pattern.innocent
            if pattern.near is not None:
                beside.setdefault((pattern.language, _kind(group)), {})[_company(pattern)] = (pattern.near.any,)
        for cue in lexicon.domain_cues:
            rule(cue.language, cue.construction, DOMAIN, cue)
        for language, cues in lexicon.cues.items():
            for construction in cues.awareness:
                rule(language, construction, AWARENESS, None)
            for kind, construction in cue_constructions(cues):
                rule(language, construction, CUE, kind)
        self._matchers = _Matchers(lexicon, rules, beside)
        self._languages = tuple(sorted({language for language, _ in rules}))
        self._words: dict[str, frozenset[str]] = {}
        self._common = {lang: cues.stopwords for lang, cues in sorted(lexicon.cues.items()) if cues.stopwords}

    @cached_property
    def _spacy(self) -> Any:
        import spacy  # imported where used: it alone takes longer than the rest of the library

        return spacy.blank("xx")

    def read(self, ad: Ad, *, assume: tuple[Domain, ...] | None = None) -> Document:
        """Read one ad.

        Parameters
        ----------
        ad
            The ad.
        assume
            Take the ad to be of these domains instead of deciding it from the text; for testing single sentences.

        Returns
        -------
        Document
            With every match, counted or not, ordered by field and place.
        """
        reading = Reading(ad, self.lexicon)
        text = reading.joined
        language, languages = self._tell_languages(text, ad.language)
        look = _Look(text, languages, self._matchers)
        points = self._points(look)
        belongs = domains(points) if assume is None else assume
        words = text.count(" ") - text.count(" . ") - text.count(" , ") - 1
        alarm = words <= SHORT and not points.get("other")
        raw = self._raw(look, belongs)
        matches = self._in_context(raw, reading, look, belongs, alarm) if raw else []
        reach = [(field, contacts.scan(normalized)) for field, normalized in reading.fields]
        matches += evasion.matches(reading, reach, belongs)
        matches.sort(key=lambda m: (m.field != "title", m.span, m.indicator, m.pattern))
        look.skipped += [f"{kind} patterns ({one}) beyond the limits of one ad" for one, kind in look.incomplete()]
        has_contact = any(contact.any for _, contact in reach)
        skipped = (*reading.skipped, *look.skipped)
        return Document(ad, text, tuple(matches), belongs, language, words, has_contact, skipped)

    def _group(self, pattern: Pattern) -> str:
        info = self.lexicon.catalogue[pattern.indicator]
        return ALARM if info.role == "escalate_child_safety" else info.domain

    def _points(self, look: _Look) -> dict[str, int]:
        """Return the domain points: each cue counts once, and of cues in the same place the one worth most."""
        places: dict[tuple[str, int], tuple[int, int]] = {}
        for language in look.languages:
            for rule, start, _ in look.find(language, DOMAIN):
                cue = self._targets[rule]
                key = (cue.domain, rule)
                if key not in places or (cue.points, -start) > (places[key][0], -places[key][1]):
                    places[key] = (cue.points, start)
        best: dict[tuple[str, int], int] = {}
        for (domain, _), (value, start) in places.items():
            best[domain, start] = max(value, best.get((domain, start), 0))
        points: dict[str, int] = {}
        for (domain, _), value in best.items():
            points[domain] = points.get(domain, 0) + value
        # What only a recruiter says, or several things that only such ads say, are themselves signs of the kind of ad.
        if points.get("other", 0) < CLEARLY_OTHER:
            if points.get("recruitment", 0) < ENOUGH_POINTS:
                points["recruitment"] = points.get("recruitment", 0) + len(self._scored(look, "recruitment", "core"))
            lone_cue = points.get("services", 0) == ENOUGH_POINTS - 1 and not points.get("other")
            if lone_cue and len(self._scored(look, "services")) >= SEVERAL:
                points["services"] += 1
        return points

    def _scored(self, look: _Look, group: str, *roles: str) -> set[str]:
        """Return the scored indicators of a group that have any match, whatever its context."""
        rules = {one.rule for language in look.languages for one in look.find(language, group)}
        patterns = [target for rule in rules if type(target := self._targets[rule]) is Pattern]
        catalogue = self.lexicon.catalogue
        return {p.indicator for p in patterns if catalogue[p.indicator].role in (roles or ("core", "supporting"))}

    def _raw(self, look: _Look, belongs: tuple[Domain, ...]) -> list[_Raw]:
        """Return every pattern's matches in the groups that matter for this kind of ad.

        In an ad that belongs nowhere only plain phrases are noted, to be shown as said in another kind of ad.
        """
        raw: list[_Raw] = []
        groups = (*belongs, "any", "cross_ad") if belongs else ()
        for language in look.languages:
            found = [one for group in (*groups, ALARM) for one in look.find(language, group)]
            if not belongs:
                found += [one for group in ("services", "recruitment") for one in look.phrases(language, group)]
            once: set[int] = set()
            for rule, start, end in found:
                target = self._targets[rule]
                if type(target) is Pattern:
                    raw.append(_Raw(target, start, end))
                elif rule not in once:
                    once.add(rule)
                    raw += self._costly(target, look.text, look.skipped)
        apart = _apart(raw)
        kept, counts = [], Counter[str]()
        for one in apart:
            counts[one.pattern.id] += 1
            if counts[one.pattern.id] <= MAX_MATCHES:
                kept.append(one)
        if len(kept) < len(apart):
            look.skipped.append(f"matches of one pattern after the first {MAX_MATCHES}")
        return kept

    def _in_context(
        self, raw: list[_Raw], reading: Reading, look: _Look, belongs: tuple[Domain, ...], alarm: bool
    ) -> list[Match]:
        """Decide for every match whether it counts."""
        cues: dict[str, list[Cue]] = {}
        told: dict[tuple[int, int], None] = {}
        for language in look.languages:
            cues[language] = [Cue(start, end, self._targets[rule]) for rule, start, end in look.find(language, CUE)]
            distinct: dict[int, tuple[int, int]] = {}
            for rule, start, end in look.find(language, AWARENESS):
                distinct.setdefault(rule, (start, end))
            told.update(dict.fromkeys(distinct.values()))
        about = len(told) >= ENOUGH_AWARENESS
        matches = []
        for one in raw:
            pattern = one.pattern
            field, span = reading.place(one.start, one.end)
            original = reading.ad.field(field)
            assertion, cue = self._assertion(one, look, original, span, about, cues.get(pattern.language, []))
            if assertion == "affirmed" and not self._counts_in(pattern, belongs, alarm):
                assertion = "out_of_domain"
            surface = original[span.start : span.end]
            matches.append(Match(pattern.indicator, pattern.id, field, span, surface, assertion, cue, pattern.masked))
        if about:
            matches += [self._about(start, end, reading) for start, end in sorted(told)]
        return matches

    def _counts_in(self, pattern: Pattern, belongs: tuple[Domain, ...], alarm: bool) -> bool:
        info = self.lexicon.catalogue[pattern.indicator]
        if info.role == "escalate_child_safety" and alarm:
            return True
        sides = _SIDES[info.domain] if pattern.indicator not in FORM_INDICATORS else _SIDES["any"]
        return any(side in belongs for side in sides)

    def _costly(self, target: _Way, text: str, skipped: list[str]) -> list[_Raw]:
        """Try a regex or a spaCy token pattern, whose anchor was seen."""
        pattern, way = target
        if isinstance(way, Regex):
            try:
                places = [m.span() for m in regex.finditer(way.source, text, timeout=REGEX_SECONDS)]
            except TimeoutError:
                skipped.append(f"pattern {pattern.id}: its regex ran longer than {REGEX_SECONDS} s")
                return []
            return [_Raw(pattern, start + (text[start] == " "), end) for start, end in places if end > start]
        from spacy.matcher import Matcher as TokenMatcher
        from spacy.tokens import Doc

        words = text.split()
        matcher = TokenMatcher(self._spacy.vocab)
        matcher.add(pattern.id, [list(way.spec)], greedy="LONGEST")
        starts = [at + 1 for at, char in enumerate(text[:-1]) if char == " "]
        spans = [(first, last) for _, first, last in matcher(Doc(self._spacy.vocab, words=words))]
        return [_Raw(pattern, starts[first], starts[last - 1] + len(words[last - 1])) for first, last in spans]

    def _about(self, start: int, end: int, reading: Reading) -> Match:
        field, span = reading.place(start, end)
        return Match("C1", "code.C1.about_the_subject", field, span, span.of(reading.ad.field(field)))

    def _assertion(
        self, one: _Raw, look: _Look, original: str, span: Span, about: bool, cues: list[Cue]
    ) -> tuple[Assertion, str]:
        pattern, text = one.pattern, look.text
        if pattern.near is not None:
            company = look.beside(self._group(pattern), pattern.language, _company(pattern), one.start)
            if not _has_company(text, one, company, pattern.near.within):
                return "innocent_reading", "stands without the company it needs"
        if "negated" in pattern.unless and cues:
            cue = denied(text, one.start, one.end, cues) or denied_inside(
                text, one.start, one.end, cues, self._own_words(pattern)
            )
            if cue:
                return "negated", cue
        if "negated" in pattern.unless and answered_no(text, original, one.end, span.end):
            return "negated", "the answer to the question"
        if "quoted" in pattern.unless:
            cue = (reported(text, one.start, cues) if cues else "") or in_quotes(original, span.start, span.end)
            if cue or about:
                return "quoted", cue or "the text is about the subject"
        if pattern.innocent:
            for start, end in look.beside(self._group(pattern), pattern.language, _innocent(pattern), one.start):
                return "innocent_reading", text[start:end]
        return "affirmed", ""

    def _own_words(self, pattern: Pattern) -> frozenset[str]:
        """Return every word that stands in a pattern's constructions."""
        if pattern.id not in self._words:
            rows = [element.literals for one in pattern.constructions for element in one.elements]
            self._words[pattern.id] = frozenset(
                word for row in rows for words, _ in row for word in words.replace("*", "").split(" ")
            )
        return self._words[pattern.id]

    def _tell_languages(self, text: str, declared: str | None) -> tuple[str | None, list[str]]:
        """Return the ad's language, and the languages whose patterns are looked for.

        A language is looked for when the ad declares it, or when at least half as many of its common words stand in the
        text as of the best one; all are when nothing tells.
        """
        words = set(text.split())
        likely = (declared or "en")[:2].lower()
        if likely in self._common and len(words & self._common[likely]) * CLEARLY_WRITTEN_IN >= len(words):
            return likely, [one for one in self._languages if one in (likely, "und")]
        counts = {language: len(words & stopwords) for language, stopwords in self._common.items()}
        best = max(counts, key=lambda language: counts[language], default=None)
        most = counts[best] if best else 0
        known = (declared or "")[:2].lower()
        chosen = {language for language, count in counts.items() if count >= 2 and count * 2 >= most}
        chosen |= {known} & counts.keys()
        if not chosen:
            chosen = set(self._languages)
        return known or (best if most >= 2 else None), [one for one in self._languages if one in chosen or one == "und"]


def _apart(raw: list[_Raw]) -> list[_Raw]:
    """Keep the longest of a pattern's overlapping matches."""
    raw.sort(key=lambda one: (one.pattern.id, one.start, -one.end))
    kept: list[_Raw] = []
    for one in raw:
        if not kept or kept[-1].pattern is not one.pattern or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def _kind(group: str) -> str:
    """Return which automaton a group of rules is in."""
    return group if group in PATTERNS else FIRST


def _innocent(pattern: Pattern) -> str:
    return f"{pattern.id}/innocent"


def _company(pattern: Pattern) -> str:
    return f"{pattern.id}/company"


def _has_company(text: str, one: _Raw, company: Iterable[tuple[int, int]], within: int) -> bool:
    """Whether one of `company`, in the match's clause, stands at most so many words away, and not inside it."""
    return any(
        text.count(" ", end, one.start) <= within + 1 if end <= one.start else text.count(" ", one.end, start) <= within + 1
        for start, end in company
        if end <= one.start or start >= one.end
    )
