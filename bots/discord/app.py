"""Interactions become requests, replies become answers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import discord
import structlog

from bots.discord import press, rights, view
from bots.discord.answer import CHOICES, MODAL, Answer, Answers
from bots.discord.buttons import pressed
from bots.discord.complete import choices
from bots.discord.errors import LATE, DiscordError
from bots.discord.menu import ASK, EXPLAIN, MESSAGE
from core.commands.dispatch import dispatch
from core.commands.model import Context, Reply, Request
from core.commands.page import page
from core.commands.registry import COMMANDS
from core.commands.turn import shown
from core.document.build import paragraph
from core.document.nodes import Action
from core.errors import UsageError
from core.i18n import LANGUAGES, texts
from core.subscriptions.service import Wish
from core.target import Target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bots.discord.api import Api
    from bots.discord.press import Place
    from bots.discord.render import DiscordRenderer
    from bots.discord.send import Buttons
    from core.commands.services import Services
    from core.i18n import Texts
    from core.storage.notes import SqlNotes

QUOTE_KEPT = timedelta(minutes=30)
TERM_LENGTH = 60

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the app works with. ``account`` is the bot's id, as in targets."""

    api: Api
    account: str
    services: Services
    renderer: DiscordRenderer
    buttons: Buttons
    notes: SqlNotes


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A command line, the place that it acts on, and what it stands on."""

    text: str
    place: Place
    context: Context = field(default_factory=Context)
    pressed: bool = False
    beside: bool = False


class Interactions:
    """Answers the interactions of one bot. ``client`` knows the servers' channels and rights."""

    def __init__(self, parts: Parts, client: discord.Client) -> None:
        self._parts = parts
        self._client = client
        self._answers = Answers(parts.api)

    async def handle(self, event: discord.Interaction[Any]) -> None:
        """Answer; never raises."""
        try:
            await self._handle(event)
        except DiscordError as error:
            level = log.info if error.code in LATE else log.warning
            level("interaction not answered", reason=error.reason, kind=error.kind)
        except Exception:
            log.exception("interaction failed", interaction=event.id)

    async def _handle(self, event: discord.Interaction[Any]) -> None:
        data: dict[str, Any] = dict(event.data or {})
        match event.type:
            case discord.InteractionType.autocomplete:
                await self._complete(event, data)
            case discord.InteractionType.application_command if data.get("type") == MESSAGE:
                await self._about_message(event, data)
            case discord.InteractionType.application_command:
                await self._command(event, data)
            case discord.InteractionType.component:
                await self._pressed(event, data)
            case discord.InteractionType.modal_submit:
                await self._filled_in(event, data)
            case _:
                pass

    async def _complete(self, event: discord.Interaction[Any], data: dict[str, Any]) -> None:
        request = _request("", press.here(event, self._parts.account), event)
        chosen = await self._parts.services.preferences.lang(request.target)
        request = replace(request, lang=chosen or request.lang or self._parts.services.publication.lang)
        found = await choices(data, request, self._parts.services)
        await self._answers.respond(event, CHOICES, {"choices": found})

    async def _command(self, event: discord.Interaction[Any], data: dict[str, Any]) -> None:
        command, args = press.line_of(data)
        place = press.here(event, self._parts.account)
        if channel := press.named_channel(data):
            found = press.chosen(data, channel, self._parts.account, place.guild)
            place = self._with_our_rights(found) if found else place
        await self._answer(event, Line(text=f"{command} {args}".strip(), place=place))

    async def _about_message(self, event: discord.Interaction[Any], data: dict[str, Any]) -> None:
        message = data["resolved"]["messages"][data["target_id"]]
        said = "\n".join(texts_of(message)).strip()
        place = press.here(event, self._parts.account)
        if data["name"] == ASK:
            name = str(event.id)
            await self._parts.notes.put(f"discord:quote:{name}", said, keep=QUOTE_KEPT)
            form = view.question_form(name, texts(lang_of(event)))
            await self._answers.respond(event, MODAL, form)
            return
        asked = data["name"] == EXPLAIN and len(said) <= TERM_LENGTH
        text = f"{'explain' if asked else 'ask'} {said}"
        await self._answer(event, Line(text=text, place=place), private=True)

    async def _pressed(self, event: discord.Interaction[Any], data: dict[str, Any]) -> None:
        values = [str(value) for value in data.get("values", [])]
        channel, rest = view.scope_of(data["custom_id"])
        place = self._place(event, channel)
        if rest.startswith(view.OWN):
            await self._own(event, rest, values, place, data)
            return
        line = await self._parts.buttons.data(pressed(rest, values))
        if line is None:
            await self._answers.give(event, self._forgotten(event), replaces=False, private=True)
            return
        command, args, beside = Action.parse(line)
        await self._answer(event, Line(text=f"{command} {args}".strip(), place=place, pressed=True, beside=beside))

    async def _own(
        self, event: discord.Interaction[Any], line: str, values: Sequence[str], place: Place, data: dict[str, Any]
    ) -> None:
        services = self._parts.services
        if line == f"{view.OWN}channel":
            found = press.chosen(data, values[0], self._parts.account, place.guild) if values else None
            there = self._with_our_rights(found) if found else place
            await self._answer(event, Line(text="settings", place=there, pressed=True))
            return
        subscription = await services.subscriptions.find(place.target, services.publication.edition)
        if line == f"{view.OWN}time":
            form = view.time_form(f"{press.SCOPE}{place.channel} " if place.chosen else "", subscription, _texts(event))
            await self._answers.respond(event, MODAL, form)
            return
        wish = view.wish_of(line, values, services.vocabulary)
        if wish and subscription and rights.may_manage(place):
            await services.subscriptions.change(place.target, services.publication.edition, wish)
        page_of = "settings sections" if line == f"{view.OWN}sections" else "settings"
        await self._answer(event, Line(text=page_of, place=place, pressed=True))

    async def _filled_in(self, event: discord.Interaction[Any], data: dict[str, Any]) -> None:
        channel, rest = view.scope_of(data["custom_id"])
        fields = press.fields_of(data)
        place = self._place(event, channel)
        name, _space, value = rest.removeprefix(view.OWN).partition(" ")
        if name == "ask":
            quote = await self._parts.notes.get(f"discord:quote:{value}") or ""
            line = Line(text=f"ask {fields.get('question', '')}", place=place, context=Context(quote=quote))
            await self._answer(event, line, private=True)
            return
        wanted = " ".join(filter(None, (fields.get("time", ""), fields.get("zone", ""))))
        await self._answer(event, Line(text=f"settings time {wanted}", place=place, pressed=event.message is not None))

    async def _answer(self, event: discord.Interaction[Any], line: Line, *, private: bool = False) -> None:
        command = COMMANDS.get(line.text.partition(" ")[0])
        personal = private or (command is not None and (command.group == "subscribe" or command.name == "help"))
        personal = personal and not _is_direct(event)
        await self._answers.give(
            event,
            self._answer_to(event, line, personal=personal),
            replaces=line.pressed and not line.beside,
            private=personal,
        )

    async def _answer_to(self, event: discord.Interaction[Any], line: Line, *, personal: bool) -> Answer:
        line = await self._at_home(event, line)
        refusal = self._lacking(event, line)
        request = _request(line.text, line.place, event, pressed=line.pressed, context=line.context)
        reply = refusal or await dispatch(request, self._parts.services)
        if not refusal:
            await self._note_kind(line)
        private = (reply.private or personal) and not _is_direct(event)
        return Answer(
            payloads=await self._payloads(reply, line),
            private=private,
            replaces=line.pressed and not line.beside and not (reply.private and not _is_private_page(event)),
        )

    async def _payloads(self, reply: Reply, line: Line) -> list[dict[str, Any]]:
        messages = shown(reply, self._parts.renderer.render(reply.document))
        services = self._parts.services
        subscription = None
        if line.text.startswith("settings") and not reply.private:
            subscription = await services.subscriptions.find(line.place.target, services.publication.edition)
        payloads = []
        for message in messages:
            payload = message.payload
            if subscription:
                payload = view.with_controls(payload, line.text, line.place, subscription, services.vocabulary)
            payload, lines = view.scoped(payload, line.place)
            await self._parts.buttons.remember([*(action.data for action in message.actions)])
            for long in lines:
                await self._parts.buttons.remember_as_token(long)
            payloads.append(payload)
        return payloads

    def _lacking(self, event: discord.Interaction[Any], line: Line) -> Reply | None:
        """Refuse a subscription to a place in a server where the bot may not post, and say what is missing."""
        place = line.place
        if line.text.partition(" ")[0] != "subscribe" or not place.guild or place.ours is None:
            return None
        lacking = rights.missing(place.ours, thread=bool(place.target.thread))
        if not lacking or not rights.may_manage(place):
            return None
        return Reply(document=rights.explain(lacking, place, self._parts.account, _texts(event)), private=True)

    async def _note_kind(self, line: Line) -> None:
        """Remember with a new subscription what kind of channel it is of; posts of announcements are published."""
        place = line.place
        if not (place.kind and line.text.partition(" ")[0] == "subscribe"):
            return
        service, edition = self._parts.services.subscriptions, self._parts.services.publication.edition
        subscription = await service.find(place.target, edition)
        if subscription and subscription.extras.get("kind") != place.kind:
            publish = {"publish": "on"} if place.kind == "announcement" else {}
            await service.change(place.target, edition, Wish(extras={"kind": place.kind, **publish}))

    async def _at_home(self, event: discord.Interaction[Any], line: Line) -> Line:
        """Let a reader who brought the app along subscribe their own direct messages: nobody else's chat is theirs."""
        command = COMMANDS.get(line.text.partition(" ")[0])
        if command is None or command.audience == "everyone" or _is_direct(event) or _is_member(event):
            return line
        made = await self._parts.api.call("POST", "/users/@me/channels", {"recipient_id": str(event.user.id)})
        target = Target(platform=press.PLATFORM, account=self._parts.account, chat=str(made["id"]))
        return replace(line, place=press.Place(target=target, kind="", theirs=0, ours=None))

    def _place(self, event: discord.Interaction[Any], channel: str) -> Place:
        if not channel:
            return press.here(event, self._parts.account)
        there = self._client.get_channel(int(channel))
        known = there if isinstance(there, discord.abc.GuildChannel | discord.Thread) else None
        if known is None or not isinstance(event.user, discord.Member):
            raise UsageError(f"no such channel: {channel}")
        place = press.Place(
            target=press.target_at(self._parts.account, channel, known.type.value, getattr(known, "parent_id", None)),
            kind=press.kind_of(known.type.value),
            theirs=known.permissions_for(event.user).value,
            ours=None,
            guild=str(event.guild_id or ""),
            chosen=True,
        )
        return self._with_our_rights(place)

    def _with_our_rights(self, place: Place) -> Place:
        there = self._client.get_channel(int(place.channel))
        if not isinstance(there, discord.abc.GuildChannel | discord.Thread) or there.guild.me is None:
            return replace(place, ours=0)
        return replace(place, ours=there.permissions_for(there.guild.me).value)

    async def _forgotten(self, event: discord.Interaction[Any]) -> Answer:
        _ = _texts(event)
        said = _("This button is too old for me to remember. /today brings the newest issue.")
        messages = self._parts.renderer.render(page(_, said, paragraph(said)))
        return Answer(payloads=[messages[0].payload], private=True)


def _request(
    line: str, place: Place, event: discord.Interaction[Any], *, pressed: bool = False, context: Context | None = None
) -> Request:
    command, _space, args = line.partition(" ")
    return Request(
        command=command,
        args=args,
        target=place.target,
        user=str(event.user.id),
        lang=lang_of(event),
        manager=rights.may_manage(place),
        pressed=pressed,
        context=context or Context(),
    )


def lang_of(event: discord.Interaction[Any]) -> str | None:
    """Return the language that the reader's Discord speaks, None if it is none of ours."""
    lang = str(event.locale).partition("-")[0]
    return lang if lang in LANGUAGES else None


def texts_of(message: dict[str, Any]) -> list[str]:
    """Return what a message says, in its content, embeds and components."""
    said = [message.get("content", ""), *(embed.get("description", "") for embed in message.get("embeds", []))]
    for component in message.get("components", []):
        said += texts_of(component)
    return [text for text in said if text]


def _texts(event: discord.Interaction[Any]) -> Texts:
    return texts(lang_of(event))


def _is_direct(event: discord.Interaction[Any]) -> bool:
    channel = event.channel
    return channel is not None and channel.type is discord.ChannelType.private and event.guild_id is None


def _is_member(event: discord.Interaction[Any]) -> bool:
    """Tell whether the bot itself is in the server; a reader's own installation reaches further."""
    return event.guild_id is not None and event.is_guild_integration()


def _is_private_page(event: discord.Interaction[Any]) -> bool:
    return _is_direct(event) or bool(event.message and event.message.flags.ephemeral)
