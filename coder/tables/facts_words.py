"""The words of the sample's facts and of duplicates in Dutch and English."""

from collections.abc import Mapping

from coder.tables.words import words

SAID: dict[str, dict[str, str]] = {
    "nl": {
        "sample": "De steekproef",
        "respondents": "Respondenten",
        "invited": "Uitgenodigd",
        "response": "Respons",
        "population": "Populatie",
        "sampled": "Deel van de populatie",
        "effective": "Effectieve basis (weging)",
        "design": "Verlies door weging (factor)",
        "margin": "Foutmarge bij 50 %, {level} %",
        "margin_finite": "Foutmarge bij 50 %, {level} %, populatie van {population}",
        "points": "{margin} punten",
        "percent": "{percent} %",
        "questions": "Basis per vraag",
        "groups": "Basis per groep",
        "all": "(alle respondenten)",
        "random": "De foutmarge veronderstelt een willekeurige steekproef uit de populatie.",
        "self_selected": "Let op: een foutmarge geldt voor een willekeurige steekproef; hier kozen de respondenten "
        "zichzelf. Ze zegt niet hoever de cijfers van die van de populatie kunnen liggen.",
        "nobody_answered": "Zonder antwoord op een van de vragen: {count}.",
        "base_note": "Basis: rijen met een antwoord. Zegt niets: nvt, xxxx, geen idee en dergelijke.",
        "finite_note": "Foutmarge met eindigepopulatiecorrectie, populatie van {population}.",
        "group_margin": "De omvang van de groepen in de populatie is niet bekend: foutmarge zonder correctie daarvoor.",
        "no_group": "Zonder waarde in {column}, in geen groep: {count}.",
        "small": "Basis onder {least}: te klein om percentages van te geven; foutmarge enkel ter indicatie.",
        "weighted": "Gewogen: de foutmarge is die van de effectieve basis (Kish 1965).",
        "left_out": "Dubbels die niet meetellen: {count}.",
        "head_label": "",
        "head_value": "Waarde",
        "head_question": "Vraag",
        "head_base": "Basis",
        "head_percent": "%",
        "head_says_nothing": "Zegt niets",
        "head_empty": "Leeg",
        "head_effective": "Effectief",
        "head_margin": "Foutmarge",
        "head_by": "Kolom",
        "head_group": "Groep",
        "head_flag": "",
        "under": "onder {least}",
        "duplicates": "Dubbele rijen",
        "no_duplicates": "Geen dubbele rijen.",
        "same_id": "zelfde id, zelfde antwoorden",
        "same_answers": "zelfde antwoorden",
        "short": "zelfde antwoorden, maar kort",
        "other_answers": "zelfde id, andere antwoorden",
        "head_row": "Rij",
        "head_id": "Id",
        "head_why": "Waarom",
        "head_kept_row": "Blijft: rij",
        "head_counted": "Telt mee",
        "yes": "ja",
        "no": "nee",
        "dropped": "{count} rijen tellen niet mee.",
        "dropped_one": "1 rij telt niet mee.",
        "compared": "Vergeleken: {columns}. Hoofdletters en spaties maken geen verschil. Rijen tellen vanaf 1, onder "
        "de kolomnamen.",
        "short_note": "Onder {least} woorden samen kunnen antwoorden toevallig gelijk zijn: die rijen tellen mee.",
        "other_note": "Rijen met hetzelfde id en andere antwoorden tellen alle mee; kies er een met --keep first "
        "of last.",
    },
    "en": {
        "sample": "The sample",
        "respondents": "Respondents",
        "invited": "Invited",
        "response": "Response",
        "population": "Population",
        "sampled": "Share of the population",
        "effective": "Effective base (weights)",
        "design": "Loss by weights (factor)",
        "margin": "Margin of error at 50%, {level}%",
        "margin_finite": "Margin of error at 50%, {level}%, population of {population}",
        "points": "{margin} points",
        "percent": "{percent}%",
        "questions": "Base per question",
        "groups": "Base per group",
        "all": "(all respondents)",
        "random": "The margin presumes a random sample of the population.",
        "self_selected": "Note: a margin holds for a random sample; here respondents chose themselves. It does not say "
        "how far the figures may be from those of the population.",
        "nobody_answered": "Without an answer to any of the questions: {count}.",
        "base_note": "Base: rows with an answer. Says nothing: nvt, xxxx, geen idee and the like.",
        "finite_note": "Margin with finite population correction, population of {population}.",
        "group_margin": "The size of the groups in the population is not known: margin without correction for it.",
        "no_group": "Without a value in {column}, in no group: {count}.",
        "small": "Base under {least}: too small to give percentages of; the margin is an indication at most.",
        "weighted": "Weighted: the margin is that of the effective base (Kish 1965).",
        "left_out": "Duplicates not counted: {count}.",
        "head_label": "",
        "head_value": "Value",
        "head_question": "Question",
        "head_base": "Base",
        "head_percent": "%",
        "head_says_nothing": "Says nothing",
        "head_empty": "Empty",
        "head_effective": "Effective",
        "head_margin": "Margin",
        "head_by": "Column",
        "head_group": "Group",
        "head_flag": "",
        "under": "under {least}",
        "duplicates": "Duplicate rows",
        "no_duplicates": "No duplicate rows.",
        "same_id": "same id, same answers",
        "same_answers": "same answers",
        "short": "same answers, but short",
        "other_answers": "same id, different answers",
        "head_row": "Row",
        "head_id": "Id",
        "head_why": "Why",
        "head_kept_row": "Kept: row",
        "head_counted": "Counted",
        "yes": "yes",
        "no": "no",
        "dropped": "{count} rows are not counted.",
        "dropped_one": "1 row is not counted.",
        "compared": "Compared: {columns}. Case and spaces make no difference. Rows are counted from 1, under the "
        "column names.",
        "short_note": "With under {least} words together, answers may be equal by chance: those rows are counted.",
        "other_note": "Rows with the same id and different answers are all counted; choose one with --keep "
        "first or last.",
    },
}


def facts_words(language: str) -> Mapping[str, str]:
    """The words in this language, "nl" or "en"."""
    words(language)
    return SAID[language]


def whole(value: float, language: str) -> str:
    """A whole number with points or commas between thousands."""
    from babel.numbers import format_decimal  # noqa: PLC0415 (not for --help)

    return format_decimal(round(value), locale=language)


def decimals(value: float, places: int, language: str) -> str:
    """A number with so many decimals, half up as people round; '' where there is none."""
    from decimal import ROUND_HALF_UP, Decimal  # noqa: PLC0415

    from babel.numbers import format_decimal  # noqa: PLC0415

    if value != value:  # noqa: PLR0124 (nan)
        return ""
    exact = Decimal(repr(round(value, 9))).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return format_decimal(exact, format="#,##0." + "0" * places if places else "#,##0", locale=language)
