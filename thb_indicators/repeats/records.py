"""The records of repeats: what is kept of an ad, what ties two of them, and what was measured over a cluster."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import msgspec

ReasonKind = Literal["contact", "account", "text"]
Label = Literal["ordinary_repetition", "boilerplate", "spam", "directory", ""]


class Place(NamedTuple):
    """A town and a country (ISO 3166-1); what is not known, or not certain, is None."""

    city: str | None
    country: str | None


class Persona(NamedTuple):
    """Whom an ad presents: a stated name and a stated age, where it states them."""

    name: str | None = None
    age: int | None = None


class Reason(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why two ads are linked.

    `contact` is the kind of the shared contact and `shown` its masked form; `similarity` the share of common word pairs.
    """

    kind: ReasonKind
    contact: str = ""
    shown: str = ""
    similarity: float = 0.0


class Link(msgspec.Struct, frozen=True):
    """Two ads that something ties together. A shared text alone does not make them one advertiser's."""

    left: str
    right: str
    similarity: float
    reasons: tuple[Reason, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the line of ``links.jsonl``."""
        line: dict[str, Any] = msgspec.to_builtins(self)
        return line


class Measured(msgspec.Struct, frozen=True):
    """One cross-ad indicator over the ads of a cluster: a number, the threshold it reached, and the ads it was read from."""

    id: str
    value: float
    threshold: float
    ads: tuple[str, ...]
    note: str = ""
