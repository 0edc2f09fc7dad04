"""N-grams of texts: words, pairs of words, lemmas; and runs of characters within words.

What is costly (folding, lemmas, cutting a word into runs of characters) is done once for each distinct
word; a sparse product then sums it over the words of each text. Texts are counted once, and counts are
weighed (tf-idf) as often as a cross-validation has folds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_matrix, hstack
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.preprocessing import normalize

from coder.arrays import Floats
from coder.errors import DataError
from coder.languages.language import DUTCH, Language
from coder.languages.text import fold, tokenise
from coder.languages.visible import visible

Numbers = npt.NDArray[np.signedinteger]

SHORTEST, LONGEST = 2, 5
"""Characters of a run."""


class _Grams(TransformerMixin, BaseEstimator):  # type: ignore[misc] # scikit-learn has no types
    """Tf-idf of one kind of n-grams: `names_` (sorted) and their inverse frequencies `idf_`, shape (n-grams,)."""

    names_: tuple[str, ...]
    idf_: Floats

    def fit(self, texts: Sequence[str], y: object = None) -> Self:  # noqa: ARG002 (as scikit-learn has it)
        """Learn which n-grams there are, and how rare they are."""
        self.fit_transform(texts)
        return self

    def fit_transform(self, texts: Sequence[str], y: object = None) -> csr_matrix:  # noqa: ARG002
        """Learn from these texts and weigh them; rows of length 1, shape (texts, n-grams)."""
        counts = self.count(texts)
        self.learn(counts)
        return tf_idf(counts.matrix, self.idf_)

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        """Weigh texts; n-grams that were not learned are left out."""
        return tf_idf(self.count(texts).aligned(self.names_).matrix, self.idf_)

    def learn(self, counts: "Counts") -> None:
        """Learn from counts. Raises `DataError` where there is nothing to count."""
        if not counts.names:
            raise DataError("model.no_words")
        self.names_, self.idf_ = counts.names, inverse_frequency(counts.matrix)

    def restore(self, names: Sequence[str], idf: Floats) -> Self:
        """As it was when it had learned these."""
        if idf.shape != (len(names),):
            raise ValueError(f"{len(names)} n-grams have {idf.shape} frequencies")
        self.names_, self.idf_ = tuple(names), idf
        return self

    def get_feature_names_out(self, input_features: object = None) -> npt.NDArray[np.object_]:  # noqa: ARG002
        """The n-grams, in the order of the columns."""
        return np.asarray(self.names_, dtype=object)

    def count(self, texts: Sequence[str]) -> "Counts":
        """Count the n-grams of texts."""
        raise NotImplementedError


class WordGrams(_Grams):
    """Words, pairs of words, and lemmas of the parts of words (marked "~"); accents and case do not matter.

    `spoken` is the language of the lemmas.
    """

    def __init__(self, spoken: Language = DUTCH) -> None:
        self.spoken = spoken

    def count(self, texts: Sequence[str]) -> "Counts":
        """See `count_words`."""
        return count_words(texts, self.spoken)


class CharacterGrams(_Grams):
    """Runs of 2 to 5 characters within words; accents and case do not matter.

    The same counts as scikit-learn's `TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)` of
    the folded texts as a reader sees them, and the same weights to the rounding of a row's length.
    """

    def count(self, texts: Sequence[str]) -> "Counts":
        """See `count_characters`."""
        return count_characters([fold(visible(text).text) for text in texts])


def inverse_frequency(matrix: csr_matrix) -> Floats:
    """How rare each n-gram is: ln((1 + texts) / (1 + texts that have it)) + 1, or 0 for one that no text has."""
    having = np.bincount(matrix.indices, minlength=matrix.shape[1])
    return np.where(having > 0, np.log((1 + matrix.shape[0]) / (1 + having)) + 1, 0.0)


def tf_idf(matrix: csr_matrix, idf: Floats) -> csr_matrix:
    """(1 + ln count) times the inverse frequency, in rows of length 1; an empty row stays empty."""
    weighed = csr_matrix(
        ((np.log(matrix.data) + 1.0) * idf[matrix.indices], matrix.indices, matrix.indptr), shape=matrix.shape
    )
    found: csr_matrix = normalize(weighed, copy=False)
    return found


@dataclass(frozen=True, slots=True)
class Counts:
    """How often each text has each n-gram: `matrix` of shape (texts, n-grams), `names` sorted."""

    names: tuple[str, ...]
    matrix: csr_matrix

    def aligned(self, names: Sequence[str]) -> "Counts":
        """The same counts with these n-grams as columns; others are left out."""
        place = {name: column for column, name in enumerate(names)}
        column = np.fromiter((place.get(name, -1) for name in self.names), dtype=np.int64, count=len(self.names))
        data = self.matrix.tocoo()
        at = column[data.col]
        known = at >= 0
        return Counts(
            tuple(names), _matrix(data.row[known], at[known], data.data[known], (self.matrix.shape[0], len(names)))
        )


def count_words(texts: Sequence[str], spoken: Language = DUTCH) -> Counts:
    """Counts of the words, folded, of pairs of them, and of the lemma of each part of each word, marked "~"."""
    tokens = tokenise(texts)
    forms = [form.lower() for form in tokens.vocabulary.forms]
    folded, plain = pd.factorize(np.asarray([fold(form) for form in forms], dtype=object))
    lemmas = [[f"~{fold(spoken.lemmas(part)[0])}" for part in spoken.parts(form)] for form in forms]
    word = folded[tokens.form] if forms else np.zeros(0, dtype=np.int64)
    in_row = tokens.text[1:] == tokens.text[:-1]
    pair, pairs = pd.factorize((word[:-1] * max(len(plain), 1) + word[1:])[in_row])
    lemma, distinct = pd.factorize(np.asarray(list(chain.from_iterable(lemmas)), dtype=object))
    of_form = _matrix(
        np.repeat(np.arange(len(forms)), [len(found) for found in lemmas]),
        lemma,
        np.ones(len(lemma), dtype=np.int64),
        (len(forms), len(distinct)),
    )
    shape = len(texts)
    parts = [
        _matrix(tokens.text, word, np.ones(len(word), dtype=np.int64), (shape, len(plain))),
        _matrix(tokens.text[:-1][in_row], pair, np.ones(len(pair), dtype=np.int64), (shape, len(pairs))),
        _matrix(tokens.text, tokens.form, np.ones(len(word), dtype=np.int64), (shape, len(forms))) @ of_form,
    ]
    joined = [f"{plain[number // len(plain)]} {plain[number % len(plain)]}" for number in pairs.tolist()]
    ordered, place = _in_order([*plain, *joined, *distinct])
    counts = hstack(parts, format="csr")
    return Counts(ordered, _tidy(csr_matrix((counts.data, place[counts.indices], counts.indptr), shape=counts.shape)))


def count_characters(texts: Iterable[str]) -> Counts:
    """Counts of the runs of 2 to 5 characters within words, each word with a space at either end.

    A word is what stands between white space. A word shorter than a run counts once as a whole, as in
    scikit-learn's `char_wb` (Pedregosa et al. 2011), whose counts these are.
    """
    words, text = [], []
    for one in texts:
        found = one.split()
        words += found
        text.append(len(found))
    number, distinct = pd.factorize(np.asarray(words, dtype=object))
    of_word = _runs([f" {word} " for word in distinct])
    rows = np.repeat(np.arange(len(text)), text)
    in_text = _matrix(rows, number, np.ones(len(number), dtype=np.int64), (len(text), len(distinct)))
    return Counts(of_word.names, _tidy(in_text @ of_word.matrix))


def _runs(words: Sequence[str]) -> Counts:
    """Counts of the runs in each of some distinct words.

    Runs of n + 1 characters are told apart by the number of their first n and their last character.
    """
    whole = "".join(words)
    size = np.fromiter(map(len, words), dtype=np.int64, count=len(words))
    word = np.repeat(np.arange(len(words)), size)
    left = np.repeat(np.cumsum(size), size) - np.arange(len(whole))
    letters = np.frombuffer(whole.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    letter, alphabet = pd.factorize(letters)
    run = letter
    names: list[str] = []
    rows, columns = [], []
    for length in range(SHORTEST, LONGEST + 1):
        starts = np.flatnonzero(left >= length)
        run_here = run[starts] * len(alphabet) + letter[starts + length - 1]
        number, distinct = pd.factorize(run_here)
        first = np.empty(len(distinct), dtype=np.int64)
        first[number[::-1]] = starts[::-1]
        run = np.zeros(len(whole), dtype=np.int64)
        run[starts] = number
        rows.append(word[starts])
        columns.append(number + len(names))
        names += [whole[start : start + length] for start in first.tolist()]
    row, column = np.concatenate(rows), np.concatenate(columns)
    ordered, place = _in_order(names)
    return Counts(ordered, _matrix(row, place[column], np.ones(len(row), dtype=np.int64), (len(words), len(names))))


def _matrix(row: Numbers, column: Numbers, data: Numbers, shape: tuple[int, int]) -> csr_matrix:
    return csr_matrix((data, (row, column)), shape=shape)


def _in_order(names: Sequence[str]) -> tuple[tuple[str, ...], Numbers]:
    """The names sorted, and the place of each among them."""
    order = sorted(range(len(names)), key=names.__getitem__)
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return tuple(map(names.__getitem__, order)), place


def _tidy(matrix: csr_matrix) -> csr_matrix:
    matrix.sum_duplicates()
    matrix.sort_indices()
    return matrix
