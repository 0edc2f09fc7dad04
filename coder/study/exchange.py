"""The steps of the job on a study: what a file says somebody decided, what machines propose, what goes out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from coder.codebook import Codebook
from coder.coding import Coding
from coder.corpus import TEXT, Corpus
from coder.errors import CoderError, DataError, StudyError
from coder.files.answers import Answers, answers_in, long_form, parse_codes
from coder.files.filled_sheets import Returned, read_returned
from coder.files.kinds import Kind, KindOf, kind_of, with_kinds
from coder.files.predicted import OPTION, PREFIX, prediction_cells, read_predictions
from coder.files.sample_sheets import check_unfilled
from coder.files.sheets import TableFile, TableSource, as_file
from coder.files.writing import write_sheets
from coder.jobs.machine import Machine
from coder.languages.language import answered, language_of
from coder.languages.nl.pipeline import BUNDLED
from coder.learning.predictions import Predictions
from coder.learning.sampling import DRAWN, PROBABILITY, RANDOM, STRATUM, TARGETED
from coder.methods.rules.engine import Rules
from coder.note import Note, Progress, silent
from coder.study import Decision, Question, Study
from coder.study.answer_versions import WAVE
from coder.study.decisions import NO, SEEN, YES
from coder.study.estimate_basis import ALL, DrawnParts, filed_of, seen_of
from coder.study.events import GOLD, MACHINE, At
from coder.study.question import usable
from coder.tables.frequency import top
from coder.tables.mentions import mentions
from coder.tables.table import Table

GOLD_COLUMN = "codes"
"""The column of the gold version; that of a coder is `codes_NAME`."""
UNIT = "unit"
_CODE = ["code", "number", "label"]
_OF_DRAW: dict[str, Kind] = {PROBABILITY: "number"}
_ROWS = 20_000
"""So many assignments are written at a time."""
_WRITTEN = (GOLD_COLUMN, "machine_codes", "final_codes")


@dataclass(frozen=True, slots=True)
class Entered:
    """What a file says that somebody decided, beside what the study has of them: units, and whether it was written.

    `new` were not coded by them, `same` as they are, `changed` otherwise.
    """

    new: tuple[str, ...]
    same: tuple[str, ...]
    changed: tuple[str, ...]
    accepted: bool


def enter(
    question: Question,
    coding: Coding,
    who: str,
    *,
    accept: bool = False,
    last: bool = False,
    source: str = "",
) -> Entered:
    """Take over a coding as what somebody decided: the codes given, and that the units were examined.

    What they decided already is not written again. Where they decided otherwise on a unit nothing is written
    unless `accept` says so; then the coding holds: codes it does not give them get "no". With `last` it is the
    last word on these units, for the gold version, and stands beside the last words that there are.
    """
    had = question.adjudicated() if last else question.state(who=who)
    before: dict[str, dict[str, str]] = {}
    for unit, code, verdict in zip(had["unit"], had["code"], had["verdict"], strict=True):
        before.setdefault(unit, {})[code] = verdict
    given = coding.pairs().groupby("unit")["code"].agg(list).to_dict()
    found: dict[str, list[str]] = {"new": [], "same": [], "changed": []}
    decisions: list[Decision] = []
    for unit in coding.seen:
        codes, old = [SEEN, *given.get(unit, [])], before.get(unit, {})
        now = {**{code: NO for code, verdict in old.items() if verdict != NO}, **dict.fromkeys(codes, YES)}
        new = [Decision(unit, code, verdict) for code, verdict in now.items() if old.get(code) != verdict]
        decisions += new
        found["same" if not new else "changed" if YES in old.values() else "new"].append(unit)
    write = bool(decisions) and (accept or not found["changed"])
    if write:
        (question.adjudicate if last else question.decide)(who, decisions, source)
    return Entered(**{name: tuple(units) for name, units in found.items()}, accepted=write or not decisions)


def enter_sheet(
    question: Question,
    path: Path,
    who: str,
    *,
    text: str,
    id: str | None,  # noqa: A002
    wave: str,
    accept: bool = False,
    last: bool = False,
) -> tuple[Entered, tuple[Note, ...]]:
    """Take over a sheet of `coder sample` that somebody filled in: codes, and how its answers were drawn.

    `text`, `id` and `wave` are as when it was drawn; of one drawn from an export (`id` "unit") `wave` may be "". The
    draw is kept in the background columns drawn, probability and stratum. Returns what was entered, and notes.
    """
    waves = question.units()[WAVE].unique()
    whole = "" if id == UNIT else wave or (waves[0] if len(waves) == 1 else "")
    units, gold, book = question.units(), question.coding(), question.codebook()

    def returned_to(units: pd.DataFrame) -> tuple[Answers, Returned]:
        answers = _as_answers(units, question, wave if id == UNIT else whole, text=text, id=id)
        coded = gold.seen.str.removeprefix(f"{whole}:")
        coded = coded[coded.isin(answers.corpus.ids)]
        return answers, read_returned(path, answers, text=text, id=id, codebook=book, coded=coded)

    answers, returned = returned_to(units)
    if returned.draw.empty:  # it may extend what was coded in random order
        then = int(gold.provenance["event"])
        draws = DrawnParts(
            question.name, question.codebook(at=then), question.no_answer(), gold, seen_of(question, then)
        )
        draws.add(units)
        known, draw = draws.drawn(filed_of(question, then))
        answers, returned = returned_to(_with_draw(units, draw, _draw_columns(known, draw)))
    coding = parse_codes(returned.codes, book, path.name)
    done = enter(question, in_wave(question, coding, whole), who, accept=accept, last=last, source=path.name)
    if done.accepted and len(returned.draw):
        kept = answers.corpus.units.loc[returned.draw.index, [TEXT, WAVE]].join(returned.draw)
        question.add_answers(Corpus(kept, question.name), accept=True, who=who, source=path.name)
    return done, returned.notes


def _as_answers(units: pd.DataFrame, question: Question, wave: str, *, text: str, id: str | None) -> Answers:  # noqa: A002
    """The answers of a question as a file would hold them; `text` and `id` are how the file calls them.

    Ids are those within the wave, or those of an export.
    """
    exported = id == UNIT
    if not (exported and not wave):
        units = units.loc[_of_wave(units, question, wave or None)]
    if wave and not exported:
        units = units.set_axis(units.index.str.removeprefix(f"{wave}:"), axis=0)
    sheet = units.rename(columns={TEXT: text}).fillna("").astype(str)
    if id:
        sheet[id] = units.index
    return Answers(Corpus(units, question.name), sheet.reset_index(drop=True), TableFile(Path(question.name)), text)


@dataclass(frozen=True, slots=True)
class Predicted:
    """What was kept of the predictions of a file: their name, of how many answers, and what was not kept.

    `without` answers of the question have none, rows `unknown` are none of its answers.
    """

    name: str
    answers: int
    without: int
    unknown: tuple[str, ...]


def add_predictions(
    question: Question,
    file: TableSource,
    columns: Sequence[str],
    who: str,
    *,
    id: str | None = None,  # noqa: A002
    wave: str = "",
    progress: Progress = silent,
) -> list[Predicted]:
    """Keep columns of predictions from elsewhere, each under its name; the same name again replaces what it had.

    `id` and `wave` are as when the answers were added; that an export calls a column predictions_NAME is no matter.
    Raises `DataError` as `read_predictions` does, and `StudyError` where no row is an answer of the question.
    """
    source, asked = as_file(file), {id: "--id"} if id else {}

    def has_them(names: set[str]) -> bool:
        begin = [(f"{column}:", f"{column}_") for column in columns if column not in names]
        return (not id or id in names) and all(any(one.startswith(two) for one in names) for two in begin)

    sheet = source.read(asked | dict.fromkeys(columns, OPTION), header=has_them)
    answers = answers_in(sheet, asked, text=None, id=id)
    book, known = question.codebook(), question.units().index
    read = [read_predictions(answers, column, book) for column in columns]
    found, units = [], pd.Index(_names(answers.corpus.ids, wave), dtype=str)
    here = units.isin(known)
    if not here.any():
        raise StudyError("study.not_answers", count=len(units), question=question.name, unit=units[0])
    names = [one.name for one in read]
    if twice := [name for name in names if names.count(name) > 1]:
        raise DataError("predictions.twice", name=twice[0])
    for one in read:
        scores = one.scores.set_axis(units, axis=0)[here].dropna()
        question.add_predictions(Predictions(one.name, scores), who=who, source=source.path.name, progress=progress)
        found.append(Predicted(one.name, len(scores), len(known) - len(scores), tuple(units[~here])))
    return found


def _names(units: "pd.Index[str]", wave: str) -> list[str]:
    """What the units of a file are called in the study."""
    return [f"{wave}:{unit}" if wave and not unit.startswith(f"{wave}:") else unit for unit in units]


def in_wave(question: Question, coding: Coding, wave: str) -> Coding:
    """The coding of a file, with units as the study calls them. Raises `StudyError` where it has not all of them."""
    known = set(question.units().index)
    names = dict(zip(coding.seen, _names(coding.seen, wave), strict=True))
    if missing := [unit for unit in coding.seen if names[unit] not in known]:
        raise StudyError("study.not_answers", count=len(missing), question=question.name, unit=missing[0])
    frame = coding.assignments.assign(unit=coding.assignments["unit"].map(names))
    return replace(coding, seen=coding.seen.map(names), assignments=frame.astype({"unit": str}), corpus=None)


@dataclass(frozen=True, slots=True)
class Proposals:
    """What a machine proposed: in which way, on how many units, how many with a code, and the models' scores."""

    way: str
    units: int
    with_code: int
    model: int
    scores: Mapping[str, float]


def propose(
    question: Question,
    who: str,
    *,
    no_answer: Sequence[str] | None = None,
    nlp: str = BUNDLED,
    seed: int = 1,
    progress: Progress = silent,
) -> Proposals:
    """Code all answers by the rules, or by what is best of rules and classifier where people coded enough.

    What is learned from is the gold version; the model is kept in the study. Answers that say nothing are not
    coded; `no_answer` is kept in the study, for whoever works on it.
    """
    corpus, book = question.corpus(), question.codebook()
    progress("progress.learning", 0, 2)
    untold = question.untold()
    decides = Machine.learned(corpus, question.taught(), book, rules=Rules(nlp), untold=untold, seed=seed)
    version = question.save_model(decides.model, who) if decides.model is not None else 0
    progress("progress.coding", 1, 2)
    if no_answer is not None:
        question.set_no_answer(who, no_answer)
    found = decides.code(answered(corpus, language_of(book.language), question.no_answer()))
    made_with = f"model {version}" if version else f"codebook {book.hash}"
    question.propose(found, who=who, model=made_with, progress=progress)
    return Proposals(found.coder, len(found.seen), found.assignments["unit"].nunique(), version, decides.scores)


def table(question: Question, *, wave: str | None = None, at: At = None, limit: int | None = 10) -> Table:
    """The frequency table of the gold version, with the state it was made from in its notes.

    Of a question with several waves `wave` says which, or `ALL`; raises `StudyError` where it does not.
    """
    coding = question.coding(at=at)
    then = int(coding.provenance["event"])  # so that what is written meanwhile is in none of it
    units = _of_wave(question.units(at=then), question, wave)
    book, open_ = question.codebook(at=then), units.intersection(question.unsettled(at=then))
    now = coding.take(units)
    corpus = question.corpus(at=then)
    says = answered(corpus, language_of(book.language), question.no_answer()).ids
    silent = len(units.difference(says).difference(now.seen).difference(open_))
    weights = usable(question.roles().weights(corpus), now.seen)
    counted = mentions(now, book, weight=weights, rows=len(units) - len(open_), unanswered=silent)
    made = top(counted, book, limit=limit)
    open_note = [Note("study.unsettled", count=len(open_))] if len(open_) else []
    facts = {name: coding.provenance[name] for name in ("study", "question", "event", "state")}
    notes = (*made.notes, *open_note, Note("study.made_from", **facts))
    return replace(made, notes=notes)


def _of_wave(units: pd.DataFrame, question: Question, wave: str | None) -> "pd.Index[str]":
    """The units of this wave, or of the only one there is."""
    waves = list(dict.fromkeys(units[WAVE]))
    if wave is None and len(waves) > 1:
        raise StudyError("study.choose_wave", question=question.name, waves=[repr(one) for one in waves], all=ALL)
    _check_wave(waves, question, wave)
    return units.index if wave in (None, ALL) else units.index[(units[WAVE] == wave).to_numpy()]


def export(
    question: Question, path: Path, *, wave: str = ALL, at: At = None, among: "pd.Index[str] | None" = None
) -> list[Path]:
    """Write the answers with their codes, of all waves or of one; returns the files written.

    With `among` those of these units alone; how they were drawn is said as of the whole wave.

    Columns: unit, wave, text, the background; `codes` (gold), `codes_NAME` of each coder, and where a machine
    proposed (and no earlier moment is asked for) `machine_codes` and `final_codes`: gold, else the machine's.
    `predictions_NAME` are those from elsewhere. `drawn`, `probability` and `stratum` say how the coded answers were
    drawn, where that is known: see `coder.study.estimate_basis.drawn`. Beside them every assignment in long form, the
    state that it was made from, the number and label of each code, and the last codes as a 0/1 column a code.
    """
    gold = question.coding(at=at)
    then = int(gold.provenance["event"])  # so that what is written meanwhile is in none of it
    codings = {GOLD_COLUMN: gold}
    for who in sorted(set(question.state(at=then)["who"])):
        codings[f"{GOLD_COLUMN}_{who}"] = question.coding(who, at=then)
    if at is None and MACHINE in _makers(question):
        codings[_WRITTEN[1]] = question.coding(MACHINE)
    predicted = {PREFIX + one.name: one for one in question.predictions()} if at is None else {}
    named = [coding.seen for coding in codings.values()] + [one.scores.index for one in predicted.values()]
    answers = _Exported(question, wave, then, gold, pd.Index(list(set().union(*named)), dtype=str), among)
    final = [_WRITTEN[2]] if _WRITTEN[1] in codings else []
    if taken := [name for name in (*codings, *final, *predicted, UNIT) if name in answers.columns]:
        raise DataError("study.own_column", column=taken[0])
    book = question.codebook(at=then)
    codings = {name: coding.take(answers.there) for name, coding in codings.items()}
    columns = {name: coding.cells(coding.seen, book.ids) for name, coding in codings.items()}
    if final:
        columns[_WRITTEN[2]] = columns[GOLD_COLUMN].combine_first(columns[_WRITTEN[1]])
    for name, one in predicted.items():
        scored = one.scores.index[one.scores.index.isin(answers.there)]
        columns[name] = pd.Series(prediction_cells(one, scored, book.ids), index=scored, dtype=str)
    long = (part for coding in codings.values() for part in _long_parts(coding))
    facts = pd.DataFrame(list(gold.provenance.items()), columns=["name", "value"])
    known = [(code.id, code.number, book.label(code.id)) for code in book.codes]
    last = [codings[name] for name in (_WRITTEN[1], GOLD_COLUMN) if name in codings]
    sheets: dict[str, pd.DataFrame | Iterable[pd.DataFrame]] = {
        "answers": answers.parts(columns),
        "assignments": long,
        "made_from": facts,
        "codebook": pd.DataFrame(known, columns=_CODE),
        "mentions": (_mentions(last, units, book) for units in answers.units()),
    }
    return write_sheets(path, sheets)


def _mentions(codings: Sequence[Coding], units: "pd.Index[str]", book: Codebook) -> pd.DataFrame:
    """A column a code, called by its id, with 1 where a unit has it and 0 where not; empty where nobody coded it.

    Of a unit that several codings saw the last counts.
    """
    has = np.full((len(units), len(book.ids)), -1, dtype=np.int8)
    for coding in codings:
        seen = np.flatnonzero(units.isin(coding.seen))
        has[seen] = coding.matrix(units[seen], book.ids)
    frame = pd.DataFrame(has, columns=pd.Index(book.ids), dtype="Int8").mask(has < 0)
    frame.insert(0, UNIT, units, allow_duplicates=True)  # a code may be called so
    return frame


def _long_parts(coding: Coding) -> Iterator[pd.DataFrame]:
    """The assignments in long form, so many at a time; one part at least."""
    for start in range(0, max(len(coding.assignments), 1), _ROWS):
        rows = np.arange(start, min(start + _ROWS, len(coding.assignments)))
        frame = coding.assignments.iloc[rows].reset_index(drop=True)
        yield long_form(replace(coding, assignments=frame, reasons=coding.reasons.take(rows), corpus=None))


class _Exported:
    """The answers of a wave (or `ALL`) at a moment, read some at a time, twice: for their columns, and to be written.

    With `among` those of these units alone. `there` are those units of `asked` that are among them. What a column holds
    follows from all of it, as where all is read at once.
    """

    def __init__(
        self,
        question: Question,
        wave: str,
        then: int,
        gold: Coding,
        asked: "pd.Index[str]",
        among: "pd.Index[str] | None" = None,
    ) -> None:
        self._question, self._wave, self._then, self._among = question, wave, then, among
        draws = DrawnParts(
            question.name, question.codebook(at=then), question.no_answer(), gold, seen_of(question, then)
        )
        here, waves, counted, kinds = np.zeros(len(asked), dtype=np.bool_), dict[str, None](), 0, dict[str, KindOf]()
        values: dict[str, dict[type, object]] = {}
        absent: dict[str, bool] = {}
        for part in question.parts(at=then):
            waves |= dict.fromkeys(part[WAVE])
            draws.add(self._of_wave(part))
            some = self._some(part)
            places = asked.get_indexer(some.index)
            here[places[places >= 0]] = True
            kinds.setdefault(UNIT, KindOf()).add(some.index)
            for name, cells in some.items():
                absent.setdefault(str(name), counted > 0)
                kinds.setdefault(str(name), KindOf()).add(cells.fillna("").astype(str).unique())
                values.setdefault(str(name), {}).update((type(cell), cell) for cell in cells.unique())
            absent |= {name: True for name in absent if len(some) and name not in some}
            counted += len(some)
        _check_wave(list(waves), question, wave)
        self.there = asked[here]
        self.columns = list(values)
        self._types = {name: _type_of([*one.values()], absent=absent[name]) for name, one in values.items()}
        known, self._draw = draws.drawn(filed_of(question, then))
        self._assigned = _draw_columns(known, self._draw)
        of_draw = {name: kind_of(self._draw[name].unique()) for name in self._assigned}
        self._kinds = {name: one.kind for name, one in kinds.items() if name != TEXT} | of_draw | _OF_DRAW

    def _of_wave(self, units: pd.DataFrame) -> pd.DataFrame:
        return units if self._wave == ALL else units[(units[WAVE] == self._wave).to_numpy()]

    def _some(self, units: pd.DataFrame) -> pd.DataFrame:
        """Those of these units that are asked for."""
        here = self._of_wave(units)
        return here if self._among is None else here[here.index.isin(self._among)]

    def units(self) -> Iterator["pd.Index[str]"]:
        """The ids of the answers, in the parts in which they are read; one part at least."""
        return (self._some(part).index for part in self._question.parts(at=self._then))

    def parts(self, beside: Mapping[str, "pd.Series[str]"]) -> Iterator[pd.DataFrame]:
        """The answers, and columns `beside` by unit, "" where a unit is not there; one part at least."""
        begun = False
        for part in self._question.parts(at=self._then):
            some = self._some(part)
            if begun and not len(some):
                continue
            begun = True
            sheet = some.reindex(columns=self.columns)
            sheet = sheet.astype({name: one for name, one in self._types.items() if one is not None})
            sheet = _with_draw(sheet, self._draw, self._assigned).reset_index()
            with_kinds(sheet, self._kinds)
            for name, cells in beside.items():
                sheet[name] = cells.reindex(some.index).fillna("").to_numpy()
            yield sheet


def _type_of(values: Sequence[object], *, absent: bool) -> Any:  # noqa: ANN401 (pandas has no name for it)
    """The type of a column with such cells, which some units have not where `absent`; None for one of texts."""
    rows = [{"cell": value} for value in values] + ([{}] if absent else [])
    found = pd.DataFrame(rows, columns=["cell"])["cell"].dtype
    return None if isinstance(found, pd.StringDtype) else found


def _check_wave(waves: Sequence[str], question: Question, wave: str | None) -> None:
    """Raise where a question with these waves has not this one."""
    if wave not in (None, ALL, *waves):
        key = "study.no_wave" if waves else "study.no_waves"
        raise StudyError(key, question=question.name, wave=wave, waves=[repr(one) for one in waves])


def _draw_columns(units: pd.DataFrame, draw: pd.DataFrame) -> list[str]:
    """The columns that say how units were drawn: none beside background of the same name, and none that are empty."""
    theirs = DRAWN in units and not set(units[DRAWN].fillna("")) <= {"", RANDOM, TARGETED}
    if theirs or (PROBABILITY in units and DRAWN not in units):
        return []
    ours = [name for name in (DRAWN, PROBABILITY) if draw[DRAWN].any()]
    return ours + ([STRATUM] if draw[STRATUM].any() and (STRATUM not in units or DRAWN in units) else [])


def _with_draw(units: pd.DataFrame, draw: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """The units with how they were drawn; nothing is known of those that `draw` has not."""
    return units.assign(**{name: draw[name].reindex(units.index).fillna("") for name in columns})


def as_background(corpus: Corpus, *, exported: bool) -> tuple[Corpus, list[str]]:
    """Answers to be added without the columns of codes that a study writes itself; and those columns.

    Of an `exported` study that is read again, without how answers were drawn too: the study knows that better.
    """
    begin = (f"{GOLD_COLUMN}_", PREFIX)
    ours = [name for name in map(str, corpus.units) if name in (UNIT, *_WRITTEN) or name.startswith(begin)]
    known = [name for name in (DRAWN, PROBABILITY, STRATUM) if exported and name in corpus.units]
    return Corpus(corpus.units.drop(columns=[*ours, *known]), corpus.name), ours


def write_disagreements(question: Question, path: Path) -> list[Path]:
    """Write the answers on which coders differ, to be settled: unit, text, `codes_NAME` of each, and `codes`, empty.

    Filled in, it is added with `enter(…, last=True)`. Raises `DataError` where a sheet at this path was filled in.
    """
    units = question.units(list(dict.fromkeys(question.disagreements()["unit"])))
    if not len(units):
        raise StudyError("study.nothing_open", question=question.name)
    check_unfilled(path, [GOLD_COLUMN])
    order = question.codebook().ids
    sheet = units[[WAVE, TEXT]].copy()
    for who in sorted(set(question.state(units=list(units.index))["who"])):
        sheet[f"{GOLD_COLUMN}_{who}"] = question.coding(who).take(units.index).cells(units.index, order)
    return write_sheets(path, {"answers": sheet.assign(**{GOLD_COLUMN: ""}).reset_index()})


def _makers(question: Question) -> set[str]:
    try:
        question.coding(MACHINE)
    except StudyError:
        return {GOLD}
    return {GOLD, MACHINE}


def codebook_of(question: Question) -> Codebook | None:
    """The codebook in use; None where there is none."""
    try:
        return question.codebook()
    except StudyError:
        return None


def coded_by(study: Study, name: str | None) -> Question:
    """What a codebook is for: the question or set of documents named, or the only one there is."""
    sets = study.document_sets()
    if name is None and len(sets) == 1 and not study.questions():
        return study[sets[0]]
    if not sets and not study.questions():
        raise CoderError("study.codebook_first")
    return only_question(study, name)


def only_question(study: Study, name: str | None) -> Question:
    """The question named, or the only one there is."""
    names = study.questions()
    if name is not None:
        return study[name]
    if len(names) == 1:
        return study[names[0]]
    if not names and (sets := study.document_sets()):
        raise CoderError("study.only_documents", sets=sets)
    if not names:
        raise CoderError("study.no_answers")
    raise CoderError("study.choose_question", count=len(names), questions=names)
