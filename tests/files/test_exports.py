"""Files as survey programs export them: which rows are answers, which column and which sheet is meant."""

from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook  # type: ignore[import-untyped]

from coder import read_answers
from coder.errors import DataError
from coder.files.columns import Columns, letter
from coder.files.sheets import TableFile
from tests.conftest import Cli, write


def sheet_of(path: Path, *asked: str, header_rows: int | None = None) -> tuple[list[str], list[list[str]], list[str]]:
    """The names, the rows and the notes of a file in which these columns are asked for."""
    file = TableFile(path, header_rows=header_rows)
    frame = file.read(dict.fromkeys(asked, "--text")).frame
    return list(frame.columns), frame.to_numpy().tolist(), list(map(str, file.notes))


QUALTRICS = (
    "StartDate,ResponseId,Q5,Q6_1\n"
    'Start Date,Response ID,"Wat mist u, vooral?",Welke? - Fiets\n'
    '"{""ImportId"":""startDate"",""timeZone"":""Europe/Brussels""}","{""ImportId"":""_recordId""}",'
    '"{""ImportId"":""QID5_TEXT""}","{""ImportId"":""QID6""}"\n'
    "2024-03-01 09:00:00,R_x1,rust,1\n"
    "2024-03-01 09:05:00,R_y2,tijd,\n"
)


def test_the_question_and_the_row_of_qualtrics_are_no_answers_and_the_question_is_kept(tmp_path: Path) -> None:
    answers = read_answers(write(tmp_path / "q.csv", QUALTRICS), text="Q5", id="ResponseId")
    assert answers.corpus.texts.to_dict() == {"R_x1": "rust", "R_y2": "tijd"}
    assert answers.question == "Wat mist u, vooral?"
    assert ["2 rows" in note and "ImportId" in note for note in map(str, answers.file.notes)] == [True]


@pytest.mark.parametrize("asked", ["Wat mist u, vooral?", "Wat mist", "C", "3", "q5"])
def test_a_question_may_be_asked_for_as_it_was_worded(tmp_path: Path, asked: str) -> None:
    answers = read_answers(write(tmp_path / "q.csv", QUALTRICS), text=asked)
    assert answers.text == "Q5"
    assert answers.corpus.texts.tolist() == ["rust", "tijd"]
    assert any("is read as column C, 'Q5'" in str(note) for note in answers.file.notes)


MONKEY = (
    "Respondent-ID,Datum,Wat kan beter?,Hoe komt u?,,,Tevreden?\n"
    ",,Open-Ended Response,Te voet,Fiets,Anders,Response\n"
    "9001,01/02/2024,de koffie,,Fiets,,Ja\n"
    "9002,02/02/2024,niets,Te voet,Fiets,step,Nee\n"
)


def test_options_under_a_question_are_joined_with_it(tmp_path: Path) -> None:
    names, rows, notes = sheet_of(write(tmp_path / "m.csv", MONKEY), "Wat kan beter?")
    options = [f"Hoe komt u?: {one}" for one in ("Te voet", "Fiets", "Anders")]
    assert names == ["Respondent-ID", "Datum", "Wat kan beter?", *options, "Tevreden?"]
    assert [row[0] for row in rows] == ["9001", "9002"]
    assert "joined with them" in notes[0]


def test_a_row_that_only_says_response_is_a_header_without_a_gap_in_the_names_too(tmp_path: Path) -> None:
    text = "Respondent ID,Wat kan beter?,Tevreden?\n,Open-Ended Response,Response\n1,de koffie,Ja\n2,niets,Nee\n"
    names, rows, _ = sheet_of(write(tmp_path / "m.csv", text), "Wat kan beter?")
    assert names == ["Respondent ID", "Wat kan beter?", "Tevreden?"]
    assert len(rows) == 2


def test_labels_over_the_names_of_kobo_are_their_wording(tmp_path: Path) -> None:
    text = "Hoe oud?,Hoe komt u?/Fiets,_id\nage,how/bike,_id\n34,1,101\n51,0,102\n67,1,103\n"
    sheet = TableFile(write(tmp_path / "k.csv", text)).read({"how/bike": "--codes"})
    assert sheet.wording == {"age": "Hoe oud?", "how/bike": "Hoe komt u?/Fiets"}
    assert len(sheet.frame) == 3
    by_label = TableFile(tmp_path / "k.csv").read({"Hoe oud?": "--text"})
    assert by_label.frame["Hoe oud?"].tolist() == ["34", "51", "67"]


def test_a_row_of_hxl_tags_is_no_answer(tmp_path: Path) -> None:
    text = "regio,antwoord\n#adm1+name,#comment\nGent,rust\nIeper,tijd\n"
    assert len(sheet_of(write(tmp_path / "k.csv", text), "antwoord")[1]) == 2


DOUBTFUL = "nr,V1\nVolgnummer,Wat wilt u leren?\n1,film\n2,foto\n3,-\n"


def test_what_may_be_a_header_or_an_answer_is_asked_and_the_answer_is_taken(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", DOUBTFUL)
    with pytest.raises(DataError, match=r"'Volgnummer \| Wat wilt u leren\?'.*--header-rows 2\).*--header-rows 1\)"):
        sheet_of(path, "V1")
    assert [len(sheet_of(path, "V1", header_rows=rows)[1]) for rows in (1, 2)] == [4, 3]
    assert "--header-rows" in cli("top", path, "--codes", "V1").err
    assert "N = 3;" in cli("top", path, "--codes", "V1", "--header-rows", "2").out
    assert "N = 4;" in cli("top", path, "--codes", "V1", "--header-rows", "1").out


@pytest.mark.parametrize(
    "text",
    [
        "nr;uren;antwoord\n1;weet niet;film\n2;4;foto\n3;6;tijd\n",  # the number says that it is an answer
        "uren;antwoord\nongeveer 40;film\n38;foto\n20;tijd\n",
        "uren;antwoord\nNA;film\n38;foto\n20;tijd\n",
        "antwoord\nWat bedoelt u?\nfilm\nfoto\n",
        "code\nvideo\nai\n",
    ],
)
def test_a_first_answer_is_not_asked_about_where_it_is_like_the_others(tmp_path: Path, text: str) -> None:
    name = text.splitlines()[0].split(";")[-1]
    _, rows, notes = sheet_of(write(tmp_path / "a.csv", text), name)
    assert (len(rows), notes) == (len(text.splitlines()) - 1, [])


def test_more_rows_than_there_are_cannot_be_a_header(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"has 5 rows; the header \(--header-rows\)"):
        sheet_of(write(tmp_path / "a.csv", DOUBTFUL), "V1", header_rows=5)


@pytest.mark.parametrize(
    "end",
    [
        "Einde van het bestand;",
        "*** END OF FILE ***;",
        "Totaal: 2 antwoorden;",
        ";Einde export",
        "© 2024 Bureau Zus;\nBron: enquête mei;",
        "Gegenereerd op 3 mei;",
    ],
)
def test_a_foot_is_told_and_left_out(tmp_path: Path, end: str) -> None:
    _, rows, notes = sheet_of(write(tmp_path / "a.csv", f"nr;antwoord\n1;film\n2;foto\n{end}\n"), "antwoord")
    assert rows == [["1", "film"], ["2", "foto"]]
    assert [end.splitlines()[0].strip(";") in note for note in notes] == [True]


def test_a_total_under_numbers_is_a_foot(tmp_path: Path) -> None:
    text = "nr;antwoord;gewicht\n1;film;0,5\n2;foto;1,5\nTotaal;;2\n"
    assert len(sheet_of(write(tmp_path / "a.csv", text), "antwoord")[1]) == 2


@pytest.mark.parametrize(
    "text",
    [
        "antwoord;regio\nfilm;Gent\nfoto;Gent\nBron: internet;\n",  # the column of answers
        "nr;antwoord\n1;film\n2;foto\n3;Einde bestand\n",
        "nr;antwoord\n1;film\n2;foto\n3;\n",
        "antwoord\nfilm\nfoto\ntotaal andere aanpak\n",
    ],
)
def test_a_last_answer_is_no_foot(tmp_path: Path, text: str) -> None:
    _, rows, notes = sheet_of(write(tmp_path / "a.csv", text), "antwoord")
    assert (len(rows), notes) == (3, [])


def test_a_sav_has_no_second_header_and_no_foot(tmp_path: Path) -> None:
    rows = pd.DataFrame({"nr": ["volgnummer", "1", "2", "Einde bestand"], "V1": ["Wat?", "film", "foto", ""]})
    pyreadstat.write_sav(rows, str(tmp_path / "a.sav"), column_labels=["", "Wat wilt u leren?"])
    answers = read_answers(TableFile(tmp_path / "a.sav"), text="Wat wilt")
    assert (len(answers), answers.question) == (4, "Wat wilt u leren?")


# Naming a column


def test_a_wrong_name_lists_the_columns_under_a_title_with_their_letters(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "Bevraging 2024;;\n;;\nnr;antwoord;uren\n1;film;3\n2;foto;4\n")
    with pytest.raises(
        DataError, match=r"no column 'antword'; it has A 'nr', B 'antwoord', C 'uren'\. Is it 'antwoord'"
    ):
        sheet_of(path, "antword")
    assert sheet_of(path, "B")[1] == [["1", "film", "3"], ["2", "foto", "4"]]


def test_of_a_hundred_columns_the_first_and_the_last_are_listed(tmp_path: Path) -> None:
    names = [f"vraag_{number}" for number in range(1, 131)]
    path = write(tmp_path / "a.csv", f"{';'.join(names)}\n{';'.join('x' * 130)}\n")
    with pytest.raises(DataError, match=r"A 'vraag_1', .* … \(105 more\) …, DZ 'vraag_130'\.") as error:
        sheet_of(path, "weg")
    assert len(str(error.value)) < 900
    assert sheet_of(path, "Q")[2] == ["a.csv: text= 'Q' is read as column Q, 'vraag_17'."]
    assert sheet_of(path, "17")[2] == ["a.csv: text= '17' is read as column Q, 'vraag_17'."]


NAMES = ["Q", "Q1", "3. Hoe oud?", "Hoe komt u?", "Hoe lang?", "A", "antwoord"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [("Q", "Q"), ("C", "3. Hoe oud?"), ("A", "A"), ("B", "Q1"), ("2", "Q1"), ("3", "3. Hoe oud?"),
     ("Hoe k", "Hoe komt u?"), ("ant", "antwoord"), ("HOE LANG?", "Hoe lang?")],
)  # fmt: skip
def test_the_exact_name_comes_before_a_letter_a_number_and_a_beginning(asked: str, found: str) -> None:
    assert Columns(NAMES).find(asked).names == (found,)


@pytest.mark.parametrize(
    ("asked", "names", "said"),
    [
        ("Hoe", NAMES, "D 'Hoe komt u?', E 'Hoe lang?'"),
        ("3", ["nr", "3. Waarom?", "reden"], "B '3. Waarom?', C 'reden'"),
        ("AB", [*map(str, range(100, 127)), "x", "ABC"], "AB 'x', AC 'ABC'"),
    ],
)
def test_what_may_be_several_columns_is_an_error_that_lists_them(asked: str, names: list[str], said: str) -> None:
    with pytest.raises(DataError, match="may be any of 2 columns") as error:
        Columns(names).find(asked)
    assert said in str(error.value)


def test_the_parts_of_a_join_are_named_in_the_same_ways() -> None:
    assert Columns(NAMES).find("B+3. Hoe + ant").names == ("Q1", "3. Hoe oud?", "antwoord")
    with pytest.raises(DataError, match="named twice"):
        Columns(NAMES).find("B+Q1")


def test_a_name_that_nobody_gave_is_not_taken_for_a_beginning(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "nr;codes_anna\n1;film\n")
    assert "has no column 'codes'; it has A 'nr', B 'codes_anna'" in cli("top", path).err
    assert cli("top", path, "--codes", "codes_").code == 0


def test_a_value_that_is_called_as_a_letter_is_no_row_of_names(tmp_path: Path) -> None:
    names, rows, _ = sheet_of(write(tmp_path / "a.csv", "groep;codes\nA;film\nB;foto\n"), "B")
    assert (names, len(rows)) == (["groep", "codes"], 2)


def test_every_option_that_names_a_column_takes_a_letter(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "nr;codes;w;regio\n" + "".join(f"{n};film;{1 + n % 2};Gent\n" for n in range(8)))
    by_letter = cli("top", path, "--codes", "B", "--weight", "C", "--by", "D", "--respondent", "A")
    by_name = cli("top", path, "--weight", "w", "--by", "regio", "--respondent", "nr")
    assert by_letter.out == by_name.out
    assert by_letter.err.count("is read as column") == 4


@settings(max_examples=80, deadline=None)
@given(st.integers(min_value=0, max_value=17_000))
def test_letters_are_those_of_a_spreadsheet(place: int) -> None:
    names = [f"v{number}" for number in range(place + 1)]
    assert Columns(names).find(letter(place)).names == (names[place],) if len(letter(place)) < 4 else True
    assert Columns(names).find(str(place + 1)).names == (names[place],)


def test_letters_are_those_of_the_workbook_also_where_it_begins_with_empty_columns(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate([["nr", "antwoord"], ["1", "film"], ["2", "foto"]]):
            sheet.write_row(row + 1, 2, cells)
    answers = read_answers(TableFile(tmp_path / "a.xlsx"), text="D", id="C")
    assert answers.corpus.texts.to_dict() == {"1": "film", "2": "foto"}
    assert answers.name("C", "--by") == "nr"
    with pytest.raises(DataError, match="it has C 'nr', D 'antwoord'"):
        sheet_of(tmp_path / "a.xlsx", "B")


# Columns without a name


def test_a_remark_beside_the_table_gets_a_column_that_is_called_by_its_place(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate([["nr", "antwoord"], ["1", "film"], ["2", "foto"]]):
            sheet.write_row(row, 0, cells)
        sheet.write(2, 4, "nog eens bekijken")
    names, rows, notes = sheet_of(tmp_path / "a.xlsx", "antwoord")
    assert names == ["nr", "antwoord", "column 3", "column 4", "column 5"]
    assert rows[1] == ["2", "foto", "", "", "nog eens bekijken"]
    assert "E is called 'column 5'" in notes[0]


@pytest.mark.parametrize(
    "text",
    [
        "nr,antwoord\n1,film, vooral kort\n2,foto\n",
        "nr,antwoord,\n1,film,vooral kort,\n2,foto,\n",
        "nr,antwoord,\n1,film, vooral kort\n2,foto,\n",
    ],
)
def test_a_text_that_holds_the_separator_without_quotes_is_still_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(DataError, match="Put a text that holds the separator in double quotes"):
        sheet_of(write(tmp_path / "a.csv", text), "antwoord")


def test_the_last_column_of_a_csv_may_be_without_a_name(tmp_path: Path) -> None:
    names, rows, notes = sheet_of(write(tmp_path / "a.csv", "nr,antwoord,\n1,film,remarque\n2,foto,\n"), "antwoord")
    assert (names[-1], rows[0][-1], len(notes)) == ("column 3", "remarque", 1)


# Sheets


def workbook(path: Path, **sheets: list[list[str]]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(rows):
                sheet.write_row(row, 0, cells)
    return path


INFO = [["Bevraging"], ["mei 2024"]]
DATA = [["nr", "antwoord"], ["1", "film"], ["2", "foto"]]


def test_the_sheet_that_has_the_columns_is_read_and_that_is_said(tmp_path: Path) -> None:
    file = TableFile(workbook(tmp_path / "a.xlsx", uitleg=INFO, data=DATA, leeg=[]))
    assert read_answers(file, text="antwoord", id="nr").corpus.texts.tolist() == ["film", "foto"]
    assert "sheet 'data' is read" in str(file.notes[0])


def test_of_several_sheets_that_have_the_columns_one_is_asked_for(cli: Cli, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", een=DATA, twee=[*DATA, ["3", "film"]])
    with pytest.raises(DataError, match=r"2 sheets that may be meant: 'een', 'twee'\. Choose one \(--sheet\)"):
        TableFile(path).read({"antwoord": "--text"})
    assert "N = 3;" in cli("top", path, "--codes", "antwoord", "--sheet", "Twee").out
    assert "has no sheet 'drie'; it has 'een', 'twee'" in cli("top", path, "--codes", "B", "--sheet", "drie").err
    columns = ["--codes", "antwoord", "--then-codes", "antwoord", "--names", "nu,toen"]
    waves = cli("compare", path, path, *columns, "--sheet", "twee", "--then-sheet", "een")
    assert waves.code == 0


def test_where_no_sheet_has_the_columns_those_of_each_are_listed(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", een=DATA, twee=[["code", "label"], ["1", "film"]])
    with pytest.raises(DataError, match=r"sheet 'een' has A 'nr', B 'antwoord'; sheet 'twee' has A 'code', B 'label'"):
        TableFile(path).read({"weg": "--text"})


words = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs"], exclude_characters=';"'), min_size=1
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(words.map("antwoord {}".format), min_size=3, max_size=6))
def test_no_answer_is_lost_or_added_by_reading_an_export(tmp_path: Path, texts: list[str]) -> None:
    rows = "".join(f"{number};{text}\n" for number, text in enumerate(texts, start=1))
    path = write(tmp_path / "a.csv", f"nr;Q1\nVolgnummer;Wat?\n{rows}Einde bestand;\n")
    assert [row[1] for row in sheet_of(path, "Q1", header_rows=2)[1]] == texts


def test_formulas_without_a_value_are_an_error_where_the_column_is_asked_for(cli: Cli, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["nr", "codes", "gewicht"])
    for number in range(1, 41):
        sheet.append([number, "tijd" if number % 4 else '=CONCAT("pr","ijs")', "=1+1"])
    book.create_sheet("leeg")
    book.save(tmp_path / "a.xlsx")
    done = cli("top", tmp_path / "a.xlsx")
    assert done.code == 2
    assert "Column B ('codes') of a.xlsx has 10 cells with a formula" in done.err
    assert "the first in row 5: they read as empty. Open the file in Excel" in done.err
    for row in sheet.iter_rows(min_row=2, min_col=2, max_col=2):
        row[0].value = "prijs"
    book.save(tmp_path / "b.xlsx")
    done = cli("top", tmp_path / "b.xlsx")
    assert done.code == 0
    assert "Column C ('gewicht') of b.xlsx has 40 cells with a formula" in done.err
    assert cli("top", tmp_path / "b.xlsx", "--weight", "C").code == 2
