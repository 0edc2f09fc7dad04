"""A study under bad luck: several writers at once, killed programs, damaged, foreign, older and newer files."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from time import sleep

import numpy as np
import pytest
from sqlalchemy import Connection, MetaData, func, select, text

from coder import Code, Codebook
from coder.errors import StudyError
from coder.study import Decision, Study, database
from coder.study.people import LEASE_LASTS
from coder.study.schema import SCHEMA, holding, lease, person, unit
from tests.conftest import CODER, GOLDEN, coding_of, corpus_of, listing

BOOK = Codebook(tuple(Code(id_, number, {}) for number, id_ in enumerate("abc", start=1)))
DECIDES = """
import sys
from coder.study import Decision, Study
place, who, times = sys.argv[1], sys.argv[2], int(sys.argv[3])
with Study.open(place) as study:
    print("open", flush=True)
    for number in range(times):
        batch = [Decision(str(number % 50 + 1), code, "yes" if number % 2 else "no") for code in "abc"]
        print(study["q"].decide(who, batch), flush=True)
"""
KILLED = """
import os, random, signal, sys, time
from coder.study import Decision, Study
chance = random.Random(5)
for _ in range(int(sys.argv[2])):
    out, into = os.pipe()
    child = os.fork()
    if not child:
        with Study.open(sys.argv[1]) as study:
            for number in range(100_000):
                batch = [Decision(str(number % 50 + 1), code) for code in "abc"]
                os.write(into, f"{study['q'].decide('anna', batch)}\\n".encode())
    os.close(into)
    first = os.read(out, 100)
    time.sleep(chance.random() * 0.03)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(out, "rb") as rest:
        told = first + rest.read()
    print(told[: told.rfind(b"\\n")].decode(), flush=True)
"""
ENDED = """
import os, sys
from coder.study import Study
Study.open(sys.argv[1]).add_person("anna", "x" * int(sys.argv[2]), "coder")
os._exit(0)
"""
PROPOSES = """
import sys
from coder.coding import Coding, assignments
from coder.study import Study
with Study.open(sys.argv[1]) as study:
    print("open", flush=True)
    ids = study["q"].corpus().ids
    for number in range(int(sys.argv[2])):
        frame = assignments({"unit": ids.tolist(), "code": ["abc"[number % 3]] * len(ids)})
        print(study["q"].propose(Coding("rules", ids, frame), who="machine room", model=str(number)), flush=True)
"""


def made(place: Path | str) -> None:
    """A study with 50 answers and three codes."""
    with Study.create(place, name="test") as study:
        study["q"].add_answers(corpus_of([f"antwoord {number}" for number in range(50)]), who="lead")
        study["q"].set_codebook(BOOK, "lead")


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
        assert len(study["q"].state()) == 2 * 20 * 3
        assert set(study["q"].proposals()["version"]) == {"2"}
        assert study.check() == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_whatever_was_confirmed_is_there_after_fifty_kills(tmp_path: Path) -> None:
    path = tmp_path / "a.study"
    made(path)
    confirmed = [int(line) for line in started(KILLED, path, 50).communicate(timeout=120)[0].split()]
    assert len(confirmed) > 50
    with Study.open(path) as study:
        kept = study["q"].log(limit=None)
        assert set(confirmed) <= set(kept["event"][kept["what"] == "decide"])
        assert study.check() == []
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        sizes = connection.execute("SELECT sum(size) FROM event WHERE kind = 'decide'").fetchone()
        assert connection.execute("SELECT count(*) FROM decision").fetchone() == sizes


def test_what_a_killed_program_left_of_a_study_that_is_gone_does_not_get_into_a_new_one(tmp_path: Path) -> None:
    path, log = tmp_path / "a.study", tmp_path / "a.study-wal"
    made(path)
    started(ENDED, path, 100).communicate(timeout=60)
    path.rename(tmp_path / "moved")
    left = log.read_bytes()
    with pytest.raises(StudyError, match=r"a\.study-wal is what was done last in a study that was called a\.study"):
        Study.create(path, name="new")
    assert (path.exists(), log.read_bytes()) == (False, left)
    log.write_bytes(b"")  # nothing was left to do
    with Study.create(path, name="new") as study:
        assert (study.facts["name"], study.questions(), len(study.people())) == ("new", [], 0)


def test_who_puts_back_a_copy_of_a_damaged_study_is_told_to_take_away_its_log(tmp_path: Path) -> None:
    path = tmp_path / "a.study"
    made(path)
    started(ENDED, path, 100).communicate(timeout=60)
    whole = bytearray(path.read_bytes())
    whole[whole.index(b"antwoord")] ^= 1
    path.write_bytes(whole)
    with pytest.raises(StudyError, match=r"is damaged .*Put back a copy of it, and take away a\.study-wal beside it"):
        Study.open(path)


def test_a_program_killed_while_it_proposes_leaves_the_old_proposals(tmp_path: Path) -> None:
    path = tmp_path / "a.study"
    with Study.create(path, name="test") as study:
        study["q"].add_answers(corpus_of([f"antwoord {number}" for number in range(11_000)]), who="lead")
        study["q"].set_codebook(BOOK, "lead")
        study["q"].propose(coding_of(["a", "b"]), who="anna", model="old")
        worker = started(PROPOSES, path, 1)
        assert worker.stdout is not None
        worker.stdout.readline()
        with closing(sqlite3.connect(path)) as connection:
            while connection.execute("SELECT count(*) FROM proposal").fetchone() == (2,):
                sleep(0.001)
        worker.kill()
        worker.communicate()
        assert study["q"].proposals()["version"].tolist() == ["old", "old"]


def test_reading_goes_on_while_somebody_writes(place: Path | str) -> None:
    made(place)
    with Study.open(place) as study, Study.open(place) as other:
        event = study["q"].decide("anna", [Decision("1", "a")])
        with study._write() as connection:  # noqa: SLF001 (a write that has not ended)
            connection.execute(holding.delete())
            assert other["q"].state()["event"].tolist() == [event]
            connection.rollback()


NEW_CODES = """
import sys
from dataclasses import replace
from coder import Code
from coder.study import Study
def more(book):
    number = max(code.number for code in book.codes) + 1
    return replace(book, codes=(*book.codes, Code(f"{sys.argv[2]}{number}", number, {})))
with Study.open(sys.argv[1]) as study:
    for _ in range(int(sys.argv[3])):
        study["q"].change_codebook(more, sys.argv[2], "one more")
"""
LEASES = """
import sys
from coder.study import Study
with Study.open(sys.argv[1]) as study:
    print(*study["q"].lease([str(number) for number in range(1, 51)], sys.argv[2]))
"""


def test_two_programs_that_make_codes_at_once_lose_none(place: Path | str) -> None:
    made(place)
    both = [started(NEW_CODES, place, who, 8) for who in ("anna", "bert")]
    assert [process.communicate(timeout=120)[0] for process in both] == ["", ""]
    with Study.open(place) as study:
        assert len(study["q"].codebook().codes) == 3 + 2 * 8
        assert study["q"].codebooks()["version"].tolist() == list(range(1, 18))


def test_two_programs_never_hand_out_the_same_answer(place: Path | str) -> None:
    made(place)
    both = [started(LEASES, place, who) for who in ("anna", "bert")]
    told = [process.communicate(timeout=120)[0].split() for process in both]
    assert sorted(told[0] + told[1], key=int) == [str(number) for number in range(1, 51)]
    with Study.open(place) as study:
        first, other = ("anna", "bert") if told[0] else ("bert", "anna")
        assert study["q"].leased(other) == {str(number) for number in range(1, 51)}
        assert study["q"].leased(first) == set()
        assert study["q"].lease(["1", "2"], first) == ["1", "2"]


@pytest.mark.parametrize("shift", [-2 * LEASE_LASTS, 2 * LEASE_LASTS])
def test_a_lease_ends_also_where_the_clock_was_set(place: Path | str, shift: int) -> None:
    made(place)
    with Study.open(place) as study:
        study["q"].lease(["1"], "anna")
        with study._write() as connection:  # noqa: SLF001 (time does not go by in a test)
            connection.execute(lease.update().values(until=lease.c.until + shift))
        study["q"].extend_leases("anna")  # what is over stays over
        assert study["q"].lease(["1"], "bert") == ["1"]


# Names


@pytest.mark.parametrize(
    "name",
    ["wat?.study", "a%20b.study", "x#y.study", "é è.study", ":memory:", "file:x?mode=memory", "-x", "a'b\"c", "%s"],
)
def test_the_name_of_a_file_is_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    made(name)
    with Study.open(name) as study:
        study["q"].decide("anna", [Decision("1", "a")])
    with Study.open(tmp_path / name) as study:
        assert len(study["q"].state()) == 1
    assert list(listing(tmp_path)) == [name]


@pytest.mark.parametrize(
    ("name", "held"),
    [
        *(
            (name, False)
            for name in ("CON.study", "aux", "nul .x", "Com1.a.b", "lpt\u00b2", "x.study.", "x ", "a:b", "w?")
        ),
        *((name, True) for name in ("console.study", "com10.study", "x.aux", "a b.study", "-x", "\U0001f600.study")),
    ],
)
def test_windows_has_no_file_that_is_called_as_a_device(name: str, held: bool) -> None:  # noqa: FBT001
    assert database._held_by_windows(name) == held  # noqa: SLF001 (asked for on Windows alone)


def test_a_name_that_is_too_long_for_a_file_is_refused(tmp_path: Path) -> None:
    for length in (249, 300):
        with pytest.raises(StudyError, match="too long"):
            Study.create(tmp_path / ("a" * length), name="x")
    assert listing(tmp_path) == {}


@pytest.mark.parametrize(
    "who",
    [
        "an\u200bna",
        "\u202eanna",
        "anna\ufeff",
        "an\u00adna",
        "anna\u00a0",
        "a\ufe0fnna",
        "\u3164",
        "half \ud83d",
        "Andre\u0301",
        "an\0na",
        "b\u0435rt",
        "\u0391nna",
    ],
)
def test_a_coder_has_a_name_that_is_seen_as_it_is(place: Path | str, who: str) -> None:
    made(place)
    with Study.open(place) as study:
        for act in (
            lambda: study["q"].decide(who, [Decision("1", "a")]),
            lambda: study.add_person(who),
            lambda: study["q"].assign(["bert", who], who="lead"),
        ):
            with pytest.raises(StudyError, match="cannot be the name of a coder"):
                act()


def test_two_names_that_look_the_same_are_one_person(place: Path | str) -> None:
    made(place)
    with Study.open(place) as study:
        study["q"].decide("José", [Decision("1", "a")])
        study.add_person("Ann Claes")
        for who in ("josé", "JOSÉ", "Ｊosé"):
            with pytest.raises(StudyError, match="There is a coder 'José'"):
                study["q"].decide(who, [Decision("1", "b")])
        with pytest.raises(StudyError, match="There is a coder 'Ann Claes'"):
            study["q"].assign(["ann  claes", "José"], who="lead")
        study["q"].decide("José", [Decision("1", "c")])
        assert set(study["q"].state()["who"]) == {"José"}


def test_what_no_database_keeps_is_refused_with_words(place: Path | str) -> None:
    made(place)
    with Study.open(place) as study:
        for note in ("half \ud83d", "half \udcff"):
            with pytest.raises(StudyError, match="half a sign"):
                study["q"].flag("anna", ["1"], "note", note=note)
        with pytest.raises(StudyError, match=r"too large|out of range"):
            study["q"].codebook(2**70)


# A disk that is full

FULL = """
import os, resource, sys
from coder.errors import CoderError
from coder.study import Decision, Study
resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
try:
    Study.create(sys.argv[1] + "/new.study", name="x")
except CoderError as error:
    print(error)
with Study.open(sys.argv[1] + "/a.study") as study:
    done = 0
    try:
        while True:
            study["q"].decide("anna", [Decision(str(number), "a", note="n" * 500) for number in range(1, 50)])
            done += 1
    except CoderError as error:
        print(error)
    print(done)
"""


@pytest.mark.skipif(os.name != "posix", reason="a limit on files is of POSIX")
def test_a_full_disk_is_said_and_leaves_nothing_half_made(tmp_path: Path) -> None:
    made(tmp_path / "a.study")
    told = started(FULL, tmp_path).communicate(timeout=120)[0].splitlines()
    assert "cannot be read or written" in told[0]
    assert "cannot be read or written" in told[1]
    assert list(listing(tmp_path)) == ["a.study"]
    with Study.open(tmp_path / "a.study") as study:
        assert len(study["q"].log()) == 2 + int(told[2])
        assert study.check() == []


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


def test_a_damaged_log_of_what_was_done_last_is_refused_and_one_that_was_broken_off_is_not(tmp_path: Path) -> None:
    path = tmp_path / "a.study"
    made(path)
    with started(DECIDES, path, "anna", 1_000_000) as busy:
        assert busy.stdout is not None
        for _ in range(13):
            told = busy.stdout.readline()
        busy.kill()
        busy.stdout.read()
    log = path.with_name("a.study-wal")
    files = {one: one.read_bytes() for one in (path, log)}
    whole, size = files[log], 24 + 4096

    def opened(content: bytes) -> int:
        path.with_name("a.study-shm").unlink(missing_ok=True)
        path.write_bytes(files[path])
        log.write_bytes(content)
        with Study.open(path) as study:
            return len(study["q"].log())

    everything_ = opened(whole)
    assert everything_ >= int(told)
    chance = np.random.default_rng(2)
    first = len(whole) // 2
    for place in [2, 9, 17, 25, 32, 36, 41, 49, *chance.integers(32, first, 40).tolist()]:
        flipped = bytearray(whole)
        flipped[place] ^= 1 << int(chance.integers(8))
        with pytest.raises(StudyError, match=r"is damaged \(in a.study-wal"):
            opened(bytes(flipped))
    for end in [0, 20, 32, *chance.integers(32, len(whole), 15).tolist()]:  # a power cut in the midst of a write
        opened(whole[:end])
        opened(whole[:end] + bytes(size))
    last = bytearray(whole)
    last[-1] ^= 1
    assert opened(bytes(last)) in (everything_ - 1, everything_)


def everything(path: Path) -> list[str]:
    """All that a study tells, as text."""
    with Study.open(path) as study:
        frames = [
            study["q"].units(),
            study["q"].codebooks(),
            study["q"].state(),
            study["q"].flags(),
            study["q"].assigned(),
        ]
        frames += [study["q"].proposals(), study.people(), study.log(), study.status(), study["q"].coding().assignments]
        told = [study.facts, study["q"].codebook(), study.check(), study.password_hash("anna")]
        return [*(frame.to_csv() for frame in frames), *map(repr, told)]


def test_a_changed_byte_or_a_missing_end_is_refused_with_words_or_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.study"
    made(path)
    with Study.open(path) as study:
        study["q"].decide("anna", [Decision(str(number), "a", note="zeker") for number in range(1, 40)])
        study["q"].propose(coding_of(["a", "b", "c"] * 16), who="anna", model="1")
        study["q"].flag("bert", ["3"], "nakijken")
        study["q"].assign(["anna", "bert"], who="lead")
        study.add_person("anna", "$argon2id$v=19$abc", "lead")
    whole, told = path.read_bytes(), everything(path)
    chance = np.random.default_rng(3)
    flipped = [bytearray(whole) for _ in range(120)]
    for one in flipped:
        one[chance.integers(len(whole))] ^= 1 << int(chance.integers(8))
    for text_ in (
        b"antwoord 17",
        b"zeker",
        b"$argon2id",
        b'"rules"',
        b"nakijken",
        b"CREATE UNIQUE",
        b"sum of the tables",
    ):
        found = whole.index(text_)
        flipped.append(bytearray(whole))
        flipped[-1][found + 2] ^= 1
        path.write_bytes(flipped[-1])
        with pytest.raises(StudyError, match=r"is damaged .*Put back a copy"):
            Study.open(path)
    ends = [*chance.integers(1, len(whole), 20).tolist(), -4096, -1, 100]
    cuts = [whole[:end] for end in ends]
    refused = []
    for content in [*map(bytes, flipped), *cuts]:
        path.write_bytes(content)
        try:
            assert everything(path) == told
        except StudyError as error:
            refused.append(str(error))
    assert all(re.search("is damaged|not a study|cannot be read", said) for said in refused)
    assert len(refused) >= len(cuts) + 7


def test_a_study_of_the_first_version_is_brought_up_with_all_that_it_had(tmp_path: Path) -> None:
    path = tmp_path / "oud.study"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((GOLDEN / "study-version-1.sql").read_text(encoding="utf-8"))
    path.chmod(0o600)
    with Study.open(path) as study:
        assert study["q"].codebook().ids == ("prijs", "video", "mensen")
        assert set(study["q"].state()["who"]) == {"anna", "Anna"}
        study["q"].decide("Anna", [Decision("3", "mensen")])  # whoever was there stays
        with pytest.raises(StudyError, match="There is a coder"):
            study["q"].decide("ANNA", [Decision("3", "mensen")])
        book = study["q"].codebook(1)
        study["q"].set_codebook(replace(book, codes=(*book.codes, Code("tijd", 7, {"nl": "Tijd"}))), "lead")
        assert study["q"].codebook().ids == ("prijs", "video", "mensen", "tijd")
        assert study.check() == []
    copy = path.with_name("oud.study.version-1")
    assert (copy.stat().st_mode & 0o777, path.stat().st_mode & 0o777) == (0o600, 0o600)
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
