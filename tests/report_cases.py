"""Synthetic ads, links and a cluster that the tests of the report share."""

from __future__ import annotations

from typing import Any

import thb_indicators as thb

TEXT = (
    "Job abroad 🍓, good salary, no experience needed. We keep your passport in the office. We never take your phone.\n"
    "Call 07700 900123 or write to office@example.com today."
)
CLUSTER: dict[str, Any] = {
    "cluster": "c1",
    "ads": ["a1", "a2", "a3"],
    "actors": [["a1", "a2"], ["a3"]],
    "indicators": [
        {"id": "shared_contact_multi_country", "value": 2, "threshold": 2, "ads": ["a1", "a2"], "note": "BE, FR"},
        {"id": "near_duplicate_text", "value": 0.93, "threshold": 0.8, "ads": ["a1", "a2", "a3"], "note": ""},
    ],
    "label": "boilerplate",
    "facts": {"cities": ["Ghent", "Lille"], "countries": ["BE", "FR"], "accounts": 2, "personas": 1,
              "first": "2026-03-01", "last": "2026-03-11"},
    "template": {"constant": ["Job", "abroad", None, "good", "pay", None], "slots": [["in Ghent", "in Lille"], ["Call now"]]},
}  # fmt: skip
LINK = {
    "left": "a1",
    "right": "a2",
    "similarity": 0.93,
    "reasons": [{"kind": "contact", "contact": "phone", "shown": "+44 77•• ••••23"}, {"kind": "text", "similarity": 0.93}],
}
ADS = (
    thb.Ad("a1", TEXT, "Farm work, start now", None, "BE", "Ghent", "2026-03-01", "site-a", "acct-1", "synthetic",
           (thb.Signal("third_party_reports", "a reader wrote in", "form"),)),
    thb.Ad("a2", TEXT.replace("office", "van"), "Farm work", None, "FR", "Lille", "2026-03-11T08:00:00Z", "site-b", "acct-1",
           "synthetic"),
    thb.Ad("a3", "Escort incall, discreet companionship. Call 0 7 7 0 0 9 0 0 1 2 3", city="Lille", basis="synthetic"),
    thb.Ad("a4", "I have a younger friend", basis="synthetic"),
    thb.Ad("a5", "Garden table for sale, hardly used.", basis="synthetic"),
)  # fmt: skip


def lines(screener: thb.Screener, **options: bool) -> list[dict[str, Any]]:
    """Return the result lines of the ads, texts kept."""
    return [screener.assess(ad).to_dict(with_ad=True, **options) for ad in ADS]
