"""Readings: the words of a title or a text that may be the name of whom an ad presents, and the frame that each stands in.

There is no list of names. The words around decide ("my name is", "ask for"), the place in a title ("Anna, 26"), and a capital;
what the lexicons write in lower case, months, days, nationalities and places are no names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from thb_indicators.repeats.ages import ADULT, OLDEST, Number, told
from thb_indicators.repeats.frames import REACHING, Before, Frames, addressed
from thb_indicators.repeats.names import fold, load_names
from thb_indicators.repeats.slots import CAPITALIZED, TOLD_BY_CAPITALS, UPPER, slots
from thb_indicators.repeats.standing import FREE, NEVER, TOWN, WORD, has_known_stem, is_german_noun, standing

SHORTEST = 3
SHORTEST_TOLD = 2
"""Letters of a name that is told as one: "I am Bo"."""
SHORTEST_OFFICE = 4
"""Letters from which a word before a name may say what its bearer is: shorter ones are articles."""
SIGNATURE = 30
"""Characters that may follow the name at the end of a text."""
SHORT = 6
"""Words of a title up to which all may have a capital, and a name still be told."""
FEW = 4  # words that a greeting may have
BESIDE = 32
"""Characters after a name in which an age beside it begins."""
REACH = 48
"""Characters before a name in which its frame is sought."""

_BREAKS = frozenset("—\n.!?|•*★♥❤💋☎📞:…⭐💫✨🌹")
_ENDED = frozenset("\n.!?)…")
CLOSES = frozenset((",", ".", "!", ";", ""))
_BEFORE_LAST = frozenset(",-–~")
"""What may stand before the name that ends a title."""
_OPENS = _BREAKS | {","}
_BESIDE = re.compile(r"(?:\s+xx?)?\s*[,:|–\-★♥❤•*]?\s*(?:(?:is|aged)\s+)?\(?")
_IN_PLACE = re.compile(rf"[),]?\s+\w{{1,4}}\s+[{UPPER}]")
_APART = re.compile(r"[,).;!]")
_BASED = re.compile(r"\s+based\b")
_NEXT = re.compile(rf"\s+([{UPPER}]\w+)")
_HEADS = re.compile(rf"\s*[,|–—\-:•·★♥❤💋⭐💫✨🌹(]|\s+(?:\w{{1,2}}|aus|din|uit|visiting|from)\s+[{UPPER}]|\s+[{UPPER}]")
_GERMAN_ADJECTIVE = re.compile(r"(?:[^w]ig|lich|isch|haft|bar|end)$")
_STREET = re.compile(r"(?:straat|laan|weg|stra(?:ss|ß)e|gasse|platz|plein|str|avenue|gade)$")
_SIGNED = re.compile(rf"(?:\s+x+\b)?(?:,\s*[{UPPER}]\w+)?\W*$")
_WHAT = re.compile(r"\s*[,–-]\s*(\w+)")
_TWO_DIGITS = re.compile(r"\s+(?:\w{1,3}\s+)?[1-9]\d(?!\d)")
_NUMBER_BEFORE = re.compile(r"\d{3}[\s.]*\($")
_REACHED = re.compile(r"[^.!?\n\d@]{0,28}(?:\+\d|\(?\d{3}|\S*@)")
_CALLED = re.compile(
    r"\s*[,:–-]?\s*(?:\w{1,5}\.?\s+)?(?:\+\d|\(?0\d{2}|\(?\d{3}\)?[-. ]\d{3}[-. ]\d|@\w|[\w.+-]{2,40}@\w|"
    r"(?:whatsapp|telegram|viber|signal)\b)",
    re.IGNORECASE,
)
"""A telephone number, an address or a platform beside a name."""

Kind = Literal[
    "named", "age", "being", "after", "titled", "asked", "contacted", "closed", "signed", "greeting", "supported", "repeated",
    "begins", "offered",
]  # fmt: skip
FRAMES: dict[Kind, tuple[int, int]] = {
    "named": (0, WORD), "age": (1, TOWN), "being": (2, TOWN), "after": (3, FREE), "supported": (3, FREE), "repeated": (3, FREE),
    "closed": (4, TOWN), "signed": (4, FREE), "titled": (5, WORD), "asked": (5, TOWN), "contacted": (6, FREE),
    "greeting": (7, FREE), "begins": (8, FREE), "offered": (9, WORD),
}  # fmt: skip
"""How sure a frame is, the surest first, and what its word must be at least; `supported` is one only with an age in the ad, or,
as `repeated`, where the ad says the name again. What only `begins` a sentence, or stands in one, is none, but says a supported
name again. What is `offered` counts only where a person's services are."""


_NOTHING = frozenset[Before]()


class Field(NamedTuple):
    """The title or the text of an ad, and how it is read."""

    text: str
    plain: str
    numbers: Mapping[int, Number]
    frames: Frames
    language: str | None
    titled: bool


class _Word(NamedTuple):
    """A capitalized word, what precedes it, and the number beside it."""

    start: int
    end: int
    stands: int
    tail: str
    last: str
    number: Number | None
    said: frozenset[Before]
    opened: str
    begins: bool


class Reading(NamedTuple):
    """A word that may be a name, in its frame."""

    kind: Kind
    name: str
    beside: int
    """Where an age beside the name starts."""
    titled: bool
    mark: str = ""
    """The character after the name."""


def read_names(field: Field) -> Iterator[Reading]:
    """Yield the words of a field that may be names, in order."""
    text, language, leading = field.text, field.language, field.frames.leading
    candidates = list(CAPITALIZED.finditer(text))
    words = text.count(" ") + 1
    # a German text has a capital at every noun
    shouting = words > SHORT and len(candidates) >= (0.75 if language == "de" else TOLD_BY_CAPITALS) * words
    starts = [*field.numbers, len(text) + REACH]
    coming = 0
    for match in candidates:
        start, end = match.span()
        while starts[coming] < end:
            coming += 1
        number = _beside(field, end) if starts[coming] < end + BESIDE else None
        within = _within(field, start, end)
        tail = _tail(field, start)
        last = _last_word(tail)
        if within and number is None and last not in leading:
            continue  # most end here
        stands, name = standing(match[0], language)
        if stands == WORD and number is None and last not in leading:
            continue
        if stands == NEVER or len(name) < SHORTEST_TOLD or (start and (text[start - 1].isalnum() or text[start - 1] in "@#_")):
            continue
        if match[0].isupper() and words > SHORT and not shouting:
            continue
        word = _word(field, start, end, stands, number, within, tail, last)
        kind = _kind(field, word) if word else None
        if (
            word is None
            or kind is None
            or (len(name) < SHORTEST and kind not in ("named", "being"))
            or (shouting and kind not in ("named", "age"))
        ):
            continue
        number, mark = word.number, text[end : end + 1]
        if not _can_be_name(field, word, name, kind):
            # a name may be a town's or a word as well: "we recommend Florence", "I'm Sky."
            presented = word.stands == TOWN and word.said & {"presenting", "people"}
            if language == "de" or not (presented or (kind == "being" and word.stands == WORD and mark in CLOSES)):
                continue
            kind = "offered"
        young = kind == "age" and number is not None and number.value < ADULT
        yield Reading(kind, "" if young else name, number.start if number else -1, field.titled, mark)


def _word(
    field: Field, start: int, end: int, stands: int, number: Number | None, within: bool, tail: str, last: str
) -> _Word | None:
    """Return a word with what stands around it, or None where nothing can make it a name; `within`: see `_within`."""
    text, frames = field.text, field.frames
    leads = last in frames.offices or last in frames.to
    tail = f" {tail}"
    parts = frames.before.get(last)
    said = frozenset(kind for part, kind in parts if tail.endswith(part)) if parts else _NOTHING
    if within and text[start - 2].isalnum() and not (number or said or leads):
        return None  # within a sentence only what leads to a name makes one
    opened = text[max(0, start - 8) : start].rstrip(" \t")
    if said and opened[-1:] == "\n" and opened.rstrip()[-1:] != ":":
        said &= {"closing", "greeting"}
    return _Word(start, end, stands, tail, last, number, said, opened[-1:], not opened or opened[-1] in _BREAKS)


def _within(field: Field, start: int, end: int) -> bool:
    """Whether a word stands within a sentence of a text."""
    text = field.text
    return not field.titled and text[start - 1] == " " and text[start - 2] not in _OPENS and len(text) - end > SIGNATURE


def _tail(field: Field, start: int) -> str:
    """Return what precedes a word, in lower case."""
    return field.plain[max(0, start - REACH) : start].rstrip(" :-–—")


def _last_word(tail: str) -> str:
    return tail[tail.rfind(" ") + 1 :]


def _beside(field: Field, end: int) -> Number | None:
    """Return the number beside a name: "Anna, 26", "Anna (26)", "Anna here, 26"."""
    after = field.frames.after.match(field.plain, end)
    beside = _BESIDE.match(field.text, after.end() if after else end)
    return field.numbers.get(beside.end() if beside else end)


def _kind(field: Field, word: _Word) -> Kind | None:
    """Return the frame that a word stands in."""
    said, number, text = word.said, word.number, field.text
    if "named" in said:
        return "named"
    if "being" in said:
        # in German a noun has its capital too: only an age tells a name from an occupation
        alone = not _NEXT.match(text, word.end) and not _BASED.match(text, word.end)
        if number or (alone and field.language != "de"):
            return "being"
        return "repeated" if alone else None
    if number:
        listed = word.opened == "," and _APART.match(text, number.end)
        if word.begins or said or listed or text[number.start - 1] == "(":
            return "being" if field.frames.after.match(field.plain, word.end) else "age"
        if _has_age(field, word):
            return "begins"
    return _contacted(field, word) or _begun(field, word) or (_heading if field.titled else _ended)(field, word)


def _contacted(field: Field, word: _Word) -> Kind | None:
    """Return the frame of one who is asked for: "call Anna", "write to Mrs Weber", "07700 900123 (Anna)"."""
    text, said, language = field.text, word.said, field.language
    if word.last in field.frames.offices:
        said |= addressed(word.tail, field.frames)
    if said & REACHING:
        following = _NEXT.match(text, word.end)
        # a company has several words with capitals, and one of them is ordinary
        if following and standing(following[1], language)[0] <= (NEVER if language == "de" else WORD):
            return None
        if "address" in said and (len(said) > 1 or _REACHED.match(text, word.end)):
            return "titled"
        if said & {"asked", "contacted"} and not (language == "de" and is_german_noun(text[word.start : word.end])):
            return "asked" if "asked" in said else "contacted"
    office = word.last in field.frames.offices and len(word.last) >= SHORTEST_OFFICE
    reached = word.stands == FREE and (office or word.last in field.frames.to) and _CALLED.match(text, word.end)
    if reached or (word.stands == FREE and office and field.frames.after.match(field.plain, word.end)):
        return "contacted"
    beside = text[word.end : word.end + 1] == ")" and _NUMBER_BEFORE.search(text, max(0, word.start - 8), word.start)
    return "contacted" if beside else None


def _begun(field: Field, word: _Word) -> Kind | None:
    """Return the frame of a name that begins a sentence: "Anna here", "Anna, masseuse", "Anna: 07700 900123", "Hi, Anna!"."""
    text, said = field.text, word.said
    greeted = bool(said & {"opening", "greeting"}) or (word.opened == "," and text.count(" ", 0, word.start) < FEW)
    if (word.begins or greeted) and field.frames.after.match(field.plain, word.end):
        return "being" if word.number else "after"
    if word.begins:
        what = _WHAT.match(text, word.end)
        if what and what[1].lower() in field.frames.people:
            return "being" if _TWO_DIGITS.match(field.plain, what.end()) else "after"
        if field.frames.described.match(text, word.end):
            return "being"
        if not field.titled and word.start and _CALLED.match(text, word.end):
            return "contacted"
    alone = word.end == len(text) or text[word.end] in ".,!\n"
    return "greeting" if "greeting" in said and alone and text.count(" ", 0, word.start) < FEW else None


def _heading(field: Field, word: _Word) -> Kind | None:
    """Return the frame of a name that heads a title, ends it after a colon, or is presented in it."""
    title, start, end = field.text, word.start, word.end
    ends = end == len(title) and start and not title[start:].isupper()
    last = word.opened in _BEFORE_LAST and fold(title[start:]) not in load_names().towns
    if word.said or (ends and (word.begins or last)):
        return "supported"
    if not title[:start].strip(" ★♥❤💋⭐💫✨🌹•*"):
        whole = end == len(title) and field.language != "de"
        return "supported" if whole or _HEADS.match(title, end) else "repeated"
    return None


def _ended(field: Field, word: _Word) -> Kind | None:
    """Return the frame of a name that signs a text, or that stands behind what its bearer is: "masseuse Anna"."""
    text, start, end, german = field.text, word.start, word.end, field.language == "de"
    if len(text) - end < SIGNATURE and _SIGNED.match(text, end):
        if "closing" in word.said:
            return "closed"
        # the text may be cut: then its last word can be the beginning of one that it has elsewhere
        cut = f" {field.plain[start:end]}" in field.plain[: start - 1]
        alone = (
            word.opened in _ENDED and start > SIGNATURE and text[start - 1] in " \n" and "-" not in text[start:end] and not cut
        )
        return "signed" if alone and not german else "repeated"
    if "people" in word.said and not german and text[start - 1 - len(word.last) : start - 1] == word.last:
        return "after"
    if word.said & {"presenting", "people"}:
        return "repeated" if german else "supported"
    if german or _NEXT.match(text, end) or not (word.begins or word.opened == ","):
        return None
    return "repeated" if field.frames.doing.match(field.plain, end) else "begins"


def _can_be_name(field: Field, word: _Word, name: str, kind: Kind) -> bool:
    """Whether what the word is lets it be a name in its frame."""
    german = field.language == "de"
    # an age beside an ordinary word, or a kiss before it, makes it a name, except where every noun has a capital
    sure = not german and ((kind == "being" and word.number) or (kind == "closed" and word.stands == WORD))
    if word.stands < FRAMES[kind][1] and not sure:
        return False
    if kind == "being" and word.number is None:
        return not has_known_stem(name, field.language)
    return kind != "age" or (
        not (_STREET.search(name) or (german and _GERMAN_ADJECTIVE.search(name))) and _has_age(field, word)
    )


def _has_age(field: Field, word: _Word) -> bool:
    """Whether a number is an age; beside the name of a well-known town it may be a postal district, after a verb a measure."""
    text, plain, frames, number = field.text, field.plain, field.frames, word.number
    if number is None or number.value > OLDEST or not told(text, plain, number, frames, True):
        return False
    if text[number.start - 1] == "(" or frames.old.match(plain, number.end) or frames.years.match(plain, number.end):
        return True
    closed = text[number.end : number.end + 1] == ","
    if word.stands == FREE and (field.titled or text[word.end] != " " or closed):
        return True
    return (word.begins and text[word.end] == "," and closed) or _IN_PLACE.match(text, number.end) is not None


def said_again(field: Field, names: set[str]) -> Iterator[Reading]:
    """Yield the names of a title that stand in the text too, alone and not as a place."""
    names = {name for name in names if name not in load_names().towns}
    places = slots().prepositions(field.language) if names else frozenset()
    for match in CAPITALIZED.finditer(field.text) if names else ():
        start, end = match.span()
        name = standing(match[0], field.language)[1]
        if name in names and not _NEXT.match(field.text, end) and _last_word(_tail(field, start)) not in places:
            yield Reading("begins", name, -1, False)
