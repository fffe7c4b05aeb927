from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from xml.etree import ElementTree as ET

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from review_cases import NOW, TEXT, desk, line, person

from thb_indicators.catalogue import read_catalogue
from thb_indicators.errors import InputError
from thb_indicators.labeled import read_labeled
from thb_indicators.records import Ad
from thb_indicators.resources import data_path
from thb_indicators.review import export, log, statement
from thb_indicators.review.decision import VERDICTS, Correction, Decision, record, stored
from thb_indicators.review.export import Judged, Mark, from_label_studio, from_training, judged, to_label_studio, to_training
from thb_indicators.review.store import writing
from thb_indicators.spans import Span


def decided(path: Path) -> sqlite3.Connection:
    emoji = "🌾🌾 Farm work abroad. We keep your passport."
    lines = [line("a1"), line("a2", emoji, ad={"account": None}, indicators=[]), line("a3", "Old bike."), line("a4", "Hm."),
             line("a5", "No text kept")]  # fmt: skip
    del lines[4]["ad"]
    db = desk(path, lines)
    ann = person(db, "Ann Example")
    missed = Correction("document_handover", "missed", "text", Span(emoji.index("We"), len(emoji) - 1))
    decisions = [
        Decision("no_concern", "quoted", "A note.", (Correction("document_handover", "fired_wrongly"),)),
        Decision("refer", "one_strong", "", (missed, Correction("implausible_pay", "missed"))),
        Decision("spam_or_scam", "spam"), Decision("insufficient", "too_little"), Decision("refer", "one_strong"),
    ]  # fmt: skip
    with writing(db):
        for number, decision in enumerate(decisions, 1):
            record(db, ann, number, decision, NOW)
    return db


def test_training_lines_are_read_by_the_trainer_as_they_were_decided(tmp_path: Path) -> None:
    db = decided(tmp_path / "d.db")
    file = tmp_path / "labels.jsonl"
    file.write_bytes(b"".join(export.training_lines(db)))
    rows = read_labeled(file)
    assert [(row.ad.id, row.label, row.group) for row in rows] == [
        ("a1", 0, "account acc-a1"),
        ("a2", 1, None),
        ("a3", 0, "account acc-a3"),
    ]
    assert rows[0].ad.text == TEXT and rows[0].ad.basis == "synthetic" and rows[0].time == "2026-05-01"
    assert "Ann" not in file.read_text() and "A note" not in file.read_text()


def test_an_advertisers_cluster_is_its_group(tmp_path: Path) -> None:
    db = decided(tmp_path / "d.db")
    db.execute("INSERT INTO members VALUES ('a1', 'c7')")
    assert next(iter(judged(db))).group == "c7"


def test_both_formats_read_back_exactly(tmp_path: Path) -> None:
    found = list(judged(decided(tmp_path / "d.db")))
    assert [one.ad.id for one in found] == ["a1", "a2", "a3", "a4"]
    for one in found:
        assert from_label_studio(json.loads(json.dumps(to_label_studio(one)))) == one
        if one.label is not None:
            assert from_training(json.loads(json.dumps(to_training(one)))) == one
    assert found[0].marks == (Mark("document_handover", "fired_wrongly", "text", 18, 39),)
    assert Mark("implausible_pay", "missed") in found[1].marks


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
verdicts = st.sampled_from([(verdict, reason) for verdict, (_, reasons) in VERDICTS.items() for reason in reasons])


@st.composite
def judgments(draw: st.DrawFn) -> Judged:
    ad = Ad(draw(texts.filter(bool)), draw(texts.filter(bool)), draw(texts), draw(st.none() | st.just("en")), None,
            draw(st.none() | texts.filter(bool)), "2026-01-01", None, draw(st.none() | texts.filter(bool)),
            draw(st.sampled_from(["synthetic", "consented"])))  # fmt: skip
    marks = []
    for _ in range(draw(st.integers(0, 4))):
        field = draw(st.sampled_from(["text", "title"]))
        size = len(ad.field(field))
        place = (field, start := draw(st.integers(0, size - 1)), draw(st.integers(start + 1, size))) if size else ("", 0, 0)
        marks.append(Mark(draw(st.sampled_from(["a", "b"])), draw(st.sampled_from(["confirmed", "missed"])), *place))
    verdict, reason = draw(verdicts)
    return Judged(ad, verdict, reason, draw(st.none() | texts), draw(st.integers(1, 3)), NOW, tuple(sorted(set(marks))))


@given(judgments())
def test_any_judgment_reads_back_exactly(one: Judged) -> None:
    assert from_label_studio(msgspec.json.decode(msgspec.json.encode(to_label_studio(one)))) == one
    if one.label is not None:
        assert from_training(msgspec.json.decode(msgspec.json.encode(to_training(one)))) == one


def test_label_studio_offsets_are_code_points_and_must_fit(tmp_path: Path) -> None:
    one = next(one for one in judged(decided(tmp_path / "d.db")) if one.ad.id == "a2")
    task = to_label_studio(one)
    region = task["annotations"][0]["result"][0]
    assert region["value"]["text"] == "We keep your passport"
    assert (region["value"]["start"], region["type"], region["to_name"]) == (21, "labels", "text")
    region["value"]["start"] += 1
    with pytest.raises(InputError, match="does not stand at"):
        from_label_studio(task)
    with pytest.raises(InputError, match="not a task"):
        from_label_studio({"data": {}})


def test_the_labeling_interface_knows_every_name_that_a_task_uses(tmp_path: Path) -> None:
    catalogue = read_catalogue(data_path("lexicons"))
    root = ET.fromstring(export.label_studio_config({info.id: info.title for info in catalogue.values()}))
    names = {element.get("name") for element in root.iter() if element.get("name")}
    choices = {element.get("value") for element in root.iter("Choice")} | {
        element.get("value") for element in root.iter("Label")
    }
    for one in judged(decided(tmp_path / "d.db")):
        for result in to_label_studio(one)["annotations"][0]["result"]:
            assert result["from_name"] in names and result["to_name"] in names
            assert set(result["value"].get("choices", []) + result["value"].get("labels", [])) <= choices


# --- statements of reasons -------------------------------------------------------------------------------------------------

FILLED = dict.fromkeys(statement.FIELDS, "Said in full.")


def test_a_draft_says_what_the_desk_knows_and_leaves_the_rest_to_a_person(tmp_path: Path) -> None:
    db = decided(tmp_path / "d.db")
    draft = statement.draft(db, stored(db, 1))
    assert (draft.status, draft.completed_by, draft.human_review) == ("draft", None, "required")
    assert draft.fields["facts"].startswith("The ad was read by 1 person. Verdict: no concern; the ad quotes it")
    assert "It took no decision" in draft.fields["automated_means"]
    assert {name for name, text in draft.fields.items() if not text} == {
        "restriction", "scope", "legal_ground", "contractual_ground", "redress",
    }  # fmt: skip
    line = statement.to_json(draft)
    assert {field["source"] for field in line["fields"].values()} == {f"Art. 17(3)({letter})" for letter in "abcdef"}


def test_only_a_named_person_completes_a_statement(tmp_path: Path) -> None:
    db = decided(tmp_path / "d.db")
    ann, ad = person(db, "Bo Example"), stored(db, 1)
    with pytest.raises(InputError, match="type your own name"):
        statement.complete(db, ann, ad, FILLED, "Ann Example", NOW)
    with pytest.raises(InputError, match="still empty: restriction"):
        statement.complete(db, ann, ad, {**FILLED, "restriction": " "}, "Bo Example", NOW)
    with pytest.raises(InputError, match="legal_ground or contractual_ground".replace("_", " ")):
        statement.complete(db, ann, ad, {**FILLED, "legal_ground": "", "contractual_ground": ""}, "Bo Example", NOW)
    assert statement.kept(db, 1) is None
    with writing(db):
        statement.complete(db, ann, ad, {**FILLED, "legal_ground": ""}, "bo example", NOW)
    kept = statement.kept(db, 1)
    assert kept is not None and (kept.status, kept.completed_by) == ("completed", "Bo Example")
    assert next(log.entries(db)).kind == "statement" and log.verify(db) == []
