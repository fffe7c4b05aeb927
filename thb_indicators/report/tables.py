"""Flat rows for spreadsheets, in which no cell can become a formula."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from thb_indicators.report.mask import harmless

COLUMNS = (
    "ad_id", "route", "score", "log_odds", "domains", "language", "indicators", "not_counted", "reason", "complete",
    "basis", "policy", "model_version", "lexicon_digest", "human_review",
)  # fmt: skip
_FORMULA = re.compile(r"(^|[;|])(?=\s*[=+\-@|%\uff1d\uff0b\uff0d\uff20]|[\t\r\n])")
"""What makes a spreadsheet read a cell as a formula, also where it takes another sign for the separator of cells.

Source: https://owasp.org/www-community/attacks/CSV_Injection
"""


def cell(value: object) -> str:
    r"""Return a value as a spreadsheet cell that is never read as a formula, and never leaves its line.

    Examples
    --------
    >>> cell("=1+1"), cell(0.5), cell("a\nb")
    ("'=1+1", '0.5', 'a b')
    """
    if not isinstance(value, str):
        return str(value)
    return harmless(re.sub(r"\s+", " ", _FORMULA.sub(r"\1'", value)))


def csv_line(values: tuple[object, ...]) -> str:
    """Return one CSV line, with its line end. Cells that hold any list separator are quoted, not only those with commas.

    Examples
    --------
    >>> csv_line(("a;b", 1, 'say "x" now')).rstrip()
    '"a;b",1,"say ""x"" now"'
    """
    cells = [cell(value) for value in values]
    return ",".join(f'"{one.replace(chr(34), chr(34) * 2)}"' if set(one) & set(',;|"') else one for one in cells) + "\n"


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
