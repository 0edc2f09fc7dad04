from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import docx
import pytest
from docx.document import Document as Word
from docx.enum.text import WD_BREAK
from docx.oxml import parse_xml

import coder
from coder.errors import DataError

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
ODT = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"><office:body><office:text>{}'
    "</office:text></office:body></office:document-content>"
)


def word(path: Path) -> Word:
    """A document with a heading, text, a list and a table."""
    made = docx.Document()
    made.add_heading("Cultuurbeleid", 1)
    made.add_paragraph("Wij willen dat iedereen meedoet.")
    made.add_heading("Doelen", 2)
    made.add_paragraph("Meer publiek", style="List Bullet")
    table = made.add_table(2, 2)
    for number, cell in enumerate(cell for row in table.rows for cell in row.cells):
        cell.text = f"cel {number}"
    made.add_paragraph("Slot.")
    made.save(str(path))
    return made


def add(paragraph: object, xml: str) -> None:
    """Put XML at the end of a paragraph."""
    paragraph._p.append(parse_xml(xml))  # type: ignore[attr-defined]  # noqa: SLF001


def odt(path: Path, body: str) -> Path:
    """A text of LibreOffice with this body."""
    with ZipFile(path, "w") as parts:
        parts.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        parts.writestr("content.xml", ODT.format(body))
    return path


def test_a_word_document_is_its_headings_paragraphs_items_and_rows_in_order(tmp_path: Path) -> None:
    word(tmp_path / "plan.docx")
    document = coder.read_document(tmp_path / "plan.docx")
    assert document.texts() == [
        "Cultuurbeleid", "Wij willen dat iedereen meedoet.", "Doelen", "Meer publiek",
        "cel 0 | cel 1", "cel 2 | cel 3", "Slot.",
    ]  # fmt: skip
    assert document.blocks["kind"].tolist() == ["heading", "paragraph", "heading", "item", "row", "row", "paragraph"]
    assert document.blocks["section"].iloc[-1] == "Cultuurbeleid › Doelen"
    assert (document.pages, document.blocks["page"].max(), document.notes) == (0, 0, ())


def test_a_dutch_style_is_a_heading_too(tmp_path: Path) -> None:
    made = docx.Document()
    style = made.styles.add_style("Kop 2", 1)
    style.element.set("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}styleId", "Kop2")
    made.add_paragraph("Doelen", style="Kop 2")
    outlined = made.add_paragraph("Met een niveau")
    outlined.paragraph_format.element.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {W} w:val="2"/>'))
    made.save(str(tmp_path / "plan.docx"))
    blocks = coder.read_document(tmp_path / "plan.docx").blocks
    assert blocks[["kind", "level"]].to_numpy().tolist() == [["heading", 2], ["heading", 3]]


def test_insertions_are_in_and_deletions_are_out_and_told(tmp_path: Path) -> None:
    made = docx.Document()
    one = made.add_paragraph("Wij ")
    add(one, f"<w:ins {W}><w:r><w:t>nieuw </w:t></w:r></w:ins>")
    add(one, f"<w:del {W}><w:r><w:delText>geschrapt </w:delText></w:r></w:del>")
    add(one, f"<w:moveFrom {W}><w:r><w:t>verplaatst </w:t></w:r></w:moveFrom>")
    add(one, f"<w:r {W}><w:t>beleid</w:t></w:r>")
    cut = made.add_paragraph("Een alinea waarvan het einde weg is, ")
    cut._p.get_or_add_pPr().append(parse_xml(f"<w:rPr {W}><w:del/></w:rPr>"))  # noqa: SLF001
    made.add_paragraph("gaat door.")
    made.save(str(tmp_path / "plan.docx"))
    document = coder.read_document(tmp_path / "plan.docx")
    assert document.texts() == ["Wij nieuw beleid", "Een alinea waarvan het einde weg is, gaat door."]
    assert document.repairs[["start", "kind", "was"]].to_numpy().tolist() == [
        [10, "deletion", "geschrapt "], [10, "deletion", "verplaatst "],
    ]  # fmt: skip
    assert [note.key for note in document.notes] == ["documents.tracked_changes"]


def test_a_text_box_is_read_once_and_hidden_text_not(tmp_path: Path) -> None:
    made = docx.Document()
    one = made.add_paragraph("Voor het kader.")
    box = f"<w:txbxContent {W}><w:p><w:r><w:t>In het kader.</w:t></w:r></w:p></w:txbxContent>"
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    add(one, f'<w:r {W} {mc}><mc:AlternateContent><mc:Choice Requires="wps">{box}</mc:Choice>'
             f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>")  # fmt: skip
    one.add_run(" geheim").font.hidden = True
    made.save(str(tmp_path / "plan.docx"))
    document = coder.read_document(tmp_path / "plan.docx")
    assert document.texts() == ["Voor het kader.", "In het kader."]
    assert document.repairs["kind"].tolist() == ["hidden"]


def test_footnotes_stand_after_the_paragraph_that_refers_to_them(tmp_path: Path) -> None:
    made = docx.Document()
    one = made.add_paragraph("Met een noot")
    add(one, f'<w:r {W}><w:footnoteReference w:id="2"/></w:r>')
    add(one, f"<w:r {W}><w:t>.</w:t></w:r>")
    made.add_paragraph("Daarna.")
    made.save(str(tmp_path / "half.docx"))
    notes = (
        f'<w:footnotes {W}><w:footnote w:id="0" w:type="separator"><w:p/></w:footnote>'
        '<w:footnote w:id="2"><w:p><w:r><w:t>Zie het verslag.</w:t></w:r></w:p></w:footnote></w:footnotes>'
    )
    with ZipFile(tmp_path / "half.docx") as old, ZipFile(tmp_path / "plan.docx", "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.writestr("word/footnotes.xml", notes)
    document = coder.read_document(tmp_path / "plan.docx")
    assert document.texts() == ["Met een noot.", "Zie het verslag.", "Daarna."]
    assert document.blocks["kind"].tolist() == ["paragraph", "footnote", "paragraph"]


def test_pages_of_word_are_where_it_last_broke_them_and_told_as_such(tmp_path: Path) -> None:
    made = docx.Document()
    made.add_paragraph("Eerste.")
    run = made.add_paragraph().add_run()
    run.add_break(WD_BREAK.PAGE)
    add(made.add_paragraph(), f"<w:r {W}><w:lastRenderedPageBreak/><w:t>Tweede.</w:t></w:r>")
    made.save(str(tmp_path / "plan.docx"))
    document = coder.read_document(tmp_path / "plan.docx")
    assert document.blocks["page"].tolist() == [1, 2]
    assert [note.key for note in document.notes] == ["documents.pages_approximate"]


def test_short_bold_lines_are_headings_where_nothing_else_is(tmp_path: Path) -> None:
    made = docx.Document()
    made.add_paragraph().add_run("Agenda").bold = True
    made.add_paragraph("Wij spraken over het plan.")
    made.save(str(tmp_path / "verslag.docx"))
    document = coder.read_document(tmp_path / "verslag.docx")
    assert document.blocks["kind"].tolist() == ["heading", "paragraph"]
    assert [note.key for note in document.notes] == ["documents.guessed_headings"]


def test_content_controls_and_tables_in_tables_lose_nothing(tmp_path: Path) -> None:
    made = docx.Document()
    content = "<w:sdtContent><w:p><w:r><w:t>In een veld.</w:t></w:r></w:p></w:sdtContent>"
    made.element.body.insert(0, parse_xml(f"<w:sdt {W}>{content}</w:sdt>"))
    outer = made.add_table(1, 2)
    outer.cell(0, 0).text = "links"
    inner = outer.cell(0, 1).add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "binnen", "nog"
    frame = made.add_table(1, 1)
    frame.cell(0, 0).text = "kader"
    made.save(str(tmp_path / "plan.docx"))
    document = coder.read_document(tmp_path / "plan.docx")
    assert document.texts() == ["In een veld.", "links | binnen | nog", "kader"]


def test_a_text_of_libreoffice_reads_as_it_looks(tmp_path: Path) -> None:
    body = (
        '<text:tracked-changes><text:changed-region text:id="c1"><text:deletion><text:p>weg</text:p></text:deletion>'
        "</text:changed-region></text:tracked-changes>"
        '<text:h text:outline-level="2">Doelen</text:h>'
        '<text:p>Wij<text:s text:c="2"/>willen<text:change text:change-id="c1"/>\n   veel<text:note>'
        "<text:note-citation>1</text:note-citation><text:note-body><text:p>Een noot.</text:p></text:note-body>"
        "</text:note>.</text:p>"
        "<text:list><text:list-item><text:p>Een punt</text:p></text:list-item></text:list>"
        "<table:table><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell><table:table-cell><text:p>b"
        "</text:p></table:table-cell></table:table-row></table:table>"
        "<text:p><draw:frame><draw:text-box><text:p>In een kader</text:p></draw:text-box></draw:frame></text:p>"
    )
    document = coder.read_document(odt(tmp_path / "plan.odt", body))
    assert document.texts() == ["Doelen", "Wij  willen veel.", "Een noot.", "Een punt", "a | b", "In een kader"]
    assert document.blocks["kind"].tolist() == ["heading", "paragraph", "footnote", "item", "row", "paragraph"]
    assert document.repairs[["kind", "was"]].to_numpy().tolist() == [["deletion", "weg"]]
    assert document.text[: document.repairs["start"].iloc[0]].endswith("willen")


@pytest.mark.parametrize("what", ["bomb", "cut", "entities", "no document"])
def test_a_zip_that_is_hostile_or_damaged_says_so(tmp_path: Path, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "plan.docx"
    word(path)
    if what == "cut":
        path.write_bytes(path.read_bytes()[:2_000])
    else:
        monkeypatch.setattr("coder.files.documents.zipped._LARGEST", 100_000)
        main = {
            "bomb": "<a>" + " " * 1_000_000 + "</a>",
            "entities": '<!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>',
            "no document": "<a",
        }[what]
        with ZipFile(path, "w", ZIP_DEFLATED) as parts:
            parts.writestr("[Content_Types].xml", "<Types/>")
            parts.writestr("word/document.xml", main)
    with pytest.raises(DataError) as error:
        coder.read_document(path)
    assert error.value.note.key == ("documents.bomb" if what == "bomb" else "documents.damaged")


def test_a_part_whose_name_leads_out_of_the_zip_writes_nothing(tmp_path: Path) -> None:
    inside = tmp_path / "plans"
    inside.mkdir()
    word(inside / "plan.docx")
    with ZipFile(inside / "plan.docx", "a") as parts:
        parts.writestr("../../evil.txt", "x")
    assert len(coder.read_document(inside / "plan.docx")) == 7
    assert sorted(one.name for one in tmp_path.rglob("*")) == ["plan.docx", "plans"]


def test_what_is_no_document_says_what_it_is(tmp_path: Path) -> None:
    old = tmp_path / "plan.doc"
    old.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    locked = tmp_path / "locked.docx"
    locked.write_bytes(old.read_bytes() + "EncryptedPackage".encode("utf-16-le"))
    book = tmp_path / "plan.xlsx"
    with ZipFile(book, "w") as parts:
        parts.writestr("xl/workbook.xml", "<a/>")
    for path, key in ((old, "old_word"), (locked, "password"), (book, "workbook")):
        with pytest.raises(DataError) as error:
            coder.read_document(path)
        assert error.value.note.key == f"documents.{key}"


def test_the_kind_follows_from_the_content_which_is_told(tmp_path: Path) -> None:
    word(tmp_path / "plan.docx")
    renamed = (tmp_path / "plan.docx").rename(tmp_path / "plan.pdf")
    document = coder.read_document(renamed)
    assert (document.kind, [note.key for note in document.notes]) == ("docx", ["documents.other_kind"])


def test_a_style_with_a_level_of_a_list_and_no_list_is_no_item(tmp_path: Path) -> None:
    made = docx.Document()
    made.add_paragraph("Wat wij willen", style="Subtitle")
    made.save(str(tmp_path / "plan.docx"))
    assert coder.read_document(tmp_path / "plan.docx").blocks["kind"].tolist() == ["paragraph"]
