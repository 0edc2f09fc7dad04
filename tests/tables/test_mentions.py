"""Who mentioned what: respondents, weights, nets and groups."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coder import Code, Codebook, CoderError
from coder.coding import Coding, assignments
from coder.files.wave_files import read_mentions
from coder.tables.mentions import mentions
from tests.conftest import Cli, write

BOOK = Codebook((Code("media", 1, {}), Code("tv", 2, {}, net="media"), Code("radio", 3, {}, net="media")))


def test_rows_of_one_respondent_are_taken_together(tmp_path: Path) -> None:
    path = write(tmp_path / "long.csv", "who;codes;w;s\na;tv;1,5;x\na;radio;1,5;x\nb;-;0,5;y\nc;;1;y\n")
    found, _ = read_mentions(path, codebook=BOOK, respondent="who", weight="w", background=["s"])
    assert found.respondents.tolist() == ["a", "b"]
    assert found.given.tolist() == [[False, True, True], [False, False, False]]
    assert (found.base, found.effective_base, found.left_out) == (2.0, 4 / 2.5, 1)
    assert found.shares.tolist() == [0, 0.75, 0.75]
    assert {name: len(group) for name, group in found.groups("s").items()} == {"x": 1, "y": 1}


def test_who_stands_outside_the_base_is_counted_in_respondents_where_the_base_is(cli: Cli, tmp_path: Path) -> None:
    rows = "a;tv\na;\na;\nb;-\nb;radio\nc;\nc;\nd;\n"
    path = write(tmp_path / "long.csv", f"who;codes\n{rows}")
    assert "Outside the base: 2 respondents of whom" in cli("top", path, "--respondent", "who").out
    assert "Outside the base: 5 without an answer" in cli("top", path).out
    path = write(tmp_path / "all.csv", "who;codes\na;tv\na;\n")
    assert "Outside the base" not in cli("top", path, "--respondent", "who").out


def test_codes_that_differ_in_capitals_or_spaces_alone_are_not_counted_apart(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "codes\nTV\ntv\nsociale  media\nSociale media\n")
    with pytest.raises(CoderError, match="'Sociale media' and 'sociale  media'; 'TV' and 'tv'"):
        read_mentions(path)
    path = write(tmp_path / "b.csv", "codes\nTV\ntv\n")
    assert read_mentions(path, codebook=BOOK)[0].counts.tolist() == [0, 2, 0]


@pytest.mark.parametrize(
    "names",
    [
        ["1-9", "10-49", "50-249", "250+"],
        ["groep 2", "Groep 3", "groep 10"],
        ["-2", "-1,5", "0", "1,5", "2.0", "10", "-", "inf", "nan", "Noord", "zuid"],
        ["2021-05-01", "2021-10-01", "2024-01-01"],
        ["1", "1.0", "\N{SUPERSCRIPT TWO}", "\N{LATIN SMALL LETTER E WITH ACUTE}"],
    ],
)
def test_groups_stand_in_the_order_in_which_people_count(names: list[str]) -> None:
    units = pd.Index([str(number) for number in range(len(names))], name="unit")
    coding = Coding("hand", units, assignments({"unit": [], "code": []}))
    found = mentions(coding, BOOK, background=pd.DataFrame({"g": names[::-1]}, index=units))
    assert list(found.groups("g")) == names


def test_a_net_counts_a_respondent_once(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "codes\ntv;radio\nmedia\n-\n")
    found, book = read_mentions(path, codebook=BOOK)
    assert found.with_nets(book).counts.tolist() == [2, 1, 1]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("a;tv;1\na;radio;2\n", "Respondent 'a' has different values in column 'w': '1' and '2'"),
        ("a;tv;1\nb;radio;0\n", "1 respondent has no weight above 0 in 'w': row 2 has 0."),
        ("a;tv;1\nb;radio;\n", "1 respondent has no weight above 0 in 'w': row 2 has none. Leave"),
        ("a;tv;1\nb;radio;x\n", "Column 'w' has 'x', not a number"),
        ("a;tv;1\n;radio;1\n", "1 coded row has no respondent: row 2"),
    ],
)
def test_what_cannot_be_counted_is_refused_with_words(tmp_path: Path, rows: str, words: str) -> None:
    path = write(tmp_path / "a.csv", "who;codes;w\n" + rows)
    with pytest.raises(CoderError, match=re.escape(words)):
        read_mentions(path, codebook=BOOK, respondent="who", weight="w")


@given(st.lists(st.tuples(st.integers(0, 9), st.sets(st.sampled_from(BOOK.ids))), min_size=1, max_size=30))
def test_a_net_is_at_least_its_largest_code_and_at_most_their_sum(rows: list[tuple[int, set[str]]]) -> None:
    units = pd.Index([str(number) for number in range(len(rows))])
    pairs = [(str(place), code) for place, (_, codes) in enumerate(rows) for code in sorted(codes)]
    frame = assignments({"unit": [unit for unit, _ in pairs], "code": [code for _, code in pairs]})
    who = pd.Series([f"r{respondent}" for respondent, _ in rows], index=units)
    found = mentions(Coding("hand", units, frame), BOOK, respondent=who)
    plain, net = found.counts, found.with_nets(BOOK).counts
    assert plain.max() <= net[0] <= min(plain.sum(), found.base)
    assert np.array_equal(plain[1:], net[1:])
