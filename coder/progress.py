"""How long work says how far it is, without knowing who listens."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Told the step (a key of the catalogues, `progress.coding`), how much of it is done, and how much there is."""


def silent(_step: str, _done: int, _total: int) -> None:
    """Say nothing: the progress of library calls unless they are given another."""
