"""Predictions from elsewhere in a study, and what is estimated with them: the same on every way out of it."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook  # type: ignore[import-untyped]

from coder import Code, Codebook, Coding, Corpus, estimate, read_answers
from coder.errors import StudyError
from coder.files.codebooks import write_codebook
from coder.files.filled_sheets import recorded_draw
from coder.files.sheets import read_sheet
from coder.files.writing import write_sheets
from coder.learning.predictions import Predictions
from coder.study import Decision, Study
from coder.study.estimate_basis import basis_of
from coder.study.exchange import UNIT, add_predictions, export
from coder.study.order import random_order
from tests.conftest import Cli, notes_of, two_themes

SIZE, SAMPLE, BESIDE = 140, 42, 12
CODES = ["film", "plan"]
BOOK = Codebook(tuple(Code(name, number, {"nl": name.title()}) for number, name in enumerate(CODES, 1)))


def theirs(seed: int, wrong: float = 0.2, *, soft: bool = True) -> pd.DataFrame:
    """What another program says of all answers, wrong so often."""
    random = np.random.default_rng(seed)
    corpus, people, _ = two_themes(SIZE)
    right = people.matrix(corpus.ids, CODES)
    found = np.where(random.random(right.shape) < wrong, ~right, right).astype(float)
    return pd.DataFrame(np.abs(found - 0.37 * random.random(right.shape)) if soft else found, corpus.ids, CODES)


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    """A study of 140 answers, of which 42 were coded in random order and 12 beside them."""
    corpus, people, _ = two_themes(SIZE)
    with Study.create(tmp_path / "test.study", name="test") as made:
        made["trends"].add_answers(corpus, who="lena")
        made["trends"].set_codebook(BOOK, "lena")
        units = random_order(corpus.ids, "trends")
        film = [unit for unit in units[SAMPLE + 1 :] if people.matrix([unit], CODES)[0, 0]]
        code(made, people, [*units[:SAMPLE], *film[:BESIDE]])
        yield made


def code(study: Study, people: Coding, units: list[str], wave: str = "", **more: str) -> None:
    """Code these units as people did, in one batch."""
    given = people.pairs().groupby("unit")["code"].agg(list).to_dict()
    batch = [Decision(wave + unit, code) for unit in units for code in [*given.get(unit, []), ""]]
    study["trends"].decide("anna", batch, **more)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Their predictions as a file: probabilities of one in a column a code, codes of another in cells."""
    hard = theirs(2, soft=False)
    cells = [";".join(code for code in CODES if row[code]) or "-" for _, row in hard.iterrows()]
    wide = theirs(1).rename(columns=lambda code: f"gpt:{code}")
    write_sheets(tmp_path / "theirs.csv", {"answers": wide.assign(crowd=cells).rename_axis("nr").reset_index()})
    return tmp_path / "theirs.csv"


# Keeping them


def test_predictions_are_kept_to_the_digit_and_are_proposals_to_nobody(study: Study, file: Path) -> None:
    done = add_predictions(study["trends"], file, ["gpt", "crowd"], "lena", id="nr")
    assert [(one.name, one.answers, one.without, one.unknown) for one in done] == [
        ("gpt", SIZE, 0, ()), ("crowd", SIZE, 0, ())
    ]  # fmt: skip
    crowd, gpt = study["trends"].predictions()
    assert (crowd.name, gpt.name) == ("crowd", "gpt")
    pd.testing.assert_frame_equal(gpt.scores, theirs(1), check_names=False)
    pd.testing.assert_frame_equal(crowd.scores, theirs(2, soft=False), check_names=False)
    assert study["trends"].proposals().empty
    assert study.status()["proposed"].tolist() == [0]
    with pytest.raises(StudyError, match="propos"):
        study["trends"].coding("machine")
    assert study.check() == []
    assert study.log()[["what", "who", "size", "source"]].to_numpy().tolist()[:2] == [
        ["predict", "lena", SIZE, "crowd: theirs.csv"],
        ["predict", "lena", SIZE, "gpt: theirs.csv"],
    ]


def test_the_same_name_again_replaces_and_what_a_machine_proposes_replaces_nothing_of_them(study: Study) -> None:
    for seed in (1, 2):
        study["trends"].add_predictions(Predictions("gpt", theirs(seed)), who="lena")
    study["trends"].add_predictions(Predictions("crowd", theirs(3)), who="lena")
    study["trends"].propose(two_themes(SIZE)[1], who="lena", model="1")
    study["trends"].add_predictions(Predictions("crowd", theirs(4)), who="lena")
    assert study.status()["proposed"].tolist() == [SIZE]
    crowd, gpt = study["trends"].predictions()
    pd.testing.assert_frame_equal(gpt.scores, theirs(2), check_names=False)
    pd.testing.assert_frame_equal(crowd.scores, theirs(4), check_names=False)
    assert study["trends"].predicted()[["name", "answers", "source"]].to_numpy().tolist() == [
        ["crowd", SIZE, ""], ["gpt", SIZE, ""]
    ]  # fmt: skip
    study["trends"].remove_predictions("gpt", "lena")
    assert [one.name for one in study["trends"].predictions()] == ["crowd"]
    with pytest.raises(StudyError, match="no predictions 'gpt'; it has crowd"):
        study["trends"].remove_predictions("gpt", "lena")


def test_predictions_of_codes_that_became_others_are_of_those(study: Study) -> None:
    study["trends"].add_predictions(Predictions("gpt", theirs(1)), who="lena")
    both = Codebook((Code("media", 3, {"nl": "Media"}, formerly=("film", "plan")),))
    study["trends"].change_codebook(lambda _: both, "lena")
    found = study["trends"].predictions()[0].scores
    assert found.columns.tolist() == ["media"]
    assert found["media"].tolist() == theirs(1).max(axis=1).tolist()


def test_answers_that_are_left_out_have_no_predictions(study: Study) -> None:
    study["trends"].add_predictions(Predictions("gpt", theirs(1)), who="lena")
    corpus = study["trends"].corpus()
    study["trends"].add_answers(corpus.take(corpus.ids[:100]), accept=True, leave_out=True, who="lena")
    assert len(study["trends"].predictions()[0].scores) == 100
    assert study["trends"].predicted()["answers"].tolist() == [100]


@pytest.mark.parametrize("name", ["", " gpt", "a\nb"])
def test_a_name_that_cannot_be_read_is_refused(study: Study, name: str) -> None:
    with pytest.raises(StudyError, match="cannot be the name of predictions"):
        study["trends"].add_predictions(Predictions(name, theirs(1)), who="lena")


def test_rows_that_are_no_answers_are_told_and_a_file_of_others_is_refused(study: Study, file: Path, cli: Cli) -> None:
    rows = read_sheet(file)
    write_sheets(file, {"answers": rows.assign(nr=[f"x{nr}" if int(nr) > 130 else nr for nr in rows["nr"]])})
    done = cli("study", "predictions", study.place, file, "--predictions", "gpt", "--id", "nr", "--who", "lena")
    assert (done.code, done.out) == (0, "Predictions 'gpt' are kept: 130 answers of 'trends'.\n")
    assert "10 answers of the question have no prediction in 'gpt'" in done.err
    assert "10 rows of the file are no answers of 'trends' and were not kept, such as 'x131'" in done.err
    listed = cli("study", "predictions", study.place).out
    assert re.search(r"^gpt +130 +lena .* theirs.csv", listed, re.MULTILINE)
    elsewhere = cli("study", "predictions", study.place, file, "--predictions", "gpt", "--id", "nr", "--wave", "2024")
    assert (elsewhere.code, "are not answers of question 'trends'" in elsewhere.err) == (2, True)
    assert cli("study", "predictions", study.place, file).code == 2
    gone = cli("study", "predictions", study.place, "--remove", "gpt", "--who", "lena")
    assert (gone.code, "gpt" in gone.out) == (0, False)


# What is estimated with them


def figures(frame: pd.DataFrame) -> list[list[object]]:
    names = ["code", "rank", "percent", "low", "high", "percent_counted", "percent_hand"]
    return [list(row) for row in frame[names].round(9).itertuples(index=False)]


def test_command_file_and_report_have_the_same_figures(study: Study, file: Path, tmp_path: Path, cli: Cli) -> None:
    add_predictions(study["trends"], file, ["gpt", "crowd"], "lena", id="nr")
    export(study["trends"], tmp_path / "out.csv")
    write_codebook(tmp_path / "book.yaml", BOOK)
    common = [
        tmp_path / "out.csv", "--text", "text", "--hand", "codes", "--codebook", tmp_path / "book.yaml",
        "--predictions", "predictions_crowd", "--predictions", "predictions_gpt", "--classifier",
    ]  # fmt: skip
    asked: dict[str, list[object]] = {
        "study": ["study", "estimate", study.place],
        "file": ["estimate", *common],
        "report": ["report", *common, "-o", tmp_path / "r.md", "--language", "nl"],
    }
    found = {}
    for name, command in asked.items():
        done = cli(*command, "-o", tmp_path / f"{name}.csv")
        assert done.code == 0, done.err
        found[name] = figures(pd.read_csv(tmp_path / f"{name}.csv", sep=";", decimal=","))
        if name != "report":
            assert "12 coded answers were chosen on purpose" in done.err
            assert "crowd, gpt and" in done.out
    assert found["study"] == found["file"] == found["report"]
    said = (tmp_path / "r.md").read_text(encoding="utf-8")
    assert f"werden er {SAMPLE} willekeurig getrokken" in said
    assert "Naast de software zijn voorspellingen van crowd en gpt gebruikt, per code gewogen" in said
    assert "Angelopoulos e.a. 2023" in said


def test_predictions_are_more_precise_than_hand_alone_and_do_not_count_where_answers_lack_one(
    study: Study,
) -> None:
    study["trends"].add_predictions(Predictions("good", theirs(1, wrong=0.02, soft=False)), who="lena")
    study["trends"].add_predictions(Predictions("part", theirs(2).iloc[:100]), who="lena")
    asked = basis_of(study["trends"])
    assert [one.name for one in asked.predictions] == ["good"]
    found = asked.estimate()
    said = notes_of(found.codes, "en")
    assert "The predictions 'part' do not count: 40 of 140 answers have none in them, such as answer '101'." in said
    width = found.frame["high"] - found.frame["low"]
    assert (width < 0.7 * (found.frame["hand_high"] - found.frame["hand_low"])).all()


def test_an_export_that_is_read_into_another_study_has_the_same_predictions(study: Study, tmp_path: Path) -> None:
    for name, soft in (("gpt", True), ("crowd", False)):
        study["trends"].add_predictions(Predictions(name, theirs(1, soft=soft)), who="lena")
    out = tmp_path / "out.xlsx"
    export(study["trends"], out)
    assert load_workbook(out)["answers"].max_row == SIZE + 1
    with Study.create(tmp_path / "other.study", name="other") as other:
        other["trends"].add_answers(read_answers(out, text="text", id=UNIT).corpus, who="lena")
        other["trends"].set_codebook(BOOK, "lena")
        add_predictions(other["trends"], out, ["predictions_gpt", "predictions_crowd"], "lena", id=UNIT)
        for ours, their in zip(study["trends"].predictions(), other["trends"].predictions(), strict=True):
            assert ours.name == their.name
            pd.testing.assert_frame_equal(ours.scores, their.scores)


def test_predictions_of_a_report_need_hand_codes(file: Path, cli: Cli, tmp_path: Path) -> None:
    done = cli("report", file, "--codes", "crowd", "--predictions", "gpt", "-o", tmp_path / "r.md")
    assert (done.code, "name the hand codes with --hand" in done.err) == (2, True)


# Which answers are a sample


def marks(study: Study, path: Path, wave: str = "all") -> pd.DataFrame:
    export(study["trends"], path, wave=wave)
    return read_sheet(path).set_index("unit")


def test_an_export_says_which_answers_were_coded_in_random_order(study: Study, tmp_path: Path) -> None:
    rows = marks(study, tmp_path / "out.csv")
    assert rows["drawn"].value_counts().to_dict() == {"": SIZE - SAMPLE - BESIDE, "random": SAMPLE, "targeted": BESIDE}
    assert set(rows.index[rows["drawn"] == "random"]) == set(random_order(rows.index, "trends")[:SAMPLE])
    assert set(rows["probability"][rows["drawn"] == "random"]) == {"0,3"}
    assert "stratum" not in rows
    again = read_answers(tmp_path / "out.csv", text="text", id="unit")
    assert recorded_draw(again)["drawn"] is not None


def test_an_export_is_the_same_however_its_answers_are_cut(tmp_path: Path) -> None:
    """The second part of an export has one answer, with background that the first has not; numbers stay numbers."""
    size = 20_001
    ids = pd.Index([str(unit) for unit in range(size)], name="unit")
    late = [*[None] * (size - 1), 3]
    units = pd.DataFrame({"text": "meer video", "score": range(size), "late": late}, index=ids)
    with Study.create(tmp_path / "many.study", name="many") as study:
        study["trends"].add_answers(Corpus(units), who="lena")
        study["trends"].set_codebook(BOOK, "lena")
        study["trends"].decide("anna", [Decision(str(size - 1), BOOK.ids[0])])
        export(study["trends"], tmp_path / "out.csv")
        parts = list(study["trends"].parts(most=7_000))
        whole = study["trends"].units()
    assert [len(part) for part in parts] == [7_000, 7_000, 6_001]
    assert pd.concat(parts).index.equals(whole.index)
    rows = pd.read_csv(tmp_path / "out.csv", sep=";", dtype=str, keep_default_na=False, encoding="utf-8-sig")
    assert rows["score"].tolist() == [str(score) for score in range(size)]
    assert rows["late"].iloc[[0, -1]].tolist() == ["", "3,0" if whole["late"].dtype == float else "3"]
    assert rows["codes"].iloc[[0, -1]].tolist() == ["", BOOK.ids[0]]


def test_of_codes_that_all_came_from_files_nobody_knows_how_they_were_drawn(tmp_path: Path) -> None:
    corpus, people, _ = two_themes(SIZE)
    with Study.create(tmp_path / "files.study", name="files") as study:
        study["trends"].add_answers(corpus, who="lena")
        study["trends"].set_codebook(BOOK, "lena")
        code(study, people, list(corpus.ids[:40]), source="anna.csv")
        assert "drawn" not in marks(study, tmp_path / "out.csv")
        with pytest.raises(StudyError, match="at least"):
            basis_of(study["trends"])


def test_waves_are_strata_of_one_sample(tmp_path: Path) -> None:
    corpus, people, _ = two_themes(SIZE)
    with Study.create(tmp_path / "waves.study", name="waves") as study:
        for wave, size in (("2021", 14), ("2024", 28)):
            study["trends"].add_answers(corpus, wave=wave, accept=True, who="lena")
            study["trends"].set_codebook(BOOK, "lena")
            units = random_order([f"{wave}:{unit}" for unit in corpus.ids], "trends")
            code(study, people, [unit.removeprefix(f"{wave}:") for unit in units[:size]], wave=f"{wave}:")
        rows = marks(study, tmp_path / "out.csv")
        one = marks(study, tmp_path / "one.csv", wave="2024")
        own = basis_of(study["trends"]).estimate()
    drawn = rows[rows["drawn"] == "random"]
    assert drawn.groupby("stratum")["probability"].agg(set).to_dict() == {"2021": {"0,1"}, "2024": {"0,2"}}
    assert "stratum" not in one
    read = read_answers(tmp_path / "out.csv", text="text", id="unit")
    assert own.groups is not None
    again = estimate(read.corpus, read.coding("codes", BOOK), BOOK, by="wave")
    assert figures(again.frame) == figures(own.frame)


def test_a_sheet_drawn_from_an_export_extends_what_was_coded_in_random_order(tmp_path: Path, cli: Cli) -> None:
    corpus, people, _ = two_themes(SIZE)
    place = tmp_path / "test.study"
    with Study.create(place, name="test") as study:
        study["trends"].add_answers(corpus, who="lena")
        study["trends"].set_codebook(BOOK, "lena")
        code(study, people, random_order(corpus.ids, "trends")[:28])
        marks(study, tmp_path / "out.csv")
    sheet, exported = tmp_path / "sheet.csv", ("--text", "text", "--id", "unit")
    book = tmp_path / "book.yaml"
    write_codebook(book, BOOK)
    drawn = cli(
        "sample", tmp_path / "out.csv", *exported, "--random", "-n", "14", "--codes", "codes", "--codebook", book,
        "-o", sheet,
    )  # fmt: skip
    assert drawn.code == 0, drawn.err
    rows = read_sheet(sheet)
    write_sheets(sheet, {"answers": rows.assign(**{"code 1": "film"})})
    added = cli("study", "add", place, "--sheet", sheet, *exported, "--who", "bert")
    assert (added.code, added.err) == (0, "")
    with Study.open(place) as study:
        found = marks(study, tmp_path / "out.csv")
    assert set(found["probability"][found["drawn"] == "random"]) == {"0,3"}
    assert (found["drawn"] == "random").sum() == 42


def test_columns_that_are_called_as_ours_and_are_not_stay_as_they_are(tmp_path: Path) -> None:
    corpus, people, _ = two_themes(SIZE)
    with Study.create(tmp_path / "test.study", name="test") as study:
        units = corpus.units.assign(drawn="by lot", stratum="north")
        study["trends"].add_answers(Corpus(units), who="lena")
        study["trends"].set_codebook(BOOK, "lena")
        code(study, people, random_order(corpus.ids, "trends")[:SAMPLE])
        rows = marks(study, tmp_path / "out.csv")
        assert (set(rows["drawn"]), set(rows["stratum"])) == ({"by lot"}, {"north"})
        assert (basis_of(study["trends"]).drawn["drawn"] == "random").sum() == SAMPLE
