"""Documents in a study from the command line: added, added again, corrected, listed, written, and as a .qdpx."""

from pathlib import Path

import pandas as pd
import pytest

from coder import Code, Codebook
from coder.files.sheets import read_sheet
from coder.files.writing import write_sheets
from coder.study import Span, Study
from tests.conftest import Cli, write

FIRST = "Wij willen meer vrijwilligers in het sociaal-cultureel werk, en dat in alle gemeenten.\n"
SECOND = "\nEr komt meer geld voor jongeren die zelf iets op touw zetten.\n"


@pytest.fixture
def study(tmp_path: Path, cli: Cli) -> Path:
    """A study with two plans, and a code with a fragment."""
    write(tmp_path / "plan a.txt", FIRST + SECOND)
    write(tmp_path / "plan b.txt", "Een plan van één zin, over iets anders.\n")
    write_sheets(tmp_path / "plans.xlsx", {"plans": pd.DataFrame({"file": ["plan a", "plan b"], "sector": ["x", "y"]})})
    path = tmp_path / "test.study"
    cli("study", "new", path)
    files = [tmp_path / "plan a.txt", tmp_path / "plan b.txt"]
    done = cli("documents", "add", path, *files, "--attributes", tmp_path / "plans.xlsx", "--period", "2021")
    assert (done.code, done.out.splitlines()[-1]) == (0, "documents: 2 documents added.")
    with Study.open(path) as opened:
        plans = opened.documents("documents")
        opened["documents"].set_codebook(Codebook((Code("geld", 1, {"nl": "Geld"}), Code("b", 2, {}))), "lead")
        text = plans.document("plan a").text
        for words in ("geld voor jongeren", "sociaal-cultureel"):
            plans.code([Span("plan a", text.index(words), text.index(words) + len(words), "geld", "memo")], "anna")
    return path


def test_a_first_set_is_called_in_the_language_of_who_adds_it(tmp_path: Path, cli: Cli) -> None:
    cli("study", "new", tmp_path / "new.study")
    plan = write(tmp_path / "plan.txt", FIRST)
    done = cli("documents", "add", tmp_path / "new.study", plan, "--language", "nl")
    assert done.out.splitlines()[-1] == "documenten: 1 document toegevoegd."


def test_who_sees_the_first_rows_alone_is_told_how_many_there_are(study: Path, cli: Cli) -> None:
    with Study.open(study) as opened:
        plans = opened.documents("documents")
        plans.code([Span("plan a", 0, 12, "b", "")], "bert")
    asked = ("documents", "agree", study, "--draws", "20", "--language", "nl")
    assert "1 van 3 rijen; --limit 0 toont alles." in cli(*asked, "--limit", "1").err
    assert "rijen" not in cli(*asked, "--limit", "0").err


def test_the_same_files_again_add_nothing(study: Path, cli: Cli) -> None:
    done = cli("documents", "add", study, study.parent / "plan a.txt", "--period", "2021")
    assert done.out.splitlines()[-1] == "documents: 1 the same."
    write(study.parent / "kopie.txt", FIRST + SECOND)
    done = cli("documents", "add", study, study.parent / "kopie.txt")
    assert "kopie: the same file is there as plan a; not added." in done.out


def test_a_corrected_file_is_shown_first_and_taken_over_when_accepted(study: Path, cli: Cli) -> None:
    write(study.parent / "plan a.txt", "Vooraf een zin.\n\n" + FIRST)
    told = cli("documents", "add", study, study.parent / "plan a.txt")
    assert "of the fragments 1 have their words, 0 have other words in them, 1 have no place" in told.out
    assert "no place for 'geld voor jongeren'" in told.out
    assert "--accept" in told.out
    assert cli("documents", "add", study, study.parent / "plan a.txt", "--accept").code == 0
    cli("documents", "fragments", study, "-o", study.parent / "lost.csv", "--unplaced")
    assert read_sheet(study.parent / "lost.csv")["was"].tolist() == ["geld voor jongeren"]


def test_fragments_are_written_with_their_place_and_what_is_known_of_the_document(study: Path, cli: Cli) -> None:
    for out in (study.parent / "all.xlsx", study.parent / "all.csv"):
        assert cli("documents", "fragments", study, "geld", "-o", out).code == 0
        sheet = read_sheet(out)
        assert sheet.columns.tolist() == [
            "document", "sector", "period", "page", "section", "text", "code", "coder", "memo",
        ]  # fmt: skip
        assert sheet["text"].tolist() == ["sociaal-cultureel", "geld voor jongeren"]
        assert sheet.iloc[0][["document", "sector", "period", "coder"]].tolist() == ["plan a", "x", "2021", "anna"]
    cli("documents", "fragments", study, "b", "-o", study.parent / "none.csv")
    refused = cli("documents", "fragments", study, "x", "-o", study.parent / "none.csv")
    assert (refused.code, "no code 'x'" in refused.err) == (2, True)


def test_documents_are_listed(study: Path, cli: Cli) -> None:
    rows = cli("documents", "list", study, "--format", "csv").out.splitlines()
    assert rows[0] == "document,period,sector,kind,pages,characters,blocks,read,fragments"
    assert [row.split(",")[0] for row in rows[1:]] == ["plan a", "plan b"]
    assert rows[1].endswith(",2,0,2")


def test_the_last_batch_of_somebody_is_undone(study: Path, cli: Cli) -> None:
    assert "1 " in cli("documents", "undo", study, "--who", "anna").out
    assert cli("documents", "undo", study, "--who", "bert").code == 2
    with Study.open(study) as opened:
        assert len(opened.documents("documents").fragments()) == 1


def test_a_study_goes_out_as_a_project_and_comes_back(study: Path, cli: Cli) -> None:
    project = study.parent / "out.qdpx"
    assert cli("study", "export", study, "-o", project).code == 0
    cli("study", "new", study.parent / "new.study")
    done = cli("documents", "add", study.parent / "new.study", project, "--set", "plans")
    assert done.code == 0
    assert "plans: 2 codes and 2 fragments added; 0 fragments were there." in done.out
    again = cli("documents", "add", study, project)
    assert "0 codes and 0 fragments added; 2 fragments were there" in again.out


def test_a_file_that_cannot_be_read_takes_no_other_along(study: Path, cli: Cli) -> None:
    (study.parent / "kapot.pdf").write_bytes(b"%PDF-1.7 niets")
    write(study.parent / "plan c.txt", "Nog een plan, dat wel gelezen kan worden.\n")
    done = cli("documents", "add", study, study.parent / "kapot.pdf", study.parent / "plan c.txt")
    assert done.code == 2
    assert "documents: 1 document added." in done.out


def test_which_set_is_asked_where_there_are_several(study: Path, cli: Cli) -> None:
    cli("documents", "add", study, study.parent / "plan b.txt", "--set", "tweede")
    refused = cli("documents", "list", study)
    assert (refused.code, "--set" in refused.err) == (2, True)
    cli("study", "new", study.parent / "leeg.study")
    assert "no documents yet" in cli("documents", "list", study.parent / "leeg.study").err


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["documents", "top", "--set", "plans"], "no documents called 'plans'; it has documents"),
        (["documents", "fragments", "nobody", "-o", "x.csv", "--unplaced"], "has no code 'nobody'. It has"),
        (["documents", "next", "nobody"], "nobody is no code of"),
        (["documents", "control", "--passages", "0"], "it must be 1 or more, not 0"),
    ],
)
def test_what_is_not_there_is_told_with_what_is(study: Path, cli: Cli, command: list[str], said: str) -> None:
    done = cli(*command[:2], study, *command[2:])
    assert done.code == 2
    assert said in " ".join(done.err.split())


def test_a_table_of_fragments_is_one_batch_of_each_coder(study: Path, cli: Cli) -> None:
    rows = [
        ("plan a", "vrijwilligers", "geld", "cy"), ("plan a", "jongeren", "geld", "cy"), ("plan b", "", "-", "cy"),
        ("plan a", "", "-", "cy"), ("plan b", "", "-", "dee"),
    ]  # fmt: skip
    table = study.parent / "in.xlsx"
    write_sheets(table, {"rows": pd.DataFrame(rows, columns=["document", "text", "code", "coder"])})
    done = cli("documents", "add", study, "--fragments", table)
    assert "cy: 2 new fragments" in done.out
    assert "2 fragments and 2 read marks" in cli("documents", "undo", study, "--who", "cy").out
    assert "1 read mark." in cli("documents", "undo", study, "--who", "dee").out
    with Study.open(study) as opened:
        plans = opened.documents("documents")
        assert len(plans.read_marks()) == 0
        assert set(plans.fragments()["coder"]) == {"anna"}
        assert opened.check() == []
    assert cli("documents", "undo", study, "--who", "cy").code == 2


def test_a_corrected_file_that_gets_a_name_of_its_own_is_told(study: Path, cli: Cli) -> None:
    folders = [study.parent / name for name in ("plans", "sub")]
    for folder in folders:
        folder.mkdir()
        write(folder / "b.txt", f"Een plan uit {folder.name}. " + "Daarin staat heel wat over jongeren. " * 20)
    cli("documents", "add", study, *(folder / "b.txt" for folder in folders))
    write(folders[0] / "b.txt", "Het plan uit plans. " + "Daarin staat heel wat over jongeren. " * 20)
    done = cli("documents", "add", study, folders[0] / "b.txt")
    assert "of its text is in plans/b.txt" in done.out


def test_a_codebook_before_any_document_says_what_to_do(study: Path, cli: Cli) -> None:
    book = write(
        study.parent / "book.yaml", "name: b\nlanguage: nl\ncodes:\n- id: geld\n  number: 1\n  labels: {nl: Geld}\n"
    )
    cli("study", "new", study.parent / "leeg.study")
    done = cli("study", "add", study.parent / "leeg.study", "--codebook", book)
    assert (done.code, "coder documents add" in done.err) == (2, True)
    assert "coder documents --help" in cli("study", "export", study, "-o", study.parent / "x.csv").err
