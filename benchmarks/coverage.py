"""Whether intervals hold and tests are right, by simulation: one command each, with its Monte Carlo error.

    python benchmarks/coverage.py tied      who names a code weighs more: shares, waves and groups
    python benchmarks/coverage.py strata    estimates from strata, unequal probabilities and answers chosen on purpose
    python benchmarks/coverage.py rare      estimates of rare codes and of codes that are predicted well

Options: --rounds (2,000), --seed (1; what was settled by simulation was settled on others). Coverage is the share of
95 % intervals that hold the truth, ± its Monte Carlo standard error; width is the mean width in points, and what it is
times the width that would do (3.92 times the standard deviation of the estimates). An arrow is a p under .05 after
Benjamini-Hochberg, in tables of ten codes in which nothing differs.
"""

import argparse
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.statistics.differences import independent
from coder.statistics.prediction_powered import Estimate, corrected
from coder.statistics.proportions import benjamini_hochberg, shares_differ
from coder.tables.mentions import Mentions

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.bool_]
ALPHA = 0.05
CHOSEN = 400
"""So many answers are chosen on purpose."""
SHARES = np.array([0.01, 0.02, 0.03, 0.05, 0.08, 0.1, 0.15, 0.2, 0.3, 0.4])
RARE = np.array([0.003, 0.006, 0.009, 0.03, 0.1, 0.3, 0.6])


def error_of(share: float, rounds: int) -> float:
    """The Monte Carlo standard error of a share of so many rounds."""
    return float(np.sqrt(max(share * (1 - share), 0.25 / rounds) / rounds))


def told(name: str, code: float, ends: Floats, found: Floats, truth: Floats) -> str:
    """Coverage and width of the intervals of one code, shape (rounds, 2), and of its estimates (rounds,)."""
    held = float(((ends[:, 0] <= truth + 1e-12) & (truth <= ends[:, 1] + 1e-12)).mean())
    width, ideal = float(np.ptp(ends, axis=1).mean()), 3.92 * float(np.sqrt(((found - truth) ** 2).mean()))
    return (
        f"  {name:34} {100 * code:5.1f} %  coverage {held:.3f} ± {error_of(held, len(ends)):.3f}"
        f"  width {100 * width:5.2f}, {width / ideal if ideal > 0 else np.inf:.2f} times what would do"
    )


# Weights tied to a code


def tied(random: np.random.Generator, size: int, kind: str) -> Mentions:
    """Respondents with ten codes, whose weights go with the first five, with a trait behind all, or with none."""
    trait = random.normal(size=size)
    odds = np.log(SHARES / (1 - SHARES)) + (trait[:, None] if kind == "trait" else 0)
    given = random.random((size, len(SHARES))) < 1 / (1 + np.exp(-odds))
    weight = np.exp(0.6 * trait)
    if kind == "code":
        weight = np.where(given[:, :5].any(axis=1), 2.5, 1.0)
    return Mentions(pd.DataFrame(index=range(size)), tuple(map(str, SHARES)), given, weight)


def of_weights(rounds: int, seed: int) -> Iterator[str]:
    """Shares, waves and groups with weights."""
    half = {size: np.arange(size) % 2 == 0 for size in (200, 400)}
    for kind in ("code", "trait", "none"):
        everybody = tied(np.random.default_rng([seed, 0]), 400_000, kind)
        for size in (200, 400):
            yield f"weights tied to: {kind}; {size} respondents, {rounds} rounds"
            random = np.random.default_rng([seed, size])
            ends, found, arrows = [], [], np.zeros((rounds, 2), dtype=np.bool_)
            for number in range(rounds):
                one, other = (tied(random, size, kind) for _ in range(2))
                sampled = one.sampled()
                ends.append(sampled.within)
                found.append(sampled.share)
                base, rest = one.bases_against(half[size])
                mine, theirs = one.take(half[size]).shares, one.take(~half[size]).shares
                tests = independent(sampled, other.sampled()).p, shares_differ(mine, base, theirs, rest).p
                arrows[number] = [bool((benjamini_hochberg(p) < ALPHA).any()) for p in tests]
            for code in (0, 2, 4, 7, 9):
                truth = np.full(rounds, everybody.shares[code])
                yield told("share", everybody.shares[code], np.array(ends)[:, code], np.array(found)[:, code], truth)
            for name, share in zip(("waves", "groups"), arrows.mean(axis=0).tolist(), strict=True):
                yield f"  {name:34} tables with a false arrow {share:.3f} ± {error_of(share, rounds):.3f}"


# Estimates


def predicted(random: np.random.Generator, right: Labels, shares: Floats, kind: str) -> Floats:
    """Predictions: probabilities that hold, as strong as the kind says; or codes, of which so many are wrong."""
    name, _, number = kind.partition(" ")
    strength = float(number)
    if name == "codes":
        missed, false = random.random(right.shape) < strength, random.random(right.shape) < strength * shares
        return np.where(right, ~missed, false).astype(np.float64)
    evidence = strength * (strength * right + random.normal(size=right.shape)) - strength**2 / 2
    return np.asarray(1 / (1 + np.exp(-np.clip(np.log(shares / (1 - shares)) + evidence, -30, 30))))


def of_rare(rounds: int, seed: int) -> Iterator[str]:
    """Rare codes, and codes that are predicted well, from simple random samples."""
    for n, size in ((100, 2000), (200, 2000), (400, 4000)):
        for kind in ("probabilities 0", "probabilities 2.5", "probabilities 4", "codes 0.1", "codes 0.03"):
            random = np.random.default_rng([seed, n])
            ends, found, truth = [], [], []
            for _ in range(rounds):
                right = np.arange(size)[:, None] < np.round(RARE * size)
                guess = predicted(random, right, RARE, kind)
                order = random.permutation(size)
                one = corrected(right[order[:n]], guess[order[:n]], guess[order[n:]])
                ends.append(one.interval)
                found.append(one.share)
                truth.append(right.mean(axis=0))
            yield f"{n} of {size} coded, predictions: {kind}; {rounds} rounds"
            for code, share in enumerate(RARE):
                parts = (np.array(part)[:, code] for part in (ends, found, truth))
                yield told("corrected", share, *parts)


Drawn = tuple[npt.NDArray[np.intp], dict[str, npt.NDArray[Any]]]
Drawing = Callable[[np.random.Generator, Labels], Drawn]
NAMES = np.repeat(["a", "b", "c"], [400, 800, 1800])
IN_STRATA = np.stack(
    [np.repeat(shares, [400, 800, 1800]) for shares in ([0.9, 0.4, 0.05], [0.3, 0.3, 0.3], [0.1, 0.02, 0.01])], axis=1
)


def drawn_in_strata(random: np.random.Generator, _right: Labels) -> Drawn:
    """80 of each of three strata of unequal size."""
    strata = [np.flatnonzero(name == NAMES) for name in ("a", "b", "c")]
    rows = np.concatenate([random.permutation(one)[:80] for one in strata])
    return rows, {"probability": np.repeat([80 / len(one) for one in strata], 80), "stratum": NAMES[rows]}


def drawn_unequally(random: np.random.Generator, right: Labels) -> Drawn:
    """Each by itself, those with the first code three times as likely."""
    likely = np.where(right[:, 0], 0.15, 0.05)
    rows = np.flatnonzero(random.random(len(right)) < likely)
    return rows, {"probability": likely[rows]}


def drawn_on_purpose(random: np.random.Generator, right: Labels) -> Drawn:
    """The 400 of the first stratum on purpose, then 200 of the others at random."""
    rows = np.append(np.arange(CHOSEN), CHOSEN + random.permutation(len(right) - CHOSEN)[:200])
    return rows, {"probability": np.where(rows < CHOSEN, 1.0, 200 / (len(right) - CHOSEN))}


def of_strata(rounds: int, seed: int) -> Iterator[str]:
    """Estimates from samples that are not simple random ones."""
    drawings: dict[str, Drawing] = {
        "strata": drawn_in_strata,
        "unequal probabilities": drawn_unequally,
        "on purpose, then at random": drawn_on_purpose,
    }
    for name, drawing in drawings.items():
        for weighted in (False, True):
            random = np.random.default_rng([seed, len(name)])
            found: list[tuple[Estimate, Floats]] = []
            for _ in range(rounds):
                right = random.random(IN_STRATA.shape) < IN_STRATA
                guess = predicted(random, right, IN_STRATA.mean(axis=0), "probabilities 2")
                weight = np.where(right[:, 1], 2.5, 1.0) if weighted else np.ones(len(right))
                rows, how = drawing(random, right)
                rest = np.setdiff1d(np.arange(len(right)), rows)
                given = weight[np.append(rows, rest)] if weighted else None
                one = corrected(right[rows], guess[rows], guess[rest], weight=given, **how)
                found.append((one, weight @ right / weight.sum()))
            yield f"{name}{', weights tied to the second code' if weighted else ''}; {rounds} rounds"
            for code in range(IN_STRATA.shape[1]):
                ends = np.array([one.interval[code] for one, _ in found])
                share, truth = (
                    np.array(part)
                    for part in ([one.share[code] for one, _ in found], [true[code] for _, true in found])
                )
                yield told("corrected", float(truth.mean()), ends, share, truth)


def main() -> None:
    """Simulate and print."""
    ways = {"tied": of_weights, "strata": of_strata, "rare": of_rare}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=sorted(ways))
    parser.add_argument("--rounds", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    for line in ways[arguments.what](arguments.rounds, arguments.seed):
        print(line, flush=True)


if __name__ == "__main__":
    main()
