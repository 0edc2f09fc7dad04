"""Answers that are no answer: nothing, "nvt", "xxxx", "geen idee", a bare number."""

import re
from collections.abc import Collection, Sequence
from functools import partial

import numpy as np
import numpy.typing as npt

from coder.corpus import Corpus
from coder.languages.text import WORD, fold
from coder.languages.visible import is_odd, visible

NO_ANSWER = (
    "nvt",
    "n v t",
    "niet van toepassing",
    "geen",
    "geen idee",
    "ik heb geen idee",
    "idk",
    "nee",
    "ja",
    "geen flauw idee",
    "geen mening",
    "geen antwoord",
    "geen commentaar",
    "weet niet",
    "weet ik niet",
    "weet het niet",
    "ik weet niet",
    "ik weet het niet",
    "zou het niet weten",
    "ik zou het niet weten",
    "wn",
    "wnwz",
    "n a",
    "na",
    "asdf",
    "asdfasdf",
    "qwerty",
    "azerty",
    "blabla",
    "bla bla",
)
"""What people type for no answer, compared without case, accents and punctuation."""

_EMPTY_OF_WORDS = re.compile(r"[\d ]*|([a-z])(?: ?\1)*")
"""No letter at all (nothing, signs, a number), or one letter again and again."""
_BETWEEN = re.compile(r"[;|\n]")
"""What stands between two answers in one: those of several columns, or lines."""


def is_no_answer(text: str, forms: Collection[str] = NO_ANSWER) -> bool:
    """Whether a text says nothing: empty, signs or a number only, one letter repeated, or in `forms`.

    One of several parts, with ";", "|" or a line end between, does when each of them does.
    """
    return _is_none(visible(text).text, forms)


def _is_none(text: str, forms: Collection[str]) -> bool:
    words = " ".join(WORD.findall(fold(text)))
    if _EMPTY_OF_WORDS.fullmatch(words) is not None or words in forms:
        return True
    parts = _BETWEEN.split(text)
    return len(parts) > 1 and all(_is_none(part, forms) for part in parts)


def no_answers(corpus: Corpus, forms: Sequence[str] = NO_ANSWER) -> npt.NDArray[np.bool_]:
    """For each unit whether it is no answer, shape (units,). `forms` may be given in any spelling."""
    return say_nothing(corpus.texts.tolist(), forms)


def say_nothing(texts: Sequence[str], forms: Sequence[str] = NO_ANSWER) -> npt.NDArray[np.bool_]:
    """The same of each text, shape (texts,)."""
    plain = frozenset(" ".join(WORD.findall(fold(form))) for form in forms)
    words = frozenset(word for form in plain for word in form.split())
    found = (not _says_something(text, words) and is_no_answer(text, plain) for text in texts)
    return np.fromiter(found, dtype=np.bool_, count=len(texts))


_FIRST = 8


def _says_something(text: str, words: Collection[str]) -> bool:
    """Whether one of the first words shows it at once: plain letters, not all the same, and in no form."""
    return not is_odd(text) and any(map(partial(_is_telling, words), text.split(maxsplit=_FIRST)[:_FIRST]))


def _is_telling(words: Collection[str], word: str) -> bool:
    return word.isascii() and word.isalpha() and (low := word.lower()) not in words and low.strip(low[0]) != ""
