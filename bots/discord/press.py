"""What readers did, read from interactions: a command line, who it concerns, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bots.discord.menu import WHERE
from core.commands.registry import COMMANDS
from core.target import Target

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import discord

PLATFORM = "discord"
THREADS = frozenset({10, 11, 12})
FORUM, ANNOUNCEMENT = frozenset({15, 16}), 5
SCOPE = "#"
"""Begins the id of a component that acts on another channel than the one that it stands in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A channel that commands act on. ``chosen`` if it was named instead of being the one that the reader is in.

    ``theirs`` and ``ours`` are the permissions there of the reader and of the bot, as Discord's bits; ``ours`` is
    None where the interaction does not tell.
    """

    target: Target
    kind: str
    theirs: int
    ours: int | None
    guild: str = ""
    chosen: bool = False

    @property
    def channel(self) -> str:
        """The id of the channel or thread itself."""
        return self.target.thread or self.target.chat


def kind_of(channel_type: int) -> str:
    """Return "forum", "announcement", or "" for everything else."""
    return "forum" if channel_type in FORUM else "announcement" if channel_type == ANNOUNCEMENT else ""


def target_at(account: str, channel: str, channel_type: int, parent: object) -> Target:
    """Return the target of a channel or thread."""
    if channel_type in THREADS and parent:
        return Target(platform=PLATFORM, account=account, chat=str(parent), thread=channel)
    return Target(platform=PLATFORM, account=account, chat=channel)


def here(interaction: discord.Interaction[Any], account: str) -> Place:
    """Return the place where the reader is."""
    channel = interaction.channel
    channel_type = channel.type.value if channel else 0
    return Place(
        target=target_at(account, str(interaction.channel_id), channel_type, getattr(channel, "parent_id", None)),
        kind=kind_of(channel_type),
        theirs=interaction.permissions.value,
        ours=interaction.app_permissions.value,
        guild=str(interaction.guild_id or ""),
    )


def chosen(data: Mapping[str, Any], channel: str, account: str, guild: str) -> Place | None:
    """Return the place with this id among those that an interaction's data resolves."""
    found = data.get("resolved", {}).get("channels", {}).get(channel)
    if found is None:
        return None
    return Place(
        target=target_at(account, channel, found["type"], found.get("parent_id")),
        kind=kind_of(found["type"]),
        theirs=int(found.get("permissions", 0)),
        ours=None,
        guild=guild,
        chosen=True,
    )


def options_of(data: Mapping[str, Any]) -> dict[str, str]:
    """Return the options that were filled in, by name."""
    return {option["name"]: str(option["value"]) for option in data.get("options", [])}


def line_of(data: Mapping[str, Any]) -> tuple[str, str]:
    """Return command and arguments of a slash command, in the order that the registry has them."""
    command = COMMANDS.get(data["name"])
    values = options_of(data)
    names = [parameter.name for parameter in command.parameters] if command else []
    return data["name"], " ".join(values[name] for name in names if values.get(name))


def named_channel(data: Mapping[str, Any]) -> str:
    """Return the id of the channel that a slash command names, "" if it names none."""
    return options_of(data).get(WHERE, "")


def fields_of(data: Mapping[str, Any]) -> dict[str, str]:
    """Return what was typed into a modal, by field."""
    return dict(_fields(data.get("components", [])))


def _fields(components: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for component in components:
        if "custom_id" in component:
            found.append((component["custom_id"], component.get("value", "")))
        found += _fields([*component.get("components", []), *filter(None, [component.get("component")])])
    return found
