import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import coder
from coder import Codebook
from coder.errors import CoderError, DataError
from coder.files.answer_parts import AnswerFiles
from coder.jobs.code_folder import code_folder
from coder.resources import resource
from tests.conftest import Cli

pytest.importorskip("arro3.core")
duckdb = pytest.importorskip("duckdb")

LINES = ["meer AI", "geen idee", "video; podcast", "de prijzen", "", '"aanhaling" en\nregel', "'=1+1 AI", "00042"]


@cache
def book() -> Codebook:
    return coder.read_codebook(resource("codebooks/trends.yaml"))


def frame(rows: int = 40) -> pd.DataFrame:
    return pd.DataFrame({"nr": [str(row) for row in range(rows)], "answer": [LINES[row % 8] for row in range(rows)]})


def filed(folder: Path, ending: str) -> Path:
    """The answers in a file, or in several of one kind."""
    path = folder / f"answers{ending}"
    said = frame()
    if ending == ".csv":
        said.to_csv(path, sep=";", index=False)
    elif ending == ".xlsx":
        said.to_excel(path, index=False)
    elif ending == ".parquet":
        with duckdb.connect() as base:
            base.register("said", said)
            base.execute(f"COPY said TO '{path}'")
    else:
        path = folder / "several"
        path.mkdir()
        said.iloc[:25].to_csv(path / "a.csv", index=False)
        said.iloc[25:].to_csv(path / "b.csv", index=False)
    return path


def read(folder: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect() as base:
        found: list[tuple[Any, ...]] = base.sql(f"FROM '{folder}/part-*.parquet'").fetchall()
    return found


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".parquet", "folder"])
@pytest.mark.parametrize("processes", [1, 2])
def test_a_folder_has_the_rows_of_the_files_in_order_with_the_codes_of_a_corpus(
    tmp_path: Path, ending: str, processes: int
) -> None:
    asked = AnswerFiles.of(filed(tmp_path, ending), "answer")
    out = tmp_path / "coded"
    found = code_folder(replace(asked, rows=7), out, book(), processes=processes)
    coding = coder.code(coder.read(frame(), text="answer", id="nr"), book())
    cells = coding.cells(pd.Index(frame()["nr"]), book().ids)
    assert [row[0] for row in read(out)] == frame()["nr"].tolist()
    assert [_cell(row[-1]) for row in read(out)] == cells.tolist()
    assert found == {"rows": 40, "given": 15, "without": 10, "no_answer": 15}
    assert {file.name for file in out.iterdir()} == {
        "coder.json",
        *(f"part-{n:08}.parquet" for n in range(len(list(out.glob("part-*"))))),
    }
    assert len(list(out.glob("part-*"))) >= 6


def _cell(codes: list[str] | None) -> str:
    return "" if codes is None else ";".join(codes) or "-"


def test_what_was_stopped_goes_on_with_the_parts_that_are_not_there(tmp_path: Path) -> None:
    asked = replace(AnswerFiles.of(filed(tmp_path, ".csv"), "answer"), rows=7)
    whole, out = tmp_path / "whole", tmp_path / "coded"
    code_folder(asked, whole, book(), processes=1)

    def stop(_step: str, done: int, total: int) -> None:
        if done > total / 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        code_folder(asked, out, book(), processes=1, progress=stop)
    before = {file.name: file.stat().st_mtime_ns for file in out.glob("part-*")}
    assert 0 < len(before) < 6
    assert not list(out.glob(".coder-*"))
    code_folder(asked, out, book(), processes=1)
    assert read(out) == read(whole)
    assert {name: (out / name).stat().st_mtime_ns for name in before} == before


_RUN = """
import sys
from dataclasses import replace
from pathlib import Path
import coder
from coder.files.answer_parts import AnswerFiles
from coder.jobs.code_folder import code_folder
if __name__ == "__main__":
    asked = replace(AnswerFiles.of(Path(sys.argv[1]), "answer"), rows=500)
    code_folder(asked, Path(sys.argv[2]), coder.read_codebook(sys.argv[3]), processes=2)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_a_run_that_is_killed_loses_no_answer_and_gives_none_twice(tmp_path: Path) -> None:
    said, out, script = tmp_path / "answers.csv", tmp_path / "coded", tmp_path / "run.py"
    frame(30_000).to_csv(said, index=False)
    script.write_text(_RUN, encoding="utf-8")
    command = [sys.executable, str(script), str(said), str(out), str(resource("codebooks/trends.yaml"))]
    run = subprocess.Popen(command)
    for _ in _until(lambda: len(list(out.glob("part-*"))) >= 3 or run.poll() is not None):
        time.sleep(0.01)
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    before = {file.name: file.stat().st_mtime_ns for file in out.glob("part-*")}
    assert before
    asked = replace(AnswerFiles.of(said, "answer"), rows=500)
    assert code_folder(asked, out, book(), processes=1)["rows"] == 30_000
    assert [row[0] for row in read(out)] == [str(row) for row in range(30_000)]
    again = [name for name, at in before.items() if (out / name).stat().st_mtime_ns != at]
    assert len(again) <= 2  # parts that the processes of the killed run finished as it fell


_HOLD = """
import sys
from pathlib import Path
from coder.files.coded_folder import CodedFolder
with CodedFolder(Path(sys.argv[1])).locked():
    print("held", flush=True)
    sys.stdin.read()
"""


def test_two_runs_into_one_folder_are_refused_until_the_first_is_gone(tmp_path: Path) -> None:
    asked = AnswerFiles.of(filed(tmp_path, ".csv"), "answer")
    out = tmp_path / "coded"
    command = [sys.executable, "-c", _HOLD, str(out)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(DataError, match="Another coder code writes into"):
            code_folder(asked, out, book(), processes=1)
        other.kill()
    assert code_folder(asked, out, book(), processes=1)["rows"] == 40

    def again(_step: str, done: int, _total: int) -> None:
        if done:
            code_folder(asked, out, book(), processes=1)

    shutil.rmtree(out)
    with pytest.raises(DataError, match="Another coder code writes into"):
        code_folder(asked, out, book(), processes=1, progress=again)
    assert not list(out.glob(".coder-*"))


def test_what_outlives_a_run_takes_nothing_from_the_next(tmp_path: Path) -> None:
    asked = replace(AnswerFiles.of(filed(tmp_path, ".csv"), "answer"), rows=7)
    old, new = [part.path for part in asked.parts(tmp_path)], [part.path for part in asked.parts(tmp_path)]
    for path in old:
        path.unlink()  # as a process does that has coded it
    assert all(path.exists() for path in new)


def _until(done: Any) -> Iterator[int]:  # noqa: ANN401
    turns = iter(range(6_000))
    while not done():
        yield next(turns)


def test_a_process_that_falls_is_made_anew(tmp_path: Path) -> None:
    asked = replace(AnswerFiles.of(filed(tmp_path, ".csv"), "answer"), rows=4)
    fallen: list[Any] = []

    def end_one(_step: str, done: int, _total: int) -> None:
        if done and not fallen:
            fallen.append(active_children()[0])
            fallen[0].kill()

    assert code_folder(asked, tmp_path / "coded", book(), processes=2, progress=end_one)["rows"] == 40
    assert fallen
    assert [row[0] for row in read(tmp_path / "coded")] == frame()["nr"].tolist()


def test_a_folder_with_something_else_in_it_or_of_another_run_is_left_alone(tmp_path: Path) -> None:
    asked = AnswerFiles.of(filed(tmp_path, ".csv"), "answer")
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "thesis.docx").touch()
    with pytest.raises(DataError, match=r"something else in it \(thesis.docx\)"):
        code_folder(asked, taken, book(), processes=1)
    assert [file.name for file in taken.iterdir()] == ["thesis.docx"]
    out = tmp_path / "coded"
    code_folder(asked, out, book(), processes=1)
    other = coder.read_codebook(resource("codebooks/wishes.yaml"))
    with pytest.raises(DataError, match="another codebook"):
        code_folder(asked, out, other, processes=1)
    with pytest.raises(DataError, match=r"other options \(no_answer\)"):
        code_folder(asked, out, book(), no_answer=["nvt"], processes=1)
    said = frame()
    said.loc[3, "answer"] = "iets anders"
    said.to_csv(asked.files[0], sep=";", index=False)
    with pytest.raises(DataError, match="other answers"):
        code_folder(AnswerFiles.of(asked.files[0], "answer"), out, book(), processes=1)
    with pytest.raises(DataError, match="already has a column 'nr'"):
        code_folder(asked, tmp_path / "new", book(), into="nr", processes=1)


def test_files_with_other_columns_are_not_coded_together(tmp_path: Path) -> None:
    said = frame()
    said.to_csv(tmp_path / "a.csv", index=False)
    said.rename(columns={"nr": "id"}).to_csv(tmp_path / "b.csv", index=False)
    with pytest.raises(DataError, match=r"b.csv has other columns \(id, answer\)"):
        AnswerFiles.of(tmp_path, "answer")
    with pytest.raises(DataError, match=r"has no column 'reply'"):
        AnswerFiles.of(tmp_path / "a.csv", "reply")
    with pytest.raises(DataError, match="Nothing in"):
        AnswerFiles.of(tmp_path / "*.parquet", "answer")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_text_file_of_any_size_is_read_as_a_small_one_is(tmp_path: Path, encoding: str) -> None:
    said = tmp_path / "answers.csv"
    text = 'sep=|\nnr|answer|x\n1|"één; AI\nen video"|\n\n2|\'=AI|3\n3|korte rij\n'
    said.write_bytes(text.encode(encoding))
    out = tmp_path / "coded"
    code_folder(AnswerFiles.of(said, "answer"), out, book(), processes=1)
    whole = coder.read_answers(said, text="answer").sheet
    assert [list(row[:-1]) for row in read(out)] == whole.to_numpy().tolist()


def test_the_command_writes_a_folder_where_out_has_no_ending(cli: Cli, tmp_path: Path) -> None:
    said, out = filed(tmp_path, ".parquet"), tmp_path / "coded"
    command = ["code", str(said), "--text", "answer", "--codebook", str(resource("codebooks/trends.yaml"))]
    told = cli(*[*command, "-o", str(out), "--processes", "1", "--reasons"])
    assert "40 answers: 15 with a code, 10 without, 15 no answer." in told.out
    assert json.loads((out / "coder.json").read_text(encoding="utf-8"))["rows"] == 40
    assert read(out)[0][-1][0]["reason"] == "rule ai"
    told = cli(*[*command, "-o", str(tmp_path / "coded.csv"), "--processes", "2"])
    assert "--processes goes with a folder" in told.err
    told = cli(*[*command, "-o", str(out), "--likely", "near"])
    assert "--likely goes with one file" in told.err


def test_a_folder_under_a_file_is_refused(cli: Cli, tmp_path: Path) -> None:
    said = filed(tmp_path, ".csv")
    command = ["code", str(said), "--text", "answer", "--codebook", str(resource("codebooks/trends.yaml"))]
    for out in (said / "coded", said / "coded" / "under"):
        told = cli(*command, "-o", str(out))
        assert told.code != 0
        assert f"{said} is a file; name a folder" in told.err


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".parquet"])
def test_a_file_without_answers_makes_no_folder(cli: Cli, tmp_path: Path, ending: str) -> None:
    said, names = tmp_path / f"answers{ending}", frame(0)
    if ending == ".csv":
        names.to_csv(said, index=False)
    elif ending == ".xlsx":
        names.to_excel(said, index=False)
    else:
        duckdb.sql(f"COPY (SELECT '' AS answer LIMIT 0) TO '{said}' (FORMAT parquet)")
    command = ["code", str(said), "--text", "answer", "--codebook", str(resource("codebooks/trends.yaml"))]
    told = cli(*command, "-o", str(tmp_path / "new" / "coded"))
    assert told.code != 0
    assert "no answers in" in told.err or "no rows under them" in told.err
    assert list(tmp_path.iterdir()) == [said]


_CLUSTER = """
import os, subprocess, sys
from dataclasses import replace
from multiprocessing import active_children
from pathlib import Path
import coder
from coder.files.answer_parts import AnswerFiles
from coder.jobs.code_folder import code_folder
cluster, fallen = sys.argv[4], []
def end_one(step, done, total):
    if not done or fallen:
        return
    if cluster == "local":
        fallen.append(active_children()[0])
        fallen[0].kill()
    else:
        mine = ["squeue", "--me", "--noheader", "--format=%A", "--name=" + os.environ["DASK_JOBQUEUE__SLURM__NAME"]]
        fallen.append(subprocess.run(mine, capture_output=True, text=True, check=True).stdout.split()[0])
        subprocess.run(["scancel", fallen[0]], check=True)
if __name__ == "__main__":
    asked = replace(AnswerFiles.of(Path(sys.argv[1]), "answer"), rows=50)
    found = code_folder(asked, Path(sys.argv[2]), coder.read_codebook(sys.argv[3]), processes=2, cluster=cluster,
                        progress=end_one)
    print(found["rows"], len(fallen))
"""


@pytest.mark.parametrize("cluster", ["local", "slurm"])
def test_a_cluster_codes_what_a_process_does_and_survives_a_worker_that_falls(tmp_path: Path, cluster: str) -> None:
    pytest.importorskip("distributed")
    if cluster == "slurm" and not _slurm_answers():
        pytest.skip("no SLURM with a node that is free")
    said, out, script = tmp_path / "answers.csv", tmp_path / "coded", tmp_path / "run.py"
    frame(2_000).to_csv(said, index=False)
    script.write_text(_CLUSTER, encoding="utf-8")
    command = [sys.executable, str(script), str(said), str(out), str(resource("codebooks/trends.yaml")), cluster]
    jobs = {"NAME": f"coder-test-{os.getpid()}", "LOG_DIRECTORY": str(tmp_path / "logs")}
    env = os.environ | {f"DASK_JOBQUEUE__SLURM__{name}": value for name, value in jobs.items()}
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, env=env)
    assert done.stdout.split() == ["2000", "1"], done.stderr[-2000:]
    code_folder(replace(AnswerFiles.of(said, "answer"), rows=50), tmp_path / "here", book(), processes=1)
    assert read(out) == read(tmp_path / "here")
    assert not list(out.glob(".coder-*"))


def _slurm_answers() -> bool:
    if find_spec("dask_jobqueue") is None or (sinfo := shutil.which("sinfo")) is None:
        return False
    nodes = subprocess.run([sinfo, "--noheader", "--states=idle"], capture_output=True, text=True, check=False)
    return bool(nodes.stdout.strip())


def test_where_no_jobs_are_handed_in_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    asked = AnswerFiles.of(filed(tmp_path, ".csv"), "answer")
    missing = "with sbatch, which this machine does not have" if find_spec("dask_jobqueue") else "dask-jobqueue, which"
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CoderError, match=missing):
        code_folder(asked, tmp_path / "coded", book(), cluster="slurm")


def test_without_a_cluster_at_an_address_it_is_said(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    asked = AnswerFiles.of(filed(tmp_path, ".csv"), "answer")
    with pytest.raises(CoderError, match="No Dask scheduler answers at nonsense://here"):
        code_folder(asked, tmp_path / "coded", book(), cluster="nonsense://here")
