"""Files and options as people really have them: what a table makes of them, or how it refuses."""

from pathlib import Path

import pytest
import xlsxwriter
from openpyxl import load_workbook  # type: ignore[import-untyped]

from coder.errors import DataError
from coder.files.published_by_content import published_of
from coder.files.sheets import as_file, read_sheet
from tests.conftest import ROOT, Cli, write

CODED = "g;codes\n" + "".join(f"{'AB'[place % 2]};{('video', 'ai', '-')[place % 3]}\n" for place in range(60))


@pytest.fixture
def coded(tmp_path: Path) -> Path:
    return write(tmp_path / "nu.csv", CODED)


def published(path: Path, *rows: tuple[object, ...], head: tuple[str, ...] = ("Plaats", "Code", "%")) -> Path:
    """A published list as Excel has it: a cell that shows 26 % holds 0.26."""
    with xlsxwriter.Workbook(path) as book:
        sheet, look = book.add_worksheet(), book.add_format({"num_format": "0%"})
        sheet.write_row(0, 0, head)
        for place, row in enumerate(rows, start=1):
            sheet.write_row(place, 0, row)
            sheet.write(place, 2, row[2], look)
    return path


def test_percentages_of_a_spreadsheet_are_no_shares_below_one_percent(cli: Cli, coded: Path, tmp_path: Path) -> None:
    then = published(tmp_path / "toen.xlsx", (1, "video", 0.512), (2, "ai", 0.26))
    done = cli("compare", coded, then, "--language", "nl")
    assert "Plaats 1          51%  −17,9" in done.out
    assert "Plaats 2          26%  +7,3" in done.out


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Plaats;Code;%\n1;video;512\n", "a percentage of 512; mend it, it is 100 at most"),
        ("Plaats;Code;n;basis\n1;video;12,5;100\n", "n 12.5, not a whole number; it counts respondents"),
        ("Plaats;Code;n;basis\n1;video;-5;100\n", "'-5', and no number in it is below 0"),
    ],
)
def test_a_published_list_with_numbers_that_cannot_be_is_refused(
    cli: Cli, coded: Path, tmp_path: Path, text: str, words: str
) -> None:
    done = cli("compare", coded, write(tmp_path / "toen.csv", text))
    assert done.code == 2
    assert words in done.err


def test_a_percentage_with_three_decimals_is_no_number_of_thousands(cli: Cli, coded: Path, tmp_path: Path) -> None:
    done = cli(
        "compare",
        coded,
        write(tmp_path / "toen.csv", "rank,label,percent\n1,video,12.125\n2,ai,8.5\n"),
        "--language",
        "nl",
    )
    assert "Plaats 1          12%" in done.out


def test_a_code_outside_a_printed_list_is_not_called_new(cli: Cli, coded: Path, tmp_path: Path) -> None:
    then = write(tmp_path / "toen.csv", "Plaats;Code;n;basis\n1;video;30;100\n")
    out = cli("compare", coded, then, "--language", "nl").out
    assert "/" in out
    assert "nieuw" not in out
    assert "p van één toets, niet aangepast." in out


def test_codebooks_say_that_a_code_outside_a_printed_list_did_not_exist(cli: Cli, coded: Path, tmp_path: Path) -> None:
    then = write(tmp_path / "toen.csv", "Plaats;Code;n;basis\n1;video;30;100\n")
    old = write(tmp_path / "oud.yaml", "codes:\n  - {id: video, number: 1}\n")
    new = write(tmp_path / "nieuw.yaml", "codes:\n  - {id: video, number: 1}\n  - {id: ai, number: 2}\n")
    done = cli("compare", coded, then, "--codebook", new, "--then-codebook", old, "--language", "nl")
    assert done.out.splitlines()[5].endswith("nieuw")


def test_two_published_lists_have_no_empty_columns(cli: Cli, tmp_path: Path) -> None:
    now, then = (write(tmp_path / f"{name}.csv", "Plaats;Code\n1;AI\n2;Video\n") for name in ("nu", "toen"))
    assert "Plaats  Code   Vorige meting\n" in cli("compare", now, then, "--language", "nl").out


def test_a_wave_with_a_small_base_is_told_beside_the_other(cli: Cli, coded: Path, tmp_path: Path) -> None:
    then = write(tmp_path / "toen.csv", "codes\nvideo\nai\n")
    done = cli("compare", coded, then, "--names", "2024,2021", "--language", "nl")
    assert "Let op: de basis van 2021 is kleiner dan 30." in done.out
    assert "basis van 2024" not in done.out


@pytest.mark.parametrize("command", [("top", "--letters"), ("groups",)])
def test_where_nothing_can_be_tested_nothing_is_said_of_tests(cli: Cli, tmp_path: Path, command: list[str]) -> None:
    few = write(tmp_path / "a.csv", "g;codes\nA;ai\nB;video\nB;-\n")
    out = cli(*command, few, "--by", "g", "--language", "nl").out
    assert "Er is niets getoetst" in out
    assert "0 toetsen" not in out
    assert "springt" not in out


def test_one_test_is_one_test(cli: Cli, tmp_path: Path) -> None:
    one = write(tmp_path / "a.csv", "g;codes\n" + "A;ai\nB;-\nA;-\nB;ai\n" * 20)
    assert "gecorrigeerd voor 1 toets, Benjamini" in cli("top", one, "--by", "g", "--letters", "--language", "nl").out


@pytest.mark.parametrize("form", ["table", "md"])
def test_a_line_break_in_a_name_breaks_no_line_of_a_table(cli: Cli, tmp_path: Path, form: str) -> None:
    path = write(tmp_path / "a.csv", 'g;codes\n"x\r\ny";ai\n<b>;ai\n"x\r\ny";-\n')
    out = cli("top", path, "--by", "g", "--format", form).out
    assert "x y*, N=2" in out
    assert ("\\<b>*, N=1" in out) == (form == "md")


def test_sums_of_weights_are_rounded_half_up(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "w;codes\n" + "0,5;ai\n" * 40 + "0,25;-\n" * 1)
    assert "gewogen 20,3" in cli("top", path, "--weight", "w", "--language", "nl").out


@pytest.mark.parametrize("command", ["top", "facts", "report"])
def test_a_limit_below_none_is_refused(cli: Cli, coded: Path, tmp_path: Path, command: str) -> None:
    out = ["-o", tmp_path / "r.md"] if command == "report" else []
    assert cli(command, coded, "--limit", "-3", *out).code == 2


def test_one_row_that_does_not_count_is_one_row(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "id;antwoord\n1;ja\n1;ja\n2;zo\n")
    assert "1 rij telt niet mee." in cli("facts", path, "--id", "id", "--language", "nl").out


def test_a_report_without_a_codebook_names_none(cli: Cli, coded: Path, tmp_path: Path) -> None:
    assert cli("report", coded, "-o", tmp_path / "r.md", "--language", "nl").code == 0
    text = (tmp_path / "r.md").read_text(encoding="utf-8")
    assert "De percentages zijn van 60 respondenten. Software" in text


@pytest.mark.parametrize("name", ["r.md", "r.docx", "r.sav", "t.csv", "t.xlsx"])
def test_a_read_only_file_is_not_written_over(cli: Cli, coded: Path, tmp_path: Path, name: str) -> None:
    out = write(tmp_path / name, "mine")
    out.chmod(0o444)
    done = cli("report" if name[0] == "r" else "top", coded, "-o", out)
    assert done.code == 2
    assert "is read-only, and is not written over" in done.err
    assert out.read_text(encoding="utf-8") == "mine"


def test_coders_who_write_a_code_with_other_capitals_do_not_seem_to_disagree(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "anna,bert\nai,AI\nvideo,video\n-,-\n")
    done = cli("agree", path, "--codes", "anna", "--codes", "bert")
    assert done.code == 2
    assert "'AI' and 'ai'. Write them alike" in done.err
    book = write(tmp_path / "b.yaml", "codes:\n  - {id: ai, number: 1}\n  - {id: video, number: 2}\n")
    assert cli("agree", path, "--codes", "anna", "--codes", "bert", "--codebook", book).code == 0


@pytest.mark.parametrize("then", ["codes\nAI\nvideo\n", "Plaats;Code\n1;AI\n2;video\n"])
def test_a_code_that_the_last_wave_wrote_with_other_capitals_is_not_new(
    cli: Cli, coded: Path, tmp_path: Path, then: str
) -> None:
    done = cli("compare", coded, write(tmp_path / "toen.csv", then))
    assert done.code == 2
    assert "compared apart: 'AI' and 'ai'. Write them alike" in done.err


def test_agreement_that_cannot_be_measured_is_told_and_not_left_out(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "codes,other\nai,ai\nai,ai\nvideo,\n-,\n")
    done = cli("report", path, "--second", "other", "-o", tmp_path / "r.md")
    assert done.code == 2
    assert "'codes' and 'other' have 2 coded answers in common, in which the codes do not differ" in done.err


def test_a_panel_of_few_is_told(cli: Cli, tmp_path: Path) -> None:
    now = write(tmp_path / "nu.csv", "r;codes\n" + "".join(f"{place};ai\n" for place in range(60)))
    then = write(tmp_path / "toen.csv", "r;codes\n" + "".join(f"{place};ai\n" for place in range(50, 110)))
    done = cli("compare", now, then, "--panel", "--respondent", "r", "--language", "nl")
    assert "Let op: minder dan 30 respondenten namen aan beide metingen deel." in done.out


def test_a_wide_table_in_a_workbook_prints_on_pages_that_can_be_read(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "g;codes\n" + "".join(f"een lange groepsnaam {n % 12};ai\n" for n in range(480)))
    assert cli("report", path, "--by", "g", "-o", tmp_path / "r.xlsx").code == 0
    book = load_workbook(tmp_path / "r.xlsx")
    wide = next(sheet for sheet in book if sheet.max_column > 20)
    assert wide.page_setup.fitToWidth > 1
    assert (wide.freeze_panes, wide.print_title_cols) == ("B4", "$A:$A")
    assert book["Top 10"].freeze_panes == "A4"


WIDE = """nr;antwoord;c1;c2;c3
1;AI en video;1;2;
2;video;2;;
3;niks;-;;
4;nog te doen;;;
5;sociale media en zo;Belang van sociale media;video;ai
"""


BOXES = """nr;trend 1;trend 2;trend 3
1;AI; video maken ;minder budget
2;nvt;;geen idee
3;geen;tijd voor video;
4;sociale;media;
"""


def test_answers_in_several_columns_are_one_answer_and_no_rule_runs_from_one_into_the_next(
    cli: Cli, tmp_path: Path
) -> None:
    boxes, out = write(tmp_path / "boxes.csv", BOXES), tmp_path / "out.csv"
    done = cli("code", boxes, "--text", "trend 1+trend 2+trend 3", "--codebook", ROOT / "codebooks" / "trends.yaml",
               "-o", out)  # fmt: skip
    assert "1 no answer" in done.out
    found = read_sheet(out)
    assert found["trend 1+trend 2+trend 3"].tolist()[0] == "AI; video maken; minder budget"
    assert found["codes"].tolist() == ["ai;video", "", "video", "-"]
    reasons = read_sheet(tmp_path / "out.assignments.csv")
    assert "negated" not in " ".join(reasons["reason"])


def test_codes_one_a_column_count_as_codes_in_one_column(cli: Cli, tmp_path: Path) -> None:
    wide = write(tmp_path / "wide.csv", WIDE)
    rows = ["nr;codes", '1;"ai;video"', "2;video", "3;-", "4;", '5;"social_media;video;ai"']
    one = write(tmp_path / "one.csv", "\n".join(rows))
    book = ["--codebook", ROOT / "codebooks" / "trends.yaml"]
    counted = cli("top", wide, "--codes", "c1+c2 + c3", *book)
    assert counted.out == cli("top", one, *book).out
    assert "N = 4" in counted.out
    compared = cli("compare", wide, one, "--codes", "c1+c2+c3", *book)
    assert "sq" in compared.out
    said = cli("top", wide, "--codes", "c1+c9").err
    assert "has no column 'c9' (of 'c1+c9'); it has A 'nr', B 'antwoord', C 'c1', D 'c2', E 'c3'" in said


def test_a_column_with_a_plus_in_its_name_is_that_column(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path / "plus.csv", "a;b;a+b\nvideo;ai;plan\n")
    assert "plan" in cli("top", path, "--codes", "a+b").out


def read(path: Path, text: str) -> tuple[int | None, list[tuple[int, str, float, float]]]:
    """The base of a published table, and its rows: rank, label, n and % (-1 where there is none)."""
    table = published_of(as_file(write(path / ("oud.csv" if ";" in text else "oud.tsv"), text)))
    cells = table.frame[["rank", "label", "n", "percent"]].astype({"rank": float}).round(0).fillna(-1)
    return table.base, [tuple(row) for row in cells.itertuples(index=False)]


AI, VIDEO = (1, "AI", 60, 50), (2, "Video", 30, 25)
NO_SHARES = [(1, "AI", 60, -1), (2, "Video", 30, -1)]


@pytest.mark.parametrize(
    ("text", "base", "rows"),
    [
        ("Top 10\t\t\t\n1\tAI\t60\t50%\n2\tVideo\t30\t25%\n", None, [AI, VIDEO]),
        ("Plaats 2021\tThema\tn\t%\n1\tAI\t60\t50%\n2\tVideo\t30\t25%\nN = 120\n", 120, [AI, VIDEO]),
        ("Thema\t2018\nAI\t60\nVideo\t30\n", None, NO_SHARES),
        ("1e\tAI\t60\t50%\n2e\tVideo\t30\t25%\nTotaal\t\t120\t100%\n", 120, [AI, VIDEO]),
        ("1\tAI\t60\n2\tVideo\t30\nTotaal\t\t90\n", None, NO_SHARES),
        ("AI\t60\t50%\nVideo\t30\t25%\nTotaal\t120\t100%\n", 120, [AI, VIDEO]),
        ("Plaats;Code;n;%\n1;AI;60;50\n2;Video;30;25\n;Totaal;144;80\n", None, [AI, VIDEO]),
        ("Plaats;Code;n;%\n1;AI;60;50\n2;Video;30;25\n;Alle respondenten;120;100\n", 120, [AI, VIDEO]),
        ("Rang;Naam;n;%\n1;AI;60;50\n2;Video;30;25\n;Nombre de répondants;120;\n", 120, [AI, VIDEO]),
        ("Plaats;Code;n;%\n1;AI;60;50\n2;Video;30;25\nBasis: 120 respondenten;;;\n", 120, [AI, VIDEO]),
        ("Plaats;Code;n;%\n1;AI;60;50\n2;Video;30;25\nN = 120 (van 1.250 leden);;;\n", 120, [AI, VIDEO]),
        ("Plaats;Code;n (%)\n1;AI;60 (50%)\n2;Video;30 (25%)\nN = 120;;\n", 120, [AI, VIDEO]),
        ("AI\t50% (60)\nVideo\t25% (30)\nBasis (n = 120)\n", 120, [AI, VIDEO]),
        ("Plaats nu\tPlaats toen\tThema\t%\n1\t2\tAI\t50%\n2\t1\tVideo\t25%\n", None,
         [(1, "AI", -1, 50), (2, "Video", -1, 25)]),
        ("1\t5G\t60\n2\tWeb 3.0\t30\n", None, [(1, "5G", 60, -1), (2, "Web 3.0", 30, -1)]),
        ("Basis op orde\t60\t50%\nN=1 studies\t30\t25%\n", None,
         [(1, "Basis op orde", 60, 50), (2, "N=1 studies", 30, 25)]),
        ("Trends (N = 120);;;\nPlaats;Code;n;%\n1;AI;60;50\n2;Video;30;25\n", 120, [AI, VIDEO]),
        ("AI\t60\t67%\nVideo\t30\t33%\nTotaal\t90\t100%\n", None, [(1, "AI", 60, 67), (2, "Video", 30, 33)]),
        ("Thema\t2021\nAI\t1900\nVideo\t800\n", None, [(1, "AI", 1900, -1), (2, "Video", 800, -1)]),
        ("AI\t1,200\t50%\nVideo\t600\t25%\nBase: 2,400 respondents\n", 2400,
         [(1, "AI", 1200, 50), (2, "Video", 600, 25)]),
        ("AI\t60\t50%\nVideo\t30\t25%\nSubtotaal\t90\t75%\nN (ongewogen)\t120\t\n", 120, [AI, VIDEO]),
        ("AI\t2018\nVideo\t1500\n", None, [(1, "AI", 2018, -1), (2, "Video", 1500, -1)]),
        ("Plaats;Code;n;N\n1;AI;60;120\n2;Video;30;120\n", 120, NO_SHARES),
        ("Plaats;Code;n;basis\n1;Deelnemers;60;120\n2;Antwoorden;30;120\n", 120,
         [(1, "Deelnemers", 60, -1), (2, "Antwoorden", 30, -1)]),
    ],
)  # fmt: skip
def test_headings_with_digits_totals_and_bases_of_a_published_list_are_no_codes(
    tmp_path: Path, text: str, base: int | None, rows: list[tuple[int, str, float, float]]
) -> None:
    assert read(tmp_path, text) == (base, rows)


@pytest.mark.parametrize(
    "text",
    [
        "Thema\t2018\t2021\nAI\t60\t50\nVideo\t30\t25\n",
        "#;Thema;% 2018;% 2021\n1;AI;60%;50%\n2;Video;30%;25%\n",
        "\t2018\t\t2021\t\nThema\tn\t%\tn\t%\nAI\t60\t50%\t70\t58%\nVideo\t30\t25%\t20\t17%\n",
        "Code\t2018\t2021\nAI\t1\t2\nVideo\t2\t1\n",
        "\tZorg 2018\t\tJeugd 2021\t\nThema\tn\t%\tn\t%\nAI\t60\t50%\t70\t58%\nVideo\t30\t25%\t20\t17%\n",
    ],
)
def test_a_published_list_with_figures_of_two_years_or_groups_asks_for_one(tmp_path: Path, text: str) -> None:
    with pytest.raises(DataError, match=r"several years or groups .*2018.*2021"):
        read(tmp_path, text)


def test_a_published_list_that_tells_two_bases_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="has bases"):
        read(tmp_path, "Trends (2018: N = 150; 2021: N = 120)\nAI\t60\t50%\nVideo\t30\t25%\n")


@pytest.mark.parametrize(
    "cells", [("1.500", "500"), ("1,500", "500"), ("1.500", "750,25"), ("1.234", "2.105"), ("12,345", "0.5")]
)
@pytest.mark.parametrize("command", [("top", "--weight"), ("top", "--fpc"), ("facts", "--weight")])
def test_a_number_that_may_be_a_thousand_is_no_weight_and_no_population(
    cli: Cli, tmp_path: Path, cells: tuple[str, str], command: tuple[str, str]
) -> None:
    rows = "".join(f"{('video', 'ai')[place % 2]};{cells[place % 2]}\n" for place in range(60))
    done = cli(command[0], write(tmp_path / "nu.csv", f"codes;w\n{rows}"), command[1], "w", "--language", "nl")
    assert done.code == 2
    assert "Kolom 'w' bevat '" in done.err
    assert done.err.count(cells[0].replace(".", "").replace(",", "")) == 2  # what it can be, and to write


@pytest.mark.parametrize("cells", [("1.250", "0.750"), ("1.500", "1.25"), ("1500", "500"), ("1,25", "0,75")])
def test_a_weight_with_three_decimals_is_one_where_the_column_says_so(
    cli: Cli, tmp_path: Path, cells: tuple[str, str]
) -> None:
    rows = "".join(f"{('video', 'ai')[place % 2]};{cells[place % 2]}\n" for place in range(60))
    done = cli("top", write(tmp_path / "nu.csv", f"codes;w\n{rows}"), "--weight", "w", "--format", "csv")
    assert (done.code, done.err) == (0, "")


def test_numbers_of_a_workbook_are_weights_as_they_are(cli: Cli, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "nu.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ("codes", "w"))
        for place in range(60):
            sheet.write_row(place + 1, 0, (("video", "ai")[place % 2], (12.345, 10.222)[place % 2]))
    done = cli("top", tmp_path / "nu.xlsx", "--weight", "w", "--format", "csv")
    assert (done.code, "370" in done.out) == (0, True)  # 30 times 12.345


def test_an_error_in_a_cell_of_a_workbook_is_read_as_that_of_a_text_file_is(cli: Cli, tmp_path: Path) -> None:
    rows = [("id", "codes"), *((f"r{row}", ("video", "ai")[row % 2]) for row in range(20)), ("r20", "#REF!")]
    with xlsxwriter.Workbook(tmp_path / "nu.xlsx") as book:
        sheet = book.add_worksheet()
        for place, row in enumerate(rows):
            sheet.write_row(place + 3, 2, row)
        sheet.write_formula(len(rows) + 2, 3, "=A1", None, "#REF!")
    write(tmp_path / "nu.csv", "\n".join(";".join(row) for row in rows))
    assert read_sheet(tmp_path / "nu.xlsx")["codes"].tolist() == [code for _, code in rows[1:]]
    of_text, of_book = (cli("top", tmp_path / name, "--language", "nl") for name in ("nu.csv", "nu.xlsx"))
    assert "'#REF!' in een kolom met codes is een ontbrekende waarde" in of_book.err
    assert (of_text.out, of_text.code) == (of_book.out, of_book.code)


def test_respondents_that_differ_in_capitals_alone_are_told(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path / "nu.csv", "wie;codes\n" + "".join(f"r{row};ai\n" for row in range(30)) + "R1;video\n")
    out = cli("top", path, "--respondent", "wie", "--language", "nl").out
    assert "1 respondent staat er op manieren die enkel in hoofdletters" in out
    assert "'R1' en 'r1'" in out
    assert "staat er op manieren" not in cli("top", path, "--language", "nl").out
