"""Phone numbers in a text: plain, set apart, spelled out, or written with letters for digits.

What is a number follows `phonenumbers` (the metadata of Google's libphonenumber); what is a date, a sum, a score or a
reference instead follows its form and the word before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

import phonenumbers

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
    r"(?:(?<![\w@#/.,\-])|(?<=[^\W\d_]{3}[.,])|(?<=(?:tel|app|mob|gsm)[/\-])|(?<=tel|app|mob|gsm))[(+]{0,3}$"
)
_APART = re.compile(r" ?[/|,;\n] ?")
_NEXT_NUMBER = re.compile(r"[ \n]+(?=\(?0[1-9])")
_CUE = re.compile(
    r"\b(?:phones?|tel\w*|tfno|tlf|mobile|mob|cell|whats ?app|wapp|viber|telegram|signal|gsm|fax|handy|contact|call|text|ring|"
    r"sms|тел\w*|номер телефона|моб\w*)[ .:#(\-]*(?:no|nr|num|number|numero|id)?[ .:#(\-]*$"
)
_BEFORE_AMOUNT = re.compile(
    r"(?:[$€£¥₴₽]|\b(?:eur|usd|gbp|ref\.?|reference|referencia|id|isbn|issn|iban|bic|swift|ean|upc|sku|vin|order|orders|serial|"
    r"room|unit|part|model|item|article|artikel|articulo|articol|no\.?|nr\.?|#|art\.?|invoice|factura|rechnung|booking|ticket|"
    r"tracking|parcel|batch|lot|company|registration|vat|ust|cif|nif|cui|kvk|siret|siren|nip|krs|reg\.?|license|licence|permit|"
    r"account|code|pin|zip|plz|build|version|iso|iec|din|en|ip|lat|lon|артикул|заказ|код|инн|еик))"
    r"(?:[ \-]?(?:no|nr|number|id|code|address))?[ .:#=]*$"
)
_AFTER_AMOUNT = re.compile(
    r" ?(?:[$€£¥₴₽%]|(?:eur|euros?|usd|gbp|huf|ft|lei|ron|zl|pln|czk|лв|грн|руб|km|kg|miles|sq|m2|mb|gb|kwh|kcal)\b)"
)
_IBAN = re.compile(r"\b[a-z]{2}[0-9]{2}(?: ?[a-z0-9]{4}){2,7}(?: ?[a-z0-9]{1,3})?\b")
_DATE = re.compile(
    r"(?:[0-9]{1,2}[/.\-][0-9]{1,2}[/.\-][0-9]{2,4}|[0-9]{4}[/.\-][0-9]{1,2}[/.\-][0-9]{1,2}|(?:19|20)[0-9]{6})(?![0-9])"
    r"(?:[ T,]+(?:&nbsp;)?[0-9]{1,2}[:.h]?[0-9]{0,2})?$"
)
_YEARS = re.compile(r"(?:(?:19|20)[0-9]{2}[ \-/,]*){2,}$")
_AMOUNTS = re.compile(r"[0-9]{1,3}(?:(?:[ ,.'][0-9]{3})+|(?: ?[/\-,|] ?[0-9]{1,4}(?![0-9])){2,})$")
_LIST = re.compile(r"[1-9][0-9]{1,3}(?: ?[/|,] ?[1-9][0-9]{1,3}){2,}$")
_NORTH_AMERICAN = re.compile(r"[0-9]{3}[/,|] ?[0-9]{3}[/,|\-] ?[0-9]{4}$")
_SCORES = re.compile(r"[0-9]{1,2}-[0-9]{1,2}(?:,? [0-9]{1,2}-[0-9]{1,2}){2,4}$")
_FOUR_BYTES = re.compile(r"(?!(?:[0-9]{2,3}\.){3}[0-9]{2}$)(?:(?:1?[0-9]{1,2}|2[0-4][0-9]|25[0-5])(?:\.(?!$)|$)){4}$")
_POSTCODE = re.compile(r"[0-9]{5}-[0-9]{4}$")
_GROUP = re.compile("[0-9]+")
_FEW_GROUPS = 5
_SHORTEST_NATIONAL = 9

_LOOKALIKE = re.compile(r"(?<![\w@])[+]?[\doilszb](?:[ .\-()]{0,2}[\doilszb]){8,13}(?![\w@])")
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
        for start, end in _apart(view, before.start(), found.end() - len(extension)):
            body = view[start:end]
            if _is_amount(view, start, end, body):
                continue
            span = normalized.origin(start, found.end() if end + len(extension) == found.end() else end)
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
            referred = _is_referred(view, found.start())
            if value and not referred and all(any(c.isdigit() or c == "o" for c in part) for part in surface.split()):
                yield Contact("phone", value, normalized.origin(*found.span()), True)


def find_spelled(normalized: Normalized, country: str | None, *, validate: bool) -> Iterator[Contact]:
    """Yield the numbers spelled out in words, or in words and digits.

    Examples
    --------
    >>> [c.value for c in find_spelled(normalize("oh double seven double oh, nine 00 one23"), "GB", validate=True)]
    ['+447700900123']
    """
    for found in _SPELLED_RUN.finditer(normalized.view):
        digits, spelled, repeat = "", 0, 1
        parts = list(_SPELLED_PART.finditer(found["run"]))
        for part in parts:
            word = part[0]
            if word in _REPEATS:
                repeat = _REPEATS[word]
                continue
            digits += (word if word.isdigit() else _WORD_DIGITS.get(word, "0")) * repeat
            spelled += repeat if not word.isdigit() else 0
            repeat = 1
        # one word or two among digits only where they stand inside: "one 07700 900123" is a number and a word before it
        enough = spelled >= _ENOUGH_SPELLED or (spelled and parts[0][0].isdigit() and parts[-1][0].isdigit())
        if enough and MIN_DIGITS <= len(digits) <= MAX_DIGITS and not any(digits in row for row in _CONSECUTIVE):
            value = _digits(f"+{digits}" if found["plus"] else digits, country, validate=validate)
            if value:
                end = found.start("run") + parts[-1].end()
                yield Contact("phone", value, normalized.origin(found.start(), end), True)


def _apart(view: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the bounds of each number where several stand in a row."""
    for mark in (_APART, _NEXT_NUMBER):
        cuts = [(start, start), *(found.span() for found in mark.finditer(view, start, end)), (end, end)]
        parts = [(left[1], right[0]) for left, right in pairwise(cuts)]
        if len(parts) > 1 and all(_SHORTEST_NATIONAL <= _count(view[low:high]) <= MAX_DIGITS for low, high in parts):
            yield from parts
            return
    if _count(view[start:end]) <= MAX_DIGITS:
        yield start, end


def _count(body: str) -> int:
    return sum(map(str.isdigit, body))


def _is_amount(view: str, start: int, end: int, body: str) -> bool:
    """Whether a row of digits is a date, a sum, a list, a score or a reference instead of a phone number."""
    bare = body.strip(" (")
    if bare.startswith("+"):
        return False
    return bool(
        _DATE.match(bare)
        or _YEARS.match(bare)
        or (_AMOUNTS.match(bare) and not bare.startswith("0") and _is_sum(bare))
        or (_LIST.match(bare) and not _NORTH_AMERICAN.match(bare))
        or _SCORES.match(bare)
        or _FOUR_BYTES.match(bare)
        or _POSTCODE.match(bare)
        or _is_rising(bare)
        or _is_referred(view, start)
        or _AFTER_AMOUNT.match(view, end)
        or any(found.start() < end and start < found.end() for found in _IBAN.finditer(view, max(0, start - 30), end))
    )


def _is_referred(view: str, start: int) -> bool:
    """Whether the words before a row of digits make it a reference: "order no.", but not "phone no."."""
    near = max(0, start - 24)
    return _BEFORE_AMOUNT.search(view, near, start) is not None and _CUE.search(view, near, start) is None


def _is_sum(bare: str) -> bool:
    digits = _count(bare)
    return digits < _SHORTEST_NATIONAL or (digits == _SHORTEST_NATIONAL and bare.endswith("000"))


def _is_rising(bare: str) -> bool:
    """Whether the groups are a list of sizes or of bus lines, each greater than the one before."""
    groups = _GROUP.findall(bare)
    return (
        len(groups) >= _FEW_GROUPS
        and not any(group.startswith("0") for group in groups)
        and all(int(left) < int(right) for left, right in pairwise(groups))
    )


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
        len(digits) >= _SHORTEST_NATIONAL
        or bare.startswith(("+", "0"))
        or re.fullmatch(r"[0-9]{3}[\-. ][0-9]{4}", bare) is not None
    )
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
    country = _COUNTRY_NAMES.get(country or "", country)
    country = country if country in phonenumbers.SUPPORTED_REGIONS else None
    digits = re.sub("[^0-9]", "", body)
    international = body.strip(" (").startswith("+") or digits.startswith("00")
    if not international and country is None:
        return _international(digits) or _plausible(body)
    try:
        number = phonenumbers.parse("+" + digits.removeprefix("00") if international else digits, country)
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
    long = len(digits) >= (MIN_DIGITS if international else _SHORTEST_NATIONAL)
    return _international(digits) or (digits if grouped and long and len(digits) <= MAX_DIGITS else "")


def _international(digits: str) -> str:
    """Return the E.164 form of digits that begin with a country code without its plus sign, else ''."""
    if len(digits) < 11 or digits.startswith("0"):
        return ""
    try:
        number = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return ""
    return f"+{digits}" if phonenumbers.is_valid_number(number) else ""
