"""A codebook proposed from topics: something to begin with, that people name, merge and correct."""

import re

from coder.codebook import Code, Codebook
from coder.corpus import Corpus
from coder.errors import DataError, RuleError
from coder.languages.text import fold
from coder.methods.rules.engine import Rules
from coder.methods.rules.syntax import parse
from coder.methods.topics import Topics
from coder.note import Note
from coder.words import languages, say

_RIGHT, _TWICE = 0.5, 2
"""A word becomes a rule where so great a share of the answers that have it is of the topic, and at least so many."""
_EXAMPLES, _LONGEST = 3, 200


def draft(found: Topics, corpus: Corpus, *, name: str = "draft") -> Codebook:
    """A codebook with a code for each topic of these answers, the largest first.

    The label is that of the topic. Rules are its key words, as far as at least half of the answers that have them are
    of the topic; examples are typical answers that the rules find. The definition says how many answers the topic has,
    and how many of these the rules find. Raises `DataError` where there are no topics.

    >>> import coder
    >>> from coder.resources import resource
    >>> answers = coder.read(resource("corpora/wishes-2021.csv"), text="answer", id="id")
    >>> coder.draft(coder.find_topics(answers), answers).language
    'nl'
    """
    if found.frame.empty:
        raise DataError("model.no_topics_found", count=len(corpus))
    language = found.model.language
    members = {int(str(topic)): set(units) for topic, units in found.pairs.groupby("topic")["unit"]}
    ids = {topic: _id(label, topic) for topic, label in enumerate(found.model.labels)}
    words = {topic: tuple(filter(_readable, one)) for topic, one in enumerate(found.model.words)}
    bare = {(topic, word): f"{topic} {word}" for topic, some in words.items() for word in some}
    hits = _found(corpus, {code: (word,) for (_, word), code in bare.items()}, language)
    rules = {
        topic: _chosen({word: hits.get(bare[topic, word], set()) for word in some}, members.get(topic, set()))
        for topic, some in words.items()
    }
    by_rules = _found(corpus, {ids[topic]: some for topic, some in rules.items()}, language)
    codes = []
    for topic in found.frame["topic"]:
        own, hit = members.get(topic, set()), by_rules.get(ids[topic], set())
        near = found.pairs[found.pairs["topic"] == topic].sort_values("score", ascending=False, kind="stable")
        typical = dict.fromkeys(corpus.texts[unit].strip() for unit in near["unit"] if unit in hit)
        said = Note("topics.drafted", count=len(own), found=len(own & hit), others=len(hit - own))
        codes.append(
            Code(
                ids[topic],
                topic + 1,
                {language: found.model.labels[topic]},
                definition=say(said, language if language in languages() else None),
                rules=rules[topic],
                examples=tuple(text for text in typical if len(text) <= _LONGEST)[:_EXAMPLES],
            )
        )
    return Codebook(tuple(codes), name=name, language=language)


def _chosen(units: dict[str, set[str]], own: set[str]) -> tuple[str, ...]:
    """The words that are right often enough; else the one that is most often right."""
    right = {word: len(hit & own) / max(len(hit), 1) for word, hit in units.items()}
    chosen = tuple(word for word, hit in units.items() if right[word] >= _RIGHT and len(hit) >= _TWICE)
    return chosen or tuple(sorted(units, key=lambda word: -len(units[word] & own))[:1])


def _found(corpus: Corpus, rules: dict[str, tuple[str, ...]], language: str) -> dict[str, set[str]]:
    """The units in which the rules of each code hit."""
    some = [Code(id_, number, {}, rules=one) for number, (id_, one) in enumerate(rules.items(), start=1)]
    if not some:
        return {}
    pairs = Rules().code(corpus, Codebook(tuple(some), language=language)).pairs()
    return {str(code): set(units) for code, units in pairs.groupby("code")["unit"]}


def _readable(word: str) -> bool:
    try:
        parse(word)
    except RuleError:
        return False
    return True


def _id(label: str, topic: int) -> str:
    """An id that people can type: the first words of the label."""
    return re.sub(r"[^a-z0-9]+", "-", fold(label)).strip("-") or f"topic-{topic + 1}"
