"""What nobody sees changes no hit, and offsets point into the verbatim text."""

import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coder import Code, Codebook
from coder.codebook import Negation
from coder.languages.nl.negation import scopes
from coder.languages.nl.no_answer import is_no_answer
from coder.languages.text import TOKEN
from coder.languages.visible import visible
from coder.methods.features import CharacterGrams, WordGrams
from coder.methods.rules.engine import Engine, find
from coder.study.order import alike
from tests.conftest import one_code

INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\u2063\ufeff\u061c\u202a\u202c\u2066\ufe0f\u034f\x00\x1f\x7f"


def found(text: str, *rules: str) -> list[str]:
    """The pieces of the text where the rules hit, in order."""
    hits = find([text], one_code(*rules))["it"]
    return [text[hit.start : hit.end] for hit in sorted(hits, key=lambda hit: (hit.start, hit.end))]


@pytest.mark.parametrize("sign", INVISIBLE)
def test_a_sign_that_is_not_shown_parts_no_word_in_a_text_or_a_rule(sign: str) -> None:
    assert found(f"de fiets{sign}enstalling is vol{sign}", "fietsenstalling") == [f"fiets{sign}enstalling"]
    assert found("de fietsenstalling", f"fietsen{sign}stalling") == ["fietsenstalling"]
    assert found(f"gratis{sign} parkeren", "gratis parkeren") == [f"gratis{sign} parkeren"]


@pytest.mark.parametrize(
    ("text", "rule", "expected"),
    [
        ("het zwem-\nbad", "zwembad", "zwem-\nbad"),
        ("het zwem- \r\n   bad", "zwembad", "zwem- \r\n   bad"),
        ("het zwem\u00ad\nbad", "zwembad", "zwem\u00ad\nbad"),
        ("het zwem\u00ac\nbad", "zwembad", "zwem\u00ac\nbad"),
        ("het zwem-<br/>bad", "zwembad", "zwem-<br/>bad"),
        ("de woon-\nwerkafstand", "woonwerkafstand", "woon-\nwerkafstand"),
        ("de woon-\nwerkafstand", "woon werkafstand", "woon-\nwerkafstand"),
        ("de woon-\nwerkafstand", '"werkafstand"', "werkafstand"),
        ("een top-\nA-\nmerk", '"merk"', "merk"),
        ("foto-\nen filmclub", '"foto"', "foto"),
        ("lange\u200bwachttijd", "lange wachttijd", "lange\u200bwachttijd"),
        ("lange<wbr>wachttijd", "langewachttijd", "lange<wbr>wachttijd"),
    ],
)
def test_a_word_that_is_cut_at_a_line_end_is_read_both_ways(text: str, rule: str, expected: str) -> None:
    assert found(text, rule) == [expected]


@pytest.mark.parametrize(
    ("text", "rule", "expected"),
    [
        ("drukke<br>wegen", "drukke wegen", "drukke<br>wegen"),
        ("<p>drukke</p><p>wegen</p>", "drukke wegen", "drukke</p><p>wegen"),
        ("<li>bus</li><li>tram</li>", "bus", "bus"),
        ("<strong>wand</strong>elpad", "wandelpad", "wand</strong>elpad"),
        ('<a href="https://x.be/?a=1&b=2" class=x>wandelpad</a>', "wandelpad", "wandelpad"),
        ("<!-- verborgen -->wandelpad", "wandelpad", "wandelpad"),
        ("caf&eacute; open", "café", "caf&eacute;"),
        ("foto&#39;s en foto&rsquo;s", "foto's", "foto&#39;s"),
        ("drukke&nbsp;wegen", "drukke wegen", "drukke&nbsp;wegen"),
        ("drukke&amp;amp;nbsp;wegen", "drukke wegen", "drukke&amp;amp;nbsp;wegen"),
        ("wandel&shy;pad", "wandelpad", "wandel&shy;pad"),
        ("&lt;p&gt;wandel&#8203;pad&lt;/p&gt;", "wandelpad", "wandel&#8203;pad"),
        ("drukke wegen", "drukke&nbsp;wegen", "drukke wegen"),
    ],
)
def test_tags_and_entities_of_html_are_what_they_stand_for(text: str, rule: str, expected: str) -> None:
    assert found(text, rule)[0] == expected


@pytest.mark.parametrize(
    "text", ["loon < 5 en > 3 wandelpad", "a<b en wandelpad>c", "<wandelpad>", "x << wandelpad >> y", "<b wandelpad"]
)
def test_a_less_than_sign_swallows_no_words(text: str) -> None:
    assert found(text, "wandelpad") == ["wandelpad"]


def test_words_of_a_style_or_a_script_are_no_answer() -> None:
    assert found("<style>p {color: red}</style>meer groen", "color", "groen") == ["groen"]


@pytest.mark.parametrize("sign", "'’‘‛`´ʼʻˈ′＇\x92")
def test_apostrophes_that_look_alike_are_alike(sign: str) -> None:
    assert found(f"leuke baby{sign}s hier", '"baby\'s"') == [f"baby{sign}s"]
    assert found("leuke baby's hier", f"baby{sign}s") == ["baby's"]


@pytest.mark.parametrize("sign", "-‐‑‒–—―−－\x1e/“”„«»‟\u00a0\u202f\u3000&+")
def test_dashes_quotes_and_spaces_that_look_alike_keep_words_in_a_row(sign: str) -> None:
    assert found(f"de vrije{sign}tijd", "vrije tijd") == [f"vrije{sign}tijd"]


@pytest.mark.parametrize("quotes", ["“”", "„”", "««", "»«", "＂＂"])
def test_quotes_as_a_word_processor_writes_them_are_quotes_in_a_rule(quotes: str) -> None:
    assert found("wij plannen, het plan", f"{quotes[0]}plannen{quotes[1]}") == ["plannen"]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("ｗａｎｄｅｌｐａｄ", "wandelpad"),
        ("wandelpad", "ｗａｎｄｅｌｐａｄ"),
        ("𝘄𝗮𝗻𝗱𝗲𝗹𝗽𝗮𝗱", "wandelpad"),
        ("ﬂatgebouw", "flatgebouw"),
        ("kĳken", "kijken"),
        ("CAFE\u0301", "=CAFÉ"),
        ("cafe\u0301s", "café"),
        ("wa\u0336n\u0336delpad", "wandelpad"),
    ],
)
def test_letters_that_are_stored_otherwise_are_the_same_letters(text: str, rule: str) -> None:
    assert found(text, rule) == [text]


def test_negation_is_read_past_what_nobody_sees() -> None:
    text = "ge\u00aden <b>vid</b>eo, wel bud&shy;get"
    book = Codebook((Code("it", 1, {}, rules=("video", "budget"), negation=Negation.SKIP),))
    assert [text[hit.start : hit.end] for hit in find([text], book)["it"]] == ["bud&shy;get"]
    (scope,) = scopes(text)
    assert (text[scope.cue_start : scope.cue_end], text[scope.start : scope.end]) == ("ge\u00aden", "vid</b>eo")


@pytest.mark.parametrize(
    "text", ["\u200b", "\ufeff \u00ad", "&nbsp;", "<p><br></p>", "&lt;br&gt;", "n\u200bvt", "<p>g&#233;én</p>"]
)
def test_an_answer_in_which_nobody_sees_anything_is_no_answer(text: str) -> None:
    assert is_no_answer(text)


@pytest.mark.parametrize("text", ["<3 fietsen", "R&D", "a<b>c"])
def test_an_answer_with_signs_is_an_answer(text: str) -> None:
    assert not is_no_answer(text)


def test_the_classifier_sees_the_same_words() -> None:
    plain, hidden = "meer groene pleinen", "meer\u200b <b>groe</b>ne plei\u00adnen&nbsp;"
    for grams in (WordGrams(), CharacterGrams()):
        counts = grams.count([plain, hidden])
        rows = counts.matrix.toarray()
        assert np.array_equal(rows[0], rows[1])


def test_answers_that_differ_in_what_nobody_sees_say_the_same_and_those_that_differ_in_a_sign_do_not() -> None:
    same = alike({"1": "groen plein", "2": "groen pl\u00adein", "3": "top 👍", "4": "top 👎", "5": "c++", "6": "c#"})
    assert [len(same[unit]) for unit in "123456"] == [2, 2, 1, 1, 1, 1]


def test_hits_are_the_same_with_texts_of_all_kinds_in_one_run() -> None:
    texts = ["groene ruimte", "", "groene<br>ruimte", "gr\u00adoene ruim-\nte", "niets", "groene ruimte"]
    hits = Engine(one_code("groene ruimte", "ruimte")).find(texts)
    assert sorted(zip(hits.text.tolist(), hits.start.tolist(), hits.end.tolist(), strict=True)) == [
        *((0, 0, 13), (0, 7, 13), (2, 0, 16), (2, 10, 16), (3, 0, 16), (3, 8, 16), (5, 0, 13), (5, 7, 13)),
    ]


words = st.sampled_from(["meer", "groene", "ruimte", "foto's", "café", "AI", "niet"])


@given(
    st.lists(st.tuples(words, st.sampled_from([" ", ", ", "-", "\n"])), min_size=1, max_size=6),
    st.lists(
        st.tuples(st.integers(0, 60), st.sampled_from([*INVISIBLE.replace("\u200b", ""), "<b>", "</span>"])), max_size=8
    ),
)
def test_hits_stand_where_they_did_whatever_hidden_signs_are_put_in(
    parts: list[tuple[str, str]], hidden: list[tuple[int, str]]
) -> None:
    text = "".join(word + gap for word, gap in parts)
    inside, shift = [*text], {}
    for place, sign in hidden:
        if place < len(text):
            inside[place] = sign + inside[place]
    for place in range(len(text)):
        shift[place] = len("".join(inside[: place + 1])) - 1
    rules = ("groene ruimte", "foto's", '"cafe"', "=AI NEAR/2 meer", "niet")
    plain, odd = (Engine(one_code(*rules)).find([one]) for one in (text, "".join(inside)))
    moved = [(rule, shift[start], shift[end - 1] + 1) for rule, start, end in places(plain)]
    assert places(odd) == moved
    assert [reason.note for reason in odd.reasons] == [reason.note for reason in plain.reasons]


def places(hits) -> list[tuple[int, int, int]]:  # type: ignore[no-untyped-def]  # noqa: ANN001
    return list(zip(hits.rule.tolist(), hits.start.tolist(), hits.end.tolist(), strict=True))


letters = st.one_of(
    st.sampled_from(
        [*"ab1 <>&;#/-\n\r.'", *INVISIBLE, "&amp;", "&#", "&lt;", "<br", "<b>", "</p>", "<!--", "-->", "👍", "ﬁ", "ĳ"]
    ),
    st.characters(),
)


@given(st.lists(letters, max_size=30).map("".join), st.booleans())
def test_what_is_seen_of_any_text_leads_back_to_it(text: str, joined: bool) -> None:  # noqa: FBT001
    seen = visible(text, joined=joined)
    for match in TOKEN.finditer(seen.text):
        start, end = seen.verbatim(*match.span())
        assert 0 <= start < end <= len(text)
    if seen.start is None:
        assert seen.text == text
    else:
        assert seen.end is not None
        assert len(seen.text) == len(seen.start) == len(seen.end)
        assert (np.diff(seen.start) >= 0).all()


@given(st.text("abcdé ,.'-", max_size=20))
def test_a_text_without_odd_signs_is_seen_as_it_is(text: str) -> None:
    assert visible(text).start is None
    assert visible(unicodedata.normalize("NFD", text)).start is None
