"""Measure what `coder.languages.nl` knows of Dutch on a treebank in CoNLL-U.

    python benchmarks/dutch.py TREEBANK.conllu [--nlp NAME]

Prints one line of JSON:

- pos, tag: share of the treebank's tokens with the right part of speech and CGN tag;
- lemma, lemma_uncased: share with the right lemma by vote (`lemma_trained`: without the vote, uncased). UD's
  compound marks are left out, and so are the particles of separated verbs;
- lemma_joints: the same, uncased, where a compound's joints may be written either way. UD's lemmas drop linking
  letters ("levenomstandigheid" of levensomstandigheden), dictionaries keep them;
- form_lemma: the same, uncased, for each form without its sentence;
- sents_f: F of the sentence starts, on runs of ten sentences as text;
- particle_f: F of the pairs of verb and particle that stand apart, against the relation `compound:prt` where
  the verb's lemma has the particle ("uit_strekken"; "in het leven roepen" has none);
- compound_head: share of the distinct nouns and adjectives marked as compounds whose last part is right;
  compound_false: share of the other ones (four letters or more) that are split;
- words_per_second through the pipeline on text, in one thread, best of five; megabytes of the pipeline.
"""

import argparse
import json
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

for _threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "BLIS_NUM_THREADS"):
    os.environ.setdefault(_threads, "1")

from spacy.language import Language  # noqa: E402 (after the number of threads is set)
from spacy.tokens import Doc  # noqa: E402

from coder.languages.nl.compounds import head, split  # noqa: E402
from coder.languages.nl.lemmas import form_lemma, word_lemma  # noqa: E402
from coder.languages.nl.pipeline import BUNDLED, load  # noqa: E402
from coder.languages.nl.verbs import separated  # noqa: E402

RUN = 10
SHORTEST = 4


@dataclass(frozen=True, slots=True)
class Word:
    """A token of the treebank; `marked` is its lemma with UD's compound marks, `of` its head's place."""

    form: str
    space: bool
    pos: str
    tag: str
    marked: str
    of: int
    relation: str

    @property
    def lemma(self) -> str:
        """The lemma without marks, and without the particle of a verb that stands apart from it."""
        *front, last = self.marked.split("_") if len(self.marked) > 1 else [self.marked]
        if self.tag.startswith("WW"):
            front = [part for part in front if part.lower() in self.form.lower()]
        return "".join([*front, last])

    def has_lemma(self, lemma: str) -> bool:
        """Whether a lemma is right but for case and for how a compound's joints are written."""
        if lemma.lower() == self.lemma.lower():
            return True
        last = self.marked.split("_")[-1].lower()
        front = lemma.lower().removesuffix(last)
        return "_" in self.marked and front != lemma.lower() and self.form.lower().startswith(front)


Sentence = list[Word]


def read(path: Path) -> list[Sentence]:
    """The sentences of a CoNLL-U file, multiword and empty nodes left out."""
    sentences = []
    for block in path.read_text(encoding="utf-8").strip().split("\n\n"):
        rows = (line.split("\t") for line in block.splitlines() if not line.startswith("#"))
        sentences.append(
            [
                Word(row[1], "SpaceAfter=No" not in row[9], row[3], row[4], row[2], int(row[6]) - 1, row[7])
                for row in rows
                if row[0].isdigit()
            ]
        )
    return sentences


def document(nlp: Language, sentences: Iterable[Sentence]) -> Doc:
    """Sentences as one document of the treebank's own tokens, a space after each sentence."""
    words = [word.form for sentence in sentences for word in sentence]
    spaces = [word.space or word is sentence[-1] for sentence in sentences for word in sentence]
    return Doc(nlp.vocab, words=words, spaces=spaces)


def runs(sentences: Sequence[Sentence]) -> Iterator[Sequence[Sentence]]:
    """The sentences ten by ten."""
    return (sentences[start : start + RUN] for start in range(0, len(sentences), RUN))


def token_shares(nlp: Language, sentences: Sequence[Sentence]) -> dict[str, float]:
    """Shares of the tokens that are right."""
    words = [word for sentence in sentences for word in sentence]
    docs = nlp.pipe(document(nlp, run) for run in runs(sentences))
    tokens = [token for doc in docs for token in doc]
    right = dict.fromkeys(("pos", "tag", "lemma", "lemma_uncased", "lemma_joints", "lemma_trained", "form_lemma"), 0)
    for token, word in zip(tokens, words, strict=True):
        voted, gold = word_lemma(token), word.lemma
        right["pos"] += token.pos_ == word.pos
        right["tag"] += token.tag_ == word.tag
        right["lemma"] += voted == gold
        right["lemma_uncased"] += voted.lower() == gold.lower()
        right["lemma_joints"] += word.has_lemma(voted)
        right["lemma_trained"] += token.lemma_.lower() == gold.lower()
        right["form_lemma"] += form_lemma(word.form) == gold.lower()
    return {name: count / len(words) for name, count in right.items()}


def sentence_f(nlp: Language, sentences: Sequence[Sentence]) -> float:
    """F of the sentence starts, by character."""
    found = wanted = right = 0
    docs = nlp.pipe(document(nlp, run).text for run in runs(sentences))
    for run, doc in zip(runs(sentences), docs, strict=True):
        starts = {len(document(nlp, run[:number]).text_with_ws) for number in range(len(run))}
        guessed = {sentence.start_char for sentence in doc.sents}
        found, wanted, right = found + len(guessed), wanted + len(starts), right + len(starts & guessed)
    return 2 * right / (found + wanted)


def particle_f(nlp: Language, sentences: Sequence[Sentence]) -> float:
    """F of the pairs of a verb and its particle."""
    found = wanted = right = 0
    docs = nlp.pipe(document(nlp, [sentence]) for sentence in sentences)
    for sentence, doc in zip(sentences, docs, strict=True):
        gold = {
            (word.of, place)
            for place, word in enumerate(sentence)
            if word.relation == "compound:prt" and sentence[word.of].marked.lower().startswith(f"{word.form.lower()}_")
        }
        guessed = {(pair.verb, pair.particle) for pair in separated(doc)}
        found, wanted, right = found + len(guessed), wanted + len(gold), right + len(gold & guessed)
    return 2 * right / (found + wanted)


def compound_shares(sentences: Sequence[Sentence]) -> dict[str, float]:
    """Shares of compounds with the right head, and of other words that are split."""
    marked: dict[str, set[str]] = {}
    others: set[str] = set()
    for word in (word for sentence in sentences for word in sentence if word.pos in {"NOUN", "ADJ"}):
        form, parts = word.form.lower(), word.marked.lower().split("_")
        if len(parts) > 1 and all(parts):
            marked.setdefault(form, set()).add(parts[-1])
        elif len(form) >= SHORTEST and form.isalpha():
            others.add(form)
    others -= set(marked)
    right = [form for form, lasts in marked.items() if len(split(form)) > 1 and _one_of(head(form), lasts)]
    false = [form for form in others if len(split(form)) > 1]
    return {"compound_head": len(right) / len(marked), "compound_false": len(false) / len(others)}


def _one_of(found: str, lasts: set[str]) -> bool:
    lemma = form_lemma(found)
    return any(found == last or lemma in {last, form_lemma(last)} for last in lasts)


def words_per_second(nlp: Language, sentences: Sequence[Sentence]) -> int:
    """Words a second on text, in one thread."""
    texts = [document(nlp, run).text for run in runs(sentences)] * 2
    best = float("inf")
    for _ in range(5):
        start = time.perf_counter()
        words = sum(len(doc) for doc in nlp.pipe(texts))
        best = min(best, time.perf_counter() - start)
    return round(words / best)


def megabytes(nlp: Language) -> float:
    """What the files of the pipeline hold."""
    return sum(file.stat().st_size for file in nlp.path.rglob("*") if file.is_file()) / 1e6 if nlp.path else 0.0


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("treebank", type=Path)
    parser.add_argument("--nlp", default=BUNDLED, metavar="NAME", help="the pipeline to measure")
    asked = parser.parse_args()
    nlp, sentences = load(asked.nlp), read(asked.treebank)
    figures = {
        **token_shares(nlp, sentences),
        "sents_f": sentence_f(nlp, sentences),
        "particle_f": particle_f(nlp, sentences),
        **compound_shares(sentences),
    }
    rounded = {name: round(value, 4) for name, value in figures.items()}
    sizes = {"words_per_second": words_per_second(nlp, sentences), "megabytes": round(megabytes(nlp), 2)}
    print(json.dumps(rounded | sizes))


if __name__ == "__main__":
    main()
