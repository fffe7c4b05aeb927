"""Keep the synthetic wordings honest: what a pattern has come to match moves from `otherwise` to `say`.

    python tools/wordings.py

Run it after the lexicon grew; prints what is left of each file's share of wordings that no pattern knows.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from thb_indicators import Ad, Lexicon
from thb_indicators.detect import Detector
from thb_indicators.synth.scenarios import FOLDER

FIXED = {"contact": "ann@example.com", "name": "Alex", "city": "Leeds", "country": "Malta", "company": "Harbor Foods Ltd",
         "price": "20", "pay": "1500 €", "date": "1/6"}  # fmt: skip
TRIES = 3


def filled(template: str, slots: dict[str, list[str]], number: int) -> str:
    for _ in range(3):
        template = re.sub(r"\{(\w+)\}", lambda m: FIXED.get(m[1]) or slots[m[1]][number % len(slots[m[1]])], template)
    return template


def is_known(detector: Detector, template: str, slots: dict[str, list[str]], language: str) -> bool:
    roles = ("core", "supporting")
    for number in range(TRIES):
        ad = Ad("w", filled(template, slots, number), language=language, basis="synthetic")
        found = detector.read(ad, assume=("services", "recruitment")).matches
        if any(detector.lexicon.catalogue[match.indicator].role in roles for match in found):
            return True
    return False


def sort_out(detector: Detector, path: Path) -> None:
    content: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    said = unknown = 0
    for scenario in content["scenarios"]:
        for fact in scenario["facts"]:
            fact["say"], otherwise = list(fact.get("say") or []), list(fact.get("otherwise") or [])
            if fact["indicator"]:
                known = {one for one in otherwise if is_known(detector, one, content["slots"], content["language"])}
                fact["say"] += [one for one in otherwise if one in known]
                otherwise = [one for one in otherwise if one not in known]
                said, unknown = said + len(fact["say"]), unknown + len(otherwise)
            fact["otherwise"] = otherwise
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=120)
    path.write_text(text, encoding="utf-8")
    share = unknown / max(1, said + unknown)
    print(f"{path.name}: {said} wordings that patterns may know, {unknown} that none does ({share:.0%})")


def main() -> None:
    detector = Detector(Lexicon.load())
    for path in sorted(FOLDER.glob("*.yaml")):
        sort_out(detector, path)


if __name__ == "__main__":
    main()
