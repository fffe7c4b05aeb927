"""Places: which town and country the fields or the text of an ad name, and how far apart two towns are.

A name that several countries share is resolved by a country that the ad names, or left open; never by size.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from thb_indicators.repeats.names import Names, Town, fold, load_names
from thb_indicators.repeats.records import Place
from thb_indicators.repeats.slots import mentions, slots

EARTH_RADIUS_KM = 6371.0
_PARTS = re.compile(r"\s*(?:([,()\[\]])|[/;|+&•→➡\n]| [-–—] |[–—]|\b(?:and|und|y|et|or)\b)\s*")


@lru_cache(maxsize=1)
def _around() -> frozenset[str]:
    """Return the words of a field that only say where in or around a town."""
    return frozenset(map(fold, slots().around | slots().skipped)) | {"in"}


class _Part(NamedTuple):
    """What one part of a field may be: towns, or countries."""

    towns: frozenset[int]
    countries: frozenset[str]
    enclosed: bool
    """Whether a comma or bracket parts it from what stands before: then it says where that is."""


class Gazetteer:
    """The towns of 15,000 people or more, and the countries, with their names in the languages of the lexicons.

    Sources: GeoNames (CC BY 4.0) and the Unicode CLDR; ``tools/gazetteer.py`` wrote the files.

    Examples
    --------
    >>> gazetteer = Gazetteer.load()
    >>> gazetteer.resolve("LISBOA", "Portugal")
    Place(city='Lisbon', country='PT')
    >>> gazetteer.resolve("Valencia", None), gazetteer.resolve("Valencia", "es")
    (Place(city=None, country=None), Place(city='Valencia', country='ES'))
    """

    __slots__ = ("_known_abroad", "_named", "_names", "_options", "_resolved")

    def __init__(self, names: Names) -> None:
        self._names = names
        self._resolved = lru_cache(maxsize=100_000)(self._resolve)  # ads share their fields, and the places they name
        self._named = lru_cache(maxsize=50_000)(self._place)
        self._known_abroad = lru_cache(maxsize=50_000)(self._is_known_abroad)
        self._options = lru_cache(maxsize=50_000)(self._possible)

    @staticmethod
    @lru_cache(maxsize=1)
    def load() -> Gazetteer:
        """Load the gazetteer that ships with the library; one for the whole process."""
        return Gazetteer(load_names())

    def country(self, name: str | None) -> str | None:
        """Return the ISO 3166-1 alpha-2 code of a country's name or code, or None.

        Examples
        --------
        >>> gazetteer = Gazetteer.load()
        >>> gazetteer.country("uk"), gazetteer.country("PRT"), gazetteer.country("Deutschland"), gazetteer.country("Georgia")
        ('GB', 'PT', 'DE', 'GE')
        """
        if not name:
            return None
        found = set(self._country(name)) or {iso for part in _PARTS.split(name) if part for iso in self._country(part)}
        return found.pop() if len(found) == 1 else None

    def _country(self, name: str) -> frozenset[str]:
        """Return the countries that a whole field, or a part of it, may name; a state is no country."""
        if code := self._names.codes.get(name.strip().upper()):
            return frozenset({code})
        isos = self._names.countries.get(fold(name), frozenset())
        return isos - {"US"} if len(isos) > 1 else isos

    def resolve(self, city: str | None, country: str | None) -> Place:
        """Return the place that the fields of an ad name.

        Parameters
        ----------
        city
            A town, in any of the languages and with what people write around it ("Lisbon, Portugal", "lisbon city centre").
        country
            A name, or an ISO 3166-1 code of two or three letters.

        Examples
        --------
        >>> gazetteer = Gazetteer.load()
        >>> gazetteer.resolve("München", None), gazetteer.resolve("Paris, TX", None)
        (Place(city='Munich', country='DE'), Place(city='Paris', country='US'))
        >>> gazetteer.resolve("London / Manchester", "uk")
        Place(city=None, country='GB')
        """
        return self._resolved(city, country)

    def _resolve(self, city: str | None, country: str | None) -> Place:
        given = self.country(country)
        if not city:
            return Place(None, given)
        name = fold(city)
        if name in self._names.towns and name not in self._names.countries:
            return self._only(self._names.towns[name], frozenset({given}) if given else None) or Place(None, given)
        if name in self._names.countries and name not in self._names.towns:
            isos = self._names.countries[name]
            return Place(None, given or (next(iter(isos)) if len(isos) == 1 else None))
        parts = list(self._parts(city, given))
        named = [part.countries for part in parts if part.countries and not part.towns]
        allowed = frozenset({given}) if given else frozenset.intersection(*named) if named else None
        if given and named and not any(given in isos for isos in named):
            return Place(None, given)
        country = next(iter(allowed)) if allowed and len(allowed) == 1 else None
        parts = [part for part in parts if self._within(part.towns, allowed)]
        found = self._only(parts[0].towns, allowed) if parts else None
        for part in parts[1:]:
            agrees = found and found.country in self._within(part.towns, allowed)
            if not agrees or not (part.enclosed or self._only(part.towns, allowed) == found):
                return Place(None, country)
        return found or Place(None, country)

    def _parts(self, field: str, given: str | None) -> Iterator[_Part]:
        """Yield what the parts of a field may be; the first part is the town, wherever it can be."""
        pieces = _PARTS.split(field)
        around = _around()
        enclosed = False
        first = True
        for piece, mark in zip(pieces[::2], [*pieces[1::2], None], strict=True):
            words = fold(piece).split()
            if words and (len(pieces) == 1 or not around.issuperset(words)):
                yield self._part(piece, words, enclosed, first, given)
                first = False
            enclosed = mark is not None

    def _part(self, piece: str, words: list[str], enclosed: bool, first: bool, given: str | None) -> _Part:
        towns, countries, around = self._names.towns, self._names.countries, _around()
        while words and (words[0] in around or not words[0].isalpha()) and " ".join(words) not in towns:
            words = words[1:]
        for length in range(len(words), 0, -1):
            name, rest = " ".join(words[:length]), words[length:]
            while rest and (rest[0] in around or not rest[0].isalpha()):
                rest = rest[1:]
            after = self._code(piece, " ".join(rest)) if rest else frozenset()
            if rest and not after:
                continue
            numbers = frozenset(n for n in towns.get(name, ()) if not after or self._names.isos[n] in after)
            isos = after or (countries.get(name, frozenset()) if not numbers or name in self._names.english else frozenset())
            places = {self._names.isos[n] for n in numbers}
            if not after and isos and not (first and (given in places or isos == places)):
                return _Part(frozenset(), isos, enclosed)
            if numbers:
                return _Part(numbers, after, enclosed)
        return _Part(frozenset(), frozenset() if first else self._code(piece, " ".join(words)), enclosed)

    def _code(self, piece: str, name: str) -> frozenset[str]:
        """Return the countries that the end of a part may name: by name, or in capitals by code; a state is in the US."""
        if isos := self._names.countries.get(name):
            return isos
        code = name.upper()
        if code not in piece:
            return frozenset()
        isos = frozenset({self._names.codes[code]}) if code in self._names.codes else frozenset()
        return isos | {"US"} if code in self._names.states else isos

    def _within(self, numbers: frozenset[int], countries: frozenset[str] | None) -> frozenset[str]:
        """Return the countries that some towns lie in, of those in question."""
        isos = frozenset(self._names.isos[number] for number in numbers)
        return isos if countries is None else isos & countries

    def _only(self, numbers: tuple[int, ...] | frozenset[int], countries: frozenset[str] | None) -> Place | None:
        """Return the one town that some numbers can mean in `countries`, or None."""
        places = {self._names.town(n)[:2] for n in numbers if countries is None or self._names.isos[n] in countries}
        return Place(*places.pop()) if len(places) == 1 else None

    def mentioned(self, text: str, language: str | None = None, country: str | None = None) -> tuple[Place, ...]:
        """Return the places that a text names, in order; what its words do not settle is left out.

        Parameters
        ----------
        language
            The text's, for its prepositions; without one, those count that mean the same everywhere.
        country
            Where the ad stands; it settles names that several countries share.

        Examples
        --------
        >>> gazetteer = Gazetteer.load()
        >>> gazetteer.mentioned("Just arrived in Leeds from Porto, very nice flat. Ask for Florence.", "en")
        (Place(city='Leeds', country='GB'), Place(city='Porto', country='PT'))
        >>> gazetteer.mentioned("New in Cambridge", "en"), gazetteer.mentioned("New in Cambridge", "en", "GB")
        ((), (Place(city='Cambridge', country='GB'),))
        """
        found = mentions(text, language, self._names)
        if not found:
            return ()
        given = self.country(country)
        read = [self._options(mention.name, given) for mention in found]
        sure = {self._named(mention.name, isos) for mention, isos in zip(found, read, strict=True) if mention.use == "place"}
        told = {place.country for place in sure if place and self._known_abroad(place)}
        places: list[Place] = []
        for at, (mention, isos) in enumerate(zip(found, read, strict=True)):
            beside = [read[i] for i in (at - 1, at + 1) if 0 <= i < len(found) and found[min(i, at)].beside]
            if beside:
                isos = isos & frozenset().union(*beside)
            elif len(isos) > 1:
                isos = isos & (told | ({given} if self._settles(given, mention.name) else set()))
            if len(isos) != 1 or (mention.use == "here" and given not in isos):
                continue
            place = self._named(mention.name, isos)
            if place and place not in places and (place.country in {given, *told} or beside or self._known_abroad(place)):
                places.append(place)
        towns = {place.country for place in places if place.city}
        return tuple(place for place in places if place.city or place.country not in towns)

    def _place(self, name: str, isos: frozenset[str]) -> Place | None:
        """Return the country that a name is, or the town in it, if `isos` leaves one."""
        if len(isos) != 1:
            return None
        if isos <= self._names.countries.get(name, frozenset()):
            return Place(None, next(iter(isos)))
        return self._only(self._names.towns.get(name, ()), isos)

    def _is_known_abroad(self, place: Place) -> bool:
        """Whether a place is known abroad; a small town counts only where something else tells its country."""
        return place.city is None or any(town.well_known for town in self._at(place))

    def _settles(self, given: str | None, name: str) -> bool:
        """Whether the ad's country settles what a shared name means; a town at home does not outweigh a country abroad."""
        return given in self._names.countries.get(name, {given})

    def _possible(self, name: str, given: str | None) -> frozenset[str]:
        """Return the countries that a mention may be, or lie in; a country's name may be a town's of the ad's country."""
        towns = frozenset(self._names.isos[number] for number in self._names.towns.get(name, ()))
        named = self._names.countries.get(name)
        if named is None:
            return towns
        if name not in self._names.english:
            return named | towns
        return named | ({given} & towns if given else frozenset())

    def distance_km(self, a: Place, b: Place) -> float | None:
        """Return the great-circle distance of two towns, or None where one is not known.

        The haversine formula (Sinnott 1984, Virtues of the haversine, Sky and Telescope 68: 159). Where a country has several
        towns of the name the nearest ones count, so the distance is never overstated by the choice; coordinates are
        rounded to a tenth of a degree.

        Examples
        --------
        >>> gazetteer = Gazetteer.load()
        >>> round(gazetteer.distance_km(Place("Lisbon", "PT"), Place("Vienna", "AT")), -1)
        2300.0
        """
        distances = [_great_circle(one, other) for one in self._at(a) for other in self._at(b)]
        return min(distances, default=None)

    def _at(self, place: Place) -> list[Town]:
        if place.city is None:
            return []
        towns = (self._names.town(number) for number in self._names.towns.get(fold(place.city), ()))
        return [town for town in towns if (town.name, town.country) == place]


def _great_circle(a: Town, b: Town) -> float:
    north, east = math.radians(b.latitude - a.latitude), math.radians(b.longitude - a.longitude)
    cosines = math.cos(math.radians(a.latitude)) * math.cos(math.radians(b.latitude))
    half = math.sin(north / 2) ** 2 + cosines * math.sin(east / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, half)))
