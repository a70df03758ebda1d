"""``/lang``: the language that this chat is answered in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.commands.issues import LANG, parse_lang
from core.commands.model import Command, Reply
from core.commands.page import page
from core.document.build import paragraph
from core.document.nodes import Action
from core.errors import UsageError
from core.i18n import mark, texts

if TYPE_CHECKING:
    from core.commands.model import Request
    from core.commands.services import Services

_CHOICES = (Action("中文", "lang", "zh"), Action("English", "lang", "en"))


async def _lang(request: Request, services: Services) -> Reply:
    _ = texts(request.lang)
    said = request.args.strip()
    if not said:
        question = _("Which language should I answer in?")
        return Reply(document=page(_, question, paragraph(question), rows=[_CHOICES]))
    chosen = parse_lang(said)
    if chosen is None:
        raise UsageError(_("I speak Chinese and English, but not “{text}”. Try: /lang zh", text=said[:32]))
    await services.preferences.choose_lang(request.target, chosen)
    _ = texts(chosen)
    done = _("From now on I'll answer in English.")
    hint = paragraph(_("The language of your daily issue is a separate setting: /settings"))
    rows = [[Action(_("Today's issue"), "today", chosen), Action(_("Settings"), "settings")]]
    return Reply(document=page(_, done, paragraph(done), hint, rows=rows))


lang = Command(
    name="lang",
    summary=mark("Answer in Chinese or English"),
    handler=_lang,
    parameters=(LANG,),
    audience="manager",
    group="subscribe",
    example="/lang en",
)
