"""The study file: what people decided, kept so that nothing is lost and every past state can be shown."""

from coder.study.store.answers import Added
from coder.study.store.decisions import Decision, Proposal
from coder.study.store.study import Study

__all__ = ["Added", "Decision", "Proposal", "Study"]
