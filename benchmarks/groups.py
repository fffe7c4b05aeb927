"""Groups of repeated ads: who is tied to whom, and which cross-ad indicators are read, against what their writers say.

    python benchmarks/groups.py [-v]

``data/groups_ads.jsonl`` holds the synthetic ads, ``data/groups_truth.jsonl`` a line for each group: the advertisers (lists of
ad ids) and the cross-ad indicators with their ads. Pairs are of ads of one advertiser. An innocent group is one without
indicators; it is merged when it has a pair that its writer does not have. Context-only indicators are left out. The groups of
each writer (the beginning of an id) are linked on their own: numbers that are reserved for examples are few, and shared.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path
from typing import Any

import msgspec

from thb_indicators import Ad, Lexicon, link_ads

DATA = Path(__file__).parent / "data"
Pair = frozenset[str]


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines()]


def pairs(groups: Iterable[Iterable[str]]) -> set[Pair]:
    return {frozenset(pair) for group in groups for pair in combinations(group, 2)}


def told(right: int, found: int, wanted: int) -> str:
    """Return precision, recall and F1."""
    precision, recall, f1 = right / max(1, found), right / max(1, wanted), 2 * right / max(1, found + wanted)
    return f"precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}"


def main() -> None:
    catalogue = Lexicon.load().catalogue
    scored = {name for name, info in catalogue.items() if info.role in ("core", "supporting")}
    ads = [msgspec.convert(row, Ad) for row in lines("groups_ads.jsonl")]
    truth = lines("groups_truth.jsonl")
    writers: dict[str, list[Ad]] = defaultdict(list)
    for ad in ads:
        writers[ad.id.partition("-")[0]].append(ad)
    clusters = [cluster for written in writers.values() for cluster in link_ads(written).clusters()]
    tied = pairs(actor for cluster in clusters for actor in cluster.actors)
    read: dict[str, set[str]] = defaultdict(set)
    for cluster in clusters:
        for one in cluster.indicators:
            for ad in set(one.ads) if one.id in scored else ():
                read[ad].add(one.id)
    wanted_pairs = pairs(actor for group in truth for actor in group["actors"])
    by_group: list[set[tuple[str, str]]] = [set(), set()]
    by_ad: list[set[tuple[str, str]]] = [set(), set()]
    merged = []
    for group in truth:
        ids = [ad for actor in group["actors"] for ad in actor]
        wanted = {(ad, one["id"]) for one in group["indicators"] if one["id"] in scored for ad in one["ads"]}
        found = {(ad, name) for ad in ids for name in read[ad]}
        for both, some in ((by_group[0], wanted), (by_group[1], found)):
            both.update((group["group"], name) for _, name in some)
        by_ad[0] |= wanted
        by_ad[1] |= found
        too_many = (tied & pairs([ids])) - pairs(group["actors"])
        if too_many and not group["indicators"]:
            merged.append(group["group"])
        if "-v" in sys.argv and (wanted != found or too_many):
            missed, extra = {name for _, name in wanted - found}, {name for _, name in found - wanted}
            print(f"{group['group']} {group['kind']}: missed {sorted(missed)}, extra {sorted(extra)}; {group.get('note', '')}")
    print(f"{len(truth)} groups, {len(ads)} ads")
    print(f"pairs of one advertiser: {told(len(tied & wanted_pairs), len(tied), len(wanted_pairs))}")
    print(f"innocent groups merged: {merged or 'none'}")
    print(f"cross-ad indicators by group: {told(len(by_group[0] & by_group[1]), len(by_group[1]), len(by_group[0]))}")
    print(f"cross-ad indicators by ad: {told(len(by_ad[0] & by_ad[1]), len(by_ad[1]), len(by_ad[0]))}")


if __name__ == "__main__":
    main()
