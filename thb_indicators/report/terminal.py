"""The terminal view: a ranked table of many ads, and the full explanation of one."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from thb_indicators.report.mask import harmless
from thb_indicators.report.view import AdView, Card, FieldView
from thb_indicators.report.words import strength

MOST_LINKS = 10
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
        table.add_row(
            Text(harmless(ad_id)),
            Text(route, _STYLES[route]),
            f"{score:.2f}",
            Text(harmless(indicators) or "-"),
            Text(one_line),
        )
    return table


def explanation(view: AdView) -> RenderableType:
    """Return everything a reviewer needs to judge one ad."""
    parts: list[RenderableType] = [
        Text(f"Ad {view.id}", "bold"),
        Text.assemble((view.route_words, _STYLES[view.route]), f": {view.reason}."),
        Text(""),
    ]
    parts += [Padding(_marked(field), (0, 0, 1, 2)) for field in view.fields]
    parts += [_card(card) for card in view.counted]
    if view.uncounted:
        parts.append(Text("Seen, but not counted", "bold"))
        for one in view.uncounted:
            seen = ", ".join(f"“{wording}”" for wording in one.seen[:3])
            why = one.why + (f" ({one.cue})" if one.cue else "")
            parts.append(Padding(Text.assemble((one.title, "dim"), f": {seen}: {why}"), (0, 0, 0, 2)))
        parts.append(Text(""))
    if view.links:
        parts.append(Text("Other ads that something ties to this one", "bold"))
        lines = [f"{link.ad_id}: {', '.join(link.reasons)}" for link in view.links[:MOST_LINKS]]
        parts.append(Padding(Text("\n".join(lines)), (0, 0, 1, 2)))
    parts.append(_waterfall(view))
    parts.append(Text("\nLeads for human review, not findings. A person decides.", "italic"))
    return Group(*parts)


def _marked(field: FieldView) -> Text:
    text = Text()
    for run in field.runs:
        text.append(run.text, "black on yellow" if run.counts else "underline" if run.labels else "")
    return text


def _card(card: Card) -> RenderableType:
    seen = ", ".join(f"“{wording}”" for wording in card.seen)
    reported = "; ".join(f"reported: {note}" for note in card.reported)
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(max_width=92)
    for slot, words in (
        ("seen", "; ".join(filter(None, (seen, reported)))),
        ("why it matters", card.why),
        ("ordinary readings", "; ".join(card.innocent)),
        ("disputed", card.disputed),
        ("source", f"{card.evidence} ({', '.join(source.id for source in card.sources)})"),
        ("contribution", f"{card.log_odds:+.2f}: {strength(card.log_odds)}"),
    ):
        if words:
            table.add_row(slot, Text(words))
    return Group(Text.assemble((card.title, "bold"), f"  {card.role}"), Padding(table, (0, 0, 1, 2)))


def _waterfall(view: AdView) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(justify="right")
    table.add_column()
    for bar in view.waterfall[:-1]:
        name = "baseline" if bar is view.waterfall[0] else bar.name
        drawn = " " * round(bar.at * _BAR) + "█" * max(1, round(bar.width * _BAR))
        style = "dim" if bar is view.waterfall[0] else "yellow" if bar.value > 0 else "green"
        table.add_row(Text(name), f"{bar.value:+.2f}", Text(drawn, style))
    table.add_row(
        Text("log-odds", "bold"), Text(f"{view.log_odds:+.2f}", "bold"), f"score {view.score:.2f}: an order to read in"
    )
    return table
