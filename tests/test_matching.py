from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from thb_indicators.construction import Construction, clauses
from thb_indicators.matching import Matcher, Rule

WORDS = st.sampled_from(["keep", "hold", "your", "the", "passport", "passports", "card", "id", "no", "fee", "."])
SOURCES = [
    "keep|hold ..2 passport*",
    "passport* ..3 keep|hold",
    "id card",
    "no ..1 fee",
    "keep [your|the] (id card|passport)",
    "passport*",
    "the ..4 fee",
    "passport* & keep|hold & fee",
]


@given(st.lists(WORDS, max_size=40), st.booleans())
def test_the_automaton_finds_what_trying_every_construction_finds(words: list[str], counted: bool) -> None:
    text = f" {' '.join(words)} " if words else " "
    constructions = [Construction(source, {}) for source in SOURCES]
    matcher = Matcher(
        [Rule(i, c) for i, c in enumerate(constructions)], {"keep": 9, "passport": 5, "the": 1} if counted else None
    )
    found = set()
    for low, high in clauses(text, 0, len(text)):
        scan = matcher.scan(text[low:high])
        found_in_clause = matcher.found(scan)
        assert scan.complete
        found |= {(rule, low + start, low + end) for rule, start, end in found_in_clause}
    expected = {(rule, *place) for rule, construction in enumerate(constructions) for place in construction.find(text)}
    assert found == expected


def test_too_many_hits_are_said_to_be_incomplete() -> None:
    matcher = Matcher([Rule(0, Construction("fee", {}))])
    scan = matcher.scan(" fee" * 30_000 + " ")
    assert not scan.complete
    assert len(matcher.found(scan)) == 20_000
