"""Corrected frequencies: unbiased, with intervals that hold, and honest about the sample."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coder import Code, Codebook, Coding, Corpus, estimate
from coder.errors import DataError
from coder.files.answers import parse_codes
from coder.files.writing import write_sheets
from coder.statistics.prediction_powered import Estimate, by_hand, corrected, drift, placement
from coder.statistics.proportions import wilson
from tests.conftest import GOLDEN, Cli, coding_of, corpus_of, sheet_rows, spoken, two_themes, two_waves, write

Labels = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

SHARES = np.array([0.01, 0.03, 0.1, 0.3, 0.6])
SIZE = 3000


def population(size: int = SIZE) -> tuple[Labels, Floats]:
    """Codes of so many answers, and a biased prediction that is worth something."""
    random = np.random.default_rng(0)
    right = random.random((size, len(SHARES))) < SHARES
    score = 2.5 * right - 1.5 + random.normal(size=right.shape)
    return right, 1 / (1 + np.exp(-score))


def samples(right: Labels, predicted: Floats, n: int, times: int) -> list[Estimate]:
    """Estimates from so many simple random samples."""
    found = []
    for seed in range(times):
        drawn = np.random.default_rng(seed).permutation(len(right))[:n]
        rest = np.setdiff1d(np.arange(len(right)), drawn)
        found.append(corrected(right[drawn], predicted[drawn], predicted[rest]))
    return found


def held(found: list[Estimate], truth: Floats) -> Floats:
    """The share of the intervals that hold the truth, of each code."""
    ends = np.array([one.interval for one in found])
    return np.asarray(((ends[..., 0] <= truth) & (truth <= ends[..., 1])).mean(axis=0), dtype=np.float64)


def test_the_estimate_is_right_on_average_however_biased_the_predictions() -> None:
    right, predicted = population()
    shares = np.array([one.share for one in samples(right, predicted, 200, 600)])
    spread = shares.std(axis=0) / np.sqrt(len(shares))
    assert np.abs(predicted.mean(axis=0) - right.mean(axis=0)).min() > 0.05
    assert (np.abs(shares.mean(axis=0) - right.mean(axis=0)) < 4 * spread + 0.0005).all()


@pytest.mark.parametrize("n", [60, 200, 400])
def test_nineteen_in_twenty_intervals_hold_the_truth_for_rare_codes_too(n: int) -> None:
    right, predicted = population()
    coverage = held(samples(right, predicted, n, 500), right.mean(axis=0))
    assert coverage.min() > 0.92
    assert 0.935 < coverage.mean() < 0.985


def test_intervals_hold_in_a_small_population_that_is_half_hand_coded() -> None:
    right, predicted = population(400)
    coverage = held(samples(right, predicted, 200, 500), right.mean(axis=0))
    assert coverage.min() > 0.92
    assert coverage.mean() < 0.99


def test_the_estimate_is_nearer_than_hand_alone_and_as_good_as_it_says() -> None:
    right, predicted = population()
    truth, found = right.mean(axis=0), samples(right, predicted, 300, 400)
    alone = samples(right, np.zeros(predicted.shape), 300, 400)
    error = np.mean([(one.share - truth) ** 2 for one in found], axis=0)
    by_people = np.mean([(one.share - truth) ** 2 for one in alone], axis=0)
    promised = np.mean([one.good_as for one in found], axis=0)
    reached = 1 / (1 / SIZE + (1 / 300 - 1 / SIZE) * error / by_people)
    assert (error < by_people).all()
    assert np.abs(promised / reached - 1).max() < 0.25


def test_useless_predictions_leave_what_people_coded() -> None:
    right, _ = population()
    sample = right[:200]
    alone = by_hand(sample, SIZE)
    constant = corrected(sample, np.full(sample.shape, 0.3), np.full((SIZE - 200, 5), 0.3))
    upside_down = corrected(sample, (~sample).astype(float), (~right[200:]).astype(float))
    assert np.allclose(constant.share, sample.mean(axis=0))
    assert np.allclose(constant.interval, alone.interval)
    assert (upside_down.weight == 0).all()
    assert np.allclose(upside_down.share, alone.share)


def test_noise_costs_almost_nothing() -> None:
    right, _ = population()
    noise = np.random.default_rng(5).random(right.shape)
    found = corrected(right[:300], noise[:300], noise[300:])
    alone = by_hand(right[:300], SIZE)
    assert (found.weight < 0.2).all()
    assert np.allclose(found.interval, alone.interval, atol=0.02)


def test_perfect_predictions_leave_no_error() -> None:
    right, _ = population()
    found = corrected(right[:200], right[:200].astype(float), right[200:].astype(float))
    alone = by_hand(right[:200], SIZE)
    assert np.allclose(found.share, right.mean(axis=0))
    assert np.allclose(found.weight, 1)
    assert (np.ptp(found.interval, axis=1) < np.ptp(alone.interval, axis=1)).all()
    assert found.good_as[-1] > 1000


def test_nothing_is_uncertain_where_every_answer_is_hand_coded() -> None:
    right, predicted = population(80)
    found = corrected(right, predicted, predicted[:0])
    assert np.array_equal(found.share, right.mean(axis=0))
    assert np.allclose(found.interval, found.share[:, None])
    assert np.allclose(found.good_as, 80)


def test_a_code_never_seen_may_still_occur() -> None:
    never = np.zeros((200, 1), dtype=np.bool_)
    (low, high), plain = by_hand(never, 10**9).interval[0], wilson([0], 200)[0]
    assert low == 0
    assert high == pytest.approx(plain[1], rel=0.05)
    assert by_hand(~never, 10**9).interval[0] == pytest.approx([1 - high, 1])
    assert by_hand(never, 201).interval[0][1] <= 1 / 201


@pytest.mark.parametrize("everywhere", [0, 1])
def test_predictions_alone_do_not_rule_out_that_none_or_all_have_a_code(everywhere: int) -> None:
    right = np.full((116, 2), bool(everywhere))
    right[:, 1] = np.arange(116) % 2
    predicted = right.astype(np.float64)
    predicted[100, 0] = 1 - everywhere
    found = corrected(right[:40], predicted[:40], predicted[40:])
    assert found.interval[0][everywhere] == everywhere


def test_hand_alone_is_wilsons_interval_with_students_t() -> None:
    sample = np.arange(1000)[:, None] < np.array([20, 300, 990])
    found = by_hand(sample, 10**9)
    assert np.allclose(found.interval, wilson([20, 300, 990], 1000), atol=2e-3)
    assert np.allclose(found.good_as, 1000)


def weighted(sigma: float) -> Floats:
    """Weights as unlike as `sigma` says, higher where the fourth code is."""
    right, _ = population()
    return np.exp(sigma * np.random.default_rng(3).normal(size=SIZE)) * np.where(right[:, 3], 1.5, 1.0)


@pytest.mark.parametrize("sigma", [0.3, 0.8])
def test_weighted_shares_are_right_on_average_and_their_intervals_hold(sigma: float) -> None:
    (right, predicted), weight = population(), weighted(sigma)
    truth, found = weight @ right / weight.sum(), []
    for seed in range(400):
        order = np.random.default_rng(seed).permutation(SIZE)
        drawn, rest = order[:200], order[200:]
        found.append(corrected(right[drawn], predicted[drawn], predicted[rest], weight=weight[order]))
    shares = np.array([one.share for one in found])
    spread = shares.std(axis=0) / np.sqrt(len(shares))
    assert np.abs(right.mean(axis=0) - truth)[3] > 0.05
    assert (np.abs(shares.mean(axis=0) - truth) < 4 * spread + 0.001).all()
    assert held(found, truth).min() > 0.91
    assert 0.935 < held(found, truth).mean() < 0.985


@given(st.integers(0, 100), st.floats(0.1, 10))
def test_equal_weights_change_nothing(seed: int, weight: float) -> None:
    right, predicted = population(120)
    order = np.random.default_rng(seed).permutation(120)
    parts = right[order[:40]], predicted[order[:40]], predicted[order[40:]]
    plain, weighed = corrected(*parts), corrected(*parts, weight=np.full(120, weight))
    for one, other in zip(
        (plain.share, plain.interval, plain.good_as), (weighed.share, weighed.interval, weighed.good_as), strict=True
    ):
        assert np.allclose(one, other)


def test_a_weighted_share_of_answers_that_were_all_coded_is_exact() -> None:
    right, predicted = population(80)
    weight = np.random.default_rng(1).random(80) + 0.1
    found = corrected(right, predicted, predicted[:0], weight=weight)
    assert np.allclose(found.share, weight @ right / weight.sum())
    assert np.allclose(found.interval, found.share[:, None])
    assert np.allclose(found.good_as, 80)


def test_unequal_probabilities_are_weighed() -> None:
    right, predicted = population()
    likely = np.where(right[:, 4] | (predicted[:, 3] > 0.6), 0.15, 0.05)
    truth, weighed, plain = right.mean(axis=0), [], []
    for seed in range(400):
        drawn = np.random.default_rng(seed).random(SIZE) < likely
        arrays = right[drawn], predicted[drawn], predicted[~drawn]
        weighed.append(corrected(*arrays, probability=likely[drawn]))
        plain.append(corrected(*arrays))
    bias = np.abs(np.mean([one.share for one in weighed], axis=0) - truth)
    assert bias.max() < 0.006
    assert np.abs(np.mean([one.share for one in plain], axis=0) - truth)[4] > 0.05
    assert held(weighed, truth).min() > 0.9


def test_probabilities_count_by_their_proportions() -> None:
    right, predicted = population()
    arrays = right[:200], predicted[:200], predicted[200:]
    one, half = (corrected(*arrays, probability=np.full(200, chance)) for chance in (0.05, 0.025))
    assert np.allclose(one.interval, corrected(*arrays).interval)
    assert np.allclose(half.interval, one.interval)


def drawn_in_strata(seed: int) -> tuple[Labels, Estimate, Estimate]:
    """Which of 1,200 have a code, and its estimate by hand from strata that differ in it, and as if they did not."""
    random = np.random.default_rng(seed)
    names = np.repeat(["a", "b", "c"], [200, 400, 600])
    right = random.random(1200) < np.repeat([0.9, 0.5, 0.05], [200, 400, 600])
    rows = np.concatenate(
        [random.permutation(np.flatnonzero(names == name))[:n] for name, n in (("a", 60), ("b", 40), ("c", 30))]
    )
    chance = np.repeat([60 / 200, 40 / 400, 30 / 600], [60, 40, 30])
    within = by_hand(right[rows, None], 1200, probability=chance, stratum=names[rows])
    return right, within, by_hand(right[rows, None], 1200, probability=chance)


def test_strata_that_were_drawn_within_make_an_estimate_surer_and_still_hold() -> None:
    rounds = [drawn_in_strata(seed) for seed in range(400)]
    holds = [within.interval[0, 0] <= right.mean() <= within.interval[0, 1] for right, within, _ in rounds]
    error = np.sqrt(np.mean([(within.share[0] - right.mean()) ** 2 for right, within, _ in rounds]))
    width = np.mean([np.ptp(within.interval) for _, within, _ in rounds])
    apart = np.mean([np.ptp(plain.interval) for _, _, plain in rounds])
    assert 0.92 < np.mean(holds) < 0.98
    assert width == pytest.approx(2 * 1.96 * error, rel=0.12)
    assert apart > 1.25 * width


def test_the_variance_within_strata_is_that_of_the_survey_difference_estimator() -> None:
    right, within, _ = drawn_in_strata(3)
    random = np.random.default_rng(3)
    random.random(1200)
    rows = [
        random.permutation(np.arange(start, stop))[:n]
        for start, stop, n in ((0, 200, 60), (200, 600, 40), (600, 1200, 30))
    ]
    sizes = [200, 400, 600]
    share = sum(size * right[drawn].mean() for size, drawn in zip(sizes, rows, strict=True)) / 1200
    variance = (
        sum(
            size**2 * (1 - len(drawn) / size) * right[drawn].var(ddof=1) / len(drawn)
            for size, drawn in zip(sizes, rows, strict=True)
        )
        / 1200**2
    )
    low, high = within.interval[0]
    assert within.share[0] == pytest.approx(share)
    assert (high - low) / 2 == pytest.approx(1.979 * np.sqrt(variance), rel=0.06)


def test_answers_that_were_certain_to_be_chosen_count_for_themselves_alone() -> None:
    right, predicted = population(900)
    chosen = np.arange(300)  # on purpose: they say nothing of the others
    right[chosen] = True
    found = []
    for seed in range(300):
        drawn = np.append(chosen, 300 + np.random.default_rng(seed).permutation(600)[:120])
        rest = np.setdiff1d(np.arange(900), drawn)
        chance = np.where(drawn < 300, 1.0, 0.2)
        found.append(corrected(right[drawn], predicted[drawn], predicted[rest], probability=chance))
    coverage, truth = held(found, right.mean(axis=0)), right.mean(axis=0)
    assert np.abs(np.mean([one.share for one in found], axis=0) - truth).max() < 0.006
    assert coverage.min() > 0.91
    alone = [by_hand(right[300:][np.random.default_rng(1).permutation(600)[:120]], 600)]
    assert np.ptp(found[0].interval, axis=1).max() < 0.75 * np.ptp(alone[0].interval, axis=1).max()


@pytest.mark.parametrize("wrong", [0.02, 0.1])
def test_intervals_of_codes_that_are_predicted_well_are_hardly_wider_than_they_have_to_be(wrong: float) -> None:
    random = np.random.default_rng(8)
    right = random.random((SIZE, 3)) < [0.2, 0.4, 0.6]
    certain = np.abs(right - wrong * random.random(right.shape) * 2)
    predicted = np.where(random.random(right.shape) < wrong, random.random(right.shape), certain)
    found, truth = samples(right, predicted, 300, 400), right.mean(axis=0)
    errors = np.array([one.share for one in found]) - truth
    widths = np.mean([np.ptp(one.interval, axis=1) for one in found], axis=0)
    assert held(found, truth).min() > 0.92
    assert (widths < 1.2 * 2 * 1.96 * np.sqrt((errors**2).mean(axis=0))).all()


def test_one_answer_or_none_says_nothing() -> None:
    one = corrected(np.ones((1, 1), dtype=np.bool_), np.full((1, 1), 0.4), np.full((9, 1), 0.4))
    none = corrected(np.zeros((0, 1), dtype=np.bool_), np.zeros((0, 1)), np.zeros((9, 1)))
    assert one.interval[0].tolist() == [0.1, 1]
    assert np.isnan(none.share).all()
    assert np.isnan(none.interval).all()


def test_predictions_of_another_shape_are_refused() -> None:
    with pytest.raises(DataError, match="do not fit"):
        corrected(np.zeros((3, 2), dtype=np.bool_), np.zeros((3, 1)), np.zeros((4, 2)))


@settings(deadline=None, max_examples=150)
@given(
    n=st.integers(1, 30),
    rest=st.integers(0, 60),
    share=st.floats(0, 1),
    seed=st.integers(0, 10**6),
    unequal=st.booleans(),
)
def test_shares_and_intervals_stay_within_what_is_possible(
    n: int, rest: int, share: float, seed: int, *, unequal: bool
) -> None:
    random = np.random.default_rng(seed)
    right = random.random((n, 3)) < share
    probability = random.uniform(0.01, 1, size=n) if unequal else None
    found = corrected(right, random.random((n, 3)), random.random((rest, 3)), probability=probability)
    low, high = found.interval.T
    assert ((low <= found.share + 1e-12) & (found.share <= high + 1e-12)).all()
    assert (low >= right.sum(axis=0) / (n + rest) - 1e-12).all()
    assert (high <= (right.sum(axis=0) + rest) / (n + rest) + 1e-12).all()
    assert ((found.weight >= 0) & (found.weight <= 1)).all()
    assert ((high > low) | (rest == 0)).all()


def test_places_count_ties_for_half() -> None:
    found = placement(np.array([[1.0], [2.0], [9.0]]), np.array([[1.0], [2.0], [2.0], [3.0]]))
    assert found[:, 0].tolist() == [0.125, 0.5, 1.0]


def test_drift_is_rare_in_random_samples_and_found_in_others() -> None:
    values = np.random.default_rng(1).lognormal(sigma=3, size=(1000, 1))
    rare = []
    for seed in range(400):
        order = np.random.default_rng(seed).permutation(1000)
        rare.append(drift(placement(values[order[:100]], values[order[100:]]), 1000)[0])
    top = np.sort(values, axis=0)
    assert 0.02 < np.mean(np.array(rare) < 0.05) < 0.09
    assert drift(placement(top[:100], top[100:]), 1000)[0] < 1e-9
    assert drift(np.full((100, 1), 0.5), 1000)[0] == 1


def sampled(size: int, n: int, seed: int = 2) -> tuple[Corpus, Coding, Coding]:
    """Answers, all their codes, and those of a random sample."""
    corpus, people, _ = two_themes(size)
    drawn = np.sort(np.random.default_rng(seed).permutation(size)[:n])
    return corpus, people, people.take(corpus.ids[drawn])


def test_the_table_sets_three_ways_side_by_side() -> None:
    corpus, people, hand = sampled(400, 100)
    found = estimate(corpus, hand)
    frame = found.codes.frame.set_index("code")
    truth = 100 * people.matrix(corpus.ids, ["film", "plan"]).mean(axis=0)
    assert found.warnings == ()
    assert found.codes.base == 400
    assert np.abs(frame.loc[["film", "plan"], "percent"] - truth).max() < 3
    assert (frame["good_as"] > 200).all()
    assert (frame["high"] - frame["low"] < frame["hand_high"] - frame["hand_low"]).all()
    assert frame.loc["film", "percent_hand"] == hand.matrix(hand.seen, ["film"]).mean() * 100
    header = "Rank  Code  % corrected  95% interval  % counted  % hand alone  95% interval   n  equivalent n"
    assert header in found.codes.text()
    assert "N = 400, of which 100 drawn at random and coded by hand." in found.codes.text()


def test_rules_and_classifier_predict_together() -> None:
    corpus, _, hand = sampled(300, 60)
    found = estimate(corpus, hand, two_themes(1)[2])
    assert "regels en lerend model" in found.codes.text("table", "nl")
    assert found.codes.frame["label"].tolist() != ["film", "plan"]


def test_a_census_is_printed_as_counted() -> None:
    corpus, people, book = two_themes(70)
    found = estimate(corpus, people, book)
    assert found.codes.text(language="nl") == (GOLDEN / "estimate_census.txt").read_text(encoding="utf-8")


def test_a_column_with_a_value_for_each_answer_is_no_column_of_groups() -> None:
    corpus, _, hand = sampled(100, 50)
    with pytest.raises(DataError, match="'nr' has 100 different values; make classes of them, 50 at most"):
        estimate(corpus, hand, by=pd.Series(corpus.ids, index=corpus.ids, name="nr"))


def test_the_same_seed_gives_the_same_table() -> None:
    corpus, _, hand = sampled(200, 50)
    first, again = (estimate(corpus, hand, seed=3).codes.frame for _ in range(2))
    pd.testing.assert_frame_equal(first, again)


def test_answers_that_say_nothing_are_outside_the_base_coded_or_not() -> None:
    corpus, _, hand = sampled(200, 50)
    nothing = pd.DataFrame({"text": ["nvt", "xxxx", "geen idee"]}, index=["a", "b", "c"])
    more = Corpus(pd.concat([corpus.units, nothing]))
    cells = hand.cells(corpus.ids, ["film", "plan"])
    found = estimate(more, parse_codes(pd.concat([cells, pd.Series({"a": "", "b": "-", "c": "film"})]), None, "test"))
    pd.testing.assert_frame_equal(found.codes.frame, estimate(corpus, hand).codes.frame)
    assert spoken(found.codes.notes[-2], "nl").startswith("Buiten de basis: 3 zonder antwoord")
    assert spoken(found.codes.notes[-1], "nl").startswith("Let op: 1 daarvan kreeg met de hand een code.")


def test_weights_weigh_all_percentages_and_say_what_the_base_is_worth() -> None:
    corpus, people, hand = sampled(400, 120)
    film = people.matrix(corpus.ids, ["film"])[:, 0]
    weight = pd.Series(np.where(film, 3.0, 1.0), corpus.ids, name="gewicht")
    table = estimate(corpus, hand, weight=weight).codes
    row, plain = (found.frame.set_index("code").loc["film"] for found in (table, estimate(corpus, hand).codes))
    truth = 100 * 3 * film.sum() / (3 * film.sum() + (~film).sum())
    assert row["low"] < truth < row["high"]
    assert abs(row["percent"] - truth) < 5 < truth - plain["percent"]
    assert row["n"] == plain["n"]
    p = truth / 100
    assert row["effective_base"] == pytest.approx(weight.sum() / (3 * (1 - p) + p), rel=0.05)
    assert "\nAlle percentages zijn gewogen" in table.text("table", "nl")
    assert "effective_base" not in plain


def test_an_answer_that_was_not_drawn_and_counts_for_all_is_not_known_precisely() -> None:
    corpus, _, hand = sampled(400, 120)
    weight = pd.Series(1.0, corpus.ids, name="gewicht")
    weight[corpus.ids.difference(hand.seen)[0]] = 1e6
    frame = estimate(corpus, hand, weight=weight).codes.frame
    assert (frame["high"] - frame["low"]).min() > 10
    even = estimate(corpus, hand, weight=weight * 0 + 2).codes.frame
    plain = estimate(corpus, hand).codes.frame
    np.testing.assert_allclose(even[["percent", "low", "high"]], plain[["percent", "low", "high"]])


@pytest.mark.parametrize("weight", [0.0, float("nan")])
def test_a_weight_that_is_none_is_refused(weight: float) -> None:
    corpus, _, hand = sampled(200, 50)
    with pytest.raises(DataError, match="have no weight above 0 in 'gewicht'"):
        estimate(corpus, hand, weight=pd.Series(weight, corpus.ids, name="gewicht"))


def test_nets_are_ranked_and_corrected_with_their_codes_under_them() -> None:
    corpus, people, hand = sampled(400, 120)
    codes = (Code("beeld", 1, {}), Code("film", 2, {}, net="beeld"), Code("foto", 3, {}, net="beeld"),
             Code("plan", 4, {}))  # fmt: skip
    cells = hand.cells(corpus.ids, ["film", "plan"])
    table = estimate(corpus, parse_codes(cells, None, "test"), Codebook(codes), nets=True).codes
    frame = table.frame.set_index("code")
    truth = 100 * people.matrix(corpus.ids, ["film"]).mean()
    net, under = (frame.loc[code] for code in ("beeld", "film"))
    assert net["low"] < truth < net["high"]
    assert (net["n"], net["percent_hand"]) == (under["n"], under["percent_hand"])
    assert frame["rank"].isna().tolist() == [code in ("film", "foto") for code in frame.index]
    assert frame["level"].tolist() == [int(code in ("film", "foto")) for code in frame.index]
    assert "samengestelde code" in table.text("table", "nl")
    with pytest.raises(DataError, match="has no nets"):
        estimate(corpus, hand, nets=True)


def test_ten_hand_codes_are_enough_to_run() -> None:
    corpus, _, hand = sampled(60, 10)
    frame = estimate(corpus, hand).codes.frame
    assert (frame["high"] - frame["low"]).between(20, 80).all()


def test_each_group_is_corrected_by_its_own_sample() -> None:
    corpus, people, hand = sampled(600, 200)
    named = ["even" if int(id_) % 2 == 0 else "odd" if int(id_) % 3 else "" for id_ in corpus.ids]
    groups = estimate(corpus, hand, by=pd.Series(named, corpus.ids)).groups
    assert groups is not None
    assert groups.frame["group"].tolist() == ["even", "even", "odd", "odd"]
    assert [spoken(note, "nl") for note in groups.notes] == ["Zonder groep, niet in deze tabel: 100."]
    for name, part in groups.frame.groupby("group"):
        units = corpus.ids[[one == name for one in named]]
        assert part["base"].tolist() == [len(units)] * 2
        truth = 100 * people.matrix(units, part["code"].tolist()).mean(axis=0)
        assert np.abs(part["percent"] - truth).max() < 5


def test_a_code_of_a_later_wave_is_estimated_in_that_wave_and_predicted_for_no_answer_before_it() -> None:
    corpus, people, book = two_waves()
    hand = people.take(corpus.ids[np.sort(np.random.default_rng(1).permutation(len(corpus))[:60])])
    waves = corpus.units["meting"]
    aware, pooled = (estimate(one, hand, book, by=waves) for one in (corpus, replace(corpus, wave="")))
    assert aware.groups is not None
    ai = aware.groups.frame.query("code == 'ai'").set_index("group")["percent"].to_dict()
    assert ai["2021"] == 0
    assert ai["2024"] == pytest.approx(100 / 3, abs=3)
    rows = [one.frame[one.frame["code"] == "ai"] for one in (aware, pooled)]
    widths = [float((row["high"] - row["low"]).sum()) for row in rows]
    assert widths[0] < widths[1]
    assert any(
        spoken(note, "nl").startswith("Kwam er pas bij een latere meting bij: ai.") for note in aware.codes.notes
    )


def test_a_group_without_hand_codes_has_no_figures() -> None:
    corpus, _, hand = sampled(300, 60)
    name = ["coded" if id_ in hand.seen else "not" for id_ in corpus.ids]
    groups = estimate(corpus, hand, by=pd.Series(name, corpus.ids)).groups
    assert groups is not None
    empty = groups.frame[groups.frame["group"] == "not"]
    assert empty["percent"].isna().all()
    assert empty["good_as"].isna().all()
    assert (empty["percent_counted"] > 0).any()
    assert "nan" not in groups.text()


def test_a_sample_from_the_top_of_the_file_is_warned_of() -> None:
    corpus, people, _ = two_themes(300)
    found = estimate(corpus, people.take(corpus.ids[:60]))
    assert "vooraan in het bestand" in spoken(found.warnings[0], "nl")
    assert "vers le début du fichier" in spoken(found.warnings[0], "fr")
    assert found.codes.notes[0] == found.warnings[0]


def test_a_sample_of_one_kind_of_answer_is_warned_of() -> None:
    corpus, people, _ = two_themes(300)
    both = people.matrix(corpus.ids, ["film", "plan"]).all(axis=1)
    random = np.random.default_rng(1).random(300)
    chosen = corpus.ids[(random < np.where(both, 0.5, 0.1))]
    assert "zijn langer" in spoken(estimate(corpus, people.take(chosen)).warnings[0], "nl")


def test_targeted_answers_are_left_out_of_the_sample() -> None:
    corpus, people, hand = sampled(300, 80)
    more = corpus.ids.difference(hand.seen, sort=False)[:30]
    drawn = pd.Series("", corpus.ids)
    drawn[hand.seen], drawn[more] = "random", "Targeted"
    found = estimate(corpus, people.take(hand.seen.append(more)), drawn=drawn)
    pd.testing.assert_frame_equal(found.codes.frame, estimate(corpus, hand).codes.frame)
    assert "30 gecodeerde antwoorden werden gericht gekozen" in spoken(found.warnings[0], "nl")
    everything = estimate(corpus, hand, drawn=pd.Series("targeted", corpus.ids))
    assert "geen enkel willekeurig" in spoken(everything.warnings[0], "nl")


def test_codes_that_are_never_ranked_stand_last() -> None:
    corpus, _, hand = sampled(200, 60)
    cells = hand.cells(corpus.ids, ["film", "plan"]).str.replace("film", "other")
    frame = estimate(corpus, coding_of(cells.tolist())).codes.frame
    assert frame["code"].tolist() == ["plan", "other"]
    assert frame["rank"].isna().tolist() == [False, True]


def test_a_code_of_the_codebook_that_nobody_gave_has_an_interval_from_zero() -> None:
    corpus, _, hand = sampled(200, 60)
    last = estimate(corpus, hand, Codebook.from_ids(["film", "plan", "taart"])).codes.frame.iloc[-1]
    assert (last["code"], last["percent"], last["low"]) == ("taart", 0, 0)
    assert 2 < last["high"] < 8


@pytest.mark.parametrize("probability", [0.0, 1.5, float("nan")])
def test_a_probability_that_is_none_is_refused(probability: float) -> None:
    corpus, _, hand = sampled(200, 50)
    with pytest.raises(DataError, match="50 hand-coded answers have no probability above 0"):
        estimate(corpus, hand, probability=pd.Series(probability, corpus.ids))


def test_five_hand_coded_answers_are_too_few() -> None:
    corpus, _, hand = sampled(200, 50)
    with pytest.raises(DataError, match=r"5 coded answers .* are too few to estimate from"):
        estimate(corpus, hand.take(hand.seen[:5]))


def test_a_group_column_without_groups_is_refused() -> None:
    corpus, _, hand = sampled(200, 50)
    with pytest.raises(DataError, match="Every group is empty"):
        estimate(corpus, hand, by=pd.Series("", corpus.ids))


def test_a_level_is_between_0_and_1() -> None:
    with pytest.raises(DataError, match="between 0 and 1"):
        estimate(corpus_of(["a"]), coding_of(["x"]), level=95)


def sheet(size: int = 200, n: int = 60) -> pd.DataFrame:
    """A file of answers with a sample, as a person has it."""
    corpus, _, hand = sampled(size, n)
    cells = hand.cells(corpus.ids, ["film", "plan"])
    chance = np.where(cells == "", "", f"{n / size}".replace(".", ","))
    weight = np.where(np.arange(size) % 3 == 0, "1,5", "0,8")
    sector = np.where(np.arange(size) % 2 == 0, "welzijn", "zorg")
    return pd.DataFrame({"antwoord": corpus.texts, "hand": cells, "kans": chance, "sector": sector,
                         "gewicht": weight})  # fmt: skip


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_command_reads_prints_and_writes(ending: str, tmp_path: Path, cli: Cli) -> None:
    path = tmp_path / f"answers.{ending}"
    write_sheets(path, {"answers": sheet()})
    done = cli("estimate", path, "--text", "antwoord", "--hand", "hand", "--probability", "kans", "--by", "sector",
               "-o", tmp_path / f"out.{ending}", "--language", "nl")  # fmt: skip
    assert done.code == 0
    assert "Gecorrigeerde percentages per groep" in done.out
    assert "N = 200, waarvan 60 willekeurig getrokken" in done.out
    assert re.search(r"\d,\d–\d+,\d", done.out)
    if ending == "xlsx":
        assert sheet_rows(tmp_path / "out.xlsx", "estimate")[0][:4] == ["rank", "code", "label", "n"]
        assert len(sheet_rows(tmp_path / "out.xlsx", "groups")) == 5
    else:
        written = pd.read_csv(tmp_path / "out.csv", sep=";")
        assert {"percent", "low", "high", "percent_hand", "hand_low", "percent_counted", "good_as"} <= set(
            written.columns
        )
        assert not any(
            name.startswith("counted_") for name in written.columns
        )  # they hold the truth in 18 to 92 of 100
        assert (tmp_path / "out.groups.csv").exists()


def test_the_command_weighs_and_what_it_writes_is_compared_by_what_the_base_is_worth(tmp_path: Path, cli: Cli) -> None:
    write_sheets(tmp_path / "a.csv", {"answers": sheet()})
    done = cli("estimate", tmp_path / "a.csv", "--text", "antwoord", "--hand", "hand", "--weight", "gewicht", "-o",
               tmp_path / "out.csv", "--language", "nl")  # fmt: skip
    assert "de effectieve basis is 181,5 (Kish 1965)" in done.out
    written = pd.read_csv(tmp_path / "out.csv", sep=";")
    written.assign(effective_base=45.4).to_csv(tmp_path / "less.csv", sep=";", index=False)
    widths = []
    for name in ("out.csv", "less.csv"):
        told = json.loads(
            cli(
                "compare",
                tmp_path / name,
                tmp_path / name,
                "--names",
                "nu,toen",
                "--format",
                "json",
                "--language",
                "nl",
            ).out
        )
        widths.append(np.mean([row["points_high"] - row["points_low"] for row in told["rows"]]))
    assert widths[1] > 1.2 * widths[0]


def test_the_command_warns_beside_a_csv(tmp_path: Path, cli: Cli) -> None:
    frame = sheet().assign(drawn="targeted")
    write_sheets(tmp_path / "a.csv", {"answers": frame})
    done = cli(
        "estimate", tmp_path / "a.csv", "--text", "antwoord", "--hand", "hand", "--format", "csv", "--language", "nl"
    )
    assert done.out.startswith("rank,code,label")
    assert "gericht gekozen" in done.err


def test_the_command_writes_html(tmp_path: Path, cli: Cli) -> None:
    write_sheets(tmp_path / "a.csv", {"answers": sheet()})
    cli("estimate", tmp_path / "a.csv", "--text", "antwoord", "--hand", "hand", "--language", "en", "-o",
        tmp_path / "a.html")  # fmt: skip
    assert "% corrected" in (tmp_path / "a.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ["--hand", "codes"],
            "has no column 'codes'; it has A 'antwoord', B 'hand', C 'kans', D 'sector', E 'gewicht'. Choose one with",
        ),
        (["--hand", "hand", "--by", "regio"], "Choose one with --by:"),
        (["--hand", "hand", "--probability", "sector"], "Column 'sector' has 'welzijn', not a number"),
        (["--hand", "hand", "--level", "95"], "level is 95: give a number between 0 and 1"),
    ],
)
def test_the_command_says_what_is_wrong(options: list[str], said: str, tmp_path: Path, cli: Cli) -> None:
    write_sheets(tmp_path / "a.csv", {"answers": sheet()})
    done = cli("estimate", tmp_path / "a.csv", "--text", "antwoord", *options)
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err


def test_a_file_without_any_hand_code_is_refused(tmp_path: Path, cli: Cli) -> None:
    path = write(tmp_path / "a.csv", "text,hand\neen film,\neen plan,\n")
    done = cli("estimate", path, "--text", "text", "--hand", "hand")
    assert done.code == 2
    assert "no coded row" in done.err


def recorded(size: int = 400) -> pd.DataFrame:
    """Answers as `coder sample` leaves them: 60 of them targeted, then 100 of the rest at random, in two strata."""
    corpus, people, _ = two_themes(size)
    cells = people.cells(corpus.ids, ["film", "plan"])
    order = np.random.default_rng(5).permutation(size)
    frame = pd.DataFrame(
        {"antwoord": corpus.texts.to_numpy(), "hand": cells.to_numpy(), "drawn": "", "probability": ""}
    )
    frame["stratum"] = np.where(np.arange(size) % 4 == 0, "klein", "groot")
    frame.loc[order[:60], ["drawn", "probability"]] = ["targeted", "1"]
    for name, n in (("klein", 50), ("groot", 50)):
        rest = [row for row in order[60:] if frame.loc[row, "stratum"] == name]
        frame.loc[rest[:n], ["drawn", "probability"]] = ["random", f"{n / len(rest):.8f}"]
    return frame.assign(hand=frame["hand"].where(frame["drawn"] != "", ""))


def test_how_a_sample_was_drawn_is_read_from_the_columns_that_were_recorded(tmp_path: Path, cli: Cli) -> None:
    frame = recorded()
    frame.to_csv(tmp_path / "coded.csv", sep=";", index=False)
    done = cli("estimate", tmp_path / "coded.csv", "--text", "antwoord", "--hand", "hand", "--language", "en")
    assert "N = 400, of which 100 drawn at random and coded by hand." in done.out
    assert "Another 60 answers were certain to be chosen" in done.out
    assert "Drawn within 2 strata" in done.out
    frame.loc[frame["drawn"] == "targeted", "probability"] = ""
    frame.to_csv(tmp_path / "coded.csv", sep=";", index=False)
    done = cli("estimate", tmp_path / "coded.csv", "--text", "antwoord", "--hand", "hand", "--language", "en")
    assert "60 coded answers were chosen on purpose" in done.out


def test_an_estimate_from_few_answers_warns() -> None:
    corpus, _, hand = sampled(200, 24)
    found = estimate(corpus, hand)
    few = "Note: 24 answers were drawn at random and coded by hand, fewer than 30."
    assert any(str(note).startswith(few) for note in found.warnings)
    assert any(str(note).startswith(few) for note in found.codes.notes)
