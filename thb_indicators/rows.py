"""Rows of files: JSONL, CSV and Parquet, also gzipped, or from standard input.

One bad line never stops a batch: it becomes a `BadLine` with its place and what to do, and every good line is still read.
Memory is bounded by the longest line that is allowed, whatever the size of the file.
"""

from __future__ import annotations

import csv
import gzip
import io
import sys
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple, TypeVar, cast

import msgspec

from thb_indicators.errors import InputError

MAX_LINE = 1_000_000
"""Bytes of one JSONL line, or characters of one CSV record."""
MAX_RATIO = 200
"""How much larger than the file its unpacked content may be, once that passes 100 MB."""
_BOMB_FROM = 100_000_000
T = TypeVar("T")


class BadLine(msgspec.Struct, frozen=True):
    """A line that could not be read, with its place and what to do."""

    file: str
    line: int
    error: str
    ad_id: str | None = None

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.error}" if self.line else self.error

    def to_dict(self) -> dict[str, Any]:
        """Return the error record ``thb-error/1`` that stands in the output in the line's place."""
        return {"schema": "thb-error/1", "file": self.file, "line": self.line, "ad_id": self.ad_id, "error": self.error}


class Row(NamedTuple):
    """The columns and values of one row, and the line it begins on."""

    line: int
    values: dict[str, Any]


def read_rows(path: str | Path, columns: Sequence[str]) -> Iterator[Row | BadLine]:
    """Read the rows of a file one by one.

    Parameters
    ----------
    path
        A ``.jsonl``, ``.csv`` or ``.parquet`` file, the first two also with ``.gz``; ``-`` reads JSONL from standard input.
    columns
        The columns to read; the first must be there. Empty cells of the others are left out. A JSONL line keeps all it holds.

    Raises
    ------
    InputError
        When the file cannot be opened, is of an unknown kind, or lacks the first column.
    """
    name = str(path)
    if name == "-":
        yield from _jsonl(sys.stdin.buffer, "-")
        return
    kind = Path(name.removesuffix(".gz")).suffix.lower()
    if kind == ".parquet":
        yield from _parquet(name, columns)
        return
    if kind not in (".jsonl", ".ndjson", ".json", ".csv", ".tsv"):
        raise InputError(f"{name}: unknown kind of file {kind or 'without an ending'!r}; use .jsonl, .csv, .parquet, or - ")
    try:
        raw: IO[bytes] = open(name, "rb")  # noqa: SIM115  # closed below, with the stream that is laid over it
    except OSError as error:
        raise InputError(f"{name}: {error.strerror or error}") from error
    with raw:
        stream = cast(IO[bytes], _Unpacked(raw)) if name.endswith(".gz") else raw
        if kind in (".csv", ".tsv"):
            yield from _csv(stream, name, columns, "\t" if kind == ".tsv" else ",")
        else:
            yield from _jsonl(stream, name)


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


_decode = msgspec.json.Decoder(dict[str, Any]).decode


def _jsonl(stream: IO[bytes], name: str) -> Iterator[Row | BadLine]:
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
            yield Row(number, _decode(line))
        except UnicodeDecodeError as error:
            yield BadLine(name, number, f"not UTF-8 at byte {error.start + 1}; save the file as UTF-8")
        except (msgspec.DecodeError, RecursionError) as error:
            yield BadLine(name, number, f"not JSON: {error}; every line is one JSON object")


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


def _csv(stream: IO[bytes], name: str, columns: Sequence[str], delimiter: str) -> Iterator[Row | BadLine]:
    csv.field_size_limit(MAX_LINE)
    lines = _Records(stream)
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        header = _named([column.strip() for column in next(reader, [])], name, columns)
    except csv.Error as error:
        raise InputError(f"{name}:1: {error}") from error
    while True:
        first = lines.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            yield BadLine(name, first, f"{error}; quote the field, or shorten it to {MAX_LINE} characters")
            continue
        if not cells:
            continue
        values = {column: cell for column, cell in zip(header, cells, strict=False) if column in columns and cell}
        surplus = len(cells) - len(header)
        if surplus:
            what = f"{abs(surplus)} column{'s' if abs(surplus) > 1 else ''} too {'many' if surplus > 0 else 'few'}"
            yield BadLine(name, first, f"{what}; quote fields that hold a comma", values.get("id"))
        elif not _is_unicode("".join(cells)):
            yield BadLine(name, first, "not UTF-8; save the file as UTF-8")
        else:
            yield Row(first, {columns[0]: "", **values})
    broken = getattr(stream, "broken", "")
    if broken:
        yield BadLine(name, lines.number + 1, broken)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _named(header: list[str], name: str, columns: Sequence[str]) -> list[str]:
    """Return a header with the wanted columns named as they are wanted, in whatever case of letters they stand."""
    wanted = {column.lower(): column for column in columns if column not in header}
    found = [wanted.get(column.lower(), column) for column in header]
    if columns[0] not in found:
        raise InputError(f"{name}: there is no column `{columns[0]}` (columns: {', '.join(header) or 'none'}); name one so")
    return found


def _parquet(name: str, columns: Sequence[str]) -> Iterator[Row | BadLine]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise InputError(f"{name}: reading Parquet needs `pip install thb-indicators[parquet]`") from error
    try:
        file = pq.ParquetFile(name)
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{name}: {error}") from error
    header = _named(file.schema_arrow.names, name, columns)
    wanted = {given: column for given, column in zip(file.schema_arrow.names, header, strict=True) if column in columns}
    number = 0
    for batch in file.iter_batches(batch_size=512, columns=list(wanted)):
        for row in batch.to_pylist():
            number += 1
            yield Row(number, {wanted[given]: plain(value) for given, value in row.items() if value is not None})


def plain(value: Any) -> Any:
    """Return a table's value with dates as ISO 8601 text.

    Examples
    --------
    >>> from datetime import date
    >>> plain(date(2026, 1, 31)), plain("2026-01-31")
    ('2026-01-31', '2026-01-31')
    """
    return value.isoformat() if hasattr(value, "isoformat") else value


def only_good(items: Iterable[T | BadLine]) -> Iterator[T]:
    """Yield what could be read; raise on the first line that could not.

    Raises
    ------
    InputError
        With the file and line.
    """
    for item in items:
        if isinstance(item, BadLine):
            raise InputError(str(item))
        yield item


def read_objects(path: str | Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSONL file that a command has written.

    Raises
    ------
    InputError
        When it is another kind of file; with the file and line, on the first line that is no object.
    """
    if Path(str(path).removesuffix(".gz")).suffix.lower() in (".csv", ".tsv", ".parquet"):
        raise InputError(f"{path}: a table cannot be read here; give the .jsonl file as it was written")
    for row in only_good(read_rows(path, ())):
        yield row.values
