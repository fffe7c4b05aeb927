"""What `lexicon stats` shows in a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from rich.console import Group, RenderableType
from rich.table import Column, Table

from thb_indicators.coverage import Coverage, Overlap
from thb_indicators.lexicon import Lexicon

SHOWN = 15
"""Pairs that are shown; JSON has them all."""


def counted(counts: Mapping[str, object]) -> Table:
    """Return what a lexicon holds, one count a row."""
    table = Table(title="The lexicon", title_justify="left", show_header=False)
    for name, count in counts.items():
        if isinstance(count, dict):
            shown = ", ".join(f"{key} {value}" for key, value in count.items())
        elif isinstance(count, list):
            shown = f"{len(count)}: {', '.join(map(str, count))}" if count else "none"
        else:
            shown = str(count)
        table.add_row(name.replace("_", " "), shown)
    return table


def covered(seen: Coverage, lexicon: Lexicon) -> RenderableType:
    """Return what a lexicon sees in a corpus: use by indicator and language, overlaps, and conflicts."""
    uses = _table(f"{seen.ads} ads, {seen.with_any} with an indicator", "indicator", "ads", "share", "seen, but held back")
    for use in seen.indicators:
        uses.add_row(use.id, str(use.ads), f"{use.share:.1%}", str(use.held_back))
    languages = _table("Patterns by language", "language", "patterns", "fire", "never fire")
    for language, count in sorted(Counter(pattern.language for pattern in lexicon.patterns).items()):
        never = len(seen.never.get(language, ()))
        languages.add_row(language, str(count), str(count - never), str(never))
    languages.caption = "--format json names them"
    conflicts = _table("The same words, read differently", "patterns", "ads", "which", "for example")
    for one in seen.conflicts[:SHOWN]:
        conflicts.add_row(f"{one.first}\n{one.second}", str(one.ads), one.kind, one.ad_id)
    return Group(
        uses, languages, _overlaps("Indicators that fire together", seen.indicator_overlaps),
        _overlaps("Patterns that fire on the same words", [one for one in seen.pattern_overlaps if one.same_words]), conflicts,
    )  # fmt: skip


def _overlaps(title: str, overlaps: Iterable[Overlap]) -> Table:
    table = _table(title, "pair", "ads", "on the same words", "Jaccard")
    for one in list(overlaps)[:SHOWN]:
        table.add_row(f"{one.first}\n{one.second}", str(one.ads), str(one.same_words), f"{one.jaccard:.2f}")
    return table


def _table(title: str, first: str, *others: str) -> Table:
    return Table(Column(first, overflow="fold"), *others, title=title, title_justify="left")
