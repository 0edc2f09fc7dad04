"""What a browser sends when somebody codes: read with suspicion, for anybody may write a request."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from coder.review.words import PageError
from coder.study.decisions import VERDICTS

MOST_UNITS, LONGEST_NOTE, LONGEST_ID = 2_000, 4_000, 100
_KINDS = ("decide", "flag", "note", "undo")


@dataclass(frozen=True, slots=True)
class Act:
    """One act: decisions on units, a mark, a note, or an undo.

    `id` is made by the browser, so that an act that is sent again is known. `each` has what is decided of each unit,
    beside the `codes` of all. `again`: it was judged before, and is judged without seeing that.
    """

    id: str
    kind: str
    units: tuple[str, ...] = ()
    codes: Mapping[str, str] = field(default_factory=dict)
    each: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    again: bool = False
    seen: bool = False
    adjudicate: bool = False
    on: bool = False
    note: str = ""


def read_act(data: Any) -> Act:  # noqa: ANN401 (what came out of JSON)
    """The act in a piece of JSON. Raises `PageError` where it is none."""
    found = fields(data, id=str, kind=str)
    kind = found["kind"]
    if kind not in _KINDS:
        raise PageError("act_kind", kind=kind[:LONGEST_ID])
    if len(found["id"]) > LONGEST_ID:
        raise PageError("act_id", most=LONGEST_ID)
    if kind == "undo":
        return Act(found["id"], kind)
    units = [data.get("unit")] if "unit" in data else data.get("units")
    if (
        not isinstance(units, list)
        or not 0 < len(units) <= MOST_UNITS
        or not all(isinstance(one, str) for one in units)
    ):
        raise PageError("act_units", most=MOST_UNITS)
    note = data.get("note", "")
    if not isinstance(note, str) or len(note) > LONGEST_NOTE:
        raise PageError("act_note", most=LONGEST_NOTE)
    codes, each = _verdicts(data.get("codes", {})), data.get("each", {})
    if not isinstance(each, dict) or not each.keys() <= set(units):
        raise PageError("act_codes")
    each = {unit: _verdicts(one) for unit, one in each.items()}
    if kind == "decide" and not (codes or any(each.values())) and data.get("seen") is not True:
        raise PageError("act_nothing")
    marks = {name: data.get(name) is True for name in ("seen", "adjudicate", "on", "again")}
    return Act(found["id"], kind, tuple(dict.fromkeys(units)), codes, each, note=note, **marks)


def _verdicts(codes: Any) -> dict[str, str]:  # noqa: ANN401
    if not isinstance(codes, dict) or "" in codes:
        raise PageError("act_codes")
    if not all(isinstance(verdict, str) and verdict in VERDICTS for verdict in codes.values()):
        raise PageError("act_codes")
    return codes


def fields(data: Any, **kinds: type) -> dict[str, Any]:  # noqa: ANN401
    """The fields of a JSON object, each of its kind. Raises `PageError` where one is not."""
    if not isinstance(data, dict):
        raise PageError("no_json")
    for name, kind in kinds.items():
        if not isinstance(data.get(name), kind) or (kind is int and isinstance(data[name], bool)):
            raise PageError(f"field_{kind.__name__}", name=name)
    return {name: data[name] for name in kinds}


def texts(data: Mapping[str, Any], name: str, most: int = 1_000) -> tuple[str, ...]:
    """A list of texts in a field; none where the field is not there. Raises `PageError` where it is something else."""
    found = data.get(name, [])
    if not isinstance(found, list) or len(found) > most or not all(isinstance(one, str) for one in found):
        raise PageError("field_texts", name=name, most=most)
    return tuple(found)
