"""What kind of ad a plainly worded ad is taken for, in every language.

The lexicon's cues were written with these ads at hand: they keep it from falling back and estimate nothing.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from thb_indicators import Ad, Lexicon
from thb_indicators.detect import Detector

ADS = [json.loads(line) for line in (Path(__file__).parent / "data" / "kinds.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def read() -> list[tuple[dict[str, str], bool]]:
    """Return every ad, and whether it is taken for the kind it was written as."""
    detector = Detector(Lexicon.load())
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
