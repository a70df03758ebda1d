"""The reader's chat: its page, and the answers to what is typed or pressed on it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse

from bots.desk.body import Refused, read_object, text_field
from bots.desk.growing import STREAM, growing
from bots.desk.pages import html
from bots.desk.visitor import CONVERSATION, desk_of, target_of, visitor_of
from core.commands.model import Request as Ask
from core.commands.registry import COMMANDS
from core.document.nodes import Action
from core.i18n import texts

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from bots.desk.services import DeskServices
    from core.i18n import Texts
    from core.render.port import Message

LONGEST = 2000


async def chat_page(request: Request) -> Response:
    """Show the chat. A language that was chosen, here or on another page, is the chat's from now on."""
    visitor, preferences = visitor_of(request), desk_of(request).services.preferences
    if visitor.wants_lang and await preferences.lang(visitor.target) != visitor.lang:
        await preferences.choose_lang(visitor.target, visitor.lang)
    _ = texts(visitor.lang)
    commands, says = json.dumps(menu(_), ensure_ascii=False), json.dumps(_frame(_), ensure_ascii=False)
    return html(request, "chat.html", commands=commands, says=says, longest=LONGEST)


async def answer(request: Request) -> Response:
    """Answer one message.

    Takes ``{"text", "conversation"?, "data"?, "lang"?, "zone"?}``: ``data`` is that of a pressed button, ``zone`` the
    browser's IANA zone. Returns ``{"pages": [{"text", "html", "actions", "lang"}], "lang"}``; the last is the
    language that the reader has chosen, null if none. Who accepts ``text/event-stream`` sees the answer grow.
    """
    desk, visitor = desk_of(request), visitor_of(request)
    read = await read_object(request)
    conversation = text_field(read, "conversation") or visitor.conversation
    if not CONVERSATION.fullmatch(conversation):
        raise Refused(422, "wrong-conversation", "A conversation is 1 to 64 letters, digits, - and _.")
    data = text_field(read, "data")
    text = text_field(read, "text", required=data is None)
    if len(data or text or "") > LONGEST:
        raise Refused(422, "too-long", f"A message has at most {LONGEST} characters.")
    command, args = understood(text or "", data)
    asked = Ask(
        command=command,
        args=args,
        target=target_of(conversation),
        user=conversation,
        lang=text_field(read, "lang") or visitor.lang,
        zone=text_field(read, "zone"),
        pressed=data is not None,
    )
    if STREAM in request.headers.get("accept", ""):
        return growing(lambda show: _answered(desk, replace(asked, progress=show)))
    return JSONResponse(await _answered(desk, asked))


async def _answered(desk: DeskServices, asked: Ask) -> dict[str, Any]:
    reply = await desk.dispatch(asked, desk.services)
    pages = [content(message, reply.document.lang) for message in desk.renderers["desk"].render(reply.document)]
    return {"pages": pages, "lang": await desk.services.preferences.lang(asked.target)}


def understood(text: str, data: str | None) -> tuple[str, str]:
    """Return the command and arguments of a button's data, a line that begins with a slash, or a question."""
    if data is not None:
        command, args, _beside = Action.parse(data)
        return command, args
    if not text.startswith("/"):
        return "ask", text
    command, _, args = text[1:].partition(" ")
    return command.partition("@")[0], args.strip()


def content(message: Message, lang: str) -> dict[str, Any]:
    """Return a page as browsers take it."""
    return {**message.payload, "lang": lang}


def menu(_: Texts) -> list[dict[str, str]]:
    """Return the commands to suggest while somebody types."""
    return [
        {
            "name": command.name,
            "summary": _(command.summary),
            "parameters": " ".join(f"[{_(parameter.summary)}]" for parameter in command.parameters),
        }
        for command in COMMANDS.values()
        if command.menu
    ]


def _frame(_: Texts) -> dict[str, str]:
    return {
        "typing": _("Paperboy is writing"),
        "failed": _("That did not get through. Check the connection and try again."),
        "again": _("Try again"),
        "post": _("The paper has arrived"),
        "withdrawn": _("This post was taken back."),
        "offline": _("Connection lost. Trying again."),
        "you": _("You"),
        "long": _(
            "A message has at most {most} characters; this one has {count}.", most=f"{LONGEST:,}", count="{count}"
        ),
    }
