"""Which columns of a file of answers look like personal data: by what they are called, and by what is in them.

A question about names or streets is not one ("Welke naam zou u het gebouw geven?"): of a column that asks something
only what nobody answers to such a question counts, such as an address of e-mail.
"""

import re
from collections.abc import Sequence

from coder.languages.nl.personal import find_personal

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
_LOOKED_AT, _LONGEST = 100, 70
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
    cells = [cell for cell in filled[:_LOOKED_AT] if len(cell) <= _LONGEST]
    kinds = [kind for kind in map(_kind_of, cells) if kind and (kind in _SURE or not asks)]
    if len(kinds) <= max(1, min(len(filled), _LOOKED_AT) / 2):
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
