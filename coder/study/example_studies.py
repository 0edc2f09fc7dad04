"""Studies of the synthetic corpora: one of answers to look around in, and the demo of policy plans."""

from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from coder.codebook import Codebook
from coder.coding import Coding
from coder.documents import Documents
from coder.errors import StudyError
from coder.files.answers import read_answers
from coder.files.codebooks import read_codebook
from coder.files.documents import read_documents
from coder.files.fragment_files import read_fragments
from coder.files.writing import write_sheets
from coder.note import Note, Progress, silent
from coder.reports.horizontal import horizontal
from coder.reports.write_horizontal import write_horizontal
from coder.resources import resource
from coder.study.documents.counting import once
from coder.study.documents.document_exchange import enter_fragments, sheet
from coder.study.exchange import enter, in_wave
from coder.study.order import in_waves
from coder.study.question import Question
from coder.study.study import Study
from coder.tables.codes_in_documents import codes_by_document
from coder.tables.documents_read import reading
from coder.tables.periods import beside, copied
from coder.tables.table import Column, Said, Table, texts
from coder.words import chosen

_WAVES = _, _LAST = "2021", "2024"
_CODED = 60
CODE = "volunteers"
"""The code of which the demo writes the horizontal analysis."""
_SET, _OWNER = "plans", "organisatie"
_NOW, _THEN = {"period": "2021-2025"}, {"period": "2016-2020"}


def example_study(place: Path, name: str, who: str) -> None:
    """Make a study to look around in: trends of two waves, the first coded whole and the last in part.

    The answers of 2024 that are coded were coded in random order. The page speaks the language that is chosen now.
    """
    book = read_codebook(resource("codebooks/trends.yaml"))
    with Study.create(place, name=name, language=chosen()) as study:
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
    coded = {name.removeprefix(f"{wave}:") for name in (random if wave != _LAST else random[:_CODED])}
    return hand.seen[hand.seen.isin(coded)]


# The demo of documents


@dataclass(frozen=True, slots=True)
class PlansDemo:
    """What the demo shows of plans: how they were read, themes by plan, the two periods, what was copied; its files."""

    read: Table
    themes: Table
    changes: Table
    copied: Table
    files: tuple[Path, ...]


def plans_demo(folder: Path, progress: Progress = silent) -> PlansDemo:
    """Read the synthetic plans, keep them with their fragments in a study in this folder, and count and report them.

    A study that is there already is gone on with: what it has is not added again, and what somebody did in it stays.
    """
    folder.mkdir(parents=True, exist_ok=True)
    documents = read_documents(resource("corpora/plans"), resource("corpora/plans.csv"), progress=progress)
    place = folder / "plans.study"
    opened = Study.open(place) if place.exists() else Study.create(place, name="plans", language=chosen())
    with opened as study:
        kept = study.documents(_SET)
        kept.add(documents, who="demo")
        book = _codebook(study)
        enter_fragments(kept, *read_fragments(resource("corpora/plan-fragments.csv"), kept.read(), book))
        documents, found, read, rows = kept.read(), once(kept.gold()), kept.read_marks(), sheet(kept)
    changes = beside(documents, found, book, organisation=_OWNER, now=_NOW, then=_THEN, read=read).changes
    said = horizontal(documents, found, CODE, book, by=_OWNER, read=read)
    files = write_sheets(folder / "fragments.csv", {"fragments": rows})
    return PlansDemo(
        reading((one.name, one) for one in documents),
        _themes(documents, found, book, read),
        changes,
        copied(documents, organisation=_OWNER, now=_NOW, then=_THEN)[0],
        (place, *files, write_horizontal([said], folder / f"{CODE}.docx")),
    )


def _codebook(study: Study) -> Codebook:
    """The codebook of the study, which is that of policy themes at first."""
    try:
        return study[_SET].codebook()
    except StudyError:
        study[_SET].set_codebook(read_codebook(resource("codebooks/policy-themes.yaml")), "demo")
        return study[_SET].codebook()


def _themes(documents: Documents, found: pd.DataFrame, book: Codebook, read: pd.DataFrame) -> Table:
    """The codes by document with a row a code: of a few plans and many codes that is easier to read."""
    table = codes_by_document(documents, found, book, read=read)
    names = [one.name for one in documents]
    counts = table.frame.set_index("document").filter(like="fragments:").T
    frame = counts[names].rename_axis(columns=None).rename_axis("code").reset_index()
    frame["code"] = frame["code"].str.removeprefix("fragments:")
    frame.insert(1, "label", texts(book.text(code) for code in frame["code"]))
    heads: dict[str, Said | Column] = {"label": Note("tables.code"), **dict(zip(names, names, strict=True))}
    return Table(table.title, frame, table.base, heads, table.notes[1:])
