"""The files that the quick starts work with, out of the synthetic corpora: answers, plans, and their codebooks."""

import shutil
from pathlib import Path

import pandas as pd

from coder.files.answers import read_answers
from coder.files.codebooks import read_codebook
from coder.files.writing import write_sheets
from coder.resources import resource
from coder.tables.frequency import top
from coder.tables.mentions import mentions

_COPIED = {
    "trends.yaml": "codebooks/trends.yaml",
    "policy-themes.yaml": "codebooks/policy-themes.yaml",
    "plans.csv": "corpora/plans.csv",
    "fragments.csv": "corpora/plan-fragments.csv",
}
COLUMNS = {"id": "Nr", "sector": "Sector", "answer": "Antwoord"}


def write_example(folder: Path) -> list[Path]:
    """Write the answers of 2024 without codes, the table that was published of 2021, the plans, and the codebooks."""
    (folder / "plans").mkdir(parents=True, exist_ok=True)
    answers = write_sheets(folder / "antwoorden.xlsx", {"Ruwe data": _answers()})
    published = write_sheets(folder / "top10-2021.xlsx", {"Top 10": _published()})
    plans = {f"plans/{path.name}": f"corpora/plans/{path.name}" for path in sorted(resource("corpora/plans").iterdir())}
    copied = [shutil.copyfile(resource(source), folder / name) for name, source in (_COPIED | plans).items()]
    return [*answers, *published, *copied]


def _answers() -> pd.DataFrame:
    """The answers of 2024, as a survey tool hands them over: (answers) rows with a number, a sector and a text."""
    frame = pd.read_csv(resource("corpora/trends-2024.csv"), dtype=str, keep_default_na=False)
    return frame[list(COLUMNS)].rename(columns=COLUMNS)


def _published() -> pd.DataFrame:
    """The top 10 of 2021, as a report prints it: a row for each code, and under it what the percentages are of."""
    book = read_codebook(resource("codebooks/trends.yaml"))
    old = read_answers(resource("corpora/trends-2021.csv"), text="answer", id="id", needs=["codes"])
    hand = old.coding("codes", book)
    first = top(mentions(hand, book), book).frame.query("rank <= 10")
    columns = {"Plaats": first["rank"], "Code": first["label"], "n": first["n"], "%": first["percent"].round()}
    rows = pd.DataFrame({name: values.astype(object) for name, values in columns.items()})
    return pd.concat([rows, pd.DataFrame({"Plaats": [f"N = {len(hand.seen)}"]})])
