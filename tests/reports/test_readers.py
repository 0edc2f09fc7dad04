"""What a report shows of a table and on its first slide, for who decides and does not check."""

from pathlib import Path

import pandas as pd
import pytest
from pptx import Presentation

from coder import compare
from coder.codebook import Code, Codebook
from coder.files.wave_files import read_wave
from coder.reports.content import Report, Section
from coder.reports.finding import corrected_finding, finding
from coder.reports.readers import for_readers, glance, with_groups
from coder.reports.shown import shown
from coder.reports.write import write_report
from coder.tables.frequency import top
from coder.tables.groups import groups
from coder.tables.mentions import mentions
from coder.tables.table import Table
from tests.conftest import coding_of, spoken, write

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
    _, known = compared(tmp_path, THEN.replace("ChatGPT", "Artificiele intelligentie "))
    assert any("is het dezelfde?" in spoken(note) for note in known.notes)
    _, same = compared(tmp_path, THEN.replace("ChatGPT", "artificiële intelligentie"))
    assert not any("is het dezelfde?" in spoken(note) for note in same.notes)


def test_the_first_slide_after_the_title_has_both_waves_row_by_row(tmp_path: Path) -> None:
    table, comparison = compared(tmp_path)
    seen = glance(comparison, table.notes)
    assert seen is not None
    assert shown(seen.table, "nl").headings == ("Plaats", "Code", "%", "n", "Vorige meting", "% toen", "Evolutie")
    section = Section("Vraag?", finding(table, comparison), {"comparison": comparison}, glance=seen)
    write_report(Report("Vraag?", (section,)), [tmp_path / "r.pptx"], "nl")
    slide = Presentation(str(tmp_path / "r.pptx")).slides[1]
    native = next(shape for shape in slide.shapes if shape.has_table)
    chart = next(shape for shape in slide.shapes if shape.has_chart)
    assert [row.cells[1].text for row in native.table.rows] == ["Code", "Artificiële intelligentie", "Film", "Plan"]
    assert [one.name for one in chart.chart.plots[0].series] == ["deze meting", "vorige meting"]
    head, *rows = (row.height for row in native.table.rows)
    assert len(set(rows)) == 1
    assert chart.left >= native.left + sum(column.width for column in native.table.columns)
    assert chart.left + chart.width <= Presentation(str(tmp_path / "r.pptx")).slide_width
    assert (chart.top, chart.height) == (pytest.approx(native.top, abs=9), pytest.approx(head + sum(rows), abs=99))
    assert "N = 120" in slide.placeholders[13].text
    assert "Vorige meting: N = 200" in slide.placeholders[13].text


def test_more_rows_than_a_slide_holds_are_begun_there_and_stand_behind(tmp_path: Path) -> None:
    book = Codebook(tuple(Code(f"c{place}", place, {"nl": f"Code {place}"}) for place in range(1, 31)))
    cells = [f"c{place}" for place in range(1, 31) for _ in range(place)]
    counted = mentions(coding_of(cells), book, rows=len(cells))
    comparison = compare(counted, counted, book, limit=30)
    section = Section("Vraag?", "Bevinding", {"comparison": comparison}, glance=glance(comparison))
    write_report(Report("Vraag?", (section,)), [tmp_path / "r.pptx"], "nl")
    first, *rest = list(Presentation(str(tmp_path / "r.pptx")).slides)[1:]
    native = next(shape.table for shape in first.shapes if shape.has_table)
    assert sum(row.height for row in native.rows) <= 4.96 * 914400
    assert f"De eerste {len(native.rows) - 1} van 30" in first.placeholders[13].text
    assert sum(len(shape.table.rows) - 1 for slide in rest for shape in slide.shapes if shape.has_table) == 60


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
    said = "Geen enkele plaats staat vast: elk van deze codes kan op plaats 1 tot 3 staan."
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
