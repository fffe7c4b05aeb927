from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from thb_indicators.cli import app


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("learn")
    assert run("synth", "350", "--seed", "4", "-o", str(folder / "c.jsonl")).exit_code == 0
    done = run("train", str(folder / "c.jsonl"), "-o", str(folder / "model"))
    assert done.exit_code == 0, done.output
    assert "Synthetic ads" in done.output and "rules alone" in done.output
    return folder


def test_a_trained_model_screens_and_says_its_name(trained: Path) -> None:
    result = trained / "out.jsonl"
    done = run("screen", str(trained / "c.jsonl"), "--model", str(trained / "model"), "-o", str(result))
    assert done.exit_code == 0, done.output
    lines = [json.loads(line) for line in result.read_text("utf-8").splitlines()]
    assert len(lines) == 350
    assert {line["model_version"] for line in lines} == {"model"}
    for line in lines[:50]:
        total = line["baseline"] + sum(c["log_odds"] for c in line["contributions"])
        assert total == pytest.approx(line["log_odds"], abs=1e-9)


def test_evaluate_writes_figures_and_a_page(trained: Path) -> None:
    run("synth", "200", "--seed", "99", "-o", str(trained / "new.jsonl"))
    done = run("evaluate", str(trained / "new.jsonl"), "--model", str(trained / "model"), "-o", str(trained / "eval"))
    assert done.exit_code == 0, done.output
    report = json.loads((trained / "eval" / "evaluation.json").read_text())
    assert report["test"] == 200
    assert report["figures"][0]["average_precision"]["value"] > report["positives"]
    assert (trained / "eval" / "evaluation.html").read_text().startswith("<!doctype html>")


def test_suggest_proposes_terms(trained: Path) -> None:
    done = run("lexicon", "suggest", str(trained / "c.jsonl"), "--limit", "5")
    assert done.exit_code == 0, done.output
    assert "Proposals only" in done.output


def test_audit_prints_the_largest_changes() -> None:
    done = run("audit", "--ads", "4", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["ads"] == 4


@pytest.mark.parametrize("command", [["train"], ["evaluate"], ["lexicon", "suggest"]])
def test_the_columns_of_a_corpus_can_be_named_everywhere(command: list[str]) -> None:
    done = CliRunner(env={"COLUMNS": "200", "TERM": "dumb"}).invoke(app, [*command, "--help"])
    for option in ("--text", "--label", "--group", "--time", "--basis"):
        assert option in done.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train", "missing.jsonl", "-o", "m"], "No such file"),
        (["evaluate", "{corpus}", "--model", "missing"], "cannot be read"),
        (["train", "{corpus}", "-o", "m", "--ungrouped"], "insist with"),
        (["train", "{corpus}", "-o", "m", "--label", "nope"], "holds None, which is no label"),
    ],
)
def test_what_a_user_can_mend_is_one_sentence_and_exit_2(trained: Path, arguments: list[str], message: str) -> None:
    done = run(*(part.format(corpus=trained / "c.jsonl") for part in arguments))
    assert done.exit_code == 2
    assert message in " ".join(done.output.split())
