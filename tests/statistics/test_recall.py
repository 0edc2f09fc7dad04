"""Recall with a guarantee: the table of Lewis, Yang and Frieder, clusters, and bounds of nothing."""

import numpy as np
import pytest
from scipy.stats import binom, hypergeom

from coder.statistics.prediction_powered import by_hand, corrected
from coder.statistics.recall import any_in, control, fewest_control, most_left, place_to_stop, stop_at


@pytest.mark.parametrize(
    ("target", "found"),
    [(0.8, {14: 14, 59: 53, 100: 87}), (0.9, {29: 29, 59: 58, 100: 96}), (0.95, {59: 59, 100: 99})],
)
def test_the_places_to_stop_are_those_of_lewis_yang_and_frieder(target: float, found: dict[int, int]) -> None:
    assert {control: stop_at(control, target) for control in found} == found


@pytest.mark.parametrize("size", [29, 40, 77, 200])
def test_who_stops_there_has_found_enough_with_the_certainty_asked_and_one_earlier_would_not_do(size: int) -> None:
    stop = stop_at(size)
    assert stop is not None
    assert binom.cdf(stop - 1, size, 0.9) >= 0.95 > binom.cdf(stop - 2, size, 0.9)


def test_with_fewer_than_the_fewest_nobody_can_stop() -> None:
    for target in (0.8, 0.9, 0.95):
        fewest = fewest_control(target)
        assert stop_at(fewest, target) == fewest
        assert stop_at(fewest - 1, target) is None


def test_fragments_of_one_passage_say_less_than_as_many_of_their_own() -> None:
    apart, together = (
        control(counts, np.ones(len(counts), dtype=np.bool_)) for counts in (np.ones(60), np.full(20, 3))
    )
    assert (apart.fragments, apart.worth, apart.enough) == (60, 60, True)
    assert (together.fragments, together.worth, together.enough) == (60, 20, False)
    assert np.isnan(together.needed)


def test_one_stops_where_enough_of_the_control_is_reached() -> None:
    counts, place = np.ones(59), np.arange(59)[::-1] * 10
    assert place_to_stop(counts, place) == 570
    assert control(counts, place <= 570).enough
    assert not control(counts, place < 570).enough
    assert place_to_stop(np.ones(28), np.arange(28)) == np.inf
    assert not control([], np.zeros(0, dtype=np.bool_)).enough


def test_nine_tenths_are_found_in_nineteen_studies_of_twenty_or_more_also_where_plans_differ() -> None:
    found = []
    for seed in range(200):
        chance = np.random.default_rng(seed)
        plan = np.repeat(np.arange(40), 50)
        counts = chance.poisson(0.15 * np.exp(0.8 * chance.normal(size=40))[plan])
        place = np.argsort(np.argsort(-(np.log1p(counts) + 0.5 * chance.normal(size=len(plan)))))
        sample = chance.choice(len(plan), 500, replace=False)
        rest = np.isin(np.arange(len(plan)), sample, invert=True)
        stop = place_to_stop(counts[sample], place[sample])
        found.append(counts[rest & (place <= stop)].sum() >= 0.9 * counts[rest].sum())
    assert np.mean(found) >= 0.95


def test_what_may_be_left_where_nothing_was_found_is_the_exact_bound_of_a_finite_population() -> None:
    left = most_left(0, 50, 400)
    assert hypergeom.cdf(0, 400, left, 50) > 0.05 >= hypergeom.cdf(0, 400, left + 1, 50)
    assert most_left(0, 300, 10**6) == pytest.approx(3 * 10**6 / 300, rel=0.01)
    assert most_left(0, 400, 400) == 0
    assert most_left(0, 0, 400) == 400
    assert most_left(3, 50, 400) > left


def test_fragments_expected_make_one_at_least_likely() -> None:
    assert any_in(np.array([0.0, 1.0, 50.0])) == pytest.approx([0, 1 - np.exp(-1), 1])


def test_documents_as_clusters_widen_an_estimate_where_they_differ() -> None:
    chance = np.random.default_rng(1)
    document = np.repeat(np.arange(20), 20)
    right = (chance.random(400) < np.where(document % 2, 0.05, 0.6))[:, None]
    none, rest = np.zeros((400, 1)), np.zeros((4000, 1))
    alone, clustered = corrected(right, none, rest), corrected(right, none, rest, cluster=document)
    assert clustered.share == pytest.approx(alone.share) == by_hand(right, 4400).share
    assert np.ptp(clustered.interval) > 2 * np.ptp(alone.interval)
    each = corrected(right, none, rest, cluster=np.arange(400))
    assert each.interval == pytest.approx(alone.interval)
