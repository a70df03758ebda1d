"""What an issue will look like on Telegram, Discord and Slack before it goes there."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from bots.desk.body import LARGEST_ISSUE
from bots.desk.looks import LOOKS, Look
from bots.desk.pages import html
from bots.desk.visitor import desk_of, visitor_of
from core.commands.issues import parse_ref
from core.digest.sources.read import decode
from core.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup
    from starlette.requests import Request
    from starlette.responses import Response

    from bots.desk.services import DeskServices
    from core.digest.model import Issue, Problem
    from core.digest.port import IssueHead
    from core.document.nodes import Document
    from core.render.port import Message, Renderer

RECENT = 60
LARGEST_FIELD = 16 * LARGEST_ISSUE
"""What is read of a field; browsers send a line's end as two characters."""
MEASURES = {
    "text": mark("characters"),
    "characters": mark("characters"),
    "entities": mark("formatted pieces"),
    "blocks": mark("blocks"),
    "components": mark("components"),
    "buttons": mark("buttons"),
}
"""What a message's counts are called. English message ids."""
NAMES = {"telegram": "Telegram", "discord": "Discord", "slack": "Slack"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How much of a limit a message takes."""

    name: str
    value: int
    limit: int
    unit: str

    @property
    def is_over(self) -> bool:
        """Whether the platform would refuse it."""
        return self.value > self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One message as its app shows it, with what was counted and the raw payload."""

    method: str
    html: Markup
    counts: tuple[Count, ...]
    raw: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What to show and how."""

    ref: str = ""
    style: str = "card"
    form: str = "classic"
    text: str = ""


async def preview_page(request: Request) -> Response:
    """Show an issue of the archive; the newest in the visitor's language if none is named."""
    desk, query = desk_of(request), request.query_params
    heads = await desk.services.archive.heads(limit=RECENT)
    lang = visitor_of(request).lang
    mine = [head for head in heads if head.ref.lang == lang] or heads
    ref = parse_ref(query.get("issue", "")) or (mine[0].ref if mine else None)
    issue = await desk.services.archive.get(ref) if ref else None
    wish = Wish(ref=str(ref or ""), style=query.get("style", "card"), form=query.get("form", "classic"))
    return _show(request, wish, heads=heads, issue=issue, problems=())


async def preview_text(request: Request) -> Response:
    """Show Markdown that was pasted or opened, with its problems; refuse with 413 what is larger than 1 MiB."""
    desk = desk_of(request)
    async with request.form(max_part_size=LARGEST_FIELD) as form:
        text, name = await _submitted(form)
        wish = Wish(style=str(form.get("style", "card")), form=str(form.get("form", "classic")), text=text)
    reading = desk.read(wish.text, visitor_of(request).lang, path=name)
    heads = await desk.services.archive.heads(limit=RECENT)
    issue = reading.issue if wish.text.strip() else None
    response = _show(request, wish, heads=heads, issue=issue, problems=reading.problems if issue else ())
    response.headers["Cache-Control"] = "private, no-cache"  # going back shows it again only if the browser keeps it
    return response


async def _submitted(form: FormData) -> tuple[str, str | None]:
    """Return the text, and the name of the file that it comes from, if any."""
    file = form.get("file")
    content = await file.read(LARGEST_ISSUE + 1) if isinstance(file, UploadFile) and file.size else b""
    text = str(form.get("text", "")).replace("\r\n", "\n")
    if max(len(content), len(text.encode())) > LARGEST_ISSUE:
        raise HTTPException(413)
    if not content or not isinstance(file, UploadFile):
        return text, None
    return (decode(content) or content.decode(errors="replace")).removeprefix("\ufeff"), file.filename


def _show(
    request: Request, wish: Wish, *, issue: Issue | None, heads: Sequence[IssueHead], problems: Sequence[Problem]
) -> Response:
    desk = desk_of(request)
    document = _document(desk, issue, wish.style) if issue else None
    shown = {name: show(_renderer(desk, name, wish), LOOKS[name], document) for name in NAMES} if document else {}
    return html(
        request, "preview.html", wish=wish, issue=issue, shown=shown, names=NAMES, heads=heads, problems=problems
    )


def _document(desk: DeskServices, issue: Issue, style: str) -> Document:
    return desk.presenter.full(issue) if style == "full" else desk.presenter.card(issue)


def _renderer(desk: DeskServices, name: str, wish: Wish) -> Renderer:
    rich = desk.renderers.get(f"{name}-rich") if wish.form == "rich" else None
    return rich or desk.renderers[name]


def show(renderer: Renderer, look: Look, document: Document) -> tuple[Shown, ...]:
    """Return the document's messages as their app shows them."""
    return tuple(
        Shown(
            method=message.method,
            html=look(message.payload),
            counts=counts(message, renderer),
            raw=json.dumps(message.payload, ensure_ascii=False, indent=2),
        )
        for message in renderer.render(document)
    )


def counts(message: Message, renderer: Renderer) -> tuple[Count, ...]:
    """Return what was counted of the message, with the limits of the platform's profile."""
    limits = renderer.profile.limits
    return tuple(
        Count(
            name=MEASURES[name],
            value=value,
            limit=renderer.profile.limits[name].value,
            unit=renderer.profile.limits[name].unit,
        )
        for name, value in message.counts.items()
        if name in limits
    )
