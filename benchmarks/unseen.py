"""Unknown words in answers to the same and to other questions: ``python benchmarks/unseen.py ANSWERS``.

ANSWERS is a .csv with columns question and text, of which questions with 700 answers that say something or more are
taken. A model learns from 100, 200 or 400 answers to one question (made-up codes: only words count here) and meets 300
others of the same question and 300 of another, five draws each. Prints how the share of unknown words compares with
the share that is expected of answers of the same kind, and how often that is a warning.
"""

import sys
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from coder.coding import Coding, assignments
from coder.corpus import Corpus
from coder.languages.nl.no_answer import no_answers
from coder.learning.shift import shift
from coder.methods.classifier import Classifier, train_classifier

SIZES, DRAWS, MET, ENOUGH = (100, 200, 400), 5, 300, 700


def main(path: str) -> None:
    """Draw, and print."""
    sheet = pd.read_csv(path, dtype=str, keep_default_na=False)
    sheet = sheet[~no_answers(Corpus(sheet[["text"]].set_axis(sheet.index.astype(str))))]
    texts = {str(name): part["text"].tolist() for name, part in sheet.groupby("question") if len(part) >= ENOUGH}
    for kind in ("same", "other"):
        found = list(_draws(texts, other=kind == "other"))
        times = np.array([one for one, _ in found])
        warned = sum(large for _, large in found)
        print(
            f"{kind} question, {len(found)} draws: {times.min():.2f} to {times.max():.2f} times the expected share, "
            f"{times.mean():.2f} in the mean ± {times.std(ddof=1) / np.sqrt(len(times)):.2f}; {warned} warnings"
        )


def _draws(texts: dict[str, list[str]], *, other: bool) -> Iterator[tuple[float, bool]]:
    """How many times the expected share of words is unknown, and whether that is a warning."""
    names = sorted(texts)
    for place, name in enumerate(names):
        for size in SIZES:
            for seed in range(DRAWS):
                random = np.random.default_rng([place, size, seed])
                mine = random.permutation(texts[name]).tolist()
                new = mine[size : size + MET]
                if other:
                    elsewhere = names[(place + 1 + seed % (len(names) - 1)) % len(names)]
                    new = random.permutation(texts[elsewhere]).tolist()[:MET]
                found = shift(_model(mine[:size]), _corpus(new))
                figures = found.table.frame.set_index("figure")
                new_share, expected = (figures[which]["unknown tokens"] for which in ("new", "trained"))
                yield float(new_share / expected), found.large


def _model(texts: Sequence[str]) -> Classifier:
    corpus = _corpus(texts)
    codes = ["long" if len(text) > np.median([len(one) for one in texts]) else "short" for text in texts]
    frame = assignments({"unit": corpus.ids.to_numpy(), "code": codes})
    return train_classifier(corpus, Coding("hand", corpus.ids, frame), embedding="none")


def _corpus(texts: Sequence[str]) -> Corpus:
    ids = pd.Index([str(number) for number in range(len(texts))], name="unit")
    return Corpus(pd.DataFrame({"text": list(texts)}, index=ids, dtype=str))


if __name__ == "__main__":
    main(sys.argv[1])
