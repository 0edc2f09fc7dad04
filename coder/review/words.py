"""What the page refuses, so that it is said in any language."""

from typing import Any

from coder.errors import CodebookError, CoderError
from coder.note import Note


class PageError(CoderError):
    """What the page refuses: the `key` of an entry of the area `page`, and the values in it."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(f"page.{key}", **values)

    def __reduce__(self) -> tuple[Any, ...]:
        return _page_error, (type(self), self.note)


class BookError(PageError, CodebookError):
    """A change of the codebook that the page refuses."""


def _page_error(kind: type[PageError], note: Note) -> PageError:
    return kind(note.key.removeprefix("page."), **note.values)
