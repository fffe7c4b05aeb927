"""Tests and counts of a lexicon: the examples that stand beside every pattern are its tests."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator

import msgspec

from thb_indicators.detect import FORM_INDICATORS, Detector
from thb_indicators.lexicon import Lexicon
from thb_indicators.patterns import Pattern
from thb_indicators.records import Ad, Domain


class ExampleFailure(msgspec.Struct, frozen=True):
    """An example that does not do what it stands for."""

    pattern: Pattern
    text: str
    expected: str
    seen: str

    def __str__(self) -> str:
        where = f"{self.pattern.file}:{self.pattern.line}: {self.pattern.id}"
        return f"{where}: expected {self.expected}, but {self.seen}: {self.text!r}"


def failing_examples(lexicon: Lexicon, language: str | None = None) -> Iterator[ExampleFailure]:
    """Yield every example that does not do what it stands for.

    A ``fires`` example must give an affirmed match of its pattern, a ``silent`` one none. The domain is taken as given, as
    an example is one sentence and no ad.
    """
    detector = Detector(lexicon)
    both: tuple[Domain, ...] = ("services", "recruitment")
    for pattern in lexicon.patterns:
        if language is not None and pattern.language != language:
            continue
        for text, should_fire in [*((t, True) for t in pattern.fires), *((t, False) for t in pattern.silent)]:
            document = detector.read(Ad("example", text, language=pattern.language, basis="synthetic"), assume=both)
            own = [m for m in document.matches if m.pattern == pattern.id]
            fired = any(m.assertion == "affirmed" for m in own)
            if fired != should_fire:
                held = ", ".join(sorted({f"{m.assertion} by {m.cue!r}" for m in own})) or "nothing matched"
                seen = f"it fired on {own[0].surface!r}" if fired else held
                yield ExampleFailure(pattern, text, "a match" if should_fire else "silence", seen)


def stats(lexicon: Lexicon, today: datetime.date | None = None) -> dict[str, object]:
    """Return counts that say how much a lexicon covers, and what in it is stale or unverified."""
    patterns = lexicon.patterns
    textual = {i for i, info in lexicon.catalogue.items() if info.role not in ("not_scored",)}
    return {
        "patterns": len(patterns),
        "constructions": sum(len(p.constructions) for p in patterns),
        "examples": sum(len(p.fires) + len(p.silent) for p in patterns),
        "languages": dict(sorted(Counter(p.language for p in patterns).items())),
        "status": dict(sorted(Counter(p.status for p in patterns).items())),
        "indicators_with_patterns": len({p.indicator for p in patterns} & textual),
        "indicators": len(lexicon.catalogue),
        "unverified_translations": sum(not p.verified for p in patterns),
        "stale": [p.id for p in lexicon.stale(today)],
        "found_by_code": sorted(FORM_INDICATORS),
        "digest": lexicon.digest,
    }
