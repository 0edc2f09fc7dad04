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
        "estimate": "Gecorrigeerde percentages",
        "estimate_groups": "Gecorrigeerde percentages per groep",
        "group": "Groep",
        "corrected": "% gecorrigeerd",
        "interval": "interval {level} %",
        "counted": "% geteld",
        "by_hand": "% enkel hand",
        "good_as": "zo goed als n",
        "sample": "N = {base}, waarvan {hand} willekeurig getrokken en met de hand gecodeerd.",
        "methods": "Gecorrigeerd: voorspeld door {method}, verbeterd met de handcodes. Geteld: de handcodes, en voor "
        "de rest de codes van {method}, zonder correctie.",
        "weighted": "Alle percentages zijn gewogen; de effectieve basis is {effective} (Kish 1965). n is ongewogen.",
        "by_hand_note": "Enkel hand: wat mensen codeerden in de getrokken antwoorden, zonder voorspelling.",
        "good_as_note": "Zo goed als n: met zoveel handcodes, zonder voorspelling, was het even nauwkeurig geweest.",
        "classifier": "de classifier",
        "rules+classifier": "regels en classifier",
        "no_answer": "Buiten de basis: {count} zonder antwoord (leeg, nvt, xxxx …).",
        "no_answer_coded": "Let op: {count} daarvan kregen met de hand een code. Zeg met --no-answer wat geen "
        "antwoord is.",
        "census": "Alle antwoorden zijn met de hand gecodeerd: er valt niets te voorspellen, dit zijn tellingen.",
        "no_group": "Zonder groep, niet in deze tabel: {count}.",
        "all_targeted": "Let op: alle gecodeerde antwoorden werden gericht gekozen (drawn = targeted), geen enkel "
        "willekeurig. Deze cijfers zeggen dus niets over alle antwoorden; codeer een willekeurige steekproef.",
        "some_targeted": "Let op: {count} gecodeerde antwoorden werden gericht gekozen (drawn = targeted); hun codes "
        "tellen hier niet mee, enkel die van de {hand} andere: met welke kans ze gekozen werden, is niet bekend.",
        "few": "Let op: {hand} antwoorden zijn willekeurig getrokken en met de hand gecodeerd, minder dan {least}. De "
        "percentages zijn te onzeker om te publiceren.",
        "certain": "Nog {count} antwoorden werden met zekerheid gekozen (kans 1): ze tellen mee en staan enkel voor "
        "zichzelf.",
        "in_strata": "Getrokken binnen {count} strata; de intervallen houden daar rekening mee.",
        "drift": "Let op: de met de hand gecodeerde antwoorden lijken niet op de rest: {what}. Bij minder dan 1 op 100 "
        "willekeurige steekproeven is dat zo. Ga na hoe ze gekozen werden: de schatting geldt enkel voor een "
        "willekeurige steekproef.",
        "longer": "ze zijn langer",
        "shorter": "ze zijn korter",
        "earlier": "ze staan meer vooraan in het bestand",
        "later": "ze staan meer achteraan in het bestand",
        "more": "{code} wordt er vaker voorspeld",
        "less": "{code} wordt er minder voorspeld",
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
        "estimate": "Corrected percentages",
        "estimate_groups": "Corrected percentages by group",
        "group": "Group",
        "corrected": "% corrected",
        "interval": "{level} % interval",
        "counted": "% counted",
        "by_hand": "% hand alone",
        "good_as": "as good as n",
        "sample": "N = {base}, of which {hand} drawn at random and coded by hand.",
        "methods": "Corrected: predicted by {method}, set right by the hand codes. Counted: the hand codes, and for "
        "the rest the codes of {method}, without correction.",
        "weighted": "All percentages are weighted; the effective base is {effective} (Kish 1965). n is not weighted.",
        "by_hand_note": "Hand alone: what people coded in the drawn answers, without predictions.",
        "good_as_note": "As good as n: that many hand codes, without predictions, would have been as precise.",
        "classifier": "the classifier",
        "rules+classifier": "rules and classifier",
        "no_answer": "Outside the base: {count} without an answer (empty, nvt, xxxx …).",
        "no_answer_coded": "Note: {count} of them got a code by hand. Say with --no-answer what counts as no answer.",
        "census": "Every answer is coded by hand: nothing is left to predict, the percentages are counts.",
        "no_group": "Without a group, not in this table: {count}.",
        "all_targeted": "Note: all coded answers were chosen on purpose (drawn = targeted), none at random. So these "
        "figures say nothing about all answers; code a random sample.",
        "some_targeted": "Note: {count} coded answers were chosen on purpose (drawn = targeted); their codes do not "
        "count here, only those of the {hand} others: with which probability they were chosen is not known.",
        "few": "Note: {hand} answers were drawn at random and coded by hand, fewer than {least}. The percentages are "
        "too uncertain to publish.",
        "certain": "Another {count} answers were certain to be chosen (probability 1): they count, and stand for "
        "themselves alone.",
        "in_strata": "Drawn within {count} strata; the intervals take that into account.",
        "drift": "Note: the answers coded by hand are unlike the rest: {what}. Fewer than 1 in 100 random samples are. "
        "Check how they were chosen: the estimate holds for a random sample alone.",
        "longer": "they are longer",
        "shorter": "they are shorter",
        "earlier": "they stand nearer the top of the file",
        "later": "they stand nearer the end of the file",
        "more": "{code} is predicted more often",
        "less": "{code} is predicted less often",
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
