"""``/explain TERM``: what the archive says about a term, a lesson first; nothing that it does not say."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from core.commands.hits import open_hits, show_hits
from core.commands.model import Command, Parameter, Reply
from core.commands.page import in_rows, one_line, page
from core.document.build import paragraph, text
from core.document.nodes import Action, Heading
from core.errors import UsageError
from core.i18n import mark, texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.answers.port import Hit
    from core.commands.model import Request
    from core.commands.services import Services
    from core.i18n import Texts

TERM_LENGTH = 80
MOST = 4
NEAREST = 3


async def _explain(request: Request, services: Services) -> Reply:
    _ = texts(request.lang)
    term = one_line(request.args.strip(' ?？"“”「」'), TERM_LENGTH)
    if not term:
        raise UsageError(_("Which term should I explain? For example: {example}", example=_(explain.example)))
    lessons = await services.search.lessons(term, lang=request.lang, limit=1)
    found = await services.search.search(term, lang=request.lang, limit=MOST)
    known = {(hit.ref, hit.key): hit for hit in (*lessons, *found.hits)}.values()
    taught = [hit for hit in known if hit.what == "lesson"]
    stories = [hit for hit in known if hit.what != "lesson"]
    hits = [*taught, *stories][:MOST]
    if not hits:
        return await _nothing(term, request, services)
    document = page(
        _,
        term,
        Heading(2, text(term)),
        paragraph(_introduction(taught, stories, _)),
        *show_hits(hits, services, _),
        rows=[open_hits(hits), [Action(_("Search all issues"), "search", term)]],
    )
    return Reply(document=document)


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
    parameters=(Parameter(name="term", kind="term", summary=mark("A term, such as MoE"), required=True),),
    group="ask",
    example="/explain MoE",
)
