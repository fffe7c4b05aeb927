"""Phone numbers spelled out in words, or in words and digits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from thb_indicators.figures import SHORTEST_NATIONAL, is_announced
from thb_indicators.folding import EMOJI
from thb_indicators.normalize import Normalized, normalize
from thb_indicators.number_words import TENS_AND, TENS_BESIDE, number_words
from thb_indicators.numbering import MAX_DIGITS, MIN_DIGITS, is_valid, number_value
from thb_indicators.phones import ALWAYS, DROPS
from thb_indicators.spans import Contact, Span

_DIGIT_WORDS = (
    "zero cero null nulla nul ноль нуль нула nula zéro oh",
    "one uno um unu eins un egy een едно один одна jeden",
    "two dos dois doi zwei zwo deux due kettő ketto twee две два dwa",
    "three tres três trei drei trois tre három harom drie три trzy",
    "four cuatro quatro patru vier quatre quattro négy negy четири чотири четыре cztery",
    "five cinco cinci fünf fuenf cinq cinque öt vijf пет п'ять пять pięć",
    "six seis meia șase sase sechs sei hat zes шест шість шесть sześć",
    "seven siete sete șapte sapte sieben sept sette hét zeven седем сім семь siedem",
    "eight ocho oito opt acht huit otto nyolc осем вісім восемь osiem",
    "nine nueve nove nouă noua neun neuf kilenc negen девет дев'ять девять dziewięć",
)


def _forms(word: str) -> tuple[str, str]:
    """Return a word as it stands in the text and in the view of what is normalized."""
    normalized = normalize(word)
    return normalized.text.strip(), normalized.view


_WORD_DIGITS = {form: str(digit) for digit, words in enumerate(_DIGIT_WORDS) for word in words.split() for form in _forms(word)}
DIGIT_WORDS = frozenset(_WORD_DIGITS)
_HUNDREDS = (
    "two hundred|doscientos|duzentos|două sute|zweihundert|deux cents|duecento|tweehonderd|"
    "двеста|kétszáz|двісті|двести|dwieście",
    "three hundred|trescientos|trezentos|trei sute|dreihundert|trois cents|trecento|driehonderd|триста|háromszáz|trzysta",
    "four hundred|cuatrocientos|quatrocentos|patru sute|vierhundert|quatre cents|quattrocento|vierhonderd|"
    "четиристотин|négyszáz|чотириста|четыреста|czterysta",
    "five hundred|quinientos|quinhentos|cinci sute|fünfhundert|cinq cents|cinquecento|vijfhonderd|"
    "петстотин|ötszáz|п'ятсот|пятьсот|pięćset",
    "six hundred|seiscientos|seiscentos|șase sute|sechshundert|six cents|seicento|zeshonderd|"
    "шестстотин|hatszáz|шістсот|шестьсот|sześćset",
    "seven hundred|setecientos|setecentos|șapte sute|siebenhundert|sept cents|settecento|zevenhonderd|"
    "седемстотин|hétszáz|сімсот|семьсот|siedemset",
    "eight hundred|ochocientos|oitocentos|opt sute|achthundert|huit cents|ottocento|achthonderd|"
    "осемстотин|nyolcszáz|вісімсот|восемьсот|osiemset",
    "nine hundred|novecientos|novecentos|nouă sute|neunhundert|neuf cents|novecento|negenhonderd|"
    "деветстотин|kilencszáz|дев'ятсот|девятьсот|dziewięćset",
)
_WORD_DIGITS |= {
    form: f"{hundreds}00"
    for hundreds, words in enumerate(_HUNDREDS, start=2)
    for word in words.split("|")
    for form in _forms(word)
}
_WORD_NUMBERS = {form: value for word, value in number_words() for form in _forms(word)}
_WORD_HUNDREDS = {form: 100 for word in ("сто", "sto") for form in _forms(word)}
_BESIDE, _AFTER_AND = (
    frozenset(form for words in listed for word in words.split() for form in _forms(word)) for listed in (TENS_BESIDE, TENS_AND)
)
_FRENCH_BASES = frozenset(form for word in ("soixante", "quatre-vingt") for form in _forms(word))
"""Tens that 10 to 19 follow in French: "soixante-douze" is 72."""
_SCORE = 20
_TRUNKS = ("0", "8")
"""What numbers begin with that are told in pairs: ages and prices are told so as well."""
_AND_WORDS = frozenset(_forms(word)[1] for word in ("y", "e", "et", "și", "и", "i", "та", "й"))
_THEN_WORDS = "then luego después depois apoi dann puis poi dan после majd aztán потім потом potem"
_THEN = rf"(?:{'|'.join(normalize(word).view for word in _THEN_WORDS.split())})[ ,]{{1,2}}"
"""What may lead on from one part of a number to the next: "…, then two oh seven"."""
_IN_OTHER_WORDS = frozenset({"tre", "een", "hat", "opt", "due"})
_REPEATS = {"double": 2, "triple": 3, "treble": 3}
_HINTED = sorted(w for w in DIGIT_WORDS - _IN_OTHER_WORDS if len(w) > 2 and " " not in w)
SPELLED_HINTS = ("oh ", "oh-", "oh,", *_REPEATS, *_HINTED)
"""Words of which some must stand close together before a spelled number is looked for."""
_LONGEST_FIRST = sorted((*_WORD_DIGITS, *_REPEATS), key=lambda word: (-len(word), word))


def _any_of(words: Iterable[str]) -> str:
    """Return a regex for words, the longest first; by first letters, so that few of a thousand are tried."""
    by_letter: dict[str, list[str]] = {}
    for word in sorted(words, key=lambda word: (-len(word), word)):
        by_letter.setdefault(word[0], []).append(re.escape(word[1:]))
    return "|".join(f"{letter}(?:{'|'.join(rests)})" for letter, rests in sorted(by_letter.items()))


_SPELLED_WORDS = _any_of({*_LONGEST_FIRST, *_WORD_NUMBERS, *_WORD_HUNDREDS})
_AND = rf"(?:{'|'.join(sorted(_AND_WORDS, key=len, reverse=True))})(?= )"
_SPELLED_PART = re.compile(rf"{_SPELLED_WORDS}|{_THEN}|{_AND}|hundred|o|[0-9]")
_LEADING_ON = re.compile(_THEN)
_SPELLED_ONE = rf"(?:{_SPELLED_WORDS}|o(?![^\W\d_])|[0-9](?: hundred)?)"
# Each part is taken as a whole: "dix-sept" is one word or two, and a row of such would be tried in every way.
_SPELLED_RUN = re.compile(
    rf"(?<![^\W\d_])(?P<plus>(?:\+|\b(?:plus|mas|piu|плюс)\b) ?)?"
    rf"(?P<run>(?>{_SPELLED_ONE})(?>[ \-.,/_*|+()\n{EMOJI}]{{0,3}}(?:{_THEN}|{_AND} )?{_SPELLED_ONE}){{4,}})"
    r"(?![^\W\d_])"
)
_MAGNITUDES = {"hundred and": 2, "hundred": 2, "thousand and": 3, "thousand": 3}
_TENS = "ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|(?:thir|four|fif|six|seven|eigh|nine)teen"
# "nine hundred" is two words here, as "hundred and one" may follow
_ROW_WORDS = "|".join((*_MAGNITUDES, _TENS, *(word for word in _LONGEST_FIRST if not word.endswith(" hundred"))))
_ROW_PART = re.compile(rf"{_ROW_WORDS}|o|[0-9]+")
_ROW = re.compile(rf"(?<![^\W\d_])(?:(?>{_ROW_WORDS}|o(?![^\W\d_])|[0-9])[ \-.,/_*|+()\n{EMOJI}]{{0,3}}){{5,}}(?![^\W\d_])")
_ENOUGH_SPELLED, _FEWEST_WORDS = 3, 2
_HUNDREDS_OF = frozenset(f"{hundreds}00" for hundreds in range(2, 10))
_WHOLE, _MOST_HUNDREDS = 10, 2
"""Digits of a number that has hundreds in words, and how many of them: guests and prices are counted in hundreds as well."""
_CONSECUTIVE = ("0123456789", "9876543210")
_PLUS = re.compile(r"(?:\+|\b(?:plus|mas|piu|плюс)) ?\Z")
_FIGURE_BEFORE = re.compile(r"[0-9]{1,3}, +(?=[^\W\d])")


def find_spelled(normalized: Normalized, country: str | None, *, validate: bool) -> Iterator[Contact]:
    """Yield the numbers spelled out in words, or in words and digits.

    Examples
    --------
    >>> [c.value for c in find_spelled(normalize("oh double seven double oh, nine 00 one23"), "GB", validate=True)]
    ['+447700900123']
    """
    view = normalized.view
    for found in _SPELLED_RUN.finditer(view):
        low, high = found.span("run")
        before, after = _FIGURE_BEFORE.match(view, low, high), ALWAYS.search(view, low, high)
        low, high = before.end() if before else low, after.start() if after else high
        parts = _read(view, low, high)
        parts = _without_figures(view, parts, country) if validate else parts
        digits = "".join(part.digits for part in parts)
        spelled = sum(len(part.digits) for part in parts if part.spelled)
        # one word or two among digits only where they stand inside: "one 07700 900123" is a number and a word before it
        enough = spelled >= _ENOUGH_SPELLED or (spelled and not parts[0].spelled and not parts[-1].spelled)
        telling = not any(digits in row for row in _CONSECUTIVE) and not _is_list(parts)
        hundreds = sum(part.spelled and part.digits in _HUNDREDS_OF for part in parts)
        fewest = _WHOLE if hundreds else MIN_DIGITS
        in_pairs = any(word in _WORD_NUMBERS for word in _SPELLED_PART.findall(view, parts[0].start, parts[-1].end))
        called = _plus(view, parts) or is_announced(view, parts[0].start)
        whole = len(digits) >= SHORTEST_NATIONAL and country is not None and is_valid(digits, country)
        if in_pairs and not (digits.startswith(_TRUNKS) or called or whole):
            continue
        if enough and fewest <= len(digits) <= MAX_DIGITS and telling and hundreds <= _MOST_HUNDREDS:
            start = parts[0].start if parts[0].start > found.start("run") else found.start()
            value = number_value(_plus(view, parts) + digits, country, validate=validate)
            if value:
                yield Contact("phone", value, normalized.origin(start, parts[-1].end), True)


def _read(view: str, low: int, high: int) -> list[_Part]:
    """Return what each word and digit of a row stands for; "forty five", "nine hundred twelve" are one each."""
    parts: list[_Part] = []
    repeat, last, joining = 1, "", False
    for found in _SPELLED_PART.finditer(view, low, high):
        word = found[0]
        if word in _REPEATS or _LEADING_ON.fullmatch(word):
            repeat = _REPEATS.get(word, repeat)
            continue
        if word in _AND_WORDS and word not in _WORD_DIGITS:
            joining = last in _AFTER_AND
            continue
        before = parts[-1] if parts else None
        if before and (more := _continued(before, last, word, joining)):
            parts[-1] = before._replace(digits=more, end=found.end())
        else:
            number = _WORD_NUMBERS.get(word) or _WORD_HUNDREDS.get(word)
            digits = word if word.isdigit() else str(number) if number else _WORD_DIGITS.get(word, "0")
            parts.append(_Part(digits * repeat, repeat > 1 or not word.isdigit(), *found.span()))
        repeat, last, joining = 1, word, False
    return parts


def _continued(before: _Part, last: str, word: str, joining: bool) -> str:
    """Return the digits of a part with the word that goes on from it, or '' where the word is a part of its own."""
    if word == "hundred":
        return f"{before.digits}00" if last.isdigit() and last != "0" else ""
    if not before.spelled:
        return ""
    if word in _WORD_DIGITS and len(_WORD_DIGITS[word]) == 1:
        goes_on = last in _BESIDE or (joining and last in _AFTER_AND)
        return str(int(before.digits) + int(_WORD_DIGITS[word])) if goes_on and _WORD_DIGITS[word] != "0" else ""
    number = _WORD_NUMBERS.get(word)
    if number is None:
        return ""
    if (number < _SCORE and last in _FRENCH_BASES) or before.digits in _HUNDREDS_OF or before.digits == "100":
        return str(int(before.digits) + number)
    return ""


def find_rows(normalized: Normalized) -> Iterator[Span]:
    """Yield the rows of figures and words that may be a phone number, though none that can be read: they are to be hidden.

    A row begins with a zero, as numbers do and prices do not, or the words before it announce a number.

    Examples
    --------
    >>> text = "oh seven seven 00 nine hundred 123 for two hours, 150"
    >>> [span.of(text) for span in find_rows(normalize(text))]
    ['oh seven seven 00 nine hundred 123']
    """
    view = normalized.view
    for found in _ROW.finditer(view):
        parts = list(_ROW_PART.finditer(view, *found.span()))
        if not is_announced(view, found.start()):
            zero = next((at for at, part in enumerate(parts) if _WORD_DIGITS.get(part[0], part[0])[0] in "0o"), len(parts))
            parts = parts[zero:]
        words = [part[0] for part in parts if not part[0].isdigit()]
        digits = sum(len(part[0]) for part in parts if part[0].isdigit())
        digits += sum(map(_digits_of, words))
        if len(words) >= _FEWEST_WORDS and digits >= MIN_DIGITS:
            yield normalized.origin(parts[0].start(), parts[-1].end())


def _digits_of(word: str) -> int:
    """Return how many digits a word of a row stands for: "double" says the next one again."""
    return _MAGNITUDES.get(word) or (_REPEATS[word] - 1 if word in _REPEATS else len(_WORD_DIGITS.get(word, "0")))


class _Part(NamedTuple):
    digits: str
    spelled: bool
    start: int
    end: int


def _is_list(parts: Sequence[_Part]) -> bool:
    """Whether the words only count what the figures price: "one 100, two 180, three 250"."""
    counted = [part.digits for part in parts if part.spelled]
    listed = not any(one.spelled and other.spelled for one, other in pairwise(parts)) and bool(parts) and parts[0].spelled
    return listed and len(counted) > 1 and counted == [str(number) for number in range(1, len(counted) + 1)]


def _plus(view: str, parts: Sequence[_Part]) -> str:
    """Return a plus sign where one, or the word for it, stands before a number."""
    return "+" if _PLUS.search(view, max(0, parts[0].start - 6), parts[0].start) else ""


def _without_figures(view: str, parts: list[_Part], country: str | None) -> list[_Part]:
    """Leave out the figures before and after a spelled number ("room for 2, …", "… 24/7") where it is none with them."""
    for left, right in DROPS:
        few = parts[left : len(parts) - right]
        dropped = (*parts[:left], *parts[len(parts) - right :])
        if not few or any(part.spelled for part in dropped):
            continue
        apart = not left or view[few[0].start - 1] in " +"
        number = _plus(view, few) + "".join(part.digits for part in few)
        if apart and is_valid(number, country):
            return few
    return parts
