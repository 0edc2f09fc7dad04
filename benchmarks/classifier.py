"""Our classifier beside plain ones, on answers that people coded: scores, times, ratios.

`python benchmarks/classifier.py FOLDER [--only NAME ...] [--embedding NAME] [--spacy]`, with in the folder
en_anes.csv (id, text, codes, split, dataset), nl_restaurants.csv, nl_vote_reasons_coded.csv and
nl_parliament_questions.csv, codes joined by ";". Seeds are fixed.
"""

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_matrix
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline, make_pipeline, make_union

from coder import Codebook, Coding, Corpus, Rules, read, read_codebook, train
from coder.coding import assignments
from coder.languages.text import fold
from coder.learning.update import update
from coder.methods.classifier import Features
from coder.methods.combine import combine
from coder.methods.embedding import choose
from coder.methods.features import count_characters
from coder.resources import resource
from coder.statistics.scores import best_threshold, micro, per_unit_f1

Labels = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]
System = Callable[[Sequence[str], Labels, Sequence[str]], Labels]
"""Learns from texts and labels; gives the labels of other texts."""
ANES = ("anes1", "anes4", "anes6", "anes10")
DRAWS = 10
HALF = 0.5


@dataclass(frozen=True)
class Data:
    """Coded texts; `labels` has shape (texts, codes)."""

    texts: Sequence[str]
    labels: Labels
    split: Sequence[str]

    @classmethod
    def of(cls, sheet: pd.DataFrame, codes: str, *columns: str) -> "Data":
        """The texts of some columns, joined, with their codes."""
        given = [set() if cell in ("", "-") else set(cell.split(";")) for cell in sheet[codes]]
        names = sorted(set().union(*given))
        labels = np.array([[name in one for name in names] for one in given], dtype=np.bool_)
        texts = ["\n".join(row) for row in sheet[list(columns)].to_numpy().tolist()]
        return cls(texts, labels, sheet["split"].tolist() if "split" in sheet else [""] * len(texts))

    def score(self, system: System, known: Rows, asked: Rows) -> tuple[float, float]:
        """Micro-F1 and F1 per answer on the rows asked, learned from the rows known."""
        used = self.labels[known].any(axis=0)
        given = np.zeros((len(asked), len(used)), dtype=np.bool_)
        texts = [self.texts[row] for row in known], [self.texts[row] for row in asked]
        given[:, used] = system(texts[0], self.labels[known][:, used], texts[1])
        return float(micro(self.labels[asked], given)["f1"]), per_unit_f1(self.labels[asked], given)


def main() -> None:
    """Measure, and print a line a task."""
    options = _options()
    systems = _systems(options.embedding, spacy=options.spacy)
    print(f"{'task':28}{'score':>8}" + "".join(f"{name:>16}" for name in systems) + f"{'gained':>10}")
    for name, data, splits, which in _tasks(options.folder):
        if options.only and not any(part in name for part in options.only):
            continue
        found = [np.mean([data.score(one, *split)[which] for split in splits]) for one in systems.values()]
        shown = "".join(f"{value:16.4f}" for value in found)
        print(f"{name:28}{('micro', 'answer')[which]:>8}{shown}{found[0] - max(found[1:]):+10.4f}", flush=True)
    if not options.only or "codebook" in options.only:
        _codebook(options.folder)
    if not options.only or "waves" in options.only:
        _two_waves(options.folder, options.embedding)
    if not options.only or "time" in options.only:
        _times(options.folder, options.embedding)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--embedding", default="auto")
    parser.add_argument("--spacy", action="store_true", help="spaCy's textcat_multilabel too, which takes long")
    return parser.parse_args()


def _tasks(folder: Path) -> Iterator[tuple[str, Data, list[tuple[Rows, Rows]], int]]:
    """Name, data, splits, and which score: 0 micro-F1, 1 F1 per answer."""
    anes = _read(folder / "en_anes.csv")
    for name in ANES:
        data = Data.of(anes[anes["dataset"] == name], "codes", "text")
        split = np.asarray(data.split)
        yield name, data, [(np.flatnonzero(split == "train"), np.flatnonzero(split == "test"))], 1
        if name == "anes1":
            yield "anes1, 10 folds", data, _folds(len(data.texts), 10), 1
    sheet = _read(folder / "nl_restaurants.csv")
    data = Data.of(sheet[sheet["out_of_scope"] != "1"], "codes", "text")
    yield "restaurants, 5 folds", data, _folds(len(data.texts), 5), 0
    yield "restaurants, from 100", data, _draws(len(data.texts), 100), 0
    data = Data.of(_read(folder / "nl_vote_reasons_coded.csv"), "reader_a", "text")
    for size in (100, 200):
        yield f"vote reasons, from {size}", data, _draws(len(data.texts), size), 0
    data = Data.of(_read(folder / "nl_parliament_questions.csv"), "codes", "title", "body")
    yield "parliament, 5 folds", data, _folds(len(data.texts), 5), 0


def _read(file: Path) -> pd.DataFrame:
    return pd.read_csv(file, dtype=str, keep_default_na=False)


def _folds(size: int, folds: int) -> list[tuple[Rows, Rows]]:
    return list(KFold(folds, shuffle=True, random_state=1).split(np.arange(size)))


def _draws(size: int, known: int) -> list[tuple[Rows, Rows]]:
    orders = (np.random.default_rng(seed).permutation(size) for seed in range(DRAWS))
    return [(order[:known], order[known:]) for order in orders]


def _systems(embedding: str, *, spacy: bool) -> dict[str, System]:
    systems: dict[str, System] = {
        "ours": lambda texts, labels, asked: ours(texts, labels, asked, embedding),
        "n-grams at .5": plain,
        "n-grams tuned": tuned,
        "same, tuned": lambda texts, labels, asked: rival(texts, labels, asked, embedding),
    }
    return {**systems, "spaCy": by_spacy} if spacy else systems


def ours(texts: Sequence[str], labels: Labels, asked: Sequence[str], embedding: str) -> Labels:
    """What `coder train` and `coder code` do, on a file in which the answers asked stand uncoded."""
    corpus, coding = _coded([*texts, *asked], np.vstack([labels, np.zeros((len(asked), labels.shape[1]), np.bool_)]))
    model = train(corpus, coding.take(corpus.ids[: len(texts)]), embedding=embedding)
    given = np.zeros((len(asked), labels.shape[1]), dtype=np.bool_)
    given[:, [int(code) for code in model.codes]] = model.probabilities(asked) >= model.threshold
    return given


def _coded(texts: Sequence[str], labels: Labels, names: Sequence[str] | None = None) -> tuple[Corpus, Coding]:
    ids = pd.Index([str(number) for number in range(len(texts))], name="unit")
    row, column = np.nonzero(labels)
    frame = assignments(
        {"unit": ids.to_numpy()[row], "code": [names[number] if names else str(number) for number in column]}
    )
    return Corpus(pd.DataFrame({"text": list(texts)}, index=ids, dtype=str)), Coding("hand", ids, frame)


def _logistic() -> LogisticRegression:
    return LogisticRegression(C=30, max_iter=1000, random_state=1)


def _pipeline() -> Pipeline:
    """scikit-learn's own n-grams and logistic regression."""
    words = TfidfVectorizer(preprocessor=fold, ngram_range=(1, 2), sublinear_tf=True)
    characters = TfidfVectorizer(preprocessor=fold, analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    return make_pipeline(make_union(words, characters), OneVsRestClassifier(_logistic()))


def plain(texts: Sequence[str], labels: Labels, asked: Sequence[str]) -> Labels:
    """N-grams and logistic regression, a code from .5 on."""
    return np.asarray(_pipeline().fit(texts, labels.astype(int)).predict_proba(asked) >= HALF)


def tuned(texts: Sequence[str], labels: Labels, asked: Sequence[str]) -> Labels:
    """The same with one threshold, tuned by cross-validation."""
    return _with_threshold(_pipeline, texts, labels, asked)


def rival(texts: Sequence[str], labels: Labels, asked: Sequence[str], embedding: str) -> Labels:
    """The n-grams and the embedding that ours has, plain logistic regression, and one tuned threshold."""
    chosen = choose(embedding, texts)

    def made() -> Pipeline:
        return make_pipeline(_OurFeatures(chosen), OneVsRestClassifier(_logistic()))

    return _with_threshold(made, texts, labels, asked)


class _OurFeatures(TransformerMixin, BaseEstimator):  # type: ignore[misc] (scikit-learn is not typed)
    """The features of our classifier, as scikit-learn takes them."""

    def __init__(self, embedding: str) -> None:
        self.embedding = embedding

    def fit(self, texts: Sequence[str], _: object = None) -> "_OurFeatures":
        self.features_ = Features.fit(texts, embedding=self.embedding)
        return self

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        return self.features_.transform(texts)


def _with_threshold(made: Callable[[], Pipeline], texts: Sequence[str], labels: Labels, asked: Sequence[str]) -> Labels:
    """What a model gives with one threshold for all codes, tuned by cross-validation."""
    found = np.zeros(labels.shape)
    for rest, held in KFold(5, shuffle=True, random_state=1).split(labels):
        used = labels[rest].any(axis=0)
        model = made().fit([texts[row] for row in rest], labels[rest][:, used].astype(int))
        found[np.ix_(held, used)] = model.predict_proba([texts[row] for row in held])
    threshold = best_threshold(labels, found)
    return np.asarray(made().fit(texts, labels.astype(int)).predict_proba(asked) >= threshold)


def by_spacy(texts: Sequence[str], labels: Labels, asked: Sequence[str]) -> Labels:
    """What spaCy's textcat_multilabel, as it comes, 20 rounds."""
    import spacy  # noqa: PLC0415 (only when asked for)
    from spacy.training import Example  # noqa: PLC0415

    spacy.util.fix_random_seed(1)
    nlp = spacy.blank("nl")
    nlp.add_pipe("textcat_multilabel")
    names = [str(number) for number in range(labels.shape[1])]
    coded = [
        Example.from_dict(nlp.make_doc(text), {"cats": dict(zip(names, map(float, row), strict=True))})
        for text, row in zip(texts, labels, strict=True)
    ]
    nlp.initialize(lambda: coded)
    for _ in range(20):
        for batch in spacy.util.minibatch(coded, 64):
            nlp.update(batch)
    return np.array([[doc.cats[name] >= HALF for name in names] for doc in nlp.pipe(asked)])


def _codebook(folder: Path) -> None:
    """What a codebook is worth: rules alone, the classifier alone, and both with likeness to the definitions."""
    book = read_codebook(Path(__file__).with_name("vote.yaml"))
    data = Data.of(_read(folder / "nl_vote_reasons_coded.csv"), "reader_a", "text")
    corpus, coding = _coded(data.texts, data.labels, sorted(set(book.ids)))
    rules = Rules()
    hits = rules.code(corpus, book).matrix(corpus.ids, book.ids)
    right = coding.matrix(corpus.ids, book.ids)
    print(f"\nvote reasons with a codebook, from 0: rules {micro(right, hits)['f1']:.4f}")
    for size in (10, 20, 50, 100):
        found = []
        for known, asked in _draws(len(data.texts), size):
            both = combine(corpus, coding.take(corpus.ids[known]), book, rules=rules)
            rest = corpus.take(corpus.ids[asked])
            made = [method.code(rest, book).matrix(rest.ids, book.ids) for method in (both, both.classifier)]
            found.append([micro(right[asked], given)["f1"] for given in (*made, hits[asked])])
        (together, learned, ruled), error = np.mean(found, axis=0), np.std(found, axis=0, ddof=1) / len(found) ** 0.5
        print(f"from {size}: together {together:.4f} ± {error[0]:.4f}, classifier {learned:.4f}, rules {ruled:.4f}")


def _two_waves(folder: Path, embedding: str) -> None:
    """The few that were coded of a new wave: alone, beside all of the last wave, and with it known which wave is which.

    The vote reasons are cut in two at random, and a quarter of the codes is taken away from what is then the last wave.
    """
    for name in ("trends", "wishes", "vote reasons"):
        for size in (20, 50, 100):
            found = []
            for seed in range(DRAWS):
                chance = np.random.default_rng(seed)
                then, now, codes = _waves_of(name, folder, chance)
                order = chance.permutation(len(now.texts))
                corpus, coding = _coded([*now.texts, *then.texts], np.vstack([now.labels, then.labels]), codes)
                waves = ["2024"] * len(now.texts) + ["2021"] * len(then.texts)
                both = replace(corpus, units=corpus.units.assign(wave=waves), wave="wave")
                fresh, rest = corpus.ids[order[:size]], corpus.ids[order[size:]]
                alone = corpus.take(corpus.ids[: len(now.texts)])
                pooled = fresh.append(corpus.ids[len(now.texts) :])
                right, row = coding.matrix(rest, codes), []
                for one, known in ((alone, fresh), (corpus, pooled), (both, pooled)):
                    model = train(one, coding.take(known), embedding=embedding)
                    given = model.code(corpus.take(rest), Codebook.from_ids(codes)).matrix(rest, codes)
                    row.append(float(micro(right, given)["f1"]))
                found.append(row)
            means, errors = np.mean(found, axis=0), np.std(found, axis=0, ddof=1) / DRAWS**0.5
            shown = ", ".join(f"{mean:.3f} ± {error:.3f}" for mean, error in zip(means, errors, strict=True))
            gained = np.subtract(*np.transpose(found)[[2, 1]])
            print(f"{name}, {size} of the new wave: alone, with the last, waves known: {shown};", end=" ")
            print(f"gained {gained.mean():+.3f} ± {gained.std(ddof=1) / DRAWS**0.5:.3f}", flush=True)


def _waves_of(name: str, folder: Path, chance: np.random.Generator) -> tuple[Data, Data, list[str]]:
    if name != "vote reasons":
        book = read_codebook(resource(f"codebooks/{name}.yaml"))
        made = []
        for year in (2021, 2024):
            answers = read(resource(f"corpora/{name}-{year}.csv"), text="answer", id="id")
            hand = Coding.from_column(answers, "codes", book)
            made.append(Data(answers.texts.tolist(), hand.matrix(answers.ids, book.ids), []))
        return made[0], made[1], list(book.ids)
    whole = Data.of(_read(folder / "nl_vote_reasons_coded.csv"), "reader_a", "text")
    order, codes = chance.permutation(len(whole.texts)), whole.labels.shape[1]
    then, now = (Data([whole.texts[row] for row in part], whole.labels[part], []) for part in np.array_split(order, 2))
    then.labels[:, chance.choice(codes, codes // 4, replace=False)] = False
    return then, now, [str(number) for number in range(codes)]


def _times(folder: Path, embedding: str) -> None:
    """Training 2,000 answers with 30 codes, and counting characters, beside scikit-learn."""
    anes = _read(folder / "en_anes.csv")
    data = Data.of(anes[anes["dataset"] == "anes4"], "codes", "text")
    texts, labels = data.texts[:2000], data.labels[:2000]
    labels = labels[:, np.argsort(-labels.sum(axis=0))[:30]]
    corpus, coding = _coded(texts, labels)
    train(corpus, coding, embedding=embedding)  # vectors and lists of words are there from here on
    mine = _seconds(lambda: train(corpus, coding, embedding=embedding))
    theirs = _seconds(lambda: _pipeline().fit(texts, labels.astype(int)))
    print(f"\n2,000 answers, 30 codes: ours {mine:.1f} s, plain fit {theirs:.1f} s, ratio {mine / theirs:.2f}")
    _update(data, embedding)
    for file, column in (
        ("nl_restaurants.csv", "text"),
        ("nl_parliament_questions.csv", "body"),
        ("en_anes.csv", "text"),
    ):
        _characters(file, [fold(text) for text in _read(folder / file)[column]])


def _update(data: Data, embedding: str) -> None:
    """Five per cent more answers: updated beside learned anew, both scored on answers that neither saw."""
    labels = data.labels[:, np.argsort(-data.labels.sum(axis=0))[:30]]
    corpus, coding = _coded(data.texts[:4000], labels[:4000])
    old, more = corpus.ids[:2000], corpus.ids[:2100]
    model = train(corpus.take(old), coding.take(old), embedding=embedding)
    model.probabilities(corpus.texts.tolist())  # so that every text is embedded from here on
    rest = corpus.take(corpus.ids[2100:])
    made, times = [], []
    for work in (
        lambda: update(model, corpus.take(more), coding.take(more)).model,
        lambda: train(corpus.take(more), coding.take(more), embedding=embedding),
    ):
        start = time.process_time()
        made.append(work())
        times.append(time.process_time() - start)
    f1 = []
    for one in made:
        codes = [int(code) for code in one.codes]
        given = one.probabilities(rest.texts.tolist()) >= one.threshold
        f1.append(micro(labels[2100:4000][:, codes], given)["f1"])
    print(f"5 % more: updated {times[0]:.1f} s, anew {times[1]:.1f} s, ratio {times[1] / times[0]:.1f};", end=" ")
    print(f"micro-F1 {f1[0]:.4f} and {f1[1]:.4f}")


def _characters(name: str, folded: Sequence[str]) -> None:
    counter = CountVectorizer(analyzer="char_wb", ngram_range=(2, 5), lowercase=False)
    theirs = min(_seconds(lambda: counter.fit_transform(folded)) for _ in range(3))
    mine = min(_seconds(lambda: count_characters(folded)) for _ in range(3))
    print(f"characters of {name}: ours {mine:.3f} s, scikit-learn {theirs:.3f} s, ratio {theirs / mine:.1f}")


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    main()
