"""Findings in SARIF 2.1.0, so that viewers made for code review can show them; every result asks for review, none fails.

Source: OASIS, Static Analysis Results Interchange Format (SARIF) Version 2.1.0 (27 March 2020).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from thb_indicators import __version__
from thb_indicators.report.view import AdView, Card, Quote

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"


def sarif(views: Iterable[AdView]) -> dict[str, Any]:
    """Return the indicators that count in some ads as a SARIF log.

    Parameters
    ----------
    views
        What is masked in them is masked in the log. Offsets count code points in the original title or text.

    Examples
    --------
    >>> sarif([])["runs"][0]["results"]
    []
    """
    rules: dict[str, dict[str, Any]] = {}
    places: dict[str, int] = {}
    results: list[dict[str, Any]] = []
    artifacts: list[dict[str, Any]] = []
    for view in views:
        for field in view.fields:
            artifact: dict[str, Any] = {
                "location": {"uri": _uri(view.id, field.name)},
                "contents": {"text": "".join(run.text for run in field.runs)},
            }
            artifacts.append(artifact)
        for card in view.counted:
            rules.setdefault(card.id, _rule(card))
            places.setdefault(card.id, len(places))
            results.append(_result(view, card, places[card.id]))
    driver = {"name": "thb_indicators", "version": __version__, "rules": list(rules.values())}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "artifacts": artifacts, "results": results}
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def plain(text: str) -> str:
    r"""Return a text in which a SARIF viewer finds neither a link nor a placeholder (2.1.0, sections 3.11.5 and 3.11.6).

    Examples
    --------
    >>> plain("[x](http://example.com) {0}")
    '\\[x\\](http://example.com) {{0}}'
    """
    return re.sub(r"[\\\[\]]", r"\\\g<0>", text).replace("{", "{{").replace("}", "}}")


def _uri(ad_id: str, field: str) -> str:
    return f"ads/{quote(ad_id, safe='')}.{field}"


def _rule(card: Card) -> dict[str, Any]:
    return {
        "id": card.id,
        "shortDescription": {"text": plain(card.title)},
        "fullDescription": {"text": plain(card.why or card.title)},
        "help": {"text": plain(f"Ordinary readings: {'; '.join(card.innocent) or 'none is known'}. {card.disputed}".strip())},
        "defaultConfiguration": {"level": "none"},
        "properties": {"role": card.role, "evidence": card.evidence, "references": [source.id for source in card.sources]},
    }


def _result(view: AdView, card: Card, rule: int) -> dict[str, Any]:
    return {
        "ruleId": card.id,
        "ruleIndex": rule,
        "kind": "review",
        "level": "none",
        "rank": round(100 * min(1.0, max(0.0, view.score)), 2),
        "message": {"text": plain(f"{card.title}: for a person to read. An indicator, not a finding.")},
        "locations": [_location(view, one) for one in card.quotes] or [{"logicalLocations": _logical(view)}],
        "partialFingerprints": {"adText/v1": view.text_sha256},
        "properties": {
            "adId": view.id,
            "route": view.route,
            "score": view.score,
            "logOdds": card.log_odds,
            "reported": list(card.reported),
            "humanReview": "required",
        },
    }


def _location(view: AdView, one: Quote) -> dict[str, Any]:
    region = {"charOffset": one.start, "charLength": one.end - one.start, "snippet": {"text": one.text}}
    place = {"artifactLocation": {"uri": _uri(view.id, one.field)}, "region": region}
    return {"physicalLocation": place, "logicalLocations": _logical(view)}


def _logical(view: AdView) -> list[dict[str, Any]]:
    return [{"name": view.id, "kind": "ad"}]
