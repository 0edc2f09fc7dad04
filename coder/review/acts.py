"""What a browser sends when somebody codes: read with suspicion, for anybody may write a request."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from coder.errors import CoderError
from coder.study.store.decisions import VERDICTS

MOST_UNITS, LONGEST_NOTE = 2_000, 4_000
_KINDS = ("decide", "flag", "note", "undo")


@dataclass(frozen=True, slots=True)
class Act:
    """One act: decisions on units, a mark, a note, or an undo.

    `id` is made by the browser, so that an act that is sent again is known.
    """

    id: str
    kind: str
    units: tuple[str, ...] = ()
    codes: Mapping[str, str] = field(default_factory=dict)
    seen: bool = False
    adjudicate: bool = False
    on: bool = False
    note: str = ""


def read_act(data: Any) -> Act:  # noqa: ANN401 (what came out of JSON)
    """The act in a piece of JSON. Raises `CoderError` where it is none."""
    found = fields(data, id=str, kind=str)
    kind = found["kind"]
    if kind not in _KINDS:
        raise CoderError(f"There is no act {kind!r}; there are {', '.join(_KINDS)}.")
    if kind == "undo":
        return Act(found["id"], kind)
    units = [data.get("unit")] if "unit" in data else data.get("units")
    if (
        not isinstance(units, list)
        or not 0 < len(units) <= MOST_UNITS
        or not all(isinstance(one, str) for one in units)
    ):
        raise CoderError(f"An act names 1 to {MOST_UNITS} answers.")
    note = data.get("note", "")
    if not isinstance(note, str) or len(note) > LONGEST_NOTE:
        raise CoderError(f"A note is a text of at most {LONGEST_NOTE} characters.")
    codes = data.get("codes", {})
    if not isinstance(codes, dict) or not set(codes.values()) <= set(VERDICTS) or "" in codes:
        raise CoderError(f"Codes come with {', '.join(VERDICTS)}.")
    marks = {name: data.get(name) is True for name in ("seen", "adjudicate", "on")}
    return Act(found["id"], kind, tuple(dict.fromkeys(units)), codes, note=note.replace("\0", ""), **marks)


def fields(data: Any, **kinds: type) -> dict[str, Any]:  # noqa: ANN401
    """The fields of a JSON object, each of its kind. Raises `CoderError` where one is not."""
    if not isinstance(data, dict):
        raise CoderError("A JSON object is expected.")
    for name, kind in kinds.items():
        if not isinstance(data.get(name), kind):
            raise CoderError(f"The field {name!r} must be there, as {kind.__name__}.")
    return {name: data[name] for name in kinds}


def texts(data: Mapping[str, Any], name: str, most: int = 1_000) -> tuple[str, ...]:
    """A list of texts in a field; none where the field is not there. Raises `CoderError` where it is something else."""
    found = data.get(name, [])
    if not isinstance(found, list) or len(found) > most or not all(isinstance(one, str) for one in found):
        raise CoderError(f"The field {name!r} is a list of at most {most} texts.")
    return tuple(found)
