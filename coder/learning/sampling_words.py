"""What a sample says of itself, in Dutch and in English."""

from coder.errors import CoderError

_WORDS = {
    "nl": {
        "random": "Willekeurig getrokken, zonder teruglegging: {drawn} van de {population} antwoorden die iets "
        "zeggen. Kolom probability: de kans om getrokken te worden.",
        "open": "Willekeurig getrokken, zonder teruglegging: {drawn} van de {population} antwoorden die iets zeggen "
        "en nog niet gecodeerd waren; voor die antwoorden gelden de kansen.",
        "extended": "De {before} antwoorden van de vorige willekeurige steekproef en deze {drawn} zijn samen één "
        "willekeurige steekproef uit {population} antwoorden. De kans op het blad is die van beide samen, en geldt na "
        "het inlezen ook voor de eerdere.",
        "certain": "{certain} antwoorden waren al gecodeerd zonder deel te zijn van deze trekking. In een schatting "
        "staan ze enkel voor zichzelf (kans 1), hoe ze ook gekozen waren.",
        "broken": "De vorige willekeurige steekproef ({before} antwoorden) kon niet worden uitgebreid: haar kansen "
        "passen niet meer bij het bestand. Zijn al haar antwoorden gecodeerd, kwamen er antwoorden bij, of werd er "
        "sindsdien gericht gecodeerd? Ze telt enkel voor zichzelf; dat is juist, maar minder precies.",
        "strata": "Verdeeld over {by} naar grootte, minstens 2 in elk: {parts}.",
        "order": "De rijen staan in willekeurige volgorde.",
        "targeted": "Gericht gekozen om van te leren: niet bruikbaar om te schatten of te tellen hoe vaak iets "
        "voorkomt.",
        "no_model": "Zonder model: gekozen op wat veel antwoorden zeggen, en van uiteenlopende betekenis.",
        "empty": "(leeg)",
        "doubt": "twijfel bij {code} ({value})",
        "found": "regel vindt {code}, model niet ({value})",
        "missed": "model geeft {code} ({value}), geen regel",
        "uncoded": "geen regel vindt iets",
        "rare": "weinig voorbeelden van {code} ({count})",
        "top": "plaats {rank} van {code} is onzeker",
        "many": "woorden die in veel antwoorden staan: {terms}",
        "new": "weinig gezien tot nu toe: {terms}",
        "varied": "anders dan wat al gekozen is",
    },
    "en": {
        "random": "Drawn at random, without replacement: {drawn} of the {population} answers that say something. "
        "Column probability: the chance of being drawn.",
        "open": "Drawn at random, without replacement: {drawn} of the {population} answers that say something and "
        "were not coded yet; the probabilities hold for those.",
        "extended": "The {before} answers of the earlier random sample and these {drawn} are one random sample of "
        "{population} answers. The probability on the sheet is that of both together, and when the sheet is read it "
        "holds for the earlier ones too.",
        "certain": "{certain} answers were coded before without being part of this draw. In an estimate they stand "
        "for themselves alone (probability 1), however they were chosen.",
        "broken": "The earlier random sample ({before} answers) could not be extended: its probabilities do not fit "
        "the file any more. Are all its answers coded, were answers added, or were targeted ones coded since? It "
        "counts for itself alone; that is right, but less precise.",
        "strata": "Divided over {by} by size, at least 2 in each: {parts}.",
        "order": "The rows stand in random order.",
        "targeted": "Chosen to learn from: not to be used to estimate or count how often something occurs.",
        "no_model": "Without a model: chosen for what many answers say, and of different meaning.",
        "empty": "(empty)",
        "doubt": "doubt about {code} ({value})",
        "found": "a rule finds {code}, the model does not ({value})",
        "missed": "the model gives {code} ({value}), no rule does",
        "uncoded": "no rule finds anything",
        "rare": "few examples of {code} ({count})",
        "top": "place {rank} of {code} is not sure",
        "many": "words that many answers have: {terms}",
        "new": "seldom seen so far: {terms}",
        "varied": "unlike what was chosen already",
    },
}


def sampling_words(language: str) -> dict[str, str]:
    """The sentences in this language, "nl" or "en"."""
    if language not in _WORDS:
        raise CoderError(f"There is no language {language!r}; choose one of {', '.join(_WORDS)}.")
    return _WORDS[language]
