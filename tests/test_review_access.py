from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from review_cases import NOW, PASSWORD, TEXT, Browser, Clock, application, desk, indicator, line, person

from thb_indicators.errors import InputError
from thb_indicators.review import access, people
from thb_indicators.review.access import check_listening
from thb_indicators.review.store import open_store, writing
from thb_indicators.review.visit import local
from thb_indicators.review.web import create_app

PAYLOADS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '"><svg/onload=alert(1)>', "'><b onmouseover=alert(1)>",
    "{{7*7}}", "{% raw %}", "</textarea><script>alert(1)</script>", "</title><script>alert(1)</script>", "javascript:alert(1)",
    "\u202eevil\u2066", "\x1b[31m", "<!--", "]]>", "&lt;script&gt;", "</style><script>alert(1)</script>",
]  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    db = desk(tmp_path / "d.db", [line("a1"), line("a2", "Old bike.", score=0.2)])
    person(db, "Ann Example", administrator=True)
    person(db, "Bo Example")
    return tmp_path / "d.db"


@pytest.fixture
def ann(path: Path) -> Browser:
    browser = Browser(application(path))
    assert browser.sign_in("Ann Example").headers["location"] == "/"
    return browser


# --- coming in -------------------------------------------------------------------------------------------------------------


def test_nobody_sees_a_page_without_signing_in(path: Path) -> None:
    browser = Browser(application(path))
    for address in (
        "/",
        "/ads",
        "/ads/1",
        "/read/1",
        "/log",
        "/export",
        "/people",
        "/settings",
        "/agreement",
        "/me",
        "/statement/1",
    ):
        answer = browser.get(address)
        assert (answer.status_code, answer.text) == (303, "")
        assert answer.headers["location"].startswith("/login")
    assert browser.get("/docs").status_code == browser.get("/openapi.json").status_code == 404


def test_who_signs_in_comes_where_they_wanted_to_go_but_never_elsewhere(path: Path) -> None:
    browser = Browser(application(path))
    assert browser.get("/ads/1").headers["location"] == "/login?next=/ads/1"
    fields = {"name": "Ann Example", "password": PASSWORD}
    assert browser.submit("/login", page="/login", next="/ads/1", **fields).headers["location"] == "/ads/1"
    for elsewhere in ("https://example.com", "//example.com", "/\\example.com", "/%2f%2fexample.com", "javascript:alert(1)",
                      "/\t/example.com", "/@example.com", "\n//example.com", "///example.com",
                      "/ads//example.com"):  # fmt: skip
        assert local(elsewhere) == "/"
        assert browser.submit("/login", page="/login", next=elsewhere, **fields).headers["location"] == "/"
        assert "example.com" not in browser.get("/login", params={"next": elsewhere}).text


@pytest.mark.parametrize("secure", [False, True])
def test_the_cookie_is_for_this_site_alone_and_out_of_scripts_reach(path: Path, secure: bool) -> None:
    browser = Browser(application(path, secure=secure))
    browser.base_url = f"{'https' if secure else 'http'}://127.0.0.1:8765"
    answer = browser.sign_in("Ann Example")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Path=/" in cookie and "Domain" not in cookie
    assert ("Secure" in cookie) == secure
    assert ("strict-transport-security" in answer.headers) == secure


def test_a_session_that_was_planted_opens_nothing(path: Path) -> None:
    browser = Browser(application(path))
    browser.get("/login")
    planted = browser.cookies["session"]
    browser.sign_in("Ann Example")
    assert browser.cookies["session"] != planted
    other = Browser(application(path))
    other.cookies.set("session", planted)
    assert other.get("/").headers["location"] == "/login"


def test_the_database_holds_neither_passwords_nor_session_tokens(path: Path, ann: Browser) -> None:
    db = open_store(path)
    kept = repr([db.execute(f"SELECT * FROM {name}").fetchall() for name in ("people", "sessions", "log")])
    assert PASSWORD not in kept and ann.cookies["session"] not in kept
    assert db.execute("SELECT password FROM people").fetchone()[0].startswith("$argon2id$")


def test_signing_out_ends_the_session_itself(path: Path, ann: Browser) -> None:
    session = ann.cookies["session"]
    assert ann.submit("/logout").status_code == 303
    thief = Browser(ann.app)
    thief.cookies.set("session", session)
    assert thief.get("/").headers["location"] == "/login"


def test_a_session_ends_without_use_and_after_a_day_of_work(path: Path) -> None:
    clock = Clock()
    browser = Browser(application(path, clock=clock))
    browser.sign_in("Ann Example")
    clock.now = NOW + access.IDLE + 1
    assert browser.get("/").status_code == 303
    browser.sign_in("Ann Example")
    for _ in range(30):
        clock.now += access.IDLE / 2
        last = browser.get("/").status_code
    assert last == 303


def test_a_wrong_name_and_a_wrong_password_look_the_same(path: Path) -> None:
    browser = Browser(application(path))
    wrong = browser.sign_in("Ann Example", "not the password")
    unknown = browser.sign_in("Nobody Here", "not the password")
    assert wrong.status_code == unknown.status_code == 401
    assert len({re.sub('value="[^"]*"', "", page.text) for page in (wrong, unknown)}) == 1


def test_guessing_is_stopped_even_with_the_right_password_and_for_a_while_alone(path: Path) -> None:
    clock = Clock()
    browser = Browser(application(path, clock=clock))
    statuses = [browser.sign_in("Ann Example", f"guess number {n}").status_code for n in range(people.TRIES + 1)]
    assert statuses == [401] * people.TRIES + [429]
    assert browser.sign_in("ann example").status_code == 429
    assert browser.sign_in("Bo Example").status_code == 303  # others can still come in
    clock.now += people.WINDOW + 1
    assert browser.sign_in("Ann Example").status_code == 303


def test_many_names_from_one_address_are_stopped_too(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "ADDRESS_TRIES", 3)
    browser = Browser(application(path))
    statuses = [browser.sign_in(f"Nobody {n}", "guess guess guess").status_code for n in range(4)]
    assert statuses == [401, 401, 401, 429]


def test_who_is_shut_out_is_out_at_once(path: Path, ann: Browser) -> None:
    bo = Browser(ann.app)
    bo.sign_in("Bo Example")
    assert bo.get("/").status_code == 200
    assert ann.submit("/people/2", page="/people", do="out").status_code == 303
    assert bo.get("/").status_code == 303
    assert bo.sign_in("Bo Example").status_code == 401
    assert "you cannot shut yourself out" in ann.submit("/people/1", page="/people", do="out").text


def test_a_new_password_ends_every_other_session(path: Path, ann: Browser) -> None:
    elsewhere = Browser(ann.app)
    elsewhere.sign_in("Ann Example")
    fields = {"password": "five other lanterns", "again": "five other lanterns"}
    assert "the old password is not right" in ann.submit("/me/password", old="wrong wrong wrong", **fields).text
    assert ann.submit("/me/password", old=PASSWORD, **fields).headers["location"] == "/me"
    assert ann.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 303
    assert elsewhere.sign_in("Ann Example").status_code == 401
    assert elsewhere.sign_in("Ann Example", "five other lanterns").status_code == 303


@pytest.mark.parametrize("password", ["short", "Ann Example 12345", "aaaaaaaaaaaaaaaa", "x" * 201])
def test_a_password_that_is_easy_to_guess_is_refused(tmp_path: Path, password: str) -> None:
    db = open_store(tmp_path / "d.db")
    with pytest.raises(InputError), writing(db):
        people.add_person(db, "Ann Example", password, "test", NOW)
    assert people.everyone(db) == []


# --- first run -------------------------------------------------------------------------------------------------------------


def test_the_first_administrator_is_made_once_with_the_token_of_the_terminal(tmp_path: Path) -> None:
    app = create_app(tmp_path / "new.db", setup_token="only-on-the-terminal")
    browser = Browser(app)
    assert "Nobody can sign in yet" in browser.get("/login").text
    assert browser.get("/setup").status_code == browser.get("/setup?key=guess").status_code == 404
    page = "/setup?key=only-on-the-terminal"
    fields = {"key": "only-on-the-terminal", "name": "Ann Example", "password": PASSWORD}
    assert browser.submit("/setup", page=page, **{**fields, "key": "guess"}, again=PASSWORD).status_code == 404
    assert browser.submit("/setup", page=page, **fields, again="another").status_code == 422
    assert browser.submit("/setup", page=page, **fields, again=PASSWORD).headers["location"] == "/"
    assert browser.get("/people").status_code == 200
    assert browser.get(page).status_code == 404
    assert Browser(create_app(tmp_path / "new.db", setup_token="only-on-the-terminal")).get(page).status_code == 404


def test_there_is_no_way_in_without_a_set_up_desk(tmp_path: Path) -> None:
    browser = Browser(create_app(tmp_path / "new.db"))
    assert browser.get("/setup?key=").status_code == 404
    for name, password in (("admin", "admin"), ("", ""), ("administrator", "password1234")):
        assert browser.sign_in(name, password).status_code in (401, 422)


# --- forms -----------------------------------------------------------------------------------------------------------------


def _post_paths(app: Any) -> set[str]:
    found: set[str] = set()

    def walk(routes: Any) -> None:
        for route in routes:
            if "POST" in (getattr(route, "methods", None) or ()):
                found.add(re.sub(r"{kind}", "labels.jsonl", re.sub(r"{number}", "1", route.path)))
            walk(getattr(route, "routes", None) or getattr(getattr(route, "original_router", None), "routes", None) or ())

    walk(app.routes)
    return found


def test_no_form_is_taken_without_the_token_of_its_own_session(path: Path, ann: Browser) -> None:
    bo = Browser(ann.app)
    bo.sign_in("Bo Example")
    foreign = re.search(r'name="token" value="(\w+)"', bo.get("/me").text)
    assert foreign
    paths = _post_paths(ann.app)
    assert len(paths) >= 18
    before = open_store(path).execute("SELECT count(*) FROM log").fetchone()
    for address in paths:
        for token in ("", "0" * 64, foreign[1], "ü"):
            assert ann.post(address, data={"token": token}).status_code == 403, address
    assert open_store(path).execute("SELECT count(*) FROM log").fetchone() == before


def test_no_form_of_another_site_is_taken_even_with_a_token(ann: Browser) -> None:
    token = re.search(r'name="token" value="(\w+)"', ann.get("/me").text)
    assert token
    data = {"token": token[1], "gate": "shown", "break_every": "5"}
    for headers in ({"origin": "https://example.com"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"},
                    {"origin": "http://127.0.0.1:9999"}):  # fmt: skip
        assert ann.post("/me", data=data, headers=headers).status_code == 403
    assert ann.post("/me", data=data, headers={"origin": "http://127.0.0.1:8765"}).status_code == 303


def test_only_forms_of_a_sensible_size_are_read(ann: Browser) -> None:
    assert ann.post("/me", data={"token": "x" * 300_000}).status_code == 413
    assert ann.post("/me", json={"token": "x"}).status_code == 415
    assert ann.post("/me", files={"token": b"x"}).status_code == 415
    assert ann.post("/me", content=iter([b"token=", b"x"])).status_code == 411


def test_nothing_changes_by_a_link(path: Path, ann: Browser) -> None:
    for address in ("/next", "/settle", "/logout", "/read/1/reveal", "/read/1/pass", "/ads/1/take", "/ads/1/reopen",
                    "/log/verify", "/export/labels.jsonl", "/me/password", "/people/2"):  # fmt: skip
        assert ann.get(address).status_code in (404, 405)


def test_only_an_administrator_manages_the_desk(path: Path) -> None:
    bo = Browser(application(path))
    bo.sign_in("Bo Example")
    for address in ("/log", "/export", "/people", "/settings"):
        assert bo.get(address).status_code == 403
    for address in ("/log/verify", "/export/labels.jsonl", "/people", "/people/1", "/settings"):
        assert bo.submit(address, do="out", name="Cy", password=PASSWORD).status_code == 403
    assert people.find_person(open_store(path), "Cy") is None


# --- the frame -------------------------------------------------------------------------------------------------------------


def test_every_answer_carries_the_headers_that_keep_others_out(path: Path, ann: Browser) -> None:
    for answer in (ann.get("/"), ann.get("/nothing"), ann.get("/static/style.css"), ann.post("/me"),
                   Browser(ann.app).get("/login"), ann.get("/ads/x"),
                   ann.get("/", headers={"host": "example.com"})):  # fmt: skip
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert ann.get("/").headers["cache-control"] == "no-store"
    assert "server" not in ann.get("/").headers


def test_another_sites_name_does_not_reach_the_desk(ann: Browser) -> None:
    assert ann.get("/", headers={"host": "example.com"}).status_code == 400
    assert ann.get("/", headers={"host": "localhost:8765"}).status_code in (200, 303)


@pytest.mark.parametrize("address", [
    "/static/../store.py", "/static/%2e%2e/store.py", "/static/..%2fstore.py", "/static//etc/passwd",
    "/static/%2e%2e%2f%2e%2e%2fd.db", "/export/..%2f..%2fd.db", "/ads/..%2f1", "/read/1/../../d.db", "/static/select.js%00.css",
])  # fmt: skip
def test_no_path_leads_out_of_the_desk(ann: Browser, address: str) -> None:
    answer = ann.get(address)
    assert answer.status_code in (303, 404, 405, 422)
    assert "sqlite3" not in answer.text and "root:" not in answer.text and "SQLite format" not in answer.text


def test_odd_requests_get_a_page_and_no_trace(ann: Browser) -> None:
    for address in ("/ads/99", "/ads/x", "/ads/99999999999999999999", "/ads?rank=nan", "/ads?state=x", "/read/-1",
                    "/log?before=x", "/statement/7", "/log?before=99999999999999999999999",
                    "/ads?rank=inf&number=99999999999999999999999"):  # fmt: skip
        answer = ann.get(address)
        assert 300 <= answer.status_code < 500 or answer.status_code == 200, address
        assert "Traceback" not in answer.text


def test_the_desk_refuses_to_be_reached_from_elsewhere_without_tls(tmp_path: Path) -> None:
    for host in ("127.0.0.1", "localhost", "::1", "127.0.0.5"):
        assert check_listening(host, None, None) is False
    for host in ("0.0.0.0", "::", "192.0.2.7", "example.org", "127.0.0.1.example.org", ""):
        with pytest.raises(InputError, match="unencrypted"):
            check_listening(host, None, None)
    certificate, key = tmp_path / "c.pem", tmp_path / "k.pem"
    with pytest.raises(InputError, match="together"):
        check_listening("0.0.0.0", certificate, None)
    with pytest.raises(InputError, match="no such file"):
        check_listening("0.0.0.0", certificate, key)
    certificate.touch(), key.touch()
    assert check_listening("0.0.0.0", certificate, key) is True


# --- what others wrote stays text ------------------------------------------------------------------------------------------

ACTIVE = re.compile(
    r"<script(?! src=\"/static/select\.js\" defer></script>)|<img|<svg/|<b |onerror=alert\(1\)>|<h1>x"
    r"|[\x00-\x08\x0b-\x1f\u202a-\u202e]", re.IGNORECASE,
)  # fmt: skip


@pytest.mark.parametrize("payload", PAYLOADS)
def test_script_payloads_in_every_field_stay_text(tmp_path: Path, payload: str) -> None:
    text = f"{payload} We keep your passport {payload}"
    found = indicator(text=text, start=0, end=len(payload), id=payload, title=payload, why=payload, innocent_readings=[payload],
                      disputed=payload, references=[payload],
                      signals=[{"indicator": "x", "note": payload, "source": payload}])  # fmt: skip
    ad = dict.fromkeys(("title", "city", "posted_at", "source", "account"), payload)
    reason = {"kind": "contact", "contact": payload, "shown": payload}
    evil = line(payload, text, ad=ad, indicators=[found], reason=payload, language=payload, domains=[payload], policy=payload,
                model_version=payload, contributions=[{"feature": payload, "log_odds": 1.0}],
                links=[{"left": payload, "right": payload, "reasons": [reason]}])  # fmt: skip
    db = desk(tmp_path / "d.db", [evil])
    db.execute("INSERT INTO clusters VALUES (?, ?)", ("c", cluster_line(payload)))
    db.execute("INSERT INTO members VALUES (?, 'c')", (payload,))
    person(db, "Ann Example", administrator=True)
    browser = Browser(application(tmp_path / "d.db"))
    browser.sign_in("Ann Example")
    browser.submit("/me", gate="shown", break_every="5")
    pages = [browser.get("/ads"), browser.get("/ads/1"), browser.get(browser.submit("/next").headers["location"])]
    typed = {"notes": payload, "missed_indicator": payload, "missed_words": payload, "missed_field": payload, "wrong": payload}
    pages.append(browser.submit("/read/1", reason=payload, **typed))
    assert pages[-1].status_code == 422
    pages += [browser.submit("/people", name=payload, password="short"), browser.sign_in(payload, "x"),
              browser.get("/", params={"notice": payload}), browser.get("/login", params={"next": payload})]  # fmt: skip
    browser.sign_in("Ann Example")
    assert browser.submit("/read/1", reason="refer.one_strong", notes=payload, do="stop").status_code == 303
    browser.submit("/ads/1/reopen", why=payload)
    browser.submit(f"/read/{browser.submit('/next').headers['location'].split('/')[-1]}", reason="refer.one_strong", do="stop")
    signed = {"signed": payload, **dict.fromkeys(("restriction", "scope", "facts", "redress"), payload)}
    pages += [browser.get("/ads/1"), browser.get("/statement/1"), browser.submit("/statement/1", **signed), browser.get("/log"),
              browser.get("/agreement"), browser.submit("/log/verify", page="/log", noted=payload)]  # fmt: skip
    for page in pages:
        assert page.status_code in (200, 401, 422), page.url
        assert not ACTIVE.search(page.text), (page.url, ACTIVE.search(page.text))
        assert "49" not in re.sub(r"[0-9a-f]{20,}|\d{4}-\d\d-\d\d|&#\d+;", "", page.text) or payload != "{{7*7}}"


def cluster_line(payload: str) -> str:
    measure = {"id": payload, "value": 2.0, "threshold": 2.0, "ads": [payload], "note": payload}
    facts = {"cities": [payload], "countries": [payload], "first": payload, "last": payload}
    return json.dumps({"cluster": payload, "ads": [payload], "label": payload, "indicators": [measure], "facts": facts,
                       "template": {"constant": [payload, None], "slots": [[payload]]}, "actors": [[payload]]})  # fmt: skip


def test_masked_wording_is_not_in_the_page_until_it_is_asked_for_and_the_log_says_so(path: Path, ann: Browser) -> None:
    address = ann.submit("/next").headers["location"]
    assert "07700" not in ann.get(address).text and TEXT[:17] in ann.get(address).text
    ann.submit("/me", gate="hidden", break_every="5")
    assert "passport" not in ann.get(address).text
    ann.submit(f"{address}/show", page=address)
    assert "passport" in ann.get(address).text and "07700" not in ann.get(address).text
    ann.submit(f"{address}/reveal", page=address)
    assert "07700 900123" in ann.get(address).text
    ann.submit(address, page=address, reason="refer.one_strong", do="stop")
    kinds = [row[0] for row in open_store(path).execute("SELECT entry ->> '$.kind' FROM log ORDER BY seq DESC LIMIT 2")]
    assert kinds == ["decision", "revealed"]
