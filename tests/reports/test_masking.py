"""Masking: what gives a person away goes, all else stays verbatim, and spans mark the same words."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coder.languages.nl.personal import find_personal
from coder.reports.quotes import Span, masked, masks
from coder.words import speaking

MASKED = [
    ("Mail naar an.claes+werk@ocmw.example.be.", "Mail naar [e-mail]."),
    ("an.claes (at) voorbeeld (dot) be", "[e-mail]"),
    ("Bel 0478 12 34 56 of 0478/12.34.56.", "Bel [telefoon] of [telefoon]."),
    ("Vast: 09 123 45 67, 09/123.45.67, (016) 12 34 56", "Vast: [telefoon], [telefoon], [telefoon]"),
    ("+32 (0)9 123 45 67 of 0032478123456", "[telefoon] of [telefoon]"),
    ("06-12345678, 06 12 34 56 78, 020-1234567, +31 6 12345678", "[telefoon], [telefoon], [telefoon], [telefoon]"),
    ("Zie www.facebook.com/an.claes.5 of https://an:geheim@voorbeeld.be/x", "Zie [link] of [link]"),
    ("Ik woon in de Kerkstraat 12 bus 3, 9000 Gent.", "Ik woon in de [adres]."),
    ("Lange Nieuwstraat nr. 5a en kerkstraat 7", "[adres] en [adres]"),
    ("Heirbaan 12, Grote Markt 1, rue de la Loi 16", "[adres]"),
    ("3011 AB Rotterdam, 1012AB, 1000 Brussel", "[adres]"),
    ("Rekening BE68 5390 0754 7034 bij de bank", "Rekening [rekeningnummer] bij de bank"),
    ("NL91ABNA0417164300", "[rekeningnummer]"),
    ("Mijn rijksregisternummer is 85.07.30-033.28", "Mijn rijksregisternummer is [persoonsnummer]"),
    ("bsn 111222333", "bsn [persoonsnummer]"),
    ("Mevrouw Van den Broeck en dr. Claes hielpen.", "Mevrouw [naam] en dr. [naam] hielpen."),
    ("Aan de heer de Wit en collega Xandrine", "Aan de heer [naam] en collega [naam]"),
    ("Prof. dr. A. Mertens en mevrouw peeters", "Prof. dr. [naam] en mevrouw [naam]"),
    ("MARC DE SMET WEET HET", "[naam] WEET HET"),
    ("insta @an_claes", "insta [naam]"),
    ("MEVROUW PEETERS WAS GOED", "MEVROUW [naam] WAS GOED"),
    ("Sofie Van Damme-Claes en marleen helpen", "[naam] en [naam] helpen"),
    ("Vraag Jan-Willem van den Berg, hij weet het", "Vraag [naam], hij weet het"),
    ("Ik heb Jan's werk en Marleens boek gezien", "Ik heb [naam] werk en [naam] boek gezien"),
    ("J.P. Verhulst en A. de Vries", "[naam] en [naam]"),
    ("mijn naam is jan claessens en ik", "mijn naam is [naam] en ik"),
    ("Groetjes, Xanthippe", "Groetjes, [naam]"),
    ("Ben tevreden over Ben", "Ben tevreden over [naam]"),
    ("Toon Claes zette de toon", "[naam] zette de toon"),
    ("Ik werk met Van Hove samen", "Ik werk met [naam] samen"),
]

VERBATIM = [
    "",
    "De vergadering was op 01/02/2024 om 12 uur, of 01-02-2024 13.30",
    "In 2021 Corona, in 2022 Oorlog; 1500 Euro voor 3000 Mensen",
    "Ben tevreden. Wil meer tijd. Elke stem telt, elke dag. Lieve mensen, een job en een toon.",
    "Mijn baan 40 uur, de snelweg 4 keer, Onderweg 2 uur, straat 5",
    "Zwarte Piet, Jan Modaal, Sint Maarten, jan en els",
    "meneer de voorzitter, mevrouw aan de balie, de heer en dame",
    "Rekening BE68 5390 0754 7035 heeft een fout controlegetal",
    "85.07.30-033.29 ook",
    "Facebook, Instagram, VRT, De Standaard, Gent en https://www.vrt.be/nieuws",
    "0 1 2 3 4 5 6 7 8 9 10 en 100.000.000 en 123456789",
    "mijn naam is niet belangrijk",
    "de Minister van Welzijn, koffie van Max Havelaar, werken @home",
]


def mask(
    text: str, spans: Sequence[Span] = (), *, keep: Iterable[str] = (), language: str = "nl"
) -> tuple[str, tuple[Span, ...]]:
    with speaking(language):
        return masked(text, spans, masks(text, keep=keep))


@pytest.mark.parametrize(("text", "expected"), MASKED)
def test_what_gives_a_person_away_is_masked(text: str, expected: str) -> None:
    assert mask(text)[0] == expected


@pytest.mark.parametrize("text", VERBATIM)
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert mask(text, [(0, len(text))]) == (text, ((0, len(text)),))


def test_placeholders_are_in_the_language_of_the_reader() -> None:
    text = "Sofie, Kerkstraat 1, 09 123 45 67"
    assert mask(text, language="en")[0] == "[name], [address], [phone]"
    assert mask(text, language="fr")[0] == "[nom], [adresse], [téléphone]"


def test_names_that_may_stay_do() -> None:
    text = "Mark Claes belde Sofie Maes"
    assert mask(text, keep=["mark claes"])[0] == "Mark Claes belde [naam]"


def test_a_span_that_touches_what_is_masked_takes_in_the_placeholder() -> None:
    text = "de site van Sofie Maes is goed"
    start = text.index("Maes")
    shown, spans = mask(text, [(start, start + 7), (3, 7), (12, 17)])
    assert [shown[low:high] for low, high in spans] == ["[naam] is", "site", "[naam]"]


PIECES = [
    "Sofie Maes",
    "video",
    "Kerkstraat 12",
    "a@b.be",
    " ",
    "  ",
    ". ",
    "meer",
    "0478123456",
    "éé",
    "9000 Gent",
    "\n",
]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join), st.data())
def test_unmasked_parts_stay_verbatim_and_spans_mark_the_same_words(text: str, data: st.DataObject) -> None:
    ends = st.integers(0, len(text))
    spans = [tuple(sorted(pair)) for pair in data.draw(st.lists(st.tuples(ends, ends), max_size=4))]
    whole = [(low, high) for low, high in spans]
    found = find_personal(text)
    shown, moved = mask(text, whole)
    kept = [
        text[a:b] for a, b in zip([0, *(f.end for f in found)], [*(f.start for f in found), len(text)], strict=True)
    ]
    assert re.split(r"\[(?:naam|adres|e-mail|telefoon)\]", shown) == kept
    for (low, high), (start, end) in zip(whole, moved, strict=True):
        assert 0 <= start <= end <= len(shown)
        if all(high <= one.start or low >= one.end for one in found):
            assert shown[start:end] == text[low:high]


@given(st.text(alphabet="Jan vaBe19@.0/-\n[(+é€\U0001f600", max_size=40))
def test_any_text_is_masked_without_an_error(text: str) -> None:
    found = find_personal(text)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
