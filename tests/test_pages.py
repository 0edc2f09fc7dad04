"""What the pages tell a reader to run does run: the commands of the quick starts, in order, and the Python."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from coder import read_document
from coder.jobs.demo import write_example
from tests.conftest import CODER, ROOT, Cli

README = "../README.md"
CODED = 40
"""Answers that are coded in place of the hundred of the page: enough to learn from, and quicker."""


def blocks(page: str) -> list[str]:
    """The lines of the shell blocks of a page, in order; of the README, those on policy plans."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    if page == README:
        (part,) = re.findall(r"^## Policy plans\n(.*?)^## ", text, re.MULTILINE | re.DOTALL)
        return re.findall(r"^\$ (coder .*)", part, re.MULTILINE)
    return [
        line
        for block in re.findall(r"^```shell\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
        for line in block.splitlines()
    ]


def open_page(arguments: list[str]) -> None:
    """Open the page as the reader does, on a free port, and stop it once it says where it is."""
    with subprocess.Popen([CODER, *arguments, "--port", "0"], stdout=subprocess.PIPE, text=True) as page:
        assert page.stdout is not None
        assert "http://127.0.0.1:" in page.stdout.readline()
        page.terminate()


def decide(cli: Cli) -> None:
    """What the reader then does on the page: a random sample of the answers gets the codes that people gave."""
    answers = pd.read_csv(ROOT / "corpora" / "trends-2024.csv", dtype=str, keep_default_na=False)
    drawn = answers[answers["codes"] != ""].sample(CODED, random_state=1)
    drawn.rename(columns={"id": "Nr", "answer": "Antwoord"})[["Nr", "Antwoord", "codes"]].to_csv(
        "mine.csv", index=False
    )
    columns = ["--text", "Antwoord", "--id", "Nr", "--codes", "codes"]
    assert cli("study", "add", "kortom.study", "mine.csv", *columns, "--wave", "2024", "--who", "me").code == 0


@pytest.mark.parametrize("page", ["quickstart.md", "snelstart.md"])
def test_every_command_of_a_quick_start_runs(
    page: str, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli("demo", "--files", "-o", tmp_path).code == 0
    monkeypatch.chdir(tmp_path)
    said = ""
    for line in blocks(page):
        program, *arguments = shlex.split(line)
        assert program == "coder"
        if arguments[0] == "review":
            open_page(arguments)
            decide(cli)
            continue
        done = cli(*arguments)
        assert done.code == 0, done.err
        said += done.out + done.err
    assert "199" in said  # the answers in the base, as the page has it
    assert "51 without" in said  # those without a code
    assert {path.name for path in tmp_path.glob("top10.*")} == {"top10.pptx", "top10.html"}


@pytest.mark.parametrize("page", ["quickstart-plans.md", README])
def test_every_command_on_policy_plans_runs_and_gives_what_the_page_says(
    page: str, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_example(tmp_path)
    monkeypatch.chdir(tmp_path)
    said = ""
    for line in blocks(page):
        program, *arguments = shlex.split(line)
        assert program == "coder"
        if arguments[0] == "review":
            open_page(arguments)
            continue
        done = cli(*arguments, *([] if "--language" in arguments else ["--language", "en"]))
        assert done.code == 0, done.err
        said += done.out
    assert re.search(r"Volunteers +3 +100%", said)
    assert re.search(r"De Brede Linde +Sustainability and climate +2 +0 +Gone", said)
    assert re.search(r"linde-2021-2025 +De Brede Linde .* 24%", said)
    written = read_document(next(tmp_path.glob("*.docx"))).text
    assert "Het Open Erf" in written
    assert "Tegen 2020 heeft elke afdeling een vrijwilliger die nieuwe mensen onthaalt." in written


def test_both_quick_starts_on_plans_have_the_same_commands() -> None:
    english = [re.sub(r" --language en", "", line) for line in blocks("quickstart-plans.md")]
    assert english == blocks("snelstart-plannen.md")


def test_both_quick_starts_have_the_same_commands() -> None:
    first, second = (
        [re.sub(r" --language en", "", line) for line in blocks(page)] for page in ("quickstart.md", "snelstart.md")
    )
    names = {"by-rules.xlsx": "met-regels.xlsx", "coded.xlsx": "gecodeerd.xlsx"}
    for english, dutch in names.items():
        first = [line.replace(english, dutch) for line in first]
    assert first == second


@pytest.mark.parametrize("page", ["README.md", "docs/manual/library.md", "docs/manual/estimates.md"])
def test_the_python_of_a_page_runs(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("corpora", "codebooks"):
        shutil.copytree(ROOT / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```python\n(.*?)^```", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    space: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, page, "exec"), space)  # noqa: S102 (our own page)
    assert (tmp_path / "top10.pptx").exists() == any("top10.pptx" in block for block in blocks)
    assert blocks
