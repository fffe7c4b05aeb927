"""Pages about the work: lists, agreement, the log, export, statements, people, settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from fastapi import APIRouter
from fastapi.responses import Response

from thb_indicators.errors import InputError
from thb_indicators.report.view import ad_view
from thb_indicators.review import export, intake, log, people, queue, statement
from thb_indicators.review.agreement import agreement, overturns
from thb_indicators.review.decision import VERDICTS, Stored, reopen, stored
from thb_indicators.review.store import DEFAULTS, setting, writing
from thb_indicators.review.visit import Administrator, Number, Place, Refused, Sent, SignedIn, Visit, go, text_of

router = APIRouter()
STATES = {"open": "Waiting", "differing": "Two readings differ", "done": "Decided", "unread": "Not asked for"}
PAGE = 50
_EXPORTS = {"labels.jsonl": "application/jsonl", "label-studio.json": "application/json", "label-studio.xml": "application/xml"}


@router.get("/ads")
def ads(visit: SignedIn, state: str = "open", rank: float | None = None, number: Place = None) -> Response:
    """List ads of one state."""
    if state not in STATES:
        raise Refused(404, "There is no such list.")
    rows = queue.listed(visit.db, state, (rank, number or 0) if rank is not None else None, PAGE + 1)
    after = None
    if len(rows) > PAGE:
        last = rows[PAGE - 1]
        after = (visit.db.execute("SELECT rank FROM ads WHERE number = ?", (last.number,)).fetchone()[0], last.number)
    return visit.page("ads", rows=rows[:PAGE], states=STATES, state=state, after=after)


@router.get("/ads/{number}")
def ad(visit: SignedIn, number: Number) -> Response:
    """Show one ad: the way to take it while it waits, and what was decided once it is."""
    found = stored(visit.db, number)
    if found.state != "done":
        return visit.page("waiting", ad=found)
    view = ad_view(found.line, links=intake.links_of(visit.db, found.ad_id))
    return visit.page("decided", ad=found, view=view, history=list(_history(visit, found)), verdicts=VERDICTS, problem="")


def _history(visit: Visit, ad: Stored) -> Iterator[log.Entry]:
    rows = visit.db.execute("SELECT seq, entry, digest FROM log WHERE entry ->> '$.ad' = ? ORDER BY seq", (ad.number,))
    for row in rows:
        yield log.entry(*row)


@router.post("/ads/{number}/reopen")
def put_back(visit: SignedIn, form: Sent, number: Number) -> Response:
    """Put a decided ad back."""
    with writing(visit.db):
        reopen(visit.db, visit.person, number, text_of(form, "why"), visit.now)
    return go("/", "reopened")


@router.get("/agreement")
def how_we_agree(visit: SignedIn) -> Response:
    """Show agreement and overturn rates."""
    return visit.page("agreement", agreement=agreement(visit.db), overturns=overturns(visit.db), catalogue=visit.desk.catalogue)


@router.get("/log")
def the_log(visit: Administrator, before: Place = None) -> Response:
    """Show the log, the newest entries first; a first reading stays back until its ad is decided."""
    rows = list(log.entries(visit.db, before=before, limit=PAGE))
    blind = {
        row[0] for row in visit.db.execute("SELECT number FROM ads WHERE state IN ('second', 'differing')")
    } if any(row.kind == "decision" for row in rows) else set()  # fmt: skip
    return visit.page("log", rows=rows, blind=blind, head=log.head(visit.db), verdicts=VERDICTS)


@router.post("/log/verify")
def verify(visit: Administrator, form: Sent) -> Response:
    """Verify the log."""
    faults = log.verify(visit.db, text_of(form, "noted").strip() or None)
    return visit.page("verified", faults=faults, head=log.head(visit.db))


@router.get("/export")
def exports(visit: Administrator) -> Response:
    """Show what can be exported."""
    rows = visit.db.execute(
        "SELECT verdict, count(*) FROM readings JOIN ads USING (number) WHERE state = 'done' AND turn = "
        "(SELECT max(turn) FROM readings AS other WHERE other.number = ads.number) GROUP BY 1"
    ).fetchall()
    return visit.page("export", verdicts=VERDICTS, counts=dict(rows), labels=export.LABELS)


@router.post("/export/{kind}")
def download(visit: Administrator, form: Sent, kind: str) -> Response:
    """Hand out decisions as data; the log says that it was done."""
    known = {
        "labels.jsonl": "application/jsonl",
        "label-studio.json": "application/json",
        "label-studio.xml": "application/xml",
    }
    if kind not in known:
        raise Refused(404, "There is no such export.")
    if kind == "labels.jsonl":
        body = b"".join(export.training_lines(visit.db))
    elif kind == "label-studio.json":
        body = export.label_studio_tasks(visit.db)
    else:
        body = export.label_studio_config({info.id: info.title for info in visit.desk.catalogue.values()}).encode()
    with writing(visit.db):
        log.append(visit.db, "export", visit.person.name, visit.now, {"what": kind})
    return Response(body, media_type=_EXPORTS[kind], headers={"Content-Disposition": f'attachment; filename="{kind}"'})


@router.get("/statement/{number}")
def show_statement(visit: SignedIn, number: Number) -> Response:
    """Show a statement of reasons: the completed one, or a draft."""
    found = stored(visit.db, number)
    if found.state != "done":
        raise Refused(409, "The ad is not decided yet.")
    made = statement.kept(visit.db, number) or statement.draft(visit.db, found)
    return visit.page("statement", ad=found, statement=made, fields=statement.FIELDS, problem="")


@router.post("/statement/{number}")
def complete_statement(visit: SignedIn, form: Sent, number: Number) -> Response:
    """Complete a statement under one's own name."""
    found = stored(visit.db, number)
    given = {name: text_of(form, name).replace("\r\n", "\n") for name in statement.FIELDS}
    try:
        with writing(visit.db):
            statement.complete(visit.db, visit.person, found, given, text_of(form, "signed"), visit.now)
    except InputError as error:
        typed = msgspec.structs.replace(statement.draft(visit.db, found), fields=given)
        return visit.page("statement", 422, ad=found, statement=typed, fields=statement.FIELDS, problem=str(error))
    return go(f"/statement/{number}", "kept")


@router.post("/statement/{number}/json")
def statement_data(visit: SignedIn, form: Sent, number: Number) -> Response:
    """Hand out a statement as data, draft or completed."""
    found = stored(visit.db, number)
    made = statement.kept(visit.db, number) or statement.draft(visit.db, found)
    body = msgspec.json.format(msgspec.json.encode(statement.to_json(made)), indent=1)
    name = f"statement-{number}-{made.status}.json"
    return Response(body, media_type="application/json", headers={"Content-Disposition": f'attachment; filename="{name}"'})


@router.get("/people")
def all_people(visit: Administrator) -> Response:
    """Show who may use the desk."""
    return _people(visit)


def _people(visit: Visit, status: int = 200, problem: str = "", name: str = "") -> Response:
    return visit.page("people", status, rows=people.everyone(visit.db), problem=problem, name=name, shortest=people.SHORTEST)


@router.post("/people")
def add_person(visit: Administrator, form: Sent) -> Response:
    """Add a person."""
    name = text_of(form, "name")
    try:
        with writing(visit.db):
            people.add_person(
                visit.db, name, text_of(form, "password"), visit.person.name, visit.now,
                administrator=text_of(form, "administrator") == "yes",
            )  # fmt: skip
    except InputError as error:
        return _people(visit, 422, str(error), name)
    return go("/people", "kept")


@router.post("/people/{number}")
def change_person(visit: Administrator, form: Sent, number: Number) -> Response:
    """Shut a person out, let them in again, or give them a new password."""
    known: dict[int, people.Person] = {person.id: person for person, _, _ in people.everyone(visit.db)}
    if number not in known:
        raise Refused(404, "There is no such person.")
    what = text_of(form, "do")
    try:
        with writing(visit.db):
            if what == "password":
                people.set_password(visit.db, known[number], text_of(form, "password"), visit.person.name, visit.now)
            elif what in ("in", "out"):
                people.set_active(visit.db, known[number], visit.person, visit.now, active=what == "in")
    except InputError as error:
        return _people(visit, 422, str(error))
    return go("/people", "kept")


@router.get("/settings")
def settings(visit: Administrator) -> Response:
    """Show the desk's settings."""
    return _settings(visit, {key: setting(visit.db, key) for key in DEFAULTS})


def _settings(visit: Visit, values: dict[str, Any], status: int = 200, problem: str = "") -> Response:
    return visit.page("settings", status, values=values, problem=problem)


@router.post("/settings")
def change_settings(visit: Administrator, form: Sent) -> Response:
    """Keep the desk's settings."""
    typed = {key: text_of(form, key).strip() for key in DEFAULTS}
    try:
        capacity, *shares = int(typed["capacity"]), float(typed["second_share"]), float(typed["sample_share"])
        if not 1 <= capacity <= 10_000 or not all(0 <= share <= 1 for share in shares):
            raise ValueError
    except ValueError:
        return _settings(visit, typed, 422, "the capacity is a number from 1 to 10000, the shares lie between 0 and 1")
    with writing(visit.db):
        visit.db.executemany("UPDATE settings SET value = ? WHERE key = ?", [(value, key) for key, value in typed.items()])
        log.append(visit.db, "settings", visit.person.name, visit.now, typed)
    return go("/settings", "kept")
