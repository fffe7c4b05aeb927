from __future__ import annotations

import random
import sqlite3
import stat
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from review_cases import NOW, desk, line, person

from thb_indicators.errors import InputError
from thb_indicators.review import intake, log
from thb_indicators.review.decision import Decision, record
from thb_indicators.review.log import START
from thb_indicators.review.store import VERSION, open_store, writing


def test_a_new_file_is_made_for_its_owner_alone_and_commits_are_synced(tmp_path: Path) -> None:
    db = open_store(tmp_path / "desk.db")
    assert stat.S_IMODE((tmp_path / "desk.db").stat().st_mode) == 0o600
    assert db.execute("PRAGMA synchronous").fetchone()[0] == 2  # FULL
    assert db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert db.execute("PRAGMA user_version").fetchone()[0] == VERSION


def test_a_file_that_is_no_database_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("These are my notes, and no database at all.\n" * 40)
    with pytest.raises(InputError, match=r"notes\.txt: not a review database"):
        open_store(file)
    assert file.read_text().startswith("These are my notes")


def test_a_database_of_another_kind_is_refused_and_left_alone(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "other.db")
    other.execute("CREATE TABLE recipes (name TEXT)")
    other.commit()
    with pytest.raises(InputError, match="of another kind"):
        open_store(tmp_path / "other.db")
    assert other.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 1


def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    open_store(tmp_path / "desk.db").execute(f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(InputError, match="newer version of thb-indicators"):
        open_store(tmp_path / "desk.db")


def test_a_missing_file_is_told_where_it_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        open_store(tmp_path / "none.db", create=False)
    with pytest.raises(InputError, match="no such folder"):
        open_store(tmp_path / "none" / "desk.db")


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    desk(tmp_path / "desk.db", [line()]).close()
    again = open_store(tmp_path / "desk.db")
    assert again.execute("SELECT count(*) FROM ads").fetchone()[0] == 1
    assert again.execute("SELECT value FROM settings WHERE key = 'second_share'").fetchone()[0] == "0.0"


def test_a_block_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    db = open_store(tmp_path / "desk.db")
    with pytest.raises(ZeroDivisionError), writing(db):
        log.append(db, "import", "test", NOW, {})
        raise ZeroDivisionError
    assert log.head(db) == (0, START)


# --- the log ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE log SET entry = '{}' WHERE seq = 1",
        "DELETE FROM log WHERE seq = 1",
        "INSERT OR REPLACE INTO log VALUES (1, '{}', 'x')",
        "INSERT INTO log VALUES (99, '{}', 'x')",
    ],
)
def test_the_database_itself_refuses_to_change_the_log(tmp_path: Path, statement: str) -> None:
    db = desk(tmp_path / "desk.db", [line()])
    with pytest.raises(sqlite3.IntegrityError, match="append only"):
        db.execute(statement)
    assert log.verify(db) == []


def decided(path: Path, count: int = 6) -> sqlite3.Connection:
    db = desk(path, [line(f"a{n}") for n in range(count)])
    ann = person(db, "Ann Example")
    for number in range(1, count + 1):
        with writing(db):
            record(db, ann, number, Decision("refer", "one_strong"), NOW + number)
    return db


def unlocked(db: sqlite3.Connection) -> sqlite3.Connection:
    """Return the database as someone has it who does not keep to its rules."""
    for name in ("log_is_not_updated", "log_is_not_deleted", "log_grows_at_its_end"):
        db.execute(f"DROP TRIGGER {name}")
    db.execute("PRAGMA foreign_keys = OFF")
    return db


def test_a_log_that_nobody_touched_holds(tmp_path: Path) -> None:
    db = decided(tmp_path / "desk.db")
    assert log.verify(db) == []
    assert log.verify(db, log.head(db)[1]) == []
    assert log.head(db)[0] == 8  # import, person, six decisions


@given(data=st.data())
def test_any_change_of_any_entry_is_found(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    db = sqlite3.connect(":memory:", isolation_level=None)
    _template(tmp_path_factory).backup(db)
    seq = data.draw(st.integers(1, 8))
    text = db.execute("SELECT entry FROM log WHERE seq = ?", (seq,)).fetchone()[0]
    at = data.draw(st.integers(0, len(text) - 1))
    put = data.draw(st.sampled_from('abc019 {}":,'))
    changed = text[:at] + put + text[at + 1 :]
    try:
        msgspec.json.decode(changed)
    except msgspec.DecodeError:
        changed = msgspec.json.encode({"seq": seq, "text": changed}).decode()
    unlocked(db).execute("UPDATE log SET entry = ? WHERE seq = ?", (changed, seq))
    assert (log.verify(db) == []) == (changed == text)


_KEPT: list[sqlite3.Connection] = []


def _template(factory: pytest.TempPathFactory) -> sqlite3.Connection:
    if not _KEPT:
        _KEPT.append(decided(factory.mktemp("log") / "desk.db"))
    return _KEPT[0]


@pytest.mark.parametrize("seq", range(1, 9))
def test_any_missing_entry_is_found_and_named(tmp_path: Path, seq: int) -> None:
    db = unlocked(decided(tmp_path / "desk.db"))
    db.execute("DELETE FROM log WHERE seq = ?", (seq,))
    faults = log.verify(db)
    assert any(fault.seq == seq and "missing" in fault.problem for fault in faults)


def test_an_end_that_was_cut_off_with_its_readings_is_found_by_a_noted_digest(tmp_path: Path) -> None:
    db = unlocked(decided(tmp_path / "desk.db"))
    noted = log.head(db)[1]
    db.execute("DELETE FROM log WHERE seq > 6")
    db.execute("DELETE FROM readings WHERE seq > 6")
    assert log.verify(db) == []
    assert "noted digest is not in the log" in log.verify(db, noted)[0].problem


def test_a_chain_written_anew_is_found_by_a_noted_digest(tmp_path: Path) -> None:
    db = unlocked(decided(tmp_path / "desk.db"))
    noted, previous = log.head(db)[1], START
    for seq, text in db.execute("SELECT seq, entry FROM log ORDER BY seq").fetchall():
        text = text.replace("one_strong", "other_ads")
        previous = log.chained(previous, text)
        db.execute("UPDATE log SET entry = ?, digest = ? WHERE seq = ?", (text, previous, seq))
    db.execute("UPDATE readings SET reason = 'other_ads'")
    assert log.verify(db) == []
    assert len(log.verify(db, noted)) == 1


def test_a_reading_that_differs_from_the_log_is_found(tmp_path: Path) -> None:
    db = decided(tmp_path / "desk.db")
    db.execute("UPDATE readings SET verdict = 'no_concern' WHERE seq = 5")
    db.execute("DELETE FROM readings WHERE seq = 6")
    assert [fault.seq for fault in log.verify(db)] == [5, 6]


# --- import ----------------------------------------------------------------------------------------------------------------


def test_the_same_ad_is_imported_once_and_another_text_is_another_ad(tmp_path: Path) -> None:
    db = desk(tmp_path / "desk.db", [line("a1"), line("a2", route="none")])
    again = intake.add_assessments(db, [line("a1", score=0.9), line("a1", "Another text.")], "test", NOW, random.Random(0))
    assert (again.known, dict(again.routes)) == (1, {"review": 1})
    assert db.execute("SELECT score FROM ads WHERE number = 1").fetchone()[0] == 0.5
    assert db.execute("SELECT state FROM ads WHERE ad_id = 'a2'").fetchone()[0] == "unread"


def test_the_share_that_is_read_twice_is_drawn_and_can_be_drawn_again(tmp_path: Path) -> None:
    def drawn(name: str) -> list[int]:
        db = desk(tmp_path / name, [line(f"a{n}", f"text {n}") for n in range(400)], second=0.25)
        return [row[0] for row in db.execute("SELECT second FROM ads ORDER BY number")]

    first = drawn("one.db")
    assert first == drawn("two.db")
    assert 70 < sum(first) < 130


def test_links_and_clusters_are_kept_for_every_ad_they_name(tmp_path: Path) -> None:
    db = desk(tmp_path / "desk.db", [line("a1"), line("a2", "b")])
    links, clusters = tmp_path / "links.jsonl", tmp_path / "clusters.jsonl"
    links.write_text('{"left": "a1", "right": "a2", "similarity": 0.9, "reasons": [{"kind": "text", "similarity": 0.9}]}\n')
    clusters.write_text('{"cluster": "c1", "ads": ["a1", "a2"], "label": ""}\n')
    assert (intake.add_links(db, str(links)), intake.add_clusters(db, str(clusters))) == (1, 1)
    assert intake.links_of(db, "a2")[0].left == "a1"
    (cluster,) = intake.clusters_of(db, "a1", {})
    assert cluster.ads == ("a1", "a2")
    assert intake.numbers_of(db, ["a2", "a9"]) == {"a2": 2}


def test_a_bad_links_file_is_refused_with_its_line(tmp_path: Path) -> None:
    db = desk(tmp_path / "desk.db", [])
    links = tmp_path / "links.jsonl"
    links.write_text('{"left": "a1", "right": "a2"}\nnonsense\n')
    with pytest.raises(InputError, match=r"links\.jsonl:2"):
        intake.add_links(db, str(links))
    assert db.execute("SELECT count(*) FROM links").fetchone()[0] == 0
