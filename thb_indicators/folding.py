"""Characters folded to what they are matched as: styled letters, accents, look-alikes, invisible ones; each keeps its place."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal, NamedTuple

from thb_indicators.resources import data_path
from thb_indicators.spans import Span

TrickKind = Literal["invisible", "homoglyph", "styled", "leet", "spaced"]


class Trick(NamedTuple):
    """One disguise that was undone, with its place in the original."""

    kind: TrickKind
    span: Span


# Scripts that people write ads in: their letters are folded to look-alikes only inside mixed-script words.
_LIVING_SCRIPTS = frozenset(
    [
        "CYRILLIC",
        "GREEK",
        "ARMENIAN",
        "GEORGIAN",
        "HEBREW",
        "ARABIC",
        "DEVANAGARI",
        "BENGALI",
        "GURMUKHI",
        "GUJARATI",
        "ORIYA",
        "TAMIL",
        "TELUGU",
        "KANNADA",
        "MALAYALAM",
        "SINHALA",
        "THAI",
        "LAO",
        "TIBETAN",
        "MYANMAR",
        "ETHIOPIC",
        "KHMER",
        "MONGOLIAN",
        "HIRAGANA",
        "KATAKANA",
        "HANGUL",
        "CJK",
        "THAANA",
        "SYRIAC",
        "NKO",
        "BOPOMOFO",
    ]
)
EMOJI = "\u231a-\u23ff\u2600-\u27bf\u2b05-\u2bff\U0001f000-\U0001faff"
_LETTERS_BY_HAND = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ς": "σ"}
_FILLERS = "\u115f\u1160\u3164\uffa0\u2800"
_PUNCTUATION_BY_HAND = {
    **dict.fromkeys("’‘ʼ´′＇`", "'"),
    **dict.fromkeys("…。•●▪►▶■★☆✔✅❗‼⁉", "."),
    **dict.fromkeys("،、", ","),
    **dict.fromkeys("€£¥₴₽₹", None),
    "№": " ",
    "×": "x",
    "➕": "+",
}
_NAMED_LETTER = re.compile(
    r"(?:LATIN|CIRCLED|SQUARED|NEGATIVE|PARENTHESIZED|MODIFIER|TURNED|OUTLINED).*\bLETTER (?:[A-Z ]+ )?([A-Z])(?: WITH .*)?$"
)

# Latin letters that pass for Cyrillic ones, for disguises inside Cyrillic text.
_TO_CYRILLIC = str.maketrans("aeopcyxikmthb", "аеорсухікмтнв")

_NOT_ASCII = re.compile("[^\x00-\x7f]")
ONE_EMOJI = re.compile(f"([{EMOJI}])")
_AFTER_EMOJI = re.compile(f"(?<=[{EMOJI}])[\ufe0f\u200d]")
_MIXED = re.compile(r"[a-zA-Z][^\W\d_a-zA-Z]|[^\W\d_a-zA-Z][a-zA-Z]")
_WORD = re.compile(r"[^\W_]+")
_INVISIBLE = re.compile("(?<=[^\\W_])[\u200b-\u200f\u2060-\u2064\ufeff\u180e]+(?=[^\\W_])")
_INVISIBLES = frozenset(map(chr, (*range(0x200B, 0x2010), *range(0x2060, 0x2065), 0xFEFF, 0x180E)))
_STYLED = re.compile("[\uff10-\uff5a\U0001d400-\U0001d7ff\u249c-\u24e9\U0001f110-\U0001f189]{3,}")


@lru_cache(maxsize=1)
def _confusables() -> dict[str, str]:
    files = ("lookalikes.tsv", "confusables.tsv")
    lines = [line for name in files for line in data_path("lexicons", "unicode", name).read_text("utf-8").splitlines()]
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return {chr(int(row[0], 16)): row[1] for row in rows}


@lru_cache(maxsize=70_000)
def is_living(char: str) -> bool:
    """Whether `char` belongs to a script that ads are written in besides Latin.

    Examples
    --------
    >>> is_living("ж"), is_living("e")
    (True, False)
    """
    return unicodedata.name(char, "").split(" ")[0] in _LIVING_SCRIPTS


@lru_cache(maxsize=70_000)
def fold_character(char: str) -> str:
    """Return what one character is matched as: a lower-case letter, a digit, punctuation, or nothing.

    Sources: Unicode normalization form KD, and the confusables of Unicode Technical Standard 39.

    Examples
    --------
    >>> fold_character("É"), fold_character("𝐩"), fold_character("\u200b"), fold_character("ﬁ")
    ('e', 'p', '', 'fi')
    """
    folded = char
    for _ in range(3):
        step = "".join(map(_fold_once, folded))
        if step == folded:
            break
        folded = step
    return folded


def _fold_once(char: str) -> str:
    if char.isascii():
        return char.lower()
    if char in _PUNCTUATION_BY_HAND:
        return _PUNCTUATION_BY_HAND[char] or char
    category = unicodedata.category(char)
    if category in ("Mn", "Me", "Cf") or char in _FILLERS:
        return ""
    if category[0] in "CZ":
        return char if category in ("Cn", "Co") else " "  # half a surrogate pair can be neither written nor searched
    composed = unicodedata.normalize("NFKC", char)
    if composed.isascii():
        return composed.strip("()").lower() or " "
    if composed != char and len(composed) < 4:
        # styled Greek capitals look Latin, like their plain forms inside a Latin word
        return _confusables().get(composed, composed) if not is_living(char) else composed
    digit = unicodedata.digit(char, None)
    if digit is not None:
        return str(digit)
    if category[0] == "L" and is_living(char):
        return _without_marks(char.lower())
    if char in _confusables():
        return _confusables()[char]
    if char.lower() in _LETTERS_BY_HAND:
        return _LETTERS_BY_HAND[char.lower()]
    named = _NAMED_LETTER.match(unicodedata.name(char, ""))
    if named:
        return named[1].lower()
    if category[0] == "L":
        return _without_marks(char.lower())
    if category == "Sc" or ONE_EMOJI.match(char):
        return "" if "\U0001f3fb" <= char <= "\U0001f3ff" else char
    if category == "Pd":
        return "-"
    return '"' if category in ("Pi", "Pf") else " "


def _without_marks(letter: str) -> str:
    if "\uac00" <= letter <= "\ud7a3":  # Hangul syllables decompose into letters, not into marks
        return letter
    return "".join(c for c in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(c)) or letter


def rewrite(text: str, origin: list[int] | None, changes: list[tuple[int, int, str]]) -> tuple[str, list[int] | None]:
    """Replace parts of `text` (ordered, apart), carrying along where every character came from."""
    if all(end - start == len(new) for start, end, new in changes):
        pieces = []
        at = 0
        for start, end, new in changes:
            pieces += [text[at:start], new]
            at = end
        return "".join([*pieces, text[at:]]), origin
    before = origin if origin is not None else list(range(len(text)))
    pieces, after, at = [], [], 0
    for start, end, new in changes:
        pieces += [text[at:start], new]
        after += before[at:start]
        after += [before[min(start + i, end - 1)] for i in range(len(new))]
        at = end
    return "".join([*pieces, text[at:]]), after + before[at:]


def fold(text: str) -> tuple[str, list[int] | None, list[Trick]]:
    """Fold every character of a text that is not plain ASCII."""
    tricks: list[Trick] = []
    chars = set(_NOT_ASCII.findall(text))
    if all(map(_folds_alone, chars)):
        for char in chars:
            text = text.replace(char, fold_character(char))
        return text.lower(), None, tricks
    if not chars.isdisjoint(_INVISIBLES):
        for found in _INVISIBLE.finditer(text):
            if tricks and text[tricks[-1].span.end : found.start()].isalnum():  # the same word goes on
                tricks[-1] = Trick("invisible", Span(tricks[-1].span.start, found.end()))
            else:
                tricks.append(Trick("invisible", Span(*found.span())))
    if max(chars) >= "\u249c":
        tricks += [Trick("styled", Span(*found.span())) for found in _STYLED.finditer(text)]
    folded, origin = text, None
    if "\ufe0f" in chars or "\u200d" in chars:
        folded = _AFTER_EMOJI.sub(" ", folded)
    folded, origin = _fold_each({c for c in chars if not is_living(c)}, folded, origin)
    if any(is_living(c) for c in set(folded) if c > "\x7f"):
        if _MIXED.search(folded):
            folded, mixed = _unmix(folded)
            where = origin or range(len(folded) + 1)
            tricks += [Trick("homoglyph", Span(where[start], where[end - 1] + 1)) for start, end in mixed]
        folded, origin = _fold_each({c for c in set(folded) if c > "\x7f" and is_living(c)}, folded, origin)
    return folded.lower(), origin, tricks


@lru_cache(maxsize=70_000)
def _folds_alone(char: str) -> bool:
    """Whether a character is folded to one other, whatever stands around it, and is no disguise."""
    return char < "\u249c" and char not in _INVISIBLES and not is_living(char) and len(fold_character(char)) == 1


def _fold_each(chars: set[str], text: str, origin: list[int] | None) -> tuple[str, list[int] | None]:
    """Fold every occurrence of `chars` in `text`."""
    odd = {c: new for c in chars if (new := fold_character(c)) != c}
    uneven = [c for c, new in odd.items() if len(new) != 1]
    if uneven:
        places = re.finditer(f"[{''.join(map(re.escape, uneven))}]", text)
        text, origin = rewrite(text, origin, [(m.start(), m.end(), odd[m[0]]) for m in places])
    for char, new in odd.items():
        if len(new) == 1:
            text = text.replace(char, new)
    return text, origin


def _unmix(folded: str) -> tuple[str, list[Span]]:
    """Replace look-alikes in words that mix scripts, towards the script that most of the text is written in."""
    latin = sum("a" <= c <= "z" or "A" <= c <= "Z" for c in folded)
    cyrillic = sum("\u0400" <= c <= "\u04ff" for c in folded)
    mixed = []

    def unmixed(found: re.Match[str]) -> str:
        word = found[0]
        if word.isascii() or not _MIXED.search(word):
            return word
        plain = word.lower().translate(_TO_CYRILLIC) if cyrillic > latin else "".join(map(_latin, word))
        if plain.lower() != word.lower():
            mixed.append(Span(*found.span()))
        return plain

    return _WORD.sub(unmixed, folded), mixed


@lru_cache(maxsize=70_000)
def _latin(char: str) -> str:
    """Return the Latin letter that one letter of a mixed word passes for, with or without its accents, or itself."""
    forms = (char,) if char.isascii() else (char, fold_character(char))
    return next((plain for form in forms if len(plain := _confusables().get(form, "")) == 1), char)
