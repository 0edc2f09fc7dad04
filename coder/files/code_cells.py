"""Cells of codes in the ways in which programs write them, read as what they mean or refused.

Ours are ids joined by ';'. Others join them by another sign, print a list, or write NA for what is missing. Each is
read on clear evidence, which is told; what is not clear is an error that says what to write. A code of the codebook
that is called so comes first, always.
"""

import json
import re
from ast import literal_eval
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from coder.codebook import Codebook
from coder.corpus import MISSING
from coder.errors import DataError
from coder.note import Note

if TYPE_CHECKING:
    import pandas as pd

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
