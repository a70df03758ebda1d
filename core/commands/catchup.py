"""``/catchup``: the last days' issues in a few lines each."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from core.clock import latest_date
from core.commands.archive import read_page, turn
from core.commands.issues import DAY, LANG, misread_date, open_issue, parse_wanted, today_of
from core.commands.model import Command, Reply
from core.commands.page import in_rows, page, short_date
from core.digest.present import brief, long_date
from core.document.build import paragraph
from core.document.nodes import Heading, Text
from core.i18n import mark, texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.commands.model import Request
    from core.commands.services import Services
    from core.digest.port import IssueHead

PER_PAGE = 4
DAYS = timedelta(days=6)


async def _catch_up(request: Request, services: Services) -> Reply:
    """Show what came since a day, of an issue's edition and language if the button names one."""
    _ = texts(request.lang)
    args, number = read_page(request.args)
    today = await today_of(request, services)
    wanted = parse_wanted(args, today)
    if wanted.rest:
        raise misread_date(wanted.rest, _)
    since = (wanted.ref.date if wanted.ref else wanted.day) or today - DAYS
    lang = wanted.ref.lang if wanted.ref else wanted.lang or request.lang
    heads: Sequence[IssueHead] = ()
    for spoken in (lang, None):
        heads = heads or await services.archive.heads(
            edition=wanted.ref.edition if wanted.ref else services.publication.edition,
            lang=spoken,
            since=since,
            until=latest_date(services.clock.now()),
            limit=PER_PAGE + 1,
            offset=(number - 1) * PER_PAGE,
        )
    shown = [issue for head in heads[:PER_PAGE] if (issue := await services.archive.get(head.ref))]
    title = _("What came since {date}", date=long_date(since, _.lang))
    if not shown:
        said = (
            _("There are no more issues.")
            if number > 1
            else _("Nothing has come since {date}.", date=long_date(since, _.lang))
        )
        return Reply(document=page(_, title, paragraph(said)))
    blocks = [block for issue in shown for block in brief(issue)]
    buttons = [open_issue(issue.ref, short_date(issue.ref.date, issue.ref.lang)) for issue in shown]
    words = str(wanted.ref) if wanted.ref else f"{since.isoformat()} {wanted.lang or ''}".strip()
    rows = (*in_rows(buttons), turn("catchup", words, number, more=len(heads) > PER_PAGE, _=_))
    return Reply(document=page(_, title, Heading(2, (Text(title),)), *blocks, rows=rows))


catchup = Command(
    name="catchup",
    summary=mark("What the last days brought"),
    handler=_catch_up,
    parameters=(DAY, LANG),
    example="/catchup",
)
