"""The whole job: answers, coded, counted, compared with the last wave.

What people coded stays as it is. The rest is coded by the rules, weighed with a classifier where
people coded enough to learn from; topics say what the answers without a code are about.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from coder.codebook import Codebook
from coder.coding import Coding, stacked
from coder.corpus import Corpus
from coder.errors import CoderError
from coder.jobs.machine import Machine
from coder.languages.language import answered, language_of
from coder.languages.nl.pipeline import BUNDLED
from coder.methods.rules.engine import Rules
from coder.note import Note
from coder.progress import Progress, silent
from coder.tables.comparison import compare
from coder.tables.frequency import top
from coder.tables.mentions import Mentions, mentions
from coder.tables.table import Table


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
    no_topics: Note | None
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
    seed: int = 1,
    progress: Progress = silent,
) -> Run:
    """Code, count and compare the answers of one question.

    `hand` are the decisions people took; `then` is the last wave: what respondents mentioned, or a
    published table; it is not compared where nobody answered now. Answers that say nothing
    (`no_answer`) and that nobody coded are left out of the base. `nlp` names the pipeline that the
    rules use.

    >>> import coder
    >>> from coder.resources import resource
    >>> answers = coder.read(resource("corpora/wishes-2021.csv"), text="answer", id="id")
    >>> book = coder.read_codebook(resource("codebooks/wishes.yaml"))
    >>> coder.run(answers, book, topics=False).final
    <Coding by rules: 120 answers, 76 with a code; 10 codes given 96 times>
    """
    progress("progress.reading", 0, 4)
    seen_by_hand = hand.seen if hand is not None else corpus.ids[:0]
    said = answered(corpus, language_of(codebook.language), no_answer).ids.union(seen_by_hand, sort=False)
    nothing = corpus.ids.difference(said, sort=False)
    answers = corpus.take(corpus.ids.difference(nothing, sort=False))
    progress("progress.learning" if hand is not None else "progress.coding", 1, 4)
    decides = Machine.learned(answers, hand, codebook, rules=Rules(nlp), seed=seed, progress=progress)
    progress("progress.coding", 2, 4)
    evidence = decides.rules.code(answers, codebook)
    rest = answers.ids.difference(seen_by_hand, sort=False)
    alone = decides.model is None
    machine = evidence.take(rest) if alone else decides.code(answers.take(rest), progress=progress)
    final = together(hand, machine, corpus)
    progress("progress.topics", 3, 4)
    found, why = _topics(answers, final, codebook.language, seed) if topics else (None, Note("run.topics_not_asked"))
    progress("progress.done", 4, 4)
    now = mentions(final, codebook, rows=len(corpus), unanswered=len(nothing))
    table = top(now, codebook)
    return Run(
        corpus=corpus,
        codebook=codebook,
        final=final,
        machine=machine,
        hand=hand,
        evidence=evidence,
        scores=decides.scores,
        topics=found,
        no_topics=why,
        no_answer=nothing,
        table=table,
        comparison=compare(now, then, codebook) if then is not None and len(now) else None,
        seed=seed,
    )


def together(hand: Coding | None, machine: Coding, corpus: Corpus) -> Coding:
    """One coding: the hand's where people coded, the machine's elsewhere; in the order of the corpus."""
    if hand is None:
        return machine
    seen = corpus.ids[corpus.ids.isin(hand.seen.union(machine.seen))]
    return stacked(f"hand+{machine.coder}", seen, [hand, machine], machine.provenance).of(corpus)


def _topics(answers: Corpus, final: Coding, language: str, seed: int) -> tuple[pd.DataFrame | None, Note | None]:
    uncoded = final.seen.difference(pd.Index(final.assignments["unit"].unique()), sort=False)
    try:
        from coder.methods.topics import find_topics  # noqa: PLC0415 (loads scikit-learn)

        return find_topics(answers.take(uncoded), language=language, seed=seed).frame, None
    except CoderError as error:
        return None, error.note
