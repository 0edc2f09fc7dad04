"""Lemmas of English, French and German words, from simplemma's dictionaries (Barbaresi 2021).

A form is looked up as it is written, or else in another case; one without accents may be short of them ("ecoles").
One that no dictionary has ("podcasts" in French) may be what is left without an ending.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain

from coder.dutch.text import fold
from coder.dutch.word_lists import plain

_SHORTEST_STEM, _SHORTEST_END = 3, 5
_FORMS = 200_000
_ENDINGS = {
    "en": ("s", "es", "d", "ed", "ing"),
    "fr": ("s", "x", "e", "es"),
    "de": ("s", "n", "en", "e", "er", "es", "em", "ern"),
}
"""Endings of inflected words that no dictionary has."""
_DOUBLED = re.compile(r"([bdglmnprt])\1$")
_JOINED = {
    "en": re.compile(r"(?P<bare>.+)'s"),
    "fr": re.compile(r"(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|presqu|quelqu)'(?P<bare>.+)"),
    "de": re.compile(r"(?P<bare>.+)'s"),
}
"""A word with another joined to it by an apostrophe."""


@dataclass(frozen=True, slots=True)
class Lemmas:
    """The lemmas of one language: `listed` are those of the dictionary, by form, in bytes as simplemma keeps them."""

    code: str
    listed: Mapping[bytes, bytes]
    joined: re.Pattern[str]

    @classmethod
    def of(cls, code: str) -> "Lemmas":
        """Those of en, fr or de; read once."""
        return _lemmas(code)

    def found(self, form: str) -> tuple[str, ...]:
        """The lemmas that a word may have, in lower case, the likeliest first; a word no list has is its own too."""
        return _found(self.code, form)

    def bare(self, form: str) -> str:
        """The word without what is joined to it by an apostrophe; "" where nothing is."""
        match = self.joined.fullmatch(plain(form)) if "'" in form or "’" in form else None
        return match["bare"] if match else ""

    def given(self, form: str) -> tuple[str, ...]:
        """The lemma that the dictionary has for exactly this form, and that of the lemma ("amélioré": "améliorer")."""
        lemma = self.listed.get(form.encode("utf-8", "surrogatepass"))
        return () if lemma is None else (lemma.decode().lower(), self.listed.get(lemma, lemma).decode().lower())


@cache
def _lemmas(code: str) -> Lemmas:
    from simplemma.strategies.dictionaries.dictionary_factory import DefaultDictionaryFactory  # noqa: PLC0415

    found = DefaultDictionaryFactory().get_dictionary(code)
    kept = getattr(found, "_dict", None)
    listed = kept if isinstance(kept, dict) else {form.encode(): lemma.encode() for form, lemma in found.items()}
    return Lemmas(code, listed, _JOINED[code])


@lru_cache(maxsize=_FORMS)
def _found(code: str, form: str) -> tuple[str, ...]:
    lemmas = _lemmas(code)
    low = plain(form)
    spelt = (low, low.capitalize()) if form == low else (form, low)
    given = [found for one in spelt if (found := lemmas.given(one))]
    some = chain(*(given if form == low else given[:1]), _unaccented(code).get(low, ()) if low.isascii() else ())
    return tuple(dict.fromkeys(some)) or (_by_end(lemmas, low) if code == "de" else ()) or _without_ending(code, low)


@cache
def _unaccented(code: str) -> Mapping[str, tuple[str, ...]]:
    """The lemmas of forms that have accents, by the form without them."""
    listed = _lemmas(code).listed
    forms = [form for form in listed if not form.isascii()]
    folded = fold(b"\n".join(forms).decode()).split("\n")
    lemmas = b"\n".join(listed[form] for form in forms).decode().lower().split("\n")
    found: dict[str, tuple[str, ...]] = {}
    for form, lemma in zip(folded, lemmas, strict=True):
        known = found.get(form)
        found[form] = (lemma,) if known is None else known if lemma in known else (*known, lemma)
    return found


def _by_end(lemmas: Lemmas, low: str) -> tuple[str, ...]:
    """The lemma of a compound by its longest end that is a noun: "schulbussen" is of "schulbus"."""
    for start in range(2, len(low) - _SHORTEST_END + 1):
        if found := lemmas.given(low[start:].capitalize()):
            return (low[:start] + found[0],)
    return ()


def _without_ending(code: str, low: str) -> tuple[str, ...]:
    """The form and what may be its lemma: without an ending, with an e again, or with one of two letters."""
    stems = [low[: -len(end)] for end in _ENDINGS[code] if low.endswith(end) and len(low) - len(end) >= _SHORTEST_STEM]
    verbs = [low.removesuffix("ing").removesuffix("ed")] if code == "en" and low.endswith(("ing", "ed")) else []
    verbs = [verb for verb in verbs if len(verb) >= _SHORTEST_STEM]
    changed = [one for verb in verbs for one in (f"{verb}e", _DOUBLED.sub(r"\1", verb))]
    return tuple(dict.fromkeys((low, *stems, *changed)))
