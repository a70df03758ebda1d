"""``/start``: who is here, and what to press first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.commands.model import Command, Reply
from core.commands.page import how_to_ask, page
from core.document.build import paragraph, text
from core.document.nodes import Action, Heading
from core.i18n import mark, texts

if TYPE_CHECKING:
    from core.commands.model import Request
    from core.commands.services import Services


async def _start(request: Request, services: Services) -> Reply:
    _ = texts(request.lang)
    name = services.publication.name
    other = {"zh": Action("English", "lang", "en"), "en": Action("中文", "lang", "zh")}[_.lang]
    heard = paragraph(_("Send me a term or a question any time, and I'll look through every issue."))
    document = page(
        _,
        name,
        Heading(1, text(name)),
        paragraph(_("I bring the daily issue to this chat, at the time you choose.")),
        how_to_ask(request.calling, _) if request.calling else heard,
        rows=[
            [Action(_("Today's issue"), "today", style="primary"), Action(_("Subscribe"), "subscribe")],
            [Action(_("Archive"), "archive"), Action(_("All commands"), "help"), other],
        ],
    )
    return Reply(document=document)


start = Command(name="start", summary=mark("Hello, and how this works"), handler=_start, example="/start")
