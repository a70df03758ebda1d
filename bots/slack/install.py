"""Installing the app into more workspaces: OAuth, as far as Paperboy keeps things in its own way."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from starlette.routing import Route

from bots.slack.scopes import SCOPES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slack_sdk.oauth.installation_store import Bot, Installation
    from starlette.requests import Request
    from starlette.responses import Response

    from bots.settings import SlackSettings
    from bots.slack.api import Api
    from bots.slack.joining import Joining
    from bots.slack.workspaces import Vault
    from core.storage.notes import SqlNotes

INSTALL, REDIRECT = "/slack/install", "/slack/oauth_redirect"
STATE_LASTS = timedelta(minutes=10)


class _Store(AsyncInstallationStore):
    def __init__(self, vault: Vault, joining: Joining) -> None:
        self._vault = vault
        self._joining = joining

    async def async_save(self, installation: Installation) -> None:
        await self._vault.keep(installation)
        await self._joining.on_installed(str(installation.team_id), installation.user_id)

    async def async_save_bot(self, bot: Bot) -> None:
        raise NotImplementedError

    async def async_find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        del enterprise_id, is_enterprise_install
        found = await self._vault.find(team_id or "")
        return found.to_bot() if found else None


class _States(AsyncOAuthStateStore):
    """States are good for ten minutes and for one use."""

    def __init__(self, notes: SqlNotes) -> None:
        self._notes = notes

    async def async_issue(self, *args: object, **kwargs: object) -> str:
        del args, kwargs
        state = secrets.token_urlsafe(24)
        await self._notes.put(f"slack:state:{state}", "", keep=STATE_LASTS)
        return state

    async def async_consume(self, state: str) -> bool:
        known = await self._notes.get(f"slack:state:{state}") is not None
        return known and await self._notes.first(f"slack:state-used:{state}", keep=STATE_LASTS)


def install_routes(
    settings: SlackSettings, api: Api, vault: Vault, notes: SqlNotes, joining: Joining
) -> Sequence[Route]:
    """Return the install page and the page that Slack sends its visitor back to."""
    secret = settings.client_secret.get_secret_value() if settings.client_secret else ""
    flow = AsyncOAuthFlow(
        client=api.client,
        settings=AsyncOAuthSettings(
            client_id=settings.client_id,
            client_secret=secret,
            scopes=sorted(SCOPES),
            installation_store=_Store(vault, joining),
            state_store=_States(notes),
            install_path=INSTALL,
            redirect_uri_path=REDIRECT,
        ),
    )

    async def install(request: Request) -> Response:
        return to_starlette_response(await flow.handle_installation(to_async_bolt_request(request, b"")))

    async def redirected(request: Request) -> Response:
        return to_starlette_response(await flow.handle_callback(to_async_bolt_request(request, b"")))

    return [Route(INSTALL, install, methods=["GET"]), Route(REDIRECT, redirected, methods=["GET"])]
