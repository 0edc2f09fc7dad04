"""One content in seven formats: each is read back with a library of its own, and what is text stays text."""

import csv
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pandas as pd
import pyreadstat
import pytest
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook  # type: ignore[import-untyped]
from pptx import Presentation

from coder import Code, Codebook, CoderError, Table, compare, top
from coder.files.writing import guard
from coder.reports.chart import Chart, Series, bar_chart, png, svg
from coder.reports.content import Report, Respondents, Section
from coder.reports.pagination import column_parts
from coder.reports.quotes import Quote
from coder.reports.write import ENDINGS, write_report
from coder.reports.write_sav import variable_names
from coder.reports.write_text import plain
from coder.tables.mentions import mentions
from coder.words import speaking, written_date
from tests.conftest import GOLDEN, cells_of, coding_of, spoken

FORMULA = "=cmd|'/c calc'!A0"
SCRIPT = "<script>alert(1)</script>"
LABELS = ["Opkomst van AI", FORMULA, SCRIPT, "Andere"]
NUMBERS = [1, 2, 3, None]


def tables() -> dict[str, Table]:
    """A frequency table and a comparison, as the commands make them, with signs of formulas and of HTML."""
    frame = pd.DataFrame(
        {
            "rank": pd.Series(NUMBERS, dtype="Int64"),
            "code": ["ai", "formula", "script", "other"],
            "label": LABELS,
            "n": [1020, 512, 5, 40],
            "percent": [51.0, 25.6, 0.25, 2.0],
        }
    )
    beside = frame.iloc[:3].assign(
        then_place=["/", "Plaats 1", "Plaats 2"],
        then_rank=pd.Series([pd.NA, 1, 2], dtype="Int64"),
        then_n=pd.Series([pd.NA, 500, 100], dtype="Int64"),
        then_percent=[float("nan"), 50.0, 10.0],
        dropped=False,
    )
    shown = {"rank": "Plaats", "label": "Code", "n": "n", "percent": "%"}
    return {
        "top": Table("Top 10", frame, 2000, shown, ("N = 2000.",)),
        "comparison": Table("Vergelijking", beside, 2000, {**shown, "then_place": "Vorige meting"}, ()),
    }


def report(respondents: Respondents | None = None) -> Report:
    """A report of one section with everything in it."""
    quotes = (
        ("Opkomst van AI", (Quote("1", "Meer AI & <b>tools</b>", ((5, 7),), "regel ai", picked=True, code="ai"),)),
        (
            FORMULA,
            (
                Quote("2", FORMULA, (), "", picked=False, code="formula"),
                Quote("3", f"- {SCRIPT}\n# kop", (), "", picked=False, code="formula"),
            ),
        ),
    )
    found = tables()
    section = Section(
        title="Wat zijn trends?",
        finding="Opkomst van AI is nieuw op 1",
        tables=found,
        chart=bar_chart(found["comparison"]),
        quotes=quotes,
        facts=("Basis: 2000.",),
    )
    return Report(
        "Trends 2026", (section,), ("Een alinea.",), "Synthetisch.", date(2026, 11, 21), respondents
    )  # fmt: skip


def written(tmp_path: Path, ending: str, language: str = "nl") -> Path:
    path = tmp_path / f"report{ending}"
    report().save(path, language=language)
    return path


# Text


@pytest.mark.parametrize("language", ["nl", "en", "fr"])
def test_the_markdown_is_as_in_the_golden_file(tmp_path: Path, language: str) -> None:
    text = written(tmp_path, ".md", language).read_text(encoding="utf-8")
    assert text == (GOLDEN / f"report.{language}.md").read_text(encoding="utf-8")


def test_the_csv_files_are_as_in_the_golden_files(tmp_path: Path) -> None:
    files = write_report(report(), [tmp_path / "report.csv"])
    assert [file.name for file in files] == ["report.csv", "report.comparison.csv", "report.quotes.csv"]
    for file in files:
        assert file.read_text(encoding="utf-8-sig") == (GOLDEN / file.name).read_text(encoding="utf-8")
        assert file.read_bytes().startswith(b"\xef\xbb\xbf")
        assert file.read_bytes().endswith(b"\r\n")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_decimals_go_by_the_separator_whatever_the_language(tmp_path: Path, language: str) -> None:
    assert "25,6" in written(tmp_path, ".csv", language).read_text(encoding="utf-8-sig")
    files = replace(report(), separator=",").save(tmp_path / "between.csv", language=language)
    assert ",25.6" in files[0].read_text(encoding="utf-8-sig")


@given(st.text(max_size=20))
def test_no_cell_of_a_csv_is_a_formula_and_its_text_is_all_there(text: str) -> None:
    cell = guard(text)
    assert cell in (text, f"'{text}")
    assert len(cell) < 2 or not re.match(r"\s*[=+\-@]", cell) or re.fullmatch(r"[+-]?\d+([.,]\d+)?", cell)


def test_a_dash_and_a_number_are_no_formula() -> None:
    assert (guard("-"), guard("-1,5"), guard("-1+1"), guard("a=b")) == ("-", "-1,5", "'-1+1", "a=b")


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("*sterren* en _strepen_", r"\*sterren\* en \_strepen\_"),
        ("<b>", r"\<b\>"),
        ("a | b", r"a \| b"),
        ("- lijst", r"\- lijst"),
        ("# kop", r"\# kop"),
        ("1. eerst", r"1\. eerst"),
        ("10-12 uur, 3.5 km", "10-12 uur, 3.5 km"),
        ("R&D &amp; &#33;", "R&D &amp;amp; &amp;#33;"),
        ("regel\n# kop", "regel # kop"),
    ],
)
def test_markup_in_a_text_stays_text_in_markdown(text: str, escaped: str) -> None:
    assert plain(text) == escaped


# The page


def test_the_page_holds_everything_and_names_no_address(tmp_path: Path) -> None:
    page = written(tmp_path, ".html").read_text(encoding="utf-8")
    assert re.findall(r"https?:|//[a-z]|@import|url\(|<script|<link|<img", page) == []
    assert page.count("<svg") == 2  # for a screen, and for a telephone
    assert "&lt;script&gt;" in page
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page
    assert "21 november 2026" in page
    assert "1.020" in page


def test_a_table_of_the_page_says_which_cells_are_heads(tmp_path: Path) -> None:
    page = written(tmp_path, ".html").read_text(encoding="utf-8")
    assert '<th scope="row">Opkomst van AI</th>' in page
    assert '<th scope="col" class="number">n</th>' in page


def test_the_colours_of_the_chart_are_those_that_the_page_turns_in_the_dark(tmp_path: Path) -> None:
    page = written(tmp_path, ".html").read_text(encoding="utf-8")
    drawing = page[page.index("<svg") : page.index("</svg>")]
    style = page[: page.index("</style>")]
    classes = {one for names in re.findall(r'class="([^"]+)"', drawing) for one in names.split()} - {"mark", "pressed"}
    assert len(classes) > 3
    for name in classes:
        assert f".{name} {{" in style
    assert len(re.findall(r'(?:fill|stroke)="#', drawing)) == len(
        re.findall(r"(?:fill|stroke)-[a-z]+(?=[ \"])", drawing)
    )


def test_the_chart_says_in_words_what_it_shows_and_is_the_same_every_time() -> None:
    chart = bar_chart(tables()["comparison"])
    assert chart is not None
    with speaking("nl"):
        drawing = svg(chart)
        assert drawing == svg(chart)
    assert "Opkomst van AI: deze meting 51%;" in drawing
    assert "&lt;script&gt;alert(1)&lt;/script&gt;: deze meting &lt;1%, vorige meting 10%." in drawing
    assert png(chart).startswith(b"\x89PNG")


def test_a_label_of_several_lines_has_its_middle_beside_the_bar() -> None:
    long = "een heel lang label dat over drie regels van veertig tekens loopt en dus verder gaat dan twee"
    drawing = svg(Chart(("kort", long), (Series("nu", (10.0, 20.0)),)))
    lines = [float(y) for y in re.findall(r'<text class="fill-ink" x="0" y="([\d.]+)"', drawing)][1:]
    bars = re.findall(r'<rect class="fill-accent" x="[\d.]+" y="([\d.]+)"[^>]* height="([\d.]+)"', drawing)
    assert len(lines) > 1
    assert abs(sum(lines) / len(lines) - 13 * 0.36 - float(bars[1][0]) - float(bars[1][1]) / 2) < 1


def test_a_long_chart_is_cut_in_parts_with_one_scale() -> None:
    values = tuple(float(40 - place) for place in range(30))
    chart = Chart(tuple(f"Code {place}" for place in range(30)), (Series("nu", values),), "noot")
    parts = chart.parts(16)
    assert [len(part.labels) for part in parts] == [15, 15]
    assert {part.highest for part in parts} == {40.0}
    assert [part.note for part in parts] == ["", "noot"]
    assert chart.parts(30) == [chart]


def test_of_places_alone_no_bars_of_the_last_wave_are_drawn() -> None:
    table = tables()["comparison"]
    alone = Table(table.title, table.frame.assign(then_percent=float("nan")), 2000, table.shown)
    chart = bar_chart(alone)
    assert chart is not None
    assert [spoken(series.name) for series in chart.series] == ["deze meting"]
    assert spoken(chart.note) == "Van de vorige meting zijn alleen plaatsen bekend."
    assert bar_chart(Table("leeg", table.frame.iloc[:0], 0, table.shown)) is None


# Word


def test_the_document_has_headings_tables_a_picture_and_its_language(tmp_path: Path) -> None:
    document = Document(str(written(tmp_path, ".docx")))
    heads = [
        (one.style.name, one.text) for one in document.paragraphs if one.style and "Heading" in str(one.style.name)
    ]
    assert heads[0] == ("Heading 1", "Opkomst van AI is nieuw op 1")
    assert ("Heading 3", FORMULA) in heads
    assert ("Heading 1", "Methode") in heads
    assert [[cell.text for cell in row.cells] for row in document.tables[0].rows][:4] == [
        ["Plaats", "Code", "n", "%"],
        ["1", "Opkomst van AI", "1.020", "51%"],
        ["2", FORMULA, "512", "26%"],
        ["3", SCRIPT, "5", "<1%"],
    ]
    assert document.tables[0].rows[0]._tr.findall(f".//{qn('w:tblHeader')}")  # noqa: SLF001
    assert "Opkomst van AI: deze meting 51%" in document.inline_shapes[0]._inline.docPr.get("descr", "")  # noqa: SLF001
    assert "nl-BE" in ZipFile(tmp_path / "report.docx").read("word/styles.xml").decode()
    bold = [run.text for one in document.paragraphs for run in one.runs if run.bold]
    assert bold == ["AI"]


def test_then_and_now_stand_under_each_other_on_a_page_that_is_not_turned(tmp_path: Path) -> None:
    book = Codebook(tuple(Code(f"c{place}", place, {"nl": f"Code {place}"}) for place in range(1, 9)))
    counted = mentions(coding_of([f"c{place}" for place in range(1, 9) for _ in range(place)]), book, rows=36)
    section = Section("Vraag", "Bevinding", {"top": top(counted, book), "comparison": compare(counted, counted, book)})
    Report("Titel", (section,)).save(tmp_path / "r.docx", language="nl")
    document = Document(str(tmp_path / "r.docx"))
    assert len(document.sections) == 1
    assert len(document.tables) == 3
    heads = [cell.text for table in document.tables for cell in table.rows[0].cells]
    assert "Evolutie" in heads


def test_a_table_too_wide_for_the_page_stands_on_one_that_is_turned(tmp_path: Path) -> None:
    names = [f"percent:Sector {letter}" for letter in "abcdefgh"]
    frame = pd.DataFrame({"label": LABELS, **dict.fromkeys(names, 12.0)})
    heads = {name: f"{name.partition(':')[2]}, N=100" for name in names}
    wide = Table("Sectoren", frame, None, {"label": "Code", **heads}, ("Noot.",))
    section = Section("Vraag", "Bevinding", {"top": tables()["top"], "groups": wide}, facts=("Een feit.",))
    second = replace(section, tables={"groups": wide}, facts=())
    Report("Titel", (section, second), ("Methode.",)).save(tmp_path / "r.docx", language="nl")
    document = Document(str(tmp_path / "r.docx"))
    turned = [page.orientation == WD_ORIENT.LANDSCAPE for page in document.sections]
    assert turned == [False, True, False, True, False]
    assert [int(page.page_width or 0) > int(page.page_height or 0) for page in document.sections] == turned
    widths = [sum(column.width.cm for column in table.columns) for table in document.tables]
    assert widths == [pytest.approx(16, abs=0.01), pytest.approx(24.7, abs=0.01), pytest.approx(24.7, abs=0.01)]


def test_a_short_table_keeps_its_notes_on_its_page(tmp_path: Path) -> None:
    document = Document(str(written(tmp_path, ".docx")))
    kept = [cell.paragraphs[0].paragraph_format.keep_with_next for row in document.tables[0].rows for cell in row.cells]
    assert set(kept) == {True}
    assert next(one for one in document.paragraphs if one.text == "N = 2000.").paragraph_format.keep_with_next is None


# Slides


def test_each_slide_says_its_finding_or_table_and_everything_stands_on_it(tmp_path: Path) -> None:
    deck = Presentation(str(written(tmp_path, ".pptx")))
    assert round(deck.slide_width / deck.slide_height, 2) == 1.78
    titles = [slide.shapes.title.text for slide in deck.slides]
    assert titles == [
        "Trends 2026", "Opkomst van AI is nieuw op 1", "Top 10", "Vergelijking", "Antwoorden per code", "Methode",
    ]  # fmt: skip
    said = [paragraph.text for paragraph in deck.slides[5].placeholders[1].text_frame.paragraphs]
    assert said == ["Een alinea.", "Hoe dit gemaakt is", "• Basis: 2000."]
    for slide in deck.slides:
        for shape in slide.shapes:
            assert 0 <= shape.left <= shape.left + shape.width <= deck.slide_width
            assert 0 <= shape.top <= shape.top + shape.height <= deck.slide_height


def test_the_chart_on_a_slide_is_native_and_its_workbook_holds_no_formula(tmp_path: Path) -> None:
    deck = Presentation(str(written(tmp_path, ".pptx")))
    frame = next(shape for shape in deck.slides[1].shapes if shape.has_chart)
    chart = frame.chart
    assert list(chart.plots[0].categories) == LABELS[:3]
    assert {one.name: list(one.values) for one in chart.plots[0].series} == {
        "deze meting": [0.51, 0.256, 0.0025],
        "vorige meting": [None, 0.5, 0.1],
    }
    assert "Opkomst van AI: deze meting 51%" in frame._element.nvGraphicFramePr.cNvPr.get("descr")  # noqa: SLF001
    (tmp_path / "chart.xlsx").write_bytes(chart.part.chart_workbook.xlsx_part.blob)
    sheet = load_workbook(tmp_path / "chart.xlsx").active
    assert [[cell.value for cell in row] for row in sheet.iter_rows()][2] == [FORMULA, 0.256, 0.5]
    assert sheet["A3"].data_type == "s"


def test_the_table_on_a_slide_is_native(tmp_path: Path) -> None:
    deck = Presentation(str(written(tmp_path, ".pptx")))
    table = next(shape.table for shape in deck.slides[2].shapes if shape.has_table)
    assert [cell.text for cell in table.rows[3].cells] == ["3", SCRIPT, "5", "<1%"]


def test_what_does_not_fit_on_a_slide_goes_on_on_the_next(tmp_path: Path) -> None:
    label = "Een label van meer dan zestig tekens over communicatie en samenwerking, nummer"
    frame = pd.DataFrame(
        {"rank": range(1, 31), "label": [f"{label} {place}" for place in range(30)], "n": 30, "percent": 40.0}
    )
    table = Table("Alle codes", frame, 75, tables()["top"].shown)
    section = Section("Vraag", "Bevinding", {"top": table}, bar_chart(table))
    Report("Titel", (section,)).save(tmp_path / "r.pptx", tmp_path / "r.docx", language="nl")
    deck = Presentation(str(tmp_path / "r.pptx"))
    titles = [slide.shapes.title.text for slide in deck.slides][1:]
    assert titles[:3] == ["Bevinding (1 van 3)", "Bevinding (2 van 3)", "Bevinding (3 van 3)"]
    rows = [len(shape.table.rows) for slide in deck.slides for shape in slide.shapes if shape.has_table]
    assert sum(rows) - len(rows) == 30
    assert max(rows) - min(rows) <= 2
    for slide in deck.slides:
        for shape in slide.shapes:
            if shape.has_table:
                assert sum(row.height for row in shape.table.rows) <= 5 * 914400
    assert len(Document(str(tmp_path / "r.docx")).inline_shapes) == 2


# Workbook


def test_the_workbook_has_numbers_as_numbers_and_texts_as_texts(tmp_path: Path) -> None:
    book = load_workbook(written(tmp_path, ".xlsx"))
    assert book.sheetnames == ["Inhoud", "Grafiek", "Top 10", "Vergelijking", "Antwoorden per code"]
    sheet = book["Top 10"]
    assert [cell.value for cell in sheet[3]] == ["Plaats", "Code", "n", "%"]
    assert [cell.value for cell in sheet[4]] == [1, "Opkomst van AI", 1020, 0.51]
    assert [cell.value for cell in sheet[5]] == [2, FORMULA, 512, 0.256]
    assert (sheet["B5"].data_type, sheet["D5"].data_type) == ("s", "n")
    assert sheet["D6"].value == 0.0025
    assert "%" in sheet["D6"].number_format
    assert sheet["A7"].value is None
    assert sheet.freeze_panes == "A4"
    assert sheet["A9"].value == "N = 2000."
    formulas = [cell for page in book for row in page.iter_rows() for cell in row if cell.data_type == "f"]
    assert formulas == []


def test_the_workbook_prints_in_landscape_on_the_width_of_a_page_and_has_a_native_chart(tmp_path: Path) -> None:
    path = written(tmp_path, ".xlsx")
    sheet = load_workbook(path)["Top 10"]
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.fitToHeight == 0
    assert sheet.print_title_rows == "$3:$3"
    with ZipFile(path) as files:
        assert "barDir" in files.read("xl/charts/chart1.xml").decode()
        assert "Opkomst van AI: deze meting 51%" in files.read("xl/drawings/drawing1.xml").decode()


def test_sheets_of_one_title_get_names_of_their_own(tmp_path: Path) -> None:
    table = tables()["top"]
    long = Table("Vraag 1/2: [alle] codes van de hele lijst", table.frame, 2000, table.shown)
    section = Section("Vraag", "Bevinding", {"a": long, "b": long})
    Report("Titel", (section,)).save(tmp_path / "r.xlsx", language="nl")
    names = load_workbook(tmp_path / "r.xlsx").sheetnames
    assert len({name.casefold() for name in names}) == 3
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)


# SPSS


BOOK = Codebook((Code("ai", 1, {"nl": "Opkomst van AI"}), Code("x-y", 2, {"nl": SCRIPT})))


def respondents() -> Respondents:
    counted = mentions(coding_of(["ai", "ai;x-y", "-", ""]), BOOK)
    frame = pd.DataFrame(
        {
            "Sector / domein": ["Zorg", "", "Cultuur", "Zorg"],
            "nr": ["001", "002", "003", "004"],
            "leeftijd": ["34", "", "56", "7"],
            "weging": ["1,5", "0,5", "1", "1"],
            "antwoord": [FORMULA, "é 🎬\nregel", SCRIPT, ""],
        },
        index=pd.Index(["1", "2", "3", "4"]),
    )
    return Respondents(frame, counted, BOOK, "Wat zijn 'trends'? " * 8, "weging")


def test_the_data_go_to_spss_and_back(tmp_path: Path) -> None:
    files = report(respondents=respondents()).save(tmp_path / "r.sav", language="nl")
    assert [file.name for file in files] == ["r.sav", "r.sps"]
    frame, about = pyreadstat.read_sav(str(tmp_path / "r.sav"))
    assert list(frame.columns) == [
        "sector_domein", "nr", "leeftijd", "weging", "antwoord", "c1", "c2", "c_none",
    ]  # fmt: skip
    assert frame["antwoord"].tolist() == respondents().frame["antwoord"].tolist()
    assert frame["nr"].tolist() == ["001", "002", "003", "004"]
    assert frame["weging"].tolist() == [1.5, 0.5, 1.0, 1.0]
    assert frame["leeftijd"].isna().tolist() == [False, True, False, False]
    assert frame["c1"].tolist()[:3] == [1, 1, 0]
    assert frame["c_none"].tolist()[:3] == [0, 0, 1]
    assert frame.iloc[3, 5:].isna().all()
    assert about.column_names_to_labels["c2"] == SCRIPT
    assert about.column_names_to_labels["sector_domein"] == "Sector / domein"
    assert about.variable_value_labels["c1"] == {0.0: "Niet vermeld", 1.0: "Vermeld"}
    assert about.variable_measure["weging"] == "scale"
    assert about.variable_measure["leeftijd"] == "nominal"  # of fewer than 24 values, as SPSS has it
    assert (about.original_variable_types["weging"], about.original_variable_types["leeftijd"]) == ("F4.1", "F3.0")


def test_a_few_texts_that_recur_are_labelled_numbers_and_headings_are_cut_between_words(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "In welke sector werkt u vooral?": ["Zorg", "Cultuur", "", "Zorg"] * 6,
            "leeftijd": [str(age) for age in range(20, 44)],
            "grootte": ["250+", "10-49", "1-9", "50-249"] * 6,
            "antwoord": [f"antwoord {place}" for place in range(24)],
        },
        index=[str(place) for place in range(1, 25)],
    )
    data = replace(respondents(), frame=frame, weight=None, called={"grootte": "Werknemers"})
    report(respondents=data).save(tmp_path / "r.sav", language="nl")
    read, about = pyreadstat.read_sav(str(tmp_path / "r.sav"))
    assert list(read.columns)[:4] == ["in_welke_sector", "leeftijd", "grootte", "antwoord"]
    assert list(about.variable_value_labels["grootte"].values()) == ["1-9", "10-49", "50-249", "250+"]
    assert about.column_names_to_labels["grootte"] == "Werknemers"
    assert about.variable_value_labels["in_welke_sector"] == {1.0: "Cultuur", 2.0: "Zorg"}
    assert read["in_welke_sector"].tolist()[:2] == [2, 1]
    assert read["in_welke_sector"].isna().tolist()[:4] == [False, False, True, False]
    assert [about.variable_measure[name] for name in read.columns[:4]] == ["nominal", "scale", "nominal", "nominal"]
    assert about.column_names_to_labels["in_welke_sector"] == "In welke sector werkt u vooral?"


def test_the_syntax_makes_one_set_of_all_codes_in_lines_that_fit(tmp_path: Path) -> None:
    write_report(report(respondents=respondents()), [tmp_path / "r.sav"])
    text = (tmp_path / "r.sps").read_text(encoding="utf-8-sig")
    assert all(len(line) <= 80 for line in text.splitlines())
    joined = " ".join(text.split())
    assert "WEIGHT BY weging." in joined
    assert "MRSETS /MDGROUP NAME=$codes LABEL='Wat zijn ''trends''?" in joined
    assert "CATEGORYLABELS=VARLABELS VARIABLES= c1 c2 c_none VALUE=1" in joined
    assert "/DISPLAY NAME=[$codes]." in joined
    assert text.count("'") % 2 == 0


@settings(max_examples=200)
@given(st.lists(st.text(max_size=90), max_size=12))
def test_names_of_variables_are_those_that_spss_takes(wished: list[str]) -> None:
    names = variable_names(wished)
    assert len(set(names)) == len(names) == len(wished)
    for name in names:
        assert re.fullmatch(r"[a-z][a-z0-9_.]*", name)
        assert len(name) <= 64
        assert not name.endswith(".")
        assert name not in {"all", "and", "by", "to", "with", "not", "or", "eq", "ne", "lt", "le", "gt", "ge"}


def test_tables_alone_are_no_data_for_spss(tmp_path: Path) -> None:
    with pytest.raises(CoderError, match="respondents"):
        write_report(report(), [tmp_path / "r.sav"])
    assert list(tmp_path.iterdir()) == []


# All


def test_an_ending_that_is_none_of_them_is_an_error_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(CoderError, match=r"\.html.*\.pptx.*\.md"):
        write_report(report(), [tmp_path / "a.md", tmp_path / "a.pdf"])
    with pytest.raises(CoderError, match="twice"):
        write_report(report(), [tmp_path / "a.md", tmp_path / "a.md"])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", [ending for ending in ENDINGS if ending != ".sav"])
def test_signs_that_xml_cannot_hold_do_not_break_a_report(tmp_path: Path, ending: str) -> None:
    frame = tables()["top"].frame.assign(label=["a\x00b", "c\x0bd", "e\x1ff", "\ufffe"])
    table = Table("Top\x01 10", frame, 2000, tables()["top"].shown, ("noot\x02",))
    quotes = (("a\x00b", (Quote("1", "tekst\x0c met\x00 tekens", ((0, 2),), "", picked=False),)),)
    section = Section("Vraag\x03", "Bevinding\x04", {"top": table}, bar_chart(table), quotes)
    Report("Titel\x05", (section,), ("methode\x06",)).save(tmp_path / f"r{ending}", language="nl")


def test_cells_and_dates_are_written_as_in_the_language() -> None:
    frame = pd.DataFrame({"rank": [1], "n": [12345], "alpha": [0.5], "percent:Zorg": [12.5], "text": ["1.5"]})
    table = Table("t", frame, None, {str(name): str(name) for name in frame})
    assert cells_of(table, "nl") == [["1", "12.345", "0,500", "13%", "1.5"]]
    assert cells_of(table, "en") == [["1", "12,345", "0.500", "13%", "1.5"]]
    for language, day in (("nl", "2 november 2026"), ("en", "2 November 2026")):
        with speaking(language):
            assert written_date(date(2026, 11, 2)) == day


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 12), st.integers(1, 90), st.integers(0, 60), st.sampled_from([16.0, 12.0]))
def test_columns_of_a_wide_table_are_each_in_one_part_and_n_and_percent_of_a_group_together(
    groups: int, label: int, name: int, room: float
) -> None:
    columns: dict[str, list[object]] = {"rank": [1], "label": ["x" * label]}
    shown = {"rank": "Plaats", "label": "Code"}
    for group in range(groups):
        columns |= {f"n:{group}": [123], f"percent:{group}": [45.0]}
        shown |= {f"n:{group}": f"{'g' * name} N", f"percent:{group}": f"{'g' * name} %"}
    table = Table("t", pd.DataFrame(columns), 1, shown)
    parts = column_parts(table, room=room, character=0.1, margin=0.3)
    names = list(shown)
    assert all(part.columns[:2] == (0, 1) for part in parts)
    assert sorted(place for part in parts for place in part.columns[2:]) == list(range(2, len(names)))
    for part in parts:
        inside = {names[place].partition(":")[2] for place in part.columns[2:]}
        assert len(part.columns) == 2 + 2 * len(inside)
        assert sum(part.widths) <= room + 1e-6 or len(inside) == 1


def test_the_csv_reads_back_as_a_table(tmp_path: Path) -> None:
    path = written(tmp_path, ".csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert [row["label"] for row in rows] == ["Opkomst van AI", f"'{FORMULA}", SCRIPT, "Andere"]
    assert [row["percent"] for row in rows] == ["51,0", "25,6", "0,25", "2,0"]


def test_in_a_workbook_what_a_rule_found_in_a_quote_is_bold(tmp_path: Path) -> None:
    with speaking("nl"):
        sheet = load_workbook(written(tmp_path, ".xlsx"), rich_text=True)["Antwoorden per code"]
    assert [str(part) for part in sheet["B4"].value] == ["Meer ", "AI", " & <b>tools</b>"]
    assert sheet["B4"].value[1].font.b
    assert sheet["B5"].value == FORMULA
