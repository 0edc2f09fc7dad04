"""What a visitor may know of documents: the one place that says it, as `sight` does for answers.

In a control passage nobody sees what a machine proposes or others coded before they have read all of it themselves. In
a blind study a coder sees no fragment, memo or count of others at all, and proposals of rules alone, because a model
says what the others taught it.
"""

from bisect import bisect_right
from collections.abc import Iterable

from coder.review.live_documents import LiveDocuments, Range, Row
from coder.review.security import Visitor

RULES = "rules"
"""The method whose proposals a blind coder sees too."""


class Reader:
    """One visitor before one set of documents, for as long as a request lasts."""

    def __init__(self, live: LiveDocuments, visitor: Visitor) -> None:
        self.live, self.visitor, self.who = live, visitor, visitor.who
        self.blind = live.question.blind()
        self.whole = visitor.settles or not self.blind

    def read(self, name: str) -> list[Range]:
        """The blocks of a document that they read, as ranges in order."""
        return self.live.decided(name).read.get(self.who, [])

    def control(self, name: str) -> list[Range]:
        """The control passages of a document that they did not read whole yet."""
        mine = self.read(name)
        return [one for one in self.live.decided(name).control if not _within(one, mine)]

    def fragments(self, name: str) -> list[Row]:
        """The fragments of a document that they may know of, in order of place."""
        return self.visible(name, self.live.decided(name).fragments)

    def visible(self, name: str, rows: list[Row]) -> list[Row]:
        """Of fragments of a document those that they may know of."""
        if not self.whole:
            return [one for one in rows if one["coder"] == self.who]
        hidden = self._spans(name)
        return [one for one in rows if one["coder"] == self.who or not _touches(one, hidden)] if hidden else rows

    def proposals(self, name: str) -> list[Row]:
        """The proposals on a document that they may see, in order of place."""
        hidden = self._spans(name)
        shown = self.live.proposed(name)
        return [one for one in shown if (self.whole or one["method"] == RULES) and not _touches(one, hidden)]

    @property
    def counts(self) -> dict[str, int]:
        """How many fragments each code has in all documents; of a blind coder their own."""
        return self.live.counts(None if self.whole else self.who)

    def _spans(self, name: str) -> list[Range]:
        if name not in self.live.control:
            return []
        blocks = self.live.plan(name).blocks
        return [(blocks[first].start, blocks[stop - 1].end) for first, stop in self.control(name)]


def _within(one: Range, ranges: Iterable[Range]) -> bool:
    return any(first <= one[0] and one[1] <= stop for first, stop in ranges)


def _touches(row: Row, ranges: list[Range]) -> bool:
    """Whether a row touches one of these ranges, which are in order and apart."""
    place = bisect_right(ranges, (row["end"] - 1, 2**60)) - 1
    return place >= 0 and ranges[place][1] > row["start"]
