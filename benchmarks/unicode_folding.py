"""Which look-alikes and styled letters fold to plain ones, inside a Latin word.

    python benchmarks/unicode_folding.py [../shared/data]

Each character is put between two Latin letters, as look-alikes of living scripts are folded only inside mixed-script
words. Zero and the letter o, and one, i and l, count as equal: they are drawn alike.
"""

from __future__ import annotations

from _data import rows

from thb_indicators.normalize import normalize

DRAWN_ALIKE = str.maketrans({"0": "o", "1": "l", "i": "l"})


def plain(text: str) -> str:
    return text.lower().translate(DRAWN_ALIKE).replace("rn", "m")


def folds(char: str, expected: str) -> bool:
    return plain(normalize(f"x{char}x").text.strip()) == plain(f"x{expected}x")


def main() -> None:
    confusables = [folds(row["char"], row["expected"]) for row in rows("unicode/uts39_confusables_to_ascii")]
    styled = [
        folds(char, base)
        for row in rows("unicode/unicode_font_alphabets")
        for char, base in zip(row["alphabet"], row["base"], strict=True)
    ]
    invisible = [normalize(f"a{row['char']}b").text == " ab " for row in rows("unicode/invisible_characters")]
    for name, folded in (("confusables", confusables), ("styled alphabets", styled), ("invisible characters", invisible)):
        print(f"{name}: {sum(folded)} of {len(folded)} fold ({sum(folded) / len(folded):.3f})")
    both = confusables + styled
    print(f"confusables and styled alphabets together: {sum(both) / len(both):.3f}")


if __name__ == "__main__":
    main()
