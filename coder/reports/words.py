"""The words of reports in Dutch and English, and numbers and dates as each writes them."""

import re
from collections.abc import Mapping
from datetime import date

import pandas as pd

from coder.tables.table import Table, percent
from coder.tables.words import words

LOCALES = {"nl": "nl_BE", "en": "en_GB"}

_SAID: dict[str, dict[str, str]] = {
    "nl": {
        "now": "deze meting",
        "then": "vorige meting",
        "bars": "Staafdiagram, % van de respondenten",
        "of_respondents": "% van de respondenten",
        "only_places": "Van de vorige meting zijn alleen plaatsen bekend.",
        "chart": "Grafiek",
        "quotes": "Antwoorden per code",
        "quotes_note": "Gekozen door de software, tenzij anders vermeld.",
        "marked_note": "Wat een regel vond, is gemarkeerd.",
        "picked": "gekozen door een mens",
        "code": "Code",
        "answer": "Antwoord",
        "reason": "Waarom",
        "topics": "Onderwerpen in antwoorden zonder code",
        "topic_words": "Kernwoorden",
        "topic_size": "Antwoorden",
        "topic_answers": "Typische antwoorden",
        "no_topics": "Geen onderwerpen gezocht: {why}",
        "how": "Hoe dit gemaakt is",
        "methods": "Methode",
        "contents": "Inhoud",
        "notes": "{title}: toelichting",
        "continued": "{title} ({part} van {parts})",
        "none_named": "Geen enkele code is vermeld",
        "on_first": "{label} staat op 1 ({percent})",
        "stays_first": "{label} blijft op 1 ({percent})",
        "new_first": "{label} is nieuw in de lijst, op 1",
        "grown_first": "{label} staat op 1 ({percent}, vorige meting {then})",
        "grows": "{label} stijgt van {then} naar {now}",
        "shrinks": "{label} daalt van {then} naar {now}",
        "share_first": "{labels} delen plaats 1 ({percent})",
        "many_first": "{count} codes delen plaats 1 ({percent})",
        "rises": "{label} stijgt van {then} naar {now}",
        "falls": "{label} zakt van {then} naar {now}",
        "and": " en ",
        "mentioned": "Vermeld",
        "not_mentioned": "Niet vermeld",
        "no_code": "Geen code past",
        "corrected": "gecorrigeerd",
        "up": "interval omhoog",
        "down": "interval omlaag",
        "corrected_top": "Top {limit}, gecorrigeerd",
        "corrected_all": "Alle codes, gecorrigeerd",
        "interval_note": "De lijn bij elke staaf is het interval van {level} %.",
        "counts": "{title} (niet gecorrigeerd)",
        "not_corrected": "Geteld uit de kolom {column}, zonder correctie: fouten van de codering zitten erin.",
        "no_sample": "Let op: de {hand} handcodes zijn van antwoorden die gericht gekozen werden (drawn = targeted), "
        "geen enkel willekeurig. Ze geven geen schatting; codeer een willekeurige steekproef.",
        "no_estimate": "Geen schatting: de handcodes zijn geen willekeurige steekproef",
        "corrected_first": "{label} staat op 1: {figure}",
        "corrected_near": "Bovenaan: {figures}",
        "corrected_groups": "{by}: gecorrigeerde percentages",
        "small_bases": "Zonder percentages, want de basis is kleiner dan {least}: {names}.",
    },
    "en": {
        "now": "this wave",
        "then": "last wave",
        "bars": "Bar chart, % of respondents",
        "of_respondents": "% of respondents",
        "only_places": "Of the last wave only the places are known.",
        "chart": "Chart",
        "quotes": "Answers per code",
        "quotes_note": "Chosen by the software unless said otherwise.",
        "marked_note": "What a rule found is marked.",
        "picked": "chosen by a person",
        "code": "Code",
        "answer": "Answer",
        "reason": "Why",
        "topics": "Topics in answers without a code",
        "topic_words": "Key words",
        "topic_size": "Answers",
        "topic_answers": "Typical answers",
        "no_topics": "No topics looked for: {why}",
        "how": "How this was made",
        "methods": "Method",
        "contents": "Contents",
        "notes": "{title}: notes",
        "continued": "{title} ({part} of {parts})",
        "none_named": "No code was mentioned",
        "on_first": "{label} is at 1 ({percent})",
        "stays_first": "{label} stays at 1 ({percent})",
        "new_first": "{label} is new to the list, at 1",
        "grown_first": "{label} is at 1 ({percent}, last wave {then})",
        "grows": "{label} rises from {then} to {now}",
        "shrinks": "{label} falls from {then} to {now}",
        "share_first": "{labels} share place 1 ({percent})",
        "many_first": "{count} codes share place 1 ({percent})",
        "rises": "{label} rises from {then} to {now}",
        "falls": "{label} falls from {then} to {now}",
        "and": " and ",
        "mentioned": "Mentioned",
        "not_mentioned": "Not mentioned",
        "no_code": "No code fits",
        "corrected": "corrected",
        "up": "interval up",
        "down": "interval down",
        "corrected_top": "Top {limit}, corrected",
        "corrected_all": "All codes, corrected",
        "interval_note": "The line at each bar is the {level}% interval.",
        "counts": "{title} (not corrected)",
        "not_corrected": "Counted from the column {column}, not corrected: errors of coding are in it.",
        "no_sample": "Note: the {hand} hand codes are of answers that were chosen on purpose (drawn = targeted), none "
        "at random. They give no estimate; code a random sample.",
        "no_estimate": "No estimate: the hand codes are not a random sample",
        "corrected_first": "{label} is at 1: {figure}",
        "corrected_near": "At the top: {figures}",
        "corrected_groups": "{by}: corrected percentages",
        "small_bases": "Without percentages, as the base is under {least}: {names}.",
    },
}
EXACT = 1e-6
"""An interval narrower than this is none: every answer was coded by hand."""
_NUMBER = re.compile(r"[-−+]?\d+(?:\.(\d+))?")


def report_words(language: str) -> Mapping[str, str]:
    """The words in this language, "nl" or "en"."""
    words(language)
    return _SAID[language]


def written_date(day: date, language: str) -> str:
    """A date in full: 21 november 2026."""
    from babel.dates import format_date  # noqa: PLC0415 (loads tables of all languages)

    return format_date(day, "long", locale=LOCALES[language])


def with_interval(value: float, low: float, high: float) -> str:
    """A percentage with its interval, all in 0..100, as published; without one narrower than `EXACT`."""
    return percent(value) if high - low < EXACT else f"{percent(value)} ({between(low, high)})"


def between(low: float, high: float) -> str:
    """The ends of an interval in 0..100, as published, without a percent sign."""
    return f"{percent(low).rstrip('%')}–{percent(high).rstrip('%')}"


def shown_cells(table: Table, language: str) -> list[list[str]]:
    """The cells of a table as people of this language read them: 1.024 and 0,85 in Dutch. Ranks stay bare."""
    numeric = [name != "rank" and pd.api.types.is_numeric_dtype(table.frame[name]) for name in table.shown]
    return [
        [_localised(cell, language) if number else cell for cell, number in zip(row, numeric, strict=True)]
        for row in table.cells()
    ]


def is_number(table: Table) -> dict[str, bool]:
    """Of each column shown whether it holds numbers, which stand to the right."""
    return {name: bool(pd.api.types.is_numeric_dtype(table.frame[name])) for name in table.shown}


def _localised(cell: str, language: str) -> str:
    from babel.numbers import format_decimal  # noqa: PLC0415

    match = _NUMBER.fullmatch(cell)
    if match is None:
        return cell
    decimals = "." + "0" * len(match[1]) if match[1] else ""
    return format_decimal(cell.replace("−", "-").replace("+", ""), f"#,##0{decimals}", locale=LOCALES[language])
