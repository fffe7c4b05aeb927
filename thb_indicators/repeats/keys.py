"""Keyed fingerprints of contacts: what ties two ads is compared and kept, but not the contact itself.

A plain hash of a phone number hides nothing: all numbers of a country can be tried in minutes (Marx, Zimmer, Mueller,
Blochberger and Federrath 2018, *Hashing of personally identifiable information is not sufficient*; Hagen, Weinert, Sendner,
Dmitrienko and Schneider 2021, *All the Numbers are US*). HMAC-SHA-256 (RFC 2104) under a secret key can be tried only by
those who hold the key, so there is no default key, and whoever throws a key away can no longer tie anything to it.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import re
import secrets
from pathlib import Path

import msgspec

from thb_indicators.errors import InputError
from thb_indicators.repeats.identity import generic, identity, masked
from thb_indicators.spans import Contact

__all__ = ["ContactKey", "ContactKeys", "fingerprints", "generic", "identity", "keyed", "masked", "write_new_key"]

MIN_SECRET_BYTES, _SECRET_BYTES = 16, 32
_KEY_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,31}")
_FINGERPRINT_BYTES = 16  # two of a billion contacts never meet by chance
_WORLD = 0o007


class ContactKey(msgspec.Struct, frozen=True):
    """A secret under which contacts are fingerprinted, and the name it goes by in every fingerprint.

    Parameters
    ----------
    id
        Letters, digits, ``.``, ``_`` and ``-``; at most 32 of them. Not secret.
    secret
        At least 16 random bytes.

    Raises
    ------
    InputError
        When the secret is short or the id has other characters.

    Examples
    --------
    >>> ContactKey("2026-11", bytes(range(32)))
    ContactKey(id='2026-11', secret=<hidden>)
    """

    id: str
    secret: bytes

    def __post_init__(self) -> None:
        if not _KEY_ID.fullmatch(self.id):
            raise InputError(f"key id {self.id!r}: use letters, digits, '.', '_' and '-', at most 32, such as '2026-11'")
        if not isinstance(self.secret, bytes) or len(self.secret) < MIN_SECRET_BYTES:
            raise InputError(
                f"key {self.id!r}: the secret must be at least {MIN_SECRET_BYTES} random bytes; "
                "`write_new_key(path, id)` makes one, and so does `secrets.token_bytes(32)`"
            )

    def __repr__(self) -> str:
        return f"ContactKey(id={self.id!r}, secret=<hidden>)"


class ContactKeys(msgspec.Struct, frozen=True):
    """The key in use, and earlier ones whose fingerprints are still looked for.

    Examples
    --------
    >>> keys = ContactKeys(ContactKey("new", bytes(16)), earlier=(ContactKey("old", bytes(16)),))
    >>> [key.id for key in keys.all]
    ['new', 'old']
    """

    current: ContactKey
    earlier: tuple[ContactKey, ...] = ()

    def __post_init__(self) -> None:
        ids = [key.id for key in self.all]
        for key_id in {key_id for key_id in ids if ids.count(key_id) > 1}:
            raise InputError(f"two keys have the id {key_id!r}; each key needs its own")

    @property
    def all(self) -> tuple[ContactKey, ...]:
        """The key in use first."""
        return (self.current, *self.earlier)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> ContactKeys:
        """Read a key file: one JSON object a line, ``{"id": …, "secret": base64}``, the key in use first.

        Raises
        ------
        InputError
            When the file is missing, may be read by everybody, or a line is no key.
        """
        file = Path(path)
        if not file.is_file():
            raise InputError(f"{file}: no such key file; `write_new_key(path, id)` makes one")
        if os.name == "posix" and file.stat().st_mode & _WORLD:
            raise InputError(f"{file}: everybody on this machine can open this key; run: chmod 600 {file}")
        lines = enumerate(file.read_bytes().splitlines(), start=1)
        keys = [_read_key(line, f"{file}:{number}") for number, line in lines if line.strip()]
        if not keys:
            raise InputError(f"{file}: no key in it; `write_new_key(path, id)` makes a file with one")
        return cls(keys[0], tuple(keys[1:]))

    @classmethod
    def throwaway(cls) -> ContactKeys:
        """Return a random key for a demonstration or a single run: nothing can be compared with it afterwards.

        Examples
        --------
        >>> ContactKeys.throwaway().current.id.startswith("throwaway-")
        True
        """
        return cls(ContactKey(f"throwaway-{secrets.token_hex(4)}", secrets.token_bytes(_SECRET_BYTES)))


class _KeyLine(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    secret: str


def _read_key(line: bytes, place: str) -> ContactKey:
    # the message never repeats the line: it may hold a secret
    try:
        read = msgspec.json.decode(line, type=_KeyLine)
        return ContactKey(read.id, base64.b64decode(read.secret, validate=True))
    except (msgspec.MsgspecError, binascii.Error, UnicodeDecodeError) as error:
        raise InputError(f'{place}: no key; a line reads {{"id": "2026-11", "secret": "<base64>"}}') from error
    except InputError as error:
        raise InputError(f"{place}: {error}") from None


def write_new_key(path: str | os.PathLike[str], id: str, earlier: ContactKeys | None = None) -> ContactKeys:
    """Make a random key and write it to a new file that only its owner can read.

    Parameters
    ----------
    path
        A file that does not exist yet.
    id
        The new key's name.
    earlier
        Keys to go on looking for: they are written below the new one (rotation).

    Returns
    -------
    ContactKeys
        What `ContactKeys.load` reads from the file.

    Raises
    ------
    InputError
        When the file exists: no key is ever overwritten.
    """
    keys = ContactKeys(ContactKey(id, secrets.token_bytes(_SECRET_BYTES)), earlier.all if earlier else ())
    lines = [msgspec.json.encode(_KeyLine(key.id, base64.b64encode(key.secret).decode("ascii"))) for key in keys.all]
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise InputError(f"{os.fspath(path)}: this file exists, and a key is never overwritten; choose another path") from None
    except OSError as error:
        raise InputError(f"{os.fspath(path)}: cannot be written: {error.strerror}") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(b"\n".join(lines) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return keys


def fingerprints(contact: Contact, keys: ContactKeys) -> tuple[str, ...]:
    """Return the contact's fingerprint under every key, the key in use first.

    Each reads ``key id:kind:32 hexadecimal digits``. Two are equal where key and `identity` are. A `generic` contact has
    them too; whether it ties ads is for the caller to ask.

    Examples
    --------
    >>> from thb_indicators import extract_contacts
    >>> keys = ContactKeys(ContactKey("demo", bytes(32)))
    >>> [fingerprints(c, keys) for c in extract_contacts("07700 900123, wa.me/447700900123", "GB")]
    [('demo:phone:7cc67e05810899def21d961528108d72',), ('demo:phone:7cc67e05810899def21d961528108d72',)]
    """
    kind, value = identity(contact)
    message = f"{kind}\0{value}".encode("utf-8", "surrogatepass")
    return tuple(f"{key.id}:{kind}:{_digest(key.secret, message)}" for key in keys.all)


def _digest(secret: bytes, message: bytes) -> str:
    return hmac.digest(secret, message, "sha256")[:_FINGERPRINT_BYTES].hex()


def keyed(kind: str, value: str, keys: ContactKeys) -> str:
    """Return the fingerprint of something else that ties ads (an account, a persona's name) under the key in use."""
    message = f"{kind}\0{value}".encode("utf-8", "surrogatepass")
    return f"{keys.current.id}:{kind}:{_digest(keys.current.secret, message)}"
