"""What Slack knows of readers: zone, language, rights."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from core.delivery.model import SendError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bots.slack.api import Api
    from bots.slack.workspaces import Workspace
    from core.clock import Clock

FRESH = timedelta(hours=1)
MOST = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A reader as the workspace knows them; ``zone`` is an IANA name, a ``guest`` is no full member of it."""

    name: str = ""
    zone: str | None = None
    lang: str | None = None
    admin: bool = False
    guest: bool = False


class People:
    """Remembers for an hour what ``users.info`` says. https://docs.slack.dev/reference/methods/users.info."""

    def __init__(self, api: Api, clock: Clock) -> None:
        self._api = api
        self._clock = clock
        self._known: dict[tuple[str, str], tuple[datetime, Person]] = {}

    async def find(self, workspace: Workspace, user: str) -> Person:
        """Return the person; one about whom nothing is known if Slack does not tell."""
        kept = self._known.get((workspace.team, user), (datetime.min.replace(tzinfo=UTC), Person()))
        if self._clock.now() - kept[0] < FRESH:
            return kept[1]
        try:
            said = await self._api.call("users.info", {"user": user, "include_locale": "true"}, token=workspace.token)
        except SendError:
            return kept[1]
        info = said.get("user", {})
        code = str(info.get("locale") or "").lower()
        profile = info.get("profile") or {}
        person = Person(
            name=str(profile.get("display_name") or profile.get("real_name") or ""),
            zone=info.get("tz") or None,
            lang=next((lang for lang in ("zh", "en") if code.startswith(lang)), None),
            admin=bool(info.get("is_admin") or info.get("is_owner")),
            guest=_is_guest(info, workspace.team),
        )
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[workspace.team, user] = (self._clock.now(), person)
        return person


def _is_guest(info: Mapping[str, Any], team: str) -> bool:
    """Read whether somebody belongs to a workspace only in part, or to another one whose channel is shared.

    Members of an organisation belong to several. https://docs.slack.dev/reference/objects/user-object
    """
    home = info.get("team_id")
    elsewhere = home not in {None, team} and team not in (info.get("enterprise_user") or {}).get("teams", ())
    return bool(info.get("is_restricted") or info.get("is_ultra_restricted") or info.get("is_stranger") or elsewhere)
