"""``ask``: words that are no command. The archive answers, or says that it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.answers.answer import QUESTION_LENGTH, Listener
from core.answers.cite import where
from core.commands.courtesy import courtesy
from core.commands.model import Command, Parameter, Reply
from core.commands.page import one_line, page
from core.commands.talk import conversation_of, under_discussion
from core.document.build import paragraph, safe_link, text
from core.document.harmless import echoed
from core.document.nodes import Action, Emphasis, Item, Paragraph, Quote, Strong, Text
from core.errors import UsageError
from core.i18n import mark, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from core.answers.cite import Answer, Citation
    from core.commands.model import Request
    from core.commands.services import Services
    from core.document.nodes import Block, Inline
    from core.i18n import Texts

PASSAGES = 3


async def _ask(request: Request, services: Services) -> Reply:
    _ = texts(request.lang)
    question = one_line(request.args, QUESTION_LENGTH)
    if not any(map(str.isalnum, question)):
        raise UsageError(_("What would you like to know? Just write your question."))
    if polite := courtesy(question, _):
        return Reply(document=page(_, polite, paragraph(polite)))
    topic = await under_discussion(request, services)
    answer = await services.answerer.ask(
        question,
        lang=_.lang,
        conversation=conversation_of(request),
        stories=topic.stories,
        about=topic.title,
        listener=Listener(reader=f"{request.target.platform}:{request.user}", show=request.progress),
    )
    more = await services.answerer.suggest(answer, question)
    asking = [[Action(one, "ask", one, beside=True)] for one in more]
    if not answer.found:
        return _not_found(answer, asking, services, _)
    blocks, shown = _written(answer, services, _) if answer.written else _quoted(answer, services, _)
    return Reply(document=page(_, echoed(question), *blocks, rows=[_opening(shown), *asking]))


def _quoted(answer: Answer, services: Services, _: Texts) -> tuple[list[Block], Sequence[Citation]]:
    """Return the quotes that answer, and the titles of what else was found."""
    shown = answer.citations[: answer.shown]
    others = answer.citations[answer.shown : PASSAGES]
    quotes = [_shown(number, one, services, _) for number, one in enumerate(shown, 1)]
    beside = [
        Paragraph(tuple(_source(f"{number}.", one, services, _))) for number, one in enumerate(others, len(shown) + 1)
    ]
    more = [paragraph(_("Perhaps also:")), *beside] if beside else []
    return [paragraph(answer.lead or _("From the archive:")), *quotes, *more], (*shown, *others)


def _written(answer: Answer, services: Services, _: Texts) -> tuple[list[Block], Sequence[Citation]]:
    """Return what a model wrote, and the stories that it names."""
    said = paragraph(answer.written)
    named = [
        Paragraph(tuple(_source(f"[{number}]", one, services, _))) for number, one in enumerate(answer.citations, 1)
    ]
    note = _("Written by a language model from these stories; every sentence was checked against them.")
    return [said, *named, Paragraph((Emphasis(text(note)),))], answer.citations


def _source(number: str, one: Citation, services: Services, _: Texts) -> Iterator[Inline]:
    title = text(one.title)
    yield Text(f"{number} ")
    yield from safe_link(title, one.url) if one.url else title
    yield Text(f" · {where(one, services.vocabulary, _)}")


def _not_found(answer: Answer, asking: list[list[Action]], services: Services, _: Texts) -> Reply:
    said = answer.lead
    hint = paragraph(_("I only know what the issues say. Try other words, or have a look at today's issue."))
    buttons = [Action(_("Today's issue"), "today"), Action(_("All commands"), "help")]
    near = answer.nearest[:PASSAGES]
    closest = [paragraph(_("Closest, may not answer:"))] if near else []
    shown = [_shown(number, one, services, _) for number, one in enumerate(near, 1)]
    document = page(
        _, said, paragraph(said), *closest, *shown, *([] if near else [hint]), rows=[_opening(near), *asking, buttons]
    )
    return Reply(document=document)


def _shown(number: int, one: Citation, services: Services, _: Texts) -> Item:
    title = (Strong(text(one.title)),)
    linked = safe_link(title, one.url) if one.url else title
    quote = (Quote((paragraph(one.quote),)),) if one.quote else ()
    return Item((Paragraph((Text(f"{number}. "), *linked)), *quote, paragraph(where(one, services.vocabulary, _))))


def _opening(cited: Sequence[Citation]) -> list[Action]:
    return [
        Action(str(number), "story", f"{one.key} {one.ref}")
        if one.what == "story"
        else Action(str(number), one.what, str(one.ref))
        for number, one in enumerate(cited, 1)
    ]


ask = Command(
    name="ask",
    summary=mark("Ask the archive"),
    handler=_ask,
    parameters=(Parameter(name="question", kind="text", summary=mark("Your question"), required=True),),
    menu=False,
    group="ask",
)
