"""What an evaluation tells: scores with intervals, groups held together, a second person, a learning curve."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import average_precision_score, f1_score

import coder
from coder import Coding, Corpus, Table, evaluate
from coder.coding import assignments
from coder.errors import DataError
from coder.learning.evaluation import curve_table
from coder.statistics.scores import average_precision, bootstrapped, macro_f1, micro, per_unit_f1
from tests.conftest import Cli, coding_of, notes_of, table_in, two_themes, two_waves, write

labels = arrays(np.bool_, st.tuples(st.integers(1, 12), st.just(3)))


@given(labels, st.data())
def test_scores_are_those_of_scikit_learn(right: npt.NDArray[np.bool_], data: st.DataObject) -> None:
    found = data.draw(arrays(np.bool_, right.shape))
    one = bootstrapped(right, [found], np.arange(len(right)), seed=1, draws=5)
    assert one.overall["f1"][0] == pytest.approx(micro(right, found)["f1"])
    assert one.overall["f1_macro"][0] == pytest.approx(macro_f1(right, found), nan_ok=True)
    assert one.overall["f1_answer"][0] == pytest.approx(per_unit_f1(right, found))
    assert one.overall["exact"][0] == pytest.approx((right == found).all(axis=1).mean())
    if right.any():
        weighted = f1_score(right, found, average="weighted", zero_division=0)
        assert one.overall["f1_weighted"][0] == pytest.approx(weighted)


@given(labels, st.data())
def test_average_precision_is_that_of_scikit_learn(right: npt.NDArray[np.bool_], data: st.DataObject) -> None:
    scores = data.draw(arrays(np.float64, right.shape, elements=st.sampled_from([0.0, 0.25, 0.5, 1.0])))
    for code, found in enumerate(average_precision(right, scores).tolist()):
        if right[:, code].any():
            assert found == pytest.approx(average_precision_score(right[:, code], scores[:, code]))
        else:
            assert np.isnan(found)


@settings(max_examples=20)
@given(labels, labels, st.integers(0, 3))
def test_an_interval_has_its_score_mostly_and_lies_in_zero_to_one(
    right: npt.NDArray[np.bool_], other: npt.NDArray[np.bool_], seed: int
) -> None:
    size = min(len(right), len(other))
    one = bootstrapped(right[:size], [other[:size]], np.arange(size), seed=seed, draws=50)
    for score, low, high in one.overall.values():
        assert np.isnan([low, high]).all() or 0 <= low <= high <= 1
        assert np.isnan(score) or 0 <= score <= 1


def test_an_interval_covers_the_score_that_more_answers_have() -> None:
    random = np.random.default_rng(1)
    right = random.random((20_000, 3)) < 0.3
    found = np.where(random.random(right.shape) < 0.8, right, ~right)
    whole = micro(right, found)["f1"]
    parts = np.split(np.arange(20_000), 100)
    ends = [bootstrapped(right[p], [found[p]], np.arange(200), seed=2, draws=200).overall["f1"][1:] for p in parts]
    assert 88 <= sum(low <= whole <= high for low, high in ends) <= 100


def test_answers_of_one_group_are_drawn_together_and_make_wider_intervals() -> None:
    random = np.random.default_rng(1)
    right = np.repeat(random.random((40, 2)) < 0.5, 10, axis=0)
    found = np.repeat(random.random((40, 2)) < 0.5, 10, axis=0)
    alone = bootstrapped(right, [found], np.arange(400), seed=1).overall["f1"]
    together = bootstrapped(right, [found], np.repeat(np.arange(40), 10), seed=1).overall["f1"]
    assert together[0] == alone[0]
    assert together[2] - together[1] > 2 * (alone[2] - alone[1])


def test_groups_are_held_out_together() -> None:
    corpus, coding, _ = two_themes(60)
    twice = corpus.take(corpus.ids)
    groups = pd.Series([str(place // 3) for place in range(60)], index=corpus.ids)
    found = evaluate(twice, coding, groups=groups)
    assert found.overall.base == 60
    assert len(found.tables) == 2


def test_repeats_are_averaged_and_the_same_seed_gives_the_same() -> None:
    corpus, coding, book = two_themes(60)
    one = evaluate(corpus, coding, book, repeats=2, seed=3)
    assert one.overall.text("csv") == evaluate(corpus, coding, book, repeats=2, seed=3).overall.text("csv")
    assert "2 times" in str(one.overall.title)


def test_a_second_person_stands_beside_the_methods_on_the_answers_that_both_coded() -> None:
    corpus, coding, book = two_themes(60)
    cells = coding.cells(corpus.ids, book.ids).tolist()
    other = coding_of([*cells[:20], *["-"] * 10, *[""] * 30])
    table = evaluate(corpus, coding, book, second=other).overall
    assert [row[0] for row in table_in(table, "en").rows[3:]] == [
        "second person, 30 answers",
        "combined, the same 30",
        "rules, the same 30",
        "classifier, the same 30",
    ]
    assert table_in(table, "nl").rows[4][0] == "samen, dezelfde 30"
    right = coding.matrix(corpus.ids[:30], book.ids)
    assert table.frame.set_index("method").loc["second", "recall"] == right[:20].sum() / right.sum()
    with pytest.raises(DataError, match="none of the answers"):
        evaluate(corpus, coding, second=coding_of([""] * 60))


def cell(table: Table, by: str, row: str, column: str) -> float:
    """The number in this column, in the row that is called so."""
    return float(table.frame.set_index(by)[column].to_dict()[row])


def test_a_code_of_a_later_wave_given_to_an_answer_before_it_is_neither_right_nor_wrong() -> None:
    corpus, coding, book = two_waves()
    everywhere = Coding("b", coding.seen, assignments({"unit": corpus.ids, "code": "ai"}))
    found = evaluate(corpus, coding, book, second=everywhere, embedding="none")
    assert cell(found.codes, "code", "ai", "given") <= 45
    assert min(cell(found.codes, "code", "ai", name) for name in ("precision", "recall", "ap")) > 0.9
    assert cell(found.overall, "method", "second", "precision") == pytest.approx(15 / 45)
    for table in found.tables:
        assert any(note.startswith("Kwam er pas bij een latere meting bij: ai.") for note in notes_of(table))
    pooled = evaluate(replace(corpus, wave=""), coding, book, second=everywhere, embedding="none")
    assert cell(pooled.codes, "code", "ai", "f1") < cell(found.codes, "code", "ai", "f1")
    assert cell(pooled.overall, "method", "second", "precision") == pytest.approx(15 / 105)


def test_waves_in_which_no_code_came_later_change_nothing() -> None:
    corpus, coding, book = two_themes(60)
    waves = Corpus(corpus.units.assign(meting=["2021", "2024"] * 30), wave="meting")
    one, other = (evaluate(each, coding, book, embedding="none") for each in (corpus, waves))
    assert [table.text("csv") for table in one.tables] == [table.text("csv") for table in other.tables]


def test_a_curve_that_follows_its_form_is_continued_by_it() -> None:
    sizes = np.array([100.0, 200.0, 400.0])
    table = curve_table(sizes, np.tile(0.9 - 2 / np.sqrt(sizes), (5, 1)))
    assert table.frame["f1"].iloc[-1] == pytest.approx(0.9 - 2 / np.sqrt(600))
    assert table.frame["answers"].tolist() == [100, 200, 400, 600]
    assert str(table.notes[0]).startswith("200 more coded answers would bring about +1.8 points (± 0.0)")


def test_the_command_writes_its_tables_as_a_page_and_as_sheets(cli: Cli, tmp_path: Path) -> None:
    corpus, coding, book = two_themes(40)
    cells = coding.cells(corpus.ids, book.ids)
    frame = pd.DataFrame({"antwoord": corpus.texts, "a": cells, "b": cells, "wie": corpus.ids})
    path = write(tmp_path / "in.csv", frame.to_csv(sep=";", index=False))
    given_ = ["evaluate", path, "--text", "antwoord", "--codes", "a", "--second", "b", "--group", "wie", "--curve"]
    done = cli(*given_, "-o", tmp_path / "e.html")
    assert done.code == 0, done.err
    assert "second person, 40 answers" in done.out
    page = (tmp_path / "e.html").read_text(encoding="utf-8")
    assert "Learning curve" in page
    assert "<script" not in page
    assert cli(*given_, "-o", tmp_path / "e.csv").code == 0
    assert (tmp_path / "e.overall.csv").exists()
    assert (tmp_path / "e.curve.csv").exists()


def test_a_given_model_is_measured_as_it_is() -> None:
    corpus, coding, _ = two_themes(60)
    model = coder.train(corpus, coding, embedding="none")
    with pytest.raises(DataError, match="--model"):
        evaluate(corpus, coding, model=model, repeats=2)
    with pytest.raises(DataError, match="--model"):
        evaluate(corpus, coding, model=model, curve=True)
