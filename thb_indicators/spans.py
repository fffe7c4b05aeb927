"""Places in a text, and the contacts found there: the records that every reader of characters builds on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple, Protocol, TypeVar

import msgspec

from thb_indicators.errors import InputError

DOT = "•"
"""What stands for each character that is masked."""


class Span(NamedTuple):
    """A half-open range of code points in one field of an ad.

    Examples
    --------
    >>> Span(3, 8).of("We keep it")
    'keep '
    """

    start: int
    end: int

    def of(self, field: str) -> str:
        """Return the part of `field` that this span covers."""
        return field[self.start : self.end]


ContactKind = Literal["phone", "email", "handle", "messaging", "url"]


class Contact(msgspec.Struct, frozen=True):
    """One contact found in a text.

    `value` is normalized (see `extract_contacts`); `span` points into the original; `obscured` says that it was written
    to defeat collection.
    """

    kind: ContactKind
    value: str
    span: Span
    obscured: bool = False


def require_text(value: object, name: str, ad_id: str) -> None:
    """Refuse a field that is not text, with the words a caller needs to mend it.

    Raises
    ------
    InputError
        When `value` is no string.
    """
    if not isinstance(value, str):
        raise InputError(f"ad {ad_id!r}: `{name}` must be text, not {type(value).__name__}")


class _Placed(Protocol):
    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...


_Found = TypeVar("_Found", bound=_Placed)


def apart(found: Iterable[_Found]) -> list[_Found]:
    """Return what was found in the order of its places; of what overlaps, what begins first and is longest.

    Examples
    --------
    >>> apart([Span(5, 9), Span(0, 4), Span(0, 6), Span(6, 8)])
    [Span(start=0, end=6), Span(start=6, end=8)]
    """
    kept: list[_Found] = []
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept
