"""The part of `coder code` that writes a folder, for answers by the million."""
# ruff: noqa: PLC0415

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from coder.cli.options import say_files
from coder.cli.speech import progress, say_err, say_out
from coder.errors import CoderError
from coder.note import counted

if TYPE_CHECKING:
    from coder.codebook import Codebook
    from coder.methods.classifier import Classifier


def is_folder(out: Path) -> bool:
    """Whether this names a folder: its name has no ending, or there is one."""
    return not out.suffix or os.path.isdir(out)  # noqa: PTH112 (is_dir raises for a long name)


def check_kind(out: Path, of_files: Mapping[str, object], of_folders: Mapping[str, object]) -> None:
    """Raise where an option is given that goes with the other kind of result."""
    wrong, key = (of_files, "cli.file_only") if is_folder(out) else (of_folders, "cli.folder_only")
    for option, value in wrong.items():
        if value:
            raise CoderError(key, option=option, out=out)


def code_into(
    out: Path,
    answers: Path,
    text: str,
    codebook: "Codebook | None",
    model: "Classifier | None",
    *,
    id_column: str | None,
    into: str,
    reasons: bool,
    no_answer: Sequence[str] | None,
    nlp: str,
    header_rows: int | None,
    sheet: str,
    processes: int | None,
    cluster: str,
) -> None:
    """Code the answers in a file, a folder or a pattern into a folder, and tell how many got codes."""
    from coder.files.answer_parts import AnswerFiles
    from coder.files.coded_folder import CodedFolder
    from coder.jobs.code_folder import code_folder

    needs = {id_column: "--id"} if id_column else {}
    files = AnswerFiles.of(answers, text, needs=needs, sheet=sheet, header_rows=header_rows)
    for note in files.notes:
        say_err(note)
    if (before := CodedFolder.at(out)) is not None and (done := before.done):
        say_err("cli.goes_on", folder=out, count=len(done))
    with progress(left=True) as tell:
        found = code_folder(
            files, out, codebook, model, into=into, reasons=reasons, no_answer=no_answer, nlp=nlp,
            processes=processes, cluster=cluster, progress=tell,
        )  # fmt: skip
    rows = found.pop("rows")
    say_out("cli.coded", answers=counted("answers", rows), **found)
    say_files([out])
