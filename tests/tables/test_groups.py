"""Codes by groups: residuals, tests and what stands out, equal to statsmodels and scipy; the data are synthetic."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import fisher_exact
from statsmodels.stats.contingency_tables import Table as Contingency  # type: ignore[import-untyped]
from statsmodels.stats.multitest import multipletests  # type: ignore[import-untyped]
from statsmodels.stats.proportion import proportions_ztest  # type: ignore[import-untyped]

from coder import Code, Codebook, CoderError, Table, groups
from coder.statistics.proportions import shares_differ
from coder.tables.groups import Groups
from coder.tables.mentions import Mentions
from tests.conftest import GOLDEN, Cli, cells_of, listing, notes_of, sheet_rows, spoken, write
from tests.tables.test_frequency import BOOK, given_by, sample, unweighted

COUNTS = st.integers(1, 400).flatmap(lambda base: st.tuples(st.integers(0, base), st.just(base)))


@settings(max_examples=150, deadline=None)
@given(COUNTS, COUNTS)
def test_the_test_of_two_shares_is_that_of_statsmodels_or_exact_where_few_are_expected(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    (count, base), (theirs, other_base) = one, other
    found = shares_differ(count / base, base, theirs / other_base, other_base)
    table = np.array([[count, base - count], [theirs, other_base - theirs]])
    if not table.sum(axis=0).all():
        assert np.isnan(found.z)
        assert np.isnan(found.p)
        return
    z, p = proportions_ztest([count, theirs], [base, other_base])
    assert found.z == pytest.approx(z)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    if abs(expected.min() - 5) > 1e-9:
        assert found.exact == (expected.min() < 5)
    assert found.p == pytest.approx(fisher_exact(table).pvalue if found.exact else p, abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("xyz"), st.booleans()), min_size=5, max_size=120))
def test_residuals_are_the_adjusted_standardised_ones(rows: list[tuple[str, bool]]) -> None:
    rows = [*rows, ("x", True), ("y", False), ("z", True)]
    names = [name for name, _ in rows]
    found = groups(given_by([{"ai"} if has else set() for _, has in rows], group=names), BOOK, "sector", min_base=1)
    counts = pd.crosstab(pd.Series(names), pd.Series([has for _, has in rows]))
    theirs = Contingency(counts, shift_zeros=False).standardized_resids[True]
    cells = found.cells.frame.set_index("group")
    assert cells["residual"].tolist() == pytest.approx(theirs.tolist())
    fitted = Contingency(counts, shift_zeros=False).fittedvalues[True]
    assert cells["expected"].tolist() == pytest.approx(fitted.tolist())


def test_p_is_adjusted_over_all_cells_that_were_tested() -> None:
    cells = groups(unweighted(), BOOK, "sector").cells.frame
    tested = cells[cells["p"].notna()]
    assert set(tested["group"]) == {"Zorg", "Cultuur"}
    theirs = multipletests(tested["p"], method="fdr_bh")[1]
    assert tested["adjusted_p"].tolist() == pytest.approx(theirs.tolist())
    assert cells["adjusted_p"].notna().sum() == len(tested)


def test_what_stands_out_is_marked_in_the_cell_by_code_and_by_group() -> None:
    found = groups(unweighted(), BOOK, "sector")
    row = found.table.frame.set_index("code").loc["ai"]
    assert (row["mark:Zorg"], row["mark:Cultuur"], row["mark:Jeugd"]) == ("more", "less", "")
    assert (row["more_in"], row["less_in"]) == ("Zorg", "Cultuur")
    profiles = found.profiles.frame.set_index("group")
    assert (str(profiles.loc["Zorg", "more"]), str(profiles.loc["Zorg", "less"])) == ("ai", "tv")
    cells = {row[0]: row[2:] for row in cells_of(found.profiles)}
    assert cells["Zorg"] == ["Opkomst van AI (66% / 44%)", "Televisie (14% / 24%)"]
    assert profiles["enough"].to_dict() == {"Cultuur": True, "Jeugd": False, "Zorg": True}


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["x", "y", "z", ""]), st.booleans()), max_size=80))
def test_bases_and_counts_of_groups_add_up_to_the_total(rows: list[tuple[str, bool]]) -> None:
    rows = [*rows, ("x", True), ("y", False)]
    counted = given_by([{"ai"} if has else set() for _, has in rows], group=[name for name, _ in rows])
    found = groups(counted, BOOK, "sector")
    inside = sum(name != "" for name, _ in rows)
    assert found.table.base == inside == found.profiles.frame["n"].sum()
    parts = found.table.frame.filter(like="n:").sum(axis=1)
    assert parts.tolist() == found.table.frame["n"].tolist()
    said = f"Zonder groep in sector, niet in deze tabel: {len(rows) - inside}."
    assert (said in notes_of(found.table)) == (inside < len(rows))


def test_small_groups_are_shown_and_never_called_out() -> None:
    rows: list[set[str]] = [{"ai"}] * 20 + [set()] * 80 + [{"ai"}] * 25
    found = groups(given_by(rows, group=["a"] * 50 + ["b"] * 50 + ["klein"] * 25), BOOK, "sector")
    cells = found.cells.frame.query("group == 'klein'")
    assert cells["n"].tolist() == [25]
    assert cells["flag"].tolist() == [""]
    assert cells["p"].isna().all()
    assert spoken(found.table.columns["n:klein"].heading) == "klein*, N=25"
    assert "percent:klein" not in found.table.shown
    assert groups(given_by(rows, group=["a"] * 50 + ["b"] * 50 + ["klein"] * 25), BOOK, "sector", min_base=25
                  ).cells.frame.set_index("group").loc["klein", "flag"] == "more"  # fmt: skip


def test_a_code_that_everybody_or_nobody_mentioned_is_not_tested() -> None:
    rows: list[set[str]] = [{"ai", "tv"} if number % 3 else {"ai"} for number in range(90)]
    cells = groups(given_by(rows, group=["a", "b"] * 45), BOOK, "sector").cells.frame
    assert set(cells["code"]) == {"ai", "tv"}
    assert cells.loc[cells["code"] == "ai", "p"].isna().all()
    assert "toetsen, Benjamini" in notes_of(groups(given_by(rows, group=["a", "b"] * 45), BOOK, "sector").table)[-2]


def test_weights_count_and_the_sign_is_that_of_the_weighted_difference() -> None:
    rng = np.random.default_rng(2)
    for _ in range(8):
        weights = rng.lognormal(0, 1, 200)
        index = pd.RangeIndex(200).astype(str)
        names = rng.choice(["a", "b", "c"], 200, p=[0.2, 0.3, 0.5])
        counted = Mentions(
            pd.DataFrame({"g": names}, index=index), BOOK.ids, rng.random((200, len(BOOK.ids))) < 0.3, weights
        )
        found = groups(counted, BOOK, "g", min_base=1)
        cells = found.cells.frame.merge(found.table.frame[["code", "percent"]], on="code", suffixes=("", "_all"))
        assert ((cells["residual"] > 0) == (cells["percent"] > cells["percent_all"])).all()


def test_unequal_weights_make_a_difference_less_sure() -> None:
    rows: list[set[str]] = [{"ai"} if place % 3 == 0 or place % 2 == 0 else set() for place in range(200)]
    names = ["a", "b"] * 100
    plain = groups(given_by(rows, group=names), BOOK, "sector").cells.frame
    weighed = groups(given_by(rows, [0.2, 0.2, 5, 5] * 50, names), BOOK, "sector").cells.frame
    assert (weighed["residual"].abs() < plain["residual"].abs()).all()


def test_false_alarms_among_groups_alike_are_as_few_as_the_level_says() -> None:
    rng = np.random.default_rng(3)
    book = Codebook(tuple(Code(f"c{number}", number, {}) for number in range(12)))
    index = pd.RangeIndex(400).astype(str)
    alarms = 0
    for _ in range(40):
        weights = rng.uniform(0.3, 3, 400)
        background = pd.DataFrame({"g": rng.choice(list("abcde"), 400)}, index=index)
        counted = Mentions(background, book.ids, rng.random((400, 12)) < rng.uniform(0.02, 0.5, 12), weights)
        alarms += int((groups(counted, book, "g").cells.frame["flag"] != "").any())
    assert alarms <= 6


@pytest.mark.parametrize(("level", "words"), [(0, "between 0 and 1"), (95, "between 0 and 1")])
def test_a_level_that_is_none_is_an_error(level: float, words: str) -> None:
    with pytest.raises(CoderError, match=words):
        groups(sample(), BOOK, "sector", level=level)


def test_nets_are_tested_with_their_codes_under_them() -> None:
    counted = unweighted()
    found = groups(counted, BOOK, "sector", nets=True)
    frame = found.table.frame
    assert frame["level"].tolist() == [1 if code in ("tv", "radio", "press") else 0 for code in frame["code"]]
    media = found.cells.frame.query("code == 'media'").set_index("group")
    named = counted.given[:, [BOOK.ids.index(code) for code in ("tv", "radio", "press")]].any(axis=1)
    sectors = counted.background["sector"].to_numpy()
    assert {name: int((named & (sectors == name)).sum()) for name in media.index} == media["n"].to_dict()
    assert notes_of(found.table)[-1].startswith("Een samengestelde code")
    with pytest.raises(CoderError, match="has no nets"):
        groups(counted, Codebook.from_ids(BOOK.ids), "sector", nets=True)


def found_tables(found: Groups) -> list[Table]:
    return [found.table, found.profiles, found.cells]


@pytest.mark.parametrize(("form", "ending"), [("table", "txt"), ("csv", "csv"), ("md", "md")])
def test_the_tables_are_written_as_in_the_golden_file(form: str, ending: str) -> None:
    parts = [*found_tables(groups(sample(), BOOK, "sector"))[:2]]
    parts += found_tables(groups(unweighted(), BOOK, "sector"))[: 3 if form == "csv" else 2]
    languages = ["nl", "nl", *["en"] * 3]
    written = (table.text(form, language) for table, language in zip(parts, languages, strict=False))
    assert "\n".join(written) == (GOLDEN / f"groups.{ending}").read_text(encoding="utf-8")


CODED = "codes;sector\n" + "ai;Zorg\n" * 30 + "-;Zorg\n" * 10 + "ai;Jeugd\n" * 10 + "tv;Jeugd\n" * 30 + ";Sport\ntv;\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write(tmp_path / "c.csv", CODED)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_command_prints_the_table_and_the_profiles_and_writes_all_three(cli: Cli, here: Path) -> None:
    done = cli("groups", "c.csv", "--by", "sector", "-o", "uit.xlsx", "--language", "nl")
    assert done.code == 0, done.err
    assert "Zorg   40  ai (75% / 50%)      tv (0% / 38%)" in done.out
    assert "Zonder respondent in de basis: Sport." in done.out
    assert "Zonder groep in sector, niet in deze tabel: 1." in done.out
    assert sheet_rows(here / "uit.xlsx", "cells")[0][:5] == ["group", "code", "label", "n", "percent"]
    assert sheet_rows(here / "uit.xlsx", "profiles")[2][0] == "Zorg"
    first = json.JSONDecoder().raw_decode(
        cli("groups", "c.csv", "--by", "sector", "--format", "json", "--language", "nl").out
    )[0]
    assert first["rows"][0]["n:Zorg"] == 30


def test_what_marks_each_group_is_left_out_where_nothing_was_tested(cli: Cli, here: Path) -> None:
    found = groups(unweighted(), BOOK, "sector", min_base=1000)
    assert (found.is_tested, found.for_people) == (False, (found.table,))
    assert groups(unweighted(), BOOK, "sector").is_tested
    done = cli("groups", "c.csv", "--by", "sector", "--min-base", "1000", "-o", "uit.xlsx", "--language", "nl")
    assert done.code == 0, done.err
    assert "wat elke groep kenmerkt" not in done.out
    assert sheet_rows(here / "uit.xlsx", "profiles")[2][0] == "Zorg"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--by", "regio"), "no column 'regio'"),
        (("--by", "sector", "-o", "c.csv"), "is read"),
        (("--by", "sector", "--level", "95"), "between 0 and 1"),
        ((), "--by"),
    ],
)
def test_what_cannot_be_done_is_said(cli: Cli, here: Path, arguments: tuple[str, ...], words: str) -> None:
    before = listing(here)
    done = cli("groups", "c.csv", *arguments)
    assert done.code == 2
    assert words in done.err
    assert listing(here) == before


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("ai;x\ntv;x\n", "'x' is the only one"),
        ("ai;\ntv;\n", "nobody has one"),
        ("ai;x\n;y\n", "nobody in the base is in y"),
    ],
)
def test_one_group_alone_is_an_error(cli: Cli, here: Path, rows: str, words: str) -> None:
    write(here / "one.csv", "codes;sector\n" + rows)
    done = cli("groups", "one.csv", "--by", "sector")
    assert done.code == 2
    assert words in done.err
