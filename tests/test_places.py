from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from thb_indicators.repeats.places import Gazetteer
from thb_indicators.repeats.records import Place

GAZETTEER = Gazetteer.load()
SHARED = Path(__file__).parents[1] / ".." / "shared" / "data" / "gazetteer"


def rows(name: str) -> list[dict]:
    path = SHARED / f"{name}.jsonl.gz"
    if not path.is_file():
        pytest.skip(f"{path} is absent")
    return [json.loads(line) for line in gzip.open(path, "rt", encoding="utf-8")]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Portugal", "PT"), ("PT", "PT"), ("pt", "PT"), ("PRT", "PT"), ("uk", "GB"), ("UK ", "GB"), ("Scotland", "GB"),
        ("Großbritannien", "GB"), ("Deutschland", "DE"), ("Россия", "RU"), ("Україна", "UA"), ("Holland", "NL"), ("UAE", "AE"),
        ("Portugal (PT)", "PT"), ("Trinidad and Tobago", "TT"), ("Georgia", "GE"), ("", None),
        (None, None), ("worldwide", None),
        ("Spain / Portugal", None),
    ],
)  # fmt: skip
def test_a_country_is_read_from_its_name_or_code(name: str | None, code: str | None) -> None:
    assert GAZETTEER.country(name) == code


@pytest.mark.parametrize(
    ("name", "town"),
    [
        ("Lisboa", Place("Lisbon", "PT")), ("Lissabon", Place("Lisbon", "PT")), ("LISBOA", Place("Lisbon", "PT")),
        ("Wien", Place("Vienna", "AT")), ("Bécs", Place("Vienna", "AT")), ("Відень", Place("Vienna", "AT")),
        ("München", Place("Munich", "DE")), ("Muenchen", Place("Munich", "DE")), ("munchen", Place("Munich", "DE")),
        ("Roma", Place("Rome", "IT")), ("Praha", Place("Prague", "CZ")), ("Prag", Place("Prague", "CZ")),
        ("Cologne", Place("Köln", "DE")), ("Den Haag", Place("The Hague", "NL")), ("La Haya", Place("The Hague", "NL")),
        ("București", Place("Bucharest", "RO")), ("Bukarest", Place("Bucharest", "RO")), ("София", Place("Sofia", "BG")),
        ("Київ", Place("Kyiv", "UA")), ("Kiev", Place("Kyiv", "UA")), ("Москва", Place("Moscow", "RU")),
        ("Cluj", Place("Cluj-Napoca", "RO")), ("Londra", Place("London", "GB")), ("Hull", Place(None, None)),
    ],
)  # fmt: skip
def test_a_town_is_known_by_its_names_in_the_languages_of_the_lexicons(name: str, town: Place) -> None:
    assert GAZETTEER.resolve(name, None) == town


@pytest.mark.parametrize(
    ("city", "country", "place"),
    [
        ("Lisbon, Portugal", None, Place("Lisbon", "PT")),
        ("Lisbon - Portugal", None, Place("Lisbon", "PT")),
        ("lisbon city centre", None, Place("Lisbon", "PT")),
        ("central london", "GB", Place("London", "GB")),
        ("Greater Manchester", "uk", Place("Manchester", "GB")),
        ("75011 Paris", "fr", Place("Paris", "FR")),
        ("London SW1", "GB", Place("London", "GB")),
        ("Centro, Madrid", "ES", Place("Madrid", "ES")),
        ("Kyiv / Київ", None, Place("Kyiv", "UA")),
        ("Berlin 📍", None, Place("Berlin", "DE")),
        ("London / Manchester", None, Place(None, None)),
        ("London / Manchester", "GB", Place(None, "GB")),
        ("Berlin, Vienna", None, Place(None, None)),
        ("Portugal", None, Place(None, "PT")),
        ("Luxembourg", None, Place("Luxembourg", "LU")),
        ("", None, Place(None, None)),
        (None, "PRT", Place(None, "PT")),
        ("worldwide", "es", Place(None, "ES")),
    ],
)
def test_fields_are_read_with_what_people_write_around(city: str | None, country: str | None, place: Place) -> None:
    assert GAZETTEER.resolve(city, country) == place


@pytest.mark.parametrize(
    ("city", "country", "place"),
    [
        ("Valencia", None, Place(None, None)),
        ("Valencia", "ES", Place("Valencia", "ES")),
        ("Valencia", "Venezuela", Place("Valencia", "VE")),
        ("Valencia, Spain", None, Place("Valencia", "ES")),
        ("Córdoba", None, Place(None, None)),
        ("Cordoba", "AR", Place("Córdoba", "AR")),
        ("Cambridge", None, Place(None, None)),
        ("Cambridge", "US", Place("Cambridge", "US")),
        ("Paris, TX", None, Place("Paris", "US")),
        ("London, CA", None, Place("London", "CA")),
        ("San Jose, CA", None, Place("San Jose", "US")),
        ("Georgia", None, Place(None, None)),
        ("Georgia", "US", Place(None, "US")),
        ("London", None, Place(None, None)),
        ("Lisbon", "ES", Place(None, "ES")),
        ("Lisbon, Portugal", "ES", Place(None, "ES")),
    ],
)
def test_a_shared_name_is_resolved_by_a_country_or_left_open(city: str, country: str | None, place: Place) -> None:
    assert GAZETTEER.resolve(city, country) == place


def test_names_that_several_countries_share_are_never_guessed() -> None:
    for row in rows("same_name_in_several_countries"):
        name = row["name"]
        assert GAZETTEER.resolve(name, None).city is None, name
        assert GAZETTEER.resolve(name.upper(), None).city is None, name
        assert not any(place.city for place in GAZETTEER.mentioned(f"We work in {name.title()} every week", "en")), name
        for country in row["countries"]:
            assert GAZETTEER.resolve(name, country).country == country


def test_ordinary_words_are_no_places() -> None:
    for row in rows("ambiguous_city_words"):
        word = row["word"]
        for text in (
            f"we are {word} and have {word} in stock",
            f"{word.title()} is what we have",
            f"THE {word.upper()} IS HERE",
        ):
            assert GAZETTEER.mentioned(text, "en") == (), text


LEEDS, BERLIN, VIENNA = Place("Leeds", "GB"), Place("Berlin", "DE"), Place("Vienna", "AT")


@pytest.mark.parametrize(
    ("language", "text", "places"),
    [
        ("en", "Anna 24 in Leeds", (LEEDS,)),
        ("en", "Just arrived in Berlin from Vienna, Austria", (BERLIN, VIENNA)),
        ("en", "NICE MASSAGE IN LEEDS CITY CENTRE", (LEEDS,)),
        ("en", "Location: Lisbon", (Place("Lisbon", "PT"),)),
        ("en", "📍Leeds", (LEEDS,)),
        ("en", "12-15 May: Leeds, 16-18 May: Sheffield", (LEEDS, Place("Sheffield", "GB"))),
        ("en", "On tour now in Leeds, Sheffield and Bradford", (LEEDS, Place("Sheffield", "GB"), Place("Bradford", "GB"))),
        ("en", "Nice flat, most of it new, in Bath", (Place("Bath", "GB"),)),
        ("en", "Jobs in Turkey", (Place(None, "TR"),)),
        ("en", "Lisbon, Portugal: cleaners", (Place("Lisbon", "PT"),)),
        ("es", "Ahora en Valencia, España", (Place("Valencia", "ES"),)),
        ("pt", "Trabalho em Lisboa e no Porto", (Place("Lisbon", "PT"), Place("Porto", "PT"))),
        ("ro", "Acum în București, apoi la Viena", (Place("Bucharest", "RO"), VIENNA)),
        ("de", "Arbeit in München, später nach Köln", (Place("Munich", "DE"), Place("Köln", "DE"))),
        ("fr", "Nouvelle à Lyon, bientôt à Bruxelles", (Place("Lyon", "FR"), Place("Brussels", "BE"))),
        ("it", "Appena arrivata a Milano da Roma", (Place("Milan", "IT"), Place("Rome", "IT"))),
        ("nl", "Nieuw in Den Haag, omgeving Rotterdam", (Place("The Hague", "NL"), Place("Rotterdam", "NL"))),
        ("bg", "Сега в София и Пловдив", (Place("Sofia", "BG"), Place("Plovdiv", "BG"))),
        ("hu", "Budapesten vagyok, majd Bécsben", (Place("Budapest", "HU"), VIENNA)),
        ("uk", "Працюю у Києві та у Львові, робота в Польщі", (Place("Kyiv", "UA"), Place("Lviv", "UA"), Place(None, "PL"))),
        ("ru", "Я в Москве, потом в Германии", (Place("Moscow", "RU"), Place(None, "DE"))),
    ],
)
def test_a_text_names_places_where_it_uses_them_as_places(language: str, text: str, places: tuple[Place, ...]) -> None:
    assert GAZETTEER.mentioned(text, language) == places


@pytest.mark.parametrize(
    "text",
    [
        "Ask for Florence, or write to Victoria. A message from Sofia.",
        "Most clients say it is nice. Reading and time for you.",
        "AVAILABLE IN MOST CASES",
        "Open in May and March",
        "Turkey sandwich and a chad",
        "I am in Valencia",
        "Work in Georgia",
        "Walk to Temple Meads station and to Phoenix Park",
        "Flat in Clifton",
        "",
    ],
)
def test_names_of_people_ordinary_words_and_shared_names_are_left_out(text: str) -> None:
    assert GAZETTEER.mentioned(text, "en") == ()


def test_the_country_of_an_ad_or_another_place_settles_a_shared_name() -> None:
    assert GAZETTEER.mentioned("New in Cambridge", "en", "GB") == (Place("Cambridge", "GB"),)
    assert GAZETTEER.mentioned("New in Cambridge, before in Leeds", "en") == (Place("Cambridge", "GB"), LEEDS)
    assert GAZETTEER.mentioned("Massage | Leeds", "en", "GB") == (LEEDS,)
    assert GAZETTEER.mentioned("Flat in Clifton", "en", "US") == (Place("Clifton", "US"),)
    assert GAZETTEER.mentioned("Work in Lebanon", "en", "US") == ()


def test_distances_are_those_of_an_atlas() -> None:
    def distance(a: str, b: str) -> float | None:
        return GAZETTEER.distance_km(GAZETTEER.resolve(a, None), GAZETTEER.resolve(b, None))

    assert distance("Lisbon", "Wien") == pytest.approx(2300, rel=0.01)
    assert distance("Kyiv", "Warsaw") == pytest.approx(690, rel=0.02)
    assert distance("Lisboa", "Lisbon") == 0
    assert distance("Lisbon", "London") is None


@given(st.text(max_size=80), st.none() | st.text(max_size=20) | st.sampled_from(["GB", "us", "Spain"]))
@example("London / ", None)
@example(", ,(", "GB")
@example("'", "'")
def test_any_fields_are_read_and_a_city_always_lies_in_the_given_country(city: str, country: str | None) -> None:
    place = GAZETTEER.resolve(city, country)
    given_country = GAZETTEER.country(country)
    assert place.city is None or place.country is not None
    assert given_country is None or place.country == given_country


SHARED_NAMES = ["London", "Paris", "Valencia", "Cambridge", "Birmingham", "San José", "Santiago", "Manchester"]
CONTEXTS = ["in {}", "New in {}, call now", "📍{}", "{}", "{} city centre", "Location: {}", "IN {}"]


@given(st.sampled_from(SHARED_NAMES), st.sampled_from(CONTEXTS), st.text(alphabet=" .,!?abcxyz", max_size=20))
def test_a_shared_name_without_evidence_is_never_resolved(name: str, context: str, rest: str) -> None:
    text = context.format(name)
    assert GAZETTEER.mentioned(f"{rest} {text}", "en") == ()
    assert GAZETTEER.resolve(name, None).city is None
    assert GAZETTEER.resolve(f"{name} city centre", None).city is None


@given(
    st.text(max_size=200), st.sampled_from([None, "en", "de", "hu", "ru", "uk", "xx"]), st.sampled_from([None, "GB", "junk"])
)
def test_any_text_is_read(text: str, language: str | None, country: str | None) -> None:
    for place in GAZETTEER.mentioned(text, language, country):
        assert place.country is not None
