"""Phone numbers in a text: plain, set apart, spelled out, or written with letters for digits.

What is a number follows `phonenumbers` (the metadata of Google's libphonenumber); what is a date, a sum, a score or a
reference instead follows its form and the word before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import phonenumbers

from thb_indicators.figures import SHORTEST_NATIONAL, count_digits, is_announced, is_figure, is_referred
from thb_indicators.normalize import EMOJI, Normalized, normalize
from thb_indicators.records import Contact

MIN_DIGITS, MAX_DIGITS = 7, 15
_DIGIT_WORDS = (
    "zero cero null nulla nul ноль нуль нула nula zéro oh",
    "one uno um unu eins un egy een едно один одна jeden",
    "two dos dois doi zwei zwo deux due kettő ketto twee две два dwa",
    "three tres três trei drei trois tre három harom drie три trzy",
    "four cuatro quatro patru vier quatre quattro négy negy четири чотири четыре cztery",
    "five cinco cinci fünf fuenf cinq cinque öt vijf пет п'ять пять pięć",
    "six seis șase sase sechs sei hat zes шест шість шесть sześć",
    "seven siete sete șapte sapte sieben sept sette hét zeven седем сім семь siedem",
    "eight ocho oito opt acht huit otto nyolc осем вісім восемь osiem",
    "nine nueve nove nouă noua neun neuf kilenc negen девет дев'ять девять dziewięć",
)
_WORD_DIGITS = {
    form: str(digit)
    for digit, words in enumerate(_DIGIT_WORDS)
    for word in words.split()
    for form in (normalize(word).text.strip(), normalize(word).view)
}
DIGIT_WORDS = frozenset(_WORD_DIGITS)
SPELLED_HINTS = tuple(sorted(word for word in DIGIT_WORDS if len(word) > 2 and " " not in word))
"""Words of which some must stand close together before a spelled number is looked for."""
_REPEATS = {"double": 2, "triple": 3, "treble": 3}
_SPELLED_WORDS = "|".join(sorted((*_WORD_DIGITS, *_REPEATS), key=lambda word: (-len(word), word)))
_SPELLED_PART = re.compile(rf"{_SPELLED_WORDS}|o|[0-9]")
_SPELLED_RUN = re.compile(
    rf"(?<![^\W\d_])(?P<plus>(?:\+|\b(?:plus|mas|piu|плюс)\b) ?)?"
    rf"(?P<run>(?:(?:{_SPELLED_WORDS}|o(?![^\W\d_])|[0-9])[ \-.,/_*|+\n{EMOJI}]{{0,3}}){{5,}})(?![^\W\d_])"
)
_ENOUGH_SPELLED = 3
_CONSECUTIVE = ("0123456789", "9876543210")

_SEPARATOR = rf"(?:[ ().\-/_*~=|'\n{EMOJI}]|,(?! )){{0,4}}"
# It begins with a digit, so that most of a text is passed over fast; what stands before the digit is looked at after.
_PHONE = re.compile(
    rf"[0-9](?:{_SEPARATOR}[0-9]){{{MIN_DIGITS - 1},46}}(?P<extension>\s?(?:x|ext\.?|extension)\s?[0-9]{{1,5}})?(?![\w@])"
)
_BEFORE_PHONE = re.compile(
    r"(?:(?<![\w@#/.,\-])(?<![0-9]:)|(?<=[^\W\d_]{3}[.,])|(?<=(?:tel|app|mob|gsm)[/\-])"
    r"|(?<=tel|app|mob|gsm|sms)|(?<=call|text|ring|cell)|(?<=phone)|(?<=\bis|\bat|\bon|\bme))[(+]{0,3}\Z"
)
_PLUS = re.compile(r"(?:\+|\b(?:plus|mas|piu|плюс)) ?\Z")
_ALWAYS = re.compile(r"[ ,\n]+24/7[ .,]*\Z")
_FIGURE_BEFORE = re.compile(r"[0-9]{1,3}, +(?=[^\W\d])")
_WORD = re.compile(r"[^ \n]+")
_DROPS = sorted(((left, right) for left in range(5) for right in range(5)), key=sum)
_LONG = 12
_APART = re.compile(r" ?[/|,;\n] ?")
_NEXT_NUMBER = re.compile(r"[ \n]+(?=\(?0[1-9])")
_FEW_DIGITS, _WITH_COUNTRY = 3, 11
_NATIONAL = re.compile("[2-9][0-9]{2}[2-9][0-9]{6}|8[0-9]{10}|[5-9][0-9]{8}")

_LOOKALIKE = re.compile(r"(?<![\w@])[+]?(?:\d|o(?! [0-9]))(?:[ .\-()]{0,2}[\doilszb]){8,13}(?![\w@])")
_LOOKALIKE_DIGITS = str.maketrans("oilszb", "011528")
# What stands between two digits of a number is left out, so that a row of zeros shows that a number may be there.
_SEPARATORS = b" ().-/_*~=|,'\n?"
_DIGIT_KINDS = bytes(48 if chr(c).isdigit() else 111 if chr(c) in "oilszb" else 32 for c in range(128)) + bytes([32]) * 128
_ODD_SEPARATOR = re.compile(rf"[0-9] ?[_*~=|{EMOJI}]+ ?[0-9]")
_LONE_DIGITS = re.compile(r"(?<![0-9])[0-9](?:[ .,\-_*/|()]{1,3}[0-9](?![0-9])){6,}")
_PLAIN_MARKS = str.maketrans("\u2010\u2011\u2012\u2013\u2014\xa0\u202f\u2009•·", "-----   ..")
_COUNTRY_NAMES = {"UK": "GB", "EL": "GR"}


def find_numbers(normalized: Normalized, country: str | None, *, validate: bool) -> Iterator[Contact]:
    """Yield the numbers written in digits, or with letters that pass for digits.

    Examples
    --------
    >>> [c.value for c in find_numbers(normalize("07700 900123 / 07700 900456"), "GB", validate=True)]
    ['+447700900123', '+447700900456']
    """
    view = normalized.view
    digits = view.encode("ascii", "replace").translate(_DIGIT_KINDS, _SEPARATORS)
    for found in _PHONE.finditer(view) if b"0" * MIN_DIGITS in digits else ():
        before = _BEFORE_PHONE.search(view, max(0, found.start() - 4), found.start())
        if before is None:
            continue
        extension = found["extension"] or ""
        for low, high in _apart(view, before.start(), found.end() - len(extension)):
            start, end = _narrowed(view, low, high, country) if validate else (low, high)
            body = view[start:end]
            if is_figure(view, low, high, view[low:high]) or is_figure(view, start, end, body):
                continue
            span = normalized.origin(start, found.end() if end + len(extension) == found.end() else end)
            disguised = _is_disguised(body, span.of(normalized.original))
            if "°" in normalized.original[span.start - 1 if span.start else 0 : span.end + 1]:
                continue
            sure = disguised or is_announced(view, start)
            value = phone_value(body, country, sure=sure) if validate else _plausible(body)
            if not value and disguised and count_digits(body) <= MAX_DIGITS:  # nobody disguises what is no number
                value = re.sub("[^0-9]", "", body)[:MAX_DIGITS]
            if value:
                yield Contact("phone", value, span, disguised)
    looks = digits.replace(b"o", b"0") if digits.count(b"0") >= 5 else b""
    for found in _LOOKALIKE.finditer(view) if b"0" * 9 in looks and b"o" in digits else ():
        letters = view[: found.end()].translate(_LOOKALIKE_DIGITS)
        start, end = _narrowed(letters, *found.span(), country) if validate else found.span()
        surface = view[start:end]
        if sum(c.isdigit() for c in surface) >= 5 and any(c.isalpha() for c in surface):
            value = _digits(surface.translate(_LOOKALIKE_DIGITS), country, validate=validate)
            referred = is_referred(view, start, end)
            if value and not referred and all(any(c.isdigit() or c == "o" for c in part) for part in surface.split()):
                yield Contact("phone", value, normalized.origin(start, end), True)


def find_spelled(normalized: Normalized, country: str | None, *, validate: bool) -> Iterator[Contact]:
    """Yield the numbers spelled out in words, or in words and digits.

    Examples
    --------
    >>> [c.value for c in find_spelled(normalize("oh double seven double oh, nine 00 one23"), "GB", validate=True)]
    ['+447700900123']
    """
    view = normalized.view
    for found in _SPELLED_RUN.finditer(view):
        parts, repeat = [], 1
        low, high = found.span("run")
        before, after = _FIGURE_BEFORE.match(view, low, high), _ALWAYS.search(view, low, high)
        low, high = before.end() if before else low, after.start() if after else high
        for part in _SPELLED_PART.finditer(view, low, high):
            word = part[0]
            if word in _REPEATS:
                repeat = _REPEATS[word]
                continue
            parts.append(
                _Part((word if word.isdigit() else _WORD_DIGITS.get(word, "0")) * repeat, not word.isdigit(), *part.span())
            )
            repeat = 1
        parts = _without_figures(view, parts, country) if validate else parts
        digits = "".join(part.digits for part in parts)
        spelled = sum(len(part.digits) for part in parts if part.spelled)
        # one word or two among digits only where they stand inside: "one 07700 900123" is a number and a word before it
        enough = spelled >= _ENOUGH_SPELLED or (spelled and not parts[0].spelled and not parts[-1].spelled)
        if enough and MIN_DIGITS <= len(digits) <= MAX_DIGITS and not any(digits in row for row in _CONSECUTIVE):
            start = parts[0].start if parts[0].start > found.start("run") else found.start()
            value = _digits(_plus(view, parts) + digits, country, validate=validate)
            if value:
                yield Contact("phone", value, normalized.origin(start, parts[-1].end), True)


class _Part(NamedTuple):
    digits: str
    spelled: bool
    start: int
    end: int


def _plus(view: str, parts: Sequence[_Part]) -> str:
    """Return a plus sign where one, or the word for it, stands before a number."""
    return "+" if _PLUS.search(view, max(0, parts[0].start - 6), parts[0].start) else ""


def _without_figures(view: str, parts: list[_Part], country: str | None) -> list[_Part]:
    """Leave out the figures before and after a spelled number ("room for 2, …", "… 24/7") where it is none with them."""
    for left, right in _DROPS:
        few = parts[left : len(parts) - right]
        dropped = (*parts[:left], *parts[len(parts) - right :])
        if not few or any(part.spelled for part in dropped):
            continue
        apart = not left or view[few[0].start - 1] in " +"
        number = _plus(view, few) + "".join(part.digits for part in few)
        if apart and _is_valid(number, country):
            return few
    return parts


def _narrowed(view: str, start: int, end: int, country: str | None) -> tuple[int, int]:
    """Return the bounds of the number in a row of digits that is none as a whole: without what stands before and after it."""
    words = [found.span() for found in _WORD.finditer(view, start, end)]
    whole = view[start:end]
    usual = count_digits(whole) <= _LONG and phone_value(whole, country).startswith("+")
    if len(words) > 1 and not usual and not _is_valid(whole, country):
        fixed = view.startswith(("+", "(+", "00"), start)
        for left, right in _DROPS[1:]:
            few = words[left : len(words) - right]
            if few and not (fixed and left) and count_digits(view[few[0][0] : few[-1][1]]) >= SHORTEST_NATIONAL:
                low, high = few[0][0], few[-1][1]
                if _is_valid(view[low:high], country):
                    return low, high
    return start, end


def _is_valid(body: str, country: str | None) -> bool:
    """Whether a number is one of its country, or as long as its mobile numbers are; without a country, whether it is short."""
    country = _COUNTRY_NAMES.get(country or "", country)
    digits = re.sub("[^0-9]", "", body)
    international = body.strip(" (").startswith("+") or digits.startswith("00")
    if not international and country not in phonenumbers.SUPPORTED_REGIONS:
        return len(digits) < _LONG
    try:
        number = phonenumbers.parse("+" + digits.removeprefix("00") if international else digits, country)
    except phonenumbers.NumberParseException:
        return False
    if phonenumbers.is_valid_number(number):
        return True
    region = phonenumbers.region_code_for_country_code(number.country_code or 0)
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
    lengths = metadata.mobile.possible_length if metadata and metadata.mobile else ()
    return len(phonenumbers.national_significant_number(number)) in lengths


def _apart(view: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the bounds of each number where several stand in a row."""
    always = _ALWAYS.search(view, start, end)
    end = always.start() if always else end
    for mark in (_APART, _NEXT_NUMBER):
        cuts = [(start, start), *(found.span() for found in mark.finditer(view, start, end)), (end, end)]
        parts = [(left[1], right[0]) for left, right in pairwise(cuts)]
        if len(parts) > 1 and all(SHORTEST_NATIONAL <= count_digits(view[low:high]) <= MAX_DIGITS for low, high in parts):
            yield from parts
            return
    yield start, end


def _is_disguised(body: str, surface: str) -> bool:
    return bool(
        not surface.translate(_PLAIN_MARKS).isascii()
        or _ODD_SEPARATOR.search(body)
        or _LONE_DIGITS.search(body)
        or "\n" in body
    )


def _plausible(body: str) -> str:
    digits = re.sub("[^0-9]", "", body)
    bare = body.strip(" (")
    enough = (
        len(digits) >= SHORTEST_NATIONAL
        or bare.startswith(("+", "0"))
        or re.fullmatch(r"[0-9]{3}[\-. ][0-9]{4}", bare) is not None
    )
    return digits if enough and len(digits) <= MAX_DIGITS else ""


def _digits(digits: str, country: str | None, *, validate: bool) -> str:
    return phone_value(digits, country, sure=True) if validate else _plausible(digits)


@lru_cache(maxsize=4096)
def phone_value(body: str, country: str | None, *, sure: bool = True) -> str:
    """Return E.164 where the country is known, the digits where it is not, or '' when this is no phone number.

    Where nothing else says that this is a number to call (`sure`), its form has to.

    Examples
    --------
    >>> phone_value("(415) 555-0132", "US"), phone_value("415-555-0132", None), phone_value("12345", "US")
    ('+14155550132', '4155550132', '')
    """
    country = _COUNTRY_NAMES.get(country or "", country)
    country = country if country in phonenumbers.SUPPORTED_REGIONS else None
    digits = re.sub("[^0-9]", "", body)
    grouped = re.search("[0-9][^0-9]+[0-9]", body) is not None
    if len(digits) > MAX_DIGITS:
        return ""
    plus = body.strip(" (").startswith("+")
    if plus or digits.startswith("00"):
        return _e164("+" + digits.removeprefix("00"), None, valid=False) or (digits if plus or sure or grouped else "")
    if not sure and len(set(digits)) < _FEW_DIGITS:
        return ""
    long = len(digits) >= SHORTEST_NATIONAL
    telling = sure or digits.startswith("0")
    if country is None:
        formed = telling or grouped or _NATIONAL.fullmatch(digits)
        return _international(digits) or (_plausible(body) if formed else "")
    local = (sure or grouped or not digits.endswith("000")) and _is_local(digits, country)
    return (
        _e164(digits, country, valid=not (telling or long))
        or (digits if local else "")
        or _international(digits)
        or (digits if grouped and long else "")
    )


def _e164(digits: str, country: str | None, *, valid: bool) -> str:
    """Return the E.164 form of a possible number, or of a valid one, else ''."""
    try:
        number = phonenumbers.parse(digits, country)
    except phonenumbers.NumberParseException:
        return ""
    if not (phonenumbers.is_valid_number if valid else phonenumbers.is_possible_number)(number):
        return ""
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _is_local(digits: str, country: str) -> bool:
    """Whether a number can be called as it is within its town only."""
    try:
        number = phonenumbers.parse(digits, country)
    except phonenumbers.NumberParseException:
        return False
    local = phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY
    return bool(phonenumbers.is_possible_number_with_reason(number) == local)


def _international(digits: str) -> str:
    """Return the E.164 form of digits that begin with a country code without its plus sign, else ''."""
    return _e164(f"+{digits}", None, valid=True) if len(digits) >= _WITH_COUNTRY and not digits.startswith("0") else ""
