"""The terminal view: a ranked table of many ads, and the full explanation of one."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from thb_indicators.records import Assessment, Finding
from thb_indicators.report.view import ASSERTION_WORDS, EVIDENCE_WORDS, ROUTE_WORDS, harmless, pieces, steps, surface, wordings

_STYLES = {"child_safety": "bold magenta", "review": "bold yellow", "sample": "cyan", "insufficient": "dim", "none": ""}
_BAR = 30


def ranked(rows: Iterable[tuple[str, str, float, str, str]], title: str) -> Table:
    """Return a table of ``(ad id, route, score, indicators, text)`` rows, in the order given."""
    table = Table(title=title, title_justify="left", pad_edge=False)
    table.add_column("ad", no_wrap=True)
    table.add_column("route", no_wrap=True)
    table.add_column("score", justify="right")
    table.add_column("indicators that count")
    table.add_column("begins", max_width=34, no_wrap=True, overflow="ellipsis")
    for ad_id, route, score, indicators, text in rows:
        one_line = " ".join(harmless(text).split())
        table.add_row(Text(harmless(ad_id)), Text(route, _STYLES[route]), f"{score:.2f}", indicators or "-", Text(one_line))
    return table


def explanation(assessment: Assessment, *, reveal: bool = False) -> RenderableType:
    """Return everything a reviewer needs to judge one ad."""
    ad = assessment.ad
    parts: list[RenderableType] = [
        Text(f"Ad {harmless(ad.id)}", "bold"),
        Text.assemble((ROUTE_WORDS[assessment.route], _STYLES[assessment.route]), f": {assessment.reason}."),
        Text(""),
    ]
    for field in ("title", "text"):
        if ad.field(field):
            parts.append(Padding(_marked(assessment, field, reveal=reveal), (0, 0, 1, 2)))
    counted = [f for f in assessment.indicators if f.assertion == "affirmed"]
    others = [f for f in assessment.indicators if f.assertion != "affirmed"]
    for finding in counted:
        parts.append(_card(finding, reveal=reveal))
    if others:
        parts.append(Text("Seen, but not counted", "bold"))
        for finding in others:
            seen = ", ".join(f"“{surface(m, reveal=reveal)}”" for m in finding.matches[:3])
            cue = next((m.cue for m in finding.matches if m.cue), "")
            why = ASSERTION_WORDS[finding.assertion] + (f" ({cue})" if cue else "")
            parts.append(Padding(Text.assemble((finding.info.title, "dim"), f": {seen}: {why}"), (0, 0, 0, 2)))
        parts.append(Text(""))
    parts.append(_waterfall(assessment))
    parts.append(Text("\nLeads for human review, not findings. A person decides.", "italic"))
    return Group(*parts)


def _marked(assessment: Assessment, field: str, *, reveal: bool) -> Text:
    text = Text()
    for piece in pieces(assessment, field, reveal=reveal):  # type: ignore[arg-type]  # "title" or "text"
        counts = any(m.assertion == "affirmed" for m in piece.matches)
        text.append(piece.text, "black on yellow" if counts else "underline" if piece.matches else "")
    return text


def _card(finding: Finding, *, reveal: bool) -> RenderableType:
    info = finding.info
    seen = ", ".join(f"“{wording}”" for wording in wordings(finding, reveal=reveal))
    seen = "; ".join(
        [*([seen] if seen else []), *(f"reported: {harmless(s.note or s.source or 'yes')}" for s in finding.signals)]
    )
    card = Table.grid(padding=(0, 2))
    card.add_column(style="dim", no_wrap=True)
    card.add_column(max_width=92)
    card.add_row("seen", Text(seen))
    card.add_row("why it matters", info.why)
    card.add_row("ordinary readings", "; ".join(info.innocent_readings))
    if info.disputed:
        card.add_row("disputed", info.disputed)
    card.add_row("evidence", f"{info.evidence}, {EVIDENCE_WORDS.get(info.evidence, '')} ({', '.join(info.references)})")
    head = Text.assemble((info.title, "bold"), f"  {info.role}, {finding.log_odds:+.2f}")
    return Group(head, Padding(card, (0, 0, 1, 2)))


def _waterfall(assessment: Assessment) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(justify="right")
    table.add_column()
    table.add_row("baseline", f"{assessment.baseline:+.2f}", "")
    for name, log_odds in steps(assessment):
        bar = "█" * max(1, round(abs(log_odds) / 2.0 * _BAR / 2))
        table.add_row(Text(name), f"{log_odds:+.2f}", Text(bar, "yellow" if log_odds > 0 else "green"))
    table.add_row(Text("log-odds", "bold"), Text(f"{assessment.log_odds:+.2f}", "bold"), f"score {assessment.score:.2f}")
    return table
