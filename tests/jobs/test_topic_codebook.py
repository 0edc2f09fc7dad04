"""A codebook proposed from topics."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coder import Rules, draft, find_topics, read_codebook
from coder.errors import DataError
from coder.files.codebooks import write_codebook
from coder.methods.topics import TopicModel, Topics
from tests.conftest import corpus_of
from tests.methods.test_topics import BAKING, CYCLING, MORE, ON

pytestmark = pytest.mark.filterwarnings("ignore::ImportWarning", "ignore::DeprecationWarning")


def test_a_draft_has_a_code_a_topic_with_rules_that_find_its_examples(tmp_path: Path) -> None:
    corpus = corpus_of(BAKING + CYCLING)
    found = find_topics(corpus, smallest=8)
    book = draft(found, corpus, name="voorstel")
    assert book.name == "voorstel"
    *codes, other = book.codes
    assert len(codes) == 2
    assert (other.id, other.label, other.rules) == ("other", {"nl": "Andere"}, ())
    assert all("12" in code.definition for code in codes)
    for code in codes:
        assert code.rules
        assert code.examples
        examples = corpus_of(list(code.examples))
        hit = Rules().code(examples, book).pairs()
        assert set(hit[hit["code"] == code.id]["unit"]) == set(examples.ids)
    write_codebook(tmp_path / "draft.xlsx", book)
    assert read_codebook(tmp_path / "draft.xlsx").ids == book.ids


def test_rules_are_words_of_content_of_one_topic_and_a_slip_is_the_word_that_is_meant() -> None:
    said = [f"iedereen zal beter {what} met {more}" for what in ("fietsen", "lezen") for more in MORE * 3]
    slips = ["iedereen zal beter een fiestpad met bloem", "iedereen zal beter een fietspad met suiker"]
    corpus = corpus_of(said + slips + [f"een breed fietspad op {on}" for on in ON * 3])
    book = draft(find_topics(corpus, smallest=5), corpus)
    rules = {rule for code in book.codes for rule in code.rules}
    assert "fietspad" in rules
    assert not rules & {"iedereen", "zal", "beter", "fiestpad"}


def test_a_topic_without_words_of_its_own_is_listed_and_no_code() -> None:
    corpus = corpus_of(BAKING + CYCLING + [f"iedereen zal beter {verb}" for verb in ("worden", "zijn", "gaan")] * 4)
    found = find_topics(corpus, smallest=8)
    *codes, other = draft(found, corpus).codes
    left = [label for label in found.frame["label"] if label in other.definition]
    assert len(codes) + len(left) == len(found.frame)


@pytest.fixture(scope="module")
def model() -> TopicModel:
    return find_topics(corpus_of(BAKING + CYCLING), smallest=8).model


@settings(max_examples=25)
@given(
    st.lists(
        st.lists(st.sampled_from(["dokter", "politie", "andere"]), min_size=1, max_size=2), min_size=4, max_size=8
    ),
    st.lists(st.sets(st.integers(0, 7), min_size=2), min_size=1, max_size=5),
)
def test_topics_with_the_same_words_are_codes_of_their_own_with_a_label_each(
    model: TopicModel, said: list[list[str]], members: list[set[int]]
) -> None:
    corpus = corpus_of([" en ".join(words) for words in said])
    pairs = [(corpus.ids[unit], topic) for topic, some in enumerate(members) for unit in some if unit < len(said)]
    frame = pd.DataFrame({"topic": range(len(members))})
    listed = pd.DataFrame([(unit, topic, 1.0) for unit, topic in pairs], columns=["unit", "topic", "score"])
    named = replace(model, labels=tuple(f"thema {topic}" for topic in range(len(members))))
    book = draft(Topics(frame, pd.Series(dtype=int), listed, named), corpus)
    labels = [code.label["nl"].casefold() for code in book.codes]
    assert len(set(labels)) == len(labels) == len(book.ids)


def test_without_topics_there_is_no_draft() -> None:
    corpus = corpus_of(["?"] * 20)
    with pytest.raises(DataError, match="20"):
        draft(find_topics(corpus), corpus)


def test_a_word_that_joins_sentences_is_no_rule_and_no_label() -> None:
    said = [f"{on}. Verder: {what}, bovendien {what}" for what in ("concurrentie", "vergrijzing") for on in ON * 3]
    corpus = corpus_of(BAKING + CYCLING + said)
    book = draft(find_topics(corpus, smallest=5), corpus)
    words = {rule for code in book.codes for rule in code.rules}
    assert {"concurrentie", "vergrijzing"} & words
    assert not {"verder", "bovendien"} & words
    assert "erder" not in "".join(code.label["nl"] for code in book.codes)
