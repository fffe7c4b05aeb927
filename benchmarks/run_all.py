"""Run every benchmark, one after the other.

python benchmarks/run_all.py [../shared/data]
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

NAMES = (
    "accuracy", "contacts", "unicode_folding", "hostile", "speed", "learning", "repeats", "groups", "linking", "report",
    "review",
)  # fmt: skip


def main() -> None:
    for name in NAMES:
        print(f"\n##### {name}", flush=True)
        subprocess.run([sys.executable, Path(__file__).with_name(f"{name}.py"), *sys.argv[1:]], check=True)


if __name__ == "__main__":
    main()
