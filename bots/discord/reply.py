"""Command lines become replies, replies become messages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace as replace_struct

from bots.discord import press, rights, view
from bots.discord.answer import Answer
from bots.discord.errors import THREAD_EXISTS, DiscordError
from bots.discord.grow import Growing
from bots.discord.send import MESSAGES, open_thread
from core.commands.dispatch import dispatch
from core.commands.model import Reply
from core.commands.page import page
from core.commands.registry import COMMANDS
from core.commands.turn import shown
from core.document.build import paragraph
from core.document.nodes import Actions
from core.errors import UsageError
from core.i18n import texts
from core.subscriptions.service import Wish

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import discord

    from bots.discord.answer import Exchange
    from bots.discord.api import Api
    from bots.discord.places import Places
    from bots.discord.press import Line
    from bots.discord.render import DiscordRenderer
    from bots.discord.send import Buttons
    from bots.discord.servers import Servers
    from core.commands.services import Services
    from core.document.nodes import Block
    from core.i18n import Texts
    from core.storage.notes import SqlNotes
    from core.subscriptions.model import Subscription
    from core.target import Target

WELCOMES = frozenset({"start", "help"})
"""Pages that say how to ask."""
LOOKS_AT_RIGHTS = frozenset({"subscribe", "why"})
OPEN_TO_THREADS = frozenset({0, 5})
"""Text and announcement channels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the app works with. ``account`` is the bot's id, as in targets; ``command_ids`` are known once it serves."""

    api: Api
    account: str
    services: Services
    renderer: DiscordRenderer
    buttons: Buttons
    notes: SqlNotes
    servers: Servers
    command_ids: Mapping[str, str]

    async def lang(self, target: Target, reader: str | None) -> str:
        """Return the language to speak in a place: what was chosen there, else the reader's, else the publication's."""
        return await self.services.preferences.lang(target) or reader or self.services.publication.lang


class Replies:
    """Replies to interactions."""

    def __init__(self, parts: Parts, places: Places) -> None:
        self._parts = parts
        self._places = places

    async def to(self, event: discord.Interaction[Any], line: Line, exchange: Exchange) -> Answer:
        """Return the answer to a line."""
        try:
            line = await self._places.at_home(event, line)
        except UsageError as error:
            document = page(await self._texts(event, line), str(error), paragraph(str(error)))
            return await self._answer(event, line, Reply(document=document, private=True))
        if opens_thread(event, line):
            return await self._in_thread(event, line, exchange)
        if refusal := await self._may_not(event, line):
            answer = await self._answer(event, line, refusal)
            return view.with_own_chat(answer, await self._texts(event, line)) if line.command == "subscribe" else answer
        refusal = await self._lacking(event, line)
        if refusal and line.command == "subscribe":
            return await self._answer(event, line, refusal)
        reply = await self._dispatch(event, line, exchange)
        await self._note_place(line)
        return await self._answer(event, line, _with(reply, refusal.document.blocks) if refusal else reply)

    async def _may_not(self, event: discord.Interaction[Any], line: Line) -> Reply | None:
        """Name the rights that a reader lacks to change what a server gets."""
        command = COMMANDS.get(line.command)
        if command is None or command.audience != "manager" or rights.may_manage(line.place):
            return None
        _ = await self._texts(event, line)
        said = _("{command} takes the right to manage this channel or the server.", command=f"/{command.name}")
        hint = _("You can always use it in a direct message to me.")
        return Reply(document=page(_, said, paragraph(said), paragraph(hint)), private=True)

    async def _texts(self, event: discord.Interaction[Any], line: Line) -> Texts:
        return texts(await self._parts.lang(line.place.target, press.lang_of(event)))

    async def _answer(self, event: discord.Interaction[Any], line: Line, reply: Reply) -> Answer:
        private = (reply.private or line.personal) and not press.is_direct(event)
        asks = line.text in WELCOMES and not press.is_direct(event)  # others read along
        if asks:
            reply = _with(reply, [paragraph(texts(reply.document.lang)(view.HOW_TO_ASK))])
        leads_on = any(isinstance(block, Actions) for block in reply.document.blocks)
        in_place = not reply.private or (leads_on and press.is_private_page(event))  # a page of a word leads nowhere
        return Answer(
            payloads=await self._payloads(reply, line, asks=asks),
            private=private,
            replaces=line.pressed and not line.beside and in_place,
        )

    async def _dispatch(self, event: discord.Interaction[Any], line: Line, exchange: Exchange) -> Reply:
        growing = Growing(exchange.show, self._parts.renderer, self._parts.services.clock)
        try:
            return await dispatch(press.request(line, event, progress=growing.tell), self._parts.services)
        finally:
            await growing.end()

    async def _in_thread(self, event: discord.Interaction[Any], line: Line, exchange: Exchange) -> Answer:
        """Answer in the channel and open a thread under the answer, where the conversation goes on."""
        message = await exchange.promise()
        there = replace(line, place=replace(line.place, target=replace(line.place.target, thread=message)))
        reply = await self._dispatch(event, there, exchange)
        answer = await self._answer(event, there, reply)
        if answer.private:
            return answer
        question, rest = line.text.partition(" ")[2], answer.payloads[1:]
        then = partial(self._go_on, line.place.target.chat, message, question, rest)
        return replace(answer, payloads=answer.payloads[:1], then=then)

    async def _go_on(self, channel: str, message: str, question: str, rest: Sequence[dict[str, Any]]) -> None:
        api = self._parts.api
        try:
            thread = await open_thread(api, channel, message, question)
        except DiscordError as error:
            thread = message if error.code == THREAD_EXISTS else channel
        for number, payload in enumerate(rest, 1):
            named = {**payload, "nonce": f"{message}-{number}", "enforce_nonce": True}
            await api.call("POST", MESSAGES, named, channel_id=thread)

    async def _payloads(self, reply: Reply, line: Line, *, asks: bool = False) -> list[dict[str, Any]]:
        messages = shown(reply, self._parts.renderer.render(reply.document))
        subscription = await self._subscription(line) if not reply.private else None
        payloads = []
        for message in messages:
            payload = message.payload
            if reply.private:  # our own words alone
                payload = view.with_commands(payload, self._parts.command_ids)
            if subscription:
                words = self._parts.services.vocabulary, texts(reply.document.lang)
                payload = view.with_controls(message, line.text, line.place, subscription, words)
            if asks:
                payload = view.with_question(payload, texts(reply.document.lang))
            payload, lines = view.scoped(view.placed(payload, line.place, texts(reply.document.lang)), line.place)
            await self._parts.buttons.remember([*(action.data for action in message.actions)])
            for long in lines:
                await self._parts.buttons.remember_as_token(long)
            payloads.append(payload)
        return payloads

    async def _subscription(self, line: Line) -> Subscription | None:
        """Return what the page of ``/settings`` is about."""
        services = self._parts.services
        if line.command != "settings":
            return None
        return await services.subscriptions.find(line.place.target, services.publication.edition)

    async def _lacking(self, event: discord.Interaction[Any], line: Line) -> Reply | None:
        """Say to who can help what is missing in a place in a server where the bot may not post."""
        place = line.place
        if line.command not in LOOKS_AT_RIGHTS or not place.guild or place.ours is None or not rights.may_manage(place):
            return None
        wanted = rights.to_post(thread=bool(place.target.thread), forum=place.kind == "forum")
        return await self.missing(event, line, rights.missing(place.ours, wanted))

    async def missing(self, event: discord.Interaction[Any], line: Line, lacking: Sequence[str]) -> Reply | None:
        """Return a reply that names the rights that are missing, None if none is."""
        if not lacking:
            return None
        explained = rights.explain(lacking, line.place, self._parts.account, await self._texts(event, line))
        return Reply(document=explained, private=True)

    async def _note_place(self, line: Line) -> None:
        """Remember with a new subscription where it is: posts of announcements are published."""
        place = line.place
        if line.command not in {"subscribe", "settings"} or not place.guild:
            return
        service, edition = self._parts.services.subscriptions, self._parts.services.publication.edition
        subscription = await service.find(place.target, edition)
        if subscription is None:
            return
        await self._parts.servers.subscribed(place.guild, place.target.chat)
        if place.kind and subscription.extras.get("kind") != place.kind:
            publish = {"publish": "on"} if place.kind == "announcement" else {}
            await service.change(place.target, edition, Wish(extras={"kind": place.kind, **publish}))

    async def forgotten(self, event: discord.Interaction[Any], line: Line) -> Answer:
        """Return what to say of a button that nobody remembers."""
        _ = await self._texts(event, line)
        said = _("This button is too old for me to remember. /today brings the newest issue.")
        return self.say(Reply(document=page(_, said, paragraph(said)), private=True))

    def say(self, reply: Reply) -> Answer:
        """Return a reply without buttons as an answer."""
        messages = self._parts.renderer.render(reply.document)
        return Answer(payloads=[message.payload for message in messages], private=reply.private)


def _with(reply: Reply, more: Iterable[Block]) -> Reply:
    """Return the reply with what else is to be said."""
    return replace(reply, document=replace_struct(reply.document, blocks=(*reply.document.blocks, *more)))


def opens_thread(event: discord.Interaction[Any], line: Line) -> bool:
    """Tell whether an answer opens a thread: to a question in a channel of a server where the bot may do so."""
    channel = event.channel
    return (
        line.command == "ask"
        and not (line.personal or line.pressed)
        and event.guild_id is not None
        and event.is_guild_integration()
        and channel is not None
        and channel.type.value in OPEN_TO_THREADS
        and not rights.missing(event.app_permissions.value, rights.TO_TALK)
    )
