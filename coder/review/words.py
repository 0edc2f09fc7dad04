"""The words of the page, in Dutch and English, those of its errors too. Those of tables live with the tables."""

from collections.abc import Mapping
from functools import cache

from coder.errors import CodebookError, CoderError, RuleError, StorageError, StudyError

# fmt: off
LANGUAGES = ("nl", "en")

_FRAME = {
    "skip": ("Naar de inhoud", "To the content"),
    "question": ("Vraag", "Question"),
    "pages": ("Pagina's", "Pages"),
    "page_code": ("Coderen", "Code"),
    "page_codebook": ("Codeboek", "Codebook"),
    "page_results": ("Resultaten", "Results"),
    "theme": ("Licht of donker", "Light or dark"),
    "other_language": ("English", "Nederlands"),
    "sign_out": ("Afmelden", "Sign out"),
    "sign_in": ("Aanmelden", "Sign in"),
    "sign_in_wrong": (
        "Die naam en dat wachtwoord horen niet bij elkaar.",
        "That name and password do not belong together.",
    ),
    "sign_in_wrong_token": (
        "Die toegangscode geldt niet (meer). In het venster waarin coder draait staat een nieuw adres; open dat.",
        "That token is not valid (any more). The window in which coder runs shows a new address; open that.",
    ),
    "sign_in_waiting": (
        "Nog niet bewaard: {n}. Meld u aan in deze browser; dan wordt dat alsnog bewaard.",
        "Not saved yet: {n}. Sign in, in this browser, and that will be saved.",
    ),
    "sign_in_wait": ("Te veel pogingen. Wacht even en probeer opnieuw.", "Too many tries. Wait a while and try again."),
    "name": ("Naam", "Name"),
    "password": ("Wachtwoord", "Password"),
    "token": ("Toegangscode", "Token"),
    "token_says": (
        "Open het adres dat coder toonde toen het startte, of plak hier wat achter token= staat. Het werkt één keer.",
        "Open the address that coder showed when it started, or paste what follows token= here. It works once.",
    ),
    "saving": ("Bewaren…", "Saving…"),
    "all_saved": ("Alles bewaard", "All saved"),
    "not_saved": ("Niet bewaard: {n}. Ik probeer opnieuw.", "Not saved: {n}. Trying again."),
    "failed": ("Dat lukte niet.", "That did not work."),
    "signed_out": ("U bent afgemeld.", "You are signed out."),
    "cancel": ("Niet doen", "Cancel"),
    "close": ("Sluiten", "Close"),
}
_CODING = {
    "side": ("Wachtrij en voortgang", "Queue and progress"),
    "queue": ("Wachtrij", "Queue"),
    "queue_targeted": ("Gericht (leerzaam)", "Targeted (instructive)"),
    "queue_random": ("Steekproef", "Random sample"),
    "queue_uncoded": ("Nog niet gecodeerd", "Not coded yet"),
    "queue_assigned": ("Aan mij toegewezen", "Assigned to me"),
    "queue_code": ("Eén code nakijken", "Everything with one code"),
    "queue_flagged": ("Met een vlag of notitie", "Flagged or with a note"),
    "queue_unsure": ("Twijfel", "Unsure"),
    "queue_disagreements": ("Meningsverschillen", "Disagreements"),
    "queue_search": ("Zoeken", "Search"),
    "queue_of": ("Welke code", "Which code"),
    "search": ("Zoek in antwoorden", "Search the answers"),
    "search_says": (
        "Zoals een regel: video*, sociale media, prijs NEAR/3 laag, video NIET vergaderen.",
        "As a rule: video*, social media, price NEAR/3 low, video NOT meeting.",
    ),
    "hide": ("Zonder voorstellen", "No proposals"),
    "hidden": ("Voorstellen verborgen", "Proposals hidden"),
    "shown": ("Voorstellen getoond", "Proposals shown"),
    "note_targeted": (
        "Door de machine gekozen: leerzaam, maar geen steekproef. Schattingen tellen deze niet mee.",
        "Chosen by the machine: instructive, but not a sample. Estimates do not count these.",
    ),
    "note_not_yet": (
        "De machine kiest nog; intussen in willekeurige volgorde.",
        "The machine is still choosing; meanwhile in random order.",
    ),
    "note_random": (
        "Wat u hier op volgorde codeert is een steekproef: {n} tot nu toe. Voorstellen zijn verborgen, zodat ze uw oordeel niet sturen.",
        "What you code here in order is a random sample: {n} so far. Proposals are hidden, so that they do not steer you.",
    ),
    "note_assigned": ("U kreeg {n} antwoorden toegewezen.", "{n} answers are assigned to you."),
    "note_none_assigned": (
        "U kreeg niets toegewezen (coder study assign).",
        "Nothing is assigned to you (coder study assign).",
    ),
    "note_code": (
        "{n} antwoorden kregen deze code van mensen of machine; die van mensen staan vooraan.",
        "{n} answers have this code by people or machine; people's come first.",
    ),
    "note_disagreements": (
        "U heeft het laatste woord: wat u hier kiest gaat in de tabellen.",
        "You have the last word: what you choose here goes into the tables.",
    ),
    "note_search": ("{n} antwoorden gevonden.", "{n} answers found."),
    "progress": ("Voortgang", "Progress"),
    "done_of": ("{done} van {of} antwoorden gecodeerd", "{done} of {of} answers coded"),
    "mine": ("Door u", "By you"),
    "pace": ("Tempo", "Pace"),
    "per_hour": ("{n} per uur", "{n} an hour"),
    "machine": ("De machine", "The machine"),
    "changes": ("Wat er beter werd", "What got better"),
    "learn": ("Nu bijleren", "Learn now"),
    "learn_busy": ("Leert bij, op de achtergrond…", "Learning, in the background…"),
    "learn_none": (
        "Leert vanaf {n} gecodeerde antwoorden; tot dan stellen alleen de regels voor.",
        "Learns from {n} coded answers on; until then the rules alone propose.",
    ),
    "learn_done": (
        "Model {version} leerde van {n} antwoorden; {new} nieuwe sindsdien.",
        "Model {version} learned from {n} answers; {new} new ones since.",
    ),
    "change_better": ("{code}: beter (F1 {then} → {now})", "{code}: better (F1 {then} → {now})"),
    "change_worse": ("{code}: minder goed (F1 {then} → {now})", "{code}: worse (F1 {then} → {now})"),
    "change_new": ("{code}: nieuw", "{code}: new"),
    "change_gone": ("{code}: weg", "{code}: gone"),
    "renewed": ("De machine leerde bij; de wachtrij is vernieuwd.", "The machine learned; the queue is renewed."),
    "hour": ("Top 10 en het komende uur", "Top 10 and the next hour"),
    "hour_random": (
        "Blauw: interval van 95 % van de {n} willekeurig gecodeerde.",
        "Blue: 95 % interval of the {n} coded at random.",
    ),
    "hour_coded": (
        "Blauw: interval van 95 % van de {n} gecodeerde antwoorden. Ze zijn niet willekeurig gekozen: het interval zegt dus nog niets over alle antwoorden.",
        "Blue: 95 % interval of the {n} coded answers. They were not chosen at random, so the interval says nothing of all answers yet.",
    ),
    "hour_presumes": (
        "Donker: na een uur in dit tempo, als u willekeurige antwoorden codeert en de aandelen blijven zoals ze zijn.",
        "Dark: after an hour at this pace, if you code random answers and shares stay as they are.",
    ),
    "hour_no_pace": (
        "Het komende uur verschijnt zodra er een tempo is.",
        "The next hour shows as soon as there is a pace.",
    ),
    "next_hour": ("over een uur {low}–{high}", "in an hour {low}–{high}"),
    "answer": ("Antwoord", "Answer"),
    "where": ("{n} van {of} in deze wachtrij", "{n} of {of} in this queue"),
    "given_codes": ("Gegeven codes", "Codes given"),
    "not_coded": ("Nog niet gecodeerd", "Not coded yet"),
    "accept": ("Akkoord, volgende", "Accept, next"),
    "none": ("Geen past", "None fits"),
    "none_fits": ("Geen code past", "No code fits"),
    "undo": ("Ongedaan", "Undo"),
    "back": ("Vorige", "Previous"),
    "next": ("Volgende", "Next"),
    "flag": ("Vlag", "Flag"),
    "flagged": ("Vlag gezet", "Flagged"),
    "unflagged": ("Vlag weg", "Flag taken off"),
    "note": ("Notitie", "Note"),
    "others": ("Andere codeurs", "Other coders"),
    "proposals": ("Voorstellen", "Proposals"),
    "codes": ("Codes", "Codes"),
    "new_code": ("Nieuwe code", "New code"),
    "filter": ("Zoek een code", "Find a code"),
    "no_code": ("Geen code past bij wat u typt.", "No code matches what you type."),
    "times": ("{n} keer gegeven", "given {n} times"),
    "take_away": ("Weer weghalen", "Take away"),
    "empty": (
        "Deze wachtrij is leeg. Kies een andere, of bekijk de resultaten.",
        "This queue is empty. Choose another, or see the results.",
    ),
    "at_start": ("Dit is het eerste.", "This is the first."),
    "at_end": ("De wachtrij wordt vernieuwd.", "The queue is being renewed."),
    "given": ("{code} gegeven", "{code} given"),
    "taken": ("{code} weg", "{code} taken away"),
    "made_unsure": ("{code}: twijfel", "{code}: unsure"),
    "unsure_what": ("Kies eerst een code; x zet die op twijfel.", "Choose a code first; x marks it as unsure."),
    "nothing_chosen": (
        "Niets gekozen: dit antwoord blijft ongecodeerd. Geen code? Druk n.",
        "Nothing chosen: this answer stays uncoded. No code? Press n.",
    ),
    "nothing_to_undo": ("Er is niets om ongedaan te maken.", "There is nothing to undo."),
    "undone": ("Ongedaan gemaakt", "Undone"),
    "state_proposed": ("voorgesteld", "proposed"),
    "state_yes": ("gegeven", "given"),
    "state_no": ("afgewezen", "refused"),
    "state_unsure": ("twijfel", "unsure"),
    "state_open": ("mogelijk", "possible"),
    "mark_rule": ("{code}: regel {rule}", "{code}: rule {rule}"),
    "by_rules": ("regel: {rules}", "rule: {rules}"),
    "learn_soon": ("Heeft nog niets geleerd.", "Has learned nothing yet."),
    "mark_word": ("{code}: woog mee voor de machine", "{code}: weighed for the machine"),
    "words": ("woorden: {words}", "words: {words}"),
    "by_model": ("door de machine, op het geheel", "by the machine, as a whole"),
    "same": ("Zegt hetzelfde: {n}", "Says the same: {n}"),
    "same_title": ("Antwoorden die hetzelfde zeggen", "Answers that say the same"),
    "same_gives": ("Ze krijgen: {codes}.", "They get: {codes}."),
    "same_none": ("Ze krijgen geen code: geen past.", "They get no code: none fits."),
    "same_nothing": ("Geen ander antwoord zegt hetzelfde.", "No other answer says the same."),
    "coded_already": ("al door u gecodeerd", "coded by you already"),
    "apply": ("Toepassen op {n}", "Apply to {n}"),
    "applied": ("{n} antwoorden gecodeerd", "{n} answers coded"),
    "note_code_blind": (
        "{n} antwoorden kregen deze code van u of van haar regels; die van u staan vooraan.",
        "{n} answers have this code by you or by its rules; yours come first.",
    ),
    "learn_blind": (
        "De codeurs van deze vraag zijn blind voor elkaar. Alleen de regels stellen voor: wat de machine leert, leert ze ook van de anderen.",
        "The coders of this question are blind to each other. The rules alone propose: what the machine learns, it learns from the others too.",
    ),
    "not_settle": (
        "Alleen wie scheidsrechter is of leidt heeft het laatste woord.",
        "Only an adjudicator or a lead has the last word.",
    ),
    "not_lead_try": (
        "U kunt hier regels uitproberen. Alleen wie leidt bewaart ze, splitst of voegt samen; een nieuwe code toevoegen mag iedereen.",
        "You may try rules here. Only a lead saves them, splits or merges; anybody may add a code.",
    ),
    "not_lead": (
        "Alleen wie leidt verandert codes; een nieuwe toevoegen mag iedereen.",
        "Only a lead changes codes; anybody may add one.",
    ),
}
_HELP = {
    "help": ("Toetsen", "Keys"),
    "key_codes": ("die code geven of weer weghalen", "give that code, or take it away"),
    "key_Enter": ("voorstellen aannemen en naar het volgende", "accept the proposals and go on"),
    "key_jk": ("volgende, vorige", "next, previous"),
    "key_n": ("geen code past", "no code fits"),
    "key_u": ("laatste ongedaan maken", "undo the last"),
    "key_x": ("twijfel over de laatst gekozen code", "unsure of the code chosen last"),
    "key_f": ("vlag: later naar kijken", "flag: look at it later"),
    "key_m": ("notitie schrijven (Esc: terug)", "write a note (Esc: back)"),
    "key_s": ("hetzelfde voor antwoorden die hetzelfde zeggen", "the same for answers that say the same"),
    "key_c": (
        "nieuwe code, met een regel van de geselecteerde woorden",
        "new code, with a rule from the words selected",
    ),
    "key_slash": ("code zoeken op naam, nummer of omschrijving", "find a code by name, number or definition"),
    "key_z": ("antwoorden zoeken", "search the answers"),
    "key_q": ("wachtrij kiezen", "choose a queue"),
    "key_v": ("voorstellen verbergen of tonen", "hide or show proposals"),
    "key_help": ("deze lijst", "this list"),
    "keys_on": ("Toetsen staan aan", "Keys are on"),
    "new_rule": ("Regel", "Rule"),
    "rule_from_marked": (
        "Gemaakt van de woorden die u selecteerde; verander gerust.",
        "Made from the words you selected; change it as you like.",
    ),
    "rule_from_nothing": (
        "Selecteer eerst woorden in het antwoord voor een voorstel, of typ er een.",
        "Select words in the answer first for a proposal, or type one.",
    ),
    "rule_counts": ("De regel telt mee", "The rule counts"),
    "make": ("Maken", "Make"),
    "code_made": ("Code gemaakt: {code}", "Code made: {code}"),
    "rule": ("Regel", "Rule"),
    "finds": ("Vindt", "Finds"),
    "right_of_coded": ("Juist / gecodeerd", "Right / coded"),
    "finds_n": (
        "{n} antwoorden; van {coded} die mensen codeerden kregen {right} deze code.",
        "{n} answers; of {coded} that people coded {right} have this code.",
    ),
}
_BOOK = {
    "version": ("Versie {n}, {codes} codes", "Version {n}, {codes} codes"),
    "label_nl": ("Naam (Nederlands)", "Label (Dutch)"),
    "label_en": ("Naam (Engels)", "Label (English)"),
    "definition": ("Omschrijving", "Definition"),
    "rules": ("Regels, één per lijn", "Rules, one a line"),
    "exceptions": ("Uitzonderingen", "Exceptions"),
    "rules_says": (
        'Een woord vindt ook zijn verbuigingen; =AI let op hoofdletters; "…" is letterlijk; * is om het even wat; EN, OF, NIET, NEAR/5.',
        'A word finds its inflections too; =AI looks at capitals; "…" is literal; * is anything; AND, OR, NOT, NEAR/5.',
    ),
    "examples": ("Voorbeelden: moeten deze code krijgen", "Examples: must get this code"),
    "counterexamples": ("Tegenvoorbeelden: mogen deze code niet krijgen", "Counterexamples: must not get this code"),
    "failed_example": (
        "krijgt deze code niet: geen regel vindt het, of een uitzondering of ontkenning houdt het tegen",
        "does not get this code",
    ),
    "failed_counterexample": ("krijgt deze code toch: een regel vindt het", "gets this code"),
    "negation": ("Een ontkende treffer (geen video)", "A negated hit (no video)"),
    "negation_count": ("telt mee", "counts"),
    "negation_skip": ("telt niet mee", "does not count"),
    "negation_only": ("alleen die tellen", "only those count"),
    "net": ("Valt onder", "Stands under"),
    "no_net": ("niets: staat op zichzelf", "nothing: on its own"),
    "save_code": ("Bewaar als nieuwe versie", "Save as a new version"),
    "undo_edit": ("Herstel", "Restore"),
    "code_saved": ("Bewaard", "Saved"),
    "conflict": (
        "Iemand anders veranderde intussen hetzelfde: {where}. Er is niets bewaard. Wat u typte staat er nog, met wat de ander elders veranderde erbij. Bewaar opnieuw om het uwe te houden.",
        "Somebody else changed the same meanwhile: {where}. Nothing was saved. What you typed is still here, with what they changed elsewhere. Save again to keep yours.",
    ),
    "conflict_at": ("{what} van {code} (daar: {theirs})", "{what} of {code} (there: {theirs})"),
    "nothing": ("niets", "nothing"),
    "field_": ("de code zelf", "the code itself"),
    "field_label": ("de naam", "the label"),
    "field_number": ("het nummer", "the number"),
    "field_definition": ("de omschrijving", "the definition"),
    "field_rules": ("de regels", "the rules"),
    "field_exceptions": ("de uitzonderingen", "the exceptions"),
    "field_examples": ("de voorbeelden", "the examples"),
    "field_counterexamples": ("de tegenvoorbeelden", "the counterexamples"),
    "field_negation": ("wat een ontkende treffer doet", "what a negated hit does"),
    "field_net": ("waar hij onder valt", "what it stands under"),
    "field_formerly": ("de vroegere namen", "the former names"),
    "leave_unsaved": ("Wat u veranderde is niet bewaard. Toch verder?", "What you changed is not saved. Go on?"),
    "merge": ("Samenvoegen", "Merge"),
    "merge_title": ("{code} samenvoegen", "Merge {code}"),
    "merge_says": (
        "De beslissingen op deze code gelden dan voor de andere; regels en voorbeelden gaan mee. Niets gaat verloren: de geschiedenis blijft.",
        "The decisions on this code are then on the other; rules and examples go along. Nothing is lost: the history stays.",
    ),
    "merge_into": ("Wordt deel van", "Becomes part of"),
    "merged": ("Samengevoegd", "Merged"),
    "split": ("Splitsen", "Split"),
    "split_title": ("{code} splitsen", "Split {code}"),
    "split_says": (
        "Een deel van {code} wordt een eigen code. Wat {code} had staat dan bij beide op twijfel, tot iemand het nakijkt (wachtrij Twijfel).",
        "Part of {code} becomes a code of its own. What had {code} is then unsure of both, until somebody looks (queue Unsure).",
    ),
    "split_name": ("Naam van het nieuwe deel", "Name of the new part"),
    "split_rules": ("Deze regels gaan mee:", "These rules go along:"),
    "was_split": ("Gesplitst", "Split"),
    "live_hits": ("Wat de regels vinden", "What the rules find"),
    "given_to": ("Antwoorden die mensen deze code gaven", "Answers that people gave this code"),
    "history": ("Geschiedenis", "History"),
    "did_added": ("nieuwe code", "new code"),
    "did_dropped": ("code weg", "code dropped"),
    "did_split": ("gesplitst", "split"),
    "did_merged": ("samengevoegd", "merged"),
    "did_number_reused": ("nummer opnieuw gebruikt", "number used again"),
    "did_renamed": ("naam", "label"),
    "did_number": ("nummer", "number"),
    "did_negation": ("ontkende treffer", "negated hit"),
    "did_definition": ("omschrijving", "definition"),
    "did_net": ("valt onder", "stands under"),
    "did_colour": ("kleur", "colour"),
    "did_since": ("sinds", "since"),
    "did_until": ("tot", "until"),
    "did_rules": ("regel", "rule"),
    "did_exceptions": ("uitzondering", "exception"),
    "did_examples": ("voorbeeld", "example"),
    "did_counterexamples": ("tegenvoorbeeld", "counterexample"),
    "did_formerly": ("vroegere naam", "former name"),
    "did_name": ("naam van het codeboek", "name of the codebook"),
    "did_language": ("taal", "language"),
    "did_version": ("versie", "version"),
    "did_question": ("vraag", "question"),
    "did_list": ("woordenlijst", "list of words"),
    "did_order": ("volgorde", "order"),
    "version_by": ("Versie {n}, {who}, {at}", "Version {n}, {who}, {at}"),
}
_RESULTS = {
    "whose": ("Wie telt", "Who counts"),
    "whose_gold": ("Wat mensen beslisten", "What people decided"),
    "whose_machine": ("Mensen, en de machine voor de rest", "People, and the machine for the rest"),
    "whose_mine": ("Alleen mijn codes", "My codes alone"),
    "wave": ("Meting", "Wave"),
    "all_waves": ("alle samen", "all together"),
    "then": ("Naast meting", "Beside wave"),
    "no_wave": ("geen", "none"),
    "limit": ("Rangen", "Ranks"),
    "all_codes": ("alle codes", "all codes"),
    "download": ("Downloaden", "Download"),
    "download_html": ("Rapport (.html)", "Report (.html)"),
    "download_xlsx": ("Excel (.xlsx)", "Excel (.xlsx)"),
    "download_docx": ("Word (.docx)", "Word (.docx)"),
    "download_pptx": ("Dia's (.pptx)", "Slides (.pptx)"),
    "download_md": ("Tekst (.md)", "Text (.md)"),
    "state": (
        "{n} van {of} antwoorden geteld; codeboek versie {version}; stand {event} ({state}).",
        "{n} of {of} answers counted; codebook version {version}; state {event} ({state}).",
    ),
    "part_counted": (
        "{n} antwoorden van deze meting zijn nog niet gecodeerd, en wat wel gecodeerd is, is geen steekproef: deze aandelen gelden niet voor alle antwoorden. De schatting wel.",
        "{n} answers of this wave are not coded yet, and those that are coded are not a random sample: these shares do not hold for all answers. The estimate does.",
    ),
    "machine_counted": (
        "Van {n} antwoorden telt wat de machine codeerde, met haar fouten. De schatting verbetert die.",
        "Of {n} answers it is what the machine coded that counts, with its errors. The estimate corrects these.",
    ),
    "nothing_coded": ("Er is nog niets gecodeerd; zodra dat zo is staat hier de tabel.", "Nothing is coded yet; the table stands here as soon as something is."),
    "top": ("Frequentietabel", "Frequency table"),
    "comparison": ("Vergelijking", "Comparison"),
    "agreement": ("Overeenstemming tussen codeurs", "Agreement between coders"),
    "learned": ("Wat de machine leerde", "What the machine learned"),
    "learned_code": ("Code", "Code"),
    "learned_examples_then": ("Voorbeelden toen", "Examples then"),
    "learned_examples": ("Voorbeelden", "Examples"),
    "learned_f1_then": ("F1 toen", "F1 then"),
    "learned_f1": ("F1", "F1"),
    "learned_change": ("Verschil", "Change"),
    "learned_note": (
        "F1 op {n} nieuwe antwoorden waarvan geen van beide modellen leerde; leeg bij minder dan 3 voorbeelden daar.",
        "F1 on {n} new answers that neither model had learned from; empty with fewer than 3 examples there.",
    ),
    "changed_better": ("beter", "better"),
    "changed_worse": ("minder goed", "worse"),
    "changed_same": ("gelijk", "same"),
    "changed_new": ("nieuw", "new"),
    "changed_gone": ("weg", "gone"),
    "estimate": ("Schatting voor alle antwoorden", "Estimate for all answers"),
    "estimate_says": (
        "Van de gekozen meting: verbetert wat de machine telt met de willekeurig gecodeerde antwoorden (wachtrij Steekproef); gericht gecodeerde tellen niet mee.",
        "Of the wave you chose: corrects what the machine counts by the answers coded at random (queue Random sample); targeted ones do not count.",
    ),
    "estimate_few": (
        "Een schatting vraagt minstens {fewest} gecodeerde antwoorden uit de steekproef, liefst honderd; er zijn er {n}. Codeer er eerst in de wachtrij Steekproef.",
        "An estimate needs {fewest} coded answers of the random sample at least, better a hundred; there are {n}. Code some in that queue first.",
    ),
    "estimate_divided": (
        "{n} antwoorden van de steekproef waarover codeurs het oneens zijn, tellen niet mee; beslis er eerst over.",
        "{n} answers of the sample on which coders differ do not count; settle these first.",
    ),
    "beside": ("{now} naast {then}", "{now} beside {then}"),
    "make_estimate": ("Schatting maken", "Make the estimate"),
    "estimating": ("Rekent op de achtergrond…", "Working in the background…"),
}
_ERRORS = {
    "no_json": ("Dit verzoek is geen JSON-object.", "This request is not a JSON object."),
    "field_str": ("Het veld {name} ontbreekt, of is geen tekst.", "The field {name} is missing, or is not a text."),
    "field_dict": ("Het veld {name} ontbreekt, of is geen object.", "The field {name} is missing, or is not an object."),
    "field_texts": ("Het veld {name} is een lijst van hoogstens {most} teksten.", "The field {name} is a list of at most {most} texts."),
    "acts_most": ("Hoogstens {most} handelingen gaan samen, als een lijst.", "At most {most} acts go together, as a list."),
    "act_kind": ("Zo'n handeling is er niet: {kind}.", "There is no such act: {kind}."),
    "act_id": ("De naam van een handeling heeft hoogstens {most} tekens.", "The name of an act has at most {most} characters."),
    "act_units": ("Een handeling noemt 1 tot {most} antwoorden.", "An act names 1 to {most} answers."),
    "act_note": ("Een notitie is een tekst van hoogstens {most} tekens.", "A note is a text of at most {most} characters."),
    "act_codes": ("Bij elke code hoort yes, no of unsure.", "Each code comes with yes, no or unsure."),
    "act_nothing": ("Er valt niets te bewaren: er is niets gekozen.", "There is nothing to save: nothing was chosen."),
    "language": ("Een taal is nl of en.", "A language is nl or en."),
    "no_answer_there": (
        "Het antwoord {unit} is er niet (meer); laad de pagina opnieuw.",
        "The answer {unit} is not there (any more); reload the page.",
    ),
    "no_code_there": (
        "De code {code} is er niet (meer); laad de pagina opnieuw.",
        "The code {code} is not there (any more); reload the page.",
    ),
    "code_nameless": ("Een code heeft een naam nodig; typ er een.", "A code needs a name; type one."),
    "code_known": (
        "Er is al een code die {code} heet; kies die, of een andere naam.",
        "There is a code called {code} already; choose that, or another name.",
    ),
    "code_negation": ("Kies of een ontkende treffer meetelt: count, skip of only.", "A negated hit is one of count, skip, only."),
    "code_into_itself": (
        "Een code gaat niet op in zichzelf; kies een andere.",
        "A code is not merged into itself; choose another one.",
    ),
    "code_long": (
        "Een naam heeft hoogstens {most} tekens; zet de rest in de omschrijving.",
        "A label has {most} characters at most; put the rest in the definition.",
    ),
    "no_queue": ("Die wachtrij is er niet; kies een andere.", "There is no such queue; choose another."),
    "no_wave_there": ("Die meting is er niet in de studie.", "There is no such wave in the study."),
    "no_limit": ("Een tabel heeft 10 of 20 rangen, of alle codes (0).", "A table has 10 or 20 ranks, or all codes (0)."),
    "tables_whose": (
        "Tabellen zijn van wat mensen beslisten, van dat en de machine, of van uw eigen codes.",
        "Tables are of what people decided, of that with the machine, or of your own codes.",
    ),
    "tables_own": (
        "De codeurs van deze vraag zijn blind voor elkaar: u ziet tabellen van uw eigen codes.",
        "The coders of this question are blind to each other: you see tables of your own codes.",
    ),
    "undo_file": (
        "Wat u het laatst deed was {file} toevoegen. Maak dat ongedaan met: coder study undo",
        "What you did last was adding {file}. Undo that with: coder study undo",
    ),
    "rule_left_out": (
        "Deze regel vindt te veel om mee te werken en telt niet mee; maak hem nauwer.",
        "This rule finds too much to work with and is left out; make it narrower.",
    ),
    "rule_at": ("De regel {rule} is niet te lezen vanaf teken {at}.", "The rule {rule} cannot be read from character {at} on."),
    "rule_here": ("niet te lezen vanaf hier", "cannot be read from here on"),
    "rule_short": ("hier ontbreekt nog iets", "something is missing here"),
    "refused_codebook": (
        "Zo is het codeboek niet te bewaren. Elke naam komt één keer voor, geen code valt onder zichzelf, elke regel is te lezen, en wat achter @ staat is een code of woordenlijst.",
        "The codebook cannot be saved like this. Each label occurs once, no code stands under itself, every rule can be read, and what follows @ is a code or a list of words.",
    ),
    "refused_study": (
        "De studie kan dit nu niet lezen of bewaren. Laad de pagina opnieuw; helpt dat niet, sluit dan coder en kijk of het bestand nog op zijn plaats staat.",
        "The study cannot read or save this now. Reload the page; if that does not help, stop coder and see whether the file is still in its place.",
    ),
    "study_full": (
        "De schijf is vol: er is niets bewaard. Maak er plaats op; wat u deed wordt dan alsnog bewaard.",
        "The disk is full: nothing was saved. Make room on it, and what you did will be saved.",
    ),
    "study_locked": (
        "Een ander programma houdt de studie bezet. Sluit dat; wat u deed wordt dan alsnog bewaard.",
        "Another program keeps the study locked. Close that, and what you did will be saved.",
    ),
    "study_read_only": (
        "In het bestand van de studie, of in zijn map, mag niet geschreven worden. Zet de studie waar dat wel mag.",
        "The file of the study, or its folder, is read-only. Put the study where you may write.",
    ),
    "work_failed": (
        "Het werk op de achtergrond is afgebroken. Probeer het opnieuw; de gegevens zijn onaangeroerd.",
        "The work in the background broke off. Try again; the data are untouched.",
    ),
    "internal": (
        "Er liep iets mis bij coder zelf; wat al bewaard was is veilig. Waar het misging staat in het venster waarin coder draait.",
        "Something went wrong in coder itself; what was saved is safe. The window in which coder runs says where.",
    ),
    "sign_in_first": ("Meld u eerst aan.", "Sign in first."),
    "nothing_here": ("Hier is niets. Ga terug, of open het begin van de pagina.", "There is nothing here. Go back, or open the start of the page."),
    "refused": ("Dit verzoek wordt geweigerd.", "This request is refused."),
    "refused_large": ("Dit verzoek is te groot.", "This request is too large."),
    "refused_host": ("Deze pagina antwoordt niet onder die naam. Open het adres dat coder toonde.", "This page does not answer to that name. Open the address that coder showed."),
    "refused_site": ("Geweigerd: het verzoek komt van een andere site.", "Refused: the request comes from another site."),
    "refused_token": ("Geweigerd: bij het verzoek ontbreekt de toegangscode. Laad de pagina opnieuw.", "Refused: the request lacks its token. Reload the page."),
    "refused_kind": ("Geweigerd: alleen JSON wordt gelezen.", "Refused: only JSON is read."),
}
# fmt: on


@cache
def page_words(language: str) -> Mapping[str, str]:
    """All words in this language, "nl" or "en"."""
    if language not in LANGUAGES:
        raise CoderError(f"There is no language {language!r}; choose one of {', '.join(LANGUAGES)}.")
    place = LANGUAGES.index(language)
    return {
        key: pair[place] for part in (_FRAME, _CODING, _HELP, _BOOK, _RESULTS, _ERRORS) for key, pair in part.items()
    }


class PageError(CoderError):
    """What the page refuses: the `key` of its words and the values in them, so that it is said in any language."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(page_words("en")[key].format(**values))
        self.key, self.values = key, values


class BookError(PageError, CodebookError):
    """A change of the codebook that the page refuses."""


def told(error: CoderError, language: str) -> str:
    """An error in the language of the page. One of the library knows English alone: in Dutch its kind is said."""
    said = page_words(language)
    if isinstance(error, PageError):
        return said[error.key].format(**error.values)
    if language == "en":
        return str(error)
    if isinstance(error, StorageError) and error.why:
        return said[f"study_{error.why}"]
    if isinstance(error, RuleError):
        return said["rule_at"].format(rule=_short(error.rule), at=error.column + 1)
    kinds = {CodebookError: "refused_codebook", StudyError: "refused_study"}
    return said[next((key for kind, key in kinds.items() if isinstance(error, kind)), "failed")]


def rule_said(error: CoderError, language: str) -> str:
    """What is wrong with a rule, beside the rule itself with the place marked."""
    if language == "en" or not isinstance(error, RuleError):
        return error.found if isinstance(error, RuleError) else told(error, language)
    return page_words(language)["rule_here" if error.rule[error.column :].strip() else "rule_short"]


def why(failed: str, language: str) -> str:
    """That work in the background failed; in English with what it said, for it knows no other language."""
    said = page_words(language)["work_failed"]
    return f"{said} ({failed.rstrip('.')})" if language == "en" else said


def _short(text: str, most: int = 200) -> str:
    return text if len(text) <= most else f"{text[:most]}…"
