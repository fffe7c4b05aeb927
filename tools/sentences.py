"""Learn how the words of a sentence lean it to each indicator, and write ``lexicons/<language>/sentences.tsv``.

python tools/sentences.py

The sentences are those of the synthetic ads that the lexicon was widened with (`seen`, `lawful` in ``benchmarks/data``), and
the patterns' own examples; neither `holdout` nor `blind` is among them. A sentence says an indicator where a pattern matches in
it and the ad is labeled with it. It does not say one that the ad is not labeled with. Of what the ad is labeled with, and no
pattern finds in the sentence, nothing is known, and it teaches nothing.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from thb_indicators import Ad, Lexicon
from thb_indicators.detect import Detector
from thb_indicators.lexicon import SENTENCES
from thb_indicators.normalize import normalize
from thb_indicators.records import Document
from thb_indicators.sentences import SentenceLeanings, features, written

ROOT = Path(__file__).parents[1]
LABELED = ("seen.jsonl", "lawful.jsonl")
FEWEST_ADS = 1000
"""Labeled ads of a language from which its sentences are learned: with 230, as much that was right as wrong was held back."""
FEWEST_SENTENCES = 60
"""Sentences that say an indicator from which it is learned."""
FEWEST_OF_FEATURE = 2
STRENGTH = 1.0
"""Inverse of the strength of regularization."""
LEAST_WEIGHT = 0.25
"""Weights nearer to nothing are left out: they are nearly all, and change little together."""


class Sentence(NamedTuple):
    """A normalized sentence, the indicators that it says, and those of which nothing is known."""

    text: str
    says: frozenset[str]
    unknown: frozenset[str]


def main() -> None:
    shipped = Lexicon.load()
    lexicon = msgspec.structs.replace(shipped, sentences={})  # what the patterns match, not what is left of it
    scored = frozenset(one for one, info in lexicon.catalogue.items() if info.role in ("core", "supporting"))
    detector = Detector(lexicon)
    ads: dict[str, list[tuple[Ad, frozenset[str]]]] = defaultdict(list)
    for line in chain.from_iterable((ROOT / "benchmarks" / "data" / name).read_text("utf-8").splitlines() for name in LABELED):
        row = json.loads(line)
        expected = frozenset(row.pop("expected")["indicators"]) & scored
        ads[row["language"]].append((msgspec.convert(row, Ad), expected))
    for language, labeled in sorted(ads.items()):
        if len(labeled) < FEWEST_ADS:
            continue
        sentences = [one for ad, expected in labeled for one in of_ad(detector.read(ad), expected, lexicon)]
        sentences += of_examples(lexicon, language, scored)
        leanings = learn(sentences, scored)
        comment = (
            f"How words lean a sentence to an indicator, from {len(sentences)} sentences of synthetic ads and of examples: "
            "log-odds in tenths.",
            "Written by tools/sentences.py; never by hand.",
        )
        (ROOT / "lexicons" / language / SENTENCES).write_text(written(leanings, comment), "utf-8")
        weights = sum(map(len, leanings.weights.values()))
        print(f"{language}: {len(sentences)} sentences, {len(leanings.weights)} indicators, {weights} weights")


def of_ad(document: Document, expected: frozenset[str], lexicon: Lexicon) -> Iterator[Sentence]:
    """Yield the sentences of an ad."""
    said = defaultdict(set)
    for match in document.matches:
        if match.assertion == "affirmed" and match.indicator in expected:
            said[normalize(match.surface, lexicon.knows).text.strip(" .,")].add(match.indicator)
    for text in document.text.split(" . "):
        says = frozenset().union(*(found for surface, found in said.items() if f" {surface} " in f" {text} "))
        yield Sentence(text, says, expected - says)


def of_examples(lexicon: Lexicon, language: str, scored: frozenset[str]) -> Iterator[Sentence]:
    """Yield the examples of the patterns of a language: each tells of one indicator."""
    for pattern in lexicon.patterns:
        if pattern.language == language:
            others = scored - {pattern.indicator}
            for example in (*pattern.fires, *pattern.silent):
                says = frozenset({pattern.indicator} if example in pattern.fires else ())
                yield Sentence(normalize(example, lexicon.knows).text.replace(" . ", " "), says, others)


def learn(sentences: list[Sentence], scored: frozenset[str]) -> SentenceLeanings:
    """Return how the words of some sentences lean them to each indicator that enough of them say."""
    found = [set(features(one.text)) for one in sentences]
    counts = Counter(feature for one in found for feature in one)
    vectorizer = DictVectorizer()
    rows = csr_matrix(
        vectorizer.fit_transform([{one: 1.0 for one in some if counts[one] >= FEWEST_OF_FEATURE} for some in found])
    )
    names = vectorizer.get_feature_names_out()
    weights: dict[str, dict[str, float]] = {}
    for indicator in sorted(scored):
        known = np.array([indicator not in one.unknown for one in sentences])
        says = np.array([indicator in one.says for one in sentences])[known]
        if says.sum() >= FEWEST_SENTENCES:
            model = LogisticRegression(C=STRENGTH, solver="liblinear", random_state=0).fit(rows[known], says)
            kept = np.flatnonzero(np.abs(model.coef_[0]) >= LEAST_WEIGHT)
            weights[indicator] = {"": float(model.intercept_[0])} | {str(names[i]): float(model.coef_[0][i]) for i in kept}
    return SentenceLeanings(weights)


if __name__ == "__main__":
    main()
