"""Places in a text, and the contacts found there: the records that every reader of characters builds on."""

from __future__ import annotations

from typing import Literal, NamedTuple

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
