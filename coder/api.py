"""The front door: what a notebook asks for by the same words as the command line.

A corpus knows its columns and a coding knows its corpus, so that every table finds respondents, weights and groups by
itself. Here stands what needs files and tables at once; the rest of the front door lives where its work is done.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pandas as pd

from coder.codebook import Codebook
from coder.coding import Coding
from coder.corpus import TEXT, Corpus
from coder.errors import DataError
from coder.files.answers import answers_of, read_answers, with_roles
from coder.files.coded import CODES, coded_of
from coder.files.filled_sheets import recorded_draw
from coder.files.sheets import TableSource, as_file, column_asked
from coder.files.wave_files import read_wave
from coder.jobs.coded_report import ReportOptions, coded_report
from coder.languages.nl.pipeline import BUNDLED
from coder.learning.estimation import Estimation
from coder.learning.estimation import estimate as estimated
from coder.learning.predictions import Sources
from coder.methods.classifier import Classifier, Whole
from coder.methods.combine import train as learn
from coder.methods.rules.engine import Rules
from coder.note import Progress, silent
from coder.reports.content import Report
from coder.tables.comparison import compare as beside
from coder.tables.mentions import Mentions, mentions
from coder.tables.table import Table


def read(
    source: TableSource,
    *,
    text: str | int,
    id: str | int | None = None,  # noqa: A002
    respondent: str | int | None = None,
    weight: str | int | None = None,
    groups: str | int | Sequence[str | int] = (),
    wave: str | int | None = None,
    sheet: str = "",
    header_rows: int | None = None,
) -> Corpus:
    """The answers in a file (.csv, .xlsx, .sav, …) or a DataFrame, with the roles of its columns.

    `text` names the column of answers, `id` that of their ids (1, 2, 3 without it); `respondent`, `weight`, `groups`
    and `wave` name background columns, of which tables and models of these answers know what they are. A column is
    named by its name, its letter, its number or how it begins. All other columns come along as text. `sheet` and
    `header_rows` say where in the file the table is, where that is not clear; how it was read stands in `.notes`.

    Raises `DataError` where the file or a column is not there, an id occurs twice, or a weight is no number.

    >>> import coder
    >>> from coder.resources import resource
    >>> coder.read(resource("corpora/trends-2024.csv"), text="answer", id="id", groups="sector")
    <Corpus 'trends-2024': 205 answers; groups: sector>
    """
    file = as_file(source)
    if sheet or header_rows is not None:
        file = replace(file, sheet=sheet or file.sheet, header_rows=header_rows or file.header_rows)
    text = column_asked(text, "text")
    id, respondent, weight, wave = (  # noqa: A001
        None if one is None else column_asked(one, option)
        for option, one in (("id", id), ("respondent", respondent), ("weight", weight), ("wave", wave))
    )
    by = [column_asked(one, "groups") for one in ([groups] if isinstance(groups, str | int) else groups)]
    needs = {respondent: "--respondent", weight: "--weight", wave: "--wave"} | dict.fromkeys(by, "--groups")
    found = read_answers(file, text=text, id=id, needs={name: option for name, option in needs.items() if name})
    corpus = with_roles(found, respondent=respondent, weight=weight, groups=by, wave=wave).corpus
    corpus.weights  # noqa: B018 (raises where one is no number)
    return replace(corpus, notes=tuple(file.notes))


def train(
    answers: Corpus,
    hand: Coding,
    codebook: Codebook | None = None,
    *,
    embedding: str = "auto",
    nlp: str = BUNDLED,
    whole: Whole | None = None,
    seed: int = 1,
    progress: Progress = silent,
) -> Classifier:
    """What `coder train` learns: a classifier, weighed beside the rules where there is a codebook.

    `hand` are the codes that people gave, ten answers at least. Of more than 30,000 so many are drawn to learn from,
    all with a rare code among them; where that was done before, by `coder.files.gather.gather` from files that need not
    fit in memory, `whole` says what it found of all. `embedding` is auto, e5, use or none; `nlp` the spaCy
    pipeline of the rules. The classifier alone is `coder.train_classifier`, one that learns a few new answers quickly
    `coder.update`.

    Raises `DataError` where too little was coded, and `MissingExtraError` where the embedding is not installed.

    >>> import coder
    >>> from coder.resources import resource
    >>> answers = coder.read(resource("corpora/wishes-2021.csv"), text="answer", id="id")
    >>> book = coder.read_codebook(resource("codebooks/wishes.yaml"))
    >>> hand = coder.Coding.from_column(answers, "codes", book)
    >>> model = coder.train(answers, hand, book, embedding="none")
    >>> len(repr(model)) < 120, model.card["units"]
    (True, 120)
    """
    rules = Rules(nlp)
    return learn(answers, hand, codebook, rules=rules, embedding=embedding, whole=whole, seed=seed, progress=progress)


def compare(
    now: Mentions | Table | Coding | TableSource,
    then: Mentions | Table | Coding | TableSource,
    codebook: Codebook | None = None,
    *,
    codes: str = CODES,
    then_codes: str = CODES,
    then_codebook: Codebook | None = None,
    names: tuple[str, str] | None = None,
    **options: Any,  # noqa: ANN401 (those of `coder.tables.comparison.compare`)
) -> Table:
    """This wave beside the last one, as `coder compare` has it.

    A wave is a coding, which counts by the respondents and weights of its answers, a table, or a file or DataFrame: of
    coded answers (`codes` and `then_codes` name their column of codes) or of a published table of ranks and labels.
    `options` are `limit`, `panel`, `level`, and `title`: see `coder.tables.comparison.compare`.

    Raises `DataError` as reading a wave and comparing do.

    >>> import coder
    >>> from coder.resources import resource
    >>> book = coder.read_codebook(resource("codebooks/trends.yaml"))
    >>> answers = coder.read(resource("corpora/trends-2024.csv"), text="answer", id="id")
    >>> hand = coder.Coding.from_column(answers, "codes", book)
    >>> coder.compare(hand, resource("corpora/trends-2021.csv"), book).frame["code"][0]
    'ai'
    """
    waves = (_wave(now, codes, codebook), _wave(then, then_codes, then_codebook or codebook))
    return beside(*waves, codebook, then_codebook=then_codebook, names=names, **options)


def _wave(wave: Mentions | Table | Coding | TableSource, codes: str, codebook: Codebook | None) -> Mentions | Table:
    """What a wave counts, or printed."""
    if isinstance(wave, Mentions | Table):
        return wave
    if isinstance(wave, Coding):
        return mentions(wave, codebook or Codebook.from_ids(wave.assignments["code"]))
    return read_wave(wave, codes=codes, codebook=codebook)


def estimate(
    answers: Corpus,
    hand: Coding,
    codebook: Codebook | None = None,
    *,
    by: "str | pd.Series[str] | None" = None,
    **options: Any,  # noqa: ANN401 (those of `coder.learning.estimation.estimate`)
) -> Estimation:
    """How often each code occurs in all answers, from a random sample that people coded, as `coder estimate` has it.

    How the answers of `hand` were drawn is read from the columns `drawn`, `probability` and `stratum` in which
    `coder sample` recorded it, where the answers have them; what each counts for from their weight. `by` names a
    background column of groups. Other `options` are those of `coder.learning.estimation.estimate`.

    Raises `DataError` as that does, and where a respondent has several answers: each is taken for one.

    >>> import coder
    >>> from coder.resources import resource
    >>> answers = coder.read(resource("corpora/trends-2021.csv"), text="answer", id="id")
    >>> hand = coder.Coding.from_column(answers, "codes", coder.read_codebook(resource("codebooks/trends.yaml")))
    >>> found = coder.estimate(answers, hand)
    >>> found.frame["code"][0], f"{found.frame['percent'][0]:.1f}"
    ('video', '25.8')
    """
    who = answers.respondents
    if who is not None and who.duplicated().any():
        raise DataError("estimate.respondent_twice", who=who[who.duplicated()].iloc[0])
    draw: Mapping[str, Any] = dict(recorded_draw(answers_of(answers)))
    draw = {name: options.pop(name, None) if name in options else cells for name, cells in draw.items()}
    weight = options.pop("weight", None)
    return estimated(
        answers,
        hand,
        codebook,
        **draw,
        weight=answers.weights if weight is None else weight,
        by=answers.background(by) if isinstance(by, str) else by,
        **options,
    )


def report(
    answers: Corpus,
    coding: Coding,
    codebook: Codebook | None = None,
    *,
    then: Mentions | Table | Coding | TableSource | None = None,
    then_codes: str = CODES,
    hand: Coding | None = None,
    second: Coding | None = None,
    predictions: Sources | None = None,
    progress: Progress = silent,
    **options: Any,  # noqa: ANN401 (those of `coder.jobs.coded_report.ReportOptions`)
) -> Report:
    """The report of one question, as `coder report` writes it: `.save("top10.pptx", "top10.html")`.

    `coding` is what is counted; with `hand`, the codes of a random sample, percentages are corrected by it, and
    `second` is what another coder gave; `predictions` make that more precise, as in `coder.estimate` (with
    `classifier=True` beside our own). `then` is the last wave, as in `coder.compare`. `options` are `by` (a
    background column of groups), `limit` (the last rank that is shown, None for every code), `nets`, `title`,
    `population`, `self_selected`, `seed` and `made` (the day that the report bears: today unless given): see
    `coder.jobs.coded_report.ReportOptions`.

    Raises `DataError` as counting, comparing and estimating do.

    >>> import coder
    >>> from coder.resources import resource
    >>> book = coder.read_codebook(resource("codebooks/trends.yaml"))
    >>> answers = coder.read(resource("corpora/trends-2021.csv"), text="answer", id="id")
    >>> coder.report(answers, coder.Coding.from_column(answers, "codes", book), book, title="Trends")
    <Report 'Trends': tables top; .save("report.html") writes it>
    """
    asked = ReportOptions(**options)
    by = None if asked.by is None else str(answers.background(asked.by).name)
    asked = replace(asked, by=by, made=asked.made or datetime.now().astimezone().date())
    coded = coded_of(answers, coding, codebook, hand=hand, second=second, predictions=predictions)
    last = None if then is None else _last(then, then_codes, codebook)
    return coded_report(coded, codebook, asked, then=last, with_data=True, progress=progress)


def _last(then: Mentions | Table | Coding | TableSource, codes: str, codebook: Codebook | None) -> Mentions | Table:
    """What the last wave counts, or printed; a coding as a column of codes would have it."""
    if not isinstance(then, Coding):
        return _wave(then, codes, codebook)
    answers = then.corpus if then.corpus is not None else Corpus(pd.DataFrame({TEXT: ""}, index=then.seen))
    coded = coded_of(answers, then, codebook)
    return coded.mentions(coded.book(codebook))
