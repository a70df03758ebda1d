"""The archive: the list of issues, the search, and one issue to read."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Literal

from markupsafe import Markup
from msgspec import structs
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bots.desk.numbers import number
from bots.desk.pages import html
from bots.desk.visitor import desk_of, visitor_of
from core.answers.search import POOL
from core.commands.issues import parse_ref, twin_of
from core.digest.model import Lesson, Pick, Section
from core.document.nodes import Actions, Document, Heading, Item
from core.i18n import LANGUAGES, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from starlette.requests import Request

    from bots.desk.services import DeskServices
    from core.answers.port import Hit
    from core.digest.model import Issue
    from core.document.nodes import Block, Blocks

PAGE = 30
HITS = 20
MANY = 400
MOST_PAGES = 10_000
ABOVE: Mapping[int, Literal[1, 2]] = {1: 1, 2: 1, 3: 2}
"""The level that a heading of an issue has on its page, whose own heading is the issue's title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One story as HTML; ``key`` is its anchor."""

    key: str
    html: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A section, lesson or pick as HTML."""

    what: str
    anchor: str
    name: str
    heading: Markup
    intro: Markup = field(default_factory=Markup)
    stories: tuple[Story, ...] = ()
    outro: Markup = field(default_factory=Markup)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What to list: an edition, a language, a month ("2026-02"), each "" for all; words to search for."""

    edition: str = ""
    lang: str = ""
    month: str = ""
    words: str = ""
    page: int = 0

    @property
    def days(self) -> tuple[date | None, date | None]:
        """The first and the last day of the month; None for all. Raises ValueError for what is no month."""
        if not self.month:
            return None, None
        first = date.fromisoformat(f"{self.month}-01")
        return first, first.replace(day=monthrange(first.year, first.month)[1])


async def archive_page(request: Request) -> Response:
    """List issues, or what a search found."""
    desk, wish = desk_of(request), _wish(request)
    since, until = wish.days
    heads = await desk.services.archive.heads(
        edition=wish.edition or None,
        lang=wish.lang or None,
        since=since,
        until=until,
        limit=PAGE + 1,
        offset=wish.page * PAGE,
    )
    lang = visitor_of(request).lang
    found = await _found(desk, wish, wish.lang or lang) if wish.words else None
    every = await desk.services.archive.heads(limit=MANY)
    written_in = [head.ref.lang for head in every]
    return html(
        request,
        "archive.html",
        wish=wish,
        heads=heads[:PAGE],
        more=len(heads) > PAGE,
        found=found,
        hits=found[wish.page * HITS :][:HITS] if found else (),
        found_more=found is not None and len(found) > (wish.page + 1) * HITS,
        feed_lang=wish.lang or (lang if lang in written_in or not written_in else written_in[0]),
        editions=sorted({head.ref.edition for head in every}),
        months=sorted({f"{head.ref.date:%Y-%m}" for head in every}, reverse=True),
    )


async def _found(desk: DeskServices, wish: Wish, lang: str) -> Sequence[Hit]:
    """Return all that fits the words, in the language and the month that are wished for."""
    found = await desk.services.search.search(wish.words, edition=wish.edition or None, lang=lang, limit=POOL)
    since, until = wish.days
    return [
        hit
        for hit in found.hits
        if hit.ref.lang == (wish.lang or hit.ref.lang) and (since or date.min) <= hit.ref.date <= (until or date.max)
    ]


async def issue_page(request: Request) -> Response:
    """Show one issue, with an anchor for each story."""
    desk = desk_of(request)
    ref = parse_ref("{edition}/{lang}/{date}".format(**request.path_params))
    issue = await desk.services.archive.get(ref) if ref else None
    if issue is None:
        raise HTTPException(404)
    return html(
        request,
        "issue.html",
        issue=issue,
        top=written(desk, tuple(top.block for top in issue.top if top.role != "dateline"), issue),
        parts=tuple(parts(desk, issue)),
        twin=await twin_of(issue.ref, desk.services),
    )


async def source(request: Request) -> Response:
    """Return the Markdown that an issue was read from."""
    ref = parse_ref("{edition}/{lang}/{date}".format(**request.path_params))
    archive = desk_of(request).services.archive
    if ref is None or await archive.get(ref) is None:
        raise HTTPException(404)
    return Response(await archive.source(ref), media_type="text/markdown; charset=utf-8")


def parts(desk: DeskServices, issue: Issue) -> Iterator[Part]:
    """Yield the parts of the issue in order; sections of the same kind have anchors of their own."""
    seen: Counter[str] = Counter()
    for part in issue.parts:
        match part:
            case Section():
                seen[part.kind] += 1
                anchor = part.kind if seen[part.kind] == 1 else f"{part.kind}-{seen[part.kind]}"
                yield _section(desk, issue, part, anchor)
            case Lesson():
                yield _lesson(desk, issue, part)
            case Pick():
                yield _pick(desk, issue, part)


def written(desk: DeskServices, blocks: Blocks, issue: Issue) -> Markup:
    """Return blocks as HTML, with headings that follow the page's own, the issue's title."""
    if not blocks:
        return Markup("")
    raised = tuple(
        structs.replace(block, level=ABOVE[block.level]) if isinstance(block, Heading) else block for block in blocks
    )
    document = Document(blocks=raised, title=issue.title, lang=issue.ref.lang)
    messages = desk.renderers["desk"].render(document)
    return Markup("".join(message.payload["html"] for message in messages))  # noqa: S704  the renderer escapes


def _section(desk: DeskServices, issue: Issue, section: Section, anchor: str) -> Part:
    heading, *rest = _without_actions(desk.presenter.section(issue, section))
    items = [block for block in rest if isinstance(block, Item)]
    return Part(
        what="section",
        anchor=anchor,
        name=desk.services.vocabulary.name(section.kind, issue.ref.lang),
        heading=written(desk, (heading,), issue),
        intro=written(desk, section.intro, issue),
        stories=tuple(
            Story(key=story.key, html=written(desk, item.blocks, issue))
            for story, item in zip(section.stories, items, strict=False)
        ),
        outro=written(desk, section.outro, issue),
    )


def _lesson(desk: DeskServices, issue: Issue, lesson: Lesson) -> Part:
    return _headed(
        desk, issue, "lesson", texts(issue.ref.lang)("Lesson"), lesson.key, desk.presenter.lesson(issue, lesson)
    )


def _pick(desk: DeskServices, issue: Issue, pick: Pick) -> Part:
    return _headed(desk, issue, "pick", texts(issue.ref.lang)("Pick"), pick.key, desk.presenter.pick(issue, pick))


def _headed(desk: DeskServices, issue: Issue, what: str, name: str, key: str, presented: Document) -> Part:
    heading, *body, _date = _without_actions(presented)
    return Part(
        what=what,
        anchor=key,
        name=name,
        heading=written(desk, (heading,), issue),
        intro=written(desk, tuple(body), issue),
    )


def _without_actions(document: Document) -> list[Block]:
    return [block for block in document.blocks if not isinstance(block, Actions)]


def _wish(request: Request) -> Wish:
    query = request.query_params
    wish = Wish(
        edition=query.get("edition", "")[:16],
        lang=lang if (lang := query.get("in", "")) in LANGUAGES else "",
        month=query.get("month", "")[:7],
        words=query.get("q", "").strip()[:200],
        page=min(number(query.get("page", "")) or 0, MOST_PAGES),
    )
    try:
        _ = wish.days
    except ValueError:
        return replace(wish, month="")
    return wish
