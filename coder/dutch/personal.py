"""What in a text gives a person away: names, addresses, telephone, e-mail, accounts, personal numbers.

Rules alone, Belgian and Dutch forms, no model of language: what they catch can be said (see the manual),
and what they miss too.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from coder.dutch.names import names
from coder.dutch.text import fold

KINDS = ("name", "email", "phone", "address", "link", "account", "person")
"""What may be found; a `person` is a personal number (rijksregisternummer, BSN)."""


@dataclass(frozen=True, slots=True)
class Found:
    """What gives a person away: its kind (one of `KINDS`) and its characters `[start, end)`."""

    kind: str
    start: int
    end: int


def find_personal(text: str, *, keep: Iterable[str] = ()) -> tuple[Found, ...]:
    """What in a text may give a person away, in order, none overlapping.

    `keep` are names that may stay, such as those of politicians an answer is about: a name that has
    one of these words is not found. Case and accents do not matter there.
    """
    stay = {word for name in keep for word in fold(name).split()}
    found: list[Found] = []
    for one in _candidates(text):
        apart = all(one.end <= other.start or one.start >= other.end for other in found)
        if apart and not (one.kind == "name" and stay & set(re.findall(r"\w+", fold(text[one.start : one.end])))):
            found.append(one)
    return tuple(_together(text, sorted(found, key=lambda one: one.start)))


def _together(text: str, found: Sequence[Found]) -> Iterator[Found]:
    """Addresses in a row ("Kerkstraat 1, 9000 Gent") as one."""
    last: Found | None = None
    for one in found:
        if last and last.kind == one.kind == "address" and re.fullmatch(r"[\s,;-]*", text[last.end : one.start]):
            last = Found("address", last.start, one.end)
        else:
            if last:
                yield last
            last = one
    if last:
        yield last


def _candidates(text: str) -> Iterator[Found]:
    """What may be found, the surest first."""
    for kind, pattern, holds in _PATTERNS:
        for match in pattern.finditer(text):
            if holds(match):
                yield Found(kind, match.start(), match.end())
    for start, end in names(text):
        yield Found("name", start, end)


def _is_iban(match: re.Match[str]) -> bool:
    """Whether its check digits fit (ISO 13616: the number modulo 97 is 1)."""
    plain = re.sub(r"\W", "", match[0]).upper()
    return int("".join(str(int(sign, 36)) for sign in plain[4:] + plain[:4])) % 97 == 1


def _is_national(match: re.Match[str]) -> bool:
    """Whether its check digits fit: Belgian (11 digits, born before or from 2000), or Dutch (9 digits)."""
    digits = re.sub(r"\D", "", match[0])
    if len(digits) == 11:  # noqa: PLR2004 (six of the date of birth, three in order, two to check)
        return any(97 - int(century + digits[:9]) % 97 == int(digits[9:]) for century in ("", "2"))
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=True)) % 11 == 0


def _is_phone(match: re.Match[str]) -> bool:
    """Whether it has as many digits as a Belgian or Dutch number, in so many groups as people write."""
    written = re.sub(r"\(0\)", "", match[0])
    digits = re.sub(r"\D", "", written)
    national = re.sub(r"^(0032|0031|32|31)", "0", digits) if re.match(r"\+|00", written) else digits
    groups = len(re.findall(r"\d+", written))
    return len(national) in {9, 10} and groups <= _MOST_GROUPS and not _DATE.match(match[0])


def _is_street(match: re.Match[str]) -> bool:
    return fold(match["street"]) not in _NO_STREET


def _is_postcode(match: re.Match[str]) -> bool:
    """A Belgian postcode with a place; of what could be a year, only with a place that has such a code."""
    year = 1900 <= int(match["code"]) <= 2099  # noqa: PLR2004 (years people write of)
    place = fold(match["place"])
    return int(match["code"]) in _CODES_LIKE_YEARS.get(place, ()) if year else place not in _COUNTED


def _always(_: re.Match[str]) -> bool:
    return True


_MOST_GROUPS = 6
_DATE = re.compile(r"\d{1,2}[-/. ]\d{1,2}[-/. ](?:19|20)\d\d(?!\d)")
_NO_STREET = frozenset(
    """
    autobaan autoweg autosnelweg doodweg fietspad grasmat halfweg halverwege levensweg loopbaan omweg onderweg overweg
    rondweg snelweg spoorweg voetpad wandelpad zandweg startbaan landingsbaan renbaan ijsbaan zwembaan kegelbaan
    droombaan bijbaan deeltijdbaan vakantiebaan hoofdbaan zijweg middenweg tussenweg uitweg weg baan busbaan
    gerechtshof arbeidshof
    """.split()
)
_COUNTED = frozenset(
    """
    euro eur euros mensen studenten leden leerlingen klanten inwoners woningen huizen werknemers medewerkers personen
    keer jaar uur dagen vrijwilligers bezoekers volgers respondenten belgen nederlanders vlamingen km kilometer meter
    """.split()
)
_CODES_LIKE_YEARS = {
    "antwerpen": (2000, 2018, 2020, 2030, 2040, 2050, 2060),
    "zaventem": (1930,),
    "nossegem": (1930,),
    "zwijndrecht": (2070,),
}
_STREET_NUMBER = (
    r"(?:,?\s*(?:nr\.?|nummer|n°))?,?\s+\d{1,4}(?!\d|\s?(?:%|uur|uren|euro|km|jaar|keer|min))[a-zA-Z]?\b"
    r"(?:[/-]\d{1,3}\b)?(?:,?\s*(?:bus|bte|b\.)\s?\w{1,4}\b)?"
)
_STREET = (
    r"\b(?:[A-Z][\w'’.-]{0,30}\s){0,2}"
    r"(?P<street>[\w'’-]{3,40}(?:straat|laan|plein|steenweg|stwg|gracht|singel|kade|kaai|dreef)"
    r"|(?:Grote|Oude|Nieuwe)\s[Mm]arkt)"
)
_STREET_BY_CAPITAL = r"\b(?P<street>[A-Z][\w'’-]{2,40}(?:weg|baan|lei|hof|pad|dijk|steeg|berg|veld|plantsoen|straatje))"
_STREET_IN_FRENCH = r"\b(?P<street>(?:[Rr]ue|[Aa]venue|[Cc]haussée|[Bb]oulevard)(?:\s[\w'’-]{1,30}){1,5}?)"
_POSTCODE_NL = (
    r"\b[1-9]\d{3}\s?(?!S[ADS]\b)[A-Z]{2}\s+(?:(?:aan|den|de|'s)\s)?[A-Z][\w'’-]+\b"
    r"|\b[1-9]\d{3}(?!S[ADS]\b)[A-Z]{2}\b"
)
_POSTCODE_BE = (
    r"\b(?:B-?\s?)?(?P<code>[1-9]\d{3})\s+"
    r"(?P<place>(?:Sint-|Sint\s|De\s|Den\s|Ter\s)?[A-Z][a-zà-ÿ]{2,30}(?:-[A-Za-zà-ÿ]{1,30})*)"
)
_PROFILE = (
    r"\b(?:https?://)?(?:[\w-]{1,63}\.){0,3}(?:facebook|fb|instagram|linkedin|twitter|x|tiktok|threads|github|snapchat)"
    r"\.com/[^\s,;)]*[^\s,;).!?]"
)
_USER_IN_LINK = (
    r"\bhttps?://[^\s/@]+@\S+"
    r"|\b(?:https?://|www\.)\S{0,200}?(?:/~\w|/users?/\w|[?&](?:user|uid|naam|name|e-?mail)=)\S*[^\s,;).!?]"
)
_EMAIL = r"[\w.+%-]{0,63}[\w+]@[\w-]+(?:\.[\w-]+)*"
_EMAIL_SPELT = (
    r"[\w.+%-]{1,64}\s?(?:\(at\)|\[at\]|\(apenstaartje\))\s?[\w-]+"
    r"(?:\s?(?:\(dot\)|\[dot\]|\(punt\))\s?[\w-]+|\.[\w-]+)+"
)
_HANDLE = r"(?<![\w@.])@(?!home\b|work\b|school\b|thuis\b)[A-Za-z_][\w.]{1,29}\w"
_IBAN_HERE = r"\bBE(?:[\s.-]?\d){14}\b|\bNL[\s.-]?\d\d[\s.-]?[A-Za-z]{4}(?:[\s.-]?\d){10}\b"
_IBAN = r"\b[A-Z]{2}\d{2}(?:[\s.-]?[A-Z0-9]{4}){2,7}(?:[\s.-]?[A-Z0-9]{1,3})?\b"
_NATIONAL_BE = r"(?<![\d+])\d{2}[.\s/-]?\d{2}[.\s/-]?\d{2}[.\s/-]?\d{3}[.\s/-]?\d{2}(?!\d)"
_NATIONAL_NL = r"(?<=bsn[\s:])\s?\d{9}(?!\d)|(?<=nummer[\s:])\s?\d{9}(?!\d)"
_PHONE = r"(?<![\w+,.])(?:\(?(?:\+|00)\s?3[12]\)?[\s./-]{0,3}(?:\(0\))?|\(?0)(?:\)?[\s./-]{0,3}\d){7,10}(?!\d)"


def _kind(
    kind: str, pattern: str, holds: Callable[[re.Match[str]], bool] = _always, *, any_case: bool = False
) -> tuple[str, re.Pattern[str], Callable[[re.Match[str]], bool]]:
    return kind, re.compile(pattern, re.IGNORECASE if any_case else 0), holds


_PATTERNS = (
    _kind("link", _USER_IN_LINK, any_case=True),
    _kind("link", _PROFILE, any_case=True),
    _kind("email", _EMAIL),
    _kind("email", _EMAIL_SPELT, any_case=True),
    _kind("name", _HANDLE),
    _kind("account", _IBAN_HERE, _is_iban, any_case=True),
    _kind("account", _IBAN, _is_iban),
    _kind("person", _NATIONAL_BE, _is_national),
    _kind("person", _NATIONAL_NL, _is_national, any_case=True),
    _kind("phone", _PHONE, _is_phone),
    _kind("address", _STREET + _STREET_NUMBER, _is_street),
    _kind("address", _STREET_BY_CAPITAL + _STREET_NUMBER, _is_street),
    _kind("address", _STREET_IN_FRENCH + _STREET_NUMBER, _is_street),
    _kind("address", _POSTCODE_NL),
    _kind("address", _POSTCODE_BE, _is_postcode),
)
"""What is looked for, the surest first: a kind, its pattern, and what must hold of a match."""
