"""The finding: one line, made from the numbers, that says what a table shows.

Where the difference with the last wave was tested, only a significant one is said, as percentages: that is what
was tested. Where it was not (places alone are known), the change of places is said, which is a fact about two lists.
"""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from coder.reports.words import report_words, with_interval
from coder.tables.comparison import NOT_IN_LIST
from coder.tables.table import Table
from coder.words.numbers import percent

_SHARED = 3
"""So many labels that share place 1 are named."""
_FAR = 2
"""A code moved if its place changed by so much."""
_ALPHA = 0.05

Row = Mapping[Hashable, Any]


def finding(table: Table, comparison: Table | None, language: str) -> str:
    """What comes first in a frequency table and, beside the last wave, what is new there and what moved most."""
    said = report_words(language)
    frame = table.frame
    named = frame[(frame["n"] != 0).fillna(value=True).astype(bool) & frame["rank"].notna()]
    if table.base == 0 or named.empty:
        return said["none_named"]
    first = named[named["rank"] == named["rank"].min()].to_dict("records")
    alone = len(first) == 1
    lead = _first(first[0], _row(comparison, first[0]["code"]), said) if alone else _shared(first, said)
    moved = _moved(comparison, {row["code"] for row in first}, said) if comparison is not None else ""
    return "; ".join(part for part in (lead, moved) if part)


def corrected_finding(table: Table, language: str) -> str:
    """The first code of a table of estimates with its interval, and those after it whose interval reaches into it."""
    said = report_words(language)
    rows = [row for row in table.frame.to_dict("records") if pd.notna(row["rank"]) and row["percent"] > 0]
    if not rows:
        return said["none_named"]
    near = [row for row in rows if row["high"] >= rows[0]["low"]][:_SHARED]
    shown = [with_interval(*(float(row[name]) for name in ("percent", "low", "high"))) for row in near]
    if len(near) == 1:
        return said["corrected_first"].format(label=near[0]["label"], figure=shown[0])
    figures = [f"{row['label']} {figure}" for row, figure in zip(near, shown, strict=True)]
    return said["corrected_near"].format(figures=", ".join(figures[:-1]) + said["and"] + figures[-1])


def _first(row: Row, compared: Row | None, said: Mapping[str, str]) -> str:
    about = {"label": row["label"], "percent": percent(float(row["percent"]))}
    if compared is None:
        return said["on_first"].format(**about)
    then, now = compared["then_rank"], int(row["rank"])
    if pd.notna(then) and then == now:
        return said["stays_first"].format(**about)
    if not _may_say(compared, up=True):
        return said["on_first"].format(**about)
    if compared["then_place"] == NOT_IN_LIST:
        return said["new_first"].format(**about)
    if _tested(compared):
        return said["grown_first"].format(**about, then=percent(float(compared["then_percent"])))
    return said["on_first"].format(**about) if pd.isna(then) else said["rises"].format(**about, then=int(then), now=now)


def _shared(rows: list[dict[Hashable, Any]], said: Mapping[str, str]) -> str:
    share = percent(float(rows[0]["percent"]))
    if len(rows) > _SHARED:
        return said["many_first"].format(count=len(rows), percent=share)
    labels = [str(row["label"]) for row in rows]
    return said["share_first"].format(labels=", ".join(labels[:-1]) + said["and"] + labels[-1], percent=share)


def _moved(comparison: Table, apart: set[str], said: Mapping[str, str]) -> str:
    """The code that changed most, where that may be said; of equal changes the one that stands first."""
    rows = [row for row in comparison.frame.to_dict("records") if row["code"] not in apart]
    if is_tested(comparison):
        sure = [row for row in rows if _tested(row) and row["p_adjusted"] < _ALPHA]
        if not sure:
            return ""
        row = max(sure, key=lambda one: abs(_points(one)))
        then, now = (percent(float(row[name])) for name in ("then_percent", "percent"))
        return said["grows" if _points(row) > 0 else "shrinks"].format(label=row["label"], then=then, now=now)
    ranked = [row for row in rows if not (row["dropped"] or pd.isna(row["rank"]) or pd.isna(row["then_rank"]))]
    moved = [row for row in ranked if abs(_places(row)) >= _FAR and _may_say(row, up=_places(row) < 0)]
    if not moved:
        return ""
    row = max(moved, key=lambda one: abs(_places(one)))
    way = "rises" if _places(row) < 0 else "falls"
    return said[way].format(label=row["label"], then=int(row["then_rank"]), now=int(row["rank"]))


def is_tested(comparison: Table | None) -> bool:
    """Whether a comparison has a test of any difference."""
    return comparison is not None and any(_tested(row) for row in comparison.frame.to_dict("records"))


def _tested(row: Row) -> bool:
    return not pd.isna(row.get("p_adjusted", float("nan")))


def _points(row: Row) -> float:
    return float(row["percent"] - row["then_percent"])


def _places(row: Row) -> int:
    return int(row["rank"]) - int(row["then_rank"])


def _may_say(row: Row, *, up: bool) -> bool:
    """Whether a change may be said: significant where it was tested, and the percentages go the same way."""
    if _tested(row) and row["p_adjusted"] >= _ALPHA:
        return False
    then, now = row["then_percent"], row["percent"]
    return bool(pd.isna(then) or pd.isna(now) or (now > then if up else now < then))


def _row(comparison: Table | None, code: object) -> Row | None:
    if comparison is None:
        return None
    rows = comparison.frame[comparison.frame["code"] == code].to_dict("records")
    return rows[0] if rows else None
