"""What an ad says that its repeats are compared by: when, where, who, in which role. Read only of ads that are linked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from thb_indicators.records import Ad, Domain
from thb_indicators.repeats.personas import persona
from thb_indicators.repeats.places import Gazetteer
from thb_indicators.repeats.records import Facts, KeyedContact
from thb_indicators.repeats.roles import roles

Domains = Callable[[Ad], tuple[Domain, ...]]
"""Tells what kind of ad one is; `thb_indicators.detect` does."""
_DAY = 86_400.0


def read_facts(
    ad: Ad, text: int, contacts: tuple[KeyedContact, ...], account: str, gazetteer: Gazetteer, domains: Domains
) -> Facts:
    """Return what one ad says that others can be compared with.

    Parameters
    ----------
    ad
        The ad.
    text
        The number of the group of ads with its text.
    contacts, account
        As `thb_indicators.repeats.fingerprints` keeps them.
    gazetteer
        Resolves the ad's fields, or what its text says, to a place.
    domains
        Tells the kind of ad.
    """
    place = gazetteer.resolve(ad.city, ad.country)
    if place.city is None and not (ad.city or "").strip():
        said = gazetteer.mentioned(f"{ad.title}\n{ad.text}", ad.language, place.country)
        towns = [one for one in said if one.city]
        place = towns[0] if towns else place if place.country or not said else said[0]
    return Facts(
        ad.id, text, day_of(ad.posted_at), place, ad.source, account or None, contacts,
        persona(ad.title, ad.text, ad.language), ad.language, domains(ad), roles(f"{ad.title} {ad.text}"),
    )  # fmt: skip


def day_of(posted_at: str | None) -> float | None:
    """Return a date or time as days since 1970-01-01, or None where it is missing or no date.

    Examples
    --------
    >>> day_of("2026-01-02"), day_of("2026-01-02T12:00:00+00:00"), day_of("soon")
    (20455.0, 20455.5, None)
    """
    if not posted_at:
        return None
    try:
        when = datetime.fromisoformat(posted_at.strip())
    except ValueError:
        return None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() / _DAY
