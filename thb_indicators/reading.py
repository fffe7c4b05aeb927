"""Reading ads from files: JSONL, CSV and Parquet, also gzipped, or from standard input.

One bad line never stops a batch: it becomes a `BadLine` with its place and what to do, and every good line is still read.
Memory is bounded by the longest line that is allowed, whatever the size of the file.
"""

from __future__ import annotations

import csv
import gzip
import io
import sys
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, cast

import msgspec

from thb_indicators.errors import InputError
from thb_indicators.records import Ad, Basis, Signal

MAX_LINE = 1_000_000
"""Bytes of one JSONL line, or characters of one CSV record."""
MAX_RATIO = 200
"""How much larger than the file its unpacked content may be, once that passes 100 MB."""
_BOMB_FROM = 100_000_000
_COLUMNS = [name for name in Ad.__struct_fields__ if name != "signals"]


class BadLine(msgspec.Struct, frozen=True):
    """A line that could not be read, with its place and what to do."""

    file: str
    line: int
    error: str
    ad_id: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the error record ``thb-error/1`` that stands in the output in the line's place."""
        return {"schema": "thb-error/1", "file": self.file, "line": self.line, "ad_id": self.ad_id, "error": self.error}


class _Row(msgspec.Struct):
    """What a JSONL line may hold. Other keys are left alone."""

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
    signals: list[str | Signal] | dict[str, bool | str] | None = None


_decode = msgspec.json.Decoder(_Row).decode


def read_ads(path: str | Path, basis: Basis | None = None) -> Iterator[Ad | BadLine]:
    """Read ads one by one.

    Parameters
    ----------
    path
        A ``.jsonl``, ``.csv`` or ``.parquet`` file, the first two also with ``.gz``; ``-`` reads JSONL from standard input.
        The one column that must be there is ``text``; ``id`` is the line's number where it is missing, and the rest are the
        fields of `Ad`. In JSONL, ``signals`` is a list of indicator ids or of ``{"indicator", "note", "source"}``.
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
    name = str(path)
    if name == "-":
        yield from _jsonl(sys.stdin.buffer, "-", basis)
        return
    kind = Path(name.removesuffix(".gz")).suffix.lower()
    if kind == ".parquet":
        yield from _parquet(name, basis)
        return
    if kind not in (".jsonl", ".ndjson", ".json", ".csv", ".tsv"):
        raise InputError(f"{name}: unknown kind of file {kind or 'without an ending'!r}; use .jsonl, .csv, .parquet, or - ")
    try:
        raw: IO[bytes] = open(name, "rb")  # noqa: SIM115  # closed below, with the stream that is laid over it
    except OSError as error:
        raise InputError(f"{name}: {error.strerror or error}") from error
    with raw:
        stream = cast(IO[bytes], _Unpacked(raw)) if name.endswith(".gz") else raw
        yield from (_csv if kind in (".csv", ".tsv") else _jsonl)(stream, name, basis)


class _Unpacked(io.RawIOBase):
    """A gzip stream that ends, instead of raising, where the file breaks off or grows beyond reason; says why."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw = raw
        self._gzip = gzip.GzipFile(fileobj=raw)
        self._given = 0
        self.broken = ""

    def readline(self, size: int | None = -1, /) -> bytes:
        if self.broken:
            return b""
        try:
            line = self._gzip.readline(size if size is not None else -1)
        except (EOFError, OSError, zlib.error) as error:
            self.broken = f"the gzip stream breaks off here ({error}); get the file again"
            return b""
        self._given += len(line)
        if self._given > _BOMB_FROM and self._given > MAX_RATIO * max(1, self._raw.tell()):
            self.broken = f"unpacks to more than {MAX_RATIO} times its size; the rest is not read"
        return line


def _lines(stream: IO[bytes], name: str) -> Iterator[tuple[int, bytes] | BadLine]:
    """Yield numbered lines; over-long ones are skipped without holding them."""
    number = 0
    while line := stream.readline(MAX_LINE + 1):
        number += 1
        if len(line) <= MAX_LINE or line.endswith(b"\n"):
            yield number, line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(MAX_LINE)
        yield BadLine(name, number, f"the line is longer than {MAX_LINE} bytes; shorten the ad's text")
    broken = getattr(stream, "broken", "")
    if broken:
        yield BadLine(name, number + 1, broken)


def _jsonl(stream: IO[bytes], name: str, basis: Basis | None) -> Iterator[Ad | BadLine]:
    for item in _lines(stream, name):
        if isinstance(item, BadLine):
            yield item
            continue
        number, line = item
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if not line.strip():
            continue
        try:
            yield _ad(_decode(line), number, basis)
        except UnicodeDecodeError as error:
            yield BadLine(name, number, f"not UTF-8 at byte {error.start + 1}; save the file as UTF-8")
        except msgspec.ValidationError as error:
            yield BadLine(name, number, f"{error}; every line is an object with at least a `text`")
        except (msgspec.DecodeError, RecursionError) as error:
            yield BadLine(name, number, f"not JSON: {error}; every line is one JSON object")


def _ad(row: _Row, number: int, basis: Basis | None) -> Ad:
    signals = row.signals or []
    if isinstance(signals, dict):
        named = [Signal(k, v if isinstance(v, str) else "") for k, v in signals.items() if v]
    else:
        named = [Signal(s) if isinstance(s, str) else s for s in signals]
    return Ad(
        str(row.id) if row.id is not None else f"line-{number}",
        row.text, row.title or "", row.language, row.country, row.city, row.posted_at, row.source, row.account,
        row.basis or basis, tuple(named),
    )  # fmt: skip


class _Records(io.TextIOBase):
    """Decoded lines for the csv module; a record too long to be an ad is cut off and remembered as such."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.number = 0

    def __iter__(self) -> Iterator[str]:  # type: ignore[override]  # the csv module asks for no more than this
        while line := self._stream.readline(MAX_LINE + 1):
            self.number += 1
            text = line.decode("utf-8", "surrogateescape")
            yield text.removeprefix("\ufeff") if self.number == 1 else text


def _csv(stream: IO[bytes], name: str, basis: Basis | None) -> Iterator[Ad | BadLine]:
    csv.field_size_limit(MAX_LINE)
    lines = _Records(stream)
    reader = csv.reader(lines, delimiter="\t" if ".tsv" in name else ",")
    try:
        header = [column.strip().lower() for column in next(reader, [])]
    except csv.Error as error:
        raise InputError(f"{name}:1: {error}") from error
    if "text" not in header:
        raise InputError(f"{name}: there is no column `text` (columns: {', '.join(header) or 'none'}); name one so")
    while True:
        first = lines.number + 1
        try:
            values = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            yield BadLine(name, first, f"{error}; quote the field, or shorten it to {MAX_LINE} characters")
            continue
        if values:
            yield _record(dict(zip(header, values, strict=False)), len(values) - len(header), name, first, basis)
    broken = getattr(stream, "broken", "")
    if broken:
        yield BadLine(name, lines.number + 1, broken)


def _record(row: dict[str, str], surplus: int, name: str, line: int, basis: Basis | None) -> Ad | BadLine:
    if surplus:
        what = f"{abs(surplus)} column{'s' if abs(surplus) > 1 else ''} too {'many' if surplus > 0 else 'few'}"
        return BadLine(name, line, f"{what}; quote fields that hold a comma", row.get("id"))
    if any("\udc80" <= char <= "\udcff" for value in row.values() for char in value):
        return BadLine(name, line, "not UTF-8; save the file as UTF-8")
    given: dict[str, Any] = {k: v for k, v in row.items() if k in _COLUMNS and v}
    if row.get("signals"):
        given["signals"] = [s for s in row["signals"].replace(";", " ").split() if s]
    try:
        return _ad(msgspec.convert({"text": "", **given}, _Row), line, basis)
    except msgspec.ValidationError as error:
        return BadLine(name, line, str(error), row.get("id"))


def _parquet(name: str, basis: Basis | None) -> Iterator[Ad | BadLine]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise InputError(f"{name}: reading Parquet needs `pip install thb-indicators[parquet]`") from error
    try:
        file = pq.ParquetFile(name)
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{name}: {error}") from error
    columns = [column for column in file.schema_arrow.names if column in Ad.__struct_fields__]
    if "text" not in columns:
        raise InputError(f"{name}: there is no column `text` (columns: {', '.join(file.schema_arrow.names)}); name one so")
    number = 0
    for batch in file.iter_batches(batch_size=512, columns=columns):
        for row in batch.to_pylist():
            number += 1
            try:
                yield ad_of(row, number, basis)
            except msgspec.ValidationError as error:
                yield BadLine(name, number, str(error))


def ad_of(row: dict[str, Any], number: int, basis: Basis | None) -> Ad:
    """Return the ad of one row of a table.

    Parameters
    ----------
    row
        Values by the names of the fields of `Ad`; dates may be dates.
    number
        The row's number, which names an ad without an id.
    basis
        For an ad that does not name its own.

    Raises
    ------
    msgspec.ValidationError
        When a value is of the wrong kind, or ``text`` is missing.

    Examples
    --------
    >>> ad_of({"text": "Bicycle, as new", "city": None}, 3, "synthetic").id
    'line-3'
    """
    return _ad(msgspec.convert(_plain(row), _Row), number, basis)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Return a Parquet row with dates as ISO 8601 text and without missing values."""
    present = {key: value for key, value in row.items() if value is not None}
    if "posted_at" in present and not isinstance(present["posted_at"], str):
        present["posted_at"] = getattr(present["posted_at"], "isoformat", lambda: str(present["posted_at"]))()
    return present


def only_ads(items: Iterable[Ad | BadLine]) -> Iterator[Ad]:
    """Yield the ads; raise on the first line that could not be read.

    Raises
    ------
    InputError
        With the file and line.
    """
    for item in items:
        if isinstance(item, BadLine):
            raise InputError(f"{item.file}:{item.line}: {item.error}")
        yield item
