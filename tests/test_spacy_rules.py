"""The rules of a codebook as a step of a spaCy pipeline."""

from pathlib import Path

import pytest
import spacy
from spacy.language import Language

from coder import Corpus, Rules, read_codebook
from coder.errors import CodebookError
from coder.files.codebooks.yaml_files import write_yaml
from coder.resources import resource
from coder.spacy_rules import CoderRules
from tests.conftest import corpus_of, one_code

TEXTS = ["Korte filmpjes op TikTok", "AI en chatbots", "", "Niets bijzonders", "video, video"]


def pipeline(path: Path, **config: str) -> Language:
    nlp = spacy.blank("nl")
    assert isinstance(nlp.add_pipe("coder_rules", config={"codebook": str(path), **config}), CoderRules)
    return nlp


def corpus() -> Corpus:
    return corpus_of(TEXTS)


def test_the_spans_and_codes_are_those_of_the_rules() -> None:
    path = resource("codebooks/trends.yaml")
    coding = Rules().code(corpus(), read_codebook(path))
    for unit, doc in zip(corpus().ids, pipeline(path).pipe(TEXTS, batch_size=2), strict=True):
        hits = coding.assignments[coding.assignments["unit"] == unit]
        assert {(one.start_char, one.end_char, one.label_) for one in doc.spans["coder"]} == {
            *hits[["start", "end", "code"]].itertuples(index=False, name=None)
        }
        assert set(doc._.codes) == set(hits["code"])
        assert [code for code in read_codebook(path).ids if code in doc._.codes] == list(doc._.codes)


def test_one_document_gets_what_it_gets_among_many() -> None:
    nlp = pipeline(resource("codebooks/trends.yaml"))
    assert [nlp(text)._.codes for text in TEXTS] == [doc._.codes for doc in nlp.pipe(TEXTS)]


def test_a_hit_within_a_token_covers_the_token_and_the_key_can_be_chosen(tmp_path: Path) -> None:
    write_yaml(tmp_path / "book.yaml", one_code("*media"))
    doc = pipeline(tmp_path / "book.yaml", spans_key="hits")("sociale media.")
    assert [(span.text, span.label_) for span in doc.spans["hits"]] == [("media", "it")]
    assert "coder" not in doc.spans


def test_a_pipeline_with_the_rules_is_written_and_read_back(tmp_path: Path) -> None:
    nlp = pipeline(resource("codebooks/trends.yaml"))
    nlp.to_disk(tmp_path / "nlp")
    assert spacy.load(tmp_path / "nlp")(TEXTS[0])._.codes == nlp(TEXTS[0])._.codes


def test_a_codebook_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CodebookError, match="no codebook"):
        pipeline(tmp_path / "none.yaml")
