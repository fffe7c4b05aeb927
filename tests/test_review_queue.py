from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from review_cases import NOW, TEXT, desk, line, person

from thb_indicators.errors import InputError
from thb_indicators.review import agreement as agree
from thb_indicators.review import log, queue
from thb_indicators.review.decision import ConflictError, Correction, Decision, MissingError, find_words, record, reopen, stored
from thb_indicators.review.people import Person
from thb_indicators.review.queue import DAY, LOCK
from thb_indicators.review.store import writing
from thb_indicators.spans import Span

REFER, NO_CONCERN = Decision("refer", "one_strong"), Decision("no_concern", "ordinary_reading")


def claim(db: sqlite3.Connection, who: Person, now: float = NOW, seed: int = 0, **options: bool) -> int | None:
    with writing(db):
        return queue.claim(db, who, now, random.Random(seed), **options)


def decide(db: sqlite3.Connection, who: Person, number: int, decision: Decision = REFER, now: float = NOW) -> int:
    with writing(db):
        return record(db, who, number, decision, now)


def id_of(db: sqlite3.Connection, number: int | None) -> str | None:
    return stored(db, number).ad_id if number is not None else None


def read_all(db: sqlite3.Connection, who: Person, now: float = NOW) -> list[str]:
    read = []
    while (number := claim(db, who, now)) is not None:
        read.append(stored(db, number).ad_id)
        decide(db, who, number, now=now)
    return read


# --- the order -------------------------------------------------------------------------------------------------------------


def test_child_safety_comes_first_then_the_highest_score(tmp_path: Path) -> None:
    db = desk(tmp_path / "d.db", [
        line("low", score=0.3), line("high", score=0.9), line("child", route="child_safety", score=0.1),
        line("little", route="insufficient", score=0.02), line("nothing", route="none", score=0.99),
    ])  # fmt: skip
    assert read_all(db, person(db, "Ann")) == ["child", "high", "low", "little"]


def test_an_old_ad_comes_before_any_new_one_after_two_weeks(tmp_path: Path) -> None:
    db = desk(tmp_path / "d.db", [line("old", score=0.01)])
    from thb_indicators.review import intake

    intake.add_assessments(db, [line("new", score=0.99)], "test", NOW + 13 * DAY, random.Random(0))
    intake.add_assessments(db, [line("newest", score=1.0)], "test", NOW + 15 * DAY, random.Random(0))
    assert read_all(db, person(db, "Ann"), NOW + 15 * DAY) == ["new", "old", "newest"]


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 400)), min_size=2, max_size=2))
def test_nothing_starves(ads: list[tuple[float, float]]) -> None:
    (score, came), (other, later) = ads
    if later - came > queue.AGEING:
        assert queue.rank(score, came * DAY) > queue.rank(other, later * DAY)


def test_random_samples_are_mixed_in_at_the_share_that_is_set(tmp_path: Path) -> None:
    lines = [line(f"r{n}", f"r {n}", score=0.9) for n in range(300)] + [
        line(f"s{n}", f"s {n}", route="sample") for n in range(300)
    ]
    db = desk(tmp_path / "d.db", lines, sample=0.2)
    db.execute("UPDATE settings SET value = '1000' WHERE key = 'capacity'")
    ann, draw = person(db, "Ann"), random.Random(5)
    routes = []
    for _ in range(200):
        with writing(db):
            number = queue.claim(db, ann, NOW, draw)
            assert number is not None
            routes.append(stored(db, number).line["route"])
            record(db, ann, number, REFER, NOW)
    assert 25 <= routes.count("sample") <= 55
    assert 0 < routes.index("sample") < 20


def test_samples_are_read_when_nothing_else_waits(tmp_path: Path) -> None:
    db = desk(tmp_path / "d.db", [line("s", route="sample")])
    assert read_all(db, person(db, "Ann")) == ["s"]


def test_the_days_capacity_ends_the_day_but_not_child_safety(tmp_path: Path) -> None:
    lines = [line(f"a{n}", f"t {n}") for n in range(5)]
    db = desk(tmp_path / "d.db", lines)
    db.execute("UPDATE settings SET value = '2' WHERE key = 'capacity'")
    ann = person(db, "Ann")
    assert len(read_all(db, ann)) == 2
    assert queue.today(db, ann, NOW) == (2, 0, 2) and queue.today(db, ann, NOW).full
    from thb_indicators.review import intake

    intake.add_assessments(db, [line("child", route="child_safety")], "test", NOW, random.Random(0))
    assert read_all(db, ann) == ["child"]
    assert claim(db, ann) is None
    beyond = claim(db, ann, beyond=True)
    assert beyond is not None
    with writing(db):
        queue.release(db, ann, beyond, NOW)
    assert len(read_all(db, ann, NOW + DAY)) == 2  # tomorrow is another day


# --- one reader at a time --------------------------------------------------------------------------------------------------


def test_one_ad_is_read_by_one_person_and_a_person_holds_one_ad(tmp_path: Path) -> None:
    db = desk(tmp_path / "d.db", [line("a1", score=0.9), line("a2", "b", score=0.5)])
    ann, bo = person(db, "Ann"), person(db, "Bo")
    first = claim(db, ann)
    assert id_of(db, first) == "a1"
    assert claim(db, ann) == first
    assert id_of(db, claim(db, bo)) == "a2"
    with pytest.raises(ConflictError, match="someone else is reading"):
        decide(db, bo, first or 0)
    with pytest.raises(ConflictError), writing(db):
        queue.take(db, bo, first or 0, NOW)


def test_a_lock_ends_after_its_time_unless_it_is_worked_on(tmp_path: Path) -> None:
    db = desk(tmp_path / "d.db", [line("a1")])
    ann, bo = person(db, "Ann"), person(db, "Bo")
    number = claim(db, ann)
    assert claim(db, bo, NOW + LOCK - 1) is None
    queue.renew(db, ann, number or 0, NOW + LOCK - 1)
    assert claim(db, bo, NOW + LOCK + 1) is None
    assert claim(db, bo, NOW + 2 * LOCK) == number
    with pytest.raises(ConflictError, match="someone else is reading"):
        decide(db, ann, number or 0, now=NOW + 2 * LOCK)


def test_who_was_too_slow_can_still_decide_while_nobody_else_reads(tmp_path: Path) -> None:
    db = desk(tmp_path / "d.db", [line("a1")])
    ann = person(db, "Ann")
    number = claim(db, ann)
    decide(db, ann, number or 0, now=NOW + 3 * LOCK)
    assert stored(db, 1).state == "done"


def test_an_ad_that_was_handed_on_goes_to_someone_else(tmp_path: Path) -> None:
    db = desk(tmp_path / "d.db", [line("a1")])
    ann, bo = person(db, "Ann"), person(db, "Bo")
    number = claim(db, ann)
    with writing(db):
        queue.release(db, ann, number or 0, NOW)
    assert claim(db, ann) is None
    assert claim(db, bo) == number
    assert next(log.entries(db)).kind == "passed_on"


# --- decisions -------------------------------------------------------------------------------------------------------------


def test_the_log_says_who_when_and_what_they_saw(tmp_path: Path) -> None:
    db = desk(tmp_path / "d.db", [line("a1")])
    ann = person(db, "Ann Example")
    number = claim(db, ann) or 0
    with writing(db):
        queue.open_up(db, ann, number, NOW, "revealed")
    wrong, missed = (
        Correction("document_handover", "fired_wrongly"),
        Correction("isolation_live_in", "missed", "text", Span(0, 9)),
    )
    decide(db, ann, number, Decision("no_concern", "quoted", "It warns.", (wrong, missed)))
    decision, revealed, *_ = log.entries(db)
    assert (revealed.kind, revealed.by, revealed.what) == ("revealed", "Ann Example", {"ad": 1})
    assert (decision.kind, decision.by, decision.at) == ("decision", "Ann Example", "2026-05-28T20:26:40.000Z")
    ad = stored(db, 1)
    assert decision.what == {
        "ad": 1, "ad_id": "a1", "turn": 1, "verdict": "no_concern", "reason": "quoted", "notes": "It warns.",
        "corrections": [
            {"indicator": "document_handover", "kind": "fired_wrongly", "field": None, "span": None},
            {"indicator": "isolation_live_in", "kind": "missed", "field": "text", "span": [0, 9]},
        ],
        "saw": {"text_sha256": ad.line["text_sha256"], "assessment_sha256": ad.assessment_sha256,
                "lexicon_digest": "sha256:00", "model_version": "hand/1", "policy": "default/1", "revealed": True},
    }  # fmt: skip
    assert TEXT not in "".join(row[0] for row in db.execute("SELECT entry FROM log"))


def test_a_decision_needs_a_verdict_a_reason_and_corrections_that_fit(tmp_path: Path) -> None:
    db = desk(tmp_path / "d.db", [line("a1")])
    ann = person(db, "Ann")
    with pytest.raises(InputError, match="is no reason for"):
        Decision("refer", "spam")
    with pytest.raises(InputError, match="is no verdict"):
        Decision("remove", "spam")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="the reason stands in the notes"):
        Decision("other", "see_notes", "  ")
    with pytest.raises(InputError, match="cannot have fired wrongly"):
        decide(db, ann, 1, Decision("refer", "one_strong", "", (Correction("debt_bondage", "fired_wrongly"),)))
    with pytest.raises(InputError, match="is no place in the ad"):
        decide(
            db, ann, 1, Decision("refer", "one_strong", "", (Correction("isolation_live_in", "missed", "text", Span(5, 999)),))
        )
    with pytest.raises(MissingError):
        decide(db, ann, 7)
    assert [entry.kind for entry in log.entries(db)] == ["person_added", "import"]


def test_nobody_decides_an_ad_twice(tmp_path: Path) -> None:
    db = desk(tmp_path / "d.db", [line("a1")], second=1.0)
    ann = person(db, "Ann")
    decide(db, ann, claim(db, ann) or 0)
    with pytest.raises(ConflictError, match="you have decided this ad already"):
        decide(db, ann, 1)
    assert claim(db, ann) is None


def test_two_blind_readings_that_agree_are_done(tmp_path: Path) -> None:
    db = desk(tmp_path / "d.db", [line("a1")], second=1.0)
    ann, bo = person(db, "Ann"), person(db, "Bo")
    decide(db, ann, claim(db, ann) or 0, REFER)
    assert stored(db, 1).state == "second"
    decide(db, bo, claim(db, bo) or 0, Decision("refer", "other_ads"))
    assert stored(db, 1).state == "done"


def test_two_blind_readings_that_differ_are_settled_by_a_third_person(tmp_path: Path) -> None:
    db = desk(tmp_path / "d.db", [line("a1")], second=1.0)
    ann, bo, cy = (person(db, name) for name in ("Ann", "Bo", "Cy"))
    decide(db, ann, claim(db, ann) or 0, REFER)
    decide(db, bo, claim(db, bo) or 0, NO_CONCERN)
    assert stored(db, 1).state == "differing"
    assert claim(db, cy) is None
    assert queue.claim_difference(db, ann, NOW) is None and queue.claim_difference(db, bo, NOW) is None
    number = queue.claim_difference(db, cy, NOW)
    decide(db, cy, number or 0, NO_CONCERN)
    assert stored(db, 1).state == "done"
    assert next(log.entries(db)).kind == "settled"
    assert agree.agreement(db)[:2] == (1, 0)  # what is settled is no reading


def test_a_decided_ad_can_be_put_back_and_the_log_keeps_what_was_decided(tmp_path: Path) -> None:
    db = desk(tmp_path / "d.db", [line("a1")])
    ann, bo, chief = person(db, "Ann"), person(db, "Bo"), person(db, "Chief", administrator=True)
    decide(db, ann, claim(db, ann) or 0)
    with pytest.raises(ConflictError, match="only who decided it"), writing(db):
        reopen(db, bo, 1, "no", NOW)
    with pytest.raises(InputError, match="say why"), writing(db):
        reopen(db, ann, 1, " ", NOW)
    with writing(db):
        reopen(db, chief, 1, "pressed the wrong key", NOW)
    assert [entry.kind for entry in log.entries(db)][:2] == ["reopened", "decision"]
    assert log.verify(db) == []
    decide(db, ann, claim(db, ann) or 0, NO_CONCERN)
    assert log.verify(db) == []


@given(st.text(min_size=1, max_size=60), st.data())
def test_words_are_found_where_they_stand_or_refused(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    words = text[start:end]
    assert find_words(text, words, start) == Span(start, end)
    if text.count(words) == 1:
        assert find_words(text, words).of(text) == words


def test_the_counts_on_the_desk_are_those_of_its_ads(tmp_path: Path) -> None:
    lines = [
        line(f"a{n}", f"t {n}", route=route) for n, route in enumerate(["review"] * 4 + ["sample", "child_safety", "none"])
    ]
    db = desk(tmp_path / "d.db", lines, second=0.5)
    ann, bo = person(db, "Ann"), person(db, "Bo")
    for number in range(1, 6):
        decide(db, ann, number, REFER)
    for row in db.execute("SELECT number FROM ads WHERE state = 'second' LIMIT 1").fetchall():
        decide(db, bo, row[0], NO_CONCERN)
    with writing(db):
        reopen(db, ann, db.execute("SELECT min(number) FROM ads WHERE state = 'done'").fetchone()[0], "again", NOW)
    truth = {(row[0], row[1]): row[2] for row in db.execute("SELECT route, state, count(*) FROM ads GROUP BY 1, 2")}
    assert truth == {(row[0], row[1]): row[2] for row in db.execute("SELECT route, state, ads FROM tally WHERE ads")}
    found = queue.counts(db)
    assert found.waiting["review"] == truth.get(("review", "open"), 0) + truth.get(("review", "second"), 0)
    assert (found.differing, found.oldest) == (1, NOW)


# --- agreement -------------------------------------------------------------------------------------------------------------

MISSING = {".": None}
FOUR = ["123321412...", "1233224125.3", ".3332342251.", "1233244125 1.".replace(" ", "")]


@pytest.mark.parametrize(
    ("readers", "expected"),
    [
        (["0100000010", "1110010000"], 0.095),  # Krippendorff 2011, A: binary data, two observers
        (["aabbdcccedda", "babbbccceddd"], 0.692),  # B: nominal data, two observers
        (FOUR, 0.743),  # C: nominal data, four observers, values missing
    ],
)
def test_alpha_gives_the_published_values(readers: list[str], expected: float) -> None:
    assert len({len(reader) for reader in readers}) == 1
    units = [[MISSING.get(value, value) for value in unit] for unit in zip(*readers, strict=True)]
    assert agree.alpha(units) == pytest.approx(expected, abs=0.0005)


def test_alpha_says_nothing_where_nothing_can_be_said() -> None:
    assert agree.alpha([]) is None
    assert agree.alpha([("a", None), (None, "b")]) is None
    assert agree.alpha([("a", "a"), ("a", "a")]) is None
    assert agree.alpha([("a", "a"), ("b", "b")]) == 1.0


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("ab")), min_size=2, max_size=30))
def test_alpha_does_not_depend_on_order_and_is_at_most_one(units: list[tuple[str, str]]) -> None:
    value = agree.alpha(units)
    assert value == agree.alpha([(b, a) for a, b in reversed(units)])
    assert value is None or value <= 1.0


def test_overturns_count_readings_in_which_an_indicator_counted(tmp_path: Path) -> None:
    db = desk(tmp_path / "d.db", [line(f"a{n}") for n in range(4)])
    ann = person(db, "Ann")
    wrong = Decision("no_concern", "quoted", "", (Correction("document_handover", "fired_wrongly"),))
    missed = Decision("refer", "one_strong", "", (Correction("isolation_live_in", "missed", "text", Span(0, 4)),))
    for number, decision in enumerate((wrong, missed, REFER, REFER), 1):
        decide(db, ann, number, decision)
    first, second = agree.overturns(db)
    assert (first.indicator, first.shown, first.wrong, first.missed, first.rate) == ("document_handover", 4, 1, 0, 0.25)
    assert (second.indicator, second.shown, second.missed, second.rate) == ("isolation_live_in", 0, 1, None)
