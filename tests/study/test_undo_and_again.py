"""A change of the codebook that is undone, and answers that somebody judges twice."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from coder import Code, Codebook
from coder.errors import StudyError
from coder.review.codebook_page import merged, parted, with_new
from coder.study import Decision, Study
from tests.conftest import corpus_of

TEXTS = ["te duur", "mooie video", "geen idee", "meer video, en goedkoper", "AI"]


def labelled(book: Codebook, code: str, label: str) -> Codebook:
    codes = (replace(one, label={"nl": label}) if one.id == code else one for one in book.codes)
    return replace(book, codes=tuple(codes))


@pytest.fixture
def study(place: Path | str) -> Iterator[Study]:
    """A study of five answers and codes a, b, c; anna gave a to the first and b to the second."""
    with Study.create(place, name="test") as made:
        made["q"].add_answers(corpus_of(TEXTS), who="lead")
        codes = tuple(Code(id_, number, {"nl": id_.upper()}) for number, id_ in enumerate("abc", 1))
        made["q"].set_codebook(Codebook(codes), "lead")
        made["q"].decide("anna", [Decision("1", "a"), Decision("1", ""), Decision("2", "b"), Decision("2", "")])
        yield made


def given(study: Study) -> set[tuple[str, str]]:
    pairs = study["q"].coding("anna").pairs()
    return set(zip(pairs["unit"], pairs["code"], strict=True))


def test_a_merge_that_is_undone_gives_each_answer_the_code_it_had(study: Study) -> None:
    version = study["q"].change_codebook(lambda now: merged(now, "a", "b"), "lead")
    assert given(study) == {("1", "b"), ("2", "b")}
    study["q"].undo_codebook(version, "lead")
    assert study["q"].codebook().ids == ("a", "b", "c")
    assert given(study) == {("1", "a"), ("2", "b")}
    assert study.check() == []


def test_a_split_that_is_undone_leaves_nobody_unsure(study: Study) -> None:
    version = study["q"].change_codebook(lambda now: parted(now, "a", {"nl": "Deel"}, []), "lead")
    assert given(study) == {("2", "b")}
    study["q"].undo_codebook(version, "lead")
    assert given(study) == {("1", "a"), ("2", "b")}


def test_what_was_changed_since_stays_when_an_earlier_change_is_undone(study: Study) -> None:
    version = study["q"].change_codebook(lambda now: labelled(now, "a", "Prijs"), "lead")
    study["q"].change_codebook(lambda now: labelled(now, "b", "Beeld"), "lead")
    study["q"].undo_codebook(version, "lead")
    book = study["q"].codebook()
    assert (book.label("a"), book.label("b")) == ("A", "Beeld")


def test_a_change_is_not_undone_where_the_same_was_changed_since(study: Study) -> None:
    version = study["q"].change_codebook(lambda now: labelled(now, "a", "Prijs"), "lead")
    study["q"].change_codebook(lambda now: labelled(now, "a", "Kosten"), "lead")
    with pytest.raises(StudyError, match="changed again since"):
        study["q"].undo_codebook(version, "lead")
    assert study["q"].codebook().label("a") == "Kosten"


def test_a_new_code_that_answers_have_is_not_undone(study: Study) -> None:
    version = study["q"].change_codebook(lambda now: with_new(now, {"nl": "Nieuw"})[0], "lead")
    study["q"].decide("anna", [Decision("3", "nieuw")])
    with pytest.raises(StudyError, match="1 answer or fragment has it"):
        study["q"].undo_codebook(version, "lead")
    study["q"].undo("anna")
    study["q"].undo_codebook(version, "lead")
    assert "nieuw" not in study["q"].codebook().ids


def test_a_change_is_undone_once_and_the_first_codebook_never(study: Study) -> None:
    version = study["q"].change_codebook(lambda now: labelled(now, "a", "Prijs"), "lead")
    assert study["q"].last_was_codebook("lead") == version
    study["q"].undo_codebook(version, "lead")
    with pytest.raises(StudyError, match="undone already"):
        study["q"].undo_codebook(version, "lead")
    with pytest.raises(StudyError, match="first version"):
        study["q"].undo_codebook(1, "lead")
    assert study["q"].last_was_codebook("lead") == 1
    assert study["q"].last_was_codebook("anna") == 0


def test_a_second_judgement_takes_the_place_of_nothing_and_is_compared_with_the_first(study: Study) -> None:
    study["q"].decide_again("anna", [Decision("1", "b"), Decision("1", "")])
    study["q"].decide_again("anna", [Decision("2", "b"), Decision("2", "")])
    assert given(study) == {("1", "a"), ("2", "b")}
    assert set(study["q"].coding().pairs()["code"]) == {"a", "b"}
    first, again = study["q"].twice("anna")
    assert first.pairs().to_numpy().tolist() == [["1", "a"], ["2", "b"]]
    assert again.pairs().to_numpy().tolist() == [["1", "b"], ["2", "b"]]
    assert study.check() == []


def test_the_first_judgement_is_the_one_of_then_whatever_is_settled_later(study: Study) -> None:
    study["q"].decide_again("anna", [Decision("1", "b"), Decision("1", "")])
    study["q"].decide("anna", [Decision("1", "a", "no"), Decision("1", "b"), Decision("1", "")])
    assert given(study) == {("1", "b"), ("2", "b")}
    first, again = study["q"].twice("anna")
    assert (list(first.pairs()["code"]), list(again.pairs()["code"])) == (["a"], ["b"])


def test_a_second_judgement_is_undone_as_any_other(study: Study) -> None:
    study["q"].decide_again("anna", [Decision("1", "b"), Decision("1", "")])
    assert set(study["q"].undo("anna")["kind"]) == {"again"}
    assert len(study["q"].twice("anna")[1].seen) == 0
    assert given(study) == {("1", "a"), ("2", "b")}


def test_nobody_else_and_no_answer_judged_once_is_in_the_comparison(study: Study) -> None:
    study["q"].decide_again("bert", [Decision("1", "b"), Decision("1", "")])
    assert [len(one.seen) for one in study["q"].twice("bert")] == [0, 0]
    assert [len(one.seen) for one in study["q"].twice("anna")] == [0, 0]
