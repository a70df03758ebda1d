"""Where commands act: the channel that the reader is in, another one, or the reader's direct messages."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import discord
import structlog

from bots.discord import press
from bots.discord.errors import DiscordError
from core.commands.registry import COMMANDS
from core.errors import UsageError
from core.i18n import texts
from core.target import Target

if TYPE_CHECKING:
    from bots.discord.api import Api
    from bots.discord.press import Line, Place


HOMES_REMEMBERED = 10_000
"""Readers whose direct messages are not opened anew: Discord wants few to be opened, and their ids stay."""

log = structlog.get_logger(__name__)


class Places:
    """Knows the servers' channels and rights by way of ``client``. ``account`` is the bot's id, as in targets."""

    def __init__(self, api: Api, account: str, client: discord.Client) -> None:
        self._api = api
        self._account = account
        self._client = client
        self._homes: OrderedDict[int, str] = OrderedDict()

    async def of(self, event: discord.Interaction[Any], channel: str = "") -> Place:
        """Return the place with this id, by default the one that the reader is in. Raises ``UsageError``."""
        if not channel:
            return press.here(event, self._account)
        if channel == press.HOME:
            return await self._home(event)
        there = self._client.get_channel(int(channel)) if channel.isascii() and channel.isdigit() else None
        known = there if isinstance(there, discord.abc.GuildChannel | discord.Thread) else None
        if known is None or not isinstance(event.user, discord.Member):
            raise UsageError(texts(press.lang_of(event))("I cannot see that channel any more."))
        place = press.Place(
            target=press.target_at(self._account, channel, known.type.value, getattr(known, "parent_id", None)),
            kind=press.kind_of(known.type.value),
            theirs=known.permissions_for(event.user).value,
            ours=None,
            guild=str(event.guild_id or ""),
            chosen=True,
        )
        return self._with_our_rights(place)

    def named(self, data: dict[str, Any], channel: str, place: Place) -> Place:
        """Return the channel that an interaction's data names, else ``place``."""
        found = press.chosen(data, channel, self._account, place.guild)
        return self._with_our_rights(found) if found else place

    async def at_home(self, event: discord.Interaction[Any], line: Line) -> Line:
        """Let a reader who brought the app along subscribe their own direct messages: nobody else's chat is theirs.

        Raises ``UsageError`` if they cannot be opened.
        """
        command = COMMANDS.get(line.command)
        is_member = event.guild_id is not None and event.is_guild_integration()
        if command is None or command.group != "subscribe" or press.is_direct(event) or is_member or line.place.home:
            return line
        return replace(line, place=await self._home(event))

    async def _home(self, event: discord.Interaction[Any]) -> Place:
        chat = self._homes.get(event.user.id) or await self._opened(event)
        self._homes[event.user.id] = chat
        if len(self._homes) > HOMES_REMEMBERED:
            self._homes.popitem(last=False)
        target = Target(platform=press.PLATFORM, account=self._account, chat=chat)
        return press.Place(target=target, kind="", theirs=0, ours=None, home=True)

    async def _opened(self, event: discord.Interaction[Any]) -> str:
        try:
            return await self._api.direct_chat(str(event.user.id))
        except DiscordError as error:
            log.info("no direct chat with a reader", reason=error.reason)
            _ = texts(press.lang_of(event))
            if error.kind not in {"pause", "gone", "config"}:
                raise UsageError(_("Something went wrong on my side. Please try again in a moment.")) from error
            raise UsageError(
                _("I could not open a direct chat with you. Please allow direct messages in Discord's settings.")
            ) from error

    def _with_our_rights(self, place: Place) -> Place:
        there = self._client.get_channel(int(place.channel))
        if not isinstance(there, discord.abc.GuildChannel | discord.Thread) or there.guild.me is None:
            return replace(place, ours=0)
        return replace(place, ours=there.permissions_for(there.guild.me).value)
