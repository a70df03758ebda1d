"""The rights that the bot asks for. https://core.telegram.org/bots/api#chatadministratorrights."""

from __future__ import annotations

_NONE = dict.fromkeys(
    (
        "is_anonymous",
        "can_manage_chat",
        "can_delete_messages",
        "can_manage_video_chats",
        "can_restrict_members",
        "can_promote_members",
        "can_change_info",
        "can_invite_users",
        "can_post_stories",
        "can_edit_stories",
        "can_delete_stories",
    ),
    False,
)
MANAGES = {**_NONE, "can_manage_chat": True}
IN_GROUPS = {**MANAGES, "can_pin_messages": True}
IN_CHANNELS = {**MANAGES, "can_post_messages": True, "can_edit_messages": True, "can_delete_messages": True}
