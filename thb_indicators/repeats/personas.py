"""Personas: the name and the age that an ad states of whom it presents.

There is no list of names. The words around decide ("my name is", "ask for"), the place in a title ("Anna, 26"), and a capital;
what the lexicons write in lower case, months, days, nationalities and places are no names. What is doubtful is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from thb_indicators.repeats.names import Names, fold, load_names
from thb_indicators.repeats.records import Persona
from thb_indicators.repeats.slots import CAPITALIZED, TOLD_BY_CAPITALS, UPPER
from thb_indicators.resources import data_path
from thb_indicators.terms import protected
from thb_indicators.yamlsource import read_yaml

STEM = 6
ADULT, OLDEST = 18, 79
"""Ages that are read; wording about anyone younger is the lexicon's to find, and gives no persona an age."""
LONGEST_NAME = 20
SHORT = 6
"""Words of a title up to which all may have a capital, and a name still be told."""

_NUMBER = re.compile(r"(?<![\d.,:/€$£+#])[1-9]\d?(?![\d:/%€$£]|[.,]\d)")
_RANGE_BEFORE = re.compile(r"\d\s*(?:[-–—+/]|to|bis|a|à|и|до)\s*$")
_RANGE_AFTER = re.compile(r"\s*(?:(?:[-–—+/]|to|bis|a|à|до)\s*\d|\+)")
_BREAKS = frozenset("\n.!?|•*★♥❤💋☎📞:")
_SEPARATORS = str.maketrans({**dict.fromkeys(',;()[]{}\n.!?|•*★♥❤💋☎📞"«»“”\t', " "), "’": "'"})
_CLAUSE_BEFORE = re.compile(r"[^.!?\n,;|(]*$")
_CLAUSE_AFTER = re.compile(r"[^.!?\n,;|)]*")
_ENDS = re.compile(
    r"\s*(?:$|[\n.,;!?)|•*·★♥❤💋☎📞/\-–—]|(?:and|in|from|y|de|en|e|em|și|din|aus|und|et|à|a|di|uit|в|из|у|з|и|і|és)\b(?!\s*\d))",
    re.IGNORECASE,
)
_AFTER_NAME = re.compile(r"\s*[,|–\-★♥❤•*]?\s*\(?")
_IN_PLACE = re.compile(rf"[),]?\s+\w{{1,4}}\s+[{UPPER}]")
_BASED = re.compile(r"\s+based\b")
_CAPITAL_NEXT = re.compile(rf"\s+[{UPPER}]")
_WORD = re.compile(r"[^\W\d_]{2,}")
_PROTECTED = ("nationality", "ethnicity", "religion", "gender", "age")

Kind = Literal["named", "age", "being", "asked", "contacted", "after", "greeting"]
_RANK: dict[Kind, int] = {"named": 0, "age": 1, "being": 2, "asked": 3, "contacted": 4, "after": 5, "greeting": 6}
"""How sure a frame is, the surest first."""


class _Frames(NamedTuple):
    """What stands around names and ages in a language: ends of the text before, beginnings of the text after."""

    named: tuple[str, ...]
    being: tuple[str, ...]
    asked: tuple[str, ...]
    contacted: tuple[str, ...]
    greeting: tuple[str, ...]
    opening: tuple[str, ...]
    aged: tuple[str, ...]
    offices: frozenset[str]
    after: re.Pattern[str]
    old: re.Pattern[str]
    years: re.Pattern[str]
    limits: tuple[frozenset[str], tuple[str, ...]]
    limits_after: tuple[frozenset[str], tuple[str, ...]]
    no_names: frozenset[str]


@lru_cache(maxsize=32)
def _frames(language: str | None) -> _Frames:
    path = data_path("lexicons", "persona_frames.yaml")
    root = read_yaml(path, path.name)

    def said(key: str) -> list[str]:
        """Return what a frame says in the language and in English; in every language where it is not known."""
        entry = root[key]
        lines = (
            [entry]
            if isinstance(entry, str)
            else [entry[k] for k in ({language, "en"} if language in entry else entry) if k in entry]
        )
        return sorted({part.strip() for line in lines for part in line.split("|")}, key=len, reverse=True)

    def ends(*keys: str) -> tuple[str, ...]:
        return tuple(f" {part.replace('’', chr(39))}" for key in keys for part in said(key))

    def begins(key: str) -> re.Pattern[str]:
        return re.compile(rf"\s*-?\s*(?:{'|'.join(map(re.escape, said(key)))})(?!\w)", re.IGNORECASE)

    def words(key: str) -> tuple[frozenset[str], tuple[str, ...]]:
        listed = root[key].split()
        return frozenset(word for word in listed if "*" not in word), tuple(word[:-1] for word in listed if "*" in word)

    return _Frames(
        ends("named"), ends("being"), ends("asked"), ends("contacted"), ends("greeting"), ends("greeting", "opening"),
        ends("aged", "being"), frozenset(said("offices")), begins("after"), begins("old"), begins("years"),
        words("limits"), words("limits_after"), frozenset(map(fold, root["no_names"].split())),
    )  # fmt: skip


def persona(title: str, text: str, language: str | None = None) -> Persona:
    """Return the name, folded, and the age that an ad states of whom it presents; None for what it does not state clearly.

    Examples
    --------
    >>> persona("Anna 24 in Leeds", "Relaxing massage, call me", "en")
    Persona(name='anna', age=24)
    >>> persona("Cleaners wanted", "Aged 20-35, 3 years experience. Contact HR manager Elena.", "en")
    Persona(name='elena', age=None)
    """
    frames = _frames(language)
    best: tuple[int, str] | None = None
    ages: list[int] = []
    for field in (title, text):
        presented = list(_presented(field, frames, language))
        for rank, name, _ in presented:
            if best is None or rank < best[0]:
                best = (rank, name)
        beside = {at for _, _, at in presented}
        ages += [
            int(number[0]) for number in _NUMBER.finditer(field) if _is_age(field, number, frames, number.start() in beside)
        ]
    age = ages[0] if ages and min(ages) >= ADULT and ages[0] <= OLDEST else None
    return Persona(best[1] if best else None, age)


def _presented(field: str, frames: _Frames, language: str | None) -> Iterator[tuple[int, str, int]]:
    """Yield the names that a field states: the rank of the frame (0 is surest), the name, where an age beside it would be."""
    capitalized = CAPITALIZED.findall(field)
    words = field.count(" ") + 1
    shouting = words > SHORT and len(capitalized) >= TOLD_BY_CAPITALS * words
    at = 0
    for word in capitalized:
        start = field.index(word, at)
        at = end = start + len(word)
        before = field[max(0, start - 48) : start]
        kind = _kind(field, before, end, frames, language)
        if (
            kind is None
            or (word.isupper() and words > SHORT and not shouting)
            or (start and (field[start - 1].isalnum() or field[start - 1] in "@#"))
        ):
            continue
        name = fold(word.removesuffix("'s").removesuffix("’s"))
        beside = _AFTER_NAME.match(field, end)
        number = beside.end() if beside else end
        if _is_name(name, kind, frames, language, shouting) and (kind != "age" or _has_age(field, name, number, frames)):
            yield _RANK[kind], name, number


def _kind(field: str, before: str, end: int, frames: _Frames, language: str | None) -> Kind | None:
    """Return the frame that the word before `end` stands in; `before` is what precedes it."""
    tail = f" {before.lower().translate(_SEPARATORS)}".rstrip(" :-–")
    if tail.endswith(frames.named):
        return "named"
    beside = _AFTER_NAME.match(field, end)
    number = _NUMBER.match(field, beside.end() if beside else end)
    if tail.endswith(frames.being):
        # in German a noun has its capital too: only an age tells a name from an occupation
        plain = language != "de" and not _CAPITAL_NEXT.match(field, end) and not _BASED.match(field, end)
        return "being" if number or plain else None
    words = tail.split(" ")
    while len(words) > 1 and words[-1].rstrip(".") in frames.offices:
        words.pop()
    called = " ".join(words).rstrip(" :")
    if called.endswith(frames.asked):
        return "asked"
    if called.endswith(frames.contacted):
        return "age" if number and tail.endswith(frames.opening) else "contacted"
    opened = before.rstrip(" \t")
    if not opened or opened[-1] in _BREAKS or tail.endswith(frames.opening):
        if number:
            return "age"
        if frames.after.match(field, end):
            return "after"
    if tail.endswith(frames.greeting) and len(before.split()) <= 2 and (end == len(field) or field[end] in ".,!\n"):
        return "greeting"
    return None


def _is_name(name: str, kind: Kind, frames: _Frames, language: str | None, shouting: bool) -> bool:
    """Whether the capitalized word of a frame can be a name."""
    names = load_names()
    if len(name) > LONGEST_NAME or name in frames.no_names or "calendar" in names.words.get(name, ()) or _is_protected(name):
        return False
    if kind == "named":
        return True
    if name in _vocabulary(language) or name in names.countries or (shouting and kind != "age"):
        return False
    if kind == "being" and len(name) > STEM and name[:STEM] in _vocabulary_stems(language):
        return False
    return kind not in ("contacted", "greeting") or not _is_well_known(name, names)


def _has_age(field: str, name: str, at: int, frames: _Frames) -> bool:
    """Whether the number at `at` is an age; beside the name of a well-known town it may be a postal district instead."""
    number = _NUMBER.match(field, at)
    if number is None or not _is_age(field, number, frames, True):
        return False
    told = field[at - 1] == "(" or frames.old.match(field, number.end()) or frames.years.match(field, number.end())
    return bool(told or _IN_PLACE.match(field, number.end())) or not _is_well_known(name, load_names())


def _is_well_known(name: str, names: Names) -> bool:
    """Whether a name is that of a town that people elsewhere know too."""
    return any(names.town(number).well_known for number in names.towns.get(name, ()))


def _is_age(field: str, number: re.Match[str], frames: _Frames, named: bool) -> bool:
    """Whether a number is the age of the one presented: with a unit of age, beside a name, or after a word such as *aged*."""
    start, end = number.span()
    before = field[max(0, start - 40) : start]
    unit = frames.old.match(field, end)
    if unit is None:
        if not (named or f" {before.lower().translate(_SEPARATORS)}".rstrip(" :").endswith(frames.aged)):
            return False
        unit = frames.years.match(field, end)
        if unit is None and not _ENDS.match(field, end):
            return False
    if _RANGE_BEFORE.search(before) or _RANGE_AFTER.match(field, end):
        return False
    clause = _CLAUSE_BEFORE.search(before)
    if clause and _limited(clause[0], frames.limits):
        return False
    after = _CLAUSE_AFTER.match(field, unit.end(), unit.end() + 24) if unit else None
    return after is None or not _limited(after[0], frames.limits_after)


def _limited(clause: str, limits: tuple[frozenset[str], tuple[str, ...]]) -> bool:
    words, stems = limits
    return any(word in words or word.startswith(stems) for word in clause.lower().split())


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
