"""Links between ads, in words."""

from __future__ import annotations

from typing import NamedTuple

from thb_indicators.repeats.records import Link, Reason
from thb_indicators.report.mask import harmless
from thb_indicators.report.words import CONTACT_WORDS


class LinkView(NamedTuple):
    """Another ad that something ties to this one, and what."""

    ad_id: str
    reasons: tuple[str, ...]


def link_view(link: Link, ad_id: str) -> LinkView:
    """Return a link as it is seen from one of its ads."""
    return LinkView(harmless(link.right if link.left == ad_id else link.left), tuple(map(_reason, link.reasons)))


def _reason(reason: Reason) -> str:
    """Return why two ads are linked, in words.

    Examples
    --------
    >>> _reason(Reason("contact", "phone", "+44 77•• ••••23"))
    'the same phone number (+44 77•• ••••23)'
    """
    if reason.kind == "account":
        return "the same account"
    if reason.kind == "text":
        return f"texts {reason.similarity:.0%} alike"
    shown = f" ({harmless(reason.shown)})" if reason.shown else ""
    return f"the same {CONTACT_WORDS.get(reason.contact, 'contact')}{shown}"
