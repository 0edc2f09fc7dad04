"""A trained multi-label classifier: one logistic model a code over words, lemmas and character n-grams.

A model is stored without pickle: arrays, the words they belong to, and a card a person can read.
"""

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

from coder.codebook import Codebook
from coder.coding import Coding, assignments
from coder.corpus import Corpus
from coder.dutch.compounds import split
from coder.dutch.lemmas import form_lemma
from coder.dutch.text import WORD, fold
from coder.errors import DataError
from coder.statistics.scores import best_threshold, micro
from coder.version import __version__

if TYPE_CHECKING:
    import pandas as pd

Labels = npt.NDArray[np.bool_]
Probabilities = npt.NDArray[np.float64]

STRENGTH = 30.0
"""Inverse of the regularisation (scikit-learn's C)."""
_TOLERANCE, _MOST_STEPS = 0.01, 1000
"""When the solver stops: the dual one, 20 times as fast as the primal on n-grams."""
FOLDS = 5
FEWEST = 10
"""With fewer coded answers than this there is nothing to learn from."""


@dataclass(frozen=True, slots=True)
class Features:
    """Turns texts into n-gram features: words, pairs, lemmas; and 2 to 5 characters of words."""

    words: TfidfVectorizer
    characters: TfidfVectorizer

    @classmethod
    def fit(cls, texts: Sequence[str]) -> "Features":
        """The n-grams of these texts."""
        try:
            return cls(_words().fit(texts), _characters().fit(texts))
        except ValueError:
            raise DataError("The answers to learn from hold no words.") from None

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        """Rows of length 1 for each kind of n-gram, shape (texts, n-grams)."""
        grams: csr_matrix = hstack([self.words.transform(texts), self.characters.transform(texts)], format="csr")
        return grams


def _words(vocabulary: Sequence[str] | None = None) -> TfidfVectorizer:
    return TfidfVectorizer(analyzer=_grams, sublinear_tf=True, vocabulary=vocabulary)


def _grams(text: str) -> list[str]:
    """The words, folded, and pairs of them; and the lemma of each part of each word, marked "~"."""
    words = WORD.findall(text.lower())
    plain = [fold(word) for word in words]
    lemmas = (form_lemma(part) for word in words for part in split(word))
    return [*plain, *map(" ".join, pairwise(plain)), *(f"~{fold(lemma)}" for lemma in lemmas)]


def _characters(vocabulary: Sequence[str] | None = None) -> TfidfVectorizer:
    return TfidfVectorizer(
        preprocessor=fold, analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, vocabulary=vocabulary
    )


@dataclass(frozen=True, slots=True)
class Classifier:
    """A trained classifier.

    `codes` are the ids it can give, `weights` has shape (codes, n-grams), `bias` (codes,). A code is
    given where its probability reaches `threshold`. `card` says what it was trained on.
    """

    codes: tuple[str, ...]
    features: Features
    weights: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float64]
    threshold: float
    card: dict[str, object]

    @property
    def name(self) -> str:
        """The coder's name."""
        return "classifier"

    def probabilities(self, texts: Sequence[str]) -> Probabilities:
        """The probability of each code, shape (texts, codes), in the order of `codes`."""
        if not texts:
            return np.zeros((0, len(self.codes)))
        scores = self.features.transform(texts) @ self.weights.T + self.bias
        return np.asarray(1 / (1 + np.exp(-scores)), dtype=np.float64)

    def confidence(self, corpus: Corpus, codebook: Codebook) -> Probabilities:
        """The probability of each code of the codebook, shape (units, codes); 0 for one it does not know."""
        found = np.zeros((len(corpus), len(codebook.ids)))
        columns = [codebook.ids.index(code) for code in self.codes if code in codebook.ids]
        known = np.isin(self.codes, codebook.ids)
        found[:, columns] = self.probabilities(corpus.texts.tolist())[:, known]
        return found

    def code(self, corpus: Corpus, codebook: Codebook) -> Coding:
        """Code every unit. Codes of the model that are not in the codebook are left out."""
        probabilities = self.probabilities(corpus.texts.tolist())
        known = np.isin(self.codes, codebook.ids)
        row, column = np.nonzero((probabilities >= self.threshold) & known)
        score = probabilities[row, column]
        frame = assignments(
            {
                "unit": corpus.ids.to_numpy()[row],
                "code": np.asarray(self.codes, dtype=object)[column],
                "score": score,
                "reason": [f"classifier {value:.2f}" for value in score],
            }
        )
        return Coding(self.name, corpus.ids, frame, {"model": str(self.card["hash"]), "coder": __version__})


def train(corpus: Corpus, coding: Coding, *, seed: int = 1) -> Classifier:
    """Learn from the units that a person has seen; a seen unit without a code is learned from too.

    Codes without a single example cannot be learned and are left out. The threshold is the one that
    gives the best micro-F1 in cross-validation. Raises `DataError` with fewer than ten coded units.
    """
    enough_examples(corpus, coding)
    return learn(corpus, coding, seed=seed)[0]


def learn(corpus: Corpus, coding: Coding, *, seed: int = 1) -> tuple[Classifier, Probabilities]:
    """Train, and return beside the classifier what models gave that were not trained on the unit.

    The probabilities have shape (coded units, codes of the classifier); see `train`.
    """
    ids, codes, labels = examples(corpus, coding)
    texts = corpus.texts[ids].tolist()
    probabilities = out_of_fold(texts, labels, seed=seed)
    threshold = best_threshold(labels, probabilities)
    features, weights, bias = _fit(texts, labels, seed)
    scores = micro(labels, probabilities >= threshold)
    card: dict[str, object] = {
        "made_by": f"coder {__version__}",
        "hash": sha256("\n".join([*texts, labels.tobytes().hex()]).encode()).hexdigest()[:12],
        "units": len(ids),
        "examples": dict(zip(codes, labels.sum(axis=0).tolist(), strict=True)),
        "cross_validated": {"folds": FOLDS, **scores},
        "seed": seed,
    }
    return Classifier(tuple(codes), features, weights, bias, threshold, card), probabilities


def enough_examples(corpus: Corpus, coding: Coding) -> tuple["pd.Index[str]", list[str], Labels]:
    """What `examples` gives; raises `DataError` where people coded too little to learn from."""
    ids, codes, labels = examples(corpus, coding)
    if len(ids) < FEWEST or not codes:
        raise DataError(
            f"There are {len(ids)} coded answers with {len(codes)} codes to learn from; "
            f"code at least {FEWEST} answers by hand first."
        )
    return ids, codes, labels


def examples(corpus: Corpus, coding: Coding) -> tuple["pd.Index[str]", list[str], Labels]:
    """The coded units, the codes they have (sorted), and which has which, shape (units, codes)."""
    ids = corpus.ids[corpus.ids.isin(coding.seen)]
    codes = sorted(set(coding.assignments["code"][coding.assignments["unit"].isin(ids)]))
    return ids, codes, coding.matrix(ids, codes)


def out_of_fold(texts: Sequence[str], labels: Labels, *, seed: int, folds: int = FOLDS) -> Probabilities:
    """For each text the probabilities of a model that was not trained on it, shape (texts, codes)."""
    probabilities = np.zeros(labels.shape)
    for rest, held in KFold(folds, shuffle=True, random_state=seed).split(labels):
        features, weights, bias = _fit([texts[row] for row in rest], labels[rest], seed)
        scores = features.transform([texts[row] for row in held]) @ weights.T + bias
        probabilities[held] = 1 / (1 + np.exp(-scores))
    return probabilities


def _fit(
    texts: Sequence[str], labels: Labels, seed: int
) -> tuple[Features, npt.NDArray[np.float32], npt.NDArray[np.float64]]:
    features = Features.fit(texts)
    matrix = features.transform(texts)
    weights = np.zeros((labels.shape[1], matrix.shape[1]), dtype=np.float32)
    bias = np.zeros(labels.shape[1])
    for column, given in enumerate(labels.T):
        if given.all() or not given.any():  # nothing to tell apart: the share itself
            bias[column] = _logit((given.sum() + 0.5) / (len(given) + 1))
            continue
        model = LogisticRegression(
            C=STRENGTH, solver="liblinear", dual=True, tol=_TOLERANCE, max_iter=_MOST_STEPS, random_state=seed
        ).fit(matrix, given)
        weights[column], bias[column] = model.coef_[0], model.intercept_[0]
    return features, weights, bias


def _logit(share: float) -> float:
    return float(np.log(share / (1 - share)))


def save(model: Classifier, folder: Path) -> None:
    """Write a model: `model.npz` (arrays), `words.json` (n-grams), `card.json` (for people)."""
    grams = {
        "codes": model.codes,
        "threshold": model.threshold,
        "words": model.features.words.get_feature_names_out().tolist(),
        "characters": model.features.characters.get_feature_names_out().tolist(),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder) as name:
            beside = Path(name)
            np.savez_compressed(
                beside / "model.npz",
                weights=model.weights,
                bias=model.bias,
                words=model.features.words.idf_,
                characters=model.features.characters.idf_,
            )
            (beside / "words.json").write_text(json.dumps(grams, ensure_ascii=False), encoding="utf-8")
            (beside / "card.json").write_text(json.dumps(model.card, ensure_ascii=False, indent=2), encoding="utf-8")
            for file in sorted(beside.iterdir()):
                file.replace(folder / file.name)
    except OSError as error:
        raise DataError(f"No model can be written to {folder} ({error.strerror}); name another folder.") from None


def load(folder: Path) -> Classifier:
    """Read a model that `save` wrote. Raises `DataError` where there is none, or a damaged one."""
    try:
        grams = json.loads((folder / "words.json").read_text(encoding="utf-8"))
        card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
        with (folder / "model.npz").open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            words, characters = _words(grams["words"]), _characters(grams["characters"])
            words.idf_, characters.idf_ = arrays["words"], arrays["characters"]
            weights, bias = arrays["weights"], arrays["bias"]
        size = len(words.vocabulary) + len(characters.vocabulary)
        if "hash" not in card or weights.shape != (len(grams["codes"]), size) or bias.shape != (len(grams["codes"]),):
            raise ValueError("its parts do not fit together")  # noqa: TRY301 (one place says what is wrong)
        return Classifier(
            tuple(grams["codes"]), Features(words, characters), weights, bias, float(grams["threshold"]), card
        )
    except FileNotFoundError:
        raise DataError(f"{folder} is not a model; make one with `coder train`.") from None
    except (KeyError, TypeError, ValueError, EOFError, OSError, BadZipFile, zlib.error) as error:
        raise DataError(f"The model in {folder} is damaged ({error}); train it again.") from None
