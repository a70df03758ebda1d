"""What is right and what is wrong with the Slack app."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bots.platform import Finding
from bots.slack.scopes import SCOPES
from core.delivery.model import SendError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from bots.settings import SlackSettings
    from bots.slack.api import Api
    from bots.slack.workspaces import Workspaces
    from core.storage.subscriptions import SqlSubscriptions

INVITE = "Invite the app into the channel with /invite, or unsubscribe the channel."
COPY_AGAIN = "Copy the bot token (xoxb-…) again from OAuth & Permissions of the app."
NO_WAY = "Set PAPERBOY_SLACK__APP_TOKEN (Socket Mode) or PAPERBOY_SLACK__SIGNING_SECRET (HTTP)."
MANIFEST = "Update the app from deploy/slack-manifest.yaml and install it again."


async def examine(
    settings: SlackSettings, api: Api, workspaces: Workspaces, subscriptions: SqlSubscriptions
) -> AsyncIterator[Finding]:
    """Yield findings about every workspace, its scopes and subscribed channels, and the way that events take."""
    try:
        teams = await workspaces.teams()
    except SendError as error:
        if error.kind == "fatal":
            said, advice = f"the bot token is refused: {error.reason}", COPY_AGAIN
        else:
            said, advice = f"no answer: {error.reason}", f"See whether this machine reaches {settings.api_url}."
        yield Finding(level="error", subject="slack", message=said, advice=advice)
        return
    if settings.bot_token and await workspaces.own() is None:
        yield Finding(level="error", subject="slack", message="the bot token is refused", advice=COPY_AGAIN)
    for team in teams:
        yield await _workspace(team, api, workspaces)
        async for finding in _channels(team, api, workspaces, subscriptions):
            yield finding
    if not teams:
        advice = "Open /slack/install on the desk's address in a browser."
        yield Finding(level="warning", subject="slack", message="no workspace has installed the app", advice=advice)
    yield await _way(settings, api)


async def _workspace(team: str, api: Api, workspaces: Workspaces) -> Finding:
    try:
        found = await workspaces.find(team)
        response = await api.client.api_call("auth.test", params={"token": found.token})
    except Exception as error:  # noqa: BLE001  whatever it is, the operator reads it
        reason = error.reason if isinstance(error, SendError) else type(error).__name__
        advice = "Install the app into the workspace again."
        return Finding(level="error", subject="slack", message=f"{team}: {reason}", advice=advice)
    headers = {name.lower(): value for name, value in response.headers.items()}
    granted = {scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",")}
    missing = [scope for scope in SCOPES if scope not in granted]
    if missing:
        message = f"{team}: scopes are missing: {', '.join(missing)}"
        return Finding(level="warning", subject="slack", message=message, advice=MANIFEST)
    return Finding(level="ok", subject="slack", message=f"{response.get('team') or team}: token and scopes are right")


async def _channels(
    team: str, api: Api, workspaces: Workspaces, subscriptions: SqlSubscriptions
) -> AsyncIterator[Finding]:
    """Yield findings about the subscribed channels that posts cannot get into, or that all is well."""
    targets = await subscriptions.targets("slack", team)
    channels = [target.chat for target in targets if not target.chat.startswith("D")]
    well = 0
    for channel in channels:
        try:
            token = (await workspaces.find(team)).token
            said = (await api.call("conversations.info", {"channel": channel}, token=token))["channel"]
        except SendError as error:
            if error.kind == "fatal":
                return
            message = f"{team}: channel {channel}: {error.reason}"
            yield Finding(level="error", subject="slack", message=message, advice=INVITE)
            continue
        well += _is_open(said)
        if not _is_open(said):
            state = "is archived" if said.get("is_archived") else "does not have the app"
            message = f"{team}: channel {said.get('name') or channel} {state}"
            yield Finding(level="error", subject="slack", message=message, advice=INVITE)
    if channels and well == len(channels):
        yield Finding(level="ok", subject="slack", message=f"{team}: posts get into all {well} subscribed channels")


def _is_open(channel: Mapping[str, Any]) -> bool:
    return bool(channel.get("is_member")) and not channel.get("is_archived")


async def _way(settings: SlackSettings, api: Api) -> Finding:
    if settings.app_token:
        try:
            await api.call("apps.connections.open", {}, token=settings.app_token.get_secret_value())
        except SendError as error:
            advice = "Make an app-level token with connections:write, and turn Socket Mode on."
            message = f"no socket: {error.reason}"
            return Finding(level="error", subject="slack", message=message, advice=advice)
        return Finding(level="ok", subject="slack", message="Socket Mode answers")
    if settings.signing_secret:
        return Finding(
            level="ok", subject="slack", message="events come over HTTP, to /slack/events on the desk's address"
        )
    return Finding(level="error", subject="slack", message="no way for events to come in", advice=NO_WAY)
