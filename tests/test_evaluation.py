from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

import thb_indicators as thb
from thb_indicators.errors import InputError
from thb_indicators.evaluation import at_capacity, average_precision, figures, split
from thb_indicators.labeled import Columns, Labeled, near_copies, read_labeled
from thb_indicators.learn import Options, evaluate, read_corpus, refuse_copies, train
from thb_indicators.model import Model
from thb_indicators.records import Ad
from thb_indicators.report.evaluation import render_evaluation
from thb_indicators.synth.generate import generate


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 4)), min_size=2, max_size=60), st.integers(1, 70))
def test_ties_at_the_capacity_count_by_their_expected_share(rows: list[tuple[bool, int]], ads: int) -> None:
    labels, scores = np.array([int(a) for a, _ in rows]), np.array([float(b) for _, b in rows])
    if not labels.any():
        return
    found = at_capacity(labels, scores, ads)
    rng = np.random.default_rng(0)
    drawn = []
    for _ in range(300):
        order = np.lexsort((rng.random(len(scores)), -scores))[: min(ads, len(scores))]
        drawn.append(labels[order].mean())
    assert found.precision == pytest.approx(float(np.mean(drawn)), abs=0.12)
    assert found.recall == pytest.approx(found.precision * min(ads, len(labels)) / labels.sum())


@given(st.integers(0, 1000), st.booleans())
def test_no_group_straddles_a_split(seed: int, by_time: bool) -> None:
    rng = np.random.default_rng(seed)
    groups = rng.integers(0, 25, 120)
    labels = rng.integers(0, 2, 120)
    times = [f"2026-01-{day:02d}" for day in rng.integers(1, 28, 120)]
    try:
        fitting, test, _ = split(labels, groups, times, by_time=by_time, seed=seed)
    except InputError:
        return
    assert not set(groups[fitting]) & set(groups[test])
    assert not set(fitting.tolist()) & set(test.tolist())


def test_on_random_labels_average_precision_is_the_base_rate() -> None:
    rng = np.random.default_rng(4)
    groups = np.repeat(np.arange(300), 3)
    labels = np.repeat(rng.integers(0, 2, 300), 3)
    found = average_precision(labels, rng.random(900), groups)
    assert found.low <= labels.mean() <= found.high


def test_figures_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 2, 200)
    scores = labels + rng.normal(size=200)
    found = figures("x", labels, scores, np.arange(200), calibrated=True)
    assert found.average_precision.value == pytest.approx(average_precision_score(labels, scores))
    assert sum(count for _, _, count in found.reliability) == 200
    assert found.brier == pytest.approx(np.mean((1 / (1 + np.exp(-scores)) - labels) ** 2))


def test_near_copies_share_a_group_and_others_do_not() -> None:
    base = "kitchen help wanted at our restaurant by the river with a written contract and paid holidays every year"
    texts = [
        f" {base} . ",
        f" {base} today . ",
        f" {base.replace('river', 'lake')} . ",
        " a bike for sale , hardly used , blue . ",
    ]
    groups = near_copies(texts)
    assert len(set(groups[:3].tolist())) == 1
    assert groups[3] not in groups[:3]


def test_short_texts_share_a_group_where_only_numbers_and_places_differ() -> None:
    texts = [" rooms in lisbon , 40 . ", " rooms in porto , 55 . ", " rooms by the sea . ", " 55 ! ", " 55 ! ", " 40 ! "]
    assert near_copies(texts).tolist() == [0, 0, 2, 3, 3, 5]


def test_no_texts_have_no_groups() -> None:
    assert near_copies([]).tolist() == []


@pytest.fixture(scope="module")
def corpus_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("corpus") / "c.jsonl"
    path.write_text("".join(json.dumps(_row(ad)) + "\n" for ad in generate(400, seed=21)), "utf-8")
    return path


def _row(ad: Any) -> dict[str, Any]:
    return {
        field: getattr(ad, field)
        for field in ("id", "text", "title", "language", "posted_at", "basis", "label", "group", "domain")
    }


def test_every_kind_of_file_gives_the_same_corpus(corpus_file: Path, tmp_path: Path) -> None:
    rows = [json.loads(line) for line in corpus_file.read_text("utf-8").splitlines()]
    renamed = [
        {**{k: v for k, v in row.items() if k not in ("text", "label")}, "body": row["text"], "y": bool(row["label"])}
        for row in rows
    ]
    with gzip.open(tmp_path / "c.csv.gz", "wt", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(renamed[0]))
        writer.writeheader()
        writer.writerows(renamed)
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.Table.from_pylist(renamed), tmp_path / "c.parquet")
    columns = Columns(text="body", label="y")
    expected = read_labeled(corpus_file)
    assert read_labeled(tmp_path / "c.csv.gz", columns=columns) == expected
    assert read_labeled(tmp_path / "c.parquet", columns=columns) == expected


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"text": "a", "basis": "synthetic"}', "the column 'label' holds None"),
        ('{"text": "a", "label": "perhaps", "basis": "synthetic"}', "holds 'perhaps', which is no label"),
        ('{"label": 1, "basis": "synthetic"}', "no text in the column 'text'"),
        ('{"text": "a", "label": 1}', "nothing says why"),
        ('{"text": ', "every line is one JSON object"),
    ],
)
def test_a_bad_row_is_refused_with_its_place(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text('{"text": "a", "label": 0, "basis": "synthetic"}\n' + line + "\n")
    with pytest.raises(InputError, match=message) as caught:
        read_labeled(path)
    assert f"{path}:2" in str(caught.value)


def test_a_corpus_has_the_limits_of_any_other_file(tmp_path: Path) -> None:
    good = b'{"text": "a", "label": 0, "basis": "synthetic"}\n'
    (tmp_path / "long.jsonl").write_bytes(good + b'{"text": "' + b"x" * 1_200_000 + b'"}\n')
    (tmp_path / "short.csv").write_bytes(b"text,label\na,1\nb\n")
    (tmp_path / "none.csv").write_bytes(b"body,label\na,1\n")
    (tmp_path / "cut.jsonl.gz").write_bytes(gzip.compress(good * 9)[:-12])
    for name, message in {
        "long.jsonl": "long.jsonl:2: the line is longer than 1000000 bytes",
        "short.csv": "short.csv:3: 1 column too few",
        "none.csv": "there is no column `text`",
        "cut.jsonl.gz": "breaks off here",
        "absent.csv": "No such file",
    }.items():
        with pytest.raises(InputError, match=message):
            read_labeled(tmp_path / name, "synthetic")


def test_numbers_may_name_who_posted_and_when(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text('{"text": "a", "label": true, "group": 7, "posted_at": 1700000000, "account": 9}\n')
    (row,) = read_labeled(path, "synthetic")
    assert (row.group, row.time, row.ad.account, row.label) == ("7", "1700000000", "9", 1)


def test_training_reports_beside_its_baselines(corpus_file: Path, lexicon: thb.Lexicon) -> None:
    corpus = read_corpus(read_labeled(corpus_file), lexicon)
    model, report = train(corpus, lexicon, Options(), "test/1")
    again, _ = train(corpus, lexicon, Options(), "test/1")
    assert model == again
    assert [f.name for f in report.figures] == ["this model", "rules alone", "TF-IDF + LR"]
    assert report.figures[0].average_precision.value > report.positives
    assert report.train + report.test <= 400
    page = render_evaluation(report, "A title <b>", "note")
    assert "&lt;b&gt;" in page and page.count("<svg") >= 2 and "http://" not in page
    judged = evaluate(corpus, lexicon, Model.rules())
    assert judged.test == 400 and judged.figures[0].average_precision == judged.figures[1].average_precision


def test_copies_are_not_split_unless_insisted_upon(corpus_file: Path, lexicon: thb.Lexicon) -> None:
    rows = [Labeled(row.ad, row.label) for row in read_labeled(corpus_file)]
    corpus = read_corpus(rows, lexicon)
    assert corpus.grouped == "exact and near copies in the text"
    with pytest.raises(InputError, match="share an advertiser or a text"):
        train(corpus, lexicon, Options(ungrouped=True), "test/1")
    refuse_copies(corpus, Options())
    refuse_copies(corpus, Options(ungrouped=True, insist=True))


def test_one_class_is_refused(lexicon: thb.Lexicon) -> None:
    rows = [Labeled(Ad("a", "text", basis="synthetic"), 0)] * 3
    with pytest.raises(InputError, match="both 0 and 1 are needed"):
        read_corpus(rows, lexicon)
