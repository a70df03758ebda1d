"""``/new``: a fresh conversation. ``/forgetme``: nothing of it is kept."""

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


async def _forget(request: Request, services: Services) -> Reply:
    await services.answerer.forget(conversation_of(request))
    _ = texts(request.lang)
    said = _("I have forgotten what you asked here. Subscriptions and settings stay as they are.")
    return Reply(document=page(_, said, paragraph(said)), private=True)


new = Command(name="new", summary=mark("Start a new conversation"), handler=_new, menu=False, group="ask")
forgetme = Command(name="forgetme", summary=mark("Forget my questions"), handler=_forget, menu=False, group="ask")
