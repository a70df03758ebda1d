"""An answer that a browser sees grow: server-sent events, the last of which holds the whole."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from starlette.responses import StreamingResponse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

    from core.commands.model import Progress

STREAM = "text/event-stream"


def growing(work: Callable[[Progress], Awaitable[Mapping[str, Any]]]) -> StreamingResponse:
    """Return ``event: growing`` with ``{"text"}`` while ``work`` goes on, then ``event: answer`` with what it gives."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_events(work), media_type=STREAM, headers=headers)


async def _events(work: Callable[[Progress], Awaitable[Mapping[str, Any]]]) -> AsyncIterator[str]:
    said: asyncio.Queue[str | None] = asyncio.Queue()

    async def show(text: str) -> None:
        said.put_nowait(text)

    async def whole() -> Mapping[str, Any]:
        try:
            return await work(show)
        finally:
            said.put_nowait(None)

    task = asyncio.create_task(whole())
    try:
        while (text := await said.get()) is not None:
            yield _event("growing", {"text": text})
        yield _event("answer", await task)
    finally:
        task.cancel()


def _event(name: str, data: Mapping[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
