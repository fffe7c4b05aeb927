"""What the tests share: one screener, and how hard the property tests look."""

from __future__ import annotations

import os

import pytest
from browsing import browser  # noqa: F401  # a fixture
from hypothesis import HealthCheck, settings

from thb_indicators import Ad, Assessment, Lexicon, Screener

# Together the properties try more than 2,000 cases a run; THB_CASES multiplies that.
_CASES = int(os.environ.get("THB_CASES", "1"))
settings.register_profile("thb", max_examples=250 * _CASES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("thb")


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    return Lexicon.load()


@pytest.fixture(scope="session")
def screener(lexicon: Lexicon) -> Screener:
    return Screener(lexicon)


@pytest.fixture(scope="session")
def assess(screener: Screener):
    def run(text: str, title: str = "", **fields: object) -> Assessment:
        return screener.assess(Ad("t", text, title, basis="synthetic", **fields))

    return run
