"""``/explain TERM``: what the archive says about a term, a lesson first; what it does not say is kept apart."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from core.answers.answer import Listener
from core.answers.quote import quote, sentences
from core.commands.hits import open_hits, show_hits
from core.commands.model import Command, Parameter, Reply
from core.commands.page import in_rows, one_line, page
from core.document.build import paragraph, text
from core.document.harmless import echoed, harmless
from core.document.nodes import Action, Divider, Emphasis, Heading, Paragraph
from core.document.text import plain
from core.errors import UsageError
from core.i18n import mark, texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.answers.port import Hit
    from core.answers.prompt import Depth
    from core.commands.model import Progress, Request
    from core.commands.services import Services
    from core.document.nodes import Block
    from core.i18n import Texts

TERM_LENGTH = 80
MOST = 4
FEW = 2
NEAREST = 3
WHOLE_LESSON = 700
_DEPTHS: dict[str, Depth] = {
    "simple": "simple", "deep": "deep", "简单": "simple", "通俗": "simple", "深入": "deep", "详细": "deep",
}  # fmt: skip


async def _explain(request: Request, services: Services) -> Reply:
    _ = texts(request.lang)
    term, depth = _asked(request.args)
    if not term:
        raise UsageError(_("Which term should I explain? For example: {example}", example=_(explain.example)))
    lessons = await services.search.lessons(term, lang=request.lang)
    found = await services.search.search(term, lang=request.lang, limit=MOST)
    taught = [await _as_deep(hit, depth, services) for hit in _readable(lessons, request.lang)]
    told = {(lesson.ref.date, lesson.what) for lesson in lessons}
    stories = [hit for hit in found.hits if (hit.ref.date, hit.what) not in told]
    hits = [*taught, *stories][: FEW if depth == "simple" else MOST]
    if not hits:
        return await _nothing(term, request, services)
    said: tuple[Block, ...] = (
        Heading(2, text(term)),
        paragraph(_introduction(taught, stories, _)),
        *show_hits(hits, services, _),
    )
    more = _deeper(term, depth, _) if taught or services.answerer.writer else []
    rows = [open_hits(hits), more, [Action(_("Search all issues"), "search", term)]]
    general = await _general(term, depth, request, services, said) if _is_known(term, taught, hits) else ()
    return Reply(document=page(_, term, *said, *general, rows=rows))


def _readable(lessons: Sequence[Hit], lang: str | None) -> Sequence[Hit]:
    """Return the lessons in the reader's language, all if there are none: the other language tells the same."""
    return [hit for hit in lessons if hit.ref.lang == lang] or lessons


def _asked(args: str) -> tuple[str, Depth | None]:
    """Return the term, and how deep it is to be explained."""
    term, _space, last = args.strip().rpartition(" ")
    depth = _DEPTHS.get(last.casefold()) if term else None
    return echoed(one_line((term if depth else args).strip(' ?？"“”「」'), TERM_LENGTH)), depth


async def _as_deep(hit: Hit, depth: Depth | None, services: Services) -> Hit:
    """Return the lesson with as much of it as is wanted."""
    if depth == "simple":
        return replace(hit, quote=" ".join(sentences(hit.quote)[:FEW]))
    issue = await services.archive.get(hit.ref) if depth == "deep" else None
    lesson = issue.lesson if issue else None
    return replace(hit, quote=quote(plain(lesson.body), (), length=WHOLE_LESSON)) if lesson else hit


def _deeper(term: str, depth: Depth | None, _: Texts) -> list[Action]:
    simple = Action(_("Simpler"), "explain", f"{term} simple")
    deep = Action(_("In depth"), "explain", f"{term} deep")
    return [action for action, name in ((simple, "simple"), (deep, "deep")) if name != depth]


def _is_known(term: str, taught: Sequence[Hit], hits: Sequence[Hit]) -> bool:
    """Whether the archive knows the term: a sentence that only looks like one goes to no model."""
    said = term.casefold()
    return bool(taught) or any(said in f"{hit.title} {hit.quote}".casefold() for hit in hits)


async def _general(
    term: str, depth: Depth | None, request: Request, services: Services, said: Sequence[Block]
) -> tuple[Block, ...]:
    """Return what a model knows beside the archive, under a heading that says so."""
    _ = texts(request.lang)
    heading = _("General knowledge, not from the archive")
    show = _below(f"{plain(tuple(said))}\n\n{heading}\n", request.progress) if request.progress else None
    listener = Listener(reader=f"{request.target.platform}:{request.user}", show=show)
    explained = await services.answerer.explain(term, depth or "simple", lang=_.lang, listener=listener)
    if not explained:
        return ()
    note = _("Written by a language model. Not checked against the archive.")
    return Divider(), Heading(3, text(heading)), paragraph(harmless(explained)), Paragraph((Emphasis(text(note)),))


def _below(before: str, show: Progress) -> Progress:
    async def shown(said: str) -> None:
        await show(before + said)

    return shown


def _introduction(lessons: Sequence[Hit], stories: Sequence[Hit], _: Texts) -> str:
    if lessons and stories:
        return _("A lesson explains it, and these may help:")
    if lessons:
        return _("A lesson explains it:")
    return _("No lesson covers it yet. This is what comes closest:")


async def _nothing(term: str, request: Request, services: Services) -> Reply:
    _ = texts(request.lang)
    said = _("The archive says nothing about “{term}” yet.", term=term)
    terms = {known.casefold(): known for known in await services.search.terms(lang=request.lang)}
    near = [terms[name] for name in get_close_matches(term.casefold(), terms, n=NEAREST, cutoff=_likeness(term))]
    hint = [paragraph(_("Perhaps one of these?"))] if near else []
    buttons = [Action(known, "explain", known) for known in near]
    return Reply(document=page(_, said, paragraph(said), *hint, rows=in_rows(buttons)))


def _likeness(term: str) -> float:
    """Return how alike a term must be to be offered: a Chinese term has few characters, and each one says much."""
    return 0.4 if term.isascii() else 0.2


explain = Command(
    name="explain",
    summary=mark("What the archive says about a term"),
    handler=_explain,
    parameters=(
        Parameter(name="term", kind="term", summary=mark("A term, such as MoE"), required=True),
        Parameter(name="depth", kind="text", summary=mark("simple or deep")),
    ),
    group="ask",
    example="/explain MoE",
)
