"""The commands that sample and learn: what to code next, a model of what was coded, how good it is, what it estimates."""
# ruff: noqa: PLC0415

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coder.cli.options import (
    Answers,
    Codes,
    Embedding,
    Empty,
    Folder,
    Format,
    HeaderRows,
    Id,
    Model,
    Nets,
    Nlp,
    NoAnswer,
    Out,
    Seed,
    SheetName,
    SomeBook,
    SomeCodes,
    Text,
    Wave,
    Weight,
    load_model,
    needed,
    no_answers,
    one_of,
    print_first,
    table_file,
)
from coder.cli.speech import progress, say_err, say_estimation, say_files, say_out, say_scores, ways, write_tables
from coder.errors import CoderError, DataError
from coder.note import counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from coder.codebook import Codebook
    from coder.coding import Coding
    from coder.files.answer_parts import AnswerFiles
    from coder.files.answers import Answers as AnswersRead
    from coder.files.coded_folder import CodedFolder
    from coder.files.sheets import TableFile
    from coder.learning.predictions import Kinds, Predictions
    from coder.learning.sampling import Sample
    from coder.methods.classifier import Classifier


def sample(
    answers: Answers,
    text: Text,
    out: Out,
    size: Annotated[int, typer.Option("--size", "-n", metavar="NUMBER")] = 100,
    *,
    random: Annotated[bool, typer.Option("--random")] = False,
    targeted: Annotated[bool, typer.Option("--targeted")] = False,
    read: Annotated[Path | None, typer.Option("--read", metavar="SHEET")] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="COLUMN")] = None,
    model: Model = None,
    codebook: SomeBook = None,
    codes: SomeCodes = None,
    id_column: Id = None,
    background: Annotated[list[str] | None, typer.Option("--with", metavar="COLUMN")] = None,
    no_answer: NoAnswer = None,
    nlp: Nlp = "nl_coder_sm",
    header_rows: HeaderRows = None,
    sheet: SheetName = "",
    seed: Seed = 1,
) -> None:
    """Choose what to code next, as a sheet to fill in; read it back with --read."""
    from coder.files.answer_parts import AnswerFiles, is_much
    from coder.files.answers import read_answers
    from coder.files.codebooks import read_codebook
    from coder.files.coded_folder import CodedFolder
    from coder.files.sample_sheets import check_unfilled
    from coder.files.writing import check_ending
    from coder.languages.language import language_of
    from coder.learning.sampling import draw
    from coder.learning.targeting import target

    _check_sample(by, model, ways=random + targeted + (read is not None), random=random, targeted=targeted)
    check_ending(out)
    check_unfilled(out)
    book = read_codebook(codebook) if codebook else None
    file = table_file(answers, sheet, header_rows)
    folder = CodedFolder.at(answers)
    if is_much(answers) and (targeted or (folder is None and read is not None)):
        many = AnswerFiles.of(answers, text, sheet=sheet, header_rows=header_rows)
        file = _gathered(many, read, codes, id_column, background or [], book, no_answers(no_answer), seed)
    elif folder is not None:
        if by or (codes and random) or no_answer or id_column is None:
            raise CoderError("cli.sample_folder")
        of = _OfFolder(folder, file, text, id_column, background or [])
        if read is not None:
            _read(read, of.drawn(read), codes or "hand", id_column, book, out)
        else:
            of.sample(out, size, book, seed)
        return
    if read is not None:
        _read(read, read_answers(file, text=text, id=id_column), codes or "codes", id_column, book, out)
        return
    needs = needed({codes: "--codes", by: "--by"} | dict.fromkeys(background or [], "--with"))
    found = read_answers(file, text=text, id=id_column, needs=needs)
    by = found.name(by, "--by") if by else None
    hand = _hand(found, codes, book)
    learned, nothing = load_model(model), no_answers(no_answer)
    if random:
        of_language = None if book is None else language_of(book.language).no_answer
        nothing = of_language if nothing is None else nothing
        picked = draw(found.corpus, size, hand=hand, by=by, no_answer=nothing, seed=seed)
    else:
        picked = target(
            found.corpus, size, model=learned, codebook=book, hand=hand, no_answer=nothing, nlp=nlp, seed=seed
        )
    shown = [*([by] if by else []), *(found.name(name, "--with") for name in background or [])]
    _write(out, picked, found, book or _used(hand, learned), id_column, shown)


def _check_sample(by: str | None, model: Path | None, *, ways: int, random: bool, targeted: bool) -> None:
    """Raise where it is not clear what to do, or an option goes with another way."""
    if ways != 1:
        raise CoderError("cli.sample_what")
    if by is not None and not random:
        raise CoderError("cli.by_random")
    if model is not None and not targeted:
        raise CoderError("cli.model_targeted")


def _gathered(
    files: "AnswerFiles", sheet: Path | None, codes: str | None, id_column: str | None, background: "Sequence[str]",
    book: "Codebook | None", no_answer: "Sequence[str] | None", seed: int,
) -> "TableFile":  # fmt: skip
    """Of very many answers those of a sheet that was filled in; or else the coded ones, and some others at random."""
    from coder.files.filled_sheets import FilledFile
    from coder.files.gather import gather, picked_rows
    from coder.learning.targeting import LOOKED_AT

    if id_column is None:
        raise CoderError("cli.sample_folder")
    if sheet is not None:
        return picked_rows(files, id_column, FilledFile(sheet).answers(id_column, files.text)[0].index)
    beside = {id_column: "--id"} | dict.fromkeys(background, "--with")
    with progress() as tell:
        found = gather(
            files, book, codes=codes, beside=beside, others=LOOKED_AT, no_answer=no_answer, seed=seed, tell=say_err,
            progress=tell,
        )  # fmt: skip
    return found.file


@dataclass(frozen=True, slots=True)
class _OfFolder:
    """A sample of a folder of coded answers."""

    folder: "CodedFolder"
    file: "TableFile"
    text: str
    id: str
    background: "Sequence[str]"

    @property
    def _asked(self) -> dict[str, str]:
        return {self.text: "--text", self.id: "--id"} | dict.fromkeys(self.background, "--with")

    def sample(self, out: Path, size: int, book: "Codebook | None", seed: int) -> None:
        """Draw answers at random, and write the sheet."""
        from coder.files.answers import read_answers
        from coder.files.coded_counts import draw_rows
        from coder.learning.sampling import drawn_before

        drawn = draw_rows(self.folder, self.file, self._asked, self.id, size=size, seed=seed)
        found = read_answers(drawn.rows, text=self.text, id=self.id)
        picked = drawn_before(found.corpus.ids, drawn.population, drawn.answers, seed=seed)
        _write(out, picked, found, book, self.id, [found.name(name, "--with") for name in self.background])

    def drawn(self, sheet: Path) -> "AnswersRead":
        """The answers of a sheet, as they stand in the folder."""
        from coder.files.answers import read_answers
        from coder.files.coded_counts import rows_of
        from coder.files.filled_sheets import FilledFile

        rows, _ = FilledFile(sheet).answers(self.id, self.text)
        found = rows_of(self.folder, self.file, self._asked, self.id, rows.index.tolist())
        return read_answers(found, text=self.text, id=self.id)


def _write(
    out: Path, picked: "Sample", found: "AnswersRead", book: "Codebook | None", id_column: str | None, shown: list[str]
) -> None:
    """Write the sheet of what was drawn, with these columns beside it, and say so."""
    from coder.files.sample_sheets import write_sample

    id_ = found.name(id_column, "--id") if id_column else None
    files = write_sample(out, picked, found, text=found.text, codebook=book, id=id_, background=shown)
    say_out("cli.answers", count=len(picked))
    for note in picked.notes:
        say_out(note)
    say_files(files)


def _hand(answers: "AnswersRead", codes: str | None, codebook: "Codebook | None") -> "Coding | None":
    """What people coded so far; None where they coded nothing. Raises where that was forgotten to be named."""
    from coder.files.filled_sheets import check_own_columns
    from coder.learning.sampling import DRAWN

    check_own_columns(answers)
    if codes is None:
        if DRAWN in answers.sheet:
            raise DataError("cli.sampled_before", file=answers.path.name)
        return None
    return answers.coded(codes, codebook)


def _used(hand: "Coding | None", model: "Classifier | None") -> "Codebook | None":
    """The codes known so far, where no codebook says them."""
    from coder.codebook import Codebook

    ids = {*(hand.assignments["code"] if hand is not None else ()), *(model.codes if model is not None else ())}
    return Codebook.from_ids(ids) if ids else None


def _read(
    sheet: Path,
    answers: "AnswersRead",
    codes: str,
    id_column: str | None,
    codebook: "Codebook | None",
    out: Path,
) -> None:
    from coder.files.cells import separator
    from coder.files.filled_sheets import read_filled
    from coder.files.writing import write_sheets

    name = answers.name(id_column, "--id") if id_column else None
    filled = read_filled(sheet, answers, text=answers.text, codes=codes, id=name, codebook=codebook)
    files = write_sheets(out, {"answers": filled.sheet}, separator(answers.path))
    say_out("cli.filled", coded=filled.coded, drawn=filled.drawn, column=codes)
    for sentence in filled.notes:
        say_err(sentence)
    say_files(files)


def facts(
    answers: Answers,
    text: Annotated[list[str] | None, typer.Option("--text", metavar="COLUMN")] = None,
    population: Annotated[int | None, typer.Option("--population", metavar="N")] = None,
    invited: Annotated[int | None, typer.Option("--invited", metavar="N")] = None,
    weight: Annotated[str | None, typer.Option("--weight", metavar="COLUMN")] = None,
    by: Annotated[list[str] | None, typer.Option("--by", metavar="COLUMN")] = None,
    id_column: Id = None,
    ignore: Annotated[list[str] | None, typer.Option("--ignore", metavar="COLUMN")] = None,
    keep: Annotated[str, typer.Option("--keep", callback=one_of("--keep", "all", "first", "last"))] = "all",
    words: Annotated[int, typer.Option("--words")] = 10,
    without: Annotated[Path | None, typer.Option("--without-duplicates", metavar="OUT")] = None,
    *,
    self_selected: Annotated[bool, typer.Option("--self-selected")] = False,
    level: Annotated[float, typer.Option("--level")] = 0.95,
    limit: Annotated[int, typer.Option("--limit", min=0)] = 20,
    no_answer: NoAnswer = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE")] = None,
    header_rows: HeaderRows = None,
    sheet: SheetName = "",
    form: Format = "table",
) -> None:
    """Say how many answered, with which margin of error, and who is in the file twice."""
    from coder.corpus import amounts
    from coder.files.cells import separator
    from coder.files.coded_counts import AskedOfRows, folder_rows, named_columns
    from coder.files.coded_folder import CodedFolder
    from coder.files.writing import write_sheets
    from coder.tables.respondents import facts as measure
    from coder.tables.respondents import find_duplicates

    _check_apart(answers, *(path for path in (out, without) if path is not None))
    named = {"--id": [id_column], "--weight": [weight], "--text": text, "--by": by, "--ignore": ignore}
    said, file, only = no_answers(no_answer), table_file(answers, sheet, header_rows), None if keep == "all" else keep
    times = None
    if (folder := CodedFolder.at(answers)) is not None:
        if without is not None:
            raise CoderError("cli.without_folder")
        asked = AskedOfRows(None, [], [], None, [], only, words, said)
        rows, asked = folder_rows(folder, file, named, asked)
        kept, times, found = rows.kinds, rows.times, rows.duplicates
    else:
        frame, (ids, weights, texts, groups, ignored) = named_columns(file, named)
        asked = AskedOfRows(ids[0] if ids else None, texts, groups, weights[0] if weights else None, ignored)
        found = find_duplicates(
            frame, id=asked.id, ignore=ignored, text=texts, keep=only, words=words, no_answer=said,
        )  # fmt: skip
        kept = found.kept(frame)
    measured = measure(
        kept, text=asked.text, by=asked.by, weight=amounts(kept[asked.weight]) if asked.weight else None, population=population,
        invited=invited, self_selected=self_selected, left_out=int(found.dropped.sum()), level=level, no_answer=said, times=times,
    )  # fmt: skip
    doubles = found.table()
    if len(doubles.frame):
        print_first(doubles, limit, form)
        typer.echo()
    for table in measured.tables.values():
        typer.echo(table.text(form))
    if out is not None:
        tables = {**measured.tables, "duplicates": doubles}
        say_files(write_sheets(out, {name: table.frame for name, table in tables.items()}, separator(answers)))
    if without is not None:
        say_files(write_sheets(without, {"answers": kept}, separator(answers)))


def _check_apart(answers: Path, *targets: Path) -> None:
    """Raise where a file cannot be written in the form its name says, or would take the place of another."""
    from coder.files.writing import check_ending

    for path in targets:
        check_ending(path)
    if len({path.resolve() for path in (answers, *targets)}) <= len(targets):
        raise CoderError("cli.same_files")


Hand = Annotated[str, typer.Option("--hand", metavar="COLUMN")]
Probability = Annotated[str | None, typer.Option("--probability", metavar="COLUMN")]
Stratum = Annotated[str | None, typer.Option("--stratum", metavar="COLUMN")]
By = Annotated[str | None, typer.Option("--by", metavar="COLUMN")]
Predicted = Annotated[list[str] | None, typer.Option("--predictions", metavar="COLUMN")]
SomeOut = Annotated[Path | None, typer.Option("--out", "-o", metavar="TABLE")]


def estimate(
    answers: Answers,
    text: Text,
    hand: Hand,
    predictions: Predicted = None,
    probability: Probability = None,
    stratum: Stratum = None,
    weight: Weight = None,
    by: By = None,
    wave: Wave = None,
    codebook: SomeBook = None,
    out: SomeOut = None,
    id_column: Id = None,
    hand_file: Annotated[Path | None, typer.Option("--hand-file", metavar="FILE")] = None,
    header_rows: HeaderRows = None,
    sheet: SheetName = "",
    *,
    classifier: Annotated[bool, typer.Option("--classifier")] = False,
    nets: Nets = False,
    level: Annotated[float, typer.Option("--level")] = 0.95,
    no_answer: NoAnswer = None,
    nlp: Nlp = "nl_coder_sm",
    form: Format = "table",
    seed: Seed = 1,
) -> None:
    """Estimate how often each code occurs in all answers, from a random sample that people coded."""
    from coder.codebook import Codebook
    from coder.corpus import amounts
    from coder.files.answers import with_roles
    from coder.files.cells import separator
    from coder.files.codebooks import read_codebook
    from coder.files.coded import made_in
    from coder.files.filled_sheets import recorded_draw
    from coder.learning.estimation import estimate as estimated

    if wave and predictions and not classifier:
        raise CoderError("cli.wave_learns", option="--classifier")
    said, file = no_answers(no_answer), table_file(answers, sheet, header_rows)
    common = {weight: "--weight", by: "--by", wave: "--wave"}
    of_sample = {probability: "--probability", stratum: "--stratum"}
    read, kinds = _hand_coded(
        file, text, hand, predictions or [], needed(common), needed(of_sample), hand_file, id_column, said
    )
    read = with_roles(read, wave=wave)
    book = read_codebook(codebook) if codebook else None
    coded = read.coding(hand, book, option="--hand")
    if made := made_in(read, coded):
        key = "estimate.machine_coded" if made.all else "estimate.machine_among"
        raise DataError(key, column=hand, file=answers.name, answers=made.answers)
    if book is None and coded.assignments.empty:
        raise DataError("estimate.no_hand_codes", file=answers.name, column=hand)
    known = book or Codebook.from_ids(coded.assignments["code"])
    with progress() as tell:
        found = estimated(
            read.corpus, coded, book,
            predictions=_predictions(read, predictions or [], known, None if book else hand) or None,
            classifier=classifier,
            **recorded_draw(read, probability, stratum),
            weight=amounts(read.column(weight, "--weight")) if weight else None,
            by=read.column(by, "--by") if by else None,
            nets=nets, level=level, no_answer=said, nlp=nlp, seed=seed, kinds=kinds, progress=tell,
        )  # fmt: skip
    say_estimation(found, out, form, answers.stem, sep=separator(answers))


def _predictions(
    read: "AnswersRead", names: "Sequence[str]", known: "Codebook", of_hand: str | None
) -> "list[Predictions]":
    """The predictions of these columns in the codes that are known: those in column `of_hand` where no codebook is."""
    from coder.files.predicted import read_predictions

    try:
        return [read_predictions(read, name, known) for name in names]
    except DataError as error:
        if of_hand is None or error.note.key != "files.unknown_codes":
            raise
        raise DataError("estimate.codes_not_by_hand", column=of_hand, **error.note.values) from None


def _hand_coded(
    file: "TableFile", text: str, hand: str, predictions: "Sequence[str]", common: "Mapping[str, str]",
    of_sample: "Mapping[str, str]", hand_file: Path | None, id_column: str | None, no_answer: "Sequence[str] | None",
) -> "tuple[AnswersRead, Kinds | None]":  # fmt: skip
    """The answers with the hand codes; of a folder of coded ones the others by kind."""
    from coder.files.answers import read_answers
    from coder.files.coded_folder import CodedFolder

    if (folder := CodedFolder.at(file.path)) is None:
        if hand_file is not None:
            raise CoderError("cli.hand_file_folder")
        needs = {hand: "--hand", **of_sample, **common}
        return read_answers(file, text=text, id=id_column, needs=needs), None
    from coder.files.coded_counts import ROW, AskedOfFolder, rows_and_kinds

    sheet = None if hand_file is None else table_file(hand_file)
    asked = AskedOfFolder(text, {hand: "--hand"}, predictions, common, of_sample, sheet, id_column)
    rows, kinds = rows_and_kinds(folder, file, asked, no_answer)
    return read_answers(rows, text=text, id=ROW, needs={hand: "--hand", **of_sample, **common}), kinds


def train(
    answers: Answers,
    text: Text,
    codes: Codes,
    out: Folder,
    codebook: SomeBook = None,
    embedding: Embedding = "auto",
    update: Annotated[Path | None, typer.Option("--update", metavar="DIR")] = None,
    wave: Wave = None,
    empty: Empty = "uncoded",
    nlp: Nlp = "nl_coder_sm",
    header_rows: HeaderRows = None,
    sheet: SheetName = "",
    form: Format = "table",
    seed: Seed = 1,
) -> None:
    """Learn from coded answers, weighed beside the rules where there is a codebook; write a model."""
    from coder.api import train as learn
    from coder.files.answer_parts import AnswerFiles, is_much
    from coder.files.answers import read_answers, with_roles
    from coder.files.codebooks import read_codebook
    from coder.files.gather import gather
    from coder.learning.update import update as renew

    if update is not None and codebook is not None:
        raise CoderError("cli.update_book")
    book, none = read_codebook(codebook) if codebook is not None else None, empty == "none"
    old, whole, file = load_model(update), None, table_file(answers, sheet, header_rows)
    needs = needed({codes: "--codes", wave: "--wave"})
    with progress() as tell:
        if is_much(answers):
            files = AnswerFiles.of(answers, text, needs=needs, sheet=sheet, header_rows=header_rows)
            beside = {wave: "--wave"} if wave else {}
            found = gather(
                files, book, codes=codes, beside=beside, empty_is_none=none, seed=seed, tell=say_err, progress=tell
            )
            file, whole = found.file, found.whole
        read = with_roles(read_answers(file, text=text, needs=needs), wave=wave)
        hand = read.coding(codes, book, empty_is_none=none)
        if old is None:
            model = learn(read.corpus, hand, book, embedding=embedding, nlp=nlp, whole=whole, seed=seed, progress=tell)
        else:
            model, changes = renew(old, read.corpus, hand, whole=whole, seed=seed, progress=tell)
    model.save(out)
    if "learned_from" in model.card:
        say_err("cli.learned_from", count=int(str(model.card["learned_from"])), answers=int(str(model.card["units"])))
    if old is None:
        answers_learned = counted("answers", int(str(model.card["units"])))
        say_out("cli.learned", codes=counted("codes", len(model.codes)), answers=answers_learned)
        say_scores(model.card)
        if model.weighing is not None:
            say_out("cli.beside_rules", scores=ways(model.weighing.scores))
    else:
        typer.echo(changes.text(form), nl=False)
    say_files([out])


def explain(
    model: Annotated[Path, typer.Argument(metavar="MODEL")],
    text: Annotated[str, typer.Argument(metavar="TEXT")],
    codebook: SomeBook = None,
    answers: Annotated[Path | None, typer.Option("--answers", metavar="FILE")] = None,
    column: Annotated[str, typer.Option("--text", metavar="COLUMN")] = "text",
    codes: Codes = "codes",
    limit: Annotated[int, typer.Option("--limit")] = 5,
    empty: Empty = "uncoded",
    nlp: Nlp = "nl_coder_sm",
    header_rows: HeaderRows = None,
    sheet: SheetName = "",
    form: Format = "table",
) -> None:
    """Say why a model gives an answer its codes: words, rules, the nearest coded answers."""
    from coder.files.answers import read_answers
    from coder.files.codebooks import read_codebook
    from coder.learning.explain import explain as why
    from coder.learning.explain import nearest
    from coder.methods.classifier import Classifier

    learned = Classifier.load(model)
    tables = [why(learned, text, read_codebook(codebook) if codebook else None, limit=limit, nlp=nlp)]
    if answers is not None:
        read = read_answers(table_file(answers, sheet, header_rows), text=column, needs=[codes])
        hand = read.coding(codes, empty_is_none=empty == "none")
        tables.append(nearest(learned, text, read.corpus, hand))
    for table in tables:
        typer.echo(table.text(form))


def evaluate(
    answers: Answers,
    text: Text,
    codes: Codes,
    model: Model = None,
    codebook: SomeBook = None,
    second: Annotated[str | None, typer.Option("--second", metavar="COLUMN")] = None,
    group: Annotated[str | None, typer.Option("--group", metavar="COLUMN")] = None,
    wave: Wave = None,
    repeats: Annotated[int, typer.Option("--repeats", min=1)] = 1,
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE")] = None,
    *,
    curve: Annotated[bool, typer.Option("--curve")] = False,
    embedding: Embedding = "auto",
    nlp: Nlp = "nl_coder_sm",
    empty: Empty = "uncoded",
    header_rows: HeaderRows = None,
    sheet: SheetName = "",
    form: Format = "table",
    seed: Seed = 1,
) -> None:
    """Measure how well methods agree with the codes people gave (cross-validated without --model)."""
    from coder.files.answer_parts import AnswerFiles, is_much
    from coder.files.answers import read_answers, with_roles
    from coder.files.cells import separator
    from coder.files.codebooks import read_codebook
    from coder.files.gather import Measured, gather
    from coder.learning.evaluation import evaluate as measure

    beside = needed({second: "--second", group: "--group", wave: "--wave"})
    needs = {codes: "--codes", **beside}
    book, none, learned = read_codebook(codebook) if codebook else None, empty == "none", load_model(model)
    file, held = table_file(answers, sheet, header_rows), None
    with progress() as tell:
        if is_much(answers):
            files = AnswerFiles.of(answers, text, needs=needs, sheet=sheet, header_rows=header_rows)
            some = gather(
                files, book, codes=codes, beside=beside, measured=Measured(group, second, learned is None),
                empty_is_none=none, seed=seed, tell=say_err, progress=tell,
            )  # fmt: skip
            file, held = some.file, some.held
        read = with_roles(read_answers(file, text=text, needs=needs), wave=wave)
        hand = read.coding(codes, book, empty_is_none=none)
        other = read.coding(second, book, option="--second", empty_is_none=none) if second else None
        groups = read.column(group, "--group") if group else None
        found = measure(
            read.corpus, hand, book, model=learned, second=other, groups=groups, repeats=repeats, curve=curve,
            embedding=embedding, nlp=nlp, held=held, seed=seed, progress=tell,
        )  # fmt: skip
    for table in found.tables:
        typer.echo(table.text(form))
    if out is not None:
        named = dict(zip(("codes", "overall", "curve"), found.tables, strict=False))
        say_files(write_tables(named, out, answers.stem, sep=separator(answers)))
