"""The command line speaks the language of its reader: help, errors, results."""

from collections.abc import Iterator
from typing import Any

import pytest
import typer

from coder.cli import app
from coder.errors import DataError
from coder.words import chosen, languages, speaking
from tests.conftest import Cli, write


def commands(command: Any = None, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:  # noqa: ANN401
    """Every command by its words, groups included."""
    yield path
    under = getattr(command or typer.main.get_command(app), "commands", {})
    for name, one in under.items():
        yield from commands(one, (*path, name))


@pytest.mark.parametrize("path", list(commands()), ids=" ".join)
def test_every_command_explains_itself_in_every_language(cli: Cli, path: tuple[str, ...]) -> None:
    told = {language: cli(*path, "--help", "--language", language) for language in languages()}
    assert {done.code for done in told.values()} == {0}
    assert len({done.out for done in told.values()}) == len(languages())
    for done in told.values():
        assert "cli." not in done.out
        assert "--language" in done.out


def test_the_language_may_stand_anywhere(cli: Cli) -> None:
    first = cli("--language", "nl", "top", "weg.csv")
    last = cli("top", "weg.csv", "--language=nl")
    assert first == last
    assert first.code == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("top",), "GECODEERD ontbreekt"),
        (("top", "a.csv", "--limits", "3"), "geen optie --limits. Bedoelde u --limit?"),
        (("top", "a.csv", "--limit", "x"), "De waarde van --limit is niet bruikbaar"),
        (("top", "a.csv", "b.csv"), "Te veel argumenten: b.csv"),
        (("top", "a.csv", "--limit", "1.5"), "bruikbaar: geef een geheel getal, niet '1.5'"),
        (("facts", "a.csv", "--level", "x"), "bruikbaar: geef een getal, niet 'x'"),
        (("evaluate", "a.csv", "--text", "t", "--codes", "c", "--repeats", "0"), "bruikbaar: geef 1 of meer, niet 0"),
        (("review", "a.study", "--port", "99999999"), "bruikbaar: geef 65535 of minder, niet 99999999"),
        (("top", "a.csv", "--nets=3"), "--nets neemt geen waarde"),
        (("top", "a.csv", "--limit"), "--limit vraagt een waarde"),
        (("tip",), "geen opdracht 'tip'"),
        (("a'b",), 'geen opdracht "a\'b"'),
        (("a\nb",), r"geen opdracht 'a\nb'"),
        (("to'p",), "Bedoelde u 'top'"),
        (("top", "a.csv", "--format", "pdf"), "--format is een van table, csv, md, json, niet 'pdf'"),
    ],
)
def test_a_command_that_is_called_wrongly_is_told_in_dutch(cli: Cli, arguments: tuple[str, ...], said: str) -> None:
    done = cli(*arguments, "--language", "nl")
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_the_environment_says_the_language_and_the_command_has_the_last_word(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODER_LANGUAGE", "fr_BE")
    assert "Usage :" in cli("--help").out
    assert "Gebruik:" in cli("--help", "--language", "nl").out
    monkeypatch.setenv("CODER_LANGUAGE", "")
    monkeypatch.setenv("LC_ALL", "nl_BE.UTF-8")
    assert "Gebruik:" in cli("--help").out
    for name in ("nl", "nl.UTF-8", "nl@euro", "NL_be@euro"):
        monkeypatch.setenv("LC_ALL", name)
        assert "Gebruik:" in cli("--help").out
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    assert "Usage:" in cli("--help").out
    monkeypatch.setenv("CODER_LANGUAGE", "nl.UTF-8")
    assert "Gebruik:" in cli("--help").out


def test_a_language_that_the_environment_asks_for_in_vain_is_an_error(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODER_LANGUAGE", "xx")
    monkeypatch.setenv("LC_ALL", "nl_BE.UTF-8")
    done = cli("--help")
    assert done.code == 2
    assert "CODER_LANGUAGE vraagt een taal 'xx' die er niet is; zet er een van en, fr, nl in" in done.err
    assert cli("--help", "--language", "nl").code == 0
    assert chosen() == "nl"  # a notebook goes on in the language of the system


def test_a_language_that_is_not_there_is_an_error_that_lists_those_there_are(cli: Cli) -> None:
    done = cli("--help", "--language", "xx")
    assert (done.code, done.err) == (2, "coder: There is no language 'xx'; choose one of en, fr, nl.\n")
    assert cli("--help", "--language").code == 2


def test_what_follows_two_dashes_is_no_option(cli: Cli, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ANN401
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "--language", "codes\nai\n")
    assert "N = 1" in cli("top", "--", "--language").out


def test_a_language_is_spoken_inside_its_block_alone() -> None:
    error = DataError("cli.same_files")
    with speaking("nl"):
        assert "heten hetzelfde" in str(error)
    assert "have the same name" in str(error)
