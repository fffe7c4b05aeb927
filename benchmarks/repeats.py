"""Repeated texts: planted copies among many ads, edited public listings, article near-duplicates; beside datasketch's LSH.

python benchmarks/repeats.py [ADS] [../shared/data]      (100,000 ads when not given)

The ads are made by a chain over word pairs of public lodging listings, so that they share the wording of one genre and none
of them is a real ad. datasketch gets the same shingles, the same number of hashes and of bands, and the same last comparison
(an estimate from its signature, at the same least similarity), in the same run.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import numpy as np
from _data import rows
from datasketch import MinHash, MinHashLSH
from disguise import WAYS

from thb_indicators.normalize import normalize
from thb_indicators.repeats.fingerprints import wording
from thb_indicators.repeats.pairs import short_keys, text_pairs
from thb_indicators.repeats.signatures import BANDS, HASHES, ROWS, SAME_TEXT, Shingles, bands, shingles, signatures

WORDS = 85
COPIES = 400
NAMES = ("Anna", "Mara", "Lena", "Ines", "Dora", "Rita", "Vera", "Nina")
TOWNS = ("Leeds", "Porto", "Graz", "Lyon", "Turin", "Ghent", "Sofia", "Szeged")
Found = dict[tuple[int, int], float]


def chain(texts: Iterable[str]) -> Callable[[random.Random], str]:
    """Return a writer of new texts with the wording of a genre, without its contacts."""
    after: dict[tuple[str, str], list[str]] = defaultdict(list)
    for text in texts:
        words = [word for word in text.split() if word.isascii() and not set(word) & set("@/") and "www" not in word]
        for a, b in pairwise(pairwise(words)):
            after[a].append(b[1])
    starts = sorted(after)

    def write(draw: random.Random) -> str:
        pair = draw.choice(starts)
        words = [*pair]
        while len(words) < WORDS:
            following = after.get(pair)
            words.append(draw.choice(following) if following else draw.choice(starts)[0])
            pair = (words[-2], words[-1])
        slots = f"{draw.choice(NAMES)} in {draw.choice(TOWNS)}, {draw.randrange(40, 300)} euro, call {_phone('+44 ', draw)}"
        return " ".join(words) + ". " + slots

    return write


def changed(share: float, vocabulary: Sequence[str]) -> Callable[[str, random.Random], str]:
    def change(text: str, draw: random.Random) -> str:
        return " ".join(draw.choice(vocabulary) if draw.random() < share else word for word in text.split())

    return change


def _phone(prefix: str, draw: random.Random) -> str:
    return f"{prefix}7700 900{draw.randrange(1000):03}"


def new_slots(text: str, draw: random.Random) -> str:
    body, _, _ = text.rpartition(". ")
    return (
        f"{draw.choice(NAMES)} now in {draw.choice(TOWNS)}! {body}. {draw.randrange(40, 300)} Eur only, {_phone('0044 ', draw)}"
    )


def disguised(text: str, draw: random.Random) -> str:
    return WAYS[draw.choice(sorted(WAYS))](text)


def ours(made: Shingles) -> Found:
    found = signatures(made)
    pairs, shares = text_pairs(short_keys(bands(found)), found.astype(np.uint8), made)
    left, right = (pairs >> np.uint64(32)).tolist(), (pairs & np.uint64(0xFFFFFFFF)).tolist()
    return dict(zip(zip(left, right, strict=True), shares.tolist(), strict=True))


def theirs(made: Shingles) -> Found:
    """Find pairs with datasketch: query each text, then insert it."""
    index = MinHashLSH(params=(BANDS, ROWS), num_perm=HASHES)
    sketches: list[MinHash] = []
    found: Found = {}
    for i in range(len(made.starts) - 1):
        sketch = MinHash(num_perm=HASHES, seed=1)
        sketch.update_batch([code.tobytes() for code in made.of(i)])
        for j in index.query(sketch):
            share = sketches[j].jaccard(sketch)
            if share >= SAME_TEXT:
                found[j, i] = share
        sketches.append(sketch)
        index.insert(i, sketch)
    return found


def quality(found: Found, true: set[tuple[int, int]], known: Callable[[tuple[int, int]], bool]) -> str:
    hits = len(true & found.keys())
    judged = [pair for pair in found if known(pair)]
    right = sum(pair in true for pair in judged)
    return f"recall {hits / len(true):.4f}, precision {right / max(1, len(judged)):.4f}"


def planted(size: int) -> None:
    draw = random.Random(0)  # reproducible, not secret
    listings = [row["text"] for row in rows("benign/lodging_listings")]
    write = chain(listings)
    vocabulary = [word for text in listings[:3000] for word in text.split()]
    kinds: dict[str, Callable[[str, random.Random], str]] = {
        f"{round(share * 100)} % changed": changed(share, vocabulary) for share in (0.0, 0.05, 0.1, 0.2, 0.3)
    } | {"new slots": new_slots, "obfuscated": disguised}
    texts = [write(draw) for _ in range(size - COPIES * len(kinds))]
    true: dict[str, set[tuple[int, int]]] = {}
    for kind, change in kinds.items():
        true[kind] = set()
        for original in draw.sample(range(size - COPIES * len(kinds)), COPIES):
            true[kind].add((original, len(texts)))
            texts.append(change(texts[original], draw))
    every = set().union(*true.values())
    family: dict[int, set[int]] = defaultdict(set)
    for a, b in every:
        family[a] |= {a, b}
    siblings = {(min(b, c), max(b, c)) for members in family.values() for b in members for c in members if b != c}

    began = time.perf_counter()
    normal = [wording(normalize(text)) for text in texts]
    took = time.perf_counter() - began
    print(f"{len(texts)} ads of {WORDS + 9} words, {COPIES} copies of each kind; normalized in {took:.0f} s")
    made = shingles(normal)
    began = time.perf_counter()
    made = shingles(normal)
    found = signatures(made)
    mine = time.perf_counter() - began
    sample = min(len(texts), 5000)
    began = time.perf_counter()
    for i in range(sample):
        sketch = MinHash(num_perm=HASHES, seed=1)
        sketch.update_batch([code.tobytes() for code in made.of(i)])
    other = (time.perf_counter() - began) * len(texts) / sample
    print(
        f"fingerprinting, from normalized words to signature: {len(found) / mine:,.0f} ads/s; datasketch, from shingles to "
        f"signature: {len(found) / other:,.0f} ads/s; {other / mine:.1f} times as fast"
    )
    for name, engine in (("ours", ours), ("datasketch", theirs)):
        began = time.perf_counter()
        pairs = engine(made)
        took = time.perf_counter() - began
        for kind, pairs_of_kind in true.items():
            print(f"{name:11} {kind:14} recall {len(pairs_of_kind & pairs.keys()) / COPIES:.4f}")
        right = sum(pair in siblings for pair in pairs)
        print(f"{name:11} all pairs      precision {right / len(pairs):.4f} of {len(pairs)}, in {took:.0f} s")


def listings() -> None:
    """Recall on edited listings by how much was kept, at equal precision: pairs of different hosts are wrong."""
    pairs = list(rows("repeats/lodging_pairs"))
    texts = [text for row in pairs for text in (row["text_a"], row["text_b"])]
    made = shingles([wording(normalize(text)) for text in texts])
    host = [row["host_cluster"] for row in pairs]
    truth = {(2 * i, 2 * i + 1): row["char_ratio"] for i, row in enumerate(pairs)}
    found = {"ours": ours(made), "datasketch": theirs(made)}
    print(f"\n{len(pairs)} listings a year apart; a pair of two hosts' listings is wrong")
    wrong = {
        name: sorted((s for p, s in one.items() if host[p[0] // 2] != host[p[1] // 2]), reverse=True)
        for name, one in found.items()
    }
    allowed = min(len(one) for one in wrong.values())
    for name, one in found.items():
        least = wrong[name][allowed] if len(wrong[name]) > allowed else 0.0
        kept = {pair for pair, share in one.items() if share > least}
        bands_of: Counter[str] = Counter()
        hits: Counter[str] = Counter()
        for pair, ratio in truth.items():
            band = "0.9-1.0" if ratio >= 0.9 else "0.7-0.9" if ratio >= 0.7 else "0.5-0.7" if ratio >= 0.5 else "below 0.5"
            bands_of[band] += 1
            hits[band] += pair in kept
        told = ", ".join(
            f"{band}: {hits[band] / bands_of[band]:.3f} of {bands_of[band]}" for band in sorted(bands_of, reverse=True)
        )
        bad = sum(host[a // 2] != host[b // 2] for a, b in kept)
        print(f"{name:11} recall by similarity of characters {told}; {bad} wrong pairs of {len(kept)}")


def articles() -> None:
    print()
    for size in (100, 1000, 2500):
        texts = list(rows(f"repeats/articles_{size}"))
        number = {row["id"]: i for i, row in enumerate(texts)}
        true = {tuple(sorted((number[row["a"]], number[row["b"]]))) for row in rows(f"repeats/articles_{size}_truth_pairs")}
        made = shingles([wording(normalize(row["text"])) for row in texts])
        for name, engine in (("ours", ours), ("datasketch", theirs)):
            print(f"{size} articles, {name:11} {quality(engine(made), true, lambda _: True)}")


def main() -> None:
    size = next((int(a) for a in sys.argv[1:] if a.isdigit()), 100_000)
    planted(size)
    listings()
    articles()


if __name__ == "__main__":
    main()
