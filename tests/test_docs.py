"""The manual has what the help has."""

from pathlib import Path

import pytest
import typer

from coder.cli.main import app
from coder.dutch.no_answer import NO_ANSWER

MANUAL = (Path(__file__).parents[1] / "docs" / "manual.md").read_text(encoding="utf-8")


def commands() -> dict[str, set[str]]:
    """The long options of each command, by its full name."""
    found: dict[str, set[str]] = {}
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        for sub, one in getattr(command, "commands", {"": command}).items():
            options = {option for parameter in one.params for option in parameter.opts if option.startswith("--")}
            found[f"coder {name} {sub}".strip()] = options - {"--help"}
    return found


@pytest.mark.parametrize("command", commands())
def test_the_manual_names_every_command_and_option(command: str) -> None:
    assert command in MANUAL
    assert [option for option in commands()[command] if option not in MANUAL and option != "--out"] == []


def test_the_manual_lists_what_counts_as_no_answer() -> None:
    text = " ".join(MANUAL.split())
    assert ", ".join(NO_ANSWER) in text
