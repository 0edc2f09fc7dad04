"""A study from the command line: from new to a table, and what is refused."""

import csv
import io
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from openpyxl import load_workbook  # type: ignore[import-untyped]

from coder.files.codebooks import write_codebook
from coder.files.sheets import read_sheet
from coder.files.writing import write_sheets
from coder.study import Study
from tests.conftest import Cli, two_themes, write


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with answers (nr, antwoord, sector) and a codebook."""
    corpus, _, book = two_themes(40)
    sheet = corpus.units.rename(columns={"text": "antwoord"}).assign(sector="zorg").rename_axis("nr").reset_index()
    write_sheets(tmp_path / "answers.csv", {"answers": sheet})
    write_codebook(tmp_path / "book.yaml", book)
    return tmp_path


@pytest.fixture
def study(files: Path, cli: Cli) -> Path:
    """A study with those answers and that codebook."""
    path = files / "test.study"
    assert cli("study", "new", path).code == 0
    done = cli(
        "study",
        "add",
        path,
        files / "answers.csv",
        "--question",
        "q",
        "--text",
        "antwoord",
        "--id",
        "nr",
        "--codebook",
        files / "book.yaml",
    )
    assert (done.code, done.out) == (
        0,
        "q: 40 new.\nThe codebook of 'q' is version 1.\n",
    )
    return path


def coded(files: Path, name: str, cells: dict[str, str]) -> Path:
    """A file of codes by nr."""
    return write(files / name, "nr;code\n" + "".join(f'{unit};"{cell}"\n' for unit, cell in cells.items()))


def hand(size: int) -> dict[str, str]:
    """What a person gave the first so many answers."""
    corpus, coding, _ = two_themes(40)
    return dict(list(coding.cells(corpus.ids, ("film", "plan")).items())[:size])  # type: ignore[arg-type]


def test_from_new_to_a_table_that_can_be_made_again(study: Path, files: Path, cli: Cli) -> None:
    file = coded(files, "anna.csv", hand(30))
    entered = cli("study", "add", study, file, "--id", "nr", "--codes", "code", "--who", "anna")
    assert entered.out == "anna: 30 newly coded, 0 as they were, 0 changed.\n"
    assert "30 as they were" in cli("study", "add", study, file, "--id", "nr", "--codes", "code", "--who", "anna").out
    first = cli("study", "top", study, "--language", "nl")
    assert "N = 30" in first.out
    event = first.out.split("stand ")[1].split(" ")[0]
    assert cli("study", "code", study, "--who", "anna").out.startswith(("rules", "classifier"))
    trained = cli("study", "train", study, "--embedding", "none", "--who", "anna", "--language", "nl").out
    assert "Model 2 van 'q'" in trained
    assert re.search(r"^5 delen; precisie \d,\d{3}; ", trained, re.MULTILINE)
    cli("study", "undo", study, "--who", "anna")
    assert cli("study", "top", study, "--at", event, "--language", "nl").out == first.out
    table = list(csv.DictReader(io.StringIO(cli("study", "status", study, "--check", "--format", "csv").out)))
    assert (table[0]["answers"], table[0]["coded"], table[0]["proposed"], table[0]["model"]) == ("40", "0", "40", "2")
    assert "anna" in cli("study", "log", study).out
    said = {one: cli("study", one, study, "--language", "fr").out for one in ("status", "log", "people")}
    assert re.search(r"^codées deux fois +0$", said["status"], re.MULTILINE)
    assert re.search(r"anna +appris +30 +modèle 2", said["log"])
    assert re.search(r"anna +annulé ", said["log"])
    assert said["people"].splitlines()[2].split() == ["nom", "rôle", "ajouté"]
    assert cli("study", "undo", study, "--who", "anna").err == "coder: anna has decided nothing that is not undone.\n"


def test_codes_of_answers_that_are_not_there_yet_say_what_comes_first(files: Path, cli: Cli) -> None:
    study = files / "empty.study"
    assert cli("study", "new", study).code == 0
    done = cli(
        "study", "add", study, files / "answers.csv", "--text", "antwoord", "--id", "nr", "--codes", "nr", "--who", "a"
    )
    assert done.code == 2
    assert "add them first without --codes" in done.err


def test_what_is_exported_and_added_again_adds_nothing(study: Path, files: Path, cli: Cli) -> None:
    coded(files, "anna.csv", hand(12))
    cli("study", "add", study, files / "anna.csv", "--id", "nr", "--codes", "code", "--who", "anna")
    cli("study", "code", study)
    out = files / "out.csv"
    assert cli("study", "export", study, "-o", out).code == 0
    sheet = read_sheet(out)
    assert list(sheet) == [
        "unit",
        "text",
        "wave",
        "nr",
        "sector",
        "codes",
        "codes_anna",
        "machine_codes",
        "final_codes",
    ]
    assert dict(zip(sheet["nr"][:12], sheet["codes"][:12], strict=True)) == hand(12)
    assert sheet["final_codes"][:12].tolist() == sheet["codes"][:12].tolist()
    assert set(sheet["codes"][12:]) == {""}
    assert read_sheet(files / "out.made_from.csv")["name"].tolist()[:3] == ["study", "question", "codebook"]
    labels = read_sheet(files / "out.codebook.csv")
    assert list(labels) == ["code", "number", "label"]
    assert labels["label"].str.strip().all()
    mentioned = read_sheet(files / "out.mentions.csv").set_index("unit")
    assert list(mentioned) == labels["code"].tolist()
    for unit, codes in zip(sheet["unit"].tolist(), sheet["final_codes"].tolist(), strict=True):
        row = mentioned.loc[unit]
        assert sorted(row.index[row == "1"]) == sorted(set(codes.split(";")) - {"", "-"})
        assert all(row == "") == (not codes)
    log = cli("study", "log", study, "--limit", "0").out
    again = cli("study", "add", study, files / "answers.csv", "--text", "antwoord", "--id", "nr")
    assert again.out == "q: 40 same.\n"
    assert (
        "12 as they were, 0 changed"
        in cli("study", "add", study, out, "--id", "unit", "--codes", "codes_anna", "--who", "anna").out
    )
    assert cli("study", "log", study, "--limit", "0").out == log


def test_differences_are_shown_and_wait_for_accept(study: Path, files: Path, cli: Cli) -> None:
    text = (
        (files / "answers.csv")
        .read_text(encoding="utf-8-sig")
        .replace("taart d3\r", "taart met slagroom\r")
        .replace("taart d3;", "taart met slagroom;")
    )
    other = write(files / "corrected.csv", text)
    shown = cli("study", "add", study, other, "--text", "antwoord", "--id", "nr")
    assert "39 same, 1 changed" in shown.out
    assert "'taart met slagroom'" in shown.out
    assert "give --accept" in shown.out
    assert "1 changed" in cli("study", "add", study, other, "--text", "antwoord", "--id", "nr", "--accept").out
    assert "40 same" in cli("study", "add", study, other, "--text", "antwoord", "--id", "nr").out
    codes = coded(files, "anna.csv", {"1": "film", "2": "plan"})
    cli("study", "add", study, codes, "--id", "nr", "--codes", "code", "--who", "anna")
    changed = coded(files, "anna2.csv", {"1": "plan", "2": "plan"})
    refused = cli("study", "add", study, changed, "--id", "nr", "--codes", "code", "--who", "anna")
    assert "1 as they were, 1 changed" in refused.out
    assert "decided otherwise" in refused.out
    cli("study", "add", study, changed, "--id", "nr", "--codes", "code", "--who", "anna", "--accept")
    with Study.open(study) as opened:
        assert opened["q"].coding("anna").cells(opened["q"].corpus().ids[:2], ["film", "plan"]).tolist() == [
            "plan",
            "plan",
        ]


def test_a_filled_in_sheet_becomes_the_decisions_of_a_colleague(study: Path, files: Path, cli: Cli) -> None:
    sheet = files / "sheet.xlsx"
    cli(
        "sample",
        files / "answers.csv",
        "--text",
        "antwoord",
        "--id",
        "nr",
        "--random",
        "-n",
        "5",
        "--codebook",
        files / "book.yaml",
        "-o",
        sheet,
        "--language",
        "nl",
    )
    book = load_workbook(sheet)
    rows = book["antwoorden"]
    heads = [cell.value for cell in rows[1]]
    units = [str(row[0].value) for row in list(rows.rows)[1:]]
    for number in range(2, 6):
        rows.cell(number, heads.index("code 1") + 1, "Film")
    rows.cell(6, heads.index("geen past") + 1, "x")
    book.save(sheet)
    cli(
        "study", "add", study, coded(files, "anna.csv", {"1": "film"}), "--id", "nr", "--codes", "code", "--who", "anna"
    )
    added = cli("study", "add", study, "--sheet", sheet, "--text", "antwoord", "--id", "nr", "--who", "bert")
    assert added.out == "bert: 5 newly coded, 0 as they were, 0 changed.\n"
    by_letter = cli("study", "add", study, "--sheet", sheet, "--text", "Z", "--id", "nr", "--who", "bert")
    assert "5 as they were" in by_letter.out  # a letter of the file of answers, not of the sheet
    with Study.open(study) as opened:
        given = opened["q"].coding("bert").cells(opened["q"].corpus().ids, ["film", "plan"])
        assert {unit: given[unit] for unit in units} == {**dict.fromkeys(units[:4], "film"), units[4]: "-"}


def test_coders_are_dealt_answers_and_their_disagreements_listed(study: Path, files: Path, cli: Cli) -> None:
    dealt = cli("study", "assign", study, "--coder", "anna", "--coder", "bert", "--share", "0.5", "--seed", "3")
    assert (
        dealt.out
        == "anna: 30 answers, 20 of them with somebody else.\nbert: 30 answers, 20 of them with somebody else.\n"
    )
    for who, cells in (("anna", {"1": "film", "2": "plan"}), ("bert", {"1": "plan", "2": "plan"})):
        cli("study", "add", study, coded(files, f"{who}.csv", cells), "--id", "nr", "--codes", "code", "--who", who)
    found = cli("study", "disagreements", study, "--format", "csv").out
    assert found == "unit,code,yes,no,unsure\n1,film,anna,bert,\n1,plan,bert,anna,\n"
    assert cli("study", "disagreements", study, "--language", "nl").out.splitlines()[2].split()[-3:] == [
        "ja", "nee", "onzeker",
    ]  # fmt: skip
    assert "1 antwoord waarover codeurs het oneens zijn" in cli("study", "top", study, "--language", "nl").out
    assert cli("study", "people", study, "--add", "carla", "--role", "adjudicator", "--format", "csv").out.startswith(
        "name,role,created\ncarla,adjudicator,"
    )
    for name in ("settle.csv", "settle.xlsx"):
        assert cli("study", "disagreements", study, "-o", files / name).code == 0
        assert cli("study", "disagreements", study, "-o", files / name).code == 0
    settled = files / "settle.csv"
    sheet = read_sheet(settled).assign(codes="film")
    sheet.to_csv(settled, index=False)
    done = cli("study", "disagreements", study, "-o", settled)
    assert (done.code, "was filled in (1 row), and is not written over" in done.err) == (2, True)
    assert read_sheet(settled)["codes"].tolist() == ["film"]


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
def test_a_report_of_an_export_tells_answers_on_which_coders_differ(
    study: Path, files: Path, cli: Cli, name: str
) -> None:
    for who, cells in (("anna", {**hand(20), "1": "film"}), ("bert", {"1": "plan", "2": hand(20)["2"]})):
        cli("study", "add", study, coded(files, f"{who}.csv", cells), "--id", "nr", "--codes", "code", "--who", who)
    assert cli("study", "export", study, "-o", files / name).code == 0
    asked = ("report", files / name, "--text", "text", "--codes", "codes", "-o", files / "r.md")
    done = cli(*asked)
    assert done.code == 0, done.err
    said = (files / "r.md").read_text(encoding="utf-8")
    assert "1 row with an answer on which coders differ" in said
    assert "Not in the base: " in said


def test_a_table_is_of_one_wave(study: Path, files: Path, cli: Cli) -> None:
    named = ["--question", "q", "--text", "antwoord", "--id", "nr", "--wave", "2026", "--accept"]
    cli("study", "add", study, files / "answers.csv", *named)
    cells = {f"2026:{unit}": cell for unit, cell in hand(12).items()}
    for name, part in (("first.csv", hand(30)), ("second.csv", cells)):
        cli("study", "add", study, coded(files, name, part), "--id", "nr", "--codes", "code", "--who", "anna")
    assert "has the waves '', '2026': choose one with --wave" in cli("study", "top", study).err
    assert "has no wave '2031'" in cli("study", "top", study, "--wave", "2031").err
    for wave, base in (("", 30), ("2026", 12), ("all", 42)):
        assert f"N = {base};" in cli("study", "top", study, "--wave", wave).out


def test_requests_that_cannot_be_met_say_what_to_do(study: Path, files: Path, cli: Cli) -> None:
    anna = coded(files, "anna.csv", {"99": "film"})
    cases: list[tuple[list[str | Path], str]] = [
        (["new", study], "exists"),
        (["status", files / "no.study"], "There is no study"),
        (["status", files / "answers.csv"], "is not a study of coder"),
        (["add", study], "Name what to add"),
        (["add", study, anna, "--id", "nr", "--codes", "code"], "--who"),
        (["add", study, anna, "--id", "nr", "--codes", "code", "--who", "anna"], "not answers of question 'q'"),
        (["top", study, "--at", "gisteren"], "--at is the number of an event"),
        (
            ["top", study, "--at", "2001-01-01T12:00+01:00"],
            "At that moment the question had no codebook: it came with event",
        ),
        (["top", study, "--question", "p"], "has no question 'p'; it has q"),
        (["export", study, "-o", files / "a.doc"], "let its name end in"),
        (["status", "postgresql+psycopg://nobody@127.0.0.1:1/none"], "cannot be read or written"),
        (["status", "mysql://nobody@127.0.0.1/none"], "not a place for a study"),
    ]
    for arguments, words in cases:
        done = cli("study", *arguments)
        assert (done.code, words in done.err) == (2, True), done


def test_waves_are_added_and_coded_by_the_ids_of_their_own_file(study: Path, files: Path, cli: Cli) -> None:
    answers = files / "answers.csv"
    added = cli("study", "add", study, answers, "--text", "antwoord", "--id", "nr", "--wave", "2024", "--accept")
    assert "q: 40 new." in added.out
    codes = coded(files, "anna.csv", {"1": "film", "2": "-"})
    cli("study", "add", study, codes, "--id", "nr", "--wave", "2024", "--codes", "code", "--who", "anna")
    with Study.open(study) as opened:
        assert opened["q"].coding().seen.tolist() == ["2024:1", "2024:2"]
    cli("study", "export", study, "-o", files / "out.csv")
    again = cli("study", "add", study, files / "out.csv", "--id", "unit")
    assert "q: 80 same." in again.out


def test_a_status_that_does_not_follow_from_the_events_is_told(study: Path, files: Path, cli: Cli) -> None:
    cli(
        "study", "add", study, coded(files, "anna.csv", {"1": "film"}), "--id", "nr", "--codes", "code", "--who", "anna"
    )
    assert cli("study", "status", study, "--check").code == 0
    with closing(sqlite3.connect(study)) as connection, connection:
        connection.execute("DELETE FROM holding WHERE code = 'film'")
    done = cli("study", "status", study, "--check")
    assert (done.code, "1 decision that holds does not follow from the events" in done.err) == (2, True)


def filled(files: Path, cli: Cli, answers: Path, name: str, *how: str) -> Path:
    """A sheet drawn at random from a file, all rows coded "film"."""
    sheet = files / name
    drawn = cli("sample", answers, "--random", "--codebook", files / "book.yaml", "-o", sheet, *how, "--language", "nl")
    assert drawn.code == 0, drawn.err
    rows = read_sheet(sheet)
    rows["code 1"] = "Film"
    write_sheets(sheet, {"answers": rows})
    return sheet


def test_an_export_says_how_the_answers_of_a_sheet_were_drawn_so_that_an_estimate_can_be_made(
    study: Path, files: Path, cli: Cli
) -> None:
    as_added = ("--text", "antwoord", "--id", "nr")
    cli("study", "add", study, coded(files, "anna.csv", hand(3)), "--id", "nr", "--codes", "code", "--who", "anna")
    sheet = filled(files, cli, files / "answers.csv", "sheet.csv", *as_added, "-n", "12")
    assert cli("study", "add", study, "--sheet", sheet, *as_added, "--who", "bert").code == 0
    first, out = read_sheet(sheet), files / "out.csv"
    cli("study", "add", study, "--sheet", sheet, *as_added, "--who", "els")  # double coded: drawn once
    cli("study", "export", study, "-o", out)
    rows = read_sheet(out).set_index("nr")
    drawn = rows[rows["drawn"] == "random"]
    assert set(drawn.index) == set(first["nr"])
    assert set(drawn["probability"]) == {"0,3"}
    assert set(rows[rows["drawn"] == "targeted"].index) == {"1", "2", "3"} - set(drawn.index)
    assert set(rows["codes"][(rows["drawn"] == "")]) == {""}
    made = cli(
        "estimate",
        out,
        "--text",
        "text",
        "--id",
        "unit",
        "--hand",
        "codes_bert",
        "--probability",
        "probability",
        "--language",
        "nl",
    )
    assert (made.code, "waarvan 12 willekeurig getrokken" in made.out) == (0, True), made.err
    again = cli("study", "add", study, out, "--text", "text", "--id", "unit")
    assert again.out == "q: 40 same.\n"


def test_a_sheet_drawn_from_an_export_extends_the_sample(study: Path, files: Path, cli: Cli) -> None:
    as_added, exported = ("--text", "antwoord", "--id", "nr"), ("--text", "text", "--id", "unit")
    sheet = filled(files, cli, files / "answers.csv", "one.csv", *as_added, "-n", "10")
    cli("study", "add", study, "--sheet", sheet, *as_added, "--who", "bert")
    apart = filled(files, cli, files / "answers.csv", "apart.csv", *as_added, "-n", "10", "--seed", "2")
    cli("study", "export", study, "-o", files / "out.csv")
    more = filled(files, cli, files / "out.csv", "two.csv", *exported, "-n", "10", "--codes", "codes")
    assert cli("study", "add", study, "--sheet", more, *exported, "--who", "anna").code == 0
    said = cli("study", "add", study, "--sheet", apart, *as_added, "--who", "els")
    assert (said.code, "its probabilities are not" in said.err) == (0, True)
    cli("study", "export", study, "-o", files / "out.csv")
    rows = read_sheet(files / "out.csv")
    drawn = rows[rows["drawn"] == "random"]
    assert set(drawn["nr"]) == {*read_sheet(sheet)["nr"], *(unit.strip() for unit in read_sheet(more)["unit"])}
    assert set(drawn["probability"]) == {"0,5"}


def test_columns_of_codes_are_no_background_and_an_export_can_be_made(study: Path, files: Path, cli: Cli) -> None:
    rows = read_sheet(files / "answers.csv").assign(codes="film", codes_anna="plan")
    write_sheets(files / "coded.csv", {"answers": rows})
    added = cli("study", "add", study, files / "coded.csv", "--text", "antwoord", "--id", "nr")
    assert "40 same" in added.out
    assert "'codes', 'codes_anna'" in added.err
    cli("study", "add", study, files / "coded.csv", "--id", "nr", "--codes", "codes", "--who", "anna")
    assert cli("study", "export", study, "-o", files / "out.csv").code == 0


def test_an_adjudicator_settles_disagreements_in_a_file(study: Path, files: Path, cli: Cli) -> None:
    for who, cell in (("anna", "film"), ("bert", "plan")):
        file = coded(files, f"{who}.csv", {"1": cell, "2": "film"})
        cli("study", "add", study, file, "--id", "nr", "--codes", "code", "--who", who)
    out = files / "apart.csv"
    assert cli("study", "disagreements", study, "-o", out).code == 0
    rows = read_sheet(out)
    assert rows[["unit", "codes_anna", "codes_bert", "codes"]].to_numpy().tolist() == [["1", "film", "plan", ""]]
    write_sheets(out, {"answers": rows.assign(codes="plan")})
    settle = ("study", "add", study, out, "--id", "unit", "--codes", "codes", "--who", "els", "--last-word")
    assert cli(*settle).out == "els: 1 settled, 0 as they were, 0 changed.\n"
    assert cli(*settle).out == "els: 0 settled, 1 as they were, 0 changed.\n"
    with Study.open(study) as opened:
        assert opened["q"].disagreements().empty
        assert opened["q"].coding().cells(opened["q"].corpus().ids[:2], ["film", "plan"]).tolist() == ["plan", "film"]
    assert "differ on nothing" in cli("study", "disagreements", study, "-o", out).err


def test_ids_that_are_written_otherwise_are_told_and_a_name_that_differs_by_a_capital_is_refused(
    study: Path, files: Path, cli: Cli
) -> None:
    rows = read_sheet(files / "answers.csv")
    write_sheets(files / "float.csv", {"answers": rows.assign(nr=rows["nr"] + ".0")})
    added = cli("study", "add", study, files / "float.csv", "--text", "antwoord", "--id", "nr")
    assert "40 of the 40 new answers have the text" in added.err
    assert "Nothing was taken over" in added.out
    for who, refused in (("anna", False), ("Anna", True)):
        file = coded(files, "a.csv", {"1": "film"})
        said = cli("study", "add", study, file, "--id", "nr", "--codes", "code", "--who", who)
        assert ("There is a coder 'anna' in the study" in said.err) is refused


def test_an_export_of_waves_with_other_columns_adds_nothing(study: Path, files: Path, cli: Cli) -> None:
    rows = read_sheet(files / "answers.csv").assign(regio="Gent", antwoord="een ander antwoord")
    write_sheets(files / "later.csv", {"answers": rows})
    cli("study", "add", study, files / "later.csv", "--text", "antwoord", "--id", "nr", "--wave", " 2024 ", "--accept")
    cli("study", "export", study, "-o", files / "out.csv")
    again = cli("study", "add", study, files / "out.csv", "--text", "text", "--id", "unit")
    assert again.out == "q: 80 same.\n"
    cli("study", "export", study, "--wave", "2024", "-o", files / "one.csv")
    assert set(read_sheet(files / "one.csv")["wave"]) == {"2024"}


def test_coders_are_made_blind_to_each_other(study: Path, cli: Cli) -> None:
    for option, blind in (("--blind", True), ("--not-blind", False)):
        assert cli("study", "people", study, option, "--who", "els").code == 0
        with Study.open(study) as opened:
            assert opened["q"].blind() is blind


def test_a_column_of_waves_that_the_option_takes_the_place_of_is_told(cli: Cli, study: Path, files: Path) -> None:
    later = write(files / "later.csv", "nr;antwoord;wave\n901;meer groen;2025\n902;minder verkeer;2026\n")
    done = cli("study", "add", study, later, "--text", "antwoord", "--id", "nr", "--wave", "2027")
    assert done.code == 0, done.err
    assert "'wave'" in done.err
    assert "'2027'" in done.err
