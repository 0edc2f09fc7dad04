"""The only home of sentences for people: a catalogue a language (`nl.po`), in the form that translators' tools open.

An entry has its key as context (`msgctxt`), the English as `msgid` and the language's own words as `msgstr`; of
`en.po` the `msgid` itself is said. What a catalogue lacks is said in English. Values stand in braces, with how they
are written after a colon:

    {n}         a text, a number as it is, a date in full; a list with commas
    {n:,}       a whole number, thousands apart        {n:.2}   with two decimals, half up
    {n:%}       a percentage as published ("<1%"), of three numbers with its interval
    {n:+}       a difference in points, with its sign
    {n:and}     a list of which the last is joined by "and"; {n:or} by "or"
    {n:;}       a list with semicolons
    {n:lines}   a list with a line for each
    {n!r}       in quotes, as code; of a list each part

Control characters in a text that a sentence names are written as code: they break no line and no terminal.

An entry with a plural (`msgid_plural`) is chosen by the value `count`.

`python -m coder.words` puts the catalogues in order, and says what each lacks.
"""

import locale
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import cache
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, Any

from coder.errors import CoderError
from coder.note import Note, Text
from coder.words import numbers

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

SOURCE = "en"
"""The language that the others are translated from, and that is said where nothing else is known."""
VARIABLE = "CODER_LANGUAGE"
"""The variable of the environment that says in which language coder speaks."""
_HERE = Path(__file__).parent
_SPOKEN: ContextVar[str] = ContextVar("language")


@cache
def languages() -> tuple[str, ...]:
    """The languages that there is a catalogue of, by their codes."""
    return tuple(sorted(path.stem for path in _HERE.glob("*.po")))


def code_of(name: str) -> str:
    """The code in the name of a language, as systems and browsers write it: `nl` of `nl-BE`, `nl_BE.UTF-8`."""
    return re.split(r"[-_.@]", name.strip(), maxsplit=1)[0].lower()


def checked(language: str) -> str:
    """The code of a language (`nl`, also where `nl_BE` is asked). Raises `CoderError` where there is none of it."""
    code = code_of(language)
    if code not in languages():
        raise CoderError("words.no_language", language=language, languages=languages())
    return code


def chosen(language: str | None = None) -> str:
    """The language asked for, or that of `speaking`, of `CODER_LANGUAGE`, of the system, or English: the first known.

    Raises `CoderError` where one is asked for that there is no catalogue of; what `CODER_LANGUAGE` asks for in vain is
    an error of the command line alone (`asked_by_environment`), for a notebook may not fail on what it did not ask.
    """
    if language:
        return checked(language)
    found = (_SPOKEN.get(""), os.environ.get(VARIABLE, ""), *_of_system())
    known = map(code_of, filter(None, found))
    return next((one for one in known if one in languages()), SOURCE)


def asked_by_environment() -> str | None:
    """The language that `CODER_LANGUAGE` asks for, None where it asks none. Raises `CoderError` as `checked` does."""
    asked = os.environ.get(VARIABLE, "").strip()
    if asked and code_of(asked) not in languages():
        raise CoderError("words.no_language_set", variable=VARIABLE, language=asked, languages=languages())
    return asked or None


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Say all in this language inside the block, in this thread."""
    token = _SPOKEN.set(checked(language))
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def say(note: Note, language: str | None = None) -> str:
    """A note as a sentence, in the language chosen unless one is given. Raises `KeyError` for a key that is nowhere."""
    asked = chosen(language)
    forms = _forms(asked).get(note.key) or _forms(SOURCE).get(note.key)
    if forms is None:
        raise KeyError(note.key)
    one, many, plural = forms
    template = many if many and plural(int(note.values.get("count", 1))) else one
    return _Filled(asked).vformat(template, (), note.values)


def has(key: str) -> bool:
    """Whether there is an entry of this key."""
    return key in _forms(SOURCE)


def area(name: str, language: str | None = None) -> Mapping[str, str]:
    """The bare sentences of an area, by the rest of their keys: for templates that fill them in themselves.

    Those with a plural are not among them (see `with_plurals`): `say` chooses by the count.
    """
    return _area(name, chosen(language))


@cache
def _area(name: str, language: str) -> Mapping[str, str]:
    return {key: one for key, (one, many) in with_plurals(name, language).items() if not many}


@cache
def with_plurals(name: str, language: str) -> Mapping[str, tuple[str, str]]:
    """All bare sentences of an area, with the plural of each ("" without): for scripts, which choose themselves."""
    start = f"{name}."
    found = {**_forms(SOURCE), **_forms(language)}
    return {key.removeprefix(start): forms[:2] for key, forms in found.items() if key.startswith(start)}


def catalogue(language: str) -> "Catalog":
    """The catalogue of a language, as Babel reads it."""
    from babel.messages.pofile import read_po  # noqa: PLC0415

    with (_HERE / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


@cache
def _forms(language: str) -> dict[str, tuple[str, str, Any]]:
    """By key: the sentence, its plural ("" without), and what tells by a count whether the plural is meant."""
    from gettext import c2py  # noqa: PLC0415

    found = catalogue(language)
    plural = c2py(found.plural_expr)
    forms = {}
    for message in found:
        if not message.context:
            continue
        said = message.id if language == SOURCE else message.string
        one, *many = said if isinstance(said, (tuple, list)) else (said,)
        if one:
            forms[message.context] = (one, many[0] if many else "", plural)
    return forms


def _of_system() -> Iterator[str]:
    """What the system says of the language of its user."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            yield value
            return
    try:
        yield locale.getlocale()[0] or ""
    except ValueError:
        return
    if os.name == "nt":  # pragma: no cover (a system that has no such variables)
        import ctypes  # noqa: PLC0415

        code = ctypes.windll.kernel32.GetUserDefaultUILanguage()  # type: ignore[attr-defined]
        yield locale.windows_locale.get(code, "")


_BREAKS = re.compile("[\t-\r\x85\u2028\u2029]+")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Signs that turn the way of writing, or command a terminal."""


def _in_a_line(value: str) -> str:
    """A text of somebody as a part of a sentence: on one line, its control characters written as code."""
    return _CONTROL.sub(lambda found: repr(found[0])[1:-1], _BREAKS.sub(" ", value))


class _Filled(Formatter):
    """Puts the values into a sentence of one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def convert_field(self, value: Any, conversion: str | None) -> Any:  # noqa: ANN401
        if conversion != "r":
            return super().convert_field(value, conversion)
        if isinstance(value, (list, tuple)):
            return [repr(self._verbatim(one)) for one in value]
        return repr(self._verbatim(value))

    def format_field(self, value: Any, spec: str) -> str:  # noqa: ANN401
        match spec:
            case "":
                return self._plain(value)
            case " ":
                return " ".join(self._plain(one) for one in value)
            case "and" | "or":
                parts = [self._plain(one) for one in value]
                return numbers.listed(parts, self.language, "or" if spec == "or" else "standard")
            case ";":
                return "; ".join(self._plain(one) for one in value)
            case "lines":
                return "".join(f"\n  {self._plain(one)}" for one in value)
            case ",":
                return numbers.decimal(value, 0, self.language)
            case "%":
                value, low, high = value if isinstance(value, tuple) else (value, value, value)
                return numbers.with_interval(value, low, high, self.language)
            case "+":
                return numbers.points(value, self.language)
            case _ if spec.startswith(".") and spec[1:].isdecimal():
                return numbers.decimal(value, int(spec[1:]), self.language)
        raise ValueError(f"no way to write {spec!r}")

    def _verbatim(self, value: Any) -> str:  # noqa: ANN401
        """A value that is put in quotes as code, which escapes it."""
        if isinstance(value, Text):
            return value.named(self.language)
        return str(value) if isinstance(value, str) else self._plain(value)

    def _plain(self, value: Any) -> str:  # noqa: ANN401
        match value:
            case Note():
                return say(value, self.language)
            case Text():
                return _in_a_line(value.named(self.language))
            case CoderError():
                return say(value.note, self.language)
            case date():
                return numbers.written_date(value, self.language)
            case str():
                return _in_a_line(value)
            case bool():
                return str(value).lower()
            case float():
                return numbers.shortest(value, self.language)
            case Sequence() | set() | frozenset():
                return ", ".join(self._plain(one) for one in value)
        return str(value)
