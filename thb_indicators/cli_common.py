"""What the commands share: options, and how errors are told."""

from __future__ import annotations

import enum
from typing import Annotated

import typer
from rich.console import Console

from thb_indicators.errors import ThbError
from thb_indicators.records import Basis

OK, USER_ERROR, SOME_FAILED = 0, 2, 3


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
            from thb_indicators.report.mask import harmless  # imported where used: most runs end well

            self._err.print(harmless(f"thb-indicators: {error}"), style="red", highlight=False, markup=False)
            raise typer.Exit(USER_ERROR) from error
