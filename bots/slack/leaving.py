"""What follows when a workspace removes the app."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog

from bots.slack.hear import team_of

if TYPE_CHECKING:
    from bots.slack.workspaces import Workspaces
    from core.storage.subscriptions import SqlSubscriptions
    from core.subscriptions.service import SubscriptionService

Json = dict[str, Any]

log = structlog.get_logger(__name__)


class Leaving:
    """Erases a workspace's tokens and ends its subscriptions."""

    def __init__(self, workspaces: Workspaces, subscriptions: SqlSubscriptions, service: SubscriptionService) -> None:
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

    async def _end(self, team: str) -> None:
        await self._workspaces.forget(team)
        for target in await self._subscriptions.targets("slack", team):
            await self._service.end(target, "uninstalled")
        log.info("a workspace removed the app", team=team)
