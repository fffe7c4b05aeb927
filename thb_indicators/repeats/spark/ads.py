"""Rows of a frame as ads; screening them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import msgspec
import pyarrow as pa
from pyspark.sql import DataFrame

from thb_indicators.errors import BasisError, InputError
from thb_indicators.reading import to_ad
from thb_indicators.records import Ad, Basis
from thb_indicators.rows import BadLine, Row, plain
from thb_indicators.screen import Screener

_SCREENED = "ad_id string, route string, score double, line string"
_ARROW = pa.schema([("ad_id", pa.string()), ("route", pa.string()), ("score", pa.float64()), ("line", pa.string())])


def ads_of(frame: DataFrame, basis: Basis | None, *others: str) -> DataFrame:
    """Return the columns of a frame that ads are read from, and some others.

    Raises
    ------
    InputError
        When the column ``id`` or ``text`` is missing.
    BasisError
        When neither a column nor the caller says why the texts may be processed.
    """
    for needed in ("id", "text"):
        if needed not in frame.columns:
            raise InputError(f"there is no column `{needed}` (columns: {', '.join(frame.columns) or 'none'}); name one so")
    if basis is None and "basis" not in frame.columns:
        raise BasisError(
            "these ads do not say why their text may be processed: add a column `basis`, or give "
            'basis="synthetic" or basis="consented" for all of them'
        )
    return frame.select(*others, *(name for name in Ad.__struct_fields__ if name in frame.columns))


def read_row(row: dict[str, Any], basis: Basis | None) -> Ad | BadLine:
    """Return the ad of one row, or why it cannot be read."""
    values = {column: plain(value) for column, value in row.items() if value is not None}
    if "id" not in values:
        return BadLine("", 0, "there is no id; every ad needs one of its own")
    name = str(values["id"])
    try:
        ad = to_ad(Row(0, values), basis)
    except msgspec.ValidationError as error:
        return BadLine("", 0, f"{error}; an ad has at least a `text`", name)
    if ad.basis is None:
        return BadLine("", 0, f"ad {name!r} has no basis for processing: fill its column `basis`, or give one for all", name)
    return ad


def line_of(record: dict[str, Any]) -> str:
    """Return a record as a line of JSON."""
    return msgspec.json.encode(record).decode()


def screen_frame(frame: DataFrame, *, basis: Basis | None = None, screener: Callable[[], Screener] = Screener) -> DataFrame:
    """Screen a frame of ads.

    Parameters
    ----------
    frame
        Ads, one a row: the columns ``id`` and ``text``, and any other field of `Ad`.
    basis
        Why the texts may be processed, for ads that do not say so themselves.
    screener
        Makes the screener, once in every worker process; a function of a module that the workers have.

    Returns
    -------
    DataFrame
        Columns ``ad_id``, ``route``, ``score`` and ``line``: the result line, as the command ``screen`` writes it. A row that
        cannot be read has an error record for its line, and neither route nor score.

    Raises
    ------
    InputError
        When the column ``id`` or ``text`` is missing.
    BasisError
        When neither a column nor the caller says why the texts may be processed.

    Examples
    --------
    >>> from pyspark.sql import SparkSession
    >>> spark = SparkSession.builder.master("local[2]").getOrCreate()
    >>> ads = spark.createDataFrame([("a1", "Bicycle, as new")], "id string, text string")
    >>> ['"human_review":"required"' in row["line"] for row in screen_frame(ads, basis="synthetic").collect()]
    [True]
    """

    def screened(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        made = _made(screener)
        for batch in batches:
            rows = [_screened(made, read_row(row, basis)) for row in batch.to_pylist()]
            yield pa.RecordBatch.from_pylist(rows, _ARROW)

    return ads_of(frame, basis).mapInArrow(screened, _SCREENED)


@lru_cache(maxsize=1)
def _made(screener: Callable[[], Screener]) -> Screener:
    return screener()


def _screened(screener: Screener, ad: Ad | BadLine) -> dict[str, Any]:
    if isinstance(ad, BadLine):
        return {"ad_id": ad.ad_id, "line": line_of(ad.to_dict())}
    found = screener.assess(ad)
    return {"ad_id": ad.id, "route": found.route, "score": found.score, "line": line_of(found.to_dict())}
