"""Speed, side by side in one run on the same ads: this library, and a textbook pipeline of the same steps.

    python benchmarks/speed.py [ADS]

20,000 ads of about 85 words are made from the sentences of the synthetic sample, the same every time: half of them begin
with an ad that shows indicators, half with an ordinary one. The textbook pipeline is NFKC and lower case, spaCy's
PhraseMatcher with 2,000 phrases, emoji_list, PhoneNumberMatcher, and word 1-2-gram TF-IDF with a linear model. One process,
one thread. Each side is timed in turn, three times; the fastest round of each is compared. Every round begins with nothing
remembered, and remembers clauses on its way as any batch does; a last figure forgets before every ad.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path

from thb_indicators import Ad, Screener
from thb_indicators.matching import entry_of

SAMPLE = Path(__file__).parents[1] / "thb_indicators" / "sample" / "ads.jsonl"
WORDS = 85


def corpus(count: int) -> list[Ad]:
    """Return ads of about 85 words, the same every time."""
    rows = [json.loads(line) for line in SAMPLE.read_text("utf-8").splitlines()]
    rows = [row for row in rows if row["language"] == "en"]
    fired = [row["text"] for row in rows if row["expected"]["kind"] == "positive"]
    quiet = [row["text"] for row in rows if row["expected"]["kind"] in ("ordinary", "legit_recruitment", "hard_negative")]
    draw = random.Random(85)
    ads = []
    for number in range(count):
        words = draw.choice(fired if number % 2 else quiet).split(" ")
        while len(words) < WORDS - 10:
            words += draw.choice(quiet).split(" ")[: WORDS - len(words)]
        ads.append(Ad(f"ad-{number}", " ".join(words), language="en", basis="synthetic"))
    return ads


def textbook(screener: Screener, ads: list[Ad]) -> Callable[[list[Ad]], int]:
    """Return the textbook pipeline, fitted and warm."""
    import emoji
    import phonenumbers
    import spacy
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import SGDClassifier
    from spacy.matcher import PhraseMatcher

    nlp = spacy.blank("en")
    matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
    literals = {
        entry_of(literal).strip()
        for pattern in screener.lexicon.patterns
        for construction in pattern.constructions
        for element in construction.elements
        for literal in element.literals
    }
    matcher.add("PHRASES", list(nlp.pipe(sorted(literals)[:2000])))
    texts = [ad.text for ad in ads[:2000]]
    vectorizer = TfidfVectorizer(ngram_range=(1, 2))
    model = SGDClassifier(random_state=0).fit(vectorizer.fit_transform(texts), [i % 2 for i in range(len(texts))])

    def run(batch: list[Ad]) -> int:
        seen = 0
        for start in range(0, len(batch), 500):
            lowered = [unicodedata.normalize("NFKC", ad.text).lower() for ad in batch[start : start + 500]]
            for text in lowered:
                seen += len(matcher(nlp.make_doc(text)))
                seen += len(emoji.emoji_list(text))
                seen += sum(1 for _ in phonenumbers.PhoneNumberMatcher(text, "US"))
            model.decision_function(vectorizer.transform(lowered))
        return seen

    return run


def main() -> None:
    count = int(next((a for a in sys.argv[1:] if a.isdigit()), "20000"))
    ads = corpus(count)
    words = sum(len(ad.text.split()) for ad in ads) / count
    begin = time.perf_counter()
    screener = Screener()
    ready = time.perf_counter() - begin
    for ad in ads[:500]:
        screener.assess(ad).to_dict()

    def ours(batch: list[Ad]) -> int:
        screener.forget()
        return sum(len(screener.assess(ad).to_dict()["indicators"]) for ad in batch)

    def unremembered(batch: list[Ad]) -> int:
        seen = 0
        for ad in batch:
            screener.forget()
            seen += len(screener.assess(ad).to_dict()["indicators"])
        return seen

    theirs = textbook(screener, ads)
    share = max(500, count // 20)  # the textbook pipeline is slow: it gets every twentieth ad, and is scaled to all
    best: dict[str, float] = {}
    for _ in range(3):
        for name, run, batch in (
            ("ours", ours, ads),
            ("textbook", theirs, ads[:share]),
            ("unremembered", unremembered, ads[:share]),
        ):
            begin = time.perf_counter()
            run(batch)
            best[name] = min(best.get(name, 9e9), (time.perf_counter() - begin) / len(batch))
    each = []
    for ad in ads[:5000]:
        screener.forget()
        begin = time.perf_counter()
        screener.assess(ad).to_dict()
        each.append(time.perf_counter() - begin)
    each.sort()
    flagged = sum(screener.assess(ad).route == "review" for ad in ads[:2000]) / 2000
    print(f"{count} ads of {words:.0f} words, {flagged:.0%} of them routed to review")
    print(f"text to assessment with explanation: {1 / best['ours']:,.0f} ads/s on one core")
    print(f"textbook pipeline: {1 / best['textbook']:,.0f} ads/s; ratio {best['textbook'] / best['ours']:.1f}")
    print(f"with nothing remembered between ads: {1 / best['unremembered']:,.0f} ads/s")
    median, p99 = each[len(each) // 2] * 1e3, each[len(each) * 99 // 100] * 1e3
    print(f"one ad, nothing remembered: median {median:.3f} ms, p99 {p99:.3f} ms; screener ready in {ready:.2f} s")
    code = "import time; t = time.perf_counter(); import thb_indicators; print(time.perf_counter() - t)"
    imports = [
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout) for _ in range(5)
    ]
    print(f"import thb_indicators: median {sorted(imports)[2]:.3f} s")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for assessment in screener.assess_many(ad for _ in range(3) for ad in ads):
        assert assessment.score > 0
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"memory: {before / 1024:.0f} MB before, {after / 1024:.0f} MB after streaming {3 * count} more ads")


if __name__ == "__main__":
    main()
