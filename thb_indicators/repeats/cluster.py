"""One cluster explained from its ads alone: the linked pairs with their reasons, the advertisers, what was measured.

Every engine (one machine, Spark) finds which ads belong together in its own way and then comes here, so that their answers
are the same.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, pairwise
from statistics import median
from typing import Any, NamedTuple

import msgspec
import numpy as np

from thb_indicators.records import Ad, Domain
from thb_indicators.repeats import crossad, movement
from thb_indicators.repeats.facts import Domains, day_of, read_facts
from thb_indicators.repeats.names import fold
from thb_indicators.repeats.pairs import NEAR_TEXT, ends, joined, short_keys, text_pairs
from thb_indicators.repeats.places import Gazetteer
from thb_indicators.repeats.rates import Rate
from thb_indicators.repeats.records import Cluster, Facts, KeyedContact, Link, Measured, Persona, Reason
from thb_indicators.repeats.signatures import Codes, Shingles, Wording, bands, signatures
from thb_indicators.repeats.template import shared_template

ALL_PAIRS = 60
"""Ads of a cluster up to which every linked pair is listed; of larger ones, each ad with some that it is linked to."""
_NAME = re.compile(r"\b[^\W\d_a-z]\w+")
"""A word that may be a name: it begins with a capital letter."""
GIVEN_ANEW_DAYS = 365.0
"""Days without an ad after which a number may be another subscriber's; operators give unused numbers out again."""
TEMPLATE_ADS = 20
"""Ads of one text from which the shared template is made."""


class Member(NamedTuple):
    """An ad of a cluster, with its fingerprints."""

    ad: Ad
    contacts: tuple[KeyedContact, ...]
    account: str
    codes: Codes

    def keys(self) -> Iterator[tuple[str, Reason]]:
        """Yield what ties this ad to others, and how such a tie is told."""
        for contact in self.contacts:
            yield contact.key, Reason("contact", contact.kind, contact.shown)
        if self.account:
            yield self.account, Reason("account")


class Explained(NamedTuple):
    """A cluster and its linked pairs."""

    cluster: Cluster
    links: tuple[Link, ...]


def explain(name: str, members: Sequence[Member], over_shared: frozenset[str], usual: Rate, domains: Domains) -> Explained:
    """Explain one cluster.

    Parameters
    ----------
    name
        The cluster's name.
    members
        Its ads, in the order of the batch.
    over_shared
        Keys of contacts and accounts that stand in too many ads to tie any together.
    usual
        How many ads advertisers of this batch usually have.
    domains
        Tells the kind of an ad.
    """
    tied = _tied(members, over_shared)
    shares = _shares(members)
    links = _links(members, tied, shares)
    owned = ((reason, group) for reason, group in tied if not _of_a_house(reason, group, members))
    advertisers = [held for reason, group in owned for held in _holders(reason, group, members)]
    actors = joined(len(members), (pair for group in advertisers for pair in pairwise(group)))
    same = (pair for pair, share in shares.items() if share >= NEAR_TEXT or actors[pair[0]] == actors[pair[1]])
    texts = joined(len(members), same)  # one advertiser's versions may be edited more
    ids = [member.ad.id for member in members]
    by_actor = tuple(tuple(ids[i] for i in group) for group in _groups(actors))
    facts = _with_known_names(_facts(members, texts), members)
    found = _measured(facts, members, by_actor, usual, domains)
    largest = max(_groups(texts), key=len)
    template = shared_template({ids[i]: members[i].ad.text for i in largest[:TEMPLATE_ADS]}) if len(largest) > 1 else None
    cluster = Cluster(name, tuple(ids), by_actor, found, crossad.label(facts), summary(facts, len(by_actor)), template)
    return Explained(cluster, links)


def _tied(members: Sequence[Member], over_shared: frozenset[str]) -> list[tuple[Reason, list[int]]]:
    """Return the ads that share each contact and account."""
    by_key: dict[str, list[int]] = defaultdict(list)
    told: dict[str, Reason] = {}
    for i, member in enumerate(members):
        for key, reason in member.keys():  # noqa: SIM118  # not a mapping's keys
            if key not in over_shared:
                by_key[key].append(i)
                told[key] = reason
    return [(told[key], group) for key, group in by_key.items() if len(group) > 1]


def _of_a_house(reason: Reason, group: Sequence[int], members: Sequence[Member]) -> bool:
    """Whether a shared contact is a house's, where several advertisers are found, and not one advertiser's.

    A contact is when most of the ads call it a reception's, or one to report to, and no account has two of them; a page is when
    every ad has another contact of its own, as on a board that mirrors others' ads.
    """
    if reason.contact == "url":
        own = [{contact.key for contact in members[i].contacts if contact.kind != "url"} for i in group]
        return all(own) and sum(map(len, own)) == len(set().union(*own))
    called = sum(contact.house for i in group for contact in members[i].contacts if contact.shown == reason.shown)
    accounts = [members[i].account for i in group if members[i].account]
    return reason.kind == "contact" and called * 2 > len(group) and len(set(accounts)) == len(accounts)


def _holders(reason: Reason, group: list[int], members: Sequence[Member]) -> Iterator[list[int]]:
    """Yield the ads of each holder of a contact: a number unused for long may come back with another account.

    Without dates and accounts on both sides, there is one holder.
    """
    days = {i: day_of(members[i].ad.posted_at) for i in group}
    if reason.contact != "phone" or None in days.values():
        yield group
        return
    held: list[int] = []
    for i in sorted(group, key=lambda i: (days[i] or 0.0, i)):
        if held and (days[i] or 0.0) - (days[held[-1]] or 0.0) > GIVEN_ANEW_DAYS:
            before, after = ({members[j].account for j in some} for some in (held, set(group) - set(held)))
            if "" not in before | after and not before & after:
                yield held
                held = []
        held.append(i)
    yield held


def _shares(members: Sequence[Member]) -> dict[tuple[int, int], float]:
    """Return the pairs whose texts are versions of one, with how much each shares."""
    if len(members) <= ALL_PAIRS:
        wordings = [Wording(member.codes) for member in members]
        every = combinations(range(len(members)), 2)
        return {(i, j): share for i, j in every if (share := wordings[i].similarity(wordings[j]))}
    made = Shingles.joined([member.codes for member in members])
    found = signatures(made)
    pairs, shares = text_pairs(short_keys(bands(found)), found.astype(np.uint8), made)
    left, right = ends(pairs)
    return dict(zip(zip(left.tolist(), right.tolist(), strict=True), shares.tolist(), strict=True))


def _links(
    members: Sequence[Member], tied: Iterable[tuple[Reason, list[int]]], shares: Mapping[tuple[int, int], float]
) -> tuple[Link, ...]:
    reasons: dict[tuple[int, int], list[Reason]] = defaultdict(list)
    for reason, group in tied:
        for pair in combinations(group, 2) if len(group) <= ALL_PAIRS else pairwise(group):
            reasons[pair].append(reason)
    for pair, share in shares.items():
        reasons[pair].append(Reason("text", similarity=round(share, 4)))
    return tuple(
        Link(members[i].ad.id, members[j].ad.id, round(shares.get((i, j), 0.0), 4), tuple(dict.fromkeys(reasons[i, j])))
        for i, j in sorted(reasons)
    )


def _groups(names: Sequence[int]) -> list[list[int]]:
    groups: dict[int, list[int]] = defaultdict(list)
    for i, name in enumerate(names):
        groups[name].append(i)
    return list(groups.values())


def _facts(members: Sequence[Member], texts: Sequence[int]) -> list[Facts]:
    gazetteer = Gazetteer.load()
    return [
        read_facts(member.ad, text, member.contacts, member.account, gazetteer)
        for member, text in zip(members, texts, strict=True)
    ]


def _with_known_names(facts: Sequence[Facts], members: Sequence[Member]) -> list[Facts]:
    """Give ads without a stated name the one that another ad of the cluster states and that stands in theirs as well."""
    known = {one.persona.name for one in facts if one.persona.name}
    found = []
    for one, member in zip(facts, members, strict=True):
        if not one.persona.name and known:
            said = {fold(word) for word in _NAME.findall(f"{member.ad.title} {member.ad.text}")} & known
            if len(said) == 1:
                name = said.pop()
                age = one.offered.age if one.offered.name == name else one.persona.age
                one = msgspec.structs.replace(one, persona=Persona(name, age))
        found.append(one)
    return found


def _measured(
    facts: Sequence[Facts], members: Sequence[Member], actors: Sequence[Sequence[str]], usual: Rate, domains: Domains
) -> tuple[Measured, ...]:
    """Return the cross-ad indicators of a cluster.

    What kind of ad each is takes longest to tell. Ads of one text are of one kind; and the texts are told one by one, until
    what is still open can make no difference.
    """
    kinds: dict[int, tuple[Domain, ...]] = {}
    for one, member in zip(facts, members, strict=True):
        if one.text not in kinds:
            if not crossad.could_show(facts, kinds, actors, usual):
                return ()
            kinds[one.text] = domains(member.ad)
    return crossad.measure(crossad.of_kinds(facts, kinds), actors, usual)


def summary(facts: Sequence[Facts], actors: int) -> dict[str, Any]:
    """Return a cluster's facts for a reader: how many of what, where, when, and how fast it moves."""
    days = sorted(ad.day for ad in facts if ad.day is not None)
    stays = [days for _, days, _ in movement.stays(facts)]
    elsewhere = [c.country != ad.place.country for ad in facts for c in ad.contacts if c.country and ad.place.country]
    return {
        "ads": len(facts),
        "actors": actors,
        "contacts": len({contact.key for ad in facts for contact in ad.contacts if not contact.maybe}),
        "accounts": len({ad.account for ad in facts if ad.account}),
        "personas": len(set(crossad.personas(facts).values())),
        "cities": sorted({ad.place.city for ad in facts if ad.place.city}),
        "countries": sorted({ad.place.country for ad in facts if ad.place.country}),
        "sites": sorted({ad.source for ad in facts if ad.source}),
        "first": _date(days[0]) if days else None,
        "last": _date(days[-1]) if days else None,
        "days": round(days[-1] - days[0], 1) if days else None,
        "median_stay_days": round(median(stays), 1) if stays else None,
        "area_code_mismatch": round(sum(elsewhere) / len(elsewhere), 2) if elsewhere else None,
    }


def _date(day: float) -> str:
    return str(np.datetime64(int(day), "D"))
