"""The review desk: how long its pages take with many ads, and whether kill -9 loses a decision.

    python benchmarks/review.py [ADS] [--kills N]

Pages are asked for over HTTP from a desk that runs in its own process; a tenth of the ads is decided, a part of them twice.
Kills hit the serving process itself, at a moment nobody chose, while decisions are being sent: a decision is acknowledged once
its answer has arrived. Machine and other load are part of every figure.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from thb_indicators import Ad, Screener
from thb_indicators.review import intake, log, people, queue
from thb_indicators.review.decision import Decision, record
from thb_indicators.review.store import open_store, writing
from thb_indicators.synth.generate import generate

PASSWORD = "seven quiet lanterns"
READERS = ("Ann Example", "Bo Example", "Cy Example")
ROUNDS = 200
DECISIONS = (Decision("refer", "several_indicators"), Decision("no_concern", "ordinary_reading"))
SERVE = (
    "import sys, uvicorn; from thb_indicators.review.web import create_app; "
    "uvicorn.run(create_app(sys.argv[1]), host='127.0.0.1', port=int(sys.argv[2]), log_level='error')"
)


def lines(count: int) -> Any:
    """Yield result lines: some hundred screened synthetic ads, then the same under other names and with other scores."""
    screener, draw = Screener(), random.Random(0)
    own = []
    for ad in generate(min(count, 500), seed=3):
        plain = Ad(ad.id, ad.text, ad.title, ad.language, ad.country, ad.city, ad.posted_at, None, ad.account, "synthetic")
        own.append(screener.assess(plain).to_dict(reveal=True, with_ad=True))
    routes = ["review"] * 60 + ["sample"] * 5 + ["insufficient"] * 4 + ["child_safety"] + ["none"] * 30
    for number in range(count):
        yield {
            **own[number % len(own)],
            "ad_id": f"ad-{number}",
            "route": draw.choice(routes),
            "score": round(draw.random(), 6),
        }


def fill(path: Path, count: int) -> None:
    """Make a desk with `count` ads, a tenth of them decided."""
    db = open_store(path)
    begin = time.perf_counter()
    intake.add_assessments(db, lines(count), "benchmark", time.time() - 5 * queue.DAY, random.Random(0))
    print(f"{count} ads screened or repeated, and imported: {time.perf_counter() - begin:.0f} s")
    with writing(db):
        staff = [people.add_person(db, name, PASSWORD, "benchmark", time.time(), administrator=True) for name in READERS]
        db.execute("UPDATE people SET gate = 'shown'")
        db.execute("UPDATE settings SET value = '1000000' WHERE key = 'capacity'")
    draw = random.Random(0)
    begin = time.perf_counter()
    db.execute("PRAGMA synchronous = OFF")  # for filling only
    for at in range(count // 10):
        with writing(db):
            number = queue.claim(db, staff[at % 2], time.time() - queue.DAY, draw)
            assert number is not None
            record(db, staff[at % 2], number, draw.choices(DECISIONS, (4, 1))[0], time.time() - queue.DAY)
    print(f"{count // 10} decisions: {(time.perf_counter() - begin) / (count // 10) * 1000:.1f} ms each, without syncing")
    begin = time.perf_counter()
    assert log.verify(db) == []
    print(f"log of {log.head(db)[0]} entries verified in {time.perf_counter() - begin:.2f} s")
    db.close()


class Desk:
    """A desk in its own process, and someone signed in to it."""

    def __init__(self, path: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.process = subprocess.Popen([sys.executable, "-c", SERVE, str(path), str(port)])
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)
        while True:
            try:
                self.client.get("/login")
                break
            except httpx.TransportError:
                time.sleep(0.02)

    def sign_in(self, name: str) -> None:
        self.post("/login", page="/login", name=name, password=PASSWORD)

    def post(self, address: str, page: str = "/me", **fields: str) -> httpx.Response:
        token = re.search(r'name="token" value="(\w+)"', self.client.get(page).text)
        assert token
        return self.client.post(address, data={"token": token[1], **fields})


def pages(path: Path) -> None:
    """Print the p50 and p95 of every page, and of keeping a decision."""
    desk = Desk(path)
    desk.sign_in(READERS[0])
    reading = desk.post("/next").headers["location"]
    decided = open_store(path).execute("SELECT number FROM ads WHERE state = 'done' LIMIT 1").fetchone()[0]
    later = re.search(r'href="(/ads\?state=open&amp;rank=[^"]+)"', desk.client.get("/ads").text)
    assert later
    found: dict[str, list[float]] = {}
    addresses = ("/", reading, "/ads", later[1].replace("&amp;", "&"), "/ads?state=done", f"/ads/{decided}", "/agreement",
                 "/log", "/export", f"/statement/{decided}", "/people", "/settings", "/me")  # fmt: skip
    for _ in range(ROUNDS):
        for address in addresses:
            begin = time.perf_counter()
            assert desk.client.get(address).status_code == 200
            found.setdefault(re.sub(r"rank=.*", "rank=…", address), []).append((time.perf_counter() - begin) * 1000)
    token = re.search(r'name="token" value="(\w+)"', desk.client.get("/me").text)
    assert token
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        answer = desk.client.post(reading, data={"token": token[1], "reason": "refer.one_strong", "do": "next"})
        found.setdefault("keep a decision, get the next ad", []).append((time.perf_counter() - begin) * 1000)
        assert answer.status_code == 303
        reading = answer.headers["location"]
        if not reading.startswith("/read/"):
            reading = desk.post("/next").headers["location"]
    desk.process.kill()
    desk.process.wait()
    print("page                                p50 ms   p95 ms")
    for address, times in found.items():
        print(f"{address:34s} {np.percentile(times, 50):7.1f} {np.percentile(times, 95):8.1f}")
    together = np.concatenate(list(found.values()))
    print(f"{'all':34s} {np.percentile(together, 50):7.1f} {np.percentile(together, 95):8.1f}")


def kills(path: Path, count: int) -> None:
    """Kill the serving process `count` times while decisions are sent, and look for what had been acknowledged."""
    db = open_store(path)
    before = log.head(db)[0]
    acknowledged: list[str] = []
    for seed in range(count):
        desk = Desk(path)
        desk.sign_in(READERS[seed % len(READERS)])
        token = re.search(r'name="token" value="(\w+)"', desk.client.get("/me").text)
        assert token
        timer = threading.Timer(random.Random(seed).uniform(0.02, 0.4), desk.process.kill)
        timer.start()
        try:
            reading = desk.client.post("/next", data={"token": token[1]}).headers["location"]
            while True:
                sent = {"token": token[1], "reason": "refer.one_strong", "notes": f"kill {seed}", "do": "next"}
                answer = desk.client.post(reading, data=sent)
                assert answer.status_code == 303
                acknowledged.append(f"{seed} {reading.rsplit('/', 1)[1]}")
                reading = answer.headers["location"]
                if not reading.startswith("/read/"):
                    reading = desk.client.post("/next", data={"token": token[1]}).headers["location"]
        except httpx.TransportError:
            pass
        timer.join()
        desk.process.wait()
        assert log.verify(db) == [], log.verify(db)
    kept = {
        f"{entry.what['notes'].split()[-1]} {entry.what['ad']}"
        for entry in log.entries(db)
        if entry.seq > before and entry.kind in ("decision", "settled")
    }
    lost = [one for one in acknowledged if one not in kept]
    print(f"{count} kills: {len(acknowledged)} decisions acknowledged, {len(lost)} lost, {len(kept) - len(acknowledged)} kept "
          f"whose answer did not arrive; the log verified after each")  # fmt: skip
    assert not lost


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("ads", nargs="?", type=int, default=100_000)
    options.add_argument("--kills", type=int, default=200)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "desk.db"
        fill(path, given.ads)
        print(f"database: {path.stat().st_size / 1e6:.0f} MB; load of the machine before: {os.getloadavg()[0]:.1f}")
        pages(path)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "small.db"
        fill(path, 20_000)
        kills(path, given.kills)


if __name__ == "__main__":
    main()
