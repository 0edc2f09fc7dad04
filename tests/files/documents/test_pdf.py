from contextlib import closing
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import coder
from coder.documents import REPAIR_KINDS, Document
from coder.errors import DataError
from coder.files.documents import each_document, pages, pdf_lines
from tests.files.documents.typeset import BOLD, HIGH, Typeset, paged, sentence


def sound(document: Document) -> None:
    """What is true of every document."""
    blocks, repairs = document.blocks, document.repairs
    assert document.text == "\n\n".join(document.texts())
    assert all(text == text.strip() and text for text in document.texts())
    assert set(repairs["kind"]) <= set(REPAIR_KINDS)
    assert repairs["start"].is_monotonic_increasing
    assert ((repairs["start"] >= 0) & (repairs["start"] <= len(document.text))).all()
    placed = zip(repairs["start"], repairs["now"], strict=True)
    assert all(document.text[start : start + len(now)] == now for start, now in placed)
    assert blocks["page"].is_monotonic_increasing
    assert len(document.sha256) == 64


@pytest.mark.parametrize("columns", [1, 2, 3])
def test_paragraphs_come_in_reading_order_whole_and_without_heads(tmp_path: Path, columns: int) -> None:
    path = tmp_path / "plan.pdf"
    made = paged(path, 4, head="Beleidsplan 2021-2025", foot="{page}", columns=columns)
    document = coder.read_document(path)
    sound(document)
    assert document.texts() == made
    assert document.repairs["kind"].value_counts().to_dict() == {"head": 4, "page number": 4}
    assert (document.pages, document.kind, set(document.blocks["kind"])) == (4, "pdf", {"paragraph"})


def test_the_number_printed_on_a_page_is_its_label(tmp_path: Path) -> None:
    made = Typeset(tmp_path / "plan.pdf")
    for page in range(1, 8):
        made.paragraph(50, 80, sentence(page), 400)
        if page != 5:
            made.line(50, HIGH - 30, f"Verslag van de werkgroep - pag {page + 8}", 8)
        made.page()
    document = coder.read_document(made.save())
    assert document.blocks["label"].tolist() == [str(page + 8) for page in range(1, 8)]
    assert document.repairs["kind"].tolist() == ["foot"] * 6


def test_words_cut_at_a_line_end_are_put_together_as_the_document_writes_them(tmp_path: Path) -> None:
    made = Typeset(tmp_path / "plan.pdf")
    first = ["Wij kiezen voor een sociaal-cultureel beleid en voor samen-", "werking. Wij doen aan sociaal-"]
    y = made.lines(50, 100, [*first, "cultureel werk, en meer samenwerking met onderwijs-", "en zorgbeleid is nodig."])
    made.lines(50, y + 20, ["De buurt-", "werker helpt, en TV-", "Gids blijft."])
    document = coder.read_document(made.save())
    sound(document)
    text = " ".join(document.texts())
    assert "voor samenwerking. Wij doen aan sociaal-cultureel werk, en meer samenwerking met onderwijs- en zorg" in text
    assert "De buurtwerker helpt, en TV-Gids blijft." in text
    assert document.repairs["kind"].tolist() == ["hyphen"] * 5
    assert document.repairs["now"].tolist() == ["", "-", "- ", "", "-"]


def test_a_paragraph_goes_on_over_the_end_of_a_page(tmp_path: Path) -> None:
    made = Typeset(tmp_path / "plan.pdf")
    made.lines(
        50, 700, ["Dit begint onderaan en loopt door tot helemaal aan de rechterkant van de regel en", "gaat dan"]
    )
    made.page()
    made.lines(50, 80, ["verder op de volgende bladzijde.", "Daarna is het uit."])
    document = coder.read_document(made.save())
    sound(document)
    assert document.texts()[0].startswith("Dit begint onderaan")
    assert "gaat dan verder op de volgende bladzijde." in document.texts()[0]
    assert document.blocks["page"].iloc[0] == 1
    assert document.repairs["kind"].tolist() == ["join"]


def test_headings_are_larger_or_bolder_rare_and_short_and_give_sections(tmp_path: Path) -> None:
    made = Typeset(tmp_path / "plan.pdf")
    y = 80.0
    for chapter in (1, 2):
        made.line(50, y, f"{chapter} Hoofdstuk over cultuur", 18, BOLD)
        for part in (1, 2):
            made.line(50, y + 30, f"Deel {part} van dit hoofdstuk", 10, BOLD)
            y = made.paragraph(50, y + 46, sentence(10 * chapter + part, 60), 400)
        y += 20
    document = coder.read_document(made.save())
    blocks = document.blocks[document.blocks["kind"] == "heading"]
    assert blocks["level"].tolist() == [1, 2, 2, 1, 2, 2]
    assert document.blocks["section"].iloc[-1] == "2 Hoofdstuk over cultuur › Deel 2 van dit hoofdstuk"
    assert [note.key for note in document.notes] == ["documents.guessed_headings"]


@pytest.mark.parametrize(("x", "last"), [(50, "en verder gaat"), (200, "op twee regels")])
def test_a_heading_over_columns_is_whole_where_its_last_line_is_short(tmp_path: Path, x: float, last: str) -> None:
    made = Typeset(tmp_path / "plan.pdf")
    first = "Een kop die over de twee kolommen loopt" if x < 100 else "Een kop in het midden"
    for at in (50, 310):
        for y in (80, 400):
            made.paragraph(at, y, " ".join(map(sentence, range(at, at + 4))), 230)
    made.lines(x, 330, [first, last], 18, BOLD)
    found = coder.read_document(made.save())
    assert [text for text, kind in zip(found.texts(), found.blocks["kind"], strict=True) if kind == "heading"] == [
        f"{first} {last}"
    ]
    assert found.blocks["kind"].tolist().index("heading") == 2  # under both columns above it


def test_bookmarks_are_headings_whatever_they_look_like(tmp_path: Path) -> None:
    made = Typeset(tmp_path / "plan.pdf")
    made.canvas.bookmarkPage("a")
    made.canvas.addOutlineEntry("Wat wij willen", "a", level=0)
    made.line(50, 80, "Wat wij willen")
    made.paragraph(50, 110, sentence(1, 60), 400)
    document = coder.read_document(made.save())
    assert document.blocks["kind"].tolist() == ["heading", "paragraph"]
    assert document.notes == ()


def test_items_notes_and_rows_are_kinds_of_their_own(tmp_path: Path) -> None:
    made = Typeset(tmp_path / "plan.pdf")
    y = made.paragraph(50, 80, sentence(1, 80), 400)
    for number in (1, 2, 3):
        made.line(50, y, "•")
        y = made.lines(65, y, [f"Wij vragen in de {number}e plaats dat iedereen mee kan doen", "en dat dit zo blijft."])
    y += 20
    for name, count in (("Zorg en welzijn", 12), ("Cultuur", 40), ("Sport en spel", 7)):
        made.line(50, y, name)
        made.line(250, y, str(count))
        made.line(330, y, f"{count},5 miljoen euro")
        y += 12
    made.lines(50, HIGH - 120, ["1 Zie het verslag van de vorige periode.", "2 Cijfers van de gemeente."], 7)
    document = coder.read_document(made.save())
    sound(document)
    assert document.blocks["kind"].tolist() == ["paragraph", *["item"] * 3, *["row"] * 3, *["footnote"] * 2]
    assert document.texts()[1] == "• Wij vragen in de 1e plaats dat iedereen mee kan doen en dat dit zo blijft."
    assert document.texts()[4] == "Zorg en welzijn | 12 | 12,5 miljoen euro"


def test_a_quotation_in_a_box_does_not_run_through_the_text(tmp_path: Path) -> None:
    made = Typeset(tmp_path / "plan.pdf")
    text = [f"regel {number} van de tekst die hier om het kader loopt" for number in range(12)]
    made.lines(150, 100, text)
    made.lines(50, 124, ["Een groot", "citaat hier"], 18, BOLD)
    document = coder.read_document(made.save())
    assert " ".join(text) in document.texts()
    assert any("Een groot" in one for one in document.texts())


def test_numbers_of_lines_in_the_margin_are_no_text(tmp_path: Path) -> None:
    made = Typeset(tmp_path / "plan.pdf")
    made.lines(80, 80, [f"Dit is regel {number} van een tekst met nummers in de marge" for number in range(20)])
    made.lines(40, 80, map(str, range(1, 21)))
    document = coder.read_document(made.save())
    assert document.repairs["kind"].tolist() == ["line number"]
    assert not any(text[0].isdigit() for text in document.texts())


def test_pages_that_are_pictures_are_told_with_what_to_do(tmp_path: Path) -> None:
    made = Typeset(tmp_path / "scan.pdf")
    made.paragraph(50, 80, sentence(1), 400)
    made.page()
    made.canvas.drawInlineImage(_picture(tmp_path), 50, 50, 400, 400)
    document = coder.read_document(made.save())
    (note,) = document.notes
    assert (note.key, note.values["pages"], note.values["all"]) == ("documents.scans", [2], 2)
    assert "ocrmypdf" in str(note)


def _picture(folder: Path) -> str:
    pdf = pypdfium2.PdfDocument.new()
    pdf.new_page(100, 100)
    path = folder / "picture.png"
    pdf[0].render().to_pil().save(path)
    return str(path)


def test_text_outside_the_page_is_out_and_told(tmp_path: Path) -> None:
    made = Typeset(tmp_path / "plan.pdf")
    made.paragraph(50, 80, sentence(1), 400)
    made.line(50, -40, "drukproef 3")
    document = coder.read_document(made.save())
    assert document.repairs[["kind", "was"]].to_numpy().tolist() == [["hidden", "drukproef 3"]]
    assert "drukproef" not in document.text


def test_coordinates_that_are_whole_numbers_are_not_taken_for_looks(tmp_path: Path) -> None:
    made = Typeset(tmp_path / "plan.pdf")
    for place in range(1, 34):
        made.line(place, 10 * place + 2.12, f"vet {place} op de rand", 10, BOLD)
    assert coder.read_document(made.save()).text.count("vet") == 33


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_page_reads_as_it_is_shown(tmp_path: Path, turn: int) -> None:
    made = Typeset(tmp_path / "plan.pdf")
    left, right = (
        [f"{side} regel {number} van een kolom met tekst" for number in range(9)] for side in ("Linker", "Rechter")
    )
    canvas = made.canvas
    canvas.translate(*{90: (595, 0), 180: (595, 842), 270: (0, 842)}[turn])
    canvas.rotate({90: 90, 180: 180, 270: 270}[turn])
    for number, (one, two) in enumerate(zip(left, right, strict=True)):
        canvas.drawString(60, 500 - 14 * number, one)
        canvas.drawString(330, 500 - 14 * number, two)
    with closing(pypdfium2.PdfDocument(made.save())) as pdf:
        pdf[0].set_rotation(turn)
        pdf.save(tmp_path / "turned.pdf")
    document = coder.read_document(tmp_path / "turned.pdf")
    assert " ".join(document.texts()) == " ".join([*left, *right])


def test_the_same_file_reads_the_same_beside_any_other(tmp_path: Path) -> None:
    paged(tmp_path / "a.pdf", 2, foot="{page}", columns=2)
    paged(tmp_path / "b.pdf", 1)
    alone = coder.read_document(tmp_path / "a.pdf")
    _, together = coder.read_documents([tmp_path / "b.pdf", tmp_path / "a.pdf"])
    assert together.text == alone.text
    assert together.blocks.equals(alone.blocks)
    assert together.repairs.equals(alone.repairs)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.text("abcde fghij.-:;1•", min_size=1, max_size=60), max_size=12), min_size=1, max_size=4))
def test_whatever_stands_on_a_page_the_document_is_sound(tmp_path: Path, pages: list[list[str]]) -> None:
    made = Typeset(tmp_path / "any.pdf")
    for page in pages:
        made.lines(50, 60, page)
        made.page()
    document = coder.read_document(made.save())
    sound(document)
    read = sum(text.count(letter) for text in document.texts() for letter in "abcdefghij")
    removed = sum(was.count(letter) for was in document.repairs["was"] for letter in "abcdefghij")
    assert read + removed == sum(line.count(letter) for page in pages for line in page for letter in "abcdefghij")


@pytest.mark.parametrize(
    ("name", "key"), [("locked", "documents.password"), ("cut", "documents.no_pdf"), ("empty", "documents.empty")]
)
def test_a_pdf_that_cannot_be_read_says_why(tmp_path: Path, name: str, key: str) -> None:
    path = tmp_path / f"{name}.pdf"
    if name == "locked":
        made = Typeset(path, encrypt="geheim")
        made.line(50, 80, "niet te lezen")
        made.save()
    else:
        path.write_bytes(b"%PDF-1.7\n1 0 obj <<" if name == "cut" else b"")
    with pytest.raises(DataError) as error:
        coder.read_document(path)
    assert error.value.note.key == key
    assert path.name in str(error.value)


def test_a_reader_that_falls_takes_only_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b", "c"):
        paged(tmp_path / f"{name}.pdf", 1)
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.7 fall here\n")
    falls = tmp_path / "falls.py"
    program = Path(pdf_lines.__file__).read_text("utf-8")
    falls.write_text(
        program.replace("    _watch()\n    with", "    b'fall' in path.read_bytes() and os._exit(9)\n    with")
    )
    monkeypatch.setattr("coder.files.documents.pdf.PROGRAM", falls)
    found = dict(each_document(tmp_path))
    wrong = found[tmp_path / "b.pdf"]
    assert isinstance(wrong, DataError)
    assert wrong.note.key == "documents.reader_fell"
    assert all(isinstance(found[tmp_path / f"{name}.pdf"], Document) for name in ("a", "c"))


def test_the_program_and_the_layout_name_the_looks_of_lines_alike() -> None:
    names = ("BOLD", "ITALIC", "UNSEEN", "HYPHEN", "LEAD")
    assert [getattr(pages, name) for name in names] == [getattr(pdf_lines, name) for name in names]
