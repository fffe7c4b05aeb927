"""spaCy token patterns on normalized text. spaCy is imported where a lexicon has such patterns, and not before."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from thb_indicators.patterns import Tokens


@lru_cache(maxsize=1)
def _vocabulary() -> Any:
    import spacy  # it alone takes longer to import than the rest of the library

    return spacy.blank("xx").vocab


def find_tokens(pattern: Tokens, text: str) -> list[tuple[int, int]]:
    """Return the places of a token pattern in normalized text, the longest where several begin together.

    Examples
    --------
    >>> from thb_indicators.construction import Construction
    >>> find_tokens(Tokens(({"LOWER": "keep"}, {"LOWER": "it"}), Construction("keep", {})), " we keep it ")
    [(4, 11)]
    """
    from spacy.matcher import Matcher
    from spacy.tokens import Doc

    words = text.split()
    matcher = Matcher(_vocabulary())
    matcher.add("pattern", [list(pattern.spec)], greedy="LONGEST")
    starts = [at + 1 for at, char in enumerate(text[:-1]) if char == " "]
    spans = [(first, last) for _, first, last in matcher(Doc(_vocabulary(), words=words))]
    return [(starts[first], starts[last - 1] + len(words[last - 1])) for first, last in spans]
