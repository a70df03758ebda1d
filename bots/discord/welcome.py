"""A word to servers that invite the bot: who is there, and how to begin."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from bots.discord import press, rights, view
from bots.discord.errors import DiscordError
from bots.discord.send import MESSAGES
from core.commands.dispatch import dispatch
from core.commands.model import Request
from core.commands.page import with_hint
from core.i18n import texts
from core.target import Target

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import discord

    from bots.discord.reply import Parts

log = structlog.get_logger(__name__)


class Welcome:
    """Greets a server when it invites the bot, also if that was while nobody listened, and never again while it stays.

    Those that have the bot when an installation connects for the first time are taken to know it.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._note = f"discord:servers:{parts.account}"
        self._one_at_a_time = asyncio.Lock()

    async def joined(self, guild: discord.Guild) -> None:
        """Greet a server, unless it is known."""
        async with self._one_at_a_time:
            known = await self._known()
            if known is None or str(guild.id) in known:
                return
            await self._keep({*known, str(guild.id)})
        await self._greet(guild)

    async def left(self, server: str) -> None:
        """Forget a server that has removed the bot: it is greeted when it invites it again."""
        async with self._one_at_a_time:
            if known := await self._known():
                await self._keep(known - {server})

    async def catch_up(self, guilds: Sequence[discord.Guild]) -> None:
        """Greet the servers that came meanwhile; ``guilds`` are those that the bot is in now."""
        async with self._one_at_a_time:
            known = await self._known()
            new = [] if known is None else [guild for guild in guilds if str(guild.id) not in known]
            later = {str(guild.id) for guild in new if guild.unavailable}  # an outage hides its channels
            await self._keep({str(guild.id) for guild in guilds} - later)
        for guild in new:
            if not guild.unavailable:
                await self._greet(guild)

    async def _known(self) -> set[str] | None:
        kept = await self._parts.notes.get(self._note)
        return None if kept is None else set(kept.split())

    async def _keep(self, servers: Iterable[str]) -> None:
        await self._parts.notes.put(self._note, " ".join(sorted(servers)))

    async def _greet(self, guild: discord.Guild) -> None:
        channel = _channel(guild)
        if channel is None:
            log.info("no greeting", server=str(guild.id), reason="there is no channel to write in")
            return
        try:
            await self._write(guild, str(channel.id))
        except DiscordError as error:
            log.info("no greeting", server=str(guild.id), reason=error.reason)

    async def _write(self, guild: discord.Guild, channel: str) -> None:
        parts = self._parts
        target = Target(platform=press.PLATFORM, account=parts.account, chat=channel)
        subscribed = await parts.services.subscriptions.of_target(target)
        command, lang = "subscribe" if subscribed else "start", await parts.lang(target, press.lang_of_server(guild))
        request = Request(command=command, args="", target=target, user=str(guild.id), lang=lang)
        document = (await dispatch(request, parts.services)).document
        _ = texts(document.lang)
        if not subscribed:
            document = with_hint(document, _("To get the issue in another channel, use /subscribe there."))
        message = parts.renderer.render(with_hint(document, _(view.HOW_TO_ASK)))[0]
        await parts.buttons.remember(action.data for action in message.actions)
        payload = {**view.with_question(message.payload, _), "nonce": f"hello-{guild.id}", "enforce_nonce": True}
        await parts.api.call("POST", MESSAGES, payload, channel_id=channel)


def _channel(guild: discord.Guild) -> discord.TextChannel | None:
    """Return the channel for news of the server itself, else the first one for talk that the bot may write in."""
    talk = [
        channel
        for channel in guild.text_channels
        if not channel.is_news() and channel not in {guild.rules_channel, guild.public_updates_channel}
    ]
    return next((one for one in (guild.system_channel, *talk) if one and _may_write(guild, one)), None)


def _may_write(guild: discord.Guild, channel: discord.TextChannel) -> bool:
    wanted = rights.to_post(thread=False, forum=False)
    return bool(guild.me) and not rights.missing(channel.permissions_for(guild.me).value, wanted)
