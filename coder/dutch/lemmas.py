"""The lemma of a single form, looked up without its sentence."""

from functools import lru_cache

_STEPS = 3
"""Words are never further than this from their lemma; the list has a few circles."""


@lru_cache(maxsize=200_000)
def lemma(form: str) -> str:
    """The dictionary form of a Dutch word in lower case; a word that is not known stays as it is.

    From simplemma's word list (Barbaresi 2021), looked up until nothing changes, so that a form and its
    lemma have the same one: `gemeten` gives `meten`, `filmpjes` gives `film`.
    """
    from simplemma import lemmatize  # noqa: PLC0415 (loads a word list)

    for _ in range(_STEPS):
        form, before = lemmatize(form, lang="nl").lower(), form
        if form == before:
            break
    return form
