"""Interactions become command lines, and are answered."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import discord
import structlog

from bots.discord import press, rights, view
from bots.discord.answer import CHOICES, MODAL, Answer, Answers
from bots.discord.buttons import pressed
from bots.discord.complete import choices
from bots.discord.errors import LATE, DiscordError
from bots.discord.issue import lines_in, ref_in
from bots.discord.menu import ASK, EXPLAIN, MESSAGE
from bots.discord.press import Line
from bots.discord.reply import Replies
from core.commands.model import Context, Reply
from core.commands.page import page
from core.document.build import paragraph
from core.document.nodes import Action
from core.errors import UsageError
from core.i18n import texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bots.discord.places import Places
    from bots.discord.press import Place
    from bots.discord.reply import Parts
    from core.i18n import Texts

QUOTE_KEPT = timedelta(minutes=30)
TERM_LENGTH = 60
COMPLETE_SECONDS = 2.0
"""Choices that take longer are not offered: Discord waits for three."""

log = structlog.get_logger(__name__)


class Interactions:
    """Answers the interactions of one bot."""

    def __init__(self, parts: Parts, places: Places) -> None:
        self._parts = parts
        self._places = places
        self._answers = Answers(parts.api)
        self._replies = Replies(parts, places)
        self._looking_up: set[asyncio.Task[list[dict[str, str]]]] = set()

    async def handle(self, event: discord.Interaction[Any]) -> None:
        """Answer; never raises."""
        try:
            await self._handle(event)
        except UsageError as error:
            await self._excuse(event, str(error))
        except DiscordError as error:
            level = log.info if error.code in LATE else log.warning
            level("interaction not answered", reason=error.reason, kind=error.kind)
        except Exception:
            log.exception("interaction failed", interaction=event.id)
            await self._apologise(event)

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
        """Offer choices; those that come too late are looked up to the end, so that the next key finds them at hand."""
        task = asyncio.create_task(self._choices(event, data))
        self._looking_up.add(task)
        task.add_done_callback(self._looking_up.discard)
        done, _late = await asyncio.wait({task}, timeout=COMPLETE_SECONDS)
        if not done:
            log.info("choices take too long", command=data["name"])
        await self._answers.respond(event, CHOICES, {"choices": task.result() if done else []})

    async def _choices(self, event: discord.Interaction[Any], data: dict[str, Any]) -> list[dict[str, str]]:
        services = self._parts.services
        request = press.request(Line(text="", place=press.here(event, self._parts.account)), event)
        lang = await self._parts.lang(request.target, request.lang)
        return await choices(data, replace(request, lang=lang), services)

    async def _command(self, event: discord.Interaction[Any], data: dict[str, Any]) -> None:
        command, args = press.line_of(data)
        place = await self._places.of(event)
        if channel := press.named_channel(data):
            place = self._places.named(data, channel, place)
        await self._answer(event, Line(text=f"{command} {args}".strip(), place=place))

    async def _about_message(self, event: discord.Interaction[Any], data: dict[str, Any]) -> None:
        message = data["resolved"]["messages"][data["target_id"]]
        said = "\n".join(press.texts_of(message)).strip()
        if not said:
            _ = await self._texts(event, await self._places.of(event))
            raise UsageError(_("There are no words in that message that I could look up."))
        if data["name"] == ASK:
            name = str(event.id)
            issue = ref_in(lines_in(message.get("components", []))) or ""
            await self._parts.notes.put(f"discord:quote:{name}", f"{issue}\n{said}", keep=QUOTE_KEPT)
            form = view.question_form(name, await self._texts(event, await self._places.of(event)))
            await self._answers.respond(event, MODAL, form)
            return
        asked = data["name"] == EXPLAIN and len(said) <= TERM_LENGTH
        text = f"{'explain' if asked else 'ask'} {said}"
        await self._answer(event, Line(text=text, place=await self._places.of(event), personal=True))

    async def _pressed(self, event: discord.Interaction[Any], data: dict[str, Any]) -> None:
        values = [str(value) for value in data.get("values", [])]
        channel, rest = view.scope_of(data["custom_id"])
        place = await self._places.of(event, channel)
        if rest.startswith(view.OWN):
            await self._own(event, rest, values, place, data)
            return
        line = await self._parts.buttons.data(pressed(rest, values))
        if line is None:
            await self._say(event, await self._replies.forgotten(event, Line(text="", place=place)))
            return
        command, args, beside = Action.parse(line)
        await self._answer(event, Line(text=f"{command} {args}".strip(), place=place, pressed=True, beside=beside))

    async def _own(
        self, event: discord.Interaction[Any], line: str, values: Sequence[str], place: Place, data: dict[str, Any]
    ) -> None:
        """Answer one of Discord's own controls (``view``)."""
        services, _ = self._parts.services, await self._texts(event, place)
        if line == view.ASK:
            await self._answers.respond(event, MODAL, view.question_form("", _))
            return
        if line == view.ANOTHER:
            there = self._places.named(data, values[0], place) if values else place
            await self._answer(event, Line(text="settings", place=there, pressed=True))
            return
        subscription = await services.subscriptions.find(place.target, services.publication.edition)
        if line == view.TIME:
            form = view.time_form(f"{press.SCOPE}{place.channel} " if place.chosen else "", subscription, _)
            await self._answers.respond(event, MODAL, form)
            return
        if line == view.ROLE and values:
            _must_be_mentionable(event, place, values[0], _)
        wish = view.wish_of(line, values, subscription, services.vocabulary) if subscription else None
        page_of = Line(text=view.page_of(line), place=place, pressed=True)
        if wish and rights.may_manage(place):
            wanted = rights.TO_TALK if wish.extras == {"thread": "on"} and place.ours is not None else ()
            if refusal := await self._replies.missing(event, page_of, rights.missing(place.ours or 0, wanted)):
                await self._say(event, self._replies.say(refusal))
                return
            await services.subscriptions.change(place.target, services.publication.edition, wish)
        await self._answer(event, page_of)

    async def _filled_in(self, event: discord.Interaction[Any], data: dict[str, Any]) -> None:
        channel, rest = view.scope_of(data["custom_id"])
        fields = press.fields_of(data)
        place = await self._places.of(event, channel)
        name, _space, value = rest.removeprefix(view.OWN).partition(" ")
        if name == "ask":
            about = await self._parts.notes.get(f"discord:quote:{value}") or "" if value else ""
            issue, _line, quote = about.partition("\n")
            text, context = f"ask {fields.get('question', '')}", Context(issue=issue, quote=quote)
            await self._answer(event, Line(text=text, place=place, context=context, personal=bool(value)))
            return
        wanted = " ".join(filter(None, (fields.get("time", ""), fields.get("zone", ""))))
        await self._answer(event, Line(text=f"settings time {wanted}", place=place, pressed=event.message is not None))

    async def _answer(self, event: discord.Interaction[Any], line: Line) -> None:
        line = replace(line, text=press.meant(line.text))
        personal = press.is_for_one(event, line)
        line = replace(line, personal=personal, beside=line.beside or (personal and not press.is_private_page(event)))
        work = partial(self._replies.to, event, line)
        await self._answers.give(event, work, replaces=line.pressed and not line.beside, private=line.personal)

    async def _texts(self, event: discord.Interaction[Any], place: Place) -> Texts:
        return texts(await self._parts.lang(place.target, press.lang_of(event)))

    async def _excuse(self, event: discord.Interaction[Any], said: str) -> None:
        _ = await self._texts(event, press.here(event, self._parts.account))
        await self._say(event, self._replies.say(Reply(document=page(_, said, paragraph(said)), private=True)))

    async def _apologise(self, event: discord.Interaction[Any]) -> None:
        """Say that something went wrong, without asking anything that may be broken."""
        _ = texts(press.lang_of(event) or self._parts.services.publication.lang)
        said = _("Something went wrong on my side. Please try again in a moment.")
        await self._say(event, self._replies.say(Reply(document=page(_, said, paragraph(said)), private=True)))

    async def _say(self, event: discord.Interaction[Any], answer: Answer) -> None:
        async def work(_exchange: object) -> Answer:
            return answer

        await self._answers.give(event, work, private=answer.private)


def _must_be_mentionable(event: discord.Interaction[Any], place: Place, role: str, _: Texts) -> None:
    """Raise ``UsageError`` for a role that nobody would hear of, or that the reader may not mention either."""
    if role == place.guild:
        raise UsageError(_("I never mention everyone. Please choose another role."))
    known = event.guild.get_role(int(role)) if event.guild else None
    if known and not known.mentionable and not rights.may_mention(place):
        raise UsageError(
            _(
                "Not everyone may mention that role. Allow it in the server's settings under Roles, or see that you "
                "and I may both mention all roles in the channel; then choose it again."
            )
        )
