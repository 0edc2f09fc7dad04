"""The lemma of a single form, looked up without its sentence."""

from functools import lru_cache


@lru_cache(maxsize=200_000)
def lemma(form: str) -> str:
    """The dictionary form of a Dutch word in lower case; a word that is not known stays as it is.

    From simplemma's word list (Barbaresi 2021), followed to its end, so that a form and its lemma have
    the same one: `filmpjes` gives `film`. The list goes in circles (`meten`, `meet`): the longest word
    of a circle stands for all of it.
    """
    from simplemma import lemmatize  # noqa: PLC0415 (loads a word list)

    way = [form]
    while (after := lemmatize(way[-1], lang="nl").lower()) not in way:
        way.append(after)
    circle = way[way.index(after) :]
    return max(circle, key=lambda word: (len(word), word))
