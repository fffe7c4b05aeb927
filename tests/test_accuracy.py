from __future__ import annotations

import json
from pathlib import Path

import pytest

from thb_indicators import Ad, Screener

SAMPLE = Path(__file__).parents[1] / "thb_indicators" / "sample" / "ads.jsonl"
ROWS = [json.loads(line) for line in SAMPLE.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def results(screener: Screener) -> list[tuple[dict, set[str], str]]:
    found = []
    for row in ROWS:
        ad = Ad(row["id"], row["text"], row.get("title", ""), language=row["language"], basis="synthetic")
        assessment = screener.assess(ad)
        got = {f.id for f in assessment.indicators if f.assertion == "affirmed" and f.info.role in ("core", "supporting")}
        found.append((row, got, assessment.route))
    return found


def test_the_sample_is_about_three_hundred_synthetic_ads() -> None:
    assert 290 <= len(ROWS) <= 360
    assert {row["basis"] for row in ROWS} == {"synthetic"}
    assert len({row["language"] for row in ROWS}) == 12


@pytest.mark.parametrize("kind", ["ordinary", "legit_recruitment", "hard_negative", "quotation"])
def test_no_ordinary_ad_is_put_before_a_person(results, kind: str) -> None:
    assert [
        row["id"] for row, _, route in results if row["expected"]["kind"] == kind and route in ("review", "child_safety")
    ] == []


@pytest.mark.parametrize("english", [True, False])
def test_indicators_are_found_and_little_else(results, screener: Screener, english: bool) -> None:
    roles = {i: info.role for i, info in screener.lexicon.catalogue.items()}
    true = false = missed = 0
    for row, got, _ in results:
        if (row["language"] == "en") == english:
            want = {i for i in row["expected"]["indicators"] if roles[i] in ("core", "supporting")}
            true, false, missed = true + len(got & want), false + len(got - want), missed + len(want - got)
    assert true / (true + false) >= 0.9
    assert true / (true + missed) >= 0.9


def test_ads_for_review_are_routed_there(results) -> None:
    asked = [(row["expected"]["route"] == "review", route in ("review", "child_safety")) for row, _, route in results]
    both = sum(want and got for want, got in asked)
    assert 2 * both / (sum(want for want, _ in asked) + sum(got for _, got in asked)) >= 0.95
