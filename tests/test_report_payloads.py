"""What is written into any field of an ad, a result line, a link or a cluster stays text in every rendering."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from report_cases import CLUSTER, LINK
from rich.console import Console
from typer.testing import CliRunner

import thb_indicators as thb
from thb_indicators.cli import app
from thb_indicators.repeats.records import Link
from thb_indicators.report.clusters import cluster_view, posted
from thb_indicators.report.html import render_views
from thb_indicators.report.line import KeptCluster, kept
from thb_indicators.report.sarif import sarif
from thb_indicators.report.tables import COLUMNS, csv_line, row
from thb_indicators.report.terminal import explanation, ranked
from thb_indicators.report.view import AdView, ad_view

CALL = "top.ran=1"
SCRIPTS = [
    f"<script>{CALL}</script>", f"<ScRiPt>{CALL}</sCrIpT>", f"</title><script>{CALL}</script>",
    f"</style><script>{CALL}</script>",
    f"--><script>{CALL}</script>", f"]]><script>{CALL}</script>", f"</q></bdi></dd><script>{CALL}</script>",
    f"<<script>{CALL}//<</script>", f"<script/x>{CALL}</script>", "<script src=http://example.com/x.js></script>",
    f"<iframe srcdoc='<script>{CALL}</script>'>", f"<iframe src=javascript:{CALL}>", f"<object data=javascript:{CALL}>",
    f"<a href=javascript:{CALL}>x</a>", f"javascript:{CALL}", f"data:text/html,<script>{CALL}</script>",
    f"<form action=javascript:{CALL}><button>x</button></form>", f"<meta http-equiv=refresh content='0;url=javascript:{CALL}'>",
    "<base href=http://example.com/>", "<link rel=stylesheet href=http://example.com/x.css>",
    "<style>@import url(http://example.com/x.css);</style>", f"\ufeff<script>{CALL}</script>", f"\x00<script>{CALL}</script>",
    f"&lt;script&gt;{CALL}&lt;/script&gt;", f"＜script＞{CALL}＜/script＞",
]  # fmt: skip
HANDLERS = [
    f"<img src=x onerror={CALL}>", f"<svg onload={CALL}>", f"<svg/onload={CALL}>", f"<body onload={CALL}>",
    f"<details open ontoggle={CALL}>", f"<input autofocus onfocus={CALL}>", f"<video><source onerror={CALL}></video>",
    f"<marquee onstart={CALL}>", f'" onmouseover="{CALL}', f"' onfocus='{CALL}' autofocus='", f"x onpointerenter={CALL} y",
    f"<math><mi xlink:href=javascript:{CALL}>", f"<svg><animate onbegin={CALL} attributeName=x>",
    f"<img src=`x` onerror={CALL}>",
    f"</svg><img src=x onerror={CALL}>", f'"><img src=x onerror={CALL}>', "<img src=http://example.com/x.png>",
    "<div style='background:url(http://example.com/x.png)'>", "x' style='position:fixed;inset:0", "</mark></div><h1>x</h1>",
]  # fmt: skip
FORMULAS = [
    "=1+1", "=HYPERLINK(\"http://example.com\",\"x\")", "+1+1", "-1+1", "@SUM(1,1)", "\t=1+1", "\r=1+1", "\n=1+1", " =1+1",
    "\xa0=1+1", "=cmd|' /C calc'!A0", "|calc", "%0A=1+1", "x,=1+1", "x\n=1+1", "x\r=1+1", 'x",=1+1,"', "x;=1+1", "x\t=1+1",
    "＝1+1", "＋1", "－1", "＠SUM(1)", '"=1+1"', "'\n=1+1",
]  # fmt: skip
DIRECTIONS = [
    "\u202egnitirw", "\u202dx\u202c", "\u2066x\u2069", "\u2067x", "\u2068x", "\u200fx", "\u200ex", "\u061cx", "x\u2028y",
    "x\u2029y", "\u202a\u202b\u202c", "\u206a\u206f",
]  # fmt: skip
TERMINAL = [
    "\x1b[2J", "\x1b[31mred", "\x1b]0;title\x07", "\x1b]8;;http://example.com\x07x\x1b]8;;\x07", "\x9b31m", "\x07", "\x08\x08",
    "x\rover", "\x0c", "\x1b(0", "\x7f", "\x1bP1$r\x1b\\", "[bold red]x[/]", "[link=http://example.com]x[/link]",
    "\ufff9x\ufffb",
]  # fmt: skip
STRUCTURES = [
    '"}],"runs":[', "\\u0022}", '","kind":"pass","x":"', "[x](javascript:top.ran=1)", "[x](http://example.com)", "{0}",
    "{{7*7}}",
    "{% raw %}", "{#x", "${7*7}", "__proto__", "../../etc/passwd", "..", "%2e%2e%2f", "a/b?c#d", "\\", "\\[x\\](y)", "]]>",
    "\u0000",
    "'; DROP TABLE ads; --",
]  # fmt: skip
PAYLOADS = [*SCRIPTS, *HANDLERS, *FORMULAS, *DIRECTIONS, *TERMINAL, *STRUCTURES]
TAGS = {
    "bdi", "b", "body", "caption", "circle", "code", "dd", "details", "div", "dl", "dt", "em", "footer", "h1", "h2", "h3", "h4",
    "h5", "head", "header", "html", "li", "line", "main", "mark", "meta", "p", "q", "rect", "section", "small", "span",
    "strong",
    "style", "summary", "svg", "table", "tbody", "td", "th", "thead", "title", "tr", "ul", "a",
}  # fmt: skip
ACTIVE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufff9-\ufffb]")


def hostile(screener: thb.Screener, x: str) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Return a result line, a link and a cluster with `x` in every field that can hold a text."""
    text = f"{x} Job abroad, good salary. We keep your passport {x}. We never take your phone {x}"
    signals = (thb.Signal("third_party_reports", x, x), thb.Signal("image_mismatch", "", x))
    ad = thb.Ad(x, text, x, None, x, x, x, x, x, "synthetic", signals)
    line = screener.assess(ad).to_dict(with_ad=True)
    line.update(reason=x, language=x, domains=[x], skipped=[x], policy=x, model_version=x, lexicon_digest=x, links=[])
    for one in line["indicators"]:
        one.update(id=x, title=x, evidence=x, why=x, innocent_readings=[x], disputed=x, references=[x])
        for match in one["matches"]:
            match.update(cue=x, pattern=x)
    line["contributions"] = [{**one, "feature": f"term:{x}"} for one in line["contributions"]]
    link = {**LINK, "left": x, "right": x, "reasons": [{"kind": "contact", "contact": x, "shown": x}]}
    cluster = {
        **CLUSTER,
        "cluster": x,
        "ads": [x, "b"],
        "actors": [[x], [x]],
        "indicators": [{"id": x, "value": 1, "threshold": 1, "ads": [x], "note": x}],
        "label": x,
        "facts": {"cities": [x], "countries": [x], "accounts": 1, "personas": 1, "first": x, "last": x},
        "template": {"constant": [x, None, x, None], "slots": [[x, x], {"spans": {x: [0, 5], "b": [9, 3]}}]},
    }
    return line, link, cluster


def views(screener: thb.Screener, x: str, *, reveal: bool = False) -> tuple[AdView, Any]:
    line, link, cluster = hostile(screener, x)
    when = {x: posted(line["ad"])}
    view = ad_view(line, links=[kept(link, Link)], reveal=reveal)
    return view, cluster_view(kept(cluster, KeptCluster), when, {}, reveal=reveal)


class Tags(HTMLParser):
    """What a browser would make of a page: its tags, and their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def test_there_are_a_hundred_payloads() -> None:
    assert len(set(PAYLOADS)) >= 100


@pytest.mark.parametrize("payload", PAYLOADS, ids=ascii)
def test_nothing_is_active_in_the_page(screener: thb.Screener, payload: str) -> None:
    view, cluster = views(screener, payload, reveal=True)
    page = render_views([view], payload, clusters=lambda: [cluster], reveal=True)
    found = Tags(page).seen
    assert {tag for tag, _ in found} <= TAGS
    for _, attributes in found:
        assert not any(name.startswith("on") or name in ("src", "style", "srcdoc", "action") for name in attributes)
        assert re.match("#|https?://", attributes.get("href") or "#")
        assert not any("top.ran" in (value or "") for value in attributes.values())
    assert not ACTIVE.search(page)


@pytest.mark.parametrize("payload", PAYLOADS, ids=ascii)
def test_nothing_is_active_in_a_table(screener: thb.Screener, payload: str) -> None:
    line, _, _ = hostile(screener, payload)
    for delimiter in ",;\t":
        record = csv_line(row(line))
        assert record.count("\n") == 1 and record.endswith("\n")
        cells = next(csv.reader(io.StringIO(record), delimiter=delimiter))
        if delimiter == ",":
            assert len(cells) == len(COLUMNS)
        for value in cells:
            assert not re.match(r"\s*[=+@|%＝＋－＠-]", value) or re.fullmatch(r"-?[\d.e-]+(,.*)?", value)
    assert not ACTIVE.search(record)


@pytest.mark.parametrize("payload", PAYLOADS, ids=ascii)
def test_nothing_is_active_in_sarif(screener: thb.Screener, payload: str) -> None:
    view, _ = views(screener, payload)
    log = json.loads(json.dumps(sarif([view])))
    assert not ACTIVE.search("\n".join(_texts(log)))
    run = log["runs"][0]
    assert {one["kind"] for one in run["results"]} == {"review"}
    rules = run["tool"]["driver"]["rules"]
    for message in (*(one["message"] for one in run["results"]), *(rule["help"] for rule in rules)):
        assert not re.search(r"(?<!\\)(?:\\\\)*\[[^\]]*(?<!\\)(?:\\\\)*\]\(", message["text"])
        assert not re.search(r"(?<!\{)(?:\{\{)*\{\d", message["text"])
    for artifact in run["artifacts"]:
        assert re.fullmatch(r"ads/[\w.~%-]+\.(?:title|text)", artifact["location"]["uri"])


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield key
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, str):
        yield value


@pytest.mark.parametrize("payload", PAYLOADS, ids=ascii)
def test_nothing_is_active_in_a_terminal(screener: thb.Screener, payload: str) -> None:
    view, _ = views(screener, payload, reveal=True)
    out = io.StringIO()
    console = Console(file=out, width=120, force_terminal=False)
    console.print(explanation(view))
    console.print(ranked([(payload, "review", 0.5, payload, payload)], "ads"))
    assert not ACTIVE.search(out.getvalue())
    if payload.startswith(("[bold", "[link")):
        assert payload in out.getvalue()


def test_nothing_runs_in_a_browser(browser: Any, screener: thb.Screener, tmp_path: Path) -> None:
    both = [views(screener, payload, reveal=True) for payload in PAYLOADS]
    file = tmp_path / "report.html"
    file.write_text(
        render_views([view for view, _ in both], "x", clusters=lambda: [cluster for _, cluster in both], reveal=True), "utf-8"
    )
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: asked.append(dialog.message))
    page.goto(file.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert asked == [file.as_uri()]
    assert page.evaluate("window.ran") is None
    assert page.locator("body img, body script, body style, body iframe, body form").count() == 0
    assert page.locator("details.item").count() == 2 * len(both)


def test_messages_about_bad_lines_are_harmless_too(tmp_path: Path) -> None:
    ads = tmp_path / "ads.jsonl"
    ads.write_text(
        "".join(json.dumps({"id": one, "text": "x", "basis": "synthetic", "signals": [one]}) + "\n" for one in TERMINAL)
    )
    done = CliRunner().invoke(app, ["report", str(ads), "-o", str(tmp_path / "report.html")])
    assert done.exit_code == 3
    assert f"{len(TERMINAL)} lines could not be read" in done.output
    assert not ACTIVE.search(done.output)
