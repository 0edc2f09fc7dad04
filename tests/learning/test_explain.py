"""Why a code is given, and what an update changes."""

import pickle
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coder import Classifier, train
from coder.errors import DataError
from coder.learning.explain import explain, nearest, weigh
from coder.learning.update import update
from tests.conftest import Cli, coding_of, two_themes


@pytest.fixture(scope="module")
def model() -> Classifier:
    corpus, coding, _ = two_themes(60)
    return train(corpus, coding, embedding="none")


@pytest.mark.parametrize(
    "text",
    [
        "een nieuwe camera",
        "kalender",
        "plan  plan\nplannen",
        "!",
        "",
        "één's   camera",
        "camera, maar ook een kalender",
    ],
)
def test_what_the_words_add_is_what_the_score_has_beside_the_bias(model: Classifier, text: str) -> None:
    weights, meaning = weigh(model, text)
    score = model.scores([text])[0] - (model.weights.bias + model.weights.clause_bias) / 2
    assert weights.shape == (len(text.split()), 2)
    assert np.allclose(weights.sum(axis=0) + meaning, score * model.calibration.weights[0], atol=1e-5)


def test_the_word_that_says_it_weighs_most(model: Classifier) -> None:
    _, _, book = two_themes(60)
    frame = explain(model, "misschien een camera", book).frame
    first = frame.iloc[0]
    assert (first["code"], first["given"]) == ("film", "yes")
    assert first["words"].startswith("camera +")
    assert first["rules"] == "een, camera"


def test_what_words_add_is_written_as_the_language_of_the_reader_has_it(model: Classifier) -> None:
    table = explain(model, "camera kalender vooruit")
    assert re.search(r"camera \+\d,\d", table.text(language="nl"))
    assert re.search(r"\w+ −\d,\d", table.text(language="fr"))
    assert re.search(r"camera \+\d\.\d", table.text(language="en"))
    assert re.search(r"camera \+\d\.\d", table.text("csv", language="nl"))  # for programs
    assert pickle.loads(pickle.dumps(table)).text(language="nl") == table.text(language="nl")  # noqa: S301 (our own)


def test_rules_of_codes_that_the_model_does_not_know_are_told_too() -> None:
    corpus, _, book = two_themes(60)
    other = train(corpus, coding_of(["film"] * 30 + ["-"] * 30), embedding="none")
    frame = explain(other, "een jaarplan", book).frame
    assert frame["code"].tolist() == ["film", "plan"]
    assert np.isnan(frame["probability"].iloc[1])


def test_the_nearest_answers_come_from_the_file_and_are_not_the_answer_itself(model: Classifier) -> None:
    corpus, coding, _ = two_themes(60)
    text = corpus.texts.iloc[0]
    frame = nearest(model, text, corpus, coding).frame
    assert len(frame) == 3
    assert text not in frame["answer"].tolist()
    assert frame["similarity"].is_monotonic_decreasing
    assert (frame["codes"].str.contains("film")).all()


def test_a_model_folder_holds_no_answers(model: Classifier, tmp_path: Path) -> None:
    corpus, _, _ = two_themes(60)
    model.save(tmp_path)
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir()).decode("latin-1")
    assert not any(text in written for text in corpus.texts if len(text.split()) > 2)


def test_an_update_learns_the_new_answers_and_says_what_changed(model: Classifier) -> None:
    corpus, coding, _ = two_themes(80)
    cells = coding.cells(corpus.ids, ["film", "plan"]).tolist()
    done = update(model, corpus, coding_of([*cells[:70], *(["taart"] * 10)]))
    assert done.model.codes == ("film", "plan", "taart")
    assert done.model.card["updated_from"] == model.card["hash"]
    changes = done.changes.frame.set_index("code")
    assert changes.loc["taart", "change"] == "new"
    assert changes.loc["film", "examples_then"] == coding.take(corpus.ids[:60]).pairs()["code"].value_counts()["film"]
    assert str(done.changes.notes[0]).startswith("20 new answers; F1 on 10 of them")


def test_an_update_is_as_good_as_learning_anew(model: Classifier) -> None:
    corpus, coding, _ = two_themes(80)
    quick, anew = update(model, corpus, coding).model, train(corpus, coding, embedding="none")
    texts = corpus.texts.tolist()
    assert ((quick.probabilities(texts) >= quick.threshold) == (anew.probabilities(texts) >= anew.threshold)).all()


def test_an_update_needs_the_old_answers_and_new_ones(model: Classifier) -> None:
    corpus, coding, _ = two_themes(60)
    with pytest.raises(DataError, match="no coded answer that the model has not seen"):
        update(model, corpus, coding)
    with pytest.raises(DataError, match="old and the new"):
        update(model, corpus.take(corpus.ids[40:]), coding.take(corpus.ids[40:]))


def test_the_commands_train_update_and_explain(tmp_path: Path, cli: Cli) -> None:
    corpus, coding, _ = two_themes(60)
    cells = coding.cells(corpus.ids, ["film", "plan"])
    sheet = pd.DataFrame({"text": corpus.texts, "codes": cells})
    sheet[:50].to_csv(tmp_path / "oud.csv", index=False)
    sheet.to_csv(tmp_path / "alles.csv", index=False)
    columns = ("--text", "text", "--codes", "codes")
    done = cli("train", tmp_path / "oud.csv", *columns, "-o", tmp_path / "een", "--embedding", "none")
    assert (done.code, "Learned 2 codes from 50 answers" in done.out) == (0, True)
    assert re.search(r"^5 folds; precision \d\.\d{3}; recall \d\.\d{3}; ", done.out, re.MULTILINE)
    french = cli(
        "train", tmp_path / "oud.csv", *columns, "-o", tmp_path / "un", "--embedding", "none", "--language", "fr"
    )
    assert re.search(r"^5 blocs; précision \d,\d{3}; rappel \d,\d{3}; ", french.out, re.MULTILINE)
    assert not {"folds", "f1_macro", "calibration_error"} & set(french.out.split())
    done = cli("train", tmp_path / "alles.csv", *columns, "-o", tmp_path / "twee", "--update", tmp_path / "een")
    assert (done.code, "10 new answers" in done.out) == (0, True)
    assert Classifier.load(tmp_path / "twee").card["units"] == 60
    done = cli("explain", tmp_path / "twee", "een camera", "--answers", tmp_path / "alles.csv", "--format", "csv")
    assert done.code == 0
    assert "camera +" in done.out
    assert "similarity,codes,answer" in done.out
