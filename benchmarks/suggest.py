"""What suggestions are worth: the rules' F1 before and after, on answers that nothing was chosen on.

    python benchmarks/suggest.py DICTIONARY SENTENCES [SEED]

DICTIONARY is a table with columns code and term, or `-` to start without any rule. SENTENCES has columns text and
codes (an empty cell: seen, no code fits), and may have a column doc_id or review_id: a document then falls in one half.
Suggestions are made from one half and measured by the rule engine on the other. Prints one line of JSON; `added`
tells the share right of what suggested rules add: as counted where they were chosen, as expected, as found.
"""

import json
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from coder.arrays import Labels
from coder.codebook import Code, Codebook
from coder.coding import Coding
from coder.corpus import Corpus
from coder.files.answers import Answers, parse_codes, read_answers
from coder.files.codebooks import import_codebook
from coder.learning.suggest import suggest
from coder.methods.rules.engine import Rules
from coder.statistics.scores import micro


def start(dictionary: str, hand: Coding) -> Codebook:
    """The dictionary as a codebook, with a code without rules for what it lacks."""
    used = sorted(set(hand.assignments["code"]))
    if dictionary == "-":
        return Codebook.from_ids(used)
    book = import_codebook(Path(dictionary)).book
    more = (Code(id_, len(book.codes) + place, {}) for place, id_ in enumerate(used, start=1) if id_ not in book.ids)
    return replace(book, codes=(*book.codes, *more))


def half(answers: Answers, seed: int) -> npt.NDArray[np.bool_]:
    """The rows to choose on: those of a random half of the documents."""
    documents = next((answers.sheet[name] for name in ("doc_id", "review_id") if name in answers.sheet), None)
    names = np.asarray(documents if documents is not None else answers.corpus.ids, dtype=str)
    kinds = np.unique(names)
    chosen = np.random.default_rng(seed).permutation(kinds)[: len(kinds) // 2]
    return np.isin(names, chosen)


def given(corpus: Corpus, book: Codebook) -> Labels:
    """What the rules give, shape (answers, codes)."""
    return Rules().code(corpus, book).matrix(corpus.ids, book.ids)


def rounded(scores: Mapping[str, float]) -> dict[str, float]:
    """The scores with three decimals."""
    return {name: round(value, 3) for name, value in scores.items()}


def main(dictionary: str, sentences: str, seed: int) -> dict[str, object]:
    """Choose on one half, measure on the other."""
    answers = read_answers(Path(sentences), text="text", needs=["codes"])
    hand = parse_codes(answers.corpus.units["codes"], None, sentences, empty_is_none=True)
    book = start(dictionary, hand)
    chosen_on = half(answers, seed)
    one, other = (answers.corpus.take(answers.corpus.ids[rows]) for rows in (chosen_on, ~chosen_on))
    began = time.perf_counter()
    found = suggest(one, hand, book, seed=seed)
    seconds = time.perf_counter() - began
    right, before, after = hand.matrix(other.ids, book.ids), given(other, book), given(other, found.codebook)
    rules = found.table.frame[found.table.frame["kind"] == "rule"]
    answers_added = max(int(rules["answers"].sum()), 1)
    expected = float((rules["expected"] * rules["answers"]).sum()) / answers_added
    counted = int(rules["right"].sum()) / answers_added
    return {
        "chosen_on": len(one),
        "held_out": len(other),
        "level": found.precision,
        **found.table.frame["kind"].value_counts().to_dict(),
        "before": rounded(micro(right, before)),
        "after": rounded(micro(right, after)),
        "added": rounded({"counted": counted, "expected": expected, "right": float(right[after & ~before].mean())}),
        "seconds": round(seconds, 1),
    }


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > len("abc") else 1)))
