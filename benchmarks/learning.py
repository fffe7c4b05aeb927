"""The trainable model on synthetic ads: ranking by number of labels, exactness, and cost.

    python benchmarks/learning.py [ADS]

Half of the wordings share no phrase with any pattern. Scenarios are held out whole, so the test writers are of kinds nobody
trained on; training labels are drawn group by group. Average precision is the mean over five draws of held-out scenarios.
Two public corpora (``../shared/data``), on questions other than ours, show that words are learned as well as elsewhere.
One core.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from _data import rows as public_rows
from sklearn.metrics import average_precision_score
from sklearn.model_selection import GroupShuffleSplit

from thb_indicators import Ad, Lexicon
from thb_indicators.evaluation import average_precision, textbook
from thb_indicators.features import documents
from thb_indicators.labeled import Labeled
from thb_indicators.learn import Options, read_corpus, scored, train
from thb_indicators.model import load_model, save_model
from thb_indicators.synth.generate import generate
from thb_indicators.training import IndicatorClassifier

DRAWS = 5


def main() -> None:  # noqa: PLR0915  # one story from top to bottom
    count = int(next((a for a in sys.argv[1:] if a.isdigit()), "30000"))
    lexicon = Lexicon.load()
    ads = list(generate(count, seed=30))
    labels = np.array([ad.label for ad in ads])
    groups = np.array([ad.group for ad in ads])
    scenarios = np.array([ad.scenario for ad in ads])
    texts = np.array([f"{ad.title}\n{ad.text}" for ad in ads], dtype=object)
    words = sum(len(text.split()) for text in texts) / count
    begin = time.perf_counter()
    read = documents([Ad(a.id, a.text, a.title, a.language, basis="synthetic") for a in ads], lexicon)
    reading = time.perf_counter() - begin
    rows = np.array(read, dtype=object)
    print(f"{count} ads of {words:.0f} words, {labels.mean():.1%} positive; read in {reading:.1f} s ({count / reading:,.0f}/s)")

    sizes = [50, 200, 1000, min(20_000, count // 2)]
    table: dict[int, list[tuple[float, float, float]]] = {size: [] for size in sizes}
    for draw in range(DRAWS):
        fit, test = next(GroupShuffleSplit(1, test_size=0.3, random_state=draw).split(rows, labels, scenarios))
        if len(set(labels[test])) < 2:
            continue
        order = fit[np.lexsort((np.random.default_rng(draw).random(len(fit)), _rank_in_group(groups[fit])))]
        rules = average_precision_score(labels[test], IndicatorClassifier(lexicon).untrained().decision_function(rows[test]))
        for size in sizes:
            part = order[:size]
            ours = IndicatorClassifier(lexicon).fit(rows[part], labels[part]).decision_function(rows[test])
            theirs = textbook().fit(texts[part], labels[part]).decision_function(texts[test])
            table[size].append((
                float(average_precision_score(labels[test], ours)), float(rules),
                float(average_precision_score(labels[test], theirs)),
            ))  # fmt: skip
    print("labels   lexicon as prior   rules alone   TF-IDF + LR   (average precision on held-out scenarios)")
    for size, found in table.items():
        means = np.mean(found, axis=0)
        print(f"{size:6d}   {means[0]:16.3f}   {means[1]:11.3f}   {means[2]:11.3f}")

    fit, test = next(GroupShuffleSplit(1, test_size=0.3, random_state=0).split(rows, labels, groups))
    ours = average_precision_score(
        labels[test], IndicatorClassifier(lexicon).fit(rows[fit], labels[fit]).decision_function(rows[test])
    )
    theirs = average_precision_score(labels[test], textbook().fit(texts[fit], labels[fit]).decision_function(texts[test]))
    print(f"held-out advertisers of known scenarios, {len(fit)} labels: {ours:.4f}, TF-IDF + LR {theirs:.4f}")

    noise = np.random.default_rng(1).integers(0, 2, len(np.unique(groups)))[np.unique(groups, return_inverse=True)[1]]
    small = fit[:4000]
    scores = IndicatorClassifier(lexicon).fit(rows[small], noise[small]).decision_function(rows[test])
    interval = average_precision(noise[test], scores, groups[test])
    print(
        f"random labels: {interval.value:.3f} ({interval.low:.3f} to {interval.high:.3f}), base rate {noise[test].mean():.3f}"
    )

    part = np.arange(min(20_000, count))
    begin = time.perf_counter()
    fitted = IndicatorClassifier(lexicon).fit(rows[part], labels[part])
    seconds = time.perf_counter() - begin
    whole = seconds + reading * len(part) / count
    print(f"fit on {len(part)} ads with terms: {seconds:.1f} s from documents, {whole:.1f} s with reading them")
    model = fitted.to_model("benchmark/1")
    some = read[:10_000]
    apart = np.abs(scored(some, model, lexicon) - fitted.decision_function(some)).max()
    print(f"contributions + baseline against the decision function on {len(some)} ads: {apart:.1e} apart at most")
    with tempfile.TemporaryDirectory() as folder:
        save_model(model, folder)
        size = sum(file.stat().st_size for file in Path(folder).iterdir())
        times = []
        for _ in range(5):
            begin = time.perf_counter()
            load_model(folder)
            times.append(time.perf_counter() - begin)
    print(f"model with {len(fitted.get_feature_names_out())} features: {size / 1e6:.1f} MB, loads in {min(times) * 1e3:.0f} ms")
    public(lexicon)


def public(lexicon: Lexicon) -> None:
    """Corpora that nobody here wrote, on questions other than ours: their words have to be learned as well as elsewhere."""
    messages = [Labeled(_ad(row), int(row["label"] == "spam")) for row in public_rows("benign/sms")]
    listings = [row for row in public_rows("benign/lodging_listings") if row["lang"] == "en"]
    rooms = [Labeled(_ad(row), int(row["room_type"] == "Private room"), row["host_cluster"]) for row in listings[::2]]
    for name, labeled in (("SMS spam", messages), ("lodgings that are private rooms", rooms)):
        _, report = train(read_corpus(labeled, lexicon), lexicon, Options(), "benchmark/1")
        found = ", ".join(f"{one.name} {one.average_precision.value:.3f}" for one in report.figures)
        print(f"{name}, {len(labeled)} public texts, whole groups held out: average precision {found}", flush=True)


def _ad(row: dict[str, str]) -> Ad:
    return Ad(row["id"], row["text"], language="en", basis="consented")


def _rank_in_group(groups: np.ndarray) -> np.ndarray:
    """Return the place of each ad in its group, so that one ad of every group can come before the second of any."""
    seen: dict[str, int] = {}
    ranks = []
    for group in groups:
        seen[group] = seen.get(group, -1) + 1
        ranks.append(seen[group])
    return np.array(ranks)


if __name__ == "__main__":
    main()
