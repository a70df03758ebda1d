"""Questions in plain words: direct messages, mentions, replies to the bot, threads under its posts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import discord
import structlog

from bots.discord import press
from bots.discord.app import texts_of
from bots.discord.errors import THREAD_EXISTS, DiscordError
from bots.discord.issue import ref_in
from bots.discord.send import MESSAGES, NAME_LENGTH, open_thread
from core.commands.dispatch import dispatch
from core.commands.model import Context, Reply, Request
from core.commands.page import page
from core.commands.turn import shown
from core.document.build import paragraph
from core.i18n import texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bots.discord.app import Parts

HINT_AGAIN = timedelta(days=30)

log = structlog.get_logger(__name__)


class Talk:
    """Answers what readers write to the bot of ``client``."""

    def __init__(self, parts: Parts, client: discord.Client) -> None:
        self._parts = parts
        self._client = client

    async def hear(self, message: discord.Message) -> None:
        """Answer a message that is meant for the bot; never raises."""
        try:
            if self._is_for_us(message):
                await self._answer(message)
        except DiscordError as error:
            log.warning("not answered", message=message.id, kind=error.kind, reason=error.reason)
        except Exception:
            log.exception("message failed", message=message.id)

    def _is_for_us(self, message: discord.Message) -> bool:
        me = self._client.user
        if message.author.bot or me is None:
            return False
        return message.guild is None or me in message.mentions or self._replies_to_us(message) or self._is_ours(message)

    def _replies_to_us(self, message: discord.Message) -> bool:
        replied = message.reference.resolved if message.reference else None
        return isinstance(replied, discord.Message) and replied.author == self._client.user

    def _is_ours(self, message: discord.Message) -> bool:
        """Tell whether the message stands in a thread that the bot opened."""
        me = self._client.user
        return isinstance(message.channel, discord.Thread) and me is not None and message.channel.owner_id == me.id

    async def _answer(self, message: discord.Message) -> None:
        me = self._client.user
        words = message.content
        for mention in (f"<@{me.id}>", f"<@!{me.id}>") if me else ():
            words = words.replace(mention, " ")
        words = " ".join(words.split())
        reply = await self._reply(message, words)
        if reply is None:
            return
        where, below = await self._where(message, words)
        for number, page_ in enumerate(shown(reply, self._parts.renderer.render(reply.document))):
            await self._parts.buttons.remember(action.data for action in page_.actions)
            payload = {**page_.payload, "nonce": f"{message.id}-{number}", "enforce_nonce": True, **below}
            await self._parts.api.call("POST", MESSAGES, payload, channel_id=where)

    async def _reply(self, message: discord.Message, words: str) -> Reply | None:
        request = await self._request(message, words)
        if words:
            return await dispatch(request, self._parts.services)
        if message.guild is None or self._client.user in message.mentions:
            return await dispatch(_as(request, "start"), self._parts.services)
        name = f"discord:hint:{message.channel.id}"
        return self._hint() if await self._parts.notes.first(name, keep=HINT_AGAIN) else None

    def _hint(self) -> Reply:
        """Say how to be heard: without a mention Discord does not hand over the words."""
        _ = texts(self._parts.services.publication.lang)
        said = _("Discord only shows me messages that mention me. Mention me, or use /ask.")
        return Reply(document=page(_, said, paragraph(said)))

    async def _request(self, message: discord.Message, words: str) -> Request:
        command, _space, args = words.removeprefix("/").partition(" ") if words.startswith("/") else ("ask", "", words)
        channel = message.channel
        kind = channel.type.value if channel.type else 0
        return Request(
            command=command,
            args=args,
            target=press.target_at(self._parts.account, str(channel.id), kind, getattr(channel, "parent_id", None)),
            user=str(message.author.id),
            manager=message.guild is None,
            context=await self._context(message),
        )

    async def _context(self, message: discord.Message) -> Context:
        """Return the issue that the message is about: that of the message replied to, or of the thread's post."""
        replied = message.reference.resolved if message.reference else None
        if isinstance(replied, discord.Message):
            return _context_of(list(_custom_ids(replied.components)), "")
        if isinstance(message.channel, discord.Thread):
            thread = message.channel
            path = "/channels/{channel_id}/messages/{message_id}"
            for channel in (thread.parent_id, thread.id):
                try:
                    post = await self._parts.api.call("GET", path, channel_id=channel, message_id=thread.id)
                except DiscordError:
                    continue
                return _context_of(list(_raw_ids(post.get("components", []))), " ".join(texts_of(post))[:NAME_LENGTH])
        return Context()

    async def _where(self, message: discord.Message, words: str) -> tuple[str, dict[str, Any]]:
        """Return where the answer goes, and what else to say of it: in servers, into a thread if that can be."""
        below = {"message_reference": {"message_id": str(message.id), "fail_if_not_exists": False}}
        channel = str(message.channel.id)
        if message.guild is None or isinstance(message.channel, discord.Thread):
            return channel, below
        try:
            return await open_thread(self._parts.api, channel, str(message.id), words or "?"), {}
        except DiscordError as error:
            return (str(message.id), {}) if error.code == THREAD_EXISTS else (channel, below)


def _as(request: Request, command: str) -> Request:
    return Request(command=command, args="", target=request.target, user=request.user, manager=request.manager)


def _context_of(lines: list[str], quote: str) -> Context:
    ref = ref_in(lines)
    return Context(issue=str(ref), quote=quote) if ref else Context()


def _custom_ids(components: Iterable[Any]) -> Iterator[str]:
    for component in components:
        yield from filter(None, [getattr(component, "custom_id", None)])
        yield from (option.value for option in getattr(component, "options", []))
        yield from _custom_ids(getattr(component, "children", []))


def _raw_ids(components: Iterable[dict[str, Any]]) -> Iterator[str]:
    for component in components:
        yield from filter(None, [component.get("custom_id")])
        yield from (option["value"] for option in component.get("options", []))
        yield from _raw_ids(component.get("components", []))
