"""``thb-indicators review``: the review desk, and what belongs to it. What is heavy is imported where it is used."""

from __future__ import annotations

import enum
import random
import sys
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from thb_indicators.cli_common import USER_ERROR, BasisFlag, Extra, Guard, ModelFlag, end, given_basis, tell
from thb_indicators.errors import InputError

if TYPE_CHECKING:
    import sqlite3

    from thb_indicators.records import Ad, Assessment

app = typer.Typer(help="The review desk: people read what screening put first, and decide.", invoke_without_command=True)
DbFlag = Annotated[Path | None, typer.Option("--db", help="The desk's database; made when there is none.")]
Certificate = Annotated[Path | None, typer.Option("--tls-certificate", help="To be reached from other machines.")]
Key = Annotated[Path | None, typer.Option("--tls-key", help="The certificate's private key.")]
Names = Annotated[list[str], typer.Option("--name", help="A name under which browsers reach the desk, besides --host.")]
COMMAND_LINE = "command line"
"""Who the log names for what is done here."""


class ExportFormat(enum.StrEnum):
    """What `export` writes."""

    train = "train"
    label_studio = "label-studio"
    label_studio_config = "label-studio-config"


def _path(context: typer.Context, db: Path | None) -> Path:
    """Return the database that was named, after the command or before it."""
    given = db or (context.parent.params.get("db") if context.parent else None)
    if given is None:
        raise InputError("say which database: --db FILE")
    return Path(given)


def _open(path: Path, *, create: bool = False) -> sqlite3.Connection:
    from thb_indicators.review.store import open_store

    return open_store(path, create=create)


@app.callback()
def review(
    context: typer.Context,
    db: DbFlag = None,
    host: Annotated[str, typer.Option("--host", help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = 8765,
    tls_certificate: Certificate = None,
    tls_key: Key = None,
    name: Names = [],  # noqa: B006  # typer copies it
) -> None:
    """Open the review desk in this machine's browser: ads wait, people read and decide, nothing acts on an ad."""
    if context.invoked_subcommand is not None:
        return
    err = Console(stderr=True)
    with Guard(err):
        if db is None:
            raise InputError("say which database: --db FILE")
        try:
            import uvicorn

            from thb_indicators.review import access, people
            from thb_indicators.review.web import create_app
        except ImportError as error:
            raise InputError(f"the desk needs `pip install thb-indicators[review]` ({error.name} is missing)") from error
        secure = access.check_listening(host, tls_certificate, tls_key)
        store = _open(db, create=True)
        token = "" if people.has_administrator(store) else access.new_token()
        store.close()
        hosts = [*name, host, *(["localhost", "127.0.0.1", "[::1]"] if access.is_loopback(host) else [])]
        application = create_app(db, setup_token=token, secure=secure, hosts=hosts)
        address = f"{'https' if secure else 'http'}://{f'[{host}]' if ':' in host else host}:{port}"
        out = Console()
        out.print(f"Review desk: {address}/ (Ctrl+C ends it)", highlight=False, soft_wrap=True)
        if token:
            out.print(
                f"First run, make the administrator (this address works once):\n{address}/setup?key={token}",
                highlight=False, soft_wrap=True,
            )  # fmt: skip
        uvicorn.run(
            application, host=host, port=port, log_level="warning", server_header=False, proxy_headers=False,
            ssl_certfile=tls_certificate, ssl_keyfile=tls_key,
        )  # fmt: skip


@app.command("import")
def import_(
    context: typer.Context,
    files: Annotated[list[str], typer.Argument(help="Results of `screen --with-ad`, or ads, which are screened first.")],
    db: DbFlag = None,
    basis: BasisFlag = None,
    clusters: Annotated[Path | None, typer.Option("--clusters", help="A clusters file, shown beside the ads.")] = None,
    links: Annotated[Path | None, typer.Option("--links", help="A links file, shown beside the ads.")] = None,
    lexicon: Extra = [],  # noqa: B006  # typer copies it
    model: ModelFlag = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Draw the double readings again as before.")] = None,
) -> None:
    """Put assessments, or ads, into the queues. What is there already stays as it is."""
    from thb_indicators.report.line import read_lines
    from thb_indicators.review import intake

    err = Console(stderr=True)
    screener: list[object] = []

    def assess(ad: Ad) -> Assessment:
        from thb_indicators.lexicon import Lexicon
        from thb_indicators.model import load_model
        from thb_indicators.screen import Screener

        if not screener:
            screener.append(Screener(Lexicon.load(extra=lexicon), load_model(model)))
        ready = screener[0]
        assert isinstance(ready, Screener)
        return ready.assess(ad)

    failed = 0
    with Guard(err):
        store = _open(_path(context, db), create=True)
        draw = random.Random(seed) if seed is not None else random.SystemRandom()  # noqa: S311  # a draw that can be repeated
        for file in files:
            lines = read_lines(file, assess, given_basis(basis))
            done = intake.add_assessments(store, lines, COMMAND_LINE, time.time(), draw)
            counts = ", ".join(f"{count} {route}" for route, count in done.routes.most_common())
            err.print(f"{file}: {done.routes.total()} new ({counts or 'none'}), {done.known} known already", highlight=False)
            for bad in done.failed[:20]:
                tell(err, bad)
            failed += len(done.failed)
        if links is not None:
            err.print(f"{intake.add_links(store, str(links))} links", highlight=False)
        if clusters is not None:
            err.print(f"{intake.add_clusters(store, str(clusters))} clusters", highlight=False)
        store.close()
    end(err, failed)


@app.command()
def export(
    context: typer.Context,
    db: DbFlag = None,
    format: Annotated[
        ExportFormat, typer.Option("--format", help="train: lines for `thb-indicators train`.")
    ] = ExportFormat.train,
    output: Annotated[str | None, typer.Option("-o", "--output", help="Write here instead of to standard output.")] = None,
) -> None:
    """Write what people decided, as data. No reviewer is named."""
    from thb_indicators.catalogue import read_catalogue
    from thb_indicators.resources import data_path
    from thb_indicators.review import export as exports
    from thb_indicators.review import log
    from thb_indicators.review.store import writing

    err = Console(stderr=True)
    with Guard(err):
        store = _open(_path(context, db))
        stream: IO[bytes] = open(output, "wb") if output else sys.stdout.buffer  # noqa: SIM115  # closed below
        try:
            if format is ExportFormat.train:
                stream.writelines(exports.training_lines(store))
            elif format is ExportFormat.label_studio:
                stream.write(exports.label_studio_tasks(store))
            else:
                infos = read_catalogue(data_path("lexicons")).values()
                stream.write(exports.label_studio_config({info.id: info.title for info in infos}).encode())
        finally:
            stream.flush()
            if output:
                stream.close()
        with writing(store):
            log.append(store, "export", COMMAND_LINE, time.time(), {"what": format.value})


@app.command()
def verify(
    context: typer.Context,
    db: DbFlag = None,
    noted: Annotated[str | None, typer.Option("--noted", help="A digest you have noted, which must be in the log.")] = None,
) -> None:
    """Verify that no entry of the decision log was changed, taken out, or cut off."""
    from thb_indicators.review import log

    err = Console(stderr=True)
    with Guard(err):
        store = _open(_path(context, db))
        faults = log.verify(store, noted)
        for fault in faults:
            err.print(f"entry {fault.seq}: {fault.problem}", style="red", highlight=False)
        seq, digest = log.head(store)
        if not faults:
            Console().print(
                f"{seq} entries, no faults. Newest digest, to be noted elsewhere:\n{digest}", highlight=False, soft_wrap=True
            )
    if faults:
        raise typer.Exit(USER_ERROR)


@app.command("add-user")
def add_user(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The name, as the log will show it.")],
    db: DbFlag = None,
    administrator: Annotated[bool, typer.Option("--administrator", help="May manage the desk too.")] = False,
) -> None:
    """Add a person who may read; asks for their first password, or reads it from standard input."""
    with Guard(Console(stderr=True)):
        try:
            from thb_indicators.review import people
            from thb_indicators.review.store import writing
        except ImportError as error:
            raise InputError(f"the desk needs `pip install thb-indicators[review]` ({error.name} is missing)") from error
        store = _open(_path(context, db), create=True)
        if sys.stdin.isatty():
            password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        else:
            password = sys.stdin.readline().rstrip("\r\n")
        with writing(store):
            person = people.add_person(store, name, password, COMMAND_LINE, time.time(), administrator=administrator)
        Console().print(f"{person.name} can sign in.", highlight=False, markup=False)
