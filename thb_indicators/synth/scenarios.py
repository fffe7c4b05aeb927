"""Scenarios: who writes, why, and what they offer, with the wordings of each fact, from the YAML files beside this module."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec
import yaml

SCHEMA = "thb-synth/1"
FOLDER = Path(__file__).parent / "wordings"
Kind = Literal["positive", "legit_recruitment", "ordinary", "hard_negative", "quotation"]


class Fact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something an ad may say.

    Parameters
    ----------
    indicator
        What it is an indicator of; None for an innocent fact.
    chance
        How often the writer says it.
    say
        Wordings.
    otherwise
        Wordings that share no phrase with any pattern of the lexicon, so that there is something to learn and to miss.
    """

    indicator: str | None = None
    chance: float = 1.0
    say: tuple[str, ...] = ()
    otherwise: tuple[str, ...] = ()


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One writer's situation; its kind decides the label, and its facts the indicators."""

    id: str
    kind: Kind
    domain: Literal["services", "recruitment", "other"]
    writer: str
    title: tuple[str, ...]
    opening: tuple[str, ...]
    facts: tuple[Fact, ...]
    filler: tuple[str, ...]
    closing: tuple[str, ...]


class Wordings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file: the scenarios of a language, and what fills their slots."""

    schema: Literal["thb-synth/1"]
    language: str
    slots: dict[str, tuple[str, ...]]
    scenarios: tuple[Scenario, ...]


@lru_cache(maxsize=1)
def wordings() -> tuple[Wordings, ...]:
    """Load every file of wordings, in the order of their names."""
    files = sorted(FOLDER.glob("*.yaml"))
    loaded = (yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader) for file in files)
    return tuple(msgspec.convert(content, Wordings, strict=False) for content in loaded)
