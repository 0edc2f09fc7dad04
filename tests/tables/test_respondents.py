"""Facts of the sample: margins as published, bases, and respondents counted once."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint  # type: ignore[import-untyped]

from coder import CoderError, read_answers
from coder.files.sheets import read_sheet
from coder.statistics.proportions import margin
from coder.tables.respondents import Duplicates, facts, find_duplicates
from tests.conftest import GOLDEN, Cli, cells_of, listing, write

LONG = "meer korte filmpjes voor de sociale media van al onze klanten"


def people(count: int) -> pd.DataFrame:
    return pd.DataFrame({"answer": [f"antwoord {row}" for row in range(count)]})


def sheet(*rows: str, columns: str = "nr;tijd;trends;sector") -> pd.DataFrame:
    return pd.DataFrame([row.split(";") for row in rows], columns=columns.split(";"), dtype=str)


def listed(found: Duplicates) -> list[tuple[int, str, int, bool]]:
    return list(found.frame[["row", "why", "kept_row", "counted"]].itertuples(index=False, name=None))


# Margins


@pytest.mark.parametrize(
    ("base", "population", "printed"), [(344, None, "5,28"), (344, 20_000, "5,24"), (199, None, "6,95")]
)
def test_the_published_margins_are_reproduced(base: int, population: int | None, printed: str) -> None:
    found = facts(people(base), text=["answer"], population=population)
    assert cells_of(found.sample)[-1][-1] == f"{printed} punten"
    assert cells_of(found.questions)[0][-1] == printed


@given(st.integers(1, 5000), st.floats(0.5, 0.99))
def test_the_margin_is_half_the_normal_interval(base: int, level: float) -> None:
    low, high = proportion_confint(base / 2, base, alpha=1 - level, method="normal")
    assert margin(base, level=level) * 2 == pytest.approx(min(high - low, 2), rel=1e-9) or low == 0


@given(st.integers(1, 500), st.integers(0, 500))
def test_a_finite_population_narrows_the_margin_and_all_of_it_closes_it(base: int, more: int) -> None:
    finite = margin(base, population=base + more)
    assert 0 <= finite <= margin(base)
    assert margin(base, population=base) == 0
    assert np.isnan(margin(0))


def test_response_share_and_weights_are_facts() -> None:
    weights = pd.Series([1.0, 3.0])
    found = facts(people(2), weight=weights, population=10, invited=4)
    value = found.sample.frame.set_index("fact")["value"]
    assert value[["respondents", "response", "sampled"]].tolist() == [2, 50, 20]
    assert value["effective"] == pytest.approx(16 / 10)
    assert value["design"] == pytest.approx(2 / 1.6)
    assert value["margin_finite"] == pytest.approx(100 * margin(1.6, population=10, drawn=2))


def test_each_question_has_its_own_base_and_groups_under_thirty_are_flagged() -> None:
    rows = [f"{row};x;{'nvt' if row < 5 else '' if row < 9 else 'AI'};{'a' if row < 40 else 'b'}" for row in range(60)]
    found = facts(sheet(*rows), text=["trends"], by=["sector"])
    row = found.questions.frame.iloc[0]
    assert (row["base"], row["says_nothing"], row["empty"]) == (51, 5, 4)
    groups = found.groups.frame.set_index(["group", "question"])
    assert groups["base"].to_dict() == {("a", ""): 40, ("a", "trends"): 31, ("b", ""): 20, ("b", "trends"): 20}
    assert groups["small"].tolist() == [False, False, True, True]
    assert groups.loc[("a", "trends"), "margin"] == pytest.approx(100 * margin(31))


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"population": 3}, "--population says 3, and the file has 5"),
        ({"invited": 4}, "--invited says 4"),
        ({"invited": 9, "population": 8}, "nobody is invited from outside"),
        ({"level": 95}, "between 0 and 1"),
        ({"text": ["weg"]}, "no column 'weg'"),
        ({"weight": pd.Series([1.0, 0.0, 1.0, 1.0, 1.0])}, "no weight above 0"),
    ],
)
def test_facts_that_cannot_be_are_refused(more: dict[str, object], words: str) -> None:
    with pytest.raises(CoderError, match=re.escape(words)):
        facts(people(5), **more)  # type: ignore[arg-type]


# Duplicates


def test_same_id_and_equal_answers_count_once_wherever_they_stand() -> None:
    rows = sheet(f"1;9;{LONG};zorg", "2;9;AI;zorg", f"3;9;{LONG.upper()} ;Zorg", "4;9;x;a", "2;8;ai ;zorg")
    found = find_duplicates(rows, id="nr", ignore=["tijd"])
    assert listed(found) == [(3, "same_answers", 1, False), (5, "same_id", 2, False)]
    assert found.kept(rows)["nr"].tolist() == ["1", "2", "4"]


@pytest.mark.parametrize(
    ("keep", "expected"),
    [
        (None, [(2, "other_answers", 1, True), (3, "same_id", 1, False)]),
        ("first", [(2, "other_answers", 1, False), (3, "same_id", 1, False)]),
        ("last", [(1, "same_id", 3, False), (2, "other_answers", 3, False)]),
    ],
)
def test_one_id_with_different_answers_stays_unless_said(
    keep: str | None, expected: list[tuple[int, str, int, bool]]
) -> None:
    rows = sheet("1;9;AI;a", "1;9;video;a", "1;9;AI;a", "2;9;pers;a")
    assert listed(find_duplicates(rows, id="nr", ignore=["tijd"], keep=keep)) == expected


def test_short_equal_answers_are_shown_and_stay_unless_fewer_words_do() -> None:
    rows = sheet("1;9;AI;zorg", "2;9;AI;zorg", "3;9;pers;kunst")
    assert listed(find_duplicates(rows, id="nr", ignore=["tijd"])) == [(2, "short", 1, True)]
    assert listed(find_duplicates(rows, id="nr", ignore=["tijd"], words=2)) == [(2, "same_answers", 1, False)]


def test_rows_that_say_nothing_repeat_nobody() -> None:
    rows = sheet("1;9;nvt;1", "2;9;nvt;1", "3;9;;1", "4;9;;1")
    assert listed(find_duplicates(rows, id="nr", ignore=["tijd"], text=["trends"], words=1)) == []
    assert listed(find_duplicates(rows, ignore=["nr", "tijd", "sector"], words=1)) == []


def test_rows_without_an_id_are_not_one_respondent() -> None:
    rows = sheet(";9;AI;a", ";9;video;a", " ;9;pers;a")
    assert listed(find_duplicates(rows, id="nr", ignore=["tijd"])) == []


@given(
    st.lists(st.tuples(st.sampled_from(["", "1", "2"]), st.sampled_from(["a", "b", "nvt"])), min_size=1, max_size=12)
)
def test_what_was_kept_has_no_more_to_drop_and_every_respondent_stays(rows: list[tuple[str, str]]) -> None:
    frame = pd.DataFrame(rows, columns=["nr", "answer"], dtype=str)
    for keep in (None, "first", "last"):
        found = find_duplicates(frame, id="nr", keep=keep, words=1)
        kept = found.kept(frame)
        again = find_duplicates(kept.reset_index(drop=True), id="nr", keep=keep, words=1)
        assert not again.dropped.any()
        assert set(kept["answer"]) == set(frame["answer"]) or keep
        assert not set(found.frame["row"][~found.frame["counted"]]) & set(
            found.frame["kept_row"][found.frame["counted"]]
        )


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"ignore": ["weg"]}, "no column 'weg'"),
        ({"keep": "one"}, "'first' or 'last'"),
        ({"ignore": ["answer"]}, "left"),
    ],
)
def test_a_comparison_that_cannot_be_is_refused(more: dict[str, object], words: str) -> None:
    with pytest.raises(CoderError, match=words):
        find_duplicates(people(2), **more)  # type: ignore[arg-type]


# The command

FILE = f"""nr;tijd;trends;wensen;sector;w
1;9:00;{LONG};meer tijd;zorg;1
2;9:01;AI;nvt;zorg;1,5
2;9:05;ai ;nvt;zorg;1,5
3;9:05;nvt;;kunst;1
4;9:06;nvt;;kunst;1
5;9:06;{LONG.capitalize()};Meer  tijd;zorg;1
6;9:08;AI;nvt;zorg;1,5
7;9:09;podcast;geld;;1
7;9:10;=cmd|' /C calc'!A0;geld;;1
"""
ASKED = ("--text", "trends", "--text", "wensen", "--by", "sector", "--id", "nr", "--ignore", "tijd")
SIZES = ("--population", "20000", "--invited", "30", "--weight", "w")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_command_prints_the_golden_tables(cli: Cli, tmp_path: Path, language: str) -> None:
    done = cli("facts", write(tmp_path / "a.csv", FILE), *ASKED, *SIZES, "--language", language)
    assert (done.code, done.err) == (0, "")
    assert done.out == (GOLDEN / f"facts.{language}.txt").read_text(encoding="utf-8")


def test_the_caveat_of_self_selection_is_printed(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", FILE)
    assert (
        "een foutenmarge geldt voor een willekeurige steekproef"
        in cli("facts", path, "--self-selected", "--language", "nl").out
    )
    assert "presumes a random sample" in cli("facts", path, "--language", "en").out


def test_the_file_without_duplicates_and_the_tables_are_written(cli: Cli, tmp_path: Path) -> None:
    path, clean, tables = write(tmp_path / "a.csv", FILE), tmp_path / "clean.csv", tmp_path / "t.xlsx"
    done = cli("facts", path, *ASKED, "--keep", "last", "--without-duplicates", clean, "-o", tables)
    assert done.code == 0
    kept = read_sheet(clean)
    assert kept["nr"].tolist() == ["1", "2", "3", "4", "6", "7"]
    assert kept["tijd"].tolist()[-1] == "9:10"
    assert len(read_answers(clean, text="trends", id="nr")) == 6
    assert read_sheet(tables, sheet="duplicates")["why"].tolist() == [
        "same_id",
        "same_answers",
        "short",
        "other_answers",
    ]


def test_double_ids_point_to_the_command(tmp_path: Path) -> None:
    with pytest.raises(CoderError, match=r"coder facts a\.csv --id nr --without-duplicates"):
        read_answers(write(tmp_path / "a.csv", FILE), text="trends", id="nr")


def test_nothing_is_written_where_something_is_wrong(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", FILE)
    before = listing(tmp_path)
    for wrong in (("--by", "weg"), ("-o", "t.pdf"), ("-o", path), ("--weight", "sector"), ("--population", "2")):
        done = cli("facts", path, *wrong, "--without-duplicates", tmp_path / "clean.csv")
        assert (done.code, done.out) == (2, "")
    assert listing(tmp_path) == before
