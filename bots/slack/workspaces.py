"""Workspaces and their tokens: one that the operator set, and those that installed the app over OAuth."""

from __future__ import annotations

import asyncio
import base64
import json
from collections import defaultdict
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import structlog
from cryptography.fernet import Fernet, InvalidToken
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackClientError, SlackTokenRotationError
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator

from bots.slack.errors import send_error
from core.delivery.model import SendError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bots.settings import SlackSettings
    from bots.slack.api import Api
    from core.storage.notes import SqlNotes

INSTALLED = "slack:installed:"
ROTATE_MINUTES, LIFE_MINUTES = 120, 12 * 60
"""Tokens are renewed this long before their 12 hours end. https://docs.slack.dev/authentication/using-token-rotation."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """A workspace that is served. ``installer`` is the user who installed the app, "" if nobody knows."""

    team: str
    bot_user: str
    bot: str
    token: str
    installer: str = ""


class Vault:
    """Keeps the installations of other workspaces, encrypted with the operator's key."""

    def __init__(self, notes: SqlNotes, key: str) -> None:
        self._notes = notes
        self._cipher = Fernet(base64.urlsafe_b64encode(sha256(key.encode()).digest()))

    async def teams(self) -> Sequence[str]:
        """Return the workspaces that installed the app."""
        return [name.removeprefix(INSTALLED) for name in await self._notes.named(INSTALLED)]

    async def find(self, team: str) -> Installation | None:
        """Return a workspace's installation, None if it has none that can be read."""
        kept = await self._notes.get(INSTALLED + team)
        if kept is None:
            return None
        try:
            return Installation(**json.loads(self._cipher.decrypt(kept.encode())))
        except InvalidToken:
            log.exception("a workspace's tokens cannot be read with this key", team=team)
            return None

    async def keep(self, installation: Installation) -> None:
        """Keep an installation, or its new tokens."""
        copied: dict[str, Any] = installation.to_dict_for_copying()
        text = json.dumps(copied, default=str)
        await self._notes.put(INSTALLED + str(installation.team_id), self._cipher.encrypt(text.encode()).decode())

    async def erase(self, team: str) -> None:
        """Forget a workspace's tokens."""
        await self._notes.drop(INSTALLED + team)


class Workspaces:
    """Knows a token for every workspace, and renews those that end."""

    def __init__(self, settings: SlackSettings, api: Api, vault: Vault | None) -> None:
        self._api = api
        self._vault = vault
        self._own_token = settings.bot_token.get_secret_value() if settings.bot_token else ""
        self._own: Workspace | None = None
        self._renewing: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        secret = settings.client_secret.get_secret_value() if settings.client_secret else ""
        self._rotator = AsyncTokenRotator(client_id=settings.client_id, client_secret=secret, client=api.client)

    async def teams(self) -> Sequence[str]:
        """Return every workspace. Raises ``SendError`` if Slack refuses the operator's token."""
        own = await self.own()
        installed = await self._vault.teams() if self._vault else ()
        return sorted({*installed, *([own.team] if own else [])})

    async def own(self) -> Workspace | None:
        """Return the workspace of the operator's token, None without one.

        A token that Slack refuses raises ``SendError`` where it is all that there is; where others installed the app
        it is said once and done without.
        """
        if self._own is None and self._own_token:
            try:
                said = await self._api.call("auth.test", {}, token=self._own_token)
            except SendError as error:
                if error.kind != "fatal" or not (self._vault and await self._vault.teams()):
                    raise
                log.error("slack refuses the bot token; installed workspaces are served", reason=error.reason)  # noqa: TRY400  the reason says it all
                self._own_token = ""
                return None
            self._own = Workspace(
                team=said["team_id"], bot_user=said["user_id"], bot=said.get("bot_id", ""), token=self._own_token
            )
        return self._own

    async def find(self, team: str) -> Workspace:
        """Return the workspace with a token that works. Raises ``SendError`` of kind "fatal" if it has none."""
        own = await self.own()
        if own and own.team == team:
            return own
        installation = await self._fresh(team)
        if installation is None:
            raise SendError("fatal", "not_installed")
        return _workspace(team, installation)

    async def forget(self, team: str) -> None:
        """Erase the workspace's tokens."""
        if self._vault:
            await self._vault.erase(team)
        if self._own and self._own.team == team:
            self._own, self._own_token = None, ""

    async def renew(self, team: str) -> bool:
        """Renew the tokens of a workspace whose token is said to have ended; tell whether it has new ones."""
        before = await self._vault.find(team) if self._vault else None
        after = await self._fresh(team, minutes=LIFE_MINUTES) if before else None
        return after is not None and before is not None and after.bot_token != before.bot_token

    async def authorize(self, enterprise_id: str | None, team_id: str | None) -> AuthorizeResult | None:
        """Give Bolt the token for an event; None for a workspace that is not served.

        Nothing is renewed here: an event has to be acknowledged before Slack could be asked for that.
        """
        own, team = self._own, team_id or ""
        if own and own.team == team:
            found: Workspace | None = own
        else:
            kept = await self._vault.find(team) if self._vault else None
            found = _workspace(team, kept) if kept else None
        if found is None:
            log.warning("an event of a workspace that is not served", team=team_id)
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=found.team,
            bot_token=found.token,
            bot_id=found.bot,
            bot_user_id=found.bot_user,
        )

    async def _fresh(self, team: str, *, minutes: int = ROTATE_MINUTES) -> Installation | None:
        """Return the workspace's installation, with tokens that last for so long."""
        if self._vault is None:
            return None
        async with self._renewing[team]:
            kept = await self._vault.find(team)
            return await self._rotated(kept, self._vault, minutes) if kept else None

    async def _rotated(self, kept: Installation, vault: Vault, minutes: int) -> Installation:
        try:
            rotated: Bot | None = await self._rotator.perform_bot_token_rotation(
                bot=kept.to_bot(), minutes_before_expiration=minutes
            )
        except (SlackClientError, OSError) as error:
            return await _renewed_elsewhere(kept, vault, error)
        if rotated is not None:
            kept.bot_token = rotated.bot_token
            kept.bot_refresh_token = rotated.bot_refresh_token
            kept.bot_token_expires_at = rotated.bot_token_expires_at
            await vault.keep(kept)
        return kept


async def _renewed_elsewhere(kept: Installation, vault: Vault, error: Exception) -> Installation:
    """Return what another process has kept meanwhile: a refresh token is good for one use."""
    found = await vault.find(str(kept.team_id))
    if found and found.bot_refresh_token != kept.bot_refresh_token:
        return found
    raise send_error(error.api_error if isinstance(error, SlackTokenRotationError) else error) from error


def _workspace(team: str, installation: Installation) -> Workspace:
    return Workspace(
        team=team,
        bot_user=installation.bot_user_id or "",
        bot=installation.bot_id or "",
        token=installation.bot_token or "",
        installer=installation.user_id,
    )
