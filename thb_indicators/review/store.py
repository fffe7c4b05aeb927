"""The desk's file: one SQLite database, its tables, and how it is opened.

Commits are durable when they return: write-ahead log with ``synchronous=FULL``, which also syncs the log at every commit.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from thb_indicators.errors import InputError

APPLICATION = 0x74686264
"""SQLite's ``application_id`` of a review database."""
_MIGRATIONS = (
    """
    CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    CREATE TABLE people (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE, password TEXT NOT NULL,
        administrator INTEGER NOT NULL, active INTEGER NOT NULL DEFAULT 1,
        gate TEXT NOT NULL DEFAULT 'blurred' CHECK (gate IN ('shown', 'blurred', 'hidden')),
        break_every INTEGER NOT NULL DEFAULT 25) STRICT;
    CREATE TABLE sessions (
        token TEXT PRIMARY KEY, person INTEGER NOT NULL REFERENCES people, began REAL NOT NULL, seen REAL NOT NULL) STRICT;
    CREATE TABLE attempts (key TEXT NOT NULL, at REAL NOT NULL) STRICT;
    CREATE INDEX attempts_of ON attempts (key, at);
    CREATE TABLE log (seq INTEGER PRIMARY KEY, entry TEXT NOT NULL, digest TEXT NOT NULL) STRICT;
    CREATE INDEX log_of_ad ON log (entry ->> '$.ad');
    CREATE TRIGGER log_is_not_updated BEFORE UPDATE ON log BEGIN SELECT raise(ABORT, 'the log is append only'); END;
    CREATE TRIGGER log_is_not_deleted BEFORE DELETE ON log BEGIN SELECT raise(ABORT, 'the log is append only'); END;
    CREATE TRIGGER log_grows_at_its_end BEFORE INSERT ON log
        WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM log)
        BEGIN SELECT raise(ABORT, 'the log is append only'); END;
    CREATE TABLE ads (
        number INTEGER PRIMARY KEY, ad_id TEXT NOT NULL, text_sha256 TEXT NOT NULL, assessment_sha256 TEXT NOT NULL,
        route TEXT NOT NULL, score REAL NOT NULL, arrived REAL NOT NULL, rank REAL NOT NULL, second INTEGER NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('open', 'second', 'differing', 'done', 'unread')),
        line TEXT NOT NULL, UNIQUE (ad_id, text_sha256)) STRICT;
    CREATE INDEX ads_waiting ON ads (route, rank DESC) WHERE state IN ('open', 'second');
    CREATE INDEX ads_oldest ON ads (arrived) WHERE state IN ('open', 'second');
    CREATE INDEX ads_listed ON ads (state, rank DESC);
    CREATE TABLE tally (
        route TEXT NOT NULL, state TEXT NOT NULL, ads INTEGER NOT NULL, PRIMARY KEY (route, state)) STRICT, WITHOUT ROWID;
    CREATE TRIGGER ads_are_counted AFTER INSERT ON ads BEGIN
        INSERT INTO tally VALUES (NEW.route, NEW.state, 1) ON CONFLICT DO UPDATE SET ads = ads + 1; END;
    CREATE TRIGGER ads_are_counted_again AFTER UPDATE OF state ON ads BEGIN
        UPDATE tally SET ads = ads - 1 WHERE route = OLD.route AND state = OLD.state;
        INSERT INTO tally VALUES (NEW.route, NEW.state, 1) ON CONFLICT DO UPDATE SET ads = ads + 1; END;
    CREATE TABLE readings (
        seq INTEGER PRIMARY KEY REFERENCES log, number INTEGER NOT NULL REFERENCES ads,
        reader INTEGER NOT NULL REFERENCES people, turn INTEGER NOT NULL CHECK (turn IN (1, 2, 3)),
        verdict TEXT NOT NULL, reason TEXT NOT NULL, at REAL NOT NULL,
        UNIQUE (number, turn), UNIQUE (number, reader)) STRICT;
    CREATE INDEX readings_of ON readings (reader, at);
    CREATE TABLE marks (
        seq INTEGER NOT NULL REFERENCES readings ON DELETE CASCADE, indicator TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('shown', 'fired_wrongly', 'missed')),
        field TEXT, start INTEGER, stop INTEGER) STRICT;
    CREATE INDEX marks_of ON marks (seq);
    CREATE INDEX marks_by_indicator ON marks (indicator, kind);
    CREATE TABLE locks (
        number INTEGER PRIMARY KEY REFERENCES ads, reader INTEGER NOT NULL UNIQUE REFERENCES people, until REAL NOT NULL,
        shown INTEGER NOT NULL DEFAULT 0, revealed INTEGER NOT NULL DEFAULT 0) STRICT;
    CREATE TABLE passed (number INTEGER NOT NULL, reader INTEGER NOT NULL, PRIMARY KEY (number, reader)) STRICT;
    CREATE TABLE clusters (cluster TEXT PRIMARY KEY, line TEXT NOT NULL) STRICT;
    CREATE TABLE members (ad_id TEXT NOT NULL, cluster TEXT NOT NULL, PRIMARY KEY (ad_id, cluster)) STRICT;
    CREATE TABLE links (ad_id TEXT NOT NULL, other TEXT NOT NULL, line TEXT NOT NULL, PRIMARY KEY (ad_id, other)) STRICT;
    CREATE TABLE statements (number INTEGER PRIMARY KEY REFERENCES ads, seq INTEGER NOT NULL, line TEXT NOT NULL) STRICT;
    """,
)
VERSION = len(_MIGRATIONS)
DEFAULTS = {"capacity": "100", "second_share": "0.15", "sample_share": "0.1"}
"""What an administrator may change: ads a person reads a day, share read twice, share of readings that are random samples."""


def open_store(path: str | Path, *, create: bool = True) -> sqlite3.Connection:
    """Open a review database, bring its tables up to date, and return a connection.

    Parameters
    ----------
    create
        Make the file where there is none, readable by its owner alone.

    Raises
    ------
    InputError
        When there is no such file, or it is of another kind, or a newer version of this library made it.
    """
    file = Path(path)
    if not file.exists():
        if not create:
            raise InputError(f"{path}: there is no such file; `review import --db {path} FILE` makes one")
        if not file.parent.is_dir():
            raise InputError(f"{path}: there is no such folder")
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    try:
        db = connect(file)
        _migrate(db, path)
    except sqlite3.DatabaseError as error:
        raise InputError(f"{path}: not a review database ({error})") from error
    return db


def connect(path: str | Path) -> sqlite3.Connection:
    """Connect to a database that `open_store` has brought up to date."""
    db = sqlite3.connect(path, isolation_level=None, timeout=30, check_same_thread=False)
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA foreign_keys = ON")
    return db


def _migrate(db: sqlite3.Connection, path: str | Path) -> None:
    application, version = (db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version"))
    if application != APPLICATION and db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
        raise InputError(f"{path}: a SQLite database, but of another kind; give a new file, or one made by `review`")
    if version > VERSION:
        raise InputError(f"{path}: made by a newer version of thb-indicators (tables {version}, this one knows {VERSION})")
    if version == VERSION:
        return
    db.execute("PRAGMA journal_mode = WAL")
    with writing(db):
        version = db.execute("PRAGMA user_version").fetchone()[0]
        for migration in _MIGRATIONS[version:]:
            for statement in _statements(migration):
                db.execute(statement)
        known = {**DEFAULTS, "secret": secrets.token_hex(32)}
        db.executemany("INSERT OR IGNORE INTO settings VALUES (?, ?)", known.items())
        db.execute(f"PRAGMA application_id = {APPLICATION}")
        db.execute(f"PRAGMA user_version = {VERSION}")


def _statements(script: str) -> Iterator[str]:
    """Yield a script's statements; ``executescript`` would commit behind the transaction's back."""
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


@contextmanager
def writing(db: sqlite3.Connection) -> Iterator[None]:
    """Run a block as one transaction that writes; all of it is kept, or none."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def setting(db: sqlite3.Connection, key: str) -> str:
    """Return one setting."""
    value: str = db.execute("SELECT value FROM settings WHERE key = ?", (key,)).fetchone()[0]
    return value
