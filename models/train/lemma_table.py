"""Write the lemma table that ``lemmas.py`` reads.

    python lemma_table.py DATA/train.spacy lemmas.tsv.gz

One line a lower-cased form: the form, then for each part of speech it had, most
frequent first, that name and the form's most frequent lemma (empty: the form).
"""

from __future__ import annotations

import argparse
import gzip
from collections import Counter, defaultdict
from pathlib import Path

import spacy
from spacy.tokens import DocBin

CLOSED = ("PUNCT", "SYM", "X")


def count(path: Path) -> dict[str, dict[str, Counter[str]]]:
    """The lemmas of every form and part of speech, with their frequencies."""
    seen: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for doc in DocBin().from_disk(path).get_docs(spacy.blank("nl").vocab):
        for token in doc:
            if token.pos_ not in CLOSED and any(c.isalpha() for c in token.text):
                pos = "VERB" if token.pos_ == "AUX" else token.pos_
                if pos == "VERB" and not token.lemma_.endswith("n"):
                    continue  # a slip of the treebank
                seen[token.lower_][pos][token.lemma_] += 1
    return seen


def line(form: str, kinds: dict[str, Counter[str]]) -> str:
    """The table's line for a form."""
    fields = [form]
    for pos, lemmas in sorted(kinds.items(), key=lambda item: -item[1].total()):
        lemma = lemmas.most_common(1)[0][0]
        fields += [pos, "" if lemma == form else lemma]
    return "\t".join(fields)


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("train", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    lines = [line(form, kinds) for form, kinds in sorted(count(args.train).items())]
    text = "\n".join(lines).encode("utf8")
    args.out.write_bytes(gzip.compress(text, compresslevel=9, mtime=0))


if __name__ == "__main__":
    main()
