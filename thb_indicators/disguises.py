"""Spellings that disguise words: letters spaced out, and digits or signs in the place of letters."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

from thb_indicators.spans import apart

Vocabulary = Callable[[str], bool]
"""Says whether a word means something to the lexicon in use."""

_LEET_HINTS = (b"a0", b"0a", b"a@", b"@a")
_SPACED_HINTS = (b" a a a ", b" a  a  ", b"  a   a  ", b"@a@a")
_GAP = r"[\x00-\x20\x7f.,*_\-/|~\"'()\[\]{}\\=<>&`^!?;:]"
"""What stands between letters that are spaced out; normalization makes a space or a pause of all of it."""
_SPACED = re.compile(rf"(?<![^\W_])[^\W\d_](?:{_GAP}{{1,4}}[^\W\d_]){{3,}}(?![^\W_])")
_LEET = re.compile(r"[a-z0-9@$!|]{2,}")
# An address or a link is no word, whatever it looks like; and "offer!You" is two sentences, not "offeriyou".
_ADDRESS = re.compile(r"\S*(?:@[a-z0-9\-]+\.|://|www\.)|@[a-z]")
# "24h", "2nd", "a1", "mp3": numbers with a unit or a letter, not disguises.
_UNIT = (
    r"h|hr|hrs|k|km|kms|kg|kgs|g|mg|l|ml|m|mm|cm|ft|in|min|mins|sec|s|st|nd|rd|th|am|pm|eur|usd|gbp|p|pp|pw|pcm|pax|x|yo|yr|yrs|"
    r"w|wk|wks|gb|mb|tb|kb|mhz|ghz|hz|kw|kwh|v|cc|bn|b|er|re|e|eme|ieme|nde|ere|a|o|os|as|te|ter|ste|de|es|as|en|ik|lea"
)
_MEASURE = re.compile(rf"[0-9$]+(?:{_UNIT})?|[a-z]{{1,2}}[0-9]+|.{{1,2}}")
_CODE = re.compile(r"[a-z][0-9]{3}|[a-z]{2}[0-9]{2,3}")
"""A road, a model, a flight or a postcode; but in a text that spells other words so, "fr33" is a word too."""
_OTHERS = 2
"""Words in leet spelling from which a code is taken for one as well."""
_LEET_LETTERS = {
    "0": "o", "1": "il", "2": "z", "3": "e", "4": "a", "5": "s", "6": "g", "7": "t", "8": "b", "9": "g",
    "@": "a", "$": "s", "!": "i", "|": "li",
}  # fmt: skip
_MAX_LEET_READINGS = 16
_UNKNOWN_COST = 3
_LONGEST_WORD = 20


# One letter per kind of character, so that the rare cases are found by substring search, not by a slow regex.
_KINDS = bytes(
    ord("a" if c.isalpha() or c == "?" else "0" if c.isdigit() else "@" if c in "@$!|" else "." if c in ".,:/'`^" else " ")
    for c in map(chr, range(128))
) + bytes(128)


class Change(NamedTuple):
    """Replacements that undo one disguise, at ``folded[start:end]``."""

    kind: Literal["leet", "spaced"]
    start: int
    end: int
    parts: tuple[tuple[int, int, str], ...]


def kinds_of(text: str) -> bytes:
    """Return one letter for each character's kind: a letter, a digit, a sign that passes for a letter, a point, or none.

    Examples
    --------
    >>> kinds_of("k33p it!")
    b'a00a aa@'
    """
    return text.encode("ascii", "replace").translate(_KINDS)


def disguised(folded: str, kinds: bytes, known: Vocabulary) -> list[Change]:
    """Return what undoes the disguised words of a folded text that are known, in order and apart.

    Examples
    --------
    >>> text = "we k33p y.o.u.r card"
    >>> found = disguised(text, kinds_of(text), {"keep", "your"}.__contains__)
    >>> [(change.kind, text[change.start : change.end]) for change in found]
    [('leet', 'k33p'), ('spaced', 'y.o.u.r')]
    """
    found: list[Change] = []
    if any(hint in kinds for hint in _LEET_HINTS):
        found += _leet_changes(folded, known)
    parted = kinds.replace(b".", b" ")
    if any(hint in parted for hint in _SPACED_HINTS) or parted.startswith(b"a a a "):
        found += _spaced_changes(folded, known)
    return apart(found)


def _leet_changes(folded: str, known: Vocabulary) -> list[Change]:
    """Find leet-spelled words that the vocabulary knows."""
    sure: list[Change] = []
    codes: list[Change] = []
    at = 0
    for word in folded.split(" "):
        if word and not word.isalpha():
            for start, end, reading in _leet_in(word, known):
                into = codes if _CODE.fullmatch(word, start, end) else sure
                into.append(Change("leet", at + start, at + end, ((at + start, at + end, reading),)))
        at += len(word) + 1
    return sure + codes if len(sure) >= _OTHERS else sure


@lru_cache(maxsize=50_000)
def _leet_in(text: str, known: Vocabulary) -> tuple[tuple[int, int, str], ...]:
    """Return what is leet-spelled in a text without spaces: where, and how it is read."""
    kinds = kinds_of(text)
    if _ADDRESS.match(text) or not any(hint in kinds for hint in _LEET_HINTS):
        return ()
    found = []
    for one in _LEET.finditer(text):
        word = one[0].rstrip("!|@")
        plain = word.replace("!", "").replace("|", "")
        ordinary = plain.isalpha() or (_MEASURE.fullmatch(word) is not None and _CODE.fullmatch(word) is None)
        reading = None if ordinary else _leet_reading(word, known)
        if reading is not None:
            found.append((one.start(), one.start() + len(word), reading))
    return tuple(found)


def _spaced_changes(folded: str, known: Vocabulary) -> list[Change]:
    """Find words whose letters were spaced out."""
    runs = ((found, _join_spaced(found, known)) for found in _SPACED.finditer(folded))
    return [Change("spaced", *found.span(), tuple(joined)) for found, joined in runs if joined]


def _leet_reading(word: str, known: Vocabulary) -> str | None:
    """Return the first reading of a leet-spelled word that the vocabulary knows."""
    readings = [""]
    for char in word:
        letters = _LEET_LETTERS.get(char, char)
        readings = [reading + letter for reading in readings for letter in letters][:_MAX_LEET_READINGS]
    return next((reading for reading in readings if known(reading)), None)


def _segment(letters: str, known: Vocabulary) -> list[int] | None:
    """Return the lengths of the words that `letters` is made of, or None when too little of it is known.

    The way with the fewest words wins ("passport" before "pass" + "port"); a letter outside every known word costs more
    than any word.
    """
    best: list[tuple[int, int, bool]] = [(0, 0, False)]  # cost so far, where the last piece starts, whether it is known
    for end in range(1, len(letters) + 1):
        cost, start, is_word = best[end - 1][0] + _UNKNOWN_COST, end - 1, False
        for begin in range(max(0, end - _LONGEST_WORD), end - 1):
            if best[begin][0] + 1 < cost and known(letters[begin:end]):
                cost, start, is_word = best[begin][0] + 1, begin, True
        best.append((cost, start, is_word))
    lengths: list[int] = []
    covered = longest = 0
    end, loose = len(letters), 0
    while end:
        _, start, is_word = best[end]
        if is_word:
            if loose:
                lengths.append(loose)
            lengths.append(end - start)
            covered += end - start
            longest, loose = max(longest, end - start), 0
        else:
            loose += 1
        end = start
    if loose:
        lengths.append(loose)
    return lengths[::-1] if longest >= 4 and covered * 2 >= len(letters) else None


def _join_spaced(found: re.Match[str], known: Vocabulary) -> list[tuple[int, int, str]]:
    """Return the changes that put a spaced-out run together, or none when it is not a disguise."""
    run = found[0]
    letters = [m.start() for m in re.finditer(r"[^\W\d_]", run)]
    gaps = [after - before - 1 for before, after in pairwise(letters)]
    narrow, wide = min(gaps), max(gaps)
    if wide > narrow:
        breaks = {i for i, gap in enumerate(gaps) if gap > narrow}
        words = "".join(run[at] + " " * (i in breaks) for i, at in enumerate(letters)).split()
        parted = any(run[letters[i] + 1 : letters[i + 1]].isspace() for i in breaks)  # a wider space shows where words end
        if not (parted or any(map(known, words))):
            return []
    else:
        lengths = _segment("".join(run[i] for i in letters), known)
        if lengths is None:
            return []
        breaks = {sum(lengths[: i + 1]) - 1 for i in range(len(lengths) - 1)}
    base = found.start()
    return [(base + at + 1, base + letters[i + 1], " " if i in breaks else "") for i, at in enumerate(letters[:-1])]
