"""Numbers and amounts of money in normalized text, where ``'`` stands for a point or a comma inside a number."""

from __future__ import annotations

import re

_SYMBOLS = "$€£¥₴₽"
_CURRENCY_STEMS = ("forint", "гривен", "руб", "долар", "доллар", "dolar")
_CURRENCY_WORDS = (
    "euro", "euros", "eur", "dollar", "dollars", "usd", "pound", "pounds", "gbp", "quid", "lei", "ron", "leva", "lev", "bgn",
    "лева", "лв", "huf", "ft", "uah", "гривень", "грн", "ruble", "rubles", "евро", "євро", "dolares", "reais", "real",
    "peso", "pesos", "franc", "francs", "chf", "zloty", "pln", "mxn", "brl", "aed", "dirham", "dirhams",
)  # fmt: skip
CURRENCIES = frozenset(
    [(word, False) for word in (*_CURRENCY_WORDS, *_SYMBOLS, "us dollar", "us dollars")]
    + [(stem, True) for stem in _CURRENCY_STEMS]
)
"""What stands before or after an amount, as alternatives of a construction."""
_ATTACHED = "|".join([*sorted(_CURRENCY_WORDS, reverse=True), *(f"{stem}[^ ]*" for stem in _CURRENCY_STEMS)])
_AMOUNT = "[0-9][0-9']*(?:k|к)?"
NUMBER = rf"[+]?{_AMOUNT}[+%]?"
"""A word that is a number."""
MONEY = rf"(?:{_ATTACHED}|[{_SYMBOLS}])?[{_SYMBOLS}]?(?!0[0-9]){_AMOUNT}[{_SYMBOLS}]?(?:[+]|eur|usd|gbp)?"
"""A word that is an amount, with or without a currency attached to it; what begins with a zero is a telephone number."""
_VALUE = re.compile(r"([0-9][0-9']*)(k|к)?")


def number_value(text: str) -> float:
    """Return the amount in normalized text: a separator before three digits groups, any other is a decimal point.

    Examples
    --------
    >>> number_value(" $15'000"), number_value("12'5"), number_value("3k euros")
    (15000.0, 12.5, 3000.0)
    """
    found = _VALUE.search(text)
    if found is None:
        return 0.0
    groups = found[1].rstrip("'").split("'")
    if len(groups) > 1 and len(groups[-1]) != 3:
        value = float("".join(groups[:-1]) + "." + groups[-1]) if groups[-1] else float("".join(groups))
    else:
        value = float("".join(groups))
    return value * 1000 if found[2] else value
