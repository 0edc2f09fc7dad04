"""How often equal answers are chance: ``python benchmarks/duplicates.py ANSWERS``.

ANSWERS is a .csv of a panel in which each respondent is one person: respondent, wave, question, text, and background
columns (the others, but for id and question_text). Answers that say nothing are left out. Prints how many rows equal an
earlier one of another respondent of the same wave and question, background included, by the words they have together.
"""

import sys
from collections import Counter

import pandas as pd

from coder.corpus import Corpus
from coder.languages.nl.no_answer import no_answers
from coder.tables.respondents import find_duplicates

KNOWN = ("id", "question_text", "respondent", "wave", "question")
LONG = 8


def main(path: str) -> None:
    """Count, and print a line a number of words."""
    sheet = pd.read_csv(path, dtype=str, keep_default_na=False)
    sheet = sheet[~no_answers(Corpus(sheet[["text"]].set_axis(sheet.index.astype(str))))].reset_index(drop=True)
    compared = [name for name in sheet.columns if name not in KNOWN]
    rows, equal = Counter[int](), Counter[int]()
    for _, part in sheet.groupby(["wave", "question"]):
        cells = part[compared].reset_index(drop=True)
        words = [min(sum(len(cell.split()) for cell in row), LONG) for row in cells.to_numpy().tolist()]
        rows.update(words)
        equal.update(words[row - 1] for row in find_duplicates(cells, text=["text"], words=0).frame["row"])
    print(f"{sum(rows.values()):,} answers, {', '.join(compared)}: {sum(equal.values())} equal another respondent's")
    for size in sorted(rows):
        print(f"{size}{' words or more' if size == LONG else ' words'}: {equal[size]} of {rows[size]:,}")


if __name__ == "__main__":
    main(sys.argv[1])
