"""Learn how the words of each language lean an ad to a kind and to concern, and write ``lexicons/<language>/kinds.tsv``.

python tools/kinds.py

The ads are synthetic: those of ``benchmarks/data`` that the lexicon was widened with (`seen`, `lawful`), and those of
``kinds.jsonl`` there and in ``tests/data``, which say no more of an ad than its kind. Neither `holdout` nor `blind` is among
them.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from thb_indicators.kinds import Lean, Leanings, stems, written
from thb_indicators.lexicon import LEANINGS
from thb_indicators.normalize import normalize

ROOT = Path(__file__).parents[1]
LABELED = ("seen.jsonl", "lawful.jsonl")
"""Ads with their indicators and their kind."""
FEWEST_ADS = 2
"""Ads that a word must stand in to have a weight."""
KIND_STRENGTH = 1.0
"""Inverse of the strength of regularization, the best of 0.1, 0.3 and 1 on sets that were not learned from."""
CONCERN_STRENGTH = 0.3
RESERVED = frozenset({"exampl", "com", "org", "net"})
"""Stems of the addresses that only synthetic ads carry."""
FEWEST_LABELED = 300
"""Labeled ads of a language from which leanings to concern are learned: fewer held back as much that was right as wrong."""


def learn(kinds: Sequence[tuple[str, str]], concern: Sequence[tuple[str, bool]]) -> Leanings:
    """Return how the words of some ads lean: of some, texts and kinds are given, of others, texts and whether they concern."""
    to_kind = weights(kinds, KIND_STRENGTH)
    to_concern = weights(concern, CONCERN_STRENGTH) if len(concern) >= FEWEST_LABELED else {}
    none = {"services": 0.0, "recruitment": 0.0, "other": 0.0}
    leanings = {}
    for stem in to_kind.keys() | to_concern.keys():
        kind = to_kind.get(stem, none)
        lean = (kind["services"] - kind["other"], kind["recruitment"] - kind["other"])
        leanings[stem] = Lean(*lean, to_concern.get(stem, {True: 0.0})[True])
    return Leanings(leanings)


def weights(ads: Sequence[tuple[str, str | bool]], strength: float) -> dict[str, dict[str | bool, float]]:
    """Return the weights of every stem by label, of two labels for the second alone; the stem ``""`` has the intercepts."""
    words = (filter(str.isalpha, normalize(text).text.split()) for text, _ in ads)  # digits teach nothing
    found = [stems(" ".join(some)) - RESERVED for some in words]
    counts = Counter(stem for one in found for stem in one)
    vectorizer = DictVectorizer()
    rows = vectorizer.fit_transform([{stem: 1.0 for stem in one if counts[stem] >= FEWEST_ADS} for one in found])
    model = LogisticRegression(C=strength, max_iter=5000).fit(rows, [label for _, label in ads])
    names = ["", *vectorizer.get_feature_names_out()]
    columns = [model.intercept_.tolist(), *model.coef_.T.tolist()]
    labels = model.classes_[-len(model.coef_) :].tolist()
    return {name: dict(zip(labels, column, strict=True)) for name, column in zip(names, columns, strict=True)}


def main() -> None:
    kinds: dict[str, list[tuple[str, str]]] = defaultdict(list)
    concern: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    data = ROOT / "benchmarks" / "data"
    for line in chain.from_iterable((data / name).read_text("utf-8").splitlines() for name in LABELED):
        ad = json.loads(line)
        text, expected = f"{ad.get('title', '')}. {ad['text']}", ad["expected"]
        kinds[ad["language"]].append((text, expected["domain"]))
        concern[ad["language"]].append((text, expected["kind"] == "positive"))
    for folder in (data, ROOT / "tests" / "data"):
        for line in (folder / "kinds.jsonl").read_text("utf-8").splitlines():
            ad = json.loads(line)
            kinds[ad["language"]].append((ad["text"], ad["kind"]))
    for language, ads in sorted(kinds.items()):
        leanings = learn(ads, concern[language])
        labeled = len(concern[language])
        comment = (
            f"How words lean an ad to services, to recruitment (from {len(ads)} synthetic ads) and to ads of concern (from "
            f"{labeled}{'' if labeled >= FEWEST_LABELED else ', too few to learn from'}): log-odds in hundredths.",
            "Written by tools/kinds.py; never by hand.",
        )
        (ROOT / "lexicons" / language / LEANINGS).write_text(written(leanings, comment), "utf-8")
        print(f"{language}: {len(ads)} ads, {len(leanings.weights)} stems")


if __name__ == "__main__":
    main()
