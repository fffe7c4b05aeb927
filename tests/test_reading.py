from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thb_indicators import Ad, InputError, Signal, read_ads
from thb_indicators.rows import BadLine, only_good

GOOD = json.dumps({"id": "ok", "text": "fine"}).encode()
BAD_LINES = {
    b'{"text": 5}': "Expected `str`",
    b'{"id": "n"}': "missing required field `text`",
    b'{"text": "x"': "not JSON",
    b"null": "Expected `object`",
    b"[" * 100_000: "Expected `object`, got `array`",
    b'{"text": "a", "signals": {"x": ' + b"[" * 5000 + b"}": "recursion depth",
    b'{"text": "a", "signals": 5}': "$.signals",
    b'{"text": "' + b"x" * 1_200_000 + b'"}': "longer than 1000000 bytes",
    b'{"text": "\xff"}': "not UTF-8",
    b'{"text": "\\ud800"}': "not JSON",
    b"\x00": "not JSON",
    b'{"text": "x", "basis": "stolen"}': "Invalid enum value",
    b'{"text": "x", "posted_at": 5}': "posted_at",
}


def write(path: Path, *lines: bytes) -> Path:
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path


@pytest.mark.parametrize("bad", BAD_LINES, ids=[line[:24].decode("latin-1") for line in BAD_LINES])
def test_a_bad_line_is_named_and_every_good_line_is_read(tmp_path: Path, bad: bytes) -> None:
    items = list(read_ads(write(tmp_path / "a.jsonl", GOOD, bad, GOOD)))
    first, second, third = items
    assert isinstance(first, Ad) and isinstance(third, Ad)
    assert isinstance(second, BadLine) and second.line == 2
    assert BAD_LINES[bad] in second.error
    assert second.to_dict()["schema"] == "thb-error/1"


@given(st.lists(st.binary(max_size=60), max_size=12))
def test_any_bytes_are_read_or_named(tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]) -> None:
    path = tmp_path_factory.mktemp("any") / "a.jsonl"
    path.write_bytes(b"\n".join([*lines, GOOD, b""]))
    items = list(read_ads(path))
    assert items[-1] == Ad("ok", "fine")
    assert all(isinstance(item, (Ad, BadLine)) for item in items)


def test_a_gzip_file_that_breaks_off_gives_what_it_holds_and_says_so(tmp_path: Path) -> None:
    whole = gzip.compress(b"".join(json.dumps({"id": str(i), "text": f"ad {i * 7919}"}).encode() + b"\n" for i in range(3000)))
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(whole)
    assert len(list(read_ads(path))) == 3000
    path.write_bytes(whole[: len(whole) // 2])
    *ads, last = read_ads(path)
    assert len(ads) > 500
    assert isinstance(last, BadLine) and "breaks off" in last.error


def test_a_csv_is_read_by_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b'\xef\xbb\xbfid,text,title,signals\n1,"a, b",t,third_party_reports\n2,"multi\nline",,\n')
    assert list(read_ads(path, "synthetic")) == [
        Ad("1", "a, b", "t", basis="synthetic", signals=(Signal("third_party_reports"),)),
        Ad("2", "multi\nline", basis="synthetic"),
    ]


def test_a_header_is_read_in_any_case_and_a_name_that_is_there_is_taken_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_text("ID\tText\tcity\tCity\n7\tfine\tLeeds\tother\n")
    assert list(read_ads(path)) == [Ad("7", "fine", city="Leeds")]


def test_bad_csv_records_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b'id,text,title\n1,only\n2,a,b,c\n3,\xff,t\n4,"' + b"y" * 1_100_000 + b'",t\n5,fine,t\n')
    *bad, good = read_ads(path)
    assert [b.line for b in bad if isinstance(b, BadLine)] == [2, 3, 4, 5]
    assert [b.error.split(";")[0][:20] for b in bad if isinstance(b, BadLine)] == [
        "1 column too few", "1 column too many", "not UTF-8", "field larger than fi",
    ]  # fmt: skip
    assert good == Ad("5", "fine", "t")


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.csv", "id,body\n1,x\n", "no column `text`"),
        ("a.docx", "x", "unknown kind of file"),
        ("none.jsonl", None, "No such file"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(tmp_path: Path, name: str, content: str | None, why: str) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=why):
        list(read_ads(tmp_path / name))


def test_signals_come_in_four_shapes(tmp_path: Path) -> None:
    lines = [
        {"text": "x", "signals": "image_mismatch; third_party_reports"},
        {"text": "x", "signals": ["image_mismatch"]},
        {"text": "x", "signals": [{"indicator": "image_mismatch", "note": "hash 7"}]},
        {"text": "x", "signals": {"image_mismatch": True, "third_party_reports": False}},
    ]
    path = write(tmp_path / "a.jsonl", *(json.dumps(line).encode() for line in lines))
    assert [ad.signals for ad in only_good(read_ads(path))] == [
        (Signal("image_mismatch"), Signal("third_party_reports")),
        (Signal("image_mismatch"),), (Signal("image_mismatch", "hash 7"),), (Signal("image_mismatch"),),
    ]  # fmt: skip


def test_parquet_is_read_by_its_columns(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    pq.write_table(pa.table({"id": [1, 2], "text": ["one", None], "other": [0, 0]}), tmp_path / "a.parquet")
    first, second = read_ads(tmp_path / "a.parquet")
    assert first == Ad("1", "one")
    assert isinstance(second, BadLine)


def test_only_good_stops_at_the_first_bad_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=":2: "):
        list(only_good(read_ads(write(tmp_path / "a.jsonl", GOOD, b"{"))))
