from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

import thb_indicators as thb
from thb_indicators.report.html import render
from thb_indicators.report.line import result_line
from thb_indicators.report.tables import cell
from thb_indicators.report.terminal import explanation
from thb_indicators.report.view import ad_view
from thb_indicators.report.waterfall import steps
from thb_indicators.terms import TermWeights

PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "{{7*7}}",
    "\x1b[2J\x1b[31m",
    "\u202eevil",
    "</mark></div><h1>x",
    "[bold red]x[/]",
    '=HYPERLINK("http://example.com")',
    "@SUM(A1)",
    "\x00\x07",
    "<svg/onload=alert(1)>",
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_an_ad_says_stays_text_everywhere(assess, payload: str) -> None:
    assessment = assess(f"{payload} Job abroad, salary. We keep your passport {payload}", title=payload)
    page = render([assessment], title=payload)
    assert "<script" not in page and "<img" not in page and "<svg/onload" not in page and "<h1>x" not in page
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e]", page)
    out = io.StringIO()
    console = Console(file=out, width=100, force_terminal=False)
    console.print(explanation(ad_view(assessment.to_dict(with_ad=True))))
    text = out.getvalue()
    assert "\x1b" not in text and "\u202e" not in text
    if payload.startswith("[bold"):
        assert "[bold red]x[/]" in text


def test_runs_add_up_to_the_text_and_mask_what_is_masked(assess) -> None:
    text = "Escort incall. Call 0 7 7 0 0 9 0 0 1 2 3 today"
    assessment = assess(text)
    line = assessment.to_dict(with_ad=True)
    shown = "".join(run.text for run in ad_view(line).fields[0].runs)
    assert len(shown) == len(text)
    assert "0 7 7" not in shown and "•" * 21 in shown
    assert "".join(run.text for run in ad_view(line, reveal=True).fields[0].runs) == text


def test_every_highlight_is_labeled_in_words(assess) -> None:
    page = render([assess("Job abroad, good salary. We keep your passport in the office. We never take your phone.")])
    marks = re.findall(r"<mark[^>]*>(.*?)</mark>", page, re.DOTALL)
    assert marks
    assert all("<small>" in mark for mark in marks)


def test_an_empty_report_is_a_report() -> None:
    assert "<b>0</b> ads screened" in render([])


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@x", "\tx", " =x"])
def test_no_cell_is_a_formula(value: str) -> None:
    assert cell(value).startswith("'")


def test_a_model_with_terms_is_explained_by_its_strongest_words(lexicon: thb.Lexicon) -> None:
    known = {
        word: (1.0, 0.1 * (at + 1))
        for at, word in enumerate(["we", "are", "looking", "for", "kitchen", "help", "with", "good", "pay", "here", "now"])
    }
    screener = thb.Screener(lexicon, thb.Model("words/1", -3.0, {}, TermWeights(known)))
    ad = thb.Ad("w", "We are looking for kitchen help with good pay here, now. We keep your passport.", basis="synthetic")
    assessment = screener.assess(ad)
    taken = steps(result_line(assessment.to_dict()))
    assert sum(log_odds for _, log_odds in taken) == pytest.approx(assessment.log_odds - assessment.baseline)
    assert "words “now”" in dict(taken) and "3 other words" in dict(taken)
    page = render([assessment])
    assert "words “now”" in page and "3 other words" in page
