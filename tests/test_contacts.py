from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thb_indicators import InputError, extract_contacts

CASES = [
    json.loads(line) for line in (Path(__file__).parent / "data" / "contact_strings.jsonl").read_text("utf-8").splitlines()
]
"""Strings written before the rules, and later ones, with the kind, value and disguise of each contact in them."""
ODD = "0123456789+-() .xX@/:_*~oOlI5️⃣🌹\u200bzerofivat"


@given(
    st.text(alphabet=st.one_of(st.sampled_from(ODD), st.characters()), max_size=80),
    st.sampled_from([None, "GB", "US", "DE", "zz"]),
)
def test_spans_slice_the_original_and_never_overlap(text: str, country: str | None) -> None:
    end = 0
    for contact in extract_contacts(text, country):
        assert end <= contact.span.start < contact.span.end <= len(text)
        assert contact.value
        end = contact.span.end


@pytest.mark.parametrize(
    ("text", "country", "kind", "value", "obscured"),
    [
        ("Call 07700 900123 now", "GB", "phone", "+447700900123", False),
        ("Call +44 7700 900123 now", None, "phone", "+447700900123", False),
        ("0044 7700 900 123", None, "phone", "+447700900123", False),
        ("(415) 555-0132", "US", "phone", "+14155550132", False),
        ("415.555.0132", "US", "phone", "+14155550132", False),
        ("0 7 7 0 0 9 0 0 1 2 3", "GB", "phone", "+447700900123", True),
        ("07*700*900*123", "GB", "phone", "+447700900123", True),
        ("07700🌹900🌹123", "GB", "phone", "+447700900123", True),
        ("0️⃣7️⃣7️⃣0️⃣0️⃣9️⃣0️⃣0️⃣1️⃣2️⃣3️⃣", "GB", "phone", "+447700900123", True),
        ("٠٧٧٠٠٩٠٠١٢٣", "GB", "phone", "+447700900123", True),
        ("０７７００ ９００１２３", "GB", "phone", "+447700900123", True),
        ("077\u200b00 900\u200b123", "GB", "phone", "+447700900123", True),
        ("oh seven seven double oh nine double oh one two three", "GB", "phone", "+447700900123", True),
        ("cero siete siete cero cero nueve cero cero uno dos tres", "GB", "phone", "+447700900123", True),
        ("O77OO 9OO 123", "GB", "phone", "+447700900123", True),
        ("ann@example.com", None, "email", "ann@example.com", False),
        ("ann (at) example (dot) com", None, "email", "ann@example.com", True),
        ("ann [at] example.com", None, "email", "ann@example.com", True),
        ("ann AT example DOT com", None, "email", "ann@example.com", True),
        ("https://wa.me/447700900123", None, "messaging", "wa.me/447700900123", False),
        ("t.me/some_name", None, "messaging", "t.me/some_name", False),
        ("write to @some_name", None, "handle", "@some_name", False),
        ("telegram: some_name", None, "handle", "@some_name", False),
        ("see www.example.com/jobs.", None, "url", "example.com/jobs", False),
    ],
)
def test_a_contact_is_read_from_plain_and_disguised_writing(
    text: str, country: str | None, kind: str, value: str, obscured: bool
) -> None:
    contacts = extract_contacts(text, country)
    assert [(c.kind, c.value, c.obscured) for c in contacts] == [(kind, value, obscured)]


@pytest.mark.parametrize(
    "text",
    [
        "born 12/03/1999 12:30", "open 2019-2021", "rent 1,200,000", "1500/1600/1700 per month", "ISBN 978-3-16-148410-0",
        "8-10 hours, 5-6 days, 1200-1500", "room 12, 3 nights 240 euros", "2012-01-02 08:00", "one of two or three",
        "meet at noon. dot the i", "100% cotton 40x60", "built in 1998, 120 m2, 3 beds",
    ],
)  # fmt: skip
def test_no_contact_is_read_where_there_is_none(text: str) -> None:
    assert extract_contacts(text) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:40])
def test_a_string_with_contacts_gives_exactly_these(case: dict[str, Any]) -> None:
    contacts = extract_contacts(case["text"], case["country"])
    assert [[c.kind, c.value, c.obscured] for c in contacts] == case["expected"]


@pytest.mark.parametrize("country", [None, "GB", "US", "DE", "FR", "ES", "RO", "PL", "HU", "UA", "NL"])
def test_a_string_without_a_contact_has_none_whatever_the_country(country: str | None) -> None:
    texts = [case["text"] for case in CASES if not case["expected"]]
    assert len(texts) > 300
    assert [text for text in texts if extract_contacts(text, country)] == []


@given(
    st.sampled_from([case for case in CASES if case["expected"]]),
    st.sampled_from(["", "Welcome. ", "Nice flat! ", "(", "🌹 "]),
    st.sampled_from(["", ". Thanks", ", evenings", ")", "!", " 🌹", "\nbye"]),
)
def test_what_stands_around_a_contact_is_left_out_of_it(case: dict[str, Any], before: str, after: str) -> None:
    text = before + case["text"] + after
    for contact in extract_contacts(text, case["country"]):
        surface = contact.span.of(text)
        assert surface.strip(" \n🌹!,") == surface
        assert "Welcome" not in surface
        assert "Thanks" not in surface


@pytest.mark.parametrize(
    "text",
    ["a dot " * 3000, "(at" * 6000, "a " * 9000 + "@ b", "0 " * 9000, "one " * 4000, "ig " * 6000, "www " * 4000, "a.b@" * 4000,
     "t.me/" * 4000, "-at-" * 4000, "x at y dot " * 1500, "1.1," * 5000, "AB12 3456 " * 2000,
     "dix-sept " * 2000 + "x", "twenty one " * 2000 + "x", "quatre-vingt-dix-huit, " * 1000 + "x", "9 hundred " * 2000 + "x"],
    ids=lambda text: text[:12],
)  # fmt: skip
def test_a_hostile_text_is_read_to_its_end(text: str) -> None:
    assert all(contact.span.end <= len(text) for contact in extract_contacts(text, "GB"))


def test_text_must_be_text() -> None:
    with pytest.raises(InputError, match="must be text"):
        extract_contacts(5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Find example_ann on Telegram", ["@example_ann"]),
        ("ich bin example.lena99 auf Instagram", ["@example.lena99"]),
        ("Ann answers on Telegram", []),
        ("see table_2 on line 5", []),
        ("Contact par messagerie : @ example_selin (telegram)", ["@example_selin"]),
        ("we meet @ the_corner of the square", []),
    ],
)
def test_a_name_may_stand_before_its_platform(text: str, names: list[str]) -> None:
    assert [contact.value for contact in extract_contacts(text)] == names


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("write to giulia . example at example . org", ["giulia.example@example.org"]),
        ("come . see us at example . org", ["example.org"]),
        ("Check-in from 3 p.m. at example.org", ["example.org"]),
    ],
)
def test_at_as_a_word_joins_names_whose_points_stand_apart(text: str, values: list[str]) -> None:
    assert [contact.value for contact in extract_contacts(text)] == values


def test_a_country_in_brackets_after_a_number_is_its_country() -> None:
    assert [contact.value for contact in extract_contacts("Ring 07700 900123 (UK) after six", "IT")] == ["+447700900123"]
    assert [contact.value for contact in extract_contacts("Ring 07700 900123 (at home)", "GB")] == ["+447700900123"]


def test_a_number_in_words_may_begin_with_its_country() -> None:
    text = "Mijn telefoon: vier vier, zeven zeven nul nul, negen nul nul, een negen zes."
    assert [contact.value for contact in extract_contacts(text, "NL")] == ["+447700900196"]


def test_words_that_count_prices_are_no_number() -> None:
    assert extract_contacts("One 100, two 180, three 250", "GB") == []
    assert [contact.value for contact in extract_contacts("oh 77 double oh, nine 00 one 23", "GB")] == ["+447700900123"]
