from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from thb_indicators.folding import fold_character
from thb_indicators.normalize import normalize

KNOWN = frozenset(["we", "keep", "your", "passport", "papers", "fresh", "no", "contract", "and", "experience", "driver"])
ODD = "\u200b\u200d\ufe0f\u00ad\u20e3éÉßﬁİıА а р с о х Я й ї ё ß ａＰ𝐩🅿ⓟ🍒✈️👑٣½…’“”–—№Ωω\U000e0041\x00\x1b\n\r\t"
texts = st.text(
    alphabet=st.one_of(st.characters(), st.sampled_from(ODD), st.sampled_from("aeopsrt 013.,!-'/:\"(")), max_size=120
)


@given(texts)
def test_every_token_slices_the_original(text: str) -> None:
    normalized = normalize(text, KNOWN.__contains__)
    words = normalized.text.split()
    assert len(words) == len(normalized.tokens)
    previous = 0
    for start, end in normalized.tokens:
        span = normalized.origin(start, end)
        assert 0 <= span.start < span.end <= len(text)
        assert span.start >= previous
        previous = span.start


@given(texts)
def test_spans_of_the_normalized_text_slice_the_original(text: str) -> None:
    normalized = normalize(text, KNOWN.__contains__)
    at = 0
    for word, (start, end) in zip(normalized.text.split(), normalized.tokens, strict=True):
        at = normalized.text.index(f" {word} ", at)
        assert normalized.span(at + 1, at + 1 + len(word)) == normalized.origin(start, end)
        assert normalized.span(at, at + 2 + len(word)) == normalized.origin(start, end)
        at += len(word) + 1


@given(texts)
@example("Aἀ")  # a mixed word whose Greek letter has an accent
@example('A:A"A/A')  # letters with unlike marks between
@example('k"e/e"p')
def test_it_is_idempotent(text: str) -> None:
    once = normalize(text, KNOWN.__contains__).text
    assert normalize(once, KNOWN.__contains__).text == once


@given(st.characters())
def test_a_folded_character_stays_as_it_is(char: str) -> None:
    folded = fold_character(char)
    assert "".join(map(fold_character, folded)) == folded


@given(texts)
def test_tricks_lie_inside_the_text(text: str) -> None:
    for trick in normalize(text, KNOWN.__contains__).tricks:
        assert 0 <= trick.span.start < trick.span.end <= len(text)


@pytest.mark.parametrize(
    ("written", "read", "kind"),
    [
        ("pa\u200bss\u200bport", "passport", "invisible"),
        ("раssроrt", "passport", "homoglyph"),
        ("ｐａｓｓｐｏｒｔ", "passport", "styled"),
        ("𝐩𝐚𝐬𝐬𝐩𝐨𝐫𝐭", "passport", "styled"),
        ("p4ssp0rt", "passport", "leet"),
        ("p@$$port", "passport", "leet"),
        ("p a s s p o r t", "passport", "spaced"),
        ("p.a.s.s.p.o.r.t", "passport", "spaced"),
        ("p-a-s-s-p-o-r-t", "passport", "spaced"),
        ("k e e p y o u r p a s s p o r t", "keep your passport", "spaced"),
        ("k e e p   y o u r   p a p e r s", "keep your papers", "spaced"),
    ],
)
def test_a_disguise_is_undone_and_remembered(written: str, read: str, kind: str) -> None:
    normalized = normalize(f"we {written} ok", KNOWN.__contains__)
    assert normalized.text == f" we {read} ok "
    assert [trick.kind for trick in normalized.tricks] == [kind]
    start = normalized.text.index(read)
    assert normalized.span(start, start + len(read)).of(normalized.original) == written


def test_what_looks_like_a_code_is_a_word_only_in_a_text_that_spells_others_so() -> None:
    known = {"free", "keep", "your", "boss"}.__contains__
    assert normalize("fr33 bus, flight b055, your room fr33", known).text == " fr33 bus , flight b055 , your room fr33 "
    assert normalize("fr33 bus, k33p it", known).text == " fr33 bus , keep it "
    disguised = normalize("fr33 bus, k33p y0ur b055", known)
    assert disguised.text == " free bus , keep your boss "
    assert [trick.span.of(disguised.original) for trick in disguised.tricks] == ["fr33", "k33p", "y0ur", "b055"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("PassPort", "passport"),
        ("pass\nport", "pass port"),
        ("don't", "don t"),
        ("don’t", "don t"),
        ("in-call", "in call"),
        ("24/7", "24^7"),
        ("$15,000 a week", "$15'000 a week"),
        ("naïve résumé", "naive resume"),
        ("café: 1,5 l, 24/7, 18:30 (don’t)", "cafe , 1'5 l , 24^7 , 18`30 don t"),
        ("Straße", "strasse"),
        ("паспорт твой", "паспорт твои"),
        ("Ελληνικά", "ελληνικα"),
        ("b2b and 4x4", "b2b and 4x4"),
        ("24h on the 2nd, A1", "24h on the 2nd , a1"),
        ("keep@example.com", "keep@example . com"),
        ("papers! and", "papers . and"),
        ("A B C D", "a b c d"),
        ("5️⃣5️⃣5️⃣", "555"),
        ("٠٧٧", "077"),
        ("end. Next", "end . next"),
        ("list\n- one\n- two", "list . one . two"),
    ],
)
def test_plain_writing_is_read_as_people_read_it(written: str, read: str) -> None:
    assert normalize(written, KNOWN.__contains__).text == f" {read} "


def test_accents_written_apart_belong_to_their_letter() -> None:
    text = unicodedata.normalize("NFD", "café here")
    normalized = normalize(text)
    assert normalized.text == " cafe here "
    assert normalized.span(1, 5).of(text) == unicodedata.normalize("NFD", "café")
