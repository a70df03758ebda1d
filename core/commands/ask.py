"""``ask``: words that are no command. The best passages of the archive answer, word for word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.commands.hits import open_hits, show_hits
from core.commands.model import Command, Reply
from core.commands.page import one_line, page
from core.document.build import paragraph
from core.document.nodes import Action
from core.errors import UsageError
from core.i18n import mark, texts

if TYPE_CHECKING:
    from core.commands.model import Request
    from core.commands.services import Services

QUESTION_LENGTH = 500
PASSAGES = 3


async def _ask(request: Request, services: Services) -> Reply:
    _ = texts(request.lang)
    question = one_line(request.args, QUESTION_LENGTH)
    if not question:
        raise UsageError(_("What would you like to know? Just write your question."))
    found = await services.search.search(question, lang=request.lang, limit=PASSAGES)
    if not found.hits:
        said = _("I found nothing about this in the archive.")
        hint = paragraph(_("I only know what the issues say. Try other words, or have a look at today's issue."))
        buttons = [Action(_("Today's issue"), "today"), Action(_("All commands"), "help")]
        return Reply(document=page(_, said, paragraph(said), hint, rows=[buttons]))
    said = _("From the archive:")
    hits = show_hits(found.hits, services, _)
    return Reply(document=page(_, question, paragraph(said), *hits, rows=[open_hits(found.hits)]))


ask = Command(name="ask", summary=mark("Ask the archive"), handler=_ask, menu=False, group="ask")
