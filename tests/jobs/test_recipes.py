"""The recipes of docs/recipes, each run once by its own program where that is installed."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest

import coder
from coder.resources import resource
from tests.conftest import ROOT

duckdb = pytest.importorskip("duckdb")

LINES = ["meer AI", "geen idee", "video; podcast", "de prijzen", ""]


@pytest.mark.parametrize(("recipe", "needs"), [("ray_data", ["ray", "pyarrow"]), ("spark", ["pyspark", "pyarrow"])])
def test_a_recipe_gives_every_row_the_codes_of_a_corpus(tmp_path: Path, recipe: str, needs: list[str]) -> None:
    if missing := [name for name in ["arro3", *needs] if find_spec(name) is None]:
        pytest.skip(f"without {missing[0]}")
    said = pd.DataFrame({"nr": range(500), "answer": LINES * 100})
    answers, book, out = tmp_path / "answers.parquet", resource("codebooks/trends.yaml"), tmp_path / "coded"
    with duckdb.connect() as base:
        base.register("said", said)
        base.execute(f"COPY said TO '{answers}'")
    command = [
        sys.executable,
        str(ROOT / "docs" / "recipes" / f"{recipe}.py"),
        str(answers),
        "answer",
        str(book),
        str(out),
    ]
    env = os.environ | {"PYTHONPATH": str(ROOT), "PYSPARK_PYTHON": sys.executable}
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, env=env)
    assert done.returncode == 0, done.stderr[-2000:]
    with duckdb.connect() as base:
        found = base.read_parquet(f"{out}/*.parquet").project("nr, codes").order("nr").fetchall()
    coding = coder.code(coder.read(said.astype(str), text="answer", id="nr"), coder.read_codebook(book))
    cells = coding.cells(pd.Index(said["nr"].astype(str)), coder.read_codebook(book).ids)
    assert found == [(nr, _codes(cell)) for nr, cell in enumerate(cells)]


def _codes(cell: str) -> list[str] | None:
    """The codes that a cell stands for: none at all where the text says nothing."""
    return [code for code in cell.split(";") if code != "-"] if cell else None
