"""Make docs/explanation.png: one synthetic ad's explanation, as the report shows it.

python tools/screenshot.py            (needs chromium on the path)
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from thb_indicators import Ad, Screener
from thb_indicators.report.html import render

AD = Ad(
    "synthetic-01",
    "Hotel staff wanted abroad, good pay, no experience needed. All papers remain with our driver while you are employed. "
    "The 400 euro placement fee is taken from your first wages. We never ask for your bank card.",
    "Hotel work, start now",
    basis="synthetic",
)


def main() -> None:
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        sys.exit("chromium is not on the path; install it to make screenshots")
    target = Path(__file__).parents[1] / "docs" / "explanation.png"
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "report.html"
        page.write_text(render([Screener().assess(AD)], title="One ad, explained"), encoding="utf-8")
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-background-networking"]
        size = sys.argv[1] if len(sys.argv) > 1 else "1000,1750"
        subprocess.run(
            [
                browser,
                *options,
                f"--user-data-dir={folder}/profile",
                f"--window-size={size}",
                f"--screenshot={target}",
                page.as_uri(),
            ],
            check=True,
            capture_output=True,
        )
    print(target)


if __name__ == "__main__":
    main()
