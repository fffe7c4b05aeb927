"""Phone numbers written in digits: plain, set apart, or with letters that pass for digits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from thb_indicators.figures import SHORTEST_NATIONAL, count_digits, is_announced, is_figure, is_referred
from thb_indicators.folding import EMOJI
from thb_indicators.normalize import Normalized
from thb_indicators.numbering import (
    MAX_DIGITS,
    MIN_DIGITS,
    USUAL_DIGITS,
    country_after,
    is_valid,
    number_value,
    phone_value,
    plausible,
)
from thb_indicators.spans import Contact

_SEPARATOR = rf"(?:[ ()\[\].\-/_*~=|'\n{EMOJI}]|,(?! )){{0,4}}"
# It begins with a digit, so that most of a text is passed over fast; what stands before the digit is looked at after.
_PHONE = re.compile(
    rf"[0-9](?:{_SEPARATOR}[0-9]){{{MIN_DIGITS - 1},46}}(?P<extension>\s?(?:x|ext\.?|extension)\s?[0-9]{{1,5}})?"
    r"(?:(?![\w@])(?!-[0-9])|(?=(?:or|and|call|text|txt|ask|oder|und|ou|o|y|e|et|sau|lub|или)\b))"
)
_BEFORE_PHONE = re.compile(
    r"(?:(?<![\w@#/.,\-])(?<![0-9]:)|(?<=[^\W\d_]{3}[.,])|(?<=(?:tel|app|mob|gsm)[/\-])"
    r"|(?<=tel|app|mob|gsm|sms)|(?<=call|text|ring|cell)|(?<=phone)|(?<=\bis|\bat|\bon|\bme))[(+]{0,3}\Z"
)
ALWAYS = re.compile(r"[ ,\n]+24/7[ .,]*\Z")
_WORD = re.compile(r"[^ \n]+")
DROPS = sorted(((left, right) for left in range(5) for right in range(5)), key=sum)
"""How many parts are left out before and after a number that is none with them, the fewest first."""
_NEVER_DROPPED = re.compile(r"\(?[0-9]{4,}\)?")
_APART = re.compile(r" ?[/|,;\n] ?")
_LEADING_DATE = re.compile(r"[0-3]?[0-9]\.[01]?[0-9]\.(?:20[0-9]{2})? ?[\-:,]? *(?=[(+]*0)")
_LEADING_SUM = re.compile(r"[0-9]{1,4}(?:[.,][0-9]{2})?[.,]? +(?=[(+]*[0-9])")
_PRICED = re.compile(r"[$€£¥₴₽] ?\Z")
"""A date or a price before a number: "from 1.12. - 030 …", "$35. (415) …"."""
_NEXT_NUMBER = re.compile(r"[ \n]+(?=\(?0[1-9])")

_LOOKALIKE = re.compile(rf"(?<![\w@])[+]?(?:\d|[oо](?! [0-9]))(?:[ .\-()_*/{EMOJI}]{{0,2}}[\doilszbозб]){{8,13}}(?![\w@])")
_LOOKALIKE_DIGITS = str.maketrans("oilszbозб", "011528036")
_CYRILLIC = str.maketrans("озб", "ooo")
"""Cyrillic letters that pass for 0, 3 and 6, taken together with the Latin ones."""
# What stands between two digits of a number is left out, so that a row of zeros shows that a number may be there.
_SEPARATORS = b" ()[].-/_*~=|,'\n?"
_DIGIT_KINDS = bytes(48 if chr(c).isdigit() else 111 if chr(c) in "oilszb" else 32 for c in range(128)) + bytes([32]) * 128
_ODD_SEPARATOR = re.compile(rf"[0-9] ?[_*~=|{EMOJI}]+ ?[0-9]")
_LONE_DIGITS = re.compile(r"(?<![0-9])[0-9](?:[ .,\-_*/|()]{1,3}[0-9](?![0-9])){6,}")
_PLAIN_MARKS = str.maketrans("\u2010\u2011\u2012\u2013\u2014\xa0\u202f\u2009•·", "-----   ..")


def find_numbers(normalized: Normalized, country: str | None, *, validate: bool) -> Iterator[Contact]:
    """Yield the numbers written in digits, or with letters that pass for digits.

    Examples
    --------
    >>> from thb_indicators.normalize import normalize
    >>> [c.value for c in find_numbers(normalize("07700 900123 / 07700 900456"), "GB", validate=True)]
    ['+447700900123', '+447700900456']
    """
    view = normalized.view
    ascii_view = view if view.isascii() else view.translate(_CYRILLIC)
    digits = ascii_view.encode("ascii", "replace").translate(_DIGIT_KINDS, _SEPARATORS)
    for found in _PHONE.finditer(view) if b"0" * MIN_DIGITS in digits else ():
        before = _BEFORE_PHONE.search(view, max(0, found.start() - 4), found.start())
        if before is None:
            continue
        extension = found["extension"] or ""
        for low, high in _apart(view, before.start(), found.end() - len(extension)):
            start, end = _narrowed(view, low, high, country) if validate else (low, high)
            body = view[start:end]
            narrowed = (start, end) != (low, high)
            if is_figure(view, start, end, body) or (narrowed and is_figure(view, low, high, view[low:high])):
                continue
            span = normalized.origin(start, found.end() if end + len(extension) == found.end() else end)
            disguised = _is_disguised(body, span.of(normalized.original))
            if "°" in normalized.original[span.start - 1 if span.start else 0 : span.end + 1]:
                continue
            hidden = disguised and "\n" not in body  # two lines of a table are no disguise
            sure = hidden or is_announced(view, start)
            value = phone_value(body, country_after(view, end) or country, sure=sure) if validate else plausible(body)
            if not value and hidden and count_digits(body) <= MAX_DIGITS:  # nobody disguises what is no number
                value = re.sub("[^0-9]", "", body)[:MAX_DIGITS]
            if value:
                yield Contact("phone", value, span, disguised)
    looks = digits.replace(b"o", b"0") if digits.count(b"0") >= 5 else b""
    for found in _LOOKALIKE.finditer(view) if b"0" * 9 in looks and b"o" in digits else ():
        letters = view[: found.end()].translate(_LOOKALIKE_DIGITS)
        start, end = _narrowed(letters, *found.span(), country) if validate else found.span()
        surface = view[start:end]
        if sum(c.isdigit() for c in surface) >= 5 and any(c.isalpha() for c in surface):
            value = number_value(surface.translate(_LOOKALIKE_DIGITS), country, validate=validate)
            referred = is_referred(view, start, end)
            if (
                value
                and not referred
                and all(any(c.isdigit() or c in "oо" for c in part) or set(part) <= {"l", "i"} for part in surface.split())
            ):
                yield Contact("phone", value, normalized.origin(start, end), True)


def _narrowed(view: str, start: int, end: int, country: str | None) -> tuple[int, int]:
    """Return the bounds of the number in a row of digits that is none as a whole: without what stands before and after it."""
    words = [found.span() for found in _WORD.finditer(view, start, end)]
    whole = view[start:end]
    usual = count_digits(whole) <= USUAL_DIGITS and phone_value(whole, country).startswith("+")
    if len(words) > 1 and not usual and not is_valid(whole, country):
        fixed = view.startswith(("+", "(+", "0", "(0"), start)
        for left, right in DROPS[1:]:
            few = words[left : len(words) - right]
            dropped = (*words[:left], *words[len(words) - right :])
            if any(_NEVER_DROPPED.fullmatch(view, *word) for word in dropped):
                continue
            if few and not (fixed and left) and count_digits(view[few[0][0] : few[-1][1]]) >= SHORTEST_NATIONAL:
                low, high = few[0][0], few[-1][1]
                if is_valid(view[low:high], country):
                    return low, high
    return start, end


def _apart(view: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the bounds of each number where several stand in a row."""
    priced = _PRICED.search(view, max(0, start - 2), start)
    leading = (_LEADING_SUM if priced else _LEADING_DATE).match(view, start, end)
    if leading and count_digits(view[leading.end() : end]) >= SHORTEST_NATIONAL:
        start = leading.end()
    always = ALWAYS.search(view, start, end)
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
