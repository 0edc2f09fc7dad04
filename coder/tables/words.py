"""The words of tables and reports in Dutch and English."""

from coder.errors import CoderError

WORDS: dict[str, dict[str, str]] = {
    "nl": {
        "rank": "Plaats",
        "code": "Code",
        "n": "n",
        "percent": "%",
        "then": "Vorige meting",
        "place": "Plaats {}",
        "listed": "in de lijst",
        "base": "N = {base}; een respondent kan meer dan één code hebben.",
        "left_out": "Buiten de basis: {count} zonder antwoord (leeg, nvt, xxxx …) of niet gecodeerd.",
        "unranked": "Gezien, geen code past: {count}.",
        "dropped": "Vallen uit de top {limit}: {labels}.",
        "none_dropped": "Uit de vorige top {limit} valt niets weg.",
        "top": "Top {limit}",
        "all": "Alle codes",
        "compare": "Vergelijking met de vorige meting",
        "last_base": "Vorige meting: N = {base}.",
    },
    "en": {
        "rank": "Rank",
        "code": "Code",
        "n": "n",
        "percent": "%",
        "then": "Last wave",
        "place": "Place {}",
        "listed": "in the list",
        "base": "N = {base}; a respondent may have more than one code.",
        "left_out": "Outside the base: {count} without an answer (empty, nvt, xxxx …) or not coded.",
        "unranked": "Seen, no code fits: {count}.",
        "dropped": "Dropped out of the top {limit}: {labels}.",
        "none_dropped": "Nothing dropped out of the last top {limit}.",
        "top": "Top {limit}",
        "all": "All codes",
        "compare": "Comparison with the last wave",
        "last_base": "Last wave: N = {base}.",
    },
}


def number(value: float, language: str) -> str:
    """A number with two decimals, with a comma in Dutch."""
    written = f"{value:.2f}"
    return written.replace(".", ",") if language == "nl" else written


def words(language: str) -> dict[str, str]:
    """The words in this language, "nl" or "en"."""
    if language not in WORDS:
        raise CoderError(f"There is no language {language!r}; choose one of {', '.join(WORDS)}.")
    return WORDS[language]
