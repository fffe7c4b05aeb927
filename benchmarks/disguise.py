"""Ways in which wording is disguised, each applied to a whole text, the same every time."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

_HOMOGLYPHS = str.maketrans("aeopcxyiACEOPXTHKMB", "аеорсхуіАСЕОРХТНКМВ")
_LEET = str.maketrans("aeiost", "431057")


def _some(text: str, change: Callable[[str], str], share: float) -> str:
    """Change a share of the words of four letters or more."""
    draw = random.Random(text)  # reproducible, not secret
    return re.sub(r"[A-Za-z]{4,}", lambda word: change(word[0]) if draw.random() < share else word[0], text)


def _bold(letter: str) -> str:
    return chr(0x1D400 + ord(letter) - 65) if letter.isupper() else chr(0x1D41A + ord(letter) - 97)


def _words_broken(text: str) -> str:
    draw = random.Random(text)  # reproducible, not secret
    return re.sub(" ", lambda _: "\n" if draw.random() < 0.25 else " ", text)


WAYS: dict[str, Callable[[str], str]] = {
    "zero-width": lambda text: _some(text, "\u200b".join, 0.5),
    "homoglyph": lambda text: _some(text, lambda word: word.translate(_HOMOGLYPHS), 0.5),
    "leet": lambda text: _some(text, lambda word: word.translate(_LEET), 0.5),
    "spaced": lambda text: _some(text, " ".join, 0.3),
    "fullwidth": lambda text: _some(text, lambda word: "".join(chr(ord(c) + 0xFEE0) for c in word), 0.5),
    "bold": lambda text: _some(text, lambda word: "".join(map(_bold, word)), 0.5),
    "case": lambda text: "".join(c.upper() if i % 2 else c.lower() for i, c in enumerate(text)),
    "upper": str.upper,
    "line breaks": _words_broken,
}  # fmt: skip
