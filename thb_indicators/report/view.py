"""The one view of an assessment that every rendering reads: HTML, desk, terminal, SARIF and CSV show what stands here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from thb_indicators.catalogue import Source, read_sources
from thb_indicators.detect import MAX_CHARACTERS
from thb_indicators.records import Field, Route
from thb_indicators.repeats.records import Link
from thb_indicators.report.line import KeptAd, ResultLine, SeenIndicator, SeenMatch, result_line
from thb_indicators.report.links import LinkView, link_view
from thb_indicators.report.mask import Mask, harmless
from thb_indicators.report.runs import Run, field_runs
from thb_indicators.report.waterfall import Bar, waterfall
from thb_indicators.report.words import ASSERTION_WORDS, EVIDENCE_WORDS, LANGUAGE_WORDS, ROLE_WORDS, ROUTE_WORDS
from thb_indicators.resources import data_path
from thb_indicators.spans import DOT, Span

_SCORED = ("core", "supporting", "escalate_child_safety")


class FieldView(NamedTuple):
    """A field of the ad, cut into runs; `rest` is how many characters were not read and are not shown."""

    name: Field
    runs: tuple[Run, ...]
    rest: int


class Quote(NamedTuple):
    """A wording, and its place in the original field in code points."""

    field: Field
    start: int
    end: int
    text: str


class Card(NamedTuple):
    """One indicator that counts, in fixed slots."""

    id: str
    title: str
    role: str
    scored: bool
    log_odds: float
    quotes: tuple[Quote, ...]
    reported: tuple[str, ...]
    why: str
    innocent: tuple[str, ...]
    disputed: str
    evidence: str
    sources: tuple[Source, ...]

    @property
    def seen(self) -> tuple[str, ...]:
        """What was seen, each wording once."""
        return tuple(dict.fromkeys(quote.text for quote in self.quotes))


class Uncounted(NamedTuple):
    """One indicator that was seen and does not count, and why."""

    id: str
    title: str
    seen: tuple[str, ...]
    why: str
    cue: str


class AdView(NamedTuple):
    """One ad as a reviewer sees it. Every text in it may be shown: masked, and harmless once escaped."""

    id: str
    route: Route
    route_words: str
    reason: str
    score: float
    log_odds: float
    baseline: float
    domains: tuple[str, ...]
    language: str | None
    language_words: str
    basis: str
    complete: bool
    skipped: tuple[str, ...]
    text_kept: bool
    revealed: bool
    fields: tuple[FieldView, ...]
    country: str
    city: str
    posted_at: str
    source: str
    account: str
    counted: tuple[Card, ...]
    uncounted: tuple[Uncounted, ...]
    waterfall: tuple[Bar, ...]
    links: tuple[LinkView, ...]
    policy: str
    model_version: str
    lexicon_digest: str
    text_sha256: str

    @property
    def names(self) -> tuple[str, ...]:
        """The titles of the scored indicators that count."""
        return tuple(card.title for card in self.counted if card.scored)


def ad_view(line: Mapping[str, Any], *, links: Iterable[Link] = (), reveal: bool = False) -> AdView:
    """Return the view of one result line.

    Parameters
    ----------
    line
        ``Assessment.to_dict(with_ad=True)``, or without the ad: the view then shows the wordings alone, and says so.
    links
        Those of ``links.jsonl`` that name this ad, beside those the result line holds.
    reveal
        Show contacts and child-safety wording. Otherwise they are not in the view at all.

    Raises
    ------
    InputError
        When `line` is no result line.

    Examples
    --------
    >>> from thb_indicators import Ad, Screener
    >>> ad = Ad("a1", "Job abroad, good salary. We keep your passport. Call 07700 900123", basis="synthetic")
    >>> view = ad_view(Screener().assess(ad).to_dict(with_ad=True))
    >>> "".join(run.text for run in view.fields[0].runs)[-17:]
    'Call ••••••••••••'
    """
    read = result_line(line)
    ad = read.ad or KeptAd("")
    mask = Mask(masked_wordings(read), ad.country, reveal=reveal)
    matches = [(one, match) for one in read.indicators for match in one.matches]
    fields: list[FieldView] = []
    shown: dict[Field, str] = {}
    room = MAX_CHARACTERS
    names: tuple[Field, ...] = ("title", "text")
    for name in names if read.ad is not None else ():
        original = ad.title if name == "title" else ad.text
        inside = [(one, m) for one, m in matches if m.field == name and m.start < m.end <= min(room, len(original))]
        text = original[:room]
        if text:
            contacts = mask.contacts(text)
            shown[name] = mask.hide(text, [*contacts, *(Span(m.start, m.end) for _, m in inside if m.masked)])
            fields.append(
                FieldView(name, tuple(field_runs(shown[name], inside, contacts, reveal=reveal)), len(original) - len(text))
            )
        room -= len(text)

    def surface(match: SeenMatch) -> str:
        text = shown.get(match.field, "")[match.start : match.end]
        if text:
            return text
        return DOT * len(match.surface) if match.masked and not reveal else mask.of(match.surface)

    def quote(match: SeenMatch) -> Quote:
        return Quote(match.field, match.start, match.end, surface(match))

    counted = [one for one in read.indicators if one.assertion == "affirmed"]
    return AdView(
        id=harmless(read.ad_id),
        route=read.route,
        route_words=ROUTE_WORDS[read.route],
        reason=harmless(read.reason),
        score=read.score,
        log_odds=read.log_odds,
        baseline=read.baseline,
        domains=tuple(map(harmless, read.domains)) or ("other",),
        language=harmless(read.language) if read.language else None,
        language_words=LANGUAGE_WORDS.get(read.language or "", harmless(read.language or "not known")),
        basis=read.basis or "not stated",
        complete=read.complete,
        skipped=tuple(map(harmless, read.skipped)),
        text_kept=read.ad is not None,
        revealed=reveal,
        fields=tuple(fields),
        country=harmless(ad.country or ""),
        city=mask.of(ad.city or ""),
        posted_at=harmless(ad.posted_at or ""),
        source=harmless(ad.source or ""),
        account=mask.of(ad.account) if ad.account and ad.account[0] in "+@" else harmless(ad.account or ""),
        counted=tuple(
            _card(one, _joined(map(quote, (m for m in one.matches if m.assertion == "affirmed")), shown), mask)
            for one in counted
        ),
        uncounted=tuple(_uncounted(one, surface, mask) for one in read.indicators if one.assertion != "affirmed"),
        waterfall=waterfall(read),
        links=tuple(link_view(link, read.ad_id) for link in (*read.links, *links)),
        policy=harmless(read.policy),
        model_version=harmless(read.model_version),
        lexicon_digest=harmless(read.lexicon_digest),
        text_sha256=harmless(read.text_sha256),
    )


def masked_wordings(read: ResultLine) -> Iterator[str]:
    """Yield what is masked in an ad, as it stands in its text where the text was kept."""
    for one in read.indicators:
        for match in one.matches:
            if match.masked:
                field = (read.ad.title if match.field == "title" else read.ad.text) if read.ad is not None else ""
                yield field[match.start : match.end] or match.surface


def _joined(quotes: Iterable[Quote], shown: Mapping[Field, str]) -> Iterator[Quote]:
    """Yield quotes in the order of the text; those that overlap are one, where the text is there to quote it from."""
    last: Quote | None = None
    for quote in sorted(quotes):
        if last is not None and quote.field == last.field and quote.start < last.end:
            end = max(last.end, quote.end)
            text = shown.get(quote.field, "")[last.start : end]
            if text or end == last.end:
                last = last._replace(end=end, text=text or last.text)
                continue
        if last is not None:
            yield last
        last = quote
    if last is not None:
        yield last


def _card(one: SeenIndicator, quotes: Iterable[Quote], mask: Mask) -> Card:
    return Card(
        id=harmless(one.id),
        title=harmless(one.title),
        role=ROLE_WORDS[one.role],
        scored=one.role in _SCORED,
        log_odds=one.log_odds,
        quotes=tuple(quotes),
        reported=tuple(mask.of(signal.note or signal.source or "reported, without a note") for signal in one.signals),
        why=harmless(one.why),
        innocent=tuple(map(harmless, one.innocent_readings)),
        disputed=harmless(one.disputed),
        evidence=f"{harmless(one.evidence)}: {EVIDENCE_WORDS.get(one.evidence, 'a grade of your own')}",
        sources=tuple(_sources().get(name) or Source(harmless(name), "") for name in one.references),
    )


@lru_cache(maxsize=1)
def _sources() -> dict[str, Source]:
    return read_sources(data_path("lexicons"))


def _uncounted(one: SeenIndicator, surface: Callable[[SeenMatch], str], mask: Mask) -> Uncounted:
    seen = dict.fromkeys(map(surface, one.matches))
    cue = next((match.cue for match in one.matches if match.cue), "")
    return Uncounted(harmless(one.id), harmless(one.title), tuple(seen), ASSERTION_WORDS[one.assertion], mask.of(cue))
