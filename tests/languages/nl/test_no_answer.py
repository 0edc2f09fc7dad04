"""What counts as no answer, and what does not though it looks like it."""

import pytest

from coder import Codebook, Coding, run
from coder.languages.nl.no_answer import NO_ANSWER, is_no_answer, no_answers
from tests.conftest import corpus_of, one_code

# fmt: off
NOTHING = [
    "", " ", "\n", "nvt", "NVT", "n.v.t.", "N.v.t", "n v t", "nvt.", "niet van toepassing", "XXXX", "xxxx", "x",
    "xxx xxx", "?", "???", "-", "--", "...", "/", "12", "3,5", "2024", "1 2 3", "geen idee", "geen idee.",
    "Geen idee!", "GEEN IDEE", "weet niet", "weet ik niet", "ik weet het niet", "geen mening", "n/a", "N.A.",
    "asdf", "asdfasdf", "aaaa", "😀", "🤷🏽", "(geen idee)", "“nvt”",
    "nvt; nvt; -", "geen idee\nweet niet", "x | nvt", "; ;",
]
SOMETHING = [
    "AI", "ai", "X en Y", "geen tijd", "niets, ik ben tevreden", "geen video meer", "B1", "geen idee van het budget",
    "5 extra mensen", "tv", "ik weet niet hoe we jongeren bereiken", "niet van toepassing op vrijwilligers", "pr",
    "é en è", "één", "nvt; AI", "geen idee; geen tijd", "nvt\npr",
]
# fmt: on


@pytest.mark.parametrize("text", NOTHING)
def test_nothing_signs_a_number_or_a_phrase_that_says_nothing_is_no_answer(text: str) -> None:
    assert is_no_answer(text)


@pytest.mark.parametrize("text", SOMETHING)
def test_an_answer_is_an_answer_however_short(text: str) -> None:
    assert not is_no_answer(text)


def test_every_listed_form_is_no_answer_in_any_case_and_with_a_full_stop() -> None:
    assert [form for form in NO_ANSWER if not (is_no_answer(form) and is_no_answer(f" {form.upper()}. "))] == []


def test_what_counts_can_be_set_in_any_spelling() -> None:
    corpus = corpus_of(["Géén tijd!", "nvt", "", "12", "xxx", "AI"])
    assert no_answers(corpus).tolist() == [False, True, True, True, True, False]
    assert no_answers(corpus, ["GEEN-tijd"]).tolist() == [True, False, True, True, True, False]


def test_a_run_leaves_them_out_of_the_base_unless_a_person_coded_them() -> None:
    corpus = corpus_of(["AI", "nvt", "xxxx", "video", "12"])
    book: Codebook = one_code("video")
    done = run(corpus, book, topics=False)
    assert done.no_answer.tolist() == ["2", "3", "5"]
    assert (done.table.base, done.final.seen.tolist()) == (2, ["1", "4"])
    hand = Coding("hand", corpus.ids[1:2], done.final.assignments.iloc[:0])
    assert run(corpus, book, hand=hand, topics=False).final.seen.tolist() == ["1", "2", "4"]
    assert run(corpus, book, no_answer=["video"], topics=False).final.seen.tolist() == ["1", "2"]
