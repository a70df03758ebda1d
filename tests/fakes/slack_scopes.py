"""What Slack wants for its methods and events, from their pages: written from its documentation, not from the app."""

from __future__ import annotations

NEEDED = {
    "assistant.threads.setStatus": ("chat:write",),
    "assistant.threads.setSuggestedPrompts": ("assistant:write",),
    "chat.appendStream": ("chat:write",),
    "chat.delete": ("chat:write",),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.startStream": ("chat:write",),
    "chat.stopStream": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.history": ("channels:history", "groups:history", "im:history", "mpim:history"),
    "conversations.info": ("channels:read", "groups:read", "mpim:read"),
    "conversations.join": ("channels:join",),
    "conversations.open": ("im:write",),
    "conversations.replies": ("channels:history", "groups:history", "im:history", "mpim:history"),
    "users.conversations": ("channels:read", "groups:read", "mpim:read"),
    "users.info": ("users:read",),
}
"""Scopes that methods need, of several the one of the conversation's kind, from each method's page.

Views, auth.test and Socket Mode need none of a bot.
"""
EVENT_SCOPES = {
    "app_home_opened": (),
    "app_mention": ("app_mentions:read",),
    "app_uninstalled": (),
    "member_joined_channel": ("channels:read", "groups:read", "mpim:read"),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
    "message.mpim": ("mpim:history",),
    "tokens_revoked": (),
}
"""Scopes that events need. https://docs.slack.dev/reference/events."""
OTHER_SCOPES = ("commands",)
SCOPES = frozenset(OTHER_SCOPES).union(*NEEDED.values(), *EVENT_SCOPES.values())
FORMS_ONLY = frozenset(
    {"conversations.history", "conversations.info", "conversations.replies", "users.conversations", "users.info"}
)
"""Methods that only read do not take JSON. https://docs.slack.dev/apis/web-api/#post_bodies."""
