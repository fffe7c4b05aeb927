"""The catalogue: what is known about every indicator, whichever detector finds it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from thb_indicators.errors import LexiconError, Problem
from thb_indicators.records import IndicatorInfo
from thb_indicators.yamlsource import Mapping, read_yaml


class Source(msgspec.Struct, frozen=True):
    """A publication that indicators and patterns refer to."""

    id: str
    cite: str
    url: str = ""
    verification: str = ""


_KEYS = set(IndicatorInfo.__struct_fields__)


def read_catalogue(folder: Path) -> dict[str, IndicatorInfo]:
    """Read ``indicators.yaml``: every indicator and counter-indicator by its id, in order.

    Raises
    ------
    LexiconError
        With every fault found.
    """
    path = folder / "indicators.yaml"
    problems: list[Problem] = []
    entries: dict[str, IndicatorInfo] = {}
    root = read_yaml(path, path.name)
    for entry in [*root.get("indicators", []), *root.get("counter_indicators", [])]:
        problem = _fault(entry)
        if problem is None and entry["id"] in entries:
            problem = "this id stands twice"
        if problem is not None:
            problems.append(Problem(path.name, entry.line, problem))
            continue
        entries[entry["id"]] = msgspec.convert(
            {**entry, "number": entry.get("number", entry["id"])}, IndicatorInfo, strict=False
        )
    if problems:
        raise LexiconError(problems)
    return entries


def _fault(entry: Mapping) -> str | None:
    unknown = set(entry) - _KEYS
    if unknown:
        return f"unknown key `{sorted(unknown)[0]}`"
    try:
        info = msgspec.convert({"number": "", **entry}, IndicatorInfo, strict=False)
    except msgspec.ValidationError as error:
        return f"{entry.get('id', 'an entry without an id')}: {error}"
    if info.role in ("context_only", "not_scored") and info.weight != 0:
        return f"{info.id}: weight must be 0 for the role {info.role}"
    if info.role == "counter" and info.weight > 0:
        return f"{info.id}: a counter-indicator never raises the score"
    if info.scored and (info.weight < 0 or (info.weight == 0 and info.status != "bias_sensitive")):
        return f"{info.id}: a scored indicator needs a positive weight, or the status bias_sensitive"
    return None


def read_sources(folder: Path) -> dict[str, Source]:
    """Read ``sources.yaml``: every publication by its id."""
    path = folder / "sources.yaml"
    root: dict[str, Any] = read_yaml(path, path.name)
    return {entry["id"]: msgspec.convert(dict(entry), Source) for entry in root["sources"]}
