"""Flat rows for spreadsheets, in which no cell can become a formula."""

from __future__ import annotations

import csv
import io

from thb_indicators.records import Assessment

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
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.lstrip(" ").startswith(_FORMULA) else text


def csv_line(values: tuple[object, ...]) -> str:
    """Return one CSV line, with its line end."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow([cell(value) for value in values])
    return line.getvalue()


def row(assessment: Assessment) -> tuple[object, ...]:
    """Return an assessment as a flat row in the order of `COLUMNS`."""
    document = assessment.document
    counted = [f.id for f in assessment.indicators if f.assertion == "affirmed"]
    others = [f"{f.id} ({f.assertion})" for f in assessment.indicators if f.assertion != "affirmed"]
    return (
        document.ad.id, assessment.route, round(assessment.score, 6), assessment.log_odds, " ".join(document.domains),
        document.language or "", " ".join(counted), " ".join(others), assessment.reason, assessment.complete,
        document.ad.basis or "", assessment.policy, assessment.model_version, assessment.lexicon_digest,
        assessment.human_review,
    )  # fmt: skip
