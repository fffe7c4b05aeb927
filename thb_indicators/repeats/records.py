"""The records of repeats: what is kept of an ad, what ties two of them, and what was measured over a cluster."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import msgspec

from thb_indicators.records import Domain
from thb_indicators.spans import Span

ReasonKind = Literal["contact", "account", "text"]
Label = Literal["", "ordinary_repetition", "boilerplate", "spam", "directory"]


class Place(NamedTuple):
    """A town and a country (ISO 3166-1); what is not known, or not certain, is None."""

    city: str | None
    country: str | None


class Persona(NamedTuple):
    """Whom an ad presents: a stated name and a stated age, where it states them."""

    name: str | None = None
    age: int | None = None


class KeyedContact(NamedTuple):
    """A contact as it is kept: under a key, with a masked form to show.

    `country` is that of a phone number's prefix; `house` says that the ad calls it a reception's, a switchboard's or a place to
    report to; `maybe` that it is one more reading of a number whose country is open: it ties, but is no contact of its own.
    """

    key: str
    kind: str
    shown: str
    country: str | None = None
    house: bool = False
    maybe: bool = False


class Facts(msgspec.Struct, frozen=True):
    """What an ad says that other ads can be compared with. It holds no text.

    `day` counts days since 1970-01-01 (None where the ad has no date); `account` names the site and the account on it;
    `text` numbers the group of ads of one text, and is unique where no other ad has this text; `numbers` are its prices and
    times, which a translation keeps; `amends` says that it takes the place of an earlier offer; `offered` is whom it
    presents, where it states no name, if it offers a person's services.
    """

    ad: str
    text: int
    day: float | None = None
    place: Place = Place(None, None)
    source: str | None = None
    account: str | None = None
    contacts: tuple[KeyedContact, ...] = ()
    persona: Persona = Persona()
    language: str | None = None
    domains: tuple[Domain, ...] = ()
    roles: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    amends: bool = False
    offered: Persona = Persona()

    def of(self, domains: tuple[Domain, ...], services: bool = False) -> Facts:
        """Return them as those of an ad of some kinds; `services`: an ad of no kind stands among others that offer services."""
        offers = "services" in domains or (services and not domains)
        who = self.offered if offers and not self.persona.name and self.offered.name else self.persona
        return msgspec.structs.replace(self, domains=domains, persona=who, offered=Persona())


class Reason(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why two ads are linked.

    `contact` is the kind of the shared contact and `shown` its masked form; `similarity` the share of common wording.
    """

    kind: ReasonKind
    contact: str = ""
    shown: str = ""
    similarity: float = 0.0


class Link(msgspec.Struct, frozen=True):
    """Two ads that something ties together. A shared text alone does not make them one advertiser's."""

    left: str
    right: str
    similarity: float = 0.0
    reasons: tuple[Reason, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the line of ``links.jsonl``."""
        line: dict[str, Any] = msgspec.to_builtins(self)
        return line


class Measured(msgspec.Struct, frozen=True):
    """One cross-ad indicator: the number that was measured, the threshold it reached, and the ads it was read from."""

    id: str
    value: int | float
    """A count stays a whole number, wherever it was counted."""
    threshold: int | float
    ads: tuple[str, ...]
    note: str = ""


class Slot(msgspec.Struct, frozen=True):
    """A place in a template where the ads differ: what each of them has there."""

    spans: dict[str, Span]
    """By ad id, the place in its text; ads that have nothing there are left out."""


class Template(msgspec.Struct, frozen=True):
    """What the ads of one text share, in order, and the slots between.

    `constant` holds the shared wording (as the first ad writes it), with None for each slot; `spans` says, by ad, where each
    piece of the shared wording stands.
    """

    ads: tuple[str, ...]
    constant: tuple[str | None, ...]
    slots: tuple[Slot, ...]
    spans: dict[str, tuple[Span, ...]]


class OverShared(msgspec.Struct, frozen=True):
    """A contact or account that stands in too many ads to tie them together: a directory, a helpline, a platform's own."""

    kind: str
    shown: str
    ads: int


class Cluster(msgspec.Struct, frozen=True):
    """Ads that links connect, who is behind them as far as contacts and accounts tell, and what was measured."""

    cluster: str
    ads: tuple[str, ...]
    actors: tuple[tuple[str, ...], ...]
    indicators: tuple[Measured, ...]
    label: Label
    facts: dict[str, Any]
    template: Template | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the line of ``clusters.jsonl``."""
        line: dict[str, Any] = msgspec.to_builtins(self)
        return line
