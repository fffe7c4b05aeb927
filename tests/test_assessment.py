from __future__ import annotations

import json
import subprocess
import sys

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import thb_indicators as thb

HANDOVER = "Job abroad, good salary. We keep your passport in the office."
LINE_KEYS = [
    "schema", "ad_id", "basis", "text_sha256", "domains", "language", "route", "reason", "score", "log_odds", "baseline",
    "complete", "skipped", "indicators", "contributions", "links", "policy", "model_version", "lexicon_digest", "human_review",
]  # fmt: skip
SNIPPETS = [
    "we keep your passport", "no experience needed", "job abroad", "good salary", "never", "fresh", "escort", "incall",
    "🍒", "24/7", "call 07700 900123", "p a s s p o r t", "\u200b", "pаsspоrt", '"', ".", "\n\n", "trabajo en el extranjero",
    "visa de turista", "паспорт", "робота за кордоном", "without contract", "beware of", "human trafficking", "hotline",
]  # fmt: skip
ads = st.builds(
    lambda parts, title: thb.Ad("h", " ".join(parts), title, basis="synthetic"),
    st.lists(st.one_of(st.sampled_from(SNIPPETS), st.text(max_size=12)), max_size=14),
    st.one_of(st.just(""), st.sampled_from(SNIPPETS), st.text(max_size=20)),
)


@given(ads)
def test_every_match_slices_the_field_it_names(screener: thb.Screener, ad: thb.Ad) -> None:
    for match in screener.assess(ad).document.matches:
        assert ad.field(match.field)[match.span.start : match.span.end] == match.surface
        assert match.surface


@given(ads)
def test_the_log_odds_are_the_baseline_and_the_contributions(screener: thb.Screener, ad: thb.Ad) -> None:
    assessment = screener.assess(ad)
    assert assessment.log_odds == pytest.approx(
        assessment.baseline + sum(c.log_odds for c in assessment.contributions), abs=1e-12
    )
    assert 0 < assessment.score < 1
    for finding in assessment.indicators:
        assert (finding.log_odds == 0) or finding.assertion == "affirmed"
        if finding.info.role == "counter":
            assert finding.log_odds <= 0
        else:
            assert finding.log_odds >= 0


@given(ads)
def test_the_result_line_is_the_contract(screener: thb.Screener, ad: thb.Ad) -> None:
    line = screener.assess(ad).to_dict()
    assert list(line) == LINE_KEYS
    assert line["human_review"] == "required"
    assert json.loads(msgspec.json.encode(line))["schema"] == "thb-assessment/1"


def test_an_affirmed_indicator_is_explained(assess) -> None:
    assessment = assess(HANDOVER)
    finding = next(f for f in assessment.to_dict()["indicators"] if f["id"] == "document_handover")
    assert finding["assertion"] == "affirmed"
    assert finding["role"] == "core"
    assert finding["log_odds"] == thb.load_model().weights["document_handover"] > 1
    match = finding["matches"][0]
    assert HANDOVER[match["start"] : match["end"]] == match["surface"]
    assert "passport" in match["surface"]
    assert finding["why"] and finding["innocent_readings"] and finding["references"]


@pytest.mark.parametrize(
    "text",
    [
        "Job abroad, good salary. All papers remain with our driver while you are employed.",
        "Job abroad, good salary. Your passport will be kept by the agency until the end of the season.",
        "Hotel work abroad. You hand over your ID on arrival, the manager holds it.",
    ],
)
def test_a_paraphrase_is_understood(assess, text: str) -> None:
    assert "document_handover" in {f.id for f in assess(text).indicators if f.assertion == "affirmed"}


def test_one_indicator_alone_is_never_put_before_a_person(assess) -> None:
    assessment = assess(HANDOVER)
    assert [f.id for f in assessment.indicators if f.assertion == "affirmed" and f.info.scored] == ["document_handover"]
    assert assessment.route in ("none", "sample")


def test_a_core_indicator_with_another_is(assess) -> None:
    assessment = assess(HANDOVER + " No contract, cash in hand only.")
    assert assessment.route == "review"
    assert assessment.reason.startswith("a core indicator")


def test_what_is_denied_is_shown_and_does_not_count(assess) -> None:
    assessment = assess("Job abroad, good salary. You will never hand over your passport.")
    finding = next(f for f in assessment.indicators if f.id == "document_handover")
    assert (finding.assertion, finding.log_odds, finding.matches[0].cue) == ("negated", 0.0, "never")
    assert assessment.log_odds == assessment.baseline


def test_a_denial_among_the_words_of_a_match_counts_as_one(assess) -> None:
    assessment = assess("Job abroad, good salary. Passports are never kept by the agency.")
    assert not [f for f in assessment.indicators if f.assertion == "affirmed" and f.info.scored]


def test_an_advice_text_that_prints_the_words_is_no_ad(assess) -> None:
    text = (
        "Know the signs of human trafficking: they say we keep your passport, no contract, pay the fee later. Call the hotline."
    )
    assessment = assess(text)
    assert not [f for f in assessment.indicators if f.assertion == "affirmed" and f.info.scored]
    assert "C1" in {f.id for f in assessment.indicators}


def test_ordinary_ads_score_nothing(assess) -> None:
    for text in ("Fresh cherries 🍒 from our farm, delivery 24/7, new stock just arrived, order now!",
                 "Room to let, new management, no limits on wifi, call 07700 900123"):  # fmt: skip
        assessment = assess(text)
        assert assessment.document.domains == ()
        assert assessment.contributions == ()
        assert all(f.assertion != "affirmed" for f in assessment.indicators)


def test_a_job_offer_full_of_goods_is_one_where_what_it_says_is_unmistakable(assess) -> None:
    goods = "Roses, tulips, mattress, sofa. Sell roses round the restaurants, wage every Sunday."
    harsh = "4pm till 3am, 7 nights, a missing 100 goes onto your slate and you work it off. Never mind the language."
    assert assess(goods).document.domains == ()
    assert assess(f"{goods} {harsh}").document.domains == ("recruitment",)


def test_a_front_desk_spa_and_goods_free_of_charge_tell_nothing_of_an_employer(assess) -> None:
    text = "Our spa team of ladies, we swap her free of charge, 90 inc drinks, hot stones of 20 kg."
    assert "C10" not in {f.id for f in assess(text).indicators}


@pytest.mark.parametrize("fragment", ["I have a younger friend", "younger friend", "barely legal"])
def test_printed_child_safety_wording_has_its_own_route_and_is_masked(assess, fragment: str) -> None:
    assessment = assess(fragment)
    assert assessment.route == "child_safety"
    shown = json.dumps(assessment.to_dict(), ensure_ascii=False)
    assert fragment.lower() not in shown.lower()
    assert "•" * len("younger friend" if "younger" in fragment else fragment) in shown
    assert fragment in json.dumps(assessment.to_dict(reveal=True))


def test_contacts_are_masked_unless_asked_for(assess) -> None:
    text = "Escort incall, discreet companionship. Call 0 7 7 0 0 9 0 0 1 2 3"
    assessment = assess(text)
    finding = next(f for f in assessment.indicators if f.id == "obscured_contact")
    assert finding.assertion == "affirmed"
    assert set(finding.to_dict()["matches"][0]["surface"]) == {"•"}
    assert finding.to_dict(reveal=True)["matches"][0]["surface"] == "0 7 7 0 0 9 0 0 1 2 3"


def test_signals_that_text_cannot_show_are_explained_alike(screener: thb.Screener) -> None:
    signals = (thb.Signal("third_party_reports", "a user reported coercion", "form"), thb.Signal("image_mismatch"))
    assessment = screener.assess(thb.Ad("s", "Nice room with a view over the river.", basis="synthetic", signals=signals))
    lines = {f["id"]: f for f in assessment.to_dict()["indicators"]}
    assert lines["third_party_reports"]["signals"][0]["note"] == "a user reported coercion"
    assert lines["third_party_reports"]["why"]
    assert lines["image_mismatch"]["log_odds"] > 0
    assert assessment.route == "review"


def test_a_signal_must_name_an_indicator(screener: thb.Screener) -> None:
    with pytest.raises(thb.InputError, match="no indicator 'nonsense'"):
        screener.assess(thb.Ad("s", "text", basis="synthetic", signals=(thb.Signal("nonsense"),)))


def test_counters_are_subtracted_but_never_keep_a_core_indicator_from_a_person(screener: thb.Screener) -> None:
    reported = tuple(map(thb.Signal, ("third_party_reports", "urgency_pressure")))
    plain = thb.Ad("c", "Nothing.", basis="synthetic", signals=reported)
    countered = msgspec.structs.replace(plain, signals=(*reported, thb.Signal("C10"), thb.Signal("C4")))
    weights = {name: screener.model.weight(screener.lexicon.catalogue[name]) for name in ("C10", "C4")}
    difference = screener.assess(countered).log_odds - screener.assess(plain).log_odds
    assert difference == pytest.approx(sum(weights.values()))
    assert screener.assess(countered).route == "review"


def test_counters_hold_back_weak_indicators_only(screener: thb.Screener) -> None:
    weak = tuple(map(thb.Signal, ("no_experience_required", "urgency_pressure", "all_inclusive_package")))
    ad = thb.Ad("c", "A text that is long enough to be read as one.", basis="synthetic", signals=weak)
    held = msgspec.structs.replace(ad, signals=(*weak, thb.Signal("C10")))
    assert screener.assess(ad).route == "review"
    assert screener.assess(held).route == "none"
    assert "held back" in screener.assess(held).reason


@pytest.mark.parametrize(
    ("language", "weak", "lawful", "unlawful"),
    [
        (
            "ro", "Căutăm îngrijitoare, masă și transport plătite de noi. Plecare imediată, nu contează limba.",
            "Contract de muncă înainte de plecare.", "Fără contract de muncă.",
        ),
        (
            "it", "Cerchiamo raccoglitori, trasporto gratis e alloggio, inizio subito. Non occorre parlare italiano.",
            "Contratto regolare dal primo giorno.", "Senza contratto.",
        ),
        (
            "de", "Helfer gesucht, Unterkunft und Anreise zahlen wir. Deutsch nicht nötig, ohne Erfahrung.",
            "Schriftlicher Arbeitsvertrag vor der Anreise.", "Ohne Arbeitsvertrag.",
        ),
        (
            "fr", "Cherchons plongeur, logement et repas offerts. Débutants acceptés, départ immédiat, peu importe la langue.",
            "CDI et mutuelle.", "Sans contrat ni fiche de paie.",
        ),
    ],
)  # fmt: skip
def test_what_can_be_checked_holds_weak_indicators_back_in_other_languages_too(
    screener: thb.Screener, language: str, weak: str, lawful: str, unlawful: str
) -> None:
    def routed(text: str) -> str:
        return screener.assess(thb.Ad("a", text, language=language, basis="synthetic")).route

    assert routed(weak) == "review"
    assert routed(f"{weak} {lawful}") != "review"
    assert routed(f"{weak} {unlawful}") == "review"


def test_too_little_text_is_said_to_be_too_little(assess) -> None:
    assert assess("Call me").route == "insufficient"
    assert assess("").route == "insufficient"


def test_a_text_over_the_limit_goes_to_a_person(assess) -> None:
    assessment = assess("word " * 2_000_000)
    assert not assessment.complete
    assert assessment.route == "insufficient"
    assert assessment.to_dict()["skipped"] == ["text after 20000 characters"]


def test_very_many_matches_of_one_pattern_are_said_not_to_be_read_in_full(assess) -> None:
    assessment = assess("Escort incall. " + "🍒 " * 5000)
    assert not assessment.complete
    assert "matches of one pattern after the first 100" in assessment.document.skipped


def test_nothing_is_screened_without_a_basis(screener: thb.Screener) -> None:
    with pytest.raises(thb.BasisError, match='basis="synthetic"'):
        screener.assess(thb.Ad("n", "text"))
    assert next(screener.assess_many([thb.Ad("n", "text")], basis="consented")).document.ad.basis == "consented"


def test_assess_many_takes_ads_only_as_fast_as_they_are_asked_for(screener: thb.Screener) -> None:
    taken: list[str] = []

    def source():
        for i in range(1000):
            taken.append(str(i))
            yield thb.Ad(str(i), "text", basis="synthetic")

    results = screener.assess_many(source())
    assert [next(results).ad.id, next(results).ad.id] == ["0", "1"]
    assert len(taken) == 2


@pytest.mark.parametrize("rate", [-0.01, 1.01, float("nan")])
def test_a_policy_refuses_a_sample_rate_that_is_no_share(rate: float) -> None:
    with pytest.raises(thb.InputError, match="from 0 to 1"):
        thb.TriagePolicy(sample_rate=rate)


def test_the_sample_is_drawn_from_the_ad_alone(screener: thb.Screener) -> None:
    ads = [thb.Ad(f"a{i}", "A quiet room near the park, bills included.", basis="synthetic") for i in range(2000)]
    routes = [a.route for a in screener.assess_many(ads)]
    assert 20 <= routes.count("sample") <= 60
    assert routes == [a.route for a in screener.assess_many(ads)]


def test_a_wrong_type_is_named(screener: thb.Screener) -> None:
    with pytest.raises(thb.InputError, match="`text` must be text, not int"):
        screener.assess(thb.Ad("x", 5, basis="synthetic"))  # type: ignore[arg-type]


def test_no_output_ever_concludes(lexicon: thb.Lexicon) -> None:
    for info in lexicon.catalogue.values():
        words = f" {info.title} {info.definition} ".lower()
        assert not any(f" {bad} " in words for bad in ("trafficker", "confirmed", "guilty")), info.id


def test_the_package_imports_without_the_heavy_libraries() -> None:
    code = (
        "import sys, thb_indicators as thb; thb.Screener; "
        "print([m for m in ('spacy', 'sklearn', 'scipy', 'numpy', 'pandas', 'joblib') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_the_public_face_is_small_and_complete() -> None:
    assert len(thb.__all__) <= 26
    for name in thb.__all__:
        assert getattr(thb, name) is not None
    with pytest.raises(AttributeError):
        _ = thb.nonsense  # type: ignore[attr-defined]


def test_a_declared_language_is_not_read_as_one_that_shares_its_common_words(screener: thb.Screener) -> None:
    said = "Отвечаем в чате, пишем инструкции, никаких продаж и криптовалют. Перелёт и первый месяц квартиры оплачиваем."
    matches = screener.assess(thb.Ad("r", said, language="ru", basis="synthetic")).document.matches
    assert {match.pattern.partition(".")[0] for match in matches} <= {"ru", "und"}
    assert {match.assertion for match in matches if match.indicator == "scam_compound_pattern"} <= {
        "negated",
        "innocent_reading",
    }


def test_a_part_in_another_language_is_read_as_well(screener: thb.Screener) -> None:
    said = "Требуются сиделки. Wanted: carers for the night, we keep your passport with the office and you live in the house."
    assessment = screener.assess(thb.Ad("r", said, language="ru", basis="synthetic"))
    assert "document_handover" in {one.id for one in assessment.indicators if one.assertion == "affirmed"}


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("ru", "Сборщики яблок. Работаем от рассвета до обеда, без ночных смен. Жилье от хозяина, расчет по пятницам."),
        ("uk", "Шукаємо пекаря на нічні зміни. Працюємо від вечора до ранку, без вихідних не залишаємо. Платня по п'ятницях."),
        ("bg", "Търсим пекар за нощни смени. Работим от вечер до сутрин, без почивните дни. Заплащане по банка в петък."),
    ],
)
def test_an_undeclared_language_is_told_from_those_that_share_its_common_words(
    screener: thb.Screener, language: str, said: str
) -> None:
    assert screener.assess(thb.Ad("r", said, basis="synthetic")).document.language == language
