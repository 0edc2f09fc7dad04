"""Signs that carry meaning belong to the word of a rule; a rule with one is matched as written, or refused."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coder.errors import CodebookError, RuleError
from coder.files.codebooks.check import check
from coder.files.codebooks.dictionaries import keyword_rule, rule_of
from coder.languages.text import TOKEN
from coder.methods.rules.engine import find
from coder.methods.rules.syntax import parse
from tests.conftest import one_code, write


def found(text: str, *rules: str) -> list[str]:
    """The pieces of the text where the rules hit, in order."""
    hits = find([text], one_code(*rules))["it"]
    return [text[hit.start : hit.end] for hit in sorted(hits, key=lambda hit: (hit.start, hit.end))]


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        ("f#", "F#, f, F, f##, #f, f#-les", ["F#", "f#"]),
        ("=F#", "F# f#", ["F#"]),
        ("g++", "g, g+, g++. (G++) g+++", ["g++", "G++"]),
        ("18+", "18+ of 18, 118+", ["18+"]),
        ("75%", "75% 75 % 75, 175%, (75%)", ["75%", "75 %", "75%"]),
        ('"75 %"', "75% 75", ["75%"]),
        ("€30", "€30 € 30 30 €300", ["€30", "€ 30"]),
        ("+1", "+1 1 10+1", ["+1"]),
        ("#wij", "#wij wij #wijdoen a#wij", ["#wij"]),
        ("#wij*", "#wijdoen wijdoen #wij", ["#wijdoen", "#wij"]),
        ('"@stad"', "@stad stad jan@stad.be", ["@stad"]),
        (".org", ".ORG org x.org ..org", [".ORG"]),
        ("b&w", "B&W, b & w, b w, b en w, b/w", ["B&W", "b & w"]),
        ("AT&amp;T", "AT&T", ["AT&T"]),
        ("jan@stad.be", "jan@stad.be, jan stad be", ["jan@stad.be"]),
        ("7/7", "7/7 7 7 7-7 17/7", ["7/7"]),
        ("2,5", "2,5 2.5 2 5 25", ["2,5"]),
        ("klant_id", "klant_id klant id", ["klant_id"]),
        ("<3", "<3 3 5<3", ["<3"]),
        (":p", ":p p zo :P", [":p", ":P"]),
        ('"A*"', "A* A a**", ["A*"]),
        ("g++ leren", "g++ leren, G++-leren, g++, leren, g leren", ["g++ leren", "G++-leren"]),
        ("leer f#", "leer f# leer f", ["leer f#"]),
        ("f# NEAR/2 leren", "ik wil f# nu leren, f leren", ["f# nu leren"]),
        ("f# OR java", "f, f# en java", ["f#", "java"]),
        ("ｇ＋＋", "g++ g", ["g++"]),
        ("g++", "ｇ＋＋ g\u200b++", ["ｇ＋＋", "g\u200b++"]),
        ("👍", "👍 👍🏿 top👍👍 👎", ["👍", "👍🏿", "👍", "👍"]),
        ("=👍🏿", "👍 👍🏿", ["👍🏿"]),
        ("❤️", "❤ ❤️ ♥", ["❤", "❤"]),
        ("👩", "👩 👩‍🚒", ["👩"]),
        ("👩‍🚒", "👩 👩‍🚒", ["👩‍🚒"]),
        ("top 👍", "top👍, top 👍, top", ["top👍", "top 👍"]),
    ],
)
def test_a_word_is_found_with_its_signs_as_written(rule: str, text: str, expected: list[str]) -> None:
    assert found(text, rule) == expected


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("&", "on its own"),
        ("b & w", "on its own"),
        ("75 %", "on its own"),
        ('video "+"', "on its own"),
        (":-)", "no word"),
        ("A*", "quotes"),
        ("#*", "nearly anything"),
    ],
)
def test_a_sign_that_cannot_be_looked_for_is_refused_with_what_to_write(rule: str, said: str) -> None:
    with pytest.raises(RuleError, match=said):
        parse(rule)


def test_a_name_with_an_at_sign_that_is_no_code_says_to_write_quotes() -> None:
    with pytest.raises(CodebookError, match='"@stad", in quotes'):
        find(["@stad"], one_code("@stad"))


def test_a_word_with_a_sign_has_no_inflections_and_no_slips() -> None:
    assert found("#fietsen #fiets #feitsen", "#fiets") == ["#fiets"]


def test_a_rule_without_signs_finds_what_it_did() -> None:
    assert found("C++ en vitamine C", "c") == ["C", "C"]
    assert found("jan & piet, groene #ruimte, 75% korting", "jan piet", "groene ruimte", '"75 korting"') == [
        "jan & piet",
        "groene #ruimte",
        "75% korting",
    ]


def test_a_check_does_not_take_a_word_and_the_word_with_a_sign_for_the_same(tmp_path: Path) -> None:
    book = write(
        tmp_path / "b.yaml",
        'codebook: b\nversion: "1"\nlanguage: nl\ncodes:\n'
        '  - {id: g, number: 1, label: {nl: G, en: G}, rules: ["g", "g++", "=G#"], exceptions: ["g#"]}\n',
    )
    (problem,) = check(book)
    assert "'=G#' can never count" in str(problem.note)


# Texts of words with signs, against a reference that knows where each stands.

PLAIN = ["g", "g++", "g+", "g#", "#g", "h&g", "30%", "€30", "30", ".g", "g_h", "👍", "h"]
GAPS = [" ", ", ", " (", "; ", "\n", ") "]


@settings(max_examples=300)
@given(st.lists(st.tuples(st.sampled_from(PLAIN), st.sampled_from(GAPS)), max_size=8), st.sampled_from(PLAIN))
def test_words_with_signs_are_found_where_they_stand_and_nowhere_else(parts: list[tuple[str, str]], rule: str) -> None:
    text, expected = "", []
    for word, gap in parts:
        if word == rule or rule in _within(word):
            expected.append(len(text) + word.index(rule))
        text += word + gap
    hits = find([text], one_code(f'"{rule}"'))["it"]
    assert [(hit.start, hit.end) for hit in hits] == [(start, start + len(rule)) for start in expected]


def _within(word: str) -> list[str]:
    """The words without signs of their own that a written word holds."""
    return [part for part in "".join(sign if sign.isalnum() else " " for sign in word).split() if part != word]


answers = st.lists(
    st.sampled_from(
        ["g++", "R&D", "100%", "€", "#", "@jan", ".net", "video", "3,5", "👍", "…", "->", "(ja)", "a_b", "*", "&"]
    ),
    min_size=1,
    max_size=7,
)


@settings(max_examples=300)
@given(answers, st.lists(st.sampled_from([" ", ", ", "", "-", ": "]), min_size=7, max_size=7))
def test_an_answer_with_signs_between_quotes_finds_itself_or_is_refused(parts: list[str], gaps: list[str]) -> None:
    text = "".join(part + gap for part, gap in zip(parts, gaps, strict=False)).strip()
    why = ""
    try:
        hits = find([f"zeg {text} zo", text], one_code(f'"{text}"'))["it"]
    except CodebookError as error:
        why = str(error)
    if why:
        assert TOKEN.search(text) is None or "no word can ask for it" in why
        return
    assert {hit.text for hit in hits} == {0, 1}


@pytest.mark.parametrize(
    ("rule", "sign"),
    [('"mp3 (!) ++"', "++"), ('"$ 20, $"', "$"), ('"vraag (=) antwoord"', "="), ('"f# & ~ g++"', "~")],
)
def test_a_sign_that_no_word_of_a_rule_asks_for_is_refused_and_never_left_out(rule: str, sign: str) -> None:
    with pytest.raises(RuleError, match="where no word can ask for it") as told:
        parse(rule)
    assert rule[told.value.column :].startswith(sign)
    assert found("$ 20, mp3", '"$ 20," OR mp3') == ["$ 20", "mp3"]


@pytest.mark.parametrize(
    ("term", "rule", "other"),
    [
        ("75 %", '"75 %"', "75"),
        ("7/7", '"7/7"', "7 7"),
        ("kost 75 % meer", '"kost 75 % meer"', "kost 75 meer"),
        ("b & w", '"b & w"', "b w"),
        ("€ 30", '"€ 30"', "30"),
        ("👍", '"👍"', "👎"),
        ("mr. Janssens", '"mr. Janssens"', "mr. en Janssens"),
        ("werk (thuis)", '"werk (thuis)"', "werk of thuis"),
        ("huis/tuin", '"huis" "tuin"', "huis en tuin"),
    ],
)
def test_an_imported_term_keeps_its_signs_and_finds_itself(term: str, rule: str, other: str) -> None:
    assert rule_of(term) == rule
    assert len(found(f"ja {term} ja", rule)) == 1
    assert found(f"ja {other} ja", rule) == []


def test_a_keyword_keeps_a_sign_on_its_own_and_wildcards_theirs() -> None:
    assert [keyword_rule(term) for term in ("75 %", "hogere lonen", "* lonen")] == ['"75 %"', "hogere lonen", "* lonen"]
    assert rule_of("24/7* open") == '24/7* "open"'
    assert rule_of("75 % loon*") == '"75 %" loon*'
    assert rule_of("loon :-)") is None
