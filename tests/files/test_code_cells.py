"""Codes as other programs write them: a column per option, joined in a cell, or missing; read as that or refused."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coder import Code, Codebook
from coder.errors import DataError
from coder.files.answers import parse_codes, read_coded
from coder.files.sheets import TableFile
from tests.conftest import Cli, write

if TYPE_CHECKING:
    from coder.note import Note

BOOK = Codebook(
    (
        Code("film", 1, {"nl": "Korte film"}),
        Code("foto", 2, {"nl": "Foto, beeld"}),
        Code("none", 3, {"nl": "Geen"}),
    )
)


def read(
    path: Path, text: str, codes: str, book: Codebook | None = None, *, empty_is_none: bool = False
) -> tuple[list[str], list[str]]:
    """The cells of codes as read, and the notes."""
    file = TableFile(write(path / "a.csv", text))
    coding = read_coded(file, codes, book, empty_is_none=empty_is_none)
    ids = pd.Index([str(number) for number in range(1, len(text.splitlines()))])
    order = book.ids if book else sorted(set(coding.assignments["code"]))
    return coding.cells(ids, order).tolist(), list(map(str, file.notes))


def cells(*values: str, book: Codebook | None = None) -> tuple[list[str], list[str]]:
    """The same of one column of cells."""
    ids = pd.Index([str(number) for number in range(1, len(values) + 1)])
    said: list[Note] = []
    coding = parse_codes(pd.Series(values, index=ids, dtype=str), book, "a.csv", tell=said.append)
    order = book.ids if book else sorted(set(coding.assignments["code"]))
    return coding.cells(ids, order).tolist(), list(map(str, said))


# A column per option


@pytest.mark.parametrize(
    ("yes", "no"),
    [("1", ""), ("1", "0"), ("1.0", "0.0"), ("Checked", "Unchecked"), ("Y", ""), ("x", ""), ("Ja", "Nee"),
     ("TRUE", "FALSE"), ("-1", "0"), ("Selected", "Not selected"), ("genoemd", "niet genoemd"), ("☑", "☐")],
)  # fmt: skip
@pytest.mark.parametrize("book", [None, BOOK])
def test_a_mark_in_a_column_per_option_is_the_option(tmp_path: Path, yes: str, no: str, book: Codebook | None) -> None:
    rows = [(yes, no), (no, yes), (yes, yes), ("", "")]
    text = "nr;v/film;v/foto\n" + "".join(f"{n};{one};{two}\n" for n, (one, two) in enumerate(rows))
    found, notes = read(tmp_path, text, "v/film+v/foto", book)
    assert found == ["film", "foto", "film;foto", ""]
    assert "'v/film' is 'film', 'v/foto' is 'foto'" in notes[0]
    assert "with nothing in any of these columns" in notes[1]


def test_no_in_all_columns_is_seen_without_a_code_and_nothing_in_all_is_not_coded(tmp_path: Path) -> None:
    text = "nr;v[film];v[foto]\n1;0;0\n2;;\n3;1;\n"
    assert read(tmp_path, text, "v[film]+v[foto]")[0] == ["-", "", "film"]
    assert read(tmp_path, text, "v[film]+v[foto]", empty_is_none=True)[0] == ["-", "-", "film"]


@pytest.mark.parametrize("nothing", ["None", "NA", "nan", "NULL"])
def test_a_value_that_is_missing_in_a_column_per_option_is_no_mark(tmp_path: Path, nothing: str) -> None:
    text = f"q [fiets];q [bus]\n1;0\n0;1\n{nothing};{nothing}\n0;1\n"
    assert read(tmp_path, text, "q [fiets]+q [bus]")[0] == ["fiets", "bus", "", "bus"]


def test_a_column_of_the_option_none_may_hold_its_name(tmp_path: Path) -> None:
    assert read(tmp_path, "q [Bus];q [None]\nBus;\n;None\n", "q [Bus]+q [None]")[0] == ["Bus", "None"]


@pytest.mark.parametrize(
    "names",
    [("m_1", "m_2"), ("q___1", "q___2"), ("Welke? (choice=Korte film)", "Welke? (choice=Foto, beeld)"),
     ("Q[Korte film]", "Q[foto]"), ("Welke?: korte FILM", "Welke?: foto"), ("Q - film", "Q - foto"), ("1", "2")],
)  # fmt: skip
def test_the_code_of_a_column_is_found_by_the_end_of_its_name(tmp_path: Path, names: tuple[str, str]) -> None:
    found, _ = read(tmp_path, f"{names[0]};{names[1]}\n1;1\n;1\n", "+".join(names), BOOK)
    assert found == ["film;foto", "foto"]


def test_a_number_in_such_a_column_is_never_that_of_a_code(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "nr;k_1;k_2\n1;;1\n2;;1\n3;1;1\n")
    book = write(tmp_path / "b.yaml", "codes:\n  - {id: film, number: 1}\n  - {id: foto, number: 2}\n")
    done = cli("top", path, "--codes", "k_1+k_2", "--codebook", book)
    assert [line.split()[1:4] for line in done.out.splitlines()[4:6]] == [["foto", "3", "100%"], ["film", "1", "33%"]]
    alone = cli("top", path, "--codes", "k_2", "--codebook", book)
    assert alone.code == 2
    assert "--codes k_1+k_2" in alone.err


def test_the_text_of_the_option_is_its_code_also_where_it_holds_a_separator(tmp_path: Path) -> None:
    text = "nr,V: Snel; goed,V: Korte film\n1,Snel; goed,\n2,,Korte film\n3,Snel; goed,Korte film\n"
    assert read(tmp_path, text, "B+C")[0] == ["Snel, goed", "Korte film", "Korte film;Snel, goed"]


def test_options_of_qualtrics_are_known_by_the_wording_of_the_question(tmp_path: Path) -> None:
    head = 'Q3_1,Q3_5\nWelke? - Korte film,Welke? - foto\n"{""ImportId"":""QID3_1""}","{""ImportId"":""QID3_5""}"\n'
    path = write(tmp_path / "q.csv", f"{head}1,\n,1\n1,1\n")
    for book, first in ((BOOK, "film"), (None, "Korte film")):
        coding = read_coded(path, "Q3_1+Q3_5", book)
        assert coding.pairs()["code"].tolist() == [first, "foto", first, "foto"]


def test_codes_can_be_given_to_columns(tmp_path: Path) -> None:
    text = "nr;SQ001;SQ002\n1;Y;\n2;Y;Y\n"
    with pytest.raises(
        DataError, match=r"not clear which code .*'SQ001', 'SQ002' stands for.*--codes SQ001=CODE\+SQ002=CODE"
    ):
        read(tmp_path, text, "SQ001+SQ002", BOOK)
    assert read(tmp_path, text, "SQ001=foto+C=Korte film", BOOK)[0] == ["foto", "film;foto"]
    with pytest.raises(DataError, match="codes that the codebook does not have: video"):
        read(tmp_path, text, "SQ001=foto+SQ002=video", BOOK)
    with pytest.raises(DataError, match="'SQ002' has no code"):
        read(tmp_path, text, "SQ001=foto+SQ002", BOOK)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("m_1;m_2;m_3\n1;2;2\n2;2;1\n", "not clear which of these says that it was chosen"),  # SPSS: is 2 no?
        ("m_1;m_2;m_3\n1;0;-1\n0;1;0\n", "not clear which of these"),
        ("c1;c2;c3\n1;;\n1;;\n", "may say that an option was chosen, or be number 1"),
        ("m_1;m_2;m_x\n1;;te voet\n;1;step\n1;1;\n", "Do not take 'm_x' for codes"),
    ],
)
def test_what_may_be_an_option_or_a_code_is_refused_with_what_to_write(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        read(tmp_path, text, text.splitlines()[0].replace(";", "+"), BOOK)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("c1;c2\nfilm;foto\nfoto;\n-;\n;\n", ["film;foto", "foto", "-", ""]),
        ("c1;c2\n1;2\n2;\n2;1\n", ["film;foto", "foto", "film;foto"]),
        ("c1;c2;c3\n1;;\n;2;\n1;2;3\n", ["film", "foto", "film;foto;none"]),  # each column its own number
    ],
)
def test_columns_that_hold_codes_are_read_as_before(tmp_path: Path, text: str, found: list[str]) -> None:
    assert read(tmp_path, text, text.splitlines()[0].replace(";", "+"), BOOK) == (found, [])


def test_yes_and_no_are_codes_where_the_codebook_says_so(tmp_path: Path) -> None:
    book = Codebook((Code("ja", 1, {}), Code("nee", 2, {})))
    assert read(tmp_path, "a;b\nja;nee\nnee;\n", "a+b", book)[0] == ["ja;nee", "nee"]


def test_every_command_reads_a_column_per_option_alike(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "nr;m/film;m/foto\n1;1;0\n2;0;1\n3;;\n4;0;0\n")
    codes = ["--codes", "m/film+m/foto"]
    assert "N = 3;" in cli("top", path, *codes).out
    assert "N = 3" in cli("compare", path, path, *codes, "--then-codes", codes[1], "--names", "a,b").out
    report = cli("report", path, *codes, "-o", tmp_path / "r.md")
    assert "N = 3;" in (tmp_path / "r.md").read_text(encoding="utf-8")
    assert "a column is read as an option each" in report.err


marks = st.sampled_from(["1", "0", ""])


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(marks, marks, marks), min_size=2, max_size=8))
def test_options_are_counted_as_they_were_marked(tmp_path: Path, rows: list[tuple[str, str, str]]) -> None:
    text = "v/a;v/b;v/c\n" + "".join(";".join(row) + "\n" for row in [("1", "1", "0"), *rows])
    path = write(tmp_path / "a.csv", text.replace("\n;;\n", "\n; ;\n"))
    coding = read_coded(path, "v/a+v/b+v/c")
    kept = [("1", "1", "0"), *(row for row in rows if any(row))]
    counts = coding.assignments["code"].value_counts()
    assert [int(counts.get(code, 0)) for code in "abc"] == [
        sum(row[place] == "1" for row in kept) for place in range(3)
    ]
    assert len(coding.seen) == len(kept)


# Codes joined in a cell


@pytest.mark.parametrize("sign", ["#", "|", ",", ", ", " # ", " "])
def test_codes_joined_by_another_sign_are_read_apart_on_evidence_and_that_is_said(sign: str) -> None:
    values = [f"film{sign}foto", "foto", "film", f"foto{sign}film"]
    for book in (BOOK, None):
        found, said = cells(*values, book=book)
        assert found == ["film;foto", "foto", "film", "film;foto"]
        assert "are read apart" in said[0]


@pytest.mark.parametrize("value", ["['film', 'foto']", '["film","foto"]', "('film', 'foto')", "{'film', 'foto'}"])
@pytest.mark.parametrize("book", [None, BOOK])
def test_a_list_as_a_program_prints_it_is_its_parts(value: str, book: Codebook | None) -> None:
    found, said = cells(value, "[]", "['foto']", book=book)
    assert found == ["film;foto", "-", "foto"]
    assert "3 cells of codes hold a list" in said[0] if value[0] == "[" else said


def test_a_list_of_numbers_is_numbers_of_codes() -> None:
    assert cells("[1, 2]", "[2]", book=BOOK)[0] == ["film;foto", "foto"]


@pytest.mark.parametrize(
    "values",
    [
        ("1,2", "1,3"),
        ("FOOD#PRICE", "STAFF#PRICE"),
        ("film;foto", "foto", "foto#tijd", "rust#film"),
        ("film#foto",),
        ("a|b", "c|d"),
        ("film foto", "foto"),
        ("film, foto", "foto"),
        ("foto", "film foto", "film beeld"),
    ],
)
def test_without_a_codebook_what_may_be_one_code_or_several_is_refused(values: tuple[str, ...]) -> None:
    with pytest.raises(DataError, match=r"one code, or 2 codes joined by .* Join codes in a cell by ';', or give"):
        cells(*values)


@pytest.mark.parametrize(
    "values",
    [
        ("sneller, vluchtiger, korter", "Belang van sociale media", "foto"),
        ("Zeer tevreden", "Eerder tevreden", "Zeer ontevreden", "Eerder ontevreden"),
        ("Ja, zeker", "Ja, misschien", "Nee"),
        ("meer tijd", "sociale media", "collega's helpen", "tijd"),
        ("C#", "F#", "C#;F#"),
        ("1,1", "1,2", "2"),
        ("FOOD#PRICE", "STAFF#GENERAL", "FOOD#GENERAL;STAFF#GENERAL"),
        ("film, kort", "foto;film, kort", "foto"),
    ],
)
def test_a_label_that_holds_a_comma_or_a_space_is_one_code(values: tuple[str, ...]) -> None:
    found, said = cells(*values)
    assert ([sorted(cell.split(";")) for cell in found], said) == ([sorted(cell.split(";")) for cell in values], [])


def test_a_label_of_the_codebook_is_never_parted() -> None:
    book = Codebook((Code("a", 1, {"nl": "Foto, beeld"}), Code("b", 2, {"nl": "Foto"}), Code("c", 3, {"nl": "beeld"})))
    assert cells("foto, beeld", "foto", "Foto|beeld", book=book)[0] == ["a", "b", "b;c"]


def test_numbers_with_a_decimal_comma_are_joined_only_where_all_are_codes() -> None:
    assert cells("1,0", "2,0", book=BOOK)[0] == ["film", "foto"]
    assert cells("1,2", "1,3", book=BOOK)[0] == ["film;foto", "film;none"]
    with pytest.raises(DataError, match="does not have: 1,1, 1,2"):
        cells("1,1", "1,2", book=BOOK)


names = st.lists(st.sampled_from(["film", "foto", "tijd", "rust"]), min_size=1, max_size=3, unique=True)


@settings(max_examples=100, deadline=None)
@given(st.lists(names, min_size=1, max_size=8), st.sampled_from(["#", "|", ", ", ","]))
def test_joined_codes_are_their_parts_or_refused_and_never_a_code_of_their_own(
    rows: list[list[str]], sign: str
) -> None:
    try:
        found, _ = cells(*(sign.join(row) for row in rows))
    except DataError as error:
        assert "Join codes in a cell by ';'" in str(error)  # noqa: PT017 (either is right)
        return
    if sign in "#|" or any(len(row) == 1 for row in rows):
        joined = [row for row in rows if len(row) > 1]
        alone = {row[0] for row in rows if len(row) == 1}
        if sign in "#|" or any(alone & set(row) for row in joined):
            assert found == [";".join(sorted(row)) for row in rows]


# What is missing


@pytest.mark.parametrize("missing", ["NA", "nan", "NULL", "#N/A", "None", "n/a", ".", "-99", "<NA>", "-9.0"])
@pytest.mark.parametrize("book", [None, BOOK])
def test_what_programs_write_for_a_missing_value_is_no_code_and_that_is_said(
    missing: str, book: Codebook | None
) -> None:
    found, said = cells("film", missing, f"foto;{missing}", book=book)
    assert found == ["film", "", "foto"]
    assert f"{missing!r} in a column of codes is a missing value, not a code: 2 not counted" in said[0]


def test_a_code_of_the_codebook_that_is_called_so_comes_first() -> None:
    book = Codebook((Code("na", 1, {"nl": "Namibië"}), Code("none", 2, {"en": "None"})))
    assert cells("NA", "None", "none", book=book) == (["na", "none", "none"], [])
    assert cells("none", "None", book=BOOK)[0] == ["none", ""]


def test_a_missing_value_is_not_an_answer_that_fits_no_code(tmp_path: Path) -> None:
    assert read(tmp_path, "nr;codes\n1;film\n2;NA\n3;\n", "codes", empty_is_none=True)[0] == ["film", "", "-"]


def test_coders_agree_on_what_both_coded(cli: Cli, tmp_path: Path) -> None:
    text = "nr;anna;bert\n1;film;film\n2;foto;foto\n3;NULL;film\n4;film;#N/A\n5;foto;film\n6;film;film\n"
    done = cli(
        "agree", write(tmp_path / "a.csv", text), "--id", "nr", "--codes", "anna", "--codes", "C", "--language", "en"
    )
    assert "4 answers that two or more of 2 coders saw" in done.out
    assert done.err.count("missing value") == 2


# Signs that labels have too, data that programs print, and columns that say more than yes and no


@pytest.mark.parametrize("sign", ["/", " / ", "&", "+", "\\"])
def test_signs_that_labels_have_too_join_where_all_parts_are_codes(sign: str) -> None:
    joined = f"film{sign}foto"
    assert cells(joined, "foto", "film")[0] == ["film;foto", "foto", "film"]
    assert cells(joined, "foto", book=BOOK)[0] == ["film;foto", "foto"]
    with pytest.raises(DataError, match="is one code, or 2 codes"):
        cells(joined, "foto", "tekst")
    assert cells(f"eten{sign}drinken", "slapen")[0] == [f"eten{sign}drinken", "slapen"]


@pytest.mark.parametrize(
    ("label", "sign"),
    [(f"Foto{one}beeld", two) for one in (", ", "/", " | ") for two in (", ", "; ", "/", " | ")]
    + [("Foto; beeld", "; ")],
)
def test_a_label_that_holds_the_sign_that_joins_is_still_one_code(label: str, sign: str) -> None:
    book = Codebook(
        (Code("film", 1, {"nl": "Film"}), Code("foto", 2, {"nl": label}), Code("tekst", 3, {"nl": "Tekst"}))
    )
    assert cells(f"Tekst{sign}{label}{sign}Film", label, book=book)[0] == ["film;foto;tekst", "foto"]


def test_without_a_codebook_an_option_with_a_comma_is_known_by_standing_alone() -> None:
    found, notes = cells("Te voet, samen, Tram", "Tram", "Te voet, samen")
    assert found == ["Te voet, samen;Tram", "Tram", "Te voet, samen"]
    assert "read apart" in notes[0]


def test_a_cell_that_joins_codes_in_two_ways_is_refused() -> None:
    book = Codebook(
        tuple(Code(f"c{place}", place, {"nl": label}) for place, label in enumerate(("A", "B", "A, B", "C")))
    )
    with pytest.raises(DataError, match="which joins 'A, B', 'C' or 'A', 'B', 'C'"):
        cells("A, B, C", "A", book=book)


def test_capitals_do_not_hide_that_codes_are_joined() -> None:
    assert cells("FILM, FOTO", "film", "Foto", book=BOOK)[0] == ["film;foto", "film", "foto"]
    assert "read apart" in cells("FILM, FOTO", "film", "Foto")[1][0]


@pytest.mark.parametrize("cell", ["film,", "film, ", "|film|", "film,,", "film; ,"])
def test_a_sign_after_the_last_code_is_no_part_of_it(cell: str) -> None:
    assert cells(cell, "foto")[0] == ["film", "foto"]


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ('{"film": 1, "foto": 0}', "film"),
        ('{"film": true, "foto": true}', "film;foto"),
        ('{"codes": ["film", "foto"]}', "film;foto"),
        ("[1.0, 2.0]", "film;foto"),
        ('{"film": 0, "foto": 0}', "-"),
    ],
)
def test_data_as_a_program_prints_it_is_its_codes(cell: str, found: str) -> None:
    assert cells(cell, "film", book=BOOK)[0] == [found, "film"]


@pytest.mark.parametrize("cell", ['{"film": 0.7, "foto": 0.3}', "[film, foto]", "[[1, 2], [3]]", "[true]"])
def test_printed_data_of_which_it_is_not_clear_what_codes_it_is_is_refused(cell: str) -> None:
    with pytest.raises(DataError, match="data as a program prints it"):
        cells(cell, "film")


@pytest.mark.parametrize("cell", ["#N/B", "#WAARDE!", "#DEEL/0!", "NaT", "\\N", "(null)", "#NV"])
def test_what_a_spreadsheet_in_dutch_writes_for_a_missing_value_is_no_code(cell: str) -> None:
    found, notes = cells(cell, "film")
    assert found == ["", "film"]
    assert "missing value, not a code" in notes[-1]
    assert cells(f"{cell}; film", "foto")[0] == ["film", "foto"]


@pytest.mark.parametrize(
    "text",
    ["id;m_1;m_2\n1;1;0\n2;0;1\n3;99;99\n", "id;m_1;m_2\n1;Ja;Nee\n2;Nee;Ja\n3;Weet niet;Ja\n"],
)
@pytest.mark.parametrize("book", [None, BOOK])
def test_an_option_that_is_also_not_known_is_refused(tmp_path: Path, text: str, book: Codebook | None) -> None:
    with pytest.raises(DataError, match="not clear which of these says that it was chosen"):
        read(tmp_path, text, "m_1+m_2", book)


def test_any_one_mark_beside_0_is_the_option(tmp_path: Path) -> None:
    assert read(tmp_path, "id;m_1;m_2\n1;100;0\n2;0;100\n3;0;0\n", "m_1+m_2", BOOK)[0] == ["film", "foto", "-"]


def test_the_code_of_a_column_follows_a_point_or_is_its_wording(tmp_path: Path) -> None:
    text = "id;q.film;q.foto\n1;TRUE;FALSE\n2;TRUE;TRUE\n"
    assert read(tmp_path, text, "q.film+q.foto", BOOK)[0] == ["film", "film;foto"]
