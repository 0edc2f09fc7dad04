"""Topics against the codes that people gave: ours, plain BERTopic, and k-means with as many topics.

`python -P benchmarks/topics.py FOLDER [--rows even] [--only votes]`, with in the folder nl_vote_reasons_coded.csv and
nl_restaurants.csv. Our choices were settled on the odd rows; the even ones are reported. Answers that say nothing
("nvt") are left out for all. Embeddings come from the cache for all: they are in no time.

- NMI: normalised mutual information (arithmetic mean) of code and topic. An answer is a mass of one that is spread
  evenly over the pairs of its codes and its topics; having no code, or no topic, is a class of its own.
- NMI of one: the usual one, on answers with one code; of several topics the first counts.
- covered .5, .4: the share of people's codes (given to five answers or more) of which one topic has an F1 of at least
  .5, or .4; best: the mean of the best F1 of each code.
- none: the share of answers without a topic.
- seeds: the adjusted Rand index of the first topics, mean of all pairs of five seeds; none is a topic of its own.
- wave: topics found in the other half of the rows are given to these; the adjusted Rand index of that and of the topics
  found in these rows themselves (answers with a topic in both), and the share left in none.
- seconds: processor time of one fit.

BERTopic is as it comes: UMAP and HDBSCAN, with the same embedding of answers (it needs umap-learn, which we do not
install; -P keeps it from taking `benchmarks/coverage.py` for a package). k-means has ten starts: on the embeddings of
answers, and on the clauses in our own space.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from coder import Corpus, find_topics
from coder.languages.language import DUTCH, answered
from coder.methods.embedding import embed
from coder.methods.topics import Space, cut

SEEDS = (1, 2, 3, 4, 5)
EMBEDDING = "e5+use"
FEWEST = 5
Found = list[list[int]]
"""The topics of each answer, the first one first."""
System = Callable[[Corpus, Corpus, int, int], tuple[Found, Found]]
"""Given answers, others, how many topics and a seed: the topics of both."""


@dataclass(frozen=True)
class Data:
    """Answers and the codes of each."""

    answers: Corpus
    codes: list[set[str]]


def main() -> None:
    """Measure, and print a line a system."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", choices=["even", "odd"], default="even")
    parser.add_argument("--only", choices=["votes", "restaurants"])
    options = parser.parse_args()
    heads = ("topics", "NMI", "of one", "cov .5", "cov .4", "best", "none", "seeds", "wave", "w.none", "seconds")
    for name in (options.only,) if options.only else ("votes", "restaurants"):
        halves = [_data(options.folder, name, odd=odd) for odd in (False, True)]
        here, there = halves if options.rows == "even" else halves[::-1]
        print(f"{name}: {len(here.codes)} answers\n{'':22}" + "".join(f"{head:>9}" for head in heads))
        size = len({topic for one in ours(here.answers, here.answers, 0, 1)[0] for topic in one})
        for label, system in _systems().items():
            _line(label, system, here, there, size)


def _data(folder: Path, name: str, *, odd: bool) -> Data:
    file, column = ("nl_vote_reasons_coded.csv", "reader_a") if name == "votes" else ("nl_restaurants.csv", "codes")
    sheet = pd.read_csv(folder / file, dtype=str, keep_default_na=False)
    sheet = sheet[sheet["out_of_scope"] != "1"] if "out_of_scope" in sheet else sheet
    some = answered(Corpus(sheet.iloc[int(odd) :: 2], text="text", id="id"), DUTCH)
    cells = some.units[column]
    return Data(some, [set() if cell in ("", "-") else set(cell.split(";")) for cell in cells])


def _systems() -> dict[str, System]:
    systems: dict[str, System] = {"ours": ours, "k-means, answers": k_means, "k-means, our clauses": k_means_of_clauses}
    try:
        import umap  # noqa: F401, PLC0415
    except ModuleNotFoundError:
        print("(BERTopic as it comes is left out: pip install umap-learn)")
        return systems
    return {**systems, "BERTopic": plain}


def _line(label: str, system: System, here: Data, there: Data, size: int) -> None:
    runs, seconds = [], []
    for seed in SEEDS:
        start = time.process_time()
        runs.append(system(here.answers, here.answers, size, seed)[0])
        seconds.append(time.process_time() - start)
    codes = here.codes
    scores = np.mean(
        [[nmi(codes, run), nmi_of_one(codes, run), *covered(codes, run), _none(run)] for run in runs], axis=0
    )
    stable = [adjusted_rand_score(_first(one), _first(other)) for one, other in combinations(runs, 2)]
    _, given = system(there.answers, here.answers, size, SEEDS[0])
    pairs = [(a, b) for a, b in zip(_first(runs[0]), _first(given), strict=True) if min(a, b) >= 0]
    wave = adjusted_rand_score(*zip(*pairs, strict=True))
    topics = np.mean([len({topic for one in run for topic in one}) for run in runs])
    numbers = (*scores, np.mean(stable), wave, _none(given))
    shown = "".join(f"{number:9.3f}" for number in numbers)
    print(f"{label:22}{topics:9.1f}{shown}{np.median(seconds):9.1f}", flush=True)


def ours(answers: Corpus, others: Corpus, _size: int, seed: int) -> tuple[Found, Found]:
    """What `coder topics` does."""
    found = find_topics(answers, embedding=EMBEDDING, seed=seed)
    cells = found.cells, (found if others is answers else found.model.assign(others)).cells
    first, second = ([[int(topic) for topic in cell.split(";") if topic] for cell in some] for some in cells)
    return first, second


def k_means(answers: Corpus, others: Corpus, size: int, seed: int) -> tuple[Found, Found]:
    """k-means of embeddings."""
    vectors, asked = (embed(some.texts.tolist(), EMBEDDING) for some in (answers, others))
    model = KMeans(size, n_init=10, random_state=seed).fit(vectors - vectors.mean(axis=0))
    return _singles(model.labels_), _singles(model.predict(asked - vectors.mean(axis=0)))


def k_means_of_clauses(answers: Corpus, others: Corpus, size: int, seed: int) -> tuple[Found, Found]:
    """k-means of clauses in our space; an answer has the topics of its clauses."""
    some, asked = (cut(one.texts.tolist(), DUTCH) for one in (answers, others))
    space = Space.fit(some, some, EMBEDDING, seed=seed)
    model = KMeans(size, n_init=10, random_state=seed).fit(space.place(some)[0])
    first, second = (
        _joined(clauses.of, model.predict(space.place(clauses)[0]), len(whole))
        for clauses, whole in ((some, answers), (asked, others))
    )
    return first, second


def plain(answers: Corpus, others: Corpus, _size: int, seed: int) -> tuple[Found, Found]:
    """BERTopic as it comes, but for its seed and the embedding."""
    from bertopic import BERTopic  # noqa: PLC0415
    from umap import UMAP  # noqa: PLC0415

    vectors, asked = (embed(some.texts.tolist(), EMBEDDING) for some in (answers, others))
    umap = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", low_memory=False, random_state=seed)
    model = BERTopic(language="multilingual", umap_model=umap)
    numbers, _ = model.fit_transform(answers.texts.tolist(), embeddings=vectors)
    given, _ = (numbers, None) if others is answers else model.transform(others.texts.tolist(), embeddings=asked)
    return _singles(numbers), _singles(given)


def _singles(numbers: Sequence[int] | npt.NDArray[np.int_]) -> Found:
    return [[int(number)] if number >= 0 else [] for number in numbers]


def _joined(of: npt.NDArray[np.int64], numbers: npt.NDArray[np.int_], size: int) -> Found:
    found: Found = [[] for _ in range(size)]
    for row, number in zip(of.tolist(), numbers.tolist(), strict=True):
        if number not in found[row]:
            found[row].append(number)
    return found


def _first(found: Found) -> list[int]:
    return [one[0] if one else -1 for one in found]


def _none(found: Found) -> float:
    return float(np.mean([not one for one in found]))


def nmi(codes: Sequence[set[str]], found: Found) -> float:
    """Normalised mutual information of codes and topics, several an answer."""
    pairs = [
        (code, topic, 1 / max(len(given), 1) / max(len(topics), 1))
        for given, topics in zip(codes, found, strict=True)
        for code in given or {""}
        for topic in topics or [-1]
    ]
    table = pd.DataFrame(pairs, columns=["code", "topic", "mass"]).pivot_table(
        index="code", columns="topic", values="mass", aggfunc="sum", fill_value=0.0
    )
    mass = table.to_numpy() / table.to_numpy().sum()
    apart = _entropy(mass.sum(axis=1)), _entropy(mass.sum(axis=0))
    return 2 * (sum(apart) - _entropy(mass.ravel())) / sum(apart) if sum(apart) else 0.0


def _entropy(mass: npt.NDArray[np.float64]) -> float:
    return float(-(mass[mass > 0] * np.log(mass[mass > 0])).sum())


def nmi_of_one(codes: Sequence[set[str]], found: Found) -> float:
    """The usual one, of answers with one code and their first topic."""
    rows = [row for row, given in enumerate(codes) if len(given) == 1]
    first = _first(found)
    return float(normalized_mutual_info_score([next(iter(codes[row])) for row in rows], [first[row] for row in rows]))


def covered(codes: Sequence[set[str]], found: Found) -> tuple[float, float, float]:
    """The share of codes of which a topic has an F1 of .5, of .4; and the mean of the best F1."""
    names = sorted(set().union(*codes))
    topics = sorted({topic for one in found for topic in one})
    given = np.array([[name in one for name in names] for one in codes], dtype=np.float64)
    given = given[:, given.sum(axis=0) >= FEWEST]
    got = np.array([[topic in one for topic in topics] for one in found], dtype=np.float64)
    best = (2 * given.T @ got / (given.sum(axis=0)[:, None] + got.sum(axis=0))).max(axis=1)
    return float((best >= 0.5).mean()), float((best >= 0.4).mean()), float(best.mean())  # noqa: PLR2004


if __name__ == "__main__":
    main()
