"""A codebook in a table with columns of another program's or a person's own, in Dutch, English, French or German.

What a column is for is told by its name, whatever its capitals, accents and colon:

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
from coder.files.codebooks import code_fields as fields
from coder.files.codebooks.dictionaries import keyword_rule, readable
from coder.files.codebooks.imported import FoundCode, Imported, colour_of, make_codes, placed, ranked_still
from coder.languages.text import fold
from coder.note import Note

_NAMES = {
    "name": """
        label, labels, subcode, subcategorie, subcategory, subthema, naam, name, code name, naam code, codenaam,
        code label, tag, thema, theme, onderwerp,
        titel, title, topic, topic label, nom, libelle, intitule, etiquette, bezeichnung, benennung
    """,
    "code": """
        code, codes, codering
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
        betekenis, explanation, explication, beschreibung, erlauterung, bedeutung
    """,
    "id": """
        id, code id, identifier, identificatie, afkorting, abbreviation, kurzel, identifiant
    """,
    "number": """
        number, nummer, nr, no, n, n°, num, numero, #, volgnummer, volgnr, codenummer, codenr, code nr, code no,
        waarde, value, valeur, wert,
        code nummer, code number, numero de code
    """,
    "terms": """
        keyword, keywords, topic keywords, key words, keyphrase, keyphrases, key phrases, trefwoord, trefwoorden,
        sleutelwoord, sleutelwoorden, kernwoord, kernwoorden, zoekwoord, zoekwoorden, zoekterm, zoektermen, synoniem,
        synoniemen, woord, woorden, termen, term, terms, words, word, synonym, synonyms, search terms, mot cle,
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
        example, examples, example answers, voorbeeld, voorbeelden, voorbeeldantwoorden, citaat, citaten, quote,
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
    "fr": "libelle intitule etiquette nom mots synonymes termes regles exemples couleur numero rubrique citations",
    "de": "bezeichnung benennung kategorie schlusselworter stichworte stichworter suchbegriffe begriffe beispiele"
    " gegenbeispiele ausnahmen beschreibung erlauterung farbe oberkategorie regeln",
}
"""Words that columns are called by in one language only. English ones are used by Dutch researchers too."""
_SPOKEN = re.compile(r"(?P<name>\w+) (?P<language>nl|en|fr|de|es|it)")
_MANY = ("definition", "terms", "rules", "exceptions", "examples", "counterexamples", "formerly")
"""Of these there may be several columns."""
_LISTS = ("terms", "rules", "exceptions", "examples", "counterexamples")
_PATH = re.compile(r"\s*[>\\]\s*")
_NESTED = re.compile(r"[0-9]+(?:\.[0-9]+)+")
_TERM_ENDS, _ITEM_ENDS = re.compile(r"[,;|\n•]|\s/\s"), re.compile(r"[;|\n•]")
_PHRASE, _PAIR = 5, 2
"""An exception of so many words is a remark for people."""
_SHOWN = 5


def roles_of(names: Iterable[str]) -> dict[str, str]:
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


def is_found(names: Iterable[str]) -> bool:
    """Whether columns of these names are a codebook: a name, and something that says more of it."""
    roles = set(roles_of(names).values())
    named = roles & {"name", "code", "category", "definition"} or any(role.startswith(fields.LABEL) for role in roles)
    more = roles - {"code", "colour", "number", "id", "negation", "formerly"}
    return bool(named) and (len(more) > 1 or bool(more and roles & {"code", "number", "id"}))


def unread(table: pd.DataFrame, columns: Iterable[str]) -> list[Note]:
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


def read_found(table: pd.DataFrame, path: Path, language: str) -> Imported:
    """A codebook in a table of which the column names are known.

    `language` is that of its labels and words, or "" where nothing says it.
    """
    table = table.apply(lambda column: column.str.strip())
    columns = _columns(table)
    used = {name for names in columns.values() for name in names}
    reading = _Reading(notes=unread(table, [name for name in table.columns if name not in used]))
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
        raise CodebookError("codebook.column_empty", file=path.name, column=columns["name"][0])
    for role in ("category", "parent"):
        _fill_down(kept, role, reading)
    _nest(kept)
    rows = [(row, _found_code(row, reading)) for row in kept]
    found = _under_parents(rows, by_path=roles_of(columns["name"]) == {columns["name"][0]: "code"})
    codes = make_codes(found, language)
    _say_numbers(found, codes, reading)
    notes = dict.fromkeys([*reading.notes, *ranked_still(found)])
    return Imported(Codebook(codes, path.stem, language=language), tuple(reading.left_out), tuple(notes))


def _columns(table: pd.DataFrame) -> dict[str, list[str]]:
    """The columns of each role, of most roles one; which one a code or a category is, its cells tell."""
    columns: dict[str, list[str]] = {}
    for name, role in roles_of(table.columns).items():
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
        listed = [role for role in _LISTS if row.get(role)]
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
    rules = [*_rules(name, row.get("rules", ""), reading), *_terms(name, row.get("terms", ""), reading)]
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


def _terms(name: str, text: str, reading: _Reading) -> list[str]:
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
