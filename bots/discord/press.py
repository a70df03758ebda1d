"""What readers did, read from interactions: a command line, who it concerns, and where."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from bots.discord import rights
from bots.discord.menu import WHERE
from core.commands import wishes
from core.commands.model import Context, Request
from core.commands.registry import COMMANDS
from core.i18n import LANGUAGES
from core.target import Target

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import discord

    from core.commands.model import Progress

PLATFORM = "discord"
THREADS = frozenset({10, 11, 12})
FORUM, ANNOUNCEMENT = frozenset({15, 16}), 5
SCOPE = "#"
"""Begins the id of a component that acts on another channel than the one that it stands in."""
HOME = "@me"
"""Stands for the direct messages of whoever presses, where the id of a channel could."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A channel that commands act on. ``chosen`` if it was named instead of being the one that the reader is in.

    ``home`` if it is the direct messages of a reader who is elsewhere.
    ``theirs`` and ``ours`` are the permissions there of the reader and of the bot, as Discord's bits; ``ours`` is
    None where the interaction does not tell.
    """

    target: Target
    kind: str
    theirs: int
    ours: int | None
    guild: str = ""
    chosen: bool = False
    home: bool = False

    @property
    def channel(self) -> str:
        """The id of the channel or thread itself."""
        return self.target.thread or self.target.chat


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A command line, the place that it acts on, and what it stands on.

    ``beside``: a button whose answer stands beside its page. ``personal``: the answer is for one person alone, and so
    is the conversation that it belongs to.
    """

    text: str
    place: Place
    context: Context = field(default_factory=Context)
    pressed: bool = False
    beside: bool = False
    personal: bool = False

    @property
    def command(self) -> str:
        """The name of the command."""
        return self.text.partition(" ")[0]


def request(line: Line, event: discord.Interaction[Any], *, progress: Progress | None = None) -> Request:
    """Return the request that a line makes."""
    command, _space, args = line.text.partition(" ")
    return Request(
        command=command,
        args=args,
        target=line.place.target,
        user=str(event.user.id),
        lang=lang_of(event),
        manager=rights.may_manage(line.place),
        pressed=line.pressed,
        context=replace(line.context, thread=str(event.user.id)) if line.personal else line.context,
        progress=progress,
    )


def meant(text: str) -> str:
    """Return a command line, or that of the command that its question comes to: where it acts depends on that."""
    command, _space, args = text.partition(" ")
    return " ".join(wishes.meant(command, args)).strip()


def lang_of(event: discord.Interaction[Any]) -> str | None:
    """Return the language that the reader's Discord speaks, None if it is none of ours."""
    lang = str(event.locale).partition("-")[0]
    return lang if lang in LANGUAGES else None


def lang_of_server(guild: discord.Guild | None) -> str | None:
    """Return the language of a server that is Chinese; English is what those have that chose none."""
    return "zh" if guild and str(guild.preferred_locale).startswith("zh") else None


def is_direct(event: discord.Interaction[Any]) -> bool:
    """Tell whether the reader is in a direct chat with the bot: not in one with somebody else."""
    return event.context.dm_channel


def is_private_page(event: discord.Interaction[Any]) -> bool:
    """Tell whether only the reader sees the message that a component stands on."""
    return is_direct(event) or bool(event.message and event.message.flags.ephemeral)


def is_for_one(event: discord.Interaction[Any], line: Line) -> bool:
    """Tell whether the answer to a line is for the reader alone: whatever concerns subscriptions, and many presses."""
    command = COMMANDS.get(line.command)
    personal = command is not None and (command.group == "subscribe" or command.name == "help")
    return not is_direct(event) and (line.personal or personal or (line.pressed and not _is_aloud(event, line)))


def _is_aloud(event: discord.Interaction[Any], line: Line) -> bool:
    """Tell whether all may see what comes of a press.

    They may if the reader called the page, as readers see their own pages turn in place; a post is turned for nobody,
    since it would be turned for all. What stands beside a page is said aloud in threads, where others follow it, and
    would only be in the way elsewhere.
    """
    if is_private_page(event):
        return False
    if line.beside:
        return event.channel is not None and event.channel.type.value in THREADS
    called = event.message.interaction_metadata if event.message else None
    return called is not None and called.user.id == event.user.id


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


def texts_of(message: Mapping[str, Any]) -> list[str]:
    """Return what a message says, in its content, embeds and components, and in those that it passes on."""
    said = [message.get("content", "")]
    for embed in message.get("embeds", []):
        said += embed.get("title", ""), embed.get("description", "")
    passed_on = [snapshot["message"] for snapshot in message.get("message_snapshots", [])]
    for part in (*message.get("components", []), *passed_on):
        said += texts_of(part)
    return [text for text in said if text]
