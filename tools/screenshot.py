"""Make the pictures of docs/: one ad's explanation, a report with repeated ads, and the review desk; all ads are synthetic.

python tools/screenshot.py            (needs chromium on the path, and the extras of development)
"""

from __future__ import annotations

import contextlib
import hashlib
import random
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import uvicorn
from playwright.sync_api import Browser, sync_playwright

from thb_indicators import Ad, Screener
from thb_indicators.repeats.records import Link
from thb_indicators.report.clusters import cluster_view, posted
from thb_indicators.report.html import render, render_views
from thb_indicators.report.line import KeptCluster, kept
from thb_indicators.report.view import ad_view
from thb_indicators.review import intake, people
from thb_indicators.review.store import open_store
from thb_indicators.review.web import create_app

DOCS = Path(__file__).parents[1] / "docs"
OPTIONS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
           "--disable-background-networking", "--disable-component-update", "--disable-sync"]  # fmt: skip
AD = Ad(
    "synthetic-01",
    "Hotel staff wanted abroad, good pay, no experience needed. All papers remain with our driver while you are employed. "
    "The 400 euro placement fee is taken from your first wages. We never ask for your bank card.",
    "Hotel work, start now",
    basis="synthetic",
)
STOPS = (("Ghent", "BE", "03-01"), ("Lille", "FR", "03-04"), ("Utrecht", "NL", "03-09"), ("Lille", "FR", "03-12"),
         ("Cologne", "DE", "03-20"), ("Ghent", "BE", "03-28"))  # fmt: skip
REPEATED = [
    Ad(f"synthetic-{number:02d}", f"New in {city}, two days only! Companion for an evening out. Ask the house manager, "
       "call 07700 900123, we answer day and night.", "", "en", country, city, f"2026-{day}", "example.com",
       f"account-{number % 2}", "synthetic")
    for number, (city, country, day) in enumerate(STOPS, 2)
]  # fmt: skip
IDS = [ad.id for ad in REPEATED]
CLUSTER: dict[str, Any] = {
    "cluster": "1",
    "ads": IDS,
    "actors": [IDS],
    "indicators": [
        {"id": "shared_contact_multi_country", "value": 4, "threshold": 2, "ads": IDS, "note": "BE, DE, FR, NL"},
        {"id": "circuit_movement_short_stays", "value": 5, "threshold": 3, "ads": IDS, "note": "moves within 27 days"},
    ],
    "label": "",
    "facts": {"cities": sorted({stop[0] for stop in STOPS}), "countries": sorted({stop[1] for stop in STOPS}), "accounts": 2},
    "template": {
        "constant": ["New", "in", None, "two", "days", "only!", "Companion", "for", "an", "evening", "out."],
        "slots": [sorted({stop[0] for stop in STOPS})],
    },
}
LINKS = [
    {"left": left, "right": right, "similarity": 0.95,
     "reasons": [{"kind": "contact", "contact": "phone", "shown": "+44 77•• ••••23"}, {"kind": "text", "similarity": 0.95}]}
    for left, right in pairwise(IDS)
]  # fmt: skip


def main() -> None:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        sys.exit("chromium is not on the path; install it to make screenshots")
    screener = Screener()
    lines = [screener.assess(ad).to_dict(with_ad=True) for ad in (AD, *REPEATED)]
    when = {line["ad_id"]: posted(line["ad"]) for line in lines}
    links = [kept(link, Link) for link in LINKS]
    views = [ad_view(line, links=[link for link in links if line["ad_id"] in (link.left, link.right)]) for line in lines]
    cluster = cluster_view(kept(CLUSTER, KeptCluster), when, screener.lexicon.catalogue)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=OPTIONS)
        explanation, report = Path(folder) / "explanation.html", Path(folder) / "report.html"
        explanation.write_text(render([screener.assess(AD)], title="One ad, explained"), encoding="utf-8")
        report.write_text(render_views(views, "Ads for review", clusters=lambda: [cluster]), encoding="utf-8")
        shoot(browser, explanation.as_uri(), "explanation", 1750)
        shoot(browser, report.as_uri(), "report", 1500)
        with desk(Path(folder) / "desk.db", lines) as (address, name, password):
            page = browser.new_page(viewport={"width": 1000, "height": 1500})
            page.goto(f"{address}/login")
            page.fill("#name", name)
            page.fill("#password", password)
            page.click("main button")
            page.click("form[action='/next'] button")
            page.click("text=Show it clearly")
            page.screenshot(path=DOCS / "desk.png")
            print(DOCS / "desk.png")
        browser.close()


def shoot(browser: Browser, address: str, name: str, height: int) -> None:
    page = browser.new_page(viewport={"width": 1000, "height": height})
    page.goto(address)
    page.screenshot(path=DOCS / f"{name}.png")
    print(DOCS / f"{name}.png")


@contextlib.contextmanager
def desk(path: Path, lines: list[dict[str, Any]]) -> Iterator[tuple[str, str, str]]:
    """Run a desk on this machine, with the lines imported and one reviewer, and stop it afterwards."""
    name, password = "Reviewer One", hashlib.sha256(path.as_posix().encode()).hexdigest()
    with contextlib.closing(open_store(path)) as db:
        people.add_person(db, name, password, "tools", time.time(), administrator=True)
        intake.add_assessments(db, lines, "tools", time.time(), random.SystemRandom())
    server = uvicorn.Server(uvicorn.Config(create_app(path), port=8765, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.05)
    try:
        yield "http://127.0.0.1:8765", name, password
    finally:
        server.should_exit = True
        thread.join()


if __name__ == "__main__":
    main()
