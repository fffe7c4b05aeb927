"""Pages of reading: the desk, one ad with its decision, differences to settle."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from thb_indicators.errors import InputError
from thb_indicators.report.view import ad_view
from thb_indicators.review import intake, queue
from thb_indicators.review.decision import VERDICTS, ConflictError, Stored, record, stored
from thb_indicators.review.forms import DecisionForm, read_form, to_decision
from thb_indicators.review.store import writing
from thb_indicators.review.visit import Number, Sent, SignedIn, Visit, go, text_of

router = APIRouter()


@router.get("/")
def desk(visit: SignedIn) -> Response:
    """Show what waits, and what one has read today."""
    today = queue.today(visit.db, visit.person, visit.now)
    counts = queue.counts(visit.db)
    held = queue.current(visit.db, visit.person, visit.now)
    settle = visit.db.execute(
        "SELECT count(*) FROM ads WHERE state = 'differing' AND NOT EXISTS "
        "(SELECT 1 FROM readings WHERE readings.number = ads.number AND reader = ?)", (visit.person.id,),
    ).fetchone()[0]  # fmt: skip
    return visit.page("desk", today=today, counts=counts, held=held, settle=settle, rest=_rest(visit, today))


def _rest(visit: Visit, today: queue.Today) -> bool:
    """Whether to speak of a break: after every so many ads, until the next one is read."""
    return today.read > 0 and today.read % visit.person.break_every == 0


@router.post("/next")
def next_ad(visit: SignedIn, form: Sent) -> Response:
    """Give the next ad."""
    with writing(visit.db):
        beyond = text_of(form, "beyond") == "yes"
        number = queue.claim(visit.db, visit.person, visit.now, visit.desk.draw, beyond=beyond)
    return go(f"/read/{number}") if number is not None else go("/")


@router.post("/settle")
def settle(visit: SignedIn, form: Sent) -> Response:
    """Give the next ad on which two readings differ."""
    with writing(visit.db):
        number = queue.claim_difference(visit.db, visit.person, visit.now)
    return go(f"/read/{number}") if number is not None else go("/")


@router.post("/ads/{number}/take")
def take(visit: SignedIn, form: Sent, number: Number) -> Response:
    """Take one ad from the list."""
    with writing(visit.db):
        queue.take(visit.db, visit.person, number, visit.now)
    return go(f"/read/{number}")


@router.get("/read/{number}")
def read(visit: SignedIn, number: Number) -> Response:
    """Show the ad one holds."""
    if queue.holds(visit.db, visit.person, number, visit.now) is None:
        return go(f"/ads/{number}")
    queue.renew(visit.db, visit.person, number, visit.now)
    return _reading(visit, stored(visit.db, number), DecisionForm())


@router.post("/read/{number}")
def decide(visit: SignedIn, form: Sent, number: Number) -> Response:
    """Keep a decision, or show the form again with what does not hold."""
    ad = stored(visit.db, number)
    typed = read_form(form)
    if text_of(form, "do") == "row":
        queue.renew(visit.db, visit.person, number, visit.now)
        return _reading(visit, ad, typed.with_a_row())
    mine = visit.db.execute("SELECT 1 FROM readings WHERE number = ? AND reader = ?", (number, visit.person.id)).fetchone()
    if mine:  # sent twice: the first one is kept
        return go("/", "decided")
    try:
        decision = to_decision(typed, ad.line, visit.desk.catalogue)
        with writing(visit.db):
            record(visit.db, visit.person, number, decision, visit.now)
    except ConflictError as error:
        return _reading(visit, ad, typed, 409, str(error))
    except InputError as error:
        return _reading(visit, ad, typed, 422, str(error))
    if text_of(form, "do") == "next" and not _rest(visit, queue.today(visit.db, visit.person, visit.now)):
        return next_ad(visit, form)
    return go("/", "decided")


@router.post("/read/{number}/show")
def show(visit: SignedIn, form: Sent, number: Number) -> Response:
    """Show a gated text."""
    with writing(visit.db):
        queue.open_up(visit.db, visit.person, number, visit.now, "shown")
    return go(f"/read/{number}")


@router.post("/read/{number}/reveal")
def reveal(visit: SignedIn, form: Sent, number: Number) -> Response:
    """Reveal contacts and child-safety wording; the log says that it was done."""
    with writing(visit.db):
        queue.open_up(visit.db, visit.person, number, visit.now, "revealed")
        queue.open_up(visit.db, visit.person, number, visit.now, "shown")
    return go(f"/read/{number}")


@router.post("/read/{number}/pass")
def pass_on(visit: SignedIn, form: Sent, number: Number) -> Response:
    """Hand an ad on to someone else."""
    with writing(visit.db):
        queue.release(visit.db, visit.person, number, visit.now)
    return go("/", "passed")


def _reading(visit: Visit, ad: Stored, form: DecisionForm, status: int = 200, problem: str = "") -> Response:
    shown, revealed = queue.holds(visit.db, visit.person, ad.number, visit.now) or (False, False)
    if status == 409:
        shown, revealed = shown or visit.person.gate == "shown", False
    earlier: list[Any] = []
    if ad.state == "differing":
        earlier = visit.db.execute(
            "SELECT verdict, reason, entry ->> '$.notes', entry -> '$.corrections' FROM readings JOIN log USING (seq) "
            "WHERE number = ? ORDER BY turn", (ad.number,),
        ).fetchall()  # fmt: skip
    clusters = intake.clusters_of(visit.db, ad.ad_id, visit.desk.catalogue)
    view = ad_view(ad.line, links=intake.links_of(visit.db, ad.ad_id), reveal=revealed)
    tied = [link.ad_id for link in view.links] + [name for cluster in clusters for name in cluster.ads]
    places = {name: f"/ads/{number}" for name, number in intake.numbers_of(visit.db, tied).items()}
    return visit.page(
        "read", status, ad=ad, view=view, masked=any(run.masked for field in view.fields for run in field.runs),
        gate="shown" if shown else visit.person.gate, form=form, problem=problem, verdicts=VERDICTS, earlier=earlier,
        clusters=clusters, catalogue=visit.desk.catalogue, places=places,
        today=queue.today(visit.db, visit.person, visit.now),
    )  # fmt: skip
