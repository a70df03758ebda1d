"""The registry as Discord's application commands.

https://docs.discord.com/developers/interactions/application-commands
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from bots.discord.chinese import NAMES, TRADITIONAL
from core.commands.registry import COMMANDS
from core.i18n import mark, texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bots.discord.api import Api
    from core.commands.model import Command, Parameter
    from core.storage.notes import SqlNotes

CHAT_INPUT, MESSAGE = 1, 3
STRING, CHANNEL = 3, 7
CHANNELS: Final = (0, 5, 10, 11, 12, 15)
"""Text, announcements, threads of all kinds, forums."""
EVERYWHERE: Final = {"integration_types": [0, 1], "contexts": [0, 1, 2]}
CHINESE: Final = ("zh-CN", "zh-TW")
DESCRIPTION_LENGTH = 100
COMPLETED: Final = frozenset({"date", "section", "term", "words", "zone", "time", "days", "text"})
FREE: Final = frozenset({"question"})
"""Options of which nobody can guess the rest."""
EXPLAIN, ASK = mark("Explain this"), mark("Ask about this")
WHERE: Final = "channel"
HASH: Final = "discord:commands:"
REGISTERED: Final = "/applications/{application_id}/commands"
INSIDE: Final = frozenset({"story", "page"})
"""Only buttons run these: what they are about has a key, which nobody types."""
CHOICES: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "lang": (("中文", "zh"), ("English", "en")),
    "depth": ((mark("Simpler"), "simple"), (mark("In depth"), "deep")),
}
"""Of options that can be only these: what is shown and what it stands for."""


def commands() -> list[dict[str, Any]]:
    """Return every command to register: all that readers type, then two on messages."""
    shown = [command for command in COMMANDS.values() if command.name not in INSIDE]
    return [*map(_slash, shown), _on_message(EXPLAIN), _on_message(ASK)]


def _slash(command: Command) -> dict[str, Any]:
    where = [_where()] if command.group == "subscribe" else []
    options = [_option(parameter) for parameter in command.parameters]
    return {
        "type": CHAT_INPUT,
        "name": command.name,
        **_named(command.name),
        **_described(command.summary),
        "options": [*sorted(options, key=lambda option: not option["required"]), *where],
        **EVERYWHERE,
    }


def _option(parameter: Parameter) -> dict[str, Any]:
    option = {
        "type": STRING,
        "name": parameter.name,
        **_named(parameter.name),
        **_described(parameter.summary),
        "required": parameter.required,
    }
    if choices := CHOICES.get(parameter.name):
        option["choices"] = [
            {"name": name, "name_localizations": _in_chinese(name), "value": value} for name, value in choices
        ]
    elif parameter.kind in COMPLETED and parameter.name not in FREE:
        option["autocomplete"] = True
    return option


def _where() -> dict[str, Any]:
    return {
        "type": CHANNEL,
        "name": WHERE,
        **_named(WHERE),
        **_described(mark("Another channel than this one, such as a forum")),
        "required": False,
        "channel_types": list(CHANNELS),
    }


def _on_message(name: str) -> dict[str, Any]:
    return {"type": MESSAGE, "name": name, "name_localizations": _in_chinese(name), **EVERYWHERE}


def _named(name: str) -> dict[str, Any]:
    found = NAMES.get(name)
    return {"name_localizations": dict(zip(CHINESE, found, strict=True))} if found else {}


def _described(summary: str) -> dict[str, Any]:
    return {"description": summary[:DESCRIPTION_LENGTH], "description_localizations": _in_chinese(summary)}


def _in_chinese(text: str) -> dict[str, str]:
    simplified = texts("zh")(text)[:DESCRIPTION_LENGTH]
    return dict(zip(CHINESE, (simplified, TRADITIONAL.get(text, simplified)), strict=True))


def digest_of(wanted: list[dict[str, Any]]) -> str:
    """Return a hash of the commands, to see whether they have changed."""
    return sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()


class Menu(NamedTuple):
    """What Discord has. ``ids`` are those of slash commands, by name; ``changed`` if they were only now registered."""

    ids: Mapping[str, str]
    changed: bool


async def sync(api: Api, notes: SqlNotes, application: str) -> Menu:
    """Register the commands if Discord does not have them."""
    if there := await registered(api, notes, application):
        return Menu(_ids_of(there), changed=False)
    wanted = commands()
    made = await api.call("PUT", REGISTERED, wanted, application_id=application)
    await notes.put(HASH + application, digest_of(wanted))
    return Menu(_ids_of(made), changed=True)


async def registered(api: Api, notes: SqlNotes, application: str) -> list[dict[str, Any]]:
    """Return the commands that Discord has, none if they are not those of now or somebody took any away."""
    wanted = commands()
    if await notes.get(HASH + application) != digest_of(wanted):
        return []
    there: list[dict[str, Any]] = await api.call("GET", REGISTERED, application_id=application)
    complete = {(one["type"], one["name"]) for one in there} == {(one["type"], one["name"]) for one in wanted}
    return there if complete else []


def _ids_of(there: list[dict[str, Any]]) -> dict[str, str]:
    return {one["name"]: str(one["id"]) for one in there if one["type"] == CHAT_INPUT}
