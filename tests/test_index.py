"""The index of earlier ads: what it finds, what it forgets, what it refuses, and what survives a crash."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from thb_indicators import Ad, Screener
from thb_indicators.errors import BasisError, IndexFileError
from thb_indicators.repeats.index import MOST_BY_TEXT, MOST_IN_BAND, Index
from thb_indicators.repeats.keys import ContactKey, ContactKeys

KEYS = ContactKeys(ContactKey("k1", b"0123456789abcdef"))
COMPANY = "Elegant companion for dinners and travel, discreet apartment near the river, outcall to your hotel, 150 an hour."
DAY = 20_450


def ad(id: str, text: str, **given: str) -> Ad:
    return Ad(id, text, **{"country": "PT", "city": "Lisbon", "posted_at": "2026-01-05", "basis": "synthetic", **given})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ads.db"


def test_links_by_contact_account_and_text(path: Path) -> None:
    with Index(path, KEYS) as index:
        index.add([
            ad("phone", "Massage by Ines, call +44 7700 900123"),
            ad("account", "Piano lessons for adults", account="house-7"),
            ad("text", COMPANY),
            ad("none", "Firewood, dry, delivered"),
        ])  # fmt: skip
        seen = index.look_up(ad("new", f"{COMPANY} Write: wa.me/447700900123", account="house-7"))
    told = {link["left"]: [reason["kind"] for reason in link["reasons"]] for link in seen.links}
    assert told == {"phone": ["contact"], "account": ["account"], "text": ["text"]}
    assert all(link["right"] == "new" for link in seen.links)


def test_a_later_version_of_an_ad_takes_the_place_of_the_earlier(path: Path) -> None:
    with Index(path, KEYS) as index:
        index.add([ad("1", "Call 07700 900123", country="GB")])
        index.add([ad("1", "Call 07700 900456", country="GB")])
        assert len(index) == 1
        assert index.look_up(ad("2", "+44 7700 900123")).links == ()
        assert len(index.look_up(ad("2", "+44 7700 900456")).links) == 1


def test_cross_ad_indicators_reach_the_assessment(path: Path, screener: Screener) -> None:
    with Index(path, KEYS) as index:
        with_index = Screener(screener.lexicon, screener.model, screener.policy, index)
        last = None
        for day, (name, city) in enumerate([("Anna", "Lisbon"), ("Rita", "Porto"), ("Dora", "Braga")]):
            text = f"I am {name}, 2{5 + day} years old. {COMPANY} Call +44 7700 900123"
            last = with_index.assess(ad(name, text, city=city, posted_at=f"2026-01-{5 + day:02}"))
    assert last is not None
    counted = {finding.id: finding for finding in last.indicators if finding.signals}
    assert {"shared_contact_multi_city", "multi_persona_per_contact"} <= counted.keys()
    assert "measured 3, threshold 3" in counted["shared_contact_multi_city"].signals[0].note
    assert last.log_odds > screener.assess(last.ad).log_odds
    assert len(last.links) == 2
    line = last.to_dict()
    assert [link["left"] for link in line["links"]] == ["Anna", "Rita"]
    assert "900123" not in str(line["links"])


def test_nothing_is_read_without_a_basis(path: Path, screener: Screener) -> None:
    unsaid = Ad("1", COMPANY)
    with Index(path, KEYS) as index:
        for ask in (lambda: index.add([ad("0", COMPANY), unsaid]), lambda: index.look_up(unsaid)):
            with pytest.raises(BasisError, match="ad '1' has no basis"):
                ask()
        screened = Screener(screener.lexicon, screener.model, screener.policy, index)
        with pytest.raises(BasisError):
            list(screened.assess_many([unsaid]))
        assert len(index) == 0
        index.add([unsaid], basis="consented")
        (later,) = screened.assess_many([Ad("2", COMPANY)], basis="synthetic")
        assert [link["left"] for link in later.links] == ["1"]
        assert len(index) == 2


def test_nothing_is_added_when_reading_only(path: Path) -> None:
    with Index(path, KEYS) as index:
        index.add([ad("1", COMPANY)])
    with Index(path, KEYS, read_only=True) as index:
        assert len(index.look_up(ad("2", COMPANY)).links) == 1
        with pytest.raises(sqlite3.OperationalError):
            index.add([ad("2", COMPANY)])


@pytest.mark.parametrize("many", [1, 40])
def test_forgetting_leaves_no_byte(path: Path, many: int) -> None:
    with Index(path, KEYS) as index:
        index.add([ad(f"keep{i}", f"{COMPANY} number {i}", account=f"kept{i}") for i in range(many)])
        before = path.read_bytes() + Path(f"{path}-wal").read_bytes()
        secret = ad(
            "forget-me", f"I am Marisol, 29. Quite another wording, {COMPANY} 07700 900123", country="GB", account="gone"
        )
        index.add([secret])
        row = index._db.execute("SELECT facts, wording FROM ads WHERE id = 'forget-me'").fetchone()
        keys = [
            key for (key,) in index._db.execute("SELECT key FROM keys WHERE ad = (SELECT ad FROM ads WHERE id = 'forget-me')")
        ]
        assert len(keys) == 2
        assert index.forget("forget-me")
        assert not index.forget("forget-me")
        after = path.read_bytes() + Path(f"{path}-wal").read_bytes()
        traces = [b"forget-me", *(key.encode() for key in keys), row[1][:24], row[0][:40]]
        for trace in traces:
            assert trace not in before
            assert trace not in after
        assert len(index) == many
        assert index.look_up(ad("x", "+44 7700 900123")).links == ()


def test_ads_are_kept_for_as_long_as_is_said(path: Path) -> None:
    with Index(path, KEYS) as index:
        index.add([ad("old", COMPANY, posted_at="2025-01-01"), ad("new", COMPANY, posted_at="2026-01-01")])
        assert index.forget_before(DAY) == 1
        assert [link["left"] for link in index.look_up(ad("x", COMPANY)).links] == ["new"]


def test_earlier_keys_still_find_their_ads(path: Path) -> None:
    with Index(path, KEYS) as index:
        index.add([ad("1", "I am Ines, 27. Call +44 7700 900123", account="a")])
    rotated = ContactKeys(ContactKey("k2", b"fedcba9876543210"), earlier=(KEYS.current,))
    with Index(path, rotated) as index:
        (link,) = index.look_up(ad("2", "Rita here, 31. wa.me/447700900123", account="a")).links
        assert [reason["kind"] for reason in link["reasons"]] == ["contact", "account"]
    with Index(path, ContactKeys(rotated.current)) as index:
        assert index.look_up(ad("2", "wa.me/447700900123", account="a")).links == ()


def test_no_text_and_no_contact_is_kept(path: Path) -> None:
    with Index(path, KEYS) as index:
        index.add([ad("1", f"I am Marisol. {COMPANY} 07700 900123", country="GB", account="house-of-example")])
        content = path.read_bytes() + Path(f"{path}-wal").read_bytes()
    for plain in (b"Marisol", b"marisol", b"companion", b"900123", b"house-of-example"):
        assert plain not in content


def test_a_band_keeps_its_latest_ads_and_lets_go_of_forgotten_ones(path: Path) -> None:
    with Index(path, KEYS) as index:
        index.add([ad(f"a{i}", COMPANY) for i in range(MOST_IN_BAND + 5)])
        assert {link["left"] for link in index.look_up(ad("new", COMPANY)).links} == {
            f"a{i}" for i in range(MOST_IN_BAND + 5 - MOST_BY_TEXT, MOST_IN_BAND + 5)
        }
        index.forget(f"a{MOST_IN_BAND + 4}")
        assert f"a{MOST_IN_BAND + 4}" not in {link["left"] for link in index.look_up(ad("new", COMPANY)).links}
        assert index.forget_before(DAY + 10_000) == MOST_IN_BAND + 4
    assert sqlite3.connect(path).execute("SELECT count(*) FROM bands").fetchone() == (0,)


def test_other_files_are_refused_by_name(tmp_path: Path) -> None:
    foreign, later, earlier, text = (tmp_path / name for name in ("foreign.db", "later.db", "earlier.db", "notes.txt"))
    sqlite3.connect(foreign).executescript("CREATE TABLE t(x); INSERT INTO t VALUES (1)")
    Index(later, KEYS).close()
    sqlite3.connect(later).execute("PRAGMA user_version = 99")
    Index(earlier, KEYS).close()
    sqlite3.connect(earlier).execute("PRAGMA user_version = 1")
    text.write_text("not a database, but long enough to be looked at as one " * 20)
    with pytest.raises(IndexFileError, match="another program"):
        Index(foreign, KEYS)
    with pytest.raises(IndexFileError, match=r"earlier version.*fill a new index"):
        Index(earlier, KEYS)
    with pytest.raises(IndexFileError, match="later version"):
        Index(later, KEYS)
    with pytest.raises(IndexFileError, match=r"notes\.txt"):
        Index(text, KEYS)
    with pytest.raises(IndexFileError, match="no such index"):
        Index(tmp_path / "missing.db", KEYS, read_only=True)


def test_a_second_process_reads_while_one_writes(path: Path) -> None:
    with Index(path, KEYS) as writer:
        writer.add([ad("1", COMPANY)])
        writer._db.execute("BEGIN IMMEDIATE")
        code = (
            "import sys\nfrom thb_indicators.repeats.index import Index\n"
            "from thb_indicators.repeats.keys import ContactKey, ContactKeys\n"
            "keys = ContactKeys(ContactKey('k1', b'0123456789abcdef'))\n"
            "with Index(sys.argv[1], keys, read_only=True) as index: print(len(index))"
        )
        read = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True, timeout=60)
        writer._db.execute("ROLLBACK")
    assert read.stdout == "1\n"


WRITER = Path(__file__).parent / "data" / "index_writer.py"


def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    runs = int(os.environ.get("THB_KILLS", "6"))
    draw = random.Random(0)
    path = tmp_path / "ads.db"
    acknowledged: list[str] = []
    for run in range(runs):
        process = subprocess.Popen([sys.executable, WRITER, path, str(run)], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        acknowledged.append(process.stdout.readline().strip())
        time.sleep(draw.random() * 0.1)
        os.kill(process.pid, signal.SIGKILL)
        acknowledged += process.stdout.read().split()
        process.wait()
    with Index(path, KEYS) as index:
        assert index._db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        kept = {row[0] for row in index._db.execute("SELECT id FROM ads")}
    assert len(acknowledged) >= runs
    assert set(acknowledged) <= kept


def test_what_it_knows_can_be_written_as_json(path: Path) -> None:
    with Index(path, KEYS) as index:
        index.add([ad("1", COMPANY)])
        line = msgspec.json.encode(index.look_up(ad("2", COMPANY)).links)
    assert msgspec.json.decode(line) == [
        {"left": "1", "right": "2", "similarity": 1.0, "reasons": [{"kind": "text", "similarity": 1.0}]}
    ]
