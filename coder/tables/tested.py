"""The difference of two waves, row by row, tested for what the waves are: two samples, or the same respondents."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.errors import DataError
from coder.statistics.differences import Difference, independent, of_estimates, paired, paired_weighted
from coder.statistics.proportions import benjamini_hochberg
from coder.tables.comparison_words import DOWN, SAME, UP
from coder.tables.mentions import Mentions
from coder.tables.wave_rows import Row
from coder.tables.waves import COUNTED, PART, Lined

Labels = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

ALPHA = 0.05
"""Below this adjusted p a difference is called significant."""


@dataclass(frozen=True, slots=True)
class Tested:
    """Differences in percentage points, shape (rows,), nan where not known: `points`, `low`, `high`, `p`, `adjusted`.

    `both` is the number of respondents in both waves of a panel; None for two samples.
    """

    points: Floats
    low: Floats
    high: Floats
    p: Floats
    adjusted: Floats
    both: int | None

    @property
    def tests(self) -> int:
        """How many rows are tested; p is adjusted for them together."""
        return int((~np.isnan(self.p)).sum())

    def change(self) -> list[str]:
        """An arrow where the difference is significant, "sq" where it is not, "" where nothing is tested."""
        return arrows(self.points, self.adjusted)


def arrows(points: Floats, adjusted: Floats) -> list[str]:
    """An arrow where the difference is significant, "sq" where it is not, "" where nothing is tested."""
    return [
        "" if np.isnan(p) else SAME if p >= ALPHA else UP if value > 0 else DOWN
        for value, p in zip(points.tolist(), adjusted.tolist(), strict=True)
    ]


def differ(
    rows: Sequence[Row], now: Lined, then: Lined, *, panel: bool, level: float, beside: Sequence[Lined] = ()
) -> Tested:
    """Test every row that both waves counted, whether it is in a top or not.

    Codes that somebody mentioned in either wave are tested; which of them a table shows does not matter, so that p does
    not depend on it. Where only percentages are known the difference has no interval and no p. Codes that are one in
    a wave that stands `beside` these two are compared together too.
    """
    compared = comparable(rows, [now, then], beside)
    points = np.where(compared, now.percent - then.percent, np.nan)
    testable = compared & ~np.isnan(now.share) & ~np.isnan(then.share) & ((now.share > 0) | (then.share > 0))
    low, high, p = (np.full(len(rows), np.nan) for _ in range(3))
    both = None
    if panel:
        found, both = _paired(now, then, testable, level)
        points[:] = np.nan
    elif now.effective and then.effective and (now.estimated or then.estimated):
        ends = now.unsure[testable], then.unsure[testable]
        found = of_estimates(now.sampled(testable), ends[0], then.sampled(testable), ends[1], level=level)
    elif now.effective and then.effective:
        found = independent(now.sampled(testable), then.sampled(testable))
    else:
        return Tested(points, low, high, p, p, None)
    points[testable], p[testable] = found.value * 100, found.p
    low[testable], high[testable] = found.interval.T * 100
    return Tested(points, low, high, p, benjamini_hochberg(p), both)


def comparable(rows: Sequence[Row], waves: Sequence[Lined], beside: Sequence[Lined] = ()) -> Labels:
    """The rows that every wave has; codes together only where one of them, or one `beside`, has them no other way."""
    every = np.all([wave.has(COUNTED) for wave in waves], axis=0)
    part = {
        row.code for wave in (*waves, *beside) for row, state in zip(rows, wave.state, strict=True) if state == PART
    }
    needed = [not row.together or not part.isdisjoint(row.of) for row in rows]
    return np.asarray(every & np.array(needed), dtype=np.bool_)


def _paired(now: Lined, then: Lined, testable: Labels, level: float) -> tuple[Difference, int]:
    one, other = panel_of(now.name, now.mentions, then.name, then.mentions)
    assert now.mentions is not None  # noqa: S101 (panel_of looked)
    assert then.mentions is not None  # noqa: S101
    mine = now.mentions.take(one).of(now.given[one][:, testable])
    theirs = then.mentions.take(other).of(then.given[other][:, testable])
    return twice(mine, theirs, level=level), len(one)


def twice(one: Mentions, other: Mentions, *, level: float) -> Difference:
    """The difference of what the same respondents mentioned twice, in the same order; they were drawn as `one` says."""
    if one.is_plain and other.is_plain:
        return paired(one.given, other.given, level=level)
    sampled, weights = [part.sampled(level=level) for part in (one, other)], (one.weight, other.weight)
    return paired_weighted(one.given, sampled[0], other.given, sampled[1], weights, one.drawn)


def panel_of(
    name: str, now: Mentions | None, before: str, then: Mentions | None
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Where the respondents of both waves stand in the one and in the other."""
    if now is None or then is None:
        which = name if now is None else before
        raise DataError(f"{which} is a published table: without respondents it is not a panel. Leave --panel out.")
    both = now.respondents.intersection(then.respondents, sort=False)
    if len(both) < 2:  # noqa: PLR2004 (one respondent has no spread)
        raise DataError(
            f"{len(both)} respondents of {name} are in {before}: that is not a panel. Name the column that says who "
            "answered, with the same ids in both waves, by --respondent."
        )
    return now.respondents.get_indexer(pd.Index(both)), then.respondents.get_indexer(pd.Index(both))


def overlap(now: Lined, then: Lined) -> float:
    """The share of the respondents of the smaller wave that are in the other; 0 where rows are numbered only."""
    if now.mentions is None or then.mentions is None:
        return 0.0
    one, other = now.mentions.respondents, then.mentions.respondents
    if "unit" in {one.name, other.name}:
        return 0.0
    return len(one.intersection(other)) / min(len(one), len(other))
