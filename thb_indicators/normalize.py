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

from thb_indicators.disguises import Vocabulary, disguised, kinds_of
from thb_indicators.folding import ONE_EMOJI, Trick, fold, rewrite
from thb_indicators.spans import Span

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
_PUNCTUATION = re.compile(f"[{re.escape(''.join(_ASCII_PUNCTUATION.keys() - _SET_ASIDE.keys()))}]")
# It begins with the separator, so that the rest of a text is passed over fast; what stands before is looked at after.
_NUMBER_SEPARATOR = re.compile(r"[.,:/'`^](?<=[0-9].)(?=[0-9])")
_NUMBER_SEPARATORS = {".": "\x01", ",": "\x01", "'": "\x01", ":": "\x02", "`": "\x02", "/": "\x03", "^": "\x03"}
_CLAUSE_BREAK = re.compile(r"\n[ \t\r]*(?=[\n\-*•–—>])")
_HIGH = re.compile("[\u2319-\U0010ffff]")


class Normalized:
    """A text, its normalized form, and the way back from one to the other."""

    __slots__ = ("_origin", "_tokens", "folded", "original", "text", "tricks", "view", "words")

    def __init__(self, original: str, view: str, folded: str, origin: list[int] | None, tricks: tuple[Trick, ...]) -> None:
        self.original = original
        self.view = view
        """The folded characters with their punctuation, as contacts are looked for; one to one with ``folded``."""
        self.folded = folded
        self.tricks = tricks
        self._origin = origin
        self._tokens: list[tuple[int, int]] | None = None
        text = folded.replace(".", " . ").replace(",", " , ")
        for char in set(ONE_EMOJI.findall(text)) if not text.isascii() and _HIGH.search(text) else ():
            text = text.replace(char, f" {char} ")
        self.words = text.split()
        """The tokens."""
        self.text = f" {' '.join(self.words)} "

    @property
    def in_place(self) -> bool:
        """Whether every character of ``view`` stands where it does in the original."""
        return self._origin is None

    @property
    def tokens(self) -> list[tuple[int, int]]:
        """The tokens' places in ``folded``, in order; computed when first asked for."""
        if self._tokens is None:
            find, at = self.folded.find, 0
            self._tokens = []
            for token in self.words:  # nothing but spaces stands between two of them
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
        folded, origin, tricks = fold(text)
    if "\x01" in folded or "\x02" in folded or "\x03" in folded:  # they stand for separators below
        folded = folded.translate({1: " ", 2: " ", 3: " "})
    kinds = kinds_of(folded)
    changes = disguised(folded.lower(), kinds, known) if known is not None else []
    if changes:
        where = origin or range(len(folded) + 1)
        tricks += [Trick(change.kind, Span(where[change.start], where[change.end - 1] + 1)) for change in changes]
        folded, origin = rewrite(folded.lower(), origin, [part for change in changes for part in change.parts])
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
