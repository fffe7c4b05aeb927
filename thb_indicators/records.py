"""The records that flow through the library: frozen, small, and the same for every part.

``Ad`` goes in; ``Document`` is what was seen in it; ``Assessment`` is what the score, the route and every report
are read from. Offsets are code points in the field the caller passed, half open, so
``field[span.start:span.end] == match.surface`` always holds.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, get_args

import msgspec

from thb_indicators.contacts import mask_contacts
from thb_indicators.errors import BasisError
from thb_indicators.spans import DOT, Span

Basis = Literal["synthetic", "consented"]
Field = Literal["text", "title"]
Assertion = Literal["affirmed", "negated", "quoted", "innocent_reading", "out_of_domain"]
Domain = Literal["services", "recruitment"]
Route = Literal["child_safety", "review", "sample", "insufficient", "none"]
Role = Literal["core", "supporting", "context_only", "not_scored", "escalate_child_safety", "counter"]
_BASES = get_args(Basis)
KEPT_FIELDS = ("text", "title", "country", "city", "posted_at", "source", "account")
"""What of an ad a result line may keep."""


_MAY_HOLD_CONTACT = re.compile(r"[@/.]|(?:\d\D*){5}")


class Signal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something text cannot show, reported by the caller: a user report, an image mismatch, a payer link.

    Parameters
    ----------
    indicator
        The indicator's id in the catalogue, for example ``"third_party_reports"``.
    note
        What was observed, in the reporter's words. Shown to the reviewer as it is.
    source
        Who or what reported it: a form, a hash service, a billing system.
    """

    indicator: str
    note: str = ""
    source: str = ""


class Ad(msgspec.Struct, frozen=True):
    """One classified ad.

    Parameters
    ----------
    id
        The caller's name for the ad; unique within a batch.
    text, title
        What the ad says. Spans point into exactly these strings.
    language, country, city
        ISO 639-1 and ISO 3166-1 codes and a place name, where the platform knows them.
    posted_at
        ISO 8601 date or time.
    source, account
        The site and the (opaque) account that posted it.
    basis
        Why the text may be processed: ``"synthetic"`` or ``"consented"``. Nothing is screened without one.
    signals
        What the platform or a reporter knows beside the text.

    Examples
    --------
    >>> Ad("a1", "Farm work, contract in writing.", basis="synthetic").basis
    'synthetic'
    """

    id: str
    text: str
    title: str = ""
    language: str | None = None
    country: str | None = None
    city: str | None = None
    posted_at: str | None = None
    source: str | None = None
    account: str | None = None
    basis: Basis | None = None
    signals: tuple[Signal, ...] = ()

    def field(self, name: Field) -> str:
        """Return the field a match points into."""
        return self.title if name == "title" else self.text


class Match(msgspec.Struct, frozen=True):
    """One place in an ad where one pattern of one indicator was found.

    `assertion` is ``affirmed``, or why the match does not count; `cue` is the wording that decided it.
    `masked` says that the surface is hidden in every output unless the caller asks for it.
    """

    indicator: str
    pattern: str
    field: Field
    span: Span
    surface: str
    assertion: Assertion = "affirmed"
    cue: str = ""
    masked: bool = False

    def to_dict(self, *, reveal: bool = False) -> dict[str, Any]:
        """Return the match as plain data; masked surfaces keep their length, and say that they are masked.

        A contact that stands within a wording is masked too; the words around it stay.
        """
        surface = self.surface
        if self.masked and not reveal:
            surface = DOT * len(surface)
        elif not reveal and (self.indicator == "obscured_contact" or _MAY_HOLD_CONTACT.search(surface)):
            surface = mask_contacts(surface)
        line: dict[str, Any] = {
            "field": self.field,
            "start": self.span.start,
            "end": self.span.end,
            "surface": surface,
            "pattern": self.pattern,
            "assertion": self.assertion,
        }
        if self.cue:
            line["cue"] = self.cue
        if self.masked:
            line["masked"] = True
        return line


class Document(msgspec.Struct, frozen=True):
    """What was seen in one ad: the one thing that features, score and explanation are read from.

    `text` is the normalized text that patterns were matched on; `skipped` names whatever a limit kept from
    being looked at, so that an incomplete reading is never taken for a clean one. `signals` are those of the ad, and those
    that an index of earlier ads adds.
    """

    ad: Ad
    text: str
    matches: tuple[Match, ...]
    domains: tuple[Domain, ...]
    language: str | None
    words: int = 0
    has_contact: bool = False
    skipped: tuple[str, ...] = ()
    signals: tuple[Signal, ...] = ()


class Seen(NamedTuple):
    """What an index knows of an ad: its links to earlier ones, and the cross-ad indicators measured over them."""

    links: tuple[Mapping[str, Any], ...] = ()
    signals: tuple[Signal, ...] = ()


class Contribution(msgspec.Struct, frozen=True):
    """What one feature adds to the log-odds, and the matches it was read from."""

    feature: str
    log_odds: float
    matches: tuple[Match, ...] = ()


class IndicatorInfo(msgspec.Struct, frozen=True):
    """What the catalogue says about one indicator (or counter-indicator)."""

    id: str
    title: str
    domain: str
    role: Role
    evidence: str
    weight: float
    definition: str
    why: str
    innocent_readings: tuple[str, ...]
    disputed: str
    references: tuple[str, ...]
    number: str = ""
    status: str = ""
    detectors: tuple[str, ...] = ()
    fairness: str = ""

    @property
    def scored(self) -> bool:
        """Whether presence of this indicator can raise the score."""
        return self.role in ("core", "supporting", "escalate_child_safety")


class Finding(msgspec.Struct, frozen=True):
    """One indicator in one assessment: its catalogue entry, its matches, and what it contributes."""

    info: IndicatorInfo
    assertion: Assertion
    log_odds: float
    matches: tuple[Match, ...]
    signals: tuple[Signal, ...] = ()

    @property
    def id(self) -> str:
        """The indicator's id."""
        return self.info.id

    def to_dict(self, *, reveal: bool = False) -> dict[str, Any]:
        """Return the finding as plain data, as it stands in the result line."""
        info = self.info
        line: dict[str, Any] = {
            "id": info.id,
            "title": info.title,
            "role": info.role,
            "evidence": info.evidence,
            "assertion": self.assertion,
            "log_odds": self.log_odds,
            "matches": [match.to_dict(reveal=reveal) for match in self.matches],
            "why": info.why,
            "innocent_readings": list(info.innocent_readings),
            "disputed": info.disputed,
            "references": list(info.references),
        }
        if self.signals:
            line["signals"] = [msgspec.to_builtins(signal) for signal in self.signals]
        return line


class Assessment(msgspec.Struct, frozen=True):
    """Why one ad was, or was not, put before a person. It never concludes; a person does.

    ``log_odds = baseline + sum of contributions``; ``score`` is derived from it and stored nowhere.
    """

    document: Document
    baseline: float
    contributions: tuple[Contribution, ...]
    route: Route
    indicators: tuple[Finding, ...]
    policy: str
    model_version: str
    lexicon_digest: str
    text_sha256: str
    reason: str = ""
    links: tuple[Mapping[str, Any], ...] = ()

    @property
    def human_review(self) -> Literal["required"]:
        """Always ``"required"``: there is no other value."""
        return "required"

    @property
    def ad(self) -> Ad:
        """The ad this is about."""
        return self.document.ad

    @property
    def complete(self) -> bool:
        """False when a limit was hit; the ad then goes to a person."""
        return not self.document.skipped

    @property
    def log_odds(self) -> float:
        """Baseline plus every contribution."""
        return math.fsum([self.baseline, *(c.log_odds for c in self.contributions)])

    @property
    def score(self) -> float:
        """The log-odds on a 0..1 scale: a reading order for reviewers, not a probability of a crime."""
        return 1.0 / (1.0 + math.exp(-self.log_odds))

    def to_dict(self, *, reveal: bool = False, with_ad: bool = False) -> dict[str, Any]:
        """Return the result line ``thb-assessment/1``.

        Parameters
        ----------
        reveal
            Print masked surfaces (contacts, child-safety wording) as they stand in the ad.
        with_ad
            Keep the ad beside its assessment, as ``"ad"``, so that the line alone can be reported and reviewed. The text is
            the original, contacts and all: it is masked where it is shown, not where it is kept.

        Examples
        --------
        >>> from thb_indicators import Screener
        >>> line = Screener().assess(Ad("a1", "Farm work.", city="Ghent", basis="synthetic")).to_dict(with_ad=True)
        >>> line["ad"]["text"], line["ad"]["city"], line["ad"]["country"]
        ('Farm work.', 'Ghent', None)
        """
        document = self.document
        line: dict[str, Any] = {
            "schema": "thb-assessment/1",
            "ad_id": document.ad.id,
            "basis": document.ad.basis,
            "text_sha256": self.text_sha256,
            "domains": list(document.domains),
            "language": document.language,
            "route": self.route,
            "reason": self.reason,
            "score": round(self.score, 6),
            "log_odds": self.log_odds,
            "baseline": self.baseline,
            "complete": self.complete,
            "skipped": list(document.skipped),
            "indicators": [finding.to_dict(reveal=reveal) for finding in self.indicators],
            "contributions": [{"feature": c.feature, "log_odds": c.log_odds} for c in self.contributions],
            "links": [dict(link) for link in self.links],
            "policy": self.policy,
            "model_version": self.model_version,
            "lexicon_digest": self.lexicon_digest,
            "human_review": self.human_review,
        }
        if with_ad:
            line["ad"] = {name: getattr(document.ad, name) for name in KEPT_FIELDS}
        return line


def with_basis(ad: Ad, basis: Basis | None = None) -> Ad:
    """Return an ad that says why its text may be read: itself, or with the basis of its batch where it names none.

    Raises
    ------
    BasisError
        When neither says so.

    Examples
    --------
    >>> with_basis(Ad("a1", "Farm work."), "synthetic").basis
    'synthetic'
    """
    if ad.basis is None and basis is not None:
        ad = msgspec.structs.replace(ad, basis=basis)
    if ad.basis not in _BASES:
        raise BasisError(
            f"ad {ad.id!r} has no basis for processing: say why its text may be read, "
            f'with basis="synthetic" or basis="consented" on the ad or for the whole batch'
        )
    return ad
