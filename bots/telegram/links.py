"""Links that open the bot: ``https://t.me/BOT?start=PAYLOAD``, with 1–64 of ``[A-Za-z0-9_-]`` as payload.

https://core.telegram.org/bots/features#deep-linking. A payload is a command with its arguments joined by underscores
(``models``, ``issue_2026-02-19``, as people write it), "x" and the command line in base64, or, where that is too long,
"y" and a name that is remembered for it, as for buttons. Anybody may make a link for others, who see nothing but a
button to start the bot: a link reads and subscribes, and opens the page of what would change or erase more.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TYPE_CHECKING
from urllib.parse import quote

from bots.telegram.keyboard import TOKEN_MARK, name_of
from core.commands.registry import COMMANDS
from core.commands.wishes import meant
from core.document.nodes import Action

if TYPE_CHECKING:
    from bots.telegram.send import Buttons

LONGEST = 64
MARK, LONG_MARK = "x", "y"
RIGHTS = "post_messages+edit_messages+delete_messages"
GROUP_RIGHTS = "pin_messages"


class Links:
    """Makes links to the bot, and reads what they carry."""

    def __init__(self, bot: str, buttons: Buttons) -> None:
        self._bot = bot
        self._buttons = buttons

    async def opening(self, line: str) -> str:
        """Return the link that opens the bot with a command line."""
        await self._buttons.keep(line, longest=LONGEST_LINE)
        return f"https://t.me/{self._bot}?start={payload(line)}"

    async def sharing(self, line: str, title: str) -> str:
        """Return the link that offers to send a link to ``line`` to somebody."""
        link = quote(await self.opening(line), safe="")
        return f"https://t.me/share/url?url={link}&text={quote(title, safe='')}"

    async def read(self, payload: str) -> str:
        """Return the command line that a payload leads to, "start" if there is none in it."""
        if payload.startswith(LONG_MARK):
            line = await self._buttons.data(TOKEN_MARK + payload.removeprefix(LONG_MARK))
            return _harmless(line) if line and _is_known(line) else "start"
        return _harmless(read_payload(payload))

    def to_group(self) -> str:
        """Return the link that adds the bot to a group and subscribes it."""
        return f"https://t.me/{self._bot}?startgroup=subscribe&admin={GROUP_RIGHTS}"

    def to_channel(self) -> str:
        """Return the link that makes the bot an admin of a channel."""
        return f"https://t.me/{self._bot}?startchannel=subscribe&admin={RIGHTS}"


LONGEST_LINE = (LONGEST - len(MARK)) * 3 // 4
"""Bytes of a line whose base64 is a payload."""


def payload(line: str) -> str:
    """Return the payload that stands for a command line."""
    data = line.encode()
    if len(data) > LONGEST_LINE:
        return LONG_MARK + name_of(line).removeprefix(TOKEN_MARK)
    return MARK + urlsafe_b64encode(data).decode().rstrip("=")


def read_payload(payload: str) -> str:
    """Return the command line that a payload spells out, "start" if it spells none."""
    words = payload.split("_")
    if words[0] in COMMANDS:
        return " ".join(words)
    if payload.startswith(MARK):
        try:
            line = urlsafe_b64decode(payload[1:] + "=" * (-len(payload[1:]) % 4)).decode()
        except ValueError:
            return "start"
        return line if _is_known(line) else "start"
    return "start"


def _is_known(line: str) -> bool:
    return line.partition(" ")[0] in COMMANDS


def _harmless(line: str) -> str:
    command, args = meant(*Action.parse(line)[:2])
    audience = COMMANDS[command].audience
    if audience == "everyone" or command == "subscribe":
        return f"{command} {args}".strip()
    return command if audience == "either" else "settings"
