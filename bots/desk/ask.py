"""Questions to the archive over HTTP."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse

from bots.desk.body import Refused, read_object, text_field
from bots.desk.chat import LONGEST
from bots.desk.services import Question
from bots.desk.visitor import desk_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


async def ask(request: Request) -> Response:
    """Answer ``{"text", "lang"?, "today"?, "conversation"?}`` in the shape of ``paperboy ask --json``."""
    read = await read_object(request)
    text = text_field(read, "text", required=True) or ""
    if len(text) > LONGEST:
        raise Refused(422, "too-long", f"A question has at most {LONGEST} characters.")
    question = Question(
        text=text,
        lang=text_field(read, "lang"),
        today=_date(text_field(read, "today")),
        conversation=text_field(read, "conversation"),
    )
    return JSONResponse(await desk_of(request).ask(question))


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Refused(422, "not-a-date", "The field today is not a date like 2026-02-19.") from None
