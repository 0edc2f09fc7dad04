"""The results page: pictures with their tables as they are now, the answers behind a mark, and an estimate beside it.

A picture that cannot be made says what it would need.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

import pandas as pd
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from coder.codebook import SPECIAL
from coder.coding import Coding
from coder.corpus import Corpus
from coder.errors import DataError
from coder.jobs.background import Job
from coder.jobs.coded_report import corrected_facts, corrected_groups, corrected_top
from coder.learning.estimation import Estimation
from coder.learning.predictions import Predictions
from coder.learning.sampling import DRAWN, PROBABILITY, STRATUM
from coder.note import Note, Progress
from coder.reports.chart import interval_chart
from coder.reports.content import Report, Section, for_readers
from coder.reports.finding import corrected_finding
from coder.reports.methods import alpha_of, methods
from coder.reports.pictures import (
    Picture,
    agreement_picture,
    change_picture,
    corrected_picture,
    groups_picture,
    order_picture,
    pairs_picture,
    top_picture,
    waves_picture,
)
from coder.reports.shown import said as said_as
from coder.reports.shown import shown as seen_as
from coder.reports.write import write_report
from coder.review import codebook_page, results_tables
from coder.review.cards import cards
from coder.review.live_question import LiveQuestion, has_codes
from coder.review.requests import Data, PageError, fields
from coder.review.results_tables import (
    FORMATS,
    OF_PICTURES,
    UNNAMED,
    Choice,
    Counted,
    agreed,
    attached,
    base_of,
    chosen_units,
    coding_of,
    counted,
    keep_house_style,
    mentioned,
    report_saved,
    state_of,
    wave_called,
    written,
)
from coder.review.sight import WITH_MACHINE, Asked, Sight
from coder.study.estimate_basis import ALL, Basis, to_estimate
from coder.tables.agreement import with_oneself
from coder.tables.comparison import LOOKS_LIKE, caution, compare
from coder.tables.cooccurrence import pairs
from coder.tables.frequency import order
from coder.tables.groups import groups
from coder.tables.table import Said, Table
from coder.tables.trend import FEWEST_WAVES, trend
from coder.words import chosen, say, written_date

SHOWN_AT_ONCE = 40
"""So many answers behind a mark are shown at once."""
_LEAST_WIDTH, _MOST_WIDTH, _SAVED_WIDTH = 280, 1200, 760
_MOST_PAIRS = 12
_OF_ESTIMATES = [*OF_PICTURES, "pptx", "docx"]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture with the tables behind it; without one, why."""

    picture: Picture | None
    tables: tuple[Table, ...]
    why: Said = ""


def shown(sight: Sight, asked: Choice, picture: str, width: float) -> dict[str, Any]:
    """A picture with its tables, as JSON; what it would need where it cannot be made."""
    made = counted(sight, asked)
    found = drawn(sight, asked, picture, made)
    changes = sight.learned.changes if sight.learned is not None else None
    machine = [as_json(one) for one in _labelled(changes, sight)] if changes is not None else []
    for one in machine:
        one["rows"] = [[cell or "–" for cell in row] for row in one["rows"]]
    seen = found.picture
    return {
        "coded": bool(made.tables),
        "state": state_of(sight, made),
        "base": base_of(made, asked),
        "divided": say(Note("page.divided_here", count=len(made.divided))) if len(made.divided) else "",
        "behind": _behind(sight, asked),
        "choice": {"then": "" if asked.then is None else asked.then or UNNAMED, "by": asked.by},
        "heading": said_as(seen.heading) if seen else "",
        "subtitle": said_as(seen.subtitle) if seen else "",
        "source": say(source(sight, asked)),
        "drawing": seen.canvas(width).tree() if seen else None,
        "why": said_as(found.why),
        "tables": [as_json(one) for one in found.tables],
        "unplaced": _lines(sight, asked) if picture == "change" else None,
        "machine": machine,
    }


def _behind(sight: Sight, asked: Choice) -> dict[str, Any] | None:
    """That what the machine coded is by other rules than those of now, and whether it codes again; or None."""
    live = sight.live
    if asked.whose != WITH_MACHINE or not live.behind:
        return None
    busy = live.job is not None and live.job.busy
    return {"busy": busy, "said": sight.said["behind_busy" if busy else "machine_behind"]}


def _lines(sight: Sight, asked: Choice) -> dict[str, Any] | None:
    """The lines of a list that was published that are no code, for a lead to say which code each was; or None."""
    if not sight.visitor.leads:
        return None
    (lines, taken), book = results_tables.lines_of(sight.live, asked.then), sight.live.book
    free = [code.id for code in book.codes if code.id not in {*SPECIAL, *taken}]
    codes = [[id_, book.label(id_, chosen())] for id_ in free]
    return {"lines": list(lines.items()), "codes": codes} if lines and codes else None


def was_called(sight: Sight, data: Data) -> None:
    """Say which codes lines of the list of a wave are: `lines` has the code of each. The codes were called so.

    Raises `PageError` for a line that is none of that list or is a code, and for two lines of one code.
    """
    sight.visitor.must_lead()
    asked = fields(data, wave=str, lines=dict)
    known, taken = results_tables.lines_of(sight.live, asked["wave"])
    codes = list(asked["lines"].values())
    if not codes or not set(asked["lines"]) <= set(known) or not all(isinstance(code, str) for code in codes):
        raise PageError("no_lines")
    if twice := [code for code in codes if codes.count(code) > 1 or code in {*taken, *SPECIAL}]:
        raise PageError("lines_twice", code=sight.live.book.text(twice[0]))
    codebook_page.call_formerly(sight.live, asked["lines"], sight.who)


def _labelled(changes: Table, sight: Sight) -> tuple[Table, ...]:
    """The table of what got better, with labels, in the language of the page and the order of the codebook.

    Codes of which nothing is known are counted in the notes; without any other there is no table.
    """
    book, said = sight.live.book, sight.said
    known = changes.frame["change"] != ""
    place = {code: number for number, code in enumerate(sorted(book.ids, key=SPECIAL.__contains__))}
    rows = changes.frame[known].sort_values("code", key=lambda codes: codes.map(place), kind="stable")
    if rows.empty:
        return ()
    left_out = (Note("page.learned_unknown", count=int((~known).sum())),) if not known.all() else ()
    frame = rows.assign(
        code=[book.text(code) for code in rows["code"]],
        change=[said.get(f"changed_{change}", change) for change in rows["change"]],
    )
    shown_as = {name: said[f"learned_{name}"] for name in changes.shown}
    notes = (Note("page.learned_note", count=changes.base or 0), *left_out)
    return (Table(said["learned_beside"], frame.reset_index(drop=True), changes.base, shown_as, notes),)


def as_json(table: Table) -> dict[str, Any]:
    """A table as the page reads it."""
    seen = seen_as(table)
    columns = zip(seen.headings, seen.numeric, strict=True)
    return {
        "title": seen.title,
        "columns": [{"name": heading, "number": number} for heading, number in columns],
        "rows": [list(row) for row in seen.rows],
        "notes": list(seen.notes),
    }


def drawn(sight: Sight, asked: Choice, name: str, made: Counted) -> Drawn:
    """A picture of `PICTURES` of what was counted. Raises `PageError` for another."""
    if name not in PICTURES:
        raise PageError("no_picture")
    if made.mentions is None:
        return Drawn(None, (), sight.said["nothing_coded"])
    try:
        return PICTURES[name](sight, asked, made)
    except DataError as error:
        return Drawn(None, (), error.note)


def width_of(asked: Mapping[str, str]) -> float:
    """How wide a picture is asked for, in pixels."""
    given = asked.get("width", "")
    wanted = int(given) if given.isascii() and given.isdigit() and len(given) < 6 else _SAVED_WIDTH  # noqa: PLR2004
    return float(min(max(wanted, _LEAST_WIDTH), _MOST_WIDTH))


def source(sight: Sight, asked: Choice) -> Note:
    """What a picture is of: the question, the wave, whose codes, and who counts."""
    live = sight.live
    parts: list[Said] = [live.wording]
    parts += [] if asked.wave in ("", ALL) else [Note("page.wave_named", wave=asked.wave)]
    parts += [sight.said["whose_machine_source"]] if asked.whose == WITH_MACHINE else []
    parts += [Note("page.only", column=asked.column, value=asked.value)] if asked.column else []
    return Note("page.source", parts=parts)


def saved(sight: Sight, asked: Choice, name: str, form: str) -> bytes:
    """A picture as a file: `svg` or `png`, or its tables as `xlsx`. Raises `PageError` where there is none."""
    found = drawn(sight, asked, name, counted(sight, asked))
    if not found.tables or (found.picture is None and form != "xlsx"):
        raise PageError("nothing_coded")
    about = source(sight, asked)
    return as_file(found, about, form)


def as_file(found: Drawn, about: Said, form: str) -> bytes:
    """A picture as `svg` or `png`, or its tables as `xlsx`."""
    if form == "xlsx" or found.picture is None:
        return _workbook(found, about)
    if form == "svg":
        return found.picture.svg(_SAVED_WIDTH, about).encode()
    return found.picture.png(_SAVED_WIDTH, about)


def _workbook(found: Drawn, about: Said) -> bytes:
    heading = found.picture.heading if found.picture else ""
    tables = {str(one.title) if number else "top": one for number, one in enumerate(found.tables)}
    section = Section(title=about, finding=heading, tables=tables)
    report = Report(about, (section,), made=date.today())  # noqa: DTZ011 (of who saves it)
    return written("xlsx", lambda path: write_report(report, [path]))


# The pictures


def _top(_sight: Sight, asked: Choice, made: Counted) -> Drawn:
    table = made.tables["top"]
    return Drawn(top_picture(table, intervals=asked.whose != WITH_MACHINE), (table,))


def _change(sight: Sight, asked: Choice, made: Counted) -> Drawn:
    table = made.tables.get("comparison")
    if made.apart is not None:
        return Drawn(None, (), made.apart)
    if table is None or asked.then is None:
        waves = len(sight.live.waves) + len(sight.live.published)
        return Drawn(None, (), sight.said["change_needs" if waves > 1 else "change_needs_waves"])
    if sight.visitor.leads:  # who is asked so under the picture
        table = replace(table, notes=tuple(one for one in table.notes if getattr(one, "key", "") != LOOKS_LIKE))
    names = wave_called(asked.then), wave_called(asked.wave)
    if (corrected := _corrected_change(sight, asked, made, names)) is not None:
        return corrected
    return Drawn(change_picture(table, made.tables["top"], names, asked.limit), (table,))


def _corrected_change(sight: Sight, asked: Choice, made: Counted, names: tuple[str, str]) -> Drawn | None:
    """The last estimate of the wave beside the list that was published; None where there is none, or none is needed.

    It is needed where a machine's codes count: what they and that list differ in may be the way of coding.
    """
    counted, last = made.tables["comparison"], _last_estimate(sight)
    found = last.job.result if last is not None else None
    if last is None or found is None or caution(counted) is None or last.basis.waves != (asked.wave,):
        return None
    then = results_tables.earlier(sight.live, made.coding, asked)
    if not isinstance(then, Table):
        return None
    limit = asked.limit or len(sight.live.book.codes)
    then_called, now_called = names
    title = Note("page.change_corrected_title", now=now_called, then=then_called)
    called = now_called, then_called
    table = compare(found.codes, then, last.basis.codebook, limit=limit, names=called, title=title)
    behind = [say(_old(sight, last))] if _is_old(sight, last) else []
    table = replace(table, notes=(*behind, *results_tables.left_the_list(table, asked)))
    picture = change_picture(table, found.codes, names, asked.limit)
    if picture is not None:
        subtitle = Note("page.change_corrected", then=then_called, now=now_called, count=found.hand)
        heading = corrected_finding(corrected_top(found, asked.limit), table)
        picture = replace(picture, heading=heading, subtitle=subtitle)
    return Drawn(picture, (table, replace(counted, title=Note("report.counts", title=counted.title))))


def _groups(sight: Sight, asked: Choice, made: Counted) -> Drawn:
    if not asked.by:
        return Drawn(None, (), sight.said["groups_need"])
    found = groups(_counted(made), sight.live.book, asked.by)
    table = replace(found.table, notes=(*found.table.notes, *made.notes))
    return Drawn(groups_picture(found, asked.limit), (table, *found.for_people[1:]))


def _waves(sight: Sight, asked: Choice, _made: Counted) -> Drawn:
    coding, live = coding_of(sight, asked.whose), sight.live
    codings = {wave_called(wave): coding.take(chosen_units(live, asked, wave)) for wave in live.waves}
    known = {wave: mentioned(live, one) for wave, one in codings.items() if len(one.seen)}
    if len(known) < FEWEST_WAVES:
        return Drawn(None, (), Note("page.waves_need", least=FEWEST_WAVES, count=len(known)))
    table = trend(dict(reversed(known.items())), live.book, limit=asked.limit or len(live.book.codes))
    return Drawn(waves_picture(table, list(known)), (table,))


def _order(sight: Sight, asked: Choice, made: Counted) -> Drawn:
    table = order(_counted(made), sight.live.book, limit=asked.limit, title=sight.said["picture_order"])
    table = replace(table, notes=(*table.notes, *made.notes))
    return Drawn(order_picture(table), (table,))


def _agreement(sight: Sight, _asked: Choice, made: Counted) -> Drawn:
    found = agreed({who: one.take(made.units) for who, one in sight.people().items()}, sight.live.book)
    twice = with_oneself(sight.judged_twice(), sight.live.book)
    oneself = () if twice is None else (twice,)
    if found is None:
        return Drawn(None, oneself, sight.said["agreement_needs"])
    return Drawn(agreement_picture(found.codes), (found.codes, found.overall, found.coders, *oneself))


def _pairs(sight: Sight, _asked: Choice, made: Counted) -> Drawn:
    every, table = (pairs(_counted(made), sight.live.book, limit=_MOST_PAIRS, never=never) for never in (True, False))
    table = replace(table, notes=(*table.notes, *made.notes))
    picture = pairs_picture(every)
    return Drawn(picture, (table,) if picture else (), "" if picture else sight.said["pairs_need"])


def _counted(made: Counted) -> Any:  # noqa: ANN401 (`drawn` looked)
    return made.mentions


PICTURES: Mapping[str, Callable[[Sight, Choice, Counted], Drawn]] = {
    "top": _top,
    "change": _change,
    "groups": _groups,
    "order": _order,
    "waves": _waves,
    "agreement": _agreement,
    "pairs": _pairs,
}
"""The pictures by name, in the order in which the page names them."""


# What stands behind a mark


def marked(sight: Sight, asked: Choice, data: Any) -> dict[str, Any]:  # noqa: ANN401 (what came out of JSON)
    """The answers behind a mark, from the one at `start` on, each with the codes that count and how to put them right.

    A mark has a `code`, and perhaps the `group` that they are in, or another code that they have too (`with`); in the
    picture `agreement` they are the answers on which coders differ over the code. Of each `last` says that a
    correction is the last word, and `whole` that it is of all codes of the answer: where a machine alone gave them.
    """
    found = fields(data, picture=str, code=str, group=str, start=int, **{"with": str})
    live, book = sight.live, sight.live.book
    wanted = [code for code in (found["code"], found["with"]) if code]
    if strange := [code for code in wanted if code not in book.ids]:
        raise PageError("no_code_there", code=strange[0])
    coding = coding_of(sight, asked.whose).take(chosen_units(live, asked, asked.wave))
    if found["picture"] == "agreement":
        units = _divided(sight, chosen_units(live, asked, asked.wave), found["code"])
    else:
        units = _having(coding, wanted)
    if found["group"] and asked.by:
        cells = live.corpus.units[asked.by].fillna("").astype(str).str.strip()
        units = units[(cells.reindex(units) == found["group"]).to_numpy()]
    start = max(found["start"], 0)
    some = list(units[start : start + SHOWN_AT_ONCE])
    parts: list[Said] = [book.text(code) for code in wanted]
    parts += [found["group"]] if found["group"] else []
    return {"title": str(Note("page.marked", parts=parts)), "total": len(units), "units": _cards(sight, coding, some)}


def _having(coding: Coding, codes: list[str]) -> "pd.Index[str]":
    """The answers that have all of these codes, in order."""
    given = coding.assignments
    has = [set(given["unit"][given["code"] == code]) for code in codes]
    both = set.intersection(*has) if has else set()
    return coding.seen[[unit in both for unit in coding.seen]]


def _divided(sight: Sight, units: "pd.Index[str]", code: str) -> "pd.Index[str]":
    """The answers that two or more coded, of which some gave the code and others did not."""
    told: dict[str, set[bool]] = {}
    for one in sight.people().values():
        seen = one.take(units)
        has = set(_having(seen, [code]))
        for unit in seen.seen:
            told.setdefault(unit, set()).add(unit in has)
    return units[[len(told.get(unit, ())) > 1 for unit in units]]


def _cards(sight: Sight, coding: Coding, units: list[str]) -> list[dict[str, Any]]:
    ledger, who = sight.ledger, sight.who
    given = coding.take(pd.Index(units)).assignments
    codes: dict[str, list[str]] = {unit: [] for unit in units}
    for unit, code in zip(given["unit"], given["code"], strict=True):
        codes[unit].append(code)
    found = []
    for card in cards(sight, units):
        unit = card["id"]
        others = [one for one in ledger.seers(unit) if one != who]
        settled = bool(ledger.last.get(unit))
        found.append(
            {"id": unit, "segments": card["segments"], "background": card["background"], "codes": codes[unit]}
            | {
                "others": others,
                "mine": ledger.saw(who, unit),
                "last": sight.visitor.settles and bool(others or settled),
            }
            | {"whole": not (others or settled or ledger.saw(who, unit))}
        )
    return found


# The estimate


@dataclass(frozen=True, slots=True)
class _Estimate:
    """An estimate that is being made or was made, from what, and when it was asked for."""

    job: Job[Estimation]
    basis: Basis
    asked: datetime

    @property
    def waves(self) -> str:
        """The waves that it is of, in words; "" of a question without waves."""
        return ", ".join(filter(None, self.basis.waves))


_estimates: WeakKeyDictionary[LiveQuestion, dict[str, _Estimate]] = WeakKeyDictionary()
"""Of each question the last estimate from the codes of `GOLD`, and of each blind coder from their own."""


def start_estimate(sight: Sight, wave: str) -> None:
    """Start the estimate of a wave, or of those that can be (`ALL`), unless one is being made.

    A blind coder's is of their own codes in random order, without predictions from elsewhere: those could steer them.
    Raises `StudyError` with too small a random sample.
    """
    live, whose = sight.live, sight.countable[0]
    if (last := _estimates.get(live, {}).get(whose)) is not None and last.job.busy:
        return
    hand, corpus, no_answer = sight.coding(whose), live.corpus, live.question.no_answer()
    with live.lock:
        waves, seen, book = live.waves, frozenset(sight.ledger.seen()), live.book
    if not sight.whole:
        corpus = Corpus(corpus.units.drop(columns=[DRAWN, PROBABILITY, STRATUM], errors="ignore"), corpus.name)
    asked = to_estimate(
        corpus,
        hand,
        book,
        waves,
        seen,
        wave=wave,
        predictions=predictions(sight),
        no_answer=no_answer,
        weights=live.weights,
    )
    made = _Estimate(Job(partial(estimate_of, asked), lambda _found: None), asked, datetime.now().astimezone())
    _estimates.setdefault(live, {})[whose] = made


def _last_estimate(sight: Sight) -> _Estimate | None:
    """The last estimate that is theirs to see, made or being made."""
    return _estimates.get(sight.live, {}).get(sight.countable[0])


def _is_old(sight: Sight, made: _Estimate) -> bool:
    """Whether answers of it were coded otherwise since an estimate was asked for, or the codebook codes otherwise."""
    now, then = sight.coding(sight.countable[0]).take(made.basis.corpus.ids), made.basis.hand
    said = [set(one.pairs().itertuples(index=False, name=None)) for one in (now, then)]
    book = sight.live.book
    return set(now.seen) != set(then.seen) or said[0] != said[1] or book.codes_otherwise(made.basis.codebook)


def _old(sight: Sight, made: _Estimate) -> Note:
    """Of when and of how many coded answers an estimate is that is older than what was decided."""
    now = len(sight.coding(sight.countable[0]).take(made.basis.corpus.ids).seen)
    day = written_date(made.asked.date())
    about = {"day": day, "time": f"{made.asked:%H:%M}", "count": len(made.basis.hand.seen)}
    return Note("page.estimate_old", now=now, **about)


def predictions(sight: Sight) -> Sequence[Predictions]:
    """The predictions from elsewhere that count in an estimate."""
    return sight.live.question.predictions() if sight.whole else ()


def predicted(sight: Sight) -> str:
    """Which predictions from elsewhere there are, in words; "" where there are none or they are not theirs to know."""
    found = sight.live.question.predicted() if sight.whole else pd.DataFrame()
    if found.empty:
        return ""
    named = [
        Note("page.predicted_by", name=name, count=count)
        for name, count in zip(found["name"], found["answers"].tolist(), strict=True)
    ]
    return say(Note("page.predicted", names=named))


def estimate_of(asked: Basis, progress: Progress) -> Estimation:
    """An estimate, of each wave too where there are several; what the other process does."""
    return asked.estimate(progress)


def estimated(sight: Sight, width: float = _SAVED_WIDTH) -> dict[str, Any]:
    """How far the estimate is, and when it is made its picture, its tables, and what to mind of it."""
    said = sight.said
    last = _last_estimate(sight)
    if last is None:
        return {"busy": False, "said": "", "old": "", "progress": 0, "warnings": [], "tables": []}
    job, found = last.job, last.job.result
    text = str(job.failed or "")
    if job.busy:
        text = said["estimating_step"].format(n=job.done + 1, of=job.total) if job.step else said["estimating"]
    shown = {"busy": job.busy, "said": text, "progress": job.done / max(job.total, 1), "warnings": [], "tables": []}
    shown["old"] = say(_old(sight, last)) if found is not None and _is_old(sight, last) else ""
    if found is None:
        return shown
    seen = corrected_picture(found.codes)
    tables = [as_json(one) for one in _of_waves(found, last.waves).values()]
    shown |= {"warnings": [said_as(one) for one in (*found.warnings, *last.basis.notes)], "tables": tables}
    if seen is None:
        return shown
    drawing = {"heading": said_as(seen.heading), "subtitle": said_as(seen.subtitle)}
    return shown | {"picture": drawing | {"drawing": seen.canvas(width).tree(), "source": say(_from(sight, last))}}


def _of_waves(found: Estimation, waves: str) -> dict[str, Table]:
    """The tables of an estimate, whose titles say of which waves it is, and what "counted" is beside the results."""
    tables = {
        name: replace(one, title=f"{said_as(one.title)} ({waves})" if waves else one.title)
        for name, one in found.named.items()
    }
    codes = tables["estimate"]
    if found.hand == codes.base:
        return tables
    return {**tables, "estimate": replace(codes, notes=(*codes.notes, Note("page.estimate_counted")))}


def _from(sight: Sight, made: _Estimate) -> Note:
    """What an estimate is of: the question and its waves."""
    waves = [Note("page.wave_named", wave=made.waves)] if made.waves else []
    return Note("page.source", parts=[sight.live.wording, *waves])


def estimate_saved(sight: Sight, form: str, limit: int | None) -> bytes:
    """The last estimate in one of `_OF_ESTIMATES`. Raises `PageError` where there is none.

    Workbooks have its tables whole; slides and documents the codes up to a rank, with how they were estimated.
    """
    made = _last_estimate(sight)
    found = made.job.result if made is not None else None
    if made is None or found is None:
        raise PageError("estimate_none")
    picture, about = corrected_picture(found.codes, None if form == "xlsx" else limit), _from(sight, made)
    if form in OF_PICTURES and form != "xlsx":
        if picture is None:
            raise PageError("estimate_none")
        return picture.svg(_SAVED_WIDTH, about).encode() if form == "svg" else picture.png(_SAVED_WIDTH, about)
    top = found.codes if form == "xlsx" else corrected_top(found, limit)
    tables = _of_waves(found, made.waves)
    if form != "xlsx":
        groups = None if found.groups is None else corrected_groups(found.groups, top, sight.said["wave"])
        tables = {"top": for_readers(top)} | ({} if groups is None else {"groups": for_readers(groups)})
    section = Section(
        title=sight.live.wording,
        finding=corrected_finding(top),
        tables=tables,
        chart=interval_chart(top, Note("report.corrected"), Note("report.sentences", sentences=[*found.warnings])),
        facts=(say(about),) if len(sight.live.waves) > 1 else (),
        pictures={} if picture is None else {"top": picture},
    )
    report = Report(sight.live.wording, (section,), _estimated_how(sight, made, found))
    return report_saved(form, sight.live, report, made.waves)


def _estimated_how(sight: Sight, made: _Estimate, found: Estimation) -> tuple[Note, ...]:
    """The methods paragraph of an estimate."""
    basis, book = made.basis, made.basis.codebook
    facts = corrected_facts(found, book, len(basis.corpus), tuple(one.name for one in basis.predictions))
    people = {who: one.take(basis.corpus.ids) for who, one in sight.people().items()}
    agreement = agreed(people, book)
    weight = str(basis.weight.name) if basis.weight is not None else ""
    coded = tuple(len(one.seen) for one in people.values() if len(one.seen))
    return methods(
        replace(
            facts,
            question=sight.live.wording,
            codebook_version=str(sight.live.version),
            people=coded,
            agreement=alpha_of(agreement) if agreement else None,
            weight=weight,
        )
    )


# What addresses do


def about(sight: Sight) -> dict[str, object]:
    """What its template is made with."""
    live = sight.live
    return {
        "formats": FORMATS,
        "has_codes": has_codes(live.book),
        "waves": [(wave, wave_called(wave)) for wave in results_tables.waves(live)],
        "weighted": live.roles.weight if live.weights is not None else "",
        "estimate_forms": _OF_ESTIMATES,
        "earlier_waves": [(wave or UNNAMED, wave_called(wave)) for wave in results_tables.earlier_waves(live)],
        "styles": results_tables.styles(live) if sight.visitor.leads else [],
        "last_wave": live.last_wave,
        "whose": results_tables.whose(sight),
        "groups": live.groups,
        "pictures": list(PICTURES),
        "predicted": predicted(sight),
    }


def take_style(sight: Sight, name: str, content: bytes) -> Data:
    """Keep the template of a house style, or none any more where it is empty."""
    sight.visitor.must_lead()
    keep_house_style(sight.live, name, content)
    return {}


def _chosen(sight: Sight, query: Mapping[str, str], picture: str) -> Choice:
    """What an address asks for; what changed is that since the wave before, unless it says another."""
    asked = results_tables.choice(sight, query)
    if picture != "change" or asked.then is not None:
        return asked
    return replace(asked, then=results_tables.before(sight.live, asked.wave))


def _results(sight: Sight, request: Request, _data: Data) -> Data:
    sight.live.follow()
    query = request.query_params
    picture = query.get("picture", "top")
    return shown(sight, _chosen(sight, query, picture), picture, width_of(query))


def _marked(sight: Sight, request: Request, data: Data) -> Data:
    sight.live.follow()
    return marked(sight, results_tables.choice(sight, request.query_params), data)


def _estimate(sight: Sight, _request: Request, data: Data) -> Data:
    start_estimate(sight, fields(data, wave=str)["wave"])
    return estimated(sight)


def _was_called(sight: Sight, _request: Request, data: Data) -> Data:
    was_called(sight, data)
    return {}


def _estimated(sight: Sight, request: Request, _data: Data) -> Data:
    return estimated(sight, width_of(request.query_params))


def _estimate_file(sight: Sight, request: Request) -> Response:
    form, limit = request.path_params["form"], results_tables.choice(sight, request.query_params).limit
    if form not in _OF_ESTIMATES:
        raise HTTPException(404)
    return attached(estimate_saved(sight, form, limit), _named(sight, "file_estimate"), form)


def _download(sight: Sight, request: Request) -> Response:
    form = request.path_params["form"]
    if form not in FORMATS:
        raise HTTPException(404)
    content = results_tables.report(sight, form, results_tables.choice(sight, request.query_params))
    return attached(content, _named(sight, "file_report"), form)


def _answers(sight: Sight, request: Request) -> Response:
    content = results_tables.coded_answers(sight, results_tables.choice(sight, request.query_params))
    return attached(content, _named(sight, "file_answers"), "xlsx")


def _spss(sight: Sight, request: Request) -> Response:
    content = results_tables.coded_for_spss(sight, results_tables.choice(sight, request.query_params))
    return attached(content, _named(sight, "file_answers"), "zip")


def _picture(sight: Sight, request: Request) -> Response:
    form, query = request.path_params["form"], request.query_params
    if form not in OF_PICTURES:
        raise HTTPException(404)
    name = query.get("picture", "top")
    content = saved(sight, _chosen(sight, query, name), name, form)
    return attached(content, _named(sight, f"picture_{name}"), form)


def _named(sight: Sight, what: str) -> tuple[str, ...]:
    return sight.live.study.facts["name"], sight.live.question.name, sight.said[what]


POST: Mapping[str, Asked] = {"estimate": _estimate, "marked": _marked, "was-called": _was_called}
GET: Mapping[str, Asked] = {
    "estimated": _estimated,
    "results": _results,
}
FILES: Mapping[str, Callable[[Sight, Request], Response]] = {
    "download/answers": _answers,
    "download/spss": _spss,
    "download/{form}": _download,
    "estimate/{form}": _estimate_file,
    "picture/{form}": _picture,
}
"""What can be saved, by the end of its address."""
