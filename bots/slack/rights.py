"""Who may change what a channel is subscribed to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from core.delivery.model import SendError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bots.slack.api import Api
    from bots.slack.people import People, Person
    from bots.slack.workspaces import Workspace, Workspaces
    from core.storage.notes import SqlNotes

PAGE, MOST_PAGES = 999, 10
"""Of a user's channels are looked through at most. https://docs.slack.dev/reference/methods/users.conversations."""
Managers: TypeAlias = Literal["members", "admins"]


class Rights:
    """Lets members manage their channels, or admins only, if the operator or a workspace's admins want it so."""

    def __init__(
        self, api: Api, workspaces: Workspaces, people: People, notes: SqlNotes, *, admins_only: bool = False
    ) -> None:
        self._api = api
        self._workspaces = workspaces
        self._people = people
        self._notes = notes
        self.admins_only = admins_only

    async def managers(self, team: str) -> Managers:
        """Return who may subscribe the channels of a workspace."""
        limited = self.admins_only or await self._notes.get(_managers(team)) == "admins"
        return "admins" if limited else "members"

    async def choose(self, team: str, user: str, managers: Managers) -> None:
        """Limit the right to admins, or not, if an admin wishes so."""
        if await self.is_admin(team, user):
            await self._notes.put(_managers(team), managers)

    async def is_admin(self, team: str, user: str) -> bool:
        """Tell whether somebody is an admin of the workspace, or installed the app there."""
        workspace = await self._workspaces.find(team)
        return _is_admin(await self._people.find(workspace, user), workspace, user)

    async def may_manage(self, team: str, channel: str, user: str, *, present: bool = True) -> bool:
        """Tell whether somebody may change a channel's subscription: a member who may post there, as far as we know.

        Who is ``present`` wrote or pressed something in the channel; of others it is not known that they are members.
        """
        workspace = await self._workspaces.find(team)
        person = await self._people.find(workspace, user)
        if _is_admin(person, workspace, user):
            return True
        if person.guest or await self.managers(team) != "members" or not await self._may_post(workspace, channel, user):
            return False
        return present or await self._is_member(workspace, channel, user)

    async def _may_post(self, workspace: Workspace, channel: str, user: str) -> bool:
        """Tell whether somebody may post, which is believed only where we are not allowed to look."""
        try:
            said = await self._api.call("conversations.info", {"channel": channel}, token=workspace.token)
        except SendError as error:
            return error.kind in {"gone", "fatal"}
        return _posting_is_open(said["channel"], user)

    async def _is_member(self, workspace: Workspace, channel: str, user: str) -> bool:
        """Look through the channels of a user, and the group chats: a channel may have any number of members."""
        for types in ("public_channel,private_channel", "mpim"):  # apart, since not everybody has granted both
            if await self._is_among(types, workspace, channel, user):
                return True
        return False

    async def _is_among(self, types: str, workspace: Workspace, channel: str, user: str) -> bool:
        where = {"user": user, "types": types, "exclude_archived": "true", "limit": PAGE}
        cursor = ""
        for _page in range(MOST_PAGES):
            try:
                said = await self._api.call("users.conversations", {**where, "cursor": cursor}, token=workspace.token)
            except SendError:
                return False
            cursor = said.get("response_metadata", {}).get("next_cursor", "")
            found = any(one["id"] == channel for one in said["channels"])
            if found or not cursor:
                return found
        return False


def _is_admin(person: Person, workspace: Workspace, user: str) -> bool:
    return person.admin or user == workspace.installer


def _posting_is_open(channel: Mapping[str, Any], user: str) -> bool:
    """Read whom a channel lets post. https://docs.slack.dev/reference/objects/conversation-object."""
    limited = channel.get("properties", {}).get("posting_restricted_to")
    return not channel.get("is_read_only") and (not limited or user in limited.get("user", ()))


def _managers(team: str) -> str:
    return f"slack:managers:{team}"
