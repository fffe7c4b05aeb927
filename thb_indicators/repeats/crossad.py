"""Cross-ad indicators: numbers over the ads of one contact, account, advertiser or text, each with a published threshold.

Thresholds and windows are the defaults of the taxonomy (``lexicons/indicators.yaml``, X01-X16, B30, B31). Nearly all of
them are design suggestions that no study has tested; the catalogue says so of each, with its innocent readings. Ads without
a date are counted into every window, since a platform that gives no dates gives all of its ads at once.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, pairwise
from statistics import median

from thb_indicators.records import Domain
from thb_indicators.repeats.movement import busiest, distance_km, stays, town, towns_apart
from thb_indicators.repeats.rates import Rate
from thb_indicators.repeats.records import Facts, Label, Measured, Place

KINDS: tuple[Domain, ...] = ("services", "recruitment")
CITIES, CITY_DAYS = 3, 30
COUNTRIES, COUNTRY_DAYS = 2, 60
PERSONAS, STRONG_PERSONAS, DIRECTORY_PERSONAS, PERSONA_DAYS = 3, 5, 50, 30
AGE_SPREAD, AGE_DAYS = 4.0, 365
ACCOUNTS, ACCOUNT_DAYS = 2, 90
NUMBERS, NUMBER_DAYS = 3, 30
STAY_DAYS, STAYS, CIRCUIT_DAYS = 14.0, 3, 180
ROBUST_Z, RATE_DAYS = 3.0, 30
SALES_DAYS = 365
COPIES, DIFFERENT, COPY_DAYS = 3, 2, 90
ROLES = 3
SWITCHES = 2
OVERLAP_KM = 300.0
"""Two towns this far apart on one day: the taxonomy's "physically impossible overlap", for ads that are dated by day."""
SAME_NUMBERS, SAME_SHARE = 2, 0.6
"""A text in another language is a translation when so many numbers, and so large a share of all, are the same."""
SPAM_CITIES, SPAM_DAYS = 5, 2
MOST_SAY_LESS = 4
"""One ad in so many tells the kind of an advertiser's ads: the others often say less."""


def personas(ads: Sequence[Facts]) -> dict[str, str]:
    """Return whom each ad presents, by ad: a name, or an age where no name is given and no named persona is of that age.

    Examples
    --------
    >>> from thb_indicators.repeats.records import Persona
    >>> ads = [Facts("1", 0, persona=Persona("anna", 24)), Facts("2", 1, persona=Persona(None, 25)), Facts("3", 2)]
    >>> personas(ads)
    {'1': 'anna', '2': 'anna'}
    """
    found = {ad.ad: ad.persona.name for ad in ads if ad.persona.name}
    aged = {(ad.persona.age, ad.persona.name) for ad in ads if ad.persona.name and ad.persona.age}
    nameless = [ad for ad in ads if not ad.persona.name and ad.persona.age]
    groups: list[int] = []
    for ad in sorted(nameless, key=lambda ad: ad.persona.age or 0):
        age = ad.persona.age or 0
        near = sorted(name for known, name in aged if known is not None and name and abs(known - age) <= 1)
        if near:
            found[ad.ad] = near[0]
            continue
        if not groups or age - groups[-1] > 1:
            groups.append(age)
        found[ad.ad] = f"aged {groups[-1]}"
    known_ages = all(ad.persona.age for ad in ads if ad.persona.name)
    if not known_ages:  # a nameless ad may then be one of the named
        found = {ad: name for ad, name in found.items() if not name.startswith("aged ")}
    return found


def measure(ads: Sequence[Facts], actors: Sequence[Sequence[str]], usual: Rate) -> tuple[Measured, ...]:
    """Measure every cross-ad indicator over one cluster.

    Parameters
    ----------
    ads
        The cluster's ads.
    actors
        The ids of the ads that contacts or accounts tie together.
    usual
        How many ads advertisers of these sites usually have.

    Returns
    -------
    tuple of Measured
        Those that reach their threshold, one for each advertiser or text, ordered by id.
    """
    if not any(ad.domains or (ad.persona.name and ad.persona.age) for ad in ads):
        return ()  # nothing of it would concern them, and most ads are of goods and rooms
    by_id = {ad.ad: ad for ad in ads}
    found: list[Measured] = []
    for ids in actors:
        found += _of_actor([by_id[one] for one in ids], usual)
    found += _of_texts(ads)
    kept = {(one.id, one.ads): one for one in found if _concerns(one, by_id)}
    return tuple(kept[key] for key in sorted(kept))


def of_kinds(ads: Sequence[Facts], kinds: Mapping[int, tuple[Domain, ...]], other: tuple[Domain, ...] = ()) -> list[Facts]:
    """Return the ads with their kind, given by text; those whose text has none given are of the kind `other`."""
    told = [kinds.get(ad.text, other) for ad in ads]
    services = sum("services" in domains for domains in told) * MOST_SAY_LESS >= len(ads)
    return [ad.of(domains, services) for ad, domains in zip(ads, told, strict=True)]


def could_show(
    ads: Sequence[Facts], kinds: Mapping[int, tuple[Domain, ...]], actors: Sequence[Sequence[str]], usual: Rate
) -> bool:
    """Whether these ads could show an indicator, if some texts are of the given kinds and the others of any.

    Most clusters need no kind: two ads of one text show nothing. Several open texts of one advertiser could be of several
    kinds, so that they could always show something.
    """
    text = {ad.ad: ad.text for ad in ads}
    if any(len({text[one] for one in ids} - kinds.keys()) > 1 for ids in actors):
        return True
    return any(measure(of_kinds(ads, kinds, other), actors, usual) for other in ((), *((kind,) for kind in KINDS)))


def _concerns(one: Measured, by_id: dict[str, Facts]) -> bool:
    """Whether the ads are of the two kinds that indicators speak of; goods and rooms are not.

    Some are enough, since their copies may say less; so is one in two that presents a person whose age an ad states.
    """
    ads = [by_id[ad] for ad in one.ads]
    of_kind = sum(bool(ad.domains) for ad in ads)
    aged = {ad.persona.name for ad in ads if ad.persona.name and ad.persona.age}
    presenting = sum(ad.persona.name in aged for ad in ads)
    return of_kind * MOST_SAY_LESS >= len(ads) or presenting * 2 >= len(ads)


def _of_actor(ads: list[Facts], usual: Rate) -> Iterator[Measured]:
    """Measure what one advertiser's ads show; of several contacts, the one that shows most."""
    if len(ads) == 1 and sum(not contact.maybe for contact in ads[0].contacts) < NUMBERS:
        return  # nothing to compare
    by_contact: dict[str, list[Facts]] = defaultdict(list)
    by_account: dict[str, list[Facts]] = defaultdict(list)
    for ad in ads:
        for contact in ad.contacts:
            by_contact[contact.key].append(ad)
        if ad.account:
            by_account[ad.account].append(ad)
    who = personas(ads)
    shared = [group for group in by_contact.values() if len(group) > 1]
    for rule in (_cities, _countries, _personas, _accounts, _sales):
        yield from _strongest(rule(group, who) for group in shared)
    yield from _strongest(_numbers(group) for group in by_account.values())
    yield from _strongest(_circuit(_selling(group)) for group in (ads, *shared))
    yield from _strongest(_recycled(group, who) for group in _one_template(ads))
    for one in (_ages(ads, who), _volume(ads, who, usual), _many_roles(ads, who), _switch(ads)):
        if one is not None:
            yield one


def _strongest(found: Iterable[Measured | None]) -> Iterator[Measured]:
    present = [one for one in found if one is not None]
    if present:
        yield max(present, key=lambda one: (one.value, len(one.ads), one.ads))


def _measured(id: str, value: float, threshold: float, ads: Iterable[Facts], note: str) -> Measured:
    return Measured(id, round(value, 2), threshold, tuple(sorted({ad.ad for ad in ads})), note)


def _people(ads: Iterable[Facts], who: Mapping[str, str]) -> set[str]:
    return {who[ad.ad] for ad in ads if ad.ad in who}


def _names(ads: Sequence[Facts], who: Mapping[str, str]) -> int:
    """Return under how many names or accounts ads stand."""
    return max(len(_people(ads, who)), len({ad.account for ad in ads if ad.account}))


def _towns(ads: Iterable[Facts]) -> set[Place]:
    return {ad.place for ad in ads if ad.place.city}


def _cities(ads: Sequence[Facts], who: dict[str, str]) -> Measured | None:
    if len(_towns(ads)) < 2 or (all(map(_hires, ads)) and _names(ads, who) < 2):
        return None  # an employer or agency that hires in several towns under its one name is an ordinary one
    if label(ads) == "spam" and not _people(ads, who):
        return None  # nobody is in these towns
    apart = towns_apart(ads)
    window = busiest(ads, lambda ad: apart.get(ad.ad), CITY_DAYS, CITIES)
    if window.different >= CITIES:
        note = f"{window.different} towns within {CITY_DAYS} days"
        return _measured("shared_contact_multi_city", window.different, CITIES, window.ads, note)
    days: dict[int, list[Facts]] = defaultdict(list)
    for ad in ads:
        if ad.day is not None and ad.ad in apart:
            days[int(ad.day)].append(ad)
    for same in days.values():
        for one, other in combinations(same, 2):
            if OVERLAP_KM <= distance_km(one.place, other.place) < float("inf"):
                note = f"two towns {distance_km(one.place, other.place):.0f} km apart on one day"
                return _measured("shared_contact_multi_city", 2, 2, same, note)
    return None


def _countries(ads: Sequence[Facts], who: dict[str, str]) -> Measured | None:
    window = busiest(ads, lambda ad: ad.place.country, COUNTRY_DAYS, COUNTRIES)
    people = _people(window.ads, who)
    if window.different >= COUNTRIES and len(people) >= 2:
        note = f"{window.different} countries within {COUNTRY_DAYS} days, {len(people)} personas"
        return _measured("shared_contact_multi_country", window.different, COUNTRIES, window.ads, note)
    return None


def _personas(ads: Sequence[Facts], who: dict[str, str]) -> Measured | None:
    window = busiest(ads, lambda ad: who.get(ad.ad), PERSONA_DAYS, PERSONAS)
    if window.different < PERSONAS:
        return None
    strength = " (many)" if window.different >= STRONG_PERSONAS else ""
    if window.different >= DIRECTORY_PERSONAS:
        strength = " (so many that a directory or an agency is likelier)"
    note = f"{window.different} personas within {PERSONA_DAYS} days{strength}"
    return _measured("multi_persona_per_contact", window.different, PERSONAS, window.ads, note)


def _accounts(ads: Sequence[Facts], who: dict[str, str]) -> Measured | None:
    window = busiest(ads, lambda ad: ad.account, ACCOUNT_DAYS, ACCOUNTS)
    people = _people(window.ads, who)
    if window.different >= ACCOUNTS and len(people) >= 2:
        note = f"{window.different} accounts, {len(people)} personas"
        return _measured("contact_across_agencies", window.different, ACCOUNTS, window.ads, note)
    return None


def _sales(ads: Sequence[Facts], who: dict[str, str]) -> Measured | None:
    hiring = [ad for ad in ads if _hires(ad)]
    selling = [ad for ad in ads if ad.domains == ("services",)]
    near = [
        (one, other)
        for one in hiring
        for other in selling
        if one.day is None or other.day is None or abs(one.day - other.day) <= SALES_DAYS
    ]
    if not near:
        return None
    note = "one contact offers jobs and advertises services"
    return _measured("recruitment_to_sales_link", 1, 1, {ad.ad: ad for pair in near for ad in pair}.values(), note)


def _selling(ads: Sequence[Facts]) -> list[Facts]:
    """Return the ads of services, and among enough of them those that say nothing of their kind."""
    sold = [ad for ad in ads if "services" in ad.domains]
    return [ad for ad in ads if "services" in ad.domains or not ad.domains] if len(sold) * MOST_SAY_LESS >= len(ads) else sold


def _hires(ad: Facts) -> bool:
    """Whether an ad looks for staff; one that presents a person by age does not."""
    return ad.domains == ("recruitment",) and not ad.persona.age


def _numbers(ads: Sequence[Facts]) -> Measured | None:
    phones = [
        Facts(ad.ad, ad.text, ad.day, account=contact.key)
        for ad in ads
        for contact in ad.contacts
        if contact.kind == "phone" and not contact.maybe
    ]
    window = busiest(phones, lambda ad: ad.account, NUMBER_DAYS, NUMBERS)
    if window.different < NUMBERS:
        return None
    note = f"{window.different} numbers within {NUMBER_DAYS} days"
    return _measured("multiple_contacts_per_account", window.different, NUMBERS, window.ads, note)


def _circuit(ads: Sequence[Facts]) -> Measured | None:
    if len(_towns(ads)) < STAYS:
        return None
    moved = stays(ads)
    places = {place for place, _, _ in moved}
    if len(places) < STAYS or moved[-1][2][-1].day is None:
        return None
    lengths = [days for _, days, _ in moved[:-1]]
    span = (moved[-1][2][-1].day or 0.0) - (moved[0][2][0].day or 0.0)
    if not lengths or median(lengths) > STAY_DAYS or span > CIRCUIT_DAYS:
        return None
    again = " with a return to an earlier place" if len(moved) > len(places) else ""
    note = f"{len(places)} places, stays of {median(lengths):.0f} days{again}"
    return _measured("circuit_movement_short_stays", len(places), STAYS, [ad for _, _, there in moved for ad in there], note)


def _ages(ads: Sequence[Facts], who: dict[str, str]) -> Measured | None:
    by_name: dict[str, list[Facts]] = defaultdict(list)
    for ad in ads:
        if ad.persona.name and ad.persona.age:
            by_name[ad.persona.name].append(ad)
    best: tuple[float, tuple[Facts, Facts]] | None = None
    for group in by_name.values():
        for one, other in combinations(group, 2):
            days = abs((one.day or 0.0) - (other.day or 0.0)) if one.day is not None and other.day is not None else 0.0
            spread = abs((one.persona.age or 0) - (other.persona.age or 0)) - days / 365.25
            if days <= AGE_DAYS and spread >= AGE_SPREAD and (best is None or spread > best[0]):
                best = (spread, (one, other))
    if best is None:
        return None
    return _measured("age_inconsistency_per_contact", best[0], AGE_SPREAD, best[1], "one name, different stated ages")


def _volume(ads: Sequence[Facts], who: dict[str, str], usual: Rate) -> Measured | None:
    if usual.z(len(ads)) <= ROBUST_Z:
        return None
    window = busiest(ads, lambda ad: ad.ad, RATE_DAYS)
    people = _people(window.ads, who)
    z = usual.z(window.different)
    if z <= ROBUST_Z or len(people) < 2:
        return None
    note = f"{window.different} ads within {RATE_DAYS} days where {usual.usual:.0f} is usual, {len(people)} personas"
    return _measured("posting_rate_volume", z, ROBUST_Z, window.ads, note)


def _many_roles(ads: Sequence[Facts], who: dict[str, str]) -> Measured | None:
    hiring = [ad for ad in ads if _hires(ad)]
    roles = {role for ad in hiring for role in ad.roles}
    texts = {ad.text for ad in hiring}
    countries = {ad.place.country for ad in hiring if ad.place.country}
    identities = _names(hiring, who)
    offers = max(len(roles), len(texts) if min(len(countries), identities) >= ROLES else 0)
    if offers < ROLES or len(countries) < 2 or identities < 2:
        return None
    note = f"{offers} offers of work in {len(countries)} countries under {identities} names"
    return _measured("recruiter_many_roles_countries", offers, ROLES, hiring, note)


def _switch(ads: Sequence[Facts]) -> Measured | None:
    """Find an offer that comes again with another place or kind of work.

    It is the same text, and the earlier one does not come again, or an ad that says that it amends an offer.

    """
    offers = [ad for ad in ads if _hires(ad) or (ad.amends and not ad.domains)]  # what amends an offer may say little else
    dated = sorted((ad for ad in offers if ad.day is not None), key=lambda ad: (ad.day, ad.ad))
    for earlier, later in pairwise(dated):
        if later.amends and (later.day or 0) - (earlier.day or 0) >= 1 and _differ(earlier, later):
            amended = [ad for ad in dated if ad in (earlier, later) or ad.amends]
            note = "an offer came again, amended, with another place or kind of work"
            return _measured("location_switch", len(amended), SWITCHES, amended, note)
    by_text: dict[int, list[Facts]] = defaultdict(list)
    for ad in ads:
        if _hires(ad) and ad.day is not None:
            by_text[ad.text].append(ad)
    for group in by_text.values():
        group.sort(key=lambda ad: (ad.day, ad.ad))
        for what in (town, lambda ad: ad.place.country, lambda ad: ad.roles or None):
            said = [(ad, what(ad)) for ad in group if what(ad) is not None]
            changes = [
                later for (earlier, a), (later, b) in pairwise(said) if a != b and (later.day or 0) - (earlier.day or 0) >= 1
            ]
            values = [value for i, (_, value) in enumerate(said) if i == 0 or said[i - 1][1] != value]
            if changes and len(values) == len(set(values)) == len(changes) + 1:
                note = "the same offer came again with another place or kind of work"
                return _measured("location_switch", len(values), SWITCHES, group, note)
    return None


def _differ(one: Facts, other: Facts) -> bool:
    """Whether two offers name different towns, countries or kinds of work."""
    said = ((town(one), town(other)), (one.place.country, other.place.country), (one.roles, other.roles))
    return any(a and b and a != b for a, b in said)


def _of_texts(ads: Sequence[Facts]) -> Iterator[Measured]:
    """Measure what the ads of one text show."""
    by_text: dict[int, list[Facts]] = defaultdict(list)
    for ad in ads:
        by_text[ad.text].append(ad)
    for group in by_text.values():
        window = busiest(group, lambda ad: ad.ad, COPY_DAYS, COPIES)
        who = personas(window.ads)
        people = set(who.values())
        contacts = _separate(window.ads)
        copies = max(len(people), contacts)
        if len(window.ads) < COPIES or copies < DIFFERENT or label(window.ads) in ("boilerplate", "ordinary_repetition"):
            continue
        note = f"{len(window.ads)} ads of one text, {len(people)} personas, {contacts} separate contacts"
        yield _measured("near_duplicate_text", copies, DIFFERENT, window.ads, note)
        recycled = _recycled(group, personas(group))
        if recycled is not None:
            yield recycled


def _one_template(ads: Sequence[Facts]) -> list[list[Facts]]:
    """Return the ads of one advertiser that are versions of one, also in translation: those keep prices and times."""
    groups: list[list[Facts]] = []
    for ad in ads:
        for group in groups:
            if any(ad.text == one.text or _translated(ad, one) for one in group):
                group.append(ad)
                break
        else:
            groups.append([ad])
    return [group for group in groups if len(group) > 1 and len({ad.text for ad in group}) > 1]


def _translated(one: Facts, other: Facts) -> bool:
    if one.language == other.language:
        return False
    a, b = Counter(one.numbers), Counter(other.numbers)
    common = (a & b).total()
    return common >= SAME_NUMBERS and common >= SAME_SHARE * (a | b).total()


def _recycled(ads: Sequence[Facts], who: dict[str, str]) -> Measured | None:
    window = busiest(ads, lambda ad: ad.place.country, COPY_DAYS, COUNTRIES)
    people = _people(window.ads, who)
    if window.different < COUNTRIES or len(people) < 2 or label(window.ads) == "boilerplate":
        return None
    note = f"one text in {window.different} countries, {len(people)} personas"
    return _measured("template_recycling_national_sites", window.different, COUNTRIES, window.ads, note)


def _separate(ads: Sequence[Facts]) -> int:
    """Return how many sets of contacts there are that no ad has in common."""
    sets: list[set[str]] = []
    for ad in ads:
        merged = {contact.key for contact in ad.contacts}
        if merged:
            apart = [one for one in sets if not one & merged]
            merged.update(*(one for one in sets if one & merged))
            sets = [*apart, merged]
    return len(sets)


def label(ads: Sequence[Facts]) -> Label:
    """Return the ordinary reading of a group of ads that fits best, or '' when none does.

    ``ordinary_repetition``: one contact, one persona, one place: somebody posts their ad again. ``boilerplate``: every
    advertiser has contacts and an account of their own, and presents no person. ``spam``: one text in many towns within
    two days, with a link to follow. ``directory``: more personas than one advertiser has.
    """
    people = set(personas(ads).values())
    towns = _towns(ads)
    accounts = {ad.account for ad in ads if ad.account}
    if len(people) >= DIRECTORY_PERSONAS:
        return "directory"
    linked = any(contact.kind == "url" for ad in ads for contact in ad.contacts)
    if linked and busiest(ads, town, SPAM_DAYS, SPAM_CITIES).different >= SPAM_CITIES:
        return "spam"
    own = [frozenset(contact.key for contact in ad.contacts) for ad in ads]
    if len(ads) > 1 and len(people) <= 1 and _separate(ads) <= 1 and len(accounts) <= 1 and len(towns) <= 1:
        return "ordinary_repetition"
    apart = all(one and not one & other for one, other in combinations(own, 2)) and _have_own_accounts(ads)
    presented = _people([ad for ad in ads if not _hires(ad)], personas(ads))  # who hires only names whom to call
    return "boilerplate" if len(ads) > 1 and apart and not presented else ""


def _have_own_accounts(ads: Sequence[Facts]) -> bool:
    """Whether no two ads have one account, and more of them have one than have none."""
    accounts = [ad.account for ad in ads if ad.account]
    return len(accounts) == len(set(accounts)) > len(ads) / 2
