import unicodedata
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest

import coder
from coder.cli import app
from coder.cli.main import run_command
from coder.errors import DataError
from coder.files.documents import document_names, find_files, known_attributes
from tests.files.documents.typeset import paged


@pytest.fixture
def plans(tmp_path: Path) -> Path:
    """A folder with plans."""
    folder = tmp_path / "plans"
    (folder / "ouder").mkdir(parents=True)
    for name in ("plan 10.txt", "plan 2.txt", "ouder/plan 2.txt", "~$plan 2.docx", "lijst.xlsx"):
        (folder / name).write_text(f"# Wij\n\nDit is {name}, over video.", "utf-8")
    return folder


def test_a_folder_is_its_documents_in_the_order_of_people(plans: Path) -> None:
    files = find_files(plans)
    assert [str(path.relative_to(plans)) for path in files] == ["ouder/plan 2.txt", "plan 2.txt", "plan 10.txt"]
    assert document_names(files) == ["ouder/plan 2.txt", "plans/plan 2.txt", "plan 10"]
    assert find_files([f"{plans}/plan*.txt", plans / "plan 2.txt"]) == files[1:]


def test_attributes_and_period_come_along_with_every_block(plans: Path) -> None:
    table = plans / "kenmerken.csv"
    table.write_text("sector;bestand;period\nkunst;Plan 2.txt;2016-2020\nsport;plan 10;\n", "utf-8")
    documents = coder.read_documents(f"{plans}/plan*.txt", table, period="2021-2025")
    assert documents.attributes.to_dict("index") == {
        "plan 2": {"sector": "kunst", "period": "2016-2020"},
        "plan 10": {"sector": "sport", "period": "2021-2025"},
    }
    units = documents.corpus().units
    assert units["period"].tolist() == ["2016-2020"] * 2 + ["2021-2025"] * 2


def test_attributes_may_be_a_frame_with_names_as_index_or_column(plans: Path) -> None:
    named = pd.DataFrame({"sector": ["kunst"]}, index=["plan 10"])
    for frame in (named, named.rename_axis("document").reset_index()):
        documents = coder.read_documents(plans / "plan 10.txt", frame)
        assert documents.attributes["sector"].tolist() == ["kunst"]


@pytest.mark.parametrize(
    ("names", "key"), [(["plan 3"], "strange_attributes"), (["plan 2", "plan 2.txt"], "attributes_twice")]
)
def test_attributes_of_what_is_not_there_stop_before_anything_is_read(plans: Path, names: list[str], key: str) -> None:
    told: list[str] = []
    with pytest.raises(DataError) as error:
        coder.read_documents(
            plans / "plan 2.txt", pd.DataFrame({"document": names}), progress=lambda step, *_: told.append(step)
        )
    assert (error.value.note.key, told) == (f"documents.{key}", [])


def test_files_that_are_not_there_are_an_error(plans: Path) -> None:
    for asked, key in ((plans / "plan 3.txt", "files.missing"), (f"{plans}/*.odt", "documents.no_files")):
        with pytest.raises(DataError) as error:
            coder.read_documents(asked)
        assert error.value.note.key == key


def test_all_files_that_cannot_be_read_are_named_together(plans: Path) -> None:
    for name in ("a.pdf", "b.pdf"):
        (plans / name).write_bytes(b"%PDF-1.7 geen pdf")
    with pytest.raises(DataError) as error:
        coder.read_documents(plans)
    assert dict(error.value.note.values)["count"] == 2
    assert "a.pdf" in str(error.value)
    assert "b.pdf" in str(error.value)


def test_reading_can_be_stopped(plans: Path) -> None:
    def stop(_step: str, done: int, _total: int) -> None:
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        coder.read_documents(plans, progress=stop)


def run(*words: str) -> int:
    """Run a command; its exit code."""
    return run_command(app, list(words))


def test_check_tells_what_is_in_each_file_and_writes_blocks_that_code_reads(
    plans: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paged(plans / "pdf.pdf", 3, foot="{page}")
    out = tmp_path / "uit"
    assert run("documents", "check", str(plans), "-o", str(out), "--period", "2021", "--format", "csv") in {0, None}
    rows = pd.read_csv(StringIO(capsys.readouterr().out), index_col="file")
    assert rows[["pages", "blocks", "heads"]].to_numpy()[list(rows.index).index("pdf.pdf")].tolist() == [3, 18, 3]
    blocks = coder.read_answers(out / "blocks.csv", text="text", id="id").sheet
    assert set(blocks["document"]) == {"ouder/plan 2.txt", "plans/plan 2.txt", "plan 10", "pdf"}
    assert set(blocks["period"]) == {"2021"}
    assert blocks.loc[blocks["document"] == "pdf", "page"].tolist()[::6] == ["1", "2", "3"]
    book = tmp_path / "boek.yaml"
    book.write_text("codes:\n  - id: video\n    number: 1\n    label: Video\n    rules: [video]\n", "utf-8")
    done = run(
        "code",
        str(out / "blocks.csv"),
        "--text",
        "text",
        "--id",
        "id",
        "--codebook",
        str(book),
        "-o",
        str(tmp_path / "c.csv"),
    )
    assert done in {0, None}


def test_check_shows_what_could_not_be_read_and_writes_nothing(
    plans: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (plans / "a.pdf").write_bytes(b"%PDF-1.7 geen pdf")
    assert run("documents", "check", str(plans), "-o", str(tmp_path / "uit")) == 2
    said = capsys.readouterr()
    assert "a.pdf" in said.out
    assert "plan 10.txt" in said.out
    assert not (tmp_path / "uit").exists()


@pytest.mark.parametrize("header", ["Bestand; Periode ;", "Fichier;PÉRIODE;", "file;period;"])
def test_the_period_and_the_document_have_a_name_in_each_language(tmp_path: Path, header: str) -> None:
    (tmp_path / "a.txt").write_text("Plan.", encoding="utf-8")
    table = tmp_path / "known.csv"
    table.write_text(f"{header}\na.txt;2021-2025;\n", encoding="utf-8")
    known = known_attributes(tmp_path / "a.txt", table)
    assert known.to_dict("index") == {"a": {"period": "2021-2025"}}


def test_two_columns_for_the_period_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Plan.", encoding="utf-8")
    with pytest.raises(DataError, match="period, periode"):
        known_attributes(tmp_path / "a.txt", pd.DataFrame({"file": ["a"], "period": ["x"], "periode": ["y"]}))


def test_names_of_a_mac_are_those_of_any_other_system(tmp_path: Path) -> None:
    apart = unicodedata.normalize("NFD", "Québec.txt")
    (tmp_path / apart).write_text("Een plan.", "utf-8")
    table = pd.DataFrame({"document": ["québec"], "sector": ["kunst"]})
    found = coder.read_documents(tmp_path / apart, table)
    assert found.attributes.to_dict("index") == {"Québec": {"sector": "kunst"}}
    assert coder.read_document(tmp_path / apart).name == "Québec"


def test_a_row_that_may_be_of_two_documents_or_of_none_is_an_error(plans: Path) -> None:
    for names, key in (["Plan 2.txt"], "attributes_ambiguous"), (["plan 10", " "], "attributes_nameless"):
        with pytest.raises(DataError) as told:
            known_attributes(plans, pd.DataFrame({"file": names, "sector": "kunst"}))
        assert told.value.note.key == f"documents.{key}"
    assert known_attributes(plans, pd.DataFrame({"file": ["ouder/plan 2.txt"], "x": ["y"]}))["x"].iloc[0] == "y"
