from __future__ import annotations

import pytest

from thb_indicators import Ad, Lexicon, Screener
from thb_indicators.construction import literal
from thb_indicators.context import Cue, cue_constructions, denied, domains, quotations, reported
from thb_indicators.patterns import Cues

CUES = Cues(
    before=("no", "not", "never", "we do not"),
    after=("is not required", "is forbidden"),
    pseudo=("not only", "no problem"),
    stop=("but", ","),
    quoting=("beware of", "warning sign*"),
)
PHRASE = "keep your passport"


def cues_in(text: str, cues: Cues) -> list[Cue]:
    return [Cue(*place, kind) for kind, construction in cue_constructions(cues) for place in construction.find(text)]


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("we never keep your passport", "never"),
        ("we do not keep your passport", "we do not"),
        ("we will not in this or in any other case ever keep your passport", ""),  # beyond the reach of a cue
        ("not only we keep your passport", ""),
        ("no problem we keep your passport", ""),
        ("no fee but we keep your passport", ""),
        ("no experience , we keep your passport", ""),
        ("no . keep your passport", ""),
        ("keep your passport is forbidden", "is forbidden"),
        ("keep your passport here is not required", "is not required"),
        ("keep your passport but is forbidden", ""),
        ("keep your passport . is forbidden", ""),
    ],
)
def test_a_cue_denies_what_is_in_its_reach(text: str, cue: str) -> None:
    padded = f" {text} . "
    start = padded.index(PHRASE)
    assert denied(padded, start, start + len(PHRASE), cues_in(padded, CUES)) == cue


def test_a_warning_makes_the_rest_of_its_clause_reported_speech() -> None:
    text = " beware of people who keep your passport . keep your passport . "
    assert reported(text, text.index("keep"), cues_in(text, CUES)) == "beware of"
    assert reported(text, text.rindex("keep"), cues_in(text, CUES)) == ""


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ('They said "we keep your passport" to us', '"'),
        ("They said “we keep your passport” to us", "“"),
        ("Sie sagten „we will keep your passport“ zu uns", "„"),
        ("Ils disent « we keep your passport » souvent", "«"),
        ('A "nice" job: we keep your passport, "really"', ""),
        ("They said 'we will keep your passport' to all of us", "'"),
        ("we keep your passport", ""),
        ('We "keep your passport" in a safe for you', ""),
        ('12" screen, we keep your passport', ""),
    ],
)
def test_quotation_marks_count_when_they_enclose_the_words(text: str, mark: str) -> None:
    start = text.index(PHRASE)
    around = [opening for low, high, opening in quotations(text) if low < start and start + len(PHRASE) < high]
    assert "".join(around) == mark


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ({}, ()),
        ({"recruitment": 1}, ()),
        ({"recruitment": 2}, ("recruitment",)),
        ({"services": 2, "recruitment": 2}, ("recruitment",)),
        ({"services": 6, "recruitment": 2}, ("services",)),
        ({"services": 2, "other": 4}, ()),
        ({"services": 3, "other": 4}, ("services",)),
    ],
)
def test_points_decide_what_kind_of_ad_it_is(points: dict[str, int], expected: tuple[str, ...]) -> None:
    assert domains(points) == expected


@pytest.mark.parametrize("language", ["en", "es", "pt", "ro", "de", "fr", "it", "nl", "bg", "hu", "uk", "ru"])
def test_a_longer_pseudo_cue_hides_every_cue_it_contains(lexicon: Lexicon, language: str) -> None:
    cues = lexicon.cues[language]
    assert cues.before and cues.quoting and cues.stopwords
    for pseudo in cues.pseudo:
        words, star = literal(pseudo)
        text = f" {words}{'x' if star else ''} zorble . "
        start = text.index("zorble")
        assert denied(text, start, start + 6, cues_in(text, cues)) == "", pseudo


@pytest.mark.parametrize("language", ["en", "es", "pt", "ro", "de", "fr", "it", "nl", "bg", "hu", "uk", "ru"])
def test_every_cue_of_every_language_denies(lexicon: Lexicon, language: str) -> None:
    cues = lexicon.cues[language]
    for cue in cues.before:
        words, star = literal(cue)
        text = f" {words}{'x' if star else ''} zorble . "
        start = text.index("zorble")
        hidden = any(literal(p)[0].startswith(words) for p in cues.pseudo)
        assert (
            denied(text, start, start + 6, cues_in(text, cues)) or hidden or any(literal(s)[0] in words for s in cues.stop)
        ), cue


@pytest.mark.parametrize(
    ("text", "assertion"),
    [
        ("Dishwasher wanted, apply at the bistro. Cash in hand? Not here, we pay by bank.", "negated"),
        ("Dishwasher wanted, apply at the bistro. No contract? Never. You sign one on day one.", "negated"),
        ("Dishwasher wanted, apply at the bistro. No contract? No problem, you start tonight.", "affirmed"),
    ],
)
def test_only_an_outright_answer_denies_a_question_that_holds_a_denial(text: str, assertion: str) -> None:
    matches = Screener().assess(Ad("a", text, language="en", basis="synthetic")).document.matches
    assert {match.assertion for match in matches if match.indicator == "no_contract_or_undeclared"} == {assertion}
