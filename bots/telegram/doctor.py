"""What ``paperboy doctor`` says about a Telegram bot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bots.platform import Finding
from bots.telegram.rivals import POLLER, SUBJECT, host_of, webhook_at
from core.delivery.model import SendError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence
    from typing import Any

    from bots.telegram.api import Api
    from core.target import Target


MOST_CHATS = 200
AWAY = frozenset({"left", "kicked"})


async def examine(
    api: Api, webhook_url: str, targets: Sequence[Target] = (), *, polled: bool = False
) -> AsyncIterator[Finding]:
    """Yield findings about token, privacy mode, inline mode, how updates come, and the rights in ``targets``.

    ``polled`` tells whether another program was noticed to fetch the updates.
    """
    try:
        me = await api.call("getMe")
    except SendError as error:
        advice = "Copy the token anew from @BotFather into PAPERBOY_TELEGRAM__TOKEN."
        if error.kind in {"transient", "unknown"}:
            advice = "Check that this machine reaches PAPERBOY_TELEGRAM__API_URL."
        yield Finding(level="error", subject="telegram", message=error.reason, advice=advice)
        return
    yield Finding(level="ok", subject="telegram", message=f"@{me.get('username', '')}, id {me['id']}")
    for finding in settings_of(me):
        yield finding
    for finding in _updates(await api.call("getWebhookInfo"), webhook_url, polled=polled):
        yield finding
    async for finding in examine_chats(api, me["id"], targets):
        yield finding


def settings_of(me: dict[str, Any]) -> Iterator[Finding]:
    """Yield what only @BotFather can set."""
    subject = "telegram settings"
    if not me.get("can_join_groups", True):
        advice = "@BotFather: /setjoingroups, Enable."
        yield Finding(level="warning", subject=subject, message="cannot be added to groups", advice=advice)
    if not me.get("supports_inline_queries"):
        advice = "@BotFather: /setinline, with a placeholder such as: words to find a story"
        yield Finding(level="warning", subject=subject, message="inline mode is off", advice=advice)
    if me.get("can_read_all_group_messages"):
        message = "privacy mode is off: the bot sees every message of its groups"
        advice = "@BotFather: /setprivacy, Enable. Off is only needed for questions under posts of a channel."
        yield Finding(level="ok", subject=subject, message=message, advice=advice)
    else:
        message = "privacy mode is on: the bot sees commands, replies and mentions"
        yield Finding(level="ok", subject=subject, message=message)


def _updates(info: dict[str, Any], wanted: str, *, polled: bool) -> Iterator[Finding]:
    set_up = info.get("url", "")
    waiting = info.get("pending_update_count", 0)
    if set_up and not wanted:
        yield webhook_at(host_of(info))
    elif set_up != wanted:
        message = f"a webhook is set to {host_of(info)}" if set_up else "no webhook is set"
        advice = "`paperboy run` sets it as PAPERBOY_TELEGRAM__WEBHOOK_URL says; another program may have changed it."
        yield Finding(level="warning", subject=SUBJECT, message=message, advice=advice)
    elif wanted:
        yield Finding(level="ok", subject=SUBJECT, message=f"webhook {wanted}, {waiting} waiting")
        if info.get("last_error_message"):
            advice = (
                "Check that the address is reachable from outside, with a valid certificate, on 443, 80, 88 or 8443."
            )
            yield Finding(level="warning", subject=SUBJECT, message=info["last_error_message"], advice=advice)
    elif polled:
        yield POLLER
    else:
        yield Finding(level="ok", subject=SUBJECT, message=f"long polling, {waiting} waiting")


async def examine_chats(api: Api, me: int, targets: Sequence[Target]) -> AsyncIterator[Finding]:
    """Yield what keeps the bot from posting to groups and channels that are subscribed, and how many are well."""
    chats = sorted({int(target.chat) for target in targets if target.chat.startswith("-")})[:MOST_CHATS]
    well = 0
    for chat in chats:
        finding = await _chat(api, me, chat)
        well += finding is None
        if finding:
            yield finding
    if well:
        message = f"may post in {well} of {len(chats)} subscribed groups and channels"
        yield Finding(level="ok", subject="telegram rights", message=message)


async def _chat(api: Api, me: int, chat: int) -> Finding | None:
    subject = f"telegram chat {chat}"
    try:
        found = await api.call("getChat", {"chat_id": chat})
        member = await api.call("getChatMember", {"chat_id": chat, "user_id": me})
    except SendError as error:
        advice = "Add the bot to the chat again, or end its subscription with `paperboy forget`."
        return Finding(level="error", subject=subject, message=error.reason, advice=advice)
    name = f"“{found.get('title', '')}”"
    if found["type"] == "channel" and not member.get("can_post_messages"):
        advice = "Make the bot an admin of the channel with the right to post messages."
        return Finding(level="error", subject=subject, message=f"may not post in the channel {name}", advice=advice)
    if _is_mute(found, member):
        advice = "Let the bot send messages: Group → Manage → Permissions → Exceptions."
        return Finding(level="error", subject=subject, message=f"may not write in the group {name}", advice=advice)
    if member["status"] in AWAY:
        advice = "Add the bot to the chat again."
        return Finding(level="error", subject=subject, message=f"is not in {name}", advice=advice)
    return None


def _is_mute(chat: dict[str, Any], member: dict[str, Any]) -> bool:
    """Tell whether the bot itself, or every member who is no admin, may not write in a group."""
    if member["status"] == "restricted":
        return not member.get("can_send_messages")
    return member["status"] == "member" and chat.get("permissions", {}).get("can_send_messages") is False
