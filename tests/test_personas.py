from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thb_indicators.repeats.personas import persona, presented
from thb_indicators.repeats.records import Persona

NOBODY = Persona(None, None)


@pytest.mark.parametrize(
    ("title", "text", "stated"),
    [
        ("Anna 24 in Leeds", "", Persona("anna", 24)),
        ("Lena, 26", "", Persona("lena", 26)),
        ("Maria (25)", "", Persona("maria", 25)),
        ("Anna - 24 - Leeds", "", Persona("anna", 24)),
        ("New here: Anna 24", "", Persona("anna", 24)),
        ("ANNA 24", "CALL ME NOW ANYTIME FOR A RELAXING MASSAGE IN THE CITY", Persona("anna", 24)),
        ("", "I'm Anna and I am new here", Persona("anna", None)),
        ("", "I’m Anna, 24, from Porto", Persona("anna", 24)),
        ("", "My name is Anna", Persona("anna", None)),
        ("", "Anna here, call me", Persona("anna", None)),
        ("", "Hi, Anna!", Persona("anna", None)),
        ("", "Come and meet Anna", Persona("anna", None)),
        ("", "Call us or ask for Sofia", Persona("sofia", None)),
        ("", "Please contact Mr Petrov", Persona("petrov", None)),
        ("", "Contact HR manager Elena", Persona("elena", None)),
        ("", "Contact person: Elena Petrova", Persona("elena", None)),
        ("", "Night shift, cash advance. Coordinator Sandra on 07700 900123", Persona("sandra", None)),
        ("", "Pickers wanted. Ask Mr Weber, phone +44 7700 900123", Persona("weber", None)),
        ("", "Send a short clip to choreographer Dario: +44 7700 900123", Persona("dario", None)),
        ("", "Beatrix welcomes you, 29, every evening", Persona("beatrix", 29)),
        ("Massage", "I'm 24 and new in Leeds", Persona(None, 24)),
        ("Massage", "24yo student", Persona(None, 24)),
        ("Massage", "24 years old", Persona(None, 24)),
    ],
)
def test_a_name_and_an_age_are_read_from_what_stands_around_them(title: str, text: str, stated: Persona) -> None:
    assert persona(title, text, "en") == stated


@pytest.mark.parametrize(
    ("language", "text", "stated"),
    [
        ("es", "Hola, me llamo Carmen, tengo 28 años", Persona("carmen", 28)),
        ("es", "Soy Lucía, 25 añitos", Persona("lucia", 25)),
        ("pt", "Olá, meu nome é Beatriz e tenho 27 anos", Persona("beatriz", 27)),
        ("ro", "Bună, mă numesc Ioana, am 25 de ani", Persona("ioana", 25)),
        ("de", "Ich heiße Lena und bin 26 Jahre alt", Persona("lena", 26)),
        ("de", "Fragen Sie nach Frau Weber", Persona("weber", None)),
        ("fr", "Je m'appelle Claire, j'ai 29 ans", Persona("claire", 29)),
        ("it", "Mi chiamo Giulia e ho 30 anni", Persona("giulia", 30)),
        ("nl", "Ik heet Sanne en ben 31 jaar", Persona("sanne", 31)),
        ("bg", "Казвам се Мария, на 25 години", Persona("мария", 25)),
        ("hu", "Anna vagyok, 27 éves", Persona("anna", 27)),
        ("hu", "A nevem Katalin, 32 éves", Persona("katalin", 32)),
        ("uk", "Мене звати Олена, мені 26 років", Persona("олена", 26)),
        ("ru", "Меня зовут Ольга, мне 27 лет", Persona("ольга", 27)),
    ],
)
def test_the_frames_of_each_language_are_known(language: str, text: str, stated: Persona) -> None:
    assert persona("", text, language) == stated


@pytest.mark.parametrize(
    ("language", "text", "stated"),
    [
        ("en", "I am Ines, 25 years old", Persona("ines", 25)),
        ("en", "Relaxing full hour with Tamsin, a caring therapist of 30 near the station", Persona("tamsin", 30)),
        ("en", "Tonight we present Camille, 29", Persona("camille", 29)),
        ("en", "Good news: Stella is waiting for you in Antwerp, 27 years, elegant", Persona("stella", 27)),
        ("en", "Hi, Pearl here, 35, in Lincoln until Sunday", Persona("pearl", 35)),
        ("es", "Hola caballeros, aquí Ingrid, 26, acompañante", Persona("ingrid", 26)),
        ("it", "Ciao, sono Vera, 31 anni", Persona("vera", 31)),
        ("it", "Signori, sono Chiara, trent'anni (30)", Persona("chiara", 30)),
        ("de", "Erfahrene Masseurin Loredana, 31, private Räume", Persona("loredana", 31)),
        ("en", "Packers wanted. Phone Dragan 07700 900123", Persona("dragan", None)),
        ("en", "Apply to Mr Lowell by Friday", Persona("lowell", None)),
        ("ro", "Relații la doamna Felicia, +44 7700 900123", Persona("felicia", None)),
        ("es", "Escriba a la señora Gladys", Persona("gladys", None)),
        ("ru", "Менеджер Карина", Persona("карина", None)),
        ("de", "Fragen beantwortet Frau Seidel", Persona("seidel", None)),
        ("it", "Chiamate pure. Greta risponde al +44 7700 900123", Persona("greta", None)),
    ],
)
def test_whom_an_ad_presents_or_names_to_call_is_read(language: str, text: str, stated: Persona) -> None:
    assert persona("", text, language) == stated


@pytest.mark.parametrize(
    ("language", "text", "age"),
    [
        ("en", "I am thirty-four and calm", 34), ("es", "tengo treinta y dos años", 32), ("es", "tengo veintiséis años", 26),
        ("pt", "tenho trinta e seis anos", 36), ("ro", "am treizeci și unu de ani", 31),
        ("de", "bin siebenunddreißig Jahre alt", 37),
        ("fr", "j'ai vingt-trois ans", 23), ("fr", "j'ai trente et un ans", 31), ("fr", "j'ai soixante-douze ans", 72),
        ("it", "ho quarantadue anni", 42), ("it", "ho trentun anni", 31), ("nl", "ik ben eenenveertig jaar", 41),
        ("bg", "на тридесет и три години", 33), ("hu", "harmincegy éves", 31), ("uk", "мені тридцять чотири роки", 34),
        ("ru", "мне сорок два года", 42),
    ],
)  # fmt: skip
def test_ages_are_read_in_words(language: str, text: str, age: int) -> None:
    assert persona("", text, language).age == age


@pytest.mark.parametrize(
    ("language", "title", "text", "name"),
    [
        ("it", "", "Ambiente riservato nel centro della città. Bacio, Vera", "vera"),
        ("en", "", "Leave a text and I will answer between clients. Parking behind the building. Nadine", "nadine"),
        ("en", "Jolene, new number", "Same place, same hours. Jolene xx", "jolene"),
        ("it", "Miranda, accompagnatrice", "Tariffa serale 350.", None),
        ("fr", "Apolline, soirées", "Apolline, 36 ans, vous accompagne lors de vos soirées", "apolline"),
        ("en", "Stella Antwerp ⭐⭐", "Luxury apartment by the park.", None),
        ("en", "Anya - relaxing massage", "Anya offers slow massage in a private flat", "anya"),
        ("en", "Carmen Cardiff Bay", "Carmen, brunette, easy to talk to, sees visitors by the bay", "carmen"),
        ("es", "Alicia en Valencia", "Alicia, recién llegada, muy educada", "alicia"),
        ("it", "Giada a Torino", "Giada, appena arrivata. Mezz'ora 60, un'ora 100", "giada"),
        ("fr", "Chloé à Liège", "Bonsoir messieurs, Chloé, souriante, vous accueille", "chloe"),
        ("de", "Nora, kurz in Wien", "Ich bin Nora, freundlich und gepflegt", "nora"),
        ("nl", "Lotte is er", "Lotte is net bij ons begonnen", "lotte"),
        ("hu", "Nóra Győrben", "Nóra ismét itthon, rövid időre", "nora"),
        ("ro", "Mihaela în Sibiu", "Mihaela, în Sibiu până pe 8 mai", "mihaela"),
        ("ru", "Карина без запретов", "Карина согласна на всё", "карина"),
        ("en", "North Star - Kirsten", "North Star sends you Kirsten for the evening", "kirsten"),
        ("en", "Yvonne, elegant evenings", "Redhead Yvonne, 39, elegant and discreet", "yvonne"),
        ("nl", "Avonden met Lotte", "Lotte uit Antwerpen heeft deze week nog enkele avonden vrij", "lotte"),
        ("nl", "Bo in Rotterdam", "Hallo, ik ben Bo, 28, en ik ontvang in een net appartement", "bo"),
        ("en", "Dog walks, Eastfield", "I walk dogs in Eastfield, rain or shine", None),
        ("en", "Spa therapist, Torquay", "This week Torquay and next week no one knows", None),
        ("en", "Tractor driver, permanent", "Tractor driver for a dairy farm", None),
        ("en", "Live-in carer", "Live-in carer for my father", None),
        (
            "en",
            "Joiners - Denmark contract",
            "Joiners and dryliners for a job in Copenhagen. Call Sean, +44 7700 900123",
            "sean",
        ),
        ("fr", "Massage", "Demi-heure 60, une heure 100", None),
        ("en", "Mireille Antwerp ⭐⭐", "29 years old, elegant, luxury apartment by the park.", "mireille"),
    ],
)
def test_a_name_in_a_title_needs_an_age_or_the_name_again_and_a_signature_ends_a_text(
    language: str, title: str, text: str, name: str | None
) -> None:
    assert persona(title, text, language).name == name


def test_a_phone_number_in_words_is_no_age() -> None:
    text = "Capucine, masseuse, vous reçoit. Réservations au zéro six, trente-neuf, quatre-vingt-dix-huit, soixante-trois"
    assert persona("", text, "fr") == Persona("capucine", None)


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("en", "Fender Stratocaster 1998", "Sunburst, one owner. Comes with a Marshall amp. £600 or swap for a Gibson."),
        ("en", "Alexa speaker", "Alexa is waiting for your commands. Alexa, 25 pounds."),
        ("en", "Hugo Boss suit, 42", "Navy, worn twice. Hugo Boss, 42 regular. Regards, Seller"),
        ("en", "Book club", "Book with Atlas Sample Tours. Meet at Waterstones, Tuesday. Best, Management"),
        ("nl", "Appartement", "Julianalaan 25, twee kamers, per maart. Vraag naar Voorwaarden."),
        ("de", "Waschmaschine", "Miele, 27 Monate Garantie. Melden Sie sich bei Interesse. Gruß aus Fulda"),
        ("es", "Nevera", "Funciona. Mide 60. Contacto: Particular. Gracias, Vendedor"),
        ("fr", "Vélo Gitane", "Gitane, 28 pouces. Contact : Magasin. Cordialement, Particulier"),
        ("ru", "Лада Веста", "Лада Веста, 28 тысяч км, один хозяин. Обращаться: Автосалон Образец."),
        ("hu", "Albérlet", "Budapest, Margit körút 28, két szoba. Érdeklődni: Ingatlaniroda."),
    ],
)  # fmt: skip
def test_goods_rooms_and_companies_are_nobody(language: str, title: str, text: str) -> None:
    assert persona(title, text, language) == NOBODY


@pytest.mark.parametrize("text", ["Me llamo Carmen", "Mi chiamo Giulia", "Ich heiße Lena", "Меня зовут Ольга"])
def test_a_name_is_read_where_the_language_is_not_known(text: str) -> None:
    assert persona("", text).name in {"carmen", "giulia", "lena", "ольга"}


@pytest.mark.parametrize(
    "text",
    [
        "I'm Available now", "I'm Romanian", "Call Now", "Call Monday", "Contact London office", "Visit Lisbon", "Hi, Guys",
        "Room 24", "Dublin 24", "Leeds 24 hours", "Open 24 hours", "Contact WhatsApp", "Meet May",
        "JOIN OUR TEAM AND CALL LEEDS TODAY",
        "",
    ],
)  # fmt: skip
def test_days_places_nationalities_and_offers_are_no_names(text: str) -> None:
    assert persona(text, text, "en") == NOBODY


@pytest.mark.parametrize(("language", "text"), [("de", "Ich bin Masseurin und suche Arbeit"), ("es", "Soy Colombiana")])
def test_what_people_are_is_not_who_they_are(language: str, text: str) -> None:
    assert persona("", text, language) == NOBODY


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "3 years experience"), ("en", "24 years experience"), ("en", "open 24 hours, since 2021"),
        ("en", "no one under 30"),
        ("en", "aged 21-35"), ("en", "age 21 to 45"), ("en", "must be at least 21 years old"),
        ("en", "Drivers wanted 25 years old"),
        ("en", "30 min 60, 60 min 100, 55 kg"), ("en", "I'm 30 minutes away"), ("en", "I'm 24/7 here"), ("en", "25+"),
        ("en", "a company with 24 years of experience"), ("es", "buscamos chica de 24 años"), ("es", "más de 30 años"),
        ("de", "ab 21 Jahre alt"), ("de", "seit 25 Jahren"), ("fr", "depuis 25 ans"), ("hu", "25 éves tapasztalat"),
        ("ru", "опыт 25 лет"), ("en", "€25, $30, 25%"),
    ],
)  # fmt: skip
def test_durations_limits_prices_and_wishes_are_no_ages(language: str, text: str) -> None:
    assert persona("", text, language).age is None


def test_the_surest_frame_gives_the_name_and_the_title_comes_first() -> None:
    assert persona("Anna, 24", "My name is Elena, ask for Maria", "en").name == "elena"
    assert persona("Anna, 24", "Maria, 25", "en") == Persona("anna", 24)


def test_names_are_compared_without_case_and_accents() -> None:
    assert persona("", "Me llamo LUCÍA", "es").name == persona("", "Me llamo Lucia", "es").name == "lucia"


@given(st.text(max_size=40), st.text(max_size=150), st.sampled_from([None, "en", "de", "es", "hu", "ru", "xx"]))
def test_any_text_is_read(title: str, text: str, language: str | None) -> None:
    stated = persona(title, text, language)
    assert stated.age is None or 18 <= stated.age <= 79
    assert stated.name is None or stated.name == stated.name.strip().lower()


@given(st.integers(80, 99), st.sampled_from(["Anna, {}", "I'm {} years old", "My name is Anna, I am {}", "Anna ({})"]))
def test_numbers_beyond_the_ages_of_work_are_left_out(number: int, frame: str) -> None:
    assert persona("", frame.format(number), "en").age is None


@pytest.mark.parametrize(
    ("title", "text", "language", "offered"),
    [
        ("", "Tonight in Leeds: Odette, calm and friendly. Text first.", "en", "odette"),
        ("", "Plymouth, tonight only! Rosalind waits for you, smart hotel, quiet corridor.", "en", "rosalind"),
        ("", "This week we introduce Bryony, witty and well travelled, available late.", "en", "bryony"),
        ("", "Tonight we recommend Florence, available for dinner at your hotel.", "en", "florence"),
        ("Sky in Miami", "I'm Sky. Petite and friendly, living near the harbour, free after work.", "en", "sky"),
        ("", "Companion with class: Estelle, late thirties, theatre lover. Evenings in Sheffield.", "en", "estelle"),
        ("", "Masaje relajante en el centro con Paloma. Ambiente íntimo, velas, música suave.", "es", "paloma"),
        ("", "Coucou Angers ! Maëlys pose ses valises près du château jusqu'à dimanche.", "fr", "maelys"),
        ("", "Angenehme Massage im Herzen von Wien, mit Tamara. Diskrete Wohnung, leise Musik.", "de", "tamara"),
        ("", "Relaxing massage near the station. Clean towels, quiet room, free parking.", "en", None),
        ("", "Massagen in ruhiger Wohnung, Termine nach Absprache, Parkplätze im Hof, bar oder Karte.", "de", None),
    ],
)  # fmt: skip
def test_a_name_that_an_ad_of_services_would_present_is_kept_apart(
    title: str, text: str, language: str, offered: str | None
) -> None:
    found = presented(title, text, language)
    assert (found.stated.name, found.offered) == (None, Persona(offered, None))


def test_the_age_of_an_offered_name_is_kept_with_it() -> None:
    assert presented("", "Noemi in Antwerpen, 31 jaar, rustige dame. Ontvangst op afspraak.", "nl").offered == Persona(
        "noemi", 31
    )


@pytest.mark.parametrize(
    "text",
    [
        "Send two photos and your height to Denis, Telegram @work_example_eu. Start immediately.",
        "Photo and phone number to Denis at jobs.example@example.com. Departure within one week.",
    ],
)
def test_who_is_to_be_written_to_on_a_platform_or_by_mail_is_named(text: str) -> None:
    assert persona("", text, "en") == Persona("denis", None)


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("en", "Packers for a plant in Malmö. Our coordinator Larissa answers every evening.", "larissa"),
        ("bg", "Бране на ягоди край Уелва. Пишете на координатор Живко: work.example@example.org", "живко"),
        ("uk", "Покоївки до готелю. Координаторка Оксана відповість на пошту work.example@example.org", "оксана"),
        ("ru", "Официантки на Кипр. Анкету с фото присылайте Алле на work.example@example.org", "алле"),
        ("ro", "Microbuzul e același. Scrieți-i Monei până vineri.", "monei"),
    ],
)
def test_who_an_offer_says_to_write_to_is_named(language: str, text: str, name: str) -> None:
    assert persona("", text, language) == Persona(name, None)


def test_whom_an_ad_states_is_never_only_offered() -> None:
    assert presented("", "My name is Odette, calm and friendly. Rosalind waits too.", "en").offered == NOBODY
