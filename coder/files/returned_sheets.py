"""A filled-in sheet of a sample for whoever keeps codes and draws apart: what a study takes over of it.

A study goes on while the sheet is away: others code, other sheets come back. Codes are taken over whatever happened
meanwhile; the draw is kept only where its probabilities still hold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from coder.codebook import Codebook
from coder.files.answers import Answers
from coder.files.filled_sheets import Filled, FilledFile, below_one, check_rows, given_codes, strata_of
from coder.files.sample_sheets import STRATA, UNIT
from coder.note import Note
from coder.sample import DRAWN, PROBABILITY, RANDOM, STRATUM

_COLUMNS = (DRAWN, PROBABILITY, STRATUM)


@dataclass(frozen=True, slots=True)
class Returned:
    """A filled-in sheet for whoever keeps codes and draw apart, as a study does.

    `codes` has the cell of codes of each row that was coded, by unit. `draw` has the columns drawn, probability and
    stratum of the units of which the sheet says something new; `notes` what to know, also why the draw is not kept.
    """

    codes: "pd.Series[str]"
    draw: pd.DataFrame
    notes: tuple[Note, ...]


def read_returned(
    path: Path,
    answers: Answers,
    *,
    text: str,
    id: str | None,  # noqa: A002
    codebook: Codebook,
    coded: "pd.Index[str]",
) -> Returned:
    """Read a filled-in sheet as it is: the codes of its rows, and how they were drawn.

    `answers` may have the columns drawn, probability and stratum of earlier sheets; `coded` are the units that have
    codes now. Raises as `read_filled` does, but not where a row has other codes already.
    """
    file = FilledFile(path)
    rows, headings = file.answers(id or UNIT, text)
    check_rows(rows, answers, text, path)
    facts = file.facts()
    codes = given_codes(rows, headings, codebook, path)
    draw = _draw(rows.index, coded, facts, file, answers)
    notes = Filled(answers.sheet, facts[DRAWN], int(facts["n"]), len(rows), len(codes)).notes
    if draw is None:
        notes, draw = (*notes, Note("sheets.not_kept", file=path.name)), _drawn([], facts)
    return Returned(codes, draw, notes)


def _draw(
    rows: "pd.Index[str]", coded: "pd.Index[str]", facts: Mapping[str, str], file: FilledFile, answers: Answers
) -> pd.DataFrame | None:
    """How units were drawn, by this sheet and the earlier ones it extends; None where its probabilities do not hold."""
    sheet = answers.sheet.set_axis(answers.corpus.ids)
    sheet = sheet.assign(**{name: "" for name in _COLUMNS if name not in sheet})
    mine = sheet[DRAWN].str.strip() == RANDOM
    new = rows[~mine[rows]]
    if facts[DRAWN] != RANDOM or not len(new):
        return _drawn(new, facts)
    along = sheet.index[(mine & below_one(sheet[PROBABILITY])).to_numpy() & ~sheet.index.isin(rows)]
    extended = int(facts.get("extended", "0"))
    alone = int(facts.get("coded_before", "0")) - extended
    others = len(along) if not extended and not alone else 0
    along = along if extended else along[:0]
    certain = coded[~coded.isin(rows.union(along))][: None if alone else 0]
    table = file.table(STRATA, [STRATUM, PROBABILITY])
    by = facts.get("by", "")
    if others or len(along) != extended or len(certain) != alone or table is None or (by and by not in sheet):
        return None
    probability = dict(zip(table[STRATUM], table[PROBABILITY].str.replace(",", "."), strict=True))
    stratum = strata_of(sheet, facts, list(probability))
    units = rows.append(along)
    made = pd.DataFrame({DRAWN: RANDOM, PROBABILITY: stratum[units].map(probability), STRATUM: stratum[units]})
    own = pd.DataFrame(
        {DRAWN: sheet.loc[certain, DRAWN].where(mine, ""), PROBABILITY: "1", STRATUM: stratum[certain]}, index=certain
    )
    return pd.concat([made, own])


def _drawn(units: "Sequence[str] | pd.Index[str]", facts: Mapping[str, str]) -> pd.DataFrame:
    """These units as drawn with the sheet, without a probability."""
    empty = pd.DataFrame("", index=pd.Index(units, dtype=str), columns=list(_COLUMNS), dtype=str)
    return empty.assign(**{DRAWN: facts[DRAWN]})
