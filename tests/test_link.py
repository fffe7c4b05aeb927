"""Linking a batch: who is linked and why, who stays apart, and what the command writes."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from thb_indicators import Ad
from thb_indicators.cli import app
from thb_indicators.errors import BasisError
from thb_indicators.repeats import link
from thb_indicators.repeats.keys import ContactKeys
from thb_indicators.repeats.link import Linked, link_ads

COMPANY = (
    "Elegant companion for dinners and travel, discreet apartment near the river, outcall to your hotel, soft music, "
    "cold drinks and all the time you need."
)
BOILERPLATE = (
    "Family bakery with bread from a wood oven, open from six in the morning, orders for parties until noon of the day "
    "before, delivery within the town, cards welcome."
)


def ad(id: str, text: str, **given: str) -> Ad:
    return Ad(id, text, **{"country": "PT", "posted_at": "2026-01-05", "basis": "synthetic", **given})


def told(linked: Linked) -> dict[tuple[str, str], list[str]]:
    return {(link.left, link.right): [reason.kind for reason in link.reasons] for link in linked.links()}


def test_the_reasons_of_a_pair() -> None:
    linked = link_ads([
        ad("a", f"{COMPANY} Call +44 7700 900123", account="x"),
        ad("b", f"{COMPANY} WhatsApp wa.me/447700900123"),
        ad("c", "Piano lessons in the evening", account="x"),
        ad("d", "Firewood, dry, delivered"),
    ])  # fmt: skip
    assert told(linked) == {("a", "b"): ["contact", "text"], ("a", "c"): ["account"]}
    (first, _) = linked.links()
    assert first.reasons[0].contact == "messaging" or first.reasons[0].contact == "phone"
    assert "900123" not in first.reasons[0].shown
    assert first.similarity > 0.8
    (cluster,) = linked.clusters()
    assert cluster.ads == ("a", "b", "c")
    assert cluster.actors == (("a", "b", "c"),)


@pytest.mark.parametrize("where", [{"city": "Leeds"}, {"title": "Cleaner needed in Leeds"}])
def test_a_national_number_is_of_the_country_that_the_ad_tells(where: dict[str, str]) -> None:
    ads = [Ad("a", "Call 07700 900123", basis="synthetic", **where), ad("b", "Firewood, ring +44 7700 900123")]
    assert told(link_ads(ads)) == {("a", "b"): ["contact"]}


def test_one_text_with_different_contacts_stays_several_advertisers() -> None:
    ads = [ad(f"shop{i}", f"{BOILERPLATE} Phone +44 7700 90012{i}", account=f"shop{i}") for i in range(3)]
    (cluster,) = link_ads(ads).clusters()
    assert cluster.actors == (("shop0",), ("shop1",), ("shop2",))
    assert cluster.label == "boilerplate"
    assert cluster.indicators == ()
    assert cluster.template is not None
    assert cluster.template.constant[0].startswith("Family bakery")


def test_what_too_many_share_ties_nothing_and_is_listed() -> None:
    texts = ["Piano lessons", "Dry firewood", "Old bicycle", "Two chairs", "Bread and rolls"]
    linked = link_ads([ad(str(i), f"{text}, +44 7700 900123") for i, text in enumerate(texts)], shared_by=4)
    assert list(linked.links()) == []
    assert [(one.kind, one.ads) for one in linked.over_shared] == [("phone", 5)]


def test_a_reception_shared_by_different_accounts_makes_no_advertiser() -> None:
    trades = ["Dentist for adults", "Notary and translations", "Yoga for beginners"]
    ads = [ad(str(i), f"{text}. Ask at the reception, +44 7700 900123", account=f"a{i}") for i, text in enumerate(trades)]
    (cluster,) = link_ads(ads).clusters()
    assert cluster.actors == (("0",), ("1",), ("2",))
    one_account = [
        ad(str(i), f"{text}. Ask at the reception, +44 7700 900123", account="same") for i, text in enumerate(trades)
    ]
    (cluster,) = link_ads(one_account).clusters()
    assert cluster.actors == (("0", "1", "2"),)


@pytest.mark.parametrize(
    "called", ["The clinic desk books for me:", "Leave word with the desk on", "Standard :", "Sekretariat"]
)
def test_a_desk_that_several_firms_share_is_a_house(called: str) -> None:
    trades = ["Osteopath, registered", "Counselling for adults", "Acupuncture, licensed"]
    ads = [ad(str(i), f"{text}. {called} +44 7700 900123", account=f"a{i}") for i, text in enumerate(trades)]
    (cluster,) = link_ads(ads).clusters()
    assert cluster.actors == (("0",), ("1",), ("2",))


@pytest.mark.parametrize(
    ("again", "account", "holders"),
    [
        ("2027-03-01", "walker", (("room",), ("walks",))),
        ("2026-03-01", "walker", (("room", "walks"),)),
        ("2027-03-01", "greg", (("room", "walks"),)),
        ("2027-03-01", "", (("room", "walks"),)),
    ],
)
def test_a_number_that_comes_back_after_a_year_with_another_account_has_another_holder(
    again: str, account: str, holders: tuple[tuple[str, ...], ...]
) -> None:
    room = ad("room", "Double room with garden, ring +44 7700 900123", account="greg")
    walks = ad("walks", "Dog walks in the park, +44 7700 900123", account=account, posted_at=again)
    (cluster,) = link_ads([walks, room]).clusters()
    assert tuple(sorted(tuple(sorted(actor)) for actor in cluster.actors)) == holders


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("Live-in housekeeper, WhatsApp 07700 900123", {"country": "IE", "language": "en"}),
        ("Reservas en el 06 39 98 12 34 con prefijo de Francia, o en Lyon (Francia)", {"country": "ES", "language": "es"}),
        ("Evening company in Salisbury, telephone (07700) 900123", {"country": None, "language": "en"}),
    ],
)
def test_a_number_whose_country_is_open_ties_to_one_that_is_given_in_full(text: str, given: dict[str, str]) -> None:
    whole = ad("whole", "Firewood, +44 7700 900123 or +33 6 39 98 12 34")
    (cluster,) = link_ads([whole, ad("open", text, **given)]).clusters()
    assert cluster.actors == (("whole", "open"),)
    assert cluster.facts["contacts"] <= 3


@pytest.mark.parametrize(
    ("text", "given", "full"),
    [
        ("Carers for Graz, 0152 28817204, evenings too", {"country": "AT", "language": "de"}, "+49 152 28817204"),
        ("Llámame al 728.555.0143 de lunes a domingo", {"country": "ES", "language": "es"}, "+1 728 555 0143"),
    ],
)
def test_a_number_given_abroad_as_at_home_ties_to_the_same_in_full(text: str, given: dict[str, str], full: str) -> None:
    (cluster,) = link_ads([ad("home", text, **given), ad("full", f"Firewood, {full}")]).clusters()
    assert cluster.actors == (("home", "full"),)


def test_numbers_that_no_ad_gives_in_full_are_of_nobody_else() -> None:
    one = ad("a", "Cleaner, ring 07700 900123", country="IE", language="en")
    other = ad("b", "Firewood, ring +1 415 555 0123", country="IE", language="en")
    assert told(link_ads([one, other])) == {}


@pytest.mark.parametrize("before", ["To report a concern write to", "Complaints:", "Signaler un abus :", "Denunciar:"])
def test_an_address_for_reports_makes_no_advertiser(before: str) -> None:
    ads = [
        ad(str(i), f"{text}. {before} post@example.org", account=f"a{i}")
        for i, text in enumerate(("Piano lessons", "Dry wood"))
    ]
    (cluster,) = link_ads(ads).clusters()
    assert cluster.actors == (("0",), ("1",))


def test_disguised_copies_are_found() -> None:
    plain = ad("plain", COMPANY)
    spaced = ad("spaced", COMPANY.replace("companion", "c o m p a n i o n").replace("discreet", "d i s c r e e t"))
    leet = ad("leet", COMPANY.replace("apartment", "4p4rtment").replace("elegant", "3leg4nt").replace("travel", "tr4vel"))
    homoglyph = ad("homoglyph", COMPANY.replace("o", "о").replace("a", "а"))
    linked = told(link_ads([plain, spaced, leet, homoglyph]))
    assert {pair for pair in linked if "plain" in pair} == {("plain", "spaced"), ("plain", "leet"), ("plain", "homoglyph")}


def test_a_campaign_is_measured() -> None:
    people = [("Anna", "Lisbon", 25), ("Rita", "Porto", 31), ("Dora", "Braga", 28)]
    ads = [
        ad(str(i), f"I am {name}, {age} years old. {COMPANY} +44 7700 900123", city=city, posted_at=f"2026-01-0{i + 1}")
        for i, (name, city, age) in enumerate(people)
    ]
    (cluster,) = link_ads(ads).clusters()
    found = {one.id: (one.value, one.threshold) for one in cluster.indicators}
    assert found["multi_persona_per_contact"] == (3, 3)
    assert found["shared_contact_multi_city"] == (3, 3)
    assert found["near_duplicate_text"] == (3, 2)
    assert cluster.facts["cities"] == ["Braga", "Lisbon", "Porto"]
    assert cluster.facts["first"] == "2026-01-01"
    assert cluster.facts["days"] == 2.0


def test_nothing_is_linked_without_a_basis() -> None:
    with pytest.raises(BasisError, match="'x'"):
        link_ads([Ad("x", COMPANY)])
    assert link_ads([Ad("x", COMPANY)], basis="consented").ads == 1
    assert list(link_ads([])) == []


def campaign() -> list[Ad]:
    return [
        ad(
            f"a{i}",
            f"{COMPANY if i % 3 else BOILERPLATE} Number {i}, +44 7700 9001{i % 40:02}",
            city="Porto",
            account=f"u{i % 25}",
        )
        for i in range(4200)
    ]


def test_several_processes_give_the_same_answers() -> None:
    keys = ContactKeys.throwaway()
    kinds = {"domains": lambda ad: ("services",)}
    one, two = link_ads(campaign(), keys, **kinds), link_ads(iter(campaign()), keys, jobs=2, **kinds)
    assert [cluster.to_dict() for cluster in one.clusters()] == [cluster.to_dict() for cluster in two.clusters()]
    assert list(one.links()) == list(two.links())
    assert list(one.links()) == list(one.links())


def test_many_clusters_come_back_from_other_processes_byte_for_byte() -> None:
    keys = ContactKeys.throwaway()
    kinds = {"domains": lambda ad: ("services",)}
    pairs = [ad(f"a{i}", f"Room {i}, write to host{i // 2}@example.com", city="Porto") for i in range(500)]
    people = [ad(f"b{i}", f"I am {name}, 27. +44 7700 900123") for i, name in enumerate(("Anna", "Rita", "Dora"))]
    one, two = (
        [msgspec.json.encode(explained) for explained in link_ads([*people, *pairs], keys, jobs=jobs, **kinds)]
        for jobs in (1, 2)
    )
    assert one == two
    assert len(one) == 251


def test_processes_that_get_ready_early_give_the_same_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = ContactKeys.throwaway()
    cooks = [ad(f"c{i}", f"Cook {i} wanted, write to host{i // 2}@example.com", city="Porto") for i in range(420)]
    monkeypatch.setattr(link, "LARGE", len(cooks))
    one, two = ([msgspec.json.encode(explained) for explained in link_ads(cooks, keys, jobs=jobs)] for jobs in (1, 2))
    assert one == two
    assert len(one) == 210


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_the_command_writes_links_clusters_and_what_was_left_out(tmp_path: Path) -> None:
    ads = tmp_path / "ads.jsonl"
    rows = [
        {"id": "1", "text": f"{COMPANY} +44 7700 900123", "city": "Lisbon", "country": "PT"},
        {"id": "2", "text": f"{COMPANY} 0044 7700 900123", "city": "Porto", "country": "PT"},
        *({"id": f"d{i}", "text": f"Ask the board, room {i}: board.demo@example.com"} for i in range(6)),
    ]
    ads.write_text("\n".join([*map(json.dumps, rows), "not json"]) + "\n")
    out, clusters, over = tmp_path / "links.jsonl", tmp_path / "clusters.jsonl", tmp_path / "over.jsonl"
    command = ["link", str(ads), "--basis", "synthetic", "-o", str(out), "--clusters", str(clusters)]
    result = CliRunner().invoke(app, [*command, "--over-shared", str(over), "--shared-by", "5"])
    assert result.exit_code == 3
    assert "ads.jsonl:9: not JSON" in result.output.replace("\n", "")
    assert "throw-away key" in result.output
    (link,) = lines(out)
    assert (link["left"], link["right"], link["reasons"][0]["kind"]) == ("1", "2", "contact")
    (cluster,) = lines(clusters)
    assert cluster["ads"] == ["1", "2"]
    assert cluster["actors"] == [["1", "2"]]
    assert lines(over) == [{"kind": "email", "shown": lines(over)[0]["shown"], "ads": 6}]


def test_the_command_needs_a_basis(tmp_path: Path) -> None:
    (tmp_path / "ads.jsonl").write_text('{"id": "1", "text": "Piano lessons"}\n')
    result = CliRunner().invoke(app, ["link", str(tmp_path / "ads.jsonl"), "-o", str(tmp_path / "links.jsonl")])
    assert result.exit_code == 2
    assert "basis" in result.output


def test_a_bad_line_is_told_without_control_characters(tmp_path: Path) -> None:
    ads = tmp_path / "\x1b[31mads.jsonl"
    ads.write_text('{"text": 5}\n{"id": "2", "text": "Dry firewood", "basis": "synthetic"}\n')
    result = CliRunner().invoke(app, ["link", str(ads), "-o", str(tmp_path / "links.jsonl")])
    told = "".join(result.output.split())  # long lines are wrapped
    assert result.exit_code == 3
    assert "\ufffd[31mads.jsonl:1:Expected`str`" in told and "\x1b" not in told
    assert "1linescouldnotberead" in told


def test_an_index_from_the_command_line(tmp_path: Path) -> None:
    ads, key, database = tmp_path / "ads.jsonl", tmp_path / "key", tmp_path / "ads.db"
    ads.write_text('{"id": "1", "text": "Piano lessons, +44 7700 900123"}\n{"id": "2", "text": "Dry firewood"}\n')
    run = CliRunner().invoke
    assert run(app, ["index", "new-key", str(key)]).exit_code == 0
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    added = run(app, ["index", "add", str(database), str(ads), "--key", str(key), "--basis", "synthetic"])
    assert (added.exit_code, "2 ads in the index" in added.output) == (0, True)
    refused = run(app, ["index", "add", str(database), str(ads), "--basis", "synthetic"])
    assert (refused.exit_code, "--key" in refused.output) == (2, True)
    unsaid = run(app, ["index", "add", str(database), str(ads), "--key", str(key)])
    assert (unsaid.exit_code, "ad '1' has no basis" in " ".join(unsaid.output.split())) == (2, True)
    (tmp_path / "new.jsonl").write_text('{"id": "3", "text": "Old bicycle, wa.me/447700900123", "basis": "synthetic"}\n')
    screened = run(app, ["screen", str(tmp_path / "new.jsonl"), "--index", str(database), "--key", str(key)])
    (link,) = json.loads(screened.stdout.splitlines()[0])["links"]
    assert (link["left"], link["right"]) == ("1", "3")
    assert run(app, ["index", "forget", str(database), "3", "--key", str(key)]).exit_code == 0
    gone = run(app, ["index", "forget", str(database), "1", "--key", str(key)])
    assert (gone.exit_code, "1 ads erased, 1 left" in gone.output) == (0, True)
