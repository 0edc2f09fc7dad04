"""Which words of an English, French or German answer are denied: those after a word that denies, in its clause.

NegEx as it was published (Chapman et al. 2001): closed lists of words that deny and of expressions that only seem to,
and the five words that follow. What stands before the word ("Podcasts brauche ich nicht") is not denied: that needs
what `coder.dutch.negation` knows of Dutch.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from coder.dutch.forms import Forms
from coder.dutch.lines import Lines
from coder.dutch.negation import Scope
from coder.dutch.text import WORD, fold

_WINDOW, _NEAR = 5, 3
_BREAK = re.compile(r"[!?;:,()\n•…|]|\.(?:\s|$)|\s[-‐-―]+\s")
"""What ends a clause between two words."""


@dataclass(frozen=True, slots=True)
class Negations:
    """The words that deny, expressions that begin with one and do not, and words with which a clause starts; folded.

    `after` has words that deny only where a word like `before` stands up to three words before ("ne veux plus").
    """

    cues: frozenset[str]
    seeming: tuple[tuple[str, ...], ...]
    turns: frozenset[str]
    after: frozenset[str]
    before: re.Pattern[str]

    @classmethod
    def read(cls, cues: str, seeming: str, turns: str, after: str = "", before: str = "") -> "Negations":
        """Of lists of words, the expressions parted by commas."""
        expressions = tuple(tuple(fold(one).split()) for one in seeming.split(","))
        denying, turning, only_after = (frozenset(fold(words).split()) for words in (cues, turns, after))
        return cls(denying, expressions, turning, only_after, re.compile(before))

    def may_deny(self, forms: Forms) -> npt.NDArray[np.bool_]:
        """Whether a text that has the form may have a scope; a text without any such form has none."""
        return np.isin(forms.lines.hashes[forms.folded], Lines.of(sorted(self.cues | self.after)).hashes)

    def scopes(self, text: str) -> tuple[Scope, ...]:
        """Every stretch of the text that is denied, in order of place."""
        words = list(WORD.finditer(text))
        forms = [fold(word[0]) for word in words]
        return tuple(self._found(text, words, forms))

    def _found(self, text: str, words: list[re.Match[str]], forms: list[str]) -> Iterator[Scope]:
        for place in range(len(forms)):
            if not self._denies(forms, place) or self._seems(forms, place):
                continue
            last = place
            for following in range(place + 1, min(place + 1 + _WINDOW, len(words))):
                parted = _BREAK.search(text[words[following - 1].end() : words[following].start()])
                if parted or forms[following] in self.turns or self._denies(forms, following):
                    break
                last = following
            if last > place:
                cue = words[place]
                yield Scope(cue[0], cue.start(), cue.end(), words[place + 1].start(), words[last].end())

    def _denies(self, forms: list[str], place: int) -> bool:
        before = forms[max(place - _NEAR, 0) : place]
        return forms[place] in self.cues or (forms[place] in self.after and any(map(self.before.fullmatch, before)))

    def _seems(self, forms: list[str], place: int) -> bool:
        return any(tuple(forms[place : place + len(one)]) == one for one in self.seeming)


NEGATIONS = {
    "en": Negations.read(
        """
        no not never without nor neither none nothing nobody nowhere cannot cant dont doesnt didnt wont wouldnt isnt
        arent wasnt werent havent hasnt hadnt shouldnt couldnt can't don't doesn't didn't won't wouldn't isn't aren't
        wasn't weren't haven't hasn't hadn't shouldn't couldn't ain't
        """,
        "not only, not just, no problem, no problems, no doubt, no idea, no opinion, not always, not everyone, "
        "not enough, without doubt, nothing better, none the less",
        "but because although though however so since if when while",
    ),
    "fr": Negations.read(
        "pas jamais sans aucun aucune rien ni nul nulle",
        "pas seulement, pas uniquement, pas mal, pas toujours, pas assez, pas de probleme, pas de souci, pas d'avis, "
        "sans doute, sans probleme, rien de mieux",
        "mais car parce puisque donc quoique cependant pourtant si quand lorsque",
        after="plus guere",
        before="ne|n'.*",
    ),
    "de": Negations.read(
        "nicht nich nie niemals kein keine keinen keinem keiner keines ohne weder nichts niemand nirgends",
        "nicht nur, nicht bloss, nicht immer, nicht genug, nicht alle, keine ahnung, kein problem, keine frage, "
        "ohne zweifel, ohne probleme, nichts besseres",
        "aber sondern weil da denn obwohl jedoch wenn als damit doch",
        after="noch",
        before="weder",
    ),
}
