"""What a browser sends, read with suspicion because anybody may write a request; and how it is told what came of it."""

import json
import re
from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from coder.errors import CoderError
from coder.note import Note
from coder.words import checked

LANGUAGE = "coder_language"
"""The cookie that keeps the language in which somebody chose to read; the same for every study."""
LONGEST_NOTE, LONGEST_ID = 4_000, 100
_YEAR = 365 * 24 * 3600
_DIGITS = 6
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")

Data = Mapping[str, Any]


class PageError(CoderError):
    """What the page refuses: the `key` of an entry of the area `page`, and the values in it."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(f"page.{key}", **values)

    def __reduce__(self) -> tuple[Any, ...]:
        return _page_error, (type(self), self.note)


def _page_error(kind: type[PageError], note: Note) -> PageError:
    return kind(note.key.removeprefix("page."), **note.values)


def json_route(answer: Callable[[Request, Data], Data | Response]) -> Callable[[Request], Any]:
    """An address that reads JSON (where something is sent), does one thing in a thread, and tells JSON."""

    def answered(request: Request, data: Data) -> Response:
        found = answer(request, data)
        return found if isinstance(found, Response) else JSONResponse(found)

    async def endpoint(request: Request) -> Response:
        data = _read(await request.body()) if request.method == "POST" else {}
        return await run_in_threadpool(answered, request, data)

    return endpoint


def speak(data: Data) -> Response:
    """Let a browser keep the language that somebody chose."""
    answer = JSONResponse({})
    language = checked(fields(data, language=str)["language"])
    answer.set_cookie(LANGUAGE, language, max_age=_YEAR, path="/", httponly=True, samesite="strict")
    return answer


def _read(body: bytes) -> dict[str, Any]:
    """The JSON object in a body. Raises `PageError` where it is none, or has numbers or depths that no page sends.

    Half an emoji, as a browser may send it, becomes a question mark, and a NUL nothing: no database keeps those.
    """
    try:
        sent = json.dumps(json.loads(body, parse_constant=_finite, parse_float=_finite), ensure_ascii=False)
        data = json.loads(_NUL.sub(r"\1", sent).encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        raise PageError("no_json") from None
    if not isinstance(data, dict):
        raise PageError("no_json")
    return data


def small(digits: str) -> int | None:
    """The number of up to six digits that a text is; None where it is something else."""
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= _DIGITS else None


def _finite(written: str) -> float:
    number = float(written)
    if not isfinite(number):
        raise ValueError(written)
    return number


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
