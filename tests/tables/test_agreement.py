"""Agreement of coders: published values, what must hold of any coefficient, the tables, and the command."""

import math
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from coder import Coding, agree
from coder.errors import DataError
from coder.files.coded import read_coders
from coder.files.sheets import read_sheet
from coder.files.writing import write_sheets
from coder.statistics.reliability import (
    DISTANCES,
    UNSEEN,
    Values,
    alpha,
    bootstrap,
    cohen,
    disagreement,
    fleiss,
    numbered,
    pair_distances,
    percentage,
    set_distances,
)
from tests.conftest import Cli, coding_of, from_matrix, listing, notes_of, sheet_rows, write

BEN, GERRY = "aabbdcccedda", "babbbccceddd"
"""Two coders of Krippendorff (2011), nominal data without gaps."""
FOUR = ("123321412...", "1233224125.3", ".3332342251.", "12332441251.")
"""Four coders of Krippendorff (2011); a dot is a gap."""
FLEISS = (
    (0, 0, 0, 0, 14), (0, 2, 6, 4, 2), (0, 0, 3, 5, 6), (0, 3, 9, 2, 0), (2, 2, 8, 1, 1),
    (7, 7, 0, 0, 0), (3, 2, 6, 3, 0), (2, 5, 3, 2, 2), (6, 5, 2, 1, 0), (0, 2, 2, 3, 7),
)  # fmt: skip
"""How many of 14 coders gave each of ten subjects each of five categories."""


def values_of(*coders: Sequence[Any], gap: object = ".") -> Values:
    """Values, shape (units, coders), of what each coder gave in turn."""
    numbers = {value: place for place, value in enumerate(sorted({v for row in coders for v in row if v != gap}))}
    return np.array([[numbers.get(value, UNSEEN) for value in row] for row in coders], dtype=np.intp).T


def sets_of(*names: str) -> npt.NDArray[np.bool_]:
    """Sets of the codes a to e, shape (sets, 5)."""
    return np.array([[code in name for code in "abcde"] for name in names], dtype=np.bool_)


# Published values


def test_two_coders_without_gaps_have_the_published_alpha() -> None:
    assert alpha(values_of(BEN, GERRY)).value == pytest.approx(0.692, abs=5e-4)
    assert alpha(values_of("0100000010", "1110010000")).value == pytest.approx(0.095, abs=5e-4)


def test_four_coders_with_gaps_have_the_published_alpha() -> None:
    assert alpha(values_of(*FOUR)).value == pytest.approx(0.743, abs=5e-4)


def test_another_distance_gives_the_published_interval_alpha() -> None:
    steps = np.subtract.outer(np.arange(5.0), np.arange(5.0)) ** 2
    assert alpha(values_of(*FOUR), steps).value == pytest.approx(0.849, abs=5e-4)


def test_fifty_proposals_have_the_kappa_worked_out_by_hand() -> None:
    values = values_of("y" * 25 + "n" * 25, "y" * 20 + "n" * 5 + "y" * 10 + "n" * 15)
    assert percentage(values).value == pytest.approx(0.7)
    assert cohen(values[:, 0], values[:, 1]).value == pytest.approx(0.4)


def test_fourteen_coders_have_the_published_kappa_of_fleiss() -> None:
    values = np.array([np.repeat(np.arange(5), counts) for counts in FLEISS])
    assert fleiss(values).value == pytest.approx(0.210, abs=5e-4)
    assert percentage(values).value == pytest.approx(0.378, abs=5e-4)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("ab", "ab", {"masi": 0, "jaccard": 0, "dice": 0, "masi_dkpro": 0, "passonneau_2004": 0}),
        ("ab", "a", {"masi": 2 / 3, "jaccard": 1 / 2, "dice": 1 / 3, "masi_dkpro": 1 / 6, "passonneau_2004": 1 / 3}),
        ("ab", "bc", {"masi": 8 / 9, "jaccard": 2 / 3, "dice": 1 / 2, "masi_dkpro": 4 / 9, "passonneau_2004": 2 / 3}),
        ("a", "bc", dict.fromkeys(DISTANCES, 1)),
        ("", "", dict.fromkeys(DISTANCES, 0)),
        ("", "a", {"masi": 1, "jaccard": 1, "dice": 1, "masi_dkpro": 1 / 3, "passonneau_2004": 1 / 3}),
    ],
)
def test_the_distance_of_two_sets_is_as_defined(one: str, other: str, expected: dict[str, float]) -> None:
    found = {name: set_distances(sets_of(one, other), name)[0, 1] for name in DISTANCES}
    assert found == pytest.approx(expected)


def test_the_worked_example_of_nltk_has_its_value() -> None:
    assert alpha(values_of("yy.", "nn.", "n.n")).value == pytest.approx(-1 / 3)


def test_coders_who_gave_sets_have_the_values_of_dkpro() -> None:
    given = [["", "a", "a", "a", "ab", "ab", "abc", "c", "c"], ["", "", "a", "b", "a", "ac", "abc", "ac", "ac"]]
    both = np.stack([sets_of(*row) for row in given], axis=1)
    values, sets = numbered(both, np.ones(both.shape[:2], dtype=np.bool_))
    found = {"percentage": percentage(values).value, "exact": alpha(values).value}
    found["dice"] = percentage(values, set_distances(sets, "dice", both_empty=1)).value
    for name in ("passonneau_2004", "masi_dkpro"):
        apart = set_distances(sets, name)
        found[name] = alpha(values, apart).value
        found[f"{name}_observed"], found[f"{name}_expected"] = disagreement(values, apart)
    assert found == pytest.approx({
        "percentage": 0.333, "dice": 0.5, "exact": 0.239,
        "passonneau_2004": 0.186, "passonneau_2004_observed": 0.333, "passonneau_2004_expected": 0.409,
        "masi_dkpro": 0.252, "masi_dkpro_observed": 0.253, "masi_dkpro_expected": 0.338,
    }, abs=1e-3)  # fmt: skip
    assert alpha(values, set_distances(sets)).value == pytest.approx(0.273081, abs=1e-6)
    assert alpha(values, set_distances(sets, "jaccard")).value == pytest.approx(0.31562, abs=1e-6)


# What holds of any coefficient

CODED = arrays.arrays(
    np.intp, arrays.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=8), elements=st.integers(UNSEEN, 3)
)
FULL = arrays.arrays(np.intp, st.tuples(st.integers(2, 12), st.just(2)), elements=st.integers(0, 3))
SETS = arrays.arrays(np.bool_, st.tuples(st.integers(1, 9), st.integers(0, 5)))


def coefficients(values: Values) -> list[float]:
    """Alpha, with a distance too, Fleiss' kappa and percentage."""
    steps = np.subtract.outer(np.arange(4.0), np.arange(4.0)) ** 2
    return [alpha(values).value, alpha(values, steps).value, fleiss(values).value, percentage(values).value]


@given(CODED, st.randoms())
@settings(max_examples=80, deadline=None)
def test_the_order_of_coders_and_units_changes_nothing(values: Values, random: Random) -> None:
    units, coders = list(range(len(values))), list(range(values.shape[1]))
    random.shuffle(units)
    random.shuffle(coders)
    assert coefficients(values[units][:, coders]) == pytest.approx(coefficients(values), nan_ok=True)


@given(CODED, st.permutations(range(4)))
@settings(max_examples=80, deadline=None)
def test_other_names_for_the_codes_change_no_nominal_coefficient(values: Values, names: list[int]) -> None:
    renamed = np.where(values == UNSEEN, UNSEEN, np.array(names)[values])
    for coefficient in (alpha, fleiss, percentage):
        assert coefficient(renamed).value == pytest.approx(coefficient(values).value, nan_ok=True)
    first = cohen(values[:, 0], values[:, -1]).value
    assert cohen(renamed[:, 0], renamed[:, -1]).value == pytest.approx(first, nan_ok=True)


@given(arrays.arrays(np.intp, st.integers(1, 10), elements=st.integers(0, 3)), st.integers(2, 5))
@settings(max_examples=60, deadline=None)
def test_coders_who_agree_on_all_have_one_where_there_is_variation(one: Values, coders: int) -> None:
    values = np.repeat(one[:, None], coders, axis=1)
    expected = 1.0 if len(set(one.tolist())) > 1 else math.nan
    found = [alpha(values).value, fleiss(values).value, cohen(one, one).value]
    assert found == pytest.approx([expected] * 3, nan_ok=True)
    assert percentage(values).value == 1


@given(FULL)
@settings(max_examples=80, deadline=None)
def test_alpha_of_two_coders_is_fleiss_kappa_corrected_for_a_small_sample(values: Values) -> None:
    kappa = fleiss(values).value  # of two coders this is Scott's pi
    size = values.size
    assert alpha(values).value == pytest.approx(kappa + (1 - kappa) / size, nan_ok=True)


@given(SETS)
@settings(max_examples=80, deadline=None)
def test_a_set_distance_is_symmetric_within_0_and_1_and_0_for_equal_sets_alone(sets: npt.NDArray[np.bool_]) -> None:
    same = (sets[:, None, :] == sets[None, :, :]).all(axis=2)
    for name in DISTANCES:
        distance = set_distances(sets, name)
        assert (distance == distance.T).all()
        assert ((distance >= 0) & (distance <= 1)).all()
        assert ((distance < 1e-12) == same).all()


@given(arrays.arrays(np.bool_, st.tuples(st.integers(1, 6), st.integers(1, 4), st.integers(0, 10))), st.data())
@settings(max_examples=60, deadline=None)
def test_numbered_sets_can_be_read_back(codes: npt.NDArray[np.bool_], data: st.DataObject) -> None:
    seen = data.draw(arrays.arrays(np.bool_, codes.shape[:2]))
    values, sets = numbered(codes, seen)
    assert ((values == UNSEEN) == ~seen).all()
    if seen.any():
        assert (sets[values[seen]] == codes[seen]).all()
        assert len(np.unique(values[seen])) == len(sets)


@given(CODED)
@settings(max_examples=60, deadline=None)
def test_pair_distances_are_the_mean_over_pairs(values: Values) -> None:
    for unit, found in zip(values, pair_distances(values), strict=True):
        seen = unit[unit != UNSEEN]
        pairs = [seen[i] != seen[j] for i in range(len(seen)) for j in range(i)]
        assert found == pytest.approx(float(np.mean(pairs)) if pairs else 0.0)


# Edges


def test_without_variation_a_coefficient_is_nan_and_percentage_is_one() -> None:
    values = values_of("aaa", "aaa")
    assert percentage(values).value == 1
    assert all(math.isnan(one.value) for one in (alpha(values), fleiss(values), cohen(values[:, 0], values[:, 1])))


@pytest.mark.parametrize("values", [values_of("abc"), values_of("ab.", "..c"), np.zeros((0, 2), dtype=np.intp)])
def test_without_a_unit_that_two_saw_everything_is_nan(values: Values) -> None:
    found = [alpha(values).value, fleiss(values).value, percentage(values).value]
    assert all(math.isnan(one) for one in found)


def test_units_that_one_coder_saw_count_for_nothing() -> None:
    values, more = values_of("abca", "abba"), values_of("abcabb.", "abba..c")
    assert alpha(more).value == pytest.approx(alpha(values).value)
    assert fleiss(more).value == pytest.approx(fleiss(values).value)
    assert percentage(more).value == pytest.approx(percentage(values).value)
    assert cohen(more[:, 0], more[:, 1]).value == pytest.approx(cohen(values[:, 0], values[:, 1]).value)


def test_fleiss_kappa_is_nan_with_gaps() -> None:
    assert math.isnan(fleiss(values_of(*FOUR)).value)


def test_a_distance_that_is_not_known_is_named() -> None:
    with pytest.raises(DataError, match="'cosine'"):
        set_distances(sets_of("a"), "cosine")


# The bootstrap


def many(units: int, coders: int = 3, codes: int = 4, seed: int = 1) -> Values:
    """Coders who give the right code eight times in ten."""
    random = np.random.default_rng(seed)
    right = random.integers(codes, size=(units, 1))
    wrong = random.random((units, coders)) < 0.2
    return np.where(wrong, random.integers(codes, size=(units, coders)), right)


def test_the_same_seed_gives_the_same_interval_around_the_value() -> None:
    values = many(200)
    first, undefined = bootstrap([alpha(values)], seed=3)
    assert (first == bootstrap([alpha(values)], seed=3)[0]).all()
    assert first[0, 0] < alpha(values).value < first[0, 1]
    assert undefined.tolist() == [0]


def test_a_wider_level_and_fewer_units_give_a_wider_interval() -> None:
    def width(units: int, level: float) -> float:
        low, high = bootstrap([alpha(many(units))], level=level)[0][0]
        return float(high - low)

    assert width(200, 0.8) < width(200, 0.95) < width(50, 0.95)


def test_nine_in_ten_intervals_hold_the_value_of_all_units() -> None:
    values = many(20_000)
    whole, random = alpha(values).value, np.random.default_rng(2)
    held = 0
    for seed in range(100):
        low, high = bootstrap([alpha(values[random.integers(len(values), size=100)])], seed=seed, draws=300)[0][0]
        held += low <= whole <= high
    assert held >= 88


def test_draws_without_variation_are_left_out_and_counted() -> None:
    values = values_of("aaaaab", "aaaaab")
    interval, undefined = bootstrap([alpha(values), percentage(values)])
    assert interval.tolist() == [[1, 1], [1, 1]]
    assert 250 < undefined[0] < 420  # (5/6)^6 = .335 of 1,000
    assert undefined[1] == 0


def test_a_coefficient_without_variation_has_no_interval() -> None:
    interval, undefined = bootstrap([alpha(values_of("aa", "aa"))], draws=20)
    assert np.isnan(interval).all()
    assert undefined.tolist() == [20]


def test_two_thousand_units_five_coders_and_thirty_codes_take_seconds() -> None:
    random = np.random.default_rng(1)
    right = random.random((2000, 1, 30)) < 0.05
    table = right ^ (random.random((2000, 5, 30)) < 0.01)
    ids = pd.Index([str(number) for number in range(2000)])
    codings = {
        f"k{place}": from_matrix("x", ids, [f"c{n:02}" for n in range(30)], table[:, place]) for place in range(5)
    }
    started = time.process_time()
    found = agree(codings)
    assert time.process_time() - started < 20
    assert len(found.codes.frame) == 31


# The tables


def coders(**cells: Sequence[str]) -> dict[str, Coding]:
    return {name: coding_of(one) for name, one in cells.items()}


def test_codes_of_which_a_unit_has_one_give_nominal_coefficients() -> None:
    found = agree(coders(ben=list(BEN), gerry=list(GERRY)))
    rows = found.overall.frame.set_index("measure")
    assert list(rows.index) == ["percentage", "alpha_nominal", "cohen"]
    assert rows.loc["alpha_nominal", "value"] == pytest.approx(0.692, abs=5e-4)
    assert rows.loc["percentage", "value"] == pytest.approx(9 / 12)
    assert set(rows[["units", "coders", "pairs"]].itertuples(index=False, name=None)) == {(12, 2, 12)}


def test_more_coders_give_fleiss_kappa_only_without_gaps() -> None:
    full = agree(coders(a=list("xyxy"), b=list("xyyy"), c=list("xyxx")), draws=10).overall.frame
    gaps = agree(coders(a=list("xyxy"), b=["x", "y", "", "y"], c=list("xyxx")), draws=10).overall.frame
    assert full["measure"].tolist() == ["percentage", "alpha_nominal", "fleiss"]
    assert gaps["measure"].tolist() == ["percentage", "alpha_nominal"]


def test_none_fits_is_a_value_and_not_seen_is_none() -> None:
    found = agree(coders(a=["x", "-", "", "-"], b=["x", "x", "x", "-"]), draws=10)
    assert found.overall.base == 3
    assert found.overall.frame["value"].tolist()[0] == pytest.approx(2 / 3)
    assert found.codes.frame["code"].tolist() == ["x", "-"]
    assert found.codes.frame["n"].tolist() == [3, 3]
    assert "want door maar één codeur gezien: 1." in " ".join(notes_of(found.overall))
    assert found.confused.frame[["code", "other", "n"]].to_numpy().tolist() == [["x", "-", 1]]


def test_sets_of_codes_give_alpha_with_masi_and_jaccard() -> None:
    one = ["-", "A", "A", "A", "A;B", "A;B", "A;B;C", "C", "C"]
    other = ["-", "-", "A", "B", "A", "A;C", "A;B;C", "A;C", "A;C"]
    found = agree(coders(one=one, other=other), draws=50)
    rows = found.overall.frame.set_index("measure")["value"]
    assert rows["alpha_masi"] == pytest.approx(0.273081, abs=1e-6)
    assert rows["alpha_jaccard"] == pytest.approx(0.315620, abs=1e-6)
    assert rows["percentage"] == pytest.approx(1 / 3)
    assert rows["dice"] == pytest.approx(5.5 / 9)
    assert "Passonneau (2006)" in found.overall.text()
    both = found.confused.frame.set_index(["code", "other"])["n"].to_dict()
    assert both == {("A", "B"): 1, ("A", "-"): 1, ("B", "C"): 1}


def test_codes_are_compared_as_given_or_not() -> None:
    found = agree(coders(a=["x;y", "x", "y", "-"], b=["x", "x;y", "y", "-"]), draws=20).codes.frame.set_index("code")
    assert found.loc["x", "alpha"] == 1
    assert found.loc["y", "agreement"] == 0.5
    assert found.loc["y", "kappa"] == pytest.approx(0)
    assert [found.loc["y", name] for name in ("n", "units")] == [4, 3]


def test_the_pair_that_surely_disagrees_stands_first() -> None:
    often = {"a": ["x"] * 20 + [""], "b": ["y"] * 10 + ["x"] * 10 + ["x"], "c": [""] * 20 + ["y"]}
    frame = agree(coders(**often), draws=10).coders.frame
    assert frame[["coder", "other", "units", "apart"]].to_numpy().tolist() == [["a", "b", 20, 10], ["b", "c", 1, 1]]


def test_the_most_divided_answers_stand_first_with_who_gave_what() -> None:
    texts = pd.Series({"1": "een", "2": "twee", "3": "drie"})
    codings = coders(a=["x;y", "x", "x"], b=["x", "y", "x"], c=["x;y", "-", "x"])
    frame = agree(codings, texts=texts, draws=10).answers.frame
    assert frame[["unit", "text"]].to_numpy().tolist() == [["2", "twee"], ["1", "een"]]
    assert frame["codes"].tolist() == ["x: a | y: b | -: c", "x;y: a, c | x: b"]
    assert frame["disagreement"].tolist() == pytest.approx([1, 1 / 3])
    assert frame["codes_c"].tolist() == ["-", "x;y"]


def test_coders_who_agree_leave_no_answers_and_no_confusion() -> None:
    found = agree(coders(a=["x", "y"], b=["x", "y"]), draws=10)
    assert (len(found.answers.frame), len(found.confused.frame)) == (0, 0)
    assert found.answers.text()


def test_nobody_gave_a_code() -> None:
    found = agree(coders(a=["-", "-"], b=["-", "-"]), draws=10)
    assert found.overall.frame["value"].tolist()[0] == 1
    assert np.isnan(found.overall.frame["value"].to_numpy()[1])


def test_intervals_that_miss_draws_say_so() -> None:
    found = agree(coders(a=["x", "y", "y", "y"], b=["x", "y", "y", "y"]))
    assert "zonder variatie" in " ".join(notes_of(found.overall))
    assert "zonder variatie" in " ".join(notes_of(found.codes))


def test_the_tables_come_in_both_languages_and_name_the_usual_thresholds() -> None:
    codings = coders(a=["x;y", "x"], b=["x", "y"])
    for language, word, point in (("nl", "Overeenstemming", ","), ("en", "Agreement", ".")):
        text = agree(codings, draws=10).overall.text(language=language)
        assert text.startswith(word)
        assert [
            part for part in ("Krippendorff 2004", f"{point}800", f"{point}667", f"0{point}") if part not in text
        ] == []


@pytest.mark.parametrize(
    ("codings", "options", "said"),
    [
        ({"a": ["x"]}, {}, "two coders or more"),
        ({}, {}, "two coders or more"),
        ({"a": ["x", ""], "b": ["", "x"]}, {}, "No answer was coded by two"),
        ({"a": ["x"], "b": ["x"]}, {"level": 95}, "between 0 and 1"),
        ({"a": ["x"], "b": ["x"]}, {"draws": 0}, "draws is 0: give a whole number of 1 or more"),
        ({"a": ["x"], "b": ["x"]}, {"distances": ("cosine",)}, "'cosine'"),
    ],
)
def test_what_cannot_be_compared_is_said(codings: dict[str, list[str]], options: dict[str, Any], said: str) -> None:
    with pytest.raises(DataError, match=said):
        agree(coders(**codings), **options)


def test_codings_of_one_name_are_refused() -> None:
    with pytest.raises(DataError, match="same name"):
        agree([coding_of(["x"]), coding_of(["y"])])


# The command, on real files


ANNA = """\
nr;antwoord;codes
1;een film;film
2;plannen;plan
3;niets;-
4;beide;"film;plan"
"""
BERT = """\
nr;antwoord;codes
4;beide;film
3;niets;-
2;plannen;plan
1;een film;film
5;meer;
"""
LANG = "wie;nr;c\nanna;1;film\nbert;1;plan\nanna;2;plan\nbert;2;plan\ncor;2;film\ncor;1;\nanna;3;-\nbert;3;-\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two files of codes of the same answers in another order, and three coders in long form."""
    for name, text in {"anna": ANNA, "bert": BERT, "lang": LANG}.items():
        write(tmp_path / f"{name}.csv", text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("here")
def test_files_are_matched_by_id(cli: Cli) -> None:
    done = cli("agree", "anna.csv", "bert.csv", "--id", "nr", "--text", "antwoord", "--draws", "50", "--language", "nl")
    assert (done.code, done.err) == (0, "")
    assert "4 antwoorden die minstens twee van 2 codeurs zagen" in done.out
    assert "Alfa, MASI" in done.out
    assert "film;plan: anna | film: bert  beide" in done.out


@pytest.mark.usefixtures("here")
def test_a_column_of_coders_may_have_gaps(cli: Cli) -> None:
    arguments = ("agree", "lang.csv", "--coder", "wie", "--id", "nr", "--codes", "c", "--draws", "50")
    done = cli(*arguments, "--language", "en")
    assert done.code == 0
    assert "3 answers that two or more of 3 coders saw; 5 pairs of codings." in done.out
    for form in ("csv", "md", "json"):
        assert cli(*arguments, "--format", form).code == 0


@pytest.mark.usefixtures("here")
def test_columns_of_one_workbook_are_coders_and_all_rows_are_written(cli: Cli) -> None:
    frame = pd.DataFrame(
        {"t": ["a", "b", "c"], "anna": ["x", "y", "-"], "bert": ["x", "x", "-"], "cor": ["x", "y", ""]}
    )
    write_sheets(Path("in.xlsx"), {"antwoorden": frame})
    columns = ("--codes", "anna", "--codes", "bert", "--codes", "cor")
    done = cli("agree", "in.xlsx", *columns, "--text", "t", "--draws", "50", "-o", "uit.xlsx")
    assert done.code == 0
    assert done.err.splitlines() == ["Written:", "  uit.xlsx"]
    rows = sheet_rows(Path("uit.xlsx"), "answers")
    assert rows[0] == ["unit", "coders", "disagreement", "codes", "text", "codes_anna", "codes_bert", "codes_cor"]
    assert rows[1][4:] == ["b", "y", "x", "y"]
    assert len(sheet_rows(Path("uit.xlsx"), "coders")) == 4
    cli("agree", "in.xlsx", *columns, "--draws", "50", "-o", "uit.csv")
    assert list(read_sheet(Path("uit.overall.csv"))["measure"]) == ["percentage", "alpha_nominal"]


def test_a_machine_is_a_coder_too(cli: Cli, here: Path) -> None:
    write(
        here / "book.yaml",
        "codes:\n  - {id: film, number: 1, rules: [film]}\n  - {id: plan, number: 2, rules: [plan]}\n",
    )
    code = cli("code", "anna.csv", "--text", "antwoord", "--codebook", "book.yaml", "--into", "m", "-o", "machine.csv")
    assert code.code == 0
    done = cli(
        "agree", "anna.csv", "machine.csv", "--codes", "codes", "--codes", "m", "--text", "antwoord", "--codebook",
        "book.yaml", "--limit", "0", "--draws", "20",
    )  # fmt: skip
    assert done.code == 0
    assert "film;plan: anna | -: machine  beide" in done.out


def test_files_of_one_name_are_told_apart_by_folder(here: Path) -> None:
    (here / "b").mkdir()
    other = write(here / "b" / "anna.csv", (here / "anna.csv").read_text(encoding="utf-8"))
    found = read_coders([Path("anna.csv"), other], id="nr")
    assert len({coding.coder for coding in found.codings}) == 2


LONG = ("--coder", "wie", "--id", "nr", "--codes", "c")
BAD: dict[str, tuple[dict[str, str], tuple[str, ...], str]] = {
    "one coder": ({}, ("anna.csv",), "--codes a --codes b"),
    "rows of unknown order": ({}, ("anna.csv", "bert.csv"), "--id"),
    "other order": (
        {"c.csv": "antwoord;codes\nplannen;plan\neen film;film\nniets;-\nbeide;film\n"},
        ("anna.csv", "c.csv", "--text", "antwoord"),
        "Row 1 reads 'een film' in anna.csv and 'plannen' in c.csv",
    ),
    "other length": ({}, ("anna.csv", "bert.csv", "--text", "antwoord"), "anna.csv 4, bert.csv 5"),
    "other text": (
        {"c.csv": "nr;antwoord;codes\n1;iets;film\n"},
        ("anna.csv", "c.csv", "--text", "antwoord", "--id", "nr"),
        "Unit 1 reads",
    ),
    "other ids": ({"c.csv": "nr;codes\n9;film\n"}, ("anna.csv", "c.csv", "--id", "nr"), "No answer was coded by two"),
    "two columns for three files": (
        {},
        ("anna.csv", "bert.csv", "lang.csv", "--id", "nr", "--codes", "a", "--codes", "b"),
        "3 files and 2 columns",
    ),
    "no such column of codes": ({}, ("anna.csv", "bert.csv", "--id", "nr", "--codes", "x"), "no column 'x'"),
    "no such column of ids": ({}, ("anna.csv", "bert.csv", "--id", "x"), "--id"),
    "no such column of texts": ({}, ("anna.csv", "bert.csv", "--text", "x"), "--text"),
    "no such column of coders": ({}, ("lang.csv", "--coder", "x", "--id", "nr", "--codes", "c"), "--coder"),
    "coders without ids": ({}, ("lang.csv", "--coder", "wie", "--codes", "c"), "--id"),
    "coders of two files": ({}, ("lang.csv", "anna.csv", "--coder", "wie", "--id", "nr"), "one file"),
    "two rows of a coder": (
        {"d.csv": "wie;nr;c\nanna;1;a\nanna;1;b\nbert;1;a\n"},
        ("d.csv", *LONG),
        "unit '1' and coder 'anna'",
    ),
    "a coder without a name": ({"d.csv": "wie;nr;c\n;1;a\nbert;1;a\n"}, ("d.csv", *LONG), "1 row with nothing"),
    "double ids": ({}, ("lang.csv", "anna.csv", "--id", "nr", "--codes", "c", "--codes", "codes"), "--coder"),
    "a row without id": ({"d.csv": "nr;codes\n;a\n2;b\n"}, ("d.csv", "anna.csv", "--id", "nr"), "1 row without an id"),
    "the same file twice": ({}, ("anna.csv", "anna.csv", "--id", "nr"), "named twice"),
    "over a file that is read": ({}, ("anna.csv", "bert.csv", "--id", "nr", "-o", "anna.csv"), "is read"),
    "another ending": ({}, ("anna.csv", "bert.csv", "--id", "nr", "-o", "uit.pdf"), ".csv or .xlsx"),
    "an empty column": ({"d.csv": "nr;codes\n1;\n2;\n"}, ("d.csv", "anna.csv", "--id", "nr"), "(d) has no coded row"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_said_in_a_sentence_and_writes_nothing(cli: Cli, here: Path, name: str) -> None:
    files, arguments, said = BAD[name]
    for file, text in files.items():
        write(here / file, text)
    before = listing(here)
    done = cli("agree", *arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert done.err.startswith("coder: ")
    assert len(done.err.strip().splitlines()) == 1
    assert listing(here) == before
