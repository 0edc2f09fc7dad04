"""A study under bad luck: several writers at once, killed programs, damaged, foreign, older and newer files."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from time import sleep

import pytest
from sqlalchemy import Connection, MetaData, func, select, text

from coder import Code, Codebook
from coder.errors import StudyError
from coder.study.store import Decision, Study, database
from coder.study.store.schema import SCHEMA, holding, person, unit
from tests.conftest import CODER, coding_of, corpus_of

BOOK = Codebook(tuple(Code(id_, number, {}) for number, id_ in enumerate("abc", start=1)))
DECIDES = """
import sys
from coder.study.store import Decision, Study
place, who, times = sys.argv[1], sys.argv[2], int(sys.argv[3])
with Study.open(place) as study:
    print("open", flush=True)
    for number in range(times):
        batch = [Decision(str(number % 50 + 1), code, "yes" if number % 2 else "no") for code in "abc"]
        print(study.decide("q", who, batch), flush=True)
"""
KILLED = """
import os, random, signal, sys, time
from coder.study.store import Decision, Study
chance = random.Random(5)
for _ in range(int(sys.argv[2])):
    out, into = os.pipe()
    child = os.fork()
    if not child:
        with Study.open(sys.argv[1]) as study:
            for number in range(100_000):
                batch = [Decision(str(number % 50 + 1), code) for code in "abc"]
                os.write(into, f"{study.decide('q', 'anna', batch)}\\n".encode())
    os.close(into)
    first = os.read(out, 100)
    time.sleep(chance.random() * 0.03)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(out, "rb") as rest:
        told = first + rest.read()
    print(told[: told.rfind(b"\\n")].decode(), flush=True)
"""
PROPOSES = """
import sys
from coder.coding import Coding, assignments
from coder.study.store import Study
with Study.open(sys.argv[1]) as study:
    print("open", flush=True)
    ids = study.corpus("q").ids
    for number in range(int(sys.argv[2])):
        frame = assignments({"unit": ids.tolist(), "code": ["abc"[number % 3]] * len(ids)})
        print(study.propose("q", Coding("rules", ids, frame), who="machine room", model=str(number)), flush=True)
"""


def made(place: Path | str) -> None:
    """A study with 50 answers and three codes."""
    with Study.create(place, name="test") as study:
        study.add_answers("q", corpus_of([f"antwoord {number}" for number in range(50)]), who="lead")
        study.set_codebook("q", BOOK, "lead")


def started(program: str, *arguments: object) -> "subprocess.Popen[str]":
    """A Python program beside this one, whose output is read line by line."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_two_people_and_a_machine_write_at_once_without_loss(place: Path | str) -> None:
    made(place)
    people = [started(DECIDES, place, who, 20) for who in ("anna", "bert")]
    machine = started(PROPOSES, place, 3)
    told = [process.communicate(timeout=120)[0].split()[1:] for process in (*people, machine)]
    assert [process.returncode for process in (*people, machine)] == [0, 0, 0]
    assert [len(lines) for lines in told] == [20, 20, 3]
    with Study.open(place) as study:
        log = study.log().set_index("event")
        for who, lines in zip(("anna", "bert", "machine room"), told, strict=True):
            assert set(log.loc[[int(line) for line in lines], "who"]) == {who}
        assert len(study.state("q")) == 2 * 20 * 3
        assert set(study.proposals("q")["version"]) == {"2"}
        assert study.check() == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_whatever_was_confirmed_is_there_after_fifty_kills(tmp_path: Path) -> None:
    path = tmp_path / "a.study"
    made(path)
    confirmed = [int(line) for line in started(KILLED, path, 50).communicate(timeout=120)[0].split()]
    assert len(confirmed) > 50
    with Study.open(path) as study:
        kept = study.log("q", limit=None)
        assert set(confirmed) <= set(kept["event"][kept["what"] == "decide"])
        assert study.check() == []
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        sizes = connection.execute("SELECT sum(size) FROM event WHERE kind = 'decide'").fetchone()
        assert connection.execute("SELECT count(*) FROM decision").fetchone() == sizes


def test_a_program_killed_while_it_proposes_leaves_the_old_proposals(tmp_path: Path) -> None:
    path = tmp_path / "a.study"
    with Study.create(path, name="test") as study:
        study.add_answers("q", corpus_of([f"antwoord {number}" for number in range(11_000)]), who="lead")
        study.set_codebook("q", BOOK, "lead")
        study.propose("q", coding_of(["a", "b"]), who="anna", model="old")
        worker = started(PROPOSES, path, 1)
        assert worker.stdout is not None
        worker.stdout.readline()
        with closing(sqlite3.connect(path)) as connection:
            while connection.execute("SELECT count(*) FROM proposal").fetchone() == (2,):
                sleep(0.001)
        worker.kill()
        worker.communicate()
        assert study.proposals("q")["version"].tolist() == ["old", "old"]


def test_reading_goes_on_while_somebody_writes(place: Path | str) -> None:
    made(place)
    with Study.open(place) as study, Study.open(place) as other:
        event = study.decide("q", "anna", [Decision("1", "a")])
        with study._write() as connection:  # noqa: SLF001 (a write that has not ended)
            connection.execute(holding.delete())
            assert other.state("q")["event"].tolist() == [event]
            connection.rollback()


# Files that are refused, or upgraded


def test_a_damaged_file_is_refused_with_words(tmp_path: Path) -> None:
    path = tmp_path / "a.study"
    made(path)
    whole = path.read_bytes()
    for start, size in ((len(whole) // 3, 5_000), (4096, 4096), (100, 500)):
        path.write_bytes(whole[:start] + os.urandom(size) + whole[start + size :])
        with pytest.raises(StudyError, match=r"is damaged|is not a study"):
            Study.open(path)
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StudyError, match=r"is damaged .*Put back a copy"):
        Study.open(path)
    path.write_bytes(whole)
    Study.open(path).close()


def test_files_of_other_programs_are_refused_and_left_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "a.study"
    for content in (b"", b"nr;antwoord\n1;te duur\n", os.urandom(10_000)):
        path.write_bytes(content)
        with pytest.raises(StudyError, match="not a study of coder"):
            Study.open(path)
        with pytest.raises(StudyError, match="exists"):
            Study.create(path, name="x")
        assert path.read_bytes() == content
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE photos (name)")
    with pytest.raises(StudyError, match="another program"):
        Study.open(path)
    with pytest.raises(StudyError, match="There is no study"):
        Study.open(tmp_path / "b.study")
    with pytest.raises(StudyError, match="no folder"):
        Study.create(tmp_path / "none" / "b.study", name="x")


def set_version(place: Path | str, version: int) -> None:
    """Say in the study that its tables are of this version."""
    with Study.open(place) as study, study._write() as connection:  # noqa: SLF001
        connection.execute(text("UPDATE fact SET value = :version WHERE name = 'schema'"), {"version": str(version)})


def test_a_study_of_a_later_version_is_refused(place: Path | str) -> None:
    made(place)
    set_version(place, SCHEMA + 1)
    with pytest.raises(StudyError, match="written by a later coder"):
        Study.open(place)


def without_people(connection: Connection) -> None:
    """A migration."""
    connection.execute(person.delete())


def test_an_upgrade_keeps_a_copy_of_what_was(place: Path | str) -> None:
    made(place)
    before = SCHEMA - 1
    set_version(place, before)
    with pytest.raises(StudyError, match=f"of version {before}"):
        database.connect(place, {})
    database.connect(place, {before: without_people}).dispose()
    Study.open(place).close()
    if isinstance(place, Path):
        with closing(sqlite3.connect(place.with_name(f"a.study.version-{before}"))) as copy:
            assert copy.execute("SELECT value FROM fact WHERE name = 'schema'").fetchone() == (str(before),)
            assert copy.execute("SELECT count(*) FROM unit").fetchone() == (50,)
    else:
        with Study.open(place) as study, study._read() as connection:  # noqa: SLF001
            copied = unit.to_metadata(MetaData(), schema=f"coder_version_{before}")
            assert connection.execute(select(func.count()).select_from(copied)).scalar() == 50


def test_a_database_is_a_study_only_after_it_was_made_one(place: Path | str) -> None:
    if isinstance(place, str):
        with pytest.raises(StudyError, match="has no study"):
            Study.open(place)
    made(place)
    with pytest.raises(StudyError, match=r"exists|has tables"):
        Study.create(place, name="again")


def test_a_study_in_a_read_only_place_is_not_called_damaged(tmp_path: Path) -> None:
    setpriv, rights = shutil.which("setpriv"), "-dac_override,-dac_read_search,-fowner"
    if os.name != "posix" or (os.geteuid() == 0 and setpriv is None):
        pytest.skip("setpriv is not installed: for somebody who may do all no place is read-only")
    path = tmp_path / "test.study"
    Study.create(path, name="test").close()
    path.chmod(0o444)
    tmp_path.chmod(0o555)
    less = [str(setpriv), "--bounding-set", rights, "--inh-caps", rights] if os.geteuid() == 0 else []
    try:
        done = subprocess.run(
            [*less, str(CODER), "study", "status", str(path)], capture_output=True, text=True, check=False
        )
    finally:
        tmp_path.chmod(0o755)
    assert done.returncode == 2
    assert "read-only" in done.stderr
    assert "damaged" not in done.stderr
