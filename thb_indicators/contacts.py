"""Contacts in an ad: phones, e-mails, handles, messaging links and URLs, plain or disguised.

`extract_contacts` is for linking and display and validates phone numbers with `phonenumbers`; `scan` is the quick look
that every ad gets, and says only whether there is a contact and which contacts are disguised.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

import msgspec
import phonenumbers
from ahocorasick_rs import AhoCorasick

from thb_indicators.normalize import EMOJI, Normalized, normalize
from thb_indicators.records import DOT, Span, require_text

Kind = Literal["phone", "email", "handle", "messaging", "url"]


class Contact(msgspec.Struct, frozen=True):
    """One contact found in a text.

    `value` is normalized: E.164 for a phone whose country is known (else its digits), an address in lower case, a handle
    with its ``@``. `span` points into the original; `obscured` says that it was written to defeat collection.
    """

    kind: Kind
    value: str
    span: Span
    obscured: bool = False


class Reach(NamedTuple):
    """What a quick look found: whether there is any contact, and where one is disguised."""

    any: bool
    obscured: tuple[Span, ...] = ()


MIN_DIGITS, MAX_DIGITS = 7, 15
_DIGIT_WORDS = (
    "zero cero null nulla nul ноль нуль нула nula zéro oh",
    "one uno um unu eins un egy een едно один одна",
    "two dos dois doi zwei zwo deux due kettő ketto twee две два",
    "three tres três trei drei trois tre három harom drie три",
    "four cuatro quatro patru vier quatre quattro négy negy четири чотири четыре",
    "five cinco cinci fünf cinq cinque öt vijf пет п'ять пять",
    "six seis șase sase sechs sei hat zes шест шість шесть",
    "seven siete sete șapte sapte sieben sept sette hét zeven седем сім семь",
    "eight ocho oito opt acht huit otto nyolc осем вісім восемь",
    "nine nueve nove nouă noua neun neuf kilenc negen девет дев'ять девять",
)
_WORD_DIGITS = {
    form: str(digit)
    for digit, words in enumerate(_DIGIT_WORDS)
    for word in words.split()
    for form in (normalize(word).text.strip(), normalize(word).view)
}
DIGIT_WORDS = frozenset(_WORD_DIGITS)
_REPEATS = {"double": 2, "triple": 3, "treble": 3}
_SPELLED_WORDS = "|".join(sorted((*_WORD_DIGITS, *_REPEATS), key=lambda word: (-len(word), word)))
_SPELLED_PART = re.compile(rf"{_SPELLED_WORDS}|o|[0-9]")
_SPELLED_RUN = re.compile(rf"(?<![^\W\d_])(?:(?:{_SPELLED_WORDS}|o(?![^\W\d_])|[0-9])[ \-.,/_*|+]{{0,3}}){{5,}}(?![^\W\d_])")
_SEPARATOR = rf"(?:[ ().\-/_*~=|'\n{EMOJI}]|,(?! )){{0,4}}"
# It begins with a digit, so that most of a text is passed over fast; what stands before the digit is looked at after.
_PHONE = re.compile(
    rf"[0-9](?:{_SEPARATOR}[0-9]){{{MIN_DIGITS - 1},18}}(?P<extension>\s?(?:x|ext\.?|extension)\s?[0-9]{{1,5}})?(?![\w@])"
)
_BEFORE_PHONE = re.compile(r"(?<![\w@#/.,\-])[(+]{0,3}$")
_DATE = re.compile(
    r"(?:[0-9]{1,2}[/.\-][0-9]{1,2}[/.\-][0-9]{2,4}|[0-9]{4}[/.\-][0-9]{1,2}[/.\-][0-9]{1,2}|(?:19|20)[0-9]{6})(?![0-9])"
    r"(?:[ T,]+(?:&nbsp;)?[0-9]{1,2}[:.h]?[0-9]{0,2})?$"
)
_YEARS = re.compile(r"(?:(?:19|20)[0-9]{2}[ \-/,]*){2,}$")
_AMOUNTS = re.compile(r"[0-9]{1,3}(?:(?:[ ,.'][0-9]{3})+|(?: ?[/\-,|] ?[0-9]{1,4}(?![0-9])){2,})$")
_LIST = re.compile(r"[1-9][0-9]{1,3}(?: ?[/|,] ?[1-9][0-9]{1,3}){2,}$")
_NORTH_AMERICAN = re.compile(r"[0-9]{3}[/,|] ?[0-9]{3}[/,|\-] ?[0-9]{4}$")
_BEFORE_AMOUNT = re.compile(
    r"(?:[$€£¥₴₽]|\b(?:eur|usd|gbp|ref\.?|reference|id|isbn|iban|order|serial|part|model|item|no\.?|nr\.?|#|art\.?|"
    r"company|registration|vat|reg\.?|license|licence|account|code))[ :#]*$"
)
_AFTER_AMOUNT = re.compile(r" ?(?:[$€£¥₴₽%]|eur\b|euros?\b|usd\b|km\b|kg\b|miles\b|sq\b|m2\b|mb\b|gb\b)")
_LOOKALIKE = re.compile(r"(?<![\w@])[+]?[\doilszb](?:[ .\-()]{0,2}[\doilszb]){8,13}(?![\w@])")
_LOOKALIKE_DIGITS = str.maketrans("oilszb", "011528")
# What stands between two digits of a number is left out, so that a row of zeros shows that a number may be there.
_SEPARATORS = b" ().-/_*~=|,'\n?"
_DIGIT_KINDS = bytes(48 if chr(c).isdigit() else 111 if chr(c) in "oilszb" else 32 for c in range(128)) + bytes([32]) * 128
_SPELLED_DIGITS = 3
_TELLING = 2
"""Words that spell a digit, also glued to others, from which a number may be spelled out."""
_HINTS = {
    "at": ("(at", "( at", "[at", "[ at", "{at", "{ at", "<at", "*at*", "(@", "[@", "{@", " @ ", " arroba ", " dot ", " punto ",
           " ponto ", " punct ", " punkt ", " punt ", " pont ", " точка ", " крапка "),
    "link": ("http", "www.", ".com", ".net", ".org", ".info", ".biz", ".eu", ".co.uk", ".example", ".me/", ".click"),
    "name": ("gram:", "gram :", "gram id", "gram user", "app:", "app :", "app id", "insta", "ig:", "ig :", "snap", "kik",
             "wechat", "skype", "viber", "signal:", "signal :", "line:", "line :", "line id", "threema", "wickr",
             "tg:", "tg :", "gram=", "app="),
    "spelled": ("zero", "cero", "seven", "nine", "eight", "siete", "sieben", "ноль", "нуль", "нула", "null"),
    "reach": ("whatsapp", "telegram", "viber", "signal", "snapchat", "instagram", "wechat", "skype"),
}  # fmt: skip
"""What must stand in a text before a kind of contact is looked for; one pass finds them all."""
_HINT_KINDS = [kind for kind, words in _HINTS.items() for _ in words]
_HINT_WORDS = AhoCorasick([word for words in _HINTS.values() for word in words])
_EMAIL = re.compile(r"(?<![\w.+\-])[a-z0-9][\w.+\-]*@[a-z0-9\-]+(?:\.[a-z0-9\-]+)+")
_DOT = (
    r"(?:\s*(?:\(\s*dot\s*\)|\[\s*dot\s*\]|\{\s*dot\s*\}|<dot>|\(\.\)|\[\.\])\s*"
    r"|\s+(?:dot|punto|ponto|punct|punkt|point|punt|pont|точка|крапка)\s+)"
)
_OBSCURED_EMAIL = re.compile(
    r"(?<![\w.+\-])(?P<name>[a-z0-9][\w.+\-]*)"
    r"(?P<at>\s*(?:\(\s*(?:at|@)\s*\)|\[\s*(?:at|@)\s*\]|\{\s*(?:at|@)\s*\}|<at>|\*at\*)\s*|\s+(?:at|arroba|@)\s+)"
    rf"(?P<host>[a-z0-9\-]+)(?P<dots>(?:(?:{_DOT}|\s?\.\s?)[a-z0-9\-]{{2,}})+)"
)
_URL = re.compile(
    r"(?:https?://|www\.)[^\s<>\"')\]]+|(?<![\w@.])[a-z0-9][a-z0-9\-]*(?:\.[a-z0-9\-]+)*\.(?:com|net|org|info|biz|eu|co\.uk|example)(?:/[^\s<>\"')\]]*)?(?![\w@])"
)
_MESSAGING_HOST = re.compile(
    r"(?:https?://)?(?:www\.)?(?:wa\.me|t\.me|telegram\.me|m\.me|signal\.me|viber\.click|chat\.whatsapp\.com|api\.whatsapp\.com|line\.me)\b/?[^\s<>\"')\]]*"
)
_HANDLE = re.compile(r"(?<![\w@.+\-])@[a-z0-9][a-z0-9_.]{2,29}(?<!\.)(?![\w@])")
_NAMED_HANDLE = re.compile(
    r"\b(?:telegram|whatsapp|instagram|insta|ig|snap(?:chat)?|kik|wechat|skype|line|viber|signal|threema|wickr|tg)"
    r"(?: (?:id|user(?:name)?|name))?\s*[:=]\s*(?P<name>[a-z][a-z0-9_.]{2,29})(?<!\.)\b"
)
_ODD_SEPARATOR = re.compile(rf"[0-9] ?[_*~=|{EMOJI}]+ ?[0-9]")
_LONE_DIGITS = re.compile(r"(?<![0-9])[0-9](?:[ .,\-_*/|]{1,3}[0-9](?![0-9])){6,}")
_MESSAGING_HINTS = (".me", "viber.click", "whatsapp.com")
_REACH_WORDS = frozenset(_HINTS["reach"])


def extract_contacts(text: str, country: str | None = None) -> list[Contact]:
    """Find every contact in a text.

    Parameters
    ----------
    text
        Any string.
    country
        ISO 3166-1 code of the ad's country, used for phone numbers without a country code.

    Returns
    -------
    list of Contact
        In the order of their places; contacts never overlap.

    Raises
    ------
    InputError
        When `text` is no string.

    Examples
    --------
    >>> [c.value for c in extract_contacts("Call 07700 900123 or ann (at) example (dot) com", "GB")]
    ['+447700900123', 'ann@example.com']
    """
    require_text(text, "text", "(contacts)")
    normalized = normalize(text)
    taken: list[Contact] = []
    for contact in _candidates(normalized, _hints(normalized.view), country.upper() if country else None, validate=True):
        if not any(contact.span.start < c.span.end and c.span.start < contact.span.end for c in taken):
            taken.append(contact)
    return sorted(taken, key=lambda contact: contact.span)


def mask_contacts(text: str, country: str | None = None) -> str:
    """Return a text with every contact in it dotted out; lengths stay.

    Examples
    --------
    >>> mask_contacts("Ask for Ann, 07700 900123")
    'Ask for Ann, ••••••••••••'
    """
    for contact in extract_contacts(text, country):
        start, end = contact.span
        text = text[:start] + DOT * (end - start) + text[end:]
    return text


def scan(normalized: Normalized) -> Reach:
    """Take the quick look that every ad gets.

    Examples
    --------
    >>> scan(normalize("seven seven zero zero nine zero zero one two three"))
    Reach(any=True, obscured=(Span(start=0, end=50),))
    """
    hints = _hints(normalized.view)
    found = list(_candidates(normalized, hints, None, validate=False))
    obscured = tuple(sorted({contact.span for contact in found if contact.obscured}))
    named = "reach" in hints and not _REACH_WORDS.isdisjoint(normalized.text.split())
    return Reach(bool(found) or "link" in hints or named, obscured)


def _hints(view: str) -> Counter[str]:
    return Counter(_HINT_KINDS[number] for number, _, _ in _HINT_WORDS.find_matches_as_indexes(view, overlapping=True))


def _candidates(normalized: Normalized, hints: Counter[str], country: str | None, *, validate: bool) -> Iterator[Contact]:
    """Yield contacts, the surest kinds first: where two overlap, the first one counts."""
    view = normalized.view
    addressed = list(_around_at(view)) if "@" in view else []
    for low, high in addressed:
        for found in _EMAIL.finditer(view, low, high):
            span = normalized.origin(*found.span())
            yield Contact("email", found[0].rstrip("."), span, not span.of(normalized.original).isascii())
    if "at" in hints:
        yield from _obscured_emails(normalized)
    if "link" in hints:
        yield from _links(normalized, pages=validate)
    for low, high in addressed:
        for found in _HANDLE.finditer(view, low, high):
            yield Contact("handle", found[0], normalized.origin(*found.span()))
    if "name" in hints:
        for found in _NAMED_HANDLE.finditer(view):
            yield Contact("handle", f"@{found['name']}", normalized.origin(*found.span("name")))
    yield from _phones(normalized, country, validate=validate)
    yield from _spelled(normalized, country, telling=hints["spelled"] >= _TELLING, validate=validate)


def _obscured_emails(normalized: Normalized) -> Iterator[Contact]:
    for found in _OBSCURED_EMAIL.finditer(normalized.view):
        at, dots = found["at"], found["dots"]
        if (at.strip().isalpha() and not re.search(_DOT, dots)) or at.strip() == "@" == at:
            continue
        dots = re.sub(r"\s*\.\s*", ".", re.sub(_DOT, ".", dots))
        yield Contact("email", f"{found['name']}@{found['host']}{dots}", normalized.origin(*found.span()), True)


def _links(normalized: Normalized, *, pages: bool) -> Iterator[Contact]:
    view = normalized.view
    if any(host in view for host in _MESSAGING_HINTS):
        for found in _MESSAGING_HOST.finditer(view):
            yield Contact("messaging", found[0].rstrip(".,"), normalized.origin(*found.span()))
    for found in _URL.finditer(view) if pages else ():
        yield Contact("url", found[0].rstrip(".,"), normalized.origin(*found.span()))


def _around_at(view: str) -> Iterator[tuple[int, int]]:
    """Yield the bounds of every run without spaces that holds an at sign: the only places worth a regex."""
    at = view.find("@")
    while at >= 0:
        low = max(view.rfind(" ", 0, at), view.rfind("\n", 0, at)) + 1
        end = min((stop for stop in (view.find(" ", at), view.find("\n", at)) if stop >= 0), default=len(view))
        yield low, end
        at = view.find("@", end)


def _phones(normalized: Normalized, country: str | None, *, validate: bool) -> Iterator[Contact]:
    view = normalized.view
    digits = view.encode("ascii", "replace").translate(_DIGIT_KINDS, _SEPARATORS)
    for found in _PHONE.finditer(view) if b"0" * MIN_DIGITS in digits else ():
        before = _BEFORE_PHONE.search(view, max(0, found.start() - 4), found.start())
        if before is None:
            continue
        extension = found["extension"] or ""
        start, end = before.start(), found.end() - len(extension)
        body = view[start:end]
        if not _is_amount(view, start, end, body):
            found_end = found.end()
            span = normalized.origin(start, found_end)
            disguised = _is_disguised(body, span.of(normalized.original))
            value = phone_value(body, country) if validate else _plausible(body)
            if not value and disguised:  # nobody disguises what is no number
                value = re.sub("[^0-9]", "", body)[:MAX_DIGITS]
            if value:
                yield Contact("phone", value, span, disguised)
    looks = digits.replace(b"o", b"0") if digits.count(b"0") >= 5 else b""
    for found in _LOOKALIKE.finditer(view) if b"0" * 9 in looks and b"o" in digits else ():
        surface = found[0]
        if sum(c.isdigit() for c in surface) >= 5 and any(c.isalpha() for c in surface):
            value = _digits(surface.translate(_LOOKALIKE_DIGITS), country, validate=validate)
            if value and all(any(c.isdigit() or c == "o" for c in part) for part in surface.split()):
                yield Contact("phone", value, normalized.origin(*found.span()), True)


def _spelled(normalized: Normalized, country: str | None, *, telling: bool, validate: bool) -> Iterator[Contact]:
    """Yield numbers spelled out in words, or in words and digits."""
    view = normalized.view
    words = () if telling else normalized.text.split()
    if not telling and (DIGIT_WORDS.isdisjoint(words) or sum(map(DIGIT_WORDS.__contains__, words)) < _SPELLED_DIGITS):
        return
    for run in _SPELLED_RUN.finditer(view):
        digits, spelled, repeat = "", 0, 1
        parts = list(_SPELLED_PART.finditer(run[0]))
        for part in parts:
            word = part[0]
            if word in _REPEATS:
                repeat = _REPEATS[word]
                continue
            digit = word if word.isdigit() else _WORD_DIGITS.get(word, "0")
            digits += digit * repeat
            spelled += repeat if not word.isdigit() else 0
            repeat = 1
        if MIN_DIGITS <= len(digits) <= MAX_DIGITS and spelled >= _SPELLED_DIGITS:
            value = _digits(digits, country, validate=validate)
            if value:
                yield Contact("phone", value, normalized.origin(run.start(), run.start() + parts[-1].end()), True)


def _is_amount(view: str, start: int, end: int, body: str) -> bool:
    """Whether a row of digits is a date, a sum, a price list or a reference instead of a phone number."""
    bare = body.strip(" (")
    if bare.startswith("+"):
        return False
    return bool(
        _DATE.match(bare)
        or _YEARS.match(bare)
        or (
            _AMOUNTS.match(bare)
            and not bare.startswith("0")
            and len(digits := re.sub("[^0-9]", "", bare)) < 10
            and (len(digits) != 9 or digits.endswith("000"))
        )
        or (_LIST.match(bare) and not _NORTH_AMERICAN.match(bare))
        or _BEFORE_AMOUNT.search(view, max(0, start - 16), start)
        or _AFTER_AMOUNT.match(view, end)
    )


def _is_disguised(body: str, surface: str) -> bool:
    return bool(
        not surface.replace("\u2013", "-").replace("\u2011", "-").replace("\xa0", " ").isascii()
        or _ODD_SEPARATOR.search(body)
        or _LONE_DIGITS.search(body)
        or "\n" in body
    )


def _plausible(body: str) -> str:
    digits = re.sub("[^0-9]", "", body)
    bare = body.strip(" (")
    enough = len(digits) >= 9 or bare.startswith(("+", "0")) or re.fullmatch(r"[0-9]{3}[\-. ][0-9]{4}", bare) is not None
    return digits if enough and len(digits) <= MAX_DIGITS else ""


def _digits(digits: str, country: str | None, *, validate: bool) -> str:
    return phone_value(digits, country) if validate else _plausible(digits)


@lru_cache(maxsize=4096)
def phone_value(body: str, country: str | None) -> str:
    """Return E.164 where the country is known, the digits where it is not, or '' when this is no phone number.

    Examples
    --------
    >>> phone_value("(415) 555-0132", "US"), phone_value("415-555-0132", None), phone_value("12345", "US")
    ('+14155550132', '4155550132', '')
    """
    digits = re.sub("[^0-9]", "", body)
    international = body.strip(" (").startswith("+") or digits.startswith("00")
    if international or country is not None:
        source = "+" + digits.removeprefix("00") if international else digits
        try:
            number = phonenumbers.parse(source, None if international else country)
        except phonenumbers.NumberParseException:
            return ""
        if phonenumbers.is_possible_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        if (
            not international
            and phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY
        ):
            return digits
        grouped = international or re.search("[0-9][^0-9]+[0-9]", body) is not None
        return digits if grouped and len(digits) <= MAX_DIGITS and (international or len(digits) >= 9) else ""
    return _plausible(body)
