from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from thb_indicators.cli import app

ADS = [
    {"id": "a1", "text": "Job abroad, good salary. We keep your passport in the office. No contract, cash in hand only."},
    {"id": "a2", "text": "Fresh cherries from our farm, delivery every day."},
    {"id": "=cmd", "text": "Work abroad. Call \x1b[31m07700 900123"},
]


def run(*arguments: str, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", "from thb_indicators.cli import main; main()", *arguments]
    env = {**os.environ, "COLUMNS": "200", **environment}
    return subprocess.run(command, input=stdin, capture_output=True, env=env, check=False)


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "ads.jsonl"
    path.write_text("".join(json.dumps(ad) + "\n" for ad in ADS))
    return str(path)


def test_screen_gives_one_result_a_line_in_order(file: str) -> None:
    done = run("screen", file, "--basis", "synthetic")
    assert done.returncode == 0
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["ad_id"] for line in lines] == ["a1", "a2", "=cmd"]
    assert lines[0]["route"] == "review"
    assert all(line["human_review"] == "required" and line["basis"] == "synthetic" for line in lines)
    assert b"Leads for human review, not findings" in done.stderr


def test_a_missing_basis_is_refused_with_what_to_do(file: str) -> None:
    done = run("screen", file)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"--basis synthetic or --basis consented" in done.stderr


def test_bad_lines_become_records_and_exit_code_3(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"id": "x", "text": "one", "basis": "consented"}\n{"text": 5}\n{"id": "y", "text": "two"}\n')
    done = run("screen", str(path))
    first, second, third = map(json.loads, done.stdout.splitlines())
    assert done.returncode == 3
    assert first["schema"] == "thb-assessment/1"
    assert (second["schema"], second["line"]) == ("thb-error/1", 2)
    assert third["schema"] == "thb-error/1" and "basis" in third["error"]


def test_the_share_of_quiet_ads_that_is_drawn_can_be_set(tmp_path: Path) -> None:
    path = tmp_path / "quiet.jsonl"
    quiet = ({"id": str(i), "text": f"Fresh cherries from our farm, basket {i}, delivery every day."} for i in range(100))
    path.write_text("".join(json.dumps(ad) + "\n" for ad in quiet))
    drawn = {}
    for rate in ("0.2", "0.6", "1"):
        done = CliRunner().invoke(app, ["screen", str(path), "--basis", "synthetic", "--sample-rate", rate])
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        assert done.exit_code == 0
        assert {line["policy"] for line in lines} == {f"default/1 sample-rate={float(rate)}"}
        drawn[rate] = {line["ad_id"] for line in lines if line["route"] == "sample"}
    assert drawn["0.2"] < drawn["0.6"] < drawn["1"]
    assert (10 <= len(drawn["0.2"]) <= 30, len(drawn["1"])) == (True, 100)


@pytest.mark.parametrize("rate", ["-0.1", "1.5", "nan"])
def test_a_sample_rate_that_is_no_share_is_refused(file: str, rate: str) -> None:
    done = CliRunner().invoke(app, ["screen", file, "--basis", "synthetic", "--sample-rate", rate])
    assert done.exit_code == 2
    assert f"from 0 to 1 (0.05 is 5 %), not {rate}" in " ".join(done.output.split())


def test_the_same_bytes_come_out_whatever_the_hash_seed_and_jobs(file: str) -> None:
    outputs = {
        run("screen", file, "--basis", "synthetic", "--jobs", jobs, PYTHONHASHSEED=seed).stdout
        for jobs, seed in (("1", "1"), ("1", "2"), ("2", "3"))
    }
    assert len(outputs) == 1
    assert outputs.pop()


def test_standard_input_is_read(file: str) -> None:
    done = run("screen", "-", "--basis", "consented", stdin=Path(file).read_bytes())
    assert len(done.stdout.splitlines()) == 3


def test_csv_output_holds_no_formula(file: str, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    assert run("screen", file, "--basis", "synthetic", "--format", "csv", "-o", str(out)).returncode == 0
    rows = list(csv.DictReader(io.StringIO(out.read_text())))
    assert [row["ad_id"] for row in rows] == ["a1", "a2", "'=cmd"]
    assert not any(value.startswith(("=", "+", "@")) for row in rows for value in row.values())


def test_the_table_ranks_what_to_read_first(file: str) -> None:
    text = run("screen", file, "--basis", "synthetic", "--format", "table").stdout.decode()
    assert text.index("a1") < text.index("a2")
    assert "document_handover" in text
    assert "\x1b[31m" not in text


def test_explain_shows_what_why_and_what_else_it_may_mean(file: str) -> None:
    text = run("explain", file, "--id", "a1", "--basis", "synthetic").stdout.decode()
    for words in ("We keep your passport", "why it matters", "ordinary readings", "baseline", "log-odds", "A person decides"):
        assert words in text
    assert "\x1b[31m07700" not in run("explain", file, "--id", "=cmd", "--basis", "synthetic").stdout.decode()


def test_explain_of_an_unknown_ad_is_refused(file: str) -> None:
    done = run("explain", file, "--id", "nobody", "--basis", "synthetic")
    assert done.returncode == 2
    assert b"no ad with the id 'nobody'" in done.stderr


def test_an_unknown_file_is_refused_without_a_traceback() -> None:
    done = run("screen", "nowhere.jsonl", "--basis", "synthetic")
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr and b"nowhere.jsonl" in done.stderr


def test_lexicon_show_explains_an_indicator() -> None:
    text = run("lexicon", "show", "document_handover").stdout.decode()
    assert "B09" in text and "ILO2012" in text and "en.document_handover." in text


def test_lexicon_stats_are_data() -> None:
    data = json.loads(run("lexicon", "stats", "--format", "json", "--today", "2026-11-21").stdout)
    assert data["patterns"] >= 300 and data["stale"] == [] and data["corpus"] is None


def test_lexicon_stats_on_ads_show_what_fires_and_what_is_due(file: str) -> None:
    done = run("lexicon", "stats", file, "--basis", "synthetic", "--format", "json", "--today", "2099-01-01")
    data = json.loads(done.stdout)
    assert len(data["stale"]) == data["patterns"]
    assert data["corpus"]["ads"] == 3
    assert {"id": "document_handover", "ads": 1, "share": 1 / 3, "held_back": 0} in data["corpus"]["indicators"]
    text = run("lexicon", "stats", file, "--basis", "synthetic").stdout.decode()
    assert "3 ads, 1 with an indicator" in text and "document_handover" in text and "never fire" in text
    refused = run("lexicon", "stats", file)
    assert refused.returncode == 2 and b"has no basis for processing" in refused.stderr


def test_lexicon_lint_names_faults_of_an_own_pack(tmp_path: Path) -> None:
    bad = tmp_path / "own.yaml"
    bad.write_text("schema: thb-lexicon/1\nlanguage: en\npaterns: []\n")
    done = run("lexicon", "lint", "--lexicon", str(bad))
    assert done.returncode == 2
    assert (
        b"own.yaml:3: unknown key `paterns`" in done.stderr.replace(b"\n", b" ") and b"did you mean `patterns`?" in done.stderr
    )


def test_the_demo_writes_a_report_a_person_can_open(tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    done = run("demo", "-o", str(report))
    assert done.returncode == 0
    assert b"to read first" in done.stdout and b"ordinary readings" in done.stdout
    page = report.read_text("utf-8")
    assert page.startswith("<!doctype html>") and "Leads for human review" in page and "<script" not in page
