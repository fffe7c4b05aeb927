"""Draw ads from scenarios. Labels come from the scenario that wrote the ad, never from the rules.

Advertisers are drawn first; most post once, some post many near copies, some of them in several countries. All copies share a
``group``, so that an honest split keeps them together.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import msgspec

from thb_indicators.errors import InputError
from thb_indicators.synth.scenarios import Scenario, Wordings, wordings

KIND_SHARES = {"positive": 0.30, "legit_recruitment": 0.20, "ordinary": 0.32, "hard_negative": 0.10, "quotation": 0.08}
ENGLISH_SHARE = 0.6
MANY_ADS, MOST_ADS = 0.3, 12
"""Share of advertisers who post more than one ad, and the most that one of them posts."""
SEVERAL_COUNTRIES = 0.25
DISGUISED, NOISY = 0.12, 0.25
FIRST_DAY = datetime.date(2026, 1, 5)
DAYS = 300
PLACES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "en": (
        ("Leeds", "England", "GB"), ("Cork", "Ireland", "IE"), ("Denver", "America", "US"), ("Perth", "Australia", "AU"),
        ("Valletta", "Malta", "MT"), ("Limassol", "Cyprus", "CY"), ("Dubai", "the Emirates", "AE"), ("Malmo", "Sweden", "SE"),
    ),
    "es": (("Sevilla", "España", "ES"), ("Murcia", "España", "ES"), ("Oporto", "Portugal", "PT"), ("Lyon", "Francia", "FR")),
    "pt": (("Braga", "Portugal", "PT"), ("Faro", "Portugal", "PT"), ("Curitiba", "Brasil", "BR"), ("Vigo", "Espanha", "ES")),
    "fr": (("Lille", "France", "FR"), ("Nantes", "France", "FR"), ("Liège", "Belgique", "BE"), ("Genève", "Suisse", "CH")),
    "it": (("Bari", "Italia", "IT"), ("Torino", "Italia", "IT"), ("Lugano", "Svizzera", "CH"), ("Graz", "Austria", "AT")),
    "de": (
        ("Bremen", "Deutschland", "DE"), ("Kassel", "Deutschland", "DE"), ("Linz", "Österreich", "AT"),
        ("Basel", "Schweiz", "CH"),
    ),
    "ro": (("Iași", "România", "RO"), ("Verona", "Italia", "IT"), ("Leeds", "Anglia", "GB"), ("Kassel", "Germania", "DE")),
    "bg": (("Варна", "България", "BG"), ("Бремен", "Германия", "DE"), ("Лийдс", "Англия", "GB"), ("Севиля", "Испания", "ES")),
    "uk": (("Львів", "Україна", "UA"), ("Краків", "Польща", "PL"), ("Прага", "Чехія", "CZ"), ("Бремен", "Німеччина", "DE")),
}  # fmt: skip
NAMES = (
    "Alex", "Andrea", "Robin", "Kim", "Sam", "Nicole", "Dana", "Sasha", "Toni", "Marian", "Vera", "Leo", "Mila", "Nina", "Max",
)  # fmt: skip
CYRILLIC_NAMES = ("Саша", "Женя", "Валя", "Ніна", "Віра", "Макс")
COMPANIES = (
    "Harbor Foods", "Northgate Logistics", "Green Acre Farms", "Bluebird Care", "Old Mill Bakery", "Summit Builders",
    "Lakeside Hotels", "Orchard and Sons", "Cedar Cleaning", "Riverside Press", "Alpine Packing", "Seaview Homes",
)  # fmt: skip
AREA_CODES = (202, 212, 303, 312, 404, 415, 503, 602, 702, 713, 808, 919)
_HOMOGLYPHS = str.maketrans("aeopcxi", "аеорсхі")
_LEET = str.maketrans("aeio", "@310")


class Spot(msgspec.Struct, frozen=True):
    """Where an ad says what an indicator names: ``field[start:end]``."""

    indicator: str
    field: str
    start: int
    end: int


class SyntheticAd(msgspec.Struct, frozen=True):
    """One ad with its truth; a row of the corpus.

    ``label`` is 1 for ads of positive scenarios; ``group`` names the advertiser; ``indicators`` and ``spans`` are what the
    scenario had the writer say.
    """

    id: str
    title: str
    text: str
    language: str
    country: str
    city: str
    posted_at: str
    account: str
    basis: str
    label: int
    group: str
    kind: str
    domain: str
    scenario: str
    indicators: tuple[str, ...]
    spans: tuple[Spot, ...]
    disguise: str


class _Line(NamedTuple):
    """One sentence of an ad, still with its slots."""

    template: str
    indicator: str | None


class _Advertiser(NamedTuple):
    """Who posts, and what all their ads have in common."""

    name: str
    scenario: Scenario
    file: Wordings
    lines: tuple[_Line, ...]
    persona: str
    company: str
    contact: str
    spare: tuple[str, ...]
    disguise: str
    noise: str


def generate(count: int, seed: int = 0) -> Iterator[SyntheticAd]:
    """Draw a labeled corpus; the same numbers give the same ads.

    Parameters
    ----------
    count
        Ads to draw.
    seed
        Any whole number.

    Yields
    ------
    SyntheticAd
        Ordered by advertiser.

    Raises
    ------
    InputError
        When `count` is negative.

    Examples
    --------
    >>> ads = list(generate(50, seed=1))
    >>> len(ads), {ad.basis for ad in ads}, all(s.indicator in ad.indicators for ad in ads for s in ad.spans)
    (50, {'synthetic'}, True)
    """
    if count < 0:
        raise InputError(f"the number of ads cannot be {count}")
    drawn = 0
    advertiser = 0
    while drawn < count:
        advertiser += 1
        rng = random.Random(f"{seed}/{advertiser}")  # noqa: S311  # a corpus, not a secret
        who = _advertiser(advertiser, rng)
        copies = rng.randint(2, MOST_ADS) if rng.random() < MANY_ADS else 1
        for copy in range(min(copies, count - drawn)):
            yield _ad(who, copy, copies, rng)
            drawn += 1


def _advertiser(number: int, rng: random.Random) -> _Advertiser:
    kind = rng.choices(list(KIND_SHARES), weights=list(KIND_SHARES.values()))[0]
    files = [file for file in wordings() if (file.language == "en") == (rng_share(number) < ENGLISH_SHARE)]
    choices = [(file, scenario) for file in files for scenario in file.scenarios if scenario.kind == kind]
    if not choices:
        choices = [(file, scenario) for file in wordings() for scenario in file.scenarios if scenario.kind == kind]
    file, scenario = rng.choice(choices)
    positive = kind == "positive"
    return _Advertiser(
        name=f"adv-{number:06d}",
        scenario=scenario,
        file=file,
        lines=_lines(scenario, rng),
        persona=rng.choice(CYRILLIC_NAMES if file.language in ("bg", "uk") else NAMES),
        company=f"{rng.choice(COMPANIES)} {rng.choice(('Ltd', 'GmbH', 'SL', 'Group', 'and Co'))}",
        contact=_contact(rng),
        spare=tuple(rng.sample(scenario.filler, min(4, len(scenario.filler)))),
        disguise=rng.choice(tuple(DISGUISES)) if positive and rng.random() < DISGUISED else "",
        noise=rng.choice(tuple(NOISES)) if rng.random() < NOISY else "",
    )


def rng_share(number: int) -> float:
    """Spread languages evenly over advertisers, whatever the seed draws for each."""
    return (number * 0.6180339887498949) % 1.0


def _lines(scenario: Scenario, rng: random.Random) -> tuple[_Line, ...]:
    said = [fact for fact in scenario.facts if rng.random() < fact.chance]
    needed = [fact for fact in scenario.facts if fact.indicator] if scenario.kind == "positive" else []
    while needed and sum(fact.indicator is not None for fact in said) < min(2, len(needed)):
        said.append(rng.choice([fact for fact in needed if fact not in said]))
    facts = [_Line(rng.choice(_wordings_of(fact, rng)), fact.indicator) for fact in said if fact.say or fact.otherwise]
    filler = [_Line(one, None) for one in rng.sample(scenario.filler, min(rng.randint(1, 4), len(scenario.filler)))]
    middle = facts + filler
    rng.shuffle(middle)
    return (_Line(rng.choice(scenario.opening), None), *middle, _Line(rng.choice(scenario.closing), None))


def _wordings_of(fact: Any, rng: random.Random) -> tuple[str, ...]:
    if fact.say and fact.otherwise:
        return tuple(fact.otherwise if rng.random() < 0.5 else fact.say)  # half of each
    return tuple(fact.say or fact.otherwise)


def _contact(rng: random.Random) -> str:
    kind = rng.randrange(4)
    if kind == 0:
        digits = f"07700900{rng.randrange(1000):03d}"
        return rng.choice((f"{digits[:5]} {digits[5:]}", digits, f"+44 {digits[1:5]} {digits[5:]}"))
    if kind == 1:
        area, line = rng.choice(AREA_CODES), f"01{rng.randrange(100):02d}"
        return rng.choice((f"({area}) 555-{line}", f"{area}-555-{line}", f"{area} 555 {line}"))
    name = f"{rng.choice(NAMES).lower()}{rng.randrange(1000)}"
    return f"{name}@example.{rng.choice(('com', 'org', 'net'))}" if kind == 2 else f"@example_{name}"


def _ad(who: _Advertiser, copy: int, copies: int, rng: random.Random) -> SyntheticAd:
    places = PLACES[who.file.language]
    campaign = copies > 1 and rng_share(int(who.name[4:]) * 7) < SEVERAL_COUNTRIES
    city, country, code = places[(int(who.name[4:]) + (copy if campaign else 0)) % len(places)]
    day = FIRST_DAY + datetime.timedelta(days=(int(who.name[4:]) * 37) % DAYS + copy * rng.randint(1, 6))
    fill = _filler(who, city, country, day, rng)
    lines = list(who.lines)
    if copy and who.spare:  # a copy differs a little: another sentence, another order
        spare = _Line(rng.choice(who.spare), None)
        if spare not in lines:
            lines.insert(rng.randint(1, len(lines) - 1), spare)
        if rng.random() < 0.3:
            middle = lines[1:-1]
            rng.shuffle(middle)
            lines = [lines[0], *middle, lines[-1]]
    disguise = DISGUISES[who.disguise] if who.disguise else None
    noise = NOISES[who.noise] if who.noise else str
    separator = rng.choice((". ", ". ", "! ", "\n", "\n- "))
    text, spots = "", []
    for line in lines:
        sentence = noise(fill(line.template))
        if disguise is not None and line.indicator:
            sentence = disguise(sentence)
        sentence = sentence[:1].upper() + sentence[1:] if not who.noise else sentence
        if line.indicator:
            spots.append(Spot(line.indicator, "text", len(text), len(text) + len(sentence)))
        text += sentence + separator
    text = text.rstrip("\n- ")
    return SyntheticAd(
        id=f"{who.name}-{copy + 1}",
        title=noise(fill(rng.choice(who.scenario.title))),
        text=text,
        language=who.file.language,
        country=code,
        city=city,
        posted_at=day.isoformat(),
        account=who.name,
        basis="synthetic",
        label=int(who.scenario.kind == "positive"),
        group=who.name,
        kind=who.scenario.kind,
        domain=who.scenario.domain,
        scenario=who.scenario.id,
        indicators=tuple(sorted({spot.indicator for spot in spots})),
        spans=tuple(spots),
        disguise=who.disguise,
    )


def _filler(who: _Advertiser, city: str, country: str, day: datetime.date, rng: random.Random) -> Callable[[str], str]:
    """Return what fills the slots of a template; the same slot is filled alike throughout an ad."""
    filled = {
        "city": city,
        "country": country,
        "name": who.persona,
        "company": who.company,
        "contact": who.contact,
        "price": str(rng.choice((12, 15, 20, 25, 30, 40, 60))),
        "pay": f"{rng.randrange(1300, 2300, 50)} €",
        "date": f"{day.day}/{day.month}",
    }

    def fill(template: str) -> str:
        for _ in range(3):  # a slot's filler may have slots of its own
            if "{" not in template:
                break
            for slot in [part.split("}")[0] for part in template.split("{")[1:]]:
                if slot not in filled:
                    filled[slot] = rng.choice(who.file.slots[slot])
                template = template.replace(f"{{{slot}}}", filled[slot])
        return template

    return fill


def _longest_word(change: Callable[[str], str]) -> Callable[[str], str]:
    """Change only the longest word, as writers do who dodge a filter."""

    def changed(sentence: str) -> str:
        word = max(sentence.split(" "), key=len)
        return sentence.replace(word, change(word), 1)

    return changed


DISGUISES: dict[str, Callable[[str], str]] = {
    "homoglyph": lambda sentence: sentence.translate(_HOMOGLYPHS) if sentence.isascii() else sentence,
    "zero_width": _longest_word("\u200b".join),
    "leet": _longest_word(lambda word: word.translate(_LEET)),
    "spaced": _longest_word(" ".join),
    "fullwidth": _longest_word(lambda word: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in word)),
}
"""Ways to hide what an ad says; only wording of indicators is hidden."""
NOISES: dict[str, Callable[[str], str]] = {
    "lower": str.lower,
    "no_apostrophes": lambda sentence: sentence.replace("'", "").replace("’", ""),
    "texting": lambda sentence: sentence.replace(" you ", " u ").replace(" are ", " r ").replace(" and ", " & "),
    "upper": str.upper,
}
"""Ways of writing that mean nothing."""
