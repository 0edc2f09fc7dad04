"""The report as one HTML file: tables, chart, quotes with the words that matched, how it was made."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import pandas as pd

from coder.coding import Coding
from coder.corpus import Corpus
from coder.files.sheets import written_beside
from coder.reports.chart import bars
from coder.tables.table import Table
from coder.version import __version__

_QUOTES = 3


@dataclass(frozen=True, slots=True)
class Quote:
    """An answer, as HTML with the matched words marked, and why it has the code."""

    html: str
    reason: str


@dataclass(frozen=True, slots=True)
class Section:
    """One list of the report. `facts` say how it was made; `extra` tables stand after the comparison."""

    title: str
    table: Table
    comparison: Table | None
    extra: Sequence[Table]
    quotes: Sequence[tuple[str, Sequence[Quote]]]
    topics: pd.DataFrame | None
    no_topics: str
    facts: Sequence[str]


def write_report(path: Path, title: str, sections: Sequence[Section], *, language: str = "nl", note: str = "") -> None:
    """Write the report. It holds its style and charts, and asks nothing of the network."""
    from markupsafe import Markup  # noqa: PLC0415

    said = _WORDS[language]
    charts = [Markup(bars(part.comparison or part.table, said["now"], said["then"])) for part in sections]  # noqa: S704
    _write(
        path,
        "report.html.j2",
        title=title,
        note=note,
        language=language,
        said=said,
        sections=list(zip(sections, charts, strict=True)),
        Markup=Markup,
    )


def write_tables(path: Path, title: str, tables: Sequence[Table]) -> None:
    """Write tables as one page, such as those of an evaluation."""
    _write(path, "evaluation.html.j2", title=title, language="en", tables=tables)


def _write(path: Path, template: str, **values: object) -> None:
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415

    environment = Environment(loader=PackageLoader("coder.reports"), autoescape=True, undefined=StrictUndefined)
    page = environment.get_template(template).render(version=__version__, **values)
    with written_beside(path) as beside:
        beside.write_text(page, encoding="utf-8")


def quotes(
    final: Coding, evidence: Coding, corpus: Corpus, codes: Sequence[str], *, language: str = "nl"
) -> list[list[Quote]]:
    """For each code up to three answers that have it, those of middling length with a matched word first."""
    texts = corpus.texts
    return [_quotes_of(code, final, evidence, texts, language) for code in codes]


def _quotes_of(code: str, final: Coding, evidence: Coding, texts: "pd.Series[str]", language: str) -> list[Quote]:
    units = final.assignments.loc[final.assignments["code"] == code, "unit"].unique()
    hits = evidence.assignments[evidence.assignments["code"] == code]
    marked = set(hits["unit"])
    middling = sorted(units, key=lambda unit: (unit not in marked, abs(len(texts[unit]) - 90), unit))
    chosen = []
    for unit in middling[:_QUOTES]:
        own = hits[hits["unit"] == unit]
        given = final.assignments[(final.assignments["unit"] == unit) & (final.assignments["code"] == code)]
        reasons = dict.fromkeys(_in_words(reason, language) for reason in [*given["reason"], *own["reason"]])
        spans = list(zip(own["start"].tolist(), own["end"].tolist(), strict=True))
        chosen.append(Quote(mark(texts[unit], spans), "; ".join(reasons)))
    return chosen


def _in_words(reason: str, language: str) -> str:
    """A reason, which files hold in English, as the report says it; what a rule or an answer says stays."""
    for pattern, words in _REASONS[language]:
        reason = re.sub(pattern, words, reason)
    return reason


def mark(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text as HTML with these places marked; places that overlap are marked as one."""
    parts, place = [], 0
    for start, end in _merged(spans):
        parts += [escape(text[place:start]), "<mark>", escape(text[start:end]), "</mark>"]
        place = end
    return "".join([*parts, escape(text[place:])])


def _merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


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

_WORDS = {
    "nl": {
        "now": "deze meting",
        "then": "vorige meting",
        "quotes": "Antwoorden per code",
        "quotes_note": "Gekozen door de software op lengte en treffer; de woorden die een regel vond zijn gemarkeerd.",
        "topics": "Onderwerpen in antwoorden zonder code",
        "topic_words": "Kernwoorden",
        "topic_size": "Antwoorden",
        "topic_answers": "Typische antwoorden",
        "no_topics": "Geen onderwerpen gezocht",
        "how": "Hoe dit gemaakt is",
        "only_places": "Van de vorige meting zijn alleen plaatsen bekend.",
    },
    "en": {
        "now": "this wave",
        "then": "last wave",
        "quotes": "Answers per code",
        "quotes_note": "Chosen by the software by length and match; the words that a rule found are marked.",
        "topics": "Topics in answers without a code",
        "topic_words": "Key words",
        "topic_size": "Answers",
        "topic_answers": "Typical answers",
        "no_topics": "No topics looked for",
        "how": "How this was made",
        "only_places": "Of the last wave only the places are known.",
    },
}
