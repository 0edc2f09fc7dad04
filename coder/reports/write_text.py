"""The report as plain text: Markdown to paste where one writes, and its tables as .csv for a spreadsheet to open.

In Markdown what a text holds stays text: signs of markup are escaped. Of .csv the first table has the path's own name,
others theirs beside it; columns are all those of the table, numbers unrounded.
"""

import re
from pathlib import Path

import pandas as pd

from coder.files.writing import write_texts, written_beside
from coder.reports.content import Report, Section
from coder.reports.quotes import Quote, pieces
from coder.reports.shown import shown
from coder.tables.table import Table
from coder.words import area, written_date

_MARKUP = re.compile(r"([\\`*_\[\]<>|~])|&(?=#?\w+;)|(?m:^(\s*)([#+\-=](?=\s|$|-|=)|\d+[.)](?=\s)))")


def write_md(report: Report, path: Path) -> list[Path]:
    """Write the report in Markdown; a table has its title above and its notes under it."""
    lines = [f"# {plain(report.title)}"]
    lines += [written_date(report.made)] if report.made else []
    lines += [f"> {plain(report.note)}"] if report.note else []
    for part in report.sections:
        lines += _section(part, report)
    if report.methods:
        lines += [f"## {area('report')['methods']}", plain(report.methods[0])]
    with written_beside(path) as beside:
        beside.write_text("\n\n".join(lines) + "\n", encoding="utf-8")
    return [path]


def plain(text: str) -> str:
    """The text on one line, with a backslash before what Markdown would take for markup."""
    return _MARKUP.sub(_escaped, re.sub(r"[ \t\r\n\f\v]+", " ", text).strip(" "))


def _escaped(match: "re.Match[str]") -> str:
    if match[1]:
        return f"\\{match[1]}"
    if match[3] is None:
        return "&amp;"
    return f"{match[2]}{match[3][:-1]}\\{match[3][-1]}"


def _section(part: Section, report: Report) -> list[str]:
    said = area("report")
    lines = [f"## {plain(part.finding)}"]
    lines += [plain(one) for one in (part.title if part.title != report.title else "", part.caveat) if one]
    for table in part.tables.values():
        lines += _table(table)
    if part.quotes:
        lines += [f"### {said['quotes']}", part.quotes_note]
    for label, quotes in part.quotes:
        lines += [f"**{plain(label)}**", *(_quote(quote, said["picked"]) for quote in quotes)]
    if part.topics:
        lines += _table(part.topics)
    if part.facts:
        lines += [f"### {said['how']}", "\n".join(f"- {plain(fact)}" for fact in part.facts)]
    return lines


def _table(table: Table) -> list[str]:
    seen = shown(table)
    rows = [[plain(cell) for cell in row] for row in [seen.headings, *seen.rows]]
    rule = ["--:" if number else ":--" for number in seen.numeric]
    lines = ["| " + " | ".join(row) + " |" for row in [rows[0], rule, *rows[1:]]]
    notes = ["  \n".join(plain(note) for note in seen.notes)] if seen.notes else []
    return [f"**{plain(seen.title)}**", "\n".join(lines), *notes]


def _quote(quote: Quote, picked: str) -> str:
    text = "".join(_marked(piece) if marked else _spaced(piece) for piece, marked in pieces(quote.text, quote.spans))
    why = "; ".join(part for part in (picked if quote.picked else "", quote.reason) if part)
    return f"> {text.strip()}" + (f"  \n> ({plain(why)})" if why else "")


def _marked(piece: str) -> str:
    bare = plain(piece)
    return f"**{bare}**" if bare else piece


def _spaced(piece: str) -> str:
    """The piece escaped, with a space at its ends where it had one."""
    before = " " if piece[:1].isspace() else ""
    after = " " if piece[-1:].isspace() and piece.strip() else ""
    return f"{before}{plain(piece)}{after}"


# Tables for a spreadsheet


def write_csv(report: Report, path: Path) -> list[Path]:
    """Write a file a table, and one of the quotes; with the separator of the answers."""
    return write_texts(path, _named(report), report.separator)


def _named(report: Report) -> dict[str, pd.DataFrame]:
    """Each table under a name for its file; of several sections the number of the section stands before it."""
    frames: dict[str, pd.DataFrame] = {}
    several = len(report.sections) > 1
    for number, part in enumerate(report.sections, start=1):
        before = f"{number}-" if several else ""
        frames |= {before + name: table.frame for name, table in part.all_tables.items()}
        if part.quotes:
            labels = _labels(part)
            rows = [
                (quote.code, labels.get(quote.code, label), quote.unit, quote.text, quote.reason, quote.picked)
                for label, all_ in part.quotes
                for quote in all_
            ]
            quotes = pd.DataFrame(rows, columns=["code", "label", "unit", "text", "reason", "picked"])
            frames[f"{before}quotes"] = quotes
    return frames


def _labels(part: Section) -> dict[str, str]:
    """By code the label that the tables have in their files, so that quotes can be joined to them."""
    frames = [table.frame for table in part.all_tables.values() if {"code", "label"} <= set(table.frame)]
    return {code: str(label) for frame in frames for code, label in zip(frame["code"], frame["label"], strict=True)}
