"""The model: what each indicator, and each term it has learned, adds to the log-odds. Data, never code: no pickles.

A model folder holds ``manifest.json`` (baseline, weights by indicator, digests, how it was made), and ``terms.json`` when
terms were learned. A digest over everything shows tampering; the lexicon's digest ties a trained model to the rules it was
trained with.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import msgspec

from thb_indicators.errors import ModelError
from thb_indicators.lexicon import Lexicon
from thb_indicators.records import IndicatorInfo
from thb_indicators.resources import data_path
from thb_indicators.terms import TermWeights

SCHEMA = "thb-model/1"
MANIFEST, TERMS = "manifest.json", "terms.json"
RULES_BASELINE = -4.0
"""Log-odds of an ad with no indicator when no labels were seen: an order to read in, no probability."""
PICKLES = (".pkl", ".pickle", ".joblib", ".sav", ".pt", ".dill")


class Model(msgspec.Struct, frozen=True):
    """An additive model: ``log_odds = baseline + sum of the weights of what is present``.

    Parameters
    ----------
    version
        Written into every result.
    baseline
        Log-odds of an ad in which nothing is present.
    weights
        Log-odds by indicator that replace the catalogue's; empty means the catalogue's own.
    terms
        What the words of an ad add; None when only indicators count.
    lexicon_digest
        The lexicon the weights were learned with; empty when they fit any.

    Examples
    --------
    >>> Model.rules().version
    'rules/1'
    """

    version: str
    baseline: float
    weights: dict[str, float] = {}
    terms: TermWeights | None = None
    lexicon_digest: str = ""

    @staticmethod
    def rules() -> Model:
        """Return the model that has seen no labels: its weights are the catalogue's."""
        return Model("rules/1", RULES_BASELINE)

    def weight(self, info: IndicatorInfo) -> float:
        """Return what the presence of an indicator adds."""
        return self.weights.get(info.id, info.weight)

    def check(self, lexicon: Lexicon) -> None:
        """Refuse to be used with a lexicon that it does not fit.

        Raises
        ------
        ModelError
            When it was made with another lexicon, a weight has the wrong sign, or stands for an indicator that is never
            scored or unknown.
        """
        if self.lexicon_digest and self.lexicon_digest not in (lexicon.digest, lexicon.base_digest):
            raise ModelError(
                f"model {self.version} was made with the lexicon {self.lexicon_digest[:19]}…, and this one is "
                f"{lexicon.digest[:19]}…: train it again with this lexicon, or use the model that ships"
            )
        for name, weight in self.weights.items():
            info = lexicon.catalogue.get(name)
            if info is None:
                raise ModelError(f"model {self.version}: the lexicon has no indicator {name!r}; was it made with another one?")
            if weight and info.role in ("context_only", "not_scored"):
                raise ModelError(f"model {self.version}: {name!r} has the role {info.role} and must weigh 0")
            if weight > 0 and info.role == "counter":
                raise ModelError(f"model {self.version}: the counter-indicator {name!r} must not raise a score")
            if weight < 0 and info.scored:
                raise ModelError(f"model {self.version}: the presence of {name!r} must not lower a score")


class _Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands in ``manifest.json``."""

    schema: str
    version: str
    baseline: float
    weights: dict[str, float]
    lexicon_digest: str
    terms_digest: str
    about: dict[str, Any]
    digest: str = ""


def save_model(model: Model, folder: str | Path, about: dict[str, Any] | None = None) -> None:
    """Write a model folder.

    Parameters
    ----------
    model
        The model.
    folder
        Made when it is not there; files of an earlier model in it are replaced.
    about
        How it was made (seed, versions, figures): plain data, kept in the manifest.
    """
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    (target / TERMS).unlink(missing_ok=True)
    terms_digest = ""
    if model.terms is not None:
        terms = msgspec.json.encode(model.terms)
        (target / TERMS).write_bytes(terms)
        terms_digest = _sha256(terms)
    manifest = _Manifest(
        SCHEMA,
        model.version,
        model.baseline,
        dict(sorted(model.weights.items())),
        model.lexicon_digest,
        terms_digest,
        about or {},
    )
    signed = msgspec.structs.replace(manifest, digest=_digest(manifest))
    (target / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(signed), indent=1) + b"\n")


def load_model(path: str | Path | None = None) -> Model:
    """Load a model folder; the one that ships is the default.

    Raises
    ------
    ModelError
        When the folder holds no manifest this version can read, a file was altered, or it is a pickle.

    Examples
    --------
    >>> load_model().baseline < 0
    True
    """
    folder = Path(path) if path is not None else data_path("models", "default")
    if folder.suffix.lower() in PICKLES:
        raise ModelError(f"{folder}: is a pickle, which runs code when loaded; give a model folder with a {MANIFEST}")
    manifest = _read_manifest(folder)
    terms = None
    if manifest.terms_digest:
        content = _read(folder / TERMS)
        if _sha256(content) != manifest.terms_digest:
            raise ModelError(f"{folder / TERMS}: was altered: its digest is not the one in the manifest")
        terms = _decode(content, TermWeights, folder / TERMS)
    return Model(manifest.version, manifest.baseline, manifest.weights, terms, manifest.lexicon_digest)


def about_model(path: str | Path | None = None) -> dict[str, Any]:
    """Return how a saved model was made: what `save_model` was given as ``about``."""
    return _read_manifest(Path(path) if path is not None else data_path("models", "default")).about


def _read_manifest(folder: Path) -> _Manifest:
    path = folder / MANIFEST
    manifest: _Manifest = _decode(_read(path), _Manifest, path)
    if manifest.schema != SCHEMA:
        raise ModelError(f"{path}: the schema must be {SCHEMA!r}, not {manifest.schema!r}")
    if manifest.digest != _digest(manifest):
        raise ModelError(f"{path}: was altered: its digest does not fit its content")
    return manifest


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read; give a model folder with a {MANIFEST}") from error


def _decode(content: bytes, kind: Any, path: Path) -> Any:
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.MsgspecError as error:
        raise ModelError(f"{path}: {error}") from error


def _digest(manifest: _Manifest) -> str:
    return _sha256(msgspec.json.encode(msgspec.structs.replace(manifest, digest=""), order="deterministic"))


def _sha256(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
