"""The finding: one line, made from the numbers, that says what a table shows.

Where the difference with the last wave was tested, only a significant one is said, as percentages: that is what
was tested. Where it was not (places alone are known), the change of places is said, which is a fact about two lists.
Of waves that were not coded in the same way no change is said; where nothing changed for sure, that is said.
"""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from coder.note import Note
from coder.tables.comparison import NEW, NOT_IN_LIST, caution
from coder.tables.table import Table

_SHARED = 3
"""So many labels that share place 1 are named."""
_FAR = 2
"""A code moved if its place changed by so much."""
_ALPHA = 0.05

Row = Mapping[Hashable, Any]


def finding(table: Table, comparison: Table | None) -> Note:
    """What comes first in a frequency table and, beside the last wave, what is new there and what moved most."""
    frame = table.frame
    named = frame[(frame["n"] != 0).fillna(value=True).astype(bool) & frame["rank"].notna()]
    if table.base == 0 or named.empty:
        return Note("report.none_named")
    first = named[named["rank"] == named["rank"].min()].to_dict("records")
    alone = len(first) == 1
    if comparison is not None and caution(comparison) is not None:
        comparison = None
    lead = _first(first[0], _row(comparison, first[0]["code"])) if alone else _shared(first)
    moved = _moved(comparison, {row["code"] for row in first}) if comparison is not None else None
    return lead if moved is None else Note("report.both", first=lead, then=moved)


def corrected_finding(table: Table, comparison: Table | None = None) -> Note:
    """The first code of a table of estimates with its interval, and those after it whose interval reaches into it.

    Beside the last wave, the code that changed most too.
    """
    lead = _estimated_first(table)
    if comparison is not None and caution(comparison) is not None:
        comparison = None
    moved = _moved(comparison, set()) if comparison is not None and lead.key != "report.none_named" else None
    return lead if moved is None else Note("report.both", first=lead, then=moved)


def _estimated_first(table: Table) -> Note:
    rows = [row for row in table.frame.to_dict("records") if pd.notna(row["rank"]) and row["percent"] > 0]
    if not rows:
        return Note("report.none_named")
    near = [row for row in rows if row["high"] >= rows[0]["low"]][:_SHARED]
    shown = [tuple(float(row[name]) for name in ("percent", "low", "high")) for row in near]
    if len(near) == 1:
        return Note("report.corrected_first", label=near[0]["label"], figure=shown[0])
    pairs = zip(near, shown, strict=True)
    figures = [Note("report.label_figure", label=row["label"], figure=figure) for row, figure in pairs]
    return Note("report.corrected_near", figures=figures)


def _first(row: Row, compared: Row | None) -> Note:
    about = {"label": row["label"], "percent": float(row["percent"])}
    if compared is None:
        return Note("report.on_first", **about)
    then, now = compared["then_rank"], int(row["rank"])
    if pd.notna(then) and then == now:
        return Note("report.stays_first", **about)
    if not _may_say(compared, up=True):
        return Note("report.on_first", **about)
    if _is_new(compared):
        return Note("report.new_first", label=row["label"])
    if _tested(compared):
        return Note("report.grown_first", **about, then=float(compared["then_percent"]))
    if pd.isna(then):
        return Note("report.on_first", **about)
    return Note("report.rises", label=row["label"], then=int(then), now=now)


def _is_new(row: Row) -> bool:
    """Whether it is known that a code was not in the last list: that a published one lacks it says nothing."""
    known = row.get("change") == NEW or pd.notna(row["then_percent"])
    return bool(row["then_status"] == NOT_IN_LIST and known)


def _shared(rows: list[dict[Hashable, Any]]) -> Note:
    share = float(rows[0]["percent"])
    if len(rows) > _SHARED:
        return Note("report.many_first", count=len(rows), percent=share)
    return Note("report.share_first", labels=[row["label"] for row in rows], percent=share)


def _moved(comparison: Table, apart: set[str]) -> Note | None:
    """The code that changed most, where that may be said; of equal changes the one that stands first."""
    rows = [row for row in comparison.frame.to_dict("records") if row["code"] not in apart]
    if is_tested(comparison):
        sure = [row for row in rows if _is_sure(row)]
        if not sure:
            return _nothing_moved(comparison)
        row = max(sure, key=lambda one: abs(_points(one)))
        then, now = (float(row[name]) for name in ("then_percent", "percent"))
        way = "grows" if _points(row) > 0 else "shrinks"
        return Note(f"report.{way}", label=row["label"], then=then, now=now)
    ranked = [row for row in rows if not (row["dropped"] or pd.isna(row["rank"]) or pd.isna(row["then_rank"]))]
    moved = [row for row in ranked if abs(_places(row)) >= _FAR and _may_say(row, up=_places(row) < 0)]
    if not moved:
        return None
    row = max(moved, key=lambda one: abs(_places(one)))
    way = "rises" if _places(row) < 0 else "falls"
    return Note(f"report.{way}", label=row["label"], then=int(row["then_rank"]), now=int(row["rank"]))


def _nothing_moved(comparison: Table) -> Note | None:
    """That no difference is significant; None where a code is, or is new."""
    if any(_is_sure(row) or row.get("change") == NEW for row in comparison.frame.to_dict("records")):
        return None
    wave = comparison.waves[1] if comparison.waves else Note("report.the_last_wave")
    return Note("report.no_difference", wave=wave)


def is_tested(comparison: Table | None) -> bool:
    """Whether a comparison has a test of any difference."""
    return comparison is not None and any(_tested(row) for row in comparison.frame.to_dict("records"))


def _tested(row: Row) -> bool:
    return not pd.isna(row.get("p_adjusted", float("nan")))


def _is_sure(row: Row) -> bool:
    return _tested(row) and bool(row["p_adjusted"] < _ALPHA)


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
