"""Of answers that need not fit in memory, those that people coded and some of the others, as one small file.

Of very many coded ones as many are gathered as are learned from: drawn by the codes of all, of which a number is kept
in memory and no text. The others are drawn at random among those that say something. What is gathered depends on the
answers and the seed alone, and is all of them where they are few.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.arrays import Ints, Labels
from coder.codebook import Codebook
from coder.errors import DataError
from coder.files.answer_parts import AnswerFiles
from coder.files.answers import parse_codes
from coder.files.code_cells import Tell
from coder.files.coded_folder import CodedFolder
from coder.files.kinds import with_kinds
from coder.files.sheets import TableFile
from coder.languages.language import DUTCH, language_of
from coder.languages.nl.no_answer import say_nothing
from coder.learning.evaluation import Examples, Held, hold_out
from coder.methods.classifier import Whole, most_to_learn, text_fingerprints
from coder.methods.linear import MOST, draw
from coder.note import Progress, silent

OTHERS = 4_000
"""So many answers that nobody coded are gathered unless asked: more than help to learn from few."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """The answers gathered, in the order of the files, of so many `rows`; `whole` says what holds of all coded ones.

    Without a coded one among them `whole` is None. `held` says which rows of `file` are measured, where that was asked
    and there are more than are learned from: these and what is learned from are all that was gathered then.
    """

    file: TableFile
    rows: int
    whole: Whole | None
    held: Held | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """That some of very many coded answers are to be measured: the columns of groups and of a second person, if any.

    Unless it is to `learn`, a model is ready.
    """

    group: str | None = None
    second: str | None = None
    learn: bool = True


def gather(
    files: AnswerFiles,
    codebook: Codebook | None = None,
    *,
    codes: str | None = None,
    beside: Mapping[str, str] | None = None,
    most: int = MOST,
    others: int = OTHERS,
    measured: Measured | None = None,
    empty_is_none: bool = False,
    no_answer: Sequence[str] | None = None,
    seed: int = 1,
    tell: Tell = lambda _: None,
    progress: Progress = silent,
) -> Gathered:
    """At `most` so many answers that have `codes`, and so many `others`; `beside` are further columns, by their option.

    With `measured`, of more coded answers some are held out to be measured: see `coder.learning.evaluation`.

    Raises `DataError` where a column is not there, or `codes` are those that a machine gave in a folder of coded
    answers, and as `parse_codes` does.
    """
    column = files.column(codes, "--codes") if codes else None
    folder = CodedFolder.at(files.files[0].parent)
    if column is not None and folder is not None and column == folder.told["run"]["into"]:
        raise DataError("files.coded_folder", path=folder.path)  # nobody learns from what a machine gave
    columns = [files.text, *([column] if column else [])]
    columns += [files.column(name, option) for name, option in (beside or {}).items()]
    coded = None
    if column is not None:
        reading = _Reading(files, column, codebook, empty_is_none, tell, progress)
        coded = reading.coded(most, seed) if measured is None else reading.measured(measured, most, seed)
    spoken = language_of(codebook.language) if codebook is not None else DUTCH
    silent_forms = spoken.no_answer if no_answer is None else no_answer
    held = coded and coded.held
    kept = _Kept(coded, 0 if held else others, silent_forms, np.random.default_rng([seed, 1]))
    for cells in files.cells(*dict.fromkeys(columns), progress=progress):
        kept.add(cells)
    frame = pd.DataFrame(kept.rows(), columns=list(dict.fromkeys(columns)), dtype=str)
    if frame.empty:
        raise DataError("parts.all_silent", file=files.files[0].name, rows=kept.read)
    file = TableFile(_named(files), tell=tell, frame=with_kinds(frame))
    return Gathered(file, kept.read, coded and coded.whole, held and held.within())


def picked_rows(files: AnswerFiles, id_: str, ids: Collection[str]) -> TableFile:
    """The answers with these ids: text and id."""
    column, wanted = files.column(id_, "--id"), frozenset(ids)
    rows = [
        (text, one)
        for texts, named in files.cells(files.text, column)
        for text, one in zip(texts, named, strict=True)
        if one.strip() in wanted
    ]
    return TableFile(_named(files), frame=with_kinds(pd.DataFrame(rows, columns=[files.text, column], dtype=str)))


def _named(files: AnswerFiles) -> Path:
    """What the answers are called: their file, or their folder."""
    return Path((files.files[0] if len(files.files) == 1 else files.files[0].parent).name)


class _Coded(NamedTuple):
    """The rows that people coded, those of them that are gathered, and what holds of all."""

    rows: Ints
    drawn: Ints
    whole: Whole | None
    held: Held | None = None


class _Read(NamedTuple):
    """What is known of the coded rows: where they stand, and as `coder.learning.evaluation` has them."""

    rows: Ints
    coded: Examples

    def drawn(self, most: int, seed: int) -> _Coded:
        """Those that are learned from, of all."""
        codes, labels, kind, size, marks, *_ = self.coded
        drawn = draw(labels, kind, most=most_to_learn(int(size.sum()), len(kind), most), seed=seed)
        here = drawn._replace(rows=np.arange(len(drawn.rows)))
        return _Coded(self.rows, self.rows[drawn.rows], Whole(here, len(kind), _counted(labels, kind, codes), marks))


@dataclass(frozen=True, slots=True)
class _Reading:
    """The first time that files are read: which answers people coded, by what stands in a column."""

    files: AnswerFiles
    column: str
    codebook: Codebook | None
    empty_is_none: bool
    tell: Tell
    progress: Progress

    def coded(self, most: int, seed: int) -> _Coded | None:
        """The coded answers, and those that are learned from; None where there are none."""
        found = self._read(None, None)
        return found and found.drawn(most, seed)

    def measured(self, asked: Measured, most: int, seed: int) -> _Coded | None:
        """The same, with those that are held out where there are very many."""
        group = self.files.column(asked.group, "--group") if asked.group else None
        second = self.files.column(asked.second, "--second") if asked.second else None
        found = self._read(group, second)
        held = found and hold_out(found.coded, most=most, learn=asked.learn, seed=seed)
        if found is None or held is None:
            return found and found.drawn(most, seed)
        held = held.at(found.rows)
        return _Coded(found.rows, held.rows, held.whole, held)

    def _read(self, group: str | None, second: str | None) -> _Read | None:
        number: dict[str, int] = {}
        parts: list[tuple[Ints, Ints, Ints, npt.NDArray[np.uint64], npt.NDArray[np.uint64], npt.NDArray[np.bool_]]] = []
        start, columns = 0, [self.files.text, self.column, group or self.files.text, second or self.column]
        for texts, cells, groups, others in self.files.cells(*columns, progress=self.progress):
            filled = [place for place, cell in enumerate(cells) if self.empty_is_none or cell.strip()]
            kinds = [number.setdefault(cells[place].strip(), len(number)) for place in filled]
            said = [texts[place] for place in filled]
            rows = start + np.array(filled, dtype=np.int64)
            together = rows.astype(np.uint64)
            if group:
                named = text_fingerprints([groups[place] for place in filled])
                together = np.where([bool(groups[place]) for place in filled], named, together)
            both = np.array([bool(second) and bool(others[place].strip()) for place in filled], dtype=np.bool_)
            parts.append((rows, np.array(kinds, dtype=np.int64), np.array([*map(len, said)], dtype=np.int64),
                          text_fingerprints(said), together, both))  # fmt: skip
            start += len(texts)
        if not number or list(number) == [""]:
            return None
        units = pd.Index([str(kind) for kind in range(len(number))], name="unit")
        coding = parse_codes(
            pd.Series([*number], index=units, dtype=str),
            self.codebook,
            self.files.files[0].name,
            empty_is_none=self.empty_is_none,
            tell=self.tell,
        )
        ids = sorted(set(coding.assignments["code"]))
        known = units.isin(coding.seen)
        every = [np.concatenate(one) for one in zip(*parts, strict=True)]
        rows, kind, size, marks, together, both = (one[known[every[1]]] for one in every)
        numbered = pd.factorize(together)[0].astype(np.int64)
        return _Read(rows, Examples(ids, coding.matrix(units, ids), kind, size, marks, numbered, both))


def _counted(labels: Labels, kind: Ints, ids: Sequence[str]) -> dict[str, int]:
    """How many answers have each code."""
    times = np.bincount(kind, minlength=len(labels)) @ labels
    return dict(zip(ids, times.tolist(), strict=True))


class _Kept:
    """The rows that are kept of those that come by: coded ones, and of the others those of the least random numbers."""

    def __init__(
        self, coded: _Coded | None, others: int, no_answer: Sequence[str], chance: np.random.Generator
    ) -> None:
        self.read = 0
        self._coded = np.zeros(0, dtype=np.int64) if coded is None else coded.rows
        self._drawn = frozenset() if coded is None else frozenset(coded.drawn.tolist())
        self._others, self._no_answer, self._chance = others, no_answer, chance
        self._own: dict[int, tuple[str, ...]] = {}
        self._other: dict[int, tuple[float, tuple[str, ...]]] = {}
        self._least = 1.0 if others else 0.0

    def add(self, cells: Sequence[Sequence[str]]) -> None:
        """Keep what is to be kept of the rows that come next."""
        size, key = len(cells[0]), self._chance.random(len(cells[0]))
        first, last = np.searchsorted(self._coded, [self.read, self.read + size])
        coded = np.zeros(size, dtype=np.bool_)
        coded[self._coded[first:last] - self.read] = True
        rows = list(zip(*cells, strict=True))
        for place in np.flatnonzero(coded).tolist():
            if self.read + place in self._drawn:
                self._own[self.read + place] = rows[place]
        places = np.flatnonzero((key < self._least) & ~coded).tolist()
        nothing = say_nothing([rows[place][0] for place in places], self._no_answer).tolist()
        for place, none in zip(places, nothing, strict=True):
            if not none:
                self._other[self.read + place] = float(key[place]), rows[place]
        if len(self._other) > 2 * self._others:
            self._prune()
        self.read += size

    def _prune(self) -> None:
        """Keep as many of the others as are asked for."""
        least = sorted(self._other.items(), key=lambda one: one[1][0])[: self._others]
        self._other = dict(least)
        self._least = least[-1][1][0] if len(least) == self._others and least else self._least

    def rows(self) -> list[tuple[str, ...]]:
        """What was kept, in order."""
        self._prune()
        found = self._own | {row: cells for row, (_, cells) in self._other.items()}
        return [found[row] for row in sorted(found)]
