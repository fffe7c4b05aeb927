"""What ties an ad to others: keyed contacts, the account, and the text's fingerprint. Cheap enough for every ad."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from thb_indicators.contacts import find_contacts
from thb_indicators.disguises import kinds_of
from thb_indicators.figures import SHORTEST_NATIONAL
from thb_indicators.normalize import Normalized, normalize
from thb_indicators.numbering import in_country, is_valid, national_digits
from thb_indicators.records import Ad
from thb_indicators.repeats.identity import country_of
from thb_indicators.repeats.keys import ContactKeys, fingerprints, generic, keyed, masked
from thb_indicators.repeats.places import Gazetteer
from thb_indicators.repeats.records import KeyedContact
from thb_indicators.repeats.signatures import Shingles, bands, shingles, signatures
from thb_indicators.spans import Contact

MAX_CHARACTERS = 20_000
"""Characters of title and text that are read."""

_BEFORE = 60


class _Terms:
    """Words, ``*`` for any ending, of which one is looked for in lower-case text."""

    def __init__(self, *terms: str) -> None:
        self._stems = tuple(term.rstrip("*") for term in terms)
        self._whole = re.compile(rf"\b(?:{'|'.join(terms)})\b".replace("*", r"\w*"))

    def any_in(self, text: str) -> bool:
        # nearly every text has no stem at all, and ten times the time goes into the expression
        return any(stem in text for stem in self._stems) and self._whole.search(text) is not None


_LEET = re.compile(r"[0-9](?<=[^\W\d_][0-9])[0-9]*[^\W\d_]")
"""A digit within a word."""
_SPACED = re.compile(r" [^\W\d_] [^\W\d_] [^\W\d_] [^\W\d_] ")
_RECEPTION = _Terms(
    "recepc*", "recept*", "recepç*", "recepți*", "récept*", "rezeption*", "empfang*", "front desk", "clinic desk", "the desk",
    "switchboard", "centralita", "conmutador", "standard", "secretariat", "secrétariat", "sekretariat", "anmeldung", "balie",
    "accueil", "portineria", "centralino", "рецепци*", "ресепшн*", "рецепці*", "porta", "porter", "concierge",
)  # fmt: skip
"""A reception, front desk or switchboard, in the languages of the lexicon."""
_REPORTS = _Terms(
    "report a", "report any", "report this", "report an", "report abuse", "report to", "report problem*", "complain*", "abuse",
    "concern", "concerns", "denunci*", "signaler", "signalement", "segnala*", "reclam*", "raporta*", "sesiz*", "meldung",
    "melding", "meldpunt", "beschwerde*", "klacht*", "bejelentés*", "bejelentes*", "сигнал*", "скарг*", "жалоб*",
)  # fmt: skip
"""What stands before a contact that a platform keeps for reports."""
_SPOKEN_IN = {
    "en": ("GB", "US", "IE", "AU", "CA"), "de": ("DE", "AT", "CH"), "fr": ("FR", "BE", "CH"), "es": ("ES", "MX"),
    "pt": ("PT", "BR"),
    "it": ("IT", "CH"), "nl": ("NL", "BE"), "ro": ("RO", "MD"), "hu": ("HU",), "bg": ("BG",), "uk": ("UA",), "ru": ("RU", "UA"),
}  # fmt: skip
"""Countries whose numbers an ad in a language may give without a prefix."""
_AT_HOME = {
    "US": re.compile("[2-9][0-9]{2}[2-9][0-9]{6}"),
    "GB": re.compile("07[0-9]{9}"),
    "DE": re.compile("01[567][0-9]{8,9}"),
}
"""Numbers whose form tells their country, which travellers give abroad as they do at home."""


class Fingerprints(NamedTuple):
    """The fingerprints of several ads: row i of each belongs to ad i."""

    contacts: tuple[tuple[KeyedContact, ...], ...]
    accounts: tuple[str, ...]
    shingles: Shingles
    signatures: NDArray[np.uint32]
    bands: NDArray[np.uint64]


def read(ads: Sequence[Ad], keys: ContactKeys) -> Fingerprints:
    """Return the fingerprints of some ads.

    Examples
    --------
    >>> ads = [Ad("1", "Call 07700 900123", country="GB"), Ad("2", "wa.me/447700900123")]
    >>> one, other = read(ads, ContactKeys.throwaway()).contacts
    >>> one[0].key == other[0].key
    True
    """
    whole = [normalize(f"{ad.title}\n{ad.text}"[:MAX_CHARACTERS]) for ad in ads]
    made = shingles([wording(normalized) for normalized in whole])
    found = signatures(made)
    return Fingerprints(
        tuple(_contacts(normalized, ad, keys) for normalized, ad in zip(whole, ads, strict=True)),
        tuple(account(ad, keys) for ad in ads),
        made,
        found,
        bands(found),
    )


def wording(normalized: Normalized) -> list[str]:
    """Return the words of a text, with spaced-out and leet-spelled ones put together, whatever words they are.

    Contacts are not read from it: a number with letters for digits would become a word.
    """
    text = normalized.text
    kinds = kinds_of(text)
    leet = b"a0" in kinds and b"0a" in kinds and _LEET.search(text)
    if leet or (b" a a a a " in kinds and _SPACED.search(text)):
        return normalize(normalized.original, _any_word).words
    return normalized.words


def _any_word(word: str) -> bool:
    return word.isalpha()


def account(ad: Ad, keys: ContactKeys) -> str:
    """Return the keyed name of the account that posted an ad, or ''.

    A number is an account of its site alone; a name is taken for the same account on every site.
    """
    if not ad.account:
        return ""
    site = (ad.source or "") if ad.account.isdigit() else ""
    return keyed("account", f"{site}\0{ad.account.strip().lower()}", keys)


def _contacts(normalized: Normalized, ad: Ad, keys: ContactKeys) -> tuple[KeyedContact, ...]:
    site = (ad.source or "").lower().removeprefix("www.")
    found: dict[str, KeyedContact] = {}
    for contact in _found(normalized, ad):
        if not generic(contact) and not (contact.kind == "url" and contact.value == site):
            key = fingerprints(contact, keys)[0]
            house = _of_a_house(normalized.original, contact)
            found.setdefault(key, KeyedContact(key, contact.kind, masked(contact), country_of(contact), house))
            for other in _other_readings(contact, normalized.original, ad):
                maybe = fingerprints(other, keys)[0]
                found.setdefault(maybe, KeyedContact(maybe, other.kind, masked(contact), None, house, True))
    return tuple(found.values())


def _other_readings(contact: Contact, text: str, ad: Ad) -> Iterator[Contact]:
    """Yield a number that is not given in full as it reads in other countries: those of the ad's language, and that it names.

    They tie the ad to another one that gives the number in full; two numbers of so many digits are hardly ever the same.
    """
    if contact.kind != "phone":
        return
    spoken: tuple[str, ...] = _SPOKEN_IN.get((ad.language or "")[:2], ())
    if contact.value.startswith("+") and is_valid(contact.value, None):
        given = re.sub(r"\D", "", contact.span.of(text))
        digits = given.lstrip("0")
        if not digits or digits[:2] == contact.value[1:3]:
            return  # in words, or with the country's code
        named = set[str]()
    else:
        given, digits = contact.value, national_digits(contact.value)
        named = {place.country for place in Gazetteer.load().mentioned(text, ad.language) if place.country}
    if len(digits) < SHORTEST_NATIONAL:
        return
    at_home = {country for country, form in _AT_HOME.items() if form.fullmatch(given)}
    for country in sorted({*spoken, *named} - {"US", "CA"} | at_home):
        value = in_country(digits, country)
        if value and value != contact.value and is_valid(value, None):
            yield msgspec.structs.replace(contact, value=value)


def _found(normalized: Normalized, ad: Ad) -> list[Contact]:
    """Return the contacts of an ad; a number without a prefix is of the country that the ad tells."""
    gazetteer = Gazetteer.load()
    country = gazetteer.resolve(ad.city, ad.country).country
    found = find_contacts(normalized, country)
    if country is None and any(contact.kind == "phone" and not contact.value.startswith("+") for contact in found):
        told = {place.country for place in gazetteer.mentioned(normalized.original, ad.language)}
        return find_contacts(normalized, told.pop()) if len(told) == 1 else found
    return found


def _of_a_house(text: str, contact: Contact) -> bool:
    """Whether a contact is called a reception's, where several businesses may be reached, or a platform's for reports."""
    start = contact.span.start
    before = text[max(0, start - _BEFORE) : start].lower()
    return _REPORTS.any_in(before) or (contact.kind == "phone" and _RECEPTION.any_in(before))
