"""Updates become requests, replies become messages."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import structlog

from bots.telegram.answer import Answers
from bots.telegram.chats import ChatEvents, addressed, aimed, for_channel, for_group, lang_for, named_chat, title_of
from bots.telegram.hear import channel_behind, is_somebodys, line_of, post_meant, refs_on, setting_meant, target_of
from bots.telegram.inline import InlineMode
from bots.telegram.links import Links
from bots.telegram.parts import OFFERS
from bots.telegram.presses import Presses
from bots.telegram.rights import Rights
from bots.telegram.tryout import RichTryout
from bots.telegram.working import Working
from bots.telegram.zones import zone_at
from core.commands.about import story_meant
from core.commands.dispatch import dispatch, minds_rights
from core.commands.model import Context, Request
from core.commands.wishes import meant
from core.delivery.model import SendError
from core.document.nodes import Action

if TYPE_CHECKING:
    from telegram import Message, Update, User

    from bots.telegram.parts import Parts
    from core.commands.model import Reply
    from core.document.nodes import Document
    from core.target import Target

RECEIPTS_LOOKED_AT = 30
_ASKING = frozenset({"start", "help", "ask"})
"""Lines whose answers ask for questions."""
_ABOUT_HERE = frozenset({"settings", "why", "pause", "unsubscribe"})
"""Commands that tell nothing where nothing is subscribed."""
_ASKS = re.compile("[?？؟]")

log = structlog.get_logger(__name__)


class TelegramApp:
    """Handles the updates of one bot, ``me``."""

    def __init__(self, parts: Parts, me: User) -> None:
        self._parts = parts
        self._me = me
        self._links = Links(me.username or "", parts.buttons)
        self._answers = Answers(parts, self._links)
        self._rights = Rights(parts.api, parts.services.clock)
        tryout = RichTryout(parts, self._answers)
        self._presses = Presses(parts, self._answers, self._links, self._rights, tryout)
        self._events = ChatEvents(parts.api, parts.account, parts.services, self._answers.say, self._rights, me)
        self._inline = InlineMode(parts, self._links, me)

    async def handle(self, update: Update) -> None:
        """Do what the update asks for; never raises."""
        try:
            await self._handle(update)
        except SendError as error:
            log.warning("not answered", update=update.update_id, kind=error.kind, reason=error.reason)
        except Exception:
            log.exception("update failed", update=update.update_id)

    async def _handle(self, update: Update) -> None:
        if update.callback_query:
            await self._presses.answer(update.callback_query)
        elif update.inline_query:
            await self._inline.answer(update.inline_query)
        elif update.my_chat_member:
            await self._events.member(update.my_chat_member)
        elif message := update.message or update.channel_post:
            await self._said(message)

    async def _said(self, message: Message) -> None:
        if await self._events.changed(message) or not is_somebodys(message, self._me):
            return
        line = await self._line(message)
        if line is None:
            return
        command, args, _beside = Action.parse(line)
        if command == "ask" and message.chat.type == "private" and (name := named_chat(args)):
            await self._events.set_up(message, name)
            return
        if command == "start" and args:
            line = await self._links.read(args)
        here = target_of(message, self._parts.account)
        line, about = aimed(line, here)
        user = message.from_user
        if about != here and (user is None or await self._rights.refusal(about.chat, user)):
            line, about = "at", here
        request = await self._request(line, about, here, message)
        reply = await self._reply(request, here, message)
        if reply.throttled and message.chat.type != "private":
            return
        direct = about == here and message.chat.type == "private"
        rows = await self._answers.rows(request.command, request.args, reply, direct=direct)
        await self._answers.say(here, reply, _below(message), rows)

    async def _line(self, message: Message) -> str | None:
        """Return the command line that the message comes to, None if it is not for us."""
        if message.location and message.chat.type == "private":
            return f"settings zone {zone_at(message.location.latitude, message.location.longitude)}"
        line = line_of(message, self._me)
        if line is None:
            return await self._comment(message)
        if not line.startswith("ask "):
            return line
        here = target_of(message, self._parts.account)
        return setting_meant(message, self._me) or self._answers.asked(here, message.text or "") or line

    async def _comment(self, message: Message) -> str | None:
        """Return a question in the discussion group of a channel that reads us: every comment there answers a post."""
        behind = channel_behind(message)
        if behind is None or not message.text or not _ASKS.search(message.text):
            return None
        channel = replace(target_of(message, self._parts.account), chat=str(behind[0].id), thread="")
        return f"ask {message.text}" if await self._parts.services.subscriptions.of_target(channel) else None

    async def _request(self, line: str, about: Target, here: Target, message: Message) -> Request:
        command, args = meant(*Action.parse(line)[:2])
        user = message.from_user
        author = message.sender_chat or user
        return Request(
            command=command,
            args=args,
            target=about,
            user=str(author.id if author else message.chat.id),
            lang=await lang_for(self._parts.services, here, user),
            manager=about.chat != str(message.chat.id) or await self._rights.may_say(command, args, message),
            context=await self._context(message),
            offers=OFFERS,
        )

    async def _reply(self, request: Request, here: Target, message: Message) -> Reply:
        """Answer the request; show that there is work on it, where that takes a moment."""
        draft = message.message_id if message.chat.type == "private" else 0
        async with Working(self._parts.api, self._parts.services.clock, here, draft=draft) as working:
            reply = await dispatch(replace(request, progress=working.progress), self._parts.services)
        return replace(reply, document=await self._as_seen(reply.document, request, here, message.chat.type))

    async def _as_seen(self, document: Document, request: Request, here: Target, kind: str) -> Document:
        """Return the page as it is shown in ``here``, a chat of this kind."""
        if kind == "channel":
            return for_channel(document) if minds_rights(request.command, request.args) else document
        if kind != "private" and f"{request.command} {request.args}".strip() in _ASKING:
            return for_group(document, self._me)
        if request.target != here:
            chat = request.target.chat
            return addressed(document, chat, await title_of(self._parts.api, chat))
        return await self._events.with_topics(document, here) if request.command in _ABOUT_HERE else document

    async def _context(self, message: Message) -> Context:
        meant, before = post_meant(message), message.reply_to_message
        if meant is None:
            return Context()
        target = replace(target_of(message, self._parts.account), chat=str(meant[0]))
        sent = await self._issue_of(target, meant[1])
        issues = [sent] if sent else list(dict.fromkeys(refs_on(before))) if before else []
        quote = message.quote.text if message.quote else ""
        shown = (before.text if before else "") or ""
        for issue in issues if quote else issues[:1]:
            if story := await story_meant(self._parts.services.archive, issue, shown=shown, quote=quote):
                return Context(issue=issue, story=story, quote=quote)
        return Context(issue=issues[0] if issues else "", quote=quote)

    async def _issue_of(self, target: Target, post: int) -> str:
        for receipt in await self._parts.receipts.of_target(target, limit=RECEIPTS_LOOKED_AT):
            if any(page.message_id == str(post) for page in receipt.pages):
                return str(receipt.delivery.issue)
        return ""


def _below(message: Message) -> dict[str, Any]:
    """Return the parameters that make an answer a reply, where others write, too."""
    if message.chat.type == "private":
        return {}
    return {"reply_parameters": {"message_id": message.message_id, "allow_sending_without_reply": True}}
