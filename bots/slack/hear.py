"""What an event or a slash command says to the app. Pure."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

from bots.slack.names import OWN
from core.commands.registry import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Mapping

PEOPLES = frozenset({None, "thread_broadcast", "file_share"})
"""Subtypes of what a person wrote; others tell of edits, deletions, joins. https://docs.slack.dev/reference/events/message."""
_LINK = re.compile(r"<(?![@#!])([^|>]+)(?:\|([^>]*))?>")
_MENTION = re.compile(r"<[@#!][^|>]*(?:\|([^>]*))?>")


def slash_line(name: str, text: str, prefix: str) -> tuple[str, str]:
    """Return command and arguments: ``/today``, ``/<prefix>today``, ``/paperboy-today`` ``/paperboy today``."""
    name = name.removeprefix("/").lower()
    words = unescaped(text)
    if name == OWN:
        return spoken_line(words) if words else ("help", "")
    return name.removeprefix(prefix if prefix and name.startswith(prefix) else f"{OWN}-"), words


def spoken_line(text: str) -> tuple[str, str]:
    """Return the command that the words begin with, with or without a slash; else they are a question."""
    if not text:
        return "help", ""
    first, _, rest = text.partition(" ")
    command = COMMANDS.get(first.removeprefix("/").lower())
    if command and (first.startswith("/") or not rest or command.parameters):
        return command.name, rest.strip()
    return "ask", text


def unescaped(text: str) -> str:
    """Return a reader's mrkdwn as plain words: links by their text, mentions left out."""
    shown = _LINK.sub(lambda link: link[2] or link[1], text)
    return html.unescape(_MENTION.sub(lambda mention: mention[1] or " ", shown)).strip()


def is_for_us(event: Mapping[str, Any], bot_user: str) -> bool:
    """Tell whether a message that a channel's members wrote may be answered: by a person, new, without our name.

    A message with our name comes a second time, as ``app_mention``.
    """
    ours = event.get("bot_id") or event.get("subtype") not in PEOPLES or event.get("user") in {None, bot_user}
    direct = event.get("channel_type") == "im"
    return not ours and (direct or f"<@{bot_user}>" not in str(event.get("text", "")))


def team_of(body: Mapping[str, Any]) -> str:
    """Return the workspace that an event came to: what was said in a shared channel may come from another one."""
    installed: Mapping[str, Any] = next(iter(body.get("authorizations") or ()), {})
    return str(installed.get("team_id") or body["team_id"])
