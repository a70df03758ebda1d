"""Reading request bodies, within limits, and refusing them in JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse

from core.document.build import clean

if TYPE_CHECKING:
    from starlette.requests import Request

LARGEST_QUESTION = 16 * 1024
LARGEST_ISSUE = 1024 * 1024


class Refused(Exception):  # noqa: N818  it is an answer rather than a failure
    """A request that cannot be served; becomes a JSON answer."""

    def __init__(self, status: int, code: str, message: str, **details: Any) -> None:  # noqa: ANN401  JSON
        super().__init__(message)
        self.status = status
        self.content = {"error": {"code": code, "message": message, **details}}


async def refused(_request: Request, error: Exception) -> JSONResponse:
    """Answer with the refusal."""
    assert isinstance(error, Refused)  # noqa: S101  the only class that this handler is registered for
    return JSONResponse(error.content, error.status)


async def read_text(request: Request, largest: int) -> str:
    """Return the body. Refuses with 413 what is larger than ``largest`` bytes, with 422 what is not UTF-8."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > largest:
            raise Refused(413, "too-large", f"The body is larger than {largest} bytes.")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(422, "not-utf-8", "The body is not UTF-8 text.") from None


async def read_object(request: Request) -> dict[str, Any]:
    """Return the JSON object in the body. Refuses with 422 what is none."""
    text = await read_text(request, LARGEST_QUESTION)
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        raise Refused(422, "not-json", "The body is not JSON.") from None
    if not isinstance(read, dict):
        raise Refused(422, "not-an-object", "The body is not a JSON object.")
    return read


def text_field(read: dict[str, Any], name: str, *, required: bool = False) -> str | None:
    """Return a field that holds text, cleaned, without white space around it; None if it is missing, null or blank.

    Refuses with 422 other types, and what is missing although it is required.
    """
    value = read.get(name)
    if value is not None and not isinstance(value, str):
        raise Refused(422, "wrong-type", f"The field {name} is not a string.")
    value = clean(value or "").strip() or None
    if required and value is None:
        raise Refused(422, "missing", f"The field {name} is missing or empty.")
    return value
