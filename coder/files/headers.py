"""Which rows of a table name its columns, and which only close it, in what survey programs export.

- Qualtrics writes three rows: short names, the questions, and `{"ImportId": …}`.
- SurveyMonkey writes two: the question over the first of its options, and the options under it.
- Kobo can write labels over names, or a row of HXL tags (`#age`) under them.
- LimeSurvey, REDCap, Google Forms and Microsoft Forms write one.

A row that might be an answer is never taken for a header: that is asked (`header_rows`).
"""

import re
from collections import Counter
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass

from coder.corpus import MISSING
from coder.errors import DataError
from coder.files.cells import Rows
from coder.files.columns import Columns
from coder.note import Note

WITHIN = 20
"""How many rows may stand above the names (a title, merged cells)."""
_SHOWN = 100
_LONGEST = 120
"""What is longer is no number, date, id or foot."""
_LOOKED_AT = 200
"""So many rows say what a column holds."""
_ENOUGH = 2
"""So many cells of one kind say that a column is of that kind; so many columns that a row is none of the answers."""
_IMPORT_ID = re.compile(r'\{\s*"?\'?ImportId')
_HXL = re.compile(r"#[a-z]\w*(?:\s*\+\w+)*")
_PLAIN_ANSWER = re.compile(
    r"(?:open[- ]?(?:ended)? )?(?:response|antwoord|reactie)(?: (?:op|met) (?:een )?open (?:vraag|einde?))?"
    r"|réponse(?: ouverte| libre)?",
    re.IGNORECASE,
)
"""What SurveyMonkey writes under a question that has no options."""
_FOOT = re.compile(
    r"(?:[-*=_]+\s*)?(?:einde(?: van (?:het )?)?\s?(?:bestand|export|lijst|rapport)"
    r"|end of (?:the )?(?:file|export|report|list|data)|fin (?:du|de) (?:fichier|l['’]export)|eof"
    r"|(?:totaal|total|aantal|number of)\b[^:=\d]{0,30}[:=]?\s*\d[\d.,\s]*(?:\w+\s*){0,2}"
    r"|n\s*=\s*\d[\d.,\s]*|(?:records?|rows?|rijen|respondenten|antwoorden|responses?)\s*[:=]\s*\d[\d.,\s]*"
    r"|\d[\d.,]* (?:records?|rows?|rijen|antwoorden|respondenten|responses?)(?: (?:geëxporteerd|exported)\b.{0,40})?)"
    r"\s*[.!]?(?:\s*[-*=_]+)?",
    re.IGNORECASE,
)
_MARK_OF_FOOT = re.compile(
    r"(?:©|\(c\)|copyright\b|bron:|source:|generated |gegenereerd |ge[eë]xporteerd |exported )", re.IGNORECASE
)
_TOTAL = re.compile(
    r"(?:(?:eind|sub)?totaal|(?:grand )?total|som|sum|gemiddelde|mediaan|average|mean|moyenne|median)\s*[:=]?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)*\s*%?")
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[ T]\d{1,2}:\d{2}.*)?|\d{1,2}:\d{2}(?::\d{2})?")
_MARKED = re.compile(r"\S*\d\S*")
_AROUND = re.compile(r"^.{0,12}\d.{0,12}$")
"""A number with a word beside it ("ongeveer 40"), as somebody answers."""


@dataclass(frozen=True, slots=True)
class Header:
    """The names of the columns, where the answers begin, and what is to be told of the rows above.

    `width` is how many cells the row of names has, with those that are empty; `left` how many empty columns stand
    before the first. `wording` has the question of each column that has one, verbatim.
    """

    names: list[str]
    body: int
    width: int
    wording: dict[str, str]
    notes: tuple[Note, ...]
    left: int = 0

    @property
    def columns(self) -> Columns:
        """The columns, to find one among."""
        return Columns(self.names, self.wording, self.left)


def read_header(
    rows: Rows, accepted: Callable[[set[str]], bool] | None, header_rows: int | None, source: str
) -> Header:
    """The header of a table; `accepted` says which row has the columns asked for, `header_rows` how many it has.

    Raises `DataError` where a row may be part of the header and may be an answer, and where two columns have one name.
    """
    if header_rows is not None and not 1 <= header_rows < len(rows):
        raise DataError("files.header_rows", file=source, count=len(rows))
    place, sure = _place(rows, accepted)
    last = place + (header_rows or _rows(rows, place, sure, source))
    names, wording = _named(rows[place:last])
    if place and last - place == 1 and 2 * _filled(rows[place - 1]) > _filled(rows[place]):
        wording = _worded(names, _even(rows[place - 1 : place]))
    if twice := [name for name, times in Counter(names).items() if times > 1]:
        raise DataError("files.columns_twice_among", file=source, twice=twice, columns=Columns(names).listed())
    return Header(names, last, len(rows[place]), wording, tuple(_notes(rows, place, last, wording, source)))


def _place(rows: Rows, accepted: Callable[[set[str]], bool] | None) -> tuple[int, int]:
    """The row of names, and how many rows its header has for sure."""
    top = rows[:WITHIN]
    if ids := [place for place, row in enumerate(top) if place and _all(row, _IMPORT_ID)]:
        return max(0, ids[0] - 2), min(3, ids[0] + 1)
    first = likely(rows)
    names = next((place for place, row in enumerate(top) if accepted and accepted({*map(str.strip, row)})), first)
    two = next((place for place in range(min(names + 1, len(rows) - 2)) if _is_joined(rows, place)), None)
    return (names, 1) if two is None else (two, 2)


def likely(rows: Rows) -> int:
    """The first row that fills more than half as many cells as the fullest does: what stands above is a title."""
    filled = [_filled(row) for row in rows[:_LOOKED_AT]]
    return next((place for place, count in enumerate(filled) if 2 * count > max(filled)), 0)


def _filled(row: Sequence[str]) -> int:
    return sum(1 for cell in row if cell.strip())


def _all(row: Sequence[str], shape: "re.Pattern[str]") -> bool:
    cells = [cell.strip() for cell in row if cell.strip()]
    return bool(cells) and all(shape.match(cell) for cell in cells)


def _is_joined(rows: Rows, place: int) -> bool:
    """Whether this row has questions over the first of their options, and the next row the options.

    Each column without a name has one in the next row. That row is no answer where columns that all others fill are
    empty in it, or the first with an id in all others; or where it says "Open-Ended Response".
    """
    upper, under = _even(rows[place : place + 2])
    blank = [column for column, name in enumerate(upper) if not name]
    if not upper[0] or _filled(upper) == 1 or not all(under[column] for column in blank):
        return False
    if any(map(_is_plain_answer, under)) and (blank or all(map(_is_plain_answer, filter(None, under)))):
        return True
    if not blank:
        return False
    body = rows[place + 2 : place + 2 + _LOOKED_AT]
    always = [column for column, name in enumerate(upper) if name and body and all(_cell(row, column) for row in body)]
    ids = [_cell(row, 0) for row in body]
    return bool(always) and (
        not any(under[column] for column in always)
        or (0 in always and not under[0] and len(set(ids)) == len(ids) >= _ENOUGH)
    )


def _rows(rows: Rows, place: int, sure: int, source: str) -> int:
    """How many rows the header has. Raises where the next row may belong to it and may be an answer."""
    count = sure
    while sure == 1 and place + count + 1 < len(rows):
        row = rows[place + count]
        if _all(row, _HXL):
            count += 1
            continue
        against, says_answer = _evidence(rows, place, place + count)
        if not against or says_answer >= against:
            break
        if against < _ENOUGH or says_answer:
            raise DataError(
                "files.header_or_answer", file=source, row=shown_rows([row]), header=count + 1, answer=count
            )
        count += 1
    return count


def _evidence(rows: Rows, names: int, place: int) -> tuple[int, int]:
    """How many columns say that this row is no answer, and how many that it is one.

    A column of numbers, dates or ids says so; so does a cell that repeats the name of its column, and an empty first
    cell where all other rows have one of their own.
    """
    row, body = rows[place], rows[place + 1 : place + 1 + _LOOKED_AT]
    against = answer = 0
    for column, written in enumerate(row):
        cell = written.strip()
        others = [other for line in body if (other := _cell(line, column)) and other.casefold() not in MISSING]
        if not cell:
            own = not column and len(others) == len(body) >= _ENOUGH and len(set(others)) == len(others)
            against += own and _filled(row) > 0
        elif cell.casefold() in MISSING or cell == "-":
            continue
        elif len(others) >= _ENOUGH and (kind := _kind(others)):
            fits = len(cell) <= _LONGEST and kind.fullmatch(cell) is not None
            answer += fits
            against += not fits and not _AROUND.match(cell)
        elif others and cell not in others and _same_word(cell, _cell(rows[names], column)):
            against += 1
    return against, answer


def _kind(cells: Sequence[str]) -> "re.Pattern[str] | None":
    """What all these cells are: numbers, dates, or words with a digit in them."""
    if any(len(cell) > _LONGEST for cell in cells):
        return None
    return next((kind for kind in (_NUMBER, _DATE, _MARKED) if all(kind.fullmatch(cell) for cell in cells)), None)


def _same_word(one: str, other: str) -> bool:
    """Whether both are the same but for capitals, spaces and signs ("StartDate", "Start Date")."""
    plain = [re.sub(r"[\W_]+", "", text.casefold()) for text in (one, other)]
    return plain[0] == plain[1] and any(map(str.isalpha, plain[0]))


def _cell(row: Sequence[str], column: int) -> str:
    return row[column].strip() if column < len(row) else ""


def _even(rows: Rows) -> Rows:
    """The rows without space around cells, made equally long."""
    width = max(map(len, rows))
    return [[cell.strip() for cell in row] + [""] * (width - len(row)) for row in rows]


def _named(header: Rows) -> tuple[list[str], dict[str, str]]:
    """The names of the columns and their questions: a row under names without gaps words them, else both are joined."""
    kept = [header[0], *(row for row in header[1:] if not _all(row, _IMPORT_ID) and not _all(row, _HXL))]
    upper, *under = _even(kept)
    width = max((column for row in [upper, *under] for column, cell in enumerate(row) if cell), default=0) + 1
    if _gaps([upper[:width], *under]):
        return _joined(upper[:width], under[0], under[1:])
    names = [name or f"column {number}" for number, name in enumerate(upper[:width], start=1)]
    return names, _worded(names, under)


def _gaps(header: Rows) -> bool:
    """Whether two rows name the columns together: the first has gaps, or the second what stands under a question."""
    return len(header) > 1 and (not all(header[0]) or any(map(_is_plain_answer, header[1])))


def _is_plain_answer(cell: str) -> bool:
    return _PLAIN_ANSWER.fullmatch(cell.strip()) is not None


def _worded(names: Sequence[str], rows: Rows) -> dict[str, str]:
    """What these rows say over each column, where it is not its name."""
    said = {name: " ".join(dict.fromkeys(_cell(row, place) for row in rows)) for place, name in enumerate(names)}
    return {name: text.strip() for name, text in said.items() if text.strip() not in {"", name}}


def _joined(upper: Sequence[str], under: Sequence[str], more: Rows) -> tuple[list[str], dict[str, str]]:
    names, wording, question = [], {}, ""
    for place, over in enumerate(upper):
        question = over or question
        option = under[place] if not _is_plain_answer(under[place]) else ""
        name = f"{question}: {option}" if option and question else option or question or f"column {place + 1}"
        names.append(name)
        if text := " ".join(row[place] for row in more if row[place]):
            wording[name] = text
        elif name != question and question:
            wording[name] = question
    return names, wording


def _notes(rows: Rows, place: int, last: int, wording: dict[str, str], source: str) -> list[Note]:
    notes = []
    if place:
        notes.append(Note("files.rows_above", file=source, count=place, rows=shown_rows(rows[:place])))
    if last - place > 1:
        joined = _gaps(_even(rows[place:last]))
        keys = (
            ("files.rows_joined", "files.rows_joined_kept") if joined else ("files.rows_under", "files.rows_under_kept")
        )
        under = rows[place + 1 : last]
        notes.append(Note(keys[bool(wording)], file=source, count=len(under), rows=shown_rows(under)))
    return notes


def shown_rows(rows: Rows) -> str:
    """What is in these rows, as much of it as is told."""
    said = [" | ".join(cell.strip()[:30] for cell in row if cell.strip()) for row in rows]
    return "; ".join(repr(one if len(one) <= _SHOWN else f"{one[:_SHOWN]}…") for one in said)


def foot(rows: Rows, answers: Container[int] = ()) -> int:
    """How many rows at the end close the table ("Einde bestand", "Totaal: 200 records") and are no answers.

    Such a row fills one cell, with what no answer is; or the first, with a source or a sign of copyright where all
    other rows fill more, or with what is no id where the others have one; or it has a total under numbers. `answers`
    are the places of columns that hold answers: what is in one of these is an answer but where it says that the file
    ends.
    """
    count = 0
    for row in reversed(rows[1:]):
        if not _closes(row, rows[: len(rows) - count - 1][-_LOOKED_AT:], answers):
            break
        count += 1
    return count


def _closes(row: Sequence[str], above: Rows, answers: Container[int]) -> bool:
    cells = [cell.strip() for cell in row if cell.strip()]
    first = _cell(row, 0)
    if not cells or max(map(len, cells)) > _LONGEST:
        return False
    if len(cells) == 1 and _FOOT.fullmatch(cells[0]):
        return True
    if not first or 0 in answers:
        return False
    if len(cells) == 1 and len(above) > _ENOUGH and (ids := _kind([_cell(line, 0) for line in above])):
        return not ids.fullmatch(first) and all(_filled(line) > 1 or _is_mark(line) for line in above)
    if len(cells) == 1:
        return bool(_MARK_OF_FOOT.match(first)) and all(_filled(line) > 1 or _is_mark(line) for line in above)
    total = bool(_TOTAL.fullmatch(first)) and all(_NUMBER.fullmatch(cell) for cell in cells[1:])
    return total and _kind([_cell(line, 0) for line in above]) is not None


def _is_mark(row: Sequence[str]) -> bool:
    return any(shape.match(_cell(row, 0)[:_LONGEST]) for shape in (_MARK_OF_FOOT, _FOOT))
