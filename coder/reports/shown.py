"""How a table is shown to people: its sentences in their language, its numbers as they write them."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import pandas as pd

from coder.errors import CoderError
from coder.html_table import html_table
from coder.note import Note, Text, counted
from coder.tables.codes_in_documents import HEATED, IN_DOCUMENT, PAIR
from coder.tables.table import MIN_BASE, Column, Said, Table
from coder.words import EXACT, between, chosen, decimal, has, percent, points, say, with_interval

WAYS = ("table", "csv", "md", "json")
"""How a table is written as text."""
_INDENT = "\u00a0\u00a0"
"""No-break spaces, because HTML and Markdown drop others."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_TAG = re.compile(r"<(?=[A-Za-z/!])")
_DEALT = re.compile(r"(\S+) double, seed (\S+)")
_LEAST_P = 0.001
_HALF = 0.5
_BLOCKS = "▁▂▃▄▅▆▇█"
_SIGNS = {"up": "▲", "down": "▼", "same": "sq", "unsure": "?"}
_MARKS = {"more": "+▲", "less": "−▼"}
_SIGN_OF = {"more": "▲", "less": "▼"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A table as people of a language read it: cells row by row, "" where nothing is known.

    `names` are those of the columns in the frame; `numeric` says which hold numbers, and stand to the right.
    """

    title: str
    names: tuple[str, ...]
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]
    numeric: tuple[bool, ...]

    def html(self) -> str:
        """The table for a notebook."""
        return html_table(self.title, self.headings, self.rows, self.notes, self.numeric)

    def aligned(self) -> str:
        """The table as text, its columns under each other, nothing cut."""
        rows = [[_one_line(cell) for cell in row] for row in (self.headings, *self.rows)]
        widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
        lines = [
            "  ".join(
                cell.rjust(width) if number else cell.ljust(width)
                for cell, width, number in zip(row, widths, self.numeric, strict=True)
            ).rstrip()
            for row in rows
        ]
        rule = "  ".join("-" * width for width in widths)
        return "\n".join([_one_line(self.title), "", lines[0], rule, *lines[1:], "", *self.notes]) + "\n"

    def markdown(self) -> str:
        """The table in Markdown."""
        rows = [self.headings, ["--:" if number else ":--" for number in self.numeric], *self.rows]
        lines = [
            "| " + " | ".join(_TAG.sub(r"\<", _one_line(cell)).replace("|", "\\|") for cell in row) + " |"
            for row in rows
        ]
        return "\n".join([f"**{_one_line(self.title)}**", "", *lines, "", *(f"{note}  " for note in self.notes)]) + "\n"


def shown(table: Table) -> Shown:
    """A table in the language chosen.

    Percentages are whole (half up), ranks bare, other numbers grouped and with the decimal sign of the language; a
    weighted n that would round to 0 is "<1". Where the frame has a column `level`, labels are indented by it.
    """
    columns = table.columns
    cells = [_cells(table.frame, name, column) for name, column in columns.items()]
    return Shown(
        title=said(table.title),
        names=tuple(columns),
        headings=tuple(said(column.heading) for column in columns.values()),
        rows=tuple(zip(*cells, strict=True)),
        notes=tuple(map(said, table.notes)),
        numeric=tuple(_is_numeric(table.frame, name, column) for name, column in columns.items()),
    )


def headed(table: Table) -> pd.DataFrame:
    """The frame of a table under the headings that people see; a column that they do not see keeps its name."""
    columns = {name: said(column.heading) for name, column in table.columns.items()}
    names = [columns.get(str(name), str(name)) for name in table.frame]
    own = [
        name if names.count(name) == 1 else f"{name} ({column})"
        for name, column in zip(names, table.frame, strict=True)
    ]
    return table.frame.set_axis(own, axis=1)


def heat_of(table: Table) -> list[int]:
    """The places in the frame of the columns that are shown darker where there is more (`HEATED`)."""
    names = list(table.frame)
    return [names.index(name) for name, one in table.columns.items() if one.form in HEATED]


def said(what: Said) -> str:
    """What people read, in the language chosen."""
    match what:
        case Note():
            return say(what)
        case Text():
            return what.named(chosen())
    return str(what)


def text(table: Table, way: str) -> str:
    """A table, in the language chosen, as `table`, `md`, `csv` or `json`. Raises `CoderError` for any other way."""
    match way:
        case "csv":
            return table.frame.to_csv(index=False, lineterminator="\n")
        case "json":
            rows = json.loads(table.frame.to_json(orient="records", force_ascii=False))
            whole = {"title": said(table.title), "base": table.base, "rows": rows}
            notes = [said(note) for note in table.notes]
            return json.dumps({**whole, "notes": notes}, ensure_ascii=False, indent=2) + "\n"
        case "md":
            return shown(table).markdown()
        case "table":
            return shown(table).aligned()
    raise CoderError("tables.no_way", way=way, ways=WAYS)


def _is_numeric(frame: pd.DataFrame, name: str, column: Column) -> bool:
    return column.form in ("marked", *HEATED) or (not column.form and bool(pd.api.types.is_numeric_dtype(frame[name])))


def _cells(frame: pd.DataFrame, name: str, column: Column) -> list[str]:
    if column.form:
        write = FORMS[column.form]
        parts = frame[list(column.of or (name,))].itertuples(index=False, name=None)
        return [write(values) for values in parts]
    written = [_cell(name, value) for value in frame[name]]
    if name == "label" and "level" in frame:
        return [_INDENT * level + cell for level, cell in zip(frame["level"], written, strict=True)]
    return written


def _cell(name: str, value: Any) -> str:  # noqa: ANN401 (a cell of a frame)
    if isinstance(value, (Note, str)):
        return said(value)
    if pd.isna(value):
        return ""
    if isinstance(value, float):
        if name.removeprefix("then_").startswith("percent"):
            return percent(value)
        if name.startswith("weighted"):
            return decimal(value, 0) if value == 0 or value >= _HALF else "<1"
        return decimal(value, 3)
    if name.endswith("rank") or isinstance(value, bool):
        return str(value)
    return decimal(int(value), 0) if isinstance(value, Integral) else str(value)


def _rank(values: Sequence[Any]) -> str:
    """A rank with its interval where there is one: of a rank alone, or of a rank and its ends."""
    rank, *ends = values
    if pd.isna(rank):
        return ""
    low, high = ends or (None, None)
    return f"{int(rank)}" if pd.isna(low) else f"{int(rank)} ({int(low)}–{int(high)})"  # type: ignore[arg-type]


def _points(values: Sequence[Any]) -> str:
    """A difference in points with its interval where there is one, "+6,3 (+1,0 tot +11,6)"."""
    value, *ends = values
    written = points(value)
    if not written or not ends or pd.isna(ends[0]):
        return written
    low, high = (points(end) for end in ends)
    return say(Note("tables.with_interval", value=written, low=low, high=high))


def _interval(values: Sequence[Any]) -> str:
    """The ends of an interval of percentages (0..100) with one decimal."""
    low, high = values
    if pd.isna(low):
        return ""
    return f"{decimal(max(low, 0), 1)}–{decimal(min(high, 100), 1)}"


def _whole_interval(values: Sequence[Any]) -> str:
    """The ends of an interval of percentages (0..100) as published."""
    low, high = values
    return "" if pd.isna(low) or high - low < EXACT else between(max(low, 0), min(high, 100))


def _in_document(values: Sequence[Any]) -> str:
    """A count of what is in a document, whether that was read whole (else nobody knows that it lacks it), its mark."""
    count, whole, mark = values
    return f"{decimal(int(count), 0)} {_SIGN_OF.get(mark, '')}".rstrip() if count or whole else "?"


def _pair(values: Sequence[Any]) -> str:
    """How often two codes go together, the lift, and its mark."""
    count, lift, mark = values
    if pd.isna(count):
        return ""
    told = f" ({decimal(lift, 1)})" if count and not pd.isna(lift) else ""
    return f"{decimal(int(count), 0)}{told} {_SIGN_OF.get(mark, '')}".rstrip()


def _count_interval(values: Sequence[Any]) -> str:
    """The ends of an interval of counts, in whole numbers."""
    low, high = map(_count, values)
    return low and f"{low}\N{EN DASH}{high}"


def _count(value: float) -> str:
    """An estimated count as a whole number; "" where it is not known."""
    return "" if pd.isna(value) else decimal(round(value), 0)


def _with_interval(values: Sequence[Any]) -> str:
    """A percentage with its interval, where there is one."""
    value, low, high = values
    if pd.isna(value):
        return ""
    if pd.isna(low):
        return percent(value)
    return with_interval(value, low, high)


def _probability(values: Sequence[Any]) -> str:
    """A p with three decimals, "<0,001" under that."""
    (value,) = values
    if pd.isna(value):
        return ""
    least = decimal(_LEAST_P, 3)
    return f"<{least}" if value < _LEAST_P else decimal(value, 3)


def _then(values: Sequence[Any]) -> str:
    """The place in the last list: its status, rank, the ends of that, and the label of which the code was a part."""
    status, *rank, part_of = values
    match status:
        case "part":
            return say(Note("comparison.part", label=part_of))
        case "not_in_list":
            return "/"
        case "listed":
            return say(Note("tables.listed"))
    return say(Note("tables.place", rank=_rank(rank)))


def _listed(values: Sequence[Any]) -> str:
    """The place in a list, of which only may be known that the code was in it: whether it was, rank, ends."""
    listed, *rank = values
    return _rank(rank) or (say(Note("tables.listed")) if listed else "")


def _change(values: Sequence[Any]) -> str:
    """What became of a code, as a sign."""
    (change,) = values
    return say(Note("comparison.new")) if change == "new" else _SIGNS.get(change, "")


def _step(values: Sequence[Any]) -> str:
    """A difference in points, and what it says."""
    difference, change = values
    return f"{points(difference)} {_change([change])}".strip()


def _tested(values: Sequence[Any]) -> str:
    """What a difference says, and its p."""
    change, p = values
    return f"{_change([change])} {_probability([p])}".strip()


def _marked(values: Sequence[Any]) -> str:
    """A percentage, and the mark of what stands out."""
    share, mark = values
    return f"{percent(share)} {_MARKS.get(mark, '')}".rstrip() if not pd.isna(share) else ""


def _outstanding(values: Sequence[Any]) -> str:
    """Codes that stand out in a group, with their percentage there and of all."""
    (cell,) = values
    return "; ".join(
        f"{said(label)} ({percent(here)} / {percent(everywhere)})" for label, here, everywhere in cell.codes
    )


def _weights(values: Sequence[Any]) -> str:
    """Words with what each adds, "camera +9,1"."""
    (cell,) = values
    return ", ".join(f"{word} {points(weight)}" for word, weight in cell.words)


def _event_source(values: Sequence[Any]) -> str:
    """What an event of a study came from: the words of people and names of files as they are, ours in the language."""
    what, source = values
    match what:
        case "train":
            return say(Note("study.source_model", version=source.removeprefix("model ")))
        case "assign" if found := _DEALT.fullmatch(source):
            return say(Note("study.source_assign", share=float(found[1]), seed=found[2]))
        case "settings" if source in ("blind", "not blind"):
            return say(Note(f"study.source_{source.replace(' ', '_')}"))
        case "control" | "reached":
            return ""  # where the passages stand
        case "propose":
            return "+".join(
                say(Note(f"learning.{one}")) if has(f"learning.{one}") else one for one in source.split("+")
            )
    return str(source)


def _code(values: Sequence[Any]) -> str:
    """The label of a code, or that none fits."""
    code, label = values
    return say(Note("agreement.none")) if code == "-" else said(label)


def _fact(values: Sequence[Any]) -> str:
    """The name of a fact of the sample, of its level and the population where it depends on them."""
    name, level, population = values
    return say(Note(f"facts.{name}", level=level, population=population))


def _value(values: Sequence[Any]) -> str:
    """The value of a fact of the sample."""
    name, value = values
    match name:
        case "response" | "sampled":
            return say(Note("facts.percent", percent=value))
        case "margin" | "margin_finite":
            return say(Note("facts.points", margin=value))
    return decimal(value, {"effective": 1, "design": 2}.get(name, 0))


def _of(area: str, start: str = "") -> Callable[[Sequence[Any]], str]:
    """How a stable word is said that has its own sentence in an area of the catalogues, of which the key may begin."""
    return lambda values: say(Note(f"{area}.{start}{values[0]}"))


def _score(values: Sequence[Any]) -> str:
    """A score or a ratio with two decimals, nothing where it is not defined."""
    return "" if pd.isna(values[0]) else decimal(values[0], 2)


def _line(values: Sequence[Any]) -> str:
    """Shares (0..1) as blocks, a point for none."""
    top = len(_BLOCKS)
    return "".join(_BLOCKS[min(int(value * top), top - 1)] if value > 0 else "·" for value in values)


def _ends(values: Sequence[Any]) -> str:
    """The ends of an interval of scores (0..1) with two decimals."""
    low, high = values
    return "" if pd.isna(low) else f"{decimal(low, 2)}–{decimal(high, 2)}"


def _word(values: Sequence[Any]) -> str:
    """A word of the tables of `coder.learning` that stands in their frames as it is in files."""
    (word,) = values
    return say(Note(f"learning.{word.replace(' ', '_')}")) if word else ""


def _method(values: Sequence[Any]) -> str:
    """What was measured: a method or a person, in how many answers, and whether these are all."""
    method, answers, whole = values
    if method == "second":
        return say(Note("learning.second", answers=counted("answers", int(answers))))
    named = Note(f"learning.{method}")
    return say(named if whole else Note("learning.same_answers", method=named, answers=answers))


FORMS: Mapping[str, Callable[[Sequence[Any]], str]] = {
    "rank": _rank,
    "points": _points,
    "interval": _interval,
    "whole_interval": _whole_interval,
    "with_interval": _with_interval,
    "count": lambda values: _count(values[0]),
    "count_interval": _count_interval,
    "p": _probability,
    "did": lambda values: say(Note(f"codebook.did_{values[0].replace(' ', '_')}")),
    "ends": _ends,
    "word": _word,
    "method": _method,
    "code_or_all": lambda values: _word(values) if values[0] == "all codes" else values[0],
    "decimals": lambda values: decimal(values[0], 2),
    "score": _score,
    "line": _line,
    IN_DOCUMENT: _in_document,
    PAIR: _pair,
    "percent_or_dash": lambda values: "–" if pd.isna(values[0]) else percent(values[0]),
    "differs": _of("documents", "differs_"),
    "became": _of("documents"),
    "tenths": lambda values: decimal(values[0], 1),
    "then": _then,
    "listed": _listed,
    "change": _change,
    "step": _step,
    "tested": _tested,
    "mark": lambda values: _MARKS.get(values[0], ""),
    "marked": _marked,
    "outstanding": _outstanding,
    "weights": _weights,
    "event": lambda values: say(Note(f"study.did.{values[0]}")),
    "event_source": _event_source,
    "pages": lambda values: decimal(values[0], 0) if values[0] else "–",
    "role": lambda values: say(Note(f"study.role.{values[0]}")),
    "code": _code,
    "measure": _of("agreement"),
    "measure_of_blocks": lambda values: (
        say(Note("documents.agreement_dice")) if values[0] == "dice" else _of("agreement")(values)
    ),
    "fact": _fact,
    "value": _value,
    "why": _of("facts"),
    "yes_no": lambda values: say(Note("facts.yes" if values[0] else "facts.no")),
    "question": lambda values: values[0] or say(Note("facts.all")),
    "small": lambda values: say(Note("facts.under", least=MIN_BASE)) if values[0] else "",
}
"""How a cell is written that is made of several numbers or of a stable word, by the name of the form."""


def _one_line(cell: str) -> str:
    """A cell without the line breaks and control signs that would break the lines of a table."""
    return _CONTROL.sub(" ", cell)
