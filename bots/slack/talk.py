"""Questions in plain words: direct messages, mentions, replies in threads that the app has answered in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog

from bots.slack.answers import Asked
from bots.slack.hear import is_for_us, names_us, spoken_line, team_of, unescaped
from bots.slack.stream import Stream
from core.commands.model import Context
from core.delivery.model import SendError
from core.i18n import texts

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bots.slack.answers import Answers
    from core.delivery.port import ReceiptBook
    from core.storage.notes import SqlNotes

Json = dict[str, Any]

FOLLOWED = timedelta(days=30)
RECEIPTS_LOOKED_AT = 50

log = structlog.get_logger(__name__)


class Talk:
    """Answers where it was asked; ``changed`` is told which command a reader ran."""

    def __init__(
        self,
        answers: Answers,
        notes: SqlNotes,
        receipts: ReceiptBook,
        changed: Callable[[Asked, str], Awaitable[None]],
    ) -> None:
        self._answers = answers
        self._api = answers.api
        self._workspaces = answers.workspaces
        self._notes = notes
        self._receipts = receipts
        self._changed = changed

    async def on_mention(self, body: Json, event: Json) -> None:
        """Answer a mention in its thread; one at the top of a channel begins a thread."""
        workspace = await self._workspaces.find(team_of(body))
        if event.get("bot_id") or event.get("user") == workspace.bot_user:
            return
        asked = _asked(body, event, thread=event.get("thread_ts") or event["ts"])
        if await self._is_new(asked, event):
            await self._say(asked, event)

    async def on_message(self, body: Json, event: Json) -> None:
        """Answer a direct message, or a further reply of who has asked the app something in the same thread."""
        asked = _asked(body, event, thread=event.get("thread_ts", ""))
        workspace = await self._workspaces.find(asked.team)
        if names_us(event, workspace.bot_user):
            await self.on_mention(body, event)
            return
        if not is_for_us(event, workspace.bot_user):
            return
        followed = asked.thread and await self._notes.get(_thread(asked)) is not None
        if (followed or asked.direct) and await self._is_new(asked, event):
            await self._say(asked, event)

    async def _is_new(self, asked: Asked, event: Json) -> bool:
        """Tell whether a message is heard for the first time.

        Slack repeats events that were not acknowledged in time, and sends a mention again when it is edited.
        """
        return await self._notes.first(f"slack:heard:{asked.team}:{asked.channel}:{event['ts']}", keep=FOLLOWED)

    async def _say(self, asked: Asked, event: Json) -> None:
        token = (await self._workspaces.find(asked.team)).token
        command, args = spoken_line(unescaped(event.get("text", "")))
        context = await self._context(asked)
        asked = await self._at_work(asked, event, token)
        place = {"channel": asked.channel, **({"thread_ts": asked.thread} if asked.thread else {})}
        team = event.get("user_team") or event.get("team") or asked.team
        reader = {"recipient_user_id": asked.user, "recipient_team_id": team}
        stream = Stream(self._api, self._answers.services.clock, place, reader, token)
        answer = await self._answers.answer(asked, command, args, context=context, progress=stream.show)
        if answer.reply.private and not asked.direct:
            await self._answers.whisper(asked, answer, thread=event.get("thread_ts", ""))
            await self._show_status(asked.channel, asked.thread, "", token)
            return
        if asked.thread:
            await self._notes.put(_thread(asked), "", keep=FOLLOWED)
        first, *others = answer.messages
        await stream.finish(first)
        for message in others:
            await self._api.call("chat.postMessage", {**place, **message.payload}, token=token)
        await self._changed(asked, answer.command)

    async def _at_work(self, asked: Asked, event: Json, token: str) -> Asked:
        """Show that there is work on an answer; return where it goes.

        Where Slack shows direct messages as conversations with an agent, each begins a thread; where it takes no
        status, a plain direct message is answered by one.
        """
        _ = texts(await self._answers.lang(asked))
        thread = asked.thread or event["ts"]
        shown = await self._show_status(asked.channel, thread, _("is looking in the archive…"), token)
        return replace(asked, thread=thread) if shown else asked

    async def _show_status(self, channel: str, thread: str, said: str, token: str) -> bool:
        """Show a status until something is posted in the thread, "" for none; tell whether Slack took it."""
        status = {"channel_id": channel, "thread_ts": thread, "status": said}
        try:
            await self._api.call("assistant.threads.setStatus", status, token=token)
        except SendError as error:
            log.debug("no status shown", reason=error.reason)
            return False
        return True

    async def _context(self, asked: Asked) -> Context:
        """Return the issue that a thread is about, if it stands below a post of ours."""
        if not asked.thread:
            return Context()
        for receipt in await self._receipts.of_target(asked.target, limit=RECEIPTS_LOOKED_AT):
            if any(page.message_id == asked.thread for page in receipt.pages):
                return Context(issue=str(receipt.delivery.issue))
        return Context()


def _asked(body: Json, event: Json, *, thread: str) -> Asked:
    return Asked(team=team_of(body), channel=event["channel"], user=event.get("user", ""), thread=thread)


def _thread(asked: Asked) -> str:
    return f"slack:thread:{asked.team}:{asked.channel}:{asked.thread}:{asked.user}"
