"""A project of a program for qualitative analysis, as data, and .qdpx, the REFI-QDA Project 1.0 that has it.

NVivo, ATLAS.ti, MAXQDA, QualCoder and others read and write it. A .qdpx is a zip of one .qde (XML) and the texts.
Nothing is left out in silence: `Project.account` says of every element of the file how many there are, how many were
taken over, and why not all.
"""

from dataclasses import dataclass, field
from functools import partial

import pandas as pd

from coder.codebook import Codebook
from coder.documents import FRAGMENTS, Documents
from coder.note import Note

COLUMNS = (*FRAGMENTS, "when", "changed", "changed_by")
"""Of fragments: `when` is the time (UTC, ISO 8601) at which each was made, `changed` that at which somebody
(`changed_by`) changed it last; "" where that is not known."""
LAST = ("kind", "document", "start", "end", "code", "coder", "when")
"""Of last words: a fragment ("settle"), or a stretch on which a code was decided on ("ruled")."""
SETTLED = ("document", "coder", "when", "start", "end")
"""Of stretches of blocks that somebody settled for all codes; `coder` is "" where that is not known."""
NOTED = ("code", "group", "text", "who")
"""Of observations."""


def _none(columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(columns=list(columns))


ACCOUNT = ("element", "found", "taken", "why")


@dataclass(frozen=True, slots=True)
class Project:
    """Documents with their attributes, the codebook, the fragments of all coders (`COLUMNS`), and who read what.

    `read` has document, coder, start and end. `account` (`ACCOUNT`) says of each element of the file that it was read
    from how many there are, how many were taken over, and why not all. `notes` say how it was read. `unsure` are the
    fragments of which their coder is unsure (`COLUMNS`), `last` the last words (`LAST`) and `settled` the stretches
    that have one (`SETTLED`), `observations` what was noted (`NOTED`): the standard has no place for these, and only
    coder reads them in a file.
    """

    name: str
    documents: Documents
    book: Codebook | None
    fragments: pd.DataFrame
    read: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["document", "coder", "start", "end"]))
    account: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(ACCOUNT)))
    notes: tuple[Note, ...] = ()
    unsure: pd.DataFrame = field(default_factory=partial(_none, COLUMNS))
    last: pd.DataFrame = field(default_factory=partial(_none, LAST))
    settled: pd.DataFrame = field(default_factory=partial(_none, SETTLED))
    observations: pd.DataFrame = field(default_factory=partial(_none, NOTED))
