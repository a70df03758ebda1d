"""``/search WORDS``: everything that was ever printed, best first, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.commands.archive import read_page, turn
from core.commands.hits import open_hits, show_hits
from core.commands.model import Command, Parameter, Reply
from core.commands.page import one_line, page
from core.document.build import paragraph, text
from core.document.harmless import echoed
from core.document.nodes import Action, Heading
from core.errors import UsageError
from core.i18n import mark, texts

if TYPE_CHECKING:
    from core.commands.model import Request
    from core.commands.services import Services

PER_PAGE = 5
WORDS_LENGTH = 200


async def _search(request: Request, services: Services) -> Reply:
    _ = texts(request.lang)
    words, number = read_page(request.args)
    words = one_line(words, WORDS_LENGTH)
    if not words:
        raise UsageError(_("What should I look for? For example: {example}", example=_(search.example)))
    found = await services.search.search(words, lang=request.lang, limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
    if not found.hits:
        return _nothing(request, words, number)
    title = _("“{words}” in the archive", words=echoed(words))
    count = paragraph(_.plural("{count} result", "{count} results", found.total))
    rows = (open_hits(found.hits), turn("search", words, number, more=found.total > number * PER_PAGE, _=_))
    hits = show_hits(found.hits, services, _)
    return Reply(document=page(_, title, Heading(2, text(title)), count, *hits, rows=rows))


def _nothing(request: Request, words: str, number: int) -> Reply:
    _ = texts(request.lang)
    if number > 1:
        said = _("That was everything about “{words}”.", words=echoed(words))
        return Reply(document=page(_, said, paragraph(said), rows=[turn("search", words, number, more=False, _=_)]))
    said = _("Nothing about “{words}” in the archive.", words=echoed(words))
    hint = paragraph(_("Try fewer or other words, or the same in the other language."))
    return Reply(document=page(_, said, paragraph(said), hint, rows=[[Action(_("Archive"), "archive")]]))


search = Command(
    name="search",
    summary=mark("Find words in all issues"),
    handler=_search,
    parameters=(Parameter(name="words", kind="words", summary=mark("What to look for"), required=True),),
    group="ask",
    example=mark("/search open source agents"),
)
