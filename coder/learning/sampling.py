"""What to code next, at random: a sample that estimates can be made from, with the probability of every draw.

Only here probabilities are made. Answers that were coded before are of two kinds. Those of an earlier
random sample may be extended: drawing again, at random, from what it left makes one larger random sample
(within strata too, given how many of each stratum it had). All others stand for themselves: whoever knows
their codes needs nobody to represent them, so they get probability 1 however they were chosen, and the
sample is one of the rest (a certainty stratum: Särndal, Swensson and Wretman 1992, section 3.7).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coder.arrays import Ints
from coder.coding import Coding
from coder.corpus import Corpus
from coder.errors import DataError
from coder.html_table import ROWS, html_table
from coder.languages.language import no_answers
from coder.note import Note

RANDOM, TARGETED = "random", "targeted"
DRAWN, PROBABILITY, STRATUM, WHY = "drawn", "probability", "stratum", "why"
STRATA = (STRATUM, "population", "certain", "before", DRAWN, PROBABILITY)
"""The columns of `strata`."""


def check_size(asked: int, left: int, *, fewer: bool = False) -> None:
    """Raise `DataError` where none are asked for, none are left, or unless `fewer` may be found fewer than `asked`."""
    if asked < 1:
        raise DataError("sampling.fewest", asked=asked)
    if left == 0:
        raise DataError("sampling.nothing_left")
    if asked > left and not fewer:
        raise DataError("sampling.too_many", left=left, asked=asked)


@dataclass(frozen=True, slots=True, repr=False)
class Sample:
    """Units to be coded, in the order in which to code them.

    `drawn` is "random" or "targeted"; only a random sample may feed an estimate. `units` is indexed by
    unit id and has the columns probability (of being in the sample, in 0..1; nan where targeted), stratum
    ("" without strata) and why (a note, "" where random). `strata` has a row a stratum of a random sample:
    `population` answers, of which `before` were drawn at random before and `drawn` now, each with
    `probability`; `certain` further ones were coded before and stand for themselves. `facts` says how it was
    drawn: name and value; `notes` are for people.
    """

    drawn: str
    units: pd.DataFrame
    strata: pd.DataFrame
    facts: Mapping[str, str]
    notes: tuple[Note, ...] = ()

    def __post_init__(self) -> None:
        if self.drawn not in (RANDOM, TARGETED):
            raise DataError("corpus.sample_drawn", random=RANDOM, targeted=TARGETED, drawn=self.drawn)
        if self.units.index.has_duplicates:
            raise DataError("corpus.sample_twice")
        if tuple(self.units.columns) != (PROBABILITY, STRATUM, WHY) or tuple(self.strata.columns) != STRATA:
            raise DataError("corpus.sample_columns", columns=(PROBABILITY, STRATUM, WHY), strata=STRATA)

    def __repr__(self) -> str:
        return f"<Sample: {len(self)} units, {self.drawn}>"

    def _repr_html_(self) -> str:
        shown = (PROBABILITY, STRATUM) if self.drawn == RANDOM else (WHY,)
        frame = self.units[list(shown)].head(ROWS)
        frame = frame.round({PROBABILITY: 4}) if PROBABILITY in frame else frame
        more = [Note("corpus.more", count=len(self) - ROWS)] if len(self) > ROWS else []
        right = [False, *(name == PROBABILITY for name in shown)]
        return html_table(
            repr(self)[1:-1], ["unit", *shown], frame.itertuples(name=None), [*more, *map(str, self.notes)], right
        )

    def __len__(self) -> int:
        return len(self.units)


FEWEST = 2
"""So many are drawn in each stratum that has them: one alone has no spread to estimate."""
EMPTY = "(empty)"
"""The stratum of units with nothing in the column of strata, in files of every language."""
_EXACT = 0.01
"""A probability times its population is a whole number, up to rounding in files."""


def draw(
    corpus: Corpus,
    size: int,
    *,
    hand: Coding | None = None,
    by: str | None = None,
    no_answer: Sequence[str] | None = None,
    seed: int = 1,
) -> Sample:
    """Draw units at random without replacement, within the strata of column `by` where it is given.

    The population are the answers that say something (`no_answer`) and those that people coded (`hand`).
    Coded ones are never drawn. Where the corpus has columns drawn, probability and stratum (as a sheet that
    was read leaves them) and they fit the population, the coded random sample is extended: probabilities are
    those of both together. Strata get units in proportion to their size, at least two each. Raises
    `DataError` where fewer than `size` units are left, or `size` is too small for the strata.

    >>> import coder
    >>> from coder.resources import resource
    >>> answers = coder.read(resource("corpora/wishes-2021.csv"), text="answer", id="id")
    >>> sample = coder.draw(answers, 20)
    >>> sample, round(float(sample.units["probability"].iloc[0]), 3)
    (<Sample: 20 units, random>, 0.167)
    """
    pool = _pool(corpus, hand, by, no_answer)
    size_of = _allocated(pool, size)
    generator = np.random.default_rng(seed)
    chosen = [
        generator.choice(pool.open[(pool.stratum[pool.open] == stratum).to_numpy()].to_numpy(), count, replace=False)
        for stratum, count in size_of.items()
        if count
    ]
    ids = pd.Index(generator.permutation(np.concatenate(chosen)), name=corpus.ids.name)
    strata = _strata(pool, size_of)
    probability = strata.set_index(STRATUM)[PROBABILITY]
    stratum = pool.stratum[ids]
    units = pd.DataFrame({PROBABILITY: stratum.map(probability), STRATUM: stratum, WHY: ""}, index=ids)
    silent = len(corpus) - len(pool.stratum)
    facts = {
        DRAWN: RANDOM,
        "n": str(size),
        "seed": str(seed),
        "answers": str(len(corpus)),
        "no_answer": str(silent),
        "population": str(int(strata["population"].sum())),
        "extended": str(len(pool.before)),
        "coded_before": str(len(pool.certain) + len(pool.before)),
        "by": by or "",
    }
    return Sample(RANDOM, units, strata, facts, _notes(pool, strata, by))


def drawn_before(ids: "pd.Index[str]", population: int, answers: int, *, seed: int) -> Sample:
    """The sample of units that were drawn elsewhere at random, without replacement, in the order in which to code them.

    `population` of the `answers` say something; they are too many to be held in memory.
    """
    size = len(ids)
    strata = pd.DataFrame([("", population, 0, 0, size, size / population)], columns=list(STRATA))
    units = pd.DataFrame({PROBABILITY: size / population, STRATUM: "", WHY: ""}, index=ids)
    facts = {
        DRAWN: RANDOM,
        "n": str(size),
        "seed": str(seed),
        "answers": str(answers),
        "no_answer": str(answers - population),
        "population": str(population),
        "extended": "0",
        "coded_before": "0",
        "by": "",
    }
    counts = {"population": population, "certain": 0, "before": 0, DRAWN: size}
    return Sample(RANDOM, units, strata, facts, (Note("sampling.random", **counts), Note("sampling.order")))


def to_code(corpus: Corpus, hand: Coding | None, no_answer: Sequence[str] | None = None) -> "pd.Index[str]":
    """The units that say something and that nobody coded yet."""
    coded = corpus.ids.isin(hand.seen if hand is not None else [])
    return corpus.ids[~coded & ~no_answers(corpus, no_answer)]


@dataclass(frozen=True, slots=True)
class _Pool:
    """Who can be drawn (`open`), who was drawn at random before, and who stands for itself (`certain`).

    `stratum` is that of each of them. `broken` counts the earlier random units that could not be extended.
    """

    stratum: "pd.Series[str]"
    open: "pd.Index[str]"
    before: "pd.Index[str]"
    certain: "pd.Index[str]"
    broken: int = 0


def _pool(corpus: Corpus, hand: Coding | None, by: str | None, no_answer: Sequence[str] | None) -> _Pool:
    left = to_code(corpus, hand, no_answer)
    coded = corpus.ids[corpus.ids.isin(hand.seen)] if hand is not None else corpus.ids[:0]
    if by is not None and by not in corpus.units:
        raise DataError("sampling.no_column", file=corpus.name, column=by, columns=list(map(str, corpus.units.columns)))
    stratum = _strata_of(corpus, by)[corpus.ids[corpus.ids.isin(left) | corpus.ids.isin(coded)]]
    earlier = _drawn_before(corpus, coded)
    if not len(earlier):
        return _Pool(stratum, left, earlier, coded)
    then = _column(corpus, STRATUM)[earlier]
    if (then != "").any() and not (then == stratum[earlier]).all():
        raise DataError("sampling.other_strata", strata=sorted(set(then))[:5])
    certain = coded.difference(earlier, sort=False)
    groups = stratum if (then != "").any() else pd.Series("", index=stratum.index)
    if _fits(_probabilities(corpus)[earlier], groups.drop(certain), earlier):
        return _Pool(stratum, left, earlier, certain)
    return _Pool(stratum, left, earlier[:0], coded, broken=len(earlier))


def _strata_of(corpus: Corpus, by: str | None) -> "pd.Series[str]":
    if by is None:
        return pd.Series("", index=corpus.ids, dtype=str)
    values = corpus.units[by].astype(str).str.strip()
    return values.where(values != "", EMPTY)


def _drawn_before(corpus: Corpus, coded: "pd.Index[str]") -> "pd.Index[str]":
    """The coded units that a random draw chose. Raises where `drawn` or `probability` is not as we write them."""
    drawn = _column(corpus, DRAWN)[coded]
    if strange := sorted(set(drawn) - {"", RANDOM, TARGETED}):
        raise DataError("sampling.own_column", file=corpus.name, value=strange[0], column=DRAWN)
    mine = coded[(drawn == RANDOM).to_numpy()]
    probability = _probabilities(corpus)[mine]
    if wrong := int((~((probability > 0) & (probability <= 1))).sum()):
        raise DataError("sampling.no_probability", file=corpus.name, count=wrong)
    return mine[(probability < 1).to_numpy()]


def _probabilities(corpus: Corpus) -> "pd.Series[float]":
    """The probabilities on record, with a comma or a point; nan where there is none."""
    return pd.to_numeric(_column(corpus, PROBABILITY).str.replace(",", "."), errors="coerce")


def _column(corpus: Corpus, name: str) -> "pd.Series[str]":
    if name not in corpus.units:
        return pd.Series("", index=corpus.ids, dtype=str)
    return corpus.units[name].astype(str).str.strip()


def _fits(probability: "pd.Series[float]", groups: "pd.Series[str]", earlier: "pd.Index[str]") -> bool:
    """Whether in every group of the population the earlier draws are as many as their probability says."""
    size, count = groups.value_counts(), groups[earlier].value_counts()
    expected = probability * groups[earlier].map(size)
    return bool(np.allclose(expected, groups[earlier].map(count), rtol=0, atol=_EXACT))


def _allocated(pool: _Pool, size: int) -> dict[str, int]:
    """How many to draw in each stratum, by its name; the whole sample, earlier draws too, is in proportion.

    Every stratum gets its least; then each next unit goes where the sample is smallest beside the population,
    as seats are given to parties (Webster's method).
    """
    room = pool.stratum[pool.open].value_counts().sort_index()
    check_size(size, int(room.sum()))
    had = pool.stratum[pool.before].value_counts().reindex(room.index, fill_value=0).to_numpy()
    most = room.to_numpy()
    given = np.clip(FEWEST - had, 0, most) if len(room) > 1 else np.zeros(1, dtype=np.int64)
    if given.sum() > size:
        needed = {"strata": len(room), "needed": int(given.sum()), "each": FEWEST}
        raise DataError("sampling.too_few_for_strata", **needed, asked=size)
    population = most + had
    for _ in range(size - int(given.sum())):
        wanted = np.where(given < most, population / (2 * (given + had) + 1), -1.0)
        given[int(np.argmax(wanted))] += 1
    return dict(zip(room.index.tolist(), given.tolist(), strict=True))


def _strata(pool: _Pool, size_of: dict[str, int]) -> pd.DataFrame:
    names = sorted(set(pool.stratum))

    def count(ids: "pd.Index[str]") -> Ints:
        return np.asarray(pool.stratum[ids].value_counts().reindex(names, fill_value=0), dtype=np.int64)

    before = count(pool.before)
    now = np.array([size_of.get(name, 0) for name in names], dtype=np.int64)
    population = count(pool.open) + before
    share = np.divide(before + now, population, out=np.full(len(names), np.nan), where=population > 0)
    columns = (names, population, count(pool.certain), before, now, share)
    return pd.DataFrame(dict(zip(STRATA, columns, strict=True)))


def _notes(pool: _Pool, strata: pd.DataFrame, by: str | None) -> tuple[Note, ...]:
    counts = {name: int(strata[name].sum()) for name in ("population", "certain", "before", DRAWN)}
    kind = "extended" if counts["before"] else "open" if counts["certain"] else "random"
    notes = [Note(f"sampling.{kind}", **counts)]
    if counts["certain"]:
        notes.append(Note("sampling.certain", **counts))
    if pool.broken:
        notes.append(Note("sampling.broken", before=pool.broken))
    if by is not None:
        parts = [
            Note("sampling.stratum", name=Note("sampling.empty") if name == EMPTY else name, drawn=now, population=left)
            for name, now, left in zip(strata[STRATUM], strata[DRAWN], strata["population"], strict=True)
        ]
        notes.append(Note("sampling.strata", by=by, parts=parts))
    return (*notes, Note("sampling.order"))
