"""What the results page downloads: the one place that knows how reports are written."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from coder.codebook import Codebook
from coder.coding import Coding
from coder.corpus import Corpus
from coder.reports.content import Report, Section, bar_chart
from coder.reports.finding import finding
from coder.reports.quotes import choose_quotes
from coder.reports.write import write_report
from coder.tables.table import Table

FORMATS = {
    "html": "text/html",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "md": "text/markdown",
}
"""The endings that can be asked for, and their media types."""


def report(
    form: str,
    title: str,
    tables: Mapping[str, Table],
    coding: Coding,
    corpus: Corpus,
    book: Codebook,
    facts: tuple[str, ...],
    language: str,
) -> bytes:
    """A report of these tables (`top` among them, and perhaps `comparison`), with quotes, in one of `FORMATS`."""
    top, comparison = tables["top"], tables.get("comparison")
    codes = [code for code in top.frame["code"] if code in book.ids]
    quotes = choose_quotes(coding, corpus, codes, language=language)
    section = Section(
        title=title,
        finding=finding(top, comparison, language),
        tables=tables,
        chart=bar_chart(comparison or top, language),
        quotes=tuple((book.label(code, language), chosen) for code, chosen in quotes.items() if chosen),
        facts=facts,
    )
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"report.{form}"
        write_report(Report(title, language, (section,)), [path])
        return path.read_bytes()
