"""What the app asks a workspace for, and what it needs each of it for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SCOPES: Mapping[str, str] = {
    "app_mentions:read": "hear mentions",
    "assistant:write": "suggest questions in the app's Messages tab",
    "channels:history": "hear replies in threads it takes part in; look for a post whose answer was lost",
    "channels:join": "join a public channel that is subscribed",
    "channels:read": "see whether it is in a channel, who may post there, and that it was invited",
    "chat:write": "post, correct, take back, stream, show that it is at work",
    "commands": "slash commands and shortcuts",
    "groups:history": "the same as channels:history, in private channels that invited it",
    "groups:read": "the same as channels:read, in private channels that invited it",
    "im:history": "hear direct messages; look for a post whose answer was lost",
    "im:write": "open the direct chat with a reader",
    "mpim:history": "the same as groups:history, in group chats that it is in",
    "mpim:read": "the same as groups:read, in group chats that it is in",
    "users:read": "a reader's time zone, language, and whether they are an admin",
}
EVENTS = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "member_joined_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
    "tokens_revoked",
)
"""What the app wants to be told. https://docs.slack.dev/reference/events."""
