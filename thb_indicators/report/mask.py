"""What may be shown of a text: contacts and masked wording dotted out, and no character that does something."""

from __future__ import annotations

import re
from collections.abc import Iterable

from thb_indicators.contacts import contact_spans
from thb_indicators.spans import DOT, Span

# Control, line-separating and bidirectional characters: they could move the cursor, hide text, or turn it around.
_HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufff9-\ufffb\ud800-\udfff]")


def harmless(text: str) -> str:
    r"""Return `text` with every control and direction-changing character made visible; lengths stay.

    Examples
    --------
    >>> harmless("a\x1b[31mb")
    'a�[31mb'
    """
    return _HARMFUL.sub("\ufffd", text)


class Mask:
    """Hides contacts and masked wording of one ad, wherever they stand; lengths stay, so that spans still hold.

    Parameters
    ----------
    wordings
        What is masked in this ad: it is hidden in every field, also where no match points to it.
    country
        ISO 3166-1 code of the ad's country, for phone numbers.
    reveal
        Hide nothing.

    Examples
    --------
    >>> Mask().of("Call 07700 900123")
    'Call ••••••••••••'
    """

    def __init__(self, wordings: Iterable[str] = (), country: str | None = None, *, reveal: bool = False) -> None:
        known = sorted({one for one in wordings if one.strip(DOT + " ")}, key=lambda one: (-len(one), one))
        self._wordings = re.compile("|".join(map(re.escape, known)), re.IGNORECASE) if known else None
        self._country = country if country and re.fullmatch("[A-Za-z]{2}", country) else None
        self.reveal = reveal

    def contacts(self, text: str) -> list[Span]:
        """Return where contacts stand that are to be hidden."""
        return [] if self.reveal else contact_spans(text, self._country)

    def hide(self, text: str, spans: Iterable[Span]) -> str:
        """Return a text as it may be shown, with `spans` dotted out, and masked wording wherever else it stands."""
        if not self.reveal:
            for start, end in spans:
                text = text[:start] + DOT * (end - start) + text[end:]
            if self._wordings is not None:
                text = self._wordings.sub(lambda found: DOT * len(found[0]), text)
        return harmless(text)

    def of(self, text: str) -> str:
        """Return a text as it may be shown."""
        return self.hide(text, self.contacts(text))
