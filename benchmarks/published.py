"""Published lists and coefficients, made again line by line: ``python benchmarks/published.py FILE CODEBOOKS``.

FILE is a .csv of published top lists (question, wave, base, rank, label, n, percent; a last wave has ranks or only
labels), with in the folder CODEBOOKS a codebook QUESTION.yaml; or, without CODEBOOKS, a .json of worked examples of
agreement (name, data with a row a coder, set_valued, expected and computed_here). Prints what was made again of each
question and what is another line than was published, or each figure beside the published one; ends with 1 where
something differs.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd

from coder.codebook import Codebook
from coder.files.codebooks import read_codebook
from coder.files.wave_files import read_published
from coder.reports.shown import shown
from coder.statistics.reliability import UNSEEN, alpha, cohen, disagreement, fleiss, numbered, percentage, set_distances
from coder.tables.comparison import compare
from coder.tables.frequency import top
from coder.tables.mentions import Mentions
from coder.words import speaking

NEAR = 1e-3
"""Published coefficients have three decimals or more."""

Lines = list[list[str]]


def main(path: Path, codebooks: Path | None = None) -> int:
    """Make all of a file again, and print."""
    found = examples(path) if codebooks is None else lists(path, codebooks)
    return int(not all(list(found)))


def lists(path: Path, codebooks: Path) -> Iterator[bool]:
    """The list of the newest wave, with the places of the last one; a line a question."""
    sheet = pd.read_csv(path, dtype=str, keep_default_na=False)
    for question, part in sheet.groupby("question", sort=False):
        waves = [rows for _, rows in sorted(part.groupby("wave"), reverse=True)]
        book = read_codebook(codebooks / f"{question}.yaml")
        published, made = expected(waves[0], waves[1]), again(waves[0], waves[1], book)
        wrong = [(one, other) for one, other in zip(published, made, strict=False) if one != other]
        print(f"{question}: {len(published)} lines published, {len(made)} made, {len(wrong)} not the same")
        for one, other in wrong:
            print(f"  published {one}\n  made      {other}")
        yield len(published) == len(made) and not wrong


def expected(now: pd.DataFrame, then: pd.DataFrame) -> Lines:
    """The lines as published, those that dropped out after them."""
    printed = {label: f"Plaats {rank}" if rank else "in de lijst" for rank, label in lines_of(then, "rank", "label")}
    lines = lines_of(now, "rank", "label", "n", "percent")
    kept = [[rank, label, n, f"{percent}%", printed.get(label, "/")] for rank, label, n, percent in lines]
    gone = [label for label in printed if label not in set(now["label"])]
    return kept + [["", label, "", "", printed[label]] for label in gone]


def lines_of(part: pd.DataFrame, *columns: str) -> Lines:
    """The cells of these columns, line by line."""
    return [list(map(str, row)) for row in part[list(columns)].to_numpy().tolist()]


def again(now: pd.DataFrame, then: pd.DataFrame, book: Codebook) -> Lines:
    """The lines as coder has them, of respondents of whom the first so many mention each code."""
    base, counts = int(now["base"].iloc[0]), {book.find(label): int(n) for label, n in lines_of(now, "label", "n")}
    given = np.arange(base)[:, None] < np.array([counts.get(code, 0) for code in book.ids])
    here = Mentions(pd.DataFrame(index=[str(place) for place in range(base)]), book.ids, given)
    with TemporaryDirectory() as folder:
        path = Path(folder, "then.csv")
        then[["rank", "label"]].to_csv(path, index=False)
        table = compare(top(here, book), read_published(path), book)
    with speaking("nl"):
        return [list(row) for row in shown(table).rows]


def examples(path: Path) -> Iterator[bool]:
    """Each figure of each example beside what was published; a line a figure."""
    for example in json.loads(path.read_text(encoding="utf-8")):
        made = of_sets(example["data"]) if example.get("set_valued") else of_values(example["data"])
        for name, value in (example["expected"] | example.get("computed_here", {})).items():
            print(f"{example['name']:28}{name:52}{value:>10.6f}{made[name]:>12.6f}")
            yield abs(made[name] - value) < NEAR


def of_values(data: list[list[Any]]) -> dict[str, float]:
    """The figures of coders who gave one value each."""
    known = sorted({value for row in data for value in row if value is not None})
    places = {value: place for place, value in enumerate(known)}
    values = np.array([[places.get(value, UNSEEN) for value in row] for row in data], dtype=np.intp).T
    found = {"krippendorff_alpha_nominal": alpha(values).value, "fleiss_kappa": fleiss(values).value}
    if all(isinstance(value, int) for value in known):
        steps = np.subtract.outer(np.array(known, float), np.array(known, float)) ** 2
        found["krippendorff_alpha_interval"] = alpha(values, steps).value
    found["cohen_kappa_rater2_rater3_sklearn"] = cohen(values[:, 1], values[:, 2]).value
    return found | {"fleiss_kappa_published_Fleiss1971": found["fleiss_kappa"]}


def of_sets(data: list[list[list[str]]]) -> dict[str, float]:
    """The figures of coders who gave sets of codes."""
    codes = sorted({code for row in data for one in row for code in one})
    given = np.array([[[code in one for code in codes] for one in row] for row in data]).transpose(1, 0, 2)
    values, sets = numbered(given, np.ones(given.shape[:2], dtype=np.bool_))
    found = {"percentage_agreement": percentage(values).value}
    found["dice_agreement"] = percentage(values, set_distances(sets, "dice", both_empty=1)).value
    for name, distance in (("setdist", "passonneau_2004"), ("masi_dkpro", "masi_dkpro")):
        apart = set_distances(sets, distance)
        observed, by_chance = disagreement(values, apart)
        found |= {f"observed_disagreement_{name}": observed, f"expected_disagreement_{name}": by_chance}
        found[f"krippendorff_alpha_{name}"] = alpha(values, apart).value
    found["krippendorff_alpha_masi_passonneau2006_both_empty_0"] = alpha(values, set_distances(sets)).value
    found["krippendorff_alpha_jaccard_both_empty_0"] = alpha(values, set_distances(sets, "jaccard")).value
    return found | {"krippendorff_alpha_exact_set_nominal": alpha(values).value}


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
