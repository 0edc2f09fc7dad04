"""Predictions from elsewhere: each counts for what it is worth, none makes an estimate less precise or less honest."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coder import Code, Codebook, Coding, Corpus, estimate
from coder.errors import DataError
from coder.learning.predictions import Predictions
from coder.statistics.prediction_powered import by_hand, corrected
from tests.conftest import ROOT, Cli, coding_of, from_matrix, spoken, two_themes

Labels = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

CODES = ["film", "plan"]


# The figures, beside those of others


def synthetic() -> tuple[Floats, Floats, Floats, int]:
    """Made up, to compare with other programs: a code, predictions of it as 0 and 1, as probabilities; 1,000 known."""
    random = np.random.default_rng(20)
    y = random.random(41000) < 0.3
    f = np.where(random.random(41000) < 0.85, y, ~y).astype(float)
    return y.astype(float), f, 1 / (1 + np.exp(-(2.5 * y - 1.5 + random.normal(size=41000)))), 1000


def plus_plus(y: Floats, f: Floats, rest: Floats) -> tuple[float, float, float]:
    """The mean by PPI++ (Angelopoulos, Duchi and Zrnic 2023, algorithm 1) and its 95 % interval, by the formulas."""
    n, many = len(y), len(rest)
    slope = np.mean((y - y.mean()) * (f - f.mean())) / np.var(np.concatenate([f, rest]), ddof=1) / (1 + n / many)
    tuned = min(max(slope, 0.0), 1.0)
    mean = tuned * rest.mean() + (y - tuned * f).mean()
    error = np.sqrt(tuned**2 * rest.var() / many + (y - tuned * f).var() / n)
    return mean, mean - 1.959964 * error, mean + 1.959964 * error


@pytest.mark.parametrize(
    ("soft", "golden"),
    [(False, (0.32362955, 0.30164355, 0.34561556)), (True, (0.31695229, 0.29858530, 0.33531929))],
)
def test_one_predictor_gives_the_figures_of_ppi_python(soft: bool, golden: tuple[float, float, float]) -> None:  # noqa: FBT001
    y, hard, probability, n = synthetic()
    f = probability if soft else hard
    assert plus_plus(y[:n], f[:n], f[n:]) == pytest.approx(golden, abs=1e-6)  # those of ppi-python 0.2.3
    ours = corrected(y[:n, None] > 0, f[None, :n, None], f[None, n:, None])
    assert ours.share[0] == pytest.approx(golden[0], abs=0.001)
    assert np.ptp(ours.interval) == pytest.approx(golden[2] - golden[1], rel=0.03)


def test_the_share_is_the_mean_of_the_pseudo_outcomes_of_design_based_supervised_learning() -> None:
    y, hard, soft, n = synthetic()
    columns = np.stack([hard, soft])
    ours = corrected(y[:n, None] > 0, columns[:, :n, None], columns[:, n:, None])
    g = ours.weight[:, 0] @ columns
    g += (y - g)[:n].mean()  # it is fitted on the sample, with an intercept
    outcome = g + np.where(np.arange(len(y)) < n, len(y) / n, 0) * (y - g)  # Egami et al. 2023
    assert ours.share[0] == pytest.approx(outcome.mean(), abs=1e-12)
    error = outcome.std(ddof=1) / np.sqrt(len(y))
    assert np.ptp(ours.interval) == pytest.approx(2 * 1.96 * error, rel=0.04)


def test_predictors_together_have_the_weights_of_least_squares_in_a_large_sample() -> None:
    random = np.random.default_rng(4)
    y = random.random(20000) < 0.4
    columns = np.stack([1 / (1 + np.exp(-(2 * y - 1 + scale * random.normal(size=20000)))) for scale in (1.0, 1.5)])
    n = 10000
    found = corrected(y[:n, None], columns[:, :n, None], columns[:, n:, None]).weight[:, 0]
    centred = columns[:, :n] - columns[:, :n].mean(axis=1, keepdims=True)
    least = np.linalg.solve(centred @ centred.T, centred @ (y[:n] - y[:n].mean()))
    expected = least if least.sum() <= 1 else None
    if expected is None:  # on the edge: the best of those that are 1 together
        gram, one = centred @ centred.T, np.ones(2)
        inverse = np.linalg.inv(gram)
        expected = least - inverse @ one * (least.sum() - 1) / (one @ inverse @ one)
    assert found == pytest.approx(expected, abs=0.005)


# What is promised of every sample


def drawn(seed: int, predictors: int) -> tuple[Labels, Floats]:
    """The hand codes of 100 answers and predictions by so many, some good, some useless, some of them the same."""
    random = np.random.default_rng(seed)
    right = random.random((100, 4)) < [0, 0.05, 0.4, 1]
    wrong = random.uniform(0, 0.5, size=predictors)
    flipped = random.random((predictors, 100, 4)) < wrong[:, None, None]
    predicted = np.where(flipped, ~right, right).astype(float)
    if predictors > 2:
        predicted[2] = predicted[0]
    soft = random.random(predictors) < 0.5
    return right, np.where(soft[:, None, None], np.abs(predicted - 0.3 * random.random(predicted.shape)), predicted)


@settings(deadline=None, max_examples=100)
@given(seed=st.integers(0, 10**6), n=st.integers(2, 60), predictors=st.integers(1, 5), unequal=st.booleans())
def test_a_column_more_never_makes_an_estimate_less_precise(
    seed: int, n: int, predictors: int, *, unequal: bool
) -> None:
    right, predicted = drawn(seed, predictors)
    weight = np.random.default_rng(seed).uniform(0.5, 2, size=100) if unequal else None
    before = by_hand(right[:n], 100, weight=weight).good_as
    for number in range(1, predictors + 1):
        found = corrected(right[:n], predicted[:number, :n], predicted[:number, n:], weight=weight)
        assert (found.good_as >= before - 1e-6).all()
        assert (found.weight >= 0).all()
        assert (found.weight.sum(axis=0) <= 1 + 1e-9).all()
        assert np.isfinite(found.interval).all()
        before = found.good_as


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10**6))
def test_the_order_of_columns_says_nothing_and_the_same_ones_count_alike(seed: int) -> None:
    right, predicted = drawn(seed, 4)
    one = corrected(right[:40], predicted[:, :40], predicted[:, 40:])
    other = corrected(right[:40], predicted[::-1, :40], predicted[::-1, 40:])
    np.testing.assert_allclose(one.share, other.share, atol=1e-5)
    np.testing.assert_allclose(one.interval, other.interval, atol=1e-5)
    twice = np.stack([predicted[0], predicted[0]])
    same = corrected(right[:40], twice[:, :40], twice[:, 40:]).weight
    np.testing.assert_allclose(same[0], same[1], atol=1e-4)


def test_perfect_predictions_leave_what_one_wrong_prediction_would() -> None:
    right = np.random.default_rng(1).random((3000, 2)) < [0.2, 0.6]
    perfect = right[None].astype(float)
    found, alone = corrected(right[:200], perfect[:, :200], perfect[:, 200:]), by_hand(right[:200], 3000)
    assert found.share == pytest.approx(right.mean(axis=0), abs=0.005)
    assert (np.ptp(found.interval, axis=1) < 0.35 * np.ptp(alone.interval, axis=1)).all()
    assert (np.ptp(found.interval, axis=1) > 0.01).all()


def test_useless_predictions_leave_the_interval_of_hand_alone() -> None:
    random = np.random.default_rng(2)
    right = random.random((3000, 3)) < [0.05, 0.3, 0.6]
    alone = by_hand(right[:100], 3000)
    for useless in (np.full((1, 3000, 3), 0.4), (~right)[None].astype(float)):
        found = corrected(right[:100], useless[:, :100], useless[:, 100:])
        assert (found.weight == 0).all()
        np.testing.assert_allclose(found.interval, alone.interval)
    noise = (random.random((3, 3000, 3)) < 0.5).astype(float)
    found = corrected(right[:100], noise[:, :100], noise[:, 100:])
    np.testing.assert_allclose(found.interval, alone.interval, atol=0.02)


def test_codes_that_nobody_or_everybody_has_are_those_of_hand_alone() -> None:
    right = np.tile([False, True], (300, 1))
    predicted = (np.random.default_rng(3).random((2, 300, 2)) < 0.5).astype(float)
    found, alone = corrected(right[:40], predicted[:, :40], predicted[:, 40:]), by_hand(right[:40], 300)
    assert (found.weight == 0).all()
    np.testing.assert_allclose(found.share, [0, 1])
    np.testing.assert_allclose(found.interval, alone.interval)


@pytest.mark.parametrize("n", [40, 150])
def test_nineteen_in_twenty_intervals_hold_the_truth_with_many_predictors_and_few_hand_codes(n: int) -> None:
    random = np.random.default_rng(6)
    right = random.random((600, 5)) < [0.02, 0.1, 0.3, 0.5, 0.8]
    predicted = np.where(random.random((6, 600, 5)) < random.uniform(0.05, 0.4, (6, 1, 5)), ~right, right).astype(float)
    truth, held, widths = right.mean(axis=0), [], []
    for seed in range(400):
        order = np.random.default_rng(seed).permutation(600)
        hand, rest = order[:n], order[n:]
        low, high = corrected(right[hand], predicted[:, hand], predicted[:, rest]).interval.T
        held.append((low <= truth) & (truth <= high))
        widths.append((high - low) / np.ptp(by_hand(right[hand], 600).interval, axis=1))
    assert np.mean(held, axis=0).min() > 0.93
    assert 0.94 < np.mean(held) < 0.985
    assert np.mean(widths) < 0.8


# The estimate of a question


def coded(size: int = 300, n: int = 60, wrong: float = 0.15) -> tuple[Corpus, Coding, Coding, Coding]:
    """Answers, all their codes, those of a random sample, and predictions of which so many are wrong."""
    corpus, people, _ = two_themes(size)
    drawn = np.sort(np.random.default_rng(2).permutation(size)[:n])
    right = people.matrix(corpus.ids, CODES)
    given = right ^ (np.random.default_rng(7).random(right.shape) < wrong)
    return corpus, people, people.take(corpus.ids[drawn]), from_matrix("model", corpus.ids, CODES, given)


def test_predictions_stand_in_place_of_the_classifier_and_are_named_with_how_good_they_are() -> None:
    corpus, people, hand, model = coded()
    found = estimate(corpus, hand, predictions=model)
    frame = found.frame.set_index("code")
    truth = 100 * people.matrix(corpus.ids, CODES).mean(axis=0)
    assert (frame.loc[CODES, "low"] <= truth).all()
    assert (truth <= frame.loc[CODES, "high"]).all()
    assert (frame["good_as"] > 75).all()
    assert found.method == "predictions"
    assert list(found.named) == ["estimate", "predictions"]
    notes = " ".join(spoken(note, "en") for note in found.codes.notes)
    assert "Corrected: predicted by model, set right by the hand codes" in notes
    assert "(F1 over all codes): model 0.8" in notes
    assert "By hand alone the intervals would be" in notes
    assert found.predictions is not None
    good = found.predictions.frame.set_index("code")
    right, given = (one.matrix(hand.seen, ["film"])[:, 0] for one in (people, model))
    assert good.loc["film", "f1:model"] == pytest.approx(2 * (right & given).sum() / (right.sum() + given.sum()))
    assert good.loc["film", "percent:model"] == pytest.approx(100 * model.matrix(corpus.ids, ["film"]).mean())
    assert good["lambda:model"].between(0.3, 1).all()
    for language in ("en", "nl", "fr"):
        assert "model" in found.predictions.text("table", language)


def test_a_coding_a_frame_an_array_and_names_for_them_are_read_alike() -> None:
    corpus, _, hand, model = coded()
    matrix = model.matrix(corpus.ids, CODES)
    book = Codebook((Code("film", 1, {"nl": "Een film"}), Code("plan", 2, {})))
    frame = pd.DataFrame(matrix, index=corpus.ids, columns=["Een film", "plan"]).iloc[::-1]
    expected = estimate(corpus, hand, book, predictions=model).frame
    ways: list[Any] = [[model], frame, matrix, [Predictions.of("model", model)], {"model": frame}, {"x": matrix}]
    for way in ways:
        frame = estimate(corpus, hand, book, predictions=way).frame
        assert frame[["percent", "low", "high"]].equals(expected[["percent", "low", "high"]])
    two = estimate(corpus, hand, book, predictions=[matrix, 1.0 * matrix]).frame
    assert {"lambda:predictions 1", "lambda:predictions 2"} <= set(two.columns)


def test_the_classifier_may_predict_beside_them() -> None:
    corpus, _, hand, model = coded()
    both = estimate(corpus, hand, predictions=model, classifier=True)
    alone = estimate(corpus, hand, predictions=model)
    assert both.method == "predictions+classifier"
    assert (both.frame["lambda:classifier"] > 0.5).all()
    width = {name: (one.frame["high"] - one.frame["low"]).mean() for name, one in (("both", both), ("alone", alone))}
    assert width["both"] < width["alone"]
    assert "voorspeld door model en het lerende model" in spoken(both.codes.notes[1], "nl")


def test_weights_groups_strata_and_nets_go_with_them() -> None:
    corpus, people, hand, model = coded(400, 120)
    weight = pd.Series(np.where(people.matrix(corpus.ids, ["film"])[:, 0], 3.0, 1.0), corpus.ids, name="w")
    group = pd.Series([["a", "b"][int(id_) % 2] for id_ in corpus.ids], corpus.ids)
    found = estimate(corpus, hand, predictions=model, weight=weight, by=group, stratum=group)
    truth = 100 * np.average(people.matrix(corpus.ids, ["film"])[:, 0], weights=weight)
    row = found.frame.set_index("code").loc["film"]
    assert row["low"] < truth < row["high"]
    assert found.groups is not None
    assert (found.groups.frame["lambda:model"] > 0).all()
    assert list(found.named) == ["estimate", "predictions", "groups"]
    nets = (Code("beeld", 1, {}), Code("film", 2, {}, net="beeld"), Code("plan", 3, {}))
    frame = estimate(corpus, hand, Codebook(nets), predictions=model, nets=True).frame.set_index("code")
    assert frame.loc["beeld", "percent"] == pytest.approx(frame.loc["film", "percent"], abs=0.5)


def test_a_code_that_only_predictions_have_is_a_row_from_zero() -> None:
    corpus, _, hand, model = coded()
    cells = model.cells(corpus.ids, CODES).replace({"-": "taart"})
    row = estimate(corpus, hand, predictions=coding_of(cells.tolist())).frame.set_index("code").loc["taart"]
    assert (row["n"], row["percent"], row["low"], row["weight"]) == (0, 0, 0, 0)


def test_where_all_is_coded_by_hand_nothing_is_predicted() -> None:
    corpus, people, _, model = coded(80)
    found = estimate(corpus, people, predictions=model)
    assert found.predictions is None
    assert (found.frame["high"] - found.frame["low"]).max() == pytest.approx(0)


# Mistakes


def test_an_answer_without_a_prediction_is_an_error_with_how_many_there_are() -> None:
    corpus, _, hand, model = coded()
    with pytest.raises(DataError, match=r"10 of 300 answers have no prediction in 'model', for instance answer '1'"):
        estimate(corpus, hand, predictions=model.take(corpus.ids[10:]))


def test_hand_codes_are_no_predictions() -> None:
    corpus, people, hand, model = coded()
    with pytest.raises(DataError, match="are there only where people coded"):
        estimate(corpus, hand, predictions=hand)
    final = hand.cells(corpus.ids, CODES).where(corpus.ids.isin(hand.seen), model.cells(corpus.ids, CODES))
    found = estimate(corpus, hand, predictions={"final": coding_of(final.tolist())})
    assert "the predictions final are the same as the hand codes of all 60 answers" in spoken(found.warnings[0], "en")
    assert found.codes.notes[0] == found.warnings[0]
    assert estimate(corpus, hand, predictions=model).warnings == ()
    assert people is not hand


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        (lambda frame: 100 * frame, "A probability lies between 0 and 1"),
        (lambda frame: frame.rename(columns={"film": "flim"}), "does not have: flim"),
        (lambda frame: pd.concat([frame, frame.head(1)]), "have answer '1' twice"),
        (lambda frame: frame.to_numpy()[:, :1], r"have shape \(?300, 1"),
        (lambda frame: {"m": frame.iloc[:5]}, "295 of 300 answers"),
        (lambda _: [coding_of(["film"]), coding_of(["film"])], "Two sets of predictions are called 'hand'"),
    ],
)
def test_what_is_wrong_with_predictions_is_said(wrong: Any, match: str) -> None:  # noqa: ANN401
    corpus, _, hand, model = coded()
    frame = pd.DataFrame(model.matrix(corpus.ids, CODES).astype(float), index=corpus.ids, columns=CODES)
    with pytest.raises(DataError, match=match):
        estimate(corpus, hand, Codebook.from_ids(CODES), predictions=wrong(frame))


# Files


def sheet() -> pd.DataFrame:
    """A file in which predictions stand in each of the ways in which people have them."""
    corpus, _, hand, model = coded(200, 60)
    given = model.matrix(corpus.ids, CODES)
    soft = np.where(given, 0.83, 0.07)
    pairs = [f"film={film:.2f};plan={plan:.2f}".replace(".", ",") for film, plan in soft]
    printed = [json.dumps({"film": film, "plan": plan}) for film, plan in soft]
    return pd.DataFrame({
        "antwoord": corpus.texts, "hand": hand.cells(corpus.ids, CODES), "gpt": model.cells(corpus.ids, CODES),
        "kansen": pairs, "json": printed, "python": [repr(json.loads(one)) for one in printed],
        "numpy": [f"{{'film': np.float64({film}), 'plan': np.float64({plan})}}" for film, plan in soft],
        "crowd:film": soft[:, 0], "crowd:plan": soft[:, 1], "p_film": soft[:, 0],
        "p_plan": soft[:, 1], "p_uitleg": "omdat",
    })  # fmt: skip


def run(cli: Cli, path: Path, *more: str) -> Any:  # noqa: ANN401
    return cli("estimate", path, "--text", "antwoord", "--hand", "hand", *more, "--language", "en")


def test_the_command_reads_probabilities_in_cells_and_in_columns_alike(tmp_path: Path, cli: Cli) -> None:
    sheet().to_csv(tmp_path / "a.csv", index=False)
    rows = []
    for name in ("kansen", "json", "python", "numpy", "crowd", "p"):
        done = run(cli, tmp_path / "a.csv", "--predictions", name, "--format", "json")
        assert done.code == 0, done.err
        table = json.JSONDecoder().raw_decode(done.out)[0]
        rows.append([[row["code"], row["percent"], row["low"], row["high"]] for row in table["rows"]])
    assert all(one == rows[0] for one in rows)


def test_the_command_takes_several_columns_and_writes_how_good_they_are(tmp_path: Path, cli: Cli) -> None:
    sheet().to_csv(tmp_path / "a.csv", index=False)
    out = tmp_path / "out.csv"
    done = run(cli, tmp_path / "a.csv", "--predictions", "gpt", "--predictions", "crowd", "-o", str(out))
    assert done.code == 0, done.err
    assert "How good the predictions are" in done.out
    assert "predicted by gpt and crowd" in done.out
    assert {"lambda:gpt", "lambda:crowd"} <= set(pd.read_csv(out).columns)
    assert {"f1:gpt", "percent:crowd"} <= set(pd.read_csv(tmp_path / "out.predictions.csv").columns)


def test_the_command_of_the_manual_runs(tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (ROOT / "docs" / "manual" / "estimates.md").read_text(encoding="utf-8")
    commands = re.findall(r"^coder (estimate answers\.csv .+)$", page, re.MULTILINE)
    monkeypatch.chdir(tmp_path)
    sheet().to_csv("answers.csv", index=False)
    assert [cli(*shlex.split(command)).code for command in commands] == [0]


def test_a_dash_is_a_prediction_and_an_empty_cell_is_none(tmp_path: Path, cli: Cli) -> None:
    frame = sheet()
    frame.loc[frame.index[:3], ["kansen", "gpt"]] = "-"
    frame.to_csv(tmp_path / "a.csv", index=False)
    assert run(cli, tmp_path / "a.csv", "--predictions", "kansen", "--predictions", "gpt").code == 0
    for name in ("kansen", "gpt", "crowd:film", "p_plan"):
        frame = sheet().astype(object)
        frame.loc[frame.index[:3], name] = ""
        frame.to_csv(tmp_path / "b.csv", index=False)
        done = run(cli, tmp_path / "b.csv", "--predictions", name.split(":")[0].split("_")[0])
        assert done.code == 2
        assert "3 of 200 answers have no prediction in" in done.err


@pytest.mark.parametrize(
    ("column", "cell", "name", "match"),
    [
        ("gpt", "flim", "gpt", "has codes that the codebook does not have: flim"),
        ("kansen", "flim=0.3", "kansen", "has codes that the codebook does not have: flim"),
        ("kansen", "film", "kansen", "column 'kansen' has probabilities, and 'film' is not one"),
        ("kansen", "film=83", "kansen", "A probability lies between 0 and 1"),
        ("crowd:flim", "0.1", "crowd", "has codes that the codebook does not have: flim"),
        ("p_Film", "0.1", "p", "has two columns with probabilities of 'film'"),
        ("gpt", "film", "hand", "are there only where people coded"),
        ("gpt", "film", "nowhere", "Choose one with --predictions"),
    ],
)
def test_the_command_says_what_is_wrong(
    column: str, cell: str, name: str, match: str, tmp_path: Path, cli: Cli
) -> None:
    frame = sheet().astype(object)
    frame.loc[frame.index[0], column] = cell
    frame.to_csv(tmp_path / "a.csv", index=False)
    (tmp_path / "book.yaml").write_text(
        "codes:\n- {id: film, number: 1, label: {en: Film}}\n- {id: plan, number: 2, label: {en: Plan}}\n",
        encoding="utf-8",
    )
    book = str(tmp_path / "book.yaml")
    done = run(cli, tmp_path / "a.csv", "--predictions", name, "--codebook", book)
    assert done.code == 2
    assert match in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    "cell",
    ["film=0.8,plan=0.5", "film=0.8 plan=0.5", "film=80%", "```json", '{"film": 0.4, "confidence": 0.9}', "film=-1"],
)
def test_without_a_codebook_no_cell_makes_a_code_that_nobody_gave(tmp_path: Path, cli: Cli, cell: str) -> None:
    frame = sheet()
    frame["kansen"] = cell
    frame.to_csv(tmp_path / "a.csv", index=False)
    done = run(cli, tmp_path / "a.csv", "--predictions", "kansen")
    assert done.code == 2
    assert "a.csv has predictions of codes that no answer coded by hand has" in done.err
    assert "those of column 'hand': film, plan. Give the codebook that has them all (--codebook)" in done.err


def test_without_a_codebook_and_without_a_code_by_hand_a_codebook_is_asked_for(tmp_path: Path, cli: Cli) -> None:
    frame = sheet()
    frame["hand"] = frame["hand"].where(frame["hand"] == "", "-")
    frame.to_csv(tmp_path / "a.csv", index=False)
    done = run(cli, tmp_path / "a.csv", "--predictions", "gpt")
    assert done.code == 2
    assert "No answer of a.csv has a code in column 'hand'" in done.err
    assert "--codebook" in done.err


def test_too_few_coded_by_hand_are_too_few_to_estimate_from(tmp_path: Path, cli: Cli) -> None:
    frame = sheet()
    frame.loc[frame.index[5:], "hand"] = ""
    frame.to_csv(tmp_path / "a.csv", index=False)
    done = run(cli, tmp_path / "a.csv", "--predictions", "gpt")
    assert done.code == 2
    assert "too few to estimate from" in done.err
    assert "learn" not in done.err


def test_a_code_without_a_column_and_one_that_is_in_a_cell_twice_are_refused(tmp_path: Path, cli: Cli) -> None:
    sheet().drop(columns="p_plan").to_csv(tmp_path / "a.csv", index=False)
    done = run(cli, tmp_path / "a.csv", "--predictions", "p")
    assert (done.code, "for plan" in " ".join(done.err.split())) == (2, True)
    frame = sheet()
    frame.loc[frame.index[0], "kansen"] = "film=0.9;Film=0.1"
    frame.to_csv(tmp_path / "b.csv", index=False)
    assert run(cli, tmp_path / "b.csv", "--predictions", "kansen").code == 2
