"""A codebook proposed from topics."""

from pathlib import Path

import pytest

from coder import Rules, draft, find_topics, read_codebook
from coder.errors import DataError
from coder.files.codebooks import write_codebook
from tests.conftest import corpus_of
from tests.methods.test_topics import BAKING, CYCLING

pytestmark = pytest.mark.filterwarnings("ignore::ImportWarning", "ignore::DeprecationWarning")


def test_a_draft_has_a_code_a_topic_with_rules_that_find_its_examples(tmp_path: Path) -> None:
    corpus = corpus_of(BAKING + CYCLING)
    found = find_topics(corpus, smallest=8)
    book = draft(found, corpus, name="voorstel")
    assert book.name == "voorstel"
    assert [code.label["nl"] for code in book.codes] == found.frame["label"].tolist()
    assert all("12" in code.definition for code in book.codes)
    for code in book.codes:
        assert code.rules
        assert code.examples
        examples = corpus_of(list(code.examples))
        hit = Rules().code(examples, book).pairs()
        assert set(hit[hit["code"] == code.id]["unit"]) == set(examples.ids)
    write_codebook(tmp_path / "draft.xlsx", book)
    assert read_codebook(tmp_path / "draft.xlsx").ids == book.ids


def test_without_topics_there_is_no_draft() -> None:
    corpus = corpus_of(["?"] * 20)
    with pytest.raises(DataError, match="20"):
        draft(find_topics(corpus), corpus)
