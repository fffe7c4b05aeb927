"""The commands that make and judge models: ``synth``, ``train``, ``evaluate``, ``audit``, ``lexicon suggest``."""

from __future__ import annotations

import enum
import sys
from collections.abc import Callable, Iterable
from functools import wraps
from inspect import Signature, signature
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import msgspec
import typer
from rich.console import Console
from rich.table import Column, Table

from thb_indicators.cli_common import BasisFlag, Extra, Guard, ModelFlag, given_basis
from thb_indicators.cli_lexicon import lexicon_app
from thb_indicators.lexicon import Lexicon
from thb_indicators.model import load_model, save_model
from thb_indicators.reading import Columns
from thb_indicators.records import Basis

if TYPE_CHECKING:  # these bring scikit-learn along
    from thb_indicators.evaluation import Report
    from thb_indicators.labeled import Labeled

app = typer.Typer()
_USUAL = Columns()
SYNTHETIC = "Synthetic ads: these figures say how the parts work together, not how they fare in the field."
CONSENTED = "Figures hold for ads like these, labeled as these were, and for no others."


class Source(NamedTuple):
    """Where a labeled corpus is, why its texts may be processed, and the names of its columns."""

    data: Path
    basis: Basis | None
    columns: Columns

    def rows(self) -> list[Labeled]:
        """Read it."""
        from thb_indicators.labeled import read_labeled

        return read_labeled(self.data, self.basis, self.columns)


def _source(
    data: Annotated[Path, typer.Argument(help="A labeled corpus: JSONL, CSV (.gz too) or Parquet.")],
    basis: BasisFlag = None,
    text: Annotated[str, typer.Option("--text", help="The column that holds the text.")] = _USUAL.text,
    label: Annotated[
        str, typer.Option("--label", help="The column that holds the label: 0/1, true/false, yes/no.")
    ] = _USUAL.label,
    group: Annotated[str, typer.Option("--group", help="The column that says who posted the ad.")] = _USUAL.group,
    time: Annotated[str, typer.Option("--time", help="The column that says when.")] = _USUAL.time,
) -> Source:
    return Source(data, given_basis(basis), Columns(text, label, group, time))


def reads_corpus(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of a labeled corpus in place of its first parameter, a `Source`."""
    shared = signature(_source, eval_str=True).parameters
    own = list(signature(command, eval_str=True).parameters.values())[1:]

    @wraps(command)
    def run(**given: Any) -> None:
        command(_source(**{name: given.pop(name) for name in shared}), **given)

    run.__signature__ = Signature([*shared.values(), *own])  # type: ignore[attr-defined]  # this is what typer reads
    return run


class ClassWeight(enum.StrEnum):
    """How classes are weighted."""

    balanced = "balanced"


@app.command()
def synth(
    count: Annotated[int, typer.Argument(min=0, help="Ads to draw.")],
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same ads.")] = 0,
    output: Annotated[str | None, typer.Option("-o", "--output", help="Write here instead of to standard output.")] = None,
) -> None:
    """Draw a labeled synthetic corpus: scenario first, then wording; labels never come from the rules."""
    from thb_indicators.synth.generate import generate

    err = Console(stderr=True)
    with Guard(err):
        if output:
            Path(output).parent.mkdir(parents=True, exist_ok=True)
        stream = open(output, "wb") if output else sys.stdout.buffer  # noqa: SIM115  # closed below
        try:
            for ad in generate(count, seed):
                stream.write(msgspec.json.encode(ad) + b"\n")
        finally:
            stream.flush()
            if output:
                stream.close()


@app.command()
@reads_corpus
def train(
    source: Source,
    *,
    output: Annotated[Path, typer.Option("-o", "--output", help="The model folder to write.")],
    lexicon: Extra = [],  # noqa: B006  # typer copies it
    terms: Annotated[bool, typer.Option("--terms/--no-terms", help="Learn from words too, or from indicators alone.")] = True,
    prior_strength: Annotated[
        float, typer.Option("--prior-strength", min=0, help="How firmly the catalogue's weights hold.")
    ] = 1.0,
    term_strength: Annotated[float, typer.Option("--term-strength", min=0, help="How firmly terms are held at zero.")] = 0.1,
    class_weight: Annotated[ClassWeight | None, typer.Option("--class-weight", help="Weigh both classes alike.")] = None,
    by_time: Annotated[bool, typer.Option("--by-time", help="Test on the latest ads.")] = False,
    ungrouped: Annotated[bool, typer.Option("--ungrouped", help="Split single ads, though ads may be copies.")] = False,
    insist: Annotated[bool, typer.Option("--insist", help="Split single ads even though they are copies.")] = False,
    seed: Annotated[int, typer.Option("--seed", help="Of the split.")] = 0,
    version: Annotated[
        str | None, typer.Option("--version", help="Written into every result; the folder's name if not given.")
    ] = None,
) -> None:
    """Train a model on a labeled corpus, and report how its like fares on ads it has not seen."""
    from thb_indicators.learn import Options, read_corpus
    from thb_indicators.learn import train as fit
    from thb_indicators.training import versions

    err = Console(stderr=True)
    with Guard(err):
        rules = Lexicon.load(extra=lexicon)
        rows = source.rows()
        corpus = read_corpus(rows, rules)
        options = Options(
            terms, prior_strength, term_strength, class_weight.value if class_weight else None, True, by_time,
            ungrouped, insist, seed,
        )  # fmt: skip
        model, report = fit(corpus, rules, options, version or output.name)
        note = _note(rows)
        about = {
            "note": note,
            "ads": len(rows),
            "options": msgspec.to_builtins(options),
            "versions": versions(),
            "average_precision": {f.name: round(f.average_precision.value, 4) for f in report.figures},
        }
        save_model(model, output, about)
        _write_report(report, output, f"Model {model.version}", note)
        _show(report, note)
        err.print(f"Written: {output} (evaluation.html shows the figures)", highlight=False)


@app.command()
@reads_corpus
def evaluate(
    source: Source,
    model: ModelFlag = None,
    lexicon: Extra = [],  # noqa: B006  # typer copies it
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="A folder for evaluation.json and evaluation.html.")
    ] = None,
) -> None:
    """Report how a finished model fares on a labeled corpus it was not trained on."""
    from thb_indicators.learn import evaluate as judge
    from thb_indicators.learn import read_corpus

    with Guard(Console(stderr=True)):
        rules = Lexicon.load(extra=lexicon)
        loaded = load_model(model)
        loaded.check(rules)
        rows = source.rows()
        report = judge(read_corpus(rows, rules), rules, loaded)
        note = _note(rows)
        if output is not None:
            output.mkdir(parents=True, exist_ok=True)
            _write_report(report, output, f"Model {loaded.version}", note)
        _show(report, note)


@app.command()
def audit(
    files: Annotated[
        list[str] | None, typer.Argument(help="Ads to swap words in; a synthetic corpus when none are given.")
    ] = None,
    model: ModelFlag = None,
    basis: BasisFlag = None,
    lexicon: Extra = [],  # noqa: B006  # typer copies it
    count: Annotated[int, typer.Option("--ads", min=1, help="Ads to look at.")] = 200,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole result as JSON.")] = False,
) -> None:
    """Swap nationality, ethnicity, religion, gender, age and name terms, and report how far any score moves."""
    from thb_indicators.audit import audit as run
    from thb_indicators.reading import read_ads
    from thb_indicators.records import Ad
    from thb_indicators.rows import only_good
    from thb_indicators.screen import Screener
    from thb_indicators.synth.generate import generate

    console = Console()
    with Guard(Console(stderr=True)):
        screener = Screener(Lexicon.load(extra=lexicon), load_model(model))
        ads: Iterable[Ad]
        if files:
            ads = (ad for file in files for ad in only_good(read_ads(file, given_basis(basis))))
        else:
            ads = (Ad(one.id, one.text, one.title, one.language, basis="synthetic") for one in generate(count, seed=1))
        result = run(screener, islice(ads, count))
        if as_json:
            console.print_json(data=msgspec.to_builtins(result))
            return
        console.print(
            f"{result.ads} ads, {result.variants} variants; log-odds between two words of a kind at most:", highlight=False
        )
        table = Table("kind", "largest change", "from", "to", "ad")
        for change in result.largest.values():
            table.add_row(change.kind, f"{change.change:.4f}", change.lowest, change.highest, change.ad_id)
        console.print(table)
        slices = Table("slice", "ads", "to a person", "mean score")
        for name, one in result.slices.items():
            slices.add_row(name, str(one.ads), f"{one.to_a_person:.1%}", f"{one.mean_score:.3f}")
        console.print(slices)


@lexicon_app.command("suggest")
@reads_corpus
def lexicon_suggest(
    source: Source,
    lexicon: Extra = [],  # noqa: B006  # typer copies it
    limit: Annotated[int, typer.Option("--limit", min=1, help="Terms to propose.")] = 30,
    new: Annotated[bool, typer.Option("--new", help="Only terms with a word the lexicon does not know.")] = False,
) -> None:
    """Propose terms that stand out in referred ads; a person accepts or rejects each."""
    from thb_indicators.learn import read_corpus
    from thb_indicators.suggest import suggest

    console = Console()
    with Guard(Console(stderr=True)):
        rules = Lexicon.load(extra=lexicon)
        corpus = read_corpus(source.rows(), rules)
        proposed = suggest(
            corpus.documents, corpus.labels.tolist(), corpus.groups.tolist(), rules, limit=limit * (4 if new else 1)
        )
        table = Table("term", "z", "referred", "others", "advertisers", "known", "example")
        for one in [one for one in proposed if not (new and one.known)][:limit]:
            table.add_row(
                one.term, f"{one.z:.1f}", str(one.referred), str(one.others), str(one.groups),
                "yes" if one.known else "no", one.examples[0] if one.examples else "",
            )  # fmt: skip
        console.print(table)
        console.print(
            "Proposals only: look at the examples, then write a pattern with its source, or leave it.", highlight=False
        )


def _note(rows: list[Labeled]) -> str:
    return SYNTHETIC if all(row.ad.basis == "synthetic" for row in rows) else CONSENTED


def _write_report(report: Report, folder: Path, title: str, note: str) -> None:
    from thb_indicators.report.evaluation import render_evaluation

    (folder / "evaluation.json").write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n")
    (folder / "evaluation.html").write_text(render_evaluation(report, title, note), encoding="utf-8")


def _show(report: Report, note: str) -> None:
    console = Console()
    console.print(note, style="yellow", highlight=False)
    console.print(
        f"{report.test} test ads of {report.groups} advertisers, {report.positives:.1%} positive. Split: {report.split}.",
        highlight=False,
    )
    shown = slice(1, 4)  # a screen's width of them; all are in the report
    capacities = report.figures[0].capacities[shown]
    table = Table(Column("scored by", no_wrap=True), "AP (95 %)", *(f"P/R at {c.ads}" for c in capacities), "Brier")
    for one in report.figures:
        ap = one.average_precision
        table.add_row(
            one.name,
            f"{ap.value:.2f} ({ap.low:.2f}–{ap.high:.2f})",
            *(f"{c.precision:.2f} {c.recall:.2f}" for c in one.capacities[shown]),
            f"{one.brier:.2f}" if one.brier is not None else "–",
        )
    console.print(table)
