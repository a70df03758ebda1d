"""What Slack's error strings mean to a reader. https://docs.slack.dev/reference/methods/chat.postMessage#errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Mapping

_REMOVED = mark("the app was removed from the workspace")
_INSTALL = mark("the app lacks a right; whoever installed it has to install it again")
_AWAY = mark("the account is not active any more")
_FEW = mark("only some may post in the channel, and I am not among them")

_WORDS: Mapping[str, str] = {
    "account_inactive": _REMOVED,
    "token_revoked": _REMOVED,
    "not_installed": _REMOVED,
    "missing_scope": _INSTALL,
    "not_allowed_token_type": _INSTALL,
    "channel_not_found": mark("the channel was deleted, or I am not in it; /invite brings me in"),
    "not_in_channel": mark("I am not in the channel; /invite brings me in"),
    "is_archived": mark("the channel is archived"),
    "user_not_found": _AWAY,
    "user_disabled": _AWAY,
    "messages_tab_disabled": mark("the app's Messages tab is switched off"),
    "restricted_action": _FEW,
    "restricted_action_read_only_channel": _FEW,
    "restricted_action_thread_only_channel": mark("in the channel one can only reply in threads"),
    "restricted_action_non_threadable_channel": mark("the channel allows no threads"),
    "restricted_action_thread_locked": mark("the thread is locked"),
    "message_limit_exceeded": mark("the workspace cannot take more messages at the moment"),
}


def in_words(reason: str) -> str | None:
    """Return the msgid of what a refusal means, None where its class says as much."""
    return _WORDS.get(reason.partition(" ")[0])
