"""The front door: `Screener` turns ads into assessments."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Protocol

import msgspec

from thb_indicators.detect import Detector
from thb_indicators.explain import contributions, findings
from thb_indicators.lexicon import Lexicon
from thb_indicators.model import Model, load_model
from thb_indicators.records import Ad, Assessment, Basis, Document, Seen, with_basis
from thb_indicators.spans import require_text
from thb_indicators.triage import TriagePolicy


class Index(Protocol):
    """What a `Screener` asks of an index of earlier ads."""

    def see(self, document: Document) -> Seen:
        """Return what ties this ad to earlier ones, and remember it."""


class Screener:
    """Screens ads for published risk indicators and explains what it found. A person decides.

    Parameters
    ----------
    lexicon
        The rules; the shipped ones when not given.
    model
        The weights; the shipped ones when not given.
    policy
        When an ad is put before a person.
    index
        An index of earlier ads (`thb_indicators.Index`). Each assessment then carries its links to them and the cross-ad
        indicators measured over them, and the ad is added for the next ones; an index holds no text.

    Raises
    ------
    ModelError
        When the model does not fit the lexicon.

    Examples
    --------
    >>> screener = Screener()
    >>> ad = Ad("a1", "Work abroad, no experience needed. We keep your passport until the fee is paid off.",
    ...         basis="synthetic")
    >>> assessment = screener.assess(ad)
    >>> assessment.human_review
    'required'
    """

    def __init__(
        self,
        lexicon: Lexicon | None = None,
        model: Model | None = None,
        policy: TriagePolicy | None = None,
        index: Index | None = None,
    ) -> None:
        self.lexicon = lexicon if lexicon is not None else Lexicon.load()
        self.model = model if model is not None else load_model()
        self.policy = policy if policy is not None else TriagePolicy()
        self.index = index
        self.model.check(self.lexicon)
        self._detector = Detector(self.lexicon)

    def assess(self, ad: Ad) -> Assessment:
        """Assess one ad.

        Raises
        ------
        BasisError
            When the ad has no ``basis``.
        InputError
            When a field is of the wrong type or a signal names no indicator.
        """
        check_ad(ad)
        document = self._detector.read(ad)
        seen = self.index.see(document) if self.index is not None else Seen()
        if seen.signals:
            document = msgspec.structs.replace(document, signals=(*document.signals, *seen.signals))
        found = findings(document, self.model, self.lexicon.catalogue)
        assessment = Assessment(
            document=document,
            baseline=self.model.baseline,
            contributions=contributions(document, found, self.model),
            route="none",
            indicators=found,
            policy=self.policy.name,
            model_version=self.model.version,
            lexicon_digest=self.lexicon.digest,
            text_sha256=hashlib.sha256(ad.text.encode("utf-8", "surrogatepass")).hexdigest(),
            links=seen.links,
        )
        route, reason = self.policy.decide(document, found, assessment.score)
        return msgspec.structs.replace(assessment, route=route, reason=reason)

    def forget(self) -> None:
        """Drop the clauses of earlier ads that are remembered for speed; results do not change."""
        self._detector.forget()

    def assess_many(self, ads: Iterable[Ad], basis: Basis | None = None) -> Iterator[Assessment]:
        """Assess ads one by one, in order, without holding them.

        Parameters
        ----------
        ads
            The ads; read only as fast as the assessments are taken.
        basis
            Why the texts may be processed, for ads that do not say so themselves.
        """
        for ad in ads:
            yield self.assess(with_basis(ad, basis))


def check_ad(ad: Ad) -> None:
    """Refuse an ad that does not say why its text may be read, or whose fields are no text.

    Raises
    ------
    BasisError, InputError
        With what to do.
    """
    require_text(ad.id, "id", str(ad.id))
    require_text(ad.text, "text", ad.id)
    require_text(ad.title, "title", ad.id)
    with_basis(ad)
