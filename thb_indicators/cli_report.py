"""The command ``report``: assessments, or ads, as one page for reviewers, as SARIF, or as a table."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console

from thb_indicators.cli_common import BasisFlag, Extra, Good, Guard, ModelFlag, Reveal, end, given_basis
from thb_indicators.records import Ad, Assessment, IndicatorInfo
from thb_indicators.rows import read_objects

app = typer.Typer()


class Kind(enum.StrEnum):
    """What a report can be."""

    html = "html"
    sarif = "sarif"
    csv = "csv"


@app.command()
def report(
    files: Annotated[
        list[str], typer.Argument(help="Results of `screen --with-ad` (jsonl), or ads, which are screened first.")
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="The file to write.")] = Path("report.html"),
    format: Annotated[Kind | None, typer.Option("--format", help="By the file's ending if not given.")] = None,
    clusters: Annotated[Path | None, typer.Option("--clusters", help="Clusters of repeated ads, from `link`.")] = None,
    links: Annotated[Path | None, typer.Option("--links", help="Links between ads, from `link`.")] = None,
    title: Annotated[str, typer.Option("--title", help="The page's heading.")] = "Ads for review",
    most: Annotated[int, typer.Option("--most", min=1, help="Ads that the page shows in full; all are counted.")] = 1000,
    basis: BasisFlag = None,
    lexicon: Extra = [],  # noqa: B006  # typer copies it
    model: ModelFlag = None,
    reveal: Reveal = False,
) -> None:
    """Write a report that explains each ad to a person: one offline page, or SARIF, or CSV."""
    from thb_indicators.lexicon import Lexicon
    from thb_indicators.model import load_model
    from thb_indicators.report.line import read_lines
    from thb_indicators.screen import Screener

    err = Console(stderr=True)
    screener: list[Screener] = []

    def assess(ad: Ad) -> Assessment:
        if not screener:  # results that are read need none
            screener.append(Screener(Lexicon.load(extra=lexicon), load_model(model)))
        return screener[0].assess(ad)

    with Guard(err):
        lines = Good(chain.from_iterable(read_lines(file, assess, given_basis(basis)) for file in files), err)
        kind = format or _kind(output)
        if kind is Kind.csv:
            _write_csv(output, lines)
        elif kind is Kind.sarif:
            _write_sarif(output, lines, reveal=reveal)
        else:
            page = _page(lines, title, clusters, links, most, reveal=reveal)
            output.write_text(page, encoding="utf-8")
        err.print(f"Written: {output}. Leads for human review, not findings.", highlight=False, markup=False)
    end(err, lines.failed)


def _kind(output: Path) -> Kind:
    return {".sarif": Kind.sarif, ".csv": Kind.csv}.get(output.suffix.lower(), Kind.html)


def _write_csv(output: Path, lines: Iterable[Mapping[str, Any]]) -> None:
    from thb_indicators.report.tables import COLUMNS, csv_line, row

    with output.open("w", encoding="utf-8", newline="") as stream:
        stream.write(csv_line(COLUMNS))
        stream.writelines(csv_line(row(line)) for line in lines)


def _write_sarif(output: Path, lines: Iterable[Mapping[str, Any]], *, reveal: bool) -> None:
    from thb_indicators.report.sarif import sarif
    from thb_indicators.report.view import ad_view

    output.write_bytes(msgspec.json.encode(sarif(ad_view(line, reveal=reveal) for line in lines)))


def _page(
    lines: Iterable[Mapping[str, Any]], title: str, clusters: Path | None, links: Path | None, most: int, *, reveal: bool
) -> str:
    from thb_indicators.repeats.records import Link
    from thb_indicators.report.clusters import Posted, cluster_view, posted
    from thb_indicators.report.html import render_views
    from thb_indicators.report.line import KeptCluster, kept, result_line
    from thb_indicators.report.view import ad_view, masked_wordings

    groups = [kept(line, KeptCluster) for line in (read_objects(clusters) if clusters else ())]
    tied: dict[str, list[Link]] = {}
    for line in read_objects(links) if links else ():
        link = kept(line, Link)
        tied.setdefault(link.left, []).append(link)
        tied.setdefault(link.right, []).append(link)
    wanted = {ad for cluster in groups for ad in cluster.ads}
    when: dict[str, Posted] = {}

    def remembered() -> Iterator[Mapping[str, Any]]:
        for line in lines:
            if line["ad_id"] in wanted and line.get("ad"):
                when[line["ad_id"]] = posted(line["ad"], masked_wordings(result_line(line)))
            yield line

    catalogue = _catalogue() if groups else {}
    return render_views(
        (ad_view(line, links=tied.get(line["ad_id"], ()), reveal=reveal) for line in remembered()),
        title,
        clusters=lambda: [cluster_view(cluster, when, catalogue, reveal=reveal) for cluster in groups],
        most=most,
        reveal=reveal,
    )


def _catalogue() -> Mapping[str, IndicatorInfo]:
    from thb_indicators.catalogue import read_catalogue
    from thb_indicators.resources import data_path

    return read_catalogue(data_path("lexicons"))
