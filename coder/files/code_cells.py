"""Codes in the ways in which programs write them, in a cell or in a column per option: read as meant, or refused.

Ours are ids joined by ';'. Others join them by another sign, print a list, or write NA for what is missing. Each is
read on clear evidence, which is told; what is not clear is an error that says what to write. A code of the codebook
that is called so comes first, always.

Survey programs write a question of which several options may be chosen as a column per option: a cell holds 1 or
nothing, 0 or 1, Checked or Unchecked, yes or no, or the text of the option. Such columns are told from columns that
hold codes (the first that somebody named, the second) in the same way; 1 in such a column never is the number of a
code.
"""

import json
import os
import re
from ast import literal_eval
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coder.characters import as_seen
from coder.codebook import Codebook, plain_name
from coder.corpus import MISSING
from coder.errors import DataError
from coder.files.columns import IS, JOIN
from coder.note import Note, some

NONE_FITS = "-"
NOTHING = "None"
"""What Python writes for nothing: a code `none` is not spelt so."""
DASHES = (NONE_FITS, "\N{EN DASH}", "\N{EM DASH}", "\N{MINUS SIGN}")
"""What Word and Excel make of '-'."""
DECIMAL = re.compile(r"(\d+)[.,](\d+)")
Tell = Callable[[Note], None]
NEGATIVE = re.compile(r"-\d{1,4}(?:[.,]0+)?")
_IN_NAMES = ("/", "\\", "&", "+")
"""What joins codes at times, and the words of one code as often."""
_SIGNS = ("#", "|", ",", *_IN_NAMES, " ")
"""What stands between codes that are joined, the surest first."""
_ENDS = (",", "|")
"""What programs write after the last code too."""
_RUN, _PIECES = 6, 200
"""A label has so many parts at most that look like codes of their own; of so many pieces each is a code."""
_SURE = ("#", "|")
"""What no label has in it."""
_SEVERAL = 2
_SHOWN = 5


# What is missing


def without_missing(parts: "pd.Series[str]", codebook: Codebook | None, source: str, tell: Tell) -> "pd.Series[str]":
    """The names that are not what a program writes for a missing value (NA, NULL, -99)."""
    gone = [name for name in parts.unique() if _is_missing(name) and not _is_code(name, codebook)]
    if not gone:
        return parts
    missing = parts.isin(gone)
    times = int(missing.sum())
    tell(Note("files.missing_values", file=source, names=gone[:_SHOWN], count=len(gone), times=times))
    return parts[~missing]


def _is_code(name: str, codebook: Codebook | None) -> bool:
    """Whether the codebook has a code of this name; "None" of Python is not our code `none`."""
    if codebook is None:
        return False
    if name == NOTHING:
        return any(name in (code.id, *code.label.values(), *code.formerly) for code in codebook.codes)
    return codebook.find(name) is not None


def _is_missing(name: str) -> bool:
    return name.casefold() in MISSING or name == NOTHING or NEGATIVE.fullmatch(name) is not None


# Codes joined in a cell


def unlisted(cells: "pd.Series[str]", codebook: Codebook | None, source: str, tell: Tell) -> "pd.Series[str]":
    """The cells in which lists as a program prints them (`['bike', 'bus']`) are joined by ';'."""
    lists = {cell: found for cell in cells.unique() if (found := _listed(cell, codebook, source)) is not None}
    if not lists:
        return cells
    times = int(cells.isin(list(lists)).sum())
    tell(Note("files.lists", file=source, count=times, cell=next(iter(lists))[:60]))
    return cells.replace({cell: "; ".join(parts) or NONE_FITS for cell, parts in lists.items()})


def _listed(cell: str, codebook: Codebook | None, source: str) -> list[str] | None:
    """The parts of a printed list; None for what is no list or is a code itself. Raises for other printed data."""
    if cell[:1] + cell[-1:] not in {"[]", "()", "{}"} or (codebook and codebook.find(cell)):
        return None
    found = _printed(cell)
    if isinstance(found, (list, tuple, set)) and all(map(_is_part, found)):
        return [str(int(part)) if isinstance(part, float) else str(part).strip() for part in found]
    bare = [part.strip() for part in cell[1:-1].split(",")]
    if codebook and all(map(codebook.find, bare)):
        return bare
    if found is not None or (len(bare) >= _SEVERAL and cell[0] != "("):
        raise DataError("files.printed", file=source, cell=cell[:60])
    return None


def _printed(cell: str) -> object:
    """What a cell is as JSON or Python prints it; of `{"codes": […]}` the list, of `{"bus": 1, "tram": 0}` the true.

    None for what is neither JSON nor Python.
    """
    found: object = None
    for read in (json.loads, literal_eval):
        try:
            found = read(cell)
            break
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
    if isinstance(found, dict):
        values = list(found.values())
        if len(values) == 1 and isinstance(values[0], list):
            return values[0]
        if all(isinstance(value, int) and value in {0, 1} for value in values):
            return [name for name, value in found.items() if value]
    return found


def _is_part(part: object) -> bool:
    """Whether this may be a code in a list: a text, a whole number, or null."""
    if isinstance(part, float):
        return part.is_integer()
    return part is None or (isinstance(part, (str, int)) and not isinstance(part, bool))


def cuts(name: str, sign: str, is_code: Callable[[str], object]) -> list[tuple[str, ...]]:
    """The ways to cut a name at a sign into codes, two at most: a label may have the sign in it ("Auto, alleen")."""
    pieces = name.split() if sign == " " else [piece.strip() for piece in name.split(sign)]
    pieces = [piece for piece in pieces if piece or sign not in _ENDS]
    if len(pieces) > _PIECES:
        return [tuple(pieces)] if all(map(is_code, pieces)) else []
    between = sign if sign in {" ", *_IN_NAMES} else f"{sign} "
    ways: list[list[tuple[str, ...]]] = [[()]]
    for end in range(1, len(pieces) + 1):
        runs = range(max(0, end - _RUN), end)
        able = [(begin, run) for begin in runs if (run := _run(pieces[begin:end], sign, between, is_code))]
        ways.append([(*way, run) for begin, run in able for way in ways[begin]][:_SEVERAL])
    return [way for way in ways[-1] if way]


def _run(pieces: Sequence[str], sign: str, between: str, is_code: Callable[[str], object]) -> str:
    """The code that pieces are together, whatever space there was around the sign; "" for none."""
    ways = dict.fromkeys(join.join(pieces) for join in (between, sign, f" {sign} "))
    return next((way for way in ways if way and is_code(way)), "")


def split(
    names: Sequence[str], codebook: Codebook | None, source: str, tell: Tell, *, parted: bool
) -> dict[str, tuple[str, ...]]:
    """The codes that each name joins by '#', '|', commas or spaces; names that are one code are not in it.

    With a codebook a name that it does not have is split where it has all parts. Without one it is split on evidence
    in the column: parts occur alone, or come back at another place. `parted`: cells of the column join codes by ';'
    already, so that another sign is more likely part of a name ("FOOD#QUALITY"). Raises `DataError` where it may be
    either.
    """
    found = (
        _in_codebook(names, codebook, source)
        if codebook is not None
        else _without_codebook(names, source, parted=parted)
    )
    if found:
        name, parts = next(iter(found.items()))
        tell(Note("files.joined_codes", file=source, cell=name[:60], codes=parts, times=len(found)))
    return found


def _in_codebook(names: Sequence[str], codebook: Codebook, source: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    rounded = []
    scheme = any(match[1] == match[2] for name in names if (match := DECIMAL.fullmatch(name)))
    for name in names:
        if codebook.find(name) or codebook.heirs(name) or codebook.find(name.replace(",", ".")):
            continue
        whole = DECIMAL.fullmatch(name)
        if whole and scheme:  # nobody gives a code twice: 1,1 is a number with a comma, and so is 1,2
            continue
        parts = _cut(name, codebook, source)
        if not parts:
            continue
        if whole and not whole[2].strip("0"):
            rounded.append((name, parts))
        else:
            found[name] = parts
    if any("," in name for name in found):  # then 1,0 joins 1 and 0 too, and is not what a spreadsheet makes of 1
        found |= dict(rounded)
    return found


def _cut(name: str, codebook: Codebook, source: str) -> tuple[str, ...]:
    """The codes of a codebook that a name joins, with what is missing among them; () where it joins none."""

    def is_code(part: str) -> bool:
        number = re.sub(r"[.,]0+$", "", part) if DECIMAL.fullmatch(part) else ""
        return bool(codebook.find(part) or (number and codebook.find(number)) or _is_missing(part))

    for sign in _SIGNS:
        ways = cuts(name, sign, is_code)
        ways = [way for way in ways if len(way) >= _SEVERAL and not all(map(_is_missing, way))]
        if len(ways) > 1:
            raise DataError("files.joins_either", file=source, cell=name[:60], one=ways[0], other=ways[1])
        if ways:
            return ways[0]
    return ()


def _without_codebook(names: Sequence[str], source: str, *, parted: bool) -> dict[str, tuple[str, ...]]:
    now: dict[str, tuple[str, ...]] = {name: (name,) for name in names}
    for sign in _SIGNS:
        every = {part for parts in now.values() for part in parts}
        apart = _joined_by(sign, every, source, parted=parted)
        now = {name: tuple(one for part in parts for one in apart.get(part, (part,))) for name, parts in now.items()}
    return {name: parts for name, parts in now.items() if len(parts) > 1}


def _joined_by(sign: str, names: set[str], source: str, *, parted: bool) -> dict[str, tuple[str, ...]]:
    """What of these names is joined by the sign."""
    apart = {name: parts for name in sorted(names) if len(parts := _parts(name, sign)) >= _SEVERAL}
    if sign == ",":
        apart = _no_decimals(apart)
    alike = {name.casefold() for name in names - apart.keys()}
    phrases = {} if sign in _SURE else {name: parts for name, parts in apart.items() if _is_phrase(parts)}
    whole = _of_phrases(phrases, sign, alike, source)
    apart = {name: parts for name, parts in apart.items() if name not in phrases}
    if not apart:
        return whole
    alone, known, strong = _evidence(sign, names, apart)
    full = sum(known.issuperset(map(str.casefold, parts)) for parts in apart.values())
    some = [name for name, parts in apart.items() if not alone.isdisjoint(map(str.casefold, parts))]
    if strong and (2 * full >= len(apart) or (sign in _SURE and not parted)):
        return apart | whole
    if parted and not (some and sign in _SURE):
        return whole
    decimals = sign == "," and all(map(DECIMAL.fullmatch, apart))
    numbers = sign in _IN_NAMES and all(part.isdecimal() for name in names for part in _parts(name, sign))
    if sign in _SURE or decimals or numbers or (some and (sign != " " or 2 * len(some) >= len(apart))):
        raise _unclear((some or list(apart))[0], apart[(some or list(apart))[0]], sign, source)
    return whole


def _of_phrases(
    phrases: Mapping[str, tuple[str, ...]], sign: str, alike: set[str], source: str
) -> dict[str, tuple[str, ...]]:
    """Those of names as sentences are written that join others of the column ("Auto, alleen, Bus")."""
    if sign == " ":
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for name, parts in phrases.items():
        others = alike | {other.casefold() for other in phrases if other != name}
        ways = [way for way in cuts(name, sign, lambda part: part.casefold() in others) if len(way) > 1]  # noqa: B023
        if len(ways) > 1:
            raise _unclear(name, parts, sign, source)
        if ways:
            found[name] = ways[0]
    return found


def _evidence(sign: str, names: set[str], apart: Mapping[str, tuple[str, ...]]) -> tuple[set[str], set[str], bool]:
    """The names without the sign, the parts that are codes elsewhere, and whether these show that the sign joins.

    All in small letters. A part that stands alone shows it, or that stands first in one name and later in another; a
    number in a list that is no number with a decimal comma. Words come back in labels, so that of words with a space
    or "/" between only those count that stand alone.
    """
    alone = {name.casefold() for name in names - apart.keys()}
    every = [tuple(map(str.casefold, parts)) for parts in apart.values()]
    times = Counter(part for parts in every for part in set(parts))
    alone |= set(filter(_is_missing, times))
    numbers = {part for part in times if part.isdecimal()} if not all(map(DECIMAL.fullmatch, apart)) else set()
    moved = {parts[0] for parts in every} & {part for parts in every for part in parts[1:]}
    again = {part for part in times if times[part] > 1}
    if all(map(DECIMAL.fullmatch, apart)) or sign == " ":
        moved = set()
    if sign == " ":
        again = set()
    if sign in _IN_NAMES:
        numbers = moved = again = set()
    return alone, alone | again | numbers, bool(alone & times.keys() | moved | numbers)


def _parts(name: str, sign: str) -> tuple[str, ...]:
    """The name parted by the sign; not parted where a part is empty or a dash, as in "C#" and "film - reels"."""
    parts = tuple(name.split()) if sign == " " else tuple(part.strip() for part in name.split(sign))
    parts = tuple(part for part in parts if part or sign not in _ENDS)
    return parts if all(part and part not in DASHES for part in parts) else (name,)


def _no_decimals(apart: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Without numbers with a decimal comma: "1,0", and all of a scheme of 1,1 and 1,2 that joins nothing else."""
    decimals = {name for name in apart if DECIMAL.fullmatch(name)}
    doubled = any(len(set(apart[name])) == 1 for name in decimals)
    none = all(not match[2].strip("0") for name in decimals if (match := DECIMAL.fullmatch(name)))
    return {name: parts for name, parts in apart.items() if name not in decimals or not (doubled or none)}


def _is_phrase(parts: Sequence[str]) -> bool:
    """Whether this is written as a sentence is: a capital first, small letters after ("Sneller, vluchtiger")."""
    return parts[0][:1].isupper() and not _is_missing(parts[0]) and any(part[:1].islower() for part in parts[1:])


def _unclear(name: str, parts: Sequence[str], sign: str, source: str) -> DataError:
    key = "files.one_or_by_spaces" if sign == " " else "files.one_or_joined"
    return DataError(key, file=source, cell=name[:60], number=len(parts), sign=sign, parts=parts)


_MANY = 10
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
        return [as_seen(name.replace(";", ",")) for name in (parts if fit else names)]
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
