"""Who coded what stands in a column of codes, where the file says so."""

from pathlib import Path

import pytest

from coder.files.answers import read_answers
from coder.files.coded import made_in
from coder.files.sheets import weight_like
from tests.conftest import Cli, write

BOOK = (
    "codes:\n  - {id: film, number: 1, label: Film, rules: [film]}\n"
    "  - {id: plan, number: 2, label: Plan, rules: [plan]}\n"
)
ROWS = "".join(f"r{place};{1 + place % 3};{'film' if place % 2 else 'een plan'} {place}\n" for place in range(40))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with answers and a codebook, to run in."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "a.csv", f"nr;gewicht;Wat ziet u?\n{ROWS}")
    write(tmp_path / "book.yaml", BOOK)
    return tmp_path


@pytest.mark.parametrize("out", ["c.csv", "c.xlsx"])
@pytest.mark.parametrize("unit", [(), ("--id", "nr")])
def test_codes_of_a_machine_are_no_sample_and_the_methods_say_whose_they_are(
    cli: Cli, here: Path, out: str, unit: tuple[str, ...]
) -> None:
    assert cli("code", "a.csv", "--text", "Wat", *unit, "--codebook", "book.yaml", "-o", out).code == 0
    done = cli("estimate", out, "--text", "Wat", "--hand", "codes", "--codebook", "book.yaml", "--language", "nl")
    assert done.code != 0
    assert f"{out} zegt dat de software de codes in 'codes' gaf, aan 40 antwoorden" in done.err
    assert cli("report", out, "--text", "Wat", "-o", "r.md", "--language", "nl").code == 0
    text = (here / "r.md").read_text(encoding="utf-8")
    assert "De software codeerde 40 antwoorden met de regels van het codeboek." in text
    assert "niet gecorrigeerd" in text


def test_a_column_of_somebody_else_beside_those_codes_is_theirs(cli: Cli, here: Path) -> None:
    assert cli("code", "a.csv", "--text", "Wat", "--codebook", "book.yaml", "-o", "c.csv").code == 0
    head, *rows = (here / "c.csv").read_text(encoding="utf-8-sig").splitlines()
    theirs = [f"{row};{'plan' if place % 3 else 'film'}" for place, row in enumerate(rows)]
    write(here / "c.csv", "\n".join([f"{head};hand", *theirs]) + "\n")
    read = read_answers(here / "c.csv", text="Wat ziet u?", needs=["hand", "codes"])
    assert made_in(read, read.coding("hand")) is None
    assert made_in(read, read.coding("codes")) is not None


def test_a_run_is_titled_by_the_question_and_says_that_it_does_not_weight(cli: Cli, here: Path) -> None:
    done = cli("run", "a.csv", "--text", "Wat", "--codebook", "book.yaml", "--no-topics", "--language", "nl")
    assert done.code == 0, done.err
    assert "Kolom 'gewicht' lijkt op een gewicht en telde niet mee" in done.err
    page = (here / "coder-out" / "report.html").read_text(encoding="utf-8")
    assert "<h1>Wat ziet u?</h1>" in page
    assert "versie –" not in page


@pytest.mark.parametrize(("name", "found"), [("Weging", True), ("weight_1", True), ("Gewichtsverlies", False)])
def test_a_weight_is_known_by_its_name_and_numbers(here: Path, name: str, found: bool) -> None:  # noqa: FBT001
    write(here / "w.csv", f"{name};antwoord\n0,81;film\n1,2;plan\n")
    assert weight_like(read_answers(here / "w.csv", text="antwoord").sheet) == (name if found else "")
    write(here / "w.csv", f"{name};antwoord\nveel;film\nweinig;plan\n")
    assert weight_like(read_answers(here / "w.csv", text="antwoord").sheet) == ""
