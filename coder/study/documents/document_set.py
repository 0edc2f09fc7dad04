"""A set of documents in a study: what is asked of it and done to it."""

import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Engine, select

from coder.coding import Coding, Reasons, assignments, by_hand
from coder.documents import Document, Documents, covered
from coder.errors import StudyError
from coder.note import Progress, silent
from coder.resources import __version__
from coder.study import codebooks, database, state
from coder.study.decisions import NO, SEEN, VERDICTS, YES, check_codes
from coder.study.documents import control, last_words, marks, observations, span_decisions, span_proposals, texts
from coder.study.documents.control import Passage
from coder.study.documents.span_decisions import CODE, LAYERS, RULED, SETTLE, Span
from coder.study.documents.texts import AddedDocuments
from coder.study.events import GOLD, MACHINE, At, Event, check_seen, document_set, moment, record, version_of
from coder.study.schema import DOCUMENTS, event
from coder.study.schema import question as table

if TYPE_CHECKING:
    import numpy.typing as npt

    from coder.study.documents.anchors import Ints

_UNDONE = ("event", "kind", "document", "start", "end", "code", "verdict", "id")


@dataclass(frozen=True, slots=True)
class DocumentSet:
    """The documents of a set, their fragments, and who read what. `Study.documents` gives one.

    Every method is one transaction, but for `add`, which takes documents over one by one. `who` is always the name of
    the person that does it, `at` a moment (see `Study`), `since` the event as of which somebody read what they change:
    where the text or the fragment is another since, nothing is written and `StudyError` is raised. Positions are code
    points of the document's text, end excluded. Codebook and log are those of `study[name]`.
    """

    name: str
    place: database.Place
    engine: Engine = field(repr=False)

    # Documents

    def add(
        self,
        documents: Iterable[Document],
        attributes: pd.DataFrame | None = None,
        period: str = "",
        *,
        who: str,
        accept: bool = False,
        progress: Progress = silent,
    ) -> AddedDocuments:
        """Take documents over, one by one as they come, each in an event of its own; a set is made where there is none.

        Documents are known by name (as Unicode composes it, NFC), and a file is known by its bytes or its text, so that
        the same again adds nothing. A new document is taken over; one with another text or other attributes only where
        `accept` says so, and what would become of its fragments is told first. `attributes` (a row a document, by name)
        are by default those of `Documents`; documents without a row keep what they have. A column `period` says the
        period of each; of those without one it is `period`.
        """
        if attributes is None and isinstance(documents, Documents):
            attributes = documents.attributes
        rows = _rows(attributes)
        found: dict[str, list[str]] = {name: [] for name in ("new", "same", "changed", "attributes")}
        known: dict[str, str] = {}
        moved: list[dict[str, Any]] = []
        names: set[str] = set()
        total = len(documents) if isinstance(documents, Documents) else 0
        with self._write() as connection:
            id_ = _made(connection, self.name)
        for place, given_one in enumerate(documents):
            one = replace(given_one, name=unicodedata.normalize("NFC", given_one.name))
            if one.name in names:
                raise StudyError("study.document_twice", name=one.name)
            names.add(one.name)
            progress("progress.adding_documents", place, total)
            given = texts.given(one, rows.get(one.name, {}), period)
            with self._write() as connection:
                what, other, moves = texts.add(connection, id_, given, who, accept=accept)
            moved += moves
            if what == texts.KNOWN:
                known[one.name] = other
            else:
                found[what].append(one.name)
        accepted = accept or not (found["changed"] or found["attributes"])
        lists = {name: tuple(some) for name, some in found.items()}
        return AddedDocuments(
            **lists, known=known, fragments=pd.DataFrame(moved, columns=list(texts.MOVED)), accepted=accepted
        )

    def names(self, *, at: At = None) -> list[str]:
        """The names of the documents, in the order in which they were added."""
        with self._on() as (connection, id_):
            return texts.names(connection, id_, at)

    def read(self, *, at: At = None) -> Documents:
        """All documents, with their attributes."""
        with self._on() as (connection, id_):
            return texts.read(connection, id_, at)

    def document(self, name: str, *, at: At = None) -> Document:
        """One document. Raises `StudyError` where it is not there."""
        with self._on() as (connection, id_):
            return texts.read(connection, id_, at, [name]).documents[0]

    def listing(self) -> pd.DataFrame:
        """The documents, a row each: document, period, attributes, kind, pages, characters, blocks, read, fragments.

        `read` are the blocks that somebody read, `fragments` those that hold, of all coders.
        """
        with self._on() as (connection, id_):
            found = texts.listing(connection, id_)
            documents = texts.read(connection, id_)
            read = marks.read(connection, id_, documents)
            coded = span_decisions.frame(connection, id_)["document"].value_counts()
        seen = {one.name: np.zeros(len(one), dtype=np.bool_) for one in documents}
        for of in read.values():
            for name, blocks in of.items():
                seen[name] |= blocks
        found["read"] = [int(seen[name].sum()) for name in found["document"]]
        found["fragments"] = found["document"].map(coded).fillna(0).astype(int)
        return found

    # Fragments

    def code(
        self,
        spans: Sequence[Span],
        who: str,
        *,
        last: bool = False,
        since: int | None = None,
        source: str = "",
        read: Sequence[Passage] = (),
    ) -> list[str]:
        """Give codes to spans, as one batch; returns the ids of the fragments. They are on the disk then, all or none.

        Spans may overlap, cross blocks, and have several codes. The very span with the code that somebody gave it
        already is that fragment. With `last` they are the last word, see `gold`. `read` are ranges (document, start,
        end) that are marked as read in the same batch.
        """
        with self._on(write=True) as (connection, id_):
            wanted = {one.document for one in spans} | {name for name, _, _ in read}
            if len(wanted) == 1:
                heads = {name: texts.head(connection, id_, name) for name in wanted}
            else:
                heads = texts.heads(connection, id_)
            space = self._space(connection)
            layer, before = SETTLE if last else CODE, moment(connection, None)
            ids: list[str] = []
            if spans or not read:
                options: dict[str, Any] = {"layer": layer, "since": since, "source": source, "space": space}
                ids = span_decisions.code(connection, id_, heads, spans, who, **options)
            if read:
                if missing := [name for name, _, _ in read if name not in heads]:
                    texts.head(connection, id_, missing[0])  # raises
                now = moment(connection, None)
                places = [(heads[name], start, end) for name, start, end in read]
                number = now if now > before else None
                marks.mark(connection, id_, places, who, read=True, last=last, number=number, source=source)
            return ids

    def uncode(self, ids: Sequence[str], who: str, *, since: int | None = None) -> None:
        """Take fragments of one's own away."""
        with self._on(write=True) as (connection, id_):
            span_decisions.change(connection, id_, ids, who, since=since, verdict="no")

    def memo(self, fragment: str, memo: str, who: str, *, since: int | None = None) -> None:
        """Write a memo on a fragment of one's own, in place of the one that it has."""
        with self._on(write=True) as (connection, id_):
            span_decisions.change(connection, id_, [fragment], who, since=since, memo=memo)

    def move(self, fragment: str, start: int, end: int, who: str) -> None:
        """Say where a fragment stands, as for one without a place in a new text (`unplaced`); it stays of its coder."""
        with self._on(write=True) as (connection, id_):
            name = span_decisions.document_of(connection, id_, fragment)
            head = texts.head(connection, id_, name)
            if not 0 <= start < end <= head.size:
                raise StudyError("study.span_outside", start=start, end=end, document=name, size=head.size)
            span_decisions.change(
                connection, id_, [fragment], who, foreign=True, text=head.text_id, start=start, end=end
            )

    def undo(self, who: str, *, files: bool = True) -> pd.DataFrame:
        """Undo somebody's last batch that was not undone: fragments, memos, places or read marks; that is an event too.

        Without `files`, one that was taken over from a file is not undone: that is a `StudyError`.
        Returns what was undone: event (of the batch), kind, document, start, end, code, verdict, id.
        """
        kinds = (*LAYERS, marks.READ)
        undone = select(event.c.undoes).where(event.c.undoes.is_not(None))
        with self._on(write=True) as (connection, id_):
            mine = event.c.question == id_, event.c.who == who, event.c.kind.in_(kinds), event.c.id.not_in(undone)
            batch = connection.execute(select(event).where(*mine).order_by(event.c.id.desc()).limit(1)).first()
            if batch is None:
                return pd.DataFrame(columns=list(_UNDONE))
            if batch.source and not files:
                raise StudyError("study.last_was_adding", who=who, source=batch.source, count=batch.size)
            number = record(connection, id_, Event("undo", who, batch.size, undoes=batch.id))
            found = pd.concat(
                [
                    span_decisions.undone(connection, id_, batch.id, number),
                    marks.of_event(connection, batch.id),
                ],
                ignore_index=True,
            )
            return found.assign(event=batch.id, kind=batch.kind)[list(_UNDONE)]

    def fragments(
        self,
        code: str | None = None,
        coder: str | None = None,
        document: str | None = None,
        *,
        verdict: str | None = YES,
        at: At = None,
    ) -> pd.DataFrame:
        """The fragments, in the codes and texts of that moment, in order of place: columns `span_decisions.COLUMNS`.

        Raises `StudyError` for a code that is not in the codebook, and a document that is not there. `verdict` "unsure"
        gives those of which their coder is, or those of a code that was split; None gives both.
        """
        if verdict not in (None, *VERDICTS):
            raise StudyError("study.verdict", verdicts=VERDICTS, verdict=verdict)
        with self._on() as (connection, id_):
            names = texts.only(connection, id_, document, at)
            if code is not None and at is None:
                check_codes(connection, id_, {code})
            return span_decisions.frame(connection, id_, code=code, coder=coder, names=names, verdict=verdict, at=at)

    def dates(self) -> pd.DataFrame:
        """When fragments were made, and when and by whom they were changed since: `span_decisions.DATES`."""
        with self._on() as (connection, id_):
            return span_decisions.dates(connection, id_)

    def unplaced(self, code: str | None = None) -> pd.DataFrame:
        """The fragments without a place in the text of now: document, id, code, coder, memo, and the words (`was`).

        Raises `StudyError` for a code that is not in the codebook.
        """
        with self._on() as (connection, id_):
            found = span_decisions.unplaced(connection, id_)
            if code is None:
                return found
            check_codes(connection, id_, {code})
        return found[found["code"] == code].reset_index(drop=True)

    def last_words(self, document: str) -> tuple[pd.DataFrame, list[str]]:
        """The fragments of the last word on a document, and the ids of those of coders that it took the place of."""
        with self._on() as (connection, id_):
            texts.only(connection, id_, document, None)
            found = span_decisions.frame(connection, id_, names=[document], layer=SETTLE)
            own = span_decisions.frame(connection, id_, names=[document])
            return found, own["id"][_replaced(connection, id_, own, None, [document])].tolist()

    def gold(self, *, at: At = None) -> pd.DataFrame:
        """The fragments of all coders, each with its coder; where somebody settled a passage, those of the last word.

        None is merged: `together` has the same number on fragments of a code that overlap, and `coders` says of how
        many coders these are. A passage is settled by `mark_read(…, last=True)`, its fragments by `code(…,
        last=True)`; a difference by `settle`.
        """
        with self._on() as (connection, id_):
            own = span_decisions.frame(connection, id_, at=at)
            last = span_decisions.frame(connection, id_, layer=SETTLE, at=at)
            replaced = _replaced(connection, id_, own, at)
        return last_words.gold(own, last, replaced)

    def settled_stretches(self) -> pd.DataFrame:
        """The last words on fragments, of all documents: see `coder.study.documents.last_words.stretches`."""
        with self._on() as (connection, id_):
            return last_words.stretches(connection, id_)

    def settlements(self) -> pd.DataFrame:
        """The stretches of blocks that were settled, by whom and when: `coder.study.documents.marks.SETTLEMENTS`."""
        with self._on() as (connection, id_):
            return marks.settlements(connection, id_)

    def enter_last_words(self, last: pd.DataFrame, who: str) -> None:
        """Take over last words as `settled_stretches` gives them, as those of `who`; what is there already stays."""
        with self._on(write=True) as (connection, id_):
            heads, space = texts.heads(connection, id_), self._space(connection)
            last_words.enter(connection, id_, heads, last, who, space)

    def differences(self, *, at: At = None) -> pd.DataFrame:
        """Where readers differ on fragments, a row a fragment, in order: `coder.tables.span_agreement.DIFFERENCES`.

        `settled` says whether the last word took its place; a difference is open as long as one of its fragments is
        not settled. Empty where fewer than two read.
        """
        from coder.tables.span_agreement import differences  # noqa: PLC0415 (loads scipy)

        with self._on() as (connection, id_):
            own = span_decisions.frame(connection, id_, at=at)
            documents = texts.read(connection, id_, at)
            read = marks.frame(connection, id_, at)
            replaced = _replaced(connection, id_, own, at)
        read = read[read["coder"] != ""]
        found = differences(documents, own, read if len(read) else None)
        return found.assign(settled=found["id"].isin(own["id"][replaced]))

    def settle(
        self,
        fragments: Sequence[str],
        who: str,
        *,
        stands: Sequence[str | Span] | None = (),
        since: int | None = None,
    ) -> int:
        """Have the last word on fragments of a document (ids), as on a difference; returns the event.

        Of the codes that they have only what `stands` counts there: ids of some of them, or spans of one's own
        (another extent, another code); none of them: nothing does. With None the last word is taken back. Whoever
        decides last decides. What coders gave stays theirs; see `gold`.
        """
        with self._on(write=True) as (connection, id_):
            if not fragments:
                raise StudyError("study.empty_batch")
            name = span_decisions.document_of(connection, id_, fragments[0])
            space = self._space(connection)
            head = texts.head(connection, id_, name)
            return last_words.settle(connection, id_, head, fragments, stands, who, since=since, space=space)

    # Observations

    def observe(
        self, code: str, text: str, who: str, *, group: str = "", since: int | None = None, source: str = ""
    ) -> int:
        """Note an observation of a code and a group, as horizontal reports have them, in place of the one that holds.

        "" takes it away. Returns the event.
        """
        with self._on(write=True) as (connection, id_):
            check_codes(connection, id_, {code})
            return observations.observe(connection, id_, [(code, group, text)], who, since=since, source=source)

    def observations(self, *, at: At = None) -> pd.DataFrame:
        """The observations that hold: code, group, text, who, when, event."""
        with self._on() as (connection, id_):
            return observations.frame(connection, id_, at)

    def enter_observations(
        self, noted: Mapping[str, Mapping[str, str]], who: str, *, base: int | None = None, source: str = ""
    ) -> tuple[int, int]:
        """Take over observations by code and group, as a report has them; how many are new, and joined to others.

        `base` is the event as of which the report was written. What was changed since in the report alone takes the
        place of what the study has; what was changed in both is joined. What is empty changes nothing.
        """
        with self._on(write=True) as (connection, id_):
            return observations.enter(connection, id_, noted, who, base=base, source=source)

    # Reading

    def mark_read(
        self,
        document: str,
        start: int,
        end: int,
        who: str,
        *,
        read: bool = True,
        last: bool = False,
        since: int | None = None,
    ) -> int:
        """Mark the blocks that this range touches as read, or with `read` false take that back; returns the event.

        Read and given no code means that none fits. With `last` the passage is settled, see `gold`.
        """
        with self._on(write=True) as (connection, id_):
            head = texts.head(connection, id_, document)
            if since is not None:
                span_decisions.check_text(connection, head, since)
            return marks.mark(connection, id_, [(head, start, end)], who, read=read, last=last)

    def read_marks(self, document: str | None = None, *, at: At = None) -> pd.DataFrame:
        """Who read what: document, coder, start, end, blocks; a row a stretch of blocks. Coder "": settled."""
        with self._on() as (connection, id_):
            return marks.frame(connection, id_, at, None if document is None else [document])

    def draw_control(self, number: int, who: str, *, seed: int = 1) -> int:
        """Draw passages at random over all documents, as many more; returns how many it drew.

        Each passage that nobody began to read has the same chance. The page shows no proposals in them to who has
        not read them.
        """
        with self._on(write=True) as (connection, id_):
            return control.draw(connection, id_, number, seed, who)

    def control(self, document: str | None = None) -> pd.DataFrame:
        """The passages that were drawn at random, of all documents or of one: document, start, end, blocks."""
        with self._on() as (connection, id_):
            names = None if document is None else [document]
            return control.frame(connection, id_, texts.read(connection, id_, None, names))

    def reach(self, places: Iterable[Passage], who: str) -> None:
        """Write that the reading order came to these control passages: a machine may learn from them now."""
        with self._on(write=True) as (connection, id_):
            control.reach(connection, id_, places, who)

    def reached(self) -> pd.DataFrame:
        """The control passages that the reading order came to, as written: document, start, end, blocks."""
        with self._on() as (connection, id_):
            return control.frame(connection, id_, texts.read(connection, id_), kind=control.REACHED)

    # Machines

    def propose(
        self,
        proposed: pd.DataFrame,
        documents: Sequence[str] | None = None,
        *,
        method: str,
        who: str,
        model: str = "",
        order: pd.DataFrame | None = None,
        progress: Progress = silent,
    ) -> int:
        """Write spans that a machine proposes, in place of what was proposed before; returns the event.

        A frame has document, start, end and code; probability and reason where known. `documents` are those that the
        machine looked at, unless given all. `order` are passages in the order in which it would have them read, with
        document, start, end, expected (fragments) and codes (those most expected); see `order`.
        """
        with self._on() as (connection, id_):
            seen = texts.names(connection, id_) if documents is None else documents
        about = {"method": method, "model": model}
        return span_proposals.write(self._write, id_, proposed, seen, order, about=about, who=who, progress=progress)

    def proposals(self, document: str | None = None, code: str | None = None) -> pd.DataFrame:
        """What is proposed now: document, start, end, code, probability, method, version, reason.

        Nothing is on a document whose text is another since: the machine has to look again.
        """
        with self._on() as (connection, id_):
            if code is not None:
                check_codes(connection, id_, {code})
            return span_proposals.read(connection, id_, texts.only(connection, id_, document, None), code)

    def order(self) -> pd.DataFrame:
        """In which order the machine would have passages read, as it was when it proposed: `span_proposals.ORDER`."""
        with self._on() as (connection, id_):
            return span_proposals.order(connection, id_)

    # Codings

    def coding(self, who: str = GOLD, unit: str = "block", *, at: At = None) -> Coding:
        """What the fragments come down to on units (see `Documents.corpus`): "gold", a person's, or "machine".

        Seen are the units that were read whole, and those that a fragment codes. Gold leaves out units on which those
        who read them differ and nobody had the last word (`unsettled`). The corpus is in it.
        """
        return self._coding(who, unit, at)[0]

    def unsettled(self, unit: str = "block", *, at: At = None) -> "pd.Index[str]":
        """The units that gold leaves out because coders differ on them and nobody had the last word."""
        return self._coding(GOLD, unit, at)[1]

    def disagreements(self, unit: str = "block", *, at: At = None) -> pd.DataFrame:
        """What is left to an adjudicator: unit, code, and who says yes, no and unsure (names joined by ", ")."""
        with self._on() as (connection, id_):
            documents = texts.read(connection, id_, at)
            units = documents.corpus(unit).units
            own, _ = self._said(connection, id_, documents, units, at)
            last, _ = self._settled(connection, id_, documents, units, at, own)
        return state.disagreements(own, last)

    def _coding(self, who: str, unit: str, at: At) -> tuple[Coding, "pd.Index[str]"]:
        with self._on() as (connection, id_):
            number = moment(connection, at)
            facts = {"study": database.facts(connection)["name"], "question": self.name, "event": str(number)}
            if version := version_of(connection, id_, number):
                facts["codebook"] = codebooks.load(connection, id_, version).hash
            facts["coder"] = __version__
            documents = texts.read(connection, id_, at)
            corpus = documents.corpus(unit)
            if who == MACHINE:
                if at is not None:
                    raise StudyError("study.proposals_not_kept")
                return _proposed(connection, id_, documents, unit, facts), pd.Index([], dtype=str)
            own, places = self._said(connection, id_, documents, corpus.units, at, whole=who != GOLD)
            last, settled = self._settled(connection, id_, documents, corpus.units, at, own)
        if who != GOLD:
            own, last = own[own["who"] == who], last.iloc[:0]
        given, seen, open_ = state.gold(own, last)
        rows = pd.concat([places, settled]).drop_duplicates(["unit", "code", "start", "end"])
        if who != GOLD:
            rows = places[places["coder"] == who]
        rows = rows.drop(columns="coder").merge(given, on=["unit", "code"])
        order = pd.Series(np.arange(len(corpus)), index=corpus.ids)
        rows = rows.assign(place=order.reindex(rows["unit"]).to_numpy())
        rows = rows.sort_values(["place", "start", "code"], kind="stable").reset_index(drop=True)
        made = assignments({name: rows[name].to_numpy() for name in ("unit", "code", "start", "end")})
        units = corpus.ids[corpus.ids.isin(seen)]
        facts["state"] = state.hashed(units, made)
        reasons = Reasons.of([by_hand(names) for names in rows["who"]])
        return Coding(who, units, made, facts, reasons, corpus), corpus.ids[corpus.ids.isin(open_)]

    def _said(
        self,
        connection: Connection,
        id_: int,
        documents: Documents,
        units: pd.DataFrame,
        at: At,
        *,
        whole: bool = False,
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """What coders say of units, as `state.gold` takes it, and where: the rows of `covered`.

        Unless `whole` without fragments that the last word on a difference replaced; who gave one saw its unit.
        """
        found = span_decisions.frame(connection, id_, at=at)
        gone = last_words.within(found, span_decisions.frame(connection, id_, layer=RULED, at=at)) & (not whole)
        rows = covered(units, found[~gone])
        said = [rows[["unit", "code", "coder"]], covered(units, found[gone])[["unit", "coder"]].assign(code=SEEN)]
        read = marks.read(connection, id_, documents, at)
        seen = [
            pd.DataFrame({"unit": marks.units_read(documents, units, of), "code": SEEN, "who": who})
            for who, of in read.items()
            if who
        ]
        told = pd.concat([*seen, *(one.rename(columns={"coder": "who"}) for one in said)], ignore_index=True)
        return told.drop_duplicates(ignore_index=True).assign(verdict=YES), rows

    def _settled(
        self, connection: Connection, id_: int, documents: Documents, units: pd.DataFrame, at: At, own: pd.DataFrame
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The last words on units, likewise. Of a code that was decided on in a unit "no" where nobody has it left."""
        rows = covered(units, span_decisions.frame(connection, id_, layer=SETTLE, at=at))
        said = rows[["unit", "code", "coder"]].drop_duplicates().rename(columns={"coder": "who"}).assign(verdict=YES)
        ruled = covered(units, span_decisions.frame(connection, id_, layer=RULED, at=at))
        given = pd.MultiIndex.from_frame(pd.concat([said, own])[["unit", "code"]])
        none = ruled[~pd.MultiIndex.from_frame(ruled[["unit", "code"]]).isin(given)]
        none = none[["unit", "code", "coder"]].drop_duplicates(["unit", "code"]).rename(columns={"coder": "who"})
        read = marks.read(connection, id_, documents, at).get("", {})
        seen = pd.DataFrame({"unit": marks.units_read(documents, units, read), "code": SEEN, "who": "", "verdict": YES})
        return pd.concat([seen, said, none.assign(verdict=NO)], ignore_index=True), rows

    @contextmanager
    def _on(self, *, write: bool = False) -> Iterator[tuple[Connection, int]]:
        within = database.writing if write else database.reading
        with within(self.engine, self.place) as connection:
            yield connection, document_set(connection, self.name)

    def _write(self) -> AbstractContextManager[Connection]:
        return database.writing(self.engine, self.place)

    def _space(self, connection: Connection) -> str:
        """What the ids of fragments are made in."""
        return f"{database.facts(connection)['name']}\n{self.name}"


def _replaced(
    connection: Connection, id_: int, own: pd.DataFrame, at: At, names: Sequence[str] | None = None
) -> "npt.NDArray[np.bool_]":
    """Which fragments of coders (of all documents, unless `names`) the last word took the place of."""
    ruled = span_decisions.frame(connection, id_, names=names, layer=RULED, at=at)
    documents = texts.read(connection, id_, at, names) if marks.settled(connection, id_) else None
    read = marks.read(connection, id_, documents, at) if documents is not None else {}
    settled: dict[str, Ints] = {}
    for name, blocks in read.get("", {}).items():
        assert documents is not None  # noqa: S101 (read of them)
        rows = [row[:2] for row in marks.stretches(documents[name].blocks, blocks)]
        settled[name] = np.array(rows, dtype=np.int64).reshape(-1, 2)
    return last_words.within(own, ruled) | last_words.in_settled(own, settled)


def _proposed(connection: Connection, id_: int, documents: Documents, unit: str, facts: Mapping[str, str]) -> Coding:
    found = span_proposals.read(connection, id_)
    seen = span_proposals.seen(connection, id_)
    if not seen:
        raise StudyError("study.no_proposals")
    corpus = documents.corpus(unit)
    rows = covered(corpus.units, found.assign(coder=MACHINE))
    looked = corpus.ids[corpus.units["document"].isin(seen)]
    made = {"method": "+".join(found["method"].unique()), "model": "+".join(found["version"].unique())}
    given = assignments({name: rows[name].to_numpy() for name in ("unit", "code", "start", "end", "score")})
    return Coding(MACHINE, looked, given, {**made, **facts}, corpus=corpus)


def _made(connection: Connection, name: str) -> int:
    """The id of a set, made where it is not there."""
    if connection.execute(select(table.c.id).where(table.c.name == name)).scalar() is None:
        if not name.strip() or name != name.strip() or "\n" in name:
            raise StudyError("study.name_of_question", name=name)
        check_seen(name, "question")
        connection.execute(table.insert().values(name=name, blind=False, kind=DOCUMENTS))
    return document_set(connection, name)


def _rows(attributes: pd.DataFrame | None) -> dict[str, dict[str, Any]]:
    """What is known of each document, by name; cells as JSON has them."""
    if attributes is None or not len(attributes.columns):
        return {}
    rows = json.loads(attributes.to_json(orient="records", double_precision=15))
    return dict(zip((unicodedata.normalize("NFC", str(name)) for name in attributes.index), rows, strict=True))
