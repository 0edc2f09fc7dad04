"""Fragments of a study counted from the command line, and the horizontal analysis with what was noted in it."""

from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook  # type: ignore[import-untyped]

from coder.documents import Documents
from coder.study import Span, Study
from tests.conftest import Cli
from tests.plans import BOOK, FOUND, PLANS, TEXTS, document

OLD = {f"old-{name}": (*parts, ("paragraph", "Zo was het vroeger.")) for name, parts in TEXTS.items()}
ABOUT = pd.concat(
    [PLANS.attributes.assign(period="2021"), PLANS.attributes.assign(period="2016").set_axis(pd.Index(OLD))]
)
ALL = Documents(tuple(document(name, parts) for name, parts in (TEXTS | OLD).items()), ABOUT)


@pytest.fixture
def study(tmp_path: Path, cli: Cli) -> Path:
    """A study with six plans of three organisations, the fragments of two readers, and what they read."""
    path = tmp_path / "plans.study"
    cli("study", "new", path)
    with Study.open(path) as opened:
        plans = opened.documents("documents")
        plans.add(ALL, who="an")
        opened["documents"].set_codebook(BOOK, "an")
        spans = FOUND[["document", "start", "end", "code"]].itertuples(index=False, name=None)
        given = [Span(*row) for row in spans]
        plans.code([*given, Span("old-pluto.pdf", 10, 17, "climate")], "an")
        plans.code(given[:3], "bert")
        for one in ALL:
            plans.mark_read(one.name, 0, len(one.text), "an")
        plans.mark_read("vrt.pdf", 0, len(ALL["vrt.pdf"].text), "bert")
    return path


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["top", "--by", "sector", "--nets", "--letters"], "Vrijwilligers"),
        (["codes"], "old-pluto.pdf"),
        (["codes", "--by", "sector"], "Jeugd"),
        (["together", "--within", "section"], "Lift"),
        (["agree", "--draws", "20"], "Alpha by length"),
        (["periods", "--organisation", "organisatie", "--now", "2021", "--then", "2016"], "N = 3 organisations"),
    ],
)
def test_each_command_prints_its_tables_and_writes_all_rows(
    study: Path, cli: Cli, command: list[str], said: str
) -> None:
    name, *options = command
    done = cli("documents", name, study, *options, "-o", study.parent / "out.xlsx")
    assert done.code == 0
    assert said in done.out
    assert (study.parent / "out.xlsx").exists()


def test_codes_by_document_are_darker_in_a_workbook_where_there_are_more(study: Path, cli: Cli) -> None:
    out = study.parent / "codes.xlsx"
    assert cli("documents", "codes", study, "-o", out).code == 0
    sheet = load_workbook(out).active
    (hot,) = sheet.conditional_formatting
    assert [rule.type for rule in hot.rules] == ["colorScale"]
    cells = [cell.value for row in sheet[str(hot.sqref)] for cell in row]
    assert all(isinstance(value, int) for value in cells)
    assert max(cells) > 0


def test_codes_that_go_together_are_a_square_in_a_workbook(study: Path, cli: Cli) -> None:
    out = study.parent / "together.xlsx"
    done = cli("documents", "together", study, "-o", out)
    assert "Codes by codes" not in done.out
    sheet = load_workbook(out)["matrix"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(max_col=5)]
    assert rows[0] == ["code", "Code", "Vrijwilligers", "Personeel", "Klimaat"]
    assert [rows[1][3], rows[2][2], rows[1][2]] == [1, 1, None]
    assert len(sheet.conditional_formatting) > 0


def test_a_fragment_of_two_readers_counts_once(study: Path, cli: Cli) -> None:
    done = cli("documents", "top", study, "--format", "json")
    assert '"fragments":3' in "".join(done.out.split())


def test_what_was_noted_in_a_horizontal_analysis_stays_when_it_is_written_again(study: Path, cli: Cli) -> None:
    out = study.parent / "people.xlsx"
    options = ["--by", "sector", "--source", "organisatie", "--context", 1, "--typical", 1, "-o", out]
    assert cli("horizontal", study, "people", "climate", *options).code == 0
    book = load_workbook(out)
    book["Observations"].cell(2, 4).value = "Noted."
    book.save(out)
    done = cli("horizontal", study, "people", "climate", *options)
    assert "1 observation was kept." in done.out
    assert load_workbook(out)["Observations"].cell(2, 4).value == "Noted."
    assert load_workbook(out)["Fragments"].max_row == 7


def test_a_horizontal_analysis_of_another_kind_of_file_is_refused_before_any_work(study: Path, cli: Cli) -> None:
    done = cli("horizontal", study, "people", "-o", study.parent / "people.pptx")
    assert (done.code, ".docx" in done.err) == (2, True)


def test_an_observation_stays_when_another_code_is_asked_for(study: Path, cli: Cli) -> None:
    out = study.parent / "people.xlsx"
    assert cli("horizontal", study, "people", "--by", "sector", "-o", out).code == 0
    book = load_workbook(out)
    book["Observations"].cell(2, 4).value = "Noted."
    book.save(out)
    done = cli("horizontal", study, "climate", "-o", out)
    assert "1 observation was kept." in done.out
    cells = [[cell.value for cell in row] for row in load_workbook(out)["Observations"].iter_rows()]
    assert ["people", "Mensen (people)", "Cultuur", "Noted."] in cells


def test_a_code_is_named_by_its_label_too_and_an_unknown_one_is_told_of_all(study: Path, cli: Cli) -> None:
    out = study.parent / "people.md"
    assert cli("horizontal", study, "vrijWILLIGERS", "-o", out).code == 0
    text = out.read_text(encoding="utf-8")
    assert text.startswith("# Horizontal analysis: Vrijwilligers – plans")
    assert "(5 were given, 3 are left)" in text
    done = cli("horizontal", study, "bomen", "-o", out)
    assert "Vrijwilligers (volunteers)" in done.err
    assert "fragment" not in done.err


def test_fragments_that_were_taken_together_are_said_under_the_table(study: Path, cli: Cli) -> None:
    assert "(9 were given, 6 are left)" in cli("documents", "top", study).out


def test_a_reader_without_marks_read_nothing_where_others_have_marks(study: Path, cli: Cli) -> None:
    with Study.open(study) as opened:
        opened.documents("documents").code([Span("old-pluto.pdf", 10, 17, "climate")], "carl")
    done = cli("documents", "top", study, "--coder", "carl")
    assert (done.code, "was read whole" in done.err) == (2, True)


@pytest.mark.parametrize("command", [["documents", "top"], ["documents", "codes"], ["horizontal"]])
def test_a_coder_that_nobody_is_is_refused(study: Path, cli: Cli, command: list[str]) -> None:
    more = ["people", "-o", study.parent / "x.docx"] if command == ["horizontal"] else []
    done = cli(*command, study, *more, "--coder", "xxx")
    assert (done.code, "nobody called 'xxx'" in done.err, "an, bert" in done.err) == (2, True, True)


def test_documents_without_an_organisation_are_told(study: Path, cli: Cli) -> None:
    with Study.open(study) as opened:
        about = pd.DataFrame({"period": ["2021"]}, index=["los.pdf"])
        opened.documents("documents").add([document("los.pdf", TEXTS["vrt.pdf"][:1])], about, who="an")
    done = cli("documents", "periods", study, "--organisation", "organisatie", "--now", "2021", "--then", "2016")
    assert "1 document without an organisation (los.pdf)" in done.out
