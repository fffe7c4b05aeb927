"""What counts as a phone number, and its E.164 form, after the numbering plans in `phonenumbers` (Google's libphonenumber)."""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers

from thb_indicators.figures import SHORTEST_NATIONAL

MIN_DIGITS, MAX_DIGITS = 7, 15
USUAL_DIGITS = 12
"""Few numbers have more digits, with trunk prefix or country code."""
_FEW_DIGITS, _WITH_COUNTRY = 3, 11
_NATIONAL = re.compile("[2-9][0-9]{2}[2-9][0-9]{6}|8[0-9]{10}|[5-9][0-9]{8}")
_COUNTRY_NAMES = {"UK": "GB", "EL": "GR", "USA": "US"}
_NAMED_AFTER = re.compile(
    r" ?[(\[] ?(uk|gb|usa|us|ie|es|pt|ro|de|fr|be|nl|bg|hu|ua|ru|pl|cz|sk|ch|gr|hr|rs|se|dk|fi|ee|lv|lt|md|tr|ca|br|mx) ?[)\]]"
)
"""A country in brackets after its number; codes that are words of their own ("at", "it", "in", "no") do not count."""


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
        return _e164("+" + digits.removeprefix("00"), None, valid=False) or (digits if plus or sure else "")
    if not sure and len(set(digits)) < _FEW_DIGITS:
        return ""
    long = len(digits) >= SHORTEST_NATIONAL
    telling = sure or digits.startswith("0")
    if country is None:
        formed = telling or grouped or _NATIONAL.fullmatch(digits)
        return _international(digits) or (plausible(body) if formed else "")
    local = (sure or grouped or not digits.endswith("000")) and _is_local(digits, country)
    own = _e164(digits, country, valid=not (telling or long))
    return (
        (own if sure or is_valid(own, None) else "")
        or (digits if local else "")
        or _international(digits)
        or (digits if grouped and long and (telling or len(digits) < USUAL_DIGITS) and not body.startswith("0 ") else "")
    )


def _e164(digits: str, country: str | None, *, valid: bool) -> str:
    """Return the E.164 form of a possible number, or of a valid one, else ''; a number without its area code has none."""
    number = _parsed(digits, country)
    if number is None or _possibility(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return ""
    if valid and not phonenumbers.is_valid_number(number):
        return ""
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def in_country(digits: str, country: str) -> str:
    """Return the E.164 form of a number as given within a country, or '' where it may be none of that country.

    Examples
    --------
    >>> in_country("7700900123", "GB"), in_country("900123", "GB")
    ('+447700900123', '')
    """
    return _e164(digits, country, valid=False)


def _is_local(digits: str, country: str) -> bool:
    """Whether a number can be called as it is within its town only."""
    number = _parsed(digits, country)
    return number is not None and _possibility(number) == phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY


def _possibility(number: phonenumbers.PhoneNumber) -> int:
    return int(phonenumbers.is_possible_number_with_reason(number))


def _parsed(digits: str, country: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(digits, country)
    except phonenumbers.NumberParseException:
        return None


def _international(digits: str) -> str:
    """Return the E.164 form of digits that begin with a country code without its plus sign, else ''."""
    return _e164(f"+{digits}", None, valid=True) if len(digits) >= _WITH_COUNTRY and not digits.startswith("0") else ""


def country_after(view: str, end: int) -> str | None:
    """Return the country that stands in brackets after a number, or None.

    Examples
    --------
    >>> country_after("07700 900123 (uk), evenings", 12)
    'GB'
    """
    found = _NAMED_AFTER.match(view, end)
    return _COUNTRY_NAMES.get(code := found[1].upper(), code) if found else None


def number_value(digits: str, country: str | None, *, validate: bool) -> str:
    """Return the value of what is certainly meant as a number; without `validate`, its digits.

    Examples
    --------
    >>> number_value("4155550132", "US", validate=True), number_value("4155550132", None, validate=False)
    ('+14155550132', '4155550132')
    """
    if not validate:
        return plausible(digits)
    found = phone_value(digits, country, sure=True)
    if found or len(digits) < _WITH_COUNTRY or not is_valid(f"+{digits}", None):
        return found
    return _e164(f"+{digits}", None, valid=False)  # nobody hides what is no number: a country's code without its sign


def plausible(body: str) -> str:
    """Return the digits where they may be a phone number of some country, else ''.

    Examples
    --------
    >>> plausible("415-555-0132"), plausible("1200")
    ('4155550132', '')
    """
    digits = re.sub("[^0-9]", "", body)
    bare = body.strip(" (")
    enough = (
        len(digits) >= SHORTEST_NATIONAL
        or bare.startswith(("+", "0"))
        or re.fullmatch(r"[0-9]{3}[\-. ][0-9]{4}", bare) is not None
    )
    return digits if enough and len(digits) <= MAX_DIGITS else ""


def is_valid(body: str, country: str | None) -> bool:
    """Whether a number is one of its country, or as long as its mobile numbers are; without a country, whether it is short.

    Examples
    --------
    >>> is_valid("07700 900123", "GB"), is_valid("07700 900123 18", "GB")
    (True, False)
    """
    country = _COUNTRY_NAMES.get(country or "", country)
    digits = re.sub("[^0-9]", "", body)
    international = body.strip(" (").startswith("+") or digits.startswith("00")
    if not international and country not in phonenumbers.SUPPORTED_REGIONS:
        return len(digits) < USUAL_DIGITS
    number = _parsed("+" + digits.removeprefix("00") if international else digits, country)
    if number is None:
        return False
    if phonenumbers.is_valid_number(number):
        return True
    region = phonenumbers.region_code_for_country_code(number.country_code or 0)
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
    lengths = metadata.mobile.possible_length if metadata and metadata.mobile else ()
    return len(phonenumbers.national_significant_number(number)) in lengths


def national_digits(value: str) -> str:
    """Return the digits of a number without its country's code, or without the zero before it.

    Examples
    --------
    >>> national_digits("+447700900123"), national_digits("07700900123")
    ('7700900123', '7700900123')
    """
    number = _parsed(value, None) if value.startswith("+") else None
    return str(number.national_number) if number else value.lstrip("+").lstrip("0")
