"""The rule lab: what each rule does in answers, alone and beside the others."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coder import Code, Codebook, Rules, read_answers, read_codebook, try_rules
from coder.codebook import Negation
from coder.files.answers import parse_codes
from coder.learning.rule_trial import Trial, in_context
from coder.resources import resource
from tests.conftest import Cli, coding_of, corpus_of, listing, one_code, sheet_rows, write

BOOK = Codebook(
    (
        Code("film", 1, {"nl": "Film"}, rules=("film*", "camera", "zeppelin")),
        Code("plan", 2, {"nl": "Plan"}, rules=("*plan",), exceptions=("vliegtuigplan", "marsplan")),
    )
)
TEXTS = ["filmpjes met de camera", "een jaarplan voor film", "camera, camera!", "ons vliegtuigplan", "geen film", "nvt"]


def row(trial: Trial, rule: str) -> dict[str, Any]:
    frame = trial.rules.frame
    return dict(frame[frame["rule"] == rule].iloc[0])


def test_each_rule_tells_its_hits_its_answers_and_those_it_has_alone() -> None:
    trial = try_rules(corpus_of(TEXTS), BOOK)
    camera, film = row(trial, "camera"), row(trial, "film*")
    assert (camera["hits"], camera["answers"], camera["unique"]) == (3, 2, 1)
    assert (film["hits"], film["answers"], film["unique"], film["shared"], film["with"]) == (3, 3, 2, 1, "plan 1")


def test_answers_that_say_nothing_are_left_out_unless_a_person_coded_them() -> None:
    assert try_rules(corpus_of(TEXTS), BOOK).codes.base == 5
    assert try_rules(corpus_of(TEXTS), BOOK, no_answer=["geen film"]).codes.base == 5
    hand = coding_of(["film", "", "", "", "", "-"])
    assert try_rules(corpus_of(TEXTS), BOOK, hand).codes.base == 6


def test_a_negated_hit_and_a_slip_are_marked() -> None:
    trial = try_rules(corpus_of(["geen camera gezien", "met de camerra"]), one_code("camera"))
    assert (row(trial, "camera")["negated"], row(trial, "camera")["slips"]) == (1, 1)
    assert trial.hits.frame["negated_by"].tolist() == ["geen", ""]
    assert trial.hits.frame["written"].tolist() == ["", "camerra"]
    assert trial.hits.frame["context"].tolist() == ["geen [camera] gezien", "met de [camerra]"]


def test_an_exception_counts_the_hits_it_takes_off() -> None:
    trial = try_rules(corpus_of(TEXTS), BOOK, coding_of(["film", "plan", "film", "-", "film", "-"]))
    exception = row(trial, "vliegtuigplan")
    assert (exception["kind"], exception["hits"], exception["precision"]) == ("exception", 1, 1.0)
    assert row(trial, "*plan")["answers"] == 1


def test_a_code_that_skips_negated_hits_has_no_such_hits() -> None:
    book = Codebook((Code("film", 1, {}, rules=("film",), negation=Negation.SKIP),))
    assert row(try_rules(corpus_of(["geen film", "een film"]), book), "film")["answers"] == 1


def test_what_never_fires_is_listed_with_the_number_of_answers() -> None:
    idle = try_rules(corpus_of(TEXTS), BOOK).idle
    assert idle.base == 5
    assert idle.frame[["code", "kind", "count", "rule"]].to_numpy().tolist() == [
        ["film", "rule", 1, "zeppelin"],
        ["plan", "exception", 1, "marsplan"],
    ]
    assert "zeppelin" not in try_rules(corpus_of(TEXTS), BOOK).working.text()


def test_precision_is_counted_in_the_answers_that_people_coded() -> None:
    trial = try_rules(corpus_of(TEXTS), BOOK, coding_of(["film", "", "-", "", "", ""]))
    assert (row(trial, "camera")["coded"], row(trial, "camera")["precision"]) == (2, 0.5)
    codes = trial.codes.frame.set_index("code")
    assert (codes.loc["film", "precision"], codes.loc["film", "recall"]) == (0.5, 1.0)
    assert trial.hits.frame["by_people"].tolist() == ["yes", "", "", "yes", "no", "no", ""]
    assert pd.isna(row(trial, "*plan")["precision"])


def test_codes_come_together_in_five_answers_at_least_and_more_than_by_chance() -> None:
    both = ["film en een jaarplan"] * 5
    found = try_rules(corpus_of([*both, "jaarplan", *["taart bakken"] * 20]), BOOK).together.frame
    assert found[["code", "also", "together", "base"]].to_numpy().tolist() == [
        ["film", "plan", 5, 5],
        ["plan", "film", 5, 6],
    ]
    assert try_rules(corpus_of([*both[:4], *["taart bakken"] * 20]), BOOK).together.frame.empty
    assert try_rules(corpus_of(["film en een jaarplan", *["jaarplan"] * 30] * 5), BOOK).together.frame.empty


def test_a_few_hits_of_each_rule_are_spread_over_its_hits() -> None:
    trial = try_rules(corpus_of([f"film {number}" for number in range(10)]), one_code("film"))
    assert trial.some_hits(2).frame["unit"].tolist() == ["1", "6"]
    assert trial.some_hits(0).frame.empty
    assert len(trial.some_hits(99).frame) == 10


def test_context_is_one_line_and_says_where_the_text_goes_on() -> None:
    text = "a" * 40 + " de\nfilm " + "b" * 40
    assert in_context(text, 44, 48) == f"…{'a' * 26} de [film] {'b' * 29}…"


WORDS = st.lists(
    st.sampled_from(["film", "films", "filmpje", "camera", "jaarplan", "vliegtuigplan", "geen"]), max_size=6
)


@settings(deadline=None, max_examples=40)
@given(st.lists(WORDS.map(" ".join), min_size=1, max_size=8), st.integers(0, 3))
def test_the_lab_counts_what_the_rules_code(texts: list[str], show: int) -> None:
    corpus = corpus_of([f"woord {text}" for text in texts])
    trial = try_rules(corpus, BOOK)
    coded = Rules().code(corpus, BOOK)
    assert trial.codes.frame["answers"].tolist() == coded.matrix(corpus.ids, BOOK.ids).sum(axis=0).tolist()
    assert len(trial.hits.frame) == len(coded.assignments)
    rules = trial.rules.frame
    assert (rules["unique"] <= rules["answers"]).all()
    assert (rules["shared"] <= rules["answers"]).all()
    shown = trial.some_hits(show).frame.groupby(["code", "rule"]).size()
    assert all(count <= show for count in shown)
    for hit in trial.hits.frame.to_dict("records"):
        assert f"[{corpus.texts[hit['unit']][hit['start'] : hit['end']]}]" in hit["context"]


def test_the_bundled_trends_keep_their_scores() -> None:
    answers = read_answers(resource("corpora/trends-2024.csv"), text="answer", id="id", needs=["codes"])
    book = read_codebook(resource("codebooks/trends.yaml"))
    trial = try_rules(answers.corpus, book, parse_codes(answers.corpus.units["codes"], book, "trends"))
    assert "precision 0.9" in str(trial.codes.notes[1])
    assert set(trial.rules.frame["code"]) == {code.id for code in book.codes if code.rules}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a codebook and answers, in which the command runs."""
    monkeypatch.chdir(tmp_path)
    lines = ["id,antwoord,code", "a1,filmpjes met de camera,film", "a2,een jaarplan voor film,plan", "a3,nvt,"]
    write(tmp_path / "in.csv", "\n".join(lines) + "\n")
    codes = ["- {id: film, number: 1, rules: [film*, zeppelin]}", "- {id: plan, number: 2, rules: ['*plan']}"]
    write(tmp_path / "book.yaml", "\n".join(["codes:", *codes]))
    return tmp_path


def test_the_command_prints_codes_rules_and_hits(cli: Cli, here: Path) -> None:
    done = cli("codebook", "try", "book.yaml", "in.csv", "--text", "antwoord", "--codes", "code", "--id", "id")
    assert (done.code, sorted(listing(here))) == (0, ["book.yaml", "in.csv"])
    assert "[filmpjes] met de camera" in done.out
    assert "zeppelin" in done.out
    assert "2 answers (1 that say nothing left out)" in done.out


def test_the_command_prints_json_and_hits_only_when_asked(cli: Cli, here: Path) -> None:
    assert here
    done = cli("codebook", "try", "book.yaml", "in.csv", "--text", "antwoord", "--show", "0", "--format", "json")
    titles = []
    rest = done.out
    while rest.strip():
        table, end = json.JSONDecoder().raw_decode(rest.lstrip())
        titles.append(table["title"])
        rest = rest.lstrip()[end:]
    assert titles == ["Codes by the rules", "Rules", "Never fire, in 2 answers"]


def test_the_command_writes_everything(cli: Cli, here: Path) -> None:
    arguments = ("codebook", "try", "book.yaml", "in.csv", "--text", "antwoord", "-o")
    assert cli(*arguments, "uit.xlsx").code == 0
    assert [row[2] for row in sheet_rows(here / "uit.xlsx", "rules")] == ["rule", "film*", "zeppelin", "*plan"]
    assert len(sheet_rows(here / "uit.xlsx", "hits")) == 4
    assert cli(*arguments, "uit.csv").code == 0
    assert {"uit.csv", "uit.codes.csv", "uit.together.csv", "uit.hits.csv"} <= listing(here).keys()


def test_an_ending_that_cannot_be_written_is_refused_at_once(cli: Cli, here: Path) -> None:
    done = cli("codebook", "try", "book.yaml", "in.csv", "--text", "antwoord", "-o", "uit.pdf")
    assert (done.code, sorted(listing(here))) == (2, ["book.yaml", "in.csv"])
    assert ".xlsx" in done.err
