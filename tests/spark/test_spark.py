"""Spark gives the answers of one machine, however the ads are spread."""

from __future__ import annotations

import json
import random
from itertools import pairwise
from pathlib import Path

import pytest
from pyspark.sql import DataFrame, SparkSession

from thb_indicators import Ad, Screener
from thb_indicators.errors import BasisError, InputError
from thb_indicators.repeats import graph
from thb_indicators.repeats.keys import ContactKey, ContactKeys
from thb_indicators.repeats.link import link_ads
from thb_indicators.repeats.pairs import joined
from thb_indicators.repeats.spark import Found, link_frame, screen_frame
from thb_indicators.repeats.spark.components import components
from thb_indicators.repeats.spark.tables import numbered
from thb_indicators.synth.generate import generate

SECRET = b"a secret for tests, 32 bytes it is"
KEYS = ContactKeys(ContactKey("tests", SECRET))
COLUMNS = ("ordinal", "id", "text", "title", "language", "country", "city", "posted_at", "source", "account", "basis")
SCHEMA = "ordinal long, " + ", ".join(f"{name} string" for name in COLUMNS[1:])
SHARED_BY = 16
TOWNS = (("Leeds", "GB"), ("Porto", "PT"), ("Graz", "AT"), ("Lyon", "FR"), ("Ghent", "BE"))
CIRCUIT = (
    "My name is {name}, an independent companion for dinner dates, in {town} for a few days only. Incall in a quiet flat near "
    "the station, outcall to hotels. Book a day ahead with a short message, please: {phone}"
)
FRANCHISE = (
    "Our bakery opens another shop and looks for helpers in the early morning. You like to get up before the birds, you count "
    "well and you keep a counter clean. Written contract, paid by the hour, apron and bread for home. Apply to {contact}"
)


def _made() -> list[Ad]:
    """Return ads of every kind of tie: contacts, accounts, near copies, and one contact that far too many ads share."""
    ads = []
    for at in range(15):  # one phone, three names, five towns
        town, country = TOWNS[at // 3]
        name = ("Anna", "Mara", "Lena")[at % 3]
        phone = ("+44 (0)7700 900456", "+44 7700 900 456", "0044 7700-900456")[at % 3]
        text = CIRCUIT.format(name=name, town=town, phone=phone)
        ads.append(Ad(f"circuit-{at}", text, language="en", country=country, city=town,
                      posted_at=f"2026-03-{1 + 2 * at:02}", source="example.com", account=f"circuit{at % 4}"))  # fmt: skip
    for at in range(9):  # one text, contacts and accounts of their own
        text = FRANCHISE.format(contact=f"shop{at}@example.org")
        ads.append(Ad(f"bakery-{at}", text, language="en", country="GB", account=f"bakery{at}", source="example.com"))
    for at in range(20):  # a helpline in ads that have nothing else in common
        text = f"Garden chair number {at} for sale, collect on day {at}. Unsure whether an offer is fair? Call 07700 900999"
        ads.append(Ad(f"chair-{at}", text, country="GB"))
    for at in range(6):  # one account, no other tie
        ads.append(Ad(f"piano-{at}", f"Piano lesson {at}", account="1234", source=("example.com", "example.org")[at % 2]))
    return ads


@pytest.fixture(scope="module")
def ads() -> list[Ad]:
    drawn = [Ad(one.id, one.text, one.title, one.language, one.country, one.city, one.posted_at, account=one.account)
             for one in generate(250, seed=5)]  # fmt: skip
    every = drawn + _made()
    random.Random(3).shuffle(every)
    return every


@pytest.fixture(scope="module")
def frame(spark: SparkSession, ads: list[Ad]) -> DataFrame:
    rows = [(at, *(getattr(ad, name) for name in COLUMNS[1:])) for at, ad in enumerate(ads)]
    return spark.createDataFrame([*rows, (len(rows), "unreadable", *[None] * (len(COLUMNS) - 2))], SCHEMA)


def _lines(frame: DataFrame) -> list[str]:
    return sorted(row["line"] for row in frame.select("line").collect())


@pytest.mark.parametrize(("partitions", "shuffles", "largest"), [(1, 2, 2_000), (5, 3, 6)])
def test_linking_gives_the_lines_of_one_machine(
    spark: SparkSession, ads: list[Ad], frame: DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    partitions: int, shuffles: int, largest: int,
) -> None:  # fmt: skip
    monkeypatch.setattr(graph, "LARGEST", largest)
    spark.conf.set("spark.sql.shuffle.partitions", str(shuffles))
    local = link_ads(ads, KEYS, basis="synthetic", shared_by=SHARED_BY)
    spread = frame.repartition(partitions)
    found = link_frame(spread, str(tmp_path / "run"), KEYS, order="ordinal", basis="synthetic", shared_by=SHARED_BY)

    clusters = [one.to_dict() for one in local.clusters()]
    assert sorted(map(json.dumps, clusters)) == sorted(json.dumps(json.loads(line)) for line in _lines(found.clusters))
    links = [one.to_dict() for one in local.links()]
    assert sorted(map(json.dumps, links)) == sorted(json.dumps(json.loads(line)) for line in _lines(found.links))
    assert [tuple(row) for row in found.over_shared.collect()] == [(o.kind, o.shown, o.ads) for o in local.over_shared]
    assert [row["id"] for row in found.unread.collect()] == ["unreadable"]

    named = {one.id for cluster in local.clusters() for one in cluster.indicators}  # the comparison is of something
    assert {"shared_contact_multi_city", "multi_persona_per_contact"} <= named
    assert [over.ads for over in local.over_shared] == [20]
    assert max(len(cluster["ads"]) for cluster in clusters) > 6


@pytest.fixture(scope="module")
def small(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> tuple[Found, Path]:
    """Return what is found in four ads, and the folder it was written to."""
    text = CIRCUIT.format(name="Anna", town="Leeds", phone="07700 900456")
    rows = [("b", text, "consented"), ("a", text, "synthetic"), ("c", "A bicycle, as new", "synthetic"), ("d", text, None)]
    frame = spark.createDataFrame(rows, "id string, text string, basis string").selectExpr("*", "'GB' AS country")
    folder = tmp_path_factory.mktemp("small") / "run"
    return link_frame(frame, str(folder), KEYS), folder


def test_columns_say_what_the_lines_say(small: tuple[Found, Path]) -> None:
    found, _ = small
    assert found.links.select("left", "right", "similarity").collect() == [("a", "b", 1.0)]
    assert found.clusters.select("cluster", "label", "indicators").collect() == [("c1", "ordinary_repetition", [])]
    assert json.loads(found.links.collect()[0]["line"])["reasons"][0]["kind"] == "contact"


def test_the_secret_is_in_no_table(spark: SparkSession, small: tuple[Found, Path]) -> None:
    _, folder = small
    written = [file for file in folder.rglob("*") if file.is_file()]
    assert written
    assert not [file for file in written if SECRET in file.read_bytes()]
    tables = [spark.read.parquet(str(folder / name)) for name in ("read", "ties", "over_shared", "explained")]
    values = "".join(str(row) for table in tables for row in table.drop("ad").collect())
    assert "tests:phone:" in values
    assert SECRET.decode() not in values
    assert "7700900456" not in values


def test_an_ad_without_a_basis_is_listed_and_ties_nothing(small: tuple[Found, Path]) -> None:
    found, _ = small
    assert [(row["id"], "no basis" in row["line"]) for row in found.unread.collect()] == [("d", True)]


def test_a_folder_that_exists_is_not_written_to(spark: SparkSession, small: tuple[Found, Path]) -> None:
    frame = spark.createDataFrame([("1", "One bicycle")], "id string, text string")
    with pytest.raises(Exception, match="already exists"):
        link_frame(frame, str(small[1]), KEYS, basis="synthetic")


def test_an_empty_frame_has_nothing(spark: SparkSession, tmp_path: Path) -> None:
    frame = spark.createDataFrame([], "id string, text string")
    found = link_frame(frame, str(tmp_path / "run"), KEYS, basis="synthetic")
    assert [part.count() for part in found] == [0, 0, 0, 0]


def test_screening_gives_the_lines_of_one_machine(ads: list[Ad], frame: DataFrame, screener: Screener) -> None:
    some = [ad for ad in ads if not ad.id.startswith("adv")][:25]
    rows = frame.where(frame["id"].isin([ad.id for ad in some] + ["unreadable"])).repartition(3)
    found = {row["ad_id"]: row for row in screen_frame(rows, basis="synthetic").collect()}
    for one in screener.assess_many(some, basis="synthetic"):
        assert json.loads(found[one.ad.id]["line"]) == json.loads(json.dumps(one.to_dict()))
        assert (found[one.ad.id]["route"], found[one.ad.id]["score"]) == (one.route, one.score)
    unreadable = found["unreadable"]
    assert json.loads(unreadable["line"])["error"] == "Object missing required field `text`; an ad has at least a `text`"
    assert (unreadable["route"], unreadable["score"], len(found)) == (None, None, len(some) + 1)


def test_nothing_is_read_without_a_basis(spark: SparkSession, tmp_path: Path) -> None:
    frame = spark.createDataFrame([("1", "One bicycle")], "id string, text string")
    with pytest.raises(BasisError, match="column `basis`"):
        screen_frame(frame)
    with pytest.raises(BasisError, match="column `basis`"):
        link_frame(frame, str(tmp_path / "none"))
    with pytest.raises(InputError, match="no column `text`"):
        screen_frame(frame.drop("text"), basis="synthetic")


def test_components_are_named_after_their_smallest_node(spark: SparkSession, tmp_path: Path) -> None:
    draw = random.Random(1)
    random_pairs = [(draw.randrange(300), draw.randrange(300)) for _ in range(220)]
    chain = list(pairwise(draw.sample(range(300, 400), 100)))
    star = [(450, node) for node in range(400, 500)]
    edges = [*random_pairs, *chain, *star, (7, 7)]
    found = components(spark.createDataFrame(edges, "u long, v long"), str(tmp_path / "graph")).collect()
    expected = joined(500, edges)
    linked = {node for pair in edges if pair[0] != pair[1] for node in pair}
    assert {row["row"]: row["label"] for row in found} == {node: expected[node] for node in linked}
    assert len(found) == len(linked)


def test_rows_are_numbered_over_all_partitions(spark: SparkSession, tmp_path: Path) -> None:
    names = [f"n{at:03}" for at in range(200)]
    shuffled = random.Random(2).sample(names, len(names))
    frame = spark.createDataFrame([(name,) for name in shuffled], "name string").repartition(6)
    found = numbered(frame, "name", "number", str(tmp_path / "table")).collect()
    assert {row["name"]: row["number"] for row in found} == {name: at for at, name in enumerate(names, start=1)}
