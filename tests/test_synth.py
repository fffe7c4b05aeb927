from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import thb_indicators as thb
from thb_indicators.contacts import extract_contacts
from thb_indicators.detect import Detector
from thb_indicators.records import Ad
from thb_indicators.synth.generate import PLACES, generate
from thb_indicators.synth.scenarios import wordings

RESERVED = re.compile(r"(?:\+44 7|07)700 ?900 ?\d{3}|\(?\d{3}\)?[ -]555[ -]01\d\d|@example_|@example\.(?:com|org|net)")
SLOTS = {"contact", "name", "city", "country", "company", "price", "pay", "date"}


def test_the_same_seed_gives_the_same_ads() -> None:
    assert list(generate(80, seed=5)) == list(generate(80, seed=5))
    assert list(generate(80, seed=5)) != list(generate(80, seed=6))


@settings(max_examples=25)
@given(st.integers(0, 10**9), st.integers(0, 40))
def test_every_span_holds_what_the_writer_said(seed: int, count: int) -> None:
    ads = list(generate(count, seed))
    assert len(ads) == count
    for ad in ads:
        assert "{" not in ad.title + ad.text
        assert ad.basis == "synthetic"
        assert ad.label == (ad.kind == "positive")
        assert {spot.indicator for spot in ad.spans} == set(ad.indicators)
        for spot in ad.spans:
            assert ad.text[spot.start : spot.end].strip()
        if ad.kind != "positive" and ad.kind not in ("legit_recruitment", "hard_negative", "quotation"):
            assert not ad.indicators


def test_the_corpus_is_mixed_as_promised() -> None:
    ads = list(generate(3000, seed=2))
    kinds, languages = Counter(ad.kind for ad in ads), Counter(ad.language for ad in ads)
    assert set(kinds) == {"positive", "legit_recruitment", "ordinary", "hard_negative", "quotation"}
    assert 0.2 < kinds["positive"] / len(ads) < 0.4
    assert set(languages) == set(PLACES)
    per_group = Counter(ad.group for ad in ads)
    assert max(per_group.values()) >= 8
    several = [group for group in per_group if len({ad.country for ad in ads if ad.group == group}) >= 3]
    assert several
    assert {ad.disguise for ad in ads} > {"", "homoglyph", "leet"}


def test_contacts_come_from_reserved_ranges_only() -> None:
    for ad in generate(400, seed=3):
        for contact in extract_contacts(ad.text if not ad.disguise else ""):
            assert RESERVED.search(contact.span.of(ad.text).lower()), contact


def test_every_slot_is_filled_by_the_file_or_the_code() -> None:
    for file in wordings():
        for scenario in file.scenarios:
            lines = [*scenario.title, *scenario.opening, *scenario.filler, *scenario.closing]
            lines += [line for fact in scenario.facts for line in (*fact.say, *fact.otherwise)]
            used = {slot for line in lines for slot in re.findall(r"\{(\w+)\}", line)}
            assert used <= SLOTS | set(file.slots), scenario.id


def test_labels_never_come_from_the_rules(lexicon: thb.Lexicon) -> None:
    named = {fact.indicator for file in wordings() for s in file.scenarios for fact in s.facts if fact.indicator}
    assert named <= set(lexicon.catalogue)
    facts = [(f, s.kind) for file in wordings() for s in file.scenarios for f in s.facts if f.indicator]
    otherwise, said = (sum(len(getattr(fact, name)) for fact, _ in facts) for name in ("otherwise", "say"))
    assert otherwise >= said, "half of the wordings share no phrase with any pattern"


@pytest.mark.parametrize("language", sorted(PLACES))
def test_wordings_said_otherwise_are_known_to_no_pattern(lexicon: thb.Lexicon, language: str) -> None:
    detector = Detector(lexicon)
    for file in wordings():
        if file.language != language:
            continue
        for scenario in file.scenarios:
            for fact in scenario.facts:
                for wording in fact.otherwise if fact.indicator else ():
                    text = re.sub(r"\{(\w+)\}", lambda m, f=file: f.slots.get(m[1], ("Leeds",))[0], wording)
                    ad = Ad("w", text, language=language, basis="synthetic")
                    found = detector.read(ad, assume=("services", "recruitment")).matches
                    scored = {m.indicator for m in found if lexicon.catalogue[m.indicator].role in ("core", "supporting")}
                    assert not scored, f"{scenario.id}: run tools/wordings.py: {wording!r}"
