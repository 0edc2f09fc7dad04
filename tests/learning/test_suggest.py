"""Suggestions: what was planted is found, chance is not, and what is said of other answers holds there."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coder import Code, Codebook, Coding, Corpus, Rules, Table, read_answers, read_codebook, suggest
from coder.codebook import Negation
from coder.errors import CoderError, DataError
from coder.files.answers import parse_codes
from coder.files.codebooks import write_codebook
from coder.languages.language import language_of
from coder.learning.suggest import candidates
from coder.methods.rules.engine import find
from coder.resources import resource
from coder.statistics.proportions import at_least, wilson
from tests.conftest import Cli, coding_of, corpus_of, listing, write

NOISE = ("brood", "kaas", "melk", "soep", "taart", "appel", "peer", "wortel", "boter", "koffie", "thee", "water")
"""Words that say nothing about a code."""


def planted(rows: Sequence[tuple[str, str]], times: int, seed: int = 1) -> tuple[Corpus, Coding]:
    """These texts and cells so many times, each text with two words of noise, in random order."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(rows) * times) % len(rows)
    words = rng.choice(NOISE, (len(order), 2))
    texts = [f"{one} {rows[place][0]} {other}".strip() for place, (one, other) in zip(order, words, strict=True)]
    return corpus_of(texts), coding_of([rows[place][1] for place in order])


def book(*rules: str, exceptions: Sequence[str] = (), negation: Negation = Negation.COUNT) -> Codebook:
    return Codebook((Code("it", 1, {}, rules=rules, exceptions=tuple(exceptions), negation=negation),))


def told(table: Table) -> list[tuple[str, str]]:
    return list(table.frame[["kind", "rule"]].itertuples(index=False, name=None))


def test_a_word_that_goes_with_a_code_is_suggested_with_what_it_adds() -> None:
    corpus, hand = planted([("een video", "it"), ("", "-"), ("", "-"), ("", "-")], 30)
    found = suggest(corpus, hand, book())
    row: dict[str, Any] = dict(found.table.frame.iloc[0])
    assert told(found.table) == [("rule", "video")]
    assert (row["answers"], row["right"]) == (30, 30)
    assert 0.9 < row["expected"] < 1
    assert "[video]" in row["examples"]
    assert row["but"] == ""
    assert found.codebook.codes[0].rules == ("video",)


def test_what_the_rules_find_already_is_not_suggested() -> None:
    corpus, hand = planted([("een video", "it"), ("wat film", "it"), ("", "-"), ("", "-")], 20)
    assert told(suggest(corpus, hand, book("video")).table) == [("rule", "film")]


def test_compounds_suggest_a_wider_rule() -> None:
    rows = [(f"{part}media", "it") for part in ("massa", "papier", "nieuws", "straat")]
    corpus, hand = planted([*rows, *[("", "-")] * 8], 8)
    rules = [rule for _, rule in told(suggest(corpus, hand, book()).table)]
    assert len(rules) == 1
    assert rules[0] in ("*media", "*media*")


def test_words_with_a_shared_begin_suggest_the_begin() -> None:
    rows = [(word, "it") for word in ("communiceren", "communicatief", "communicatie", "communicator")]
    corpus, hand = planted([*rows, *[("", "-")] * 8], 6)
    assert told(suggest(corpus, hand, book()).table) == [("rule", "communic*")]


def test_two_words_in_a_row_are_suggested_where_each_alone_is_wrong() -> None:
    rows = [("straat leven", "it"), ("straat schoon", "-"), ("leven duur", "-"), ("leven straat", "-"), ("", "-")]
    corpus, hand = planted(rows, 15)
    assert told(suggest(corpus, hand, book(), precision=0.8).table) == [("rule", "straat leven")]


def test_an_exception_is_suggested_for_what_a_rule_hits_wrongly() -> None:
    rows = [("jaarplan", "it"), ("werkplan", "it"), ("vliegtuigplan", "-"), ("", "-")]
    corpus, hand = planted(rows, 12)
    found = suggest(corpus, hand, book("*plan"))
    assert [kind for kind, _ in told(found.table)] == ["exception"]
    given = Rules().code(corpus, found.codebook).matrix(corpus.ids, ["it"])
    assert (given == hand.matrix(corpus.ids, ["it"])).all()


def test_a_rule_that_does_more_harm_than_good_is_to_be_dropped() -> None:
    corpus, hand = planted([("een video", "it"), ("een zeppelin", "-"), ("", "-")], 15)
    found = suggest(corpus, hand, book("video", "zeppelin"))
    assert told(found.table) == [("drop", "zeppelin")]
    assert found.table.frame[["answers", "right"]].to_numpy().tolist() == [[15, 15]]
    assert found.codebook.codes[0].rules == ("video",)


def test_a_wrong_rule_that_adds_nothing_of_its_own_is_left_alone() -> None:
    corpus, hand = planted([("een video", "it"), ("een zeppelin video", "it"), ("", "-")], 15)
    assert told(suggest(corpus, hand, book("video", "zeppelin")).table) == []


@pytest.mark.parametrize(("negation", "suggested"), [(Negation.SKIP, True), (Negation.COUNT, False)])
def test_a_code_that_skips_negated_hits_is_not_blamed_for_them(negation: Negation, *, suggested: bool) -> None:
    corpus, hand = planted([("video", "it"), *[("geen video", "-")] * 3, ("", "-")], 15)
    found = suggest(corpus, hand, book(negation=negation), precision=0.8)
    assert (("rule", "video") in told(found.table)) == suggested


def test_a_code_of_nearly_everybody_makes_no_word_a_rule() -> None:
    rng = np.random.default_rng(1)
    corpus = corpus_of([" ".join(words) for words in rng.choice(NOISE, (200, 3))])
    hand = coding_of(np.where(rng.random(200) < 0.9, "it", "-").tolist())
    assert len(suggest(corpus, hand, book(), precision=0.5).table.frame) <= 1


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 10_000))
def test_codes_given_at_random_suggest_next_to_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    corpus = corpus_of([" ".join(words) for words in rng.choice(NOISE, (120, 3))])
    hand = coding_of(np.where(rng.random(120) < 0.15, "it", "-").tolist())
    assert len(suggest(corpus, hand, book(), precision=0.8, seed=seed).table.frame) <= 1


@settings(deadline=None, max_examples=15)
@given(st.lists(st.sampled_from(["it", "-"]), min_size=40, max_size=60), st.integers(0, 10_000))
def test_the_counts_are_those_of_the_engine_and_the_same_each_time(cells: list[str], seed: int) -> None:
    rng = np.random.default_rng(seed)
    texts = [
        " ".join([*words, *(["video"] * (cell == "it"))])
        for words, cell in zip(rng.choice(NOISE, (len(cells), 2)), cells, strict=True)
    ]
    corpus, hand, start = corpus_of(texts), coding_of(cells), book("soep", "taart")
    found = suggest(corpus, hand, start, seed=seed)
    assert suggest(corpus, hand, start, seed=seed).table.text("csv") == found.table.text("csv")
    before, after = (Rules().code(corpus, one).matrix(corpus.ids, ["it"]).sum() for one in (start, found.codebook))
    rows = found.table.frame[["kind", "answers"]].itertuples(index=False, name=None)
    assert after - before == sum(count if kind == "rule" else -count for kind, count in rows)


def trends() -> tuple[Corpus, Coding, Codebook]:
    answers = read_answers(resource("corpora/trends-2024.csv"), text="answer", id="id", needs=["codes"])
    known = read_codebook(resource("codebooks/trends.yaml"))
    return answers.corpus, parse_codes(answers.corpus.units["codes"], known, "trends"), known


def test_a_codebook_without_rules_gets_useful_ones() -> None:
    corpus, hand, known = trends()
    bare = replace(known, codes=tuple(replace(code, rules=(), exceptions=()) for code in known.codes))
    found = suggest(corpus, hand, bare)
    overall = found.scores.frame.set_index("code").loc["all codes"]
    assert overall["f1_before"] == 0
    assert overall["f1_after"] > 0.55
    assert "all codes" in found.scores.text()


def test_a_higher_precision_is_kept_on_answers_held_out() -> None:
    corpus, hand, known = trends()
    bare = replace(known, codes=tuple(replace(code, rules=(), exceptions=()) for code in known.codes))
    found = suggest(corpus, hand, bare, precision=0.7)
    overall = found.scores.frame.set_index("code").loc["all codes"]
    assert found.precision == 0.7
    assert overall["precision_after"] > 0.8


def test_only_what_people_coded_counts() -> None:
    corpus, hand = planted([("een video", "it"), ("", "-"), ("", "-")], 15)
    part = hand.take(corpus.ids[:30])
    assert suggest(corpus, part, book()).table.base == 30
    with pytest.raises(DataError, match="19 answers are coded; suggestions need 20"):
        suggest(corpus, hand.take(corpus.ids[:19]), book())


@pytest.mark.parametrize("precision", [0.0, 1.0, 80.0])
def test_a_precision_is_a_share(precision: float) -> None:
    corpus, hand = planted([("video", "it"), ("", "-")], 15)
    with pytest.raises(CoderError, match="between 0 and 1"):
        suggest(corpus, hand, book(), precision=precision)


def test_answers_without_a_word_suggest_nothing() -> None:
    found = suggest(corpus_of(["?!"] * 30), coding_of(["it"] * 30), book("video"))
    assert found.table.frame.empty
    assert found.codebook == book("video")


def test_candidates_are_words_parts_begins_and_pairs_but_no_function_words() -> None:
    texts = ["de sociale media van de jeugddienst", "een sociale media", "jeugdhuis en de sociale media"]
    found = candidates(texts, language_of("nl"), fewest=3)
    assert {"sociaal", "sociale media", "jeugd*"} <= set(found)
    assert {"de", "van de", "en de", "jeugdhuis"}.isdisjoint(found)
    assert len(found) == len(set(found))


@settings(deadline=None)
@given(st.lists(st.text(max_size=30) | st.text("aeé'ʼ-½ßİ12 _*@=\"", max_size=30), min_size=1, max_size=4))
def test_every_candidate_is_a_rule_that_can_be_read(texts: list[str]) -> None:
    found = candidates(texts, language_of("nl"), fewest=1)
    assert find(texts, book(*found)).keys() == {"it"}


@given(st.integers(0, 50), st.integers(1, 50))
def test_the_lower_end_is_that_of_the_wilson_interval(count: int, more: int) -> None:
    base = count + more
    assert at_least(count, base) == pytest.approx(wilson(count, base, level=0.6826894921370859)[0], abs=1e-9)
    assert at_least(count, base) <= count / base


def test_two_of_two_is_less_sure_than_twenty_of_twenty() -> None:
    assert at_least([2, 20, 0], [2, 20, 0]).round(2).tolist() == [0.67, 0.95, 0.0]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a codebook and coded answers, in which the command runs."""
    monkeypatch.chdir(tmp_path)
    corpus, hand = planted([("een video", "it"), ("", "-"), ("", "-")], 10)
    cells = hand.cells(corpus.ids, ["it"])
    rows = [f"{text},{cell}" for text, cell in zip(corpus.texts, cells, strict=True)]
    write(tmp_path / "in.csv", "\n".join(["antwoord,code", *rows]) + "\n")
    write_codebook(tmp_path / "book.yaml", book("zeppelin"))
    return tmp_path


COMMAND = ("codebook", "suggest", "book.yaml", "in.csv", "--text", "antwoord", "--codes", "code")


def test_the_command_prints_suggestions_and_scores(cli: Cli, here: Path) -> None:
    done = cli(*COMMAND, "--precision", "0.8")
    assert (done.code, sorted(listing(here))) == (0, ["book.yaml", "in.csv"])
    assert "video" in done.out
    assert "surely 80% right" in done.out
    assert "Before and after, on answers held out" in done.out


def test_the_command_writes_another_codebook(cli: Cli, here: Path) -> None:
    assert cli(*COMMAND, "-o", "nieuw.yaml").code == 0
    assert read_codebook(here / "nieuw.yaml").codes[0].rules == ("zeppelin", "video")
    assert read_codebook(here / "book.yaml").codes[0].rules == ("zeppelin",)


def test_the_command_does_not_write_over_the_codebook_it_read(cli: Cli, here: Path) -> None:
    before = listing(here)
    done = cli(*COMMAND, "-o", "./book.yaml")
    assert (done.code, listing(here)) == (2, before)
    assert "write the suggestions to another file" in done.err
