"""The words of comparisons in Dutch and English, and how their numbers are written."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from coder.tables.words import words

UP, DOWN, SAME = "▲", "▼", "sq"
"""What became of a code: significantly more, significantly less, or neither (status quo)."""
_LEAST_P = 0.001
_MINUS = "\N{MINUS SIGN}"

SAID: dict[str, dict[str, str]] = {
    "nl": {
        "this_wave": "deze meting",
        "last_wave": "de vorige meting",
        "new": "nieuw",
        "part": "deel van {label}",
        "now": "nu: {labels}",
        "now_at": "nu plaats {rank}",
        "now_nobody": "nu door niemand genoemd",
        "to": "tot",
        "then_n": "n toen",
        "then_percent": "% toen",
        "difference": "Verschil (procentpunt)",
        "p_adjusted": "p (aangepast)",
        "change": "Evolutie",
        "new_in": "Nieuw in de top {limit}: {labels}.",
        "weighted": "gewogen, effectieve basis {effective}",
        "trend_title": "Evolutie over {count} metingen",
        "wave_rank": "Plaats {wave}",
        "wave_n": "n {wave}",
        "wave_percent": "% {wave}",
        "wave_difference": "Verschil {wave}",
        "trend": "Trend",
        "none_dropped_ever": "Uit een vroegere top {limit} valt niets weg.",
        "none_dropped_of_those": "Van de codes die {waves} noemt, valt er geen uit de top {limit}.",
        "retired": "Niet in het codeboek, zodat nu niemand die code kon krijgen: {labels}.",
        "unlisted": "Niet bekend is of deze codes nog in de top {limit} staan, want {wave} noemt ze niet: {labels}.",
        "base_of": "{wave}: N = {base}.",
        "steps": "Verschil: in procentpunt met de meting ervoor. p per stap en voor de trend apart aangepast "
        "(Benjamini en Hochberg 1995). ▲ ▼: significant (aangepaste p < 0,05); sq: status quo, geen "
        "significant verschil.",
        "trend_independent": "Trend: Cochran-Armitage, {scores}; met de aangepaste p.",
        "trend_panel": "Verschil en trend bij respondenten die aan de metingen deelnamen; trend: {both} respondenten "
        "in alle metingen, {scores}; met de aangepaste p.",
        "scores_even": "metingen even ver uit elkaar",
        "recode_title": "Verschil in mening en verschil door het instrument",
        "percent_again": "% toen, opnieuw",
        "in_all": "Verschil in totaal",
        "opinion": "waarvan mening",
        "instrument": "waarvan instrument",
        "p_of": "p (aangepast)",
        "recoded": "De antwoorden van {wave} zijn opnieuw gecodeerd met {instrument}. Verschil in totaal = mening + "
        "instrument, in procentpunt met interval van {level} %.",
        "same_instrument": "Mening: deze meting min de vorige opnieuw gecodeerd; {wave} heeft dezelfde codes als dat "
        "instrument geeft.",
        "both_again": "Ook {wave} is opnieuw gecodeerd: {same} % van de respondenten kreeg dezelfde codes. Mening: het "
        "verschil van beide metingen opnieuw gecodeerd; instrument: de rest.",
        "unknown_instrument": "Let op: mening is hier deze meting min de vorige opnieuw gecodeerd. Dat klopt als "
        "{wave} met hetzelfde instrument is gecodeerd; deden mensen dat, dan zit ook het verschil tussen mens en "
        "machine erin. Geef --text, dan wordt ook deze meting opnieuw gecodeerd.",
        "p_three": "p per kolom aangepast (Benjamini en Hochberg 1995). ▲ ▼: significant (aangepaste p < 0,05); sq: "
        "status quo, geen significant verschil.",
        "opinion_said": "Significant verschil in mening: {labels}.",
        "no_opinion": "Bij geen enkele code is er een significant verschil in mening.",
        "instrument_said": "Significant verschil door het instrument: {labels}.",
        "only_instrument": "Significant in totaal, maar niet in mening: {labels}.",
        "machine_said": "Een ? staat waar het verschil significant is, maar ook kan komen doordat de machine in de ene "
        "meting meer mist of ten onrechte toekent dan in de andere: noem het geen mening. Van wat mensen codeerden, "
        "vond ze terug: {labels}.",
        "recall": "{label} nu {now}, toen {then}",
        "scores_years": "afstand in jaren",
        "ranks": "Plaats met interval van {level} % voor elke code, ook bij gelijke stand: elke code is met elke "
        "andere vergeleken (McNemar, exact; Holm; Mogstad e.a. 2024). Plaatsen die elkaar overlappen, staan niet vast.",
        "independent": "Verschil in procentpunt tussen twee steekproeven, interval van {level} % (Newcombe 1998).",
        "panel": "Verschil in procentpunt bij de {both} respondenten die aan beide metingen deelnamen, interval van "
        "{level} % (Newcombe 1998, gepaard). Enkel nu: {now}; enkel toen: {then}; die "
        "tellen voor het verschil niet mee.",
        "interval_of": "interval",
        "ranks_of_estimates": "Geschatte percentages: plaats met interval van {level} % voor elke code, ruim genomen "
        "omdat niet bekend is wie twee codes samen noemde (Mogstad e.a. 2024). Plaatsen die elkaar overlappen, staan "
        "niet vast.",
        "of_estimates": "Verschil in procentpunt tussen twee steekproeven, van geschatte percentages: het interval van "
        "{level} % telt de onzekerheid van de schatting en die van de steekproef op (Zou en Donner 2008).",
        "p_note": "p voor {tests} toetsen samen aangepast (Benjamini en Hochberg 1995). ▲ ▼: significant "
        "(aangepaste p < 0,05); sq: status quo, geen significant verschil.",
        "p_one": "p van één toets, niet aangepast. ▲ ▼: significant (p < 0,05); sq: status quo, geen significant "
        "verschil.",
        "effective": "effectieve ",
        "small_panel": "Let op: minder dan {least} respondenten namen aan beide metingen deel. De verschillen zijn te "
        "onzeker om te publiceren.",
        "small_wave": "Let op: de {effective}basis van {wave} is kleiner dan {least}. De percentages en verschillen "
        "zijn te onzeker om te publiceren.",
        "no_counts": "Van minstens één meting zijn n per code of de basis (een kolom basis, of een regel N = …) niet "
        "bekend: geen verschil is getoetst.",
        "mend_panel": "Let op: {share} % van de respondenten van {wave} staat in beide metingen. Zijn het dezelfde "
        "mensen, vergelijk dan met --panel.",
        "unknown_then": "Nieuw: {labels}. Die code bestond in de vorige meting niet; dat is geen stijging vanaf 0.",
        "no_codebook": "Zonder codeboek is niet te zien of een code die niemand kreeg toen al bestond: geef "
        "--codebook.",
        "split": "Gesplitst sinds de vorige meting: {labels}. De nieuwe codes worden samen vergeleken.",
        "within": "De vorige plaats valt buiten het interval van nu: {labels}. Dat is geen toets: de onzekerheid van "
        "toen is niet bekend.",
        "odd_order": "Let op: in {wave} staat {above} (plaats {rank}, n = {n}) boven {below} (plaats {other_rank}, "
        "n = {other_n}).",
        "odd_tie": "Let op: in {wave} hebben {above} en {below} elk n = {n} maar niet dezelfde plaats.",
        "odd_one": "{label} (n = {n:g}, {percent} %, niet {share:.0f} %)",
        "odd_percent": "Let op: in {wave} past het percentage niet bij n en N = {base}: {labels}. Is het gewogen, of "
        "verkeerd overgenomen?",
    },
    "en": {
        "this_wave": "this wave",
        "last_wave": "the last wave",
        "new": "new",
        "part": "part of {label}",
        "now": "now: {labels}",
        "now_at": "now {rank}",
        "now_nobody": "now mentioned by nobody",
        "to": "to",
        "then_n": "n then",
        "then_percent": "% then",
        "difference": "Difference (points)",
        "p_adjusted": "p (adjusted)",
        "change": "Change",
        "new_in": "New in the top {limit}: {labels}.",
        "weighted": "weighted, effective base {effective}",
        "trend_title": "Trend over {count} waves",
        "wave_rank": "Rank {wave}",
        "wave_n": "n {wave}",
        "wave_percent": "% {wave}",
        "wave_difference": "Difference {wave}",
        "trend": "Trend",
        "none_dropped_ever": "Nothing dropped out of an earlier top {limit}.",
        "none_dropped_of_those": "Of the codes that {waves} lists none dropped out of the top {limit}.",
        "retired": "Not in the codebook, so that nobody could be given the code now: {labels}.",
        "unlisted": "Whether these codes are still in the top {limit} is not known, because {wave} does not list them: "
        "{labels}.",
        "base_of": "{wave}: N = {base}.",
        "steps": "Difference: in percentage points with the wave before. p adjusted for each step and for the trend "
        "apart (Benjamini and Hochberg 1995). ▲ ▼: significant (adjusted p < 0.05); sq: status quo, no significant "
        "difference.",
        "trend_independent": "Trend: Cochran-Armitage, {scores}; with the adjusted p.",
        "trend_panel": "Difference and trend among respondents who took part in the waves; trend: {both} respondents "
        "in all waves, {scores}; with the adjusted p.",
        "scores_even": "waves evenly spaced",
        "recode_title": "Difference in opinion and difference the instrument makes",
        "percent_again": "% then, again",
        "in_all": "Difference in all",
        "opinion": "of which opinion",
        "instrument": "of which instrument",
        "p_of": "p (adjusted)",
        "recoded": "The answers of {wave} are coded again with {instrument}. Difference in all = opinion + instrument, "
        "in percentage points with {level} % interval.",
        "same_instrument": "Opinion: this wave less the last one coded again; {wave} has the codes that this "
        "instrument gives.",
        "both_again": "{wave} is coded again too: {same} % of the respondents got the same codes. Opinion: the "
        "difference of both waves coded again; instrument: the rest.",
        "unknown_instrument": "Note: opinion is here this wave less the last one coded again. That holds if {wave} was "
        "coded by the same instrument; if people did it, the difference between people and machine is in it too. Give "
        "--text to code this wave again as well.",
        "p_three": "p adjusted for each column (Benjamini and Hochberg 1995). ▲ ▼: significant (adjusted p < 0.05); "
        "sq: status quo, no significant difference.",
        "opinion_said": "Significant difference in opinion: {labels}.",
        "no_opinion": "No code has a significant difference in opinion.",
        "instrument_said": "Significant difference the instrument makes: {labels}.",
        "only_instrument": "Significant in all, but not in opinion: {labels}.",
        "machine_said": "A ? stands where the difference is significant, but may come from the machine missing more, "
        "or wrongly giving more, in one wave than in the other: do not call it opinion. Of what people coded it "
        "found: {labels}.",
        "recall": "{label} {now} now, {then} then",
        "scores_years": "spaced by years",
        "ranks": "Rank with its {level} % interval for each code, ties included: every code is compared with every "
        "other (McNemar, exact; Holm; Mogstad et al. 2024). Ranks that overlap are not settled.",
        "independent": "Difference in percentage points of two samples, {level} % interval (Newcombe 1998).",
        "panel": "Difference in percentage points among the {both} respondents who took part in both waves, {level} % "
        "interval (Newcombe 1998, paired). Now alone: {now}; then alone: {then}; these do not count in the difference.",
        "interval_of": "interval",
        "ranks_of_estimates": "Estimated percentages: rank with its {level} % interval for each code, on the wide side "
        "because it is not known who mentioned two codes (Mogstad et al. 2024). Ranks that overlap are not settled.",
        "of_estimates": "Difference in percentage points of two samples, of estimated percentages: the {level} % "
        "interval adds up how unsure the estimate and the sample are (Zou and Donner 2008).",
        "p_note": "p adjusted for {tests} tests together (Benjamini and Hochberg 1995). ▲ ▼: significant (adjusted "
        "p < 0.05); sq: status quo, no significant difference.",
        "p_one": "p of one test, not adjusted. ▲ ▼: significant (p < 0.05); sq: status quo, no significant difference.",
        "effective": "effective ",
        "small_panel": "Note: fewer than {least} respondents took part in both waves. The differences are too "
        "uncertain to publish.",
        "small_wave": "Note: the {effective}base of {wave} is under {least}. The percentages and differences are too "
        "uncertain to publish.",
        "no_counts": "Of one wave at least, n of each code or the base (a column base, or a line N = …) is not known: "
        "no difference is tested.",
        "mend_panel": "Note: {share} % of the respondents of {wave} are in both waves. If they are the same people, "
        "compare with --panel.",
        "unknown_then": "New: {labels}. The code did not exist in the last wave; this is not a rise from 0.",
        "no_codebook": "Without a codebook it is not known whether a code that nobody got existed then: give "
        "--codebook.",
        "split": "Split since the last wave: {labels}. The new codes are compared together.",
        "within": "The last place is outside the present interval: {labels}. This is not a test: how sure it was then "
        "is not known.",
        "odd_order": "Note: in {wave} {above} (rank {rank}, n = {n}) stands above {below} (rank {other_rank}, "
        "n = {other_n}).",
        "odd_tie": "Note: in {wave} {above} and {below} have n = {n} each and not the same rank.",
        "odd_one": "{label} (n = {n:g}, {percent}%, not {share:.0f}%)",
        "odd_percent": "Note: in {wave} the percentage does not fit n and N = {base}: {labels}. Is it weighted, or "
        "copied wrongly?",
    },
}


def comparison_words(language: str) -> Mapping[str, str]:
    """The words in this language, "nl" or "en", those of every table included."""
    return {**words(language), **SAID[language]}


def points(value: float, language: str) -> str:
    """A difference in percentage points with its sign and one decimal, half up: "+6,3", "0,0"."""
    rounded = Decimal(repr(round(abs(float(value)), 9))).quantize(Decimal("0.1"), ROUND_HALF_UP)
    sign = "" if not rounded else "+" if value > 0 else _MINUS
    return sign + _local(str(rounded), language)


def with_interval(value: float, low: float, high: float, language: str) -> str:
    """A difference with its interval, "+6,3 (+1,0 tot +11,6)"; without one where it is not known, "" for nan."""
    if value != value:  # noqa: PLR0124 (nan)
        return ""
    if low != low:  # noqa: PLR0124
        return points(value, language)
    return f"{points(value, language)} ({points(low, language)} {SAID[language]['to']} {points(high, language)})"


def between(low: float, high: float, language: str) -> str:
    """An interval of a percentage, its ends with one decimal; "" where it is not known."""
    if low != low:  # noqa: PLR0124 (nan)
        return ""
    return f"{_local(f'{max(low, 0):.1f}', language)}–{_local(f'{min(high, 100):.1f}', language)}"


def probability(p: float, language: str) -> str:
    """A p value as printed: "0,034", "<0,001", "" for nan."""
    if p != p:  # noqa: PLR0124
        return ""
    return "<" + _local(str(_LEAST_P), language) if p < _LEAST_P else _local(f"{p:.3f}", language)


def percentage(share: float, language: str) -> str:
    """A level such as 0.95 as a percentage, "95" or "99,9"."""
    return _local(f"{share * 100:.6g}", language)


def _local(number: str, language: str) -> str:
    return number.replace(".", ",") if language == "nl" else number
