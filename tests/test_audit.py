from __future__ import annotations

import pytest

import thb_indicators as thb
from thb_indicators.audit import audit
from thb_indicators.features import documents
from thb_indicators.records import Ad
from thb_indicators.suggest import suggest
from thb_indicators.synth.generate import generate


def test_no_nationality_ethnicity_religion_gender_or_name_moves_a_score(screener: thb.Screener) -> None:
    ads = [Ad(a.id, a.text, a.title, a.language, basis="synthetic") for a in generate(25, seed=1)]
    result = audit(screener, ads)
    assert result.ads == 25
    assert result.variants > 1000
    for kind in ("nationality", "ethnicity", "religion", "gender", "name"):
        assert result.largest[kind].change == 0.0, result.largest[kind]
    assert {"gender_role", "age"} <= result.largest.keys()
    assert sum(one.ads for name, one in result.slices.items() if name.startswith("language")) == 25


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Incall, city flat. She is kind, I keep her phone, ask for her.",
         "Incall, city flat. He is kind, I keep his phone, ask for him."),
        ("Escort agency, our driver brings her to your hotel.", "Escort agency, our driver brings him to your hotel."),
        ("Work abroad, female staff only, pretty. My husband keeps your passport.",
         "Work abroad, male staff only, pretty. My wife keeps your passport."),
    ],
)  # fmt: skip
def test_what_is_said_of_a_woman_is_read_as_if_said_of_a_man(screener: thb.Screener, one: str, other: str) -> None:
    first, second = (screener.assess(Ad("a", text, basis="synthetic")) for text in (one, other))
    assert first.log_odds == second.log_odds
    assert [(f.id, f.assertion) for f in first.indicators] == [(f.id, f.assertion) for f in second.indicators]
    assert any(f.assertion == "affirmed" for f in first.indicators)


def test_terms_of_referred_ads_are_proposed_with_their_places_and_no_contacts(lexicon: thb.Lexicon) -> None:
    ads = [Ad(f"r{i}", f"Zorble bonus for early birds. Call 07700 90012{i} today.", basis="synthetic") for i in range(8)]
    ads += [Ad(f"o{i}", f"Bread and cake every day, shop number {i}. Call us today.", basis="synthetic") for i in range(8)]
    labels = [1] * 8 + [0] * 8
    found = suggest(documents(ads, lexicon), labels, list(range(16)), lexicon)
    best = {one.term: one for one in found}
    assert "zorble bonus" in best
    assert not best["zorble bonus"].known
    assert best["zorble bonus"].groups == 8 and best["zorble bonus"].others == 0
    assert all("07700" not in example for one in found for example in one.examples)
    assert "bread" not in best


def test_one_advertiser_is_no_support(lexicon: thb.Lexicon) -> None:
    ads = [Ad(f"r{i}", "Zorble bonus for early birds.", basis="synthetic") for i in range(8)]
    assert suggest(documents(ads, lexicon), [1] * 8, ["same"] * 8, lexicon) == []
