"""Progress of long steps, on the screen of a person; a pipe or a file gets none."""

from collections.abc import Iterator
from contextlib import contextmanager

from coder.note import Note
from coder.progress import Progress
from coder.words import say


@contextmanager
def progress() -> Iterator[Progress]:
    """A function that is told the step, how much is done and how much there is."""
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415
    from rich.progress import Progress as Bar  # noqa: PLC0415

    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Bar(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(say(Note("progress.starting")), total=None)

        def tell(step: str, done: int, total: int) -> None:
            bar.update(task, description=say(Note(step)), completed=done, total=total)

        yield tell
