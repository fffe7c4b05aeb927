from __future__ import annotations

import base64
import hashlib
import hmac
import json
import pickle
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thb_indicators import InputError, extract_contacts
from thb_indicators.repeats.keys import ContactKey, ContactKeys, fingerprints, generic, identity, masked, write_new_key
from thb_indicators.spans import Contact, Span

KEYS = ContactKeys(ContactKey("k1", bytes(range(32))))
NUMBERS = st.integers(0, 999).map(lambda n: f"+447700900{n:03}")
NAMES = st.from_regex(r"example_[a-z0-9]{1,12}", fullmatch=True)


def only(text: str, country: str | None = "GB") -> Contact:
    (contact,) = extract_contacts(text, country)
    return contact


def as_contact(kind: str, value: str) -> Contact:
    return Contact(kind, value, Span(0, 1))  # type: ignore[arg-type]


CONTACTS = st.one_of(
    NUMBERS.map(lambda value: as_contact("phone", value)),
    NUMBERS.map(lambda value: as_contact("messaging", f"wa.me/{value[1:]}")),
    NAMES.map(lambda name: as_contact("handle", f"@{name}")),
    NAMES.map(lambda name: as_contact("messaging", f"t.me/{name}")),
    NAMES.map(lambda name: as_contact("email", f"{name}@example.com")),
    NAMES.map(lambda name: as_contact("url", f"example.com/{name}")),
)


def test_a_fingerprint_is_hmac_sha256_of_kind_and_identity() -> None:
    digest = hmac.new(bytes(range(32)), b"phone\0+447700900123", hashlib.sha256).digest()
    assert fingerprints(only("07700 900123"), KEYS) == (f"k1:phone:{digest.hex()[:32]}",)


@given(CONTACTS, CONTACTS)
def test_fingerprints_are_equal_where_identities_are(left: Contact, right: Contact) -> None:
    assert (fingerprints(left, KEYS) == fingerprints(right, KEYS)) == (identity(left) == identity(right))


@given(CONTACTS)
def test_another_key_makes_another_fingerprint_and_no_fingerprint_shows_the_contact(contact: Contact) -> None:
    other = ContactKeys(ContactKey("k1", bytes(32)))
    (fingerprint,) = fingerprints(contact, KEYS)
    assert fingerprints(contact, other) != (fingerprint,)
    assert re.fullmatch(r"k1:(phone|handle|email|url|messaging):[0-9a-f]{32}", fingerprint)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("+44 7700 900123", "phone +447700900123"),
        ("0770😀0900😀123", "phone +447700900123"),
        ("https://wa.me/447700900123?text=Hi", "phone +447700900123"),
        ("https://api.whatsapp.com/send?phone=447700900123&text=hi", "phone +447700900123"),
        ("whatsapp://send?phone=+447700900123", "phone +447700900123"),
        ("https://signal.me/#p/+447700900123", "phone +447700900123"),
        ("viber://chat?number=%2B447700900123", "phone +447700900123"),
        ("https://t.me/+447700900123", "phone +447700900123"),
        ("Telegram: @Example_Ann", "handle @example_ann"),
        ("t.me/example_ann", "handle @example_ann"),
        ("https://www.instagram.com/example_ann/", "handle @example_ann"),
        ("https://www.tiktok.com/@example_ann", "handle @example_ann"),
        ("https://t.me/joinchat/AbCdEf", "messaging t.me/joinchat/AbCdEf"),
        ("https://t.me/+AbCdEf12345", "messaging t.me/+AbCdEf12345"),
        ("Ann+jobs@Example.com", "email ann@example.com"),
        ("ann (at) example (dot) com", "email ann@example.com"),
        ("https://www.example.com/ann?utm_source=x&utm_medium=y", "url example.com/ann"),
        ("https://house.example.org/de/", "url house.example.org"),
        ("house.example.org/en-gb", "url house.example.org"),
        ("house.example.org/anna", "url house.example.org/anna"),
    ],
)
def test_forms_of_one_contact_have_one_identity(text: str, same: str) -> None:
    assert " ".join(identity(only(text))) == same


def test_rotation_finds_what_was_kept_under_an_earlier_key() -> None:
    contact = only("07700 900123")
    kept = fingerprints(contact, KEYS)
    rotated = ContactKeys(ContactKey("k2", bytes(range(1, 33))), earlier=KEYS.all)
    now = fingerprints(contact, rotated)
    assert now[1:] == kept
    assert now[0].startswith("k2:phone:")


def test_a_secret_is_never_shown() -> None:
    secret = b"an example of a secret, 32 bytes"
    keys = ContactKeys(ContactKey("k1", secret), earlier=(ContactKey("k0", secret),))
    for shown in (repr(keys), str(keys), repr(keys.current), f"{keys.current}"):
        assert "example" not in shown
        assert base64.b64encode(secret).decode() not in shown
    assert pickle.loads(pickle.dumps(keys)) == keys


@pytest.mark.parametrize(
    ("id", "secret", "says"),
    [("k", b"short", "write_new_key"), ("k", b"", "16"), ("", bytes(32), "key id"), ("a:b", bytes(32), "key id")],
)
def test_a_weak_key_is_refused_with_the_way_to_a_good_one(id: str, secret: bytes, says: str) -> None:
    with pytest.raises(InputError, match=says):
        ContactKey(id, secret)


def test_two_keys_never_share_an_id() -> None:
    with pytest.raises(InputError, match="'k1'"):
        ContactKeys(ContactKey("k1", bytes(32)), earlier=(ContactKey("k1", bytes(16)),))


def test_a_key_file_is_read_back_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "keys.jsonl"
    keys = write_new_key(path, "2026-11")
    assert ContactKeys.load(path) == keys
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(InputError, match="never overwritten"):
        write_new_key(path, "2026-12")
    rotated = write_new_key(tmp_path / "next.jsonl", "2026-12", earlier=keys)
    assert ContactKeys.load(tmp_path / "next.jsonl") == rotated
    assert [key.id for key in rotated.all] == ["2026-12", "2026-11"]


def test_a_key_that_everybody_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys.jsonl"
    write_new_key(path, "2026-11")
    path.chmod(0o644)
    with pytest.raises(InputError, match="chmod 600"):
        ContactKeys.load(path)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "no json",
        '{"id": "k"}',
        '{"id": "k", "secret": "not base64!"}',
        json.dumps({"id": "k", "secret": base64.b64encode(b"short").decode()}),
        json.dumps({"id": "k", "secret": base64.b64encode(bytes(32)).decode(), "more": 1}),
    ],
)
def test_a_broken_key_file_is_refused_by_place_without_its_content(tmp_path: Path, line: str) -> None:
    path = tmp_path / "keys.jsonl"
    path.touch(mode=0o600)
    path.write_text(line)
    with pytest.raises(InputError) as raised:
        ContactKeys.load(path)
    assert str(raised.value).startswith(str(path))
    assert "not base64!" not in str(raised.value)


def test_a_missing_key_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="write_new_key"):
        ContactKeys.load(tmp_path / "none.jsonl")


def test_throwaway_keys_have_nothing_in_common() -> None:
    first, second = ContactKeys.throwaway(), ContactKeys.throwaway()
    assert first.current.id != second.current.id
    assert first.current.secret != second.current.secret


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("email", "abuse@example.com"), ("email", "no-reply@example.org"), ("url", "example.com/terms"),
        ("url", "example.com/en/help"),
        ("phone", "+18005550199"), ("phone", "+440000000000"), ("handle", "@instagram"), ("messaging", "wa.me"),
    ],
)  # fmt: skip
def test_a_contact_of_everybody_ties_nobody(kind: str, value: str) -> None:
    assert generic(as_contact(kind, value))


def test_a_contact_of_one_advertiser_is_not_generic() -> None:
    text = (
        "07700 900123, ann@example.com, @example_ann, t.me/example_ann, wa.me/447700900123, example.com/ann, t.me/+AbCdEf12345"
    )
    assert [generic(contact) for contact in extract_contacts(text, "GB")] == [False] * 7


@pytest.mark.parametrize(
    ("text", "country", "shown"),
    [
        ("07700 900123", "GB", "+44 •••• ••0123"),
        ("(415) 555-0132", "US", "+1 •••• ••0132"),
        ("415-555-0132", None, "•••• ••0132"),
        ("ann.b@mail.example.com", None, "a••@m••.com"),
        ("@example_ann", None, "@e•••"),
        ("t.me/example_ann", None, "t.me/e•••"),
        ("wa.me/447700900123", None, "wa.me/+44 •••• ••0123"),
        ("viber://chat?number=447700900123", None, "viber://+44 •••• ••0123"),
        ("t.me/+AbCdEf12345", None, "t.me/•••"),
        ("www.example.com/ann", None, "e••.com/•••"),
    ],
)
def test_a_masked_contact_tells_two_apart_and_reaches_nobody(text: str, country: str | None, shown: str) -> None:
    assert masked(only(text, country)) == shown


@given(st.sampled_from(["+44", "+1", "+40", "+359", ""]), st.text("0123456789", min_size=7, max_size=11))
def test_a_masked_phone_never_shows_its_middle(country: str, national: str) -> None:
    shown = re.sub("[^0-9]", "", masked(as_contact("phone", country + national)))
    code, last = shown[: len(shown) - 4], shown[-4:]
    assert len(shown) <= 3 + 4
    assert (country + national).endswith(last[-2:])
    assert len(code) <= 3


@given(NAMES)
def test_a_masked_name_shows_its_first_letter_only(name: str) -> None:
    for kind, value in (("email", f"{name}@example.com"), ("handle", f"@{name}"), ("messaging", f"t.me/{name}")):
        assert name[1:] not in masked(as_contact(kind, value))
