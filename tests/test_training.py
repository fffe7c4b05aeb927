from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline

import thb_indicators as thb
from thb_indicators.classifier import PriorLogisticRegression
from thb_indicators.errors import BasisError, InputError
from thb_indicators.features import DocumentReader, IndicatorVectorizer, TermVectorizer, documents, spans
from thb_indicators.learn import scored
from thb_indicators.model import Model
from thb_indicators.records import Ad, Document
from thb_indicators.synth.generate import SyntheticAd, generate
from thb_indicators.terms import located, protected, terms
from thb_indicators.training import IndicatorClassifier


@pytest.fixture(scope="module")
def ads() -> list[SyntheticAd]:
    return list(generate(260, seed=11))


@pytest.fixture(scope="module")
def read(ads: list[SyntheticAd], lexicon: thb.Lexicon) -> list[Document]:
    return documents([Ad(a.id, a.text, a.title, a.language, basis="synthetic") for a in ads], lexicon)


@pytest.fixture(scope="module")
def labels(ads: list[SyntheticAd]) -> np.ndarray[Any, Any]:
    return np.array([a.label for a in ads])


@pytest.fixture(scope="module")
def fitted(read: list[Document], labels: np.ndarray[Any, Any], lexicon: thb.Lexicon) -> IndicatorClassifier:
    return IndicatorClassifier(lexicon).fit(read, labels)


def test_the_screener_gives_the_estimators_log_odds(
    fitted: IndicatorClassifier, read: list[Document], lexicon: thb.Lexicon
) -> None:
    model = fitted.to_model("test/1")
    screener = thb.Screener(lexicon, model)
    assert scored(read, model, lexicon) == pytest.approx(fitted.decision_function(read), abs=1e-9)
    for document, decision in zip(read[:60], fitted.decision_function(read[:60]), strict=True):
        assessment = screener.assess(document.ad)
        assert assessment.log_odds == pytest.approx(decision, abs=1e-9)
        total = assessment.baseline + sum(c.log_odds for c in assessment.contributions)
        assert total == pytest.approx(assessment.log_odds, abs=1e-9)


def test_without_labels_it_is_the_rule_score(read: list[Document], lexicon: thb.Lexicon) -> None:
    untrained = IndicatorClassifier(lexicon).untrained()
    assert untrained.decision_function(read) == pytest.approx(scored(read, Model.rules(), lexicon), abs=1e-12)


def test_deleting_an_indicator_takes_away_exactly_its_contribution(lexicon: thb.Lexicon, read: list[Document]) -> None:
    model = IndicatorClassifier(lexicon, with_terms=False).fit(read, [i % 2 for i in range(len(read))]).to_model("test/2")
    tried = 0
    for document in read:
        before = scored([document], model, lexicon)[0]
        for name in {m.indicator for m in document.matches if m.assertion == "affirmed"}:
            kept = tuple(m for m in document.matches if m.indicator != name)
            after = scored([msgspec.structs.replace(document, matches=kept)], model, lexicon)[0]
            assert before - after == pytest.approx(model.weight(lexicon.catalogue[name]), abs=1e-9)
            tried += 1
    assert tried > 100


def test_signs_hold(fitted: IndicatorClassifier, lexicon: thb.Lexicon) -> None:
    model = fitted.to_model("test/3")
    model.check(lexicon)
    for name, weight in model.weights.items():
        role = lexicon.catalogue[name].role
        assert weight <= 0 if role == "counter" else weight == 0 if role == "context_only" else weight >= 0


def test_it_works_inside_scikit_learn(read: list[Document], labels: np.ndarray[Any, Any], ads: list[SyntheticAd]) -> None:
    groups = np.array([a.group for a in ads])
    rows = np.array(read, dtype=object)
    decisions = cross_val_predict(
        IndicatorClassifier(), rows, labels, cv=GroupKFold(3), groups=groups, method="decision_function"
    )
    assert decisions.shape == labels.shape
    search = GridSearchCV(
        IndicatorClassifier(), {"term_strength": [0.1, 1.0]}, cv=GroupKFold(2), scoring="average_precision", refit=False
    ).fit(rows, labels, groups=groups)
    assert search.cv_results_["mean_test_score"].min() > labels.mean()
    copy = clone(IndicatorClassifier(prior_strength=3.0))
    assert copy.get_params()["prior_strength"] == 3.0
    pipeline = make_pipeline(DocumentReader(basis="synthetic"), IndicatorVectorizer(), PriorLogisticRegression())
    assert pipeline.fit([a.text for a in ads[:80]], labels[:80]).predict([ads[0].text]).shape == (1,)


def test_pandas_and_polars_come_out(read: list[Document]) -> None:
    pandas = IndicatorVectorizer().set_output(transform="pandas").fit_transform(read[:5])
    polars = IndicatorVectorizer().set_output(transform="polars").fit_transform(read[:5])
    assert list(pandas.columns) == polars.columns
    assert "document_handover" in polars.columns


def test_the_columns_are_the_catalogue_and_hold_what_is_present(lexicon: thb.Lexicon) -> None:
    vectorizer = IndicatorVectorizer(lexicon, basis="synthetic").fit([])
    row = vectorizer.transform(["Job abroad. We keep your passport in the office until the fee is paid off."])[0]
    names = vectorizer.get_feature_names_out()
    assert {"document_handover", "upfront_fee_or_debt"} <= set(names[row > 0])
    assert "commercial_sex_context" not in names


def test_strings_need_a_basis() -> None:
    with pytest.raises(BasisError, match='basis="synthetic"'):
        IndicatorVectorizer().fit([]).transform(["text"])
    with pytest.raises(InputError, match="item 0 is a int"):
        documents([3], basis="synthetic")


def test_terms_hold_no_protected_word_no_place_and_no_contact(read: list[Document]) -> None:
    vectorizer = TermVectorizer().fit(read)
    guarded = protected()
    words = {word for name in vectorizer.get_feature_names_out() for word in name.removeprefix("term:").split()}
    assert len(words) > 500
    assert not words & guarded.words
    assert not any(word.startswith(guarded.stems) for word in words)
    assert not any(sum(char.isdigit() for char in word) or "@" in word for word in words)
    assert not words & {"leeds", "denver", "lisbon"}


@pytest.mark.parametrize("word", ["thai", "brazilian", "slavic", "muslim", "maria", "lisbon", "young", "07700900123"])
def test_a_protected_word_leaves_no_trace_in_the_terms(word: str) -> None:
    assert terms(f" charming {word} company , call {word} today . ") == terms(" charming company , call today . ")


WORDS = ["we", "pay", "900", "900123", "new", "york", "los", "angeles", "maria", "thai", "nine", ".", ",", "a@example.com"]


@given(st.lists(st.sampled_from(WORDS), max_size=12))
def test_the_terms_are_those_that_stand_somewhere(words: list[str]) -> None:
    text = f" {' '.join(words)} "
    found = list(located(text))
    assert sorted(terms(text)) == sorted(term.words for term in found)
    singles = [term for term in found if " " not in term.words]
    assert all(text[term.start : term.end].replace("900", "###") == term.words for term in singles)
    assert {term.words for term in singles} <= {"we", "pay", "###", "new", "york", "los", "angeles"}


def test_names_of_places_leave_no_trace_the_longest_first() -> None:
    assert terms(" santo domingo este new pay in los angeles . ") == ["new", "pay", "in", "new pay", "pay in"]


def test_every_term_points_back_to_the_text() -> None:
    ad = Ad("a", "Good PAY,  paid\nweekly. Paid weekly!", "Paid weekly", basis="synthetic")
    found = spans(ad, "paid weekly")
    assert [(field, span.of(ad.field(field))) for field, span in found] == [
        ("title", "Paid weekly"),
        ("text", "paid\nweekly"),
        ("text", "Paid weekly"),
    ]
