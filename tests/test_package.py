from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("build")
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(ROOT)], check=True, capture_output=True
    )
    return next(folder.glob("*.whl"))


def test_a_wheel_installed_elsewhere_finds_its_lexicons_and_models(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
        names = archive.namelist()
    assert "thb_indicators/py.typed" in names
    assert not [name for name in names if name.startswith(("tests", "benchmarks"))]
    code = (
        "import thb_indicators as thb; s = thb.Screener(); "
        "a = s.assess(thb.Ad('a', 'Job abroad, good salary. We keep your passport.', basis='synthetic')); "
        "print(thb.__file__, [f.id for f in a.indicators])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert str(tmp_path) in done.stdout
    assert "document_handover" in done.stdout


def test_no_file_names_a_real_contact() -> None:
    import json
    import re

    from thb_indicators.contacts import extract_contacts

    lines = (ROOT / "thb_indicators" / "sample" / "ads.jsonl").read_text("utf-8").splitlines()
    lines += (ROOT / "benchmarks" / "data" / "holdout.jsonl").read_text("utf-8").splitlines()
    reserved = re.compile(r"(?:555\D?01\d\d|7700\D?900\d{3}|example)")
    for ad in map(json.loads, lines):
        for contact in extract_contacts(ad["text"], "US"):
            if contact.kind in ("phone", "email", "url") and not contact.obscured:
                assert reserved.search(contact.value), (ad["id"], contact)
