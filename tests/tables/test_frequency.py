"""The frequency table with weights, nets, mentions, and groups side by side; the data are synthetic."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint  # type: ignore[import-untyped]

from coder import Code, Codebook, CoderError, Table, top, top_by
from coder.files.codebooks import write_codebook
from coder.files.wave_files import read_mentions
from coder.tables.mentions import Mentions
from tests.conftest import GOLDEN, Cli, cells_of, listing, notes_of, sheet_rows, spoken, table_in, write

BOOK = Codebook(
    (
        Code("media", 1, {"nl": "Media", "en": "Media"}),
        Code("tv", 2, {"nl": "Televisie"}, net="media"),
        Code("radio", 3, {"nl": "Radio"}, net="media"),
        Code("ai", 4, {"nl": "Opkomst van AI"}),
        Code("other", 5, {"nl": "Andere"}),
        Code("press", 6, {"nl": "Pers"}, net="media"),
    )
)


def given_by(
    rows: list[set[str]], weights: list[float] | None = None, group: list[str] | None = None, book: Codebook = BOOK
) -> Mentions:
    """Respondents r0, r1, … who mentioned these codes."""
    index = pd.Index([f"r{number}" for number in range(len(rows))], name="respondent")
    matrix = np.array([[code in row for code in book.ids] for row in rows], dtype=np.bool_).reshape(len(rows), -1)
    background = pd.DataFrame({"sector": group} if group else {}, index=index)
    return Mentions(background, book.ids, matrix, None if weights is None else np.array(weights))


def sample(size: int = 240) -> Mentions:
    """Three groups, one of them small, one respondent in none; AI is named more in Zorg, TV more in Cultuur."""
    rows, groups, weights = [], [], []
    for number in range(size):
        sector = "" if number == 0 else "Jeugd" if number % 20 == 1 else ("Zorg", "Cultuur")[number % 2]
        row = {"ai"} if number % (3 if sector == "Zorg" else 9) < 2 else set()
        row |= {"tv"} if number % (7 if sector == "Zorg" else 3) == 1 else set()
        row |= {"radio"} if number % 11 == 4 else set()
        row |= {"press"} if number == 17 else set()
        row |= {"other"} if number % 13 == 5 else set()
        rows.append(row)
        groups.append(sector)
        weights.append((0.5, 1.0, 1.25, 2.0)[number % 4])
    return given_by(rows, weights, groups)


def unweighted() -> Mentions:
    found = sample()
    return Mentions(found.background, found.codes, found.given)


WEIGHTS = st.lists(st.floats(0.05, 20), min_size=40, max_size=40)
ROWS = st.lists(st.sets(st.sampled_from(BOOK.ids)), min_size=1, max_size=40)


# Weights


def test_percentages_and_ranks_are_weighted_and_n_counts_people() -> None:
    table = top(given_by([{"ai"}, {"tv"}, {"tv"}, set()], [3, 1, 1, 1]), BOOK)
    assert cells_of(table) == [["1", "Opkomst van AI", "1", "3", "50%"], ["2", "Televisie", "2", "2", "33%"]]
    assert notes_of(table)[0] == (
        "N = 4, gewogen 6,0, effectieve basis 3,0 (Kish 1965). Plaatsen en percentages zijn gewogen; een respondent "
        "kan meer dan één code hebben."
    )
    assert notes_of(table)[-1].startswith("Let op: de effectieve basis is kleiner dan 30.")
    assert table.base == 4


def test_sums_of_weights_that_are_equal_on_paper_tie() -> None:
    table = top(given_by([{"ai"}, {"ai"}, {"tv"}, {"radio"}], [0.1, 0.2, 0.3, 0.05]), BOOK)
    assert table.frame[["code", "rank"]].to_numpy().tolist() == [["tv", 1], ["ai", 1], ["radio", 3]]


@settings(max_examples=60, deadline=None)
@given(ROWS, WEIGHTS)
def test_a_rank_is_one_more_than_the_number_of_codes_with_more(rows: list[set[str]], weights: list[float]) -> None:
    frame = top(given_by(rows, weights[: len(rows)]), BOOK, limit=None).frame
    ranked = frame[frame["rank"].notna()]
    sums = ranked["weighted"].round(9)
    assert ranked["rank"].tolist() == [1 + int((sums > one).sum()) for one in sums]
    assert sums.is_monotonic_decreasing
    assert frame["code"].tolist()[-1] == "other"


@settings(max_examples=60, deadline=None)
@given(ROWS, st.floats(0.01, 100))
def test_equal_weights_change_nothing(rows: list[set[str]], weight: float) -> None:
    plain = top(given_by(rows), BOOK, limit=None).frame
    weighed = top(given_by(rows, [weight] * len(rows)), BOOK, limit=None).frame
    for name in ("rank", "code", "n"):
        assert weighed[name].tolist() == plain[name].tolist()
    for name in ("percent", "low", "high"):
        assert weighed[name].tolist() == pytest.approx(plain[name].tolist(), abs=1e-6)


def test_the_interval_of_an_unweighted_share_is_that_of_statsmodels() -> None:
    found = sample()
    plain = Mentions(found.background, found.codes, found.given)
    for row in top(plain, BOOK, limit=None).frame.to_dict("records"):
        low, high = proportion_confint(row["n"], len(plain), method="wilson")
        assert (row["low"], row["high"]) == pytest.approx((low * 100, high * 100))


# Nets and mentions


def test_nets_are_ranked_and_their_codes_stand_under_them_without_rank() -> None:
    rows: list[set[str]] = [{"tv", "radio"}, {"tv"}, {"radio", "ai"}, {"ai"}, {"ai"}, {"ai", "other"}, {"tv"}]
    table = top(given_by(rows), BOOK, nets=True)
    assert [row[:3] for row in cells_of(table)] == [
        ["1", "Media", "4"],
        ["", "\u00a0\u00a0Televisie", "3"],
        ["", "\u00a0\u00a0Radio", "2"],
        ["1", "Opkomst van AI", "4"],
        ["", "Andere", "1"],
    ]
    assert table.frame["level"].tolist() == [0, 1, 1, 0, 0]
    assert top(given_by(rows), BOOK).frame["code"].tolist() == ["ai", "tv", "radio", "other"]


def test_the_codes_of_a_net_below_the_limit_stay_with_it() -> None:
    rows: list[set[str]] = [{"tv"}, {"radio"}, {"press"}, {"ai"}, {"ai"}, {"ai"}, {"ai"}]
    assert top(given_by(rows), BOOK, nets=True, limit=1).frame["code"].tolist() == ["ai"]
    assert len(top(given_by(rows), BOOK, nets=True, limit=2).frame) == 5


def test_nets_of_nets_count_a_respondent_once_at_each_level() -> None:
    book = Codebook((Code("a", 1, {}), Code("b", 2, {}, net="a"), Code("c", 3, {}, net="b"), Code("d", 4, {}, net="b")))
    frame = top(given_by([{"c", "d"}, {"d"}, {"b"}, set()], book=book), book, nets=True).frame
    assert frame[["code", "level", "n"]].to_numpy().tolist() == [["a", 0, 3], ["b", 1, 3], ["d", 2, 2], ["c", 2, 1]]


def test_the_percentage_of_a_net_is_not_the_sum_of_rounded_parts() -> None:
    rows: list[set[str]] = [{"tv"}] * 99 + [{"radio"}] * 51 + [set()] * 95
    cells = cells_of(top(given_by(rows), BOOK, nets=True))
    assert [row[3] for row in cells] == ["61%", "40%", "21%"]
    rows = [{"tv", "radio"}] * 20 + [{"tv"}] * 20 + [set()] * 60
    assert [row[3] for row in cells_of(top(given_by(rows), BOOK, nets=True))] == ["40%", "40%", "20%"]


def test_nets_of_a_codebook_without_any_are_an_error() -> None:
    book = Codebook((Code("ai", 1, {}),))
    with pytest.raises(CoderError, match="has no nets"):
        top(given_by([{"ai"}], book=book), book, nets=True)


@settings(max_examples=80, deadline=None)
@given(ROWS, WEIGHTS, st.booleans())
def test_percentages_of_mentions_add_up_to_100(rows: list[set[str]], weights: list[float], nets: bool) -> None:  # noqa: FBT001
    found = given_by(rows, weights[: len(rows)])
    frame = top(found, BOOK, limit=None, nets=nets, mentions_too=True).frame
    parts = frame["percent_mentions"] if not nets else frame.loc[frame["level"] == 0, "percent_mentions"]
    assert parts.sum() == (pytest.approx(100) if found.given.any() else 0)


# Groups side by side


@settings(max_examples=60, deadline=None)
@given(ROWS, WEIGHTS, st.data())
def test_the_counts_of_groups_add_up_to_the_total(
    rows: list[set[str]], weights: list[float], data: st.DataObject
) -> None:
    rows = [*rows, set(), set()]
    names = data.draw(st.lists(st.sampled_from(["x", "y", "z"]), min_size=len(rows) - 2, max_size=len(rows) - 2))
    found = given_by(rows, [*weights, 1, 1][: len(rows)], [*names, "x", "y"])
    frame = top_by(found, BOOK, "sector", limit=None).frame
    for name in ("n", "weighted"):
        parts = frame[[column for column in frame if str(column).startswith(f"{name}:")]]
        assert parts.sum(axis=1).tolist() == pytest.approx(frame[name].tolist())


def test_groups_stand_in_the_order_of_the_total_with_their_base() -> None:
    table = top_by(unweighted(), BOOK, "sector")
    assert list(table_in(table, "nl").headings) == [
        "Plaats", "Code", "Totaal, N=240", "Totaal %", "Cultuur, N=108", "Cultuur %", "Jeugd*, N=12", "Zorg, N=119",
        "Zorg %",
    ]  # fmt: skip
    assert table.frame[["rank", "code", "n", "percent"]].equals(
        top(unweighted(), BOOK).frame[["rank", "code", "n", "percent"]]
    )
    assert table.frame["percent:Jeugd"].notna().all()
    assert "Zonder groep in sector, enkel in het totaal: 1." in notes_of(table)
    assert "* basis onder 30, dus zonder percentages en niet getoetst: Jeugd." in notes_of(table)


def test_letters_name_the_columns_in_which_the_share_is_lower() -> None:
    frame = top_by(unweighted(), BOOK, "sector", letters=True).frame.set_index("code")
    assert frame["higher:Cultuur"].to_dict() == {"ai": "", "tv": "C", "radio": "", "press": "", "other": ""}
    assert frame["higher:Zorg"].to_dict() == {"ai": "A", "tv": "", "radio": "", "press": "", "other": ""}
    assert set(frame["higher:Jeugd"]) == {""}


def test_letters_are_few_where_groups_differ_by_chance_alone() -> None:
    rng = np.random.default_rng(1)
    book = Codebook(tuple(Code(f"c{number}", number, {}) for number in range(20)))
    found = 0
    for _ in range(20):
        matrix = rng.random((300, 20)) < 0.2
        index = pd.RangeIndex(300).astype(str)
        background = pd.DataFrame({"g": rng.choice(list("abcd"), 300)}, index=index)
        frame = top_by(Mentions(background, book.ids, matrix), book, "g", letters=True, limit=None).frame
        found += int(any(set(frame[f"higher:{name}"]) != {""} for name in "abcd"))
    assert found <= 4


def test_more_columns_than_the_alphabet_has_two_letters() -> None:
    names = [f"g{number:02}" for number in range(30)]
    found = given_by([{"ai"}, set()] * 30, group=[name for name in names for _ in range(2)])
    table = top_by(found, BOOK, "sector", letters=True, min_base=2)
    assert spoken(table.columns["n:g29"].heading) == "AD g29, N=2"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (["Zorg"] * 60, "'Zorg' is the only one in the base"),
        ([""] * 60, "nobody has one"),
        ([str(number) for number in range(60)], "60 different values"),
    ],
)
def test_a_column_that_makes_no_groups_is_an_error(values: list[str], words: str) -> None:
    with pytest.raises(CoderError, match=words):
        top_by(given_by([{"ai"}] * 60, group=values), BOOK, "sector")


def test_a_background_that_was_not_read_is_an_error() -> None:
    with pytest.raises(CoderError, match=r"no background column 'regio'.*There is sector"):
        top_by(sample(), BOOK, "regio")


# Files and forms


def tables() -> list[Table]:
    return [
        top(sample(), BOOK, nets=True, mentions_too=True, title="Nets, gewogen"),
        top_by(sample(), BOOK, "sector", letters=True, title="Sectoren, gewogen"),
        top_by(unweighted(), BOOK, "sector", nets=True, title="Sectors with nets"),
    ]


@pytest.mark.parametrize(("form", "ending"), [("table", "txt"), ("csv", "csv"), ("md", "md")])
def test_the_tables_are_written_as_in_the_golden_file(form: str, ending: str) -> None:
    languages = ("nl", "nl", "en")
    written = "\n".join(one.text(form, language) for one, language in zip(tables(), languages, strict=True))
    golden = (GOLDEN / f"top.{ending}").read_text(encoding="utf-8")
    assert to_twelve_digits(written) == to_twelve_digits(golden)


def to_twelve_digits(text: str) -> str:
    """The text with long numbers cut: the last digits are the processor's."""
    return re.sub(r"\d+\.\d{11,}", lambda found: f"{float(found[0]):.12g}", text)


LONG = "wie;code;w;meting\na;tv;1,5;2021\na;radio;1,5;2021\nb;-;0,5;2024\nc;ai;1;2024\nd;;1;2019\n"
YAML = """\
codebook: proef
codes:
  - {id: media, number: 1, label: {nl: Media}}
  - {id: tv, number: 2, label: {nl: Televisie}, net: media}
  - {id: radio, number: 3, label: {nl: Radio}, net: media}
  - {id: ai, number: 4, label: {nl: Opkomst van AI}}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write(tmp_path / "book.yaml", YAML)
    write(tmp_path / "long.csv", LONG)
    monkeypatch.chdir(tmp_path)
    return tmp_path


OPTIONS = ("long.csv", "--codes", "code", "--respondent", "wie", "--weight", "w", "--codebook", "book.yaml")


def test_the_command_counts_a_long_file_with_weights_nets_and_waves(cli: Cli, here: Path) -> None:
    done = cli(
        "top",
        *OPTIONS,
        "--nets",
        "--mentions",
        "--by",
        "meting",
        "--min-base",
        "1",
        "-o",
        "uit.xlsx",
        "--language",
        "nl",
    )
    assert done.code == 0, done.err
    assert done.out.splitlines()[4].split() == ["1", "Media", "1", "2", "50%", "75%", "1", "100%", "0", "0%"]
    assert "Zonder respondent in de basis: 2019." in done.out
    assert "Buiten de basis: 1 " in done.out
    header, *rows = sheet_rows(here / "uit.xlsx", "top")
    assert header[:4] == ["rank", "code", "label", "n"]
    assert {"percent_mentions", "level", "weighted:2021", "percent:2021", "low:2024"} < set(header)
    assert rows[0][:4] == [1, "media", "Media", 1]


def test_formulas_in_group_names_stay_text(cli: Cli, here: Path) -> None:
    write(here / "c.csv", "codes;g\n" + "ai;=1+1\ntv;x\n" * 30)
    assert cli("top", "c.csv", "--by", "g", "-o", "uit.xlsx").code == 0
    assert "n:=1+1" in sheet_rows(here / "uit.xlsx", "top")[0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--weight", "wt"), "no column 'wt'"),
        (("--by", "sector"), "no column 'sector'"),
        (("--respondent", "id"), "no column 'id'"),
        (("--letters",), "--by"),
        (("-o", "uit.pdf"), ".csv or .xlsx"),
        (("-o", "long.csv"), "is read"),
        (("--by", "wie", "--weight", "meting", "--min-base", "x"), "min-base"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(
    cli: Cli, here: Path, arguments: tuple[str, ...], words: str
) -> None:
    before = listing(here)
    done = cli("top", "long.csv", "--codes", "code", *arguments)
    assert done.code == 2
    assert words in done.err
    assert listing(here) == before


@pytest.mark.parametrize("weight", ["0", "-1", "", "veel"])
def test_a_weight_that_is_none_is_refused(cli: Cli, here: Path, weight: str) -> None:
    write(here / "c.csv", f"codes;w\nai;1\ntv;{weight}\n")
    done = cli("top", "c.csv", "--weight", "w")
    assert done.code == 2
    assert "'w'" in done.err


def test_the_command_prints_a_list_line_by_line(cli: Cli, tmp_path: Path) -> None:
    counts = {"ai": 57, "radio": 20, "press": 20, "tv": 1}
    cells = [";".join(code for code, n in counts.items() if place < n) or "-" for place in range(199)]
    write(tmp_path / "coded.csv", "nr,codes\n" + "".join(f"{place},{cell}\n" for place, cell in enumerate(cells)))
    write_codebook(tmp_path / "book.yaml", Codebook(tuple(replace(code, net="") for code in BOOK.codes)))
    for extra in ((), ("--respondent", "nr")):
        done = cli("top", tmp_path / "coded.csv", "--codebook", tmp_path / "book.yaml", *extra, "--language", "nl")
        printed = [re.split(r" {2,}", line.strip()) for line in done.out.splitlines()[4:8]]
        assert printed == [
            ["1", "Opkomst van AI", "57", "29%"], ["2", "Radio", "20", "10%"], ["2", "Pers", "20", "10%"],
            ["4", "Televisie", "1", "<1%"],
        ]  # fmt: skip
        assert "N = 199;" in done.out


def test_a_file_in_which_no_code_was_given_needs_a_codebook(cli: Cli, here: Path) -> None:
    write(here / "none.csv", "code;g\n-;x\n-;y\n")
    assert (
        "Geen enkele rij van none.csv heeft een code"
        in cli("top", "none.csv", "--codes", "code", "--language", "nl").err
    )
    assert (
        "Zonder code: 2."
        in cli("top", "none.csv", "--codes", "code", "--codebook", "book.yaml", "--language", "nl").out
    )


def test_tables_in_which_nobody_mentioned_a_code_are_whole() -> None:
    nobody = given_by([set()] * 80, group=["a", "b"] * 40)
    assert cells_of(top_by(nobody, BOOK, "sector", letters=True)) == []
    assert [row[2] for row in cells_of(top_by(nobody, BOOK, "sector", limit=None))] == ["0"] * len(BOOK.codes)


def test_rows_without_a_code_count_where_the_file_says_so(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "codes;g\ntv;x\n;y\n-;x\n")
    assert len(read_mentions(path, codebook=BOOK, background=["g"])[0]) == 2
    found = read_mentions(path, codebook=BOOK, background=["g"], empty_is_none=True)[0]
    assert (len(found), dict(found.absent)) == (3, {"g": ()})


def test_what_people_write_for_no_answer_is_told_where_no_codebook_says_that_it_is_a_code(
    cli: Cli, tmp_path: Path
) -> None:
    cells = ["prijs"] * 30 + ["nvt"] * 12 + ["xxxx; tijd", "Geen", "?", "ja", "nee", "3", "a", "\N{THUMBS UP SIGN}"]
    path = write(tmp_path / "a.csv", "nr,codes\n" + "".join(f"{n},{cell}\n" for n, cell in enumerate(cells)))
    done = cli("top", path, "--language", "nl")
    assert "N = 50" in done.out
    told = next(line for line in done.out.splitlines() if line.startswith("Let op: deze tellen als codes"))
    for name, times in (("?", 1), ("Geen", 1), ("nvt", 12), ("xxxx", 1)):
        assert f"'{name}' ({times} keer)" in told
    assert told.count("keer)") == 4
    ids = ("prijs", "nvt", "xxxx", "tijd", "Geen", "?", "ja", "nee", "3", "a", "\N{THUMBS UP SIGN}")
    book = Codebook(tuple(Code(id_, number, {"nl": f"De {id_}"}) for number, id_ in enumerate(ids, start=50)))
    write_codebook(tmp_path / "b.yaml", book)
    assert "tellen als codes" not in cli("top", path, "--codebook", tmp_path / "b.yaml", "--language", "nl").out


def test_codes_and_groups_that_are_nearly_alike_are_counted_apart_and_told(cli: Cli, tmp_path: Path) -> None:
    rows = "caf\u00e9;Zorg\ncafe;zorg\ntijd;Onderwijs\n" * 20
    done = cli("top", write(tmp_path / "a.csv", f"codes;g\n{rows}"), "--by", "g", "--min-base", "1")
    assert "Note: these codes differ in accents alone, and are counted apart: 'cafe' and 'caf\u00e9'." in done.out
    assert "groups differ in capitals, spaces or accents alone, and are counted apart: 'Zorg' and 'zorg'." in done.out
    assert "N = 60" in done.out
    assert "differ in" not in cli("top", write(tmp_path / "b.csv", "codes\ntijd\ngeld\n")).out
