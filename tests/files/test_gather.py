"""Answers that need not fit in memory: learning from them, topics of them, and what is coded next of them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import coder
from coder.arrays import Labels
from coder.errors import DataError
from coder.files.answer_parts import AnswerFiles
from coder.files.gather import Gathered, Measured, gather
from coder.learning.evaluation import Examples, hold_out
from coder.methods.linear import draw
from coder.resources import resource
from coder.statistics.scores import bootstrapped
from tests.conftest import Cli

duckdb = pytest.importorskip("duckdb")
pytest.importorskip("arro3.core")

BOOK = resource("codebooks/trends.yaml")


def answers(coded: int = 3) -> pd.DataFrame:
    """The demo answers, of which every third has lost its codes."""
    found = pd.read_csv(resource("corpora/trends-2024.csv"), dtype=str).fillna("")
    found.loc[::coded, "codes"] = ""
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The same answers as a file, and in a folder of three files of two kinds."""
    said, inside = answers(), tmp_path / "answers"
    inside.mkdir()
    said.to_csv(tmp_path / "one.csv", index=False)
    said.iloc[:50].to_csv(inside / "a.csv", index=False)
    said.iloc[50:120].to_csv(inside / "b.csv", index=False)
    with duckdb.connect() as base:
        base.register("rest", said.iloc[120:])
        base.execute(f"COPY rest TO '{inside / 'c.parquet'}'")
    return tmp_path


def read(gathered: Gathered) -> tuple[coder.Corpus, coder.Coding]:
    found = coder.read_answers(gathered.file, text="answer", needs=["codes"])
    return found.corpus, found.coding("codes", coder.read_codebook(BOOK))


@given(
    labels=arrays.arrays(np.bool_, st.tuples(st.integers(1, 120), st.integers(1, 4))),
    most=st.integers(20, 100),
    seed=st.integers(0, 99),
)
@settings(max_examples=80, deadline=None)
def test_what_is_drawn_stands_for_all_and_has_every_code(labels: Labels, most: int, seed: int) -> None:
    drawn = draw(labels, most=most, seed=seed)
    assert len(drawn.rows) == len(drawn.weight) == len(drawn.even) <= max(most, 1)
    assert (np.diff(drawn.rows) > 0).all()
    assert (labels[drawn.rows].any(axis=0) == labels.any(axis=0)).all()
    assert drawn.weight.sum() == pytest.approx(len(drawn.rows))
    rarest = np.where(labels, labels.sum(axis=0), len(labels) + 1).argmin(axis=1)
    stratum = np.where(labels.any(axis=1), rarest, labels.shape[1])
    for one in np.unique(stratum):
        share = (stratum == one).mean()
        mine = stratum[drawn.rows] == one
        assert drawn.weight[mine].sum() / len(drawn.rows) == pytest.approx(share)
        assert abs((mine & drawn.even).sum() - share * drawn.even.sum()) <= labels.shape[1] + 1


def test_a_folder_teaches_what_one_file_teaches_however_it_is_cut(folder: Path) -> None:
    book = coder.read_codebook(BOOK)
    one = coder.read_answers(folder / "one.csv", text="answer", needs=["codes"])
    whole = coder.train(one.corpus, one.coding("codes", book), book, embedding="none")
    files = AnswerFiles.of(folder / "answers", "answer")
    gathered = gather(replace(files, rows=17), book, codes="codes")
    corpus, hand = read(gathered)
    found = coder.train(corpus, hand, book, embedding="none", whole=gathered.whole)
    assert gathered.rows == len(one.corpus)
    assert found.card == whole.card
    assert (found.weights.whole == whole.weights.whole).all()


def test_of_many_coded_answers_some_are_learned_from_and_all_are_counted(folder: Path) -> None:
    files = AnswerFiles.of(folder / "answers", "answer")
    few, all_ = (gather(files, codes="codes", most=most, others=0) for most in (90, 1000))
    assert few.whole is not None
    assert all_.whole is not None
    corpus, hand = read(few)
    assert len(corpus) == len(few.whole.drawn.rows) <= 90 < all_.whole.units
    model = coder.train(corpus, hand, embedding="none", whole=few.whole)
    every, right = read(all_)
    assert model.card["units"] == len(every)
    assert model.card["learned_from"] == len(corpus)
    assert few.whole.examples == right.pairs()["code"].value_counts().to_dict()
    given_, true = model.probabilities(every.texts.tolist()).sum(), len(right.pairs())
    assert 0.8 * true < given_ < 1.2 * true
    newer = [*every.texts.tolist(), "meer filmpjes met ondertitels", "een podcast over ons werk", "kortere video"]
    again = coder.Corpus(
        pd.DataFrame({"text": newer, "codes": [*right.cells(every.ids, model.codes), *["video"] * 3]}), text="text"
    )
    updated = coder.update(model, again, coder.Coding.from_column(again, "codes"))
    assert updated.model.card["units"] == len(newer)


def test_commands_take_a_folder_for_a_file(cli: Cli, folder: Path) -> None:
    asked = ("--text", "answer", "--codes", "codes", "--codebook", BOOK)
    for name, said in (("one", folder / "one.csv"), ("many", folder / "answers")):
        assert cli("train", said, *asked, "--embedding", "none", "-o", folder / name).code == 0
        sheet = folder / f"sheet-{name}.csv"
        done = cli("sample", said, *asked, "--targeted", "--id", "id", "-n", "5", "--model", folder / name, "-o", sheet)
        assert done.code == 0, done.err
    one, many = (pd.read_csv(folder / f"sheet-{name}.csv", sep=sign) for name, sign in (("one", ","), ("many", ";")))
    pd.testing.assert_frame_equal(one, many)
    assert "--id" in cli("sample", folder / "answers", *asked, "--targeted", "-o", folder / "sheet.csv").err
    many.assign(**{"code 1": "ai"}).to_csv(folder / "sheet-many.csv", sep=";", index=False)
    back = ("--id", "id", "--read", folder / "sheet-many.csv", "-o", folder / "hand.csv")
    assert "5 of 5 answers" in cli("sample", folder / "answers", *asked[:2], *back).out
    newer = pd.DataFrame(
        {"answer": [f"meer video over {what}" for what in ("sport", "zorg", "muziek")], "codes": "video"}
    )
    answers().head(0).merge(newer, how="right").to_csv(folder / "answers" / "d.csv", index=False)
    done = cli("train", folder / "answers", *asked[:4], "--update", folder / "one", "-o", folder / "new")
    assert done.code == 0, done.err
    assert "3 new" in done.out


def test_a_folder_without_a_word_is_said_to_have_none(tmp_path: Path) -> None:
    pd.DataFrame({"answer": ["nvt", "", "geen idee"]}).to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(DataError, match="says anything"):
        gather(AnswerFiles.of(tmp_path, "answer"))


def test_many_coded_answers_are_evaluated_on_a_part_the_same_from_a_folder_as_from_one_file(folder: Path) -> None:
    book, asked = coder.read_codebook(BOOK), {"codes": "--codes", "sector": "--group"}
    one = coder.read_answers(folder / "one.csv", text="answer", needs=asked)
    alone = coder.evaluate(
        one.corpus, one.coding("codes", book), book, groups=one.column("sector", "--group"), embedding="none", most=90
    )
    files = replace(AnswerFiles.of(folder / "answers", "answer"), rows=17)
    found = gather(files, book, codes="codes", beside={"sector": "--group"}, measured=Measured(group="sector"), most=90)
    read_ = coder.read_answers(found.file, text="answer", needs=asked)
    again = coder.evaluate(
        read_.corpus, read_.coding("codes", book), book, groups=read_.column("sector", "--group"), embedding="none",
        held=found.held,
    )  # fmt: skip
    assert [table.text("csv") for table in again.tables] == [table.text("csv") for table in alone.tables]
    assert found.held is not None
    assert found.file.frame is not None
    assert len(found.file.frame) == len(found.held.rows) < found.held.units == len(one.coding("codes", book).seen)
    sectors = one.column("sector", "--group").str.strip()
    measured = set(found.file.frame["sector"].iloc[found.held.even])
    assert len(found.held.even) <= sectors.isin(measured).sum()
    assert not measured & set(found.file.frame["sector"].iloc[found.held.known])
    assert "drawn at random" in str(alone.overall.title)
    with pytest.raises(DataError, match="--repeats"):
        coder.evaluate(one.corpus, one.coding("codes", book), most=90, repeats=2)


def test_of_many_answers_those_that_two_people_coded_are_measured_beside_them(folder: Path) -> None:
    book = coder.read_codebook(BOOK)
    one = coder.read_answers(folder / "one.csv", text="answer", needs=["codes"])
    hand = one.coding("codes", book)
    few = hand.take(hand.seen[::9])
    found = coder.evaluate(one.corpus, hand, book, second=few, embedding="none", most=60).overall.frame
    second = found.set_index("method").loc["second"]
    assert second["answers"] == min(len(few.seen), len(hand.seen) // 5)
    assert second["f1"] == 1
    model = coder.train(one.corpus, hand, book, embedding="none")
    every = coder.evaluate(one.corpus, hand, book, model=model, embedding="none")
    part = coder.evaluate(one.corpus, hand, book, model=model, embedding="none", most=60)
    assert every.overall.frame.equals(part.overall.frame)  # so few are all measured


def test_what_both_people_coded_stands_beside_all_even_where_it_is_as_much(folder: Path) -> None:
    book = coder.read_codebook(BOOK)
    one = coder.read_answers(folder / "one.csv", text="answer", needs=["codes"])
    hand = one.coding("codes", book)
    found = coder.evaluate(one.corpus, hand, book, second=hand.take(hand.seen[::2]), embedding="none", most=60)
    rows = found.overall.frame.set_index(["method", "whole"])
    assert len(set(rows["answers"])) == 1
    assert {("second", False), ("classifier", True), ("classifier", False)} <= set(rows.index)
    main = found.codes.frame
    right = (main["precision"].fillna(0) * main["given"]).sum()
    name = next(iter(found.overall.frame["method"]))
    assert rows.loc[(name, True), "f1"] == pytest.approx(2 * right / (main["given"].sum() + main["n"].sum()))


@pytest.mark.parametrize("largest", [60, 90])
def test_every_group_may_be_measured_and_one_alone_has_no_interval(largest: int) -> None:
    groups = np.repeat(np.arange(100 - largest + 1), [largest, *[1] * (100 - largest)])
    kinds, marks = np.zeros(100, dtype=np.int64), np.arange(100, dtype=np.uint64)
    coded = Examples(["a"], np.ones((1, 1), dtype=np.bool_), kinds, np.full(100, 9), marks, groups, np.zeros(100, bool))
    drawn = [hold_out(coded, most=10, learn=True, seed=seed) for seed in range(40)]
    assert all(one is not None and 10 <= len(one.even) <= 20 and len(one.known) for one in drawn)
    assert 0 < sum(0 in groups[one.even] for one in drawn if one is not None) < 40
    labels = np.random.default_rng(1).random((20, 2)) < 0.5
    alone = bootstrapped(labels, [labels], np.zeros(20, dtype=np.int64), seed=1).overall["f1"]
    assert alone[0] == 1
    assert np.isnan(alone[1:]).all()


def test_the_command_evaluates_a_folder_as_one_file(cli: Cli, folder: Path) -> None:
    asked = ("--text", "answer", "--codes", "codes", "--embedding", "none", "--second", "codes", "--group", "sector")
    one, many = (cli("evaluate", said, *asked) for said in (folder / "one.csv", folder / "answers"))
    assert one.code == 0, one.err
    assert many.out == one.out
