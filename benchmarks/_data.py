"""The public data beside the project (``../shared/data``); none of it is part of the project."""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(next((a for a in sys.argv[1:] if Path(a).is_dir()), Path(__file__).parents[2] / "shared" / "data"))


def rows(name: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of one gzipped JSONL file, or stop the program with a sentence that says what is missing."""
    path = FOLDER / f"{name}.jsonl.gz"
    if not path.exists():
        sys.exit(f"there is no {path}: give the folder that holds it as an argument")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def pace() -> float:
    """Return the seconds that ten million additions take now: a machine shared with others is twice as fast in some hours."""
    began = time.perf_counter()
    total = 0
    for number in range(10_000_000):
        total += number
    return time.perf_counter() - began
