"""What an ad says that its repeats are compared by: when, where, who, in which role. Read only of ads that are linked."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

from thb_indicators.normalize import normalize
from thb_indicators.records import Ad, Domain
from thb_indicators.repeats.personas import presented
from thb_indicators.repeats.places import Gazetteer
from thb_indicators.repeats.records import Facts, KeyedContact, Place
from thb_indicators.repeats.roles import amends, roles

Domains = Callable[[Ad], tuple[Domain, ...]]
"""Tells what kind of ad one is; `thb_indicators.detect` does."""
_DAY = 86_400.0
# It begins with a digit, so that the rest of a text is passed over fast; what stands before the digit is looked at after.
_NUMBER = re.compile(r"\d(?<![\d+/.@_-]\d)(?<!\d[ .-]\d)\d{1,3}(?![ .-]?\d|\w|/)")
_NAME = re.compile(r"[^\W\d_]+(?:[ '’.-]{1,2}[^\W\d_]+){0,3}")
"""A town's name: one that the gazetteer does not have, or leaves open, still differs from other names."""


def read_facts(ad: Ad, text: int, contacts: tuple[KeyedContact, ...], account: str, gazetteer: Gazetteer) -> Facts:
    """Return what one ad says that others can be compared with; what kind of ad it is remains to be told (`Facts.of`).

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
    """
    place = gazetteer.resolve(ad.city, ad.country)
    named = (ad.city or "").strip()
    if place.city is None and _NAME.fullmatch(named):
        place = Place(named.title(), place.country)
    elif place.city is None and not named:
        said = gazetteer.mentioned(f"{ad.title}\n{ad.text}", ad.language, place.country)
        towns = [one for one in said if one.city]
        place = towns[0] if towns else place if place.country or not said else said[0]
    who, offered = presented(ad.title, ad.text, ad.language)
    whole = normalize(f"{ad.title} . {ad.text}")
    return Facts(
        ad.id, text, day_of(ad.posted_at), place, ad.source, account or None, contacts,
        who, ad.language, (), roles(whole), numbers(ad.text, who.age), amends(whole), offered,
    )  # fmt: skip


def numbers(text: str, age: int | None = None) -> tuple[int, ...]:
    """Return the prices, times and the like of a text, without a stated age and what looks like a contact.

    Examples
    --------
    >>> numbers("Lena, 24: an hour 100, the evening 350, call +44 7700 900123", 24)
    (100, 350)
    """
    return tuple(int(found[0]) for found in _NUMBER.finditer(text) if int(found[0]) != age)


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
