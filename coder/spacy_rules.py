"""The rules of a codebook as a step of a spaCy pipeline: `nlp.add_pipe("coder_rules", config={"codebook": …})`.

spaCy finds the step by the entry point of this distribution. Hits are spans of the document with the code as label.
"""

from collections.abc import Iterable, Iterator
from itertools import islice

import pandas as pd
from spacy.language import Language
from spacy.tokens import Doc, Span

from coder.codebook import Codebook
from coder.corpus import TEXT, Corpus
from coder.files.codebooks import read_codebook
from coder.languages.nl.pipeline import BUNDLED
from coder.methods.rules.engine import Rules

KEY = "coder"
"""Where hits stand in `doc.spans` unless the step is told otherwise."""


class CoderRules:
    """The step: it puts each hit in `doc.spans`, and the codes of the whole text in `doc._.codes`.

    A hit that begins or ends within a token covers all of that token. The order of codes is that of the codebook.
    """

    def __init__(self, codebook: Codebook, *, nlp: str = BUNDLED, spans_key: str = KEY) -> None:
        self.codebook, self.rules, self.key = codebook, Rules(nlp), spans_key
        if not Doc.has_extension("codes"):
            Doc.set_extension("codes", default=())

    def __call__(self, doc: Doc) -> Doc:
        """Find the hits in one document."""
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 1000) -> Iterator[Doc]:
        """Find the hits in many documents, so many at a time: that is quicker than one by one."""
        remaining = iter(stream)
        while docs := list(islice(remaining, batch_size)):
            self._mark(docs)
            yield from docs

    def _mark(self, docs: list[Doc]) -> None:
        ids = pd.Index([str(place) for place in range(len(docs))], name="unit", dtype=str)
        corpus = Corpus(pd.DataFrame({TEXT: [doc.text for doc in docs]}, index=ids, dtype=str))
        found = self.rules.code(corpus, self.codebook).assignments
        hits: list[list[tuple[int, int, str]]] = [[] for _ in docs]
        columns = (found[name].tolist() for name in ("unit", "start", "end", "code"))
        for unit, start, end, code in zip(*columns, strict=True):
            hits[int(unit)].append((start, end, code))
        for doc, mine in zip(docs, hits, strict=True):
            spans = (doc.char_span(start, end, label=code, alignment_mode="expand") for start, end, code in mine)
            seen: dict[tuple[int, int, str], Span] = {}
            for span in spans:
                if span is not None:
                    seen.setdefault((span.start, span.end, span.label_), span)
            doc.spans[self.key] = list(seen.values())
            codes = {code for _, _, code in mine}
            doc._.codes = tuple(code for code in self.codebook.ids if code in codes)


@Language.factory(
    "coder_rules",
    default_config={"pipeline": BUNDLED, "spans_key": KEY},
    assigns=["doc.spans", "doc._.codes"],
)
def coder_rules(nlp: Language, name: str, codebook: str, pipeline: str, spans_key: str) -> CoderRules:  # noqa: ARG001
    """Make the step of the codebook in this file; `pipeline` names the spaCy pipeline that finds separable verbs.

    Raises `CodebookError` where the file is no codebook.

    >>> import spacy
    >>> from coder.resources import resource
    >>> nlp = spacy.blank("nl")
    >>> step = nlp.add_pipe("coder_rules", config={"codebook": str(resource("codebooks/trends.yaml"))})
    >>> doc = nlp("Korte filmpjes op TikTok")
    >>> doc._.codes
    ('video', 'social_media')
    >>> [(span.text, span.label_) for span in doc.spans["coder"]]
    [('filmpjes', 'video'), ('TikTok', 'social_media')]
    """
    return CoderRules(read_codebook(codebook), nlp=pipeline, spans_key=spans_key)
