"""Of very many coded texts the part that is measured, and those of the others that are learned from.

Five folds of half a million coded texts would be learned from five times and all be measured, to an interval that is
narrower than anybody asks. One part, drawn at random, tells the same of a model that learned from the others; its
interval is wider, and is told beside it.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from coder.arrays import Ints, Labels
from coder.errors import DataError
from coder.methods.classifier import FOLDS, Whole, most_to_learn
from coder.methods.linear import draw

MOST_MEASURED = 20_000
"""So many texts are measured at most: a micro-F1 of them is known to about half a point."""


class Held(NamedTuple):
    """Rows of coded texts: an `even` draw of all `units`, a draw of those that `both` people coded, and the `known`.

    These are learned from, and no group of theirs is in the first two, which are drawn by whole groups. `whole` says
    what holds of all that are not held out; with a ready model it is None, and `known` has nothing.
    """

    even: Ints
    both: Ints
    known: Ints
    whole: Whole | None
    units: int

    @property
    def rows(self) -> Ints:
        """All rows that are needed, in order."""
        return np.union1d(np.union1d(self.even, self.both), self.known)

    def at(self, rows: Ints) -> "Held":
        """The same where the texts stand in these rows."""
        return self._replace(even=rows[self.even], both=rows[self.both], known=rows[self.known])

    def within(self) -> "Held":
        """The same where nothing else is there: places among `rows`."""
        even, both, known = (np.searchsorted(self.rows, one) for one in (self.even, self.both, self.known))
        return self._replace(even=even, both=both, known=known)


class Examples(NamedTuple):
    """Coded texts: the codes of each kind of them, (kinds, codes), and of each text its kind, characters and mark.

    `groups` are 0, 1, … in the order in which they occur; `both` says which texts a second person coded too.
    """

    codes: Sequence[str]
    labels: Labels
    kind: Ints
    size: Ints
    marks: npt.NDArray[np.uint64]
    groups: Ints
    both: npt.NDArray[np.bool_]


def hold_out(coded: Examples, *, most: int, learn: bool, seed: int) -> Held | None:
    """What is measured, and learned from unless a model is ready; None where there are few enough to use them all.

    Raises `DataError` where all are of one group.
    """
    units = len(coded.kind)
    if units <= most_to_learn(int(coded.size.sum()), units, most):
        return None
    if learn and not coded.groups.any():
        raise DataError("learning.one_group")
    random = np.random.default_rng([seed, 2])
    order = random.permutation(int(coded.groups.max()) + 1)
    measured = min(MOST_MEASURED, units // FOLDS if learn else units)
    every, held = np.ones_like(coded.both), np.zeros_like(coded.both)
    drawn_of: list[Ints] = []
    for among in (every, coded.both):
        theirs = among & np.isin(coded.groups, _first(order[: -1 if learn else None], coded.groups, among, measured))
        rows = np.flatnonzero(theirs)
        drawn_of.append(np.sort(random.choice(rows, measured, replace=False)) if len(rows) > measured else rows)
        held |= np.isin(coded.groups, coded.groups[theirs])
    even, both = drawn_of
    rest, whole = np.flatnonzero(~held), None
    if learn:
        learned = most_to_learn(int(coded.size[rest].sum()), len(rest), most)
        drawn = draw(coded.labels, coded.kind[rest], most=learned, seed=seed)
        times = np.bincount(coded.kind[rest], minlength=len(coded.labels)) @ coded.labels
        examples = dict(zip(coded.codes, times.tolist(), strict=True))
        rest = rest[drawn.rows]
        whole = Whole(drawn._replace(rows=np.arange(len(rest))), int((~held).sum()), examples, coded.marks[~held])
    return Held(even, both, rest if learn else rest[:0], whole, units)


def _first(order: Ints, groups: Ints, among: npt.NDArray[np.bool_], most: int) -> Ints:
    """The first groups in this order with so many of the texts `among`, or more: the last may be larger than needed."""
    size = np.bincount(groups[among], minlength=int(groups.max()) + 1)[order]
    return order[(np.cumsum(size) - size < most) & (size > 0)]
