"""Accuracy on labelled synthetic ads, ordinary public text, and disguised variants.

    python benchmarks/accuracy.py [../shared/data] [-v]

`sample` and `seen` were used while the lexicon was written; `holdout` was written independently from the same taxonomy, and
the lexicon was never tuned on it; `blind` was written last, by three more writers, and nothing was learned from it either.
`lawful` has only ads of honest advertisers, in words that indicators use as well: of them, what counts is how many are routed.
Labels are one writer's reading.
Scored indicators are those of role core or supporting.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import _data
import disguise
import msgspec

from thb_indicators import Ad, Assessment, Screener

HERE = Path(__file__).parent
SETS = {
    "sample": HERE.parent / "thb_indicators" / "sample" / "ads.jsonl",
    "seen": HERE / "data" / "seen.jsonl",
    "holdout": HERE / "data" / "holdout.jsonl",
    "blind": HERE / "data" / "blind.jsonl",
    "lawful": HERE / "data" / "lawful.jsonl",
}
FLAGGED = ("review", "child_safety")


def load(name: str) -> list[tuple[Ad, dict[str, Any]]]:
    rows = [json.loads(line) for line in SETS[name].read_text("utf-8").splitlines()]
    return [(msgspec.convert({k: v for k, v in row.items() if k != "expected"}, Ad), row["expected"]) for row in rows]


class Counts:
    """True, false and missed decisions."""

    def __init__(self) -> None:
        self.true = self.false = self.missed = 0

    def add(self, got: set[str], want: set[str]) -> None:
        self.true += len(got & want)
        self.false += len(got - want)
        self.missed += len(want - got)

    @property
    def precision(self) -> float:
        return self.true / max(1, self.true + self.false)

    @property
    def recall(self) -> float:
        return self.true / max(1, self.true + self.missed)

    @property
    def f1(self) -> float:
        return 2 * self.true / max(1, 2 * self.true + self.false + self.missed)

    def __str__(self) -> str:
        counts = f"({self.true} right, {self.false} extra, {self.missed} missed)"
        return f"precision {self.precision:.3f}  recall {self.recall:.3f}  {counts}"


def scored(assessment: Assessment) -> set[str]:
    return {f.id for f in assessment.indicators if f.assertion == "affirmed" and f.info.role in ("core", "supporting")}


def labelled(screener: Screener, name: str) -> None:
    roles = {i: info.role for i, info in screener.lexicon.catalogue.items()}
    languages: dict[str, Counts] = defaultdict(Counts)
    indicators: dict[str, Counts] = defaultdict(Counts)
    route = Counts()
    alarms: dict[str, list[str]] = defaultdict(list)
    kinds: dict[str, int] = defaultdict(int)
    for ad, expected in load(name):
        assessment = screener.assess(ad)
        got = scored(assessment)
        want = {i for i in expected["indicators"] if roles[i] in ("core", "supporting")}
        languages["en" if ad.language == "en" else "other"].add(got, want)
        languages[f"  {ad.language}"].add(got, want)
        for indicator in got | want:
            indicators[indicator].add(got & {indicator}, want & {indicator})
        flagged = {"review"} if assessment.route in FLAGGED else set()
        route.add(flagged, {"review"} & {expected["route"]})
        kinds[expected["kind"]] += 1
        if flagged and expected["route"] == "none":
            alarms[expected["kind"]].append(ad.id)
    print(f"\n== {name}: affirmed scored indicators")
    for language, counts in sorted(languages.items(), key=lambda item: (item[0].strip() not in ("en", "other"), item[0])):
        print(f"{language:8s}{counts}")
    print(f"route review: F1 {route.f1:.3f}  {route}")
    for kind, count in sorted(kinds.items()):
        if kind != "positive":
            print(f"  {kind:18s}{count:4d} ads, routed to review or child_safety: {alarms[kind] or 'none'}")
    if "-v" in sys.argv:
        for indicator, counts in sorted(indicators.items()):
            print(f"    {indicator:36s}{counts}")


def ordinary(screener: Screener) -> None:
    print("\n== ordinary public text")
    for name in ("newsgroups_forsale", "sms", "lodging_listings"):
        total = flagged = fired = 0
        for row in _data.rows(f"benign/{name}"):
            assessment = screener.assess(Ad(row["id"], row["text"], basis="consented"))
            total += 1
            flagged += assessment.route in FLAGGED
            fired += any(f.assertion == "affirmed" and f.info.scored for f in assessment.indicators)
        line = f"{name:20s}{total:6d} texts, {flagged} routed to review or child_safety, {fired} with a scored indicator"
        print(f"{line} ({fired / total:.4f})")


def unicode_strings(screener: Screener) -> None:
    rows = list(_data.rows("unicode/benign_strings_half")) + list(_data.rows("unicode/big_list_of_naughty_strings"))
    assessments = [screener.assess(Ad(row["id"], row["text"], basis="consented")) for row in rows]
    flagged = sum(
        a.route in FLAGGED or any(f.assertion == "affirmed" and f.info.scored for f in a.indicators) for a in assessments
    )
    print(f"{'look-alike strings':20s}{len(rows):6d} texts, {flagged} flagged in any way")


def disguised(screener: Screener, name: str) -> None:
    print(f"\n== {name}: recall on disguised variants of the English ads, as a share of the clean recall")
    ads = [(ad, e) for ad, e in load(name) if ad.language == "en" and e["route"] == "review"]
    ways: dict[str, Callable[[str], str]] = {"clean": str, **disguise.WAYS}
    clean = 0
    for way, change in ways.items():
        counts = Counts()
        for ad, expected in ads:
            want = {i for i in expected["indicators"] if i not in ("text_obfuscation", "obscured_contact")}
            changed = msgspec.structs.replace(ad, text=change(ad.text), title=change(ad.title))
            got = {f.id for f in screener.assess(changed).indicators if f.assertion == "affirmed"}
            counts.add(got & want, want)
        clean = clean or counts.true
        print(f"{way:12s}{counts.true / clean:.3f}")


def main() -> None:
    screener = Screener()
    for name in SETS:
        labelled(screener, name)
    for name in SETS:
        if name != "lawful":  # it has nothing to be found
            disguised(screener, name)
    ordinary(screener)
    unicode_strings(screener)


if __name__ == "__main__":
    main()
