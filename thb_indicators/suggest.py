"""New terms for the lexicon, proposed from reviewed ads; a person accepts or rejects each."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import msgspec

from thb_indicators.contacts import extract_contacts
from thb_indicators.features import spans
from thb_indicators.lexicon import Lexicon
from thb_indicators.records import Ad, Document
from thb_indicators.terms import terms

PRIOR = 500.0
"""Size of the informative prior, in terms: how much a term's overall frequency counts before any ad is seen."""
AROUND = 40
EXAMPLES = 3


class Suggestion(msgspec.Struct, frozen=True):
    """A term that referred ads use more than others: its weight of evidence, support, and places to look at."""

    term: str
    z: float
    """Log-odds ratio with an informative prior, in standard errors."""
    referred: int
    others: int
    groups: int
    known: bool
    """Whether the lexicon has all its words already."""
    examples: tuple[str, ...]


def suggest(
    documents: Sequence[Document],
    labels: Sequence[int],
    groups: Sequence[object],
    lexicon: Lexicon,
    limit: int = 40,
    support: int = 3,
) -> list[Suggestion]:
    """Propose terms that stand out in referred ads.

    Log-odds ratios with an informative Dirichlet prior (Monroe, Colaresi and Quinn 2008). Protected words, names of places and
    contacts are never proposed, and each advertiser counts once.

    Parameters
    ----------
    documents, labels, groups
        The reviewed ads, 1 for those a person referred, and who posted them.
    lexicon
        To mark terms that it already knows.
    limit
        Terms to propose.
    support
        Advertisers that must use a term.
    """
    counts: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    users: dict[str, set[object]] = {}
    seen: set[tuple[str, object]] = set()
    for document, label, group in zip(documents, labels, groups, strict=True):
        for term in set(terms(document.text)):
            if (term, group) in seen:
                continue
            seen.add((term, group))
            counts[int(bool(label))][term] += 1
            if label:
                users.setdefault(term, set()).add(group)
    every = counts[0] + counts[1]
    total = sum(every.values())
    sizes = tuple(sum(one.values()) for one in counts)
    found = []
    for term, group_set in users.items():
        if len(group_set) < support or len(term) < 3 or not any(c.isalpha() for c in term):
            continue
        prior = PRIOR * every[term] / total
        yes, no = counts[1][term] + prior, counts[0][term] + prior
        ratio = math.log(yes / (sizes[1] + PRIOR - yes)) - math.log(no / (sizes[0] + PRIOR - no))
        found.append((ratio / math.sqrt(1 / yes + 1 / no), term))
    best = sorted(found, key=lambda one: (-one[0], one[1]))[:limit]
    ads = [document.ad for document, label in zip(documents, labels, strict=True) if label]
    return [
        Suggestion(
            term, z, counts[1][term], counts[0][term], len(users[term]),
            all(map(lexicon.knows, term.split())), _examples(term, ads),
        )
        for z, term in best
        if z > 0
    ]  # fmt: skip


def _examples(term: str, ads: Sequence[Ad]) -> tuple[str, ...]:
    """Return the surroundings of a term in a few ads, with contacts masked."""
    shown: list[str] = []
    for ad in ads:
        for field, span in spans(ad, term)[:1]:
            original = ad.field(field)
            for contact in extract_contacts(original, ad.country):
                start, end = contact.span
                original = original[:start] + "•" * (end - start) + original[end:]
            low, high = max(0, span.start - AROUND), span.end + AROUND
            text = " ".join(original[low:high].split())
            if text not in shown:
                shown.append(text)
        if len(shown) == EXAMPLES:
            break
    return tuple(shown)
