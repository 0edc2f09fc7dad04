"""Separable verbs whose particle stands apart: "we zetten meer in op video" has `inzetten`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coder.languages.nl.lemmas import is_verb, word_lemma

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

PARTICLES = frozenset(
    """
    aan achter achterna achteruit af bekend beschikbaar bezig bij bijeen binnen boven buiten dicht door
    fijn gade gelijk gereed goed heen in ineen kapot klaar kwijt langs los mee mis na neer om omhoog
    onder op open over plaats rond samen stil stuk tegen teleur tentoon terecht terug thuis toe uit
    uiteen vast verder vol voor vooraf vorm voorbij voorop voort vooruit vrij waar weer weg
    """.split()
)
_BEFORE_TE = ("om", "door")
_NO_PARTICLE = {("nu", "toe"), ("dan", "toe")}
_PAIR = 2
_SHORTEST_VERB = 4
_CLAUSE_ENDS = frozenset(".;:!?()…")
HELPERS = ("hebben", "worden")
"""What helps a participle; whether they do is seen in the whole sentence."""
FURTHEST, AHEAD = 25, 3
"""No particle stands further from its verb, in words: after it, and before it ("in te zetten")."""


@dataclass(frozen=True, slots=True)
class SeparatedVerb:
    """A verb and its particle as indices of tokens in their document, and the verb they make."""

    verb: int
    particle: int
    lemma: str


def separated(doc: "Doc") -> Iterator[SeparatedVerb]:
    """The separable verbs whose parts stand apart, in the order of their particles.

    A preposition with an object of its own is no particle, and of two candidates for one verb the last
    is it ("denk er over na"). The two parts must make a verb that the dictionary knows, which keeps
    "we werken in stilte" apart from `inwerken`.
    """
    of_verb: dict[int, SeparatedVerb] = {}
    for token in doc:
        if token.lower_ in PARTICLES and (found := _verb_of(token)) is not None:
            of_verb[found.i] = SeparatedVerb(found.i, token.i, token.lower_ + word_lemma(found))
    yield from sorted(of_verb.values(), key=lambda verb: verb.particle)


def _verb_of(particle: "Token") -> "Token | None":
    after = _verb_after(particle)
    if after is not None:
        return after
    if _has_object(particle):
        return None
    for token in _before(particle):
        if _is_verb(token):
            return token if _finite(token) and _makes_verb(particle, token) else None
    return None


def _verb_after(particle: "Token") -> "Token | None":
    """The verb of "in te zetten" and "mee kan doen"; "om te" and "door te" are no particles."""
    rest = particle.doc[particle.i + 1 : particle.i + 1 + AHEAD]
    if len(rest) < _PAIR or particle.lower_ in _BEFORE_TE:
        return None
    if rest[0].lower_ == "te":
        return rest[1] if _is_verb(rest[1]) and _makes_verb(particle, rest[1]) else None
    if not _is_verb(rest[0]):
        return None
    return next((token for token in rest[1:] if _is_verb(token) and _makes_verb(particle, token)), None)


def _has_object(particle: "Token") -> bool:
    """Whether the word introduces something: a preposition, by its tag and what follows."""
    if particle.i + 1 >= len(particle.doc):
        return False
    before, after = particle.doc[particle.i - 1].lower_ if particle.i else "", particle.nbor()
    if (before, particle.lower_) in _NO_PARTICLE:
        return True
    if particle.pos_ != "ADP" or particle.tag_.startswith("VZ|fin"):
        return False
    return not (after.is_punct or after.pos_ in ("CCONJ", "SCONJ", "ADP") or after.lower_ in ("niet", "te"))


def _before(particle: "Token") -> Iterator["Token"]:
    """The tokens of the clause before the particle, the nearest first."""
    for place in range(particle.i - 1, max(particle.i - FURTHEST, 0) - 1, -1):
        token = particle.doc[place]
        if token.text in _CLAUSE_ENDS:
            return
        yield token
        if token.is_sent_start:
            return


def _finite(token: "Token") -> bool:
    return token.pos_ == "VERB" and not token.tag_.startswith(("WW|inf", "WW|vd", "WW|od"))


def _is_verb(token: "Token") -> bool:
    return token.pos_ in ("VERB", "AUX")


def _makes_verb(particle: "Token", verb: "Token") -> bool:
    return is_verb(particle.lower_ + word_lemma(verb))


def apart(verb: str) -> tuple[str, str] | None:
    """Particle and verb of a separable infinitive ("inzetten": "in", "zetten"); None for another word."""
    word = verb.lower()
    if not word.endswith("n"):
        return None
    for end in range(len(word) - _SHORTEST_VERB, 1, -1):
        if word[:end] in PARTICLES and is_verb(word[end:]) and is_verb(word):
            return word[:end], word[end:]
    return None
