"""The index: a database of earlier ads' fingerprints, so that each new ad is assessed with what ties it to them.

It holds no text: keyed contacts, accounts and persona names, hashed wording, place and date. SQLite in WAL mode with
``synchronous=FULL``: what `Index.add` has returned for is on disk. One process writes; others can read meanwhile.
"""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, islice
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
from thb_indicators.repeats.personas import persona
from thb_indicators.repeats.places import Gazetteer
from thb_indicators.repeats.rates import Rate
from thb_indicators.repeats.records import Facts, Link, Measured, Persona, Reason
from thb_indicators.repeats.signatures import Shingles, bands, signatures, similarities

APPLICATION = 0x74686269
VERSION = 1
MOST_BY_KEY = 60
"""Ads that a look-up reads for one contact or account: the latest."""
MOST_BY_TEXT = 20
"""Ads that a look-up compares by wording: those with most bands in common."""
MOST_IN_BAND = 40
"""Ads of one band that a look-up counts: a band of boilerplate has many more."""
_BATCH = 500
_WAIT = 10.0
_SCHEMA = """
CREATE TABLE ads(ad INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, day REAL, added REAL NOT NULL, facts BLOB NOT NULL,
                 wording BLOB NOT NULL);
CREATE INDEX ads_by_day ON ads(coalesce(day, added));
CREATE TABLE keys(key TEXT NOT NULL, ad INTEGER NOT NULL, PRIMARY KEY(key, ad)) WITHOUT ROWID;
CREATE TABLE bands(band INTEGER NOT NULL, ad INTEGER NOT NULL, PRIMARY KEY(band, ad)) WITHOUT ROWID;
"""
_LATEST_IN_BAND = "SELECT * FROM (SELECT ad FROM bands WHERE band = ? ORDER BY ad DESC LIMIT ?)"
_DAY = 86_400.0


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
        if version > VERSION:
            raise IndexFileError(f"{self._path}: made by a later version of this library ({version}, this one reads {VERSION})")
        db.execute("PRAGMA cache_size = -65536")
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
        made = bands(signatures(Shingles.joined([np.frombuffer(wording, dtype=np.uint32)])))[0]
        facts = self._stored(ad)
        self._db.executemany("DELETE FROM bands WHERE band = ? AND ad = ?", [(int(band), ad) for band in made if band])
        self._db.executemany("DELETE FROM keys WHERE key = ? AND ad = ?", [(key, ad) for key in _keys_of(facts)])
        self._db.execute("DELETE FROM ads WHERE ad = ?", (ad,))

    def _stored(self, ad: int) -> Facts:
        return msgspec.msgpack.decode(self._db.execute("SELECT facts FROM ads WHERE ad = ?", (ad,)).fetchone()[0], type=Facts)

    def _facts(self, ad: Ad, i: int, made: Fingerprints, domains: tuple[Domain, ...]) -> Facts:
        facts = read_facts(ad, -1, made.contacts[i], made.accounts[i], self._gazetteer, domains)
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
            before = self._named(persona(ad.title, ad.text, ad.language), keys)
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
            keys: list[tuple[str, int]] = []
            rows: dict[str, tuple[Any, ...]] = {}
            banded: dict[int, list[int]] = {}
            for i, (ad, fact) in enumerate(zip(ads, facts, strict=True)):
                earlier = db.execute("SELECT ad, wording FROM ads WHERE id = ?", (ad.id,)).fetchone()
                if earlier:
                    self._remove(*earlier)
                number = first + i
                named = msgspec.structs.replace(fact, text=fact.text if fact.text >= 0 else number)
                rows[ad.id] = (number, ad.id, fact.day, now, msgspec.msgpack.encode(named), made.shingles.of(i).tobytes())
                banded[number] = [int(band) for band in made.bands[i] if band]
                keys += [(key, number) for key in _keys_of(fact)]
            kept = {row[0] for row in rows.values()}
            db.executemany("INSERT INTO ads VALUES (?, ?, ?, ?, ?, ?)", rows.values())
            db.executemany("INSERT OR IGNORE INTO keys VALUES (?, ?)", sorted(key for key in keys if key[1] in kept))
            spread = sorted(
                (band, number) for number in kept for band in banded[number]
            )  # in order, so that pages are met once
            db.executemany("INSERT OR IGNORE INTO bands VALUES (?, ?)", spread)
        except BaseException:
            db.execute("ROLLBACK")
            raise
        db.execute("COMMIT")

    def _seen(self, ad: Ad, facts: Facts, made: Fingerprints) -> tuple[Seen, Facts]:
        """Return what ties an ad to earlier ones, and its facts with the number of its text."""
        forms = self._earlier_forms(ad, facts)
        shared = self._by_key([*_keys_of(facts), *(form for form in forms if form)])
        shares = self._shares(made.shingles, shared | self._by_text(made))
        tied = (row for row, share in shares.items() if share or row in shared)
        stored = {row: one for row in tied if (one := _renamed(self._stored(row), forms, self._keys)).ad != facts.ad}
        links = [
            Link(one.ad, facts.ad, round(shares[row], 4), reasons)
            for row, one in stored.items()
            if (reasons := _reasons(one, facts, shares[row]))
        ]
        near = [one.text for row, one in stored.items() if shares[row] >= NEAR_TEXT]
        facts = msgspec.structs.replace(facts, text=min(near, default=-1))
        linked = {link.left for link in links}
        ads = [facts, *(one for one in stored.values() if one.ad in linked)]
        actor = [facts.ad, *(one.ad for row, one in stored.items() if row in shared and one.ad in linked)]
        measured = crossad.measure(ads, [actor], Rate()) if linked else ()
        return Seen(tuple(link.to_dict() for link in links), tuple(_signal(m) for m in measured if facts.ad in m.ads)), facts

    def _by_key(self, keys: Iterable[str]) -> set[int]:
        query = "SELECT ad FROM keys WHERE key = ? ORDER BY ad DESC LIMIT ?"
        return {ad for key in keys for (ad,) in self._db.execute(query, (key, MOST_BY_KEY))}

    def _by_text(self, made: Fingerprints) -> set[int]:
        asked = [(band, MOST_IN_BAND) for band in made.bands[0].tolist() if band]
        query = " UNION ALL ".join(
            ["SELECT * FROM (SELECT ad FROM bands WHERE band = ? ORDER BY ad DESC LIMIT ?)"] * len(asked)
        )
        rows = self._db.execute(query, list(chain.from_iterable(asked))) if asked else ()
        return {ad for ad, _ in Counter(ad for (ad,) in rows).most_common(MOST_BY_TEXT)}

    def _shares(self, made: Shingles, ads: Iterable[int]) -> dict[int, float]:
        """Return how much of a text each of some earlier ads shares."""
        query = "SELECT wording FROM ads WHERE ad = ?"
        found = [(ad, row[0]) for ad in sorted(ads) if (row := self._db.execute(query, (ad,)).fetchone())]
        wordings = [made.codes, *(np.frombuffer(wording, dtype=np.uint32) for _, wording in found)]
        shares = similarities(Shingles.joined(wordings), np.zeros(len(found), np.int64), np.arange(1, len(wordings)))
        return dict(zip((ad for ad, _ in found), shares.tolist(), strict=True))


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
    return tuple(reasons)


def _signal(one: Measured) -> Signal:
    others = len(one.ads) - 1
    measured = f"{one.note}; measured {one.value:g}, threshold {one.threshold:g}; with {others} earlier ad{'s' * (others != 1)}"
    return Signal(one.id, measured, "index of earlier ads")
