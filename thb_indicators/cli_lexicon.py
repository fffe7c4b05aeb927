"""The commands that look at a lexicon: ``lexicon lint | test | stats | show``; `cli_learn` adds ``suggest``."""

from __future__ import annotations

import datetime
import enum
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from thb_indicators.cli_common import USER_ERROR, BasisFlag, Extra, Guard, given_basis
from thb_indicators.coverage import coverage
from thb_indicators.detect import Detector
from thb_indicators.errors import InputError
from thb_indicators.lexicon import Lexicon
from thb_indicators.lint import failing_examples, stats
from thb_indicators.reading import read_ads
from thb_indicators.records import Basis, Document
from thb_indicators.report.lexicon import counted, covered
from thb_indicators.rows import only_good
from thb_indicators.screen import check_ad

lexicon_app = typer.Typer(no_args_is_help=True, help="Look at the lexicon, and test it.")


class StatsFormat(enum.StrEnum):
    """What `lexicon stats` prints."""

    table = "table"
    json = "json"


@lexicon_app.command("lint")
def lexicon_lint(lexicon: Extra = []) -> None:  # noqa: B006  # typer copies it
    """Report every fault in the lexicon's files, with file and line."""
    err = Console(stderr=True)
    with Guard(err):
        loaded = Lexicon.load(extra=lexicon)
        for pattern in loaded.stale():
            err.print(f"{pattern.file}:{pattern.line}: {pattern.id} was due for review on {pattern.review_by}", highlight=False)
        Console().print(f"{len(loaded.patterns)} patterns, no faults, {len(loaded.stale())} due for review", highlight=False)


@lexicon_app.command("test")
def lexicon_test(
    lexicon: Extra = [],  # noqa: B006  # typer copies it
    language: Annotated[str | None, typer.Option("--language", help="Only this language.")] = None,
) -> None:
    """Try every example that stands beside a pattern."""
    err = Console(stderr=True)
    with Guard(err):
        loaded = Lexicon.load(extra=lexicon)
        failures = list(failing_examples(loaded, language))
        for failure in failures:
            err.print(str(failure), highlight=False, markup=False)
        tried = [p for p in loaded.patterns if language in (None, p.language)]
        count = sum(len(p.fires) + len(p.silent) for p in tried)
        Console().print(f"{count} examples of {len(tried)} patterns, {len(failures)} failing", highlight=False)
    if failures:
        raise typer.Exit(USER_ERROR)


@lexicon_app.command("stats")
def lexicon_stats(
    files: Annotated[list[str] | None, typer.Argument(help="Ads to read with the lexicon: JSONL, CSV or Parquet.")] = None,
    basis: BasisFlag = None,
    lexicon: Extra = [],  # noqa: B006  # typer copies it
    today: Annotated[
        datetime.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day that counts for reviews.")
    ] = None,
    format: Annotated[StatsFormat, typer.Option("--format", help="json: everything.")] = StatsFormat.table,
) -> None:
    """Count what the lexicon holds and what is due for review; on ads, also what fires, what overlaps, and what disagrees."""
    with Guard(Console(stderr=True)):
        loaded = Lexicon.load(extra=lexicon)
        counts = stats(loaded, today.date() if today else None)
        seen = coverage(_documents(files, given_basis(basis), loaded), loaded) if files else None
        console = Console()
        if format is StatsFormat.json:
            console.print_json(data={**counts, "corpus": msgspec.to_builtins(seen)})
            return
        console.print(counted(counts))
        if seen is not None:
            console.print(covered(seen, loaded))


def _documents(files: Iterable[str], basis: Basis | None, lexicon: Lexicon) -> Iterator[Document]:
    detector = Detector(lexicon)
    for ad in only_good(chain.from_iterable(read_ads(file, basis) for file in files)):
        check_ad(ad)
        yield detector.read(ad)


@lexicon_app.command("show")
def lexicon_show(
    id: Annotated[str, typer.Argument(help="An indicator or a pattern.")],
    lexicon: Extra = [],  # noqa: B006  # typer copies it
) -> None:
    """Show an indicator with its patterns, or one pattern."""
    console = Console()
    with Guard(Console(stderr=True)):
        loaded = Lexicon.load(extra=lexicon)
        patterns = [p for p in loaded.patterns if id in (p.id, p.indicator)]
        info = loaded.catalogue.get(id) or (loaded.catalogue[patterns[0].indicator] if patterns else None)
        if info is None:
            raise InputError(f"there is no indicator or pattern {id!r}; `lexicon stats` counts what there is")
        console.print(f"[bold]{info.number} {info.title}[/bold] ({info.id})", highlight=False)
        console.print(f"{info.role}, evidence {info.evidence}, weight {info.weight:+.2f}, {info.domain}", highlight=False)
        for label, text in (
            ("what", info.definition),
            ("why", info.why),
            ("disputed", info.disputed),
            ("fairness", info.fairness),
        ):
            if text:
                console.print(f"{label}: {text.strip()}", highlight=False, markup=False)
        console.print(f"ordinary readings: {'; '.join(info.innocent_readings)}", highlight=False, markup=False)
        for source in (loaded.sources[r] for r in info.references):
            console.print(f"  {source.id}: {source.cite} {source.url}", highlight=False, markup=False)
        for pattern in patterns:
            mark = "" if pattern.verified else ", unverified translation"
            console.print(
                f"\n{pattern.id} ({pattern.status}{mark}; {pattern.file}:{pattern.line})", highlight=False, markup=False
            )
            for construction in pattern.constructions:
                console.print(f"    {construction.source}", highlight=False, markup=False)
