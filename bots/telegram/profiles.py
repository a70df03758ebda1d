"""What Telegram takes, in each of its two forms."""

from __future__ import annotations

from core.render.profile import Limit, Profile

_API = "https://core.telegram.org/bots/api"

_KEYBOARD = {
    "buttons": Limit(value=100, unit="buttons", source="https://limits.tginfo.me/en"),
    "buttons_in_row": Limit(value=8, unit="buttons", source="https://limits.tginfo.me/en"),
    "callback_data": Limit(value=64, unit="bytes of UTF-8", source=f"{_API}#inlinekeyboardbutton"),
    "keyboard": Limit(value=9_500, unit="bytes of JSON", source="https://limits.tginfo.me/en"),
}

CLASSIC = Profile(
    platform="telegram",
    features=frozenset({"heading", "list", "quote", "fold", "code_block", "strike", "time", "actions"}),
    limits={
        "text": Limit(value=4096, unit="UTF-16 code units", source=f"{_API}#sendmessage"),
        "entities": Limit(value=100, unit="entities", source="https://limits.tginfo.me/en"),
        **_KEYBOARD,
    },
)
"""Text with entities. Headings and lists are shown as bold lines and lines with bullets by the renderer."""

RICH = Profile(
    platform="telegram",
    form="rich",
    features=frozenset(
        {
            "heading",
            "list",
            "quote",
            "nested_quote",
            "fold",
            "table",
            "divider",
            "code_block",
            "strike",
            "time",
            "actions",
        }
    ),
    limits={
        "text": Limit(value=32_768, unit="characters", source=f"{_API}#rich-message-limits"),
        "blocks": Limit(value=500, unit="blocks, nested ones included", source=f"{_API}#rich-message-limits"),
        "depth": Limit(value=16, unit="levels of blocks and styles", source=f"{_API}#rich-message-limits"),
        "columns": Limit(value=20, unit="columns of a table", source=f"{_API}#rich-message-limits"),
        **_KEYBOARD,
    },
)
"""Rich messages of Bot API 10.1."""
