"""How a report should be: what the library and the command say of it by the same words."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """What may be asked of a report, whatever answers it is of.

    `by` names a column of groups, which adds where codes stand out. `limit` is the last rank that is shown, None for
    every code; `nets` ranks nets, with their codes under them; with `classifier` ours predicts beside predictions from
    elsewhere. Of `population` respondents were drawn at random,
    unless they are `self_selected`. `title` is what it is called where not as the question, `made` the day that it
    bears.
    """

    by: str | None = None
    limit: int | None = 10
    nets: bool = False
    classifier: bool = False
    title: str | None = None
    population: int | None = None
    self_selected: bool = False
    seed: int = 1
    made: date | None = None


PLAIN = ReportOptions()
"""A report of which nothing is asked."""
