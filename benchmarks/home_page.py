"""The home page: seconds to start, and to show what is in a file of 20,000 rows and 22 columns.

python benchmarks/home_page.py

The answers are synthetic. Processor time is that of the program and of the processes that it waited for; wall time is
that of the request. Needs the dependencies of the tests.
"""

import random
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.review.test_home import Started

ROWS, COLUMNS = 20_000, 22


def answers(path: Path) -> Path:
    """A file of synthetic answers with background."""
    chance = random.Random(1)  # noqa: S311 (which synthetic answer)
    said = pd.read_csv("corpora/trends-2024.csv", dtype=str, keep_default_na=False)["answer"].tolist()
    frame = pd.DataFrame(
        {"Nr": range(ROWS), "Wat zijn trends?": [f"{chance.choice(said)} {n % 977}" for n in range(ROWS)]}
    )
    for number in range(COLUMNS - 2):
        frame[f"Achtergrond {number}"] = [f"w{chance.randrange(3 + 7 * number)}" for _ in range(ROWS)]
    frame.to_excel(path, index=False, engine="xlsxwriter")
    return path


def main() -> None:
    """Print a line a step."""
    folder = Path(tempfile.mkdtemp())
    file = answers(folder / "answers.xlsx").read_bytes()
    one = Started(folder / "coder")

    def processor() -> float:
        parts = Path(f"/proc/{one.process.pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, parts[11:15])) / 100

    one.enter()
    print(f"home page shown: {processor():.2f} s of processor time")
    draft = ""
    for step in ("upload", "preview", "counted", "add"):
        before, began = processor(), time.monotonic()
        if step == "upload":
            draft = one.upload("answers.xlsx", file)["draft"]
        elif step == "preview":
            one.api("preview", {"draft": draft})
        elif step == "counted":
            one.api("counted", one.plan(draft))
        else:
            one.add(draft)
        print(f"{step}: {processor() - before:.2f} s of processor time, {time.monotonic() - began:.2f} s by the clock")
    one.process.terminate()


if __name__ == "__main__":
    main()
