"""Coded answers: all that tables and reports want to know of them, from a file that is read once or from a corpus.

Of several coders too: a coder is a file, a column of one file, or a name in a column of a file with a row a unit and
coder.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple, TypedDict

import numpy as np
import pandas as pd

from coder.codebook import Codebook
from coder.coding import Coding
from coder.corpus import Corpus, amounts
from coder.errors import DataError
from coder.files.answers import (
    Answers,
    answers_in,
    answers_of,
    as_filed,
    check_spelling,
    read_answers,
    read_codes,
    with_roles,
)
from coder.files.coded_counts import ROW, AskedOfFolder, made_by_run, pool_of_quotes, rows_and_kinds
from coder.files.coded_folder import CodedFolder
from coder.files.filled_sheets import Draw, recorded_draw
from coder.files.predicted import read_predictions
from coder.files.sheets import Sheet, TableFile, TableSource, as_file
from coder.learning.predictions import Kinds, Predictions, Sources, as_predictions
from coder.tables.mentions import MACHINE, MACHINES, PEOPLE, Maker, Mentions, check_weights, maker_of, mentions

CODES = "codes"
"""The column of codes of a file of coded answers, unless another is named."""
PICKED = "x"
"""What a person writes beside a quote to use."""
ASSIGNMENTS = "assignments"
"""The sheet (or FILE.assignments.csv) with a row a unit and code, and who gave it."""
_MOST = 0.9
"""A column that has the codes of the machine on so many of its units has them from the machine."""
_FEWEST = 10


@dataclass(frozen=True, slots=True)
class Made:
    """What a machine coded: by which of `MACHINES`, how many answers, and whether these are `all` of the column."""

    method: str
    answers: int
    all: bool


class Drawn(TypedDict, total=False):
    """How respondents were drawn, by unit, as `coder.tables.mentions.mentions` takes it."""

    strata: "pd.Series[str]"
    clusters: "pd.Series[str]"
    population: "pd.Series[float]"


@dataclass(frozen=True, slots=True)
class Coded:
    """Answers with their codes; each coding bears the name of its column as that of the coder.

    `coding` is what is counted. `hand` has the codes of the answers that people coded, drawn as `draw` says, by which
    percentages can be corrected; `second` has those of a second coder. `picked` are the units that a person chose to
    quote, `drawn` is how respondents were drawn, and `data` are the columns beside the codes, for a statistics package.
    `made` is what a machine coded of what is counted, where that is known; `predictions` are those from elsewhere, by
    which percentages are corrected more precisely; `maker` is who gave what is counted, as a comparison wants to know.

    Of a folder of coded answers `kinds` says for how many answers each unit stands, and `quotable` has answers to quote
    and their codes.
    """

    answers: Answers
    coding: Coding
    data: pd.DataFrame
    hand: Coding | None = None
    second: Coding | None = None
    draw: Draw | None = None
    drawn: Drawn = field(default_factory=Drawn)
    picked: frozenset[str] = frozenset()
    made: Made | None = None
    predictions: tuple[Predictions, ...] = ()
    maker: Maker = field(default_factory=Maker)
    kinds: Kinds | None = None
    quotable: Coding | None = None

    def book(self, codebook: Codebook | None) -> Codebook:
        """The codebook, or one of bare ids where none is given. Raises `DataError` where the codes make none."""
        if codebook is not None:
            return codebook
        path = self.answers.path
        if self.coding.assignments.empty:
            raise DataError("files.all_none", file=path.name)
        check_spelling([self.coding], path.name)
        return Codebook.from_ids(self.coding.assignments["code"], path.stem)

    def check_weights(self, times: "pd.Series[int]") -> None:
        """Raise `DataError` where a counted unit, which stands for so many answers, has no weight above 0."""
        units, weights = self.coding.seen, self.answers.corpus.weights
        if weights is not None:
            check_weights(
                weights.reindex(units), str(weights.name), np.array(times.reindex(units).tolist(), dtype=np.intp)
            )

    def mentions(self, codebook: Codebook, by: Sequence[str] = ()) -> Mentions:
        """Who mentioned what, with the columns `by` beside it under their own names."""
        about = {self.answers.name(name, "--by"): self.answers.column(name, "--by") for name in by}
        background = pd.DataFrame(about, index=self.answers.corpus.ids)
        if self.kinds is not None:
            self.check_weights(self.kinds.times)
        found = replace(mentions(self.coding, codebook, background=background, **self.drawn), maker=self.maker)
        if self.kinds is None:
            return found
        times = np.array(self.kinds.times.reindex(found.respondents).tolist(), dtype=np.intp)
        return replace(found, times=times, left_out=int(self.kinds.times.sum() - times.sum()))


def read_coded(
    source: TableSource,
    codebook: Codebook | None = None,
    *,
    codes: str = CODES,
    text: str | None = None,
    respondent: str | None = None,
    weight: str | None = None,
    by: Sequence[str] = (),
    quotes: str | None = None,
    hand: str | None = None,
    probability: str | None = None,
    predictions: Sequence[str] = (),
    second: str | None = None,
    strata: str | None = None,
    clusters: str | None = None,
    fpc: str | None = None,
    empty_is_none: bool = False,
) -> Coded:
    """Read a file of coded answers, once; the names are those of its columns, as `coder report` is told them.

    Of a folder of them the units are those that people filled `hand` or `second` in for, and after them the kinds of
    the others; with `respondent` or a design all of them.

    Of a second coder and of `hand` an empty cell is not coded, whatever `empty_is_none` says of `codes`.

    Raises `DataError` where a column is not there, as `parse_codes` does, and for columns that do not go together.
    """
    if hand is None:
        _check_no_sample(probability, predictions)
    elif strata or clusters or fpc:
        raise DataError("report.hand_design")
    elif text is None:
        raise DataError("report.hand_text")
    named = {
        "--codes": codes, "--text": text, "--respondent": respondent, "--weight": weight, "--quotes": quotes,
        "--hand": hand, "--probability": probability, "--second": second, "--strata": strata, "--clusters": clusters,
        "--fpc": fpc,
    }  # fmt: skip
    asked = {name: option for option, name in named.items() if name}
    asked |= {name: "--by" for name in by if name not in asked}
    file, of_folder = as_file(source), _OfFolder()
    if file.frame is None and (folder := CodedFolder.at(file.path)) is not None:
        file, of_folder = _in_folder(folder, file, asked, codes, predictions)
    sheet = file.read(asked)
    answers = with_roles(answers_in(sheet, asked, text=text, id=of_folder.id), respondent=respondent, weight=weight)

    def coding(column: str | None, option: str, *, none: bool = False) -> Coding | None:
        return _coding(answers, column, option, codebook, empty_is_none=none) if column else None

    of_hand, counted = coding(hand, "--hand"), _coding(answers, codes, "--codes", codebook, empty_is_none=empty_is_none)
    made = of_folder.made or made_in(answers, counted)
    return Coded(
        answers,
        counted,
        sheet.frame.drop(columns=list(sheet.find(codes, "--codes").names)),
        of_hand,
        coding(second, "--second"),
        recorded_draw(answers, probability) if of_hand is not None else None,
        _drawn(answers, strata, clusters, fpc),
        _marked(answers.column(quotes, "--quotes"), answers.path) if quotes else frozenset(),
        made,
        _predicted(answers, predictions, of_hand, codebook),
        _maker(answers, made),
        of_folder.kinds,
        None if of_folder.quotable is None else of_folder.quotable.coding(codes, codebook),
    )


class _OfFolder(NamedTuple):
    """What is known of a folder beside its rows; of a file nothing."""

    id: str | None = None
    kinds: Kinds | None = None
    made: Made | None = None
    quotable: Answers | None = None


def _in_folder(
    folder: CodedFolder, file: TableFile, asked: Mapping[str, str], codes: str, predictions: Sequence[str]
) -> tuple[TableFile, _OfFolder]:
    """The rows of a folder that these columns are asked of, and what is known beside."""
    of = {option: name for name, option in asked.items()}
    if "--quotes" in of:
        raise DataError("report.folder_quotes", folder=folder.path)
    alone, sample = ("--hand", "--second"), ("--probability",)
    filled, of_sample = ({of[one]: one for one in options if one in of} for options in (alone, sample))
    every = any(option in of for option in ("--respondent", "--strata", "--clusters", "--fpc"))
    common = {name: option for name, option in asked.items() if option not in (*alone, *sample, "--text")}
    text = of.get("--text")
    rows, kinds = rows_and_kinds(folder, file, AskedOfFolder(text, filled, predictions, common, of_sample, every=every))
    by_machine = made_by_run(folder, file, codes)
    made = Made(by_machine[0], by_machine[1], all=True) if by_machine else None
    quotable = read_answers(pool_of_quotes(folder), text=text, id=ROW, needs=[codes]) if text and made else None
    return rows, _OfFolder(ROW, None if every else kinds, made, quotable)


def _check_no_sample(probability: str | None, predictions: Sequence[str]) -> None:
    """Raise where a column is named that says something only beside a sample that people coded."""
    if probability:
        raise DataError("report.probability_hand")
    if predictions:
        raise DataError("report.predictions_hand")


def _predicted(
    answers: Answers, columns: Sequence[str], hand: Coding | None, codebook: Codebook | None
) -> tuple[Predictions, ...]:
    """What the columns predict, of the codes of the codebook or else of those that people gave."""
    if hand is None:
        return ()
    known = codebook or Codebook.from_ids(hand.assignments["code"])
    return tuple(read_predictions(answers, name, known) for name in columns)


def coded_of(
    answers: Corpus,
    coding: Coding,
    codebook: Codebook | None = None,
    *,
    hand: Coding | None = None,
    second: Coding | None = None,
    predictions: Sources | None = None,
) -> Coded:
    """The same of a corpus and its codings, as if each coding were a column of the file."""
    if hand is None and predictions is not None:
        raise DataError("report.predictions_hand")
    found = answers_of(answers)
    beside = {name: as_filed(one, found, codebook, name) for name, one in (("hand", hand), ("second", second)) if one}
    data = found.sheet.drop(columns=CODES, errors="ignore")
    for name, one in beside.items():
        order = codebook.ids if codebook is not None else sorted(set(one.assignments["code"]))
        data[_free(name, data)] = one.cells(answers.ids, order).to_numpy()
    return Coded(
        found,
        as_filed(coding, found, codebook, CODES),
        data,
        beside.get("hand"),
        beside.get("second"),
        recorded_draw(found) if hand is not None else None,
        made=made_by(coding, coding.coder),
        predictions=as_predictions(predictions, answers, codebook),
        maker=maker_of(coding),
    )


def _coding(
    answers: Answers, column: str, option: str, codebook: Codebook | None, *, empty_is_none: bool = False
) -> Coding:
    """The coding in a column, by a coder who is called as that is."""
    found = read_codes(
        answers.table, column, codebook, units=answers.corpus.ids, option=option, empty_is_none=empty_is_none
    )
    return replace(found, coder=answers.name(column, option), corpus=answers.corpus)


def _drawn(answers: Answers, strata: str | None, clusters: str | None, fpc: str | None) -> Drawn:
    """What the columns of these names say of how respondents were drawn."""
    found = Drawn()
    if strata:
        found["strata"] = answers.column(strata, "--strata")
    if clusters:
        found["clusters"] = answers.column(clusters, "--clusters")
    if fpc:
        found["population"] = amounts(answers.column(fpc, "--fpc"))
    return found


def _marked(cells: "pd.Series[str]", path: Path) -> frozenset[str]:
    """The units beside which a person wrote x."""
    plain = cells.str.strip().str.casefold()
    if len(other := cells[~plain.isin(["", PICKED])]):
        raise DataError(
            "report.quote_marks", file=path.name, cell=other.iloc[0], column=str(cells.name), row=other.index[0]
        )
    return frozenset(cells.index[(plain == PICKED).to_numpy()])


def _free(name: str, data: pd.DataFrame) -> str:
    """The name, or what is like it where the data have a column that is called so."""
    return _free(f"{name}_", data) if name in data else name


def made_by(coding: Coding, method: str) -> Made | None:
    """What is known of a coding that bears the name of who made it."""
    return Made(method, len(coding.seen), all=True) if method in MACHINES else None


def made_in(answers: Answers, coding: Coding) -> Made | None:
    """What a machine coded in a column of a file; None where the file does not say so, or says that it did not."""
    if (long := _assignments(answers)) is None:
        return None
    units = _units(answers, long["unit"])
    if units is None:
        return None
    long = long.assign(unit=units).dropna(subset=["unit"])
    machine = long["coder"].isin([*MACHINES, MACHINE])
    people = set(long.loc[~machine, "unit"])
    alone = long[machine & ~long["unit"].isin(people)]
    given, found = (_codes(frame) for frame in (alone, coding.pairs()))
    same = [unit for unit, codes in given.items() if found.get(unit) == codes]
    if len(given) < _FEWEST or len(same) < _MOST * len(given):
        return None
    return Made(_method(alone), len(coding.seen) if not people else len(same), all=not people)


def _assignments(answers: Answers) -> pd.DataFrame | None:
    """The assignments beside the answers, a row each; None where the file has none."""
    long = answers.file.beside(ASSIGNMENTS)
    return long if long is not None and {"unit", "code", "coder", "reason"} <= set(long) else None


def _maker(answers: Answers, made: Made | None) -> Maker:
    """Who gave the codes of a file, as far as its assignments say so."""
    if made is not None:
        return Maker(made.method, made.all)
    long = _assignments(answers)
    people = long is not None and len(long) > 0 and not long["coder"].isin([*MACHINES, MACHINE, ""]).any()
    return Maker(PEOPLE) if people else Maker()


def _codes(pairs: pd.DataFrame) -> dict[str, frozenset[str]]:
    """The codes of each unit."""
    return {str(unit): frozenset(codes) for unit, codes in pairs.groupby("unit", sort=False)["code"]}


def _units(answers: Answers, named: "pd.Series[str]") -> "pd.Series[str] | None":
    """The units as these answers call them: by the first column that has all the names, else by the row."""
    names, ids = set(named), answers.corpus.ids
    if names <= set(ids):
        return named
    for name in answers.sheet:
        cells = answers.sheet[name]
        if names <= set(cells) and cells.is_unique:
            return named.map(dict(zip(cells, ids, strict=True)))
    return None


def _method(assignments: pd.DataFrame) -> str:
    """By which way these were coded; a study says it of each code alone."""
    coder = str(assignments["coder"].iloc[0])
    if coder in MACHINES:
        return coder
    by_rule = assignments["reason"].str.startswith("rule")
    return "rules" if by_rule.all() else "rules+classifier" if by_rule.any() else "classifier"


@dataclass(frozen=True, slots=True)
class Coders:
    """What each coder did, and the texts by unit where their column was named."""

    codings: tuple[Coding, ...]
    texts: "pd.Series[str] | None"


@dataclass(frozen=True, slots=True)
class _Column:
    """What one coder coded: a column of a sheet, whose rows are these units, and the texts beside it."""

    coder: str
    sheet: Sheet
    codes: str
    units: "pd.Index[str]"
    texts: "pd.Series[str] | None"

    @property
    def path(self) -> Path:
        return self.sheet.file.path


def read_coders(
    paths: Sequence[TableSource],
    *,
    codes: Sequence[str] = ("codes",),
    coder: str | None = None,
    id: str | None = None,  # noqa: A002
    text: str | None = None,
    codebook: Codebook | None = None,
    empty_is_none: bool = False,
) -> Coders:
    """Read who coded what, in one of three shapes.

    - Several files: each is a coder, named after its file. `codes` is the column in all of them, or
      one for each file, in order. Rows belong together by `id`, or else by their place: then `text`
      must be named, and be the same in each.
    - One file: each column in `codes` is a coder.
    - One file and `coder`, the column of their names: a row a unit and coder; `id` names the unit.

    Raises `DataError` where the shape is none of these, a column is not there, ids occur twice, texts differ, or
    codes without a codebook do in capitals alone.
    """
    files = [as_file(path) for path in paths]
    if coder is not None:
        columns = _long(files, codes, coder, id, text)
    elif len(files) == 1:
        columns = _wide(files[0], codes, id, text)
    else:
        columns = _files(files, codes, id, text)
    codings = [
        read_codes(one.sheet, one.codes, codebook, units=one.units, empty_is_none=empty_is_none, coder=one.coder)
        for one in columns
    ]
    if codebook is None:
        check_spelling(codings, " and ".join(dict.fromkeys(file.path.name for file in files)))
    return Coders(tuple(codings), _same_texts(columns, id))


def _long(
    files: Sequence[TableFile], codes: Sequence[str], coder: str, id_: str | None, text: str | None
) -> list[_Column]:
    if len(files) != 1 or len(codes) != 1:
        raise DataError("files.coder_one_file")
    if id_ is None:
        raise DataError("files.coder_no_id")
    path = files[0].path
    sheet = _sheet(files[0], {coder: "--coder", id_: "--id", codes[0]: "--codes"}, text)
    who, units = sheet.column(coder, "--coder").str.strip(), sheet.column(id_, "--id").str.strip()
    for cells in (who, units):
        if empty := int((cells == "").sum()):
            raise DataError("files.empty_cells", file=path.name, count=empty, column=cells.name)
    both = pd.DataFrame({"unit": units, "coder": who})
    twice = both[both.duplicated()]
    if len(twice):
        unit, name = twice.iloc[0][["unit", "coder"]]
        raise DataError("files.coder_twice", file=path.name, unit=unit, coder=name)
    rows = sheet.frame.groupby(who, sort=False)
    return [_column(str(name), replace(sheet, frame=part), codes[0], id_, text) for name, part in rows]


def _wide(file: TableFile, codes: Sequence[str], id_: str | None, text: str | None) -> list[_Column]:
    if len(set(codes)) < 2:  # noqa: PLR2004 (agreement is of two or more)
        raise DataError("files.one_coder", file=file.path.name, column=codes[0])
    sheet = _sheet(file, dict.fromkeys(codes, "--codes"), text, id_)
    names = dict.fromkeys(sheet.name(name, "--codes") for name in codes)
    return [_column(name, sheet, name, id_, text) for name in names]


def _files(files: Sequence[TableFile], codes: Sequence[str], id_: str | None, text: str | None) -> list[_Column]:
    if len(codes) not in {1, len(files)}:
        raise DataError("files.files_and_columns", files=len(files), columns=len(codes))
    if id_ is None and text is None:
        raise DataError("files.same_rows")
    each = list(codes) if len(codes) == len(files) else [codes[0]] * len(files)
    columns = [
        _column(name, _sheet(file, {code: "--codes"}, text, id_), code, id_, text)
        for name, file, code in zip(_names([file.path for file in files], each), files, each, strict=True)
    ]
    if id_ is None and len({len(one.units) for one in columns}) > 1:
        raise DataError("files.unequal", counts=[f"{one.path.name} {len(one.units)}" for one in columns])
    return columns


def _names(paths: Sequence[Path], codes: Sequence[str]) -> list[str]:
    """Names that tell the files apart: as short as that allows."""
    pairs = list(zip(paths, codes, strict=True))
    choices = (
        [path.stem for path in paths],
        [f"{path.stem} {code}" for path, code in pairs],
        [f"{path} {code}" for path, code in pairs],
    )
    for names in choices:
        if len(set(names)) == len(names):
            return names
    raise DataError("files.coder_file_twice", coder=Counter(choices[-1]).most_common(1)[0][0])


def _sheet(file: TableFile, needed: dict[str, str], text: str | None, id_: str | None = None) -> Sheet:
    """A file with the columns needed; the option that names each is for the error."""
    return file.read(needed | ({id_: "--id"} if id_ else {}) | ({text: "--text"} if text else {}))


def _column(name: str, sheet: Sheet, codes: str, id_: str | None, text: str | None) -> _Column:
    rows = pd.Series([str(number) for number in range(1, len(sheet.frame) + 1)])
    ids = sheet.column(id_, "--id").str.strip() if id_ else rows
    source = sheet.file.path.name
    if id_ and (empty := int((ids == "").sum())):
        raise DataError("files.without_id", file=source, count=empty, column=id_)
    twice = ids[ids.duplicated()]
    if len(twice):
        raise DataError("files.id_twice_coder", file=source, count=len(twice), column=id_, id=twice.iloc[0])
    index = pd.Index(ids.to_numpy(), name="unit")
    texts = sheet.column(text, "--text").set_axis(index) if text else None
    return _Column(name, sheet, codes, index, texts)


def _same_texts(columns: Sequence[_Column], id_: str | None) -> "pd.Series[str] | None":
    """The texts of all units; raise where one unit has two."""
    every = pd.concat([one.texts for one in columns if one.texts is not None]) if columns[0].texts is not None else None
    if every is None:
        return None
    first = every[~every.index.duplicated()]
    for one in columns:
        mine = one.texts if one.texts is not None else first
        known = first.loc[mine.index]
        differ = mine.index[(mine.str.strip() != known.str.strip()).to_numpy()]
        if len(differ):
            unit = differ[0]
            key = "files.unit_reads" if id_ else "files.row_reads"
            raise DataError(
                key, unit=unit, text=known[unit][:40], file=columns[0].path.name, other=mine[unit][:40],
                other_file=one.path.name, differ=len(differ),
            )  # fmt: skip
    return first
