"""Makes the files that the quick starts work with: two Excel files and a codebook, out of the synthetic corpora.

`write(folder)` leaves `antwoorden.xlsx` (the answers of 2024, without codes), `top10-2021.xlsx` (the table that was
published of 2021) and `trends.yaml` (the codebook) there.
"""

import shutil
from pathlib import Path

import pandas as pd

import coder

ROOT = Path(__file__).parents[1]
COLUMNS = {"id": "Nr", "sector": "Sector", "answer": "Antwoord"}


def write(folder: Path) -> None:
    """Write the three files."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(ROOT / "codebooks" / "trends.yaml", folder / "trends.yaml")
    _workbook(answers(), folder / "antwoorden.xlsx", "Ruwe data")
    _workbook(published(), folder / "top10-2021.xlsx", "Top 10")


def answers() -> pd.DataFrame:
    """The answers of 2024, as a survey tool hands them over: (answers) rows with a number, a sector and a text."""
    frame = pd.read_csv(ROOT / "corpora" / "trends-2024.csv", dtype=str, keep_default_na=False)
    return frame[list(COLUMNS)].rename(columns=COLUMNS)


def published() -> pd.DataFrame:
    """The top 10 of 2021, as a report prints it: a row for each code, and under it what the percentages are of."""
    book = coder.read_codebook(ROOT / "codebooks" / "trends.yaml")
    old = coder.read(ROOT / "corpora" / "trends-2021.csv", text="answer", id="id")
    hand = coder.Coding.from_column(old, "codes", book)
    top = coder.top(hand, book).frame.query("rank <= 10")
    rows = pd.DataFrame({"Plaats": top["rank"], "Code": top["label"], "n": top["n"], "%": top["percent"].round()})
    return pd.concat([rows.astype(object), pd.DataFrame({"Plaats": [f"N = {len(hand.seen)}"]})])


def _workbook(frame: pd.DataFrame, path: Path, sheet: str) -> None:
    with pd.ExcelWriter(path, engine="xlsxwriter") as writer:
        frame.to_excel(writer, sheet_name=sheet, index=False)
