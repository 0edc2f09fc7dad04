"""Tables in and out: every csv and workbook that people save, verbatim, and errors for what is not a table."""

import datetime as dt
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook  # type: ignore[import-untyped]

from coder.errors import CoderError, DataError
from coder.files.cells import separator, text_encoding
from coder.files.sheets import TableFile, read_sheet
from coder.files.writing import write_sheets
from tests.conftest import Cli, listing, sheet_rows, spoken, write

ROWS = [["00042", "Meer video, korter", "3,5"], ["NA", "beeld; geluid | radio", "None"], ["3", 'zei "ja"', "1e5"]]


def written(rows: Sequence[Sequence[str]], sep: str) -> str:
    """Rows as csv, each cell quoted where it must be."""

    def cell(value: str) -> str:
        return '"' + value.replace('"', '""') + '"' if any(sign in value for sign in (sep, '"', "\n", "\r")) else value

    return "".join(sep.join(map(cell, row)) + "\r\n" for row in [["id", "antwoord", "uren"], *rows])


@pytest.mark.parametrize("sep", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_csv_is_read_verbatim_whatever_its_separator_and_encoding(tmp_path: Path, sep: str, encoding: str) -> None:
    rows = [*ROWS, ["4", "één café – à 5 €", "2,25"]]
    sheet = read_sheet(write(tmp_path / "a.csv", written(rows, sep), encoding))
    assert list(sheet.columns) == ["id", "antwoord", "uren"]
    assert sheet.to_numpy().tolist() == rows


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".txt", ".tab"])
def test_the_separator_is_found_in_the_text_not_in_the_name(tmp_path: Path, ending: str) -> None:
    path = write(tmp_path / f"a{ending}", written(ROWS, ";"))
    assert read_sheet(path).to_numpy().tolist() == ROWS
    assert separator(path) == ";"


def test_decimal_commas_do_not_pass_for_a_separator(tmp_path: Path) -> None:
    rows = [[str(number), "AI", f"{number},5"] for number in range(40)]
    assert read_sheet(write(tmp_path / "a.csv", written(rows, ";"))).to_numpy().tolist() == rows


def test_line_ends_of_any_kind_end_a_row_and_within_quotes_do_not(tmp_path: Path) -> None:
    for end in ("\n", "\r\n", "\r"):
        text = end.join(["id;antwoord", '1;"eerst', 'dan"', "2;kort", ""])
        sheet = read_sheet(write(tmp_path / "a.csv", text))
        assert sheet.to_numpy().tolist() == [["1", f"eerst{end}dan"], ["2", "kort"]]


def test_cells_that_look_like_nothing_or_a_number_stay_text(tmp_path: Path) -> None:
    odd = ["NA", "None", "nan", "NULL", "00042", "1e5", "TRUE", "-", "3,0", "=1+1", " spatie "]
    path = write(tmp_path / "a.csv", "id,antwoord\n" + "".join(f'{n},"{cell}"\n' for n, cell in enumerate(odd)))
    assert read_sheet(path)["antwoord"].tolist() == odd


def test_a_title_above_the_header_is_passed_over_where_columns_are_asked_for(tmp_path: Path) -> None:
    text = "Bevraging 2024;;\n\nGemaakt op 3 mei;;\nid;antwoord;uren\n1;AI;2\n"
    sheet = read_sheet(write(tmp_path / "a.csv", text), ["antwoord"])
    assert list(sheet.columns) == ["id", "antwoord", "uren"]
    assert sheet.to_numpy().tolist() == [["1", "AI", "2"]]


def test_empty_columns_at_the_end_and_empty_rows_are_left_out(tmp_path: Path) -> None:
    text = "id;antwoord;;\n1;AI;;\n;;;\n2;video;;\n;;;\n"
    sheet = read_sheet(write(tmp_path / "a.csv", text))
    assert list(sheet.columns) == ["id", "antwoord"]
    assert sheet.to_numpy().tolist() == [["1", "AI"], ["2", "video"]]


def test_a_row_that_is_too_short_is_filled_with_empty_cells(tmp_path: Path) -> None:
    sheet = read_sheet(write(tmp_path / "a.csv", "id;antwoord;codes\n1;AI\n2;video;b\n3;x;c\n"))
    assert sheet.to_numpy().tolist() == [["1", "AI", ""], ["2", "video", "b"], ["3", "x", "c"]]


def test_a_column_without_a_name_gets_one(tmp_path: Path) -> None:
    sheet = read_sheet(write(tmp_path / "a.csv", "id;;codes\n1;AI;a\n"))
    assert list(sheet.columns) == ["id", "column 2", "codes"]


@pytest.mark.parametrize(
    "text",
    [
        "antwoord\nmeer video, meer podcast\nAI\n",
        "antwoord\nmeer video, meer podcast\nmeer beeld, meer geluid\n",
        "antwoord\nkort; snel\nAI\nsneller\n",
        "id,antwoord\n1,meer video, meer podcast\n2,AI\n3,taart\n",
        "id;antwoord\n1;kort; snel\n2;AI\n3;taart\n",
    ],
)
def test_an_answer_is_never_cut_off_at_a_separator_in_it(tmp_path: Path, text: str) -> None:
    try:
        sheet = read_sheet(write(tmp_path / "a.csv", text), ["antwoord"])
    except CoderError:
        return
    kept = "\n".join(" ".join(row) for row in sheet.to_numpy().tolist())
    assert all(word in kept for word in ("podcast", "geluid", "snel") if word in text)


def test_the_line_of_excel_that_names_the_separator_is_believed(tmp_path: Path) -> None:
    sheet = read_sheet(write(tmp_path / "a.csv", "sep=|\nid|antwoord\n1|a;b;c\n2|d;e;f\n"), ["antwoord"])
    assert sheet["antwoord"].tolist() == ["a;b;c", "d;e;f"]


def test_the_line_of_excel_is_no_header_where_no_column_is_asked_for(tmp_path: Path) -> None:
    sheet = read_sheet(write(tmp_path / "a.csv", "sep=;\nrank;label\n1;AI\n"))
    assert list(sheet.columns) == ["rank", "label"]


def test_a_workbook_of_xlsxwriter_is_read_as_people_see_it(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet, date = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.merge_range(0, 0, 0, 4, "Bevraging onder communicatiemensen")
        sheet.write_row(1, 0, ["id", "antwoord", "datum", "uren", "ja"])
        for row, (answer, hours) in enumerate([("AI\nen video", 38), ("NA", 2.5), ("=1+1", -1)], start=2):
            sheet.write_number(row, 0, row - 1)
            sheet.write_string(row, 1, answer)
            sheet.write_datetime(row, 2, dt.datetime(2024, 5, row), date)  # noqa: DTZ001 (a cell has no zone)
            sheet.write_number(row, 3, hours)
            sheet.write_boolean(row, 4, row > 2)
    read = read_sheet(tmp_path / "a.xlsx", ["antwoord"])
    assert list(read.columns) == ["id", "antwoord", "datum", "uren", "ja"]
    assert read.to_numpy().tolist() == [
        ["1", "AI\nen video", "2024-05-02", "38", "FALSE"],
        ["2", "NA", "2024-05-03", "2.5", "TRUE"],
        ["3", "=1+1", "2024-05-04", "-1", "TRUE"],
    ]


def test_a_workbook_of_openpyxl_is_read_as_people_see_it(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Titel boven de tabel"])
    sheet.merge_cells("A1:C1")
    sheet.append([])
    sheet.append(["id", "antwoord", "wanneer"])
    sheet.append(["00042", "één café’s 🎬", dt.datetime(2024, 5, 2, 13, 45)])  # noqa: DTZ001 (a cell has no zone)
    sheet.append([7, None, dt.date(2024, 5, 3)])
    book.create_sheet("tweede").append(["niet", "dit"])
    book.save(tmp_path / "a.xlsx")
    read = read_sheet(tmp_path / "a.xlsx", ["antwoord"])
    assert read.to_numpy().tolist() == [["00042", "één café’s 🎬", "2024-05-02 13:45:00"], ["7", "", "2024-05-03"]]


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no file .*weg\.csv"):
        read_sheet(tmp_path / "weg.csv")
    with pytest.raises(DataError, match=r"coder\.json is not in it. Name a file"):
        read_sheet(tmp_path)


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff", ";;;\n;;;\n", "   \n"])
def test_an_empty_file_is_an_error(tmp_path: Path, content: str) -> None:
    with pytest.raises(DataError, match=r"a\.csv is empty"):
        read_sheet(write(tmp_path / "a.csv", content))


def test_a_workbook_without_rows_is_an_error(tmp_path: Path) -> None:
    Workbook().save(tmp_path / "a.xlsx")
    with pytest.raises(DataError, match=r"a\.xlsx is empty"):
        read_sheet(tmp_path / "a.xlsx")


def test_a_header_alone_is_an_error_that_names_its_columns(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="id, antwoord"):
        read_sheet(write(tmp_path / "a.csv", "id;antwoord\n"))


def test_a_line_that_names_no_separator_is_an_error_or_text(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"a\.csv"):
        read_sheet(write(tmp_path / "a.csv", "sep="))


def archive(path: Path) -> Path:
    """A zip file, under whatever name."""
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("a.txt", "niets")
    return path


def test_another_kind_of_file_named_csv_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "pdf.csv").write_bytes(b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n")
    (tmp_path / "image.csv").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
    archive(tmp_path / "zip.csv")
    for name in ("pdf", "image", "zip"):
        with pytest.raises(DataError, match=rf"{name}\.csv is not a table"):
            read_sheet(tmp_path / f"{name}.csv")


def test_another_kind_of_file_named_xlsx_is_an_error(tmp_path: Path) -> None:
    write(tmp_path / "text.xlsx", "id;antwoord\n1;AI\n")
    write(tmp_path / "empty.xlsx", "")
    archive(tmp_path / "zip.xlsx")
    for name in ("text", "empty", "zip"):
        with pytest.raises(DataError, match=rf"{name}\.xlsx"):
            read_sheet(tmp_path / f"{name}.xlsx")


def test_a_damaged_workbook_is_an_error(tmp_path: Path) -> None:
    write_sheets(tmp_path / "a.xlsx", {"a": pd.DataFrame({"x": ["1"] * 200})})
    raw = (tmp_path / "a.xlsx").read_bytes()
    (tmp_path / "a.xlsx").write_bytes(raw[: len(raw) // 2])
    with pytest.raises(DataError, match=r"a\.xlsx"):
        read_sheet(tmp_path / "a.xlsx")


def test_two_columns_of_one_name_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="antwoord"):
        read_sheet(write(tmp_path / "a.csv", "id;antwoord;antwoord\n1;AI;video\n"))


# Texts that csv can hold: all but NUL and halves of surrogate pairs. A workbook is XML: no control
# characters but tab and line feed.
csv_text = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\0")),
    st.sampled_from(["=cmd|x", "+1", "@sum", '"', "a;b,c\td|e", "a\r\nb", "\r", "\ufeff", "'", "sep=;", " "]),
)
xlsx_text = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters="\ufffe\uffff") | st.just("\n")),
    st.sampled_from(["=cmd|x", "=1+1", "{=A1}", "http://voorbeeld.test", "_x0041_", "00042", " a ", "\t", "a\nb"]),
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(csv_text, min_size=1, max_size=8), st.sampled_from([";", ",", "\t", "|"]))
def test_texts_written_to_csv_are_read_back_equal(tmp_path: Path, texts: list[str], sep: str) -> None:
    ids = [str(number) for number in range(len(texts))]
    frame = pd.DataFrame({"id": ids, "antwoord": texts, "codes": ["-"] * len(texts)}, dtype=str)
    write_sheets(tmp_path / "a.csv", {"a": frame}, sep)
    assert read_sheet(tmp_path / "a.csv", ["antwoord"]).to_numpy().tolist() == frame.to_numpy().tolist()


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(xlsx_text, min_size=1, max_size=8))
def test_texts_written_to_a_workbook_are_read_back_equal(tmp_path: Path, texts: list[str]) -> None:
    ids = [str(number) for number in range(len(texts))]
    frame = pd.DataFrame({"id": ids, "antwoord": texts, "codes": ["-"] * len(texts)}, dtype=str)
    write_sheets(tmp_path / "a.xlsx", {"a": frame})
    assert read_sheet(tmp_path / "a.xlsx", ["antwoord"]).to_numpy().tolist() == frame.to_numpy().tolist()


def test_what_looks_like_a_formula_stays_text_in_a_csv(tmp_path: Path) -> None:
    odd = ["=cmd|' /C calc'!A0", "- meer video", "@x", "-", "-1,5", "'t is goed", "'=1"]
    write_sheets(tmp_path / "a.csv", {"a": pd.DataFrame({"x": odd, "n": range(len(odd))})})
    written = [line.split(";")[0] for line in (tmp_path / "a.csv").read_text(encoding="utf-8-sig").splitlines()[1:]]
    assert written == ["'=cmd|' /C calc'!A0", "'- meer video", "'@x", "-", "-1,5", "'t is goed", "''=1"]
    assert read_sheet(tmp_path / "a.csv")["x"].tolist() == odd


def test_what_looks_like_a_formula_stays_text_in_a_workbook(tmp_path: Path) -> None:
    odd = ["=cmd|' /C calc'!A0", "=1+1", "http://voorbeeld.test", "00042", "1e5"]
    write_sheets(tmp_path / "a.xlsx", {"a": pd.DataFrame({"x": odd})})
    with zipfile.ZipFile(tmp_path / "a.xlsx") as file:
        assert b"<f>" not in file.read("xl/worksheets/sheet1.xml")
    assert sheet_rows(tmp_path / "a.xlsx", "a") == [["x"], *([cell] for cell in odd)]


def test_numbers_are_numbers_in_a_workbook_and_missing_ones_are_empty(tmp_path: Path) -> None:
    frame = pd.DataFrame({"n": pd.array([1, None], dtype="Int64"), "share": [0.25, float("nan")], "label": ["a", "b"]})
    write_sheets(tmp_path / "a.xlsx", {"een": frame, "twee": frame})
    for name in ("een", "twee"):
        assert sheet_rows(tmp_path / "a.xlsx", name) == [["n", "share", "label"], [1, 0.25, "a"], [None, None, "b"]]


def test_a_text_longer_than_a_cell_of_a_workbook_is_not_lost_without_a_word(tmp_path: Path) -> None:
    long = "woord " * 6000
    try:
        write_sheets(tmp_path / "a.xlsx", {"a": pd.DataFrame({"id": ["1"], "antwoord": [long]})})
    except CoderError:
        return
    assert read_sheet(tmp_path / "a.xlsx")["antwoord"].iloc[0].startswith("woord woord")


def test_a_second_table_stands_in_a_file_beside_the_csv(tmp_path: Path) -> None:
    one, two = pd.DataFrame({"a": ["1"]}), pd.DataFrame({"b": ["2"]})
    files = write_sheets(tmp_path / "nieuw" / "coded.csv", {"answers": one, "assignments": two}, ",")
    assert [path.name for path in files] == ["coded.csv", "coded.assignments.csv"]
    assert files[1].read_bytes() == b"\xef\xbb\xbfb\r\n2\r\n"


@pytest.mark.parametrize("name", ["a.docx", "a", "a.xls"])
def test_an_ending_that_cannot_be_written_is_an_error_and_leaves_nothing(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match=r"\.csv or \.xlsx"):
        write_sheets(tmp_path / name, {"a": pd.DataFrame({"x": ["1"]})})
    assert listing(tmp_path) == {}


class Broken:
    """A cell that cannot be written."""

    def __str__(self) -> str:
        raise RuntimeError("on purpose")


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_when_writing_fails_the_old_file_stays_and_nothing_lies_beside_it(tmp_path: Path, name: str) -> None:
    write(tmp_path / name, "oud")
    frame = pd.DataFrame({"x": ["goed"] * 50 + [Broken()]})
    with pytest.raises(RuntimeError, match="on purpose"):
        write_sheets(tmp_path / name, {"a": frame})
    assert listing(tmp_path) == {name: b"oud"}


def test_when_the_second_csv_cannot_be_written_the_first_is_not_either(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", "oud")
    (tmp_path / "a.assignments.csv").mkdir()
    with pytest.raises(DataError):
        write_sheets(
            tmp_path / "a.csv", {"answers": pd.DataFrame({"x": ["1"]}), "assignments": pd.DataFrame({"y": [1]})}
        )
    assert listing(tmp_path) == {"a.csv": b"oud"}


def test_a_target_that_is_a_folder_or_lies_under_a_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "map.csv").mkdir()
    write(tmp_path / "bestand", "oud")
    for path in (tmp_path / "map.csv", tmp_path / "bestand" / "a.csv", tmp_path / "bestand" / "diep" / "a.xlsx"):
        with pytest.raises(DataError):
            write_sheets(path, {"a": pd.DataFrame({"x": ["1"]})})
    assert listing(tmp_path) == {"bestand": b"oud"}


def test_a_quote_that_is_not_closed_takes_no_rows_along(tmp_path: Path) -> None:
    for rows in ('1;"goed\n2;beter\n3;best\n', '1;"goed\n2;beter\n3;"best"\n'):
        with pytest.raises(DataError, match="a double quote under row 1 that is not closed"):
            read_sheet(write(tmp_path / "a.csv", f"id;tekst\n{rows}"))
    read = read_sheet(write(tmp_path / "b.csv", 'id;tekst\n1;"goed\n""echt"" ; ja"\n2;hij zei "ja"\n'))
    assert list(read["tekst"]) == ['goed\n"echt" ; ja', 'hij zei "ja"']


def test_the_second_row_of_surveymonkey_in_dutch_is_joined(tmp_path: Path) -> None:
    header = "Respondent-ID;Wat beter?;Wat eet u?;;\n;Reactie op open vraag;Soep;Brood;Fruit\n"
    rows = "71;snel;Soep;;Fruit\n72;goed;;Brood;\n73;ja;Soep;;\n"
    read = TableFile(write(tmp_path / "a.csv", header + rows)).read({}).frame
    assert list(read.columns) == [
        "Respondent-ID",
        "Wat beter?",
        "Wat eet u?: Soep",
        "Wat eet u?: Brood",
        "Wat eet u?: Fruit",
    ]
    assert len(read) == 3


@pytest.mark.parametrize("foot", ["--- einde ---", "n = 3", "Gemiddelde;2", "Export gemaakt op 5 mei", "Records: 3"])
def test_a_last_row_without_an_id_is_no_answer(tmp_path: Path, foot: str) -> None:
    file = TableFile(write(tmp_path / "a.csv", f"id;tekst\n1;goed\n2;beter\n3;best\n{foot}\n"))
    assert len(file.read({}).frame) == 3
    assert "at the end left out" in str(file.notes[0])


def test_a_value_far_to_the_right_does_not_refuse_a_csv(tmp_path: Path) -> None:
    file = TableFile(write(tmp_path / "a.csv", "id;tekst\n1;goed;;nagekeken\n2;beter\n"))
    assert list(file.read({}).frame["tekst"]) == ["goed", "beter"]
    assert "D is called 'column 4'" in str(file.notes[0])


def test_what_is_told_of_a_file_is_said_in_any_language(tmp_path: Path) -> None:
    file = TableFile(write(tmp_path / "a.csv", "Mijn vragenlijst\nid;tekst\n1;goed\n2;beter\n3;best\nn = 3\n"))
    file.read({"tek": "--text"})
    assert [spoken(note, "nl") for note in file.notes] == [
        "a.csv: 1 rij ('Mijn vragenlijst') boven de kolomnamen overgeslagen.",
        "a.csv: 1 rij ('n = 3') aan het einde weggelaten, want daar eindigt het bestand.",
        "a.csv: text= 'tek' wordt gelezen als kolom B, 'tekst'.",
    ]
    assert spoken(file.notes[2], "fr") == "a.csv : text= 'tek' est lu comme la colonne B, 'tekst'."
    with pytest.raises(DataError) as raised:
        file.read({"text": "--text"})
    assert spoken(raised.value.note, "nl") == (
        "a.csv heeft geen kolom 'text'; het heeft A 'id', B 'tekst'. Is het 'tekst'? Kies er een met text=: de naam, "
        "de letter of hoe de naam begint."
    )


def test_columns_of_one_name_are_listed_with_their_own_letters(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="B 'waarom', C 'waarom'"):
        TableFile(write(tmp_path / "a.csv", "id;waarom;waarom\n1;a;b\n2;c;d\n")).read({})


def test_text_in_utf_32_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("id;tekst\n1;café\n".encode("utf-32"))
    assert list(read_sheet(path)["tekst"]) == ["café"]


def test_a_file_in_utf8_with_a_line_in_another_encoding_is_refused_and_not_read_as_other_letters(
    cli: Cli, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"nr;codes\n" + "1;caf\u00e9\n".encode() * 20 + "2;caf\u00e9\n".encode("cp1252"))
    done = cli("top", path)
    assert done.code == 2
    assert "but for 1 sign, in line 22" in done.err
    assert "'2;caf" in done.err
    with pytest.raises(DataError, match="in line 22"):
        text_encoding(path)
    path.write_bytes("nr;codes\n1;id\u00e9e\n2;caf\u00e9 \u00c9\u2019\n".encode("cp1252"))
    assert "caf\u00e9 \u00c9\u2019" in cli("top", path).out
    assert text_encoding(path) == "cp1252"


def test_a_cell_may_have_a_million_characters_and_a_longer_one_is_told_with_its_row(tmp_path: Path) -> None:
    code = "from pathlib import Path; from coder.files.sheets import read_sheet; import sys; p = Path(sys.argv[1]); "
    code += "print(read_sheet(p)['text'].str.len().max())"  # a process of its own: the limit is one of the process

    def read(size: int) -> subprocess.CompletedProcess[str]:
        path = write(tmp_path / "a.csv", f"nr;text\n1;kort\n\n2;{'a' * size}\n")
        return subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False)

    assert read(140_000).stdout == "140000\n"
    assert read(1_000_000).stdout == "1000000\n"
    assert "a cell of more than 1,000,000 characters under row 3" in read(1_000_001).stderr
