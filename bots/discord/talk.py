"""Questions in plain words: direct messages, mentions, replies to the bot, threads under its posts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import discord
import structlog

from bots.discord import press, view
from bots.discord.errors import THREAD_EXISTS, DiscordError
from bots.discord.grow import Growing, typing
from bots.discord.issue import ref_in
from bots.discord.recent import Recent
from bots.discord.send import MESSAGE, MESSAGES, NAME_LENGTH, open_thread
from core.commands.dispatch import dispatch
from core.commands.model import Context, Request
from core.commands.page import page
from core.commands.turn import shown
from core.digest.language import language_of
from core.document.build import paragraph
from core.i18n import texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bots.discord.reply import Parts
    from core.target import Target

HINT_AGAIN = timedelta(days=30)
A_SENTENCE = 3
"""Words from which on Latin letters tell the language of a question; names stand in Chinese questions, too."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where an answer goes, what else to say of its messages, and the place whose conversation it belongs to."""

    channel: str
    target: Target
    more: dict[str, Any]


class Talk:
    """Answers what readers write to the bot of ``client``."""

    def __init__(self, parts: Parts, client: discord.Client) -> None:
        self._parts = parts
        self._client = client
        self._looked_at = Recent()

    async def hear(self, message: discord.Message) -> None:
        """Answer a message that is meant for the bot; never raises."""
        try:
            if message.author.bot or self._client.user is None:
                return
            if self._is_for_us(message):
                await self._answer(message)
            elif isinstance(message.channel, discord.Thread):
                await self._overheard(message.channel)
        except DiscordError as error:
            log.warning("not answered", message=message.id, kind=error.kind, reason=error.reason)
        except Exception:
            log.exception("message failed", message=message.id)

    def _is_for_us(self, message: discord.Message) -> bool:
        replied = message.reference.resolved if message.reference else None
        replies = isinstance(replied, discord.Message) and replied.author == self._client.user
        return message.guild is None or self._client.user in message.mentions or replies

    async def _answer(self, message: discord.Message) -> None:
        words = self._words(message)
        command, _space, args = words.removeprefix("/").partition(" ") if words.startswith("/") else ("ask", "", words)
        if not words:
            command = "start"
        spot = await self._spot(message, words)
        request = Request(
            command=command,
            args=args,
            target=spot.target if command == "ask" else self._here(message),
            user=str(message.author.id),
            lang=_spoken(words, message.guild),
            manager=message.guild is None,
            context=await self._context(message),
        )
        await self._write(message, request, spot)

    def _words(self, message: discord.Message) -> str:
        me = self._client.user
        words = message.content
        for mention in (f"<@{me.id}>", f"<@!{me.id}>") if me else ():
            words = words.replace(mention, " ")
        return " ".join(words.split())

    async def _write(self, message: discord.Message, request: Request, spot: Spot) -> None:
        """Show the answer while it grows, then put the whole of it in its place."""
        parts = self._parts
        pages = _Pages(parts, message, spot)
        growing = Growing(pages.show, parts.renderer, parts.services.clock)
        async with typing(parts.api, spot.channel, parts.services.clock):
            reply = await dispatch(replace(request, progress=growing.tell), parts.services)
            await growing.end()
        for number, page_ in enumerate(shown(reply, parts.renderer.render(reply.document))):
            await parts.buttons.remember(action.data for action in page_.actions)
            await pages.put(number, page_.payload)

    async def _spot(self, message: discord.Message, words: str) -> Spot:
        """Return where the answer goes: in servers into a thread, which is opened if that can be."""
        here = self._here(message)
        below = {"message_reference": {"message_id": str(message.id), "fail_if_not_exists": False}}
        beside = Spot(channel=str(message.channel.id), target=here, more=below)
        if message.guild is None or isinstance(message.channel, discord.Thread) or not words:
            return beside
        thread = Spot(channel=str(message.id), target=replace(here, thread=str(message.id)), more={})
        try:
            await open_thread(self._parts.api, beside.channel, str(message.id), words)
        except DiscordError as error:
            return thread if error.code == THREAD_EXISTS else beside
        return thread

    def _here(self, message: discord.Message) -> Target:
        channel = message.channel
        kind = channel.type.value if channel.type else 0
        return press.target_at(self._parts.account, str(channel.id), kind, getattr(channel, "parent_id", None))

    async def _context(self, message: discord.Message) -> Context:
        """Return the issue that the message is about: that of the message replied to, or of the thread's post."""
        replied = message.reference.resolved if message.reference else None
        if isinstance(replied, discord.Message):
            return _context_of(list(_custom_ids(replied.components)), "")
        if isinstance(message.channel, discord.Thread) and (post := await self._post_of(message.channel)):
            return _context_of(list(_raw_ids(post["components"])), " ".join(press.texts_of(post))[:NAME_LENGTH])
        return Context()

    async def _post_of(self, thread: discord.Thread) -> dict[str, Any] | None:
        """Return the message that a thread stands under, or begins with in a forum; None if there is none."""
        for channel in (thread.parent_id, thread.id):
            try:
                post: dict[str, Any] = await self._parts.api.call(
                    "GET", MESSAGE, channel_id=channel, message_id=thread.id
                )
            except DiscordError:
                continue
            return post
        return None

    async def _overheard(self, thread: discord.Thread) -> None:
        """Say once how to be heard in a thread of ours: without a mention Discord does not hand over the words."""
        if not self._looked_at.first(thread.id) or not await self._is_ours(thread):
            return
        if not await self._parts.notes.first(f"discord:hint:{thread.id}", keep=HINT_AGAIN):
            return
        _ = texts(self._parts.services.publication.lang)
        said = _("Discord only shows me messages that mention me. Mention me, use /ask, or press the button.")
        payload = self._parts.renderer.render(page(_, said, paragraph(said)))[0].payload
        named = {**view.with_question(payload, _), "nonce": f"hint-{thread.id}", "enforce_nonce": True}
        await self._parts.api.call("POST", MESSAGES, named, channel_id=thread.id)

    async def _is_ours(self, thread: discord.Thread) -> bool:
        """Tell whether the bot opened the thread, or it stands under a post of the bot's."""
        me = self._client.user
        if me is None or thread.owner_id == me.id:
            return me is not None
        post = await self._post_of(thread)
        return post is not None and post["author"]["id"] == str(me.id)


class _Pages:
    """The messages of one answer. The first may be there already, showing what was written so far."""

    def __init__(self, parts: Parts, message: discord.Message, spot: Spot) -> None:
        self._api = parts.api
        self._message = message
        self._spot = spot
        self._first = ""

    async def show(self, payload: dict[str, Any]) -> None:
        """Show what there is of the first page."""
        await self.put(0, payload)

    async def put(self, number: int, payload: dict[str, Any]) -> None:
        """Create the page, or replace the first if it is there."""
        channel = self._spot.channel
        if number == 0 and self._first:
            await self._api.call("PATCH", MESSAGE, payload, channel_id=channel, message_id=self._first)
            return
        named = {**payload, "nonce": f"{self._message.id}-{number}", "enforce_nonce": True, **self._spot.more}
        made = await self._api.call("POST", MESSAGES, named, channel_id=channel)
        self._first = self._first or str(made["id"])


def _spoken(words: str, guild: discord.Guild | None) -> str | None:
    """Return the language that the words are in, as far as they tell, or that of the server."""
    if language_of(words) == "zh":
        return "zh"
    if len(words.split()) >= A_SENTENCE:
        return "en"
    return "zh" if guild and str(guild.preferred_locale).startswith("zh") else None


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
