"""Answers that grow: while one is written, readers see what is written so far."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bots.discord.errors import DiscordError
from core.document.build import paragraph
from core.document.nodes import Document

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from bots.discord.api import Api
    from bots.discord.render import DiscordRenderer
    from core.clock import Clock

    Show = Callable[[dict[str, Any]], Awaitable[None]]

EVERY = timedelta(seconds=2)
"""A channel takes about five edits in five seconds, from everybody together."""
SHOWN_AT_MOST = 3000
TYPING_AFTER, TYPING_AGAIN = timedelta(seconds=0.5), timedelta(seconds=8)
"""Discord shows for ten seconds that somebody is typing; a quick answer needs no announcement."""


class Growing:
    """Shows the newest of what it is told, and never holds up whoever tells. Trouble with showing is passed over."""

    def __init__(
        self, show: Callable[[dict[str, Any]], Awaitable[None]], renderer: DiscordRenderer, clock: Clock
    ) -> None:
        self._show = show
        self._renderer = renderer
        self._clock = clock
        self._said = ""
        self._showing = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    async def tell(self, text: str) -> None:
        """Take all of the text so far."""
        self._said = text
        if text.strip() and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._run())

    async def end(self) -> None:
        """Show no more, once what is under way has been shown."""
        async with self._showing:
            if self._task:
                self._task.cancel()
        if self._task:
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        shown = ""
        while shown != self._said:
            shown = self._said
            async with self._showing:
                with suppress(DiscordError):
                    await self._show(self._page(shown))
            await self._clock.sleep(EVERY)

    def _page(self, said: str) -> dict[str, Any]:
        cut = said if len(said) <= SHOWN_AT_MOST else f"… {said[-SHOWN_AT_MOST:]}"
        blocks = tuple(paragraph(part) for part in cut.split("\n\n") if part.strip())
        return self._renderer.render(Document(blocks=blocks, title=""))[0].payload


@asynccontextmanager
async def typing(api: Api, channel: str, clock: Clock) -> AsyncIterator[None]:
    """Show that an answer is being written, for as long as it takes."""
    task = asyncio.create_task(_type(api, channel, clock))
    try:
        yield
    finally:
        task.cancel()


async def _type(api: Api, channel: str, clock: Clock) -> None:
    await clock.sleep(TYPING_AFTER)
    with suppress(DiscordError):
        while True:
            await api.call("POST", "/channels/{channel_id}/typing", channel_id=channel)
            await clock.sleep(TYPING_AGAIN)
