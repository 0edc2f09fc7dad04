"""The whole job: answers, coded, counted, compared with the last wave.

What people coded stays as it is. The rest is coded by the rules, weighed with a classifier where
people coded enough to learn from; topics say what the answers without a code are about.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from coder.codebook import Codebook
from coder.coding import Coding, stacked
from coder.corpus import Corpus
from coder.dutch.pipeline import BUNDLED
from coder.errors import CoderError
from coder.languages.language import no_answers
from coder.methods.rules.engine import Rules
from coder.progress import Progress, silent
from coder.tables.comparison import compare
from coder.tables.frequency import top
from coder.tables.mentions import Mentions, mentions
from coder.tables.table import Table

if TYPE_CHECKING:
    from coder.methods.combine import Combination


@dataclass(frozen=True, slots=True)
class Run:
    """What came out of a run.

    `final` is what the table counts: `hand` where people coded, `machine` elsewhere. `scores` is the
    micro-F1 of each way of coding on hand-coded answers held out ({} where nothing was learned).
    `topics` is None, with the reason in `no_topics`, where none were looked for. `evidence` are the
    hits of the rules in every answer.
    """

    corpus: Corpus
    codebook: Codebook
    final: Coding
    machine: Coding
    hand: Coding | None
    evidence: Coding
    scores: Mapping[str, float]
    topics: pd.DataFrame | None
    no_topics: str
    no_answer: "pd.Index[str]"
    table: Table
    comparison: Table | None
    seed: int


def run(
    corpus: Corpus,
    codebook: Codebook,
    *,
    hand: Coding | None = None,
    then: Mentions | Table | None = None,
    topics: bool = True,
    no_answer: Sequence[str] | None = None,
    nlp: str = BUNDLED,
    language: str = "nl",
    seed: int = 1,
    progress: Progress = silent,
) -> Run:
    """Code, count and compare the answers of one question.

    `hand` are the decisions people took; `then` is the last wave: what respondents mentioned, or a
    published table; it is not compared where nobody answered now. Answers that say nothing
    (`no_answer`) and that nobody coded are left out of the base. `nlp` names the pipeline that the
    rules use.
    """
    progress("reading the answers", 0, 4)
    nothing = corpus.ids[no_answers(corpus, no_answer, codebook.language)]
    seen_by_hand = hand.seen if hand is not None else corpus.ids[:0]
    nothing = nothing.difference(seen_by_hand, sort=False)
    answered = corpus.take(corpus.ids.difference(nothing, sort=False))
    progress("learning from coded answers" if hand is not None else "coding", 1, 4)
    rules = Rules(nlp)
    method, scores = _method(answered, codebook, hand, rules, seed, progress)
    progress("coding", 2, 4)
    evidence = rules.code(answered, codebook)
    rest = answered.ids.difference(seen_by_hand, sort=False)
    machine = evidence.take(rest) if method is None else method.code(answered.take(rest), codebook, progress=progress)
    final = together(hand, machine, corpus)
    progress("looking for topics", 3, 4)
    found, why = _topics(answered, final, codebook.language, seed) if topics else (None, "not asked for")
    progress("done", 4, 4)
    now = mentions(final, codebook, rows=len(corpus))
    table = top(now, codebook, language=language)
    return Run(
        corpus=corpus,
        codebook=codebook,
        final=final,
        machine=machine,
        hand=hand,
        evidence=evidence,
        scores=scores,
        topics=found,
        no_topics=why,
        no_answer=nothing,
        table=table,
        comparison=compare(now, then, codebook, language=language) if then is not None and len(now) else None,
        seed=seed,
    )


def together(hand: Coding | None, machine: Coding, corpus: Corpus) -> Coding:
    """One coding: the hand's where people coded, the machine's elsewhere; in the order of the corpus."""
    if hand is None:
        return machine
    seen = corpus.ids[corpus.ids.isin(hand.seen.union(machine.seen))]
    return stacked(f"hand+{machine.coder}", seen, [hand, machine], machine.provenance).of(corpus)


def _method(
    corpus: Corpus, codebook: Codebook, hand: Coding | None, rules: Rules, seed: int, progress: Progress
) -> "tuple[Combination | None, Mapping[str, float]]":
    if hand is None:
        return None, {}
    from coder.methods.classifier import FEWEST  # noqa: PLC0415 (loads scikit-learn)
    from coder.methods.combine import combine  # noqa: PLC0415

    if len(hand.seen) < FEWEST or hand.assignments.empty:
        return None, {}
    both = combine(corpus, hand, codebook, rules=rules, seed=seed, progress=progress)
    return both, both.weighing.scores


def _topics(answered: Corpus, final: Coding, language: str, seed: int) -> tuple[pd.DataFrame | None, str]:
    uncoded = final.seen.difference(pd.Index(final.assignments["unit"].unique()), sort=False)
    try:
        from coder.methods.topics import find_topics  # noqa: PLC0415 (loads scikit-learn)

        return find_topics(answered.take(uncoded), language=language, seed=seed).frame, ""
    except CoderError as error:
        return None, str(error)
