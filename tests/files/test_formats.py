"""What formats hold stays what it is: numbers, dates, labels and sets; in .sav, .xls, .parquet, .xlsx and .csv."""

import datetime as dt
import struct
from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyreadstat
import pytest
import xlsxwriter
import xlwt
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook  # type: ignore[import-untyped]

from coder.errors import DataError
from coder.files.answers import read_answers
from coder.files.cells import read_cells
from coder.files.kinds import kind_of, value_of, with_decimal
from coder.files.sandboxed import as_text
from coder.files.sheets import read_sheet
from coder.files.writing import write_sheets
from tests.conftest import Cli, write


def survey(path: Path, sets: bytes = b"") -> Path:
    """A file of SPSS; `sets` are its multiple-response sets as SPSS writes them, which pyreadstat cannot."""
    frame = pd.DataFrame(
        {
            "nr": [1.0, 2.0, 3.0, 4.0],
            "gewicht": [0.761, 1.25, np.nan, 2.0],
            "leeftijd": [1.0, 2.0, 9.0, 3.0],
            "open": ["meer video", "", "één café", "x"],
            "dag": [dt.date(2024, 5, 3), None, dt.date(1999, 12, 31), None],
            "fiets": [1.0, 0.0, np.nan, 0.0],
            "bus": [1.0, 1.0, np.nan, 0.0],
            "eerste": [1.0, 2.0, 3.0, np.nan],
            "tweede": [2.0, np.nan, 1.0, np.nan],
            "auto": ["J", "", "", "N"],
            "trein": ["J", "J", "", "N"],
        }
    )
    themes = {1.0: "Film", 2.0: "AI", 3.0: "Boek"}
    labels: list[str | None] = [
        "",
        "Weging",
        "Hoe oud?",
        "Wat wilt u?",
        "",
        "De fiets",
        "Bus; tram",
        "",
        "",
        "Auto",
        "Trein",
    ]
    pyreadstat.write_sav(
        frame,
        str(path),
        column_labels=labels,
        variable_value_labels={
            "leeftijd": {1.0: "Jong", 2.0: "Oud", 9.0: "Weigert"},
            "eerste": themes,
            "tweede": themes,
        },
        missing_ranges={"leeftijd": [9]},
    )
    raw = path.read_bytes()
    end = raw.index(struct.pack("<ii", 999, 0))
    record = struct.pack("<iiii", 7, 7, 1, len(sets)) + sets
    path.write_bytes(raw[:end] + (record if sets else b"") + raw[end:])
    return path


SETS = b"$vervoer=D1 1 7 Vervoer fiets bus\n$themas=C 0  eerste tweede\n$ook=D1 J 3 Ook auto trein\n"


def column(path: Path, name: str) -> list[str]:
    return read_sheet(path, [name])[name].tolist()


def test_a_sav_has_labels_of_values_and_nothing_where_a_value_is_missing(tmp_path: Path) -> None:
    path = survey(tmp_path / "a.sav")
    assert column(path, "leeftijd") == ["Jong", "Oud", "", "3"]
    assert column(path, "gewicht") == ["0.761", "1.25", "", "2"]
    assert column(path, "open") == ["meer video", "", "één café", "x"]
    assert column(path, "dag") == ["2024-05-03", "", "1999-12-31", ""]
    assert read_cells(path).wording[1:4] == ("Weging", "Hoe oud?", "Wat wilt u?")


def test_a_multiple_response_set_is_a_column_of_codes(tmp_path: Path) -> None:
    path = survey(tmp_path / "a.sav", SETS)
    assert column(path, "vervoer") == ["De fiets; Bus, tram", "Bus, tram", "", "-"]
    assert column(path, "themas") == ["Film; AI", "AI", "Boek; Film", ""]
    assert column(path, "ook") == ["Auto; Trein", "Trein", "", "-"]


def test_a_multiple_response_set_is_counted(cli: Cli, tmp_path: Path) -> None:
    survey(tmp_path / "a.sav", SETS)
    done = cli("top", tmp_path / "a.sav", "--codes", "vervoer", "--format", "csv")
    assert "Bus, tram" in done.out
    assert "N = 3" in cli("top", tmp_path / "a.sav", "--codes", "$themas").out  # as SPSS writes its name


def test_the_question_of_a_sav_is_its_wording_and_finds_its_column(tmp_path: Path) -> None:
    read = read_answers(survey(tmp_path / "a.sav"), text="Wat wilt u?", id="nr")
    assert (read.text, read.question) == ("open", "Wat wilt u?")
    assert len(read) == 4


def test_a_set_that_is_called_as_a_variable_keeps_its_dollar(tmp_path: Path) -> None:
    path = survey(tmp_path / "a.sav", b"$bus=D1 1 0  fiets bus\n")
    assert column(path, "$bus") == ["De fiets; Bus, tram", "Bus, tram", "", "-"]
    assert column(path, "bus") == ["1", "1", "", "0"]


def test_an_xls_is_read_as_an_xlsx_is(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("blad")
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for row, cells in enumerate(
        [("id", "w", "dag"), ("00042", 0.5, dt.date(2024, 5, 3)), ("7", 3, dt.date(2024, 1, 1))]
    ):
        for place, cell in enumerate(cells):
            sheet.write(row, place, cell, day) if isinstance(cell, dt.date) else sheet.write(row, place, cell)
    book.save(str(tmp_path / "a.xls"))
    found = read_cells(tmp_path / "a.xls")
    assert found.rows[1:] == [["00042", "0.5", "2024-05-03"], ["7", "3", "2024-01-01"]]
    assert found.kinds == ("text", "number", "date")


def test_a_parquet_is_read_lists_and_all_whatever_its_name(tmp_path: Path) -> None:
    path = tmp_path / "a [1]*.parquet"
    with duckdb.connect() as base:
        base.execute(
            "COPY (SELECT '00042' AS id, 0.761::DOUBLE AS w, 2.50::DECIMAL(5, 2) AS d, ['film', 'ai'] AS codes, "
            "TIMESTAMP '2024-05-03 10:20:30' AS t, NULL::INTEGER AS leeg) TO '" + str(tmp_path / "b.parquet") + "'"
        )
    (tmp_path / "b.parquet").rename(path)
    cells = read_cells(path)
    assert cells.rows == [
        ["id", "w", "d", "codes", "t", "leeg"],
        ["00042", "0.761", "2.5", "film; ai", "2024-05-03 10:20:30", ""],
    ]
    assert cells.kinds == ("text", "number", "number", "text", "date", "text")


def workbook(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    with xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yy"}) as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate(rows):
            sheet.write_row(row, 0, cells)
    return path


DAY = dt.datetime(2024, 5, 3)  # noqa: DTZ001 (as a workbook has it)
ROWS = [
    ("nr", "tekst", "gewicht", "dag", "code", "tel"),
    ("00042", "meer video", 0.761, DAY, "video", "+32470123456"),
    ("00043", 7.5, 1.25, "onbekend", "ai", "3"),
    ("00044", "korter", 2, DAY, "ai", ""),
]


def cells_of(path: Path) -> list[list[object]]:
    return [list(row) for row in load_workbook(path).worksheets[0].iter_rows(values_only=True)]


def test_numbers_and_dates_of_a_workbook_are_numbers_and_dates_in_every_workbook(cli: Cli, tmp_path: Path) -> None:
    path = workbook(tmp_path / "in.xlsx", ROWS)
    asked = ("--text", "tekst", "--id", "nr")
    write(tmp_path / "b.yaml", "codes:\n- {id: video, number: 1, rules: [video]}\n- {id: ai, number: 2}\n")
    book = ("--codebook", tmp_path / "b.yaml")
    cli("code", path, *asked, *book, "-o", tmp_path / "coded.xlsx")
    shown_too = ("--with", "gewicht", "--with", "dag")
    cli("sample", path, *asked, *shown_too, "--random", "-n", "2", "-o", tmp_path / "sample.xlsx")
    cli("facts", path, "--id", "nr", "--text", "tekst", "--without-duplicates", tmp_path / "kept.xlsx")
    for name in ("coded", "kept"):
        one, two, _ = cells_of(tmp_path / f"{name}.xlsx")[1:]
        assert one[:4] == ["00042", "meer video", 0.761, DAY]
        assert two[2:4] == [1.25, "onbekend"]
        assert (one[5], two[5]) == ("+32470123456", "3")
    sample = read_sheet(tmp_path / "sample.xlsx", ["gewicht"])
    assert sorted(sample["gewicht"]) == ["0.761", "2"]
    places = [cell.value for cell in load_workbook(tmp_path / "sample.xlsx").worksheets[0][1]]
    shown = [dict(zip(places, row, strict=True)) for row in cells_of(tmp_path / "sample.xlsx")[1:]]
    assert {(row["gewicht"], row["dag"]) for row in shown} == {(0.761, DAY), (2, DAY)}
    assert {type(row["probability"]) for row in shown} == {int}


def test_the_text_of_an_answer_is_text_also_where_it_was_a_number(tmp_path: Path) -> None:
    read = read_answers(workbook(tmp_path / "in.xlsx", ROWS), text="tekst", id="nr")
    for ending in (".xlsx", ".csv"):
        write_sheets(tmp_path / f"out{ending}", {"a": read.sheet})
        assert column(tmp_path / f"out{ending}", "tekst") == ["meer video", "7.5", "korter"]
    assert cells_of(tmp_path / "out.xlsx")[2][1] == "7.5"


def test_a_column_of_a_csv_is_numbers_in_a_workbook_and_itself_in_a_csv(tmp_path: Path) -> None:
    path = write(tmp_path / "in.csv", "nr;w;p;code;versie\n00042;0,761;0.5;1.9;x\n00043;2,5;1;1.10;y\n")
    sheet = read_sheet(path)
    write_sheets(tmp_path / "out.xlsx", {"a": sheet})
    assert cells_of(tmp_path / "out.xlsx")[1:] == [["00042", 0.761, 0.5, "1.9", "x"], ["00043", 2.5, 1, "1.10", "y"]]
    write_sheets(tmp_path / "out.csv", {"a": sheet})
    assert (tmp_path / "out.csv").read_text("utf-8-sig") == path.read_text("utf-8")


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1", "2", ""], "numeral"),
        (["0,5", "-1,25"], "numeral"),
        (["3.50", "12.00", "7"], "numeral"),
        (["1.024", "0.761"], "numeral"),
        (["2024-05-03", "2024-05-04 10:00:00"], "date"),
        (["00042", "7"], "text"),
        (["+32470123456"], "text"),
        (["0470123456"], "text"),
        (["1234567890123456"], "text"),
        (["1.9", "1.10"], "text"),
        (["1.024", "2.310"], "text"),
        (["0,5", "0.5"], "text"),
        (["1", "geen"], "text"),
        (["2024-13-45"], "text"),
        (["1e5"], "text"),
        (["", " "], "text"),
    ],
)
def test_a_column_is_of_numbers_only_where_that_is_beyond_doubt(cells: list[str], kind: str) -> None:
    assert kind_of(cells) == kind


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_of_a_workbook_comes_back_the_same(number: float) -> None:
    assert value_of(as_text(number), "number") == number
    assert value_of(with_decimal(as_text(number), "number", ","), "number") == number


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), min_size=1))
def test_a_cell_that_becomes_a_number_says_the_same_number(cells: list[str]) -> None:
    kind = kind_of(cells)
    for cell in cells:
        value = value_of(cell, kind)
        assert isinstance(value, (str, dt.datetime)) or float(cell.replace(",", ".")) == value


@pytest.mark.parametrize(("sep", "said"), [(";", "0,5"), (",", "0.5"), ("\t", "0,5")])
def test_decimals_of_every_csv_go_by_its_separator(tmp_path: Path, sep: str, said: str) -> None:
    sheet = read_sheet(workbook(tmp_path / "in.xlsx", [("w", "x"), (0.5, "a"), (1, "b")]))
    frame = sheet.assign(score=[0.5, np.nan], any=pd.Series([0.5, "x"], dtype=object))
    write_sheets(tmp_path / "out.csv", {"a": frame}, sep)
    lines = (tmp_path / "out.csv").read_text("utf-8-sig").splitlines()
    assert lines == [
        sep.join(["w", "x", "score", "any"]),
        sep.join([said, "a", said, said]),
        sep.join(["1", "b", "", "x"]),
    ]


def test_a_table_of_weights_comes_back_the_same_from_either_csv(tmp_path: Path, cli: Cli) -> None:
    rows = "".join(f"{1 + place / 1024}{{sep}}{'ai' if place % 3 else 'video'}\n" for place in range(40))
    said = []
    for sep in (";", ","):
        coded = write(tmp_path / "in.csv", f"w{sep}codes\n" + rows.format(sep=sep))
        cli("top", coded, "--weight", "w", "-o", tmp_path / "top.csv")
        said.append(cli("compare", tmp_path / "top.csv", tmp_path / "top.csv").out)
    assert said[0] == said[1]
    assert "1.0" in (tmp_path / "in.csv").read_text()


def test_a_header_is_guarded_as_cells_are_and_comes_back(tmp_path: Path) -> None:
    write_sheets(tmp_path / "out.csv", {"a": pd.DataFrame({"=cmd|'/c calc'!A0": ["x"], "-": ["y"]})})
    assert (tmp_path / "out.csv").read_text("utf-8-sig").startswith("'=cmd|")
    assert list(read_sheet(tmp_path / "out.csv")) == ["=cmd|'/c calc'!A0", "-"]


def test_a_text_that_no_cell_holds_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"Row 1 has a text of 40000 characters"):
        write_sheets(tmp_path / "out.xlsx", {"a": pd.DataFrame({"t": ["x" * 40_000]})})
    assert list(tmp_path.iterdir()) == []


def test_a_run_says_which_files_an_earlier_run_left(cli: Cli, tmp_path: Path) -> None:
    write(tmp_path / "in.csv", "t\n" + "meer video\n" * 20)
    write(tmp_path / "b.yaml", "codes:\n- {id: video, number: 1, rules: [video]}\n")
    asked = (
        "run",
        tmp_path / "in.csv",
        "--text",
        "t",
        "--codebook",
        tmp_path / "b.yaml",
        "--no-topics",
        "-o",
        tmp_path / "out",
    )
    assert "earlier" not in cli(*asked).err
    again = cli(*asked, "--xlsx").err
    assert "an earlier one" in again
    assert all(str(tmp_path / "out" / name) in again for name in ("coded.csv", "coded.assignments.csv", "top.csv"))
    assert "earlier" in cli(*asked).err


def test_a_table_that_does_not_begin_in_the_corner_is_whole_and_has_the_letters_of_the_sheet(tmp_path: Path) -> None:
    path = tmp_path / "in.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for row, texts in enumerate([("nr", "tekst"), ("00042", "meer video"), ("00043", "korter")], start=2):
            sheet.write_row(row, 1, texts)
    cells = read_cells(path)
    assert (cells.rows[0], cells.left, cells.kinds) == (["nr", "tekst"], 1, ("text", "text"))
    read = read_answers(path, text="C", id="B")
    assert (read.text, list(read.corpus.ids)) == ("tekst", ["00042", "00043"])
