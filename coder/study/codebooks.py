"""Codebooks of a question: every version whole, and what a code of one version is in another."""

import json
from dataclasses import asdict
from functools import lru_cache
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from coder.codebook import REUSED, SPECIAL, Code, Codebook, Negation, diff, mapping
from coder.codebook_merge import ConflictError, merge
from coder.errors import CodebookError, StudyError
from coder.note import Note
from coder.study.events import Event, record, version_of
from coder.study.schema import codebook as table
from coder.study.schema import event, holding, span_decision, span_holding

CHANGED = "codebook"
"""The kind of event that makes a version."""
_TEXTS = ("rules", "exceptions", "examples", "counterexamples", "formerly")


def store(
    connection: Connection,
    question_id: int,
    book: Codebook,
    who: str,
    why: str,
    given: str = "",
    undoes: int | None = None,
) -> int:
    """Write a version and return its number; the same codebook again is the version it was.

    `given` is the codebook as it was set, before it was merged; `undoes` the event of the version that this one undoes.
    Raises `CodebookError` where a number that an old code had is given to another one. The numbers of a codebook to
    begin with, of special codes alone, are nobody's while nothing was decided.
    """
    version = version_of(connection, question_id)
    whole = written(book)
    if version:
        now = load(connection, question_id, version)
        if written(now) == whole:
            return version
        reused = [Note("study.is_now", was=one.was, now=one.now) for one in diff(now, book) if one.kind == REUSED]
        if reused and (not (is_begin(now) or is_begin(book)) or _is_used(connection, question_id)):
            raise CodebookError("study.number_reused", reused=reused)
    number = record(connection, question_id, Event(CHANGED, who, len(book.codes), why, undoes))
    row = {"question": question_id, "version": version + 1, "event": number, "hash": book.hash}
    connection.execute(table.insert().values({**row, "names": _names(book), "whole": whole, "given": given}))
    return version + 1


def is_begin(book: Codebook) -> bool:
    """Whether this is a codebook to begin with: special codes alone, that no rule finds."""
    return all(code.id in SPECIAL and not code.rules for code in book.codes)


def _is_used(connection: Connection, question_id: int) -> bool:
    """Whether anything was ever decided with a codebook of the question."""
    tables = (holding, span_holding)
    return any(connection.execute(select(one.c.id).where(one.c.question == question_id)).first() for one in tables)


def undo(connection: Connection, question_id: int, version: int, who: str) -> int:
    """Undo what a version changed, by a new one that keeps what was changed since; returns that.

    Raises `StudyError` where the same was changed again since, or a code would go that something has.
    """
    made = connection.execute(select(table.c.event).where(*_is(question_id, version))).scalar()
    last = version_of(connection, question_id)
    if made is None:
        raise StudyError("study.no_codebook_version", version=version, last=last)
    if version == 1:
        raise StudyError("study.codebook_undo_first")
    before, after, now = (load(connection, question_id, one) for one in (version - 1, version, last))
    try:
        book = merge(after, before, now)
    except ConflictError as error:
        found = [one.note for one in error.conflicts]
        raise StudyError("study.codebook_later", version=version, conflicts=found) from None
    undone = connection.execute(select(event.c.id).where(event.c.undoes == made)).scalar() is not None
    if undone or written(book) == written(now):
        raise StudyError("study.codebook_undone", version=version)
    for id_ in now.ids:
        if id_ not in book.ids and (many := _having(connection, question_id, id_)):
            raise StudyError("study.codebook_used", version=version, code=now.text(id_), count=many)
    return store(connection, question_id, book, who, f"undid version {version}", undoes=made)


def _having(connection: Connection, question_id: int, code: str) -> int:
    """How many units or fragments have a code by somebody's decision."""
    open_ = holding.c.question == question_id, holding.c.until.is_(None), holding.c.verdict != "no"
    units = select(func.count(holding.c.unit.distinct())).where(*open_, holding.c.code == code)
    spans = (
        select(func.count(span_holding.c.guid.distinct()))
        .join(span_decision, span_decision.c.id == span_holding.c.decision)
        .where(span_holding.c.question == question_id, span_holding.c.until.is_(None), span_holding.c.verdict != "no")
        .where(span_decision.c.code == code)
    )
    return sum(int(connection.execute(one).scalar_one()) for one in (units, spans))


def set_by(connection: Connection, question_id: int, who: str) -> Codebook | None:
    """The codebook as this person gave it last; None where there is none."""
    chosen = (
        select(table.c.given)
        .join(event, event.c.id == table.c.event)
        .where(table.c.question == question_id, table.c.given != "", event.c.who == who)
        .order_by(table.c.version.desc())
        .limit(1)
    )
    found = connection.execute(chosen).scalar()
    return None if found is None else _read(found)


def load(connection: Connection, question_id: int, version: int) -> Codebook:
    """A version of the codebook. Raises `StudyError` where there is none."""
    whole = connection.execute(select(table.c.whole).where(*_is(question_id, version))).scalar()
    if whole is None:
        if not (found := version_of(connection, question_id)):
            raise StudyError("study.no_codebook")
        if version == 0:  # that of a moment before there was any
            came = select(event.c.id, event.c.at).join(table, table.c.event == event.c.id).where(*_is(question_id, 1))
            number, when = connection.execute(came).one()
            raise StudyError("study.no_codebook_yet", event=number, when=when[:16].replace("T", " "))
        raise StudyError("study.no_codebook_version", version=version, last=found)
    return _read(whole)


def since(connection: Connection, question_id: int, version: int) -> dict[str, int]:
    """The codes of a version that are new since the first one, each with the event that made it.

    One that was called otherwise before, or was part of a code that was split, is as old as that.
    """
    chosen = select(table.c.version, table.c.event).where(table.c.question == question_id, table.c.version <= version)
    made: dict[str, int] = {}
    for row in connection.execute(chosen.order_by(table.c.version)).all():
        book = load(connection, question_id, row.version)
        for code in book.codes:
            made.setdefault(code.id, min((made[one] for one in code.formerly if one in made), default=int(row.event)))
    first = min(made.values(), default=0)
    ids = load(connection, question_id, version).ids if made else ()
    return {code: made[code] for code in ids if made[code] > first}


class History:
    """What codes of one version are in a later one. Versions with the same names are one era."""

    def __init__(self, connection: Connection, question_id: int, version: int) -> None:
        """Read the versions up to this one."""
        chosen = table.c.question == question_id, table.c.version <= version
        rows = connection.execute(select(table.c.version, table.c.names).where(*chosen).order_by(table.c.version)).all()
        self.era: dict[int, int] = {}
        firsts: list[int] = []
        for before, row in zip([None, *rows], rows, strict=False):
            if before is None or before.names != row.names:
                firsts.append(row.version)
            self.era[row.version] = len(firsts) - 1
        self.books = [load(connection, question_id, first) for first in firsts]
        self._steps: dict[tuple[int, int], dict[str, tuple[str, ...]]] = {}
        self._found: dict[tuple[int, int, str], tuple[str, ...]] = {}

    def heirs(self, code: str, first: int, last: int) -> tuple[str, ...]:
        """What a code of era `first` is in era `last`: none where it was dropped, several where it was split.

        A code that was dropped and came back, under its id or a name that a later one says it had, is that one; so is
        one that was part of another and is a code of its own again, with its id and number.
        """
        key = first, last, code
        if key not in self._found:
            alive = {(first, code)}
            for era in range(first + 1, last + 1):
                alive = {one for at, name in alive for one in self._step(at, name, era)}
                if self._came_back(code, first, era):
                    alive = {(era, code)}
            order = self.books[last].ids
            self._found[key] = tuple(sorted({name for at, name in alive if at == last}, key=order.index))
        return self._found[key]

    def split(self) -> set[str]:
        """The codes of any version that are several in the last one."""
        last = len(self.books) - 1
        codes = [(era, id_) for era, book in enumerate(self.books) for id_ in book.ids]
        return {id_ for era, id_ in codes if len(self.heirs(id_, era, last)) > 1}

    def _came_back(self, code: str, first: int, era: int) -> bool:
        """Whether a code of era `first` is in this one, and was not in the one before."""
        before, now = self._numbers(era - 1), self._numbers(era)
        return code in now and code not in before and now[code] == self._numbers(first).get(code)

    def _numbers(self, era: int) -> dict[str, int]:
        return {code.id: code.number for code in self.books[era].codes}

    def _step(self, at: int, name: str, era: int) -> list[tuple[int, str]]:
        """One era on; a code that is dropped waits to be named again."""
        if (at, era) not in self._steps:
            self._steps[at, era] = mapping(self.books[at], self.books[era])
        return [(era, heir) for heir in self._steps[at, era][name]] or [(at, name)]


def _is(question_id: int, version: int) -> tuple[ColumnElement[bool], ...]:
    return table.c.question == question_id, table.c.version == version


def _names(book: Codebook) -> str:
    """A mark of all that `mapping` looks at."""
    named = [(code.id, code.number, sorted(code.label.items()), code.formerly) for code in book.codes]
    return sha256(repr(named).encode()).hexdigest()[:12]


def written(book: Codebook) -> str:
    """The codebook as a study keeps it."""
    data = {
        "name": book.name,
        "version": book.version,
        "language": book.language,
        "question": dict(book.question),
        "lists": {name: list(words) for name, words in book.lists.items()},
        "codes": [{**asdict(code), "label": dict(code.label), "negation": code.negation.value} for code in book.codes],
    }
    return json.dumps(data, ensure_ascii=False)


@lru_cache(maxsize=64)
def _read(whole: str) -> Codebook:
    data: dict[str, Any] = json.loads(whole)
    data["lists"] = {name: tuple(words) for name, words in data["lists"].items()}
    data["codes"] = tuple(_code(one) for one in data["codes"])
    return Codebook(**data)


def _code(data: dict[str, Any]) -> Code:
    texts = {name: tuple(data[name]) for name in _TEXTS}
    return Code(**{**data, **texts, "negation": Negation(data["negation"])})
