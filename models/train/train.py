"""Train ``nl_coder_sm``, the Dutch pipeline for open survey answers.

    python train.py DATA OUT [--config config.cfg] [--epochs N]

DATA holds ``train.spacy`` and ``dev.spacy``: documents of some sentences each,
with tags, parts of speech, morphology, lemmas and sentence starts. Every epoch
reads them anew through :func:`survey_answers`, which roughens newspaper prose
towards survey answers, so that no two epochs see the same text. The learning
rate falls to nothing over the run, and the averaged weights are kept.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.pipeline._edit_tree_internals.edit_trees import EditTrees
from spacy.strings import StringStore
from spacy.tokens import Doc, Span
from spacy.training import Example
from spacy.util import fix_random_seed, load_config, load_model_from_config, registry
from thinc.api import Config

WORDS_PER_UPDATE = 1500
CONTENT = ("NOUN", "PROPN", "ADJ")
META = {
    "name": "coder_sm",
    "version": "0.1.0",
    "description": "Small Dutch pipeline for open survey answers.",
    "license": "CC BY-SA 4.0",
    "sources": [
        {
            "name": "Alpino treebanks (rug-compling/Alpino)",
            "license": "LGPL-2.1",
        },
        {
            "name": "UD_Dutch-Alpino and UD_Dutch-LassySmall 2.16, development parts",
            "license": "CC BY-SA 4.0",
        },
    ],
}


# --- reading -----------------------------------------------------------------


def has_participle(doc: Doc, i: int) -> bool:
    """Whether a free participle stands in the sentence, no comma in between."""
    for token in doc[i].sent:
        if token.i != i and token.tag_.startswith("WW|vd|vrij"):
            between = doc[min(i, token.i) : max(i, token.i)]
            if not any(other.text in (",", ";", ":") for other in between):
                return True
    return False


def mend_labels(doc: Doc) -> None:
    """Make "worden" without a participle a VERB, as UD has it.

    The table that gave the larger treebank its parts of speech made it AUX
    everywhere; of UD's own sentences this rule gets 96 % right.
    """
    for token in doc:
        if token.lemma_ == "worden" and token.pos_ in ("AUX", "VERB"):
            token.pos_ = "AUX" if has_participle(doc, token.i) else "VERB"


# --- augmentation ------------------------------------------------------------


@dataclass(frozen=True)
class Word:
    """A token with its labels; ``lemma`` is empty where it is not to be learnt."""

    text: str
    space: bool
    tag: str
    pos: str
    morph: str
    lemma: str


def read_sentence(sent: Span) -> list[Word]:
    """The words of a labelled sentence."""
    return [Word(t.text, bool(t.whitespace_), t.tag_, t.pos_, str(t.morph), t.lemma_) for t in sent]


def make_doc(nlp: Language, sents: list[list[Word]]) -> Doc:
    """A labelled document of these sentences."""
    words = [word for sent in sents for word in sent]
    return Doc(
        nlp.vocab,
        words=[w.text for w in words],
        spaces=[w.space for w in words],
        tags=[w.tag for w in words],
        pos=[w.pos for w in words],
        morphs=[w.morph for w in words],
        lemmas=[w.lemma for w in words],
        sent_starts=[i == 0 for sent in sents for i in range(len(sent))],
    )


def lowered(word: Word) -> Word:
    """The word in lower case; a name's lemma follows its form."""
    return replace(word, text=word.text.lower(), lemma=word.lemma.lower())


def uppered(word: Word) -> Word:
    """The word in capitals, its lemma left unlearnt."""
    return replace(word, text=word.text.upper(), lemma="")


def capitalised(word: Word) -> Word:
    """The word with a capital; its lemma stays as it is."""
    return replace(word, text=word.text[:1].upper() + word.text[1:])


def misspelt(word: Word, rng: random.Random, trees: EditTrees) -> Word:
    """Swap, double or drop one letter inside a word.

    The lemma gets the same slip by way of the true word's edit tree, or is
    left unlearnt where the tree no longer fits.
    """
    text = word.text
    if len(text) < 4 or not text.isalpha():
        return word
    i = rng.randrange(1, len(text) - 1)
    slip = rng.choice(("swap", "double", "drop"))
    if slip == "swap":
        text = text[:i] + text[i + 1] + text[i] + text[i + 2 :]
    elif slip == "double":
        text = text[:i] + text[i] + text[i:]
    else:
        text = text[:i] + text[i + 1 :]
    lemma = trees.apply(trees.add(word.text, word.lemma), text) if word.lemma else ""
    return replace(word, text=text, lemma=lemma or "")


def compounded(word: Word, fronts: list[str], rng: random.Random) -> Word:
    """A noun made longer by another noun in front: an unknown word that inflects
    as the known one does ("plannen" to "communicatieplannen")."""
    front = rng.choice(fronts)
    back = word.text.lower()
    front = front[:1].upper() + front[1:] if word.text[0].isupper() else front
    lemma = front.lower() + word.lemma.lower() if word.lemma else ""
    return replace(word, text=front + back, lemma=lemma)


def bare_start(sent: list[Word]) -> list[Word]:
    """The sentence from its first noun on, if only a determiner, a pronoun or
    adjectives stand before it ("De werkdruk is hoog" to "Werkdruk is hoog")."""
    for i, word in enumerate(sent):
        if word.pos == "NOUN" and i:
            return [capitalised(word), *sent[i + 1 :]]
        if word.pos not in ("DET", "PRON", "ADJ"):
            break
    return sent


def cut_fragment(sent: list[Word], rng: random.Random) -> list[Word]:
    """A run of 1 to 6 words of the sentence, best of a few draws without a verb,
    with a noun, a name or an adjective in it."""
    best = sent
    for _ in range(4):
        size = rng.randint(1, 6)
        start = rng.randrange(max(1, len(sent) - size))
        piece = sent[start : start + size]
        while piece and piece[0].pos == "PUNCT":
            piece = piece[1:]
        while piece and piece[-1].pos == "PUNCT":
            piece = piece[:-1]
        if not any(word.pos in CONTENT for word in piece):
            continue
        best = piece
        if not any(word.pos in ("VERB", "AUX") for word in piece):
            break
    return best[:-1] + [replace(best[-1], space=True)]


@spacy.registry.augmenters("nl_coder.survey_answers.v1")
def survey_answers(
    seed: int,
    lower_doc: float,
    lower_sent: float,
    upper_sent: float,
    drop_capital: float,
    drop_stop: float,
    bare_noun: float,
    compound: float,
    fragment: float,
    typo_sent: float,
    typo_word: float,
) -> Callable[[Language, Example], Iterator[Example]]:
    """An augmenter that makes prose look like survey answers.

    The arguments are probabilities: of a document in lower case
    (``lower_doc``); of a sentence in lower case, in capitals, without its first
    capital, without its final stop, without what stands before a first noun
    (``bare_noun``), cut to a fragment that stands as a sentence (half of them
    capitalised), or with slips of the pen (``typo_sent``, then ``typo_word`` a
    word); of a noun to become a compound.
    """
    rng = random.Random(seed)
    fronts: list[str] = []  # nouns seen of late, to make compounds with
    trees = EditTrees(StringStore())

    def joined(word: Word) -> Word:
        if word.pos != "NOUN" or not word.text.isalpha() or len(word.text) < 4:
            return word
        if len(word.lemma) > 3 and word.text.islower():
            fronts.append(word.lemma)
            del fronts[:-1000]
        if fronts and rng.random() < compound:
            return compounded(word, fronts, rng)
        return word

    def change(sent: list[Word]) -> list[Word]:
        sent = [joined(word) for word in sent]
        if rng.random() < bare_noun:
            sent = bare_start(sent)
        if len(sent) > 3 and rng.random() < fragment:
            sent = cut_fragment(sent, rng)
            if rng.random() < 0.5:
                sent = [capitalised(sent[0]), *sent[1:]]
        if len(sent) > 1 and sent[-1].text in ".!?" and rng.random() < drop_stop:
            sent = sent[:-2] + [replace(sent[-2], space=True)]
        if rng.random() < typo_sent:
            sent = [misspelt(word, rng, trees) if rng.random() < typo_word else word for word in sent]
        if sent[0].text[:1].isupper() and rng.random() < drop_capital:
            if sent[0].pos != "PROPN":
                sent = [lowered(sent[0]), *sent[1:]]
        if rng.random() < lower_sent:
            sent = [lowered(word) for word in sent]
        elif rng.random() < upper_sent:
            sent = [uppered(word) for word in sent]
        return sent

    def augment(nlp: Language, example: Example) -> Iterator[Example]:
        mend_labels(example.reference)
        sents = [change(read_sentence(sent)) for sent in example.reference.sents]
        if rng.random() < lower_doc:
            sents = [[lowered(word) for word in sent] for sent in sents]
        doc = make_doc(nlp, sents)
        bare = Doc(
            nlp.vocab,
            words=[t.text for t in doc],
            spaces=[bool(t.whitespace_) for t in doc],
        )
        yield Example(bare, doc)

    return augment


# --- training ----------------------------------------------------------------


def unlearn_rare_lemmas(nlp: Language, examples: Iterable[Example]) -> None:
    """Blank the lemmas whose edit tree is no label.

    spaCy would train such words towards the first label instead.
    """
    lemmatizer = nlp.get_pipe("trainable_lemmatizer")
    trees, known = lemmatizer.trees, lemmatizer.tree2label
    for example in examples:
        for token in example.reference:
            if token.lemma and trees.add(token.text, token.lemma_) not in known:
                token.lemma_ = ""


def batches(examples: list[Example], rng: random.Random) -> Iterator[list[Example]]:
    """Shuffle the examples and group them by :data:`WORDS_PER_UPDATE`."""
    rng.shuffle(examples)
    batch: list[Example] = []
    size = 0
    for example in examples:
        batch.append(example)
        size += len(example.reference)
        if size >= WORDS_PER_UPDATE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def figures(nlp: Language, examples: list[Example]) -> dict[str, float]:
    """Accuracies on examples, as spaCy scores them."""
    scores = nlp.evaluate(examples)
    names = ("pos_acc", "tag_acc", "lemma_acc", "sents_f")
    return {name: round(scores[name], 4) for name in names}


def train(config: Config, log: Callable[[str], None] = print) -> Language:
    """Train the pipeline that the configuration describes."""
    config = config.interpolate()
    seed = config["training"]["seed"]
    fix_random_seed(seed)
    rng = random.Random(seed)
    nlp = load_model_from_config(config, auto_fill=True)
    corpora = registry.resolve({"corpora": config["corpora"]})["corpora"]
    dev = list(corpora["dev"](nlp))
    plain = list(spacy.training.Corpus(config["paths"]["train"])(nlp))
    nlp.initialize(lambda: plain)
    words = sum(len(example.reference) for example in plain)
    epochs = config["training"]["max_epochs"]
    settings = config["training"]["optimizer"]
    settings["learn_rate"]["total_steps"] = epochs * words // WORDS_PER_UPDATE
    optimizer = registry.resolve({"optimizer": settings})["optimizer"]
    for epoch in range(epochs):
        start, losses = time.time(), {}
        examples = list(corpora["train"](nlp))
        unlearn_rare_lemmas(nlp, examples)
        for batch in batches(examples, rng):
            nlp.update(batch, drop=config["training"]["dropout"], sgd=optimizer, losses=losses)
            optimizer.step_schedules()
        with nlp.use_params(optimizer.averages):
            scores = figures(nlp, dev)
        seconds = round(time.time() - start)
        short = {name: round(loss) for name, loss in losses.items()}
        log(json.dumps({"epoch": epoch + 1, "s": seconds, **scores, "loss": short}))
    with nlp.use_params(optimizer.averages):
        return compact(nlp, config, plain)


def compact(nlp: Language, config: Config, examples: Iterable[Example]) -> Language:
    """A copy of the trained pipeline without what only training needed.

    That is: the words of the treebank in the string store, the edit trees that
    are no label, and the paths and settings of the training run.
    """
    kept = {key: config[key] for key in ("system", "nlp", "components")}
    small = load_model_from_config(Config(kept), auto_fill=True)
    small.from_bytes(nlp.to_bytes(exclude=["vocab"]), exclude=["vocab"])
    small.config = load_model_from_config(Config(kept), auto_fill=True).config
    old, new = (n.get_pipe("trainable_lemmatizer") for n in (nlp, small))
    pairs: dict[int, tuple[str, str]] = {}
    for example in examples:
        for token in example.reference:
            tree = old.trees.add(token.text, token.lemma_)
            pairs.setdefault(tree, (token.text, token.lemma_))
    new.trees = EditTrees(small.vocab.strings)
    new.cfg["labels"] = [new.trees.add(*pairs[tree]) for tree in old.labels]
    for label in (
        *small.get_pipe("tagger").labels,
        *small.get_pipe("morphologizer").labels,
    ):
        small.vocab.strings.add(label)
    new.tree2label = {tree: label for label, tree in enumerate(new.labels)}
    return small


def main() -> None:
    """Train by the command line's wishes and write the pipeline."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path, help="folder of train.spacy and dev.spacy")
    parser.add_argument("out", type=Path, help="folder to write the pipeline to")
    parser.add_argument("--config", type=Path, default=Path(__file__).with_name("config.cfg"))
    parser.add_argument(
        "--set",
        nargs=2,
        action="append",
        default=[],
        metavar=("NAME", "JSON"),
        help="change a setting: --set training.max_epochs 4",
    )
    args = parser.parse_args()
    changes = {name: json.loads(value) for name, value in args.set}
    changes["paths.train"] = str(args.data / "train.spacy")
    changes["paths.dev"] = str(args.data / "dev.spacy")
    config = load_config(args.config, overrides=changes)
    nlp = train(config, log=lambda line: print(line, flush=True))
    nlp.meta.update(META)
    nlp.meta["performance"] = figures(nlp, list(spacy.training.Corpus(args.data / "dev.spacy")(nlp)))
    nlp.add_pipe("coder_mend")  # needs no training
    nlp.to_disk(args.out)


if __name__ == "__main__":
    main()
