"""``ask``: words that are no command. The archive answers, word for word, or says that it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.commands.hits import section_name
from core.commands.model import Command, Parameter, Reply
from core.commands.page import one_line, page
from core.digest.present import long_date
from core.document.build import paragraph, safe_link, text
from core.document.nodes import Action, Item, Paragraph, Quote, Strong, Text
from core.errors import UsageError
from core.i18n import mark, texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.answers.answer import Answer, Citation
    from core.commands.model import Request
    from core.commands.services import Services
    from core.i18n import Texts

QUESTION_LENGTH = 500
PASSAGES = 3


async def _ask(request: Request, services: Services) -> Reply:
    _ = texts(request.lang)
    question = one_line(request.args, QUESTION_LENGTH)
    if not question:
        raise UsageError(_("What would you like to know? Just write your question."))
    stories = (request.context.story,) if request.context.story else ()
    answer = await services.answerer.ask(question, lang=_.lang, conversation=request.target.key, stories=stories)
    if not answer.found:
        return _not_found(answer, services, _)
    said = _("From the archive:")
    shown = answer.citations[:PASSAGES]
    cited = [_shown(number, one, services, _) for number, one in enumerate(shown, 1)]
    return Reply(document=page(_, question, paragraph(said), *cited, rows=[_opening(shown)]))


def _not_found(answer: Answer, services: Services, _: Texts) -> Reply:
    said = answer.text.partition("\n")[0]
    hint = paragraph(_("I only know what the issues say. Try other words, or have a look at today's issue."))
    buttons = [Action(_("Today's issue"), "today"), Action(_("All commands"), "help")]
    near = answer.nearest[:PASSAGES]
    closest = [paragraph(_("Closest, may not answer:"))] if near else []
    shown = [_shown(number, one, services, _) for number, one in enumerate(near, 1)]
    document = page(
        _, said, paragraph(said), *closest, *shown, *([] if near else [hint]), rows=[_opening(near), buttons]
    )
    return Reply(document=document)


def _shown(number: int, one: Citation, services: Services, _: Texts) -> Item:
    title = (Strong(text(one.title)),)
    linked = safe_link(title, one.url) if one.url else title
    quote = (Quote((paragraph(one.quote),)),) if one.quote else ()
    origin = paragraph(f"{long_date(one.ref.date, _.lang)} · {section_name(one.section, services, _)}")
    return Item((Paragraph((Text(f"{number}. "), *linked)), *quote, origin))


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
