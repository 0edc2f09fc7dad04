"""The cards of the coding page: all that it is sent about an answer. They are JSON as they are made here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import NotRequired, TypedDict

from coder.review.ledger import NOTE
from coder.review.proposing import Proposed
from coder.review.sight import Sight
from coder.study.answer_versions import WAVE
from coder.study.decisions import SEEN, YES
from coder.words import chosen

_LONG = 420
"""An answer of more characters is folded."""

Said = Mapping[str, str]


class Segment(TypedDict):
    """A piece of a text, with what points at it (`rule` or `model`) and why, where something does."""

    t: str
    kind: NotRequired[str]
    title: NotRequired[str]


class CardProposal(TypedDict):
    """A code that is proposed. `on`: Enter gives it. `chance` is its probability, where the machine learned it."""

    code: str
    on: bool
    chance: float | None
    why: str


class OthersCodes(TypedDict):
    """What somebody else gave."""

    who: str
    codes: list[str]


class Card(TypedDict):
    """An answer as one person sees it, to code it or to have the last word on it.

    `given` has their verdict on each code, or the last word. They saw it where `seen`, and said no more than that
    where `examined`. `again`: it is judged again, without what is known of the first time. `note` is theirs, `flag`
    anybody's that they see. `same` other answers say the same.
    """

    id: str
    segments: list[Segment]
    long: bool
    background: list[tuple[str, str]]
    given: dict[str, str]
    seen: bool
    examined: bool
    flag: bool
    note: str
    proposals: list[CardProposal]
    same: int
    others: list[OthersCodes]
    again: bool


class Similar(TypedDict):
    """Another answer that says the same, and whether this person coded it already."""

    id: str
    text: str
    coded: bool


def cards(
    sight: Sight, ids: Sequence[str], *, adjudicate: bool = False, again: bool = False, both: bool = False
) -> list[Card]:
    """These answers, to be coded or to have the last word on; without those not there.

    With `again` they are judged again, without anything that tells of the first time, which the machine learned from;
    with `both` it is shown beside what somebody gave first what they gave then.
    """
    live = sight.live
    texts = {unit: live.texts[unit] for unit in ids if unit in live.texts}
    proposals = (live.proposer(learned=False) if again else sight.proposer).of(texts)
    found = [_card(sight, unit, proposals[unit], adjudicate=adjudicate) for unit in texts]
    if both:
        then = sight.ledger.again.get(sight.who, {})
        return [{**card, "others": [_others_of(sight.said["again_then"], then.get(card["id"], {}))]} for card in found]
    return [_judged_again(sight, card) for card in found] if again else found


def _judged_again(sight: Sight, card: Card) -> Card:
    held = sight.ledger.again.get(sight.who, {}).get(card["id"], {})
    return {**card, **_given(held), "flag": False, "note": "", "same": 0, "others": [], "again": True}


def _card(sight: Sight, unit: str, proposals: Sequence[Proposed], *, adjudicate: bool) -> Card:
    live, ledger, who, said = sight.live, sight.ledger, sight.who, sight.said
    text, labels = live.texts[unit], {one.id: one.named(chosen()) for one in live.book.codes}
    held = ledger.last.get(unit, {}) if adjudicate else ledger.own.get(who, {}).get(unit, {})
    background = live.background(unit)
    return Card(
        id=unit,
        segments=segments(text, _spans(text, proposals, labels, said)),
        long=len(text) > _LONG,
        background=[(said["wave"].lower() if name == WAVE else name, value) for name, value in background],
        **_given(held),
        flag=bool(sight.flags(unit)),
        note=getattr(ledger.flags.get(unit, {}).get(NOTE + who), "note", ""),
        proposals=[
            CardProposal(code=one.code, on=one.on, chance=one.chance, why=_reasons(one, text, said))
            for one in proposals
        ],
        same=len(live.same.get(unit, [unit])) - 1,
        others=_others(sight, unit, adjudicate=adjudicate),
        again=False,
    )


class _Given(TypedDict):
    given: dict[str, str]
    seen: bool
    examined: bool


def _given(held: Mapping[str, str]) -> _Given:
    given = {code: verdict for code, verdict in held.items() if code != SEEN}
    return _Given(given=given, seen=YES in held.values(), examined=held.get(SEEN) == YES)


def _others(sight: Sight, unit: str, *, adjudicate: bool) -> list[OthersCodes]:
    """What each person gave: who codes blind and settles too sees it where they settle."""
    if sight.blind and not adjudicate:
        return []
    held = {who: sight.ledger.own[who][unit] for who in sight.ledger.seers(unit) if adjudicate or who != sight.who}
    return [_others_of(who, verdicts) for who, verdicts in held.items()]


def _others_of(who: str, verdicts: Mapping[str, str]) -> OthersCodes:
    return OthersCodes(who=who, codes=[code for code, verdict in verdicts.items() if code and verdict == YES])


def _reasons(one: Proposed, text: str, said: Said) -> str:
    rules = list(dict.fromkeys(str(hit.reason.found()) for hit in one.hits))[:3]
    parts = [said["by_rules"].format(rules="; ".join(rules))] if rules else []
    if one.words:
        parts.append(said["words"].format(words=", ".join(text[start:end] for start, end in one.words)))
    if one.chance is not None and not one.words:
        parts.append(said["by_model"])
    return "; ".join(parts)


def similar(sight: Sight, unit: str) -> list[Similar]:
    """The other answers that say the same."""
    live = sight.live
    return [
        Similar(id=other, text=live.texts[other], coded=sight.ledger.saw(sight.who, other))
        for other in live.same.get(unit, [])
        if other != unit
    ]


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `[start, end)` of a text, what points at them (`rule` or `model`), and in words why."""

    start: int
    end: int
    kind: str
    title: str


def segments(text: str, spans: Sequence[Span]) -> list[Segment]:
    """The text in pieces, in order: `t`, and of those that something points at `kind` and `title`; rules go first."""
    ends = sorted({0, len(text), *chain.from_iterable((span.start, span.end) for span in spans)})
    found = []
    for start, end in pairwise(ends):
        over = [span for span in spans if span.start <= start and end <= span.end]
        piece = Segment(t=text[start:end])
        if over:
            piece["kind"] = "rule" if any(span.kind == "rule" for span in over) else "model"
            piece["title"] = "; ".join(dict.fromkeys(span.title for span in over))
        found.append(piece)
    return found


def _spans(text: str, proposals: Sequence[Proposed], labels: Mapping[str, str], said: Mapping[str, str]) -> list[Span]:
    """What to mark in a text: the hits of rules, and the words that weighed for what the model proposes."""
    found = []
    for one in proposals:
        name = labels.get(one.code, one.code)
        for hit in one.hits:
            title = said["mark_rule"].format(code=name, rule=str(hit.reason.found()))
            found.append(Span(hit.start, hit.end, "rule", title))
        found += [Span(start, end, "model", said["mark_word"].format(code=name)) for start, end in one.words]
    return [one for one in found if 0 <= one.start < one.end <= len(text)]
