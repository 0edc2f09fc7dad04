"""Every sentence has one home: the catalogues. None is missing in a language, none is unused, none stands elsewhere."""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
import typer

from coder.cli import app, main
from coder.errors import CoderError
from coder.note import Note, Text, counted
from coder.words import SOURCE, catalogue, decimal, languages, say, speaking
from tests.conftest import ROOT, spoken

PACKAGE = ROOT / "coder"
OTHERS = [language for language in languages() if language != SOURCE]
SENTENCE = re.compile(r"(?:^|[\s\"'(])[A-Z][a-z’']+(?: [\w’'`-]+[,:;]?){2,}|\b[a-z]+ [a-z]+ [a-z ]+[.!?]$")
ENDS = (".", "!", "?")
OTHERWISE = {"main.py": "of typer, to be recognised", "__main__.py": "in the head of the catalogues"}
"""Sentences that are said to nobody, by the module that has them."""


def entries(language: str) -> dict[str, tuple[str, ...]]:
    """The sentences of a language by key: one, or one and several."""
    found = {}
    for message in catalogue(language):
        if message.context:
            said = message.id if language == SOURCE else message.string
            found[message.context] = tuple(map(str, said)) if isinstance(said, (tuple, list)) else (str(said or ""),)
    return found


def fields(sentence: str) -> set[str]:
    """The values that a sentence names, each with how it is written."""
    return {f"{name}:{how}" for _, name, how, _ in Formatter().parse(sentence) if name is not None}


ENGLISH = entries(SOURCE)


@pytest.mark.parametrize("language", OTHERS)
def test_no_key_is_missing_and_every_sentence_names_the_same_values(language: str) -> None:
    theirs = entries(language)
    assert [key for key in ENGLISH if not all(theirs.get(key, ("",)))] == []
    assert set(theirs) == set(ENGLISH)
    named = {key: set().union(*map(fields, said)) for key, said in ENGLISH.items()}
    assert {key: said for key, said in theirs.items() if set().union(*map(fields, said)) != named[key]} == {}


def test_the_catalogues_are_in_order_and_their_english_is_that_of_today(tmp_path: Path) -> None:
    shutil.copytree(PACKAGE, tmp_path / "coder", ignore=shutil.ignore_patterns("__pycache__", "static", "resources"))
    subprocess.run([sys.executable, "-m", "coder.words"], cwd=tmp_path, check=True, capture_output=True)
    for language in languages():
        name = f"words/{language}.po"
        assert (tmp_path / "coder" / name).read_text(encoding="utf-8") == (PACKAGE / name).read_text(encoding="utf-8")


# Which entries are used


def strings(tree: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """Every string, an f-string with `*` for each value in it."""
    inner: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            inner |= {id(part) for part in node.values}
            yield node, "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inner:
            yield node, node.value


def sources() -> list[tuple[Path, ast.Module]]:
    return [(path, ast.parse(path.read_text(encoding="utf-8"))) for path in sorted(PACKAGE.rglob("*.py"))]


def helped(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The keys that the help of all commands asks for."""
    asked: set[str] = set()

    def noted(note: Note) -> str:
        asked.add(note.key)
        return say(note)

    def walk(command: Any, words: tuple[str, ...] = ()) -> None:  # noqa: ANN401 (a command of typer)
        main.run_command(app, [*words, "--help"])
        for name, under in getattr(command, "commands", {}).items():
            walk(under, (*words, name))

    monkeypatch.setattr(main, "say", noted)
    walk(typer.main.get_command(app))
    return asked


def test_no_entry_is_unused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    used = helped(monkeypatch)
    capsys.readouterr()
    written = {text for _, tree in sources() for _, text in strings(tree)}
    patterns = [re.compile(re.escape(one).replace(r"\*", ".+")) for one in written if "*" in one and "." in one]
    patterns = [one for one in patterns if re.match(r"[a-z]+\\\.", one.pattern)]
    review = [path for path in (PACKAGE / "review").rglob("*") if path.suffix in {".js", ".j2", ".py"}]
    words = set(re.findall(r"\w+", "\n".join(path.read_text(encoding="utf-8") for path in review)))
    unused = []
    for key in ENGLISH:
        area, _, name = key.partition(".")
        if key in used or key in written or any(one.fullmatch(key) for one in patterns):
            continue
        if area == "page" and (name in words or any(name.startswith(f"{one}_") for one in words)):
            continue
        unused.append(key)
    assert unused == []


# No sentence elsewhere


def docstrings(tree: ast.Module) -> set[int]:
    """Strings that stand alone: they explain, and are not said."""
    return {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def for_programmers(tree: ast.Module) -> set[int]:
    """The strings of errors that no user can cause: they end in a traceback."""
    found: set[int] = set()
    for node in ast.walk(tree):
        kind = node.exc if isinstance(node, ast.Raise) else node.msg if isinstance(node, ast.Assert) else None
        name = getattr(getattr(kind, "func", None), "id", "")
        if isinstance(node, ast.Assert) or name in {"ValueError", "TypeError", "AttributeError", "NotImplementedError"}:
            found |= {id(part) for part in ast.walk(node)}
    return found


def test_no_sentence_stands_outside_the_catalogues() -> None:
    found = []
    for path, tree in sources():
        apart = docstrings(tree) | for_programmers(tree)
        for node, text in strings(tree):
            if (
                path.name not in OTHERWISE
                and id(node) not in apart
                and SENTENCE.search(text)
                and text.rstrip().endswith(ENDS)
            ):
                found.append(f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}: {text[:60]!r}")
    assert found == []


def test_notes_and_errors_are_made_of_keys_that_are_there() -> None:
    kinds = {one.__name__ for one in subclasses(CoderError)} - {"RuleError", "PageError", "BookError"} | {"Note"}
    lost = []
    for path, tree in sources():
        for node in (node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args):
            made = getattr(node.func, "id", "") in kinds and isinstance(node.args[0], (ast.Constant, ast.JoinedStr))
            for _, text in strings(ast.Expression(node.args[0])) if made else ():
                pattern = re.compile(re.escape(text).replace(r"\*", ".+"))
                if not any(pattern.fullmatch(key) for key in ENGLISH):
                    lost.append(f"{path.relative_to(ROOT)}:{node.lineno}: {text[:60]!r}")
                break
    assert lost == []


def subclasses(kind: type[CoderError]) -> set[type[CoderError]]:
    return {kind}.union(*(subclasses(one) for one in kind.__subclasses__()))


def test_steps_of_long_work_are_keys() -> None:
    told = [
        node.args[0].value
        for _, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") in {"progress", "tell"}
        and node.args
        and isinstance(node.args[0], ast.Constant)
    ]
    assert told
    assert set(told) - set(ENGLISH) == set()


# How a note is said


def test_values_are_written_as_each_language_writes_them() -> None:
    label = Text("AI", {"nl": "Kunstmatige intelligentie", "fr": "Intelligence artificielle"})
    note = Note("report.grows", label=label, then=9.5, now=12.4)
    assert spoken(note, "en") == "AI rises from 10% to 12%"
    assert spoken(note, "nl") == "Kunstmatige intelligentie stijgt van 10% naar 12%"
    assert spoken(note, "fr").startswith("Intelligence artificielle ")
    share = Note("methods.response", percent=48.55, invited=3000)
    assert [spoken(share, language).strip(" ()") for language in ("en", "nl")] == [
        "response: 48.6% of 3,000 invited", "respons: 48,6% van 3.000 uitgenodigden",
    ]  # fmt: skip


def test_a_value_breaks_no_line_and_its_control_characters_are_written_as_code() -> None:
    label = Text("a\nb", {"nl": "x\x1b[31m"})
    assert spoken(Note("comparison.now_nobody", label=label), "nl").startswith(r"x\x1b[31m ")
    assert spoken(Note("files.empty_frame", file="a\nb\u2028c"), "en").startswith("a b c is empty")
    assert (
        spoken(Note("cli.error", error=CoderError("cli.conflict", error="e", version=1, file="f\r")), "en").count("\r")
        == 0
    )


def test_the_page_leaves_out_what_only_a_terminal_has() -> None:
    note = Note("files.some_sheets", file="a (--b).xlsx", number=2, sheets=["Jan", "Feb"])
    with speaking("nl"):
        assert say(note).endswith("Kies er een (--sheet).")
    with speaking("nl", at_page=True):
        assert say(note) == "a (--b).xlsx heeft 2 bladen die bedoeld kunnen zijn: 'Jan', 'Feb'. Kies er een."


def test_one_is_not_several() -> None:
    few = Note("model.too_few_coded", answers=counted("coded", 1), codes=counted("codes", 1), least=10)
    assert [spoken(few, language)[:62] for language in ("en", "nl", "fr")] == [
        "To learn from there are 1 coded answer with 1 code; code at le",
        "Om van te leren zijn er 1 gecodeerd antwoord met 1 code; codee",
        "Pour apprendre, il y a 1 réponse codée avec 1 code ; codez d'a",
    ]
    for key in ("study.unsettled", "cli.undone", "cli.dealt", "cli.names_count", "model.too_few_for_topics"):
        for language in languages():
            values = {"who": "w", "event": 1, "double": 0, "waves": 2, "least": 10}
            assert spoken(Note(key, count=1, **values), language) != spoken(
                Note(key, count=2, **values), language
            ).replace("2", "1")


def test_a_key_that_is_nowhere_is_an_error_of_the_program() -> None:
    with pytest.raises(KeyError, match=r"no\.such_key"):
        say(Note("no.such_key"))


def test_a_number_below_zero_has_a_minus_sign_and_nothing_has_none() -> None:
    with speaking("nl"):
        assert [decimal(one, 2) for one in (-0.021, -0.001, 0.61, -1024.5)] == [
            "\N{MINUS SIGN}0,02",
            "0,00",
            "0,61",
            "\N{MINUS SIGN}1.024,50",
        ]
