"""Intervals of ranks at ties, near ties and of rare codes: ``python benchmarks/ranks.py [--rounds R] [--only NAME]``.

Simulated surveys of which the shares of all codes are known. Beside the intervals of `coder compare` stand the
percentiles of a bootstrap over respondents (300 draws) and a plain count of the codes that are more than 1.96 standard
errors away. An interval covers where it holds every place of the code, all that it shares in a tie. Prints the
coverage, averaged over codes and of the worst code, with its Monte Carlo standard error, and the mean width in places.
"""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from coder.statistics.design import Design
from coder.statistics.proportions import wilson
from coder.statistics.ranks import rank_intervals, rank_intervals_of_estimates, ranks

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Labels = npt.NDArray[np.bool_]
Method = Callable[[Labels, Floats, Design, np.random.Generator], Ints]

DRAWS = 300
Z = 1.96
WIDE = 3.92


@dataclass(frozen=True)
class Survey:
    """`respondents` who give codes with these chances: each code by itself, or (`single`) one code at most.

    `weight` is what who gives the code of that place counts for (of single codes alone); 1 for who gives none. In
    `clusters` of `respondents` / `clusters` chances differ, by a beta with an intraclass correlation of `alike`.
    """

    chances: Floats
    respondents: int
    single: bool = False
    weight: Floats | None = None
    clusters: int = 0
    alike: float = 0.2

    def drawn(self, random: np.random.Generator) -> tuple[Labels, Floats, Design]:
        """Who gives what, shape (respondents, codes), what each counts for, and how they were drawn."""
        codes, simple = len(self.chances), Design.simple(self.respondents)
        if self.clusters:
            cluster = np.repeat(np.arange(self.clusters), self.respondents // self.clusters)
            like = 1 / self.alike - 1
            chances = random.beta(self.chances * like, (1 - self.chances) * like, size=(self.clusters, codes))
            given = random.random((self.respondents, codes)) < chances[cluster]
            return given, np.ones(self.respondents), Design.of(np.zeros(self.respondents), cluster)
        if not self.single:
            return random.random((self.respondents, codes)) < self.chances, np.ones(self.respondents), simple
        chosen = random.choice(codes + 1, size=self.respondents, p=[*self.chances, 1 - self.chances.sum()])
        weight = np.ones(codes + 1) if self.weight is None else np.append(self.weight, 1.0)
        return np.arange(codes) == chosen[:, None], weight[chosen], simple

    @property
    def places(self) -> Ints:
        """The first and the last place of each code, shape (codes, 2)."""
        share = np.round(self.chances * (1 if self.weight is None else self.weight), 9)
        return np.stack([ranks(share), len(share) + 1 - rankdata(share, method="min").astype(np.int64)], axis=-1)


def ours(given: Labels, weight: Floats, design: Design, _: np.random.Generator) -> Ints:
    """As `coder compare` has them."""
    return rank_intervals(given, weight, design=design)


def of_estimates(given: Labels, _: Floats, __: Design, ___: np.random.Generator) -> Ints:
    """As `coder compare` has them of a table of estimates, which says how sure each share is and no more."""
    low, high = wilson(given.sum(axis=0), len(given)).T
    return rank_intervals_of_estimates(given.mean(axis=0), (high - low) / WIDE)


def bootstrap(given: Labels, weight: Floats, _: Design, random: np.random.Generator) -> Ints:
    """Percentiles of the ranks in samples of the respondents (Efron 1979), and the rank itself."""
    counted = given * weight[:, None]
    times = random.multinomial(len(given), np.full(len(given), 1 / len(given)), size=DRAWS)
    own = ranks(counted.sum(axis=0))
    low, high = np.quantile(ranks(times @ counted), [0.025, 0.975], axis=0, method="inverted_cdf").astype(np.int64)
    return np.stack([np.minimum(low, own), np.maximum(high, own)], axis=-1)


def normal(given: Labels, weight: Floats, _: Design, __: np.random.Generator) -> Ints:
    """How many codes are more than 1.96 standard errors ahead, and behind."""
    share = weight @ given / weight.sum()
    parts = weight[:, None] * (given - share) / weight.sum()
    spread = parts.T @ parts
    error = np.sqrt(np.maximum(np.diag(spread)[:, None] + np.diag(spread) - 2 * spread, 0))
    far = (share[:, None] - share) > Z * error
    return np.stack([1 + far.sum(axis=0), len(share) - far.sum(axis=1)], axis=-1)


METHODS: Mapping[str, Method] = {
    "ours": ours, "of estimates": of_estimates, "bootstrap": bootstrap, "normal": normal
}  # fmt: skip
SURVEYS: Mapping[str, Survey] = {
    "2 codes tied": Survey(np.full(2, 0.2), 200),
    "10 codes tied": Survey(np.full(10, 0.1), 200),
    "10 codes tied, one a respondent": Survey(np.full(10, 0.1), 200, single=True),
    "tied two by two, 40 to 1 %": Survey(np.repeat([0.4, 0.2, 0.1, 0.05, 0.01], 2), 400),
    "20 codes, 30 to 5 % evenly": Survey(np.linspace(0.3, 0.05, 20), 200),
    "the same, 2,000 respondents": Survey(np.linspace(0.3, 0.05, 20), 2000),
    "30 codes, 50 to .3 %": Survey(0.5 * 0.84 ** np.arange(30), 199),
    "3 codes, and 37 of .5 %": Survey(np.append([0.3, 0.2, 0.1], np.full(37, 0.005)), 200),
    "weights tied to a code": Survey(
        np.array([0.08, 0.2, 0.2, 0.1, 0.1]), 300, single=True, weight=np.array([2.5, 1, 1, 1, 1])
    ),
    "the same, few such respondents": Survey(
        np.array([0.01, 0.05, 0.05, 0.05, 0.3]), 300, single=True, weight=np.array([5.0, 1, 1, 1, 1])
    ),
    "6 codes tied, 40 clusters of 10": Survey(np.full(6, 0.2), 400, clusters=40),
    "6 codes tied, 8 clusters of 25": Survey(np.full(6, 0.2), 200, clusters=8),
}


def main() -> None:
    """Simulate, and print a line a survey and method."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    print(f"{'survey':34}{'method':14}{'coverage':>10}{'worst code':>12}{'MC error':>10}{'width':>8}")
    for name, survey in SURVEYS.items():
        if options.only not in name:
            continue
        for method, measure in METHODS.items():
            if method == "of estimates" and (survey.weight is not None or survey.clusters):
                continue
            covered, width = _simulated(survey, measure, options.rounds)
            worst = covered.min()
            error = np.sqrt(max(worst * (1 - worst), 0.95 * 0.05) / options.rounds)
            print(f"{name:34}{method:14}{covered.mean():10.3f}{worst:12.3f}{error:10.3f}{width:8.2f}", flush=True)


def _simulated(survey: Survey, method: Method, rounds: int) -> tuple[Floats, float]:
    """The share of rounds in which the interval of each code covers, shape (codes,), and the mean width."""
    random, places = np.random.default_rng(1), survey.places
    covered, width = np.zeros(len(places)), 0.0
    for _ in range(rounds):
        low, high = method(*survey.drawn(random), random).T
        covered += (low <= places[:, 0]) & (places[:, 1] <= high)
        width += float((high - low).mean())
    return covered / rounds, width / rounds


if __name__ == "__main__":
    main()
