"""`CoderClassifier` has scikit-learn's habits, by scikit-learn's own checks as far as they are about texts."""

import pickle
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.estimator_checks import check_estimator
from sklearn.utils.validation import validate_data

from coder import CoderClassifier, train_classifier
from coder.errors import DataError
from tests.conftest import two_themes

NOT_OF_TEXTS = {
    "check_fit2d_1sample": "from fewer than ten coded answers nothing is learned, and the error is a DataError",
}
"""Which checks of scikit-learn do not apply, and why."""


def texts_and_sets(size: int) -> tuple[list[str], list[set[str]]]:
    corpus, coding, _ = two_themes(size)
    given = coding.pairs().groupby("unit")["code"].agg(set)
    return corpus.texts.tolist(), [given.get(unit, set()) for unit in corpus.ids]


@pytest.fixture(scope="module")
def fitted() -> CoderClassifier:
    return CoderClassifier(embedding="none").fit(*texts_and_sets(80))


class OfNumbers(CoderClassifier):
    """The same, of tables of numbers, which are all that the checks have: each row is written out as a text."""

    def fit(self, X: Any, y: Any) -> "OfNumbers":  # noqa: ANN401, N803
        table, codes = validate_data(self, X, y, multi_output=True)
        super().fit(_written(table), codes)
        return self

    def _judged(self, X: Any) -> Any:  # noqa: ANN401, N803
        return super()._judged(_written(validate_data(self, X, reset=False)))

    def __sklearn_tags__(self) -> Any:  # noqa: ANN401
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = True
        tags.input_tags.one_d_array = tags.input_tags.string = tags.input_tags.allow_nan = False
        return tags


def _written(table: Any) -> list[str]:  # noqa: ANN401
    return [
        " ".join(
            f"k{place}w{'m' if value < 0 else ''}{abs(round(2 * float(value)))}" for place, value in enumerate(row)
        )
        for row in table
    ]


def test_it_passes_the_checks_of_scikit_learn() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = check_estimator(
            OfNumbers(embedding="none"), expected_failed_checks=NOT_OF_TEXTS, on_skip=None, on_fail=None
        )
    by_status: dict[str, list[str]] = {}
    for check in found:
        by_status.setdefault(check["status"], []).append(check["check_name"])
    assert by_status.get("failed", []) == []
    assert by_status["xfail"] == list(NOT_OF_TEXTS)
    assert len(by_status["passed"]) > 50


def test_it_gives_the_codes_of_the_classifier_itself(fitted: CoderClassifier) -> None:
    corpus, coding, book = two_themes(80)
    own = train_classifier(corpus, coding, embedding="none")
    assert fitted.predict_proba(corpus.texts.tolist()) == pytest.approx(own.probabilities(corpus.texts.tolist()))
    given = own.code(corpus, book).matrix(corpus.ids, ["film", "plan"])
    assert [sorted(one) for one in fitted.predict(corpus.texts.tolist())] == [
        [code for code, has in zip(["film", "plan"], row, strict=True) if has] for row in given
    ]


@pytest.mark.parametrize("shape", [list, tuple, frozenset])
def test_any_collection_of_codes_will_do(fitted: CoderClassifier, shape: type) -> None:
    texts, sets = texts_and_sets(80)
    again = CoderClassifier(embedding="none").fit(texts, [shape(sorted(one)) for one in sets])
    assert again.predict(texts).tolist() == fitted.predict(texts).tolist()
    assert again.classes_.tolist() == ["film", "plan"]


def test_a_matrix_is_answered_with_a_matrix_and_one_code_each_with_one() -> None:
    texts, sets = texts_and_sets(80)
    matrix = np.array([["film" in one, "plan" in one] for one in sets]).astype(int)
    found = CoderClassifier(embedding="none").fit(texts, matrix).predict(texts)
    assert found.shape == matrix.shape
    assert (found == matrix).mean() > 0.9
    named = CoderClassifier(embedding="none").fit(texts, pd.DataFrame(matrix, columns=["film", "plan"]))
    assert named.classes_.tolist() == ["film", "plan"]
    single = ["film" if "film" in one else "plan" for one in sets]
    alone = CoderClassifier(embedding="none").fit(texts, single)
    assert set(alone.predict(texts)) == {"film", "plan"}
    assert alone.predict_proba(texts).sum(axis=1) == pytest.approx(1)
    assert alone.score(texts, single) == pytest.approx(np.mean(alone.predict(texts) == single))


def test_it_is_a_step_of_a_pipeline_and_is_cross_validated_on_sets() -> None:
    texts, sets = texts_and_sets(80)
    lower = FunctionTransformer(_lower)
    scores = cross_val_score(make_pipeline(lower, CoderClassifier(embedding="none")), texts, sets, cv=4)
    assert len(scores) == 4
    assert scores.min() > 0.8
    series = cross_val_score(CoderClassifier(embedding="none"), pd.Series(texts), pd.Series(sets), cv=4)
    assert series == pytest.approx(scores)


def _lower(texts: Sequence[str]) -> list[str]:
    return [text.lower() for text in texts]


def test_its_parameters_are_told_set_and_cloned() -> None:
    _, _, book = two_themes(20)
    one = CoderClassifier(codebook=book, embedding="none", random_state=3)
    assert clone(one).get_params() == one.get_params()
    assert one.set_params(random_state=4).random_state == 4
    assert len(repr(one)) < 200


def test_with_a_codebook_it_is_weighed_beside_the_rules() -> None:
    texts, sets = texts_and_sets(80)
    _, _, book = two_themes(20)
    found = CoderClassifier(codebook=book, embedding="none").fit(texts, sets)
    assert found.model_.weighing is not None
    assert found.classes_.tolist() == list(book.ids)
    assert found.score(texts, sets) > 0.9
    with pytest.raises(ValueError, match="codes that the codebook has not: taart"):
        CoderClassifier(codebook=book, embedding="none").fit(texts, [{"taart"}] * len(texts))


def test_it_is_the_same_after_it_was_pickled(fitted: CoderClassifier) -> None:
    texts, _ = texts_and_sets(20)
    again = pickle.loads(pickle.dumps(fitted))  # noqa: S301 (our own)
    assert (again.predict_proba(texts) == fitted.predict_proba(texts)).all()


def test_what_is_no_text_or_too_little_is_an_error_and_a_missing_text_an_empty_one(fitted: CoderClassifier) -> None:
    assert (fitted.predict_proba([None, float("nan")]) == fitted.predict_proba(["", ""])).all()  # type: ignore[list-item]
    with pytest.raises(ValueError, match="3 is a int"):
        fitted.predict([3])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="not a table"):
        fitted.predict(np.array([["a", "b"]]))
    with pytest.raises(DataError, match="9 coded answers"):
        CoderClassifier(embedding="none").fit(["film"] * 9, [{"film"}] * 9)
    with pytest.raises(ValueError, match="codes for 9"):
        CoderClassifier(embedding="none").fit(["film"] * 10, [{"film"}] * 9)
