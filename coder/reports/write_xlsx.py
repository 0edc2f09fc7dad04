"""The report as a workbook: a sheet a table with numbers as numbers, and native charts that people can edit.

Percentages are shares with a format that shows them whole, as published; the cell holds all decimals.
"""
# ruff: noqa: ANN401 (XlsxWriter has no types)

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.utility import xl_range_formula

from coder.files.writing import warm, written_beside
from coder.note import Note
from coder.reports.chart import FILLS, INK, SIGNS, NativeChart, Series, fills
from coder.reports.content import Report, Section
from coder.reports.quotes import Span, pieces
from coder.reports.shown import shown
from coder.resources import __version__
from coder.tables.codes_in_documents import HEATED
from coder.tables.table import Table
from coder.words import area, decimal, percent_sign, say, written_date

_WIDEST, _PAGE = 70, 76
_TINTS, _EDGE = (FILLS[5], "#dedede"), "#7f7f7f"
"""The bars of this wave and the last, and their edges, where what is significant is darker."""
_ACROSS = 220
"""So many characters across a printed page in landscape can still be read; a wider table goes on on the next."""
_ANSWER = 1
"""The column of the answers on the sheet of quotes."""
_NAME = 31
"""So many characters Excel lets the name of a sheet have."""


@dataclass(frozen=True, slots=True)
class _Book:
    """A workbook being written: the formats, the words, and the sheets there are (name and what it shows)."""

    book: Any
    looks: dict[str, Any]
    report: Report
    sheets: list[tuple[str, str]]

    def sheet(self, name: str, title: str, *, landscape: bool = True) -> Any:
        """A new sheet with its title on the first row, set up for print; equal names get a number."""
        own = _sheet_name(name, [taken for taken, _ in self.sheets])
        sheet = self.book.add_worksheet(own)
        self.sheets.append((own, title))
        sheet.set_paper(9)
        if landscape:
            sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&A&R&P / &N")
        sheet.hide_gridlines(2)
        sheet.write_string(0, 0, title, self.looks["title"])
        return sheet


def percent_format(after: str = "") -> str:
    """Whole percentages of shares; what is more than nothing and under 1 is shown as <1%; `after` stands after all."""
    sign = percent_sign()
    space = f'"{sign[:-1]}"' if sign[:-1] else ""
    end = f'"{after}"' if after else ""
    return f'[=0]0{space}%{end};[<0.01]"<1{sign}{after}";0{space}%{end}'


def write_xlsx(report: Report, path: Path) -> list[Path]:
    """Write the workbook: contents and facts, the tables and charts of each section, quotes."""
    said = area("report")
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with written_beside(path) as beside, Workbook(beside, options) as book:
        book.set_properties({"title": report.title, "comments": f"coder {__version__}"})
        one = _Book(book, looks_of(book), report, [])
        front = one.sheet(said["contents"], report.title, landscape=False)
        for part in report.sections:
            if (native := part.native_chart) is not None:
                _chart(one, part, native)
            for name, table in part.all_tables.items():
                _table(one, table, part.title, said.get(f"sheet_{name}", ""))
            if part.quotes:
                _quotes(one, part)
        _contents(one, front)
    return [path]


def _contents(one: _Book, front: Any) -> None:
    """The first sheet: what stands where, and how the numbers were made."""
    report, looks, said = one.report, one.looks, area("report")
    front.set_column(0, 0, _PAGE, looks["text"])
    _lines(front, 0, [(report.title, looks["head"])])
    made = [written_date(report.made)] if report.made else []
    notes = [(line, looks["text"]) for line in [*made, report.note] if line]
    row = _lines(front, 1, notes) + 1
    for name, title in one.sheets[1:]:
        target = "internal:'{}'!A1".format(name.replace("'", "''"))
        front.write_url(row, 0, target, looks["link"], title if len(title) <= _PAGE else f"{title[: _PAGE - 1]}…")
        row += 1
    for part in report.sections:
        row = _lines(front, row + 1, [(part.title, looks["head"]), (part.finding, looks["strong"])])
        row = _lines(front, row, [(fact, looks["text"]) for fact in (part.caveat, *part.facts) if fact])
    if report.methods:
        _lines(front, row + 1, [(said["methods"], looks["head"]), (report.methods[0], looks["text"])])


def _lines(sheet: Any, row: int, lines: Sequence[tuple[str, Any]]) -> int:
    for text, look in lines:
        sheet.write_string(row, 0, text, look)
        sheet.set_row(row, row_height([(text, _PAGE)]))
        row += 1
    return row


def row_height(cells: Sequence[tuple[str, int]]) -> float:
    """Points of a row whose cells have these texts in columns so wide: not every program sets it by itself."""
    lines = max(sum(ceil(len(line) / (width * 0.95)) or 1 for line in text.split("\n")) for text, width in cells)
    return min(15.0 * lines, 409.0)


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of a sheet: its heading, its cells, and the format of its numbers ("" for what each is)."""

    name: str
    heading: str
    cells: Sequence[Any]
    look: str = ""
    wide: int = 10

    @property
    def is_numeric(self) -> bool:
        """Whether it holds numbers, which stand to the right."""
        return any(isinstance(one, (int, float)) and not pd.isna(one) for one in self.cells)


def _table(one: _Book, table: Table, question: str, short: str) -> None:
    """A sheet with the table, called as its title or, where that is too long for a sheet, by the short name."""
    seen, head = shown(table), 2
    sheet = one.sheet(
        (len(seen.title) > _NAME and short) or seen.title,
        seen.title if seen.title == question else f"{seen.title} – {question}",
    )
    columns = list(_columns_of(table))
    for row in range(len(table.frame)):
        texts = [(one.cells[row], one.wide) for one in columns if isinstance(one.cells[row], str)]
        sheet.set_row(head + 1 + row, row_height([*texts, ("", 1)]))
    for place, column in enumerate(columns):
        sheet.write_string(head, place, column.heading, one.looks["right" if column.is_numeric else "left"])
        for row, value in enumerate(column.cells, start=head + 1):
            _cell(sheet, row, place, value, column, one.looks)
        sheet.set_column(place, place, column.wide)
    sheet.set_row(head, row_height([(one.heading, one.wide) for one in columns]))
    hot = {name for name, column in table.columns.items() if column.form in HEATED}
    warm(sheet, head + 1, len(table.frame), [place for place, one in enumerate(columns) if one.name in hot])
    pages = ceil(sum(one.wide for one in columns) / _ACROSS)
    names = [one.name for one in columns]
    labels = names.index("label") + 1 if pages > 1 and "label" in names else 0
    sheet.freeze_panes(head + 1, labels)
    sheet.repeat_rows(head)
    if labels:
        sheet.repeat_columns(0, labels - 1)
    sheet.fit_to_pages(pages, 0)
    _notes(one, sheet, head + len(table.frame) + 2, seen.notes, [column.wide for column in columns])


def _notes(one: _Book, sheet: Any, row: int, notes: Sequence[str], widths: Sequence[int]) -> None:
    """Lines under a table, each over as many of these columns as a page has room for, and as high as it needs."""
    last = next((place for place in range(len(widths)) if sum(widths[: place + 1]) >= _PAGE), len(widths) - 1)
    for place, note in enumerate(notes, start=row):
        if last:
            sheet.merge_range(place, 0, place, last, "", one.looks["notes"])
        sheet.write_string(place, 0, note, one.looks["notes"])
        sheet.set_row(place, row_height([(note, sum(widths[: last + 1]))]))


_ENDS = {
    "rank": ("rank", "whole", 1), "listed": ("rank", "whole", 1), "then": ("rank", "whole", 2),
    "points": ("points", "points", 1), "interval": ("", "percent", 0), "whole_interval": ("", "percent", 0),
    "with_interval": ("percent", "percent", 1), "p": ("p", "", 1),
}  # fmt: skip
"""Of forms that are made of numbers: the format of the number, that of the ends of its interval, and where these begin
among the columns that a cell is made of."""


def _columns_of(table: Table) -> Iterator[_Column]:
    """The columns of a table, with every number as one: the ends of an interval are columns of their own."""
    seen, frame = shown(table), table.frame
    for place, (name, column) in enumerate(table.columns.items()):
        heading, texts = seen.headings[place], [row[place] for row in seen.rows]
        form, of = column.form, list(column.of or (name,))
        kind, dot, group = name.partition(":")
        if kind == "interval" and not form and f"low{dot}{group}" in frame:
            form, of = "whole_interval", [f"low{dot}{group}", f"high{dot}{group}"]
        if form not in _ENDS:
            values = frame[name].tolist() if seen.numeric[place] else texts
            values = [text if text == "?" else value for text, value in zip(texts, values, strict=True)]
            longest = max(map(len, [*texts, ""])) + 3
            yield _Column(name, heading, values, wide=min(max(longest, _headed(heading)), _WIDEST))
            if name != "percent" or "interval" in table.columns or not {"low", "high"} <= set(frame):
                continue
            form, of = "interval", ["low", "high"]
        look, ends, first = _ENDS[form]
        if look:
            known = frame[of[first - 1]].tolist()
            told = [text if pd.isna(value) else value for text, value in zip(texts, known, strict=True)]
            longest = max((len(one) + 3 for one in told if isinstance(one, str)), default=0)
            yield _Column(name, heading, told, look, min(max(longest, _headed(heading)), _WIDEST))
        for key, other in zip(("report.from", "report.to"), of[first : first + 2], strict=False):
            if ends and frame[other].notna().any():
                title = say(Note(key, what=heading))
                yield _Column(other, title, frame[other].tolist(), ends, _headed(title))


def _headed(heading: str) -> int:
    """How wide a column of numbers is: for its heading on two lines."""
    return max(10, *(len(word) + 2 for word in heading.split()), ceil(len(heading) / 2) + 3)


def _cell(sheet: Any, row: int, place: int, value: Any, column: _Column, looks: dict[str, Any]) -> None:
    """A number as a number, a text as a text whatever it begins with; nothing where nothing is known."""
    share = column.look == "percent" or (not column.look and "percent" in column.name.partition(":")[0])
    if pd.isna(value) or value == "":
        sheet.write_blank(row, place, None, looks["text"])
    elif isinstance(value, bool) or not isinstance(value, (int, float)):
        sheet.write_string(row, place, str(value), looks["text"])
    elif share:
        sheet.write_number(row, place, value / 100, looks["percent"])
    elif column.look:
        sheet.write_number(row, place, value, looks[column.look])
    else:
        whole = float(value).is_integer()
        sheet.write_number(
            row, place, value, looks["rank" if column.name == "rank" else "whole" if whole else "decimals"]
        )


def _chart(one: _Book, part: Section, native: NativeChart) -> None:
    """A sheet with the numbers of the chart, their intervals where it has them, and the chart beside them."""
    said, chart = area("report"), native.chart
    sheet = one.sheet(said["chart"], part.finding)
    name = one.sheets[-1][0]
    sheet.write_string(1, 0, part.title, one.looks["note"])
    sheet.write_string(2, 0, said["code"], one.looks["left"])
    wide = min(max(map(len, chart.names)) + 3, 50)
    names = chart.names if chart.with_intervals else _signed(native)
    for row, label in enumerate(names, start=3):
        sheet.write_string(row, 0, label, one.looks["text"])
        sheet.set_row(row, row_height([(label, wide)]))
    last = 2 + len(chart.labels)
    drawn = one.book.add_chart({"type": "bar"})
    place = 1
    for number, (series, fill) in enumerate(zip(chart.series, _fills(native), strict=True)):
        columns = _columns(series, said)
        for column, (heading, values) in enumerate(columns, start=place):
            sheet.write_string(2, column, heading, one.looks["right"])
            for row, value in enumerate(values, start=3):
                if value is not None:
                    sheet.write_number(row, column, value / 100, one.looks["percent"])
        drawn.add_series(
            {
                "name": [name, 2, place],
                "categories": [name, 3, 0, last, 0],
                "values": [name, 3, place, last, place],
                "fill": {"color": fill},
                "border": {"color": FILLS[0] if native.changes is None else _EDGE, "width": 0.75},
                **(_stressed(native) if number == 0 else {}),
                **_on_bars(series, name, place, last),
                "gap": 50,
                "overlap": 0,
            }
        )
        place += len(columns)
    drawn.set_title({"name": part.finding, "name_font": {"size": 12, "bold": True}, "overlay": False})
    drawn.set_y_axis({"reverse": True, "num_font": {"size": 10}, "major_tick_mark": "none"})
    drawn.set_x_axis({"min": 0, "major_gridlines": {"visible": False}, "visible": False})
    drawn.set_legend({"position": "bottom"} if len(chart.series) > 1 else {"none": True})
    height = 150 + len(chart.labels) * (14 + 18 * len(chart.series))
    drawn.set_size({"width": 780, "height": height})
    sheet.set_column(0, 0, wide)
    sheet.fit_to_pages(1, 1)
    sheet.set_column(1, place - 1, 16)
    sheet.freeze_panes(3, 0)
    sheet.insert_chart(2, place + 1, drawn, {"description": chart.described()})
    if chart.note:
        _notes(one, sheet, last + 2, [chart.note], [wide, *[16] * (place - 1)])


def _fills(native: NativeChart) -> list[str]:
    """The colours of the bars: lighter where others changed significantly, which have the accent."""
    return list(_TINTS[: len(native.chart.series)]) if native.changes else fills(native.chart)


def _signed(native: NativeChart) -> list[str]:
    """The labels, with a sign where the row changed significantly: a bar in a workbook can have its colour alone."""
    changes = native.changes or {}
    return [f"{name} {SIGNS.get(changes.get(row, ''), '')}".rstrip() for row, name in enumerate(native.chart.names)]


def _stressed(native: NativeChart) -> dict[str, Any]:
    """The accent for the bars that changed significantly."""
    if not native.changes:
        return {}
    accent = {"fill": {"color": fills(native.chart)[0]}}
    return {"points": [accent if row in native.changes else None for row in range(len(native.chart.labels))]}


def _columns(series: Series, said: Mapping[str, str]) -> list[tuple[str, Sequence[float | None]]]:
    """What the sheet has of a series: its percentages and, with intervals, how far these go up and down."""
    ups, downs = series.reach()
    more = [(said["up"], ups), (said["down"], downs)] if series.intervals else []
    return [(series.name, series.percents), *more]


def _on_bars(series: Series, name: str, place: int, last: int) -> dict[str, Any]:
    """A figure at each bar, or the interval: then the figure stands in the label, for the line would run through it."""
    if not series.intervals:
        return {"data_labels": {"value": True, "num_format": percent_format()}}
    up, down = (f"={xl_range_formula(name, 3, column, last, column)}" for column in (place + 1, place + 2))
    ends = {"plus_values": up, "minus_values": down}
    return {"y_error_bars": {"type": "custom", **ends, "line": {"color": INK, "width": 1.25}}}


def _quotes(one: _Book, part: Section) -> None:
    said = area("report")
    sheet = one.sheet(said["quotes"], f"{said['quotes']} – {part.title}")
    sheet.write_string(1, 0, part.quotes_note, one.looks["note"])
    rows = list(_quote_rows(part, said["picked"]))
    columns = [(said["code"], 36), (said["answer"], 90), (said["reason"], 40)][
        : 3 if any(row[2] for row in rows) else 2
    ]
    for place, (heading, width) in enumerate(columns):
        sheet.write_string(2, place, heading, one.looks["left"])
        sheet.set_column(place, place, width)
    for row, (*cells, spans) in enumerate(rows, start=3):
        sheet.set_row(row, row_height([(text, width) for text, (_, width) in zip(cells, columns, strict=False)]))
        for place, text in enumerate(cells[: len(columns)]):
            if place == _ANSWER:
                _write_marked(sheet, row, text, spans, one.looks)
            else:
                sheet.write_string(row, place, text, one.looks["text"])
    sheet.freeze_panes(3, 0)
    sheet.repeat_rows(2)


def _quote_rows(part: Section, picked: str) -> Iterator[tuple[str, str, str, Sequence[Span]]]:
    for label, quotes in part.quotes:
        for quote in quotes:
            why = "; ".join(one for one in (picked if quote.picked else "", quote.reason) if one)
            yield label, quote.text, why, quote.spans


def _write_marked(sheet: Any, row: int, text: str, spans: Sequence[Span], looks: Mapping[str, Any]) -> None:
    """Write an answer in which these places are bold; Excel takes no mark on all of a cell but that of the cell."""
    parts = list(pieces(text, spans))
    if len(parts) > 1:
        rich = [part for piece, bold in parts for part in ([looks["marked"], piece] if bold else [piece])]
        sheet.write_rich_string(row, _ANSWER, *rich, looks["text"])
    else:
        sheet.write_string(row, _ANSWER, text, looks["strong_text" if spans else "text"])


def _sheet_name(wished: str, taken: Sequence[str]) -> str:
    """A name that Excel takes: none of its signs of paths in it, at most 31 characters, no name twice."""
    plain = re.sub(r"[\[\]:*?/\\]", " ", wished)
    plain = " ".join(plain.split()).strip("'")[:_NAME].strip("' ") or "-"
    used, name, number = {one.casefold() for one in taken}, plain, 1
    while name.casefold() in used:
        number += 1
        name = f"{plain[: _NAME - 4].strip()} ({number})"
    return name


def looks_of(book: Any) -> dict[str, Any]:
    """The formats of cells, by name."""
    top = {"valign": "top"}
    head = {"bold": True, "bottom": 2, "text_wrap": True, "valign": "bottom"}
    looks = {
        "title": {"bold": True, "font_size": 14},
        "head": {"bold": True, "font_size": 12, "text_wrap": True},
        "strong": {"bold": True, "text_wrap": True},
        "left": {**head, "align": "left", "indent": 1},
        "right": {**head, "align": "right"},
        "text": {**top, "text_wrap": True, "align": "left", "indent": 1},
        "strong_text": {**top, "text_wrap": True, "align": "left", "indent": 1, "bold": True},
        "marked": {"bold": True},
        "note": {"italic": True, "font_color": "#4c5964"},
        "notes": {**top, "italic": True, "font_color": "#4c5964", "text_wrap": True},
        "rank": {**top, "num_format": "0"},
        "whole": {**top, "num_format": "#,##0"},
        "decimals": {**top, "num_format": "#,##0.00"},
        "percent": {**top, "num_format": percent_format()},
        "points": {**top, "num_format": "+0.0;\N{MINUS SIGN}0.0;0.0"},
        "p": {**top, "num_format": f'[<0.001]"<{decimal(0.001, 3)}";0.000'},
        "link": {"font_color": "#1f4e79", "underline": 1},
    }
    return {name: book.add_format(look) for name, look in looks.items()}
