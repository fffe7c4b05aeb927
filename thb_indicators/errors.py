"""Everything this library raises on purpose.

One base class, so that ``except thb.ThbError`` catches what a caller can do something about; anything else
is a bug. Messages say where the fault is and what to do.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec


class ThbError(Exception):
    """Base of every error this library raises on purpose."""


class InputError(ThbError):
    """An ad, a file or an option cannot be used as it is given."""


class BasisError(InputError):
    """An ad has no ``basis``: nothing says why its text may be processed."""


class Problem(msgspec.Struct, frozen=True):
    """One fault in a lexicon file, with the place to mend it."""

    path: str
    line: int
    message: str
    hint: str = ""

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}: {self.message}"
        return f"{where} ({self.hint})" if self.hint else where


class LexiconError(ThbError):
    """A lexicon does not load. ``problems`` lists every fault found, not only the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        head = f"{count} problem{'s' if count != 1 else ''} in the lexicon"
        super().__init__("\n".join([head, *map(str, self.problems)]))


class ModelError(ThbError):
    """A model cannot be used: unreadable, altered, or made with another lexicon."""


class IndexFileError(ThbError):
    """A database of earlier ads cannot be used: another program's, a later version's, or held by a reader."""
