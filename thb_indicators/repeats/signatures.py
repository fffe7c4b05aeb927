"""Text fingerprints: what two versions of one text still share after contacts, prices, dates and places have changed.

A text becomes its *shingles*: its words of four letters and more, and its pairs of neighboring words, in order and without
numbers, contacts, names of places and protected words, so that a changed slot leaves no gap. MinHash signatures of the
shingles (Broder 1997, "On the resemblance and containment of documents") are cut into bands, and texts with an equal band
are candidates to be compared (Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, chapter 3).

Long words beside word pairs keep a text findable when many single words change: with three changed words in ten, half of
the pairs are gone but only three words in ten (``benchmarks/repeats.py`` has the figures).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from thb_indicators.spelled import DIGIT_WORDS
from thb_indicators.terms import protected

BANDS, ROWS = 50, 3
HASHES = BANDS * ROWS
LONG_WORD = 4
"""Letters from which a word alone is a shingle: shorter ones are mostly shared by all texts of a language."""
FEWEST = 12
"""Shingles below which a text is too short to tell whose it is; it has no bands."""
SAME_TEXT = 0.27
"""Similarity from which two texts are versions of one, when what they share runs through the whole of one of them."""
PARTS = 4
RUNS_THROUGH = 0.2
"""A shared text runs through an ad when so much of each quarter of it is shared; a footer that many ads carry does not."""
_CHUNK = 1024
_FEW_CODES = 4096
"""Shingles below which all hashes are made at once: a single ad is then no slower than one of many."""
_ENDS = 2**13
_END = np.uint32(_ENDS - 1)
_LONG_BIT = np.uint64(1)
_LEFT, _RIGHT = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
Codes = NDArray[np.uint32]


class _Words(dict[str, bytes]):
    """The code of every word met so far, in 8 bytes: 0 for words left out, else a hash whose lowest bit says "long word"."""

    LARGEST = 1_000_000

    def __missing__(self, word: str) -> bytes:
        code = 0
        if word.isalpha() and word not in _slot_words() and not word.startswith(protected().stems):
            code = int.from_bytes(hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
            code = code & ~1 | (len(word) >= LONG_WORD) or 2
        if len(self) >= self.LARGEST:
            self.clear()
        self[word] = found = code.to_bytes(8, "little")
        return found


@lru_cache(maxsize=1)
def _slot_words() -> frozenset[str]:
    """Words that stand in slots: places, spelled digits, and words that must never move a score."""
    guarded = protected()
    return DIGIT_WORDS | guarded.words | {place for place in guarded.places if " " not in place}


_words = _Words()


class Shingles(NamedTuple):
    """The shingles of several texts, one after the other, each text's in the order of its words.

    ``codes[starts[i]:starts[i + 1]]`` are those of text i; `starts` has one entry more than there are texts.
    """

    codes: Codes
    starts: NDArray[np.int64]

    @classmethod
    def joined(cls, rows: Sequence[Codes]) -> Self:
        """Put the shingles of single texts one after the other."""
        return cls(np.concatenate([np.zeros(0, np.uint32), *rows]), np.cumsum([0, *map(len, rows)], dtype=np.int64))

    def of(self, i: int) -> Codes:
        """Return the shingles of one text."""
        return self.codes[self.starts[i] : self.starts[i + 1]]


def shingles(texts: Sequence[list[str]]) -> Shingles:
    """Return the shingles of some texts, given as their normalized words.

    Examples
    --------
    >>> a, b = "quiet garden room , 40 a night in lisbon", "quiet garden room , 55 a night in porto"
    >>> made = shingles([a.split(), b.split()])
    >>> bool((made.of(0) == made.of(1)).all())
    True
    """
    code = _words.__getitem__
    rows = [b"".join(map(code, words)) for words in texts]
    every = np.frombuffer(b"".join(rows), dtype="<u8")
    told = every != 0
    words = every[told]
    begins = _told_before([0, *accumulate(len(row) // 8 for row in rows)], told)
    # Two places for every word, in order: the word alone where it is long, and its pair with the word before; and an empty row.
    both = np.zeros((len(words) + 1, 2), dtype=np.uint64)
    np.multiply(words, words & _LONG_BIT, out=both[:-1, 0])
    both[1:-1, 1] = (words[:-1] * _LEFT) ^ ((words[1:] >> np.uint64(7)) * _RIGHT) | _LONG_BIT
    both[begins, 1] = 0
    places = both.reshape(-1)
    kept = places != 0
    starts = _told_before([2 * begin for begin in begins], kept)
    return Shingles((places[kept] >> np.uint64(32)).astype(np.uint32), np.array(starts, dtype=np.int64))


def _told_before(places: list[int], told: NDArray[np.bool_]) -> list[int]:
    """Return how many are told before each of some places, the first and the last of which are the beginning and the end."""
    if len(places) == 2:  # of one text: a sum of all before each is not needed
        return [0, int(np.count_nonzero(told))]
    counts = np.zeros(len(told) + 1, np.int64)
    np.cumsum(told, out=counts[1:])
    found: list[int] = counts[places].tolist()
    return found


@lru_cache(maxsize=1)
def _factors() -> Codes:
    """Return one odd factor a hash. Codes are hashes already, so that a product with each permutes them well enough."""
    rng = np.random.default_rng(20261122)  # fixed: signatures are kept in databases
    return rng.integers(0, 2**32, HASHES, dtype=np.uint32) | np.uint32(1)


def signatures(made: Shingles) -> Codes:
    """Return the MinHash signatures, one row of `HASHES` a text; a text with too few shingles has a row of zeros.

    Examples
    --------
    >>> text = "quiet garden room with breakfast for travelers who like an early walk by the sea"
    >>> signatures(shingles([text.split()])).shape
    (1, 150)
    """
    factors = _factors()
    if len(made.starts) == 2 and FEWEST <= len(made.codes) < _FEW_CODES:
        one: Codes = (made.codes * factors[:, np.newaxis]).min(axis=1)  # as a look-up has
        return one[np.newaxis]
    sizes = made.starts[1:] - made.starts[:-1]
    enough = np.flatnonzero(sizes >= FEWEST)
    found = np.zeros((len(sizes), HASHES), dtype=np.uint32)
    for at in range(0, len(enough), _CHUNK):
        rows = enough[at : at + _CHUNK]
        codes, starts = _gathered(made, rows)
        if len(codes) < _FEW_CODES:
            part = np.minimum.reduceat(codes * factors[:, np.newaxis], starts, axis=1)
        else:
            part = np.empty((HASHES, len(rows)), dtype=np.uint32)
            permuted = np.empty_like(codes)
            for k in range(HASHES):
                np.minimum.reduceat(np.multiply(codes, factors[k], out=permuted), starts, out=part[k])
        found[rows] = part.T
    return found


def _gathered(made: Shingles, rows: NDArray[np.int64]) -> tuple[Codes, NDArray[np.int64]]:
    """Return the codes of some texts one after the other, and where each begins."""
    low, high = made.starts[rows], made.starts[rows + 1]
    if (rows[1:] - rows[:-1] == 1).all() and len(rows):
        return made.codes[low[0] : high[-1]], low - low[0]
    starts = np.cumsum(high - low) - (high - low)
    at = np.arange((high - low).sum()) + np.repeat(low - starts, high - low)
    return made.codes.take(at), starts


def bands(found: Codes) -> NDArray[np.uint64]:
    """Return the band keys of signatures, one row of `BANDS` a text; each key names its band.

    Rows of zeros (texts too short to tell whose they are) have zeros.
    """
    parts = found.reshape(len(found), BANDS, ROWS).astype(np.uint64)
    keys = parts[:, :, 0] * _LEFT ^ parts[:, :, 1] * _RIGHT ^ parts[:, :, 2] * np.uint64(0xFF51AFD7ED558CCD)
    keys ^= keys >> np.uint64(29)
    keys *= np.uint64(0xBF58476D1CE4E5B9)
    keys = (keys >> np.uint64(8)) << np.uint64(6) | np.arange(BANDS, dtype=np.uint64)
    keys[~found.any(axis=1)] = 0
    kept: NDArray[np.uint64] = keys & np.uint64(2**63 - 1)
    return kept


class Wording:
    """The shingles of one text, as it is compared with others one by one."""

    __slots__ = ("codes", "different")

    def __init__(self, codes: Codes) -> None:
        self.codes: list[int] = codes.tolist()
        self.different = set(self.codes)

    def similarity(self, other: Wording) -> float:
        """Return how much of two texts is shared; see `similarity`."""
        if min(len(self.codes), len(other.codes)) < FEWEST:
            return 0.0
        common = self.different & other.different
        share = len(common) / (len(self.different) + len(other.different) - len(common))
        return share if share >= SAME_TEXT and (_through(self.codes, common) or _through(other.codes, common)) else 0.0


def similarity(left: Codes, right: Codes) -> float:
    """Return how much of two texts is shared: the Jaccard index of their shingles, or 0 where they are two texts.

    They are two texts when they share little, or when what they share does not run through the whole of either, as with a
    legal footer under two different ads.

    Examples
    --------
    >>> text = "quiet garden room with breakfast for travelers who like an early walk by the sea"
    >>> a = shingles([text.split()]).of(0)
    >>> similarity(a, a), similarity(a, a[:6])
    (1.0, 0.0)
    """
    return Wording(left).similarity(Wording(right))


def similar_to(text: Codes, others: Sequence[bytes]) -> list[float]:
    """Return the `similarity` of one text to each of some others, given by the bytes of their shingles.

    A first look at all of them at once, by the end of each code, leaves the few that share enough for a closer one.
    """
    one, joined = Wording(text), np.frombuffer(b"".join(others), np.uint32)
    ends = np.zeros(_ENDS, dtype=bool)
    ends[text & _END] = True
    shared = ends[joined & _END].tobytes()
    least = SAME_TEXT * len(one.different)
    stops = [0, *accumulate(len(other) // joined.itemsize for other in others)]
    return [
        one.similarity(Wording(joined[start:stop])) if shared.count(1, start, stop) >= least else 0.0
        for start, stop in pairwise(stops)
    ]


def similarities(made: Shingles, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the `similarity` of many pairs of texts, given by their rows.

    Examples
    --------
    >>> text = "quiet garden room with breakfast for travelers who like an early walk by the sea"
    >>> made = shingles([text.split(), text.split(), ["a", "bike"]])
    >>> similarities(made, np.array([0, 0]), np.array([1, 2])).tolist()
    [1.0, 0.0]
    """
    one, other = _different(made, left), _different(made, right)
    both = np.concatenate([one, other])
    both.sort(kind="stable")  # two runs in order already: they are merged

    def count(numbered: NDArray[np.uint64]) -> NDArray[np.int64]:
        return np.bincount((numbered >> np.uint64(32)).astype(np.int64), minlength=len(left))

    common = count(both[1:][both[1:] == both[:-1]])
    shares: NDArray[np.float64] = common / np.maximum(count(one) + count(other) - common, 1)
    sizes = made.starts[1:] - made.starts[:-1]
    shares[(shares < SAME_TEXT) | (np.minimum(sizes[left], sizes[right]) < FEWEST)] = 0.0
    likely = np.flatnonzero(shares)
    through = _all_through(made, left[likely], other, likely) | _all_through(made, right[likely], one, likely)
    shares[likely[~through]] = 0.0
    return shares


def _all_through(
    made: Shingles, rows: NDArray[np.int64], others: NDArray[np.uint64], pairs: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Return `_through` of many texts; `others` has the other text's codes of all pairs, each after the number of its pair.

    The same rule stands twice, and a test holds the two equal: for one pair sets take a tenth of the time of these arrays, for
    a batch's hundreds of thousands the arrays need no loop, and other threads can work meanwhile.
    """
    codes, starts = _gathered(made, rows)
    sizes = np.diff(starts, append=len(codes))
    asked = np.repeat(pairs.astype(np.uint64) << np.uint64(32), sizes) | codes
    at = np.minimum(np.searchsorted(others, asked), len(others) - 1)
    shared = np.concatenate([[0], np.cumsum(others[at] == asked)])
    cuts = starts[:, np.newaxis] + np.rint(sizes[:, np.newaxis] / PARTS * np.arange(PARTS + 1)).astype(np.int64)
    found = shared[cuts[:, 1:]] - shared[cuts[:, :-1]]
    enough: NDArray[np.bool_] = (found >= RUNS_THROUGH * np.diff(cuts, axis=1)).all(axis=1)
    return enough


def _different(made: Shingles, rows: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return the different codes of some texts, each with the number of its row before it, in order."""
    codes, starts = _gathered(made, rows)
    numbers = np.repeat(np.arange(len(rows), dtype=np.uint64), np.diff(starts, append=len(codes)))
    numbered = numbers << np.uint64(32) | codes
    numbered.sort()
    kept: NDArray[np.uint64] = numbered[np.diff(numbered, prepend=~numbered[:1]) != 0]
    return kept


def _through(codes: Sequence[int], common: set[int]) -> bool:
    """Whether what a text shares with another one runs through the whole of it."""
    if len(codes) - len(common) < (1 - RUNS_THROUGH) * (len(codes) // PARTS):
        return True  # no quarter has room for so many codes that are not shared
    shared = bytes(map(common.__contains__, codes))
    cuts = [round(part * len(codes) / PARTS) for part in range(PARTS + 1)]
    return all(shared.count(1, start, stop) >= RUNS_THROUGH * (stop - start) for start, stop in pairwise(cuts))
