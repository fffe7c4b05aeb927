"""The index: a database of earlier ads' fingerprints, so that each new ad is assessed with what ties it to them.

It holds no text: keyed contacts, accounts and persona names, hashed wording, place and date. SQLite in WAL mode with
``synchronous=FULL``: what `Index.add` has returned for is on disk. One process writes; others can read meanwhile.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec
import numpy as np

from thb_indicators.errors import IndexFileError
from thb_indicators.records import Ad, Basis, Document, Domain, Seen, Signal, with_basis
from thb_indicators.repeats import crossad, fingerprints
from thb_indicators.repeats.facts import read_facts
from thb_indicators.repeats.fingerprints import Fingerprints
from thb_indicators.repeats.keys import ContactKeys, keyed
from thb_indicators.repeats.pairs import NEAR_TEXT
from thb_indicators.repeats.personas import presented
from thb_indicators.repeats.places import Gazetteer
from thb_indicators.repeats.rates import Rate
from thb_indicators.repeats.records import Facts, Link, Measured, Persona, Reason
from thb_indicators.repeats.signatures import Shingles, bands, signatures, similar_to

APPLICATION = 0x74686269
VERSION = 2
MOST_BY_KEY = 60
"""Ads that a look-up reads for one contact or account: the latest."""
MOST_BY_TEXT = 20
"""Ads that a look-up compares by wording: those with most bands in common."""
MOST_IN_BAND = 40
"""Ads of one band that are kept, the latest: a band of boilerplate would have many more."""
_BATCH = 500
_MAPPED = 2**31 - 65_536
"""Bytes of the file that are read where the system has them in memory; the most that SQLite takes as it is mostly built."""
_WAIT = 10.0
_SCHEMA = """
CREATE TABLE ads(ad INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, day REAL, added REAL NOT NULL, facts BLOB NOT NULL,
                 wording BLOB NOT NULL);
CREATE INDEX ads_by_day ON ads(coalesce(day, added));
CREATE TABLE keys(key TEXT NOT NULL, ad INTEGER NOT NULL, PRIMARY KEY(key, ad)) WITHOUT ROWID;
CREATE TABLE bands(band INTEGER PRIMARY KEY, ads BLOB NOT NULL);
"""
_NUMBER = np.dtype("<u4")
"""How `bands` writes down an ad, the latest first."""
_MOST_NUMBERS = 2**32
_ADD_TO_BAND = """
INSERT INTO bands VALUES (?1, ?2)
ON CONFLICT(band) DO UPDATE SET ads = substr(CAST(excluded.ads || ads AS BLOB), 1, ?3)
"""
_DAY = 86_400.0
_decode = msgspec.msgpack.Decoder(Facts).decode


class Index:
    """A database of earlier ads.

    Parameters
    ----------
    path
        The database file; made when it is not there.
    keys
        The keys that contacts are kept under. The first is used for new ads, the others still find earlier ones.
    read_only
        Look ads up without adding any; the file must be there.

    Raises
    ------
    IndexFileError
        When the file is no index, or was made by a later version.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> with Index(f"{folder.name}/ads.db", ContactKeys.throwaway()) as index:
    ...     index.add([Ad("1", "Rooms in York, call 07700 900123", country="GB")], basis="synthetic")
    ...     found = index.look_up(Ad("2", "Ring +44 7700 900 123 today", basis="synthetic"))
    ...     [(link["left"], link["right"]) for link in found.links], index.forget("1"), len(index)
    ([('1', '2')], True, 0)
    >>> folder.cleanup()
    """

    def __init__(self, path: str | Path, keys: ContactKeys, *, read_only: bool = False) -> None:
        self._path = Path(path)
        self._keys = keys
        self._gazetteer = Gazetteer.load()
        if read_only and not self._path.exists():
            raise IndexFileError(f"{path}: there is no such index")
        mode = "ro" if read_only else "rwc"
        self.read_only = read_only
        try:
            self._db = sqlite3.connect(
                f"{self._path.absolute().as_uri()}?mode={mode}", uri=True, timeout=_WAIT, isolation_level=None
            )
            self._prepare()
        except sqlite3.DatabaseError as error:
            raise IndexFileError(f"{path}: cannot be used as an index of ads ({error})") from error

    def _prepare(self) -> None:
        db = self._db
        application, version = (db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version"))
        tables = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if tables and application != APPLICATION:
            raise IndexFileError(f"{self._path}: this database is of another program; give another file")
        if tables and version != VERSION:
            other = "a later" if version > VERSION else "an earlier"
            raise IndexFileError(
                f"{self._path}: made by {other} version of this library (format {version}, this one reads {VERSION}); "
                "fill a new index"
            )
        db.execute("PRAGMA cache_size = -65536")
        db.execute(f"PRAGMA mmap_size = {_MAPPED}")  # a look-up reads some hundred pages from all over the file
        if self.read_only:
            return
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA secure_delete = ON")
        if not tables:
            db.executescript(
                f"BEGIN; {_SCHEMA} PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION}; COMMIT;"
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __len__(self) -> int:
        """Return the number of ads."""
        count: int = self._db.execute("SELECT count(*) FROM ads").fetchone()[0]
        return count

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    def add(
        self, ads: Iterable[Ad], domains: Sequence[tuple[Domain, ...]] | None = None, *, basis: Basis | None = None
    ) -> None:
        """Add ads, or put their new versions in the place of earlier ones; on disk when this returns.

        Parameters
        ----------
        ads
            Any number; every 500 are written at once.
        domains
            What kind of ad each is, where that is known.
        basis
            Why the texts may be processed, for ads that do not say so themselves.

        Raises
        ------
        BasisError
            When an ad has no ``basis``; of the 500 that it stands among, none is added.
        """
        kinds = iter(domains) if domains is not None else None
        iterator = iter(ads)
        while batch := [with_basis(ad, basis) for ad in islice(iterator, _BATCH)]:
            made = fingerprints.read(batch, self._keys)
            facts = [self._facts(ad, i, made, tuple(next(kinds, ())) if kinds else ()) for i, ad in enumerate(batch)]
            self._write(batch, made, facts)

    def look_up(self, ad: Ad, domains: tuple[Domain, ...] = ()) -> Seen:
        """Return what ties one ad to earlier ones, without adding it.

        Raises
        ------
        BasisError
            When the ad has no ``basis``.
        """
        made = fingerprints.read([with_basis(ad)], self._keys)
        return self._seen(ad, self._facts(ad, 0, made, domains), made)[0]

    def see(self, document: Document) -> Seen:
        """Return what ties an ad to earlier ones, and add it (unless the index is read-only).

        Raises
        ------
        BasisError
            When the ad has no ``basis``.
        """
        ad = with_basis(document.ad)
        made = fingerprints.read([ad], self._keys)
        seen, facts = self._seen(ad, self._facts(ad, 0, made, document.domains), made)
        if not self.read_only:
            self._write([ad], made, [facts])
        return seen

    def forget(self, id: str) -> bool:
        """Erase every byte of an ad from the database and its write-ahead log; return whether it was there.

        Raises
        ------
        IndexFileError
            When a reader holds on to the old pages: let it finish, and forget again.
        """
        return self._erase("SELECT ad, id, wording FROM ads WHERE id = ?", (id,)) > 0

    def forget_before(self, day: float) -> int:
        """Erase the ads posted before a day (days since 1970-01-01; when they were added, where they have no date)."""
        return self._erase("SELECT ad, id, wording FROM ads WHERE coalesce(day, added) < ?", (day,))

    def _erase(self, query: str, values: tuple[Any, ...]) -> int:
        db = self._db
        db.execute("BEGIN IMMEDIATE")
        try:
            found = db.execute(query, values).fetchall()
            for ad, _, wording in found:
                self._remove(ad, wording)
        except BaseException:
            db.execute("ROLLBACK")
            raise
        db.execute("COMMIT")
        until = time.monotonic() + _WAIT
        while db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            if time.monotonic() > until:
                raise IndexFileError(f"{self._path}: a reader keeps old pages in the log; let it finish, and forget again")
            time.sleep(0.05)
        return len(found)

    def _remove(self, ad: int, wording: bytes) -> None:
        db = self._db
        made = bands(signatures(Shingles.joined([np.frombuffer(wording, dtype=np.uint32)])))[0].tolist()
        for band, ads in db.execute(_all_of("SELECT band, ads FROM bands WHERE band", len(made)), made).fetchall():
            numbers = np.frombuffer(ads, _NUMBER)
            left = numbers[numbers != ad].tobytes()
            if left:
                db.execute("UPDATE bands SET ads = ? WHERE band = ?", (left, band))
            else:
                db.execute("DELETE FROM bands WHERE band = ?", (band,))
        db.executemany("DELETE FROM keys WHERE key = ? AND ad = ?", [(key, ad) for key in _keys_of(self._stored(ad))])
        db.execute("DELETE FROM ads WHERE ad = ?", (ad,))

    def _stored(self, ad: int) -> Facts:
        return _decode(self._db.execute("SELECT facts FROM ads WHERE ad = ?", (ad,)).fetchone()[0])

    def _facts(self, ad: Ad, i: int, made: Fingerprints, domains: tuple[Domain, ...]) -> Facts:
        facts = read_facts(ad, -1, made.contacts[i], made.accounts[i], self._gazetteer).of(domains)
        return msgspec.structs.replace(facts, persona=self._named(facts.persona, self._keys))

    @staticmethod
    def _named(persona: Persona, keys: ContactKeys) -> Persona:
        return Persona(keyed("persona", persona.name, keys) if persona.name else None, persona.age)

    def _earlier_forms(self, ad: Ad, facts: Facts) -> dict[str, str]:
        """Return what an ad's contacts, account and persona are called under earlier keys, with what they are called now."""
        forms: dict[str, str] = {}
        for key in self._keys.earlier:
            keys = ContactKeys(key)
            made = fingerprints.read([ad], keys)
            who = presented(ad.title, ad.text, ad.language)
            before = self._named(Facts(ad.id, -1, persona=who.stated, offered=who.offered).of(facts.domains).persona, keys)
            then = [*(contact.key for contact in made.contacts[0]), made.accounts[0], before.name or ""]
            now = [*(contact.key for contact in facts.contacts), facts.account or "", facts.persona.name or ""]
            forms.update(zip(then, now, strict=True))
        return forms

    def _write(self, ads: Sequence[Ad], made: Fingerprints, facts: Sequence[Facts]) -> None:
        db = self._db
        now = time.time() / _DAY
        db.execute("BEGIN IMMEDIATE")
        try:
            first = (db.execute("SELECT max(ad) FROM ads").fetchone()[0] or 0) + 1
            if first + len(ads) > _MOST_NUMBERS:
                raise IndexFileError(f"{self._path}: is full; fill a new index")
            rows: dict[str, int] = {}
            for i, ad in enumerate(ads):
                earlier = db.execute("SELECT ad, wording FROM ads WHERE id = ?", (ad.id,)).fetchone()
                if earlier:
                    self._remove(*earlier)
                rows[ad.id] = i  # of two versions in one batch, the later
            for i in rows.values():
                number, fact = first + i, facts[i]
                named = msgspec.structs.replace(fact, text=fact.text if fact.text >= 0 else number)
                db.execute(
                    "INSERT INTO ads VALUES (?, ?, ?, ?, ?, ?)",
                    (number, fact.ad, fact.day, now, msgspec.msgpack.encode(named), made.shingles.of(i).tobytes()),
                )
                db.executemany("INSERT OR IGNORE INTO keys VALUES (?, ?)", [(key, number) for key in _keys_of(fact)])
            # in order, so that pages are met once
            banded = sorted((band, first + i) for i in rows.values() for band in made.bands[i].tolist() if band)
            most = MOST_IN_BAND * _NUMBER.itemsize
            db.executemany(_ADD_TO_BAND, [(band, np.array(number, _NUMBER).tobytes(), most) for band, number in banded])
        except BaseException:
            db.execute("ROLLBACK")
            raise
        db.execute("COMMIT")

    def _seen(self, ad: Ad, facts: Facts, made: Fingerprints) -> tuple[Seen, Facts]:
        """Return what ties an ad to earlier ones, and its facts with the number of its text."""
        forms = self._earlier_forms(ad, facts)
        shared = self._by_key([*_keys_of(facts), *(form for form in forms if form)])
        rows = self._rows(shared.union(self._by_text(made)))
        shares = similar_to(made.shingles.of(0), [wording for _, _, wording in rows])
        stored: list[tuple[int, float, Facts]] = []
        for (number, raw, _), share in zip(rows, shares, strict=True):
            if share or number in shared:
                one = _renamed(_decode(raw), forms, self._keys)
                if one.ad != facts.ad:
                    stored.append((number, share, one))
        near = [one.text for _, share, one in stored if share >= NEAR_TEXT]
        facts = msgspec.structs.replace(facts, text=min(near, default=-1))
        links: list[Link] = []
        linked: list[Facts] = []
        actor = [facts.ad]
        for number, share, one in stored:
            if reasons := _reasons(one, facts, share):
                links.append(Link(one.ad, facts.ad, round(share, 4), reasons))
                linked.append(one)
                actor += [one.ad] if number in shared else []
        measured = crossad.measure([facts, *linked], [actor], Rate()) if linked else ()
        return Seen(tuple(link.to_dict() for link in links), tuple(_signal(m) for m in measured if facts.ad in m.ads)), facts

    def _by_key(self, keys: Iterable[str]) -> set[int]:
        query = "SELECT ad FROM keys WHERE key = ? ORDER BY ad DESC LIMIT ?"
        return {ad for key in keys for (ad,) in self._db.execute(query, (key, MOST_BY_KEY))}

    def _by_text(self, made: Fingerprints) -> list[int]:
        """Return the earlier ads with most bands in common, the latest first of those with as many."""
        asked = made.bands[0].tolist()
        rows = self._db.execute(_all_of("SELECT ads FROM bands WHERE band", len(asked)), asked).fetchall()
        ads, counts = np.unique(np.frombuffer(b"".join(ads for (ads,) in rows), _NUMBER), return_counts=True)
        most: list[int] = ads[np.lexsort((ads, counts))[: -MOST_BY_TEXT - 1 : -1]].tolist()
        return most

    def _rows(self, ads: Collection[int]) -> list[tuple[int, bytes, bytes]]:
        """Return the number, the facts and the wording of some earlier ads, in order."""
        query = _all_of("SELECT ad, facts, wording FROM ads WHERE ad", len(ads))
        return self._db.execute(f"{query} ORDER BY ad", list(ads)).fetchall()


@lru_cache(maxsize=256)
def _all_of(query: str, values: int) -> str:
    """Return a query that ends with a column, asking for any of so many values of it."""
    return f"{query} IN ({', '.join('?' * values)})"


def _keys_of(facts: Facts) -> list[str]:
    """Return what an ad is found by: its contacts and its account."""
    return [*(contact.key for contact in facts.contacts), *([facts.account] if facts.account else [])]


def _renamed(facts: Facts, forms: Mapping[str, str], keys: ContactKeys) -> Facts:
    """Return stored facts as the current key writes them; a name under an earlier key that nothing translates is left out."""
    name = facts.persona.name
    if name and not name.startswith(f"{keys.current.id}:"):
        name = forms.get(name)
    if not forms:
        return facts if name == facts.persona.name else msgspec.structs.replace(facts, persona=Persona(name, facts.persona.age))
    contacts = tuple(contact._replace(key=forms.get(contact.key, contact.key)) for contact in facts.contacts)
    account = forms.get(facts.account, facts.account) if facts.account else None
    return msgspec.structs.replace(facts, contacts=contacts, account=account, persona=Persona(name, facts.persona.age))


def _reasons(one: Facts, other: Facts, share: float) -> tuple[Reason, ...]:
    theirs = {contact.key for contact in one.contacts}
    reasons = [Reason("contact", contact.kind, contact.shown) for contact in other.contacts if contact.key in theirs]
    if one.account and one.account == other.account:
        reasons.append(Reason("account"))
    if share:
        reasons.append(Reason("text", similarity=round(share, 4)))
    return tuple(dict.fromkeys(reasons))


def _signal(one: Measured) -> Signal:
    others = len(one.ads) - 1
    measured = f"{one.note}; measured {one.value:g}, threshold {one.threshold:g}; with {others} earlier ad{'s' * (others != 1)}"
    return Signal(one.id, measured, "index of earlier ads")
