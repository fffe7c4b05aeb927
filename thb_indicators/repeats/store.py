"""The ads of one batch while they are linked: texts in a temporary file, fingerprints in memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from itertools import accumulate, islice
from typing import IO, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from thb_indicators.collector import collector_resting
from thb_indicators.records import Ad, Basis, with_basis
from thb_indicators.repeats import fingerprints
from thb_indicators.repeats.cluster import Member
from thb_indicators.repeats.keys import ContactKeys
from thb_indicators.repeats.pairs import short_keys
from thb_indicators.repeats.records import KeyedContact
from thb_indicators.repeats.signatures import BANDS, HASHES, Shingles

CHUNK = 2000
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Ad).decode
_decode_contacts = msgspec.msgpack.Decoder(tuple[KeyedContact, ...]).decode


class _Chunk(NamedTuple):
    """The fingerprints of one chunk, as arrays that are cheap to hand over between processes."""

    contacts: list[tuple[int, tuple[str, ...], bytes]]
    """Of each ad that has any: its place in the chunk, the keys of its contacts, and the contacts."""
    accounts: list[tuple[int, str]]
    codes: NDArray[np.uint32]
    sizes: NDArray[np.int64]
    low_bits: NDArray[np.uint8]
    bands: NDArray[np.uint32]


def _read_chunk(raw: list[bytes], keys: ContactKeys) -> _Chunk:
    with collector_resting():
        made = fingerprints.read([_decode(one) for one in raw], keys)
    contacts = [(i, tuple(one.key for one in found), _encode(found)) for i, found in enumerate(made.contacts) if found]
    accounts = [(i, name) for i, name in enumerate(made.accounts) if name]
    low_bits = made.signatures.astype(np.uint8)
    return _Chunk(contacts, accounts, made.shingles.codes, np.diff(made.shingles.starts), low_bits, short_keys(made.bands))


class Stored(NamedTuple):
    """An ad of a batch with its fingerprints, as bytes: they pass between processes faster than records."""

    ad: bytes
    contacts: bytes
    account: str
    codes: bytes

    def member(self) -> Member:
        """Return it as it is explained."""
        return Member(_decode(self.ad), _contacts(self.contacts), self.account, np.frombuffer(self.codes, dtype=np.uint32))


def _contacts(raw: bytes) -> tuple[KeyedContact, ...]:
    return _decode_contacts(raw) if raw else ()


class Store:
    """The ads of a batch: texts in a temporary file, fingerprints in memory."""

    def __init__(self) -> None:
        self.file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  # lives as long as the store
        self.offsets: list[int] = []
        self.keys: dict[int, tuple[str, ...]] = {}
        self.raw_contacts: dict[int, bytes] = {}
        self.accounts: dict[int, str] = {}
        self.shingles = Shingles(np.zeros(0, np.uint32), np.zeros(1, np.int64))
        self.low_bits: NDArray[np.uint8] = np.zeros((0, HASHES), np.uint8)
        self.bands: NDArray[np.uint32] = np.zeros((0, BANDS), np.uint32)

    @classmethod
    def read(cls, ads: Iterable[Ad], keys: ContactKeys, basis: Basis | None, jobs: int) -> Store:
        """Read the fingerprints of every ad, once, in one process or several."""
        store = cls()
        chunks = store._spooled(ads, basis)
        made: Iterable[_Chunk]
        if jobs == 1:
            made = (_read_chunk(chunk, keys) for chunk in chunks)
        else:
            from joblib import Parallel, delayed  # imported where used: one process needs none of it

            made = Parallel(n_jobs=jobs, return_as="generator")(delayed(_read_chunk)(chunk, keys) for chunk in chunks)
        parts: list[_Chunk] = []
        first = 0
        for chunk in made:
            store.keys.update((first + i, keys) for i, keys, _ in chunk.contacts)
            store.raw_contacts.update((first + i, raw) for i, _, raw in chunk.contacts)
            store.accounts.update((first + i, name) for i, name in chunk.accounts)
            parts.append(chunk._replace(contacts=[], accounts=[]))
            first += len(chunk.sizes)
        if parts:
            sizes = np.concatenate([part.sizes for part in parts])
            codes = np.concatenate([part.codes for part in parts])
            store.shingles = Shingles(codes, np.concatenate([[0], np.cumsum(sizes)]))
            store.low_bits = np.concatenate([part.low_bits for part in parts])
            store.bands = np.concatenate([part.bands for part in parts])
        return store

    def _spooled(self, ads: Iterable[Ad], basis: Basis | None) -> Iterator[list[bytes]]:
        """Write the ads down, chunk by chunk, and yield what was written: bytes pass between processes faster than ads."""
        iterator = iter(ads)
        while chunk := [with_basis(ad, basis) for ad in islice(iterator, CHUNK)]:
            raw = [_encode(ad) for ad in chunk]
            self.offsets += accumulate(map(len, raw[:-1]), initial=self.file.tell())
            self.file.writelines(raw)
            yield raw

    def member(self, i: int) -> Stored:
        """Return one ad with its fingerprints, as bytes."""
        self.file.seek(self.offsets[i])
        following = self.offsets[i + 1] if i + 1 < len(self.offsets) else None
        raw = self.file.read() if following is None else self.file.read(following - self.offsets[i])
        return Stored(raw, self.raw_contacts.get(i, b""), self.accounts.get(i, ""), self.shingles.of(i).tobytes())

    def contacts(self, i: int) -> tuple[KeyedContact, ...]:
        """Return the contacts of one ad."""
        return _contacts(self.raw_contacts.get(i, b""))
