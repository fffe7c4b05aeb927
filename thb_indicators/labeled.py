"""Labeled corpora: ads with a label, and what keeps an evaluation honest: who posted them, and when."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from thb_indicators.errors import InputError
from thb_indicators.reading import Columns, to_ad
from thb_indicators.records import Ad, Basis
from thb_indicators.repeats.pairs import NEAR_TEXT, joined, short_keys, text_pairs
from thb_indicators.repeats.signatures import BANDS, bands, shingles, signatures
from thb_indicators.rows import Row, only_good, read_rows

LABELS = {
    **dict.fromkeys(("1", "1.0", "true", "t", "yes", "y", "positive", "refer", "review"), 1),
    **dict.fromkeys(("0", "0.0", "false", "f", "no", "n", "negative", "no concern", "none"), 0),
}
"""What is read as a label, in any case of letters."""
_BANDS = BANDS // 2
"""Enough here: they find 96 of 100 pairs that share half of their wording, and copies rarely come in pairs alone."""


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

    Texts are compared as the linker compares them (`thb_indicators.repeats.pairs.text_pairs`). Those that are too short for
    that share a group when nothing but numbers and names of places tells them apart.

    Examples
    --------
    >>> bread = " we sell fresh bread and rolls from our own oven every morning in the market hall . "
    >>> near_copies([bread, f"{bread} also today . ", " rooms in lisbon . ", " rooms in porto . ", " a bike . "]).tolist()
    [0, 0, 2, 2, 4]
    """
    made = shingles([text.split() for text in texts])
    hashes = signatures(made)
    pairs, _ = text_pairs(short_keys(bands(hashes)[:, :_BANDS]), hashes.astype(np.uint8), made, NEAR_TEXT)
    groups = joined(len(texts), ((pair >> 32, pair & 0xFFFFFFFF) for pair in pairs.tolist()))
    first: dict[bytes | str, int] = {}
    wordings = (made.of(i).tobytes() or text for i, text in enumerate(texts))
    return np.array([first.setdefault(wording, group) for wording, group in zip(wordings, groups, strict=True)])
