from __future__ import annotations

import pytest
import spacy

import thb_indicators.spacy_component  # noqa: F401  # registers the factory, as the installed entry point does


def test_the_component_adds_an_assessment_and_spans() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("thb_indicators", config={"basis": "synthetic"})
    doc = nlp("Job abroad, good salary. We keep your passport in the office.")
    assert doc._.thb_assessment.human_review == "required"
    assert ("We keep your passport", "document_handover") in [(s.text, s.label_) for s in doc.spans["thb_indicators"]]


def test_the_component_asks_for_a_basis() -> None:
    with pytest.raises(ValueError, match="basis"):
        spacy.blank("en").add_pipe("thb_indicators")
