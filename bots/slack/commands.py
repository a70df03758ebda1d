"""Slash commands, and the buttons of messages: answered to the reader alone, who may share the answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import structlog

from bots.slack import views
from bots.slack.answers import Asked
from bots.slack.hear import slash_line, team_of
from core.delivery.model import SendError
from core.document.build import clean
from core.document.nodes import Action
from core.i18n import texts

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncAck, AsyncRespond

    from bots.slack.answers import Answer, Answers
    from bots.slack.directs import Directs
    from bots.slack.home import Homes
    from bots.slack.modals import Modals

Json = dict[str, Any]

MOST_RESPONSES = 4
"""Of the five that a response_url takes; one is left for a share. https://docs.slack.dev/interactivity/handling-user-interaction."""
GROUP = "mpdm-"
"""How the names begin that Slack gives to group chats. https://docs.slack.dev/reference/objects/mpim-object."""
SHARE = "share"
LONGEST_SHARED = 1000
LONGEST_REASON = 200
OK = 200
FORMS = {"settings": views.EDIT, "search": views.SEARCH}

log = structlog.get_logger(__name__)


class Commands:
    """Answers through response addresses: they work wherever a reader is, also where the app is no member."""

    def __init__(self, answers: Answers, directs: Directs, homes: Homes, modals: Modals) -> None:
        self._answers = answers
        self._directs = directs
        self._homes = homes
        self._modals = modals

    async def on_command(self, ack: AsyncAck, body: Json, respond: AsyncRespond) -> None:
        """Answer a slash command; one that asks for a form opens it."""
        await ack()
        place = {"id": body["channel_id"], "name": body.get("channel_name", "")}
        asked = await self._asked(team_of(body), place, body["user_id"])
        kind = "in_channel" if asked.channel == body["channel_id"] and asked.direct else "ephemeral"
        command, args = slash_line(body["command"], body.get("text", ""), self._answers.prefix)
        if command in FORMS and not args and await self._opened(asked, body["trigger_id"], command):
            return
        answer = await self._answers.answer(asked, command, args)
        for message in answer.messages[:MOST_RESPONSES]:
            blocks = await self._shareable(
                asked, answer, message.payload["blocks"], last=message is answer.messages[-1]
            )
            await _tell(respond, {"text": message.payload["text"], "blocks": blocks, "response_type": kind})
        await self._homes.changed(asked, answer.command)

    async def _asked(self, team: str, place: Json, user: str, thread: str = "") -> Asked:
        """Return the reader's place: between two people it is the reader's own chat with the app."""
        group = place.get("name", "").startswith(GROUP)
        asked = Asked(team=team, channel=place["id"], user=user, thread=thread, group=group)
        return replace(await self._directs.find(team, user), thread=thread) if asked.direct else asked

    async def _opened(self, asked: Asked, trigger: str, command: str) -> bool:
        """Open a form, for who may use it; tell whether that was done."""
        allowed = command != "settings" or asked.direct
        if not (allowed or await self._answers.rights.may_manage(asked.team, asked.channel, asked.user)):
            return False
        try:
            await self._modals.open_form(asked, trigger, FORMS[command])
        except SendError as error:
            log.info("no form opened", reason=error.reason)
            return False
        return True

    async def _shareable(self, asked: Asked, answer: Answer, blocks: list[Json], *, last: bool) -> list[Json]:
        """Return the blocks with a button that shares the answer, where others could see it."""
        room = self._answers.renderer.profile.limits["blocks"].value
        if asked.direct or not (last and answer.shareable) or len(blocks) >= room or len(answer.line) > LONGEST_SHARED:
            return blocks
        _ = texts(await self._answers.lang(asked))
        share = views.button(_("Share with channel"), answer.line, SHARE)
        return [*blocks, {"type": "actions", "elements": [share]}]

    async def on_press(self, body: Json, respond: AsyncRespond, pressed: Json, data: str) -> None:
        """Do what a button of a message says: in the place of a reader's own page, beside a post that all see.

        One that leads to a form opens it.
        """
        container, channel = body.get("container", {}), body["channel"]["id"]
        thread = container.get("thread_ts", "")
        asked = await self._asked(team_of(body), body["channel"], body["user"]["id"], thread)
        if pressed["action_id"] == SHARE:
            await self._share(asked, data, respond)
            return
        command, args, beside = Action.parse(data)
        if command in FORMS and not args and await self._opened(asked, body["trigger_id"], command):
            return
        answer = await self._answers.answer(asked, command, args, pressed=True)
        alone = asked.channel == channel and asked.direct
        said: Json = {"response_type": "in_channel" if alone else "ephemeral", "replace_original": False}
        own = bool(container.get("is_ephemeral")) or alone
        await self._respond(asked, answer, respond, said, in_place=own and not beside)
        await self._homes.changed(asked, answer.command)

    async def _respond(
        self, asked: Asked, answer: Answer, respond: AsyncRespond, beside: Json, *, in_place: bool
    ) -> None:
        thread = {"thread_ts": asked.thread} if asked.thread else {}
        for number, message in enumerate(answer.messages[:MOST_RESPONSES]):
            blocks = await self._shareable(
                asked, answer, message.payload["blocks"], last=message is answer.messages[-1]
            )
            way = {"replace_original": True} if in_place and not number else beside
            await _tell(respond, {"text": message.payload["text"], "blocks": blocks, **way, **thread})

    async def _share(self, asked: Asked, line: str, respond: AsyncRespond) -> None:
        command, args, _beside = Action.parse(line)
        answer = await self._answers.answer(asked, command, args, pressed=True)
        quiet: Json = {"replace_original": False, "unfurl_links": False, "unfurl_media": False}
        by = await self._shared_by(asked, answer)
        for message in answer.messages[:MOST_RESPONSES]:
            blocks = message.payload["blocks"]
            last = message is answer.messages[-1]
            said = {"text": message.payload["text"], "blocks": [*blocks, *by] if last else blocks}
            await _tell(respond, {**said, "response_type": "in_channel", **quiet})
        await _tell(respond, {"delete_original": True})

    async def _shared_by(self, asked: Asked, answer: Answer) -> list[Json]:
        """Return the line that says who shared an answer; it stands where the button did that shares."""
        person = await self._answers.people.find(await self._answers.workspaces.find(asked.team), asked.user)
        _ = texts(answer.reply.document.lang)
        said = _("Shared by {name}", name=clean(person.name))
        return [{"type": "context", "elements": [views.words(said, 150)]}] if person.name else []

    async def on_forgotten(self, body: Json, respond: AsyncRespond) -> None:
        """Say of a button that nobody remembers what it was for."""
        asked = Asked(team=team_of(body), channel=body["channel"]["id"], user=body["user"]["id"])
        for message in await self._answers.forgotten(asked):
            said = {"text": message.payload["text"], "blocks": message.payload["blocks"]}
            await _tell(respond, {**said, "response_type": "ephemeral", "replace_original": False})


async def _tell(respond: AsyncRespond, said: Json) -> None:
    """Answer at the response address; it is written down if Slack does not take that."""
    answer = await respond(said)
    if answer.status_code != OK:
        log.warning("slack refused an answer", status=answer.status_code, reason=answer.body[:LONGEST_REASON])
