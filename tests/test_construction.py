from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thb_indicators.construction import Construction, ConstructionError, literal
from thb_indicators.measures import number_value

CONCEPTS = {"id": ["passport*", "id card", "{paper}"], "paper": ["papers"], "loop": ["{loop}"]}


@pytest.mark.parametrize(
    ("source", "text", "found"),
    [
        ("keep|hold ..2 {id}", " we hold all your passports here . ", "hold all your passports"),
        ("keep|hold ..2 {id}", " we hold onto all of your passports . ", None),
        ("keep ..2 {id}", " we keep it . passport lost . ", None),
        ("keep {id}", " we keep id card . ", "keep id card"),
        ("keep {id}", " we keep papers . ", "keep papers"),
        ("stay [here|right there] now", " stay now ", "stay now"),
        ("stay [here|right there] now", " stay right there now ", "stay right there now"),
        ("no experience required", " no experience required . ", "no experience required"),
        ("in-call", " in call ", "in call"),
        ("24/7", " 24^7 ", "24^7"),
        ("{number>=12} hours", " 14 hours ", "14 hours"),
        ("{number>=12} hours", " 8 hours ", None),
        ("{number=18-25} years", " 26 years ", None),
        ("{money>=5000} ..2 month", " € 6'000 per month ", "€ 6'000 per month"),
        ("{money>=5000} ..2 month", " 6k a month ", "6k a month"),
        ("{money>=5000} ..2 month", " 600 euros a month ", None),
        ("{money<=5} per hour", " $4'50 per hour ", "$4'50 per hour"),
        ("fee ..3 {money}", " fee to the driver on 07700 ", None),
        ("fee ..3 {money}", " fee 0'5 euro ", "fee 0'5 euro"),
        ("passport* & keep|hold", " we hold on to it , the passports ", "hold on to it , the passports"),
        ("passport* & keep|hold", " passport , we keep it ", "passport , we keep"),
        ("passport* & keep|hold", " passport . we keep it ", None),
        ("passport* &2 keep|hold", " passport for all of us to keep ", None),
        ("prepar* document*", " preparing documents ", "preparing documents"),
    ],
)
def test_a_construction_finds_what_it_says(source: str, text: str, found: str | None) -> None:
    places = [text[start:end] for start, end in Construction(source, CONCEPTS).find(text)]
    assert places == ([found] if found else [])


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("keep {nothing}", "no concept"),
        ("{loop}", "contains itself"),
        ("..4", "no word"),
        ("[keep]", "no word"),
        ("(keep", "never closed"),
        ("(keep|hold] passport", "never closed, or holds another bracket"),
        ("((keep|hold) your) passport", "never closed, or holds another bracket"),
        ("keep | (hold|mind) passport", "either words or one {concept}"),
        ("keep ..99 it", "1 to 12"),
        ("{number>12} hours", "comparison"),
        ("(a|) b", "empty"),
        ("***", "no word"),
        ("| keep", "was expected"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(source: str, why: str) -> None:
    with pytest.raises(ConstructionError, match=re.escape(why)):
        Construction(source, CONCEPTS)


@given(st.text(alphabet="ab{}()[]|.*0 ><=,é", max_size=24))
def test_any_source_is_read_or_refused(source: str) -> None:
    try:
        construction = Construction(source, {"a": ["b"]})
    except ConstructionError:
        return
    text = " a b ab 10 a , b . e a "
    for start, end in construction.find(text):
        assert text[start - 1] == " " and text[end] == " "


@pytest.mark.parametrize(
    ("text", "value"),
    [("15'000", 15000), ("1'500'000", 1_500_000), ("12'5", 12.5), ("3k", 3000), ("€ 900", 900), ("7", 7), ("none", 0)],
)
def test_numbers_are_read_whatever_their_separators(text: str, value: float) -> None:
    assert number_value(text) == value


def test_entries_are_normalized_like_text() -> None:
    assert literal("Sécurité-Sociale*") == ("securite sociale", True)
