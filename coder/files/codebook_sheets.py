"""Codebooks in tables: .xlsx in and out with a row a code, and the tables of other programs in.

Ours has a sheet `codes` (id, number, label_nl, label_en, definition, rules, ...; several rules in a
cell are a line each), a sheet `lists` where there are named lists of words, and a sheet `codebook`
with name, version, language and question. A .csv of the first sheet alone can be read too.

Tables of other programs are told by their column names; capitals do not matter:

- MAXQDA, `Code | Memo`: in its manual, with subcodes after `>` (2022) or a backslash (12). A table with
  `Parent code`, `Code memo` or `Color` is read as well; that layout is assumed, no manual was seen.
- Taguette, `tag | description` and two columns of counts: seen in its source. A tag has no parent.
- Caplena: its manual gives a code a name, category, id, keyphrases and description, and no file; the
  column names are assumed to be these (or `label`, `keywords`).
- quanteda, `word | sentiment`: the table that its `as.dictionary` takes, seen in its source.
- `code | term`: see `dictionaries`.
- any table with a name (`name`, `label`, `code`) and a `description` or `definition`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from coder.codebook import Code, Codebook
from coder.errors import CodebookError
from coder.files import codebook_fields as fields
from coder.files.cells import sheet_names
from coder.files.dictionaries import import_dictionary, rule_of
from coder.files.found_codes import FoundCode, Imported, colour_of, make_codes, placed
from coder.files.sheets import read_sheet
from coder.files.writing import write_sheets

_CODES, _LISTS, _BOOK = "codes", "lists", "codebook"
_BEFORE = ("id", "number")
_AFTER = (
    "definition", "rules", "exceptions", "examples", "counterexamples",
    "negation", "net", "colour", "since", "until", "formerly",
)  # fmt: skip
_LONGEST = 32_767
"""So many characters a cell of .xlsx holds."""

_ROLES = {
    "name": ("label", "name", "code name", "tag", "code"),
    "parent": ("parent code", "parent"),
    "category": ("category",),
    "definition": ("memo", "code memo", "description", "definition"),
    "colour": ("color", "colour"),
    "number": ("id", "code id", "number", "code"),
    "terms": ("keywords", "keyphrases"),
}
_TERMS = ({"code", "term"}, {"sentiment", "word"})
_PATH = re.compile(r"\s*[>\\]\s*")
_SHOWN = 5


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
    sheet = _CODES if _CODES in sheet_names(path) else ""
    table = read_sheet(path, header=lambda cells: _layout(cells) != "", sheet=sheet)
    match _layout(set(table.columns)):
        case "ours":
            return _ours(_lower(table), path, language)
        case "terms":
            return _terms(table, path, language)
        case "found":
            return _found(_lower(table), path, language)
        case _:
            raise CodebookError(
                f"{path.name} is no codebook: it has columns {', '.join(map(str, table.columns))}. "
                "Ours has id, number and label_nl; of other programs Code and Memo, tag and description, "
                "label and category, code and term are known."
            )


def _check_length(texts: Mapping[str, str], path: Path) -> None:
    for name, text in texts.items():
        if len(text) > _LONGEST:
            raise CodebookError(
                f"{path.name} cannot hold {name} of {texts.get('id', 'the lists')}: {len(text)} characters, and a cell "
                f"holds {_LONGEST}. Write the codebook as .yaml or .qdc."
            )


def _lower(table: pd.DataFrame) -> pd.DataFrame:
    lower = table.rename(columns=lambda name: str(name).casefold())
    if not lower.columns.is_unique:
        raise CodebookError(f"Two columns are called the same but for capitals: {', '.join(map(str, table.columns))}.")
    return lower


def _layout(columns: set[str]) -> str:
    """Whose table this is, by its column names: ours, terms, found; empty for none."""
    names = {name.casefold() for name in columns}
    if "id" in names and ("number" in names or any(name.startswith(fields.LABEL) for name in names)):
        return "ours"
    if any(pair <= names for pair in _TERMS):
        return "terms"
    roles = _roles(names)
    return "found" if "name" in roles and roles.keys() & {"definition", "parent", "category"} else ""


def _roles(names: Iterable[str]) -> dict[str, str]:
    """What each known column is for; a column has one role."""
    free = set(names)
    roles = {}
    for role, known in _ROLES.items():
        if name := next((name for name in known if name in free), None):
            roles[role] = name
            free.discard(name)
    return roles


# Our own layout


def _ours(table: pd.DataFrame, path: Path, language: str) -> Imported:
    names = sheet_names(path)
    head = _pairs(path, _BOOK, ("name", "value")) if _BOOK in names and _CODES in names else {}
    language = head.get("language") or language
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
    return Imported(book, notes=tuple(_unread(table, extra)))


def _own_codes(table: pd.DataFrame, path: Path) -> tuple[Code, ...]:
    rows = [{str(name): text for name, text in row.items()} for row in table.to_dict("records")]
    if nameless := [str(place) for place, row in enumerate(rows, start=1) if not row["id"].strip()]:
        raise CodebookError(f"{path.name} has no id in row {', '.join(nameless)} under the column names; fill it in.")
    numbers = [row.get("number", "").strip() for row in rows]
    highest = max((int(number) for number in numbers if number.isdecimal()), default=0)
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


def _unread(table: pd.DataFrame, columns: Iterable[str]) -> list[str]:
    filled = [name for name in columns if (table[name].str.strip() != "").any()]
    return [f"The column {name!r} is not taken over: a codebook has no place for it." for name in filled]


# Tables of other programs


@dataclass(slots=True)
class _Reading:
    """What was left out and noted on the way."""

    left_out: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def _terms(table: pd.DataFrame, path: Path, language: str) -> Imported:
    if {"code", "term"} <= set(table.columns):
        book, left_out = import_dictionary(path)
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
    notes = _unread(lower, set(lower.columns) - {code, term})
    return Imported(Codebook(make_codes(found, language), path.stem, language=language), tuple(left_out), tuple(notes))


def _found(table: pd.DataFrame, path: Path, language: str) -> Imported:
    roles = _roles(table.columns)
    columns = {role: table[name].str.strip().tolist() for role, name in roles.items()}
    rows = [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
    reading = _Reading(notes=_unread(table, [name for name in table.columns if name not in roles.values()]))
    kept = []
    for place, row in enumerate(rows, start=1):
        if row["name"]:
            kept.append((row, _found_code(row, reading)))
        elif any(row.values()):
            reading.notes.append(f"Row {place} under the column names has no code and is passed over: {_short(row)}.")
    if not kept:
        raise CodebookError(f"{path.name} has no code in the column {roles['name']!r}.")
    found = _under_parents(kept, by_path=roles["name"] == "code")
    codes = make_codes(found, language)
    return Imported(
        Codebook(codes, path.stem, language=language), tuple(reading.left_out), tuple(dict.fromkeys(reading.notes))
    )


def _found_code(row: Mapping[str, str], reading: _Reading) -> FoundCode:
    name = row["name"]
    colour = colour_of(row.get("colour", ""))
    if colour is None:
        reading.notes.append(f"The colour {row['colour']!r} of {name!r} is not taken over: it is not '#rrggbb'.")
    given = row.get("number", "")
    number = int(given) if re.fullmatch("[0-9]{1,18}", given) else None
    terms = [term.strip() for term in re.split("[,;\n]", row.get("terms", "")) if term.strip()]
    reading.left_out += [f"{name}: {term}" for term in terms if not rule_of(term)]
    rules = tuple(dict.fromkeys(rule for term in terms if (rule := rule_of(term))))
    wished = given if number is None else ""
    return FoundCode(name, None, row.get("definition", ""), colour or "", number, wished, rules)


def _under_parents(rows: list[tuple[dict[str, str], FoundCode]], *, by_path: bool) -> list[FoundCode]:
    """Each code under its parent: the one in its own path, in its category, or named in a column."""
    named = any(row.get("parent") for row, _ in rows)
    if named and not any(_PATH.search(row.get("parent", "")) for row, _ in rows):
        return _by_name(rows)
    paths = []
    for row, one in rows:
        above = _parts(row.get("parent", "")) or ((row["category"],) if row.get("category") else ())
        own = _parts(one.name) if by_path else (one.name,)
        path = (*above, *(own or (one.name,)))
        paths.append((path, replace(one, name=path[-1])))
    return placed(paths)


def _by_name(rows: list[tuple[dict[str, str], FoundCode]]) -> list[FoundCode]:
    """Parents called by their own name: the nearest row above with it, else the first below, else a new code."""
    found = [one for _, one in rows]
    for place, (row, one) in enumerate(rows):
        if not (wanted := row["parent"]):
            continue
        above = [other for other in range(place) if found[other].name == wanted]
        below = [other for other in range(place + 1, len(found)) if found[other].name == wanted]
        if not above and not below:
            found.append(FoundCode(wanted))
        parent = above[-1] if above else below[0] if below else len(found) - 1
        found[place] = replace(one, parent=parent)
    return found


def _parts(path: str) -> tuple[str, ...]:
    return tuple(part for part in _PATH.split(path.strip()) if part)


def _short(row: Mapping[str, str]) -> str:
    return " | ".join(text[:40] for text in list(row.values())[:_SHOWN] if text)
