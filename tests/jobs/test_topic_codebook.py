"""A codebook proposed from topics."""

from pathlib import Path

import pytest

from coder import Rules, draft, find_topics, read_codebook
from coder.errors import DataError
from coder.files.codebooks import write_codebook
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


def test_without_topics_there_is_no_draft() -> None:
    corpus = corpus_of(["?"] * 20)
    with pytest.raises(DataError, match="20"):
        draft(find_topics(corpus), corpus)
