"""A set of documents as the page has it at hand, live, and what is done to it.

Texts do not change while they are read: the last ones that were opened stay in memory. What people decided is read anew
where somebody wrote. Every act is in the study before it is confirmed.
"""

import threading
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import pandas as pd

from coder.codebook import Codebook
from coder.documents import Document, Documents
from coder.errors import CoderError, StorageError, StudyError
from coder.files.documents.pdf import PagePictures
from coder.jobs.background import Job
from coder.review.requests import LONGEST_ID, LONGEST_NOTE, PageError, fields, texts
from coder.study import Proposal, Span, Study
from coder.study.database import files_folder, whole
from coder.study.decisions import NO, VERDICTS, YES
from coder.study.documents.counting import Basis, basis

if TYPE_CHECKING:
    from coder.tables.table import Table

PASSAGE, MOST_BLOCKS = 2_500, 24
"""A passage has about so many characters, and at most so many blocks."""
_AT_HAND = 30_000_000
"""Characters of texts that stay in memory."""
_REMEMBERED = 2_000
_DECIDED = {"code", "settle", "undo", "read", "propose", "control", "reached", "settings", "train", "observe"}
"""Events that leave texts and codebook as they are."""
MOST_SPANS = 200
LAST = SETTLE, RULE = "settle", "rule"
"""The kinds of acts that are the last word: on blocks, and on fragments on which readers differ."""
_KINDS = ("code", "uncode", "memo", "read", *LAST, "undo")
_LARGEST = 2**53
Row = dict[str, Any]
Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Block:
    """One block: its place in the text, what it is and where it stands."""

    start: int
    end: int
    kind: str
    level: int
    page: int
    label: str
    section: str
    speaker: str
    time: float


class Plan:
    """One document: its text, its blocks, and the passages `[first, stop)` of blocks in which it is shown."""

    def __init__(self, document: Document) -> None:
        self.name, self.text, self.pages = document.name, document.text, document.pages
        self.kind, self.sha256 = document.kind, document.sha256
        columns = [document.blocks[name].tolist() for name in Block.__slots__]
        self.blocks = [Block(*row) for row in zip(*columns, strict=True)]
        self.starts = [one.start for one in self.blocks]
        self.ends = [one.end for one in self.blocks]

    @cached_property
    def passages(self) -> list[Range]:
        """Runs of blocks; a heading begins one where the last is long enough."""
        found: list[Range] = []
        first = size = 0
        for place, one in enumerate(self.blocks):
            full = size > PASSAGE or place - first >= MOST_BLOCKS or (one.kind == "heading" and 2 * size > PASSAGE)
            if full:
                found.append((first, place))
                first, size = place, 0
            size += one.end - one.start
        return [*found, (first, len(self.blocks))] if self.blocks else []

    def touched(self, start: int, end: int) -> Range:
        """The blocks `[first, stop)` that a span touches."""
        return bisect_right(self.ends, start), bisect_left(self.starts, end)


@dataclass(frozen=True, slots=True)
class _Decided:
    """What people decided on a document: fragments, of each person the blocks they read, and the control passages.

    `settled` are the blocks that have a last word, `last` its fragments, `replaced` the ids of those it replaced.
    """

    fragments: list[Row]
    read: Mapping[str, list[Range]]
    control: list[Range]
    settled: list[Range]
    last: list[Row]
    replaced: frozenset[str]


@dataclass(frozen=True, slots=True)
class WantedSpan:
    """A fragment that somebody makes; `proposed`: it was taken over from what a machine proposes there."""

    start: int
    end: int
    code: str
    id: str
    memo: str = ""
    verdict: str = YES
    proposed: bool = False


@dataclass(frozen=True, slots=True)
class ReadingAct:
    """One act: fragments made or taken away, a memo, blocks marked as read or settled, a difference, or an undo.

    `id` is made by the browser, so that an act that is sent again is known; `since` is the event as of which it was
    read (None: what this browser itself did is all that came after).
    """

    id: str
    kind: str
    document: str = ""
    since: int | None = None
    spans: tuple[WantedSpan, ...] = ()
    fragments: tuple[str, ...] = ()
    stands: tuple[str, ...] = ()
    memo: str = ""
    start: int = 0
    end: int = 0
    on: bool = True


@dataclass(frozen=True, slots=True)
class Measured:
    """What the machine says, or is about to, of how much was found: as of which event, for which share of it."""

    job: "Job[Table]"
    event: int
    target: float


class LiveDocuments:
    """One set of documents. `key` tells browsers this set of this study from any other at the same address.

    `embedding` is what the machine learns with. Methods may be called from several threads.
    """

    def __init__(self, study: Study, name: str, *, embedding: str = "auto") -> None:
        self.embedding = "auto" if embedding == "e5" else embedding  # too slow for so many blocks
        self.job: Job[Table] | None = None
        self.study, self.name, self.set, self.question = study, name, study.documents(name), study[name]
        where = f"{whole(study.place)}\0documents\0{name}"
        self.key = blake2b(where.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
        self.lock = threading.RLock()
        folder = files_folder(study.place)
        self.pictures = PagePictures(folder) if folder is not None else None
        self._plans: OrderedDict[str, Plan] = OrderedDict()
        self._decided: dict[str, _Decided] = {}
        self._proposed: dict[str, list[Row]] = {}
        self._listing: pd.DataFrame | None = None
        self._stale: set[str] = set()
        self._control: dict[str, list[Range]] | None = None
        self._order: list[Row] | None = None
        self._counts: dict[str, dict[str, int]] = {}
        self._acts: OrderedDict[tuple[str, str], dict[str, Any]] = OrderedDict()
        self._texts: Documents | None = None
        self._differences: tuple[int, pd.DataFrame] | None = None
        self._basis: tuple[int, str | None, Basis] | None = None
        self.measured: Measured | None = None
        self.event = -1
        self.follow()

    # What is there

    def picture(self, name: str, page: int, width: int) -> bytes:
        """A page of a PDF as a .png. Raises `CoderError` where its file is not beside the study (any more)."""
        plan = self.plan(name)
        if plan.kind != "pdf" or self.pictures is None:
            raise PageError("picture_no_pdf", name=name)
        found = self.pictures.page(plan.sha256, page, width)
        if found is None:
            raise PageError("picture_nowhere", name=name, folder=self.pictures.folder)
        return found

    def follow(self) -> None:
        """Forget what somebody else changed since: another program, another page, or the machine."""
        with self.lock:
            last = self.study.last_event
            if last == self.event:
                return
            log = self.study.log(limit=50)
            new = log[(log["event"] > self.event) & (log["question"] == self.name)]
            self._decided.clear()
            self._proposed.clear()
            self._listing = self._control = self._order = None
            self._counts.clear()
            if self.event < 0 or len(log) < last - self.event or not set(new["what"]) <= _DECIDED:
                self._plans.clear()
                self._texts = None
                self.names = self.set.names()
                self._use()
            self.event = last

    def plan(self, name: str) -> Plan:
        """A document. Raises `PageError` where it is not there."""
        with self.lock:
            if name not in self._plans:
                if name not in self.names:
                    raise PageError("no_document_there", name=name)
                self._plans[name] = Plan(self.set.document(name))
                while len(self._plans) > 1 and sum(len(one.text) for one in self._plans.values()) > _AT_HAND:
                    self._plans.popitem(last=False)
            self._plans.move_to_end(name)
            return self._plans[name]

    def decided(self, name: str) -> _Decided:
        """What people decided on a document."""
        with self.lock:
            if name not in self._decided:
                plan = self.plan(name)
                read: dict[str, list[Range]] = {}
                for row in as_rows(self.set.read_marks(name)):
                    read.setdefault(row["coder"], []).append(plan.touched(row["start"], row["end"]))
                control = [plan.touched(*place) for place in self.control.get(name, ())]
                rows = as_rows(self.set.fragments(document=name, verdict=None))
                settled = read.pop("", [])
                last, replaced = self.set.last_words(name)
                self._decided[name] = _Decided(rows, read, control, settled, as_rows(last), frozenset(replaced))
            return self._decided[name]

    @property
    def control(self) -> Mapping[str, list[Range]]:
        """Where the control passages stand, by document; without those that have none."""
        with self.lock:
            if self._control is None:
                found: dict[str, list[Range]] = {}
                for row in as_rows(self.set.control()):
                    found.setdefault(row["document"], []).append((row["start"], row["end"]))
                self._control = found
            return self._control

    def proposed(self, name: str) -> list[Row]:
        """What machines propose on a document, in order of place."""
        with self.lock:
            if name not in self._proposed:
                self._proposed[name] = as_rows(self.set.proposals(name))
            return self._proposed[name]

    @property
    def order(self) -> Sequence[Row]:
        """The passages in the order in which the machine would have them read."""
        with self.lock:
            if self._order is None:
                self._order = as_rows(self.set.order())
            return self._order

    def listing(self) -> pd.DataFrame:
        """The documents: see `DocumentSet.listing`."""
        with self.lock:
            if self._listing is None:
                self._listing = self.set.listing()
            elif self._stale:
                rows = self._listing.set_index("document", drop=False)
                for name in self._stale:
                    one = self.decided(name)
                    read = {
                        block
                        for ranges in (*one.read.values(), one.settled)
                        for first, stop in ranges
                        for block in range(first, stop)
                    }
                    fragments = sum(row["verdict"] == YES for row in one.fragments)
                    rows.loc[name, ["read", "fragments"]] = [len(read), fragments]
                self._listing = rows.reset_index(drop=True)
            self._stale.clear()
            return self._listing

    def counts(self, coder: str | None) -> dict[str, int]:
        """How many fragments each code has in all documents, of a coder or of all (None)."""
        with self.lock:
            if (coder or "") not in self._counts:
                rows = self.set.fragments(verdict=None, coder=coder)
                self._counts[coder or ""] = {str(code): int(n) for code, n in rows["code"].value_counts().items()}
            return self._counts[coder or ""]

    def differences(self) -> pd.DataFrame:
        """Where readers differ: see `DocumentSet.differences`."""
        with self.lock:
            at = self.study.last_event
            if self._differences is None or self._differences[0] != at:
                self._differences = at, self.set.differences()
            return self._differences[1]

    def texts(self) -> Documents:
        """All documents with their attributes."""
        with self.lock:
            self._texts = self._texts or self.set.read()
            return self._texts

    def basis(self, coder: str | None) -> Basis:
        """From what fragments tables count, those of a coder or of all (None). The last one that was asked for is kept.

        Raises `StudyError` where nobody of this name coded or read anything.
        """
        with self.lock:
            at = self.study.last_event
            if self._basis is None or self._basis[:2] != (at, coder):
                self._basis = at, coder, basis(self.set, self.book, coder, documents=self.texts())
            return self._basis[2]

    # What is done

    def do(self, acts: Sequence[Any], who: str) -> list[dict[str, Any]]:
        """Do acts in order; each is in the study when this returns, or has an `error`, a note. Twice sent is once done.

        Raises `StorageError` where the study cannot be written now: what was done before that stays done.
        """
        done = []
        for data in acts:
            act = read_reading_act(data)
            key = who, act.id
            with self.lock:
                if key not in self._acts:
                    self._acts[key] = self._done(act, who)
                    while len(self._acts) > _REMEMBERED:
                        self._acts.popitem(last=False)
                done.append(self._acts[key])
        return done

    def _done(self, act: ReadingAct, who: str) -> dict[str, Any]:
        before = self.event
        try:
            found = self._write(act, who)
        except StorageError:
            raise
        except CoderError as error:
            return {"id": act.id, "error": error.note}
        last = self.study.last_event
        self._counts.clear()
        self._changed({act.document, found.get("document", "")} - {""})
        if last <= before + 1:
            self.event = last  # nobody else wrote
        return {"id": act.id, "event": last, **found}

    def _write(self, act: ReadingAct, who: str) -> dict[str, Any]:
        match act.kind:
            case "code":
                spans = [
                    Span(
                        act.document, one.start, one.end, one.code, one.memo, one.id, one.verdict,
                        self._proposal(act.document, one.start, one.end, one.code) if one.proposed else None,
                    )
                    for one in act.spans
                ]  # fmt: skip
                self.set.code(spans, who, since=act.since)
            case "uncode":
                self.set.uncode(act.fragments, who, since=act.since)
            case "memo":
                self.set.memo(act.fragments[0], act.memo, who, since=act.since)
            case "read":
                self.set.mark_read(act.document, act.start, act.end, who, read=act.on, since=act.since)
            case "settle":
                self._settle(act, who)
            case "rule":
                stands: list[str | Span] = [
                    *act.stands,
                    *(Span(act.document, one.start, one.end, one.code) for one in act.spans),
                ]
                self.set.settle(act.fragments, who, stands=stands if act.on else None, since=act.since)
            case _:
                return self._undo(who)
        return {}

    def _settle(self, act: ReadingAct, who: str) -> None:
        """Give blocks their last word, or (not `on`) take it back."""
        if act.on:
            spans = [Span(act.document, one.start, one.end, one.code) for one in act.spans]
            self.set.code(spans, who, last=True, since=act.since, read=[(act.document, act.start, act.end)])
            return
        last = self.decided(act.document).last
        gone = [one["id"] for one in last if one["start"] < act.end and one["end"] > act.start]
        if gone:
            self.set.uncode(gone, who, since=act.since)
        self.set.mark_read(act.document, act.start, act.end, who, read=False, last=True, since=act.since)

    def _undo(self, who: str) -> dict[str, Any]:
        try:
            undone = self.set.undo(who, files=False)
        except StorageError:
            raise
        except StudyError as error:
            if error.note.key == "study.last_was_adding":
                raise PageError("undo_file_documents", file=error.note.values["source"]) from None  # noqa: PD011 (those of a note)
            raise
        if undone.empty:
            return {}
        first = undone.iloc[0]
        self._changed(set(undone["document"]))
        return {"document": str(first["document"]), "start": int(first["start"])}

    def _proposal(self, name: str, start: int, end: int, code: str) -> Proposal | None:
        """What was proposed there, as it is kept with the decision."""
        for one in self.proposed(name):
            if (one["start"], one["end"], one["code"]) == (start, end, code):
                return Proposal(one["method"], probability=one["probability"], model=one["version"])
        return None

    def change_codebook(self, change: Callable[[Codebook], Codebook], who: str, why: str) -> None:
        """Change the codebook that the set has. Raises `CoderError` where it cannot be; nothing is changed then."""
        with self.lock:
            self.question.change_codebook(change, who, why)
            self._use()

    def propose(self, who: str) -> None:
        """Let the machine learn and propose, in the background, where it is not at work."""
        from coder.study.documents.document_machine import propose_in  # noqa: PLC0415 (loads scikit-learn)

        with self.lock:
            if self.job is None or not self.job.busy:
                work = partial(propose_in, self.study.place, self.name, who=who, embedding=self.embedding)
                self.job = Job(work, lambda _table: None)

    def measure(self, target: float) -> "Measured":
        """Let the machine say how much of each code was found, in the background, where it is not at that already.

        `target` (0..1) is the share that is to be found.
        """
        from coder.study.documents.document_machine import still_unread_in  # noqa: PLC0415 (loads scikit-learn)

        with self.lock:
            if self.measured is None or not self.measured.job.busy:
                work = partial(still_unread_in, self.study.place, self.name, target=target, embedding=self.embedding)
                self.measured = Measured(Job(work, lambda _table: None), self.study.last_event, target)
            return self.measured

    def stop(self) -> None:
        """End what the machine is doing."""
        if self.pictures is not None:
            self.pictures.close()
        if self.job is not None:
            self.job.stop()
        if self.measured is not None:
            self.measured.job.stop()

    # Within

    def _changed(self, names: Iterable[str]) -> None:
        for name in names:
            self._decided.pop(name, None)
            self._stale.add(name)

    def _use(self) -> None:
        self.version = int(self.question.codebooks()["version"].max())
        self.book = self.question.codebook(self.version)


def as_rows(frame: pd.DataFrame) -> list[Row]:
    """The rows of a frame, as JSON has them."""
    columns = [frame[name].tolist() for name in frame]
    return [dict(zip(frame.columns, row, strict=True)) for row in zip(*columns, strict=True)]


def read_reading_act(data: Any) -> ReadingAct:  # noqa: ANN401 (what came out of JSON)
    """The act in a piece of JSON. Raises `PageError` where it is none."""
    found = fields(data, id=str, kind=str)
    id_, kind = found["id"], found["kind"]
    if kind not in _KINDS:
        raise PageError("act_kind", kind=kind[:LONGEST_ID])
    if len(id_) > LONGEST_ID:
        raise PageError("act_id", most=LONGEST_ID)
    if kind == "undo":
        return ReadingAct(id_, kind)
    document = fields(data, document=str)["document"]
    since = None if data.get("since") is None else _place(data, "since")
    match kind:
        case "code":
            spans = data.get("spans")
            if not isinstance(spans, list) or not 0 < len(spans) <= MOST_SPANS:
                raise PageError("act_spans", most=MOST_SPANS)
            return ReadingAct(id_, kind, document, since, spans=tuple(map(_span, spans)))
        case "settle":
            given, on = _spans(data), data.get("on") is not False
            place = _place(data, "start"), _place(data, "end")
            return ReadingAct(id_, kind, document, since, given, start=place[0], end=place[1], on=on)
        case "rule":
            given, on = _spans(data), data.get("on") is not False
            ids, stands = texts(data, "fragments", MOST_SPANS), texts(data, "stands", MOST_SPANS)
            return ReadingAct(id_, kind, document, since, given, ids, stands, on=on)
        case "read":
            on = data.get("on") is not False
            return ReadingAct(id_, kind, document, since, start=_place(data, "start"), end=_place(data, "end"), on=on)
    fragments = texts(data, "fragments", MOST_SPANS)
    if not fragments:
        raise PageError("act_spans", most=MOST_SPANS)
    return ReadingAct(id_, kind, document, since, fragments=fragments, memo=_memo(data))


def _spans(data: Mapping[str, Any]) -> tuple[WantedSpan, ...]:
    """The spans of a last word; there may be none."""
    given = data.get("spans", [])
    if not isinstance(given, list) or len(given) > MOST_SPANS:
        raise PageError("act_spans", most=MOST_SPANS)
    return tuple(map(_span, given))


def _span(data: Any) -> WantedSpan:  # noqa: ANN401
    found = fields(data, code=str, id=str)
    verdict = data.get("verdict", YES)
    if verdict not in VERDICTS or verdict == NO or not found["code"]:
        raise PageError("act_codes")
    if len(found["id"]) > LONGEST_ID:
        raise PageError("act_id", most=LONGEST_ID)
    places = _place(data, "start"), _place(data, "end")
    return WantedSpan(*places, found["code"], found["id"], _memo(data), verdict, data.get("proposed") is True)


def _memo(data: Mapping[str, Any]) -> str:
    memo = data.get("memo", "")
    if not isinstance(memo, str) or len(memo) > LONGEST_NOTE:
        raise PageError("act_note", most=LONGEST_NOTE)
    return memo


def _place(data: Mapping[str, Any], name: str) -> int:
    place = data.get(name)
    if isinstance(place, bool) or not isinstance(place, int) or not 0 <= place < _LARGEST:
        raise PageError("field_int", name=name)
    return place
