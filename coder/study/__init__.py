"""The study: what people decided, kept so that nothing is lost and every past state can be shown."""

from coder.study.answer_versions import Added
from coder.study.decisions import Decision, Proposal
from coder.study.documents import AddedDocuments, DocumentSet, Span
from coder.study.question import Question
from coder.study.study import Study

__all__ = ["Added", "AddedDocuments", "Decision", "DocumentSet", "Proposal", "Question", "Span", "Study"]
