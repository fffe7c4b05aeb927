"""A decision that was acknowledged is there, whatever happens to the process afterwards."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from review_cases import desk, line, person

from thb_indicators.review import log
from thb_indicators.review.store import open_store

WRITER = """
import random, sys, time
from thb_indicators.review import queue
from thb_indicators.review.decision import Decision, record
from thb_indicators.review.people import find_person
from thb_indicators.review.store import connect, writing

db, draw = connect(sys.argv[1]), random.Random(int(sys.argv[2]))
person = find_person(db, "Ann Example")
print("ready", flush=True)
while True:
    with writing(db):
        number = queue.claim(db, person, time.time(), draw, beyond=True)
    with writing(db):
        seq = record(db, person, number, Decision("refer", "one_strong", "x" * draw.randrange(2000)), time.time())
    print(seq, number, flush=True)
"""


def kill_while_writing(path: Path, seed: int) -> dict[int, int]:
    """Let a process decide ads, kill it at a moment nobody chose, and return what it had acknowledged."""
    command = [sys.executable, "-c", WRITER, str(path), str(seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        time.sleep(random.Random(seed).uniform(0.01, 0.15))
        writer.kill()
        said = writer.stdout.read()
    whole = said[: said.rfind("\n") + 1].splitlines()
    return {int(seq): int(number) for seq, number in (row.split() for row in whole)}


def acknowledged_and_lost(db: sqlite3.Connection, acknowledged: dict[int, int]) -> list[int]:
    kept = dict(db.execute("SELECT seq, number FROM readings"))
    return [seq for seq, number in acknowledged.items() if kept.get(seq) != number]


def test_ten_kills_lose_no_acknowledged_decision_and_the_log_holds(tmp_path: Path) -> None:
    path = tmp_path / "d.db"
    db = desk(path, [line(f"a{n}", f"text {n}") for n in range(5000)])
    person(db, "Ann Example")
    acknowledged: dict[int, int] = {}
    for seed in range(10):
        acknowledged |= kill_while_writing(path, seed)
        again = open_store(path)
        assert acknowledged_and_lost(again, acknowledged) == []
        assert log.verify(again) == []
        again.close()
    assert len(acknowledged) > 10
