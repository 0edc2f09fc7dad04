"""The topics of answers, and a codebook proposed from them: something to begin with, that people name and correct."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from coder.codebook import Code, Codebook, plain_name
from coder.coding import Coding
from coder.corpus import Corpus
from coder.errors import DataError, RuleError
from coder.languages.language import DUTCH, Language, answered, language_of
from coder.languages.nl.word_lists import table
from coder.languages.text import fold
from coder.methods.rules.engine import Rules
from coder.methods.rules.syntax import parse
from coder.methods.topics import FITTED_CHARACTERS, MOST, TopicModel, Topics, as_written, cut, find_topics
from coder.note import Note, Progress, counted, silent
from coder.words import chosen, languages, say, speaking

_RIGHT, _TWICE = 0.6, 2
"""A word becomes a rule where so great a share of the answers that have it is of the topic, and at least so many."""
_ASKED, _RULES, _NAMED = 16, 8, 3
"""So many words of a topic are tried as a rule, so many become one, and so many of these are its label."""
_EXAMPLES, _LONGEST = 3, 200
_SLIP, _SHORTEST = 3, 5
"""A word of so many letters is a slip where one within one edit of it is written so many times as often."""
_LETTERS = 2
"""The shortest word that can be a rule: "ai", "tv"."""
_OTHER = "other"
_CONTENT = {"NOUN", "PROPN", "ADJ"}
_VAGUE = {
    "nl": "algemeen alleen ander aspect belangrijk bepaald best bijvoorbeeld bovendien daardoor daarnaast daarom dag "
    "deel derde ding diverse echt eerst eigen eigenlijk enkel eventueel gebied geval gewoon goed groot heel "
    "hoofdzakelijk huidig immers jaar keer klein komend kortom laat laatst lang leuk maand manier meer mens "
    "minder mogelijk moment momenteel mooi namelijk nieuw nodig ook overigens punt slecht soort steeds "
    "tegenwoordig tenslotte tijd trouwens tweede uiteindelijk veel verder verschillend vervolgens vlak voldoende "
    "volgend vooral voornamelijk voorts vorig week weinig zaak zelfde",
    "en": "actually also aspect bad besides best better big certain currently day different enough especially finally "
    "first further furthermore general good great hence however important instead kind last less long lot mainly "
    "month more moreover much namely necessary new next nice only own part people person point possible real "
    "second simply small therefore thing third thus time various way week well year",
    "fr": "actuel actuellement ailleurs ainsi an annee aspect aussi autre beau beaucoup bien bon cependant certain "
    "chose dernier deuxieme different divers donc enfin ensuite fois general genre gens grand important jour "
    "manière mauvais mieux moins mois moment necessaire notamment nouveau outre part personne petit plus point "
    "possible premier principalement prochain propre puis second semaine seulement sorte suffisant surtout temps "
    "toutefois troisieme vrai",
}
"""Words of content that say nothing of a theme, and words that join sentences ("verder"), as lemmas."""


@dataclass(frozen=True, slots=True)
class _Theme:
    """A topic as a code: its rules, the best first, its units, and those that the rules find."""

    topic: int
    rules: tuple[str, ...]
    own: set[str]
    hit: set[str]


def topics_of(
    corpus: Corpus,
    coded: Coding | None,
    *,
    model: TopicModel | None = None,
    smallest: int | None = None,
    most: int | None = None,
    embedding: str = "auto",
    no_answer: Sequence[str] | None = None,
    seed: int = 1,
    progress: Progress = silent,
) -> Topics:
    """Topics of the answers, those of a model where there is one; of answers without a code where there is a coding."""
    chosen = answered(corpus, DUTCH if model is None else language_of(model.language), no_answer)
    if coded is not None:
        chosen = chosen.take(chosen.ids[~chosen.ids.isin(coded.assignments["unit"])])
    if model is not None:
        return model.assign(chosen, progress=progress)
    return find_topics(chosen, smallest=smallest, most=most or MOST, embedding=embedding, seed=seed, progress=progress)


def not_too_long(corpus: Corpus, seed: int) -> Corpus:
    """These answers, or some of them at random where they are long, so that their topics fit in memory."""
    share = FITTED_CHARACTERS / max(int(corpus.texts.str.len().sum()), 1)
    if share >= 1:
        return corpus
    kept = np.random.default_rng(seed).permutation(len(corpus))[: int(share * len(corpus))]
    return corpus.take(corpus.ids[np.sort(kept)])


def draft(found: Topics, corpus: Corpus, *, name: str = "draft") -> Codebook:
    """A codebook with a code for each topic of these answers that has words of its own, the largest first, and "other".

    Rules are nouns, adjectives and names that stand in two answers of the topic or more, and of which at least 60 % of
    the answers that have them are of the topic; a slip of the pen is the word that is meant. The label is the best of
    these words. Examples are typical answers that the rules find. The definition says how many answers the topic has,
    and how many the rules find; that of "other" names the topics without such words. Raises `DataError` where there are
    no topics.

    >>> import coder
    >>> from coder.resources import resource
    >>> answers = coder.read(resource("corpora/wishes-2021.csv"), text="answer", id="id")
    >>> coder.draft(coder.find_topics(answers), answers).language
    'nl'
    """
    if found.frame.empty:
        raise DataError("model.no_topics_found", count=len(corpus))
    language = found.model.language
    themes = _themes(found, corpus, language_of(language))
    with speaking(language if language in languages() else chosen()):
        codes = _codes(themes, found, corpus)
    return Codebook(tuple(codes), name=name, language=language)


def _codes(themes: Sequence[_Theme], found: Topics, corpus: Corpus) -> list[Code]:
    """A code for each theme with rules, and "other", whose definition names the others."""
    codes: list[Code] = []
    other = plain_name(say(Note("topics.other")))
    for theme in themes:
        if theme.rules:
            id_ = _id(theme.rules[:_NAMED], {code.id for code in codes} | {_OTHER})
            named = _label(theme.rules, {plain_name(text) for code in codes for text in code.label.values()} | {other})
            codes.append(_code(theme, id_, named, len(codes) + 1, found, corpus))
    without = [theme for theme in themes if not theme.rules]
    left = [f"{found.model.labels[theme.topic]} ({counted('answers', len(theme.own))})" for theme in without]
    said = Note("topics.without_words", topics=left) if left else Note("topics.other_defined")
    label = {found.model.language: say(Note("topics.other"))}
    return [*codes, Code(_OTHER, len(codes) + 1, label, definition=say(said))]


def _code(theme: _Theme, id_: str, label: str, number: int, found: Topics, corpus: Corpus) -> Code:
    near = found.pairs[found.pairs["topic"] == theme.topic].sort_values("score", ascending=False, kind="stable")
    typical = dict.fromkeys(corpus.texts[unit].strip() for unit in near["unit"] if unit in theme.hit)
    own, hit = theme.own, theme.hit
    said = Note("topics.drafted", count=len(own), found=len(own & hit), others=len(hit - own))
    return Code(
        id_,
        number,
        {found.model.language: label},
        definition=say(said),
        rules=theme.rules,
        examples=tuple(text for text in typical if len(text) <= _LONGEST)[:_EXAMPLES],
    )


def _themes(found: Topics, corpus: Corpus, spoken: Language) -> list[_Theme]:
    """The topics, in their order, each with its rules as they work on these answers."""
    members = {int(str(topic)): set(units) for topic, units in found.pairs.groupby("topic")["unit"]}
    order = [int(topic) for topic in found.frame["topic"]]
    words = _words(corpus, spoken)
    asked = {topic: list(_specific(words, members.get(topic, set())))[:_ASKED] for topic in order}
    bare = {f"{topic} {word}": (word,) for topic, some in asked.items() for word in some}
    hits = _found(corpus, bare, spoken)
    rules = {
        topic: _chosen({word: hits.get(f"{topic} {word}", set()) for word in asked[topic]}, members.get(topic, set()))
        for topic in order
    }
    by_rules = _found(corpus, {str(topic): some for topic, some in rules.items() if some}, spoken)
    return [_Theme(topic, rules[topic], members.get(topic, set()), by_rules.get(str(topic), set())) for topic in order]


def _words(corpus: Corpus, spoken: Language) -> dict[str, set[str]]:
    """The units that have each word of content, slips of the pen with the word that is meant."""
    some = cut(corpus.texts.tolist(), spoken)
    having: dict[str, set[str]] = {}
    for words, row in zip(as_written(some), some.of.tolist(), strict=True):
        for word in words:
            having.setdefault(word, set()).add(str(corpus.ids[row]))
    times = Counter({word: len(units) for word, units in having.items()})
    near: dict[str, list[str]] = {}
    for word in sorted(times, key=lambda one: (-times[one], one)):
        for key in _deletions(word):
            near.setdefault(key, []).append(word)
    kept: dict[str, set[str]] = {}
    for word, units in having.items():
        others = [other for key in _deletions(word) for other in near[key][:1] if times[other] >= _SLIP * times[word]]
        meant = max(others, key=lambda one: (times[one], one)) if others else word
        if _is_content(meant, spoken):
            kept.setdefault(meant, set()).update(units)
    return kept


def _deletions(word: str) -> Iterator[str]:
    """Keys that words within one edit of each other have in common: the word, and it without any one letter."""
    if len(word) >= _SHORTEST:
        yield word
        yield from {word[:place] + word[place + 1 :] for place in range(len(word))}


def _is_content(word: str, spoken: Language) -> bool:
    """Whether a word is a noun, adjective or name that says something, as far as the language knows."""
    lemma = fold(spoken.lemmas(word)[0])
    vague = set(map(fold, _VAGUE.get(spoken.code, "").split()))
    nothing = {fold(part) for form in spoken.no_answer for part in form.split()}
    if len(word) < _LETTERS or {fold(word), lemma} & (spoken.stop_words | vague | nothing) or not _readable(word):
        return False
    if spoken is not DUTCH:
        return True
    kinds = table().get(word) or table().get(lemma) or {"NOUN": word}
    return next(iter(kinds)) in _CONTENT


def _specific(words: dict[str, set[str]], own: set[str]) -> Iterable[str]:
    """The words that are right often enough, those that find most of the topic first."""
    found = {word: len(units & own) for word, units in words.items()}
    right = [word for word, count in found.items() if count >= _TWICE and count >= _RIGHT * len(words[word])]
    return sorted(right, key=lambda word: (-found[word] * found[word] / len(words[word]), word))


def _chosen(units: dict[str, set[str]], own: set[str]) -> tuple[str, ...]:
    """The words whose rules are right often enough and find what those before them do not."""
    seen: set[str] = set()
    rules: list[str] = []
    for word, hit in units.items():
        right = hit & own
        if len(right) >= _TWICE and len(right) >= _RIGHT * len(hit) and right - seen and len(rules) < _RULES:
            rules.append(word)
            seen |= right
    return tuple(rules)


def _found(corpus: Corpus, rules: Mapping[str, tuple[str, ...]], spoken: Language) -> dict[str, set[str]]:
    """The units in which the rules of each code hit."""
    some = [Code(id_, number, {}, rules=one) for number, (id_, one) in enumerate(rules.items(), start=1)]
    if not some:
        return {}
    pairs = Rules().code(corpus, Codebook(tuple(some), language=spoken.code)).pairs()
    return {str(code): set(units) for code, units in pairs.groupby("code")["unit"]}


def _readable(word: str) -> bool:
    try:
        parse(word)
    except RuleError:
        return False
    return True


def _id(words: Iterable[str], taken: set[str]) -> str:
    """An id that people can type: the first word, or with the second where that is taken."""
    some = [re.sub(r"[^a-z0-9]+", "-", fold(word)).strip("-") for word in words]
    for id_ in (some[0], "-".join(some[:2])):
        if id_ and id_ not in taken:
            return id_
    return next(id_ for number in range(2, len(taken) + 3) if (id_ := f"{some[0] or 'topic'}-{number}") not in taken)


def _label(rules: Sequence[str], taken: set[str]) -> str:
    """A label of the best words: with the words after them where that is taken, and a number where all of them are."""
    able = [", ".join(rules[:most]) for most in range(min(_NAMED, len(rules)), len(rules) + 1)]
    numbered = (f"{able[0]} ({number})" for number in range(2, len(taken) + 3))
    return next(label for label in chain(able, numbered) if plain_name(label) not in taken)
