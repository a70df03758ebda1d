"""``/today`` and ``/issue``: an issue on one page; ``full``: all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from core.commands.issues import (
    DAY,
    LANG,
    find_issue,
    misread_date,
    neighbours_of,
    no_issue,
    parse_wanted,
    remark,
    today_of,
    twin_of,
)
from core.commands.model import Command, Reply
from core.commands.page import with_note, with_rows
from core.digest.present import Presenter
from core.i18n import mark, texts

if TYPE_CHECKING:
    from core.commands.model import Request
    from core.commands.services import Services


async def _issue(request: Request, services: Services) -> Reply:
    today = await today_of(request, services)
    wanted = parse_wanted(request.args, today)
    if wanted.rest:
        raise misread_date(wanted.rest, texts(request.lang))
    issue = await find_issue(wanted, request, services)
    if issue is None:
        return await no_issue(wanted, request, services)
    twin = await twin_of(issue.ref, services)
    card = Presenter(vocabulary=services.vocabulary).card(issue, twin=twin)
    document = with_note(replace(card, turn=f"issue {issue.ref}"), remark(issue, wanted, request, today))
    return Reply(document=with_rows(document, [await neighbours_of(issue.ref, services)]))


async def _full(request: Request, services: Services) -> Reply:
    wanted = parse_wanted(request.args, await today_of(request, services))
    issue = await find_issue(wanted, request, services)
    if issue is None:
        return await no_issue(wanted, request, services)
    document = Presenter(vocabulary=services.vocabulary).full(issue, twin=await twin_of(issue.ref, services))
    return Reply(document=replace(document, turn=f"full {issue.ref}"))


today = Command(
    name="today",
    summary=mark("Today's issue on one page"),
    handler=_issue,
    parameters=(LANG,),
    example="/today",
)
issue = Command(
    name="issue",
    summary=mark("The issue of another day"),
    handler=_issue,
    parameters=(DAY, LANG),
    example=mark("/issue yesterday"),
)
full = Command(name="full", summary=mark("The whole issue"), handler=_full, menu=False)
