"""`coder report`: what it says of a file of coded answers, the finding, and what it refuses."""

import csv
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
from docx import Document
from openpyxl import load_workbook  # type: ignore[import-untyped]
from pptx import Presentation

from coder import Code, Codebook, Corpus, Table, compare, report
from coder.files.coded import read_coded
from coder.files.sheets import Sheet, TableFile
from coder.jobs.coded_report import ReportOptions, coded_report
from coder.reports.content import Report
from coder.reports.finding import finding
from coder.statistics.proportions import wilson
from tests.conftest import ROOT, Cli, counted, listing, spoken, write

BOOK = """\
codebook: wensen
version: "2"
question: {nl: Wat zou je <anders> doen?, en: What would you do differently?}
codes:
  - {id: video, number: 1, label: {nl: Meer video, en: More video}}
  - {id: plan, number: 2, label: {nl: "=1+1 plannen", en: Plans}}
"""
ROWS = """\
nr;sector;gewicht;antwoord;codes;citaat
1;Zorg;1;"<script>alert(1)</script> video";video;x
2;Zorg;1;=cmd|calc;video;
3;Zorg;2;meer video en een plan;video;plan;
4;Welzijn;1;nvt;;
5;Welzijn;1;een jaarplan;plan;
6;Welzijn;1;taart;-;
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with coded answers, a codebook and a published list, as the working directory."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "book.yaml", BOOK)
    write(tmp_path / "nu.csv", ROWS.replace("video;plan;", '"video;plan";'))
    write(tmp_path / "toen.csv", "plaats;label\n1;=1+1 plannen\n2;Meer video\n")
    return tmp_path


def test_one_command_writes_every_format(cli: Cli, here: Path) -> None:
    files = [f"uit/r{ending}" for ending in (".html", ".xlsx", ".docx", ".pptx", ".sav", ".csv", ".md")]
    options = [part for file in files for part in ("-o", file)]
    done = cli(
        "report", "nu.csv", "--codebook", "book.yaml", "--text", "antwoord", "--then", "toen.csv", "--title", "Wensen",
        "--quotes", "citaat", "--respondent", "nr", *options, "--language", "nl",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert set(listing(here / "uit")) == {
        "r.html", "r.xlsx", "r.docx", "r.pptx", "r.sav", "r.sps", "r.csv", "r.comparison.csv", "r.quotes.csv", "r.md",
    }  # fmt: skip
    assert [line.strip() for line in done.err.splitlines()[1:]][:2] == files[:2]
    page = (here / "uit/r.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "Wat zou je &lt;anders&gt; doen?" in page
    found = "Meer video stijgt van 2 naar 1"
    assert found in page
    assert found in (here / "uit/r.md").read_text(encoding="utf-8")
    assert found in [one.text for one in Document(str(here / "uit/r.docx")).paragraphs]
    deck = Presentation(str(here / "uit/r.pptx"))
    assert [slide.shapes.title.text for slide in deck.slides][:2] == ["Wensen", found]
    assert load_workbook(here / "uit/r.xlsx")["Grafiek"]["A1"].value == found


def test_a_column_called_as_the_question_is_the_title(cli: Cli, here: Path) -> None:
    write(here / "nu.csv", ROWS.replace("antwoord", "Wat kan beter?").replace("video;plan;", '"video;plan";'))
    assert cli("report", "nu.csv", "--text", "Wat kan", "-o", "r.md").code == 0
    assert (here / "r.md").read_text(encoding="utf-8").startswith("# Wat kan beter?\n")


def test_the_methods_paragraph_says_what_is_known(cli: Cli, here: Path) -> None:
    common = ("report", "nu.csv", "--codebook", "book.yaml", "--text", "antwoord", "-o", "r.md", "--language", "nl")
    assert cli(*common, "--population", "100").code == 0
    text = (here / "r.md").read_text(encoding="utf-8")
    assert "De percentages zijn van 5 respondenten." in text
    assert "1 rij zonder antwoord" in text
    assert "codeboek wensen (versie 2; 2 codes" in text
    assert "willekeurige steekproef uit een populatie van 100; de foutenmarge bij 50% is 42,93 procentpunten" in text
    assert cli(*common, "--self-selected").code == 0
    assert "kozen zichzelf" in (here / "r.md").read_text(encoding="utf-8")
    assert cli(*common).code == 0
    assert "steekproef" not in (here / "r.md").read_text(encoding="utf-8")


def test_weights_and_groups_are_in_the_report(cli: Cli, here: Path) -> None:
    rows = "".join(
        f"{place};{'AB'[place % 2]};{1 + place % 3};{'video' if place % 3 else '-'}\n" for place in range(80)
    )
    write(here / "groot.csv", f"nr;sector;gewicht;codes\n{rows}")
    done = cli(
        "report", "groot.csv", "--weight", "gewicht", "--by", "sector", "-o", "r.csv", "-o", "r.md", "--language", "en",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert {"r.csv", "r.groups.csv"} <= set(listing(here))
    assert "r.profiles.csv" not in listing(here), "no code stands out"
    text = (here / "r.md").read_text(encoding="utf-8")
    assert "weighted" in text.casefold()
    assert "Kish 1965" in text


def test_the_english_report_has_no_dutch_words_of_ours(cli: Cli, here: Path) -> None:
    done = cli("report", "nu.csv", "--codebook", "book.yaml", "--text", "antwoord", "--language", "en", "-o", "r.md")
    assert done.code == 0, done.err
    text = (here / "r.md").read_text(encoding="utf-8")
    assert "## More video ranks first (60%)" in text
    assert [word for word in ("Plaats", "meting", "Antwoorden", "Methode", "Gekozen") if word in text] == []


def test_the_same_report_is_the_same_file(cli: Cli, here: Path) -> None:
    for name in ("a", "b"):
        assert cli("report", "nu.csv", "--text", "antwoord", "-o", f"{name}.html", "-o", f"{name}.csv").code == 0
    files = listing(here)
    assert files["a.html"] == files["b.html"]
    assert files["a.csv"] == files["b.csv"]


def test_a_quote_that_a_person_marked_comes_first_and_says_so(cli: Cli, here: Path) -> None:
    assert cli("report", "nu.csv", "--text", "antwoord", "--quotes", "citaat", "-o", "r.csv").code == 0
    with (here / "r.quotes.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter=";") if row["label"] == "video"]
    assert (rows[0]["unit"], rows[0]["picked"]) == ("1", "True")
    assert {row["text"] for row in rows} >= {"<script>alert(1)</script> video", "'=cmd|calc"}


def test_the_quotes_join_the_tables_beside_them_in_every_language(cli: Cli, here: Path) -> None:
    for language in ("nl", "en", "fr"):
        done = cli("report", "nu.csv", "--text", "antwoord", "-o", f"{language}.csv", "--language", language)
        assert done.code == 0
        pairs = []
        for name in (f"{language}.csv", f"{language}.quotes.csv"):
            with (here / name).open(encoding="utf-8-sig", newline="") as file:
                pairs.append({(row["code"], row["label"]) for row in csv.DictReader(file, delimiter=";")})
        assert pairs[1] <= pairs[0]
        assert pairs[1]


def test_several_rows_of_a_respondent_are_one_case_for_spss(cli: Cli, here: Path) -> None:
    write(here / "lang.csv", "wie;sector;antwoord;codes\na;Zorg;video;video\na;Zorg;een plan;plan\nb;;niets;-\n")
    assert cli("report", "lang.csv", "--respondent", "wie", "--text", "antwoord", "-o", "r.sav").code == 0
    frame, _ = pyreadstat.read_sav(str(here / "r.sav"))
    assert frame["antwoord"].tolist() == ["video | een plan", "niets"]
    assert frame["sector"].tolist() == ["Zorg", ""]
    assert frame[["c_plan", "c_video", "c_none"]].to_numpy().tolist() == [[1, 1, 0], [0, 0, 1]]


def test_how_respondents_were_drawn_is_in_the_report(cli: Cli, here: Path) -> None:
    rows = "".join(f"{'NZ'[place % 2]};{place // 4};800;{'video' if place % 3 else 'plan'}\n" for place in range(80))
    write(here / "groot.csv", f"regio;school;aantal;codes\n{rows}")
    drawn = ("--strata", "regio", "--clusters", "school", "--fpc", "aantal")
    assert cli("report", "groot.csv", *drawn, "-o", "r.md", "--language", "en").code == 0
    assert "2 strata, 40 clusters, finite population" in (here / "r.md").read_text(encoding="utf-8")
    assert "Choose one with --clusters" in cli("report", "groot.csv", "--clusters", "x y", "-o", "r.md").err


class Once(TableFile):
    """A file that is there for one reading."""

    def read(self, asked: Mapping[str, str], *, header: Callable[[set[str]], bool] | None = None) -> Sheet:
        sheet = super().read(asked, header=header)
        self.path.unlink()
        return sheet


def test_a_file_of_coded_answers_is_read_once(here: Path) -> None:
    size, codes = 20_000, ("video", "plan", "video;plan", "-", "")
    frame = pd.DataFrame(
        {
            "antwoord": [f"antwoord {place} over {codes[place % 5]}" for place in range(size)],
            "codes": [codes[place % 5] for place in range(size)],
            "tweede": [codes[place % 7 % 5] for place in range(size)],
            "gewicht": ["1,5" if place % 2 else "0,5" for place in range(size)],
            "sector": ["Zorg" if place % 3 else "Welzijn" for place in range(size)],
            "citaat": ["x" if place in (0, 2) else "" for place in range(size)],
        }
    )
    frame.to_csv(here / "groot.csv", sep=";", index=False)
    coded = read_coded(
        Once(here / "groot.csv"), text="antwoord", weight="gewicht", by=["sector"], quotes="citaat", second="tweede"
    )
    assert not (here / "groot.csv").exists()
    last = coded.mentions(coded.book(None))
    found = coded_report(coded, asked=ReportOptions(by="sector"), then=last, with_data=True)
    section = found.sections[0]
    assert set(section.tables) == {"top", "comparison", "groups"}  # nothing stands out
    assert section.tables["top"].base == 16_000
    assert {quote.unit for _, quotes in section.quotes for quote in quotes if quote.picked} == {"1", "3"}
    assert "Krippendorff" in spoken(found.methods, "en")
    assert found.respondents is not None
    assert found.respondents.frame.columns.tolist() == ["antwoord", "tweede", "gewicht", "sector", "citaat"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["-o", "r.pdf"], ".docx"),
        (["-o", "r.md", "-o", "r.md"], "twice"),
        (["-o", "r.md", "--quotes", "citaat"], "--text"),
        (["-o", "r.md", "--text", "antwoord", "--quotes", "sector"], "write x"),
        (["-o", "r.md", "--text", "antwoord", "--quotes", "er niet"], "--quotes"),
        (["-o", "r.md", "--text", "er niet"], "--text"),
        (["-o", "r.md", "--codes", "er niet"], "--codes"),
        (["-o", "r.md", "--population", "3"], "--population"),
        (["-o", "nu.csv"], "read"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(
    cli: Cli, here: Path, options: list[str], said: str
) -> None:
    before = listing(here)
    done = cli("report", "nu.csv", *options)
    assert done.code == 2
    assert said in done.err
    assert listing(here) == before


def test_the_reports_of_the_synthetic_corpora_hold_the_published_counts(cli: Cli, tmp_path: Path) -> None:
    done = cli(
        "report", ROOT / "corpora/trends-2024.csv", "--codebook", ROOT / "codebooks/trends.yaml",
        "--then", ROOT / "corpora/trends-2021.csv", "-o", tmp_path / "r.xlsx", "--language", "nl",
    )  # fmt: skip
    assert done.code == 0, done.err
    rows = [[cell.value for cell in row] for row in load_workbook(tmp_path / "r.xlsx")["Top 10"].iter_rows()]
    low, high = wilson(102, 199).tolist()
    assert rows[3] == [1, "Opkomst van AI", 102, *map(pytest.approx, (102 / 199, low, high))]
    assert [row[0] for row in rows[3:14]] == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10]


# The finding


def compared(rows: list[dict[str, object]]) -> tuple[Table, Table]:
    """A frequency table and a comparison of these rows; n is the percentage of 100."""
    base = {"then_status": "ranked", "then_rank": pd.NA, "then_percent": float("nan"), "dropped": False}
    frame = pd.DataFrame([{**base, "code": row["label"], "n": row["percent"], **row} for row in rows])
    frame = frame.astype({"rank": "Int64", "then_rank": "Int64", "n": "Int64"})
    shown = {"rank": "Plaats", "label": "Code"}
    return Table("nu", frame, 100, shown), Table("beide", frame, 100, shown)


def said(rows: list[dict[str, object]], language: str = "nl") -> str:
    return spoken(finding(*compared(rows)), language)


def test_beside_a_list_of_places_the_change_of_places_is_said() -> None:
    rows: list[dict[str, object]] = [
        {"label": "AI", "rank": 1, "percent": 51.0, "then_status": "not_in_list", "change": "new"},
        {"label": "Video", "rank": 2, "percent": 26.0, "then_rank": 1},
        {"label": "Storytelling", "rank": 7, "percent": 6.0, "then_rank": 5},
    ]
    assert said(rows) == "AI is nieuw in de lijst, op 1; Storytelling zakt van 5 naar 7"
    assert said(rows, "en") == "AI is new to the list and ranks first; Storytelling falls from 5 to 7"
    printed = [{**rows[0], "change": ""}, *rows[1:]]
    assert said(printed).startswith("AI staat op 1 (51%); "), "a printed list says nothing of what it lacks"


def test_of_tested_differences_only_a_significant_one_is_said_as_percentages() -> None:
    rows: list[dict[str, object]] = [
        {"label": "AI", "rank": 1, "percent": 51.0, "then_rank": 2, "then_percent": 48.0, "p_adjusted": 0.6},
        {"label": "Video", "rank": 2, "percent": 26.0, "then_rank": 9, "then_percent": 20.0, "p_adjusted": 0.2},
        {"label": "Pers", "rank": 3, "percent": 12.0, "then_rank": 3, "then_percent": 22.0, "p_adjusted": 0.01},
    ]
    assert said(rows) == "AI staat op 1 (51%); Pers daalt van 22% naar 12%"
    assert (
        said([{**row, "p_adjusted": 0.3} for row in rows])
        == "AI staat op 1 (51%); geen significant verschil met de vorige meting"
    )
    new = {
        "label": "Podcast",
        "rank": 4,
        "percent": 11.0,
        "then_status": "not_in_list",
        "then_percent": 0.0,
        "p_adjusted": 0.001,
    }
    assert said([*rows, new]) == "AI staat op 1 (51%); Podcast stijgt van 0% naar 11%"
    sure = [{**rows[0], "p_adjusted": 0.001}, *rows[1:2]]
    assert said(sure) == "AI staat op 1 (51%, vorige meting 48%)"


def test_a_first_place_that_stays_is_said_to_stay() -> None:
    assert said([{"label": "AI", "rank": 1, "percent": 51.0, "then_rank": 1, "then_percent": 30.0}]) == (
        "AI blijft op 1 (51%)"
    )


def test_a_place_that_rose_while_the_share_fell_is_not_said_to_rise() -> None:
    rows: list[dict[str, object]] = [
        {"label": "AI", "rank": 1, "percent": 20.0, "then_rank": 4, "then_percent": 30.0},
        {"label": "Video", "rank": 2, "percent": 10.0, "then_rank": 5, "then_percent": 15.0},
    ]
    assert said(rows) == "AI staat op 1 (20%)"


def test_codes_that_share_the_first_place_are_named_together() -> None:
    rows: list[dict[str, object]] = [{"label": name, "rank": 1, "percent": 20.0} for name in "ABCD"]
    table = compared(rows[:2])[0]
    assert spoken(finding(table, None)) == "A en B delen plaats 1 (20%)"
    assert spoken(finding(compared(rows)[0], None)) == "4 codes delen plaats 1 (20%)"


def test_without_a_mention_or_a_base_nothing_is_claimed() -> None:
    assert said([{"label": "AI", "rank": 1, "percent": 0.0}]) == "Geen enkele code is vermeld"
    empty = compared([{"label": "AI", "rank": 1, "percent": float("nan"), "n": 0}])[0]
    assert spoken(finding(Table("leeg", empty.frame, 0, empty.shown), None)) == "Geen enkele code is vermeld"


def test_a_change_that_may_come_from_the_way_of_coding_is_no_finding(tmp_path: Path) -> None:
    book = Codebook((Code("ai", 1, {"nl": "AI"}), Code("video", 2, {"nl": "Video"})))
    before = write(tmp_path / "toen.csv", "plaats;label;n;%;base\n1;Video;80;80;100\n2;AI;30;30;100\n")
    now, hand = counted(100, {"ai": 60, "video": 20}), counted(100, {"ai": 30, "video": 80})
    rules = replace(now, coder="rules", provenance={"codebook": book.hash})
    answers = Corpus(pd.DataFrame({"text": "x"}, index=now.seen))

    def noted(done: Report, name: str) -> str:
        done.save(tmp_path / name, language="nl")
        return (tmp_path / name).read_text(encoding="utf-8")

    by_people = report(answers, now, book, then=before)
    assert "daalt van 80% naar 20%" in noted(by_people, "people.md")
    by_rules = report(answers, rules, book, then=before)
    text = noted(by_rules, "rules.md")
    assert "daalt" not in text
    assert not {"▲", "▼"} & set(text)
    assert "Noem deze verschillen geen verandering" in text
    assert "Noem deze verschillen geen verandering" in noted(by_rules, "rules.html")
    by_rules.save(tmp_path / "rules.pptx", language="nl")
    first = Presentation(str(tmp_path / "rules.pptx")).slides[1]
    assert any("geen verandering" in shape.text_frame.text for shape in first.shapes if shape.has_text_frame)
    compared = by_rules.sections[0].tables["comparison"]
    assert compared.frame["change"].tolist() == ["unsure", "unsure"]
    assert compared.frame["points"].notna().all()
    assert getattr(compared.notes[0], "key", "") == "comparison.unlike"
    same = compare(rules, replace(hand, coder="rules", provenance={"codebook": book.hash}), book)
    assert sorted(same.frame["change"]) == ["down", "up"]
    other = compare(rules, replace(hand, coder="rules", provenance={"codebook": "another"}), book)
    assert getattr(other.notes[0], "key", "") == "comparison.unlike_machines"
