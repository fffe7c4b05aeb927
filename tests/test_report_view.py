"""The view that every rendering reads: what is in it, what is masked in it, and what it is refused for."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_cases import ADS, CLUSTER, LINK, TEXT, lines

import thb_indicators as thb
from thb_indicators.repeats.records import Link
from thb_indicators.report.clusters import Posted, cluster_view, day_of, posted
from thb_indicators.report.line import KeptCluster, kept, read_lines, result_line
from thb_indicators.report.mask import Mask
from thb_indicators.report.overview import overview
from thb_indicators.report.view import AdView, ad_view
from thb_indicators.spans import DOT

CONTACTS = ["07700 900123", "office@example.com", "@example_office", "t.me/example_office", "0 7 7 0 0 9 0 0 1 2 3"]


def everything(view: AdView) -> str:
    return repr(view)


@pytest.mark.parametrize("contact", CONTACTS)
@pytest.mark.parametrize("field", ["text", "title", "note", "city"])
def test_a_contact_is_nowhere_in_the_view_unless_asked_for(screener: thb.Screener, contact: str, field: str) -> None:
    fields: dict[str, Any] = {"text": "Job abroad, good salary. We keep your passport."}
    if field == "note":
        fields["signals"] = (thb.Signal("third_party_reports", f"said to call {contact} now", "form"),)
    else:
        fields[field] = f"We keep your passport, reach us: {contact} today"
    line = screener.assess(thb.Ad("a", basis="synthetic", country="GB", **fields)).to_dict(with_ad=True)
    assert contact not in everything(ad_view(line))
    assert contact in everything(ad_view(line, reveal=True))


@pytest.mark.parametrize("contact", CONTACTS)
def test_a_contact_within_a_wording_is_not_in_a_result_line_unless_asked_for(contact: str) -> None:
    surface = f"ask for {contact} only"
    match = thb.Match("third_party_management_language", "p", "text", thb.Span(0, len(surface)), surface)
    assert match.to_dict()["surface"] == f"ask for {DOT * len(contact)} only"
    assert match.to_dict(reveal=True)["surface"] == surface


def test_a_disguised_number_is_masked_whatever_pattern_found_it(screener: thb.Screener) -> None:
    assert "0 7 7" not in repr(screener.assess(ADS[2]).to_dict())


def test_masked_wording_is_nowhere_in_the_view_unless_asked_for(screener: thb.Screener) -> None:
    text = "Barely legal. BARELY LEGAL! I have a younger friend"
    line = screener.assess(thb.Ad("a", text, "barely legal", basis="synthetic")).to_dict(with_ad=True)
    hidden = everything(ad_view(line)).casefold()
    assert "barely legal" not in hidden and "younger friend" not in hidden
    assert "Barely legal" in everything(ad_view(line, reveal=True))


def test_a_revealed_line_says_what_is_masked_so_that_a_view_can_hide_it(screener: thb.Screener) -> None:
    line = screener.assess(ADS[2]).to_dict(reveal=True)
    masked = [match for one in line["indicators"] for match in one["matches"] if match.get("masked")]
    assert [match["surface"] for match in masked] == ["0 7 7 0 0 9 0 0 1 2 3"]
    assert "0 7 7" not in everything(ad_view(line))
    assert "0 7 7" in everything(ad_view(line, reveal=True))


@given(
    st.lists(
        st.sampled_from([*CONTACTS, "we keep your passport", "Job abroad", "🍓", "\u202e", "\x1b[31m", "never", "\n", "x"])
    )
)
def test_runs_are_the_text_cut_up_and_stand_where_they_say(screener: thb.Screener, parts: list[str]) -> None:
    text = " ".join(parts)
    line = screener.assess(thb.Ad("h", text, basis="synthetic")).to_dict(with_ad=True)
    at = 0
    for field in ad_view(line, reveal=True).fields:
        for run in field.runs:
            assert run.start == at
            at += len(run.text)
            assert all(b in (a, "\ufffd") for a, b in zip(text[run.start : at], run.text, strict=True))
    assert at == len(text)
    for field in ad_view(line).fields:
        for run in field.runs:
            shown = zip(text[run.start : run.start + len(run.text)], run.text, strict=True)
            assert all(b in (a, DOT, "\ufffd") for a, b in shown)


def test_a_card_quotes_wordings_that_overlap_as_one(assess) -> None:
    text = "Hotel job abroad. The 400 euro placement fee is taken from your first wages."
    view = ad_view(assess(text).to_dict(with_ad=True))
    fee = next(card for card in view.counted if card.id == "upfront_fee_or_debt")
    assert len(fee.seen) == 1
    assert "400 euro placement fee is taken from your first" in fee.seen[0]
    for quote in (quote for card in view.counted for quote in card.quotes):
        assert (
            "Hotel job abroad. The 400 euro placement fee is taken from your first wages."[quote.start : quote.end]
            == quote.text
        )


def test_labels_say_what_does_not_count(assess) -> None:
    view = ad_view(assess("Job abroad, good salary. You will never hand over your passport.").to_dict(with_ad=True))
    marked = [run for run in view.fields[0].runs if run.labels]
    assert marked
    assert all(
        not run.counts and all(label.endswith((", not counted", ", background")) for label in run.labels) for run in marked
    )
    one = next(one for one in view.uncounted if one.id == "document_handover")
    assert (one.why, one.cue) == ("denied in the text, does not count", "never")


def test_without_the_text_the_wordings_are_shown_alone(assess) -> None:
    view = ad_view(assess(TEXT).to_dict())
    assert not view.text_kept and view.fields == ()
    assert any("keep your passport" in wording for card in view.counted for wording in card.seen)


def test_a_text_beyond_the_limit_is_not_shown_as_read(assess) -> None:
    view = ad_view(assess("word " * 5000).to_dict(with_ad=True))
    assert view.fields[0].rest == 5000
    assert not view.complete


def test_a_text_that_was_not_the_one_assessed_is_refused(assess) -> None:
    line = assess(TEXT).to_dict(with_ad=True)
    line["ad"]["text"] += "."
    with pytest.raises(thb.InputError, match="not the text that was assessed"):
        ad_view(line)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema": "thb-assessment/2"}, "no line of schema thb-assessment/1"),
        ({"route": "act_now"}, r"Invalid enum value 'act_now' - at `\$.route`"),
        ({"human_review": "done"}, "Invalid enum value 'done'"),
        ({"score": "high"}, "Expected `float`, got `str`"),
        ({"ad": {"text": 5}}, "Expected `str`, got `int`"),
    ],
)
def test_what_is_no_result_line_is_refused_by_name(assess, change: dict[str, Any], said: str) -> None:
    with pytest.raises(thb.InputError, match=said):
        result_line({**assess(TEXT).to_dict(), **change})


def test_the_waterfall_leads_from_the_baseline_to_the_log_odds(screener: thb.Screener) -> None:
    for line in lines(screener):
        view = ad_view(line)
        first, *steps, last = view.waterfall
        assert first.value == view.baseline and last.value == pytest.approx(view.log_odds)
        assert first.value + sum(step.value for step in steps) == pytest.approx(view.log_odds)
        assert all(0 <= bar.at <= bar.at + bar.width <= 1 + 1e-9 for bar in view.waterfall)


def test_links_are_told_from_the_ad_they_are_seen_from(screener: thb.Screener) -> None:
    line = lines(screener)[1]
    (link,) = ad_view(line, links=[kept(LINK, Link)]).links
    assert link == ("a1", ("the same phone number (+44 77•• ••••23)", "texts 93% alike"))


def test_a_cluster_is_laid_out_over_time_and_places(screener: thb.Screener) -> None:
    when = {ad.id: posted({"city": ad.city, "country": ad.country, "posted_at": ad.posted_at}) for ad in ADS}
    view = cluster_view(kept(CLUSTER, KeptCluster), when, screener.lexicon.catalogue)
    assert view.timeline.at == (0.0, 1.0) and view.timeline.when == "2026-03-01 to 2026-03-11"
    assert [(strip.place, strip.ads, strip.when) for strip in view.strips] == [
        ("Ghent, BE", 1, "2026-03-01"),
        ("Lille, FR", 1, "2026-03-11"),
        ("Lille", 1, "not known"),
    ]
    assert [(part.words, part.slot, part.fillings) for part in view.template] == [
        ("Job abroad", 0, ()),
        ("", 1, ("in Ghent", "in Lille")),
        ("good pay", 0, ()),
        ("", 2, ("Call now",)),
    ]
    assert view.label == "Reads as shared boilerplate of different advertisers"
    assert view.measures[0].innocent and view.measures[0].title == "One contact in several countries"


def test_many_places_share_the_last_strip() -> None:
    ads = [f"a{i}" for i in range(30)]
    when = {ad: Posted(day_of(f"2026-03-{i + 1:02d}"), f"town {i}") for i, ad in enumerate(ads)}
    view = cluster_view(kept({"cluster": 1, "ads": ads}, KeptCluster), when, {})
    assert len(view.strips) == 12
    assert sum(strip.ads for strip in view.strips) == 30


def test_a_contact_in_a_shared_text_is_masked() -> None:
    line = {
        "cluster": 1,
        "ads": ["a"],
        "template": {"constant": ["call", "07700 900123", None], "slots": [["or a@example.com"]]},
    }
    assert "900123" not in repr(cluster_view(kept(line, KeptCluster), {}, {}))
    assert "example.com" not in repr(cluster_view(kept(line, KeptCluster), {}, {}))


def test_slots_are_filled_from_the_texts_masked() -> None:
    seen = {"a": posted({"text": "New in Ghent: 07700 900123"}), "b": posted({"text": "New in Lille"}, ["Lille"])}
    slots = [{"spans": {"a": [7, 12], "b": [7, 12]}}, {"spans": {"a": [16, 26], "c": [0, 4]}}]
    line = {"cluster": 1, "ads": ["a", "b"], "template": {"constant": ["New in", None, None], "slots": slots}}
    words, place, number = cluster_view(kept(line, KeptCluster), seen, {}).template
    assert (words.words, place.fillings, number.fillings) == ("New in", ("Ghent", DOT * 5), (DOT * 10,))


@pytest.mark.parametrize("line", [{}, {"cluster": 1}, {"cluster": 1, "ads": "a"}, {"cluster": [], "ads": []}])
def test_what_is_no_cluster_is_refused(line: dict[str, Any]) -> None:
    with pytest.raises(thb.InputError, match=r"no line of clusters\.jsonl"):
        kept(line, KeptCluster)


@pytest.mark.parametrize("line", [{}, {"left": "a"}, {"left": "a", "right": "b", "reasons": [{"kind": "telepathy"}]}])
def test_what_is_no_link_is_refused(line: dict[str, Any]) -> None:
    with pytest.raises(thb.InputError, match=r"no line of links\.jsonl"):
        kept(line, Link)


def test_the_overview_counts_all_and_shows_the_most_pressing(screener: thb.Screener) -> None:
    views = [ad_view(line) for line in lines(screener)]
    whole = overview(reversed(views))
    assert whole.ads == len(ADS)
    assert whole.shown[0].route == "child_safety"
    assert "a5" not in {view.id for view in whole.shown}
    assert overview(views, 2).shown == whole.shown[:2]
    assert overview(views, 2).worth_showing == whole.worth_showing == len(whole.shown)
    assert sum(tally.ads for tally in whole.countries) == len(ADS)


def test_masks_keep_lengths() -> None:
    text = "Write to office@example.com or call +44 7700 900123!"
    assert Mask(country="GB").of(text) == f"Write to {DOT * 18} or call {DOT * 15}!"


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("Ask for Ann, oh seven seven 00 nine hundred 123.", "oh seven seven 00 nine hundred 123"),
        ("07 seven seven hundred 9 hundred 123 after six", "07 seven seven hundred 9 hundred 123"),
        ("I am 25, oh 77 zero zero nine hundred and one 23", "oh 77 zero zero nine hundred and one 23"),
        ("text 77 hundred nine hundred 123 now", "77 hundred nine hundred 123"),
        (
            "ring oh seven seven double oh, nine hundred one twenty three",
            "oh seven seven double oh, nine hundred one twenty three",
        ),
    ],
)
def test_a_number_half_in_words_is_masked_though_it_cannot_be_read(text: str, row: str) -> None:
    assert Mask(country="GB").of(text) == text.replace(row, DOT * len(row))


@pytest.mark.parametrize(
    "text",
    [
        "Two rooms, 3 beds, 150 an hour, open nine to five, 7 days.",
        "One hour 100, two 180, three hours 250; seven nights 600.",
        "One hundred, two hundred, three hundred 400",
        "Two thousand five hundred 2500, from 10 to 20, 24/7",
        "ring us at ten, five or six; zero fees, 0 deposit",
        "eighteen" * 60 + "x",
    ],
)
def test_prices_hours_and_counts_are_no_numbers_to_mask(text: str) -> None:
    assert Mask(country="GB").of(text) == text


def test_lines_of_assessments_and_of_ads_read_alike(screener: thb.Screener, tmp_path) -> None:
    import msgspec

    kept, ads = tmp_path / "kept.jsonl", tmp_path / "ads.jsonl"
    kept.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines(screener, reveal=True)) + b"{broken\n")
    ads.write_bytes(b"".join(msgspec.json.encode(ad) + b"\n" for ad in ADS))
    *read, bad = read_lines(str(kept), screener.assess)
    assert bad.line == len(ADS) + 1
    assert [ad_view(line) for line in read] == [ad_view(line) for line in read_lines(str(ads), screener.assess)]
