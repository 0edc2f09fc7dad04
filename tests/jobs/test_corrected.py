"""`coder report --hand`: corrected percentages with their interval, in every format; the answers are synthetic."""

import re
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pytest
from docx import Document
from openpyxl import load_workbook  # type: ignore[import-untyped]
from pptx import Presentation

from coder import CoderError, Table, agree, estimate
from coder.files.codebooks import read_codebook
from coder.files.coded import read_coded
from coder.files.writing import write_sheets
from coder.jobs.coded_report import ReportOptions, coded_report
from coder.reports.chart import Chart, Series, fills, interval_chart, svg
from coder.reports.content import Report
from coder.reports.finding import corrected_finding
from tests.conftest import GOLDEN, Cli, coding_of, corpus_of, listing, spoken, two_themes, write

SIZE, HAND = 300, 60
BOOK = """\
codebook: thema
version: "1"
codes:
  - {id: film, number: 1, label: {nl: Film, en: Film}, net: media}
  - {id: plan, number: 2, label: {nl: Plan, en: Plan}}
  - {id: media, number: 3, label: {nl: Media, en: Media}}
"""


def answers() -> pd.DataFrame:
    """A file of answers: a random sample by hand, a second coder, all codes by another, and groups."""
    corpus, people, _ = two_themes(SIZE)
    cells = people.cells(corpus.ids, ["film", "plan"]).to_numpy()
    place = np.arange(SIZE)
    drawn = np.isin(place, np.random.default_rng(4).permutation(SIZE)[:HAND])
    hand = np.where(drawn, cells, "")
    second = np.where(np.cumsum(drawn) % 9 == 0, "plan", hand)
    return pd.DataFrame(
        {
            "antwoord": corpus.texts.to_numpy(),
            "hand": hand,
            "tweede": np.where(np.cumsum(drawn) <= 40, np.where(drawn, second, ""), ""),
            "machine": np.where(place % 5 == 0, "-", cells),
            "kans": np.where(drawn, np.where(place % 2, "0,3", "0,25"), ""),
            "sector": np.where(place < 20, "klein", np.where(place % 2, "zorg", "welzijn")),
        }
    )


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the answers, the codebook, and the same answers with a sample that was targeted."""
    folder = tmp_path_factory.mktemp("hand")
    write_sheets(folder / "a.csv", {"answers": answers()})
    weight = ["1,3" if number % 2 else "0,7" for number in range(SIZE)]
    write_sheets(folder / "weighed.csv", {"answers": answers().assign(gewicht=weight)})
    write_sheets(folder / "gericht.csv", {"answers": answers().assign(drawn="targeted")})
    write(folder / "book.yaml", BOOK)
    return folder


@pytest.fixture(scope="module")
def report(here: Path) -> Report:
    """The report of these answers, with groups and a second coder."""
    coded = read_coded(
        here / "a.csv", codes="hand", text="antwoord", hand="hand", probability="kans", second="tweede", by=["sector"]
    )
    return coded_report(coded, asked=ReportOptions(by="sector", title="Thema's"), with_data=True)


@pytest.fixture(scope="module")
def files(report: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the report in every format."""
    folder = tmp_path_factory.mktemp("files")
    endings = ("html", "xlsx", "docx", "pptx", "sav", "csv", "md")
    report.save(*(folder / f"r.{ending}" for ending in endings), language="nl")
    return folder


def test_the_report_opens_with_the_corrected_table(files: Path) -> None:
    text = (files / "r.md").read_text(encoding="utf-8")
    assert text.split("**sector")[0] == (GOLDEN / "report.hand.md").read_text(encoding="utf-8")


def test_its_figures_are_those_of_the_estimate(files: Path) -> None:
    sheet = answers()
    corpus, hand = corpus_of(sheet["antwoord"].tolist()), coding_of(sheet["hand"].tolist())
    chance = pd.Series(pd.to_numeric(sheet["kans"].str.replace(",", ".")).to_numpy(), corpus.ids)
    theirs = estimate(corpus, hand, probability=chance).codes.frame
    ours = pd.read_csv(files / "r.csv", sep=";", decimal=",")
    assert ours["code"].tolist() == theirs["code"].tolist()
    for name in ("percent", "low", "high", "percent_counted", "percent_hand"):
        assert ours[name].tolist() == pytest.approx(theirs[name].tolist())


def test_the_heading_says_the_figure_with_its_interval_in_every_format(files: Path, report: Report) -> None:
    said = spoken(report.sections[0].finding)
    assert re.search(r"\d+% \(\d+–\d+\)", said)
    assert said in (files / "r.html").read_text(encoding="utf-8")
    assert said in [one.text for one in Document(str(files / "r.docx")).paragraphs]
    assert Presentation(str(files / "r.pptx")).slides[1].shapes.title.text == said
    assert load_workbook(files / "r.xlsx")["Grafiek"]["A1"].value == said


def test_the_methods_paragraph_says_how_it_was_corrected(report: Report) -> None:
    base = "De percentages zijn van 300 respondenten."
    assert base in spoken(report.methods)
    assert f"werden er {HAND} willekeurig getrokken om met de hand te coderen." in spoken(report.methods)
    assert "De kans om getrokken te worden was niet voor alle gelijk" in spoken(report.methods)
    assert "De software codeerde 240 antwoorden met een lerend model" in spoken(report.methods)
    assert "prediction-powered inference, Angelopoulos e.a. 2023" in spoken(report.methods)
    assert "Intervallen van de schattingen zijn van 95%" in spoken(report.methods)


def test_the_agreement_of_two_coders_is_krippendorffs_alpha(report: Report) -> None:
    sheet = answers()
    both = {name: coding_of(sheet[name].tolist()) for name in ("hand", "tweede")}
    alpha = agree(both, seed=1).overall.frame.set_index("measure").loc["alpha_masi"]
    value = f"{alpha['value']:.2f}".replace(".", ",")
    assert f"Krippendorffs alfa (MASI) = {value}" in spoken(report.methods)
    assert "op 40 antwoorden" in spoken(report.methods)


def test_a_second_coder_needs_no_hand_coded_sample(cli: Cli, here: Path, tmp_path: Path) -> None:
    done = cli(
        "report", here / "a.csv", "--codes", "machine", "--second", "hand", "-o", tmp_path / "r.md", "--language", "nl"
    )
    assert done.code == 0, done.err
    text = (tmp_path / "r.md").read_text(encoding="utf-8")
    assert "Krippendorffs alfa" in text
    assert "schattingen" not in text


def test_groups_are_corrected_too_and_small_ones_have_no_percentages(report: Report, files: Path) -> None:
    table = report.sections[0].tables["groups"]
    assert [heading for name, heading in table.shown.items() if name.startswith("percent:")] == [
        "welzijn, N=140", "zorg, N=140",
    ]  # fmt: skip
    assert spoken(table.notes[0]) == "Zonder percentages, want de basis is kleiner dan 30: klein (20)."
    assert {"percent:klein", "low:klein", "n:zorg"} <= set(pd.read_csv(files / "r.groups.csv", sep=";").columns)
    assert "Haberman" not in spoken(report.methods)


# Charts


def test_a_slide_has_a_chart_to_edit_with_lines_for_intervals_and_the_figure_in_the_label(files: Path) -> None:
    slide = Presentation(str(files / "r.pptx")).slides[1]
    chart = next(shape.chart for shape in slide.shapes if shape.has_chart)
    assert all(re.fullmatch(r"(film|plan): \d+% \(\d+–\d+\)", name) for name in chart.plots[0].categories)
    assert not chart.plots[0].has_data_labels
    drawn = ZipFile(files / "r.pptx").read("ppt/charts/" + Path(chart.part.partname).name).decode()
    figures = pd.read_csv(files / "r.csv", sep=";", decimal=",")
    plus = re.findall(r"<c:v>([\d.e-]+)</c:v>", re.findall(r"<c:plus>.*?</c:plus>", drawn)[0])
    assert [float(one) * 100 for one in plus] == pytest.approx((figures["high"] - figures["percent"]).tolist())
    assert drawn.index("<c:errBars") < drawn.index("<c:cat>")


def test_the_chart_of_the_workbook_takes_its_intervals_from_cells(files: Path) -> None:
    sheet = load_workbook(files / "r.xlsx")["Grafiek"]
    assert [cell.value for cell in sheet[3]][:4] == ["Code", "gecorrigeerd", "interval omhoog", "interval omlaag"]
    drawn = ZipFile(files / "r.xlsx").read("xl/charts/chart1.xml").decode()
    assert "<c:errBars>" in drawn
    assert "Grafiek!$C$4:$C$5" in drawn
    assert "<c:showVal" not in drawn


def test_the_picture_has_a_line_at_each_bar_and_says_the_interval_to_who_cannot_see_it() -> None:
    chart = Chart(("Film", "Plan"), (Series("nu", (50.0, 0.4), ((44.6, 55.5), (0.0, 2.1))),))
    drawn = svg(chart)
    assert "Film: 50% (45–56); Plan: &lt;1% (0–2)" in drawn
    plain = svg(Chart(("Film", "Plan"), (Series("nu", (50.0, 0.4)),)))
    assert drawn.count("<path") - plain.count("<path") == 2
    assert chart.highest == 55.5
    assert chart.names == ("Film: 50% (45–56)", "Plan: <1% (0–2)")


def test_bars_under_intervals_are_light_and_those_of_counts_dark() -> None:
    def lightness(colour: str) -> int:
        return sum(bytes.fromhex(colour[1:]))

    bare = Series("nu", (50.0,))
    under = Series("nu", (50.0,), ((45.0, 55.0),))
    assert lightness(fills(Chart(("a",), (under,)))[0]) > 2 * lightness(fills(Chart(("a",), (bare,)))[0])


def test_a_chart_in_parts_keeps_the_interval_of_each_bar() -> None:
    labels = tuple(f"Code {place}" for place in range(7))
    ends = tuple((place - 0.5, place + 0.5) for place in range(7))
    parts = Chart(labels, (Series("nu", tuple(map(float, range(7))), ends),)).parts(4)
    assert [one for part in parts for one in part.series[0].intervals] == list(ends)
    assert {part.highest for part in parts} == {6.5}


# The finding


def estimates(*rows: tuple[str, int | None, float, float, float]) -> Table:
    """A table of estimates of these codes: label, rank, percentage and the ends of its interval."""
    frame = pd.DataFrame(rows, columns=["label", "rank", "percent", "low", "high"]).astype({"rank": "Int64"})
    return Table("Top", frame, 100, {"label": "Code"})


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("AI", 1, 50.6, 46.5, 55), ("Video", 2, 26, 22, 30)], "AI staat op 1: 51% (47–55)"),
        ([("AI", 1, 50, 46, 54), ("Video", 2, 45, 41, 49), ("Pers", 3, 9, 5, 13)],
         "Bovenaan: AI 50% (46–54) en Video 45% (41–49)"),
        ([("A", 1, 9, 5, 13), ("B", 2, 8, 4, 12), ("C", 3, 7, 3, 11), ("D", 4, 6, 2, 10)],
         "Bovenaan: A 9% (5–13), B 8% (4–12) en C 7% (3–11)"),
        ([("AI", 1, 50, 50, 50), ("Video", 2, 30, 30, 30)], "AI staat op 1: 50%"),
        ([("AI", 1, 0, 0, 3), ("Andere", None, 4, 2, 6)], "Geen enkele code is vermeld"),
    ],
)  # fmt: skip
def test_the_finding_names_the_first_and_those_that_may_be_first(
    rows: list[tuple[str, int | None, float, float, float]], said: str
) -> None:
    assert spoken(corrected_finding(estimates(*rows))) == said


def test_a_chart_of_counts_has_no_intervals_of_no_width() -> None:
    chart = interval_chart(estimates(("AI", 1, 50, 50, 50)), "nu", "Met interval.")
    assert chart is not None
    assert not chart.with_intervals
    assert chart.note == ""


# What is known of the sample


def test_a_sample_that_is_visibly_not_random_is_told_beside_chart_and_table_and_in_the_methods(tmp_path: Path) -> None:
    sheet = answers().assign(kans="")
    corpus, people, _ = two_themes(SIZE)
    cells = people.cells(corpus.ids, ["film", "plan"]).to_numpy()
    write_sheets(tmp_path / "a.csv", {"a": sheet.assign(hand=np.where(np.arange(SIZE) < 60, cells, ""))})
    found = coded_report(read_coded(tmp_path / "a.csv", codes="hand", text="antwoord", hand="hand"))
    section = found.sections[0]
    assert section.chart is not None
    warning = "Note: the answers coded by hand are unlike the rest: they stand nearer the top of the file."
    assert spoken(section.tables["top"].notes[0], "en").startswith(warning)
    assert warning in spoken(section.chart.note, "en")
    assert "it is not certain that they are a random sample" in spoken(found.methods, "en")


def test_a_targeted_sample_gives_no_estimate_and_the_report_says_so(cli: Cli, here: Path, tmp_path: Path) -> None:
    done = cli(
        "report", here / "gericht.csv", "--text", "antwoord", "--hand", "hand", "--codes", "machine",
        "-o", tmp_path / "r.md", "--language", "nl",
    )  # fmt: skip
    assert done.code == 0, done.err
    text = (tmp_path / "r.md").read_text(encoding="utf-8")
    assert "## Geen schatting: de handcodes zijn geen willekeurige steekproef" in text
    assert "**Top 10 (niet gecorrigeerd)**" in text
    assert f"Let op: de {HAND} handcodes zijn van antwoorden die gericht gekozen werden" in text
    assert "Geteld uit de kolom machine, zonder correctie" in text
    assert f"({HAND}) werden gericht gekozen en zijn geen steekproef" in text
    assert "zijn schattingen" not in text


def test_answers_that_are_all_coded_by_hand_are_counts(tmp_path: Path) -> None:
    corpus, people, _ = two_themes(70)
    cells = people.cells(corpus.ids, ["film", "plan"]).to_numpy()
    write_sheets(tmp_path / "a.csv", {"a": pd.DataFrame({"antwoord": corpus.texts.to_numpy(), "hand": cells})})
    found = coded_report(read_coded(tmp_path / "a.csv", codes="hand", text="antwoord", hand="hand"))
    section = found.sections[0]
    assert spoken(section.finding) == "Bovenaan: film 57% en plan 57%"
    assert "interval" not in section.tables["top"].shown
    assert "Alle antwoorden (70) werden met de hand gecodeerd: de percentages zijn tellingen." in spoken(found.methods)
    assert "schattingen" not in spoken(found.methods)


def test_estimates_are_compared_with_the_last_wave(cli: Cli, here: Path, tmp_path: Path) -> None:
    write(tmp_path / "toen.csv", "plaats;label;n;basis\n1;plan;60;100\n2;film;40;100\n")
    done = cli(
        "report", here / "a.csv", "--text", "antwoord", "--hand", "hand", "--codes", "machine",
        "--then", tmp_path / "toen.csv", "--population", "2000", "-o", tmp_path / "r.md", "--language", "nl",
    )  # fmt: skip
    assert done.code == 0, done.err
    text = (tmp_path / "r.md").read_text(encoding="utf-8")
    assert "**Top 10, gecorrigeerd**" in text
    assert "**Vergelijking met de vorige meting**" in text
    assert "niet gecorrigeerd" not in text
    assert "tellen de onzekerheid van de schatting en die van de steekproef op" in text
    assert "Newcombe" not in text
    assert "de foutenmarge bij 50% is 5,22 procentpunten" in text


@pytest.mark.parametrize(
    ("file", "options", "said"),
    [
        ("a.csv", ["--hand", "hand"], "say with --text"),
        ("a.csv", ["--hand", "er niet", "--text", "antwoord"], "Choose one with --hand"),
        ("a.csv", ["--hand", "hand", "--text", "antwoord", "--respondent", "sector"], "leave out --respondent"),
        ("a.csv", ["--hand", "hand", "--text", "antwoord", "--nets"], "has no nets"),
        ("a.csv", ["--codes", "machine", "--probability", "kans"], "name their codes with --hand"),
        ("a.csv", ["--codes", "machine", "--second", "machine"], "another coder"),
        ("a.csv", ["--codes", "machine", "--second", "er niet"], "Choose one with --second"),
        ("a.csv", ["--codes", "machine", "--nets"], "has no nets"),
        ("gericht.csv", ["--hand", "hand", "--text", "antwoord"], "Code a random sample, or name with --codes"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_and_nothing_is_written(
    cli: Cli, here: Path, monkeypatch: pytest.MonkeyPatch, file: str, options: list[str], said: str
) -> None:
    monkeypatch.chdir(here)
    before = listing(here)
    done = cli("report", file, *options, "-o", "r.md")
    assert done.code == 2
    assert said in done.err
    assert listing(here) == before


# Nets


def test_nets_are_ranked_in_the_report_and_stand_alone_in_its_chart(cli: Cli, here: Path, tmp_path: Path) -> None:
    done = cli(
        "report", here / "a.csv", "--codes", "machine", "--codebook", here / "book.yaml", "--nets", "--by", "sector",
        "-o", tmp_path / "r.md", "-o", tmp_path / "r.xlsx", "--language", "nl",
    )  # fmt: skip
    assert done.code == 0, done.err
    rows = [line for line in (tmp_path / "r.md").read_text(encoding="utf-8").splitlines() if "Film" in line]
    assert rows[0].startswith("|  | \u00a0\u00a0Film |")
    assert rows[1].startswith("| \u00a0\u00a0Film |")
    chart = load_workbook(tmp_path / "r.xlsx")["Grafiek"]
    assert {chart[cell].value.partition(":")[0] for cell in ("A4", "A5")} == {"Media", "Plan"}


def test_estimates_are_weighted_and_of_nets_where_that_is_asked(cli: Cli, here: Path, tmp_path: Path) -> None:
    out = tmp_path / "r.md"
    cli("report", here / "weighed.csv", "--hand", "hand", "--text", "antwoord", "--weight", "gewicht", "--nets",
        "--codebook", here / "book.yaml", "-o", out, "--language", "nl")  # fmt: skip
    text = out.read_text(encoding="utf-8")
    assert "De cijfers zijn gewogen met gewicht; de effectieve basis is 275,2 (Kish 1965)." in text
    rows = [line for line in text.splitlines() if re.match(r"\| +\d* \|", line)]
    assert [row.split("|")[2].strip("\u00a0 ") for row in rows[:3]] == ["Plan", "Media", "Film"]
    book = read_codebook(here / "book.yaml")
    coded = read_coded(here / "weighed.csv", book, codes="hand", text="antwoord", weight="gewicht", hand="hand")
    chart = coded_report(coded, book, ReportOptions(nets=True)).sections[0].chart
    assert chart is not None
    assert chart.labels == ("Plan", "Media")


def test_a_group_of_which_the_weighted_base_is_worth_little_gets_no_percentages(here: Path, tmp_path: Path) -> None:
    frame = pd.read_csv(here / "weighed.csv", sep=";", dtype=str, keep_default_na=False)
    first = frame["sector"].iloc[-1]
    frame["gewicht"] = "1"
    frame.loc[len(frame) - 1, "gewicht"] = "1000"
    frame.to_csv(tmp_path / "a.csv", sep=";", index=False)
    book = read_codebook(here / "book.yaml")
    coded = read_coded(tmp_path / "a.csv", book, codes="hand", text="antwoord", weight="gewicht", hand="hand")
    groups = coded_report(coded, book, ReportOptions(by="sector", nets=True)).sections[0].tables["groups"]
    assert (frame["sector"] == first).sum() > 30
    assert f"percent:{first}" in groups.frame
    assert f"percent:{first}" not in groups.shown
    assert any(first in spoken(note) for note in groups.notes)
    assert groups.frame.set_index("code")["level"].max() == 1


def test_nets_are_no_part_of_a_comparison(here: Path) -> None:
    coded = read_coded(here / "a.csv", codes="machine")
    with pytest.raises(CoderError, match="leave it out"):
        coded_report(coded, asked=ReportOptions(nets=True), then=coded.mentions(coded.book(None)))
