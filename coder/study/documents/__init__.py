"""The documents of a study: texts in versions, the fragments that people code in them, and who read what.

`document_set` is the door. `texts` takes documents over and reads them back, `span_decisions` has what people decide on
spans, `marks` who read which blocks, `control` the passages drawn at random, `span_proposals` what machines propose,
`anchors` where fragments of one text stand in another, `counting` from what tables count. `document_machine` learns and
proposes, `document_exchange` takes in and gives out fragments and the projects of other programs.
"""

from coder.study.documents.document_set import DocumentSet
from coder.study.documents.span_decisions import Span
from coder.study.documents.texts import AddedDocuments

__all__ = ["AddedDocuments", "DocumentSet", "Span"]
