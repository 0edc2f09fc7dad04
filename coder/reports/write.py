"""One report, in as many formats as asked for: the ending of a file says which.

Texts are made such that every format can hold them: signs that XML has no place for become "�",
so that places in a text stay.
"""
# ruff: noqa: PLC0415 (a format is loaded where it is asked for)

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from coder.errors import DataError
from coder.note import Text
from coder.reports.canvas import legible
from coder.reports.chart import Chart
from coder.reports.content import Glance, Report, Section, for_slides, warned_first
from coder.reports.quotes import Quote, masked
from coder.reports.shown import said
from coder.reports.template import Template, for_endings
from coder.tables.groups import Outstanding
from coder.tables.table import Said, Table, texts

ENDINGS = (".html", ".xlsx", ".docx", ".pptx", ".sav", ".csv", ".md")


def check_endings(paths: Sequence[Path]) -> None:
    """Raise where a format cannot be written, or two files are one; to be asked before the work is done."""
    for path in paths:
        if path.suffix.lower() not in ENDINGS:
            raise DataError("report.no_format", file=path.name, endings=ENDINGS)
    if len(set(paths)) < len(paths):
        raise DataError("report.file_twice", files=paths)


def write_report(report: Report, paths: Sequence[Path], templates: Sequence[Template] = ()) -> list[Path]:
    """Write the report to each of these files, in the language chosen; returns all files written.

    .sav and .csv write several. `templates` are the house styles of .pptx and .docx.
    """
    check_endings(paths)
    endings = [path.suffix.lower() for path in paths]
    styled = for_endings(templates, endings)
    written: list[Path] = []
    whole, slides = xml_safe(report), xml_safe(for_slides(report)) if ".pptx" in endings else None
    for path, ending in zip(paths, endings, strict=True):
        write, content = _writer(ending), slides if ending == ".pptx" and slides is not None else whole
        written += write(content, path, styled[ending]) if ending in styled else write(content, path)
    return written


def _writer(ending: str) -> Callable[..., list[Path]]:
    """What writes files of an ending."""
    match ending:
        case ".html":
            from coder.reports.write_html import write_html as write
        case ".xlsx":
            from coder.reports.write_xlsx import write_xlsx as write
        case ".docx":
            from coder.reports.write_docx import write_docx as write
        case ".pptx":
            from coder.reports.write_pptx import write_pptx as write
        case ".sav":
            from coder.reports.write_sav import write_sav as write
        case ".csv":
            from coder.reports.write_text import write_csv as write
        case _:
            from coder.reports.write_text import write_md as write
    return write


def xml_safe(report: Report) -> Report:
    """The report said in the language chosen, with texts that can be written; the data of respondents stay as is."""
    return replace(
        report,
        title=_said(report.title),
        sections=tuple(map(_section, report.sections)),
        methods=(" ".join(map(_said, report.methods)),) if report.methods else (),
        note=_said(report.note),
        about=tuple(map(_said, report.about)),
    )


def _said(what: Said) -> str:
    return legible(said(what))


def _section(part: Section) -> Section:
    return Section(
        title=_said(part.title),
        finding=_said(part.finding),
        tables={name: _table(table) for name, table in part.tables.items()},
        chart=_chart(part.chart) if part.chart else None,
        quotes=tuple((_said(label), tuple(map(_quote, chosen))) for label, chosen in part.quotes),
        topics=_table(part.topics) if part.topics else None,
        facts=tuple(map(_said, part.facts)),
        caveat=_said(part.caveat),
        glance=Glance(_table(part.glance.table), _chart(part.glance.chart)) if part.glance else None,
        pictures=part.pictures,
    )


def _quote(quote: Quote) -> Quote:
    """The quote with its placeholders and its reason in words."""
    text, spans = masked(quote.text, quote.spans, quote.masks)
    return replace(quote, text=legible(text), spans=spans, masks=(), reason=_said(quote.reason))


def _table(table: Table) -> Table:
    """The table with what is said of it in the language chosen."""
    names = [str(name) for name in table.frame if not pd.api.types.is_numeric_dtype(table.frame[name])]
    frame = table.frame.assign(**{name: texts(map(_cell, table.frame[name]), table.frame.index) for name in names})
    heads = {name: replace(one, heading=_said(one.heading)) for name, one in table.columns.items()}
    notes = tuple(map(_said, warned_first(table.notes)))
    return replace(table, title=_said(table.title), frame=frame, shown=heads, notes=notes)


def _cell(value: Any) -> Any:  # noqa: ANN401 (a cell of a frame)
    match value:
        case Text():
            return Text(legible(value), {one: legible(value.named(one)) for one in value.languages})
        case Outstanding():
            return Outstanding(str(value).split(";"), [(_cell(label), *shares) for label, *shares in value.codes])
    return legible(value) if isinstance(value, str) else value


def _chart(chart: Chart) -> Chart:
    series = tuple(replace(one, name=_said(one.name)) for one in chart.series)
    return replace(chart, labels=tuple(map(_said, chart.labels)), series=series, note=_said(chart.note))
