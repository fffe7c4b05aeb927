"""The report in a real browser: readable for everyone, by every means, and with nothing fetched."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from browsing import LOOKS, scrolls_sideways, violations
from report_cases import CLUSTER, TEXT, lines

import thb_indicators as thb
from thb_indicators.cli_report import _page

SIZES = ((1280, 900), (640, 450), (320, 640))
"""A desktop; the same at 200 %; a narrow phone, or a desktop at 400 %."""


@pytest.fixture(scope="module")
def report(screener: thb.Screener, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    clusters = folder / "clusters.jsonl"
    clusters.write_bytes(msgspec.json.encode(CLUSTER))
    page = folder / "report.html"
    page.write_text(_page(iter(lines(screener)), "Ads for review", clusters, None, 1000, reveal=False), encoding="utf-8")
    return page


@pytest.fixture
def opened(browser: Any, report: Path) -> Callable[..., Any]:
    def run(size: tuple[int, int] = SIZES[0], **look: Any) -> Any:
        media = look.pop("media", None)
        page = browser.new_context(viewport={"width": size[0], "height": size[1]}, **look).new_page()
        page.goto(report.as_uri())
        page.emulate_media(media=media)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        return page

    return run


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: " ".join(look.values()))
def test_axe_finds_nothing_wrong_in_any_look(opened, look: dict[str, Any]) -> None:
    assert violations(opened(**look)) == []


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_nothing_is_wider_than_the_window(opened, size: tuple[int, int]) -> None:
    page = opened(size)
    assert not scrolls_sideways(page)
    assert violations(page) == []


def test_nothing_is_fetched_and_nothing_runs(browser: Any, report: Path) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(report.as_uri())
    assert asked == [report.as_uri()]
    assert page.locator("script, iframe, object, embed, link, form, img, base").count() == 0


def test_every_ad_opens_by_keyboard(browser: Any, report: Path) -> None:
    page = browser.new_page()
    page.goto(report.as_uri())
    second = page.locator("#ad-2 > summary")
    second.focus()
    assert not page.locator("#ad-2 .facts").is_visible()
    page.keyboard.press("Enter")
    assert page.locator("#ad-2 .facts").is_visible()


def test_a_closed_ad_is_printed_in_full(browser: Any, report: Path) -> None:
    page = browser.new_page()
    page.goto(report.as_uri())
    page.emulate_media(media="print")
    assert page.locator("#ad-2 .waterfall").is_visible()


def test_a_selection_in_the_text_has_its_place_in_the_original(opened) -> None:
    page = opened()
    said = (
        page.locator("details.item", has=page.locator("h3", has_text=re.compile("^a1$")))
        .locator("[data-field=text] .said")
        .evaluate_all("all => all.map(one => [Number(one.closest('[data-start]').dataset.start), one.textContent])")
    )
    assert "".join(text for _, text in said).startswith("Job abroad")
    for start, text in said:
        assert "•" in text or TEXT[start : start + len(text)] == text


def test_links_between_ads_lead_to_them(opened) -> None:
    page = opened()
    places = page.evaluate("[...document.querySelectorAll('a[href^=\"#\"]')].map(one => one.getAttribute('href'))")
    assert places
    assert all(page.locator(place).count() == 1 for place in places)
