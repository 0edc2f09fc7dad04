"""The old answers coded again, so that a difference in opinion and one that the instrument makes stand apart."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from coder.codebook import Codebook
from coder.corpus import Corpus
from coder.jobs.code import code
from coder.languages.nl.pipeline import BUNDLED
from coder.methods.classifier import Classifier
from coder.progress import Progress, silent
from coder.tables.mentions import Mentions, mentions
from coder.tables.recoding import opinion_and_instrument
from coder.tables.table import Table

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Answered:
    """A wave as coded, its answers, and who gave each (indexed by unit; each unit is a respondent unless given)."""

    coded: Mentions
    corpus: Corpus | None
    respondent: "pd.Series[str] | None" = None


def recode(
    now: Answered,
    then: Answered,
    codebook: Codebook,
    *,
    model: Classifier | None = None,
    nlp: str = BUNDLED,
    progress: Progress = silent,
    **options: Any,  # noqa: ANN401 (those of `apart`)
) -> Table:
    """Code the answers of `then` again, by the rules of the codebook, a model or both, and lay the waves side by side.

    Where `now` has answers they are coded again too, so that what people coded is not compared with what a machine did.
    The table, and `options`, are those of `coder.tables.recoding.opinion_and_instrument`.
    """
    ways = {"nlp": nlp, "model": model}
    progress("progress.recoding_last", 0, 2)
    again, instrument = _again(then, codebook, **ways)
    progress("progress.recoding_this", 1, 2)
    of_now = _again(now, codebook, **ways)[0] if now.corpus is not None else None
    progress("progress.comparing", 2, 2)
    return opinion_and_instrument(
        now.coded, then.coded, again, codebook, now_again=of_now, instrument=instrument, **options
    )


def _again(wave: Answered, codebook: Codebook, **ways: Any) -> tuple[Mentions, str]:  # noqa: ANN401 (those of `code`)
    assert wave.corpus is not None  # noqa: S101 (the caller looked)
    book = codebook if any(one.rules for one in codebook.codes) or ways["model"] is None else None
    coding = code(wave.corpus, book, **ways)
    return mentions(coding, codebook, respondent=wave.respondent), coding.coder
