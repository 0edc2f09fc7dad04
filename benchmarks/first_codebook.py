"""How much of the codebook that people made a proposed one covers, and how many clicks it takes to come that near.

python benchmarks/first_codebook.py FILE --text COLUMN --codes COLUMN

A proposed code stands for the code of people that it agrees with best (F1 of its words on the coded answers); it is
merged with others that stand for the same code, and dropped where its precision for it is under one half. A click each:
accept or drop a code; two more for each that is merged, and two to name what is left.
"""

import argparse
import time

import coder

_GOOD = 0.5


def main() -> None:
    """Print what is covered, and the clicks."""
    asked = argparse.ArgumentParser()
    asked.add_argument("file")
    asked.add_argument("--text", default="text")
    asked.add_argument("--codes", default="codes")
    given = asked.parse_args()
    answers = coder.read(given.file, text=given.text)
    hand = coder.Coding.from_column(answers, given.codes)
    began = time.process_time()
    book = coder.draft(coder.find_topics(answers), answers)
    seconds = time.process_time() - began
    people = {code: set(units) for code, units in hand.pairs().groupby("code")["unit"]}
    found = coder.code(answers, book).take(hand.seen)
    proposed = {code: set(units) for code, units in found.pairs().groupby("code")["unit"]}
    stands: dict[str, set[str]] = {}
    merged = dropped = 0
    for units in proposed.values():
        best = max(people, key=lambda code: _f1(units, people[code]))
        if 2 * len(units & people[best]) < len(units):
            dropped += 1
            continue
        merged += best in stands
        stands.setdefault(best, set()).update(units)
    scores = {code: _f1(units, people[code]) for code, units in stands.items()}
    uses = sum(map(len, people.values()))
    good = [code for code, score in scores.items() if score >= _GOOD]
    clicks = len(proposed) + 2 * merged + 2 * len(stands) + 1
    print(f"{len(answers)} answers, {len(people)} codes of people, {len(proposed)} proposed in {seconds:.1f} s")
    print(
        f"covered with F1 of .5 or more: {len(good)} codes, {sum(len(people[one]) for one in good) / uses:.0%} of uses"
    )
    print(f"stood for at all: {len(stands)} codes, {sum(len(people[one]) for one in stands) / uses:.0%} of uses")
    print(f"answers that some proposed code finds: {found.pairs()['unit'].nunique() / len(found.seen):.0%}")
    print(
        f"clicks: {clicks} ({len(proposed)} accepted or dropped ({dropped}), {merged} merged, {len(stands)} named, use)"
    )


def _f1(one: set[str], other: set[str]) -> float:
    return 2 * len(one & other) / max(1, len(one) + len(other))


if __name__ == "__main__":
    main()
