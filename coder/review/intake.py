"""A file in: what somebody gave, what its columns seem to be for, what would follow, and then, when they say so, done.

Nothing is written in a study before `add`. What was given lies in a folder of its own until the program ends.
"""

import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from filecmp import cmp
from functools import cached_property
from itertools import islice
from pathlib import Path
from secrets import token_urlsafe
from tempfile import mkdtemp
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pandas as pd
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from coder.codebook import Code, Codebook
from coder.coding import Coding
from coder.corpus import TEXT, Corpus, thousand
from coder.errors import CoderError, DataError
from coder.files import roles
from coder.files.answers import Answers, answers_in
from coder.files.cells import DATABASES, SPREADSHEETS, TEXTS, read_cells, write_first_rows
from coder.files.codebooks import import_codebook
from coder.files.codebooks.tabular import is_codebook
from coder.files.documents import ENDINGS, each_document, known_attributes
from coder.files.published_by_content import find_table, published_of, year_of
from coder.files.sheets import Sheet, TableFile
from coder.files.wave_files import is_header, read_published
from coder.languages.language import language_of, likely_language, no_answers
from coder.note import Note, some
from coder.reports.shown import shown
from coder.review.begin_page import beside
from coder.review.intake_proposals import apart, common_name, known, short_name
from coder.review.live_question import OTHER, has_codes
from coder.review.requests import Data, PageError, fields
from coder.study import Question, Study
from coder.study.answer_versions import WAVE
from coder.study.database import files_folder
from coder.study.documents import DocumentSet
from coder.study.exchange import as_background, enter, in_wave
from coder.study.question import Roles
from coder.tables.documents_read import remarks
from coder.tables.respondents import Duplicates, find_same_ids
from coder.tables.table import Table
from coder.words import checked, chosen, languages, say

TABLE, DOCUMENTS, PUBLISHED, CODEBOOK, STUDY_FILE = "table", "documents", "published", "codebook", ".study"
_CODEBOOKS = (".yaml", ".yml", ".qdc")
"""Files that can be nothing but a codebook; a table may be one too."""
_TABLES = (*SPREADSHEETS, *DATABASES, *(one for one in TEXTS if one != ".txt"))
_LONGEST_NAME, _LONGEST, _LONGEST_WORDING = 120, 100, 1_000
_SILENT_SHOWN, _FIRST, _SHOWN = 6, 5, 8
_FORMS, _IDS = 12, 10
_MOST_CODES = 500
_MOST_DRAFTS = 20
_LARGE = 16 * 2**20
"""Of a text with more bytes than this the first are looked at, and all of it is read when it is added."""
_HEARD = 500
"""So many answers of a column tell its language."""


@dataclass
class Draft:
    """Files that somebody gave and did not add yet, and how far the adding is."""

    folder: Path
    files: list[Path] = field(default_factory=list)
    step: Note | None = None
    done: int = 0
    total: int = 1
    thread: threading.Thread | None = None
    error: Note | None = None
    to: str = ""
    stopped: bool = False
    notes: Sequence[Note] = ()
    beyond: int = 0
    _sheets: dict[tuple[str, int | None], Sheet] = field(default_factory=dict)

    @property
    def busy(self) -> bool:
        """Whether it is being added."""
        return self.thread is not None and self.thread.is_alive()

    @cached_property
    def kind(self) -> str:
        """What it seems to be: a table of answers, one that was published, a codebook, or documents.

        A table beside documents has what is known of them.
        """
        if self.files[0].suffix.lower() in _CODEBOOKS:
            return CODEBOOK
        if any(_is_document(path) for path in self.files):
            return DOCUMENTS
        if _is_published(self.file):
            return PUBLISHED
        return CODEBOOK if _is_codebook(self.file) else TABLE

    @property
    def kinds(self) -> tuple[str, ...]:
        """What it may be as well, for somebody to say: a table can be any of three things."""
        alone = self.kind != DOCUMENTS and self.files[0].suffix.lower() not in (*_CODEBOOKS, *DATABASES)
        return (TABLE, PUBLISHED, CODEBOOK) if alone else (self.kind,)

    def kind_of(self, data: Data) -> str:
        """What it is: as somebody says, or as it seems."""
        asked = str(data.get("kind") or "")
        return asked if asked in self.kinds else self.kind

    @property
    def texts(self) -> list[Path]:
        """The documents."""
        return [path for path in self.files if _is_document(path)]

    @property
    def name(self) -> str:
        """What a study of it may be called: as the file, or what the names of the documents have in common."""
        texts = self.texts if self.kind == DOCUMENTS else []
        return common_name([path.stem for path in texts]) if texts else self.files[0].stem

    def published(self, data: Data) -> TableFile:
        """The file as a table that was published, on the sheet that is meant."""
        return replace(self.file, sheet=str(data.get("sheet") or ""), notes=[])

    @cached_property
    def file(self) -> TableFile:
        """The first file as a table, which is read once; of a very large text its first rows, with others `beyond`."""
        path, self.beyond = self.files[0], 0
        if path.suffix.lower() in TEXTS and path.stat().st_size > _LARGE:
            first = self.folder / "first" / path.name
            first.parent.mkdir(exist_ok=True)
            follow = write_first_rows(path, first, _LARGE)
            self.beyond = follow or 0
            return TableFile(path if follow is None else first)
        return TableFile(path)

    def sheet(self, data: Data, *, whole: bool = False) -> Sheet:
        """The table that is meant: its sheet, and how many rows its names take; `whole` where it is very large too.

        Of one that was read as a whole all rows are looked at from then on, until `forget_rows`.
        """
        rows = data.get("header_rows")
        asked = str(data.get("sheet") or ""), rows if type(rows) is int else None
        if self.beyond and whole:
            self._sheets[asked] = TableFile(self.files[0], *asked).read({})
            self.beyond = 0
        if asked not in self._sheets:
            self._sheets[asked] = replace(self.file, sheet=asked[0], header_rows=asked[1], notes=[]).read({})
        return self._sheets[asked]

    def take(self, path: Path) -> None:
        """Take up a file, or another one of the same name."""
        if path not in self.files:
            self.files.append(path)
        self.forget_rows()

    def forget_rows(self) -> None:
        """Read the files again when they are looked at again."""
        for name in ("kind", "file"):
            self.__dict__.pop(name, None)
        self._sheets.clear()

    def tell(self, step: str, done: int, total: int) -> None:
        """How far it is. Raises `_StoppedError` where somebody said to stop."""
        self.step, self.done, self.total = Note(step), done, max(1, total)
        if self.stopped:
            raise _StoppedError


class _StoppedError(Exception):
    """Somebody said to stop."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be added: the table, what each column is for, the question of each column of answers, and the wave.

    Of rows with one id the table has one, that which is to be kept ("first", "last", or "" while nobody chose);
    `doubles` are those rows, None where no column is the id; `doubles_of_waves` is whether one id is of several waves.
    """

    sheet: Sheet
    roles: Mapping[str, str]
    names: Mapping[str, str]
    wordings: Mapping[str, str]
    wave: str
    whose: str
    empty_is_none: bool = False
    keep: str = ""
    doubles: Duplicates | None = None
    doubles_of_waves: bool = False

    def of(self, role: str) -> list[str]:
        """The columns that are for this."""
        return [column for column, one in self.roles.items() if one == role]

    def answers(self, column: str) -> Answers:
        """The answers of a column; numbers are ids where no column has any. Raises `DataError` as reading does."""
        id_ = next(iter(self.of(roles.ID)), None)
        asked = {column: "--text", **({id_: "--id"} if id_ else {})}
        return answers_in(self.sheet, asked, text=column, id=id_)

    def corpus(self, column: str, weight: str = "") -> Corpus:
        """The answers of a column, with the columns that are kept, their waves, and their weights under this name."""
        found = self.answers(column).corpus
        others = [one for one in self.of(roles.OPEN) if one != column]
        drop = {*self.of(roles.LEFT_OUT), *self.of(roles.CODES), *others} - {TEXT}
        units = found.units.drop(columns=[one for one in found.units if one in drop])
        of_wave = next(iter(self.of(roles.WAVE)), None)
        if of_wave != WAVE:  # a column that is called so and is something else
            units = units.rename(columns={WAVE: f"{WAVE}_"}).rename(columns={of_wave: WAVE} if of_wave else {})
        if weight and (mine := next(iter(self.of(roles.WEIGHT)), None)) and weight not in units:
            units = units.rename(columns={mine: weight})  # as it is called in the waves before
        return as_background(Corpus(units, self.names[column]), exported=False)[0]

    def check_doubles(self) -> None:
        """Raise `PageError` where ids occur more than once and nobody said which row is kept."""
        if self.doubles is not None and not self.doubles.frame.empty and not self.keep:
            ids = self.doubles.frame["id"].unique().tolist()
            raise PageError("doubles_undecided", column=self.of(roles.ID)[0], count=len(ids), ids=some(ids, _IDS))

    def waves(self, corpus: Corpus) -> dict[str, "pd.Index[str]"]:
        """The ids of the answers of each wave: of the one that was typed, or of those in their column."""
        if WAVE not in corpus.units:
            return {self.wave: corpus.ids}
        cells = corpus.units[WAVE].astype(str).str.strip()
        return {str(wave): cells.index[(cells == wave).to_numpy()] for wave in cells.unique()}


class Intake:
    """What was given and is not added. `open_study` opens the study of a key, `put` puts a place on the shelf.

    `place_for` tells where a new study of a name is made.
    """

    def __init__(
        self,
        who: str,
        open_study: Callable[[str], Study],
        put: Callable[[str | Path], str],
        place_for: Callable[[str], Path],
    ) -> None:
        self.who, self.open_study, self.put, self.place_for = who, open_study, put, place_for
        self._drafts: dict[str, Draft] = {}
        self._naming = threading.Lock()

    async def upload(self, request: Request) -> Response:
        """Take the bytes of a file, as they come; those of a further file go to the same draft."""
        name = Path(request.query_params.get("name", "").replace("\\", "/").replace("\0", "")).name[-_LONGEST_NAME:]
        if name.lower().endswith(STUDY_FILE):
            raise PageError("dropped_study", name=name)
        key = request.query_params.get("draft", "")
        draft = self._drafts.get(key)
        if draft is None:
            key, draft = token_urlsafe(9), Draft(Path(mkdtemp(prefix="coder-")))
            self._drafts[key] = draft
            for old in [one for one in self._drafts if not self._drafts[one].busy][:-_MOST_DRAFTS]:
                self._forget(old)
        path = draft.folder / (name or "file")
        if not (_is_document(path) or path.suffix.lower() in (*_TABLES, *_CODEBOOKS, ".txt")):
            raise PageError("dropped_kind", name=name, kinds=sorted({*_TABLES, *_CODEBOOKS, *ENDINGS}))
        with path.open("wb") as file:
            async for part in request.stream():
                await run_in_threadpool(file.write, part)
        draft.take(path)
        return JSONResponse({"draft": key, "kind": await run_in_threadpool(lambda: draft.kind)})

    def draft(self, data: Data) -> Draft:
        """The draft that is meant. Raises `PageError` where the program was started again since."""
        key = fields(data, draft=str)["draft"]
        found = self._drafts.pop(key, None)
        if found is None:
            raise PageError("draft_gone")
        self._drafts[key] = found  # the one looked at last is thrown away last
        return found

    def forget(self, data: Data) -> Data:
        """Throw away what somebody gave."""
        self._forget(fields(data, draft=str)["draft"])
        return {}

    def stop(self) -> None:
        """Throw away everything that was not added."""
        for key in list(self._drafts):
            self._forget(key)

    # What is in it

    def preview(self, data: Data) -> Data:
        """What is in a table, or which documents there are."""
        draft, key = self.draft(data), str(data.get("study") or "")
        study = self.open_study(key) if key else None
        about = {"kinds": list(draft.kinds), "name": draft.name}
        kind = draft.kind_of(data)
        if kind == DOCUMENTS:
            return {**about, "kind": DOCUMENTS, "files": [_sized(path) for path in draft.files]}
        if kind == PUBLISHED:
            return {**about, "sheets": list(draft.file.sheets), **_published(draft.published(data))}
        if kind == CODEBOOK:
            return {**about, **_codebook(draft.files[0], study.facts["language"] if study is not None else "")}
        found: dict[str, Any] = {
            **about, "kind": TABLE, "file": draft.file.path.name, "sheets": list(draft.file.sheets),
        }  # fmt: skip
        try:
            sheet = draft.sheet(data)
        except DataError as error:  # another sheet or number of header rows may do
            named = replace(draft.file, sheet=str(data.get("sheet") or ""))
            return {**found, "error": str(error), "first": [row[:_SHOWN] for row in named.top()[:_FIRST]]}
        guesses = roles.guess_roles(sheet)
        columns = [_column(one) for one in guesses]
        names = apart([one["question"] for one in columns if one["role"] == roles.OPEN])
        for one in columns:
            one["question"] = names.pop(0) if one["role"] == roles.OPEN else one["question"]
        return {
            **found,
            **known(study, sheet, guesses, columns, draft.beyond),
            "rows": len(sheet.frame) + draft.beyond,
            "columns": columns,
            "language": _spoken(sheet, guesses),
            "notes": [say(note) for note in (*sheet.file.notes, *_of_first(draft, sheet))],
        }

    def counted(self, data: Data) -> Data:
        """What follows from what was chosen, before it is written: for each question what counts and what is new."""
        draft = self.draft(data)
        plan = _plan(draft.sheet(data), data)
        key, language = str(data.get("study") or ""), checked(str(data.get("language") or "nl"))
        study = self.open_study(key) if key else None
        questions = []
        weight = next(iter(plan.of(roles.WEIGHT)), "")
        for column in plan.of(roles.OPEN):
            corpus = plan.corpus(column)
            name = plan.names[column]
            here = study is not None and name in study.questions()
            forms = study[name].no_answer() if study is not None and here else None
            spoken = language_of(study.facts["language"] if study is not None else language)
            silent = no_answers(corpus, forms, spoken)
            said = corpus.texts[silent].str.strip()
            forms_found = said[said != ""].value_counts()
            one: dict[str, Any] = {
                "name": name, "column": column, "units": len(corpus), "answered": int((~silent).sum()),
                "empty": int((said == "").sum()), "silent": int((said != "").sum()),
                "forms": [[str(form), int(times)] for form, times in forms_found.head(_FORMS).items()],
                "more_forms": max(0, len(forms_found) - _FORMS),
                "waves": sorted({*plan.waves(corpus)} - {""}),
            }  # fmt: skip
            weights = Roles(weight=weight).weights(corpus)
            if weight and (read := thousand(corpus.units[weight].astype(str))):
                one["notes"] = [say(Note("page.weights_thousand", column=weight, **read))]
            elif weights is not None and (bad := int((~(weights > 0)).sum())):
                one["notes"] = [say(Note("page.weights_bad", column=weight, count=bad))]
            one["notes"] = [*one.get("notes", []), *map(say, _of_first(draft, plan.sheet))]
            one["codes"] = [say(note) for note in self._given(plan, column, study)]
            if study is not None and here and not draft.beyond:  # of a part it cannot be said what is gone
                added = study[name].compared(corpus, wave=plan.wave)
                counts = {kind: len(getattr(added, kind)) for kind in ("new", "same", "changed", "background", "gone")}
                texts = added.texts.head(_SILENT_SHOWN).to_dict("records")
                one |= {
                    "beside": counts,
                    "texts": texts,
                    "notes": [*one.get("notes", []), *(say(note) for note in added.notes)],
                }
            questions.append(one)
        return {"questions": questions, "doubles": _doubles(plan, further=draft.beyond > 0)}

    def _given(self, plan: Plan, column: str, study: Study | None) -> list[Note]:
        """How many codes come in, and of whom."""
        who = plan.whose or self.who
        found = []
        for coding, _ in _codings(plan, column, study):
            given = coding.pairs()
            about = {"codes": len(given), "with_code": given["unit"].nunique(), "count": len(coding.seen)}
            found.append(Note("page.counts_codes", who=who, **about))
        return found

    # Adding

    def add(self, data: Data) -> Data:
        """Begin to add what was chosen; `adding` tells how far it is."""
        draft = self.draft(data)
        if draft.thread is not None and draft.thread.is_alive():
            return self.adding(data)
        draft.error, draft.to, draft.stopped, draft.done = None, "", False, 0
        ways = {DOCUMENTS: self._add_documents, PUBLISHED: self._add_published, CODEBOOK: self._add_codebook}
        work = ways.get(draft.kind_of(data), self._add_table)
        if draft.kind_of(data) == TABLE:
            _plan(draft.sheet(data), data).check_doubles()  # what is wrong is said at once
        draft.thread = threading.Thread(
            target=copy_context().run, args=(self._added, work, draft, dict(data)), daemon=True
        )  # in the language of who asks
        draft.thread.start()
        return self.adding(data)

    def adding(self, data: Data) -> Data:
        """How far the adding is: `busy`, and then `to` or an `error`."""
        draft = self.draft(data)
        busy = draft.busy
        found: dict[str, Any] = {
            "busy": busy,
            "done": draft.done,
            "total": draft.total,
            "step": say(draft.step) if draft.step else "",
        }
        if not busy:
            found |= {"to": draft.to, "error": say(draft.error) if draft.error else "", "stopped": draft.stopped}
            found["notes"] = [say(note) for note in draft.notes]
        return found

    def stop_adding(self, data: Data) -> Data:
        """Stop after what is being done now; what was added stays added."""
        self.draft(data).stopped = True
        return {}

    def _added(self, work: Callable[[Draft, Data], str], draft: Draft, data: Data) -> None:
        try:
            draft.to = work(draft, data)
        except _StoppedError:
            pass
        except CoderError as error:
            draft.error = error.note
        except Exception as error:  # noqa: BLE001 (a thread ends with a word; its message may hold an answer)
            draft.error = Note("study.work_failed", why=type(error).__name__)

    def _study(self, data: Data, draft: Draft) -> tuple[Study, Path | str, bool]:
        """The study to add to: an open one, or a new one, which is there from now on."""
        if key := data.get("study"):
            study = self.open_study(str(key))
            return study, str(study.place), False
        name = _name(data, draft)
        whole = self.place_for(name)
        place = whole.with_name(f".{token_urlsafe(9)}{whole.suffix}{_UNFINISHED}")  # a study when all of it is there
        return Study.create(place, name=name, language=checked(str(data.get("language") or "nl"))), place, True

    def _finished(self, part: Path, name: str) -> Path:
        """Give a study that is whole its name; where two are made of one name the second has a number."""
        with self._naming:
            whole = self.place_for(name)
            part.replace(whole)
        return whole

    def _add_table(self, draft: Draft, data: Data) -> str:
        further = draft.beyond > 0
        plan = _plan(draft.sheet(data, whole=True), data)
        plan.check_doubles()
        study, place, new = self._study(data, draft)
        try:
            had = {column: _had(study, plan.names[column]) for column in plan.of(roles.OPEN)}
            corpora = {column: plan.corpus(column, one.weight) for column, one in had.items()}
            codings = {column: _codings(plan, column, study) for column in had}  # what is wrong is said before all else
            for done, (column, corpus) in enumerate(corpora.items()):
                draft.tell("page.adding_answers", done, len(corpora))
                question = study[plan.names[column]]
                question.add_answers(corpus, wave=plan.wave, accept=True, who=self.who, source=draft.files[0].name)
                question.set_roles(_roles(plan, column, had[column]), self.who)
                self._enter(plan.waves(corpus), codings[column], question, draft.files[0].name, plan.whose)
        except BaseException:
            if new:
                study.close()
                Path(place).unlink(missing_ok=True)
            raise
        if new:
            study.close()
            place = self._finished(Path(place), _name(data, draft))
        draft.forget_rows()
        if further and plan.doubles is not None and (count := int(plan.doubles.dropped.sum())):
            draft.notes = [Note("facts.dropped", count=count)]  # not all of them were seen before
        first = plan.names[next(iter(corpora))]
        return f"{self.put(place)}?{urlencode({'question': first})}"

    def _enter(
        self, waves: Mapping[str, "pd.Index[str]"], codings: "_Codings", question: Question, source: str, whose: str
    ) -> None:
        """Take over the codes in the file, as those of whom it says."""
        for coding, book in codings:
            if book is not None:
                question.set_codebook(book, self.who, source)
            for wave, units in waves.items():
                enter(
                    question, in_wave(question, coding.take(units), wave), whose or self.who, accept=True, source=source
                )

    def _add_published(self, draft: Draft, data: Data) -> str:
        asked = fields(data, study=str, question=str, wave=str)
        if not asked["study"] or not asked["question"]:
            raise PageError("published_of_which")
        if not asked["wave"].strip():
            raise PageError("published_when")
        study = self.open_study(asked["study"])
        question, rows = study[asked["question"]], _rows_of(published_of(draft.published(data)))
        wave = asked["wave"].strip()[:_LONGEST]
        question.set_published(wave, rows, self.who)
        where = urlencode({"question": question.name, "page": "results", "then": wave, "picture": "change"})
        return f"{self.put(study.place)}?{where}"

    def _add_codebook(self, draft: Draft, data: Data) -> str:
        """Make it the codebook of a question or of documents; one that is there is revised by it."""
        asked = fields(data, study=str, question=str)
        if not asked["study"] or not asked["question"]:
            raise PageError("codebook_of_which")
        study, path = self.open_study(asked["study"]), draft.files[0]
        question, book = study[asked["question"]], import_codebook(path, language=study.facts["language"]).book
        if question.codebooks().empty:
            question.set_codebook(beside(book, [OTHER]), self.who, path.name)
        elif not has_codes(question.codebook()):
            question.change_codebook(lambda _now: beside(book, [OTHER]), self.who, path.name)
        else:
            question.set_codebook(book, self.who, path.name)
        kind = "documents" if question.name in study.document_sets() else "question"
        return f"{self.put(study.place)}?{urlencode({kind: question.name})}"

    def _add_documents(self, draft: Draft, data: Data) -> str:
        texts = draft.texts
        tables = [path for path in draft.files if path not in texts]
        known = known_attributes(texts, tables[0] if tables else None, str(data.get("wave") or ""))
        study, place, new = self._study(data, draft)
        sets = study.document_sets()
        kept = study.documents(str(data.get("set") or (sets[0] if sets else say(Note("page.documents_set")))))
        read: list[Path] = []
        wrong: list[Note] = []
        try:
            self._read_in(draft, kept, known, texts, read, wrong)
        except (_StoppedError, CoderError) as error:  # what was added stays added
            if not read:
                raise
            wrong += [error.note] if isinstance(error, CoderError) else []
        finally:
            if new:
                study.close()
                if not read:
                    Path(place).unlink(missing_ok=True)
        if wrong and not read:
            raise PageError("no_document_read", why=list(islice(wrong, _SILENT_SHOWN)))
        draft.notes = wrong
        if new:
            place = self._finished(Path(place), _name(data, draft))
        for path in read:
            _keep_file(path, place)
        return f"{self.put(place)}?{urlencode({'documents': kept.name})}"

    def _read_in(
        self,
        draft: Draft,
        kept: DocumentSet,
        known: pd.DataFrame,
        texts: Sequence[Path],
        read: list[Path],
        wrong: list[Note],
    ) -> None:
        """Add each document as it comes: `read` are the files of those that were, `wrong` what is to be told."""
        for path, one in each_document(texts, draft.tell):
            if isinstance(one, DataError):
                wrong += remarks(one)
                continue
            done = kept.add([one], known.loc[[one.name]], who=self.who, accept=True)
            wrong += [Note("page.document_known", name=name, other=other) for name, other in done.known.items()]
            read += [] if done.known else [path]

    def _forget(self, key: str) -> None:
        draft = self._drafts.pop(key, None)
        if draft is not None:
            draft.stopped = True
            shutil.rmtree(draft.folder, ignore_errors=True)


def _keep_file(path: Path, place: str | Path) -> None:
    """Keep a PDF beside the study, so that its pages can be seen."""
    folder = files_folder(place)
    if folder is not None and path.suffix.lower() == ".pdf":
        with suppress(OSError):  # the text is in the study without it
            folder.mkdir(exist_ok=True)
            free = (folder / name for name in (path.name, *(f"{path.stem} {number}.pdf" for number in range(2, 1000))))
            shutil.copyfile(path, next(one for one in free if not one.exists() or cmp(one, path, shallow=False)))


def _of_first(draft: Draft, sheet: Sheet) -> list[Note]:
    """That a very large file was looked at in part."""
    return [Note("page.first_rows", count=len(sheet.frame))] if draft.beyond else []


_UNFINISHED = ".part"


def _name(data: Data, draft: Draft) -> str:
    """What a new study is called: as somebody says, or as its file."""
    return str(data.get("name") or draft.name or draft.files[0].stem).strip()[:_LONGEST]


_Codings = list[tuple[Coding, Codebook | None]]


def _codings(plan: Plan, column: str, study: Study | None) -> "_Codings":
    """The codes in the file, read by the codebook that there is; with a codebook of these where there is none."""
    name, book = plan.names[column], None
    if study is not None and name in study.questions() and not study[name].codebooks().empty:
        book = study[name].codebook()
    fresh = book is None or not has_codes(book)
    found = []
    for of_codes in plan.of(roles.CODES):
        coding = plan.answers(column).coding(of_codes, None if fresh else book, empty_is_none=plan.empty_is_none)
        language = study.facts["language"] if study is not None else "nl"
        found.append((coding, _book_of(coding.pairs()["code"], name, language) if fresh else None))
    return found


def _had(study: Study, name: str) -> Roles:
    return study[name].roles() if name in study.questions() else Roles()


def _is_document(path: Path) -> bool:
    ending = path.suffix.lower()
    if ending == ".txt":  # a table that a program wrote has columns
        with suppress(CoderError, OSError):
            return not path.is_file() or max(map(len, read_cells(path).rows[:20]), default=0) < 2  # noqa: PLR2004
    return ending in ENDINGS and ending not in _TABLES


def _is_published(file: TableFile) -> bool:
    """Whether a table is one of ranks and labels that reads as such, and not one of answers with such a column."""
    try:
        if not any(is_header({cell.strip() for cell in row}) for row in file.top()):
            found = find_table(file)
            return found is not None and found.sure and len(found.rows) <= _LONGEST
        table, sheet = read_published(file), file.read({}, header=is_header)
        several = [one for one in roles.guess_roles(sheet) if one.role == roles.OPEN]
    except DataError as error:
        return error.note.key not in ("files.no_rank", "files.neither")
    except OSError:
        return False
    return len(table.frame) <= _LONGEST and len(several) <= 1


def _is_codebook(file: TableFile) -> bool:
    """Whether a table has the columns of a codebook, and each label once."""
    try:
        if not any(map(is_codebook, file.top())):
            return False
        book = import_codebook(file.path).book
    except (CoderError, OSError):
        return False
    return len(book.codes) <= _MOST_CODES


def _codebook(path: Path, language: str) -> dict[str, Any]:
    """What a codebook has, or why it cannot be read."""
    found: dict[str, Any] = {"kind": CODEBOOK, "file": path.name}
    try:
        read = import_codebook(path, language=language)
    except CoderError as error:
        return {**found, "error": str(error)}
    book, left = read.book, read.left_out
    notes = [*read.notes, *([Note("page.begin_left_out", count=len(left), term=left[0])] if left else [])]
    rows = [[str(code.number), book.label(code.id, chosen()), code.definition] for code in book.codes]
    return {**found, "first": rows, "notes": [say(note) for note in notes]}


def _published(file: TableFile) -> dict[str, Any]:
    """What a table that was published says, or why it cannot be read."""
    found: dict[str, Any] = {"kind": PUBLISHED, "file": file.path.name}
    try:
        table = published_of(file)
    except DataError as error:
        return {**found, "error": str(error), "first": [row[:_SHOWN] for row in file.top()[:_FIRST]]}
    there = find_table(file)
    frame = table.frame.astype({"n": "Int64"})  # looked at when it was read
    heads = {**table.shown, "n": Note("tables.n"), "percent": Note("tables.percent")}
    seen = shown(replace(table, frame=frame, shown=heads))
    return {**found, "first": [list(seen.headings), *map(list, seen.rows)], "base": table.base,
            "wave": year_of(file.path.stem, *(there.around if there is not None else ()))}  # fmt: skip


def _spoken(sheet: Sheet, guesses: Sequence[roles.Guess]) -> str:
    """The language that the answers seem to be in, of those that the page offers; "" where that is not clear."""
    answers = [cell for one in guesses if one.role == roles.OPEN for cell in sheet.frame[one.column].head(_HEARD)]
    found = likely_language(answers)
    return found if found in languages() else ""


def _plan(sheet: Sheet, data: Data) -> Plan:
    """What was chosen. Raises `PageError` where it cannot be done, with what to choose in its place."""
    asked = fields(data, roles=dict, names=dict, wordings=dict)
    chosen = {column: role for column, role in asked["roles"].items() if column in sheet.frame and role in roles.ROLES}
    has_waves = roles.WAVE in asked["roles"].values()
    wave, whose = (str(data.get(name) or "").strip()[:_LONGEST] for name in ("wave", "whose"))
    called, wordings = _texts(asked["names"]), _texts(asked["wordings"])
    plan = Plan(
        sheet,
        chosen,
        called,
        wordings,
        "" if has_waves else wave,
        whose,
        empty_is_none=data.get("empty_is_none") is True,
    )
    if not plan.of(roles.OPEN):
        raise PageError("choose_open")
    for role in (roles.ID, roles.WEIGHT, roles.WAVE):
        if len(twice := plan.of(role)) > 1:
            raise PageError(f"one_{role}", columns=twice)
    names = [plan.names.get(column, "") for column in plan.of(roles.OPEN)]
    if long := [name for name in names if len(name) > _LONGEST]:
        raise PageError("question_long", name=long[0], most=_LONGEST)
    if not all(names):
        raise PageError("question_without_name")
    if len(set(names)) < len(names):
        raise PageError("questions_alike", name=next(one for one in names if names.count(one) > 1))
    if plan.of(roles.CODES) and len(plan.of(roles.OPEN)) > 1:
        raise PageError("codes_of_which", columns=plan.of(roles.CODES))
    return _once(plan, keep if (keep := data.get("keep")) in ("first", "last") else "")


def _once(plan: Plan, keep: str) -> Plan:
    """The plan with one row of each id: what follows is counted with the first while nobody chose."""
    column = next(iter(plan.of(roles.ID)), None)
    if column is None:
        return plan
    frame = plan.sheet.frame
    ids = frame[column].str.strip()
    if (empty := np.flatnonzero((ids == "").to_numpy())).size:
        raise PageError("ids_empty", column=column, count=empty.size, rows=some((empty + 1).tolist(), _IDS))
    left_out = [one for one in map(str, frame) if plan.roles.get(one, roles.LEFT_OUT) == roles.LEFT_OUT]
    found = find_same_ids(frame, id=column, ignore=left_out, keep=keep or "first")
    once = replace(plan.sheet, frame=found.kept(frame).reset_index(drop=True))
    double = frame.assign(**{column: ids})[ids.isin(found.frame["id"])]
    of_waves = any(double.drop_duplicates([column, one])[column].duplicated().any() for one in plan.of(roles.WAVE))
    return replace(plan, sheet=once, keep=keep, doubles=found, doubles_of_waves=of_waves)


def _doubles(plan: Plan, *, further: bool) -> Mapping[str, Any] | None:
    """What is said of the ids that occur more than once, None where none does; with `further` rows not yet read."""
    if plan.doubles is None or plan.doubles.frame.empty:
        return None
    frame, column = plan.doubles.frame, plan.of(roles.ID)[0]
    ids = frame["id"].unique()
    other = set(frame["id"][frame["why"] == "other_answers"])
    each = []
    for one in ids[:_IDS]:
        mine = frame[frame["id"] == one]
        rows = sorted({*mine["row"].tolist(), *mine["kept_row"].tolist()})
        each.append(Note("page.double_other" if one in other else "page.double_same", id=one, rows=some(rows, _IDS)))
    if len(ids) > _IDS:
        each.append(Note("words.more", count=len(ids) - _IDS))
    same = len(ids) - len(other)
    equal = "page.doubles_differ" if not same else "page.doubles_some_equal" if other else "page.doubles_equal"
    says = [Note("page.doubles", column=column, count=len(ids)), Note(equal, count=same)]
    says += [Note("facts.dropped", count=int(plan.doubles.dropped.sum()))]
    says += [Note("page.doubles_waves")] if plan.doubles_of_waves else []
    says += [Note("page.doubles_further")] if further else []
    return {"says": [say(note) for note in says], "each": [say(note) for note in each]}


def _roles(plan: Plan, column: str, had: Roles) -> Roles:
    """What the study keeps of what the columns are for; what a later file does not say stays as it was."""
    return Roles(
        plan.wordings.get(column) or had.wording,
        had.weight or next(iter(plan.of(roles.WEIGHT)), ""),
        tuple(dict.fromkeys([*had.groups, *plan.of(roles.GROUP)])),
    )


def _texts(given: Mapping[Any, Any]) -> dict[str, str]:
    return {str(column): " ".join(str(text).split())[:_LONGEST_WORDING] for column, text in given.items()}


def _book_of(given: "pd.Series[str]", name: str, language: str) -> Codebook:
    """A codebook of the codes that occur in a file, the most frequent first, in the language of the study."""
    found = [str(code) for code in given.value_counts().index if str(code) != OTHER.id]
    codes = tuple(Code(code, number, {language: code}) for number, code in enumerate(found, start=1))
    return Codebook((*codes, replace(OTHER, number=max(99, len(codes) + 1))), name=name, language=language)


def _rows_of(table: Table) -> list[list[str]]:
    """A table that was published as rows of cells that read as it did: percentages with their sign, and the base."""

    def cell(value: Any, sign: str = "") -> str:  # noqa: ANN401 (a cell of a frame)
        return "" if pd.isna(value) else f"{value:g}{sign}" if isinstance(value, float) else str(value)

    frame = table.frame
    rows = [
        [cell(rank), str(label), cell(n), cell(percent, "%")]
        for rank, label, n, percent in zip(*(frame[name] for name in ("rank", "label", "n", "percent")), strict=True)
    ]
    base = [] if table.base is None else [[f"N = {table.base}", "", "", ""]]
    return [["Plaats", "Code", "n", "%"], *rows, *base]


def _column(one: roles.Guess) -> dict[str, Any]:
    """What is shown of a column; a question is called by it, and worded as the file has it or as the column asks."""
    name = " ".join(one.column.split())
    wording = one.wording or (name if name.endswith("?") or short_name(name) != name else "")
    return {
        "name": one.column, "role": one.role, "why": say(one.why), "values": one.examples,
        "question": short_name(name), "wording": wording,
    }  # fmt: skip


def _sized(path: Path) -> Mapping[str, Any]:
    return {"name": path.name, "bytes": path.stat().st_size, "table": not _is_document(path)}
