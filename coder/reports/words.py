"""The words of reports in Dutch and English, and numbers and dates as each writes them."""

from collections.abc import Mapping
from datetime import date

from coder.reports.shown import shown
from coder.tables.table import Table
from coder.words import area
from coder.words.numbers import percent

LOCALES = {"nl": "nl_BE", "en": "en_GB"}

EXACT = 1e-6
"""An interval narrower than this is none: every answer was coded by hand."""


def report_words(language: str) -> Mapping[str, str]:
    """The words in this language."""
    return area("report", language)


def written_date(day: date, language: str) -> str:
    """A date in full: 21 november 2026."""
    from babel.dates import format_date  # noqa: PLC0415 (loads tables of all languages)

    return format_date(day, "long", locale=LOCALES[language])


def with_interval(value: float, low: float, high: float) -> str:
    """A percentage with its interval, all in 0..100, as published; without one narrower than `EXACT`."""
    return percent(value) if high - low < EXACT else f"{percent(value)} ({between(low, high)})"


def between(low: float, high: float) -> str:
    """The ends of an interval in 0..100, as published, without a percent sign."""
    return f"{percent(low).rstrip('%')}–{percent(high).rstrip('%')}"


def shown_cells(table: Table, language: str) -> list[list[str]]:
    """The cells of a table as people of this language read them: 1.024 and 0,85 in Dutch. Ranks stay bare."""
    return [list(row) for row in shown(table, language).rows]


def is_number(table: Table) -> dict[str, bool]:
    """Of each column shown whether it holds numbers, which stand to the right."""
    found = shown(table)
    return dict(zip(found.names, found.numeric, strict=True))
