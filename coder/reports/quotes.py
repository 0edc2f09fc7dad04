"""Answers that show what a code means, with the words that matched."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from coder.coding import Coding
from coder.corpus import Corpus

_MIDDLING = 90


@dataclass(frozen=True, slots=True)
class Quote:
    """An answer of a unit: its text, where in it words matched, why it has the code, whether a person picked it."""

    unit: str
    text: str
    spans: tuple[tuple[int, int], ...]
    reason: str
    picked: bool


def choose_quotes(
    coding: Coding,
    corpus: Corpus,
    codes: Sequence[str],
    *,
    count: int = 3,
    picked: Mapping[str, Sequence[str]] | None = None,
    evidence: Coding | None = None,
    language: str = "nl",
    seed: int = 1,  # noqa: ARG001 (to be replaced)
) -> dict[str, tuple[Quote, ...]]:
    """For each code up to `count` answers that have it, those of middling length with a matched word first."""
    hits = (evidence or coding).assignments
    chosen = {}
    for code in codes:
        own = hits[(hits["code"] == code) & (hits["start"] >= 0)]
        given = coding.assignments[coding.assignments["code"] == code]
        marked, named = set(own["unit"]), set((picked or {}).get(code, ()))
        order = sorted(
            given["unit"].unique(),
            key=lambda unit: (unit not in named, unit not in marked, abs(len(corpus.texts[unit]) - _MIDDLING), unit),
        )
        chosen[code] = tuple(
            _quote(unit, corpus.texts[unit], own[own["unit"] == unit], given[given["unit"] == unit], language)
            for unit in order[:count]
        )
    return chosen


def _quote(unit: str, text: str, hits: pd.DataFrame, given: pd.DataFrame, language: str) -> Quote:
    reasons = dict.fromkeys(_in_words(reason, language) for reason in [*given["reason"], *hits["reason"]])
    spans = tuple(zip(hits["start"].tolist(), hits["end"].tolist(), strict=True))
    return Quote(unit, text, spans, "; ".join(reasons), picked=False)


def _in_words(reason: str, language: str) -> str:
    """A reason, which files hold in English, as the report says it; what a rule or an answer says stays."""
    for pattern, words in _REASONS[language]:
        reason = re.sub(pattern, words, reason)
    return reason


_REASONS: dict[str, Sequence[tuple[str, str]]] = {
    "en": ((r"^hand$", "coded by a person"),),
    "nl": (
        (r"^hand$", "door een mens gecodeerd"),
        (r"^rule (?=.)", "regel "),
        (r"^(classifier \d)\.", r"\1,"),
        (r"(?<=\()spelt (?=[^()]*\)$)", "gespeld "),
        (r"(?<=[(\s])negated by (?=[^()]*\)$)", "ontkend door "),
    ),
}
