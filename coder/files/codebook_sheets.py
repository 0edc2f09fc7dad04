"""Codebooks in tables: .xlsx in and out with a row a code, and the tables of other programs in.

Ours has a sheet `codes` (id, number, label_nl, label_en, definition, rules, ...; several rules in a
cell are a line each), a sheet `lists` where there are named lists of words, and a sheet `codebook`
with name, version, language and question. A .csv of the first sheet alone can be read too.

Tables of other programs, and those that people make themselves, are told by their column names: see
`codebook_columns`; a dictionary has `code | term` (see `dictionaries`) or `word | sentiment`, the table that
quanteda's `as.dictionary` takes, seen in its source.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from coder.codebook import Code, Codebook
from coder.errors import CodebookError
from coder.files import codebook_fields as fields
from coder.files.cells import read_cells, sheet_names
from coder.files.codebook_columns import is_found, read_found, roles_of, unread
from coder.files.dictionaries import import_dictionary, rule_of
from coder.files.found_codes import FoundCode, Imported, free_id, kind_of, make_codes, slug
from coder.files.sheets import read_sheet
from coder.files.writing import LONGEST, write_sheets

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
    for row in rows:
        _check_length(row, path)
    codes = pd.DataFrame([[row.get(name, "") for name in columns] for row in rows], columns=columns)
    codes["number"] = [code.number for code in book.codes]
    sheets = {_CODES: codes}
    if book.lists:
        lists = {name: fields.join(words) for name, words in book.lists.items()}
        _check_length(lists, path)
        sheets[_LISTS] = pd.DataFrame(lists.items(), columns=["list", "words"])
    sheets[_BOOK] = pd.DataFrame(fields.book_fields(book).items(), columns=["name", "value"])
    write_sheets(path, sheets, wrapped=True)


def read_codes(path: Path, language: str) -> Imported:
    """A codebook in a table, ours or another program's; `language` is that of its labels if it does not say."""
    sheet, notes = _sheet(path)
    table = read_sheet(path, header=lambda cells: _layout(cells) != "", sheet=sheet)
    match _layout(set(table.columns)):
        case "ours":
            found = _ours(_lower(table), path, language)
        case "terms":
            found = _terms(table, path, sheet, language or "nl")
        case "found":
            found = read_found(table, path, language)
        case _:
            raise CodebookError(
                f"{path.name} is not a codebook: it has columns {', '.join(map(str, table.columns))}. "
                "Ours has id, number and label_nl; others have a name (Label, Naam, Code) and what it means or what "
                "it is found by (Omschrijving, Trefwoorden); code and term are known too."
            )
    return replace(found, notes=(*notes, *found.notes))


def _sheet(path: Path) -> tuple[str, list[str]]:
    """The sheet that holds the codes ("" for the first), and what is said of others that could be meant."""
    names = sheet_names(path)
    if _CODES in names or len(names) < 2:  # noqa: PLR2004 (nothing to choose from)
        return (_CODES if _CODES in names else ""), []
    tops = {name: read_cells(path, name).rows[:20] for name in names}
    able = [name for name, rows in tops.items() if any(_layout({cell.strip() for cell in row}) for row in rows)]
    others = ", ".join(map(repr, able[1:]))
    said = [f"The codes are those of the sheet {able[0]!r}; {others} could be a codebook too."] if others else []
    return (able[0] if able else ""), said


def _check_length(texts: Mapping[str, str], path: Path) -> None:
    for name, text in texts.items():
        if len(text) > LONGEST:
            raise CodebookError(
                f"{path.name} cannot hold {name} of {texts.get('id', 'the lists')}: {len(text)} characters, and a cell "
                f"holds {LONGEST}. Write the codebook as .yaml or .qdc."
            )


def _lower(table: pd.DataFrame) -> pd.DataFrame:
    lower = table.rename(columns=lambda name: str(name).casefold())
    if not lower.columns.is_unique:
        raise CodebookError(f"Two columns are called the same but for capitals: {', '.join(map(str, table.columns))}.")
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


def _ours(table: pd.DataFrame, path: Path, language: str) -> Imported:
    names = sheet_names(path)
    head = _pairs(path, _BOOK, ("name", "value")) if _BOOK in names and _CODES in names else {}
    spoken = {name.removeprefix(fields.LABEL) for name in table.columns if name.startswith(fields.LABEL)}
    language = head.get("language") or language or (spoken.pop() if len(spoken) == 1 else "nl")
    table = table.rename(columns={"label": f"{fields.LABEL}{language}"})
    known = {*_BEFORE, *_AFTER}
    extra = [name for name in table.columns if name not in known and not name.startswith(fields.LABEL)]
    codes = _own_codes(table.drop(columns=extra), path)
    lists = _pairs(path, _LISTS, ("list", "words")) if _LISTS in names and _CODES in names else {}
    book = Codebook(
        codes,
        head.get("codebook", path.stem),
        head.get("version", ""),
        language,
        fields.in_languages(fields.QUESTION, head),
        {name: fields.split(words) for name, words in lists.items()},
    )
    return Imported(book, notes=tuple(unread(table, extra)))


def _own_codes(table: pd.DataFrame, path: Path) -> tuple[Code, ...]:
    rows = [{str(name): text for name, text in row.items()} for row in table.to_dict("records")]
    taken = {row["id"].strip() for row in rows}
    for place, row in enumerate(rows, start=1):
        if not row["id"].strip():
            label = next((text for name, text in row.items() if name.startswith(fields.LABEL) and text.strip()), "")
            if not label:
                raise CodebookError(f"{path.name} has no id and no label in row {place} under the column names.")
            row["id"] = free_id(kind_of(label) or slug(label), taken)
            taken.add(row["id"])
    numbers = [row.get("number", "").strip() for row in rows]
    highest = max((int(number) for number in numbers if fields.is_number(number)), default=0)
    for row, number in zip(rows, numbers, strict=True):
        if not number:
            highest += 1
            row["number"] = str(highest)
    return tuple(fields.read_code(row, f"{path.name}, code {row['id'].strip()!r}") for row in rows)


def _pairs(path: Path, sheet: str, columns: tuple[str, str]) -> dict[str, str]:
    table = read_sheet(path, columns, sheet=sheet)
    if missing := [name for name in columns if name not in table.columns]:
        raise CodebookError(
            f"The sheet {sheet!r} of {path.name} has no column {missing[0]!r}; it has columns {' and '.join(columns)}."
        )
    names, values = (table[name].str.strip() for name in columns)
    return dict(zip(names, values, strict=True))


# Dictionaries in a table


def _terms(table: pd.DataFrame, path: Path, sheet: str, language: str) -> Imported:
    if {"code", "term"} <= set(table.columns):
        book, left_out = import_dictionary(path, sheet)
        labelled = tuple(replace(code, label={language: code.id}) for code in book.codes)
        return Imported(replace(book, codes=labelled, language=language), tuple(left_out))
    lower = _lower(table)
    code, term = ("code", "term") if "term" in lower else ("sentiment", "word")
    rules: dict[str, list[str]] = {}
    left_out = []
    for name, word in zip(lower[code].str.strip(), lower[term].str.strip(), strict=True):
        if not name:
            continue
        said = rules.setdefault(name, [])
        if rule := rule_of(word):
            said.append(rule)
        elif word:
            left_out.append(f"{name}: {word}")
    found = [FoundCode(name, rules=tuple(dict.fromkeys(said))) for name, said in rules.items()]
    notes = unread(lower, set(lower.columns) - {code, term})
    return Imported(Codebook(make_codes(found, language), path.stem, language=language), tuple(left_out), tuple(notes))
