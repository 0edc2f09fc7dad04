"""What a model never saw: said with numbers, and only where there is something to say."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from coder import Corpus, shift, train
from coder.learning.shift import seen_in
from tests.conftest import Cli, coding_of, corpus_of, two_themes, write

NEW = ["een chatbot inzetten", "de chatbot uitproberen", "artificiële intelligentie", "taart"] * 20


def test_the_words_of_a_model_and_in_how_many_answers_they_stood() -> None:
    texts = ["camera kopen", "camera huren, camera lenen", "jaarplan schrijven"] * 5
    known = seen_in(train(corpus_of(texts), coding_of(["film", "film", "plan"] * 5)))
    assert {word: round(count) for word, count in known.items()} == {
        "camera": 10,
        "kopen": 5,
        "huren": 5,
        "lenen": 5,
        "jaarplan": 5,
        "schrijven": 5,
    }


def test_answers_that_nobody_coded_count_among_those_it_learned_from() -> None:
    texts = ["camera kopen", "camera huren, camera lenen", "jaarplan schrijven"]
    corpus = corpus_of([*texts * 5, *(f"{text} nummer {word}" for text in texts for word in ("een", "twee", "drie"))])
    model = train(corpus, coding_of(["film", "film", "plan"] * 5))
    assert {round(seen_in(model)[word]) for word in ("camera", "kopen", "jaarplan")} == {16, 8}
    assert 0 <= shift(model, corpus_of(NEW)).table.frame["trained"].iloc[0] <= 1


def test_new_words_are_counted_and_named() -> None:
    corpus, hand, _ = two_themes(60)
    found = shift(train(corpus, hand), corpus_of(NEW))
    figures = found.table.frame.set_index("figure")["new"]
    assert figures["unknown tokens"] == pytest.approx(6 / 7)
    assert figures["unknown types"] == pytest.approx(5 / 6)
    assert found.unknown["word"].tolist()[0] == "chatbot"
    assert found.unknown["answers"].tolist() == [40, 20, 20, 20, 20]
    assert found.large
    assert "86%" in str(found.warning)
    assert "chatbot" in str(found.warning)


def test_answers_of_the_same_kind_are_no_shift() -> None:
    corpus, hand, _ = two_themes(200)
    ids = corpus.ids[np.random.default_rng(1).permutation(200)]
    found = shift(train(corpus.take(ids[:100]), hand), corpus.take(ids[100:]))
    assert not found.large
    assert found.warning is None


def test_how_sure_the_model_was_in_cross_validation_stands_beside() -> None:
    corpus, hand, _ = two_themes(60)
    model = train(corpus, hand)
    figures = shift(model, corpus).table.frame.set_index("figure")
    sure = figures["trained"]["mean highest probability"], figures["new"]["mean highest probability"]
    assert sure[0] == pytest.approx(sure[1], abs=0.2)
    assert 0 <= figures["trained"]["no code"] < 0.5
    card = {**model.card, "cross_validated": {"top_probability": 0.8, "no_code": 0.1}}
    trained = shift(replace(model, card=card), corpus).table.frame.set_index("figure")["trained"]
    assert trained["mean highest probability"] == 0.8
    assert trained["no code"] == 0.1


def test_without_answers_nothing_is_claimed() -> None:
    corpus, hand, _ = two_themes(60)
    found = shift(train(corpus, hand), Corpus(corpus.units.iloc[:0]))
    assert not found.large
    assert found.table.frame["new"].isna().all()


def test_coding_with_a_model_warns_of_what_it_never_saw(cli: Cli, tmp_path: Path) -> None:
    corpus, hand, _ = two_themes(60)
    train(corpus, hand).save(tmp_path / "model")
    write(tmp_path / "new.csv", "\n".join(["antwoord;nr", *(f"{text};1" for text in NEW)]))
    write(tmp_path / "same.csv", "\n".join(["antwoord;nr", *(f"{text};1" for text in corpus.texts)]))
    options = ("--text", "antwoord", "--model", tmp_path / "model", "-o", tmp_path / "out.csv")
    done = cli("code", tmp_path / "new.csv", *options)
    assert done.code == 0
    assert "Warning: Of the words of these answers the model does not know 86%" in done.err
    assert "Warning" not in cli("code", tmp_path / "same.csv", *options).err


def test_what_answers_without_a_code_are_about_is_told_where_much_is_new() -> None:
    pytest.importorskip("bertopic", reason="topics are not installed: pip install 'codeboek[topics]'")
    corpus, hand, _ = two_themes(60)
    model = train(corpus, hand, embedding="none")
    found = shift(replace(model, threshold=0.99), corpus_of(NEW))
    assert "chatbot" in found.topics[0] + found.topics[1]
    assert "Answers without a code are about: " in str(found.warning)
