"""Pictures of tables: which picture answers which question, and the finding that stands above it.

A `Picture` is made of a table and belongs beside it: heading and subtitle say what is seen and of whom, and the table
has every number. It is in no language and of no width yet; `canvas` draws it in the language chosen, and `framed` draws
it with its heading and source as a file of its own.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from coder.codebook import SPECIAL
from coder.note import Note
from coder.reports.canvas import SIZE, SMALL, Canvas, wrapped
from coder.reports.finding import finding
from coder.reports.plots import (
    Bars,
    Beside,
    Cell,
    Interval,
    Pair,
    Row,
    Step,
    paint_bars,
    paint_corrected,
    paint_dumbbells,
    paint_heat,
    paint_lines,
    paint_matrix,
    paint_order,
    paint_points,
)
from coder.reports.shown import said
from coder.tables.agreement import NONE
from coder.tables.comparison import ALPHA, DOWN, NEW, NOT_IN_LIST, UP, caution
from coder.tables.groups import MORE, Groups
from coder.tables.table import Said, Table
from coder.words import EXACT, decimal, points, say

_FRAME, _HEADING = 16.0, 17
_GOOD, _FAIR = 0.8, 0.667
"""From these alphas on agreement is good, and fit for tentative conclusions (Krippendorff 2018)."""
_SIGNS = {UP: "▲", DOWN: "▼", "more": "▲", "less": "▼"}
_ON_A_PAGE = 20
"""So many rows of bars fit on a page."""
_MOST = 12
"""So many codes a matrix has at most, and a heat map with many groups reads no better with more."""

RESPONDENTS, DOCUMENTS = "", "documents_"
"""What a picture counts, as the keys of its sentences begin."""

Values = dict[Hashable, Any]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a table: what it found, what was measured and of whom, and how it is drawn for a width."""

    heading: Said
    subtitle: Said
    paint: Callable[[float], Canvas]

    def canvas(self, width: float) -> Canvas:
        """The picture alone, for a page that has its heading beside it."""
        return self.paint(width)

    def described(self) -> str:
        """The picture in words, for who cannot see it: the table beside it has the numbers."""
        return ". ".join(filter(None, map(said, (self.heading, self.subtitle))))

    def framed(self, width: float, source: Said = "") -> Canvas:
        """The picture with its heading, subtitle and source, to stand alone."""
        inner = self.paint(width - 2 * _FRAME)
        canvas = Canvas(inner.width + 2 * _FRAME)
        room, y = inner.width, _FRAME
        for words, size, fill, bold in ((self.heading, _HEADING, "ink", True), (self.subtitle, SIZE, "soft", False)):
            for line in wrapped(said(words), room, size, bold=bold):
                canvas.text(_FRAME, y + size * 0.6, line, fill, size=size, bold=bold)
                y += size + 5
        y += 8
        canvas.place(inner, _FRAME, y)
        y += inner.height + 8
        for line in wrapped(said(source), room, SMALL) if source else ():
            canvas.text(_FRAME, y + SMALL * 0.6, line, "soft")
            y += SMALL + 4
        canvas.height = y + _FRAME - 4
        return canvas

    def svg(self, width: float, source: Said = "") -> str:
        """A file of its own, in light colours."""
        return self.framed(width, source).svg(self.described(), alone=True)

    def png(self, width: float, source: Said = "", *, scale: float = 2.0) -> bytes:
        """The same as dots."""
        return self.framed(width, source).png(self.described(), scale=scale)


def pictures_of(
    table: Table, comparison: Table | None = None, found: Groups | None = None, limit: int | None = 10
) -> dict[str, Picture]:
    """The pictures of a report by the name of their table, where they fit on a page: `top`, `comparison`, `groups`.

    Those of the first two have no heading, which is that of the report. Without a comparison the chart of a report
    shows `top`.
    """
    made: dict[str, Picture | None] = {}
    names = Note("comparison.last_wave"), Note("comparison.this_wave")
    if comparison is not None and max(len(table.frame), len(comparison.frame)) <= _ON_A_PAGE:
        made["comparison"] = change_picture(comparison, table, names, limit)
        made["top"] = top_picture(table, intervals=False) if made["comparison"] else None
    made = {name: replace(one, heading="") if one else None for name, one in made.items()}
    if found is not None:
        made["groups"] = groups_picture(found, limit)
    return {name: one for name, one in made.items() if one is not None}


# What is mentioned most


def top_picture(table: Table, *, intervals: bool = True, of: str = RESPONDENTS) -> Picture | None:
    """Bars of a frequency table; what has no rank stands apart. None without a row.

    Without `intervals` where these say too little: what a machine coded is off by more than chance. `of` says what
    counts: `RESPONDENTS` or `DOCUMENTS`.
    """
    rows = _of(table)
    if not rows:
        return None
    subtitle = Note(f"pictures.{of}top" if intervals else "pictures.top_plain", base=table.base or 0)
    return Picture(finding(table, None), subtitle, partial(_paint_top, rows, intervals=intervals, of=of))


def _paint_top(rows: Sequence[Values], width: float, *, intervals: bool, of: str) -> Canvas:
    shown = [
        Row(
            said(row["label"]), row["code"],
            say(Note(f"pictures.{of}told", label=row["label"], figure=_figure(row), count=int(row["n"]))),
            "" if pd.isna(row["rank"]) else str(int(row["rank"])), bool(pd.isna(row["rank"])),
        )
        for row in rows
    ]  # fmt: skip
    ends = [(row["low"], row["high"]) if intervals else None for row in rows]
    fill = "middle" if intervals else "accent"
    return paint_bars(shown, [Bars("", [row["percent"] for row in rows], ends, fill)], width)


# How much was found


def found_picture(table: Table) -> Picture | None:
    """What share of the fragments of each code was found (see `coder.learning.unread.unread`). None without a code.

    Codes stand as sure as they are; those of which it cannot be estimated stand apart. The heading counts codes that
    were found somewhere.
    """
    rows = [row | {"shares": _shares_found(row)} for row in table.frame.to_dict("records")]
    if not rows:
        return None
    rows.sort(key=lambda row: (row["shares"] is None, -row["shares"][1] if row["shares"] else 0))
    told = [row for row in rows if row["found"]]
    about = {"target": float(rows[0]["target"]), "level": float(rows[0]["coverage"])}
    heading = Note(
        "pictures.found_enough", count=sum(row["enough"] for row in told), of=len(told) or len(rows), **about
    )
    return Picture(heading, Note("pictures.found"), partial(_paint_found, rows))


def _shares_found(row: Values) -> tuple[float, float, float] | None:
    """The share that was found with the ends of its interval; None where it is not known."""
    found, left = row["found"], [row[name] for name in ("unread", "high", "low")]
    if pd.isna(left[0]) or not found:
        return None
    share, low, high = (100 * found / (found + max(float(one), 0.0)) for one in left)
    return share, min(low, share), max(high, share)


def _paint_found(rows: Sequence[Values], width: float) -> Canvas:
    shown = []
    for row in rows:
        about = {"label": row["label"], "found": int(row["found"])}
        told = Note("pictures.found_unknown", **about)
        if row["shares"] is not None:
            left = {name: round(float(row[name])) for name in ("unread", "low", "high")}
            told = Note("pictures.found_told", **about, **left, share=row["shares"][0])
        shown.append(Row(said(row["label"]), row["code"], say(told), apart=row["shares"] is None))
    shares = [row["shares"][0] if row["shares"] else None for row in rows]
    ends = [row["shares"][1:] if row["shares"] else None for row in rows]
    return paint_bars(shown, [Bars("", shares, ends, "middle")], width, scale=100)


# Then and now


def change_picture(
    comparison: Table, table: Table, names: tuple[Said, Said], limit: int | None, *, of: str = RESPONDENTS
) -> Picture | None:
    """Shares then and now; ranks where no share of then is known. None without a row.

    Dumbbells, and no slope: the intervals of ranks overlap so much that beside a slope they make one band, and lines
    that cross hide what moved. On a dumbbell a difference is a length, and each label stands once.
    """
    rows = _of(comparison)
    if not rows:
        return None
    shares = any(pd.notna(row["then_percent"]) and pd.notna(row["percent"]) for row in rows)
    said_of = {"then": names[0], "now": names[1]}
    unlike = caution(comparison) is not None
    subtitle = Note(
        "pictures.unlike" if unlike else f"pictures.{of}change" if shares else "pictures.change_ranks", **said_of
    )
    heading = finding(table, comparison)
    return Picture(heading, subtitle, partial(_paint_change, rows, names, limit, ranks=not shares))


def _paint_change(
    rows: Sequence[Values], names: tuple[Said, Said], limit: int | None, width: float, *, ranks: bool
) -> Canvas:
    what = "rank" if ranks else "percent"
    kept = [row for row in rows if pd.notna(row[what]) or pd.notna(row[f"then_{what}"])]
    kept.sort(key=lambda row: bool(row["dropped"]))
    steps = [
        Step(
            _known(row[f"then_{what}"]),
            _known(row[what]),
            _ends(row, "rank_") if ranks else None,
            sure=row["change"] in (UP, DOWN) or (ranks and _is_outside(row)),
            change=_changed(row, ranks=ranks),
        )
        for row in kept
    ]
    shown = [Row(said(row["label"]), row["code"], _told_change(row, names), apart=bool(row["dropped"])) for row in kept]
    gone = say(Note("pictures.gone", limit=limit) if limit else Note("pictures.gone_all"))
    return paint_dumbbells(shown, steps, (said(names[0]), said(names[1])), width, gone=gone, ranks=ranks)


def _changed(row: Values, *, ranks: bool) -> str:
    """What stands at the end of a row: that it is new or was not listed, or the difference with its sign."""
    then = row["then_rank"] if ranks else row["then_percent"]
    if row["then_status"] == NOT_IN_LIST and pd.isna(row["then_percent"]):  # a list that leaves codes out
        return say(Note("pictures.not_listed"))
    if row["change"] == NEW or (pd.isna(then) and row["then_status"] == NOT_IN_LIST):
        return say(Note("pictures.new"))
    if ranks:
        return "" if pd.isna(then) or pd.isna(row["rank"]) else _moved(int(then) - int(row["rank"]))
    return f"{points(row['points'])} {_SIGNS.get(row['change'], '')}".strip()


def _moved(places: int) -> str:
    return "=" if not places else f"+{places}" if places > 0 else f"\N{MINUS SIGN}{-places}"


def _told_change(row: Values, names: tuple[Said, Said]) -> str:
    parts: list[Said] = []
    for wave, share, rank in ((names[0], "then_percent", "then_rank"), (names[1], "percent", "rank")):
        if pd.notna(row[share]):
            parts.append(Note("pictures.share_in", wave=wave, percent=float(row[share])))
        elif pd.notna(row[rank]):
            parts.append(Note("pictures.rank_in", wave=wave, rank=int(row[rank])))
    if pd.notna(row["p_adjusted"]):
        parts.append(Note("pictures.significant" if row["p_adjusted"] < ALPHA else "pictures.not_significant"))
    return say(Note("pictures.told_parts", label=row["label"], parts=parts))


def _is_outside(row: Values) -> bool:
    """Whether a rank of a wave of which ranks alone are known is outside the interval of the rank now."""
    if pd.isna(row["then_rank"]) or pd.isna(row["rank_low"]) or pd.notna(row["then_rank_low"]):
        return False
    return not row["rank_low"] <= row["then_rank"] <= row["rank_high"]


# How far the count is off


def corrected_picture(estimates: Table, limit: int | None = None) -> Picture | None:
    """What was counted beside the estimates (see `coder.learning.estimation`) of the codes up to a rank.

    The heading names the code of which the count is the furthest outside the interval. None without a share.
    """
    rows = [row for row in _of(estimates) if pd.notna(row["percent"]) and max(row["percent"], row["percent_counted"])]
    rows = [row for row in rows if limit is None or pd.isna(row["rank"]) or row["rank"] <= limit]
    if not rows:
        return None
    off = [row for row in rows if _is_off(row)]
    if not any(row["high"] - row["low"] >= EXACT for row in rows):
        heading = Note("pictures.all_by_hand")
    elif off:
        most = max(off, key=lambda row: abs(row["percent_counted"] - row["percent"]))
        key = "counted_too_often" if most["percent_counted"] > most["percent"] else "counted_too_seldom"
        heading = Note(
            f"pictures.{key}", label=most["label"], counted=float(most["percent_counted"]), figure=_figure(most)
        )
    else:
        heading = Note("pictures.counted_well")
    subtitle = Note("pictures.corrected", base=estimates.base or 0, level=100 * float(rows[0]["coverage"]))
    return Picture(heading, subtitle, partial(_paint_corrected, rows))


def _is_off(row: Values) -> bool:
    """Whether what was counted lies outside the interval of the estimate, by more than rounding."""
    return not row["low"] - EXACT <= row["percent_counted"] <= row["high"] + EXACT


def _paint_corrected(rows: Sequence[Values], width: float) -> Canvas:
    shown = []
    for row in rows:
        about = {"label": row["label"], "counted": float(row["percent_counted"]), "figure": _figure(row)}
        shown.append(Row(said(row["label"]), "", say(Note("pictures.told_corrected", **about))))
    shares = [
        Beside(
            float(row["percent_counted"]), float(row["percent"]), (float(row["low"]), float(row["high"])), _is_off(row)
        )
        for row in rows
    ]
    names = say(Note("pictures.counted")), say(Note("pictures.corrected_with"))
    return paint_corrected(shown, shares, names, width)


# How sure the order is


def order_picture(table: Table) -> Picture | None:
    """Ranks with their intervals (see `coder.tables.frequency.order`). None without a rank."""
    rows = _of(table)
    if not rows:
        return None
    first = [row["label"] for row in rows if row["rank_low"] == 1]
    names: dict[str, Any] = {"label": first[0]} if len(first) == 1 else {"count": len(first), "labels": first[:3]}
    key = "sure_first" if len(first) == 1 else "many_first" if len(first) > 3 else "may_be_first"  # noqa: PLR2004
    return Picture(
        Note(f"pictures.{key}", **names), Note("pictures.order", base=table.base or 0), partial(_paint_order, rows)
    )


def _paint_order(rows: Sequence[Values], width: float) -> Canvas:
    shown = []
    for row in rows:
        rank, low, high = (int(row[name]) for name in ("rank", "rank_low", "rank_high"))
        told = say(Note("pictures.told_rank", label=row["label"], rank=rank, low=low, high=high))
        shown.append(Row(said(row["label"]), row["code"], told, str(rank)))
    ends = [(float(row["rank_low"]), float(row["rank_high"])) for row in rows]
    return paint_order(shown, ends, [int(row["rank"]) for row in rows], width, say(Note("pictures.alike")))


# Who says it


def groups_picture(found: Groups, limit: int | None = 10, *, of: str = RESPONDENTS) -> Picture | None:
    """The shares of the codes of the top in each group, light to dark; what stands out is marked. None without one."""
    table = found.table.frame
    table = table[table["level"] == 0] if "level" in table else table
    mentioned = table[table["n"] > 0]
    if mentioned.empty:
        return None
    codes = mentioned["code"].tolist()[: limit or len(mentioned)]
    cells = found.cells.frame
    out = cells[(cells["flag"] != "") & cells["code"].isin(codes)]
    if out.empty:
        heading = Note("pictures.no_group" if found.is_tested else "pictures.groups_untested")
    else:
        row = max(out.to_dict("records"), key=lambda one: abs(one["residual"]))
        about = {"label": row["label"], "group": row["group"], "here": row["percent"], "rest": row["percent_rest"]}
        heading = Note("pictures.more_in" if row["flag"] == MORE else "pictures.less_in", **about)
    total = mentioned[mentioned["code"].isin(codes)].to_dict("records")
    sizes = found.profiles.frame[["group", "n", "enough"]].itertuples(index=False, name=None)
    paint = partial(_paint_groups, total, cells, list(sizes), found.table.base or 0, of=of)
    return Picture(heading, Note(f"pictures.{of}groups" if found.is_tested else f"pictures.{of}groups_plain"), paint)


def _paint_groups(
    total: Sequence[Values],
    cells: pd.DataFrame,
    sizes: Sequence[tuple[str, int, bool]],
    base: int,
    width: float,
    *,
    of: str,
) -> Canvas:
    by = {(str(row["group"]), str(row["code"])): row for row in cells.to_dict("records")}
    groups = [(say(Note("groups.total")), _base(base)), *((name, _base(size)) for name, size, _ in sizes)]
    rows = [Row(said(row["label"]), row["code"], apart=row["code"] in SPECIAL) for row in total]
    drawn = []
    for row in total:
        told = say(Note(f"pictures.{of}told", label=row["label"], figure=float(row["percent"]), count=int(row["n"])))
        drawn.append(
            [
                Cell(float(row["percent"]), "", told),
                *(_cell(by[name, row["code"]], enough, of) for name, _, enough in sizes),
            ]
        )
    return paint_heat(rows, groups, drawn, width)


def _cell(row: Values, enough: bool, of: str) -> Cell:  # noqa: FBT001 (of whom that is)
    """What a group says of a code; where too few are in it, no share."""
    about = {"label": row["label"], "group": row["group"], "count": int(row["n"])}
    if not enough:
        return Cell(None, "", say(Note(f"pictures.{of}told_small", **about)))
    key = {"more": "told_more", "less": "told_less"}.get(row["flag"], "told_group")
    told = say(
        Note(f"pictures.{of}{key}", figure=tuple(float(row[name]) for name in ("percent", "low", "high")), **about)
    )
    return Cell(float(row["percent"]), _SIGNS.get(row["flag"], ""), told)


def _base(count: int) -> str:
    return f"N={decimal(count, 0)}"


# Over many waves


def waves_picture(table: Table, waves: Sequence[str]) -> Picture | None:
    """A small picture of lines a code, of a trend (see `coder.tables.trend.trend`); `waves` from the first on."""
    rows = [row for row in _of(table) if not row["dropped"] and any(pd.notna(row[f"percent_{wave}"]) for wave in waves)]
    if not rows:
        return None
    sure = [row for row in rows if row["trend_change"] in (UP, DOWN)]
    heading: Note = Note("pictures.no_trend")
    if sure:
        most = max(sure, key=lambda row: abs(row["trend_points"]))
        ends = [float(most[f"percent_{wave}"]) for wave in waves if pd.notna(most[f"percent_{wave}"])]
        way = "grows" if most["trend_change"] == UP else "shrinks"
        heading = Note(f"report.{way}", label=most["label"], then=ends[0], now=ends[-1])
    subtitle = Note("pictures.waves", first=waves[0], last=waves[-1])
    return Picture(heading, subtitle, partial(_paint_waves, rows, list(waves)))


def _paint_waves(rows: Sequence[Values], waves: Sequence[str], width: float) -> Canvas:
    shares = [[_known(row[f"percent_{wave}"]) for wave in waves] for row in rows]
    shown = []
    for row, known in zip(rows, shares, strict=True):
        parts = [
            Note("pictures.share_in", wave=wave, percent=one)
            for wave, one in zip(waves, known, strict=True)
            if one is not None
        ]
        shown.append(
            Row(said(row["label"]), row["code"], say(Note("pictures.told_parts", label=row["label"], parts=parts)))
        )
    return paint_lines(shown, waves, shares, [row["trend_change"] in (UP, DOWN) for row in rows], width)


# Who agrees


def agreement_picture(codes: Table) -> Picture | None:
    """Krippendorff's alpha of each code with its interval (see `coder.tables.agreement.agree`), the worst first."""
    rows = [row for row in codes.frame.to_dict("records") if pd.notna(row["alpha"])]
    if not rows:
        return None
    rows.sort(key=lambda row: row["alpha"])
    worst = rows[0]
    about = {"label": _name(worst), "alpha": float(worst["alpha"])}
    heading = Note("pictures.agree" if worst["alpha"] >= _GOOD else "pictures.disagree", **about)
    return Picture(heading, Note("pictures.agreement", base=codes.base or 0), partial(_paint_agreement, rows))


def _paint_agreement(rows: Sequence[Values], width: float) -> Canvas:
    shown = []
    for row in rows:
        about = {"label": _name(row), "alpha": float(row["alpha"]), "count": int(row["n"])}
        code = "" if row["code"] == NONE else row["code"]
        shown.append(Row(said(_name(row)), code, say(Note("pictures.told_alpha", **about))))
    ends: list[Interval | None] = [
        None if pd.isna(row["low"]) else (float(row["low"]), float(row["high"])) for row in rows
    ]
    lines = [
        (_FAIR, f"{say(Note('pictures.fair'))} {decimal(_FAIR, 2)}"),
        (_GOOD, f"{decimal(_GOOD, 2)} {say(Note('pictures.good'))}"),
    ]
    return paint_points(shown, [float(row["alpha"]) for row in rows], ends, width, lines)


def _name(row: Values) -> Said:
    return Note("agreement.none") if row["code"] == NONE else row["label"]


# What goes together


def pairs_picture(table: Table, within: str = "") -> Picture | None:
    """A matrix of the lift of each two codes (see `coder.tables.cooccurrence`, with `never`): those together adjoin.

    Of more than twelve codes those that go together most often are in it. `within` is that of `together`.
    """
    frame = table.frame
    codes = list(dict.fromkeys([*frame["code"], *frame["other"]]))
    if len(codes) < 3:  # noqa: PLR2004 (of two there is one number)
        return None
    more = frame[frame["change"] == "more"]
    heading = Note("pictures.no_pair")
    if len(more):
        first = more.iloc[0]
        heading = Note(
            "pictures.pair", label=first["code_label"], other=first["other_label"], lift=float(first["lift"])
        )
    labels = dict(zip(frame["code"], frame["code_label"], strict=True)) | dict(
        zip(frame["other"], frame["other_label"], strict=True)
    )
    by = {frozenset((row["code"], row["other"])): row for row in frame.to_dict("records")}
    if len(codes) > _MOST:
        often = {code: frame.loc[(frame["code"] == code) | (frame["other"] == code), "n"].sum() for code in codes}
        codes = sorted(codes, key=lambda code: -often[code])[:_MOST]
    subtitle = Note("pictures.pairs", base=table.base or 0)
    if within:
        subtitle = Note("pictures.documents_pairs", base=table.base or 0, within=Note(f"documents.within_{within}"))
    return Picture(heading, subtitle, partial(_paint_pairs, _clustered(codes, by), labels, by))


def _paint_pairs(
    codes: Sequence[str], labels: dict[str, Any], by: dict[frozenset[str], Values], width: float
) -> Canvas:
    rows = [Row(said(labels[code]), code) for code in codes]

    def pair(one: int, other: int) -> Pair:
        row = by[frozenset((codes[one], codes[other]))]
        if pd.isna(row["lift"]):
            never = Note("pictures.told_pair_never", label=row["code_label"], other=row["other_label"])
            return Pair(None, sure=False, told=say(never))
        about = {
            "label": row["code_label"],
            "other": row["other_label"],
            "count": round(row["n"]),
            "lift": float(row["lift"]),
        }
        told = say(Note("pictures.told_pair" if row["change"] else "pictures.told_pair_unsure", **about))
        return Pair(float(row["lift"]), bool(row["change"]), told)

    return paint_matrix(rows, pair, width)


def _clustered(codes: list[str], by: dict[frozenset[str], Values]) -> list[str]:
    """Codes in an order in which those that go together stand side by side."""
    from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering  # noqa: PLC0415 (slow to load)

    count = len(codes)
    rows, columns = np.triu_indices(count, 1)
    lifts = np.array(
        [by[frozenset((codes[one], codes[other]))]["lift"] for one, other in zip(rows, columns, strict=True)]
    )
    apart = 1 / (1 + np.nan_to_num(lifts))
    tree = optimal_leaf_ordering(linkage(apart, "average"), apart)
    return [codes[place] for place in leaves_list(tree)]


# Within


def _of(table: Table) -> list[Values]:
    """The rows of a table, without those of codes under a net."""
    frame = table.frame
    frame = frame[frame["level"] == 0] if "level" in frame else frame
    return frame.to_dict("records")


def _known(value: Any) -> float | None:  # noqa: ANN401 (a cell of a frame)
    return None if pd.isna(value) else float(value)


def _ends(row: Values, start: str) -> Interval | None:
    low, high = row[f"{start}low"], row[f"{start}high"]
    return None if pd.isna(low) else (float(low), float(high))


def _figure(row: Values) -> tuple[float, float, float]:
    """A share with the ends of its interval; without one these are the share itself."""
    share, low, high = (float(row[name]) for name in ("percent", "low", "high"))
    return (share, low, high) if high - low >= EXACT else (share, share, share)
