"""What changed between two versions of a codebook, as a table."""

import pandas as pd

from coder.codebook import Codebook
from coder.codebook_diff import REUSED, diff
from coder.tables.table import Table


def changes(old: Codebook, new: Codebook) -> Table:
    """The changes with columns kind, code, was, now, as `coder.codebook_diff.diff` has them."""
    found = diff(old, new)
    rows = [(change.kind, change.code, change.was, change.now) for change in found]
    frame = pd.DataFrame(rows, columns=["kind", "code", "was", "now"], dtype=str)
    notes = [] if found else ["Nothing changed."]
    if reused := [change.now for change in found if change.kind == REUSED]:
        notes.append(
            f"Numbers are never used again for another code: {', '.join(reused)}. Give the new code a number of its "
            "own, or name the old one in its `formerly` if it is the same code."
        )
    shown = {"kind": "change", "code": "code", "was": "was", "now": "now"}
    return Table(f"{_named(old)} → {_named(new)}", frame, None, shown, tuple(notes))


def _named(codebook: Codebook) -> str:
    return f"{codebook.name} {codebook.version}".strip()
