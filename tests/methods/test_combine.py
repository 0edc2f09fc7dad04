"""Rules and classifier together, and how well each agrees with people."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from coder import Classifier, Code, Codebook, Rules, evaluate, run, train
from coder.errors import DataError
from coder.jobs.machine import code
from coder.learning.update import update
from coder.methods.combine import Combination, combine
from tests.conftest import coding_of, corpus_of, two_themes


@pytest.fixture(scope="module")
def both() -> Combination:
    corpus, coding, book = two_themes(60)
    return combine(corpus, coding, book)


def test_without_decisions_the_rules_decide() -> None:
    corpus, _, book = two_themes(20)
    done = run(corpus, book, topics=False)
    rules = Rules().code(corpus, book)
    assert done.final.coder == "rules"
    assert done.final.pairs().to_numpy().tolist() == rules.pairs().to_numpy().tolist()
    assert done.scores == {}


def test_with_fewer_than_ten_decisions_the_rules_decide_and_the_decisions_stay() -> None:
    corpus, _, book = two_themes(20)
    done = run(corpus, book, hand=coding_of(["plan"] * 9 + [""] * 11), topics=False)
    assert done.machine.coder == "rules"
    assert done.final.cells(corpus.ids, book.ids).tolist()[:9] == ["plan"] * 9


def test_what_people_coded_stays_as_it_is() -> None:
    corpus, coding, book = two_themes(40)
    hand = coding_of(["film", "-", *coding.cells(corpus.ids, book.ids).tolist()[2:25], *[""] * 15])
    done = run(corpus, book, hand=hand, topics=False)
    assert done.final.cells(corpus.ids, book.ids).tolist()[:25] == hand.cells(corpus.ids, book.ids).tolist()[:25]
    assert done.machine.seen.tolist() == corpus.ids.tolist()[25:]
    assert set(done.scores) == {"rules", "classifier", "both"}


def test_a_file_that_people_coded_throughout_is_counted_as_it_is() -> None:
    corpus, coding, book = two_themes(30)
    done = run(corpus, book, hand=coding, topics=False)
    assert done.final.pairs().to_numpy().tolist() == coding.pairs().to_numpy().tolist()
    assert len(done.machine.seen) == 0


def test_the_combination_is_about_as_good_as_its_best_part_on_answers_held_out(both: Combination) -> None:
    assert both.weighing.scores[both.weighing.way] >= max(both.weighing.scores.values()) - 0.02
    assert both.weighing.scores["classifier"] > both.weighing.scores["rules"]
    assert both.name in {"classifier", "rules+classifier"}


def test_a_code_that_is_given_keeps_its_hits_and_its_probability_as_reasons(both: Combination) -> None:
    _, _, book = two_themes(60)
    corpus = corpus_of(["met de camera", "een jaarplan", "taart"])
    coding = both.code(corpus, book)
    assert coding.cells(corpus.ids, book.ids).tolist()[:2] == ["film", "plan"]
    whole = coding.explained()
    first = whole[whole["unit"] == "1"]
    assert first[["kind", "rule"]].to_numpy().tolist() == [["classifier", ""], ["rule", "camera"]]
    learned = both.classifier.probabilities(corpus.texts.tolist())[0, both.classifier.codes.index("film")]
    assert first["note"].tolist() == [(("probability", pytest.approx(learned)),), ()]
    assert corpus.texts["1"][first["start"].iloc[-1] : first["end"].iloc[-1]] == "camera"
    assert first["score"].nunique() == 1


@pytest.mark.parametrize("way", ["rules", "classifier"])
def test_each_way_alone_gives_what_that_method_gives(both: Combination, way: str) -> None:
    corpus, _, book = two_themes(30)
    weighing = replace(both.weighing, way=way, threshold=0.5 if way == "rules" else both.classifier.threshold)
    alone = replace(both, classifier=replace(both.classifier, weighing=weighing))
    method = Rules() if way == "rules" else both.classifier
    expected = method.code(corpus, book).matrix(corpus.ids, book.ids)
    assert alone.code(corpus, book).matrix(corpus.ids, book.ids).tolist() == expected.tolist()


def test_the_same_seed_gives_the_same_combination(both: Combination) -> None:
    corpus, coding, book = two_themes(60)
    again = combine(corpus, coding, book)
    one, other = again.weighing, both.weighing
    assert (one.way, one.scores, one.threshold) == (other.way, other.scores, other.threshold)
    assert one.weights.tolist() == other.weights.tolist()


def test_a_model_that_an_earlier_version_weighed_asks_to_be_trained_again(both: Combination, tmp_path: Path) -> None:
    both.classifier.save(tmp_path / "model")
    with np.load(tmp_path / "model" / "model.npz") as stored:
        arrays = {name.removesuffix("_of_shares"): stored[name] for name in stored.files}
    np.savez(tmp_path / "model" / "model.npz", **arrays)
    with pytest.raises(DataError, match="earlier version"):
        Classifier.load(tmp_path / "model")


def test_a_model_that_was_weighed_decides_as_the_combination_does_also_when_read_back(
    both: Combination, tmp_path: Path
) -> None:
    corpus, _, book = two_themes(30)
    expected = both.code(corpus, book)
    both.classifier.save(tmp_path / "model")
    again = code(corpus, book, model=Classifier.load(tmp_path / "model"))
    assert again.coder == expected.coder
    assert again.assignments.equals(expected.assignments)


def test_a_code_that_is_new_since_the_weighing_is_given_by_its_rules(both: Combination) -> None:
    _, _, book = two_themes(30)
    newer = Codebook((*book.codes, Code("taart", 3, {"nl": "Taart"}, rules=("taart",))))
    coding = code(corpus_of(["een camera kopen", "taart"]), newer, model=both.classifier)
    assert set(coding.pairs().itertuples(index=False, name=None)) == {("1", "film"), ("2", "taart")}


def test_a_model_that_is_updated_keeps_how_it_is_weighed(both: Combination) -> None:
    corpus, coding, _ = two_themes(70)
    assert update(both.classifier, corpus, coding).model.weighing is both.weighing


@pytest.fixture(scope="module")
def of_few() -> Combination:
    """Learned from 12 answers of which none has the code `plan`; another 48 nobody coded."""
    corpus, coding, book = two_themes(60)
    cells = coding.cells(corpus.ids, book.ids).tolist()
    without = [row for row, cell in enumerate(cells) if "plan" not in cell][:12]
    return combine(corpus, coding_of([cells[row] if row in without else "" for row in range(60)]), book)


def test_a_code_without_an_example_is_learned_from_what_its_rules_hit(of_few: Combination) -> None:
    assert of_few.classifier.codes == ("film", "plan")
    assert of_few.classifier.card["codes"]["plan"]["examples"] == 0  # type: ignore[index]
    planned, baked = of_few.classifier.probabilities(["een plan schrijven", "taart"])[:, 1]
    assert planned > 2 * baked
    corpus = corpus_of(["een jaarplan schrijven", "taart"])
    assert "plan" in of_few.code(corpus, of_few.book).cells(corpus.ids, of_few.book.ids).tolist()[0]


def test_a_code_that_had_no_example_is_not_called_gone(of_few: Combination) -> None:
    corpus, coding, book = two_themes(60)
    cells = coding.cells(corpus.ids, book.ids).tolist()
    without = [row for row, cell in enumerate(cells) if "plan" not in cell][:14]
    hand = coding_of([cells[row] if row in without else "" for row in range(60)])
    changes = update(of_few.classifier, corpus, hand).changes
    assert changes.frame["code"].tolist() == ["film"]


def test_a_code_of_which_the_codebook_says_nothing_is_not_learned_without_an_example() -> None:
    corpus, coding, _ = two_themes(60)
    bare = Codebook((Code("film", 1, {}), Code("plan", 2, {}), Code("taart", 3, {})))
    hand = coding.take(corpus.ids[:30])
    assert combine(corpus, hand, bare, embedding="none").classifier.codes == ("film", "plan")


def test_that_no_rule_hits_says_nothing_of_a_code_without_rules() -> None:
    corpus, coding, book = two_themes(60)
    both = combine(corpus, coding, Codebook((book.codes[0], replace(book.codes[1], rules=()))), embedding="none")
    hits = Rules().code(corpus, both.book).matrix(corpus.ids, both.book.ids)
    right = coding.matrix(corpus.ids, both.book.ids)
    pooled = ((right & ~hits).sum() + 0.5) / ((~hits).sum() + 1)
    assert both.weighing.absent[1] == pytest.approx(pooled)


def test_rules_that_never_hit_leave_it_to_the_classifier() -> None:
    corpus, coding, _ = two_themes(60)
    bare = Codebook((Code("film", 1, {}), Code("plan", 2, {})))
    both = combine(corpus, coding, bare)
    assert both.weighing.scores["rules"] == 0
    assert both.code(corpus, bare).matrix(corpus.ids, bare.ids).any(axis=0).all()


def test_evaluating_with_a_codebook_measures_all_three_ways_on_answers_held_out() -> None:
    corpus, coding, book = two_themes(60)
    found = evaluate(corpus, coding, book)
    rows = {row["method"]: row for row in found.overall.frame.to_dict("records")}
    assert list(rows) == ["combined", "rules", "classifier"]
    right = coding.matrix(corpus.ids, book.ids)
    hits = Rules().code(corpus, book).matrix(corpus.ids, book.ids)
    both = (right & hits).sum()
    assert rows["rules"]["f1"] == pytest.approx(2 * both / (right.sum() + hits.sum()))
    assert rows["combined"]["f1"] > rows["rules"]["f1"]
    assert found.codes.frame["n"].tolist() == sorted(right.sum(axis=0).tolist(), reverse=True)
    assert found.codes.base == 60


def test_evaluating_without_a_codebook_measures_the_classifier() -> None:
    corpus, coding, _ = two_themes(60)
    found = evaluate(corpus, coding)
    assert found.overall.frame["method"].tolist() == ["classifier"]
    assert found.codes.frame["code"].tolist() == ["film", "plan"]


def test_evaluating_a_model_measures_that_model_on_every_answer() -> None:
    corpus, coding, book = two_themes(60)
    model = train(corpus, coding)
    found = evaluate(corpus, coding, book, model=model)
    assert found.overall.frame["method"].tolist() == ["classifier", "rules"]
    assert found.overall.frame["f1"].iloc[0] == 1.0


def test_ten_coded_answers_can_be_evaluated_and_nine_cannot() -> None:
    corpus, coding, _ = two_themes(10)
    assert evaluate(corpus, coding).overall.base == 10
    with pytest.raises(DataError, match="9 coded answers"):
        evaluate(*two_themes(9)[:2])


def test_answers_that_nobody_coded_are_not_measured() -> None:
    corpus, coding, _ = two_themes(60)
    cells = coding.cells(corpus.ids, ["film", "plan"]).tolist()
    assert evaluate(corpus, coding_of(cells[:40] + [""] * 20)).overall.base == 40
