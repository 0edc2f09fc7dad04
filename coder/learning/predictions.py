"""Predictions that come from elsewhere: of a language model, a crowd, another program, the model of the last wave.

Whatever they were, here they are a table with a row a unit and a column a code: probabilities, or 0 and 1. They stand
in place of our own classifier where an estimate is made (prediction-powered inference), so each answer needs one, the
hand-coded ones too, and none may be made of the hand codes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.arrays import Floats, Labels
from coder.codebook import Codebook
from coder.coding import Coding
from coder.corpus import Corpus
from coder.errors import DataError
from coder.note import Note, some

HALF = 0.5
"""With this probability, or a higher one, a code is predicted."""
_NAMED = 10


@dataclass(frozen=True, slots=True)
class Predictions:
    """What one source predicts: `scores` has a row a unit and a column a code, nan where a unit was not predicted.

    Raises `DataError` where a probability is not from 0 to 1.
    """

    name: str
    scores: pd.DataFrame

    def __post_init__(self) -> None:
        found = self.scores.to_numpy(dtype=np.float64)
        wrong = (found < 0) | (found > 1)
        if wrong.any():
            row, column = np.argwhere(wrong)[0]
            where = {"unit": self.scores.index[row], "code": self.scores.columns[column]}
            raise DataError("predictions.range", name=self.name, value=float(found[row, column]), **where)

    @classmethod
    def of(cls, name: str, coding: Coding) -> "Predictions":
        """Those of a coding: 1 for each code that it gave, 0 for the others, of the units that it saw."""
        codes = sorted(set(coding.assignments["code"]))
        given = coding.matrix(coding.seen, codes).astype(np.float64)
        return cls(name, pd.DataFrame(given, index=coding.seen, columns=codes))

    def matrix(self, units: "pd.Index[str]", codes: Sequence[str]) -> Floats:
        """The probabilities, shape (units, codes): 0 for codes that are never predicted, nan for units that are not."""
        asked = self.scores.reindex(units)
        missing = asked.isna().any(axis=1) if len(asked.columns) else ~units.isin(self.scores.index)
        found = asked.reindex(columns=list(codes), fill_value=0.0).to_numpy(dtype=np.float64, copy=True)
        found[np.asarray(missing)] = np.nan
        return found


@dataclass(frozen=True, slots=True)
class Kinds:
    """What is known of answers that are counted together, because they are too many to be held in memory.

    Answers that nobody coded by hand and that have the same predictions, weight and group are one unit: `times` is how
    many each unit stands for, `silent` whether they are no answer, both by unit. `lengths` is how many of those that
    stand together and say something have each number of characters, `before` how many of them stand in the file before
    each unit that stands for itself.
    """

    times: "pd.Series[int]"
    silent: "pd.Series[bool]"
    lengths: "pd.Series[int]"
    before: "pd.Series[int]"

    @property
    def unanswered(self) -> int:
        """How many answers are none."""
        return int(self.times[self.silent].sum())


Source = Predictions | Coding | pd.DataFrame | npt.NDArray[np.generic]
Sources = Source | Sequence[Source] | Mapping[str, Source]


def as_predictions(given: Sources | None, answers: Corpus, codebook: Codebook | None) -> tuple[Predictions, ...]:
    """What was given, as predictions with a name each: that of a coder, the key, or else a number.

    An array has shape (units, codes), in the order of the answers and the codebook; a DataFrame has units as its index
    and codes as its columns. Raises `DataError` for another shape, two of one name, and codes that are not in the
    codebook.
    """
    if given is None:
        return ()
    if isinstance(given, Mapping):
        named = [(str(name), one) for name, one in given.items()]
    else:
        several = [given] if isinstance(given, (Predictions, Coding, pd.DataFrame, np.ndarray)) else list(given)
        named = [(_name(one, number, len(several)), one) for number, one in enumerate(several, 1)]
    names = [name for name, _ in named]
    if twice := [name for name in names if names.count(name) > 1]:
        raise DataError("predictions.twice", name=twice[0])
    return tuple(_known(_read(name, one, answers, codebook), codebook) for name, one in named)


def _name(one: Source, number: int, many: int) -> str:
    if isinstance(one, Predictions):
        return one.name
    if isinstance(one, Coding):
        return one.coder
    return "predictions" if many == 1 else f"predictions {number}"


def _read(name: str, one: Source, answers: Corpus, codebook: Codebook | None) -> Predictions:
    if isinstance(one, Predictions):
        return Predictions(name, one.scores)
    if isinstance(one, Coding):
        return Predictions.of(name, one)
    if isinstance(one, pd.DataFrame):
        frame = one.set_axis(one.columns.astype(str), axis=1).set_axis(one.index.astype(str))
        if frame.index.has_duplicates:
            raise DataError("predictions.unit_twice", name=name, unit=frame.index[frame.index.duplicated()][0])
        return Predictions(name, frame.astype(np.float64))
    found = np.asarray(one, dtype=np.float64)
    codes = codebook.ids if codebook is not None else ()
    if found.shape != (len(answers), len(codes)):
        raise DataError("predictions.shape", name=name, shape=found.shape, answers=len(answers), codes=len(codes))
    return Predictions(name, pd.DataFrame(found, index=answers.ids, columns=list(codes)))


def _known(one: Predictions, codebook: Codebook | None) -> Predictions:
    """With the ids of the codebook for the names of codes."""
    if codebook is None:
        return one
    ids = {name: codebook.find(name) for name in one.scores.columns}
    if unknown := sorted(name for name, id_ in ids.items() if id_ is None):
        raise DataError("files.unknown_codes", file=one.name, codes=some(unknown, _NAMED), has=codebook.ids)
    return Predictions(one.name, one.scores.rename(columns=ids))


def check_predictions(
    given: Sequence[Predictions], units: "pd.Index[str]", hand: "pd.Index[str]", times: "pd.Series[int] | None" = None
) -> None:
    """Raise where not each of these units has predictions; and where only those that were coded by hand do.

    `times` is how many answers each unit stands for (None: one).
    """
    each = pd.Series(1, index=units) if times is None else times.reindex(units)
    for one in given:
        predicted = one.scores.index[one.scores.notna().all(axis=1)]
        missing = units[~units.isin(predicted)]
        if not len(missing):
            continue
        if len(hand) < len(units) and units[units.isin(predicted)].isin(hand).all():
            raise DataError("predictions.are_hand", name=one.name)
        first = {"unit": missing[0], "base": int(each.sum())}
        raise DataError("predictions.missing", name=one.name, count=int(each[missing].sum()), **first)


def copied(names: Sequence[str], predicted: Floats, right: Labels) -> list[Note]:
    """A warning where predictions are the hand codes of each of these units: shape (predictors, units, codes)."""
    same = [name for name, one in zip(names, predicted, strict=True) if right.any() and ((one >= HALF) == right).all()]
    return [Note("predictions.copied", names=same, count=len(same), hand=len(right))] if same else []
