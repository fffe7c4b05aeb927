"""Linking a batch of ads on one machine: pairs with their reasons, clusters, advertisers, cross-ad indicators.

Every ad is read once for its fingerprints; the ads themselves go to a temporary file, and only those that something ties
to another ad are read again. In memory stay some 1,000 bytes an ad (``benchmarks/linking.py`` has the figures).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from functools import lru_cache
from itertools import islice
from threading import Thread
from typing import Any

import msgspec

from thb_indicators.collector import collector_resting
from thb_indicators.detect import Detector
from thb_indicators.lexicon import Lexicon
from thb_indicators.records import Ad, Basis, Domain
from thb_indicators.repeats.cluster import Explained, explain
from thb_indicators.repeats.facts import Domains, read_facts
from thb_indicators.repeats.graph import Graph, connect
from thb_indicators.repeats.keys import ContactKeys
from thb_indicators.repeats.places import Gazetteer
from thb_indicators.repeats.rates import Rate
from thb_indicators.repeats.records import Cluster, Link, OverShared
from thb_indicators.repeats.store import Store, Stored

SHARED_BY = 500
"""Ads that one contact or account may stand in and still tie them together."""
LARGE = 100_000
"""Ads from which the processes that will explain clusters get ready while these are still being found."""
_CLUSTERS_AT_ONCE = 200
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[Explained]).decode


class Linked:
    """What was found in a batch. It is made as it is asked for, cluster by cluster, and can be asked for again.

    Iterating yields each cluster with its linked pairs; `links` and `clusters` yield one of the two.

    Examples
    --------
    >>> ads = [Ad("1", "Waiters wanted, call 07700 900123", country="GB", basis="synthetic"),
    ...        Ad("2", "Cleaners needed abroad: +44 7700 900123", basis="synthetic")]
    >>> [(link.left, link.right, link.reasons[0].kind) for link in link_ads(ads).links()]
    [('1', '2', 'contact')]
    """

    def __init__(self, store: Store, graph: Graph, domains: Domains, jobs: int) -> None:
        self._store = store
        self._graph = graph
        self._domains = domains
        self._jobs = jobs

    @property
    def ads(self) -> int:
        """The number of ads that were read."""
        return len(self._store.offsets)

    @property
    def over_shared(self) -> tuple[OverShared, ...]:
        """Contacts and accounts that stand in too many ads to tie them together."""
        return self._graph.over_shared

    def links(self) -> Iterator[Link]:
        """Yield the linked pairs, cluster by cluster."""
        for one in self:
            yield from one.links

    def clusters(self) -> Iterator[Cluster]:
        """Yield the clusters, in the order of their first ads."""
        for one in self:
            yield one.cluster

    def __iter__(self) -> Iterator[Explained]:
        """Yield each cluster with its linked pairs."""
        graph = self._graph
        named = ((f"c{n}", [self._store.member(i) for i in rows.tolist()]) for n, rows in enumerate(graph.clusters, start=1))
        chunks = iter(lambda: list(islice(named, _CLUSTERS_AT_ONCE)), [])
        told = (graph.over_shared_keys, graph.usual, self._domains)
        if self._jobs == 1 or len(graph.clusters) < _CLUSTERS_AT_ONCE:
            for chunk in chunks:
                yield from _explained(chunk, *told)
            return
        calls = ((_explained_as_bytes, (chunk, *told)) for chunk in chunks)
        for raw in _in_processes(calls, self._domains, self._jobs):
            yield from _decode(raw)


def _in_processes(calls: Iterable[tuple[Callable[..., Any], tuple[Any, ...]]], domains: Domains, jobs: int) -> Iterator[Any]:
    """Yield what some calls return, in order, made in processes that have the shipped lexicon ready where it is needed."""
    from joblib import Parallel, delayed  # imported where used: one process needs none of it

    ready = _get_ready if domains is shipped_domains else None
    yield from Parallel(n_jobs=jobs, return_as="generator", initializer=ready)(delayed(call)(*given) for call, given in calls)


@contextmanager
def _getting_ready(jobs: int) -> Iterator[None]:
    """Start the processes that clusters will be explained in, while one core is at work with something else."""
    waiting = Thread(target=lambda: list(_in_processes([(_get_ready, ())] * jobs, shipped_domains, jobs)))
    waiting.start()
    try:
        yield
    finally:
        waiting.join()


def _explained(
    clusters: list[tuple[str, list[Stored]]], over_shared: frozenset[str], usual: Rate, domains: Domains
) -> list[Explained]:
    with collector_resting():
        return [explain(name, [one.member() for one in stored], over_shared, usual, domains) for name, stored in clusters]


def _explained_as_bytes(
    clusters: list[tuple[str, list[Stored]]], over_shared: frozenset[str], usual: Rate, domains: Domains
) -> bytes:
    return _encode(_explained(clusters, over_shared, usual, domains))


def link_ads(
    ads: Iterable[Ad],
    keys: ContactKeys | None = None,
    *,
    basis: Basis | None = None,
    domains: Domains | None = None,
    shared_by: int = SHARED_BY,
    jobs: int = 1,
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
    shared_by
        Ads that one contact or account may stand in; beyond, it ties nothing together and is listed as over-shared.
    jobs
        Processes to work with.

    Raises
    ------
    BasisError
        When an ad has no ``basis``.
    """
    with collector_resting():
        store = Store.read(ads, keys or ContactKeys.throwaway(), basis, jobs)
        domains = domains or shipped_domains
        early = jobs > 1 and domains is shipped_domains and len(store.offsets) >= LARGE
        with _getting_ready(jobs) if early else nullcontext():
            graph = connect(store, shared_by)
    return Linked(store, graph, domains, jobs)


def shipped_domains(ad: Ad) -> tuple[Domain, ...]:
    """Tell the kind of an ad with the shipped lexicon."""
    return _detector().domains(ad)


def _get_ready() -> None:
    """Load the shipped lexicon and the names of places, and build what looks for them in every language."""
    ad = Ad("", "Xyz", basis="synthetic")  # in no language, so that all are looked at
    shipped_domains(ad)
    read_facts(ad, 0, (), "", Gazetteer.load())


@lru_cache(maxsize=1)
def _detector() -> Detector:
    return Detector(Lexicon.load())  # takes seconds, and a batch without a link needs none
