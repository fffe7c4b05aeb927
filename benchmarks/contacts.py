"""Contacts: recall and precision on the phone cases of other libraries' test suites.

A found number counts as right when its digits, or its E.164 form without the country code's prefix, are the expected
ones. Cases without an expected number are left out of both figures and counted apart.

    python benchmarks/contacts.py [../shared/data]
"""

from __future__ import annotations

import re
import sys
import unicodedata

from _data import rows

from thb_indicators.contacts import extract_contacts


def digits(text: str) -> str:
    return re.sub("[^0-9]", "", unicodedata.normalize("NFKC", text))


def main() -> None:
    true = false = missed = silent = misread = 0
    for row in rows("contacts/phone_cases"):
        found = [c for c in extract_contacts(row["text"], row["region"]) if c.kind == "phone"]
        if not row["expected"]:
            silent += not found
            misread += bool(found)
            continue
        expected = [digits(e) for e in row["expected"]]
        for contact in found:
            surface, value = digits(contact.span.of(row["text"])), digits(contact.value)
            right = next((e for e in expected if e == surface or value.endswith(e.lstrip("0"))), None)
            if right is None:
                false += 1
                if "-v" in sys.argv:
                    print("extra", row)
            else:
                expected.remove(right)
                true += 1
        missed += len(expected)
        if expected and "-v" in sys.argv:
            print("missed", row)
    print(f"cases with a number: precision {true / (true + false):.3f}, recall {true / (true + missed):.3f}")
    print(f"cases without one: {silent} silent, {misread} read as a number")
    all_regions = [r for r in rows("contacts/example_numbers_all_regions") if len(digits(r["national"])) >= 7]
    hits = sum(row["e164"] in [c.value for c in extract_contacts(row["international"])] for row in all_regions)
    national = sum(row["e164"] in [c.value for c in extract_contacts(row["national"], row["region"])] for row in all_regions)
    print(f"example numbers of all regions: international {hits / len(all_regions):.3f}, "
          f"national with country {national / len(all_regions):.3f}")  # fmt: skip


if __name__ == "__main__":
    main()
