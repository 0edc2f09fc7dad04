"""Errors that a user can act on: what happened, what was found, what to do."""

from numbers import Integral, Real
from typing import Any

from coder.note import Note

_SHOWN = 200
"""Characters of a rule that its error repeats."""


def shortened(rule: str) -> str:
    """As much of a rule as an error repeats."""
    return rule if len(rule) <= _SHOWN else f"{rule[:_SHOWN]}…"


class CoderError(Exception):
    """Anything that went wrong because of the input or the request, said for the user.

    It is made of the key of a sentence and the values in it (see `coder.note.Note`, which does as well), so that it
    can be said in any language; `str` says it in the one chosen.

    >>> CoderError("words.no_language", language="xx", languages=["en", "nl"]).note.values["language"]
    'xx'
    """

    def __init__(self, key: str | Note, /, **values: Any) -> None:  # noqa: ANN401 (what a sentence may name)
        self.note = key if isinstance(key, Note) else Note(key, **values)
        super().__init__(self.note)

    def __str__(self) -> str:
        return str(self.note)


class DataError(CoderError):
    """A file or table that cannot be used as it is."""


class CodebookError(CoderError):
    """A codebook, or a rule in it, that cannot be used as it is."""


class RuleError(CodebookError):
    """A rule that cannot be read: what was found, at which column of it (0-based)."""

    def __init__(self, found: str | Note, rule: str, column: int = 0) -> None:
        super().__init__("rules.unreadable", rule=shortened(rule), column=column + 1, found=found)
        self.found, self.rule, self.column = found, rule, column

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.found, self.rule, self.column)


class StudyError(CoderError):
    """A study that cannot be used as it is, or a request that its state does not allow."""


class StorageError(StudyError):
    """The place of a study cannot be read or written now: why is "full", "locked", "read_only", or "" if unknown."""

    def __init__(self, key: str | Note, /, why: str = "", **values: Any) -> None:  # noqa: ANN401
        super().__init__(key, **values)
        self.why = why

    def __reduce__(self) -> tuple[Any, ...]:
        return _storage_error, (type(self), self.note, self.why)


class MissingExtraError(CoderError):
    """An optional part that is not installed."""


def check_least(least: int, *, whole: bool = True, **given: object) -> None:
    """Raise `DataError` where one of these arguments is not a whole number (or a number) of `least` or more.

    >>> check_least(1, limit=3)
    """
    for name, value in given.items():
        if not isinstance(value, Integral if whole else Real) or not float(value) >= least:
            key = "errors.at_least" if whole else "errors.number_at_least"
            raise DataError(key, name=name, value=_plain(value), least=least)


def check_share(**given: object) -> None:
    """Raise `DataError` where one of these arguments, a share or the level of an interval, is not between 0 and 1."""
    for name, value in given.items():
        if not isinstance(value, Real) or not 0 < float(value) < 1:
            raise DataError("errors.share", name=name, value=_plain(value))


def _plain(value: object) -> object:
    """A number as it is written in each language, or anything else as code writes it."""
    return value if isinstance(value, Real) else repr(value)


def _storage_error(kind: type[StorageError], note: Note, why: str) -> StorageError:
    return kind(note, why=why)
