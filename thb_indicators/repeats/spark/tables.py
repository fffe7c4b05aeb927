"""Tables on the way: each is written where every worker can reach it, so that no step is made twice."""

from __future__ import annotations

from itertools import accumulate

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

_WITHIN = 33
"""Bits of `monotonically_increasing_id` that count within a partition; those above number the partition."""


def kept(frame: DataFrame, path: str) -> DataFrame:
    """Return a frame as it was written to a folder that must be new; what is read of it later is only the columns asked for."""
    frame.write.parquet(path)
    return frame.sparkSession.read.schema(frame.schema).parquet(path)


def numbered(frame: DataFrame, by: str, number: str, path: str) -> DataFrame:
    """Return a frame with a column that counts its rows from 1 in the order of another, without bringing them to one place."""
    ordered = kept(frame.orderBy(by).withColumn("at", F.monotonically_increasing_id()), path)
    part = F.shiftright("at", _WITHIN)
    sizes = sorted((row["part"], row["count"]) for row in ordered.groupBy(part.alias("part")).count().collect())
    before = accumulate((size for _, size in sizes), initial=0)
    starts = [(part, start) for (part, _), start in zip(sizes, before, strict=False)]
    placed = F.broadcast(frame.sparkSession.createDataFrame(starts, "part long, start long"))
    place = F.col("start") + F.col("at").bitwiseAND((1 << _WITHIN) - 1) + 1
    return ordered.join(placed, part == F.col("part")).withColumn(number, place).drop("at", "part", "start")
