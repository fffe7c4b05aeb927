"""Reading ads from files; one that cannot be read becomes a `BadLine` in its place, and the rest are still read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from thb_indicators.records import Ad, Basis, Signal
from thb_indicators.rows import BadLine, Row, read_rows

_COLUMNS = ("text", *(name for name in Ad.__struct_fields__ if name != "text"))


class Columns(msgspec.Struct, frozen=True):
    """The names of a labeled corpus' columns; `thb-indicators synth` writes these."""

    text: str = "text"
    label: str = "label"
    group: str = "group"
    time: str = "posted_at"


class _Given(msgspec.Struct):
    """What a row may say of an ad. Other columns are left alone."""

    text: str
    id: str | int | None = None
    title: str | None = None
    language: str | None = None
    country: str | None = None
    city: str | None = None
    posted_at: str | None = None
    source: str | None = None
    account: str | None = None
    basis: Basis | None = None
    signals: str | list[str | Signal] | dict[str, bool | str] | None = None


def read_ads(path: str | Path, basis: Basis | None = None) -> Iterator[Ad | BadLine]:
    """Read ads one by one.

    Parameters
    ----------
    path
        A ``.jsonl``, ``.csv`` or ``.parquet`` file, the first two also with ``.gz``; ``-`` reads JSONL from standard input.
        The one column that must be there is ``text``; ``id`` is the line's number where it is missing, and the rest are the
        fields of `Ad`. ``signals`` are ids of indicators; in JSONL also a list of ``{"indicator", "note", "source"}``.
    basis
        For ads that do not name theirs.

    Yields
    ------
    Ad or BadLine
        In the order of the file.

    Raises
    ------
    InputError
        When the file cannot be opened, is of an unknown kind, or lacks the column ``text``.
    """
    for item in read_rows(path, _COLUMNS):
        if isinstance(item, BadLine):
            yield item
            continue
        try:
            yield to_ad(item, basis)
        except msgspec.ValidationError as error:
            named = item.values.get("id")
            yield BadLine(str(path), item.line, f"{error}; an ad has at least a `text`", str(named) if named else None)


def to_ad(row: Row, basis: Basis | None = None) -> Ad:
    """Return the ad that a row holds.

    Raises
    ------
    msgspec.ValidationError
        When there is no text, or a value is of the wrong type.

    Examples
    --------
    >>> ad = to_ad(Row(7, {"text": "Farm work.", "city": "Leeds"}), "synthetic")
    >>> ad.id, ad.city, ad.basis
    ('line-7', 'Leeds', 'synthetic')
    """
    given = msgspec.convert(row.values, _Given)
    signals = given.signals or []
    if isinstance(signals, str):
        signals = list(signals.replace(";", " ").split())
    if isinstance(signals, dict):
        named = [Signal(k, v if isinstance(v, str) else "") for k, v in signals.items() if v]
    else:
        named = [Signal(s) if isinstance(s, str) else s for s in signals]
    return Ad(
        str(given.id) if given.id is not None else f"line-{row.line}",
        given.text, given.title or "", given.language, given.country, given.city, given.posted_at, given.source, given.account,
        given.basis or basis, tuple(named),
    )  # fmt: skip
