"""What ``paperboy doctor`` says about Discord."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import discord

from bots.discord import rights
from bots.discord.errors import DiscordError
from bots.discord.menu import commands, registered
from bots.discord.press import FORUM, THREADS
from bots.platform import Finding

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from bots.discord.api import Api
    from core.storage.notes import SqlNotes
    from core.target import Target

PATIENCE = timedelta(seconds=10)
SUBJECT = "discord"
MOST_CHANNELS = 100
PRIVILEGED: Final = {"Presence": 3 << 12, "Server Members": 3 << 14, "Message Content": 3 << 18}
"""The flags of an app that has them, for many servers or for few.
https://docs.discord.com/developers/resources/application#application-object-application-flags."""


async def examine(api: Api, notes: SqlNotes, account: str, targets: Sequence[Target]) -> AsyncIterator[Finding]:
    """Yield findings about token, intents, commands, and the rights in the channels ``targets``."""
    try:
        me = await api.call("GET", "/users/@me")
    except DiscordError as error:
        advice = f"See whether this machine reaches {api.url}."
        if isinstance(error.__cause__, discord.LoginFailure):
            advice = "Reset the token on the Bot page of discord.com/developers and set PAPERBOY_DISCORD__TOKEN."
        yield Finding(level="error", subject=SUBJECT, message=error.reason, advice=advice)
        return
    yield Finding(level="ok", subject=SUBJECT, message=f"{me['username']} ({me['id']})")
    try:
        app = await api.call("GET", "/applications/@me")
        yield _intents(int(app.get("flags") or 0))
        yield _installs(app.get("integration_types_config") or {})
        yield await _synced(api, notes, str(app["id"]))
    except DiscordError as error:
        yield Finding(level="warning", subject="discord app", message=error.reason)
    yield Finding(level="ok", subject="discord invitation", message=rights.invitation(account))
    for target in targets[:MOST_CHANNELS]:
        yield await _channel(api, target, account)


def _intents(flags: int) -> Finding:
    """Tell which privileged intents are switched on, by the flags of the app; none is needed."""
    on = [name for name, bits in PRIVILEGED.items() if flags & bits]
    if not on:
        return Finding(level="ok", subject="discord intents", message="no privileged one is on, and none is needed")
    advice = "Switch them off on the Bot page of discord.com/developers: they are not used, and may need a review."
    return Finding(level="warning", subject="discord intents", message=f"on: {', '.join(on)}", advice=advice)


def _installs(config: Mapping[str, Any]) -> Finding:
    lacking = [name for number, name in (("0", "servers"), ("1", "readers")) if number not in config]
    if not lacking:
        return Finding(level="ok", subject="discord installation", message="by servers and by readers")
    advice = "Allow both on the Installation page of discord.com/developers."
    return Finding(
        level="warning", subject="discord installation", message=f"not by {' and '.join(lacking)}", advice=advice
    )


async def _synced(api: Api, notes: SqlNotes, application: str) -> Finding:
    """Tell whether Discord has the commands as they are now."""
    if await registered(api, notes, application):
        return Finding(level="ok", subject="discord commands", message=f"{len(commands())} registered")
    advice = "They are registered when `paperboy run` starts."
    return Finding(level="warning", subject="discord commands", message="not registered as they are", advice=advice)


async def _channel(api: Api, target: Target, account: str) -> Finding:
    place = target.thread or target.chat
    subject = f"discord channel {place}"
    try:
        channel = await api.call("GET", "/channels/{channel_id}", channel_id=place)
        if "guild_id" not in channel:
            return Finding(level="ok", subject=subject, message="direct messages")
        held = await _rights(api, channel, target, account)
    except DiscordError as error:
        invite = f"Invite the bot again: {rights.invitation(account)}"
        advice = "It was deleted; its subscription ends with the next post." if error.kind == "gone" else invite
        return Finding(level="error", subject=subject, message=error.reason, advice=advice)
    lacking = rights.missing(held, rights.to_post(thread=channel["type"] in THREADS, forum=channel["type"] in FORUM))
    if not lacking:
        return Finding(level="ok", subject=subject, message=f"#{channel.get('name', '')}")
    names = ", ".join(rights.NAMES[name] for name in lacking)
    advice = f"Allow it in the channel's permissions, or: {rights.invitation(account, str(channel['guild_id']))}"
    return Finding(
        level="error", subject=subject, message=f"#{channel.get('name', '')}: missing {names}", advice=advice
    )


async def _rights(api: Api, channel: dict[str, Any], target: Target, account: str) -> int:
    """Return the bot's rights in a channel; a thread has those of its parent."""
    guild = str(channel["guild_id"])
    ruling = channel
    if channel["type"] in THREADS:
        ruling = await api.call("GET", "/channels/{channel_id}", channel_id=target.chat)
    roles = await api.call("GET", "/guilds/{guild_id}/roles", guild_id=guild)
    member = await api.call("GET", "/guilds/{guild_id}/members/{user_id}", guild_id=guild, user_id=account)
    return effective(guild, roles, set(member["roles"]), ruling.get("permission_overwrites", []), account)


def effective(
    guild: str, roles: Sequence[dict[str, Any]], held: set[str], overwrites: Sequence[dict[str, Any]], user: str
) -> int:
    """Return a member's permissions in a channel.

    https://docs.discord.com/developers/topics/permissions#permission-overwrites
    """
    base = 0
    for role in roles:
        if role["id"] == guild or role["id"] in held:
            base |= int(role["permissions"])
    for ids in ({guild}, held, {user}):
        some = [one for one in overwrites if one["id"] in ids]
        for one in some:
            base &= ~int(one["deny"])
        for one in some:
            base |= int(one["allow"])
    return base
