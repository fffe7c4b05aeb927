"""Detection: one reading of an ad. Everything else (features, score, explanation) is read from its `Document`."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec

from thb_indicators import contacts, evasion
from thb_indicators.clause import FIRST, KINDS, ClauseReader, Languages, Said
from thb_indicators.construction import clauses
from thb_indicators.context import ANSWERS, ENOUGH_AWARENESS, ENOUGH_POINTS, OUTRIGHT_ANSWERS, answered_no, domains, quotations
from thb_indicators.kinds import NO_LEANINGS, Lean, Leanings, stems
from thb_indicators.lexicon import Lexicon
from thb_indicators.normalize import Normalized, normalize
from thb_indicators.patterns import DomainName, Pattern
from thb_indicators.records import Ad, Document, Domain, Field, Match
from thb_indicators.sentences import NO_SENTENCE_LEANINGS
from thb_indicators.spans import Span, apart
from thb_indicators.terms import protected

MAX_CHARACTERS = 20_000
"""Characters of title and text that are read; beyond, the assessment is incomplete and goes to a person."""
MAX_MATCHES = 100
"""Matches of one pattern that are looked at in one ad; more of the same say nothing more."""
FORM_INDICATORS = frozenset({"text_obfuscation", "obscured_contact"})
"""Indicators of form, not of content: they count in both domains."""
CLEARLY_OTHER = 3
"""Points from which cues of goods, rooms and the like tell: an ad is not searched for signs of the other kinds then."""
UNMISTAKABLE = 3
"""Indicators of recruitment, a core one among them, that make a job offer of an ad full of words for goods and rooms."""
CUES_WEIGH, NO_CUES_WEIGH = 1.0, 2.0
"""Log-odds beside the leanings of all words: of a kind that the cues tell (other things among them), and of other things where
they tell none of the two, as most ads in the world are of other things."""
TOO_SHORT_TO_LEAN = 30
"""Words and marks up to which an ad goes by its cues alone: the weights were learned from longer ads."""
ORDINARY = -1.0
"""Log-odds of concern below which an ad reads as an ordinary one: a supporting indicator that only one pattern tells does not
count in it. On 1,590 English ads, each read with a lexicon that had not been widened with it, 20 of 65 such were right, of all
others 90 in 100. Core indicators always count."""
READS_ORDINARY = "reads as an ordinary ad"
ORDINARY_WORDS = 3
"""Words that are named where an ad reads as an ordinary one."""
UNLIKELY = -4.6
"""Log-odds (one in a hundred) below which a sentence is not one in which an indicator is said, whatever pattern matches in it.
Of 34 that were held back so in 390 English ads that nothing was learned from, 14 were right; of all others 90 in 100."""
READS_OTHERWISE = "its sentence reads otherwise"
POINTS_EACH = 2
"""Points of each indicator that is found, where cues point to services and to recruitment both."""
SAID_IN_ANY_TRADE = frozenset(
    {
        "constant_availability",
        "emoji_substitution_sequence",
        "emoji_youth_or_status",
        "ethnicity_or_nationality_marketing",
        "novelty_code_words",
        "trust_and_authenticity_claims",
    }
)
"""Indicators whose wording bakers, shops and repair services use as well: they say nothing about the kind of ad."""
CLEARLY_WRITTEN_IN = 5
"""An ad is written in the language it declares (or English) when one in so many of its words is a common word of it."""
OWN_WORDS = 2
"""Common words of a language that the declared one does not share, from which it is looked for as well."""
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


class _Placed(NamedTuple):
    """A clause's match, with the place of the clause in the ad."""

    at: int
    said: Said


class _Look:
    """One ad cut into clauses, each with its place."""

    __slots__ = ("clauses",)

    def __init__(self, text: str, languages: Languages, reader: ClauseReader) -> None:
        read = reader.read
        self.clauses = [(low, read(languages, text[low:high])) for low, high in clauses(text, 0, len(text)) if high - low > 1]

    def said(self, kind: str) -> Iterator[_Placed]:
        """Yield what every clause says, for one kind of ad."""
        for at, clause in self.clauses:
            for said in clause.said(kind):
                yield _Placed(at, said)

    def plainly_said(self, kind: str) -> Iterator[_Placed]:
        """Yield only the plain phrases of what every clause says."""
        for at, clause in self.clauses:
            if any(one.plain for matches in clause.heard(kind) for one in matches):
                yield from (_Placed(at, said) for said in clause.said(kind) if said.plain)

    def skipped(self) -> list[str]:
        """Return what limits kept from being looked at, each once."""
        return list(dict.fromkeys(one for _, clause in self.clauses for one in clause.skipped))


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
        self._reader = ClauseReader(lexicon)
        self._alone = {one: tuple(sorted((one, "und"))) for one in self._reader.languages}
        self._common = {lang: cues.stopwords for lang, cues in sorted(lexicon.cues.items()) if cues.stopwords}

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
        look = _Look(text, languages, self._reader)
        points = self._points(look)
        leanings = self._leanings(text, language) if assume is None else NO_LEANINGS
        lean = leanings.of(text)
        belongs = self._belongs(points, look, lean) if assume is None else assume
        words = text.count(" ") - text.count(" . ") - text.count(" , ") - 1
        alarm = words <= SHORT and not points.get("other")
        skipped = [*reading.skipped]
        placed = _placed(look, belongs, skipped)
        matches = self._matches(placed, reading, look, text, belongs, alarm) if placed else []
        if lean.concern < ORDINARY and (doubtful := self._doubtful(matches)):
            common = self._common.get(language or "", frozenset())
            cue = ": ".join(filter(None, (READS_ORDINARY, ", ".join(leanings.most_ordinary(text, ORDINARY_WORDS, common)))))
            matches = _held_back(matches, dict.fromkeys(doubtful, cue))
        if assume is None and placed:
            matches = _held_back(matches, self._misread(placed, matches, text, language))
        reach = [(field, contacts.scan(normalized)) for field, normalized in reading.fields]
        matches += evasion.matches(reading, reach, belongs)
        matches.sort(key=_in_reading_order)
        skipped += look.skipped()
        has_contact = any(contact.any for _, contact in reach)
        return Document(ad, text, tuple(matches), belongs, language, words, has_contact, tuple(skipped), ad.signals)

    def domains(self, ad: Ad) -> tuple[Domain, ...]:
        """Tell what kind of ad one is, as `read` does, without looking for all of its indicators.

        Examples
        --------
        >>> Detector(Lexicon.load()).domains(Ad("a1", "Waiters wanted abroad, good salary, send your CV.", basis="synthetic"))
        ('recruitment',)
        """
        text = Reading(ad, self.lexicon).joined
        language, languages = self._tell_languages(text, ad.language)
        lean = self._leanings(text, language).of(text)
        if max(lean.services, lean.recruitment) + CUES_WEIGH < 0:
            return ()  # of other things, whatever its cues tell
        look = _Look(text, languages, self._reader)
        return self._belongs(self._points(look), look, lean)

    def forget(self) -> None:
        """Drop what is remembered of earlier ads."""
        self._reader.forget()

    def _leanings(self, text: str, language: str | None) -> Leanings:
        """Return how the words of an ad's language lean it, where the ad is long enough to go by that."""
        long_enough = text.count(" ") > TOO_SHORT_TO_LEAN
        return self.lexicon.leanings.get(language or "", NO_LEANINGS) if long_enough else NO_LEANINGS

    def _belongs(self, points: Mapping[str, int], look: _Look, lean: Lean) -> tuple[Domain, ...]:
        """Return the kind of ad this is: as its cues say, unless all of its words lean clearly to another kind.

        Words alone make no kind, or ads of rooms and goods would be misread: where they lean to one, its indicators count as
        cues do, and the cues of other things are asked again.
        """
        told = domains(points)
        weights: dict[DomainName, float] = {"services": lean.services, "recruitment": lean.recruitment, "other": 0.0}
        if told:
            weights[told[0]] += CUES_WEIGH
        else:
            weights["other"] += NO_CUES_WEIGH + (CUES_WEIGH if points.get("other", 0) >= CLEARLY_OTHER else 0.0)
        likeliest = max(weights, key=lambda kind: weights[kind])
        if likeliest == "other":
            return ()
        if likeliest in told:
            return told
        found = self._scored(look, likeliest, "core", "supporting") - SAID_IN_ANY_TRADE
        again = {likeliest: points.get(likeliest, 0) + len(found), "other": points.get("other", 0)}
        return domains(again) or (told if told and weights[told[0]] >= weights["other"] else ())

    def _points(self, look: _Look) -> dict[str, int]:
        """Return the domain points: each cue counts once, and of cues in the same place the one worth most."""
        first: dict[int, tuple[str, int, int]] = {}
        for at, clause in look.clauses:
            for rule, domain, value, start in clause.points:
                if rule not in first:
                    first[rule] = (domain, at + start, value)
        best: dict[tuple[str, int], int] = {}
        for domain, place, value in first.values():
            if value > best.get((domain, place), 0):
                best[domain, place] = value
        points: dict[str, int] = {}
        for (domain, _), value in best.items():
            points[domain] = points.get(domain, 0) + value
        self._add_own_evidence(points, look)
        return points

    def _add_own_evidence(self, points: dict[str, int], look: _Look) -> None:
        """Let the indicators themselves say what kind of ad this is, where the cues leave it open.

        What only a recruiter says, or several things that only such ads say, are themselves signs of the kind of ad.
        """
        services, recruitment, other = (points.get(kind, 0) for kind in ("services", "recruitment", "other"))
        if other >= CLEARLY_OTHER:
            if recruitment >= ENOUGH_POINTS:
                offered = self._scored(look, "recruitment", "core", "supporting")
                if len(offered) >= UNMISTAKABLE and any(self.lexicon.catalogue[one].role == "core" for one in offered):
                    points["recruitment"] = recruitment + len(offered)
            return
        if recruitment < ENOUGH_POINTS:
            recruitment += len(self._scored(look, "recruitment", "core"))
        if services < ENOUGH_POINTS and (services or not other):
            found = self._scored(look, "services", "core", "supporting")
            services += max(0, len(found - SAID_IN_ANY_TRADE) - 1)
        if services >= ENOUGH_POINTS and recruitment >= ENOUGH_POINTS:
            services += POINTS_EACH * len(self._scored(look, "services", "core", "supporting") - SAID_IN_ANY_TRADE)
            recruitment += POINTS_EACH * len(self._scored(look, "recruitment", "core", "supporting"))
        points.update(services=services, recruitment=recruitment)

    def _scored(self, look: _Look, domain: str, *roles: str) -> set[str]:
        """Return the indicators of a domain and some roles that their clauses affirm."""
        catalogue = self.lexicon.catalogue
        affirmed = set[str]().union(*(clause.affirmed(domain) for _, clause in look.clauses))
        return {one for one in affirmed if catalogue[one].domain == domain and catalogue[one].role in roles}

    def _matches(
        self, placed: list[_Placed], reading: Reading, look: _Look, text: str, belongs: tuple[Domain, ...], alarm: bool
    ) -> list[Match]:
        """Decide for every match whether it counts in this ad."""
        told = {Span(at + one.start, at + one.end): one.rule for at, clause in look.clauses for one in clause.told}
        # "stay anonymous" says no more than the "anonymous" in it
        about = len({told[place] for place in apart(told)}) >= ENOUGH_AWARENESS
        quoted = {field: quotations(normalized.original) for field, normalized in reading.fields}
        matches: list[Match] = []
        for at, (pattern, start, end, assertion, cue, _) in placed:
            field, span = reading.place(at + start, at + end)
            original = reading.ad.field(field)
            if assertion != "negated":
                answers = ANSWERS if "negated" in pattern.unless else OUTRIGHT_ANSWERS
                if answered_no(text, original, at + end, span.end, answers):
                    assertion, cue = "negated", "the answer to the question"
                elif assertion != "quoted" and "quoted" in pattern.unless:
                    around = [mark for low, high, mark in quoted[field] if low < span.start and span.end < high]
                    mark = around[0] if around else ""
                    if mark or about:
                        assertion, cue = "quoted", mark or "the text is about the subject"
            if assertion == "affirmed" and not self._counts_in(pattern, belongs, alarm):
                assertion = "out_of_domain"
            surface = original[span.start : span.end]
            matches.append(Match(pattern.indicator, pattern.id, field, span, surface, assertion, cue, pattern.masked))
        if about:
            for start, end in sorted(told):
                field, span = reading.place(start, end)
                surface = span.of(reading.ad.field(field))
                matches.append(Match("C1", "code.C1.about_the_subject", field, span, surface))
        return matches

    def _doubtful(self, matches: list[Match]) -> list[Match]:
        """Return the matches of supporting indicators that only one pattern tells.

        What is said with a protected word is not among them: some patterns know one such word and not its counterpart.
        """
        catalogue = self.lexicon.catalogue
        told = [one for one in matches if one.assertion == "affirmed" and catalogue[one.indicator].role == "supporting"]
        patterns = Counter(indicator for indicator, _ in {(one.indicator, one.pattern) for one in told})
        return [one for one in told if patterns[one.indicator] == 1 and not _says_protected(one.surface)]

    def _misread(self, placed: list[_Placed], matches: list[Match], text: str, language: str | None) -> dict[Match, str]:
        """Return the matches of indicators that no sentence of theirs leans to, and the words that lean it away.

        Only of patterns of the ad's own language: emoji and numbers are no words.
        """
        leanings = self.lexicon.sentences.get(language or "", NO_SENTENCE_LEANINGS)
        common = self._common.get(language or "", frozenset())
        told: dict[str, dict[Match, str]] = defaultdict(dict)
        for (at, said), match in zip(placed, matches, strict=False):  # in order; what the whole text tells comes after them
            known = match.indicator in leanings.weights and said.pattern.language == language
            if known and match.assertion == "affirmed":
                told[match.indicator][match] = text[at:].partition(" . ")[0]
        found: dict[Match, str] = {}
        for indicator, sentences in told.items():
            if max(leanings.of(indicator, sentence) for sentence in set(sentences.values())) < UNLIKELY:
                for match, sentence in sentences.items():
                    words = ", ".join(leanings.away(indicator, sentence, ORDINARY_WORDS, common))
                    found[match] = ": ".join(filter(None, (READS_OTHERWISE, words)))
        return found

    def _counts_in(self, pattern: Pattern, belongs: tuple[Domain, ...], alarm: bool) -> bool:
        info = self.lexicon.catalogue[pattern.indicator]
        if info.role == "escalate_child_safety" and alarm:
            return True
        sides = _SIDES[info.domain] if pattern.indicator not in FORM_INDICATORS else _SIDES["any"]
        return any(side in belongs for side in sides)

    def _tell_languages(self, text: str, declared: str | None) -> tuple[str | None, Languages]:
        """Return the ad's language, and the languages whose patterns are looked for.

        A language is looked for when the ad declares it, or when at least half as many of its common words stand in the
        text as of the best one; all are when nothing tells. Beside the likeliest language (the declared one where the text
        bears it out) another one needs common words of its own: Bulgarian shares many with Russian, but not its negations.
        Where two have as many, the one whose ads have more of the other words is the likelier.
        """
        words = set(text.split())
        likely = (declared or "en")[:2].lower()
        if likely in self._common and len(words & self._common[likely]) * CLEARLY_WRITTEN_IN >= len(words):
            return likely, self._alone[likely]
        said = {language: words & stopwords for language, stopwords in self._common.items()}
        most = max(map(len, said.values()), default=0)
        written_in = [language for language, common in said.items() if len(common) == most >= 2]
        best = max(written_in, key=lambda one: self._known_stems(text, one), default=None)
        chosen = {language for language, common in said.items() if len(common) >= 2 and len(common) * 2 >= most}
        known = (declared or "")[:2].lower()
        likeliest = known if known in chosen else best
        if likeliest:
            chosen = {likeliest} | {language for language in chosen if len(said[language] - said[likeliest]) >= OWN_WORDS}
        chosen |= {known} & said.keys()
        if not chosen:
            chosen = set(self._reader.languages)
        looked_for = tuple(one for one in self._reader.languages if one in chosen or one == "und")
        return known or best, looked_for

    def _known_stems(self, text: str, language: str) -> int:
        """Return how many words of a text, by their stems, are known from ads in a language."""
        return len(stems(text) & self.lexicon.leanings.get(language, NO_LEANINGS).weights.keys())


def _placed(look: _Look, belongs: tuple[Domain, ...], skipped: list[str]) -> list[_Placed]:
    """Return the matches of the patterns that matter for this kind of ad.

    In an ad that belongs nowhere only plain phrases are noted, to be shown as said in another kind of ad.
    """
    kinds = belongs or tuple(KINDS)
    placed = list(look.said(FIRST))
    for kind in kinds:
        placed += look.said(kind) if belongs else look.plainly_said(kind)
    if len(kinds) > 1:  # what counts in every kind of ad was found for each of them
        placed = list({(at, said.pattern.id, said.start, said.end): _Placed(at, said) for at, said in placed}.values())
    if len(placed) <= MAX_MATCHES:
        return placed
    counts: Counter[str] = Counter()
    kept = []
    for one in placed:
        counts[one.said.pattern.id] += 1
        if counts[one.said.pattern.id] <= MAX_MATCHES:
            kept.append(one)
    if len(kept) < len(placed):
        skipped.append(f"matches of one pattern after the first {MAX_MATCHES}")
    return kept


def _held_back(matches: list[Match], cues: Mapping[Match, str]) -> list[Match]:
    """Return matches of which some, for the reason given, are innocent readings."""
    return [
        msgspec.structs.replace(one, assertion="innocent_reading", cue=cues[one]) if one in cues else one for one in matches
    ]


def _says_protected(surface: str) -> bool:
    return any(map(protected().guards, normalize(surface).text.split()))


def _in_reading_order(match: Match) -> tuple[bool, Span, str, str]:
    return match.field != "title", match.span, match.indicator, match.pattern
