"""``/help``: the registry, as a reader reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.commands.model import Command, Parameter, Reply
from core.commands.page import fill, how_to_ask, page
from core.document.build import code, paragraph, text
from core.document.nodes import Action, Code, Heading, List, ListItem, Paragraph
from core.i18n import mark, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from core.commands.model import Request
    from core.commands.services import Services
    from core.document.nodes import Block, Document
    from core.i18n import Texts

GROUPS = {"read": mark("Read"), "ask": mark("Look up"), "subscribe": mark("Subscribe")}


def help_on(commands: Sequence[Command]) -> Command:
    """Return the command that explains ``commands``."""
    shown = {command.name: command for command in commands if command.menu}

    async def handler(request: Request, services: Services) -> Reply:  # noqa: ARG001  what every handler takes
        _ = texts(request.lang)
        asked = request.args.strip().removeprefix("/").lower()
        if asked in shown:
            return Reply(document=_one(shown[asked], _), private=True)
        title = _("What I can do")
        heard = paragraph(_("Anything else you write is a question, and I'll answer it from the archive."))
        ask = how_to_ask(request.calling, _) if request.calling else heard
        buttons = [Action(_("Today's issue"), "today"), Action(_("Subscribe"), "subscribe")]
        document = page(_, title, Heading(1, text(title)), *_listed(list(shown.values()), _), ask, rows=[buttons])
        return Reply(document=document, private=True)

    return Command(
        name="help",
        summary=mark("All commands, with examples"),
        handler=handler,
        parameters=(Parameter(name="command", kind="text", summary=mark("A command to explain")),),
        example="/help subscribe",
    )


def _listed(commands: Sequence[Command], _: Texts) -> Iterator[Block]:
    for group, name in GROUPS.items():
        yield Heading(2, text(_(name)))
        yield List(tuple(_line(command, _) for command in commands if command.group == group))


def _line(command: Command, _: Texts) -> ListItem:
    example = _(command.example)
    shown = () if example == f"/{command.name}" else (*text(_(" · for example ")), *code(example))
    return ListItem((Paragraph((Code(f"/{command.name}"), *text(f" {_(command.summary)}"), *shown)),))


def _one(command: Command, _: Texts) -> Document:
    title = f"/{command.name}"
    words = [
        ListItem((Paragraph((Code(parameter.name), *text(f" {_(parameter.summary)}"))),))
        for parameter in command.parameters
    ]
    return page(
        _,
        title,
        Heading(2, text(title)),
        paragraph(_(command.summary)),
        *([List(tuple(words))] if words else []),
        Paragraph(fill(_("For example: {example}"), example=Code(_(command.example)))),
    )
