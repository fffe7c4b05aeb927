"""Constructions that read the same of a woman and of a man: `genders` of a language's file say which words are one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import product

_BRACKET = re.compile(r"([(\[][^()\[\]]*[)\]])")
_WORD = re.compile(r"[^\s|()\[\]]+")

Forms = Mapping[str, tuple[str, ...]]
"""By word, all the words that say the same of either gender, itself first."""


def read_forms(rows: Iterable[str]) -> Forms:
    """Return the forms of each word of some rows.

    Examples
    --------
    >>> read_forms(["her his him"])["his"]
    ('his', 'her', 'him')
    """
    forms: dict[str, tuple[str, ...]] = {}
    for row in rows:
        words = row.split()
        for word in words:
            forms[word] = (word, *(other for other in words if other != word))
    return forms


def either(source: str, forms: Forms) -> str:
    """Return a construction with each gendered word of it in all its forms.

    Examples
    --------
    >>> forms = read_forms(["she he", "her his him"])
    >>> either("she|they ..2 (ask her|call) [her] desk", forms)
    'she|he|they ..2 (ask her|ask his|ask him|call) [her|his|him] desk'
    >>> either("she waits", forms)
    'she|he waits'
    """
    if forms.keys().isdisjoint(_WORD.findall(source)):
        return source
    parts = _BRACKET.split(source)
    return "".join(
        f"{part[0]}{_row(part[1:-1], forms)}{part[-1]}" if i % 2 else re.sub(r"\S+", lambda w: _row(w[0], forms), part)
        for i, part in enumerate(parts)
    )


def _row(alternatives: str, forms: Forms) -> str:
    if forms.keys().isdisjoint(_WORD.findall(alternatives)):
        return alternatives
    return "|".join(dict.fromkeys(said for one in alternatives.split("|") for said in spoken(one, forms)))


def spoken(words: str, forms: Forms) -> Iterator[str]:
    """Yield some words in all their forms, as they stand first.

    Examples
    --------
    >>> list(spoken("her number", read_forms(["her his"])))
    ['her number', 'his number']
    """
    yield from map(" ".join, product(*(forms.get(word, (word,)) for word in words.split(" "))))
