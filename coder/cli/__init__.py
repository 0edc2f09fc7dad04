"""The command line: all commands, in the order in which help lists them.

Heavy modules load inside a command, so that `coder --help` answers at once.
"""

from typing import Annotated

import typer

from coder.cli.codebook_commands import app as codebook_app
from coder.cli.coding_commands import code, demo, install_shortcut, nlp_app, open_home, review, run, topics
from coder.cli.document_commands import app as documents_app
from coder.cli.document_commands import horizontal
from coder.cli.learning_commands import estimate, evaluate, explain, facts, sample, train
from coder.cli.study_commands import app as study_app
from coder.cli.table_commands import agree, compare, groups, report, top
from coder.resources import __version__

__all__ = ["app"]

app = typer.Typer(
    rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)  # fmt: skip


@app.callback(invoke_without_command=True)
def coder(context: typer.Context, *, version: Annotated[bool, typer.Option("--version")] = False) -> None:
    """Code open answers: rules, a classifier and topics; tables and comparisons; Dutch first."""
    if version:
        typer.echo(f"coder {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        open_home()


for command in (
    *(sample, review, install_shortcut, report, facts, demo, run, code, train, explain, evaluate, estimate, topics),
    *(top, groups, horizontal, compare, agree),
):
    app.command()(command)
for name, group in (("codebook", codebook_app), ("study", study_app), ("documents", documents_app), ("nlp", nlp_app)):
    app.add_typer(group, name=name)
