"""What the tests of the review desk share: result lines made by hand, people, and a desk whose clock stands still."""

from __future__ import annotations

import hashlib
import random
import re
import sqlite3
from functools import lru_cache
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from fastapi.testclient import TestClient

from thb_indicators.review import intake, people
from thb_indicators.review.people import Person
from thb_indicators.review.store import open_store, writing
from thb_indicators.review.web import create_app

# What a password hash costs is argon2's affair; here many people sign in.
people._hasher = lru_cache(lambda: PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
PASSWORD = "seven quiet lanterns"
NOW = 1_780_000_000.0
TEXT = "Farm work abroad. We keep your passport in the office. Call 07700 900123."


def indicator(id: str = "document_handover", start: int = 18, end: int = 39, text: str = TEXT, **more: Any) -> dict[str, Any]:
    match = {
        "field": "text",
        "start": start,
        "end": end,
        "surface": text[start:end],
        "pattern": f"en.{id}",
        "assertion": "affirmed",
    }
    return {
        "id": id, "title": "Papers handed over", "role": "core", "evidence": "E1", "assertion": "affirmed", "log_odds": 1.6,
        "matches": [match], "why": "Papers that someone else keeps bind a person.", "innocent_readings": ["copies for a visa"],
        "disputed": "", "references": [], **more,
    }  # fmt: skip


def line(ad_id: str = "a1", text: str = TEXT, route: str = "review", score: float = 0.5, **more: Any) -> dict[str, Any]:
    """Return a result line with its ad."""
    ad = {"text": text, "title": "", "country": "GB", "city": "Leeds", "posted_at": "2026-05-01", "source": "example.com",
          "account": f"acc-{ad_id}"} | more.pop("ad", {})  # fmt: skip
    return {
        "schema": "thb-assessment/1", "ad_id": ad_id, "basis": "synthetic",
        "text_sha256": hashlib.sha256(text.encode()).hexdigest(), "domains": ["recruitment"], "language": "en", "route": route,
        "reason": "made by hand", "score": score, "log_odds": 0.0, "baseline": -1.6, "complete": True, "skipped": [],
        "indicators": [indicator(text=text)] if "passport" in text else [],
        "contributions": [{"feature": "document_handover", "log_odds": 1.6}], "links": [], "policy": "default/1",
        "model_version": "hand/1", "lexicon_digest": "sha256:00", "human_review": "required", "ad": ad, **more,
    }  # fmt: skip


def desk(path: Path, lines: list[dict[str, Any]], *, second: float = 0.0, sample: float = 0.0) -> sqlite3.Connection:
    """Return a desk's database with some ads, in which nothing is left to chance."""
    db = open_store(path)
    db.execute("UPDATE settings SET value = ? WHERE key = 'second_share'", (str(second),))
    db.execute("UPDATE settings SET value = ? WHERE key = 'sample_share'", (str(sample),))
    intake.add_assessments(db, lines, "test", NOW, random.Random(0))
    return db


def person(db: sqlite3.Connection, name: str, *, administrator: bool = False) -> Person:
    with writing(db):
        return people.add_person(db, name, PASSWORD, "test", NOW, administrator=administrator)


class Browser(TestClient):
    """A browser without scripts: it keeps cookies, follows nowhere by itself, and sends forms with the token of the page."""

    def __init__(self, app: Any) -> None:
        super().__init__(app, base_url="http://127.0.0.1:8765", follow_redirects=False)

    def submit(self, path: str, *, page: str | None = None, **fields: Any) -> Any:
        shown = self.get(page or "/me")
        token = re.search(r'name="token" value="([0-9a-f]{64})"', shown.text)
        return self.post(path, data={"token": token[1] if token else "", **fields})

    def sign_in(self, name: str, password: str = PASSWORD) -> Any:
        return self.submit("/login", page="/login", name=name, password=password, next="/")


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


def application(path: Path, **options: Any) -> Any:
    return create_app(path, **{"clock": Clock(), "draw": random.Random(0), **options})
