"""Adds ads one by one, and says of each that it is on disk, until it is killed."""

import sys

from thb_indicators import Ad
from thb_indicators.repeats.index import Index
from thb_indicators.repeats.keys import ContactKey, ContactKeys

if __name__ == "__main__":
    path, run = sys.argv[1:]
    with Index(path, ContactKeys(ContactKey("k1", b"0123456789abcdef"))) as index:
        for number in range(100_000):
            index.add(
                [Ad(f"{run}-{number}", f"Piano lessons, call 07700 900{number % 1000:03}", country="GB", basis="synthetic")]
            )
            print(f"{run}-{number}", flush=True)  # noqa: T201
