"""A study that is open on a page: its questions and documents at hand, and the machine that learns from them."""

from collections.abc import Mapping
from typing import Any

from coder.codebook import Codebook
from coder.review.app import Page
from coder.review.begin_page import OTHER
from coder.review.frame import Frame
from coder.review.live_documents import LiveDocuments
from coder.review.live_question import LiveQuestion
from coder.review.security import Team
from coder.study import Study
from coder.study.schema import ANSWERS, DOCUMENTS


class Served:
    """An open study and its page. `who` does what the machine does.

    A question without a codebook gets one with `OTHER` alone, in the language of the study, in which people make codes
    as they go.
    """

    def __init__(
        self, study: Study, frame: Frame, *, who: str, embedding: str, alone: bool = True, root: str = ""
    ) -> None:
        self.study, self.who, self.embedding = study, who, embedding
        self.page = Page(frame, [], Team(study, alone=alone), name=study.facts["name"], live_documents=[], root=root)
        self.refresh()
        self.app = self.page.app()

    def refresh(self) -> None:
        """Take up the questions and sets of documents that came since."""
        page, language = self.page, self.study.facts["language"]
        questions = [one.question.name for one in page.live_questions]
        sets = [one.name for one in page.live_documents]
        new = [name for name in self.study.questions() if name not in questions]
        further = [name for name in self.study.document_sets() if name not in sets]
        for name in [*new, *further]:
            if self.study[name].codebooks().empty:
                book = Codebook((OTHER,), name=name, language=language)
                self.study[name].set_codebook(book, self.who, "to make codes in")
        for name in new:
            live = LiveQuestion(self.study, name, self.who, embedding=self.embedding)
            page.live_questions.append(live)
            live.start(again=live.unlearned)
        for name in further:
            page.live_documents.append(LiveDocuments(self.study, name, embedding=self.embedding))

    @property
    def busy(self) -> bool:
        """Whether the machine is at work."""
        jobs = [*(one.job for one in self.page.live_questions), *(one.job for one in self.page.live_documents)]
        return any(job is not None and job.busy for job in jobs)

    def parts(self) -> list[Mapping[str, Any]]:
        """What a card says of each question: see `Known`."""
        found: list[Mapping[str, Any]] = []
        for live in self.page.live_questions:
            live.follow()
            coded = len(live.ledger.seen().intersection(live.texts))
            waves = [wave for wave in live.waves if wave]
            found.append(
                {
                    "name": live.question.name,
                    "kind": ANSWERS,
                    "units": len(live.answered),
                    "coded": coded,
                    "waves": waves,
                }
            )
        found += [
            {"name": one.name, "kind": DOCUMENTS, "units": len(one.names), "coded": 0, "waves": []}
            for one in self.page.live_documents
        ]
        return found

    def stop(self) -> None:
        """End what the machine is doing, and close the study."""
        for question in self.page.live_questions:
            question.stop()
        for documents in self.page.live_documents:
            documents.stop()
        self.study.close()
