"""What a report shows of a table and on its first slide, for who decides and does not check."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook  # type: ignore[import-untyped]
from pptx import Presentation
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.oxml.ns import qn

from coder import compare
from coder.codebook import Code, Codebook
from coder.files.wave_files import read_wave
from coder.reports.chart import bar_chart
from coder.reports.content import Report, Section, for_readers, glance, section_of, side_by_side, with_groups
from coder.reports.finding import corrected_finding, finding
from coder.reports.methods import MethodFacts, methods
from coder.tables.frequency import top
from coder.tables.groups import groups
from coder.tables.mentions import Maker, mentions
from coder.tables.table import Table
from tests.conftest import coding_of, spoken, table_in, write

BOOK = Codebook(
    (
        Code("ai", 1, {"nl": "Artificiële intelligentie"}, rules=("AI", "ChatGPT")),
        Code("film", 2, {"nl": "Film"}),
        Code("plan", 3, {"nl": "Plan"}),
    )
)
NOW = ["ai"] * 60 + ["film"] * 50 + ["plan"] * 10
THEN = "Plaats;Code;n;%\n1;Film;80;40\n2;ChatGPT;70;35\n3;Plan;40;20\nN = 200\n"


def compared(tmp_path: Path, published: str = THEN) -> tuple[Table, Table]:
    """The table of now, and it beside a published one."""
    coding = coding_of(NOW)
    counted = mentions(coding, BOOK, rows=len(NOW))
    then = read_wave(write(tmp_path / "toen.csv", published), codebook=BOOK)
    return top(counted, BOOK), compare(counted, then, BOOK)


def test_a_label_of_then_that_looks_like_a_code_is_asked_about_and_the_code_is_not_called_new(tmp_path: Path) -> None:
    table, comparison = compared(tmp_path)
    asked = "'ChatGPT' van 'toen' lijkt op de code 'Artificiële intelligentie': is het dezelfde?"
    assert any(spoken(note).startswith(asked) and "'Vroeger'" in spoken(note) for note in comparison.notes)
    assert "nieuw" not in spoken(finding(table, comparison))
    assert not any("Vallen uit" in spoken(note) for note in comparison.notes)
    for name in ("Artificiele intelligentie ", "artificiële intelligentie"):
        _, same = compared(tmp_path, THEN.replace("ChatGPT", name))
        assert not any("is het dezelfde?" in spoken(note) for note in same.notes)


def test_the_first_slide_after_the_title_has_both_waves_row_by_row(tmp_path: Path) -> None:
    table, comparison = compared(tmp_path)
    seen = glance(comparison, table)
    assert seen is not None
    assert table_in(seen.table, "nl").headings == ("Plaats", "Code", "%", "n", "Vorige meting", "% toen", "Evolutie")
    section = Section("Vraag?", finding(table, comparison), {"comparison": comparison}, glance=seen)
    Report("Vraag?", (section,)).save(tmp_path / "r.pptx", language="nl")
    slide = Presentation(str(tmp_path / "r.pptx")).slides[1]
    chart = next(shape for shape in slide.shapes if shape.has_chart).chart
    assert list(chart.plots[0].categories) == [
        "1. Artificiële intelligentie (niet in de vorige lijst): 50% (41–59)", "2. Film (was 1): 42% (33–51) / 40%",
        "3. Plan (was 3) ▼: 8% (5–15) / 20%",
    ]  # fmt: skip
    assert [one.name for one in chart.plots[0].series] == ["deze meting", "vorige meting"]
    assert "N = 120" in slide.placeholders[13].text
    assert "Vorige meting: N = 200" in slide.placeholders[13].text
    told = slide.notes_slide.notes_text_frame.text
    assert "'ChatGPT' van 'toen' lijkt op de code" in told
    assert "▲ ▼: significant" in slide.placeholders[13].text


def test_waves_that_were_not_coded_alike_have_a_short_warning_and_both_bases_and_no_intervals(tmp_path: Path) -> None:
    counted = replace(mentions(coding_of(["ai"] * 60 + ["film"] * 40), BOOK, rows=100), maker=Maker("rules"))
    then = read_wave(write(tmp_path / "toen.csv", THEN), codebook=BOOK)
    comparison = compare(counted, then, BOOK, names=("2027", "2026"))
    section = section_of("Vraag?", {"top": top(counted, BOOK), "comparison": comparison})
    Report("Vraag?", (section,)).save(tmp_path / "r.pptx", language="nl")
    slide = Presentation(str(tmp_path / "r.pptx")).slides[1]
    foot = slide.placeholders[13].text
    assert foot.startswith("Noem een verschil geen verandering: de metingen zijn anders gecodeerd. N = 100.")
    assert "Vorige meting: N = 200." in foot
    assert "een machine gaf codes van 2027 die niet gecorrigeerd zijn" in slide.notes_slide.notes_text_frame.text
    chart = next(shape for shape in slide.shapes if shape.has_chart).chart
    assert not any("(60" in name or "–" in name for name in chart.plots[0].categories)


def test_a_comparison_fits_on_one_slide_that_says_what_its_signs_mean(tmp_path: Path) -> None:
    table, comparison = compared(tmp_path)
    section = section_of("Vraag?", {"top": table, "comparison": comparison})
    Report("Vraag?", (section,)).save(tmp_path / "r.pptx", tmp_path / "r.md", language="nl")
    slides = list(Presentation(str(tmp_path / "r.pptx")).slides)
    (slide,) = [one for one in slides if one.shapes.title.text.startswith("Vergelijking")]
    native = next(shape for shape in slide.shapes if shape.has_table).table
    headings = [cell.text for cell in native.rows[0].cells]
    assert headings == ["Plaats", "Code", "n", "%", "Vorige meting", "% toen", "Verschil (procentpunt)", "Evolutie"]
    assert "sq: niet significant" in slide.placeholders[13].text
    assert "N = 120" in slide.placeholders[13].text
    assert "n toen" in (tmp_path / "r.md").read_text(encoding="utf-8")


def test_where_nothing_changed_significantly_the_finding_says_so(tmp_path: Path) -> None:
    counted = mentions(coding_of(["ai"] * 30 + ["film"] * 20), BOOK, rows=50)
    table = top(counted, BOOK)
    assert spoken(finding(table, compare(counted, counted, BOOK, names=("2027", "2026")))).endswith(
        "; geen significant verschil met 2026"
    )
    assert spoken(finding(table, compare(counted, counted, BOOK))).endswith("verschil met de vorige meting")
    table, comparison = compared(tmp_path)
    assert "geen significant" not in spoken(finding(table, comparison))


def test_slides_say_whose_they_are_and_have_no_checksum(tmp_path: Path) -> None:
    table, _ = compared(tmp_path)
    known = MethodFacts(question="Wat?", codebook="wat", codebook_version="3", codebook_hash="868c6f0713c5", codes=3)
    made = Report(
        "Wat?", (section_of("Wat?", {"top": table}),), methods(known), about=("Ledenbevraging", "meting 2026")
    )
    made.save(tmp_path / "r.pptx", tmp_path / "r.md", language="nl")
    front, *_, last = Presentation(str(tmp_path / "r.pptx")).slides
    assert front.placeholders[1].text == "Ledenbevraging\nmeting 2026"
    texts = " ".join(shape.text_frame.text for shape in last.shapes if shape.has_text_frame)
    assert "met een codeboek (versie 3; 3 codes)." in texts
    assert "controlegetal 868c6f0713c5" in (tmp_path / "r.md").read_text(encoding="utf-8")


def test_what_changed_significantly_has_the_whole_accent_and_a_sign(tmp_path: Path) -> None:
    table, comparison = compared(tmp_path)
    seen = glance(comparison, table, intervals=False)
    section = Section("Vraag?", "Bevinding", {"comparison": comparison}, glance=seen)
    Report("Vraag?", (section,)).save(tmp_path / "r.pptx", tmp_path / "r.xlsx", language="nl")
    slide = Presentation(str(tmp_path / "r.pptx")).slides[1]
    now, then = next(shape for shape in slide.shapes if shape.has_chart).chart.plots[0].series
    assert now.format.fill.fore_color.theme_color == MSO_THEME_COLOR.ACCENT_1
    assert now.format.fill.fore_color.brightness > 0
    assert now.points[2].format.fill.fore_color.theme_color == MSO_THEME_COLOR.ACCENT_1
    assert now.points[2].format.fill.fore_color.brightness == 0
    assert then.format.fill.fore_color.theme_color == MSO_THEME_COLOR.BACKGROUND_1
    signs = {one.find(qn("c:idx")).get("val"): one.find(qn("c:numFmt")).get("formatCode") for one in labels_of(now)}
    assert list(signs) == ["2"]
    assert signs["2"].endswith('0%" ▼"')
    assert load_workbook(tmp_path / "r.xlsx")["Grafiek"]["A6"].value == "3. Plan (was 3) ▼"


def test_a_slide_of_a_small_base_says_so_and_has_its_intervals(tmp_path: Path) -> None:
    counted = mentions(coding_of(["film"] * 12 + ["plan"] * 8), BOOK, rows=20)
    table = top(counted, BOOK)
    section = Section("Vraag?", "Bevinding", {"top": table}, bar_chart(table))
    Report("Vraag?", (section,)).save(tmp_path / "r.pptx", language="nl")
    for slide in list(Presentation(str(tmp_path / "r.pptx")).slides)[1:]:
        assert slide.placeholders[13].text.startswith("Let op: de basis is kleiner dan 30. De percentages zijn te onz")
        assert "N = 20" in slide.placeholders[13].text
    chart = next(shape for shape in Presentation(str(tmp_path / "r.pptx")).slides[1].shapes if shape.has_chart).chart
    assert next(iter(chart.plots[0].categories)) == "Film: 60% (39–78)"
    plus, minus = (
        [float(one.text) for one in chart.plots[0].series[0]._element.iterfind(f".//{qn(end)}//{qn('c:v')}")]  # noqa: SLF001
        for end in ("c:plus", "c:minus")
    )
    assert plus == pytest.approx(((table.frame["high"] - table.frame["percent"]) / 100).tolist())
    assert minus == pytest.approx(((table.frame["percent"] - table.frame["low"]) / 100).tolist())


def test_the_bars_of_two_waves_are_called_by_their_names() -> None:
    counted = mentions(coding_of(["ai"] * 30 + ["film"] * 20), BOOK, rows=50)
    chart = bar_chart(compare(counted, counted, BOOK, names=("2027", "2026")))
    assert chart is not None
    assert [series.name for series in chart.series] == ["2027", "2026"]


def labels_of(series: Any) -> list[Any]:  # noqa: ANN401 (python-pptx has no types)
    """The labels of bars that are not as the others are."""
    return list(series._element.iter(qn("c:dLbl")))  # noqa: SLF001


def test_where_places_alone_are_known_all_bars_have_the_accent(tmp_path: Path) -> None:
    table, comparison = compared(tmp_path, "Plaats;Code\n1;Film\n2;ChatGPT\n3;Plan\n")
    section = Section("Vraag?", "Bevinding", {"comparison": comparison}, glance=glance(comparison, table))
    Report("Vraag?", (section,)).save(tmp_path / "r.pptx", language="nl")
    slide = Presentation(str(tmp_path / "r.pptx")).slides[1]
    (now,) = next(shape for shape in slide.shapes if shape.has_chart).chart.plots[0].series
    assert now.format.fill.fore_color.theme_color == MSO_THEME_COLOR.ACCENT_1
    assert labels_of(now) == []


def test_a_chart_of_more_bars_than_a_slide_holds_goes_on_on_the_next(tmp_path: Path) -> None:
    book = Codebook(tuple(Code(f"c{place}", place, {"nl": f"Code {place}"}) for place in range(1, 31)))
    cells = [f"c{place}" for place in range(1, 31) for _ in range(place)]
    counted = mentions(coding_of(cells), book, rows=len(cells))
    comparison = compare(counted, counted, book, limit=30)
    section = Section("Vraag?", "Bevinding", {"comparison": comparison}, glance=glance(comparison, top(counted, book)))
    Report("Vraag?", (section,)).save(tmp_path / "r.pptx", language="nl")
    slides = list(Presentation(str(tmp_path / "r.pptx")).slides)[1:]
    charts = [shape.chart for slide in slides for shape in slide.shapes if shape.has_chart]
    assert [len(list(chart.plots[0].categories)) for chart in charts] == [10, 10, 10]
    assert len({chart.value_axis.maximum_scale for chart in charts}) == 1
    rows = [len(shape.table.rows) - 1 for slide in slides for shape in slide.shapes if shape.has_table]
    assert sum(rows) % 30 == 0


def test_the_heading_of_estimates_says_what_changed_most(tmp_path: Path) -> None:
    table, comparison = compared(tmp_path, THEN.replace("ChatGPT;70;35", "Artificiële intelligentie;98;49"))
    frame = table.frame.assign(low=table.frame["percent"] - 2, high=table.frame["percent"] + 2)
    estimates = Table("Top", frame, table.base, table.shown)
    said = spoken(corrected_finding(estimates, comparison))
    assert said == "Artificiële intelligentie staat op 1: 50% (48–52); Plan daalt van 20% naar 8%"


def test_who_found_a_method_does_not_stand_under_a_table_of_a_report(tmp_path: Path) -> None:
    _, comparison = compared(tmp_path)
    notes = " ".join(map(spoken, for_readers(comparison).notes))
    assert not any(name in notes for name in ("Mogstad", "Holm", "McNemar", "Newcombe", "Benjamini"))
    assert "▲ ▼: significant" in notes


def test_one_interval_of_ranks_on_every_row_is_a_sentence() -> None:
    cells = ["ai", "ai", "film", "plan"]
    counted = mentions(coding_of(cells), BOOK, rows=len(cells))
    table = for_readers(compare(counted, counted, BOOK))
    assert "place" not in table.shown
    said = "Geen enkele plaats staat vast: elke kan 1 tot 3 zijn."
    assert said in [spoken(note) for note in table.notes]


@pytest.mark.parametrize(("size", "left"), [(10, ["top"]), (60, ["top", "groups"])])
def test_tables_of_groups_that_say_nothing_are_left_out(size: int, left: list[str]) -> None:
    cells = ["ai", "film"] * size
    coding = coding_of(cells)
    sector = pd.DataFrame({"sector": ["zorg"] * size + ["welzijn"] * size}, index=coding.seen)
    counted = mentions(coding, BOOK, background=sector)
    found = groups(counted, BOOK, "sector")
    tables = {"top": top(counted, BOOK), "groups": found.table, "profiles": found.profiles}
    kept = with_groups(tables, "sector")
    assert list(kept) == left
    told = [spoken(note) for note in kept["top"].notes]
    assert any("elke groep heeft een basis kleiner dan 30" in note for note in told) == (size == 10)


def test_a_group_is_one_column_with_its_base_above_and_groups_too_small_are_in_the_notes() -> None:
    cells = ["ai"] * 40 + ["film"] * 40 + ["plan"] * 5
    coding = coding_of(cells)
    sector = pd.DataFrame({"sector": ["zorg"] * 40 + ["welzijn"] * 40 + ["sport"] * 5}, index=coding.seen)
    found = groups(mentions(coding, BOOK, background=sector), BOOK, "sector").table
    told = table_in(side_by_side(found), "nl")
    assert told.headings == ("Code", "Totaal, N=85", "welzijn, N=40", "zorg, N=40")
    assert told.rows[0] == ("Artificiële intelligentie", "47%", "0% −▼", "100% +▲")
    assert told.numeric == (False, True, True, True)
    assert any("sport" in note for note in told.notes)
