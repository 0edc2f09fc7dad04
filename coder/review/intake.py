"""A file in: what somebody gave, what its columns seem to be for, what would follow, and then, when they say so, done.

Nothing is written in a study before `add`. What was given lies in a folder of its own until the program ends.
"""

import shutil
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from secrets import token_urlsafe
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from coder.codebook import Code, Codebook
from coder.corpus import Corpus
from coder.documents import Document
from coder.errors import CoderError, DataError
from coder.files import roles
from coder.files.answers import Answers, answers_in
from coder.files.cells import DATABASES, SPREADSHEETS, TEXTS, read_cells
from coder.files.documents import ENDINGS, each_document, known_attributes
from coder.files.sheets import Sheet, TableFile
from coder.files.wave_files import is_header, read_published
from coder.languages.language import no_answers
from coder.note import Note
from coder.reports.shown import shown
from coder.review.requests import fields
from coder.review.routing import Data
from coder.review.served import OTHER
from coder.review.words import PageError
from coder.study import Question, Study
from coder.study.answers import WAVE
from coder.study.database import files_folder
from coder.study.exchange import as_background, enter, in_wave
from coder.study.question import Roles
from coder.tables.reading import remarks
from coder.words import checked, chosen, say, speaking

if TYPE_CHECKING:
    import pandas as pd

TABLE, DOCUMENTS, PUBLISHED, STUDY_FILE = "table", "documents", "published", ".study"
_TABLES = (*SPREADSHEETS, *DATABASES, *(one for one in TEXTS if one != ".txt"))
_LONGEST_NAME, _LONGEST, _LONGEST_WORDING = 120, 100, 1_000
_SILENT_SHOWN, _FIRST, _SHOWN = 6, 5, 8
_MOST_DRAFTS = 20


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
    _sheets: dict[tuple[str, int | None], Sheet] = field(default_factory=dict)

    @cached_property
    def kind(self) -> str:
        """Whether it is a table of answers, one that was published, or documents.

        A table beside documents has what is known of them.
        """
        if any(_is_document(path) for path in self.files):
            return DOCUMENTS
        with suppress(CoderError, OSError):  # said when it is shown
            if any(is_header({cell.strip() for cell in row}) for row in self.file.top()):
                return PUBLISHED
        return TABLE

    @cached_property
    def file(self) -> TableFile:
        """The first file as a table, which is read once."""
        return TableFile(self.files[0])

    def sheet(self, data: Data) -> Sheet:
        """The table that is meant: its sheet, and how many rows its names take."""
        rows = data.get("header_rows")
        asked = str(data.get("sheet") or ""), rows if type(rows) is int else None
        if asked not in self._sheets:
            self._sheets[asked] = replace(self.file, sheet=asked[0], header_rows=asked[1], notes=[]).read({})
        return self._sheets[asked]

    def take(self, path: Path) -> None:
        """Take up a file, or another one of the same name."""
        if path not in self.files:
            self.files.append(path)
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
    """What is to be added: the table, what each column is for, the question of each column of answers, and the wave."""

    sheet: Sheet
    roles: Mapping[str, str]
    names: Mapping[str, str]
    wordings: Mapping[str, str]
    wave: str
    whose: str

    def of(self, role: str) -> list[str]:
        """The columns that are for this."""
        return [column for column, one in self.roles.items() if one == role]

    def answers(self, column: str) -> Answers:
        """The answers of a column; numbers are ids where no column has any. Raises `DataError` as reading does."""
        id_ = next(iter(self.of(roles.ID)), None)
        asked = {column: "--text", **({id_: "--id"} if id_ else {})}
        return answers_in(self.sheet, asked, text=column, id=id_)

    def corpus(self, column: str) -> Corpus:
        """The answers of a column, with the columns that are kept, and their waves."""
        found = self.answers(column).corpus
        drop = [one for one in (*self.of(roles.LEFT_OUT), *self.of(roles.CODES)) if one in found.units]
        others = [one for one in self.of(roles.OPEN) if one != column and one in found.units]
        units = found.units.drop(columns=[*drop, *others])
        if (of_wave := next(iter(self.of(roles.WAVE)), None)) and of_wave != WAVE:
            units = units.rename(columns={of_wave: WAVE})
        return as_background(Corpus(units, self.names[column]), exported=False)[0]


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

    async def upload(self, request: Request) -> Response:
        """Take the bytes of a file, as they come; those of a further file go to the same draft."""
        name = Path(request.query_params.get("name", "").replace("\\", "/")).name[:_LONGEST_NAME]
        if name.lower().endswith(STUDY_FILE):
            raise PageError("dropped_study", name=name)
        key = request.query_params.get("draft", "")
        draft = self._drafts.get(key)
        if draft is None:
            key, draft = token_urlsafe(9), Draft(Path(mkdtemp(prefix="coder-")))
            self._drafts[key] = draft
            for old in list(self._drafts)[:-_MOST_DRAFTS]:
                self._forget(old)
        path = draft.folder / (name or "file")
        if not (_is_document(path) or path.suffix.lower() in _TABLES or path.suffix.lower() == ".txt"):
            raise PageError("dropped_kind", name=name, kinds=sorted({*_TABLES, *ENDINGS}))
        with path.open("wb") as file:
            async for part in request.stream():
                await run_in_threadpool(file.write, part)
        draft.take(path)
        return JSONResponse({"draft": key, "kind": await run_in_threadpool(lambda: draft.kind)})

    def draft(self, data: Data) -> Draft:
        """The draft that is meant. Raises `PageError` where the program was started again since."""
        found = self._drafts.get(fields(data, draft=str)["draft"])
        if found is None:
            raise PageError("draft_gone")
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
        draft = self.draft(data)
        if draft.kind == DOCUMENTS:
            return {"kind": DOCUMENTS, "files": [_sized(path) for path in draft.files]}
        if draft.kind == PUBLISHED:
            return _published(draft.file)
        found: dict[str, Any] = {"kind": TABLE, "file": draft.file.path.name, "sheets": list(draft.file.sheets)}
        try:
            sheet = draft.sheet(data)
        except DataError as error:  # another sheet or number of header rows may do
            named = replace(draft.file, sheet=str(data.get("sheet") or ""))
            return {**found, "error": str(error), "first": [row[:_SHOWN] for row in named.top()[:_FIRST]]}
        columns = [_column(one) for one in roles.guess_roles(sheet)]
        return {
            **found,
            "rows": len(sheet.frame),
            "columns": columns,
            "notes": [say(note) for note in sheet.file.notes],
        }

    def counted(self, data: Data) -> Data:
        """What follows from what was chosen, before it is written: for each question what counts and what is new."""
        plan = _plan(self.draft(data).sheet(data), data)
        key, language = data.get("study") or "", checked(str(data.get("language") or "nl"))
        study = self.open_study(key) if key else None
        questions = []
        for column in plan.of(roles.OPEN):
            corpus = plan.corpus(column)
            name = plan.names[column]
            here = study is not None and name in study.questions()
            forms = study[name].no_answer() if study is not None and here else None
            silent = no_answers(corpus, forms, study.facts["language"] if study is not None else language)
            said = corpus.texts[silent].str.strip()
            forms_found = said[said != ""].value_counts().head(_SILENT_SHOWN)
            waves = sorted({*corpus.units[WAVE].astype(str)} - {""}) if WAVE in corpus.units else [plan.wave]
            one: dict[str, Any] = {
                "name": name, "column": column, "units": len(corpus), "answered": int((~silent).sum()),
                "empty": int((said == "").sum()), "silent": int((said != "").sum()),
                "forms": [[str(form), int(times)] for form, times in forms_found.items()],
                "waves": [wave for wave in waves if wave],
            }  # fmt: skip
            if study is not None and here:
                added = study[name].compared(corpus, wave=plan.wave)
                counts = {kind: len(getattr(added, kind)) for kind in ("new", "same", "changed", "background", "gone")}
                texts = added.texts.head(_SILENT_SHOWN).to_dict("records")
                one |= {"beside": counts, "texts": texts, "notes": [say(note) for note in added.notes]}
            questions.append(one)
        return {"questions": questions}

    # Adding

    def add(self, data: Data) -> Data:
        """Begin to add what was chosen; `adding` tells how far it is."""
        draft = self.draft(data)
        if draft.thread is not None and draft.thread.is_alive():
            return self.adding(data)
        draft.error, draft.to, draft.stopped, draft.done = None, "", False, 0
        work = {DOCUMENTS: self._add_documents, PUBLISHED: self._add_published}.get(draft.kind, self._add_table)
        if draft.kind == TABLE:
            _plan(draft.sheet(data), data)  # what is wrong is said at once
        draft.thread = threading.Thread(target=self._added, args=(work, draft, dict(data), chosen()), daemon=True)
        draft.thread.start()
        return self.adding(data)

    def adding(self, data: Data) -> Data:
        """How far the adding is: `busy`, and then `to` or an `error`."""
        draft = self.draft(data)
        busy = draft.thread is not None and draft.thread.is_alive()
        found: dict[str, Any] = {
            "busy": busy,
            "done": draft.done,
            "total": draft.total,
            "step": say(draft.step) if draft.step else "",
        }
        if not busy:
            found |= {"to": draft.to, "error": say(draft.error) if draft.error else "", "stopped": draft.stopped}
        return found

    def stop_adding(self, data: Data) -> Data:
        """Stop after what is being done now; what was added stays added."""
        self.draft(data).stopped = True
        return {}

    def _added(self, work: Callable[[Draft, Data], str], draft: Draft, data: Data, language: str) -> None:
        with speaking(language):
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
        name = str(data.get("name") or draft.files[0].stem).strip()[:_LONGEST]
        place = self.place_for(name)
        return Study.create(place, name=name, language=checked(str(data.get("language") or "nl"))), place, True

    def _add_table(self, draft: Draft, data: Data) -> str:
        plan = _plan(draft.sheet(data), data)
        corpora = {column: plan.corpus(column) for column in plan.of(roles.OPEN)}
        study, place, new = self._study(data, draft)
        try:
            for done, (column, corpus) in enumerate(corpora.items()):
                draft.tell("page.adding_answers", done, len(corpora))
                question = study[plan.names[column]]
                question.add_answers(corpus, wave=plan.wave, accept=True, who=self.who, source=draft.files[0].name)
                question.set_roles(_roles(plan, column, question.roles()), self.who)
                self._enter(plan, column, question, draft.files[0].name, study.facts["language"])
        except BaseException:
            if new:
                study.close()
                Path(place).unlink(missing_ok=True)
            raise
        if new:
            study.close()
        first = plan.names[next(iter(corpora))]
        return f"{self.put(place)}?{urlencode({'question': first})}"

    def _enter(self, plan: Plan, column: str, question: Question, source: str, language: str) -> None:
        """Take over the codes in the file, as those of whom it says."""
        for of_codes in plan.of(roles.CODES):
            found = plan.answers(column)
            book = None if question.codebooks().empty else question.codebook()
            if book is None or {code.id for code in book.codes} == {OTHER.id}:
                coding = found.coding(of_codes)
                book = _book_of(coding.pairs()["code"], question.name, language)
                question.set_codebook(book, self.who, source)
            coding = in_wave(question, found.coding(of_codes, book), plan.wave)
            enter(question, coding, plan.whose or self.who, accept=True, source=source)

    def _add_published(self, draft: Draft, data: Data) -> str:
        asked = fields(data, study=str, question=str, wave=str)
        if not asked["study"] or not asked["question"]:
            raise PageError("published_of_which")
        if not asked["wave"].strip():
            raise PageError("published_when")
        study = self.open_study(asked["study"])
        question, sheet = study[asked["question"]], draft.file.read({}, header=is_header).frame
        read_published(draft.file)  # what is wrong with it is said
        rows = [list(map(str, sheet.columns)), *sheet.astype(str).to_numpy().tolist()]
        wave = asked["wave"].strip()[:_LONGEST]
        question.set_published(wave, rows, self.who)
        where = urlencode({"question": question.name, "page": "results", "then": wave})
        return f"{self.put(study.place)}?{where}"

    def _add_documents(self, draft: Draft, data: Data) -> str:
        texts = [path for path in draft.files if _is_document(path)]
        tables = [path for path in draft.files if not _is_document(path)]
        known = known_attributes(texts, tables[0] if tables else None, str(data.get("wave") or ""))
        study, place, new = self._study(data, draft)
        sets = study.document_sets()
        kept = study.documents(str(data.get("set") or (sets[0] if sets else say(Note("page.documents_set")))))
        wrong: list[Note] = []
        added = 0
        try:
            for path, one in each_document(texts, draft.tell):
                if isinstance(one, Document):
                    kept.add([one], known.loc[[one.name]], who=self.who, accept=True)
                    _keep_file(path, place)
                    added += 1
                else:
                    wrong += remarks(one)
        finally:
            if new:
                study.close()
                if not added:
                    Path(place).unlink(missing_ok=True)
        if wrong and not added:
            raise PageError("no_document_read", why=list(islice(wrong, _SILENT_SHOWN)))
        return f"{self.put(place)}?{urlencode({'documents': kept.name})}"

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
            shutil.copyfile(path, folder / path.name)


def _is_document(path: Path) -> bool:
    ending = path.suffix.lower()
    if ending == ".txt":  # a table that a program wrote has columns
        with suppress(CoderError, OSError):
            return not path.is_file() or max(map(len, read_cells(path).rows[:20]), default=0) < 2  # noqa: PLR2004
    return ending in ENDINGS and ending not in _TABLES


def _published(file: TableFile) -> dict[str, Any]:
    """What a table that was published says, or why it cannot be read."""
    found: dict[str, Any] = {"kind": PUBLISHED, "file": file.path.name}
    try:
        table = read_published(file)
    except DataError as error:
        return {**found, "error": str(error), "first": [row[:_SHOWN] for row in file.top()[:_FIRST]]}
    seen = shown(replace(table, shown={**table.shown, "n": Note("tables.n"), "percent": Note("tables.percent")}))
    return {**found, "first": [list(seen.headings), *map(list, seen.rows)], "base": table.base}


def _plan(sheet: Sheet, data: Data) -> Plan:
    """What was chosen. Raises `PageError` where it cannot be done, with what to choose in its place."""
    asked = fields(data, roles=dict, names=dict, wordings=dict)
    chosen = {column: role for column, role in asked["roles"].items() if column in sheet.frame and role in roles.ROLES}
    plan = Plan(
        sheet, chosen, _texts(asked["names"]), _texts(asked["wordings"]),
        str(data.get("wave") or "").strip()[:_LONGEST], str(data.get("whose") or "").strip()[:_LONGEST],
    )  # fmt: skip
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
    return plan


def _roles(plan: Plan, column: str, had: Roles) -> Roles:
    """What the study keeps of what the columns are for; what a later file does not say stays as it was."""
    return Roles(
        plan.wordings.get(column) or had.wording,
        next(iter(plan.of(roles.WEIGHT)), "") or had.weight,
        tuple(dict.fromkeys([*had.groups, *plan.of(roles.GROUP)])),
    )


def _texts(given: Mapping[Any, Any]) -> dict[str, str]:
    return {str(column): " ".join(str(text).split())[:_LONGEST_WORDING] for column, text in given.items()}


def _book_of(given: "pd.Series[str]", name: str, language: str) -> Codebook:
    """A codebook of the codes that occur in a file, the most frequent first."""
    found = [str(code) for code in given.value_counts().index if str(code) != OTHER.id]
    codes = tuple(Code(code, number, {language: code}) for number, code in enumerate(found, start=1))
    return Codebook((*codes, replace(OTHER, number=max(99, len(codes) + 1))), name=name, language=language)


def _column(one: roles.Guess) -> Mapping[str, Any]:
    """What is shown of a column; a question is called by it, and worded as the file has it or as the column asks."""
    name = " ".join(one.column.split())
    wording = one.wording or (name if name.endswith("?") else "")
    return {
        "name": one.column, "role": one.role, "why": say(one.why), "values": one.examples,
        "question": name[:_LONGEST], "wording": wording,
    }  # fmt: skip


def _sized(path: Path) -> Mapping[str, Any]:
    return {"name": path.name, "bytes": path.stat().st_size, "table": not _is_document(path)}
