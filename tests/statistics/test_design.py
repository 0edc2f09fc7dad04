"""How respondents were drawn counts: weights, strata, clusters and a finite population, as R's survey has it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coder import Codebook, groups, top
from coder.errors import DataError
from coder.files.wave_files import read_mentions
from coder.statistics.design import Design, linearised
from coder.statistics.differences import independent
from coder.statistics.proportions import shares_differ
from coder.statistics.ranks import ranks
from coder.tables.groups import top_by
from coder.tables.mentions import Mentions
from tests.conftest import Cli, notes_of, write

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
BOOK = Codebook.from_ids(["x"])


def file_of(folder: Path, rows: list[str], header: str) -> Path:
    return write(folder / "coded.csv", "\n".join([header, *rows]) + "\n")


def errors(people: Mentions) -> list[float]:
    """The standard errors of a table, in points, in the order of its codes."""
    frame = top(people, Codebook.from_ids(people.codes), limit=None).frame.set_index("code")
    return [float(error) for error in frame.loc[list(people.codes), "standard_error"]]


# What R says


def test_a_simple_sample_of_a_finite_population_is_that_of_r(tmp_path: Path) -> None:
    # what R's svymean says of awards in apisrs, with its fpc named
    path = file_of(tmp_path, ["yes;6194"] * 124 + ["no;6194"] * 76, "codes;fpc")
    people, _ = read_mentions(path, fpc="fpc")
    assert people.weights is None
    assert errors(people) == pytest.approx([3.38480671298403] * 2)


def test_strata_of_which_the_population_is_known_are_those_of_r(tmp_path: Path) -> None:
    # the same of apistrat, with strata and fpc named and no weights
    sizes = {"E": (100, 27, 4421), "H": (50, 34, 755), "M": (50, 26, 1018)}
    rows = [f"{'no' if k < no else 'yes'};{name};{size}" for name, (n, no, size) in sizes.items() for k in range(n)]
    people, _ = read_mentions(file_of(tmp_path, rows, "codes;stype;fpc"), strata="stype", fpc="fpc")
    assert people.shares == pytest.approx([0.36106393283823, 0.638936067161769])
    assert errors(people) == pytest.approx([3.44059182016133] * 2)


def test_weights_without_a_population_are_those_of_r(tmp_path: Path) -> None:
    # the same of apistrat with pw named in place of fpc
    weight = {"E": 44.2099990844727, "H": 15.1000003814697, "M": 20.3600006103516}
    sizes = {"E": (100, 27), "H": (50, 34), "M": (50, 26)}
    rows = [f"{'no' if k < no else 'yes'};{name};{weight[name]}" for name, (n, no) in sizes.items() for k in range(n)]
    people, _ = read_mentions(file_of(tmp_path, rows, "codes;stype;pw"), strata="stype", weight="pw")
    assert errors(people) == pytest.approx([3.48975177769063] * 2, rel=1e-6)


def test_an_interval_of_a_weighted_share_is_that_of_svyciprop(tmp_path: Path) -> None:
    # by hand: p = 24/204, se by Taylor, odds of p times and divided by exp(t(179) se / (p (1 - p)))
    rows = ["x;2"] * 12 + ["-;1"] * 132 + ["-;1,3333333333333333"] * 36
    people, book = read_mentions(file_of(tmp_path, rows, "codes;w"), weight="w")
    p, weight = 24 / 204, np.array([2.0] * 12 + [1.0] * 132 + [4 / 3] * 36)
    error = np.sqrt(180 / 179 * np.sum((weight * (np.arange(180) < 12) - weight * p) ** 2)) / 204
    far = 1.9733054 * error / (p * (1 - p))
    low, high = (100 / (1 + np.exp(-(np.log(p / (1 - p)) + side * far))) for side in (-1, 1))
    row = top(people, book).frame.iloc[0]
    assert (row["percent"], row["standard_error"]) == pytest.approx((100 * p, 100 * error))
    assert (row["low"], row["high"]) == pytest.approx((low, high), abs=1e-5)


# What the definition says


def by_definition(
    values: Floats, stratum: Ints, cluster: Ints, population: Floats, here: npt.NDArray[np.bool_]
) -> float:
    """The variance of a sum by its definition, one stratum and one cluster at a time; who is not `here` adds 0."""
    total = 0.0
    for one in np.unique(stratum):
        inside = stratum == one
        names = np.unique(cluster[inside])
        sums = np.array([values[inside & here & (cluster == name)].sum() for name in names])
        left = 1 - len(names) / population[inside][0]
        if len(names) == 1:
            total += left * sums[0] ** 2
        else:
            total += left * len(names) / (len(names) - 1) * ((sums - sums.mean()) ** 2).sum()
    return total


@settings(max_examples=80, deadline=None)
@given(size=st.integers(4, 60), strata=st.integers(1, 4), clusters=st.integers(1, 12), seed=st.integers(0, 10**6))
def test_the_variance_is_that_of_its_definition(size: int, strata: int, clusters: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    stratum, cluster = random.integers(strata, size=size), random.integers(clusters, size=size)
    population = np.array([30.0, 12.0, 50.0, 13.0])[stratum]
    here = random.random(size) < 0.7
    values = random.normal(size=(size, 2))
    design = Design.of(stratum, cluster, population)
    for chosen in (np.ones(size, dtype=np.bool_), here):
        if chosen.any():
            found = design.take(chosen).variance(values[chosen])
            wanted = [by_definition(values[:, k], stratum, cluster, population, chosen) for k in (0, 1)]
            assert found == pytest.approx(wanted)


@pytest.mark.parametrize("tied", [True, False])
def test_the_linearised_error_is_that_of_leaving_each_respondent_out(*, tied: bool) -> None:
    random = np.random.default_rng(4)
    mentioned = random.random(600) < 0.15
    weight = random.uniform(0.5, 1.5, 600) * np.where(mentioned & tied, 2.5, 1.0)
    total, named = weight.sum(), weight @ mentioned
    without = (named - weight * mentioned) / (total - weight)
    jackknife = np.sqrt(599 / 600 * ((without - without.mean()) ** 2).sum())
    people = Mentions(pd.DataFrame(index=list(map(str, range(600)))), ("x",), mentioned[:, None], weight)
    assert np.sqrt(people.variances[0]) == pytest.approx(jackknife, rel=0.01)


def people_of(draw: Callable[[np.random.Generator], tuple[Floats, Floats]], seed: int) -> Mentions:
    """Respondents with mentions (respondents, codes) and weights drawn at random."""
    mentioned, weight = draw(np.random.default_rng(seed))
    codes = tuple(f"c{k}" for k in range(mentioned.shape[1]))
    return Mentions(pd.DataFrame(index=list(map(str, range(len(weight))))), codes, mentioned.astype(np.bool_), weight)


def tied(random: np.random.Generator) -> tuple[Floats, Floats]:
    """300 respondents; who names the first code weighs three times as much, and the second goes by itself."""
    mentioned = random.random((300, 2)) < [0.08, 0.2]
    return mentioned.astype(float), np.where(mentioned[:, 0], 3.0, 1.0)


def test_intervals_hold_where_the_weight_is_tied_to_the_code() -> None:
    truth = [3 * 0.08 / (3 * 0.08 + 0.92), 0.2]
    found = np.array([people_of(tied, seed).intervals() for seed in range(500)])
    coverage = ((found[..., 0] <= truth) & (truth <= found[..., 1])).mean(axis=0)
    assert coverage.min() > 0.92
    assert coverage.max() < 0.98


def test_waves_and_groups_in_which_nothing_changed_seldom_differ() -> None:
    waves, halves = [], []
    half = np.arange(300) % 2 == 0
    for seed in range(400):
        now, then = people_of(tied, 2 * seed), people_of(tied, 2 * seed + 1)
        waves.append(independent(now.sampled(), then.sampled()).p[0] < 0.05)
        base, other = now.bases_against(half)
        halves.append(shares_differ(now.take(half).shares, base, now.take(~half).shares, other).p[0] < 0.05)
    assert 0.01 < np.mean(waves) < 0.08
    assert 0.01 < np.mean(halves) < 0.08


# Who is in it


def test_clusters_that_answer_alike_make_a_table_less_sure(tmp_path: Path) -> None:
    rows = [f"{'x' if school % 3 == 0 else '-'};school {school}" for school in range(15) for _ in range(8)]
    path = file_of(tmp_path, rows, "codes;school")
    alone, together = (read_mentions(path, clusters=name)[0] for name in (None, "school"))
    frame = top(together, BOOK).frame
    assert frame["effective_base"].iloc[0] < 15
    assert frame["high"].iloc[0] - frame["low"].iloc[0] > 2.5 * np.ptp(alone.intervals()[0] * 100)
    assert "15 clusters" in " ".join(notes_of(top(together, BOOK)))


def test_groups_within_the_same_clusters_differ_less_by_chance(tmp_path: Path) -> None:
    rows = [
        f"{'x' if (school + k // 7) % 3 == 0 else '-'};{school};{'ab'[k % 2]}" for school in range(20) for k in range(8)
    ]
    path = file_of(tmp_path, rows, "codes;school;sex")
    apart, paired = (read_mentions(path, clusters=name, background=["sex"])[0] for name in (None, "school"))
    one, other = (groups(people, BOOK, "sex").cells.frame["effective_base"].iloc[0] for people in (apart, paired))
    assert other > 1.5 * one


def test_who_was_drawn_and_not_coded_is_part_of_the_design(tmp_path: Path) -> None:
    rows = [f"{'x' if k % 2 else '-'};{k // 5}" for k in range(40)]
    some, _ = read_mentions(file_of(tmp_path, rows, "codes;flat"), clusters="flat")
    more, _ = read_mentions(file_of(tmp_path, [*rows, *[f";{k}" for k in range(8, 80)]], "codes;flat"), clusters="flat")
    assert (len(some), len(more)) == (40, 40)
    assert more.variances[0] == pytest.approx(some.variances[0] * (80 / 79) / (8 / 7))


def test_everybody_asked_leaves_nothing_to_chance(tmp_path: Path) -> None:
    people, book = read_mentions(file_of(tmp_path, ["x;40"] * 10 + ["-;40"] * 30, "codes;n"), fpc="n")
    row = top(people, book).frame.iloc[0]
    assert (row["low"], row["high"]) == pytest.approx((25, 25), abs=1e-3)


def test_a_stratum_of_one_is_told(tmp_path: Path) -> None:
    rows = ["x;a"] * 20 + ["-;a"] * 30 + ["x;b"]
    people, book = read_mentions(file_of(tmp_path, rows, "codes;s"), strata="s")
    assert any("1 stratum met één respondent of cluster" in note for note in notes_of(top(people, book)))
    wanted = np.full(51, 1.0)
    alone = linearised(people.given, wanted)[-1, 0] ** 2
    assert people.variances[0] > alone


@pytest.mark.parametrize(
    ("rows", "columns", "said"),
    [
        (["x;a;5"] * 6, {"strata": "s", "fpc": "n"}, "stratum 'a' has a size of 5, and 6 were drawn"),
        (["x;a;50", "-;a;60"], {"strata": "s", "fpc": "n"}, "stratum 'a' has 2 sizes, and needs one"),
        (["x;a;50", "-;;50"], {"strata": "s"}, "1 respondent has nothing in column 's', '2'"),
        (["x;a;50", "-;a;"], {"fpc": "n"}, "1 respondent has nothing in column 'n', '2'"),
        (["x;a;50", "-;a;0"], {"fpc": "n"}, "needs one"),
        (["x;a;-9", "-;a;-9"], {"fpc": "n"}, "the sample has a size of -9, and 2 were drawn"),
        (["x;NA;50", "-;b;50"], {"strata": "s"}, "1 respondent has nothing in column 's', '1'"),
        (["x;a;50", "-; a;50"], {"clusters": "s"}, "Column 's' has one cluster, 'a'"),
    ],
)
def test_a_design_that_cannot_be_is_refused(
    tmp_path: Path, rows: list[str], columns: dict[str, str], said: str
) -> None:
    with pytest.raises(DataError, match=said):
        read_mentions(file_of(tmp_path, rows, "codes;s;n"), **columns)  # type: ignore[arg-type]


def test_spaces_around_the_name_of_a_stratum_make_no_other_stratum(tmp_path: Path) -> None:
    rows = [("x" if k % 3 else "-", "ab"[k % 2]) for k in range(30)]
    spaced, plain = (
        read_mentions(file_of(tmp_path, [f"{code};{name + end * (k % 4 > 1)}" for k, (code, name) in enumerate(rows)],
                              "codes;s"), strata="s")[0]
        for end in (" ", "")
    )  # fmt: skip
    assert spaced.drawn.stratum.tolist() == plain.drawn.stratum.tolist()


def test_a_group_of_one_cluster_has_no_interval_and_no_test(tmp_path: Path) -> None:
    rows = [f"{'x' if k % (2 + k // 40) else '-'};{k // 10};{'ABC'[min(k // 40, 1) + k // 110]}" for k in range(120)]
    people, book = read_mentions(file_of(tmp_path, rows, "codes;flat;g"), clusters="flat", background=["g"])
    cells = groups(people, book, "g", min_base=5).cells.frame.set_index("group")
    assert cells["low"].isna().to_dict() == {"A": False, "B": False, "C": True}
    assert cells["p"].isna().to_dict() == {"A": False, "B": False, "C": True}
    assert cells["percent"].notna().all()
    table = top_by(people, book, "g", letters=True, min_base=5)
    assert "Of one cluster, so without an interval and not tested: C." in notes_of(table, "en")


@pytest.mark.parametrize("times", [1e-8, 1, 1e8])
def test_sums_of_weights_that_are_equal_but_for_their_order_tie_whatever_a_weight_of_one_is(
    tmp_path: Path, times: float
) -> None:
    weight = [0.1 + k / 7 for k in range(900)]
    rows = [f"one;{times * one!r}" for one in weight] + [f"two;{times * one!r}" for one in reversed(weight)]
    rows.append(f"three;{times * 0.1!r}")
    people, book = read_mentions(file_of(tmp_path, rows, "codes;w"), weight="w")
    assert top(people, book).frame.set_index("code")["rank"].to_dict() == {"one": 1, "two": 1, "three": 3}
    assert ranks(people.counts).tolist() == [{"one": 1, "two": 1, "three": 3}[code] for code in people.codes]


@pytest.mark.parametrize("weight", ["1e300", "1e-300"])
def test_weights_with_which_nobody_can_count_are_refused(tmp_path: Path, weight: str) -> None:
    with pytest.raises(DataError, match="they must lie between 1e-12 and 1e"):
        read_mentions(file_of(tmp_path, [f"x;{weight}"] * 3, "codes;w"), weight="w")


def test_the_commands_take_a_design(tmp_path: Path, cli: Cli) -> None:
    rows = [f"{'x' if k % 5 < 2 else '-'};{'ab'[k % 2]};{k // 4};{20 if k % 2 else 30};g{k % 3}" for k in range(80)]
    path = file_of(tmp_path, rows, "codes;s;c;n;g")
    design = ("--strata", "s", "--clusters", "c", "--fpc", "n", "--language", "en")
    told = cli("top", str(path), *design)
    assert (told.code, "2 strata, 40 clusters, finite population" in told.out) == (0, True)
    assert cli("groups", str(path), "--by", "g", *design).code == 0
    assert cli("compare", str(path), str(path), "--names", "a,b", *design, "--then-strata", "s").code == 0
    assert "no column" in cli("top", str(path), "--strata", "stratum").err
