"""What the commands share: options, and how errors are told."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from typing import Annotated, Generic, TypeVar

import typer
from rich.console import Console

from thb_indicators.errors import ThbError
from thb_indicators.records import Basis
from thb_indicators.report.mask import harmless
from thb_indicators.rows import BadLine

OK, USER_ERROR, SOME_FAILED = 0, 2, 3
T = TypeVar("T")


class BasisOption(enum.StrEnum):
    """Why the text may be processed."""

    synthetic = "synthetic"
    consented = "consented"


BasisFlag = Annotated[
    BasisOption | None, typer.Option("--basis", help="Why the texts may be processed, for ads that do not say.")
]
Extra = Annotated[list[str], typer.Option("--lexicon", help="More pattern files or folders of your own.")]
Reveal = Annotated[bool, typer.Option("--reveal", help="Show masked contacts and child-safety wording.")]
ModelFlag = Annotated[str | None, typer.Option("--model", help="A model folder instead of the shipped one.")]


def given_basis(option: BasisOption | None) -> Basis | None:
    """Return the basis that was given, if one was."""
    return option.value if option else None


def tell(err: Console, fault: object) -> None:
    """Print what went wrong; it may quote any text, so nothing in it can move the cursor or pass for markup."""
    err.print(harmless(str(fault)), style="red", highlight=False, markup=False)


def end(err: Console, failed: int) -> None:
    """End a command that could not read some lines with exit code 3."""
    if failed:
        tell(err, f"{failed} lines could not be read")
        raise typer.Exit(SOME_FAILED)


class Good(Generic[T]):
    """What could be read; lines that could not are told and counted, and the rest goes on."""

    def __init__(self, items: Iterable[T | BadLine], err: Console) -> None:
        self._items, self._err = items, err
        self.failed = 0

    def __iter__(self) -> Iterator[T]:
        for item in self._items:
            if isinstance(item, BadLine):
                self.failed += 1
                tell(self._err, item)
            else:
                yield item


class Guard:
    """Turns what a user can mend into one sentence and exit code 2; anything else stays a traceback (exit code 1)."""

    def __init__(self, err: Console) -> None:
        self._err = err

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, BrokenPipeError):
            raise typer.Exit(OK) from error
        if isinstance(error, (ThbError, OSError)):
            tell(self._err, f"thb-indicators: {error}")
            raise typer.Exit(USER_ERROR) from error
