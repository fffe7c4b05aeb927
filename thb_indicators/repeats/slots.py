"""Where a text uses a capitalized word as the name of a place: after a preposition or a label, in a list, beside a date.

A name alone is no place: people are called Florence and Victoria, and *Most*, *Nice* and *Reading* are ordinary words.
Where it stands makes it one. So nothing is read without such a slot, except a name of several words, or one
alone between separators, where the ad's own country has such a place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal, NamedTuple

from thb_indicators.repeats.names import Names, fold
from thb_indicators.resources import data_path
from thb_indicators.yamlsource import read_yaml

LONGEST = 4
"""Words of the longest name that is looked for."""
SHORTEST = 3
"""Letters of the shortest name that is read from text."""
TOLD_BY_CAPITALS = 0.6
"""The share of capitalized words from which a capital says nothing: titles, and texts that shout."""

UPPER = "".join(char for char in map(chr, range(0x530)) if char.isupper())
CAPITALIZED = re.compile(rf"[{UPPER}]\w+(?:['’\-]\w+)*")
_FOLLOWING = re.compile(r"(?:[ \-'’]|\. ?)[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_CAPITAL_BEFORE = re.compile(rf"[{UPPER}]\w* $")
_PART = re.compile(r"\w+(?=['’\-])")
_WORD = re.compile(r"\w+")
_DIGIT = re.compile("[0-9]")
_COLONS = (":", "=", "-", "–")

_MARKS = ("📍", "📌", "🗺", "🗺️", "🏙", "🏙️", "✈", "✈️", "→", "➡", "➡️", "🚩")
_APART = "|•–—-/\n(),:·"
_DAYS_BEFORE = re.compile(r"\d{1,2}[./]?\d{0,2}\.?\s?[-–]\s?\d{1,2}[./]?\d{0,4}\.?(?:\s[^\W\d]{3,9}\.?)?\s?:?\s*$")
_DAYS_AFTER = re.compile(
    r"\s*:?\s*\(?(?:from\s|until\s|till\s|bis\s|hasta\s|до\s)?\d{1,2}(?:st|nd|rd|th)?[./]?\d{0,2}\.?\s?[-–]\s?\d{1,2}[./]\d"
)
_BESIDE = re.compile(r"\s*[,(:–\-]?\s*")
_ENDINGS = {
    "hu": ("ban", "ben", "bol", "rol", "tol", "hoz", "hez", "ba", "be", "ra", "re", "on", "en"),
    "ru": ("ом", "ои", "еи", "ем", "е", "у", "ю", "и", "ы", "а", "я"),
    "uk": ("ові", "еві", "ом", "ою", "ею", "єю", "ем", "і", "у", "ю", "и", "а", "я"),
}
"""Endings of cases, without accents; a Hungarian one says *in*, *to* or *from* by itself."""
_NOMINATIVES = {"hu": ("",), "ru": ("", "а", "ь", "я", "и"), "uk": ("", "а", "ь", "я", "и")}


Use = Literal["place", "here", "name"]


class _Slots(NamedTuple):
    """The words of ``place_slots.yaml``."""

    before: Mapping[str, frozenset[str]]
    anywhere: frozenset[str]
    recipient: frozenset[str]
    of_travel: frozenset[str]
    labels: frozenset[str]
    around: frozenset[str]
    skipped: frozenset[str]
    talk: re.Pattern[str]
    travel: re.Pattern[str]
    listed: re.Pattern[str]

    def prepositions(self, language: str | None) -> frozenset[str]:
        return self.before.get(language or "", self.anywhere)


class Mention(NamedTuple):
    """A name of a place in a text.

    `use` is `place` where the text uses it as one, `here` where it counts only if the ad's own country has such a place, `name`
    where it is only a name; `beside` says that the next mention tells its country, or that it tells the next one's.
    """

    name: str
    start: int
    end: int
    use: Use
    beside: bool = False


@lru_cache(maxsize=1)
def slots() -> _Slots:
    """Load the words that stand around names of places."""
    path = data_path("lexicons", "place_slots.yaml")
    root = read_yaml(path, path.name)
    before = {language: frozenset(listed.split()) for language, listed in root["before"].items()}
    talk, travel, joins = ("|".join(map(re.escape, root[key].split())) for key in ("talk", "travel", "joins"))
    recipient, of_travel, labels, around, skipped = (
        frozenset(root[key].split()) for key in ("recipient", "of_travel", "labels", "around", "skipped")
    )
    return _Slots(
        before,
        frozenset().union(*before.values()) - set(root["doubtful"].split()),
        recipient,
        of_travel,
        labels,
        around,
        skipped,
        re.compile(rf" (?:{talk})"),
        re.compile(rf" (?:{travel})"),
        re.compile(rf"\s*(?:[,/&+|>→➡–\-]|\b(?:{joins})\b)+\s*", re.IGNORECASE),
    )


def mentions(text: str, language: str | None, names: Names) -> list[Mention]:
    """Return the names that `text` uses as places, in order."""
    known = slots()
    capitalized = list(CAPITALIZED.finditer(text))
    telling = len(capitalized) < TOLD_BY_CAPITALS * (text.count(" ") + 1)
    inflected = language in _ENDINGS
    longest = names.longest
    found: list[Mention] = []
    end = 0
    listed = False
    for match in capitalized:
        word = match[0]
        folded = fold(word)
        most = longest.get(folded, 0) or (longest.get(folded[: folded.index(" ")], 0) if " " in folded else 0)
        if not (most or inflected):
            continue  # most end here
        start = match.start()
        if start < end or (start and (text[start - 1].isalnum() or text[start - 1] in "@#")):
            continue
        name, stop, told = _name(text, word, folded, start, most, language, names)
        languages = names.words.get(name, frozenset())
        if (
            len(name) < SHORTEST
            or "calendar" in languages
            or name in known.around
            or (telling and _goes_on(text, stop, known, names))
        ):
            continue
        ordinary = bool(languages) and (language not in known.before or language in languages)
        country = name in names.countries
        listed = listed and known.listed.fullmatch(text, end, start) is not None
        slot = told or listed or _in_slot(text, start, stop, language)
        beside = bool(found) and country != (found[-1].name in names.countries) and bool(_BESIDE.fullmatch(text, end, start))
        if beside:
            found[-1] = found[-1]._replace(use="place", beside=True)
        if beside or (slot and (telling or country or not ordinary)):
            use: Use = "place"
        else:
            unlike = not ordinary and ((telling and " " in name) or _alone(text, start, stop))
            use = "here" if slot or unlike else "name"
        found.append(Mention(name, start, stop, use))
        end, listed = stop, slot
    return [mention for mention in found if mention.use != "name"]


def _goes_on(text: str, end: int, known: _Slots, names: Names) -> bool:
    """Whether a name goes on after `end` with a capitalized word: Temple Bar is not in Temple."""
    following = CAPITALIZED.match(text, end + 1) if text[end : end + 1] == " " else None
    if following is None:
        return False
    word = fold(following[0])
    return word not in known.around and word not in names.countries and "calendar" not in names.words.get(word, ())


def _alone(text: str, start: int, end: int) -> bool:
    """Whether ``text[start:end]`` stands alone between separators, as in a title."""
    before, after = text[max(0, start - 4) : start].rstrip(" "), text[end : end + 4].strip(" ")
    return (not before or before[-1] in _APART) and (not after or after[0] in _APART)


def _name(
    text: str, word: str, folded: str, start: int, most: int, language: str | None, names: Names
) -> tuple[str, int, bool]:
    """Return the longest name that begins at `start`, or '', where it ends, and whether its form alone makes it a place.

    It has at most `most` words, which its first word allows; its first two may allow fewer.
    """
    ends = [start + len(word)]
    if most > 1 and (following := _FOLLOWING.match(text, ends[0])):
        most = min(most, names.longest.get(" ".join(f"{folded} {fold(following[0])}".split(" ", 2)[:2]), 1))
    while len(ends) < most and (following := _FOLLOWING.match(text, ends[-1])):
        ends.append(following.end())
    for end in reversed(ends[1:]):
        name = fold(text[start:end])
        if (name in names.towns or name in names.countries) and _last_word_capitalized(text, end):
            return name, end, False
    if folded in names.towns or folded in names.countries:
        return folded, ends[0], False
    if language in _ENDINGS and (stem := _nominative(folded, language, names)):
        return stem, ends[0], language == "hu"
    part = _PART.match(word)
    if part and fold(part[0]) in names.towns:
        return fold(part[0]), start + part.end(), False
    return "", start, False


def _last_word_capitalized(text: str, end: int) -> bool:
    start = end
    while start and (text[start - 1].isalpha()):
        start -= 1
    return text[start].isupper()


def _nominative(folded: str, language: str, names: Names) -> str | None:
    """Return the name that `folded` is an inflected form of."""
    for ending in _ENDINGS[language]:
        stem = folded.removesuffix(ending)
        if stem == folded or len(stem) < 3:
            continue
        stems = (stem, f"{stem[:-2]}ів") if language == "uk" and stem.endswith(("ов", "ев", "єв")) else (stem,)
        for name in (form + more for form in stems for more in _NOMINATIVES[language]):
            if name in names.towns or name in names.countries:
                return name
    return None


def _in_slot(text: str, start: int, end: int, language: str | None) -> bool:
    """Whether what stands around ``text[start:end]`` makes a name of a place of it."""
    known = slots()
    before = text[max(0, start - 48) : start].lower().rstrip(" \t\"'«“[(*")
    words = before.split()[-6:]
    if words and (words[-1] in known.around or words[-1] in known.prepositions(language) or words[-1] in known.skipped):
        return _after_preposition(words, language, known)
    after = text[end : end + 24]
    following = _FOLLOWING.match(after)
    return (
        before.endswith(_MARKS)
        or after.lstrip().startswith(("→", "➡"))
        or (before[-1:] in _COLONS and len(labels := _WORD.findall(before)) > 0 and labels[-1] in known.labels)
        or (
            following is not None
            and following[0].lower()[1:] in known.around
            and not _CAPITAL_BEFORE.search(text, max(0, start - 20), start)
        )
        or (bool(_DIGIT.search(before, max(0, len(before) - 12))) and bool(_DAYS_BEFORE.search(before)))
        or (bool(_DIGIT.search(after, 0, 12)) and bool(_DAYS_AFTER.match(after)))
    )


def _after_preposition(words: list[str], language: str | None, known: _Slots) -> bool:
    prepositions = known.prepositions(language)
    around = False
    while words:
        word = words.pop()
        if word in prepositions:
            if word in known.of_travel:
                return known.travel.search(" " + " ".join(words)) is not None
            return word not in known.recipient or known.talk.search(" " + " ".join(words)) is None
        if word in known.around:
            around = True
        elif word not in known.skipped:
            break
    return around
