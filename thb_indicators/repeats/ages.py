"""Ages: the numbers of an ad, in digits and in words, and which of them are the age of the one presented."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from thb_indicators.repeats.frames import Frames, Stems
from thb_indicators.repeats.names import fold
from thb_indicators.spelled import DIGIT_WORDS

ADULT, OLDEST = 18, 79
"""Ages that are read; wording about anyone younger is the lexicon's to find, and gives no persona an age."""

_DIGITS = re.compile(r"[1-9](?<![0-9].)[0-9]?(?![0-9])", re.DOTALL)
_OTHER = re.compile(r"[:/%€$£]|[.,]\d|\s\d{3}(?!\d)")
_NOT_BEFORE = frozenset(".,:/€$£+#-_'")
_RANGE_BEFORE = re.compile(r"\d\s*(?:[-–—+/]|to|bis|a|à|и|до)\s*$")
_RANGE_AFTER = re.compile(r"\s*(?:(?:[-–—+/]|to|bis|a|à|до)\s*\d|\+)")
_CLAUSE_BEFORE = re.compile(r"[^.!?\n,;|(]*$")
_CLAUSE_AFTER = re.compile(r"[^.!?\n,;|)]*")
_ENDS = re.compile(
    r"\s*(?:$|[\n.,;!?)|•*·★♥❤💋☎📞/\-–—]|(?:and|in|from|y|de|en|e|em|și|din|aus|und|et|à|a|di|uit|в|из|у|з|и|і|és)\b(?!\s*\d))",
    re.IGNORECASE,
)
_CLAUSE_ENDS = re.compile(r"\s*(?:$|[\n.,;!?)|•*·★♥❤/\-–—])")

_WORD_REACH = 24

_MEASURE = re.compile(r"\s*(?:\d|%|min|euro|eur\b|lei\b|pound|hour|people|kg\b|cm\b|km\b)")


class Number(NamedTuple):
    """A whole number in an ad, and where it stands."""

    start: int
    end: int
    value: int


Told = Literal["age", "maybe"]


def numbers(field: str, plain: str, frames: Frames) -> dict[int, Number]:
    """Return the numbers that can be ages by where they start; `plain` is the field in lower case, its separators blank.

    Examples
    --------
    >>> from thb_indicators.repeats.frames import load_frames
    >>> text = "Chiara, trent'anni (30), 100 euro"
    >>> [number.value for number in numbers(text, text.lower(), load_frames("it")).values()]
    [30, 30]
    """
    found = {}
    for match in _DIGITS.finditer(field):
        start, end = match.span()
        if _OTHER.match(field, end):
            continue
        before = field[start - 1 : start]
        if not (before in _NOT_BEFORE or before.isalpha()) or field[max(0, start - 2) : start] == " -" or not start:
            found[start] = Number(start, end, int(match[0]))
    digits = len(found)
    for _, at, _ in frames.tens.find_matches_as_indexes(plain, overlapping=True):
        start = plain.rfind(" ", 0, at) + 1
        said = frames.spelled.match(plain, start)
        if said and not _in_a_row(plain, start, said.end(), frames):
            found[start] = Number(start, said.end(), frames.numbers[said[0]])
    return found if len(found) == digits else dict(sorted(found.items()))


def _in_a_row(plain: str, start: int, end: int, frames: Frames) -> bool:
    """Whether digits or numbers in words stand right before or after, as in a phone number that is spelled out."""
    beside = (*plain[max(0, start - _WORD_REACH) : start].split()[-1:], *plain[end : end + _WORD_REACH].split()[:1])
    return any(fold(word.partition("-")[0]) in DIGIT_WORDS or frames.spelled.match(word) for word in beside)


def told(field: str, plain: str, number: Number, frames: Frames, named: bool) -> Told | None:
    """Return whether a number is the age of the one presented: by its unit, beside a name, or after a word such as *aged*.

    A number with a unit that durations share, and no more, is one only where the ad names somebody.
    """
    start, end = number.start, number.end
    unit = frames.old.match(plain, end)
    kind: Told = "age"
    if unit is None:
        unit = frames.years.match(plain, end)
        if not (named or _is_aged(plain, start, frames)):
            spelled = plain[start].isalpha()
            if (unit is None and not spelled) or not _CLAUSE_ENDS.match(field, unit.end() if unit else end):
                return None
            opened = field[max(0, start - 8) : start].rstrip(" \t")
            if opened and opened[-1] not in ",.!?\n|(–:;•*★♥❤":
                return None
            kind = "maybe" if unit is None or (opened and opened[-1] in ",(;") else "age"
        elif unit is None and not _ENDS.match(field, end) and not _of_somebody(plain, number, frames):
            return None
    before = plain[max(0, start - 40) : start]
    if _RANGE_BEFORE.search(before) or _RANGE_AFTER.match(plain, end):
        return None
    clause = _CLAUSE_BEFORE.search(field[max(0, start - 40) : start])
    if clause and _limited(clause[0], frames.limits):
        return None
    after = _CLAUSE_AFTER.match(field, unit.end(), unit.end() + 24) if unit else None
    return None if after and _limited(after[0], frames.limits_after) else kind


def _of_somebody(plain: str, number: Number, frames: Frames) -> bool:
    """Whether the age is that of one named by what they are, as in "a companion of 29 who"; "an hour of 29 euro" is not."""
    words = plain[max(0, number.start - 40) : number.start].split()[-2:]
    return len(words) == 2 and words[0] in frames.people and not _MEASURE.match(plain, number.end)


def _is_aged(plain: str, start: int, frames: Frames) -> bool:
    """Whether a word such as *aged* stands before a number, or whom the ad presents: "companion of 29", "masseuse, 39"."""
    tail = f" {plain[max(0, start - 40) : start]}".rstrip(" :")
    last = tail.rpartition(" ")[2]
    if last == "of":
        tail = tail[:-3].rstrip()
        last = tail.rpartition(" ")[2]
    return last in frames.aged and tail.endswith(frames.aged[last])


def _limited(clause: str, limits: Stems) -> bool:
    words, stems = limits
    return any(word in words or word.startswith(stems) for word in clause.lower().split())
