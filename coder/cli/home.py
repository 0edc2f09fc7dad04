"""`coder` without a command: the home page in the browser, and a shortcut that opens it."""
# ruff: noqa: PLC0415

import sys
from pathlib import Path

import typer

from coder.cli.speech import say_out
from coder.errors import CoderError

_ICONS = {"win32": "ico", "darwin": "icns"}


def open_home() -> None:
    """Open the home page: every study on this machine, and a new one."""
    import webbrowser

    from coder.review.home_page import serve_home
    from coder.review.server import HOME_PORT, ServerOptions

    def log(line: str) -> None:
        typer.echo(line, err=True)

    serve_home(ServerOptions(HOME_PORT), typer.echo, log, show=webbrowser.open)


def install_shortcut() -> None:
    """Put coder in the start menu and on the desktop, so that a double-click opens it."""
    from pyshortcuts import make_shortcut

    icon = Path(__file__).parents[1] / "review" / "static" / f"coder.{_ICONS.get(sys.platform, 'svg')}"
    try:
        made = make_shortcut("_ -m coder", name="coder", icon=str(icon), terminal=False)
    except OSError as error:
        raise CoderError("cli.shortcut_failed", why=error.strerror or str(error)) from None
    folders = [made.desktop_dir, made.startmenu_dir]
    say_out("cli.shortcut_made", file=made.target, folders=[folder for folder in folders if folder])
