"""What commands have written, read back: the result line, which every view of an assessment is built from, and clusters."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from thb_indicators.errors import BasisError, InputError
from thb_indicators.reading import read_ads
from thb_indicators.records import Ad, Assertion, Assessment, Basis, Field, Role, Route, Signal
from thb_indicators.repeats.records import Link
from thb_indicators.rows import BadLine, read_rows

SCHEMA = "thb-assessment/1"
_NOT_SCREENED = "thb-error/1"
T = TypeVar("T", bound=msgspec.Struct)


class KeptAd(msgspec.Struct, frozen=True):
    """The ad beside its assessment, where it was kept."""

    text: str
    title: str = ""
    country: str | None = None
    city: str | None = None
    posted_at: str | None = None
    source: str | None = None
    account: str | None = None


class SeenMatch(msgspec.Struct, frozen=True):
    """One match of a line. A masked surface may be dotted out already."""

    field: Field
    start: Annotated[int, msgspec.Meta(ge=0)]
    end: Annotated[int, msgspec.Meta(ge=0)]
    surface: str
    pattern: str = ""
    assertion: Assertion = "affirmed"
    cue: str = ""
    masked: bool = False


class SeenIndicator(msgspec.Struct, frozen=True):
    """One indicator of a line, with what the catalogue says of it."""

    id: str
    title: str
    role: Role
    evidence: str
    assertion: Assertion
    log_odds: float
    matches: tuple[SeenMatch, ...] = ()
    why: str = ""
    innocent_readings: tuple[str, ...] = ()
    disputed: str = ""
    references: tuple[str, ...] = ()
    signals: tuple[Signal, ...] = ()


class Step(msgspec.Struct, frozen=True):
    """What one feature adds to the log-odds."""

    feature: str
    log_odds: float


class ResultLine(msgspec.Struct, frozen=True):
    """The line ``thb-assessment/1``. Keys it does not know are left alone."""

    schema: Literal["thb-assessment/1"]
    ad_id: str
    text_sha256: str
    route: Route
    score: float
    log_odds: float
    baseline: float
    complete: bool
    indicators: tuple[SeenIndicator, ...]
    contributions: tuple[Step, ...]
    basis: Basis | None = None
    domains: tuple[str, ...] = ()
    language: str | None = None
    reason: str = ""
    skipped: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    policy: str = ""
    model_version: str = ""
    lexicon_digest: str = ""
    human_review: Literal["required"] = "required"
    ad: KeptAd | None = None


class KeptMeasure(msgspec.Struct, frozen=True):
    """One cross-ad indicator of a cluster's line."""

    id: str
    value: float
    threshold: float
    ads: tuple[str, ...] = ()
    note: str = ""


class KeptSlot(msgspec.Struct, frozen=True):
    """A place in a shared text where ads differ: by ad, where in its text stands what it has there."""

    spans: dict[str, tuple[int, int]]


class KeptTemplate(msgspec.Struct, frozen=True):
    """The text a cluster's ads share: wordings, with null where they differ, and what stands in each such slot."""

    constant: tuple[str | None, ...] = ()
    slots: tuple[KeptSlot | tuple[str, ...], ...] = ()


class KeptFacts(msgspec.Struct, frozen=True):
    """What was counted over a cluster."""

    cities: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    accounts: int = 0
    personas: int = 0
    first: str | None = None
    last: str | None = None


class KeptCluster(msgspec.Struct, frozen=True):
    """A line of ``clusters.jsonl``. Keys it does not know are left alone."""

    cluster: str | int
    ads: tuple[str, ...]
    actors: tuple[tuple[str, ...], ...] = ()
    indicators: tuple[KeptMeasure, ...] = ()
    label: str | None = ""
    facts: KeptFacts = KeptFacts()
    template: KeptTemplate | None = None


_FILES: dict[type[msgspec.Struct], str] = {Link: "links.jsonl", KeptCluster: "clusters.jsonl"}


def result_line(line: Mapping[str, Any]) -> ResultLine:
    """Return a result line as a record, checked.

    Parameters
    ----------
    line
        ``Assessment.to_dict()``, or the same read from a file.

    Raises
    ------
    InputError
        When it is no such line, or when the text beside it is not the one that was assessed.

    Examples
    --------
    >>> from thb_indicators import Ad, Screener
    >>> result_line(Screener().assess(Ad("a1", "Farm work.", basis="synthetic")).to_dict()).route
    'insufficient'
    """
    if line.get("schema") != SCHEMA:
        raise InputError(f"no line of schema {SCHEMA}, but {line.get('schema')!r}")
    try:
        read = msgspec.convert(line, ResultLine)
    except msgspec.ValidationError as error:
        raise InputError(f"assessment {line.get('ad_id')!r}: {error}") from error
    if read.ad is not None and hashlib.sha256(read.ad.text.encode("utf-8", "surrogatepass")).hexdigest() != read.text_sha256:
        raise InputError(f"assessment {read.ad_id!r}: the text kept with it is not the text that was assessed")
    return read


def kept(line: Mapping[str, Any], record: type[T]) -> T:
    """Return a line that ``link`` has written as a record, checked: a `Link` or a `KeptCluster`.

    Raises
    ------
    InputError
        When it is no such line.

    Examples
    --------
    >>> kept({"left": "a1", "right": "a2", "reasons": [{"kind": "account"}]}, Link).reasons[0].kind
    'account'
    """
    try:
        return msgspec.convert(line, record)
    except msgspec.ValidationError as error:
        raise InputError(f"no line of {_FILES[record]}: {error}") from error


def read_lines(path: str, assess: Callable[[Ad], Assessment], basis: Basis | None = None) -> Iterator[dict[str, Any] | BadLine]:
    """Yield the result lines of a file of assessments, or of ads, which are screened first.

    Parameters
    ----------
    path
        Result lines as ``screen`` writes them, best with ``--with-ad``; or ads as `thb_indicators.reading.read_ads` reads them.
    assess
        Screens one ad; called for files of ads alone.
    basis
        For ads that do not name theirs.

    Raises
    ------
    InputError
        When the file cannot be read at all, or its ads name no basis.
    """
    lines = _assessed(path) if _holds_assessments(path) else _screened(path, assess, basis)
    for number, line in lines:
        if isinstance(line, BadLine):
            yield line
            continue
        try:
            result_line(line)
        except InputError as error:
            yield BadLine(path, number, str(error), str(line.get("ad_id") or "") or None)
        else:
            yield line


def _holds_assessments(path: str) -> bool:
    if Path(path.removesuffix(".gz")).suffix.lower() not in (".jsonl", ".ndjson", ".json"):
        return False
    first = next(read_rows(path, ()), None)
    return isinstance(first, tuple) and first[1].get("schema") in (SCHEMA, _NOT_SCREENED)


def _assessed(path: str) -> Iterator[tuple[int, dict[str, Any] | BadLine]]:
    for item in read_rows(path, ()):
        if isinstance(item, BadLine):
            yield item.line, item
        elif item[1].get("schema") == _NOT_SCREENED:
            yield item[0], BadLine(path, item[0], f"was not screened: {item[1].get('error', '')}")
        else:
            yield item


def _screened(
    path: str, assess: Callable[[Ad], Assessment], basis: Basis | None
) -> Iterator[tuple[int, dict[str, Any] | BadLine]]:
    for number, item in enumerate(read_ads(path, basis), 1):
        if isinstance(item, BadLine):
            yield item.line, item
            continue
        try:
            yield number, assess(item).to_dict(reveal=True, with_ad=True)
        except BasisError:
            raise
        except InputError as error:
            yield number, BadLine(path, number, str(error), item.id)
