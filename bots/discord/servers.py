"""Servers that leave and return, and channels that are deleted."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from bots.discord.press import PLATFORM
from core.target import Target

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection

    from core.commands.services import Services
    from core.storage.notes import SqlNotes

LEFT, HERE = "discord:left:", "discord:here:"
"""Servers that are gone, and ``server/channel`` of everything that was subscribed in a server."""
KEPT = timedelta(days=30)
LOOK = timedelta(hours=6)
REMOVED, DELETED = "removed from the server", "the channel was deleted"

log = structlog.get_logger(__name__)


class Servers:
    """Ends subscriptions of a server that the bot was removed from, and erases what is kept of it after 30 days."""

    def __init__(
        self, services: Services, notes: SqlNotes, account: str, forget: Callable[[Target], Awaitable[object]]
    ) -> None:
        self._services = services
        self._notes = notes
        self._account = account
        self._forget = forget
        self._one_at_a_time = asyncio.Lock()
        """What happened to servers is taken in the order in which it is told, also if all of it is told at once."""

    async def subscribed(self, server: str, channel: str) -> None:
        """Remember in which server a channel is subscribed: of a server that is gone Discord tells nothing else."""
        await self._notes.put(f"{HERE}{server}/{channel}", "")

    async def left(self, server: str) -> None:
        """End every subscription in the server."""
        async with self._one_at_a_time:
            await self._left(server)

    async def _left(self, server: str) -> None:
        channels = await self._channels(server)
        for channel in channels:
            await self._services.subscriptions.end_chat(self._target(channel), REMOVED)
        if channels and not await self._notes.get(f"{LEFT}{server}"):
            await self._notes.put(f"{LEFT}{server}", self._services.clock.now().isoformat())
        log.info("removed from a server", server=server, subscribed_channels=len(channels))

    async def returned(self, server: str) -> None:
        """Take the server's subscriptions up again."""
        async with self._one_at_a_time:
            await self._returned(server)

    async def _returned(self, server: str) -> None:
        if not await self._notes.get(f"{LEFT}{server}"):
            return
        for channel in await self._channels(server):
            await self._services.subscriptions.revive_chat(self._target(channel), REMOVED)
        await self._notes.drop(f"{LEFT}{server}")

    async def reconcile(self, servers: Collection[str]) -> None:
        """Catch up with what happened while nobody listened: ``servers`` are those that the bot is in now."""
        async with self._one_at_a_time:
            known = {name.removeprefix(HERE).partition("/")[0] for name in await self._notes.named(HERE)}
            gone = {name.removeprefix(LEFT) for name in await self._notes.named(LEFT)}
            for server in sorted(known - gone - set(servers)):
                await self._left(server)
            for server in sorted(gone & set(servers)):
                await self._returned(server)

    async def deleted(self, channel: str) -> None:
        """End what the channel and its threads were subscribed to."""
        await self._services.subscriptions.end_chat(self._target(channel), DELETED)

    async def thread_deleted(self, channel: str, thread: str) -> None:
        """End what the thread was subscribed to."""
        await self._services.subscriptions.end(replace(self._target(channel), thread=thread), DELETED)

    async def sweep(self) -> None:
        """Erase what was kept long enough, again and again until cancelled."""
        while True:
            await self.erase()
            await self._services.clock.sleep(LOOK)

    async def erase(self) -> None:
        """Erase what belongs to servers that left 30 days ago or more."""
        before = self._services.clock.now() - KEPT
        for name in await self._notes.named(LEFT):
            since, server = await self._notes.get(name), name.removeprefix(LEFT)
            if since and datetime.fromisoformat(since) <= before:
                for channel in await self._channels(server):
                    await self._forget(self._target(channel))
                    await self._notes.drop(f"{HERE}{server}/{channel}")
                await self._notes.drop(name)

    async def _channels(self, server: str) -> list[str]:
        start = f"{HERE}{server}/"
        return [name.removeprefix(start) for name in await self._notes.named(start)]

    def _target(self, channel: str) -> Target:
        return Target(platform=PLATFORM, account=self._account, chat=channel)
