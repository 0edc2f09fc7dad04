"""The classifier: what it learns, what it writes, and the scores it is measured by."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn import metrics

from coder import Classifier, Codebook, Corpus, train
from coder.errors import DataError
from coder.statistics.scores import (
    FEW_UNITS,
    LEAST_SURE,
    best_threshold,
    likely_threshold,
    macro_f1,
    micro,
    micro_f1_influence,
    per_code,
    per_unit_f1,
    steady_threshold,
)
from tests.conftest import coding_of, corpus_of, two_themes

FRESH = ["een nieuwe camera", "het jaarplan schrijven", "filmpjes", "kalender", "taart", ""]


@pytest.fixture(scope="module")
def model() -> Classifier:
    corpus, coding, _ = two_themes(80)
    return train(corpus, coding)


def test_an_obvious_separation_is_learned(model: Classifier) -> None:
    corpus = corpus_of(FRESH[:4])
    coding = model.code(corpus, Codebook.from_ids(model.codes))
    assert coding.cells(corpus.ids, model.codes).tolist() == ["film", "plan", "film", "plan"]
    given = coding.assignments["score"].tolist()
    assert list(coding.reasons) == [("classifier", "", (("probability", score),)) for score in given]


def test_probabilities_have_a_row_a_text_and_a_column_a_code(model: Classifier) -> None:
    probabilities = model.probabilities(FRESH)
    assert probabilities.shape == (6, 2)
    assert model.codes == ("film", "plan")
    assert ((probabilities > 0) & (probabilities < 1)).all()


def test_no_texts_have_no_probabilities_and_an_empty_coding(model: Classifier) -> None:
    assert model.probabilities([]).shape == (0, 2)
    assert model.code(corpus_of([]), Codebook.from_ids(model.codes)).assignments.empty


def test_codes_of_the_model_that_the_codebook_lacks_are_left_out(model: Classifier) -> None:
    corpus = corpus_of(FRESH)
    coding = model.code(corpus, Codebook.from_ids(["plan", "nieuw"]))
    assert set(coding.assignments["code"]) == {"plan"}
    assert coding.seen.tolist() == corpus.ids.tolist()


def test_the_same_seed_gives_the_same_model() -> None:
    corpus, coding, _ = two_themes(40)
    one, two = train(corpus, coding, seed=7), train(corpus, coding, seed=7)
    assert one.probabilities(FRESH).tolist() == two.probabilities(FRESH).tolist()
    assert (one.threshold, one.card) == (two.threshold, two.card)


def test_a_model_saved_and_loaded_gives_the_same_probabilities(model: Classifier, tmp_path: Path) -> None:
    model.save(tmp_path / "model")
    again = Classifier.load(tmp_path / "model")
    assert again.probabilities(FRESH).tolist() == model.probabilities(FRESH).tolist()
    assert (again.codes, again.threshold, again.card) == (model.codes, model.threshold, model.card)


def test_a_model_is_arrays_and_json_without_pickle(model: Classifier, tmp_path: Path) -> None:
    model.save(tmp_path)
    assert {path.suffix for path in tmp_path.iterdir()} == {".npz", ".json"}
    for path in tmp_path.glob("*.npz"):
        with np.load(path, allow_pickle=False) as held:
            assert all(np.isfinite(held[name]).all() for name in held.files)
    for path in tmp_path.glob("*.json"):
        json.loads(path.read_text(encoding="utf-8"))


def test_the_card_says_what_was_learned_from_and_how_well_it_went(model: Classifier) -> None:
    corpus, coding, _ = two_themes(80)
    counts = coding.pairs()["code"].value_counts()
    assert model.card["units"] == len(corpus)
    said: Any = model.card["codes"]
    assert {code: one["examples"] for code, one in said.items()} == {"film": counts["film"], "plan": counts["plan"]}
    assert all(0 <= one["brier"] <= 0.25 and one["f1"] > 0.9 for one in said.values())
    assert said["film"]["expected"] == pytest.approx(counts["film"], rel=0.2)
    other = train(corpus, coding_of(["film", "plan"] * 40))
    assert other.card["hash"] != model.card["hash"]


def test_a_folder_without_a_model_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is not a model"):
        Classifier.load(tmp_path)
    (tmp_path / "bestand").write_text("x")
    with pytest.raises(DataError, match="bestand"):
        Classifier.load(tmp_path / "bestand")


def halve(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[150] ^= 0xFF
    path.write_bytes(raw)


@pytest.mark.parametrize("ending", [".npz", ".json"])
@pytest.mark.parametrize(
    "damage",
    [
        halve,
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"abc"),
        lambda path: path.write_text("[]"),
    ],
    ids=["half", "empty", "letters", "list"],
)
def test_a_damaged_model_is_an_error_that_names_its_folder(
    model: Classifier, tmp_path: Path, ending: str, damage: Callable[[Path], object]
) -> None:
    model.save(tmp_path / "heel")
    for path in sorted((tmp_path / "heel").glob(f"*{ending}")):
        whole = path.read_bytes()
        damage(path)
        with pytest.raises(DataError, match="heel"):
            Classifier.load(tmp_path / "heel")
        path.write_bytes(whole)
    Classifier.load(tmp_path / "heel")


def test_a_flipped_byte_or_a_missing_code_is_an_error(model: Classifier, tmp_path: Path) -> None:
    model.save(tmp_path)
    grams = json.loads((tmp_path / "words.json").read_text(encoding="utf-8"))
    (tmp_path / "words.json").write_text(json.dumps(grams | {"codes": grams["codes"][:1]}), encoding="utf-8")
    with pytest.raises(DataError):
        Classifier.load(tmp_path)
    model.save(tmp_path)
    flip(tmp_path / "model.npz")
    with pytest.raises(DataError):
        Classifier.load(tmp_path)


def test_a_model_cannot_be_written_where_a_file_stands(model: Classifier, tmp_path: Path) -> None:
    (tmp_path / "bestand").write_text("oud")
    with pytest.raises(DataError, match="bestand"):
        model.save(tmp_path / "bestand")
    assert (tmp_path / "bestand").read_text() == "oud"


def test_too_few_coded_answers_are_an_error() -> None:
    corpus, _, _ = two_themes(30)
    with pytest.raises(DataError, match="9 coded answers"):
        train(corpus, coding_of(["film"] * 9 + [""] * 21))
    with pytest.raises(DataError, match="0 codes"):
        train(corpus, coding_of(["-"] * 30))


def test_ten_coded_answers_are_enough() -> None:
    corpus, _, _ = two_themes(10)
    assert train(corpus, coding_of(["film", "plan"] * 5)).card["units"] == 10


def test_codes_with_one_example_or_on_every_answer_do_no_harm() -> None:
    corpus, _, _ = two_themes(20)
    cells = ["overal;zeldzaam", *["overal;film", "overal"] * 9, "overal"]
    model = train(corpus, coding_of(cells))
    assert model.codes == ("film", "overal", "zeldzaam")
    assert (model.probabilities(FRESH)[:, 1] > 0.9).all()


@pytest.mark.parametrize("text", ["", "?!", "&nbsp;"])
def test_answers_without_a_word_to_learn_from_are_an_error_not_a_crash(text: str) -> None:
    with pytest.raises(DataError):
        train(corpus_of([text] * 12), coding_of(["a", "b"] * 6))


# Scores, against scikit-learn

labels = arrays(np.bool_, st.tuples(st.integers(1, 12), st.integers(2, 5)))
pairs = labels.flatmap(lambda right: st.tuples(st.just(right), arrays(np.bool_, right.shape)))


@settings(max_examples=150, deadline=None)
@given(pairs)
def test_the_scores_are_those_of_scikit_learn(pair: tuple[np.ndarray, np.ndarray]) -> None:
    right, given_ = pair
    theirs = metrics.precision_recall_fscore_support(right, given_, average="micro", zero_division=0)
    assert list(micro(right, given_).values()) == pytest.approx(list(theirs[:3]))
    for ours, name in zip(per_code(right, given_), ("precision", "recall", "f1"), strict=True):
        score = {"precision": metrics.precision_score, "recall": metrics.recall_score, "f1": metrics.f1_score}[name]
        each = score(right, given_, average=None, zero_division=np.nan)
        assert ours.tolist() == pytest.approx(np.atleast_1d(each).tolist(), nan_ok=True)
    per_answer = metrics.f1_score(right, given_, average="samples", zero_division=1)
    assert per_unit_f1(right, given_) == pytest.approx(per_answer)
    if right.any():
        used = right.any(axis=0)
        each = np.atleast_1d(metrics.f1_score(right, given_, average=None, zero_division=0))
        assert macro_f1(right, given_) == pytest.approx(each[used].mean())


def test_a_unit_rightly_left_without_codes_counts_as_wholly_right() -> None:
    right = np.array([[False, False], [True, False], [True, True]])
    given_ = np.array([[True, False], [True, False], [True, False]])
    assert per_unit_f1(right, right) == 1.0
    assert per_unit_f1(right, given_) == pytest.approx((0 + 1 + 2 / 3) / 3)


chances = st.sampled_from([0.05, 0.1, 0.3, 0.5, 0.5000001, 0.9, 1.0])
chance_pairs = labels.flatmap(
    lambda right: st.tuples(st.just(right), arrays(np.float64, right.shape, elements=chances))
)


@settings(max_examples=250, deadline=None)
@given(chance_pairs)
def test_the_best_threshold_is_the_one_of_a_search_through_all(pair: tuple[np.ndarray, np.ndarray]) -> None:
    right, probabilities = pair
    threshold = best_threshold(right, probabilities)
    sure = np.unique(probabilities[probabilities >= LEAST_SURE])
    if not right.any() or not len(sure):
        assert threshold == 0.5
        return
    searched = max(micro(right, probabilities >= cut)["f1"] for cut in sure)
    assert micro(right, probabilities >= threshold)["f1"] == pytest.approx(searched)


@settings(max_examples=250, deadline=None)
@given(arrays(np.float64, st.tuples(st.integers(1, 6), st.integers(1, 4)), elements=chances))
def test_the_likely_threshold_is_the_one_of_a_search_through_all(probabilities: np.ndarray) -> None:
    def expected(cut: float) -> float:
        given_ = probabilities >= cut
        return float(2 * probabilities[given_].sum() / (given_.sum() + probabilities.sum()))

    threshold = likely_threshold(probabilities)
    sure = np.unique(probabilities[probabilities >= LEAST_SURE])
    if not len(sure):
        assert threshold == 0.5
        return
    assert expected(threshold) == pytest.approx(max(map(expected, sure)))


def test_a_threshold_follows_what_people_gave_once_they_gave_much() -> None:
    right = np.arange(FEW_UNITS + 1)[:, None] % 3 == 0
    probabilities = np.where(right, 0.3, 0.25)
    assert steady_threshold(right, probabilities) == best_threshold(right, probabilities) == pytest.approx(0.275)
    assert steady_threshold(right[:-1], probabilities[:-1]) == likely_threshold(probabilities[:-1])


def test_what_a_unit_does_to_micro_f1_is_about_what_happens_without_it() -> None:
    chance = np.random.default_rng(1)
    right = chance.random((200, 4)) < 0.3
    found = right ^ (chance.random(right.shape) < 0.1)
    influence = micro_f1_influence(right, found)
    whole = micro(right, found)["f1"]
    without = [micro(np.delete(right, row, axis=0), np.delete(found, row, axis=0))["f1"] for row in range(200)]
    assert influence.sum() == pytest.approx(0, abs=1e-9)
    assert influence == pytest.approx(199 * (whole - np.array(without)), abs=0.02)


def test_a_code_stands_in_the_clause_that_carries_it(model: Classifier) -> None:
    texts = ["we willen een camera kopen, maar we moeten ook een jaarplan schrijven", "kalender", "taart"]
    corpus = corpus_of(texts)
    found = model.code(corpus, Codebook.from_ids(model.codes)).assignments
    columns = [found[name].tolist() for name in ("unit", "code", "start", "end")]
    places = {(unit, code): texts[int(unit) - 1][start:end] for unit, code, start, end in zip(*columns, strict=True)}
    assert places == {
        ("1", "film"): "we willen een camera kopen",
        ("1", "plan"): "maar we moeten ook een jaarplan schrijven",
        ("2", "plan"): "kalender",
    }


@given(st.lists(st.text(max_size=60), max_size=4))
@settings(max_examples=30, deadline=None)
def test_places_are_in_the_text_and_probabilities_the_same_as_without(model: Classifier, texts: list[str]) -> None:
    probabilities, places = model.places(texts)
    assert np.array_equal(probabilities, model.probabilities(texts))
    sizes = np.array([len(text) for text in texts])[:, None]
    assert (places >= 0).all()
    assert (places[..., 0] <= places[..., 1]).all()
    assert (places[..., 1] <= sizes).all()


def test_a_model_that_knows_nothing_does_not_give_every_code() -> None:
    chance = np.random.default_rng(1)
    words = [f"woord{number}" for number in range(300)]
    texts = [" ".join(chance.choice(words, 4)) for _ in range(120)]
    codes = coding_of([str(chance.choice(["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"])) for _ in texts])
    model = train(corpus_of(texts), codes, embedding="none")
    fresh = model.code(corpus_of([f"nieuw {number}" for number in range(40)]), Codebook.from_ids(model.codes))
    assert model.threshold >= LEAST_SURE
    assert len(fresh.pairs()) < 40


def test_answers_that_nobody_coded_teach_words_that_nobody_coded() -> None:
    known = [*["een camera"] * 8, *["een kalender"] * 8]
    codes = coding_of([*["film"] * 8, *["plan"] * 8])
    others = [f"een {one} {place}" for place in range(40) for one in ("camera met statief", "kalender met agenda")]
    alone = train(corpus_of(known), codes, embedding="none")
    helped = train(corpus_of([*known, *others]), codes, embedding="none")
    assert alone.card["hash"] != helped.card["hash"]
    assert (alone.card["others"], helped.card["others"]) == (0, 80)
    first, second = (one.probabilities(["statief"])[0] for one in (alone, helped))
    assert first[0] == pytest.approx(first[1], abs=0.1)
    assert second[0] > second[1] + 0.2


@pytest.mark.parametrize("seed", [1, 2])
def test_the_few_answers_that_only_look_like_a_code_are_learned_from_among_very_many(seed: int) -> None:
    chance = np.random.default_rng(1)
    words = [f"woord{number}" for number in range(200)]
    journeys = [f"trein {' '.join(chance.choice(words, 2))}" for _ in range(40)]
    museums = [f"trein {chance.choice(words)} museum" for _ in range(4)]
    others = [" ".join(chance.choice(words, 3)) for _ in range(1956)]
    codes = coding_of([*["reis"] * 40, *["-"] * 1960])
    model = train(corpus_of([*journeys, *museums, *others]), codes, embedding="none", seed=seed)
    journey, museum = model.probabilities(["trein woord1 woord5", "trein woord7 museum"])[:, 0]
    assert journey > model.threshold > museum


def test_a_model_of_before_there_were_clauses_is_to_be_trained_again(model: Classifier, tmp_path: Path) -> None:
    model.save(tmp_path)
    with np.load(tmp_path / "model.npz") as stored:
        arrays_ = {name: stored[name] for name in stored.files if not name.startswith("clause")}
    np.savez_compressed(tmp_path / "model.npz", **arrays_)
    with pytest.raises(DataError, match="train it again"):
        Classifier.load(tmp_path)


def test_a_code_of_a_later_wave_is_not_learned_from_the_answers_before_it() -> None:
    then = [("korte filmpjes", "film"), ("een chatbot inzetten", "-"), ("een jaarplan", "plan"), ("chatbots", "-")] * 10
    now = [("filmpjes maken", "film"), ("met een chatbot werken", "ai"), ("een plan voor het jaar", "plan")] * 3
    rows = [
        (f"{text} {place}", code, wave)
        for wave, part in (("2021", then), ("2024", now))
        for place, (text, code) in enumerate(part)
    ]
    texts, codes, waves = zip(*rows, strict=True)
    corpus = Corpus(corpus_of(texts).units.assign(meting=waves), wave="meting")
    asked = ["een chatbot misschien", "korte filmpjes misschien"]
    aware, pooled = (train(one, coding_of(codes)) for one in (corpus, replace(corpus, wave="")))
    chance, without = (one.probabilities(asked)[:, one.codes.index("ai")] for one in (aware, pooled))
    assert chance[0] >= aware.threshold > chance[1]
    assert without[0] < pooled.threshold
