"""Publishing posts of announcement channels to their followers: a slow queue of its own, which survives restarts."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from bots.discord.errors import ALREADY_PUBLISHED, UNKNOWN_MESSAGE, DiscordError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bots.discord.api import Api
    from core.clock import Clock
    from core.storage.notes import SqlNotes

QUEUE = "discord:publish:"
PER_CHANNEL, WINDOW = 9, timedelta(hours=1)
"""About ten an hour and channel, by everybody's experience: https://github.com/discordjs/discord.js/issues/4956."""
LOOK_SECONDS = 30
AT_ONCE = 8
"""Channels that are published in at the same time."""
GIVE_UP = timedelta(hours=12)

log = structlog.get_logger(__name__)


class Publisher:
    """Keeps what is to be published as notes: whoever sends adds, whoever listens publishes."""

    def __init__(self, api: Api, notes: SqlNotes, clock: Clock) -> None:
        self._api = api
        self._notes = notes
        self._clock = clock
        self._bell = asyncio.Event()
        self._published: defaultdict[str, deque[datetime]] = defaultdict(deque)
        self._resting: dict[str, datetime] = {}

    async def add(self, channel: str, message: str) -> None:
        """Publish this message as soon as its channel may."""
        await self._notes.put(f"{QUEUE}{channel}/{message}", "", keep=GIVE_UP)
        self._bell.set()

    async def run(self) -> None:
        """Publish what is waiting, until cancelled."""
        while True:
            self._bell.clear()
            await self.round()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._bell.wait(), LOOK_SECONDS)

    async def round(self) -> None:
        """Publish once what may be published now. A channel that is held up holds up no other."""
        waiting: defaultdict[str, list[str]] = defaultdict(list)
        for name in await self._notes.named(QUEUE):
            channel, _, message = name.removeprefix(QUEUE).partition("/")
            waiting[channel].append(message)
        at_once = asyncio.Semaphore(AT_ONCE)
        async with asyncio.TaskGroup() as tasks:
            for channel, messages in waiting.items():
                tasks.create_task(self._publish_all(channel, messages, at_once))

    async def _publish_all(self, channel: str, messages: Sequence[str], at_once: asyncio.Semaphore) -> None:
        async with at_once:
            for message in messages:
                if self._may(channel) and await self._publish(channel, message):
                    await self._notes.drop(f"{QUEUE}{channel}/{message}")

    def _may(self, channel: str) -> bool:
        now = self._clock.now()
        recent = self._published[channel]
        while recent and recent[0] <= now - WINDOW:
            recent.popleft()
        return len(recent) < PER_CHANNEL and now >= self._resting.get(channel, now)

    async def _publish(self, channel: str, message: str) -> bool:
        """Return whether this message is done with."""
        path = "/channels/{channel_id}/messages/{message_id}/crosspost"
        try:
            await self._api.call("POST", path, channel_id=channel, message_id=message)
        except DiscordError as error:
            return self._refused(channel, error)
        self._published[channel].append(self._clock.now())
        return True

    def _refused(self, channel: str, error: DiscordError) -> bool:
        if error.code in {ALREADY_PUBLISHED, UNKNOWN_MESSAGE}:
            return True
        log.warning("not published", channel=channel, reason=error.reason)
        if error.kind in {"wait", "transient", "unknown", "fatal"}:
            self._resting[channel] = self._clock.now() + (error.retry_after or timedelta(minutes=1))
            return False
        return True
