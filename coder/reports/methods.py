"""The methods paragraph: how the numbers were made, ready to paste into a publication.

A sentence is written for what is known, and none for what is not.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import isfinite

from coder.codebook import Codebook
from coder.errors import DataError
from coder.tables.agreement import Agreement
from coder.tables.facts_words import decimals, whole
from coder.tables.words import words
from coder.version import __version__
from coder.words import area

MACHINES = ("rules", "classifier", "rules+classifier")
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

    `base` counts respondents; `unanswered`, `uncoded` and `duplicates` the rows outside it. `people`
    has the answers each person coded, `machine` (one of `MACHINES`) coded `machine_coded` answers.
    `drawn` says how respondents came (`DRAWN`), of `population`, of whom `invited` were asked and
    `responded` did; `margin` is in percentage points. `hand_sample` (`HAND`) says how the `hand` answers
    to code by hand were chosen, `unequal` that their chances to be drawn differed, `unlike` that they are
    visibly no random sample.
    `corrected` is whether the percentages are estimates, `f1` the
    machine's on answers it did not learn from, 0..1. `weight` names the column of weights. `intervals`
    are of `INTERVALS`, `tests` of `TESTS`, `adjusted` by Benjamini and Hochberg.

    Raises `DataError` where a word is not one of those, or where estimates rest on a targeted sample.
    """

    base: int | None = None
    unanswered: int = 0
    uncoded: int = 0
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
                raise DataError(f"{name} is one of {', '.join(choices)}, not {unknown[0]!r}.")
        if self.corrected and self.hand_sample == "targeted":
            raise DataError("Estimates need a random hand-coded sample; one that was targeted gives none.")


def methods(facts: MethodFacts, *, language: str = "nl") -> str:
    """The methods paragraph of what is known, in "nl" or "en", with its numbers as that language writes them."""
    words(language)
    said = area("methods", language)
    parts = (_asked, _codebook, _coders, _sample, _counted, _statistics)
    sentences = [sentence for part in parts for sentence in part(facts, said, language)]
    seed = said["seed"].format(seed=facts.seed) if facts.seed is not None else ""
    return " ".join([*sentences, said["software"].format(version=facts.version, seed=seed)])


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


_Said = Mapping[str, str]


def _asked(facts: MethodFacts, said: _Said, language: str) -> Iterator[str]:
    if facts.question:
        stop = "" if facts.question.endswith(("?", "!", ".")) else "."
        yield said["question"].format(question=facts.question, stop=stop)
    if facts.base is not None:
        yield said["base"].format(respondents=_count("respondent", facts.base, said, language))
    outside = {"unanswered": facts.unanswered, "uncoded": facts.uncoded, "duplicates": facts.duplicates}
    parts = [said[name].format(rows=_count("row", size, said, language)) for name, size in outside.items() if size]
    if parts:
        yield said["left_out"].format(parts=_listed(parts, said))


def _codebook(facts: MethodFacts, said: _Said, language: str) -> Iterator[str]:
    if not facts.codebook:
        return
    about = [said["version"].format(version=facts.codebook_version)] if facts.codebook_version else []
    about += [_count("code", facts.codes, said, language)] if facts.codes is not None else []
    about += [said["hash"].format(hash=facts.codebook_hash)] if facts.codebook_hash else []
    yield said["codebook"].format(name=facts.codebook, about=f" ({'; '.join(about)})" if about else "")


def _coders(facts: MethodFacts, said: _Said, language: str) -> Iterator[str]:
    if len(facts.people) == 1:
        yield said["one_person"].format(answers=_count("answer", facts.people[0], said, language))
    elif facts.people:
        counts = _listed([whole(count, language) for count in facts.people], said)
        yield said["people"].format(coders=len(facts.people), counts=counts)
    if facts.agreement is not None and isfinite(facts.agreement.value):
        yield _agreed(facts.agreement, said, language)
    if facts.machine:
        answers = _count("answer", facts.machine_coded, said, language)
        yield said["machine"].format(answers=answers, method=said[facts.machine])


def _agreed(alpha: Alpha, said: _Said, language: str) -> str:
    interval = ""
    if isfinite(alpha.low) and isfinite(alpha.high):
        low, high = decimals(alpha.low, 2, language), decimals(alpha.high, 2, language)
        interval = said["interval"].format(level=_percent(alpha.level, language), low=low, high=high)
    return said["agreement"].format(
        kind=f" ({alpha.distance})" if alpha.distance else "",
        value=decimals(alpha.value, 2, language),
        interval=interval,
        answers=_count("answer", alpha.units, said, language),
    )


def _sample(facts: MethodFacts, said: _Said, language: str) -> Iterator[str]:
    if not facts.drawn:
        return
    population = response = margin = ""
    if facts.population is not None:
        name = "population" if facts.drawn == "random" else "population_of"
        population = said[name].format(population=whole(facts.population, language))
    if facts.invited and facts.responded is not None:
        percent = decimals(facts.responded / facts.invited * 100, 1, language)
        response = said["response"].format(percent=percent, invited=whole(facts.invited, language))
    if facts.margin is not None and isfinite(facts.margin):
        level = _percent(facts.level, language)
        margin = said["margin"].format(margin=decimals(facts.margin, 2, language), level=level)
    yield said[facts.drawn].format(population=population, response=response, margin=margin)


def _counted(facts: MethodFacts, said: _Said, language: str) -> Iterator[str]:
    if facts.hand_sample and facts.hand:
        yield said[f"hand_{facts.hand_sample}"].format(hand=whole(facts.hand, language))
    if facts.unequal:
        yield said["unequal"]
    if facts.unlike:
        yield said["unlike"]
    if facts.corrected:
        yield said["corrected"]
    elif facts.corrected is False and facts.machine:
        f1 = "" if facts.f1 is None else said["f1"].format(f1=decimals(facts.f1, 2, language))
        yield said["counted"].format(f1=f1)
    if facts.weight or facts.effective_base is not None:
        size = "" if facts.effective_base is None else decimals(facts.effective_base, 1, language)
        yield said["weights"].format(
            by=said["weights_by"].format(weight=facts.weight) if facts.weight else "",
            effective=said["effective"].format(effective=size) if size else "",
        )


def _statistics(facts: MethodFacts, said: _Said, language: str) -> Iterator[str]:
    level = _percent(facts.level, language)
    yield from (said[name].format(level=level) for name in facts.intervals)
    yield from (said[name] for name in facts.tests)
    if facts.adjusted:
        yield said["bh"]


def _count(name: str, count: int, said: _Said, language: str) -> str:
    return said[name if count == 1 else f"{name}s"].format(count=whole(count, language))


def _listed(parts: Sequence[str], said: _Said) -> str:
    """Parts with commas, and "and" before the last."""
    return f" {said['and']} ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else parts[0]


def _percent(level: float, language: str) -> str:
    points = round(level * 100, 4)
    return decimals(points, 0 if points.is_integer() else 1, language)
