"""What follows when somebody brings the app into a workspace or a channel."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog

from bots.slack.answers import GONE, Asked
from bots.slack.hear import team_of
from core.delivery.model import SendError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bots.slack.answers import Answers
    from bots.slack.directs import Directs
    from bots.slack.leaving import Leaving
    from core.storage.notes import SqlNotes

Json = dict[str, Any]

REPEATED = timedelta(days=1)
"""How long Slack may send an event again."""


log = structlog.get_logger(__name__)


class Joining:
    """Takes up again what was subscribed, and shows whoever brought the app how it goes on.

    ``changed`` is told which command was run for them.
    """

    def __init__(
        self,
        answers: Answers,
        directs: Directs,
        leaving: Leaving,
        notes: SqlNotes,
        changed: Callable[[Asked, str], Awaitable[None]],
    ) -> None:
        self._answers = answers
        self._directs = directs
        self._leaving = leaving
        self._notes = notes
        self._changed = changed

    async def on_installed(self, team: str, user: str) -> None:
        """Begin, or go on, in a workspace; whoever installed the app is greeted in their direct chat."""
        await self._leaving.returned(team)
        try:
            asked = await self._directs.find(team, user)
            token = (await self._answers.workspaces.find(team)).token
            for message in (await self._answers.answer(asked, "start", "")).messages:
                said = {"channel": asked.channel, **message.payload}
                await self._answers.api.call("chat.postMessage", said, token=token)
        except SendError as error:
            log.info("no greeting", team=team, reason=error.reason)

    async def on_joined(self, body: Json, event: Json) -> None:
        """Follow an invitation; members who come and go are nothing to us."""
        workspace = await self._answers.workspaces.find(team_of(body))
        if event["user"] != workspace.bot_user:
            return
        asked = Asked(team=workspace.team, channel=event["channel"], user=event.get("inviter", ""))
        subscriptions = self._answers.services.subscriptions
        await subscriptions.revive_chat(asked.target, GONE)
        await subscriptions.resume_chat(asked.target)
        if asked.user and await self._notes.first(f"slack:joined:{body['event_id']}", keep=REPEATED):
            command = "subscribe" if await subscriptions.of_target(asked.target) else "start"
            await self._answers.whisper(asked, await self._answers.answer(asked, command, ""))
            await self._changed(asked, command)
