"""What Spark costs an ad: bytes and processor time measured on this machine, and what they make of a billion ads.

python benchmarks/spark_constants.py [ADS] [../shared/data]      (20,000 ads when not given)

The ads are those of ``linking.py``. Bytes and the Java side's processor time come from Spark's own event log of a run on two
cores; Python's processor time from calling the same functions here, since the log does not tell it. Times are of processors,
not of the clock, so that other work on the machine changes them little. Everything under "Arithmetic" is computed from these.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from linking import ads
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from thb_indicators import Screener
from thb_indicators.repeats import fingerprints, pairs
from thb_indicators.repeats.keys import ContactKeys
from thb_indicators.repeats.link import link_ads
from thb_indicators.repeats.rates import Rate
from thb_indicators.repeats.signatures import BANDS, Shingles, similarity
from thb_indicators.repeats.spark import components, link, tables

BILLION = 1_000_000_000
CANDIDATES = 60
"""Candidates an ad in a billion: an assumption. It grows with the batch and can never pass two a band."""
PARTITION = 128e6
"""Bytes of shuffle that one task reads: a usual size."""
CORES, DOLLARS = 512, 0.05
"""Cores of the cluster in the example, and the price of a core with its memory for an hour: put your own."""
SCREENED = 2_000


def spark_session(log: Path) -> SparkSession:
    os.environ["PYSPARK_PYTHON"] = sys.executable
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.eventLog.enabled": "true",
        "spark.eventLog.dir": log.as_uri(),
        "spark.eventLog.compress": "false",
        "spark.eventLog.rolling.enabled": "false",
        "spark.sql.shuffle.partitions": "8",
        "spark.sql.autoBroadcastJoinThreshold": "-1",  # tables of a billion ads are not broadcast either
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.memory": "2g",
    }
    builder = SparkSession.builder.master("local[2]").appName("constants")
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def run(source: Path, folder: Path) -> dict[str, dict[str, float]]:
    """Link the ads of a file and return, by table, the bytes shuffled and written and the Java side's microseconds."""
    log = folder / "log"
    log.mkdir()
    spark = spark_session(log)
    kept = tables.kept

    def described(frame: Any, path: str) -> Any:
        spark.sparkContext.setJobDescription(Path(path).relative_to(folder / "run").parts[0])
        return kept(frame, path)

    link.kept = components.kept = tables.kept = described  # so that the log tells the steps apart
    link.link_frame(spark.read.parquet(str(source)), str(folder / "run"))
    spark.sparkContext.setJobDescription("band rows")
    rows = spark.read.parquet(str(folder / "run" / "read")).select("row", F.explode("bands").alias("key"))
    rows.repartition("key").write.format("noop").mode("overwrite").save()
    spark.stop()
    found: dict[str, dict[str, float]] = defaultdict(lambda: {"shuffled": 0.0, "java": 0.0, "written": 0.0})
    step: dict[int, str] = {}
    for line in next(log.iterdir()).read_text("utf-8").splitlines():
        event = json.loads(line)
        if event["Event"] == "SparkListenerJobStart":
            step |= dict.fromkeys(event["Stage IDs"], event["Properties"].get("spark.job.description", "other"))
        elif event["Event"] == "SparkListenerTaskEnd":
            metrics = event["Task Metrics"]
            name = step[event["Stage ID"]]
            found[name]["shuffled"] += metrics["Shuffle Write Metrics"]["Shuffle Bytes Written"]
            found[name]["java"] += metrics["Executor CPU Time"] / 1e3
    for table in (folder / "run").iterdir():
        found[table.name]["written"] = sum(file.stat().st_size for file in table.rglob("*.parquet"))
    return found


def clocked(work: Iterator[Any]) -> tuple[list[Any], float]:
    """Return what an iterator yields, and the microseconds of the processor."""
    began = time.process_time()
    return list(work), (time.process_time() - began) * 1e6


def python_side(size: int) -> dict[str, float]:
    """Return what the functions that Spark calls take here."""
    keys = ContactKeys.throwaway()
    given = list(ads(size))
    chunks = [list(enumerate(given[at : at + 2000], start=at)) for at in range(0, size, 2000)]
    link._fingerprinted(chunks[0], keys)  # the words of the language are met once
    _, read = clocked(link._fingerprinted(chunk, keys) for chunk in chunks)
    made = fingerprints.read(given, keys)
    short = pairs.short_keys(made.bands)
    candidates = np.unique(np.concatenate([pairs._candidates(short[:, band]) for band in range(BANDS)]))
    left, right = (candidates >> np.uint64(32)).astype(np.int64), (candidates & np.uint64(0xFFFFFFFF)).astype(np.int64)
    low = made.signatures.astype(np.uint8)
    (agree,), hashes = clocked(pairs.likely(low[left], low[right]) for _ in range(1))
    codes: Shingles = made.shingles
    likely = list(zip(left[agree].tolist(), right[agree].tolist(), strict=True))
    _, compared = clocked(similarity(codes.of(i), codes.of(j)) for i, j in likely)
    clusters = [one.cluster.ads for one in link_ads(given, keys)]
    by_id = {ad.id: i for i, ad in enumerate(given)}
    groups = [
        [link.Member(given[i], made.contacts[i], made.accounts[i], codes.of(i)) for i in map(by_id.__getitem__, ids)]
        for ids in clusters
    ]
    _, told = clocked(link.explain("c", group, frozenset(), Rate(), link.shipped_domains) for group in groups)
    clustered = sum(map(len, clusters))
    screener = Screener()
    list(screener.assess_many(given[:200]))
    _, screened = clocked(screener.assess_many(islice(given, 200, 200 + SCREENED)))
    return {
        "fingerprints, µs an ad": read / size,
        "candidates an ad": len(candidates) / size,
        "hashes compared, µs a candidate": hashes / len(candidates),
        "candidates whose texts are compared, share": len(likely) / len(candidates),
        "texts compared, µs a pair": compared / len(likely),
        "ads in clusters, share": clustered / size,
        "clusters explained, µs an ad in one": told / clustered,
        "screening, µs an ad": screened / min(SCREENED, size - 200),
    }


def arithmetic(size: int, found: dict[str, dict[str, float]], python: dict[str, float]) -> None:
    """Print what the constants make of a billion ads."""
    band_bytes, band_java = found["band rows"]["shuffled"] / size, found["band rows"]["java"] / size
    measured = python["candidates an ad"]
    each = {
        what: (found["versions"][what] / size - part) / measured
        for what, part in (("shuffled", band_bytes), ("java", band_java))
    }
    tables = [name for name in found if name not in ("band rows", "versions", "other")]
    per_ad = {
        name: (found[name]["shuffled"] / size, found[name]["java"] / size, found[name]["written"] / size) for name in tables
    }
    texts = CANDIDATES * python["hashes compared, µs a candidate"]
    texts += measured * python["candidates whose texts are compared, share"] * python["texts compared, µs a pair"]
    python_of = {
        "read": python["fingerprints, µs an ad"],
        "explained": python["ads in clusters, share"] * python["clusters explained, µs an ad in one"],
        "versions": texts,
    }
    per_ad["versions"] = (
        band_bytes + CANDIDATES * each["shuffled"], band_java + CANDIDATES * each["java"], found["versions"]["written"] / size,
    )  # fmt: skip
    print(f"\nArithmetic, a billion ads, {CANDIDATES} candidates an ad:\n")
    print("| table | shuffled, TB | written, TB | core-hours, Java | core-hours, Python | partitions |")
    print("|---|--:|--:|--:|--:|--:|")
    total = np.zeros(4)
    for name, (shuffled, java, written) in per_ad.items():
        hours = [BILLION * part / 3.6e9 for part in (java, python_of.get(name, 0.0))]
        total += [shuffled * BILLION / 1e12, written * BILLION / 1e12, *hours]
        partitions = max(1, round(shuffled * BILLION / PARTITION))
        print(f"| {name} | {shuffled / 1e3:.2f} | {written / 1e3:.2f} | {hours[0]:.0f} | {hours[1]:.0f} | {partitions:,} |")
    screening = python["screening, µs an ad"] * BILLION / 3.6e9
    print(f"| together | {total[0]:.2f} | {total[1]:.2f} | {total[2]:.0f} | {total[3]:.0f} | |")
    hours = total[2] + total[3]
    print(f"\nlinking {hours:,.0f} core-hours: {hours / CORES:.1f} h on {CORES} cores, {hours * DOLLARS:,.0f} dollars")
    print(
        f"screening {screening:,.0f} core-hours: {screening / CORES:.1f} h on {CORES} cores, {screening * DOLLARS:,.0f} dollars"
    )
    print(
        f"a candidate: {each['shuffled']:.0f} bytes shuffled, {each['java']:.2f} µs; a band row: {band_bytes / BANDS:.1f} bytes"
    )


def main() -> None:
    size = next((int(argument.replace(",", "")) for argument in sys.argv[1:] if argument[:1].isdigit()), 20_000)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = [
            {"id": ad.id, "text": ad.text, "country": ad.country, "posted_at": ad.posted_at, "basis": ad.basis}
            for ad in ads(size)
        ]
        pq.write_table(pa.Table.from_pylist(rows), folder / "ads.parquet")
        characters = sum(len(row["text"]) for row in rows) / size
        print(
            f"{size} ads of {characters:.0f} characters, {(folder / 'ads.parquet').stat().st_size / size:.0f} bytes in Parquet"
        )
        found = run(folder / "ads.parquet", folder)
    python = python_side(size)
    print("\n| table | shuffled, bytes an ad | Java, µs an ad | written, bytes an ad |\n|---|--:|--:|--:|")
    for table, of in found.items():
        print(f"| {table} | {of['shuffled'] / size:.0f} | {of['java'] / size:.0f} | {of['written'] / size:.0f} |")
    print("\n| Python | measured |\n|---|--:|")
    for what, value in python.items():
        print(f"| {what} | {value:.4g} |")
    arithmetic(size, found, python)


if __name__ == "__main__":
    main()
