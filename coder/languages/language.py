"""The language of a codebook, by its code: Dutch in full, English, French and German thinly, any other as written.

Rules, features and the list of what is no answer ask here; nothing Dutch is done to words of another language. A
language that is not known finds words as they are written, and `note` says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from coder.corpus import Corpus
from coder.dutch import negation as dutch_negation
from coder.dutch.compounds import split
from coder.dutch.forms import Forms
from coder.dutch.lemmas import form_lemma
from coder.dutch.negation import Scope
from coder.dutch.no_answer import NO_ANSWER
from coder.dutch.no_answer import no_answers as are_no_answers
from coder.dutch.stop_words import STOP_WORDS
from coder.dutch.text import fold
from coder.languages.lemmas import Lemmas
from coder.languages.negation import NEGATIONS, Negations
from coder.languages.words import NAMES, NO_ANSWERS, NO_WORDS, STOPS

DUTCH = "nl"


@dataclass(frozen=True, slots=True)
class Language:
    """A language that we know little of: words are what is written.

    `code` is that of ISO 639, lower-case ("fr" for "fr-BE"). `stop_words` are folded.
    """

    code: str
    stop_words: frozenset[str] = frozenset()
    no_answer: tuple[str, ...] = NO_WORDS
    negations: Negations | None = None

    @property
    def note(self) -> str:
        """What is not done for this language, in a sentence; "" for one that we know."""
        known = ", ".join(sorted({DUTCH, *STOPS}))
        return (
            f"Rules look for words as they are written, without their inflections: the language of the codebook is "
            f"{self.code!r}, and those known are {known}."
        )

    @property
    def denies(self) -> bool:
        """Whether we know its words of negation."""
        return self.negations is not None

    def lemmas(self, form: str) -> tuple[str, ...]:
        """The lemmas that a word may have, in lower case, the likeliest first."""
        return (form.lower(),)

    def parts(self, form: str) -> tuple[str, ...]:
        """The words that a form is made of, in lower case; itself where it is one."""
        return (self.bare(form) or form.lower(),)

    def bare(self, form: str) -> str:  # noqa: ARG002 (of other languages)
        """The word without what is joined to it by an apostrophe ("l'école": "école"); "" where nothing is."""
        return ""

    def may_deny(self, forms: Forms) -> npt.NDArray[np.bool_]:
        """Whether a text that has the form may have a negation."""
        return np.zeros(len(forms), np.bool_) if self.negations is None else self.negations.may_deny(forms)

    def scopes(self, text: str) -> tuple[Scope, ...]:
        """The stretches of the text under a negation, in order of place."""
        return () if self.negations is None else self.negations.scopes(text)


@dataclass(frozen=True, slots=True)
class _Listed(Language):
    """A language of which simplemma has the lemmas."""

    @property
    def note(self) -> str:
        """Nothing."""
        return ""

    def lemmas(self, form: str) -> tuple[str, ...]:
        """The lemmas that a word may have, in lower case, the likeliest first."""
        return Lemmas.of(self.code).found(form)

    def bare(self, form: str) -> str:
        """The word without what is joined to it by an apostrophe; "" where nothing is."""
        return Lemmas.of(self.code).bare(form)


@dataclass(frozen=True, slots=True)
class _Dutch(Language):
    """Dutch, of which compounds, negation and slips of the pen are known too (`coder.dutch`)."""

    @property
    def note(self) -> str:
        """Nothing."""
        return ""

    @property
    def denies(self) -> bool:
        """Dutch negation is known."""
        return True

    def lemmas(self, form: str) -> tuple[str, ...]:
        """The lemma of a word without its sentence."""
        return (form_lemma(form),)

    def parts(self, form: str) -> tuple[str, ...]:
        """The parts of a compound, in lower case."""
        return split(form)

    def may_deny(self, forms: Forms) -> npt.NDArray[np.bool_]:
        """Whether a text that has the form may have a negation."""
        return dutch_negation.may_deny(forms)

    def scopes(self, text: str) -> tuple[Scope, ...]:
        """The stretches of the text under a negation, in order of place."""
        return dutch_negation.scopes(text)


def language_of(code: str) -> Language:
    """The language with this code or name ("fr", "fr-BE", "Français"); Dutch where there is none."""
    name = fold(code).strip().replace("_", "-")
    return _language(NAMES.get(name) or NAMES.get(name.split("-")[0]) or name.split("-")[0] or DUTCH)


@cache
def _language(code: str) -> Language:
    if code == DUTCH:
        return _Dutch(DUTCH, STOP_WORDS, NO_ANSWER)
    if code in STOPS:
        stop_words = frozenset(map(fold, STOPS[code].split()))
        return _Listed(code, stop_words, (*NO_WORDS, *NO_ANSWERS[code]), NEGATIONS[code])
    return Language(code)


def answered(corpus: Corpus, language: str, no_answer: Sequence[str] | None = None) -> Corpus:
    """The units that say something: those of which the text is none of `no_answer`, or of the language's own list.

    The one place where it is decided who is in the base.
    """
    return corpus.take(corpus.ids[~no_answers(corpus, no_answer, language)])


def no_answers(corpus: Corpus, forms: Sequence[str] | None, language: str = DUTCH) -> npt.NDArray[np.bool_]:
    """For each unit whether it is no answer, shape (units,): by these forms, or by those of this language."""
    return are_no_answers(corpus, language_of(language).no_answer if forms is None else forms)
