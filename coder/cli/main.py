"""Running a command: everything is said, its help too, in the language of who reads it.

`--language` may stand anywhere in a command and is taken out before the rest is read, so that help and errors speak it
too. The help of a command, an argument or an option is the entry of its name: `cli.command.study_add`, then
`cli.option.study_add.text` where that command means something else by it, else `cli.option.text`.
"""

import gc
import re
import shutil
import sys
import textwrap
from ast import literal_eval
from collections.abc import Iterator, Sequence
from typing import Any

import typer

from coder.cli import app
from coder.cli.speech import say_err
from coder.errors import CoderError
from coder.note import Note
from coder.words import asked_by_environment, checked, chosen, has, say, speaking

_OBJECTS = 100_000
"""After so many new objects Python looks for cycles: what modules are made of is no waste, and looking takes a tenth."""
_WIDEST = 100
_LANGUAGE = "--language"
_UsageError: type[Exception] = typer.BadParameter.__mro__[1]
"""The errors of usage, whose class typer does not export."""
_QUOTED = r"""(?P<name>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
"""What `repr` makes of a text: in double quotes where there is a single one in it."""
_ENGLISH = {
    re.compile(rf"No such command {_QUOTED}\."): "cli.usage.no_command",
    re.compile(rf"No such command {_QUOTED}\. Did you mean (?P<like>.*)\?"): "cli.usage.no_command_like",
    re.compile(r"Got unexpected extra argument(?:s|\(s\))? \((?P<arguments>.*)\)"): "cli.usage.too_many",
    re.compile(rf"Option {_QUOTED} does not take a value\."): "cli.usage.no_value_taken",
}
"""Sentences of typer that have no kind of their own."""
_UNFIT = {
    "int_parsing": "cli.usage.whole",
    "int_parsing_size": "cli.usage.whole",
    "float_parsing": "cli.usage.number",
    "greater_than_equal": "cli.usage.least",
    "less_than_equal": "cli.usage.most",
}
"""What is wrong with a value, by the name that pydantic, which reads the values for typer, has for it."""


def main() -> None:
    """Run the command line."""
    gc.set_threshold(_OBJECTS)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr] # names are any bytes
    sys.exit(run_command(app, sys.argv[1:]))


def language_of(arguments: Sequence[str]) -> tuple[str, list[str]]:
    """The language that arguments ask for, else the one chosen; and the arguments without it.

    Raises `CoderError` for one that there is not, also where `CODER_LANGUAGE` asks for it.
    """
    left: list[str] = []
    asked: str | None = None
    given = iter(arguments)
    for one in given:
        if one == "--":
            left += [one, *given]
            break
        name, equals, value = one.partition("=")
        if name != _LANGUAGE:
            left.append(one)
            continue
        asked = value if equals else next(given, None)
        if not asked:
            raise CoderError("cli.usage.no_value", option=_LANGUAGE)
        checked(asked)
    named = asked or asked_by_environment()
    return checked(named) if named else chosen(), left


def run_command(app: typer.Typer, arguments: Sequence[str]) -> int:
    """Run a command in the language it asks for; its exit code: 2, with one sentence, for what a user can mend."""
    try:
        language, rest = language_of(arguments)
    except CoderError as error:
        say_err("cli.error", error=error)
        return 2
    with speaking(language):
        try:
            return int(_spoken(typer.main.get_command(app)).main(rest, prog_name="coder", standalone_mode=False) or 0)
        except CoderError as error:
            say_err("cli.error", error=error)
            return 2
        except typer.Abort:
            say_err("cli.stopped")
            return 1
        except _UsageError as error:
            return _wrong_usage(error)


def _wrong_usage(error: Any) -> int:  # noqa: ANN401
    if type(error).__name__ == "NoArgsIsHelpError":
        typer.echo(error.message, err=True)
        return 2
    say_err("cli.error", error=_usage_error(error))
    if error.ctx is not None:
        say_err("cli.usage.see", command=error.ctx.command_path)
    return 2


def _spoken(command: Any, path: str = "") -> Any:  # noqa: ANN401 (a command of typer, whose classes are its own)
    """The command, with those under it, so that help is said in the language of the reader."""
    for name, under in getattr(command, "commands", {}).items():
        _spoken(under, f"{path}_{name}".lstrip("_").replace("-", "_"))
        under.short_help = None
    command.get_help = lambda context: "\n".join(_help(command, path, context))
    command.get_short_help_str = lambda _limit=0: say(Note(f"cli.command.{path}"))
    return command


def _usage_error(error: Exception) -> Note | str:
    """What is wrong with how a command was called, where typer says it in English."""
    param: Any = getattr(error, "param", None)
    name = _name(param) if param is not None else ""
    match type(error).__name__:
        case "MissingParameter":
            return Note("cli.usage.missing", option=name)
        case "NoSuchOption":
            like = list(getattr(error, "possibilities", None) or [])
            return Note("cli.usage.no_such_like" if like else "cli.usage.no_such", option=error.option_name, like=like)  # type: ignore[attr-defined]
        case "BadParameter" if name:
            return Note("cli.usage.bad", option=name, why=_unfit(error))
    message = str(getattr(error, "message", error))
    for pattern, key in _ENGLISH.items():
        if found := pattern.fullmatch(message):
            named = found.groupdict()
            return Note(key, **(named | {"name": literal_eval(named["name"])} if "name" in named else named))
    if type(error).__name__ == "BadOptionUsage":
        return Note("cli.usage.no_value", option=error.option_name)  # type: ignore[attr-defined]
    return message


def _unfit(error: Exception) -> Note:
    """Why the value of an option cannot be used. Pydantic tells it as data, and in English."""
    told: list[Any] = getattr(error.__cause__, "errors", list)()
    if not told:
        return Note("cli.usage.unfit", value=str(getattr(error, "message", error)))
    first = told[0]
    limits = first.get("ctx", {})
    key = _UNFIT.get(first["type"], "cli.usage.unfit")
    return Note(key, value=str(first["input"]), limit=limits.get("ge", limits.get("le")))


def _name(param: Any) -> str:  # noqa: ANN401
    return max(param.opts, key=len) if _is_option(param) else _metavar(param)


def _is_option(param: Any) -> bool:  # noqa: ANN401
    return bool(param.param_type_name == "option")


def _help(command: Any, path: str, context: Any) -> Iterator[str]:  # noqa: ANN401
    """The lines of the help of a command."""
    under = getattr(command, "commands", {})
    options = [param for param in command.get_params(context) if _is_option(param) and not param.hidden]
    arguments = [param for param in command.params if not _is_option(param)]
    parts = [context.command_path, say(Note("cli.help.usage_options"))]
    parts += [say(Note("cli.help.usage_command"))] if under else [_metavar(param) for param in arguments]
    yield f"{say(Note('cli.help.usage'))} {' '.join(parts)}"
    yield ""
    yield from textwrap.wrap(
        say(Note(f"cli.command.{path or 'coder'}")), _width(), initial_indent="  ", subsequent_indent="  "
    )
    yield from _section("arguments", [(_metavar(param), _about(param, path)) for param in arguments])
    rows = [(_options(param), _about(param, path)) for param in options]
    yield from _section("options", [*rows, (f"{_LANGUAGE} CODE", say(Note("cli.option.language")))])
    yield from _section("commands", [(name, one.get_short_help_str()) for name, one in under.items()])


def _section(name: str, rows: Sequence[tuple[str, str]]) -> Iterator[str]:
    """A heading, and rows of two columns."""
    if not rows:
        return
    yield ""
    yield say(Note(f"cli.help.{name}"))
    wide = min(max(len(left) for left, _ in rows), 30) + 4
    for left, right in rows:
        lines = textwrap.wrap(right, max(_width() - wide, 20)) or [""]
        if len(left) + 2 >= wide:
            yield f"  {left}"
            left = ""  # noqa: PLW2901 (it stands on a line of its own)
        yield f"  {left}".ljust(wide) + lines[0]
        yield from (" " * wide + line for line in lines[1:])


def _about(param: Any, path: str) -> str:  # noqa: ANN401
    """What an option or argument is, whether it is required, and what it is unless given."""
    if param.name == "help":
        return say(Note("cli.option.help"))
    kind = "option" if _is_option(param) else "argument"
    raw = max(param.opts, key=len).lstrip("-") if _is_option(param) else (param.metavar or param.name).strip(".[]")
    name = raw.lower().replace("-", "_")
    own = f"cli.{kind}.{path}.{name}"
    more = [say(Note("cli.help.required"))] if param.required else []
    default = param.default
    if not param.required and default not in (None, "", False) and not callable(default):
        shown = ", ".join(map(str, default)) if isinstance(default, (list, tuple)) else str(default)
        more += [say(Note("cli.help.default", value=shown))] if shown else []
    return "  ".join([say(Note(own if has(own) else f"cli.{kind}.{name}")), *more])


def _options(param: Any) -> str:  # noqa: ANN401
    """The names of an option and what stands after it."""
    names = ", ".join([*sorted(param.opts, key=len), *param.secondary_opts])
    return names if param.is_flag else f"{names} {_metavar(param)}"


def _metavar(param: Any) -> str:  # noqa: ANN401
    """What stands for the value: `FILE`, `BESTAND`."""
    bare = param.metavar or param.name.upper()
    inner = bare.strip(".[]")
    key = f"cli.metavar.{inner.lower()}"
    return str(bare.replace(inner, say(Note(key)))) if has(key) else str(bare)


def _width() -> int:
    return min(shutil.get_terminal_size().columns, _WIDEST)
