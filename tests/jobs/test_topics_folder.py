"""Topics of answers that need not fit in memory."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from coder import TopicModel
from coder.files.answer_parts import AnswerFiles
from coder.jobs.code_folder import topics_folder
from tests.conftest import Cli, corpus_of
from tests.methods.test_topics import BAKING, CYCLING

duckdb = pytest.importorskip("duckdb")
pytest.importorskip("arro3.core")
pytestmark = pytest.mark.filterwarnings("ignore::ImportWarning", "ignore::DeprecationWarning")

TEXTS = [*BAKING, *CYCLING, "nvt", "taart bakken met boter en fietsen bergop op banden"]


def topics(folder: Path) -> list[list[str] | None]:
    with duckdb.connect() as base:
        return [row[-1] for row in base.sql(f"FROM '{folder}/part-*.parquet'").fetchall()]


def test_an_answer_has_the_same_topics_in_whatever_part(cli: Cli, tmp_path: Path) -> None:
    pd.DataFrame({"answer": TEXTS}).to_csv(tmp_path / "answers.csv", index=False)
    asked = ("--text", "answer", "--embedding", "none", "--smallest", "8")
    done = cli("topics", tmp_path / "answers.csv", *asked, "--save", tmp_path / "model", "-o", tmp_path / "whole")
    assert done.code == 0, done.err
    model = TopicModel.load(tmp_path / "model")
    files = AnswerFiles.of(tmp_path / "answers.csv", "answer")
    found = topics_folder(replace(files, rows=5), tmp_path / "parts", model, processes=2)
    assert found == {"rows": 26, "given": 25, "without": 0, "no_answer": 1}
    alone = [cell.split(";") for cell in model.assign(corpus_of(TEXTS)).cells]
    assert topics(tmp_path / "parts") == topics(tmp_path / "whole") == [*alone[:24], None, alone[25]]
    assert sorted(alone[25]) == ["0", "1"]
    sizes = pd.read_csv(tmp_path / "whole.topics.csv", sep=None, engine="python")["size"].tolist()
    assert sizes == [sum(str(topic) in (cell or []) for cell in topics(tmp_path / "whole")) for topic in (0, 1)]
    for option in (("--codes", "topic"), ("-o", tmp_path / "topics.csv")):
        assert "folder" in cli("topics", tmp_path / "parts", *asked, *option).err
