"""Server-sent events: what arrives for a reader while the chat is open, and what arrived while it was not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from starlette.responses import StreamingResponse

from bots.desk.numbers import number
from bots.desk.visitor import desk_of, visitor_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.responses import Response

    from bots.desk.services import DeskServices
    from core.delivery.inbox import Arrival
    from core.target import Target

LOOK_SECONDS = 2.0
QUIET_LOOKS = 7
"""After how many looks at an empty inbox a comment goes out, so that proxies keep the connection."""


async def events(request: Request) -> Response:
    """Stream arrivals after the event that the browser saw last (``Last-Event-ID``, or ``after`` in the query).

    https://html.spec.whatwg.org/multipage/server-sent-events.html
    """
    last = request.headers.get("last-event-id") or request.query_params.get("after", "")
    stream = _stream(desk_of(request), visitor_of(request).target, number(last) or 0)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


async def _stream(desk: DeskServices, target: Target, last: int) -> AsyncIterator[str]:
    yield "retry: 1500\n\n"
    quiet = 0
    while not desk.bell.closed:
        arrivals = await desk.inbox.after(target, last)
        for arrival in arrivals:
            last = arrival.id
            yield event(arrival)
        quiet = 0 if arrivals else quiet + 1
        if quiet == QUIET_LOOKS:
            quiet = 0
            yield ": still here\n\n"
        await desk.bell.wait(target.chat, LOOK_SECONDS)


def event(arrival: Arrival) -> str:
    """Return the arrival as an event; JSON has no line breaks of its own."""
    data = {"page": arrival.page, "content": arrival.content, "at": arrival.at.isoformat()}
    return f"id: {arrival.id}\nevent: page\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
