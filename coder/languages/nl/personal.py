"""What in a text gives a person away: names, addresses, telephone, e-mail, accounts, personal numbers.

Rules alone, Belgian and Dutch forms, no model of language: what they catch can be said (see the manual),
and what they miss too.

Names of people are found by titles, common first names, initials, "mijn naam is", "Van den …". The bundled pipeline
knows no names of people, and telling them from other names (places, papers, firms) by capitals alone would mask what
answers are about. So a surname alone is not found. The first names were written down for this package, not taken from a
register, so rare names are missing.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from coder.languages.nl.lemmas import is_known, is_only_name
from coder.languages.text import fold

KINDS = ("name", "email", "phone", "address", "link", "account", "person")
"""What may be found; a `person` is a personal number (rijksregisternummer, BSN)."""


@dataclass(frozen=True, slots=True)
class Personal:
    """What gives a person away: its kind (one of `KINDS`) and its characters `[start, end)`."""

    kind: str
    start: int
    end: int


def find_personal(text: str, *, keep: Iterable[str] = ()) -> tuple[Personal, ...]:
    """What in a text may give a person away, in order, none overlapping.

    `keep` are names that may stay, such as those of politicians an answer is about: a name that has
    one of these words is not found. Case and accents do not matter there.
    """
    stay = {word for name in keep for word in fold(name).split()}
    found: list[Personal] = []
    for one in _candidates(text):
        apart = all(one.end <= other.start or one.start >= other.end for other in found)
        if apart and not (one.kind == "name" and stay & set(re.findall(r"\w+", fold(text[one.start : one.end])))):
            found.append(one)
    return tuple(_together(text, sorted(found, key=lambda one: one.start)))


def _together(text: str, found: Sequence[Personal]) -> Iterator[Personal]:
    """Addresses in a row ("Kerkstraat 1, 9000 Gent") as one."""
    last: Personal | None = None
    for one in found:
        if last and last.kind == one.kind == "address" and re.fullmatch(r"[\s,;-]*", text[last.end : one.start]):
            last = Personal("address", last.start, one.end)
        else:
            if last:
                yield last
            last = one
    if last:
        yield last


def _candidates(text: str) -> Iterator[Personal]:
    """What may be found, the surest first."""
    for kind, pattern, holds in _PATTERNS:
        for match in pattern.finditer(text):
            if holds(match):
                yield Personal(kind, match.start(), match.end())
    for start, end in names(text):
        yield Personal("name", start, end)


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


Span = tuple[int, int]

TITLES = frozenset(
    """
    meneer mijnheer mevrouw mevr mw mvr dhr heer dr drs prof professor dokter ir ing mr juf juffrouw meester zuster
    pater collega minister staatssecretaris premier president burgemeester schepen wethouder coach therapeut
    """.split()
)
"""Words after which a capitalised word is a name; a full stop may stand between."""

_OFFICES = frozenset({"minister", "staatssecretaris", "schepen", "wethouder", "president", "burgemeester"})
"""Titles after which "van" begins what the office is of."""
_PARTICLES = frozenset("van de den der 't ter ten te von du la le el al ben bin vanden vander vande op".split())
_SURNAME_STARTS = frozenset("van vanden vander vande von".split())
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_CLOSED = re.compile(r"[ \u00a0]|\.[ \u00a0]?")
"""What may stand between a title, an initial and a name."""
_SENTENCE_START = re.compile(r"(?:[.!?:;\n\r\"“”„«(\[*•/–-])[\s'\"“”‘’*•-]*$")
_SAYS_NAME = re.compile(
    r"\b(?:mijn naam is|ik heet|(?:met )?vriendelijke groet(?:en|jes)?|groet(?:en|jes)|mvg)\b[\s,:]*(?:van\s+)?",
    re.IGNORECASE,
)
_SAYS_ANY = re.compile(r"mijn naam is", re.IGNORECASE)
_INITIALS = re.compile(r"(?<![\w.])(?:[A-Z]\.\s?){1,4}(?=[A-Z]|(?:van|de|den|der|ter|ten)\s)")
_NO_SAINTS = frozenset({"sint", "sinte", "st", "saint", "santa", "zwarte", "san"})
_NO_PEOPLE = frozenset(
    {"jan modaal", "jan met", "jan klaassen", "jan publiek", "jan alleman", "piet snot", "max havelaar"}
)
_SPACES = (" ", "\u00a0")
_NEAR = 20
"""Characters that are looked at on either side of a word."""
_SHORTEST_SMALL = 4
"""A first name of fewer letters is not one without its capital ("jan" is a month, "els" a tree)."""
_LONGEST = 5
"""So many words follow a first name at most."""


def names(text: str) -> Iterator[Span]:
    """Where names of people stand, `[start, end)`, in order; those of one person together."""
    words = list(_WORD.finditer(text))
    shouted = text.isupper()
    told = _told(text)
    place = free = 0
    while place < len(words):
        last = _name_at(text, words, place, told, shouted=shouted)
        if last is None:
            place += 1
            continue
        start, end = words[_first(text, words, place, free)].start(), words[last].end()
        yield _with_initials(text, start), end
        free = last + 1
        place = last + 1


def _name_at(
    text: str, words: Sequence[re.Match[str]], place: int, told: dict[int, bool], *, shouted: bool
) -> int | None:
    """The last word of the name that starts here, or None where none does."""
    start, plain = words[place].start(), words[place][0].lower()
    capital = words[place][0][0].isupper()
    last = _surname(text, words, place, shouted=shouted)
    named = capital or (plain in _PARTICLES and last > place)
    if start in told and plain not in TITLES | _NO_NAME:
        if capital:
            return last
        if told[start]:
            return last
    named_here = named or _like_a_name(plain)
    if _after_title(text, words, place) and named_here and plain not in TITLES and not (shouted and plain in _NO_NAME):
        return None if plain in _PARTICLES and last == place else last
    if named and _with_initials(text, start) < start:
        return last
    if _is_first_name(text, words, place, shouted=shouted):
        return last
    sure = capital and not shouted and not _starts(text, start)
    return last if sure and plain in _SURNAME_STARTS and last > place else None


def _first(text: str, words: Sequence[re.Match[str]], place: int, free: int) -> int:
    """The first word of the name: a first name that the list lacks may stand before ("Lucille Werner")."""
    if place == free or text[words[place - 1].end() : words[place].start()] not in _SPACES:
        return place
    before = words[place - 1][0]
    return place - 1 if before[0].isupper() and before.lower() not in TITLES and not is_known(before) else place


def _after_title(text: str, words: Sequence[re.Match[str]], place: int) -> bool:
    word, title = words[place][0].lower(), words[place - 1][0].lower() if place else ""
    if title not in TITLES or len(word) == 1 or (title in _OFFICES and word == "van"):
        return False
    return _CLOSED.fullmatch(text[words[place - 1].end() : words[place].start()]) is not None


def _is_first_name(text: str, words: Sequence[re.Match[str]], place: int, *, shouted: bool) -> bool:
    word = words[place]
    capital = word[0][0].isupper()
    first = word[0].lower().split("-")[0] if capital else word[0].lower()
    first = re.sub(r"['’]s$", "", first)
    if first not in FIRST_NAMES and first not in WORD_NAMES and first.endswith("s") and capital:
        first = first[:-1]
    if place and words[place - 1][0].lower() in _NO_SAINTS:
        return False
    follows = words[place + 1][0].lower() if place + 1 < len(words) else ""
    if f"{first} {follows}" in _NO_PEOPLE:
        return False
    if first in WORD_NAMES:
        if not capital or shouted:
            return False
        last = _surname(text, words, place, shouted=shouted)
        return not _starts(text, word.start()) or (last > place and words[last][0][0].isupper())
    return first in FIRST_NAMES and (capital or len(first) >= _SHORTEST_SMALL)


def _surname(text: str, words: Sequence[re.Match[str]], place: int, *, shouted: bool) -> int:
    """The last word of the names that follow in a row, with what stands between ("Jan van den Berg"); else `place`.

    The first may be any word with a capital ("Jan Bakker"), further ones and those in small letters
    must be a name, or unknown, to the word lists.
    """
    last, at = place, place + 1
    while at < len(words) and last < place + _LONGEST and text[words[at - 1].end() : words[at].start()] in _SPACES:
        word = words[at][0]
        if word.lower() not in _PARTICLES:
            capital = word[0].isupper() and not shouted and not (word.isupper() and len(word) > 1)
            led = shouted and last == place and words[at - 1][0].lower() in _PARTICLES and at - 1 > place
            if word.lower() in _NO_NAME or not ((capital and last == place) or led or _like_a_name(word)):
                break
            last = at
        at += 1
    return last


def _like_a_name(word: str) -> bool:
    return is_only_name(word) or not is_known(word)


def _told(text: str) -> dict[int, bool]:
    """Where a name starts that the text announces, and whether it may stand there without a capital."""
    return {match.end(): _SAYS_ANY.match(match[0]) is not None for match in _SAYS_NAME.finditer(text)}


def _with_initials(text: str, start: int) -> int:
    """The start of the initials before a name, or of the name itself."""
    for match in _INITIALS.finditer(text, max(0, start - _NEAR), start + _NEAR):
        if match.end() == start:
            return match.start()
    return start


def _starts(text: str, at: int) -> bool:
    """Whether a sentence starts here, so that a capital says nothing."""
    return _SENTENCE_START.search(text[at - _NEAR : at] if at > _NEAR else f"\n{text[:at]}") is not None


_NO_NAME = frozenset(
    """
    en of maar want dus die dat dit deze is was heeft had kan kon moet wil zal zou ik u je jij hij zij ze wij we in op
    aan met voor van door bij te om als er hier daar niet geen wel ook nog al zeer erg heel goed altijd nooit over zegt
    """.split()
)
"""Words that are no name where capitals or announcements say nothing."""


FIRST_NAMES = frozenset(
    """
    aad aafke aaltje aart abdel abdelkader abdellah abdul abdullah abel achmed adam adelheid adil adriaan adrie
    agnes ahmad ahmed aicha aida aisha albert alec aleida alex alexander alexandra alexia alfons alfred ali alicia
    alina aline alissa aliyah amal amanda amber amin amina amir amira amélie ana anas andrea andreas andries andré
    anita anja anke anna annabel anne anneke anneleen annelies annemarie annemie annick annie annika anouk anselm
    ansje anthony antje antoine antoinette antonia antonio antoon ariane arie arjan arjen arlette armand arne arno
    arnold arnout arthur arturo astrid audrey aurélie axel ayla aylin ayoub aziz aïcha babette barbara bart bas
    bastiaan beatrijs benedict benjamin benno benny berend bernadette bernard bert bertus betty bianca bilal bjorn
    björn bob boris boudewijn brahim bram brecht brenda brigitte britt carine carla carlo carlos carmen carolien
    carolina caroline cas casper catharina catherine cathy cathérine cecile cedric celine chaima chantal charles
    charlotte chloé chris christa christel christiaan christiane christina christine christoph christophe cindy
    claire claudia claudine conny coralie corine cornelia cornelis corrie cynthia cécile cédric céline daan dagmar
    daisy dana daniel daniela danielle daniël daniëlle danny daphne david debbie debby delphine denise dennis
    desiree diana dick diede diederik diego dieter dimitri dinah dineke dirk dominique donna dorien dorine driss
    dylan désirée ebru eddy edgard edith eduard edwin eefje eelco egbert elena elfi eline elisa elisabeth elise ella
    ellen elly els elsbeth elsie elvira emiel emile emilie emine emma emre eric erica erik erika erna ernst erwin
    esmee esmée esra esther etienne eugène eva evelien eveline evelyn evelyne evert evi evy eward ewout fabian
    fabienne fadila farid farida fatih fatiha fatima fatma fedde felix femke ferdinand fernand fien filip finn
    firmin flip floortje flore florent florian floris francesca francine francis francisca franciscus francois
    franka frans franz françois françoise fred freddy frederic frederick frederik frederique freek freija freya
    frieda frits froukje gabriel gabriella gaston geert geertje geertrui geertruida georges gerard gerda gerlinde
    gerrit gert gertjan gertrude ghislaine gianni gijs gilbert gilles gina gino giovanni gisela gisèle glenn
    godelieve goedele greet greetje greta gretel griet gudrun guido guillaume gunther gust gustaaf gustave gwen
    gwendoline gwendolyn hadewych hafida haico hakan hamid hamza hanna hannah hanne hanneke hannelore hans harm
    harmen harrie harry hasan hassan hatice hedwig heidi heike hein heleen helena helga hendrik hendrika henk hennie
    henny henri henriëtte henry herbert herman hermine hicham hilda hilde hildegard hubert hugo huib husein hussein
    hélène ibrahim ida ignace igor ilham ilias ilona ilse ilyas imane imke imran ina ine ineke inez inge ingeborg
    ingrid irena irene irina irène isa isaac isabel isabella isabelle ismail ismaël ivan ivo ivonne jaap jacob
    jacoba jacqueline jacques jaimy jalal jamal james jamila jan jana jane janine janna janneke jannes jannie janny
    jari jarne jasmien jason jasper jayden jean jeanine jeanne jeannette jef jeffrey jelle jelte jens jeremy jeroen
    jerome jesse jessica jessy jette jill jimmy joachim joan joanna jochem joel joeri joey johan johanna johannes
    john johnny jolanda jolande jolien jonas jonathan joop joost joran jordi jordy jorg jorien joris jos josefien
    josefine joseph josephine joshua josé joyce jozef jozefien joël judith jules julia julian julie julien juliette
    julius jurgen jurre justin jérôme jürgen kaat kadir karel karen karim karima karin karine karl karlien karlijn
    karolien kasper kathleen kathy katleen kato katrien katrijn kees kelly ken kenneth kenny kevin khadija khaled
    khalid kiran klaartje klaas klara kobe koen koenraad koos kristel kristiaan kristien kristin kristina kristof
    krystyna kurt kyara kyra lander lara lars latifa laura laure laurence laurens laurent lena lene leni lennart
    lennert lennie leo leon leonard leonie leontien leyla liam lianne lidia lidwien lieke lien liesbet liesbeth
    liese lieselot lieselotte lieven lilian liliane lily lina linda linde lindsay lindsey lisa lisanne lise liselot
    lisette lode lodewijk loes lore loreen lorenzo lotte louis louisa louise louiza loïc luc luca lucas lucia lucie
    lucien lucienne lucille ludo ludovic lukas lut lutgard lutgarde luuk lydia lynn léon maaike maarten maartje
    machteld madelon magali magda mahmoud maike manon manuel manuela marc marcel marco margaretha margaux margot
    margreet margriet maria mariam mariana marianne maribel marie marieke marielle marijke marijn marijse marilyn
    mario marion marit marita mariël mariëlle marja marjan marjolein marjolijn markus marleen marlene marlien
    marlies marloes marlène marnix marta martha marthe martijn martin martina martine marwa mary maryam mathias
    mathieu mathijs mathilde matteo matthew matthias matthijs maud maureen maurice maurits maxim maxime maximilien
    mechteld mehdi mehmet melanie melina melissa menno merijn merlijn merve meryem mia michael michaël michel
    michelle michiel michèle mieke miguel mikaël mike milo milou mimi mira miranda miriam mirjam mirte mirthe moh
    mohamad mohamed mohammad mohammed monica monika monique morgane mounir moussa muhammed murat muriel mustafa
    mustapha myra myriam myrthe nabil nadia nadine nadège najat najib naomi natacha natalia natalie nathalie nathan
    nele nelly nettie nick nicky nico nicola nicolas nicole nicolette niels nienke nils nina noa noah nora norbert
    noreen noud nour noémi noémie noël odette olaf olga olive oliver olivia olivier omar oscar oskar osman otto
    oumaima paola pascal pascale pascalle patricia patrick patrik paul paula paulien paulina pauline pedro peggy
    perla peter petra philip philippe piet pieter pieterjan pietje quinten rabia rachel rachid rachida raf rafael
    rafaël rafik ramazan ramon ramona ramses raoul raymond rebecca regina reginald reinhart reinhilde reinier
    reinout remco remi remy renaat renate renilde reno rené renée resul ria rianne ricardo richard rick ridouan rik
    rika rina rita robbe robbert robert roberta roberto robin rocco rodrigo roel roeland roelof roger rogier roland
    rolf romain roman romana ron ronald ronny rosalie rosalinde rosanne rosemarie rosita roxane roy ruben rudi
    rudolf rudy rutger ruth ruud ruxandra rémi saar sabina sabine sabrina safae said saida salima salma samantha
    samir samira sammy samuel sander sandra sandrine sanne sara sarah saskia saïd sean sebastiaan sebastian selim
    selma semih senne serge sharon sharona shauni shirley sibel siebe siebren sigrid silke silvia silvie simon
    simone simonne sina siska sjaak sjoerd sjors soetkin sofia sofiane sofie sonia sonja sophie soraya souad
    soufiane stef stefaan stefan stefanie stefano steff stephan stephanie steve steven stijn stéphane suzan suzanna
    suzanne suzy sven swa sylvain sylvester sylvia sylvie sébastien tamara tania tanja tara tarik tariq tatiana
    tatjana ted teresa tess tessa tetiana teun theo theodoor theresa thierry thijmen thijs thomas thorsten thérèse
    tibo tiffany tijl tijmen tijn tilly tim timo timothy tina tineke tjeerd tobias toine tom tommy tonny trees
    tristan trudy truus twan ugur ulrike ursula valerie valérie vanessa veerle vera verona veronique vicky viktor
    vincent vincenzo violette virginie vivian viviane véronique walid walter wannes ward wendy werner wesley wessel
    widad wietse wilfried wilhelmina willeke willem willemijn willy wilma wim wouter xander xavier yacine yannick
    yara yasemin yasin yasmina yasmine yassin yassine ylva yolanda youri youssef yusuf yvan yves yvette yvonne zahra
    zakaria zeynep ziad zineb zita zohra zoé zoë
    """.split()
)
"""Names that are hardly ever another word."""

WORD_NAMES = frozenset(
    """
    an angel ann april arend axelle ben bloem bo boy bruno dries elke faith fleur floor florence frank friso guy
    hope iris jade jasmijn jet jip jo job joke jordan josse joy june kim kris kristal lea leen lente lies lieve lot
    luna madelief mare marina mark marlon mart mats max mees mei merel mick mien mies milan mina morgan nel noor pim
    pip puck rein riet rob robijn roos rosa rose ruby rune sam sien sky sol stan sterre storm summer ties tine tiny
    toon victor victoria viola wiebe wil will wolf
    """.split()
)
"""Names that are another word too ("Ben tevreden", "een job"): taken for a name in the middle of a sentence alone."""
