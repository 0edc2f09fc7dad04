"""The report as one HTML file that holds its style and its charts, and asks nothing of the network."""

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from pathlib import Path

from coder.files.writing import written_beside
from coder.reports.chart import NARROW, PAGE, svg
from coder.reports.content import Report, Section, side_by_side
from coder.reports.quotes import pieces
from coder.reports.shown import said, shown
from coder.resources import __version__
from coder.tables.table import Table
from coder.words import area, chosen, written_date

_LABELS = 16
"""So many labels a chart has; of more it is several, each of which fits on a printed page."""


def write_html(report: Report, path: Path) -> list[Path]:
    """Write the report as a page: light or dark as the reader's screen is, and printable."""
    from markupsafe import Markup  # noqa: PLC0415

    charts = [
        [(Markup(svg(chart)), Markup(svg(chart, narrow=True))) for chart in part.chart.parts(_LABELS)]  # noqa: S704
        if part.chart
        else []
        for part in report.sections
    ]
    return write_page(
        path,
        "report.html.j2",
        report=report,
        said=area("report"),
        made=written_date(report.made) if report.made else "",
        sections=list(zip(map(_narrowed, report.sections), charts, map(_pictures, report.sections), strict=True)),
        marked=lambda quote: Markup(mark(quote.text, quote.spans)),  # noqa: S704 (escaped there)
    )


def _narrowed(part: Section) -> Section:
    """The section with a column a group, so that the table fits on a screen and on paper."""
    tables = {name: side_by_side(table) if name == "groups" else table for name, table in part.tables.items()}
    return replace(part, tables=tables)


def _pictures(part: Section) -> dict[str, dict[str, str]]:
    """The pictures of a section by the name of their table: words, and drawings for a page and for a telephone."""
    from markupsafe import Markup  # noqa: PLC0415

    return {
        name: {"heading": said(one.heading), "subtitle": said(one.subtitle)}
        | {
            kind: Markup(one.canvas(width).svg(one.described()))  # noqa: S704 (escaped there)
            for kind, width in (("broad", PAGE), ("narrow", NARROW))
        }
        for name, one in part.pictures.items()
    }


def write_tables(path: Path, title: str, tables: Sequence[Table]) -> list[Path]:
    """Write tables as one page, such as those of an evaluation."""
    return write_page(path, "evaluation.html.j2", title=title, tables=tables)


def mark(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text as HTML with these places marked; places that overlap are marked as one."""
    return "".join(
        f"<mark>{escape(piece)}</mark>" if marked else escape(piece) for piece, marked in pieces(text, spans)
    )


def write_page(path: Path, template: str, **values: object) -> list[Path]:
    """Write a page of one of our templates."""
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415

    environment = Environment(loader=PackageLoader("coder.reports"), autoescape=True, undefined=StrictUndefined)
    environment.filters["seen"] = shown
    page = environment.get_template(template).render(version=__version__, language=chosen(), **values)
    with written_beside(path) as beside:
        beside.write_text(page, encoding="utf-8")
    return [path]
