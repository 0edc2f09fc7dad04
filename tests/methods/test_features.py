"""N-grams: the same numbers as scikit-learn's, and what counts as a word, a pair, a lemma."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from sklearn.base import clone
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from coder.errors import DataError
from coder.languages.text import fold
from coder.languages.visible import visible
from coder.methods.features import CharacterGrams, WordGrams, count_characters, count_words

letters = st.text(st.sampled_from("abAB é'ß\u0301\u00a0\t\nİ-9中🎬"), max_size=12)
texts = st.lists(letters | st.text(max_size=12), min_size=1, max_size=8)


def theirs() -> TfidfVectorizer:
    return TfidfVectorizer(
        preprocessor=lambda text: fold(visible(text).text), analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True
    )


def same(ours: csr_matrix, other: csr_matrix) -> bool:
    """Whether two matrices have the same numbers at the same places; rows are as long to 15 digits."""
    other.sort_indices()
    placed = all(np.array_equal(getattr(ours, part), getattr(other, part)) for part in ("shape", "indptr", "indices"))
    return placed and np.allclose(ours.data, other.data, rtol=1e-14, atol=0)


@settings(max_examples=200, deadline=None)
@given(texts, texts)
def test_runs_of_characters_are_those_of_scikit_learn(known: list[str], asked: list[str]) -> None:
    if not any(fold(visible(text).text).split() for text in known):
        with pytest.raises(DataError, match="no words"):
            CharacterGrams().fit(known)
        return
    ours, other = CharacterGrams(), theirs()
    assert same(ours.fit_transform(known), other.fit_transform(known))
    assert ours.get_feature_names_out().tolist() == other.get_feature_names_out().tolist()
    assert ours.idf_.tolist() == other.idf_.tolist()
    assert same(ours.transform(asked), other.transform(asked))


@settings(max_examples=200, deadline=None)
@given(texts)
def test_counts_of_runs_are_exactly_those_of_scikit_learn(some: list[str]) -> None:
    folded = [fold(text) for text in some]
    ours = count_characters(folded)
    if not ours.names:
        return
    other = CountVectorizer(analyzer="char_wb", ngram_range=(2, 5), lowercase=False)
    assert (other.fit_transform(folded) != ours.matrix).nnz == 0
    assert other.get_feature_names_out().tolist() == list(ours.names)


def test_a_run_has_a_space_at_the_edge_of_a_word_and_never_two_words() -> None:
    names = CharacterGrams().fit(["één dag"]).get_feature_names_out().tolist()
    assert " een " in names
    assert "n d" not in names
    assert {len(name) for name in names} == {2, 3, 4, 5}


def test_the_transformers_can_be_cloned_and_fitted_again() -> None:
    fitted = CharacterGrams().fit(["een camera"])
    again = clone(fitted).fit(["een plan"])
    assert " plan" in again.names_
    assert " plan" not in fitted.names_


def test_words_pairs_and_lemmas_of_parts_are_counted() -> None:
    counts = count_words(["Filmpjes maken", "geen FILMPJES, filmpjes!", "", "communicatieplannen"])
    of = dict(zip(counts.names, counts.matrix.toarray().T.tolist(), strict=True))
    assert of["filmpjes"] == [1, 2, 0, 0]
    assert of["filmpjes maken"] == [1, 0, 0, 0]
    assert of["filmpjes filmpjes"] == [0, 1, 0, 0]
    assert of["~film"] == [1, 2, 0, 0]
    assert of["~plan"] == [0, 0, 0, 1]


@settings(max_examples=60, deadline=None)
@given(texts)
def test_counting_together_is_counting_one_by_one(some: list[str]) -> None:
    together = count_words(some)
    for row, text in enumerate(some):
        alone = count_words([text]).aligned(together.names)
        assert alone.matrix.toarray()[0].tolist() == together.matrix.toarray()[row].tolist()


def test_words_that_were_not_learned_are_left_out() -> None:
    grams = WordGrams().fit(["een camera", "een plan"])
    assert grams.transform(["taart"]).nnz == 0
    assert grams.transform(["een taart"]).nnz == 2
