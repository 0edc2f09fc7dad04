"""The manual has what the help has, the reference what the front door has, and links in the README lead somewhere."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

import coder
from coder.cli import app
from coder.languages.nl.no_answer import NO_ANSWER
from tests.conftest import ROOT

DOCS = ROOT / "docs"
MANUAL = "\n".join(path.read_text(encoding="utf-8") for path in sorted((DOCS / "manual").glob("*.md")))
FIVE_MINUTES = 1400  # words; tables and lists are looked through, not read


def commands() -> dict[str, set[str]]:
    """The long options of each command, by its full name."""
    found: dict[str, set[str]] = {}
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        for sub, one in getattr(command, "commands", {"": command}).items():
            options = {option for parameter in one.params for option in parameter.opts if option.startswith("--")}
            found[f"coder {name} {sub}".strip()] = options - {"--help"}
    return found


def links(text: str) -> Iterator[tuple[str, str]]:
    """Each link within the repository: the file, and the heading in it or nothing."""
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" not in target:
            path, _, heading = target.partition("#")
            yield path, heading


def headings(text: str) -> set[str]:
    """The anchors of the headings of a page of Markdown."""
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("command", commands())
def test_the_manual_names_every_command_and_option(command: str) -> None:
    assert re.search(rf"^##+ (.*, )?{command}\b", MANUAL, re.MULTILINE)
    assert [option for option in commands()[command] if option not in MANUAL and option != "--out"] == []


def test_the_manual_lists_what_counts_as_no_answer() -> None:
    text = " ".join(MANUAL.split())
    assert ", ".join(NO_ANSWER) in text


@pytest.mark.parametrize("path", sorted((DOCS / "manual").glob("*.md")), ids=lambda path: path.stem)
def test_a_part_of_the_manual_can_be_read_in_five_minutes(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").split()) < FIVE_MINUTES


def test_the_reference_has_every_public_name_once() -> None:
    page = (DOCS / "reference.md").read_text(encoding="utf-8")
    named = re.findall(r"^\.\. auto\w+:: coder\.(\w+)$", page, re.MULTILINE)
    assert sorted(named) == sorted(set(coder.__all__) - {"__version__"})


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "corpora/README.md", "models/README.md"])
def test_links_lead_to_files_and_headings_that_are_there(name: str) -> None:
    page = ROOT / name
    for path, heading in links(page.read_text(encoding="utf-8")):
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), path
        if heading:
            assert heading in headings(target.read_text(encoding="utf-8")), f"{path}#{heading}"


def test_the_pictures_of_the_quick_starts_are_those_that_the_script_makes_and_small() -> None:
    pages = "\n".join(path.read_text(encoding="utf-8") for path in DOCS.glob("*.md"))
    shown = set(re.findall(r"]\((pictures/[\w-]+\.png)\)", pages))
    there = {f"pictures/{path.name}": path for path in (DOCS / "pictures").iterdir()}
    assert shown == set(there)
    assert max(path.stat().st_size for path in there.values()) < 60_000
