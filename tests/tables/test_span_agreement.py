"""Agreement on fragments: blocks, spans and what differs, as a slow count has it."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coder.documents import FRAGMENTS
from coder.errors import DataError
from coder.tables.span_agreement import span_agreement
from tests.conftest import cells_of, notes_of
from tests.plans import BOOK, FOUND, PLANS, cells, on, plans, read_whole

SAID = pd.concat([FOUND, FOUND.assign(coder="bert"), FOUND.assign(coder="chris")])
ROWS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 20), st.sampled_from(["climate", "staff"]), st.sampled_from("ab")),
    min_size=1, max_size=12, unique=True,
)  # fmt: skip
BOTH = pd.concat([read_whole(PLANS, "vrt.pdf", coder=name) for name in "ab"])


def placed(rows: list[tuple[int, int, str, str]]) -> pd.DataFrame:
    """Fragments of vrt.pdf: start, length, code, reader."""
    made = [("vrt.pdf", start, start + long, code, who, "", "") for start, long, code, who in rows]
    return pd.DataFrame(made, columns=list(FRAGMENTS))


def test_readers_who_say_the_same_agree_wholly() -> None:
    found = span_agreement(PLANS, SAID, BOOK, draws=20)
    assert cells(found.codes.frame, "*", "alpha", "f1_overlap", "f1_half", "f1_exact") == pytest.approx([1] * 4)
    assert found.differences.frame.empty
    assert found.blocks.overall.frame.set_index("measure").loc["percentage", "value"] == 1
    assert found.codes.frame["label"].map(str).tolist()[0] == "Any code"


def test_a_reader_who_found_nothing_counts_where_the_read_marks_say_so() -> None:
    found = on(PLANS, ("vrt.pdf", "Wij geloven in mensen.", "people", "an"))
    read = pd.concat([read_whole(PLANS, "vrt.pdf", coder=name) for name in ("an", "bert")])
    pair = span_agreement(PLANS, found, BOOK, read=read, draws=5)
    assert pair.codes.frame["alpha"][0] < 0
    assert pair.differences.frame[["kind", "coder", "other_coder"]].to_numpy().tolist() == [["missed", "an", "bert"]]
    with pytest.raises(DataError, match="two readers or more; found: an"):
        span_agreement(PLANS, found, BOOK)


def test_blocks_that_nobody_coded_are_left_out_of_what_either_coded() -> None:
    first = on(PLANS, ("vrt.pdf", "Wij geloven in mensen. Vrijwilligers dragen", "people", "an"))
    second = on(PLANS, ("vrt.pdf", "Het personeel werkt met", "people", "bert"))
    found = span_agreement(PLANS, pd.concat([first, second]), BOOK, draws=5)
    assert found.blocks.overall.base == 4
    assert found.either is not None
    assert found.either.overall.base == 2
    assert found.either.overall.frame.set_index("measure").loc["percentage", "value"] == 0
    assert "blokken" in notes_of(found.blocks.overall)[0]
    assert "er is geen interval" in " ".join(notes_of(found.codes))


def test_differences_are_told_by_kind() -> None:
    first = on(
        PLANS,
        ("vrt.pdf", "Vrijwilligers dragen onze werking.", "volunteers", "an"),
        ("vrt.pdf", "Het personeel", "staff", "an"),
        ("vrt.pdf", "Dat blijft zo.", "climate", "an"),
    )
    second = on(
        PLANS,
        ("vrt.pdf", "Vrijwilligers dragen", "volunteers", "bert"),
        ("vrt.pdf", "Het personeel werkt", "volunteers", "bert"),
    )
    table = span_agreement(PLANS, pd.concat([first, second]), BOOK, draws=5).differences
    rows = table.frame[["kind", "coder", "code", "other_coder", "other_code"]].to_numpy().tolist()
    assert rows == [
        ["extent", "an", "volunteers", "bert", "volunteers"],
        ["missed", "an", "climate", "bert", ""],
        ["code", "an", "staff", "bert", "volunteers"],
    ]
    assert cells_of(table)[1][2] == "gemist"
    assert "Gemist: 1; andere code: 1; andere begrenzing: 1." in notes_of(table)


def test_a_code_that_a_reader_gave_beside_another_is_missed_and_no_other_code() -> None:
    words = "Het personeel werkt"
    first = on(PLANS, ("vrt.pdf", words, "staff", "an"), ("vrt.pdf", words, "people", "an"))
    second = on(PLANS, ("vrt.pdf", words, "people", "bert"))
    frame = span_agreement(PLANS, pd.concat([first, second]), BOOK, draws=5).differences.frame
    assert frame[["kind", "code"]].to_numpy().tolist() == [["missed", "staff"]]


def has(one: "pd.Series[Any]", others: pd.DataFrame, kind: str) -> bool:
    """Whether any of these fragments is the same as this one."""
    for other in others[others["code"] == one["code"]].itertuples():
        shared = min(one["end"], other.end) - max(one["start"], other.start)
        together = max(one["end"], other.end) - min(one["start"], other.start)
        if {"overlap": shared > 0, "half": 2 * shared >= together, "exact": shared == together}[kind]:
            return True
    return False


@settings(max_examples=10)
@given(ROWS)
def test_f1_is_the_share_of_fragments_that_the_other_has(rows: list[tuple[int, int, str, str]]) -> None:
    frame = placed(rows).drop_duplicates(["start", "end", "code", "coder"])
    found = span_agreement(PLANS, frame, BOOK, read=BOTH, draws=1)
    for kind in ("overlap", "half", "exact"):
        hits = [has(row, frame[frame["coder"] != row["coder"]], kind) for _, row in frame.iterrows()]
        assert found.codes.frame[f"f1_{kind}"][0] == pytest.approx(np.mean(hits))
        assert found.pairs.frame[f"f1_{kind}"].tolist() == pytest.approx([np.mean(hits)])


@settings(max_examples=10)
@given(ROWS)
def test_every_fragment_is_agreed_on_or_among_the_differences(rows: list[tuple[int, int, str, str]]) -> None:
    frame = placed(rows).drop_duplicates(["start", "end", "code", "coder"])
    told = span_agreement(PLANS, frame, BOOK, read=BOTH, draws=1).differences.frame
    names = ["start", "end", "code", "coder"]
    mine = {tuple(row) for row in told[names].to_numpy()}
    theirs = told[told["other_start"] >= 0]
    mine |= {tuple(row) for row in theirs[["other_start", "other_end", "other_code", "other_coder"]].to_numpy()}
    for _, row in frame.iterrows():
        if not has(row, frame[frame["coder"] != row["coder"]], "overlap"):
            assert tuple(row[names]) in mine


def test_intervals_are_of_documents_and_the_same_every_time() -> None:
    texts = {f"d{number}.pdf": (("paragraph", "Wij werken met mensen aan het klimaat."),) for number in range(12)}
    many = plans(texts, pd.DataFrame(index=list(texts)))
    first = on(many, *((name, "het klimaat", "climate", "an") for name in texts))
    second = on(
        many, *((name, "klimaat" if place % 3 else "mensen", "climate", "bert") for place, name in enumerate(texts))
    )
    one, again = (span_agreement(many, pd.concat([first, second]), BOOK, draws=200) for _ in range(2))
    row = one.codes.frame.iloc[0]
    assert row["low"] < row["alpha"] < row["high"]
    assert one.codes.frame.equals(again.codes.frame)
    overall = one.blocks.codes.frame.set_index("code")
    assert overall.loc["climate", "n"] == 24
    assert "bootstrap over documenten" in " ".join(notes_of(one.blocks.overall))


def test_what_one_reader_alone_read_does_not_count() -> None:
    found = pd.concat([FOUND, FOUND[FOUND["document"] == "vrt.pdf"].assign(coder="bert")])
    read = pd.concat([read_whole(PLANS, "vrt.pdf", "pluto.pdf"), read_whole(PLANS, "vrt.pdf", coder="bert")])
    table = span_agreement(PLANS, found, BOOK, read=read, draws=20).codes
    assert cells(table.frame, "*", "fragments", "documents") == [6, 1]
    assert table.base == 1
    assert table.frame["low"].isna().all()


def test_fragments_that_their_own_reader_did_not_mark_as_read_are_told() -> None:
    rows = [("vrt.pdf", "Wij geloven in mensen.", "people", who) for who in "ab"]
    found = on(PLANS, *rows, ("pluto.pdf", "Ons klimaat verandert snel.", "climate", "a"))
    said = " ".join(notes_of(span_agreement(PLANS, found, BOOK, read=BOTH, draws=5).codes))
    assert "Niet meegeteld: 1 fragment" in said
    with pytest.raises(DataError, match="nobody has coded or read"):
        span_agreement(PLANS, found.head(0), BOOK)
