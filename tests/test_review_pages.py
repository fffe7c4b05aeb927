"""The desk in a real browser: reading, deciding, settling and exporting; by keyboard, without scripts, in every look."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import uvicorn
from browsing import LOOKS, scrolls_sideways, violations
from review_cases import NOW, PASSWORD, desk, indicator, line, person
from sklearn.metrics import average_precision_score

import thb_indicators as thb
from thb_indicators.labeled import Labeled, read_labeled
from thb_indicators.learn import read_corpus, scored
from thb_indicators.model import load_model
from thb_indicators.review import intake, log, queue, statement
from thb_indicators.review.decision import Decision, record, stored
from thb_indicators.review.people import find_person
from thb_indicators.review.store import open_store, writing
from thb_indicators.review.web import create_app
from thb_indicators.synth.generate import SyntheticAd, generate
from thb_indicators.triage import TriagePolicy

EMOJI = "🌾👩‍🌾 Farm work abroad.\r\nWe keep your passport. Live on the farm, no visits."
LINKS = {"left": "a1", "right": "a2", "similarity": 0.9, "reasons": [{"kind": "text", "similarity": 0.9}]}
CLUSTER = {
    "cluster": "c1", "ads": ["a1", "a2"], "actors": [["a1"], ["a2"]], "label": "boilerplate",
    "indicators": [{"id": "near_duplicate_text", "value": 2.0, "threshold": 2.0, "ads": ["a1", "a2"], "note": "two"}],
    "facts": {"cities": ["Leeds", "Cork"], "countries": ["GB", "IE"], "accounts": 2, "first": "2026-05-01",
              "last": "2026-05-09"},
    "template": {"constant": ["Farm", "work", None], "slots": [["abroad", "here"]]},
}  # fmt: skip
DECIDE = ("Ann Example", "Bo Example", "Cy Example")


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., tuple[str, Path]]]:
    servers: list[uvicorn.Server] = []

    def run(lines: list[dict[str, Any]], second: float = 0.0) -> tuple[str, Path]:
        path = tmp_path / "desk.db"
        db = desk(path, lines, second=second)
        for name in DECIDE:
            person(db, name, administrator=name == DECIDE[0])
        db.execute("UPDATE people SET gate = 'shown'")
        db.close()
        app = create_app(path, draw=random.Random(0))
        server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", server_header=False))
        threading.Thread(target=server.run, daemon=True).start()
        while not server.started:
            time.sleep(0.02)
        servers.append(server)
        return f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", path

    yield run
    for server in servers:
        server.should_exit = True


def sign_in(browser: Any, address: str, name: str, **look: Any) -> Any:
    """Return a page on which someone is signed in; whatever its console says is an error."""
    media = look.pop("media", None)
    page = browser.new_context(**look).new_page()
    page.set_default_timeout(60_000)
    page.said = []
    page.on("console", lambda message: page.said.append(message.text))
    page.goto(address + "/login")
    page.get_by_label("Name").focus()
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(address + "/")
    page.emulate_media(media=media)
    return page


def press(page: Any, words: str) -> None:
    """Press a button, or follow a link, and wait for the page that it leads to."""
    with page.expect_navigation():
        page.get_by_role("button", name=words).or_(page.get_by_role("link", name=words)).click()


def test_an_ad_is_read_and_decided_by_keyboard_alone(browser, serve) -> None:
    address, path = serve([line("a1"), line("a2", "Old bike.", score=0.1)])
    page = sign_in(browser, address, "Ann Example")

    def tab_to(words: str) -> None:
        for _ in range(80):
            page.keyboard.press("Tab")
            focused = "document.activeElement.innerText || document.activeElement.labels?.[0]?.innerText || ''"
            if words in page.evaluate(focused):
                return
        raise AssertionError(f"no key leads to {words!r}")

    tab_to("Read the next ad")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/read/1")
    assert page.get_by_text("We keep your passport").first.is_visible()
    tab_to("Several indicators speak together")
    page.keyboard.press("ArrowDown")
    tab_to("Notes")
    page.keyboard.type("As the ad says itself.")
    tab_to("Papers handed over")
    page.keyboard.press("Space")
    tab_to("Keep, and read the next")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/read/2")
    assert page.said == []
    decision = next(entry for entry in log.entries(open_store(path)) if entry.kind == "decision")
    assert (decision.by, decision.what["verdict"], decision.what["reason"]) == ("Ann Example", "refer", "one_strong")
    assert decision.what["notes"] == "As the ad says itself."
    assert decision.what["corrections"][0]["kind"] == "fired_wrongly"


def test_everything_works_without_scripts_and_nothing_typed_is_lost(browser, serve) -> None:
    address, path = serve([line("a1", EMOJI, indicators=[])])
    page = sign_in(browser, address, "Ann Example", java_script_enabled=False)
    press(page, "Read the next ad")
    page.fill("#notes", "Two lines\nof notes")
    page.get_by_label("Wording that concerns child safety").check()
    page.click("text=Was an indicator missed?")
    page.select_option("[name=missed_indicator]", "document_handover")
    page.fill("[name=missed_words]", "keep your pasport")
    press(page, "One more line")
    assert page.locator("[name=missed_words]").count() == 2
    press(page, "Keep, and stop")
    assert "are not in the ad; copy them from its text" in page.get_by_role("alert").inner_text()
    assert page.input_value("#notes") == "Two lines\nof notes"
    page.locator("[name=missed_words]").first.fill("We keep your passport")
    press(page, "Keep, and stop")
    page.wait_for_url(f"{address}/?notice=decided")
    decision = next(log.entries(open_store(path)))
    (missed,) = decision.what["corrections"]
    start, end = missed["span"]
    assert EMOJI[start:end] == "We keep your passport"
    assert decision.what["notes"] == "Two lines\nof notes"


@pytest.mark.parametrize("words", ["your passport. Live on", "🌾 Farm", "visits."])
def test_selected_words_keep_their_place_in_the_original(browser, serve, words: str) -> None:
    start = EMOJI.index("keep your")
    found = indicator(text=EMOJI, start=start, end=start + len("keep your passport"))
    address, path = serve([line("a1", EMOJI, indicators=[found])])
    page = sign_in(browser, address, "Ann Example")
    press(page, "Read the next ad")
    page.click("text=Was an indicator missed?")
    page.select_option("[name=missed_indicator]", "isolation_live_in")
    page.evaluate(
        """words => {
          const runs = [...document.querySelectorAll('[data-field=text] .said')].map(one => one.firstChild);
          const at = runs.map(one => one.data).join('').indexOf(words);
          const place = offset => { let left = offset;
            for (const run of runs) { if (left <= run.length) return [run, left]; left -= run.length; } };
          document.getSelection().setBaseAndExtent(...place(at), ...place(at + words.length));
        }""",
        words,
    )
    page.click("text=Take the words selected in the ad")
    assert page.input_value("[name=missed_words]") == words
    page.get_by_label("One indicator is strong on its own").check()
    press(page, "Keep, and stop")
    page.wait_for_url(f"{address}/?notice=decided")
    assert page.said == []
    (missed,) = next(log.entries(open_store(path))).what["corrections"]
    assert EMOJI[slice(*missed["span"])] == words and missed["span"][0] == EMOJI.index(words)


def test_two_people_read_blind_and_a_third_settles(browser, serve) -> None:
    address, path = serve([line("a1")], second=1.0)

    def decide(name: str, button: str, reason: str) -> str:
        page = sign_in(browser, address, name)
        press(page, button)
        page.wait_for_url(f"{address}/read/1")
        text = str(page.locator("main").inner_text())
        page.get_by_label(reason).check()
        page.fill("#notes", f"so says {name}")
        press(page, "Keep, and stop")
        page.wait_for_url(f"{address}/?notice=decided")
        return text

    first = decide("Bo Example", "Read the next ad", "One indicator is strong on its own")
    second = decide("Cy Example", "Read the next ad", "An ordinary reading fits")
    assert first == second.replace("Cy Example", "Bo Example")
    assert "so says" not in second
    third = decide("Ann Example", "Settle a difference", "An ordinary reading fits")
    assert "so says Bo Example" in third and "so says Cy Example" in third and "Settle it" in third
    db = open_store(path)
    assert stored(db, 1).state == "done" and log.verify(db) == []
    page = sign_in(browser, address, "Ann Example")
    page.goto(address + "/agreement")
    assert re.search(r"1\s+ads read twice\s+0\s+with the same decision", page.locator("main").inner_text())


def test_a_lock_is_told_and_a_break_is_suggested(browser, serve) -> None:
    address, path = serve([line("a1"), line("a2", "Old bike.", score=0.1)])
    open_store(path).execute("UPDATE people SET break_every = 1")
    ann, bo = (sign_in(browser, address, name) for name in ("Ann Example", "Bo Example"))
    press(ann, "Read the next ad")
    bo.goto(address + "/ads/1")
    press(bo, "Take it")
    assert "someone else is reading it" in bo.locator("main").inner_text()
    ann.get_by_label("Spam, the same for everyone").check()
    press(ann, "Keep, and read the next")
    ann.wait_for_url(f"{address}/?notice=decided")
    assert "You have read 1 ads today. This is a good moment for a short break" in ann.locator("main").inner_text()


@pytest.fixture
def full(serve) -> tuple[str, Path]:
    """A desk on which every page has something to show: one ad read by Ann, two decided, one that differs, and a group."""
    lines = [line("a1", score=0.9), line("a2"), line("a3", "Old bike.", route="sample"), line("a4", route="child_safety")]
    address, path = serve(lines, second=1.0)
    db = open_store(path)
    folder = path.parent
    for name, row in (("links", LINKS), ("clusters", CLUSTER)):
        (folder / f"{name}.jsonl").write_text(json.dumps(row) + "\n")
    intake.add_links(db, str(folder / "links.jsonl"))
    intake.add_clusters(db, str(folder / "clusters.jsonl"))
    ann, bo, cy = (find_person(db, name) for name in DECIDE)
    assert ann and bo and cy
    same = Decision("no_concern", "quoted", "Quotes a warning.")
    with writing(db):
        for number in (2, 3):
            record(db, bo, number, same, NOW)
            record(db, cy, number, same, NOW)
        record(db, bo, 4, same, NOW)
        record(db, cy, 4, Decision("refer", "child_safety"), NOW)
        statement.complete(db, bo, stored(db, 3), dict.fromkeys(statement.FIELDS, "Said in full."), bo.name, NOW)
    with writing(db):
        queue.take(db, ann, 1, time.time())
    return address, path


PAGES = (
    "/", "/read/1", "/ads", "/ads?state=done", "/ads/2", "/agreement", "/log", "/export", "/statement/2", "/statement/3",
    "/people", "/settings", "/me", "/nothing",
)  # fmt: skip


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: " ".join(look.values()))
def test_axe_finds_nothing_wrong_on_any_page(browser, full, look: dict[str, Any]) -> None:
    address, _ = full
    outside = browser.new_context(**{key: value for key, value in look.items() if key != "media"}).new_page()
    outside.goto(address + "/login")
    found = {"/login": violations(outside)}
    page = sign_in(browser, address, "Ann Example", **look)
    for place in PAGES:
        page.goto(address + place)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        found[place] = violations(page)
    page.emulate_media(media="screen")  # forms are not printed
    page.goto(address + "/read/1")
    page.get_by_label("Something else: say what in the notes").check()
    press(page, "Keep, and stop")
    page.emulate_media(media=look.get("media"))
    assert page.get_by_role("alert").is_visible()
    found["a decision that does not hold"] = violations(page)
    for gate in ("blurred", "hidden"):
        open_store(full[1]).execute("UPDATE people SET gate = ?", (gate,))
        page.goto(address + "/read/1")
        found[gate] = violations(page)
    assert {place: faults for place, faults in found.items() if faults} == {}
    assert [said for said in page.said if "404" not in said and "422" not in said] == []


@pytest.mark.parametrize("width", [320, 640], ids=["400 %", "200 %"])
def test_no_page_scrolls_sideways(browser, full, width: int) -> None:
    address, _ = full
    page = sign_in(browser, address, "Ann Example", viewport={"width": width, "height": 700})
    for place in ("/login", *PAGES):
        page.goto(address + place)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert not scrolls_sideways(page), place


def test_what_is_decided_is_exported_and_a_statement_is_completed(browser, full, tmp_path: Path) -> None:
    address, _ = full
    page = sign_in(browser, address, "Ann Example")
    page.goto(address + "/export")
    for name in ("labels.jsonl", "label-studio.json", "label-studio.xml"):
        with page.expect_download() as got:
            page.click(f"text=Download {name}")
        got.value.save_as(tmp_path / name)
    assert [(row.ad.id, row.label) for row in read_labeled(tmp_path / "labels.jsonl")] == [("a2", 0), ("a3", 0)]
    assert len(json.loads((tmp_path / "label-studio.json").read_text())) == 2
    page.goto(address + "/ads/2")
    press(page, "Draft a statement of reasons")
    for name in ("restriction", "scope", "contractual_ground", "redress"):
        page.fill(f"#{name}", "Said in full.")
    page.fill("#signed", "Bo Example")
    press(page, "Complete it under my name")
    assert "type your own name, Ann Example" in page.get_by_role("alert").inner_text()
    assert page.input_value("#redress") == "Said in full."
    page.fill("#signed", "Ann Example")
    press(page, "Complete it under my name")
    assert "Completed by Ann Example" in page.locator("main").inner_text()
    with page.expect_download() as got:
        page.click("text=Download as JSON")
    assert json.loads(Path(got.value.path()).read_text())["status"] == "completed"
    page.goto(address + "/log")
    press(page, "Verify the log")
    assert "The log holds" in page.locator("main").inner_text()


# --- from screening to a better model --------------------------------------------------------------------------------------


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from thb_indicators.cli import main; main()", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "COLUMNS": "200"}, check=False)
    assert done.returncode == 0, done.stderr
    return done


def test_what_people_decide_makes_a_better_model(browser, serve, screener: thb.Screener, tmp_path: Path) -> None:
    """Screen, review, export, train: on held-out synthetic ads the new model ranks better than the shipped one.

    Labels of what was flagged alone would teach little, so a fifth of the rest is drawn into the random sample.
    """
    ads = {ad.id: ad for ad in generate(400, seed=5)}
    policy = TriagePolicy(name="sample a fifth", sample_rate=0.2)
    sampling = thb.Screener(screener.lexicon, screener.model, policy)
    results = tmp_path / "results.jsonl"
    lines = [sampling.assess(_plain(ad)).to_dict(reveal=True, with_ad=True) for ad in ads.values()]
    results.write_bytes(msgspec.json.Encoder().encode_lines(lines))
    address, path = serve([])
    assert "400 new" in run("review", "import", str(results), "--db", str(path)).stderr

    reasons = {1: "Several indicators speak together", 0: "An ordinary reading fits"}
    page = sign_in(browser, address, "Ann Example")
    press(page, "Read the next ad")
    for _ in range(3):
        page.get_by_label(reasons[ads[page.locator("h1 bdi").inner_text()].label]).check()
        press(page, "Keep, and read the next")
    press(page, "Hand this ad on to someone else")
    db = open_store(path)
    bo = find_person(db, "Bo Example")
    assert bo is not None
    decisions = {1: Decision("refer", "several_indicators"), 0: Decision("no_concern", "ordinary_reading")}
    number = 0
    while number is not None:  # the others are decided as in the browser, only faster
        with writing(db):
            number = queue.claim(db, bo, time.time(), random.Random(0), beyond=True)
            if number is not None:
                record(db, bo, number, decisions[ads[stored(db, number).ad_id].label], time.time())
    assert log.verify(db) == []

    run("review", "export", "--db", str(path), "-o", str(tmp_path / "labels.jsonl"))
    run("train", str(tmp_path / "labels.jsonl"), "-o", str(tmp_path / "reviewed"))
    held_out = [Labeled(_plain(ad), ad.label, ad.group) for ad in generate(400, seed=6)]
    corpus = read_corpus(held_out, screener.lexicon)
    before, after = (
        average_precision_score(corpus.labels, scored(corpus.documents, model, screener.lexicon))
        for model in (screener.model, load_model(tmp_path / "reviewed"))
    )
    assert after > before + 0.02, (before, after)


def _plain(ad: SyntheticAd) -> thb.Ad:
    return thb.Ad(ad.id, ad.text, ad.title, ad.language, ad.country, ad.city, ad.posted_at, None, ad.account, "synthetic")
