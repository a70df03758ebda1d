"""Updates become requests, replies become messages."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog
from telegram import Message as Heard

from bots.telegram.chats import ChatEvents, addressed, is_channel_name
from bots.telegram.hear import (
    MANAGERS,
    channel_behind,
    language_of,
    line_of,
    refs_on,
    target_of,
)
from bots.telegram.inline import InlineMode
from bots.telegram.keyboard import keyboard
from bots.telegram.links import channel_link, deep_link, group_link, read_payload, share_link
from bots.telegram.zones import zone_at
from core.commands.about import story_meant
from core.commands.dispatch import dispatch
from core.commands.model import Context, Reply, Request
from core.commands.page import page
from core.commands.registry import COMMANDS
from core.commands.turn import shown
from core.delivery.model import SendError
from core.document.build import paragraph
from core.document.nodes import Action
from core.i18n import texts
from core.subscriptions.service import Wish
from core.target import Target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telegram import CallbackQuery, Update, User

    from bots.telegram.api import Api
    from bots.telegram.render import TelegramRenderer
    from bots.telegram.rich import TelegramRichRenderer
    from bots.telegram.send import Buttons, TelegramSender
    from core.commands.services import Services
    from core.delivery.port import ReceiptBook
    from core.digest.present import Presenter
    from core.render.port import Message

OFFERS = frozenset({"pin", "preview", "form"})
"""The switches of ``/settings`` that Telegram understands."""
ALERT = 200
"""https://core.telegram.org/bots/api#answercallbackquery."""
TRIES = 3
LONGEST_WAIT = timedelta(seconds=60)
SHOW_THINKING = 0.8
RECEIPTS_LOOKED_AT = 30

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the app works with."""

    api: Api
    account: str
    services: Services
    receipts: ReceiptBook
    presenter: Presenter
    renderer: TelegramRenderer
    rich: TelegramRichRenderer
    sender: TelegramSender
    buttons: Buttons


class TelegramApp:
    """Handles the updates of one bot, ``me``."""

    def __init__(self, parts: Parts, me: User) -> None:
        self._parts = parts
        self._api = parts.api
        self._me = me
        self._events = ChatEvents(parts.api, parts.account, parts.services, self._reply_with, me)
        self._inline = InlineMode(parts.api, parts.services, parts.presenter, parts.renderer, me)

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
            await self._pressed(update.callback_query)
        elif update.inline_query:
            await self._inline.answer(update.inline_query)
        elif update.my_chat_member:
            await self._events.member(update.my_chat_member)
        elif message := update.message or update.channel_post:
            await self._said(message)

    async def _said(self, message: Heard) -> None:
        if await self._events.changed(message):
            return
        line = line_of(message, self._me)
        if line is None:
            line = await self._comment(message)
        if message.location and message.chat.type == "private":
            line = f"settings zone {zone_at(message.location.latitude, message.location.longitude)}"
        if line is None:
            return
        command, args, _beside = Action.parse(line)
        if command == "ask" and message.chat.type == "private" and is_channel_name(args):
            await self._events.set_up(message, args)
            return
        if command == "start" and args:
            command, args, _beside = Action.parse(read_payload(args))
        reply = await self._dispatch(await self._request(message, command, args), message)
        await self._reply_with(
            target_of(message, self._parts.account),
            reply,
            self._below(message),
            self._rows(command, args, reply, message),
        )

    async def _comment(self, message: Heard) -> str | None:
        """Return a question in the discussion group of a channel that reads us."""
        behind = channel_behind(message)
        if behind is None or not message.text:
            return None
        channel = replace(target_of(message, self._parts.account), chat=str(behind[0].id), thread="")
        return f"ask {message.text}" if await self._parts.services.subscriptions.of_target(channel) else None

    async def _request(self, message: Heard, command: str, args: str) -> Request:
        user = message.from_user
        author = message.sender_chat or user
        return Request(
            command=command,
            args=args,
            target=target_of(message, self._parts.account),
            user=str(author.id if author else message.chat.id),
            lang=language_of(user),
            manager=await self._may_manage(command, message, user),
            context=await self._context(message),
            offers=OFFERS,
        )

    async def _may_manage(self, command: str, message: Heard, user: User | None) -> bool:
        known = COMMANDS.get(command)
        if message.chat.type in {"private", "channel"} or known is None or known.audience == "everyone":
            return True
        if message.sender_chat and message.sender_chat.id == message.chat.id:
            return True
        return user is not None and await self._is_manager(str(message.chat.id), user)

    async def _is_manager(self, chat: str, user: User) -> bool:
        try:
            member = await self._api.call("getChatMember", {"chat_id": int(chat), "user_id": user.id})
        except SendError:
            return False
        return member["status"] in MANAGERS

    async def _context(self, message: Heard) -> Context:
        before = message.reply_to_message
        if before is None:
            return Context()
        behind = channel_behind(message)
        chat, post = (behind[0].id, behind[1]) if behind else (message.chat.id, before.message_id)
        target = replace(target_of(message, self._parts.account), chat=str(chat))
        issue = await self._issue_of(target, post) or next(refs_on(before), "")
        quote = message.quote.text if message.quote else ""
        story = await story_meant(self._parts.services.archive, issue, shown=before.text or "", quote=quote)
        return Context(issue=issue, story=story, quote=quote)

    async def _issue_of(self, target: Target, post: int) -> str:
        for receipt in await self._parts.receipts.of_target(target, limit=RECEIPTS_LOOKED_AT):
            if any(page.message_id == str(post) for page in receipt.pages):
                return str(receipt.delivery.issue)
        return ""

    async def _dispatch(self, request: Request, message: Heard) -> Reply:
        """Answer the request; show that there is work on it, where that takes a moment."""
        work = asyncio.ensure_future(dispatch(request, self._parts.services))
        command = COMMANDS.get(request.command)
        if command and command.group == "ask":
            done, _waiting = await asyncio.wait({work}, timeout=SHOW_THINKING)
            if not done:
                await self._show_thinking(request.target, message)
        return await work

    async def _show_thinking(self, target: Target, message: Heard) -> None:
        place: dict[str, Any] = {"chat_id": int(target.chat)}
        try:
            if message.chat.type == "private":
                await self._api.call("sendMessageDraft", {**place, "draft_id": message.message_id, "text": ""})
            else:
                thread = {"message_thread_id": int(target.thread)} if target.thread else {}
                await self._api.call("sendChatAction", {**place, **thread, "action": "typing"})
        except SendError as error:
            log.info("no sign of work shown", reason=error.reason)

    def _below(self, message: Heard) -> dict[str, Any]:
        if message.chat.type == "private":
            return {}
        return {"reply_parameters": {"message_id": message.message_id, "allow_sending_without_reply": True}}

    def _rows(self, command: str, args: str, reply: Reply, message: Heard) -> list[list[dict[str, str]]]:
        """Return rows of links that only Telegram has."""
        name, _ = self._me.username or "", texts(reply.document.lang)
        if command == "story" and not reply.private:
            link = share_link(name, f"story {args}", reply.document.title)
            return [[{"text": _("Share this story"), "url": link}]]
        if command == "start" and message.chat.type == "private":
            return [
                [
                    {"text": _("Add to a group"), "url": group_link(name)},
                    {"text": _("Add to a channel"), "url": channel_link(name)},
                ]
            ]
        return []

    async def _pressed(self, query: CallbackQuery) -> None:
        answer: dict[str, Any] = {"callback_query_id": query.id}
        try:
            answer |= await self._press(query)
        finally:
            try:
                await self._api.call("answerCallbackQuery", answer)
            except SendError as error:
                log.info("press not confirmed", reason=error.reason)

    async def _press(self, query: CallbackQuery) -> dict[str, Any]:
        """Do what the button says; return what to tell whoever pressed it."""
        data = await self._parts.buttons.data(query.data or "")
        message = query.message
        if data is None or message is None:
            said = texts(language_of(query.from_user))("This button is too old. Send /today for the newest issue.")
            return {"text": said, "show_alert": True}
        command, args, beside = Action.parse(data)
        if message.chat.type == "channel":
            return {"url": deep_link(self._me.username or "", f"{command} {args}".strip())}
        target = Target(platform="telegram", account=self._parts.account, chat=str(message.chat.id))
        if isinstance(message, Heard):
            target = target_of(message, self._parts.account)
        about = target
        if command == "at":
            chat, _space, line = args.partition(" ")
            about = replace(target, chat=chat, thread="")
            command, args, beside = Action.parse(line)
        reply = await dispatch(
            Request(
                command=command,
                args=args,
                target=about,
                user=str(query.from_user.id),
                lang=language_of(query.from_user),
                manager=await self._may_press(command, about, query, is_direct=message.chat.type == "private"),
                pressed=True,
                offers=OFFERS,
            ),
            self._parts.services,
        )
        if about != target:
            reply = replace(reply, document=addressed(reply.document, about.chat))
        messages = shown(reply, self._parts.renderer.render(reply.document))
        if reply.private:
            return {"text": messages[0].text[:ALERT], "show_alert": True}
        rows = self._rows(command, args, reply, message) if isinstance(message, Heard) else []
        await self._show(target, str(message.message_id), _with_rows(messages, rows), beside=beside)
        if (command, args) == ("settings", "form on"):
            await self._try_rich(target, about, query)
        return {}

    async def _try_rich(self, target: Target, about: Target, query: CallbackQuery) -> None:
        """Show the newest issue in the rich form, and ask whether it looks right: clients differ in what they can."""
        lang = language_of(query.from_user)
        request = Request(command="today", args="", target=target, user=str(query.from_user.id), lang=lang)
        reply = await dispatch(request, self._parts.services)
        _ = texts(lang)
        back = Action(_("Plain layout"), "settings", "form off")
        question = _("Does the issue below look right? If something is missing or blank, go back to the plain layout.")
        asked = page(_, question, paragraph(question), rows=[[Action(_("Looks right"), "settings"), back]])
        await self._reply_with(target, Reply(document=addressed(asked, about.chat) if about != target else asked))
        try:
            await self._send(target, self._parts.rich.render(replace(reply.document, turn=""))[0], {})
        except SendError as error:
            log.info("rich form refused", reason=error.reason)
            service, edition = self._parts.services.subscriptions, self._parts.services.publication.edition
            await service.change(about, edition, Wish(extras={"form": ""}))
            said = _("This server does not know the rich layout yet, so everything stays as it was.")
            await self._reply_with(target, Reply(document=page(_, said, paragraph(said))))

    async def _may_press(self, command: str, about: Target, query: CallbackQuery, *, is_direct: bool) -> bool:
        known = COMMANDS.get(command)
        itself = about.chat == str(query.from_user.id)
        if known is None or known.audience == "everyone" or (is_direct and itself):
            return True
        return await self._is_manager(about.chat, query.from_user)

    async def _show(self, target: Target, message_id: str, messages: Sequence[Message], *, beside: bool) -> None:
        """Put the first message in place of the one that was pressed, or below if that cannot be, others below."""
        rest = list(messages)
        if not beside:
            try:
                await self._parts.sender.edit(target, message_id, rest[0])
                del rest[0]
            except SendError as error:
                if error.kind not in {"content", "config"}:
                    raise
        for message in rest:
            await self._send(target, message, {})

    async def _reply_with(
        self,
        target: Target,
        reply: Reply,
        more: dict[str, Any] | None = None,
        rows: Sequence[Sequence[dict[str, str]]] = (),
    ) -> None:
        """Send the reply to the target."""
        messages = shown(reply, self._parts.renderer.render(reply.document))
        for message in _with_rows(messages, rows):
            await self._send(target, message, more or {})

    async def _send(self, target: Target, message: Message, more: dict[str, Any]) -> None:
        """Send a message, and again if it surely did not arrive."""
        for tries_left in reversed(range(TRIES)):
            try:
                await self._parts.sender.answer(target, message, more)
            except SendError as error:
                if not tries_left or error.kind not in {"wait", "move", "transient"}:
                    raise
                if error.kind == "move":
                    await self._parts.services.subscriptions.move(target, error.moved_to or target.chat)
                    target = target.moved_to(error.moved_to or target.chat)
                wait = min(error.retry_after or timedelta(seconds=1), LONGEST_WAIT)
                await self._parts.services.clock.sleep(wait if error.kind != "move" else timedelta(0))
            else:
                return


def _with_rows(messages: Sequence[Message], rows: Sequence[Sequence[dict[str, str]]]) -> list[Message]:
    """Return the messages, the last one with more rows of buttons."""
    if not rows or not messages:
        return list(messages)
    last = messages[-1]
    there = last.payload.get("reply_markup") or keyboard(())
    markup = {"inline_keyboard": [*there["inline_keyboard"], *rows]}
    return [*messages[:-1], replace(last, payload={**last.payload, "reply_markup": markup})]
