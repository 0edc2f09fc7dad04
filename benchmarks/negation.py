"""Precision, recall and F1 of the negation scopes on tests/languages/nl/negation.csv (synthetic), and the errors.

    python benchmarks/negation.py [dev|test|both]

Tune on dev only.
"""

import csv
import sys
from dataclasses import dataclass
from pathlib import Path

from coder.languages.nl.negation import Denied, scopes

DATA = Path(__file__).parents[1] / "tests" / "languages" / "nl" / "negation.csv"


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts over one part: negated and found, not negated but found, negated and missed."""

    found: int
    false: int
    missed: int

    @property
    def precision(self) -> float:
        """Of what was called negated, how much is."""
        return self.found / (self.found + self.false)

    @property
    def recall(self) -> float:
        """Of what is negated, how much was called so."""
        return self.found / (self.found + self.missed)

    @property
    def f1(self) -> float:
        """The harmonic mean of the two."""
        return 2 * self.found / (2 * self.found + self.false + self.missed)


def rows(part: str) -> list[dict[str, str]]:
    """The answers of dev or test."""
    with DATA.open(encoding="utf-8", newline="") as lines:
        return [row for row in csv.DictReader(lines, delimiter=";") if row["part"] == part]


def says_negated(row: dict[str, str]) -> bool:
    """What the module says of the target (its first occurrence)."""
    start = row["text"].index(row["target"])
    return Denied(scopes(row["text"])).by(start, start + len(row["target"])) is not None


def measure(part: str) -> tuple[Figures, list[dict[str, str]]]:
    """The figures of a part, and the answers that went wrong."""
    answers = [(row, row["negated"] == "yes", says_negated(row)) for row in rows(part)]
    figures = Figures(
        found=sum(gold and said for _, gold, said in answers),
        false=sum(said and not gold for _, gold, said in answers),
        missed=sum(gold and not said for _, gold, said in answers),
    )
    return figures, [row for row, gold, said in answers if gold != said]


if __name__ == "__main__":
    chosen = sys.argv[1] if len(sys.argv) > 1 else "both"
    for part in ("dev", "test") if chosen == "both" else (chosen,):
        figures, errors = measure(part)
        print(f"{part}: n={len(rows(part))} P={figures.precision:.3f} R={figures.recall:.3f} F1={figures.f1:.3f}")
        for row in errors:
            kind = "missed" if row["negated"] == "yes" else "false"
            print(f"  {kind}: {row['text']!r} [{row['target']}] ({row['note']})")
