"""The words of the tables of agreement in Dutch and English."""

from collections.abc import Mapping

from coder.tables.words import words

SAID: dict[str, dict[str, str]] = {
    "nl": {
        "overall": "Overeenstemming",
        "percentage": "Zelfde codes (aandeel van de paren)",
        "dice": "F1 per antwoord (Dice)",
        "alpha_nominal": "Alfa van Krippendorff",
        "alpha_masi": "Alfa, MASI",
        "alpha_jaccard": "Alfa, Jaccard",
        "alpha_dice": "Alfa, Dice",
        "alpha_masi_dkpro": "Alfa, MASI (DKPro)",
        "alpha_passonneau_2004": "Alfa, Passonneau 2004",
        "cohen": "Kappa van Cohen",
        "fleiss": "Kappa van Fleiss",
        "counts": "{units} antwoorden die minstens twee van {coders} codeurs zagen; {pairs} paren van coderingen.",
        "left_out": "Buiten de telling, want door maar één codeur gezien: {count}.",
        "interval": "Interval: {level:g} %, bootstrap over antwoorden, {draws} trekkingen.",
        "undefined": "Van {draws} trekkingen zonder variatie, en dus niet in het interval: {counts}.",
        "sets": "MASI volgens Passonneau (2006); twee lege verzamelingen zijn gelijk. Andere pakketten wijken af.",
        "thresholds": "Vaak aangehouden (Krippendorff 2004): alfa vanaf 0,800 is betrouwbaar, van 0,667 tot 0,800 "
        "voor voorlopige conclusies. Wat volstaat, hangt af van wat u met de codes doet.",
        "codes": "Per code",
        "codes_note": "Of een codeur de code gaf, tegenover of een ander dat deed. n: hoe vaak gegeven, alle codeurs "
        "samen; antwoorden: die waaraan iemand ze gaf.",
        "none": "(geen code past)",
        "coders": "Codeurs die het meest verschillen",
        "coders_note": "Bovenaan staat wie zeker verschilt: weinig gemeenschappelijke antwoorden zeggen weinig.",
        "confused": "Codes die het vaakst voor elkaar worden genomen",
        "confused_note": "n: antwoorden waaraan een codeur de ene code gaf zonder de andere, en een ander net "
        "omgekeerd. Aandeel: van de antwoorden waaraan iemand een van beide gaf.",
        "answers": "Antwoorden waarover codeurs het meest verschillen",
        "answers_note": "Over {count} van {units} antwoorden verschillen codeurs. Verschil: gemiddelde afstand van "
        "twee codeurs (Jaccard).",
        "head_label": "",
        "head_value": "Waarde",
        "head_low": "Van",
        "head_high": "Tot",
        "head_n": "n",
        "head_units": "Antwoorden",
        "head_agreement": "Eens",
        "head_alpha": "Alfa",
        "head_kappa": "Kappa",
        "head_coder": "Codeur",
        "head_other": "Codeur",
        "head_apart": "Verschillend",
        "head_code_label": "Code",
        "head_other_label": "Code",
        "head_share": "Aandeel",
        "head_unit": "Antwoord",
        "head_disagreement": "Verschil",
        "head_codes": "Codes",
        "head_text": "Tekst",
    },
    "en": {
        "overall": "Agreement",
        "percentage": "Same codes (share of pairs)",
        "dice": "F1 per answer (Dice)",
        "alpha_nominal": "Krippendorff's alpha",
        "alpha_masi": "Alpha, MASI",
        "alpha_jaccard": "Alpha, Jaccard",
        "alpha_dice": "Alpha, Dice",
        "alpha_masi_dkpro": "Alpha, MASI (DKPro)",
        "alpha_passonneau_2004": "Alpha, Passonneau 2004",
        "cohen": "Cohen's kappa",
        "fleiss": "Fleiss' kappa",
        "counts": "{units} answers that two or more of {coders} coders saw; {pairs} pairs of codings.",
        "left_out": "Not counted: {count} answers that one coder alone saw.",
        "interval": "Interval: {level:g} %, bootstrap over answers, {draws} draws.",
        "undefined": "Of {draws} draws without variation, and so not in the interval: {counts}.",
        "sets": "MASI as Passonneau (2006) has it; two empty sets are equal. Other packages differ.",
        "thresholds": "Often used (Krippendorff 2004): alpha from .800 is reliable, from .667 to .800 serves tentative "
        "conclusions. What is enough depends on what you do with the codes.",
        "codes": "Per code",
        "codes_note": "Whether a coder gave the code, against whether another did. n: times given, all coders "
        "together; answers: those to which anyone gave it.",
        "none": "(no code fits)",
        "coders": "Coders who disagree most",
        "coders_note": "Those who surely disagree stand first: few answers in common say little.",
        "confused": "Codes most often taken for each other",
        "confused_note": "n: answers to which one coder gave the one code without the other, and another the reverse. "
        "Share: of the answers to which anyone gave either.",
        "answers": "Answers on which coders disagree most",
        "answers_note": "Coders disagree on {count} of {units} answers. Disagreement: mean distance of two coders "
        "(Jaccard).",
        "head_label": "",
        "head_value": "Value",
        "head_low": "From",
        "head_high": "To",
        "head_n": "n",
        "head_units": "Answers",
        "head_agreement": "Agree",
        "head_alpha": "Alpha",
        "head_kappa": "Kappa",
        "head_coder": "Coder",
        "head_other": "Coder",
        "head_apart": "Different",
        "head_code_label": "Code",
        "head_other_label": "Code",
        "head_share": "Share",
        "head_unit": "Answer",
        "head_disagreement": "Disagreement",
        "head_codes": "Codes",
        "head_text": "Text",
    },
}


def agreement_words(language: str) -> Mapping[str, str]:
    """The words in this language, "nl" or "en"."""
    words(language)
    return SAID[language]
