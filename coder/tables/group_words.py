"""The words of frequency tables with weights, nets and groups, in Dutch and English."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from coder.tables.words import words

SAID: dict[str, dict[str, str]] = {
    "nl": {
        "weighted": "n gewogen",
        "percent_mentions": "% vermeldingen",
        "weighted_base": "N = {base}, gewogen {sum}, effectieve basis {effective} (Kish 1965). Plaatsen en percentages "
        "zijn gewogen; een respondent kan meer dan één code hebben.",
        "mentions": "% vermeldingen: van alle {count} vermeldingen samen, ook die van codes die hier niet staan.",
        "nets": "Een samengestelde code telt een respondent één keer; haar codes staan eronder, zonder plaats.",
        "small": "Let op: de {effective}basis is kleiner dan {least}. De percentages zijn te onzeker om te publiceren.",
        "linearised": "Intervallen en toetsen per code, met gelineariseerde variantie (Taylor{design}).",
        "of_strata": "{count} strata",
        "of_clusters": "{count} clusters",
        "of_population": "eindige populatie",
        "lonely": "Let op: {count} strata met één respondent of cluster: wat daarbinnen verschilt is niet te meten, en "
        "is geschat uit de afstand tot het geheel.",
        "effective": "effectieve ",
        "total": "Totaal",
        "heading": "{name}{mark}, N={base}",
        "heading_effective": "{name}{mark}, N={base} ({effective} eff.)",
        "small_groups": "* {effective}basis onder {least}, dus zonder percentages en niet getoetst: {names}.",
        "one_cluster": "Van één cluster, dus zonder interval en niet getoetst: {names}.",
        "no_group": "Zonder groep in {by}, enkel in het totaal: {count}.",
        "outside": "Zonder groep in {by}, niet in deze tabel: {count}.",
        "empty": "Zonder respondent in de basis: {names}.",
        "letters": "Letters: het aandeel is significant hoger dan in de kolommen met die letters (tweezijdig 5 %, "
        "toets van twee proporties, exact bij kleine aantallen; gecorrigeerd voor {tests}, "
        "Benjamini-Hochberg 1995).",
        "one_test": "1 toets",
        "tests": "{count} toetsen",
        "untested": "Er is niets getoetst: elke groep is te klein, of elke code is door niemand of door iedereen "
        "genoemd.",
        "groups": "{by}: waar codes er uitspringen",
        "profiles": "{by}: wat elke groep kenmerkt",
        "group": "Groep",
        "base_column": "N",
        "more": "Meer dan gemiddeld",
        "less": "Minder dan gemiddeld",
        "more_in": "Meer dan gemiddeld in",
        "profiles_note": "Tussen haakjes: % in de groep / % van allen.",
        "groups_weighted": "N = {base}, gewogen {sum}, effectieve basis {effective} (Kish 1965). Percentages zijn "
        "gewogen; een respondent kan meer dan één code hebben.",
        "marks": "+▲ meer, −▼ minder dan in de andere groepen samen, significant op {alpha} % (tweezijdig; aangepast "
        "gestandaardiseerd residu, Haberman 1973, exact bij kleine aantallen; gecorrigeerd voor {tests}, "
        "Benjamini-Hochberg 1995).",
        "nothing": "Geen enkele code springt er in een groep uit.",
    },
    "en": {
        "weighted": "n weighted",
        "percent_mentions": "% mentions",
        "weighted_base": "N = {base}, weighted {sum}, effective base {effective} (Kish 1965). Ranks and percentages "
        "are weighted; a respondent may have more than one code.",
        "mentions": "% mentions: of all {count} mentions together, those of codes not shown here too.",
        "nets": "A net counts a respondent once; its codes stand under it, without a rank.",
        "small": "Note: the {effective}base is under {least}. The percentages are too uncertain to publish.",
        "linearised": "Intervals and tests by code, with linearised variance (Taylor{design}).",
        "of_strata": "{count} strata",
        "of_clusters": "{count} clusters",
        "of_population": "finite population",
        "lonely": "Note: {count} strata have one respondent or cluster: what varies within them cannot be measured, "
        "and is estimated from their distance to the whole.",
        "effective": "effective ",
        "total": "Total",
        "heading": "{name}{mark}, N={base}",
        "heading_effective": "{name}{mark}, N={base} ({effective} eff.)",
        "small_groups": "* {effective}base under {least}, so without percentages and not tested: {names}.",
        "one_cluster": "Of one cluster, so without an interval and not tested: {names}.",
        "no_group": "Without a group in {by}, in the total alone: {count}.",
        "outside": "Without a group in {by}, not in this table: {count}.",
        "empty": "Without a respondent in the base: {names}.",
        "letters": "Letters: the share is significantly higher than in the columns of those letters (two-sided 5 %, "
        "test of two proportions, exact for small numbers; adjusted for {tests}, Benjamini-Hochberg 1995).",
        "one_test": "1 test",
        "tests": "{count} tests",
        "untested": "Nothing is tested: every group is too small, or every code is mentioned by nobody or by all.",
        "groups": "{by}: where codes stand out",
        "profiles": "{by}: what marks each group",
        "group": "Group",
        "base_column": "N",
        "more": "More than average",
        "less": "Less than average",
        "more_in": "More than average in",
        "profiles_note": "In brackets: % in the group / % of all.",
        "groups_weighted": "N = {base}, weighted {sum}, effective base {effective} (Kish 1965). Percentages are "
        "weighted; a respondent may have more than one code.",
        "marks": "+▲ more, −▼ less than in the other groups together, significant at {alpha} % (two-sided; adjusted "
        "standardised residual, Haberman 1973, exact for small numbers; adjusted for {tests}, "
        "Benjamini-Hochberg 1995).",
        "nothing": "No code stands out in any group.",
    },
}


def group_words(language: str) -> Mapping[str, str]:
    """The words in this language, "nl" or "en", with those that all tables share."""
    return {**words(language), **SAID[language]}


def tests_said(form: str, count: int, said: Mapping[str, str], **more: object) -> str:
    """A note on tests in the words `form`, or that there were none."""
    tests = said["one_test"] if count == 1 else said["tests"].format(count=count)
    return said[form].format(tests=tests, **more) if count else said["untested"]


def decimal(value: float, language: str) -> str:
    """A number with one decimal, half up, with a comma in Dutch."""
    rounded = str(Decimal(repr(round(value, 9))).quantize(Decimal("0.1"), ROUND_HALF_UP))
    return rounded.replace(".", "," if language == "nl" else ".")
