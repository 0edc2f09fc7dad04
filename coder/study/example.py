"""A study to look around in: the synthetic trends of two waves, the first coded whole and the last in part."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from coder.coding import Coding
from coder.files.answers import read_answers
from coder.files.codebooks import read_codebook
from coder.resources import resource
from coder.study.exchange import enter, in_wave
from coder.study.order import in_waves
from coder.study.question import Question
from coder.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

_WAVES = _, _LAST = "2021", "2024"
_CODED = 60


def example_study(place: Path, name: str, language: str, who: str) -> None:
    """Make it. Its answers are synthetic; those of 2024 that are coded were coded in random order."""
    book = read_codebook(resource("codebooks/trends.yaml"))
    with Study.create(place, name=name, language=language) as study:
        trends = study["trends"]
        for wave in _WAVES:
            read = read_answers(resource(f"corpora/trends-{wave}.csv"), text="answer", id="id", needs=["codes"])
            hand = read.coding("codes", book)
            units = read.corpus.units.drop(columns=["codes", "origin"])
            trends.add_answers(replace(read.corpus, units=units), wave=wave, accept=True, who=who)
            if wave != _LAST:
                trends.set_codebook(book, who)
            enter(trends, in_wave(trends, hand.take(_in_random_order(trends, hand, wave)), wave), "anna")


def _in_random_order(trends: Question, hand: Coding, wave: str) -> "pd.Index[str]":
    """The answers of a wave that are coded: of the first all, of the last the first in random order."""
    names = [f"{wave}:{unit}" for unit in hand.seen]
    random = in_waves(names, dict.fromkeys(names, wave), trends.name)[wave]
    chosen = {name.removeprefix(f"{wave}:") for name in (random if wave != _LAST else random[:_CODED])}
    return hand.seen[hand.seen.isin(chosen)]
