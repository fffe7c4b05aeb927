"""Normalization that keeps the way back: every token of the normalized text knows its place in the original.

Patterns are matched on text in which disguises are undone: invisible characters dropped, styled letters and accents
folded, look-alikes of mixed-script words replaced, spaced-out and leet-spelled words put together. What was undone is
kept as ``tricks``, because a disguise is itself an observation.

The normalized text is a sequence of tokens, each with one space before it: words in lower case without accents,
``.`` for every end of a clause, ``,`` for a pause, one token per emoji. Within a number ``'`` stands for a point or a
comma, a backquote for a colon and ``^`` for a slash, so that ``24/7`` stays one token.

Examples
--------
>>> n = normalize("Your PASSPORT\u200b stays here!")
>>> n.text
' your passport stays here . '
>>> n.span(5, 14)
Span(start=5, end=13)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

from thb_indicators.records import Span
from thb_indicators.resources import data_path

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
}
_NAMED_LETTER = re.compile(
    r"(?:LATIN|CIRCLED|SQUARED|NEGATIVE|PARENTHESIZED|MODIFIER|TURNED|OUTLINED).*\bLETTER (?:[A-Z ]+ )?([A-Z])(?: WITH .*)?$"
)

# Latin letters that pass for Cyrillic ones, for disguises inside Cyrillic text.
_TO_CYRILLIC = str.maketrans("aeopcyxikmthb", "аеорсухікмтнв")

_ASCII_PUNCTUATION = {
    **dict.fromkeys(map(chr, range(32)), " "),
    **dict.fromkeys("\x7f\"'()[]{}-*\\~=<>&`^/", " "),
    **dict.fromkeys("!?;|", "."),
    ":": ",",
}
# The numbers' own separators are set aside as these (see `_NUMBER_SEPARATORS`), and then mean something again.
_SET_ASIDE = {"\x01": "'", "\x02": "`", "\x03": "^"}
_PLAIN = str.maketrans({**_ASCII_PUNCTUATION, **_SET_ASIDE})
_PLAIN_BYTES = "".join(map(chr, range(128))).lower().translate(_PLAIN).encode("ascii") + bytes(128)
_KINDS = bytes(
    ord("a" if c.isalpha() or c == "?" else "0" if c.isdigit() else "@" if c in "@$!|" else "." if c in ".,:/'`^" else " ")
    for c in map(chr, range(128))
) + bytes(128)
_PUNCTUATION = re.compile(f"[{re.escape(''.join(_ASCII_PUNCTUATION.keys() - _SET_ASIDE.keys()))}]")
_LEET_HINTS = (b"a0", b"0a", b"a@", b"@a")
_SPACED_HINTS = (b" a a a ", b".a.a.", b" a  a  ", b"  a   a  ", b"@a@a")
_NUMBER_SEPARATOR = re.compile(r"(?<=[0-9])[.,:/'`^](?=[0-9])")
_NUMBER_SEPARATORS = {".": "\x01", ",": "\x01", "'": "\x01", ":": "\x02", "`": "\x02", "/": "\x03", "^": "\x03"}
_CLAUSE_BREAK = re.compile(r"\n[ \t\r]*(?=[\n\-*•–—>])")
_HIGH = re.compile("[\u2319-\U0010ffff]")
_NOT_ASCII = re.compile("[^\x00-\x7f]")
_EMOJI_RUN = re.compile(f"([{EMOJI}])")
_AFTER_EMOJI = re.compile(f"(?<=[{EMOJI}])[\ufe0f\u200d]")
_MIXED = re.compile(r"[a-zA-Z][^\W\d_a-zA-Z]|[^\W\d_a-zA-Z][a-zA-Z]")
_WORD = re.compile(r"[^\W_]+")
_INVISIBLE = re.compile("(?<=[^\\W_])[\u200b-\u200f\u2060-\u2064\ufeff\u180e]+(?=[^\\W_])")
_INVISIBLES = frozenset(map(chr, (*range(0x200B, 0x2010), *range(0x2060, 0x2065), 0xFEFF, 0x180E)))
_STYLED = re.compile("[\uff10-\uff5a\U0001d400-\U0001d7ff\u249c-\u24e9\U0001f110-\U0001f189]{3,}")
_SPACED = re.compile(r"(?<![^\W_])[^\W\d_](?:[ .,*_\-/|~]{1,4}[^\W\d_]){3,}(?![^\W_])")
_LEET = re.compile(r"[a-z0-9@$!|]{2,}")
# An address or a link is no word, whatever it looks like; and "offer!You" is two sentences, not "offeriyou".
_ADDRESS = re.compile(r"\S*(?:@[a-z0-9\-]+\.|://|www\.)|@[a-z]")
# "24h", "2nd", "a1", "mp3": numbers with a unit or a letter, not disguises.
_MEASURE = re.compile(r"[0-9$]+[a-z]{0,3}|[a-z]{1,2}[0-9]+|.{1,2}")
_LEET_LETTERS = {
    "0": "o", "1": "il", "2": "z", "3": "e", "4": "a", "5": "s", "6": "g", "7": "t", "8": "b", "9": "g",
    "@": "a", "$": "s", "!": "i", "|": "li",
}  # fmt: skip
_MAX_LEET_READINGS = 16
_UNKNOWN_COST = 3
_LONGEST_WORD = 20

Vocabulary = Callable[[str], bool]


class Normalized:
    """A text, its normalized form, and the way back from one to the other."""

    __slots__ = ("_origin", "_tokens", "folded", "original", "text", "tricks", "view")

    def __init__(self, original: str, view: str, folded: str, origin: list[int] | None, tricks: tuple[Trick, ...]) -> None:
        self.original = original
        self.view = view
        """The folded characters with their punctuation, as contacts are looked for; one to one with ``folded``."""
        self.folded = folded
        self.tricks = tricks
        self._origin = origin
        self._tokens: list[tuple[int, int]] | None = None
        text = folded.replace(".", " . ").replace(",", " , ")
        for char in set(_EMOJI_RUN.findall(text)) if _HIGH.search(text) else ():
            text = text.replace(char, f" {char} ")
        self.text = f" {' '.join(text.split())} "

    @property
    def tokens(self) -> list[tuple[int, int]]:
        """The tokens' places in ``folded``, in order; computed when first asked for."""
        if self._tokens is None:
            find, at = self.folded.find, 0
            self._tokens = []
            for token in self.text.split():  # nothing but spaces stands between two of them
                start = find(token, at)
                at = start + len(token)
                self._tokens.append((start, at))
        return self._tokens

    def origin(self, start: int, end: int) -> Span:
        """Return the place in the original of ``folded[start:end]``."""
        if self._origin is not None:
            start, end = self._origin[start], self._origin[end - 1] + 1
        original = self.original
        while end < len(original) and original[end] > "\u02ff" and unicodedata.combining(original[end]):
            end += 1
        return Span(start, end)

    def span(self, start: int, end: int) -> Span:
        """Return the place in the original of ``text[start:end]``, widened to whole tokens."""
        first = self.text.count(" ", 0, start + 1) - 1
        last = self.text.count(" ", 0, end - 1) - 1
        tokens = self.tokens
        return self.origin(tokens[first][0], tokens[max(first, last)][1])


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
    if category == "Sc" or _EMOJI_RUN.match(char):
        return "" if "\U0001f3fb" <= char <= "\U0001f3ff" else char
    if category == "Pd":
        return "-"
    return '"' if category in ("Pi", "Pf") else " "


def _without_marks(letter: str) -> str:
    if "\uac00" <= letter <= "\ud7a3":  # Hangul syllables decompose into letters, not into marks
        return letter
    return "".join(c for c in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(c)) or letter


def _rewrite(text: str, origin: list[int] | None, changes: list[tuple[int, int, str]]) -> tuple[str, list[int] | None]:
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


def _fold(text: str) -> tuple[str, list[int] | None, list[Trick]]:
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
        text, origin = _rewrite(text, origin, [(m.start(), m.end(), odd[m[0]]) for m in places])
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


def _leet_reading(word: str, known: Vocabulary) -> str | None:
    """Return the first reading of a leet-spelled word that the vocabulary knows."""
    readings = [""]
    for char in word:
        letters = _LEET_LETTERS.get(char, char)
        readings = [reading + letter for reading in readings for letter in letters][:_MAX_LEET_READINGS]
    return next((reading for reading in readings if known(reading)), None)


def _segment(letters: str, known: Vocabulary) -> list[int] | None:
    """Return the lengths of the words that `letters` is made of, or None when too little of it is known.

    The way with the fewest words wins ("passport" before "pass" + "port"); a letter outside every known word costs more
    than any word.
    """
    best: list[tuple[int, int, bool]] = [(0, 0, False)]  # cost so far, where the last piece starts, whether it is known
    for end in range(1, len(letters) + 1):
        cost, start, is_word = best[end - 1][0] + _UNKNOWN_COST, end - 1, False
        for begin in range(max(0, end - _LONGEST_WORD), end - 1):
            if best[begin][0] + 1 < cost and known(letters[begin:end]):
                cost, start, is_word = best[begin][0] + 1, begin, True
        best.append((cost, start, is_word))
    lengths: list[int] = []
    covered = longest = 0
    end, loose = len(letters), 0
    while end:
        _, start, is_word = best[end]
        if is_word:
            if loose:
                lengths.append(loose)
            lengths.append(end - start)
            covered += end - start
            longest, loose = max(longest, end - start), 0
        else:
            loose += 1
        end = start
    if loose:
        lengths.append(loose)
    return lengths[::-1] if longest >= 4 and covered * 2 >= len(letters) else None


def _join_spaced(found: re.Match[str], known: Vocabulary) -> list[tuple[int, int, str]]:
    """Return the changes that put a spaced-out run together, or none when it is not a disguise."""
    run = found[0]
    letters = [m.start() for m in re.finditer(r"[^\W\d_]", run)]
    gaps = [after - before - 1 for before, after in pairwise(letters)]
    narrow, wide = min(gaps), max(gaps)
    if wide > narrow:
        breaks = {i for i, gap in enumerate(gaps) if gap > narrow}
    else:
        lengths = _segment("".join(run[i] for i in letters), known)
        if lengths is None:
            return []
        ends = [sum(lengths[: i + 1]) - 1 for i in range(len(lengths) - 1)]
        breaks = set(ends)
    base = found.start()
    return [(base + at + 1, base + letters[i + 1], " " if i in breaks else "") for i, at in enumerate(letters[:-1])]


def normalize(text: str, known: Vocabulary | None = None) -> Normalized:
    """Normalize a text for matching.

    Parameters
    ----------
    text
        Any string; nothing makes it fail. Time is linear in its length.
    known
        Says whether a word means something to the lexicon in use. Leet spelling is undone, and evenly spaced letters are
        joined, only where a known word comes out: ``b2b`` and ``A B C D`` stay as they are.

    Returns
    -------
    Normalized
        With ``text``, ``span()`` and ``tricks``.

    Examples
    --------
    >>> normalize("we k33p y.o.u.r card", {"keep", "your"}.__contains__).text
    ' we keep your card '
    """
    origin: list[int] | None = None
    tricks: list[Trick] = []
    folded = text
    if not text.isascii():
        folded, origin, tricks = _fold(text)
    if "\x01" in folded or "\x02" in folded or "\x03" in folded:  # they stand for separators below
        folded = folded.translate({1: " ", 2: " ", 3: " "})
    # One letter per kind of character, so that the rare cases are found by substring search, not by a slow regex.
    kinds = folded.encode("ascii", "replace").translate(_KINDS)
    if known is not None:
        leet = any(hint in kinds for hint in _LEET_HINTS)
        spaced = any(hint in kinds for hint in _SPACED_HINTS) or kinds[:6] == b"a a a "
        if leet or spaced:
            changes = _leet_changes(folded.lower(), known) if leet else []
            changes += _spaced_changes(folded.lower(), known) if spaced else []
            if changes:
                folded, origin = _undo(folded.lower(), origin, changes, tricks)
    view = folded = folded.lower()
    if "\n" in folded:
        folded = _CLAUSE_BREAK.sub(lambda m: "." + " " * (len(m[0]) - 1), folded)
    if b"0.0" in kinds:
        folded = _NUMBER_SEPARATOR.sub(lambda m: _NUMBER_SEPARATORS[m[0]], folded)
    if folded.isascii():
        folded = folded.encode("ascii").translate(_PLAIN_BYTES).decode("ascii")
    else:  # a few replacements are many times faster than a look-up for every character
        for char in set(_PUNCTUATION.findall(folded)):
            folded = folded.replace(char, _ASCII_PUNCTUATION[char])
        for char, separator in _SET_ASIDE.items():  # last: what they become is punctuation above
            folded = folded.replace(char, separator)
    return Normalized(text, view, folded, origin, tuple(tricks))


class _Change(NamedTuple):
    """Replacements that undo one disguise, at ``folded[start:end]``."""

    kind: TrickKind
    start: int
    end: int
    parts: tuple[tuple[int, int, str], ...]


def _leet_changes(folded: str, known: Vocabulary) -> list[_Change]:
    """Find leet-spelled words that the vocabulary knows."""
    changes = []
    at = 0
    for word in folded.split(" "):
        if word and not word.isalpha():
            for start, end, reading in _leet_in(word, known):
                changes.append(_Change("leet", at + start, at + end, ((at + start, at + end, reading),)))
        at += len(word) + 1
    return changes


@lru_cache(maxsize=50_000)
def _leet_in(text: str, known: Vocabulary) -> tuple[tuple[int, int, str], ...]:
    """Return what is leet-spelled in a text without spaces: where, and how it is read."""
    kinds = text.encode("ascii", "replace").translate(_KINDS)
    if _ADDRESS.match(text) or not any(hint in kinds for hint in _LEET_HINTS):
        return ()
    found = []
    for one in _LEET.finditer(text):
        word = one[0].rstrip("!|@")
        plain = word.replace("!", "").replace("|", "")
        ordinary = plain.isalpha() or _MEASURE.fullmatch(word) is not None
        reading = None if ordinary else _leet_reading(word, known)
        if reading is not None:
            found.append((one.start(), one.start() + len(word), reading))
    return tuple(found)


def _spaced_changes(folded: str, known: Vocabulary) -> list[_Change]:
    """Find words whose letters were spaced out."""
    runs = ((found, _join_spaced(found, known)) for found in _SPACED.finditer(folded))
    return [_Change("spaced", *found.span(), tuple(joined)) for found, joined in runs if joined]


def _undo(folded: str, origin: list[int] | None, changes: list[_Change], tricks: list[Trick]) -> tuple[str, list[int] | None]:
    """Undo disguises, and add what was undone to `tricks`."""
    apart: list[_Change] = []
    for change in sorted(changes, key=lambda c: (c.start, -c.end)):
        if not apart or change.start >= apart[-1].end:
            apart.append(change)
    where = origin or range(len(folded) + 1)
    tricks += [Trick(change.kind, Span(where[change.start], where[change.end - 1] + 1)) for change in apart]
    return _rewrite(folded, origin, [part for change in apart for part in change.parts])
