"""The classifier with scikit-learn's habits: for a Pipeline, cross_val_score and whoever knows nothing else."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import issparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from coder.arrays import Labels
from coder.codebook import Codebook
from coder.coding import Coding, assignments
from coder.corpus import TEXT, Corpus
from coder.languages.language import DUTCH, language_of
from coder.languages.nl.pipeline import BUNDLED
from coder.methods.classifier import enough_examples, learn
from coder.methods.combine import Combination, combine
from coder.methods.rules.engine import Rules
from coder.statistics.scores import micro

Texts = Sequence[str] | npt.NDArray[Any] | pd.Series
SETS, MATRIX, SINGLE = "sets", "matrix", "single"
"""How codes are given, and given back: a set an answer, a matrix of (answers, codes), one code an answer."""
_TEXTS, _FLAT, _TABLE = "X are texts, one an answer: a sequence of str", 1, 2


class CoderClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc] # scikit-learn ships no types
    """The multi-label classifier of `coder train`, as an estimator of scikit-learn.

    `fit` takes texts and, for each, the set of its codes (a set, list or tuple of str; empty where none fits), a binary
    matrix of shape (texts, codes), or one code each; `predict` gives back what was given. Sequences of lists are best
    made sets: scikit-learn's own helpers refuse lists of lists. `score` is micro-F1.

    Parameters are those of `coder.train`: `codebook`, beside whose rules it is weighed, `embedding` (auto, e5, use or
    none), `language` of the texts where there is no codebook, `nlp`, the spaCy pipeline of the rules, `random_state`.
    A missing text (None, nan) is an empty one.

    After `fit`, `classes_` are the codes, sorted or as the codebook has them, and `model_` the classifier.

    >>> from coder import CoderClassifier
    >>> texts = ["een korte film", "een jaarplan", "film en jaarplan", "taart"] * 5
    >>> codes = [{"film"}, {"plan"}, {"film", "plan"}, set()] * 5
    >>> model = CoderClassifier(embedding="none").fit(texts, codes)
    >>> [sorted(found) for found in model.predict(["een film", "een jaarplan"])]
    [['film'], ['plan']]
    """

    def __init__(
        self,
        *,
        codebook: Codebook | None = None,
        embedding: str = "auto",
        language: str = DUTCH.code,
        nlp: str = BUNDLED,
        random_state: int = 1,
    ) -> None:
        self.codebook = codebook
        self.embedding = embedding
        self.language = language
        self.nlp = nlp
        self.random_state = random_state

    def fit(self, X: Texts, y: Any) -> "CoderClassifier":  # noqa: ANN401, N803 (as scikit-learn calls them)
        """Learn from texts and their codes.

        Raises `DataError` with fewer than ten texts or no code, and `ValueError` for what is not texts and codes.
        """
        texts = _texts(X)
        if y is None:
            raise ValueError("CoderClassifier requires y to be passed, but the target y is None.")
        form, classes, given = _labels(y, self.codebook.ids if self.codebook is not None else None)
        if len(texts) != len(given):
            raise ValueError(f"There are {len(texts)} texts and codes for {len(given)}; give each text its codes.")
        names = [str(one) for one in classes]
        corpus = _corpus(texts)
        row, column = np.nonzero(given)
        frame = assignments({"unit": corpus.ids.to_numpy()[row], "code": np.asarray(names, dtype=object)[column]})
        hand = Coding("hand", corpus.ids, frame)
        enough_examples(corpus, hand)
        if self.codebook is not None:
            both = combine(
                corpus, hand, self.codebook, rules=Rules(self.nlp), embedding=self.embedding, seed=self.random_state
            )
            self.model_ = both.classifier
        else:
            self.model_ = learn(
                corpus, hand, language_of(self.language), embedding=self.embedding, seed=self.random_state
            ).model
        self.classes_ = classes
        self.form_ = form
        return self

    def predict(self, X: Texts) -> npt.NDArray[Any]:  # noqa: N803
        """The codes of each text, in the shape that `fit` was given them in; sets are an array of frozensets.

        Where one code each was given it is the likeliest one.
        """
        check_is_fitted(self)
        given, chance = self._judged(X)
        if self.form_ == SINGLE:
            return np.asarray(self.classes_[np.argmax(chance, axis=1)])
        if self.form_ == MATRIX:
            return given.astype(np.int64)
        found = np.empty(len(given), dtype=object)
        for place, one in enumerate(given):
            found[place] = frozenset(self.classes_[one].tolist())
        return found

    def predict_proba(self, X: Texts) -> npt.NDArray[np.float64]:  # noqa: N803
        """How likely each code is, shape (texts, codes), as in `classes_`; a row of one code each adds up to 1."""
        check_is_fitted(self)
        chance = self._judged(X)[1]
        if self.form_ != SINGLE:
            return chance
        whole = chance.sum(axis=1, keepdims=True)
        return np.where(whole > 0, chance / np.where(whole > 0, whole, 1), 1 / chance.shape[1])

    def score(self, X: Texts, y: Any, sample_weight: Any = None) -> float:  # noqa: ANN401, N803
        """Micro-F1 of the codes predicted; of one code each that is the share that is right."""
        check_is_fitted(self)
        known = self.classes_.tolist() if self.form_ == MATRIX else ()
        (_, theirs, given), (_, ours, said) = (_labels(one, None, known) for one in (y, self.predict(X)))
        if len(given) != len(said):
            raise ValueError(f"There are {len(said)} texts and codes for {len(given)}; give each text its codes.")
        names = list(dict.fromkeys([*theirs.tolist(), *ours.tolist()]))
        right, found = _spread(given, theirs, names), _spread(said, ours, names)
        if sample_weight is not None:
            weight = np.asarray(sample_weight, dtype=np.float64)
            both = float(weight @ (right & found).sum(axis=1))
            either = float(weight @ (right.sum(axis=1) + found.sum(axis=1)))
            return 2 * both / either if either else 0.0
        return float(micro(right, found)["f1"])

    def _judged(self, X: Texts) -> tuple[Labels, npt.NDArray[np.float64]]:  # noqa: N803
        """Which of `classes_` each text has, and how likely each is, both of shape (texts, codes)."""
        corpus = _corpus(_texts(X))
        names = [str(one) for one in self.classes_]
        if self.codebook is not None and self.model_.weighing is not None:
            coding, chance = Combination(Rules(self.nlp), self.model_, self.codebook).judge(corpus, self.codebook)
        else:
            book = Codebook.from_ids(names)
            coding, sorted_chance = self.model_.judge(corpus, book)
            chance = sorted_chance[:, [book.ids.index(name) for name in names]]
        return coding.matrix(corpus.ids, names), chance

    def __sklearn_tags__(self) -> Any:  # noqa: ANN401
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        tags.input_tags.allow_nan = True
        tags.target_tags.multi_output = True
        tags.classifier_tags.multi_label = True
        return tags


def _texts(given: Texts) -> list[str]:
    """The texts. Raises `ValueError` for numbers and tables, and for nothing at all."""
    if issparse(given) or np.ndim(given) != _FLAT:
        if np.ndim(given) == _TABLE and not issparse(given) and np.shape(given)[1] == 1:
            return _texts(np.asarray(given).ravel())
        raise ValueError(f"{_TEXTS}, not a table. Reshape your data: take the column of answers.")
    texts = ["" if one is None or (isinstance(one, float) and np.isnan(one)) else one for one in given]
    if not texts:
        raise ValueError("There are 0 texts, and a minimum of 1 is required.")
    if wrong := [one for one in texts if not isinstance(one, str)]:
        raise ValueError(f"{_TEXTS}; {wrong[0]!r} is a {type(wrong[0]).__name__}.")
    return texts


def _corpus(texts: list[str]) -> Corpus:
    ids = pd.Index([str(number) for number in range(1, len(texts) + 1)], name="unit", dtype=str)
    return Corpus(pd.DataFrame({TEXT: texts}, index=ids, dtype=str))


def _labels(
    given: Any,  # noqa: ANN401 (sets, a matrix or codes)
    ids: Sequence[str] | None,
    columns: Sequence[Any] = (),
) -> tuple[str, npt.NDArray[Any], Labels]:
    """In which form codes are given, the codes (those of `ids` where they are known), and who has which.

    `columns` are the names of the columns of a matrix, 0, 1, 2 unless given.
    """
    if hasattr(given, "toarray"):  # a sparse matrix of any kind
        given = given.toarray()
    if isinstance(given, pd.DataFrame):
        columns = columns or list(map(str, given.columns))
        given = given.to_numpy()
    if isinstance(given, np.ndarray) and given.shape[1:] == (1,) and not np.isin(given, (0, 1)).all():
        given = given.ravel()
    if isinstance(given, np.ndarray) and given.ndim == _TABLE:
        return MATRIX, *_of_matrix(given, ids, columns)
    cells = list(given)
    if any(isinstance(cell, Mapping) or cell is None for cell in cells):
        raise ValueError("y is for each text the set of its codes, or one code.")
    form = SINGLE if cells and all(map(_is_one, cells)) else SETS
    if form == SINGLE and any(isinstance(cell, float) and not float(cell).is_integer() for cell in cells):
        raise ValueError("Unknown label type: continuous. y has codes, and these are numbers with decimals.")
    sets = [[cell] if form == SINGLE else list(cell) for cell in cells]
    found = {code for one in sets for code in one}
    if ids is not None and (unknown := sorted(str(code) for code in found if str(code) not in ids)):
        raise ValueError(f"y has codes that the codebook has not: {', '.join(unknown[:5])}.")
    classes = np.asarray(list(ids) if ids is not None else sorted(found), dtype=object)
    if form == SINGLE and ids is None:
        classes = np.unique(np.asarray(cells))
    place = {code: number for number, code in enumerate(classes.tolist())}
    table = np.zeros((len(sets), len(classes)), dtype=np.bool_)
    for row, one in enumerate(sets):
        table[row, [place[code if ids is None else str(code)] for code in one]] = True
    return form, classes, table


def _is_one(cell: object) -> bool:
    """Whether this is one code, and no set of them."""
    return isinstance(cell, str) or not isinstance(cell, Iterable)


def _spread(table: Labels, classes: npt.NDArray[Any], names: Sequence[Any]) -> Labels:
    """The columns of a table under these names; nobody has the others."""
    spread = np.zeros((len(table), len(names)), dtype=np.bool_)
    spread[:, [names.index(one) for one in classes.tolist()]] = table
    return spread


def _of_matrix(
    given: npt.NDArray[Any], ids: Sequence[str] | None, columns: Sequence[Any]
) -> tuple[npt.NDArray[Any], Labels]:
    if not np.isin(given, (0, 1)).all():
        raise ValueError("y as a matrix has only 0 and 1: a row a text, a column a code.")
    names = list(columns or ids or range(given.shape[1]))
    if len(names) != given.shape[1]:
        raise ValueError(f"y has {given.shape[1]} columns for {len(names)} codes.")
    return np.asarray(names), given.astype(np.bool_)
