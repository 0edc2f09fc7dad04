"""A question of a study: its answers, codebooks, decisions, proposals and models."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pandas as pd
from sqlalchemy import Connection, Engine, select

from coder.codebook import Codebook
from coder.codebook_merge import adds_only, merge
from coder.coding import COLUMNS, Coding, assignments
from coder.corpus import Corpus, thousand
from coder.errors import StudyError
from coder.learning.predictions import Predictions
from coder.note import Progress, silent
from coder.study import answer_versions, codebooks, database, people, proposals, state, status
from coder.study.answer_versions import WAVE, Added
from coder.study.decisions import (
    ADJUDICATE,
    AGAIN,
    DECIDE,
    FLAG,
    LAYERS,
    NO,
    UNSURE,
    YES,
    Decision,
    decide,
    last_done,
    undo,
    unit_ids,
)
from coder.study.events import (
    GOLD,
    MACHINE,
    At,
    Event,
    check_seen,
    moment,
    question_named,
    record,
    version_of,
)
from coder.study.schema import DOCUMENTS, event
from coder.study.schema import question as table

if TYPE_CHECKING:
    from coder.methods.classifier import Classifier


_PART = 20_000
"""So many answers are read at a time where not all are held."""
_NO_ANSWER, _ROLES, _PUBLISHED = "no answer: ", "roles: ", "published: "
"""How the events begin that say what counts as no answer, what columns are for, and what was published of a wave."""


@dataclass(frozen=True, slots=True)
class Roles:
    """The question as it was put ("" where nobody said), and the columns of weights ("" for none) and of groups."""

    wording: str = ""
    weight: str = ""
    groups: tuple[str, ...] = ()

    def weights(self, corpus: Corpus) -> "pd.Series[float] | None":
        """What each answer counts for, by unit: NaN where that is no number or not known; None without weights.

        Nothing is known where a number may be a thousand (`coder.corpus.thousand`).
        """
        if not self.weight or self.weight not in corpus.units:
            return None
        cells = corpus.units[self.weight].fillna("").astype(str).str.strip()
        if thousand(cells):
            return pd.Series(float("nan"), cells.index)
        return pd.to_numeric(cells.str.replace(",", "."), errors="coerce").replace(
            [float("inf"), float("-inf")], float("nan")
        )


def usable(weights: "pd.Series[float] | None", units: "pd.Index[str]") -> "pd.Series[float] | None":
    """The weights of these answers; None unless each of them has one above 0."""
    mine = None if weights is None else weights.reindex(units)
    return mine if mine is not None and bool((mine > 0).all()) else None


@dataclass(frozen=True, slots=True)
class Question:
    """A question of an open study: `study["trends"]`. It is there from its first answers on; see `add_answers`.

    Every method is one transaction. `who` is always the name of the person that does it. `at` is a moment: an event
    (its id) or a time with its zone; now unless given. Raises `StudyError` where the study has no such question.
    """

    name: str
    place: database.Place
    engine: Engine = field(repr=False)

    # Answers

    def add_answers(
        self,
        corpus: Corpus,
        *,
        wave: str = "",
        accept: bool = False,
        leave_out: bool = False,
        who: str,
        source: str = "",
    ) -> Added:
        """Compare answers with those of the question, and take them over where `accept` says so.

        The first answers of a question are taken over at once, and those of a named wave that it does not have
        unless there is something to mind (`Added.notes`). Units are known by id; within a wave, the unit is
        called "WAVE:ID". Without `wave` a column `wave` says it. The same answers again change nothing. A changed
        text keeps its decisions and is flagged. `leave_out` leaves units that are gone from the file out from now
        on, decisions kept; without it they stay.
        """
        with database.writing(self.engine, self.place) as connection:
            first = connection.execute(select(table.c.id).where(table.c.name == self.name)).scalar() is None
            if first:
                connection.execute(table.insert().values(name=_checked(self.name), blind=False))
            id_ = question_named(connection, self.name)
            if connection.execute(select(table.c.kind).where(table.c.id == id_)).scalar() == DOCUMENTS:
                raise StudyError("study.is_document_set", name=self.name)
            added, units = answer_versions.compare(connection, id_, corpus, wave)
            nothing = not (added.new or added.changed or added.background or added.back or (added.gone and leave_out))
            if nothing or not (accept or first or (added.apart and not added.notes)):
                return replace(added, accepted=nothing)
            answer_versions.take_over(connection, id_, added, units, leave_out=leave_out, who=who, source=source)
            return replace(added, accepted=True)

    def compared(self, corpus: Corpus, *, wave: str = "") -> Added:
        """What answers are beside those of the question, without a change; see `add_answers`."""
        with database.reading(self.engine, self.place) as connection:
            id_ = connection.execute(select(table.c.id).where(table.c.name == self.name)).scalar()
            return answer_versions.compare(connection, id_ or 0, corpus, wave)[0]

    def units(self, ids: Sequence[str] | None = None, *, at: At = None) -> pd.DataFrame:
        """The units, or those named, indexed by id: text, wave, and the background columns as they were added."""
        with self._on() as (connection, id_):
            chosen = list(unit_ids(connection, id_, ids).values()) if ids is not None else None
            frame = answer_versions.read(connection, id_, ids=chosen, at=at)
            return frame if ids is None else frame.loc[[one for one in ids if one in frame.index]]

    def parts(self, *, at: At = None, most: int = _PART) -> Iterator[pd.DataFrame]:
        """The `units` by so many at a time, at least one part, each with the background columns that its units have.

        Name an event with `at` where others may add answers meanwhile.
        """
        last = 0
        while True:
            with self._on() as (connection, id_):
                frame, after = answer_versions.read_part(connection, id_, last, most, at=at)
            if after or not last:
                yield frame
            if not (last := after):
                return

    def corpus(self, *, at: At = None) -> Corpus:
        """All units of the question, as methods take them."""
        units = self.units(at=at)
        return Corpus(units, self.name, wave=WAVE if (units[WAVE] != "").any() else "")

    # Codebooks

    def set_codebook(self, codebook: Codebook, who: str, why: str = "", *, since: int | None = None) -> int:
        """Make this the codebook of the question; returns its version (1, 2, …). The same again changes nothing.

        `since` is the version that it was made from; unless given, it is a revision of the last one that the same
        person set. What was changed otherwise since is kept, and `ConflictError` raised where the same was changed.
        Raises `StudyError` where nothing says what it was made from and it would take something away. Decisions stay
        as they were made; they are read as `coder codebook diff` says codes became others.
        """
        with self._on(write=True) as (connection, id_):
            given = codebooks.written(codebook)
            if version := version_of(connection, id_):
                now = codebooks.load(connection, id_, version)
                base = (
                    codebooks.set_by(connection, id_, who) if since is None else codebooks.load(connection, id_, since)
                )
                if base is None and not adds_only(now, codebook):
                    raise StudyError("study.other_codebook", version=version, who=who)
                codebook = merge(base or now, codebook, now)
            return codebooks.store(connection, id_, codebook, who, why, given)

    def change_codebook(self, change: Callable[[Codebook], Codebook], who: str, why: str = "") -> int:
        """Let `change` make another codebook of the one in use, which nobody changes meanwhile; returns its version."""
        with self._on(write=True) as (connection, id_):
            now = codebooks.load(connection, id_, version_of(connection, id_))
            return codebooks.store(connection, id_, change(now), who, why)

    def codebook(self, version: int | None = None, *, at: At = None) -> Codebook:
        """The codebook in use, or that of a version or a moment. Raises `StudyError` where there is none."""
        with self._on() as (connection, id_):
            now = version_of(connection, id_, moment(connection, at))
            return codebooks.load(connection, id_, now if version is None else version)

    def undo_codebook(self, version: int, who: str) -> int:
        """Undo what a version changed, by a new one that keeps what was changed since; returns that.

        Raises `StudyError` for the first one, for one that was undone, where the same was changed again since, and
        where a code would go that answers have.
        """
        with self._on(write=True) as (connection, id_):
            return codebooks.undo(connection, id_, version, who)

    def codebooks(self) -> pd.DataFrame:
        """The history of the codebook, a row a version: version, codes, hash, who, when, why, event, undoes, undone.

        The last two are versions: which one this undoes, and which one undid it; 0 for none.
        """
        with self._on() as (connection, id_):
            return status.codebooks(connection, id_)

    # Decisions

    def decide(self, who: str, decisions: Sequence[Decision], source: str = "") -> int:
        """Write decisions as one batch, one event; returns its id. They are on the disk then, all or none.

        Codes must be in the codebook in use. Later decisions of the same person on the same unit and code take the
        place of earlier ones.
        """
        with self._on(write=True) as (connection, id_):
            return decide(connection, id_, DECIDE, who, decisions, source)

    def adjudicate(self, who: str, decisions: Sequence[Decision], source: str = "") -> int:
        """Say the last word on units and codes, for the gold version; returns the event. Code "" settles a unit."""
        with self._on(write=True) as (connection, id_):
            return decide(connection, id_, ADJUDICATE, who, decisions, source)

    def decide_again(self, who: str, decisions: Sequence[Decision]) -> int:
        """Write what somebody decides on units that they decided on before, without seeing that; returns the event.

        It takes the place of nothing and is counted nowhere but in `twice`.
        """
        with self._on(write=True) as (connection, id_):
            return decide(connection, id_, AGAIN, who, decisions, "")

    def decided_again(self, *, at: At = None) -> pd.DataFrame:
        """What people decided again: the columns of `state`."""
        with self._on() as (connection, id_):
            return state.state(connection, id_, layer=AGAIN, at=at)

    def twice(self, who: str) -> tuple[Coding, Coding]:
        """What somebody decided first and what they decided again, on the units that they saw both times.

        The first is as it was then, whatever they changed when they had seen both.
        """
        with self._on() as (connection, id_):
            first, again = state.twice(connection, id_, who)
        return _alone(who, first), _alone(who, again)

    def flag(self, who: str, units: Sequence[str], flag: str, *, note: str = "", remove: bool = False) -> int:
        """Put a mark on units, or take it off (anybody may); returns the event."""
        verdict = NO if remove else YES
        with self._on(write=True) as (connection, id_):
            return decide(connection, id_, FLAG, who, [Decision(unit, flag, verdict, note) for unit in units], "")

    def undo(self, who: str, *, files: bool = True) -> pd.DataFrame:
        """Undo somebody's last batch that was not undone: decisions, last words or flags. Undoing is an event too.

        Without `files`, one that was taken over from a file is not undone: that is a `StudyError`.
        Returns what was undone: event (of the batch), kind, unit, code, verdict; no rows where there was nothing.
        """
        with self._on(write=True) as (connection, id_):
            done = undo(connection, id_, who, LAYERS, files=files)
            return status.batch(connection, done[0] if done else 0)

    def last_was_codebook(self, who: str) -> int:
        """The version of the codebook, where a change of it is the last that somebody did and did not undo; else 0."""
        with self._on() as (connection, id_):
            last = last_done(connection, id_, who, (*LAYERS, codebooks.CHANGED))
            return version_of(connection, id_, last.id) if last is not None and last.kind == codebooks.CHANGED else 0

    def state(self, *, who: str | None = None, units: Sequence[str] | None = None, at: At = None) -> pd.DataFrame:
        """What each person decided: unit, code, verdict, who, event, when (UTC), note; in the codes of that moment.

        Code "" says that the unit was examined. See `coder.study.state` for codes that became others.
        """
        with self._on() as (connection, id_):
            chosen = list(unit_ids(connection, id_, units).values()) if units is not None else None
            return state.state(connection, id_, who=who, at=at, units=chosen)

    def adjudicated(self, *, at: At = None) -> pd.DataFrame:
        """The last words: the columns of `state`."""
        with self._on() as (connection, id_):
            return state.state(connection, id_, layer=ADJUDICATE, at=at)

    def flags(self, *, at: At = None) -> pd.DataFrame:
        """The marks on units: the columns of `state`, with the flag for a code."""
        with self._on() as (connection, id_):
            frame = state.state(connection, id_, layer=FLAG, at=at)
        return frame[frame["verdict"] == YES].reset_index(drop=True)

    def coding(self, who: str = GOLD, *, at: At = None) -> Coding:
        """What tables use ("gold"), what somebody decided (a name), or what is proposed now ("machine").

        Its provenance has study, question, codebook (hash), event, and state: a hash of the units seen and the
        codes given. `coding(…, at=int(event))` makes the same again. See `unsettled` for what gold leaves out.
        """
        return self._coding(who, at)[0]

    def unsettled(self, *, at: At = None) -> "pd.Index[str]":
        """The units that gold leaves out: coders differ on them, or are unsure, and nobody had the last word."""
        return self._coding(GOLD, at)[1]

    def disagreements(self) -> pd.DataFrame:
        """What is left to an adjudicator: unit, code, and who says yes, no and unsure (names joined by ", ")."""
        with self._on() as (connection, id_):
            own, last = state.state(connection, id_), state.state(connection, id_, layer=ADJUDICATE)
        return state.disagreements(own, last)

    # Coders

    def assign(self, coders_: Sequence[str], *, share: float = 0.1, seed: int = 1, who: str) -> int:
        """Deal the units that nobody has yet: a random `share` to two coders each, the rest to one; returns the event.

        All pairs of coders, and all coders, get as many as each other (one more or less). The same seed deals the
        same units the same way.
        """
        with self._on(write=True) as (connection, id_):
            return people.assign(connection, id_, share, coders_, seed, who)

    def assigned(self, who: str | None = None) -> pd.DataFrame:
        """Who is to code what: unit, who, double; in the order of the units."""
        with self._on() as (connection, id_):
            return people.assigned(connection, id_, who)

    def set_blind(self, who: str, *, blind: bool) -> None:
        """Whether coders see what others decided. See `visible`."""
        with self._on(write=True) as (connection, id_):
            record(connection, id_, Event("settings", who, source="blind" if blind else "not blind"))
            connection.execute(table.update().where(table.c.id == id_).values(blind=blind))

    def blind(self) -> bool:
        """Whether coders are blind to each other."""
        with self._on() as (connection, id_):
            return bool(connection.execute(select(table.c.blind).where(table.c.id == id_)).scalar())

    def set_no_answer(self, who: str, words: Sequence[str]) -> None:
        """Say what counts as no answer, in place of the list of the codebook's language; for all who work on it."""
        self._set(_NO_ANSWER, list(words), who)

    def no_answer(self) -> tuple[str, ...] | None:
        """What was said to count as no answer; None where nobody did."""
        said = self._settings(_NO_ANSWER)
        return tuple(said[-1]) if said else None

    def set_roles(self, roles: Roles, who: str) -> None:
        """Keep what is asked, and which columns have weights and groups; for all who make tables of it."""
        self._set(_ROLES, asdict(roles), who)

    def roles(self) -> Roles:
        """What is asked, and which columns have weights and groups, as it was said last."""
        said = self._settings(_ROLES)
        return Roles(said[-1]["wording"], said[-1]["weight"], tuple(said[-1]["groups"])) if said else Roles()

    def set_published(self, wave: str, rows: Sequence[Sequence[str]], who: str) -> None:
        """Keep a table that was published of a wave of which the answers are not here, as its rows of cells.

        No rows take it away.
        """
        self._set(_PUBLISHED, {"wave": wave, "rows": [list(row) for row in rows]}, who)

    def published(self) -> dict[str, list[list[str]]]:
        """The tables that were published of waves, by wave, in the order in which they came; the first row is names."""
        found = {str(one["wave"]): one["rows"] for one in self._settings(_PUBLISHED)}
        return {wave: rows for wave, rows in found.items() if rows}

    def _set(self, name: str, value: object, who: str) -> None:
        with self._on(write=True) as (connection, id_):
            record(connection, id_, Event("settings", who, source=name + json.dumps(value, ensure_ascii=False)))

    def _settings(self, name: str) -> list[Any]:
        """What was said of a setting, in order."""
        said = event.c.kind == "settings", event.c.source.startswith(name)
        with self._on() as (connection, id_):
            found = select(event.c.source).where(event.c.question == id_, *said).order_by(event.c.id)
            return [json.loads(one.removeprefix(name)) for one in connection.execute(found).scalars()]

    def visible(self, who: str, *, units: Sequence[str] | None = None) -> pd.DataFrame:
        """The `state` that somebody may see: where coders are blind to each other, their own decisions alone."""
        return self.state(who=who if self.blind() else None, units=units)

    def lease(self, units: Sequence[str], holder: str, *, most: int | None = None) -> list[str]:
        """Of these units those that nobody else has before him, in order: they are this `holder`'s for a while.

        With `most` no more than so many. Whoever serves the study on whatever machine, no two are given the same.
        """
        with self._on(write=True) as (connection, id_):
            return people.take_lease(connection, id_, units, holder, most)

    def extend_leases(self, holder: str) -> None:
        """Let what somebody has before him be his for a while from now."""
        with self._on(write=True) as (connection, _):
            people.extend_leases(connection, holder)

    def leased(self, holder: str) -> set[str]:
        """The units that others than this `holder` have before them."""
        with self._on() as (connection, id_):
            return people.leased_to_others(connection, id_, holder)

    # Machines

    def propose(
        self,
        proposed: Coding | pd.DataFrame,
        *,
        who: str,
        model: str = "",
        replace_earlier: bool = True,
        progress: Progress = silent,
    ) -> int:
        """Write what a machine proposes; returns the event. Earlier proposals are replaced unless told otherwise.

        A frame has the columns of `Coding.assignments`, unit and code at least; of its reasons nothing is known. It is
        written in parts: others go on deciding, and see the old proposals until the new ones are whole.
        """
        if isinstance(proposed, pd.DataFrame):
            seen = pd.Index(proposed["unit"].unique(), dtype=str)
            proposed = Coding(
                "frame", seen, assignments({name: proposed[name].tolist() for name in COLUMNS if name in proposed})
            )
        with self._on() as (connection, id_):
            ids = unit_ids(connection, id_, {*proposed.seen, *proposed.assignments["unit"]})
        return proposals.write(
            self._writing, id_, ids, proposed, who=who, model=model, replace_earlier=replace_earlier, progress=progress
        )

    def proposals(self, units: Sequence[str] | None = None, *, reasons: bool = False) -> pd.DataFrame:
        """What is proposed now: unit, code, probability, start, end, method, version; the surest first.

        With `reasons` also why: kind, rule and note (`coder.coding.Reason`).
        """
        with self._on() as (connection, id_):
            chosen = list(unit_ids(connection, id_, units).values()) if units is not None else None
            return proposals.read(connection, id_, chosen, reasons=reasons)

    def proposed_with(self) -> int:
        """The version of the codebook with which was made what is proposed now; 0 where nothing is."""
        with self._on() as (connection, id_):
            return proposals.made_with(connection, id_)

    def taught(self) -> Coding:
        """What a machine learns from: gold, with the answers that it leaves out for a code of which a coder is unsure.

        Such a code is not among theirs; `untold` names it.
        """
        return self._coding(GOLD, None, settled=False)[0]

    def untold(self) -> pd.DataFrame:
        """Of which codes coded units say nothing: unit, code.

        A unit that was looked at before the code was there, and one of which somebody is unsure: so is everybody who
        gave a code that was split since, of its parts.
        """
        with self._on() as (connection, id_):
            own = state.state(connection, id_)
            came = codebooks.since(connection, id_, version_of(connection, id_))
        looked = own.groupby("unit")["event"].max()
        later = {code: looked.index[looked < event] for code, event in came.items()}
        pairs = [own.loc[own["verdict"] == UNSURE, ["unit", "code"]]]
        pairs += [pd.DataFrame({"unit": units, "code": code}) for code, units in later.items() if len(units)]
        return pd.concat(pairs, ignore_index=True).drop_duplicates(ignore_index=True)

    def add_predictions(self, given: Predictions, *, who: str, source: str = "", progress: Progress = silent) -> int:
        """Keep what something else predicts, for estimates; returns the event. The same name again replaces it.

        Units without a prediction (nan) are left out. Nobody is shown them, and they are proposals to nobody.
        """
        with self._on() as (connection, id_):
            ids = unit_ids(connection, id_, given.scores.dropna().index)
        return proposals.add_predictions(self._writing, id_, ids, given, who=who, source=source, progress=progress)

    def predictions(self) -> tuple[Predictions, ...]:
        """The predictions that were added, in the order of their names and in the codes of now."""
        with self._on() as (connection, id_):
            return proposals.predictions(connection, id_)

    def predicted(self) -> pd.DataFrame:
        """What predictions there are, a row each: name, answers, who, when, source (a file), event."""
        with self._on() as (connection, id_):
            return proposals.predicted(connection, id_)

    def remove_predictions(self, name: str, who: str) -> None:
        """Take predictions away. Raises `StudyError` where there are none of this name."""
        with self._on() as (_, id_):
            pass
        proposals.remove_predictions(self._writing, id_, name, who)

    def save_model(self, model: "Classifier", who: str) -> int:
        """Keep a model in the study; returns its version (1, 2, …)."""
        with self._on() as (_, id_):
            pass
        return proposals.save_model(self._writing, id_, model, who)

    def load_model(self, version: int | None = None) -> "Classifier":
        """The last model, or that of a version. Raises `StudyError` where there is none."""
        with self._on() as (connection, id_):
            return proposals.load_model(
                connection, id_, proposals.latest_model(connection, id_) if version is None else version
            )

    # What is told

    def status(self) -> dict[str, Any]:
        """How far it is: the row of `Study.status`."""
        with self._on() as (connection, id_):
            return status.status_of(connection, id_, self.name)

    def touched(self, since: int, *, who: str | None = None) -> tuple[list[str], set[str]]:
        """The units on which anybody, or `who`, decided or undid something after an event; the kinds of all events."""
        with self._on() as (connection, id_):
            return status.touched(connection, id_, since, who)

    def log(self, *, limit: int | None = None) -> pd.DataFrame:
        """What happened to it: see `Study.log`."""
        with self._on() as (connection, id_):
            return status.log(connection, limit, id_)

    # Within

    def _coding(self, who: str, at: At, *, settled: bool = True) -> tuple[Coding, "pd.Index[str]"]:
        with self._on() as (connection, id_):
            name = database.facts(connection)["name"]
            version = version_of(connection, id_, moment(connection, at))
            facts = {"study": name, "question": self.name}
            if version:
                facts["codebook"] = codebooks.load(connection, id_, version).hash
            if who == MACHINE:
                if at is not None:
                    raise StudyError("study.proposals_not_kept")
                found = proposals.coding(connection, id_)
                return replace(found, provenance={**found.provenance, **facts}), pd.Index([], dtype=str)
            return state.coding(connection, id_, who, at, facts, settled=settled)

    def _writing(self) -> AbstractContextManager[Connection]:
        return database.writing(self.engine, self.place)

    @contextmanager
    def _on(self, *, write: bool = False) -> Iterator[tuple[Connection, int]]:
        transaction = database.writing if write else database.reading
        with transaction(self.engine, self.place) as connection:
            yield connection, question_named(connection, self.name)


def _alone(who: str, frame: pd.DataFrame) -> Coding:
    """What one person decided, as a coding."""
    given, seen, _ = state.gold(frame, frame.iloc[:0])
    rows = assignments({"unit": given["unit"].tolist(), "code": given["code"].tolist()})
    return Coding(who, pd.Index(sorted(seen), dtype=str, name="unit"), rows)


def _checked(name: str) -> str:
    if not name.strip() or name != name.strip() or "\n" in name:
        raise StudyError("study.name_of_question", name=name)
    check_seen(name, "question")
    return name
