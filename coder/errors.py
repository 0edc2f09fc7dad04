"""Errors that a user can act on: what happened, what was found, what to do."""


class CoderError(Exception):
    """Anything that went wrong because of the input or the request, said for the user."""


class DataError(CoderError):
    """A file or table that cannot be used as it is."""


class CodebookError(CoderError):
    """A codebook, or a rule in it, that cannot be used as it is."""


class RuleError(CodebookError):
    """A rule that cannot be read. `column` is the place in the rule where that shows, from 0."""

    def __init__(self, message: str, *, column: int = 0) -> None:
        super().__init__(message)
        self.column = column


class MissingExtraError(CoderError):
    """An optional part that is not installed."""
