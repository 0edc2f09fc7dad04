"""The tables of the results page: which codes of which answers they count, how they were made; and files to save."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
import pandas as pd
from starlette.responses import Response

from coder.codebook import Codebook
from coder.coding import Coding
from coder.corpus import TEXT, in_time
from coder.errors import CoderError, DataError
from coder.files.wave_files import read_published
from coder.jobs.machine import together
from coder.learning.sampling import DRAWN, PROBABILITY, STRATUM
from coder.note import Note
from coder.reports.content import Report, Respondents, section_of
from coder.reports.finding import is_tested
from coder.reports.methods import MethodFacts, alpha_of, methods
from coder.reports.quotes import choose_quotes
from coder.reports.template import Template, read_template
from coder.reports.write import write_report
from coder.review.live_question import LiveQuestion
from coder.review.requests import PageError
from coder.review.sight import WITH_MACHINE, Sight
from coder.study.answer_versions import WAVE
from coder.study.database import files_folder
from coder.study.estimate_basis import ALL
from coder.study.events import GOLD
from coder.study.exchange import UNIT, export
from coder.study.question import usable
from coder.tables.agreement import Agreement, agree
from coder.tables.comparison import compare, look_alike
from coder.tables.frequency import top
from coder.tables.mentions import Mentions, mentions
from coder.tables.table import Table
from coder.tables.waves import Wave, became
from coder.words import area, say

_DRAWS = 400


@dataclass(frozen=True, slots=True)
class Choice:
    """What is asked for: whose codes, of which wave, beside which other wave, to which rank, of whom, and by what.

    `wave` may be `ALL`; `then` is None for none; `limit` None goes to the last rank. A wave without a name is "". Of
    `column` those with `value` count alone, everybody where it is ""; `by` is the column that divides in groups, ""
    where there is none.
    """

    whose: str
    wave: str
    then: str | None
    limit: int | None
    column: str = ""
    value: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted: the answers that were chosen, their coding, and the tables `top` and perhaps `comparison`.

    `mentions` are those of the coding, with the column that divides; None where nothing is coded. `divided` are the
    answers on which coders differ and nobody had the last word: they count for nothing yet. `apart` says why the wave
    that was asked for cannot be set beside it.
    """

    units: "pd.Index[str]"
    coding: Coding
    tables: dict[str, Table]
    mentions: Mentions | None = None
    notes: tuple[Note, ...] = ()
    apart: Note | None = None
    divided: "pd.Index[str]" = field(default_factory=lambda: pd.Index([], dtype=str))


def choice(sight: Sight, asked: Mapping[str, str]) -> Choice:
    """The choice in the fields of an address: unless they say another those of people, of the last wave.

    Raises `PageError` where it is none.
    """
    live = sight.live
    whose, limit = asked.get("whose", _first_whose(sight)), asked.get("limit", "10")
    wave, then = asked.get("wave", live.last_wave), beside_of(asked.get("then", ""))
    if whose not in {*sight.countable, sight.who}:
        raise PageError("tables_whose" if sight.whole else "tables_own")
    if wave not in {"", ALL, *live.waves} or then not in {None, *live.waves, *live.published}:
        raise PageError("no_wave_there")
    if limit not in ("10", "20", "0"):
        raise PageError("no_limit")
    column, value, by = asked.get("column", ""), asked.get("value", ""), asked.get("by", "")
    if column and value not in live.groups.get(column, ()):
        raise PageError("no_group_there")
    if by and by not in live.groups:
        raise PageError("no_group_there")
    by = by or next((name for name in live.groups if name != column), "")
    return Choice(whose, wave, then if wave not in (then, ALL) else None, int(limit) or None, column, value, by)


UNNAMED = " "
"""How an address names the wave without a name to compare with; "" is no wave."""


def beside_of(asked: str) -> str | None:
    """The wave to compare with, as an address has it; None for none."""
    return asked.strip() if asked else None


def before(live: LiveQuestion, wave: str) -> str | None:
    """The wave before this one, of the study or published; None where there is none."""
    names = in_time([*live.published, *live.waves])
    return next(iter(reversed(names[: names.index(wave)])), None) if wave in names else None


def wave_called(name: str) -> str:
    """The name of a wave, as people read it."""
    return name or area("page")["unnamed_wave"]


def waves(live: LiveQuestion) -> list[str]:
    """The waves of the question, the last first, where there is more than one."""
    return list(reversed(live.waves)) if len(live.waves) > 1 else []


def earlier_waves(live: LiveQuestion) -> list[str]:
    """What a wave may be set beside: the waves of the question, and those of which only a table was published."""
    return [*waves(live), *(wave for wave in reversed(live.published) if wave not in live.waves)]


def whose(sight: Sight) -> list[tuple[str, str]]:
    """Whose codes a table may count, with what they are called."""
    words = {GOLD: "whose_gold", WITH_MACHINE: "whose_machine"}
    names = sorted(sight.countable, key=lambda name: name != _first_whose(sight))
    return [(name, sight.said[words.get(name, "whose_mine")]) for name in names]


def _first_whose(sight: Sight) -> str:
    """Whose codes are shown first: those of people, unless nobody coded anything and a machine did."""
    nobody = WITH_MACHINE in sight.countable and not sight.live.sums()[1]
    return WITH_MACHINE if nobody and sight.machine() is not None else sight.countable[0]


def mentioned(live: LiveQuestion, coding: Coding, *, weighted: bool = True, **more: Any) -> Mentions:  # noqa: ANN401 (see `mentions`)
    """Count a coding, by the weights of the question where each answer in it has one and they are asked for."""
    weights = usable(live.weights, coding.seen) if weighted else None
    return mentions(coding, live.book, weight=weights, **more)


def counted(sight: Sight, asked: Choice) -> Counted:
    """The tables that were asked for; none where nothing is coded."""
    live, said = sight.live, sight.said
    coding = coding_of(sight, asked.whose)
    units = chosen_units(live, asked, asked.wave)
    now = coding.take(units)
    divided = _divided(sight, asked, now, units)
    if not len(now.seen):
        return Counted(units, now, {}, divided=divided)
    silent = len(units.difference(pd.Index(list(live.answered))).difference(now.seen.union(divided)))
    about = live.corpus.units[[asked.by]].fillna("").astype(str) if asked.by else None
    book, here = live.book, mentioned(live, now, background=about, rows=len(units) - len(divided), unanswered=silent)
    table = top(here, book, limit=asked.limit)
    left = len(units.intersection(pd.Index(list(live.answered))).difference(now.seen).difference(divided))
    sampled = _is_sample(sight, asked.wave, units, now.seen.union(divided))
    part = (Note("page.part_counted", count=left),) if left and not sampled else ()
    if len(divided):
        part = (
            *part,
            Note("page.divided", count=len(divided), queue=said["queue_disagreements"], doubt=said["queue_unsure"]),
        )
    if live.weights is not None and here.weights is None:
        part = (*part, Note("page.not_weighted", column=live.roles.weight))
    if machine := len(_by_machine(sight, asked, now)):
        part = (*part, Note("page.machine_counted", count=machine))
        part = (*part, Note("page.machine_behind")) if live.behind else part
        if (learned := live.learned) is not None and (new := live.new_coded) > 0:
            part = (*part, Note("page.learn_done", coded=learned.coded, count=new, version=learned.version))
    tables = {"top": replace(table, notes=(*table.notes, *part))}
    last, beside, apart = earlier(live, coding, asked), here, None
    if isinstance(last, Mentions) and (last.weights is None) != (here.weights is None):  # both in the same way
        last, beside = earlier(live, coding, asked, weighted=False), mentioned(live, now, weighted=False)
        part = tuple(dict.fromkeys([*part, Note("page.not_weighted", column=live.roles.weight)]))
    if asked.then is not None and last is not None and len(now.assignments):
        called = asked.wave or said["this_wave"], wave_called(asked.then)
        title = said["beside"].format(now=called[0], then=called[1])
        most = asked.limit or len(book.codes)
        try:
            compared = compare(beside, last, book, limit=most, names=called, title=title)
            tables["comparison"] = replace(compared, notes=(*left_the_list(compared, asked), *part))
        except DataError as error:  # a table that was published with a code twice, or none in common
            part, apart = (*part, error.note), error.note
    return Counted(units, now, tables, here, part, apart, divided)


def earlier(live: LiveQuestion, coding: Coding, asked: Choice, *, weighted: bool = True) -> Mentions | Table | None:
    """What it is set beside: another wave of the same coding, or a table that was published, which is of everybody."""
    if asked.then is None:
        return None
    if asked.then in live.waves:
        found = coding.take(chosen_units(live, asked, asked.then))
        return mentioned(live, found, weighted=weighted) if len(found.assignments) else None
    rows = live.published.get(asked.then)
    if rows is None or asked.column:
        return None
    return read_published(pd.DataFrame(rows[1:], columns=rows[0]))


def lines_of(live: LiveQuestion, wave: str | None) -> tuple[dict[str, str], set[str]]:
    """Of the list that was published of a wave: the lines that are no code, with the code each looks like or "".

    And the codes that it has a line of.
    """
    rows = live.published.get(wave or "")
    if rows is None:
        return {}, set()
    found = became(Wave("", read_published(pd.DataFrame(rows[1:], columns=rows[0]))), live.book)
    taken = {id_ for ids in found.values() for id_ in ids}.intersection(live.book.ids)
    like = look_alike(live.book)
    lines = [name for name, ids in found.items() if taken.isdisjoint(ids)]
    return {name: code if (code := like(name)) and code not in taken else "" for name in lines}, taken


def agreed(people: Mapping[str, Coding], book: Codebook) -> Agreement | None:
    """How well coders agree; None unless two coded the same answers."""
    try:
        return agree(people, book, draws=_DRAWS)
    except CoderError:
        return None


def described(sight: Sight, asked: Choice, found: Counted) -> tuple[Note, ...]:
    """The methods paragraph of what was counted."""
    live = sight.live
    book, coding, comparison = live.book, found.coding, found.tables.get("comparison")
    people = {who: one.take(found.units) for who, one in sight.people().items()}
    people = {who: one for who, one in people.items() if len(one.seen) and asked.whose in (GOLD, WITH_MACHINE, who)}
    machine = _by_machine(sight, asked, coding)
    answered = found.units.intersection(pd.Index(list(live.answered)))
    tested = is_tested(comparison)
    weights = found.mentions.weights if found.mentions is not None else None
    plain = found.mentions is None or found.mentions.is_plain
    known = MethodFacts(
        base=len(coding.seen),
        unanswered=len(found.units.difference(answered).difference(coding.seen.union(found.divided))),
        uncoded=len(answered.difference(coding.seen).difference(found.divided)),
        divided=len(found.divided),
        question=live.wording,
        codebook=book.name,
        codebook_version=str(live.version),
        codebook_hash=book.hash,
        codes=len(book.codes),
        people=tuple(len(one.seen) for one in people.values()),
        machine=_machine(sight) if len(machine) else "",
        machine_coded=len(machine),
        agreement=alpha_of(agreement) if (agreement := agreed(people, live.book)) else None,
        corrected=False,
        weight=live.roles.weight if weights is not None else "",
        effective_base=found.mentions.effective_base if weights is not None and found.mentions else None,
        hand_sample=_sampled(sight, asked.wave, found, answered) if not len(machine) else "",
        hand=len(coding.seen),
        intervals=(
            "wilson" if plain else "linearised",
            *(("ranks",) if comparison is not None and "place" in comparison.shown else ()),
        ),
        tests=("newcombe",) if tested else (),
        adjusted=tested,
    )
    return methods(known)


def coding_of(sight: Sight, whose_codes: str) -> Coding:
    """The codes that somebody asks to be counted; none of theirs that are not theirs to know."""
    if whose_codes != WITH_MACHINE:
        return sight.coding(whose_codes)
    hand, machine = sight.coding(GOLD), sight.machine()
    if machine is None:
        return hand
    open_ = machine.seen.difference(hand.seen, sort=False).intersection(pd.Index(list(sight.live.answered)), sort=False)
    both = together(hand, machine.take(open_), sight.live.corpus)
    return replace(both, provenance={**both.provenance, **hand.provenance})


def _machine(sight: Sight) -> str:
    return "rules+classifier" if sight.learned is not None and sight.learned.version else "rules"


def chosen_units(live: LiveQuestion, asked: Choice, wave: str) -> "pd.Index[str]":
    """The answers of a wave that count, those that say nothing too."""
    frame = live.corpus.units
    kept = np.ones(len(frame), dtype=np.bool_)
    if wave != ALL:
        kept &= (frame[WAVE] == wave).to_numpy()
    if asked.column:
        kept &= (frame[asked.column].fillna("").astype(str).str.strip() == asked.value).to_numpy()
    return frame.index[kept]


def _by_machine(sight: Sight, asked: Choice, coding: Coding) -> "pd.Index[str]":
    """The answers that the machine coded, of those that count."""
    return coding.seen.difference(sight.coding(GOLD).seen) if asked.whose == WITH_MACHINE else coding.seen[:0]


def _divided(sight: Sight, asked: Choice, coding: Coding, units: "pd.Index[str]") -> "pd.Index[str]":
    """The answers that people coded and that count for nothing, as they differ on them."""
    if asked.whose not in (GOLD, WITH_MACHINE):
        return units[:0]
    seen = sight.ledger.seen()
    return units[[unit in seen for unit in units]].difference(coding.seen, sort=False)


def _sampled(sight: Sight, wave: str, found: Counted, answered: "pd.Index[str]") -> str:
    """How the coded answers of a wave were chosen, as `MethodFacts` calls it; "" where that is not known."""
    coded = found.coding.seen.union(found.divided)
    if answered.isin(coded).all():
        return "all"
    return "random" if _is_sample(sight, wave, found.units, coded) else ""


def _is_sample(sight: Sight, wave: str, units: "pd.Index[str]", found: "pd.Index[str]") -> bool:
    """Whether the answers `found` are the random sample of a wave, or of those of its `units` that were chosen.

    They are all of it, those on which coders differ too: what divides coders is no accident.
    """
    return set(found) == set(sight.samples.get(wave, ())).intersection(units)


FORMATS = {
    "html": "text/html",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "md": "text/markdown",
}
"""The endings that can be asked for, and their media types."""
OF_PICTURES = {"svg": "image/svg+xml", "png": "image/png", "xlsx": FORMATS["xlsx"]}
"""What a picture, or the table behind it, is saved as."""
_MEDIA = {**FORMATS, **OF_PICTURES, "zip": "application/zip"}
_LONGEST_NAME = 120
"""So many signs of a study, a question and a picture stand in the name of a file."""
STYLED = ("pptx", "docx")
"""Those that can have a house style."""


def house_style(live: LiveQuestion, form: str) -> Path | None:
    """Where the template of a house style for a form is kept: beside the study; None where none can be."""
    folder = files_folder(live.study.place)
    return folder / f"house.{form}" if folder is not None and form in STYLED else None


def house_templates(live: LiveQuestion, form: str) -> list[Template]:
    """The template of the house style for a form, where there is one."""
    style = house_style(live, form)
    return [read_template(style)] if style is not None and style.is_file() else []


def styles(live: LiveQuestion) -> list[tuple[str, bool]]:
    """The forms that can have a house style, and whether they have one."""
    places = [(form, house_style(live, form)) for form in STYLED]
    return [(form, place.is_file()) for form, place in places if place is not None]


def keep_house_style(live: LiveQuestion, name: str, content: bytes) -> None:
    """Keep a template for the reports of a study; nothing takes it away. Raises `DataError` for what is none."""
    form = {"pptx": "pptx", "potx": "pptx", "docx": "docx", "dotx": "docx"}.get(name.rpartition(".")[2].lower(), "")
    place = house_style(live, form)
    if place is None:
        raise PageError("house_style_kind", name=name)
    if not content:
        place.unlink(missing_ok=True)
        return
    template = read_template(content, name)
    opened = template.opened()
    if template.ending != f".{form}" or (form == "pptx" and not len(opened.slide_layouts)):
        raise PageError("house_style_kind", name=name)
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(content)


def left_the_list(compared: Table, asked: Choice) -> tuple[Note | str, ...]:
    """The notes of a comparison: where all codes are asked for there is no top that one dropped out of."""
    if asked.limit is not None:
        return compared.notes
    return tuple(
        Note("tables.gone_all", **note.values) if isinstance(note, Note) and note.key == "tables.dropped" else note
        for note in compared.notes
    )


def base_of(made: Counted, asked: Choice) -> str:
    """Who counts, in words."""
    about = {"count": len(made.coding.seen), "of": len(made.units)}
    if asked.column:
        return say(Note("page.base_of", column=asked.column, value=asked.value, **about))
    return say(Note("page.base_all", **about))


def state_of(sight: Sight, made: Counted) -> str:
    """Of which state of the study the codes are, in words."""
    facts = made.coding.provenance
    about = {"n": len(made.coding.seen), "count": len(made.units), "version": sight.live.version}
    return say(Note("page.state", event=facts.get("event", "–"), state=facts.get("state", "–"), **about))


def report(sight: Sight, form: str, asked: Choice) -> bytes:
    """A report in one of `FORMATS` of the tables, with quotes, in the house style where there is one.

    Raises `PageError` where nothing is coded.
    """
    made, live = counted(sight, asked), sight.live
    if not made.tables:
        raise PageError("nothing_coded")
    book = live.book
    codes = [code for code in made.tables["top"].frame["code"] if code in book.ids]
    quotes = choose_quotes(made.coding, live.corpus.take(made.units), codes)
    section = section_of(
        live.wording,
        made.tables,
        limit=asked.limit,
        intervals=asked.whose != WITH_MACHINE,
        quotes=tuple(
            (book.text(code), tuple(replace(one, reason="") for one in chosen))  # a reason names the coder
            for code, chosen in quotes.items()
            if chosen
        ),
        facts=(base_of(made, asked), *([state_of(sight, made)] if form != "pptx" else [])),
    )
    wave = "" if asked.wave == ALL else asked.wave
    return report_saved(form, live, Report(live.wording, (section,), described(sight, asked, made)), wave)


def coded_answers(sight: Sight, asked: Choice) -> bytes:
    """The answers that were chosen with everybody's codes, as `coder study export` writes them.

    Raises `PageError` for who may not know what others decided.
    """
    if not sight.whole:
        raise PageError("tables_own")
    units = chosen_units(sight.live, asked, asked.wave)
    return written("xlsx", lambda path: export(sight.live.question, path, wave=asked.wave, among=units))


def coded_for_spss(sight: Sight, asked: Choice) -> bytes:
    """The answers that were chosen with the codes that count: a .sav with its syntax, in a .zip.

    Where the machine's codes count too, a variable says of each answer whether a person coded it.

    Raises `PageError` for who may not know what others decided, and where nothing is coded.
    """
    if not sight.whole:
        raise PageError("tables_own")
    made, live = counted(sight, asked), sight.live
    if made.mentions is None:
        raise PageError("nothing_coded")
    frame = live.corpus.units.loc[made.units].drop(columns=[DRAWN, PROBABILITY, STRATUM], errors="ignore").fillna("")
    if UNIT not in frame:
        frame.insert(0, UNIT, frame.index)
    if len(machine := _by_machine(sight, asked, made.coding)):
        who = np.where(frame.index.isin(machine), sight.said["spss_machine"], sight.said["spss_person"])
        frame[sight.said["spss_coded_by"]] = np.where(frame.index.isin(made.coding.seen), who, "")
    weight = live.roles.weight if made.mentions.weights is not None else None
    called = {UNIT: sight.said["spss_unit"], TEXT: sight.said["answer"], WAVE: sight.said["wave"]}
    people = Respondents(frame, made.mentions, live.book, live.wording, weight, called)
    report = Report(live.wording, (), respondents=people)

    def write(path: Path) -> None:
        files = write_report(report, [path.with_name(f"{sight.said['file_answers']}.sav")])
        with ZipFile(path, "w", ZIP_DEFLATED) as packed:
            for file in files:
                packed.write(file, file.name)

    return written("zip", write)


def report_saved(form: str, live: LiveQuestion, made: Report, waves: str) -> bytes:
    """The bytes of a report of today: whose it is, of which waves ("" for none), in the house style if there is one."""
    named = [live.study.facts["name"], *([Note("page.wave_named", wave=waves)] if waves else [])]
    today = date.today()  # noqa: DTZ011 (of who saves it)
    dated = replace(made, about=tuple(one for one in named if one != made.title), made=today)
    templates = house_templates(live, form)
    return written(form, lambda path: write_report(dated, [path], templates=templates))


def written(form: str, write: Callable[[Path], object]) -> bytes:
    """The bytes of a file of this form, by what writes one at a path."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"report.{form}"
        write(path)
        return path.read_bytes()


def attached(content: bytes, names: Iterable[str], form: str) -> Response:
    """A file to be saved under these names (of the study, of the question, of what it shows) and that of the day."""
    parts = {one.casefold(): one for one in ("-".join(re.findall(r"\w+", name)) for name in names) if one}.values()
    day = f"{date.today():%Y-%m-%d}"  # noqa: DTZ011 (of who saves it)
    name = quote(f"{'-'.join(parts)[:_LONGEST_NAME]}-{day}.{form}")
    about = {"content-disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(content, media_type=_MEDIA[form], headers=about)
