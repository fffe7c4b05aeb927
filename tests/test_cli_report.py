"""The command `report`, as a user calls it."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from report_cases import ADS, CLUSTER, LINK
from typer.testing import CliRunner

from thb_indicators.cli import app

NUMBER, WORDING = "07700 900123", "younger friend"


@pytest.fixture
def ads(tmp_path: Path) -> Path:
    path = tmp_path / "ads.jsonl"
    path.write_bytes(b"".join(msgspec.json.encode(ad) + b"\n" for ad in ADS))
    return path


def run(*arguments: object) -> Any:
    return CliRunner().invoke(app, [str(one) for one in arguments])


def test_results_that_keep_their_ads_and_the_ads_give_the_same_report(ads: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.jsonl"
    assert run("screen", ads, "--with-ad", "-o", kept).exit_code == 0
    assert json.loads(kept.read_text().splitlines()[0])["ad"]["city"] == "Ghent"
    assert run("report", kept, "-o", tmp_path / "a.html").exit_code == 0
    assert run("report", ads, "-o", tmp_path / "b.html").exit_code == 0
    page = (tmp_path / "a.html").read_text()
    assert page == (tmp_path / "b.html").read_text()
    assert "keep your passport" in page


def test_screen_keeps_no_ad_unless_asked(ads: Path, tmp_path: Path) -> None:
    plain = tmp_path / "plain.jsonl"
    run("screen", ads, "-o", plain)
    assert NUMBER not in plain.read_text() and '"ad":' not in plain.read_text()
    assert run("report", plain, "-o", tmp_path / "r.html").exit_code == 0
    assert "The text was not kept" in (tmp_path / "r.html").read_text()


@pytest.mark.parametrize("name", ["r.html", "r.sarif", "r.csv"])
def test_masked_bytes_are_not_in_the_file_unless_asked_for(ads: Path, tmp_path: Path, name: str) -> None:
    hidden, shown = tmp_path / name, tmp_path / f"revealed-{name}"
    assert run("report", ads, "-o", hidden).exit_code == 0
    assert NUMBER not in hidden.read_text() and WORDING not in hidden.read_text()
    if not name.endswith("csv"):  # a table holds no wording
        assert run("report", ads, "-o", shown, "--reveal").exit_code == 0
        assert NUMBER in shown.read_text() and WORDING in shown.read_text()


def test_clusters_and_links_stand_in_the_overview_and_beside_each_ad(ads: Path, tmp_path: Path) -> None:
    clusters, links, page = tmp_path / "clusters.jsonl", tmp_path / "links.jsonl", tmp_path / "r.html"
    clusters.write_text(json.dumps(CLUSTER) + "\n")
    links.write_text(json.dumps(LINK) + "\n")
    assert run("report", ads, "--clusters", clusters, "--links", links, "-o", page).exit_code == 0
    text = page.read_text()
    assert "One contact in several countries" in text and "slot 1" in text
    assert "the same phone number (+44 77•• ••••23)" in text
    assert text.count('class="strips"') == 1 and text.count("<circle") >= 4


def test_sarif_is_what_its_schema_asks_for(ads: Path, tmp_path: Path) -> None:
    file = tmp_path / "r.sarif"
    assert run("report", ads, "-o", file).exit_code == 0
    log = json.loads(file.read_text())
    assert log["version"] == "2.1.0" and len(log["runs"]) == 1
    run_ = log["runs"][0]
    driver = run_["tool"]["driver"]
    assert driver["name"] == "thb_indicators"
    assert len({rule["id"] for rule in driver["rules"]}) == len(driver["rules"])
    texts = {one["location"]["uri"]: one["contents"]["text"] for one in run_["artifacts"]}
    originals = {f"ads/{ad.id}.{name}": ad.field(name) for ad in ADS for name in ("title", "text") if ad.field(name)}
    assert texts.keys() == originals.keys()
    assert run_["results"]
    for result in run_["results"]:
        assert (result["kind"], result["level"]) == ("review", "none")
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"] and 0 <= result["rank"] <= 100
        for place in (one["physicalLocation"] for one in result["locations"] if "physicalLocation" in one):
            uri, region = place["artifactLocation"]["uri"], place["region"]
            part = slice(region["charOffset"], region["charOffset"] + region["charLength"])
            assert texts[uri][part] == region["snippet"]["text"]
            assert len(originals[uri][part]) == region["charLength"]


def test_a_table_has_one_row_an_ad(ads: Path, tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    assert run("report", ads, "-o", file).exit_code == 0
    rows = list(csv.DictReader(file.open(encoding="utf-8", newline="")))
    assert [row["ad_id"] for row in rows] == [ad.id for ad in ADS]
    assert {row["human_review"] for row in rows} == {"required"}


def test_a_bad_line_is_named_and_the_rest_reported(ads: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.jsonl"
    run("screen", ads, "--with-ad", "-o", kept)
    kept.write_text(kept.read_text() + '{"schema": "thb-assessment/1"}\n')
    done = run("report", kept, "-o", tmp_path / "r.html")
    assert done.exit_code == 3
    assert "kept.jsonl:6" in done.output.replace("\n", "")
    assert f"<b>{len(ADS)}</b> ads screened" in (tmp_path / "r.html").read_text()


@pytest.mark.parametrize("option", ["--clusters", "--links"])
def test_a_file_that_holds_something_else_is_refused(ads: Path, tmp_path: Path, option: str) -> None:
    done = run("report", ads, option, ads, "-o", tmp_path / "r.html")
    assert done.exit_code == 2
    assert "no line of" in done.output


@pytest.mark.parametrize("option", ["--clusters", "--links"])
def test_a_table_is_no_file_that_link_has_written(ads: Path, tmp_path: Path, option: str) -> None:
    (tmp_path / "rows.csv").write_text("left,right\na1,a2\n")
    done = run("report", ads, option, tmp_path / "rows.csv", "-o", tmp_path / "r.html")
    assert done.exit_code == 2
    assert "give the .jsonl file" in " ".join(done.output.split())


def test_only_the_most_pressing_are_shown_where_there_are_too_many(ads: Path, tmp_path: Path) -> None:
    assert run("report", ads, "--most", 1, "-o", tmp_path / "r.html").exit_code == 0
    page = (tmp_path / "r.html").read_text()
    assert page.count('<details class="item"') == 1
    assert "Shown are the 1 most pressing of 4 ads" in page
