"""``/section NAME``, its short forms ``/models /apps /dev /tips /products``, and the button ``story``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from msgspec import structs

from core.commands.issues import DAY, LANG, find_issue, no_issue, parse_wanted, remark, today_of
from core.commands.model import Command, Parameter, Reply
from core.commands.page import in_rows, page, with_note
from core.digest.present import Presenter, long_date
from core.document.build import paragraph
from core.document.nodes import Action
from core.document.text import plain
from core.errors import UsageError
from core.i18n import mark, texts

if TYPE_CHECKING:
    from core.commands.model import Request
    from core.commands.services import Services
    from core.digest.model import Issue, Section
    from core.i18n import Texts


async def _section(request: Request, services: Services) -> Reply:
    _ = texts(request.lang)
    today = await today_of(request, services)
    wanted = parse_wanted(request.args, today)
    issue = await find_issue(wanted, request, services)
    if issue is None:
        return await no_issue(wanted, request, services)
    if not wanted.rest:
        return _offer(issue, _("Which section?"), services, _)
    section = _named(issue, wanted.rest, services)
    if section is None:
        date = long_date(issue.ref.date, _.lang)
        name = services.vocabulary.name(wanted.rest, _.lang) or wanted.rest[:64]
        said = _("The issue of {date} has no section “{name}”.", date=date, name=name)
        return _offer(issue, said, services, _)
    document = Presenter(vocabulary=services.vocabulary).section(issue, section)
    document = structs.replace(document, turn=f"section {section.kind} {issue.ref}")
    return Reply(document=with_note(document, remark(issue, wanted, request, today)))


def _named(issue: Issue, name: str, services: Services) -> Section | None:
    """Find a section by its kind, by a name that the vocabulary knows, or by words of its heading."""
    kind = services.vocabulary.resolve(name, issue.ref.lang)
    said = name.casefold()
    return (
        issue.section(name)
        or (kind and issue.section(kind))
        or next((section for section in issue.sections if said in plain(section.heading).casefold()), None)
    ) or None


def _offer(issue: Issue, said: str, services: Services, _: Texts) -> Reply:
    buttons = [
        Action(
            f"{section.emoji} {services.vocabulary.name(section.kind, _.lang) or plain(section.heading)}".strip(),
            "section",
            f"{section.kind} {issue.ref}",
        )
        for section in issue.sections
    ]
    return Reply(document=page(_, said, paragraph(said), rows=in_rows(buttons)))


async def _story(request: Request, services: Services) -> Reply:
    key, _, rest = request.args.strip().partition(" ")
    wanted = parse_wanted(rest, await today_of(request, services))
    issue = await find_issue(wanted, request, services)
    if issue is None:
        return await no_issue(wanted, request, services)
    for section, story in issue.stories():
        if story.key == key:
            document = Presenter(vocabulary=services.vocabulary).story(issue, section, story)
            return Reply(document=structs.replace(document, turn=f"story {story.key} {issue.ref}"))
    raise UsageError(texts(request.lang)("This story is no longer in the issue. It may have been corrected."))


def _short(kind: str, summary: str) -> Command:
    async def handler(request: Request, services: Services) -> Reply:
        return await _section(replace(request, args=f"{kind} {request.args}"), services)

    return Command(name=kind, summary=summary, handler=handler, parameters=(DAY, LANG), example=f"/{kind}")


models = _short("models", mark("New models and trends"))
apps = _short("apps", mark("Apps and platforms"))
dev = _short("dev", mark("Tools, APIs and SDKs for developers"))
tips = _short("tips", mark("Practice and insight"))
products = _short("products", mark("Products and launches"))
section = Command(
    name="section",
    summary=mark("Any section of an issue"),
    handler=_section,
    parameters=(Parameter(name="name", kind="section", summary=mark("The section's name")), DAY, LANG),
    example=mark("/section models"),
)
story = Command(name="story", summary=mark("One story"), handler=_story, menu=False)
