"""Which column of a table is meant: by its name, its letter, its number, or the beginning of its name.

The exact name comes first, always; then the question as it was worded. What fits several columns is an error
that lists them, and what was not the exact name is told.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from coder.codebook import plain_name
from coder.errors import DataError
from coder.note import Note

JOIN = "+"
"""Between the names of columns that are read as one: the codes of an answer, one a column."""
IS = "="
"""Between a column of an option and the code that it stands for."""
DEFAULTS = ("codes", "text")
"""What options name unless something is given; nobody abbreviates a name that nobody wrote."""
_PLACE = re.compile(r"[1-9]\d{0,4}|[A-Z]{1,3}", re.ASCII)
_LISTED, _OF_MANY, _NAME, _SHORT = 60, 24, 40, 48
"""Up to 60 columns are all listed, of more the first 24 and the last; of a name 40 characters."""


@dataclass(frozen=True, slots=True)
class Guess:
    """What was asked for, and the column that it was read as: its letter, and as much of its name as is told."""

    asked: str
    letter: str
    name: str


@dataclass(frozen=True, slots=True)
class FoundColumns:
    """The columns meant by what was asked for: one, or those of a join.

    `codes` has the code of each column that was written as COLUMN=CODE; `guessed` are the columns that were not asked
    for by their exact name.
    """

    names: tuple[str, ...]
    codes: Mapping[str, str]
    guessed: tuple[Guess, ...] = ()

    @property
    def name(self) -> str:
        """The name of the column, or those of a join as they can be asked for again."""
        return JOIN.join(f"{name}{IS}{self.codes[name]}" if self.codes else name for name in self.names)


class MissingColumnError(DataError):
    """What was asked for is no column of the table: `asked`, or that part of a join."""

    @property
    def asked(self) -> str:
        """The column that is not there."""
        return str(self.note.values["column"])


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table: their names, the questions over those that have one, by name.

    `left` is how many empty columns stand before the first, which a spreadsheet counts in its letters.
    """

    names: Sequence[str]
    wording: Mapping[str, str] = field(default_factory=dict)
    left: int = 0

    def find(self, asked: str) -> FoundColumns:
        """The column of this name, letter (`Q`), number (`17`) or unique beginning; or the columns of a join of these.

        Of a join `a+b` each part may be followed by the code that it stands for (`a=bike+b=bus`). Raises
        `MissingColumnError` where there is none, and `DataError` where several could be meant.
        """
        try:
            name, guessed = self._one(asked)
            return FoundColumns((name,), {}, guessed)
        except MissingColumnError:
            if not {JOIN, IS} & set(asked):
                raise
        return self._join([part.strip() for part in asked.split(JOIN)])

    def letter(self, name: str) -> str:
        """What a spreadsheet calls the column."""
        return letter(self.left + list(self.names).index(name))

    def listed(self, chosen: Sequence[str] | None = None) -> list[str | Note]:
        """The columns with their letters, or the `chosen` of them; of very many the first and the last."""
        every = [(name, f"{letter(self.left + place)} {_short(name)!r}") for place, name in enumerate(self.names)]
        told = [told for name, told in every if chosen is None or name in chosen]
        if len(told) <= _LISTED:
            return [*told]
        return [*told[:_OF_MANY], Note("files.more_columns", number=len(told) - _OF_MANY - 1), told[-1]]

    def sought(self, asked: str, source: str, option: str) -> FoundColumns:
        """The same as `find`; what is missing is an error for the user.

        It has the columns there are, what is like the one `asked`, and the option that chooses another.
        """
        try:
            return self.find(asked)
        except MissingColumnError as missing:
            part = missing.asked
        near = get_close_matches(part, self.names, n=3)
        keys = ("files.no_part", "files.no_part_like") if part != asked else ("files.no_column", "files.no_column_like")
        raise MissingColumnError(
            keys[bool(near)], file=source, column=part, asked=asked, columns=self.listed(), near=near, option=option
        )

    def _join(self, parts: Sequence[str]) -> FoundColumns:
        codes: dict[str, str] = {}
        found: list[str] = []
        guessed: list[Guess] = []
        for part in parts:
            column, _, code = ("", "", "") if part in self.names else part.rpartition(IS)
            name, guess = self._one(column.strip() or part)
            if name in found:
                raise DataError("files.named_twice", column=name, columns=JOIN.join(parts))
            found.append(name)
            guessed += guess
            if column:
                codes[name] = code.strip()
        if codes and (without := [name for name in found if not codes.get(name)]):
            raise DataError("files.column_without_code", column=without[0])
        return FoundColumns(tuple(found), codes, tuple(guessed))

    def _one(self, asked: str) -> tuple[str, tuple[Guess, ...]]:
        """The column, and that it was guessed where it was not asked for by its exact name."""
        if asked in self.names:
            return asked, ()
        if asked.removeprefix("$") in self.names:  # as SPSS writes the name of a set
            return asked.removeprefix("$"), ()
        if asked in DEFAULTS or not asked.strip():
            raise MissingColumnError("files.no_such_column", column=asked)
        worded = [name for name in self.names if self.wording.get(name) == asked]
        alike = [name for name in self.names if plain_name(name) == plain_name(asked)]
        if same := worded or alike:
            return self._only(same, asked)
        begun = [name for name in self.names if any(_begins(one, asked) for one in (name, self.wording.get(name, "")))]
        placed = self._placed(asked)
        if placed is None and not begun:
            raise MissingColumnError("files.no_such_column", column=asked)
        if placed is None:
            return self._only(begun, asked)
        if not asked.isdecimal():
            begun = [name for name in begun if name.startswith(asked)]
            if len(asked) == 1 or len(begun) != 1:  # a letter: nobody shortens a name so far
                begun = []
        return self._only(list(dict.fromkeys([placed, *begun])), asked)

    def _only(self, candidates: Sequence[str], asked: str) -> tuple[str, tuple[Guess, ...]]:
        if len(candidates) > 1:
            key = "files.any_of" if len("".join(candidates)) < _SHORT else "files.any_of_long"
            raise DataError(
                key, asked=asked, number=len(candidates), columns=self.listed(candidates), joined=JOIN.join(candidates)
            )
        name = candidates[0]
        return name, (Guess(asked, self.letter(name), _short(name)),)

    def _placed(self, asked: str) -> str | None:
        """The column of this letter or number."""
        if not is_place(asked):
            return None
        place = 0
        for sign in "" if asked.isdecimal() else asked:
            place = 26 * place + ord(sign) - ord("A") + 1
        place = (place or int(asked)) - 1 - self.left
        return self.names[place] if 0 <= place < len(self.names) else None


def has_exactly(asked: str, names: set[str]) -> bool:
    """Whether there is a column of this very name, or each of those that it joins ("a+b", "a=x+b=y")."""
    return asked in names or all(part in names for part in plain_parts(asked, names))


def plain_parts(asked: str, names: set[str]) -> list[str]:
    """The names that a join is of, without the codes that they stand for; a name of `names` is one."""
    if asked in names:
        return [asked]
    parts = [part.strip() for part in asked.split(JOIN)]
    return [part if part in names or IS not in part else part.rpartition(IS)[0].strip() for part in parts]


def is_place(asked: str) -> bool:
    """Whether this may be a letter or a number of a column."""
    return _PLACE.fullmatch(asked) is not None


def letter(place: int) -> str:
    """What a spreadsheet calls the column at this place, from 0: A, B, … Z, AA."""
    said, rest = "", place + 1
    while rest:
        rest, sign = divmod(rest - 1, 26)
        said = chr(ord("A") + sign) + said
    return said


def _begins(name: str, asked: str) -> bool:
    """Whether a name begins so; a number does not begin a longer number."""
    begins = plain_name(name).startswith(plain_name(asked))
    return begins and not (asked[-1:].isdecimal() and name[len(asked) :][:1].isdecimal())


def _short(name: str) -> str:
    return name if len(name) <= _NAME else f"{name[:_NAME]}…"
