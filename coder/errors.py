"""Errors that a user can act on: what happened, what was found, what to do."""

_SHOWN = 200
"""Characters of a rule that its error repeats."""


def shortened(rule: str) -> str:
    """As much of a rule as an error repeats."""
    return rule if len(rule) <= _SHOWN else f"{rule[:_SHOWN]}…"


class CoderError(Exception):
    """Anything that went wrong because of the input or the request, said for the user."""


class DataError(CoderError):
    """A file or table that cannot be used as it is."""


class CodebookError(CoderError):
    """A codebook, or a rule in it, that cannot be used as it is."""


class RuleError(CodebookError):
    """A rule that cannot be read: what was found, at which column of it (0-based)."""

    def __init__(self, found: str, rule: str, column: int = 0) -> None:
        super().__init__(f"The rule {shortened(rule)!r} cannot be read: column {column + 1} has {found}.")
        self.found, self.rule, self.column = found, rule, column


class StudyError(CoderError):
    """A study that cannot be used as it is, or a request that its state does not allow."""


class StorageError(StudyError):
    """The place of a study cannot be read or written now: why is "full", "locked", "read_only", or "" if unknown."""

    def __init__(self, said: str, why: str = "") -> None:
        super().__init__(said)
        self.why = why


class MissingExtraError(CoderError):
    """An optional part that is not installed."""
