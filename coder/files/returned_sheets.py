"""A filled-in sheet of a sample for whoever keeps codes and draws apart: what a study takes over of it.

A study goes on while the sheet is away: others code, other sheets come back. Codes are taken over whatever happened
meanwhile; the draw is kept only where its probabilities still hold.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from coder.codebook import Codebook
from coder.files.answers import Answers
from coder.files.filled_sheets import (
    Filled,
    answer_rows,
    below_one,
    beside,
    check_rows,
    given_codes,
    sample_facts,
    strata_of,
)
from coder.files.sample_sheets import STRATA, UNIT
from coder.sample import DRAWN, PROBABILITY, RANDOM, STRATUM


@dataclass(frozen=True, slots=True)
class Returned:
    """A filled-in sheet for whoever keeps codes and draw apart, as a study does.

    `codes` has the cell of codes of each row that was coded, by unit. `draw` has the columns drawn, probability and
    stratum of the units of which the sheet says something new; `notes` what to know, also why the draw is not kept.
    """

    codes: "pd.Series[str]"
    draw: pd.DataFrame
    notes: tuple[str, ...]


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
    rows, headings = answer_rows(path, id or UNIT, text)
    check_rows(rows, answers, text, path)
    facts = sample_facts(path)
    codes = given_codes(rows, headings, codebook, path)
    draw, why = _draw(rows.index, coded, facts, path, answers)
    notes = Filled(answers.sheet, facts[DRAWN], int(facts["n"]), len(rows), len(codes)).notes
    return Returned(codes, draw, (*notes, *([why] if why else [])))


def _draw(
    rows: "pd.Index[str]", coded: "pd.Index[str]", facts: Mapping[str, str], path: Path, answers: Answers
) -> tuple[pd.DataFrame, str]:
    """How units were drawn, by this sheet and the earlier ones it extends; or nothing, and why that is."""
    columns = (DRAWN, PROBABILITY, STRATUM)
    sheet = answers.sheet.set_axis(answers.corpus.ids)
    sheet = sheet.assign(**{name: "" for name in columns if name not in sheet})
    mine = sheet[DRAWN].str.strip() == RANDOM
    new = rows[~mine[rows]]
    made = pd.DataFrame("", index=new, columns=list(columns), dtype=str).assign(drawn=facts[DRAWN])
    if facts[DRAWN] != RANDOM or not len(new):
        return made, ""
    along = sheet.index[(mine & below_one(sheet[PROBABILITY])).to_numpy() & ~sheet.index.isin(rows)]
    extended = int(facts.get("extended", "0"))
    alone = int(facts.get("coded_before", "0")) - extended
    others = len(along) if not extended and not alone else 0
    along = along if extended else along[:0]
    certain = coded[~coded.isin(rows.union(along))][: None if alone else 0]
    table = beside(path, STRATA, [STRATUM, PROBABILITY])
    by = facts.get("by", "")
    if others or len(along) != extended or len(certain) != alone or table is None or (by and by not in sheet):
        return made.iloc[:0], _NOT_KEPT.format(name=path.name)
    probability = dict(zip(table[STRATUM], table[PROBABILITY].str.replace(",", "."), strict=True))
    stratum = strata_of(sheet, facts, list(probability))
    units = rows.append(along)
    made = pd.DataFrame({DRAWN: RANDOM, PROBABILITY: stratum[units].map(probability), STRATUM: stratum[units]})
    own = pd.DataFrame(
        {DRAWN: sheet.loc[certain, DRAWN].where(mine, ""), PROBABILITY: "1", STRATUM: stratum[certain]}, index=certain
    )
    return pd.concat([made, own]), ""


_NOT_KEPT = (
    "The codes of {name} are taken over, its probabilities are not: they do not hold beside what was drawn or coded "
    "since. Draw the next sheet from the export of the study (--id unit --codes codes), and add each before the next."
)
