"""What ``paperboy doctor`` says about a Telegram bot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bots.platform import Finding
from core.delivery.model import SendError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from typing import Any

    from bots.telegram.api import Api


async def examine(api: Api, webhook_url: str) -> AsyncIterator[Finding]:
    """Yield findings about token, privacy mode, inline mode and webhook."""
    try:
        me = await api.call("getMe")
    except SendError as error:
        advice = "Copy the token anew from @BotFather into PAPERBOY_TELEGRAM__TOKEN."
        if error.kind in {"transient", "unknown"}:
            advice = "Check that this machine reaches PAPERBOY_TELEGRAM__API_URL."
        yield Finding(level="error", subject="telegram", message=error.reason, advice=advice)
        return
    yield Finding(level="ok", subject="telegram", message=f"@{me.get('username', '')}, id {me['id']}")
    for finding in _settings(me):
        yield finding
    for finding in _webhook(await api.call("getWebhookInfo"), webhook_url):
        yield finding


def _settings(me: dict[str, Any]) -> Iterator[Finding]:
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


def _webhook(info: dict[str, Any], wanted: str) -> Iterator[Finding]:
    subject = "telegram updates"
    set_up = info.get("url", "")
    waiting = info.get("pending_update_count", 0)
    if set_up != wanted:
        message = f"a webhook is set to {set_up}" if set_up else "no webhook is set"
        advice = "`paperboy run` sets it as PAPERBOY_TELEGRAM__WEBHOOK_URL says; another program may have changed it."
        yield Finding(level="warning", subject=subject, message=message, advice=advice)
    elif wanted:
        yield Finding(level="ok", subject=subject, message=f"webhook {wanted}, {waiting} waiting")
    else:
        yield Finding(level="ok", subject=subject, message=f"long polling, {waiting} waiting")
    if info.get("last_error_message"):
        advice = "Check that the address is reachable from outside, with a valid certificate, on 443, 80, 88 or 8443."
        yield Finding(level="warning", subject=subject, message=info["last_error_message"], advice=advice)
