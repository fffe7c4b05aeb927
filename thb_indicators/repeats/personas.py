"""Personas: the name and the age that an ad states of whom it presents. What is doubtful is left out, or kept apart."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from thb_indicators.repeats.ages import ADULT, OLDEST, numbers, told
from thb_indicators.repeats.frames import in_lower_case, load_frames
from thb_indicators.repeats.readings import CLOSES, FRAMES, Field, Kind, Reading, read_names, said_again
from thb_indicators.repeats.records import Persona
from thb_indicators.repeats.standing import has_known_stem, is_in_ads

_UNSURE: tuple[Kind, ...] = ("begins", "offered")
"""Readings that make no name by themselves."""
_ORDER: tuple[Kind, ...] = ("supported", "offered", "repeated", "begins")
"""Of readings without support, the surest first."""


class Presented(NamedTuple):
    """Whom an ad states that it presents; and, where it states no name, whom if it offers a person's services."""

    stated: Persona
    offered: Persona = Persona()


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
    return presented(title, text, language).stated


def presented(title: str, text: str, language: str | None = None) -> Presented:
    """Return whom an ad presents, surely and if it offered a person's services.

    In an ad of services a word that no one knows, and that begins a sentence or follows what introduces people, is a name; in
    others it may be a firm, a brand or a street.

    Examples
    --------
    >>> presented("", "Tonight in Leeds: Odette, calm and friendly. Text first.", "en")
    Presented(stated=Persona(name=None, age=None), offered=Persona(name='odette', age=None))
    """
    frames = load_frames(language)
    readings: list[Reading] = []
    ages: list[int] = []
    maybe: list[int] = []
    for text_of, titled in ((title, True), (text, False)):
        if not text_of:
            continue
        plain = in_lower_case(text_of)
        field = Field(text_of, plain, numbers(text_of, plain, frames), frames, language, titled)
        found = list(read_names(field))
        readings += found
        if not titled and language != "de":
            readings += said_again(field, {reading.name for reading in readings if reading.titled})
        beside = {reading.beside for reading in found if reading.kind not in _UNSURE}
        for start, number in field.numbers.items():
            kind = told(text_of, plain, number, frames, start in beside)
            if kind:
                (ages if kind == "age" else maybe).append(number.value)
    sure = ages or (maybe if any(reading.kind not in _UNSURE for reading in readings) else [])
    stated = Persona(_name(readings, _age(sure)), _age(sure))
    offered = None if stated.name else _offered(readings, language)
    return Presented(stated, Persona(offered, _age(ages or maybe)) if offered else Persona())


def _age(said: list[int]) -> int | None:
    return said[0] if said and min(said) >= ADULT and said[0] <= OLDEST else None


def _offered(readings: list[Reading], language: str | None) -> str | None:
    """Return the name of the surest reading that lacks support; of equal ones, the first in the text."""
    names: dict[Kind, str] = {}
    for kind, name, _, titled, mark in readings:
        known = " " in name or has_known_stem(name, language) or (mark != "," and is_in_ads(name, language))
        noun = language == "de" and mark not in CLOSES  # every noun has a capital; "mit Tamara." stands alone
        if name and not titled and not noun and not (kind == "begins" and known):
            names.setdefault(kind, name)
    return next((names[kind] for kind in _ORDER if kind in names), None)


def _name(readings: list[Reading], age: int | None) -> str | None:
    """Return the name of the surest frame; the title comes first."""
    if not readings:
        return None
    readings = [reading for reading in readings if reading.kind != "offered"]
    said = Counter(name for name, _, _ in {(reading.name, reading.kind, reading.titled) for reading in readings})
    begun = {reading.name for reading in readings if reading.kind == "begins"}
    best: tuple[int, str] | None = None
    for reading in readings:
        rank, name = FRAMES[reading.kind][0], reading.name
        again = said[name] - (name in begun) > 1
        if reading.kind == "begins" or (reading.kind == "repeated" and not again):
            continue
        if reading.kind == "supported" and not (again or age):
            if name not in begun:
                continue
            rank = FRAMES["begins"][0]  # said again only where a sentence begins: the least sure
        if name and (best is None or rank < best[0]):
            best = (rank, name)
    return best[1] if best else None
