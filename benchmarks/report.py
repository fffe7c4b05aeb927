"""How long a report of 1,000 ads takes, how large it is, and how soon a browser shows its first screen.

python benchmarks/report.py [../shared/data]

Every ad is a synthetic one in which something was seen, so that all 1,000 are shown in full. They are screened once,
outside the measured time; the report is made from their result lines by the command, start of Python included.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

import msgspec

from thb_indicators import Ad, Screener
from thb_indicators.synth.generate import generate

ADS = 1000
PLACES = (("Ghent", "BE"), ("Lille", "FR"), ("Utrecht", "NL"), ("Cologne", "DE"), ("Porto", "PT"))
BROWSER = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
           "--disable-background-networking", "--disable-component-update", "--disable-sync")  # fmt: skip
MOST_SECONDS, MOST_MEGABYTES, MOST_FIRST_SCREEN = 10.0, 15.0, 2.0


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        lines, page = Path(folder) / "assessments.jsonl", Path(folder) / "report.html"
        lines.write_bytes(b"".join(islice(_lines(), ADS)))
        command = [sys.executable, "-c", "from thb_indicators.cli import main; main()", "report", str(lines), "-o", str(page)]
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        seconds = time.perf_counter() - start
        megabytes = page.stat().st_size / 1e6
        print(f"report of {ADS} ads: {seconds:.1f} s (at most {MOST_SECONDS:.0f})")
        print(f"size: {megabytes:.1f} MB (at most {MOST_MEGABYTES:.0f}), {megabytes / ADS * 1000:.1f} kB an ad")
        for kind in ("sarif", "csv"):
            start = time.perf_counter()
            subprocess.run([*command[:-1], str(page.with_suffix(f".{kind}"))], check=True, capture_output=True)
            print(f"as {kind}: {time.perf_counter() - start:.1f} s, {page.with_suffix(f'.{kind}').stat().st_size / 1e6:.1f} MB")
        browser = shutil.which("chromium")
        if browser is None:
            print("first screen: not measured, there is no chromium on the path")
            return
        painted, loaded = _first_screen(browser, page)
        print(
            f"first screen in chromium: {painted:.2f} s (at most {MOST_FIRST_SCREEN:.0f}); all of the page read: {loaded:.2f} s"
        )
        met = seconds <= MOST_SECONDS and megabytes <= MOST_MEGABYTES and painted <= MOST_FIRST_SCREEN
        print("all met" if met else "NOT met")


def _lines():
    screener = Screener()
    for number, one in enumerate(generate(100_000, seed=5)):
        city, country = PLACES[number % len(PLACES)]
        ad = Ad(one.id, one.text, one.title, one.language, country, city, "2026-03-01", "site-a", "acct-1", "synthetic")
        assessment = screener.assess(ad)
        if any(finding.assertion == "affirmed" for finding in assessment.indicators):
            yield msgspec.json.encode(assessment.to_dict(with_ad=True)) + b"\n"


def _first_screen(browser: str, page: Path) -> tuple[float, float]:
    """Return when text was first painted and when the page was read to its end, in seconds; the middle of five runs."""
    from playwright.sync_api import sync_playwright

    runs = []
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=browser, args=list(BROWSER))
        for _ in range(5):
            tab = opened.new_page()
            tab.goto(page.as_uri())
            tab.wait_for_function("performance.getEntriesByName('first-contentful-paint').length > 0")
            painted = tab.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
            loaded = tab.evaluate("performance.getEntriesByType('navigation')[0].domComplete")
            runs.append((painted / 1000, loaded / 1000))
            tab.close()
        opened.close()
    return sorted(runs)[2]


if __name__ == "__main__":
    os.environ.setdefault("PYTHONPATH", str(Path(__file__).parents[1]))
    main()
