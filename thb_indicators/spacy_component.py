"""A spaCy pipeline component, for pipelines that already run spaCy.

>>> import spacy
>>> nlp = spacy.blank("en")
>>> _ = nlp.add_pipe("thb_indicators", config={"basis": "synthetic"})
>>> doc = nlp("Job abroad, good salary. We keep your passport in the office.")
>>> [(span.text, span.label_) for span in doc.spans["thb_indicators"] if span.label_ == "document_handover"]
[('We keep your passport', 'document_handover')]
"""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from thb_indicators.records import Ad, Basis
from thb_indicators.screen import Screener

KEY = "thb_indicators"


class Component:
    """Adds an assessment to each document, and its affirmed matches as a span group.

    ``doc._.thb_assessment`` holds the `Assessment`; ``doc.spans["thb_indicators"]`` its matches, labeled by indicator and
    widened to whole spaCy tokens.
    """

    def __init__(self, basis: Basis, screener: Screener | None = None) -> None:
        if not Doc.has_extension("thb_assessment"):
            Doc.set_extension("thb_assessment", default=None)
        self._basis = basis
        self._screener = screener or Screener()

    def __call__(self, doc: Doc) -> Doc:
        """Assess one document."""
        ad = Ad(str(doc.user_data.get("id", "doc")), doc.text, language=doc.lang_ or None, basis=self._basis)
        assessment = self._screener.assess(ad)
        doc._.thb_assessment = assessment
        spans = [
            doc.char_span(match.span.start, match.span.end, label=match.indicator, alignment_mode="expand")
            for match in assessment.document.matches
            if match.assertion == "affirmed"
        ]
        doc.spans[KEY] = [span for span in spans if span is not None]
        return doc


@Language.factory(KEY, default_config={"basis": None})
def create(nlp: Language, name: str, basis: Basis | None) -> Component:
    """Build the component; ``basis`` says why the texts may be processed and must be given in the config.

    Raises
    ------
    ValueError
        When no basis is given.
    """
    if basis is None:
        raise ValueError('give config={"basis": "synthetic"} or {"basis": "consented"}: nothing is screened without one')
    return Component(basis)
