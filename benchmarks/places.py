"""Where a code stands: how often the clause that the classifier names is the one in which the code's rules hit.

`python benchmarks/places.py FILE CODEBOOK [--text text] [--codes codes] [--embedding auto]`. The classifier learns from
the codes that people gave, not from rules, and looks at answers of the fold that it did not learn from. Counted are the
codes that people gave, in answers of several clauses, where the code's rules hit in one clause alone. Beside it stands
what the longest clause would be, and one at random on average.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from sklearn.model_selection import KFold

import coder
from coder.languages.clauses import clauses
from coder.languages.language import language_of
from coder.methods.classifier import learn

Place = tuple[int, int]


def main() -> None:
    """Measure, and print a line."""
    options = _options()
    answers = coder.read(options.file, text=options.text)
    book = coder.read_codebook(options.codebook)
    hand = coder.Coding.from_column(answers, options.codes, book)
    answers = answers.take(hand.seen)
    spoken = language_of(book.language)
    known = list(_known(answers, hand, book))
    right = longest = chance = 0.0
    asked = {(unit, code): (place, every) for unit, code, place, every in known}
    for rest, held in KFold(5, shuffle=True, random_state=1).split(np.arange(len(answers))):
        model, _ = learn(answers, hand.take(answers.ids[rest]), spoken, embedding=options.embedding)
        units = answers.ids[held]
        _, places = model.places(answers.texts[units].tolist())
        for row, unit in enumerate(units):
            for column, code in enumerate(model.codes):
                if (unit, code) in asked:
                    place, every = asked[unit, code]
                    right += tuple(places[row, column].tolist()) == place
                    longest += max(every, key=lambda one: one[1] - one[0]) == place
                    chance += 1 / len(every)
    size = len(known)
    if not size:
        sys.exit("No code of a person has rules that hit in one of several clauses alone.")
    error = np.sqrt(right / size * (1 - right / size) / size)
    print(f"{size} codes in answers of several clauses: the right clause {right / size:.3f} (error {error:.3f}),")
    print(f"longest {longest / size:.3f}, at random {chance / size:.3f}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("codebook", type=Path)
    parser.add_argument("--text", default="text")
    parser.add_argument("--codes", default="codes")
    parser.add_argument("--embedding", default="auto")
    return parser.parse_args()


def _known(
    answers: coder.Corpus, hand: coder.Coding, book: coder.Codebook
) -> Iterator[tuple[str, str, Place, list[Place]]]:
    """The unit, the code, the one clause in which its rules hit, and all clauses."""
    given = set(hand.pairs().itertuples(index=False, name=None))
    hits = coder.Rules().code(answers, book).assignments
    pieces = clauses(answers.texts.tolist(), language_of(book.language))
    cut = dict(zip(answers.ids, pieces, strict=True))
    for (unit, code), found in hits.groupby(["unit", "code"]):
        within = {place for place in cut[unit] for start in found["start"] if place[0] <= start < place[1]}
        if (unit, code) in given and len(cut[unit]) > 1 and len(within) == 1:
            yield unit, code, next(iter(within)), cut[unit]


if __name__ == "__main__":
    main()
