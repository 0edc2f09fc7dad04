"""Quotes: typical, unlike one another, masked, and a person's choice first."""

import pandas as pd
import pytest

from coder import CoderError, Coding, Corpus
from coder.coding import Reason, Reasons, assignments
from coder.reports.quotes import choose_quotes, masked
from coder.words import speaking
from tests.conftest import coding_of, corpus_of, spoken

VIDEO = [
    "meer korte filmpjes maken voor sociale media",
    "Meer korte filmpjes maken voor sociale media!",
    "wij willen meer korte filmpjes maken op sociale media",
    "een camera kopen om korte video te draaien",
    "filmpjes",
    "video en podcast opnemen, een jaarplan schrijven en alles meten",
    "onze website vernieuwen omdat niemand er nog iets op vindt",
]
CODES = ["video", "video", "video", "video", "video", "video;plan;podcast", "plan"]


def units(texts: list[str], cells: list[str], **more: object) -> list[str]:
    return [quote.unit for quote in choose_quotes(coding_of(cells), corpus_of(texts), ["video"], **more)["video"]]  # type: ignore[arg-type]


def test_quotes_have_the_code_and_an_answer_told_twice_is_shown_once() -> None:
    chosen = units(VIDEO, CODES, count=6)
    assert "7" not in chosen
    assert len({"1", "2"} & set(chosen)) == 1
    assert len(chosen) == len(set(chosen)) == 5


def test_the_first_quote_is_typical_and_the_second_is_unlike_it() -> None:
    first, second = units(VIDEO, CODES, count=2)
    assert first in {"1", "2", "3"}
    assert second == "4"


def test_one_word_and_an_answer_with_other_codes_come_last() -> None:
    assert set(units(VIDEO, CODES, count=5)[-2:]) == {"5", "6"}


def test_an_answer_is_a_quote_of_one_code_where_another_has_others() -> None:
    found = choose_quotes(coding_of(CODES), corpus_of(VIDEO), ["podcast", "plan", "video"])
    assert [[quote.unit for quote in found[code]] for code in ("podcast", "plan")] == [["6"], ["7"]]
    assert "6" not in [quote.unit for quote in found["video"]]
    alone = choose_quotes(coding_of(["a;b", "a"]), corpus_of(["een film", "een website"]), ["a", "b"])
    assert [quote.unit for quote in alone["b"]] == ["1"]


def test_what_a_person_picked_comes_first_in_its_order_and_is_marked() -> None:
    picked = {"video": ["5", "2", "5"]}
    quotes = choose_quotes(coding_of(CODES), corpus_of(VIDEO), ["video", "plan"], picked=picked)
    assert [(quote.unit, quote.picked) for quote in quotes["video"]][:2] == [("5", True), ("2", True)]
    assert [quote.picked for quote in quotes["video"]][2:] == [False]
    assert quotes["video"][2].unit not in {"1", "2", "5"}
    assert not any(quote.picked for quote in quotes["plan"])
    assert units(VIDEO, CODES, picked=picked, count=1) == ["5", "2"]


@pytest.mark.parametrize(
    ("picked", "words"),
    [(["99"], "is not an answer of answers"), (["7"], "does not have the code"), ("12", "list of unit ids")],
)
def test_a_picked_quote_that_cannot_be_is_an_error(picked: list[str], words: str) -> None:
    with pytest.raises(CoderError, match=words):
        choose_quotes(coding_of(CODES), corpus_of(VIDEO), ["video"], picked={"video": picked})


def test_names_are_masked_and_the_words_a_rule_found_stay_marked() -> None:
    corpus = corpus_of(["Sofie Maes wil een video, mail s@m.be"])
    at = corpus.texts["1"].index("video")
    place: dict[str, list[object]] = {"start": [at], "end": [at + 5]}
    frame = assignments({"unit": ["1"], "code": ["video"], **place})
    evidence = Coding("rules", corpus.ids, frame, reasons=Reasons.same(Reason("rule", "video"), 1))
    (quote,) = choose_quotes(coding_of(["video"]), corpus, ["video"], evidence=evidence)["video"]
    assert quote.text == corpus.texts["1"]
    assert spoken(quote.reason) == "regel video"
    with speaking("nl"):
        text, spans = masked(quote.text, quote.spans, quote.masks)
    assert text == "[naam] wil een video, mail [e-mail]"
    assert [text[start:end] for start, end in spans] == ["video"]
    learned = Reasons.same(Reason("classifier"), 1)
    (quote,) = choose_quotes(Coding("m", corpus.ids, frame, reasons=learned), corpus, ["video"])["video"]
    assert quote.spans == ()  # what a rule found is marked, and not the clause that told a model
    (quote,) = choose_quotes(coding_of(["video"]), corpus, ["video"], keep=["Sofie Maes"])["video"]
    assert masked(quote.text, (), quote.masks)[0] == "Sofie Maes wil een video, mail [e-mail]"


def test_a_sure_answer_goes_before_a_doubtful_one() -> None:
    corpus = corpus_of(["meer korte filmpjes maken nu", "meer korte filmpjes maken straks"])
    frame = assignments({"unit": ["1", "2"], "code": ["video", "video"], "score": [0.4, 0.9]})
    (quote,) = choose_quotes(Coding("m", corpus.ids, frame), corpus, ["video"], count=1)["video"]
    assert quote.unit == "2"


def test_a_code_without_answers_and_answers_without_words_give_no_quotes() -> None:
    quotes = choose_quotes(coding_of(["video", "video"]), corpus_of(["?!", "nvt"]), ["video", "plan"])
    assert quotes == {"video": (), "plan": ()}
    quotes = choose_quotes(coding_of(["video"]), corpus_of(["?!"]), ["video"], picked={"video": ["1"]})
    assert [quote.text for quote in quotes["video"]] == ["?!"]


def test_of_very_many_answers_the_same_seed_gives_the_same_quotes() -> None:
    texts = [f"wij maken filmpje nummer {number} over thema {number % 13}" for number in range(1200)]
    ids = pd.Index([str(number) for number in range(1, 1201)])
    corpus = Corpus(pd.DataFrame({"text": texts}, index=ids))
    coding = coding_of(["video"] * 1200)
    once, again, other = (choose_quotes(coding, corpus, ["video"], seed=seed) for seed in (1, 1, 2))
    assert once == again != other
