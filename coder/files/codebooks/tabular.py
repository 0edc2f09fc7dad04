"""Codebooks in tables: .xlsx in and out with a row a code, and the tables of other programs in.

Ours has a sheet `codes` (id, number, label_nl, label_en, definition, rules, ...; several rules in a
cell are a line each), a sheet `lists` where there are named lists of words, and a sheet `codebook`
with name, version, language and question. A .csv of the first sheet alone can be read too.

Tables of other programs, and those that people make themselves, are told by their column names: see
`foreign_columns`; a dictionary has `code | term` (see `dictionaries`) or `word | sentiment`, the table that
quanteda's `as.dictionary` takes, seen in its source.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from coder.codebook import Code, Codebook
from coder.errors import CodebookError
from coder.files.cells import Cells, read_cells
from coder.files.codebooks import code_fields as fields
from coder.files.codebooks.dictionaries import dictionary_of, rule_of
from coder.files.codebooks.foreign_columns import is_found, read_found, roles_of, unread
from coder.files.codebooks.imported import FoundCode, Imported, free_id, kind_of, make_codes, slug
from coder.files.headers import WITHIN
from coder.files.sheets import table_of
from coder.files.writing import LONGEST, write_sheets
from coder.note import Note

_CODES, _LISTS, _BOOK = "codes", "lists", "codebook"
_BEFORE = ("id", "number")
_AFTER = (
    "definition", "rules", "exceptions", "examples", "counterexamples",
    "negation", "net", "colour", "since", "until", "formerly",
)  # fmt: skip
_TERMS = ({"code", "term"}, {"sentiment", "word"})
_WORDED = {"terms", "rules", "exceptions", "examples", "counterexamples", "parent", "category"}
"""What may stand in other columns than ours."""


def write_codes(path: Path, book: Codebook) -> None:
    """Write a codebook in our own layout. Raises where a text is longer than a cell can be."""
    languages = list(dict.fromkeys(language for code in book.codes for language in code.label))
    columns = [*_BEFORE, *(f"{fields.LABEL}{language}" for language in languages), *_AFTER]
    rows = [fields.code_fields(code) for code in book.codes]
    for code, row in zip(book.codes, rows, strict=True):
        for name, text in _too_long(row):
            about = {"name": name, "code": code.id, "length": len(text), "most": LONGEST}
            raise CodebookError("codebook.cell_long", file=path.name, **about)
    codes = pd.DataFrame([[row.get(name, "") for name in columns] for row in rows], columns=columns)
    codes["number"] = [code.number for code in book.codes]
    sheets = {_CODES: codes}
    if book.lists:
        lists = {name: fields.join(words) for name, words in book.lists.items()}
        for name, text in _too_long(lists):
            raise CodebookError("codebook.list_long", file=path.name, name=name, length=len(text), most=LONGEST)
        sheets[_LISTS] = pd.DataFrame(lists.items(), columns=["list", "words"])
    sheets[_BOOK] = pd.DataFrame(fields.book_fields(book).items(), columns=["name", "value"])
    write_sheets(path, sheets, wrapped=True)


def read_codes(path: Path, language: str) -> Imported:
    """A codebook in a table, ours or another program's; `language` is that of its labels if it does not say."""
    book = _Book(path)
    sheet, notes = book.codes()
    table = table_of(path, book.cells(sheet), header=lambda cells: _layout(cells) != "")
    match _layout(set(table.columns)):
        case "ours":
            found = _ours(_lower(table), book, language)
        case "terms":
            found = _terms(_lower(table), path, language or "nl")
        case "found":
            found = read_found(table, path, language)
        case _:
            raise CodebookError("codebook.no_layout", file=path.name, columns=list(table.columns))
    return replace(found, notes=(*notes, *found.notes))


@dataclass(frozen=True, slots=True)
class _Book:
    """A workbook, or a text file, of which each sheet is read once."""

    path: Path
    read: dict[str, Cells] = field(default_factory=dict)

    def cells(self, sheet: str = "") -> Cells:
        """The cells of a sheet, the first unless named."""
        if sheet not in self.read:
            found = read_cells(self.path, sheet)
            self.read[sheet] = found
            if not sheet and found.sheets:
                self.read[found.sheets[0]] = found
        return self.read[sheet]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the sheets; a text file has none."""
        return self.cells().sheets

    def codes(self) -> tuple[str, list[Note]]:
        """The sheet that holds the codes ("" for the first), and what is said of others that could be meant."""
        if _CODES in self.names or len(self.names) < 2:  # noqa: PLR2004 (nothing to choose from)
            return (_CODES if _CODES in self.names else ""), []
        tops = {name: self.cells(name).rows[:WITHIN] for name in self.names}
        able = [name for name, rows in tops.items() if any(_layout({cell.strip() for cell in row}) for row in rows)]
        if len(able) < 2:  # noqa: PLR2004 (nothing to choose from)
            return (able[0] if able else ""), []
        return able[0], [Note("codebook.sheet_chosen", sheet=able[0], others=list(map(repr, able[1:])))]

    def pairs(self, sheet: str, columns: tuple[str, str]) -> dict[str, str]:
        """The two columns of a sheet beside that of the codes; nothing where it is not there."""
        if not {sheet, _CODES} <= set(self.names):
            return {}
        table = table_of(self.path, self.cells(sheet), columns)
        if missing := [name for name in columns if name not in table.columns]:
            about = {"sheet": sheet, "file": self.path.name, "column": missing[0]}
            raise CodebookError("codebook.no_sheet_column", columns=columns, **about)
        names, values = (table[name].str.strip() for name in columns)
        return dict(zip(names, values, strict=True))


def _too_long(texts: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(name, text) for name, text in texts.items() if len(text) > LONGEST]


def _lower(table: pd.DataFrame) -> pd.DataFrame:
    lower = table.rename(columns=lambda name: str(name).casefold())
    if not lower.columns.is_unique:
        raise CodebookError("codebook.columns_alike", columns=list(table.columns))
    return lower


def _layout(columns: set[str]) -> str:
    """Whose table this is, by its column names: ours, terms, found; empty for none."""
    names = {name.casefold() for name in columns}
    own = {*_BEFORE, *_AFTER}
    has_label = any(name.startswith(fields.LABEL) for name in names)
    if "id" in names and ("number" in names or has_label) and not (set(roles_of(names - own).values()) & _WORDED):
        return "ours"
    if any(pair <= names for pair in _TERMS):
        return "terms"
    return "found" if is_found(columns) else ""


# Our own layout


def _ours(table: pd.DataFrame, book: _Book, language: str) -> Imported:
    head, lists = book.pairs(_BOOK, ("name", "value")), book.pairs(_LISTS, ("list", "words"))
    spoken = {name.removeprefix(fields.LABEL) for name in table.columns if name.startswith(fields.LABEL)}
    language = head.get("language") or language or (spoken.pop() if len(spoken) == 1 else "nl")
    table = table.rename(columns={"label": f"{fields.LABEL}{language}"})
    known = {*_BEFORE, *_AFTER}
    extra = [name for name in table.columns if name not in known and not name.startswith(fields.LABEL)]
    made = Codebook(
        _own_codes(table.drop(columns=extra), book.path),
        head.get("codebook", book.path.stem),
        head.get("version", ""),
        language,
        fields.in_languages(fields.QUESTION, head),
        {name: fields.split(words) for name, words in lists.items()},
    )
    return Imported(made, notes=tuple(unread(table, extra)))


def _own_codes(table: pd.DataFrame, path: Path) -> tuple[Code, ...]:
    rows = [{str(name): text for name, text in row.items()} for row in table.to_dict("records")]
    taken = {row["id"].strip() for row in rows}
    for place, row in enumerate(rows, start=1):
        if not row["id"].strip():
            label = next((text for name, text in row.items() if name.startswith(fields.LABEL) and text.strip()), "")
            if not label:
                raise CodebookError("codebook.row_nameless", file=path.name, row=place)
            row["id"] = free_id(kind_of(label) or slug(label), taken)
            taken.add(row["id"])
    numbers = [row.get("number", "").strip() for row in rows]
    highest = max((int(number) for number in numbers if fields.is_number(number)), default=0)
    for row, number in zip(rows, numbers, strict=True):
        if not number:
            highest += 1
            row["number"] = str(highest)
    where = (Note("codebook.code_in", file=path.name, code=row["id"].strip()) for row in rows)
    return tuple(map(fields.read_code, rows, where))


# Dictionaries in a table


def _terms(table: pd.DataFrame, path: Path, language: str) -> Imported:
    """A dictionary of which the names of the columns are in small letters."""
    if {"code", "term"} <= set(table.columns):
        book, terms = dictionary_of(table, path.stem, language)
        return Imported(book, tuple(terms), tuple(unread(table, set(table.columns) - {"code", "term"})))
    rules: dict[str, list[str]] = {}
    left_out = []
    for name, word in zip(table["sentiment"].str.strip(), table["word"].str.strip(), strict=True):
        if not name:
            continue
        said = rules.setdefault(name, [])
        if rule := rule_of(word):
            said.append(rule)
        elif word:
            left_out.append(f"{name}: {word}")
    found = [FoundCode(name, rules=tuple(dict.fromkeys(said))) for name, said in rules.items()]
    notes = unread(table, set(table.columns) - {"sentiment", "word"})
    return Imported(Codebook(make_codes(found, language), path.stem, language=language), tuple(left_out), tuple(notes))
