"""What an event or a slash command says to the app. Pure."""

from __future__ import annotations

import html
import re
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from bots.slack.names import OWN
from core.commands.issues import parse_wanted
from core.commands.registry import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.commands.model import Command

PEOPLES = frozenset({None, "thread_broadcast", "file_share"})
"""Subtypes of what a person wrote; others tell of edits, deletions, joins. https://docs.slack.dev/reference/events/message."""
_ANY_DAY: Final = date(2024, 3, 31)
"""Seen from here, every day of a month that a reader can name exists."""
_PERSON = re.compile(r"<@[UW]")
_LINK = re.compile(r"<(?![@#!])([^<|>]+)(?:\|([^<>]*))?>")
_MENTION = re.compile(r"<[@#!][^<|>]*(?:\|([^<>]*))?>")


def slash_line(name: str, text: str, prefix: str) -> tuple[str, str]:
    """Return command and arguments: ``/today``, ``/<prefix>today``, ``/paperboy-today`` ``/paperboy today``."""
    name = name.removeprefix("/").lower()
    words = unescaped(text)
    if name == OWN:
        return spoken_line(words) if words else ("help", "")
    return name.removeprefix(prefix if prefix and name.startswith(prefix) else f"{OWN}-"), words


def spoken_line(text: str) -> tuple[str, str]:
    """Return the command that the words begin with; without a slash, if the others are arguments of it.

    Else they are a question.
    """
    if not text:
        return "help", ""
    first, _, rest = text.partition(" ")
    command = COMMANDS.get(first.removeprefix("/").lower())
    if command and (first.startswith("/") or _takes(command, rest.strip())):
        return command.name, rest.strip()
    return "ask", text


def _takes(command: Command, args: str) -> bool:
    """Tell whether the words can be arguments of a command, and are no sentence that begins with its name."""
    kinds = {parameter.kind for parameter in command.parameters}
    if command.name == "help":
        return args.removeprefix("/").lower() in {"", *COMMANDS}
    if command.group == "read" and "section" not in kinds:
        return not parse_wanted(args, _ANY_DAY).rest
    return bool(kinds) or not args


def unescaped(text: str) -> str:
    """Return a reader's mrkdwn as plain words: links by their text, mentions left out."""
    shown = _LINK.sub(lambda link: link[2] or link[1], text)
    return html.unescape(_MENTION.sub(lambda mention: mention[1] or " ", shown)).strip()


def is_for_us(event: Mapping[str, Any], bot_user: str) -> bool:
    """Tell whether a message may be answered: new, by a person, and in a channel not addressed to anybody.

    One with our name comes a second time, as ``app_mention``; one with another name is for somebody else.
    """
    ours = event.get("bot_id") or event.get("subtype") not in PEOPLES or event.get("user") in {None, bot_user}
    direct = event.get("channel_type") == "im"
    return not ours and (direct or not _PERSON.search(str(event.get("text", ""))))


def names_us(event: Mapping[str, Any], bot_user: str) -> bool:
    """Tell whether a message in a group chat mentions the app: not every one comes as ``app_mention``, too."""
    is_new = event.get("subtype") in PEOPLES
    return is_new and event.get("channel_type") == "mpim" and f"<@{bot_user}" in str(event.get("text", ""))


def team_of(body: Mapping[str, Any]) -> str:
    """Return the workspace that has the app: in a shared channel somebody of another one may act.

    https://docs.slack.dev/apis/slack-connect/using-slack-connect-api
    """
    installed: Mapping[str, Any] = next(iter(body.get("authorizations") or ()), {})
    viewed = (body.get("view") or {}).get("app_installed_team_id")
    return str(viewed or installed.get("team_id") or body.get("team_id") or body["team"]["id"])
