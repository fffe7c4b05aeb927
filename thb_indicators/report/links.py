"""Links between ads, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from thb_indicators.errors import InputError
from thb_indicators.report.line import KeptLink, KeptReason
from thb_indicators.report.mask import harmless
from thb_indicators.report.words import CONTACT_WORDS


class LinkView(NamedTuple):
    """Another ad that something ties to this one, and what."""

    ad_id: str
    reasons: tuple[str, ...]


def link_view(link: KeptLink, ad_id: str) -> LinkView:
    """Return a link as it is seen from one of its ads."""
    return LinkView(harmless(link.right if link.left == ad_id else link.left), tuple(map(_reason, link.reasons)))


def _reason(reason: KeptReason) -> str:
    """Return why two ads are linked, in words.

    Examples
    --------
    >>> _reason(KeptReason("contact", "phone", "+44 77•• ••••23"))
    'the same phone number (+44 77•• ••••23)'
    """
    if reason.kind == "account":
        return "the same account"
    if reason.kind == "text":
        return f"texts {reason.similarity:.0%} alike"
    shown = f" ({harmless(reason.shown)})" if reason.shown else ""
    return f"the same {CONTACT_WORDS.get(reason.contact, 'contact')}{shown}"


def kept_link(line: Mapping[str, Any]) -> KeptLink:
    """Return a line of ``links.jsonl`` as a record.

    Raises
    ------
    InputError
        When it is no such line.
    """
    try:
        return msgspec.convert(line, KeptLink)
    except msgspec.ValidationError as error:
        raise InputError(f"no line of links.jsonl: {error}") from error
