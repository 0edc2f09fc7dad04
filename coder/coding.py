"""A coding: what one coder (a person, or a method) saw, which codes it gave, and why.

A reason says as data what gave a code, by which rule, and what is to be said of that. Reasons are made when somebody
asks for them, of the assignments they ask about: to find out what denies a word takes several times as long as finding
the word, and most jobs count codes and show no reason.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.codebook import Codebook
from coder.corpus import Corpus
from coder.errors import DataError
from coder.html_table import ROWS, html_table
from coder.note import Note

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


COLUMNS = ("unit", "code", "score", "start", "end")
"""The columns of assignments. `start` and `end` are characters of the verbatim text, end excluded,
and -1 where the whole text is meant."""

_NO_REASONS = Reasons.of(())


@dataclass(frozen=True, slots=True, repr=False)
class Coding:
    """The units a coder saw and the assignments it made.

    `seen` are unit ids; a unit seen without an assignment fits no code and belongs in the base.
    `assignments` has the columns of `COLUMNS`; a code found at three places in a unit has three rows. `reasons` has
    why each was made, row for row, and makes that when it is asked for; left out, nothing is known of it.
    `corpus` are the answers it is a coding of, where that is known: tables find respondents, weights and groups there.

    Raises `DataError` for other columns, for units that were not seen, and for reasons that are not one a row.

    >>> from coder import Code, Rules
    >>> book = Codebook((Code("video", 1, {"en": "Video"}, rules=("video",)),))
    >>> answers = Corpus(pd.DataFrame({"text": ["more video", "no video"]}, index=["1", "2"]))
    >>> Rules().code(answers, book).explained()[["unit", "code", "start", "kind", "rule"]]
      unit   code  start  kind   rule
    0    1  video      5  rule  video
    1    2  video      3  rule  video
    """

    coder: str
    seen: "pd.Index[str]"
    assignments: pd.DataFrame
    provenance: Mapping[str, str] = field(default_factory=dict)
    reasons: Reasons = _NO_REASONS
    corpus: Corpus | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if tuple(self.assignments.columns) != COLUMNS:
            raise DataError("coding.columns", columns=COLUMNS)
        units = pd.Index(self.assignments["unit"])
        unseen = self.seen.get_indexer(units) < 0 if self.seen.is_unique else ~units.isin(self.seen)
        if unseen.any():
            raise DataError("coding.not_seen", coder=self.coder, unit=min(units[unseen]))
        if self.reasons is _NO_REASONS:
            object.__setattr__(self, "reasons", Reasons.same(NOTHING_KNOWN, len(units)))
        if len(self.reasons) != len(units):
            counts = {"assignments": len(units), "reasons": len(self.reasons)}
            raise DataError("coding.reasons", coder=self.coder, **counts)
        if self.corpus is not None and len(strange := self.seen[~self.seen.isin(self.corpus.ids)]):
            raise DataError("coding.strange", coder=self.coder, unit=strange[0])

    @classmethod
    def from_column(
        cls, answers: Corpus, column: str, codebook: Codebook | None = None, *, empty_is_none: bool = False
    ) -> "Coding":
        """The coding in a column of the answers, or in columns that are an option each ("a+b").

        A column is named by its name, its letter or how it begins. A cell has ids, numbers or labels of the codebook,
        with ";" between; "-" says that a unit was seen and fits no code, an empty cell that it was not coded (or with
        `empty_is_none` the same as "-").

        Raises `DataError` where the column is not there, has no coded row, or has codes that the codebook has not.

        >>> import coder
        >>> from coder.resources import resource
        >>> answers = coder.read(resource("corpora/trends-2024.csv"), text="answer", id="id", groups="sector")
        >>> book = coder.read_codebook(resource("codebooks/trends.yaml"))
        >>> coder.Coding.from_column(answers, "codes", book)
        <Coding by hand: 199 answers, 177 with a code; 14 codes given 326 times>
        """
        from coder.files.answers import coding_of  # noqa: PLC0415 (what a cell of codes says is known there)

        return coding_of(answers, column, codebook, empty_is_none=empty_is_none)

    def of(self, answers: Corpus) -> "Coding":
        """The same coding, which knows that it is of these answers."""
        return replace(self, corpus=answers)

    def __repr__(self) -> str:
        pairs = self.pairs()
        given = f"{pairs['unit'].nunique()} with a code; {pairs['code'].nunique()} codes given {len(pairs)} times"
        return f"<Coding by {self.coder}: {len(self.seen)} answers, {given}>"

    def _repr_html_(self) -> str:
        counts = self.pairs()["code"].value_counts(sort=False)
        counts = counts.iloc[np.lexsort((counts.index.astype(str), -counts.to_numpy()))]
        more = [Note("corpus.more_codes", count=len(counts) - ROWS)] if len(counts) > ROWS else []
        rows = counts.head(ROWS).items()
        return html_table(repr(self)[1:-1], ["code", "n"], rows, more, [False, True])

    def take(self, units: "pd.Index[str]") -> "Coding":
        """The coding of these units alone; units that were not seen stay unseen."""
        rows = np.flatnonzero(self.assignments["unit"].isin(units))
        kept = self.assignments.take(rows).reset_index(drop=True)
        corpus = None if (all_ := self.corpus) is None else all_.take(all_.ids[all_.ids.isin(units)])
        seen = self.seen[self.seen.isin(units)]
        return Coding(self.coder, seen, kept, self.provenance, self.reasons.take(rows), corpus)

    def explained(self) -> pd.DataFrame:
        """The assignments with why each was made: the columns of `COLUMNS`, then kind, rule and note (`Reason`)."""
        return pd.concat([self.assignments, self.reasons.frame().set_axis(self.assignments.index)], axis=1)

    def pairs(self) -> pd.DataFrame:
        """Each code once a unit: columns unit, code."""
        return self.assignments[["unit", "code"]].drop_duplicates(ignore_index=True)

    def matrix(self, units: "Sequence[str] | pd.Index[str]", codes: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Whether each unit has each code, shape (units, codes). Other units and codes are left out."""
        rows = pd.Index(units).get_indexer(pd.Index(self.assignments["unit"]))
        columns = pd.Index(codes).get_indexer(pd.Index(self.assignments["code"]))
        known = (rows >= 0) & (columns >= 0)
        found = np.zeros((len(units), len(codes)), dtype=np.bool_)
        found[rows[known], columns[known]] = True
        return found

    def later(self, answers: Corpus, codebook: Codebook) -> list[str]:
        """The labels of the codes that came with a later wave of these answers; see `Corpus.unsaid`."""
        unsaid = answers.unsaid(self.seen, self.matrix(self.seen, codebook.ids))
        return [codebook.text(code) for code, column in zip(codebook.ids, unsaid.T, strict=True) if column.any()]

    def cells(self, ids: "pd.Index[str]", order: Sequence[str]) -> "pd.Series[str]":
        """One cell a unit, as files hold it: ids joined by ';', '-' for none, '' for not seen."""
        place = {code: number for number, code in enumerate(order)}
        pairs = self.pairs()
        pairs = pairs.assign(place=pairs["code"].map(place)).sort_values("place", kind="stable")
        joined = pairs.groupby("unit", sort=False)["code"].agg(";".join)
        cells = joined.reindex(ids)
        empty = cells.isna().to_numpy()
        cells[empty] = np.where(ids.isin(self.seen)[empty], "-", "")
        return cells


def stacked(
    coder: str, seen: "pd.Index[str]", parts: Sequence[Coding], provenance: Mapping[str, str] | None = None
) -> Coding:
    """One coding with the assignments of all parts, one part after the other, and their reasons."""
    frame = pd.concat([part.assignments for part in parts], ignore_index=True)
    return Coding(coder, seen, frame, provenance or {}, Reasons.stacked([part.reasons for part in parts]))


class Method(Protocol):
    """Anything that codes a corpus."""

    @property
    def name(self) -> str:
        """The coder's name, as assignments carry it."""
        ...

    def code(self, corpus: Corpus, codebook: Codebook) -> Coding:
        """Code every unit of the corpus."""
        ...


def assignments(rows: Mapping[str, "Sequence[object] | npt.NDArray[np.generic] | pd.Index[str]"]) -> pd.DataFrame:
    """A frame of assignments from columns; `score` is 1 and the place the whole text unless given."""
    size = len(rows["unit"])
    given = {"score": np.ones(size), "start": np.full(size, -1), "end": np.full(size, -1)}
    frame = pd.DataFrame({name: rows.get(name, given.get(name)) for name in COLUMNS})
    return frame.astype({"unit": str, "code": str, "score": float, "start": int, "end": int})
