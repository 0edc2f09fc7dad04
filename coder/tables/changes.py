"""What changed between two versions of a codebook, as a table."""

import pandas as pd

from coder.codebook import REUSED, Codebook, diff
from coder.note import Note
from coder.tables.table import Column, Table


def changes(old: Codebook, new: Codebook) -> Table:
    """The changes with columns kind, code, was, now, as `coder.codebook.diff` has them."""
    found = diff(old, new)
    rows = [(change.kind, change.code, change.was, change.now) for change in found]
    names = ("kind", "code", "was", "now")
    frame = pd.DataFrame(rows, columns=names, dtype=str)
    notes = [] if found else [Note("codebook.nothing_changed")]
    if reused := [change.now for change in found if change.kind == REUSED]:
        notes.append(Note("codebook.numbers_reused", numbers=reused))
    shown = {name: Column(Note(f"codebook.head_{name}"), "did" if name == "kind" else "") for name in names}
    return Table(f"{_named(old)} → {_named(new)}", frame, None, shown, tuple(notes))


def _named(codebook: Codebook) -> str:
    return f"{codebook.name} {codebook.version}".strip()
