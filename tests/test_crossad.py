"""Cross-ad indicators: each reaches its threshold, and stays silent just below it and in its innocent readings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thb_indicators import Ad
from thb_indicators.lexicon import Lexicon
from thb_indicators.records import Domain
from thb_indicators.repeats import cluster, crossad
from thb_indicators.repeats.crossad import label, measure, personas
from thb_indicators.repeats.movement import stays
from thb_indicators.repeats.rates import Rate
from thb_indicators.repeats.records import Facts, KeyedContact, Persona, Place

SERVICES, HIRING = ("services",), ("recruitment",)
LISBON, PORTO, BRAGA, MADRID, PARIS = (
    Place("Lisbon", "PT"), Place("Porto", "PT"), Place("Braga", "PT"), Place("Madrid", "ES"), Place("Paris", "FR"),
)  # fmt: skip


def phone(name: str = "one") -> KeyedContact:
    return KeyedContact(f"k:phone:{name}", "phone", "+44 •••")


def ad(number: int, **given: object) -> Facts:
    """One services ad of its own text, with the one phone, on its own day."""
    usual = {"day": float(number), "contacts": (phone(),), "domains": SERVICES}
    return msgspec.structs.replace(Facts(f"a{number}", number), **{**usual, **given})


def found(ads: Sequence[Facts], actors: Sequence[Sequence[str]] | None = None) -> dict[str, float]:
    together = actors if actors is not None else [[one.ad for one in ads]]
    return {one.id: one.value for one in measure(ads, together, Rate())}


def named(*people: tuple[str | None, int | None]) -> list[Facts]:
    return [ad(i, persona=Persona(*who), place=LISBON) for i, who in enumerate(people)]


def test_ads_that_say_nothing_of_their_kind_count_when_they_present_one_whose_age_is_stated() -> None:
    people = [Persona("ana", 35), Persona("ana"), Persona("ana")]
    ads = [
        ad(i, place=p, persona=who, domains=()) for i, (p, who) in enumerate(zip((LISBON, PORTO, MADRID), people, strict=True))
    ]
    assert found(ads)["shared_contact_multi_city"] == 3
    ageless = [msgspec.structs.replace(one, persona=Persona("ana")) for one in ads]
    assert found(ageless) == {}


def test_names_that_ads_only_offer_count_where_services_are() -> None:
    offering = [ad(i, domains=(), place=LISBON, offered=Persona(name)) for i, name in enumerate(("ana", "bea", "eva"))]

    def kinds(*told: tuple[Domain, ...]) -> dict[str, float]:
        return found(crossad.of_kinds(offering, dict(enumerate(told))))

    assert kinds(SERVICES, SERVICES, SERVICES)["multi_persona_per_contact"] == 3
    assert kinds(SERVICES, (), ())["multi_persona_per_contact"] == 3  # two of them say less
    assert "multi_persona_per_contact" not in kinds(HIRING, HIRING, HIRING)  # those may be firms
    assert "multi_persona_per_contact" not in kinds(SERVICES, HIRING, HIRING)
    stated = [msgspec.structs.replace(one, persona=Persona("ana")) for one in offering]
    assert {one.persona.name for one in crossad.of_kinds(stated, {}, SERVICES)} == {"ana"}


def test_one_contact_in_three_towns_within_a_month() -> None:
    towns = [LISBON, PORTO, MADRID]
    ads = [ad(12 * i, place=place) for i, place in enumerate(towns)]
    assert found(ads)["shared_contact_multi_city"] == 3
    assert "shared_contact_multi_city" not in found(ads[:2])
    slow = [ad(40 * i, place=place) for i, place in enumerate(towns)]
    assert "shared_contact_multi_city" not in found(slow)


def test_an_employer_hires_in_many_towns_under_one_name_only_a_recruiter_of_several_names_counts() -> None:
    ads = [ad(i, place=place, domains=HIRING, account="x") for i, place in enumerate((LISBON, PORTO, MADRID))]
    assert found(ads) == {}
    openly = [msgspec.structs.replace(one, persona=Persona("ana")) for one in ads]
    assert "shared_contact_multi_city" not in found(openly)
    names = [msgspec.structs.replace(one, persona=Persona(name)) for one, name in zip(ads, ("ana", "eva", "ana"), strict=True)]
    assert found(names)["shared_contact_multi_city"] == 3
    selling = [msgspec.structs.replace(one, domains=SERVICES) for one in ads]
    assert found(selling)["shared_contact_multi_city"] == 3


def test_two_far_towns_on_one_day_are_too_many() -> None:
    ads = [ad(1, day=5.0, place=LISBON), ad(2, day=5.0, place=PARIS)]
    assert found(ads)["shared_contact_multi_city"] == 2
    assert "shared_contact_multi_city" not in found([ad(1, day=5.0, place=PORTO), ad(2, day=5.0, place=BRAGA)])


def test_towns_side_by_side_are_one_place() -> None:
    near = [Place("Lisbon", "PT"), Place("Almada", "PT"), Place("Amadora", "PT")]
    assert "shared_contact_multi_city" not in found([ad(i, place=place) for i, place in enumerate(near)])


def test_two_countries_count_with_two_personas() -> None:
    ads = [ad(1, place=LISBON, persona=Persona("ana", 25)), ad(30, place=MADRID, persona=Persona("eva", 30))]
    assert found(ads)["shared_contact_multi_country"] == 2
    one = [msgspec.structs.replace(a, persona=Persona("ana", 25)) for a in ads]
    assert "shared_contact_multi_country" not in found(one)


def test_three_personas_on_one_contact() -> None:
    ads = named(("ana", 25), ("eva", 30), ("lea", 28))
    assert found(ads)["multi_persona_per_contact"] == 3
    assert "multi_persona_per_contact" not in found(ads[:2])


def test_a_nameless_ad_of_the_same_age_is_no_other_persona() -> None:
    assert personas(named(("ana", 25), (None, 26))) == {"a0": "ana", "a1": "ana"}
    assert len(set(personas(named(("ana", 25), (None, 35))).values())) == 2
    assert personas(named(("ana", None), (None, 35))) == {"a0": "ana"}


def test_one_name_with_ages_years_apart() -> None:
    assert found(named(("ana", 24), ("ana", 29)))["age_inconsistency_per_contact"] == pytest.approx(5, abs=0.01)
    assert "age_inconsistency_per_contact" not in found(named(("ana", 24), ("ana", 27)))
    assert "age_inconsistency_per_contact" not in found(named(("ana", 24), ("eva", 31)))


def test_several_accounts_and_personas_on_one_contact() -> None:
    ads = [ad(1, account="x", persona=Persona("ana", 25)), ad(2, account="y", persona=Persona("eva", 30))]
    assert found(ads)["contact_across_agencies"] == 2
    assert "contact_across_agencies" not in found([msgspec.structs.replace(a, account="x") for a in ads])


def test_three_numbers_on_one_account_within_a_month() -> None:
    ads = [ad(i, account="x", contacts=(phone(str(i)),)) for i in range(3)]
    assert found(ads)["multiple_contacts_per_account"] == 3
    assert "multiple_contacts_per_account" not in found(ads[:2])


def test_a_circuit_has_short_stays_one_after_the_other() -> None:
    ads = [ad(7 * i, place=place) for i, place in enumerate([LISBON, PORTO, MADRID, LISBON])]
    assert found(ads)["circuit_movement_short_stays"] == 3
    assert [place.city for place, _, _ in stays(ads)] == ["Lisbon", "Porto", "Madrid", "Lisbon"]
    long = [ad(30 * i, place=place) for i, place in enumerate([LISBON, PORTO, MADRID])]
    assert "circuit_movement_short_stays" not in found(long)


def test_several_branches_at_once_are_no_circuit() -> None:
    ads = [ad(i, day=float(i // 3), place=[LISBON, PORTO, MADRID][i % 3]) for i in range(9)]
    assert stays(ads) == []
    assert "circuit_movement_short_stays" not in found(ads)


def test_high_output_needs_two_personas() -> None:
    ads = [ad(i, persona=Persona(["ana", "eva"][i % 2], 25)) for i in range(12)]
    assert found(ads)["posting_rate_volume"] == pytest.approx((12 - 1) / 1.4826, abs=0.01)
    alone = [msgspec.structs.replace(a, persona=Persona("ana", 25)) for a in ads]
    assert "posting_rate_volume" not in found(alone)
    assert "posting_rate_volume" not in {one.id for one in measure(ads, [[a.ad for a in ads]], Rate(10, 2))}


def test_a_contact_that_hires_and_advertises_services() -> None:
    assert found([ad(1, domains=HIRING), ad(2)])["recruitment_to_sales_link"] == 1
    assert "recruitment_to_sales_link" not in found([ad(1, domains=HIRING), ad(500)])
    apart = [ad(1, domains=HIRING), ad(2, contacts=(phone("two"),))]
    assert found(apart, [["a1"], ["a2"]]) == {}


def test_one_recruiter_with_unrelated_work_in_several_countries_under_several_names() -> None:
    offers = [("waiting", LISBON, "ana"), ("welding", MADRID, "eva"), ("dancing", PARIS, "lea")]
    ads = [ad(i, domains=HIRING, roles=(r,), place=p, persona=Persona(n)) for i, (r, p, n) in enumerate(offers)]
    assert found(ads)["recruiter_many_roles_countries"] == 3
    agency = [msgspec.structs.replace(a, persona=Persona("ana"), account="agency") for a in ads]
    assert "recruiter_many_roles_countries" not in found(agency)


def test_an_offer_that_comes_again_elsewhere() -> None:
    ads = [ad(1, text=7, domains=HIRING, place=LISBON), ad(9, text=7, domains=HIRING, place=MADRID)]
    assert found(ads)["location_switch"] == 2
    branches = [*ads, ad(10, text=7, domains=HIRING, place=LISBON)]
    assert "location_switch" not in found(branches)
    assert "location_switch" not in found([ad(1, text=7, place=LISBON), ad(9, text=7, place=MADRID)])


def test_an_offer_that_says_that_it_amends_an_earlier_one() -> None:
    first, later = ad(1, domains=HIRING, place=LISBON), ad(9, domains=HIRING, place=MADRID, amends=True)
    assert found([first, later])["location_switch"] == 2
    assert "location_switch" not in found([first, msgspec.structs.replace(later, amends=False)])
    assert "location_switch" not in found([first, msgspec.structs.replace(later, place=LISBON)])
    work = [
        msgspec.structs.replace(first, roles=("waiting",)),
        msgspec.structs.replace(later, place=LISBON, roles=("dancing",)),
    ]
    assert found(work)["location_switch"] == 2
    terse = msgspec.structs.replace(later, domains=())  # "the hotel is full, you go to Madrid now" names no work
    assert found([first, terse])["location_switch"] == 2
    assert "location_switch" not in found([first, msgspec.structs.replace(later, domains=SERVICES)])


def copies(*contacts: str, people: Sequence[str | None] = (), places: Sequence[Place] = ()) -> list[Facts]:
    return [
        ad(
            i,
            text=7,
            contacts=(phone(c),),
            persona=Persona(people[i] if people else None),
            place=places[i] if places else LISBON,
        )
        for i, c in enumerate(contacts)
    ]


def test_one_text_under_several_personas_or_contacts() -> None:
    ads = copies("1", "2", "3", people=["ana", "eva", "lea"])
    apart = [[a.ad] for a in ads]
    assert found(ads, apart) == {"near_duplicate_text": 3}
    assert "near_duplicate_text" not in found(ads[:2], apart[:2])
    abroad = copies("1", "2", "3", people=["ana", "eva", "lea"], places=[LISBON, MADRID, PARIS])
    assert found(abroad, apart) == {"near_duplicate_text": 3, "template_recycling_national_sites": 3}


def test_a_translation_keeps_its_prices() -> None:
    ads = [
        ad(1, language="pt", place=LISBON, persona=Persona("ana", 25), numbers=(60, 100, 180)),
        ad(30, language="fr", place=PARIS, persona=Persona("eva", 30), numbers=(60, 100, 180)),
    ]
    assert found(ads)["template_recycling_national_sites"] == 2
    other = [ads[0], msgspec.structs.replace(ads[1], numbers=(45, 90))]
    assert "template_recycling_national_sites" not in found(other)


def test_ordinary_readings_have_a_name() -> None:
    again = copies("1", "1", "1", people=["ana"] * 3)
    assert label(again) == "ordinary_repetition"
    assert found(again) == {}
    branches = [msgspec.structs.replace(a, account=a.ad) for a in copies("1", "2", "3")]
    assert label(branches) == "boilerplate"
    assert found(branches, [[a.ad] for a in branches]) == {}
    hiring = [
        msgspec.structs.replace(a, account=a.ad, domains=HIRING) for a in copies("1", "2", "3", people=["ana", "eva", "lea"])
    ]
    assert label(hiring) == label([*hiring[:2], msgspec.structs.replace(hiring[2], account=None)]) == "boilerplate"
    assert label([msgspec.structs.replace(a, domains=SERVICES) for a in hiring]) == ""
    assert label([msgspec.structs.replace(a, account=None) for a in hiring]) == ""
    url = KeyedContact("k:url:u", "url", "e••.com")
    towns = [LISBON, PORTO, BRAGA, MADRID, PARIS]
    assert label([ad(i, day=1.0, text=7, place=place, contacts=(url,)) for i, place in enumerate(towns)]) == "spam"
    assert label(named(*((f"name{i}", None) for i in range(crossad.DIRECTORY_PERSONAS)))) == "directory"


def test_other_kinds_of_ads_show_nothing() -> None:
    ads = [msgspec.structs.replace(a, domains=()) for a in named(("ana", None), ("eva", None), ("lea", None))]
    assert found(ads) == {}


def test_a_person_presented_by_name_and_age_is_of_a_kind_that_counts() -> None:
    ads = [msgspec.structs.replace(a, domains=()) for a in named(("ana", 25), ("eva", 30), ("lea", 28))]
    assert found(ads)["multi_persona_per_contact"] == 3


def test_every_indicator_is_in_the_catalogue_and_scored_as_the_catalogue_says() -> None:
    catalogue = Lexicon.load().catalogue
    source = [line for line in Path(crossad.__file__).read_text("utf-8").splitlines() if "_measured(" in line]
    names = {line.split('"')[1] for line in source if '"' in line}
    assert len(names) >= 12
    assert names <= catalogue.keys()


several = st.lists(
    st.builds(
        lambda text, day, place, account, name, age, kept, role: (text, day, place, account, Persona(name, age), kept, role),
        st.integers(0, 3),
        st.sampled_from([None, 0.0, 3.0, 9.0, 40.0]),
        st.sampled_from([LISBON, PORTO, BRAGA, MADRID, PARIS, Place(None, None)]),
        st.sampled_from([None, "x", "y", "z"]),
        st.sampled_from([None, "ana", "eva", "lia", "mia"]),
        st.sampled_from([None, 24, 25, 33]),
        st.sampled_from(["one", "two"]),
        st.sampled_from([(), ("waiting",), ("cleaning",), ("care",)]),
    ),
    min_size=2,
    max_size=8,
)
kinds_by_text = st.lists(st.sampled_from([(), SERVICES, HIRING]), min_size=4, max_size=4)


@given(several, kinds_by_text)
def test_telling_kinds_one_by_one_finds_what_telling_all_finds(
    given_ads: list[tuple[int, float | None, Place, str | None, Persona, str, tuple[str, ...]]],
    kinds: list[tuple[Domain, ...]],
) -> None:
    ads = [
        Facts(f"a{i}", text, day, place, account=account, contacts=(phone(kept),), persona=who, roles=roles)
        for i, (text, day, place, account, who, kept, roles) in enumerate(given_ads)
    ]
    members = [cluster.Member(Ad(one.ad, ""), one.contacts, one.account or "", np.zeros(0, np.uint32)) for one in ads]
    actors = [group for name in ("one", "two") if (group := [one.ad for one in ads if one.contacts == (phone(name),)])]
    text = {one.ad: one.text for one in ads}
    told = cluster._measured(ads, members, actors, Rate(), lambda one: kinds[text[one.id]])
    assert told == measure(crossad.of_kinds(ads, dict(enumerate(kinds))), actors, Rate())
