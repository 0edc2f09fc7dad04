"""Frequency tables and comparisons: ranks with ties, bases, intervals, a list line by line; the data are synthetic."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from coder import Code, Codebook, CoderError, Table, compare, top
from coder.errors import DataError
from coder.files.sheets import TableFile
from coder.files.wave_files import read_published
from coder.statistics.proportions import wilson
from coder.tables.mentions import mentions
from coder.words import percent, speaking
from tests.conftest import GOLDEN, cells_of, counted, notes_of, read_as, write

BOOK = Codebook(
    (
        Code("ai", 1, {"nl": "Opkomst van AI", "en": "Rise of AI"}),
        Code("video", 2, {"nl": "Meer video", "en": "More video"}, formerly=("Film", "Audiovisueel")),
        Code("other", 3, {"nl": "Andere", "en": "Other"}),
        Code("social", 4, {"nl": "Sociale media", "en": "Social media"}),
        Code("print", 5, {"nl": "Drukwerk | papier", "en": "Print | paper"}),
        Code("dont_know", 6, {"nl": "Weet niet", "en": "Don't know"}),
        Code("pr", 7, {"nl": "Pers", "en": "Press"}),
    )
)


def letters(count: int) -> Codebook:
    """A codebook of so many codes: c00, c01, ..."""
    return Codebook(tuple(Code(f"c{number:02}", number, {"nl": f"Code {number}"}) for number in range(count)))


def ranks(table: Table) -> list[tuple[str, int]]:
    return list(table.frame[["code", "rank"]].dropna().itertuples(index=False, name=None))


def test_ties_share_a_rank_and_the_next_rank_skips() -> None:
    table = top(counted(20, {"c00": 3, "c01": 9, "c02": 5, "c03": 5, "c04": 1}), letters(5))
    assert ranks(table) == [("c01", 1), ("c02", 2), ("c03", 2), ("c00", 4), ("c04", 5)]


def test_ties_stand_together_in_the_order_of_the_codebook() -> None:
    table = top(counted(20, {"c03": 4, "c01": 4, "c02": 7, "c00": 4}), letters(4))
    assert ranks(table) == [("c02", 1), ("c00", 2), ("c01", 2), ("c03", 2)]


def test_every_code_that_shares_the_last_rank_is_shown() -> None:
    counts = {"c00": 9, "c01": 8, "c02": 5, "c03": 5, "c04": 5, "c05": 2}
    assert ranks(top(counted(20, counts), letters(6), limit=3))[-1] == ("c04", 3)
    assert len(top(counted(20, counts), letters(6), limit=3).frame) == 5
    assert len(top(counted(20, counts), letters(6), limit=2).frame) == 2


def test_special_codes_are_counted_never_ranked_and_stand_last() -> None:
    table = top(counted(10, {"other": 9, "ai": 4, "dont_know": 8, "video": 3}), BOOK)
    assert table.frame["code"].tolist() == ["ai", "video", "other", "dont_know"]
    assert ranks(table) == [("ai", 1), ("video", 2)]
    assert cells_of(table)[-1] == ["", "Weet niet", "8", "80%"]


def test_codes_never_mentioned_are_left_out_of_a_limited_table_only() -> None:
    coding = counted(10, {"ai": 4})
    assert top(coding, BOOK).frame["code"].tolist() == ["ai"]
    assert len(top(coding, BOOK, limit=None).frame) == len(BOOK.codes)


def test_a_respondent_counts_once_a_code_and_the_base_is_everyone_seen() -> None:
    table = top(counted(4, {"ai": 4, "video": 3}), BOOK)
    assert table.base == 4
    assert cells_of(table) == [["1", "Opkomst van AI", "4", "100%"], ["2", "Meer video", "3", "75%"]]


def test_the_notes_say_the_base_what_fits_no_code_and_what_was_left_out() -> None:
    notes = notes_of(top(mentions(counted(40, {"ai": 33}), BOOK, rows=46), BOOK))
    assert notes[0].startswith("N = 40;")
    assert notes[1:] == (
        "Zonder code: 7.",
        "Buiten de basis: 6 zonder antwoord (leeg, nvt, xxxx …) of niet gecodeerd.",
    )


@pytest.mark.parametrize(
    ("unanswered", "said"),
    [
        (2, "2 zonder antwoord (leeg, nvt, xxxx …), en 4 niet gecodeerd."),
        (6, "6 zonder antwoord (leeg, nvt, xxxx …)."),
        (0, "6 niet gecodeerd."),
    ],
)
def test_who_gave_no_answer_is_told_apart_from_who_is_not_coded_where_that_is_known(unanswered: int, said: str) -> None:
    table = top(mentions(counted(40, {"ai": 40}), BOOK, rows=46, unanswered=unanswered), BOOK)
    assert notes_of(table)[1:] == (f"Buiten de basis: {said}",)


def test_what_rules_alone_left_without_a_code_was_seen_by_nobody() -> None:
    by_rules = replace(counted(40, {"ai": 33}), coder="rules")
    assert notes_of(top(by_rules, BOOK))[1:] == ("De machine vond geen code: 7.",)
    of_study = replace(counted(40, {"ai": 33}), coder="gold", provenance={"event": "12"})
    assert notes_of(top(of_study, BOOK))[1:] == ("Gezien, geen code past: 7.",)


def test_an_empty_base_gives_a_table_without_percentages() -> None:
    table = top(counted(0, {"ai": 0}), BOOK, limit=None)
    assert table.base == 0
    assert [row[3] for row in cells_of(table)] == [""] * len(BOOK.codes)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0%"),
        (0.1, "<1%"),
        (0.499, "<1%"),
        (0.5, "<1%"),
        (0.999, "<1%"),
        (1 / 100 * 100, "1%"),
        (1.49, "1%"),
        (1.5, "2%"),
        (2.5, "3%"),
        (100 * 5 / 200, "3%"),
        (100 * 57 / 200, "29%"),
        (100 * 115 / 200, "58%"),
        (99.6, "100%"),
        (100.0, "100%"),
    ],
)
def test_percentages_are_whole_and_rounded_half_up(value: float, shown: str) -> None:
    assert [_percent(value, language) for language in ("nl", "en")] == [shown, shown]
    assert _percent(value, "fr") == shown.replace("%", "\N{NO-BREAK SPACE}%")


def _percent(value: float, language: str) -> str:
    with speaking(language):
        return percent(value)


@settings(max_examples=300, deadline=None)
@given(st.integers(1, 2000), st.data())
def test_a_percentage_is_what_long_division_gives(base: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(1, base))
    whole = (200 * count + base) // (2 * base)
    assert _percent(count / base * 100, "nl") == (f"{whole}%" if 100 * count >= base else "<1%")


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 3000), st.sampled_from([0.8, 0.9, 0.95, 0.99]), st.data())
def test_the_interval_is_the_one_of_scipy(base: int, level: float, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, base))
    theirs = binomtest(count, base).proportion_ci(confidence_level=level, method="wilson")
    assert wilson([count], base, level=level)[0].tolist() == pytest.approx([theirs.low, theirs.high], abs=1e-9)


def test_the_interval_of_an_empty_base_is_nan_and_the_table_holds_it_in_percent() -> None:
    assert str(wilson([0, 0], 0).tolist()) == "[[nan, nan], [nan, nan]]"
    row = top(counted(50, {"ai": 20}), BOOK).frame.iloc[0]
    theirs = binomtest(20, 50).proportion_ci(method="wilson")
    assert (row["low"], row["high"]) == pytest.approx((theirs.low * 100, theirs.high * 100))


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 40), st.data())
def test_ranks_fall_as_counts_rise_and_counts_stay_within_the_base(base: int, data: st.DataObject) -> None:
    book = letters(8)
    counts = {id_: data.draw(st.integers(0, base)) for id_ in book.ids}
    limit = data.draw(st.integers(1, 9) | st.none())
    frame = top(counted(base, counts), book, limit=limit).frame
    given_ranks, n = frame["rank"].tolist(), frame["n"].tolist()
    assert dict(zip(frame["code"], n, strict=True)).items() <= counts.items()
    assert given_ranks == sorted(given_ranks)
    assert given_ranks == [1 + sum(other > own for other in counts.values()) for own in n]
    assert all(0 <= own <= base for own in n)
    expected = {id_ for id_, own in counts.items() if limit is None or own}
    if limit is not None:
        expected = {id_ for id_ in expected if 1 + sum(other > counts[id_] for other in counts.values()) <= limit}
    assert set(frame["code"]) == expected


# Comparison


def place_by_code(table: Table) -> dict[str, str]:
    return {code: read_as(table, code, "then_place") for code in table.frame["code"]}


def test_a_coded_wave_gives_places_numbers_and_what_dropped_out() -> None:
    now = top(counted(100, {"ai": 50, "video": 30, "social": 5}), BOOK, limit=None)
    then = top(counted(80, {"video": 40, "social": 20, "ai": 8}), BOOK, limit=None)
    table = compare(now, then, BOOK, limit=2)
    assert [[*pair, place_by_code(table)[pair[0]]] for pair in table.frame[["code", "rank"]].to_numpy().tolist()] == [
        ["ai", 1, "/"],
        ["video", 2, "Plaats 1"],
        ["social", 3, "Plaats 2"],
    ]
    assert table.frame["dropped"].tolist() == [False, False, True]
    assert table.frame["then_n"].tolist()[1:] == [40, 20]
    assert table.frame["then_percent"].tolist()[1:] == [50.0, 25.0]
    assert notes_of(table)[:3] == (
        "Vallen uit de top 2: Sociale media (nu plaats 3).",
        "N = 100.",
        "Vorige meting: N = 80.",
    )


def test_a_code_that_nobody_mentioned_is_in_neither_list() -> None:
    now = top(counted(10, {"ai": 5, "video": 2}), BOOK, limit=None)
    then = top(counted(10, {"video": 5, "social": 2}), BOOK, limit=None)
    table = compare(now, then, BOOK)
    assert place_by_code(table) == {"ai": "/", "video": "Plaats 1", "social": "Plaats 2"}
    assert notes_of(table)[0] == "Vallen uit de top 10: Sociale media (nu door niemand genoemd)."


def test_codes_without_a_rank_of_their_own_are_not_compared() -> None:
    now = top(counted(10, {"ai": 5, "other": 4}), BOOK, limit=None)
    then = top(counted(10, {"ai": 5, "other": 6, "dont_know": 3}), BOOK, limit=None)
    table = compare(now, then, BOOK)
    assert place_by_code(table) == {"ai": "Plaats 1"}
    assert notes_of(table)[0] == "Uit de vorige top 10 valt niets weg."


def published(tmp_path: Path, text: str) -> Table:
    return read_published(write(tmp_path / "2021.csv", text))


def test_a_published_table_with_gaps_in_its_ranks_is_compared(tmp_path: Path) -> None:
    text = "plaats;thema\nPlaats 1;Film\n3;sociale  media\n;Opkomst van AI\n;Nieuwsbrieven\n"
    now = top(counted(100, {"ai": 50, "video": 30, "social": 5, "pr": 1}), BOOK)
    table = compare(now, published(tmp_path, text), BOOK)
    assert place_by_code(table) == {
        "ai": "in de lijst",
        "video": "Plaats 1",
        "social": "Plaats 3",
        "pr": "/",
        "Nieuwsbrieven": "in de lijst",
    }
    assert notes_of(table)[0] == "Vallen uit de top 10: Nieuwsbrieven."
    assert table.frame["then_n"].isna().all()


def test_the_places_of_the_last_wave_below_the_limit_are_not_in_its_list(tmp_path: Path) -> None:
    now = top(counted(10, {"ai": 5, "video": 3}), BOOK)
    table = compare(now, published(tmp_path, "rank,label\n1,Film\n11,Opkomst van AI\n"), BOOK)
    assert place_by_code(table) == {"ai": "/", "video": "Plaats 1"}


def test_a_published_table_may_print_numbers_percentages_and_base(tmp_path: Path) -> None:
    text = "rank;label;n;%;basis\n1;Film;40;50 %;80\n2;Opkomst van AI;8;10,5;80\n"
    table = compare(top(counted(10, {"ai": 5}), BOOK), published(tmp_path, text), BOOK)
    row = table.frame.iloc[0]
    assert (row["then_n"], row["then_percent"]) == (8, 10.5)
    assert "Vorige meting: N = 80." in notes_of(table)


def test_two_published_tables_are_compared_with_or_without_a_codebook(tmp_path: Path) -> None:
    now = read_published(write(tmp_path / "2024.csv", "rank,label\n1,Opkomst van AI\n2,Meer video\n"))
    then = published(tmp_path, "rank,label\n1,Meer video\n2,Pers\n")
    for book in (None, BOOK):
        table = compare(now, then, book)
        assert table.frame["label"].tolist() == ["Opkomst van AI", "Meer video", "Pers"]
        assert [*place_by_code(table).values()] == ["/", "Plaats 1", "Plaats 2"]


def test_a_label_that_stands_twice_in_the_last_wave_is_an_error(tmp_path: Path) -> None:
    now = top(counted(10, {"ai": 5}), BOOK)
    with pytest.raises(DataError, match="'video'"):
        compare(now, published(tmp_path, "rank,label\n1,Film\n2,Meer video\n"), BOOK)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rank,label\n,AI\n,Film\n", "no rank"),
        ("label,n\nAI,5\n", "rank"),
        ("rank,aantal\n1,5\n", "label"),
        ("rank,label\n1.5,AI\n2,Film\n", "1.5"),
    ],
)
def test_a_published_table_without_usable_ranks_is_an_error(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        published(tmp_path, text)


def test_a_count_above_a_thousand_is_read_with_its_point_or_refused(tmp_path: Path) -> None:
    now = top(counted(10, {"ai": 5}), BOOK)
    try:
        then = published(tmp_path, "rank;label;n\n1;Opkomst van AI;1.024\n2;Film;12\n")
    except CoderError:
        return
    assert compare(now, then, BOOK).frame["then_n"].tolist()[0] == 1024


def test_labels_stand_in_the_language_of_the_table() -> None:
    now = top(counted(10, {"ai": 5, "video": 3}), BOOK)
    assert [row[1] for row in cells_of(now, "en")] == ["Rise of AI", "More video"]
    then = top(counted(10, {"pr": 5}), BOOK)
    assert cells_of(compare(now, then, BOOK), "en")[-1][1] == "Press"


def test_a_language_that_is_not_there_is_an_error() -> None:
    with pytest.raises(CoderError, match="'xx'"):
        top(counted(10, {"ai": 5}), BOOK).text(language="xx")


# Forms


def small() -> tuple[Table, Table]:
    """A frequency table and a comparison that have every oddity: ties, no rank, '<1%', a '|' in a label."""
    counts = {"ai": 120, "video": 115, "social": 115, "print": 2, "pr": 1, "other": 30}
    table = top(mentions(counted(230, counts), BOOK, rows=234), BOOK, title="Trends")
    then = top(counted(200, {"video": 90, "pr": 50, "print": 5}), BOOK)
    return table, compare(top(counted(230, counts), BOOK, limit=None), then, BOOK, limit=4)


@pytest.mark.parametrize(("form", "ending"), [("table", "txt"), ("csv", "csv"), ("md", "md"), ("json", "json")])
def test_a_table_is_written_as_in_the_golden_file(form: str, ending: str) -> None:
    text = "\n".join(table.text(form, "nl") for table in small())
    assert text == (GOLDEN / f"tables.{ending}").read_text(encoding="utf-8")


def test_the_csv_and_json_forms_hold_every_number_unrounded() -> None:
    table = small()[0]
    rows = list(csv.DictReader(table.text("csv").splitlines()))
    assert [float(row["percent"]) for row in rows] == pytest.approx(table.frame["percent"].tolist())
    whole = json.loads(table.text("json"))
    assert (whole["title"], whole["base"]) == ("Trends", 230)
    assert [row["low"] for row in whole["rows"]] == pytest.approx(table.frame["low"].tolist())
    assert whole["rows"][-1]["rank"] is None


def test_a_form_that_is_not_there_is_an_error_that_names_those_there() -> None:
    with pytest.raises(CoderError, match="table, csv, md, json"):
        small()[0].text("xml")


# A list as people publish it, of now and of then; synthetic

NOW = (("1", "Opkomst van AI", 51), ("2", "Sociale media", 20), ("2", "Pers", 20), ("4", "Meer video", 1))
THEN = (("1", "Audiovisueel"), ("3", "Sociale media"), ("", "Nieuwsbrieven"))


@pytest.mark.parametrize("with_book", [True, False], ids=["with codebook", "by label"])
def test_a_list_is_made_again_line_by_line_with_the_places_of_then(tmp_path: Path, *, with_book: bool) -> None:
    book = BOOK if with_book else Codebook(tuple(Code(label, n, {"nl": label}) for n, (_, label, _) in enumerate(NOW)))
    then = write(tmp_path / "2021.csv", "rank,label\n" + "".join(f"{rank},{label}\n" for rank, label in THEN))
    table = top(counted(199, {book.find(label) or "": n for _, label, n in NOW}), book)
    assert table.base == 199
    expected = [["1", "Opkomst van AI", "51", "26%"], ["2", "Sociale media", "20", "10%"], ["2", "Pers", "20", "10%"],
                ["4", "Meer video", "1", "<1%"]]  # fmt: skip
    assert cells_of(table) == expected
    compared = compare(table, read_published(then), book)
    gone = ["Nieuwsbrieven"] if with_book else ["Audiovisueel", "Nieuwsbrieven"]
    places = ["/", "Plaats 3", "/", "Plaats 1" if with_book else "/"]
    assert cells_of(compared)[:4] == [[*row, place] for row, place in zip(expected, places, strict=True)]
    assert [row[1] for row in cells_of(compared)[4:]] == gone
    assert notes_of(compared)[0] == f"Vallen uit de top 10: {', '.join(gone)}."


@pytest.mark.parametrize(
    ("text", "percents"),
    [
        ("Plaats;Code;%\n1;ai;0,513\n2;video;0,256\n3;prijs;\nN = 199\n", [51.3, 25.6]),
        ("Plaats,Code,n,%\n1,ai,100,0.5\n2,video,1,0\nN = 200\n", [50, 0.5]),
        ("Plaats;Code;n;%\n1;ai;10;0,5\n2;video;9;0,45\nN = 2000\n", [0.5, 0.45]),
        ("Plaats;Code;%\n1;ai;0,9 %\n2;video;0,4 %\n", [0.9, 0.4]),
        ("Plaats;Code;%\n1;ai;1\n2;video;0,5\n", [1, 0.5]),
        ("Plaats;Code;%\n1;ai;51,3\n2;video;0,4\n3;prijs;0,2\n", [51.3, 0.4, 0.2]),
    ],
)
def test_percentages_that_were_published_as_shares_are_read_as_such_and_told(
    tmp_path: Path, text: str, percents: list[float]
) -> None:
    file = TableFile(write(tmp_path / "2021.csv", text))
    assert read_published(file).frame["percent"].dropna().round(3).tolist() == percents
    assert [note.key for note in file.notes] == ["files.shares"] * (percents[0] in (51.3, 50) and "0,4\n3" not in text)


def test_a_list_of_ours_has_percentages_however_small(tmp_path: Path) -> None:
    top(counted(1000, {"ai": 8, "video": 4}), BOOK).frame.to_csv(tmp_path / "2021.csv", index=False)
    assert read_published(tmp_path / "2021.csv").frame["percent"].dropna().tolist()[:2] == [0.8, 0.4]
