"""The rule language: operators, distance, parts of speech, references; against a reference made for these tests."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coder import Code, Codebook
from coder.codebook import Negation
from coder.errors import CodebookError, RuleError
from coder.languages.text import TOKEN, WORD, tokenise
from coder.languages.visible import visible
from coder.methods.rules.engine import Engine, find
from coder.methods.rules.syntax import parse
from tests.conftest import one_code


def found(text: str, *rules: str, lists: Mapping[str, tuple[str, ...]] | None = None) -> list[str]:
    """The pieces of the text where the rules hit, in order."""
    book = Codebook((Code("it", 1, {}, rules=rules),), lists=lists or {})
    return [text[hit.start : hit.end] for hit in sorted(find([text], book)["it"], key=lambda hit: (hit.start, hit.end))]


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        ("video OR film", "een film, geen video", ["film", "video"]),
        ("video OF film", "een film", ["film"]),
        ("video AND budget", "budget voor video", ["budget", "video"]),
        ("video EN budget", "alleen video", []),
        ("video NOT vergaderen", "video's maken", ["video's"]),
        ("video NIET vergaderen", "vergaderen per video", []),
        ("video AND NOT vergaderen", "vergaderen per video", []),
        ("prijs NEAR/2 laag", "de prijs is te laag", ["prijs is te laag"]),
        ("prijs NEAR/1 laag", "de prijs is te laag", []),
        ("prijs NEAR/0 laag", "laag, prijs", ["laag, prijs"]),
        ("prijs PRE/3 laag", "te laag van prijs", []),
        ("prijs NEAR/3 laag", "te laag van prijs", ["laag van prijs"]),
        ("(sociale OR digitale) media", "digitale media en sociale-media", ["digitale media", "sociale-media"]),
        ("sociale (media OR netwerken)", "sociale media, netwerken", ["sociale media"]),
        ("nieuwe (sociale media)", "nieuwe sociale media", ["nieuwe sociale media"]),
        ("(a OR b) * c", "a x c en b, x c", ["a x c"]),
        ("zoek* PRE/1 (baan OR werk)", "zoekt een baan of zoek werk", ["zoekt een baan", "zoek werk"]),
        ("te NEAR/1 te", "te", []),
    ],
)
def test_operators_say_what_they_say_in_dutch_and_in_english(rule: str, text: str, expected: list[str]) -> None:
    assert found(text, rule) == expected


@pytest.mark.parametrize(
    ("loose", "strict"),
    [
        ("a OR b AND c", "a OR (b AND c)"),
        ("a AND b OR c AND d", "(a AND b) OR (c AND d)"),
        ("a NEAR/2 b AND c", "(a NEAR/2 b) AND c"),
        ("a b NEAR/2 c", "(a b) NEAR/2 c"),
        ("a NOT b AND c", "(a AND c) NOT b"),
        ("a NOT b NOT c", "a NOT (b OR c)"),
        ("a PRE/1 b PRE/2 c", "(a PRE/1 b) PRE/2 c"),
        ("a OF b EN c NIET d", "a OR (b AND c NOT d)"),
    ],
)
def test_distance_binds_more_than_not_and_and_those_more_than_or(loose: str, strict: str) -> None:
    assert parse(loose) == parse(strict)


def test_a_small_word_and_a_quoted_one_are_no_operators() -> None:
    assert found("hier en daar", "hier en daar") == ["hier en daar"]
    assert found("iets OF niets", '"OF"') == ["OF"]


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        ("plan/NOUN", "Wij plannen de communicatie. Een plan is nodig.", ["plan"]),
        ("plannen/VERB", "Wij plannen de communicatie. Een plan is nodig.", ["plannen"]),
        ("hebben/VERB", "We hebben de site vernieuwd.", ["hebben"]),
        ("werk/NOUN OR zoek*/VERB", "Wij werken en zoeken werk.", ["zoeken", "werk"]),
    ],
)
def test_a_part_of_speech_is_asked_of_the_pipeline(rule: str, text: str, expected: list[str]) -> None:
    assert found(text, rule) == expected


def test_a_reference_finds_what_the_other_code_finds_but_for_its_exceptions() -> None:
    book = Codebook(
        (
            Code("video", 1, {}, rules=("video*", "film"), exceptions=("videocall",)),
            Code("meer video", 2, {}, rules=("meer NEAR/1 @video",)),
            Code("both", 3, {}, rules=('@"meer video" OR podcast',)),
        )
    )
    hits = find(["meer video, meer videocall, podcast, film"], book)
    assert [(hit.start, hit.end) for hit in hits["meer video"]] == [(0, 10), (5, 16)]
    assert len(hits["both"]) == 3


def test_a_list_of_words_is_named_in_rules() -> None:
    lists = {"platform": ("facebook", "=X", "tik tok", "@google"), "google": ("youtube",)}
    assert found("Facebook, TikTok, X, x en Youtube account", "@platform", lists=lists) == ["Facebook", "X", "Youtube"]
    assert found("tik-tok account, X account, youtube", "@platform account", lists=lists) == [
        "tik-tok account",
        "X account",
    ]


def test_a_reference_to_nothing_or_to_itself_is_an_error_that_names_the_code() -> None:
    with pytest.raises(CodebookError, match=r"'it': .*@ia .*@it"):
        find(["x"], one_code("@ia"))
    book = Codebook((Code("a", 1, {}, rules=("@b",)), Code("b", 2, {}, rules=("film", "@a"))))
    with pytest.raises(CodebookError, match=r"refers to itself \(b > a > b\)|refers to itself \(a > b > a\)"):
        find(["x"], book)


@pytest.mark.parametrize(
    ("negation", "text", "expected"),
    [
        (Negation.COUNT, "geen video, wel budget", ["video", "budget"]),
        (Negation.SKIP, "geen video, wel budget", []),
        (Negation.SKIP, "video en budget", ["video", "budget"]),
        (Negation.ONLY, "geen video, wel budget", ["video"]),
    ],
)
def test_a_code_that_skips_what_is_negated_reads_operators_as_if_it_were_not_there(
    negation: Negation, text: str, expected: list[str]
) -> None:
    book = Codebook((Code("it", 1, {}, rules=("video AND budget",), negation=negation),))
    assert [text[hit.start : hit.end] for hit in find([text], book)["it"]] == expected


def test_notes_of_both_sides_of_a_distance_are_kept() -> None:
    (hit,) = find(["comunicatie en artifciele dingen"], one_code("communicatie NEAR/1 artificiele"))["it"]
    assert hit.note == (("spelt", "comunicatie"), ("spelt", "artifciele"))
    assert hit.score == 0.8


def test_an_engine_finds_the_same_in_texts_it_sees_later() -> None:
    book = one_code("video*", "meten", "sociale media")
    engine = Engine(book)
    engine.find(["we meten video's", "iets anders"])
    texts = ["sociale media gemeten", "videoreeks"]
    later, fresh = engine.find(texts), Engine(book).find(texts)
    assert list(later.reasons) == list(fresh.reasons)
    assert later.start.tolist() == fresh.start.tolist()


def test_hits_are_the_same_however_many_texts_go_before() -> None:
    texts = ["niets hier"] * 60_000 + ["meer video", "geen film"]
    hits = Engine(one_code("video", "film")).find(texts)
    assert hits.text.tolist() == [60_000, 60_001]
    assert [reason.note for reason in hits.reasons] == [(), (("negated", "geen"),)]


# Random rules and texts, against a reference that tries everything.

WORDS = ["aa", "bb", "cc", "dd"]
GAPS = {" ": True, "-": True, ", ": False, ". ": False}
Place = tuple[int, int]


@dataclass(frozen=True)
class Text:
    """Words, and for each whether it and the next are in a row."""

    written: str
    words: tuple[str, ...]
    joined: tuple[bool, ...]


@dataclass(frozen=True)
class Asked:
    """A rule as written, and the places (first word, last word) that it has in a text by the reference."""

    written: str
    places: Callable[[Text], set[Place]]


@st.composite
def texts(draw: st.DrawFn) -> Text:
    words = draw(st.lists(st.sampled_from(WORDS), max_size=7))
    gaps = draw(st.lists(st.sampled_from(list(GAPS)), min_size=len(words), max_size=len(words)))
    written = "".join(word + gap for word, gap in zip(words, gaps, strict=True))
    return Text(written, tuple(words), tuple(GAPS[gap] for gap in gaps))


def word(name: str) -> Asked:
    return Asked(f'"{name}"', lambda text: {(place, place) for place, one in enumerate(text.words) if one == name})


def either(left: Asked, right: Asked) -> Asked:
    return Asked(f"({left.written} OR {right.written})", lambda text: left.places(text) | right.places(text))


def both(left: Asked, right: Asked) -> Asked:
    def places(text: Text) -> set[Place]:
        one, other = left.places(text), right.places(text)
        return one | other if one and other else set()

    return Asked(f"({left.written} EN {right.written})", places)


def without(left: Asked, right: Asked) -> Asked:
    return Asked(
        f"({left.written} NOT {right.written})", lambda text: set() if right.places(text) else left.places(text)
    )


def near(left: Asked, right: Asked, apart: int, *, ordered: bool) -> Asked:
    def places(text: Text) -> set[Place]:
        one, other = left.places(text), right.places(text)
        sides = [(one, other)] if ordered else [(one, other), (other, one)]
        return {
            (first, last)
            for before, after in sides
            for first, end in before
            for start, last in after
            if 0 <= start - end - 1 <= apart
        }

    return Asked(f"({left.written} {'PRE' if ordered else 'NEAR'}/{apart} {right.written})", places)


def row(left: Asked, right: Asked) -> Asked:
    def places(text: Text) -> set[Place]:
        return {
            (first, last)
            for first, end in left.places(text)
            for start, last in right.places(text)
            if start == end + 1 and text.joined[end]
        }

    return Asked(f"({left.written} {right.written})", places)


rules = st.recursive(
    st.sampled_from(WORDS).map(word),
    lambda inner: st.one_of(
        st.builds(either, inner, inner),
        st.builds(both, inner, inner),
        st.builds(without, inner, inner),
        st.builds(row, inner, inner),
        st.builds(near, inner, inner, st.integers(0, 3), ordered=st.booleans()),
    ),
    max_leaves=6,
)


@settings(max_examples=500, deadline=None)
@given(st.lists(texts(), min_size=1, max_size=4), rules, rules)
def test_the_engine_agrees_with_a_reference_that_tries_everything(
    answers: list[Text], rule: Asked, exception: Asked
) -> None:
    book = one_code(rule.written, exceptions=[exception.written])
    hits = find([answer.written for answer in answers], book)["it"]
    expected = set()
    for number, answer in enumerate(answers):
        words = list(WORD.finditer(answer.written))
        spared = exception.places(answer)
        expected |= {
            (number, words[first].start(), words[last].end())
            for first, last in rule.places(answer)
            if not any(low <= last and first <= high for low, high in spared)
        }
    assert {(hit.text, hit.start, hit.end) for hit in hits} == expected
    assert len(hits) == len(expected)


hostile = st.sampled_from(
    [
        '"',
        "(",
        ")",
        "*",
        "?",
        "@a",
        "=",
        "c++",
        "&amp;",
        "<b>",
        "NEAR/2",
        "PRE/99999999999",
        "NOT",
        "OR",
        "aa",
        "bb",
        "👍",
        " ",
    ]
)


@settings(max_examples=300)
@given(
    st.lists(st.one_of(hostile, st.characters(exclude_categories=["Cs"])), max_size=8).map("".join),
    st.lists(st.one_of(hostile, st.characters()), max_size=12).map("".join),
    st.sampled_from(Negation),
)
def test_any_rule_on_any_text_is_an_error_or_hits_within_the_text_and_harms_no_other(
    rule: str, text: str, negation: Negation
) -> None:
    other = Code("other", 2, {}, rules=('"aa"', "bb NEAR/1 aa"))
    book = Codebook((Code("it", 1, {}, rules=(rule,), negation=negation), other))
    texts = [text, "aa bb", f"aa {text} bb"]
    hits = Engine(book, strict=False).find(texts)
    assert len(list(hits.reasons)) == len(hits)
    assert all(
        0 <= start < end <= len(texts[number])
        for number, start, end in zip(hits.text.tolist(), hits.start.tolist(), hits.end.tolist(), strict=True)
    )
    alone = Engine(Codebook((other,))).find(texts)
    places = [np.stack([one.text, one.start, one.end])[:, one.rule >= first] for one, first in ((hits, 1), (alone, 0))]
    assert np.array_equal(places[0], places[1])


@settings(max_examples=10_000, deadline=None)
@given(st.text(st.one_of(st.sampled_from('ab*?"=@/()NEAR AND OF 3-\n'), st.characters()), max_size=30))
def test_any_text_at_all_is_a_rule_or_a_clear_error(rule: str) -> None:
    try:
        parse(rule)
    except RuleError as error:
        assert 0 <= error.column <= len(rule)  # noqa: PT017 (either outcome is right)


@pytest.mark.parametrize("rule", ["(" * 3000 + "a" + ")" * 3000, "a NEAR/1 " * 3000 + "a", "a " * 20_000, "NOT " * 999])
def test_a_rule_beyond_reason_is_read_or_refused_and_does_not_crash(rule: str) -> None:
    try:
        find(["a a"], one_code(rule))
    except CodebookError as error:
        assert any(said in str(error) for said in ("parentheses", "no word", "characters"))  # noqa: PT017


letters = st.one_of(
    st.sampled_from("ab'’ʼé\u0301\u0308 ._-\n\u2022😀👍🏽\ufe0f\u200d\u200b\u00ad&<>;ﬁ𝔸"),
    st.sampled_from(["&amp;", "&nbsp;", "<br>", "<b>", "</b>", "-\r\n", "&#8203;"]),
    st.characters(),
)


@settings(max_examples=500, deadline=None)
@given(st.lists(st.lists(letters, max_size=15).map("".join), max_size=4))
def test_words_are_split_as_their_pattern_says(written: list[str]) -> None:
    tokens = tokenise(written)
    expected = [
        (number, *seen.verbatim(*match.span()), match[0])
        for number, seen in enumerate(map(visible, written))
        for match in TOKEN.finditer(seen.text)
    ]
    every = np.arange(len(tokens.form))
    columns = (column.tolist() for column in (tokens.text, *tokens.characters(every, every), tokens.form))
    places = zip(*columns, strict=True)
    assert [(text, start, end, tokens.vocabulary.forms[form]) for text, start, end, form in places] == expected
    assert [tokens.written(place) for place in every.tolist()] == [form for *_, form in expected]
