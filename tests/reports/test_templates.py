"""A house style: its layouts, colours and fonts are in the report, whatever they are called; what is none is told."""

from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.shared import Cm
from pptx import Presentation
from pptx.util import Inches

from coder import CoderError
from coder.reports.template import read_template
from coder.reports.write import write_report
from coder.words import speaking
from tests.conftest import Cli
from tests.reports.test_formats import report

DUTCH = ("Titeldia", "Titel en object", "Sectiekop", "Inhoud van twee", "Vergelijking", "Alleen titel", "Leeg")
RED = b"C8102E"


def as_template(path: Path, kind: str) -> Path:
    """The same file as a template of its kind."""
    written = BytesIO()
    with ZipFile(path) as packed, ZipFile(written, "w") as other:
        for part in packed.infolist():
            content = packed.read(part)
            if part.filename == "[Content_Types].xml":
                content = content.replace(f"ml.{kind}.main+xml".encode(), b"ml.template.main+xml")
            other.writestr(part, content)
    path.write_bytes(written.getvalue())
    return path


def house_slides(path: Path, *, keep: tuple[int, ...] = tuple(range(11))) -> Path:
    """Slides of 4:3 with Dutch names, a red accent, two slides in them, and these layouts of python-pptx."""
    deck: Any = Presentation()
    for place in range(2):
        deck.slides.add_slide(deck.slide_layouts[1]).shapes.title.text = f"OUD {place}"
    for layout, name in zip(deck.slide_layouts, DUTCH, strict=False):
        layout.name = name
    for place, layout in enumerate(list(deck.slide_layouts)):
        if place not in keep and not layout.used_by_slides:
            deck.slide_layouts.remove(layout)
    theme = next(one.target_part for one in deck.slide_master.part.rels.values() if one.reltype.endswith("/theme"))
    theme._blob = theme.blob.replace(b"4F81BD", RED)  # noqa: SLF001
    deck.save(str(path))
    return path


def house_document(path: Path) -> Path:
    """A document with text in it, a narrow page, a head, a font, a red accent and a style of tables with a head."""
    document = Document()
    document.add_paragraph("OUDE TEKST")
    page = document.sections[0]
    page.left_margin = page.right_margin = Cm(4)
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.header.paragraphs[0].text = "Het Huis"
    document.styles["Normal"].font.name = "Georgia"
    own = document.styles.add_style("Huistabel", WD_STYLE_TYPE.TABLE)
    head = document.styles["Light List Accent 1"].element.xpath("w:tblStylePr[@w:type='firstRow']")[0]
    own.element.append(head)
    document.save(str(path))
    return path


def test_slides_take_the_size_and_the_layouts_of_the_house_and_none_of_its_slides(tmp_path: Path) -> None:
    house = as_template(house_slides(tmp_path / "huis.potx"), "presentation")
    report().save(tmp_path / "r.pptx", language="nl", template=house)
    deck = Presentation(str(tmp_path / "r.pptx"))
    assert (deck.slide_width, deck.slide_height) == (Inches(10), Inches(7.5))
    assert [slide.shapes.title.text for slide in deck.slides][:3] == [
        "Trends 2026", "Opkomst van AI is nieuw op 1", "Top 10",
    ]  # fmt: skip
    assert [slide.slide_layout.name for slide in deck.slides][:2] == ["Titeldia", "Titel en object"]
    with ZipFile(tmp_path / "r.pptx") as packed:
        names = packed.namelist()
        assert len([name for name in names if name.startswith("ppt/slides/slide")]) == len(deck.slides)
        assert any(RED in packed.read(name) for name in names if "theme" in name)
    for slide in deck.slides:
        assert any('type="sldNum"' in shape._element.xml for shape in slide.placeholders)  # noqa: SLF001
        for shape in slide.shapes:
            assert 0 <= shape.left <= shape.left + shape.width <= deck.slide_width
            assert 0 <= shape.top <= shape.top + shape.height <= deck.slide_height


def test_slides_of_which_no_layout_has_a_place_for_a_chart_get_it_under_the_title(tmp_path: Path) -> None:
    path = tmp_path / "kaal.pptx"
    deck: Any = Presentation()
    for place, layout in enumerate(list(deck.slide_layouts)):
        if place not in (0, 5):
            deck.slide_layouts.remove(layout)
    deck.save(str(path))
    report().save(tmp_path / "r.pptx", language="nl", template=path)
    slide = Presentation(str(tmp_path / "r.pptx")).slides[1]
    frame = next(shape for shape in slide.shapes if shape.has_chart)
    title = slide.shapes.title
    assert frame.top >= title.top + title.height
    assert frame.width == title.width


def test_a_document_takes_the_page_the_head_and_the_styles_of_the_house_and_none_of_its_text(tmp_path: Path) -> None:
    house = as_template(house_document(tmp_path / "huis.dotx"), "document")
    with speaking("nl"):
        write_report(report(), [tmp_path / "r.docx"], [read_template(house.read_bytes(), "huis.dotx")])
    document = Document(str(tmp_path / "r.docx"))
    assert "OUDE TEKST" not in [one.text for one in document.paragraphs]
    assert document.sections[0].header.paragraphs[0].text == "Het Huis"
    assert document.styles["Normal"].font.name == "Georgia"
    table = document.tables[0]
    assert table.style is not None
    assert table.style.name == "Huistabel"
    assert sum(column.width.cm for column in table.columns) == pytest.approx(13, abs=0.01)
    assert document.inline_shapes[0].width.cm == pytest.approx(13, abs=0.01)


def test_the_chart_of_a_document_can_be_edited(tmp_path: Path) -> None:
    report().save(tmp_path / "r.docx", language="nl")
    with ZipFile(tmp_path / "r.docx") as packed:
        chart = packed.read("word/charts/coder1.xml").decode()
        assert "word/embeddings/coder1.xlsx" in packed.namelist()
        assert "coder1.xlsx" in packed.read("word/charts/_rels/coder1.xml.rels").decode()
    assert 'schemeClr val="accent1"' in chart
    assert "Opkomst van AI" in chart


@pytest.mark.parametrize("content", [b"geen zip", b"", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_template_is_told_with_what_is_one(content: bytes) -> None:
    with pytest.raises(CoderError, match=r"x\.pptx.*\.potx.*\.dotx"):
        read_template(content, "x.pptx")


def test_a_template_whose_parts_are_broken_is_told(tmp_path: Path) -> None:
    path = house_slides(tmp_path / "huis.pptx")
    written = BytesIO()
    with ZipFile(path) as packed, ZipFile(written, "w") as other:
        for part in packed.infolist():
            other.writestr(part, b"<stuk" if part.filename == "ppt/presentation.xml" else packed.read(part))
    with pytest.raises(CoderError, match=r"huis\.pptx"):
        read_template(written.getvalue(), "huis.pptx")


def test_a_template_must_be_for_a_file_that_is_asked_for(tmp_path: Path) -> None:
    house = house_slides(tmp_path / "huis.pptx")
    with pytest.raises(CoderError, match=r"huis\.pptx.*\.pptx"):
        report().save(tmp_path / "r.docx", template=house)
    with pytest.raises(CoderError, match=r"huis\.pptx and huis\.pptx"):
        report().save(tmp_path / "r.pptx", template=[house, house], language="en")
    with pytest.raises(CoderError, match=r"weg\.pptx"):
        read_template(tmp_path / "weg.pptx")


def test_a_run_writes_slides_with_the_comparison_in_the_house_style(cli: Cli, tmp_path: Path) -> None:
    house = house_slides(tmp_path / "huis.pptx")
    (tmp_path / "book.yaml").write_text(
        "codebook: b\nlanguage: nl\ncodes:\n  - {id: video, number: 1, label: {nl: Video}, rules: [video]}\n"
        "  - {id: plan, number: 2, label: {nl: Plan}, rules: [plan]}\n", encoding="utf-8",
    )  # fmt: skip
    (tmp_path / "nu.csv").write_text("tekst\nmeer video\neen plan\nvideo graag\n", encoding="utf-8")
    (tmp_path / "toen.csv").write_text("plaats;label\n1;Plan\n2;Video\n", encoding="utf-8")
    done = cli(
        "run", tmp_path / "nu.csv", "--text", "tekst", "--codebook", tmp_path / "book.yaml", "--then",
        tmp_path / "toen.csv", "--template", house, "--docx", "--no-topics", "--out", tmp_path / "uit",
        "--language", "nl",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert {"report.html", "report.pptx", "report.docx"} <= {path.name for path in (tmp_path / "uit").iterdir()}
    slide = Presentation(str(tmp_path / "uit" / "report.pptx")).slides[1]
    chart = next(shape for shape in slide.shapes if shape.has_chart).chart
    assert list(chart.plots[0].categories) == ["1. Video (was 2)", "2. Plan (was 1)"]
