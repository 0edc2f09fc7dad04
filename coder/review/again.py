"""Agreement with oneself: some answers that somebody coded come back, without what they gave, and both are compared.

What they give the second time is kept beside the first and counts nowhere else. Where the two differ they may settle
it.
"""

from coder.coding import Coding
from coder.note import Note
from coder.review.cards import Card, cards
from coder.review.ledger import NOTE
from coder.review.sight import Sight
from coder.statistics.proportions import wilson
from coder.study.answers import TEXT_CHANGED
from coder.study.order import random_order
from coder.words import say, with_interval

SINCE = 30
"""So many answers somebody has coded since one that comes back."""


def next_card(sight: Sight) -> Card | None:
    """An answer to judge again, without what was given; None where none was coded long enough ago.

    Each comes back once, in random order; not one that would show what was given: with a flag or a note of theirs, or
    settled; nor one of which the text changed.
    """
    live, ledger, who = sight.live, sight.ledger, sight.who
    with live.lock:
        mine = [unit for unit in ledger.own.get(who, {}) if ledger.saw(who, unit)]
        old = [unit for unit in mine[: max(0, len(mine) - SINCE)] if unit in live.texts]
        left = [unit for unit in old if unit not in ledger.again.get(who, {}) and _bare(sight, unit)]
        first = random_order(left, f"{live.question.name} again {who}")[:1]
        found = cards(sight, first, again=True)
    return found[0] if found else None


def _bare(sight: Sight, unit: str) -> bool:
    marks = sight.live.ledger.flags.get(unit, {})
    return unit not in sight.ledger.last and not (
        sight.flags(unit) or {NOTE + sight.who, TEXT_CHANGED}.intersection(marks)
    )


def unsettled(sight: Sight) -> list[str]:
    """The answers to which somebody gave other codes the second time, and on which they did not decide since."""
    question, who = sight.live.question, sight.who
    if not sight.live.ledger.again.get(who):
        return []
    apart = _apart(question.twice(who))
    after = question.decided_again()
    then = after[after["who"] == who].groupby("unit")["event"].max()
    now = question.state(who=who, units=apart).groupby("unit")["event"].max()
    return [unit for unit in apart if unit in sight.live.texts and now.get(unit, 0) < then[unit]]


def _apart(both: tuple[Coding, Coding]) -> list[str]:
    """The answers with other codes the second time."""
    first, again = (one.pairs().groupby("unit")["code"].agg(frozenset).to_dict() for one in both)
    none: frozenset[str] = frozenset()
    return [unit for unit in both[0].seen if first.get(unit, none) != again.get(unit, none)]


def told(sight: Sight) -> str:
    """How well somebody agrees with themselves, in words; "" as long as nothing was judged twice."""
    live, who = sight.live, sight.who
    if not live.ledger.again.get(who):
        return ""
    with live.lock:
        if live.judged_twice.get(who, (0,))[0] != live.ledger.version:
            both = live.question.twice(who)
            live.judged_twice[who] = live.ledger.version, len(both[0].seen), len(_apart(both))
        _, n, apart = live.judged_twice[who]
    if not n:
        return ""
    low, high = (100 * wilson([n - apart], n)[0]).tolist()
    share = with_interval(100 * (n - apart) / n, low, high)
    return say(Note("page.again_told", count=n, share=share))
