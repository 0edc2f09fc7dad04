"""A coding: which units a coder saw, which codes it gave, and what counts for the base."""

import pandas as pd
import pytest

from coder import Code, Codebook, Coding, Corpus, top
from coder.coding import COLUMNS, Reason, Reasons, assignments
from coder.errors import DataError
from tests.conftest import coding_of, corpus_of, from_matrix


def test_a_unit_seen_without_a_code_is_in_the_base_and_one_not_seen_is_not() -> None:
    book = Codebook((Code("a", 1, {"nl": "A"}),))
    table = top(coding_of(["a", "-", "", "-", ""]), book)
    assert table.base == 3
    assert table.frame["percent"].tolist() == pytest.approx([100 / 3])


def test_a_code_for_a_unit_that_was_not_seen_is_refused() -> None:
    frame = assignments({"unit": ["1", "9"], "code": ["a", "a"]})
    with pytest.raises(DataError, match="'9'"):
        Coding("hand", pd.Index(["1", "2"]), frame)


def test_assignments_have_just_their_columns() -> None:
    with pytest.raises(DataError, match="unit, code, score, start, end"):
        Coding("hand", pd.Index(["1"]), pd.DataFrame({"unit": ["1"], "code": ["a"]}))
    with pytest.raises(DataError, match="1 assignments and has 2 reasons"):
        Coding("hand", pd.Index(["1"]), assignments({"unit": ["1"], "code": ["a"]}), reasons=Reasons.same(Reason(), 2))


def test_assignments_are_of_the_whole_text_with_score_one_unless_said() -> None:
    frame = assignments({"unit": ["1"], "code": ["a"]})
    assert tuple(frame.columns) == COLUMNS
    assert frame.to_numpy().tolist() == [["1", "a", 1.0, -1, -1]]


def test_a_code_that_came_with_a_wave_is_told_from_one_that_is_rare() -> None:
    corpus = corpus_of(["x"] * 40)
    waves = Corpus(corpus.units.assign(meting=["voor"] * 20 + ["na"] * 20), wave="meting")
    hand = coding_of(["-"] * 20 + ["new;rare"] * 2 + ["new"] * 8 + ["-"] * 10)
    book = Codebook((Code("new", 1, {"nl": "Nieuw"}), Code("rare", 2, {"nl": "Zeldzaam"})))
    assert hand.later(waves, book) == ["Nieuw"]
    assert hand.later(corpus, book) == []
    part = waves.take(waves.ids[::-1])  # in another order the first wave is still the first
    assert part.waves == ("voor", "na")
    assert part.unsaid(hand.seen, hand.matrix(hand.seen, book.ids)).sum(axis=0).tolist() == [20, 0]


def test_a_code_found_at_three_places_is_one_pair() -> None:
    frame = assignments({"unit": ["1"] * 3 + ["2"], "code": ["a"] * 4, "start": [0, 5, 9, 0], "end": [3, 8, 12, 3]})
    coding = Coding("rules", pd.Index(["1", "2"]), frame)
    assert coding.pairs().to_numpy().tolist() == [["1", "a"], ["2", "a"]]


def test_the_matrix_leaves_out_units_and_codes_that_are_not_asked_for() -> None:
    coding = coding_of(["a;c", "b", "-", "c"])
    assert coding.matrix(["3", "1", "weg"], ["c", "x", "a"]).tolist() == [
        [False, False, False],
        [True, False, True],
        [False, False, False],
    ]


def test_the_matrix_of_nothing_has_the_shape_asked_for() -> None:
    coding = coding_of(["-", "-"])
    assert coding.matrix(["1", "2"], ["a"]).tolist() == [[False], [False]]
    assert coding.matrix([], ["a", "b"]).shape == (0, 2)


def test_cells_hold_ids_in_the_order_asked_for() -> None:
    coding = coding_of(["b;a", "-", "", "a"])
    ids = pd.Index(["4", "1", "2", "3"])
    assert coding.cells(ids, ["b", "a"]).tolist() == ["a", "b;a", "-", ""]
    assert coding.cells(ids, ["a", "b"]).to_dict() == {"4": "a", "1": "a;b", "2": "-", "3": ""}


def test_cells_of_a_coding_without_codes_are_hyphens() -> None:
    coding = coding_of(["-", "", "-"])
    assert coding.cells(pd.Index(["1", "2", "3"]), ["a"]).tolist() == ["-", "", "-"]


def test_a_matrix_and_the_coding_made_of_it_hold_the_same() -> None:
    coding = coding_of(["a;b", "-", "b"])
    given = coding.matrix(coding.seen, ["a", "b"])
    assert from_matrix("hand", coding.seen, ["a", "b"], given).matrix(["1", "2", "3"], ["a", "b"]).tolist() == [
        [True, True],
        [False, False],
        [False, True],
    ]


def test_a_corpus_needs_texts_and_ids_of_their_own() -> None:
    with pytest.raises(DataError, match="'text'"):
        Corpus(pd.DataFrame({"antwoord": ["AI"]}))
    with pytest.raises(DataError, match="'1'"):
        Corpus(pd.DataFrame({"text": ["AI", "b"]}, index=["1", "1"]))


def test_a_part_of_a_corpus_has_the_units_in_the_order_asked_for() -> None:
    part = corpus_of(["een", "twee", "drie"]).take(pd.Index(["3", "1"]))
    assert part.texts.to_dict() == {"3": "drie", "1": "een"}
    assert len(part) == 2


def test_a_part_of_a_coding_keeps_what_was_seen_and_given_there() -> None:
    part = coding_of(["a;b", "-", "", "b"]).take(pd.Index(["1", "2", "3"]))
    assert part.seen.tolist() == ["1", "2"]
    assert part.pairs().to_numpy().tolist() == [["1", "a"], ["1", "b"]]
