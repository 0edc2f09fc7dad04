"""Lemmas of Dutch words by vote.

Three sources: a table learnt from the treebank (form and part of speech), simplemma's dictionary (Barbaresi
2021), and what the trained lemmatizer says of a word in its sentence. A compound that none of them knows is
looked up by its longest known end ("communicatieplannen": "plannen").
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from coder.languages.lines import Lines
from coder.languages.nl.compounds import split
from coder.languages.nl.word_lists import dictionary, known_ends, looked_up, plain, table

if TYPE_CHECKING:
    from spacy.tokens import Token

_MIN_END, _MIN_FRONT = 5, 2
"""Letters of the known end of a compound, and of what stands before it."""
_SHORTEST_STEM = 3
_NAMES = frozenset({"PROPN", "X", "SYM", "NUM", "PUNCT"})
_OPEN = frozenset({"NOUN", "VERB", "ADJ", "ADV"})
_DOUBLED_END = re.compile(r"([bdfgklmnprst])\1$")
_ADJECTIVES = ("se", "sche", "ige", "lijke", "bare", "oze", "ale", "ane", "ële", "iele")
_PARTICLES = ("outs", "ins", "offs", "aways", "backs", "bys")
"""Plurals of the last part of English nouns such as "burn-outs", which a hyphen keeps apart; no list has them."""
_INFINITIVE = re.compile(r"(?!.*ge)\w+en")
_PRESENT = re.compile(r"(\w{2,}en)d(?:e|en|er|ste)?")
_DIMINUTIVE = re.compile(r"(\w{2,}?)(etje|tje|pje|kje|je)s?")
_LONG_VOWEL = re.compile(r"(?<![aeiou])([ao])([bdfgklmnprstvz])$")
_DOUBLED_VOWEL = re.compile(r"([aou])\1$")
_PLURALS = ("ers", "els", "ens", "eurs", "ors", "ies", "'s")
_LONGER = 5
"""A noun in -ens of more letters ("wagens", not "mens") is a plural, even if the dictionary does not say so."""
_PRESENT_ENDS = ("end", "ende", "enden", "ender", "endste")
_LOAN_ENDS = ("eerd", "eerde", "eerden")
_LOAN = re.compile(r"ge(\w)(\w+)eerd(?:e|en)?")
_APART = str.maketrans("ëïü", "eiu")
"""The vowel after "ge" of a participle: "geïnformeerd" is of "informeren"."""
_LONG_E = (
    (re.compile(r"(?:iël|(?<=nt|nc|.r)iel)$"), "ieel"),
    (re.compile(r"ël$"), "ëel"),
    (re.compile(r"(?<![aeiou])es$"), "ees"),
)
"""A long e before the last consonant of an adjective, as it is without the ending: "Europese" is of "Europees"."""
DERIVED = ("je", "jes", *_PRESENT_ENDS, *_LOAN_ENDS, *_PLURALS)
"""Endings of diminutives, participles and plurals, whose lemma no list may give."""
_OPEN_SYLLABLE = re.compile(r"([aeou])\1([bcdfghjklmnpqrstvwxz])en$")


@lru_cache(maxsize=50_000)
def form_lemma(form: str) -> str:
    """The lemma of a single word without its sentence, in lower case."""
    low = plain(form)
    kinds = table().get(low)
    if kinds:
        return next(iter(kinds.values())).lower()
    if low.rpartition("-")[2] in _PARTICLES:
        return low[:-1]
    found = _undiminished(low) or _participle(low, "") or _listed(low, "") or _loan(low, "")
    if found in (None, low):
        found = _single(low) or found
    found = found or _by_end(low, "")
    if found is None and low.endswith(_ADJECTIVES):
        found = _adjective(low)
    return (found or low).lower()


def form_lemmas(form: str) -> frozenset[str]:
    """Every lemma that a single word may have, in lower case: "zetten" is of `zetten` and of `zet`."""
    low = plain(form)
    kinds, listed = table().get(low, {}), looked_up(low)
    verb = kinds.get("VERB") or (listed if listed and listed.endswith("n") else low)
    lemmas = kinds.values() if kinds else (form_lemma(low),)
    return frozenset(lemma.lower() for lemma in (*lemmas, listed or low, verb))


def lemmas_by_end(lines: Lines, wanted: Lines) -> Iterator[tuple[int, str]]:
    """The lemmas of forms that no list knows and that are no derived ones, which may be among those wanted.

    A form (by its number) is read by the longest end that is known, so that its lemma begins as it does before that
    end; or as an inflected adjective, a part of an English noun, or as itself, which is not said.
    """
    start = known_ends(lines, _MIN_FRONT, _MIN_END)
    before = lines.start + start
    follows_ge = (lines.code[before - 2] == ord("g")) & (lines.code[before - 1] == ord("e"))
    front = start - 2 * follows_ge  # which is no part of the lemma, perhaps
    likely = np.where(start < 0, lines.ended((*_ADJECTIVES, *_PARTICLES)), wanted.any_begins(lines.first(front), front))
    number = np.flatnonzero(likely)
    for one, form, place in zip(number.tolist(), lines.take(number).texts(), start[number].tolist(), strict=True):
        found = _with_end(form, place, "") if place >= 0 and form.isascii() else None
        yield one, found or form_lemma(form)


def word_lemma(token: "Token") -> str:
    """The lemma of a word in its sentence, by vote."""
    return _vote(token.text, token.pos_, token.lemma_)


def is_verb(word: str) -> bool:
    """Whether a lower-cased word is an infinitive as far as the lists know."""
    return word.endswith("n") and (word in table() or looked_up(word) is not None or _known(word, "VERB") == word)


def is_known(form: str) -> bool:
    """Whether a form is a word, or a compound of words, as far as the lists know."""
    low = plain(form)
    return low in table() or looked_up(low) is not None or len(split(low)) > 1


def is_name(form: str) -> bool:
    """Whether the treebank has the form as a name."""
    return "PROPN" in table().get(plain(form), {})


def is_only_name(form: str) -> bool:
    """Whether the treebank has the form as a name and as nothing else."""
    return set(table().get(plain(form), {})) == {"PROPN"}


@lru_cache(maxsize=50_000)
def _vote(form: str, pos: str, trained: str) -> str:
    """The lemma of a form of this part of speech, given the trained guess."""
    low = form.lower()
    pos = "VERB" if pos == "AUX" else pos
    kinds = table().get(low, {})
    if pos in kinds:
        return kinds[pos]
    if pos not in _OPEN:
        other = None if pos in _NAMES else next(iter(kinds.values()), None)
        return other or trained or form
    guess = _spelt(trained or low, pos)
    if kinds:
        return next(iter(kinds.values()))
    found = _undiminished(low) if pos == "NOUN" else None
    found = found or _listed(low, pos)
    if found is None and pos == "VERB":
        found = _participle(low, pos)
        if found is None and guess == low and _INFINITIVE.fullmatch(low):
            found = low
    if found is None and not (pos == "VERB" and _is_lemma(guess.lower())):
        found = _listed(low, "") if pos != "ADJ" else None
    if pos == "NOUN" and (found is None or (found == low and len(low) > _LONGER and low.endswith("ens"))):
        found = _single(low) or found
    found = found or _loan(low, pos) or _by_end(low, pos)
    if found is None and pos == "ADJ":
        found = _adjective(low)
    if found == low != guess and pos == "NOUN" and _is_lemma(guess.lower()):
        return guess
    return found or guess


def _known(form: str, pos: str) -> str | None:
    """The lemma of a lower-cased form from the table or the dictionary."""
    kinds = table().get(form, {})
    if pos in kinds:
        return kinds[pos]
    if kinds and pos == "":
        return next(iter(kinds.values()))
    return None if pos in _NAMES else _listed(form, pos)


def _listed(form: str, pos: str) -> str | None:
    """Simplemma's lemma of a lower-cased form, if it may be one for `pos`.

    The dictionary knows no parts of speech and gives "claimen" for "claim",
    "winkelier" for "winkelierster", "knappen" for "knappe". A word of unknown
    part of speech (`""`) counts as a noun if no verb ends like it.
    """
    found = looked_up(form)
    if found is None:
        return None
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


def _by_end(form: str, pos: str) -> str | None:
    """The lemma of a compound, from its longest end that is known."""
    for start in range(_MIN_FRONT, len(form) - _MIN_END + 1):
        end = form[start:]
        if (end in table() or end.encode() in dictionary()) and (found := _with_end(form, start, pos)):
            return found
    return None


def _with_end(form: str, start: int, pos: str) -> str | None:
    """The lemma of a compound of which the end from this place on is known.

    A participle's "ge" before that end is no part of the lemma ("opgekweekt").
    """
    found = _known(form[start:], pos)
    if not found or found[0] == "-":
        return None
    front = form[:start]
    if front.endswith("ge") and (pos == "VERB" or (not pos and found[-1] == "n")):
        front = front[:-2]
    return front + found.lower()


def _participle(form: str, pos: str) -> str | None:
    """The verb of a participle ("klagend", "getapt")."""
    match = _PRESENT.fullmatch(form) if form.endswith(_PRESENT_ENDS) else None
    if match and (pos == "VERB" or _known(match[1], "VERB") == match[1]):
        return match[1]
    if form.startswith("ge") and pos == "VERB":
        return _known(form[2:].lstrip("-"), pos)
    return None


def _loan(form: str, pos: str) -> str | None:
    """The verb in -eren of a participle, or as an adjective its bare form ("geïndexeerde": "indexeren")."""
    match = _LOAN.fullmatch(form) if form.endswith(_LOAN_ENDS) and pos != "NOUN" else None
    if match is None:
        return None
    verb = "ëren" if match[2].endswith("i") else "eren"
    return re.sub("en?$", "", form) if pos == "ADJ" else f"{match[1].translate(_APART)}{match[2]}{verb}"


def _single(form: str) -> str | None:
    """The noun of a plural in -s ("wagens": "wagen")."""
    single = form.removesuffix("s").removesuffix("'") if form.endswith(_PLURALS) else form
    return single if single != form and _is_lemma(single) else None


def _undiminished(form: str) -> str | None:
    """The noun of a diminutive ("tafeltjes": "tafel")."""
    match = _DIMINUTIVE.fullmatch(form) if form.endswith(("je", "jes")) else None
    if match is None:
        return None
    stem, ending = match.groups()
    whole, bare = stem + ending.removesuffix("je"), _DOUBLED_VOWEL.sub(r"\1", stem)
    first = (stem, whole) if stem[-1] in "lmnrwj" else (whole, stem)
    for base in (*first, bare, _DOUBLED_END.sub(r"\1", stem)):
        if _is_lemma(base):
            return base
    return stem if ending in ("tje", "pje") and stem[-1] in "aeiolmnruwj" else None


def _adjective(form: str) -> str | None:
    """The bare form of an inflected adjective ("bewaarbare": "bewaarbaar")."""
    stem = re.sub("en?$", "", form)
    if stem == form or len(stem) < _SHORTEST_STEM:
        return None
    stem = _LONG_VOWEL.sub(r"\1\1\2", stem)
    for short, long in _LONG_E:
        if short.search(stem):
            return short.sub(long, stem)
    if stem[-1] in "zv":
        stem = stem[:-1] + {"z": "s", "v": "f"}[stem[-1]]
    return _DOUBLED_END.sub(r"\1", stem)


def _is_lemma(word: str) -> bool:
    """Whether a lower-cased word, or its end as a compound, is its own lemma."""
    return any(
        _known(word[start:], "NOUN") == word[start:] for start in (0, *range(_MIN_FRONT, len(word) - _MIN_END + 2))
    )


def _spelt(lemma: str, pos: str) -> str:
    """The guessed lemma in right spelling ("gewass": "gewas"; "situeeren": "situeren")."""
    if pos == "VERB":
        return _OPEN_SYLLABLE.sub(r"\1\2en", lemma)
    return _DOUBLED_END.sub(r"\1", lemma)
