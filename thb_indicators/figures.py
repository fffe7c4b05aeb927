"""Rows of digits that are no phone number: dates, sums, lists, scores, hours and references.

Each is told by its form or by the word before it; a word that announces a number to call outweighs that of a reference.
"""

from __future__ import annotations

import re
from itertools import pairwise

SHORTEST_NATIONAL = 9
"""Digits of a number with its area code, in most countries."""
_FEW_GROUPS, _FEW_SUMS, _PAIR = 5, 4, 2

_CUE = re.compile(
    r"\b(?:tele\w*|phones?|tel|tfno|tlf|mobil\w*|mob|cell|whats ?app\w*|wapp|viber|signal|gsm|fax|handy\w*|ruf\w*|contact\w*|"
    r"call|text|ring|sms|тел\w*|моб\w*|my(?: \w+)? number|number is)"
    r"[ .:#(\-]*(?:no|nr|num|number|nummer|numero|id|is)?[ .:#(\-]*$"
)
_BEFORE_AMOUNT = re.compile(
    r"(?:[$€£¥₴₽#]|\b(?:eur|usd|gbp|ref|referenc\w*|id|isbn|issn|iban|bic|swift|ean|upc|gtin|sku|vin|imei|orders?|serials?|minut\w*|case|file|"
    r"room|unit|part|model|item|arti[ck]\w*|\w+n[ru]mm?er|\w+nr|art|invoice|faktur\w*|factura|rechnung|booking|ticket|tracking|parcel|"
    r"batch|lot|rma|claim|contract|policy|member|badge|company|charity|registration|reg|licen[cs]e|permit|passport|account|code?|"
    r"codice|pin|zip|plz|vat|iva|ust|tax|cif|nif|cui|kvk|siret|siren|nip|krs|pesel|nhs|ssn|build|version|kernel|firmware|release|iso|iec|din|"
    r"ip|lat|lon|pedido|comanda|commande|ordine|zamowieni\w*|rendeles\w*|cikkszam|adoszam|артикул|поръчка|заказа?|замовлення|код|инн|"
    r"еик|sn|ver|oem|\w*teil|onderdeel|verwendungszweck|betreff|mededeling|causale|"
    r"chassis|matricola|matr[ií]cula|bastidor|clave|cadastr\w*|catastr\w*|obj|objekt|kennziffer|stelle|vacature|banknotes?|flight|vol|vuelo|volo|flug|zbor|рейс|abn|acn|kenteken|"
    r"kennzeichen|targa|s[eé]rie|seria|dossier|hrsz|alvazszam|rendszam|azonosito|идентификатор|кадастр\w*|шаси|шасси|"
    r"шасі|рама|vin \w+ \w+|"
    r"concepto))(?:[ .,\-]{0,2}(?:nos?|nrs?|numbers?|id|code|address|n\.o))?[ .:#=]*(?:[a-z]{2} )?"
    r"(?:[0-9]{6,} ?(?:and|&|,|und|y|e|et|to|bis|al) (?:[a-z]{2} )?)?$"
)
_BEFORE_NUMBER = re.compile(r"\b(?:no|nr|n\.?o|num|number|nummer|numar|numero|en|po)[ .:]*$")
_NATIONAL_FORM = re.compile(r"0[0-9 ./\-]{9,}|\([0-9]{2,4}\)|[0-9]{3}[ .\-][0-9]{3}[ .\-][0-9]{4}$")
_AFTER_AMOUNT = re.compile(
    r" ?(?:[$€£¥₴₽%]|(?:eur|euros?|usd|gbp|huf|ft|lei|ron|zl|pln|czk|лв|грн|руб|km|kg|miles|sq|m2|mb|gb|kwh|kcal)\b)"
)
_DEGREES = r"(?!0[0-9])[0-9]{1,3}\.[0-9]{3,8}"
_REFERENCE = re.compile(
    r"\b(?:[a-z]{2}[0-9]{2}(?: ?[a-z0-9]{4}){2,7}|[a-z]{2} [0-9]{2}(?: [a-z0-9]{4}){3,7})(?: ?[a-z0-9]{1,3})?\b"  # an IBAN
    rf"|(?<![0-9.])-?{_DEGREES}(?:[^0-9a-z]*[ns])?[,;/ ]+-?{_DEGREES}(?![0-9.])"
)
_DRAW = re.compile(r"\b(?:loto|lotto|lottery|euromill?ions?|bingo|keno|лото)\b[^.!?\n]*$")
"""A draw of numbers, in the same sentence."""
_DATE = re.compile(
    r"(?:[0-9]{1,2}[/.\-][0-9]{1,2}[/.\-][0-9]{2,4}|[0-9]{4}[/.\-][0-9]{1,2}[/.\-][0-9]{1,2}|(?:19|20)[0-9]{6}"
    r"|[0-3][0-9][01][0-9]20[0-9]{2})(?![0-9])"
    r"(?:[ T,]+(?:&nbsp;)?[0-9]{1,2}[:.h]?[0-9]{0,2})?$"
)
_YEARS = re.compile(r"(?:(?:19|20)[0-9]{2}[ \-/,]*){2,}$")
_AMOUNTS = re.compile(r"[0-9]{1,3}(?:(?:[ ,.'][0-9]{3})+|(?: ?[/\-,|] ?[0-9]{1,4}(?![0-9])){2,})$")
_LIST = re.compile(r"[1-9][0-9]{1,3}(?: ?[/|,] ?[1-9][0-9]{1,3}){2,}$")
_NORTH_AMERICAN = re.compile(r"[0-9]{3}[/,|] ?[0-9]{3}[/,|\-] ?[0-9]{4}$")
_SCORES = re.compile(r"[0-9]{1,3}-[0-9]{1,3}(?:,? [0-9]{1,3}-[0-9]{1,3}){2,4}$")
_DECIMALS = re.compile(r"(?:0|[1-9][0-9]{0,2})\.[0-9]{1,2}(?: +(?:0|[1-9][0-9]{0,2})\.[0-9]{1,2}){2,}$")
_TIMES = re.compile(r"(?:(?:[01]?[0-9]|2[0-3])[.:h][0-5][0-9][ ,;/]+){2,}(?:[01]?[0-9]|2[0-3])[.:h][0-5][0-9]$")
_SUMS = re.compile(r"[1-9][0-9]{0,2}(?:[.,'][0-9]{3})+ ?- ?[1-9][0-9]{0,2}(?:[.,'][0-9]{3})+$")
_NUMBERED = re.compile(
    r"(?:19|20)[0-9]{2}[\-/][0-9]{1,4}$|[0-9]{1,4}/(?:19|20)[0-9]{2}$|[0-3][0-9] [01][0-9] (?:19|20)[0-9]{2}$"
)
_OPENING = re.compile(
    r"(?:(?:[01][0-9]|2[0-3]) [0-5][05] ?){2}$|(?:[0-9]{1,2}[.:][0-5][0-9] ?- ?[0-9]{1,2}[.:][0-5][0-9](?:[ ,/]+|$)){2,}$"
)
_HOURS = re.compile(r"[0-9]{1,2}\.[0-9]{2} ?- ?[0-9]{1,2}\.[0-9]{2}$|(?:(?:[01][0-9]|2[0-4])[0-5][05][ \-]*){2}$")
_RELEASE = re.compile(r"[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4,}$|[0-9]{1,2}\.[0-9]\.[0-9]{2,5}\.[0-9]{2,5}$")
_FOUR_BYTES = re.compile(r"(?!(?:[0-9]{2,3}\.){3}[0-9]{2}$)(?:(?:1?[0-9]{1,2}|2[0-4][0-9]|25[0-5])(?:\.(?!$)|$)){4}$")
_RANGE = re.compile(r"([1-9][0-9]{1,6}0) ?- ?([1-9][0-9]{1,6}0)$")
_POSTCODE = re.compile(r"[0-9]{5}-[0-9]{4}$")
_FORMS = (_SCORES, _DECIMALS, _TIMES, _SUMS, _NUMBERED, _OPENING, _HOURS, _RELEASE, _FOUR_BYTES, _POSTCODE)
_PAIRS = re.compile(r"(?:[1-9][0-9] ){4,}[1-9][0-9]$")
_GROUP = re.compile("[0-9]+")


def count_digits(body: str) -> int:
    """Return how many digits a row has.

    Examples
    --------
    >>> count_digits("24/7")
    3
    """
    return sum(map(str.isdigit, body))


def is_figure(view: str, start: int, end: int, body: str) -> bool:
    """Whether a row of digits is a date, a sum, a list, a score or a reference instead of a phone number.

    Examples
    --------
    >>> is_figure("rent 1,200,000 huf", 5, 14, "1,200,000"), is_figure("ring 07700 900123", 5, 17, "07700 900123")
    (True, False)
    """
    bare = body.strip(" (")
    if bare.startswith("+"):
        return False
    return bool(
        _DATE.match(bare)
        or _YEARS.match(bare)
        or (_AMOUNTS.match(bare) and not bare.startswith("0") and _is_sum(bare))
        or (_LIST.match(bare) and not _NORTH_AMERICAN.match(bare))
        or any(form.match(bare) for form in _FORMS)
        or _is_rising(bare)
        or ((ends := _RANGE.match(bare)) is not None and int(ends[1]) < int(ends[2]))
        or body.count("(", 1) > body.count(")")
        or is_referred(view, start, end)
        or _AFTER_AMOUNT.match(view, end)
    )


def is_referred(view: str, start: int, end: int) -> bool:
    """Whether digits are part of a reference: by the word before them, or by their form.

    Examples
    --------
    >>> is_referred("order no. 2125550123", 10, 20), is_referred("phone no. 2125550123", 10, 20)
    (True, False)
    """
    near = max(0, start - 40)
    if not is_announced(view, start):
        # "no. 0…" and "number (212) …" are what some write before a phone number
        called = _NATIONAL_FORM.match(view, start, end)
        if (
            _PAIRS.match(view, start, end)
            or _DRAW.search(view, near, start)
            or _BEFORE_AMOUNT.search(view, near, start)
            or (_BEFORE_NUMBER.search(view, near, start) and not called)
        ):
            return True
    return any(found.start() < end and start < found.end() for found in _REFERENCE.finditer(view, near, end + 15))


def is_announced(view: str, start: int) -> bool:
    """Whether the words before a row of digits say that it is a number to call.

    Examples
    --------
    >>> is_announced("tel. 2125550123", 5), is_announced("order 2125550123", 6)
    (True, False)
    """
    return _CUE.search(view, max(0, start - 30), start) is not None


def _is_sum(bare: str) -> bool:
    digits = count_digits(bare)
    return digits < SHORTEST_NATIONAL or (digits == SHORTEST_NATIONAL and bare.endswith("000"))


def _is_rising(bare: str) -> bool:
    """Whether the groups are a list: postcodes, or sizes, prices and bus lines, each greater than the one before."""
    groups = _GROUP.findall(bare)
    lengths = {*map(len, groups)}
    if len(groups) > _PAIR and lengths == {5}:
        return True
    round_sums = len(groups) >= _FEW_SUMS and all(group.endswith("0") for group in groups)
    return (
        (len(groups) >= _FEW_GROUPS or round_sums or (len(groups) > _PAIR and lengths <= {4, 5}))
        and not any(group.startswith("0") for group in groups)
        and all(int(left) < int(right) for left, right in pairwise(groups))
    )
