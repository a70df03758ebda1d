"""Discord as the program sees it."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from binascii import Error
from typing import TYPE_CHECKING

import discord
import structlog
from discord.gateway import DiscordWebSocket
from yarl import URL

from bots.discord import doctor
from bots.discord.api import Api, InvalidRequests
from bots.discord.app import Interactions
from bots.discord.errors import send_error
from bots.discord.menu import sync
from bots.discord.notices import Notices
from bots.discord.places import Places
from bots.discord.posts import Posts
from bots.discord.publish import Publisher
from bots.discord.render import DiscordRenderer
from bots.discord.reply import Parts
from bots.discord.send import Buttons, DiscordSender
from bots.discord.servers import Servers
from bots.discord.talk import Talk
from bots.discord.welcome import Welcome
from bots.helpful import HelpfulSender
from core.delivery.model import SendError
from core.delivery.pacing import Pace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

    from starlette.routing import BaseRoute

    from bots.broadcast import Pool
    from bots.platform import Finding
    from bots.settings import DiscordSettings
    from core.commands.services import Services
    from core.delivery.port import Sender
    from core.render.port import Renderer
    from core.storage.notes import SqlNotes
    from core.target import Target

PER_SECOND = 45
"""Of the 50 requests a second that a bot may make, some are for everything but posts.
https://docs.discord.com/developers/topics/rate-limits#global-rate-limit."""
LONGEST_LIMIT = 30.0
INTENTS = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
"""None of them privileged: mentions and direct messages come with their words."""

log = structlog.get_logger(__name__)


class Gateway(discord.AutoShardedClient):
    """The connection that events come through."""

    interactions: Interactions
    talk: Talk
    servers: Servers
    welcome: Welcome
    knows_servers = False

    def clear(self) -> None:
        """Forget everything, to be opened again."""
        super().clear()
        self.knows_servers = False

    async def on_connect(self) -> None:
        """Discord has named its servers."""
        self.knows_servers = True

    async def on_interaction(self, interaction: discord.Interaction[discord.Client]) -> None:
        """Answer a command, a button, a form."""
        await self.interactions.handle(interaction)

    async def on_message(self, message: discord.Message) -> None:
        """Answer a question."""
        await self.talk.hear(message)

    async def on_ready(self) -> None:
        """Catch up with servers that came or went meanwhile; a client that was closed since connecting knows none."""
        if self.knows_servers:
            await self.servers.reconcile({str(guild.id) for guild in self.guilds})
            await self.welcome.catch_up(self.guilds)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """End what a server is subscribed to."""
        await self.servers.left(str(guild.id))
        await self.welcome.left(str(guild.id))

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Take up what a server had been subscribed to, and greet it."""
        await self.servers.returned(str(guild.id))
        await self.welcome.joined(guild)

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """End what a channel was subscribed to."""
        await self.servers.deleted(str(channel.id))

    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """End what a thread or a forum's post was subscribed to."""
        await self.servers.thread_deleted(str(payload.parent_id), str(payload.thread_id))


class DiscordPlatform:
    """Satisfies ``bots.platform.Platform``. The account is the bot's id, which its token begins with."""

    name = "discord"
    routes: Sequence[BaseRoute] = ()

    def __init__(
        self,
        settings: DiscordSettings,
        *,
        token: str,
        services: Services,
        notes: SqlNotes,
        pool: Pool,
        subscribed: Callable[[str, str], Awaitable[Sequence[Target]]],
        forget: Callable[[Target], Awaitable[object]],
    ) -> None:
        if settings.gateway_url:
            DiscordWebSocket.DEFAULT_GATEWAY = URL(settings.gateway_url)
        self._token = token
        self._services = services
        self._notes = notes
        self._subscribed = subscribed
        account = _account(token)
        invalid = InvalidRequests(services.clock)
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # nobody speaks here
        self._client = Gateway(
            intents=INTENTS,
            http_trace=invalid.trace(),
            max_ratelimit_timeout=LONGEST_LIMIT,
            allowed_mentions=discord.AllowedMentions.none(),
            activity=discord.CustomActivity(f"/today · {services.publication.name}"),
            chunk_guilds_at_startup=False,
            max_messages=None,
        )
        self._shards = 1 if settings.gateway_url else None
        self._api = Api(self._client, token, settings.api_url, invalid, services.clock)
        buttons = Buttons(notes)
        self._publisher = Publisher(self._api, notes, services.clock)
        renderer = DiscordRenderer()
        servers = Servers(services, notes, account, forget)
        self._command_ids: dict[str, str] = {}
        parts = Parts(
            api=self._api,
            account=account,
            services=services,
            renderer=renderer,
            buttons=buttons,
            notes=notes,
            servers=servers,
            command_ids=self._command_ids,
        )
        self._client.interactions = Interactions(parts, Places(self._api, account, self._client))
        self._client.talk = Talk(parts, self._client)
        self._client.servers = servers
        self._client.welcome = Welcome(parts)
        self.accounts: Sequence[str] = (account,)
        self.pace = Pace(per_second=PER_SECOND)
        posts = Posts(self._api, pool, services.clock)
        sender = DiscordSender(self._api, posts, buttons, self._publisher, services.clock)
        self.sender: Sender = HelpfulSender(sender, parts.notes, Notices(parts).tell)
        self.renderers: Mapping[str, Renderer] = {"": renderer}

    async def serve(self) -> None:
        """Listen to readers until cancelled. Raises ``SendError`` of kind "fatal" on a refused token."""
        try:
            await self._introduce()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._publisher.run())
                tasks.create_task(self._client.servers.sweep())
                tasks.create_task(self._listen())
        finally:
            await self._api.close()

    async def _introduce(self) -> None:
        """Log in and register the commands, however long the network takes to be there."""
        while True:
            try:
                await self._api.login()
                changed = await self._register()
            except Exception as error:
                translated = send_error(error) if isinstance(error, discord.DiscordException) else error
                wait = getattr(translated, "retry_after", None)
                if getattr(translated, "kind", "fatal") in {"fatal", "content"} and wait is None:
                    raise
                log.warning("discord does not answer", reason=str(error))
                await self._services.clock.sleep(wait or doctor.PATIENCE)
            else:
                log.info("discord is served", bot=str(self._client.user), commands_registered=changed)
                return

    async def _register(self) -> bool:
        """Register the commands, whatever the id of the app; one that may not still answers those it has."""
        try:
            menu = await sync(self._api, self._notes, str(self._client.application_id or self.accounts[0]))
        except SendError as error:
            if error.kind not in {"content", "gone"}:
                raise
            log.warning("commands not registered", reason=error.reason)
            return False
        self._command_ids.update(menu.ids)
        return menu.changed

    async def _listen(self) -> None:
        # None: as many as Discord says, each time anew; the SDK declares only what comes of it
        self._client.shard_count = self._shards  # type: ignore[assignment]
        try:
            await self._client.connect(reconnect=True)
        except (discord.DiscordException, OSError) as error:
            raise send_error(error) from error

    async def doctor(self) -> AsyncIterator[Finding]:
        """Check the token, the commands, and the rights in every subscribed channel."""
        account = self.accounts[0]
        try:
            async for finding in doctor.examine(
                self._api, self._notes, account, await self._subscribed(self.name, account)
            ):
                yield finding
        finally:
            await self._api.close()


def _account(token: str) -> str:
    """Return the bot's id, which is the first part of its token."""
    head = token.partition(".")[0]
    try:
        read = b64decode(head + "=" * (-len(head) % 4)).decode("ascii")
    except (Error, UnicodeDecodeError, ValueError):
        return "bot"
    return read if read.isdecimal() else "bot"
