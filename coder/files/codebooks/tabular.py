"""Codebooks in tables: .xlsx in and out with a row a code, and the tables of other programs in.

Ours has a sheet `codes` (id, number, label_nl, label_en, definition, rules, ...; several rules in a
cell are a line each), a sheet `lists` where there are named lists of words, and a sheet `codebook`
with name, version, language and question. A .csv of the first sheet alone can be read too.

A dictionary has `code | term` (see `dictionaries`) or `word | sentiment`, the table that quanteda's `as.dictionary`
takes, seen in its source.

Tables of other programs, and those that people make themselves, are told by the names of their columns, in Dutch,
English, French or German, whatever their capitals, accents and colon:

- a name (Label, Naam, Libellé, Bezeichnung), a number (Nr, Nummer), an id or a short code (Id, Code)
- what it means (Omschrijving, Definitie, Memo), words to find it by (Trefwoorden, Synoniemen, Mots-clés), rules,
  exceptions, examples, counterexamples
- what it stands under (Hoofdcode, Parent code), or a category over several rows, as merged cells leave it

Known programs: MAXQDA's `Code | Memo`, with subcodes after `>` (2022) or a backslash (12), seen in its manual;
`Parent code`, `Code memo` and `Color` are assumed. Taguette's `tag | description`, seen in its source. Caplena's
manual gives a code a name, category, id, keyphrases and description; the column names are assumed to be these.
A column of codes that are numbers has the numbers of the codes; of other codes their ids, or the names where no column
has a name. `Categorie` is the name where no other column can be and no two rows have the same.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from coder.codebook import Code, Codebook, Negation
from coder.errors import CodebookError
from coder.files.cells import Cells, read_cells
from coder.files.codebooks import code_fields as fields
from coder.files.codebooks.dictionaries import keyword_rule, read_terms, readable, rule_of
from coder.files.codebooks.imported import (
    CodebookFile,
    FoundCode,
    Imported,
    colour_of,
    free_id,
    kind_of,
    make_codes,
    placed,
    ranked_still,
    slug,
)
from coder.files.headers import WITHIN, likely
from coder.files.sheets import table_of
from coder.files.writing import LONGEST, write_sheets
from coder.languages.text import fold
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
_NAMES = {
    "name": """
        label, labels, subcode, subcategorie, subcategory, subthema, naam, name, code name, naam code, codenaam,
        code label, tag, thema, theme, onderwerp,
        antwoordcategorie, antwoord categorie, antwoordmogelijkheid, categorienaam, naam categorie, waardelabel,
        value label, response category, answer category, category name, categorie de reponse, nom de la categorie,
        modalite, thematique, antwortkategorie, titel, title,
        topic, topic label, nom, libelle, intitule, etiquette, bezeichnung, benennung
    """,
    "code": """
        code, codes, codering, antwoordcode, categoriecode, response code, category code, code reponse
    """,
    "category": """
        category, topic category, categorie, hoofdcategorie, kategorie, rubriek, rubrique, cluster, groep, group,
        groupe, gruppe, dimensie, dimension, hoofdthema, main theme, oberkategorie
    """,
    "parent": """
        parent code, parent, hoofdcode, bovenliggende code, overkoepelende code, samengestelde code, net, code
        parent, obercode
    """,
    "definition": """
        memo, code memo, description, definition, definitie, omschrijving, beschrijving, toelichting, uitleg,
        betekenis, wat valt eronder, wat valt hieronder, wat valt er onder, wat hoort erbij, wat hoort eronder,
        afbakening, codeerinstructie, instructie, explanation, what it covers, what falls under it, covers, includes,
        scope, scope note, coding instruction, instruction, explication, ce que ca couvre, ce que cela couvre,
        ce que cela comprend, comprend, consigne, consigne de codage, beschreibung, erlauterung, bedeutung
    """,
    "id": """
        id, code id, identifier, identificatie, afkorting, abbreviation, kurzel, identifiant
    """,
    "number": """
        number, nummer, nr, no, n, n°, num, numero, #, volgnummer, volgnr, codenummer, codenr, code nr, code no,
        waarde, value, valeur, wert, categorienummer, nummer code, category number, code numero,
        code nummer, code number, numero de code
    """,
    "terms": """
        keyword, keywords, topic keywords, key words, keyphrase, keyphrases, key phrases, trefwoord, trefwoorden,
        sleutelwoord, sleutelwoorden, kernwoord, kernwoorden, zoekwoord, zoekwoorden, zoekterm, zoektermen, synoniem,
        signaalwoord, signaalwoorden, steekwoord, steekwoorden, herkenningswoorden, search words, mots de recherche,
        termes de recherche, synoniemen, woord, woorden, termen, term, terms, words, word,
        synonym, synonyms, search terms, mot cle,
        mots cles, mots clefs, synonyme, synonymes, mots, termes, schlusselwort, schlusselworter, stichwort,
        stichworte, stichworter, suchbegriffe, suchworter, begriffe, worter
    """,
    "rules": """
        rule, rules, regel, regels, zoekregel, zoekregels, codeerregels, regle, regles, regeln, suchregeln
    """,
    "exceptions": """
        exception, exceptions, exclusion, exclusions, exclude, uitzondering, uitzonderingen, uitsluiting,
        uitsluitingen, uitgesloten, ausnahme, ausnahmen, ausschluss
    """,
    "examples": """
        example, examples, example answers, typical answers, voorbeeld, voorbeelden, voorbeeldantwoord,
        voorbeeldantwoorden, typische antwoorden, exemples de reponses, reponses types, citaat, citaten, quote,
        quotes, exemple, exemples, citations, beispiel, beispiele, zitate
    """,
    "counterexamples": """
        counterexample, counterexamples, counter example, counter examples, tegenvoorbeeld, tegenvoorbeelden,
        contre exemple, contre exemples, gegenbeispiel, gegenbeispiele
    """,
    "colour": """
        color, colour, kleur, couleur, farbe
    """,
    "formerly": """
        formerly, vroeger, voorheen, vroegere naam, oude naam, oude code, anciennement, ancien nom, fruher
    """,
    "negation": """
        negation, negatie, ontkenning
    """,
}
"""What columns are called, without accents and signs, by what they are for; the likeliest name first."""
_ROLE = {" ".join(name.split()): role for role, names in _NAMES.items() for name in names.split(",")}
_FOREIGN = {
    "fr": "libelle intitule etiquette nom mots synonymes termes regles exemples couleur numero rubrique citations"
    " reponse reponses modalite couvre comprend consigne",
    "de": "bezeichnung benennung kategorie schlusselworter stichworte stichworter suchbegriffe begriffe beispiele"
    " gegenbeispiele ausnahmen beschreibung erlauterung farbe oberkategorie regeln",
}
"""Words that columns are called by in one language only. English ones are used by Dutch researchers too."""
_SPOKEN = re.compile(r"(?P<name>\w+) (?P<language>nl|en|fr|de|es|it)")
_MANY = ("definition", "terms", "rules", "exceptions", "examples", "counterexamples", "formerly")
"""Of these there may be several columns."""
_LISTED = ("terms", "rules", "exceptions", "examples", "counterexamples")
_PATH = re.compile(r"\s*[>\\]\s*")
_NESTED = re.compile(r"[0-9]+(?:\.[0-9]+)+")
_TERM_ENDS, _ITEM_ENDS = re.compile(r"[,;|\n•]|\s/\s"), re.compile(r"[;|\n•]")
_PHRASE, _PAIR = 5, 2
"""An exception of so many words is a remark for people."""
_SHOWN = 5


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


def read_codes(file: CodebookFile) -> Imported:
    """A codebook in a table, ours or another program's."""
    path, book = file.path, _Book(file.path)
    sheet, notes = book.codes()
    table = table_of(path, book.cells(sheet), header=lambda cells: _layout(cells) != "")
    match _layout(set(table.columns)):
        case "ours":
            found = _ours(_lower(table), book, file)
        case "terms":
            found = _terms(_lower(table), file)
        case "found":
            found = _read_found(table, file)
        case _:
            rows = book.cells(sheet).rows
            columns = [cell.strip() for cell in rows[likely(rows)] if cell.strip()]
            raise CodebookError("codebook.no_layout", file=path.name, columns=columns)
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
    if "id" in names and ("number" in names or has_label) and not (set(_roles_of(names - own).values()) & _WORDED):
        return "ours"
    if any(pair <= names for pair in _TERMS):
        return "terms"
    return "found" if _is_found(columns) else ""


# Our own layout


def _ours(table: pd.DataFrame, book: _Book, file: CodebookFile) -> Imported:
    head, lists = book.pairs(_BOOK, ("name", "value")), book.pairs(_LISTS, ("list", "words"))
    spoken = {name.removeprefix(fields.LABEL) for name in table.columns if name.startswith(fields.LABEL)}
    only = spoken.pop() if len(spoken) == 1 else ""
    file = file.in_language(head.get("language") or file.asked or only)
    table = table.rename(columns={"label": f"{fields.LABEL}{file.language}"})
    known = {*_BEFORE, *_AFTER}
    extra = [name for name in table.columns if name not in known and not name.startswith(fields.LABEL)]
    made = Codebook(
        _own_codes(table.drop(columns=extra), book.path),
        head.get("codebook", book.path.stem),
        head.get("version", ""),
        file.language,
        fields.in_languages(fields.QUESTION, head),
        {name: fields.split(words) for name, words in lists.items()},
    )
    return Imported(made, notes=tuple(_unread(table, extra)))


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


def _terms(table: pd.DataFrame, file: CodebookFile) -> Imported:
    """A dictionary of which the names of the columns are in small letters."""
    if {"code", "term"} <= set(table.columns):
        book, terms = read_terms(table, file)
        return Imported(book, tuple(terms), tuple(_unread(table, set(table.columns) - {"code", "term"})))
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
    return file.imported(found, left_out, _unread(table, set(table.columns) - {"sentiment", "word"}))


# Columns of other programs and of people


def _roles_of(names: Iterable[str]) -> dict[str, str]:
    """What each known column is for, by its name; a label in a language is `label_nl`."""
    roles = {}
    for name in names:
        plain = _plain(name)
        spoken = _SPOKEN.fullmatch(plain)
        if role := _ROLE.get(plain):
            roles[name] = role
        elif spoken and _ROLE.get(spoken["name"]) == "name":
            roles[name] = f"{fields.LABEL}{spoken['language']}"
    return roles


def _plain(name: str) -> str:
    """The name of a column without capitals, accents, signs and a number at its end."""
    return " ".join(re.sub(r"(?<=\w\w)\s*[0-9]+\W*$|[^\w#°]+|_", " ", fold(name)).split())


def _words(names: Iterable[str]) -> set[str]:
    return {word for name in names for word in _plain(name).split()}


def _is_found(names: Iterable[str]) -> bool:
    """Whether columns of these names are a codebook: a name, and something that says more of it."""
    roles = set(_roles_of(names).values())
    named = roles & {"name", "code", "category", "definition"} or any(role.startswith(fields.LABEL) for role in roles)
    more = roles - {"code", "colour", "number", "id", "negation", "formerly"}
    return bool(named) and (len(more) > 1 or bool(more and roles & {"code", "number", "id"}))


def is_codebook(names: Iterable[str]) -> bool:
    """Whether columns of these names are a codebook beyond doubt: labels with their words or rules, or described."""
    columns = {name.strip() for name in names if name.strip()}
    roles = set(_roles_of(columns).values())
    named = "name" in roles or any(role.startswith(fields.LABEL) for role in roles)
    described = "definition" in roles and bool(roles & {"number", "formerly", "parent", "examples"})
    return named and (bool(roles & {"terms", "rules"}) or described)


def _unread(table: pd.DataFrame, columns: Iterable[str]) -> list[Note]:
    """What to say of columns that are filled and have no place in a codebook."""
    asked = set(columns)
    filled = [name for name in table.columns if name in asked and (table[name].str.strip() != "").any()]
    return [Note("codebook.column_unread", column=name) for name in filled]


@dataclass(slots=True)
class _Reading:
    """What was left out and noted on the way."""

    left_out: list[str | Note] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def note(self, key: str, **values: Any) -> None:  # noqa: ANN401 (what a sentence may name)
        """Note something."""
        self.notes.append(Note(key, **values))


def _read_found(table: pd.DataFrame, file: CodebookFile) -> Imported:
    """A codebook in a table of which the column names are known."""
    table = table.apply(lambda column: column.str.strip())
    columns = _columns(table)
    used = {name for names in columns.values() for name in names}
    reading = _Reading(notes=_unread(table, [name for name in table.columns if name not in used]))
    language = file.asked
    if not language:
        language = next((one for one, words in _FOREIGN.items() if _words(used) & set(words.split())), "nl")
        if language != "nl":
            reading.note("codebook.language_guessed", language=language)
    spoken = [role.removeprefix(fields.LABEL) for role in columns if role.startswith(fields.LABEL)]
    if "name" not in columns:
        language = language if language in spoken else spoken[0]
        columns["name"] = columns.pop(f"{fields.LABEL}{language}")
    cells = [table[names].apply(_together, axis=1).tolist() for names in columns.values()]
    kept = _kept([dict(zip(columns, row, strict=True)) for row in zip(*cells, strict=True)], reading)
    if not kept:
        raise CodebookError("codebook.column_empty", file=file.path.name, column=columns["name"][0])
    for role in ("category", "parent"):
        _fill_down(kept, role, reading)
    _nest(kept)
    rows = [(row, _found_code(row, reading)) for row in kept]
    found = _under_parents(rows, by_path=_roles_of(columns["name"]) == {columns["name"][0]: "code"})
    codes = make_codes(found, language)
    _say_numbers(found, codes, reading)
    notes = dict.fromkeys([*reading.notes, *ranked_still(found)])
    return Imported(Codebook(codes, file.path.stem, language=language), tuple(reading.left_out), tuple(notes))


def _columns(table: pd.DataFrame) -> dict[str, list[str]]:
    """The columns of each role, of most roles one; which one a code or a category is, its cells tell."""
    columns: dict[str, list[str]] = {}
    for name, role in _roles_of(table.columns).items():
        columns.setdefault(role, []).append(name)
    likely = list(_ROLE)
    for role in columns.keys() & set(_NAMES) - set(_MANY):
        columns[role] = sorted(columns[role], key=lambda name: likely.index(_plain(name)))[:1]
    named = "name" in columns or any(role.startswith(fields.LABEL) for role in columns)
    code = columns.pop("code", [])
    if code and not named and not _numeric(table[code[0]]):
        columns["name"], named = code, True
    elif code and (_numeric(table[code[0]]) or "id" in columns):
        columns["number"] = code
    elif code:
        columns["id"] = code
    if "id" in columns and "number" not in columns and _numeric(table[columns["id"][0]]):
        columns["number"] = columns.pop("id")
    if not named:
        category = columns.get("category", [])
        distinct = bool(category) and table[category[0]].is_unique
        able = ["category", "definition", "number"] if distinct else ["definition", "category", "number"]
        role = next(role for role in able if role in columns)
        columns["name"], *rest = [[name] for name in columns.pop(role)]
        if rest:
            columns[role] = [name for one in rest for name in one]
    return columns


def _numeric(cells: "pd.Series[str]") -> bool:
    filled = cells[cells != ""]
    return len(filled) > 0 and bool(filled.str.fullmatch(r"-?[0-9]+(?:\.[0-9]+)*\.?").all())


def _together(cells: "pd.Series[str]") -> str:
    return "\n".join(filter(None, cells))


def _kept(rows: Sequence[Mapping[str, str]], reading: _Reading) -> list[dict[str, str]]:
    """A row a code: a row with words and no name, or the same name again, goes on with the code above it."""
    kept: list[dict[str, str]] = []
    for place, row in enumerate(rows, start=1):
        listed = [role for role in _LISTED if row.get(role)]
        alone = not any(row.get(role) for role in ("name", "number", "id"))
        same = kept and row["name"] == kept[-1]["name"]
        if kept and listed and (alone or (same and all(row[role] in {"", kept[-1][role]} for role in _once(row)))):
            for role in (role for role in _MANY if row.get(role) and row[role] != kept[-1][role]):
                kept[-1][role] = _together(pd.Series([kept[-1][role], row[role]]))
            reading.note("codebook.rows_go_on", row=place)
        elif row["name"]:
            kept.append(dict(row))
        elif any(row.values()):
            reading.note("codebook.row_passed", row=place, cells=_short(row))
    return kept


def _once(roles: Iterable[str]) -> list[str]:
    return [role for role in roles if role not in _MANY]


def _fill_down(rows: Sequence[dict[str, str]], role: str, reading: _Reading) -> None:
    """Give the rows under a cell that was merged its value: each value stands once, and is no code of its own."""
    given = [row.get(role, "") for row in rows]
    filled = [value for value in given if value]
    names = {row["name"] for row in rows}
    once = len(set(filled)) == len(filled) and names.isdisjoint(filled)
    if len(filled) < _PAIR or len(filled) == len(given) or not given[0] or not once:
        return
    for row, above in zip(rows[1:], rows, strict=False):
        row[role] = row[role] or above[role]
    reading.note("codebook.cells_merged", names=list(map(repr, filled[:_SHOWN])))


def _nest(rows: Sequence[dict[str, str]]) -> None:
    """A code numbered 1.2 stands under the one numbered 1, where nothing else says what it stands under."""
    nested = any(_NESTED.fullmatch(row.get("number", "")) for row in rows)
    if not nested or any(row.get(role) for row in rows for role in ("parent", "category")):
        return
    name_of = {row.get("number", ""): row["name"] for row in reversed(rows)}
    for row in rows:
        above = row.get("number", "").rpartition(".")[0] if _NESTED.fullmatch(row.get("number", "")) else ""
        while above and above not in name_of:
            above = above.rpartition(".")[0]
        row["parent"] = name_of.get(above, "")


def _found_code(row: Mapping[str, str], reading: _Reading) -> FoundCode:
    name, given = row["name"], row.get("number", "")
    colour = colour_of(row.get("colour", ""))
    if colour is None:
        reading.note("codebook.colour_unread", colour=row["colour"], code=name)
    number = int(given) if fields.is_number(given) else None
    former = _items(row.get("formerly", ""), _ITEM_ENDS)
    if _numbered(given) and given != str(number):
        former = (*former, given)
    about = {
        "exceptions": _exceptions(name, row.get("exceptions", ""), reading),
        "examples": _items(row.get("examples", ""), _ITEM_ENDS),
        "counterexamples": _items(row.get("counterexamples", ""), _ITEM_ENDS),
        "formerly": former,
        "negation": fields.read_negation(row.get("negation") or Negation.COUNT.value, Note("codebook.code", code=name)),
    }
    rules = [*_rules(name, row.get("rules", ""), reading), *_keywords(name, row.get("terms", ""), reading)]
    wished = row.get("id", "") or ("" if _numbered(given) else given)
    labels = {language: text for language, text in fields.in_languages(fields.LABEL, row).items() if text}
    definition, unique = row.get("definition", ""), tuple(dict.fromkeys(rules))
    return FoundCode(name, None, definition, colour or "", number, wished, unique, labels=labels, about=about)


def _numbered(given: str) -> bool:
    return bool(re.fullmatch(r"-?[0-9][0-9.]*", given))


def _rules(name: str, text: str, reading: _Reading) -> list[str]:
    """Rules as they are written, a line each."""
    rules = fields.split(text)
    reading.left_out += [f"{name}: {rule}" for rule in rules if readable(rule) is None]
    return [rule for rule in rules if readable(rule) is not None]


def _keywords(name: str, text: str, reading: _Reading) -> list[str]:
    """The rules of keywords."""
    terms = _items(text, _TERM_ENDS)
    rules = {term: keyword_rule(term) for term in terms}
    reading.left_out += [f"{name}: {term}" for term, rule in rules.items() if rule is None]
    if slashed := [term for term, rule in rules.items() if rule is not None and "/" in term and "NEAR/" not in term]:
        words = list(map(repr, slashed[:_SHOWN]))
        reading.note("codebook.words_in_row", words=words, code=name, count=len(words))
    return [rule for rule in rules.values() if rule is not None]


def _exceptions(name: str, text: str, reading: _Reading) -> tuple[str, ...]:
    """The exceptions that are words to look for; a sentence is a remark for people."""
    rules = {term: keyword_rule(term) if len(term.split()) < _PHRASE else None for term in _items(text, _TERM_ENDS)}
    left_out = [term for term, rule in rules.items() if rule is None]
    reading.left_out += [Note("codebook.exception_left", code=name, term=term) for term in left_out]
    return tuple(rule for rule in rules.values() if rule is not None)


def _items(text: str, ends: re.Pattern[str]) -> tuple[str, ...]:
    items = (re.sub(r"^[-–*·]\s+", "", item.strip()) for item in ends.split(text))
    return tuple(dict.fromkeys(filter(None, items)))


def _say_numbers(found: Sequence[FoundCode], codes: Sequence[Code], reading: _Reading) -> None:
    """Tell which codes got another number than they had, because it stood twice."""
    for one, code in zip(found, codes, strict=True):
        if one.number is not None and one.number != code.number:
            reading.note("codebook.number_taken", number=one.number, code=one.name, other=code.number)


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
