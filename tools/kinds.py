"""Learn how the words of each language lean an ad to a kind, and write ``lexicons/<language>/kinds.tsv``.

python tools/kinds.py

The ads are synthetic: those of ``benchmarks/data`` that the lexicon was widened with, and those of ``kinds.jsonl`` there and in
``tests/data``, which say no more of an ad than its kind. Neither `holdout` nor `blind` is among them.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from thb_indicators.kinds import Leanings, stems, written
from thb_indicators.lexicon import LEANINGS
from thb_indicators.normalize import normalize

ROOT = Path(__file__).parents[1]
FEWEST_ADS = 2
"""Ads that a word must stand in to have a weight."""
STRENGTH = 1.0
"""Inverse of the strength of regularization, the best of 0.1, 0.3 and 1 on sets that were not learned from."""


def learn(ads: Sequence[tuple[str, str]]) -> Leanings:
    """Return how the words of some ads lean, each ad given by its text and its kind."""
    found = [stems(normalize(text).text) for text, _ in ads]
    counts = Counter(stem for one in found for stem in one)
    vectorizer = DictVectorizer()
    rows = vectorizer.fit_transform([{stem: 1.0 for stem in one if counts[stem] >= FEWEST_ADS} for one in found])
    model = LogisticRegression(C=STRENGTH, max_iter=5000).fit(rows, [kind for _, kind in ads])
    weights = dict(zip(model.classes_, model.coef_, strict=True))
    bases = dict(zip(model.classes_, model.intercept_, strict=True))
    services, recruitment = (weights[kind] - weights["other"] for kind in ("services", "recruitment"))
    base = (bases["services"] - bases["other"], bases["recruitment"] - bases["other"])
    return Leanings(
        {"": base} | dict(zip(vectorizer.get_feature_names_out(), zip(services, recruitment, strict=True), strict=True))
    )


def main() -> None:
    by_language: dict[str, list[tuple[str, str]]] = defaultdict(list)
    data = ROOT / "benchmarks" / "data"
    for line in (data / "seen.jsonl").read_text("utf-8").splitlines():
        ad = json.loads(line)
        by_language[ad["language"]].append((f"{ad.get('title', '')}. {ad['text']}", ad["expected"]["domain"]))
    for folder in (data, ROOT / "tests" / "data"):
        for line in (folder / "kinds.jsonl").read_text("utf-8").splitlines():
            ad = json.loads(line)
            by_language[ad["language"]].append((ad["text"], ad["kind"]))
    for language, ads in sorted(by_language.items()):
        leanings = learn(ads)
        comment = (
            f"How words lean an ad to services and to recruitment: log-odds in hundredths, from {len(ads)} synthetic ads.",
            "Written by tools/kinds.py; never by hand.",
        )
        (ROOT / "lexicons" / language / LEANINGS).write_text(written(leanings, comment), "utf-8")
        print(f"{language}: {len(ads)} ads, {len(leanings.weights)} stems")


if __name__ == "__main__":
    main()
