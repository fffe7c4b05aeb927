"""Whether a sentence speaks of what a pattern found in it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thb_indicators import Ad, Lexicon
from thb_indicators.detect import READS_OTHERWISE, Detector
from thb_indicators.errors import LexiconError
from thb_indicators.kinds import STEM
from thb_indicators.normalize import normalize
from thb_indicators.sentences import SentenceLeanings, features, read_sentences, written
from thb_indicators.terms import protected

AD = "Packers wanted for a warehouse. We keep your passport, in the office. Call 07700 900123 for an interview."


def read(weights: dict[str, dict[str, float]], text: str, language: str = "en") -> dict[str, set[str]]:
    lexicon = msgspec.structs.replace(Lexicon.load(), sentences={"en": SentenceLeanings(weights)})
    found: dict[str, set[str]] = {}
    for match in Detector(lexicon).read(Ad("a", text, language=language, basis="synthetic")).matches:
        found.setdefault(match.indicator, set()).add(f"{match.assertion}: {match.cue}")
    return found


def test_what_no_sentence_leans_to_does_not_count_and_the_words_are_named() -> None:
    found = read({"document_handover": {"": -1.0, "office": -3.0, "keep": -2.0, "passpo": 0.2, "in": -2.0}}, AD)
    assert f"innocent_reading: {READS_OTHERWISE}: keep, office" in found["document_handover"]
    assert "affirmed: " not in found["document_handover"]


@pytest.mark.parametrize("weights", [{"": 0.0, "office": -4.0}, {"": -9.0, "passpo": 5.0}])
def test_what_a_sentence_leans_to_enough_counts(weights: dict[str, float]) -> None:
    assert "affirmed: " in read({"document_handover": weights}, AD)["document_handover"]


def test_one_sentence_of_several_is_enough() -> None:
    weights = {"document_handover": {"": -9.0, "locker": 6.0}}
    twice = f"{AD} Your passport is kept in our locker."
    assert "affirmed: " in read(weights, twice)["document_handover"]
    assert "affirmed: " not in read(weights, AD)["document_handover"]


def test_indicators_and_languages_without_weights_count_as_ever() -> None:
    assert "affirmed: " in read({"urgency_pressure": {"": -9.0}}, AD)["document_handover"]
    german = "Lagerarbeiter gesucht. Ihren Reisepass bewahren wir im Büro auf. Bewerbung unter 07700 900123."
    assert "affirmed: " in read({"document_handover": {"": -9.0}}, german, "de")["document_handover"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Romanian ladies live in", "Norwegian men live in"),
        ("a driver from Leeds is sent", "a driver from Porto is sent"),
        ("pay 200 now", "pay 950 now"),
    ],
)
def test_no_protected_word_place_or_number_weighs_otherwise_than_another(one: str, other: str) -> None:
    assert list(features(normalize(one).text)) == list(features(normalize(other).text))


def test_no_shipped_weight_stands_for_a_protected_word_or_a_place() -> None:
    words = {word for weights in Lexicon.load().sentences["en"].weights.values() for one in weights for word in one.split()}
    single = {word for word in protected().words | protected().places if " " not in word}
    assert len(words) > 2000
    assert not {word for word in words if len(word) < STEM} & single
    assert not {word for word in words if word.startswith(protected().stems)}


names = st.text(st.sampled_from("abcé@%0 "), max_size=6).filter(lambda text: text == text.strip())
columns = st.dictionaries(names, st.integers(-99, 99).map(lambda tenths: tenths / 10), max_size=5)


@given(st.dictionaries(st.text(st.sampled_from("ab_"), min_size=1, max_size=5), columns, max_size=4), st.floats(-9, 9))
def test_what_is_written_is_read_back(weights: dict[str, dict[str, float]], every: float) -> None:
    leanings = SentenceLeanings({indicator: {**one, "": round(every, 1)} for indicator, one in weights.items()})
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "sentences.tsv"
        file.write_text(written(leanings, ["a comment"]), "utf-8")
        assert read_sentences(file, "sentences.tsv").weights == leanings.weights


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("word\t3\n", 1, "no feature"),
        ("# comment\ndebt\n\t-5\nword\tmany\n", 4, "no feature"),
        ("debt\n\t-5\nword\t3\t4\n", 3, "no feature"),
        ("debt\nword\t3\n", 1, "debt has no weight for every sentence"),
    ],
)
def test_a_broken_file_is_told_by_line(tmp_path: Path, text: str, line: int, says: str) -> None:
    (tmp_path / "sentences.tsv").write_text(text)
    with pytest.raises(LexiconError) as caught:
        read_sentences(tmp_path / "sentences.tsv", "en/sentences.tsv")
    (problem,) = caught.value.problems
    assert (problem.path, problem.line) == ("en/sentences.tsv", line)
    assert says in problem.message
