"""Parts of speech that the pipeline gets wrong and the rest of the sentence, or a word list, puts right.

A step of the bundled pipeline, which spaCy finds by the entry point of this distribution: imported by nothing else.
"""

from spacy.language import Language
from spacy.tokens import Doc, Token

from coder.languages.nl.lemmas import is_known, is_name
from coder.languages.nl.verbs import HELPERS

_BREAKS = (",", ";", ":")


@Language.component("coder_mend", assigns=["token.pos"], requires=["token.pos", "token.tag", "token.lemma"])
def mend(doc: Doc) -> Doc:
    """Put parts of speech right, in place; the last step of the bundled pipeline.

    - hebben and worden help a participle (AUX) or stand on their own (VERB), as UD has it;
    - a capital within a sentence on a word that no list knows is a name, not a noun;
    - a word in small letters that the lists know, and not as a name, is no name.
    """
    for token in doc:
        if token.lemma_ in HELPERS and token.pos_ in ("AUX", "VERB"):
            token.pos_ = "AUX" if _has_participle(token) else "VERB"
        elif token.pos_ == "NOUN" and token.text[0].isupper() and not token.is_sent_start and not is_known(token.text):
            token.pos_ = "PROPN"
        elif token.pos_ == "PROPN" and token.is_lower and is_known(token.text) and not is_name(token.text):
            token.pos_ = "NOUN"
    return doc


def _has_participle(verb: Token) -> bool:
    """Whether another verb's participle stands in the sentence with no comma in between."""
    for token in verb.sent:
        if token.i != verb.i and token.tag_.startswith("WW|vd|vrij"):
            first, last = sorted((token.i, verb.i))
            if not any(other.text in _BREAKS for other in verb.doc[first:last]):
                return True
    return False
