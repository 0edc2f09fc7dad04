"""A trained multi-label classifier over n-grams and sentence embeddings: of each code how likely it is, and where.

A code is learned from whole answers and from their clauses (`coder.methods.linear`); the clause that speaks most for a
code is where it stands. Training counts and embeds each text and each clause once. Cross-validation chooses the
strength of the regularisation, and its scores, on texts that were held out, are what probabilities and threshold are
fitted on.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack

from coder.arrays import Floats, Labels
from coder.codebook import Codebook
from coder.coding import CLASSIFIER, PROBABILITY, Coding, Reason, Reasons, assignments
from coder.corpus import Corpus
from coder.errors import DataError
from coder.html_table import ROWS, html_table
from coder.languages.clauses import clauses
from coder.languages.language import DUTCH, Language, language_of, no_answers
from coder.languages.text import WORD
from coder.methods import embedding as embeddings
from coder.methods.features import CharacterGrams, Counts, WordGrams, tf_idf
from coder.methods.linear import (
    FEW,
    LEFT_OUT,
    MOST,
    MOST_CHARACTERS,
    STRENGTHS,
    Drawn,
    Matrices,
    Rows,
    Target,
    Weights,
    deal,
    draw,
    fit,
    informed,
    out_of_fold,
)
from coder.methods.weighing import Prior, Weighing
from coder.note import Progress, counted, silent
from coder.resources import __version__
from coder.statistics.calibration import Calibration, brier, calibrate, calibration_error
from coder.statistics.scores import macro_f1, micro, per_code, per_unit_f1, steady_threshold

if TYPE_CHECKING:
    import pandas as pd

Probabilities = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

FOLDS = 5
FEWEST = 10
"""With fewer coded answers than this there is nothing to learn from."""
_MOST_OTHERS = 2_000
"""Of the answers that nobody coded, so many are learned from at most."""
_KEPT = 0.95
"""So much of the variance of embeddings is learned from: it is in half of their numbers, which halves the time."""
_AT_ONCE = 5_000
"""So many texts are turned into numbers at a time, which bounds the memory."""


@dataclass(frozen=True, slots=True)
class Features:
    """Turns texts into rows of numbers: n-grams of words and of characters, and an embedding.

    `mean` (numbers of the embedding,) is taken off its vectors, `scale` makes them as long as the rows of
    an n-gram, so that each of the three weighs the same.
    """

    words: WordGrams
    characters: CharacterGrams
    embedding: str = "none"
    mean: npt.NDArray[np.float32] | None = None
    scale: float = 1.0

    @classmethod
    def fit(
        cls, texts: Sequence[str], *, embedding: str = "none", spoken: Language = DUTCH, progress: Progress = silent
    ) -> "Features":
        """The n-grams of these texts, and their mean vector."""
        words, characters = WordGrams(spoken), CharacterGrams()
        for grams in (words, characters):
            grams.learn(grams.count(texts))
        raw = embeddings.embed(texts, embedding, progress=progress)
        return cls(words, characters, embedding, *_middle(raw, embedding))

    @property
    def language(self) -> str:
        """The code of the language of the texts, which says what lemmas their words have."""
        return self.words.spoken.code

    @property
    def size(self) -> int:
        """How many numbers a text has."""
        return len(self.words.names_) + len(self.characters.names_) + embeddings.SIZES[self.embedding]

    def transform(self, texts: Sequence[str], progress: Progress = silent) -> csr_matrix:
        """Shape (texts, `size`); rows of n-grams have length 1, of vectors about 1."""
        grams = [self.words.transform(texts), self.characters.transform(texts)]
        found: csr_matrix = hstack([*grams, self.vectors(texts, progress)], format="csr", dtype=np.float64)
        return found

    def vectors(self, texts: Sequence[str], progress: Progress = silent) -> csr_matrix:
        """The embedding alone, centred and scaled; an empty text has zeros."""
        return csr_matrix(_centred(embeddings.embed(texts, self.embedding, progress=progress), self.mean, self.scale))


@dataclass(frozen=True, slots=True)
class Examined:
    """Texts and their clauses counted and embedded once, to be learned from as often as needed.

    The first texts are those that people coded. What others alone have is kept where two of them have it.
    """

    words: WordGrams
    characters: CharacterGrams
    embedding: str
    counts: tuple[csr_matrix, csr_matrix]
    raw: npt.NDArray[np.float32]
    text: Rows

    @classmethod
    def of(
        cls,
        texts: Sequence[str],
        embedding: str,
        spoken: Language = DUTCH,
        progress: Progress = silent,
        others: Sequence[str] = (),
    ) -> "Examined":
        """Count and embed. Raises `DataError` where there are no words."""
        every = [*texts, *others]
        pieces, _, text = _clauses(every, spoken)
        read = [*every, *pieces]
        words, characters = WordGrams(spoken), CharacterGrams()
        counts = []
        for grams in (words, characters):
            names, matrix = _few_bytes(grams.count(read))
            whole = matrix[: len(every)]
            often = np.bincount(whole.indices, minlength=whole.shape[1])
            kept = (often > 1) | (np.bincount(whole[: len(texts)].indices, minlength=whole.shape[1]) > 0)
            if not kept.all():
                names = tuple(name for name, stays in zip(names, kept, strict=True) if stays)
                matrix, whole = matrix[:, kept], whole[:, kept]
            grams.learn(Counts(names, whole))
            counts.append(matrix)
        raw = embeddings.embed(read, embedding, progress=progress)
        return cls(words, characters, embedding, (counts[0], counts[1]), raw, text)

    def features(self) -> Features:
        """What turns other texts into the same columns."""
        return Features(self.words, self.characters, self.embedding, *self._middle())

    def matrices(self) -> Matrices:
        """The rows of all texts and clauses; their embedding along the axes in which it varies most."""
        size, middle = len(self.raw) - len(self.text), self._middle()
        vectors = _centred(self.raw, *middle)
        axes = _axes(vectors)

        def rows(part: slice) -> csr_matrix:
            idfs = (self.words.idf_, self.characters.idf_)
            grams = [tf_idf(one[part], idf) for one, idf in zip(self.counts, idfs, strict=True)]
            found: csr_matrix = hstack([*grams, csr_matrix(vectors[part] @ axes)], format="csr", dtype=np.float64)
            return found

        return Matrices(rows(slice(size)), rows(slice(size, None)), self.text, axes)

    def vectors(self) -> Floats:
        """The embedding of the texts alone, centred and scaled."""
        size = len(self.raw) - len(self.text)
        return np.asarray(_centred(self.raw[:size], *self._middle()), dtype=np.float64)

    def _middle(self) -> tuple[npt.NDArray[np.float32], float]:
        return _middle(self.raw[: len(self.raw) - len(self.text)], self.embedding)


def _few_bytes(counts: Counts) -> tuple[tuple[str, ...], csr_matrix]:
    """The names, and the counts in four bytes each, half of what they take."""
    return counts.names, counts.matrix.astype(np.int32)


def _middle(vectors: npt.NDArray[np.float32], embedding: str) -> tuple[npt.NDArray[np.float32], float]:
    """The mean of the vectors, and what makes them as long as a row of n-grams for each embedding in them."""
    read = vectors[vectors.any(axis=1)]
    if not len(read):
        return np.zeros(vectors.shape[1], dtype=np.float32), 1.0
    mean = read.mean(axis=0)
    spread = float(np.sqrt(((read - mean) ** 2).sum(axis=1).mean() / (embedding.count("+") + 1)))
    return mean, 1 / spread if spread > 0 else 1.0


def _axes(vectors: npt.NDArray[np.float32]) -> Floats:
    """The principal axes along which vectors have `_KEPT` of their variance, shape (numbers, axes), the first first."""
    share, axes = np.linalg.eigh((vectors.T @ vectors).astype(np.float64))
    kept = int(np.searchsorted(np.cumsum(share[::-1]), _KEPT * share.sum())) + 1
    return np.ascontiguousarray(axes[:, ::-1][:, :kept])


def _clauses(texts: Sequence[str], spoken: Language) -> tuple[list[str], Places, Rows]:
    """Each clause of each text, its place, and which text it is of; a text without words is one clause."""
    found = [places or [(0, len(text))] for places, text in zip(clauses(texts, spoken), texts, strict=True)]
    pieces = [text[start:end] for text, places in zip(texts, found, strict=True) for start, end in places]
    places = np.array([place for places in found for place in places], dtype=np.int64).reshape(-1, 2)
    return pieces, places, np.repeat(np.arange(len(found)), [*map(len, found)])


def _centred(
    vectors: npt.NDArray[np.float32], mean: npt.NDArray[np.float32] | None, scale: float
) -> npt.NDArray[np.float32]:
    read = vectors.any(axis=1, keepdims=True)
    return np.where(read, (vectors - (0 if mean is None else mean)) * scale, 0)


@dataclass(frozen=True, slots=True, repr=False)
class Classifier:
    """A trained classifier.

    `codes` are the ids it can give, `weights` are over the numbers of a text and of a clause. A code is given where
    its probability reaches `threshold`. `seen` are the marks of the texts it was trained on (see `text_fingerprints`),
    `card` says how many and how well. `weighing` says how it is weighed beside the rules of a codebook, where
    `coder.methods.combine` found out.
    """

    codes: tuple[str, ...]
    features: Features
    weights: Weights
    calibration: Calibration
    threshold: float
    seen: npt.NDArray[np.uint64]
    card: dict[str, object]
    weighing: Weighing | None = None

    def __repr__(self) -> str:
        f1 = self._scores("cross_validated").get("f1")
        scored = f", micro-F1 {f1:.2f} cross-validated" if isinstance(f1, float) else ""
        beside = "; weighed beside rules" if self.weighing is not None else ""
        return f"<Classifier of {len(self.codes)} codes from {self.card.get('units', '?')} answers{scored}{beside}>"

    def _repr_html_(self) -> str:
        told = {code: about for code, about in self._scores("codes").items() if isinstance(about, dict)}
        names = ("examples", "precision", "recall", "f1")
        most = sorted(told, key=lambda code: (-int(told[code].get("examples", 0)), code))[:ROWS]
        rows = [(code, *(_figure(told[code].get(name)) for name in names)) for code in most]
        more = [f"… {len(told) - ROWS} more codes"] if len(told) > ROWS else []
        return html_table(repr(self)[1:-1], ["code", *names], rows, more, [False, *[True] * len(names)])

    def _scores(self, part: str) -> dict[str, object]:
        """A part of the card, as read from a file; empty where it has none."""
        found = self.card.get(part)
        return found if isinstance(found, dict) else {}

    @property
    def name(self) -> str:
        """The coder's name."""
        return "classifier"

    def save(self, folder: Path | str) -> None:
        """Write the model: `model.npz` (arrays), `words.json` (n-grams), `card.json` (for people); no answers.

        Raises `DataError` where the folder cannot be written.
        """
        from coder.methods.model_files import save  # noqa: PLC0415 (it makes what is made here)

        save(self, Path(folder))

    @classmethod
    def load(cls, folder: Path | str) -> "Classifier":
        """Read a model that `save` or `coder train` wrote.

        Raises `DataError` where there is none, or a damaged one, and `MissingExtraError` where the embedding that it
        needs is not installed.
        """
        from coder.methods.model_files import load  # noqa: PLC0415 (it makes what is made here)

        return load(Path(folder))

    @property
    def by_words(self) -> "Classifier":
        """The same by its n-grams alone: quick, and enough to tell which texts are worth a closer look."""
        grams = self.features.size - embeddings.SIZES[self.features.embedding]
        weights = replace(self.weights, whole=self.weights.whole[:, :grams], clause=self.weights.clause[:, :grams])
        return replace(self, features=replace(self.features, embedding="none", mean=None), weights=weights)

    def probabilities(self, texts: Sequence[str], progress: Progress = silent) -> Probabilities:
        """The probability of each code, shape (texts, codes), in the order of `codes`."""
        found = np.zeros((len(texts), len(self.codes)))
        for start, scores, *_ in self._scored(texts, progress):
            found[start : start + len(scores)] = self.calibration.probabilities(scores)
        return found

    def scores(self, texts: Sequence[str]) -> Floats:
        """Log odds before calibration, shape (texts, codes)."""
        return np.vstack([np.zeros((0, len(self.codes))), *(scores for _, scores, *_ in self._scored(texts, silent))])

    def places(self, texts: Sequence[str], progress: Progress = silent) -> tuple[Probabilities, Places]:
        """The probabilities, and the start and end of the clause that speaks most for each code: (texts, codes, 2)."""
        found = np.zeros((len(texts), len(self.codes)))
        places = np.zeros((len(texts), len(self.codes), 2), dtype=np.int64)
        for start, scores, of_clauses, where, first in self._scored(texts, progress):
            found[start : start + len(scores)] = self.calibration.probabilities(scores)
            for row, (begin, end) in enumerate(pairwise([*first.tolist(), len(where)])):
                places[start + row] = where[begin + of_clauses[begin:end].argmax(axis=0)]
        return found, places

    def _scored(self, texts: Sequence[str], progress: Progress) -> Iterator[tuple[int, Floats, Floats, Places, Rows]]:
        """Some texts at a time: where they start, their scores, those of clauses, their places, the first of each."""
        for start in range(0, len(texts), _AT_ONCE):
            progress("progress.coding", start, len(texts))
            some = texts[start : start + _AT_ONCE]
            pieces, where, text = _clauses(some, self.features.words.spoken)
            found = self.features.transform([*some, *pieces], progress)
            rows = Matrices(found[: len(some)], found[len(some) :], text)
            of_clauses = self.weights.of_clauses(rows)
            yield start, self.weights.scores(rows, of_clauses), of_clauses, where, rows.first

    def code(self, corpus: Corpus, codebook: Codebook, *, progress: Progress = silent) -> Coding:
        """Code every unit, each code with its clause. Codes of the model that are not in the codebook are left out."""
        return self.judge(corpus, codebook, progress=progress)[0]

    def judge(self, corpus: Corpus, codebook: Codebook, *, progress: Progress = silent) -> tuple[Coding, Probabilities]:
        """The coding, and the probability of each code of the codebook, shape (units, codes); 0 for one unknown."""
        probabilities, places = self.places(corpus.texts.tolist(), progress)
        known = np.isin(self.codes, codebook.ids)
        found = np.zeros((len(corpus), len(codebook.ids)))
        found[:, [codebook.ids.index(code) for code in self.codes if code in codebook.ids]] = probabilities[:, known]
        row, column = np.nonzero((probabilities >= self.threshold) & known)
        score = probabilities[row, column]
        frame = assignments(
            {
                "unit": corpus.ids.to_numpy()[row],
                "code": np.asarray(self.codes, dtype=object)[column],
                "score": score,
                "start": places[row, column, 0],
                "end": places[row, column, 1],
            }
        )
        made = {"model": str(self.card["hash"]), "coder": __version__}
        return Coding(self.name, corpus.ids, frame, made, reasons_of(score), corpus), found


def reasons_of(probabilities: Floats) -> Reasons:
    """Why a classifier gave codes: how likely each was, shape (assignments,)."""
    return Reasons(len(probabilities), partial(_reasons, probabilities))


def _reasons(probabilities: Floats, rows: npt.NDArray[np.int64]) -> list[Reason]:
    return [Reason(CLASSIFIER, note=((PROBABILITY, value),)) for value in probabilities[rows].tolist()]


def _figure(value: object) -> str:
    """A number of the card as people read it; nothing where it could not be computed."""
    return f"{value:.2f}" if isinstance(value, float) else "" if value is None else str(value)


class Whole(NamedTuple):
    """Coded texts of which some are `drawn` to learn from: how many there are, with each code, and their marks."""

    drawn: Drawn
    units: int
    examples: Mapping[str, int]
    seen: npt.NDArray[np.uint64]

    @classmethod
    def of(cls, texts: Sequence[str], codes: Sequence[str], labels: Labels, seed: int) -> "Whole":
        """All of these texts, or some where there are many, or long ones."""
        most = most_to_learn(sum(map(len, texts)), len(texts), MOST)
        counts = dict(zip(codes, labels.sum(axis=0).tolist(), strict=True))
        return cls(draw(labels, most=most, seed=seed), len(texts), counts, text_fingerprints(texts))


def most_to_learn(characters: int, texts: int, most: int) -> int:
    """How many of these texts are learned from: `most`, or fewer where they are long."""
    return min(most, MOST_CHARACTERS * texts // max(characters, 1))


class Learned(NamedTuple):
    """A model; and of `units`, for which all units may stand, what models gave that were not trained on them.

    `held_out` has shape (units, codes of the model).
    """

    model: Classifier
    held_out: Probabilities
    units: "pd.Index[str]"


def train_classifier(
    corpus: Corpus,
    coding: Coding,
    *,
    embedding: str = "auto",
    language: str = DUTCH.code,
    seed: int = 1,
    progress: Progress = silent,
) -> Classifier:
    """Learn from the units that a person has seen; a seen unit without a code is learned from too.

    Codes without a single example cannot be learned and are left out. `embedding` is one of `embedding.NAMES`,
    `language` that of the answers. The threshold is that of the best micro-F1 in cross-validation. Raises
    `DataError` with fewer than ten coded units.

    >>> import coder
    >>> from coder.resources import resource
    >>> answers = coder.read(resource("corpora/wishes-2021.csv"), text="answer", id="id")
    >>> book = coder.read_codebook(resource("codebooks/wishes.yaml"))
    >>> hand = coder.Coding.from_column(answers, "codes", book)
    >>> coder.train_classifier(answers, hand, embedding="none").codes[:3]
    ('agreements', 'everyone', 'innovation')
    """
    enough_examples(corpus, coding)
    return learn(corpus, coding, language_of(language), embedding=embedding, seed=seed, progress=progress).model


def learn(
    corpus: Corpus,
    coding: Coding,
    spoken: Language,
    *,
    embedding: str = "auto",
    prior: Prior | None = None,
    whole: Whole | None = None,
    seed: int = 1,
    progress: Progress = silent,
) -> Learned:
    """Train, and return beside the classifier what models gave that were not trained on the unit.

    With a `prior` the answers that nobody coded are learned from by it too, and codes that have no example yet. Of very
    many coded units (`MOST`) so many are drawn to learn from; `whole` tells where that was done before. The
    probabilities are 0 of a code of which a unit says nothing (see `said_of`).
    """
    ids, codes, labels = examples(corpus, coding)
    others = uncoded(corpus, ids, spoken, seed)
    if whole is None:
        whole = Whole.of(corpus.texts[ids].tolist(), codes, labels, seed)
        ids, labels = ids[whole.drawn.rows], labels[whole.drawn.rows]
    texts = corpus.texts[ids].tolist()
    examined = Examined.of(texts, embeddings.choose(embedding, texts), spoken, progress, others)
    odds = None
    if prior is not None and others:
        codes, odds = _told(prior, [*texts, *others], examined, codes)
        labels = coding.matrix(ids, codes)
    said = said_of(corpus, ids, labels)
    rows, fold, few = examined.matrices(), deal(labels, FOLDS, seed=seed), len(ids) <= FEW
    features, used, even = examined.features(), examined.embedding, whole.drawn.even
    del examined  # its counts take as much as its rows
    weight, also = whole.drawn.weight, bool(others)
    scores, counts, strength = out_of_fold(
        rows, said, fold, seed=seed, strength=STRENGTHS[0] if few else None, counts=weight, others=also, prior=odds,
        progress=progress,
    )  # fmt: skip
    every = np.arange(len(ids))
    weights = fit(rows, said, every, strength=strength, seed=seed, counts=weight, others=also, prior=odds)
    right = labels[even]
    held_out = _calibrated_out_of_fold(scores[even], right, counts[even], fold[even]) * (said[even] >= 0)
    threshold = steady_threshold(right, held_out)
    card: dict[str, object] = {
        "made_by": f"coder {__version__}",
        "hash": data_hash([*texts, *others], labels),
        "units": whole.units,
        **({"learned_from": len(ids)} if len(ids) < whole.units else {}),
        "others": len(others),
        "embedding": used,
        "strength": strength,
        "seed": seed,
        "cross_validated": {"folds": FOLDS, **_overall(right, held_out, threshold)},
        "codes": describe(codes, right, held_out, threshold, whole),
    }
    calibration = calibrate(scores[even], right, held_out=counts[even])
    model = Classifier(tuple(codes), features, weights.along(rows.axes), calibration, threshold, whole.seen, card)
    return Learned(model, held_out, ids[even])


def _told(prior: Prior, texts: Sequence[str], examined: Examined, codes: Sequence[str]) -> tuple[list[str], Floats]:
    """The codes that have examples or that the prior says something of, sorted, and their log odds (texts, codes)."""
    features = examined.features()
    every = sorted({*codes, *prior.codebook.ids})
    odds = prior.log_odds(
        texts, examined.vectors(), lambda some: np.asarray(features.vectors(some).toarray(), dtype=np.float64), every
    )
    kept = informed(odds) | np.isin(every, codes)
    return [code for code, stays in zip(every, kept, strict=True) if stays], odds[:, kept]


def said_of(corpus: Corpus, ids: "pd.Index[str]", labels: Labels) -> Target:
    """What units say of each code, shape (units, codes): nothing (`LEFT_OUT`) of one that came with a later wave."""
    return np.where(corpus.unsaid(ids, labels), LEFT_OUT, labels).astype(np.int8)


def uncoded(corpus: Corpus, coded: "pd.Index[str]", spoken: Language, seed: int) -> list[str]:
    """The answers that help a model of few: those that nobody coded, each once; some of them where there are many."""
    if len(coded) > FEW:
        return []
    left = ~corpus.ids.isin(coded) & ~no_answers(corpus, None, spoken)
    found = sorted({text for text in corpus.texts[left] if WORD.search(text)})
    chosen = np.random.default_rng(seed).permutation(len(found))[:_MOST_OTHERS]
    return [found[place] for place in sorted(chosen.tolist())]


def _calibrated_out_of_fold(scores: Floats, labels: Labels, counts: Labels, fold: Rows) -> Probabilities:
    """Probabilities by a calibration that was not fitted on the unit either, shape (units, codes)."""
    found = np.zeros(labels.shape)
    for number in range(FOLDS):
        held, rest = fold == number, fold != number
        found[held] = calibrate(scores[rest], labels[rest], held_out=counts[rest]).probabilities(scores[held])
    return found


def _overall(labels: Labels, probabilities: Probabilities, threshold: float) -> dict[str, float]:
    given = probabilities >= threshold
    scores = micro(labels, given)
    return {
        "precision": scores["precision"],
        "recall": scores["recall"],
        "f1": scores["f1"],
        "f1_macro": macro_f1(labels, given),
        "f1_answer": per_unit_f1(labels, given),
        "calibration_error": calibration_error(probabilities, labels),
        "no_code": float((~given.any(axis=1)).mean()),
        "top_probability": float(probabilities.max(axis=1).mean()),
    }


def describe(
    codes: Sequence[str], labels: Labels, probabilities: Probabilities, threshold: float, whole: Whole
) -> dict[str, object]:
    """Of each code: its examples, how many the probabilities add up to, precision, recall, F1 and Brier score.

    A share that cannot be computed is None.
    """
    columns = zip(*per_code(labels, probabilities >= threshold), brier(probabilities, labels), strict=True)
    expected = probabilities.sum(axis=0) * (whole.units / max(len(labels), 1))
    return {
        code: {
            "examples": whole.examples.get(code, 0),
            "expected": round(float(expected[place]), 1),
            **{
                name: None if np.isnan(value) else round(float(value), 4)
                for name, value in zip(("precision", "recall", "f1", "brier"), values, strict=True)
            },
        }
        for place, (code, values) in enumerate(zip(codes, columns, strict=True))
    }


def text_fingerprints(texts: Sequence[str]) -> npt.NDArray[np.uint64]:
    """A number for each text, by which it is known again; the text cannot be read from it."""
    digests = (sha256(text.encode("utf-8", "surrogatepass")).digest()[:8] for text in texts)
    return np.frombuffer(b"".join(digests), dtype=np.uint64)


def data_hash(texts: Sequence[str], labels: Labels) -> str:
    """Twelve hexadecimal digits that change with the texts and with their codes."""
    written = "\n".join([*texts, labels.tobytes().hex()])
    return sha256(written.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def enough_examples(
    corpus: Corpus, coding: Coding, *, otherwise: str = "model.too_few_coded"
) -> tuple["pd.Index[str]", list[str], Labels]:
    """What `examples` gives; raises `DataError`, with the sentence `otherwise`, where people coded too little."""
    ids, codes, labels = examples(corpus, coding)
    if len(ids) < FEWEST or not codes:
        raise DataError(otherwise, answers=counted("coded", len(ids)), codes=counted("codes", len(codes)), least=FEWEST)
    return ids, codes, labels


def examples(corpus: Corpus, coding: Coding) -> tuple["pd.Index[str]", list[str], Labels]:
    """The coded units, the codes they have (sorted), and which has which, shape (units, codes)."""
    ids = corpus.ids[corpus.ids.isin(coding.seen)]
    codes = sorted(set(coding.assignments["code"][coding.assignments["unit"].isin(ids)]))
    return ids, codes, coding.matrix(ids, codes)
