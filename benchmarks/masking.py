"""How much of what gives a person away is masked, on sentences written for it, and how much in a file of answers.

    python benchmarks/masking.py [ANSWERS.csv --text COLUMN]

Nobody in the sentences exists. Those of `FIRST` were written before the rules were tried on them and then served
to mend the rules; those of `SECOND` were written after that and have changed nothing.
"""

import argparse
from collections import Counter
from pathlib import Path

from coder import read_answers
from coder.languages.nl.personal import find_personal

FIRST = [
    ("Onze coördinator Katrien heeft dat goed aangepakt.", ["Katrien"]),
    ("Volgens Luc Verbruggen van de afdeling communicatie kan dat beter.", ["Luc Verbruggen"]),
    ("Ik mis het overleg met mevrouw Aerts.", ["Aerts"]),
    ("bel gerust naar pieter op 0495/45.67.89", ["pieter", "0495/45.67.89"]),
    ("Je kan mij bereiken via els.vandamme@school.example", ["els.vandamme@school.example"]),
    ("Verbruggen zou dat nooit toelaten", ["Verbruggen"]),
    ("Sinds Yasmina weg is loopt het mis.", ["Yasmina"]),
    ("Dhr. Bogaerts en mevr. De Clercq doen hun best", ["Bogaerts", "De Clercq"]),
    ("mijn teamleider jan is top", ["jan"]),
    ("Ik werk samen met Oksana en met Tarik", ["Oksana", "Tarik"]),
    ("Wij zitten in de Stationsstraat 45 te 9300 Aalst", ["Stationsstraat 45", "9300 Aalst"]),
    ("Kantoor op Noordersingel 17, 2140 Antwerpen is te klein", ["Noordersingel 17", "2140 Antwerpen"]),
    ("Ik woon op de Meir 12", ["Meir 12"]),
    ("Mijn adres: Dorp 3, 2230 Herselt", ["Dorp 3", "2230 Herselt"]),
    ("Prinsengracht 263, 1016 GV Amsterdam", ["Prinsengracht 263", "1016 GV Amsterdam"]),
    ("Stort het op BE71 0961 2345 6769 aub", ["BE71 0961 2345 6769"]),
    ("tel 03 456 78 90 na de middag", ["03 456 78 90"]),
    ("nummer is 0032 2 345 67 89", ["0032 2 345 67 89"]),
    ("app me op 06 2345 6789", ["06 2345 6789"]),
    ("collega's Wouter en Steven verdienen een pluim", ["Wouter", "Steven"]),
    ("Bedankt Griet!", ["Griet"]),
    ("Groeten van Hilde Peeters", ["Hilde Peeters"]),
    ("De directeur, Guy Willems, luistert niet", ["Guy Willems"]),
    ("Roos geeft goede trainingen", ["Roos"]),
    ("Volgens Roos zijn de trainingen goed", ["Roos"]),
    ("prof. dr. A. Mertens gaf de lezing", ["A. Mertens"]),
    ("burgemeester Somers was er", ["Somers"]),
    ("insta: @annelies_v", ["@annelies_v"]),
    ("linkedin.com/in/bart-claes-123 staat mijn profiel", ["linkedin.com/in/bart-claes-123"]),
    ("mevrouw peeters helpt altijd", ["peeters"]),
    ("Dr Nguyen neemt tijd", ["Nguyen"]),
    ("ik ben Fatoumata en ik werk in de zorg", ["Fatoumata"]),
    ("Ilse V. en Dirk D. van de vakbond", ["Ilse V.", "Dirk D."]),
    ("MARC DE SMET MOET WEG", ["MARC DE SMET"]),
    ("Mvg, Kristof", ["Kristof"]),
    ("Joris' voorstel was beter", ["Joris"]),
    ("zorgcentrum Sint-Jozef en de Sint-Pietersabdij", []),
    ("De nieuwe website van Stad Gent en Proximus werkt niet", []),
    ("Artikel 12 van 1 januari 2023, punt 4.5.6", []),
    ("Google Drive, Microsoft Teams en WhatsApp", []),
    ("In de week van 12 mei 2024 hadden we 1500 Bezoekers", []),
    ("Ben blij dat Amerika en Parijs erbij zijn", []),
    ("De Vlaamse Regering en Minister van Welzijn", []),
    ("Meer tijd voor Max Havelaar en Natuurpunt", []),
    ("Het project Dienst 2025 Brussel is af", []),
    ("Lente en zomer zijn te druk, april ook", []),
    ("Opleiding bij VIVO, CAW Antwerpen en Kind en Gezin", []),
    ("factuur 2023/0456 en dossier 12.345.678", []),
    ("Een Facebookpagina, Instagram en TikTok tegen 2026", []),
    ("Sofie's en Toms team", ["Sofie", "Toms"]),
]

SECOND = [
    ("Vraag het aan Katleen van het onthaal", ["Katleen"]),
    ("Annelore Vandecasteele is mijn aanspreekpunt", ["Annelore Vandecasteele"]),
    ("Dat zei Filip Dewinne gisteren nog", ["Filip Dewinne"]),
    ("Ik mail wel eens naar info@vzwvoorbeeld.example", ["info@vzwvoorbeeld.example"]),
    ("bereikbaar op +32 495 12 34 56 of 016/20 30 40", ["+32 495 12 34 56", "016/20 30 40"]),
    ("Tiensesteenweg 101 bus 4 3010 Kessel-Lo", ["Tiensesteenweg 101 bus 4", "3010 Kessel-Lo"]),
    ("ons lokaal in de Molenweg 8 lekt", ["Molenweg 8"]),
    ("Meneer Haddad en mevrouw El Amrani zijn vrijwilligers", ["Haddad", "El Amrani"]),
    ("de nieuwe chef, Gunther, zegt nooit goeiedag", ["Gunther"]),
    ("ik vind dat veerle te veel werk heeft", ["veerle"]),
    ("Zonder Ria en Paul stopt de werking", ["Ria", "Paul"]),
    ("Lieve doet de administratie", ["Lieve"]),
    ("Onze voorzitter Lieve doet de administratie", ["Lieve"]),
    ("Het was Piet die het zei, niet Jan-Pieter", ["Piet", "Jan-Pieter"]),
    ("Desmet moet meer luisteren", ["Desmet"]),
    ("Bedankt aan dr. Van Looy!", ["Van Looy"]),
    ("rekeningnummer NL20 INGB 0001 2345 67", ["NL20 INGB 0001 2345 67"]),
    ("mijn gsm 0470123456", ["0470123456"]),
    ("volg me op instagram.com/noor.dv", ["instagram.com/noor.dv"]),
    ("Zuster Godelieve van het rusthuis in 8800 Roeselare", ["Godelieve", "8800 Roeselare"]),
    ("Mijn dochter Nore zit op die school", ["Nore"]),
    ("Vr. groeten, Bernd", ["Bernd"]),
    ("Wij willen Canva, Mailchimp en ChatGPT leren", []),
    ("Meer samenwerking met Stad Leuven en Provincie Vlaams-Brabant", []),
    ("Met de wagen van Hasselt naar Brussel Noord", []),
    ("De Warmste Week en Rode Neuzen Dag", []),
    ("In 2024 Europese verkiezingen, in 2025 Nieuwe subsidies", []),
    ("Te weinig tijd: 38 uur, 4 vergaderingen en 1200 mails", []),
    ("Sociale Media, Nieuwsbrief en Website", []),
    ("Kris kras door Vlaanderen en een Mark in de kerk", []),
]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("answers", nargs="?", type=Path)
    parser.add_argument("--text", default="text")
    asked = parser.parse_args()
    for name, examples in (("first", FIRST), ("second", SECOND)):
        report(name, examples)
    if asked.answers:
        texts = read_answers(asked.answers, text=asked.text).corpus.texts
        found = [find_personal(text) for text in texts]
        kinds = Counter(one.kind for some in found for one in some)
        masked = sum(map(bool, found))
        print(f"{asked.answers.name}: {masked} of {len(found)} answers have something masked: {dict(kinds)}")


def report(name: str, examples: list[tuple[str, list[str]]]) -> None:
    """Print what was masked of a list of examples, and each thing missed."""
    whole = part = false = 0
    for text, personal in examples:
        found = [text[one.start : one.end] for one in find_personal(text)]
        for wanted in personal:
            if any(wanted in one for one in found):
                whole += 1
                continue
            touched = any(one in wanted for one in found)
            part += touched
            print(f"  {'partly' if touched else 'missed'}: {wanted} in {text!r}")
        for one in found:
            if not any(one in wanted or wanted in one for wanted in personal):
                false += 1
                print(f"  false: {one} in {text!r}")
    total = sum(len(personal) for _, personal in examples)
    print(f"{name}: {len(examples)} sentences, {total} to mask: {whole} masked, {part} in part, {false} false alarms")


if __name__ == "__main__":
    main()
