"""One question of a study as the page has it at hand, live, and what is done to it.

Everything that a key needs is in memory; every act is in the study before it is confirmed.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.codebook import Code, Codebook
from coder.coding import Coding
from coder.corpus import TEXT, Corpus
from coder.errors import CodebookError, CoderError, StorageError, StudyError
from coder.jobs.background import Job
from coder.languages.language import answered, language_of
from coder.learning.sampling import DRAWN, PROBABILITY, STRATUM
from coder.methods.classifier import FEWEST
from coder.methods.rules.engine import Engine
from coder.note import Note
from coder.review.ledger import NOTE, Ledger
from coder.review.proposing import Proposer
from coder.review.requests import LONGEST_ID, LONGEST_NOTE, PageError, fields
from coder.study import Decision, Proposal, Study
from coder.study.answer_versions import WAVE
from coder.study.database import is_address, whole
from coder.study.decisions import ADJUDICATE, AGAIN, DECIDE, FLAG, LAYERS, NO, SEEN, VERDICTS, YES
from coder.study.order import alike, in_waves, random_part
from coder.study.retrain import Learned, retrain
from coder.tables.groups import MOST_GROUPS
from coder.tables.mentions import in_order

if TYPE_CHECKING:
    import pandas as pd

    from coder.review.sight import Sight

OTHER = Code("other", 99, {"nl": "Andere", "en": "Other", "fr": "Autres"})
"""The code that a codebook begins with: counted, and never ranked."""
_EXTENDED = 60.0
"""After so many seconds the leases of somebody who codes on are extended."""
ENOUGH, SHARE = 20, 0.1
"""It learns again after so many newly coded answers, and after this share of those it knew."""
_REMEMBERED, _FORGOTTEN = 2_000, 86_400.0
_LOOKED_BACK = 50
_ENDS = 60.0
"""So many seconds at most a job takes to end when its work is done."""
_FIRST = 12
_COMPARED_AT_ONCE = 50_000
"""Up to so many answers are compared at once to find those that say the same; more meanwhile."""
_CACHED = ("order", "waves", "of_last_wave", "columns", "groups", "weights", "_background", "_rows", "_gone", "_silent")
"""What follows from the answers, and is made anew when these are read."""
_FEWEST_GROUPS = 2
_OF_MACHINES = {"propose", "train", "predict", "remove", "assign"}

MOST_UNITS = 2_000
_KINDS = ("decide", "flag", "note", "undo")


def has_codes(book: Codebook) -> bool:
    """Whether there is more to code by than the code that every codebook begins with."""
    return any(code.id != OTHER.id for code in book.codes)


@dataclass(frozen=True, slots=True)
class Act:
    """One act: decisions on units, a mark, a note, or an undo.

    `id` is made by the browser, so that an act that is sent again is known. `each` has what is decided of each unit,
    beside the `codes` of all. `again`: it was judged before, and is judged without seeing that.
    """

    id: str
    kind: str
    units: tuple[str, ...] = ()
    codes: Mapping[str, str] = field(default_factory=dict)
    each: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    again: bool = False
    seen: bool = False
    adjudicate: bool = False
    on: bool = False
    note: str = ""


class LiveQuestion:
    """One question. `who` does what the machine does; `embedding` is what it learns with.

    `key` tells browsers this question of this study from any other that is served at the same address.

    Methods may be called from several threads.
    """

    def __init__(self, study: Study, question: str, who: str, *, embedding: str = "auto") -> None:
        self.study, self.question, self.who, self.embedding = study, study[question], who, embedding
        self.key = blake2b(
            f"{whole(study.place)}\0{question}".encode("utf-8", "surrogatepass"), digest_size=8
        ).hexdigest()
        self.lock = threading.RLock()
        self.learned: Learned | None = None
        self.changes: list[tuple[str, str, float, float]] = []
        self.job: Job[Learned] | None = None
        self.proposed_with: Codebook | None = None
        self._started = self._known = 0
        self._extended: dict[str, float] = {}
        self._acts: OrderedDict[tuple[str, str], dict[str, Any]] = OrderedDict()
        self._proposers: dict[bool, Proposer] = {}
        self.ledger = Ledger()
        self.judged_twice: dict[str, tuple[int, int, int]] = {}
        self._codings: dict[str, tuple[int, Coding]] = {}
        self.texts: dict[str, str] = {}
        self.answered: dict[str, None] = {}
        self._same: dict[str, list[str]] | None = None
        self.reread()

    # What is there

    def reread(self) -> None:
        """Read everything anew."""
        with self.lock:
            self.event = self.study.last_event
            self._own: set[int] = set()
            self.corpus: Corpus = self.question.corpus()
            had = self._says()
            self.texts = dict(zip(self.corpus.ids.tolist(), self.corpus.texts.tolist(), strict=True))
            book = self._latest()
            self.roles, self.published = self.question.roles(), self.question.published()
            speak = answered(self.corpus, language_of(book.language), self.question.no_answer())
            self.answered = dict.fromkeys(speak.ids.tolist())
            if self._says() != had:
                self._same = None
            for name in _CACHED:
                self.__dict__.pop(name, None)
            self._cells: dict[str, dict[str, list[Any]]] = {}
            self.ledger = Ledger.read(self.question, version=self.ledger.version + 1)
            self._use(book, Engine(book, strict=False))  # a rule that an older version took stops no other

    def follow(self) -> None:
        """Read anew where somebody else wrote: another program, or the machine."""
        with self.lock:
            last = self.study.last_event
            if last == self.event:
                return
            log = self.question.log(limit=_LOOKED_BACK + len(self._own))
            new = log[log["event"] > self.event]
            others = new[~new["event"].isin(self._own)]
            if len(others) < _LOOKED_BACK and set(others["what"]) <= _OF_MACHINES:
                self.event = last  # what came after it comes next time
                self._own = set()
            else:
                self.reread()

    @cached_property
    def order(self) -> list[str]:
        """The answers in random order, those of the last wave first."""
        return [unit for units in reversed(self.waves.values()) for unit in units]

    @cached_property
    def waves(self) -> dict[str, list[str]]:
        """The answers of each wave in random order; the waves from the first to the latest."""
        wave = dict(zip(self.corpus.ids.tolist(), self.corpus.units[WAVE].tolist(), strict=True))
        return in_waves(list(self.answered), wave, self.question.name)

    @property
    def wording(self) -> str:
        """The question as it was put, or else its name."""
        return self.roles.wording or self.book.asked or self.question.name

    @cached_property
    def weights(self) -> "pd.Series[float] | None":
        """What each answer counts for, by unit: NaN where that is not known; None without weights."""
        return self.roles.weights(self.corpus)

    @property
    def last_wave(self) -> str:
        """The latest wave; "" where there are none."""
        return next(reversed(self.waves), "")

    @cached_property
    def of_last_wave(self) -> frozenset[str]:
        """The answers of the latest wave."""
        return frozenset(self.waves.get(self.last_wave, ()))

    @property
    def same(self) -> Mapping[str, list[str]]:
        """Of each answer those that say the same, where others do; of very many as soon as these were compared."""
        if self._same is None and len(self.answered) > _COMPARED_AT_ONCE:
            self._same = {}
            threading.Thread(target=self._compare, args=(self._says(),), daemon=True).start()
        elif self._same is None:
            self._compare(self._says())
        return self._same or {}

    def _compare(self, says: Mapping[str, str]) -> None:
        found = {unit: units for unit, units in alike(says).items() if len(units) > 1}
        with self.lock:
            if says == self._says():
                self._same = found

    def _says(self) -> dict[str, str]:
        return {unit: self.texts[unit] for unit in self.answered}

    @cached_property
    def _background(self) -> dict[str, list[str]]:
        """The cells of each background column, the wave among them, in the order of the answers."""
        frame = self.corpus.units.drop(columns=[TEXT, DRAWN, PROBABILITY, STRATUM], errors="ignore").fillna("")
        return {str(name): frame[name].astype(str).tolist() for name in frame.columns}

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {unit: row for row, unit in enumerate(self.texts)}

    def background(self, unit: str) -> list[tuple[str, str]]:
        """The background of an answer, what is filled in."""
        row = self._rows[unit]
        return [(name, cells[row]) for name, cells in self._background.items() if cells[row].strip()]

    @cached_property
    def columns(self) -> list[str]:
        """The names of the background columns in which something is filled in."""
        return [name for name, cells in self._background.items() if name != WAVE and any(map(str.strip, cells))]

    def column(self, name: str) -> dict[str, list[Any]]:
        """A background column, or the wave: its distinct `values`, and of each answer (`rows`) which one it has."""
        if name not in self._cells:
            places: dict[str, int] = {}
            cells = (cell if cell.strip() else "" for cell in self._background[name])
            rows = [places.setdefault(cell, len(places)) for cell in cells]
            self._cells[name] = {"values": list(places), "rows": rows}
        return self._cells[name]

    @cached_property
    def groups(self) -> Mapping[str, list[str]]:
        """The background columns that divide the answers in groups, each with its values in order."""
        frame = self.corpus.units.drop(columns=[TEXT, WAVE, DRAWN, PROBABILITY, STRATUM], errors="ignore")
        found = {}
        for name in frame.columns:
            values = frame[name].fillna("").astype(str).str.strip()
            if _FEWEST_GROUPS <= len(kinds := set(values.unique()) - {""}) <= MOST_GROUPS:
                found[str(name)] = sorted(kinds, key=in_order)
        return found

    @property
    def sampled(self) -> int:
        """How many answers of the last wave were coded in random order, by whomever."""
        return len(random_part(self.waves.get(self.last_wave, []), self.ledger.seen()))

    def sums(self) -> tuple[dict[str, int], int]:
        """How many answers have each code, and how many are coded."""
        return self.ledger.counts(), len(self.ledger.seen()) - self._gone

    @property
    def coded(self) -> int:
        """How many of the answers that say something are coded: never more than there are."""
        return self.sums()[1] - len(self._silent & self.ledger.seen())

    @cached_property
    def _silent(self) -> set[str]:
        """The answers that say nothing."""
        return self.texts.keys() - self.answered.keys()

    @cached_property
    def _gone(self) -> int:
        """How many answers were coded and are there no more."""
        return len(self.ledger.seen() - self.texts.keys())

    def coding(self, whose: str) -> Coding:
        """The codes of the gold version, of the machine or of a person; read once for as long as nothing is written."""
        last = self.study.last_event
        event, found = self._codings.get(whose, (-1, None))
        if found is None or event != last:
            found = self.question.coding(whose)
            self._codings[whose] = last, found
        return found

    # What is done

    def do(self, acts: Sequence[Mapping[str, Any]], sight: "Sight") -> list[dict[str, Any]]:
        """Do acts in order; each is in the study when this returns, or has an `error`, a note.

        One sent twice is done once.

        Raises `StorageError` where the study cannot be written now: what was done before that stays done.
        """
        place = self.study.place
        if not is_address(place) and not Path(place).is_file():  # what is open goes on being written to, and is lost
            raise StorageError(Note("page.study_gone", name=self.question.name, place=place))
        done = []
        for data in acts:
            act = read_act(data)
            key = sight.who, act.id
            if act.kind == DECIDE:  # takes the longest, and needs no lock
                proposer = self.proposer(learned=False) if act.again else sight.proposer
                proposer.prepare({unit: self.texts[unit] for unit in act.units if unit in self.texts})
            with self.lock:
                if key not in self._acts:
                    self._acts[key] = self._done(act, sight)
                    while len(self._acts) > _REMEMBERED:
                        self._acts.popitem(last=False)
                done.append(self._acts[key])
        return done

    def _done(self, act: Act, sight: "Sight") -> dict[str, Any]:
        try:
            if act.kind == "undo":
                return {"id": act.id, **self._undo(sight)}
            self._write(act, sight)
        except StorageError:
            raise  # it is not done, and can be done when there is room again
        except CoderError as error:
            return {"id": act.id, "error": error.note}
        return {"id": act.id}

    def _write(self, act: Act, sight: "Sight") -> None:
        if act.adjudicate and not sight.visitor.settles:
            raise PageError("not_settle")
        if gone := [unit for unit in act.units if unit not in self.texts]:
            raise PageError("no_answer_there", unit=gone[0])
        codes = dict.fromkeys([*act.codes, *(code for one in act.each.values() for code in one)])
        if gone := [code for code in codes if code not in self.book.ids]:
            raise PageError("no_code_there", code=gone[0])
        who = sight.who
        if act.again and not all(self.ledger.saw(who, unit) for unit in act.units):
            raise PageError("again_first")
        match act.kind:
            case "flag":
                self._flag(act, sight)
                return
            case "note":
                empty = not act.note.strip()
                name = NOTE + who
                number = self.question.flag(who, act.units, name, note=act.note, remove=empty)
                layer, made = FLAG, [Decision(unit, name, NO if empty else YES, act.note) for unit in act.units]
            case _:
                proposer = self.proposer(learned=False) if act.again else sight.proposer
                examined = {SEEN: YES} if act.seen else {}
                made = [
                    Decision(unit, code, verdict, proposal=self._proposal(unit, code, proposer))
                    for unit in act.units
                    for code, verdict in {**act.codes, **act.each.get(unit, {}), **examined}.items()
                ]
                layer = AGAIN if act.again else ADJUDICATE if act.adjudicate else DECIDE
                to = {AGAIN: self.question.decide_again, ADJUDICATE: self.question.adjudicate}
                number = to.get(layer, self.question.decide)(who, made)
        self._follow_own(number)
        self.ledger.put(layer, who, made)
        self._perhaps_learn()

    def _flag(self, act: Act, sight: "Sight") -> None:
        """Put a flag on answers, or take off every flag there that they see."""
        flags = {sight.flag: list(act.units)} if act.on else {}
        for unit in () if act.on else act.units:
            for flag in sight.flags(unit):
                flags.setdefault(flag, []).append(unit)
        for flag, units in flags.items():
            self._follow_own(self.question.flag(sight.who, units, flag, remove=not act.on))
            self.ledger.put(FLAG, sight.who, [Decision(unit, flag, YES if act.on else NO) for unit in units])

    def _undo(self, sight: "Sight") -> dict[str, Any]:
        who = sight.who
        if (version := self.question.last_was_codebook(who)) > 1:
            self.undo_codebook(version, sight)
            return {"codebook": version}
        try:
            undone = self.question.undo(who, files=False)
        except StorageError:
            raise
        except StudyError:
            if file := self._last_file(who):
                raise PageError("undo_file", file=file) from None
            raise
        if undone.empty:
            return {}
        units = list(dict.fromkeys(unit for unit in undone["unit"] if unit in self.texts))
        if (last := self.study.last_event) == self.event + 1:
            self.event = last
        self.ledger.reread(self.question, units)
        again = bool((undone["kind"] == AGAIN).any())
        self._perhaps_learn()
        return {"unit": units[0] if units else "", "undone": units, "again": again}

    def undo_codebook(self, version: int, sight: "Sight") -> None:
        """Undo what a version of the codebook changed: anybody their own, a lead all. See `Question.undo_codebook`."""
        with self.lock:
            versions = self.question.codebooks()
            made = dict(zip(versions["version"].tolist(), versions["who"], strict=True))
            if version not in made:
                raise PageError("no_version")
            if made[version] != sight.who and not sight.visitor.leads:
                raise PageError("not_lead")
            self.question.undo_codebook(version, sight.who)
            self._renew()

    def change_codebook(self, change: Callable[[Codebook], Codebook], who: str, why: str) -> None:
        """Change the codebook that the study has. Raises `CoderError` where it cannot be; nothing is changed then."""

        def usable(now: Codebook) -> Codebook:
            book = change(now)
            known = set(Engine(now, strict=False).left_out.values())
            if new := [wrong for wrong in Engine(book, strict=False).left_out.values() if wrong not in known]:
                raise CodebookError(new[0])
            return book

        with self.lock:
            self.question.change_codebook(usable, who, why)
            self._renew()

    def _renew(self) -> None:
        """Take over the codebook as it is now, after a change of one's own."""
        last = self.study.log(limit=1).iloc[0]
        if last["event"] > self.event + 1 or last["what"] != "codebook":
            return self.reread()  # somebody else wrote meanwhile
        self.event = int(last["event"])
        self.ledger = Ledger.read(self.question, version=self.ledger.version + 1)
        book = self._latest()
        return self._use(book, Engine(book, strict=False))

    # What is shown to whom

    def proposer(self, *, learned: bool) -> Proposer:
        """What makes proposals with the codebook of now, and with what was `learned` or by the rules alone."""
        with self.lock:
            if learned not in self._proposers:
                self._proposers[learned] = Proposer(self.engine, self.book, self.learned if learned else None)
            return self._proposers[learned]

    def lease(self, units: Sequence[str], who: str, most: int | None = None) -> list[str]:
        """Of these units the first `most` that nobody else has before them; theirs for a while then, in any window."""
        self.stay(who)
        return self.question.lease([unit for unit in units if unit in self.texts], who, most=most)

    def stay(self, who: str) -> None:
        """Let what somebody has before them be theirs for longer, as they are still at work."""
        now = time.monotonic()
        if now - self._extended.get(who, now - 2 * _EXTENDED) > _EXTENDED:
            self._extended = {one: at for one, at in self._extended.items() if now - at < _FORGOTTEN} | {who: now}
            self.question.extend_leases(who)

    def taken(self, who: str) -> set[str]:
        """What others have before them, on this page or on another of the same study."""
        return self.question.leased(who)

    # The machine

    @property
    def new_coded(self) -> int:
        """How many answers were coded since it last learned; below 0 where more were undone."""
        return self.sums()[1] - self._known

    @property
    def behind(self) -> bool:
        """Whether what the machine proposed, and tables count, was made with other rules than those of now."""
        return self.proposed_with is not None and self.book.codes_otherwise(self.proposed_with)

    @property
    def unlearned(self) -> bool:
        """Whether there is enough to learn from and no model yet."""
        status = self.question.status()
        return not status["model"] and bool(status["coded"] >= FEWEST)

    def start(self, *, again: bool) -> bool:
        """Let the machine learn (`again`), or predict with what it learned before; False where it is at work."""
        with self.lock:
            if self.job is not None and self.job.busy:
                return False
            self._started = self.sums()[1]
            work = partial(
                retrain,
                self.study.place,
                self.question.name,
                who=self.who,
                embedding=self.embedding,
                again=again,
            )
            self.job = Job(work, self._taken_over)
            return True

    def stop(self) -> None:
        """End what the machine is doing."""
        if self.job is not None:
            self.job.stop()

    def _perhaps_learn(self) -> None:
        if self.learned is not None and abs(self.new_coded) >= max(ENOUGH, SHARE * self._known):
            self.start(again=True)

    def _taken_over(self, learned: Learned) -> None:
        with self.lock:
            engine, book, before = self.engine, self.book, self._proposers.get(True)
        if before is not None:
            before.before = None
        proposer = Proposer(engine, book, learned, before)
        proposer.of({unit: self.texts[unit] for unit in self.order[:_FIRST]})  # nobody waits for the embedding to load
        with self.lock:
            self.learned = learned
            self.proposed_with = learned.book
            if learned.version:
                self._known = max(self._started, learned.coded)
            if learned.changes is not None:
                rows = learned.changes.frame.to_dict("records")
                self.changes = [(row["code"], row["change"], row["f1_then"], row["f1"]) for row in rows]
            self._proposers.pop(True, None)
            if book is self.book:
                self._proposers[True] = proposer
        threading.Thread(target=self._keep_up, args=(self.job,), daemon=True).start()

    def _keep_up(self, after: Job[Learned] | None = None) -> None:
        """Propose again where the codebook has other rules since the machine did; not on a page that has no machine."""
        if after is not None:
            after.wait(_ENDS)
        if self.job is not None and self.behind:
            self.start(again=True)

    # Within

    def _last_file(self, who: str) -> str:
        """The file that what somebody did last, and was not undone, came from; "" where it came from none."""
        log = self.question.log()
        done = log[(log["who"] == who) & log["what"].isin(LAYERS) & ~log["event"].isin(log["undoes"].dropna())]
        return str(done["source"].iloc[0]) if len(done) else ""

    def _use(self, book: Codebook, engine: Engine) -> None:
        self.book, self.engine = book, engine
        self._proposers = {}
        if self.proposed_with is None and (version := self.question.proposed_with()):
            self.proposed_with = self.question.codebook(version)
        self._keep_up()

    def _latest(self) -> Codebook:
        """The codebook as it is now, with its version: somebody may make the next one at any moment."""
        self.version = int(self.question.codebooks()["version"].max())
        return self.question.codebook(self.version)

    def _proposal(self, unit: str, code: str, proposer: Proposer) -> Proposal | None:
        return None if code == SEEN else proposer.record(unit, self.texts[unit], code)

    def _follow_own(self, number: int) -> None:
        """Take an own event for read; one of which another came before is known again when that is looked at."""
        if number == self.event + 1:
            self.event = number
        else:
            self._own.add(number)


def read_act(data: Any) -> Act:  # noqa: ANN401 (what came out of JSON)
    """The act in a piece of JSON. Raises `PageError` where it is none."""
    found = fields(data, id=str, kind=str)
    kind = found["kind"]
    if kind not in _KINDS:
        raise PageError("act_kind", kind=kind[:LONGEST_ID])
    if len(found["id"]) > LONGEST_ID:
        raise PageError("act_id", most=LONGEST_ID)
    if kind == "undo":
        return Act(found["id"], kind)
    units = [data.get("unit")] if "unit" in data else data.get("units")
    if (
        not isinstance(units, list)
        or not 0 < len(units) <= MOST_UNITS
        or not all(isinstance(one, str) for one in units)
    ):
        raise PageError("act_units", most=MOST_UNITS)
    note = data.get("note", "")
    if not isinstance(note, str) or len(note) > LONGEST_NOTE:
        raise PageError("act_note", most=LONGEST_NOTE)
    codes, each = _verdicts(data.get("codes", {})), data.get("each", {})
    if not isinstance(each, dict) or not each.keys() <= set(units):
        raise PageError("act_codes")
    each = {unit: _verdicts(one) for unit, one in each.items()}
    if kind == "decide" and not (codes or any(each.values())) and data.get("seen") is not True:
        raise PageError("act_nothing")
    marks = {name: data.get(name) is True for name in ("seen", "adjudicate", "on", "again")}
    return Act(found["id"], kind, tuple(dict.fromkeys(units)), codes, each, note=note, **marks)


def _verdicts(codes: Any) -> dict[str, str]:  # noqa: ANN401
    if not isinstance(codes, dict) or "" in codes:
        raise PageError("act_codes")
    if not all(isinstance(verdict, str) and verdict in VERDICTS for verdict in codes.values()):
        raise PageError("act_codes")
    return codes
