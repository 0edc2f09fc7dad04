"""A study and projects of other programs: what a .qdpx brings, and what goes into one."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from coder.codebook import Codebook
from coder.errors import StudyError
from coder.files.codebooks.imported import free_id
from coder.files.qdpx import COLUMNS, Project
from coder.languages.text import fold
from coder.note import Note
from coder.study.documents.fragments import Span
from coder.study.documents.texts import AddedDocuments
from coder.study.events import check_name

if TYPE_CHECKING:
    from coder.study.documents.control import Passage
    from coder.study.study import Study


@dataclass(frozen=True, slots=True)
class Entered:
    """What a project brought: documents, new codes, new fragments, those that were there; notes on what it did not."""

    documents: AddedDocuments
    codes: int
    fragments: int
    same: int
    notes: tuple[Note, ...]


def enter(study: "Study", name: str, project: Project, who: str, *, accept: bool = False, source: str = "") -> Entered:
    """Take a project over into a set of documents.

    Documents are added as `DocumentSet.add` does. A code is one of the study that has its label or its id; others are
    added. Fragments are their coder's own, or of `who` where the file does not say whose; one that is there by its id,
    or by place, code and coder, is not added again. Those of documents that are not taken over wait with them.
    """
    kept = study.documents(name)
    added = kept.add(project.documents, who=who, accept=accept)
    composed = {one.name: unicodedata.normalize("NFC", one.name) for one in project.documents}
    waiting = set() if accept else {one.name for one in project.documents if composed[one.name] in added.changed}
    names = {name: added.known.get(own, own) for name, own in composed.items()}
    codes, new = _codes(study, name, project.book, who)
    mine = project.fragments[~project.fragments["document"].isin(waiting)]
    notes: list[Note] = []
    if left := len(project.fragments) - len(mine):
        notes.append(Note("qdpx.waiting", count=left, documents=sorted(waiting)))
    before = len(kept.fragments(verdict=None))
    persons = {coder: _person(coder, who) for coder in dict.fromkeys(mine["coder"])}
    if odd := [coder for coder, person in persons.items() if coder and person == who != coder]:
        notes.append(Note("qdpx.odd_names", names=odd, who=who))
    spans: dict[str, list[Span]] = {}
    for row in mine.to_dict("records"):
        one = Span(names[row["document"]], row["start"], row["end"], codes[row["code"]], row["memo"], row["id"])
        spans.setdefault(persons[row["coder"]], []).append(one)
    marks = kept.read_marks()
    there = set(zip(marks["document"], marks["coder"], marks["start"], marks["end"], strict=True))
    read: dict[str, list[Passage]] = {}
    for document, coder, start, end in project.read[["document", "coder", "start", "end"]].itertuples(index=False):
        person = _person(coder, who)
        if document in names and document not in waiting and (names[document], person, start, end) not in there:
            read.setdefault(person, []).append((names[document], start, end))
    for person in dict.fromkeys([*spans, *read]):
        kept.code(spans.get(person, []), person, source=source, read=read.get(person, []))
    brought = len(kept.fragments(verdict=None)) - before
    return Entered(added, new, brought, len(mine) - brought, tuple(notes))


def project_of(study: "Study", name: str) -> Project:
    """A set of documents as a project: the fragments of all coders, and who read what.

    Its notes say what a project has no place for: last words, and fragments without a place or of which their coder is
    unsure.
    """
    kept = study.documents(name)
    fragments = kept.fragments(verdict=None)
    sure = fragments[fragments["verdict"] == "yes"]
    try:
        book: Codebook | None = study[name].codebook()
    except StudyError:
        book = None
    marks = kept.read_marks()
    counts = {
        "unsure": fragments["id"].nunique() - sure["id"].nunique(),
        "unplaced": len(kept.unplaced()),
        "settled": int((marks["coder"] == "").sum()),
    }
    notes = [Note(f"qdpx.left_{what}", count=count) for what, count in counts.items() if count]
    return Project(
        f"{study.facts['name']}: {name}",
        kept.read(),
        book,
        sure[list(COLUMNS)].reset_index(drop=True),
        marks.loc[marks["coder"] != "", ["document", "coder", "start", "end"]].reset_index(drop=True),
        notes=tuple(notes),
    )


def _codes(study: "Study", name: str, book: Codebook | None, who: str) -> tuple[Mapping[str, str], int]:
    """The code of the study that each code of a project is, and how many are new."""
    if book is None:
        return {}, 0
    try:
        now = study[name].codebook()
    except StudyError:
        study[name].set_codebook(book, who)
        return {id_: id_ for id_ in book.ids}, len(book.codes)
    labels = {fold(code.named(now.language)): code.id for code in reversed(now.codes)}
    meant: dict[str, str] = {}
    for code in book.codes:
        same = labels.get(fold(code.named(book.language)))
        meant[code.id] = same or (code.id if code.id in now.ids else "")
    new = [code for code in book.codes if not meant[code.id]]
    if not new:
        return meant, 0
    taken = set(now.ids)
    number = max((code.number for code in now.codes), default=0)
    for code in new:
        meant[code.id] = free_id(code.id, taken)
        taken.add(meant[code.id])
    made = [
        replace(code, id=meant[code.id], number=number + place, net=meant.get(code.net, ""))
        for place, code in enumerate(new, start=1)
    ]
    add: Callable[[Codebook], Codebook] = lambda book: replace(book, codes=(*book.codes, *made))  # noqa: E731
    study[name].change_codebook(add, who)
    return meant, len(new)


def _person(name: str, who: str) -> str:
    """The name of a coder as a study takes it; `who` where there is none that it takes."""
    plain = " ".join(name.replace(",", " ").replace(";", " ").split())
    try:
        check_name(plain)
    except StudyError:
        return who
    return plain
