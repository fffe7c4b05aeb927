"""An evaluation as one offline HTML page with its plots drawn inline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from thb_indicators.evaluation import Report
from thb_indicators.report.html import template

_SIDE = 220
"""Pixels of a plot's sides."""


class Curve(NamedTuple):
    """A line of a plot: its name, its dash pattern, and its points in pixels."""

    name: str
    dash: str
    points: str


_DASHES = ("", "7 4", "2 4")


def render_evaluation(report: Report, title: str, note: str) -> str:
    """Return the page.

    Parameters
    ----------
    report
        The evaluation.
    title
        Its heading.
    note
        What a reader must know about the data, for example that they are synthetic.
    """
    widest = max((c.ads for f in report.figures for c in f.capacities), default=1)
    precision = [
        Curve(f.name, dash, _points([(c.ads / widest, c.precision) for c in f.capacities]))
        for f, dash in zip(report.figures, _DASHES, strict=False)
    ]
    reliability = [
        Curve(f.name, dash, _points([(mean, share) for mean, share, _ in f.reliability]))
        for f, dash in zip(report.figures, _DASHES, strict=False)
        if f.reliability
    ]
    most = max((size for size, _ in report.learning_curve), default=1)
    learning = [Curve("this model", "", _points([((size / most) ** 0.5, value) for size, value in report.learning_curve]))]
    return template("evaluation.html.j2").render(
        report=report,
        title=title,
        note=note,
        side=_SIDE,
        plots=[
            ("Precision at the reviewers' capacity", f"ads read, up to {widest}", "precision", precision),
            ("Reliability: are scores true?", "mean score of ten bins", "share of positives", reliability),
            ("Learning curve", f"labels, up to {most} (square root scale)", "average precision", learning),
        ],
    )


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x * _SIDE:.1f},{(1 - y) * _SIDE:.1f}" for x, y in points)
