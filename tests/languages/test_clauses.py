"""Clauses carry one thought each, cover every word, and are places in the verbatim text."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from coder.languages.clauses import clauses
from coder.languages.text import tokenise


def cut(text: str, language: str = "nl") -> str:
    """The clauses of a text, a bar between them."""
    return " | ".join(text[start:end] for start, end in clauses([text], language)[0])


PIECES = st.sampled_from(
    [
        *"lekker eten goede bediening maar want omdat en of die dat we ik is was niet te om als dan mooi terras".split(),
        *". , ; : ( ) - / ... \n \r\n • ! ? + & \" ' 3,5 12.30 bv. enz. www.test.be 👍 ❤️ \x00 \ud800 \udc00".split(" "),
        "zwem-\nbad", "&amp;", "<br>", "a\u0301", "\u200b", "\u00ad", "\ufb01", "\u2028", " ",
    ]
)  # fmt: skip
TEXTS = st.text(max_size=60) | st.lists(PIECES, max_size=40).map(" ".join) | st.lists(PIECES, max_size=40).map("".join)


@given(st.lists(TEXTS, max_size=4), st.sampled_from(["nl", "en", "fr", "de", "pl", ""]))
def test_places_are_in_order_and_hold_every_word(texts: list[str], language: str) -> None:
    found = clauses(texts, language)
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
    assert clauses(texts, language) == found
