"""A rule beyond reason is refused or left out by name, and never stops its neighbours."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coder import Code, Codebook, Rules
from coder.codebook import Negation
from coder.errors import CodebookError, RuleError
from coder.languages.nl.negation import Denied, Scope, scopes
from coder.methods.rules import word_spans
from coder.methods.rules.engine import LEFT_OUT, Engine, Hits, find
from coder.methods.rules.syntax import parse
from coder.review.codebook_page import new_code, tried
from coder.review.live_question import LiveQuestion
from coder.review.security import Visitor
from coder.review.sight import Sight
from coder.study import Study
from tests.conftest import Cli, corpus_of, one_code, write


def beside(
    *rules: str, lists: Mapping[str, tuple[str, ...]] | None = None, negation: Negation = Negation.COUNT
) -> Codebook:
    """A codebook of a code with these rules and a code beside it."""
    return Codebook(
        (Code("bad", 1, {}, rules=rules, negation=negation), Code("good", 2, {}, rules=("tram", "bus NEAR/2 trein"))),
        lists=lists or {},
    )


def codes(hits: Hits) -> set[str]:
    return {hits.rules[rule][0] for rule in hits.rule.tolist()}


@pytest.mark.parametrize("distance", ["1001", "9" * 30, "9" * 5000, "-1", "1.5", "x", "٣", "²", "3x", "0x10", "3_000"])
def test_a_distance_is_a_number_within_reason(distance: str) -> None:
    for operator in ("NEAR", "PRE"):
        with pytest.raises(RuleError, match="distance that is not a number from 0 to 1,000") as error:
            parse(f"bus {operator}/{distance} trein")
        assert error.value.column == 4
        assert len(str(error.value)) < 1000


def test_a_distance_of_a_thousand_and_one_with_zeros_before_it_are_read() -> None:
    assert (
        len(find(["bus " + "x " * 1000 + "trein"], one_code("bus NEAR/1000 trein", "bus NEAR/0000999 trein"))["it"])
        == 1
    )


@pytest.mark.parametrize(
    "rule",
    [
        *("a" * 250_000, "bus OR " * 5000 + "bus", "bus NEAR/1 " * 60 + "bus", "NOT " * 3000, '"' * 20_001),
        *("(" * 20_000, "(" * 51 + "bus" + ")" * 51),
    ],
)
def test_a_rule_beyond_reason_is_refused_and_its_error_is_short(rule: str) -> None:
    with pytest.raises(CodebookError) as error:
        find(["bus"], one_code(rule))
    assert len(str(error.value)) < 1000


@pytest.mark.parametrize(
    "rule", ["**e**r**i**", "e*r*i*e*r*i*e*r*i*x", "*?e?*?r?*ix", "?*?*?*e*?*r", "*er*", "verkeer*x"]
)
def test_wildcards_in_long_words_are_decided_at_once(rule: str) -> None:
    assert find([("erieir" * 20_000) + " verkeer"], one_code(rule)) is not None


@pytest.mark.parametrize(
    ("rule", "word", "fits"),
    [
        ("*a*b*", "xxaxxbxx", True),
        ("*a*b*", "xxbxxa", False),
        ("a*bc*bc", "abcbc", True),
        ("a*bc*bc", "abc", False),
        ("ab*ba", "aba", False),
        ("*a?c*c", "abcabcc", True),
        ("a**b", "ab", True),
        ("?*ab", "ab", False),
    ],
)
def test_wildcards_mean_what_they_meant(rule: str, word: str, *, fits: bool) -> None:
    assert bool(find([word], one_code(rule))["it"]) is fits


@pytest.mark.parametrize(
    "lists",
    [
        {"a": ("@b",), "b": ("@c",), "c": ("@a",)},
        {f"l{n}": (f"@l{n + 1}",) for n in range(3000)} | {"l3000": ("bus",), "a": ("@l0",)},
        {f"l{n}": ("(" * 40 + f"@l{n + 1} x" + " OR y)" * 40,) for n in range(9)} | {"l9": ("bus",), "a": ("@l0",)},
    ],
)
def test_references_in_a_circle_or_a_chain_without_end_are_refused_by_name(lists: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(CodebookError, match="'bad'"):
        Engine(beside("@a", lists=lists))
    hits = Engine(beside("@a", "metro", lists=lists), strict=False).find(["metro, tram"])
    assert codes(hits) == {"bad", "good"}
    assert list(hits.left_out) == [0]


def test_references_that_multiply_are_worked_out_once() -> None:
    lists = {f"b{n}": (f"@b{n + 1} OR @b{n + 1}", f"(@b{n + 1} NEAR/3 @b{n + 1}) OR x") for n in range(15)}
    hits = find(["bus x tram"], beside("@b0", lists=lists | {"b15": ("bus", "tram")}))["bad"]
    assert {(hit.start, hit.end) for hit in hits} >= {(0, 3), (6, 10), (0, 10)}


def test_a_rule_that_cannot_be_read_is_left_out_alone_where_that_is_asked() -> None:
    book = beside("metro", "bus PRE/99999999999999999999999 trein", '"', "@weg")
    with pytest.raises(CodebookError):
        Engine(book)
    hits = Engine(book, strict=False).find(["metro bus trein", "tram"])
    assert codes(hits) == {"bad", "good"}
    assert list(hits.left_out) == [1, 2, 3]
    assert all("'bad'" in str(why) for why in hits.left_out.values())


def test_a_code_of_which_an_exception_cannot_be_read_is_left_out_and_not_the_next() -> None:
    book = Codebook(
        (Code("bad", 1, {}, rules=("metro", "bus"), exceptions=("(",)), Code("good", 2, {}, rules=("tram",)))
    )
    hits = Engine(book, strict=False).find(["metro tram"])
    assert codes(hits) == {"good"}
    assert list(hits.left_out) == [0, 1]


def test_a_rule_that_finds_too_much_is_left_out_and_that_is_said(cli: Cli, tmp_path: Path) -> None:
    text = "de " * 3000 + "tram"
    book = beside("de NEAR/1000 de", "metro")
    hits = Engine(book).find([text, "metro"])
    assert codes(hits) == {"bad", "good"}
    assert "'bad': the rule 'de NEAR/1000 de' was left out" in str(hits.left_out[0])
    assert "'de NEAR/1000 de' was left out" in Rules().code(corpus_of([text]), book).provenance[LEFT_OUT]
    answers = write(tmp_path / "a.csv", f"id,text\n1,{text}\n2,metro\n")
    rules = write(
        tmp_path / "b.yaml",
        'codebook: b\nversion: "1"\nlanguage: nl\ncodes:\n'
        "  - {id: bad, number: 1, label: {nl: B, en: B}, rules: [de NEAR/1000 de, metro]}\n"
        "  - {id: good, number: 2, label: {nl: G, en: G}, rules: [tram]}\n",
    )
    done = cli("code", answers, "--text", "text", "--id", "id", "--codebook", rules, "--out", tmp_path / "c.csv")
    assert done.code == 0
    assert "Warning: Code 'bad': the rule 'de NEAR/1000 de' was left out" in done.err
    assert "was left out" in cli("codebook", "try", rules, answers, "--text", "text").out


def test_an_exception_that_finds_too_much_takes_its_code_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_spans, "_MOST", 100)
    book = Codebook(
        (Code("bad", 1, {}, rules=("de",), exceptions=("de NEAR/9 de",)), Code("good", 2, {}, rules=("tram",)))
    )
    hits = Engine(book).find(["de " * 30 + "tram"])
    assert codes(hits) == {"good"}
    assert "an exception" in str(hits.left_out[0])


def test_words_in_a_row_may_be_many() -> None:
    long = " ".join(f"w{number}" for number in range(200))
    text = f"zo {long} is het"
    (hit,) = find([text, long.replace("w150", "x")], one_code(f'"{long}"'))["it"]
    assert text[hit.start : hit.end] == long
    stars = "begin " + "* " * 30 + "einde"
    assert len(find(["begin " + "x " * 30 + "einde", "begin " + "x " * 29 + "einde"], one_code(stars))["it"]) == 1


def test_twenty_thousand_denials_in_one_answer_are_told_apart() -> None:
    text = "geen tram " * 20_000 + ", maar wel metro"
    hits = Engine(one_code("tram", "metro")).find([text])
    assert [reason.note for reason in hits.reasons] == [(("negated", "geen"),)] * 20_000 + [()]


stretches = st.tuples(st.integers(0, 30), st.integers(1, 8))


@given(st.lists(st.tuples(stretches, st.integers(0, 40)), max_size=8), st.lists(stretches, max_size=5))
def test_denials_are_found_as_one_by_one(
    given_scopes: list[tuple[tuple[int, int], int]], asked: list[tuple[int, int]]
) -> None:
    some = [
        Scope(f"cue{number}", cue, cue + 1, start, start + size)
        for number, ((start, size), cue) in enumerate(sorted(given_scopes, key=lambda one: (one[1], one[0][0])))
    ]
    denied = Denied(some)
    for start, size in asked:
        over = [scope.cue for scope in some if scope.start <= start and start + size <= scope.end]
        found = denied.by(start, start + size)
        assert (found is not None) is (len(over) % 2 == 1)
        assert found is None or found in over


def test_a_clause_longer_than_any_is_read_in_parts() -> None:
    text = "woord " * 5000 + "geen tram"
    assert Denied(scopes(text)).by(len(text) - 4, len(text)) == "geen"


def test_a_page_opens_with_a_rule_that_cannot_be_read_and_takes_no_new_one(tmp_path: Path) -> None:
    with Study.create(tmp_path / "a.study", name="a") as study:
        study["q"].add_answers(corpus_of(["bus trein", "tram", "metro " * 3]), who="anna")
        study["q"].set_codebook(beside("bus PRE/99999999999999999999999 trein", "metro"), "anna")
        live = LiveQuestion(study, "q", "anna", embedding="none")
        sight = Sight(live, Visitor("anna", settles=True, leads=True))
        proposed = live.proposer(learned=False).of(live.texts)
        assert [[one.code for one in proposed[unit]] for unit in "123"] == [["good"], ["good"], ["bad"]]
        trial = tried(sight, {"code": "bad", "rules": list(live.book.codes[0].rules), "exceptions": []})
        assert [one["rule"] for one in trial["broken"]] == ["bus PRE/99999999999999999999999 trein"]
        assert [one["answers"] for one in trial["rules"]] == [1]
        new_code(live, "anna", name="Fiets", rule="fiets")
        assert len(live.book.codes) == 3
        with pytest.raises(CodebookError, match="NEAR/9999"):
            new_code(live, "anna", name="Auto", rule="a NEAR/9999 b")
        assert len(live.book.codes) == 3


def test_the_page_says_which_rule_finds_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_spans, "_MOST", 100)
    with Study.create(tmp_path / "a.study", name="a") as study:
        study["q"].add_answers(corpus_of(["de " * 30, "tram"]), who="anna")
        study["q"].set_codebook(beside("metro"), "anna")
        live = LiveQuestion(study, "q", "anna", embedding="none")
        sight = Sight(live, Visitor("anna", settles=True, leads=True))
        trial = tried(sight, {"code": "bad", "rules": ["de NEAR/9 de", "tram"], "exceptions": []})
        assert [one["rule"] for one in trial["broken"]] == ["de NEAR/9 de"]
        assert [one["answers"] for one in trial["rules"]] == [0, 1]
