from __future__ import annotations

import datetime
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from thb_indicators import Ad, Lexicon, LexiconError, Screener
from thb_indicators.lint import failing_examples
from thb_indicators.normalize import normalize
from thb_indicators.resources import data_path
from thb_indicators.yamlsource import Mapping, Sequence, read_yaml

LANGUAGES = ("en", "es", "pt", "ro", "de", "fr", "it", "nl", "bg", "hu", "uk", "ru")
GOOD = """\
schema: thb-lexicon/1
language: en
defaults: {added: 2026-11-21, review_by: 2027-11-21, references: [ILO2012]}
patterns:
  - id: en.document_handover.private_term
    indicator: document_handover
    any: ["zorble your passport"]
    examples:
      fires: ["Please zorble your passport", "They will zorble your passport"]
      silent: ["We never zorble your passport", "Zorble your coat"]
"""


def pack(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "own.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def faults(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(LexiconError) as caught:
        Lexicon.load(extra=[pack(tmp_path, text)])
    return [f"{Path(p.path).name}:{p.line}: {p.message}" for p in caught.value.problems]


def test_the_catalogue_holds_the_whole_taxonomy(lexicon: Lexicon) -> None:
    numbers = [info.number for info in lexicon.catalogue.values()]
    assert numbers == [
        *(f"A{i:02d}" for i in range(1, 30)),
        *(f"B{i:02d}" for i in range(1, 32)),
        *(f"X{i:02d}" for i in range(1, 17)),
        *(f"C{i}" for i in range(1, 15)),
    ]
    for info in lexicon.catalogue.values():
        assert info.definition and info.why and info.innocent_readings, info.id
        assert all(reference in lexicon.sources for reference in info.references), info.id


def test_protected_and_disproved_indicators_never_weigh_anything(lexicon: Lexicon) -> None:
    for name in ("stated_age_low", "client_screening_language", "nonnative_or_poor_writing", "physical_marking_mentions",
                 "transience_language", "commercial_sex_context"):  # fmt: skip
        assert lexicon.catalogue[name].weight == 0
        assert not lexicon.catalogue[name].scored
    assert all(info.weight <= 0 for info in lexicon.catalogue.values() if info.role == "counter")


def test_there_are_at_least_three_hundred_patterns_in_twelve_languages(lexicon: Lexicon) -> None:
    assert len(lexicon.patterns) >= 300
    assert {p.language for p in lexicon.patterns} >= set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_covers_the_core_of_recruitment(lexicon: Lexicon, language: str) -> None:
    core = {i for i, info in lexicon.catalogue.items() if info.domain == "recruitment" and info.role == "core"} - {
        "recruiter_many_roles_countries"
    }  # read from several ads, not from words
    assert core <= {p.indicator for p in lexicon.patterns if p.language == language}


def test_every_example_beside_a_pattern_does_what_it_stands_for(lexicon: Lexicon) -> None:
    assert [str(failure) for failure in failing_examples(lexicon)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_list_says_a_thing_twice(language: str) -> None:
    said_twice = []
    for path in sorted(data_path("lexicons", language).glob("*.yaml")):
        lists: list[tuple[str, Any]] = [(path.name, read_yaml(path, path.name))]
        while lists:
            name, value = lists.pop()
            if isinstance(value, Mapping):
                lists += [(f"{name}:{value.line_of(key)} {key}", value[key]) for key in value]
            elif isinstance(value, Sequence):
                told = Counter(one for one in value if isinstance(one, str))
                said_twice += [f"{name}: {one}" for one, times in told.items() if times > 1]
                lists += [(name, one) for one in value if not isinstance(one, str)]
    assert said_twice == []


def test_youth_wording_is_only_what_sources_print_in_english_and_masked(lexicon: Lexicon) -> None:
    patterns = [p for p in lexicon.patterns if p.indicator == "youth_suggestive_language"]
    assert {p.language for p in patterns} == {"en"}
    assert all(p.masked for p in patterns)
    sources = {c.source.lower() for p in patterns for c in p.constructions}
    assert sources == {"i have a younger friend", "younger friend", "barely legal"}


def test_a_pack_of_ones_own_is_read_and_used(tmp_path: Path) -> None:
    own = Lexicon.load(extra=[pack(tmp_path, GOOD)])
    ad = Ad("a", "Work abroad, good salary. You must zorble your passport.", basis="synthetic")
    found = {f.id: f.assertion for f in Screener(own).assess(ad).indicators}
    assert found["document_handover"] == "affirmed"
    assert own.digest != Lexicon.load().digest


def test_all_faults_are_reported_at_once_with_their_lines(tmp_path: Path) -> None:
    text = GOOD.replace("any: [", "anny: 1\n    any: [").replace("indicator: document_handover", "indicator: document_handovr")
    assert faults(tmp_path, text) == [
        "own.yaml:6: no indicator `document_handovr`",
        "own.yaml:7: unknown key `anny`",
    ]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("schema: thb-lexicon/1", "schema: thb-lexicon/9", "own.yaml:1: the schema must be `thb-lexicon/1`"),
        ('zorble your passport"]', 'zorble {nothing}"]', "own.yaml:7: `zorble {nothing}`: there is no concept {nothing}"),
        (", references: [ILO2012]", "", "own.yaml:5: a pattern without a reference does not load"),
        ("[ILO2012]", "[NOBODY]", "own.yaml:5: no source `NOBODY`"),
        ("en.document_handover.private_term", "en.other.term", "own.yaml:5: the id must start with `en.document_handover.`"),
        (', "Zorble your coat"', "", "own.yaml:8: give at least 2 `fires` and 2 `silent` examples"),
        ("review_by: 2027-11-21", "review_by: soon", "own.yaml:5: `review_by` must be a date"),
        (
            "indicator: document_handover",
            "indicator: stated_age_low",
            "own.yaml:5: the id must start with `en.stated_age_low.`",
        ),
        ("patterns:", "patterns:\npatterns:", "own.yaml:5: `patterns` stands twice"),
        ("any: [", "any: {", "own.yaml:7:"),
    ],
)
def test_each_fault_says_where_it_is(tmp_path: Path, old: str, new: str, fault: str) -> None:
    assert any(f.startswith(fault) for f in faults(tmp_path, GOOD.replace(old, new, 1)))


def test_a_documented_non_indicator_cannot_be_added_back(tmp_path: Path) -> None:
    text = GOOD.replace("document_handover", "client_screening_language")
    assert any("documented as no indicator" in fault for fault in faults(tmp_path, text))


def test_patterns_past_their_review_date_are_reported(lexicon: Lexicon) -> None:
    assert len(lexicon.stale(datetime.date(2099, 1, 1))) == len(lexicon.patterns)
    assert lexicon.stale(datetime.date(2026, 11, 21)) == ()


@pytest.mark.parametrize(
    ("disguised", "plain"),
    [
        ("we n e v e r c l o s e today", " we never close today "),
        ("new f a c e s t h i s week", " new faces this week "),
        ("your p a s s p o r t s here", " your passports here "),
    ],
)
def test_words_spaced_out_beside_each_other_come_apart(lexicon: Lexicon, disguised: str, plain: str) -> None:
    assert normalize(disguised, lexicon.knows).text == plain
