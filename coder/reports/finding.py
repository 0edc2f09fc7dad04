"""The finding: one line, made from the numbers, that says what a table shows.

It claims no change that the table has tested and not found significant, and no direction that the
percentages contradict.
"""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from coder.reports.words import report_words
from coder.tables.comparison import NOT_IN_LIST
from coder.tables.table import Table, percent

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


def _first(row: Row, compared: Row | None, said: Mapping[str, str]) -> str:
    about = {"label": row["label"], "percent": percent(float(row["percent"]))}
    if compared is None:
        return said["on_first"].format(**about)
    then = compared["then_rank"]
    if pd.isna(then):
        new = compared["then_place"] == NOT_IN_LIST and _sure(compared, up=True)
        return said["new_first" if new else "on_first"].format(**about)
    if then == row["rank"]:
        return said["stays_first"].format(**about)
    if not _sure(compared, up=True):
        return said["on_first"].format(**about)
    return said["rises"].format(**about, then=int(then), now=int(row["rank"]))


def _shared(rows: list[dict[Hashable, Any]], said: Mapping[str, str]) -> str:
    share = percent(float(rows[0]["percent"]))
    if len(rows) > _SHARED:
        return said["many_first"].format(count=len(rows), percent=share)
    labels = [str(row["label"]) for row in rows]
    return said["share_first"].format(labels=", ".join(labels[:-1]) + said["and"] + labels[-1], percent=share)


def _moved(comparison: Table, apart: set[str], said: Mapping[str, str]) -> str:
    """The code whose place changed most, where that is sure; of equal changes the one that stands first."""
    frame = comparison.frame
    known = frame[frame["rank"].notna() & frame["then_rank"].notna() & ~frame["dropped"].astype(bool)]
    rows = [row for row in known.to_dict("records") if row["code"] not in apart]
    rows = [row for row in rows if abs(_change(row)) >= _FAR and _sure(row, up=_change(row) < 0)]
    if not rows:
        return ""
    row = max(rows, key=lambda one: abs(_change(one)))
    way = "rises" if _change(row) < 0 else "falls"
    return said[way].format(label=row["label"], then=int(row["then_rank"]), now=int(row["rank"]))


def _change(row: Row) -> int:
    return int(row["rank"]) - int(row["then_rank"])


def _sure(row: Row, *, up: bool) -> bool:
    """Whether the change may be said: significant where it was tested, and the percentages go the same way."""
    if "significant" in row and (pd.isna(row["significant"]) or not row["significant"]):
        return False
    if "significant" not in row and "p_adjusted" in row and not row["p_adjusted"] < _ALPHA:
        return False
    then, now = row["then_percent"], row["percent"]
    return pd.isna(then) or pd.isna(now) or (now > then if up else now < then)


def _row(comparison: Table | None, code: object) -> Row | None:
    if comparison is None:
        return None
    rows = comparison.frame[comparison.frame["code"] == code].to_dict("records")
    return rows[0] if rows else None
