"""Labeled corpora: ads with a label, and what keeps an evaluation honest: who posted them, and when."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from thb_indicators.errors import InputError
from thb_indicators.reading import to_ad
from thb_indicators.records import Ad, Basis
from thb_indicators.rows import Row, only_good, read_rows
from thb_indicators.terms import terms

LABELS = {
    **dict.fromkeys(("1", "1.0", "true", "t", "yes", "y", "positive", "refer", "review"), 1),
    **dict.fromkeys(("0", "0.0", "false", "f", "no", "n", "negative", "no concern", "none"), 0),
}
"""What is read as a label, in any case of letters."""
NEAR = 0.5
"""Share of common two-word terms from which two texts are near copies of each other."""
_BANDS, _ROWS = 12, 2
_PRIME = (1 << 61) - 1


class Columns(msgspec.Struct, frozen=True):
    """The names of a corpus' columns; `thb-indicators synth` writes these."""

    text: str = "text"
    label: str = "label"
    group: str = "group"
    time: str = "posted_at"


class Labeled(msgspec.Struct, frozen=True):
    """One ad with its label (1: a person should read it), its advertiser, its time, and its domain where they are known."""

    ad: Ad
    label: int
    group: str | None = None
    time: str | None = None
    domain: str | None = None


def read_labeled(path: str | Path, basis: Basis | None = None, columns: Columns | None = None) -> list[Labeled]:
    """Read a labeled corpus.

    Parameters
    ----------
    path
        JSONL, CSV (``.gz`` too), or Parquet.
    basis
        Why the texts may be processed, for ads that do not say.
    columns
        The names of its columns.

    Raises
    ------
    InputError
        With the place, when a row has no text, no label, or a label that is neither yes nor no.
    """
    named = columns or Columns()
    beside = {"group": named.group, "time": named.time, "domain": "domain"}
    fields = [name for name in Ad.__struct_fields__ if name != "text"]
    found = []
    for line, values in only_good(read_rows(path, (named.text, named.label, *beside.values(), *fields))):
        where = f"{path}:{line}"
        text, label = values.get(named.text), values.get(named.label)
        if not isinstance(text, str):
            raise InputError(f"{where}: there is no text in the column {named.text!r}; name it with --text")
        if label is None or str(label).strip().lower() not in LABELS:
            raise InputError(
                f"{where}: the column {named.label!r} holds {label!r}, which is no label; use 0 and 1, or name it with --label"
            )
        given = {key: _written(value) for key, value in values.items() if value not in (None, "")}
        try:
            ad = to_ad(Row(line, {**given, "text": text}), basis)
        except msgspec.ValidationError as error:
            raise InputError(f"{where}: {error}") from error
        if ad.basis is None:
            raise InputError(f"{where}: nothing says why this text may be processed; give --basis synthetic or consented")
        known = {key: str(given[column]) for key, column in beside.items() if column in given}
        found.append(Labeled(ad, LABELS[str(label).strip().lower()], **known))
    if not found:
        raise InputError(f"{path}: there are no rows")
    return found


def _written(value: Any) -> Any:
    """Return a number as text: corpora name accounts, groups and times by numbers."""
    return str(value) if isinstance(value, int | float) else value


def near_copies(texts: Sequence[str]) -> np.ndarray[Any, Any]:
    """Return a group number for each normalized text; exact and near copies of one another share one.

    MinHash signatures in bands propose pairs (Broder 1997; Leskovec et al., Mining of Massive Datasets, ch. 3), and the
    share of common two-word terms decides.

    Examples
    --------
    >>> near_copies([" we sell fresh bread every day . ", " we sell fresh bread every single day . ", " a bike . "]).tolist()
    [0, 0, 2]
    """
    shingles = [frozenset(term for term in terms(text) if " " in term) or frozenset(terms(text)) for text in texts]
    rng = np.random.default_rng(0)
    size = _BANDS * _ROWS
    factors, offsets = rng.integers(1, _PRIME, size, dtype=np.uint64), rng.integers(0, _PRIME, size, dtype=np.uint64)
    parent = list(range(len(texts)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    numbers: dict[str, int] = {}
    first: dict[tuple[int, bytes], int] = {}
    for at, words in enumerate(shingles):
        codes = np.array([numbers.setdefault(word, len(numbers)) for word in sorted(words)] or [-at - 1], dtype=np.int64)
        with np.errstate(over="ignore"):
            mixed = (codes.astype(np.uint64)[:, np.newaxis] * factors + offsets) * np.uint64(0x9E3779B97F4A7C15)
        signature = (mixed >> np.uint64(17)).min(axis=0)
        for band in range(_BANDS):
            key = (band, signature[band * _ROWS : (band + 1) * _ROWS].tobytes())
            other = first.setdefault(key, at)
            if other != at and root(other) != root(at):
                union = len(words | shingles[other])
                if not union or len(words & shingles[other]) >= NEAR * union:
                    low, high = sorted((root(other), root(at)))
                    parent[high] = low
    return np.array([root(at) for at in range(len(texts))])
