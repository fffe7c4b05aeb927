"""Screen classified-ad text for published risk indicators of trafficking in human beings, and explain what fired.

Leads for human review, not findings.

>>> import thb_indicators as thb
>>> screener = thb.Screener()
>>> ad = thb.Ad("a1", "Waiters wanted in Cyprus. Good pay.", basis="synthetic")
>>> screener.assess(ad).human_review
'required'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOMES = {
    "Screener": "screen",
    "Lexicon": "lexicon",
    "Model": "model",
    "load_model": "model",
    "TriagePolicy": "triage",
    "extract_contacts": "contacts",
    "Index": "repeats.index",
    "ContactKeys": "repeats.keys",
    "link_ads": "repeats.link",
    "Contact": "contacts",
    "read_ads": "reading",
    "Ad": "records",
    "Signal": "records",
    "Span": "spans",
    "Match": "records",
    "Document": "records",
    "Contribution": "records",
    "Finding": "records",
    "Assessment": "records",
    "ThbError": "errors",
    "InputError": "errors",
    "BasisError": "errors",
    "LexiconError": "errors",
    "ModelError": "errors",
    "IndexFileError": "errors",
}

__all__ = [*sorted(_HOMES), "__version__"]  # noqa: PLE0604  # built from the table above, so that they cannot differ

if TYPE_CHECKING:
    from thb_indicators.contacts import Contact as Contact
    from thb_indicators.contacts import extract_contacts as extract_contacts
    from thb_indicators.errors import BasisError as BasisError
    from thb_indicators.errors import IndexFileError as IndexFileError
    from thb_indicators.errors import InputError as InputError
    from thb_indicators.errors import LexiconError as LexiconError
    from thb_indicators.errors import ModelError as ModelError
    from thb_indicators.errors import ThbError as ThbError
    from thb_indicators.lexicon import Lexicon as Lexicon
    from thb_indicators.model import Model as Model
    from thb_indicators.model import load_model as load_model
    from thb_indicators.reading import read_ads as read_ads
    from thb_indicators.records import Ad as Ad
    from thb_indicators.records import Assessment as Assessment
    from thb_indicators.records import Contribution as Contribution
    from thb_indicators.records import Document as Document
    from thb_indicators.records import Finding as Finding
    from thb_indicators.records import Match as Match
    from thb_indicators.records import Signal as Signal
    from thb_indicators.repeats.index import Index as Index
    from thb_indicators.repeats.keys import ContactKeys as ContactKeys
    from thb_indicators.repeats.link import link_ads as link_ads
    from thb_indicators.screen import Screener as Screener
    from thb_indicators.spans import Span as Span
    from thb_indicators.triage import TriagePolicy as TriagePolicy


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: importing the package alone stays fast."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
