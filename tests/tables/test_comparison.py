"""Waves side by side: what is tested, what is claimed, and the mistakes of tables made by hand that cannot happen."""

import csv
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, chi2, norm
from statsmodels.stats.contingency_tables import mcnemar  # type: ignore[import-untyped]
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest  # type: ignore[import-untyped]

from coder import Code, Codebook, Table, compare, top
from coder.errors import DataError
from coder.files.wave_files import read_published
from coder.files.writing import write_sheets
from coder.statistics import differences
from coder.statistics.design import Design, Sampled
from coder.statistics.proportions import wilson
from coder.statistics.ranks import rank_intervals, rank_intervals_of_estimates, ranks
from coder.tables.mentions import Mentions, mentions
from coder.tables.recoding import opinion_and_instrument
from coder.tables.trend import trend
from tests.conftest import GOLDEN, Cli, cells_of, coding_of, counted, notes_of, read_as, table_in, write

BOOK = Codebook(
    tuple(
        Code(id_, number, {"nl": label}, since=since)
        for number, (id_, label, since) in enumerate(
            [("ai", "AI", "2024"), ("video", "Video", ""), ("social", "Sociale media", ""), ("print", "Druk", "")], 1
        )
    ),
    version="2024",
)


def wave(
    base: int, counts: Mapping[str, int], book: Codebook = BOOK, weights: Sequence[float] | None = None
) -> Mentions:
    """Respondents of whom the first so many mention each code."""
    found = mentions(counted(base, counts), book)
    return found if weights is None else replace(found, weights=np.array(weights, dtype=float))


def people(cells: Sequence[str], names: Sequence[str] | None = None, book: Codebook = BOOK) -> Mentions:
    """Respondents with these cells of codes, named r0, r1, ... unless given."""
    coding = coding_of(cells)
    who = pd.Series(list(names or [f"r{place}" for place in range(len(cells))]), index=coding.seen)
    return mentions(coding, book, respondent=who)


def row(table: Table, code: str) -> Any:  # noqa: ANN401 (a row of any table)
    return table.frame.set_index("code").loc[code]


def labelled(tmp_path: Path, text: str) -> Table:
    return read_published(write(tmp_path / "2021.csv", text))


def simple(share: float, size: int, level: float = 0.95) -> Sampled:
    """What a simple random sample says of one code."""
    return Sampled(np.array([share]), np.array([float(size)]), wilson([share * size], size, level=level), size)


# The numbers

counts_of = st.integers(2, 300).flatmap(lambda base: st.tuples(st.just(base), st.integers(0, base)))


@settings(max_examples=100, deadline=None)
@given(counts_of, counts_of, st.sampled_from([0.9, 0.95, 0.99]))
def test_the_interval_and_the_test_of_two_samples_are_those_of_statsmodels(
    now: tuple[int, int], then: tuple[int, int], level: float
) -> None:
    (base, count), (other_base, other) = now, then
    found = differences.independent(simple(count / base, base, level), simple(other / other_base, other_base, level))
    theirs = confint_proportions_2indep(
        count, base, other, other_base, method="newcomb", compare="diff", alpha=1 - level
    )
    assert found.interval[0].tolist() == pytest.approx(list(theirs), abs=1e-9)
    pooled = (count + other) / (base + other_base)
    if min(pooled, 1 - pooled) * min(base, other_base) >= 5:
        assert found.p[0] == pytest.approx(proportions_ztest([count, other], [base, other_base])[1], abs=1e-9)


def test_with_few_expected_the_test_is_fishers() -> None:
    # Fisher's tea: 3 of 4 against 1 of 4
    assert differences.independent(simple(0.75, 4), simple(0.25, 4)).p[0] == pytest.approx(34 / 70)


@settings(max_examples=60, deadline=None)
@given(st.integers(3, 120), st.integers(0, 2**32 - 1))
def test_a_panel_is_tested_as_mcnemar_has_it(size: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    now, then = random.random((size, 3)) < 0.4, random.random((size, 3)) < 0.5
    found = differences.paired(now, then)
    for code in range(3):
        one, other = now[:, code], then[:, code]
        table = [[(one & other).sum(), (one & ~other).sum()], [(~one & other).sum(), (~one & ~other).sum()]]
        changed = int(table[0][1] + table[1][0])
        if table[0][1] == table[1][0]:  # here statsmodels' continuity correction makes a difference of none
            assert found.p[code] == pytest.approx(1)
        else:
            assert found.p[code] == pytest.approx(mcnemar(table, exact=changed < 25).pvalue, abs=1e-9)
    assert (found.interval[:, 0] <= found.value).all()
    assert (found.value <= found.interval[:, 1]).all()


@pytest.mark.parametrize(
    ("cells", "interval"),
    [((36, 12, 2, 0), (0.0569, 0.3404)), ((1, 1, 7, 12), (-0.507, -0.026))],
    ids=["Newcombe 1998", "Fagerland 2014"],
)
def test_the_interval_of_a_panel_is_the_published_one(
    cells: tuple[int, int, int, int], interval: tuple[float, float]
) -> None:
    both, gained, lost, neither = cells
    now = np.repeat([True, True, False, False], [both, gained, lost, neither])[:, None]
    then = np.repeat([True, False, True, False], [both, gained, lost, neither])[:, None]
    assert differences.paired(now, then).interval[0].tolist() == pytest.approx(interval, abs=5e-4)


def test_equal_weights_change_nothing_and_unequal_ones_widen() -> None:
    counts = {"video": 40, "social": 20}
    plain = compare(wave(100, counts), wave(90, {"video": 20}), BOOK)
    same = compare(wave(100, counts, weights=[2.0] * 100), wave(90, {"video": 20}, weights=[0.5] * 90), BOOK)
    for name in ("percent", "points", "points_low", "points_high", "p_adjusted", "rank_low", "rank_high"):
        assert same.frame[name].astype(float).tolist() == pytest.approx(plain.frame[name].astype(float).tolist())
    uneven = compare(wave(100, counts, weights=[0.2, 1.8] * 50), wave(90, {"video": 20}), BOOK)
    assert row(uneven, "video")["points"] == pytest.approx(row(plain, "video")["points"])
    assert row(uneven, "video")["points_high"] > row(plain, "video")["points_high"]
    assert "gewogen, effectieve basis 61" in " ".join(notes_of(uneven))


def test_a_weighted_panel_is_linearised() -> None:
    random = np.random.default_rng(3)
    now, then, weight = random.random((200, 1)) < 0.5, random.random((200, 1)) < 0.3, random.random(200) + 0.5
    one, other = (weight @ given / weight.sum() for given in (now, then))
    parts = simple(one[0], 200), simple(other[0], 200)
    found = differences.paired_weighted(now, parts[0], then, parts[1], (weight, weight), Design.simple(200))
    change = now[:, 0].astype(float) - then[:, 0]
    mean = weight @ change / weight.sum()
    error = np.sqrt(200 / 199 * (weight**2 @ (change - mean) ** 2)) / weight.sum()
    assert (found.value[0], found.error[0]) == pytest.approx((mean, error))


def test_the_trend_is_cochran_armitage() -> None:
    counts, bases, years = np.array([10, 20, 33]), np.array([100, 120, 110]), [2018, 2021, 2024]
    slope, p = differences.trend([simple(n / base, base) for n, base in zip(counts, bases, strict=True)], years)
    scores = np.repeat(years, bases)
    given_ = np.concatenate([np.arange(base) < count for base, count in zip(bases, counts, strict=True)])
    squared = np.corrcoef(scores, given_)[0, 1] ** 2 * len(scores)
    assert p[0] == pytest.approx(chi2.sf(squared, 1))
    assert slope[0] == pytest.approx(np.polyfit(scores, given_, 1)[0])


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 60), st.integers(1, 8), st.integers(0, 2**32 - 1), st.booleans())
def test_the_interval_of_a_rank_holds_the_rank(size: int, codes: int, seed: int, weighted: bool) -> None:  # noqa: FBT001
    random = np.random.default_rng(seed)
    given_ = random.random((size, codes)) < random.random(codes)
    weight = random.random(size) + 0.1 if weighted else np.ones(size)
    ends = rank_intervals(given_, weight if weighted else None)
    own = ranks(weight @ given_)
    assert (ends[:, 0] <= own).all()
    assert (own <= ends[:, 1]).all()
    assert ends.min() >= 1
    assert ends.max() <= codes


def test_clear_leads_are_certain() -> None:
    given_ = np.random.default_rng(0).random((2000, 4)) < [0.6, 0.3, 0.29, 0.05]
    ends = rank_intervals(given_)
    assert ends.tolist() == [[1, 1], [2, 3], [2, 3], [4, 4]]


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 200), st.integers(2, 7), st.integers(0, 2**32 - 1), st.sampled_from([0.8, 0.95]))
def test_the_interval_of_a_rank_leaves_out_what_exact_tests_by_holm_do(
    size: int, codes: int, seed: int, level: float
) -> None:
    random = np.random.default_rng(seed)
    given_ = random.random((size, codes)) < random.random(codes)
    for code, (low, high) in enumerate(rank_intervals(given_, level=level).tolist()):
        others = [given_[:, other] for other in range(codes) if other != code]
        alone = [(int((one & ~given_[:, code]).sum()), int((given_[:, code] & ~one).sum())) for one in others]
        ahead, behind = ([binom.sf(pair[side] - 1, sum(pair), 0.5) for pair in alone] for side in (0, 1))
        assert (low, high) == (1 + by_holm(ahead, (1 - level) / 2), codes - by_holm(behind, (1 - level) / 2))


def by_holm(chances: Sequence[float], tail: float) -> int:
    """How many of these tests stand together, the smallest first, until the first that does not."""
    ordered = sorted(chances)
    return next((place for place, p in enumerate(ordered) if p > tail / (len(ordered) - place)), len(ordered))


@pytest.mark.parametrize(
    ("chances", "weight"),
    [([0.15] * 6, None), ([0.01] * 6, None), ([0.06, 0.15, 0.15, 0.1, 0.1], [2.5, 1, 1, 1, 1, 1])],
    ids=["tied", "rare", "weights that go with a code"],
)
def test_the_interval_of_a_rank_holds_every_place_of_a_tie(chances: list[float], weight: list[float] | None) -> None:
    random, rounds = np.random.default_rng(5), 400
    counts_for = np.array(weight or [1.0] * (len(chances) + 1))
    share = np.round(np.array(chances) * counts_for[:-1], 9)
    first, last = ranks(share), len(share) + 1 - ranks(-share)
    held = np.zeros(len(share))
    for _ in range(rounds):
        chosen = random.choice(len(chances) + 1, size=150, p=[*chances, 1 - sum(chances)])
        ends = rank_intervals(np.arange(len(chances)) == chosen[:, None], counts_for[chosen] if weight else None)
        held += (ends[:, 0] <= first) & (last <= ends[:, 1])
    assert (held / rounds > 0.95 - 2.5 * 0.011).all()


@pytest.mark.parametrize(("clusters", "size"), [(30, 10), (6, 30)])
def test_the_interval_of_a_rank_holds_a_tie_where_clusters_were_drawn(clusters: int, size: int) -> None:
    random, rounds, chances = np.random.default_rng(11), 200, np.full(5, 0.3)
    cluster = np.repeat(np.arange(clusters), size)
    design, held = Design.of(np.zeros(len(cluster)), cluster), np.zeros((2, 5))
    for _ in range(rounds):
        given_ = random.random((len(cluster), 5)) < random.beta(4 * chances, 4 * (1 - chances), (clusters, 5))[cluster]
        ends = np.stack([rank_intervals(given_, design=drawn) for drawn in (design, None)])
        held += (ends[:, :, 0] == 1) & (ends[:, :, 1] == len(chances))
    assert (held[0] / rounds > 0.95 - 2.5 * 0.0155).all()
    assert (held[1] / rounds < 0.85).all()


def test_a_design_that_says_nothing_leaves_the_interval_of_a_rank_and_a_census_has_no_doubt() -> None:
    random = np.random.default_rng(2)
    given_ = random.random((120, 5)) < [0.42, 0.4, 0.3, 0.1, 0.05]
    one = np.zeros(120)
    plain = rank_intervals(given_)
    assert (rank_intervals(given_, design=Design.simple(120)) == plain).all()
    assert (rank_intervals(given_, design=Design.of(one, np.arange(120))) == plain).all()
    everybody = rank_intervals(given_, design=Design.of(one, np.arange(120), np.full(120, 120.0)))
    assert everybody.tolist() == np.stack([ranks(given_.sum(axis=0))] * 2, axis=1).tolist()
    twice = np.repeat(given_, 2, axis=0)  # 120 drawn, each there twice: no more is known than of 120
    assert (rank_intervals(twice, design=Design.of(np.zeros(240), np.arange(240) // 2)) == plain).all()


def test_codes_that_nobody_gave_may_be_anywhere_that_those_seldom_given_may() -> None:
    given_ = np.zeros((80, 4), dtype=np.bool_)
    given_[:40, 0], given_[40:42, 1] = True, True
    assert rank_intervals(given_).tolist() == [[1, 1], [2, 4], [2, 4], [2, 4]]
    assert rank_intervals(np.zeros((0, 2), dtype=np.bool_)).tolist() == [[1, 2], [1, 2]]
    assert rank_intervals(np.zeros((3, 0), dtype=np.bool_)).shape == (0, 2)


# What is said


def test_a_difference_is_in_points_with_its_interval_and_never_called_percent() -> None:
    table = compare(wave(199, {"video": 102}), wave(120, {"video": 31}), BOOK, names=("2024", "2021"))
    assert "Verschil (procentpunt)" in table_in(table, "nl").headings
    found = row(table, "video")
    assert found["points"] == pytest.approx(102 / 1.99 - 31 / 1.20)
    assert read_as(table, "video", "difference") == "+25,4 (+14,5 tot +35,2)"
    assert (read_as(table, "video", "tested"), read_as(table, "video", "change")) == ("<0,001", "▲")
    assert found["change"] == "up"
    assert read_as(table, "video", "difference", "en") == "+25.4 (+14.5 to +35.2)"
    assert "Difference (points)" in table_in(table, "en").headings


@pytest.mark.parametrize(("now", "change"), [(200, "same"), (201, "up"), (150, "same"), (149, "down")])
def test_with_350_and_350_respondents_it_takes_seven_and_a_half_points_near_half(now: int, change: str) -> None:
    assert row(compare(wave(350, {"video": now}), wave(350, {"video": 175}), BOOK), "video")["change"] == change


def test_nothing_is_called_significant_that_the_adjusted_test_does_not_call_so() -> None:
    book = Codebook(tuple(Code(f"c{number}", number, {}) for number in range(20)))
    then = {f"c{number}": 175 for number in range(20)}
    found = compare(wave(350, then | {"c0": 202}, book), wave(350, then, book), book, limit=20)
    first = row(found, "c0")
    assert first["p"] < 0.05 < first["p_adjusted"]
    assert set(found.frame["change"]) == {"same"}


def test_p_does_not_depend_on_how_many_codes_are_shown() -> None:
    now, then = wave(100, {"video": 50, "social": 30, "print": 5}), wave(100, {"video": 20, "social": 30, "print": 9})
    assert row(compare(now, then, BOOK, limit=1), "video")["p_adjusted"] == pytest.approx(
        row(compare(now, then, BOOK), "video")["p_adjusted"]
    )


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 40), min_size=6, max_size=6))
def test_when_waves_swap_every_difference_turns_its_sign(counts: list[int]) -> None:
    one = wave(40, dict(zip(("video", "social", "print"), counts[:3], strict=True)))
    other = wave(50, dict(zip(("video", "social", "print"), counts[3:], strict=True)))
    there, back = (compare(*pair, BOOK).frame.set_index("code") for pair in ((one, other), (other, one)))
    back = back.reindex(there.index)
    assert there["points"].tolist() == pytest.approx((-back["points"]).tolist(), nan_ok=True)
    assert there["points_low"].tolist() == pytest.approx((-back["points_high"]).tolist(), nan_ok=True)
    assert there["p"].tolist() == pytest.approx(back["p"].tolist(), nan_ok=True)


def test_a_code_that_did_not_exist_is_new_and_no_rise_from_nothing() -> None:
    table = compare(wave(100, {"ai": 50, "video": 20}), wave(100, {"video": 30}), BOOK, names=("2024", "2021"))
    found = row(table, "ai")
    assert (found["change"], found["then_status"]) == ("new", "not_in_list")
    assert [read_as(table, "ai", name) for name in ("change", "then_place", "difference")] == ["nieuw", "/", ""]
    assert pd.isna(found["p"])
    assert "Nieuw: AI." in " ".join(notes_of(table))


def test_lines_of_an_old_report_find_their_code_whatever_their_signs_and_are_asked_about_where_they_share_a_word(
    tmp_path: Path,
) -> None:
    labels = ["Verkeer en mobiliteit", "Groen en natuur", "Parkeren", "Zorg voor ouderen", "Zorg voor kinderen"]
    book = Codebook(tuple(Code(f"c{number}", number, {"nl": label}) for number, label in enumerate(labels, 1)))
    now = wave(100, {"c1": 60, "c2": 50, "c3": 20, "c4": 10}, book)

    def then(*printed: str) -> Table:
        rows = "".join(f"{place};{label};{90 - place}\n" for place, label in enumerate(printed, 1))
        old = read_published(write(tmp_path / "2024.csv", f"Plaats;Code;n\n{rows}N = 100;;\n"))
        return compare(now, old, book, names=("2026", "2024"), limit=3)

    known = then("VERKEER & mobiliteit:", "Groen et natuur", "Parkeren")
    assert known.frame["then_rank"].iloc[:3].tolist() == [1, 2, 3]
    other = then("Verkeer en mobiliteit", "Meer groen", "Zorg")
    assert row(other, "c2")["then_status"] == "not_in_list"
    said = " ".join(notes_of(other))
    assert "'Meer groen' van '2024' lijkt op de code 'Groen en natuur'" in said
    assert "'Zorg' van" not in said


def test_a_line_with_figures_and_no_label_is_not_left_out_in_silence(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no label: '1 \| 50'"):
        read_published(write(tmp_path / "a.csv", "plaats;code;n\n1;;50\n2;Video;9\n"))
    assert len(read_published(write(tmp_path / "b.csv", "plaats;code;n\n1;Video;50\n2;;\n")).frame) == 1


def test_a_code_that_existed_and_that_nobody_had_rises_from_nothing() -> None:
    found = row(compare(wave(100, {"social": 50, "video": 9}), wave(100, {"video": 9}), BOOK), "social")
    assert (found["change"], found["then_n"], found["then_status"]) == ("up", 0, "not_in_list")


def test_without_a_codebook_a_code_that_nobody_had_is_new_and_the_reason_is_said() -> None:
    books = [Codebook.from_ids(ids) for ids in (("a", "b"), ("a",))]
    table = compare(wave(10, {"a": 5, "b": 3}, books[0]), wave(10, {"a": 4}, books[1]))
    assert row(table, "b")["change"] == "new"
    assert any("geef het codeboek (--codebook)" in note for note in notes_of(table))


def test_one_code_has_one_count_in_every_table() -> None:
    coding = counted(60, {"video": 15, "social": 12, "print": 15})
    listed = top(coding, BOOK).frame.set_index("code")
    compared = compare(mentions(coding, BOOK), wave(40, {"video": 9}), BOOK).frame.set_index("code")
    assert compared["n"].to_dict() == listed["n"].to_dict()
    assert compared["percent"].tolist() == pytest.approx(listed["percent"].tolist())
    assert compared["rank"].to_dict() == listed["rank"].to_dict() == {"video": 1, "print": 1, "social": 3}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=8, max_size=8), st.integers(1, 4))
def test_no_row_is_larger_than_the_one_above_ties_hold_and_every_drop_out_is_listed(
    counts: list[int], limit: int
) -> None:
    now, then = (dict(zip(BOOK.ids, part, strict=True)) for part in (counts[:4], counts[4:]))
    table = compare(wave(30, now), wave(30, then), BOOK, limit=limit)
    listed = table.frame[~table.frame["dropped"]]
    n, place = listed["n"].tolist(), listed["rank"].tolist()
    assert n == sorted(n, reverse=True)
    assert place == [1 + sum(other > own for other in now.values()) for own in n]
    was = {id_ for id_, own in then.items() if own and 1 + sum(other > own for other in then.values()) <= limit}
    assert set(table.frame["code"][table.frame["dropped"]]) == was - set(listed["code"])
    for id_ in was - set(listed["code"]):
        assert BOOK.label(id_) in notes_of(table)[0]


def test_a_drop_out_is_named_with_its_present_place() -> None:
    table = compare(wave(50, {"video": 9, "social": 5, "print": 2}), wave(50, {"print": 9}), BOOK, limit=1)
    assert notes_of(table)[0] == "Vallen uit de top 1: Druk (nu plaats 3)."


SHORT = "rank;label;n;basis\n1;Video;40;100\n2;AI;20;100\n"


@pytest.mark.parametrize(
    ("rows", "limit", "said"),
    [
        ("", 10, "Niet bekend is of deze codes nog in de top 10 staan, want 2024 noemt ze niet: Druk."),
        ("4;Sociale media;9;100\n", 4, "Niet bekend is of deze codes nog in de top 4 staan, want 2024 noemt ze niet: "),
        ("", 2, "Vallen uit de top 2: Druk."),
        ("2;Sociale media;20;100\n", 2, "Vallen uit de top 2: Druk."),
        ("3;Druk;9;100\n", 2, "Vallen uit de top 2: Druk (nu plaats 3)."),
        ("3;Sociale media;0;100\n", 10, "Vallen uit de top 10: Druk."),
        ("3;Druk;0;100\n", 10, "Vallen uit de top 10: Druk (nu door niemand genoemd)."),
    ],
    ids=["short", "with a gap", "full", "a tie at the end", "a lower rank", "down to nobody", "nobody"],
)
def test_only_what_a_list_is_known_to_leave_out_dropped_out(tmp_path: Path, rows: str, limit: int, said: str) -> None:
    now = read_published(write(tmp_path / "2024.csv", SHORT + rows))
    then = wave(100, {"video": 30, "print": 30}) if limit > 1 else wave(100, {"print": 30})
    table = compare(now, then, BOOK, limit=limit, names=("2024", "2021"))
    assert notes_of(table)[0].startswith(said)
    assert row(table, "print")["dropped"] == said.startswith("Vallen")
    everywhere = trend({"2024": now, "2021": then, "2018": then}, BOOK, limit=limit)
    assert notes_of(everywhere)[0].startswith(said)


def test_that_nothing_dropped_out_is_said_of_what_the_last_list_names(tmp_path: Path) -> None:
    now = wave(100, {"video": 30, "print": 20})
    ranks_alone = labelled(tmp_path, "rank;label\n1;Video\n4;Druk\n")
    assert notes_of(compare(now, ranks_alone, BOOK))[0] == "Van de codes die 2021 noemt, valt er geen uit de top 10."
    assert notes_of(compare(now, now, BOOK))[0] == "Uit de vorige top 10 valt niets weg."
    assert (
        notes_of(compare(now, ranks_alone, BOOK, limit=2))[0]
        == "Van de codes die 2021 noemt, valt er geen uit de top 2."
    )


def test_a_code_that_is_no_longer_in_the_codebook_is_told(tmp_path: Path) -> None:
    then = labelled(tmp_path, "rank;label\n1;Video\n2;Fax\n3;Druk\n")
    now = wave(100, {"video": 30, "ai": 20})
    assert notes_of(compare(now, then, BOOK))[:2] == (
        "Vallen uit de top 10: Druk (nu door niemand genoemd), Fax.",
        "Niet in het codeboek, zodat nu niemand die code kon krijgen: Fax.",
    )
    first, all_of_them = (top(counted(100, {"video": 30, "ai": 20}), BOOK, limit=limit) for limit in (1, 10))
    assert notes_of(compare(all_of_them, then, BOOK))[0] == "Vallen uit de top 10: Druk, Fax."
    assert notes_of(compare(first, then, BOOK))[0].startswith("Niet bekend is of deze codes nog in de top 10 staan")
    books = [Codebook.from_ids(ids) for ids in ("a", "ab")]
    without = compare(wave(100, {"a": 30}, books[0]), wave(9, {"a": 3, "b": 2}, books[1]))
    assert notes_of(without)[0] == "Vallen uit de top 10: b."


# The same respondents


def test_a_panel_is_joined_by_respondent_and_those_in_one_wave_alone_do_not_count() -> None:
    now = people(["video"] * 30 + ["-"] * 10 + ["video"], [f"r{n}" for n in range(41)])
    then = people(["-"] * 12 + ["video"] * 18 + ["-"] * 10, [f"r{n}" for n in [*range(39, -1, -1)]][::-1])
    table = compare(now, then, BOOK, panel=True)
    found = row(table, "video")
    assert found["points"] == pytest.approx(12 / 40 * 100)
    assert found["p"] == pytest.approx(2 * 0.5**12)
    assert found["n"] == 31
    assert "bij de 40 respondenten" in " ".join(notes_of(table))
    assert "Enkel nu: 1; enkel toen: 0" in " ".join(notes_of(table))


def test_a_panel_that_is_not_named_one_is_seen() -> None:
    one, other = people(["video"] * 10), people(["social", *["video"] * 9])
    assert any("--panel" in note for note in notes_of(compare(one, other, BOOK)))
    assert not any("--panel" in note for note in notes_of(compare(one, other, BOOK, panel=True)))
    numbered = compare(wave(10, {"video": 5}), wave(10, {"video": 5}), BOOK)
    assert not any("--panel" in note for note in notes_of(numbered))


def test_a_panel_needs_respondents_in_common() -> None:
    with pytest.raises(DataError, match="not a panel"):
        compare(people(["video"]), people(["video"], ["x"]), BOOK, panel=True)


# Codes that merged or split

OLD = Codebook(
    (
        Code("film", 1, {"nl": "Film"}),
        Code("tv", 2, {"nl": "Televisie"}),
        Code("digital", 3, {"nl": "Digitaal"}),
        Code("fax", 4, {"nl": "Fax"}),
    ),
    version="2021",
)
NEW = Codebook(
    (
        Code("video", 1, {"nl": "Video"}, formerly=("Film", "Televisie")),
        Code("web", 3, {"nl": "Website"}, formerly=("Digitaal",)),
        Code("app", 5, {"nl": "App"}, formerly=("Digitaal",)),
        Code("ai", 6, {"nl": "AI"}),
    ),
    version="2024",
)


def test_codes_that_became_one_count_a_respondent_once_and_a_split_code_is_compared_with_its_heirs_together() -> None:
    then = people(["film;tv", "film", "tv;digital", "digital", "-", "fax"], book=OLD)
    now = people(["web;app", "web", "app;video", "-", "ai", "web"], [f"n{n}" for n in range(6)], NEW)
    table = compare(now, then, NEW, then_codebook=OLD)
    assert row(table, "video")["then_n"] == 3
    together = row(table, "web+app")
    assert (together["n"], together["then_n"], together["label"]) == (4, 2, "Digitaal (→ Website + App)")
    assert pd.isna(together["rank"])
    assert not pd.isna(together["p"])
    for heir in ("web", "app"):
        assert read_as(table, heir, "then_place") == "deel van Digitaal (→ Website + App)"
        assert pd.isna(row(table, heir)["points"])
    assert row(table, "ai")["change"] == "new"
    assert table.frame["code"].tolist() == ["web+app", "web", "app", "video", "ai", "fax"]
    assert notes_of(table)[:2] == (
        "Vallen uit de top 10: Fax.",
        "Niet in het codeboek, zodat nu niemand die code kon krijgen: Fax.",
    )


def test_a_former_name_in_a_published_table_stands_for_its_heirs(tmp_path: Path) -> None:
    then = labelled(tmp_path, "rank;label;n;basis\n1;Digitaal;40;100\n2;Film;10;100\n")
    table = compare(wave(100, {"web": 20, "app": 25, "video": 10}, NEW), then, NEW)
    assert (row(table, "web+app")["n"], row(table, "web+app")["then_n"]) == (25, 40)
    assert row(table, "web+app")["points"] == pytest.approx(-15)


def test_one_code_under_two_labels_is_refused(tmp_path: Path) -> None:
    then = labelled(tmp_path, "rank;label\n1;Film\n2;Televisie\n")
    with pytest.raises(DataError, match="'video' more than once, as 'Film' and 'Televisie'"):
        compare(wave(10, {"video": 5}, NEW), then, NEW)


# Published tables


def test_with_ranks_alone_no_difference_is_shown_and_nothing_called_significant(tmp_path: Path) -> None:
    then = labelled(tmp_path, "rank;label\n1;Sociale media\n4;Video\n")
    table = compare(wave(100, {"video": 80, "social": 10}), then, BOOK)
    assert list(table.shown) == ["place", "label", "n", "percent", "then_place"]
    assert table.frame[["points", "p"]].isna().all(axis=None)
    assert cells_of(table)[0] == ["1 (1–1)", "Video", "80", "80%", "Plaats 4"]
    assert "De vorige plaats valt buiten het interval van nu: Video, Sociale media. Dat is geen toets" in " ".join(
        notes_of(table)
    )
    assert any("geen verschil is getoetst" in note for note in notes_of(table))


def test_with_n_and_base_a_published_table_is_tested_as_codings_are(tmp_path: Path) -> None:
    then = labelled(tmp_path, "rank;label;n;basis\n1;Video;31;120\n2;Sociale media;18;120\n")
    now = wave(199, {"video": 51, "social": 70})
    printed = compare(now, then, BOOK).frame
    coded = compare(now, wave(120, {"video": 31, "social": 18}), BOOK).frame
    assert printed["p_adjusted"].tolist() == pytest.approx(coded["p_adjusted"].tolist())
    assert printed["points"].tolist() == pytest.approx(coded["points"].tolist())
    assert printed["then_percent"].tolist() == pytest.approx(coded["then_percent"].tolist())


def test_the_base_of_a_published_table_may_stand_in_a_line_under_it(tmp_path: Path) -> None:
    then = labelled(tmp_path, "Plaats;Thema;n;%\n1;Video;31;26%\n2;Sociale media;18;15%\nN = 1.120;;;\n")
    assert (then.base, then.frame["label"].tolist()) == (1120, ["Video", "Sociale media"])
    rows = "".join(f"{place};Thema {place};{50 - place};{50 - place}%\n" for place in range(1, 6))
    assert labelled(tmp_path, f"Plaats;Thema;n;%\n{rows}N = 100;;;\n").base == 100


def test_a_printed_table_that_contradicts_itself_is_told(tmp_path: Path) -> None:
    then = labelled(tmp_path, "rank;label;n;basis\n1;Video;15;50\n7;Sociale media;11;50\n8;Druk;12;50\n9;AI;12;50\n")
    notes = " ".join(notes_of(compare(wave(50, {"video": 20}), then, BOOK)))
    assert "in 2021 staat Sociale media (plaats 7, n = 11) boven Druk (plaats 8, n = 12)" in notes
    assert "in 2021 hebben Druk en AI elk n = 12 maar niet dezelfde plaats" in notes


@pytest.mark.parametrize("weights", [None, [1.5] * 60 + [0.5] * 60])
def test_a_table_that_was_written_is_compared_as_the_answers_it_counts(
    tmp_path: Path, weights: list[float] | None
) -> None:
    then, now = wave(120, {"video": 31, "social": 18}, weights=weights), wave(199, {"video": 51, "social": 70})
    write_sheets(tmp_path / "2021.csv", {"top": top(then, BOOK).frame})
    read = read_published(tmp_path / "2021.csv")
    for book in (BOOK, None):
        told, coded = (compare(now, one, book).frame for one in (read, then))
        for name in ("points", "points_low", "points_high", "p_adjusted"):
            assert told[name].dropna().tolist() == pytest.approx(coded[name].dropna().tolist()[: told[name].count()])
        assert told["p_adjusted"].count() == 2


def test_a_weighted_table_without_its_effective_base_is_not_tested(tmp_path: Path) -> None:
    then = labelled(tmp_path, "rank;label;n;n gewogen;%;basis\n1;Video;15;21,5;43;50\n2;Druk;12;10;20;50\n")
    frame = compare(wave(50, {"video": 20}), then, BOOK).frame
    assert frame["points"].tolist() == [-3, -20]
    assert frame["p_adjusted"].isna().all()
    assert frame["then_percent"].dropna().tolist() == [43, 20]


def test_a_printed_percentage_that_is_not_n_of_its_base_is_told(tmp_path: Path) -> None:
    then = labelled(tmp_path, "rank;label;n;%;basis\n1;Video;15;30;50\n2;Druk;12;26,5;50\n3;AI;11;21,5;50\n")
    notes = [note for note in notes_of(compare(wave(50, {"video": 20}), then, BOOK)) if "past het percentage" in note]
    assert len(notes) == 1
    assert "niet bij n en N = 50: Druk (n = 12, 26,5%, niet 24%). Is het gewogen" in notes[0]


def test_a_table_that_ranks_by_weights_does_not_contradict_its_n(tmp_path: Path) -> None:
    then = replace(people(["video"] * 5 + ["social"] * 10), weights=np.array([9.0] * 5 + [1.0] * 10))
    top(then, BOOK).frame.to_csv(tmp_path / "2021.csv", sep=";", index=False)
    table = read_published(tmp_path / "2021.csv")
    assert table.frame["n"].tolist() == [5, 10]
    assert not any("boven" in note for note in notes_of(compare(wave(50, {"video": 20}), table, BOOK)))


@pytest.mark.parametrize("options", ["top", "top --by group", "compare"])
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_weighted_table_that_was_written_is_read_back_without_suspicion(
    cli: Cli, tmp_path: Path, options: str, ending: str
) -> None:
    cells = ["video"] * 50 + ["social"] * 60 + ["-"] * 10
    weights = ["1.5"] * 50 + ["0.5"] * 60 + ["1.0"] * 10
    rows = "".join(
        f"{cell};{one};{'ab'[place % 2]}\n" for place, (cell, one) in enumerate(zip(cells, weights, strict=True))
    )
    last = write(tmp_path / "last.csv", f"codes;weight;group\n{rows}")
    now = write(tmp_path / "now.csv", "codes\n" + "video\n" * 31 + "social\n" * 20)
    command, *more = options.split()
    wrote = tmp_path / f"2021.{ending}"
    files = [last, now] if command == "compare" else [last]
    assert cli(command, *files, *more, "--weight", "weight", "-o", wrote).code == 0
    read = cli("compare", now, wrote, "--language", "nl")
    assert read.code == 0
    assert "social" in read.out
    assert "Let op: in 2021" not in read.out


def test_nets_are_compared_with_nets_alone(tmp_path: Path) -> None:
    nets = labelled(tmp_path, "rank;label;n;level;net\n1;Sociale media;60;0;\n;Video;50;1;social\n2;AI;11;0;\n")
    assert row(compare(nets, nets, BOOK), "social")["then_n"] == 60
    with pytest.raises(DataError, match="2021 counts nets with the codes under them and this wave does not"):
        compare(wave(100, {"video": 50, "social": 10}), nets, BOOK)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rank;label;n;basis\n1;Video;90;50\n", "n = 90 of 'Video', more than its base of 50"),
        ("rank;label;n;basis\n1;Video;9;50\n2;Druk;3;60\n", "bases 50, 60"),
    ],
)
def test_a_printed_table_with_impossible_numbers_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(DataError, match=re.escape(said)):
        labelled(tmp_path, text)


ESTIMATES = """rank;code;label;n;base;percent;low;high;coverage
1;a;A;30;200;50,0;45,0;55,0;0,95
2;b;B;9;200;20,0;14,0;27,0;0,95
3;c;C;0;200;0,125;0;2,0;0,95
"""
EARLIER = ESTIMATES.replace("50,0;45,0;55,0", "30,0;24,0;37,0")


def test_estimates_are_compared_as_estimates_and_not_by_their_hand_codes(tmp_path: Path, cli: Cli) -> None:
    write(tmp_path / "2024.csv", ESTIMATES)
    write(tmp_path / "2021.csv", EARLIER)
    found = compare(read_published(tmp_path / "2024.csv"), read_published(tmp_path / "2021.csv"), book_of_two())
    first = row(found, "a")
    assert first["points"] == pytest.approx(20)
    assert [first["low"], first["high"], first["then_low"]] == pytest.approx([45, 55, 24])
    share, before = 0.5, 0.3
    down = np.sqrt(np.sum(np.square([0.05, share - wilson_of(0.5)[0], 0.07, wilson_of(0.3)[1] - before])))
    assert first["points_low"] == pytest.approx(20 - 100 * down)
    assert 0.001 < first["p"] < 0.01
    assert (first["rank"], first["rank_low"], first["rank_high"]) == (1, 1, 1)
    assert row(found, "b")["change"] == "same"
    done = cli("compare", tmp_path / "2024.csv", tmp_path / "2021.csv", "--language", "nl")
    assert done.code == 0
    assert "Zou en Donner 2008" in done.out
    assert "45,0–55,0" in done.out
    assert "Let op" not in done.out


def test_the_level_of_an_estimate_is_that_of_the_comparison(tmp_path: Path) -> None:
    z = [float(norm.ppf((1 + level) / 2)) for level in (0.8, 0.95)]
    narrow = [f"{50 + 5 * sign * z[0] / z[1]:.12f}".replace(".", ",") for sign in (-1, 1)]
    write(tmp_path / "80.csv", ESTIMATES.replace("45,0;55,0", ";".join(narrow)).replace("0,95", "0,8"))
    write(tmp_path / "95.csv", ESTIMATES)
    write(tmp_path / "then.csv", EARLIER)
    then = read_published(tmp_path / "then.csv")
    one, other = (compare(read_published(tmp_path / name), then, book_of_two()) for name in ("80.csv", "95.csv"))
    assert row(one, "a")["points_low"] == pytest.approx(row(other, "a")["points_low"])


def wilson_of(share: float) -> Any:  # noqa: ANN401 (two numbers)
    return wilson(share * 200, 200)


def test_estimates_in_which_nothing_was_estimated_are_tested_as_counts(tmp_path: Path) -> None:
    counts = "rank;code;label;n;base;percent;low;high;coverage\n1;a;A;120;200;60;60;60;0.9\n2;b;B;50;200;25;25;25;0.9\n"
    then = "rank;code;label;n;base\n1;b;B;80;200\n2;a;A;70;200\n"
    write(tmp_path / "all.csv", counts)
    plain = labelled(tmp_path, "rank;label;n;base\n1;a;120;200\n2;b;50;200\n")
    write(tmp_path / "then.csv", then)
    one = compare(read_published(tmp_path / "all.csv"), read_published(tmp_path / "then.csv"), book_of_two())
    other = compare(plain, read_published(tmp_path / "then.csv"), book_of_two())
    for name in ("points", "points_low", "points_high", "p"):
        assert one.frame[name].tolist() == pytest.approx(other.frame[name].tolist())


def book_of_two() -> Codebook:
    return Codebook((Code("a", 1, {"nl": "A"}), Code("b", 2, {"nl": "B"})))


@given(
    shares=st.lists(st.floats(0.01, 0.99), min_size=2, max_size=2),
    widths=st.lists(st.floats(0, 0.3), min_size=4, max_size=4),
    size=st.integers(20, 2000),
)
def test_the_p_of_estimates_agrees_with_their_interval(shares: list[float], widths: list[float], size: int) -> None:
    mine = np.array([[shares[0] - widths[0], shares[0] + widths[1]]])
    theirs = np.array([[shares[1] - widths[2], shares[1] + widths[3]]])
    one, other = (simple(share, size) for share in shares)
    found = differences.of_estimates(one, mine, other, theirs)
    low, high = found.interval[0]
    assert (found.p[0] < 0.05) == (low > 0 or high < 0)
    sure = differences.independent(one, other)
    assert low <= sure.interval[0, 0] + 1e-12
    assert high >= sure.interval[0, 1] - 1e-12


def test_the_rank_of_an_estimate_is_surer_the_surer_the_estimate() -> None:
    shares = np.array([0.5, 0.3, 0.28, 0.0])
    sure = rank_intervals_of_estimates(shares, np.full(4, 1e-6))
    assert sure.tolist() == [[1, 1], [2, 2], [3, 3], [4, 4]]
    unsure = rank_intervals_of_estimates(shares, np.full(4, 0.05))
    assert unsure[1].tolist() == [1, 3]
    assert rank_intervals_of_estimates(np.zeros(0), np.zeros(0)).shape == (0, 2)


# Several waves


def test_three_waves_are_a_trend_of_which_each_step_is_tested() -> None:
    waves = {
        "2024": wave(200, {"video": 100, "social": 20}),
        "2021": wave(150, {"video": 50, "social": 15}),
        "2015": wave(100, {"video": 20, "social": 10, "print": 30}),
    }
    table = trend(waves, BOOK, limit=2)
    step = row(compare(waves["2024"], waves["2021"], BOOK), "video")
    found = row(table, "video")
    assert (found["points_2024"], found["p_adjusted_2024"]) == pytest.approx((step["points"], step["p_adjusted"]))
    _, p = differences.trend([simple(0.5, 200), simple(1 / 3, 150), simple(0.2, 100)], [2024, 2021, 2015])
    assert found["trend_p"] == pytest.approx(p[0])
    assert read_as(table, "video", "trend").startswith("▲")
    assert read_as(table, "social", "trend").startswith("sq")
    assert (
        notes_of(table)[0]
        == "Stonden in een vroegere meting in de top 2, en nu niet meer: Druk (nu door niemand genoemd)."
    )
    assert "afstand in jaren" in " ".join(notes_of(table))


def test_a_trend_of_a_panel_is_that_of_the_same_respondents() -> None:
    names = [f"r{n}" for n in range(30)]
    cells = [["video"] * count + ["-"] * (30 - count) for count in (20, 12, 4)]
    waves = dict(zip("abc", (people(one, names) for one in cells), strict=True))
    table = trend(waves, BOOK, panel=True)
    alone = trend(
        {name: people(one, [f"{name}{n}" for n in range(30)]) for name, one in zip("abc", cells, strict=True)}, BOOK
    )
    assert row(table, "video")["trend_p"] < row(alone, "video")["trend_p"]
    assert "30 respondenten in alle metingen, metingen even ver uit elkaar" in " ".join(notes_of(table))


def test_waves_out_of_order_are_refused() -> None:
    waves = {name: wave(10, {"video": 5}) for name in ("2018", "2021", "2024")}
    with pytest.raises(DataError, match="newest first"):
        trend(waves, BOOK)


# Opinion and instrument


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(["video", "social", "video;social", "-"]), min_size=12, max_size=12), st.booleans())
def test_opinion_and_instrument_add_up_to_the_difference_in_all(cells: list[str], both: bool) -> None:  # noqa: FBT001
    now, then = people(["video", "social", *cells[:2]], list("abcd")), people(["video;social", *cells[2:6]])
    again, of_now = people(["video", *cells[6:10]]), people(["video", "social", *cells[10:]], list("abcd"))
    found = opinion_and_instrument(now, then, again, BOOK, instrument="rules", now_again=of_now if both else None).frame
    total = found["opinion_points"] + found["instrument_points"]
    assert total.tolist() == pytest.approx(found["all_points"].tolist(), nan_ok=True)
    assert found["all_points"].notna().any()


def test_what_the_instrument_makes_is_not_called_opinion() -> None:
    names = [f"n{n}" for n in range(100)]
    then, again = people(["-"] * 60 + ["video"] * 40), people(["-"] * 20 + ["video"] * 80)
    now = people(["-"] * 20 + ["video"] * 80, names)
    table = opinion_and_instrument(now, then, again, BOOK, instrument="rules", now_again=now, names=("2024", "2021"))
    found = row(table, "video")
    assert (found["all_change"], found["opinion_change"], found["instrument_change"]) == ("up", "same", "up")
    assert found["instrument_p"] == pytest.approx(mcnemar([[40, 40], [0, 20]], exact=False).pvalue)
    assert "Significant in totaal, maar niet in mening: Video ▲." in notes_of(table)
    assert any("2024 heeft dezelfde codes als dat instrument geeft" in note for note in notes_of(table))
    unknown = opinion_and_instrument(now, then, again, BOOK, instrument="rules")
    assert any("verschil tussen mens en machine" in note for note in notes_of(unknown))


def found_again(cells: Sequence[str], part: float) -> list[str]:
    """The same cells, of which the machine finds this part of the mentions."""
    named = [place for place, cell in enumerate(cells) if cell != "-"]
    missed = set(named[round(part * len(named)) :])
    return ["-" if place in missed else cell for place, cell in enumerate(cells)]


def recoded(now: Sequence[str], then: Sequence[str], of_now: Sequence[str], of_then: Sequence[str]) -> Table:
    names = [f"n{place}" for place in range(len(now))]
    one, other, again = people(now, names), people(then), people(of_then)
    return opinion_and_instrument(
        one, other, again, BOOK, instrument="rules", now_again=people(of_now, names), names=("2024", "2021")
    )


@pytest.mark.parametrize(("recall", "then_recall"), [(0.9, 0.5), (0.5, 0.9)])
def test_what_the_machine_misses_in_one_wave_is_not_called_opinion(recall: float, then_recall: float) -> None:
    now, then = (["video"] * 90 + ["-"] * 110 for _ in range(2))
    table = recoded(now, then, found_again(now, recall), found_again(then, then_recall))
    found = row(table, "video")
    assert found["opinion_p_adjusted"] < 0.05
    assert (found["opinion_change"], found["instrument_change"], found["all_change"]) == ("unsure", "unsure", "same")
    assert (found["recall"], found["then_recall"]) == pytest.approx((recall, then_recall))
    assert not any("verschil in mening" in note for note in notes_of(table))
    said = f"Video (nu {recall * 100:.0f}%, toen {then_recall * 100:.0f}%)."
    assert any(note.endswith(said) for note in notes_of(table))


def test_what_the_machine_wrongly_gives_in_one_wave_is_not_called_opinion() -> None:
    cells, more = ["video"] * 60 + ["-"] * 140, ["video"] * 100 + ["-"] * 100
    now = row(recoded(cells, cells, more, [*cells[1:], "-"]), "video")
    then = row(recoded(cells, cells, [*cells[1:], "-"], more), "video")
    assert (now["opinion_change"], now["instrument_change"]) == ("unsure", "unsure")
    assert (then["opinion_change"], then["instrument_change"]) == ("unsure", "up")


def test_a_change_of_opinion_that_people_and_machine_saw_is_called_so_though_people_coded_less_then() -> None:
    now, then, coded = (["video"] * many + ["-"] * (200 - many) for many in (120, 60, 30))
    found = row(recoded(now, coded, found_again(now, 0.95), found_again(then, 0.95)), "video")
    assert (found["opinion_change"], found["instrument_change"]) == ("up", "up")


@pytest.mark.parametrize("recall", [0.95, 0.8])
def test_a_change_of_opinion_is_called_so_where_the_machine_finds_as_much_in_both_waves(recall: float) -> None:
    now, then = ["video"] * 120 + ["-"] * 80, ["video"] * 60 + ["-"] * 140
    table = recoded(now, then, found_again(now, recall), found_again(then, recall))
    assert row(table, "video")["opinion_change"] == "up"
    assert row(table, "video")["instrument_change"] in {"same", "unsure"}
    assert "Significant verschil in mening: Video ▲." in notes_of(table)


def test_what_people_did_not_code_then_is_the_instrument() -> None:
    cells = ["video"] * 80 + ["-"] * 120
    table = recoded(cells, found_again(cells, 0.5), cells[:78] + ["-"] * 122, cells)
    assert (row(table, "video")["opinion_change"], row(table, "video")["instrument_change"]) == ("same", "up")


def test_without_peoples_codes_of_both_waves_nothing_is_called_opinion() -> None:
    now, then = ["ai"] * 60 + ["video"] * 60 + ["-"] * 80, ["video"] * 20 + ["-"] * 180
    names = [f"n{place}" for place in range(200)]
    waves = people(now, names), people(then), people(then)
    for of_now in (None, people(now, names)):
        frame = opinion_and_instrument(*waves, BOOK, instrument="rules", now_again=of_now).frame.set_index("code")
        assert frame["opinion_change"][["ai", "video"]].tolist() == ["unsure", "unsure"]
        assert frame["recall"].isna().all()


def test_a_code_that_is_new_in_the_codebook_has_an_opinion_when_the_old_answers_are_coded_again() -> None:
    then = people(["film", "digital", "-", "-"], book=OLD)
    again = people(["video", "web", "ai", "-"], book=NEW)
    now = people(["ai", "ai", "web", "-"], list("abcd"), NEW)
    table = opinion_and_instrument(now, then, again, NEW, instrument="rules", then_codebook=OLD)
    assert row(table, "ai")["opinion_points"] == pytest.approx(25)
    assert pd.isna(row(table, "ai")["all_points"])
    together = row(table, "web+app")
    assert together["opinion_points"] + together["instrument_points"] == pytest.approx(together["all_points"])


# The command

YAML = """codebook: test
version: "2024"
codes:
  - {id: film, number: 1, label: {nl: Meer film}, rules: [film*, video]}
  - {id: plan, number: 2, label: {nl: Plannen}, rules: [plan*]}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "book.yaml", YAML)
    rows = "wie;w;antwoord;codes\na;1;een film;film\nb;2;een plan;plan\n"
    write(tmp_path / "2024.csv", rows + 'c;1;film en plan;"film;plan"\n')
    write(tmp_path / "2021.csv", "wie;w;antwoord;codes\na;1;een plan;plan\nb;1;video;-\nc;3;een plan;plan\n")
    write(tmp_path / "2018.csv", "wie;w;antwoord;codes\na;1;niets;-\nb;1;video;film\nc;3;een plan;plan\n")
    return tmp_path


def test_the_command_compares_a_panel_with_weights_and_writes_all_columns(cli: Cli, here: Path) -> None:
    done = cli(
        "compare", "2024.csv", "2021.csv", "--codebook", "book.yaml", "--panel", "--respondent", "wie",
        "--weight", "w", "--then-weight", "w", "-o", "uit.csv", "--format", "json",
    )  # fmt: skip
    assert done.code == 0, done.err
    rows = {one["code"]: one for one in json.loads(done.out)["rows"]}
    assert rows["film"]["percent"] == 50
    assert rows["plan"]["points"] == pytest.approx((3 / 4 - 4 / 5) * 100)
    with (here / "uit.csv").open(encoding="utf-8-sig") as file:
        assert {"points_low", "p_adjusted", "rank_high"} < set(csv.DictReader(file, delimiter=";").fieldnames or [])


def test_the_command_makes_a_trend_and_codes_again(cli: Cli, here: Path) -> None:
    book = ("--codebook", here / "book.yaml")
    done = cli("compare", "2024.csv", "2021.csv", "2018.csv", *book, "--language", "nl")
    assert "Evolutie over 3 metingen" in done.out
    assert "Verschil 2024" in done.out
    done = cli(
        "compare",
        "2024.csv",
        "2021.csv",
        *book,
        "--recode",
        "--text",
        "antwoord",
        "--then-text",
        "antwoord",
        "--language",
        "nl",
    )
    assert done.code == 0, done.err
    assert "opnieuw gecodeerd met rules" in done.out
    assert re.search(r"Meer film +67% +0% +33% ", done.out)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("2024.csv", "2021.csv", "--panel"), "--respondent"),
        (("2024.csv", "2021.csv", "--recode"), "--then-text"),
        (("2024.csv", "2021.csv", "2018.csv", "--names", "x,y"), "2 names for 3 waves"),
        (("2024.csv", "2024.csv"), "named alike"),
        (("2018.csv", "2021.csv", "2024.csv"), "newest first"),
        (("2024.csv", "2021.csv", "-o", "2021.csv"), "a wave that is read"),
        (("2024.csv", "2021.csv", "--level", "95"), "between 0 and 1"),
        (("2024.csv", "list.csv", "--then-weight", "w"), "cannot be weighted"),
        (("2024.csv", "list.csv", "--panel", "--respondent", "wie"), "published table"),
        (("2024.csv", "list.csv", "--recode", "--codebook", "book.yaml", "--then-text", "a"), "published table"),
        (("2024.csv", "other.csv"), "no code in common"),
        (("2024.csv", "empty.csv"), "no coded row"),
    ],
)
def test_what_cannot_be_compared_is_said(cli: Cli, here: Path, arguments: Sequence[str], said: str) -> None:
    write(here / "list.csv", "rank;label\n1;Plannen\n2;film\n")
    write(here / "other.csv", "codes\nkat\nhond\n")
    write(here / "empty.csv", "codes;x\n;1\n;2\n")
    done = cli("compare", *arguments)
    assert done.code == 2
    assert said in done.err


def test_where_no_code_occurs_nothing_is_said_to_be_unknown(cli: Cli, here: Path) -> None:
    write(here / "one.csv", "codes\n-\n-\n")
    write(here / "other.csv", "codes\n-\n-\n-\n")
    done = cli("compare", "one.csv", "other.csv", "--codebook", "book.yaml")
    assert "No code occurs in either wave: there is no difference to test." in done.out
    assert "not known" not in done.out


def test_n_is_grouped_by_thousands_as_in_a_frequency_table() -> None:
    beside = compare(wave(90_000, {"video": 40_349}), wave(80_000, {"video": 30_000}), BOOK)
    assert (read_as(beside, "video", "n"), read_as(beside, "video", "then_n")) == ("40.349", "30.000")


def test_comparisons_are_written_as_in_the_golden_file() -> None:
    now = wave(200, {"ai": 100, "video": 52, "social": 40, "print": 3})
    then = wave(120, {"video": 31, "social": 9, "print": 12})
    beside = compare(now, then, BOOK, limit=3, names=("2024", "2021"))
    parts = [beside]
    parts += [trend({"2024": now, "2021": then, "2018": wave(90, {"video": 40, "print": 20})}, BOOK, limit=3)]
    again = wave(120, {"ai": 20, "video": 30, "social": 20, "print": 8})
    parts += [opinion_and_instrument(now, then, again, BOOK, instrument="rules", limit=3)]
    text = "\n".join(
        [beside.text(language="nl"), beside.text(language="en"), *(one.text(language="nl") for one in parts[1:])]
    )
    assert text == (GOLDEN / "compare.txt").read_text(encoding="utf-8")
