"""Speed of the rule engine against tools that look for strings, in one process, in turn.

    pip install pyahocorasick polars wordfreq
    python benchmarks/rules.py [--seed S] [--rounds N]

The answers are synthetic: 4 to 16 words drawn by their frequency in a Dutch word list (wordfreq). The patterns
are words, phrases of two words and beginnings (`communica*`) of that list. Ours looks for them with inflections,
slips of the pen, negation and exact places; the others for the same strings in lower case:

- pyahocorasick: every string that stands at word boundaries, with its place;
- PhraseMatcher of spaCy on a blank Dutch pipeline: whole words only, so without the beginnings;
- polars' find_many: every string with its place, without word boundaries.

Verbs with a particle that may stand apart are no patterns: for those ours asks a spaCy pipeline. What ours says of
negation is worked out when it is asked for; `reasons_s` is that, with every reason as data.

The last rows are what a caller of the library gets from `Rules().code`: answers a processor second (of all threads
together), without reasons and with every one of them asked for; on the answers above, and on those of the demo with its
codebooks, repeated with a number behind each so that no two are the same. The wishes ask a spaCy pipeline about verbs
whose particle stands apart. Built anew each round, every word unseen, word lists and pipeline loaded.

Cold: built anew and every word unseen. Warm: the same answers again, every word seen. Ratios are theirs through
ours: over 1, ours is faster. Each figure is the least of the rounds, which other work disturbs least. Prints JSON.
"""

import argparse
import gc
import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import ahocorasick
import numpy as np
import pandas as pd
import polars as pl
import spacy
import wordfreq
from spacy.matcher import PhraseMatcher

from coder import Code, Codebook, Corpus, Rules, read_answers, read_codebook
from coder.languages.lines import Lines
from coder.languages.nl.compounds import split
from coder.languages.nl.lemmas import form_lemma
from coder.languages.nl.verbs import apart
from coder.languages.nl.word_lists import listed_lemmas
from coder.methods.rules.engine import Engine
from coder.methods.rules.syntax import parse

SIZES, CODEBOOKS, CODES, PATTERNS = (200, 2_000, 20_000, 200_000), (100, 1_000, 10_000), 100, 1_500
ROOT = Path(__file__).parent.parent
DEMO, DEMO_SIZE = ("trends", "wishes"), 20_000
SHORTEST, COMMON, RARE = 4, 300, 40_000
"""Letters of a word in a pattern, and the places in the frequency list between which it is drawn."""

Job = Callable[[Sequence[str]], int]


def main() -> None:
    """Run everything and print one JSON line a table row."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    random = np.random.default_rng(given.seed)
    words, shares = _word_list()
    texts = _answers(random, words, shares, max(SIZES))
    listed_lemmas(Lines.of(["opwarmen"]).hashes)  # loads the word lists before the clock runs, as the other tools are
    patterns = _patterns(random, words, PATTERNS)
    print(json.dumps(_whole(patterns, texts)), flush=True)
    for size in SIZES:
        jobs = {"ours": _ours, "pyahocorasick": _ahocorasick, "polars": _polars}
        if size <= max(SIZES) // 10:
            jobs["PhraseMatcher"] = _phrase_matcher
        _say({"answers": size, "patterns": PATTERNS}, _timed(jobs, patterns, texts[:size], given.rounds))
    for count in CODEBOOKS:
        some = _patterns(random, words, count)
        jobs = {"ours": _ours, "pyahocorasick": _ahocorasick}
        _say({"answers": 20_000, "patterns": count}, _timed(jobs, some, texts[:20_000], given.rounds))
    for size in SIZES[-2:]:
        print(json.dumps(_coded("synthetic", _codebook(patterns), texts[:size], given.rounds)), flush=True)
    for name in DEMO:
        said = read_answers(ROOT / "corpora" / f"{name}-2024.csv", text="answer", id="id").corpus.texts.tolist()
        many = [f"{said[number % len(said)]} {number}" for number in range(DEMO_SIZE)]
        book = read_codebook(ROOT / "codebooks" / f"{name}.yaml")
        print(json.dumps(_coded(name, book, many, given.rounds)), flush=True)


def _coded(name: str, book: Codebook, texts: list[str], rounds: int) -> dict[str, object]:
    """Answers a processor second by `Rules.code`, without reasons and with all of them; the best of the rounds."""
    ids = pd.Index(list(map(str, range(len(texts)))), name="unit", dtype=str)
    corpus = Corpus(pd.DataFrame({"text": texts}, index=ids, dtype=str))
    Rules().code(corpus.take(ids[:2_000]), book)  # loads what it needs
    without, whole = [], []
    for _ in range(rounds):
        _forget()
        gc.collect()
        start = time.process_time()
        coding = Rules().code(corpus, book)
        without.append(time.process_time() - start)
        coding.explained()
        whole.append(time.process_time() - start)
    row = {"coded": name, "answers": len(texts), "assignments": len(coding.assignments)}
    return row | {"a_second": round(len(texts) / min(without)), "with_reasons": round(len(texts) / min(whole))}


def _word_list() -> tuple[list[str], np.ndarray]:
    known = wordfreq.get_frequency_dict("nl", "best")
    shares = np.fromiter(known.values(), dtype=np.float64)
    return list(known), shares / shares.sum()


def _answers(random: np.random.Generator, words: list[str], shares: np.ndarray, size: int) -> list[str]:
    lengths = random.integers(4, 17, size)
    drawn = random.choice(len(words), lengths.sum(), p=shares)
    ends = np.cumsum(lengths)
    return [
        " ".join(words[number] for number in drawn[end - length : end])
        for end, length in zip(ends.tolist(), lengths.tolist(), strict=True)
    ]


def _patterns(random: np.random.Generator, words: list[str], count: int) -> list[str]:
    """Half words, a quarter phrases of two words, a quarter beginnings."""
    plain = [word for word in words[COMMON:RARE] if len(word) >= SHORTEST and word.isalpha() and apart(word) is None]
    common = [word for word in words[:COMMON] if word.isalpha()]
    drawn = [plain[number] for number in random.choice(len(plain), count, replace=False, p=_shares(plain))]
    phrases = [f"{common[random.integers(len(common))]} {word}" for word in drawn[: count // 4]]
    beginnings = [f"{word[: SHORTEST + 2]}*" for word in drawn[count // 4 : count // 2]]
    return [*phrases, *beginnings, *drawn[count // 2 :]]


def _shares(words: list[str]) -> np.ndarray:
    """A codebook has words that people use: drawn by the root of their frequency."""
    roots = np.sqrt([wordfreq.word_frequency(word, "nl") for word in words])
    return roots / roots.sum()


def _timed(
    jobs: dict[str, Callable[[list[str]], Job]], patterns: list[str], texts: list[str], rounds: int
) -> dict[str, tuple[float, float, int]]:
    """Seconds cold and warm of each job, by turns, and how many hits it found."""
    taken: dict[str, list[tuple[float, float, int]]] = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, make in jobs.items():
            gc.collect()
            start = time.perf_counter()
            job = make(patterns)
            found = job(texts)
            cold = time.perf_counter()
            job(texts)
            taken[name].append((cold - start, time.perf_counter() - cold, found))
    return {
        name: (min(cold for cold, _, _ in runs), min(warm for _, warm, _ in runs), runs[0][2])
        for name, runs in taken.items()
    }


def _say(of: dict[str, int], taken: dict[str, tuple[float, float, int]]) -> None:
    cold, warm, found = taken["ours"]
    row: dict[str, object] = {**of, "ours_cold_s": round(cold, 4), "ours_warm_s": round(warm, 4), "ours_hits": found}
    for name, (their_cold, their_warm, their_found) in taken.items():
        if name != "ours":
            row[name] = {"cold": round(their_cold / cold, 2), "warm": round(their_warm / warm, 2), "hits": their_found}
    print(json.dumps(row), flush=True)


def _ours(patterns: list[str]) -> Job:
    engine = _engine(patterns)
    return lambda texts: len(engine.find(texts))


def _engine(patterns: list[str]) -> Engine:
    _forget()
    return Engine(_codebook(patterns))


def _forget() -> None:
    for remembered in (parse, form_lemma, split):
        remembered.cache_clear()


def _codebook(patterns: list[str]) -> Codebook:
    per_code = -(-len(patterns) // CODES)
    chunks = [patterns[start : start + per_code] for start in range(0, len(patterns), per_code)]
    codes = tuple(Code(f"c{number}", number, {}, rules=tuple(rules)) for number, rules in enumerate(chunks))
    return Codebook(codes)


def _ahocorasick(patterns: list[str]) -> Job:
    automaton = ahocorasick.Automaton()
    for pattern in patterns:
        automaton.add_word(pattern.rstrip("*"), (pattern, len(pattern.rstrip("*")), pattern.endswith("*")))
    automaton.make_automaton()

    def find(texts: Sequence[str]) -> int:
        hits = []
        for number, text in enumerate(texts):
            low = text.lower()
            for last, (pattern, length, is_beginning) in automaton.iter(low):
                start, end = last - length + 1, last + 1
                if start and low[start - 1].isalnum():
                    continue
                if not is_beginning and end < len(low) and low[end].isalnum():
                    continue
                hits.append((number, start, end, pattern))
        return len(hits)

    return find


def _polars(patterns: list[str]) -> Job:
    strings = pl.Series([[pattern.rstrip("*") for pattern in patterns]])

    def find(texts: Sequence[str]) -> int:
        found = pl.Series(texts).str.to_lowercase().str.find_many(strings, overlapping=True)
        return int(found.list.len().sum())

    return find


def _phrase_matcher(patterns: list[str]) -> Job:
    nlp = spacy.blank("nl")
    matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
    for pattern in patterns:
        matcher.add(pattern, [nlp.make_doc(pattern.rstrip("*"))])
    return lambda texts: sum(len(matcher(nlp.make_doc(text))) for text in texts)


def _whole(patterns: list[str], texts: list[str]) -> dict[str, object]:
    """What all texts take with every reason, and the megabytes it adds to the most held before."""
    scale = 1024 if sys.platform != "darwin" else 1024**2
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale
    start = time.perf_counter()
    hits = _engine(patterns).find(texts)
    found = time.perf_counter()
    hits.reasons.frame()
    reasons = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale
    row = {"answers": len(texts), "hits": len(hits), "find_s": round(found - start, 3)}
    return row | {
        "reasons_s": round(reasons - found, 3),
        "megabytes_before": round(before),
        "more": round(peak - before),
    }


if __name__ == "__main__":
    main()
