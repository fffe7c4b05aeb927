"""One offline HTML file that explains every ad put before a person."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

import jinja2

from thb_indicators.records import Assessment
from thb_indicators.report.clusters import ClusterView
from thb_indicators.report.mask import harmless
from thb_indicators.report.overview import MOST_ADS, overview
from thb_indicators.report.view import AdView, ad_view
from thb_indicators.report.words import strength


def environment(loader: jinja2.BaseLoader | None = None) -> jinja2.Environment:
    """Return the environment that pages are made in: autoescaped, and strict about names.

    Parameters
    ----------
    loader
        Where a caller's own templates are; those of the report (``_ad.html.j2``, ``_style.css.j2``) are always found.
    """
    own: list[jinja2.BaseLoader] = [jinja2.PackageLoader("thb_indicators.report", "templates")]
    made = jinja2.Environment(
        loader=jinja2.ChoiceLoader([loader, *own] if loader else own),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(harmless=harmless, strength=strength)
    made.tests["web"] = lambda url: re.match("https?://", url) is not None
    return made


@lru_cache(maxsize=4)
def template(name: str) -> jinja2.Template:
    """Load one of the report's page templates."""
    return environment().get_template(name)


def render(assessments: Iterable[Assessment], title: str = "Ads for review", *, reveal: bool = False) -> str:
    """Return the report of some assessments as one HTML page that needs nothing else.

    Parameters
    ----------
    assessments
        In any order: the most pressing come first on the page. Ads in which nothing was seen are counted, not shown.
    title
        The page's heading.
    reveal
        Show masked contacts and child-safety wording.

    Examples
    --------
    >>> from thb_indicators import Ad, Screener
    >>> page = render([Screener().assess(Ad("a1", "Farm work.", basis="synthetic"))])
    >>> "http-equiv" in page, "<script" in page
    (True, False)
    """
    views = (ad_view(one.to_dict(reveal=reveal, with_ad=True), reveal=reveal) for one in assessments)
    return render_views(views, title, reveal=reveal)


def render_views(
    views: Iterable[AdView],
    title: str = "Ads for review",
    *,
    clusters: Callable[[], Sequence[ClusterView]] = tuple,
    most: int = MOST_ADS,
    reveal: bool = False,
) -> str:
    """Return the report of some views as one HTML page that needs nothing else.

    Parameters
    ----------
    views
        Taken one by one, in any order. Ads in which nothing was seen, and which nothing ties to others, are counted alone.
    title
        The page's heading.
    clusters
        Gives the clusters of repeated ads, once all views have been taken.
    most
        Ads to show in full, the most pressing ones.
    reveal
        Whether the views show masked contacts and child-safety wording; the page says so.
    """
    seen = overview(views, most)
    repeated = tuple(clusters())
    of_ad: dict[str, list[ClusterView]] = {}
    for cluster in repeated:
        for ad in cluster.ads:
            of_ad.setdefault(ad, []).append(cluster)
    sources = sorted(
        {source for view in seen.shown for card in view.counted for source in card.sources}, key=lambda one: one.id
    )
    return template("report.html.j2").render(
        title=harmless(title),
        overview=seen,
        clusters=repeated,
        clusters_of=of_ad,
        ad_places={view.id: f"#ad-{number}" for number, view in enumerate(seen.shown, 1)},
        cluster_places={cluster.id: f"#cluster-{number}" for number, cluster in enumerate(repeated, 1)},
        sources=sources,
        source_places={source.id: f"#source-{number}" for number, source in enumerate(sources, 1)},
        revealed=reveal,
    )
