"""What follows when a workspace removes the app, and when it installs it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog

from bots.slack.hear import team_of
from core.delivery.model import SendError

if TYPE_CHECKING:
    from bots.slack.api import Api
    from bots.slack.workspaces import Workspaces
    from core.storage.subscriptions import SqlSubscriptions
    from core.subscriptions.service import SubscriptionService
    from core.target import Target

Json = dict[str, Any]

log = structlog.get_logger(__name__)


UNINSTALLED = "uninstalled"
"""What the subscriptions of a workspace ended for that removed the app."""


class Leaving:
    """Erases a workspace's tokens and ends its subscriptions; takes them up again where the app is back."""

    def __init__(
        self, api: Api, workspaces: Workspaces, subscriptions: SqlSubscriptions, service: SubscriptionService
    ) -> None:
        self._api = api
        self._workspaces = workspaces
        self._subscriptions = subscriptions
        self._service = service

    async def on_uninstalled(self, body: Json) -> None:
        """Forget a workspace that removed the app."""
        await self._end(team_of(body))

    async def on_revoked(self, body: Json, event: Json) -> None:
        """Forget a workspace whose bot token was revoked; users' own tokens are not ours."""
        if event.get("tokens", {}).get("bot"):
            await self._end(team_of(body))

    async def returned(self, team: str) -> None:
        """Take up the subscriptions of a workspace that has the app again; it is a member of no channel any more."""
        for target in await self._subscriptions.targets("slack", team, ended=UNINSTALLED):
            await self._service.revive_chat(target, UNINSTALLED)
            await self._join(target)

    async def _join(self, target: Target) -> None:
        """Join a public channel; the first post tells the subscriber of a private one that an invitation is needed."""
        try:
            token = (await self._workspaces.find(target.account)).token
            await self._api.call("conversations.join", {"channel": target.chat}, token=token)
        except SendError as error:
            log.info("a channel could not be joined", channel=target.chat, reason=error.reason)

    async def _end(self, team: str) -> None:
        await self._workspaces.forget(team)
        for target in await self._subscriptions.targets("slack", team):
            await self._service.end(target, UNINSTALLED)
        log.info("a workspace removed the app", team=team)
