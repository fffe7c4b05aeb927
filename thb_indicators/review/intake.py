"""Bringing assessments to the desk, and what ties their ads to others."""

from __future__ import annotations

import hashlib
import random
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

import msgspec

from thb_indicators.records import IndicatorInfo
from thb_indicators.repeats.records import Link
from thb_indicators.report.clusters import ClusterView, cluster_view, posted
from thb_indicators.report.line import KeptCluster, kept, result_line
from thb_indicators.report.view import masked_wordings
from thb_indicators.review import log
from thb_indicators.review.queue import ROUTES, rank
from thb_indicators.review.store import setting, writing
from thb_indicators.rows import BadLine, read_objects

_BATCH = 500
MOST_SHOWN = 500
"""Ads of a cluster, or linked to an ad, that are looked up on the desk."""


class Imported(NamedTuple):
    """What an import brought: new ads by route, ads that were there already, and lines that could not be read."""

    routes: Counter[str]
    known: int
    failed: tuple[BadLine, ...]


def add_assessments(
    db: sqlite3.Connection, lines: Iterable[dict[str, Any] | BadLine], by: str, now: float, draw: random.Random
) -> Imported:
    """Put result lines into the queues. An ad with the same id and the same text is there already, and stays as it is.

    Parameters
    ----------
    by
        Who imports, for the log.
    draw
        Decides which ads are read twice, and where a random sample stands among the others.
    """
    routes: Counter[str] = Counter()
    failed: list[BadLine] = []
    known = 0
    second_share = float(setting(db, "second_share"))
    items = iter(lines)
    while batch := list(islice(items, _BATCH)):
        with writing(db):
            for line in batch:
                if isinstance(line, BadLine):
                    failed.append(line)
                    continue
                text = log.canonical(line)
                route, score = line["route"], float(line["score"])
                waits = route in ROUTES
                added = db.execute(
                    "INSERT OR IGNORE INTO ads "
                    "(ad_id, text_sha256, assessment_sha256, route, score, arrived, rank, second, state, line)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        line["ad_id"], line["text_sha256"], hashlib.sha256(text.encode()).hexdigest(), route, score, now,
                        rank(draw.random() if route == "sample" else score, now), int(waits and draw.random() < second_share),
                        "open" if waits else "unread", text,
                    ),
                ).rowcount  # fmt: skip
                routes[route] += added
                known += 1 - added
    with writing(db):
        log.append(db, "import", by, now, {"routes": dict(+routes), "known": known, "failed": len(failed)})
    return Imported(+routes, known, tuple(failed))


def add_links(db: sqlite3.Connection, path: str) -> int:
    """Keep the lines of a ``links.jsonl``, to be shown beside an ad; return how many."""
    rows = []
    for line in read_objects(path):
        link, text = kept(line, Link), log.canonical(line)
        rows += [(link.left, link.right, text), (link.right, link.left, text)]
    with writing(db):
        db.executemany("INSERT OR REPLACE INTO links VALUES (?, ?, ?)", rows)
    return len(rows) // 2


def add_clusters(db: sqlite3.Connection, path: str) -> int:
    """Keep the lines of a ``clusters.jsonl``, to be shown beside an ad; return how many."""
    clusters, members = [], []
    for line in read_objects(path):
        cluster = kept(line, KeptCluster)
        clusters.append((str(cluster.cluster), log.canonical(line)))
        members += [(ad_id, str(cluster.cluster)) for ad_id in cluster.ads]
    with writing(db):
        db.executemany("INSERT OR REPLACE INTO clusters VALUES (?, ?)", clusters)
        db.executemany("INSERT OR IGNORE INTO members VALUES (?, ?)", members)
    return len(clusters)


def links_of(db: sqlite3.Connection, ad_id: str, limit: int = 50) -> list[Link]:
    """Return what ties an ad to others."""
    rows = db.execute("SELECT line FROM links WHERE ad_id = ? ORDER BY other LIMIT ?", (ad_id, limit))
    return [msgspec.json.decode(row[0], type=Link) for row in rows]


def clusters_of(db: sqlite3.Connection, ad_id: str, catalogue: Mapping[str, IndicatorInfo]) -> list[ClusterView]:
    """Return the views of the clusters that an ad belongs to."""
    rows = db.execute("SELECT line FROM clusters JOIN members USING (cluster) WHERE ad_id = ? ORDER BY cluster", (ad_id,))
    found = [msgspec.json.decode(row[0], type=KeptCluster) for row in rows]
    seen = {
        name: posted(line["ad"], masked_wordings(result_line(line)))
        for cluster in found for name, line in _lines(db, cluster.ads[:MOST_SHOWN]) if line.get("ad")
    }  # fmt: skip
    return [cluster_view(cluster, seen, catalogue) for cluster in found]


def _lines(db: sqlite3.Connection, names: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, line in _each(db, "line", names):
        yield name, msgspec.json.decode(line, type=dict[str, Any])


def numbers_of(db: sqlite3.Connection, names: Iterable[str]) -> dict[str, int]:
    """Return the desk's numbers of some ads, as far as they are on the desk."""
    return dict(_each(db, "number", tuple(names)[:MOST_SHOWN]))


def _each(db: sqlite3.Connection, what: str, names: Sequence[str]) -> list[tuple[str, Any]]:
    marks = ",".join("?" * len(names))
    return db.execute(f"SELECT ad_id, {what} FROM ads WHERE ad_id IN ({marks}) ORDER BY number", tuple(names)).fetchall()
