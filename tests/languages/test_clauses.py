"""Clauses carry one thought each, cover every word, and are places in the verbatim text."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from coder.languages.clauses import clauses
from coder.languages.language import language_of
from coder.languages.text import tokenise


def cut(text: str, language: str = "nl") -> str:
    """The clauses of a text, a bar between them."""
    return " | ".join(text[start:end] for start, end in clauses([text], language_of(language))[0])


WORDS = "lekker eten goede bediening maar want omdat en of die dat we ik is was niet te om als dan mooi zijn"
MARKS = ". , ; : ( ) - / ... • ! ? + & ' 3,5 12.30 bv. enz. www.test.be 👍 ❤️"
PIECES = st.sampled_from(
    [
        *WORDS.split(),
        *MARKS.split(),
        *["\n", "\r\n", "\x00", "\ud800", "\udc00", '"', " ", "zwem-\nbad", "&amp;", "<br>"],
        *["a\u0301", "\u200b", "\u00ad", "\ufb01", "\u2028", "(lekker)", "wa'", "\ufdfa"],
    ]
)
TEXTS = st.text(max_size=60) | st.lists(PIECES, max_size=40).map(" ".join) | st.lists(PIECES, max_size=40).map("".join)


@example(["(\r0", "0\n)", "(\n(0"], "nl")
@given(st.lists(TEXTS, max_size=4), st.sampled_from(["nl", "en", "fr", "de", "pl", ""]))
def test_places_are_in_order_and_hold_every_word(texts: list[str], language: str) -> None:
    found = clauses(texts, language_of(language))
    assert len(found) == len(texts)
    for text, places in zip(texts, found, strict=True):
        words = tokenise([text])
        holds = [0] * len(places)
        ends = [0, *(end for _, end in places)]
        for (start, end), before in zip(places, ends, strict=False):
            assert before <= start < end <= len(text)
            assert text[start:end] == text[start:end].strip()
        every = np.arange(len(words.form))
        for first, last in zip(*words.characters(every, every), strict=True):
            inside = [number for number, (start, end) in enumerate(places) if start <= first and last <= end]
            assert len(inside) == 1
            holds[inside[0]] += 1
        assert all(holds)
    assert clauses(texts, language_of(language)) == found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("vriendelijke bediening, lekker eten en mooi terras", "vriendelijke bediening | lekker eten | en mooi terras"),
        ("meer tijd, meer geld en meer personeel", "meer tijd | meer geld | en meer personeel"),
        ("video, podcasts, AI", "video | podcasts | AI"),
        ("goede koffie + lekkere taart", "goede koffie | + lekkere taart"),
        (
            "Te weinig bussen; de trein is te duur (en vaak te laat)",
            "Te weinig bussen | de trein is te duur | (en vaak te laat)",
        ),
        ("het eten was goed en de bediening vriendelijk", "het eten was goed | en de bediening vriendelijk"),
        (
            "ik kan er niet heen want ik heb geen auto en de bus rijdt niet",
            "ik kan er niet heen | want ik heb geen auto | en de bus rijdt niet",
        ),
        ("Als het regent blijf ik thuis", "Als het regent | blijf ik thuis"),
        ("Lekker gegeten.. bediening was traag", "Lekker gegeten.. | bediening was traag"),
        ("lekker eten 👍 trage bediening 👎", "lekker eten 👍 | trage bediening 👎"),
        ("goede sfeer maar te weinig plaats", "goede sfeer | maar te weinig plaats"),
        ("betaalbaar wonen, veilig verkeer, propere straten", "betaalbaar wonen | veilig verkeer | propere straten"),
        (
            "1. Meer groen. 2. Minder auto's. 3. Veilige fietspaden",
            "1. Meer groen. | 2. Minder auto's. | 3. Veilige fietspaden",
        ),
    ],
)
def test_a_clause_is_a_thought(text: str, expected: str) -> None:
    assert cut(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "we hebben tijd, geld en mensen te kort",
        "de vis, de frietjes en de wijn waren koud",
        "ik vind dat de bediening en het eten goed waren",
        "niet alleen lekker maar ook goedkoop",
        "zowel het eten als de bediening was goed",
        "we moesten maar liefst een uur wachten",
        "ik ga af en toe eten met vrienden",
        "kostte 12,50 euro en 3.5 sterren waard",
        "zie www.test.be/a,b en mail jan@test.be voor info",
        "Meer inspraak bv. via een forum of een app",
        "brood en spelen",
        "Njam!",
    ],
)
def test_a_text_of_one_thought_is_one_clause(text: str) -> None:
    assert cut(text) == text


def test_marks_that_part_clauses_are_of_none() -> None:
    assert (
        cut("- meer groen\n- minder auto's; veilige fietspaden, ") == "meer groen | minder auto's | veilige fietspaden"
    )
    assert cut(" ; ") == ""


def test_a_long_paragraph_is_cut_in_its_sentences() -> None:
    sentence = "De gemeente legt dit jaar nieuwe fietspaden aan, en zij plant bomen langs de weg naar het station."
    assert cut(" ".join([sentence] * 5)) == " | ".join([sentence] * 5)


def test_places_are_in_the_verbatim_text() -> None:
    assert cut("lekker e\u00adten, goede be-\ndiening &amp; mooie tuin").split(" | ")[0] == "lekker e\u00adten"


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "the food was great | but the service was slow"),
        ("fr", "le repas était bon | mais le service était lent"),
        ("de", "das Essen war gut | aber die Bedienung war langsam"),
        ("pl", "jedzenie bylo dobre ale obsluga wolna"),
    ],
)
def test_other_languages_have_short_lists_or_punctuation(language: str, expected: str) -> None:
    assert cut(expected.replace(" | ", " "), language) == expected
