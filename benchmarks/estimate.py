"""What an estimate is worth: error, coverage and width for hand alone, counting, and corrected.

    python benchmarks/estimate.py DATA --codes codes [--only COLUMN=VALUE] [--sizes 100 200 400] [--repeats 50]
        [--spread S]
    python benchmarks/estimate.py DATA --majority P1 P2 P3 --predictions M1 M2 [--sizes 40] [--repeats 500]

DATA has a column `text` (--text) and people's codes for every row (an empty cell: seen, no code fits); --only keeps
the rows with this value, --seed starts the draws. Each repeat draws a random sample, hides the codes of all other
rows and estimates; the truth is what people coded in all rows. Over codes of 2 % and more: mean absolute error in
points, the share of 95 % intervals that hold the truth, their mean width in points (a count has none); then the
median number of hand-coded answers that the corrected estimate is as good as, by its own variance (`good as`) and by
the widths met (`by width`: n times the squared ratio of widths, without the share of all answers that is coded); and
the share of samples that a warning called unlike the rest, which should be about 1 in 100. `rarer` are codes of 0.5
to 2 %.
With --spread the answers have survey weights, made up: lognormal with this spread, half as high again for long answers.

With --predictions nothing is learned: columns of codes that something else gave are corrected, each alone and all
together. The truth are the codes that more than half of the people gave who coded an article (--majority), or --codes.
Over all codes: the error in points of the table counted from the predictions alone, of hand alone, and corrected; the
coverage of 95 % intervals with its Monte Carlo error (that of the mean over draws), and that of the code with the
least; their width, and beside hand alone.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import CountVectorizer

from coder.codebook import Codebook
from coder.coding import Coding, assignments
from coder.corpus import Corpus
from coder.files.answers import parse_codes, read_answers
from coder.languages.nl.no_answer import no_answers
from coder.learning.estimation import estimate

if TYPE_CHECKING:
    from coder.arrays import Floats

COMMON, RARER = 2.0, 0.5
"""The least percentage of a code that is measured, and of one that is looked at beside."""
WAYS = {"hand": ("percent_hand", "hand_"), "counting": ("percent_counted", "counted_"), "corrected": ("percent", "")}


def remember_words() -> None:
    """Cut each text into n-grams once, however often models are fitted on it: the same numbers, sooner."""
    build = CountVectorizer.build_analyzer
    cut: dict[tuple[object, ...], dict[str, Sequence[str]]] = {}

    def remembering(self: CountVectorizer) -> Callable[[str], Sequence[str]]:
        analyse = build(self)
        key = (self.analyzer, self.ngram_range, self.preprocessor, self.tokenizer, self.token_pattern, self.lowercase)
        known = cut.setdefault(key, {})

        def grams(text: str) -> Sequence[str]:
            if text not in known:
                known[text] = [sys.intern(gram) for gram in analyse(text)]
            return known[text]

        return grams

    CountVectorizer.build_analyzer = remembering


def read(arguments: argparse.Namespace) -> tuple[Corpus, Coding]:
    """The answers and the codes of people; rows that say nothing are left out, as `estimate` does."""
    corpus = read_answers(arguments.data, text=arguments.text, needs=[arguments.codes]).corpus
    if arguments.only:
        name, _, value = arguments.only.partition("=")
        corpus = corpus.take(corpus.ids[(corpus.units[name] == value).to_numpy()])
    corpus = corpus.take(corpus.ids[~no_answers(corpus)])
    return corpus, parse_codes(corpus.units[arguments.codes], None, arguments.data.name, empty_is_none=True)


def weights(corpus: Corpus, spread: float) -> "pd.Series[float]":
    """Weights that differ so much, and with the length of the answer."""
    long = corpus.texts.str.len() > corpus.texts.str.len().median()
    drawn = np.exp(spread * np.random.default_rng(0).normal(size=len(corpus)))
    return pd.Series(drawn * np.where(long, 1.5, 1.0), corpus.ids, name="weight")


def measured(
    corpus: Corpus, people: Coding, book: Codebook, size: int, seed: int, weight: "pd.Series[float] | None"
) -> pd.DataFrame:
    """A row a way and code: truth, error, whether the interval holds it, width; all in points."""
    drawn = np.sort(np.random.default_rng([seed, size]).permutation(len(corpus))[:size])
    found = estimate(corpus, people.take(corpus.ids[drawn]), book, weight=weight, seed=seed)
    frame = found.codes.frame.set_index("code").loc[list(book.ids)]
    truth = 100 * np.average(people.matrix(corpus.ids, book.ids), axis=0, weights=weight)
    rows = []
    for way, (percent, ends) in WAYS.items():
        low, high = (frame.get(ends + end, frame[percent]).to_numpy() for end in ("low", "high"))
        one = {"truth": truth, "error": np.abs(frame[percent] - truth), "held": (low <= truth) & (truth <= high)}
        rows.append(pd.DataFrame({"way": way, **one, "width": high - low, "good_as": frame["good_as"].astype(float)}))
    return pd.concat(rows).assign(warned=bool(found.warnings))


def majority(arguments: argparse.Namespace) -> tuple[Corpus, Coding, dict[str, Coding]]:
    """The units, the codes that most people gave, and those of each column of predictions."""
    named = [*arguments.predictions, *([arguments.codes] if arguments.codes else arguments.majority)]
    answers = read_answers(arguments.data, text=arguments.text, needs=named)
    predictions = {name: answers.coding(name) for name in arguments.predictions}
    if arguments.codes:
        return answers.corpus, answers.coding(arguments.codes), predictions
    people = [answers.coding(name) for name in arguments.majority]
    codes = sorted(set().union(*(one.assignments["code"] for one in people)))
    times = np.sum([one.matrix(answers.corpus.ids, codes) for one in people], axis=0)
    coded = np.sum([answers.corpus.ids.isin(one.seen) for one in people], axis=0)
    pairs = np.argwhere(2 * times > coded[:, None])
    frame = assignments({"unit": answers.corpus.ids[pairs[:, 0]], "code": np.array(codes)[pairs[:, 1]]})
    return answers.corpus, Coding("people", answers.corpus.ids, frame), predictions


def of_predictions(arguments: argparse.Namespace) -> None:
    """Measure and print what predictions from elsewhere are worth."""
    corpus, people, predictions = majority(arguments)
    book = Codebook.from_ids([code for one in (people, *predictions.values()) for code in one.assignments["code"]])
    truth = people.matrix(corpus.ids, book.ids).mean(axis=0)
    print(f"{len(corpus)} answers, {len(book.ids)} codes", flush=True)
    ways = {"all": predictions, **{name: {name: one} for name, one in predictions.items()}}
    for size in arguments.sizes:
        began = time.perf_counter()
        found: dict[str, list[Floats]] = {way: [] for way in ("hand", *ways)}
        for seed in range(arguments.seed, arguments.seed + arguments.repeats):
            drawn = np.sort(np.random.default_rng([seed, size]).permutation(len(corpus))[:size])
            hand = people.take(corpus.ids[drawn])
            for way, given in ways.items():
                frame = estimate(corpus, hand, book, predictions=given, no_answer=()).codes.frame
                frame = frame.set_index("code").loc[list(book.ids)]
                found[way].append(frame[["percent", "low", "high"]].to_numpy() / 100)
                if way == "all":
                    found["hand"].append(frame[["percent_hand", "hand_low", "hand_high"]].to_numpy() / 100)
        print(f"n = {size}, {arguments.repeats} repeats, {time.perf_counter() - began:.0f} s")
        alone = np.mean([one[:, 2] - one[:, 1] for one in found["hand"]])
        for way, every in found.items():
            share, low, high = np.moveaxis(np.array(every), -1, 0)
            held = (low <= truth + 1e-9) & (truth <= high + 1e-9)
            spread = held.mean(axis=1).std(ddof=1) / np.sqrt(len(held))
            counted = predictions[way].matrix(corpus.ids, book.ids).mean(axis=0) if way in predictions else None
            error = "     " if counted is None else f"{100 * np.abs(counted - truth).mean():5.2f}"
            print(
                f"  {way:14}  counted {error}  error {100 * np.abs(share - truth).mean():.2f}  coverage "
                f"{held.mean():.3f} ± {spread:.3f}, least {held.mean(axis=0).min():.3f}  width "
                f"{100 * (high - low).mean():.2f}, {(high - low).mean() / alone:.3f} of hand alone",
                flush=True,
            )


def told(size: int, repeats: int, frame: pd.DataFrame, seconds: float) -> str:
    """The figures of one sample size as lines."""
    lines = [f"n = {size}, {repeats} repeats, {seconds:.0f} s, warned in {frame['warned'].mean():.2f} of them"]
    common, rarer = frame[frame["truth"] >= COMMON], frame[frame["truth"].between(RARER, COMMON, inclusive="left")]
    for way in WAYS:
        one, other = common[common["way"] == way], rarer[rarer["way"] == way]
        lines.append(f"  {way:9}  {figures(one)}  rarer: {figures(other)}")
    best, alone = (common[common["way"] == way] for way in ("corrected", "hand"))
    ratio = np.median(alone["width"].to_numpy() / best["width"].to_numpy())
    lines.append(f"  good as {best['good_as'].median():.0f}, by width {size * ratio**2:.0f}")
    return "\n".join(lines)


def figures(rows: pd.DataFrame) -> str:
    """Error, coverage and width, each the mean over codes and samples."""
    return f"error {rows['error'].mean():.2f}  coverage {rows['held'].mean():.3f}  width {rows['width'].mean():.2f}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--codes", default="")
    parser.add_argument("--majority", nargs="+", default=[], metavar="COLUMN")
    parser.add_argument("--predictions", nargs="+", default=[], metavar="COLUMN")
    parser.add_argument("--text", default="text")
    parser.add_argument("--only", default="", metavar="COLUMN=VALUE")
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 200, 400])
    parser.add_argument("--repeats", type=int, default=50)
    parser.add_argument("--spread", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    if not arguments.codes and not arguments.majority:
        parser.error("name the codes of people with --codes or --majority")
    if arguments.predictions:
        of_predictions(arguments)
        return
    remember_words()
    corpus, people = read(arguments)
    book = Codebook.from_ids(people.assignments["code"])
    weight = weights(corpus, arguments.spread) if arguments.spread else None
    common = (people.matrix(corpus.ids, book.ids).mean(axis=0) >= COMMON / 100).sum()
    print(f"{len(corpus)} answers, {len(book.ids)} codes, {common} of them at {COMMON:g} % or more", flush=True)
    for size in arguments.sizes:
        began = time.perf_counter()
        seeds = range(arguments.seed, arguments.seed + arguments.repeats)
        frame = pd.concat([measured(corpus, people, book, size, seed, weight) for seed in seeds])
        print(told(size, arguments.repeats, frame, time.perf_counter() - began), flush=True)


if __name__ == "__main__":
    main()
