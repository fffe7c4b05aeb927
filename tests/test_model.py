from __future__ import annotations

import json
import pickle
from pathlib import Path

import msgspec
import pytest

import thb_indicators as thb
from thb_indicators.model import Model, about_model, load_model, save_model
from thb_indicators.terms import TermWeights

MODEL = Model("test/1", -2.5, {"document_handover": 1.25}, TermWeights({"paid weekly": (1.5, 0.25), "pay": (1.1, -0.125)}))


def test_a_saved_model_comes_back_the_same(tmp_path: Path) -> None:
    save_model(MODEL, tmp_path, {"seed": 3})
    assert load_model(tmp_path) == MODEL
    assert about_model(tmp_path) == {"seed": 3}
    first = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    save_model(MODEL, tmp_path, {"seed": 3})
    assert first == {file.name: file.read_bytes() for file in tmp_path.iterdir()}


@pytest.mark.parametrize("file", ["manifest.json", "terms.json"])
def test_an_altered_file_is_refused_by_name(tmp_path: Path, file: str) -> None:
    save_model(MODEL, tmp_path)
    path = tmp_path / file
    path.write_text(path.read_text("utf-8").replace("0.25", "9.25").replace("1.25", "9.25"), "utf-8")
    with pytest.raises(thb.ModelError, match=f"{file}: was altered"):
        load_model(tmp_path)


def test_a_pickle_is_refused_unopened(tmp_path: Path) -> None:
    path = tmp_path / "model.pkl"
    path.write_bytes(pickle.dumps({"weights": {}}))
    with pytest.raises(thb.ModelError, match="is a pickle, which runs code when loaded"):
        load_model(path)


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(thb.ModelError, match="cannot be read"):
        load_model(tmp_path)
    (tmp_path / "manifest.json").write_text(json.dumps({"schema": "thb-model/9"}))
    with pytest.raises(thb.ModelError, match=r"manifest\.json"):
        load_model(tmp_path)


def test_a_model_of_another_lexicon_is_refused(lexicon: thb.Lexicon) -> None:
    other = msgspec.structs.replace(MODEL, lexicon_digest="sha256:0000")
    with pytest.raises(thb.ModelError, match="was made with the lexicon sha256:0000"):
        thb.Screener(lexicon, other)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({"document_handover": -1.0}, "must not lower a score"),
        ({"C10": 0.5}, "must not raise a score"),
        ({"stated_age_low": 0.5}, "must weigh 0"),
        ({"nonsense": 0.5}, "has no indicator 'nonsense'"),
    ],
)
def test_weights_the_catalogue_rules_out_are_refused(lexicon: thb.Lexicon, weights: dict[str, float], message: str) -> None:
    with pytest.raises(thb.ModelError, match=message):
        thb.Screener(lexicon, Model("bad/1", -4.0, weights))


def test_the_shipped_model_was_made_with_the_shipped_lexicon(lexicon: thb.Lexicon) -> None:
    shipped = load_model()
    assert shipped.lexicon_digest == lexicon.digest, "run `make model`: the lexicon has changed since"
    assert shipped.version == "synthetic/1"
    assert shipped.terms is None
    shipped.check(lexicon)
    assert "Synthetic" in about_model()["note"]


def test_added_patterns_leave_the_shipped_model_of_use(tmp_path: Path, lexicon: thb.Lexicon) -> None:
    pack = tmp_path / "own.yaml"
    pack.write_text(
        """schema: thb-lexicon/1
language: en
patterns:
  - id: en.document_handover.own
    indicator: document_handover
    any: ["zorble the booklet"]
    references: [PALERMO2000]
    added: 2026-11-21
    review_by: 2027-11-21
    examples:
      fires: ["We zorble the booklet", "Zorble the booklet now"]
      silent: ["We never zorble the booklet", "The booklet"]
""".replace("PALERMO2000", next(iter(lexicon.sources))),
        "utf-8",
    )
    extended = thb.Lexicon.load(extra=[pack])
    assert extended.digest != lexicon.digest
    assert thb.Screener(extended).model.version == "synthetic/1"
