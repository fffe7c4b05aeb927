"""Linking a batch of ads on one machine: pairs with their reasons, clusters, advertisers, cross-ad indicators.

Every ad is read once for its fingerprints; the ads themselves go to a temporary file, and only those that something ties
to another ad are read again. In memory stay some 1,000 bytes an ad (``benchmarks/linking.py`` has the figures).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, pairwise
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from thb_indicators.records import Ad, Basis
from thb_indicators.repeats import crossad
from thb_indicators.repeats.facts import Domains, read_facts
from thb_indicators.repeats.graph import Graph
from thb_indicators.repeats.keys import ContactKeys
from thb_indicators.repeats.pairs import NEAR_TEXT
from thb_indicators.repeats.places import Gazetteer
from thb_indicators.repeats.records import Cluster, Facts, Link, OverShared, Reason
from thb_indicators.repeats.signatures import Shingles, similarity
from thb_indicators.repeats.store import Store
from thb_indicators.repeats.template import shared_template

ALL_PAIRS = 60
"""Ads of a cluster up to which every linked pair is listed; of larger ones, each ad with some that it is linked to."""


class Options(msgspec.Struct, frozen=True):
    """How far linking goes.

    Parameters
    ----------
    shared_by
        Ads that one contact or account may stand in; beyond, it ties nothing together and is listed as over-shared.
    template_ads
        Ads of a cluster from which the shared template is made.
    """

    shared_by: int = 500
    template_ads: int = 20


class Linked:
    """What was found; links and clusters are made as they are asked for, and can be asked for again.

    Examples
    --------
    >>> ads = [Ad("1", "Waiters wanted, call 07700 900123", country="GB", basis="synthetic"),
    ...        Ad("2", "Cleaners needed abroad: +44 7700 900123", basis="synthetic")]
    >>> linked = link_ads(ads)
    >>> [(link.left, link.right, link.reasons[0].shown) for link in linked.links()]
    [('1', '2', '+44 •••• •••123')]
    """

    def __init__(self, store: Store, graph: Graph, domains: Domains, options: Options) -> None:
        self._store = store
        self._graph = graph
        self._domains = domains
        self._options = options
        self.ads = len(store.offsets)
        self.over_shared: tuple[OverShared, ...] = graph.over_shared

    def links(self) -> Iterator[Link]:
        """Yield the linked pairs, cluster by cluster."""
        for members in self._graph.clusters:
            yield from self._links(members)

    def clusters(self) -> Iterator[Cluster]:
        """Yield the clusters, in the order of their first ads."""
        gazetteer = Gazetteer.load()
        for number, members in enumerate(self._graph.clusters, start=1):
            yield self._cluster(f"c{number}", members, gazetteer)

    def _links(self, members: NDArray[np.int64]) -> Iterator[Link]:
        store, graph = self._store, self._graph
        pairs: dict[tuple[int, int], list[Reason]] = defaultdict(list)
        inside = {int(i) for i in members}
        shown = {int(i): {contact.key: contact for contact in store.contacts(int(i))} for i in members}
        for group in graph.groups(members):
            listed = combinations(group.ads, 2) if len(group.ads) <= ALL_PAIRS else pairwise(group.ads)
            for i, j in listed:
                contact = shown[i].get(group.key)
                pairs[i, j].append(Reason("contact", contact.kind, contact.shown) if contact else Reason("account"))
        texts = combinations(sorted(inside), 2) if len(inside) <= ALL_PAIRS else graph.text_pairs(members)
        for i, j in texts:
            share = similarity(store.shingles.of(i), store.shingles.of(j))
            if share:
                pairs[i, j].append(Reason("text", similarity=round(share, 4)))
        ids = store.ids(members)
        for (i, j), reasons in sorted(pairs.items()):
            share = max((reason.similarity for reason in reasons), default=0.0)
            yield Link(ids[i], ids[j], share, tuple(reasons))

    def _cluster(self, name: str, members: NDArray[np.int64], gazetteer: Gazetteer) -> Cluster:
        store = self._store
        rows = [int(i) for i in members]
        ads = {i: store.ad(i) for i in rows}
        texts = _texts(rows, store.shingles, self._graph)
        kinds: dict[int, Any] = {}

        def domains(ad: Ad, text: int) -> Any:
            if text not in kinds:
                kinds[text] = self._domains(ad)
            return kinds[text]

        facts = [
            read_facts(
                ads[i], texts[i], store.contacts(i), store.accounts.get(i, ""), gazetteer,
                lambda ad, text=texts[i]: domains(ad, text),
            )
            for i in rows
        ]  # fmt: skip
        actors = tuple(tuple(ads[i].id for i in rows_of) for rows_of in self._graph.actors(rows))
        found = crossad.measure(facts, actors, self._graph.usual)
        largest = max(_by_text(facts).values(), key=len)
        template = shared_template({ad.ad: _whole(ads, ad.ad) for ad in largest[: self._options.template_ads]})
        return Cluster(
            name, tuple(ads[i].id for i in rows), actors, found, crossad.label(facts), summary(facts, len(actors)),
            template if len(largest) > 1 else None,
        )  # fmt: skip


def _whole(ads: Mapping[int, Ad], id: str) -> str:
    return next(ad.text for ad in ads.values() if ad.id == id)


def _by_text(facts: Sequence[Facts]) -> dict[int, list[Facts]]:
    groups: dict[int, list[Facts]] = defaultdict(list)
    for ad in facts:
        groups[ad.text].append(ad)
    return groups


def summary(facts: Sequence[Facts], actors: int) -> dict[str, Any]:
    """Return a cluster's facts for a reader: how many of what, where, when, and how fast it moves."""
    days = sorted(ad.day for ad in facts if ad.day is not None)
    moved = [days for _, days, _ in crossad.stays(facts)]
    numbers = [(contact.country, ad.place.country) for ad in facts for contact in ad.contacts if contact.country]
    elsewhere = [a != b for a, b in numbers if b]
    return {
        "ads": len(facts),
        "actors": actors,
        "contacts": len({contact.key for ad in facts for contact in ad.contacts}),
        "accounts": len({ad.account for ad in facts if ad.account}),
        "personas": len(set(crossad.personas(facts).values())),
        "cities": sorted({ad.place.city for ad in facts if ad.place.city}),
        "countries": sorted({ad.place.country for ad in facts if ad.place.country}),
        "sites": sorted({ad.source for ad in facts if ad.source}),
        "first": _date(days[0]) if days else None,
        "last": _date(days[-1]) if days else None,
        "days": round(days[-1] - days[0], 1) if days else None,
        "median_stay_days": float(np.median(moved)) if moved else None,
        "area_code_mismatch": round(sum(elsewhere) / len(elsewhere), 2) if elsewhere else None,
    }


def _date(day: float) -> str:
    return str(np.datetime64(int(day), "D"))


def link_ads(
    ads: Iterable[Ad],
    keys: ContactKeys | None = None,
    *,
    basis: Basis | None = None,
    domains: Domains | None = None,
    jobs: int = 1,
    options: Options | None = None,
) -> Linked:
    """Find what ties the ads of a batch together.

    Parameters
    ----------
    ads
        The ads; read once, and not held in memory.
    keys
        The keys that contacts are kept under; without any, a throw-away one for this call.
    basis
        Why the texts may be processed, for ads that do not say so themselves.
    domains
        Tells the kind of an ad; the shipped lexicon does when not given.
    jobs
        Processes to read fingerprints with.
    options
        How far linking goes.

    Raises
    ------
    BasisError
        When an ad has no ``basis``.
    """
    chosen = options or Options()
    store = Store.read(ads, keys or ContactKeys.throwaway(), basis, jobs)
    return Linked(store, Graph.of(store, chosen.shared_by), domains or _shipped_domains(), chosen)


def _shipped_domains() -> Domains:
    from thb_indicators.detect import Detector
    from thb_indicators.lexicon import Lexicon

    read: list[Detector] = []

    def domains(ad: Ad) -> Any:
        if not read:  # loading takes seconds, and a batch without a link needs none
            read.append(Detector(Lexicon.load()))
        return read[0].read(ad).domains

    return domains


def _texts(rows: Sequence[int], shingles: Shingles, graph: Graph) -> dict[int, int]:
    """Return the number of each ad's text: ads that share enough of their wording have the same one."""
    parent = {i: i for i in rows}

    def root(i: int) -> int:
        while parent[i] != i:
            i = parent[i]
        return i

    if len(rows) <= ALL_PAIRS:
        near: Iterable[tuple[int, int]] = (
            (i, j) for i, j in combinations(rows, 2) if similarity(shingles.of(i), shingles.of(j)) >= NEAR_TEXT
        )
    else:
        near = graph.text_pairs(np.array(rows), NEAR_TEXT)
    for i, j in near:
        low, high = sorted((root(i), root(j)))
        parent[high] = low
    return {i: root(i) for i in rows}
