"""Servers that leave and return, and channels that are deleted."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from bots.discord.press import PLATFORM
from core.target import Target

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import discord

    from core.commands.services import Services
    from core.storage.notes import SqlNotes

LEFT = "discord:left:"
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

    async def left(self, guild: discord.Guild) -> None:
        """End every subscription in the server; remember which channels they were in."""
        channels = [
            str(channel.id)
            for channel in guild.channels
            if await self._services.subscriptions.end_chat(self._target(str(channel.id)), REMOVED)
        ]
        if channels:
            record = {"since": self._services.clock.now().isoformat(), "channels": channels}
            await self._notes.put(f"{LEFT}{guild.id}", json.dumps(record))
        log.info("removed from a server", server=guild.id, subscribed_channels=len(channels))

    async def returned(self, guild: discord.Guild) -> None:
        """Take the server's subscriptions up again."""
        name = f"{LEFT}{guild.id}"
        if not (kept := await self._notes.get(name)):
            return
        for channel in json.loads(kept)["channels"]:
            await self._services.subscriptions.revive_chat(self._target(channel), REMOVED)
        await self._notes.drop(name)

    async def deleted(self, channel: int) -> None:
        """End what the channel was subscribed to."""
        await self._services.subscriptions.end_chat(self._target(str(channel)), DELETED)

    async def sweep(self) -> None:
        """Erase what was kept long enough, again and again until cancelled."""
        while True:
            await self.erase()
            await self._services.clock.sleep(LOOK)

    async def erase(self) -> None:
        """Erase what belongs to servers that left 30 days ago or more."""
        before = self._services.clock.now() - KEPT
        for name in await self._notes.named(LEFT):
            record = json.loads(await self._notes.get(name) or '{"since": "9999-01-01T00:00:00+00:00"}')
            if datetime.fromisoformat(record["since"]) <= before:
                for channel in record["channels"]:
                    await self._forget(self._target(channel))
                await self._notes.drop(name)

    def _target(self, channel: str) -> Target:
        return Target(platform=PLATFORM, account=self._account, chat=channel)
