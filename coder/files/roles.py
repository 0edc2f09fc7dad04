"""What the columns of a file of answers are for, as far as names and cells tell: proposed, for a person to correct.

What looks like personal data is told by what a column is called, and by what is in it. A question about names or
streets is not such ("Welke naam zou u het gebouw geven?"): of a column that asks something only what nobody answers to
such a question counts, such as an address of e-mail.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coder.corpus import MISSING, thousand
from coder.files.kinds import Kind, kinds_of
from coder.files.sheets import Sheet, called_weight
from coder.languages.nl.personal import find_personal
from coder.note import Note, some

_NOUNS = """
    \\w*e-?mail\\w*( address)?|courriel|\\w*telefoon\\w*|tel|téléphone|telephone|\\w*phone|\\w*gsm\\w*
    |mobiel(nummer)?|mobile
    |ip[ -]?(adres|address)|ipaddress
    |\\w*voornaam|achternaam|familienaam|roepnaam|gebruikersnaam|username|(first|last|full|given|family) ?name|surname
    |prénoms?|nom de famille|nom complet|nom et prénom
    |geboorte ?(datum|dag)|geb ?datum|geboren op|birth ?(date|day)|date of birth|dob|date de naissance|née? le
    |\\w*rijksregister\\w*|insz\\w*|niss|bsn|burgerservicenummer|registre national|numéro national
    |national (register|number|insurance)|social security
    |iban\\w*|\\w*rekeningnummer|bankrekening\\w*|bank ?account|account number|compte bancaire|numéro de compte
    |straat(naam)?|street|rue|huisnummer|\\w*adres|address|adresse|domicilie|domicile
    |latitude|longitude|handtekening|signature
"""
"""What makes a short heading one of personal data, wherever it stands in it."""
_NAMES = """
    (volledige )?(naam|namen)|name|nom|naam (en|+|&|/) voornaam|voornaam (en|+|&|/) (achter|familie)?naam
    |voor-? ?en (achter|familie)?naam|contactpersoon|contactgegevens|contact (person|details)
    |personne de contact|coordonnées|(numéro de )?portable
""".replace("+", "\\+")
"""What does so where the heading says nothing else: the name of an organisation is not that of a person."""
_ASKED = """
    ([a-z]?\\d+[a-z]? )?((wat|welke?) (is|zijn) |what (is|are) |quel(le)?s? (est|sont) )?
    ((uw|je|jouw|de|het|your|the|votre|vos|le|la) )?
"""
_WHOSE = """
    ( (van|of|de|du)( (de|het|the|la))?)?
    ( (respondent|deelnemer|deelneemster|invuller|persoon|contactpersoon|medewerker|vrijwilliger|klant|ouder|kind|lid
    |participant|répondant|personne|contact|employee|member|person))?( ?\\d+)?
"""


def _pattern(text: str) -> "re.Pattern[str]":
    return re.compile(re.sub(r"\n\s*", "", text), re.IGNORECASE)


_SHORT = _pattern(rf".*(?<!\w)({_NOUNS})(?!\w).*")
_WHOLE = _pattern(f"{_ASKED}({_NAMES}|{_NOUNS}){_WHOSE}")
_ASIDE = re.compile(r"\([^)]*\)|[:*?_.]+|(?<=[a-z])(?=[A-Z])")
_QUESTION = _pattern(
    """
    (wat|welke?|hoe|hoeveel|waar(om|mee|over|voor)?|wie|wanneer|what|which|how|why|who|where|when|quel(le)?s?|que|quoi
    |comment|pourquoi|qui|où|quand|qu['’]est)[^a-z].*
    """.strip()
)
"""What begins as a question, also where it has no question mark."""
_FEW_WORDS = 5
_PERSONAL_LOOKED_AT, _PERSONAL_LONGEST = 100, 70
_MOST = 0.8
"""A cell is personal where so great a share of its letters and figures is."""
_SURE = ("email", "phone", "account", "person")
"""Kinds that are personal whatever is asked."""
_PLACE = re.compile(r"(B-?\s?)?[1-9]\d{3}(\s?[A-Z]{2})?\s+\D+")
"""A postcode with its place, which tells no house."""
_FIGURES = re.compile(r"[\d@]")
_ADDRESS = re.compile(r"\d{1,3}(\.\d{1,3}){3}")
"""An address of a computer."""


def is_called_personal(name: str, wording: str = "") -> bool:
    """Whether a heading, or the question that the column has, asks for what tells who somebody is.

    >>> [is_called_personal(name) for name in ("Naam", "Naam organisatie", "Wat is uw adres?", "Is uw straat veilig?")]
    [True, False, True, False]
    """
    return any(_says_personal(text) for text in (name, wording) if text.strip())


def _says_personal(text: str) -> bool:
    plain = " ".join(_ASIDE.sub(" ", text).split())
    if _WHOLE.fullmatch(plain):
        return True
    return len(plain.split()) <= _FEW_WORDS and not is_question(text) and bool(_SHORT.fullmatch(plain))


def is_question(heading: str) -> bool:
    """Whether a heading asks something that people answer in their own words."""
    return heading.rstrip().endswith("?") or bool(_QUESTION.match(heading.strip()))


def personal_kind(filled: Sequence[str], *, asks: bool = False) -> str:
    """The kind of personal data that more than half of these cells are ("" for none); `asks` says it is a question."""
    cells = [cell for cell in filled[:_PERSONAL_LOOKED_AT] if len(cell) <= _PERSONAL_LONGEST]
    kinds = [kind for kind in map(_kind_of, cells) if kind and (kind in _SURE or not asks)]
    if len(kinds) <= max(1, min(len(filled), _PERSONAL_LOOKED_AT) / 2):
        return ""
    return max(sorted(set(kinds)), key=kinds.count)


def _kind_of(cell: str) -> str:
    """What a cell as a whole is, "" where it says something else."""
    if _ADDRESS.fullmatch(cell):
        return "computer"
    words = cell.split()
    capitals = sum(word[0].isupper() for word in words)
    may = _FIGURES.search(cell) or 2 * capitals >= len(words)
    if not may or _PLACE.fullmatch(cell) or not any(map(str.isalnum, cell)):
        return ""
    found = find_personal(cell)
    inside = sum(sum(map(str.isalnum, cell[one.start : one.end])) for one in found)
    return found[0].kind if found and inside >= _MOST * sum(map(str.isalnum, cell)) else ""


OPEN, ID, WEIGHT, WAVE, GROUP, BACKGROUND, LEFT_OUT = "open", "id", "weight", "wave", "group", "background", "left_out"
CODES = "codes"
ROLES = (OPEN, ID, WEIGHT, WAVE, GROUP, CODES, BACKGROUND, LEFT_OUT)
_LOOKED_AT = 2_000
_SHOWN, _LONGEST = 3, 120
_WORDS, _CHARACTERS, _APART, _APART_ASKED = 1.6, 12, 0.5, 0.15
"""An answer in people's own words has so many words or characters on average, and so great a share says another thing;
where the column asks a question so great a share is enough."""
_GROUPS, _EACH = 25, 4
"""So many groups at most, of so many rows each on average."""
_WAVES = 12
_ID = re.compile(
    r"(resp\w*|record|case|participant|deelnemer\w*|antwoord|volg|lid|member)?[ _-]*"
    r"(id|nr|nummer|no|number|uuid|guid|key|sleutel|numéro)|respondent|deelnemer|participant|répondant",
    re.IGNORECASE,
)
_NEARLY = 0.9
"""Of a column that is called an id so great a share of the rows has a value of its own: the others are doubles to mind,
and with more of them the file has several rows of everybody."""
_WAVE = re.compile(
    r"(meting|golf|wave|ronde|jaar|year|periode|period|vague|année|editie|edition)([ _-]?(nr|jaar|van.*))?",
    re.IGNORECASE,
)
_CODES = re.compile(r"(codes?|coder\w*|codering|gecodeerd|thema'?s?|labels?)([ _-].{0,20})?", re.IGNORECASE)
_BETWEEN = re.compile(r"[;|,#]")
_MOST_CODES = 80
_ROWS = 10


@dataclass(frozen=True, slots=True)
class Guess:
    """What a column is for (one of `ROLES`) and why that is thought; how it is worded, and what it begins with."""

    column: str
    role: str
    why: Note
    wording: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Cells:
    """What is known of a column: its filled cells (the first ones), and of how many rows these were."""

    name: str
    wording: str
    kind: Kind
    filled: Sequence[str]
    rows: int

    @property
    def distinct(self) -> int:
        return len({cell.casefold() for cell in self.filled})

    @property
    def asks(self) -> bool:
        return self.name.rstrip().endswith("?") or self.wording.rstrip().endswith("?")


def guess_roles(sheet: Sheet) -> list[Guess]:
    """What each column of a table is for, in their order; one id, one weight and one wave at most."""
    frame = sheet.frame.head(_LOOKED_AT)
    kinds = kinds_of(sheet.frame)
    weight, why_weight = _weights(sheet.frame)
    found: list[Guess] = []
    taken: set[str] = set()
    for name in map(str, frame.columns):
        cells = _Cells(name, sheet.wording.get(name, ""), kinds.get(name, "text"), _filled(frame[name]), len(frame))
        role, why = (WEIGHT, why_weight[name]) if name == weight else _role(cells, taken)
        if name in why_weight and role in (GROUP, BACKGROUND):
            role, why = BACKGROUND, why_weight[name]
        if role == ID:
            role, why = _id(sheet.frame[name].str.strip(), why)
        taken.add(role)
        shown = tuple(dict.fromkeys(cell[:_LONGEST] for cell in cells.filled))[:_SHOWN]
        found.append(Guess(name, role, why, cells.wording, shown))
    return found


def _weights(frame: pd.DataFrame) -> tuple[str, dict[str, Note]]:
    """The column of weights ("" for none), and what is said of each column that is called so.

    One in which each cell is a weight comes before one in which some are not; of the latter the rows are told.
    """
    says: dict[str, Note] = {}
    bad: dict[str, int] = {}
    for name in filter(called_weight, map(str, frame.columns)):
        cells = frame[name].str.strip()
        numbers = pd.to_numeric(cells.str.replace(",", "."), errors="coerce")
        wrong = np.flatnonzero(~(numbers > 0).to_numpy())
        if read := thousand(cells):
            says[name] = Note("roles.weight_thousand", **read)
        elif len(wrong) > len(cells) / 2:
            says[name] = Note("roles.weight_words", count=len(wrong), all=len(cells))
        elif (above := numbers[numbers > 0]).min() == above.max():
            says[name] = Note("roles.weight_same", value=cells[above.index[0]])
        else:
            bad[name] = len(wrong)
            rows = some((wrong + 1).tolist(), _ROWS)
            says[name] = Note("roles.weight_bad", count=len(wrong), rows=rows) if len(wrong) else Note("roles.weight")
    best = min(bad, key=lambda name: bad[name], default="")
    return best, says | {name: Note("roles.weight_other", column=best) for name in bad if name != best}


def _id(cells: "pd.Series[str]", why: Note) -> tuple[str, Note]:
    """Whether a column of which the first cells are ids is one throughout, or nearly so where its name says it is."""
    own = cells[cells != ""].nunique()
    if why.key == "roles.id" and _NEARLY * len(cells) <= own < len(cells):
        return ID, Note("roles.id_nearly", distinct=own, count=len(cells))
    return (ID, why) if cells.is_unique else (BACKGROUND, Note("roles.id_twice"))


def _filled(cells: "pd.Series[str]") -> list[str]:
    return [cell for cell in cells.str.strip() if cell and cell.casefold() not in MISSING]


def _role(cells: _Cells, taken: set[str]) -> tuple[str, Note]:
    count, distinct = len(cells.filled), cells.distinct
    if not count:
        return LEFT_OUT, Note("roles.empty")
    personal = personal_kind(cells.filled, asks=is_question(cells.name) or is_question(cells.wording))
    called = ID not in taken and distinct >= _NEARLY * cells.rows and _ID.fullmatch(cells.name.strip())
    if called and personal in ("", "phone"):  # a number of nine figures is one of those too
        return ID, Note("roles.id")
    if personal or is_called_personal(cells.name, cells.wording):
        return LEFT_OUT, Note("roles.personal")
    if WAVE not in taken and distinct <= _WAVES and _WAVE.fullmatch(cells.name.strip()):
        return WAVE, Note("roles.wave", count=distinct)
    if _CODES.fullmatch(cells.name.strip()) and _are_codes(cells.filled):
        return CODES, Note("roles.codes")
    if _is_open(cells):
        words = sum(len(cell.split()) for cell in cells.filled) / count
        return OPEN, Note("roles.open", words=round(words), distinct=distinct, count=count)
    if 1 < distinct <= _GROUPS and count >= _EACH * distinct and cells.kind != "date":
        return GROUP, Note("roles.group", count=distinct)
    if ID not in taken and distinct == cells.rows == count and cells.kind != "date":
        return ID, Note("roles.unique")
    return BACKGROUND, Note("roles.background", count=distinct, distinct=distinct)


def _are_codes(filled: Sequence[str]) -> bool:
    """Whether cells hold lists of which the parts come back."""
    parts = [part.strip() for cell in filled for part in _BETWEEN.split(cell) if part.strip()]
    return len(set(parts)) <= min(_MOST_CODES, max(1, len(parts) * 0.8))


def _is_open(cells: _Cells) -> bool:
    """Whether people answered in their own words."""
    if cells.kind != "text":
        return False
    count = len(cells.filled)
    if sum(any(map(str.isalpha, cell)) for cell in cells.filled) < 0.6 * count:
        return False
    words = sum(len(cell.split()) for cell in cells.filled) / count
    long = words >= _WORDS or sum(map(len, cells.filled)) / count >= _CHARACTERS
    apart = cells.distinct / count
    return (long and apart >= _APART and any(" " in cell for cell in cells.filled)) or (
        cells.asks and apart >= _APART_ASKED and cells.distinct > _GROUPS
    )
