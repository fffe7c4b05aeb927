"""Does time grow with the length of a text, and no faster? Each unit is repeated to 5,000 and to 40,000 characters.

    python benchmarks/hostile.py

Eight times the text should take about eight times the time; quadratic work would take sixty-four times.
"""

from __future__ import annotations

import time

from thb_indicators import Ad, Screener
from thb_indicators.normalize import normalize

UNITS = [
    "a ", "a.", "\u200ba", "5 ", "p4", "а", "аa", "\n", "é", "(", "'", "🍒", "\u0301", "1,", "@a", "ﬁ", "İ", "we keep ",
    "passport ", "no ", '"', "five ", "a@", "0o", "https://", "keep passport fee visa ",
]  # fmt: skip


def seconds(work, length: int, unit: str) -> float:
    text = (unit * length)[:length]
    best = 9.0
    for _ in range(3):
        begin = time.perf_counter()
        work(text)
        best = min(best, time.perf_counter() - begin)
    return best


def main() -> None:
    screener = Screener()
    known = screener.lexicon.knows
    screener.assess(Ad("warm", "five passport visa fee é 🍒", basis="synthetic"))
    works = {
        "normalize, 5,000 to 40,000": (lambda text: normalize(text, known), 5_000),
        "assess, 2,500 to 20,000": (lambda text: screener.assess(Ad("h", text, basis="synthetic")), 2_500),
    }
    for name, (work, short) in works.items():
        long = {unit: seconds(work, 8 * short, unit) for unit in UNITS}
        growth = {unit: long[unit] / seconds(work, short, unit) for unit in UNITS}
        worst = sorted(growth, key=growth.__getitem__)[-3:]
        longest = max(long.values())
        print(f"{name}: worst growth {', '.join(f'{growth[u]:.1f} ({u!r})' for u in worst)}; longest {longest * 1000:.0f} ms")


if __name__ == "__main__":
    main()
