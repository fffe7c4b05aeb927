"""Context: whether what was found counts, or is denied, quoted, innocent, or said in another kind of ad.

The rules follow ConText (Chapman et al. 2007; Harkema et al. 2009): a cue has a direction and a scope that ends at a
terminator, and a longer pseudo-cue ("not only") hides the shorter cue inside it. Scopes never leave the clause.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from thb_indicators.construction import Construction
from thb_indicators.patterns import Cues
from thb_indicators.records import Domain

CueKind = Literal["before", "after", "pseudo", "stop", "quoting"]
KINDS: tuple[CueKind, ...] = ("before", "after", "pseudo", "stop", "quoting")
SCOPE_BEFORE = 6
"""Words between a cue and what it denies."""
SCOPE_AFTER = 5
ENOUGH_POINTS = 2
"""An ad belongs to a domain from one strong or two weak cues on."""
ENOUGH_AWARENESS = 2
"""Distinct cues from which a text is about the subject (news, advice, training) instead of an offer."""

_QUOTED = {
    '"': re.compile('"[^"]*"'),
    "“": re.compile("“[^“”]{1,600}”"),
    "„": re.compile("„[^„“”]{1,600}[“”]"),
    "«": re.compile("«[^«»]{1,600}»"),
    "»": re.compile("»[^«»]{1,600}«"),
    "”": re.compile("”[^“”]{1,600}”"),
    "‘": re.compile(r"(?<!\w)‘[^‘\n]{1,600}’(?!\w)"),
    "'": re.compile(r"(?<![^\s(\[:,\u2014-])'(?=\S)[^\n']{8,300}(?<=\S)'(?!\w)"),
}
"""By opening mark; what looks like an apostrophe opens a quotation only before a word, and closes one only after it."""
_BESIDE_QUOTE = 12
"""Characters outside the marks, below which the whole text stands in them."""
_MAX_QUESTION = 60
_EMPHASIS = 3
"""Up to this many words in quotation marks are emphasis, not a quotation."""
LIST_WORDS = (" or ", " nor ", " o ", " ni ", " ou ", " nem ", " sau ", " nici ", " oder ", " noch ", " of ", " ne ", " vagy ",
              " или ", " або ", " ни ", " ані ", " нито ")  # fmt: skip
ANSWERS = (" no ", " never ", " none ", " nope ", " not ", " nothing ", " nunca ", " nein ", " nie ", " non ", " jamais ",
           " nee ", " nem ", " nu ", " не ", " нет ", " ні ", " никога ", " нее ", " nooit ", " mai ", " nao ")  # fmt: skip
OUTRIGHT_ANSWERS = (" not here ", " not with us ", " not us ", " never . ", " nope ", " no way ", " aqui no ", " aqui nao ",
                    " nunca . ", " da noi no ", " non da noi ", " mai . ", " pas chez nous ", " jamais . ", " nu la noi ",
                    " nicht bei uns ", " bei uns nicht ", " niet bij ons ", " bij ons niet ", " nooit . ", " nalunk nem ",
                    " не у нас ", " не при нас ", " не в нас ", " никога . ", " никогда . ", " ніколи . ")  # fmt: skip
"""Answers that deny even a question that holds a denial itself: "No contract? No problem" denies nothing."""


class Cue(NamedTuple):
    """A context cue at ``text[start:end]`` of the normalized text."""

    start: int
    end: int
    kind: CueKind


def cue_constructions(cues: Cues) -> Iterator[tuple[CueKind, Construction]]:
    """Yield every cue of one language as a construction, for the automaton to look for."""
    for kind in KINDS:
        for words in getattr(cues, kind):
            yield kind, Construction(f"({words})", {})


def _longest(cues: Iterable[Cue], kinds: Sequence[CueKind], low: int, high: int) -> list[Cue]:
    """Return the cues of some kinds between `low` and `high`, without those that lie inside a longer one."""
    inside = sorted((c for c in cues if c.kind in kinds and c.start >= low and c.end <= high), key=lambda c: (c.start, -c.end))
    kept: list[Cue] = []
    for cue in inside:
        if not kept or cue.end > kept[-1].end or (cue.start, cue.end) == kept[-1][:2]:
            kept.append(cue)
    return kept


def denied(text: str, start: int, end: int, cues: Sequence[Cue]) -> str:
    """Return the cue that denies what stands at ``text[start:end]``, or an empty string.

    Examples
    --------
    >>> text = " we never keep your passport . "
    >>> denied(text, 10, 28, [Cue(4, 9, "before")])
    'never'
    >>> text = " we not only keep your passport . "
    >>> denied(text, 13, 31, [Cue(4, 7, "before"), Cue(4, 12, "pseudo")])
    ''
    """
    low = _words_back(text, start - 1, SCOPE_BEFORE)
    earlier = _longest(cues, ("before", "pseudo", "stop"), low, start)
    while earlier and _is_list_comma(text, earlier[-1], start):
        earlier.pop()
    if earlier and earlier[-1].kind == "before":
        return text[earlier[-1].start : earlier[-1].end]
    later = _longest(cues, ("after", "stop"), end, _words_on(text, end, SCOPE_AFTER))
    if later and later[0].kind == "after":
        return text[later[0].start : later[0].end]
    return ""


def denied_inside(text: str, start: int, end: int, cues: Sequence[Cue], own: frozenset[str]) -> str:
    """Return the cue among the words in between of ``text[start:end]`` ("passports are never kept by us"), or ''.

    `own` are the words the pattern itself is made of: where it says "no", it means it.
    """
    for cue in _longest(cues, ("before", "pseudo"), start, end):
        if cue.kind == "before" and not own.issuperset(text[cue.start : cue.end].split(" ")):
            return text[cue.start : cue.end]
    return ""


def _is_list_comma(text: str, cue: Cue, start: int) -> bool:
    """Whether a stop cue is only the comma of a list ("no deductions, fees or deposits"), which ends nothing."""
    if cue.kind != "stop" or text[cue.start : cue.end] != ",":
        return False
    following = text[cue.end : _words_on(text, start, 3) + 1]
    return any(word in following for word in LIST_WORDS)


def answered_no(text: str, original: str, end: int, origin_end: int, answers: tuple[str, ...] = ANSWERS) -> bool:
    """Whether what ends at ``text[:end]`` is a question that the next clause denies ("Upfront fee? Never.").

    `original` and `origin_end` are the field and the same place in it, where the question mark still stands; `answers` are
    how a clause begins that denies it.
    """
    mark = original.find("?", origin_end)
    if not 0 <= mark - origin_end <= _MAX_QUESTION or any(c in original[origin_end:mark] for c in ".!;\n"):
        return False
    stop = text.find(" . ", end - 1)
    return stop >= 0 and text[stop + 2 :].startswith(answers)


def reported(text: str, start: int, cues: Sequence[Cue]) -> str:
    """Return the cue in the same clause that makes what stands at `start` reported speech or a warning, or ''."""
    earlier = _longest(cues, ("quoting",), clause_start(text, start - 1), start)
    return text[earlier[-1].start : earlier[-1].end] if earlier else ""


def clause_start(text: str, at: int) -> int:
    """Return where the clause around `at` begins: at the space before its first word."""
    end_of_last = text.rfind(" . ", 0, at + 1)
    return end_of_last + 2 if end_of_last >= 0 else 0


def quotations(original: str) -> list[tuple[int, int, str]]:
    """Return where something is quoted, with its opening mark: some words in quotation marks, and others outside them.

    Up to three words in marks are emphasis, not a quotation.

    Examples
    --------
    >>> quotations('They told me "we will keep your passport" and left')
    [(13, 41, '"')]
    """
    found = []
    for mark, quoted in _QUOTED.items():
        if mark in original:
            for one in quoted.finditer(original):
                start, end = one.span()
                if original.count(" ", start, end) >= _EMPHASIS and len(original) - (end - start) >= _BESIDE_QUOTE:
                    found.append((start, end, mark))
    return found


def _words_back(text: str, at: int, words: int) -> int:
    low = at
    for _ in range(words + 1):
        low = text.rfind(" ", 0, low)
        if low <= 0 or text[low : low + 3] == " . ":
            break
    return max(low, 0)


def _words_on(text: str, at: int, words: int) -> int:
    high = at
    for _ in range(words + 1):
        following = text.find(" ", high + 1)
        if following < 0 or text[high : high + 3] == " . ":
            break
        high = following
    return high


def domains(points: Mapping[str, int]) -> tuple[Domain, ...]:
    """Return the kind of ad this is, from the points of its cues.

    Cues of goods, rooms, pets and the like outvote weak cues of the other two kinds, never strong ones. An ad that
    recruits for services is a recruitment ad, unless it is much more of the other.

    Examples
    --------
    >>> domains({"recruitment": 3, "other": 2}), domains({"services": 2, "other": 4})
    (('recruitment',), ())
    >>> domains({"services": 4, "recruitment": 3})
    ('recruitment',)
    """
    other = points.get("other", 0)
    ordered: Sequence[Domain] = ("services", "recruitment")
    found = tuple(d for d in ordered if points.get(d, 0) >= ENOUGH_POINTS and points.get(d, 0) * 2 > other)
    if len(found) == len(ordered):
        return ("recruitment",) if points["recruitment"] * 2 >= points["services"] else ("services",)
    return found
