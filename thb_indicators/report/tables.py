"""Flat rows for spreadsheets, in which no cell can become a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from thb_indicators.report.mask import harmless

COLUMNS = (
    "ad_id", "route", "score", "log_odds", "domains", "language", "indicators", "not_counted", "reason", "complete",
    "basis", "policy", "model_version", "lexicon_digest", "human_review",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "|", "%")


def cell(value: object) -> str:
    """Return a value as a spreadsheet cell that is never read as a formula.

    Examples
    --------
    >>> cell("=1+1"), cell(0.5)
    ("'=1+1", '0.5')
    """
    text = harmless(str(value))
    return f"'{text}" if isinstance(value, str) and text.lstrip(" \n\xa0").startswith(_FORMULA) else text


def csv_line(values: tuple[object, ...]) -> str:
    """Return one CSV line, with its line end."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow([cell(value) for value in values])
    return line.getvalue()


def row(line: Mapping[str, Any]) -> tuple[object, ...]:
    """Return a result line as a flat row in the order of `COLUMNS`."""
    counted = [one["id"] for one in line["indicators"] if one["assertion"] == "affirmed"]
    others = [f"{one['id']} ({one['assertion']})" for one in line["indicators"] if one["assertion"] != "affirmed"]
    flat = {
        **line,
        "domains": " ".join(line["domains"]),
        "indicators": " ".join(counted),
        "not_counted": " ".join(others),
    }
    return tuple("" if flat[name] is None else flat[name] for name in COLUMNS)
