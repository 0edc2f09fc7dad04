"""The machine in documents: reading order, proposals, how far the guarantee holds, and time.

    python benchmarks/documents_learning.py guarantee [STUDIES]
    python benchmarks/documents_learning.py order SPEECHES.csv [FIRST [SEEDS]]
    python benchmarks/documents_learning.py proposals SPEECHES.csv
    python benchmarks/documents_learning.py time [BLOCKS [EMBEDDING]]

SPEECHES.csv has a row a block in order: columns doc_id, text_original, label_text ("Other" is no code). Times are
processor seconds of this process.
"""

import sys
import time

import numpy as np
import pandas as pd

from coder.codebook import Code, Codebook
from coder.documents import BLOCKS, FRAGMENTS, Document, Documents
from coder.languages.language import language_of
from coder.learning.fragment_proposals import copies, learn_fragments, propose
from coder.learning.unread import passages, reading_order
from coder.methods.blocks import Blocks
from coder.methods.classifier import train_classifier
from coder.statistics.prediction_powered import corrected
from coder.statistics.recall import TARGET, control, place_to_stop, stop_at
from coder.statistics.scores import micro

SIX = ["Education", "Health", "Law and Crime", "Energy", "Immigration", "Environment"]
ALONE = [*SIX, "Housing", "Agriculture"]
SHARES = (0.8, 0.9, 0.95)


def speeches(path: str, which: slice = slice(None)) -> tuple[Documents, pd.DataFrame]:
    """Speeches as documents without pages, and their codes as fragments."""
    rows = pd.read_csv(path)
    chosen = rows["doc_id"].unique()[which]
    documents, fragments = [], []
    for name, part in rows[rows["doc_id"].isin(chosen)].groupby("doc_id", sort=False):
        text, blocks = "", []
        for said, code in zip(part["text_original"], part["label_text"], strict=True):
            start, end = len(text), len(text) + len(said)
            blocks.append((start, end, "paragraph", 0, 0, "", "", "", -1))
            if code != "Other":
                fragments.append((str(name), start, end, code, "hand", "", ""))
            text += f"{said}\n\n"
        documents.append(Document(str(name), text, pd.DataFrame(blocks, columns=list(BLOCKS))))
    return Documents(tuple(documents)), pd.DataFrame(fragments, columns=list(FRAGMENTS))


def book(codes: list[str]) -> Codebook:
    """A codebook with labels alone."""
    return Codebook(tuple(Code(code, n + 1, {"en": code}) for n, code in enumerate(codes)), language="en")


def shares_read(
    documents: Documents, fragments: pd.DataFrame, blocks: Blocks, codes: list[str], size: int, first: int, seed: int
) -> list[float]:
    """What share of all blocks was read when .80, .90 and .95 of the fragments were found.

    `first` documents are read at random; then passages of `size` blocks in the order of the machine, which learns again
    after every 30 % more than was read.
    """
    known = documents.coding(fragments[fragments["code"].isin(codes)], read=blocks.ids)
    right, parts, codebook = known.matrix(blocks.ids, codes), passages(documents, size=size), book(codes)
    read = np.isin(blocks.document, np.random.default_rng(seed).permutation(len(documents))[:first])
    path = [(read.mean(), right[read].sum() / right.sum())]
    while path[-1][1] < SHARES[-1]:
        learned = learn_fragments(blocks, known.take(blocks.ids[read]), codebook=codebook)
        goal = 1.3 * read.sum()
        for place in reading_order(blocks, learned, parts, read=read)["passage"]:
            read[parts.of == place] = True
            path.append((read.mean(), right[read].sum() / right.sum()))
            if read.sum() >= goal or path[-1][1] >= SHARES[-1]:
                break
    return [next(share for share, found in path if found >= asked - 1e-9) for asked in SHARES]


def order(path: str, first: int, seeds: int) -> None:
    """Six codes at once in pages of ten, and codes alone."""
    documents, fragments = speeches(path)
    blocks = Blocks.of(documents, spoken=language_of("en"))
    right = documents.coding(fragments).matrix(blocks.ids, SIX)
    coded = right.any(axis=1).mean()
    print(f"{len(documents)} speeches, {len(blocks)} blocks, {coded:.2f} with one of six; {first} first")
    for size in (10, 1):
        found = [shares_read(documents, fragments, blocks, SIX, size, first, seed) for seed in range(seeds)]
        print(f"six codes, passages of {size}:", _said(found), flush=True)
        if size == 1:
            continue
        every = []
        for code in ALONE:
            alone = [shares_read(documents, fragments, blocks, [code], size, first, seed) for seed in range(seeds)]
            every += alone
            print(f"  {code} alone:", _said(alone), flush=True)
        print(f"one code, mean of {len(ALONE)}:", _said(every), flush=True)
    print(f"{time.process_time():.0f} s")


def _said(found: list[list[float]]) -> str:
    return " ".join(f"{share:.3f}" for share in np.mean(found, axis=0)) + f" ({len(found)} runs)"


def proposals(path: str) -> None:
    """Micro-F1 on held-out speeches: learned from one half of the speeches, tried on the other, both ways round."""
    documents, fragments = speeches(path)
    codes = sorted(set(fragments["code"]))
    blocks = Blocks.of(documents, spoken=language_of("en"))
    known = documents.coding(fragments, read=blocks.ids)
    right = known.matrix(blocks.ids, codes)
    odd = blocks.document % 2 == 1
    for name, train in (("learned from odd, tried on even", odd), ("learned from even, tried on odd", ~odd)):
        hand = known.take(blocks.ids[train])
        truth = right[~train]
        learned = learn_fragments(blocks, hand, codebook=book(codes))
        ours = micro(truth, learned.probability[~train] >= learned.threshold)["f1"]
        plain = learn_fragments(blocks, hand)
        at = [codes.index(code) for code in plain.codes]
        without = np.zeros_like(right)
        without[:, at] = plain.probability >= plain.threshold
        corpus = documents.corpus()
        model = train_classifier(corpus.take(blocks.ids[train]), hand, embedding="none", language="en")
        grams = model.code(corpus.take(blocks.ids[~train]), book(codes)).matrix(blocks.ids[~train], codes)
        both = train_classifier(corpus.take(blocks.ids[train]), hand, embedding="use", language="en")
        used = both.code(corpus.take(blocks.ids[~train]), book(codes)).matrix(blocks.ids[~train], codes)
        print(
            f"{name}: micro-F1 {ours:.3f}; without labels of codes {micro(truth, without[~train])['f1']:.3f};"
            f" classifier of answers, n-grams {micro(truth, grams)['f1']:.3f}, with use {micro(truth, used)['f1']:.3f}",
            flush=True,
        )


def study(seed: int, drawn: int = 600, clustered: float = 0.8) -> tuple[float, float, bool, float]:
    """One simulated study of one code: recall when one stops, of all fragments; what was read; estimate held; control.

    131 plans of 20 to 160 passages; how often the code occurs differs much between plans (log normal), fragments come
    several in a passage (negative binomial), and the machine ranks middlingly, in some plans better than in others.
    """
    chance = np.random.default_rng(seed)
    plan = np.repeat(np.arange(131), chance.integers(20, 161, size=131))
    rate = 0.12 * np.exp(clustered * chance.normal(size=131))[plan] * chance.gamma(0.7, 1 / 0.7, size=len(plan))
    counts = chance.poisson(rate)
    better = 1 + 0.5 * chance.normal(size=131)[plan]
    score = better * np.log1p(counts) + 0.7 * chance.normal(size=131)[plan] + chance.normal(size=len(plan))
    place = np.empty(len(plan))
    place[np.argsort(-score)] = np.arange(len(plan))
    sample = chance.choice(len(plan), drawn, replace=False)
    stop = place_to_stop(counts[sample], place[sample], TARGET)
    others = np.isin(np.arange(len(plan)), sample, invert=True)
    recall = counts[others & (place <= stop)].sum() / counts[others].sum()
    half = np.quantile(place, 0.3)
    hidden, left = sample[place[sample] > half], others & (place > half)
    has = counts > 0
    said = corrected(
        has[hidden][:, None],
        1 / (1 + np.exp(3 - score[hidden][:, None])),
        1 / (1 + np.exp(3 - score[left][:, None])),
        cluster=plan[hidden],
    )
    low, high = said.interval[0]
    true = has[np.concatenate([hidden, np.flatnonzero(left)])].mean()
    return recall, (place[others] <= stop).mean(), bool(low <= true <= high), control(counts[sample], has[sample]).worth


def guarantee(studies: int) -> None:
    """How often 90 % of the fragments were found by who stopped when the control said so."""
    print("j of r at .80, .90, .95:", [(r, [stop_at(r, share) for share in SHARES]) for r in (14, 29, 59, 60, 100)])
    for clustered in (0.0, 0.8):
        found = np.array([study(seed, clustered=clustered) for seed in range(studies)])
        reached, held = (found[:, 0] >= TARGET).mean(), found[:, 2].mean()
        error, error_held = (np.sqrt(max(one * (1 - one), 1e-4) / studies) for one in (reached, held))
        print(
            f"plans differ by {clustered}: recall of .90 reached in {reached:.3f} ± {error:.3f} of {studies} studies,"
            f" mean recall {found[:, 0].mean():.3f}, {found[:, 1].mean():.2f} read, control worth"
            f" {found[:, 3].mean():.0f} fragments; interval of what is unread held in {held:.3f} ± {error_held:.3f}",
            flush=True,
        )


def timed(size: int, embedding: str) -> None:
    """Seconds for plans of synthetic words: once, and after new decisions; a tenth of the plans are read.

    A fifth of the blocks has one of 30 codes, and some words of it; one in twenty is copied from an earlier plan.
    """
    chance = np.random.default_rng(1)
    words = np.array([f"{a}{b}{c}" for a in "bdfgklmnprstvz" for b in ("a", "ee", "oo", "ij", "ui") for c in SYLLABLES])
    weight = 1 / np.arange(1, len(words) + 1)
    documents, made, before = [], [], [("", "")]
    for number in range(max(size // 733, 5)):
        text, rows = "", []
        for _ in range(733):
            some = chance.choice(words, int(np.clip(chance.lognormal(3.1, 0.9), 4, 200)), p=weight / weight.sum())
            code = f"c{chance.integers(30)}" if chance.random() < SHARE_CODED else ""
            own = [f"{code}woord{one}" for one in chance.integers(40, size=4)] if code else []
            said = " ".join(chance.permutation([*some, *own])).capitalize() + "."
            if len(before) > 1 and chance.random() < SHARE_COPIED:
                said, code = before[chance.integers(1, len(before))]
            else:
                before.append((said, code))
            rows.append((len(text), len(text) + len(said), "paragraph", 0, len(rows) // 20 + 1, "", "", "", -1))
            if code:
                made.append((f"plan {number}", len(text), len(text) + len(said), code, "hand", "", ""))
            text += f"{said}\n\n"
        documents.append(Document(f"plan {number}", text, pd.DataFrame(rows, columns=list(BLOCKS))))
    plans, spent = Documents(tuple(documents)), time.process_time()
    blocks = Blocks.of(plans, embedding=embedding)
    print(f"{len(blocks)} blocks, {blocks.own.shape[1]} numbers each: {time.process_time() - spent:.0f} s", flush=True)
    spent = time.process_time()
    copied = copies(plans)
    print(f"copies ({len(copied)} found): {time.process_time() - spent:.0f} s", flush=True)
    read = blocks.document < max(len(plans) // 10, 2)
    spent = time.process_time()
    known = plans.coding(pd.DataFrame(made, columns=list(FRAGMENTS)), read=blocks.ids).take(blocks.ids[read])
    learned = learn_fragments(blocks, known, copies=copied)
    print(
        f"learned {len(learned.codes)} codes from {read.sum()} blocks: {time.process_time() - spent:.0f} s", flush=True
    )
    spent = time.process_time()
    queue = reading_order(blocks, learned, passages(plans), read=read)
    print(f"reading order of {len(queue)} pages: {time.process_time() - spent:.0f} s", flush=True)
    spent = time.process_time()
    found = propose(blocks, learned)
    print(f"{len(found)} proposals: {time.process_time() - spent:.0f} s", flush=True)


SHARE_CODED, SHARE_COPIED = 0.2, 0.05
SYLLABLES = ("", "den", "ring", "heid", "lijk", "werk", "plan", "en", "er", "st", "zorg", "jeugd", "ing")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["guarantee", *rest]:
            guarantee(int(rest[0]) if rest else 500)
        case ["order", path, *rest]:
            first, seeds = [int(one) for one in rest] + [3, 4][len(rest) :]
            order(path, first, seeds)
        case ["proposals", path]:
            proposals(path)
        case ["time", *rest]:
            timed(int(rest[0]) if rest else 96_000, rest[1] if len(rest) > 1 else "auto")
        case _:
            sys.exit(__doc__)
