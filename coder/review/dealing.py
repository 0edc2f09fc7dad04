"""Answers dealt to coders, some of them to two: by who leads, at the page on which answers are coded."""

from starlette.requests import Request

from coder.note import Note
from coder.review.requests import Data, PageError, fields, texts
from coder.review.sight import Sight
from coder.words import say

_MOST = 100
SHARE = 10
"""Of a hundred answers so many are proposed to be coded by two."""


def coders(sight: Sight) -> list[str]:
    """Who may be dealt answers: everybody that the study knows, and who leads. None for who does not lead."""
    if not sight.visitor.leads:
        return []
    return sorted({sight.who, *sight.live.study.people()["name"], *sight.live.ledger.own} - {""})


def deal(sight: Sight, _request: Request, data: Data) -> Data:
    """Deal the answers that nobody has yet to these coders, so many in a hundred to two of them; what each got."""
    sight.visitor.must_lead()
    names, share = texts(data, "coders", _MOST), fields(data, share=int)["share"]
    if strange := [name for name in names if name not in coders(sight)]:
        raise PageError("deal_whom", name=strange[0])
    if not 0 <= share <= 100:  # noqa: PLR2004 (percent)
        raise PageError("deal_share")
    question = sight.live.question
    question.assign(names, share=share / 100, who=sight.who)
    sight.live.follow()
    dealt = question.assigned()
    told = [
        Note("page.dealt", who=str(who), count=len(part), double=int(part["double"].sum()))
        for who, part in dealt.groupby("who")
    ]
    return {"dealt": [say(note) for note in told]}
