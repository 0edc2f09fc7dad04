"""The language of a codebook, by its code: Dutch in full, English, French and German thinly, any other as written.

Rules, features and the list of what is no answer ask here; nothing Dutch is done to words of another language. A
language that is not known finds words as they are written, and `note` says so.

Lemmas of English, French and German words come from simplemma's dictionaries (Barbaresi 2021). A form is looked up as
it is written, or else in another case; one without accents may be short of them ("ecoles"). One that no dictionary has
("podcasts" in French) may be what is left without an ending.

Denied are the words after one that denies, in its clause: NegEx as it was published (Chapman et al. 2001), with closed
lists of words that deny and of expressions that only seem to, and the five words that follow. What stands before the
word ("Podcasts brauche ich nicht") is not denied: that needs what `coder.languages.nl.negation` knows of Dutch.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain

import numpy as np
import numpy.typing as npt

from coder.corpus import Corpus
from coder.languages.lines import Lines
from coder.languages.nl import negation as dutch_negation
from coder.languages.nl.compounds import split
from coder.languages.nl.lemmas import form_lemma
from coder.languages.nl.negation import Scope
from coder.languages.nl.no_answer import NO_ANSWER
from coder.languages.nl.no_answer import no_answers as are_no_answers
from coder.languages.nl.word_lists import STOP_WORDS, plain
from coder.languages.text import WORD, Forms, fold
from coder.note import Note

_SHORTEST_STEM, _SHORTEST_END = 3, 5
_FORMS = 200_000
_ENDINGS = {
    "en": ("s", "es", "d", "ed", "ing"),
    "fr": ("s", "x", "e", "es"),
    "de": ("s", "n", "en", "e", "er", "es", "em", "ern"),
}
"""Endings of inflected words that no dictionary has."""
_DOUBLED = re.compile(r"([bdglmnprt])\1$")
_JOINED = {
    "en": re.compile(r"(?P<bare>.+)'s"),
    "fr": re.compile(r"(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|presqu|quelqu)'(?P<bare>.+)"),
    "de": re.compile(r"(?P<bare>.+)'s"),
}
"""A word with another joined to it by an apostrophe."""


@dataclass(frozen=True, slots=True)
class Lemmas:
    """The lemmas of one language: `listed` are those of the dictionary, by form, in bytes as simplemma keeps them."""

    code: str
    listed: Mapping[bytes, bytes]
    joined: re.Pattern[str]

    @classmethod
    def of(cls, code: str) -> "Lemmas":
        """Those of en, fr or de; read once."""
        return _lemmas(code)

    def found(self, form: str) -> tuple[str, ...]:
        """The lemmas that a word may have, in lower case, the likeliest first; a word no list has is its own too."""
        return _found(self.code, form)

    def bare(self, form: str) -> str:
        """The word without what is joined to it by an apostrophe; "" where nothing is."""
        match = self.joined.fullmatch(plain(form)) if "'" in form or "’" in form else None
        return match["bare"] if match else ""

    def given(self, form: str) -> tuple[str, ...]:
        """The lemma that the dictionary has for exactly this form, and that of the lemma ("amélioré": "améliorer")."""
        lemma = self.listed.get(form.encode("utf-8", "surrogatepass"))
        return () if lemma is None else (lemma.decode().lower(), self.listed.get(lemma, lemma).decode().lower())


@cache
def _lemmas(code: str) -> Lemmas:
    from simplemma.strategies.dictionaries.dictionary_factory import DefaultDictionaryFactory  # noqa: PLC0415

    found = DefaultDictionaryFactory().get_dictionary(code)
    kept = getattr(found, "_dict", None)
    listed = kept if isinstance(kept, dict) else {form.encode(): lemma.encode() for form, lemma in found.items()}
    return Lemmas(code, listed, _JOINED[code])


@lru_cache(maxsize=_FORMS)
def _found(code: str, form: str) -> tuple[str, ...]:
    lemmas = _lemmas(code)
    low = plain(form)
    spelt = (low, low.capitalize()) if form == low else (form, low)
    given = [found for one in spelt if (found := lemmas.given(one))]
    some = chain(*(given if form == low else given[:1]), _unaccented(code).get(low, ()) if low.isascii() else ())
    return tuple(dict.fromkeys(some)) or (_by_end(lemmas, low) if code == "de" else ()) or _without_ending(code, low)


@cache
def _unaccented(code: str) -> Mapping[str, tuple[str, ...]]:
    """The lemmas of forms that have accents, by the form without them."""
    listed = _lemmas(code).listed
    forms = [form for form in listed if not form.isascii()]
    folded = fold(b"\n".join(forms).decode()).split("\n")
    lemmas = b"\n".join(listed[form] for form in forms).decode().lower().split("\n")
    found: dict[str, tuple[str, ...]] = {}
    for form, lemma in zip(folded, lemmas, strict=True):
        known = found.get(form)
        found[form] = (lemma,) if known is None else known if lemma in known else (*known, lemma)
    return found


def _by_end(lemmas: Lemmas, low: str) -> tuple[str, ...]:
    """The lemma of a compound by its longest end that is a noun: "schulbussen" is of "schulbus"."""
    for start in range(2, len(low) - _SHORTEST_END + 1):
        if found := lemmas.given(low[start:].capitalize()):
            return (low[:start] + found[0],)
    return ()


def _without_ending(code: str, low: str) -> tuple[str, ...]:
    """The form and what may be its lemma: without an ending, with an e again, or with one of two letters."""
    stems = [low[: -len(end)] for end in _ENDINGS[code] if low.endswith(end) and len(low) - len(end) >= _SHORTEST_STEM]
    verbs = [low.removesuffix("ing").removesuffix("ed")] if code == "en" and low.endswith(("ing", "ed")) else []
    verbs = [verb for verb in verbs if len(verb) >= _SHORTEST_STEM]
    changed = [one for verb in verbs for one in (f"{verb}e", _DOUBLED.sub(r"\1", verb))]
    return tuple(dict.fromkeys((low, *stems, *changed)))


_WINDOW, _NEAR = 5, 3
_BREAK = re.compile(r"[!?;:,()\n•…|]|\.(?:\s|$)|\s[-‐-―]+\s")
"""What ends a clause between two words."""


@dataclass(frozen=True, slots=True)
class Negations:
    """The words that deny, expressions that begin with one and do not, and words with which a clause starts; folded.

    `after` has words that deny only where a word like `before` stands up to three words before ("ne veux plus").
    """

    cues: frozenset[str]
    seeming: tuple[tuple[str, ...], ...]
    turns: frozenset[str]
    after: frozenset[str]
    before: re.Pattern[str]

    @classmethod
    def read(cls, cues: str, seeming: str, turns: str, after: str = "", before: str = "") -> "Negations":
        """Of lists of words, the expressions parted by commas."""
        expressions = tuple(tuple(fold(one).split()) for one in seeming.split(","))
        denying, turning, only_after = (frozenset(fold(words).split()) for words in (cues, turns, after))
        return cls(denying, expressions, turning, only_after, re.compile(before))

    def may_deny(self, forms: Forms) -> npt.NDArray[np.bool_]:
        """Whether a text that has the form may have a scope; a text without any such form has none."""
        return np.isin(forms.lines.hashes[forms.folded], Lines.of(sorted(self.cues | self.after)).hashes)

    def scopes(self, text: str) -> tuple[Scope, ...]:
        """Every stretch of the text that is denied, in order of place."""
        words = list(WORD.finditer(text))
        forms = [fold(word[0]) for word in words]
        return tuple(self._found(text, words, forms))

    def _found(self, text: str, words: list[re.Match[str]], forms: list[str]) -> Iterator[Scope]:
        for place in range(len(forms)):
            if not self._denies(forms, place) or self._seems(forms, place):
                continue
            last = place
            for following in range(place + 1, min(place + 1 + _WINDOW, len(words))):
                parted = _BREAK.search(text[words[following - 1].end() : words[following].start()])
                if parted or forms[following] in self.turns or self._denies(forms, following):
                    break
                last = following
            if last > place:
                cue = words[place]
                yield Scope(cue[0], cue.start(), cue.end(), words[place + 1].start(), words[last].end())

    def _denies(self, forms: list[str], place: int) -> bool:
        before = forms[max(place - _NEAR, 0) : place]
        return forms[place] in self.cues or (forms[place] in self.after and any(map(self.before.fullmatch, before)))

    def _seems(self, forms: list[str], place: int) -> bool:
        return any(tuple(forms[place : place + len(one)]) == one for one in self.seeming)


NEGATIONS = {
    "en": Negations.read(
        """
        no not never without nor neither none nothing nobody nowhere cannot cant dont doesnt didnt wont wouldnt isnt
        arent wasnt werent havent hasnt hadnt shouldnt couldnt can't don't doesn't didn't won't wouldn't isn't aren't
        wasn't weren't haven't hasn't hadn't shouldn't couldn't ain't
        """,
        "not only, not just, no problem, no problems, no doubt, no idea, no opinion, not always, not everyone, "
        "not enough, without doubt, nothing better, none the less",
        "but because although though however so since if when while",
    ),
    "fr": Negations.read(
        "pas jamais sans aucun aucune rien ni nul nulle",
        "pas seulement, pas uniquement, pas mal, pas toujours, pas assez, pas de probleme, pas de souci, pas d'avis, "
        "sans doute, sans probleme, rien de mieux",
        "mais car parce puisque donc quoique cependant pourtant si quand lorsque",
        after="plus guere",
        before="ne|n'.*",
    ),
    "de": Negations.read(
        "nicht nich nie niemals kein keine keinen keinem keiner keines ohne weder nichts niemand nirgends",
        "nicht nur, nicht bloss, nicht immer, nicht genug, nicht alle, keine ahnung, kein problem, keine frage, "
        "ohne zweifel, ohne probleme, nichts besseres",
        "aber sondern weil da denn obwohl jedoch wenn als damit doch",
        after="noch",
        before="weder",
    ),
}


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


_DUTCH = "nl"
_FUNCTION_WORDS, _CLEARLY = 10, 1.3
"""So many function words tell a language, and so many times those of any other."""


@dataclass(frozen=True, slots=True)
class Language:
    """A language that we know little of: words are what is written. There is one object of each: see `language_of`.

    `code` is that of ISO 639, lower-case ("fr" for "fr-BE"). `stop_words` are folded.
    """

    code: str
    stop_words: frozenset[str] = frozenset()
    no_answer: tuple[str, ...] = NO_WORDS
    negations: Negations | None = None

    def __reduce__(self) -> tuple[Callable[[str], "Language"], tuple[str]]:
        return language_of, (self.code,)

    @property
    def note(self) -> Note | None:
        """What is not done for this language; None for one that we know."""
        return Note("rules.as_written", language=self.code, known=sorted({_DUTCH, *STOPS}))

    @property
    def denies(self) -> bool:
        """Whether we know its words of negation."""
        return self.negations is not None

    def is_function(self, text: str) -> bool:
        """Whether there is nothing but function words in a text, which has one at least."""
        words = WORD.findall(text.lower())
        return bool(words) and all(fold(word) in self.stop_words for word in words)

    def lemmas(self, form: str) -> tuple[str, ...]:
        """The lemmas that a word may have, in lower case, the likeliest first."""
        return (form.lower(),)

    def parts(self, form: str) -> tuple[str, ...]:
        """The words that a form is made of, in lower case; itself where it is one."""
        return (self.bare(form) or form.lower(),)

    def bare(self, form: str) -> str:  # noqa: ARG002 (of other languages)
        """The word without what is joined to it by an apostrophe ("l'école": "école"); "" where nothing is."""
        return ""

    def may_deny(self, forms: Forms) -> npt.NDArray[np.bool_]:
        """Whether a text that has the form may have a negation."""
        return np.zeros(len(forms), np.bool_) if self.negations is None else self.negations.may_deny(forms)

    def scopes(self, text: str) -> tuple[Scope, ...]:
        """The stretches of the text under a negation, in order of place."""
        return () if self.negations is None else self.negations.scopes(text)


@dataclass(frozen=True, slots=True)
class _Listed(Language):
    """A language of which simplemma has the lemmas."""

    @property
    def note(self) -> None:
        """None."""
        return

    def lemmas(self, form: str) -> tuple[str, ...]:
        """The lemmas that a word may have, in lower case, the likeliest first."""
        return Lemmas.of(self.code).found(form)

    def bare(self, form: str) -> str:
        """The word without what is joined to it by an apostrophe; "" where nothing is."""
        return Lemmas.of(self.code).bare(form)


@dataclass(frozen=True, slots=True)
class _Dutch(Language):
    """Dutch, of which compounds, negation and slips of the pen are known too (`coder.languages.nl`)."""

    @property
    def note(self) -> None:
        """None."""
        return

    @property
    def denies(self) -> bool:
        """Dutch negation is known."""
        return True

    def lemmas(self, form: str) -> tuple[str, ...]:
        """The lemma of a word without its sentence."""
        return (form_lemma(form),)

    def parts(self, form: str) -> tuple[str, ...]:
        """The parts of a compound, in lower case."""
        return split(form)

    def may_deny(self, forms: Forms) -> npt.NDArray[np.bool_]:
        """Whether a text that has the form may have a negation."""
        return dutch_negation.may_deny(forms)

    def scopes(self, text: str) -> tuple[Scope, ...]:
        """The stretches of the text under a negation, in order of place."""
        return dutch_negation.scopes(text)


def language_of(code: str) -> Language:
    """The language with this code or name ("fr", "fr-BE", "Français"); Dutch where there is none."""
    name = fold(code).strip().replace("_", "-")
    return _language(NAMES.get(name) or NAMES.get(name.split("-")[0]) or name.split("-")[0] or _DUTCH)


@cache
def _language(code: str) -> Language:
    if code == _DUTCH:
        return _Dutch(_DUTCH, STOP_WORDS, NO_ANSWER)
    if code in STOPS:
        stop_words = frozenset(map(fold, STOPS[code].split()))
        return _Listed(code, stop_words, (*NO_WORDS, *NO_ANSWERS[code]), NEGATIONS[code])
    return Language(code)


def likely_language(texts: Iterable[str]) -> str:
    """The language of which texts have the most function words ("nl", "en", "fr", "de"); "" where that is not clear.

    >>> likely_language(["ik wil graag meer tijd voor de leden"] * 3)
    'nl'
    >>> likely_language(["video", "ChatGPT"])
    ''
    """
    words = Counter(word for text in texts for word in fold(text).split())
    found = sorted(
        (sum(count for word, count in words.items() if word in language_of(code).stop_words), code)
        for code in (_DUTCH, *STOPS)
    )
    (second, _), (most, code) = found[-2:]
    return code if most >= _FUNCTION_WORDS and most > _CLEARLY * second else ""


DUTCH = language_of("")
"""What texts are in where nothing says otherwise."""


def answered(corpus: Corpus, spoken: Language, no_answer: Sequence[str] | None = None) -> Corpus:
    """The units that say something: those of which the text is none of `no_answer`, or of the language's own list.

    The one place where it is decided who is in the base.
    """
    return corpus.take(corpus.ids[~no_answers(corpus, no_answer, spoken)])


def no_answers(corpus: Corpus, forms: Sequence[str] | None, spoken: Language = DUTCH) -> npt.NDArray[np.bool_]:
    """For each unit whether it is no answer, shape (units,): by these forms, or by those of this language."""
    return are_no_answers(corpus, spoken.no_answer if forms is None else forms)
