"""Differences between waves, estimates and groups: ``python benchmarks/waves.py [ROUNDS]``.

Simulated answers of which the truth is known. Prints the coverage of 95 % intervals of a difference, over all codes and
of the worst, with a code that changes by 8 points and without; in which share of the tables in which nothing differs
something is called significant; and how long the ranks of 20,000 respondents take. With Monte Carlo standard errors:
that of a coverage is taken over rounds, because the codes of a table go together.
"""

import sys
import time
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.codebook import Code, Codebook
from coder.statistics.differences import of_estimates
from coder.statistics.prediction_powered import Estimate, corrected
from coder.statistics.proportions import benjamini_hochberg
from coder.statistics.ranks import rank_intervals
from coder.tables.comparison import ALPHA, compare
from coder.tables.groups import groups
from coder.tables.mentions import Mentions

SHARES = np.array([0.5, 0.4, 0.3, 0.2, 0.15, 0.1, 0.08, 0.05, 0.03, 0.02])
CHANGED, POINTS = 2, 0.08
"""The code that changes, where one does, and by how much."""
BOOK = Codebook(tuple(Code(f"c{place}", place + 1, {}) for place in range(len(SHARES))))
FINDS, INVENTS = 0.8, 0.02
"""How many of the mentions the machine finds whose predictions are corrected, and how many it makes up."""

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.bool_]


def main(rounds: int = 2000) -> None:
    """Simulate, and print."""
    print(f"{'95 % intervals of a difference':44}{'coverage':>18}{'worst code':>18}{'p < .05 somewhere':>20}")
    for sizes in ((400, 400), (199, 230), (60, 1000)):
        for change in (0.0, POINTS):
            _said(f"{sizes[0]} and {sizes[1]}, {_named(change)}", _of_counts(sizes, change, rounds), change)
    for size, hand in ((400, 100), (200, 60), (2000, 200)):
        for change in (0.0, POINTS):
            name = f"estimates, {size}, {hand} by hand, {_named(change)}"
            _said(name, _of_estimates(size, hand, change, rounds), change)
    for bases in ((100, 100, 100, 100), (300, 60, 40), (35, 35, 35, 35, 35, 35)):
        found = [_of_groups(bases, seed) for seed in range(rounds)]
        print(f"{'groups of ' + ', '.join(map(str, bases)):44}{'':36}{_with_error(found):>20}", flush=True)
    given = np.random.default_rng(1).random((20_000, 30)) < 0.5 * 0.85 ** np.arange(30)
    start = time.process_time()
    rank_intervals(given)
    print(f"ranks of 20,000 respondents and 30 codes: {time.process_time() - start:.2f} s of processor time")


def _named(change: float) -> str:
    return f"{100 * change:.0f} points" if change else "no change"


def _said(name: str, rows: Iterator[tuple[Labels, bool]], change: float) -> None:
    covered, significant = zip(*rows, strict=True)
    held = np.array(covered)
    worst = held[:, held.mean(axis=0).argmin()]
    called = "" if change else _with_error(significant)
    print(f"{name:44}{_with_error(held.mean(axis=1)):>18}{_with_error(worst):>18}{called:>20}", flush=True)


def _with_error(values: Sequence[float] | Floats | Labels) -> str:
    numbers = np.asarray(values, dtype=np.float64)
    return f"{numbers.mean():.4f} ± {numbers.std(ddof=1) / np.sqrt(len(numbers)):.4f}"


def _shares(change: float) -> Floats:
    return np.where(np.arange(len(SHARES)) == CHANGED, SHARES + change, SHARES)


def _of_counts(sizes: tuple[int, int], change: float, rounds: int) -> Iterator[tuple[Labels, bool]]:
    """Which intervals hold the truth, and whether anything is significant, in each round."""
    random, truth = np.random.default_rng(1), 100 * (_shares(change) - SHARES)
    for _ in range(rounds):
        waves = [
            _mentions(random.random((size, len(SHARES))) < share)
            for size, share in zip(sizes, (_shares(change), SHARES), strict=True)
        ]
        frame = compare(waves[0], waves[1], BOOK, limit=len(SHARES)).frame.set_index("code").reindex(BOOK.ids)
        held = ~(
            (frame["points_low"] > truth) | (frame["points_high"] < truth)
        )  # a code of neither wave claims nothing
        yield held.to_numpy(), bool((frame["p_adjusted"] < ALPHA).any())


def _of_estimates(size: int, hand: int, change: float, rounds: int) -> Iterator[tuple[Labels, bool]]:
    random, truth = np.random.default_rng(1), _shares(change) - SHARES
    for _ in range(rounds):
        one, other = (_estimate(size, hand, share, random) for share in (_shares(change), SHARES))
        found = of_estimates(one.share, one.interval, size, other.share, other.interval, size)
        low, high = found.interval.T
        yield (low <= truth) & (truth <= high), bool((benjamini_hochberg(found.p) < ALPHA).any())


def _estimate(size: int, hand: int, shares: Floats, random: np.random.Generator) -> Estimate:
    """What people said of the first, and a machine of all, corrected."""
    right = random.random((size, len(shares))) < shares
    predicted = (random.random(right.shape) < np.where(right, FINDS, INVENTS)).astype(np.float64)
    return corrected(right[:hand], predicted[:hand], predicted[hand:])


def _of_groups(sizes: Sequence[int], seed: int) -> bool:
    given = np.random.default_rng(seed).random((sum(sizes), len(SHARES))) < SHARES
    names = np.repeat([f"g{place}" for place in range(len(sizes))], sizes)
    cells = groups(_mentions(given, pd.DataFrame({"group": names})), BOOK, "group").cells.frame
    return bool((cells["adjusted_p"] < ALPHA).any())


def _mentions(given: Labels, background: pd.DataFrame | None = None) -> Mentions:
    about = pd.DataFrame(index=range(len(given))) if background is None else background
    return Mentions(about.set_axis(pd.Index([str(place) for place in range(len(given))], name="unit")), BOOK.ids, given)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
