"""Codes by groups: where a code stands out, and what marks each group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from coder.codebook import Codebook
from coder.coding import Coding
from coder.errors import DataError
from coder.statistics.proportions import benjamini_hochberg, shares_differ
from coder.tables.crosstab import Group, group_heading, group_notes, heading, numbers_of, split
from coder.tables.frequency import MIN_BASE, design_notes, top
from coder.tables.group_words import decimal, group_words, tests_said
from coder.tables.mentions import Mentions, counted_of, group_column
from coder.tables.table import Table
from coder.words.numbers import percent

MORE, LESS = "more", "less"
_MARKS = {MORE: "+▲", LESS: "−▼", "": ""}


@dataclass(frozen=True, slots=True, repr=False)
class Groups:
    """Codes by groups, as three tables.

    `table` is what people see: a row a code, with n, % and a mark of each group, and the groups in which
    the code stands out. `profiles` has a row a group, with the codes that stand out. `cells` has a row a
    group and code, with every number behind the marks.
    """

    table: Table
    profiles: Table
    cells: Table

    @property
    def frame(self) -> pd.DataFrame:
        """The numbers of `table`."""
        return self.table.frame

    def __repr__(self) -> str:
        return f"<Groups: {len(self.table.frame)} codes in {len(self.profiles.frame)} groups>"

    def _repr_html_(self) -> str:
        return self.table._repr_html_() + self.profiles._repr_html_()


def groups(
    counted: Mentions | Coding,
    codebook: Codebook,
    by: str | None = None,
    *,
    nets: bool = False,
    level: float = 0.95,
    min_base: float = MIN_BASE,
    title: str | None = None,
    language: str = "nl",
) -> Groups:
    """Which codes are mentioned more, or less, in a group of background column `by` than in all others together.

    Of a `Coding` the groups, weights and respondents are those of the corpus that it is of; `by` is the one column of
    groups that the corpus names unless given.

    Of each cell `residual` is the adjusted standardised residual (Haberman 1973), `p` two-sided: normal, or
    Fisher's exact one where fewer than 5 are expected; `adjusted_p` is p adjusted over all cells tested
    (Benjamini and Hochberg 1995), and `flag` says "more" or "less" where it is under 1 - `level`. With
    weights shares are weighted; with weights, strata, clusters or a finite population the bases of a test are effective
    ones, by the linearised variance of the difference (Rao and Scott 1984). Respondents without a group are left out
    and counted in the notes. Groups whose (effective) base is under `min_base` are shown without
    percentages and not tested; they do count among the others. So do codes that all or nobody mentioned.
    `nets` tests nets too, with their codes under them, as `coder.tables.frequency.top` has them.

    Raises `DataError` with fewer than two groups or more than fifty, for a level outside 0..1, and where nets are
    asked for and the codebook has none.

    >>> import coder
    >>> from coder.resources import resource
    >>> book = coder.read_codebook(resource("codebooks/trends.yaml"))
    >>> answers = coder.read(resource("corpora/trends-2024.csv"), text="answer", id="id", groups="sector")
    >>> hand = coder.Coding.from_column(answers, "codes", book)
    >>> cells = coder.groups(hand, book, by="sector").cells.frame
    >>> cells.loc[(cells["group"] == "Onderwijs") & (cells["code"] == "ai"), "n"].item()
    9
    """
    if not 0 < level < 1:
        raise DataError(f"The level is between 0 and 1, such as 0.95; it is {level}.")
    said = group_words(language)
    by = group_column(counted, by)
    counted = counted_of(counted, codebook, [by])
    columns = split(counted, by, min_base)
    inside = counted.take((counted.background[by].astype(str).str.strip() != "").to_numpy())
    whole = top(inside, codebook, limit=len(inside.codes), nets=nets, language=language).frame
    inside = inside.with_nets(codebook) if nets else inside
    columns = [replace(one, mentions=one.mentions.with_nets(codebook)) for one in columns] if nets else columns
    cells = _cells(inside, by, columns, whole, level)
    alpha = f"{(1 - level) * 100:.4g}".replace(".", "," if language == "nl" else ".")
    tests = int(cells["p"].notna().sum())
    marks = tests_said("marks", tests, said, alpha=alpha)
    about = group_notes(counted, by, columns, min_base, said, no_group="outside")
    notes = [_base(inside, said, language), *design_notes(inside, said), *about, marks]
    notes += [] if cells["flag"].any() or not tests else [said["nothing"]]
    notes += [said["nets"]] * nets
    heads = (title or said["groups"].format(by=by), said["profiles"].format(by=by))
    wide, shown = _wide(whole, cells, columns, inside, said, language)
    profiles = _profiles(cells, columns, whole)
    names = {name: said["base_column" if name == "n" else name] for name in ("group", "n", MORE, LESS)}
    return Groups(
        Table(heads[0], wide, len(inside), shown, tuple(notes)),
        Table(heads[1], profiles, len(inside), names, (said["profiles_note"], *about)),
        Table(heads[0], cells, len(inside), {str(name): str(name) for name in cells}, tuple(notes)),
    )


def _cells(inside: Mentions, by: str, columns: Sequence[Group], whole: pd.DataFrame, level: float) -> pd.DataFrame:
    """A row a group and code: the group against all others, tested."""
    places = [inside.codes.index(code) for code in whole["code"]]
    of = inside.background[by].astype(str).str.strip().to_numpy()
    rows = []
    for group in columns:
        rest = inside.take(of != group.name)
        share, other = group.mentions.shares[places], rest.shares[places]
        base, other_base = (part[places] for part in inside.bases_against(of == group.name))
        tested = shares_differ(share, base, other, other_base)
        numbers = numbers_of(group, places, whole.index).items()
        frame = whole[["code", "label"]].assign(
            **{name.partition(":")[0]: values for name, values in numbers},
            percent_rest=other * 100,
            base=len(group.mentions),
            effective_base=base,
            expected=(share * base + other * other_base) / (base + other_base) * base,
            residual=tested.z,
            p=tested.p if group.enough else np.nan,
            exact=tested.exact,
        )
        frame.insert(0, "group", group.name)
        rows.append(frame)
    cells = pd.concat(rows, ignore_index=True)
    cells["adjusted_p"] = benjamini_hochberg(cells["p"].to_numpy())
    sure = cells["adjusted_p"] < 1 - level
    cells["flag"] = np.select([sure & (cells["residual"] > 0), sure], [MORE, LESS], default="")
    return cells


def _wide(
    whole: pd.DataFrame,
    cells: pd.DataFrame,
    columns: Sequence[Group],
    inside: Mentions,
    said: Mapping[str, str],
    language: str,
) -> tuple[pd.DataFrame, dict[str, str]]:
    """A row a code with the columns of each group, and which of them people see."""
    parts: dict[str, pd.Series[Any]] = {}
    shown = {"label": said["code"], "n": heading(said["total"], inside, said, language)}
    shown["percent"] = f"{said['total']} %"
    for group in columns:
        mine = cells[cells["group"] == group.name].set_index(whole.index)
        numbers = {"n": mine["n"], "percent": mine["percent"], "mark": mine["flag"].map(_MARKS)}
        parts |= {f"{name}:{group.name}": values for name, values in numbers.items()}
        shown[f"n:{group.name}"] = group_heading(group, said, language)
        shown |= {f"percent:{group.name}": f"{group.name} %", f"mark:{group.name}": "±"} if group.enough else {}
    for flag in (MORE, LESS):
        out = cells[cells["flag"] == flag]
        named = [", ".join(out.loc[out["code"] == code, "group"]) for code in whole["code"]]
        parts[f"{flag}_in"] = pd.Series(named, index=whole.index, dtype=str)
    names = ["code", "label", "n", "percent", *(name for name in ("level", "net") if name in whole)]
    frame = pd.concat([whole[names], pd.DataFrame(parts)], axis=1)
    return frame, shown | {"more_in": said["more_in"]}


def _profiles(cells: pd.DataFrame, columns: Sequence[Group], whole: pd.DataFrame) -> pd.DataFrame:
    """A row a group: the codes that stand out, the surest first, as "label (% here, all %)"."""
    names = ["label", "percent", "percent_all"]
    everyone = cells["code"].map(whole.set_index("code")["percent"])
    cells = cells.assign(size=cells["residual"].abs(), percent_all=everyone)
    cells = cells.sort_values("size", ascending=False, kind="stable")
    rows = []
    for group in columns:
        mine = cells[cells["group"] == group.name]
        said = {
            flag: "; ".join(
                f"{label} ({percent(here)} / {percent(all_)})"
                for label, here, all_ in mine.loc[mine["flag"] == flag, names].itertuples(index=False, name=None)
            )
            for flag in (MORE, LESS)
        }
        rows.append({"group": group.name, "n": len(group.mentions), "enough": group.enough, **said})
    return pd.DataFrame(rows)


def _base(inside: Mentions, said: Mapping[str, str], language: str) -> str:
    sums = {"sum": decimal(inside.base, language), "effective": decimal(inside.effective_base, language)}
    return said["base" if inside.weights is None else "groups_weighted"].format(base=len(inside), **sums)
