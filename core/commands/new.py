"""``/new``: a fresh conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.commands.model import Command, Reply
from core.commands.page import page
from core.commands.talk import conversation_of
from core.document.build import paragraph
from core.i18n import mark, texts

if TYPE_CHECKING:
    from core.commands.model import Request
    from core.commands.services import Services


async def _new(request: Request, services: Services) -> Reply:
    await services.answerer.forget(conversation_of(request))
    _ = texts(request.lang)
    said = _("A fresh start. What would you like to know?")
    return Reply(document=page(_, said, paragraph(said)))


new = Command(name="new", summary=mark("Start a new conversation"), handler=_new, menu=False, group="ask")
