"""Linking on Apache Spark: what `thb_indicators.repeats.link` does in the memory of one machine, done in tables.

A band key, a contact or an account is never joined with itself: windows over the ads of a key tie each ad to the first one and
to the one before, so that a key that a million ads share costs a million rows. All tables are kept in one folder.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from thb_indicators.records import Ad, Basis
from thb_indicators.repeats import fingerprints, graph, pairs
from thb_indicators.repeats.cluster import Explained, Member, explain
from thb_indicators.repeats.facts import Domains
from thb_indicators.repeats.keys import ContactKeys
from thb_indicators.repeats.link import SHARED_BY, shipped_domains
from thb_indicators.repeats.rates import Rate, rate_of
from thb_indicators.repeats.records import KeyedContact
from thb_indicators.repeats.signatures import HASHES, similarity
from thb_indicators.repeats.spark.ads import ads_of, line_of, read_row
from thb_indicators.repeats.spark.components import components
from thb_indicators.repeats.spark.tables import kept, numbered
from thb_indicators.rows import BadLine

_TIE = pa.struct([("key", pa.string()), ("kind", pa.string()), ("shown", pa.string())])
_READ = pa.schema(
    [
        ("row", pa.int64()),
        ("ad", pa.binary()),
        ("ties", pa.list_(_TIE)),
        ("codes", pa.binary()),
        ("low_bits", pa.binary()),
        ("bands", pa.list_(pa.int64())),
        ("id", pa.string()),
        ("error", pa.string()),
    ]
)
_READ_COLUMNS = (
    "row long, ad binary, ties array<struct<key:string,kind:string,shown:string>>, codes binary, low_bits binary, "
    "bands array<long>, id string, error string"
)
_COMPARED = pa.schema([("u", pa.int64()), ("v", pa.int64()), ("share", pa.float32())])
_EXPLAINED = pa.schema(
    [
        ("cluster", pa.string()),
        ("label", pa.string()),
        ("indicators", pa.list_(pa.string())),
        ("left", pa.string()),
        ("right", pa.string()),
        ("similarity", pa.float64()),
        ("line", pa.string()),
    ]
)
_EXPLAINED_COLUMNS = (
    "cluster string, label string, indicators array<string>, left string, right string, similarity double, line string"
)
_LINES_AT_ONCE = 5_000
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[Ad, tuple[KeyedContact, ...], str]).decode
Batches = Iterator[pa.RecordBatch]


class Found(NamedTuple):
    """What was found in a frame of ads, as frames over tables that are already written.

    `links` has the columns ``left``, ``right``, ``similarity`` and ``line``; `clusters` has ``cluster``, ``label``,
    ``indicators`` (ids) and ``line``; a ``line`` is what the command ``link`` writes. `over_shared` has ``kind``, ``shown`` and
    ``ads``; `unread` has the ``id`` of every row that could not be read, and an error record for its ``line``.
    """

    links: DataFrame
    clusters: DataFrame
    over_shared: DataFrame
    unread: DataFrame


def link_frame(
    frame: DataFrame,
    folder: str,
    keys: ContactKeys | None = None,
    *,
    order: str = "id",
    basis: Basis | None = None,
    domains: Domains = shipped_domains,
    shared_by: int = SHARED_BY,
) -> Found:
    """Find what ties the ads of a frame together; the answers are those of `link_ads` for the ads in this order.

    Parameters
    ----------
    frame
        Ads, one a row: the columns ``id`` and ``text``, and any other field of `Ad`.
    folder
        Where the tables on the way and the results are written: a new folder that every worker can reach. It holds the ads of
        clusters and keyed contacts; protect it as the ads themselves, and delete it when the results are stored elsewhere.
    keys
        The keys that contacts are kept under; without any, a throw-away one for this call. They travel to the workers inside
        the functions that need them, never in a column.
    order
        A column with a different value in every row: its order is the order of the batch, which names clusters (``c1`` has
        the first ad) and sorts the ads in them.
    basis
        Why the texts may be processed, for ads that do not say so themselves.
    domains
        Tells the kind of an ad; the shipped lexicon does when not given. A function of a module that the workers have.
    shared_by
        Ads that one contact or account may stand in; beyond, it ties nothing together and is listed as over-shared.

    Raises
    ------
    InputError
        When the column ``id`` or ``text`` is missing.
    BasisError
        When neither a column nor the caller says why the texts may be processed.

    Examples
    --------
    >>> import tempfile
    >>> from pyspark.sql import SparkSession
    >>> spark = SparkSession.builder.master("local[2]").getOrCreate()
    >>> rows = [("1", "Waiters wanted, call 07700 900123"), ("2", "Cleaners needed: +44 7700 900123")]
    >>> ads = spark.createDataFrame(rows, "id string, text string").selectExpr("*", "'GB' AS country")
    >>> found = link_frame(ads, tempfile.mkdtemp() + "/run", basis="synthetic")
    >>> [(row["left"], row["right"]) for row in found.links.collect()]
    [('1', '2')]
    """
    read = kept(_read(frame, order, basis, keys or ContactKeys.throwaway()), f"{folder}/read")
    ads = read.where("error IS NULL")
    ties = kept(ads.select("row", F.explode("ties").alias("tie")).select("row", "tie.*"), f"{folder}/ties")
    over = kept(_over_shared(ties, shared_by), f"{folder}/over_shared")
    tied = _tied(ties.join(over, "key", "left_anti"))
    usual = _usual(components(tied, f"{folder}/advertisers"), ads.count())
    versions = kept(_versions(ads), f"{folder}/versions")
    labels = _labels(tied, versions, folder)
    told = kept(_explained(_members(ads, labels, ties.join(over, "key"), folder), usual, domains), f"{folder}/explained")
    return Found(
        told.where("left IS NOT NULL").select("left", "right", "similarity", "line"),
        told.where("left IS NULL").select("cluster", "label", "indicators", "line"),
        over.select("kind", "shown", "ads").orderBy(F.desc("ads"), "shown"),
        read.where("error IS NOT NULL").select("id", F.col("error").alias("line")),
    )


def _read(frame: DataFrame, order: str, basis: Basis | None, keys: ContactKeys) -> DataFrame:
    """Give every ad a number in their order, and read its fingerprints."""

    def fingerprinted(batches: Batches) -> Batches:
        for batch in batches:
            rows = batch.to_pylist()
            given = [(row.pop("row"), read_row(row, basis)) for row in rows]
            bad = [(at, item) for at, item in given if isinstance(item, BadLine)]
            unread = [{"row": at, "id": item.ad_id, "error": line_of(item.to_dict())} for at, item in bad]
            yield pa.RecordBatch.from_pylist(unread, _READ)
            yield _fingerprinted([(at, item) for at, item in given if isinstance(item, Ad)], keys)

    ordered = frame.orderBy(order).withColumn("row", F.monotonically_increasing_id())
    return ads_of(ordered, basis, "row").mapInArrow(fingerprinted, _READ_COLUMNS)


def _fingerprinted(ads: list[tuple[int, Ad]], keys: ContactKeys) -> pa.RecordBatch:
    made = fingerprints.read([ad for _, ad in ads], keys)
    whole = [Member(ad, made.contacts[i], made.accounts[i], made.shingles.of(i)) for i, (_, ad) in enumerate(ads)]
    low_bits = made.signatures.astype(np.uint8)
    columns: list[Any] = [
        [at for at, _ in ads],
        [_encode((one.ad, one.contacts, one.account)) for one in whole],
        [[(key, reason.contact or reason.kind, reason.shown) for key, reason in one.keys()] for one in whole],  # noqa: SIM118  # not a mapping's keys
        [one.codes.tobytes() for one in whole],
        [row.tobytes() for row in low_bits],
        [row.tolist() if row.any() else [] for row in made.bands],
        [ad.id for _, ad in ads],
        [None] * len(ads),
    ]
    return pa.RecordBatch.from_arrays(
        [pa.array(column, kind) for column, kind in zip(columns, _READ.types, strict=True)], schema=_READ
    )


def _over_shared(ties: DataFrame, shared_by: int) -> DataFrame:
    """Return what stands in too many ads; partial counts come first, so that a key in every ad costs no more than others."""
    counted = ties.groupBy("key").agg(F.count("*").alias("ads"), F.max_by(F.struct("kind", "shown"), "row").alias("last"))
    return counted.where(F.col("ads") > shared_by).select("key", "last.kind", "last.shown", "ads")


def _tied(ties: DataFrame) -> DataFrame:
    """Tie every ad to the first one with the same contact or account."""
    first = F.min("row").over(Window.partitionBy("key"))
    return ties.select(F.col("row").alias("u"), first.alias("v")).where("u <> v")


def _usual(advertisers: DataFrame, ads: int) -> Rate:
    """Return the usual number of ads of an advertiser; an ad that nothing ties to another is an advertiser's only one."""
    sizes = advertisers.groupBy("label").agg(F.count("*").alias("ads"))
    counted = {row["ads"]: row["count"] for row in sizes.groupBy("ads").count().collect()}
    single = ads - sum(size * count for size, count in counted.items())
    return rate_of(counted | ({1: single} if single else {}))


def _versions(ads: DataFrame) -> DataFrame:
    """Return the pairs of ads whose texts are versions of one, and how much each shares."""
    bands = ads.select("row", F.explode("bands").alias("key"))
    in_order = Window.partitionBy("key").orderBy("row")
    near = bands.select("row", F.array(F.first("row").over(in_order), F.lag("row").over(in_order)).alias("near"))
    candidates = near.select(F.explode("near").alias("left"), F.col("row").alias("right")).where("left < right").distinct()
    likely = _with_both(candidates, ads, "low_bits").mapInArrow(_likely, "left long, right long")
    return _with_both(likely, ads, "codes").mapInArrow(_compared, "u long, v long, share float")


def _with_both(found: DataFrame, ads: DataFrame, column: str) -> DataFrame:
    """Add a column of both ads to every pair."""
    left = ads.select(F.col("row").alias("left"), F.col(column).alias("left_is"))
    right = ads.select(F.col("row").alias("right"), F.col(column).alias("right_is"))
    return found.join(left, "left").join(right, "right").select("left", "right", "left_is", "right_is")


def _likely(batches: Batches) -> Batches:
    for batch in batches:
        agree = pairs.likely(_hashes(batch["left_is"]), _hashes(batch["right_is"]))
        yield batch.select(["left", "right"]).filter(pa.array(agree))


def _compared(batches: Batches) -> Batches:
    for batch in batches:
        codes = zip(batch["left_is"].to_pylist(), batch["right_is"].to_pylist(), strict=True)
        shares = np.array(
            [similarity(np.frombuffer(one, np.uint32), np.frombuffer(other, np.uint32)) for one, other in codes], np.float32
        )
        found = pa.RecordBatch.from_arrays([batch["left"], batch["right"], pa.array(shares)], schema=_COMPARED)
        yield found.filter(pa.array(shares > 0))


def _hashes(column: pa.Array) -> NDArray[np.uint8]:
    return np.frombuffer(b"".join(column.to_pylist()), np.uint8).reshape(-1, HASHES)


def _labels(tied: DataFrame, versions: DataFrame, folder: str) -> DataFrame:
    """Return the first ad of the cluster of every ad that has one; in very large ones, weak links by text alone are dropped."""
    ends = versions.select("u", "v")
    labels = components(tied.union(ends), f"{folder}/clusters")
    large = labels.groupBy("label").count().where(F.col("count") > graph.LARGEST).select("label")
    if large.isEmpty():
        return labels
    within = labels.join(large, "label", "left_semi").select(F.col("row").alias("u"))
    strong = tied.union(versions.where(F.col("share") >= pairs.NEAR_TEXT).select("u", "v"))
    again = components(strong.join(within, "u", "left_semi"), f"{folder}/large_clusters")
    return labels.join(large, "label", "left_anti").select("row", "label").union(again)


def _members(ads: DataFrame, labels: DataFrame, over_shared: DataFrame, folder: str) -> DataFrame:
    """Return the ads of clusters with the number of the cluster, and those of their contacts that are over-shared."""
    firsts = numbered(labels.where("row = label").select("label"), "label", "number", f"{folder}/numbers")
    left_out = over_shared.groupBy("row").agg(F.collect_list("key").alias("over"))
    columns = ("number", "row", "ad", "codes", "over")
    return ads.join(labels, "row").join(firsts, "label").join(left_out, "row", "left").select(*columns)


def _explained(members: DataFrame, usual: Rate, domains: Domains) -> DataFrame:
    """Explain every cluster from its ads; a partition holds whole clusters, one after the other."""

    def told(batches: Batches) -> Batches:
        rows = (row for batch in batches for row in batch.to_pylist())
        lines: list[dict[str, Any]] = []
        for number, group in groupby(rows, itemgetter("number")):
            ads = list(group)
            over = frozenset(key for row in ads for key in row["over"] or ())
            lines += _lines(explain(f"c{number}", [_member(row) for row in ads], over, usual, domains))
            if len(lines) >= _LINES_AT_ONCE:
                yield pa.RecordBatch.from_pylist(lines, _EXPLAINED)
                lines = []
        yield pa.RecordBatch.from_pylist(lines, _EXPLAINED)

    whole = members.repartition("number").sortWithinPartitions("number", "row")
    return whole.mapInArrow(told, _EXPLAINED_COLUMNS)


def _member(row: dict[str, Any]) -> Member:
    return Member(*_decode(row["ad"]), np.frombuffer(row["codes"], np.uint32))


def _lines(found: Explained) -> Iterator[dict[str, Any]]:
    cluster = found.cluster
    ids = [one.id for one in cluster.indicators]
    yield {"cluster": cluster.cluster, "label": cluster.label, "indicators": ids, "line": line_of(cluster.to_dict())}
    for link in found.links:
        ends = {"left": link.left, "right": link.right, "similarity": link.similarity}
        yield {"cluster": cluster.cluster, **ends, "line": line_of(link.to_dict())}
