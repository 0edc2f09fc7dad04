"""The commands, on real files: what they print and write, and what they say of input that cannot be used."""

import csv
import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from coder import read_codebook, read_document
from coder.files.codebooks import write_codebook
from coder.files.sheets import read_sheet
from tests.conftest import CODER, Cli, Shown, listing, sheet_rows, two_themes, two_waves, write

BOOK = """\
codebook: proef
question: {nl: Wat wil je anders doen?}
codes:
  - id: film
    number: 1
    label: {nl: Meer film, en: More film}
    rules: [film*, camera]
    formerly: [Bewegend beeld]
  - id: plan
    number: 2
    label: {nl: Plannen maken, en: Make plans}
    rules: ["*plan", doel]
"""

ANSWERS = """\
nr;antwoord;regio
a1;korte filmpjes en een jaarplan;Gent
a2;n.v.t.;Ieper
a3;"een camera; en
licht";NA
a4;taart;
a5;;Aalst
a6;een beleidsplan;Gent
"""

COMMANDS = [
    "demo",
    "run",
    "code",
    "train",
    "evaluate",
    "topics",
    "top",
    "groups",
    "compare",
    "agree",
    "codebook import",
    "codebook export",
]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a codebook and answers, in which the command runs."""
    write(tmp_path / "book.yaml", BOOK)
    write(tmp_path / "in.csv", ANSWERS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def coded(path: Path, size: int = 60, hidden: int = 0) -> Path:
    """A file of answers with hand codes, the last ones not coded."""
    corpus, coding, _ = two_themes(size)
    cells = coding.cells(corpus.ids, ["film", "plan"]).tolist()[: size - hidden] + [""] * hidden
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["antwoord", "codes"])
        writer.writerows(zip(corpus.texts, cells, strict=True))
    return path


# Each command


def test_help_lists_every_command(cli: Cli) -> None:
    done = cli("--help")
    assert done.code == 0
    assert [name for name in COMMANDS if name.split()[0] not in done.out] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(cli: Cli, command: str) -> None:
    for option in ("--help", "-h"):
        done = cli(*command.split(), option)
        assert done.code == 0
        assert done.out.startswith(f"Usage: coder {command}")


def test_the_version_is_printed(cli: Cli) -> None:
    assert re.fullmatch(r"coder \d+\.\d+\.\d+\n", cli("--version").out)


@pytest.mark.usefixtures("here")
def test_code_writes_the_answers_with_their_codes_and_the_assignments(cli: Cli) -> None:
    done = cli("code", "in.csv", "--text", "antwoord", "--id", "nr", "--codebook", "book.yaml", "-o", "uit.csv")
    assert (done.code, done.out) == (0, "6 answers: 3 with a code, 1 without, 2 no answer.\n")
    sheet = read_sheet(Path("uit.csv"))
    assert list(sheet.columns) == ["nr", "antwoord", "regio", "codes"]
    assert sheet["codes"].tolist() == ["film;plan", "", "film", "-", "", "plan"]
    long = read_sheet(Path("uit.assignments.csv"))
    texts = dict(zip(sheet["nr"], sheet["antwoord"], strict=True))
    places = long[["unit", "start", "end"]].to_numpy().tolist()
    spans = [texts[unit][int(start) : int(end)] for unit, start, end in places]
    assert spans == ["filmpjes", "jaarplan", "camera", "beleidsplan"]


@pytest.mark.usefixtures("here")
def test_code_writes_a_workbook_with_two_sheets_and_another_column_name(cli: Cli) -> None:
    done = cli("code", "in.csv", "--text", "antwoord", "--codebook", "book.yaml", "--into", "mijn", "-o", "uit.xlsx")
    assert done.code == 0
    assert sheet_rows(Path("uit.xlsx"), "answers")[0] == ["nr", "antwoord", "regio", "mijn"]
    assert len(sheet_rows(Path("uit.xlsx"), "assignments")) == 5


@pytest.mark.usefixtures("here")
def test_what_counts_as_no_answer_is_settable(cli: Cli) -> None:
    arguments = ("code", "in.csv", "--text", "antwoord", "--codebook", "book.yaml", "-o", "uit.csv")
    assert cli(*arguments, "--no-answer", "taart, koek").out == "6 answers: 3 with a code, 1 without, 2 no answer.\n"
    assert read_sheet(Path("uit.csv"))["codes"].tolist() == ["film;plan", "-", "film", "", "", "plan"]


def test_train_writes_a_model_that_code_and_evaluate_use(cli: Cli, here: Path) -> None:
    coded(here / "hand.csv")
    done = cli("train", "hand.csv", "--text", "antwoord", "--codes", "codes", "-o", "model")
    assert done.code == 0
    assert "2 codes from 60 answers" in done.out
    done = cli("code", "in.csv", "--text", "antwoord", "--model", "model", "-o", "uit.csv")
    assert (done.code, done.err.splitlines()[1:]) == (0, ["  uit.csv", "  uit.assignments.csv"])
    assert read_sheet(Path("uit.csv"))["codes"].tolist()[0] == "film;plan"
    assert set(read_sheet(Path("uit.assignments.csv"))["coder"]) == {"classifier"}
    done = cli("code", "in.csv", "--text", "antwoord", "--model", "model", "--codebook", "book.yaml", "-o", "uit2.csv")
    assert set(read_sheet(Path("uit2.assignments.csv"))["reason"].str.split().str[0]) == {"rule", "classifier"}
    done = cli("evaluate", "hand.csv", "--text", "antwoord", "--codes", "codes", "--model", "model", "--format", "csv")
    assert "classifier,60,True,1.0,1.0,1.0,1.0,1.0" in done.out


def test_a_model_that_was_trained_beside_rules_says_what_is_best_and_decides_with_both(cli: Cli, here: Path) -> None:
    coded(here / "hand.csv")
    learned = ("train", "hand.csv", "--text", "antwoord", "--codes", "codes", "--codebook", "book.yaml", "-o", "model")
    done = cli(*learned)
    assert "Micro-F1 on answers held out, beside the rules: rules 0." in done.out
    assert json.loads(Path("model/card.json").read_text(encoding="utf-8"))["beside_rules"]["best"] != "rules"
    done = cli("code", "in.csv", "--text", "antwoord", "--model", "model", "--codebook", "book.yaml", "-o", "uit.csv")
    assert done.code == 0
    assert read_sheet(Path("uit.csv"))["codes"].tolist()[0] == "film;plan"
    assert "leave out --codebook" in cli(*learned, "--update", "model").err


def test_evaluate_prints_scores_per_code_and_per_method(cli: Cli, here: Path) -> None:
    coded(here / "hand.csv")
    done = cli("evaluate", "hand.csv", "--text", "antwoord", "--codes", "codes", "--codebook", "book.yaml")
    assert done.code == 0
    assert done.err == ""
    assert [
        word for word in ("combined", "rules", "classifier", "F1 micro", "film", "plan") if word not in done.out
    ] == []


def test_run_does_the_whole_job(cli: Cli, here: Path) -> None:
    coded(here / "hand.csv", hidden=20)
    write(here / "then.csv", "rank;label\nPlaats 1;Plannen maken\n;Bewegend beeld\n3;Nieuwsbrief\n")
    done = cli(
        "run", "hand.csv", "--text", "antwoord", "--codebook", "book.yaml", "--codes", "codes", "--then", "then.csv",
        "--out", "uit", "--no-topics", "--language", "nl",
    )  # fmt: skip
    assert done.code == 0
    assert "Plaats 1" in done.out
    assert "in de lijst" in done.out
    assert "Vallen uit de top 10: Nieuwsbrief." in done.out
    names = {"report.html", "coded.csv", "coded.assignments.csv", "top.csv", "comparison.csv"}
    assert set(listing(here / "uit")) == names
    assert done.err.splitlines()[0] == "Geschreven:"
    sheet = read_sheet(here / "uit" / "coded.csv")
    assert list(sheet.columns) == ["antwoord", "codes", "final_codes"]
    assert sheet["final_codes"].tolist()[:40] == sheet["codes"].tolist()[:40]
    assert set(sheet["codes"][40:]) == {""}
    assert "" not in set(sheet["final_codes"])
    coders = set(read_sheet(here / "uit" / "coded.assignments.csv")["coder"])
    assert "hand" in coders
    assert len(coders) == 2


@pytest.mark.parametrize("command", ["run", "estimate", "evaluate"])
def test_a_column_of_waves_says_which_codes_came_later(cli: Cli, here: Path, command: str) -> None:
    corpus, coding, book = two_waves()
    cells = coding.cells(corpus.ids, book.ids).tolist()
    cells[::5] = [""] * len(cells[::5])
    write(here / "waves.csv", corpus.units.assign(codes=cells).to_csv(index=False))
    write_codebook(here / "ours.yaml", book)
    codes = "--hand" if command == "estimate" else "--codes"
    asked = [command, "waves.csv", "--text", "text", codes, "codes", "--codebook", "ours.yaml"]
    asked += ["--no-topics"] * (command == "run")
    said = "Came only with a later wave: ai."
    assert said not in cli(*asked).out
    done = cli(*asked, "--wave", "meting")
    assert done.code == 0, done.err
    assert said in done.out
    if command == "run":
        coded = read_sheet(here / "coder-out" / "coded.csv")
        assert (coded["final_codes"][(coded["codes"] == "") & coded["text"].str.contains("chatbot")] == "ai").all()


def test_run_with_a_workbook_in_and_workbooks_out(cli: Cli, here: Path) -> None:
    cli("code", "in.csv", "--text", "antwoord", "--codebook", "book.yaml", "-o", "in.xlsx")
    done = cli("run", "in.xlsx", "--text", "antwoord", "--codebook", "book.yaml", "--no-topics", "--xlsx", "-o", "uit")
    assert done.code == 0
    assert set(listing(here / "uit")) == {"report.html", "coded.xlsx", "top.xlsx"}
    assert sheet_rows(here / "uit" / "coded.xlsx", "answers")[0][-1] == "final_codes"


def test_run_on_answers_that_are_all_coded_counts_them(cli: Cli, here: Path) -> None:
    coded(here / "hand.csv", size=30)
    done = cli("run", "hand.csv", "--text", "antwoord", "--codebook", "book.yaml", "--codes", "codes", "-o", "uit")
    assert done.code == 0, done.err
    assert "N = 30;" in done.out


def test_run_on_answers_that_are_all_coded_by_hand_says_what_changed(cli: Cli, here: Path) -> None:
    coded(here / "hand.csv", size=80)
    write(here / "then.csv", "codes\n" + "film\n" * 70 + "plan\n" * 10)
    asked = [
        "run", "hand.csv", "--text", "antwoord", "--codebook", "book.yaml", "--codes", "codes", "--then", "then.csv",
        "--no-topics", "-o", "uit",
    ]  # fmt: skip
    done = cli(*asked)
    assert done.code == 0, done.err
    assert "▼" in done.out
    assert "a machine gave codes" not in done.out
    assert set(read_sheet(here / "uit" / "coded.assignments.csv")["coder"]) == {"hand"}
    coded(here / "hand.csv", size=80, hidden=20)
    done = cli(*asked)
    assert "a machine gave codes" in done.out


def test_topics_writes_topics_and_the_topic_of_each_answer(cli: Cli, here: Path) -> None:
    texts = [f"taart bakken met {word}" for word in ["bloem", "suiker", "boter", "eieren", "gist", "melk", "zout"]]
    texts += [f"fietsen op {word}" for word in ["banden", "zadel", "velgen", "pedalen", "stuur", "frame", "ketting"]]
    rows = [f"{text};" for text in texts] + ["jaarplan;plan", "nvt;", "iets;-"]
    write(here / "open.csv", "\n".join(["antwoord;codes", *rows]))
    done = cli("topics", "open.csv", "--text", "antwoord", "--codes", "codes", "--smallest", "5", "-o", "uit.csv")
    assert done.code == 0
    assert done.out.startswith("15 answers, 2 topics, ")
    assert read_sheet(here / "uit.csv")["words"].str.contains("taart|fietsen").all()
    listed = read_sheet(here / "uit.answers.csv")
    assert list(listed.columns) == ["antwoord", "codes", "topic"]
    assert listed["topic"].tolist()[14:16] == ["", ""]
    assert len(set(listed["topic"][:7])) == len(set(listed["topic"][7:14])) == 1


def test_topics_are_kept_for_the_next_wave_and_make_a_codebook(cli: Cli, here: Path) -> None:
    texts = [f"taart bakken met {word}" for word in ["bloem", "suiker", "boter", "eieren", "gist", "melk", "zout"]]
    texts += [f"fietsen op {word}" for word in ["banden", "zadel", "velgen", "pedalen", "stuur", "frame", "ketting"]]
    write(here / "open.csv", "\n".join(["antwoord", *texts]))
    asked = ("--text", "antwoord", "--smallest", "5", "--codebook", "draft.xlsx", "--save", "kept")
    done = cli("topics", "open.csv", *asked)
    assert done.code == 0, done.err
    assert "bakken" in done.out
    assert "14 answers, 2 topics, " in done.out
    assert cli("codebook", "test", "draft.xlsx").code == 0
    write(here / "next.csv", "\n".join(["antwoord", *texts[::-1]]))
    done = cli("topics", "next.csv", "--text", "antwoord", "--model", "kept", "-o", "uit.csv")
    assert done.code == 0, done.err
    assert len(set(read_sheet(here / "uit.answers.csv")["topic"][:7])) == 1
    done = cli("topics", "open.csv", "--text", "antwoord", "--codebook", "draft.pdf")
    assert done.code
    assert ".xlsx" in done.err


def test_a_column_named_topic_is_not_written_over(cli: Cli, here: Path) -> None:
    write(here / "open.csv", "antwoord;topic\n" + "".join(f"taart {word};van mij\n" for word in "abcdefghijklmn"))
    done = cli("topics", "open.csv", "--text", "antwoord", "-o", "uit.csv")
    if done.code:
        assert "'topic'" in done.err
    else:
        assert read_sheet(here / "uit.answers.csv")["topic"].tolist() == ["van mij"] * 14


def test_top_prints_the_table_in_every_form(cli: Cli, here: Path) -> None:
    write(here / "coded.csv", "codes\nfilm\nfilm;plan\n-\n\nplan;film\n")
    arguments = ("top", "coded.csv", "--codebook", "book.yaml", "--language", "nl")
    assert [line.split() for line in cli(*arguments).out.splitlines()[4:6]] == [
        ["1", "Meer", "film", "3", "75%"],
        ["2", "Plannen", "maken", "2", "50%"],
    ]
    assert cli(*arguments, "--format", "csv").out.splitlines()[1].startswith("1,film,Meer film,3,75.0,")
    assert "| 1 | Meer film | 3 | 75% |" in cli(*arguments, "--format", "md").out
    assert json.loads(cli(*arguments, "--format", "json").out)["rows"][1]["n"] == 2
    assert "More film" in cli(*arguments, "--language", "en").out
    assert "Plannen" not in cli(*arguments, "--limit", "1").out


def test_top_reads_empty_cells_as_none_fits_where_asked(cli: Cli, here: Path) -> None:
    write(here / "coded.csv", "nr,codes\n1,film\n2,\n3,-\n4,film\n")
    assert "N = 3;" in cli("top", "coded.csv").out
    done = cli("top", "coded.csv", "--empty", "none")
    assert "N = 4;" in done.out
    assert "50%" in done.out


def test_compare_takes_coded_answers_or_published_tables_on_either_side(cli: Cli, here: Path) -> None:
    write(here / "now.csv", "codes\nfilm\nfilm\nplan\n")
    write(here / "then.csv", "oud\nplan\nplan\n-\n")
    write(here / "list.csv", "plaats;thema\n1;Plannen maken\n2;Brochures\n")
    book = ("--codebook", "book.yaml")
    done = cli("compare", "now.csv", "then.csv", "--then-codes", "oud", *book, "--language", "nl")
    assert re.search(r"1 \(1–\d\) +Meer film +2  67%  /", done.out)
    assert re.search(r"2 \(1–\d\) +Plannen maken +1  33%  Plaats 1 \(", done.out)
    assert "Vorige meting: N = 3." in done.out
    assert re.search(
        r"Plannen maken +1  33%  Plaats 1", cli("compare", "now.csv", "list.csv", *book, "--language", "nl").out
    )
    done = cli("compare", "list.csv", "now.csv", *book, "--language", "nl")
    assert re.search(r"1  Plannen maken +Plaats 2", done.out)
    assert "Niet bekend is of deze codes nog in de top 10 staan, want list noemt ze niet: Meer film." in done.out
    assert (
        "Vallen uit de top 2: Meer film."
        in cli("compare", "list.csv", "now.csv", "--limit", "2", *book, "--language", "nl").out
    )


def test_codebook_import_makes_a_codebook_that_can_be_read(cli: Cli, here: Path) -> None:
    write(here / "woorden.csv", "code,term\nzorg,verpleeg*\nzorg,ziek\nwerk,baan AND\nwerk,baan\n")
    done = cli("codebook", "import", "woorden.csv", "-o", "nieuw.yaml")
    assert done.code == 0
    assert "2 codes, 3 rules." in done.out
    assert "baan AND" in done.err
    assert [code.rules for code in read_codebook(here / "nieuw.yaml").codes] == [("verpleeg*", '"ziek"'), ('"baan"',)]


# Bad input

RUN = ("run", "in.csv", "--text", "antwoord", "--codebook", "book.yaml", "--no-topics", "--out", "uit")
CODE = ("code", "in.csv", "--text", "antwoord", "--codebook", "book.yaml", "-o", "uit.csv")

BAD = {
    "no file": ({}, ("code", "weg.csv", *CODE[2:]), "weg.csv"),
    "missing text column": ({}, ("code", "in.csv", "--text", "weg", *CODE[4:]), "A 'nr', B 'antwoord', C 'regio'"),
    "missing id column": ({}, (*CODE, "--id", "weg"), "--id"),
    "missing codes column": ({}, (*RUN, "--codes", "weg"), "--codes"),
    "missing codes column to train on": (
        {},
        ("train", "in.csv", "--text", "antwoord", "--codes", "c", "-o", "m"),
        "'c'",
    ),
    "missing column of waves": (
        {},
        ("train", "in.csv", "--text", "antwoord", "--codes", "nr", "--wave", "meting", "-o", "m"),
        "--wave",
    ),
    "an answer without a wave": (
        {"in.csv": b"nr;antwoord;c;meting\n1;a;x;2021\n2;b;x;\n"},
        ("evaluate", "in.csv", "--text", "antwoord", "--codes", "c", "--wave", "meting"),
        "1 row without a wave in column 'meting'",
    ),
    "waves where nothing is learned": ({}, (*RUN, "--wave", "nr"), "--codes"),
    "waves where predictions are given": (
        {},
        ("estimate", "in.csv", "--text", "antwoord", "--hand", "c", "--predictions", "p", "--wave", "nr"),
        "--classifier",
    ),
    "empty file": ({"in.csv": b""}, RUN, "in.csv is empty"),
    "header alone": ({"in.csv": b"nr;antwoord\n"}, RUN, "no rows"),
    "a pdf": ({"in.csv": b"%PDF-1.7\n\x00\x01"}, RUN, "not a table"),
    "text named xlsx": ({"in.xlsx": b"nr;antwoord\n1;a\n"}, ("run", "in.xlsx", *RUN[2:]), "in.xlsx"),
    "double columns": ({"in.csv": b"antwoord;antwoord\na;b\n"}, RUN, "antwoord"),
    "double ids": ({"in.csv": b"nr;antwoord\n1;a\n1;b\n"}, (*RUN, "--id", "nr"), "'1'"),
    "column exists": ({"in.csv": b"antwoord;codes\na;\n"}, CODE, "--into"),
    "final codes exists": ({"in.csv": b"antwoord;final_codes\na;\n"}, RUN, "final_codes"),
    "unknown code": ({"in.csv": b"antwoord;c\na;audio\n"}, (*RUN, "--codes", "c"), "audio"),
    "unknown code in then": ({"then.csv": b"codes\naudio\n"}, (*RUN, "--then", "then.csv"), "audio"),
    "unknown code in top": ({"c.csv": b"codes\naudio\n"}, ("top", "c.csv", "--codebook", "book.yaml"), "audio"),
    "nothing coded": ({"c.csv": b"nr;codes\n1;\n"}, ("top", "c.csv"), "no coded row"),
    "no codebook file": ({}, (*CODE[:5], "weg.yaml", *CODE[6:]), "weg.yaml"),
    "doubled number": (
        {"book.yaml": BOOK.replace("number: 2", "number: 1").encode()},
        RUN,
        "line 10, column 13: the number '1'",
    ),
    "broken rule": ({"book.yaml": BOOK.replace("doel]", "'\"doel']").encode()}, RUN, "line 12, column 23"),
    "broken rule for code": ({"book.yaml": BOOK.replace("doel]", "'a AND']").encode()}, CODE, "line 12, column 25"),
    "broken yaml": ({"book.yaml": b"codes:\n  - {id: a\n"}, CODE, "line"),
    "then without ranks": ({"then.csv": b"label;n\nfilm;3\n"}, (*RUN, "--then", "then.csv"), "rank"),
    "then with empty ranks": ({"then.csv": b"rank;label\n;film\n"}, (*RUN, "--then", "then.csv"), "rank"),
    "then with odd ranks": (
        {"then.csv": b"rank;label\n1.5;film\n2;plan\n"},
        (*RUN, "--then", "then.csv"),
        "1.5",
    ),
    "compare then without ranks": ({"n.csv": b"codes\nfilm\n"}, ("compare", "n.csv", "in.csv"), "rank"),
    "nothing to code with": ({}, ("code", "in.csv", "--text", "antwoord", "-o", "uit.csv"), "--codebook"),
    "no model": ({}, (*CODE, "--model", "weg"), "coder train"),
    "ending": ({}, (*CODE[:-1], "uit.docx"), ".csv or .xlsx"),
    "ending of topics": ({}, ("topics", "in.csv", "--text", "antwoord", "-o", "uit.pdf"), ".csv or .xlsx"),
    "target under a file": ({}, (*CODE[:-1], "in.csv/uit.csv"), "in.csv"),
    "folder that is a file": ({}, (*RUN[:-1], "book.yaml"), "book.yaml"),
    "model that is a file": (
        {"c.csv": b"antwoord;codes\n" + b"taart;a\nkoek;b\n" * 8},
        ("train", "c.csv", "--text", "antwoord", "--codes", "codes", "-o", "book.yaml"),
        "book.yaml",
    ),
    "too few to learn from": (
        {"c.csv": b"antwoord;codes\ntaart;a\nkoek;b\n"},
        ("train", "c.csv", "--text", "antwoord", "--codes", "codes", "-o", "m"),
        "2 coded answers",
    ),
    "nothing to learn from": (
        {"c.csv": b"antwoord;codes\n" + b"?;a\n!;b\n" * 8},
        ("train", "c.csv", "--text", "antwoord", "--codes", "codes", "-o", "m"),
        "c",
    ),
    "too few for topics": ({}, ("topics", "in.csv", "--text", "antwoord", "-o", "uit.csv"), "answers"),
    "unknown form": ({"c.csv": b"codes\nfilm\n"}, ("top", "c.csv", "--format", "xml"), "'xml'"),
    "unknown form in run": ({}, (*RUN, "--format", "xml"), "'xml'"),
    "unknown language in run": ({}, (*RUN, "--language", "xx"), "'xx'"),
    "unknown empty": ({"c.csv": b"codes\nfilm\n"}, ("top", "c.csv", "--empty", "x"), "--empty"),
    "dictionary without columns": (
        {},
        ("codebook", "import", "in.csv", "-o", "n.yaml"),
        "columns are nr, antwoord, regio",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_ends_with_a_sentence_and_code_two_and_writes_nothing(cli: Cli, here: Path, name: str) -> None:
    files, arguments, said = BAD[name]
    for file, content in files.items():
        (here / file).write_bytes(content)
    before = listing(here)
    done = cli(*arguments)
    assert done.code == 2
    assert done.out == ""
    assert "Traceback" not in done.err
    assert said in done.err
    assert done.err.startswith("coder: ")
    assert len(done.err.strip().splitlines()) == 1
    assert len(re.findall(r"[.!?](?=\s+[A-Z]|$)", done.err.strip())) <= 3
    assert listing(here) == before
    assert sorted(path.name for path in here.iterdir()) == sorted({name.split("/")[0] for name in before})


def test_a_missing_option_is_an_error_with_code_two(cli: Cli, here: Path) -> None:
    done = cli("run", "in.csv", "--codebook", "book.yaml")
    assert (done.code, done.out) == (2, "")
    assert "--text" in done.err
    assert set(listing(here)) == {"book.yaml", "in.csv"}


def test_bad_input_to_the_installed_command_leaves_no_traceback(here: Path) -> None:
    done = subprocess.run([CODER, "top", "in.csv"], capture_output=True, text=True, check=False, encoding="utf-8")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("coder: in.csv ")
    assert set(listing(here)) == {"book.yaml", "in.csv"}


def test_a_pipe_gets_whole_lines_without_colour(here: Path) -> None:
    label = "Een heel lang onderwerp " * 12 + "tot het einde"
    book = BOOK.replace("Meer film", label)
    write(here / "book.yaml", book)
    narrow = os.environ | {"COLUMNS": "40", "TERM": "xterm-256color"}
    for command in (
        ["run", "in.csv", "--text", "antwoord", "--codebook", "book.yaml", "--no-topics", "--language", "nl"],
        ["--help"],
    ):
        done = subprocess.run(
            [CODER, *command], capture_output=True, text=True, check=True, encoding="utf-8", env=narrow
        )
        assert "\x1b" not in done.stdout + done.stderr
        assert "…" not in done.stdout.replace("xxxx …", "").replace("COMMAND …", "")
        assert command == ["--help"] or re.search(rf"1  {label} +2  50%", done.stdout)


def test_output_is_utf8_whatever_the_locale(here: Path) -> None:
    write(here / "c.csv", "codes\nfilm\n")
    write(here / "book.yaml", BOOK.replace("Meer film", "Méér ‘film’ 🎬"))
    plain = os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": ""}
    done = subprocess.run(
        [CODER, "top", "c.csv", "--codebook", "book.yaml", "--language", "nl"],
        capture_output=True, check=True, env=plain,
    )  # fmt: skip
    assert "Méér ‘film’ 🎬" in done.stdout.decode("utf-8")


# The demo, run once

TRENDS = """\
     1  Opkomst van AI                               102  51%
     2  Meer video / meer audiovisueel                51  26%
     3  Belang van sociale media                      40  20%
     4  Doelgroepcommunicatie                         34  17%
     5  Digitalisering van communicatie               24  12%
     6  Communicatie is sneller, vluchtiger, korter   20  10%
     7  Storytelling                                  11   6%
     8  Duidelijke taal & toegankelijkheid            10   5%
     9  Authentieke communicatie                       8   4%
    10  Iedereen communiceert                          7   4%
    10  Employer branding                              7   4%

N = 199"""

WISHES = """\
     1  Communicatiebeleidsplan of strategie opstellen           75  33%
     2  Minder ad hoc werken, meer plannen                       57  25%
     3  Meer tijd, mensen en middelen voor communicatie          35  15%
     4  Meer meten, evalueren en bijsturen                       25  11%
     5  Meer vorming, meer klankbord                             23  10%
     6  Afspraken maken over communicatie binnen de organisatie  21   9%
     7  Meer innoveren / experimenteren                          15   7%
     7  Meer inzetten op sociale media                           15   7%
     9  Iedereen communiceert                                    12   5%
    10  Meer zelf content maken                                  11   5%

N = 230"""


def test_the_demo_prints_the_two_published_top_tens(demo: Shown) -> None:
    assert TRENDS in demo.out
    assert WISHES in demo.out


def test_the_demo_prints_the_places_of_the_last_wave_and_what_dropped_out(demo: Shown) -> None:
    assert re.search(r"1 \(1–1\) +Opkomst van AI +102  51%  / ", demo.out)
    assert re.search(r"2 \(\d–\d\) +Meer video / meer audiovisueel +51  26%  Plaats 1 \(", demo.out)
    assert re.search(r"9 \(\d–\d+\) +Authentieke communicatie +8   4%  Plaats 8 \(", demo.out)
    assert re.search(r"2 \(\d–\d\) +Minder ad hoc werken, meer plannen +57  25%  Plaats 1 \(", demo.out)
    dropped = [line for line in demo.out.splitlines() if line.startswith("Vallen uit de top 10: ")]
    assert [set(line.removeprefix("Vallen uit de top 10: ").rstrip(".").split(", ")[:1]) for line in dropped] == [
        {"Veelheid aan kanalen (nu plaats 12)"},
        {"Inzetten op video (nu plaats 11)"},
    ]
    for label in ("Balans tussen online & offline", "Meer dialoog, interactie & conversatie"):
        assert label in dropped[0]
    assert "Werken aan betere interne communicatie" in dropped[1]


def test_the_demo_says_how_well_the_machine_agrees_on_what_it_did_not_see(demo: Shown) -> None:
    assert len(re.findall(r"Op de 119 antwoorden waarvan de machine de codes niet zag: .*F1 0[.,]\d\d", demo.out)) == 1
    assert len(re.findall(r"Op de 138 antwoorden waarvan de machine de codes niet zag: .*F1 0[.,]\d\d", demo.out)) == 1


def test_the_demo_prints_no_colour_and_says_where_its_files_are(demo: Shown) -> None:
    assert "\x1b" not in demo.out + demo.err
    named = [Path(line.strip()) for line in demo.err.splitlines()[1:]]
    assert demo.err.splitlines()[0] == "Geschreven:"
    assert all(path.is_file() for path in named)
    assert {path.relative_to(demo.folder).as_posix() for path in named} == set(listing(demo.folder))


def test_the_report_of_the_demo_has_marks_charts_topics_and_asks_nothing_of_the_network(demo: Shown) -> None:
    page = (demo.folder / "report.html").read_text(encoding="utf-8")
    assert re.findall(r"""(?:src|href|action)\s*=\s*["']?(?:https?:)?//""", page) == []
    assert re.findall(r"""url\(\s*["']?(?:https?:)?//|@import|<link|<script|<iframe|<img""", page) == []
    assert page.count("<svg") == 8  # of each of two lists the top and what moved, once wide and once narrow
    assert page.count("<mark>") > 20
    assert "synthetisch" in page
    for label in ("Opkomst van AI", "Employer branding", "Meer zelf content maken"):
        assert label in page


def test_the_files_of_the_demo_tell_hand_from_machine_and_hide_six_in_ten(demo: Shown) -> None:
    for name, base in (("trends", 199), ("wishes", 230)):
        sheet = read_sheet(demo.folder / name / "coded.csv", ["final_codes"])
        assert sheet["final_codes"].ne("").sum() == base
        long = read_sheet(demo.folder / name / "coded.assignments.csv")
        assert "hand" in set(long["coder"])
        texts = dict(zip(sheet["id"], sheet["answer"], strict=True))
        placed = long[long["start"] != ""]
        assert len(placed) > 50
        for unit, start, end in placed[["unit", "start", "end"]].to_numpy().tolist():
            piece = texts[unit][int(start) : int(end)]
            assert piece == piece.strip() != ""


def test_the_demo_shows_the_plans_and_leaves_a_study_with_their_fragments(demo: Shown) -> None:
    assert "Drie beleidsplannen, ook synthetisch" in demo.out
    assert re.search(r"^Duurzaamheid en klimaat +2 +0 +2$", demo.out, re.MULTILINE)
    assert re.search(r"^De Brede Linde +Duurzaamheid en klimaat +2 +0 +Verdwenen$", demo.out, re.MULTILINE)
    folder = demo.folder / "plans"
    assert {path.name for path in folder.iterdir()} == {"plans.study", "fragments.csv", "volunteers.docx"}
    assert "Zonder vrijwilligers is er geen Brede Linde." in read_document(folder / "volunteers.docx").text


def test_a_published_table_may_have_a_title_above_its_column_names(cli: Cli, here: Path) -> None:
    (here / "nu.csv").write_text("codes\nfilm\nfilm;plan\n", encoding="utf-8")
    (here / "toen.csv").write_text("Onze top 10 van 2021;\n;\nPlaats;Label\n1;plan\n2;film\n", encoding="utf-8")
    done = cli("compare", "nu.csv", "toen.csv", "--language", "nl")
    assert done.code == 0
    assert "Plaats 2" in done.out


@pytest.mark.parametrize(
    "command",
    [
        "documents check plan.txt -o blocks.csv",
        "demo --files -o demo.xlsx",
        "run answers.csv --text answer --codebook book.yaml -o run.html",
        "train answers.csv --text answer -o model.json",
        "topics answers.csv --text answer --save model.zip",
    ],
)
def test_what_writes_a_folder_makes_none_that_is_called_as_a_file(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "plan.txt", "Een plan.\n")
    write(tmp_path / "answers.csv", "answer;codes\nmeer video;video\n")
    write(tmp_path / "book.yaml", "codes:\n- {id: video, number: 1, label: {en: Video}}\n")
    there = sorted(tmp_path.iterdir())
    done = cli(*command.split(), "--language", "en")
    out = command.rsplit(maxsplit=1)[-1]
    assert done.code == 2
    assert f"{out} is called as a file" in done.err
    assert f"such as {out.split('.')[0]}" in done.err
    assert sorted(tmp_path.iterdir()) == there


def test_a_folder_may_have_a_dot_in_its_name(cli: Cli, tmp_path: Path) -> None:
    write(tmp_path / "plan.txt", "Een plan.\n")
    (tmp_path / "old.csv").mkdir()
    for name in ("plans.2024", "old.csv"):
        assert cli("documents", "check", tmp_path / "plan.txt", "-o", tmp_path / name).code == 0
        assert (tmp_path / name / "blocks.csv").is_file()
