"""The documents of a study: texts in versions, the fragments that people code in them, and who read what.

`document_set` is the door. `texts` takes documents over and reads them back, `fragments` has what people decide on
spans, `marks` who read which blocks, `proposals` what machines propose, `anchors` where fragments of one text stand in
another.
"""

from coder.study.documents.document_set import DocumentSet
from coder.study.documents.fragments import Span
from coder.study.documents.texts import AddedDocuments

__all__ = ["AddedDocuments", "DocumentSet", "Span"]
