"""How people are spoken to, in the language chosen: the only home of sentences, numbers and dates as they read them.

Sentences stand in a catalogue a language (`nl.po`), in the form that translators' tools open; numbers and dates are
written by Babel, with the data of CLDR. An entry has its key as context (`msgctxt`), the English as `msgid` and the
language's own words as `msgstr`; of `en.po` the `msgid` itself is said. What a catalogue lacks is said in English.
Values stand in braces, with how they are written after a colon:

    {n}         a text, a number as it is, a date in full; a list with commas
    {n:,}       a whole number, thousands apart        {n:.2}   with two decimals, half up
    {n:%}       a percentage as published ("<1%"), of three numbers with its interval
    {n:+}       a difference in points, with its sign
    {n:and}     a list of which the last is joined by "and"; {n:or} by "or"
    {n:;}       a list with semicolons
    {n:lines}   a list with a line for each
    {n!r}       in quotes, as code; of a list each part

Control characters in a text that a sentence names are written as code: they break no line and no terminal.

An entry with a plural (`msgid_plural`) is chosen by the value `count`. An option or a command of the terminal stands in
parentheses, "(--sheet)": the page leaves those out.

`python -m coder.words` puts the catalogues in order, and says what each lacks.
"""

import locale
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, Any, Literal

from coder.errors import CoderError
from coder.note import Note, Text

if TYPE_CHECKING:
    from babel import Locale
    from babel.messages.catalog import Catalog

SOURCE = "en"
"""The language that the others are translated from, and that is said where nothing else is known."""
VARIABLE = "CODER_LANGUAGE"
"""The variable of the environment that says in which language coder speaks."""
_REGIONS = {"nl": "nl_BE", "en": "en_GB", "fr": "fr_BE"}
"""Where a language is written in more ways than one: as in Belgium, and in Britain."""
_MINUS = "\N{MINUS SIGN}"
EXACT = 1e-6
"""An interval narrower than this is none: every answer was coded by hand."""
_HERE = Path(__file__).parent
_SPOKEN: ContextVar[str] = ContextVar("language")
_AT_PAGE: ContextVar[bool] = ContextVar("at_page", default=False)
_FOR_TERMINALS = re.compile(r" \((?:--|`coder )[^()]*\)")


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


def chosen() -> str:
    """The language of `speaking`, of `CODER_LANGUAGE`, of the system, or English: the first that is known.

    What `CODER_LANGUAGE` asks for in vain is an error of the command line alone (`asked_by_environment`), for a
    notebook may not fail on what it did not ask.
    """
    if spoken := _SPOKEN.get(""):
        return spoken
    known = map(code_of, filter(None, (os.environ.get(VARIABLE, ""), *_of_system())))
    return next((one for one in known if one in languages()), SOURCE)


def asked_by_environment() -> str | None:
    """The language that `CODER_LANGUAGE` asks for, None where it asks none. Raises `CoderError` as `checked` does."""
    asked = os.environ.get(VARIABLE, "").strip()
    if asked and code_of(asked) not in languages():
        raise CoderError("words.no_language_set", variable=VARIABLE, language=asked, languages=languages())
    return asked or None


@contextmanager
def speaking(language: str | None, *, at_page: bool = False) -> Iterator[None]:
    """Say all in this language inside the block, in this thread; in the one chosen where None is given.

    `at_page`: without the options and commands in parentheses, which only a terminal has. Raises `CoderError` where
    there is no catalogue of the language.
    """
    token, where = _SPOKEN.set(checked(language) if language else chosen()), _AT_PAGE.set(at_page or _AT_PAGE.get())
    try:
        yield
    finally:
        _SPOKEN.reset(token)
        _AT_PAGE.reset(where)


def say(note: Note) -> str:
    """A note as a sentence, in the language chosen. Raises `KeyError` for a key that is nowhere."""
    forms = _forms(chosen()).get(note.key) or _forms(SOURCE).get(note.key)
    if forms is None:
        raise KeyError(note.key)
    one, many, plural = forms
    template = many if many and plural(int(note.values.get("count", 1))) else one
    if _AT_PAGE.get():
        template = _FOR_TERMINALS.sub("", template)
    return _FILLED.vformat(template, (), note.values)


def has(key: str) -> bool:
    """Whether there is an entry of this key."""
    return key in _forms(SOURCE)


def area(name: str) -> Mapping[str, str]:
    """The bare sentences of an area, by the rest of their keys: for templates that fill them in themselves.

    Those with a plural are not among them (see `with_plurals`): `say` chooses by the count.
    """
    bare, _ = _area(name, chosen())
    return bare


def with_plurals(name: str) -> Mapping[str, tuple[str, str]]:
    """All bare sentences of an area, with the plural of each ("" without): for scripts, which choose themselves."""
    _, every = _area(name, chosen())
    return every


@cache
def _area(name: str, language: str) -> tuple[Mapping[str, str], Mapping[str, tuple[str, str]]]:
    """The sentences without a plural, and all with theirs."""
    start = f"{name}."
    found = {**_forms(SOURCE), **_forms(language)}
    every = {key.removeprefix(start): forms[:2] for key, forms in found.items() if key.startswith(start)}
    return {key: one for key, (one, many) in every.items() if not many}, every


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


def language_tag() -> str:
    """The language chosen as documents name it: "nl-BE"."""
    return _REGIONS.get(chosen(), chosen()).replace("_", "-")


@cache
def locale_of(language: str) -> "Locale":
    """What Babel knows of a language."""
    from babel import Locale  # noqa: PLC0415 (loads tables)

    return Locale.parse(_REGIONS.get(language, language))


def rounded(value: float, places: int = 0) -> Decimal:
    """A number with so many decimals, half up as people round: 0.5 is 1, 2.675 is 2.68."""
    return Decimal(repr(round(float(value), 9))).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def decimal(value: float, places: int, *, grouped: bool = True) -> str:
    """A number with so many decimals, below 0 with a minus sign (no hyphen): "1.024,50"; "" for nan."""
    if value != value:  # noqa: PLR0124 (nan)
        return ""
    from babel.numbers import format_decimal  # noqa: PLC0415

    whole, exact = "#,##0" if grouped else "0", rounded(value, places)
    written = format_decimal(abs(exact), whole + ("." + "0" * places if places else ""), locale=locale_of(chosen()))
    return f"{_MINUS}{written}" if exact < 0 else written


def shortest(value: float) -> str:
    """A number without needless zeros, not grouped: "2,5", "30"."""
    return f"{value:g}".replace(".", locale_of(chosen()).number_symbols["latn"]["decimal"])


def percent_sign() -> str:
    """What stands after the number of a percentage: "%", in French with a space before it that does not break."""
    return str(locale_of(chosen()).percent_formats[None].suffix[0])


def percent(value: float) -> str:
    """A percentage (0..100) as published: whole, half up; "<1%" for a share above 0 and under 1."""
    return _whole(value) + percent_sign()


def between(low: float, high: float) -> str:
    """The ends of an interval in 0..100, as published, without a percent sign."""
    return f"{_whole(low)}\N{EN DASH}{_whole(high)}"


def with_interval(value: float, low: float, high: float) -> str:
    """A percentage with its interval, all in 0..100, as published; without one narrower than `EXACT`."""
    alone = percent(value)
    return alone if high - low < EXACT else f"{alone} ({between(low, high)})"


def _whole(value: float) -> str:
    exact = round(float(value), 9)
    return "<1" if value > 0 and exact < 1 else str(rounded(exact))


def points(value: float) -> str:
    """A difference in percentage points with its sign and one decimal, half up: "+6,3", "0,0"; "" for nan."""
    if value != value:  # noqa: PLR0124 (nan)
        return ""
    size = rounded(abs(value), 1)
    sign = "" if not size else "+" if value > 0 else _MINUS
    return sign + decimal(float(size), 1)


def written_date(day: date) -> str:
    """A date in full: 21 november 2026."""
    from babel.dates import format_date  # noqa: PLC0415

    return format_date(day, "long", locale=locale_of(chosen()))


def listed(parts: Sequence[str], style: Literal["standard", "or"] = "standard") -> str:
    """Names in a row, the last joined by "and" (`standard`) or "or" (`or`)."""
    from babel.lists import format_list  # noqa: PLC0415

    return format_list(list(parts), style, locale=locale_of(chosen()))


_BREAKS = re.compile("[\t-\r\x85\u2028\u2029]+")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Signs that turn the way of writing, or command a terminal."""


def _in_a_line(value: str) -> str:
    """A text of somebody as a part of a sentence: on one line, its control characters written as code."""
    return _CONTROL.sub(lambda found: repr(found[0])[1:-1], _BREAKS.sub(" ", value))


class _Filled(Formatter):
    """Puts the values into a sentence of the language chosen."""

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
                return listed(parts, "or" if spec == "or" else "standard")
            case ";":
                return "; ".join(self._plain(one) for one in value)
            case "lines":
                return "".join(f"\n  {self._plain(one)}" for one in value)
            case ",":
                return decimal(value, 0)
            case "%":
                value, low, high = value if isinstance(value, tuple) else (value, value, value)
                return with_interval(value, low, high)
            case "+":
                return points(value)
            case _ if spec.startswith(".") and spec[1:].isdecimal():
                return decimal(value, int(spec[1:]))
        raise ValueError(f"no way to write {spec!r}")

    def _verbatim(self, value: Any) -> str:  # noqa: ANN401
        """A value that is put in quotes as code, which escapes it."""
        if isinstance(value, Text):
            return value.named(chosen())
        return str(value) if isinstance(value, str) else self._plain(value)

    def _plain(self, value: Any) -> str:  # noqa: ANN401
        match value:
            case Note():
                return say(value)
            case Text():
                return _in_a_line(value.named(chosen()))
            case CoderError():
                return say(value.note)
            case date():
                return written_date(value)
            case str():
                return _in_a_line(value)
            case bool():
                return str(value).lower()
            case float():
                return shortest(value)
            case Sequence() | set() | frozenset():
                return ", ".join(self._plain(one) for one in value)
        return str(value)


_FILLED = _Filled()
