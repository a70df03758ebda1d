"""``/forgetme``: what is kept of a reader is erased, once the reader has said so twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.commands.model import Command, Reply
from core.commands.page import page
from core.document.build import paragraph, text
from core.document.nodes import Action, Heading, List, ListItem
from core.i18n import mark, texts

if TYPE_CHECKING:
    from core.commands.model import Request
    from core.commands.services import Services
    from core.i18n import Texts


async def _forget(request: Request, services: Services) -> Reply:
    _ = texts(request.lang)
    wish = request.args.strip().casefold()
    if wish == "yes":
        return await _erased(request, services)
    if wish == "no":
        said = _("Everything stays as it was.")
        return _done(said, _)
    title = _("Erase everything that I keep?")
    kept = [_("the questions of this chat"), _("your name on subscriptions that you made, wherever they are")]
    if request.manager:
        kept += [_("the subscription of this chat, its settings and its receipts")]
    rows = [[Action(_("Erase it"), "forgetme", "yes", style="danger"), Action(_("Keep it"), "forgetme", "no")]]
    items = List(tuple(ListItem((paragraph(one),)) for one in kept))
    return Reply(document=page(_, title, Heading(2, text(title)), items, rows=rows), private=True)


async def _erased(request: Request, services: Services) -> Reply:
    """Erase what is the reader's; what is the chat's only if the reader may decide about the chat."""
    _ = texts(request.lang)
    await services.eraser.erase_reader(request.target, request.user)
    said = _("Erased.")
    if request.manager:
        await services.eraser.erase_chat(request.target)
        said = _("Erased. No more issues come here, unless you subscribe again.")
    return _done(said, _)


def _done(said: str, _: Texts) -> Reply:
    rows = [[Action(_("Today's issue"), "today")]]
    return Reply(document=page(_, said, paragraph(said), rows=rows), private=True)


forgetme = Command(
    name="forgetme",
    summary=mark("Erase what is kept about me"),
    handler=_forget,
    audience="either",
    menu=False,
    group="ask",
    example="/forgetme",
)
