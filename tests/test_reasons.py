"""Why a code was given: data until somebody reads it, made when he asks, and the same sentence in files."""

import doctest
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import coder.coding
from coder import Rules
from coder.coding import Reason, Reasons, by_hand, stacked
from coder.files.answers import long_form, parse_codes
from coder.jobs.machine import code
from coder.jobs.run import run
from coder.languages.nl.negation import Denied
from coder.methods.classifier import train_classifier as train
from coder.study import Study
from coder.tables.frequency import top
from tests.conftest import coding_of, corpus_of, one_code, spoken, two_themes

SAID = [
    (Reason("rule", "video*"), "rule video*", "rule video*", "regel video*"),
    (
        Reason("rule", "a b", (("spelt", "c"), ("spelt", "d"), ("negated", "niet meer"))),
        "rule a b (spelt c, spelt d, negated by niet meer)",
        "rule a b (spelt c, spelt d, negated by niet meer)",
        "regel a b (gespeld c, gespeld d, ontkend door niet meer)",
    ),
    (
        Reason("rule", "inzetten", (("apart", "zetten … in"),)),
        "rule inzetten (zetten … in)",
        "rule inzetten (zetten … in)",
        "regel inzetten (zetten … in)",
    ),
    (Reason("classifier", "", (("probability", 0.456),)), "classifier 0.46", "classifier 0.46", "lerend model 0,46"),
    (Reason("hand"), "hand", "coded by a person", "door een mens gecodeerd"),
    (Reason("hand", "", (("who", "anna, bert"),)), "anna, bert", "anna, bert", "anna, bert"),
    (Reason(), "", "", ""),
]


@pytest.mark.parametrize(("reason", "file", "english", "dutch"), SAID)
def test_a_reason_is_one_sentence_in_files_and_one_in_each_language(
    reason: Reason, file: str, english: str, dutch: str
) -> None:
    assert (reason.filed(), _in(reason, "en"), _in(reason, "nl")) == (file, english, dutch)


def _in(reason: Reason, language: str) -> str:
    told = reason.told()
    return "" if told is None else spoken(told, language)


def test_a_rule_that_reads_like_a_note_is_not_taken_for_one() -> None:
    reason = Reason("rule", "x (negated by spelt y)")
    assert _in(reason, "nl") == "regel x (negated by spelt y)"
    assert _in(by_hand("rule video"), "nl") == "rule video"


values = st.text(max_size=5) | st.floats(0, 1)
reasons = st.builds(
    Reason,
    st.sampled_from(("rule", "classifier", "hand")),
    st.text(max_size=9),
    st.lists(st.tuples(st.sampled_from(("spelt", "negated", "who")), values), max_size=3).map(tuple),
)


@given(reasons | st.just(Reason()))
def test_what_a_study_keeps_of_a_reason_is_the_reason(reason: Reason) -> None:
    assert Reason.restored(reason.stored()) == reason


@pytest.mark.parametrize(
    "sentence", ["", "rule video", "rule =AI NEAR/2 meer", "classifier 0.46", "hand", "anna, bert"]
)
def test_a_sentence_that_an_earlier_version_kept_says_the_same(sentence: str) -> None:
    assert Reason.restored(sentence).filed() == sentence


def test_each_assignment_keeps_its_reason_through_parts_and_joins() -> None:
    corpus = corpus_of(["meer video", "geen film", "film en video"])
    rules = Rules().code(corpus, one_code("video", "film"))
    hand = parse_codes(pd.Series(["it"], index=["4"]), None, "a.csv")
    whole = stacked("both", pd.Index(["1", "2", "3", "4"]), [hand, rules]).take(pd.Index(["4", "2", "3"]))
    assert [reason.filed() for reason in whole.reasons] == [
        "hand",
        "rule film (negated by geen)",
        "rule film",
        "rule video",
    ]
    assert [reason.rule for reason in whole.reasons.take(np.array([3, 1]))] == ["video", "film"]
    frame = whole.explained()
    assert list(frame.columns) == ["unit", "code", "score", "start", "end", "kind", "rule", "note"]
    assert frame["kind"].tolist() == ["hand", "rule", "rule", "rule"]
    assert long_form(whole)["reason"].tolist() == [reason.filed() for reason in whole.reasons]


def test_a_coding_goes_to_another_process_with_its_reasons() -> None:
    corpus, hand, book = two_themes(30)
    model = train(corpus, hand, embedding="none")
    rules = Rules().code(corpus, book)
    for coding in (rules, model.code(corpus, book), stacked("both", corpus.ids, [hand, rules]).take(corpus.ids[3:9])):
        again = pickle.loads(pickle.dumps(coding))  # noqa: S301 (our own)
        assert list(again.reasons) == list(coding.reasons)


def test_of_no_assignments_there_are_no_reasons() -> None:
    coding = Rules().code(corpus_of([]), one_code("video"))
    assert len(coding.reasons) == len(coding.explained()) == len(coding.reasons.take(np.array([], dtype=np.int64))) == 0
    assert list(stacked("none", coding.seen, [coding, coding]).reasons) == list(Reasons.stacked([])) == []


def test_of_a_coding_made_without_reasons_nothing_is_known() -> None:
    assert list(coding_of(["a;b"]).reasons) == [Reason(), Reason()]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """The places of which it is asked what denies them."""
    places: list[tuple[int, int]] = []
    by = Denied.by

    def told(self: Denied, start: int, end: int) -> str | None:
        places.append((start, end))
        return by(self, start, end)

    monkeypatch.setattr(Denied, "by", told)
    return places


def test_nothing_is_worked_out_for_reasons_that_nobody_asks_for(asked: list[tuple[int, int]]) -> None:
    corpus, book = corpus_of(["geen video", "niet meer film", "video"]), one_code("video", "film")
    coding = Rules().code(corpus, book)
    top(coding, book)
    run(corpus, book, topics=False)
    code(corpus, book)
    assert asked == []
    assert [reason.note for reason in coding.take(pd.Index(["1"])).reasons] == [(("negated", "geen"),)]
    assert asked == [(5, 10)]


def test_a_study_keeps_reasons_as_data_and_gives_them_when_asked(tmp_path: Path) -> None:
    corpus, book = corpus_of(["meer video", "geen video"]), one_code("video")
    with Study.create(tmp_path / "a.study", name="test") as study:
        study["q"].add_answers(corpus, who="lead")
        study["q"].set_codebook(book, who="lead")
        study["q"].propose(Rules().code(corpus, book), who="lead")
        assert "kind" not in study["q"].proposals()
        assert study["q"].proposals(reasons=True)[["unit", "kind", "rule", "note"]].to_numpy().tolist() == [
            ["1", "rule", "video", ()],
            ["2", "rule", "video", (("negated", "geen"),)],
        ]
        assert [reason.filed() for reason in study["q"].coding("machine").reasons] == [
            "rule video",
            "rule video (negated by geen)",
        ]


def test_the_examples_in_the_docstrings_run() -> None:
    for module in (coder.coding, coder.coding):
        found = doctest.testmod(module)
        assert found.attempted
        assert not found.failed
