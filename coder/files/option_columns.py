"""A column per option, as survey programs write a question of which several options may be chosen.

A cell holds 1 or nothing, 0 or 1, Checked or Unchecked, yes or no, or the text of the option. Such columns are told
from columns that hold codes (the first that somebody named, the second) on clear evidence, and it is told; what may be
either is an error that says what to write. 1 in such a column never is the number of a code.
"""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coder.codebook import Codebook, plain_name
from coder.corpus import MISSING
from coder.errors import DataError
from coder.files.code_cells import NEGATIVE, NONE_FITS, NOTHING, Tell
from coder.files.columns import IS, JOIN
from coder.note import Note, some

_SHOWN, _MANY = 5, 10
_SEVERAL = 2
_CHOSEN = frozenset(
    (
        "1", "x", "y", "yes", "ja", "j", "oui", "true", "waar", "vrai", "checked", "aangevinkt", "coché", "selected",
        "geselecteerd", "gekozen", "chosen", "quoted", "mentioned", "genoemd", "vermeld", "on", "✓", "✔", "☑", "☒", "✗",
    )
)  # fmt: skip
_NOT_CHOSEN = frozenset(
    (
        "0", "n", "no", "nee", "neen", "non", "false", "onwaar", "faux", "unchecked", "niet aangevinkt", "non coché",
        "not selected", "niet geselecteerd", "niet gekozen", "not chosen", "not quoted", "not mentioned",
        "niet genoemd", "niet vermeld", "off", "☐",
    )
)  # fmt: skip
_OF_BOXES = frozenset(("checked", "unchecked", "aangevinkt", "niet aangevinkt", "coché", "non coché", "☑", "☐"))
"""What only a box is."""
_NUMBERS = frozenset(("0", "1", "-1"))
_ONE_TWO = frozenset(("1", "2"))
_NO_ANSWER = frozenset(("7", "8", "9", "66", "77", "88", "97", "98", "99", "777", "888", "997", "998", "999", "9999"))
"""Numbers that stand for no answer, by habit."""
_WHOLE = re.compile(r"(-?\d+)[.,]0+")
_OPTION = tuple(
    re.compile(shape)
    for shape in (
        r"\(choice=(.+)\)$", r"\[([^\[\]]+)\]$", r"___(.+)$", r"/([^/]+)$", r":\s+([^:]+)$", r" - (?!.* - )(.+)$",
    )
)  # fmt: skip
"""How programs name the option of a column: REDCap, LimeSurvey, REDCap, Kobo; then SurveyMonkey and Qualtrics."""
_SURE_SHAPES = 4
"""So many of these are the name of nothing else."""
_NUMBERED = re.compile(r"(.*?)[_.\s-]+(\d+)$")


@dataclass(frozen=True, slots=True)
class OptionColumns:
    """Columns that may be an option each: the cells, and the words over the columns that have some.

    `codes` has the code of each column where they were written (COLUMN=CODE), `others` all columns of the table: to see
    whether one alone is one of several.
    """

    frame: pd.DataFrame
    codes: Mapping[str, str]
    wording: Mapping[str, str]
    others: pd.DataFrame

    def option(self, name: str) -> str:
        """The option that a column's name ends in, or its wording; else ""."""
        return _option(name) or _option(self.wording.get(name, ""))

    def called(self, name: str) -> str:
        """What a cell of the column holds that has the text of its option."""
        return plain_name(self.option(name) or name)


def read_options(options: OptionColumns, codebook: Codebook | None, source: str, tell: Tell) -> "pd.Series[str] | None":
    """A cell of codes a row, of columns that are an option each: ids joined by ';', '-' for none, "" for no answer.

    None where the cells hold codes themselves. Raises `DataError` where it may be either, and where it is not clear
    which code of the codebook a column is.
    """
    values = options.frame.apply(
        lambda cells: cells.map({cell: _plain(cell, options.called(str(cells.name))) for cell in cells.unique()})
    )
    held = {str(name): set(values[name].unique()) - {""} for name in values}
    marks = _marks(options, values, held, codebook, source)
    if marks is None:
        return None
    codes = _codes_of(options, held, codebook, source, by_text=marks == _BY_TEXT)
    chosen = values.isin(marks) if marks != _BY_TEXT else values != ""
    answered = (values != "").any(axis=1)
    cells = [
        ";".join(code for code, on in zip(codes, row, strict=True) if on) or (NONE_FITS if there else "")
        for row, there in zip(chosen.to_numpy().tolist(), answered.tolist(), strict=True)
    ]
    _tell(options, codes, values, source, tell)
    return pd.Series(cells, index=values.index, dtype=str)


_BY_TEXT: frozenset[str] = frozenset(("\0text",))
"""In place of marks: whatever a cell holds is the option of its column."""


def _marks(
    options: OptionColumns, values: pd.DataFrame, held: Mapping[str, set[str]], codebook: Codebook | None, source: str
) -> frozenset[str] | None:
    """What in a cell says that the option was chosen; None where cells hold codes."""
    every = frozenset[str]().union(*held.values())
    alike = every <= _CHOSEN | _NOT_CHOSEN or every <= {"-1", "0"}
    marks = every - _NOT_CHOSEN
    called = codebook is not None and all(map(codebook.find, every))
    if not every:
        return None
    if options.codes:
        if alike or (len(every) == 1 and every != {"2"}):
            return marks
        raise _not_options(options, held, source)
    if len(held) == 1:
        return _marks_of_one(options, every, source) if alike else None
    if every <= _NUMBERS | _ONE_TWO:
        return _marks_of_numbers(options, values, held, source, called=called)
    if alike:
        return None if called else marks
    if not called and every & _NOT_CHOSEN and len(marks) == 1:
        return marks
    if not called and _are_choices(held):
        raise _not_options(options, held, source)
    if len(every) == 1 and codebook is not None and not called and _is_options(options, values):
        return marks
    return _by_text(options, held, codebook, source)


def _are_choices(held: Mapping[str, set[str]]) -> bool:
    """Whether columns say yes and no, or 0 and 1 and what stands for no answer, and one says something else too."""
    every = frozenset[str]().union(*held.values())
    if every >= {"0", "1"} and every - {"0", "1"} <= _NO_ANSWER:
        return True
    words = [values - {"0", "1"} for values in held.values()]
    both = sum(bool(values & _CHOSEN and values & _NOT_CHOSEN) for values in words)
    return 2 * both > len(held)


def _marks_of_numbers(
    options: OptionColumns, values: pd.DataFrame, held: Mapping[str, set[str]], source: str, *, called: bool
) -> frozenset[str] | None:
    """The same where there are numbers alone, which may be those of codes; `called`: the codebook has them all."""
    every = frozenset[str]().union(*held.values())
    if {"1", "-1"} <= every:
        raise _not_options(options, held, source)
    if every <= _NUMBERS and every & {"0", "-1"} and not called:
        return every - _NOT_CHOSEN
    if not _is_options(options, values):
        if len(every) == 1:
            raise _unclear_options(options, source)
        return None
    if every <= _NUMBERS:
        return every - _NOT_CHOSEN
    raise _not_options(options, held, source)


def _marks_of_one(options: OptionColumns, every: frozenset[str], source: str) -> frozenset[str] | None:
    """The same of one column alone, which is mostly a column of codes."""
    (name,) = map(str, options.frame.columns)
    shaped = any(shape.search(name) for shape in _OPTION[:_SURE_SHAPES])
    if every <= _OF_BOXES or (shaped and not every <= {"1"}):
        return every - _NOT_CHOSEN
    stem = _NUMBERED.fullmatch(name)
    if every <= _NUMBERS and stem:
        alike = [str(other) for other in options.others if _stem(str(other)) == stem[1]]
        few = [other for other in alike if set(map(_plain, options.others[other].unique())) <= {"", *_NUMBERS}]
        if len(few) > 1:
            raise DataError("files.one_option", file=source, column=name, number=len(few), write=_typed(JOIN.join(few)))
    if every <= {"1"} and shaped:
        raise _unclear_options(options, source)
    return None


def _is_options(options: OptionColumns, values: pd.DataFrame) -> bool:
    """Whether a row has one value twice, or nothing before something, as no list of codes has; or all names say so."""
    named = [options.option(str(name)) for name in values]
    if all(name and not name.isdecimal() for name in named):
        return True
    filled = (values != "").to_numpy()
    numbered = np.unique(values.to_numpy(dtype=str), return_inverse=True)[1].reshape(filled.shape)
    ordered = np.sort(np.where(filled, numbered, -1 - np.arange(filled.shape[1])), axis=1)
    twice = (ordered[:, 1:] == ordered[:, :-1]).any()
    return bool(twice or (filled[:, 1:] & ~filled[:, :-1]).any())


def _by_text(
    options: OptionColumns, held: Mapping[str, set[str]], codebook: Codebook | None, source: str
) -> frozenset[str] | None:
    """Whether each column holds the text of its option; raises where some do, or hold marks, and one holds a text."""
    filled = {name: values for name, values in held.items() if values}
    own = [name for name, values in filled.items() if values == {options.called(name)}]
    marked = [name for name, values in filled.items() if values <= _CHOSEN | _NOT_CHOSEN]
    if len(own) == len(filled):
        return _BY_TEXT
    for like in (own, marked):
        others = [name for name in filled if name not in like and not _are_codes(filled[name], codebook)]
        if len(like) >= _SEVERAL and others:
            cell = min(filled[others[0]])[:40]
            raise DataError("files.no_option", file=source, column=like[0], other=others[0], cell=cell)
    return None


def _are_codes(values: set[str], codebook: Codebook | None) -> bool:
    """Whether all of these may be codes: those of the codebook, or numbers."""
    return all(codebook.find(value) if codebook else value.isdecimal() for value in values)


def _codes_of(
    options: OptionColumns, held: Mapping[str, set[str]], codebook: Codebook | None, source: str, *, by_text: bool
) -> list[str]:
    """The code of each column."""
    names = list(held)
    if options.codes:
        codes = [options.codes[name] for name in names]
        found = [codebook.find(code) if codebook else code for code in codes]
        if unknown := [code for code, one in zip(codes, found, strict=True) if one is None]:
            raise DataError("files.unknown_codes", file=source, codes=unknown, has=codebook.ids if codebook else ())
        return [str(one) for one in found]
    parts = [options.option(name) for name in names]
    if codebook is None:
        fit = all(parts) and len(set(parts)) == len(parts) and not any(part.isdecimal() for part in parts)
        return [name.replace(";", ",") for name in (parts if fit else names)]
    numbers = [match[2] if (match := _NUMBERED.fullmatch(name)) else "" for name in names]
    questions = [options.wording.get(name, "") for name in names]
    worded = [_option(question) for question in questions]
    for way in (names, parts, worded, questions, _after_stem(names), [] if by_text else numbers):
        found = [codebook.find(name) if name else None for name in way]
        if found and None not in found and len(set(found)) == len(found):
            return [str(one) for one in found]
    lost = [
        name for name, part in zip(names, parts, strict=True) if not codebook.find(name) and not codebook.find(part)
    ]
    write = _typed(JOIN.join(f"{name}{IS}CODE" for name in names[:_SHOWN]))
    raise DataError(
        "files.which_code", file=source, columns=JOIN.join(names), lost=lost[:_SHOWN] or names[:_SHOWN], write=write,
        codes=codebook.ids[:_MANY],
    )  # fmt: skip


def _tell(options: OptionColumns, codes: Sequence[str], values: pd.DataFrame, source: str, tell: Tell) -> None:
    """Tell which code each column is, and what nothing in them means."""
    pairs = [Note("files.option_is", column=name, code=code) for name, code in zip(options.frame, codes, strict=True)]
    tell(Note("files.options", file=source, options=some(pairs, _MANY)))
    empty = (values == "").to_numpy()
    nothing, partly = int(empty.all(axis=1).sum()), int((empty.any(axis=1) & ~empty.all(axis=1)).sum())
    if nothing:
        tell(Note("files.options_empty", file=source, times=nothing))
    if partly and values.isin(_NOT_CHOSEN).to_numpy().any():
        tell(Note("files.options_partly", file=source, times=partly))


def _not_options(options: OptionColumns, held: Mapping[str, set[str]], source: str) -> DataError:
    name, values = max(held.items(), key=lambda one: len(one[1]))
    columns = JOIN.join(map(str, options.frame.columns))
    return DataError("files.unclear_marks", file=source, columns=columns, column=name, values=sorted(values)[:_SHOWN])


def _unclear_options(options: OptionColumns, source: str) -> DataError:
    names = list(map(str, options.frame.columns))
    write = _typed(JOIN.join(f"{name}{IS}CODE" for name in names[:_SHOWN]))
    return DataError("files.option_or_number", file=source, columns=names[:_SHOWN], write=write)


def _after_stem(names: Sequence[str]) -> list[str]:
    """What names have after all that they begin with together, up to a sign ("q.bike", "q.bus")."""
    stem = re.sub(r"[^\W_]+$", "", os.path.commonprefix(names))  # noqa: RUF071 (signs are meant)
    after = [name[len(stem) :].strip() for name in names]
    return after if stem and not any(map(str.isdecimal, after)) else []


def _stem(name: str) -> str:
    match = _NUMBERED.fullmatch(name)
    return match[1] if match else ""


def _option(name: str) -> str:
    return next((match[1].strip() for shape in _OPTION if (match := shape.search(name.strip()))), "")


def _plain(cell: str, option: str = "") -> str:
    """A cell without capitals, needless spaces and decimals; "" for what is missing."""
    text = plain_name(cell)
    if whole := _WHOLE.fullmatch(text):
        text = whole[1]
    if cell.strip() == NOTHING and text != option:
        return ""
    return "" if text in MISSING or (NEGATIVE.fullmatch(text) and text != "-1") else text


def _typed(columns: str) -> str:
    """An argument as it is typed."""
    return f'"{columns}"' if re.search(r"[\s()&|;<>]", columns) else columns
