"""``page N LINE``: the button that turns the pages of what LINE gives, in place."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.commands.model import Command
from core.document.nodes import Action
from core.errors import UsageError
from core.i18n import mark, texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.commands.model import Reply, Request
    from core.commands.services import Services
    from core.render.port import Message


def page_of(commands: Sequence[Command]) -> Command:
    """Return the command that shows one page of what one of ``commands`` replies."""
    known = {command.name: command for command in commands if command.audience == "everyone"}

    async def handler(request: Request, services: Services) -> Reply:
        number, _space, line = request.args.partition(" ")
        name, args, _beside = Action.parse(line)
        if name not in known or not number.isdecimal():
            raise UsageError(texts(request.lang)("I don't know {command}.", command=f"/page {name[:32]}".rstrip()))
        reply = await known[name].handler(replace(request, command=name, args=args), services)
        return replace(reply, page=int(number))

    return Command(name="page", summary=mark("Another page"), handler=handler, menu=False)


def shown(reply: Reply, messages: Sequence[Message]) -> Sequence[Message]:
    """Return the messages to show of all that the reply came to: one, if its pages are turned in place.

    A page beyond the end, because the issue became shorter, is the last one.
    """
    if not reply.document.turn:
        return messages
    at = min(max(1, reply.page), len(messages)) - 1
    return messages[at : at + 1]
