"""Fingerprints of texts, versions of one text, and the template they share."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thb_indicators.labeled import near_copies
from thb_indicators.normalize import normalize
from thb_indicators.repeats.pairs import short_keys, text_pairs
from thb_indicators.repeats.signatures import (
    FEWEST,
    HASHES,
    Shingles,
    bands,
    shingles,
    signatures,
    similar_to,
    similarities,
    similarity,
)
from thb_indicators.repeats.template import shared_template

QUIET = (
    "Bright room in a calm street, ten minutes from the market hall and the old bridge. The kitchen is shared with two "
    "others who work early. Bed linen, heating and internet are part of the price."
)
STUDIO = (
    "Piano lessons for adults who always wanted to begin. We meet once a week in my studio, choose the pieces together and "
    "go at your pace. The first hour costs nothing."
)
FOOTER = (
    "All advertisements are published under the terms of this marketplace. Report a listing with the button beside it. "
    "The marketplace is not a party to any agreement between readers and advertisers."
)


def alike(*texts: str) -> float:
    made = shingles([normalize(text).words for text in texts])
    return similarity(made.of(0), made.of(1))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"{QUIET} Lisbon, 400 euro, 07700 900123", f"{QUIET} Porto, 520 euro, call +44 7700 900456"),
        (QUIET, QUIET.upper()),
        (QUIET, QUIET.replace(" ", "\u200b ").replace("e", "е")),
    ],
    ids=["slots", "case", "disguised"],
)
def test_contacts_prices_places_and_disguise_change_nothing(one: str, other: str) -> None:
    assert alike(one, other) > 0.9


def test_a_word_in_ten_changed_leaves_a_version_of_the_text() -> None:
    words = QUIET.split()
    words[4::10] = ["another"] * len(words[4::10])
    assert 0.4 < alike(QUIET, " ".join(words)) < 0.9


def test_two_texts_are_not_alike_even_under_one_footer() -> None:
    assert alike(QUIET, STUDIO) == 0.0
    assert alike(f"{QUIET} {FOOTER}", f"{STUDIO} {FOOTER}") == 0.0


def test_nationality_words_do_not_matter() -> None:
    assert alike(f"Italian {QUIET}", f"Swedish {QUIET}") == 1.0


def test_a_text_too_short_to_tell_whose_it_is_has_no_bands() -> None:
    made = shingles([["room", "for", "rent", "."]])
    assert len(made.of(0)) < FEWEST
    assert not bands(signatures(made)).any()
    assert similarity(made.of(0), made.of(0)) == 0.0


words = st.lists(
    st.sampled_from(["quiet", "room", "with", "garden", "near", "market", "bread", "a", "12", ".", "lisbon"]), max_size=60
)


@given(st.lists(words, max_size=8))
def test_each_text_has_the_fingerprint_it_has_alone(texts: list[list[str]]) -> None:
    made = shingles(texts)
    found = signatures(made)
    assert found.shape == (len(texts), HASHES)
    for i, text in enumerate(texts):
        alone = shingles([text])
        assert made.of(i).tolist() == alone.of(0).tolist()
        assert found[i].tolist() == signatures(alone)[0].tolist()


@given(st.lists(words, min_size=2, max_size=12))
def test_pairs_are_those_that_share_a_band_and_their_wording(texts: list[list[str]]) -> None:
    made = shingles(texts)
    keys = bands(signatures(made))
    pairs, shares = text_pairs(short_keys(keys), signatures(made).astype(np.uint8), made)
    found = {
        (int(pair >> np.uint64(32)), int(pair & np.uint64(0xFFFFFFFF))): share
        for pair, share in zip(pairs, shares, strict=True)
    }
    for (i, j), share in found.items():
        assert i < j
        assert share == pytest.approx(similarity(made.of(i), made.of(j)))
    groups = near_copies([" ".join(text) for text in texts])
    for i, j in combinations(range(len(texts)), 2):
        if made.of(i).tolist() == made.of(j).tolist() and len(made.of(i)) >= FEWEST:
            assert groups[i] == groups[j]


@given(st.lists(words, min_size=1, max_size=6))
def test_many_pairs_at_once_are_as_similar_as_each_is(texts: list[list[str]]) -> None:
    made = shingles(texts)
    left, right = (every.reshape(-1) for every in np.indices((len(texts), len(texts))))
    each = [similarity(made.of(i), made.of(j)) for i, j in zip(left, right, strict=True)]
    assert similarities(made, left, right).tolist() == each
    assert [
        share for i in range(len(texts)) for share in similar_to(made.of(i), [made.of(j).tobytes() for j in range(len(texts))])
    ] == each


@pytest.mark.parametrize("share", [0.15, 0.3, 0.6, 0.9])
def test_equal_hashes_tell_how_much_two_texts_share(share: float) -> None:
    # Broder 1997: each hash agrees with probability J, so their mean has the spread of a binomial
    draw = np.random.default_rng(7)
    each, common = 180, round(share * 180)
    alone = (each - common) // 2
    true = common / (common + 2 * alone)
    rows = []
    for _ in range(1000):
        codes = draw.integers(0, 2**32, common + 2 * alone, dtype=np.uint32)
        rows += [codes[: common + alone], np.concatenate([codes[:common], codes[common + alone :]])]
    made = Shingles.joined(rows)
    found = signatures(made)
    told = (found[0::2] == found[1::2]).mean(axis=1)
    spread = (true * (1 - true) / HASHES) ** 0.5
    assert abs(told.mean() - true) < 4 * spread / 1000**0.5 + 0.002
    assert 0.9 < told.std() / spread < 1.1


def test_copies_are_found_among_many() -> None:
    texts = [
        f" {QUIET} number {i} "
        if i % 10 == 0
        else f" {i} " + " ".join(f"word{'abcdefghij'[int(c)]}{i % 7}x" for c in str(i * 7919))
        for i in range(60)
    ]
    groups = near_copies([normalize(text).text for text in texts])
    assert {groups[i] for i in range(0, 60, 10)} == {0}


@settings(max_examples=60)
@given(
    st.lists(
        st.text(max_size=40).map(lambda end: f"Quiet room in {end} and a garden, ask for {end[::-1]} today"),
        min_size=2,
        max_size=5,
    )
)
def test_every_span_of_a_template_stands_in_its_text(texts: list[str]) -> None:
    named = {str(i): text for i, text in enumerate(texts)}
    made = shared_template(named)
    assert made is not None
    assert made.constant.count(None) == len(made.slots)
    for ad, spans in made.spans.items():
        pieces = [piece for piece in made.constant if piece is not None]
        assert len(spans) == len(pieces)
        for span in spans:
            assert 0 <= span.start < span.end <= len(named[ad])
        assert all(a.end <= b.start for a, b in pairwise(spans))
    for slot in made.slots:
        assert slot.spans
        for ad, span in slot.spans.items():
            assert span.of(named[ad]).strip() == span.of(named[ad])


def test_a_template_shows_what_is_shared_and_what_differs() -> None:
    texts = {
        "a": "Waiters wanted in Graz, 1200 euro, room paid. Write to Ines.",
        "b": "Waiters wanted in Porto, 1500 euro, room paid. Write to Rita.",
        "c": "Waiters wanted in Lyon, 900 euro, room paid. Write to Mara today.",
    }
    made = shared_template(texts)
    assert made is not None
    assert made.constant == ("Waiters wanted in", None, "euro, room paid. Write to", None)
    assert [{ad: span.of(texts[ad]) for ad, span in slot.spans.items()} for slot in made.slots] == [
        {"a": "Graz, 1200", "b": "Porto, 1500", "c": "Lyon, 900"},
        {"a": "Ines.", "b": "Rita.", "c": "Mara today."},
    ]


def test_texts_without_a_common_word_have_no_template() -> None:
    assert shared_template({"a": "bread and rolls", "b": "piano lessons"}) is None
