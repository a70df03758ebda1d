"""The rich form is tried out before it is kept: clients differ in what they show, and Telegram tells nobody which."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import structlog
from msgspec import structs

from bots.telegram.chats import addressed, title_of
from core.commands.dispatch import dispatch
from core.commands.model import Reply
from core.commands.page import page
from core.delivery.model import SendError
from core.document.build import paragraph
from core.document.nodes import Action
from core.i18n import texts
from core.subscriptions.service import Wish

if TYPE_CHECKING:
    from bots.telegram.answer import Answers
    from bots.telegram.parts import Parts
    from core.commands.model import Request
    from core.document.nodes import Document
    from core.target import Target

log = structlog.get_logger(__name__)


class RichTryout:
    """Shows the newest issue in the rich form, and asks whether it looks right."""

    def __init__(self, parts: Parts, answers: Answers) -> None:
        self._parts = parts
        self._answers = answers

    async def show(self, request: Request, here: Target) -> None:
        """Show it in the chat ``here``; ``request`` is the one that turned the form on."""
        about = request.target
        reply = await dispatch(replace(request, command="today", args="", target=here), self._parts.services)
        asked = _question(reply.document.lang)
        if about != here:
            asked = addressed(asked, about.chat, await title_of(self._parts.api, about.chat))
        await self._answers.say(here, Reply(document=asked))
        try:
            await self._answers.send(here, self._parts.rich.render(structs.replace(reply.document, turn=""))[0])
        except SendError as error:
            log.info("rich form refused", reason=error.reason)
            await self._take_back(about, here, reply.document.lang)

    async def _take_back(self, about: Target, here: Target, lang: str) -> None:
        service, edition = self._parts.services.subscriptions, self._parts.services.publication.edition
        await service.change(about, edition, Wish(extras={"form": ""}))
        _ = texts(lang)
        said = _("This server does not know the rich layout yet, so everything stays as it was.")
        await self._answers.say(here, Reply(document=page(_, said, paragraph(said))))


def _question(lang: str) -> Document:
    _ = texts(lang)
    question = _("Does the issue below look right? If something is missing or blank, go back to the plain layout.")
    back = Action(_("Plain layout"), "settings", "form off")
    return page(_, question, paragraph(question), rows=[[Action(_("Looks right"), "settings"), back]])
