"""The methods of the Bot API that Paperboy calls, with their parameters: what is checked even without ``SPECS_DIR``.

https://core.telegram.org/bots/api#available-methods; "!" marks what is required.
"""

from __future__ import annotations

import re
from typing import Any

_SEND = (
    "chat_id! message_thread_id disable_notification protect_content allow_paid_broadcast reply_parameters reply_markup"
)
METHODS = {
    "getMe": "",
    "getUpdates": "offset limit timeout allowed_updates",
    "setWebhook": "url! secret_token allowed_updates max_connections drop_pending_updates ip_address",
    "deleteWebhook": "drop_pending_updates",
    "getWebhookInfo": "",
    "setMyCommands": "commands! scope language_code",
    "setMyDescription": "description language_code",
    "setMyShortDescription": "short_description language_code",
    "setMyDefaultAdministratorRights": "rights for_channels",
    "setChatMenuButton": "chat_id menu_button",
    "sendMessage": f"{_SEND} text! parse_mode entities link_preview_options",
    "sendRichMessage": f"{_SEND} rich_message!",
    "sendMessageDraft": "chat_id! message_thread_id draft_id! text parse_mode entities",
    "sendChatAction": "chat_id! message_thread_id action!",
    "editMessageText": "chat_id message_id text entities parse_mode link_preview_options reply_markup rich_message",
    "deleteMessage": "chat_id! message_id!",
    "pinChatMessage": "chat_id! message_id! disable_notification",
    "getChat": "chat_id!",
    "getChatMember": "chat_id! user_id!",
    "getChatAdministrators": "chat_id!",
    "answerCallbackQuery": "callback_query_id! text show_alert url cache_time",
    "answerInlineQuery": "inline_query_id! results! cache_time is_personal next_offset button",
}
_OBJECTS = {
    "scope", "rights", "menu_button", "reply_parameters", "reply_markup", "link_preview_options", "rich_message",
    "button",
}  # fmt: skip
_LISTS = {"allowed_updates", "commands", "entities", "results"}
_NUMBERS = {
    "offset", "limit", "timeout", "max_connections", "message_thread_id", "draft_id", "message_id", "user_id",
    "cache_time",
}  # fmt: skip
_FLAGS = {
    "drop_pending_updates", "for_channels", "disable_notification", "protect_content", "allow_paid_broadcast",
    "show_alert", "is_personal",
}  # fmt: skip
_ACTIONS = {"typing", "upload_photo", "upload_document", "choose_sticker", "find_location"}
_LONGEST = {
    "sendMessageDraft": ("text", 4096),
    "setMyDescription": ("description", 512),
    "setMyShortDescription": ("short_description", 120),
    "answerCallbackQuery": ("text", 200),
}
_SCOPES = {"default", "all_private_chats", "all_group_chats", "all_chat_administrators", "chat"}


def kind_of(name: str) -> type | tuple[type, ...]:
    """Return what a parameter of this name is in JSON."""
    kinds: tuple[tuple[set[str], type], ...] = ((_OBJECTS, dict), (_LISTS, list), (_NUMBERS, int), (_FLAGS, bool))
    if name == "chat_id":
        return (int, str)
    return next((kind for names, kind in kinds if name in names), str)


def misuse(method: str, payload: dict[str, Any]) -> list[str]:
    """Return what is wrong with the parameters of a call, whatever the state of the chats."""
    words = METHODS[method].split()
    known = {word.rstrip("!") for word in words}
    found = [f"unknown parameter {name}" for name in payload if name not in known]
    found += [f"parameter {word[:-1]} is missing" for word in words if word.endswith("!") and word[:-1] not in payload]
    found += [
        f"{name}: {value!r:.40} is of another type"
        for name, value in payload.items()
        if name in known and not (isinstance(value, kind_of(name)) and (name in _FLAGS or not isinstance(value, bool)))
    ]
    return found or _more(method, payload)


def _more(method: str, payload: dict[str, Any]) -> list[str]:
    if method == "setMyCommands":
        return _commands(payload)
    name, most = _LONGEST.get(method, ("", 0))
    found = [f"{name} is too long"] if len(payload.get(name, "")) > most else []
    found += ["draft_id is 0"] if method == "sendMessageDraft" and not payload["draft_id"] else []
    found += ["wrong parameter action"] if method == "sendChatAction" and payload["action"] not in _ACTIONS else []
    return found + ([] if re.fullmatch(r"[A-Za-z0-9_-]{0,256}", payload.get("secret_token", "")) else ["secret token"])


def _commands(payload: dict[str, Any]) -> list[str]:
    found = ["too many commands"] if len(payload["commands"]) > 100 else []
    found += [] if payload.get("scope", {"type": "default"})["type"] in _SCOPES else ["unknown scope"]
    found += [] if re.fullmatch(r"([a-z]{2})?", payload.get("language_code", "")) else ["language_code"]
    for each in payload["commands"]:
        found += [] if set(each) == {"command", "description"} else [f"command with {sorted(each)}"]
        found += [] if re.fullmatch(r"[a-z0-9_]{1,32}", each["command"]) else ["BOT_COMMAND_INVALID"]
        found += [] if 1 <= len(each["description"]) <= 256 else ["BOT_COMMAND_DESCRIPTION_INVALID"]
    return found
