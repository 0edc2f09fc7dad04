"""What goes between documents of a study and files: fragments as a sheet, and projects of other programs (.qdpx)."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import PurePath
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coder.codebook import Codebook
from coder.errors import StudyError
from coder.files.codebooks.imported import free_id
from coder.files.qdpx import COLUMNS, NOTED, SETTLED, Project
from coder.languages.text import fold
from coder.note import Note
from coder.study.decisions import UNSURE, YES
from coder.study.documents.anchors import pieces
from coder.study.documents.document_set import DocumentSet
from coder.study.documents.span_decisions import RULED, Origin, Span
from coder.study.documents.texts import AddedDocuments
from coder.study.events import check_name

if TYPE_CHECKING:
    from coder.study.documents.control import Passage
    from coder.study.study import Study


_WORDS = 3
"""Of the state of a report: our name, the set, the event."""
_ALIKE = 0.8
"""A document of which so much is in another of its name is likely that one, corrected."""


def sheet(kept: DocumentSet, code: str | None = None, *, gold: bool = False) -> pd.DataFrame:
    """All fragments, or those of a code: document, its attributes, page, section, text, code, coder, memo.

    They are those of coders, or with `gold` those that count: the last word in place of what it settled. A page is the
    one printed on it, else its number; of a fragment over pages the first and the last, "34-35".
    """
    documents, found = kept.read(), kept.fragments(code)
    if gold:
        found, order = kept.gold(), {one.name: place for place, one in enumerate(documents)}
        found = found[found["code"] == code] if code is not None else found
        found = found.sort_values("document", key=lambda names: names.map(order), kind="stable", ignore_index=True)
    pages, sections, texts = [], [], []
    parts = {str(name): part for name, part in found.groupby("document", sort=False)}
    for one in documents:
        if (part := parts.get(one.name)) is None:
            continue
        blocks = one.blocks
        ends = blocks["end"].to_numpy()
        first = np.minimum(np.searchsorted(ends, part["start"].to_numpy(), side="right"), len(blocks) - 1)
        last = np.searchsorted(blocks["start"].to_numpy(), part["end"].to_numpy(), side="left") - 1
        shown = [
            label or (str(page) if page else "") for label, page in zip(blocks["label"], blocks["page"], strict=True)
        ]
        for left, right in zip(first.tolist(), np.maximum(first, last).tolist(), strict=True):
            pages.append(shown[left] if shown[left] == shown[right] else f"{shown[left]}-{shown[right]}")
            sections.append(blocks["section"].iloc[left])
        texts += [one.text[start:end] for start, end in zip(part["start"], part["end"], strict=True)]
    known = documents.attributes.reindex(found["document"]).reset_index(drop=True)
    columns = {"page": pages, "section": sections, "text": texts}
    own = pd.DataFrame(columns).astype(str)
    known = known.rename(columns={name: f"{name} (document)" for name in known if name in {*own, *found}})
    return pd.concat([found[["document"]], known, own, found[["code", "coder", "memo"]]], axis=1)


def enter_fragments(
    kept: DocumentSet, fragments: pd.DataFrame, read: pd.DataFrame, *, source: str = ""
) -> pd.DataFrame:
    """Keep fragments and read marks as `coder.files.fragment_files` reads them, as one batch of each coder.

    A row a coder: coder, new and same (fragments), read (blocks of theirs that are read now).
    """
    coders = dict.fromkeys([*fragments["coder"], *read["coder"]])
    rows = []
    for coder in coders:
        mine = fragments.loc[fragments["coder"] == coder, ["document", "start", "end", "code", "memo"]]
        before = len(kept.fragments(coder=coder))
        spans = [Span(*row) for row in mine.itertuples(index=False, name=None)]
        marks = kept.read_marks()
        there = set(marks.loc[marks["coder"] == coder, ["document", "start", "end"]].itertuples(index=False, name=None))
        mine_read = read.loc[read["coder"] == coder, ["document", "start", "end"]]
        new_read = [one for one in dict.fromkeys(mine_read.itertuples(index=False, name=None)) if one not in there]
        if spans or new_read:
            kept.code(spans, coder, source=source, read=new_read)
        marks = kept.read_marks()
        new = len(kept.fragments(coder=coder)) - before
        rows.append((coder, new, len(mine) - new, int(marks.loc[marks["coder"] == coder, "blocks"].sum())))
    return pd.DataFrame(rows, columns=["coder", "new", "same", "read"])


def state_of(study: "Study", kept: DocumentSet) -> str:
    """What a report is written with, by which its observations are known again: the set, and the last event."""
    return f"coder {_mark(study, kept)} {study.last_event}"


def event_of(study: "Study", kept: DocumentSet, state: str) -> int | None:
    """The event as of which a report was written; None for a report of other documents, or of an earlier coder."""
    words = state.split()
    mine = len(words) == _WORDS and words[1] == _mark(study, kept) and words[2].isdigit()
    return min(int(words[2]), study.last_event) if mine else None


def _mark(study: "Study", kept: DocumentSet) -> str:
    return sha256(f"{study.facts['name']}\n{kept.name}".encode()).hexdigest()[:12]


def resembling(kept: DocumentSet, names: Sequence[str]) -> list[tuple[str, str, float]]:
    """Of these documents, those of which most of the text is in another that is called alike but for its folder.

    The document, the other, and the share of its characters (0.8 to 1).
    """
    found, last = [], {name: PurePath(name).stem.casefold() for name in kept.names()}
    for name in names:
        alike = [other for other in last if other not in names and last[other] == last.get(name)]
        text = kept.document(name).text if alike else ""
        for other in alike:
            shared = pieces(kept.document(other).text, text)[:, 2].sum() / max(len(text), 1)
            if shared >= _ALIKE:
                found.append((name, other, float(shared)))
    return found


def only_set(study: "Study", name: str | None) -> str:
    """The set of documents named, or the only one there is."""
    names = study.document_sets()
    if name is not None and name not in names and names:
        raise StudyError("study.no_document_set", name=name, sets=names)
    if name is not None:
        return name
    if len(names) == 1:
        return names[0]
    if not names:
        raise StudyError("study.no_documents")
    raise StudyError("study.choose_set", count=len(names), sets=names)


# Projects


@dataclass(frozen=True, slots=True)
class EnteredProject:
    """What a project brought: documents, new codes, new fragments, those that were there; notes on what it did not."""

    documents: AddedDocuments
    codes: int
    fragments: int
    same: int
    notes: tuple[Note, ...]


def enter_project(
    study: "Study", name: str, project: Project, who: str, *, accept: bool = False, source: str = ""
) -> EnteredProject:
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
    for verdict, some in ((YES, mine), (UNSURE, project.unsure)):
        for row in some[~some["document"].isin(waiting)].to_dict("records"):
            origin = Origin(row["when"], row["changed"], row["changed_by"])
            one = Span(
                names[row["document"]], row["start"], row["end"], codes[row["code"]], row["memo"], row["id"], verdict,
                origin=origin,
            )  # fmt: skip
            spans.setdefault(_person(row["coder"], who), []).append(one)
    marks = kept.read_marks()
    there = set(zip(marks["document"], marks["coder"], marks["start"], marks["end"], strict=True))
    read: dict[str, list[Passage]] = {}
    for document, coder, start, end in project.read[["document", "coder", "start", "end"]].itertuples(index=False):
        person = _person(coder, who)
        mark = names.get(document, ""), start, end
        if document in waiting or (mark[0], person, start, end) in there or not mark[0]:
            continue
        read.setdefault(person, []).append(mark)
    for person in dict.fromkeys([*spans, *read]):
        kept.code(spans.get(person, []), person, source=source, read=read.get(person, []))
    _settle(kept, project, names, waiting, who, source)
    brought = len(kept.fragments(verdict=None)) - before
    _enter_ours(kept, project, names, waiting, codes, who)
    given = len(mine) + int((~project.unsure["document"].isin(waiting)).sum())
    return EnteredProject(added, new, brought, given - brought, tuple(notes))


def _settle(
    kept: DocumentSet, project: Project, names: Mapping[str, str], waiting: set[str], who: str, source: str
) -> None:
    """Take over the passages that were settled, by whom and when; those that are settled here stay as they are."""
    there = kept.read_marks()
    there = there[there["coder"] == ""]
    of: dict[tuple[str, str], list[Passage]] = {}
    for document, coder, when, start, end in project.settled[list(SETTLED)].itertuples(index=False, name=None):
        name = names.get(document, "")
        inside = (there["document"] == name) & (there["start"] <= start) & (there["end"] >= end)
        if name and document not in waiting and not inside.any():
            of.setdefault((_person(coder, who), when), []).append((name, start, end))
    for (person, when), passages in of.items():
        kept.code([], person, last=True, source=f"{source} {when}".strip(), read=passages)


def _enter_ours(
    kept: DocumentSet, project: Project, names: Mapping[str, str], waiting: set[str], codes: Mapping[str, str], who: str
) -> None:
    """Take over what only coder writes: last words and observations."""
    last = project.last[~project.last["document"].isin(waiting)]
    last = last.assign(document=last["document"].map(names), code=last["code"].map(codes))
    for person, some in last.assign(coder=[_person(one, who) for one in last["coder"]]).groupby("coder", sort=False):
        kept.enter_last_words(some, str(person))
    for person, some in project.observations.groupby("who", sort=False):
        noted: dict[str, dict[str, str]] = {}
        for code, group, text in some[["code", "group", "text"]].itertuples(index=False, name=None):
            noted.setdefault(codes.get(code, code), {})[group] = text
        kept.enter_observations(noted, _person(str(person), who))


def project_of(study: "Study", name: str) -> Project:
    """A set of documents as a project: the fragments of all coders, and who read what.

    Its notes say what is lost (fragments without a place), and what only coder reads of it: last words, observations
    and fragments of which their coder is unsure.
    """
    kept = study.documents(name)
    documents, marks = kept.read(), kept.read_marks()
    order = {one.name: place for place, one in enumerate(documents)}
    fragments = kept.fragments(verdict=None).drop(columns="when").merge(kept.dates(), on="id", how="left")
    fragments, marks = (
        found.assign(place=found["document"].map(order)).sort_values(["place", "start", "end", *by], kind="stable")
        for found, by in ((fragments, ["when", "id"]), (marks, ["coder"]))
    )  # in an order that does not depend on who came first
    marks, settled = marks[marks["coder"] != ""], kept.settlements()
    sure, unsure = (fragments.loc[fragments["verdict"] == one, list(COLUMNS)] for one in (YES, UNSURE))
    unsure = unsure.assign(id=unsure["id"].where(~unsure.duplicated("id"), ""))  # of a code that was split
    last, noted = kept.settled_stretches(), kept.observations()
    try:
        book: Codebook | None = study[name].codebook()
    except StudyError:
        book = None
    counts = {
        "unsure": unsure["id"].nunique(),
        "unplaced": len(kept.unplaced()),
        "settled": len(settled) + int((last["kind"] == RULED).sum()),
        "observed": len(noted),
    }
    notes = [Note(f"qdpx.left_{what}", count=count) for what, count in counts.items() if count]
    return Project(
        f"{study.facts['name']}: {name}",
        documents,
        book,
        sure.reset_index(drop=True),
        marks[["document", "coder", "start", "end"]].reset_index(drop=True),
        notes=tuple(notes),
        unsure=unsure.reset_index(drop=True),
        last=last,
        settled=settled,
        observations=noted[list(NOTED)],
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
