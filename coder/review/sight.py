"""What a visitor may know of what others decided: the one place that says it, and the one way to it.

In a blind study a coder knows which answers others coded, so that work is divided and its progress shown, and never
what they said: no code, count, table, quote, flag or note of theirs, no last word, and nothing that was learned from
those. The rules propose; the model does not, because it says what the others taught it. The codebook is everybody's.
Whoever has the last word knows everything: an adjudicator, a lead, and the owner alone at the machine.

Of documents (`Reader`) a blind coder sees no fragment, memo or count of others at all. In a control passage nobody
sees what a machine proposes or others coded before they have read all of it themselves.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property

import numpy as np
from starlette.requests import Request
from starlette.responses import Response

from coder.coding import Coding
from coder.errors import StudyError
from coder.learning.predictions import HALF
from coder.review.ledger import FLAGGED, FLAGGED_BY, Ledger
from coder.review.live_documents import LiveDocuments, Range, Row
from coder.review.live_question import LiveQuestion, has_codes
from coder.review.proposing import Proposer
from coder.review.requests import Data, PageError
from coder.review.security import Visitor
from coder.study.events import GOLD, MACHINE
from coder.study.order import random_part
from coder.study.retrain import Learned
from coder.words import area

Asked = Callable[["Sight", Request, Data], Data | Response]
"""What an address of a question does for a visitor: it tells JSON, or gives a whole response."""
WITH_MACHINE = "gold+machine"
RULES = "rules"
"""The method whose proposals a blind coder sees too."""


class Sight:
    """One visitor before one question, for as long as a request lasts.

    `whole` says whether they may know of others what they decided. What everybody may know (the answers, the
    codebook, the order) is on the `live`; everything that was decided is asked for here.
    """

    def __init__(self, live: LiveQuestion, visitor: Visitor) -> None:
        self.live, self.visitor = live, visitor
        self.who = visitor.who
        self.said: Mapping[str, str] = area("page")
        self.blind = live.question.blind()
        self.whole = visitor.settles or not self.blind

    @cached_property
    def ledger(self) -> Ledger:
        """What was decided; of a blind coder what they decided themselves."""
        return self.live.ledger if self.whole else self.live.ledger.of(self.who)

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many answers have each code."""
        return self.live.sums()[0] if self.whole else self.ledger.counts()

    @cached_property
    def samples(self) -> dict[str, list[str]]:
        """Of each wave the answers that were coded and are a random sample of it."""
        seen = self.ledger.seen()
        return {name: random_part(units, seen) for name, units in self.live.waves.items()}

    @property
    def learned(self) -> Learned | None:
        """What the machine learned, if it did."""
        return self.live.learned if self.whole else None

    @property
    def proposer(self) -> Proposer:
        """What makes the proposals that they see."""
        return self.live.proposer(learned=self.whole)

    def proposed(self, code: str) -> list[str]:
        """The answers for which the machine proposes a code; for a blind coder those in which its rules hit."""
        if self.whole:
            proposals = self.live.question.proposals()
            return list(proposals["unit"][proposals["code"] == code])
        units, hits = list(self.live.texts), self.live.engine.find(list(self.live.texts.values()))
        of_code = [rule for rule, (name, _) in enumerate(hits.rules) if name == code]
        return [units[place] for place in np.unique(hits.text[np.isin(hits.rule, of_code)])]

    def all_proposed(self) -> dict[str, list[str]]:
        """Of each answer the codes that the machine proposes; for a blind coder those of which its rules hit."""
        if self.whole:
            rows = self.live.question.proposals()
            rows = rows[~(rows["probability"] < HALF)]  # what is less likely than not is nobody's to take unseen
            pairs = zip(rows["unit"].tolist(), rows["code"].tolist(), strict=True)
        else:
            units, hits = list(self.live.texts), self.live.engine.find(list(self.live.texts.values()))
            codes = [hits.rules[rule][0] for rule in hits.rule.tolist()]
            pairs = zip(map(units.__getitem__, hits.text.tolist()), codes, strict=True)
        found: dict[str, list[str]] = {}
        for unit, code in dict.fromkeys(pairs):
            if unit in self.live.texts and code in self.live.book.ids:
                found.setdefault(unit, []).append(code)
        return found

    # Flags

    @property
    def flag(self) -> str:
        """The mark that they put on an answer: of blind coders each has their own."""
        return FLAGGED_BY + self.who if self.blind else FLAGGED

    def flags(self, unit: str) -> list[str]:
        """The marks on an answer that they see and may take off, as they are at this moment."""
        marks = self.live.ledger.flags.get(unit, {}).items()
        return [flag for flag, mark in marks if flag.startswith(FLAGGED) and (self.whole or mark.who == self.who)]

    # For tables

    @property
    def countable(self) -> Sequence[str]:
        """Whose codes tables may count, the first unless another is asked for."""
        if not self.whole:
            return (self.who,)
        return (GOLD, WITH_MACHINE, *([self.who] if len(self.live.ledger.own) > 1 else []))

    def coding(self, whose: str) -> Coding:
        """The codes of `GOLD`, `MACHINE` or a person. Raises `PageError` where these are not theirs to know."""
        if not self.whole and whose != self.who:
            raise PageError("tables_own")
        return self.live.coding(whose)

    def machine(self) -> Coding | None:
        """What the machine proposes; None where it proposed nothing, or that is not theirs to know.

        Without codes to propose it looked at answers and knows nothing of them.
        """
        if not self.whole or not has_codes(self.live.book):
            return None
        try:
            return self.coding(MACHINE)
        except StudyError:
            return None

    def judged_twice(self) -> dict[str, tuple[Coding, Coding]]:
        """Of each person who judged answers twice both times; of a blind coder their own."""
        found = {who: self.live.question.twice(who) for who in list(self.ledger.again)}
        return {who: both for who, both in found.items() if len(both[0].seen)}

    def people(self) -> dict[str, Coding]:
        """The codes of each person, themselves among them."""
        found = {who: self.coding(who) for who in list(self.ledger.own)}
        return {who: one for who, one in found.items() if len(one.seen)}


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

    def last(self, name: str) -> list[Row]:
        """The fragments of the last word on a document; a blind coder knows of none."""
        return self.visible(name, self.live.decided(name).last) if self.whole else []

    def replaced(self, name: str) -> set[str]:
        """The ids of fragments of a document that they know of, and that the last word took the place of."""
        gone = self.live.decided(name).replaced
        return {one["id"] for one in self.fragments(name) if one["id"] in gone} if self.whole else set()

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
