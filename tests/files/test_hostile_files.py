"""Files that hang, exhaust or break what reads them: an error in words, soon, and nothing left behind."""

import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from benchmarks.hostile_files import measure, originals
from coder.errors import DataError
from coder.files import cells
from coder.files.cells import read_cells, sheet_names
from coder.files.codebooks import read_codebook
from coder.note import Note
from tests.conftest import spoken, write


def changed(path: Path, part: str, old: bytes, new: bytes) -> Path:
    """A workbook of two rows, with something else in one of its parts."""
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write_column(0, 0, ["id", "een"])
    with zipfile.ZipFile(path) as parts:
        content = {name: parts.read(name) for name in parts.namelist()}
    assert old in content[part]
    content[part] = content[part].replace(old, new)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parts:
        for name, data in content.items():
            parts.writestr(name, data)
    return path


SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"


def test_a_reader_that_never_returns_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "_SECONDS", 1)
    path = tmp_path / "a.ods"
    with zipfile.ZipFile(path, "w") as parts:
        parts.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        parts.writestr("META-INF/manifest.xml", "<manifest:manifest/>")
        rows = "<table:table-row><table:table-cell><text:p>x</text:p></table:table-cel></table:table-row>"
        parts.writestr("content.xml", f"<office:body><table:table table:name='a'>{rows}</table:table></office:body>")
    with pytest.raises(DataError, match=r"a\.ods (was given up|is not a workbook)"):
        read_cells(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("id\ttekst\n1\tgoed\n", "holds plain text and no workbook; let its name end in .csv"),
        ("<html><table><tr><td>id</td></tr></table></html>", "is a web page and no workbook"),
    ],
)
def test_another_kind_of_file_that_is_called_a_workbook_is_named(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "a.xls"
    path.write_text(content)
    with pytest.raises(DataError, match=said):
        read_cells(path)


def test_a_folder_is_not_called_a_file_that_is_away(tmp_path: Path) -> None:
    (tmp_path / "a.csv").mkdir()
    with pytest.raises(DataError, match="is no folder of coded answers"):
        read_cells(tmp_path / "a.csv")


def test_a_cell_in_the_last_corner_is_an_error(tmp_path: Path) -> None:
    path = changed(tmp_path / "a.xlsx", SHEET, b'r="A2"', b'r="XFD1048576"')
    with pytest.raises(DataError, match=r"a\.xlsx was given up"):
        read_cells(path)


def test_a_zip_that_unpacks_to_far_more_is_not_read(tmp_path: Path) -> None:
    path = changed(tmp_path / "a.xlsx", STRINGS, b"<t>een</t>", b"<t>" + b"e" * 80_000_000 + b"</t>")
    with pytest.raises(DataError, match="as a file does that was made to exhaust"):
        read_cells(path)


def test_entities_that_multiply_are_not_read(tmp_path: Path) -> None:
    doctype = b"<!DOCTYPE sst [<!ENTITY a 'xxxxxxxxxx'>"
    for one, two in zip("abcdefgh", "bcdefghi", strict=True):
        doctype += f"<!ENTITY {two} '{f'&{one};' * 10}'>".encode()
    path = changed(tmp_path / "a.xlsx", STRINGS, b"<sst", doctype + b"]><sst")
    path = changed(path, STRINGS, b"<t>een</t>", b"<t>&i;</t>")
    with pytest.raises(DataError, match="unrecognized entity"):
        read_cells(path)


def test_more_cells_than_are_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "ROWS", 1)
    path = changed(tmp_path / "a.xlsx", SHEET, b'r="A2"', b'r="A2"')
    with pytest.raises(DataError, match=r"a\.xlsx has more than 1 rows, which is more than is read"):
        read_cells(path)


def test_a_cell_without_end_in_a_csv_is_an_error_that_names_the_row(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", 'id;tekst\n1;goed\n2;"' + "x;y\n" * 300_000)
    with pytest.raises(
        DataError, match=r"more than 1,000,000 characters under row 2; is a double quote there not closed"
    ):
        read_cells(path)


@pytest.mark.parametrize("ending", [".xlsx", ".xls", ".ods", ".xlsb", ".sav", ".parquet"])
def test_an_empty_or_another_file_is_an_error(tmp_path: Path, ending: str) -> None:
    for content in (b"", b"id;tekst\n1;goed\n", b"PK\x03\x04"):
        path = tmp_path / f"a{ending}"
        path.write_bytes(content)
        with pytest.raises(DataError, match=rf"a{ending}"):
            read_cells(path)


def test_a_sheet_that_is_not_there_is_said_with_those_there_are(tmp_path: Path) -> None:
    path = changed(tmp_path / "a.xlsx", SHEET, b'r="A2"', b'r="A2"')
    with pytest.raises(DataError, match="has no sheet 'x'; it has 'Sheet1'"):
        read_cells(path, "x")
    assert sheet_names(path) == ["Sheet1"]


def test_what_the_child_process_found_is_said_in_any_language(tmp_path: Path) -> None:
    path = changed(tmp_path / "a.xlsx", SHEET, b'r="A2"', b'r="A2"')
    with pytest.raises(DataError) as raised:
        read_cells(path, "x")
    assert raised.value.note == Note("files.no_sheet", file="a.xlsx", asked="x", sheets=["Sheet1"])
    assert spoken(raised.value.note, "nl") == "a.xlsx heeft geen blad 'x'; het heeft 'Sheet1'. Kies daaruit."
    assert spoken(raised.value.note, "fr") == "a.xlsx n'a pas de feuille 'x' ; il a 'Sheet1'. Choisissez-en une."


def test_a_name_that_is_too_long_is_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="There is no file"):
        read_cells(tmp_path / ("x" * 5_000 + ".xlsx"))


def test_an_anchor_that_is_used_again_is_yaml_as_any_other(tmp_path: Path) -> None:
    path = write(tmp_path / "a.yaml", "codes:\n- &a {id: x, number: 1}\n- &a {id: y, number: 2}\n")
    assert read_codebook(path).ids == ("x", "y")


def test_mutated_files_end_in_no_traceback_no_hang_and_no_half_a_file(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "work").mkdir()
    found = measure(30, 14, originals(tmp_path / "in"), tmp_path / "work")
    assert found.failures == []
    assert found.read + found.refused == 30
