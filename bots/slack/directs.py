"""The direct chats between readers and the app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bots.slack.answers import Asked

if TYPE_CHECKING:
    from bots.slack.api import Api
    from bots.slack.workspaces import Workspaces

MOST = 10_000


class Directs:
    """Knows, and opens, the direct chat with each reader."""

    def __init__(self, api: Api, workspaces: Workspaces) -> None:
        self._api = api
        self._workspaces = workspaces
        self._known: dict[tuple[str, str], str] = {}

    async def find(self, team: str, user: str) -> Asked:
        """Return the reader in the direct chat with the app."""
        if (team, user) not in self._known:
            token = (await self._workspaces.find(team)).token
            said = await self._api.call("conversations.open", {"users": user}, token=token)
            if len(self._known) >= MOST:
                self._known.clear()
            self._known[team, user] = said["channel"]["id"]
        return Asked(team=team, channel=self._known[team, user], user=user)
