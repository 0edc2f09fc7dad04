"""The corpus: the units to be coded, with their text verbatim and their background columns."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import InitVar, dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from coder.arrays import Labels
from coder.characters import as_seen, has_half, joined
from coder.errors import DataError
from coder.html_table import html_table
from coder.note import Note

TEXT = "text"
MISSING = frozenset(
    (
        "na", "n/a", "#n/a", "n.a.", "nan", "#nan", "nat", "null", "(null)", "<null>", "\\n", "<na>", ".",
        "#null!", "#value!", "#ref!", "#div/0!", "#name?", "#num!", "#spill!", "#calc!",
        "#n/b", "#waarde!", "#verw!", "#deel/0!", "#naam?", "#getal!", "#leeg!",
        "#nv", "#wert!", "#bezug!", "#zahl!", "#valeur!", "#nom?", "#nombre!", "#nul!",
    )
)  # fmt: skip
"""What programs write for a value that is not there, in small letters."""
_SHOWN = 5
"""So many answers a corpus shows of itself."""
_CHANCE = 0.01
"""A code came with a wave where its absence before would be a rarer chance than this."""
KINDS = "kinds"
"""The key of `frame.attrs` under which the kinds of columns stand, by name (`coder.files.kinds`)."""
_THOUSAND = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_YEAR, _NUMBER = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)"), re.compile(r"\d{1,9}")


@dataclass(frozen=True, slots=True, repr=False)
class Corpus:
    """The units of one open question or document set.

    `units` has one row a unit, a unique index of unit ids (str) and a column `text` (str, verbatim,
    "" where nothing was answered). Its other columns are background: they are kept, never changed.

    A DataFrame of another shape is given that of `units` by `text`, the name of the column of answers, and `id`, that
    of their ids. Without `id` an index of texts is taken for the ids; units with any other index are numbered 1, 2, 3.

    `respondent`, `weight`, `groups` and `wave` are roles of background columns: who answered (each unit is a respondent
    of its own where it is ""), what a respondent counts for, the groups that are set side by side, and in which wave it
    was. Tables that are made of a coding of this corpus go by the first three, learning by the last: what waves before
    the first one that has a code say of it is nothing (`unsaid`). `waves` are their names, the first one first: as
    `in_time` orders them unless given; a part of the corpus keeps them. `notes` are sentences on how the answers were
    read.

    Raises `DataError` where a column is not there, and where an id occurs twice.

    >>> import pandas as pd
    >>> frame = pd.DataFrame({"nr": [7, 8], "answer": ["video", None], "sector": ["care", "youth"]})
    >>> answers = Corpus(frame, text="answer", id="nr", groups="sector")
    >>> answers
    <Corpus 'answers': 2 answers; groups: sector>
    >>> answers.texts.to_dict()
    {'7': 'video', '8': ''}
    """

    units: pd.DataFrame
    name: str = "answers"
    text: InitVar[str | None] = None
    id: InitVar[str | None] = None
    respondent: str = ""
    weight: str = ""
    groups: Sequence[str] = ()
    wave: str = ""
    waves: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()

    def __post_init__(self, text: str | None, id: str | None) -> None:  # noqa: A002
        if text is not None or id is not None:
            object.__setattr__(self, "units", _shaped(self.units, text if text is not None else TEXT, id))
        object.__setattr__(self, "groups", (self.groups,) if isinstance(self.groups, str) else tuple(self.groups))
        if TEXT not in self.units.columns:
            raise DataError("corpus.no_text", columns=list(self.units.columns))
        for role in (self.respondent, self.weight, *self.groups, self.wave):
            if role:
                self.background(role)
        names = self.background(self.wave).astype(str).unique() if self.wave else ()
        if not set(names) <= set(self.waves):
            object.__setattr__(self, "waves", tuple(in_time(names)))
        twice = self.units.index[self.units.index.duplicated()]
        if len(twice):
            raise DataError("corpus.ids_twice", count=len(twice), first=twice[0])
        if has_half("\n".join(map(str, self.units[TEXT]))):
            self._join_halves()

    def __repr__(self) -> str:
        groups = ", ".join(self.groups)
        roles = {"respondent": self.respondent, "weight": self.weight, "groups": groups, "wave": self.wave}
        said = "".join(f"; {role}: {name}" for role, name in roles.items() if name)
        return f"<Corpus {self.name!r}: {len(self)} answers{said}>"

    def _repr_html_(self) -> str:
        names = [TEXT, *(name for name in (self.respondent, self.weight, *self.groups, self.wave) if name)]
        rows = self.units[names].head(_SHOWN).itertuples(name=None)
        more = [Note("corpus.more", count=len(self) - _SHOWN)] if len(self) > _SHOWN else []
        return html_table(repr(self)[1:-1], ["unit", *names], rows, [*more, *self.notes])

    def _join_halves(self) -> None:
        """Join halves of characters that belong together. Raises `DataError` for a half alone: no file holds it."""
        texts = [joined(text) if isinstance(text, str) else text for text in self.units[TEXT]]
        if halved := [unit for unit, text in zip(self.units.index, texts, strict=True) if has_half(str(text))]:
            raise DataError("corpus.half", count=len(halved), first=halved[0])
        object.__setattr__(self, "units", self.units.assign(**{TEXT: texts}))

    @property
    def texts(self) -> "pd.Series[str]":
        """The verbatim texts, indexed by unit id."""
        return self.units[TEXT]

    @property
    def ids(self) -> "pd.Index[str]":
        """The unit ids, in the order of the file."""
        return self.units.index

    @property
    def respondents(self) -> "pd.Series[str] | None":
        """Who gave each answer, by unit; None where each unit is a respondent of its own."""
        return self.background(self.respondent).astype(str) if self.respondent else None

    @property
    def weights(self) -> "pd.Series[float] | None":
        """What each unit counts for, by unit; None without weights. Raises `DataError` for what is no number."""
        if not self.weight:
            return None
        cells = self.background(self.weight)
        return cells.astype(float) if pd.api.types.is_numeric_dtype(cells) else amounts(cells.fillna("").astype(str))

    def background(self, name: str) -> "pd.Series[Any]":
        """A background column, by unit, in which values that look the same are the same.

        Raises `DataError` that lists the columns there are.
        """
        if name not in self.units.columns:
            has = [one for one in self.units.columns if one != TEXT]
            raise DataError("corpus.no_background" if has else "corpus.no_backgrounds", name=name, columns=has)
        return cells_as_seen(self.units[name])

    def unsaid(self, ids: "pd.Index[str]", labels: Labels, of: "pd.Index[str] | None" = None) -> Labels:
        """Of which codes units say nothing, shape (units `of`, codes): codes that came with a later wave than theirs.

        That is judged by coded units, `ids`, with `labels` of shape (ids, codes); `of` are these unless given. A code
        came with a wave if nobody had it before, which would be by chance in fewer than `_CHANCE` of all orders of the
        coded units. Without waves every unit says something of every code.

        >>> answers = Corpus(pd.DataFrame({"text": ["plan"] * 90, "year": [2021] * 60 + [2024] * 30}), wave="year")
        >>> answers.unsaid(answers.ids, np.arange(90)[:, None] >= 80).sum()
        np.int64(60)
        """
        of = ids if of is None else of
        if not self.wave:
            return np.zeros((len(of), labels.shape[1]), dtype=np.bool_)
        place = self.background(self.wave).astype(str).map({name: place for place, name in enumerate(self.waves)})
        mine, last = place[ids].to_numpy()[:, None], len(self.waves)
        first = np.where(labels, mine, last).min(axis=0, initial=last)
        with_code, earlier, rest = labels.sum(axis=0), (mine < first).sum(axis=0), len(ids) - np.arange(len(ids))
        by_chance = [np.prod(1 - one / rest[:count]) for one, count in zip(earlier, with_code, strict=True)]
        return np.asarray((place[of].to_numpy()[:, None] < first) & (np.array(by_chance) < _CHANCE))

    def __len__(self) -> int:
        return len(self.units)

    def take(self, ids: "pd.Index[str]") -> "Corpus":
        """The corpus of these units alone, in the order given."""
        return replace(self, units=self.units.loc[ids])


def _shaped(frame: pd.DataFrame, text: str, unit: str | None) -> pd.DataFrame:
    """The frame with its answers in column `text`, indexed by unit id."""
    for name in (text, unit):
        if name is not None and name not in frame.columns:
            raise DataError("corpus.no_column", name=name, columns=list(frame.columns))
    if unit is not None:
        ids = [str(one).strip() for one in frame[unit].where(frame[unit].notna(), "")]
        if empty := ids.count(""):
            raise DataError("corpus.no_ids", count=empty, column=unit)
    elif all(isinstance(one, str) for one in frame.index):
        ids = list(frame.index)
    else:
        ids = [str(number) for number in range(1, len(frame) + 1)]
    units = frame.drop(columns=[TEXT]) if TEXT in frame.columns and text != TEXT else frame
    cells = frame[text].where(frame[text].notna(), "").astype(str)
    return units.rename(columns={text: TEXT}).assign(**{TEXT: cells}).set_axis(pd.Index(ids, name="unit", dtype=str))


def cells_as_seen(cells: "pd.Series[Any]") -> "pd.Series[Any]":
    """The cells in which texts that look the same are the same: see `coder.characters.as_seen`.

    >>> import pandas as pd
    >>> cells_as_seen(pd.Series(["care", "ca\N{ZERO WIDTH SPACE}re", 3])).nunique()
    2
    """
    if pd.api.types.is_numeric_dtype(cells) or pd.api.types.is_datetime64_any_dtype(cells):
        return cells
    odd = {cell: seen for cell in cells.unique() if isinstance(cell, str) and (seen := as_seen(cell).strip()) != cell}
    return cells.map(lambda cell: odd.get(cell, cell)) if odd else cells


def numbers(cells: "pd.Series[str]") -> "pd.Series[float]":
    """The cells as numbers, with a comma or a point; empty ones are nan. Raises `DataError` for what is no number.

    >>> import pandas as pd
    >>> numbers(pd.Series(["0,5", " 1.25"])).tolist()
    [0.5, 1.25]
    """
    plain = cells.str.strip().str.replace(",", ".")
    found = pd.to_numeric(plain, errors="coerce")
    if (wrong := found.isna() & (plain != "")).any():
        raise DataError("corpus.no_number", column=cells.name, cell=cells[wrong].iloc[0])
    return found


def amounts(cells: "pd.Series[str]") -> "pd.Series[float]":
    """Weights, or sizes of populations, as `numbers`. Raises `DataError` also where 1.500 may be 1500.

    >>> import pandas as pd
    >>> amounts(pd.Series(["1.500", "0.875"])).tolist()
    [1.5, 0.875]
    >>> amounts(pd.Series(["1.500", "500"], name="weight"))
    Traceback (most recent call last):
        ...
    coder.errors.DataError: Column 'weight' has '1.500', which can be read as 1500 and as 1.5; write 1500 or 1.5.
    """
    if read := thousand(cells):
        raise DataError("corpus.thousand", column=cells.name, **read)
    return numbers(cells)


def thousand(cells: "pd.Series[str]") -> dict[str, str]:
    """The first of these numbers that may be a thousand or more (1.500): `cell`, `whole`, `part`; empty without one.

    A sign is one of decimals where a number that has it begins with 0 or has not three digits after it, and where the
    file says that these are numbers.
    """
    if cells.attrs.get(KINDS, {}).get(cells.name) == "number":
        return {}
    distinct = cells.str.strip().unique()
    for sign in ".,":
        signed = [cell for cell in distinct if sign in cell]
        if signed and all(map(_THOUSAND.fullmatch, signed)):
            cell = str(signed[0])
            part = cell.rstrip("0").rstrip(sign)
            return {"cell": cell, "whole": cell.replace(sign, ""), "part": part if part != cell else f"{cell}0"}
    return {}


def in_time(waves: Iterable[str]) -> list[str]:
    """The waves from the first to the latest: by the year in their names, then by other numbers (2024-2, "03/2024").

    Where some have no year the numbers decide, where some have none the order in which they came.
    """
    names = list(dict.fromkeys(waves))
    years = {name: [int(year) for year in _YEAR.findall(name)] for name in names}
    rest = {name: [int(number) for number in _NUMBER.findall(_YEAR.sub(" ", name))] for name in names}
    if all(years.values()):
        return sorted(names, key=lambda name: (years[name], rest[name]))
    if all(years[name] or rest[name] for name in names):
        return sorted(names, key=lambda name: [*years[name], *rest[name]])
    return names
