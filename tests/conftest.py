"""What the tests share: small codebooks and codings, files, and the command line run in this process."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import settings
from openpyxl import load_workbook  # type: ignore[import-untyped]

from coder import Code, Codebook, Coding, Corpus
from coder.cli.main import main
from coder.coding import assignments
from coder.reports.shown import Shown as ShownTable
from coder.reports.shown import said, shown
from coder.tables.table import Table
from coder.words import speaking
from tests.postgres import NoServerError, new_database, server

os.environ["CODER_LANGUAGE"] = "en"  # whatever the machine speaks

settings.register_profile("coder", deadline=None)  # no test asserts a time
settings.load_profile("coder")

ROOT = Path(__file__).parents[1]
GOLDEN = Path(__file__).parent / "golden"
CODER = Path(sys.executable).with_name("coder")


def one_code(*rules: str, exceptions: Sequence[str] = ()) -> Codebook:
    """A codebook of one code, `it`, with these rules."""
    return Codebook((Code("it", 1, {"nl": "Het"}, rules=rules, exceptions=tuple(exceptions)),))


def spoken(what: Any, language: str = "nl") -> str:  # noqa: ANN401 (a note, a text, or several of them)
    """What people of a language read; of several, one after another."""
    if isinstance(what, tuple):
        return " ".join(spoken(one, language) for one in what)
    with speaking(language):
        return said(what)


def table_in(table: Table, language: str = "nl") -> ShownTable:
    """The table as people of a language see it."""
    with speaking(language):
        return shown(table)


def cells_of(table: Table, language: str = "nl") -> list[list[str]]:
    """The cells that people of a language see, row by row."""
    return [list(row) for row in table_in(table, language).rows]


def notes_of(table: Table, language: str = "nl") -> tuple[str, ...]:
    """The notes under a table as people of a language read them."""
    return table_in(table, language).notes


def read_as(table: Table, code: str, column: str, language: str = "nl") -> str:
    """The cell of a code that people of a language see in this column."""
    found = table_in(table, language)
    return found.rows[table.frame["code"].tolist().index(code)][found.names.index(column)]


def corpus_of(texts: Sequence[str]) -> Corpus:
    """A corpus of these texts, with ids 1, 2, 3."""
    ids = pd.Index([str(number) for number in range(1, len(texts) + 1)], name="unit")
    return Corpus(pd.DataFrame({"text": list(texts)}, index=ids, dtype=str))


def coding_of(codes: Sequence[str]) -> Coding:
    """A coding of cells such as "a;b", "-" (seen, none fits) and "" (not seen), with ids 1, 2, 3."""
    ids = pd.Index([str(number) for number in range(1, len(codes) + 1)], name="unit")
    given = [cell.split(";") if cell not in ("", "-") else [] for cell in codes]
    names = sorted({code for row in given for code in row})
    table = np.array([[name in row for name in names] for row in given], dtype=np.bool_).reshape(len(codes), len(names))
    seen = np.array([cell != "" for cell in codes], dtype=np.bool_)
    return from_matrix("hand", ids[seen], names, table[seen])


def from_matrix(coder: str, units: "pd.Index[str]", codes: Sequence[str], given: npt.NDArray[np.bool_]) -> Coding:
    """The coding in which these units, all seen, have the codes marked in `given` (units, codes)."""
    row, column = np.nonzero(given)
    frame = assignments({"unit": units.to_numpy()[row], "code": np.asarray(codes, dtype=object)[column]})
    return Coding(coder, units, frame)


def counted(base: int, counts: Mapping[str, int]) -> Coding:
    """A coding of `base` units in which each code is given to the first so many."""
    ids = pd.Index([str(number) for number in range(1, base + 1)], name="unit")
    table = np.arange(base)[:, None] < np.array(list(counts.values()), dtype=np.int64)[None, :]
    return from_matrix("hand", ids, list(counts), table)


def two_themes(size: int) -> tuple[Corpus, Coding, Codebook]:
    """Answers on film (coded `film`), on plans (`plan`), on both and on neither; its rules half work."""
    film = ["korte filmpjes draaien", "een camera kopen", "podcast opnemen", "beelden monteren"]
    plan = ["een jaarplan schrijven", "vooruit kijken", "doelen bepalen", "kalender bijhouden"]
    texts, cells = [], []
    for place in range(size):
        one, other = film[place % 4], plan[place // 4 % 4]
        text, cell = [(one, "film"), (other, "plan"), (f"{one} en {other}", "film;plan"), ("taart", "-")][place % 7 % 4]
        texts.append(f"{text} {'abcdefg'[place % 7]}{place}")
        cells.append(cell)
    book = Codebook(
        (
            Code("film", 1, {"nl": "Film"}, rules=("film*", "camera", "een")),
            Code("plan", 2, {"nl": "Plan"}, rules=("*plan", "doel")),
        )
    )
    return corpus_of(texts), coding_of(cells), book


def two_waves() -> tuple[Corpus, Coding, Codebook]:
    """Answers of two waves, alike; those on chatbots have no code in the first, and `ai` in the second."""
    film, plan, bot = "filmpjes draaien", "een jaarplan schrijven", "een chatbot inzetten"
    rows = [
        (f"{text} {'abcdefg'[place % 7]}{place}", code, wave)
        for wave, size, new in (("2021", 60, "-"), ("2024", 45, "ai"))
        for place in range(size)
        for text, code in [((film, "film"), (plan, "plan"), (bot, new))[place % 3]]
    ]
    texts, cells, waves = zip(*rows, strict=True)
    corpus = Corpus(corpus_of(texts).units.assign(meting=waves), wave="meting")
    return corpus, coding_of(cells), Codebook.from_ids(("ai", "film", "plan"))


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    """Write the bytes of a text, with its line ends as they are."""
    path.write_bytes(text.encode(encoding))
    return path


def sheet_rows(path: Path, sheet: str) -> list[list[Any]]:
    """The cells of a sheet of a workbook, read by openpyxl."""
    book = load_workbook(path)
    return [list(row) for row in book[sheet].iter_rows(values_only=True)]


def listing(folder: Path) -> dict[str, bytes]:
    """Every file in a folder, with its content: to see that nothing was written."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@dataclass(frozen=True)
class Done:
    """What a command left: its exit code and what it printed."""

    code: int
    out: str
    err: str


Cli = Callable[..., Done]


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep embeddings of the tests out of the user's cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CODER_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cli:
    """Run a command of `coder` in this process, as the console script does."""

    def run(*arguments: str | Path) -> Done:
        capfd.readouterr()
        monkeypatch.setattr(sys, "argv", ["coder", *map(str, arguments)])
        code: Any = 0
        try:
            main()
        except SystemExit as stop:
            code = stop.code
        out, err = capfd.readouterr()
        return Done(code or 0, out, err)

    return run


@dataclass(frozen=True)
class Shown:
    """The demo as run once: what it printed and where its files are."""

    out: str
    err: str
    folder: Path


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """`coder demo` through a pipe, once."""
    folder = tmp_path_factory.mktemp("demo")
    done = subprocess.run(
        [CODER, "demo", "--out", folder / "out", "--language", "nl"],
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )
    return Shown(done.stdout, done.stderr, folder / "out")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Path]:
    """A PostgreSQL server for the session; the folder of its socket."""
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(server())
        except NoServerError as reason:
            pytest.skip(str(reason))
        yield folder


@pytest.fixture(params=["file", "server"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Where a study can be: a file, and a database of its own on a server."""
    if request.param == "file":
        return tmp_path / "a.study"
    return new_database(request.getfixturevalue("postgres"))
