"""The words of the page, in Dutch and English, those of its errors too. Those of tables live with the tables."""

from collections.abc import Mapping
from typing import Any

from coder.errors import CodebookError, CoderError, RuleError, StorageError, StudyError
from coder.note import Note
from coder.words import area, say


def page_words(language: str) -> Mapping[str, str]:
    """All words in this language."""
    return area("page", language)


class PageError(CoderError):
    """What the page refuses: the `key` of its words and the values in them, so that it is said in any language."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(f"page.{key}", **values)

    def __reduce__(self) -> tuple[Any, ...]:
        return _page_error, (type(self), self.note)


class BookError(PageError, CodebookError):
    """A change of the codebook that the page refuses."""


def told(error: CoderError, language: str) -> str:
    """An error in the language of the page. One of the library knows English alone: in Dutch its kind is said."""
    said = page_words(language)
    if isinstance(error, PageError):
        return say(error.note, language)
    if language == "en":
        return say(error.note, language)
    if isinstance(error, StorageError) and error.why:
        return said[f"study_{error.why}"]
    if isinstance(error, RuleError):
        return said["rule_at"].format(rule=_short(error.rule), at=error.column + 1)
    kinds = {CodebookError: "refused_codebook", StudyError: "refused_study"}
    return said[next((key for kind, key in kinds.items() if isinstance(error, kind)), "failed")]


def rule_said(error: CoderError, language: str) -> str:
    """What is wrong with a rule, beside the rule itself with the place marked."""
    if language == "en" or not isinstance(error, RuleError):
        return str(error.found) if isinstance(error, RuleError) else told(error, language)
    return page_words(language)["rule_here" if error.rule[error.column :].strip() else "rule_short"]


def why(failed: str, language: str) -> str:
    """That work in the background failed; in English with what it said, for it knows no other language."""
    said = page_words(language)["work_failed"]
    return f"{said} ({failed.rstrip('.')})" if language == "en" else said


def _short(text: str, most: int = 200) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


def _page_error(kind: type[PageError], note: Note) -> PageError:
    return kind(note.key.removeprefix("page."), **note.values)
