"""Make the word file of the compound splitter: `make_words.py WORDFREQ.msgpack.gz TRAIN.spacy OUT.txt.gz`.

Sources: the word list of simplemma (MIT), the Dutch frequencies of wordfreq (its large_nl.msgpack.gz,
CC BY-SA 4.0) and the part of speech of words in a DocBin (the treebank beside the design, CC BY-SA 4.0).

How likely a word is as a modifier or as a head is learned from the lists themselves: every noun and adjective
is either simple or a modifier, a link and a head, and expectation maximisation over all their readings
counts the parts. What the counts then split is dropped as a part, so that parts are simple words; words known
to be no compound that they would split are written down as wholes.
"""

import gzip
import math
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgpack  # type: ignore[import-untyped]
import spacy
from simplemma.strategies.dictionaries.dictionary_factory import DefaultDictionaryFactory
from spacy.tokens import DocBin

from coder.languages.nl.compounds import LETTER, LINKS, PLAIN, START, TAKE_ER, SplitWords, reading, strange

SHORTEST = 3
SEEN = 3
"""Uses in the treebank from which its parts of speech count."""
SOME = 0.2
"""Share of the uses from which a word counts as a noun or adjective too."""
DEARER, OFTEN = 0.7, 3e-6
"""A word more frequent than OFTEN must be cheaper to read as a compound, by DEARER for each log of the ratio."""
LEAST, LEAST_STRANGE = 0.3, 2.0
"""Compounds that a rare part must be found in, and a part outside simplemma's list."""
ROUNDS = 8
UNMET = 1e-5
"""Share of a part before it was met."""
TRUSTED = 5
"""Letters from which a word is a likely part for its frequency alone."""
RARE_TYPE, COMMON = 3e-8, 1e-6
"""Frequencies from which a word outside simplemma's list counts as a word, and as a part."""
NO_MODIFIER = frozenset(
    (
        "inter same wed midder lei leef acht ver her ont des wan per met aan ten ter pro non pre sub anti be ge "
        "on aaneen achter af beneden bij binnen boven buiten door in mede mee mis na naar neer om onder op over "
        "samen sam tegen tegemoet terug toe tot tussen uit van voor voort vooruit voorbij zonder int med mar ops "
        "ins dis com war bes buit oer ere ges geb ind afd ong gel ged get gem opt vast afl afm uits opg ing ond "
        "aang bep"
    ).split()
)
NO_HEAD = frozenset(
    (
        "pij pen sleden schappelijk rijk rijke rijker rijkste rijken heid ing baar schap chap lijk loos dom aar "
        "ist ant age ier eur teit isch tie ster ling achtig end ende aard eren air oot iek ion ent wel ten den "
        "ren sen ter der ers ner ste lij ken men ijn oud ene tje ons del erend erende pende mende ring ding ping "
        "sing ming king ting nis aal isme ser laar sma rie sie ette lie res tig puit chaps ade ard iet ale esje "
        "jes less dig les gers aren ella aars raar pie tor tol len loze lozen list lust zend ensis tisme teren "
        "ering eerde lingen ringen dingen pingen singen mingen kingen tingen"
    ).split()
)
"""Prefixes, particles and bits of words that the lists hold as words: they would be found everywhere."""
ALSO_MODIFIER = frozenset("eier hersen thuis weer zelf".split())
"""Modifiers that the sources have as something else."""
DAYS = frozenset("maandag dinsdag woensdag donderdag vrijdag zaterdag zondag".split())
ENDING = re.compile(
    r"[bdfgklmnprstvz]?(ing|ingen|end|ende|ering|eringen|ig|ige|isch|ische|a?riteit|iteit|iteiten|atie|aties|ieel|iele"
    r"|baar|bare|loos|loze|heid|heden|elijk|elijke|isme|ist|isten|eel|ele|tenen)"
)
"""Endings of derived words, with the consonant that goes before (protocol-lering): no heads."""
DOUBLED = re.compile(r"([^aeiou])\1$")
OPEN = re.compile(r"(?<![aeiou])([aeou])([^aeiouwyj])$")
UNSTRESSED = re.compile(r"[aeiou].*e[lnr]$")
MODIFYING = {"NOUN", "ADJ", "VERB", "NUM", "PROPN"}
NAMING = {"NOUN", "ADJ", "NUM"}


class Sources(NamedTuple):
    """The three sources, in lower case and without accents: lemmas, frequencies, parts of speech."""

    lemma: dict[str, str]
    frequency: dict[str, float]
    pos: dict[str, Counter[str]]
    verbs: frozenset[str]
    bases: frozenset[str]

    def share(self, word: str, kinds: set[str]) -> float | None:
        """The share of these parts of speech among the uses of a word, None when it was not seen."""
        uses = self.pos.get(word)
        return sum(uses[kind] for kind in kinds) / uses.total() if uses and uses.total() >= SEEN else None

    def naming(self, word: str) -> int:
        """How often the treebank has a word as a noun or adjective."""
        uses = self.pos.get(word)
        return sum(uses[kind] for kind in NAMING) if uses else 0


def sources(frequencies: Path, treebank: Path) -> Sources:
    """Read the sources. A verb is a lemma on -n with a past tense in simplemma's list."""
    forms = DefaultDictionaryFactory().get_dictionary("nl").items()
    lemma: dict[str, str] = {}
    for form, base in forms:
        if form == form.lower() and base == base.lower() and word_like(plain(form)) and word_like(plain(base)):
            lemma[plain(form)] = plain(base)
    frequency: dict[str, float] = {}
    for centibels, words in enumerate(msgpack.unpackb(gzip.decompress(frequencies.read_bytes()))[1:]):
        for word in words:
            frequency.setdefault(plain(word), 10 ** (-centibels / 100))
    pos: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for doc in DocBin().from_disk(treebank).get_docs(spacy.blank("nl").vocab):
        for token in doc:
            word, base = plain(token.lower_), plain(token.lemma_)
            pos[word][token.pos_] += 1
            if token.pos_ in {"NOUN", "ADJ"} and word_like(word) and word_like(base):
                lemma[word] = base
    past = ("de", "te", "den", "ten")
    verbs = frozenset(
        base for form, base in lemma.items() if base.endswith("n") and form != base and form.endswith(past)
    )
    bases = frozenset(base for form, base in lemma.items() if form != base)
    return Sources(lemma, frequency, dict(pos), verbs, bases)


def plain(word: str) -> str:
    """As the splitter looks words up."""
    return word.lower().translate(PLAIN)


def word_like(word: str) -> bool:
    """Letters (an apostrophe inside: foto's) with a vowel among them, long enough for a part."""
    letters = re.sub(r"'|(?<=^[a-z])-", "", word)
    return len(word) >= SHORTEST and letters.isalpha() and word[0] != "'" and not set("aeiouy").isdisjoint(letters)


def is_verb(word: str, given: Sources) -> bool:
    """Whether this is a form of a verb and not seen as a noun or adjective."""
    share = given.share(word, NAMING)
    base = given.lemma.get(word, word)
    if word != base and word in given.bases:
        return False
    if word == base and given.lemma.get(word + "s") == word:
        return False
    return base in given.verbs and (share is None or share < SOME) and not (share is None and given.naming(word))


def modifiers(given: Sources) -> set[str]:
    """Words that may come first: nouns, adjectives, numbers, names, stems of verbs."""
    found = set()
    common = (w for w, f in given.frequency.items() if f >= COMMON and len(w) > SHORTEST and word_like(w))
    for word in {*given.lemma, *common}:
        base = given.lemma.get(word, word)
        share = given.share(word, MODIFYING)
        plural = word in {base + "en", base + "s"} or (
            word not in given.lemma and word.removesuffix("s") in given.lemma
        )
        named = (given.share(word, NAMING | {"PROPN"}) or 0) >= SOME
        inflected = is_verb(word, given) and word not in {base, stem(base)} and not named
        if (
            word not in NO_MODIFIER
            and word.removesuffix("er") not in TAKE_ER - {word}
            and (share is None or share >= SOME)
            and not plural
            and not inflected
            and "'" not in word
        ):
            found.add(word)
    return found | ALSO_MODIFIER


def stem(verb: str) -> str:
    """The stem of an infinitive as it stands in compounds: spelen gives speel, lezen lees, zwemmen zwem."""
    bare = verb.removesuffix("n").removesuffix("e")
    if DOUBLED.search(bare):
        return bare[:-1]
    if verb.endswith("en") and not UNSTRESSED.search(bare):
        bare = OPEN.sub(r"\1\1\2", bare)
    return bare[:-1] + {"v": "f", "z": "s"}.get(bare[-1], bare[-1])


def heads(given: Sources) -> set[str]:
    """Words that may come last: nouns, adjectives, participles."""
    found = set()
    seen = {word for word in given.pos if word_like(word) and given.naming(word)}
    common = {w for w, f in given.frequency.items() if f >= COMMON and len(w) > SHORTEST + 1 and word_like(w)}
    for word in {*given.lemma, *seen, *common} - NO_HEAD:
        share, participle = given.share(word, NAMING), word.startswith("ge") or word.endswith(("end", "ende"))
        named = participle or (not is_verb(word, given) and (share is None or share >= SOME))
        if named and not ENDING.fullmatch(word) and word not in comparisons(given.lemma.get(word, word)):
            found.add(word)
    return found


def types(given: Sources) -> set[str]:
    """The words that the counts are learned from: lemmas of nouns and adjectives."""
    lemmas = {base for form, base in given.lemma.items()}
    rare = {w for w, f in given.frequency.items() if f >= RARE_TYPE and w not in given.lemma and word_like(w)}
    return {word for word in lemmas | rare if not is_verb(word, given)}


Parts = tuple[str, str, str]
"""Modifier, link and head of a word."""
Counts = tuple[defaultdict[str, float], defaultdict[str, float], defaultdict[str, float]]
"""How often each modifier, each link and each head was met, in fractions of words."""


def candidates(words: Iterable[str], first: set[str], last: set[str]) -> Iterator[tuple[str, list[Parts]]]:
    """Each word with all its readings as modifier, link, head."""
    for word in sorted(words):
        found = [
            (word[:end], link, word[start:])
            for start in range(SHORTEST, len(word) - SHORTEST + 1)
            if word[start:] in last
            for link, _ in LINKS
            if (end := start - len(link)) >= SHORTEST and word[end:start] == link and word[:end] in first
            if link != "er" or word[:end] in TAKE_ER
        ]
        if found:
            yield word, found


def learn(readings: list[tuple[str, list[Parts]]]) -> Counts:
    """How often each part is a modifier, a link and a head, by expectation maximisation."""
    share: tuple[dict[str, float], ...] = ({}, {}, {})
    counts: Counts = (defaultdict(float), defaultdict(float), defaultdict(float))
    for _ in range(ROUNDS):
        counts = (defaultdict(float), defaultdict(float), defaultdict(float))
        for word, found in readings:
            weights: list[float] = [
                math.prod(s.get(part, UNMET) for s, part in zip(share, parts, strict=True)) for parts in found
            ]
            total = math.fsum(weights) + math.exp(-START - LETTER * len(word))
            for parts, weight in zip(found, weights, strict=True):
                for count, part in zip(counts, parts, strict=True):
                    count[part] += weight / total
        share = tuple(shares(count) for count in counts)
    return counts


def shares(count: dict[str, float]) -> dict[str, float]:
    """The counts as shares, without those next to nothing."""
    total = sum(count.values())
    return {part: number / total for part, number in count.items() if number > UNMET}


def costs(counts: dict[str, float], words: Iterable[str], given: Sources) -> dict[str, float]:
    """Minus the log of the share of each word, with a bit added for words that are frequent in themselves."""
    total = sum(counts.values())
    return {w: -math.log((counts.get(w, 0.0) + prior(w, given)) / total) for w in words}


def prior(word: str, given: Sources) -> float:
    """What a word counts before it is seen in a compound: 0.02, or more when it is frequent and long enough."""
    frequency = given.frequency.get(word, 1e-9)
    return 0.02 + min(3.0, math.sqrt(frequency / 1e-6) * 0.1) * (len(word) >= TRUSTED or given.naming(word) > 1)


def with_forms(found: dict[str, float], given: Sources) -> dict[str, float]:
    """The heads with their inflected forms: a form costs what its lemma costs."""
    result = dict(found)
    for form, base in given.lemma.items():
        if (
            base in found
            and form not in NO_HEAD
            and not is_verb(form, given)
            and form not in comparisons(base)
            and not ENDING.fullmatch(form)
        ):
            result[form] = min(result.get(form, 99.0), found[base] + 0.2)
    return result


def comparisons(base: str) -> set[str]:
    """Comparative and superlative, were this an adjective: they look like nouns (vrij-williger)."""
    return {base + ending for ending in ("er", "ere", "der", "dere", "st", "ste")}


def main(frequencies: Path, treebank: Path, out: Path) -> None:
    """Learn, prune and write."""
    given = sources(frequencies, treebank)
    first, last, learned = modifiers(given), heads(given), types(given)
    modifying, links, heading = learn(list(candidates(learned, first, last)))
    print({link: round(-math.log(n / sum(links.values())), 2) for link, n in links.items()})
    frequent = {word for word, frequency in given.frequency.items() if frequency >= COMMON}
    modifier = costs(modifying, (w for w in first if modifying[w] >= LEAST or w in frequent), given)
    header = costs(
        heading,
        (
            w
            for w in last
            if heading[w] >= (LEAST if w in given.lemma else LEAST_STRANGE) or (w in given.lemma and w in frequent)
        ),
        given,
    )
    header = with_forms(header, given)
    words = SplitWords(modifier, header, frozenset())
    simple = {w for w in {*modifier, *header} if is_simple(w, words, given)}
    words = SplitWords(
        {w: c for w, c in modifier.items() if w in simple},
        {w: c for w, c in header.items() if w in simple},
        frozenset(),
    )
    known = {w for w in learned | set(given.lemma) if not is_verb(w, given)}
    whole = sorted(
        {w for w in wholes(given) if splits(w, words)}
        | {w for w in known if splits(w, words) and is_simple(w, words, given)}
    )
    print(len(words.modifiers), len(words.heads), len(whole))
    write(words, whole, out)


def is_simple(word: str, words: SplitWords, given: Sources) -> bool:
    """Whether a word of the lists is no compound: frequent words must be cheaper to read as one."""
    found, base = reading(word, words), given.lemma.get(word, word)
    if (
        found is None
        or word in DAYS
        or (base != word and base in given.frequency and word.startswith(base[:-2]) and reading(base, words) is None)
    ):
        return True
    frequency = max(given.frequency.get(w, 1e-9) for w in (word, base))
    return found.cost > START + LETTER * len(word) - DEARER * max(0.0, math.log(frequency / OFTEN))


def splits(word: str, words: SplitWords) -> bool:
    """Whether the splitter, left alone, would split this."""
    return bool(reading(word, words) or strange(word, words))


def wholes(given: Sources) -> set[str]:
    """Words known to be no compound: forms of verbs, and what the treebank has as neither noun nor adjective."""
    verbs = {word for word in given.lemma if is_verb(word, given)}
    kinds = NAMING | {"PROPN"}
    other = {word for word, uses in given.pos.items() if word_like(word) and not uses.keys() & kinds}
    named = {word: given.share(word, NAMING) for word in given.pos if word_like(word)}
    return verbs | other | {word for word, share in named.items() if share is not None and share < SOME}


def write(words: SplitWords, whole: list[str], out: Path) -> None:
    """A line a word: the word, its cost as modifier and as head in tenths (none: empty); wholes alone."""
    lines = whole[:]
    for word in sorted({*words.modifiers, *words.heads}):
        columns = (f"{costs[word] * 10:.0f}" if word in costs else "" for costs in (words.modifiers, words.heads))
        lines.append(f"{word} {' '.join(columns)}")
    with gzip.GzipFile(out, "wb", mtime=0) as file:
        file.write(("\n".join(lines) + "\n").encode())


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
