"""Lists of words of languages: how the language is called, function words, and what people type for no answer."""

NAMES = {
    name: code
    for code, names in {
        "nl": "nld dut dutch nederlands vlaams flemish neerlandais niederlandisch",
        "en": "eng english engels anglais englisch",
        "fr": "fra fre french frans francais franzosisch",
        "de": "deu ger german duits allemand deutsch",
    }.items()
    for name in names.split()
}
"""What a language may be called, folded, beside its code."""

NO_WORDS = ("n a", "na", "nvt", "asdf", "asdfasdf", "qwerty", "azerty", "qwertz", "blabla", "bla bla")
"""What is no answer in any language."""

NO_ANSWERS = {
    "en": (
        "none", "nothing", "none of the above", "nothing at all", "nothing really", "nothing comes to mind",
        "nothing to add", "nothing to say", "no", "nope", "yes", "no answer", "no comment", "no comments", "no idea",
        "no opinion", "no clue", "not applicable", "not sure", "unsure", "unknown", "don't know", "dont know",
        "do not know", "i don't know", "i dont know", "i do not know", "i have no idea", "i'm not sure", "im not sure",
        "i am not sure", "can't say", "cannot say", "can't think of any", "can't think of anything", "dk", "dunno",
        "i dunno", "idk", "no response", "refused", "prefer not to say", "rather not say", "skip", "pass",
    ),
    "fr": (
        "rien", "rien du tout", "rien à dire", "rien à ajouter", "rien à signaler", "ras", "r a s", "aucun", "aucune",
        "aucun commentaire", "aucune idée", "aucune réponse", "aucun avis", "aucune remarque", "aucune opinion", "non",
        "oui", "néant", "sans réponse", "pas de réponse", "sans opinion", "sans avis", "sans objet", "so", "s o",
        "pas d'avis", "pas d'opinion", "pas d'idée", "pas de commentaire", "pas de commentaires", "pas de remarque",
        "pas de remarques", "je n'ai pas d'avis", "je n'ai pas d'idée", "je n'ai pas d'opinion", "ne sait pas",
        "ne sais pas", "sais pas", "je ne sais pas", "je sais pas", "j'en sais rien", "je n'en sais rien",
        "je ne sais pas quoi dire", "nsp", "n s p", "ne se prononce pas", "non applicable", "pas applicable",
        "non concerné", "non concernée", "pas concerné", "pas concernée", "inconnu", "jsp",
    ),
    "de": (
        "nichts", "gar nichts", "nichts davon", "nichts besonderes", "nichts hinzuzufügen", "nein", "ja", "keine",
        "keins", "keiner", "kein", "keine angabe", "keine angaben", "ka", "k a", "ohne angabe", "keine antwort",
        "keine ahnung", "keine idee", "keine meinung", "kein kommentar", "keine bemerkung", "keine bemerkungen",
        "weiß nicht", "weiß ich nicht", "weiß es nicht", "ich weiß nicht", "ich weiß es nicht", "das weiß ich nicht",
        "weiss nich", "wn", "w n", "nicht zutreffend", "trifft nicht zu", "entfällt", "unbekannt", "verweigert",
        "fällt mir nichts ein", "mir fällt nichts ein", "dazu fällt mir nichts ein", "nicht sicher",
        "bin mir nicht sicher",
    ),
}  # fmt: skip
"""What people type for no answer, beside `NO_WORDS`; in any case, accents and punctuation."""

STOPS = {
    "en": """
        a about after again all almost also although always am an and another any anyone anything are as at be
        because been before being between both but by can could did do does doing done down during each either else
        even ever every everyone everything few for from further get gets getting give go goes going got had has
        have having he her here hers him his how however i if in into is it its it's itself just less like made make
        many may me might mine more most much must my need no nor not nothing now of off often on once one only or
        other others our ours out over own per please quite rather really same see shall she should since so some
        someone something still such than that that's the their theirs them then there these they thing things this
        those through thus to too under until up upon us use very was way we well were what when where whether which
        while who whom whose why will with within without would yes yet you your yours i'm i've don't doesn't can't
    """,
    "fr": """
        a à ai aient ainsi alors au aucun aucune aussi autre autres aux avait avant avec avoir ayant beaucoup bien c
        ça car ce ceci cela celle celles celui ces cet cette ceux chaque chez chose choses ci comme comment contre d
        dans de depuis des dès deux devrait doit doivent donc dont du elle elles en encore entre est et étaient
        était étant été être eu eux fait faire faut font grâce hors il ils j jamais je jusque l la là le les lequel
        leur leurs lors lorsque lui m ma mais me même mêmes mes mien moi moins mon n ne ni non nos notre nous on ont
        ou où oui par parce parfois pas pendant personne peu peut peuvent plus plusieurs plutôt pour pourquoi puis
        puisque qu quand que quel quelle quelles quelque quelques quels qui quoi rien s sa sans se selon sera serait
        ses si soi soit son sont sous souvent sur surtout t ta tandis te tel telle telles tels tes toi ton toujours
        tous tout toute toutes très trop tu un une vers voici voilà vos votre vous y c'est j'ai d'un d'une qu'il
        qu'on n'est n'a l'on
    """,
    "de": """
        aber alle allem allen aller alles als also am an andere anderen anderer anderes auch auf aus bei beim bin
        bis bist da dabei dadurch dafür dagegen daher damit danach dann daran darauf darüber das dass davon dazu
        dein deine dem den denn der deren des deshalb dessen die dies diese diesem diesen dieser dieses doch dort du
        durch eben ein eine einem einen einer eines einfach einige er es etwa etwas euch euer für ganz gar gegen
        gehen geht gern gibt hab habe haben hat hatte hätte hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren
        ihrer im immer in ins ist ja jede jedem jeden jeder jedes jedoch jetzt kann kein keine keinen keiner können
        könnte machen man manche mehr mein meine meinem meinen meiner mich mir mit möchte muss müssen nach nein
        nicht nichts noch nun nur ob oder oft ohne schon sehr sein seine seinem seinen seiner seit selbst sich sie
        sind so sogar soll sollen sollte sondern sonst statt trotz über um und uns unser unsere unter viel viele
        vielleicht vom von vor wäre war waren warum was weg weil weiter welche welcher wem wen wenig weniger wenn
        wer werde werden wie wieder will wir wird wo wurde würde zu zum zur zwar zwischen
    """,
}
"""Function words."""
