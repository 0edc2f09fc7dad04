"""Files are written whole or not at all, with the rights that this user gives, and what goes wrong is said."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from docx import Document

from coder import Corpus
from coder.errors import DataError
from coder.files.writing import write_sheets, written_beside
from tests.conftest import listing

SHEETS = {"answers": pd.DataFrame({"text": ["te duur"]}), "assignments": pd.DataFrame({"code": ["prijs"]})}
POSIX = pytest.mark.skipif(os.name != "posix", reason="rights and limits of POSIX")
FULL = """
import resource, sys
from pathlib import Path
import numpy as np, pandas as pd
from coder.errors import CoderError
from coder.files.writing import write_sheets
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
rng = np.random.default_rng(1)
frame = pd.DataFrame({"text": [str(number) for number in rng.integers(0, 10**15, 20_000)]})
for name in ("a.xlsx", "a.csv"):
    try:
        write_sheets(Path(sys.argv[1]) / name, {"answers": frame[:10], "more": frame})
    except CoderError as error:
        print(error)
"""


def rights(path: Path) -> int:
    return path.stat().st_mode & 0o777


@POSIX
@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_new_files_have_the_rights_that_the_user_gives_and_old_ones_keep_theirs(tmp_path: Path, mask: int) -> None:
    closed = tmp_path / "closed.csv"
    closed.write_text("x")
    closed.chmod(0o600)
    before = os.umask(mask)
    try:
        for path in write_sheets(tmp_path / "a.csv", SHEETS) + write_sheets(tmp_path / "a.xlsx", SHEETS):
            assert rights(path) == 0o666 & ~mask
        write_sheets(closed, SHEETS)
    finally:
        os.umask(before)
    assert rights(closed) == 0o600


@pytest.mark.parametrize("name", ["n" * 251 + ".csv", "é" * 124 + ".xlsx", "n" * 250 + ".xlsx"])
def test_a_long_name_is_written_or_refused_with_words(tmp_path: Path, name: str) -> None:
    sheets = {"answers": SHEETS["answers"]}
    write_sheets(tmp_path / name, sheets)
    assert list(listing(tmp_path)) == [name]
    with pytest.raises(DataError, match="shorter name"):
        write_sheets(tmp_path / f"{name[:4]}{name}", SHEETS)
    with pytest.raises(DataError, match="shorter name"):
        write_sheets((tmp_path / name).with_suffix(".csv"), SHEETS)  # the second table has a longer name
    assert list(listing(tmp_path)) == [name]


@POSIX
def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("van vroeger")
    done = subprocess.run([sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.count("the disk is full") == 2
    assert done.stderr == ""
    assert listing(tmp_path) == {"a.csv": b"van vroeger"}


def test_half_a_sign_is_joined_or_refused(tmp_path: Path) -> None:
    units = pd.Index(["1", "2"], name="unit")
    whole, half = (
        pd.Series(said, index=units, dtype=object)  # where pyarrow is installed, pandas holds no half in a text
        for said in (["mooi \ud83d\ude00", "niets"], ["goed", "afgekapt \ud83d"])
    )
    frame = pd.DataFrame({"text": whole})
    assert Corpus(frame).texts.tolist() == ["mooi \U0001f600", "niets"]
    with pytest.raises(DataError, match=r"1 answer has half a character .*: '2'"):
        Corpus(frame.assign(text=half))
    with pytest.raises(DataError, match="half a sign"):
        write_sheets(tmp_path / "a.csv", {"answers": frame.assign(sector=half)})
    assert listing(tmp_path) == {}


def test_a_clock_before_1980_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = time.localtime
    monkeypatch.setattr(time, "localtime", lambda *_: real(86_400))
    with pytest.raises(DataError, match="before 1980"):
        write_sheets(tmp_path / "a.xlsx", SHEETS)
    with pytest.raises(DataError, match="before 1980"), written_beside(tmp_path / "a.docx") as beside:
        Document().save(str(beside))
    assert listing(tmp_path) == {}
