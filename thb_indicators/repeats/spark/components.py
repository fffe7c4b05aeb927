"""Connected components of a graph that no machine holds: alternating large-star and small-star.

Kiveris, Lattanzi, Mirrokni, Rastogi and Vassilvitskii 2014, "Connected Components in MapReduce and Beyond". Each round
ties every node to smaller ones of its component, until each component is a star around its smallest node. Both steps hold
only one node's neighbors together, and those spill to disk; no edge is ever multiplied.
"""

from __future__ import annotations

from itertools import count

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from thb_indicators.repeats.spark.tables import kept


def components(edges: DataFrame, path: str) -> DataFrame:
    """Return the nodes of a graph with the smallest node of the component of each.

    Parameters
    ----------
    edges
        Pairs of nodes, in the columns ``u`` and ``v``.
    path
        A new folder for the rounds.

    Returns
    -------
    DataFrame
        Columns ``row`` and ``label``; nodes without an edge are left out.
    """
    downward = edges.select(F.greatest("u", "v").alias("u"), F.least("u", "v").alias("v")).where("u > v").distinct()
    stars = kept(downward, f"{path}/0")
    before = _digest(stars)
    for step in count(1):
        stars = kept(_small_star(_large_star(stars)), f"{path}/{step}")
        after = _digest(stars)
        if after == before:
            break
        before = after
    return stars.select(F.col("u").alias("row"), F.col("v").alias("label")).union(stars.select("v", "v").distinct())


def _large_star(edges: DataFrame) -> DataFrame:
    """Tie the larger neighbors of every node to the smallest of them all."""
    both = edges.union(edges.select("v", "u"))
    smallest = F.least("u", F.min("v").over(Window.partitionBy("u")))
    return both.withColumn("smallest", smallest).where("v > u").select(F.col("v").alias("u"), F.col("smallest").alias("v"))


def _small_star(edges: DataFrame) -> DataFrame:
    """Tie every node and its smaller neighbors to the smallest of them."""
    tied = edges.withColumn("smallest", F.min("v").over(Window.partitionBy("u")))
    ends = tied.select(F.explode(F.array("u", "v")).alias("u"), F.col("smallest").alias("v"))
    return ends.where("u > v").distinct()


def _digest(edges: DataFrame) -> tuple[int, int | None]:
    """Return what tells one set of edges from another."""
    row = edges.agg(F.count("*"), F.bit_xor(F.xxhash64("u", "v"))).collect()[0]
    return row[0], row[1]
