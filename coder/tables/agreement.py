"""How well coders agree, as tables: overall, per code, per pair of coders, and where they differ.

A coder is whoever made a coding: a person, or a method.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.arrays import Floats, Labels
from coder.codebook import Codebook
from coder.coding import Coding
from coder.errors import DataError, check_least, check_share
from coder.note import Note, Text
from coder.statistics.proportions import at_least, wilson
from coder.statistics.reliability import (
    DISTANCES,
    UNSEEN,
    Coefficient,
    Values,
    alpha,
    bootstrap,
    cohen,
    fleiss,
    numbered,
    pair_distances,
    percentage,
    presence,
    set_distances,
)
from coder.tables.table import Column, Said, Table, texts

NONE = "-"
"""Stands for "seen, and no code fits" where codes are listed."""
_PAIR = 2
"""So many coders agreement needs."""
_SURE = 1.96
"""Standard errors by which two coders surely disagree (95 % two-sided)."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Five tables, all rows of each.

    `overall` has a row a coefficient; `codes` a row a code; `coders` a row a pair of coders and
    `confused` a row a pair of codes, the worst first; `answers` those on which coders differ, the
    most divided first, with what each coder gave in a column `codes_` and its name.
    """

    overall: Table
    codes: Table
    coders: Table
    confused: Table
    answers: Table


@dataclass(frozen=True, slots=True)
class _Coded:
    """What coders gave the units that two or more of them saw, as arrays.

    `given` is (units, coders, codes), `seen` (units, coders), `numbers` (units, coders) those of their `sets`.
    `left_out` counts the units that one coder alone saw.
    """

    coders: tuple[str, ...]
    units: "pd.Index[str]"
    codes: tuple[str, ...]
    given: Labels
    seen: Labels
    numbers: Values
    sets: Labels
    left_out: int

    @property
    def single(self) -> bool:
        """Whether nobody gave a unit more than one code: then a coding is one value."""
        return bool((self.sets.sum(axis=1) <= 1).all())

    @property
    def pairs(self) -> int:
        """How many pairs of codings of the same unit there are."""
        seen = self.seen.sum(axis=1)
        return int((seen * (seen - 1) // 2).sum())


def agree(
    codings: Mapping[str, Coding] | Sequence[Coding],
    codebook: Codebook | None = None,
    *,
    texts: "pd.Series[str] | None" = None,
    distances: Sequence[str] = ("masi", "jaccard"),
    clusters: "pd.Series[str] | None" = None,
    seed: int = 1,
    level: float = 0.95,
    draws: int = 1000,
) -> Agreement:
    """How well these coders agree on the units that two or more of them saw.

    A mapping names the coders; of a sequence each coding has its own name. Where nobody gave a unit
    more than one code, a coding is one value ("none fits" too): Krippendorff's alpha is nominal, with
    Cohen's kappa for two coders or Fleiss' for more that saw as many each. Else a coding is a set of
    codes, and alpha is that of each of `distances` (see `coder.statistics.reliability.set_distances`).
    Per code the value is whether it was given. Intervals are percentiles of `draws` bootstrap samples
    of units, or of the `clusters` that units are in (documents; indexed by unit), with coverage `level`. `texts`,
    indexed by unit, are shown beside the answers that divide.

    Raises `DataError` with fewer than two coders, two of one name, or no unit that two saw.

    >>> import coder
    >>> from coder.resources import resource
    >>> answers = coder.read(resource("corpora/wishes-2021.csv"), text="answer", id="id")
    >>> book = coder.read_codebook(resource("codebooks/wishes.yaml"))
    >>> hand = coder.Coding.from_column(answers, "codes", book)
    >>> found = coder.agree([hand, coder.code(answers, book)], book)
    >>> found.overall.frame["measure"].tolist()
    ['percentage', 'dice', 'alpha_masi', 'alpha_jaccard']
    """
    check_share(level=level)
    check_least(1, draws=draws)
    if unknown := [name for name in distances if name not in DISTANCES]:
        raise DataError("agreement.no_distance", distance=unknown[0], distances=DISTANCES)
    coded = _coded(_named(codings), codebook)
    columns = dict(_columns(coded))
    measures = _measures(coded, () if coded.single else distances)
    per_code = [alpha(presence(given, coded.seen)) for given in columns.values()]
    drawn = None if clusters is None else clusters.reindex(coded.units).to_numpy()
    options = {"clusters": drawn, "seed": seed, "level": level, "draws": draws}
    intervals, undefined = bootstrap([*measures.values(), *per_code], **options)  # type: ignore[arg-type]
    cut = len(measures)
    tables = (
        _overall(coded, measures, intervals[:cut], undefined[:cut], draws, level),
        _codes(coded, columns, per_code, intervals[cut:], undefined[cut:], codebook, draws),
        _coders(coded, () if coded.single else distances),
        _confused(coded, columns, codebook),
        _answers(coded, texts),
    )
    return Agreement(*tables)


def with_oneself(twice: Mapping[str, tuple[Coding, Coding]], codebook: Codebook | None = None) -> Table | None:
    """How well each coder agrees with themselves: what they gave answers first, and again without seeing that.

    A row a coder: coder, units, agreement (the share of answers with exactly the same codes) with its interval (Wilson;
    low, high), and alpha (MASI, or nominal where no answer has more than one code). None without any answer.
    """
    rows = []
    for who, (first, again) in twice.items():
        if not len(first.seen.intersection(again.seen)):
            continue
        overall = agree({"first": first, "again": again}, codebook, distances=("masi",), draws=1).overall.frame
        units, values = int(overall["units"].iloc[0]), overall.set_index("measure")["value"]
        share = float(values["percentage"])
        low, high = wilson([round(share * units)], units)[0].tolist()
        rows.append((who, units, share, low, high, float(values.filter(regex="^alpha_").iloc[0])))
    if not rows:
        return None
    frame = pd.DataFrame(rows, columns=["coder", "units", "agreement", "low", "high", "alpha"])
    shown: dict[str, Said | Column] = {**_headings("coder", "units", "agreement", "low", "high", "alpha")}
    return Table(Note("agreement.oneself"), frame, int(frame["units"].sum()), shown, (Note("agreement.oneself_note"),))


def _named(codings: Mapping[str, Coding] | Sequence[Coding]) -> dict[str, Coding]:
    pairs = list(codings.items()) if isinstance(codings, Mapping) else [(one.coder, one) for one in codings]
    named = dict(pairs)
    if len(named) < len(pairs):
        raise DataError("agreement.same_name", coders=[name for name, _ in pairs])
    if len(named) < _PAIR:
        raise DataError("agreement.one_coder", coder=next(iter(named))) if named else DataError("agreement.no_coder")
    return named


def _coded(codings: Mapping[str, Coding], codebook: Codebook | None) -> _Coded:
    every = pd.Index(pd.unique(np.concatenate([coding.seen.to_numpy(dtype=object) for coding in codings.values()])))
    seen = np.stack([every.isin(coding.seen) for coding in codings.values()], axis=1)
    paired = seen.sum(axis=1) >= _PAIR
    if not paired.any():
        raise DataError("agreement.nothing_twice", coders=list(codings))
    units, seen = every[paired], seen[paired]
    used = {code for coding in codings.values() for code in coding.assignments["code"].unique()}
    order = codebook.ids if codebook else ()
    codes = (*(code for code in order if code in used), *sorted(used - set(order)))
    given = np.stack([coding.matrix(units, codes) for coding in codings.values()], axis=1)
    values, sets = numbered(given, seen)
    return _Coded(tuple(codings), units, codes, given, seen, values, sets, int((~paired).sum()))


def _columns(coded: _Coded) -> Iterator[tuple[str, Labels]]:
    """Each code with who gave it to what (units, coders); last `NONE`, if a coder found that no code fits."""
    for place, code in enumerate(coded.codes):
        if coded.given[:, :, place].any():
            yield code, coded.given[:, :, place]
    none = coded.seen & ~coded.given.any(axis=2)
    if none.any():
        yield NONE, none


def _measures(coded: _Coded, distances: Sequence[str]) -> dict[str, Coefficient]:
    """The coefficients of whole codings, by the name of their row."""
    measures = {"percentage": percentage(coded.numbers)}
    if distances:
        measures["dice"] = percentage(coded.numbers, set_distances(coded.sets, "dice"))
        return measures | {f"alpha_{name}": alpha(coded.numbers, set_distances(coded.sets, name)) for name in distances}
    measures["alpha_nominal"] = alpha(coded.numbers)
    name, kappa = _kappa(coded.numbers)
    return measures | {name: kappa} if not np.isnan(kappa.value) else measures


def _kappa(values: Values) -> tuple[str, Coefficient]:
    """Cohen's kappa of two coders, Fleiss' of more."""
    return ("cohen", cohen(values[:, 0], values[:, 1])) if values.shape[1] == _PAIR else ("fleiss", fleiss(values))


def _overall(
    coded: _Coded,
    measures: Mapping[str, Coefficient],
    intervals: Floats,
    undefined: npt.NDArray[np.intp],
    draws: int,
    level: float,
) -> Table:
    frame = pd.DataFrame(
        {
            "measure": list(measures),
            "value": [one.value for one in measures.values()],
            "low": intervals[:, 0],
            "high": intervals[:, 1],
            "undefined": undefined,
            "units": len(coded.units),
            "coders": len(coded.coders),
            "pairs": coded.pairs,
        }
    )
    notes = [Note("agreement.counts", units=len(coded.units), coders=len(coded.coders), pairs=coded.pairs)]
    notes += [Note("agreement.left_out", count=coded.left_out)] if coded.left_out else []
    notes += [Note("agreement.interval", level=round(level * 100, 4), draws=draws)]
    notes += _undefined(frame, [Note(f"agreement.{name}") for name in measures], draws)
    notes += [Note("agreement.sets")] if "dice" in measures else []
    notes += [Note("agreement.thresholds")]
    measure = Column(Note("agreement.head_measure"), "measure", ("measure",))
    shown: dict[str, Said | Column] = {"label": measure, **_headings("value", "low", "high")}
    return Table(Note("agreement.overall"), frame, len(coded.units), shown, tuple(notes))


def _headings(*names: str) -> dict[str, Note]:
    """The headings of these columns."""
    return {name: Note(f"agreement.head_{name}") for name in names}


def _undefined(frame: pd.DataFrame, labels: Sequence[Said], draws: int) -> list[Note]:
    """A note on the draws without variation, in which a coefficient is not defined; none without them."""
    some = (frame["undefined"] > 0) & frame["low"].notna()
    counts = [
        Note("agreement.undefined_of", label=label, draws=count)
        for label, count, one in zip(labels, frame["undefined"].tolist(), some, strict=True)
        if one
    ]
    return [Note("agreement.undefined", counts=counts, draws=draws)] if counts else []


def _codes(
    coded: _Coded,
    columns: Mapping[str, Labels],
    alphas: Sequence[Coefficient],
    intervals: Floats,
    undefined: npt.NDArray[np.intp],
    codebook: Codebook | None,
    draws: int,
) -> Table:
    values = [presence(given, coded.seen) for given in columns.values()]
    frame = pd.DataFrame(
        {
            "code": list(columns),
            "label": _labels(columns, codebook),
            "n": [int(given.sum()) for given in columns.values()],
            "units": [int(given.any(axis=1).sum()) for given in columns.values()],
            "agreement": [percentage(one).value for one in values],
            "kappa": [_kappa(one)[1].value for one in values],
            "alpha": [one.value for one in alphas],
            "low": intervals[:, 0],
            "high": intervals[:, 1],
            "undefined": undefined,
        }
    )
    last = frame["code"] == NONE
    frame = frame.assign(last=last).sort_values(["last", "n"], ascending=[True, False], kind="stable")
    frame = frame.drop(columns="last").reset_index(drop=True)
    kappa = not frame["kappa"].isna().all()
    shown: dict[str, Said | Column] = {
        "label": _code_column(Note("tables.code"), "code", "label"),
        **_headings("n", "units", "agreement"),
    }
    if kappa:
        shown["kappa"] = Note("agreement.cohen" if len(coded.coders) == _PAIR else "agreement.fleiss")
    shown |= _headings("alpha", "low", "high")
    labels = [
        Note("agreement.none") if code == NONE else label
        for code, label in zip(frame["code"], frame["label"], strict=True)
    ]
    notes = [Note("agreement.codes_note"), *_undefined(frame, labels, draws)]
    return Table(Note("agreement.codes"), frame, len(coded.units), shown, tuple(notes))


def _labels(codes: Iterable[str], codebook: Codebook | None) -> "pd.Series[str]":
    """The label of each code; of `NONE` itself."""
    return texts(codebook.text(code) if codebook else Text(code) for code in codes)


def _code_column(heading: Said, code: str, label: str) -> Column:
    """A column of labels, in which `NONE` reads as words."""
    return Column(heading, "code", (code, label))


def _coders(coded: _Coded, distances: Sequence[str]) -> Table:
    """Pairs of coders, by how sure it is that they disagree: few answers in common say little."""
    name = distances[0] if distances else "nominal"
    distance = set_distances(coded.sets, name) if distances else None
    rows = []
    for one, other in combinations(range(len(coded.coders)), _PAIR):
        values = coded.numbers[:, [one, other]]
        values = values[(values != UNSEEN).all(axis=1)]
        if len(values):
            apart = int((values[:, 0] != values[:, 1]).sum())
            kappa = cohen(values[:, 0], values[:, 1]).value if coded.single else float("nan")
            worth = (len(values), apart, 1 - apart / len(values), alpha(values, distance).value, kappa)
            rows.append((coded.coders[one], coded.coders[other], *worth))
    columns = ["coder", "other", "units", "apart", "agreement", "alpha", "kappa"]
    frame = pd.DataFrame(rows, columns=columns)
    surely = at_least(frame["apart"].to_numpy(), frame["units"].to_numpy(), z=_SURE)
    frame = frame.assign(surely=surely).sort_values("surely", ascending=False, kind="stable", ignore_index=True)
    shown: dict[str, Said | Column] = {**_headings("coder", "other", "units", "apart", "agreement")}
    shown["alpha"] = Note(f"agreement.alpha_{name}")
    if coded.single:
        shown["kappa"] = Note("agreement.cohen")
    notes = (Note("agreement.coders_note"),)
    return Table(Note("agreement.coders"), frame.drop(columns="surely"), len(coded.units), shown, notes)


def _confused(coded: _Coded, columns: Mapping[str, Labels], codebook: Codebook | None) -> Table:
    """Pairs of codes, by the answers to which one coder gave the first alone and another the second alone."""
    codes, given = list(columns), np.stack(list(columns.values()), axis=2)
    either = _anyone(given)
    rows = []
    for place, code in enumerate(codes):
        mine = given[:, :, place]
        chosen = _anyone(mine)
        with_it, without = mine[chosen], coded.seen[chosen] & ~mine[chosen]
        others = given[chosen][:, :, place + 1 :]
        both_ways = _anyone(with_it[:, :, None] & ~others) & _anyone(without[:, :, None] & others)
        for later, count in enumerate(both_ways.sum(axis=0).tolist(), start=place + 1):
            if count:
                rows.append((code, codes[later], count, count / int((either[:, place] | either[:, later]).sum())))
    frame = pd.DataFrame(rows, columns=["code", "other", "n", "share"])
    for column in ("code", "other"):
        frame[f"{column}_label"] = _labels(frame[column], codebook)
    frame = frame.sort_values(["n", "share"], ascending=False, kind="stable", ignore_index=True)
    shown: dict[str, Said | Column] = {
        f"{name}_label": _code_column(Note(f"agreement.head_{name}_label"), name, f"{name}_label")
        for name in ("code", "other")
    }
    shown |= _headings("n", "share")
    return Table(Note("agreement.confused"), frame, len(coded.units), shown, (Note("agreement.confused_note"),))


def _anyone(given: Labels) -> Labels:
    """Whether any coder did; coders are axis 1."""
    return np.asarray(given.any(axis=1), dtype=np.bool_)


def _answers(coded: _Coded, answers: "pd.Series[str] | None") -> Table:
    """The answers on which coders differ, by the mean distance of what they gave (Jaccard)."""
    apart = pair_distances(coded.numbers, set_distances(coded.sets, "jaccard"))
    coders = coded.seen.sum(axis=1)
    order = np.lexsort((-coders, -apart))
    order = order[apart[order] > 0]
    cells = np.array([_cell(one, coded.codes) for one in coded.sets] + [""], dtype=object)[coded.numbers[order]]
    names = np.array(coded.coders, dtype=object)
    frame = pd.DataFrame({"unit": coded.units[order], "coders": coders[order], "disagreement": apart[order]})
    frame["codes"] = [_who(row, names) for row in cells]
    if answers is not None:
        frame["text"] = answers.reindex(coded.units[order]).fillna("").to_numpy()
    each = pd.DataFrame(cells, columns=[f"codes_{name}" for name in coded.coders])
    shown = _headings("unit", "disagreement", "codes", *(["text"] if answers is not None else []))
    notes = (Note("agreement.answers_note", differ=len(order), units=len(coded.units)),)
    return Table(Note("agreement.answers"), pd.concat([frame, each], axis=1), len(coded.units), shown, notes)


def _cell(codes: Labels, ids: Sequence[str]) -> str:
    return ";".join(code for code, has in zip(ids, codes, strict=True) if has) or NONE


def _who(cells: npt.NDArray[np.object_], names: npt.NDArray[np.object_]) -> str:
    """Which codes whom gave: "film;plan: anna, bert | -: chris", the commonest first."""
    given: dict[str, list[str]] = {}
    for cell, name in zip(cells, names, strict=True):
        if cell:
            given.setdefault(cell, []).append(name)
    by_size = sorted(given.items(), key=lambda item: -len(item[1]))
    return " | ".join(f"{cell}: {', '.join(who)}" for cell, who in by_size)
