"""Links that open the bot: ``https://t.me/BOT?start=PAYLOAD``, with 1–64 of ``[A-Za-z0-9_-]`` as payload.

https://core.telegram.org/bots/features#deep-linking. A payload is a command with its arguments joined by underscores
(``models``, ``issue_2026-02-19``, as people write it), or "x" and the command line in base64.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from urllib.parse import quote

from core.commands.registry import COMMANDS

LONGEST = 64
MARK = "x"
RIGHTS = "post_messages+edit_messages+delete_messages"
GROUP_RIGHTS = "pin_messages"


def deep_link(bot: str, line: str) -> str:
    """Return the link that opens the bot with ``line``; without it where the line is too long."""
    payload = MARK + urlsafe_b64encode(line.encode()).decode().rstrip("=")
    return f"https://t.me/{bot}?start={payload}" if len(payload) <= LONGEST else f"https://t.me/{bot}"


def read_payload(payload: str) -> str:
    """Return the command line of a payload, "start" if there is none in it."""
    words = payload.split("_")
    if words[0] in COMMANDS:
        return " ".join(words)
    if payload.startswith(MARK):
        try:
            line = urlsafe_b64decode(payload[1:] + "=" * (-len(payload[1:]) % 4)).decode()
        except ValueError:
            return "start"
        return line if line.partition(" ")[0] in COMMANDS else "start"
    return "start"


def share_link(bot: str, line: str, title: str) -> str:
    """Return the link that offers to send a link to ``line`` to somebody."""
    return f"https://t.me/share/url?url={quote(deep_link(bot, line), safe='')}&text={quote(title, safe='')}"


def group_link(bot: str) -> str:
    """Return the link that adds the bot to a group and subscribes it."""
    return f"https://t.me/{bot}?startgroup=subscribe&admin={GROUP_RIGHTS}"


def channel_link(bot: str) -> str:
    """Return the link that makes the bot an admin of a channel."""
    return f"https://t.me/{bot}?startchannel=subscribe&admin={RIGHTS}"
