"""Estimates of a study: which hand-coded answers are a random sample of their wave, and what predicts the others.

The page, `coder study estimate` and an export all go by what is said here, so that their figures are the same.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import pandas as pd

from coder.codebook import Codebook
from coder.coding import Coding
from coder.corpus import Corpus
from coder.errors import StudyError
from coder.languages.language import answered, language_of
from coder.languages.nl.pipeline import BUNDLED
from coder.learning.estimation import Estimation, estimate
from coder.learning.predictions import Predictions
from coder.learning.sampling import DRAWN, PROBABILITY, RANDOM, STRATUM, TARGETED
from coder.note import Note, Progress, silent
from coder.study.answer_versions import WAVE
from coder.study.decisions import YES
from coder.study.events import At
from coder.study.order import in_waves, random_number, random_part
from coder.study.question import Question, usable

ALL = "all"
"""All waves of a question together."""
FEWEST = 10
"""So many answers of a wave need to be coded at random for an estimate of it."""
_DRAW = [DRAWN, PROBABILITY, STRATUM]


class RandomPart(NamedTuple):
    """Of so many answers of a wave that say something those up to the first open one in random order."""

    units: Sequence[str]
    of: int


def drawn(
    units: pd.DataFrame, waves: Mapping[str, RandomPart], hand: Coding, filed: Collection[str] = ()
) -> pd.DataFrame:
    """How answers were drawn to be coded: columns drawn, probability and stratum by unit, "" where nothing is known.

    `units` may lack those that nobody coded and of which nothing is recorded. `filed` are those whose codes came from
    files alone. Of a wave of which sheets of `coder sample` were added their draw holds. Of others the
    answers up to the first open one in random order were drawn; nothing is known of a wave whose codes all came from
    files. What `hand` coded beside the sample of a wave is "targeted": nobody drew it. Waves of which the random order
    is used are strata, where there are several.
    """
    found = pd.DataFrame("", index=units.index, columns=_DRAW, dtype=str)
    if recorded := _is_ours(units):
        kept = [name for name in _DRAW if name in units]
        found[kept] = units[kept].fillna("").astype(str)
    coded, ordered = units.index.isin(hand.seen), []
    for wave in dict.fromkeys(units[WAVE]):
        here = (units[WAVE] == wave).to_numpy()
        mine = units.index[here & coded]
        if recorded and (found[DRAWN][here] == RANDOM).any():
            beside = found.loc[mine, [DRAWN, PROBABILITY]].eq("").all(axis=1)
            found.loc[mine[beside], DRAWN] = TARGETED
        elif not mine.isin(list(filed)).all():
            part, of = waves.get(wave, RandomPart((), 0))
            chance = sum(unit in hand.seen for unit in part) / max(of, 1)
            found.loc[mine] = [TARGETED, "", ""]
            found.loc[list(part)] = [RANDOM, repr(chance), wave]
            ordered.append(wave)
    if len(ordered) < 2:  # noqa: PLR2004 (one stratum is none)
        found.loc[units[WAVE].isin(ordered), STRATUM] = ""
    return found


class DrawnParts:
    """How answers that come some at a time were drawn to be coded; of others than the `seen` ones little is kept.

    These are the units that anybody coded, `hand` is what counts.
    """

    def __init__(
        self, name: str, book: Codebook, no_answer: Sequence[str] | None, hand: Coding, seen: Collection[str]
    ) -> None:
        self._name, self._spoken, self._no_answer = name, language_of(book.language), no_answer
        self._hand, self._seen = hand, pd.Index(sorted({*seen, *hand.seen}), dtype=str)
        self._coded_by_any = frozenset(seen)
        self._of: dict[str, int] = {}
        self._open: dict[str, bytes] = {}
        self._numbers: dict[str, list[tuple[bytes, str]]] = {}
        self._kept: list[pd.DataFrame] = []

    def add(self, units: pd.DataFrame) -> None:
        """Look at more units: text, wave, and background columns, of which those that say how they were drawn count."""
        says = answered(Corpus(units, self._name), self._spoken, self._no_answer).ids
        for unit, wave in zip(says, units[WAVE][says], strict=True):
            number = random_number(unit, self._name)
            self._of[wave] = self._of.get(wave, 0) + 1
            if unit in self._coded_by_any:
                self._numbers.setdefault(wave, []).append((number, unit))
            else:
                self._open[wave] = min(number, self._open.get(wave, number))
        columns = [name for name in (WAVE, *_DRAW) if name in units]
        told = (units[columns[1:]].fillna("").astype(str) != "").any(axis=1).to_numpy()
        self._kept.append(units.loc[told | (self._seen.get_indexer(units.index) >= 0), columns])

    def drawn(self, filed: Collection[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The units of which anything is known, with their wave and what was recorded; and their draw, see `drawn`."""
        waves = {}
        for wave, of in self._of.items():
            numbers, first = sorted(self._numbers.get(wave, ())), self._open.get(wave)
            waves[wave] = RandomPart([unit for number, unit in numbers if first is None or number < first], of)
        units = pd.concat(self._kept)
        return units, drawn(units, waves, self._hand, filed)


def _is_ours(units: pd.DataFrame) -> bool:
    """Whether the study has how answers were drawn, from sheets that were added."""
    return {DRAWN, PROBABILITY} <= set(units) and set(units[DRAWN].fillna("")) <= {"", RANDOM, TARGETED}


@dataclass(frozen=True, slots=True)
class Basis:
    """What a question is estimated from: the answers of `waves` that have a sample large enough, and their hand codes.

    `drawn` has a row an answer, with the columns drawn, probability and stratum. `predictions` are those that each of
    the answers has; `no_answer` are the words that say nothing. `weight` is what each answer counts for, None unless
    every one of them has a weight. `notes` has what does not count, and why.
    """

    corpus: Corpus
    hand: Coding
    codebook: Codebook
    drawn: pd.DataFrame
    waves: tuple[str, ...]
    predictions: tuple[Predictions, ...]
    no_answer: Sequence[str] | None
    notes: tuple[Note, ...]
    weight: "pd.Series[float] | None" = None

    def estimate(
        self, progress: Progress = silent, *, level: float = 0.95, nlp: str = BUNDLED, seed: int = 1
    ) -> Estimation:
        """The estimate, of each wave too where there are several: our classifier predicts, beside the predictions."""
        several = len(self.waves) > 1
        found = estimate(
            self.corpus,
            self.hand,
            self.codebook,
            predictions=self.predictions or None,
            classifier=bool(self.predictions),
            drawn=self.drawn[DRAWN],
            probability=pd.to_numeric(self.drawn[PROBABILITY].str.replace(",", "."), errors="coerce"),
            stratum=self.drawn[STRATUM] if several or self.drawn[STRATUM].any() else None,
            weight=self.weight,
            by=self.corpus.units[WAVE] if several else None,
            level=level,
            no_answer=self.no_answer,
            nlp=nlp,
            seed=seed,
            progress=progress,
        )
        return replace(found, codes=replace(found.codes, notes=(*found.codes.notes, *self.notes)))


def to_estimate(
    corpus: Corpus,
    hand: Coding,
    codebook: Codebook,
    waves: Mapping[str, Sequence[str]],
    seen: Collection[str],
    *,
    wave: str = ALL,
    predictions: Sequence[Predictions] = (),
    no_answer: Sequence[str] | None = None,
    weights: "pd.Series[float] | None" = None,
) -> Basis:
    """What a wave, or all that can be (`ALL`), is estimated from; see `drawn`.

    Answers of the sample on which coders differ are left out of it, and predictions that some answers do not have too.
    `weights` count where each answer has one above 0.
    Raises `StudyError` with too small a random sample.
    """
    asked = {name: order for name, order in waves.items() if wave in (name, ALL)}
    parts = {name: RandomPart(random_part(order, seen), len(order)) for name, order in asked.items()}
    draw = drawn(corpus.units[corpus.units[WAVE].isin(list(asked))], parts, hand)
    sample = draw.index[draw[DRAWN] == RANDOM]
    of = corpus.units[WAVE][sample]
    counts = {name: int((of[sample.isin(hand.seen)] == name).sum()) for name in asked}
    enough = tuple(name for name in asked if counts[name] >= FEWEST)
    if not enough:
        raise StudyError("study.estimate_few", fewest=FEWEST, count=max(counts.values(), default=0))
    units = corpus.ids[corpus.ids.isin([unit for name in enough for unit in waves[name]])]  # as an export has them
    divided = int((sample.isin(units) & sample.isin(list(seen)) & ~sample.isin(hand.seen)).sum())
    missing = {one.name: units[~units.isin(one.scores.index)] for one in predictions}
    weight = usable(weights, units)
    notes = [Note("study.estimate_divided", count=divided)] if divided else []
    if weights is not None and weight is None:
        notes.append(Note("study.estimate_unweighted", column=str(weights.name)))
    notes += [
        Note("study.predictions_incomplete", name=name, count=len(lacking), base=len(units), unit=lacking[0])
        for name, lacking in missing.items()
        if len(lacking)
    ]
    return Basis(
        corpus=corpus.take(units),
        hand=hand.take(units),
        codebook=codebook,
        drawn=draw.loc[units],
        waves=enough,
        predictions=tuple(one for one in predictions if not len(missing[one.name])),
        no_answer=no_answer,
        notes=tuple(notes),
        weight=weight,
    )


def basis_of(question: Question, *, wave: str = ALL) -> Basis:
    """What the gold version of a question is estimated from. Raises `StudyError` as `to_estimate` does."""
    corpus, book, no_answer = question.corpus(), question.codebook(), question.no_answer()
    waves = waves_of(corpus, book, no_answer)
    if wave not in (ALL, *waves):
        raise StudyError("study.no_wave", question=question.name, wave=wave, waves=[repr(one) for one in waves])
    return to_estimate(
        corpus,
        question.coding(),
        book,
        waves,
        seen_of(question),
        wave=wave,
        predictions=question.predictions(),
        no_answer=no_answer,
        weights=question.roles().weights(corpus),
    )


def waves_of(corpus: Corpus, book: Codebook, no_answer: Sequence[str] | None) -> dict[str, list[str]]:
    """The answers that say something, of each wave in random order."""
    says = answered(corpus, language_of(book.language), no_answer)
    return in_waves(list(says.ids), dict(zip(corpus.ids, corpus.units[WAVE], strict=True)), corpus.name)


def seen_of(question: Question, at: At = None) -> set[str]:
    """The units that anybody coded."""
    frame = question.state(at=at)
    return set(frame["unit"][frame["verdict"] == YES])


def filed_of(question: Question, at: At = None) -> set[str]:
    """The units whose codes all came from files."""
    log, frame = question.log(), question.state(at=at)
    files = set(log["event"][log["source"] != ""])
    return set(frame["unit"]) - set(frame["unit"][~frame["event"].isin(files)])
