from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from review_cases import NOW, PASSWORD, desk, line, person

from thb_indicators.review import log
from thb_indicators.review.decision import Decision, record
from thb_indicators.review.store import open_store, writing

COMMAND = [sys.executable, "-c", "from thb_indicators.cli import main; main()"]


def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "COLUMNS": "200"}
    return subprocess.run([*COMMAND, *arguments], input=stdin, capture_output=True, text=True, env=env, check=False)


def decided(path: Path) -> None:
    db = desk(path, [line("a1"), line("a2", "Old bike.")])
    ann = person(db, "Ann Example")
    with writing(db):
        record(db, ann, 1, Decision("refer", "one_strong"), NOW)
        record(db, ann, 2, Decision("no_concern", "other_kind"), NOW)
    db.close()


def test_result_lines_and_error_lines_are_imported_as_they_are(tmp_path: Path) -> None:
    results = tmp_path / "results.jsonl"
    broken = {**line("a3"), "text_sha256": "0" * 64}
    rows = [line("a1"), {"schema": "thb-error/1", "error": "not UTF-8"}, line("a2", "Old bike.", route="none"), broken]
    results.write_text("".join(json.dumps(row) + "\n" for row in rows) + "nonsense\n")
    done = run("review", "import", str(results), "--db", str(tmp_path / "d.db"))
    assert done.returncode == 3
    assert "2 new (1 review, 1 none), 0 known already" in done.stderr
    for place in ("results.jsonl:2: was not screened: not UTF-8", "results.jsonl:4:", "results.jsonl:5:"):
        assert place in done.stderr
    again = run("review", "--db", str(tmp_path / "d.db"), "import", str(results))
    assert "0 new (none), 2 known already" in again.stderr


def test_ads_are_screened_on_import_and_need_a_basis(tmp_path: Path) -> None:
    ads = tmp_path / "ads.jsonl"
    text = "Job abroad, good salary. We keep your passport in the office. No contract, cash in hand only."
    ads.write_text(json.dumps({"id": "a1", "text": text}) + "\n")
    database = str(tmp_path / "d.db")
    assert "has no basis" in run("review", "import", str(ads), "--db", database).stderr
    assert run("review", "import", str(ads), "--db", database, "--basis", "synthetic").returncode == 0
    db = open_store(database)
    kept = json.loads(db.execute("SELECT line FROM ads").fetchone()[0])
    assert (kept["route"], kept["basis"], kept["ad"]["text"]) == ("review", "synthetic", text)


def test_verify_prints_the_digest_and_finds_a_tampered_row(tmp_path: Path) -> None:
    decided(tmp_path / "d.db")
    done = run("review", "verify", "--db", str(tmp_path / "d.db"))
    digest = done.stdout.split()[-1]
    assert done.returncode == 0 and "4 entries, no faults" in done.stdout and re.fullmatch("[0-9a-f]{64}", digest)
    assert run("review", "verify", "--db", str(tmp_path / "d.db"), "--noted", digest).returncode == 0
    db = open_store(tmp_path / "d.db")
    db.execute("DROP TRIGGER log_is_not_updated")
    db.execute("UPDATE log SET entry = replace(entry, 'one_strong', 'other_ads') WHERE seq = 3")
    tampered = run("review", "verify", "--db", str(tmp_path / "d.db"))
    assert tampered.returncode == 2
    assert "entry 3: does not follow from the entry before it" in tampered.stderr


def test_export_writes_each_format_and_the_log_says_so(tmp_path: Path) -> None:
    decided(tmp_path / "d.db")
    database = str(tmp_path / "d.db")
    labels = run("review", "export", "--db", database).stdout.splitlines()
    assert [json.loads(row)["label"] for row in labels] == [1, 0]
    run("review", "export", "--db", database, "--format", "label-studio", "-o", str(tmp_path / "tasks.json"))
    assert len(json.loads((tmp_path / "tasks.json").read_text())) == 2
    assert run("review", "export", "--db", database, "--format", "label-studio-config").stdout.startswith("<View>")
    db = open_store(database)
    assert [entry.what["what"] for entry in log.entries(db, limit=3)] == ["label-studio-config", "label-studio", "train"]


def test_add_user_reads_a_password_and_refuses_a_weak_one(tmp_path: Path) -> None:
    database = str(tmp_path / "d.db")
    weak = run("review", "add-user", "Ann Example", "--db", database, stdin="short\n")
    assert weak.returncode == 2 and "a password has 12 to 200 characters" in weak.stderr
    assert run("review", "add-user", "Ann Example", "--db", database, "--administrator", stdin=PASSWORD + "\n").returncode == 0
    again = run("review", "add-user", "ann example", "--db", database, stdin=PASSWORD + "\n")
    assert again.returncode == 2 and "there is a person named 'ann example' already" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--host", "0.0.0.0"], "unencrypted"),
        (["--host", "192.0.2.7", "--tls-certificate", "none.pem"], "together"),
        (["--tls-certificate", "none.pem", "--tls-key", "none.pem"], "no such file"),
    ],
)
def test_the_desk_does_not_start_where_others_could_listen(tmp_path: Path, arguments: list[str], words: str) -> None:
    done = run("review", "--db", str(tmp_path / "d.db"), *arguments)
    assert done.returncode == 2 and words in done.stderr
    assert not (tmp_path / "d.db").exists()


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    assert "say which database: --db FILE" in run("review").stderr
    assert "there is no such file" in run("review", "verify", "--db", str(tmp_path / "none.db")).stderr
    (tmp_path / "x.db").write_text("no database " * 100)
    assert "not a review database" in run("review", "verify", "--db", str(tmp_path / "x.db")).stderr


def test_the_desk_starts_prints_its_set_up_address_and_answers(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [*COMMAND, "review", "--db", str(tmp_path / "d.db"), "--port", str(port)]
    env = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env) as server:
        try:
            assert server.stdout is not None
            said = ""
            while "/setup?key=" not in said:
                said += server.stdout.readline()
            address = re.search(r"http://\S+/setup\?key=\S+", said)
            assert address
            for _ in range(100):
                try:
                    answer = httpx.get(address[0])
                    break
                except httpx.TransportError:
                    time.sleep(0.1)
            assert answer.status_code == 200 and "Set up the desk" in answer.text
            assert "server" not in answer.headers
        finally:
            server.terminate()
