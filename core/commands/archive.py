"""``/archive``: the issues, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.clock import latest_date
from core.commands.issues import LANG, misread_date, no_issue, open_issue, parse_wanted, today_of
from core.commands.model import Command, Parameter, Reply
from core.commands.page import in_rows, page, short_date
from core.digest.present import long_date
from core.document.build import paragraph
from core.document.nodes import Action, Heading, List, ListItem, Paragraph, Strong, Text
from core.i18n import language_name, mark, texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.commands.issues import Wanted
    from core.commands.model import Request
    from core.commands.services import Services
    from core.digest.port import IssueHead
    from core.i18n import Texts

PER_PAGE = 6


async def _archive(request: Request, services: Services) -> Reply:
    _ = texts(request.lang)
    args, number = read_page(request.args)
    wanted = parse_wanted(args, await today_of(request, services))
    if wanted.rest:
        raise misread_date(wanted.rest, _)
    heads = await services.archive.heads(
        edition=services.publication.edition,
        lang=wanted.lang,
        until=wanted.day or latest_date(services.clock.now()),
        limit=PER_PAGE + 1,
        offset=(number - 1) * PER_PAGE,
    )
    if not heads and wanted.day and number == 1:
        return await no_issue(wanted, request, services)
    if not heads:
        said = _("There are no more issues.") if number > 1 else _("There is no issue in the archive yet.")
        return Reply(document=page(_, said, paragraph(said)))
    title = _("Archive")
    shown = heads[:PER_PAGE]
    items = tuple(ListItem((Paragraph((Strong((Text(_label(head, _)),)), Text(f"  {head.title}"))),)) for head in shown)
    buttons = [open_issue(head.ref, f"{short_date(head.ref.date, _.lang)} {_short_lang(head)}") for head in shown]
    rows = (*in_rows(buttons), turn("archive", _said(wanted), number, more=len(heads) > PER_PAGE, _=_))
    return Reply(document=page(_, title, Heading(2, (Text(title),)), List(items), rows=rows))


def read_page(args: str) -> tuple[str, int]:
    """Take a ``--page N`` off the end of the arguments: what stands before it, and N (1 if there is none)."""
    before, found, number = args.rpartition("--page")
    if not found or not number.strip().isdecimal():
        return args, 1
    return before.strip(), min(max(1, int(number)), 10_000)


def turn(command: str, args: str, number: int, *, more: bool, _: Texts) -> Sequence[Action]:
    """Return buttons to the page before ``number`` and, if there is ``more``, to the one after it."""
    back = [Action(_("← Back"), command, f"{args} --page {number - 1}".strip())] if number > 1 else []
    on = [Action(_("More →"), command, f"{args} --page {number + 1}".strip())] if more else []
    return [*back, *on]


def _said(wanted: Wanted) -> str:
    day = wanted.day.isoformat() if wanted.day else ""
    return f"{day} {wanted.lang or ''}".strip()


def _label(head: IssueHead, _: Texts) -> str:
    return f"{long_date(head.ref.date, _.lang)} · {language_name(head.ref.lang, _)}"


def _short_lang(head: IssueHead) -> str:
    return {"zh": "中", "en": "EN"}.get(head.ref.lang, head.ref.lang)


archive = Command(
    name="archive",
    summary=mark("All issues, newest first"),
    handler=_archive,
    parameters=(Parameter(name="date", kind="date", summary=mark("Issues up to this day")), LANG),
    example="/archive 2026-02-19",
)
