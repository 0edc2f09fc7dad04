"""How an address of the page reads what is sent and tells what it did."""

import json
import re
from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from coder.review.requests import fields
from coder.review.words import PageError
from coder.words import checked

LANGUAGE = "coder_language"
"""The cookie that keeps the language in which somebody chose to read; the same for every study."""
_YEAR = 365 * 24 * 3600
_DIGITS = 6
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")

Data = Mapping[str, Any]


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
