"""What commands are called in Slack, and texts that call them so."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from msgspec import Struct, structs

from core.commands.registry import COMMANDS
from core.document.nodes import Action, Code, Text

if TYPE_CHECKING:
    from core.commands.model import Reply

OWN = "paperboy"
TAKEN = frozenset({"apps", "archive", "search"})
"""Names that Slack's own commands have, which win; without a prefix these are called ``/paperboy-…``."""
FRAMES = frozenset({"help", "start"})


def slash_name(name: str, prefix: str) -> str:
    """Return what a command is called in Slack, without its slash."""
    return f"{prefix or (f'{OWN}-' if name in TAKEN else '')}{name}"


def as_called(reply: Reply, command: str, prefix: str) -> Reply:
    """Return a reply that calls commands as they are called in Slack; words of issues are left alone."""
    known = COMMANDS.get(command)
    ours = reply.private or known is None or known.group == "subscribe" or command in FRAMES
    if not ours:
        return reply
    document = reply.document
    blocks = _renamed(document.blocks, prefix)
    return replace(reply, document=structs.replace(document, blocks=blocks, title=_said(document.title, prefix)))


def _renamed(value: Any, prefix: str) -> Any:  # noqa: ANN401  nodes of any kind, in tuples of any depth
    match value:
        case Text() | Code():
            return structs.replace(value, value=_said(value.value, prefix))
        case Action():
            return structs.replace(value, label=_said(value.label, prefix))
        case tuple():
            return tuple(_renamed(one, prefix) for one in value)
        case Struct():
            inner = structs.asdict(value)
            return structs.replace(
                value, **{name: _renamed(one, prefix) for name, one in inner.items() if isinstance(one, tuple)}
            )
        case _:
            return value


def _said(text: str, prefix: str) -> str:
    return _pattern().sub(partial(_called, prefix), text) if "/" in text else text


def _called(prefix: str, found: re.Match[str]) -> str:
    return f"/{slash_name(found[1], prefix)}"


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(rf"(?<![\w/.])/({'|'.join(COMMANDS)})(?![\w/-])", re.ASCII)
