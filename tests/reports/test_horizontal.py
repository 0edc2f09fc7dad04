"""The horizontal analysis: every fragment of a code with its source, and what a researcher noted comes back."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from docx import Document as Word
from docx.document import Document as WordFile
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from openpyxl import load_workbook  # type: ignore[import-untyped]

from coder.documents import Documents
from coder.errors import DataError
from coder.reports.horizontal import Horizontal, horizontal
from coder.reports.write_horizontal import read_observations, write_horizontal
from coder.words import speaking
from tests.conftest import GOLDEN, spoken
from tests.plans import ATTRIBUTES, BOOK, FOUND, PLANS, TEXTS, document, on, plans, read_whole

NOTED = {"people": {"Cultuur": "Vrijwilligers dragen hier.\nZonder hen gaat het niet.", "Jeugd": ""}}


def made(code: str = "people", **options: object) -> Horizontal:
    """The analysis of the plans by sector."""
    asked = {"by": "sector", "source": ["organisatie", "plan"], "context": 1} | options
    return horizontal(PLANS, FOUND.assign(memo=["", "zie p. 2", "", "", ""]), code, BOOK, **asked)  # type: ignore[arg-type]


def written(contents: list[Horizontal], path: Path, **options: Any) -> Path:  # noqa: ANN401
    """The report in Dutch."""
    with speaking("nl"):
        return write_horizontal(contents, path, **options)


def test_the_report_is_as_it_was(tmp_path: Path) -> None:
    path = written([made(), made("climate")], tmp_path / "people.md", observations=NOTED, study="plannen")
    assert path.read_text(encoding="utf-8") == (GOLDEN / "horizontal.md").read_text(encoding="utf-8")


def test_without_attributes_a_source_names_the_document_and_its_period_and_a_workbook_says_period_in_dutch(
    tmp_path: Path,
) -> None:
    dated = replace(PLANS, attributes=ATTRIBUTES.assign(period=["2021-2025", "", "2016"]))
    one = horizontal(dated, FOUND, "volunteers", BOOK)
    sources = dict.fromkeys(zip(one.frame["document"], one.frame["source"], strict=True))
    assert list(sources) == [("vrt.pdf", "vrt.pdf, 2021-2025"), ("pluto.pdf", "pluto.pdf")]
    path = written([one], tmp_path / "volunteers.xlsx")
    heads = [cell.value for cell in load_workbook(path).worksheets[0][1]]
    assert "periode" in heads
    assert "period" not in heads


def test_counts_of_fragments_and_documents_add_up() -> None:
    one = made()
    assert len(one.frame) == sum(len(group.frame) for group in one.groups) == 4
    assert [(group.name, group.documents, group.having, len(group.frame)) for group in one.groups] == [
        ("Cultuur", 1, 1, 3),
        ("Jeugd", 2, 1, 1),
    ]
    assert (one.base, one.having, one.nowhere) == (3, 2, ("Saturn, plan 2021-2025",))


def test_every_fragment_has_its_source_line_with_the_printed_page_and_section() -> None:
    one = made()
    lines = [spoken(one.source(row)) for _, row in one.frame.iterrows()]
    assert lines[0] == "[VRT vzw, plan 2021-2025, p. 3, § 1]"
    assert lines[1] == "[VRT vzw, plan 2021-2025, p. 4, § 1.2]"
    assert lines[3] == "[Pluto, plan 2021-2025, p. 3, § Plan]"


def test_a_fragment_over_two_pages_has_both_and_a_page_of_word_is_about() -> None:
    one = PLANS["vrt.pdf"]
    start = one.text.index("Dat blijft zo.")
    crossing = on(PLANS, ("vrt.pdf", one.text[start : one.text.index("werkt")], "staff"))
    assert horizontal(PLANS, crossing, "staff", BOOK).frame["pages"].tolist() == ["3–4"]
    word = Documents((document("vrt.pdf", TEXTS["vrt.pdf"], kind="docx"),))
    assert horizontal(word, crossing, "staff", BOOK).frame["pages"].tolist() == ["≈ 3–4"]


def test_context_is_the_sentence_before_and_after_or_none() -> None:
    frame = made(context=1).frame
    assert frame[["before", "after"]].iloc[0].tolist() == ["Wij geloven in mensen.", "Dat blijft zo."]
    assert frame[["before", "after"]].iloc[1].tolist() == ["", ""]
    assert made(context=0).frame["before"].tolist() == [""] * 4


def test_a_stop_or_bracket_of_the_context_stands_against_the_fragment(tmp_path: Path) -> None:
    documents = plans({"a": (("paragraph", "Eerst dit (een digitaal platform). Dan dat."),)}, pd.DataFrame())
    found = horizontal(documents, on(documents, ("a", "een digitaal platform", "staff")), "staff", BOOK, context=1)
    for ending in ("docx", "html"):
        write_horizontal([found], tmp_path / f"a.{ending}")
    words = "\n".join(paragraph.text for paragraph in Word(str(tmp_path / "a.docx")).paragraphs)
    assert "Eerst dit (een digitaal platform)." in words
    page = re.sub("<[^>]+>", "", (tmp_path / "a.html").read_text(encoding="utf-8"))
    assert "Eerst dit (een digitaal platform)." in page


def test_without_a_fragment_is_known_of_documents_read_whole_alone() -> None:
    one = made(read=read_whole(PLANS, "vrt.pdf"))
    assert (one.base, one.having, one.nowhere) == (1, 1, ())
    assert one.unread == ("Pluto, plan 2021-2025", "Saturn, plan 2021-2025")


def test_fragments_of_documents_not_read_whole_are_shown_and_counted_apart(tmp_path: Path) -> None:
    one = made(read=read_whole(PLANS, "vrt.pdf"))
    jeugd = one.groups[1]
    assert (jeugd.name, jeugd.documents, jeugd.having, jeugd.inside, jeugd.outside) == ("Jeugd", 0, 0, 0, (1, 1))
    page = written([one], tmp_path / "people.md").read_text(encoding="utf-8")
    assert "Fragmenten: 0; documenten: 0 van 0. Buiten de basis: 1 fragment" in page
    assert "buiten de basis: niet helemaal gelezen" in page
    assert "Documenten die helemaal gelezen zijn: 1 van 3." in page


def test_a_report_says_first_that_nothing_is_known_of_reading(tmp_path: Path) -> None:
    lines = written([made()], tmp_path / "people.md").read_text(encoding="utf-8").split("\n\n")
    assert "Van geen enkel document is bekend dat het gelezen is" in lines[1]
    assert "Van geen enkel document" in lines[lines.index("### In geen enkel fragment") + 1]


def test_typical_fragments_stand_first_and_every_fragment_once() -> None:
    one = made(typical=1)
    group = one.groups[0].frame
    assert group["typical"].tolist() == [True, False, False]
    assert sorted(group["start"]) == sorted(made().groups[0].frame["start"])


@pytest.mark.parametrize("ending", ["docx", "xlsx"])
def test_what_was_noted_comes_back_by_code_and_group(tmp_path: Path, ending: str) -> None:
    path = written([made(), made("climate")], tmp_path / f"people.{ending}", observations=NOTED)
    assert read_observations(path) == {"people": {"Cultuur": NOTED["people"]["Cultuur"]}, "climate": {}}


def test_what_is_written_into_the_room_of_a_word_file_is_read(tmp_path: Path) -> None:
    path = written([made()], tmp_path / "people.docx")
    word = Word(str(path))
    room = list(word.element.body.iter(qn("w:sdt")))[1]
    room.find(qn("w:sdtPr")).remove(room.find(qn("w:sdtPr")).find(qn("w:showingPlcHdr")))
    next(room.iter(qn("w:t"))).text = "Jong en groen."
    word.save(str(path))
    assert read_observations(path)["people"]["Jeugd"] == "Jong en groen."


@pytest.mark.parametrize("ending", ["docx", "xlsx"])
def test_an_observation_that_has_no_place_stays_and_comes_back_to_its_place(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"people.{ending}"
    noted = {"people": {"Cultuur": "Cult.", "Jeugd": "Jeugd."}, "gone": {"": "Alle."}}
    written([made()], path, observations=noted)
    for other in (made("climate"), made(by="organisatie"), made(by=None), made()):
        written([other], path, observations=read_observations(path))
        found = {code: groups for code, groups in read_observations(path).items() if groups}
        assert found == noted
    written([made("climate")], path.with_suffix(".md"), observations=noted)
    page = path.with_suffix(".md").read_text(encoding="utf-8")
    assert "## Andere waarnemingen" in page
    assert "### Cultuur\n\nMensen (people)\n\nCult." in page


def test_an_observation_of_all_documents_is_not_of_those_without_a_sector(tmp_path: Path) -> None:
    some = plans(TEXTS, ATTRIBUTES.assign(sector=["", "Jeugd", "Jeugd"]))
    grouped = horizontal(some, FOUND, "people", BOOK, by="sector")
    path = written([grouped], tmp_path / "x.docx", observations={"people": {"": "Alle.", "sector=": "Zonder."}})
    headings = [one.text for one in Word(str(path)).paragraphs if one.style and one.style.name == "Heading 2"]
    assert headings == ["Jeugd", "Zonder sector", "In geen enkel fragment", "Alle documenten"]
    assert read_observations(path) == {"people": {"": "Alle.", "sector=": "Zonder."}}


def rooms(word: WordFile) -> list[BaseOxmlElement]:
    """The rooms for observations in a file."""
    return list(word.element.body.iter(qn("w:sdt")))


def test_what_is_typed_beside_a_room_in_word_is_of_its_observation(tmp_path: Path) -> None:
    path = written([made()], tmp_path / "people.docx", observations=NOTED)
    word = Word(str(path))
    word.add_heading("Mijn kop", 2)
    word.add_paragraph("Onder het vak.")
    table = word.add_table(1, 1)
    table.cell(0, 0).text = "In een tabel."
    for added in (table._tbl, *(one._p for one in word.paragraphs[-1:-3:-1])):  # noqa: SLF001
        rooms(word)[0].addnext(added)
    rooms(word)[1].addprevious(word.add_paragraph("Boven het vak.")._p)  # noqa: SLF001
    word.save(str(path))
    noted = read_observations(path)["people"]
    assert noted["Cultuur"] == NOTED["people"]["Cultuur"] + "\nMijn kop\nOnder het vak.\nIn een tabel."
    assert noted["Jeugd"] == "Boven het vak."


def test_what_is_typed_after_the_words_of_an_empty_room_is_read(tmp_path: Path) -> None:
    path = written([made()], tmp_path / "people.docx")
    word = Word(str(path))
    next(rooms(word)[0].iter(qn("w:t"))).text += " Zonder hen niets."
    word.save(str(path))
    assert read_observations(path) == {"people": {"Cultuur": "Zonder hen niets."}}


def test_a_text_without_its_room_is_refused(tmp_path: Path) -> None:
    path = written([made()], tmp_path / "people.docx")
    word = Word(str(path))
    room = rooms(word)[0]
    room.addnext(word.add_paragraph("Van wie is dit?")._p)  # noqa: SLF001
    room.getparent().remove(room)
    word.save(str(path))
    with pytest.raises(DataError, match="Van wie is dit"):
        read_observations(path)


def test_what_is_written_into_the_sheet_is_read(tmp_path: Path) -> None:
    path = written([made()], tmp_path / "people.xlsx")
    book = load_workbook(path)
    sheet = book["Waarnemingen"]
    sheet.cell(3, 4).value = "Jong en groen."
    book.save(path)
    assert read_observations(path)["people"]["Jeugd"] == "Jong en groen."


def test_a_group_with_a_long_name_keeps_its_observation(tmp_path: Path) -> None:
    long = "Organisaties voor amateurkunsten, erfgoed en volksontwikkeling in Vlaanderen en Brussel"
    one = plans(TEXTS, ATTRIBUTES.assign(sector=long))
    content = horizontal(one, FOUND, "people", BOOK, by="sector")
    noted = {"people": {long: "Waargenomen."}}
    path = written([content], tmp_path / "people.docx", observations=noted)
    assert read_observations(path) == {"people": {long: "Waargenomen."}}


def test_a_word_file_has_a_heading_a_code_and_a_group_and_all_fragments(tmp_path: Path) -> None:
    word = Word(str(written([made(), made("climate")], tmp_path / "people.docx")))
    by_style: dict[str, list[str]] = {}
    for paragraph in word.paragraphs:
        by_style.setdefault(paragraph.style.name if paragraph.style else "", []).append(paragraph.text)
    assert by_style["Heading 1"] == ["Mensen", "Klimaat", "Methode"]
    assert by_style["Heading 2"][:3] == ["Cultuur", "Jeugd", "In geen enkel fragment"]
    quotes = by_style["Quote"]
    assert quotes[0] == "Wij geloven in mensen. Vrijwilligers dragen onze werking. Dat blijft zo."
    assert len(quotes) == 5
    assert any("memo: zie p. 2" in line for line in by_style["Note"])


def test_a_workbook_has_a_row_a_fragment_with_attributes_as_columns(tmp_path: Path) -> None:
    path = written([made()], tmp_path / "people.xlsx")
    frame = pd.read_excel(path, sheet_name="Fragmenten", engine="openpyxl", keep_default_na=False)
    assert list(frame.columns[:6]) == ["Document", "organisatie", "plan", "sector", "Blz.", "Gedrukte blz."]
    assert len(frame) == 4
    assert frame["Tekst"][0] == "Vrijwilligers dragen onze werking."
    assert frame["Pad van de code"][0] == "Mensen"
    groups = pd.read_excel(path, sheet_name="Groepen", engine="openpyxl")
    assert groups["Fragmenten"].sum() == 4


def test_a_page_escapes_what_documents_say(tmp_path: Path) -> None:
    texts = {"x.pdf": (("paragraph", "Een <b>vet</b> & \x00 plan."),)}
    one = plans(texts, pd.DataFrame({"sector": ["<i>"]}, index=["x.pdf"]))
    found = on(one, ("x.pdf", texts["x.pdf"][0][1], "climate"))
    content = horizontal(one, found, "climate", BOOK, by="sector")
    for ending in ("html", "docx", "xlsx", "md"):
        written([content], tmp_path / f"x.{ending}")
    page = (tmp_path / "x.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;vet&lt;/b&gt; &amp; \ufffd plan." in page


def test_what_cannot_be_made_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no attribute regio"):
        made(by="regio")
    with pytest.raises(DataError, match=r"nobody is no code of plans\. Its codes are: Mensen \(people\), "):
        made("nobody")
    with pytest.raises(DataError, match="pptx"):
        written([made()], tmp_path / "x.pptx")
    Word().save(str(tmp_path / "other.docx"))
    with pytest.raises(DataError, match="no room for observations"):
        read_observations(tmp_path / "other.docx")
