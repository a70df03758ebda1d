"""What Telegram shows of the bot beside its messages: menus, descriptions, the menu button, the rights to ask for."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import structlog

from bots.telegram.chat_rights import IN_CHANNELS, IN_GROUPS
from core.commands.registry import COMMANDS
from core.delivery.model import SendError
from core.i18n import LANGUAGES, mark, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bots.telegram.api import Api
    from core.storage.notes import SqlNotes

DESCRIPTION = mark(
    "A daily digest in your chat, at the hour you choose, in Chinese or English. Read it section by section, "
    "search every issue, and ask what a term means. Works in direct chats, groups, topics and channels."
)
SHORT_DESCRIPTION = mark("A daily digest at your hour, in Chinese or English. Ask it anything it has printed.")
CHANNEL = mark("Set up a channel or group")

log = structlog.get_logger(__name__)


async def publish(api: Api, notes: SqlNotes, *, lang: str) -> None:
    """Set menus and texts, if they are not what was set last. What a server refuses is left as it is."""
    wanted = list(calls(lang))
    print_ = sha256(json.dumps(wanted, ensure_ascii=False).encode()).hexdigest()
    name = f"telegram:menus:{api.token.partition(':')[0]}"
    if await notes.get(name) == print_:
        return
    try:
        for method, payload in wanted:
            await api.call(method, payload)
    except SendError as error:
        if error.kind in {"wait", "transient", "unknown"}:
            raise
        log.warning("menus not set", method=method, reason=error.reason)
        return
    await notes.put(name, print_)


def calls(publications: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the methods to call, with their parameters.

    Readers whose language is none of ours see the publication's, as in all that they are answered.
    """
    for code, lang in {"": publications, **{each: each for each in LANGUAGES}}.items():
        _ = texts(lang)
        where = {"language_code": code} if code else {}
        everyone = [
            _entry(name, lang) for name, command in COMMANDS.items() if command.menu and command.audience == "everyone"
        ]
        every = [_entry(name, lang) for name, command in COMMANDS.items() if command.menu]
        private = [*every, {"command": "channel", "description": _(CHANNEL)}]
        scopes = {
            "default": everyone,
            "all_private_chats": private,
            "all_group_chats": everyone,
            "all_chat_administrators": every,
        }
        for scope, commands in scopes.items():
            yield "setMyCommands", {"commands": commands, "scope": {"type": scope}, **where}
        yield "setMyDescription", {"description": _(DESCRIPTION), **where}
        yield "setMyShortDescription", {"short_description": _(SHORT_DESCRIPTION), **where}
    yield "setMyDefaultAdministratorRights", {"rights": IN_GROUPS}
    yield "setMyDefaultAdministratorRights", {"rights": IN_CHANNELS, "for_channels": True}
    yield "setChatMenuButton", {"menu_button": {"type": "commands"}}


def _entry(name: str, lang: str) -> dict[str, str]:
    return {"command": name, "description": texts(lang)(COMMANDS[name].summary)}
