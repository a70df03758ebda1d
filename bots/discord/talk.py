"""Questions in plain words: direct messages, mentions, replies to the bot, threads under its posts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import discord
import structlog

from bots.discord import press, rights, view
from bots.discord.errors import THREAD_EXISTS, DiscordError
from bots.discord.grow import Growing, typing
from bots.discord.issue import lines_in, ref_in
from bots.discord.recent import Recent
from bots.discord.send import MESSAGE, MESSAGES, NAME_LENGTH, open_thread
from core.commands.about import story_meant
from core.commands.dispatch import dispatch
from core.commands.model import Context, Reply, Request
from core.commands.page import page
from core.commands.registry import COMMANDS
from core.commands.turn import shown
from core.digest.language import language_of
from core.document.build import paragraph
from core.i18n import texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bots.discord.reply import Parts
    from core.target import Target

SAID_BY_READERS = frozenset({discord.MessageType.default, discord.MessageType.reply})
"""All other messages are Discord's own words about what somebody did: pinned, joined, opened a thread."""
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
            if message.author.bot or self._client.user is None or message.type not in SAID_BY_READERS:
                return
            if self._is_for_us(message):
                await (self._answer(message) if self._is_heard(message) else self._say_how_to_be_heard(message))
            elif isinstance(message.channel, discord.Thread):
                await self._overheard(message, message.channel)
        except DiscordError as error:
            log.warning("not answered", message=message.id, kind=error.kind, reason=error.reason)
        except Exception:
            log.exception("message failed", message=message.id)

    def _is_for_us(self, message: discord.Message) -> bool:
        replied = message.reference.resolved if message.reference else None
        replies = isinstance(replied, discord.Message) and replied.author == self._client.user
        return message.guild is None or self._client.user in message.mentions or replies

    def _is_heard(self, message: discord.Message) -> bool:
        """Tell whether Discord handed over the words: not those of a reply whose mention was switched off."""
        return message.guild is None or bool(message.content) or self._client.user in message.mentions

    async def _answer(self, message: discord.Message) -> None:
        words = self._words(message)
        line = words.removeprefix("/") if words.startswith("/") else press.meant(f"ask {words}") if words else "start"
        command, _space, args = line.partition(" ")
        spot = await self._spot(message, words, opens=command == "ask")
        request = Request(
            command=command,
            args=args,
            target=spot.target if command == "ask" else self._here(message),
            user=str(message.author.id),
            lang=await self._parts.lang(spot.target, _spoken(words) or press.lang_of_server(message.guild)),
            manager=message.guild is None,
            context=await self._context(message),
        )
        await self._write(message, request, spot)

    def _words(self, message: discord.Message) -> str:
        me = self._client.user
        words = message.content or "\n".join(forwarded.content for forwarded in message.message_snapshots)
        for mention in (f"<@{me.id}>", f"<@!{me.id}>") if me else ():
            words = words.replace(mention, " ")
        return " ".join(words.split())

    async def _write(self, message: discord.Message, request: Request, spot: Spot) -> None:
        """Show the answer while it grows, then put the whole of it in its place."""
        parts = self._parts
        pages = _Pages(parts, message, spot)
        growing = Growing(pages.show, parts.renderer, parts.services.clock)
        async with typing(parts.api, spot.channel, parts.services.clock):
            reply = _elsewhere(request) or await dispatch(replace(request, progress=growing.tell), parts.services)
            await growing.end()
        for number, page_ in enumerate(shown(reply, parts.renderer.render(reply.document))):
            await parts.buttons.remember(action.data for action in page_.actions)
            await pages.put(number, page_.payload)

    async def _spot(self, message: discord.Message, words: str, *, opens: bool) -> Spot:
        """Return where the answer goes: if it ``opens`` a thread, in servers, into that one if it can be."""
        here = self._here(message)
        beside = Spot(channel=str(message.channel.id), target=here, more=_below(message))
        if not (opens and isinstance(message.channel, discord.TextChannel)):
            return beside
        ours = message.channel.permissions_for(message.channel.guild.me)
        if rights.missing(ours.value, rights.TO_TALK):
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
            context = _context_of(list(_custom_ids(replied.components)), "")
            shown = "\n".join(_shown(replied.components))
            archive = self._parts.services.archive
            return replace(context, story=await story_meant(archive, context.issue, shown=shown, quote=""))
        if isinstance(message.channel, discord.Thread) and (post := await self._post_of(message.channel)):
            return _context_of(list(lines_in(post["components"])), " ".join(press.texts_of(post))[:NAME_LENGTH])
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

    async def _overheard(self, message: discord.Message, thread: discord.Thread) -> None:
        """Say how to be heard in a thread of ours."""
        if self._looked_at.first(thread.id) and await self._is_ours(thread):
            await self._say_how_to_be_heard(message)

    async def _say_how_to_be_heard(self, message: discord.Message) -> None:
        """Say it once in a thread, and to each who replies elsewhere: words without a mention are not handed over."""
        channel = message.channel
        about = str(channel.id) if isinstance(channel, discord.Thread) else f"{channel.id}/{message.author.id}"
        if not await self._parts.notes.first(f"discord:hint:{about}", keep=HINT_AGAIN):
            return
        _ = texts(await self._parts.lang(self._here(message), press.lang_of_server(message.guild)))
        said = _(view.HOW_TO_ASK)
        payload = self._parts.renderer.render(page(_, said, paragraph(said)))[0].payload
        named = {**view.with_question(payload, _), "nonce": f"hint-{message.id}", "enforce_nonce": True}
        await self._parts.api.call("POST", MESSAGES, {**named, **_below(message)}, channel_id=channel.id)

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


def _below(message: discord.Message) -> dict[str, Any]:
    return {"message_reference": {"message_id": str(message.id), "fail_if_not_exists": False}}


def _elsewhere(request: Request) -> Reply | None:
    """Point who would change settings in front of everybody to the command whose page is theirs alone."""
    command = COMMANDS.get(request.command.lower())
    if command is None or command.audience != "manager" or request.manager:
        return None
    _ = texts(request.lang)
    said = _("Type / and choose {command}, please: only you see its page.", command=f"/{command.name}")
    return Reply(document=page(_, said, paragraph(said)))


def _spoken(words: str) -> str | None:
    """Return the language that the words are in, as far as they tell."""
    if language_of(words) == "zh":
        return "zh"
    return "en" if len(words.split()) >= A_SENTENCE else None


def _context_of(lines: list[str], quote: str) -> Context:
    ref = ref_in(lines)
    return Context(issue=str(ref), quote=quote) if ref else Context()


def _custom_ids(components: Iterable[Any]) -> Iterator[str]:
    for component in components:
        yield from filter(None, [getattr(component, "custom_id", None)])
        yield from (option.value for option in getattr(component, "options", []))
        yield from _custom_ids(getattr(component, "children", []))


def _shown(components: Iterable[Any]) -> Iterator[str]:
    for component in components:
        yield from filter(None, [getattr(component, "content", None)])
        yield from _shown(getattr(component, "children", []))
