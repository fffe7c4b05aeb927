"""The command line: ``demo | screen | explain``; the other ``cli_*`` modules add the rest.

Exit codes: 0 done; 1 a bug; 2 the input or an option cannot be used; 3 done, but some lines failed.
"""

from __future__ import annotations

import enum
import heapq
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, NamedTuple, cast

import msgspec
import typer
from rich.console import Console

from thb_indicators import cli_learn, cli_repeats, cli_report, cli_review
from thb_indicators.cli_common import BasisFlag, Extra, Guard, ModelFlag, Reveal, end, given_basis, tell
from thb_indicators.cli_lexicon import lexicon_app
from thb_indicators.cli_repeats import Key, required_key
from thb_indicators.errors import BasisError, InputError
from thb_indicators.lexicon import Lexicon
from thb_indicators.model import load_model
from thb_indicators.reading import read_ads
from thb_indicators.records import Ad, Assessment
from thb_indicators.report.tables import COLUMNS, csv_line, row
from thb_indicators.report.terminal import explanation, ranked
from thb_indicators.report.view import ad_view
from thb_indicators.resources import data_path
from thb_indicators.rows import BadLine
from thb_indicators.screen import Screener
from thb_indicators.triage import TriagePolicy

if TYPE_CHECKING:
    from thb_indicators.repeats.index import Index

CHUNK = 64
TABLE_ROWS = 40

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Screen classified-ad text for published risk indicators of trafficking in human beings, and explain what "
    "fired. Leads for human review, not findings.",
)
app.add_typer(lexicon_app, name="lexicon")
app.add_typer(cli_review.app, name="review")


class Format(enum.StrEnum):
    """What `screen` writes."""

    jsonl = "jsonl"
    csv = "csv"
    table = "table"


class Outcome(NamedTuple):
    """One ad or bad line, ready to be written."""

    line: bytes
    score: float
    route: str
    error: str
    shown: tuple[str, str, float, str, str] | None


class Setup(NamedTuple):
    """What a worker process needs to build its screener."""

    extra: tuple[str, ...]
    model: str | None
    format: Format
    reveal: bool
    with_ad: bool
    policy: TriagePolicy
    earlier: tuple[Path, Path] | None = None
    """The database of earlier ads, and the file of its key."""


Files = Annotated[list[str], typer.Argument(help="JSONL, CSV or Parquet files, .gz too; - reads JSONL from standard input.")]
WithAd = Annotated[
    bool, typer.Option("--with-ad", help="Keep each ad beside its result (jsonl), for a report or the review desk. Unmasked.")
]


@lru_cache(maxsize=2)
def _screener(
    extra: tuple[str, ...], model: str | None, policy: TriagePolicy | None = None, index: tuple[Path, Path] | None = None
) -> Screener:
    return Screener(Lexicon.load(extra=extra), load_model(model), policy, _index(*index) if index else None)


def _policy(sample_rate: float) -> TriagePolicy:
    """Return the usual policy with a sample rate; its name, which stands in every result, tells where the rate is another."""
    usual = TriagePolicy()
    if sample_rate == usual.sample_rate:
        return usual
    return msgspec.structs.replace(usual, name=f"{usual.name} sample-rate={sample_rate}", sample_rate=sample_rate)


def _index(path: Path, key: Path) -> Index:
    from thb_indicators.repeats.index import Index  # imported where used: most runs have none
    from thb_indicators.repeats.keys import ContactKeys

    return Index(path, ContactKeys.load(key))


def _shown(assessment: Assessment) -> tuple[str, str, float, str, str]:
    counted = ", ".join(f.id for f in assessment.indicators if f.assertion == "affirmed" and f.info.scored)
    return assessment.ad.id, assessment.route, assessment.score, counted, assessment.ad.title or assessment.ad.text[:200]


def _work(setup: Setup, items: list[Ad | BadLine]) -> list[Outcome]:
    """Assess one chunk; runs in a worker process when there are several."""
    screener = _screener(setup.extra, setup.model, setup.policy, setup.earlier)
    return [_outcome(screener, setup, item) for item in items]


def _outcome(screener: Screener, setup: Setup, item: Ad | BadLine) -> Outcome:
    if isinstance(item, Ad):
        try:
            assessment = screener.assess(item)
        except InputError as error:
            item = BadLine("", 0, str(error), item.id)
        else:
            if setup.format is Format.jsonl:
                line = msgspec.json.encode(assessment.to_dict(reveal=setup.reveal, with_ad=setup.with_ad)) + b"\n"
            else:
                line = csv_line(row(assessment.to_dict())).encode("utf-8", "replace") if setup.format is Format.csv else b""
            shown = _shown(assessment) if setup.format is Format.table else None
            return Outcome(line, assessment.score, assessment.route, "", shown)
    line = msgspec.json.encode(item.to_dict()) + b"\n" if setup.format is Format.jsonl else b""
    return Outcome(line, 0.0, "", str(item), None)


def _outcomes(items: Iterable[Ad | BadLine], setup: Setup, jobs: int) -> Iterator[Outcome]:
    """Assess in order, in this process or in several; the bytes are the same."""
    iterator = iter(items)
    chunks = iter(lambda: list(islice(iterator, CHUNK)), [])
    if jobs == 1:
        results: Iterable[list[Outcome]] = (_work(setup, chunk) for chunk in chunks)
    else:
        from joblib import Parallel, delayed  # imported where used: one process needs none of it

        results = Parallel(n_jobs=jobs, return_as="generator")(delayed(_work)(setup, chunk) for chunk in chunks)
    return chain.from_iterable(results)


def _require_basis(items: Iterator[Ad | BadLine]) -> Iterator[Ad | BadLine]:
    """Refuse the run when the first ad names no basis: nothing is screened without one."""
    for item in items:
        if isinstance(item, Ad) and item.basis is None:
            raise BasisError(
                "these ads do not say why their text may be processed: add `basis` to each ad, or give "
                "--basis synthetic or --basis consented for all of them"
            )
        yield item
        if isinstance(item, Ad):
            break
    yield from items


def _progress(items: Iterator[Outcome], err: Console) -> Iterator[Outcome]:
    """Show progress while a person is watching."""
    if not err.is_terminal:
        yield from items
        return
    from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TimeElapsedColumn

    with Progress(SpinnerColumn(), MofNCompleteColumn(), "ads", TimeElapsedColumn(), console=err, transient=True) as bar:
        task = bar.add_task("ads", total=None)
        for item in items:
            bar.advance(task)
            yield item


@app.command()
def screen(
    files: Files,
    output: Annotated[str | None, typer.Option("-o", "--output", help="Write here instead of to standard output.")] = None,
    format: Annotated[Format, typer.Option("--format", help="jsonl: one full result a line.")] = Format.jsonl,
    basis: BasisFlag = None,
    jobs: Annotated[int, typer.Option("--jobs", min=1, help="Processes to work with.")] = 1,
    lexicon: Extra = [],  # noqa: B006  # typer copies it
    model: ModelFlag = None,
    reveal: Reveal = False,
    with_ad: WithAd = False,
    sample_rate: Annotated[
        float,
        typer.Option("--sample-rate", metavar="SHARE", help="Of the quiet ads, the share that is drawn for `sample` (0 to 1)."),
    ] = TriagePolicy().sample_rate,
    index: Annotated[
        Path | None, typer.Option("--index", help="A database of earlier ads: links are attached, and the ads added to it.")
    ] = None,
    key: Key = None,
) -> None:
    """Screen the ads of some files; every ad or bad line gives one line of output, in order."""
    err = Console(stderr=True)
    with Guard(err):
        if index and jobs > 1:
            raise InputError("--index goes with one process: each ad is linked to those before it; leave --jobs out")
        earlier = (index, required_key(key)) if index else None
        setup = Setup(tuple(lexicon), model, format, reveal, with_ad, _policy(sample_rate), earlier)
        _screener(setup.extra, setup.model, setup.policy, setup.earlier)
        given = given_basis(basis)
        items = _require_basis(chain.from_iterable(read_ads(file, given) for file in files))
        first = next(items, None)
        items = chain([first], items) if first is not None else items
        stream: IO[bytes] = open(output, "wb") if output else sys.stdout.buffer  # noqa: SIM115  # closed below
        try:
            routes, failed = _write(_progress(_outcomes(items, setup, jobs), err), stream, format, err)
        finally:
            stream.flush()
            if output:
                stream.close()
    counts = ", ".join(f"{count} {route}" for route, count in sorted(routes.items(), key=lambda rc: (-rc[1], rc[0])))
    err.print(
        f"{sum(routes.values())} ads screened: {counts or 'none'}. Leads for human review, not findings.", highlight=False
    )
    end(err, failed)


def _write(outcomes: Iterator[Outcome], stream: IO[bytes], format: Format, err: Console) -> tuple[Counter[str], int]:
    routes: Counter[str] = Counter()
    failed = 0
    top: list[tuple[int, float, int, tuple[str, str, float, str, str]]] = []
    urgency = {"child_safety": 2, "review": 1}
    if format is Format.csv:
        stream.write(csv_line(COLUMNS).encode())
    for number, outcome in enumerate(outcomes):
        stream.write(outcome.line)
        if outcome.error:
            failed += 1
            tell(err, outcome.error)
            continue
        routes[outcome.route] += 1
        if outcome.shown is not None:
            entry = (urgency.get(outcome.route, 0), outcome.score, -number, outcome.shown)
            (heapq.heappush if len(top) < TABLE_ROWS else heapq.heappushpop)(top, entry)
    if format is Format.table:
        console = Console(file=cast(IO[str], _Text(stream)), width=None if stream is sys.stdout.buffer else 140)
        rows = [entry[3] for entry in sorted(top, reverse=True)]
        console.print(ranked(rows, f"The {len(rows)} ads to read first"))
    return routes, failed


class _Text:
    """A text face for a binary stream, so that tables go where lines go."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        return self._stream.write(text.encode("utf-8", "replace"))

    def flush(self) -> None:
        self._stream.flush()

    def isatty(self) -> bool:
        return self._stream.isatty()


@app.command()
def explain(
    file: Annotated[str, typer.Argument(help="The file that holds the ad.")],
    id: Annotated[str, typer.Option("--id", help="The ad's id.")],
    basis: BasisFlag = None,
    lexicon: Extra = [],  # noqa: B006  # typer copies it
    model: ModelFlag = None,
    reveal: Reveal = False,
) -> None:
    """Explain one ad: what was seen, why it matters, what else it may mean, and what it adds to the score."""
    err = Console(stderr=True)
    with Guard(err):
        given = given_basis(basis)
        found = next((item for item in read_ads(file, given) if isinstance(item, Ad) and item.id == id), None)
        if found is None:
            raise InputError(f"{file}: there is no ad with the id {id!r}")
        line = _screener(tuple(lexicon), model).assess(found).to_dict(reveal=reveal, with_ad=True)
        Console().print(explanation(ad_view(line, reveal=reveal)))


@app.command()
def demo(
    output: Annotated[str, typer.Option("-o", "--output", help="The report to write.")] = "demo_report.html",
) -> None:
    """Screen the bundled synthetic sample, print a ranked table and one full explanation, and write a report."""
    from thb_indicators.report.html import render

    err = Console(stderr=True)
    console = Console()
    with Guard(err):
        sample = data_path("sample", "ads.jsonl")
        screener = _screener((), None)
        assessments = [screener.assess(ad) for ad in read_ads(sample, "synthetic") if isinstance(ad, Ad)]
        order = {"child_safety": 0, "review": 1}
        queue = sorted(assessments, key=lambda a: (order.get(a.route, 2), -a.score, a.ad.id))
        console.print(ranked([_shown(a) for a in queue[:15]], f"{len(assessments)} synthetic ads: the 15 to read first"))
        routes = Counter(a.route for a in assessments)
        console.print(", ".join(f"{count} {route}" for route, count in routes.most_common()), highlight=False)
        console.print("\nOne of them in full:\n", style="bold")
        english = [a for a in queue if a.document.language == "en" and a.route == "review"]
        console.print(explanation(ad_view(english[len(english) // 2].to_dict(with_ad=True))))
        Path(output).write_text(render(queue, title="Demo: a synthetic sample"), encoding="utf-8")
        console.print(f"\nWritten: {output} (open it in a browser)", highlight=False)


for commands in (cli_report.app, cli_learn.app, cli_repeats.app):
    app.registered_commands += commands.registered_commands
app.add_typer(cli_repeats.index_app, name="index")


def main() -> None:
    """Run the command line."""
    app()
