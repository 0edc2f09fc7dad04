"""What the results page downloads: the one place that knows how reports are written."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from coder.reports.content import Report, Section, bar_chart
from coder.reports.finding import finding
from coder.reports.quotes import choose_quotes
from coder.reports.write import write_report
from coder.review.counting import Counted
from coder.review.desk import Desk

FORMATS = {
    "html": "text/html",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "md": "text/markdown",
}
"""The endings that can be asked for, and their media types."""


def report(form: str, desk: Desk, made: Counted, facts: tuple[str, ...], methods: str, language: str) -> bytes:
    """A report in one of `FORMATS` of what was counted, with quotes."""
    book, top, comparison = desk.book, made.tables["top"], made.tables.get("comparison")
    title = book.question.get(language) or desk.question
    codes = [code for code in top.frame["code"] if code in book.ids]
    quotes = choose_quotes(made.coding, desk.corpus.take(made.units), codes, language=language)
    section = Section(
        title=title,
        finding=finding(top, comparison, language),
        tables=made.tables,
        chart=bar_chart(comparison or top, language),
        quotes=tuple(
            (book.label(code, language), tuple(replace(one, reason="") for one in chosen))  # a reason names the coder
            for code, chosen in quotes.items()
            if chosen
        ),
        facts=facts,
    )
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"report.{form}"
        write_report(Report(title, language, (section,), methods), [path])
        return path.read_bytes()
