"""What kind of ad a plainly worded ad is taken for, in every language.

The lexicon's cues were written, and the leanings of words learned, with these ads at hand: they keep both from falling back
and estimate nothing.
"""

from __future__ import annotations

import json
import tempfile
import unittest.mock
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thb_indicators import Ad, Lexicon
from thb_indicators.detect import Detector
from thb_indicators.errors import LexiconError
from thb_indicators.kinds import STEM, Lean, Leanings, read_leanings, stems, written
from thb_indicators.terms import protected

LEXICON = Lexicon.load()
READER = Detector(LEXICON)
ADS = [json.loads(line) for line in (Path(__file__).parent / "data" / "kinds.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def read() -> list[tuple[dict[str, str], bool]]:
    """Return every ad, and whether it is taken for the kind it was written as."""
    detector = Detector(LEXICON)
    wanted = {"services": ("services",), "recruitment": ("recruitment",), "other": ()}
    ads = [(row, Ad("k", row["text"], language=row["language"], basis="synthetic")) for row in ADS]
    return [(row, detector.domains(ad) == wanted[row["kind"]]) for row, ad in ads]


@pytest.mark.parametrize("kind", ["services", "recruitment", "other"])
def test_plainly_worded_ads_are_taken_for_what_they_are(kind: str, read: list[tuple[dict[str, str], bool]]) -> None:
    right = Counter(told for ad, told in read if ad["kind"] == kind)
    assert right[True] >= 0.97 * right.total()


@pytest.mark.parametrize("language", sorted({ad["language"] for ad in ADS}))
def test_no_language_is_read_worse_than_the_others(language: str, read: list[tuple[dict[str, str], bool]]) -> None:
    right = Counter(told for ad, told in read if ad["language"] == language)
    assert right[True] >= 0.92 * right.total()


LONGER = "and so on, as told before, " * 6


def told(leanings: dict[str, tuple[float, float]], text: str) -> tuple[str, ...]:
    """Return the kind that an English ad is taken for, where its words lean so."""
    weights = {"": Lean(-1.0, -1.0, 0.0)} | {stem: Lean(*lean, 0.0) for stem, lean in leanings.items()}
    lexicon = msgspec.structs.replace(LEXICON, leanings={"en": Leanings(weights)})
    return Detector(lexicon).domains(Ad("k", f"{text} {LONGER}", language="en", basis="synthetic"))


def test_a_short_ad_goes_by_its_cues_alone() -> None:
    lexicon = msgspec.structs.replace(LEXICON, leanings={"en": Leanings({"": Lean(-9.0, -9.0, -9.0)})})
    ad = Ad("k", "Job abroad. We keep your passport.", language="en", basis="synthetic")
    assert Detector(lexicon).domains(ad) == ("recruitment",)


OFFERS = (
    "Job abroad, good salary, send your CV. We keep your passport until the fee is paid off.",
    "Massage by appointment, incall and outcall, new in town, ask for the girls, our manager answers.",
    "Quiet room with a garden, breakfast is left at the door, bring your bicycle.",
)


@pytest.mark.parametrize("text", OFFERS)
@given(st.floats(-4, 4), st.floats(-4, 4))
def test_the_kind_alone_is_told_as_in_a_whole_reading(text: str, services: float, recruitment: float) -> None:
    lexicon = msgspec.structs.replace(LEXICON, leanings={"en": Leanings({"": Lean(services, recruitment, 0.0)})})
    with unittest.mock.patch.object(READER, "lexicon", lexicon):
        ad = Ad("k", f"{text} {LONGER}", language="en", basis="synthetic")
        assert READER.domains(ad) == READER.read(ad).domains


def test_words_alone_make_no_kind() -> None:
    assert told({"quince": (9.0, 0.0)}, "Quinces from the old tree behind the chapel, bring a basket.") == ()


def test_where_words_lean_to_a_kind_its_indicators_count_as_cues() -> None:
    ad = "Quinces for the mill. We keep your passport at the mill and the fare is taken from your first pay."
    assert told({"quince": (0.0, 9.0)}, ad) == ("recruitment",)


def test_cues_of_other_things_outvote_what_words_lean_to() -> None:
    ad = "Puppies for sale, vaccinated, microchipped, see them with their mother. New faces every week."
    assert told({"puppie": (9.0, 0.0)}, ad) == ()


def test_words_that_lean_to_other_things_outvote_few_cues() -> None:
    ad = "Waiters wanted in the play: quince club rehearsals on Mondays."
    assert told({}, ad) == ("recruitment",)
    assert told({"quince": (-9.0, -9.0)}, ad) == ()


ORDINARY_OFFER = (
    "Apple pickers wanted for the autumn: written contract, payslip every week, bring references. Quinces are picked as well, "
    "by hand and from low trees, Monday to Friday. {said} Apply with your CV at jobs@example.com or at the farm gate."
)


def standing(said: str, concern: float) -> dict[str, set[tuple[str, str]]]:
    """Return how each indicator of an offer stands, and why, where the word "quinces" leans the ad to concern that far."""
    weights = {"": Lean(0.0, 3.0, 0.0), "quince": Lean(0.0, 0.0, concern), "contra": Lean(0.0, 0.0, -0.5)}
    lexicon = msgspec.structs.replace(LEXICON, leanings={"en": Leanings(weights)})
    ad = Ad("k", ORDINARY_OFFER.format(said=said), language="en", basis="synthetic")
    standings: dict[str, set[tuple[str, str]]] = {}
    for match in Detector(lexicon).read(ad).matches:
        standings.setdefault(match.indicator, set()).add((match.assertion, match.cue))
    return standings


def test_in_an_ordinary_ad_a_supporting_indicator_that_one_pattern_tells_does_not_count() -> None:
    assert standing("Urgent, start tomorrow.", -0.5)["urgency_pressure"] == {("affirmed", "")}
    held = {("innocent_reading", "reads as an ordinary ad: contract, quinces")}
    assert standing("Urgent, start tomorrow.", -2.0)["urgency_pressure"] == held


def test_in_an_ordinary_ad_what_several_patterns_tell_counts() -> None:
    said = "No experience needed, beginners are welcome, full training given."
    assert standing(said, -2.0)["no_experience_required"] == {("affirmed", "")}


def test_in_an_ordinary_ad_core_indicators_count() -> None:
    assert standing("We keep your passport.", -2.0)["document_handover"] == {("affirmed", "")}


@pytest.mark.parametrize("word", ["women", "men", "ladies", "gentlemen"])
def test_in_an_ordinary_ad_what_is_said_with_a_protected_word_counts_as_before(word: str) -> None:
    said = f"We want {word} only."
    assert standing(said, -2.0).get("demographic_targeting") == standing(said, 0.0).get("demographic_targeting")


SINGLE = sorted(word for word in protected().words | protected().places if " " not in word)


def test_no_protected_word_and_no_place_has_a_stem() -> None:
    assert len(SINGLE) > 5000
    assert stems(f" {' '.join(SINGLE)} {' '.join(f'{stem}ish' for stem in protected().stems)} ") == set()


def test_a_word_in_leet_spelling_leans_as_the_word_does_and_a_protected_one_does_not() -> None:
    assert stems(" h4rv3st 4pples ") == stems(" harvest apples ")
    assert stems(" w0men 24h 3000 ") == set()


@pytest.mark.parametrize("language", sorted(LEXICON.leanings))
def test_no_shipped_weight_stands_for_a_protected_word(language: str) -> None:
    leaning = LEXICON.leanings[language].weights.keys() - {""}
    assert not {stem for stem in leaning if len(stem) < STEM} & set(SINGLE)
    assert not {stem for stem in leaning if stem.startswith(protected().stems)}


@given(st.lists(st.sampled_from(SINGLE), max_size=5), st.integers(0, 6))
def test_protected_words_change_no_leaning(words: list[str], at: int) -> None:
    said = ["quiet", "rooms", "by", "the", "old", "harbor", "wall"]
    leanings = LEXICON.leanings["en"]
    assert leanings.of(f" {' '.join([*said[:at], *words, *said[at:]])} ") == leanings.of(f" {' '.join(said)} ")


WEIGHTS = st.integers(-999, 999).map(lambda n: n / 100)
STEMS = st.text("abcdefżиő", min_size=1, max_size=STEM)


@given(st.dictionaries(STEMS, st.builds(Lean, WEIGHTS, WEIGHTS, WEIGHTS)), st.lists(st.text("ab \t#", max_size=9)))
def test_leanings_are_read_as_they_were_written(weights: dict[str, Lean], comment: list[str]) -> None:
    leanings = Leanings(weights | {"": Lean(0.5, -0.25, 0.0)})
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "kinds.tsv"
        file.write_text(written(leanings, comment), "utf-8")
        assert read_leanings(file, "kinds.tsv").weights == leanings.weights


@pytest.mark.parametrize(
    ("text", "line", "fault"),
    [
        ("# comment\n\t1\t2\t3\nquince\t7\n", 3, "no stem with three whole numbers"),
        ("\t1\t2\t3\nquince\ta\tb\tc\n", 2, "no stem with three whole numbers"),
        ("quince\t1\t2\t3\n", 1, "the stem '' is missing"),
        ("", 1, "the stem '' is missing"),
    ],
)
def test_a_file_of_leanings_that_cannot_be_read_says_where(text: str, line: int, fault: str, tmp_path: Path) -> None:
    (tmp_path / "kinds.tsv").write_text(text)
    with pytest.raises(LexiconError) as told:
        read_leanings(tmp_path / "kinds.tsv", "en/kinds.tsv")
    problem = told.value.problems[0]
    assert (problem.path, problem.line) == ("en/kinds.tsv", line)
    assert fault in problem.message
