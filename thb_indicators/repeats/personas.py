"""Personas: the name and the age that an ad states of whom it presents.

There is no list of names. The words around decide ("my name is", "ask for"), the place in a title ("Anna, 26"), and a capital;
what the lexicons write in lower case, months, days, nationalities and places are no names. What is doubtful is left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Literal, NamedTuple

from thb_indicators.repeats.ages import ADULT, OLDEST, Number, numbers, told
from thb_indicators.repeats.frames import Frames, load_frames
from thb_indicators.repeats.names import fold, load_names
from thb_indicators.repeats.records import Persona
from thb_indicators.repeats.slots import CAPITALIZED, TOLD_BY_CAPITALS, UPPER
from thb_indicators.resources import data_path
from thb_indicators.terms import protected

STEM = 6
LONGEST_NAME = 20
SHORT = 6
"""Words of a title up to which all may have a capital, and a name still be told."""
REACH = 48
"""Characters before a name in which its frame is sought."""

_BREAKS = frozenset("\n.!?|•*★♥❤💋☎📞:…⭐💫✨🌹")
_SEPARATORS = re.compile(r"[,;()\[\]{}\n.!?|•*★♥❤💋☎📞\"«»“”\t…⭐💫✨🌹]")
_BESIDE = re.compile(r"(?:\s+xx?)?\s*[,:|–\-★♥❤•*]?\s*(?:(?:is|aged)\s+)?\(?")
_IN_PLACE = re.compile(rf"[),]?\s+\w{{1,4}}\s+[{UPPER}]")
_APART = re.compile(r"[,)]")
_BASED = re.compile(r"\s+based\b")
_NEXT = re.compile(rf"\s+([{UPPER}]\w+)")
_HEADS = re.compile(rf"\s*[,|–—\-:•·★♥❤💋⭐💫✨🌹(]|\s+(?:\w{{1,2}}|aus|din|uit|visiting|from)\s+[{UPPER}]|\s+[{UPPER}]")
_STREET = re.compile(r"(?:straat|laan|weg|stra(?:ss|ß)e|gasse|platz|plein|str|avenue|gade)$")
_SIGNED = re.compile(rf"(?:\s+x+\b)?(?:,\s*[{UPPER}]\w+)?\W*$")
_WHAT = re.compile(r"\s*[,–-]\s*(\w+)")
_TWO_DIGITS = re.compile(r"\s+(?:\w{1,3}\s+)?[1-9]\d(?!\d)")
_NUMBER_BEFORE = re.compile(r"\d{3}[\s.]*\($")
_REACHED = re.compile(r"[^.!?\n\d@]{0,28}(?:[+(]{0,2}\d{3}|\S*@)")
_CALLED = re.compile(r"\s*[,:–-]?\s*(?:\w{1,5}\.?\s+)?(?:\+\d|\(?0\d{2}|\(?\d{3}\)?[-. ]\d{3}[-. ]\d)")
_WORD = re.compile(r"[^\W\d_]{2,}")
_PROTECTED = ("nationality", "ethnicity", "religion", "gender", "age")

NEVER, WORD, TOWN, FREE = range(4)
"""What a capitalized word can be: no name at all, a name only in the surest frames, one that a well-known town bears, any."""

Kind = Literal["named", "age", "being", "after", "titled", "asked", "contacted", "closed", "signed", "greeting", "supported", "repeated"]
_RANK: dict[Kind, int] = {
    "named": 0, "age": 1, "being": 2, "after": 3, "titled": 5, "asked": 5, "contacted": 6, "closed": 4, "signed": 4, "greeting": 7, "supported": 8, "repeated": 9,
}  # fmt: skip
"""How sure a frame is, the surest first; the last two count only with an age in the ad, or where the ad says the name again."""
_LEAST: dict[Kind, int] = {
    "named": WORD, "age": TOWN, "being": TOWN, "after": FREE, "titled": WORD, "asked": TOWN, "contacted": FREE, "closed": FREE, "signed": FREE, "greeting": FREE,
    "supported": FREE, "repeated": FREE,
}  # fmt: skip


class _Reading(NamedTuple):
    kind: Kind
    name: str
    beside: int
    """Where an age beside the name starts."""
    titled: bool


def persona(title: str, text: str, language: str | None = None) -> Persona:
    """Return the name, folded, and the age that an ad states of whom it presents; None for what it does not state clearly.

    Examples
    --------
    >>> persona("Anna 24 in Leeds", "Relaxing massage, call me", "en")
    Persona(name='anna', age=24)
    >>> persona("Cleaners wanted", "Aged 20-35, 3 years experience. Contact HR manager Elena.", "en")
    Persona(name='elena', age=None)
    >>> persona("", "Ciao, sono Vera, trentun anni", "it")
    Persona(name='vera', age=31)
    """
    frames = load_frames(language)
    readings: list[_Reading] = []
    ages: list[int] = []
    maybe: list[int] = []
    for field in (title, text):
        if not field:
            continue
        plain = _plain(field)
        counted = numbers(field, plain, frames)
        presented = list(_presented(field, plain, counted, frames, language, field is title))
        readings += presented
        beside = {reading.beside for reading in presented}
        for number in counted.values():
            kind = told(field, plain, number, frames, number.start in beside)
            if kind:
                (ages if kind == "age" else maybe).append(number.value)
    if not ages and readings:
        ages = maybe
    age = ages[0] if ages and min(ages) >= ADULT and ages[0] <= OLDEST else None
    return Persona(_name(readings, age), age)


def _plain(field: str) -> str:
    """Return a field in lower case with blanks for separators, as long as it was."""
    lower = field.lower()
    if len(lower) != len(field):
        lower = "".join(char.lower() if len(char.lower()) == 1 else char for char in field)
    return _SEPARATORS.sub(" ", lower).replace("’", "'")


def _name(readings: list[_Reading], age: int | None) -> str | None:
    """Return the name of the surest frame; the title comes first."""
    said = Counter(name for name, _, _ in {(reading.name, reading.kind, reading.titled) for reading in readings})
    best: tuple[int, str] | None = None
    for kind, name, _, _ in readings:
        if not name:
            continue
        rank = _RANK[kind]
        if kind in ("supported", "repeated"):
            if said[name] > 1 or (kind == "supported" and age is not None):
                rank = _RANK["after"]
            else:
                continue
        if best is None or rank < best[0]:
            best = (rank, name)
    return best[1] if best else None


def _presented(
    field: str, plain: str, counted: Mapping[int, Number], frames: Frames, language: str | None, title: bool
) -> Iterator[_Reading]:
    """Yield the names that a field states."""
    candidates = list(CAPITALIZED.finditer(field))
    words = field.count(" ") + 1
    shouting = words > SHORT and len(candidates) >= TOLD_BY_CAPITALS * words
    for match in candidates:
        word = match[0]
        standing, name = _standing(word, language)
        start, end = match.span()
        if (
            standing == NEVER
            or (word.isupper() and words > SHORT and not shouting)
            or (start and (field[start - 1].isalnum() or field[start - 1] in "@#_"))
        ):
            continue
        number = _beside(field, plain, end, counted, frames)
        kind = _kind(field, plain, start, end, standing, number, frames, language, title)
        if kind is None or len(name) < 3 or (standing < _LEAST[kind] and not _is_sure(kind, standing, number, language)):
            continue
        if shouting and kind not in ("named", "age"):
            continue
        if kind == "being" and not number and len(name) > STEM and name[:STEM] in _vocabulary_stems(language):
            continue
        if kind == "age":
            if number is None or not _has_age(field, plain, number, standing, frames) or _STREET.search(name):
                continue
            if number.value < ADULT:
                name = ""
        yield _Reading(kind, name, number.start if number else -1, title)


def _beside(field: str, plain: str, end: int, counted: Mapping[int, Number], frames: Frames) -> Number | None:
    """Return the number beside a name: "Anna, 26", "Anna here, 26", "Anna, companion of 26"."""
    if not counted:
        return None
    after = frames.after.match(plain, end)
    beside = _BESIDE.match(field, after.end() if after else end)
    return counted.get(beside.end() if beside else end)


def _kind(
    field: str, plain: str, start: int, end: int, standing: int, number: Number | None, frames: Frames, language: str | None,
    title: bool,
) -> Kind | None:  # fmt: skip
    """Return the frame that the word from `start` to `end` stands in."""
    tail = f" {plain[max(0, start - REACH) : start]}".rstrip(" :-–")
    last = tail.rpartition(" ")[2]
    before = frames.before.get(last)
    said = {kind for part, kind in before if tail.endswith(part)} if before else set()
    if "named" in said:
        return "named"
    following = _NEXT.match(field, end)
    if "being" in said:
        # in German a noun has its capital too: only an age tells a name from an occupation
        plainly = language != "de" and not following and not _BASED.match(field, end)
        return "being" if number or plainly else None
    opened = field[max(0, start - 8) : start].rstrip(" \t")
    begins = not opened or opened[-1] in _BREAKS
    if standing == WORD and not begins and not said and last not in frames.offices:
        return None
    if number and (begins or said or (standing == FREE and _APART.match(field, number.end) and field[number.start - 1] in "( ")):
        if begins or said or field[number.start - 1] == "(" or opened[-1] == ",":
            return "age"
    # a company has several words with capitals, and one of them is ordinary
    company = following is not None and _standing(following[1], language)[0] <= (NEVER if language == "de" else WORD)
    if last in frames.offices:
        called = tail
        while called and called.rpartition(" ")[2] in frames.offices:
            called = called.rpartition(" ")[0].rstrip(" :")
            ends = frames.before.get(called.rpartition(" ")[2], ())
            said |= {kind for part, kind in ends if kind in ("asked", "contacted", "address") and called.endswith(part)}
    if company and said & {"asked", "contacted", "address"}:
        return None
    if "address" in said and (said & {"asked", "contacted"} or _REACHED.match(field, end)):
        return "titled"
    if "asked" in said:
        return "asked"
    if "contacted" in said or (field[end : end + 1] == ")" and _NUMBER_BEFORE.search(field, max(0, start - 8), start)):
        return "contacted"
    greeted = begins or "opening" in said or "greeting" in said or (opened[-1] == "," and field.count(" ", 0, start) < 4)
    if greeted and frames.after.match(plain, end):
        return "being" if number else "after"
    if begins and (what := _WHAT.match(plain, end)) and what[1] in frames.people:
        return "being" if _TWO_DIGITS.match(plain, what.end()) else "after"
    if begins and _CALLED.match(field, end) and not (title or start == 0):
        return "contacted"
    if "greeting" in said and start < 24 and len(field[:start].split()) <= 2 and (end == len(field) or field[end] in ".,!\n"):
        return "greeting"
    if not title and len(field) - end < 30 and _SIGNED.match(field, end):
        if "closing" in said:
            return "closed"
        if begins and language != "de" and start > 40 and field[start - 1] != ":":
            return "signed"
        return "repeated"
    if "people" in said and language != "de" and not title and field[start - 2 : start - 1].islower() and last == field[start - 1 - len(last) : start - 1]:
        return "after"
    if "presenting" in said or "people" in said:
        return "supported" if title or language != "de" else "repeated"
    if title and (start == 0 or not field[:start].strip(" ★♥❤💋⭐💫✨🌹•*")):
        return "supported" if _HEADS.match(field, end) else "repeated"
    if title and begins and end == len(field):
        return "supported"
    return None


def _has_age(field: str, plain: str, number: Number, standing: int, frames: Frames) -> bool:
    """Whether a number is an age; beside the name of a well-known town it may be a postal district instead."""
    if number.value > OLDEST or not told(field, plain, number, frames, True):
        return False
    sure = field[number.start - 1] == "(" or frames.old.match(plain, number.end) or frames.years.match(plain, number.end)
    return standing == FREE or bool(sure or _IN_PLACE.match(field, number.end))


def _is_sure(kind: Kind, standing: int, number: Number | None, language: str | None) -> bool:
    """Whether a frame makes a name of an ordinary word: an age beside it, or a kiss before it; not where every noun has a capital."""
    return language != "de" and ((kind == "being" and number is not None) or (kind == "closed" and standing == WORD))


@lru_cache(maxsize=100_000)
def _standing(word: str, language: str | None) -> tuple[int, str]:
    """Return what a capitalized word can be, and the word folded."""
    name = fold(word.removesuffix("'s").removesuffix("’s"))
    names = load_names()
    if (
        len(name) > LONGEST_NAME
        or name in load_frames(language).no_names
        or "calendar" in names.words.get(name, ())
        or _is_protected(name)
    ):
        return NEVER, name
    if name in _vocabulary(language) or name in names.countries:
        return WORD, name
    return TOWN if any(names.town(number).well_known for number in names.towns.get(name, ())) else FREE, name


@lru_cache(maxsize=1)
def _protected() -> tuple[frozenset[str], tuple[str, ...]]:
    words = frozenset().union(*(protected().kinds[kind] for kind in _PROTECTED))
    return frozenset(fold(word) for word in words if "*" not in word), tuple(
        sorted(fold(word) for word in words if "*" in word)
    )


def _is_protected(name: str) -> bool:
    words, stems = _protected()
    return name in words or name.startswith(stems)


@lru_cache(maxsize=32)
def _vocabulary(language: str | None) -> frozenset[str]:
    """Return the words that the lexicons of a language write in lower case: they are no names in its ads."""
    folder = data_path("lexicons", language or "")
    files = sorted(folder.glob("*.yaml" if language and folder.is_dir() else "*/*.yaml"))
    words = {word for file in files for word in _WORD.findall(file.read_text("utf-8"))}
    return frozenset(fold(word) for word in words if word.islower())


@lru_cache(maxsize=32)
def _vocabulary_stems(language: str | None) -> frozenset[str]:
    return frozenset(word[:STEM] for word in _vocabulary(language) if len(word) >= STEM)
