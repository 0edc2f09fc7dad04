"""Why a code was given, as data: what gave it, by which rule, and what is to be said of that.

Reasons are made when somebody asks for them, of the assignments he asks about. To find out what denies a word takes
several times as long as finding the word, and most jobs count codes and show no reason.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from coder.note import Note

if TYPE_CHECKING:
    import pandas as pd

RULE, CLASSIFIER, HAND, COPIED = "rule", "classifier", "hand", "copied"
"""What gives codes: the `kind` of a reason; "" where nothing is known."""
SPELT, APART, NEGATED, PROBABILITY, WHO = "spelt", "apart", "negated", "probability", "who"
"""The keys of a note: a slip of the pen as it stands in the text; a verb whose parts stand apart ("zetten … in"); the
words that deny what was found; what a classifier gave (0..1); who coded by hand, or of which document it is a copy."""
Details = tuple[tuple[str, str | float], ...]
"""Keys and values, in the order in which they are said; a key may occur twice (two slips in one phrase)."""
Rows = npt.NDArray[np.int64]


class Reason(NamedTuple):
    """Why a code was given: its `kind`, the rule as it is written in the codebook ("" unless one hit), and a note.

    >>> Reason(RULE, "video", ((NEGATED, "geen"),)).filed()
    'rule video (negated by geen)'
    """

    kind: str = ""
    rule: str = ""
    note: Details = ()

    def filed(self) -> str:
        """The whole as files hold it, in English whatever the reader speaks; "" where nothing is known."""
        noted = ", ".join(_filed(key, value) for key, value in self.note)
        if self.kind == HAND:
            return noted or HAND
        return " ".join(filter(None, (self.kind, self.rule, f"({noted})" if self.rule and noted else noted)))

    def told(self) -> Note | None:
        """The whole as people read it; None where nothing is known."""
        match self.kind:
            case "rule":
                return Note("rules.reason", found=self.found())
            case "hand":
                return Note("rules.by", who=self.note[0][1]) if self.note else Note("rules.by_hand")
            case "copied":
                return Note("fragments.copied", document=self.note[0][1])
            case "classifier" if self.note:
                return Note("rules.classifier_sure", probability=self.note[0][1])
            case "classifier":
                return Note("rules.classifier")
        return None

    def found(self) -> Note:
        """The rule as people read it, with its note between brackets."""
        if not self.note:
            return Note("rules.rule", rule=self.rule)
        return Note("rules.noted", rule=self.rule, noted=self.noted())

    def noted(self) -> list[Note | str]:
        """What is noted, one by one, as people read it."""
        return [_NOTED[key](value) if key in _NOTED else str(value) for key, value in self.note]

    def stored(self) -> str:
        """The reason in JSON, to be kept; `restored` reads it."""
        return json.dumps(self, ensure_ascii=False) if self.kind else ""

    @classmethod
    def restored(cls, text: str) -> "Reason":
        """The reason that was stored as `text`, or that version 0.1 stored as a sentence; of that no note is read."""
        if text.startswith('["'):
            kind, rule, note = json.loads(text)
            return cls(kind, rule, tuple((key, value) for key, value in note))
        kind, _, rest = text.partition(" ")
        if kind == RULE and rest:
            return cls(RULE, rest)
        if kind == CLASSIFIER and rest:
            return cls(CLASSIFIER, note=((PROBABILITY, float(rest)),))
        return by_hand(text) if text else cls()


NOTHING_KNOWN = Reason()


def by_hand(who: str) -> Reason:
    """That somebody gave a code; "hand" is whoever it was."""
    return Reason(HAND, note=((WHO, who),) if who != HAND else ())


class Reasons:
    """The reasons of assignments, row for row, made anew whenever they are gone through.

    `make` gives those of the rows asked for, numbers of 0 up to `size`, in the order asked. It can be pickled (no
    lambda): a coding may go to another process.

    >>> why = Reasons.of([Reason(RULE, "video"), Reason(HAND), Reason(RULE, "film")])
    >>> [reason.filed() for reason in why.take(np.array([2, 0]))]
    ['rule film', 'rule video']
    """

    def __init__(self, size: int, make: Callable[[Rows], Iterable[Reason]]) -> None:
        self._size, self._make = size, make

    @classmethod
    def of(cls, reasons: Sequence[Reason]) -> "Reasons":
        """Reasons that are known already."""
        return cls(len(reasons), partial(_known, reasons))

    @classmethod
    def same(cls, reason: Reason, size: int) -> "Reasons":
        """One reason for all."""
        return cls(size, partial(_repeated, reason))

    @classmethod
    def stacked(cls, parts: Sequence["Reasons"]) -> "Reasons":
        """The reasons of the first part, then those of the second, and so on."""
        return cls(sum(map(len, parts)), partial(_of_parts, parts))

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Reason]:
        return iter(self._make(np.arange(self._size)))

    def __repr__(self) -> str:
        return f"Reasons(of {self._size} assignments)"

    def take(self, rows: Rows) -> "Reasons":
        """The reasons of these rows, in this order."""
        return Reasons(len(rows), partial(_taken, self._make, rows))

    def frame(self) -> "pd.DataFrame":
        """The reasons as columns: kind and rule (text), note (keys with values, see `Details`)."""
        import pandas as pd  # noqa: PLC0415

        frame = pd.DataFrame(list(self), columns=list(Reason._fields))
        return frame.astype({"kind": str, "rule": str, "note": object})


def _known(reasons: Sequence[Reason], rows: Rows) -> list[Reason]:
    return [reasons[row] for row in rows.tolist()]


def _repeated(reason: Reason, rows: Rows) -> list[Reason]:
    return [reason] * len(rows)


def _taken(make: Callable[[Rows], Iterable[Reason]], rows: Rows, asked: Rows) -> Iterable[Reason]:
    return make(rows[asked])


def _of_parts(parts: Sequence[Reasons], rows: Rows) -> list[Reason]:
    ends = np.cumsum([len(part) for part in parts])
    of = np.searchsorted(ends, rows, side="right")
    found = [NOTHING_KNOWN] * len(rows)
    for number, part in enumerate(parts):
        here = np.flatnonzero(of == number)
        for place, reason in zip(here.tolist(), part.take(rows[here] - ends[number] + len(part)), strict=True):
            found[place] = reason
    return found


def _filed(key: str, value: str | float) -> str:
    said = f"{value:.2f}" if isinstance(value, float) else value
    return f"{_FILED[key]} {said}" if key in _FILED else said


_FILED = {SPELT: "spelt", NEGATED: "negated by"}
_NOTED: Mapping[str, Callable[[Any], Note]] = {
    SPELT: lambda written: Note("rules.spelt", written=written),
    NEGATED: lambda cue: Note("rules.negated", cue=cue),
}
