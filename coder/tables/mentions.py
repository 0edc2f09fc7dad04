"""Who mentioned what: respondents by codes. It is what every table counts, and what it says of the base.

A respondent may have several units (answers, rows of a long file); here a respondent is one row.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.arrays import Floats
from coder.codebook import Codebook
from coder.coding import Coding
from coder.corpus import MISSING, cells_as_seen
from coder.errors import DataError
from coder.note import Note, some
from coder.statistics.design import Design, Sampled, bases_of_two, effective_bases, linearised, logit
from coder.statistics.proportions import effective, wilson

PEOPLE = "people"
MACHINES = ("rules", "classifier", "rules+classifier")
"""What coder calls the ways in which a machine codes."""
MACHINE = "machine"
"""What a machine is called in a study, whatever its way."""
_WITH_HAND = "hand+"
_LEAST, _MOST = 1e-12, 1e12
"""The least weight of a respondent, and the most."""

Given = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Maker:
    """Who gave the codes that are counted: `PEOPLE`, one of `MACHINES`, `MACHINE`, or "" where that is not known.

    `whole` is whether the machine gave all of them; `instrument` names its codebook and model, "" where not known.
    """

    name: str = ""
    whole: bool = True
    instrument: str = ""

    @property
    def is_machine(self) -> bool:
        """Whether a machine gave codes that nothing corrects."""
        return self.name in (*MACHINES, MACHINE)

    def is_like(self, other: "Maker") -> bool:
        """Whether both coded in the same way, as far as that is known."""
        known = self.instrument and other.instrument
        return (self.name, self.whole) == (other.name, other.whole) and (
            not known or self.instrument == other.instrument
        )


def maker_of(coding: Coding) -> Maker:
    """Who made a coding, by the name it bears and its provenance."""
    name = coding.coder.removeprefix(_WITH_HAND)
    facts = coding.provenance
    if name in (*MACHINES, MACHINE):
        instrument = " ".join(facts[key] for key in ("codebook", "model") if facts.get(key))
        return Maker(name, name == coding.coder, instrument)
    return Maker(PEOPLE) if "event" in facts else Maker()


@dataclass(frozen=True, slots=True, repr=False)
class Mentions:
    """Which respondents mentioned which codes.

    `background` has a row a respondent of the base, indexed by respondent, and a column for each background column
    asked for. `codes` are ids in the order of the codebook; `given` has shape (respondents, codes). `weights`
    (respondents,) are above 0, or None where each respondent counts for one. `left_out` counts the rows of the file
    that are not in the base, `unanswered` those among them that say nothing (None: not known); `silent` the respondents
    of the file that are not in it, where rows were taken together by respondent. `maker` gave the codes.
    `absent` lists, by column of the background, the values in the file that no respondent of the base has. `design`
    says how respondents were drawn; each by itself where it is None.

    With `times` a row stands for so many respondents who are alike in all of this, who have no name then: what is
    counted of very many takes no more room than the kinds of them.
    """

    background: pd.DataFrame
    codes: tuple[str, ...]
    given: Given
    weights: Floats | None = None
    left_out: int = 0
    unanswered: int | None = None
    silent: int | None = None
    maker: Maker = field(default_factory=Maker)
    absent: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    design: Design | None = None
    times: npt.NDArray[np.intp] | None = None

    def __post_init__(self) -> None:
        if self.given.shape != (len(self.background), len(self.codes)):
            raise DataError("mentions.misfit", respondents=len(self.background), codes=len(self.codes))
        if self.weights is not None:
            check_weights(pd.Series(self.weights, index=self.background.index), "weight", self.times)

    def __repr__(self) -> str:
        weighted = ", weighted" if self.weights is not None else ""
        return f"<Mentions: {len(self)} respondents{weighted}, {len(self.codes)} codes>"

    def __len__(self) -> int:
        return len(self.background) if self.times is None else int(self.times.sum())

    @property
    def each(self) -> npt.NDArray[np.intp]:
        """How many respondents each row stands for."""
        return np.ones(len(self.background), dtype=np.intp) if self.times is None else self.times

    @property
    def respondents(self) -> "pd.Index[str]":
        """The respondents of the base."""
        return self.background.index

    @property
    def weight(self) -> Floats:
        """The weight of each respondent, 1 where there are none; of each of those that a row stands for."""
        return np.ones(len(self.background)) if self.weights is None else self.weights

    @property
    def base(self) -> float:
        """The sum of weights, of which percentages are; without weights the number of respondents."""
        return float((self.weight * self.each).sum())

    @property
    def effective_base(self) -> float:
        """How many respondents of equal weight would be as precise (Kish 1965); 0 for none."""
        return effective(self.weight, self.times)

    @property
    def n(self) -> npt.NDArray[np.intp]:
        """The number of respondents that mention each code, shape (codes,)."""
        return self.given.sum(axis=0) if self.times is None else self.times @ self.given

    @property
    def without(self) -> int:
        """The number of respondents that mention no code."""
        return int(self.each[~self.given.any(axis=1)].sum())

    @property
    def counts(self) -> Floats:
        """The weighted number of respondents that mention each code, shape (codes,)."""
        return (self.weight * self.each) @ self.given

    @property
    def shares(self) -> Floats:
        """`counts` as a share of the base, in 0..1, shape (codes,); nan without a respondent."""
        return self.counts / self.base if len(self) else np.full(len(self.codes), np.nan)

    @property
    def drawn(self) -> Design:
        """How the respondents were drawn."""
        return Design.simple(len(self.background), self.times) if self.design is None else self.design

    @property
    def is_plain(self) -> bool:
        """Whether it is a simple random sample, in which everybody counts for as much."""
        equal = self.weights is None or bool((self.weights == self.weights[:1]).all())
        return equal and (self.design is None or self.design.is_simple)

    @property
    def variances(self) -> Floats:
        """The variance of each share, by the linearised errors of respondents (Taylor series), shape (codes,).

        nan for nobody, and where all are of one cluster.
        """
        if not len(self) or self.drawn.is_one_cluster:
            return np.full(len(self.codes), np.nan)
        return self.drawn.variance(linearised(self.given, self.weight, self.times))

    @property
    def bases(self) -> Floats:
        """How many respondents of a simple random sample would tell each share as precisely, shape (codes,)."""
        if self.is_plain or not len(self):
            return np.full(len(self.codes), float(len(self)))
        return effective_bases(self.shares, self.variances, self.drawn, self.effective_base)

    def bases_against(self, mine: Given) -> tuple[Floats, Floats]:
        """The bases by which the shares of the respondents in `mine`, and of the others, are tested; (codes,) each.

        nan where all of the one, or of the other, are of one cluster.
        """
        codes = len(self.codes)
        if any(self.drawn.take(part).is_one_cluster for part in (mine, ~mine)):
            return np.full(codes, np.nan), np.full(codes, np.nan)
        if self.is_plain:
            return np.full(codes, float(self.each[mine].sum())), np.full(codes, float(self.each[~mine].sum()))
        return bases_of_two(self.given, self.weight, self.drawn, mine)

    def intervals(self, *, level: float = 0.95) -> Floats:
        """Intervals of the shares, in 0..1, shape (codes, 2).

        Wilson's (1927) in a simple random sample; else by the linearised variance on the scale of log odds, as
        R's `svyciprop`.
        """
        if self.is_plain:
            return wilson(self.n, len(self), level=level)
        return logit(self.shares, self.bases, len(self), level=level)

    def sampled(self, *, level: float = 0.95) -> Sampled:
        """What the respondents say as a sample, with intervals at this level."""
        return Sampled(self.shares, self.bases, self.intervals(level=level), len(self))

    def of(self, given: Given) -> "Mentions":
        """What the same respondents mentioned of other codes, which are numbered; shape (respondents, codes)."""
        return replace(self, codes=tuple(map(str, range(given.shape[1]))), given=given)

    def take(self, rows: Given | npt.NDArray[np.intp]) -> "Mentions":
        """The mentions of these respondents alone, a domain of the sample: a mask, or places."""
        return replace(
            self,
            background=self.background.iloc[rows],
            given=self.given[rows],
            weights=None if self.weights is None else self.weights[rows],
            design=self.drawn.take(rows),
            times=None if self.times is None else self.times[rows],
        )

    def groups(self, column: str) -> "dict[str, Mentions]":
        """The mentions by the value of a background column, sorted; respondents with none are in no group."""
        if column not in self.background:
            key = "mentions.no_background" if len(self.background.columns) else "mentions.no_background_at_all"
            raise DataError(key, column=column, columns=[str(name) for name in self.background.columns])
        cells = self.background[column].astype(str).str.strip()
        return {name: self.take((cells == name).to_numpy()) for name in sorted(set(cells) - {""}, key=in_order)}

    def with_nets(self, codebook: Codebook) -> "Mentions":
        """The same, in which a net is mentioned by who mentioned it or any code under it, each once."""
        given, place = self.given.copy(), {code: number for number, code in enumerate(self.codes)}
        for code, net in codebook.under_nets():
            given[:, place[net]] |= self.given[:, place[code]]
        return replace(self, given=given)


def mentions(
    coding: Coding,
    codebook: Codebook,
    *,
    respondent: "pd.Series[str] | None" = None,
    weight: "pd.Series[float] | None" = None,
    background: pd.DataFrame | None = None,
    rows: int | None = None,
    unanswered: int | None = None,
    strata: "pd.Series[str] | None" = None,
    clusters: "pd.Series[str] | None" = None,
    population: "pd.Series[float] | None" = None,
) -> Mentions:
    """Count a coding by respondent: a respondent mentions what any of its units that was seen has.

    `respondent`, `weight` and the columns of `background` are indexed by unit; they are those of the corpus that the
    coding is of unless given. Without any `respondent` each unit is one, and `respondents` is named "unit". `rows` is
    how many rows the file has (the corpus), of which those not seen are left out, so many of them `unanswered`
    (None: not known). `strata`, `clusters` and `population`
    (see `Design.of`) say how respondents were drawn, of all units of the file: who was drawn and not seen counts in the
    variance. With a population and without weights a respondent counts for 1 / the share that was drawn, unless that is
    the same for all.

    Raises `DataError` where the coding has codes that the codebook does not have; where a seen unit has no
    respondent; where the weight is missing or not above 0; where a stratum, cluster or population is missing or
    impossible; and where the units of one respondent have different weights, backgrounds or strata.
    """
    units, corpus = coding.seen, coding.corpus
    if unknown := sorted(set(coding.assignments["code"]) - set(codebook.ids)):
        raise DataError("mentions.unknown_codes", coder=coding.coder, codes=some(unknown, 5), has=codebook.ids)
    if corpus is not None:
        respondent = corpus.respondents if respondent is None else respondent
        weight = corpus.weights if weight is None else weight
        rows = len(corpus) if rows is None else rows
    who = units.to_series() if respondent is None else _ids(respondent.reindex(units))
    if nobody := int((who == "").sum()):
        raise DataError("mentions.no_respondent", count=nobody, row=who.index[who == ""][0])
    names = pd.Index(pd.unique(who), name="unit" if respondent is None else "respondent")
    place = names.get_indexer(pd.Index(who))
    matrix = coding.matrix(units, codebook.ids)
    given = np.zeros((len(names), len(codebook.ids)), dtype=np.bool_)
    np.logical_or.at(given, place, matrix)
    background = None if background is None else background.apply(cells_as_seen)
    asked = pd.DataFrame(index=units) if background is None else background.reindex(units)
    about = pd.DataFrame({name: _one_each(asked[name], who) for name in asked.columns}, index=names)
    weights = None
    if weight is not None:
        check_weights(weight.reindex(units), str(weight.name))
        weights = np.asarray(_one_each(weight.reindex(units), who), dtype=np.float64)
    design = _design(names, respondent, strata, clusters, population)
    if design is not None and weights is None and np.ptp(design.fraction) > 0:
        weights = 1 / design.fraction
    absent = {} if background is None else {str(name): _absent(background[name], about[name]) for name in about}
    left_out = (rows or len(units)) - len(units)
    silent = None if respondent is None else len(set(_ids(respondent)) - {"", *names})
    return Mentions(about, codebook.ids, given, weights, left_out, unanswered, silent, maker_of(coding), absent, design)


def _ids(respondents: "pd.Series[Any]") -> "pd.Series[str]":
    """Who gave each answer; "" where that is not known."""
    return respondents.fillna("").astype(str).str.strip()


def _absent(cells: "pd.Series[Any]", counted: "pd.Series[Any]") -> tuple[str, ...]:
    """The values of a column that none of those counted has."""
    return tuple(sorted(set(cells.str.strip()) - set(counted.str.strip()) - {""}))


def counted_of(counted: Mentions | Coding, codebook: Codebook, by: Sequence[str] = ()) -> Mentions:
    """What a table counts: mentions as they are, or those of a coding with these columns of its corpus beside them.

    Raises `DataError` where the coding does not know its corpus, or that has no such column.
    """
    if isinstance(counted, Mentions):
        return counted
    if not by:
        return mentions(counted, codebook)
    if counted.corpus is None:
        raise DataError("mentions.no_answers", coder=counted.coder, groups=by)
    about = pd.DataFrame({name: counted.corpus.background(name) for name in by}).astype(object)
    about = about.where(about.notna(), "").astype(str)
    return mentions(counted, codebook, background=about)


def group_column(counted: Mentions | Coding, by: str | None) -> str:
    """The column of groups that is meant: the one asked for, or the only one that the corpus of a coding names.

    Raises `DataError` where none is named, or several are.
    """
    named = counted.corpus.groups if isinstance(counted, Coding) and counted.corpus is not None else ()
    if by is not None:
        return by
    if len(named) != 1:
        raise DataError("mentions.which_groups" if named else "mentions.no_groups", groups=named)
    return named[0]


def _design(
    names: "pd.Index[str]",
    respondent: "pd.Series[str] | None",
    strata: "pd.Series[str] | None",
    clusters: "pd.Series[str] | None",
    population: "pd.Series[float] | None",
) -> Design | None:
    """How the respondents in `names` were drawn, from columns of all units; None without any."""
    columns = {"stratum": strata, "cluster": clusters, "population": population}
    given = {kind: cells for kind, cells in columns.items() if cells is not None}
    if not given:
        return None
    units = next(iter(given.values())).index
    who = units.to_series() if respondent is None else _ids(respondent.reindex(units))
    who = who[who != ""]
    drawn = pd.Index(pd.unique(who))
    given |= {kind: _named(cells) for kind, cells in given.items() if kind != "population"}
    of = {kind: _filled(cells[who.index], who) for kind, cells in given.items()}
    try:
        design = Design.of(
            of["stratum"] if "stratum" in of else np.full(len(drawn), ""),
            of["cluster"] if "cluster" in of else np.arange(len(drawn)),
            of.get("population"),
        )
    except DataError as error:
        name = population.name if population is not None else ""
        raise DataError("mentions.population", column=name, found=error) from error
    if design.is_one_cluster:
        name = clusters.name if clusters is not None else ""
        raise DataError("mentions.one_cluster", column=name, cluster=str(of["cluster"][0]))
    return design.take(drawn.get_indexer(names))


def _named(cells: "pd.Series[Any]") -> "pd.Series[Any]":
    """The names of strata or clusters: without the spaces around them, and none where a program wrote NA for none."""
    names = cells.astype(str).str.strip()
    return names.mask(cells.isna() | names.str.casefold().isin(MISSING), "")


def _filled(cells: "pd.Series[Any]", who: "pd.Series[str]") -> npt.NDArray[Any]:
    """The value of each respondent. Raises where one has none."""
    found = _one_each(cells, who)
    empty = found.isna() | (found.astype(str).str.strip() == "")
    if empty.any():
        nobody = found.index[empty]
        raise DataError("mentions.not_drawn", count=len(nobody), column=cells.name, respondent=nobody[0])
    return np.asarray(found.to_numpy())


def _one_each(cells: "pd.Series[Any]", who: "pd.Series[str]") -> "pd.Series[Any]":
    """The one value of each respondent, in the order in which they first come."""
    pairs = pd.DataFrame({"who": who.to_numpy(), "value": cells.to_numpy()}).drop_duplicates()
    if (twice := pairs["who"].duplicated()).any():
        name = pairs["who"][twice].iloc[0]
        one, other = pairs["value"][pairs["who"] == name].head(2).tolist()
        raise DataError("mentions.two_values", respondent=name, column=cells.name, one=one, other=other)
    return pairs.set_index("who")["value"]


def check_weights(weights: "pd.Series[float]", name: str, times: "npt.NDArray[np.intp] | None" = None) -> None:
    """Raise `DataError` where a weight is missing or not above 0; with `times` each is that of so many respondents."""
    wrong = weights[~(np.isfinite(weights) & (weights > 0))]
    if not len(wrong) and len(weights) and not _LEAST <= weights.min() <= weights.max() <= _MOST:
        ends = {"low": float(weights.min()), "high": float(weights.max())}
        raise DataError("mentions.odd_weights", column=name, least=_LEAST, most=_MOST, **ends)
    if len(wrong):
        first = Note("mentions.none") if np.isnan(wrong.iloc[0]) else float(wrong.iloc[0])
        if times is not None:
            count = int(times[weights.index.isin(wrong.index)].sum())
            raise DataError("mentions.no_weight_of_some", count=count, column=name, weight=first)
        raise DataError("mentions.no_weight", count=len(wrong), column=name, row=wrong.index[0], weight=first)


def in_order(name: str) -> list[tuple[bool, float, str]]:
    """Where a group stands: numbers by size, also inside a name ("1-9", "10-49", "250+"), letters by the alphabet."""
    sign = "-" if re.fullmatch(r"-\d+(?:[.,]\d+)?", name) else ""
    parts = re.split(r"(\d+(?:[.,]\d+)?)", name.casefold().removeprefix(sign))
    return [(not part[:1].isdecimal(), _size(sign + part), part) for part in parts if part] + [(False, 0.0, name)]


def _size(part: str) -> float:
    return float(part.replace(",", ".")) if part[-1:].isdecimal() else 0.0
