"""One offline HTML file that explains every ad put before a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import jinja2

from thb_indicators.records import Assessment, Finding
from thb_indicators.report.view import (
    ASSERTION_WORDS,
    EVIDENCE_WORDS,
    ROUTE_WORDS,
    Piece,
    harmless,
    pieces,
    steps,
    surface,
    wordings,
)

_ORDER = ("child_safety", "review", "sample", "insufficient", "none")
_SCALE = 28
"""Pixels of one unit of log-odds in the waterfall."""


@lru_cache(maxsize=4)
def template(name: str) -> jinja2.Template:
    """Load one of the report's page templates, autoescaped and strict about names."""
    loader = jinja2.PackageLoader("thb_indicators.report", "templates")
    environment = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["harmless"] = harmless
    return environment.get_template(name)


def render(assessments: Sequence[Assessment], title: str = "Ads for review", *, reveal: bool = False) -> str:
    """Return the report as one HTML page that needs nothing else.

    Parameters
    ----------
    assessments
        In the order they are to be read. Ads in which nothing was seen are counted, not shown.
    title
        The page's heading.
    reveal
        Show masked contacts and child-safety wording.
    """
    routes = Counter[str](a.route for a in assessments)
    counted = Counter(f.info for a in assessments for f in a.indicators if f.assertion == "affirmed" and f.info.scored)
    names = {info.title: count for info, count in counted.items()}
    shown = [a for a in assessments if a.indicators or a.route in ("child_safety", "review", "sample")]
    first = assessments[0] if assessments else None
    return template("report.html.j2").render(
        title=title,
        total=len(assessments),
        routes=[(route, ROUTE_WORDS[route], routes[route]) for route in _ORDER if routes[route]],
        indicators=sorted(names.items(), key=lambda item: (-item[1], item[0])),
        most=max(names.values(), default=1),
        languages=sorted(
            Counter(a.document.language or "?" for a in assessments).items(), key=lambda item: (-item[1], item[0])
        ),
        ads=[_ad(a, reveal=reveal) for a in shown],
        policy=first.policy if first else "",
        model=first.model_version if first else "",
        lexicon=first.lexicon_digest if first else "",
    )


def _ad(assessment: Assessment, *, reveal: bool) -> dict[str, Any]:
    document = assessment.document
    titles = {f.id: f.info.title for f in assessment.indicators}
    return {
        "id": document.ad.id,
        "route": assessment.route,
        "route_words": ROUTE_WORDS[assessment.route],
        "reason": assessment.reason,
        "score": assessment.score,
        "domains": ", ".join(document.domains) or "other",
        "language": document.language or "?",
        "basis": document.ad.basis,
        "complete": assessment.complete,
        "fields": [
            (name, _runs(pieces(assessment, name, reveal=reveal), titles))
            for name in ("title", "text")
            if document.ad.field(name)
        ],
        "counted": [_card(f, reveal=reveal) for f in assessment.indicators if f.assertion == "affirmed"],
        "others": [_other(f, reveal=reveal) for f in assessment.indicators if f.assertion != "affirmed"],
        "waterfall": _waterfall(assessment),
        "names": [f.info.title for f in assessment.indicators if f.assertion == "affirmed" and f.info.scored],
    }


def _runs(parts: Iterable[Piece], titles: dict[str, str]) -> list[dict[str, Any]]:
    """Return the pieces of a field, those with the same labels put together, so that a label stands once."""
    runs: list[dict[str, Any]] = []
    for piece in parts:
        counts = any(m.assertion == "affirmed" for m in piece.matches)
        labels = sorted({titles[m.indicator] for m in piece.matches})
        if runs and (runs[-1]["labels"], runs[-1]["counts"]) == (labels, counts):
            runs[-1]["text"] += piece.text
        else:
            runs.append({"text": piece.text, "labels": labels, "counts": counts})
    return runs


def _card(finding: Finding, *, reveal: bool) -> dict[str, Any]:
    info = finding.info
    return {
        "title": info.title,
        "role": info.role.replace("_", " "),
        "log_odds": finding.log_odds,
        "seen": wordings(finding, reveal=reveal),
        "reported": [harmless(s.note or s.source or "reported") for s in finding.signals],
        "why": info.why,
        "innocent": info.innocent_readings,
        "disputed": info.disputed,
        "evidence": f"{info.evidence}: {EVIDENCE_WORDS.get(info.evidence, '')}",
        "references": ", ".join(info.references),
    }


def _other(finding: Finding, *, reveal: bool) -> dict[str, Any]:
    first = finding.matches[0]
    return {
        "title": finding.info.title,
        "seen": surface(first, reveal=reveal),
        "why": ASSERTION_WORDS[finding.assertion],
        "cue": harmless(first.cue),
    }


def _waterfall(assessment: Assessment) -> dict[str, Any]:
    """Return the bars from the baseline to the log-odds, laid out in pixels."""
    level = assessment.baseline
    low = min(0.0, level, assessment.log_odds) - 0.3
    rows = [
        {
            "name": "Baseline",
            "value": level,
            "x": (min(level, 0.0) - low) * _SCALE,
            "width": abs(level) * _SCALE,
            "kind": "base",
        }
    ]
    for name, log_odds in steps(assessment):
        after = level + log_odds
        rows.append(
            {
                "name": name,
                "value": log_odds,
                "x": (min(level, after) - low) * _SCALE,
                "width": max(2.0, abs(log_odds) * _SCALE),
                "kind": "up" if log_odds > 0 else "down",
            }
        )
        level = after
    high = max(0.0, assessment.log_odds, *(0.0,)) + 0.3
    return {"rows": rows, "total": assessment.log_odds, "width": round((high - low) * _SCALE) + 10, "zero": -low * _SCALE}
