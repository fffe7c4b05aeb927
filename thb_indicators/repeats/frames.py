"""Frames: what stands around the name and the age of whom an ad presents, by language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from ahocorasick_rs import AhoCorasick

from thb_indicators.repeats.names import fold
from thb_indicators.resources import data_path
from thb_indicators.yamlsource import read_yaml

STEM = 5
_SEPARATORS = str.maketrans(dict.fromkeys(',;()[]{}\n.!?|•*★♥❤💋☎📞"«»“”\t…⭐💫✨🌹', " ") | {"’": "'"})
_LOWER_BYTES = bytes(map(ord, "".join(map(chr, range(128))).lower().translate(_SEPARATORS))) + bytes(128)

Before = Literal["named", "being", "asked", "contacted", "address", "people", "presenting", "closing", "opening", "greeting"]
_BEFORE: tuple[Before, ...] = (
    "named", "being", "asked", "contacted", "address", "people", "presenting", "closing", "opening", "greeting",
)  # fmt: skip

Stems = tuple[frozenset[str], tuple[str, ...]]
"""Whole words, and beginnings of words."""

REACHING: frozenset[Before] = frozenset(("asked", "contacted", "address"))
"""Frames of whom to reach; forms of address and offices may stand between them and the name."""


class Frames(NamedTuple):
    """The frames of a language, and of English."""

    before: Mapping[str, tuple[tuple[str, Before], ...]]
    """By its last word, what a text may say before a name."""
    aged: Mapping[str, tuple[str, ...]]
    """The same before an age."""
    after: re.Pattern[str]
    described: re.Pattern[str]
    doing: re.Pattern[str]
    old: re.Pattern[str]
    years: re.Pattern[str]
    offices: frozenset[str]
    limits: Stems
    limits_after: Stems
    no_names: frozenset[str]
    people: frozenset[str]
    to: frozenset[str]
    """What stands before a name that a telephone number follows."""
    leading: frozenset[str]
    """The last words of all that leads to a name."""
    tens: AhoCorasick
    """One of them is in every age in words."""
    numbers: Mapping[str, int]
    spelled: re.Pattern[str]


@lru_cache(maxsize=32)
def load_frames(language: str | None) -> Frames:
    """Load what is said in a language and in English; in every language where it is not known.

    Examples
    --------
    >>> load_frames("nl").numbers["eenendertig"]
    31
    """
    path = data_path("lexicons", "persona_frames.yaml")
    root = read_yaml(path, path.name)

    def entries(key: str) -> list[Any]:
        entry = root[key]
        if isinstance(entry, str):
            return [entry]
        return [entry[k] for k in ((language, "en") if language in entry and language != "en" else entry) if k in entry]

    def said(key: str) -> list[str]:
        lines = [root[key]["en"]] if language == "en" and not isinstance(root[key], str) and "en" in root[key] else entries(key)
        return sorted({part.strip().replace("’", "'") for line in lines for part in line.split("|")} - {""}, key=_longest)

    def begins(key: str) -> re.Pattern[str]:
        return re.compile(rf"\s*-?'?\s*(?:{'|'.join(map(re.escape, said(key)))})(?!\w)")

    described = re.compile(rf"\s*[,–-]\s*(?:{'|'.join(map(re.escape, said('described')))})(?!\w)")

    def words(key: str) -> Stems:
        listed = root[key].split()
        return frozenset(word for word in listed if "*" not in word), tuple(word[:-1] for word in listed if "*" in word)

    spoken = [root["numbers"][language]] if language in root["numbers"] else list(root["numbers"].values())
    numbers = {form: value for one in spoken for form, value in _numbers(one).items()}
    own = frozenset(fold(part) for key in (*_BEFORE, "offices") for part in said(key) if " " not in part)
    before = _by_last_word([(part, kind) for kind in _BEFORE for part in said(kind)])
    offices, to = frozenset(said("offices")), frozenset(root["to"].split())
    return Frames(
        before,
        {last: tuple(part for part, _ in parts) for last, parts in
         _by_last_word([(part, "named") for key in ("aged", "people") for part in said(key)]).items()},
        begins("after"), described, begins("doing"), begins("old"), begins("years"), offices,
        words("limits"), words("limits_after"),
        frozenset(map(fold, root["no_names"].split())) | own,
        frozenset(said("people")),
        to,
        offices | to | before.keys(),
        AhoCorasick(_tens(numbers)),
        numbers,
        re.compile(rf"(?:{'|'.join(map(re.escape, sorted(numbers, key=_longest)))})(?!\w)"),
    )  # fmt: skip


def in_lower_case(text: str) -> str:
    """Return a text in lower case with blanks for separators, as long as it was."""
    if text.isascii():  # a table of bytes is many times faster
        return text.encode("ascii").translate(_LOWER_BYTES).decode("ascii")
    lower = text.lower()
    if len(lower) != len(text):
        lower = "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
    return lower.translate(_SEPARATORS)


def addressed(tail: str, frames: Frames) -> frozenset[Before]:
    """Return the frames before forms of address and offices, and between them: "contact our manager", "write to Mrs"."""
    said = set[Before]()
    while tail and (last := tail[tail.rfind(" ") + 1 :]) in frames.offices:
        said |= {kind for _, kind in frames.before.get(last, ()) if kind == "address"}
        tail = tail[: -len(last)].rstrip(" :")
        ends = frames.before.get(tail[tail.rfind(" ") + 1 :], ())
        said |= {kind for part, kind in ends if kind in REACHING and tail.endswith(part)}
    return frozenset(said)


def _longest(phrase: str) -> tuple[int, str]:
    return -len(phrase), phrase


def _by_last_word(parts: list[tuple[str, Before]]) -> dict[str, tuple[tuple[str, Before], ...]]:
    found: dict[str, tuple[tuple[str, Before], ...]] = {}
    for part, kind in parts:
        last = part.rpartition(" ")[2]
        found[last] = (*found.get(last, ()), (f" {part}", kind))
    return found


def _numbers(spoken: Mapping[str, str]) -> dict[str, int]:
    """Return the ages in words of a language, with accents and without.

    Examples
    --------
    >>> _numbers({"tens": "venti", "units": "uno|un due", "joined": "TU|EU", "also": ""})
    {'venti': 20, 'ventiuno': 21, 'ventuno': 21, 'ventiun': 21, 'ventun': 21, 'ventidue': 22, 'ventdue': 22}
    """
    also = spoken["also"].split()
    numbers = {word: int(value) for word, value in zip(also[::2], also[1::2], strict=True)}
    for ten, tens in enumerate(spoken["tens"].split(), 2):
        for said in tens.split("|"):
            numbers[said] = 10 * ten
            for one, units in enumerate(spoken["units"].split(), 1):
                for unit in units.split("|"):
                    for joined in spoken["joined"].split("|"):
                        form = re.sub("[TEU]", _part(said, unit), joined)
                        numbers.setdefault(form, 10 * ten + one)
    plain = {"".join(fold(char) or char if char.isalpha() else char for char in form): value for form, value in numbers.items()}
    return plain | numbers


def _tens(numbers: Mapping[str, int]) -> tuple[str, ...]:
    """Return beginnings of numbers in words such that each number has one in it."""
    tens: list[str] = []
    for form in sorted((form[:STEM] if value % 10 == 0 else form for form, value in numbers.items()), key=len):
        if not any(ten in form for ten in tens):
            tens.append(form)
    return tuple(tens)


def _part(ten: str, unit: str) -> Callable[[re.Match[str]], str]:
    parts = {"T": ten, "E": ten[:-1], "U": unit}
    return lambda match: parts[match[0]]
