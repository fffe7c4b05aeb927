from __future__ import annotations

import msgspec

from thb_indicators import Ad, Lexicon
from thb_indicators.coverage import Conflict, Overlap, Use, coverage
from thb_indicators.records import Assertion, Document, Match
from thb_indicators.spans import Span

KEEP, PAPERS = "en.document_handover.keep", "en.document_handover.papers"
FEE = "en.upfront_fee_or_debt.fee"


def match(pattern: str, start: int, end: int, assertion: Assertion = "affirmed") -> Match:
    return Match(pattern.split(".")[1], pattern, "text", Span(start, end), "x" * (end - start), assertion)


def document(id: str, *matches: Match) -> Document:
    return Document(Ad(id, "x" * 40, basis="synthetic"), "", matches, ("recruitment",), "en")


DOCUMENTS = [
    document("1", match(KEEP, 0, 10), match(PAPERS, 5, 12), match(FEE, 20, 30)),
    document("2", match(KEEP, 0, 10), match(PAPERS, 20, 30)),
    document("3", match(KEEP, 0, 10), match(FEE, 0, 10), match(PAPERS, 0, 10, "innocent_reading")),
    document("4", match(FEE, 0, 10, "negated"), match(PAPERS, 0, 10, "quoted")),
    document("5"),
]


def test_each_indicator_and_pattern_has_its_share_of_ads(lexicon: Lexicon) -> None:
    found = coverage(DOCUMENTS, lexicon)
    assert (found.ads, found.with_any) == (5, 3)
    assert found.indicators == (Use("document_handover", 3, 0.6, 1), Use("upfront_fee_or_debt", 2, 0.4, 1))
    assert found.patterns == (Use(KEEP, 3, 0.6, 0), Use(PAPERS, 2, 0.4, 2), Use(FEE, 2, 0.4, 1))


def test_pairs_that_fire_in_the_same_ads_have_their_jaccard_index(lexicon: Lexicon) -> None:
    found = coverage(DOCUMENTS, lexicon)
    assert found.indicator_overlaps == (Overlap("document_handover", "upfront_fee_or_debt", 2, 1, 2 / 3),)
    assert found.pattern_overlaps == (Overlap(KEEP, PAPERS, 2, 1, 2 / 3), Overlap(KEEP, FEE, 2, 1, 2 / 3))


def test_the_same_words_read_differently_are_a_conflict(lexicon: Lexicon) -> None:
    assert coverage(DOCUMENTS, lexicon).conflicts == (
        Conflict("affirmed, innocent_reading", KEEP, PAPERS, 1, "3"),
        Conflict("affirmed, innocent_reading", FEE, PAPERS, 1, "3"),
        Conflict("two indicators", KEEP, FEE, 1, "3"),
    )


def test_patterns_that_never_fire_are_named_by_language(lexicon: Lexicon) -> None:
    fired = next(pattern for pattern in lexicon.patterns if pattern.language == "hu")
    found = coverage([document("1", match(fired.id, 0, 4))], lexicon)
    assert fired.id not in found.never["hu"]
    assert sum(map(len, found.never.values())) == len(lexicon.patterns) - 1
    held_back = msgspec.structs.replace(match(fired.id, 0, 4), assertion="negated")
    assert fired.id in coverage([document("1", held_back)], lexicon).never["hu"]


def test_no_ads_give_no_shares(lexicon: Lexicon) -> None:
    found = coverage([], lexicon)
    assert (found.ads, found.indicators, found.patterns, found.conflicts) == (0, (), (), ())
