"""How an object shows itself in a notebook: a small table, every cell of it escaped."""

from collections.abc import Iterable, Sequence
from html import escape

ROWS = 10
"""So many rows an object shows of itself where it has more."""
_LONGEST = 200
"""Characters of a cell."""


def html_table(
    title: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[object]],
    notes: Sequence[object] = (),
    numbers: Sequence[bool] = (),
) -> str:
    """A title, a table and notes (as `str` has them) as HTML without style or script.

    `numbers` says which columns stand to the right.

    >>> html_table("Top", ["code", "n"], [["a < b", 3]], numbers=[False, True])
    '<p><b>Top</b></p><table><tr><th>code</th><th>n</th></tr><tr><td>a &lt; b</td><td align="right">3</td></tr></table>'
    """
    right = [*numbers, *[False] * (len(heads) - len(numbers))]
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    body = "".join(
        "<tr>"
        + "".join(
            f'<td align="right">{_cell(cell)}</td>' if number else f"<td>{_cell(cell)}</td>"
            for cell, number in zip(row, right, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    under = "".join(f"<p>{escape(str(note))}</p>" for note in notes)
    return f"<p><b>{escape(title)}</b></p><table><tr>{head}</tr>{body}</table>{under}"


def _cell(cell: object) -> str:
    text = str(cell)
    return escape(text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…")
