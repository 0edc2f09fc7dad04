"""Tables of a folder of coded answers are those of a file, to the digit."""

import json
import re
import shutil
from dataclasses import replace
from functools import cache
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import coder
from coder import Codebook, CoderError
from coder.codebook import Code
from coder.files.answer_parts import AnswerFiles
from coder.files.answers import write_coded
from coder.files.codebooks import write_codebook
from coder.files.wave_files import read_mentions
from coder.jobs.code_folder import code_folder
from coder.resources import resource
from tests.conftest import Cli

pytest.importorskip("arro3.core")
pytest.importorskip("duckdb")


@cache
def book() -> Codebook:
    return coder.read_codebook(resource("codebooks/trends.yaml"))


@pytest.fixture(scope="module")
def coded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of two waves, each coded into a file and into a folder, with weights and groups."""
    folder = tmp_path_factory.mktemp("coded")
    nets = (*book().codes, Code("screens", 90, {"en": "Screens", "nl": "Schermen"}))
    under = {"video": "screens", "social_media": "screens"}
    codes = tuple(code if code.id not in under else _under(code, under[code.id]) for code in nets)
    write_codebook(folder / "trends.yaml", Codebook(codes, "trends"))
    for wave in ("2021", "2024"):
        said = coder.read(resource(f"corpora/trends-{wave}.csv"), text="answer", id="id").units.reset_index()
        said = pd.concat([said] * 3, ignore_index=True)
        random = np.random.default_rng(int(wave))
        said["unit"] = [str(row) for row in range(len(said))]
        said["who"] = [f"r{row // 2}" for row in range(len(said))]
        said["sector"] = random.choice(["care", "youth ", "", "arts"], len(said), p=[0.5, 0.3, 0.1, 0.1])
        said["region"] = random.choice(["north", "south"], len(said))
        said["weight"] = random.choice(["0,5", "1", "1,75", "2,125"], len(said))
        said = said.drop(columns=[name for name in ("codes",) if name in said])
        said.to_csv(folder / f"said-{wave}.csv", sep=";", index=False)
        asked = AnswerFiles.of(folder / f"said-{wave}.csv", "text")
        read = coder.read_answers(folder / f"said-{wave}.csv", text="text")
        written = coder.read_codebook(folder / "trends.yaml")
        write_coded(folder / f"f{wave}.csv", read, coder.code(read.corpus, written), written.ids, "codes")
        code_folder(
            replace(asked, rows=100), folder / f"w{wave}", coder.read_codebook(folder / "trends.yaml"), processes=1
        )
    return folder


def _under(code: Code, net: str) -> Code:
    return replace(code, net=net)


def both(cli: Cli, coded: Path, command: str, *options: str) -> tuple[str, str]:
    """What a command says of the file and of the folder."""
    waves = ("2024", "2021") if command == "compare" else ("2024",)
    file = cli(command, *(str(coded / f"f{wave}.csv") for wave in waves), *options)
    folder = cli(command, *(str(coded / f"w{wave}") for wave in waves), *options)
    return file.out, folder.out


TABLES = [
    ("top",),
    ("top", "--limit", "0", "--mentions"),
    ("top", "--weight", "weight", "--limit", "0"),
    ("top", "--nets", "--weight", "weight"),
    ("top", "--by", "sector", "--letters"),
    ("top", "--by", "sector", "--letters", "--weight", "weight", "--min-base", "10", "--nets"),
    ("top", "--respondent", "who"),
    ("top", "--strata", "region"),
    ("groups", "--by", "sector"),
    ("groups", "--by", "sector", "--weight", "weight", "--min-base", "10"),
    ("groups", "--by", "sector", "--nets"),
    ("compare",),
    ("compare", "--weight", "weight", "--then-weight", "weight", "--limit", "20"),
    ("compare", "--respondent", "who"),
]


@pytest.mark.parametrize("asked", TABLES, ids=" ".join)
@pytest.mark.parametrize("form", ["table", "csv"])
def test_the_tables_of_a_folder_are_those_of_a_file(cli: Cli, coded: Path, asked: tuple[str, ...], form: str) -> None:
    command, *options = asked
    named = ["--names", "now,then"] if command == "compare" else []
    file, folder = both(
        cli, coded, command, *options, *named, "--codebook", str(coded / "trends.yaml"), "--format", form
    )
    assert len(file.splitlines()) > 4
    assert _rounded(folder) == _rounded(file)


@pytest.fixture(scope="module", params=[1, 2, 3])
def by_hand(coded: Path, request: pytest.FixtureRequest) -> Path:
    """Answers of which a person coded some, by a random sample; coded into a file and into a folder."""
    folder, random = coded / f"hand{request.param}", np.random.default_rng(request.param)
    folder.mkdir()
    said = pd.read_csv(coded / "f2024.csv", sep=";", dtype=str, keep_default_na=False, encoding="utf-8-sig")
    size, machine = len(said), said.pop("codes")
    wrong = random.random(size) < 0.2
    said["llm"] = np.where(
        wrong, random.permutation(machine.where(machine != "", "-")), machine.where(machine != "", "-")
    )
    drawn = np.sort(random.choice(np.flatnonzero(machine != ""), 80, replace=False))
    truth = machine.where(random.random(size) > 0.1, "ai")
    said["hand"] = ""
    said.loc[drawn, "hand"] = truth[drawn]
    said["chance"] = ""
    said.loc[drawn, "chance"] = random.choice(["0.1", "0.2", "0.4"], len(drawn))
    said[["unit", "hand", "chance"]].iloc[drawn].to_csv(folder / "sheet.csv", index=False)
    said.drop(columns=["hand", "chance"]).to_csv(folder / "bare.csv", sep=";", index=False)
    said.to_csv(folder / "said.csv", sep=";", index=False)
    written = coder.read_codebook(coded / "trends.yaml")
    read = coder.read_answers(folder / "said.csv", text="text")
    write_coded(folder / "file.csv", read, coder.code(read.corpus, written), written.ids, "codes")
    for name, into in (("said", "folder"), ("bare", "plain")):
        asked = replace(AnswerFiles.of(folder / f"{name}.csv", "text"), rows=100)
        code_folder(asked, folder / into, written, processes=1)
    return folder


FACTS = [
    ("--text", "text"),
    ("--text", "text", "--weight", "weight", "--by", "sector", "--by", "region", "--population", "5000"),
    ("--text", "text", "--text", "llm", "--by", "sector", "--ignore", "unit", "--ignore", "weight", "--words", "4"),
    ("--text", "text", "--id", "who", "--keep", "last", "--limit", "0", "--invited", "2000"),
    ("--text", "text", "--id", "unit", "--ignore", "who", "--no-answer", "video,x", "--self-selected"),
    ("--weight", "weight", "--id", "who"),
]


@pytest.mark.parametrize("asked", FACTS, ids=" ".join)
@pytest.mark.parametrize("form", ["table", "csv"])
def test_the_facts_of_a_folder_are_those_of_a_file(cli: Cli, by_hand: Path, asked: tuple[str, ...], form: str) -> None:
    file, folder = (cli("facts", str(by_hand / name), *asked, "--format", form) for name in ("file.csv", "folder"))
    assert folder.code == 0, folder.err
    assert _rounded(folder.out) == _rounded(file.out)
    assert folder.err == file.err
    assert len(file.out.splitlines()) > 4


ESTIMATES = [
    (),
    ("--weight", "weight"),
    ("--probability", "chance", "--stratum", "region"),
    ("--probability", "chance", "--weight", "weight", "--by", "sector"),
    ("--predictions", "llm", "--by", "sector"),
    ("--nets", "--weight", "weight", "--predictions", "llm"),
]


@pytest.mark.parametrize("asked", ESTIMATES, ids=" ".join)
def test_the_estimates_of_a_folder_are_those_of_a_file(
    cli: Cli, coded: Path, by_hand: Path, asked: tuple[str, ...]
) -> None:
    common = ["--text", "text", "--hand", "hand", "--predictions", "codes", "--codebook", str(coded / "trends.yaml")]
    for form in ("table", "csv"):
        file, folder = (
            cli("estimate", str(by_hand / name), *common, *asked, "--format", form) for name in ("file.csv", "folder")
        )
        assert folder.code == 0, folder.err
        assert len(file.out.splitlines()) > 10
        assert _rounded(folder.out) == _rounded(file.out)
        if asked in [(), ("--probability", "chance", "--weight", "weight", "--by", "sector")]:
            beside = ["--hand-file", str(by_hand / "sheet.csv"), "--id", "unit"]
            plain = cli("estimate", str(by_hand / "plain"), *common, *asked, *beside, "--format", form)
            assert _rounded(plain.out) == _rounded(file.out), plain.err


def test_a_sample_of_a_folder_is_drawn_filled_in_and_estimated_from(
    cli: Cli, coded: Path, by_hand: Path, tmp_path: Path
) -> None:
    book, sheet, hand = ["--codebook", str(coded / "trends.yaml")], tmp_path / "sheet.csv", tmp_path / "hand.csv"
    command = ["sample", str(by_hand / "folder"), "--text", "text", "--id", "unit", *book]
    drawn = cli(*command, "--random", "-n", "60", "-o", str(sheet))
    assert drawn.code == 0, drawn.err
    assert "597" in drawn.out
    rows = pd.read_csv(sheet, sep=";", dtype=str, keep_default_na=False, encoding="utf-8-sig")
    assert len(set(rows["unit"])) == 60
    assert set(rows["probability"]) == {f"{60 / 597!r}".replace(".", ",")}
    assert cli(*command, "--random", "-n", "60", "--seed", "2", "-o", str(tmp_path / "other.csv")).code == 0
    other = pd.read_csv(tmp_path / "other.csv", sep=";", dtype=str, keep_default_na=False, encoding="utf-8-sig")
    assert 0 < len(set(other["unit"]) & set(rows["unit"])) < 20
    rows[rows.columns[2]] = ["ai"] * 15 + ["video"] * 45
    rows.to_csv(sheet, sep=";", index=False)
    assert cli(*command, "--read", str(sheet), "-o", str(hand)).code == 0
    plain, beside = str(by_hand / "plain"), ["--hand-file", str(hand), "--id", "unit", "--predictions", "codes"]
    found = cli("estimate", plain, "--text", "text", "--hand", "hand", *beside, *book, "--format", "csv")
    assert found.code == 0, found.err
    said = pd.read_csv(StringIO(found.out.split("\n\n")[0]))
    assert said.set_index("code").loc["ai", "percent_hand"] == pytest.approx(25)
    beside[-1] = "hand"
    taken = cli("estimate", str(by_hand / "folder"), "--text", "text", "--hand", "hand", *beside, *book)
    assert "has a column 'hand', as the folder has" in taken.err
    assert "Chosen to learn from" in cli(*command, "--targeted", "-o", str(tmp_path / "targeted.csv")).out
    new = str(tmp_path / "new.csv")
    strange = ["sample", str(by_hand / "folder"), "--text", "llm", "--id", "unit", "--random", "-o", new]
    assert "were coded by their column 'text'" in cli(*strange).err
    twice = ["sample", str(by_hand / "folder"), "--text", "text", "--id", "who", "--random", "-o", new]
    assert "does not tell the answers apart" in cli(*twice).err
    assert "597" in cli(*command, "--random", "-n", "5000", "-o", new).err


def test_ids_of_a_sample_of_a_folder_are_numbers_where_they_are(cli: Cli, coded: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.xlsx"
    asked = ["sample", str(coded / "w2024"), "--text", "text", "--random", "-n", "5", "-o", str(sheet)]
    for id_, kind in (("unit", (int, float)), ("region", str)):
        done = cli(*asked, "--id", "unit", "--with", id_)
        assert done.code == 0, done.err
        rows = pd.read_excel(sheet, dtype=object, engine="openpyxl")
        assert all(isinstance(cell, kind) for cell in rows[id_])


def test_who_codes_into_a_folder_is_told_of_answers_with_the_id_of_another(cli: Cli, tmp_path: Path) -> None:
    said = pd.DataFrame({"nr": ["1", "2", " 2", "", "3", "2"], "text": ["meer video", "ai", "ai", "tv", "chat", "ai"]})
    said.to_csv(tmp_path / "said.csv", index=False)
    asked = ["code", str(tmp_path / "said.csv"), "--text", "text", "--codebook", resource("codebooks/trends.yaml")]
    done = cli(*asked, "--id", "nr", "--processes", "1", "-o", str(tmp_path / "coded"))
    assert done.code == 0
    assert "'nr'" in done.err
    assert "3 have the id of another, or none" in done.err
    fine = cli(*asked, "--processes", "1", "-o", str(tmp_path / "other"))
    assert "id of another" not in fine.err


def test_what_an_estimate_of_a_folder_cannot_do_is_said(cli: Cli, coded: Path, by_hand: Path) -> None:
    folder, book = by_hand / "folder", ["--codebook", str(coded / "trends.yaml")]
    asked = ["estimate", str(folder), "--text", "text", "--hand", "hand", *book]
    assert "corrected by predictions that stand in it" in cli(*asked).err
    assert "corrected by predictions that stand in it" in cli(*asked, "--predictions", "codes", "--classifier").err
    assert "settled when they were coded" in cli(*asked, "--predictions", "codes", "--no-answer", "ai").err
    other = ["estimate", str(folder), "--text", "llm", "--hand", "hand", "--predictions", "codes"]
    assert "were coded by their column 'text'" in cli(*other).err
    machine = cli("estimate", str(folder), "--text", "text", "--hand", "codes", "--predictions", "llm", *book)
    assert "the software gave the codes in 'codes'" in machine.err
    strange = by_hand / "strange.csv"
    strange.write_text("unit,hand\nnobody,ai\n", encoding="utf-8")
    beside = [*asked, "--predictions", "codes", "--hand-file", str(strange)]
    assert "is not in the folder: 'nobody'" in cli(*beside, "--id", "unit").err
    assert "no column 'who'" in cli(*beside, "--id", "who").err
    assert "Say with --id" in cli(*beside).err
    file = cli("estimate", str(by_hand / "file.csv"), "--text", "text", "--hand", "hand", "--hand-file", str(strange))
    assert "--hand-file goes with a folder" in file.err


REPORTS = [
    (),
    ("--text", "text", "--weight", "weight", "--by", "sector", "--nets"),
    ("--respondent", "who", "--limit", "0"),
    ("--second", "llm", "--strata", "region", "--population", "5000"),
    ("--text", "text", "--hand", "hand", "--predictions", "codes", "--by", "sector"),
    ("--text", "text", "--hand", "hand", "--codes", "codes", "--predictions", "codes", "--predictions", "llm",
     "--probability", "chance", "--weight", "weight", "--second", "llm"),
]  # fmt: skip


@pytest.mark.parametrize("asked", REPORTS, ids=" ".join)
def test_the_report_of_a_folder_is_that_of_a_file(
    cli: Cli, coded: Path, by_hand: Path, tmp_path: Path, asked: tuple[str, ...]
) -> None:
    told = []
    for name in ("file.csv", "folder"):
        then = [] if "--nets" in asked else ["--then", str(coded / ("f2021.csv" if name == "file.csv" else "w2021"))]
        out = ["-o", str(tmp_path / name / "report.md"), "-o", str(tmp_path / name / "report.csv")]
        book = ["--codebook", str(coded / "trends.yaml"), "--title", "Trends"]
        done = cli("report", str(by_hand / name), *asked, *then, *book, *out)
        assert done.code == 0, done.err
        written = [one.read_text(encoding="utf-8-sig") for one in sorted((tmp_path / name).iterdir())]
        assert (tmp_path / name / "report.quotes.csv").exists() == ("--text" in asked)
        told.append([re.sub(r"\d+[.,]\d{6,}", _eleven_digits, one) for one in written])
    assert len(told[0]) > 2
    assert told[0] == told[1]


def _eleven_digits(number: re.Match[str]) -> str:
    return f"{float(number[0].replace(',', '.')):.11g}"


def test_what_a_report_of_a_folder_cannot_do_is_said(cli: Cli, by_hand: Path, tmp_path: Path) -> None:
    asked = ["report", str(by_hand / "folder"), "--text", "text", "-o", str(tmp_path / "report.sav")]
    assert "leave it out, or report on one file" in cli(*asked).err
    assert "leave out --quotes" in cli(*asked, "--quotes", "llm").err
    assert "--predictions codes" in cli(*asked[:-1], str(tmp_path / "report.md"), "--hand", "hand").err


def _rounded(table: str) -> list[object]:
    """The cells of a table; of numbers twelve digits, for the order in which weights are added is another."""
    return [float(f"{float(cell):.11g}") if _is_number(cell) else cell for cell in re.split(r"[,\n]", table)]


def _is_number(cell: str) -> bool:
    return re.fullmatch(r"-?\d+\.\d+(e-?\d+)?", cell) is not None


def test_a_folder_that_is_not_whole_is_not_counted(cli: Cli, coded: Path, tmp_path: Path) -> None:
    shutil.copytree(coded / "w2024", tmp_path / "half")
    told = (tmp_path / "half" / "coder.json").read_text(encoding="utf-8")
    (tmp_path / "half" / "coder.json").write_text(told.replace('"rows"', '"other"'), encoding="utf-8")
    assert "Not all answers in" in cli("top", str(tmp_path / "half")).err
    assert "Not all answers in" in cli("facts", str(tmp_path / "half"), "--text", "text").err
    assert (
        "which top, groups, compare, facts, estimate"
        in cli("train", str(coded / "w2024"), "--text", "text", "--codes", "codes", "-o", "model").err
    )
    assert "no column 'sectr'" in cli("groups", str(coded / "w2024"), "--by", "sectr").err
    panel = cli("compare", str(coded / "w2024"), str(coded / "w2021"), "--respondent", "who", "--panel")
    assert panel.code == 0


def test_a_part_alone_is_read_as_a_file_is(coded: Path) -> None:
    part = coded / "w2024" / "part-00000000.parquet"
    counted, _ = read_mentions(part, codebook=coder.read_codebook(coded / "trends.yaml"))
    assert len(counted) + counted.left_out == 100
    assert counted.without > 0


def test_codes_of_a_library_call_are_counted_from_a_folder_too(coded: Path) -> None:
    found = coder.compare(coded / "w2024", coded / "w2021", coder.read_codebook(coded / "trends.yaml"))
    assert found.frame["code"][0] == "ai"
    with pytest.raises(CoderError, match="no column"):
        coder.compare(coded / "w2024", coded / "w2021", codes="kodes")


@pytest.mark.parametrize("asked", [("top",), ("groups", "--by", "sector"), ("facts", "--text", "text")], ids=" ".join)
def test_a_folder_that_lost_a_part_is_not_counted(
    cli: Cli, coded: Path, tmp_path: Path, asked: tuple[str, ...]
) -> None:
    lost = tmp_path / "lost"
    shutil.copytree(coded / "w2024", lost)
    (lost / "part-00000001.parquet").unlink()
    command, *options = asked
    done = cli(command, str(lost), *options)
    assert done.code != 0
    assert "one was removed, added or replaced" in done.err
    for part in lost.glob("part-*"):
        part.unlink()
    assert "its part files have 0" in cli(command, str(lost), *options).err
    again = replace(AnswerFiles.of(coded / "said-2024.csv", "text"), rows=100)
    code_folder(again, lost, coder.read_codebook(coded / "trends.yaml"), processes=1)
    assert cli(command, str(lost), *options).out == cli(command, str(coded / "w2024"), *options).out


def test_hand_codes_of_other_answers_than_the_folder_has_are_refused(cli: Cli, coded: Path, by_hand: Path) -> None:
    sheet, said = by_hand / "texts.csv", pd.read_csv(by_hand / "said.csv", sep=";", dtype=str, keep_default_na=False)
    asked = ["estimate", str(by_hand / "plain"), "--text", "text", "--hand", "hand", "--predictions", "codes"]
    asked += ["--codebook", str(coded / "trends.yaml"), "--hand-file", str(sheet), "--id", "unit"]
    drawn = said.loc[said["hand"] != "", ["unit", "text", "hand"]]
    drawn.assign(text=drawn["text"] + "  ").to_csv(sheet, index=False)
    assert cli(*asked).code == 0
    drawn.assign(text=np.roll(drawn["text"], 1)).to_csv(sheet, index=False)
    done = cli(*asked)
    assert done.code != 0
    assert "texts.csv has another text than plain in" in done.err


@pytest.mark.parametrize("command", ["top", "facts"])
def test_a_folder_that_has_no_coded_answers_is_said_to_be_none(cli: Cli, tmp_path: Path, command: str) -> None:
    asked = [command, str(tmp_path), *(["--text", "text"] if command == "facts" else [])]
    assert "is no folder of coded answers: coder.json is not in it" in cli(*asked).err
    (tmp_path / "part-00000000.parquet").touch()
    assert "is no folder of coded answers: coder.json is not in it" in cli(*asked).err


@pytest.mark.parametrize(
    "asked",
    [
        ("top",),
        ("groups", "--by", "sector"),
        ("facts", "--text", "text"),
        ("sample", "--text", "text", "--id", "unit", "--random", "-o", "sheet.csv"),
    ],
    ids=" ".join,
)
def test_a_folder_without_answers_is_said_to_have_none(
    cli: Cli, coded: Path, tmp_path: Path, asked: tuple[str, ...]
) -> None:
    told = json.loads((coded / "w2024" / "coder.json").read_text(encoding="utf-8"))
    told |= dict.fromkeys(("rows", "given", "without", "no_answer"), 0)
    (tmp_path / "coder.json").write_text(json.dumps(told), encoding="utf-8")
    command, *options = asked
    assert f"There are no answers in {tmp_path}." in cli(command, str(tmp_path), *options).err


def test_respondents_without_a_weight_are_counted_under_the_name_of_their_column(cli: Cli, tmp_path: Path) -> None:
    said = pd.DataFrame({"text": ["meer AI"] * 20 + ["video"] * 10, "gewicht": ["1"] * 17 + ["0"] * 13})
    said.to_csv(tmp_path / "said.csv", index=False)
    code_folder(AnswerFiles.of(tmp_path / "said.csv", "text"), tmp_path / "coded", book(), processes=1)
    folder, weight = str(tmp_path / "coded"), ["--weight", "gewicht"]
    for asked in (
        ["top", folder],
        ["facts", folder, "--text", "text"],
        ["report", folder, "-o", str(tmp_path / "r.md")],
    ):
        assert "13 respondents have no weight above 0 in 'gewicht': the first has 0." in cli(*asked, *weight).err
    file = cli("facts", str(tmp_path / "said.csv"), "--text", "text", *weight)
    assert "13 respondents have no weight above 0 in 'gewicht': row 18 has 0." in file.err
