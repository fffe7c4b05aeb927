"""The model: what each indicator adds to the log-odds.

The model that ships has seen no labels. Its weights are the catalogue's prior log-odds, so its score is the rule score:
an order to read ads in, no probability of anything.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import msgspec

from thb_indicators.errors import ModelError
from thb_indicators.records import IndicatorInfo
from thb_indicators.resources import data_path

SCHEMA = "thb-model/1"


class Model(msgspec.Struct, frozen=True):
    """An additive model: ``log_odds = baseline + sum of the weights of what is present``.

    Parameters
    ----------
    version
        Written into every result.
    baseline
        Log-odds of an ad with no indicator.
    weights
        Log-odds by indicator that replace the catalogue's; empty means the catalogue's own.
    """

    version: str
    baseline: float
    weights: dict[str, float] = {}

    def weight(self, info: IndicatorInfo) -> float:
        """Return what the presence of an indicator adds."""
        return self.weights.get(info.id, info.weight)

    def check(self, catalogue: Mapping[str, IndicatorInfo]) -> None:
        """Refuse weights that the catalogue rules out.

        Raises
        ------
        ModelError
            When a weight has the wrong sign, or stands for an indicator that is never scored or unknown.
        """
        for name, weight in self.weights.items():
            info = catalogue.get(name)
            if info is None:
                raise ModelError(f"model {self.version}: the lexicon has no indicator {name!r}; was it made with another one?")
            if weight and info.role in ("context_only", "not_scored"):
                raise ModelError(f"model {self.version}: {name!r} has the role {info.role} and must weigh 0")
            if weight > 0 and info.role == "counter":
                raise ModelError(f"model {self.version}: the counter-indicator {name!r} must not raise a score")
            if weight < 0 and info.scored:
                raise ModelError(f"model {self.version}: the presence of {name!r} must not lower a score")


def load_model(path: str | Path | None = None) -> Model:
    """Load a model folder; the one that ships is the default.

    Raises
    ------
    ModelError
        When the folder holds no manifest this version can read.

    Examples
    --------
    >>> load_model().version
    'rules/1'
    """
    folder = Path(path) if path is not None else data_path("models", "default")
    manifest = folder / "manifest.json"
    try:
        content = json.loads(manifest.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(f"{manifest}: cannot be read; give a model folder with a manifest.json") from error
    except ValueError as error:
        raise ModelError(f"{manifest}: is no JSON: {error}") from error
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        raise ModelError(f"{manifest}: the schema must be {SCHEMA!r}")
    try:
        return msgspec.convert({k: content[k] for k in ("version", "baseline", "weights") if k in content}, Model)
    except msgspec.ValidationError as error:
        raise ModelError(f"{manifest}: {error}") from error
