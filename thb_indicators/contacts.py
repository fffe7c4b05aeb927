"""Contacts in an ad: phones, e-mails, handles, messaging links and URLs, plain or disguised.

`extract_contacts` is for linking and display and validates phone numbers with `phonenumbers`; `scan` is the quick look
that every ad gets, and says only whether there is a contact and which contacts are disguised.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from operator import sub
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from thb_indicators.addresses import PLATFORMS, find_emails, find_handles, find_links
from thb_indicators.normalize import Normalized, normalize
from thb_indicators.phones import find_numbers
from thb_indicators.spans import DOT, Contact, Span, require_text
from thb_indicators.spelled import SPELLED_HINTS, find_rows, find_spelled

__all__ = ["Contact", "Reach", "contact_spans", "extract_contacts", "find_contacts", "mask_contacts", "scan"]


class Reach(NamedTuple):
    """What a quick look found: whether there is any contact, and where one is disguised."""

    any: bool
    obscured: tuple[Span, ...] = ()


_HINTS = {
    "at": ("(at", "( at", "[at", "[ at", "{at", "{ at", "<at", "*at*", "(@", "[@", "{@", " @ ", "_at_", "-at-", "arroba",
           "chiocciola", "arobase", "klammeraffe", "kukac", "malpa", "собака", "apenstaartje",
           "-dot-", " dot ", "_dot_", "(dot", "( dot", "[dot", "[ dot", "{dot", "<dot", "(.)", "[.]", "{.}",
           " .com", " . com", ". com ", " .org", " . org", " . me", " .me", " .net", " .info",
           " punto ", " ponto ", " punct ", " punkt ", " point com", " point org", " point net", " point fr", "(a)",
           " punt ", " pont ", " точка ", " крапка ", " kropka ",
           "www ", "hxxp"),
    "link": ("http", "www.", ".com", ".net", ".org", ".info", ".biz", ".eu", ".co.uk", ".example", ".me/", ".click", "://",
             "lin.ee", ".gg", ".group"),
    "@": ("@",),
    "page": (".co", ".pl", ".ro", ".bg", ".hu", ".ua", ".ru", ".nl", ".cz", ".gr", ".sk", ".dk", ".hr", ".rs", ".lt", ".lv",
             ".ee", ".uk", ".br", ".mx", ".fr", ".ch", ".pt", ".site", ".online"),
    "name": PLATFORMS,
    "spelled": SPELLED_HINTS,
    "reach": ("whatsapp", "telegram", "viber", "signal", "snapchat", "instagram", "wechat", "skype"),
}  # fmt: skip
"""What must stand in a text before a kind of contact is looked for; one pass finds them all."""
_HINT_KINDS = [kind for kind, words in _HINTS.items() for _ in words]
_HINT_WORDS = AhoCorasick([word for words in _HINTS.values() for word in words])
_REACH_WORDS = frozenset(_HINTS["reach"])
_SPELLED_WORDS, _SPELLED_NEAR = 3, 30
"""So many words of digits begin within so many characters wherever a number is spelled out."""


def extract_contacts(text: str, country: str | None = None) -> list[Contact]:
    """Find every contact in a text.

    Parameters
    ----------
    text
        Any string.
    country
        ISO 3166-1 code of the ad's country, used for phone numbers without a country code.

    Returns
    -------
    list of Contact
        In the order of their places; contacts never overlap. Their values:

        - phone: E.164 where the country is known or written, else the digits; an extension is left out.
        - email: in lower case.
        - handle: "@name" in lower case, whatever platform is named before it.
        - messaging and url: without scheme, "www." and what ends the sentence, the host in lower case, the path as written;
          a messaging link without its ready-made message; a link in an app's own scheme (``viber://``) keeps it.

    Raises
    ------
    InputError
        When `text` is no string.

    Examples
    --------
    >>> [c.value for c in extract_contacts("Call 07700 900123 or ann (at) example (dot) com", "GB")]
    ['+447700900123', 'ann@example.com']
    """
    require_text(text, "text", "(contacts)")
    return find_contacts(normalize(text), country)


def find_contacts(normalized: Normalized, country: str | None = None) -> list[Contact]:
    """Find every contact in a text that is normalized already; as `extract_contacts`."""
    return _first(_candidates(normalized, _hints(normalized.view), country.upper() if country else None, validate=True))


def contact_spans(text: str, country: str | None = None) -> list[Span]:
    """Return what is to be hidden in a text: its contacts, and rows of figures and words that may be a phone number.

    Examples
    --------
    >>> contact_spans("oh seven seven 00 nine hundred 123"), contact_spans("two hours 150, open nine to five")
    ([Span(start=0, end=34)], [])
    """
    normalized = normalize(text)
    return list(dict.fromkeys([*(contact.span for contact in find_contacts(normalized, country)), *find_rows(normalized)]))


def mask_contacts(text: str, country: str | None = None) -> str:
    """Return a text with every contact in it dotted out; lengths stay.

    Examples
    --------
    >>> mask_contacts("Ask for Ann, 07700 900123")
    'Ask for Ann, ••••••••••••'
    """
    for start, end in contact_spans(text, country):
        text = text[:start] + DOT * (end - start) + text[end:]
    return text


def scan(normalized: Normalized) -> Reach:
    """Take the quick look that every ad gets.

    Examples
    --------
    >>> scan(normalize("seven seven zero zero nine zero zero one two three"))
    Reach(any=True, obscured=(Span(start=0, end=50),))
    """
    hints = _hints(normalized.view)
    found = _first(_candidates(normalized, hints, None, validate=False))
    named = "reach" in hints and not _REACH_WORDS.isdisjoint(normalized.words)
    return Reach(bool(found) or "link" in hints or named, tuple(contact.span for contact in found if contact.obscured))


def _hints(view: str) -> dict[str, list[int]]:
    """Return where words of each kind of hint begin."""
    places: dict[str, list[int]] = {}
    for number, start, _ in _HINT_WORDS.find_matches_as_indexes(view, overlapping=True):
        places.setdefault(_HINT_KINDS[number], []).append(start)
    return places


def _first(candidates: Iterator[Contact]) -> list[Contact]:
    """Return the contacts in the order of their places; where two overlap, the one that was found first counts."""
    taken: list[Contact] = []
    for contact in candidates:
        if not any(contact.span.start < c.span.end and c.span.start < contact.span.end for c in taken):
            taken.append(contact)
    return sorted(taken, key=lambda contact: contact.span)


def _candidates(
    normalized: Normalized, hints: Mapping[str, Sequence[int]], country: str | None, *, validate: bool
) -> Iterator[Contact]:
    """Yield contacts, the surest kinds first."""
    at_signs, disguises, links = hints.get("@", ()), hints.get("at", ()), hints.get("link", ())
    pages = hints.get("page") if validate else None
    places = sorted((*links, *pages)) if pages else links
    if at_signs or disguises:
        emails = list(find_emails(normalized, at_signs, disguises))
        yield from emails
        if normalized.in_place:  # what stands in an address is no sign of anything else
            at_signs, places = _outside(emails, at_signs), _outside(emails, places)
    if places or disguises:
        yield from find_links(normalized, places, disguises, pages=validate)
    if at_signs or "name" in hints:
        yield from find_handles(normalized, at_signs, hints.get("name", ()))
    if "spelled" in hints and _are_near(normalized.view, hints["spelled"]):
        yield from find_spelled(normalized, country, validate=validate)
    yield from find_numbers(normalized, country, validate=validate)


def _outside(contacts: Sequence[Contact], places: Sequence[int]) -> Sequence[int]:
    """Return the places that stand in none of some contacts."""
    for start, end in (one.span for one in contacts):
        places = [place for place in places if not start <= place < end]
    return places


def _are_near(view: str, words: Sequence[int]) -> bool:
    """Whether some words for digits stand close together, or one stands right after a digit."""
    apart = [start for start in words if not view[start - 1 : start].isalpha()]
    starts = words if len(words) - len(apart) >= _SPELLED_WORDS else apart
    if len(starts) >= _SPELLED_WORDS and min(map(sub, starts[_SPELLED_WORDS - 1 :], starts)) <= _SPELLED_NEAR:
        return True
    return any(view[start - 1 : start].isdigit() for start in apart)
