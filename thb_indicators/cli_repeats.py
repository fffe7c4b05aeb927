"""The commands for repeated ads: ``link`` for a batch, ``index`` for a database of earlier ads."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from thb_indicators.cli_common import BasisFlag, Good, Guard, end, given_basis
from thb_indicators.errors import InputError
from thb_indicators.reading import read_ads

app = typer.Typer()
index_app = typer.Typer(no_args_is_help=True, help="Keep fingerprints of earlier ads, so that new ones are linked to them.")

Key = Annotated[Path | None, typer.Option("--key", help="The file of the key that contacts are kept under (`index new-key`).")]
Database = Annotated[Path, typer.Argument(help="The index's database file.")]
Files = Annotated[list[str], typer.Argument(help="JSONL, CSV or Parquet files, .gz too; - reads JSONL from standard input.")]
_TOP = 12


@app.command()
def link(
    files: Files,
    output: Annotated[Path, typer.Option("-o", "--output", help="Where the linked pairs go, a line each.")],
    clusters: Annotated[Path | None, typer.Option("--clusters", help="Where the clusters go, a line each.")] = None,
    over_shared: Annotated[
        Path | None, typer.Option("--over-shared", help="Where contacts and accounts go that too many ads share.")
    ] = None,
    basis: BasisFlag = None,
    key: Key = None,
    shared_by: Annotated[
        int, typer.Option("--shared-by", min=2, help="Ads that one contact or account may tie together.")
    ] = 500,
    jobs: Annotated[int, typer.Option("--jobs", min=1, help="Processes to read the ads with.")] = 1,
) -> None:
    """Find repeated ads, shared contacts and accounts in a batch, and measure the cross-ad indicators over them."""
    from thb_indicators.repeats.keys import ContactKeys
    from thb_indicators.repeats.link import link_ads

    err = Console(stderr=True)
    with Guard(err):
        keys = ContactKeys.load(key) if key else ContactKeys.throwaway()
        if not key:
            err.print("no --key given: contacts are kept under a throw-away key, for this run only", highlight=False)
        ads = Good(chain.from_iterable(read_ads(file, given_basis(basis)) for file in files), err)
        linked = link_ads(ads, keys, shared_by=shared_by, jobs=jobs)
        encode = msgspec.json.encode
        pairs = groups = 0
        table = Table("cluster", "ads", "advertisers", "indicators", "reads as", title_justify="left", pad_edge=False)
        with open(output, "wb") as links, open(clusters or os.devnull, "wb") as stream:
            for cluster, found in linked:
                links.writelines(encode(one.to_dict()) + b"\n" for one in found)
                stream.write(encode(cluster.to_dict()) + b"\n")
                pairs += len(found)
                groups += 1
                if cluster.indicators and len(table.rows) < _TOP:
                    named = ", ".join(sorted({one.id for one in cluster.indicators}))
                    sizes = str(len(cluster.ads)), str(len(cluster.actors))
                    table.add_row(cluster.cluster, *sizes, named, cluster.label.replace("_", " "))
        if over_shared:
            over_shared.write_bytes(b"".join(encode(one) + b"\n" for one in linked.over_shared))
    if len(table.rows):
        err.print(table)
    shared = f", {len(linked.over_shared)} over-shared contacts or accounts left out" if linked.over_shared else ""
    err.print(
        f"{linked.ads} ads, {pairs} linked pairs, {groups} clusters{shared}. Leads for human review, not findings.",
        highlight=False,
    )
    end(err, ads.failed)


@index_app.command("new-key")
def new_key(path: Annotated[Path, typer.Argument(help="The file to write; only you can read it.")], id: str = "k1") -> None:
    """Make a key. Whoever has it can tell which number a fingerprint stands for: keep it apart from the index."""
    from thb_indicators.repeats.keys import write_new_key

    with Guard(Console(stderr=True)):
        write_new_key(path, id)


@index_app.command("add")
def add(database: Database, files: Files, key: Key = None, basis: BasisFlag = None) -> None:
    """Add ads to the index; what it has counted is on disk."""
    from thb_indicators.repeats.index import Index
    from thb_indicators.repeats.keys import ContactKeys

    err = Console(stderr=True)
    with Guard(err):
        ads = Good(chain.from_iterable(read_ads(file, given_basis(basis)) for file in files), err)
        with Index(database, ContactKeys.load(required_key(key))) as index:
            index.add(ads)
            err.print(f"{len(index)} ads in the index", highlight=False)
    end(err, ads.failed)


@index_app.command("forget")
def forget(
    database: Database,
    ids: Annotated[list[str] | None, typer.Argument(help="Ids of ads to erase.")] = None,
    before: Annotated[str | None, typer.Option("--before", help="Erase all ads posted before this date (2026-01-31).")] = None,
    key: Key = None,
) -> None:
    """Erase ads from the index, every byte of them."""
    from thb_indicators.repeats.index import Index
    from thb_indicators.repeats.keys import ContactKeys

    err = Console(stderr=True)
    with Guard(err), Index(database, ContactKeys.load(required_key(key))) as index:
        gone = sum(index.forget(one) for one in ids or ())
        if before:
            try:
                day = datetime.fromisoformat(before).replace(tzinfo=UTC).timestamp() / 86_400
            except ValueError as error:
                raise InputError(f"--before {before}: write a date such as 2026-01-31") from error
            gone += index.forget_before(day)
        err.print(f"{gone} ads erased, {len(index)} left", highlight=False)


def required_key(key: Path | None) -> Path:
    """Return the key's file, or say how to make one."""
    if key is None:
        raise InputError("an index needs the key its contacts are kept under: --key FILE (make one with `index new-key FILE`)")
    return key
