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
from thb_indicators.repeats.frames import Before, Frames, load_frames
from thb_indicators.repeats.names import fold, load_names
from thb_indicators.repeats.records import Persona
from thb_indicators.repeats.slots import CAPITALIZED, TOLD_BY_CAPITALS, UPPER
from thb_indicators.resources import data_path
from thb_indicators.terms import protected

STEM = 6
SHORTEST, LONGEST_NAME = 3, 20
FEW = 4
SIGNATURE = 30
SHORT = 6
"""Words of a title up to which all may have a capital, and a name still be told."""
REACH = 48
"""Characters before a name in which its frame is sought."""

_BREAKS = frozenset("\n.!?|•*★♥❤💋☎📞:…⭐💫✨🌹")
_OPENS = _BREAKS | {","}
_SEPARATORS = re.compile(r"[,;()\[\]{}\n.!?|•*★♥❤💋☎📞\"«»“”\t…⭐💫✨🌹]")
_BESIDE = re.compile(r"(?:\s+xx?)?\s*[,:|–\-★♥❤•*]?\s*(?:(?:is|aged)\s+)?\(?")
_IN_PLACE = re.compile(rf"[),]?\s+\w{{1,4}}\s+[{UPPER}]")
_APART = re.compile(r"[,)]")
_BASED = re.compile(r"\s+based\b")
_NEXT = re.compile(rf"\s+([{UPPER}]\w+)")
_HEADS = re.compile(rf"\s*[,|–—\-:•·★♥❤💋⭐💫✨🌹(]|\s+(?:\w{{1,2}}|aus|din|uit|visiting|from)\s+[{UPPER}]|\s+[{UPPER}]")
_GERMAN_NOUN = re.compile(r"(?:ung|heit|keit|schaft|tion|esse|stelle|büro|team|bedarf|fragen)$")
_GERMAN_ADJECTIVE = re.compile(r"(?:[^w]ig|lich|isch|haft|bar|end)$")
_STREET = re.compile(r"(?:straat|laan|weg|stra(?:ss|ß)e|gasse|platz|plein|str|avenue|gade)$")
_SIGNED = re.compile(rf"(?:\s+x+\b)?(?:,\s*[{UPPER}]\w+)?\W*$")
_WHAT = re.compile(r"\s*[,–-]\s*(\w+)")
_TWO_DIGITS = re.compile(r"\s+(?:\w{1,3}\s+)?[1-9]\d(?!\d)")
_NUMBER_BEFORE = re.compile(r"\d{3}[\s.]*\($")
_REACHED = re.compile(r"[^.!?\n\d@]{0,28}(?:[+(]{0,2}\d{3}|\S*@)")
_CALLED = re.compile(r"\s*[,:–-]?\s*(?:\w{1,5}\.?\s+)?(?:\+\d|\(?0\d{2}|\(?\d{3}\)?[-. ]\d{3}[-. ]\d)")
_REACHING: frozenset[Before] = frozenset(("asked", "contacted", "address"))
_WORD = re.compile(r"[^\W\d_]{2,}")
_PROTECTED = ("nationality", "ethnicity", "religion", "gender", "age")

NEVER, WORD, TOWN, FREE = range(4)
"""What a capitalized word can be: no name at all, a name only in the surest frames, one that a well-known town bears, any."""

Kind = Literal[
    "named", "age", "being", "after", "titled", "asked", "contacted", "closed", "signed", "greeting", "supported", "repeated"
]
_RANK: dict[Kind, int] = {
    "named": 0, "age": 1, "being": 2, "after": 3, "titled": 5, "asked": 5, "contacted": 6, "closed": 4, "signed": 4, "greeting": 7, "supported": 8, "repeated": 9,
}  # fmt: skip
"""How sure a frame is, the surest first; the last two count only with an age in the ad, or where the ad says the name again."""
_LEAST: dict[Kind, int] = {
    "named": WORD, "age": TOWN, "being": TOWN, "after": FREE, "titled": WORD, "asked": TOWN, "contacted": FREE, "closed": TOWN, "signed": FREE, "greeting": FREE,
    "supported": FREE, "repeated": FREE,
}  # fmt: skip


class _Field(NamedTuple):
    """The title or the text of an ad, and how it is read."""

    text: str
    plain: str
    numbers: Mapping[int, Number]
    frames: Frames
    language: str | None
    titled: bool


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
    for text_of, titled in ((title, True), (text, False)):
        if not text_of:
            continue
        plain = _plain(text_of)
        field = _Field(text_of, plain, numbers(text_of, plain, frames), frames, language, titled)
        presented = list(_presented(field))
        readings += presented
        beside = {reading.beside for reading in presented}
        for number in field.numbers.values():
            kind = told(text_of, plain, number, frames, number.start in beside)
            if kind:
                (ages if kind == "age" else maybe).append(number.value)
    if readings and not ages:
        ages = maybe
    age = ages[0] if ages and min(ages) >= ADULT and ages[0] <= OLDEST else None
    return Persona(_name(readings, age), age)


def _plain(text: str) -> str:
    """Return a text in lower case with blanks for separators, as long as it was."""
    lower = text.lower()
    if len(lower) != len(text):
        lower = "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
    return _SEPARATORS.sub(" ", lower).replace("’", "'")


def _name(readings: list[_Reading], age: int | None) -> str | None:
    """Return the name of the surest frame; the title comes first."""
    said = Counter(name for name, _, _ in {(reading.name, reading.kind, reading.titled) for reading in readings})
    best: tuple[int, str] | None = None
    for reading in readings:
        rank = _RANK[reading.kind]
        if reading.kind in ("supported", "repeated"):
            if said[reading.name] == 1 and (reading.kind == "repeated" or age is None):
                continue
            rank = _RANK["after"]
        if reading.name and (best is None or rank < best[0]):
            best = (rank, reading.name)
    return best[1] if best else None


def _presented(field: _Field) -> Iterator[_Reading]:
    """Yield the names that a field states."""
    text, plain, frames, language = field.text, field.plain, field.frames, field.language
    candidates = list(CAPITALIZED.finditer(text))
    words = text.count(" ") + 1
    # a German text has a capital at every noun
    shouting = words > SHORT and len(candidates) >= (0.75 if language == "de" else TOLD_BY_CAPITALS) * words
    starts = [*field.numbers, len(text) + REACH]
    inside = len(text) - LONGEST_NAME - SIGNATURE
    coming = 0
    for match in candidates:
        word = match[0]
        standing, name = _standing(word, language)
        if standing == NEVER or len(name) < SHORTEST:
            continue
        start, end = match.span()
        if start and (text[start - 1].isalnum() or text[start - 1] in "@#_"):
            continue
        while starts[coming] < end:
            coming += 1
        number = _beside(field, end) if starts[coming] < end + REACH else None
        tail = plain[max(0, start - REACH) : start].rstrip(" :-–")
        last = tail[tail.rfind(" ") + 1 :]
        framed = last in frames.before or last in frames.offices
        if not (framed or number) and (
            standing == WORD
            or (text[start - 1] == " " and not field.titled and start < inside and text[start - 2] not in _OPENS)
        ):
            continue
        if word.isupper() and words > SHORT and not shouting:
            continue
        kind = _kind(field, start, end, f" {tail}", last, standing, number)
        if kind is None or (standing < _LEAST[kind] and not _is_sure(kind, standing, number, language)):
            continue
        if shouting and kind not in ("named", "age"):
            continue
        if kind == "being" and not number and len(name) > STEM and name[:STEM] in _vocabulary_stems(language):
            continue
        if kind == "age" and (number is None or _STREET.search(name) or not _has_age(field, end, number, standing)):
            continue
        young = kind == "age" and number is not None and number.value < ADULT
        yield _Reading(kind, "" if young else name, number.start if number else -1, field.titled)


def _beside(field: _Field, end: int) -> Number | None:
    """Return the number beside a name: "Anna, 26", "Anna (26)", "Anna here, 26"."""
    after = field.frames.after.match(field.plain, end)
    beside = _BESIDE.match(field.text, after.end() if after else end)
    return field.numbers.get(beside.end() if beside else end)


def _kind(field: _Field, start: int, end: int, tail: str, last: str, standing: int, number: Number | None) -> Kind | None:
    """Return the frame that the word from `start` to `end` stands in; `tail` is what precedes it, and `last` the last word of it."""
    text, plain, frames, language = field.text, field.plain, field.frames, field.language
    said = {kind for part, kind in frames.before.get(last, ()) if tail.endswith(part)}
    opened = text[max(0, start - 8) : start].rstrip(" \t")
    if said and opened[-1:] == "\n" and opened.rstrip()[-1:] != ":":
        said &= {"closing", "greeting"}
    if "named" in said:
        return "named"
    following = _NEXT.match(text, end)
    if "being" in said:
        # in German a noun has its capital too: only an age tells a name from an occupation
        plainly = language != "de" and not following and not _BASED.match(text, end)
        return "being" if number or plainly else None
    begins = not opened or opened[-1] in _BREAKS
    if number and (begins or said or text[number.start - 1] == "(" or (opened[-1] == "," and _APART.match(text, number.end))):
        return "age"
    if last in frames.offices:
        said |= _addressed(tail, frames)
    if said & _REACHING:
        # a company has several words with capitals, and one of them is ordinary
        if following and _standing(following[1], language)[0] <= (NEVER if language == "de" else WORD):
            return None
        if "address" in said and (len(said) > 1 or _REACHED.match(text, end)):
            return "titled"
        if said & {"asked", "contacted"} and not (language == "de" and _is_noun(text[start:end])):
            return "asked" if "asked" in said else "contacted"
    if text[end : end + 1] == ")" and _NUMBER_BEFORE.search(text, max(0, start - 8), start):
        return "contacted"
    greeted = "opening" in said or "greeting" in said
    if (begins or greeted or (opened[-1] == "," and text.count(" ", 0, start) < FEW)) and frames.after.match(plain, end):
        return "being" if number else "after"
    if begins:
        if (what := _WHAT.match(text, end)) and what[1].lower() in frames.people:
            return "being" if _TWO_DIGITS.match(plain, what.end()) else "after"
        if not field.titled and start and _CALLED.match(text, end):
            return "contacted"
    if "greeting" in said and text.count(" ", 0, start) <= 2 and (end == len(text) or text[end] in ".,!\n"):
        return "greeting"
    if field.titled:
        return _heading(text, start, end, begins, bool(said))
    if len(text) - end < SIGNATURE and _SIGNED.match(text, end):
        if "closing" in said:
            return "closed"
        if begins and language != "de" and start > SIGNATURE and text[start - 1] != ":" and "-" not in text[start:end]:
            return "signed"
        return "repeated"
    if "people" in said and language != "de" and text[start - 1 - len(last) : start - 1] == last:
        return "after"
    return ("supported" if language != "de" else "repeated") if said & {"presenting", "people"} else None


def _addressed(tail: str, frames: Frames) -> set[Before]:
    """Return the frames before forms of address and offices, and between them: "contact our manager", "write to Mrs"."""
    said = set[Before]()
    while tail and (last := tail[tail.rfind(" ") + 1 :]) in frames.offices:
        tail = tail[: -len(last)].rstrip(" :")
        ends = frames.before.get(tail[tail.rfind(" ") + 1 :], ())
        said |= {kind for part, kind in ends if kind in _REACHING and tail.endswith(part)}
        said |= {kind for _, kind in frames.before.get(last, ()) if kind == "address"}
    return said


def _heading(title: str, start: int, end: int, begins: bool, presented: bool) -> Kind | None:
    """Return what a word of a title is: its head, its end after a colon, or the one presented."""
    if presented or (begins and end == len(title) and start):
        return "supported"
    if not title[:start].strip(" ★♥❤💋⭐💫✨🌹•*"):
        return "supported" if _HEADS.match(title, end) else "repeated"
    return None


def _has_age(field: _Field, end: int, number: Number, standing: int) -> bool:
    """Whether a number is an age; beside the name of a well-known town it may be a postal district instead."""
    if field.language == "de" and _GERMAN_ADJECTIVE.search(field.text, 0, end):
        return False
    if number.value > OLDEST or not told(field.text, field.plain, number, field.frames, True):
        return False
    text, plain, after = field.text, field.plain, number.end
    if text[number.start - 1] == "(" or field.frames.old.match(plain, after) or field.frames.years.match(plain, after):
        return True
    if _IN_PLACE.match(text, after):
        return True
    # "Height 60." is a measure
    return standing == FREE and (field.titled or text[end] != " " or text[after : after + 1] == ",")


def _is_noun(word: str) -> bool:
    """Whether a German word is a noun by its ending or its beginning, where a name may stand as well."""
    name = fold(word)
    return bool(_GERMAN_NOUN.search(word)) or (len(name) > STEM and name[:STEM] in _vocabulary_stems("de"))


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
