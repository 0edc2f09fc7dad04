"""Who decided what, in memory: a mirror of the study that answers at once.

The study is the truth; the mirror follows every act of the page and is read anew when somebody else wrote.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

import pandas as pd

from coder.study import Decision, Question
from coder.study.decisions import ADJUDICATE, AGAIN, DECIDE, NO, SEEN, UNSURE, YES

FLAGGED = "to look at"
"""The mark that a person puts on an answer, for all to see."""
FLAGGED_BY = "to look at by "
"""The mark, with a name, that a blind coder puts on an answer: others neither see it nor take it off."""
NOTE = "note of "
"""The mark, with the name of its writer, that holds a note."""
_PERSONAL = (FLAGGED, NOTE)
_NONE, _HOUR = timedelta(), timedelta(hours=1)
_WINDOW, _PAUSE = timedelta(minutes=30), timedelta(minutes=3)
_FEWEST_PACED = 5

Verdicts = dict[str, str]


class Mark(NamedTuple):
    """A flag or note on a unit: who put it there last, and the text of a note."""

    who: str
    note: str = ""


@dataclass
class Ledger:
    """Of each person and unit the verdict on each code; "" stands for "examined".

    `again` is what a person decided again without seeing what they decided first, which is in `own`.
    """

    own: dict[str, dict[str, Verdicts]] = field(default_factory=lambda: defaultdict(dict))
    again: dict[str, dict[str, Verdicts]] = field(default_factory=lambda: defaultdict(dict))
    last: dict[str, Verdicts] = field(default_factory=dict)
    flags: dict[str, dict[str, Mark]] = field(default_factory=dict)
    times: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    version: int = 0
    alone: bool = False
    """Whether it holds what one person decided: then a code of which they are unsure leaves nothing open."""
    _codes: dict[str, list[str]] | None = field(default=None, repr=False)
    """Of each unit that is seen or settled the codes it has, once somebody asked for sums; `_sums` counts those that
    stand in `_counted`: of units that are not open."""
    _counted: dict[str, list[str]] = field(default_factory=dict, repr=False)
    _seen: set[str] = field(default_factory=set, repr=False)
    _open: set[str] = field(default_factory=set, repr=False)
    _sums: Counter[str] = field(default_factory=Counter, repr=False)

    @classmethod
    def read(cls, question: Question, *, version: int = 0) -> "Ledger":
        """What the study holds now. `version` counts the changes before."""
        ledger = cls(version=version)
        since = datetime.now(UTC) - _HOUR
        frame = question.state()
        for unit, code, verdict, who in zip(*(frame[name] for name in ("unit", "code", "verdict", "who")), strict=True):
            ledger.own[who].setdefault(unit, {})[code] = verdict
        recent = frame[frame["when"] >= since.isoformat(timespec="microseconds")].drop_duplicates(["who", "unit"])
        for who, when in zip(recent["who"], recent["when"], strict=True):
            if (at := datetime.fromisoformat(when)) not in ledger.times[who][-1:]:
                ledger.times[who].append(at)
        last, again = question.adjudicated(), question.decided_again()
        for unit, code, verdict in zip(last["unit"], last["code"], last["verdict"], strict=True):
            ledger.last.setdefault(unit, {})[code] = verdict
        for unit, code, verdict, who in zip(*(again[name] for name in ("unit", "code", "verdict", "who")), strict=True):
            ledger.again[who].setdefault(unit, {})[code] = verdict
        ledger._mark(question.flags())
        return ledger

    def of(self, who: str) -> "Ledger":
        """What somebody decided themselves, as if nobody else had done anything; and the marks that nobody made."""
        mine = {
            unit: {flag: mark for flag, mark in marks.items() if mark.who == who or not flag.startswith(_PERSONAL)}
            for unit, marks in self.flags.items()
        }
        own = {who: self.own[who]} if who in self.own else {}
        again = {who: self.again[who]} if who in self.again else {}
        both = defaultdict(dict, own), defaultdict(dict, again)
        return Ledger(*both, flags=mine, times=self.times, version=self.version, alone=True)

    def put(self, layer: str, who: str, decisions: Iterable[Decision]) -> None:
        """Follow decisions that the study confirmed."""
        self.version += 1
        new, decisions = False, list(decisions)
        for one in decisions:
            new |= layer == DECIDE and not self.saw(who, one.unit)
            if layer == ADJUDICATE:
                self.last.setdefault(one.unit, {})[one.code] = one.verdict
            elif layer == AGAIN:
                self.again[who].setdefault(one.unit, {})[one.code] = one.verdict
            elif layer == DECIDE:
                self.own[who].setdefault(one.unit, {})[one.code] = one.verdict
            elif one.verdict == YES:
                self.flags.setdefault(one.unit, {})[one.code] = Mark(who, one.note)
            else:
                self.flags.setdefault(one.unit, {}).pop(one.code, None)
        if new:
            self.times[who].append(datetime.now(UTC))
        if layer in (DECIDE, ADJUDICATE):
            self._count({one.unit for one in decisions})

    def reread(self, question: Question, units: Sequence[str]) -> None:
        """Read some units anew, as after something was undone."""
        self.version += 1
        holders: tuple[dict[str, Any], ...] = (*self.own.values(), *self.again.values(), self.last, self.flags)
        for holder in holders:
            for unit in units:
                holder.pop(unit, None)
        frame = question.state(units=units)
        for unit, code, verdict, who in zip(*(frame[name] for name in ("unit", "code", "verdict", "who")), strict=True):
            self.own[who].setdefault(unit, {})[code] = verdict
        last, marks, again = question.adjudicated(), question.flags(), question.decided_again()
        some = again[again["unit"].isin(units)]
        for unit, code, verdict, who in zip(*(some[name] for name in ("unit", "code", "verdict", "who")), strict=True):
            self.again[who].setdefault(unit, {})[code] = verdict
        mine = last[last["unit"].isin(units)]
        for unit, code, verdict in zip(mine["unit"], mine["code"], mine["verdict"], strict=True):
            self.last.setdefault(unit, {})[code] = verdict
        self._mark(marks[marks["unit"].isin(units)])
        self._count(units)

    def saw(self, who: str, unit: str) -> bool:
        """Whether somebody saw a unit: gave it a code, or examined it."""
        return YES in self.own.get(who, {}).get(unit, {}).values()

    def seers(self, unit: str) -> list[str]:
        """Who saw it."""
        return [who for who in self.own if self.saw(who, unit)]

    def seen(self) -> AbstractSet[str]:
        """The units that anybody saw. It goes on changing: copy it before you go through it, or keep it."""
        self._tallied()
        return self._seen

    def open(self) -> AbstractSet[str]:
        """The units that somebody saw and that count for nothing yet: coders differ on them, or are unsure of a code.

        As `coder.study.state.gold` has it.
        """
        self._tallied()
        return self._open

    def given(self, unit: str) -> dict[str, set[str]]:
        """Of each code what people said of it on this unit; the last word alone where there is one."""
        said: dict[str, set[str]] = {}
        for verdicts in (own[unit] for own in self.own.values() if unit in own):
            for code, verdict in verdicts.items():
                said.setdefault(code, set()).add(verdict)
        for code, verdict in self.last.get(unit, {}).items():
            said[code] = {verdict}
        said.pop(SEEN, None)
        return said

    def codes(self, unit: str) -> list[str]:
        """The codes of a unit by somebody's "yes", and nobody's last word against it."""
        self._tallied()
        return (self._codes or {}).get(unit, [])

    def counts(self) -> dict[str, int]:
        """How many units have each code, of those that are not open."""
        self._tallied()
        return {code: count for code, count in self._sums.items() if count}

    def unsure(self) -> list[str]:
        """The units on which somebody was unsure and nobody had the last word."""
        held = {unit: code for own in self.own.values() for unit, code in own.items()}
        return [unit for unit in held if any(UNSURE in verdicts for verdicts in self.given(unit).values())]

    def pace(self, who: str) -> float | None:
        """Answers an hour, over the last half hour without its pauses; None where there are few.

        Answers that were coded together, because they say the same, count for one.
        """
        now = datetime.now(UTC)
        recent = [when for when in self.times[who] if _NONE <= now - when < _WINDOW]  # the clock may have been set back
        self.times[who] = recent
        steps = [after - before for before, after in pairwise(recent) if _NONE <= after - before < _PAUSE]
        spent = sum(steps, _NONE)
        if len(steps) < _FEWEST_PACED or not spent:
            return None
        return len(steps) / (spent / _HOUR)

    def _tallied(self) -> None:
        """Count what is there, the first time; what is put after that is followed."""
        if self._codes is None:
            self._codes = {}
            self._count({unit for own in self.own.values() for unit in own} | set(self.last))

    def _count(self, units: Iterable[str]) -> None:
        """Count these units anew, where anything was counted."""
        if self._codes is None:
            return
        for unit in units:
            self._sums.subtract(self._counted.pop(unit, ()))
            self._codes.pop(unit, None)
            self._seen.discard(unit)
            self._open.discard(unit)
            if seen := any(self.saw(who, unit) for who in self.own):
                self._seen.add(unit)
            if seen or unit in self.last:
                self._codes[unit] = [code for code, verdicts in self.given(unit).items() if YES in verdicts]
                votes = self._votes(unit)
                doubt = {UNSURE} if seen and not self.alone else None
                open_ = any(len(said) > 1 or said == doubt for said in votes.values())
                if not open_ or self.last.get(unit, {}).get(SEEN) == YES:
                    self._counted[unit] = [code for code in self._codes[unit] if votes.get(code, {YES}) == {YES}]
                    self._sums.update(self._counted[unit])
                elif seen:
                    self._open.add(unit)

    def _votes(self, unit: str) -> dict[str, set[str]]:
        """Of each code without a last word what people said; who saw the unit and did not decide on it said no."""
        last, seers = self.last.get(unit, {}), self.seers(unit)
        return {
            code: said | {NO for who in seers if code not in self.own[who][unit]}
            for code, said in self.given(unit).items()
            if code not in last
        }

    def _mark(self, marks: pd.DataFrame) -> None:
        for unit, flag, who, note in zip(*(marks[name] for name in ("unit", "code", "who", "note")), strict=True):
            self.flags.setdefault(unit, {})[flag] = Mark(who, note)
