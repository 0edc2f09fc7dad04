"""The methods paragraph: how the numbers were made, ready to paste into a publication.

A sentence is written for what is known, and none for what is not.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any

from coder.codebook import Codebook
from coder.errors import DataError
from coder.note import Note
from coder.resources import __version__
from coder.tables.agreement import Agreement
from coder.tables.mentions import MACHINES

_NO_NAMES = {"", "codebook", "codeboek", "codes", "plan de codage"}
DRAWN = ("random", "self_selected")
HAND = ("random", "targeted", "all")
INTERVALS = ("wilson", "linearised", "ranks", "estimated_ranks", "estimate")
TESTS = ("newcombe", "estimates", "mcnemar", "residuals")


@dataclass(frozen=True, slots=True)
class Alpha:
    """Krippendorff's alpha of people who coded the same `units` answers, with its interval (nan for none).

    `distance` is that of sets of codes ("MASI"), "" where a coding is one code.
    """

    value: float
    low: float
    high: float
    units: int
    distance: str = ""
    level: float = 0.95


@dataclass(frozen=True, slots=True)
class MethodFacts:
    """What is known of how the numbers were made; what is not known is None or empty.

    `base` counts respondents; `unanswered`, `uncoded`, `divided` (coders differ) and `duplicates` rows outside it.
    `people` has the answers each person coded, `machine` (one of `MACHINES`) coded `machine_coded` answers.
    `drawn` says how respondents came (`DRAWN`), of `population`, of whom `invited` were asked and
    `responded` did; `margin` is in percentage points. `hand_sample` (`HAND`) says how the `hand` answers
    to code by hand were chosen, `unequal` that their chances to be drawn differed, `unlike` that they are
    visibly no random sample.
    `predictions` names those from elsewhere that the estimates used.
    `corrected` is whether the percentages are estimates, `f1` the
    machine's on answers it did not learn from, 0..1. `weight` names the column of weights. `intervals`
    are of `INTERVALS`, `tests` of `TESTS`, `adjusted` by Benjamini and Hochberg.

    Raises `DataError` where a word is not one of those, or where estimates rest on a targeted sample.
    """

    base: int | None = None
    unanswered: int = 0
    uncoded: int = 0
    divided: int = 0
    duplicates: int = 0
    question: str = ""
    codebook: str = ""
    codebook_version: str = ""
    codebook_hash: str = ""
    codes: int | None = None
    people: tuple[int, ...] = ()
    machine: str = ""
    machine_coded: int = 0
    agreement: Alpha | None = None
    drawn: str = ""
    population: int | None = None
    invited: int | None = None
    responded: int | None = None
    margin: float | None = None
    hand_sample: str = ""
    hand: int = 0
    unequal: bool = False
    unlike: bool = False
    predictions: tuple[str, ...] = ()
    corrected: bool | None = None
    f1: float | None = None
    weight: str = ""
    effective_base: float | None = None
    intervals: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    adjusted: bool = False
    level: float = 0.95
    version: str = __version__
    seed: int | None = None

    def __post_init__(self) -> None:
        for name, said, choices in (
            ("machine", (self.machine,), MACHINES),
            ("drawn", (self.drawn,), DRAWN),
            ("hand_sample", (self.hand_sample,), HAND),
            ("intervals", self.intervals, INTERVALS),
            ("tests", self.tests, TESTS),
        ):
            if unknown := [word for word in said if word and word not in choices]:
                raise DataError("methods.one_of", name=name, choices=choices, value=unknown[0])
        if self.corrected and self.hand_sample == "targeted":
            raise DataError("methods.targeted")


def methods(facts: MethodFacts) -> tuple[Note, ...]:
    """The sentences of the methods paragraph of what is known."""
    parts = (_asked, _codebook, _coders, _sample, _counted, _statistics)
    seed = _part("seed", seed=facts.seed) if facts.seed is not None else ""
    software = Note("methods.software", version=facts.version, seed=seed)
    return (*(sentence for part in parts for sentence in part(facts)), software)


def without_checksum(sentences: Sequence[Any]) -> tuple[Any, ...]:
    """The sentences without the checksum of the codebook, for where there is room for what a reader needs alone."""
    return tuple(map(_without_checksum, sentences))


def _without_checksum(sentence: Any) -> Any:  # noqa: ANN401 (a sentence, in words or not yet)
    about = sentence.values.get("about") if isinstance(sentence, Note) else None
    if not isinstance(about, Note):
        return sentence
    parts = [one for one in about.values["parts"] if one.key != "methods.hash"]
    return Note(sentence.key, **{**sentence.values, "about": _part("about", parts=parts) if parts else ""})


def fingerprint(codebook: Codebook) -> str:
    """Twelve signs that are the same for the same codes, rules and examples, and else almost surely differ."""
    content = json.dumps([asdict(code) for code in codebook.codes], sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def alpha_of(agreement: Agreement, *, level: float = 0.95) -> Alpha:
    """Krippendorff's alpha out of the tables of `coder.agree`: nominal, or of sets by the first distance there is."""
    frame = agreement.overall.frame
    row = frame[frame["measure"].str.startswith("alpha_")].iloc[0]
    name = str(row["measure"]).removeprefix("alpha_")
    distance = {"nominal": "", "masi": "MASI"}.get(name, name.replace("_", " ").capitalize())
    return Alpha(float(row["value"]), float(row["low"]), float(row["high"]), int(row["units"]), distance, level)


def _part(key: str, **values: Any) -> Note:  # noqa: ANN401 (what a sentence may name)
    return Note(f"methods.{key}", **values)


def _asked(facts: MethodFacts) -> Iterator[Note]:
    if facts.question:
        stop = "" if str(facts.question).endswith(("?", "!", ".")) else "."
        yield _part("question", question=facts.question, stop=stop)
    if facts.base is not None:
        yield _part("base", respondents=_part("respondents", count=facts.base))
    kinds = ("unanswered", "uncoded", "divided", "duplicates")
    outside = {name: getattr(facts, name) for name in kinds}
    if parts := [_part(name, rows=_part("rows", count=size)) for name, size in outside.items() if size]:
        yield _part("left_out", parts=parts)


def _codebook(facts: MethodFacts) -> Iterator[Note]:
    if not facts.codebook:
        return
    about = [_part("version", version=facts.codebook_version)] if facts.codebook_version else []
    about += [_part("codes", count=facts.codes)] if facts.codes is not None else []
    about += [_part("hash", hash=facts.codebook_hash)] if facts.codebook_hash else []
    parts = _part("about", parts=about) if about else ""
    if is_named(facts.codebook) and _folded(facts.codebook) != _folded(facts.question):
        yield _part("codebook", name=facts.codebook, about=parts)
    else:
        yield _part("codebook_unnamed", about=parts)


def _folded(name: str) -> str:
    return str(name).casefold().strip(" ?!.")


def is_named(codebook: str) -> bool:
    """Whether the name of a codebook says more than that it is one."""
    return codebook.casefold() not in _NO_NAMES


def _coders(facts: MethodFacts) -> Iterator[Note]:
    if len(facts.people) == 1:
        yield _part("one_person", answers=_part("answers", count=facts.people[0]))
    elif facts.people:
        counts = [_part("number", number=count) for count in facts.people]
        yield _part("people", coders=len(facts.people), counts=counts)
    if facts.agreement is not None and isfinite(facts.agreement.value):
        yield _agreed(facts.agreement)
    if facts.machine:
        answers = _part("answers", count=facts.machine_coded)
        yield _part("machine", answers=answers, method=_part(facts.machine))


def _agreed(alpha: Alpha) -> Note:
    known = isfinite(alpha.low) and isfinite(alpha.high)
    ends = {"level": _percent(alpha.level), "low": alpha.low, "high": alpha.high}
    return _part(
        "agreement",
        kind=f" ({alpha.distance})" if alpha.distance else "",
        value=alpha.value,
        interval=_part("interval", **ends) if known else "",
        answers=_part("answers", count=alpha.units),
    )


def _sample(facts: MethodFacts) -> Iterator[Note]:
    if not facts.drawn:
        return
    more: dict[str, Note | str] = {"population": "", "response": ""}
    if facts.population is not None:
        name = "population" if facts.drawn == "random" else "population_of"
        more["population"] = _part(name, population=facts.population)
    if facts.invited and facts.responded is not None:
        share = facts.responded / facts.invited * 100
        more["response"] = _part("response", percent=share, invited=facts.invited)
    if facts.drawn == "random":
        known = facts.margin is not None and isfinite(facts.margin)
        more["margin"] = _part("margin", margin=facts.margin, level=_percent(facts.level)) if known else ""
    yield _part(facts.drawn, **more)


def _counted(facts: MethodFacts) -> Iterator[Note]:
    if facts.hand_sample and facts.hand:
        yield _part(f"hand_{facts.hand_sample}", hand=facts.hand)
    if facts.unequal:
        yield _part("unequal")
    if facts.unlike:
        yield _part("unlike")
    if facts.predictions:
        yield _part("predictions_beside" if facts.machine else "predictions", names=facts.predictions)
    if facts.corrected:
        yield _part("corrected" if facts.machine or not facts.predictions else "corrected_elsewhere")
    elif facts.corrected is False and facts.machine:
        yield _part("counted", f1="" if facts.f1 is None else _part("f1", f1=facts.f1))
    if facts.weight or facts.effective_base is not None:
        size = facts.effective_base
        yield _part(
            "weights",
            by=_part("weights_by", weight=facts.weight) if facts.weight else "",
            effective="" if size is None else _part("effective", effective=size),
        )


_WITH_LEVEL = {"wilson", "ranks", "estimated_ranks", "estimate"}
"""The intervals of which the level is said."""


def _statistics(facts: MethodFacts) -> Iterator[Note]:
    for name in facts.intervals:
        yield _part(name, **({"level": _percent(facts.level)} if name in _WITH_LEVEL else {}))
    yield from map(_part, facts.tests)
    if facts.adjusted:
        yield _part("bh")


def _percent(level: float) -> float:
    """A level such as 0.95 in per cent."""
    return round(level * 100, 4)
