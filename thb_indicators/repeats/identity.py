"""What a contact is compared by, which contacts are no one's own, and the form in which a contact is shown."""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers

from thb_indicators.spans import Contact, ContactKind

_PHONE_LINK = re.compile(
    r"(?:wa\.me/|(?:api|web)\.whatsapp\.com/send/?\?(?:.*&)?phone=|whatsapp://send/?\?(?:.*&)?phone=|signal\.me/#p/|"
    r"viber://(?:chat|add)/?\?number=|t\.me/(?=\+|%2b))(?:\+|%2b|00)?(?P<digits>[1-9][0-9]{6,14})(?![0-9a-z])"
)
_PROFILE_LINK = re.compile(
    r"(?:t\.me|telegram\.me|m\.me|ig\.me/m|instagram\.com|tiktok\.com|snapchat\.com/add|facebook\.com|twitter\.com|x\.com|"
    r"line\.me/(?:r/)?ti/p)/[@~]?(?P<name>[a-z][a-z0-9_.]{2,29})(?:$|[/?])"
)
_NOT_PROFILES = frozenset([
    "joinchat", "share", "addstickers", "proxy", "explore", "stories", "reel", "login", "groups", "pages", "events",
    "marketplace", "watch", "profile.php", "search", "hashtag", "message",
])  # fmt: skip
_IN_A_LANGUAGE = re.compile(
    r"(?<=[^/:]/)(?:en|es|pt|ro|de|fr|it|nl|bg|hu|uk|ru|pl|cs|sk|el|tr|da|sv|fi|no|hr|sl|sr|lt|lv|et)(?:-[a-z]{2})?/?$"
)
"""The front page of a site in one of its languages."""
_TRACKING = re.compile(r"(?<=[?&])(?:utm_[a-z]+|fbclid|gclid|igshid|igsh)=[^&#]*&?")
# Mailboxes that a platform keeps for everybody (RFC 2142, and no-reply) are no one's own; a business' own "info" is.
_ROLES = frozenset([
    "support", "abuse", "noc", "security", "postmaster", "hostmaster", "webmaster", "www", "noreply", "no-reply", "no_reply",
    "donotreply", "do-not-reply", "help", "helpdesk", "privacy", "newsletter", "safety", "report", "complaints",
])  # fmt: skip
_PLATFORM_NAMES = frozenset([
    "whatsapp", "telegram", "instagram", "snapchat", "viber", "signal", "facebook", "tiktok", "username", "yourname",
])  # fmt: skip
_FOR_ALL_PAGE = re.compile(
    r"[^/?#]+/(?:[a-z]{2}/)?(?:terms|privacy|safety|report|help|faq|rules|cookies|legal|support|agb|datenschutz|impressum)\b"
)
_PLATFORM_PAGE = re.compile(
    r"(?:[\w\-]+\.)*(?:facebook|instagram|tiktok|twitter|google|youtube|airbnb|booking|whatsapp)\.\w+/?$"
)
_FEW_DIGITS = 3
_HIDDEN = "•"


def identity(contact: Contact) -> tuple[ContactKind, str]:
    """Return what a contact is compared by, so that the forms of one contact are one.

    - A messaging link with a phone number in it (WhatsApp, Signal, Viber, Telegram) is that phone.
    - A link to a profile and "@name" are one handle. An ad's "@name" does not say which platform it is on, so the platform
      is left out everywhere: one name on two platforms counts as one.
    - The tag of a tagged address (``name+tag@``, RFC 5233) and what a link carries for tracking are left out, and a site's
      front page is one in all its languages (``example.com/en``).

    Examples
    --------
    >>> from thb_indicators import extract_contacts
    >>> [identity(c) for c in extract_contacts("wa.me/447700900123 or https://t.me/Example_Ann")]
    [('phone', '+447700900123'), ('handle', '@example_ann')]
    """
    value = contact.value
    if contact.kind == "email":
        name, _, host = value.rpartition("@")
        return "email", f"{name.partition('+')[0] or name}@{host}"
    if contact.kind in ("messaging", "url"):
        lower = value.lower()
        phone = _PHONE_LINK.match(lower)
        if phone:
            return "phone", f"+{phone['digits']}"
        profile = _PROFILE_LINK.match(lower)
        if profile and profile["name"] not in _NOT_PROFILES:
            return "handle", f"@{profile['name'].rstrip('.')}"
        value = _TRACKING.sub("", value).rstrip("?&")
        return contact.kind, _IN_A_LANGUAGE.sub("", value).rstrip("/") if contact.kind == "url" else value
    return contact.kind, value


def generic(contact: Contact) -> bool:
    """Whether a contact is shared by so many that it ties nobody to anybody.

    Freephone numbers (help lines, carriers), numbers of one or two digits repeated, mailboxes that a platform keeps for
    everybody (RFC 2142, and no-reply), pages of terms and help, and platforms' own front pages and names.

    Examples
    --------
    >>> from thb_indicators import extract_contacts
    >>> [generic(c) for c in extract_contacts("abuse@example.com, ann@example.com, example.org/terms, example.org/ann")]
    [True, False, True, False]
    """
    kind, value = identity(contact)
    if kind == "phone":
        return _is_generic_number(value)
    if kind == "email":
        return value.partition("@")[0] in _ROLES
    if kind == "handle":
        return value[1:] in _ROLES | _PLATFORM_NAMES
    if kind == "messaging" and "/" not in value.rstrip("/"):
        return True
    return _FOR_ALL_PAGE.match(value) is not None or _PLATFORM_PAGE.match(value) is not None


@lru_cache(maxsize=4096)
def _is_generic_number(value: str) -> bool:
    if len(set(value.lstrip("+"))) < _FEW_DIGITS:
        return True
    number = _parsed(value)
    return number is not None and phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.TOLL_FREE


def country_of(contact: Contact) -> str | None:
    """Return the country of a phone number's prefix, or None where there is no prefix, or it is no country's.

    Examples
    --------
    >>> from thb_indicators import extract_contacts
    >>> [country_of(c) for c in extract_contacts("+1 202 555 0123, ann@example.com")]
    ['US', None]
    """
    return _country(contact.value) if contact.kind == "phone" else None


@lru_cache(maxsize=4096)
def _country(value: str) -> str | None:
    number = _parsed(value)
    return phonenumbers.region_code_for_number(number) if number else None


def _parsed(value: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(value) if value.startswith("+") else None
    except phonenumbers.NumberParseException:
        return None


def masked(contact: Contact) -> str:
    """Return the form in which a contact is shown: enough to tell two apart, too little to reach anyone.

    Of a phone the country code and the last four digits stay (three where the number is short), of a name and a host the
    first letter, of a link the host.

    Examples
    --------
    >>> from thb_indicators import extract_contacts
    >>> [masked(c) for c in extract_contacts("07700 900123, ann@example.com, @example_ann, t.me/example_ann", "GB")]
    ['+44 •••• ••0123', 'a••@e••.com', '@e•••', 't.me/e•••']
    """
    kind, value = identity(contact)
    if contact.kind in ("messaging", "url"):
        scheme, _, app = contact.value.rpartition("://")
        host = f"{scheme}:/" if scheme else app.partition("/")[0]
        if contact.kind == "url":
            host = _masked_host(host)
        inner = _masked_phone(value) if kind == "phone" else f"{value[1]}{_HIDDEN * 3}" if kind == "handle" else _HIDDEN * 3
        return f"{host}/{inner}" if "/" in contact.value else host
    if kind == "phone":
        return _masked_phone(value)
    if kind == "email":
        name, _, host = value.rpartition("@")
        return f"{name[0]}{_HIDDEN * 2}@{_masked_host(host)}"
    return f"@{value[1]}{_HIDDEN * 3}"


def _masked_host(host: str) -> str:
    name, _, top = host.rpartition(".")
    return f"{name[:1]}{_HIDDEN * 2}.{top}"


_LONG_NUMBER, _SHORT_NUMBER = 10, 8


def _masked_phone(value: str) -> str:
    number = _parsed(value)
    country = str(number.country_code) if number else ""
    digits = value.lstrip("+").removeprefix(country)
    shown = 4 if len(digits) >= _LONG_NUMBER else 3 if len(digits) >= _SHORT_NUMBER else 2
    hidden = max(0, len(digits) - shown)
    body = f"{_HIDDEN * min(4, hidden)} {_HIDDEN * max(0, hidden - 4)}{digits[hidden:]}"
    return f"+{country} {body}" if country else body
