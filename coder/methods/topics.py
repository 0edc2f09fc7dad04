"""Topics: what answers talk about, found without a codebook; and kept, so that those of the next wave have the same.

Clauses are grouped, so that an answer has as many topics as it names. They lie in a space in which they are near one
another where they are about the same, whatever they say of it. There a clause is three vectors side by side: its own,
that of its words of content (nouns weigh most, and words that few use), and that of the answer it is in, each about its
mean and one long; their principal components are the space. What words of content add is most of what we gain over
embeddings of answers (docs/measured.md). Spectral clustering groups the clauses, BERTopic finds the words: those that
people use in one topic and less in the others. A topic is then the middle of its clauses: where an answer belongs
depends on the answer and the topics alone, now and in the next wave.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.linalg import eigh, qr, svd
from scipy.sparse import csr_array, diags_array
from scipy.sparse.linalg import eigsh
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer
from sklearn.neighbors import kneighbors_graph
from sklearn.preprocessing import normalize

from coder.arrays import Floats, Ints
from coder.corpus import Corpus
from coder.errors import DataError, MissingExtraError
from coder.languages.clauses import clauses
from coder.languages.language import DUTCH, Language, language_of
from coder.languages.nl.no_answer import is_no_answer
from coder.languages.nl.pipeline import tags
from coder.languages.text import fold, tokens
from coder.methods.embedding import SIZES, choose, embed, quickest, require
from coder.methods.model_files import read_folder, write_folder
from coder.note import Progress, silent

_COMPONENTS = 50
_HASHED = 2**11
_COMMON = 0.01
"""A word that is so great a share of all words weighs half of a rare one (Arora, Liang and Ma 2017)."""
_NOUNS, _OTHER = ("N|", "SPEC|"), 0.3
"""CGN's tags of nouns and names, and what any other word of content weighs beside them."""
_AT_ONCE = 2_000
_FEWEST = 2
_ALIKE = {"use": 0.36, "e5": 0.88, "none": 0.3}
"""The cosine from which two topics are one theme: between codes of people it is lower, within a code higher."""


_EMPTY = {
    language: frozenset(words.split())
    for language, words in {
        "nl": "weet weten idee echt precies eigenlijk zeker niks niets geen nvt sorry helaas bedenken",
        "en": "know idea really sure exactly actually nothing none sorry unfortunately think dunno idk",
        "fr": "sais savoir idee vraiment exactement rien aucun aucune desole malheureusement",
        "de": "weiss wissen ahnung wirklich genau eigentlich sicher nichts kein keine keiner leider",
    }.items()
}
"""Words of content of clauses that say nothing ("ik weet het echt niet"), folded."""


@dataclass(frozen=True, slots=True)
class Clauses:
    """The clauses of texts that say something: their words, the place of their text, and its clauses' words of content.

    `said` has for each clause the words of content with what each weighs, folded, in order.
    """

    texts: list[str]
    of: Ints
    said: list[list[tuple[str, float]]]
    whole: Sequence[str]
    spoken: Language

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def keys(self) -> list[str]:
        """What makes two clauses the same: their words of content."""
        return [" ".join(word for word, _ in said) for said in self.said]

    def take(self, rows: Ints) -> "Clauses":
        """These clauses alone."""
        kept = [self.texts[row] for row in rows], self.of[rows], [self.said[row] for row in rows]
        return Clauses(*kept, self.whole, self.spoken)


def cut(texts: Sequence[str], spoken: Language) -> Clauses:
    """The clauses of texts but for those that are no answer or have function words alone."""
    found, of, said = list[str](), list[int](), list[list[tuple[str, float]]]()
    pieces = [
        (row, texts[row][start:end]) for row, places in enumerate(clauses(texts, spoken)) for start, end in places
    ]
    pieces = [(row, text) for row, text in pieces if not is_no_answer(text, spoken.no_answer)]
    for (row, text), words in zip(pieces, _content([text for _, text in pieces], spoken), strict=True):
        if {word for word, _ in words} - _EMPTY.get(spoken.code, frozenset()):
            found.append(text)
            of.append(row)
            said.append(words)
    return Clauses(found, np.array(of, dtype=np.int64), said, texts, spoken)


def _content(texts: Sequence[str], spoken: Language) -> Iterator[list[tuple[str, float]]]:
    """The words of content of each text, folded, with their weight: of nouns 1."""
    read = [[token for token in tokens(text) if token.is_word] for text in texts]
    if spoken is not DUTCH:
        known: Iterator[list[str]] = iter([["N|"] * len(words) for words in read])
    else:
        known = tags(([token.written for token in words], [True] * len(words)) for words in read)
    for words, tagged in zip(read, known, strict=True):
        yield [
            (token.form, 1.0 if tag.startswith(_NOUNS) else _OTHER)
            for token, tag in zip(words, tagged, strict=True)
            if token.form not in spoken.stop_words and not token.form.isdigit()
        ]


@dataclass(frozen=True, slots=True)
class Space:
    """A space that was fitted: `means` of the three vectors, shape (3, vector), `axes` (components, 3 vectors).

    `shares` has for each word its share of all words.
    """

    embedding: str
    means: Floats
    axes: Floats
    shares: Mapping[str, float]

    @classmethod
    def fit(cls, some: Clauses, every: Clauses, embedding: str, *, seed: int, progress: Progress = silent) -> "Space":
        """The space of some clauses; how frequent words are is counted in every clause."""
        words, times = np.unique([word for said in every.said for word, _ in said], return_counts=True)
        shares = dict(zip(words.tolist(), (times / times.sum()).tolist(), strict=True))
        bare = cls(embedding, np.zeros((3, 1)), np.zeros((0, 0)), shares)
        parts = bare._parts(some, progress)
        if len(some) < _FEWEST:
            size = parts[0].shape[1]
            return cls(embedding, np.zeros((3, size)), np.zeros((1, 3 * size)), shares)
        means = np.array([part.mean(axis=0) for part in parts])
        beside = _beside(parts, means)
        size = max(1, min(_COMPONENTS, min(beside.shape) - 1))
        axes = PCA(size, svd_solver="arpack", random_state=seed).fit(beside).components_
        return cls(embedding, means, np.asarray(axes, dtype=np.float64), shares)

    def place(self, some: Clauses, progress: Progress = silent) -> tuple[Floats, Floats]:
        """Where clauses lie, shape (clauses, components), and their kin vectors; rows of both are one long."""
        placed, kin = zip(*self.parts(some, progress), strict=True)
        return np.vstack(placed), np.vstack(kin)

    def parts(self, some: Clauses, progress: Progress = silent) -> Iterator[tuple[Floats, Floats]]:
        """The same of some thousands of clauses at a time, at least once."""
        for start in range(0, max(len(some), 1), _AT_ONCE):
            part = some.take(np.arange(start, min(start + _AT_ONCE, len(some))))
            parts = self._parts(part, progress)
            if len(part):
                yield normalize(_beside(parts, self.means) @ self.axes.T), normalize(self._kin(parts[0]))
            else:
                yield np.zeros((0, len(self.axes))), self._kin(parts[0])

    @property
    def alike(self) -> float:
        """The cosine of kin vectors from which topics are of one theme."""
        return _ALIKE[self.embedding.rpartition("+")[2]]

    def _kin(self, vectors: Floats) -> Floats:
        """Vectors of which the cosine says how alike two clauses are, whatever else was said: about no mean."""
        return vectors[:, -(SIZES[self.embedding.rpartition("+")[2]] or _HASHED) :]

    def _parts(self, some: Clauses, progress: Progress) -> tuple[Floats, Floats, Floats]:
        vectors = vectors_of(some.texts, self.embedding, progress)
        whole = sorted(set(some.of.tolist()))
        wholes = vectors_of([some.whole[row] for row in whole], self.embedding, progress)
        return vectors, self._words(some, vectors.shape[1], progress), wholes[np.searchsorted(whole, some.of)]

    def _words(self, some: Clauses, size: int, progress: Progress) -> Floats:
        """The mean vector of the words of content of each clause, shape (clauses, size)."""
        words = sorted({word for said in some.said for word, _ in said})
        place = {word: row for row, word in enumerate(words)}
        vectors = vectors_of(words, self.embedding, progress)
        found = np.zeros((len(some), size))
        for row, said in enumerate(some.said):
            weights = np.array([weight / (1 + self.shares.get(word, 0.0) / _COMMON) for word, weight in said])
            found[row] = weights @ vectors[[place[word] for word, _ in said]] / weights.sum()
        return found


def _beside(parts: Sequence[Floats], means: Floats) -> Floats:
    return np.hstack([normalize(part - mean) for part, mean in zip(parts, means, strict=True)])


def embedding_for(name: str, texts: Sequence[str]) -> str:
    """The embedding for topics: both where there are few texts, else the one that reads quickest."""
    chosen = choose(name, texts)
    return quickest() if name == "auto" and chosen == "e5" else chosen


def vectors_of(texts: Sequence[str], embedding: str, progress: Progress) -> Floats:
    """The vectors of texts; without an embedding those of their runs of characters, hashed."""
    if embedding != "none":
        return embed(texts, embedding, progress=progress).astype(np.float64)
    hashed = HashingVectorizer(analyzer="char_wb", ngram_range=(3, 5), n_features=_HASHED, preprocessor=fold)
    return np.asarray(hashed.transform(texts).toarray()) if texts else np.zeros((0, _HASHED))


FEWEST = 12
"""Fewer answers than this are read quicker than a table of their topics."""
OUTSIDE = -1
"""The topic number of an answer that belongs to no topic."""
_TYPICAL = 3
MOST = 16
"""No more topics than this are looked for, unless asked."""
_PER_ROOT = 1.2
"""So many topics are looked for: 1.2 times the root of the number of clauses."""
_SHARE, _LEAST = 100, 3
FITTED, FITTED_CHARACTERS = 10_000, 1_500_000
"""In so many answers, drawn at random, or fewer long ones, topics are found where all do not fit in memory."""
_READ = 6_000
"""So many different clauses are grouped; any more go to the topics of those."""
_NEIGHBOURS = 10
_DENSE = 500
_STRANGE = 0.03
"""So great a share of a topic's own clauses may be less like it than what is left in none."""
_FENCE = 1.5
_SLACK = 1e-5


@dataclass(frozen=True, slots=True)
class TopicModel:
    """Topics that were found: a label and key words each; what they are made of places other answers in them.

    `centres` has shape (topics, components), `kin` (topics, vector); a clause that is less like its nearest topic than
    `least` is in none. Topic numbers are their places, and never change.
    """

    labels: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]
    language: str
    space: Space
    centres: Floats
    kin: Floats
    least: float

    @property
    def hash(self) -> str:
        """Twelve hexadecimal digits that change with the topics."""
        parts = [self.space.means, self.space.axes, self.centres, self.kin]
        written = json.dumps([self.labels, self.language, self.space.embedding, self.least, dict(self.space.shares)])
        return sha256(written.encode() + b"".join(part.tobytes() for part in parts)).hexdigest()[:12]

    def assign(self, corpus: Corpus, *, progress: Progress = silent) -> "Topics":
        """The topics of answers, those of the next wave or any other; what is strange to all is in none."""
        some = cut(corpus.texts.tolist(), language_of(self.language))
        found = [self.nearest(placed, kin) for placed, kin in self.space.parts(some, progress)]
        numbers, scores = map(np.concatenate, zip(*found, strict=True))
        return _assigned(self, corpus, some.of, numbers, scores)

    def nearest(self, placed: Floats, kin: Floats) -> tuple[Ints, Floats]:
        """The topic of each clause that lies there, `OUTSIDE` for none, and its cosine."""
        return _nearest(placed, kin, self.centres, self.kin, self.least)

    def save(self, folder: Path) -> None:
        """Write the model: `topics.npz` (arrays) and `topics.json` (labels and words; no answers)."""
        about = {
            "labels": self.labels,
            "words": self.words,
            "language": self.language,
            "embedding": self.space.embedding,
            "least": self.least,
            "shares": self.space.shares,
        }
        arrays = {"means": self.space.means, "axes": self.space.axes, "centres": self.centres, "kin": self.kin}
        write_folder(folder, "topics", arrays, {"topics": json.dumps(about, ensure_ascii=False)})

    @classmethod
    def load(cls, folder: Path) -> "TopicModel":
        """Read a model that `save` wrote.

        Raises `DataError` where there is none, or a damaged one, and `MissingExtraError` where its embedding is not
        installed.
        """
        model = read_folder(folder, "topics", ("topics",), _model)
        require(model.space.embedding)
        return model


def _model(about: dict[str, Any], arrays: dict[str, Floats]) -> TopicModel:
    """A model of its parts. Raises `ValueError` or `KeyError` where they do not fit together."""
    space = Space(str(about["embedding"]), arrays["means"], arrays["axes"], dict(about["shares"]))
    names, words = tuple(map(str, about["labels"])), tuple(tuple(map(str, one)) for one in about["words"])
    centres, kin = arrays["centres"], arrays["kin"]
    if not len(names) == len(words) == len(centres) == len(kin) or space.axes.shape[1] != space.means.size:
        raise ValueError("its parts do not fit together")
    return TopicModel(names, words, str(about["language"]), space, centres, kin, float(about["least"]))


@dataclass(frozen=True, slots=True)
class Topics:
    """Topics, and the answers that have them.

    `frame` has a row a topic, the largest first where they were found: topic (0, 1, …), label, size (answers), words
    (its key words, joined by ", ") and answers (up to three typical ones, joined by " | "). `of` is each unit's first
    topic, `OUTSIDE` for none; `pairs` has every topic of each unit, the first one first: unit, topic, score (the cosine
    of its nearest clause). `model` places other answers in the same topics.
    """

    frame: pd.DataFrame
    of: "pd.Series[int]"
    pairs: pd.DataFrame
    model: TopicModel

    @property
    def cells(self) -> "pd.Series[str]":
        """The numbers of all topics of each unit, joined by ";", the first one first; "" for none."""
        joined = self.pairs["topic"].astype(str).groupby(self.pairs["unit"], sort=False).agg(";".join)
        return joined.reindex(self.of.index).fillna("").astype(str).rename("topic")


def find_topics(
    corpus: Corpus,
    *,
    smallest: int | None = None,
    most: int = MOST,
    embedding: str = "auto",
    language: str = DUTCH.code,
    seed: int = 1,
    progress: Progress = silent,
) -> Topics:
    """Find the topics of answers: spectral clustering of their clauses, words by BERTopic (Grootendorst 2022).

    `smallest` is the least number of answers of a topic, by default 1 in 100, at least 3; `most` is how many topics are
    looked for (in few answers fewer). An answer that says nothing ("nvt", function words alone) is in none, and so is
    one that is like no topic. Where all say much the same, that is one topic. `embedding` is one of
    `coder.methods.embedding.NAMES`. Raises `DataError` with fewer than twelve answers and `MissingExtraError` where
    BERTopic is not there.

    >>> import coder
    >>> from coder.resources import resource
    >>> answers = coder.read(resource("corpora/wishes-2021.csv"), text="answer", id="id")
    >>> coder.find_topics(answers).frame.columns.tolist()
    ['topic', 'label', 'size', 'words', 'answers']
    """
    if len(corpus) < FEWEST:
        raise DataError("model.too_few_for_topics", count=len(corpus), least=FEWEST)
    some = cut(corpus.texts.tolist(), language_of(language))
    least = smallest or max(_LEAST, len(corpus) // _SHARE)
    rows = _distinct(some, seed)
    space = Space.fit(some.take(rows), some, embedding_for(embedding, some.texts), seed=seed, progress=progress)
    placed, kin = space.place(some, progress)
    size = min(round(_PER_ROOT * np.sqrt(len(some))), most, len(some) // least)
    numbers = _alike_joined(_of_all(some, rows, spectral(placed[rows], size, seed=seed)), kin, space.alike)
    nearest, numbers = _large(numbers, some.of, placed, least)
    core = numbers == nearest
    lowest = _lowest(kin[core], numbers[core])
    core |= ~np.isin(nearest, nearest[core])
    middles = _middles(placed[core], nearest[core]), _middles(kin[core], nearest[core])
    centres, middle, numbers = _kept(placed, kin, middles, some.of, lowest, least)
    words = _key_words(some, numbers, placed)
    model = TopicModel(
        tuple(_labels(words, some, numbers)),
        tuple(map(tuple, words)),
        language,
        space,
        centres,
        middle,
        lowest,
    )
    return _assigned(model, corpus, some.of, *model.nearest(placed, kin))


def _assigned(model: TopicModel, corpus: Corpus, of: Ints, numbers: Ints, scores: Floats) -> Topics:
    """The answers with their topics: of each clause its answer, its topic and its cosine."""
    rows = numbers != OUTSIDE
    found = pd.DataFrame({"row": of[rows], "topic": numbers[rows], "score": scores[rows]})
    found = found.groupby(["row", "topic"])["score"].max().reset_index()
    found = found.sort_values(["row", "score", "topic"], ascending=[True, False, True], ignore_index=True)
    firsts = np.full(len(corpus), OUTSIDE)
    first = found.drop_duplicates("row")
    firsts[first["row"].to_numpy()] = first["topic"].to_numpy()
    pairs = pd.DataFrame(
        {"unit": corpus.ids[found["row"].to_numpy()], "topic": found["topic"], "score": found["score"]}
    )
    sizes = pairs["topic"].value_counts()
    typical = _typical(pairs, corpus)
    lines = [
        (topic, label, int(sizes.get(topic, 0)), ", ".join(words), " | ".join(typical.get(topic, ())))
        for topic, (label, words) in enumerate(zip(model.labels, model.words, strict=True))
    ]
    frame = pd.DataFrame(lines, columns=["topic", "label", "size", "words", "answers"])
    return Topics(frame, pd.Series(firsts, index=corpus.ids, name="topic"), pairs, model)


def spectral(points: Floats, size: int, *, seed: int = 1) -> Ints:
    """Group points by their nearest neighbours, shape (points,): normalised cuts (Shi and Malik 2000), read by QR.

    The eigenvectors are read by a pivoted QR (Damle, Minden and Ying 2019), which needs no random start: the seed makes
    no difference but for rounding. With no more points than groups each is a group.
    """
    if len(points) <= max(size, 2):
        return np.arange(len(points), dtype=np.int64)
    graph = csr_array(kneighbors_graph(points, min(_NEIGHBOURS, len(points) - 1), include_self=False))
    graph = (graph + graph.T) / 2
    root = diags_array(1 / np.sqrt(graph.sum(axis=1)))
    even = root @ graph @ root
    if len(points) <= _DENSE:
        vectors = eigh(even.toarray(), subset_by_index=(len(points) - size, len(points) - 1))[1]
    else:
        start = np.random.default_rng(seed).normal(size=len(points))
        vectors = eigsh(even, k=size, which="LA", v0=start)[1]
    pivots = qr(vectors.T, pivoting=True, mode="r")[1][:size]
    left, _, right = svd(vectors[pivots].T)
    return np.asarray(np.abs(vectors @ (left @ right)).argmax(axis=1), dtype=np.int64)


def _distinct(some: Clauses, seed: int) -> Ints:
    """The first clause of each that says the same words; a random part of them where there are very many."""
    first = np.array(sorted({key: row for row, key in reversed(list(enumerate(some.keys)))}.values()), dtype=np.int64)
    if len(first) <= _READ:
        return first
    return np.sort(np.random.default_rng(seed).choice(first, _READ, replace=False))


def _of_all(some: Clauses, rows: Ints, numbers: Ints) -> Ints:
    """The group of every clause, by what it says; `OUTSIDE` where that was not grouped."""
    keys = some.keys
    known = {keys[row]: number for row, number in zip(rows.tolist(), numbers.tolist(), strict=True)}
    return np.array([known.get(key, OUTSIDE) for key in keys], dtype=np.int64)


def _alike_joined(numbers: Ints, kin: Floats, alike: float) -> Ints:
    """The groups, of which those whose clauses are alike on average are one: the most alike first."""
    while (size := int(numbers.max(initial=OUTSIDE)) + 1) > 1:
        middles = _middles(kin, numbers)
        between = np.triu(middles @ middles.T, 1) + np.tril(np.full((size, size), -1.0))
        one, other = np.unravel_index(int(between.argmax()), between.shape)
        if between[one, other] < alike:
            break
        numbers = np.where(numbers == other, one, numbers - (numbers > other))
    return numbers


def _large(numbers: Ints, of: Ints, placed: Floats, least: int) -> tuple[Ints, Ints]:
    """Each clause's nearest group of those that have `least` answers, and the group in which it was before."""
    while (size := int(numbers.max(initial=OUTSIDE)) + 1) > 0:
        nearest = (placed @ normalize(_middles(placed, numbers)).T).argmax(axis=1)
        answers = _answers(nearest, of, size)
        if answers.min() >= least:
            break
        small = int(answers.argmin())
        numbers = np.where(numbers == small, OUTSIDE, numbers - (numbers > small))
    return (nearest, numbers) if size else (numbers, numbers)


def _kept(
    placed: Floats, kin: Floats, middles: tuple[Floats, Floats], of: Ints, lowest: float, least: int
) -> tuple[Floats, Floats, Ints]:
    """The middles of the groups that have enough answers without what is strange, the largest first; and who is in."""
    centres, middle = (normalize(one) if len(one) else one for one in middles)
    while len(centres):
        numbers, _ = _nearest(placed, kin, centres, middle, lowest)
        answers = _answers(numbers, of, len(centres))
        if answers.min() >= least:
            order = np.argsort(-answers, kind="stable")
            place = np.append(np.argsort(order), OUTSIDE)
            return centres[order], middle[order], place[numbers]
        keep = np.arange(len(centres)) != answers.argmin()
        centres, middle = centres[keep], middle[keep]
    return centres, middle, np.full(len(of), OUTSIDE)


def _answers(numbers: Ints, of: Ints, size: int) -> Ints:
    """How many answers each group has."""
    return np.array([len(np.unique(of[numbers == group])) for group in range(size)], dtype=np.int64)


def _lowest(kin: Floats, numbers: Ints) -> float:
    """How like the others of its group a clause is that is less so than nearly all, or than is usual (Tukey 1977)."""
    _, of, counts = np.unique(numbers, return_inverse=True, return_counts=True)
    sums = np.array([kin[of == group].sum(axis=0) for group in range(len(counts))]).reshape(len(counts), kin.shape[1])
    others = (counts > 1)[of]
    own = (kin * normalize(sums[of] - kin)).sum(axis=1)[others] if others.any() else np.zeros(0)
    if not len(own):
        return 0.0
    least, low, high = np.quantile(own, [_STRANGE, 0.25, 0.75])
    return float(max(least, low - _FENCE * (high - low))) - _SLACK


def _middles(points: Floats, numbers: Ints) -> Floats:
    """The mean of each group, shape (groups, columns)."""
    size = int(numbers.max(initial=OUTSIDE)) + 1
    return np.array([points[numbers == group].mean(axis=0) for group in range(size)]).reshape(size, points.shape[1])


def _nearest(placed: Floats, kin: Floats, centres: Floats, middle: Floats, lowest: float) -> tuple[Ints, Floats]:
    """The group of each clause, `OUTSIDE` for one that is strange to it, and its cosine."""
    if not len(centres) or not len(placed):
        return np.full(len(placed), OUTSIDE), np.zeros(len(placed))
    cosines = placed @ centres.T
    numbers = cosines.argmax(axis=1)
    own = (kin * middle[numbers]).sum(axis=1)
    return np.where(own >= lowest, numbers, OUTSIDE), cosines[np.arange(len(placed)), numbers]


def _typical(pairs: pd.DataFrame, corpus: Corpus) -> dict[int, Sequence[str]]:
    """The answers nearest the middle of each topic, each once."""
    near = pairs.sort_values("score", ascending=False, kind="stable")
    texts = corpus.texts
    return {
        int(str(topic)): list(dict.fromkeys(texts[unit].strip() for unit in units))[:_TYPICAL]
        for topic, units in near.groupby("topic")["unit"]
    }


KEY_WORDS = 8
_CANDIDATES = 30
_FEWEST_WORDS, _MOST_WORDS, _COVERED = 2, 4, 0.6
"""A label has words until these are in so great a share of the clauses of its topic: at least two, at most four."""
_TWINS = 0.8
_CONTAINED = 4


def _key_words(some: Clauses, numbers: Ints, placed: Floats) -> list[list[str]]:
    """The key words of each topic 0, 1, …, the best first, as most people write them.

    They have the highest c-TF-IDF (Grootendorst 2022), the most frequent words damped. Forms of one lemma are one word,
    and a word that is nearly another is left out. `numbers` has the topic of each clause, -1 for none. Raises
    `MissingExtraError` where BERTopic is not there.
    """
    try:
        from bertopic import BERTopic  # noqa: PLC0415 (four seconds)
        from bertopic.cluster import BaseCluster  # noqa: PLC0415
        from bertopic.dimensionality import BaseDimensionalityReduction  # noqa: PLC0415
        from bertopic.vectorizers import ClassTfidfTransformer  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise MissingExtraError("model.no_topics", missing=error.name) from None
    size = int(numbers.max(initial=-1)) + 1
    if not size:
        return []
    said = as_written(some)
    if len(every := {word for one in said for word in one}) == 1:
        return [list(every)] * size  # BERTopic cannot weigh one word
    model = BERTopic(
        language="multilingual",
        umap_model=BaseDimensionalityReduction(),
        hdbscan_model=BaseCluster(),
        vectorizer_model=CountVectorizer(analyzer=str.split),
        ctfidf_model=ClassTfidfTransformer(),
        top_n_words=_CANDIDATES,
    )
    model.fit([" ".join(words) for words in said], embeddings=placed, y=numbers.tolist())
    named = dict(zip(numbers.tolist(), model.topics_, strict=True))
    counted: dict[int, Counter[str]] = defaultdict(Counter)
    for words, topic in zip(said, numbers.tolist(), strict=True):
        counted[topic].update(set(words))
    found = []
    for topic in range(size):
        ranked = [word for word, score in model.get_topic(named[topic]) if word and score > 0]
        common = [word for word in ranked if counted[topic][word] > 1]
        found.append(list(_apart(common if len(common) >= _FEWEST_WORDS else ranked, counted[topic]))[:KEY_WORDS])
    return found


def _labels(words: Sequence[Sequence[str]], some: Clauses, numbers: Ints) -> list[str]:
    """A label a topic, of two to four of its key words where it has as many; no two are the same."""
    said = [set(one) for one in as_written(some)]
    found = list[str]()
    for topic, ranked in enumerate(words):
        members = [said[row] for row in np.flatnonzero(numbers == topic)]
        chosen = list[str]()
        for word in ranked[:_MOST_WORDS]:
            covered = sum(bool(one.intersection(chosen)) for one in members) / max(len(members), 1)
            if len(chosen) >= _FEWEST_WORDS and covered >= _COVERED and ", ".join(chosen) not in found:
                break
            chosen.append(word)
        label = ", ".join(chosen)
        found.append(label if label not in found else f"{label} ({topic + 1})")
    return found


def as_written(some: Clauses) -> list[list[str]]:
    """The words of content of each clause, each as its lemma is written most often, in small letters."""
    written: dict[str, Counter[str]] = defaultdict(Counter)
    for text in some.texts:
        for token in tokens(text):
            if token.is_word:
                written[token.form][token.written.lower()] += 1
    lemma = {form: fold(some.spoken.lemmas(max(forms, key=forms.__getitem__))[0]) for form, forms in written.items()}
    whole: dict[str, Counter[str]] = defaultdict(Counter)
    for form, forms in written.items():
        whole[lemma[form]].update(forms)
    best = {one: min(forms, key=lambda form: (-forms[form], form)) for one, forms in whole.items()}
    return [[best[lemma[word]] for word, _ in said] for said in some.said]


def _apart(ranked: Sequence[str], times: Counter[str]) -> Iterator[str]:
    """The words but for those that are nearly another that is used more, or as much and before them."""
    for place, word in enumerate(ranked):
        others = [other for other in ranked if other != word and _twins(fold(word), fold(other))]
        better = [other for other in others if (times[other], -ranked.index(other)) > (times[word], -place)]
        if len(word) > 1 and not better:
            yield word


def _twins(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    contained = len(short) >= _CONTAINED and short in long
    return contained or SequenceMatcher(None, one, other).ratio() >= _TWINS
