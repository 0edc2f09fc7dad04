"""Answers in, coded answers out: cells of codes, the long form, and spans that point into the text."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coder import Code, Codebook, Rules, read_answers
from coder.errors import DataError
from coder.files.answers import check_free, long_form, parse_codes, read_coded, write_coded
from coder.files.sheets import read_sheet
from tests.conftest import listing, one_code, sheet_rows, write

if TYPE_CHECKING:
    from coder.note import Note

BOOK = Codebook(
    (
        Code("ai", 1, {"nl": "Opkomst van AI", "en": "Rise of AI"}, formerly=("Robots",)),
        Code("video", 2, {"nl": "Meer video"}),
        Code("other", 3, {"nl": "Andere"}),
    )
)


def cells(*values: str) -> "pd.Series[str]":
    return pd.Series(values, index=pd.Index([str(place) for place in range(1, len(values) + 1)]), dtype=str)


def test_units_are_numbered_from_one_without_a_column_of_ids(tmp_path: Path) -> None:
    answers = read_answers(write(tmp_path / "a.csv", "antwoord;regio\nAI;Gent\nvideo;Ieper\n"), text="antwoord")
    assert answers.corpus.texts.to_dict() == {"1": "AI", "2": "video"}
    assert answers.corpus.units["regio"].tolist() == ["Gent", "Ieper"]
    assert len(answers) == 2


def test_ids_come_from_the_column_that_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "nr;antwoord\n007; AI \n x ;\n")
    answers = read_answers(path, text="antwoord", id="nr")
    assert answers.corpus.texts.to_dict() == {"007": " AI ", "x": ""}


def test_another_column_named_text_is_kept_in_the_sheet(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "text;antwoord\niets anders;AI\n")
    answers = read_answers(path, text="antwoord")
    assert answers.corpus.texts.tolist() == ["AI"]
    assert answers.sheet["text"].tolist() == ["iets anders"]


@pytest.mark.parametrize(
    ("wanted", "option"),
    [
        ({"text": "weg"}, "text="),
        ({"text": "antwoord", "id": "weg"}, "id="),
        ({"text": "antwoord", "needs": ["weg"]}, "codes="),
    ],
)
def test_a_missing_column_lists_those_there_and_the_option(tmp_path: Path, wanted: dict[str, Any], option: str) -> None:
    path = write(tmp_path / "a.csv", "nr;antwoord\n1;AI\n")
    with pytest.raises(DataError) as error:
        read_answers(path, **wanted)
    for part in ("a.csv", "'weg'", "A 'nr', B 'antwoord'", option):
        assert part in str(error.value)


def test_ids_that_occur_twice_are_an_error(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "nr;antwoord\n7;AI\n8;b\n7;video\n")
    with pytest.raises(DataError, match="'7'"):
        read_answers(path, text="antwoord", id="nr")


def test_rows_without_an_id_are_an_error(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "nr;antwoord\n7;AI\n ;video\n")
    with pytest.raises(DataError, match="1 row"):
        read_answers(path, text="antwoord", id="nr")


def test_a_cell_holds_ids_labels_numbers_or_former_names_in_any_case() -> None:
    coding = parse_codes(cells("ai; Meer Video", "1", "rise of ai;2;2", "Robots;", ";; video ;"), BOOK, "a.csv")
    assert coding.cells(coding.seen, BOOK.ids).tolist() == ["ai;video", "ai", "ai;video", "ai", "video"]


def test_a_hyphen_is_seen_without_a_code_and_an_empty_cell_is_not_seen() -> None:
    coding = parse_codes(cells("ai", "-", "", " - ", "  "), BOOK, "a.csv")
    assert coding.seen.tolist() == ["1", "2", "4"]
    assert coding.assignments["unit"].tolist() == ["1"]


def test_an_empty_cell_may_be_read_as_none_fits() -> None:
    coding = parse_codes(cells("ai", "-", ""), BOOK, "a.csv", empty_is_none=True)
    assert coding.seen.tolist() == ["1", "2", "3"]
    assert coding.assignments["unit"].tolist() == ["1"]


def test_unknown_codes_are_listed_with_those_the_codebook_has() -> None:
    with pytest.raises(DataError) as error:
        parse_codes(cells("ai;audio", "Radio", "99"), BOOK, "a.csv")
    for part in ("a.csv", "99", "Radio", "audio", "ai, video, other"):
        assert part in str(error.value)


def test_of_many_unknown_codes_ten_are_named_and_the_rest_counted() -> None:
    with pytest.raises(DataError, match="and 3 more"):
        parse_codes(cells(*(f"x{number:02}" for number in range(13))), BOOK, "a.csv")


def test_without_a_codebook_the_cells_are_the_ids() -> None:
    coding = parse_codes(cells("AI;ai", "b"), None, "a.csv")
    assert coding.pairs().to_numpy().tolist() == [["1", "AI"], ["1", "ai"], ["2", "b"]]


def test_no_coded_row_at_all_is_an_error() -> None:
    with pytest.raises(DataError, match="no coded row"):
        parse_codes(cells("", " "), BOOK, "a.csv")


def test_lines_in_a_cell_are_codes_apart_unless_they_are_one_label() -> None:
    coding = parse_codes(cells("ai\nvideo", "meer\nvideo", "ai;\r\nvideo"), BOOK, "a.csv")
    assert coding.cells(coding.seen, BOOK.ids).tolist() == ["ai;video", "video", "ai;video"]
    assert parse_codes(cells("x\ny"), None, "a.csv").assignments["code"].tolist() == ["x", "y"]


def test_numbers_that_a_spreadsheet_made_decimal_are_the_numbers_they_were() -> None:
    coding = parse_codes(cells("1.0", "2,0", "1;2.0"), BOOK, "a.csv")
    assert coding.cells(coding.seen, BOOK.ids).tolist() == ["ai", "video", "ai;video"]
    assert parse_codes(cells("1.0", "1", "12.0"), None, "a.csv").assignments["code"].tolist() == ["1", "1", "12"]


def test_without_a_codebook_a_scheme_of_decimals_stays_as_it_is() -> None:
    assert parse_codes(cells("1.0", "1.1"), None, "a.csv").assignments["code"].tolist() == ["1.0", "1.1"]


def test_a_long_dash_is_a_hyphen_and_separators_alone_are_an_empty_cell() -> None:
    coding = parse_codes(cells("\N{EN DASH}", "\N{EM DASH}", ";", " ; ;", "ai"), BOOK, "a.csv")
    assert coding.seen.tolist() == ["1", "2", "5"]


def test_a_cell_that_has_a_code_and_says_that_none_fits_is_an_error() -> None:
    with pytest.raises(DataError, match="together with other codes in one cell, in answer 2"):
        parse_codes(cells("ai", "-;video"), BOOK, "a.csv")


@pytest.mark.parametrize("book", [BOOK, None])
def test_codes_joined_by_a_comma_are_counted_apart_where_all_are_known_and_that_is_said(book: Codebook | None) -> None:
    said: list[Note] = []
    coding = parse_codes(cells("ai", "video", "ai, video"), book, "a.csv", tell=said.append)
    assert coding.cells(coding.seen, BOOK.ids).tolist() == ["ai", "video", "ai;video"]
    assert "'ai, video' as 'ai', 'video'" in str(said[0])


def test_a_label_with_a_comma_is_one_code() -> None:
    coding = parse_codes(cells("Film, reels", "film"), None, "a.csv")
    assert coding.assignments["code"].tolist() == ["Film, reels", "film"]


def test_codes_can_be_read_from_a_file_without_its_texts(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", 'nr,codes\na,"ai;video"\nb,-\nc,\n')
    coding = read_coded(path, "codes", BOOK)
    assert len(coding.seen) == 2
    assert sorted(coding.assignments["code"]) == ["ai", "video"]
    assert len(read_coded(path, "codes", BOOK, empty_is_none=True).seen) == 3


def test_a_column_that_exists_is_not_written_over(tmp_path: Path) -> None:
    answers = read_answers(write(tmp_path / "a.csv", "antwoord;codes\nAI;\n"), text="antwoord")
    with pytest.raises(DataError, match=r"'codes'.*--into"):
        check_free(answers, "codes")
    check_free(answers, "codes2")


def test_coded_answers_keep_every_column_and_separator_of_the_file(tmp_path: Path) -> None:
    text = 'nr|antwoord|regio\n007|"meer video | film"|NA\n8|taart|\n'
    answers = read_answers(write(tmp_path / "a.csv", text), text="antwoord", id="nr")
    book = one_code("video", "film")
    files = write_coded(tmp_path / "uit.csv", answers, Rules().code(answers.corpus, book), book.ids, "gevonden")
    assert [path.name for path in files] == ["uit.csv", "uit.assignments.csv"]
    assert files[0].read_bytes().decode("utf-8-sig").split("\r\n") == [
        "nr|antwoord|regio|gevonden",
        '007|"meer video | film"|NA|it',
        "8|taart||-",
        "",
    ]


def test_the_long_form_names_coder_score_span_and_reason(tmp_path: Path) -> None:
    answers = read_answers(write(tmp_path / "a.csv", "antwoord\nmeer video - meer vídeo\ntaart\n"), text="antwoord")
    book = one_code("video")
    files = write_coded(tmp_path / "uit.csv", answers, Rules().code(answers.corpus, book), book.ids, "codes")
    assert read_sheet(files[1]).to_numpy().tolist() == [
        ["1", "it", "rules", "1.0", "5", "10", "rule video"],
        ["1", "it", "rules", "1.0", "18", "23", "rule video"],
    ]
    assert list(read_sheet(files[1]).columns) == ["unit", "code", "coder", "score", "start", "end", "reason"]


def test_the_span_is_empty_where_the_whole_text_is_meant() -> None:
    frame = long_form(parse_codes(cells("ai"), BOOK, "a.csv"))
    assert frame["start"].isna().all()
    assert frame["end"].isna().all()
    assert frame["coder"].tolist() == ["hand"]


def test_a_workbook_has_the_assignments_on_a_second_sheet(tmp_path: Path) -> None:
    answers = read_answers(write(tmp_path / "a.csv", "antwoord\nvideo\n-\n"), text="antwoord")
    book = one_code("video")
    files = write_coded(tmp_path / "uit.xlsx", answers, Rules().code(answers.corpus, book), book.ids, "codes")
    assert [path.name for path in files] == ["uit.xlsx"]
    assert sheet_rows(files[0], "answers") == [["antwoord", "codes"], ["video", "it"], ["-", "-"]]
    assert sheet_rows(files[0], "assignments")[1] == ["1", "it", "rules", 1, 0, 5, "rule video"]


def test_the_codings_that_a_coding_was_made_of_are_told_apart(tmp_path: Path) -> None:
    answers = read_answers(write(tmp_path / "a.csv", "antwoord\nvideo\nAI\n"), text="antwoord")
    hand = parse_codes(cells("video", "ai"), BOOK, "a.csv")
    rules = Rules().code(answers.corpus, BOOK)
    write_coded(tmp_path / "uit.csv", answers, hand, BOOK.ids, "codes", parts=[hand, rules])
    assert read_sheet(tmp_path / "uit.assignments.csv")["coder"].tolist() == ["hand", "hand"]


def test_nothing_is_written_where_the_ending_cannot_be(tmp_path: Path) -> None:
    answers = read_answers(write(tmp_path / "a.csv", "antwoord\nvideo\n"), text="antwoord")
    before = listing(tmp_path)
    with pytest.raises(DataError):
        write_coded(tmp_path / "uit.pdf", answers, Rules().code(answers.corpus, BOOK), BOOK.ids, "codes")
    assert listing(tmp_path) == before


words = st.sampled_from(
    ["video", "vídeo's", "Vide\u0301o", "🎬", "=cmd|x", "taart", "videos,", '"', "\n", " ", "é", ";"]
)
texts = st.lists(st.lists(words, max_size=6).map(" ".join), min_size=1, max_size=6).filter(
    lambda all_: any(map(str.strip, all_))
)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(given_texts=texts)
def test_coded_answers_read_back_hold_the_same_texts_codes_and_spans(
    tmp_path: Path, ending: str, given_texts: list[str]
) -> None:
    frame = pd.DataFrame({"nr": [f"n{place}" for place in range(len(given_texts))], "antwoord": given_texts}, dtype=str)
    frame.to_csv(tmp_path / "in.csv", index=False, sep=";", lineterminator="\r\n")
    answers = read_answers(tmp_path / "in.csv", text="antwoord", id="nr")
    assert answers.corpus.texts.tolist() == given_texts
    book = one_code("video*", '"video video"')
    coding = Rules().code(answers.corpus, book)
    write_coded(tmp_path / f"uit.{ending}", answers, coding, book.ids, "codes")
    back = read_answers(tmp_path / f"uit.{ending}", text="antwoord", id="nr", needs=["codes"])
    assert back.corpus.texts.to_dict() == answers.corpus.texts.to_dict()
    again = parse_codes(back.sheet["codes"].set_axis(back.corpus.ids), book, "uit")
    assert again.pairs().to_numpy().tolist() == coding.pairs().to_numpy().tolist()
    assert again.seen.tolist() == coding.seen.tolist()
    long = long_form(coding)
    for unit, start, end in long[["unit", "start", "end"]].itertuples(index=False):
        assert back.corpus.texts[unit][start:end].lower().startswith(("video", "vídeo", "vide\u0301o"))
