"""The front door: the session of a notebook, and that it gives what the commands give."""

import inspect
import json
import os
import shutil
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import spacy
import typer
from hypothesis import given
from hypothesis import strategies as st

import coder
from coder import Codebook, Coding, Corpus, Rules, Table
from coder.cli import app
from coder.errors import DataError
from coder.files.answers import long_form
from coder.files.cells import text_frame
from coder.files.kinds import kinds_of
from coder.files.sheets import as_file
from coder.files.writing import write_sheets
from coder.jobs.coded_report import ReportOptions
from coder.methods import embedding
from coder.spacy_rules import KEY
from tests import notebook
from tests.conftest import ROOT, Cli, corpus_of, spoken, write


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files of the session, which is the working directory."""
    frame = pd.read_csv(ROOT / "corpora" / "trends-2024.csv", dtype=str, keep_default_na=False)
    frame = frame.rename(columns={"answer": "Antwoord", "id": "nr"})
    frame["gewicht"] = ["0,5" if place % 3 else "1,5" for place in range(len(frame))]
    write_sheets(tmp_path / "trends-2024.xlsx", {"antwoorden": frame})
    shutil.copy(ROOT / "codebooks" / "trends.yaml", tmp_path)
    book = coder.read_codebook(tmp_path / "trends.yaml")
    old = coder.read(ROOT / "corpora" / "trends-2021.csv", text="answer", id="id")
    top = coder.top(Coding.from_column(old, "codes", book), book)
    top.frame[["rank", "label", "n", "percent", "base"]].to_csv(tmp_path / "top10-2021.csv", index=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_columns_of_a_frame_may_be_called_by_numbers() -> None:
    frame = pd.DataFrame({0: ["1", "2"], 1: ["a film", "a plan"], "g": ["x", "y"]})
    found = coder.read(frame, text=1, id=0, groups=[3])  # the third has another name
    assert found.texts.tolist() == ["a film", "a plan"]
    assert (found.ids.tolist(), found.groups) == (["1", "2"], ("g",))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: coder.read(None, text="a"), "A NoneType is no file and no table"),  # type: ignore[arg-type]
        (lambda: coder.read(pd.Series(["a"]), text="a"), "A Series is no file and no table"),  # type: ignore[arg-type]
        (lambda: coder.read(pd.DataFrame({"a": ["b"]}), text=None), "text names a column by a text or a number"),  # type: ignore[arg-type]
        (lambda: coder.read(pd.DataFrame(), text="a"), "it has no columns and no rows"),
        (lambda: coder.read_codebook(pd.DataFrame()), "A DataFrame is no codebook"),  # type: ignore[arg-type]
    ],
)
def test_what_is_no_source_is_said(make: Any, said: str) -> None:  # noqa: ANN401
    with pytest.raises(coder.CoderError, match=said):
        make()


@pytest.fixture
def answers() -> Corpus:
    return coder.read(str(ROOT / "corpora" / "trends-2024.csv"), text="answer", id="id", groups="sector")


@pytest.fixture
def book() -> Codebook:
    return coder.read_codebook(str(ROOT / "codebooks" / "trends.yaml"))


def test_a_notebook_goes_from_a_file_to_slides(folder: Path) -> None:
    answers = coder.read("trends-2024.xlsx", text="Antwoord", id="nr", groups="sector", weight="gewicht")
    book = coder.read_codebook("trends.yaml")
    rules = coder.code(answers, book)
    hand = coder.Coding.from_column(answers, "codes", book)
    model = coder.train(answers, hand, book, embedding="none")
    both = coder.code(answers, book, model=model)
    assert [one.coder for one in (rules, hand, both)] == ["rules", "hand", "rules+classifier"]
    assert coder.top(hand, book).frame["weighted"].notna().all()
    assert coder.compare(hand, "top10-2021.csv", book).frame["then_rank"].notna().sum() >= 9
    assert coder.groups(hand, book, by="sector").profiles.frame["n"].sum() == len(hand.seen)
    assert set(coder.estimate(answers, hand, book).frame["code"]) == set(book.ids)
    report = coder.report(answers, hand, book, then="top10-2021.csv", made=pd.Timestamp("2024-05-01").date())
    assert report.save("top10.pptx", "top10.html") == [Path("top10.pptx"), Path("top10.html")]
    texts = answers.texts[hand.seen].tolist()
    given = hand.pairs().groupby("unit")["code"].agg(set)
    sets = [given.get(unit, set()) for unit in hand.seen]
    found = coder.CoderClassifier(embedding="none").fit(texts, sets).predict(texts)
    assert np.mean([one == other for one, other in zip(found, sets, strict=True)]) > 0.7

    nlp = spacy.blank("nl")
    nlp.add_pipe("coder_rules", config={"codebook": "trends.yaml"})
    doc = nlp("filmpjes op TikTok")
    assert doc._.codes == ("video", "social_media")
    assert [span.text for span in doc.spans[KEY]] == ["filmpjes", "TikTok"]
    assert folder == Path.cwd()


def test_the_notebook_of_the_manual_gives_what_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:

    monkeypatch.setattr(embedding, "choose", lambda *_: "none")  # what it shows is the same, and it is quicker
    shown = notebook.read()
    found = notebook.execute(shown, tmp_path)
    for cell, outputs in zip([one for one in shown["cells"] if one["cell_type"] == "code"], found, strict=True):
        assert _plain(outputs) == _plain(cell["outputs"]), cell["source"]
    assert (tmp_path / "docs" / "top10.pptx").stat().st_size > 10_000


def _plain(outputs: list[dict[str, Any]]) -> list[str]:
    return ["".join(one["data"]["text/plain"] if "data" in one else one["text"]) for one in outputs]


# What the commands give


def rows(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(text)["rows"]
    return found


def own(table: Table) -> list[dict[str, Any]]:
    return rows(table.text("json"))


def test_tables_of_a_coding_are_those_of_the_commands(folder: Path, cli: Cli) -> None:
    columns = ["--codes", "codes", "--codebook", "trends.yaml", "--weight", "gewicht", "--format", "json"]
    answers = coder.read("trends-2024.xlsx", text="Antwoord", id="nr", groups="sector", weight="gewicht")
    book = coder.read_codebook("trends.yaml")
    hand = Coding.from_column(answers, "codes", book)
    assert coder.top(hand, book).text("json") == cli("top", "trends-2024.xlsx", *columns).out
    beside = cli("compare", "trends-2024.xlsx", "top10-2021.csv", *columns, "--names", "nu,toen").out
    assert coder.compare(hand, "top10-2021.csv", book, names=("nu", "toen")).text("json") == beside
    by_sector = cli("top", "trends-2024.xlsx", *columns, "--by", "sector").out
    assert coder.top_by(hand, book, "sector").text("json") == by_sector
    done = cli("groups", "trends-2024.xlsx", *columns, "--by", "sector", "-o", "groups.csv")
    assert coder.groups(hand, book).table.text("json") in done.out
    estimated = cli(
        "estimate", "trends-2024.xlsx", "--text", "Antwoord", "--hand", "codes", "--codebook", "trends.yaml",
        "--weight", "gewicht", "--format", "json",
    )  # fmt: skip
    assert coder.estimate(answers, hand, book).codes.text("json") == estimated.out.removesuffix("\n")
    assert folder == Path.cwd()


def test_respondents_are_found_through_the_corpus(tmp_path: Path, cli: Cli) -> None:
    text = "who;answer;codes\nan;een;a\nan;twee;b\nbo;drie;a\nbo;;\ncy;vier;-\n"
    path = write(tmp_path / "long.csv", text)
    answers = coder.read(path, text="answer", respondent="who")
    hand = Coding.from_column(answers, "codes")
    own = coder.top(hand, Codebook.from_ids(["a", "b"]))
    assert own.frame[["code", "n", "base"]].to_numpy().tolist() == [["a", 2, 3], ["b", 1, 3]]
    assert own.text() == cli("top", path, "--respondent", "who").out
    with pytest.raises(DataError, match="'an' has several"):
        coder.estimate(answers, hand)


def test_code_and_train_are_what_the_commands_write(folder: Path, cli: Cli) -> None:
    cli("train", "trends-2024.xlsx", "--text", "Antwoord", "--codes", "codes", "--codebook", "trends.yaml",
        "--embedding", "none", "-o", "model")  # fmt: skip
    cli("code", "trends-2024.xlsx", "--text", "Antwoord", "--id", "nr", "--codebook", "trends.yaml", "--model", "model",
        "--into", "machine", "-o", "coded.csv")  # fmt: skip
    answers = coder.read("trends-2024.xlsx", text="Antwoord", id="nr")
    book = coder.read_codebook("trends.yaml")
    model = coder.train(answers, Coding.from_column(answers, "codes", book), book, embedding="none")
    card = json.loads((folder / "model" / "card.json").read_text(encoding="utf-8"))
    assert model.card == card
    written = coder.read("coded.csv", text="Antwoord", id="nr").background("machine")
    assert coder.code(answers, book, model=model).cells(answers.ids, book.ids).tolist() == written.tolist()


SAID_OTHERWISE = {
    "code": {"out", "into", "likely", "header_rows", "sheet", "text", "id_column", "processes", "reasons", "cluster"},
    "train": {"out", "header_rows", "sheet", "text", "codes", "empty", "form", "update", "wave"},
    "top": {"out", "header_rows", "sheet", "codes", "empty", "form", "respondent", "weight", "strata", "clusters",
            "fpc", "by", "min_base", "letters", "mentions"},
    "groups": {"out", "header_rows", "sheet", "codes", "empty", "form", "respondent", "weight", "strata", "clusters",
               "fpc"},
    "report": {"out", "header_rows", "sheet", "codes", "text", "respondent", "weight", "strata", "clusters", "fpc",
               "then_respondent", "then_weight", "then_strata", "then_clusters", "then_fpc", "then_header_rows",
               "then_sheet", "quotes", "probability", "empty", "template"},
}  # fmt: skip
"""Options that name a column or a file, which a corpus and a coding know by themselves, or that print and write."""


@pytest.mark.parametrize("name", SAID_OTHERWISE)
def test_a_command_and_its_function_share_their_options(name: str) -> None:
    command = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    options = {str(one.name) for one in command.params if any(opt.startswith("-") for opt in one.opts)}
    function = set(inspect.signature(getattr(coder, name)).parameters)
    if name == "report":
        function |= {one.name for one in fields(ReportOptions)}
    assert options - SAID_OTHERWISE[name] - function == set()


def test_a_report_takes_no_option_that_it_does_not_have(answers: Corpus, book: Codebook) -> None:
    assert {one.name for one in fields(ReportOptions)}.isdisjoint(inspect.signature(coder.report).parameters)
    with pytest.raises(TypeError, match="limt"):
        coder.report(answers, Coding.from_column(answers, "codes", book), book, limt=5)


# Files, paths and DataFrames


def test_a_path_may_be_a_str_and_a_file_a_dataframe(folder: Path) -> None:
    book = coder.read_codebook("trends.yaml")
    frame = pd.read_excel("trends-2024.xlsx", engine="calamine")
    of_file = coder.read("trends-2024.xlsx", text="Antwoord", id="nr", groups="sector", weight="gewicht")
    of_frame = coder.read(frame, text="Antwoord", id="nr", groups="sector", weight="gewicht")
    assert of_frame.units.equals(of_file.units)
    assert of_frame.weights is not None
    direct = Corpus(frame, text="Antwoord", id="nr", groups="sector", weight="gewicht")
    assert direct.texts.tolist() == of_file.texts.tolist()
    assert direct.ids.equals(of_file.ids)
    counts = [coder.top(Coding.from_column(one, "codes", book), book).text() for one in (of_file, of_frame, direct)]
    assert counts[0] == counts[1] == counts[2]
    published = pd.read_csv("top10-2021.csv")
    hand = Coding.from_column(of_file, "codes", book)
    named = coder.compare(hand, "top10-2021.csv", book, names=("nu", "toen"))
    assert coder.compare(hand, published, book, names=("nu", "toen")).text() == named.text()
    assert coder.read_answers("trends-2024.xlsx", text="Antwoord").corpus.texts.tolist() == of_file.texts.tolist()
    assert coder.TableFile(Path("trends-2024.xlsx")).path == folder.joinpath("trends-2024.xlsx").relative_to(folder)


def test_a_frame_with_two_columns_of_one_name_is_refused_as_a_file_is() -> None:
    for names in (["x", "x"], [1, "1"]):
        with pytest.raises(DataError, match="more than one column named"):
            text_frame(pd.DataFrame([["a", "b"]], columns=names))


def test_a_column_that_is_called_by_a_number_keeps_its_kind() -> None:
    assert kinds_of(text_frame(pd.DataFrame({2020: [1.5, 2.0]})))["2020"] == "number"


@given(
    st.lists(st.one_of(st.none(), st.integers(-(10**9), 10**9), st.text("ab1,.- ", max_size=5)), min_size=1, max_size=8)
)
def test_every_cell_of_a_dataframe_is_a_text_and_nothing_is_nothing(cells: list[object]) -> None:
    found = text_frame(pd.DataFrame({"a": pd.Series(cells, dtype=object)}))["a"].tolist()
    assert found == ["" if cell is None else str(cell) for cell in cells]


def test_numbers_and_days_of_a_dataframe_are_written_as_a_workbook_has_them() -> None:
    frame = pd.DataFrame(
        {"n": [1.0, 2.5, np.nan], "yes": [True, False, True], "day": pd.to_datetime(["2024-05-01", "", "2024-05-02"])}
    )
    found = as_file(frame).read({"n": "--codes"}).frame
    assert found.to_numpy().tolist() == [["1", "TRUE", "2024-05-01"], ["2.5", "FALSE", ""], ["", "TRUE", "2024-05-02"]]


def test_a_dataframe_without_what_is_asked_is_an_error_that_lists_its_columns() -> None:
    frame = pd.DataFrame({"nr": [1, 1], "answer": ["a", "b"]})
    with pytest.raises(DataError, match="has no column 'text'; it has A 'nr', B 'answer'"):
        coder.read(frame, text="text")
    with pytest.raises(DataError, match="no column 'antwoord'; it has nr, answer"):
        Corpus(frame, text="antwoord")
    with pytest.raises(DataError, match="1 id occurs more than once"):
        Corpus(frame, text="answer", id="nr")
    with pytest.raises(DataError, match="1 row has no id in column 'nr'"):
        Corpus(frame.assign(nr=[1, float("nan")]), text="answer", id="nr")
    with pytest.raises(DataError, match="no background column 'sector'; there is nr"):
        Corpus(frame, text="answer", groups="sector")
    with pytest.raises(DataError, match="has no rows"):
        coder.read(frame.iloc[:0], text="answer")


def test_without_ids_the_index_of_texts_is_taken_and_any_other_is_numbered() -> None:
    frame = pd.DataFrame({"answer": ["a", "b"]}, index=["x", "y"])
    assert Corpus(frame, text="answer").ids.tolist() == ["x", "y"]
    assert Corpus(frame.reset_index(drop=True), text="answer").ids.tolist() == ["1", "2"]


def test_how_a_file_was_read_stands_in_the_notes(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "nr;antwoord;sector\n1;video;zorg\n2;AI;jeugd\n")
    found = coder.read(path, text="B", groups="C")
    assert found.groups == ("sector",)
    assert [str(note).split(":")[0] for note in found.notes] == ["a.csv", "a.csv"]
    assert "is read as column B" in found._repr_html_()


# What a coding knows of its answers


def test_roles_stay_with_a_part_of_the_answers(answers: Corpus, book: Codebook) -> None:
    hand = Coding.from_column(answers, "codes", book)
    part = hand.take(hand.seen[:40])
    assert part.corpus is not None
    assert len(part.corpus) == 40
    assert coder.top(part, book).base == 40
    assert answers.take(answers.ids[:3]).groups == ("sector",)


@pytest.mark.parametrize("way", ["rules", "classifier", "combined"])
def test_every_method_tells_of_what_answers_its_coding_is(answers: Corpus, book: Codebook, way: str) -> None:
    few = answers.take(answers.ids[:60])
    hand = Coding.from_column(few, "codes", book)
    if way == "rules":
        found = Rules().code(few, book)
    elif way == "classifier":
        found = coder.train_classifier(few, hand, embedding="none").code(few, book)
    else:
        found = coder.code(few, book, model=coder.train(few, hand, book, embedding="none"))
    assert found.corpus is not None
    assert found.corpus.ids.equals(few.ids)
    assert len(coder.groups(found, book, min_base=1).profiles.frame) > 3


def test_groups_of_a_coding_that_knows_no_answers_are_an_error_and_so_are_groups_not_named(book: Codebook) -> None:
    corpus = corpus_of(["video", "AI"] * 20)
    coding = Rules().code(corpus, book)
    with pytest.raises(DataError, match="Say with `by`"):
        coder.groups(coding, book)
    with pytest.raises(DataError, match="no background column 'sector'; there is none"):
        coder.groups(coding, book, by="sector")
    alone = Coding(coding.coder, coding.seen, coding.assignments)
    with pytest.raises(DataError, match=r"coding\.of\(answers\)"):
        coder.groups(alone, book, by="sector")
    sectors = Corpus(corpus.units.assign(sector=["zorg", "jeugd"] * 20))
    assert coder.groups(alone.of(sectors), book, by="sector").table.base == 40
    with pytest.raises(DataError, match="not among these answers"):
        alone.of(sectors.take(sectors.ids[:3]))


def test_a_report_of_a_dataframe_with_a_sample_and_a_second_coder(
    answers: Corpus, book: Codebook, tmp_path: Path
) -> None:
    hand = Coding.from_column(answers, "codes", book)
    second = Coding("second", hand.seen[:50], hand.take(hand.seen[:50]).assignments.iloc[5:])
    found = coder.report(answers, hand, book, by="sector", second=second, title="Trends")
    assert set(found.sections[0].tables) == {"top", "groups"}, "no code stands out in a group"
    assert "alpha" in spoken(found.methods, "en")
    written = found.save(tmp_path / "r.sav", str(tmp_path / "r.csv"))
    assert all(path.is_file() for path in written)
    old = coder.read(ROOT / "corpora" / "trends-2021.csv", text="answer", id="id")
    then = Coding.from_column(old, "codes", book)
    both = [coder.report(answers, hand, book, then=one) for one in (then, ROOT / "corpora" / "trends-2021.csv")]
    assert both[0].sections[0].tables["comparison"].text() == both[1].sections[0].tables["comparison"].text()


def test_a_last_wave_with_n_and_base_alone_has_its_percentages_in_the_headline(
    answers: Corpus, book: Codebook, tmp_path: Path
) -> None:
    then = tmp_path / "top.csv"
    ai, video = book.label("ai"), book.label("video")
    then.write_text(f"rank;label;n;base\n1;{ai};34;200\n2;{video};17;200\n", encoding="utf-8")
    hand = Coding.from_column(answers, "codes", book)
    assert spoken(coder.report(answers, hand, book, then=then).sections[0].finding, "en") == (
        "Rise of AI still ranks first (51%); More video / audiovisual rises from 9% to 26%"
    )


def test_a_report_of_a_coding_is_that_of_the_file_it_would_be_in(
    answers: Corpus, book: Codebook, tmp_path: Path, cli: Cli
) -> None:
    rules = Rules().code(answers, book)
    beside = answers.units.assign(codes=rules.cells(answers.ids, book.ids))
    sheets = {"answers": beside.rename(columns={"text": "answer"}), "assignments": long_form(rules)}
    write_sheets(tmp_path / "trends-2024.csv", sheets)
    done = cli(
        "report", tmp_path / "trends-2024.csv", "--text", "answer", "--codebook", ROOT / "codebooks" / "trends.yaml",
        "--by", "sector", "-o", tmp_path / "cli.md", "--language", "nl",
    )  # fmt: skip
    assert done.code == 0, done.err
    report = coder.report(answers, rules, book, by="sector")
    report.save(tmp_path / "own.md", language="nl")
    assert (tmp_path / "own.md").read_text(encoding="utf-8") == (tmp_path / "cli.md").read_text(encoding="utf-8")
    units = {quote.unit for _, quotes in report.sections[0].quotes for quote in quotes}
    assert units <= set(answers.ids)
    with pytest.raises(DataError, match="has codes that the codebook does not have"):
        coder.report(answers, rules, Codebook.from_ids(["x", "y"]))


# How things show themselves


def test_everything_shows_itself_in_one_line_and_in_a_small_table(answers: Corpus, book: Codebook) -> None:
    hand = Coding.from_column(answers, "codes", book)
    model = coder.train(answers, hand, book, embedding="none")
    shown: list[Any] = [
        answers, book, hand, model, coder.top(hand, book), coder.groups(hand, book), coder.draw(answers, 20),
        coder.estimate(answers, hand, book), coder.report(answers, hand, book),
        coder.target(answers, 5, model=model, codebook=book),
    ]  # fmt: skip
    for one in shown:
        assert len(repr(one)) < 140, one
        assert "\n" not in repr(one)
        assert len(one._repr_html_()) < 9_000
        assert one._repr_html_().count("<table>") >= 1


def test_what_is_shown_is_escaped() -> None:
    text = "<script>alert(1)</script> & co"
    corpus = Corpus(pd.DataFrame({"text": [text] * 3, "sector": [text] * 3}), name="<b>", groups="sector")
    table = Table(text, pd.DataFrame({text: [text]}), 3, {text: text}, (text,))
    for one in (corpus, table):
        assert "<script" not in one._repr_html_()
        assert "&lt;script&gt;" in one._repr_html_()
        assert "<b>&lt;b&gt;" not in one._repr_html_() or one is corpus


def test_no_helper_of_the_session_is_left_out_of_what_coder_offers() -> None:
    named = {"read", "code", "train", "top", "compare", "groups", "estimate", "report", "CoderClassifier", "Coding"}
    assert named <= set(coder.__all__) <= set(dir(coder))
    assert os.path.isfile(ROOT / "coder" / "py.typed")  # noqa: PTH113
