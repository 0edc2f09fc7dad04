"""Coding open answers and policy fragments, Dutch first.

The public names below load their module (and pandas, scikit-learn) when they are first used,
so that `import coder` and `coder --help` stay quick.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from coder.resources import __version__

_HOME = {
    "CoderError": "coder.errors",
    "Corpus": "coder.corpus",
    "Code": "coder.codebook",
    "Codebook": "coder.codebook",
    "Coding": "coder.coding",
    "Table": "coder.tables.table",
    "top": "coder.tables.frequency",
    "compare": "coder.api",
    "groups": "coder.tables.groups",
    "top_by": "coder.tables.groups",
    "agree": "coder.tables.agreement",
    "TableFile": "coder.files.sheets",
    "read_answers": "coder.files.answers",
    "read_document": "coder.files.documents",
    "read_documents": "coder.files.documents",
    "read_codebook": "coder.files.codebooks",
    "Rules": "coder.methods.rules.engine",
    "Classifier": "coder.methods.classifier",
    "train": "coder.api",
    "train_classifier": "coder.methods.classifier",
    "CoderClassifier": "coder.methods.estimator",
    "read": "coder.api",
    "report": "coder.api",
    "code": "coder.jobs.machine",
    "code_batches": "coder.jobs.batches",
    "find_topics": "coder.methods.topics",
    "TopicModel": "coder.methods.topics",
    "draft": "coder.jobs.topic_codebook",
    "estimate": "coder.api",
    "evaluate": "coder.learning.evaluation",
    "Sample": "coder.learning.sampling",
    "draw": "coder.learning.sampling",
    "target": "coder.learning.targeting",
    "shift": "coder.learning.shift",
    "explain": "coder.learning.explain",
    "update": "coder.learning.update",
    "suggest": "coder.learning.suggest",
    "try_rules": "coder.learning.rule_trial",
    "run": "coder.jobs.run",
    "Study": "coder.study",
    "Decision": "coder.study",
    "Question": "coder.study",
    "read_fragments": "coder.files.fragment_files",
    "documents_top": "coder.tables.codes_in_documents",
    "documents_groups": "coder.tables.codes_in_documents",
    "codes_by_document": "coder.tables.codes_in_documents",
    "together": "coder.tables.cooccurrence",
    "beside": "coder.tables.periods",
    "span_agreement": "coder.tables.span_agreement",
    "horizontal": "coder.reports.horizontal",
    "facts": "coder.tables.respondents",
    "find_duplicates": "coder.tables.respondents",
}

__all__ = [
    "Classifier",
    "Code",
    "Codebook",
    "CoderClassifier",
    "CoderError",
    "Coding",
    "Corpus",
    "Decision",
    "Question",
    "Rules",
    "Sample",
    "Study",
    "Table",
    "TableFile",
    "TopicModel",
    "__version__",
    "agree",
    "beside",
    "code",
    "code_batches",
    "codes_by_document",
    "compare",
    "documents_groups",
    "documents_top",
    "draft",
    "draw",
    "estimate",
    "evaluate",
    "explain",
    "facts",
    "find_duplicates",
    "find_topics",
    "groups",
    "horizontal",
    "read",
    "read_answers",
    "read_codebook",
    "read_document",
    "read_documents",
    "read_fragments",
    "report",
    "run",
    "shift",
    "span_agreement",
    "suggest",
    "target",
    "together",
    "top",
    "top_by",
    "train",
    "train_classifier",
    "try_rules",
    "update",
]

if TYPE_CHECKING:
    from coder.api import compare, estimate, read, report, train
    from coder.codebook import Code, Codebook
    from coder.coding import Coding
    from coder.corpus import Corpus
    from coder.errors import CoderError
    from coder.files.answers import read_answers
    from coder.files.codebooks import read_codebook
    from coder.files.documents import read_document, read_documents
    from coder.files.fragment_files import read_fragments
    from coder.files.sheets import TableFile
    from coder.jobs.batches import code_batches
    from coder.jobs.machine import code
    from coder.jobs.run import run
    from coder.jobs.topic_codebook import draft
    from coder.learning.evaluation import evaluate
    from coder.learning.explain import explain
    from coder.learning.rule_trial import try_rules
    from coder.learning.sampling import Sample, draw
    from coder.learning.shift import shift
    from coder.learning.suggest import suggest
    from coder.learning.targeting import target
    from coder.learning.update import update
    from coder.methods.classifier import Classifier, train_classifier
    from coder.methods.estimator import CoderClassifier
    from coder.methods.rules.engine import Rules
    from coder.methods.topics import TopicModel, find_topics
    from coder.reports.horizontal import horizontal
    from coder.study import Decision, Question, Study
    from coder.tables.agreement import agree
    from coder.tables.codes_in_documents import codes_by_document, documents_groups, documents_top
    from coder.tables.cooccurrence import together
    from coder.tables.frequency import top
    from coder.tables.groups import groups, top_by
    from coder.tables.periods import beside
    from coder.tables.respondents import facts, find_duplicates
    from coder.tables.span_agreement import span_agreement
    from coder.tables.table import Table


def __getattr__(name: str) -> Any:  # noqa: ANN401 (the type depends on the name asked for)
    if name not in _HOME:
        raise AttributeError(f"module 'coder' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
