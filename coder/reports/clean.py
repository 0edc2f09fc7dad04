"""Texts that every format can hold: signs that XML has no place for become "�", so that places in a text stay."""

import re
from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from coder.reports.content import Chart, Report, Section
from coder.tables.table import Table

_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def cleaned(report: Report) -> Report:
    """The report in which every text can be written; the data of respondents stay as they are."""
    return replace(
        report,
        title=legible(report.title),
        sections=tuple(_section(part) for part in report.sections),
        methods=legible(report.methods),
        note=legible(report.note),
    )


def legible(text: str) -> str:
    """The text with "�" for control characters and halves of characters."""
    return _UNWRITABLE.sub("\ufffd", text)


def _section(part: Section) -> Section:
    quotes = tuple(
        (
            legible(label),
            tuple(replace(quote, text=legible(quote.text), reason=legible(quote.reason)) for quote in chosen),
        )
        for label, chosen in part.quotes
    )
    return Section(
        title=legible(part.title),
        finding=legible(part.finding),
        tables={name: _table(table) for name, table in part.tables.items()},
        chart=_chart(part.chart) if part.chart else None,
        quotes=quotes,
        topics=_table(part.topics) if part.topics else None,
        facts=_lines(part.facts),
    )


def _table(table: Table) -> Table:
    texts = [str(name) for name in table.frame if not pd.api.types.is_numeric_dtype(table.frame[name])]
    frame = table.frame.assign(**{name: table.frame[name].map(_cell) for name in texts})
    return replace(table, title=legible(table.title), frame=frame, shown=_heads(table.shown), notes=_lines(table.notes))


def _cell(value: object) -> object:
    return legible(value) if isinstance(value, str) else value


def _heads(shown: Mapping[str, str]) -> dict[str, str]:
    return {name: legible(heading) for name, heading in shown.items()}


def _lines(lines: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(legible, lines))


def _chart(chart: Chart) -> Chart:
    series = tuple(replace(one, name=legible(one.name)) for one in chart.series)
    return replace(chart, labels=_lines(chart.labels), series=series, note=legible(chart.note))
