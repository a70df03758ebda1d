"""``/lesson`` and ``/pick``: the two parts that an issue has once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from core.commands.issues import (
    DAY,
    LANG,
    find_issue,
    misread_date,
    no_issue,
    open_issue,
    parse_wanted,
    remark,
    today_of,
)
from core.commands.model import Command, Reply
from core.commands.page import page, with_note
from core.digest.present import Presenter, long_date
from core.document.build import paragraph
from core.i18n import mark, texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.commands.model import Handler, Request
    from core.commands.services import Services
    from core.digest.model import Issue
    from core.document.nodes import Document


def _part(name: str, show: Callable[[Issue, Presenter], Document | None], missing: str) -> Handler:
    async def handler(request: Request, services: Services) -> Reply:
        _ = texts(request.lang)
        today = await today_of(request, services)
        wanted = parse_wanted(request.args, today)
        if wanted.rest:
            raise misread_date(wanted.rest, _)
        issue = await find_issue(wanted, request, services)
        if issue is None:
            return await no_issue(wanted, request, services)
        found = show(issue, Presenter(vocabulary=services.vocabulary))
        if found:
            document = replace(found, turn=f"{name} {issue.ref}")
        else:
            said = _(missing, date=long_date(issue.ref.date, _.lang))
            document = page(_, said, paragraph(said), rows=[[open_issue(issue.ref, _("Open the issue"))]])
        return Reply(document=with_note(document, remark(issue, wanted, request, today)))

    return handler


def _lesson(issue: Issue, present: Presenter) -> Document | None:
    return present.lesson(issue, issue.lesson) if issue.lesson else None


def _pick(issue: Issue, present: Presenter) -> Document | None:
    return present.pick(issue, issue.pick) if issue.pick else None


lesson = Command(
    name="lesson",
    summary=mark("The lesson of the day"),
    handler=_part("lesson", _lesson, mark("The issue of {date} has no lesson.")),
    parameters=(DAY, LANG),
    example="/lesson",
)
pick = Command(
    name="pick",
    summary=mark("The pick of the day"),
    handler=_part("pick", _pick, mark("The issue of {date} has no pick.")),
    parameters=(DAY, LANG),
    example="/pick",
)
