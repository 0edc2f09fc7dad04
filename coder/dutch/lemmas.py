"""Lemmas of Dutch words by vote.

:func:`lemma` joins what a trained lemmatizer says of a word in its sentence with
a table learnt from the treebank and simplemma's dictionary; :func:`form_lemma`
does without a sentence. Compounds unknown to both are looked up by their longest
known end ("communicatieplannen": "plannen").
"""

import gzip
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from coder.dutch.compounds import split
from coder.resources import resource

if TYPE_CHECKING:
    from spacy.tokens import Token

TABLE = resource("models/nl_coder_sm/lemmas.tsv.gz")
MIN_END = 5  # letters of a compound's known end
MIN_FRONT = 2  # letters before it
SHORTEST_STEM = 3
NAMES = frozenset({"PROPN", "X", "SYM", "NUM", "PUNCT"})
OPEN = frozenset({"NOUN", "VERB", "ADJ", "ADV"})
DOUBLED_END = re.compile(r"([bdfgklmnprst])\1$")
ADJECTIVES = ("se", "sche", "ige", "lijke", "bare", "oze", "ale", "ane")
INFINITIVE = re.compile(r"(?!.*ge)\w+en")
PRESENT = re.compile(r"(\w{2,}en)d(?:e|en|er|ste)?")
DIMINUTIVE = re.compile(r"(\w{2,}?)(etje|tje|pje|kje|je)s?")
LONG_VOWEL = re.compile(r"(?<![aeiou])([ao])([bdfgklmnprstvz])$")
DOUBLED_VOWEL = re.compile(r"([aou])\1$")
PLURALS = ("ers", "els", "ens", "eurs", "ors", "ies", "'s")
OPEN_SYLLABLE = re.compile(r"([aeou])\1([bcdfghjklmnpqrstvwxz])en$")


@lru_cache(maxsize=1)
def table() -> dict[str, dict[str, str]]:
    """For each lower-cased form, its lemma by part of speech, commonest first."""
    lines = gzip.decompress(TABLE.read_bytes()).decode("utf8").split("\n")
    found = {}
    for line in lines:
        form, *rest = line.split("\t")
        found[form] = dict(zip(rest[::2], (lemma or form for lemma in rest[1::2]), strict=True))
    return found


@lru_cache(maxsize=1)
def _dictionary() -> Mapping[str, str]:
    """Simplemma's Dutch dictionary."""
    from simplemma.strategies.dictionaries.dictionary_factory import DefaultDictionaryFactory  # noqa: PLC0415

    return DefaultDictionaryFactory().get_dictionary("nl")


def dictionary(form: str, pos: str) -> str | None:
    """Simplemma's lemma of a lower-cased form, if it may be one for ``pos``.

    The dictionary knows no parts of speech and gives "claimen" for "claim",
    "winkelier" for "winkelierster", "knappen" for "knappe". A word of unknown
    part of speech (``""``) counts as a noun if no verb ends like it.
    """
    found = _dictionary().get(form)
    if found is None:
        return None
    found = found.replace("_", "")
    if pos == "VERB" and not found.endswith("n"):
        return None
    if pos == "ADJ" and found.endswith("en") and not form.endswith("en"):
        return None
    if found.endswith("en") and (pos == "" and form[-1] not in "tdne"):
        return form
    if pos == "NOUN":
        if found.endswith("en") and not form.endswith("n"):
            return form
        if not form.endswith(("n", "s", "je", "a", "i")):
            return form
        if form.endswith("s") and not form.startswith(found[:-1]):
            return form
    return found


def known(form: str, pos: str) -> str | None:
    """The lemma of a lower-cased form from the table or the dictionary."""
    kinds = table().get(form, {})
    if pos in kinds:
        return kinds[pos]
    if kinds and pos == "":
        return next(iter(kinds.values()))
    return None if pos in NAMES else dictionary(form, pos)


def by_end(form: str, pos: str) -> str | None:
    """The lemma of a compound, from its longest end that is known.

    A participle's "ge" before that end is no part of the lemma ("opgekweekt").
    """
    for start in range(MIN_FRONT, len(form) - MIN_END + 1):
        found = known(form[start:], pos)
        if found and found[0] != "-":
            front = form[:start]
            if front.endswith("ge") and (pos == "VERB" or (not pos and found[-1] == "n")):
                front = front[:-2]
            return front + found.lower()
    return None


def participle(form: str, pos: str) -> str | None:
    """The verb of a participle ("klagend", "getapt")."""
    match = PRESENT.fullmatch(form)
    if match and (pos == "VERB" or known(match[1], "VERB") == match[1]):
        return match[1]
    if form.startswith("ge") and pos == "VERB":
        return known(form[2:].lstrip("-"), pos)
    return None


def undiminished(form: str) -> str | None:
    """The noun of a diminutive ("tafeltjes": "tafel")."""
    match = DIMINUTIVE.fullmatch(form)
    if match is None:
        return None
    stem, ending = match.groups()
    whole, bare = stem + ending.removesuffix("je"), DOUBLED_VOWEL.sub(r"\1", stem)
    first = (stem, whole) if stem[-1] in "lmnrwj" else (whole, stem)
    for base in (*first, bare, DOUBLED_END.sub(r"\1", stem)):
        if is_lemma(base):
            return base
    return stem if ending in ("tje", "pje") and stem[-1] in "aeiolmnruwj" else None


def adjective(form: str) -> str | None:
    """The bare form of an inflected adjective ("bewaarbare": "bewaarbaar")."""
    stem = re.sub("en?$", "", form)
    if stem == form or len(stem) < SHORTEST_STEM:
        return None
    stem = LONG_VOWEL.sub(r"\1\1\2", stem)
    if stem[-1] in "zv":
        stem = stem[:-1] + {"z": "s", "v": "f"}[stem[-1]]
    return DOUBLED_END.sub(r"\1", stem)


def is_lemma(word: str) -> bool:
    """Whether a lower-cased word, or its end as a compound, is its own lemma."""
    return any(known(word[start:], "NOUN") == word[start:] for start in (0, *range(MIN_FRONT, len(word) - MIN_END + 2)))


def spelt(lemma: str, pos: str) -> str:
    """The guessed lemma in right spelling ("gewass": "gewas"; "situeeren": "situeren")."""
    if pos == "VERB":
        return OPEN_SYLLABLE.sub(r"\1\2en", lemma)
    return DOUBLED_END.sub(r"\1", lemma)


@lru_cache(maxsize=50_000)
def lemma(form: str, pos: str, trained: str) -> str:
    """The lemma of a form of this part of speech, given the trained guess."""
    low = form.lower()
    pos = "VERB" if pos == "AUX" else pos
    kinds = table().get(low, {})
    if pos in kinds:
        return kinds[pos]
    if pos not in OPEN:
        other = None if pos in NAMES else next(iter(kinds.values()), None)
        return other or trained or form
    guess = spelt(trained or low, pos)
    if kinds:
        return next(iter(kinds.values()))
    found = undiminished(low) if pos == "NOUN" else None
    found = found or dictionary(low, pos)
    if found is None and pos == "VERB":
        found = participle(low, pos)
        if found is None and guess == low and INFINITIVE.fullmatch(low):
            found = low
    if found is None and not (pos == "VERB" and is_lemma(guess.lower())):
        found = dictionary(low, "") if pos != "ADJ" else None
    found = found or by_end(low, pos)
    if found is None and pos == "ADJ":
        found = adjective(low)
    if found == low != guess and pos == "NOUN" and is_lemma(guess.lower()):
        return guess
    return found or guess


@lru_cache(maxsize=50_000)
def form_lemma(form: str) -> str:
    """The lemma of a single word without its sentence, in lower case."""
    low = plain(form)
    kinds = table().get(low)
    if kinds:
        return next(iter(kinds.values())).lower()
    found = undiminished(low) or participle(low, "") or known(low, "")
    if found in (None, low) and low.endswith(PLURALS):
        single = low.removesuffix("s").removesuffix("'")
        found = single if is_lemma(single) else found
    found = found or by_end(low, "")
    if found is None and low.endswith(ADJECTIVES):
        found = adjective(low)
    return (found or low).lower()


def word_lemma(token: "Token") -> str:
    """The lemma of a word in its sentence, by vote."""
    return lemma(token.text, token.pos_, token.lemma_)


def is_verb(word: str) -> bool:
    """Whether a lower-cased word is an infinitive as far as the lists know."""
    return word.endswith("n") and (word in table() or word in _dictionary() or known(word, "VERB") == word)


def is_known(form: str) -> bool:
    """Whether a form is a word, or a compound of words, as far as the lists know."""
    low = plain(form)
    return low in table() or low in _dictionary() or len(split(low)) > 1


@lru_cache(maxsize=50_000)
def form_lemmas(form: str) -> frozenset[str]:
    """Every lemma that a single word may have, in lower case: "zetten" is of `zetten` and of `zet`."""
    low = plain(form)
    found = {
        form_lemma(low),
        *table().get(low, {}).values(),
        _dictionary().get(low, low).replace("_", "") or low,
        known(low, "VERB") or low,
    }
    return frozenset(lemma.lower() for lemma in found)


def plain(form: str) -> str:
    """The form in lower case, however its accents and apostrophes are stored: as the word lists have it."""
    return unicodedata.normalize("NFC", form.lower()).replace("’", "'")
