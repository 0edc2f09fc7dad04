"""What to code next: samples that estimates can be made from, targeted choices, and sheets that come back."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook  # type: ignore[import-untyped]

from coder import Code, Codebook, Corpus, Rules, Sample, draw, target, train
from coder.corpus import numbers
from coder.errors import DataError
from coder.files.answers import parse_codes, read_answers
from coder.files.cells import sheet_names
from coder.files.sample_sheets import names_of
from coder.files.sheets import read_sheet
from coder.learning.sampling import STRATA
from tests.conftest import Cli, coding_of, corpus_of, listing, sheet_rows, spoken, two_themes, write
from tests.methods.test_embedding import needs_use

BOOK = """\
codebook: proef
codes:
  - {id: film, number: 1, label: {nl: Meer film, en: More film}, definition: Bewegend beeld., examples: [filmpjes]}
  - {id: plan, number: 2, label: {nl: "1-2, plannen", en: Make plans}}
  - {id: "3", number: 4, label: {nl: Geld}}
  - {id: geld, number: 3, label: {nl: "3"}}
"""


def waves(sizes: dict[str, int], **columns: list[str]) -> Corpus:
    """A corpus with so many answers in each wave."""
    names = [wave for wave, size in sizes.items() for _ in range(size)]
    corpus = corpus_of([f"antwoord over {name} nummer {place}" for place, name in enumerate(names)])
    return Corpus(corpus.units.assign(wave=names, **columns))


# Random


@given(
    sizes=st.lists(st.integers(1, 30), min_size=1, max_size=5),
    share=st.floats(0, 1),
    seed=st.integers(0, 1000),
)
@settings(max_examples=60, deadline=None)
def test_probabilities_of_the_population_sum_to_the_size_and_a_unit_is_drawn_once(
    sizes: list[int], share: float, seed: int
) -> None:
    corpus = waves({f"w{place}": size for place, size in enumerate(sizes)})
    least = sum(min(2, size) for size in sizes) if len(sizes) > 1 else 1
    size = least + round(share * (len(corpus) - least))
    sample = draw(corpus, size, by="wave", seed=seed)
    assert len(sample) == size
    assert not sample.units.index.has_duplicates
    assert sample.strata["population"].sum() == len(corpus)
    assert (sample.strata["population"] * sample.strata["probability"]).sum() == pytest.approx(size)
    assert (1 / sample.units["probability"]).sum() == pytest.approx(len(corpus))
    assert (corpus.units.loc[sample.units.index, "wave"] == sample.units["stratum"]).all()
    drawn = sample.units["stratum"].value_counts()
    for place, population in enumerate(sizes):
        if len(sizes) > 1:
            assert drawn[f"w{place}"] >= min(2, population)
    pd.testing.assert_frame_equal(sample.units, draw(corpus, size, by="wave", seed=seed).units)


def test_strata_get_their_share() -> None:
    sample = draw(waves({"2021": 600, "2024": 300, "2018": 3}), 92, by="wave", seed=1)
    assert dict(zip(sample.strata["stratum"], sample.strata["drawn"], strict=True)) == {
        "2018": 2,
        "2021": 60,
        "2024": 30,
    }


@pytest.mark.parametrize("by", [None, "wave"])
def test_the_horvitz_thompson_total_is_unbiased(by: str | None) -> None:
    corpus = waves({"a": 60, "b": 25, "c": 3})
    generator = np.random.default_rng(1)
    value = pd.Series(generator.random(len(corpus)) + (corpus.units["wave"] == "b").to_numpy(), index=corpus.ids)
    totals = []
    for seed in range(600):
        units = draw(corpus, 20, by=by, seed=seed).units
        totals.append((value[units.index] / units["probability"]).sum())
    error = np.std(totals) / np.sqrt(len(totals))
    assert abs(np.mean(totals) - value.sum()) < 3 * error


@pytest.mark.parametrize("first", ["random", "chosen"])
def test_the_total_stays_unbiased_when_answers_were_coded_before(first: str) -> None:
    corpus = waves({"a": 50, "b": 20})
    value = pd.Series(np.arange(len(corpus), dtype=float), index=corpus.ids)
    totals = []
    for seed in range(600):
        if first == "random":
            before = draw(corpus, 10, by="wave", seed=seed).units
            text = before[["probability", "stratum"]].astype(str).assign(drawn="random")
            marked = corpus.units.join(text).fillna("")
        else:
            before = pd.DataFrame({"probability": 1.0}, index=corpus.ids[-10:])
            marked = corpus.units
        hand = coding_of(["x" if id_ in before.index else "" for id_ in corpus.ids])
        after = draw(Corpus(marked), 15, hand=hand, by="wave", seed=seed + 10_000)
        assert not set(after.units.index) & set(before.index)
        earlier = pd.Series(1.0, index=before.index)
        if first == "random":
            assert after.strata["before"].sum() == 10
            earlier = corpus.units.loc[before.index, "wave"].map(after.strata.set_index("stratum")["probability"])
        else:
            assert after.strata["certain"].sum() == 10
        weights = 1 / pd.concat([after.units["probability"], earlier])
        totals.append((value[weights.index] * weights).sum())
    error = np.std(totals) / np.sqrt(len(totals))
    assert abs(np.mean(totals) - value.sum()) < 3 * error


def test_a_random_sample_extended_is_one_random_sample() -> None:
    probability = ["0.1"] * 10 + [""] * 90
    corpus = waves({"a": 100}, drawn=["random"] * 10 + [""] * 90, probability=probability)
    sample = draw(corpus, 20, hand=coding_of(["x"] * 10 + [""] * 90), seed=1)
    assert sample.units["probability"].unique().tolist() == [0.3]
    assert "uit 100 antwoorden" in spoken(sample.notes[0], "nl")


def test_an_earlier_sample_that_does_not_fit_any_more_stands_for_itself() -> None:
    corpus = waves({"a": 100}, drawn=["random"] * 10 + [""] * 90, probability=["0.1"] * 10 + [""] * 90)
    sample = draw(corpus, 20, hand=coding_of(["x"] * 8 + [""] * 92), seed=1)
    assert sample.units["probability"].unique() == pytest.approx([20 / 92])
    assert sample.strata["certain"].tolist() == [8]
    assert any("could not be extended" in str(note) for note in sample.notes)


def test_strata_of_an_earlier_sample_must_be_named_again() -> None:
    units = waves({"a": 50, "b": 50}, drawn=["random"] * 5 + [""] * 95, probability=["0.1"] * 5 + [""] * 95).units
    corpus = Corpus(units.assign(stratum=["a"] * 5 + [""] * 95))
    with pytest.raises(DataError, match="--by"):
        draw(corpus, 20, hand=coding_of(["x"] * 5 + [""] * 95), seed=1)


def test_answers_that_say_nothing_are_never_drawn() -> None:
    corpus = corpus_of(["nvt", "", "film", "xxxx", "plan"])
    assert sorted(draw(corpus, 2).units.index) == ["3", "5"]
    with pytest.raises(DataError, match="2 answers are left"):
        draw(corpus, 3)


def test_too_few_for_the_strata_is_said() -> None:
    with pytest.raises(DataError, match="4 answers, 2 each"):
        draw(waves({"a": 5, "b": 5}), 3, by="wave")


def test_a_sample_is_what_it_says() -> None:
    strata = pd.DataFrame(columns=list(STRATA))
    units = pd.DataFrame({"probability": [1.0, 1.0], "stratum": "", "why": ""}, index=["a", "a"])
    with pytest.raises(DataError, match="at most once"):
        Sample("random", units, strata, {})
    with pytest.raises(DataError, match="is random or targeted"):
        Sample("handpicked", units, strata, {})


# Targeted


def test_near_duplicates_are_chosen_once() -> None:
    texts = ["Meer filmpjes maken!", "meer filmpjes maken", "een jaarplan schrijven", "MEER FILMPJES MAKEN.", "taart"]
    units = target(corpus_of(texts), 5, seed=1).units
    assert len(units) == 3
    assert units["probability"].isna().all()


def test_what_no_rule_finds_comes_first_without_a_model() -> None:
    book = Codebook((Code("film", 1, {"nl": "Film"}, rules=("film*",)),))
    units = target(corpus_of(["film kijken", "plan schrijven", "film draaien", "plan maken"]), 2, codebook=book).units
    assert set(units.index) == {"2", "4"}
    assert all("geen regel vindt iets" in spoken(why, "nl") for why in units["why"])


def test_doubtful_answers_are_chosen_with_the_reason() -> None:
    corpus, hand, book = two_themes(60)
    model = train(corpus, hand)
    more = corpus_of(["filmpjes draaien filmpjes draaien", "film of plan", "taart"])
    units = target(more, 3, model=model, codebook=book).units
    assert all("Film" in str(why) or "Plan" in str(why) for why in units["why"])
    sure = model.probabilities(more.texts.tolist()).max(axis=1)
    assert units.index[0] == str(1 + int(np.argmin(np.abs(sure - 0.5))))


def test_a_disagreement_of_rules_and_model_is_named() -> None:
    corpus, hand, book = two_themes(60)
    only = Codebook((Code("film", 1, {"nl": "Film"}, rules=("taart*",)), book.codes[1]))
    more = corpus_of(["taart", "doelen bepalen"])
    assert Rules().code(more, only).assignments["unit"].tolist() == ["1", "2"]
    why = target(more, 2, model=train(corpus, hand), codebook=only).units["why"]
    assert "regel vindt Film, model niet" in spoken(why["1"], "nl")
    assert "une règle trouve Film, le modèle non (0," in spoken(why["1"], "fr")


def test_the_same_seed_chooses_the_same() -> None:
    corpus, hand, book = two_themes(80)
    some = hand.take(corpus.ids[:40])
    one, other = (target(corpus, 10, hand=some, codebook=book, seed=3).units for _ in range(2))
    pd.testing.assert_frame_equal(one, other)
    assert not set(one.index) & set(some.seen)


# Sheets, there and back


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a codebook and thirty answers, in which the command runs."""
    write(tmp_path / "book.yaml", BOOK)
    rows = [f"{place:03};antwoord {'abcde'[place % 5]} over plan {place};{2021 + place % 2}" for place in range(30)]
    rows[7] = '007;"=1+1; twee\nregels ";2022'
    write(tmp_path / "in.csv", "\n".join(["nr;antwoord;jaar", *rows]))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def fill(path: Path, cells: dict[int, dict[str, str]], text: dict[int, str] | None = None) -> None:
    """Fill in cells of a sheet as a person does: row (2 is the first) and heading."""
    book: Any = load_workbook(path)
    sheet = book.worksheets[0]
    place = {cell.value: cell.column for cell in sheet[1]}
    for row, values in cells.items():
        for heading, value in values.items():
            sheet.cell(row, place[heading]).value = value
    for row, value in (text or {}).items():
        sheet.cell(row, place["antwoord"]).value = value
    book.save(path)


RANDOM = ("sample", "in.csv", "--text", "antwoord", "--id", "nr", "--language=nl", "--random")
READ = ("sample", "in.csv", "--text", "antwoord", "--id", "nr", "--read", "s.xlsx", "-o", "coded.csv")


def test_a_filled_in_sheet_comes_back_as_codes(cli: Cli, here: Path) -> None:
    done = cli(*RANDOM, "-n", "6", "--by", "jaar", "--codebook", "book.yaml", "-o", "s.xlsx")
    assert done.code == 0, done.err
    fill(
        here / "s.xlsx",
        {
            2: {"code 1": "Meer film", "code 2": "1-2, plannen"},
            3: {"geen past": "x"},
            4: {"code 3": "3"},
            5: {"code 1": "make PLANS; film", "opmerking": "twijfel"},
            6: {"code 1": "geld"},
            7: {"code 1": "4"},
        },
    )
    ids = [row[0] for row in sheet_rows(here / "s.xlsx", "antwoorden")[1:]]
    assert "'make PLANS', which is not in the codebook" in cli(*READ).err
    done = cli(*READ, "--codebook", "book.yaml")
    assert done.code == 0, done.err
    assert "6 of 6 answers coded" in done.out
    coded = read_sheet(here / "coded.csv").set_index("nr")
    assert coded.loc[ids, "codes"].tolist() == ["film;plan", "-", "3", "plan;film", "geld", "3"]
    assert set(coded["drawn"]) == {"random", ""}
    assert (1 / numbers(coded.loc[ids, "probability"])).sum() == pytest.approx(30)
    assert coded.loc[ids[3], "opmerking"] == "twijfel"
    assert coded["antwoord"].tolist() == read_sheet(here / "in.csv")["antwoord"].tolist()
    read = read_answers(here / "coded.csv", text="antwoord", id="nr", needs=["codes"])
    assert len(parse_codes(read.sheet["codes"].set_axis(read.corpus.ids), None, "coded.csv").seen) == 6


def test_a_sample_that_is_extended_gets_its_probabilities_when_read(cli: Cli, here: Path) -> None:
    cli(*RANDOM, "-n", "6", "-o", "s.xlsx")
    fill(here / "s.xlsx", {row: {"code 1": "film"} for row in range(2, 8)})
    assert cli(*READ).code == 0
    done = cli("sample", "coded.csv", *RANDOM[2:], "-n", "9", "--seed", "2", "-o", "more.xlsx")
    assert "noem hun codes met --codes" in done.err
    done = cli("sample", "coded.csv", *RANDOM[2:], "-n", "9", "--codes", "codes", "-o", "more.xlsx")
    assert "één willekeurige steekproef uit 30" in done.out
    fill(here / "more.xlsx", {row: {"geen past": "x"} for row in range(2, 11)})
    done = cli("sample", "coded.csv", *RANDOM[2:5], "nr", "--read", "more.xlsx", "-o", "all.csv", "--language", "nl")
    assert done.code == 0, done.err
    coded = read_sheet(here / "all.csv")
    assert coded["probability"].value_counts().to_dict() == {"0,5": 15, "": 15}
    assert coded["codes"].value_counts().to_dict() == {"": 15, "-": 9, "film": 6}


def test_answers_coded_before_count_for_themselves(cli: Cli, here: Path) -> None:
    sheet = read_sheet(here / "in.csv")
    sheet["codes"] = ["film" if place % 3 == 0 else "" for place in range(30)]
    sheet.to_csv(here / "in.csv", index=False)
    done = cli(*RANDOM, "-n", "4", "--codes", "codes", "-o", "s.xlsx", "--language", "en")
    assert done.code == 0, done.err
    assert "stand for themselves" in done.out
    fill(here / "s.xlsx", {row: {"none fits": "x"} for row in range(2, 6)})
    done = cli(*READ)
    assert done.code == 0, done.err
    coded = read_sheet(here / "coded.csv")
    assert set(coded["probability"][coded["codes"] == "film"]) == {"1"}
    weights = 1 / numbers(coded["probability"][coded["codes"] != ""])
    assert weights.sum() == pytest.approx(30)


def test_the_same_sample_is_the_same_file(cli: Cli, here: Path) -> None:
    for name in ("one.xlsx", "two.xlsx"):
        assert cli(*RANDOM, "-n", "6", "--codebook", "book.yaml", "-o", name).code == 0
    assert (here / "one.xlsx").read_bytes() == (here / "two.xlsx").read_bytes()


def test_the_drop_downs_offer_the_codebook(cli: Cli, here: Path) -> None:
    cli(*RANDOM, "-n", "6", "--codebook", "book.yaml", "--with", "jaar", "-o", "s.xlsx")
    book: Any = load_workbook(here / "s.xlsx")
    lists = {str(one.sqref): one.formula1 for one in book["antwoorden"].data_validations.dataValidation}
    assert lists == {"C2:G7": "codeboek!$A$2:$A$5", "H2:H7": '"x"'}
    names = [row[0] for row in sheet_rows(here / "s.xlsx", "codeboek")[1:]]
    assert names == ["Meer film", "1-2, plannen", "3", "geld"]
    headings = sheet_rows(here / "s.xlsx", "antwoorden")[0]
    assert headings[-3:] == ["jaar", "drawn", "probability"]
    facts = dict(sheet_rows(here / "s.xlsx", "steekproef")[1:11])
    assert (facts["drawn"], facts["n"], facts["seed"], facts["population"]) == ("random", "6", "1", "30")


def test_a_name_in_the_list_finds_its_own_code() -> None:
    book = Codebook((Code("a", 1, {"nl": "2"}), Code("2", 3, {"nl": "Twee"}), Code("c", 4, {"nl": "x;y"})))
    assert names_of(book) == ["a", "Twee", "c"]
    assert [book.find(name) for name in names_of(book)] == ["a", "2", "c"]


WRONG = [
    ({2: {"code 1": "Meer fil"}}, {}, ["Meer fil", "'Meer film'", "row "]),
    ({2: {"code 1": "Meer film", "geen past": "x"}}, {}, ["no code fits"]),
    ({2: {"code 1": "Meer film"}}, {2: "een andere tekst"}, ["another text", "een andere tekst"]),
    ({2: {"nr": "999", "code 1": "film"}}, {}, ["does not have: 999"]),
    ({}, {}, ["no row that was coded"]),
]


@pytest.mark.parametrize(("cells", "text", "said"), WRONG)
def test_what_cannot_be_read_back_is_said(
    cli: Cli, here: Path, cells: dict[int, dict[str, str]], text: dict[int, str], said: list[str]
) -> None:
    cli(*RANDOM, "-n", "6", "--codebook", "book.yaml", "-o", "s.xlsx")
    fill(here / "s.xlsx", cells, text)
    before = listing(here)
    done = cli(*READ)
    assert done.code == 2
    assert [word for word in said if word not in done.err] == []
    assert listing(here) == before


def test_rows_that_are_gone_and_rows_left_open_are_told(cli: Cli, here: Path) -> None:
    cli(*RANDOM, "-n", "6", "--codebook", "book.yaml", "-o", "s.xlsx")
    fill(here / "s.xlsx", {2: {"code 1": "Meer film"}})
    book: Any = load_workbook(here / "s.xlsx")
    book["antwoorden"].delete_rows(4)
    book.save(here / "s.xlsx")
    done = cli(*READ)
    assert done.code == 0, done.err
    assert "1 row of the sheet is gone" in done.err
    assert "4 rows have no code" in done.err


@pytest.mark.parametrize(
    ("language", "none_fits", "remark", "sheets"),
    [
        ("nl", "geen past", "opmerking", ["antwoorden", "codeboek", "steekproef", "strata"]),
        ("en", "none fits", "remark", ["answers", "codebook", "sample", "strata"]),
        ("fr", "aucun ne convient", "remarque", ["réponses", "plan de codage", "échantillon", "strates"]),
    ],
)
@pytest.mark.parametrize("reader", ["nl", "en", "fr"])
@pytest.mark.parametrize("dash", ["-", "–", "—"])
def test_a_sheet_of_any_language_comes_back(
    cli: Cli, here: Path, language: str, none_fits: str, remark: str, sheets: list[str], reader: str, dash: str
) -> None:
    cli(*RANDOM, "--language", language, "-n", "3", "--codebook", "book.yaml", "-o", "s.xlsx")
    assert sheet_names(here / "s.xlsx") == sheets
    fill(here / "s.xlsx", {2: {"code 1": "film", remark: "?"}, 3: {none_fits: "x"}, 4: {"code 1": dash}})
    ids = [row[0] for row in sheet_rows(here / "s.xlsx", sheets[0])[1:]]
    done = cli(*READ, "--language", reader)
    assert done.code == 0, done.err
    coded = read_sheet(here / "coded.csv").set_index("nr")
    assert coded.loc[ids, "codes"].tolist() == ["film", "-", "-"]
    assert coded.loc[ids[0], remark] == "?"


def test_a_sheet_with_the_names_of_an_earlier_version_comes_back(cli: Cli, here: Path) -> None:
    cli(*RANDOM, "-n", "3", "--codebook", "book.yaml", "-o", "s.xlsx")
    fill(here / "s.xlsx", {row: {"code 1": "film"} for row in (2, 3, 4)})
    book: Any = load_workbook(here / "s.xlsx")
    for sheet, name in zip(book, ("answers", "codebook", "sample", "strata"), strict=True):
        sheet.title = name
    book.save(here / "s.xlsx")
    done = cli(*READ)
    assert done.code == 0, done.err


def test_what_is_wrong_in_a_sheet_is_said_in_the_language_of_the_reader(cli: Cli, here: Path) -> None:
    cli(*RANDOM, "-n", "6", "--codebook", "book.yaml", "-o", "s.xlsx")
    fill(here / "s.xlsx", {row: {"code 1": "Meer fil"} for row in range(2, 8)})
    dutch, french = (cli(*READ, "--language", language).err for language in ("nl", "fr"))
    assert "heeft 'Meer fil', en dat staat niet in het codeboek (is het 'Meer film'?); rij " in dutch
    assert dutch.endswith("; en nog 1. Verbeter het blad en lees het opnieuw in.\n")
    assert "a 'Meer fil', qui n'est pas dans le plan de codage (est-ce 'Meer film' ?); la ligne" in french


def test_other_codes_are_never_overwritten(cli: Cli, here: Path) -> None:
    cli(*RANDOM, "-n", "6", "--codebook", "book.yaml", "-o", "s.xlsx")
    fill(here / "s.xlsx", {2: {"code 1": "Meer film"}})
    cli(*READ)
    again = ("sample", "coded.csv", *READ[2:-1])
    assert cli(*again, "twice.csv").code == 0
    assert read_sheet(here / "twice.csv").equals(read_sheet(here / "coded.csv"))
    fill(here / "s.xlsx", {2: {"code 1": "geld"}})
    done = cli(*again, "other.csv")
    assert done.code == 2
    assert "already has other codes" in done.err


def test_a_csv_goes_there_and_back(cli: Cli, here: Path) -> None:
    cli(*RANDOM, "-n", "3", "--codebook", "book.yaml", "-o", "s.csv")
    sheet = read_sheet(here / "s.csv")
    sheet["code 1"] = "Meer film"
    sheet.to_csv(here / "s.csv", index=False)
    done = cli(*READ[:-3], "s.csv", "-o", "coded.csv")
    assert done.code == 0, done.err
    assert read_sheet(here / "coded.csv")["codes"].value_counts()["film"] == 3
    (here / "s.sample.csv").unlink()
    assert "does not say how it was drawn" in cli(*READ[:-3], "s.csv", "-o", "coded.csv").err


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("name", ["s.csv", "s.xlsx"])
def test_a_sheet_that_somebody_filled_in_is_not_written_over(cli: Cli, here: Path, name: str, language: str) -> None:
    asked = ("sample", "in.csv", "--text", "antwoord", "--id", "nr", "--random", "-n", "3", "-o", name)
    cli(*asked, "--language", "nl")
    assert cli(*asked, "--language", language, "--seed", "2").code == 0  # nothing was filled in
    cli(*asked, "--language", "nl")
    heading = "opmerking"
    if name == "s.csv":
        read_sheet(here / name).assign(**{heading: ["", "twijfel", ""]}).to_csv(here / name, index=False)
    else:
        fill(here / name, {3: {heading: "twijfel"}})
    before = (here / name).read_bytes()
    done = cli(*asked, "--language", language)
    assert (done.code, (here / name).read_bytes()) == (2, before)
    assert name in done.err
    assert ("was filled in (1 row), and is not written over" in done.err) == (language == "en")
    assert cli(*READ[:-3], name, "-o", name).code == 2
    if name == "s.xlsx":
        fill(here / name, {2: {"code 1": "film"}})
        assert [cli(*READ[:-3], name, "-o", "coded.csv").code for _ in range(2)] == [0, 0]  # the remark stands there


def test_a_targeted_sheet_says_what_it_is_not_for(cli: Cli, here: Path) -> None:
    done = cli(*RANDOM[:-1], "--targeted", "-n", "5", "--codebook", "book.yaml", "-o", "s.xlsx")
    assert "niet bruikbaar om te schatten" in done.out
    rows = sheet_rows(here / "s.xlsx", "antwoorden")
    assert rows[0][-2:] == ["drawn", "why"]
    assert {row[-2] for row in rows[1:]} == {"targeted"}
    fill(here / "s.xlsx", {2: {"code 1": "Meer film"}})
    done = cli(*READ)
    assert "nothing of how often" in done.err
    coded = read_sheet(here / "coded.csv")
    assert coded["drawn"].value_counts()["targeted"] == 1
    assert set(coded["probability"]) == {""}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "one of --random"),
        (["--random", "--targeted"], "one of --random"),
        (["--targeted", "--by", "jaar"], "needs --random"),
        (["--random", "--model", "m"], "needs --targeted"),
        (["--random", "--by", "wave"], "no column 'wave'"),
        (["--random", "-n", "3", "--with", "wave"], "no column 'wave'"),
        (["--random", "-n", "0"], "Ask for 1"),
    ],
)
def test_what_cannot_be_asked_is_said(cli: Cli, here: Path, options: list[str], said: str) -> None:
    done = cli(*RANDOM[:6], *options, "-o", "s.xlsx")
    assert done.code == 2
    assert said in done.err
    assert not (here / "s.xlsx").exists()


def test_a_column_of_ones_own_is_not_taken_for_ours(cli: Cli, here: Path) -> None:
    lines = (here / "in.csv").read_text(encoding="utf-8").replace("nr;antwoord;jaar", "nr;antwoord;stratum")
    write(here / "in.csv", lines)
    assert "kolom 'stratum'" in cli(*RANDOM, "-n", "3", "-o", "s.xlsx").err


MEANINGS = (
    ("meer parkeerplaatsen bij het gebouw", "parkeren is te duur", "te weinig plaats om te parkeren"),
    ("een nieuwsbrief per e-mail sturen", "mailings naar alle leden sturen", "onze nieuwsbrief vaker mailen"),
    ("vergaderingen beter voorbereiden", "minder lang vergaderen met het team", "een vergadering korter houden"),
)


@needs_use
def test_with_an_embedding_what_is_chosen_differs_in_meaning() -> None:
    corpus, hand, _ = two_themes(60)
    model = train(corpus, hand, embedding="use")
    texts = [f"{text} {when}" for one in MEANINGS for text in one for when in ("nu", "straks", "altijd", "ooit")]
    chosen = target(corpus_of(texts), 6, model=model, seed=1).units.index
    assert {(int(unit) - 1) // 12 for unit in chosen} == {0, 1, 2}
    assert target(corpus_of(texts), 6, model=model, seed=1).units.index.tolist() == chosen.tolist()


def test_many_copies_of_few_answers_leave_few_to_choose() -> None:
    corpus, hand, _ = two_themes(60)
    chosen = target(corpus_of(["filmpjes", "plannen", "taart"] * 40), 10, model=train(corpus, hand)).units
    assert len(chosen) == 3


@pytest.mark.parametrize("way", ["--random", "--targeted"])
def test_a_sample_of_none_and_one_of_what_is_coded_already_are_refused_for_what_they_are(
    cli: Cli, tmp_path: Path, way: str
) -> None:
    write(tmp_path / "a.csv", "id;answer;hand\n1;meer video;video\n2;iets anders;-\n")
    asked = (tmp_path / "a.csv", way, "--text", "answer", "--id", "id", "-o", tmp_path / "sheet.csv")
    none = cli("sample", *asked, "-n", 0, "--language", "en")
    assert (none.code, none.err) == (2, "coder: Ask for 1 answer or more; 0 were asked for.\n")
    coded = cli("sample", *asked, "-n", 1, "--codes", "hand", "--language", "en")
    assert coded.code == 2
    assert "No answers are left to draw from" in coded.err
    assert "1 to 0" not in coded.err
